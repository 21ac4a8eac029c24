/** The time machine: back to any recorded epoch. */

export { createTimeline } from "./timeline.js";
