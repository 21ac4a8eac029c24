/** Columns as bars, a line each: from zero to the right, or to both sides; with a whisker where a number spreads. */

import { el, short, together } from "../ui/index.js";
import { named, t } from "../words/index.js";

const BELOW = 0.06; // of the longest bar, for whiskers that reach below zero

/**
 * @typedef {object} Bar
 * @property {string} name of the column
 * @property {number|null} value
 * @property {number|null} [spread]
 * @property {string} [beside] what stands below the name, such as the row's own value
 * @property {number[]} [seeds] the same number for other seeds
 * @property {boolean} [isChosen]
 * @property {number} [rank]
 */

/**
 * @param {Bar[]} bars in the order in which they are shown
 * @param {object} how
 * @param {boolean} [how.bothSides] zero stands in the middle
 * @param {(name: string) => void} [how.choose] names are buttons
 * @param {string} how.testid
 */
export function drawBars(bars, { bothSides = false, choose, testid }) {
  const values = bars.flatMap(({ value, seeds = [] }) => [value ?? 0, ...seeds]);
  const tips = bars.map(({ value, spread }) => (value ?? 0) + (spread ?? 0));
  const high = Math.max(...values.map(bothSides ? Math.abs : Number), ...tips, 1e-12);
  const below = bars.some(({ value, spread }) => (value ?? 0) < (spread ?? 0)) ? BELOW * high : 0; // whiskers end at the edge
  const low = bothSides ? -high : Math.max(-high, Math.min(...values, -below));
  /** @param {number} value */
  const at = (value) => (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
  return el("ol", { class: "dsc-ex-bars", "data-testid": testid }, ...bars.map((bar) => lineOf(bar, at, choose)));
}

/** @param {Bar} bar @param {(value: number) => number} at @param {((name: string) => void)|undefined} choose */
function lineOf({ name, value, spread, beside, seeds, isChosen, rank }, at, choose) {
  const title = choose
    ? el("button", { type: "button", class: "dsc-ex-name", "aria-pressed": String(Boolean(isChosen)), text: named(name), title: named(name), onclick: () => choose(name) })
    : el("span", { class: "dsc-ex-name", text: named(name), title: named(name) });
  const track = el("span", { class: "dsc-ex-track", "aria-hidden": "true" });
  const zero = at(0);
  track.append(mark("dsc-ex-zero", zero, zero));
  if (value !== null) {
    track.append(mark(value < 0 ? "dsc-ex-bar dsc-ex-negative" : "dsc-ex-bar", Math.min(zero, at(value)), Math.max(zero, at(value))));
    if (spread) track.append(mark("dsc-ex-whisker", at(value - spread), at(value + spread)));
    for (const seed of seeds ?? []) track.append(mark("dsc-ex-seed", at(seed), at(seed)));
  }
  const text = value === null ? "–" : spread ? t("{value} ± {spread}", together(value, spread)) : short(value);
  return el("li", { "data-column": name, "data-value": value === null ? "" : String(value), class: isChosen ? "dsc-ex-chosen" : "" },
    ...(rank ? [el("span", { class: "dsc-ex-rank", text: String(rank) })] : []),
    el("span", { class: "dsc-ex-column" }, title, ...(beside ? [el("span", { class: "dsc-ex-own", text: beside })] : [])),
    track, el("span", { class: "dsc-ex-value", text }));
}

/** @param {string} name @param {number} from per cent @param {number} to */
function mark(name, from, to) {
  const element = el("span", { class: name });
  element.style.left = `${from}%`;
  element.style.width = `${Math.max(0, to - from)}%`;
  return element;
}
