/** Histories as the lines of a chart: one run, or the mean of several with its spread. */

import { History } from "../run/index.js";

const WIDTH = 6; // loss and metric of the training rows, the same of the test rows, and of the validation rows

/**
 * @typedef {object} Series
 * @property {History} mean the run itself where there is one
 * @property {History|null} low mean − standard deviation
 * @property {History|null} high mean + standard deviation
 * @property {boolean} isCut whether some of the runs are longer than it
 */

/**
 * A run's logs in the units shown, with the test rows where others have them; no number for rows that it does not have.
 * @param {Float32Array} logs
 * @param {[number, number]} scales of loss and metric
 * @param {boolean} [isValidated] its logs are of six columns, with the validation rows before the test rows
 */
export function historyOf(logs, scales, isValidated = false) {
  const places = isValidated ? [0, 1, 4, 5, 2, 3] : [0, 1, 2, 3];
  const epochs = Math.floor(logs.length / places.length);
  const scaled = new Float32Array(epochs * WIDTH).fill(NaN);
  for (let epoch = 0; epoch < epochs; epoch++) {
    places.forEach((place, column) => {
      scaled[epoch * WIDTH + column] = logs[epoch * places.length + place] * scales[column % 2];
    });
  }
  const history = new History(WIDTH);
  if (scaled.length) history.write(1, scaled);
  return history;
}

/**
 * The mean of some runs, epoch by epoch, and their sample standard deviation around it; up to the end of the shortest.
 * @param {History[]} histories one or more
 * @returns {Series}
 */
export function seriesOf(histories) {
  const [first] = histories;
  if (histories.length === 1) return { mean: first, low: null, high: null, isCut: false };
  const lengths = histories.map(({ length }) => length);
  const size = Math.min(...lengths) * WIDTH;
  const [mean, low, high] = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  for (let i = 0; i < size; i++) {
    const values = histories.map((history) => history.values[i]);
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    const spread = Math.sqrt(squares / (values.length - 1));
    [mean[i], low[i], high[i]] = [middle, middle - spread, middle + spread];
  }
  return { mean: written(mean), low: written(low), high: written(high), isCut: new Set(lengths).size > 1 };
}

/**
 * Of runs with equal seeds the longest: they are the same, epoch by epoch, as far as each goes.
 * @param {number[]} places of runs
 * @param {(place: number) => number} seedOf
 * @param {(place: number) => number} lengthOf in epochs
 * @returns {number[]} a place for each seed, in the order of the first ones
 */
export function oneOfEachSeed(places, seedOf, lengthOf) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const place of places) {
    const other = found.get(seedOf(place));
    if (other === undefined || lengthOf(place) > lengthOf(other)) found.set(seedOf(place), place);
  }
  return [...found.values()];
}

/** @param {Float32Array} rows */
function written(rows) {
  const history = new History(WIDTH);
  if (rows.length) history.write(1, rows);
  return history;
}
