/** "I don't know": below a confidence the network gives no answer; how many it still answers, and how many of these are wrong. */

import { el, linearAxis, percent, setAttribute, setText } from "../ui/index.js";
import { t } from "../words/index.js";
import { afterPainting, createPlot, dragging, painting, SHARES, trace, within } from "./plot.js";

/** @typedef {import("./model.js").Model} Model */

/** @param {() => void} invalidate @param {import("./model.js").Actions} actions */
export function createAbstaining(invalidate, actions) {
  const plot = createPlot({ name: "abstaining", title: () => t("“I don't know”") }, invalidate);
  const slider = el("input", { type: "range", class: "dsc-slider", min: "0.5", max: "1", step: "0.005", value: "0.5", "data-testid": "confidence", "aria-label": () => t("Least confidence for an answer"), oninput: invalidate });
  const words = el("p", { class: "dsc-under dsc-note", "data-testid": "abstaining-sentence" });
  const show = el("button", { type: "button", class: "dsc-button", text: () => t("Show the undecided"), onclick: () => {
    const least = Number(slider.value);
    actions.select({ key: `undecided ${least}`, words: () => t("the network says: I don't know"), has: (model) => (row) => confidenceOf(model, row) < least });
  } });
  plot.element.append(el("div", { class: "dsc-ev-both dsc-ev-below" }, slider, show), words);
  /** @type {import("./plot.js").Room|null} */
  let room = null;
  /** @type {Array<[number, number, number]>} answered, error, confidence */
  let points = [];
  let known = "";
  let drawn = "";

  dragging(plot.surface.canvas, {
    down: () => Boolean(room),
    move: (x) => {
      const answered = (x - room.plot.left) / room.plot.width;
      const found = points.find((point) => point[0] >= answered) ?? points.at(-1);
      slider.value = String(found[2]);
      invalidate();
    },
  });

  return {
    element: plot.element,
    /** @param {Model} model */
    draw(model) {
      const { all, choice, theme, ranking } = model;
      const wanted = `${all.version} ${choice.rows}`;
      if (wanted !== known) {
        known = wanted;
        points = curveOf(model);
        afterPainting(() => {
          slider.min = String(Math.floor(100 / Math.max(2, model.classes.length)) / 100);
        });
      }
      const least = Number(slider.value);
      const now = JSON.stringify([wanted, least, theme.name, t("wrong answers"), plot.surface.known, painting()]);
      if (now === drawn) return;
      drawn = now;
      const most = Math.max(0.02, ...points.map((point) => point[1]));
      room = plot.begin(theme, { x: SHARES, y: linearAxis(0, most, 4, null), across: t("share of rows that are answered"), up: t("wrong answers"), textY: (value) => percent(value, most < 0.05 ? 1 : 0), margin: { left: 56 } });
      const at = points.findLast((point) => point[2] >= least) ?? null; // the surest come first
      if (room) {
        const { context, toX, toY } = room;
        within(room, () => {
          trace(room, points.map(([answered, error]) => /** @type {[number, number]} */ ([answered, error])));
          context.lineWidth = 2.5;
          context.strokeStyle = theme.a;
          context.stroke();
        });
        if (at) {
          context.beginPath();
          context.arc(toX(at[0]), toY(at[1]), 6, 0, 2 * Math.PI);
          context.fillStyle = theme.card;
          context.fill();
          context.lineWidth = 2.5;
          context.strokeStyle = theme.ink;
          context.stroke();
        }
      }
      const values = { least: percent(least, 0), answered: percent(at?.[0] ?? 0), error: percent(at?.[1] ?? NaN) };
      afterPainting(() => write(values, at, ranking.count));
    },
    destroy: plot.destroy,
  };

  /** @param {{least: string, answered: string, error: string}} values @param {[number, number, number]|null} at @param {number} count */
  function write(values, at, count) {
    setText(words, at
      ? t("Where it is less sure than {least} it says “I don't know”: it answers {answered} of the rows, and {error} of these answers are wrong.", values)
      : t("No row is that sure: it answers none."));
    setAttribute(plot.surface.canvas, "aria-label", words.textContent);
    setAttribute(slider, "aria-valuetext", values.least);
    setAttribute(plot.element, "data-answered", String(at?.[0] ?? 0));
    setAttribute(plot.element, "data-error", String(at?.[1] ?? ""));
    show.disabled = count === 0;
  }
}

/** @param {Model} model @param {number} row */
function confidenceOf({ all, judged }, row) {
  const { outputs } = judged;
  if (all.classes === 2) return Math.max(outputs[row], 1 - outputs[row]);
  let most = 0;
  for (let each = 0; each < all.classes; each++) most = Math.max(most, outputs[row * all.classes + each]);
  return most;
}

/** From the surest rows to all of them. @param {Model} model @returns {Array<[number, number, number]>} */
function curveOf(model) {
  const { judged, all, ranking } = model;
  const rows = Array.from({ length: ranking.count }, (_, row) => ({ sure: confidenceOf(model, row), isWrong: all.likeliest(judged, row) !== judged.targets[row] }));
  rows.sort((one, other) => other.sure - one.sure);
  /** @type {Array<[number, number, number]>} */
  const points = [];
  let wrong = 0;
  rows.forEach(({ sure, isWrong }, place) => {
    wrong += Number(isWrong);
    if (place + 1 < rows.length && rows[place + 1].sure === sure) return;
    points.push([(place + 1) / rows.length, wrong / (place + 1), sure]);
  });
  return points;
}
