/** What is said of columns and their values. */

import { percent, short } from "../ui/index.js";
import { N_, t } from "../words/index.js";

const DAY = 86_400_000; // milliseconds

/** Why a column is remarked on, in a word or two. @type {Object<string, string>} */
const REMARKS = {
  leak: N_("possible leak"),
  identifier: N_("identifier"),
  constant: N_("constant"),
  copy: N_("copy"),
};

/** @type {Object<string, string>} the titles of `PARTS` in core/tables/quality.py */
const PARTS = {
  completeness: N_("Completeness"),
  uniqueness: N_("Uniqueness"),
  validity: N_("Validity"),
  consistency: N_("Consistency"),
  leakage: N_("Leakage"),
};

/** @param {string} kind of an advice */
export const remarkWords = (kind) => t(REMARKS[kind] ?? kind);

/** @param {string} key of a part of the score */
export const partWords = (key) => t(PARTS[key] ?? key);

/** A value of a column: dates are days since 1970. @param {string} kind @param {number|null|undefined} value */
export function valueWords(kind, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (kind !== "date") return short(value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  const moment = new Date(value * DAY);
  return Number.isFinite(moment.getTime()) ? moment.toISOString().slice(0, 10) : "–";
}

/** A span of a column: of dates in days. @param {string} kind @param {number|null} value */
export const spanWords = (kind, value) => (kind === "date" ? t("{days} days", { days: short(value) }) : valueWords(kind, value));

/** Where a share is not nothing, it is not written as nothing. @param {number} share */
export const shareWords = (share) => (share > 0 && share < 0.001 ? "< 0.1 %" : percent(share));

/** @param {import("./server.js").ColumnProfile} column @param {number} share */
export const quantileOf = (column, share) => column.quantiles.find(([each]) => each === share)?.[1] ?? null;
