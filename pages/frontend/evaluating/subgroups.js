/** For whom it works: groups by any column, the most harmed first; they move with the threshold, and a click chooses one's rows. */

import { el, setAttribute, setText, whole } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { groupsOf, partsOf } from "./groups.js";
import { JudgedRows } from "./judged-rows.js";

const AGAIN = 400; // milliseconds between two tables while something moves

/** @typedef {import("./model.js").Model} Model */

/** @param {import("./model.js").Actions} actions @param {() => import("./raw-values.js").Raw|null} raw */
export function createSubgroups(actions, raw) {
  const column = el("select", { class: "dsc-select", "data-testid": "group-column", "aria-label": () => t("Column"), onchange: () => {
    chosenColumn = Number(column.value);
    actions.redraw();
  } });
  const body = el("tbody");
  const head = el("tr");
  const note = el("p", { class: "dsc-under dsc-note" });
  const element = el("section", { class: "dsc-card dsc-ev-groups", "data-testid": "subgroups", "aria-label": () => t("For whom it works") },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("For whom it works") }), column),
    el("div", { class: "dsc-ev-scroll", tabindex: "0", role: "region", "aria-label": () => t("Groups") }, el("table", { class: "dsc-ev-table" }, el("thead", {}, head), body)), note);
  /** @type {import("./raw-values.js").Raw|null} */
  let known = null;
  let chosenColumn = 0;
  let built = "";
  let next = 0;
  let timer = 0;

  /** @param {Model} model */
  function build(model) {
    const told = raw();
    element.classList.toggle("dsc-gone", !told || Boolean(told.picture && told.names.length <= told.picture.rows * told.picture.columns));
    if (!told) return;
    if (known !== told) {
      known = told;
      const { picture } = told;
      const isPixel = (/** @type {number} */ place) => picture !== null && place >= picture.first && place < picture.first + picture.rows * picture.columns;
      const places = Array.from(told.names.keys()).filter((place) => !isPixel(place));
      column.replaceChildren(...places.map((place) => el("option", { value: String(place), text: named(told.names[place]) })));
      // Who people are comes first: columns with levels.
      if (!places.includes(chosenColumn) || chosenColumn === 0) chosenColumn = places.find((place) => told.levels[told.names[place]]) ?? places[0] ?? 0;
    }
    column.value = String(chosenColumn);
    const numberOf = (/** @type {number} */ row) => JudgedRows.number(model.judged, row);
    const valueOf = (/** @type {number} */ row) => (numberOf(row) < told.shown ? told.values[numberOf(row) * told.names.length + chosenColumn] : NaN);
    const groups = groupsOf(partsOf(told, chosenColumn), valueOf, model);
    const now = JSON.stringify([groups, groups.map(({ title }) => title()), model.selection?.key, model.words, chosenColumn]);
    if (now === built) return;
    built = now;
    head.replaceChildren(...[t("Group"), t("Rows"), model.words.event, t("Sensitivity"), t("Specificity"), t("Harm a person")].map((title) => el("th", { scope: "col", text: title })));
    body.replaceChildren(...groups.map((group, place) => {
      const key = `group ${chosenColumn} ${group.title()}`;
      const choose = el("button", { type: "button", class: "dsc-ev-choose", "aria-pressed": String(model.selection?.key === key), text: group.title(), onclick: () => actions.select(model.selection?.key === key ? null : {
        key, words: () => `${named(told.names[chosenColumn])}: ${group.title()}`, has: () => (row) => group.has(valueOf(row)),
      }) });
      return el("tr", { class: group.isUncertain ? "dsc-ev-uncertain" : "", "data-group": group.title() },
        el("th", { scope: "row" }, choose, ...(group.isUncertain ? [el("small", { text: t("few rows: uncertain") })] : [])),
        el("td", { text: whole(group.rows) }), el("td", { text: whole(group.events) }), share(group.sensitivity), share(group.specificity),
        el("td", { text: `${place === 0 && groups.length > 1 && group.harm > 0 ? "▲ " : ""}${group.harm.toFixed(3)}` }));
    }));
    setText(note, t("The most harmed first. Harm is what missed ones and false alarms cost, by your costs. Where intervals overlap, the difference may be chance."));
    setAttribute(element, "data-groups", JSON.stringify(groups.map((group) => [group.title(), group.rows, group.harm])));
  }

  return {
    element,
    /** @param {Model} model */
    draw(model) {
      clearTimeout(timer);
      const wait = next - performance.now();
      if (wait > 0) {
        timer = setTimeout(() => build(model), wait);
        return;
      }
      next = performance.now() + AGAIN;
      build(model);
    },
    reworded() {
      known = null; // names of columns are said anew
      built = "";
    },
    destroy: () => clearTimeout(timer),
  };
}

/** A share with its interval, as a number and as a mark. @param {{value: number, low: number, high: number}} figure */
function share({ value, low, high }) {
  if (!Number.isFinite(value)) return el("td", { text: "–" });
  const whisker = el("i", { class: "dsc-ev-whisker" });
  const dot = el("i", { class: "dsc-ev-dot" });
  whisker.style.transform = `translateX(${100 * low}%) scaleX(${high - low})`;
  dot.style.transform = `translateX(${100 * value}%)`;
  return el("td", {}, el("span", { class: "dsc-ev-track", "aria-hidden": "true" }, whisker, dot), ` ${value.toFixed(2)} `, el("small", { text: `${low.toFixed(2)}–${high.toFixed(2)}` }));
}
