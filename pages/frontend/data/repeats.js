/** Rows that stand more than once, exactly or nearly, and what a split makes of them. */

import { el, percent, whole } from "../ui/index.js";
import { t } from "../words/index.js";

const GROUPS = 50; // that are listed
const NAMED = 6; // rows of a group whose numbers are written

/** @param {import("./view.js").Actions} actions */
export function createRepeats({ showRows }) {
  const figures = el("div", { class: "dsc-data-figures" });
  const note = el("p", { class: "dsc-under dsc-data-note" });
  const list = el("ul", { class: "dsc-data-groups" });
  const element = el("section", { class: "dsc-card dsc-data-repeats", "data-testid": "data-repeats" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Rows that repeat others") })), figures, note, list);

  /** @param {number[]} rows @param {boolean} isExact */
  const group = (rows, isExact) => {
    const numbers = rows.slice(0, NAMED).join(", ") + (rows.length > NAMED ? ", …" : "");
    return el("li", {}, el("button", { type: "button", class: "dsc-data-group", text: numbers, "aria-label": t("Show rows {numbers}", { numbers }),
      onclick: () => showRows(isExact ? t("Exact duplicates") : t("Near duplicates"), rows, rows.length) }),
    el("span", { text: isExact ? t("exactly the same") : t("nearly the same") }));
  };

  return {
    element,
    /** @param {import("./view.js").About} about */
    show({ profile: { repeats } }) {
      const { exact, near, across = 0 } = repeats;
      figures.replaceChildren(
        figure(whole(exact), t("repeat an earlier row exactly")), figure(whole(near), t("nearly")),
        figure(percent(across), t("of held-out rows have a copy in training")));
      note.textContent = exact + near === 0
        ? t("No row repeats another one, so none can stand on both sides of a split.")
        : t("Expected where a fifth of the rows is held out at random. Such rows are known already when they are tested: the test flatters the network. Nearly means: numbers rounded to a hundredth of their deviation, words without capitals and outer blanks, identifiers left out.");
      list.replaceChildren(...[...repeats.exact_groups.map((each) => group(each, true)), ...repeats.near_groups.map((each) => group(each, false))].slice(0, GROUPS));
      element.dataset.exact = String(exact);
      element.dataset.near = String(near);
    },
  };
}

/** @param {string} value @param {string} name */
const figure = (value, name) => el("div", { class: "dsc-stat" }, el("b", { text: value }), el("span", { text: name }));
