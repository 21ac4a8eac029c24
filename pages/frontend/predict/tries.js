/** What was tried with one person, first of all as they are: all answers side by side, and the way back to each. */

import { el } from "../ui/index.js";
import { named, t, tn } from "../words/index.js";
import { inShort, written } from "./words.js";

const MOST = 40;

/** @typedef {import("./server.js").Person} Person */

/** @param {{back: (person: Person) => void}} actions */
export function createTries({ back }) {
  /** @type {{person: Person, told: import("./server.js").Answer}[]} */
  let tries = [];
  let current = 0;
  const room = el("div", { class: "dsc-pr-scroll", tabindex: "0", role: "region", "aria-label": () => t("Tries") });
  const both = el("p", { class: "dsc-pr-both", "data-testid": "predict-both", "aria-live": "polite" });
  const element = el("section", { class: "dsc-card dsc-pr-tries" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("What if") })), both, room);

  /** What differs from the person as they are, in words. @param {Person} person @param {string[]} columns */
  function changes(person, columns) {
    const first = tries[0].person;
    return columns.filter((name) => first[name] !== person[name])
      .map((name) => t("{name} {from} → {to}", { name: named(name), from: written(first[name]), to: written(person[name]) })).join("; ");
  }

  /** @param {number} number */
  function goBack(number) {
    current = number;
    back(tries[number].person);
  }

  return {
    element,
    /** Another person. */
    forget() {
      [tries, current] = [[], 0];
    },
    /** A new try, unless it is one that was there. @param {Person} person @param {import("./server.js").Answer} told */
    note(person, told) {
      const same = tries.findIndex((each) => Object.keys(each.person).every((name) => each.person[name] === person[name]));
      if (same >= 0) {
        current = same;
        tries[same].told = told;
        return;
      }
      tries.push({ person, told });
      if (tries.length > MOST) tries.splice(1, 1);
      current = tries.length - 1;
    },
    /** @param {string[]} columns that can be changed */
    show(columns) {
      if (!tries.length) return;
      const told = tries.map((each) => ({ changes: changes(each.person, columns), answer: inShort(each.told) }));
      both.textContent = current === 0
        ? t("Change a value of the person, and both answers stand here.")
        : t("As they are: {before}. With {changes}: {after}.", { before: told[0].answer, changes: told[current].changes, after: told[current].answer });
      room.replaceChildren(el("table", { class: "dsc-pr-table" },
        el("thead", {}, el("tr", {}, ...[t("Try"), t("Changed"), t("Answer")].map((title) => el("th", { scope: "col", text: title })))),
        el("tbody", {}, ...told.map((each, number) => el("tr", { class: number === current ? "dsc-pr-self" : "", "data-testid": "try" },
          el("th", { scope: "row" }, el("button", { type: "button", class: "dsc-pr-link", text: String(number), "aria-label": t("Back to try {number}", { number }), onclick: () => goBack(number) })),
          el("td", { class: "dsc-pr-words", text: each.changes || t("as they are") }), el("td", { text: each.answer }))).reverse())));
      room.setAttribute("data-tries", String(told.length));
      room.setAttribute("title", tn("{n} try", "{n} tries", told.length));
    },
  };
}
