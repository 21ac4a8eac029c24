/** What the lab measures, by scikit-learn's names, and how its numbers are written. */

import { N_, t } from "../words/index.js";

/**
 * @typedef {object} Figure over the seeds
 * @property {number|null} mean
 * @property {number|null} spread standard deviation
 * @property {(number|null)[]} values by seed
 * @property {string} [reason] why there is none
 *
 * @typedef {Object<string, Figure>} Figures by metric
 *
 * @typedef {object} Result of the lab, perhaps of some seeds only
 * @property {string} event
 * @property {"external"|"untouched"} external
 * @property {{done: number, of: number}} seeds
 * @property {{clean: number, broken: number, external: number}} rows
 * @property {{kind: string, rows: number, removed: number, columns: string[], outside: boolean}[]} injected
 * @property {{held_out: Figures, external: Figures}} clean
 * @property {{held_out: Figures, external: Figures}} broken
 */

/** @type {Object<string, string>} */
export const METRICS = {
  roc_auc: N_("Area under the ROC curve"),
  accuracy: N_("Accuracy"),
  recall: N_("Sensitivity"),
  positive_predictive_value: N_("Positive predictive value"),
};

/** @type {Array<"clean"|"broken">} */
export const SIDES = ["clean", "broken"];

/** @type {Array<"held_out"|"external">} */
export const PLACES = ["held_out", "external"];

/** @param {"clean"|"broken"} side */
export const sideWords = (side) => (side === "clean" ? t("as they are") : t("broken"));

/** @param {"held_out"|"external"} place @param {Result} result */
export function placeWords(place, result) {
  if (place === "held_out") return t("held-out");
  return result.external === "external" ? t("external") : t("untouched");
}

/** @param {number|null|undefined} value */
export const written = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));

/** ".83 ± .03" with both digits. @param {Figure|undefined} figure */
export function withSpread(figure) {
  if (!figure || figure.mean === null) return "–";
  return figure.spread === null ? written(figure.mean) : `${written(figure.mean)} ± ${written(figure.spread)}`;
}
