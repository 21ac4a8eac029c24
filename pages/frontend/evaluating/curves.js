/** ROC and precision–recall curves: the threshold is a point on them, and whoever drags along them moves it. */

import { setAttribute, setText } from "../ui/index.js";
import { t } from "../words/index.js";
import { specificity } from "./figures.js";
import { afterPainting, createPlot, dragging, markLeast, markThreshold, SHARES, trace, within } from "./plot.js";

/** @typedef {import("./model.js").Model} Model */

/** @param {() => void} invalidate @param {import("./model.js").Actions} actions */
export function createRoc(invalidate, actions) {
  return createCurve({
    name: "roc", title: () => t("ROC curve"), across: () => t("false alarms among the others"), up: () => t("found: sensitivity"),
    points: (ranking) => ranking.ends.map((called) => [ranking.alarms[called] / ranking.others, ranking.hits[called] / ranking.events]),
    aside: ({ ranking }) => t("area {area}", { area: ranking.area.toFixed(3) }),
    chance: () => [[0, 0], [1, 1]],
    label: (model) => t("ROC curve: area {area}. At the threshold, sensitivity {sensitivity} and specificity {specificity}.", {
      area: model.ranking.area.toFixed(3), sensitivity: (model.counts.tp / model.ranking.events).toFixed(2), specificity: specificity(model.counts).toFixed(2),
    }),
  }, invalidate, actions);
}

/** @param {() => void} invalidate @param {import("./model.js").Actions} actions */
export function createPrecision(invalidate, actions) {
  return createCurve({
    name: "precision", title: () => t("Precision and recall"), across: () => t("found: recall"), up: () => t("of those called, right"),
    points: (ranking) => ranking.ends.map((called) => [ranking.hits[called] / ranking.events, called ? ranking.hits[called] / called : 1]),
    aside: ({ ranking }) => t("average {precision}", { precision: ranking.averagePrecision.toFixed(3) }),
    chance: ({ ranking }) => [[0, ranking.share], [1, ranking.share]],
    label: (model) => t("Precision and recall: average precision {precision}. At the threshold, precision {now} and recall {recall}.", {
      precision: model.ranking.averagePrecision.toFixed(3), now: (model.counts.tp / (model.counts.tp + model.counts.fp)).toFixed(2), recall: (model.counts.tp / model.ranking.events).toFixed(2),
    }),
  }, invalidate, actions);
}

/**
 * @param {object} about
 * @param {string} about.name
 * @param {() => string} about.title
 * @param {() => string} about.across
 * @param {() => string} about.up
 * @param {(ranking: import("./ranking.js").Ranking) => [number, number][]} about.points one for each of `ranking.ends`
 * @param {(model: Model) => string} about.aside
 * @param {(model: Model) => [number, number][]} about.chance what guessing gives
 * @param {(model: Model) => string} about.label
 * @param {() => void} invalidate
 * @param {import("./model.js").Actions} actions
 */
function createCurve(about, invalidate, actions) {
  const plot = createPlot(about, invalidate);
  /** @type {import("./plot.js").Room|null} */
  let room = null;
  /** @type {Model|null} */
  let shown = null;
  /** @type {import("./ranking.js").Ranking|null} */
  let known = null;
  /** @type {[number, number][]} */
  let points = [];

  /** @param {import("./plot.js").Room} still @param {Model} model */
  function paintCurve(still, model) {
    const { context } = still;
    within(still, () => {
      context.setLineDash([4, 4]);
      context.lineWidth = 1;
      context.strokeStyle = model.theme.soft;
      trace(still, about.chance(model));
      context.stroke();
      context.setLineDash([]);
      trace(still, points);
      context.lineWidth = 2.5;
      context.lineJoin = "round";
      context.strokeStyle = model.colours.event;
      context.stroke();
    });
  }

  dragging(plot.surface.canvas, {
    down: () => Boolean(room && shown.ranking.events && shown.ranking.others),
    move: (x, y) => actions.moveThreshold(shown.ranking.thresholdOf(shown.ranking.ends[nearest(points, room, x, y)])),
    up: actions.settle,
  });

  return {
    element: plot.element,
    /** @param {Model} model */
    draw(model) {
      shown = model;
      const { ranking, theme, colours, counts, least, chosen } = model;
      if (known !== ranking) {
        known = ranking;
        points = about.points(ranking);
      }
      const isDefined = ranking.events > 0 && ranking.others > 0;
      const { all, choice, selection } = model;
      const key = `${all.version} ${choice.rows} ${choice.positive} ${colours.event}`;
      room = plot.begin(theme, { x: SHARES, y: SHARES, across: about.across(), up: about.up() }, { key, paint: (still) => isDefined && paintCurve(still, model) });
      if (!room) return;
      afterPainting(() => {
        setText(plot.aside, isDefined ? about.aside(model) : "–");
        setAttribute(plot.surface.canvas, "aria-label", isDefined ? about.label(model) : t("There are rows of one class only."));
      });
      if (!isDefined) return;
      if (chosen && selection) paintChosen(room, model, points);
      const at = (/** @type {number} */ threshold) => points[Math.max(0, ranking.ends.indexOf(ranking.called(threshold)))];
      if (least) markLeast(room, ...at(least.threshold), theme);
      if (counts) markThreshold(room, ...at(model.choice.threshold), theme);
    },
    destroy: plot.destroy,
  };
}

/** Selected rows as ticks where they come in. @param {import("./plot.js").Room} room @param {Model} model @param {[number, number][]} points */
function paintChosen({ context, toX, toY }, { ranking, chosen, theme }, points) {
  context.fillStyle = theme.ink;
  let end = 0;
  ranking.order.forEach((row, place) => {
    while (ranking.ends[end] < place + 1) end++;
    if (!chosen[row]) return;
    const [x, y] = points[end];
    context.beginPath();
    context.arc(toX(x), toY(y), 2.6, 0, 2 * Math.PI);
    context.fill();
  });
}

/** @param {[number, number][]} points @param {import("./plot.js").Room} room @param {number} x @param {number} y */
function nearest(points, { toX, toY }, x, y) {
  let [best, least] = [0, Infinity];
  points.forEach(([across, up], index) => {
    const away = (toX(across) - x) ** 2 + (toY(up) - y) ** 2;
    if (away < least) [best, least] = [index, away];
  });
  return best;
}
