/** The reliability diagram: of the rows that get about 30 %, do about 30 % have the event? A click chooses the rows of a point. */

import { percent, setAttribute, setText } from "../ui/index.js";
import { t } from "../words/index.js";
import { afterPainting, createPlot, dragging, painting, SHARES, trace, within } from "./plot.js";
import { calibrationError } from "./ranking.js";

const REACH = 20; // pixels from a point that still mean it

/** @typedef {import("./model.js").Model} Model */

/** @param {() => void} invalidate @param {import("./model.js").Actions} actions */
export function createReliability(invalidate, actions) {
  const plot = createPlot({ name: "reliability", title: () => t("Reliability") }, invalidate);
  /** @type {import("./plot.js").Room|null} */
  let room = null;
  /** @type {import("./ranking.js").Ranking|null} */
  let known = null;
  /** @type {import("./ranking.js").Bin[]} */
  let bins = [];
  let drawn = "";

  dragging(plot.surface.canvas, {
    down: (x, y) => {
      const index = room ? near(bins, room, x, y) : -1;
      actions.select(index < 0 ? null : ofBin(bins[index], index));
      return false;
    },
    move: () => {},
  });

  return {
    element: plot.element,
    /** @param {Model} model */
    draw(model) {
      const { ranking, theme, colours, words, selection } = model;
      if (known !== ranking) bins = ranking.reliability();
      const now = JSON.stringify([theme.name, colours.event, words, selection?.key, plot.surface.known, painting()]);
      if (known === ranking && drawn === now) return;
      [known, drawn] = [ranking, now];
      room = plot.begin(theme, { x: SHARES, y: SHARES, across: t("said: probability of {event}", { event: words.event }), up: t("came true") });
      if (!room) return;
      const { context, toX, toY } = room;
      const error = calibrationError(bins);
      afterPainting(() => {
        setText(plot.aside, Number.isFinite(error) ? t("error {error}", { error: percent(error) }) : "–");
        setAttribute(plot.surface.canvas, "aria-label", t("Reliability: expected calibration error {error}. {points}", {
          error: percent(error), points: bins.map(({ predicted, observed }) => `${percent(predicted, 0)} → ${percent(observed, 0)}`).join("; "),
        }));
      });
      within(room, () => {
        context.setLineDash([4, 4]);
        context.lineWidth = 1;
        context.strokeStyle = theme.soft;
        trace(room, [[0, 0], [1, 1]]);
        context.stroke();
        context.setLineDash([]);
      });
      bins.forEach((bin, index) => {
        const [x, y] = [toX(bin.predicted), toY(bin.observed)];
        context.strokeStyle = colours.event;
        context.globalAlpha = 0.6;
        context.lineWidth = 1.75;
        context.beginPath();
        context.moveTo(x, toY(bin.low));
        context.lineTo(x, toY(bin.high));
        context.stroke();
        context.globalAlpha = 1;
        context.beginPath();
        context.arc(x, y, 4.5, 0, 2 * Math.PI);
        context.fillStyle = colours.event;
        context.fill();
        if (selection?.key === `reliability ${index}`) {
          context.lineWidth = 2.5;
          context.strokeStyle = theme.ink;
          context.stroke();
        }
      });
    },
    destroy: plot.destroy,
  };
}

/** @param {import("./ranking.js").Bin} bin @param {number} index @returns {import("./model.js").Selection} */
function ofBin(bin, index) {
  return {
    key: `reliability ${index}`,
    words: () => t("probability about {share}", { share: percent(bin.predicted, 0) }),
    has: ({ ranking }) => {
      const bins = ranking.reliability();
      const { from, to } = bins[Math.min(index, bins.length - 1)];
      const rows = new Set(ranking.order.subarray(from, to));
      return (row) => rows.has(row);
    },
  };
}

/** @param {import("./ranking.js").Bin[]} bins @param {import("./plot.js").Room} room @param {number} x @param {number} y */
function near(bins, { toX, toY }, x, y) {
  let [best, least] = [-1, REACH ** 2];
  bins.forEach(({ predicted, observed }, index) => {
    const away = (toX(predicted) - x) ** 2 + (toY(observed) - y) ** 2;
    if (away < least) [best, least] = [index, away];
  });
  return best;
}
