/** What the page asks of the server (pages/server/prediction.py), and what it is told (core/prediction/people.py). */

import { answered, t } from "../words/index.js";

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
 *
 * @typedef {import("../words/index.js").ToldTask} Making
 */

/** What the server does not give; its text is the server's own sentence. */
export class Refused extends Error {
  /** @param {string} text @param {number} status */
  constructor(text, status) {
    super(text);
    this.status = status;
  }
}

/** @param {string} address @param {RequestInit} [how] @returns {Promise<Response>} */
async function fetched(address, how) {
  let answer;
  try {
    answer = await fetch(address, how);
  } catch {
    throw new Refused(t("The server does not answer. It is asked again in a moment."), 0);
  }
  if (answer.ok) return answer;
  const text = answered(await answer.text());
  throw new Refused(typeof text === "string" ? text : t("The server does not answer. It is asked again in a moment."), answer.status);
}

/** @param {string} address @returns {Promise<any>} */
export const get = async (address) => (await fetched(address)).json();

/** @param {string} address @param {object|null} body null to get @returns {Promise<any>} `making` while it is being made */
export async function post(address, body) {
  const how = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetched(address, body === null ? {} : how);
  return answer.status === 202 ? { making: await answer.json() } : answer.json();
}

/** @param {string} address @param {File} file @returns {Promise<Blob>} */
export async function send(address, file) {
  return (await fetched(`${address}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file })).blob();
}

/**
 * Ask again and again for what a task makes, until it is there. The task is named: the address alone would mean another
 * epoch as soon as the run has gone on.
 * @param {string} address
 * @param {object|null} body null where it is asked for by its address alone
 * @param {(making: Making) => void} told
 * @param {() => boolean} wanted
 * @returns {Promise<any>} null where it is not wanted any more
 */
export async function made(address, body, told, wanted) {
  let task = "";
  while (wanted()) {
    const found = await post(`${address}?wait=1${task && `&task=${task}`}`, body);
    if (!found.making) return found;
    task = found.making.task;
    told(found.making);
  }
  return null;
}
