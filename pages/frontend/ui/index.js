/** What every folder builds with: elements, canvases, axes, markers, colours, numbers as text. */

export { paintAxes } from "./axes.js";
export { isBelow, linearAxis, logAxis, niceStep, place, SHARE_AXIS, ticksBetween } from "./axis.js";
export { createSurface, crisp, fit } from "./canvas.js";
export { diverging } from "./diverging.js";
export { el, icon, reword, setAttribute, setText, withElements } from "./dom.js";
export { duration, percent, plainDecimal, short, tick, together, whole } from "./format.js";
export { markerIcon } from "./marker-icon.js";
export { drawPoints, traceMarker } from "./markers.js";
export { mounting } from "./mount.js";
export { PALETTE } from "./palette.js";
export { loadStyle } from "./style.js";
export { luminance, mix, readTheme, rgb, whenOurFontComes } from "./theme.js";

/**
 * @typedef {import("./axes.js").Plot} Plot
 * @typedef {import("./axes.js").PaintedAxis} PaintedAxis
 * @typedef {import("./axis.js").Axis} Axis
 * @typedef {import("./mount.js").Component} Component
 * @typedef {import("./theme.js").Channels} Channels
 * @typedef {import("./theme.js").Theme} Theme
 */
