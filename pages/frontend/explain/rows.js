/** The test rows as they stand in the source, and what was predicted for them: fetched once, where one may see them. */

import { decode } from "../run/index.js";
import { ask } from "./server.js";

/**
 * @typedef {object} Rows
 * @property {number} count
 * @property {(row: number, column: string) => number|string|null} value in the source's units, or the level's name
 * @property {(row: number) => {actual: string, predicted: string}|null} answer
 */

/**
 * @param {string} folder address of the run @param {AbortSignal} signal
 * @param {boolean} isResting whether its predictions are kept: of a run that trains they are not
 * @returns {Promise<Rows>}
 */
export async function fetchRows(folder, signal, isResting) {
  const [raw, csv] = await Promise.all([
    ask(`${folder}/rows.bin?rows=test`, signal).then((answer) => answer.arrayBuffer()),
    isResting ? ask(`${folder}/predictions.csv`, signal).then((answer) => answer.text(), () => "") : "",
  ]);
  const { header, blocks } = decode(raw);
  const about = /** @type {any} */ (header).rows;
  const { data, shape } = blocks.raw;
  const places = new Map(about.names.map((/** @type {string} */ name, /** @type {number} */ place) => [name, place]));
  const table = csv ? lines(csv) : [];
  const [actual, predicted] = ["actual", "predicted"].map((name) => (table[0] ?? []).indexOf(name));
  return {
    count: about.rows,
    value(row, column) {
      const place = places.get(column);
      if (place === undefined || row >= shape[0]) return null;
      const value = data[row * shape[1] + place];
      if (!Number.isFinite(value)) return null;
      if (about.dates.includes(column)) return new Date(Math.round(value) * 86_400_000).toISOString().slice(0, 10);
      return about.levels[column]?.[value] ?? value;
    },
    answer(row) {
      const cells = table[row + 1];
      return cells && actual >= 0 ? { actual: cells[actual], predicted: cells[predicted] } : null;
    },
  };
}

/** The cells of a CSV file; quoted ones may hold commas, quotes and line breaks. @param {string} text */
export function lines(text) {
  /** @type {string[][]} */
  const found = [];
  let cells = /** @type {string[]} */ ([]);
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (cells.length > 1 || cells[0]) found.push(cells);
    cells = [];
  }
  return found;
}
