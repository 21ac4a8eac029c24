/** The table: its head with what it is ordered by, a row for every run, and the arrow keys between rows. */

import { el, setAttribute } from "../ui/index.js";
import { language, t } from "../words/index.js";
import { COLUMNS, ordered, STAR } from "./columns.js";
import { guardSecondClick } from "./second-click.js";
import { createRow } from "./row.js";

/**
 * @param {import("./row.js").Actions} actions
 * @param {number} longestName in characters
 * @param {() => void} changed another order was asked for
 */
export function createTable(actions, longestName, changed) {
  /** @type {{key: string, isFalling: boolean}|null} */
  let by = null; // the newest first
  /** @type {Map<string, ReturnType<typeof createRow>>} */
  const rows = new Map();
  const heads = new Map([STAR, ...COLUMNS].map((column) => [column.key, createHead(column, () => turn(column))]));
  const head = el("tr", { role: "row" }, el("th", { role: "columnheader", scope: "col", class: "dsc-col-choose" }, el("span", { class: "dsc-hidden", text: () => t("Compare") })),
    ...heads.values(),
    el("th", { role: "columnheader", scope: "col", class: "dsc-col-actions" }, el("span", { class: "dsc-hidden", text: () => t("Rename or delete") })));
  const body = el("tbody", { role: "rowgroup" });
  guardSecondClick(body);
  const element = el("table", { class: "dsc-run-table", role: "table", "aria-label": () => t("Your runs"), onkeydown: walk },
    el("thead", { role: "rowgroup" }, head), body);

  // Where a narrow screen has no head of the table.
  const select = el("select", { class: "dsc-select", "data-testid": "runs-order", "aria-label": () => t("Order the runs by"),
    onchange: () => {
      const column = [STAR, ...COLUMNS].find(({ key }) => key === select.value);
      order(column ? { key: column.key, isFalling: column.isFalling ?? false } : null);
    } },
  el("option", { value: "", text: () => t("Newest first") }),
  ...[STAR, ...COLUMNS].map(({ key, title, spoken }) => el("option", { value: key, text: () => t(spoken ?? title) })));
  const turned = el("button", { type: "button", class: "dsc-button dsc-turn", "data-testid": "runs-turn", text: "⇅", disabled: true,
    "aria-label": () => t("The other way round"), title: () => t("The other way round"), onclick: () => order({ ...by, isFalling: !by.isFalling }) });
  const ordering = el("div", { class: "dsc-ordering" }, select, turned);

  /** The first click orders by a column, the second the other way round, the third as at first. @param {import("./columns.js").Column} column */
  function turn({ key, isFalling = false }) {
    if (by?.key !== key) order({ key, isFalling });
    else order(by.isFalling === isFalling ? { key, isFalling: !isFalling } : null);
  }

  /** @param {{key: string, isFalling: boolean}|null} next null for the newest first */
  function order(next) {
    by = next;
    for (const [each, cell] of heads) {
      if (each === by?.key) setAttribute(cell, "aria-sort", by.isFalling ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    select.value = by?.key ?? "";
    turned.disabled = !by;
    changed();
  }

  /** Up and down go to the same control of the next row. @param {KeyboardEvent} event */
  function walk(event) {
    const { key, target } = event;
    if (!["ArrowUp", "ArrowDown"].includes(key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const control = /** @type {HTMLElement} */ (target);
    const name = control.dataset.cell;
    let row = /** @type {HTMLElement|null} */ (control.closest("tbody tr"));
    if (!name || !row) return;
    do row = /** @type {HTMLElement|null} */ (key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling);
    while (row?.hidden);
    event.preventDefault(); // the list would scroll
    /** @type {HTMLElement|null} */ (row?.querySelector(`[data-cell=${name}]`))?.focus();
  }

  return {
    element,
    ordering,
    /**
     * @param {import("./server.js").ListedRun[]} runs the newest first
     * @param {string} sought words, of which a row has all
     * @param {number} now in seconds
     * @returns {number} how many rows are in sight
     */
    show(runs, sought, now) {
      const words = sought.toLocaleLowerCase(language()).split(/\s+/).filter(Boolean);
      const gone = new Set(rows.keys());
      const stays = [...rows.values()].some((row) => row.isNaming); // a field that is moved is left, as by its user
      let place = body.firstElementChild;
      let inSight = 0;
      for (const run of ordered(runs, by)) {
        let row = rows.get(run.id);
        if (!row) {
          row = createRow(run.id, actions, longestName);
          rows.set(run.id, row);
        }
        gone.delete(run.id);
        row.show(run, now);
        row.sift(words);
        inSight += Number(!row.element.hidden);
        // Only what is out of place is moved: a control that has the focus would lose it.
        if (row.element === place || (stays && row.element.isConnected)) place = row.element.nextElementSibling;
        else body.insertBefore(row.element, place);
      }
      for (const id of gone) {
        rows.get(id).element.remove();
        rows.delete(id);
      }
      return inSight;
    },
    /** Show which runs are chosen, and by which lines. @param {Map<string, import("./row.js").Mark|null>} chosen */
    choose(chosen) {
      for (const [id, row] of rows) row.choose(chosen.has(id), chosen.get(id) ?? null);
    },
  };
}

/** @param {import("./columns.js").Column} column @param {() => void} press */
function createHead({ key, title, spoken, isNumber }, press) {
  const label = el("button", { type: "button", class: "dsc-sort", "aria-label": spoken && (() => t(spoken)), title: spoken && (() => t(spoken)), onclick: press },
    ...(key === STAR.key ? [el("span", { class: "dsc-hidden", text: () => t(title) }), "★"] : [() => t(title)]));
  return el("th", { role: "columnheader", scope: "col", class: `dsc-col-${key}${isNumber ? " dsc-col-number" : ""}` }, label);
}
