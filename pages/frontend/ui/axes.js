/** The axes of a plot as they are painted: grid lines or marks, the numbers beside them, and the axes' names. */

import { crisp, fit } from "./canvas.js";

const EDGE = 6; // pixels: a number nearer than that to the plot's corner is moved or left out
const APART = 8; // pixels between two numbers that are spread
const NAME_FROM_LEFT = 7; // pixels: the middle of the upward axis' name, from the canvas' edge

/**
 * Where the data lie on a canvas, in CSS pixels.
 * @typedef {{left: number, top: number, width: number, height: number}} Plot
 */

/**
 * @typedef {object} PaintedAxis
 * @property {number[]} ticks
 * @property {(value: number) => number} at a tick's place on the canvas, in CSS pixels
 * @property {(value: number) => string} text
 * @property {number} away pixels from the plot to the numbers
 * @property {"grid"|"marks"} [lines] through the plot, or short ones outside of it; none where left out
 * @property {boolean} [isInner] no line where the plot ends anyway
 * @property {(value: number) => boolean} [isStrong] whether a line stands out
 * @property {"drop"|"keep"|"spread"} [edges] numbers near the plot's ends: left out, moved inwards, or moved
 *   inwards and none written over another, the last one first
 * @property {string} [name]
 * @property {number} [nameAway] pixels from the plot to the name
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plot} plot
 * @param {{across: PaintedAxis, up: PaintedAxis}} axes
 * @param {import("./theme.js").Theme} theme
 */
export function paintAxes(context, plot, { across, up }, theme) {
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.soft;
  context.lineWidth = 1;
  for (const [axis, isUp] of /** @type {[PaintedAxis, boolean][]} */ ([[up, true], [across, false]])) {
    const ticks = axis.edges === "drop" ? axis.ticks.filter((value) => isWithin(plot, axis.at(value), isUp)) : axis.ticks;
    for (const value of ticks) paintLine(context, plot, axis, value, isUp, theme);
    if (isUp) paintNumbersUp(context, plot, axis, ticks);
    else if (axis.edges === "spread") spreadNumbers(context, plot, axis);
    else paintNumbersAcross(context, plot, axis, ticks);
  }
  paintNames(context, plot, across, up);
}

/** From where to where the plot reaches along an axis. @param {Plot} plot @param {boolean} isUp */
const ends = (plot, isUp) => (isUp ? [plot.top, plot.top + plot.height] : [plot.left, plot.left + plot.width]);

/** @param {Plot} plot @param {number} at @param {boolean} isUp */
function isWithin(plot, at, isUp) {
  const [first, last] = ends(plot, isUp);
  return at >= first + EDGE && at <= last - EDGE;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plot} plot
 * @param {PaintedAxis} axis
 * @param {number} value
 * @param {boolean} isUp
 * @param {import("./theme.js").Theme} theme
 */
function paintLine(context, plot, { at, lines, isInner, isStrong, ticks }, value, isUp, theme) {
  if (!lines || (isInner && (value === ticks[0] || value === ticks.at(-1)))) return;
  const place = crisp(at(value) - 0.5);
  const strong = isStrong?.(value) ?? false;
  const bottom = plot.top + plot.height;
  const grid = isUp ? [plot.left, plot.left + plot.width] : [plot.top, bottom];
  const [from, to] = lines === "grid" ? grid : isUp ? [plot.left - 4, plot.left - 1] : [bottom + 1, bottom + 4];
  context.strokeStyle = strong ? theme.soft : theme.line;
  context.globalAlpha = strong ? 0.45 : 1;
  context.beginPath();
  context.moveTo(isUp ? from : place, isUp ? place : from);
  context.lineTo(isUp ? to : place, isUp ? place : to);
  context.stroke();
  context.globalAlpha = 1;
}

/** Beside a line of the grid a number stands at the line's own pixel. @param {PaintedAxis} axis @param {number} value */
const placeOf = ({ at, lines }, value) => (lines === "grid" ? crisp(at(value) - 0.5) : at(value));

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plot} plot
 * @param {PaintedAxis} axis
 * @param {number[]} ticks
 */
function paintNumbersUp(context, plot, axis, ticks) {
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of ticks) {
    const place = placeOf(axis, value);
    const kept = Math.max(plot.top + EDGE, Math.min(place, plot.top + plot.height - EDGE));
    context.fillText(axis.text(value), plot.left - axis.away, axis.edges === "keep" ? kept : place);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plot} plot
 * @param {PaintedAxis} axis
 * @param {number[]} ticks
 */
function paintNumbersAcross(context, plot, axis, ticks) {
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const value of ticks) {
    const place = placeOf(axis, value);
    const kept = Math.min(place, plot.left + plot.width - EDGE);
    context.fillText(axis.text(value), axis.edges === "keep" ? kept : place, plot.top + plot.height + axis.away);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plot} plot
 * @param {PaintedAxis} axis
 */
function spreadNumbers(context, plot, { ticks, at, text, away }) {
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  let free = Infinity;
  for (const value of [...ticks].reverse()) {
    const { width } = context.measureText(text(value));
    const left = Math.max(plot.left, Math.min(at(value) - width / 2, plot.left + plot.width - width));
    if (left + width > free) continue;
    context.fillText(text(value), left, plot.top + plot.height + away);
    free = left - APART;
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plot} plot
 * @param {PaintedAxis} across
 * @param {PaintedAxis} up
 */
function paintNames(context, plot, across, up) {
  context.textAlign = "center";
  if (across.name) {
    context.textBaseline = "alphabetic";
    context.fillText(fit(context, across.name, plot.width), plot.left + plot.width / 2, plot.top + plot.height + across.nameAway);
  }
  if (!up.name) return;
  context.save();
  context.translate(NAME_FROM_LEFT, plot.top + plot.height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(fit(context, up.name, plot.height), 0, 0);
  context.restore();
}
