/**
 * The points of a drawing: what is there, what undo brings back, what is still missing, and the text that travels.
 *
 * A point is a cell of the grid and a class, packed into one number; no point is there twice. The text is that of
 * core/experiment/drawing.py: the points of each class, then two bytes a point in base64url. Knows nothing of the screen.
 */

import { t, tn } from "../words/index.js";

/**
 * @typedef {object} Limits as core/experiment/drawing.py sets them
 * @property {number} reach of the plane, from its middle
 * @property {number} cells of its grid, along each side
 * @property {number} classes
 * @property {number} fewest_of_class
 * @property {number} fewest
 * @property {number} most points
 */

const MOST_STEPS = 100; // of undo

/** @param {number} x @param {number} y @param {number} k */
const pack = (x, y, k) => (k << 16) | (x << 8) | y;
/** @param {number} point */
const unpack = (point) => ({ x: (point >> 8) & 255, y: point & 255, k: point >> 16 });

export class Points {
  /** @param {Limits} limits */
  constructor(limits, text = "") {
    this.limits = limits;
    this.all = new Set(parse(text, limits));
    /** @type {Set<number>[]} */
    this.past = [];
    /** @type {Set<number>[]} */
    this.future = [];
    /** @type {Set<number>|null} */
    this.before = null;
  }

  get size() {
    return this.all.size;
  }

  /** {x, y, k} of every point, in the order in which they were drawn. */
  *[Symbol.iterator]() {
    for (const point of this.all) yield unpack(point);
  }

  /** How many there are of each class. */
  get counts() {
    const counts = new Array(this.limits.classes).fill(0);
    for (const { k } of this) counts[k]++;
    return counts;
  }

  /** Points of each class up to the last one in use, then their places. "" where there are none. */
  get text() {
    if (!this.size) return "";
    const counts = this.counts;
    const used = counts.findLastIndex((count) => count > 0) + 1;
    const bytes = [...this.all].sort((a, b) => a - b).map((point) => String.fromCharCode((point >> 8) & 255, point & 255));
    const places = btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    return [...counts.slice(0, used), places].join(".");
  }

  /** What keeps it from being a data set, in one sentence; "" where nothing does. */
  get missing() {
    const { fewest, fewest_of_class: fewestOfClass } = this.limits;
    const counts = this.counts;
    const last = counts.findLastIndex((count) => count > 0);
    if (last < 0) return t("Tap or click to add points of at least two classes.");
    const thin = counts.slice(0, last + 1).findIndex((count) => count < fewestOfClass);
    if (last === 0) return t("All points are of class 1: choose another class and add some.");
    if (thin >= 0) {
      const needed = { class: thin + 1, fewest: fewestOfClass };
      return counts[thin] ? t("Class {class} has one point: it needs at least {fewest}.", needed) : t("Class {class} has no points: it needs at least {fewest}.", needed);
    }
    if (this.size < fewest) return tn("{n} point so far: at least {fewest} are needed.", "{n} points so far: at least {fewest} are needed.", this.size, { fewest });
    return "";
  }

  /** Everything until `finish` is one step for undo. */
  begin() {
    this.before = new Set(this.all);
  }

  finish() {
    if (!this.before) return;
    const changed = this.before.size !== this.size || [...this.before].some((point) => !this.all.has(point));
    if (changed) {
      this.past.push(this.before);
      this.past.splice(0, this.past.length - MOST_STEPS);
      this.future = [];
    }
    this.before = null;
  }

  /** @returns {boolean} whether there was room for it @param {number} x @param {number} y @param {number} k */
  add(x, y, k) {
    const { cells, most } = this.limits;
    if (this.size >= most || !(x >= 0 && x <= cells && y >= 0 && y <= cells)) return false;
    this.all.add(pack(x, y, k));
    return true;
  }

  /** Take away what `covers`. @param {(point: {x: number, y: number, k: number}) => boolean} covers */
  erase(covers) {
    for (const point of this.all) if (covers(unpack(point))) this.all.delete(point);
  }

  undo() {
    this.swap(this.past, this.future);
  }

  redo() {
    this.swap(this.future, this.past);
  }

  /** @param {Set<number>[]} from @param {Set<number>[]} to */
  swap(from, to) {
    this.finish();
    if (!from.length) return;
    to.push(this.all);
    this.all = from.pop();
  }
}

/** The packed points of a text; none where it cannot be read. @param {string} text @param {Limits} limits */
function parse(text, { cells, classes }) {
  const match = /^((?:\d{1,4}\.)+)([\w-]*)$/.exec(text);
  if (!match) return [];
  const counts = match[1].split(".").slice(0, -1).map(Number);
  let bytes = "";
  try {
    bytes = atob(match[2].replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return [];
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length > classes || bytes.length !== 2 * total) return [];
  const labels = counts.flatMap((count, k) => new Array(count).fill(k));
  const points = labels.map((k, i) => pack(bytes.charCodeAt(2 * i), bytes.charCodeAt(2 * i + 1), k));
  return points.filter((point) => unpack(point).x <= cells && unpack(point).y <= cells);
}
