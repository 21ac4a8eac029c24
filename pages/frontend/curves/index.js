/** Loss and accuracy over the epochs. */

export { createCurves } from "./curves.js";
