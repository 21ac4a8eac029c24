/** The long works of the page: calibration before and after, what more rows would bring, how much a figure hangs on chance. */

import { el, percent, short, together, whole } from "../ui/index.js";
import { N_, t, tn } from "../words/index.js";
import { createTask } from "./tasks.js";

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 168;

/** @type {Object<string, string>} */
const TITLES = {
  roc_auc: N_("Area under the ROC curve"), accuracy: N_("Accuracy"), balanced_accuracy: N_("Balanced accuracy"), log_loss: N_("Log loss (0 is best)"), brier_score: N_("Brier score (0 is best)"),
  r2: N_("R², share explained"), mean_absolute_error: N_("Mean absolute error"), root_mean_squared_error: N_("Root mean squared error"),
};

/**
 * @typedef {{value: number|null}} Figure
 * @typedef {{metrics: Object<string, Figure>, expected_calibration_error: number|null, reliability: Array<{predicted: number, observed: number, low: number, high: number}>}} Judged
 * @typedef {{level: number, coverage: number, sizes: number[], certain: number, error: number|null}} Sets
 * @typedef {{calibration: {temperature: number|null}, before?: Judged, after?: Judged, sets?: Sets[], bands?: Array<{level: number, half_width: number|null, coverage: number|null}>}} Calibrated
 * @typedef {Object<string, {values: Array<number|null>, mean: number|null, sd: number|null}>} Summary
 */

export function createWorks() {
  const works = [calibration(), learningCurve(), crossValidation()];
  return { elements: works.map(({ element }) => element), works };
}

function calibration() {
  const body = el("div", { class: "dsc-ev-result" });
  return createTask({
    name: "calibration", title: () => t("Calibration, and answers with a promise"), body,
    aim: () => t("Do probabilities mean what they say? Networks of the same kind predict training rows that they have not learnt; from these come a temperature, and sets of classes that hold the true one as often as promised."),
    begin: () => t("Calibrate"),
    show(/** @type {Calibrated} */ { calibration: found, before, after, sets = [], bands = [] }) {
      const parts = [];
      if (before && after) {
        parts.push(el("div", { class: "dsc-ev-before" }, side(t("before"), before), side(found.temperature === null ? t("after") : t("after, temperature {temperature}", { temperature: found.temperature.toFixed(2) }), after)));
      }
      if (sets.length) {
        parts.push(table([t("Promise"), t("Held on test rows"), t("One class only"), t("of these wrong")], sets.map(({ level, coverage, certain, error }) => [percent(level, 0), percent(coverage), percent(certain), percent(error)]),
          t("Sets of classes that hold the true one; a set is never empty. More than one class means: I don't know which.")));
      }
      if (bands.length) {
        parts.push(table([t("Promise"), t("Band: predicted ±"), t("Held on test rows")], bands.map(({ level, half_width: half, coverage }) => [percent(level, 0), half === null ? "–" : short(half), percent(coverage)]),
          t("Bands around a prediction that hold the true value as often as promised.")));
      }
      body.replaceChildren(...parts);
    },
  });
}

/** @param {string} title @param {Judged} judged */
function side(title, { metrics, expected_calibration_error: error, reliability }) {
  const figure = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "dsc-ev-small", role: "img", "aria-label": t("Reliability: expected calibration error {error}. {points}", {
    error: percent(error), points: reliability.map(({ predicted, observed }) => `${percent(predicted, 0)} → ${percent(observed, 0)}`).join("; "),
  }) });
  const at = (/** @type {number} */ share) => 8 + share * (SIDE - 16);
  figure.append(svg("rect", { x: 8, y: 8, width: SIDE - 16, height: SIDE - 16, class: "dsc-ev-frame" }), svg("line", { x1: at(0), y1: at(1), x2: at(1), y2: at(0), class: "dsc-ev-ideal" }));
  for (const { predicted, observed, low, high } of reliability) {
    figure.append(svg("line", { x1: at(predicted), x2: at(predicted), y1: at(1 - low), y2: at(1 - high), class: "dsc-ev-spread" }), svg("circle", { cx: at(predicted), cy: at(1 - observed), r: 4, class: "dsc-ev-point" }));
  }
  const caption = t("log loss {loss}, error {error}", { loss: short(metrics.log_loss?.value), error: percent(error) });
  return el("figure", {}, el("figcaption", {}, el("b", { text: title }), el("span", { text: caption })), figure);
}

function learningCurve() {
  const body = el("div", { class: "dsc-ev-result" });
  return createTask({
    name: "learning-curve", title: () => t("What more rows would bring"), body,
    aim: () => t("Networks of the same kind learn more and more of the training rows. Where the two lines have met, more rows bring little; where they are apart, they would."),
    begin: () => t("Draw the learning curve"),
    show(/** @type {{points: Array<{rows: number, learnt: Summary, held_out: Summary}>}} */ { points }) {
      const name = ["roc_auc", "r2", "accuracy"].find((each) => points.some(({ held_out: held }) => held[each]?.mean !== null && held[each] !== undefined)) ?? "accuracy";
      body.replaceChildren(curve(points, name), table([t("Rows learnt"), t("on these rows"), t("on rows held out")], points.map(({ rows, learnt, held_out: held }) => [whole(rows), withSpread(learnt[name]), withSpread(held[name])]), t(TITLES[name])));
    },
  });
}

/** @param {Array<{rows: number, learnt: Summary, held_out: Summary}>} points @param {string} name */
function curve(points, name) {
  const [width, height] = [340, 196];
  const figure = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "dsc-ev-wide", role: "img", "aria-label": points.map(({ rows, held_out: held }) => `${rows}: ${withSpread(held[name])}`).join("; ") });
  const values = points.flatMap(({ learnt, held_out: held }) => [learnt[name], held[name]].flatMap((each) => (each?.mean === null || !each ? [] : [each.mean - (each.sd ?? 0), each.mean + (each.sd ?? 0)])));
  const [low, high] = [Math.min(...values), Math.min(1, Math.max(...values))]; // no figure here can be above 1, and no whisker says so
  const [first, last] = [points[0].rows, points.at(-1).rows];
  const toX = (/** @type {number} */ rows) => 44 + (width - 60) * (last > first ? Math.log(rows / first) / Math.log(last / first) : 0.5);
  const toY = (/** @type {number} */ value) => 30 + (height - 62) * (1 - (high > low ? (value - low) / (high - low) : 0.5));
  for (const value of [low, (low + high) / 2, high]) {
    figure.append(svg("line", { x1: 44, x2: width - 16, y1: toY(value), y2: toY(value), class: "dsc-ev-gridline" }), label(38, toY(value) + 4, short(value), "end"));
  }
  for (const { rows } of [points[0], points.at(-1)]) figure.append(label(toX(rows), height - 16, whole(rows), "middle"));
  figure.append(label(width / 2 + 14, height - 2, t("rows learnt"), "middle"));
  for (const [kind, mark, words] of /** @type {["learnt"|"held_out", string, string][]} */ ([["learnt", "a", t("on these rows")], ["held_out", "b", t("on rows held out")]])) {
    const known = points.filter((point) => point[kind][name]?.mean !== null && point[kind][name]);
    figure.append(svg("polyline", { points: known.map((point) => `${toX(point.rows)},${toY(point[kind][name].mean)}`).join(" "), class: `dsc-ev-line dsc-ev-line-${mark}` }));
    for (const point of known) {
      const { mean, sd } = point[kind][name];
      figure.append(svg("line", { x1: toX(point.rows), x2: toX(point.rows), y1: toY(mean - (sd ?? 0)), y2: toY(Math.min(high, mean + (sd ?? 0))), class: `dsc-ev-bar-${mark}` }));
      figure.append(mark === "a" ? svg("circle", { cx: toX(point.rows), cy: toY(mean), r: 3.5, class: "dsc-ev-mark-a" }) : svg("rect", { x: toX(point.rows) - 3.5, y: toY(mean) - 3.5, width: 7, height: 7, class: "dsc-ev-mark-b" }));
    }
    const key = mark === "a" ? 44 : width / 2 + 14; // above the curves, which would run through words beside them
    figure.append(svg("line", { x1: key, x2: key + 22, y1: 10, y2: 10, class: `dsc-ev-line dsc-ev-line-${mark}` }), label(key + 28, 14, words, "start", `dsc-ev-text-${mark}`));
  }
  return figure;
}

function crossValidation() {
  const body = el("div", { class: "dsc-ev-result" });
  return createTask({
    name: "cross-validation", title: () => t("How much hangs on which rows"), body,
    aim: () => t("The training rows are divided again and again; each part is judged by a network that has learnt the others. The spread is what one division would hide."),
    begin: () => t("Cross-validate"),
    show(/** @type {{metrics: Summary, folds: number, repeats: number}} */ { metrics, folds, repeats }) {
      body.replaceChildren(...Object.entries(metrics).map(([name, { values, mean, sd }]) => {
        const known = /** @type {number[]} */ (values.filter((value) => value !== null));
        const [low, high] = [Math.min(...known), Math.max(...known)];
        const strip = svg("svg", { viewBox: "0 0 200 22", class: "dsc-ev-strip", "aria-hidden": "true" });
        const toX = (/** @type {number} */ value) => 8 + 184 * (high > low ? (value - low) / (high - low) : 0.5);
        for (const value of known) strip.append(svg("circle", { cx: toX(value), cy: 11, r: 4.5, class: "dsc-ev-fold" }));
        if (mean !== null) strip.append(svg("line", { x1: toX(mean), x2: toX(mean), y1: 1, y2: 21, class: "dsc-ev-mean" }));
        return el("div", { class: "dsc-ev-cross", "data-metric": name }, el("span", { text: t(TITLES[name] ?? name) }), strip, el("b", { text: withSpread({ mean, sd }) }), el("small", { text: known.length ? `${short(low)} – ${short(high)}` : "" }));
      }), el("p", { class: "dsc-under", text: tn("{n} part, divided {repeats} times: mean ± standard deviation", "{n} parts, divided {repeats} times: mean ± standard deviation", folds, { repeats }) }));
    },
  });
}

/** @param {{mean: number|null, sd: number|null}|undefined} figure */
function withSpread(figure) {
  if (!figure || figure.mean === null) return "–";
  if (figure.sd === null) return short(figure.mean);
  const { value, spread } = together(figure.mean, figure.sd);
  return `${value} ± ${spread}`;
}

/** @param {string[]} head @param {string[][]} rows @param {string} caption */
function table(head, rows, caption) {
  return el("div", { class: "dsc-ev-scroll" }, el("table", { class: "dsc-ev-table" }, el("caption", { text: caption }),
    el("thead", {}, el("tr", {}, ...head.map((title) => el("th", { scope: "col", text: title })))),
    el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row", text: first }), ...rest.map((text) => el("td", { text })))))));
}

/** @param {number} x @param {number} y @param {string} text @param {string} anchor @param {string} [kind] */
function label(x, y, text, anchor, kind = "") {
  const element = svg("text", { x, y, "text-anchor": anchor, class: kind });
  element.textContent = text;
  return element;
}

/** @param {string} tag @param {Object<string, string|number>} attributes */
function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
