/**
 * Groups of rows by a column, and how each of them fares at the threshold; as core/evaluation/subgroups.py has them.
 *
 * A group's harm is what its errors cost a person: missed events and false alarms, or the mean absolute error.
 */

import { short } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { wilson } from "./intervals.js";

const MOST_VALUES = 6; // different numbers that are groups of their own; of more, quarters are
const MOST_LEVELS = 40;
const FEW_ROWS = 30; // with fewer, or fewer of either kind than the next, most of a difference may be chance
const FEW_OF_A_KIND = 5;
const DAY = 86_400_000;

/**
 * @typedef {import("./raw-values.js").Raw} Raw
 * @typedef {{title: () => string, has: (value: number) => boolean}} Part of a column
 *
 * @typedef {object} Group
 * @property {() => string} title
 * @property {number} rows
 * @property {number} events
 * @property {number} harm
 * @property {boolean} isUncertain
 * @property {{value: number, low: number, high: number}} sensitivity
 * @property {{value: number, low: number, high: number}} specificity
 * @property {(value: number) => boolean} has
 */

/** The groups of a column. @param {Raw} raw @param {number} column @returns {Part[]} */
export function partsOf(raw, column) {
  const name = raw.names[column];
  const values = Float64Array.from({ length: raw.shown }, (_, row) => raw.values[row * raw.names.length + column]).filter(Number.isFinite).sort();
  const missing = { title: () => t("missing"), has: (/** @type {number} */ value) => !Number.isFinite(value) };
  const levels = raw.levels[name];
  if (levels) {
    const known = levels.slice(0, MOST_LEVELS).map((level, place) => ({ title: () => named(level), has: (/** @type {number} */ value) => value === place }));
    return [...known, { title: () => t("something else"), has: (value) => value >= known.length }, missing];
  }
  const write = (/** @type {number} */ value) => (raw.dates.includes(name) ? new Date(value * DAY).toISOString().slice(0, 10) : short(value));
  const different = [...new Set(values)];
  if (different.length <= MOST_VALUES) return [...different.map((one) => ({ title: () => write(one), has: (/** @type {number} */ value) => value === one })), missing];
  const limits = [...new Set([0.25, 0.5, 0.75].map((share) => quantile(values, share)))];
  return [...[-Infinity, ...limits].map((low, place) => {
    const high = limits[place] ?? Infinity;
    const title = () => (low === -Infinity ? t("below {high}", { high: write(high) }) : high === Infinity ? t("from {low} on", { low: write(low) }) : t("{low} to {high}", { low: write(low), high: write(high) }));
    return { title, has: (/** @type {number} */ value) => value >= low && value < high };
  }), missing];
}

/** @param {Float64Array} rising @param {number} share */
function quantile(rising, share) {
  const place = share * (rising.length - 1);
  const below = Math.floor(place);
  return rising[below] + (place - below) * ((rising[below + 1] ?? rising[below]) - rising[below]);
}

/**
 * How each group fares, the most harmed first; groups without rows are left out.
 * @param {Part[]} parts @param {(row: number) => number} valueOf of the column
 * @param {import("./model.js").Model} model
 * @returns {Group[]}
 */
export function groupsOf(parts, valueOf, { ranking, choice }) {
  const groups = parts.map(({ title, has }) => {
    const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
    for (let row = 0; row < ranking.count; row++) {
      if (!has(valueOf(row))) continue;
      const isCalled = ranking.scores[row] >= choice.threshold;
      counts[ranking.event[row] ? (isCalled ? "tp" : "fn") : isCalled ? "fp" : "tn"]++;
    }
    const [events, others] = [counts.tp + counts.fn, counts.fp + counts.tn];
    const rows = events + others;
    const share = (/** @type {number} */ part, /** @type {number} */ whole) => {
      const [low, high] = wilson(part, whole);
      return { value: part / whole, low, high };
    };
    return {
      title, has, rows, events, harm: rows ? (choice.costs.missed * counts.fn + choice.costs.alarm * counts.fp) / rows : NaN,
      isUncertain: rows < FEW_ROWS || events < FEW_OF_A_KIND || others < FEW_OF_A_KIND, sensitivity: share(counts.tp, events), specificity: share(counts.tn, others),
    };
  });
  return groups.filter(({ rows }) => rows).sort((one, other) => other.harm - one.harm);
}
