/** What the view asks of the server (pages/server/table_profile.py, table_rows.py), and what it is told (core/tables/profile.py). */

import { t } from "../words/index.js";

/**
 * @typedef {import("../words/index.js").Said} Said
 *
 * @typedef {object} ColumnProfile
 * @property {string} name
 * @property {string} kind
 * @property {number} missing
 * @property {number} distinct
 * @property {number[]} missing_rows
 * @property {number|null} mean
 * @property {number|null} deviation
 * @property {[number, number][]} quantiles share and value
 * @property {{edges: number[], counts: number[], by_class: number[][]}|null} histogram
 * @property {{count: number, low: number, high: number, rows: number[]}|null} outliers
 * @property {{value: string, count: number, by_class: number[]}[]} levels
 *
 * @typedef {object} Advice
 * @property {"identifier"|"constant"|"copy"|"leak"} kind
 * @property {number} column
 * @property {Said} said
 * @property {number|null} strength
 *
 * @typedef {object} QualityPart
 * @property {string} key
 * @property {number} score
 * @property {Said} said
 * @property {number} count
 * @property {number[]} rows
 * @property {number[]} columns
 *
 * @typedef {object} Layout points of rows in a plane
 * @property {number[]} columns
 * @property {number[]} rows
 * @property {[number, number][]} points
 * @property {number[]} classes
 *
 * @typedef {object} Profile
 * @property {number} rows
 * @property {ColumnProfile[]} columns
 * @property {[string, number][]} classes
 * @property {{columns: number[], pearson: (number|null)[][], spearman: (number|null)[][], rows: number}} correlations
 * @property {{exact: number, near: number, exact_groups: number[][], near_groups: number[][], across?: number}} repeats
 * @property {Layout & {shares: number[], loadings: number[][]}} components
 * @property {Advice[]} advice
 * @property {{score: number, parts: QualityPart[]}} quality
 *
 * @typedef {{values: (number|null)[], levels: string[]|null}} AxisValues
 * @typedef {{rows: number[], x: AxisValues, y: AxisValues, classes: number[]}} Pair
 * @typedef {{columns: string[], rows: {row: number, cells: (string|number|null)[]}[]}} Rows
 * @typedef {(share: number, words: Said|null) => void} Told
 */

/** What the server does not give; its text is the server's own sentence. */
export class Refused extends Error {}

/** @param {string} table the address of a table, without ending @param {() => string} chosen kinds of columns that were corrected */
export function createServer(table, chosen) {
  const kinds = () => (chosen() ? `&kinds=${chosen()}` : "");
  /** @param {number|null} target */
  const of = (target) => `${target === null ? kinds() : `&target=${target}${kinds()}`}`.replace("&", "?");
  return {
    csv: `${table}.csv`,
    /** @param {number|null} target @param {Told} told @param {AbortSignal} signal @returns {Promise<Profile>} */
    profile: (target, told, signal) => made(`${table}/profile.json${of(target)}`, told, signal),
    /** @param {number|null} target @param {Told} told @param {AbortSignal} signal @returns {Promise<Layout & {perplexity: number, iterations: number, seed: number}>} */
    embedding: (target, told, signal) => made(`${table}/embedding.json${of(target)}`, told, signal),
    /** End what `embedding` waits for. @param {number|null} target */
    cancelEmbedding: async (target) => {
      await fetch(`${table}/embedding/cancel${of(target)}`, { method: "POST" }).catch(() => {}); // it then goes on unseen
    },
    /** @param {number} x @param {number} y @param {number|null} target @param {AbortSignal} signal @returns {Promise<Pair>} */
    pair: async (x, y, target, signal) => (await ask(`${table}/points.json?x=${x}&y=${y}${target === null ? "" : `&target=${target}`}${kinds()}`, signal)).json(),
    /** @param {number[]} rows from 1 @param {AbortSignal} signal @returns {Promise<Rows>} */
    rows: async (rows, signal) => (await ask(`${table}/rows.json?rows=${rows.join(",")}`, signal)).json(),
  };
}

/** Ask until it is made: the server answers 202 after half a second each time. @param {string} address @param {Told} told @param {AbortSignal} signal */
async function made(address, told, signal) {
  for (;;) {
    const answer = await ask(address, signal);
    if (answer.status !== 202) return answer.json();
    const { share, words } = await answer.json();
    told(share, words);
  }
}

/** @param {string} address @param {AbortSignal} signal */
async function ask(address, signal) {
  /** @type {Response|null} */
  let answer = null;
  try {
    answer = await fetch(address, { signal, cache: "no-cache" });
  } catch (error) {
    if (signal.aborted) throw error;
  }
  if (answer?.ok) return answer;
  const why = answer && answer.status < 500 ? await answer.text() : answer?.status === 503 ? await answer.text() : "";
  throw new Refused(why || t("The server does not answer. Load the page again in a moment."));
}
