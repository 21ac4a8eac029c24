/** Another like them who is answered otherwise: the nearest counterfactual, with what must not change locked. */

import { el, percent, short } from "../ui/index.js";
import { listed, named, sentences, t, tn } from "../words/index.js";
import { inShort, likeliest, written } from "./words.js";

/**
 * @param {object} actions
 * @param {(wish: Object<string, any>) => void} actions.find
 * @param {(person: import("./server.js").Person) => void} actions.take
 */
export function createOther({ find, take }) {
  const wish = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "data-testid": "wish", "aria-label": () => t("Wished answer") }));
  const side = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "aria-label": () => t("Above or below") }, el("option", { value: "below", text: () => t("below") }), el("option", { value: "above", text: () => t("above") })));
  const bound = /** @type {HTMLInputElement} */ (el("input", { class: "dsc-number", type: "number", step: "any", "aria-label": () => t("The number to pass") }));
  const button = el("button", { type: "button", class: "dsc-button dsc-pr-go", "data-testid": "find-other", text: () => t("Find"), onclick: () => find(wished()) });
  const locks = el("p", { class: "dsc-under", "data-testid": "locks" });
  const said = el("p", { class: "dsc-pr-both", "data-testid": "other-said", "aria-live": "polite" });
  const room = el("div", { class: "dsc-pr-scroll" });
  const takes = el("button", { type: "button", class: "dsc-button dsc-gone", "data-testid": "take-other", text: () => t("Try this person") });
  const element = el("section", { class: "dsc-card dsc-pr-other" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("What would change the answer") })),
    el("div", { class: "dsc-pr-from" }, el("span", { class: "dsc-pr-label-text", text: () => t("Wished answer") }), wish, side, bound, button), locks, said, room, takes);
  let isNumber = false;
  takes.addEventListener("click", () => found && take(found.values));
  /** @type {import("./server.js").Other|null} */
  let found = null;

  const wished = () => (isNumber ? { [side.value]: Number(bound.value) } : { class: wish.value });

  return {
    element,
    /** @param {import("./server.js").Form} form */
    build(form) {
      isNumber = form.task === "regression";
      wish.classList.toggle("dsc-gone", isNumber);
      side.classList.toggle("dsc-gone", !isNumber);
      bound.classList.toggle("dsc-gone", !isNumber);
      wish.replaceChildren(...form.classes.map((name) => el("option", { value: name, text: () => named(name) })));
    },
    /** The answer has changed: what was found belongs to another person. @param {import("./server.js").Answer} answer @param {boolean} keepsWish */
    reset(answer, keepsWish) {
      found = null;
      said.textContent = "";
      room.replaceChildren();
      takes.classList.add("dsc-gone");
      if (keepsWish) return;
      if (isNumber) bound.value = String(Math.round((answer.value ?? 0) * 0.9 * 100) / 100);
      else wish.value = Object.entries(answer.probability).sort((a, b) => b[1] - a[1])[1]?.[0] ?? likeliest(answer);
    },
    /** @param {string[]} names */
    lock(names) {
      locks.textContent = names.length ? t("Locked: {names}.", { names: listed(names.map(named)) }) : t("Nothing is locked: age and sex, for instance, cannot be changed. The locks are beside the fields.");
    },
    /** @param {string} sentence */
    say(sentence) {
      said.textContent = sentence;
    },
    /** @param {import("./server.js").Other|null} told @param {import("./server.js").Form} form */
    show(told, form) {
      found = told;
      takes.classList.toggle("dsc-gone", !told);
      element.dataset.found = told ? "yes" : "no";
      if (!told) {
        said.textContent = t("None was found: within the ranges of the training rows, the columns that are not locked do not lead there. Or the answer is as wished already.");
        room.replaceChildren();
        return;
      }
      const answer = form.task === "regression" ? short(told.value) : inShort(told);
      const near = told.far
        ? t("But few training rows are like that: it lies farther from them than they lie from each other.")
        : t("It lies as near to training rows as they lie to each other.");
      const changed = tn("{n} value changed: {answer}.", "{n} values changed: {answer}.", told.changes.length, { answer });
      said.textContent = sentences(changed, near);
      said.classList.toggle("dsc-pr-flagged", told.far);
      room.replaceChildren(el("table", { class: "dsc-pr-table" },
        el("thead", {}, el("tr", {}, ...[t("Column"), t("From"), t("To"), t("Change")].map((title) => el("th", { scope: "col", text: title })))),
        el("tbody", {}, ...told.changes.map(({ name, from, to }) => el("tr", { "data-testid": "change" }, el("th", { scope: "row", text: named(name) }), el("td", { text: written(from) }), el("td", { text: written(to) }),
          el("td", { text: typeof from === "number" && typeof to === "number" && from ? `${to > from ? "+" : ""}${percent((to - from) / Math.abs(from), 0)}` : "" }))))));
    },
  };
}
