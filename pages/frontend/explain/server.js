/** What the page asks of the server. What is refused comes as an error whose text is the server's own sentence. */

import { ask as askServer, made as madeByTask } from "../tasks/index.js";
import { N_ } from "../words/index.js";

const AGAIN = 600; // milliseconds between two looks at a task
const SILENT = { said: N_("The server does not answer. Load the page again in a moment.") };

/**
 * What is at an address; where a task makes it, once it is made.
 * @param {string} address @param {string} tasks address of what tasks have found
 * @param {AbortSignal} signal @param {(task: import("../words/index.js").ToldTask) => void} told
 * @returns {Promise<any>} null where it is not wanted any more
 */
export async function made(address, tasks, signal, told) {
  const answer = await madeByTask((task, ending) => ask(task ? `${tasks}/${task}.json` : address, ending), { signal, told, pause: AGAIN });
  return answer && answer.json();
}

/** @param {string} address @param {any} body @param {AbortSignal} signal */
export async function post(address, body, signal) {
  return (await ask(address, signal, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })).json();
}

/** @param {string} address @param {AbortSignal} signal @param {RequestInit} [how] */
export const ask = (address, signal, how = {}) => askServer(address, { signal, cache: "no-cache", ...how }, SILENT);
