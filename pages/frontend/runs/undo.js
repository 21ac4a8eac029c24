/** The line that stands for some seconds after runs were deleted, with what brings them back. */

import { el, setText } from "../ui/index.js";
import { t, tn } from "../words/index.js";

const STANDS = 10_000; // milliseconds
const LONGER = 2_000; // and so much longer while the pointer or the keyboard is on it

/** @param {(runs: string[]) => void} restore */
export function createUndo(restore) {
  /** @type {string[]} */
  let runs = [];
  let last = ""; // the name of the run that was deleted last
  const words = () => (runs.length > 1 ? tn("Deleted: {n} run", "Deleted: {n} runs", runs.length) : runs.length ? t("Deleted: {name}", { name: last }) : "");
  const said = el("span", { role: "status", "data-testid": "deleted", text: words });
  const button = el("button", { type: "button", class: "dsc-button", "data-testid": "undo", text: () => t("Undo"), onclick: press });
  const element = el("div", { class: "dsc-undo dsc-away" }, said, button);
  let timer = 0;

  function press() {
    const all = runs;
    hide();
    restore(all);
  }

  function hide() {
    clearTimeout(timer);
    runs = [];
    element.classList.add("dsc-away");
    setText(said, words());
  }

  function look() {
    if (element.contains(document.activeElement) || element.matches(":hover")) timer = setTimeout(look, LONGER);
    else hide();
  }

  return {
    element,
    /** Say that a run was deleted; those of the last seconds go together. @param {string} run @param {string} name */
    show(run, name) {
      runs.push(run);
      last = name;
      setText(said, words());
      said.title = name;
      element.classList.remove("dsc-away");
      clearTimeout(timer);
      timer = setTimeout(look, STANDS);
    },
    focus: () => button.focus(),
    destroy: () => clearTimeout(timer),
  };
}
