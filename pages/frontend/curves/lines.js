/**
 * Drawing one line chart: grid, baseline, the training line (solid) and the test line (dashed), crosshair.
 *
 * Where several epochs share a pixel column the column's mean is drawn, over the band from its least to its
 * greatest value: 10,000 points cost no more than 500, and no spike is lost. A value without neighbours is a dot.
 * What a logarithm cannot show is marked on the chart's lower edge.
 */

import { crisp, isBelow, niceStep, paintAxes, place, ticksBetween } from "../ui/index.js";

export const MARGIN = { left: 44, right: 10, top: 8, bottom: 19 };
const TRAIN = 0; // added to the metric's column in the logs
const TEST = 2;
const EDGE = 3; // pixels: how high the mark of a value below the axis is

/** Least and greatest finite value (positive ones only, if asked) of both lines over a range of epochs. */
export function extent(run, metric, [low, high], positive) {
  let least = Infinity;
  let greatest = -Infinity;
  for (const { values, width, length } of run.parent ? [run.history, run.parent] : [run.history]) {
    const first = Math.max(1, Math.floor(low));
    const last = Math.min(length, Math.ceil(high));
    for (let column = metric; column < width; column += TEST) {
      for (let i = (first - 1) * width + column, end = last * width; i < end; i += width) {
        const value = values[i];
        if (!Number.isFinite(value) || (positive && value <= 0)) continue;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
  }
  const scale = run.scales[metric];
  return [least * scale, greatest * scale];
}

/**
 * Where a line lies below a logarithmic axis, over a range of epochs.
 * @returns {{count: number, first: number, all: boolean, stays: boolean, zero: boolean, negative: boolean}} how many epochs, the first of them;
 *   whether that is all there are, whether none is above it after the first, whether all of them are 0, and one less
 */
export function below(run, column, [low, high], axis) {
  const found = { count: 0, first: 0, all: true, stays: true, zero: true, negative: false };
  const last = Math.min(run.history.length, Math.floor(high));
  for (let epoch = Math.max(1, Math.ceil(low)); epoch <= last; epoch++) {
    const value = run.value(epoch, column);
    if (!Number.isFinite(value)) continue;
    if (isBelow(axis, value)) {
      found.first ||= epoch;
      found.count++;
      found.zero &&= value === 0;
      found.negative ||= value < 0;
    } else {
      found.all = false;
      if (found.count) found.stays = false;
    }
  }
  return found;
}

/**
 * @param {{context: CanvasRenderingContext2D, width: number, height: number}} surface
 * @param {object} chart
 * @param {import("../run/index.js").Run} chart.run
 * @param {number} chart.metric  column of the logs: 0 loss, 1 the metric
 * @param {import("../ui/index.js").Axis} chart.axis  the vertical axis
 * @param {import("./lens.js").Lens} chart.lens
 * @param {{value: number, label: string}|null} chart.baseline
 * @param {(value: number, step: number) => string} chart.label
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
  const x = (epoch) => plot.left + ((epoch - low) / (high - low)) * plot.width;
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
    drawLine(context, chart, { history: run.parent, from, offset: TRAIN, colour: theme.a, dash: [], pale: true }, plot, x, y);
    drawLine(context, chart, { history: run.parent, from, offset: TEST, colour: theme.b, dash: [6, 4], pale: true }, plot, x, y);
    drawMark(context, x(from), theme.soft, plot, [1, 3]);
  }
  drawLine(context, chart, { history: run.history, offset: TRAIN, colour: theme.a, dash: [] }, plot, x, y);
  drawLine(context, chart, { history: run.history, offset: TEST, colour: theme.b, dash: [6, 4] }, plot, x, y);
  if (run.pastEpoch !== undefined) drawMark(context, x(run.pastEpoch), theme.ink, plot, []);
  drawCursor(context, chart, theme, plot, x, y);
  context.restore();
}

function drawGrid(context, { axis, label, lens }, theme, plot, x, y) {
  const [low, high] = lens.range;
  const step = Math.max(1, niceStep(high - low, Math.min(8, plot.width / 70)));
  paintAxes(context, plot, {
    up: { ticks: axis.ticks, at: y, text: (value) => label(value, axis.step ?? value), away: 8, lines: "grid" },
    across: { ticks: ticksBetween(low, high, step), at: x, text: (value) => value.toLocaleString("en-US"), away: 15, edges: "spread" },
  }, theme);
}

function drawSelection(context, { selection }, theme, plot, x) {
  if (!selection) return;
  const [from, to] = selection.map(x);
  context.fillStyle = theme.a;
  context.globalAlpha = 0.12;
  context.fillRect(Math.min(from, to), plot.top, Math.abs(to - from), plot.height);
  context.globalAlpha = 1;
}

function drawBaseline(context, { baseline, axis }, theme, plot, y) {
  if (!baseline || !(baseline.value >= axis.low && baseline.value <= axis.high)) return;
  const at = crisp(y(baseline.value) - 0.5);
  context.strokeStyle = theme.soft;
  context.lineWidth = 1;
  context.setLineDash([1, 3]);
  context.beginPath();
  context.moveTo(plot.left, at);
  context.lineTo(plot.left + plot.width, at);
  context.stroke();
  context.setLineDash([]);
  context.font = `11px ${theme.font}`;
  context.textAlign = "right";
  const above = at - plot.top > 14;
  context.textBaseline = above ? "bottom" : "top";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = theme.card;
  const text = [baseline.label, plot.left + plot.width, at + (above ? -2 : 3)];
  context.strokeText(...text);
  context.fillStyle = theme.soft;
  context.fillText(...text);
}

/** A small tick where the learning rate or a weight was set; what happened appears when the crosshair comes near. */
function drawChanges(context, { run, lens }, theme, plot, x) {
  const cursor = lens.cursor === null ? NaN : x(lens.cursor);
  const changes = (run.state.changes ?? []).map(({ epoch, learning_rate: rate }) => ({ epoch, words: `learning rate ${rate} from here` }));
  const edits = (run.state.edits ?? []).map(({ epoch, value }) => ({ epoch, words: `a weight set to ${value} by hand` }));
  for (const { epoch, words } of [...changes, ...edits]) {
    const at = x(epoch);
    if (at < plot.left - 1 || at > plot.left + plot.width + 1) continue;
    context.fillStyle = theme.soft;
    context.beginPath();
    context.moveTo(at - 4, plot.top + plot.height + 1);
    context.lineTo(at + 4, plot.top + plot.height + 1);
    context.lineTo(at, plot.top + plot.height - 6);
    context.fill();
    if (Math.abs(cursor - at) < 8) {
      context.font = `11px ${theme.font}`;
      context.textBaseline = "bottom";
      const right = at > plot.left + plot.width / 2;
      context.textAlign = right ? "right" : "left";
      context.fillText(words, at + (right ? -8 : 8), plot.top + plot.height - 3);
    }
  }
}

/** A vertical line through an epoch: where a run forked, or the one looked back at. */
function drawMark(context, at, colour, plot, dash) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(crisp(at - 0.5), plot.top);
  context.lineTo(crisp(at - 0.5), plot.top + plot.height);
  context.stroke();
  context.setLineDash([]);
}

function drawLine(context, chart, { history, from = 1, offset, colour, dash, pale = false }, plot, x, y) {
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

/** Marks on the lower edge for values that a logarithm cannot show: training below, test above it. */
function drawBelow(context, axis, value, first, last, offset, plot, x) {
  if (!axis.log) return;
  const top = plot.top + plot.height + 1 - EDGE * (offset === TEST ? 2 : 1);
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

function drawCursor(context, { run, metric, lens }, theme, plot, x, y) {
  if (lens.cursor === null) return;
  const at = crisp(x(lens.cursor) - 0.5);
  context.strokeStyle = theme.soft;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(at, plot.top);
  context.lineTo(at, plot.top + plot.height);
  context.stroke();
  for (const [offset, colour] of [[TRAIN, theme.a], [TEST, theme.b]]) {
    const height = y(run.value(lens.cursor, metric + offset));
    if (!Number.isFinite(height)) continue;
    context.beginPath();
    context.arc(at, height, 4, 0, 7);
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = theme.card;
    context.stroke();
  }
}
