/**
 * What is known of the network inside: its columns of units, the weights between them, gradients, and what each
 * neuron responds to. Column 0 holds the inputs; column l the units of the l-th Dense layer. No drawing.
 */

import { N_, named, t } from "../words/index.js";

/**
 * @typedef {import("./messages.js").Said} Said
 *
 * @typedef {object} Network
 * @property {Column[]} columns
 * @property {Layer[]} layers those between the columns
 * @property {Array<NeuronMap[]|null>} maps by column
 * @property {import("./messages.js").Health|null} health
 * @property {number|null} penalty
 *
 * @typedef {{name: Said, units: number, names: Said[]|null, activation: string|null, neurons: boolean}} Column
 *
 * @typedef {object} Layer
 * @property {number} rows cells along the layer's inputs
 * @property {number} cells cells along its units
 * @property {Float32Array} weights
 * @property {Float32Array} gradients
 * @property {Float32Array} biases
 * @property {Float32Array} biasGradients
 *
 * @typedef {{side: number, centre: number, scale: number, values: Uint8Array}} NeuronMap
 */

/**
 * @param {import("./messages.js").NetworkInfo} info
 * @param {import("./messages.js").NetworkHeader} header
 * @param {import("./messages.js").Blocks} blocks
 * @returns {Network}
 */
export function readNetwork(info, header, blocks) {
  const columns = columnsOf(info);
  /** @param {string} name */
  const cut = (name) => {
    let at = 0;
    /** @param {number} count @returns {any} */
    return (count) => blocks[name]?.data.subarray(at, (at += count)) ?? null;
  };
  const [weights, gradients] = [cut("weights"), cut("weight_gradients")];
  const [biases, biasGradients] = [cut("biases"), cut("bias_gradients")];
  const layers = columns.slice(1).map((column, index) => {
    const rows = Math.min(columns[index].units, info.cells);
    const cells = Math.min(column.units, info.cells);
    return {
      rows,
      cells,
      weights: weights(rows * cells),
      gradients: gradients(rows * cells),
      biases: biases(column.units),
      biasGradients: biasGradients(column.units),
    };
  });
  return { columns, layers, maps: mapsOf(columns, header, blocks), health: header.health ?? null, penalty: header.penalty ?? null };
}

/** The columns with their names: known before any weight is. @param {import("./messages.js").NetworkInfo} info @returns {Column[]} */
export function columnsOf(info) {
  /** @type {{name: Said, units: number, names: Said[]|null, activation: string|null}} */
  const inputs = { name: N_("Input"), units: info.inputs.length, names: info.inputs, activation: null };
  const rest = info.layers.map((layer, index) => ({
    ...layer, names: index === info.layers.length - 1 ? info.outputs : null,
  }));
  return [inputs, ...rest].map((column) => ({ ...column, neurons: column.units <= info.neurons }));
}

/**
 * @param {Column[]} columns
 * @param {import("./messages.js").NetworkHeader} header
 * @param {import("./messages.js").Blocks} blocks
 * @returns {Array<NeuronMap[]|null>}
 */
function mapsOf(columns, { mapped = [], centres = [] }, blocks) {
  const { neuron_maps: pictures, neuron_scales: scales } = blocks;
  if (!pictures) return new Array(columns.length).fill(null);
  const [, side] = pictures.shape;
  let at = 0;
  return columns.map((column, index) => {
    if (!mapped.includes(index)) return null;
    return Array.from({ length: column.units }, () => {
      const unit = at++;
      return { side, centre: centres[index], scale: scales.data[unit], values: pictures.data.subarray(unit * side * side, (unit + 1) * side * side) };
    });
  });
}

/** "x", "Hidden 1, neuron 3", "setosa". @param {Column[]} columns @param {number} column @param {number} unit */
export function nameOf(columns, column, unit) {
  const { name, names } = columns[column];
  return names?.[unit] !== undefined ? named(names[unit]) : t("{layer}, neuron {n}", { layer: named(name), n: unit + 1 });
}

/** The units that a cell of a heat map stands for, both ends included. @param {number} cell @param {number} cells @param {number} units @returns {[number, number]} */
export function unitsOfCell(cell, cells, units) {
  if (units <= cells) return [cell, cell];
  return [Math.floor((cell * units) / cells), Math.floor(((cell + 1) * units) / cells) - 1];
}

/** The weights of a layer worth a line: all of a small one, the strongest of a large one. @param {Layer} layer @param {boolean} all @param {number} count @returns {number[]} indices */
export function worthDrawing(layer, all, count) {
  const indices = Array.from(layer.weights.keys());
  if (all) return indices;
  /** @param {number} index */
  const size = (index) => Math.abs(layer.weights[index]);
  return indices.sort((p, q) => size(q) - size(p)).slice(0, count);
}
