/**
 * The row that is pointed at on the map, on its way through the network: asked for when the pointer rests, seldom enough
 * for a worker that trains, and only the newest.
 */

import { ask } from "../tasks/index.js";

const RESTS = 120; // milliseconds that a point is pointed at until its row is asked for
const LEAST = 300; // milliseconds between two questions

/**
 * @typedef {object} PassingRow as core/worker/row_inside.py tells it
 * @property {number} epoch
 * @property {"train"|"validation"|"test"} kind
 * @property {number} row from 0
 * @property {string|number} target
 * @property {Array<(number|null)[]|null>} columns what the units of each drawn column output
 */

/** @param {() => void} changed */
export function createPassing(changed) {
  /** @type {PassingRow|null} */
  let row = null;
  let wanted = "";
  /** @type {import("../run/index.js").Network|null} */
  let through = null;
  let next = 0;
  let timer = 0;
  /** @type {AbortController|null} */
  let asking = null;

  async function fetchRow() {
    asking = new AbortController();
    const { signal } = asking;
    next = performance.now() + LEAST;
    const answer = await ask(wanted, { signal }, "").catch(() => /** @type {Response|null} */ (null));
    const found = answer?.status === 200 ? await answer.json().catch(() => /** @type {PassingRow|null} */ (null)) : null;
    if (signal.aborted) return;
    row = found; // what cannot be told at this moment may be the next time that somebody points there
    changed();
  }

  function stop() {
    clearTimeout(timer);
    asking?.abort();
  }

  return {
    get row() {
      return row;
    },
    /**
     * @param {import("../run/index.js").Run} run as it is shown
     * @param {string|null} folder where the run's addresses begin
     * @param {number|null} point
     */
    want(run, folder, point) {
      const address = addressOf(run, folder, point);
      // Of a run that trains, once; otherwise anew as soon as the drawing shows another network.
      const network = run.state.state === "running" && run.pastEpoch === undefined ? null : run.frame.network;
      if (address === wanted && (network === through || !address)) return;
      if (address !== wanted) row = null;
      [wanted, through] = [address, network];
      stop();
      if (address) timer = setTimeout(fetchRow, Math.max(RESTS, next - performance.now()));
    },
    stop,
  };
}

/** Where a point's row is told; "" where there is none, or the drawing shows example rows. @param {import("../run/index.js").Run} run @param {string|null} folder @param {number|null} point */
function addressOf({ view, frame, pastEpoch }, folder, point) {
  if (point === null || !folder || !view || !frame.network || frame.network.picture) return "";
  const axes = view.kind === "pca" ? "" : `&x=${view.x}&y=${view.y}`;
  return `${folder}/row-inside.json?point=${point}${axes}${pastEpoch === undefined ? "" : `&epoch=${pastEpoch}`}`;
}
