/** What a network that predicts numbers is worth: predicted against actual, what it is off by, figures with intervals, rows. */

import { el, linearAxis, setAttribute, setText, short } from "../ui/index.js";
import { N_, t, tn, worded } from "../words/index.js";
import { JudgedRows } from "./judged-rows.js";
import { createPlot, dragging, trace, within } from "./plot.js";
import { valuesOf } from "./raw-values.js";

const BINS = 31;
const MOST = 60;
const METRICS = [["r2", N_("R², share explained")], ["mean_absolute_error", N_("Mean absolute error")], ["root_mean_squared_error", N_("Root mean squared error")]];

/**
 * @typedef {object} Numbers the model of a regression
 * @property {import("../ui/index.js").Theme} theme
 * @property {import("./judged-rows.js").JudgedRows} all
 * @property {import("./judged-rows.js").Judged} judged
 * @property {Float32Array} actual
 * @property {Float32Array} predicted
 * @property {Float32Array} off predicted − actual
 * @property {Uint8Array|null} chosen
 * @property {NumberSelection|null} selection
 * @property {number|null} marked
 * @property {string} target
 * @property {import("./model.js").Choice} choice
 *
 * @typedef {{key: string, words: () => string, has: (model: Numbers) => (row: number) => boolean}} NumberSelection
 */

/**
 * @param {() => void} invalidate
 * @param {{select: (selection: any) => void, mark: (row: number|null) => void}} actions
 * @param {() => import("./raw-values.js").Raw|null} raw
 * @param {(page: string, row: number) => string|null} address
 */
export function createRegression(invalidate, actions, raw, address) {
  const scatter = createPlot({ name: "fit", title: () => t("Predicted against actual") }, invalidate);
  const residuals = createPlot({ name: "residuals", title: () => t("Off by how much, and where") }, invalidate);
  const errors = createPlot({ name: "errors", title: () => t("How often it is off by how much") }, invalidate);
  const sentence = el("p", { class: "dsc-ev-sentence", "data-testid": "off-by" });
  const chose = el("p", { class: "dsc-under" });
  const lines = METRICS.map(([name, title]) => {
    const [value, range] = [el("b"), el("span", { class: "dsc-ev-range" })];
    return { name, value, range, line: el("div", { class: "dsc-ev-metric dsc-ev-number-metric", "data-metric": name }, el("span", { class: "dsc-ev-metric-name", text: () => t(title) }), value, range) };
  });
  const figures = el("section", { class: "dsc-card dsc-ev-metrics", "data-testid": "metrics", "aria-label": () => t("Figures with their intervals") },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Figures") }), el("span", { class: "dsc-aside", text: () => t("95 % intervals") })), ...lines.map(({ line }) => line));
  const title = el("h2", { class: "dsc-title" });
  const clear = el("button", { type: "button", class: "dsc-button dsc-ev-clear", text: () => t("Clear"), onclick: () => actions.select(null) });
  const list = el("div", { class: "dsc-ev-list", role: "group", "aria-label": () => t("Rows") });
  const detail = el("div", { class: "dsc-ev-detail", "aria-live": "polite" });
  const rows = el("section", { class: "dsc-card dsc-ev-rows", "data-testid": "chosen-rows", "aria-label": () => t("Chosen rows") }, el("div", { class: "dsc-head" }, title, clear), list, detail);
  const element = el("div", { class: "dsc-ev-linked dsc-gone" }, el("section", { class: "dsc-card", "aria-label": () => t("What it means") }, sentence, chose),
    el("div", { class: "dsc-ev-numbers" }, scatter.element, residuals.element, errors.element, el("div", { class: "dsc-ev-side" }, figures, rows)));
  /** @type {import("./plot.js").Room[]} */
  const rooms = [];
  let built = "";

  /** A rectangle chooses rows. @param {ReturnType<typeof createPlot>} plot @param {number} place @param {(model: Numbers) => [Float32Array, Float32Array]} axes */
  const brush = (plot, place, axes) => {
    let [fromX, fromY] = [0, 0];
    dragging(plot.surface.canvas, {
      down: (x, y) => {
        [fromX, fromY] = [x, y];
        return Boolean(rooms[place]);
      },
      move: (x, y) => {
        const room = rooms[place];
        const grown = Math.hypot(x - fromX, y - fromY) < 6 ? 8 : 0;
        const [left, right] = [Math.min(x, fromX) - grown, Math.max(x, fromX) + grown];
        const [top, bottom] = [Math.min(y, fromY) - grown, Math.max(y, fromY) + grown];
        actions.select({
          key: `${place} ${left} ${right} ${top} ${bottom}`, words: () => t("in the rectangle"),
          has: (/** @type {Numbers} */ model) => {
            const [xs, ys] = axes(model);
            return (/** @type {number} */ row) => room.toX(xs[row]) >= left && room.toX(xs[row]) <= right && room.toY(ys[row]) >= top && room.toY(ys[row]) <= bottom;
          },
        });
      },
    });
  };
  brush(scatter, 0, ({ actual, predicted }) => [actual, predicted]);
  brush(residuals, 1, ({ predicted, off }) => [predicted, off]);

  /** @param {Numbers} model */
  function drawRows(model) {
    const { off, chosen, selection, judged, marked, actual, predicted } = model;
    const found = Array.from(off.keys()).filter((row) => !chosen || chosen[row]).sort((one, other) => Math.abs(off[other]) - Math.abs(off[one]));
    setText(title, selection ? tn("{n:,} row: {what}", "{n:,} rows: {what}", found.length, { what: selection.words() }) : t("The rows that are off most"));
    clear.classList.toggle("dsc-away", !selection);
    setAttribute(rows, "data-rows", JSON.stringify(found.slice(0, MOST).map((row) => JudgedRows.number(judged, row))));
    const told = raw();
    const now = JSON.stringify([model.all.version, selection?.key, marked, Boolean(told), model.theme.name, model.target]);
    if (now === built) return;
    built = now;
    list.replaceChildren(el("div", { class: "dsc-ev-row dsc-ev-heads" }, el("span", { text: t("Row") }), el("span", { text: t("actual") }), el("span", { text: t("predicted") }), el("span", { text: t("off by") })),
      ...found.slice(0, MOST).map((row) => el("button", { type: "button", class: "dsc-ev-row", "aria-pressed": String(marked === row), "data-row": String(JudgedRows.number(judged, row)), onclick: () => actions.mark(marked === row ? null : row) },
        el("span", { class: "dsc-ev-number", text: `#${JudgedRows.number(judged, row)}` }), el("span", { text: short(actual[row]) }), el("span", { text: short(predicted[row]) }), el("span", { text: signed(off[row]) }))));
    detail.classList.toggle("dsc-gone", marked === null);
    if (marked === null) return;
    const number = JudgedRows.number(judged, marked);
    const links = [["explain", t("Why?")], ["predict", t("What if?")]].flatMap(([page, text]) => {
      const href = address(page, number);
      return href ? [el("a", { class: "dsc-button", href, "data-descent-page": page, text })] : [];
    });
    detail.replaceChildren(el("p", { class: "dsc-ev-about" }, el("b", { text: t("Row {row}", { row: number }) })), ...(links.length ? [el("p", { class: "dsc-ev-links" }, ...links)] : []), el("dl", { class: "dsc-ev-values" }, ...valuesOf(told, number)));
  }

  return {
    element,
    /** @param {Numbers} model @param {{metrics: Object<string, any>, isNow: boolean}|null} said @param {import("../words/index.js").Said|string} why */
    draw(model, said, why) {
      const { theme, actual, predicted, off, chosen, target, marked } = model;
      const own = figuresOf(actual, off);
      setText(sentence, t("On average off by {error}: {target} is predicted for {n:,} rows.", { error: short(own.mean_absolute_error), target, n: actual.length }));
      setText(chose, worded(why));
      for (const { name, value, range, line } of lines) {
        const told = said?.metrics[name];
        const isNow = said?.isNow && told?.value !== null && told !== undefined;
        setText(value, short(isNow ? told.value : own[name]));
        setText(range, told && told.low !== null && told.low !== undefined ? `${short(told.low)} – ${short(told.high)}` : "");
        line.classList.toggle("dsc-ev-old", !isNow);
        setAttribute(line, "data-value", String(isNow ? told.value : own[name]));
      }
      const [low, high] = ends([actual, predicted]);
      const both = linearAxis(low, high, 5, null);
      const reach = Math.max(1e-9, ...ends([off]).map(Math.abs));
      const errorAxis = linearAxis(-reach, reach, 5, null);
      const points = (/** @type {number} */ place, /** @type {Float32Array} */ xs, /** @type {Float32Array} */ ys) => paint(rooms[place], xs, ys, theme, chosen, marked);
      const first = scatter.begin(theme, { x: both, y: both, across: t("actual"), up: t("predicted") });
      if (first) {
        rooms[0] = first;
        straight(first, theme, [[both.low, both.low], [both.high, both.high]]);
        points(0, actual, predicted);
      }
      const second = residuals.begin(theme, { x: both, y: errorAxis, across: t("predicted"), up: t("predicted − actual") });
      if (second) {
        rooms[1] = second;
        straight(second, theme, [[both.low, 0], [both.high, 0]]);
        points(1, predicted, off);
      }
      drawErrors(errors, model, errorAxis);
      setAttribute(scatter.surface.canvas, "aria-label", t("Predicted against actual for {n:,} rows: R² {r2}.", { n: actual.length, r2: short(own.r2) }));
      setAttribute(residuals.surface.canvas, "aria-label", t("Differences between predicted and actual, from {low} to {high}.", { low: short(Math.min(...off)), high: short(Math.max(...off)) }));
      setText(scatter.aside, tn("{n:,} row", "{n:,} rows", actual.length));
      drawRows(model);
    },
    destroy: () => [scatter, residuals, errors].forEach((plot) => plot.destroy()),
  };
}

/** @param {number} value */
const signed = (value) => (value > 0 ? `+${short(value)}` : short(value));

/** @param {Float32Array[]} several @returns {[number, number]} */
function ends(several) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of several) for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** scikit-learn's, of rows. @param {Float32Array} actual @param {Float32Array} off @returns {Object<string, number>} */
export function figuresOf(actual, off) {
  const count = actual.length;
  const mean = actual.reduce((sum, value) => sum + value, 0) / count;
  const squares = off.reduce((sum, value) => sum + value ** 2, 0);
  const spread = actual.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { r2: 1 - squares / spread, mean_absolute_error: off.reduce((sum, value) => sum + Math.abs(value), 0) / count, root_mean_squared_error: Math.sqrt(squares / count) };
}

/** @param {import("./plot.js").Room} room @param {import("../ui/index.js").Theme} theme @param {[number, number][]} points */
function straight(room, theme, points) {
  const { context } = room;
  context.lineWidth = 1.5;
  context.strokeStyle = theme.soft;
  context.setLineDash([5, 4]);
  trace(room, points);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {import("./plot.js").Room} room @param {Float32Array} xs @param {Float32Array} ys @param {import("../ui/index.js").Theme} theme
 * @param {Uint8Array|null} chosen @param {number|null} marked
 */
function paint(room, xs, ys, theme, chosen, marked) {
  const { context, toX, toY } = room;
  within(room, () => {
    for (const isChosen of [false, true]) {
      context.fillStyle = isChosen ? theme.b : theme.a;
      context.globalAlpha = isChosen || !chosen ? 0.75 : 0.25;
      context.beginPath();
      xs.forEach((x, row) => {
        if (Boolean(chosen?.[row]) !== isChosen) return;
        const [px, py] = [toX(x), toY(ys[row])];
        if (isChosen) context.rect(px - 3.2, py - 3.2, 6.4, 6.4);
        else {
          context.moveTo(px + 3, py);
          context.arc(px, py, 3, 0, 2 * Math.PI);
        }
      });
      context.fill();
    }
    context.globalAlpha = 1;
    if (marked === null) return;
    context.lineWidth = 2.5;
    context.strokeStyle = theme.ink;
    context.beginPath();
    context.arc(toX(xs[marked]), toY(ys[marked]), 7, 0, 2 * Math.PI);
    context.stroke();
  });
}

/** @param {ReturnType<typeof createPlot>} plot @param {Numbers} model @param {import("../ui/index.js").Axis} x */
function drawErrors(plot, { off, chosen, theme }, x) {
  const counts = new Array(BINS).fill(0);
  const some = new Array(BINS).fill(0);
  off.forEach((value, row) => {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((BINS * (value - x.low)) / (x.high - x.low))));
    counts[bin]++;
    if (chosen?.[row]) some[bin]++;
  });
  const room = plot.begin(theme, { x, y: linearAxis(0, Math.max(1, ...counts), 4, null, { fromZero: true }), across: t("predicted − actual"), up: t("rows") });
  if (!room) return;
  const width = (x.high - x.low) / BINS;
  for (const [values, colour, alpha] of /** @type {[number[], string, number][]} */ ([[counts, theme.a, chosen ? 0.35 : 0.75], [some, theme.b, 1]])) {
    room.context.fillStyle = colour;
    room.context.globalAlpha = alpha;
    values.forEach((count, bin) => {
      const [left, right] = [room.toX(x.low + bin * width) + 0.5, room.toX(x.low + (bin + 1) * width) - 0.5];
      if (count) room.context.fillRect(left, room.toY(count), right - left, room.toY(0) - room.toY(count));
    });
  }
  room.context.globalAlpha = 1;
  setAttribute(plot.surface.canvas, "aria-label", t("Half of the rows are off by less than {error}; the most by {most}.", { error: short(median(off.map(Math.abs))), most: short(Math.max(...off.map(Math.abs))) }));
}

/** @param {Float32Array} values */
function median(values) {
  const rising = Float32Array.from(values).sort();
  return rising[Math.floor(rising.length / 2)];
}
