/** The one switch of the page: which method explains, with what it can and cannot say. */

import { el } from "../ui/index.js";
import { named, t } from "../words/index.js";

/**
 * @typedef {object} Method as core/explanation/methods.py has it
 * @property {string} name
 * @property {string} title
 * @property {string} can
 * @property {string} cannot
 * @property {string} unit what its numbers mean
 * @property {boolean} of_a_row
 */

/** @param {Method[]} methods @param {(name: string) => void} chosen */
export function createMethods(methods, chosen) {
  const can = el("p", { class: "dsc-ex-can" });
  const cannot = el("p", { class: "dsc-ex-cannot" });
  const choices = methods.map(({ name, title }) => {
    const input = el("input", { type: "radio", name: "dsc-ex-method", value: name, onchange: () => chosen(name) });
    return { name, input, element: el("label", { class: "dsc-ex-choice" }, input, el("span", { text: () => named(title) })) };
  });
  const element = el("div", { class: "dsc-ex-methods" },
    el("div", { class: "dsc-ex-switch", role: "radiogroup", "aria-label": () => t("Method"), "data-testid": "methods" }, ...choices.map((choice) => choice.element)), can, cannot);
  return {
    element,
    /** @param {string} name */
    show(name) {
      const method = methods.find((each) => each.name === name);
      for (const choice of choices) choice.input.checked = choice.name === name;
      can.replaceChildren(el("b", { text: t("Can say") }), " ", named(method.can));
      cannot.replaceChildren(el("b", { text: t("Cannot say") }), " ", named(method.cannot));
    },
  };
}
