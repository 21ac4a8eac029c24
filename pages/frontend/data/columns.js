/** The columns of the table, each on a line: sought, ordered, and twenty at a time. */

import { el, setAttribute } from "../ui/index.js";
import { language, N_, t, tn } from "../words/index.js";
import { createLine } from "./line.js";

const PAGE = 20;

/** @typedef {{key: string, title: string, order: (about: import("./view.js").About, index: number) => number|string}} Order */

/** The smaller ones come first. @type {Order[]} */
const ORDERS = [
  { key: "table", title: N_("As in the table"), order: (_, index) => index },
  { key: "missing", title: N_("Most missing first"), order: ({ profile }, index) => -profile.columns[index].missing },
  { key: "leak", title: N_("Leaks and remarks first"), order: (about, index) => -leakOf(about, index) },
  { key: "outliers", title: N_("Most outliers first"), order: ({ profile }, index) => -(profile.columns[index].outliers?.count ?? 0) },
  { key: "name", title: N_("By name"), order: ({ names }, index) => names[index] },
];

/** How much a column gives the target away; other remarks come after leaks. @param {import("./view.js").About} about @param {number} index */
function leakOf({ profile }, index) {
  return Math.max(0, ...profile.advice.filter(({ column }) => column === index).map(({ kind, strength }) => (kind === "leak" ? 1 + (strength ?? 0) : 0.5)));
}

/** @param {import("./view.js").Actions} actions */
export function createColumns(actions) {
  /** @type {import("./view.js").About|null} */
  let about = null;
  let page = 0;
  /** @type {{columns: number[], name: string}|null} those that a part of the score is about */
  let only = null;
  /** @type {Set<number>} columns that are unfolded */
  const unfolded = new Set();
  /** @type {ReturnType<typeof createLine>[]} */
  let lines = [];

  const search = el("input", { type: "search", class: "dsc-search", "data-testid": "data-search", "aria-label": () => t("Search the columns"), placeholder: () => t("Search by name"),
    oninput: () => turn(0) });
  const select = el("select", { class: "dsc-select", "data-testid": "data-order", "aria-label": () => t("Order the columns by"), onchange: () => turn(0) },
    ...ORDERS.map(({ key, title }) => el("option", { value: key, text: () => t(title) })));
  const filter = el("button", { type: "button", class: "dsc-button dsc-gone", "data-testid": "data-all-columns", onclick: () => limit(null) });
  const counted = el("span", { class: "dsc-aside", role: "status" });
  const before = el("button", { type: "button", class: "dsc-button", "data-testid": "data-before", text: "‹", "aria-label": () => t("The columns before"), onclick: () => turn(page - 1) });
  const after = el("button", { type: "button", class: "dsc-button", "data-testid": "data-after", text: "›", "aria-label": () => t("The next columns"), onclick: () => turn(page + 1) });
  const pager = el("span", { class: "dsc-data-pager" }, before, after);
  const heads = [N_("Column"), N_("Missing"), N_("Distinct"), N_("Distribution"), N_("Figures"), N_("Outliers")]
    .map((title) => el("span", { role: "columnheader", text: () => t(title) }));
  const body = el("div", { role: "rowgroup", class: "dsc-data-lines" });
  const list = el("div", { role: "table", "aria-label": () => t("Columns of the table"), class: "dsc-data-list" },
    el("div", { role: "rowgroup" }, el("div", { role: "row", class: "dsc-data-line-head" }, ...heads)), body);
  const element = el("section", { class: "dsc-card dsc-data-columns", "data-testid": "data-columns" },
    el("div", { class: "dsc-head dsc-data-tools" }, el("h2", { class: "dsc-title", text: () => t("Columns") }), search, select, filter, counted, pager), list);

  /** @param {number} next */
  function turn(next) {
    page = next;
    if (about) fill();
  }

  /** @param {{columns: number[], name: string}|null} next */
  function limit(next) {
    only = next;
    turn(0);
    search.focus({ preventScroll: true });
  }

  /** The columns in sight, in their order. @returns {number[]} */
  function sifted() {
    const words = search.value.toLocaleLowerCase(language()).split(/\s+/).filter(Boolean);
    const { order } = ORDERS.find(({ key }) => key === select.value) ?? ORDERS[0];
    const found = about.names.map((_, index) => index)
      .filter((index) => (!only || only.columns.includes(index)) && words.every((word) => about.names[index].toLocaleLowerCase(language()).includes(word)));
    const keys = new Map(found.map((index) => [index, order(about, index)]));
    return found.sort((one, other) => compared(keys.get(one), keys.get(other)) || one - other);
  }

  function fill() {
    const found = sifted();
    page = Math.max(0, Math.min(page, Math.ceil(found.length / PAGE) - 1));
    const shown = found.slice(page * PAGE, (page + 1) * PAGE);
    for (const line of lines) line.destroy();
    lines = shown.map((index) => createLine(about, index, unfolded, actions));
    body.replaceChildren(...lines.map((line) => line.element));
    if (!shown.length) body.append(el("p", { class: "dsc-under", text: t("No column has all of these words.") }));
    pager.classList.toggle("dsc-gone", found.length <= PAGE);
    before.disabled = page === 0;
    after.disabled = (page + 1) * PAGE >= found.length;
    counted.textContent = found.length > PAGE
      ? t("{first:,}–{last:,} of {all:,}", { first: page * PAGE + 1, last: page * PAGE + shown.length, all: found.length })
      : tn("{n:,} column", "{n:,} columns", found.length);
    filter.classList.toggle("dsc-gone", !only);
    filter.textContent = only ? t("{name}: show all columns", { name: only.name }) : "";
    setAttribute(element, "data-shown", String(shown.length));
  }

  return {
    element,
    /** As high as it will be. @param {number} columns */
    reserve: (columns) => element.style.setProperty("--lines", String(Math.min(PAGE, columns))),
    /** @param {import("./view.js").About} next */
    show(next) {
      if (about?.profile.columns.length !== next.profile.columns.length) {
        only = null;
        unfolded.clear();
      }
      about = next;
      fill();
    },
    limit,
    destroy: () => lines.forEach((line) => line.destroy()),
  };
}

/** @param {number|string} one @param {number|string} other */
function compared(one, other) {
  if (typeof one === "string") return one.localeCompare(String(other), undefined, { numeric: true });
  return one - Number(other);
}
