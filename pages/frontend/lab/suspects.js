/** Rows whose labels are doubtful, the most doubtful first, as they stand in the table. */

import { el, setAttribute, short } from "../ui/index.js";
import { named, sentences, t, tn, worded } from "../words/index.js";

const FIRST = 12; // rows in sight at first

/**
 * @typedef {object} Suspect
 * @property {number} row among the unbroken rows, from 0
 * @property {number} label
 * @property {number[]} probabilities
 * @property {number} quality
 * @property {boolean} injected
 * @property {(number|null)[]} values
 *
 * @typedef {object} Suspects as core/tasks/suspects.py tells them
 * @property {string[]} columns
 * @property {Suspect[]} suspects
 * @property {number} rows
 * @property {number} injected
 * @property {number|null} precision
 * @property {import("../words/index.js").Said} [reason]
 */

export function createSuspects() {
  let isLong = false;
  /** @type {() => void} */
  let again = () => {};
  const headline = el("p", { class: "dsc-lab-headline", "data-testid": "suspects-headline" });
  const note = el("p", { class: "dsc-under" });
  const table = el("div", { class: "dsc-lab-scroll dsc-lab-suspects", tabindex: "0", role: "region", "aria-label": () => t("Suspected rows") });
  const more = el("button", { type: "button", class: "dsc-button", "data-testid": "more-suspects", onclick: () => {
    isLong = !isLong;
    again();
  } });
  const element = el("div", { class: "dsc-lab-outcome dsc-gone" }, headline, note, table, more);

  return {
    element,
    /** @param {Suspects|null} result @param {import("./view.js").LabData} data @param {boolean} isDone */
    show(result, data, isDone) {
      element.classList.toggle("dsc-gone", !isDone || !result);
      if (!isDone || !result) return;
      again = () => this.show(result, data, isDone);
      setAttribute(element, "data-precision", result.precision === null ? "" : String(result.precision));
      headline.textContent = headlineOf(result);
      note.textContent = t("Each row was judged by a network that had not learnt it. A doubtful label may well be a true one: look, do not delete.");
      table.replaceChildren(tableOf(result, data, isLong ? result.suspects.length : FIRST));
      more.classList.toggle("dsc-gone", result.suspects.length <= FIRST);
      more.textContent = isLong ? t("Show fewer") : tn("Show {n:,} row", "Show all {n:,} rows", result.suspects.length);
    },
  };
}

/** @param {Suspects} result */
function headlineOf({ injected, precision, reason, rows }) {
  const judged = tn("{n:,} row was judged.", "{n:,} rows were judged.", rows);
  if (precision === null) return sentences(judged, worded(reason));
  const found = Math.round(precision * injected);
  return sentences(judged, t("Of the first {injected:,} suspects, {found:,} carry one of the {injected:,} wrong labels that were injected: precision {precision:.2f}.", { injected, found, precision }));
}

/** @param {Suspects} result @param {import("./view.js").LabData} data @param {number} count */
function tableOf({ columns, suspects, injected }, { classes, levels, most_columns: most }, count) {
  const shown = columns.slice(0, most);
  const wrong = t("wrong label");
  const head = [t("Rank"), t("Row"), t("Labelled"), t("Its probability"), ...(injected ? [t("Injected")] : []), ...shown.map(named)];
  const rows = suspects.slice(0, count).map((suspect, rank) => el("tr", { class: suspect.injected ? "dsc-lab-injected" : "", "data-testid": "suspect", "data-row": String(suspect.row + 1) },
    el("td", { class: "dsc-lab-number", text: String(rank + 1) }),
    el("td", { class: "dsc-lab-number", text: String(suspect.row + 1) }),
    el("td", { text: named(classes[suspect.label]) }),
    el("td", { class: "dsc-lab-number", text: suspect.probabilities[suspect.label].toFixed(2) }),
    ...(injected ? [el("td", { text: suspect.injected ? `✓ ${wrong}` : "–" })] : []),
    ...shown.map((column, place) => {
      const value = suspect.values[place];
      const words = levels[column];
      if (value === null) return el("td", { text: "–" });
      return words ? el("td", { text: named(words[value] ?? String(value)) }) : el("td", { class: "dsc-lab-number", text: inItsUnits(value) });
    })));
  return el("table", { class: "dsc-lab-table" },
    el("caption", { class: "dsc-hidden", text: t("Suspected rows, the most doubtful first") }),
    el("thead", {}, el("tr", {}, ...head.map((title) => el("th", { scope: "col", text: title })))),
    el("tbody", {}, ...rows));
}

/** As a table has it where it has few digits. @param {number} value */
function inItsUnits(value) {
  const text = String(value);
  return text.length <= 7 ? text.replace("-", "−") : short(value);
}
