/** The columns of the drawn network: neurons with their maps, heat maps of large layers, names. */

import { diverging, fit as fitted, mix, rgb, tick } from "../ui/index.js";
import { named } from "../words/index.js";
import { drawBytes, drawPicture } from "./pictures.js";
import { largest, scaleOf } from "./scale.js";

const LEGIBLE = 24; // pixels of a neuron that a number fits into

/**
 * What is pointed at and kept, which of the example rows is shown, and the row that passes through.
 * @typedef {{chosen: import("./words.js").Place|null, pinned: import("./words.js").Place|null, example: number, row: import("./passing.js").PassingRow|null}} Marked
 */

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
function drawNeurons(context, network, { columns, size }, index, theme, { chosen, pinned, example, row }) {
  const column = columns[index];
  const passing = row?.columns[index];
  const most = passing ? largest(passing) || 1 : 1;
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
    else if (passing) drawValue(context, passing[unit], map ?? { centre: 0, scale: most }, [x, y, size], theme);
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
 * What a neuron outputs for the row that passes through, in the colours of its map.
 * @param {CanvasRenderingContext2D} context
 * @param {number|null} value
 * @param {{centre: number, scale: number}} map
 * @param {[number, number, number]} place left, top and side
 * @param {import("../ui/index.js").Theme} theme
 */
function drawValue(context, value, { centre, scale }, [x, y, size], theme) {
  if (value === null) return;
  const share = Math.max(-1, Math.min(1, (value - centre) / scale));
  context.fillStyle = `rgb(${diverging(theme).colours[Math.round(128 + 127 * share)]})`;
  context.fillRect(x, y, size, size);
  if (size < LEGIBLE) return;
  const amount = Math.abs(value);
  const text = tick(amount < 0.005 ? 0 : value, amount < 9.995 ? 0.01 : amount < 99.95 ? 0.1 : 1);
  context.font = `600 11px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = theme.card;
  context.fillStyle = theme.ink;
  context.strokeText(text, x + size / 2, y + size / 2, size - 3);
  context.fillText(text, x + size / 2, y + size / 2, size - 3);
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
  if (room < 60) return; // a telephone: what is left of a name says nothing
  context.font = `12px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.soft;
  context.fillText(fitted(context, name, room - 12), right, middle);
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
  const scale = scaleOf(layer);
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

/** What a column is, in a few signs. @param {import("../run/index.js").Column} column @param {boolean} isWide */
function kindOf({ units, own, activation, kernel, pool, isPicture }, isWide) {
  if (isPicture && units === 1) return "";
  const size = kernel ?? pool;
  const all = units > own ? `${own} + ${units - own}` : String(units);
  if (pool) return isWide ? `${all} · max ${size}×${size}` : all;
  if (kernel) return isWide ? `${all} · ${activation} ${size}×${size}` : all;
  return isWide ? `${all} · ${activation}` : all;
}
