/**
 * Ranks that methods give to columns, a line each: causes are filled circles, the decoy is a diamond, what says nothing is
 * a short stroke. Left is first; what stands left of the rule is among as many as there are causes.
 */

import { named, t } from "../words/index.js";
import { el } from "../ui/index.js";
import { shape } from "./shapes.js";

const WIDE = 640; // CSS pixels at most; where there is less room, marks keep their size
const NARROW = 340;
const PHONE = "(max-width: 900px)";
const HEIGHT = 30;
const EDGE = 16;

/** @param {import("./truth.js").Truth} truth */
export function drawRanks(truth) {
  const { columns, causes, decoy, methods, seeds } = truth;
  const head = [t("Method"), t("Mean rank over the seeds (first on the left)"), t("Causes in the first five"), t("Decoy before age")];
  const rows = methods.map((method) => el("tr", { "data-method": method.method },
    el("th", { scope: "row", text: named(method.title) }),
    el("td", { class: "dsc-ex-strip" }, strip(method, truth)),
    el("td", { class: "dsc-ex-number", "data-label": head[2] }, el("b", { text: method.true_in_top.toFixed(2) })),
    el("td", { class: method.decoy_before_age > seeds.done / 2 ? "dsc-ex-number dsc-ex-fooled" : "dsc-ex-number", "data-label": head[3],
      text: t("{n} of {all}", { n: method.decoy_before_age, all: seeds.done }) })));
  const legend = el("p", { class: "dsc-ex-legend" },
    key("dsc-ex-age", "circle", named(columns[0])), key("dsc-ex-cause", "circle", t("other causes: {names}", { names: columns.slice(1, causes).map(named).join(", ") })),
    key("dsc-ex-decoy", "diamond", t("{decoy}: the decoy", { decoy: named(columns[decoy.column]) })), key("dsc-ex-nothing", "stroke", t("says nothing")));
  return el("div", {}, legend,
    el("table", { class: "dsc-ex-table" },
      el("caption", { class: "dsc-hidden", text: t("Ranks of causes and of the decoy, by method") }),
      el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col", text })))), el("tbody", {}, ...rows)));
}

/** @param {string} name @param {"circle"|"diamond"|"stroke"} kind @param {string} text */
function key(name, kind, text) {
  const svg = shape("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" }, marker(kind, name, 8, 8));
  const element = el("span", { class: "dsc-ex-key" });
  element.append(svg, text);
  return element;
}

/** @param {"circle"|"diamond"|"stroke"} kind @param {string} name @param {number} x @param {number} y */
function marker(kind, name, x, y) {
  if (kind === "circle") return shape("circle", { class: name, cx: x, cy: y, r: 6 });
  if (kind === "diamond") return shape("path", { class: name, d: `M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z` });
  return shape("line", { class: name, x1: x, x2: x, y1: y - 5, y2: y + 5 });
}

/** @param {import("./truth.js").TruthMethod} method @param {import("./truth.js").Truth} truth */
function strip(method, { columns, causes, decoy }) {
  const count = columns.length;
  const width = window.matchMedia(PHONE).matches ? NARROW : WIDE;
  /** @param {number} rank */
  const x = (rank) => EDGE + ((rank - 1) / (count - 1)) * (width - 2 * EDGE);
  const said = columns.map((name, place) => t("{column} {rank:.1f}", { column: named(name), rank: method.ranks[place].mean })).join(", ");
  const svg = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "dsc-ex-strip-marks", role: "img", "aria-label": t("Mean ranks: {ranks}", { ranks: said }) },
    shape("line", { class: "dsc-ex-base", x1: EDGE, x2: width - EDGE, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    shape("line", { class: "dsc-ex-limit", x1: x(causes + 0.5), x2: x(causes + 0.5), y1: 2, y2: HEIGHT - 2 }));
  const isOf = (/** @type {number} */ place) => (place === decoy.column ? 3 : place === 0 ? 2 : place < causes ? 1 : 0);
  const order = columns.map((_, place) => place).sort((one, other) => isOf(one) - isOf(other)); // what is looked for lies on top
  for (const place of order) {
    const { mean, low, high } = method.ranks[place];
    const kind = place === decoy.column ? "diamond" : place < causes ? "circle" : "stroke";
    const name = place === decoy.column ? "dsc-ex-decoy" : place === 0 ? "dsc-ex-age" : place < causes ? "dsc-ex-cause" : "dsc-ex-nothing";
    if (place === 0 || place === decoy.column) svg.append(shape("line", { class: `dsc-ex-range ${name}`, x1: x(low), x2: x(high), y1: HEIGHT / 2 + (place ? 3 : -3), y2: HEIGHT / 2 + (place ? 3 : -3) }));
    const mark = marker(kind, name, x(mean), HEIGHT / 2);
    mark.append(shape("title", {}, t("{column}: rank {mean:.1f}, from {low} to {high}", { column: named(columns[place]), mean, low, high })));
    svg.append(mark);
  }
  return svg;
}
