/** What the page asks of the server (pages/server/prediction.py), and what it is told (core/prediction/people.py). */

import { ask, made as madeByTask, SILENT } from "../tasks/index.js";
import { worded } from "../words/index.js";

const WAIT = 1; // seconds that the server is given to make something

/**
 * @typedef {string|number|null} Value as the source writes it
 * @typedef {Object<string, Value>} Person by the names of columns
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {string} kind
 * @property {string[]} levels
 * @property {number|null} low of the training rows
 * @property {number|null} high
 * @property {Value} typical
 * @property {number} decimals
 * @property {boolean} may_miss
 * @property {boolean} pixel
 *
 * @typedef {object} Form
 * @property {number} epoch
 * @property {"classification"|"regression"} task
 * @property {string} target
 * @property {string[]} classes
 * @property {number} event
 * @property {Column[]} columns
 * @property {Object<string, number>} rows how many there are of each kind
 * @property {number[]|null} picture rows, columns and channels
 * @property {{name: string, levels: string[]}[]} groups columns that are no inputs
 *
 * @typedef {object} Row
 * @property {string} kind
 * @property {number} row
 * @property {Person} values
 * @property {Value} actual
 *
 * @typedef {object} Answer
 * @property {number} [epoch]
 * @property {Object<string, number>|null} probability
 * @property {number|null} [value]
 * @property {number} about the class that seeds and contributions are about
 * @property {Object<string, number>|null} calibrated
 * @property {string[]|null} set
 * @property {Object<string, string[]|null>|null} sets by level
 * @property {[number, number]|null} band of a number
 * @property {Object<string, [number, number]|null>|null} bands by level
 * @property {string[]} outside
 * @property {string[]} other_unit
 * @property {string[]} missing
 * @property {number|null} spread
 * @property {number[]|null} seeds
 *
 * @typedef {object} Told of one person
 * @property {(Row & {distance: number})[]} nearest
 * @property {number|null} usual_distance
 * @property {boolean} far_from_all
 * @property {{name: string, typical: Value, values: (number|null)[]}[]} contributions
 *
 * @typedef {Answer & Told} PersonAnswer
 *
 * @typedef {{column: string, about: number, values: Value[], answers: (number|null)[][], seeds: (number|null)[][]}} Curve
 *
 * @typedef {Answer & {values: Person, changes: {name: string, from: Value, to: Value}[], distance: number, far: boolean}} Other
 */

/** @param {string} address @returns {Promise<any>} */
export const get = async (address) => (await ask(address, {})).json();

/** @param {string} address @param {object} body @returns {Promise<any>} */
export const post = async (address, body) => (await ask(address, posting(body))).json();

/** @param {string} address @param {File} file @returns {Promise<Blob>} */
export const send = async (address, file) => (await ask(`${address}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file })).blob();

/**
 * What a task makes, once it is there.
 * @param {string} address
 * @param {object|null} body null to get
 * @param {AbortSignal} signal
 * @param {(making: import("../words/index.js").ToldTask) => void} told
 * @param {(sentence: string) => void} silent the server does not answer, and is asked again
 * @returns {Promise<any>} null where it is not wanted any more
 */
export async function made(address, body, signal, told, silent) {
  const waiting = `${address}?wait=${WAIT}`;
  const how = body === null ? {} : posting(body);
  const answer = await madeByTask((task, ending) => ask(task ? `${waiting}&task=${task}` : waiting, { ...how, signal: ending }), {
    signal, told, silent: () => silent(worded(SILENT)),
  });
  return answer && answer.json();
}

/** @param {object} body @returns {RequestInit} */
const posting = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
