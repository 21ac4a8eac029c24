/** Which pixels of one row's picture count, and the columns of the table beside it. */

import { diverging, el, short } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { drawBars } from "./bars.js";
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
function pictureOf(block, { patch }, theme) {
  const { colours } = diverging(theme);
  const most = (/** @type {number[]} */ values) => Math.max(...values.map(Math.abs), 1e-12);
  /** @param {number[]} values */
  const signedColours = (values) => values.map((value) => colours[Math.round(128 + (127 * value) / most(values))]);
  const grey = block.shown.map((value) => /** @type {[number, number, number]} */ ([value, value, value]));
  const figures = [
    [t("{block} as it is", { block: named(block.title) }), grey, ""],
    [t("slope"), signedColours(block.slope), t("strongest {value}", { value: short(most(block.slope)) })],
    [t("covered, {n} × {n} pixels", { n: patch }), signedColours(block.covered), t("strongest {value}", { value: short(most(block.covered)) })],
  ];
  return el("div", { class: "dsc-ex-pictures" }, ...figures.map(([title, pixels, note], place) => el("figure", {},
    paint(block.shape, /** @type {number[][]} */ (pixels), place ? t("{what}: blue speaks for the class, orange against it", { what: String(title) }) : String(title)),
    el("figcaption", {}, el("b", { text: String(title) }), el("span", { text: String(note) })))),
  el("p", { class: "dsc-ex-legend" }, el("span", { class: "dsc-ex-for", text: t("speaks for the class") }), el("span", { class: "dsc-ex-against", text: t("speaks against it") })));
}

/** @param {number[]} shape @param {number[][]} pixels @param {string} said */
export function paint([rows, columns, channels], pixels, said) {
  const canvas = el("canvas", { width: String(columns), height: String(rows), role: "img", "aria-label": said, class: "dsc-ex-picture" });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    const [r, g, b] = pixels[i * channels];
    image.data.set([r, g, b, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {BlockMap} block */
function tableOf(block) {
  const bars = block.columns.map((name, place) => ({ name, value: block.covered[place], beside: short(block.shown[place]) }));
  return el("div", { class: "dsc-ex-beside" }, el("h3", { class: "dsc-title", text: t("{block}: what is lost when a column becomes its mean", { block: named(block.title) }) }),
    drawBars(bars, { bothSides: true, testid: "map-columns" }));
}
