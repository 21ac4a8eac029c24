/** The drawing of the network: links, neurons with their maps, heat maps of large layers. */

import { unitsOfCell, worthDrawing } from "../run/index.js";
import { diverging, mix, rgb } from "../ui/index.js";
import { named } from "../words/index.js";
import { curveOf } from "./layout.js";

const STRONGEST = 30; // links drawn beside a large layer
const FLOOR = 0.3; // weights are compared with the layer's largest, but with no less than this

/** @typedef {{column: number, row: number, cell: number, curve: number[], share: number, most: number}} Link */

const scrap = document.createElement("canvas");

/**
 * A small picture from bytes (128 is zero), first row at the bottom, drawn into a rectangle.
 * @param {CanvasRenderingContext2D} context
 * @param {Uint8Array} values
 * @param {number} columns
 * @param {number} rows
 * @param {[number, number, number, number]} place
 * @param {import("../ui/index.js").Theme} theme
 * @param {boolean} smooth
 */
function drawBytes(context, values, columns, rows, [x, y, width, height], theme, smooth) {
  if (scrap.width !== columns || scrap.height !== rows) [scrap.width, scrap.height] = [columns, rows];
  const pen = scrap.getContext("2d");
  const image = pen.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const { packed } = diverging(theme);
  for (let j = 0; j < rows; j++) {
    const row = (rows - 1 - j) * columns;
    for (let i = 0; i < columns; i++) pixels[j * columns + i] = packed[values[row + i]];
  }
  pen.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(scrap, x, y, width, height);
}

/** @param {Float32Array} values */
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * The links between two columns that are drawn, with their curves: what can be pointed at.
 * @param {import("../run/index.js").Network} network
 * @param {import("./layout.js").Layout} layout
 * @returns {Link[]}
 */
export function linksOf(network, layout) {
  /** @type {Link[]} */
  const links = [];
  network.layers.forEach((layer, index) => {
    const column = index + 1;
    const [from, to] = [network.columns[index], network.columns[column]];
    const scale = Math.max(FLOOR, largest(layer.weights));
    for (const i of worthDrawing(layer, from.neurons && to.neurons, STRONGEST)) {
      const [row, cell] = [Math.floor(i / layer.cells), i % layer.cells];
      /** @param {[number, number]} ends */
      const middle = ([first, last]) => (first + last) / 2;
      /** @type {[number, number]} */
      const ends = [middle(unitsOfCell(row, layer.rows, from.units)), middle(unitsOfCell(cell, layer.cells, to.units))];
      const share = layer.weights[i] / scale;
      links.push({ column, row, cell, curve: curveOf(layout, column, ends), share, most: from.neurons && to.neurons ? 4.2 : 2.4 });
    }
  });
  return links;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Link[]} links
 * @param {import("../ui/index.js").Theme} theme
 * @param {((link: Link) => boolean)|null} marked
 */
export function drawLinks(context, links, theme, marked) {
  context.lineCap = "round";
  for (const link of links) {
    const size = Math.abs(link.share);
    const isMarked = marked && marked(link);
    context.globalAlpha = marked ? (isMarked ? 1 : 0.12) : 0.2 + 0.75 * size;
    context.strokeStyle = link.share < 0 ? theme.b : theme.a;
    context.lineWidth = 0.5 + link.most * size;
    const [x0, y0, x1, y1, x2, y2, x3, y3] = link.curve;
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(x1, y1, x2, y2, x3, y3);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").Network} network
 * @param {import("./layout.js").Layout} layout
 * @param {import("../ui/index.js").Theme} theme
 * @param {{chosen: import("./words.js").Place|null, pinned: import("./words.js").Place|null}} marked
 */
export function drawColumns(context, network, layout, theme, { chosen, pinned }) {
  layout.columns.forEach((column, index) => {
    if (column.kind === "heat") drawHeat(context, network.layers[index - 1], column, theme);
    else if (column.kind === "bar") drawBar(context, column, theme);
    else drawNeurons(context, network, layout, index, theme, { chosen, pinned });
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").Network} network
 * @param {import("./layout.js").Layout} layout
 * @param {number} index
 * @param {import("../ui/index.js").Theme} theme
 * @param {{chosen: import("./words.js").Place|null, pinned: import("./words.js").Place|null}} marked
 */
function drawNeurons(context, network, { columns, size }, index, theme, { chosen, pinned }) {
  const column = columns[index];
  for (let unit = 0; unit < column.units; unit++) {
    const [x, y] = [column.left, column.middle(unit) - size / 2];
    const map = network.maps[index]?.[unit];
    context.save();
    context.beginPath();
    context.roundRect(x, y, size, size, Math.min(6, size / 4));
    context.fillStyle = theme.tint;
    context.fill();
    context.clip();
    if (map) drawBytes(context, map.values, map.side, map.side, [x, y, size, size], theme, true);
    context.restore();
    /** @param {import("./words.js").Place|null} place */
    const is = (place) => place && place.column === index && place.unit === unit;
    context.lineWidth = is(pinned) ? 3 : is(chosen) ? 2 : 1;
    context.strokeStyle = is(pinned) || is(chosen) ? theme.ink : theme.soft;
    context.globalAlpha = is(pinned) || is(chosen) ? 1 : 0.55;
    context.beginPath();
    context.roundRect(x, y, size, size, Math.min(6, size / 4));
    context.stroke();
    context.globalAlpha = 1;
    const layer = network.layers[index - 1];
    if (layer && size >= 18) drawBias(context, layer.biases[unit], x, y + size, theme);
  }
}

/**
 * A small square at the neuron's lower left corner: its bias.
 * @param {CanvasRenderingContext2D} context
 * @param {number} bias
 * @param {number} x
 * @param {number} bottom
 * @param {import("../ui/index.js").Theme} theme
 */
function drawBias(context, bias, x, bottom, theme) {
  const share = Math.min(1, Math.abs(bias));
  context.fillStyle = `rgb(${mix(rgb(theme.card), rgb(bias < 0 ? theme.b : theme.a), 0.25 + 0.75 * share)})`;
  context.strokeStyle = theme.card;
  context.lineWidth = 1.5;
  context.beginPath();
  context.rect(x - 3, bottom - 4, 7, 7);
  context.fill();
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").Layer} layer
 * @param {import("./layout.js").PlacedColumn} column
 * @param {import("../ui/index.js").Theme} theme
 */
function drawHeat(context, layer, column, theme) {
  const scale = Math.max(FLOOR, largest(layer.weights));
  const { rows, cells } = layer;
  const bytes = new Uint8Array(rows * cells);
  for (let row = 0; row < rows; row++) {
    for (let cell = 0; cell < cells; cell++) {
      // Units run from top to bottom, and pictures are drawn from below.
      bytes[(cells - 1 - cell) * rows + row] = Math.round(128 + (127 * layer.weights[row * cells + cell]) / scale);
    }
  }
  /** @type {[number, number, number, number]} */
  const place = [column.left, column.top, column.right - column.left, column.height];
  context.save();
  context.beginPath();
  context.roundRect(...place, 5);
  context.clip();
  drawBytes(context, bytes, rows, cells, place, theme, false);
  context.restore();
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(...place, 5);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./layout.js").PlacedColumn} column
 * @param {import("../ui/index.js").Theme} theme
 */
function drawBar(context, column, theme) {
  context.fillStyle = theme.soft;
  context.globalAlpha = 0.5;
  context.beginPath();
  context.roundRect(column.left, column.top, column.right - column.left, column.height, 5);
  context.fill();
  context.globalAlpha = 1;
}

/**
 * Names beside inputs and outputs, and below each column what it is.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./layout.js").Layout} layout
 * @param {import("../ui/index.js").Theme} theme
 * @param {(context: CanvasRenderingContext2D, text: string, width: number) => string} fit
 */
export function drawNames(context, layout, theme, fit) {
  const last = layout.columns.length - 1;
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.soft;
  context.textBaseline = "middle";
  layout.columns.forEach((column, index) => {
    if (column.names && column.neurons && (index === 0 || index === last)) {
      context.textAlign = index ? "left" : "right";
      const room = index ? layout.width - column.right - 10 : column.left - 10;
      column.names.forEach((name, unit) => {
        context.fillText(fit(context, named(name), room), index ? column.right + 8 : column.left - 8, column.middle(unit));
      });
    }
  });
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const spacing = last ? (layout.columns[last].left - layout.columns[0].left) / last : layout.width;
  layout.columns.forEach((column, index) => {
    const centre = (column.left + column.right) / 2;
    const what = index && spacing > 92 ? `${column.units} · ${column.activation}` : String(column.units);
    context.fillText(fit(context, what, Math.max(spacing - 6, 24)), centre, layout.top + layout.height + 16);
  });
}
