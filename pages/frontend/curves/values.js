/** The logs that a chart shows: their extent, and what of them lies below its axis. */

import { isBelow } from "../ui/index.js";

/** Added to the metric's column in the logs. */
export const TRAIN = 0;
export const TEST = 2;
const KINDS = 2; // logs of a kind of rows: loss and metric

/**
 * @typedef {object} Kind of rows that have a line of their own
 * @property {"training"|"validation"|"test"} name
 * @property {number} offset added to the metric's column in the logs
 * @property {"a"|"b"|"c"} colour of the theme
 * @property {number[]} dash
 */

/** @type {Kind} */
const TRAINING_LINE = { name: "training", offset: TRAIN, colour: "a", dash: [] };
/** @type {Kind} */
const TEST_LINE = { name: "test", offset: TEST, colour: "b", dash: [6, 4] };
const WITHOUT = [TRAINING_LINE, TEST_LINE];
/** @type {Kind[]} */
const VALIDATED = [TRAINING_LINE, { name: "validation", offset: TEST, colour: "c", dash: [9, 3, 2, 3] }, { ...TEST_LINE, offset: 2 * TEST }];

/** The kinds of rows of a run. @param {import("../run/index.js").Run} run */
export const kindsOf = (run) => (run.isValidated ? VALIDATED : WITHOUT);

/**
 * Least and greatest finite value (positive ones only, if asked) of all lines over a range of epochs.
 * @param {import("../run/index.js").Run} run
 * @param {number} metric
 * @param {[number, number]} range
 * @param {boolean} positive
 * @returns {[number, number]}
 */
export function extent(run, metric, [low, high], positive) {
  let least = Infinity;
  let greatest = -Infinity;
  for (const { values, width, length } of run.parent ? [run.history, run.parent] : [run.history]) {
    const first = Math.max(1, Math.floor(low));
    const last = Math.min(length, Math.ceil(high));
    for (let column = metric; column < width; column += KINDS) {
      for (let i = (first - 1) * width + column, end = last * width; i < end; i += width) {
        const value = values[i];
        if (!Number.isFinite(value) || (positive && value <= 0)) continue;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
  }
  const scale = run.scales[metric];
  return [least * scale, greatest * scale];
}

/**
 * Where a line lies below a logarithmic axis, over a range of epochs.
 * @param {import("../run/index.js").Run} run
 * @param {number} column
 * @param {[number, number]} range
 * @param {import("../ui/index.js").Axis} axis
 * @returns {{count: number, first: number, all: boolean, stays: boolean, zero: boolean, negative: boolean}} how many epochs, the first of them;
 *   whether that is all there are, whether none is above it after the first, whether all of them are 0, and one less
 */
export function below(run, column, [low, high], axis) {
  const found = { count: 0, first: 0, all: true, stays: true, zero: true, negative: false };
  const last = Math.min(run.history.length, Math.floor(high));
  for (let epoch = Math.max(1, Math.ceil(low)); epoch <= last; epoch++) {
    const value = run.value(epoch, column);
    if (!Number.isFinite(value)) continue;
    if (isBelow(axis, value)) {
      found.first ||= epoch;
      found.count++;
      found.zero &&= value === 0;
      found.negative ||= value < 0;
    } else {
      found.all = false;
      if (found.count) found.stays = false;
    }
  }
  return found;
}
