/** One test row: what each column contributes to its answer. */

import { el, short, tick, whole } from "../ui/index.js";
import { named, sentences, t } from "../words/index.js";
import { drawBars } from "./bars.js";
import { signed } from "./shapes.js";

const FIRST = 10;
const ADDS_UP = new Set(["integrated_gradients", "shapley"]);

/** @param {(row: number) => void} choose */
export function createOneRow(choose) {
  let last = 0;
  let shown = 0; // rows count from 0, as in the address, on the other pages and in predictions.csv
  const number = el("input", { type: "number", min: "0", step: "1", class: "dsc-ex-row-number", "data-testid": "row", "aria-label": () => t("Test row"), onchange: () => go(number.value === "" ? NaN : Number(number.value)) });
  const of = el("span", {});
  const before = el("button", { type: "button", class: "dsc-button", "aria-label": () => t("The row before"), text: "‹", "data-testid": "row-before", onclick: () => go(shown - 1) });
  const after = el("button", { type: "button", class: "dsc-button", "aria-label": () => t("The next row"), text: "›", "data-testid": "row-after", onclick: () => go(shown + 1) });
  const chooser = el("span", { class: "dsc-aside dsc-ex-chooser" }, el("label", {}, el("span", { text: () => t("Test row") }), " ", number), of, before, after);
  const headline = el("p", { class: "dsc-ex-headline", role: "status" });
  const room = el("div", {});
  const note = el("p", { class: "dsc-under" });
  const element = el("section", { class: "dsc-card dsc-ex-one", "data-testid": "one-row" }, el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("One row") }), chooser), headline, room, note);

  /** @param {number} row from 0 */
  function go(row) {
    const wanted = Number.isFinite(row) ? Math.min(last, Math.max(0, Math.round(row))) : shown;
    number.value = String(wanted);
    if (wanted !== shown) choose(wanted);
  }

  return {
    element,
    chooser,
    /**
     * @param {import("./ranking.js").Explanation|null} found
     * @param {object} about
     * @param {number} about.sample
     * @param {import("./rows.js").Rows|null} about.rows
     * @param {import("./methods.js").Method} about.method the one that explains single rows
     * @param {boolean} about.isAnother than the chosen one
     * @param {string} about.problem
     * @param {Set<string>} about.hidden columns that stand elsewhere
     */
    show(found, { sample, rows, method, isAnother, problem, hidden }) {
      last = rows ? rows.count - 1 : Math.max(last, sample);
      shown = sample;
      number.value = String(sample);
      number.max = String(last);
      of.textContent = rows ? `0–${whole(last)}` : "";
      element.dataset.row = String(sample);
      element.dataset.method = found?.method ?? "";
      headline.textContent = headlineOf(rows?.answer(sample) ?? null);
      if (!found) {
        room.replaceChildren();
        note.textContent = problem;
        return;
      }
      const bars = found.features.filter(({ name }) => !hidden.has(name)).sort((one, other) => Math.abs(other.value ?? 0) - Math.abs(one.value ?? 0)).slice(0, FIRST)
        .map(({ name, value, spread }) => ({ name, value, spread, beside: ownOf(rows?.value(sample, name) ?? null) }));
      room.replaceChildren(...(bars.length ? [drawBars(bars, { bothSides: true, testid: "row-bars" })] : []));
      note.textContent = sentences(isAnother ? t("{method}: the method above is about all rows together.", { method: named(method.title) }) : "", sumOf(found));
    },
  };
}

/** @param {{actual: string, predicted: string}|null} answer */
const headlineOf = (answer) => {
  if (!answer) return "";
  const [actual, predicted] = [answer.actual, answer.predicted].map((text) => (text !== "" && Number.isFinite(Number(text)) && text.includes(".") ? short(Number(text)) : named(text)));
  return t("Labelled “{actual}”; the network says “{predicted}”.", { actual, predicted });
};

/** @param {number|string|null} value */
function ownOf(value) {
  if (value === null) return t("missing");
  if (typeof value === "string") return named(value);
  return Number.isInteger(value) ? tick(value, 1) : short(value);
}

/** @param {import("./ranking.js").Explanation} found */
function sumOf({ method, features, positive, completeness }) {
  const sum = features.reduce((total, { value }) => total + (value ?? 0), 0);
  const of = positive ? t("the log odds of “{label}”", { label: named(positive) }) : t("the answer");
  if (ADDS_UP.has(method)) {
    return sentences(t("Together the parts move {of} by {sum} from those of the mean training row.", { of, sum: signed(sum) }), completeness === null || completeness === undefined ? "" : t("The parts lack {share:.2%} of what they explain.", { share: completeness }));
  }
  return method === "occlusion" ? t("By how much {of} would fall if the column were its mean.", { of }) : t("How steeply {of} would move with a column.", { of });
}
