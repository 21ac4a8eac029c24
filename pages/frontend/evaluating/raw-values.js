/** Rows in the units of their source, as a person reads them. */

import { el, short } from "../ui/index.js";
import { named, t } from "../words/index.js";

const DAY = 86_400_000;

/**
 * @typedef {object} Raw the rows in their own units, as core/worker/row_outputs.py tells them
 * @property {string} kind
 * @property {string[]} names
 * @property {Object<string, string[]>} levels
 * @property {string[]} dates
 * @property {{first: number, rows: number, columns: number, low: number, high: number}|null} picture
 * @property {number} shown
 * @property {Float32Array} values (shown, names)
 */

/** @param {Raw} told @param {number} row @param {number} column */
export function valueOf(told, row, column) {
  const value = told.values[row * told.names.length + column];
  const name = told.names[column];
  if (!Number.isFinite(value)) return t("missing");
  if (told.levels[name]) return named(told.levels[name][value] ?? "–");
  if (told.dates.includes(name)) return new Date(value * DAY).toISOString().slice(0, 10);
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value).replace("-", "−") : short(value);
}

/** All values of a row as a list; none where they are not here, or are a picture. @param {Raw|null} told @param {number} row */
export function valuesOf(told, row) {
  if (!told || told.picture || row >= told.shown) return [];
  return told.names.map((name, column) => el("div", {}, el("dt", { text: named(name) }), el("dd", { text: valueOf(told, row, column) })));
}
