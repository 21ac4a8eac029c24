/** The drawing of the network: links, neurons with their maps, heat maps of large layers. */

import { unitsOfCell, worthDrawing } from "../run/index.js";
import { diverging, fit as fitted, mix, rgb } from "../ui/index.js";
import { named } from "../words/index.js";
import { curveOf } from "./layout.js";

const STRONGEST = 30; // links drawn beside a large layer
const FLOOR = 0.3; // weights are compared with the layer's largest, but with no less than this

/** @typedef {{column: number, row: number, cell: number, curve: number[], share: number, most: number, plain?: boolean}} Link `plain`: it has no weight */

/**
 * What is pointed at and kept, and which of the example rows is shown.
 * @typedef {{chosen: import("./words.js").Place|null, pinned: import("./words.js").Place|null, example: number}} Marked
 */

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
    if (to.pool && from.neurons && to.neurons) {
      // Every channel is pooled by itself.
      for (let unit = 0; unit < to.own; unit++) links.push({ column, row: unit, cell: unit, curve: curveOf(layout, column, [unit, unit]), share: 0.3, most: 2.4, plain: true });
    }
    for (const i of worthDrawing(layer, from.neurons && to.neurons, STRONGEST)) {
      const [row, cell] = [Math.floor(i / layer.cells), i % layer.cells];
      /** @param {[number, number]} ends */
      const middle = ([first, last]) => (first + last) / 2;
      /** @type {[number, number]} */
      const ends = [middle(unitsOfCell(row, layer.rows, from.units)), middle(unitsOfCell(cell, layer.cells, to.own))];
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
    context.strokeStyle = link.plain ? theme.soft : link.share < 0 ? theme.b : theme.a;
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
 * @param {Marked} marked
 */
export function drawColumns(context, network, layout, theme, marked) {
  layout.columns.forEach((column, index) => {
    if (column.kind === "heat") drawHeat(context, network.layers[index - 1], column, theme);
    else if (column.kind === "picture") drawPicture(context, network, column, theme, marked);
    else if (column.kind === "bar") drawBar(context, column, theme);
    else drawNeurons(context, network, layout, index, theme, marked);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").Network} network
 * @param {import("./layout.js").Layout} layout
 * @param {number} index
 * @param {import("../ui/index.js").Theme} theme
 * @param {Marked} marked
 */
function drawNeurons(context, network, { columns, size }, index, theme, { chosen, pinned, example }) {
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
    const picture = network.featureMaps[index]?.[example]?.[unit];
    if (picture) drawBytes(context, picture.values, picture.columns, picture.rows, [x, y, size, size], theme, false);
    else if (map) drawBytes(context, map.values, map.side, map.side, [x, y, size, size], theme, true);
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
    // A column of the table that joins here has no link that leads to it: its name says where it comes from.
    if (column.made && unit >= column.own && column.names) drawBeside(context, named(column.names[unit]), x - 7, y + size / 2, columns[index].left - columns[index - 1].right, theme);
    const layer = network.layers[index - 1];
    if (layer?.biases && unit < layer.biases.length && size >= 18) drawBias(context, layer.biases[unit], x, y + size, theme);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} name
 * @param {number} right
 * @param {number} middle
 * @param {number} room
 * @param {import("../ui/index.js").Theme} theme
 */
function drawBeside(context, name, right, middle, room, theme) {
  context.font = `12px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.soft;
  context.fillText(fitted(context, name, room - 12), right, middle);
}

/**
 * The input's picture in grey, its pixels as they are.
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").Network} network
 * @param {import("./layout.js").PlacedColumn} column
 * @param {import("../ui/index.js").Theme} theme
 * @param {Marked} marked
 */
function drawPicture(context, network, column, theme, { chosen, example }) {
  const { rows, columns, examples } = network.picture;
  const { values } = examples[example];
  if (scrap.width !== columns || scrap.height !== rows) [scrap.width, scrap.height] = [columns, rows];
  const pen = scrap.getContext("2d");
  const image = pen.createImageData(columns, rows);
  const [paper, ink] = [rgb(theme.card), rgb(theme.ink)];
  values.forEach((value, at) => image.data.set([...[0, 1, 2].map((i) => paper[i] + ((ink[i] - paper[i]) * value) / 255), 255], 4 * at));
  pen.putImageData(image, 0, 0);
  const size = column.right - column.left;
  context.imageSmoothingEnabled = false;
  context.drawImage(scrap, column.left, column.top, size, size);
  context.lineWidth = chosen?.column === 0 ? 2 : 1;
  context.strokeStyle = chosen?.column === 0 ? theme.ink : theme.soft;
  context.strokeRect(column.left, column.top, size, size);
  if (chosen?.column !== 0 || !network.picture.whole) return;
  const pixel = size / columns;
  context.strokeStyle = theme.a;
  context.strokeRect(column.left + (chosen.unit % columns) * pixel, column.top + Math.floor(chosen.unit / columns) * pixel, pixel, pixel);
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
    if (column.names && column.neurons && !column.made && (index === 0 || index === last)) {
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
    const what = kindOf(column, Boolean(index) && spacing > 92);
    context.fillText(fit(context, what, Math.max(spacing - 6, 24)), centre, layout.top + layout.height + 16);
  });
}

const KERNELS = 8; // of a filter's channels, as many are shown
const KERNEL = 42; // pixels along one

/**
 * A filter's kernels side by side, one for each channel that it looks at; the same colours as links.
 * @param {HTMLCanvasElement} canvas
 * @param {import("../run/index.js").Kernel[]} kernels
 * @param {import("../ui/index.js").Theme} theme
 */
export function drawKernels(canvas, kernels, theme) {
  const shown = kernels.slice(0, KERNELS);
  const scale = Math.max(1e-9, ...shown.map(({ values }) => largest(values)));
  [canvas.width, canvas.height] = [shown.length * (KERNEL + 4), KERNEL];
  const context = canvas.getContext("2d");
  shown.forEach(({ side, values }, index) => {
    const bytes = new Uint8Array(side * side);
    values.forEach((value, at) => {
      // Pictures are drawn from below.
      bytes[(side - 1 - Math.floor(at / side)) * side + (at % side)] = Math.round(128 + (127 * value) / scale);
    });
    drawBytes(context, bytes, side, side, [index * (KERNEL + 4), 0, KERNEL, KERNEL], theme, false);
  });
}

/** What a column is, in a few signs. @param {import("../run/index.js").Column} column @param {boolean} isWide */
function kindOf({ units, own, activation, kernel, pool, isPicture }, isWide) {
  if (isPicture && units === 1) return "";
  const size = kernel ?? pool;
  const all = units > own ? `${own} + ${units - own}` : String(units);
  if (pool) return isWide ? `${all} · max ${size}×${size}` : all;
  if (kernel) return isWide ? `${all} · ${activation} ${size}×${size}` : all;
  return isWide ? `${all} · ${activation}` : all;
}
