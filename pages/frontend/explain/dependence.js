/** How the answer changes with one column: the mean, and the curve of every row. */

import { el, linearAxis, setText, SHARE_AXIS, short, tick } from "../ui/index.js";
import { named, sentences, t, worded } from "../words/index.js";
import { createChart } from "./chart.js";
import { shape } from "./shapes.js";

const MARGIN = { left: 46, right: 14, top: 10, bottom: 40 };
const MOST = 150; // curves that are drawn
const DAY = 86_400_000; // milliseconds

/**
 * @typedef {object} Dependence as core/explanation/explain.py tells it
 * @property {string} feature
 * @property {"number"|"date"|"level"} [kind]
 * @property {(number|string)[]} values
 * @property {(number|null)[]} mean
 * @property {(number|null)[][]} rows curves
 * @property {number[]} [row_numbers]
 * @property {(number|string|null)[]} [own]
 * @property {string|null} [positive]
 * @property {Object<string, import("../words/index.js").Said|string>|null} [reason]
 */

/** @param {{isRegression: boolean, target: string, classes: string[]}} about @param {(label: string) => void} chooseClass */
export function createDependence({ isRegression, target, classes }, chooseClass) {
  /** @type {Dependence|null} */
  let shown = null;
  let sample = 0;
  let at = -1; // the value that is looked at
  const title = el("h2", { class: "dsc-title" });
  const words = el("span", {});
  const labels = el("select", { class: "dsc-select dsc-gone", "data-testid": "dependence-class", "aria-label": () => t("Class whose probability is shown"), onchange: () => chooseClass(labels.value) });
  const aside = el("span", { class: "dsc-aside" }, words, labels);
  const said = el("p", { class: "dsc-under dsc-ex-said", role: "status" });
  const chart = createChart({ tabindex: "0", role: "img", "data-testid": "dependence-chart" }, draw);
  chart.box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!step || !shown) return;
    event.preventDefault();
    look(Math.min(shown.values.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : shown.values.length - 1) : at + step)));
  });
  chart.box.addEventListener("pointermove", ({ offsetX }) => look(nearest(offsetX)));
  chart.box.addEventListener("pointerleave", () => look(-1));
  chart.box.addEventListener("blur", () => look(-1));
  const legend = el("p", { class: "dsc-ex-legend" },
    el("span", { class: "dsc-ex-line-mean", text: () => t("mean of all test rows") }), el("span", { class: "dsc-ex-line-row", text: () => t("single rows") }), el("span", { class: "dsc-ex-line-sample", text: () => t("the row below") }));
  const element = el("section", { class: "dsc-card dsc-ex-dependence", "data-testid": "dependence" },
    el("div", { class: "dsc-head" }, title, aside), chart.box, legend, said,
    el("p", { class: "dsc-ex-cannot" }, el("b", { text: () => t("Cannot say") }), " ", el("span", { text: () => t("what would happen to a patient whose value is changed: combinations that do not occur are averaged, too.") })));

  /** @param {number} x */
  function nearest(x) {
    if (!shown) return -1;
    const places = placesOf(shown, chart.box.clientWidth);
    return places.reduce((best, place, i) => (Math.abs(place - x) < Math.abs(places[best] - x) ? i : best), 0);
  }

  /** @param {number} place */
  function look(place) {
    if (place === at) return;
    at = place;
    tell();
    chart.again();
  }

  function tell() {
    if (!shown) return;
    if (at < 0) {
      setText(said, shown.reason ? sentences(...Object.values(shown.reason).map(worded)) : spreadWords(shown));
      return;
    }
    const [low, high] = [0.1, 0.9].map((share) => quantile(shown.rows.map((row) => row[at]).filter((value) => value !== null), share));
    setText(said, t("{column} {value}: mean {mean}, for eight of ten rows {low} to {high}", {
      column: named(shown.feature), value: valueWords(shown, shown.values[at]), mean: short(shown.mean[at]), low: short(low), high: short(high) }));
  }

  /** @param {number} width @param {number} height */
  function draw(width, height) {
    if (!shown) return [];
    const xs = placesOf(shown, width);
    const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
    const numbers = [...shown.mean, ...shown.rows.flat()].filter((value) => value !== null);
    const axis = isRegression ? linearAxis(Math.min(...numbers), Math.max(...numbers), 5, null) : SHARE_AXIS;
    /** @param {number} value */
    const y = (value) => bottom - ((value - axis.low) / (axis.high - axis.low)) * (bottom - top);
    /** @param {(number|null)[]} values */
    const path = (values) => values.map((value, i) => (value === null ? "" : `${i && values[i - 1] !== null ? "L" : "M"}${xs[i].toFixed(1)} ${y(value).toFixed(1)}`)).join("");
    const every = Math.max(1, Math.ceil(shown.rows.length / MOST));
    const mine = (shown.row_numbers ?? []).indexOf(sample);
    /** @type {Node[]} */
    const nodes = axis.ticks.flatMap((value) => [
      shape("line", { class: "dsc-ex-grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
      shape("text", { x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" }, isRegression ? tick(value, axis.step ?? 1) : String(value))]);
    nodes.push(...ticksAcross(shown, width, xs).map(({ x, text }) => shape("text", { x, y: bottom + 17, "text-anchor": "middle" }, text)));
    nodes.push(shape("text", { class: "dsc-ex-axis", x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 5, "text-anchor": "middle" }, named(shown.feature)));
    nodes.push(shape("path", { class: "dsc-ex-curves", d: shown.rows.filter((_, i) => i % every === 0).map(path).join("") }));
    nodes.push(...rug(shown, width, bottom));
    if (mine >= 0) nodes.push(shape("path", { class: "dsc-ex-mine", d: path(shown.rows[mine]) }));
    nodes.push(shape("path", { class: "dsc-ex-mean", d: path(shown.mean) }));
    if (shown.kind === "level" || shown.values.length < 3) nodes.push(...shown.mean.flatMap((value, i) => (value === null ? [] : [shape("circle", { class: "dsc-ex-dot", cx: xs[i], cy: y(value), r: 4 })])));
    if (at >= 0) nodes.push(shape("line", { class: "dsc-ex-look", x1: xs[at], x2: xs[at], y1: top, y2: bottom }));
    return nodes;
  }

  return {
    element,
    /** @param {Dependence|null} found @param {number} row @param {string} [problem] */
    show(found, row, problem = "") {
      if (found !== shown) at = -1;
      [shown, sample] = [found, row];
      element.dataset.column = found?.feature ?? "";
      title.textContent = found ? t("How the answer changes with “{column}”", { column: named(found.feature) }) : t("How the answer changes with one column");
      const isChosen = found !== null && classes.length > 2;
      labels.classList.toggle("dsc-gone", !isChosen);
      if (isChosen) labels.replaceChildren(...classes.map((name) => el("option", { value: name, selected: name === found.positive, text: t("probability of “{label}”", { label: named(name) }) })));
      words.textContent = !found || isChosen ? "" : isRegression ? named(target) : t("probability of “{label}”", { label: named(found.positive ?? "") });
      chart.box.setAttribute("aria-label", found ? t("Partial dependence on “{column}”. {said}", { column: named(found.feature), said: spreadWords(found) }) : "");
      chart.again();
      if (found) tell();
      else setText(said, problem);
    },
    destroy: () => chart.destroy(),
  };
}

/** @param {Dependence} found */
function spreadWords({ mean, rows }) {
  const means = mean.filter((value) => value !== null);
  const swings = rows.map((row) => row.filter((value) => value !== null)).filter((row) => row.length).map((row) => Math.max(...row) - Math.min(...row));
  return t("The mean moves from {low} to {high}; the curve of the middle row swings by {swing}.", { low: short(Math.min(...means)), high: short(Math.max(...means)), swing: short(quantile(swings, 0.5)) });
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length ? sorted[Math.round(share * (sorted.length - 1))] : NaN;
}

/** Where the values stand. @param {Dependence} found @param {number} width */
function placesOf({ values, kind }, width) {
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  if (kind === "level" || values.length < 2) return values.map((_, i) => left + ((i + 0.5) / values.length) * (right - left));
  const numbers = /** @type {number[]} */ (values);
  const [low, high] = [numbers[0], numbers.at(-1)];
  return numbers.map((value) => left + ((value - low) / (high - low || 1)) * (right - left));
}

/** @param {Dependence} found @param {number} width @param {number[]} xs */
function ticksAcross(found, width, xs) {
  const { values, kind } = found;
  if (kind === "level") {
    const most = Math.max(3, Math.floor((xs[1] - xs[0] || width) / 7));
    return values.map((value, i) => ({ x: xs[i], text: cut(named(String(value)), most) }));
  }
  const numbers = /** @type {number[]} */ (values);
  const [low, high] = [numbers[0], numbers.at(-1)];
  const axis = linearAxis(low, high, Math.max(2, Math.floor(width / 90)), null);
  /** @param {number} value */
  const x = (value) => xs[0] + ((value - low) / (high - low || 1)) * (xs.at(-1) - xs[0]);
  return axis.ticks.filter((value) => value >= low && value <= high).map((value) => ({ x: x(value), text: kind === "date" ? day(value) : tick(value, axis.step ?? 1) }));
}

/** The rows' own values, as short strokes. @param {Dependence} found @param {number} width @param {number} bottom */
function rug({ own, values, kind }, width, bottom) {
  if (!own || kind === "level") return [];
  const [low, high] = [Number(values[0]), Number(values.at(-1))];
  const reach = width - MARGIN.right - MARGIN.left;
  const d = own.filter((value) => typeof value === "number" && value >= low && value <= high)
    .map((value) => `M${(MARGIN.left + ((Number(value) - low) / (high - low || 1)) * reach).toFixed(1)} ${bottom}v-5`).join("");
  return [shape("path", { class: "dsc-ex-rug", d })];
}

/** @param {Dependence} found @param {number|string} value */
const valueWords = ({ kind }, value) => (typeof value === "string" ? named(value) : kind === "date" ? day(value) : short(value));

/** @param {number} days since 1970-01-01 */
const day = (days) => new Date(Math.round(days) * DAY).toISOString().slice(0, 10);

/** @param {string} text @param {number} most */
const cut = (text, most) => ([...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text);
