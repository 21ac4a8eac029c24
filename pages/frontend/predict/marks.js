/** Drawn by hand: dots on a line from 0 to 1, bars on both sides of a line, a curve. */

import { linearAxis, tick } from "../ui/index.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Object<string, string|number>} attributes @param {...(Node|string)} children */
export function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * The answers of several networks as dots on one line, that of the run as a diamond.
 * @param {number} width in pixels
 * @param {number[]} seeds
 * @param {number} own
 * @param {{low: number, high: number}} range
 * @param {string} spoken
 */
export function dots(width, seeds, own, { low, high }, spoken) {
  const [left, right, middle] = [12, width - 14, 36];
  /** @param {number} value */
  const x = (value) => left + ((value - low) / (high - low || 1)) * (right - left);
  const axis = linearAxis(low, high, 5, null);
  const svg = shape("svg", { viewBox: `0 0 ${width} 66`, class: "dsc-pr-dots", role: "img", "aria-label": spoken });
  svg.append(shape("line", { class: "dsc-pr-axis", x1: left, x2: right, y1: middle + 9, y2: middle + 9 }));
  for (const at of axis.ticks.filter((each) => each >= low && each <= high)) {
    svg.append(
      shape("line", { class: "dsc-pr-axis", x1: x(at), x2: x(at), y1: middle + 6, y2: middle + 12 }),
      shape("text", { x: x(at), y: middle + 25, "text-anchor": "middle" }, tick(at, axis.step ?? 0.25)));
  }
  /** @type {number[]} */
  const placed = [];
  for (const value of [...seeds].sort((a, b) => a - b)) {
    const at = x(value);
    const near = placed.filter((each) => Math.abs(each - at) < 8).length;
    placed.push(at);
    svg.append(shape("circle", { class: "dsc-pr-dot", cx: at, cy: middle - 4 - (near % 5) * 7, r: 4 }));
  }
  svg.append(shape("path", { class: "dsc-pr-own", d: `M${x(own)} ${middle + 1}l7 8-7 8-7-8z` }));
  return svg;
}

/**
 * A curve over numbers, with those of other seeds thin behind it and the person's own value marked.
 * @param {object} drawn
 * @param {number} drawn.width in pixels
 * @param {number[]} drawn.x
 * @param {(number|null)[]} drawn.y
 * @param {(number|null)[][]} drawn.seeds
 * @param {number|null} drawn.own where the person stands
 * @param {[number, number]} drawn.trained range of the training rows
 * @param {[number, number]|null} drawn.range of the answer; null to find it
 * @param {string} drawn.spoken
 * @param {(value: number) => void} drawn.choose called with a value that was pressed
 */
export function curve({ width, x, y, seeds, own, trained, range, spoken, choose }) {
  const [height, left, right, top, bottom] = [Math.min(280, 120 + width / 4), 40, width - 12, 10, Math.min(280, 120 + width / 4) - 26];
  const known = [y, ...seeds].flat().filter((value) => value !== null);
  const vertical = range ? linearAxis(range[0], range[1], 4, null) : linearAxis(Math.min(...known), Math.max(...known), 4, null);
  const horizontal = { low: Math.min(...x), high: Math.max(...x) };
  const across = linearAxis(horizontal.low, horizontal.high, Math.max(2, Math.round(width / 95)), null);
  /** @param {number} value */
  const px = (value) => left + ((value - horizontal.low) / (horizontal.high - horizontal.low || 1)) * (right - left);
  /** @param {number} value */
  const py = (value) => bottom - ((value - vertical.low) / (vertical.high - vertical.low || 1)) * (bottom - top);
  /** @param {(number|null)[]} values */
  const path = (values) => values.map((value, at) => (value === null ? "" : `${at && values[at - 1] !== null ? "L" : "M"}${px(x[at]).toFixed(1)} ${py(value).toFixed(1)}`)).join("");
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "dsc-pr-curve", role: "img", "aria-label": spoken });
  svg.append(shape("rect", { class: "dsc-pr-trained", x: px(trained[0]), y: top, width: Math.max(0, px(trained[1]) - px(trained[0])), height: bottom - top }));
  for (const at of vertical.ticks) {
    svg.append(
      shape("line", { class: "dsc-pr-axis", x1: left, x2: right, y1: py(at), y2: py(at) }),
      shape("text", { x: left - 6, y: py(at) + 4, "text-anchor": "end" }, tick(at, vertical.step ?? 1)));
  }
  for (const at of across.ticks.filter((each) => each >= horizontal.low && each <= horizontal.high)) {
    svg.append(shape("text", { x: px(at), y: bottom + 18, "text-anchor": "middle" }, tick(at, across.step ?? 1)));
  }
  for (const one of seeds) svg.append(shape("path", { class: "dsc-pr-thin", d: path(one) }));
  svg.append(shape("path", { class: "dsc-pr-line", d: path(y) }));
  if (own !== null) {
    const place = x.indexOf(own);
    svg.append(shape("line", { class: "dsc-pr-here", x1: px(own), x2: px(own), y1: top, y2: bottom }));
    if (place >= 0 && y[place] !== null) svg.append(shape("path", { class: "dsc-pr-own", d: `M${px(own)} ${py(y[place]) - 7}l7 7-7 7-7-7z` }));
  }
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const at = ((/** @type {MouseEvent} */ (event).clientX - box.left) / box.width) * width;
    const value = horizontal.low + ((at - left) / (right - left)) * (horizontal.high - horizontal.low);
    choose(Math.min(horizontal.high, Math.max(horizontal.low, value)));
  });
  return svg;
}

/**
 * Two lines over epochs: a group and everybody else.
 * @param {number} width in pixels
 * @param {(number|null)[]} group
 * @param {(number|null)[]} others
 * @param {string} spoken
 */
export function twoLines(width, group, others, spoken) {
  const [height, left, right, top, bottom] = [190, 46, width - 12, 10, 160];
  const known = [...group, ...others].filter((value) => value !== null);
  const axis = linearAxis(Math.min(...known), Math.max(...known), 4, null);
  const last = Math.max(1, group.length - 1);
  /** @param {number} epoch */
  const x = (epoch) => left + (epoch / last) * (right - left);
  /** @param {number} value */
  const y = (value) => bottom - ((value - axis.low) / (axis.high - axis.low || 1)) * (bottom - top);
  /** @param {(number|null)[]} values */
  const path = (values) => values.map((value, at) => (value === null ? "" : `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)).join("");
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "dsc-pr-curve", role: "img", "aria-label": spoken });
  for (const at of axis.ticks) {
    svg.append(
      shape("line", { class: "dsc-pr-axis", x1: left, x2: right, y1: y(at), y2: y(at) }),
      shape("text", { x: left - 6, y: y(at) + 4, "text-anchor": "end" }, tick(at, axis.step ?? 1)));
  }
  for (const at of [0, last]) svg.append(shape("text", { x: x(at), y: bottom + 20, "text-anchor": at ? "end" : "start" }, String(at)));
  svg.append(shape("path", { class: "dsc-pr-line", d: path(group) }), shape("path", { class: "dsc-pr-others", d: path(others) }));
  return svg;
}
