/**
 * What is known of the network inside: its columns of units, the weights between them, gradients, and what each
 * neuron responds to. Column 0 holds the inputs; column l the units of the l-th Dense layer. No drawing.
 */

import { N_, named, t } from "../words/index.js";
import { featureMapsOf, kernelsOf } from "./picture-data.js";

/**
 * @typedef {import("./messages.js").Said} Said
 *
 * @typedef {object} Network
 * @property {Column[]} columns
 * @property {Layer[]} layers those between the columns
 * @property {Array<NeuronMap[]|null>} maps by column
 * @property {import("./messages.js").Health|null} health
 * @property {number|null} penalty
 * @property {import("./messages.js").PictureInfo|null} picture
 * @property {Array<import("./picture-data.js").FeatureMap[][]|null>} featureMaps by column, example and channel
 * @property {Array<import("./picture-data.js").Kernel[][]|null>} kernels by column, filter and channel
 *
 * @typedef {object} Column
 * @property {Said} name
 * @property {number} units all that are drawn, one below the other
 * @property {number} own of them those that the layer makes; the others are columns of a table that join it
 * @property {Array<Said|undefined>|null} names
 * @property {string|null} activation
 * @property {boolean} neurons drawn one by one
 * @property {boolean} [isPicture] the inputs are a picture
 * @property {[number, number]} [made]
 * @property {number} [kernel]
 * @property {number} [pool]
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
    const rows = column.pool ? 0 : Math.min(columns[index].units, info.cells);
    const cells = column.pool ? 0 : Math.min(column.own, info.cells);
    const own = column.pool ? 0 : column.own;
    return {
      rows,
      cells,
      weights: weights(rows * cells),
      gradients: gradients(rows * cells),
      biases: biases(own),
      biasGradients: biasGradients(own),
    };
  });
  return {
    columns, layers, maps: mapsOf(columns, header, blocks), health: header.health ?? null, penalty: header.penalty ?? null,
    picture: info.picture ?? null,
    featureMaps: featureMapsOf(columns, info.picture?.examples.length ?? 0, blocks.feature_maps?.data),
    kernels: kernelsOf(columns, blocks.kernels?.data),
  };
}

/** The columns with their names: known before any weight is. @param {import("./messages.js").NetworkInfo} info @returns {Column[]} */
export function columnsOf(info) {
  const { picture } = info;
  const isWhole = !picture || picture.whole;
  const units = isWhole ? info.inputs.length : 1;
  /** @type {Omit<Column, "neurons">} */
  const inputs = {
    name: N_("Input"), units, own: units, names: isWhole ? info.inputs : [N_("picture")], activation: null, isPicture: Boolean(picture),
  };
  const rest = info.layers.map(({ beside = [], ...layer }, index) => {
    /** @type {Array<Said|undefined>} */
    const joined = beside.length ? [...new Array(layer.units).fill(undefined), ...beside] : null;
    return { ...layer, own: layer.units, units: layer.units + beside.length, names: index === info.layers.length - 1 ? info.outputs : joined };
  });
  return [inputs, ...rest].map((column) => ({ ...column, neurons: column.own <= info.neurons && !("isPicture" in column && column.isPicture) }));
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
    /** @type {NeuronMap[]} */
    const maps = [];
    // Of a layer that a table joins, the columns of the table have maps.
    for (let place = column.made ? column.own : 0; place < column.units; place++) {
      const unit = at++;
      maps[place] = { side, centre: centres[index], scale: scales.data[unit], values: pictures.data.subarray(unit * side * side, (unit + 1) * side * side) };
    }
    return maps;
  });
}

/** "x", "Hidden 1, neuron 3", "Hidden 1, filter 3", "setosa". @param {Column[]} columns @param {number} column @param {number} unit */
export function nameOf(columns, column, unit) {
  const { name, names, made } = columns[column];
  if (names?.[unit] !== undefined) return named(names[unit]);
  const values = { layer: named(name), n: unit + 1 };
  return made ? t("{layer}, filter {n}", values) : t("{layer}, neuron {n}", values);
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
