/** What the page asks of the server. What is refused comes as an error whose text is the server's own sentence. */

import { answered, t, worded } from "../words/index.js";

const AGAIN = 600; // milliseconds between two looks at a task that is asked for by its id

/**
 * @typedef {import("../words/index.js").Said} Said
 *
 * @typedef {object} ToldTask
 * @property {string} task
 * @property {"queued"|"running"|"done"|"failed"|"cancelled"} state
 * @property {number} position in the queue, 0 where it does not wait
 * @property {number} progress 0 to 1
 * @property {Said|null} words
 * @property {Said|null} sentence why it failed
 * @property {any} [result] or what there is of it
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

/** How far a task is, in words. @param {ToldTask} task */
export function progressWords(task) {
  const { position: place } = task;
  if (task.state === "cancelled") return t("Cancelled.");
  if (task.state === "failed") return worded(task.sentence);
  if (task.state === "queued") return place > 1 ? t("Waiting: number {place} in the queue.", { place }) : t("Waiting: next in the queue.");
  const share = Math.round(100 * (task.progress ?? 0));
  return task.words ? t("{share} %: {step}", { share, step: worded(task.words) }) : t("{share} %", { share });
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
