/** Loss and accuracy over the epochs, and what draws lines over epochs elsewhere. */

export { createCurves } from "./curves.js";
export { attachLens, Lens } from "./lens.js";
export { drawGrid, drawLine } from "./lines.js";
export { drawReading } from "./marks.js";
export { TEST, TRAIN } from "./values.js";
