/** What stands on a chart beside its lines: selection, baseline, changes made midway, marked epochs, crosshair. */

import { crisp } from "../ui/index.js";
import { t } from "../words/index.js";
import { kindsOf } from "./values.js";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./lens.js").Lens} lens
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 */
export function drawSelection(context, { selection }, theme, plot, x) {
  if (!selection) return;
  const [from, to] = selection.map(x);
  context.fillStyle = theme.a;
  context.globalAlpha = 0.12;
  context.fillRect(Math.min(from, to), plot.top, Math.abs(to - from), plot.height);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./lines.js").Chart} chart
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 * @param {(value: number) => number} y
 */
export function drawBaseline(context, { baseline, axis }, theme, plot, y) {
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
  /** @type {[string, number, number]} */
  const text = [baseline.label, plot.left + plot.width, at + (above ? -2 : 3)];
  context.strokeText(...text);
  context.fillStyle = theme.soft;
  context.fillText(...text);
}

/**
 * A small tick where the learning rate or a weight was set; what happened appears when the crosshair comes near.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./lines.js").Chart} chart
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 */
export function drawChanges(context, { run, lens }, theme, plot, x) {
  const cursor = lens.cursor === null ? NaN : x(lens.cursor);
  const changes = (run.state.changes ?? []).map(({ epoch, learning_rate: rate }) => ({ epoch, words: () => t("learning rate {rate} from here", { rate }) }));
  const edits = (run.state.edits ?? []).map(({ epoch, value }) => ({ epoch, words: () => t("a weight set to {value} by hand", { value }) }));
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
      context.fillText(words(), at + (right ? -8 : 8), plot.top + plot.height - 3);
    }
  }
}

/**
 * A vertical line through an epoch: where a run forked, or the one looked back at.
 * @param {CanvasRenderingContext2D} context
 * @param {number} at
 * @param {string} colour
 * @param {import("../ui/index.js").Plot} plot
 * @param {number[]} dash
 */
export function drawMark(context, at, colour, plot, dash) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(crisp(at - 0.5), plot.top);
  context.lineTo(crisp(at - 0.5), plot.top + plot.height);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./lines.js").Chart} chart
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 * @param {(value: number) => number} y
 */
export function drawCursor(context, { run, metric, lens }, theme, plot, x, y) {
  if (lens.cursor === null) return;
  const readings = kindsOf(run).map(({ offset, colour }) => ({ height: y(run.value(lens.cursor, metric + offset)), colour: theme[colour] }));
  drawReading(context, x(lens.cursor), readings, theme, plot);
}

/**
 * A line at an epoch, with a dot where each curve crosses it.
 * @param {CanvasRenderingContext2D} context
 * @param {number} across pixels
 * @param {{height: number, colour: string}[]} readings those that are no number have no dot
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 */
export function drawReading(context, across, readings, theme, plot) {
  const at = crisp(across - 0.5);
  context.strokeStyle = theme.soft;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(at, plot.top);
  context.lineTo(at, plot.top + plot.height);
  context.stroke();
  for (const { height, colour } of readings) {
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
