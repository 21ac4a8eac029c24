/** The map of what the network has learned, with the points on it. */

export { createBoundary } from "./boundary.js";
