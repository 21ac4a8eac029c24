/** The decision curve: what deciding by the network is worth at each threshold, beside treating all and treating none. */

import { linearAxis, setAttribute, setText } from "../ui/index.js";
import { t } from "../words/index.js";
import { afterPainting, createPlot, dragging, markLeast, markThreshold, SHARES, trace, within } from "./plot.js";
import { netBenefit } from "./ranking.js";

const THRESHOLDS = Array.from({ length: 198 }, (_, i) => (i + 1) / 200);

/** @typedef {import("./model.js").Model} Model */

/** @param {() => void} invalidate @param {import("./model.js").Actions} actions */
export function createDecision(invalidate, actions) {
  const plot = createPlot({ name: "decision", title: () => t("Decision curve") }, invalidate);
  /** @type {import("./plot.js").Room|null} */
  let room = null;
  /** @type {Array<[number, number]>} */
  let points = [];
  let known = "";

  /** @param {import("./plot.js").Room} still @param {Model} model */
  function paintCurves(still, { theme, prevalence, colours }) {
    const { context } = still;
    within(still, () => {
      context.lineWidth = 1.75;
      context.strokeStyle = theme.soft;
      trace(still, [[0, 0], [1, 0]]);
      context.stroke();
      context.setLineDash([5, 4]);
      trace(still, THRESHOLDS.map((threshold) => [threshold, netBenefit(1, 1, prevalence, threshold)]));
      context.stroke();
      context.setLineDash([]);
      trace(still, points);
      context.lineWidth = 2.5;
      context.strokeStyle = colours.event;
      context.stroke();
    });
    const label = Math.min(0.9, prevalence * 0.45);
    name(still, t("treat none"), 0.985, 0, theme, "right");
    name(still, t("treat all"), label + 0.02, netBenefit(1, 1, prevalence, label), theme, "left");
  }

  dragging(plot.surface.canvas, {
    down: () => Boolean(room),
    move: (x) => actions.moveThreshold(Number(Math.max(0, Math.min(1, (x - room.plot.left) / room.plot.width)).toFixed(3))),
    up: actions.settle,
  });

  return {
    element: plot.element,
    /** @param {Model} model */
    draw(model) {
      const { ranking, prevalence, theme, colours, choice, least } = model;
      const worth = (/** @type {number} */ threshold) => {
        const called = ranking.called(threshold);
        return netBenefit(ranking.hits[called] / ranking.events, ranking.alarms[called] / ranking.others, prevalence, threshold);
      };
      const wanted = `${model.all.version} ${choice.rows} ${choice.positive} ${prevalence}`;
      if (wanted !== known) points = THRESHOLDS.map((threshold) => [threshold, worth(threshold)]);
      known = wanted;
      const y = linearAxis(-0.25 * prevalence, prevalence * 1.05, 4, null);
      room = plot.begin(theme, {
        x: SHARES, y, across: t("threshold"), up: t("net benefit"),
      }, { key: `${wanted} ${colours.event}`, paint: (still) => paintCurves(still, model) });
      if (!room) return;
      const now = worth(choice.threshold);
      afterPainting(() => {
        setText(plot.aside, Number.isFinite(now) ? t("worth {benefit}", { benefit: now.toFixed(3).replace("-", "−") }) : "–");
        setAttribute(plot.surface.canvas, "aria-label", t("Decision curve. At the threshold {threshold} the network is worth {network}, treating all {all}, treating none 0.", {
          threshold: choice.threshold.toFixed(2), network: now.toFixed(3), all: netBenefit(1, 1, prevalence, choice.threshold).toFixed(3),
        }));
      });
      if (least && least.threshold < 1) markLeast(room, least.threshold, clamp(worth(least.threshold), y), theme);
      markThreshold(room, choice.threshold, clamp(now, y), theme);
    },
    destroy: plot.destroy,
  };
}

/** @param {number} value @param {import("../ui/index.js").Axis} axis */
const clamp = (value, axis) => (Number.isFinite(value) ? Math.max(axis.low, Math.min(axis.high, value)) : axis.low);

/** @param {import("./plot.js").Room} room @param {string} text @param {number} x @param {number} y @param {import("../ui/index.js").Theme} theme @param {CanvasTextAlign} align */
function name({ context, toX, toY }, text, x, y, theme, align) {
  context.font = `11.5px ${theme.font}`;
  context.textAlign = align;
  context.textBaseline = "bottom";
  context.lineWidth = 3;
  context.strokeStyle = theme.card;
  context.strokeText(text, toX(x), toY(y) - 3);
  context.fillStyle = theme.soft;
  context.fillText(text, toX(x), toY(y) - 3);
}
