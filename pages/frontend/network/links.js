/** The links between neurons: which are drawn, along which curves, how strongly. */

import { unitsOfCell, worthDrawing } from "../run/index.js";
import { curveOf } from "./layout.js";
import { scaleOf } from "./scale.js";

const STRONGEST = 30; // links drawn beside a large layer

/** @typedef {{column: number, row: number, cell: number, curve: number[], share: number, most: number, plain?: boolean}} Link `plain`: it has no weight */

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
    const scale = scaleOf(layer);
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
