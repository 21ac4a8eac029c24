/**
 * How a column of numbers is distributed: a strip of bars for each class, one below the other, so that classes are told
 * apart by their place and marker and not by colour alone. Heights are shares of the class.
 */

import { traceMarker } from "../ui/index.js";

const LEFT = 18; // pixels for the marker
const FEW = 3; // classes that fit into a row of the list

/**
 * The strips of a histogram: a class each, or all rows in one.
 * @param {{counts: number[], by_class: number[][]}} histogram
 * @param {boolean} isLarge
 */
export const stripsOf = ({ counts, by_class: byClass }, isLarge) => (byClass.length > 1 && (isLarge || byClass.length <= FEW) ? byClass : [counts]);

/**
 * @param {{context: CanvasRenderingContext2D, width: number, height: number}} drawing
 * @param {number[][]} strips
 * @param {import("../ui/index.js").Theme} theme
 * @param {number} [right] pixels kept free at the right
 */
export function paintStrips({ context, width, height }, strips, theme, right = 0) {
  const isOne = strips.length === 1;
  const left = isOne ? 0 : LEFT;
  const strip = height / strips.length;
  const bar = (width - left - right) / strips[0].length;
  strips.forEach((counts, k) => {
    const bottom = Math.round((k + 1) * strip) - 1;
    const room = strip - (isOne ? 2 : 4);
    const most = Math.max(...counts, 1);
    context.fillStyle = isOne ? theme.soft : theme.classes[k % theme.classes.length];
    counts.forEach((count, i) => {
      if (!count) return;
      const tall = Math.max(1, room * (count / most)); // a single row is seen, too
      const from = Math.round(left + i * bar);
      context.fillRect(from, bottom - tall, Math.max(1, Math.round(left + (i + 1) * bar) - from - (bar > 4 ? 1 : 0)), tall);
    });
    context.fillStyle = theme.line;
    context.fillRect(left, bottom, width - left - right, 1);
    if (isOne) return;
    traceMarker(context, k, 6, bottom - Math.min(room / 2, 8), 3.6);
    context.fillStyle = theme.classes[k % theme.classes.length];
    context.fill();
  });
}
