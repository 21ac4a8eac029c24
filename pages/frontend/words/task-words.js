/** How far a task is, in words. */

import { t, worded } from "./words.js";

/**
 * @typedef {object} ToldTask as core/engine/task.py describes it
 * @property {string} task
 * @property {"queued"|"running"|"done"|"failed"|"cancelled"} state
 * @property {number} position in the queue, 0 where it does not wait
 * @property {number} progress 0 to 1
 * @property {import("./words.js").Said|null} words what it does now
 * @property {import("./words.js").Said|null} sentence why it failed
 * @property {any} [result] or what there is of it
 */

/** @param {ToldTask} task */
export function taskWords(task) {
  const { position: place } = task;
  if (task.state === "cancelled") return t("Cancelled.");
  if (task.state === "failed") return worded(task.sentence);
  if (task.state === "queued") return place > 1 ? t("Waiting: number {place} in the queue.", { place }) : t("Waiting: next in the queue.");
  const share = Math.round(100 * task.progress);
  return task.words ? t("{share} %: {step}", { share, step: worded(task.words) }) : t("{share} %", { share });
}
