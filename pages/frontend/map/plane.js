/** The plane of the map on a canvas: where its values lie, its axes, and which of its points is pointed at. */

import { niceStep, paintAxes, tick, ticksBetween } from "../ui/index.js";
import { named } from "../words/index.js";

const NEAR = 9; // pixels from a point

/** @param {import("../run/index.js").View} view @param {import("../ui/index.js").Plot} plot */
export const placesOf = ({ x_range: [left, right], y_range: [low, high] }, plot) => ({
  /** @param {number} value */
  toX: (value) => plot.left + ((value - left) / (right - left)) * plot.width,
  /** @param {number} value */
  toY: (value) => plot.top + (1 - (value - low) / (high - low)) * plot.height,
});

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../run/index.js").View} view
 * @param {import("../ui/index.js").Plot} plot
 * @param {import("../ui/index.js").Theme} theme
 */
export function drawAxes(context, view, plot, theme) {
  const { toX, toY } = placesOf(view, plot);
  const stepX = niceStep(view.x_range[1] - view.x_range[0], Math.max(2, plot.width / 110));
  const stepY = niceStep(view.y_range[1] - view.y_range[0], Math.max(2, plot.height / 90));
  paintAxes(context, plot, {
    across: {
      ticks: ticksBetween(...view.x_range, stepX), at: toX, text: (value) => tick(value, stepX), away: 16,
      lines: "marks", edges: "drop", name: named(view.x_label), nameAway: 33,
    },
    up: {
      ticks: ticksBetween(...view.y_range, stepY), at: toY, text: (value) => tick(value, stepY), away: 8,
      lines: "marks", edges: "drop", name: named(view.y_label),
    },
  }, theme);
}

/**
 * The point nearest to a place, by its number; null where none is near.
 * @param {import("../run/index.js").Run["points"]} points
 * @param {ReturnType<typeof placesOf>} places
 * @param {[number, number]} place in pixels
 * @param {boolean[]} isShown by kind: training, test, validation
 */
export function pointAt(points, { toX, toY }, [x, y], isShown) {
  /** @type {number|null} */
  let nearest = null;
  let least = NEAR;
  points.x.forEach((value, point) => {
    const away = Math.hypot(toX(value) - x, toY(points.y[point]) - y);
    if (away <= least && isShown[points.test[point]]) [least, nearest] = [away, point];
  });
  return nearest;
}
