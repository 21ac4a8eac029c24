/** The columns in the order of how much a method makes of them, over all test rows. A click shows how the answer depends on one. */

import { el, setText, short } from "../ui/index.js";
import { named, sentences, t, tn, worded } from "../words/index.js";
import { drawBars } from "./bars.js";
import { drawPicture } from "./picture.js";

const FIRST = 10;
const FEW = 5; // beside a picture

/**
 * @typedef {object} Explanation as core/explanation/explain.py tells it
 * @property {number} epoch
 * @property {string} method
 * @property {number|null} row
 * @property {string|null} positive
 * @property {{name: string, value: number|null, spread: number|null}[]} features
 * @property {number|null} completeness
 * @property {Object<string, import("../words/index.js").Said|string>|null} reason
 */

/** @param {{choose: (column: string) => void, picture: {names: string[], shape: number[]}|null, methods: HTMLElement, seeds: HTMLElement}} parts */
export function createRanking({ choose, picture, methods, seeds }) {
  let isLong = false;
  /** @type {() => void} */
  let again = () => {};
  const aside = el("span", { class: "dsc-aside" });
  const room = el("div", {});
  const note = el("p", { class: "dsc-under", role: "status", "data-testid": "ranking-note" });
  const more = el("button", { type: "button", class: "dsc-button dsc-gone", "data-testid": "more-columns", onclick: () => {
    isLong = !isLong;
    again();
  } });
  const element = el("section", { class: "dsc-card dsc-ex-ranking", "data-testid": "ranking" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Which columns count") }), aside), methods, room, more, note, seeds);
  return {
    element,
    /**
     * @param {Explanation|null} found @param {object} about
     * @param {string} about.feature the one that was clicked
     * @param {string} about.unit what the numbers mean
     * @param {import("../ui/index.js").Theme} about.theme
     * @param {string} about.problem
     * @param {Object<string, {values: number[], low: number, high: number}>} about.bySeed of each column
     */
    show(found, about) {
      again = () => this.show(found, about);
      element.dataset.method = found?.method ?? "";
      aside.textContent = found ? t("test rows, after epoch {epoch:,}", { epoch: found.epoch }) : "";
      if (!found) {
        room.replaceChildren();
        more.classList.add("dsc-gone");
        note.textContent = about.problem;
        return;
      }
      const pixels = new Set(picture?.names ?? []);
      const others = found.features.filter(({ name }) => !pixels.has(name));
      const bars = [...(others.length ? others : found.features)].sort((one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity))
        .map(({ name, value, spread }, place) => ({ name, value, spread, rank: place + 1, isChosen: name === about.feature, ...ofSeeds(about.bySeed[name]) }));
      const first = picture ? FEW : FIRST;
      const some = isLong ? bars : bars.slice(0, first);
      room.replaceChildren(...(picture ? [pixelsOf(found, picture, about, choose)] : []), ...(some.length ? [drawBars(some, { choose, testid: "ranked" })] : []));
      more.classList.toggle("dsc-gone", bars.length <= first);
      more.textContent = isLong ? t("Show fewer") : tn("Show {n:,} column", "Show all {n:,} columns", bars.length);
      note.textContent = noteOf(found, about.unit);
    },
  };
}

/** @param {{values: number[], low: number, high: number}|undefined} found */
const ofSeeds = (found) => (found ? { seeds: found.values, beside: found.low === found.high ? t("rank {low}", found) : t("rank {low}–{high}", found) } : {});

/** @param {Explanation} found @param {string} unit */
function noteOf({ positive, completeness, reason }, unit) {
  const label = positive ? t("The odds of “{label}” are explained.", { label: named(positive) }) : "";
  const residue = completeness === null || completeness === undefined ? "" : t("The parts lack {share:.2%} of what they explain.", { share: completeness });
  return sentences(t("Numbers: {unit}.", { unit: named(unit) }), label, residue, worded(reason?.value));
}

/**
 * How much each pixel counts; a click chooses one.
 * @param {Explanation} found @param {{names: string[], shape: number[]}} picture
 * @param {{feature: string, theme: import("../ui/index.js").Theme}} about @param {(column: string) => void} choose
 */
function pixelsOf({ features }, { names, shape }, { feature, theme }, choose) {
  const byName = new Map(features.map(({ name, value }) => [name, value ?? 0]));
  const values = names.map((name) => byName.get(name) ?? 0);
  const strongest = short(Math.max(...values.map(Math.abs)));
  const said = el("span", { role: "status" });
  const canvas = drawPicture({ shape, values, isSigned: true }, theme, t("How much each pixel counts over the test rows; strongest {value}", { value: strongest }),
    { tell: (words) => setText(said, words), choose: (place) => choose(names[place]) });
  const place = Math.floor(names.indexOf(feature) / shape[2]);
  const ring = el("span", { class: place < 0 ? "dsc-gone" : "dsc-ex-ring", "aria-hidden": "true" });
  ring.style.left = `${(100 * (place % shape[1])) / shape[1]}%`;
  ring.style.top = `${(100 * Math.floor(place / shape[1])) / shape[0]}%`;
  ring.style.width = `${100 / shape[1]}%`;
  ring.style.height = `${100 / shape[0]}%`;
  return el("figure", { class: "dsc-ex-all-pixels" }, el("div", { class: "dsc-ex-on-picture" }, canvas, ring),
    el("figcaption", {}, el("b", { text: t("every pixel, over the test rows") }), el("span", { text: t("strongest {value}", { value: strongest }) }), said));
}
