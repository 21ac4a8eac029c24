/** What weights are measured by, so that colours and widths mean the same in links and heat maps. */

const FLOOR = 0.3; // weights are compared with the layer's largest, but with no less than this

/** @param {Float32Array|(number|null)[]} values */
export const largest = (values) => /** @type {number[]} */ (values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @param {import("../run/index.js").Layer} layer */
export const scaleOf = (layer) => Math.max(FLOOR, largest(layer.weights));
