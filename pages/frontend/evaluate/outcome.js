/** The card that says how the test rows fare: confusion matrix, or predicted against actual. */

import { el, reword, setAttribute, setText } from "../ui/index.js";
import { t } from "../words/index.js";
import { createConfusion } from "./confusion.js";
import { createScatter } from "./scatter.js";

/** @param {() => void} invalidate */
export function createOutcome(invalidate) {
  const confusion = createConfusion();
  const scatter = createScatter(invalidate);
  const title = el("h2", { class: "dsc-title" });
  const aside = el("span", { class: "dsc-aside" });
  const body = el("div", { class: "dsc-body" }, ...confusion.parts);
  const element = el("div", { class: "dsc-card dsc-outcome", "data-testid": "confusion" },
    el("div", { class: "dsc-head" }, title, aside), body);
  let shown = confusion;

  return {
    element,
    /** Kept current with every message. @param {import("../run/index.js").Run} run */
    describe(run) {
      if (run.regression || !run.frame.confusion) element.removeAttribute("data-counts");
      else setAttribute(element, "data-counts", JSON.stringify(run.frame.confusion));
    },
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme */
    draw(run, theme) {
      const wanted = run.regression ? scatter : confusion;
      if (wanted !== shown) {
        shown = wanted;
        body.replaceChildren(...shown.parts);
        reword(body); // it was not there when the language changed
      }
      setText(title, t(shown.caption));
      setText(aside, shown.aside(run));
      shown.update(run, theme);
    },
    /** @param {import("../run/index.js").Run} run */
    speak: (run) => scatter.speak(run),
    destroy: scatter.destroy,
  };
}
