/**
 * One figure of the lab as marks: a dot for each seed, a bar at the mean, a line from what is promised to what is
 * delivered. Circles are held-out rows, diamonds external ones; on the left as they are, on the right broken.
 */

import { named, t } from "../words/index.js";
import { METRICS, PLACES, placeWords, SIDES, sideWords, written } from "./figures.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 260;
const HEIGHT = 206;
const TOP = 10;
const BOTTOM = 150; // where the scale ends
const LEFT = 34;
/** @type {Object<string, {held_out: number, external: number}>} where the strips stand */
const STRIPS = { clean: { held_out: 66, external: 116 }, broken: { held_out: 176, external: 226 } };
const REACH = 11; // pixels that dots stand beside their strip's middle
const LOW = 0.4; // the scale begins here, unless something lies below

/** @param {string} tag @param {Object<string, string|number>} attributes @param {...(Node|string)} children */
function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Where the dot of a seed stands beside the middle: always the same, and neighbours apart. @param {number} seed */
const beside = (seed) => (((seed * 7) % 10) / 4.5 - 1) * REACH;

/** @param {string} metric @param {import("./figures.js").Result} result @returns {Element} */
export function marksOf(metric, result) {
  const values = SIDES.flatMap((side) => PLACES.flatMap((place) => result[side][place][metric]?.values ?? []));
  const low = values.some((value) => value !== null && value < LOW) ? 0 : LOW;
  /** @param {number} value */
  const y = (value) => BOTTOM - ((value - low) / (1 - low)) * (BOTTOM - TOP);
  const title = named(METRICS[metric]);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "dsc-lab-marks", role: "img", "aria-label": spoken(metric, result) });
  for (const at of low ? [0.4, 0.6, 0.8, 1] : [0, 0.25, 0.5, 0.75, 1]) {
    svg.append(
      shape("line", { class: "dsc-lab-grid", x1: LEFT, x2: WIDTH - 6, y1: y(at), y2: y(at) }),
      shape("text", { class: "dsc-lab-tick", x: LEFT - 5, y: y(at) + 3.5, "text-anchor": "end" }, String(at)));
  }
  svg.append(shape("line", { class: "dsc-lab-parting", x1: 146, x2: 146, y1: TOP - 4, y2: HEIGHT - 4 }));
  for (const side of SIDES) {
    const strips = STRIPS[side];
    const [promised, delivered] = PLACES.map((place) => result[side][place][metric]?.mean ?? null);
    if (promised !== null && delivered !== null) {
      svg.append(shape("line", { class: "dsc-lab-fall", x1: strips.held_out, x2: strips.external, y1: y(promised), y2: y(delivered) }));
    }
    for (const place of PLACES) svg.append(strip(result[side][place][metric], place, strips[place], y));
    for (const place of PLACES) {
      svg.append(
        shape("text", { class: `dsc-lab-mean dsc-lab-${place}`, x: strips[place], y: BOTTOM + 16, "text-anchor": "middle" }, written(result[side][place][metric]?.mean)),
        shape("text", { class: "dsc-lab-tick", x: strips[place], y: BOTTOM + 30, "text-anchor": "middle" }, placeWords(place, result)));
    }
    svg.append(shape("text", { class: "dsc-lab-side", x: (strips.held_out + strips.external) / 2, y: BOTTOM + 48, "text-anchor": "middle" }, sideWords(side)));
  }
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.className = "dsc-title";
  caption.textContent = title;
  figure.className = "dsc-lab-figure";
  figure.dataset.metric = metric;
  figure.append(caption, svg);
  return figure;
}

/**
 * The dots of one set of rows, and its mean with its spread.
 * @param {import("./figures.js").Figure|undefined} figure
 * @param {"held_out"|"external"} place
 * @param {number} x
 * @param {(value: number) => number} y
 */
function strip(figure, place, x, y) {
  const group = shape("g", { class: `dsc-lab-${place}` });
  figure?.values.forEach((value, seed) => {
    if (value === null) return;
    const [left, top] = [x + beside(seed), y(value)];
    group.append(place === "held_out"
      ? shape("circle", { class: "dsc-lab-dot", cx: left, cy: top, r: 3 })
      : shape("path", { class: "dsc-lab-dot", d: `M${left} ${top - 4}l4 4-4 4-4-4z` }));
  });
  if (figure && figure.mean !== null) {
    const { mean, spread } = figure;
    const middle = y(mean);
    if (spread) group.append(shape("line", { class: "dsc-lab-spread", x1: x, x2: x, y1: y(Math.min(1, mean + spread)), y2: y(Math.max(0, mean - spread)) }));
    group.append(shape("line", { class: "dsc-lab-bar", x1: x - 16, x2: x + 16, y1: middle, y2: middle }));
  }
  return group;
}

/** @param {string} metric @param {import("./figures.js").Result} result */
function spoken(metric, result) {
  /** @param {"clean"|"broken"} side @param {"held_out"|"external"} place */
  const mean = (side, place) => written(result[side][place][metric]?.mean);
  return t("{figure}: as they are, held out {a}, outside {b}; broken, held out {c}, outside {d}.", {
    figure: named(METRICS[metric]), a: mean("clean", "held_out"), b: mean("clean", "external"), c: mean("broken", "held_out"), d: mean("broken", "external"),
  });
}
