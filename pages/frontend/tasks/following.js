/**
 * Tasks of the server: begun by a question, looked at until they have ended, and cancelled.
 *
 * Once a task was begun it is asked for by its id: its address alone would mean another epoch as soon as the run has
 * gone on, and begin another task.
 */

import { Refused } from "./asking.js";

const AFTER_SILENCE = 1000; // milliseconds until a server that did not answer is asked again

/** The reason of an `abort` that ends the task, too. Any other means that nobody looks at it any more. */
export const CANCELLED = "cancelled";

/**
 * @typedef {import("../words/index.js").ToldTask} ToldTask
 *
 * @typedef {(task: string, signal: AbortSignal) => Promise<Response>} Question `task` is "" at first, then the id of what was begun
 *
 * @typedef {object} Looking
 * @property {AbortSignal} signal
 * @property {(task: ToldTask) => void} [told] how far it is
 * @property {() => void} [silent] no answer came, and it is asked again; without this, silence is an error
 * @property {number} [pause] milliseconds between two looks, where answers come at once
 */

/**
 * What a task makes, where the server answers 202 until it is made.
 * @param {Question} question @param {Looking} looking
 * @returns {Promise<Response|null>} null where it is not wanted any more
 */
export function made(question, looking) {
  return follow(async (task, signal) => {
    const answer = await question(task, signal);
    return answer.status === 202 ? { told: await answer.json() } : { found: answer };
  }, { ...looking, told: (task) => isOnItsWay(task) && looking.told?.(task) });
}

/**
 * A task that has ended, where the server answers with the task itself. `told` hears of its end as well.
 * @param {Question} question @param {Looking} looking
 * @returns {Promise<ToldTask|null>} null where it is not wanted any more
 */
export function followed(question, looking) {
  return follow(async (task, signal) => {
    const told = await (await question(task, signal)).json();
    return isOnItsWay(told) ? { told } : { told, found: told };
  }, looking);
}

/** End a task. @param {string} task */
export async function cancel(task) {
  await fetch(`/descent/tasks/${task}/cancel`, { method: "POST" }).catch(() => {}); // it may have ended by itself
}

/** @param {ToldTask} task */
const isOnItsWay = ({ state }) => state === "queued" || state === "running";

/**
 * @template Found
 * @param {(task: string, signal: AbortSignal) => Promise<{told?: ToldTask, found?: Found}>} look
 * @param {Looking} looking
 * @returns {Promise<Found|null>}
 */
async function follow(look, { signal, told, silent, pause = 0 }) {
  let task = "";
  const asking = new AbortController(); // of the question that is on its way
  const leave = () => {
    if (signal.reason !== CANCELLED) asking.abort();
    else if (task) cancel(task); // otherwise the first answer tells which one it is
  };
  signal.addEventListener("abort", leave);
  try {
    for (;;) {
      const seen = await look(task, asking.signal).catch(/** @returns {null} */ (error) => {
        if (!signal.aborted && (!silent || (error instanceof Refused && error.status))) throw error;
        return null;
      });
      if (signal.aborted && seen?.told && !task && signal.reason === CANCELLED) cancel(seen.told.task);
      if (signal.aborted) return null;
      if (seen?.told) {
        ({ task } = seen.told);
        told?.(seen.told);
      }
      if (seen?.found) return seen.found;
      if (!seen) silent?.();
      await after(seen ? pause : AFTER_SILENCE);
      if (signal.aborted) return null;
    }
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

/** @param {number} milliseconds */
const after = (milliseconds) => new Promise((resolve) => {
  setTimeout(resolve, milliseconds);
});
