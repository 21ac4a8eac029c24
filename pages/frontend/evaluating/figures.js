/** Figures of one class against the rest at a threshold, by scikit-learn's names; NaN where one is not defined. */

import { wilson } from "./intervals.js";

/** @typedef {import("./ranking.js").Counts} Counts */

/** @param {Counts} counts */
export const sensitivity = ({ tp, fn }) => tp / (tp + fn);

/** @param {Counts} counts */
export const specificity = ({ fp, tn }) => tn / (fp + tn);

/** @type {Object<string, (counts: Counts, prevalence: number) => number>} */
export const AT_THRESHOLD = {
  recall: sensitivity,
  specificity,
  positive_predictive_value: (counts, prevalence) => predictive(sensitivity(counts), specificity(counts), prevalence),
  negative_predictive_value: (counts, prevalence) => predictive(specificity(counts), sensitivity(counts), 1 - prevalence),
  accuracy: ({ tp, fp, fn, tn }) => (tp + tn) / (tp + fp + fn + tn),
  balanced_accuracy: (counts) => (sensitivity(counts) + specificity(counts)) / 2,
  f1: ({ tp, fp, fn }) => (2 * tp) / (2 * tp + fp + fn),
  matthews_corrcoef: matthews,
  cohen_kappa: kappa,
};

/** Of those who are called so, the share that is so, where it is so frequent (Bayes). @param {number} hit @param {number} right @param {number} prevalence */
function predictive(hit, right, prevalence) {
  const [good, bad] = [hit * prevalence, (1 - right) * (1 - prevalence)];
  return good / (good + bad);
}

/** scikit-learn says 0 where only one class is called. @param {Counts} counts */
function matthews({ tp, fp, fn, tn }) {
  const product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  return product ? (tp * tn - fp * fn) / Math.sqrt(product) : 0;
}

/** @param {Counts} counts */
function kappa({ tp, fp, fn, tn }) {
  const rows = tp + fp + fn + tn;
  const chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / rows ** 2;
  return ((tp + tn) / rows - chance) / (1 - chance);
}

/** Intervals of those that are shares of rows, at once. @type {Object<string, (counts: Counts) => [number, number]>} */
export const QUICK_INTERVALS = {
  recall: ({ tp, fn }) => wilson(tp, tp + fn),
  specificity: ({ fp, tn }) => wilson(tn, fp + tn),
  accuracy: ({ tp, fp, fn, tn }) => wilson(tp + tn, tp + fp + fn + tn),
};
