/** What is said about a neuron, a link or a cell: its value, its gradient, the formula with its numbers. */

import { nameOf, unitsOfCell } from "../run/index.js";
import { short } from "../ui/index.js";
import { named, sentences, t } from "../words/index.js";

/**
 * A unit of a column (a row besides: one of the weights that lead to it), or a link or cell of a heat map.
 * @typedef {{column: number, unit?: number, row?: number, cell?: number}} Place
 */

const TERMS = 4; // written out in a formula; the rest are counted

/** @param {number} value */
const minus = (value) => (value < 0 ? `(${short(value)})` : short(value));

/** The row that passes through. @param {import("./passing.js").PassingRow} row */
export function rowWords({ kind, row, target, epoch }) {
  const values = { row, target: typeof target === "number" ? short(target) : named(target) };
  const name = kind === "train" ? t("Training row {row}: {target}", values)
    : kind === "test" ? t("Test row {row}: {target}", values) : t("Validation row {row}: {target}", values);
  return t("{row} · outputs after epoch {epoch:,}", { row: name, epoch });
}

/**
 * @param {import("../run/index.js").Network} network @param {Place} place @param {number} [example] @param {import("./passing.js").PassingRow|null} [row]
 * @returns {{title: string, lines: string[]}}
 */
export function wordsFor(network, place, example = 0, row = null) {
  const words = wordsOf(network, place, example);
  const value = place.cell === undefined ? row?.columns[place.column]?.[place.unit] : undefined;
  return value === undefined ? words : { ...words, lines: [...words.lines, t("outputs {value} for this row", { value: short(value) })] };
}

/** @returns {{title: string, lines: string[]}} @param {import("../run/index.js").Network} network @param {Place} place @param {number} example */
function wordsOf(network, place, example) {
  if (place.cell !== undefined) return wordsForLink(network, place);
  const { picture, columns } = network;
  if (place.column === 0 && picture) return wordsForPicture(network, place.unit, example);
  const column = columns[place.column];
  if (place.column === 0 || (column.made && place.unit >= column.own)) return wordsForInput(network, place.column, place.unit);
  return column.made ? wordsForFilter(network, place) : wordsForNeuron(network, place);
}

/** @param {import("../run/index.js").Network} network @param {number} column @param {number} unit */
function wordsForInput(network, column, unit) {
  return { title: nameOf(network.columns, column, unit), lines: [t("an input, scaled as the network takes it")] };
}

/** The row whose picture is shown. @param {import("../run/index.js").Network} network @param {number} unit @param {number} example */
function wordsForPicture({ picture, columns }, unit, example) {
  const { row, target } = picture.examples[example];
  const title = target === null ? t("Test row {row}", { row }) : t("Test row {row}: {target}", { row, target: named(target) });
  return { title, lines: [...(picture.whole ? [nameOf(columns, 0, unit)] : []), t("click, or Enter: another row")] };
}

/** @param {import("../run/index.js").Network} network @param {Place} place */
function wordsForFilter(network, { column, unit }) {
  const { columns, layers } = network;
  const { kernel, pool, activation, made } = columns[column];
  const title = nameOf(columns, column, unit);
  const size = t("makes {rows}×{columns} values of the picture", { rows: made[0], columns: made[1] });
  if (pool) return { title, lines: [t("the largest of every {n}×{n} values", { n: pool }), size] };
  const layer = layers[column - 1];
  const values = { bias: short(layer.biases[unit]), gradient: short(layer.biasGradients?.[unit] ?? 0) };
  return {
    title,
    lines: [
      layer.biasGradients ? t("bias {bias} · gradient {gradient}", values) : t("bias {bias}", values),
      t("y = {activation}(Σ w·x + b), over {n}×{n} pixels at every place", { activation, n: kernel }),
      size,
    ],
  };
}

/** @param {import("../run/index.js").Network} network @param {Place} place */
function wordsForNeuron(network, { column, unit }) {
  const layer = network.layers[column - 1];
  const { activation } = network.columns[column];
  const bias = short(layer.biases[unit]);
  const gradient = layer.biasGradients?.[unit];
  const lines = [gradient === undefined ? t("bias {bias}", { bias }) : t("bias {bias} · gradient {gradient}", { bias, gradient: short(gradient) })];
  const before = network.columns[column - 1];
  if (!before.made && layer.rows === before.units && layer.cells === network.columns[column].units) {
    lines.push(formula(network, column, unit, activation));
  }
  return { title: nameOf(network.columns, column, unit), lines };
}

/** "y = tanh(0.52·x + (−0.31)·y + 0.10)". @param {import("../run/index.js").Network} network @param {number} column @param {number} unit @param {string} activation */
function formula(network, column, unit, activation) {
  const layer = network.layers[column - 1];
  const terms = Array.from({ length: layer.rows }, (_, row) => ({ row, weight: layer.weights[row * layer.cells + unit] }));
  terms.sort((p, q) => Math.abs(q.weight) - Math.abs(p.weight));
  /** @param {number} row */
  const input = (row) => (column === 1 ? nameOf(network.columns, 0, row) : `y${subscript(row + 1)}`);
  const written = terms.slice(0, TERMS).map(({ row, weight }) => `${minus(weight)}·${input(row)}`);
  if (terms.length > TERMS) written.push(t("… {n} more", { n: terms.length - TERMS }));
  return `y = ${activation}(${[...written, minus(layer.biases[unit])].join(" + ")})`;
}

/** @param {import("../run/index.js").Network} network @param {Place} place */
function wordsForLink(network, { column, row, cell }) {
  const layer = network.layers[column - 1];
  const index = row * layer.cells + cell;
  const weight = layer.weights[index];
  if (!layer.rows) return { title: `${nameOf(network.columns, column - 1, row)} → ${nameOf(network.columns, column, cell)}`, lines: [t("pooled by itself: no weight")] };
  const [before, after] = [network.columns[column - 1], network.columns[column]];
  const from = ends(network.columns, column - 1, row, layer.rows, before.units);
  const to = ends(network.columns, column, cell, layer.cells, after.own);
  // Of a picture every place has a weight, or every pixel of the kernel.
  const isShared = after.made || (before.made && row < before.own);
  const many = from.many || to.many || Boolean(isShared);
  const term = `${minus(weight)}·${column === 1 ? from.text : `y${subscript(row + 1)}`}`;
  return {
    title: `${from.text} → ${to.text}`,
    lines: [
      weightWords(short(weight), layer.gradients?.[index], many),
      ...(many ? [] : [t("adds {term} to w·x + b", { term })]),
    ],
  };
}

/** @param {import("../run/index.js").Column[]} columns @param {number} column @param {number} cell @param {number} cells @param {number} units */
function ends(columns, column, cell, cells, units) {
  const [first, last] = unitsOfCell(cell, cells, units);
  if (first === last) return { text: nameOf(columns, column, first), many: false };
  return { text: `${named(columns[column].name)} ${first + 1}–${last + 1}`, many: true };
}

/** @param {string} weight @param {number|undefined} gradient @param {boolean} many whether it stands for several */
function weightWords(weight, gradient, many) {
  if (gradient === undefined) return many ? t("strongest weight {weight}", { weight }) : t("weight {weight}", { weight });
  const values = { weight, gradient: short(gradient) };
  return many ? t("strongest weight {weight} · gradient {gradient}", values) : t("weight {weight} · gradient {gradient}", values);
}

/** @param {number} number */
const subscript = (number) => [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/**
 * One sentence on the whole network, for those who do not see it.
 * @param {import("../run/index.js").Network} network
 * @param {number} epoch
 */
export function sentenceFor(network, epoch) {
  const sizes = network.columns.map((column) => column.units).join("–");
  const strongest = network.layers.map((layer, index) => {
    if (!layer.weights.length) return "";
    let best = 0;
    layer.weights.forEach((weight, i) => {
      if (Math.abs(weight) > Math.abs(layer.weights[best])) best = i;
    });
    const { title } = wordsForLink(network, { column: index + 1, row: Math.floor(best / layer.cells), cell: best % layer.cells });
    return `${title} (${short(layer.weights[best])})`;
  });
  return sentences(
    t("The network {sizes} after epoch {epoch}.", { sizes, epoch }),
    t("Strongest weights: {weights}.", { weights: strongest.filter(Boolean).join("; ") }),
    t("Arrow keys visit the neurons, Enter keeps one on the large map, Escape lets it go."),
  );
}
