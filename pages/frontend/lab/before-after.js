/** Columns before and after they are prepared, side by side: their training rows as they are, and the network's inputs. */

import { el, short } from "../ui/index.js";
import { named, sentences, t, tn } from "../words/index.js";

const DAY = 86_400_000; // milliseconds

/**
 * @typedef {object} Distribution as core/tasks/preparation.py tells it
 * @property {string} kind of the column, or `levels`
 * @property {string} [name] of the input
 * @property {number[]} [counts] of a histogram from `low` to `high`
 * @property {number|null} [low]
 * @property {number|null} [high]
 * @property {number|null} [mean]
 * @property {[string, number][]} [levels] and their rows
 * @property {number} [rest] rows of rarer levels
 * @property {number} [more] inputs that are not shown
 * @property {number} missing
 *
 * @typedef {object} Comparison
 * @property {number} rows_before
 * @property {number} rows_after
 * @property {{label: string, before: Distribution, after: Distribution[]}[]} columns
 * @property {number} more columns that are changed and not shown
 * @property {string[]} unchanged
 * @property {string[]} left_out
 */

export function createBeforeAfter() {
  const note = el("p", { class: "dsc-under", "data-testid": "before-after-rows" });
  const table = el("div", { class: "dsc-lab-scroll dsc-lab-pairs", tabindex: "0", role: "region", "aria-label": () => t("Columns before and after") });
  const rest = el("p", { class: "dsc-under" });
  const element = el("div", { class: "dsc-lab-outcome dsc-gone" }, note, table, rest);

  return {
    element,
    /** @param {Comparison|null} result @param {import("./view.js").LabData} _data @param {boolean} isDone */
    show(result, _data, isDone) {
      element.classList.toggle("dsc-gone", !isDone || !result);
      if (!isDone || !result) return;
      const { rows_before: before, rows_after: after, columns, more, unchanged, left_out: gone } = result;
      note.textContent = before === after
        ? tn("{n:,} training row.", "{n:,} training rows.", before)
        : t("{before:,} training rows before, {after:,} after.", { before, after });
      table.replaceChildren(tableOf(columns, before, after));
      rest.textContent = sentences(
        ...(more ? [tn("{n:,} more column is changed.", "{n:,} more columns are changed.", more)] : []),
        ...(unchanged.length ? [t("Not changed: {names}.", { names: unchanged.map(named).join(", ") })] : []),
        ...(gone.length ? [t("Left out: {names}.", { names: gone.map(named).join(", ") })] : []),
      );
    },
  };
}

/** @param {Comparison["columns"]} columns @param {number} before rows @param {number} after rows */
function tableOf(columns, before, after) {
  const head = [t("Column"), t("Before"), t("After: what the network gets")].map((text) => el("th", { scope: "col", text }));
  return el("table", { class: "dsc-lab-table" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...columns.map((column) =>
    el("tr", { "data-testid": "before-after-column" },
      el("th", { scope: "row", text: named(column.label) }),
      el("td", {}, distribution(column.before, before, "")),
      el("td", {}, el("div", { class: "dsc-lab-inputs" }, ...column.after.map((each) => distribution(each, after, column.label))))))));
}

/** @param {Distribution} told @param {number} rows @param {string} label of the column, for what became of it */
function distribution(told, rows, label) {
  const drawn = told.kind === "levels" ? levelsOf(told, rows) : histogramOf(told);
  const missing = told.missing ? tn("{n:,} missing", "{n:,} missing", told.missing) : "";
  const more = told.more ? tn("{n:,} more input", "{n:,} more inputs", told.more) : "";
  const words = [label && told.name && told.name !== label ? named(told.name) : "", missing, more].filter(Boolean).join(" · ");
  return el("div", { class: label ? "dsc-lab-after" : "dsc-lab-before" }, drawn, words ? el("span", { class: "dsc-lab-words", text: words }) : "");
}

/** @param {Distribution} told */
function histogramOf({ kind, counts = [], low, high, mean }) {
  if (!counts.length) return el("span", { class: "dsc-lab-words", text: t("no value") });
  const most = Math.max(...counts, 1);
  const [from, to, middle] = [low, high, mean].map((value) => written(kind, value));
  const bars = counts.map((count) => {
    const bar = el("i", {});
    bar.style.height = count ? `${Math.max(4, (100 * count) / most)}%` : "0"; // a single row is seen, too
    return bar;
  });
  return el("div", { class: "dsc-lab-histogram" },
    el("div", { class: "dsc-lab-bars", role: "img", "aria-label": t("From {from} to {to}, mean {mean}", { from, to, mean: middle }) }, ...bars),
    el("div", { class: "dsc-lab-ends", "aria-hidden": "true" }, el("span", { text: from }), el("span", { text: to })));
}

/** @param {Distribution} told @param {number} rows */
function levelsOf({ levels = [], rest = 0 }, rows) {
  const all = /** @type {[string, number][]} */ (rest ? [...levels, ["…", rest]] : levels);
  return el("div", { class: "dsc-lab-levels" }, ...all.map(([name, count]) => {
    const bar = el("i", {});
    bar.style.width = `${rows ? Math.max(count ? 2 : 0, (100 * count) / rows) : 0}%`;
    return el("div", {}, el("span", { text: named(name), title: named(name) }), el("b", {}, bar), el("span", { text: count.toLocaleString("en") }));
  }));
}

/** @param {string} kind @param {number|null|undefined} value */
function written(kind, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (kind !== "date") return short(value);
  const moment = new Date(value * DAY);
  return Number.isFinite(moment.getTime()) ? moment.toISOString().slice(0, 10) : "–";
}
