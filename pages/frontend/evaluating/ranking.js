/**
 * Rows by their probability of one class: sorted once, then every threshold's counts are looked up.
 *
 * Formulas as scikit-learn has them (`roc_auc_score`, `average_precision_score`, `brier_score_loss`, `log_loss`,
 * `calibration_curve(strategy="quantile")`); net benefit after Vickers and Elkin (2006), the threshold of costs after
 * Elkan (2001). A row is called positive where its probability is at least the threshold.
 */

import { wilson } from "./intervals.js";

const BINS = 10; // of the reliability diagram
const TINY = 2 ** -52;

/**
 * @typedef {{tp: number, fp: number, fn: number, tn: number}} Counts
 * @typedef {{predicted: number, observed: number, rows: number, events: number, low: number, high: number, from: number, to: number}} Bin
 */

export class Ranking {
  /** @param {Float32Array} scores probability of the event @param {(row: number) => boolean} isEvent */
  constructor(scores, isEvent) {
    const count = scores.length;
    this.scores = scores;
    this.event = Uint8Array.from(scores, (_, row) => (isEvent(row) ? 1 : 0));
    this.order = Uint32Array.from(scores.keys()).sort((one, other) => scores[other] - scores[one]);
    this.isFinite = scores.every(Number.isFinite);
    /** Hits and false alarms among the so many likeliest rows. */
    this.hits = new Uint32Array(count + 1);
    this.alarms = new Uint32Array(count + 1);
    this.order.forEach((row, place) => {
      this.hits[place + 1] = this.hits[place] + this.event[row];
      this.alarms[place + 1] = this.alarms[place] + 1 - this.event[row];
    });
    this.count = count;
    this.events = this.hits[count];
    this.others = count - this.events;
    /** How many rows are called positive, wherever a threshold changes that. @type {number[]} */
    this.ends = [0];
    for (let place = 1; place <= count; place++) {
      if (place === count || scores[this.order[place]] !== scores[this.order[place - 1]]) this.ends.push(place);
    }
  }

  /** The share of rows with the event; NaN without rows. */
  get share() {
    return this.events / this.count;
  }

  /** How many rows have at least this probability. @param {number} threshold */
  called(threshold) {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.scores[this.order[middle]] >= threshold) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {number} threshold @returns {Counts} */
  at(threshold) {
    const called = this.called(threshold);
    const [tp, fp] = [this.hits[called], this.alarms[called]];
    return { tp, fp, fn: this.events - tp, tn: this.others - fp };
  }

  /** The threshold from which on so many rows are called positive. @param {number} called one of `ends` */
  thresholdOf(called) {
    return called ? this.scores[this.order[called - 1]] : 1 + TINY;
  }

  /** Area under the ROC curve; NaN where a class is missing. */
  get area() {
    let twice = 0;
    for (let i = 1; i < this.ends.length; i++) {
      const [before, now] = [this.ends[i - 1], this.ends[i]];
      twice += (this.alarms[now] - this.alarms[before]) * (this.hits[now] + this.hits[before]);
    }
    return twice / (2 * this.events * this.others);
  }

  get averagePrecision() {
    let sum = 0;
    for (let i = 1; i < this.ends.length; i++) {
      const [before, now] = [this.ends[i - 1], this.ends[i]];
      sum += (this.hits[now] - this.hits[before]) * (this.hits[now] / now);
    }
    return sum / this.events;
  }

  get brier() {
    return this.scores.reduce((sum, score, row) => sum + (score - this.event[row]) ** 2, 0) / this.count;
  }

  get logLoss() {
    return this.scores.reduce((sum, score, row) => sum - Math.log(Math.max(TINY, this.event[row] ? score : 1 - score)), 0) / this.count;
  }

  /** Points of a reliability diagram, about as many rows in each. @returns {Bin[]} */
  reliability() {
    const rising = Float64Array.from(this.order, (row) => this.scores[row]).reverse();
    const edges = Array.from({ length: BINS - 1 }, (_, i) => quantile(rising, (i + 1) / BINS));
    /** @type {Bin[]} */
    const bins = [];
    let to = this.count; // places from the end of the order: the least likely rows come first
    for (let bin = 0; bin < BINS; bin++) {
      const from = bin === BINS - 1 ? 0 : this.above(edges[bin]);
      const rows = to - from;
      if (rows > 0) {
        const events = this.hits[to] - this.hits[from];
        let sum = 0;
        for (let place = from; place < to; place++) sum += this.scores[this.order[place]];
        const [low, high] = wilson(events, rows);
        bins.push({ predicted: sum / rows, observed: events / rows, rows, events, low, high, from, to });
      }
      to = from;
    }
    return bins;
  }

  /** How many rows have more than this probability. @param {number} score */
  above(score) {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.scores[this.order[middle]] > score) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The threshold at which missed events and false alarms cost least together; of equally good ones the highest.
   * @param {number} prevalence @param {{missed: number, alarm: number}} costs
   */
  leastCost(prevalence, costs) {
    let [best, least] = [0, Infinity];
    for (const called of this.ends) {
      const cost = costOf(1 - this.hits[called] / this.events, this.alarms[called] / this.others, prevalence, costs);
      if (cost < least) [best, least] = [called, cost];
    }
    return { threshold: this.thresholdOf(best), cost: least };
  }
}

/** Of linearly many sorted values, as numpy.quantile. @param {Float64Array} rising @param {number} share */
function quantile(rising, share) {
  const place = share * (rising.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, rising.length - 1);
  return rising[below] + (place - below) * (rising[above] - rising[below]);
}

/** What a person costs. @param {number} missed share of events @param {number} alarms share of the others @param {number} prevalence @param {{missed: number, alarm: number}} costs */
export const costOf = (missed, alarms, prevalence, costs) => costs.missed * prevalence * missed + costs.alarm * (1 - prevalence) * alarms;

/** What the costs alone say, for probabilities that mean what they say. @param {{missed: number, alarm: number}} costs @param {number} prevalence @param {number} learnt the share among the rows that the network comes from */
export function thresholdOfCosts(costs, prevalence, learnt) {
  let odds = costs.alarm / costs.missed;
  if (learnt > 0 && learnt < 1 && prevalence > 0 && prevalence < 1) odds *= learnt / (1 - learnt) / (prevalence / (1 - prevalence));
  return Number.isFinite(odds) ? odds / (1 + odds) : 1;
}

/** @param {number} sensitivity @param {number} alarms share of the others that are called positive @param {number} prevalence @param {number} threshold */
export function netBenefit(sensitivity, alarms, prevalence, threshold) {
  return sensitivity * prevalence - alarms * (1 - prevalence) * (threshold / (1 - threshold));
}

/** Mean distance of what was promised and what came true, weighted by rows. @param {Bin[]} bins */
export function calibrationError(bins) {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  return bins.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.predicted - bin.observed), 0) / rows;
}
