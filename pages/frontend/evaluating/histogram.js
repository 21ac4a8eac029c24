/**
 * The scores of all rows, those with the event above the line and the others below it, with the threshold as a handle.
 *
 * Wrong ones stand out: they are whole and hatched, right ones are light. Counts are on a square-root scale, so that a
 * few rows beside very many can be seen. A drag on the handle moves the threshold, one on the bars chooses rows.
 */

import { el, setAttribute, setText } from "../ui/index.js";
import { t, tn } from "../words/index.js";
import { afterPainting, createPlot, diamond, dragging, SHARES, within } from "./plot.js";

const BINS = 40;
const NEAR = 14; // pixels from the line that still take hold of it
const APART = 0.15; // of half the height, between two counts beside the axis
const FINE = 0.001;
const STEP = 0.01;
const LARGE = 0.1;
const DIGITS = 3;

/** @typedef {import("./model.js").Model} Model */

/**
 * @param {() => void} invalidate
 * @param {import("./model.js").Actions} actions
 */
export function createHistogram(invalidate, actions) {
  const plot = createPlot({ name: "scores", title: () => t("Scores, and where the line is drawn") }, invalidate);
  const handle = el("div", {
    class: "dsc-ev-handle", role: "slider", tabindex: "0", "data-testid": "threshold", "aria-label": () => t("Threshold"),
    "aria-valuemin": "0", "aria-valuemax": "1", "aria-orientation": "horizontal",
  }, el("span", { class: "dsc-ev-grip", "aria-hidden": "true" }));
  plot.surface.box.append(handle);
  /** @type {import("./plot.js").Room|null} */
  let room = null;
  /** @type {Model|null} */
  let shown = null;
  /** Where a key has put it since the last picture: keys may come faster than pictures. @type {number|null} */
  let asked = null;
  let from = 0;
  let isMoving = false;

  /** @param {number} x pixels */
  const scoreAt = (x) => Math.max(0, Math.min(1, (x - room.plot.left) / room.plot.width));

  dragging(handle, {
    origin: plot.surface.canvas,
    down: () => {
      handle.focus({ preventScroll: true });
      return Boolean(room);
    },
    move: (x) => actions.moveThreshold(rounded(scoreAt(x))),
    up: actions.settle,
  });
  handle.addEventListener("keydown", (event) => {
    const to = keyTo(event, asked ?? shown?.choice.threshold ?? 0.5);
    if (to === null) return;
    event.preventDefault();
    asked = to;
    actions.moveThreshold(to);
    actions.settle();
  });

  dragging(plot.surface.canvas, {
    down: (x) => {
      if (!room) return false;
      isMoving = Math.abs(x - room.toX(shown.choice.threshold)) < NEAR;
      from = scoreAt(x);
      if (isMoving) handle.focus({ preventScroll: true });
      return true;
    },
    move: (x) => {
      const to = scoreAt(x);
      if (isMoving) actions.moveThreshold(rounded(to));
      else actions.select(between(from, to));
    },
    up: () => isMoving && actions.settle(),
  });

  return {
    element: plot.element,
    /** @param {Model} model */
    draw(model) {
      shown = model;
      asked = null;
      const { ranking, choice, theme, words } = model;
      const bins = binsOf(model);
      const most = Math.max(1, ...bins.event, ...bins.other);
      const high = Math.sqrt(most) * 1.08;
      const marks = marksTo(most, high);
      const ticks = [...marks.slice(1).map((count) => -Math.sqrt(count)), ...marks.map(Math.sqrt)];
      room = plot.begin(theme, {
        x: SHARES, y: { log: false, low: -high, high, step: 1, ticks },
        across: t("probability of {event}", { event: words.event }), up: t("rows"), margin: { top: 22 },
        textY: (value) => String(Math.round(value ** 2)),
      });
      if (!room) return;
      within(room, () => {
        paintBars(room, bins.event, bins.eventChosen, model, true);
        paintBars(room, bins.other, bins.otherChosen, model, false);
      });
      paintSides(room, model);
      paintLine(room, model);
      const [at, height] = [room.toX(choice.threshold), room.plot.top + room.plot.height];
      afterPainting(() => {
        handle.style.transform = `translateX(${at}px)`;
        handle.style.height = `${height}px`;
        const digits = choice.threshold.toFixed(DIGITS);
        setAttribute(handle, "aria-valuenow", digits);
        setAttribute(handle, "aria-valuetext", model.sentence);
        setText(plot.aside, tn("{n:,} row", "{n:,} rows", ranking.count));
        setAttribute(plot.surface.canvas, "aria-label", t("Scores of {n:,} rows: {events:,} are {event}, and {called:,} are called so at the threshold {threshold}.", {
          n: ranking.count, events: ranking.events, event: words.event, called: model.counts.tp + model.counts.fp, threshold: digits,
        }));
      });
    },
    destroy: plot.destroy,
  };
}

/** Counts that are written beside the axis, far enough from each other. @param {number} most @param {number} high */
function marksTo(most, high) {
  const marks = [0];
  for (const count of [1, 5, 20, 100, 500, 2000, 10000]) {
    if (count <= most * 1.1 && (Math.sqrt(count) - Math.sqrt(marks.at(-1))) / high > APART) marks.push(count);
  }
  return marks;
}

/** @param {KeyboardEvent} event @param {number} now @returns {number|null} */
function keyTo({ key, shiftKey }, now) {
  const step = shiftKey ? FINE : STEP;
  /** @type {Object<string, number>} */
  const moves = { ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step, PageDown: now - LARGE, PageUp: now + LARGE, Home: 0, End: 1 };
  return key in moves ? rounded(Math.max(0, Math.min(1, moves[key]))) : null;
}

/** @param {number} value */
const rounded = (value) => Number(value.toFixed(DIGITS));

/** @param {number} one @param {number} other @returns {import("./model.js").Selection} */
function between(one, other) {
  const [low, high] = one < other ? [one, other] : [other, one];
  const [first, last] = [Math.floor(low * BINS) / BINS, Math.min(1, Math.ceil(high * BINS + 1e-9) / BINS)];
  return {
    key: `scores ${first} ${last}`,
    words: () => t("probability from {low} to {high}", { low: first.toFixed(2), high: last.toFixed(2) }),
    has: ({ ranking: { scores } }) => (row) => scores[row] >= first && (scores[row] < last || last === 1),
  };
}

/** Counts by bin; the bin in which the threshold lies is cut in two where it is drawn. @param {Model} model */
function binsOf({ ranking, chosen }) {
  const make = () => new Array(BINS).fill(0);
  const found = { event: make(), other: make(), eventChosen: make(), otherChosen: make() };
  ranking.scores.forEach((score, row) => {
    if (!Number.isFinite(score)) return;
    const bin = Math.min(BINS - 1, Math.floor(score * BINS));
    const isEvent = ranking.event[row];
    found[isEvent ? "event" : "other"][bin]++;
    if (chosen?.[row]) found[isEvent ? "eventChosen" : "otherChosen"][bin]++;
  });
  return found;
}

/** @param {import("./plot.js").Room} room @param {number[]} counts @param {number[]} chosen @param {Model} model @param {boolean} isEvent */
function paintBars(room, counts, chosen, { choice, colours, theme }, isEvent) {
  const { context, toX, toY } = room;
  const colour = isEvent ? colours.event : colours.other;
  const sign = isEvent ? 1 : -1;
  counts.forEach((count, bin) => {
    if (!count) return;
    const [left, right] = [toX(bin / BINS) + 0.5, toX((bin + 1) / BINS) - 0.5];
    const [top, bottom] = [toY(Math.sqrt(count) * sign), toY(0)].sort((p, q) => p - q);
    const cut = Math.max(left, Math.min(right, toX(choice.threshold)));
    for (const [begin, end, isCalled] of /** @type {[number, number, boolean][]} */ ([[left, cut, false], [cut, right, true]])) {
      if (end - begin < 0.3) continue;
      const isRight = isCalled === isEvent;
      context.fillStyle = colour;
      context.globalAlpha = isRight ? 0.38 : 1;
      context.fillRect(begin, top, end - begin, bottom - top);
      context.globalAlpha = 1;
      if (!isRight) hatch(context, begin, top, end - begin, bottom - top, theme.card);
    }
    if (chosen[bin]) {
      const tip = toY(Math.sqrt(chosen[bin]) * sign);
      context.strokeStyle = theme.ink;
      context.lineWidth = 2;
      context.strokeRect(left + 1, Math.min(tip, bottom, toY(0)) + (sign < 0 ? 0 : 1), right - left - 2, Math.abs(tip - toY(0)) - 1);
    }
  });
}

/** @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {number} width @param {number} height @param {string} colour */
function hatch(context, left, top, width, height, colour) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  context.lineWidth = 1.2;
  context.beginPath();
  for (let x = Math.floor((left - height) / 5) * 5; x < left + width; x += 5) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** Which side is which, in the corners. @param {import("./plot.js").Room} room @param {Model} model */
function paintSides({ context, plot }, { colours, theme, words }) {
  context.font = `600 12px ${theme.font}`;
  context.textBaseline = "top";
  context.lineWidth = 3;
  context.strokeStyle = theme.card;
  const right = plot.left + plot.width - 6;
  for (const [text, colour, align, x, y] of /** @type {[string, string, CanvasTextAlign, number, number][]} */ ([
    [`▲ ${words.event}`, colours.event, "left", plot.left + 6, plot.top + 4], [`▼ ${words.other}`, colours.other, "right", right, plot.top + plot.height - 18],
  ])) {
    context.textAlign = align;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }
}

/** @param {import("./plot.js").Room} room @param {Model} model */
function paintLine({ context, plot, toX }, { choice, least, marked, ranking, theme }) {
  if (marked !== null) {
    const x = toX(ranking.scores[marked]);
    context.strokeStyle = theme.b;
    context.lineWidth = 2;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x, plot.top);
    context.lineTo(x, plot.top + plot.height);
    context.stroke();
    context.setLineDash([]);
  }
  if (least && least.threshold <= 1) {
    diamond(context, toX(least.threshold), plot.top - 8, 6);
    context.fillStyle = theme.c;
    context.fill();
  }
  const at = toX(choice.threshold);
  context.strokeStyle = theme.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(at, plot.top - 2);
  context.lineTo(at, plot.top + plot.height);
  context.stroke();
  const text = choice.threshold.toFixed(2);
  context.font = `650 12.5px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textBaseline = "middle";
  const isLeft = at > plot.left + plot.width - 60;
  context.textAlign = isLeft ? "right" : "left";
  context.fillText(text, at + (isLeft ? -14 : 14), plot.top - 11);
}
