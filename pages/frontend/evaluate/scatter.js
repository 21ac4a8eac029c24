/** Regression's counterpart of the confusion matrix: predicted against actual, for the test rows. */

import { createSurface, el, linearAxis, paintAxes, place, setAttribute, tick } from "../ui/index.js";
import { N_, named, t, tn } from "../words/index.js";
import { testRows } from "./confusion.js";

const MARGIN = { left: 50, right: 8, top: 8, bottom: 34 };

/** @param {() => void} invalidate */
export function createScatter(invalidate) {
  const surface = createSurface({ "data-testid": "scatter", "aria-label": t("Predicted against actual: nothing yet.") }, invalidate);
  const note = el("p", { class: "dsc-under dsc-note", text: () => t("On the diagonal the prediction is exact.") });
  /** @type {import("../ui/index.js").Axis|null} */
  let axis = null;
  /** @type {Object<string, any>} */
  let drawn = {};

  return {
    caption: N_("Predicted against actual"),
    parts: [surface.box, note],
    /** @param {import("../run/index.js").Run} run */
    aside: (run) => testRows(run.frame.predicted?.length),
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme */
    update(run, theme) {
      const { predicted, actual } = run.frame;
      if (drawn.predicted === predicted && drawn.theme === theme && drawn.size === surface.size) return;
      drawn = { predicted, theme, size: surface.size };
      const drawing = surface.begin();
      if (!drawing) return;
      axis = linearAxis(...reach(predicted, actual), 4, axis);
      draw(drawing, axis, predicted, actual, theme);
    },
    /** @param {import("../run/index.js").Run} run */
    speak(run) {
      const { predicted, epoch } = run.frame;
      setAttribute(surface.canvas, "aria-label", predicted
        ? tn("Predicted against actual {target} of {n} test row after epoch {epoch}; the diagonal is exact.",
          "Predicted against actual {target} of {n} test rows after epoch {epoch}; the diagonal is exact.", predicted.length,
          { target: named(run.info.target_name) || t("target"), epoch })
        : t("Predicted against actual: nothing yet."));
    },
    destroy: surface.destroy,
  };
}

/**
 * Least and greatest of both: the axes share them, so that the diagonal is the diagonal.
 * @param {Float32Array|null} predicted
 * @param {Float32Array|null} actual
 * @returns {[number, number]}
 */
function reach(predicted, actual) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of [predicted ?? new Float32Array(), actual ?? new Float32Array()]) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/**
 * @param {{context: CanvasRenderingContext2D, width: number, height: number}} surface
 * @param {import("../ui/index.js").Axis} axis
 * @param {Float32Array|null} predicted
 * @param {Float32Array|null} actual
 * @param {import("../ui/index.js").Theme} theme
 */
function draw({ context, width, height }, axis, predicted, actual, theme) {
  const plot = {
    left: MARGIN.left, top: MARGIN.top, width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom,
  };
  /** @param {number} value */
  const x = (value) => plot.left + place(axis, value) * plot.width;
  /** @param {number} value */
  const y = (value) => plot.top + plot.height - place(axis, value) * plot.height;
  const numbers = { ticks: axis.ticks, text: (/** @type {number} */ value) => tick(value, axis.step) };
  paintAxes(context, plot, {
    up: { ...numbers, at: y, away: 8, lines: "grid", name: t("predicted") },
    across: { ...numbers, at: x, away: 15, edges: "keep", name: t("actual"), nameAway: 30 },
  }, theme);
  context.strokeStyle = theme.soft;
  context.setLineDash([1, 3]);
  context.beginPath();
  context.moveTo(x(axis.low), y(axis.low));
  context.lineTo(x(axis.high), y(axis.high));
  context.stroke();
  context.setLineDash([]);
  if (!predicted) return;
  context.fillStyle = theme.b;
  context.strokeStyle = theme.ink;
  const crowded = predicted.length > 400;
  context.lineWidth = crowded ? 0.8 : 1.4;
  context.globalAlpha = crowded ? 0.6 : 0.85;
  for (let i = 0; i < predicted.length; i++) {
    if (!Number.isFinite(predicted[i])) continue;
    context.beginPath();
    context.arc(x(actual[i]), y(predicted[i]), crowded ? 2.4 : 3.4, 0, 7);
    context.fill();
    context.stroke();
  }
  context.globalAlpha = 1;
}
