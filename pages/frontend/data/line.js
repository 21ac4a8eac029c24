/** A column on a line: what is missing, its values, how they are distributed; unfolded, all of its figures. */

import { createSurface, el, markerIcon, percent, setAttribute, whole } from "../ui/index.js";
import { t, tn, worded } from "../words/index.js";
import { bar } from "./quality.js";
import { paintStrips, stripsOf } from "./strips.js";
import { quantileOf, remarkWords, shareWords, spanWords, valueWords } from "./words.js";

const LEVELS = 3; // that a line has room for
const STRIP = 34; // pixels high, of a class, unfolded
const LEAST = 130; // pixels high, all of them
const RARE = 0.02; // of the rows: where no value is more frequent, nothing is learnt from which it is

/**
 * @param {import("./view.js").About} about
 * @param {number} index of the column
 * @param {Set<number>} unfolded the columns that are
 * @param {import("./view.js").Actions} actions
 */
export function createLine(about, index, unfolded, { showRows }) {
  const { profile, names, kinds, target } = about;
  const column = profile.columns[index];
  const name = names[index];
  const advice = profile.advice.filter((each) => each.column === index);
  /** @type {ReturnType<typeof createDistribution>[]} */
  const pictures = [];
  const draw = (/** @type {boolean} */ isLarge) => {
    const picture = createDistribution(about, index, isLarge);
    pictures.push(picture);
    return picture.element;
  };
  const id = `dsc-data-more-${index}`;
  const more = el("div", { class: "dsc-data-more dsc-gone", id, role: "row" });
  const fold = el("button", { type: "button", class: "dsc-data-fold", "aria-expanded": "false", "aria-controls": id, title: name, "data-testid": "data-fold", onclick: () => unfold(!unfolded.has(index)) }, name);
  const marks = [
    el("span", { text: t(kinds[column.kind] ?? column.kind) }),
    ...(index === target ? [el("span", { class: "dsc-data-chip dsc-data-target", text: t("target") })] : []),
    ...[...new Set(advice.map(({ kind }) => kind))].map((kind) => el("span", { class: "dsc-data-chip", "data-remark": kind, text: remarkWords(kind) })),
  ];

  function unfold(/** @type {boolean} */ isOpen) {
    if (isOpen) unfolded.add(index);
    else unfolded.delete(index);
    setAttribute(fold, "aria-expanded", String(isOpen));
    more.classList.toggle("dsc-gone", !isOpen);
    if (isOpen && !more.childElementCount) more.append(el("div", { role: "cell", class: "dsc-data-more-cell" }, ...detailsOf(about, index, advice, draw)));
  }

  const share = profile.rows ? column.missing / profile.rows : 0;
  const missing = cell(t("Missing"), bar(share, share > 0.3), column.missing
    ? el("button", { type: "button", class: "dsc-data-lead", text: shareWords(share), "data-testid": "data-missing", title: tn("{n:,} cell has no value", "{n:,} cells have no value", column.missing),
      "aria-label": tn("{n:,} cell of {name} has no value: show the row", "{n:,} cells of {name} have no value: show the rows", column.missing, { name }),
      onclick: () => showRows(t("No value in {name}", { name }), column.missing_rows, column.missing, [index]) })
    : el("span", { class: "dsc-data-number", text: "0" }));
  const { outliers } = column;
  const far = cell(t("Outliers"), outliers?.count
    ? el("button", { type: "button", class: "dsc-data-lead", text: whole(outliers.count), "data-testid": "data-outliers",
      "aria-label": tn("{n:,} outlier in {name}: show the row", "{n:,} outliers in {name}: show the rows", outliers.count, { name }),
      onclick: () => showRows(t("Outliers of {name}: below {low} or above {high}", { name, low: valueWords(column.kind, outliers.low), high: valueWords(column.kind, outliers.high) }), outliers.rows, outliers.count, [index]) })
    : el("span", { class: "dsc-data-number", text: outliers ? "0" : "–" }));
  const line = el("div", { role: "row", class: "dsc-data-line", "data-testid": "data-line", "data-column": String(index) },
    el("div", { role: "rowheader", class: "dsc-data-name" }, fold, el("span", { class: "dsc-data-marks" }, ...marks)),
    missing, cell(t("Distinct"), el("span", { class: "dsc-data-number", text: whole(column.distinct) })),
    cell(t("Distribution"), draw(false)), cell(t("Figures"), ...figuresOf(column)), far);
  const element = el("div", { role: "presentation" }, line, more);
  if (unfolded.has(index)) unfold(true);

  return {
    element,
    destroy: () => pictures.forEach((picture) => picture.destroy()),
  };
}

/** @param {string} title where the head of the list is not in sight @param {...Node} parts */
const cell = (title, ...parts) => el("div", { role: "cell", "data-title": title }, ...parts);

/** @param {import("./server.js").ColumnProfile} column */
function figuresOf(column) {
  const { kind, mean, deviation, levels } = column;
  if (mean !== null) {
    return [
      el("span", { text: t("{mean} ± {deviation}", { mean: valueWords(kind, mean), deviation: spanWords(kind, deviation) }), title: t("mean ± standard deviation") }),
      el("span", { class: "dsc-data-soft", title: t("median, and from the least to the greatest"), text: t("median {median}, {low} to {high}", {
        median: valueWords(kind, quantileOf(column, 0.5)), low: valueWords(kind, quantileOf(column, 0)), high: valueWords(kind, quantileOf(column, 1)) }) }),
    ];
  }
  if (!levels.length) return [el("span", { text: "–" })];
  return [el("span", { text: t("most frequent: {value}", { value: visible(levels[0].value) }), title: levels[0].value }), el("span", { class: "dsc-data-soft", text: tn("in {n:,} row", "in {n:,} rows", levels[0].count) })];
}

/** @param {import("./view.js").About} about @param {number} index @param {boolean} isLarge */
function createDistribution(about, index, isLarge) {
  const { profile, names, theme } = about;
  const column = profile.columns[index];
  const nothing = { element: el("span", { class: "dsc-data-soft", text: column.levels.length ? "" : "–" }), destroy() {} };
  if (!column.histogram && column.levels.length && column.levels[0].count < RARE * profile.rows) {
    return { element: el("span", { class: "dsc-data-soft", text: t("nearly every row has another value") }), destroy() {} };
  }
  if (!column.histogram) return column.levels.length && !isLarge ? { element: levelsOf(column, profile.rows), destroy() {} } : nothing;
  const strips = stripsOf(column.histogram, isLarge);
  const { edges } = column.histogram;
  const surface = createSurface({ "aria-label": t("Distribution of {name}: from {low} to {high}, half of the values between {first} and {third}.", {
    name: names[index], low: valueWords(column.kind, quantileOf(column, 0)), high: valueWords(column.kind, quantileOf(column, 1)),
    first: valueWords(column.kind, quantileOf(column, 0.25)), third: valueWords(column.kind, quantileOf(column, 0.75)) }) }, paint);
  surface.box.classList.add(isLarge ? "dsc-data-strips" : "dsc-data-strip");
  if (isLarge) surface.box.style.height = `${Math.max(LEAST, strips.length * STRIP)}px`;
  function paint() {
    const drawing = surface.begin();
    if (drawing) paintStrips(drawing, strips, theme);
  }
  paint();
  if (!isLarge) return { element: surface.box, destroy: surface.destroy };
  const ends = el("div", { class: "dsc-data-ends" }, ...[edges[0], edges[edges.length >> 1], edges.at(-1)].map((edge) => el("span", { text: valueWords(column.kind, edge) })));
  const key = strips.length > 1 ? [el("div", { class: "dsc-legend" }, ...about.profile.classes.map(([name], k) => el("span", { class: "dsc-class" }, markerIcon(k, theme), el("span", { class: "dsc-name", text: name, title: name }))))] : [];
  const note = strips.length > 1 ? t("A strip for each class; heights are shares of the class. Outliers are in the outermost bars.") : t("Outliers are in the outermost bars.");
  return { element: el("div", { class: "dsc-data-large" }, surface.box, ends, ...key, el("p", { class: "dsc-under", text: note })), destroy: surface.destroy };
}

/** Blanks at either end can be seen: “male ” is another value than male. @param {string} value */
const visible = (value) => (value === value.trim() ? value : `“${value}”`);

/** The most frequent values, with their share. @param {import("./server.js").ColumnProfile} column @param {number} rows */
function levelsOf(column, rows) {
  return el("div", { class: "dsc-data-levels" }, ...column.levels.slice(0, LEVELS).map(({ value, count }) =>
    el("span", { class: "dsc-data-level" }, el("span", { class: "dsc-name", text: visible(value), title: visible(value) }), bar(count / rows, false), el("span", { class: "dsc-data-number", text: percent(count / rows, 0) }))));
}

/**
 * @param {import("./view.js").About} about
 * @param {number} index
 * @param {import("./server.js").Advice[]} advice
 * @param {(isLarge: boolean) => Node} draw
 */
function detailsOf(about, index, advice, draw) {
  const { profile } = about;
  const column = profile.columns[index];
  const parts = advice.map(({ said }) => el("p", { class: "dsc-data-advice", text: worded(said) }));
  if (column.histogram) parts.push(/** @type {any} */ (draw(true)));
  if (column.quantiles.length) {
    parts.push(/** @type {any} */ (tableOf(t("Quantiles"), [t("share of the values below"), t("value")], column.quantiles.map(([share, value]) => [percent(share, 0), valueWords(column.kind, value)]))));
  }
  if (column.levels.length) {
    const classes = column.levels[0].by_class.length ? profile.classes.map(([name]) => name) : [];
    const rows = column.levels.map(({ value, count, by_class: byClass }) => [value, whole(count), ...byClass.map((each) => percent(each / Math.max(1, byClass.reduce((sum, one) => sum + one, 0)), 0))]);
    const caption = column.distinct > rows.length ? t("The {some} most frequent of {all:,} values", { some: rows.length, all: column.distinct }) : t("Values");
    parts.push(/** @type {any} */ (tableOf(caption, [t("value"), t("rows"), ...classes], rows)));
  }
  return parts;
}

/** @param {string} caption @param {string[]} heads @param {string[][]} rows */
const tableOf = (caption, heads, rows) => el("div", { class: "dsc-data-scroll" }, el("table", { class: "dsc-data-table" }, el("caption", { text: caption }),
  el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col", text: head })))),
  el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row", text: first, title: first }), ...rest.map((each) => el("td", { class: "dsc-data-number", text: each })))))));
