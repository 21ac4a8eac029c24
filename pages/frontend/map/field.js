/**
 * The pixels of the map, from the coarse grid the server sends.
 *
 * Blending colours of neighbouring cells would make mud where classes meet. Instead confidence is
 * interpolated per class: at a pixel each class has the weighted confidence of its cells, the strongest
 * class wins, and its lead over the second is the strength of the colour. For two classes that is the
 * interpolated signed confidence, whose zero line is the smooth boundary.
 */

import { diverging, mix, rgb } from "../ui/index.js";

const FINE = 4; // pixels per grid cell and axis
const WEAKEST = 0.07; // share of the class colour at no confidence, and what is added at full confidence
const STRONGEST = 0.51;
const DECIDED = 200; // the confidence shown where only the decision is

/** @param {import("../ui/index.js").Channels} channels */
const packed = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r; // RGBA bytes on little-endian machines

/** @type {{theme: import("../ui/index.js").Theme|null, classes: Uint32Array, sequence: Uint32Array}} */
let lookup = { theme: null, classes: new Uint32Array(), sequence: new Uint32Array() };

/** @param {import("../ui/index.js").Theme} theme */
function colours(theme) {
  if (lookup.theme !== theme) {
    const card = rgb(theme.card);
    const classes = new Uint32Array(theme.classes.length * 256);
    theme.classes.forEach((colour, k) => {
      for (let i = 0; i < 256; i++) classes[k * 256 + i] = packed(mix(card, rgb(colour), WEAKEST + (STRONGEST * i) / 255));
    });
    lookup = { theme, classes, sequence: Uint32Array.from(theme.sequence, packed) };
  }
  return lookup;
}

/** For each fine pixel along one axis: the two cells around it and the share of the second, out of 256. @param {number} cells */
function neighbours(cells) {
  const [low, high, share] = [0, 1, 2].map(() => new Int32Array(cells * FINE));
  for (let i = 0; i < cells * FINE; i++) {
    const position = Math.min(cells - 1, Math.max(0, (i + 0.5) / FINE - 0.5));
    low[i] = Math.min(Math.max(0, cells - 2), Math.floor(position));
    high[i] = Math.min(cells - 1, low[i] + 1);
    share[i] = Math.round((position - low[i]) * 256);
  }
  return { low, high, share };
}

/**
 * @typedef {object} Field
 * @property {number} rows
 * @property {number} columns
 * @property {Uint8Array} [class]
 * @property {Uint8Array} [confidence]
 * @property {Uint8Array} [value]
 * @property {boolean} [diverging]
 * @property {[number, number]} [range] the values at both ends
 */

const canvas = document.createElement("canvas");
/** @type {ImageData|null} */
let image = null;
let along = { columns: 0, rows: 0, x: neighbours(0), y: neighbours(0) };

/**
 * Paint `map` on a canvas shared by all maps; copy it before the next call.
 * @param {Field} map cells with `class` and `confidence`, or with `value`; `diverging` where 128 is zero
 * @param {import("../ui/index.js").Theme} theme
 * @param {boolean} discrete only what is decided, not how surely
 * @returns {HTMLCanvasElement}
 */
export function paintField(map, theme, discrete = false) {
  const { rows, columns } = map;
  const [width, height] = [columns * FINE, rows * FINE];
  if (canvas.width !== width || canvas.height !== height || !image) {
    canvas.width = width;
    canvas.height = height;
    image = canvas.getContext("2d").createImageData(width, height);
  }
  if (along.columns !== columns || along.rows !== rows) {
    along = { columns, rows, x: neighbours(columns), y: neighbours(rows) };
  }
  const pixels = new Uint32Array(image.data.buffer);
  if (map.value) paintValues(map, pixels, steps(map.diverging ? diverging(theme).packed : colours(theme).sequence, discrete));
  else paintClasses(map, pixels, colours(theme).classes, discrete);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** The colours as they are, or only the two ends of them. @param {Uint32Array} table @param {boolean} discrete */
function steps(table, discrete) {
  return discrete ? table.map((_, i) => table[i < 128 ? 24 : 231]) : table;
}

/** @param {Field} field @param {Uint32Array} pixels @param {Uint32Array} sequence */
function paintValues({ columns, rows, value }, pixels, sequence) {
  const { x, y } = along;
  let out = 0;
  for (let j = rows * FINE - 1; j >= 0; j--) { // the grid's first row is the lowest, the picture's the highest
    const [below, above, v] = [y.low[j] * columns, y.high[j] * columns, y.share[j]];
    for (let i = 0; i < columns * FINE; i++) {
      const u = x.share[i];
      const low = value[below + x.low[i]] * (256 - u) + value[below + x.high[i]] * u;
      const high = value[above + x.low[i]] * (256 - u) + value[above + x.high[i]] * u;
      pixels[out++] = sequence[(low * (256 - v) + high * v + 32768) >> 16];
    }
  }
}

/** @param {Field} field @param {Uint32Array} pixels @param {Uint32Array} table @param {boolean} discrete */
function paintClasses({ columns, rows, class: winner, confidence }, pixels, table, discrete) {
  const { x, y } = along;
  const score = new Float64Array(256);
  let out = 0;
  for (let j = rows * FINE - 1; j >= 0; j--) {
    const [below, above, v] = [y.low[j] * columns, y.high[j] * columns, y.share[j]];
    for (let i = 0; i < columns * FINE; i++) {
      // The four cells around the pixel (p q below, r s above), their classes and weighted confidences.
      const u = x.share[i];
      const p = below + x.low[i];
      const q = below + x.high[i];
      const r = above + x.low[i];
      const s = above + x.high[i];
      const cp = winner[p];
      const cq = winner[q];
      const cr = winner[r];
      const cs = winner[s];
      const wp = confidence[p] * (256 - u) * (256 - v);
      const wq = confidence[q] * u * (256 - v);
      const wr = confidence[r] * (256 - u) * v;
      const ws = confidence[s] * u * v;
      if (cp === cq && cp === cr && cp === cs) {
        pixels[out++] = table[cp * 256 + (discrete ? DECIDED : (wp + wq + wr + ws) >> 16)];
        continue;
      }
      score[cp] = score[cq] = score[cr] = score[cs] = 0;
      score[cp] += wp;
      score[cq] += wq;
      score[cr] += wr;
      score[cs] += ws;
      let best = cp;
      if (score[cq] > score[best]) best = cq;
      if (score[cr] > score[best]) best = cr;
      if (score[cs] > score[best]) best = cs;
      let second = 0;
      if (cp !== best) second = score[cp];
      if (cq !== best && score[cq] > second) second = score[cq];
      if (cr !== best && score[cr] > second) second = score[cr];
      if (cs !== best && score[cs] > second) second = score[cs];
      pixels[out++] = table[best * 256 + (discrete ? DECIDED : (score[best] - second) >> 16)];
    }
  }
}
