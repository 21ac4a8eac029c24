/** How much a ranking is chance: networks of the same recipe and other seeds, explained alike. */

import { el, setText } from "../ui/index.js";
import { sentences, t } from "../words/index.js";

/**
 * @typedef {object} SeedsFound as core/tasks/explanation_seeds.py tells it
 * @property {number[]} seeds
 * @property {{name: string, value: number, spread: number, values: number[], ranks: number[]}[]} features
 * @property {number|null} agreement
 * @property {{count: number, agreement: number|null, same_first: number}|null} rows
 */

/** @param {() => void} compare */
export function createSeeds(compare) {
  const button = el("button", { type: "button", class: "dsc-button", "data-testid": "compare-seeds", text: () => t("Compare ten seeds"), onclick: () => compare() });
  const said = el("p", { class: "dsc-ex-seeds-said", role: "status", "data-testid": "seeds-said" });
  const element = el("div", { class: "dsc-ex-seeds" }, said, button);
  return {
    element,
    /** @param {SeedsFound|null} found @param {boolean} isAsked @param {string} problem or how far it is */
    show(found, isAsked, problem) {
      button.classList.toggle("dsc-gone", isAsked);
      element.dataset.seeds = found ? String(found.seeds.length) : "";
      setText(said, found ? wordsOf(found) : isAsked ? problem : t("This is one network. Another seed of the same recipe may rank otherwise."));
    },
  };
}

/** @param {SeedsFound} found */
function wordsOf({ seeds, agreement, rows }) {
  const agreed = agreement === null ? "" : t("The ranks of two seeds agree at r = {r:.2f} on average.", { r: agreement });
  const first = rows ? t("For {share:.0%} of the {n:,} rows all {seeds} networks name the same strongest column.", { share: rows.same_first, n: rows.count, seeds: seeds.length }) : "";
  return sentences(t("Circles: the same number for {seeds} networks that differ by their seed only.", { seeds: seeds.length }), agreed, first);
}

/** Lowest and highest rank of each column. @param {SeedsFound|null} found @returns {Object<string, {values: number[], low: number, high: number}>} */
export function bySeedOf(found) {
  return Object.fromEntries((found?.features ?? []).map(({ name, values, ranks }) => [name, { values, low: Math.round(Math.min(...ranks)), high: Math.round(Math.max(...ranks)) }]));
}
