/** Small pictures, value by value: of bytes in two colours, the input's in grey, a filter's kernels. */

import { diverging, rgb } from "../ui/index.js";
import { largest } from "./scale.js";

const KERNELS = 8; // of a filter's channels, as many are shown
const KERNEL = 42; // pixels along one

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
export function drawBytes(context, values, columns, rows, [x, y, width, height], theme, smooth) {
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

/**
 * The input's picture in grey, its pixels as they are.
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").Network} network
 * @param {import("./layout.js").PlacedColumn} column
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("./paint.js").Marked} marked
 */
export function drawPicture(context, network, column, theme, { chosen, example }) {
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
