/**
 * Drawing one line chart: grid, baseline, the lines of training (solid), validation (dots and dashes) and test (dashed), crosshair.
 *
 * Where several epochs share a pixel column the column's mean is drawn, over the band from its least to its
 * greatest value: 10,000 points cost no more than 500, and no spike is lost. A value without neighbours is a dot.
 * What a logarithm cannot show is marked on the chart's lower edge.
 */

import { isBelow, niceStep, paintAxes, place, ticksBetween, whole } from "../ui/index.js";
import { drawBaseline, drawChanges, drawCursor, drawMark, drawSelection } from "./marks.js";
import { kindsOf, TEST } from "./values.js";

/**
 * @typedef {object} Chart
 * @property {import("../run/index.js").Run} run
 * @property {number} metric column of the logs: 0 loss, 1 the metric
 * @property {import("../ui/index.js").Axis} axis the vertical axis
 * @property {import("./lens.js").Lens} lens
 * @property {{value: number, label: string}|null} baseline
 * @property {(value: number, step: number) => string} label
 *
 * @typedef {object} Line
 * @property {import("../run/index.js").History} history
 * @property {number} [from] its first epoch
 * @property {number} offset
 * @property {string} colour
 * @property {number[]} dash
 * @property {boolean} [pale]
 */

export const MARGIN = { left: 44, right: 10, top: 8, bottom: 19 };
const EDGE = 3; // pixels: how high the mark of a value below the axis is

/**
 * @param {{context: CanvasRenderingContext2D, width: number, height: number}} surface
 * @param {Chart} chart
 * @param {import("../ui/index.js").Theme} theme
 */
export function drawLines({ context, width, height }, chart, theme) {
  const plot = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const [low, high] = chart.lens.range;
  /** @param {number} epoch */
  const x = (epoch) => plot.left + ((epoch - low) / (high - low)) * plot.width;
  /** @param {number} value */
  const y = (value) => plot.top + (1 - place(chart.axis, value)) * plot.height;

  drawGrid(context, chart, theme, plot, x, y);
  context.save();
  context.beginPath();
  context.rect(plot.left, 0, plot.width + MARGIN.right, plot.top + plot.height + 2);
  context.clip();
  drawSelection(context, chart.lens, theme, plot, x);
  drawBaseline(context, chart, theme, plot, y);
  drawChanges(context, chart, theme, plot, x);
  const { run } = chart;
  if (run.parent) {
    // The run that this one went on from, from the fork on: paler and thinner.
    const from = run.state.parent?.epoch ?? 1;
    for (const { offset, colour, dash } of kindsOf(run)) {
      drawLine(context, chart, { history: run.parent, from, offset, colour: theme[colour], dash, pale: true }, plot, x, y);
    }
    drawMark(context, x(from), theme.soft, plot, [1, 3]);
  }
  for (const { offset, colour, dash } of kindsOf(run)) {
    drawLine(context, chart, { history: run.history, offset, colour: theme[colour], dash }, plot, x, y);
  }
  if (run.pastEpoch !== undefined) drawMark(context, x(run.pastEpoch), theme.ink, plot, []);
  drawCursor(context, chart, theme, plot, x, y);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Chart} chart
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 * @param {(value: number) => number} y
 */
export function drawGrid(context, { axis, label, lens }, theme, plot, x, y) {
  const [low, high] = lens.range;
  const step = Math.max(1, niceStep(high - low, Math.min(8, plot.width / 70)));
  paintAxes(context, plot, {
    up: { ticks: axis.ticks, at: y, text: (value) => label(value, axis.step ?? value), away: 8, lines: "grid" },
    across: { ticks: ticksBetween(low, high, step), at: x, text: whole, away: 15, edges: "spread" },
  }, theme);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Chart} chart
 * @param {Line} line
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 * @param {(value: number) => number} y
 */
export function drawLine(context, chart, { history, from = 1, offset, colour, dash, pale = false }, plot, x, y) {
  const { run, metric, lens } = chart;
  const { values, width, length } = history;
  const column = metric + offset;
  if (column >= width) return;
  const scale = run.scales[column];
  const [low, high] = lens.range;
  const first = Math.max(1, from, Math.floor(low) - 1);
  const last = Math.min(length, Math.ceil(high) + 1);
  if (last < first) return;
  context.save();
  context.globalAlpha = pale ? 0.4 : 1;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = pale ? 1.5 : 2;
  context.lineJoin = "round";
  context.lineCap = "butt";
  /** @param {number} epoch */
  const value = (epoch) => values[(epoch - 1) * width + column] * scale;
  const perPixel = (high - low) / plot.width;
  const line = perPixel > 1 ? reduced(context, value, first, last, low, perPixel, plot, y) : exact(value, first, last, x, y);
  drawBelow(context, chart.axis, value, first, last, offset, plot, x);
  context.setLineDash(dash);
  context.stroke(line.path);
  context.setLineDash([]);
  // A point with no neighbour would not show as a line.
  for (const [px, py] of line.alone) {
    context.beginPath();
    context.arc(px, py, 2.5, 0, 7);
    context.fill();
  }
  context.restore();
}

/**
 * Marks on the lower edge for values that a logarithm cannot show: training below, the others above it.
 * @param {CanvasRenderingContext2D} context
 * @param {import("../ui/index.js").Axis} axis
 * @param {(epoch: number) => number} value
 * @param {number} first
 * @param {number} last
 * @param {number} offset
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 */
function drawBelow(context, axis, value, first, last, offset, plot, x) {
  if (!axis.log) return;
  const top = plot.top + plot.height + 1 - EDGE * (1 + offset / TEST);
  let from = 0; // the first epoch of those below, one after the other
  for (let epoch = first; epoch <= last + 1; epoch++) {
    const isDown = epoch <= last && isBelow(axis, value(epoch));
    if (isDown) from ||= epoch;
    else if (from) {
      context.fillRect(x(from) - 1.5, top, x(epoch - 1) - x(from) + 3, EDGE - 0.5);
      from = 0;
    }
  }
}

/**
 * @param {(epoch: number) => number} value
 * @param {number} first
 * @param {number} last
 * @param {(epoch: number) => number} x
 * @param {(value: number) => number} y
 */
function exact(value, first, last, x, y) {
  const path = new Path2D();
  const alone = [];
  let run = 0;
  for (let epoch = first; epoch <= last + 1; epoch++) {
    const at = epoch <= last ? y(value(epoch)) : NaN;
    if (Number.isFinite(at)) {
      if (run++) path.lineTo(x(epoch), at);
      else path.moveTo(x(epoch), at);
    } else {
      if (run === 1) alone.push([x(epoch - 1), y(value(epoch - 1))]);
      run = 0;
    }
  }
  return { path, alone };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {(epoch: number) => number} value
 * @param {number} first
 * @param {number} last
 * @param {number} low
 * @param {number} perPixel
 * @param {import("../ui/index.js").Plot} plot
 * @param {(value: number) => number} y
 */
function reduced(context, value, first, last, low, perPixel, plot, y) {
  const path = new Path2D();
  const band = new Path2D();
  const alone = [];
  let drawn = []; // the points since the last gap, two at most
  let epoch = first;
  const columns = Math.ceil(plot.width);
  for (let pixel = 0; pixel <= columns; pixel++) {
    const end = low + (pixel + 1) * perPixel;
    let least = Infinity;
    let greatest = -Infinity;
    let sum = 0;
    let count = 0;
    for (; epoch <= last && epoch < end; epoch++) {
      const at = y(value(epoch));
      if (!Number.isFinite(at)) continue;
      if (at < least) least = at;
      if (at > greatest) greatest = at;
      sum += at;
      count++;
    }
    if (!count) {
      // No finite value in this column: a gap.
      if (drawn.length === 1) alone.push(drawn[0]);
      drawn = [];
      continue;
    }
    const px = plot.left + pixel + 0.5;
    if (drawn.length) path.lineTo(px, sum / count);
    else path.moveTo(px, sum / count);
    if (drawn.length < 2) drawn.push([px, sum / count]);
    if (greatest - least > 1.5) band.rect(px - 0.5, least, 1, greatest - least);
  }
  if (drawn.length === 1) alone.push(drawn[0]);
  const alpha = context.globalAlpha;
  context.globalAlpha = 0.28 * alpha;
  context.fill(band);
  context.globalAlpha = alpha;
  return { path, alone };
}
