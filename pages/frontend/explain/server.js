/** What the page asks of the server. What is refused comes as an error whose text is the server's own sentence. */

import { answered, t, worded } from "../words/index.js";

const AGAIN = 600; // milliseconds between two looks at a task that is asked for by its id

/**
 * @typedef {import("../words/index.js").ToldTask} ToldTask
 *
 * @typedef {(task: ToldTask) => void} Told
 */

/** What the server does not give. */
export class Refused extends Error {}

/**
 * What is at an address. Where the server answers 202, a task makes it, and that task is asked: the address alone would
 * mean another epoch as soon as the run has gone on.
 * @param {string} address @param {string} tasks address of what tasks have found
 * @param {AbortSignal} signal @param {Told} [told] @returns {Promise<any>}
 */
export async function made(address, tasks, signal, told) {
  let next = address;
  for (;;) {
    const answer = await ask(next, signal);
    const found = await answer.json();
    if (answer.status !== 202) return found;
    told?.(found);
    next = `${tasks}/${found.task}.json`;
    await after(AGAIN, signal);
  }
}

/**
 * Follow a task by its id until it has ended.
 * @param {string} address of its result @param {AbortSignal} signal @param {Told} told @returns {Promise<ToldTask>}
 */
export async function followed(address, signal, told) {
  for (;;) {
    const task = await (await ask(address, signal)).json();
    told(task);
    if (task.state !== "queued" && task.state !== "running") return task;
    await after(AGAIN, signal);
  }
}

/** @param {string} address @param {any} body @param {AbortSignal} [signal] */
export async function post(address, body, signal) {
  return (await ask(address, signal, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })).json();
}

/** @param {string} address @param {AbortSignal} [signal] @param {RequestInit} [how] @returns {Promise<Response>} */
export async function ask(address, signal, how = {}) {
  /** @type {Response|null} */
  let answer = null;
  try {
    answer = await fetch(address, { signal, cache: "no-cache", ...how });
  } catch (error) {
    if (signal?.aborted) throw error;
  }
  if (answer?.ok) return answer;
  throw new Refused((answer && worded(answered(await answer.text()))) || t("The server does not answer. Load the page again in a moment."));
}

/** @param {number} milliseconds @param {AbortSignal} signal */
function after(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("", "AbortError"));
    }, { once: true });
  });
}
