/** Which pixels of one row's picture count, and the columns of the table beside it. */

import { el, setText, short } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { drawBars } from "./bars.js";
import { drawPicture } from "./picture.js";
import { signed } from "./shapes.js";

/**
 * @typedef {object} BlockMap
 * @property {string} name
 * @property {string} title
 * @property {boolean} is_picture
 * @property {number[]} shape
 * @property {string[]} columns
 * @property {number[]} shown
 * @property {number[]} slope
 * @property {number[]} covered
 * @property {number} whole
 *
 * @typedef {object} Maps as core/worker/picture_maps.py tells it
 * @property {number} epoch
 * @property {number} row
 * @property {number} rows
 * @property {string[]} classes
 * @property {number} actual
 * @property {number[]} probabilities
 * @property {number|null} label
 * @property {number} value
 * @property {number} patch
 * @property {BlockMap[]} blocks
 */

/** @param {(label: number|null) => void} chooseLabel @param {HTMLElement|null} chooser of the row, where it has no card of its own */
export function createMaps(chooseLabel, chooser) {
  const title = el("h2", { class: "dsc-title", text: () => t("Which pixels count") });
  const labels = el("select", { class: "dsc-select", "data-testid": "map-class", "aria-label": () => t("Class that is explained"), onchange: () => chooseLabel(Number(labels.value)) });
  const aside = el("span", { class: "dsc-aside dsc-ex-chooser" }, ...(chooser ? [chooser] : []), labels);
  const headline = el("p", { class: "dsc-ex-headline", role: "status" });
  const room = el("div", { class: "dsc-ex-blocks" });
  const element = el("section", { class: "dsc-card dsc-ex-wide dsc-ex-maps", "data-testid": "maps" }, el("div", { class: "dsc-head" }, title, aside), headline, room,
    el("p", { class: "dsc-ex-can" }, el("b", { text: () => t("Can say") }), " ", el("span", { text: () => t("where the answer is steep (slope), and what it loses when a patch becomes the mean of the training pictures (covered).") })),
    el("p", { class: "dsc-ex-cannot" }, el("b", { text: () => t("Cannot say") }), " ", el("span", { text: () => t("that a doctor would look there: neighbouring pixels stand in for each other, and a covered picture is one that nobody has seen.") })));
  return {
    element,
    /** @param {Maps|null} maps @param {import("../ui/index.js").Theme} theme @param {string} problem */
    show(maps, theme, problem) {
      element.dataset.row = maps ? String(maps.row) : "";
      if (!maps) {
        headline.textContent = problem;
        room.replaceChildren();
        return;
      }
      labels.classList.toggle("dsc-gone", maps.label === null);
      labels.replaceChildren(...maps.classes.map((name, place) => el("option", { value: String(place), selected: place === maps.label, text: t("odds of “{label}” ({share:.0%})", { label: named(name), share: maps.probabilities[place] }) })));
      headline.textContent = headlineOf(maps);
      room.replaceChildren(...maps.blocks.map((block) => (block.is_picture ? pictureOf(block, maps, theme) : tableOf(block))));
    },
  };
}

/** @param {Maps} maps */
function headlineOf(maps) {
  const answer = maps.label === null ? "" : t("Labelled “{actual}”; the network says “{predicted}”.", { actual: named(maps.classes[maps.actual]), predicted: named(maps.classes[maps.probabilities.indexOf(Math.max(...maps.probabilities))]) });
  if (maps.blocks.length < 2) return answer;
  const [first, second] = [...maps.blocks].sort((one, other) => other.whole - one.whole);
  return t("{answer} Covering all of the {first} lowers the log odds by {much}, covering the {second} by {less}.", { answer, first: named(first.title), second: named(second.title), much: signed(first.whole), less: signed(second.whole) });
}

/** @param {BlockMap} block @param {Maps} maps @param {import("../ui/index.js").Theme} theme */
function pictureOf({ title, shape, shown, slope, covered }, { patch }, theme) {
  const said = el("p", { class: "dsc-under dsc-ex-pixel", role: "status" });
  /** @param {number[]} values */
  const strongest = (values) => t("strongest {value}", { value: short(Math.max(...values.map(Math.abs))) });
  const figures = [
    { name: t("{block} as it is", { block: named(title) }), values: shown, isSigned: false },
    { name: t("slope"), values: slope, isSigned: true },
    { name: t("covered, {n} × {n} pixels", { n: patch }), values: covered, isSigned: true },
  ];
  return el("div", { class: "dsc-ex-pictures" }, ...figures.map(({ name, values, isSigned }) => el("figure", {},
    drawPicture({ shape, values, isSigned }, theme, isSigned ? t("{what}: blue speaks for the class, orange with a dash against it", { what: name }) : name,
      { tell: (words) => setText(said, words && t("{what}: {said}", { what: name, said: words })) }),
    el("figcaption", {}, el("b", { text: name }), el("span", { text: isSigned ? strongest(values) : "" })))), said,
  el("p", { class: "dsc-ex-legend" }, el("span", { class: "dsc-ex-for", text: t("speaks for the class") }), el("span", { class: "dsc-ex-against", text: t("speaks against it") })));
}

/** @param {BlockMap} block */
function tableOf(block) {
  const bars = block.columns.map((name, place) => ({ name, value: block.covered[place], beside: short(block.shown[place]) }));
  return el("div", { class: "dsc-ex-beside" }, el("h3", { class: "dsc-title", text: t("{block}: what is lost when a column becomes its mean", { block: named(block.title) }) }),
    drawBars(bars, { bothSides: true, testid: "map-columns" }));
}
