/**
 * Rows as points on two axes, coloured and shaped by their class. A point that is pointed at, or reached with the arrow
 * keys from left to right, says which row it is; a click or Enter shows the row.
 */

import { createSurface, drawPoints, el, linearAxis, markerIcon, paintAxes, place, setAttribute, setText, tick } from "../ui/index.js";
import { t } from "../words/index.js";
import { valueWords } from "./words.js";

const MARGIN = { left: 58, right: 10, top: 8, bottom: 36 };
const NEAR = 10; // pixels from the pointer to a point
const SPREAD = 0.5; // of the way to the next level, over which its rows are spread

/**
 * @typedef {object} Direction
 * @property {string} name
 * @property {(number|null)[]} values
 * @property {string[]|null} [levels]
 * @property {string} [kind]
 *
 * @typedef {{across: Direction, up: Direction, classes: number[], rows: number[], words: string}} Cloud
 */

/** @param {string} testid @param {(row: number) => void} showRow from 1 */
export function createPlane(testid, showRow) {
  /** @type {{x: number, y: number, row: number}[]} the points as they are painted, from left to right */
  let placed = [];
  /** @type {{x: number, y: number, row: number}|null} the one that is looked at */
  let at = null;
  /** @type {{cloud: Cloud, theme: import("../ui/index.js").Theme}|null} */
  let shown = null;
  const surface = createSurface({ "data-testid": testid, tabindex: "0" }, paint);
  const { canvas } = surface;
  canvas.addEventListener("pointermove", (event) => look(nearest(event)));
  canvas.addEventListener("pointerleave", () => look(null));
  canvas.addEventListener("blur", () => look(null));
  canvas.addEventListener("click", (event) => {
    look(nearest(event));
    if (at) showRow(at.row);
  });
  canvas.addEventListener("keydown", walk);
  const ring = el("span", { class: "dsc-data-ring dsc-gone", "aria-hidden": "true" });
  const said = el("span", { class: "dsc-data-row", role: "status" });
  surface.box.append(ring, said);
  const legend = el("div", { class: "dsc-legend" });

  /** @param {MouseEvent} event */
  function nearest({ offsetX, offsetY }) {
    let [best, least] = [/** @type {typeof at} */ (null), NEAR];
    for (const point of placed) {
      const away = Math.hypot(point.x - offsetX, point.y - offsetY);
      if (away < least) [best, least] = [point, away];
    }
    return best;
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter" && at) showRow(at.row);
    else if (step && placed.length) look(placed[at ? Math.max(0, Math.min(placed.length - 1, placed.indexOf(at) + step)) : 0]);
    else return;
    event.preventDefault();
  }

  /** @param {typeof at} point */
  function look(point) {
    if (point === at) return;
    at = point;
    ring.classList.toggle("dsc-gone", !point);
    setText(said, point ? t("row {row}", { row: String(point.row) }) : "");
    canvas.style.cursor = point ? "pointer" : "";
    if (point) ring.style.transform = `translate(${point.x}px, ${point.y}px)`;
  }

  function paint() {
    look(null);
    const drawing = surface.begin();
    if (!drawing || !shown) return;
    const { cloud: { across, up, classes, rows }, theme } = shown;
    const { context, width, height } = drawing;
    const plot = { left: MARGIN.left, top: MARGIN.top, width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
    const [xs, ys] = [spread(across, 3), spread(up, 7)];
    const [xAxis, yAxis] = [axisOf(across, xs, width / 90), axisOf(up, ys, height / 60)];
    const toX = (/** @type {number} */ value) => plot.left + place(xAxis, value) * plot.width;
    const toY = (/** @type {number} */ value) => plot.top + plot.height - place(yAxis, value) * plot.height;
    paintAxes(context, plot, {
      up: { ticks: yAxis.ticks, text: textOf(up, yAxis, 7), at: toY, away: 8, lines: "grid", name: up.name },
      across: { ticks: xAxis.ticks, text: textOf(across, xAxis, 11), at: toX, away: 16, edges: "keep", name: across.name, nameAway: 32 },
    }, theme);
    const known = xs.map((_, i) => i).filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]));
    placed = known.map((i) => ({ x: toX(xs[i]), y: toY(ys[i]), row: rows[i] })).sort((one, other) => one.x - other.x || one.y - other.y);
    drawPoints(context, {
      x: Float32Array.from(known, (i) => xs[i]), y: Float32Array.from(known, (i) => ys[i]),
      target: Float32Array.from(known, (i) => classes[i]), test: new Uint8Array(known.length),
    }, {
      toX, toY, colour: (k) => (k < 0 ? theme.soft : theme.classes[k % theme.classes.length]), shape: (k) => Math.max(0, k), show: { train: true, test: true },
    }, theme);
  }

  return {
    box: surface.box,
    legend,
    /** @param {Cloud} cloud @param {import("./view.js").About} about */
    show(cloud, { profile, theme }) {
      shown = { cloud, theme };
      setAttribute(canvas, "aria-label", cloud.words);
      legend.replaceChildren(...profile.classes.map(([name], k) => el("span", { class: "dsc-class" }, markerIcon(k, theme), el("span", { class: "dsc-name", text: name, title: name }))));
      paint();
    },
    clear() {
      shown = null;
      placed = [];
      look(null);
      surface.begin();
      setAttribute(canvas, "aria-label", t("Nothing yet."));
    },
    destroy: surface.destroy,
  };
}

/** Levels lie on whole numbers: their rows are spread around them, each time alike. @param {Direction} direction @param {number} seed */
function spread({ values, levels }, seed) {
  return values.map((value, i) => (value === null ? NaN : levels ? value + SPREAD * ((((i + seed) * 0.618034 * seed) % 1) - 0.5) : value));
}

/** @param {Direction} direction @param {number[]} values @param {number} count of ticks */
function axisOf({ levels }, values, count) {
  if (levels) {
    const last = Math.max(...values.filter(Number.isFinite).map(Math.round), levels.length - 1, 0);
    const every = Math.max(1, Math.ceil(levels.length / Math.max(1, count)));
    return { log: false, low: -0.6, high: last + 0.6, step: 1, ticks: levels.map((_, k) => k).filter((k) => k % every === 0) };
  }
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const edge = (high - low) / 40; // no marker is cut off
  return linearAxis(low - edge, high + edge, Math.max(2, Math.round(count)), null);
}

/** @param {Direction} direction @param {import("../ui/index.js").Axis} axis @param {number} longest in characters */
function textOf({ levels, kind }, axis, longest) {
  return (/** @type {number} */ value) => {
    if (levels) return shortened(levels[value] ?? "", longest);
    return kind === "date" ? valueWords(kind, value) : tick(value, axis.step);
  };
}

/** @param {string} text @param {number} longest */
const shortened = (text, longest) => ([...text].length > longest ? `${[...text].slice(0, longest - 1).join("")}…` : text);
