/** Some rows of the table as they were read, in a dialog: what a number leads to. */

import { el, setAttribute, setText } from "../ui/index.js";
import { sentences, t, tn } from "../words/index.js";

const MOST = 100; // rows in one list
const MOST_COLUMNS = 40;

/** @param {ReturnType<typeof import("./server.js").createServer>} server */
export function createRows(server) {
  const title = el("h2", { class: "dsc-title", id: "dsc-data-rows-title" });
  const note = el("p", { class: "dsc-under", role: "status" });
  const body = el("div", { class: "dsc-data-scroll", tabindex: "0", "aria-labelledby": "dsc-data-rows-title", role: "region" });
  const close = el("button", { type: "button", class: "dsc-button", "data-testid": "rows-close", text: () => t("Close"), onclick: () => dialog.close() });
  const dialog = el("dialog", { class: "dsc-data-rows", "data-testid": "data-rows", "aria-labelledby": "dsc-data-rows-title", onclick: leave },
    el("div", { class: "dsc-data-rows-inner" }, el("div", { class: "dsc-head" }, title, el("span", { class: "dsc-aside" }), close), note, body));
  let asking = new AbortController();

  /** A click beside it closes it. @param {MouseEvent} event */
  function leave(event) {
    if (event.target === dialog) dialog.close();
  }

  return {
    element: dialog,
    /**
     * @param {string} what the rows are
     * @param {number[]} rows from 1
     * @param {number} count of all of them, of which `rows` are the first
     * @param {string[]} names of the columns
     * @param {number[]} [first] columns that stand first and stand out
     */
    async show(what, rows, count, names, first = []) {
      asking.abort();
      asking = new AbortController();
      const shown = rows.slice(0, MOST);
      setText(title, what);
      setText(note, t("Reading the rows …"));
      body.replaceChildren();
      if (!dialog.open) dialog.showModal();
      try {
        const told = await server.rows(shown, asking.signal);
        const order = [...first, ...names.map((_, index) => index).filter((index) => !first.includes(index))].slice(0, MOST_COLUMNS);
        body.replaceChildren(tableOf(told, names, order, first.length));
        setAttribute(dialog, "data-rows", String(told.rows.length));
        const all = tn("{n:,} row, as it was read.", "{n:,} rows, as they were read.", shown.length);
        const less = count > shown.length ? t("The first of {count:,}.", { count }) : "";
        const narrow = names.length > order.length ? t("The first {some} of {columns:,} columns.", { some: order.length, columns: names.length }) : "";
        setText(note, sentences(all, less, narrow));
      } catch (error) {
        if (!asking.signal.aborted) setText(note, error.message);
      }
    },
    destroy() {
      asking.abort();
      dialog.remove();
    },
  };
}

/** @param {import("./server.js").Rows} told @param {string[]} names @param {number[]} order @param {number} strong how many of them stand out */
function tableOf(told, names, order, strong) {
  const head = el("tr", {}, el("th", { scope: "col", text: t("row") }),
    ...order.map((index, place) => el("th", { scope: "col", class: place < strong && "dsc-data-strong", text: names[index] })));
  const rows = told.rows.map(({ row, cells }) => el("tr", {}, el("th", { scope: "row", text: String(row) }),
    ...order.map((index, place) => cellOf(cells[index], place < strong))));
  return el("table", { class: "dsc-data-table" }, el("thead", {}, head), el("tbody", {}, ...rows));
}

/** @param {string|number|null} value @param {boolean} isStrong */
function cellOf(value, isStrong) {
  const classes = [typeof value === "number" && "dsc-data-number", isStrong && "dsc-data-strong", value === null && "dsc-data-missing"].filter(Boolean).join(" ");
  return el("td", { class: classes || false, text: value === null ? t("missing") : String(value) });
}
