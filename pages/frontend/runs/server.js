/** What the page asks of the server (pages/server/runs_list.py). */

import { decode } from "../run/index.js";

/**
 * @typedef {object} Metric what a run is measured by beside its loss (core/experiment/metrics.py)
 * @property {string} name
 * @property {string} title
 * @property {string} test_title
 * @property {string} training_title
 * @property {string} validation_title
 * @property {string} value how a number is written where nothing beside it says what it is
 * @property {string} exact the same with all its digits
 * @property {boolean} is_share
 * @property {boolean} less_is_better
 *
 * @typedef {object} ListedRun a run in the list
 * @property {string} id
 * @property {string|null} name
 * @property {"queued"|"running"|"paused"|"done"|"stopped"|"failed"} state
 * @property {number} epoch
 * @property {number} epochs
 * @property {number} created Unix time, in seconds
 * @property {boolean} starred
 * @property {import("../words/index.js").Said} data
 * @property {string} network
 * @property {import("../words/index.js").Said} optimizer
 * @property {number} learning_rate
 * @property {number} batch_size
 * @property {number} seed
 * @property {Metric} metric
 * @property {[number, number]} scales what logs of loss and metric are multiplied by to be shown
 * @property {boolean} [by_validation] whether `last` and `best` are of validation rows, and not of test rows
 * @property {[number|null, number|null]} last loss and metric after the newest epoch
 * @property {[number|null, number|null]} best the lowest loss and the best metric
 *
 * @typedef {object} Comparison of runs, by their places in the question
 * @property {{setting: import("../words/index.js").Said, values: import("../words/index.js").Said[]}[]} differences without the seed
 * @property {number[][]} groups the same but for their seed
 * @property {number[]} seeds
 */

/** The server does not do what it was asked. */
export class Refused extends Error {
  /** @param {number} status of HTTP; 0 where no answer came */
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

/** @param {string} list address of the list @param {Object<string, Metric>} metrics by their names */
export function createServer(list, metrics) {
  const folder = list.replace(/\.json$/, "");
  let tag = "";

  return {
    /**
     * The list, or null where it is as it was the last time.
     * @returns {Promise<{runs: ListedRun[], is_known: boolean}|null>}
     */
    async list() {
      const answer = await ask(list, { cache: "no-cache" }); // the browser asks whether it has changed
      const found = answer.headers.get("etag") ?? "";
      if (found && found === tag) return null;
      const told = await answer.json();
      tag = found;
      return { ...told, runs: told.runs.map((/** @type {any} */ run) => ({ ...run, metric: metrics[run.metric] })) };
    },
    /** Take the next list as new: something was changed here that it may not say. */
    forget() {
      tag = "";
    },
    /** @param {string} run @param {"rename"|"star"|"delete"|"restore"} action @param {Object<string, any>} [values] */
    async act(run, action, values = {}) {
      await ask(`${folder}/${encodeURIComponent(run)}/${action}`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(values), keepalive: true,
      });
    },
    /** @param {string[]} runs @returns {Promise<Comparison>} */
    async compare(runs) {
      const query = runs.map((run) => `run=${encodeURIComponent(run)}`).join("&");
      const answer = await ask(list.replace(/runs\.json$/, `comparison.json?${query}`), {});
      return answer.json();
    },
    /** Every epoch's logs: loss, metric, loss and metric of the rows that chose and, with validation rows, of the test rows. @param {string} run @returns {Promise<Float32Array>} */
    async history(run) {
      const answer = await ask(`${folder}/${encodeURIComponent(run)}/history.bin`, {});
      return decode(await answer.arrayBuffer()).blocks.history.data;
    },
  };
}

/** @param {string} address @param {RequestInit} how */
async function ask(address, how) {
  /** @type {Response|null} */
  let answer = null;
  try {
    answer = await fetch(address, how);
  } catch {
    // It is said below, as what the server refuses.
  }
  if (!answer?.ok) throw new Refused(answer?.status ?? 0);
  return answer;
}
