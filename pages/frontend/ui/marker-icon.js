/** A class's marker by itself, for keys and buttons. */

import { el } from "./dom.js";
import { traceMarker } from "./markers.js";

const SIZE = 14;

/** @param {number} k @param {import("./theme.js").Theme} theme @returns {HTMLCanvasElement} the shape and colour of class `k` */
export function markerIcon(k, theme) {
  const ratio = window.devicePixelRatio || 1;
  const canvas = el("canvas", { class: "dsc-marker", "aria-hidden": "true", width: String(SIZE * ratio), height: String(SIZE * ratio) });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  traceMarker(context, k, SIZE / 2, SIZE / 2, 4.2);
  context.fillStyle = theme.classes[k % theme.classes.length];
  context.fill();
  return canvas;
}
