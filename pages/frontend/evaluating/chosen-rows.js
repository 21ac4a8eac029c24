/** The rows that were chosen somewhere, or the most wrong ones; pictures as pictures, and one row with all of its values. */

import { el, rgb, setAttribute, setText } from "../ui/index.js";
import { t, tn } from "../words/index.js";
import { JudgedRows } from "./judged-rows.js";
import { valuesOf } from "./raw-values.js";

const MOST = 40; // rows in sight
const MOST_TOLD = 200; // numbers of rows for outside readers
const AGAIN = 400; // milliseconds between two lists while something moves

/**
 * @typedef {import("./model.js").Model} Model
 */

/**
 * @param {import("./model.js").Actions} actions
 * @param {() => import("./raw-values.js").Raw|null} raw of the kind of rows on screen
 * @param {(page: string, row: number) => string|null} address of another page about a row; null where there is none
 */
export function createChosenRows(actions, raw, address) {
  const title = el("h2", { class: "dsc-title" });
  const clear = el("button", { type: "button", class: "dsc-button dsc-ev-clear", "data-testid": "clear-selection", text: () => t("Clear"), onclick: () => actions.select(null) });
  const list = el("div", { class: "dsc-ev-list", role: "group", "aria-label": () => t("Rows") });
  const detail = el("div", { class: "dsc-ev-detail", "aria-live": "polite" });
  const element = el("section", { class: "dsc-card dsc-ev-rows", "data-testid": "chosen-rows", "aria-label": () => t("Chosen rows") },
    el("div", { class: "dsc-head" }, title, clear), list, detail);
  let shown = "";
  let opened = "";
  let next = 0;
  let timer = 0;

  /** @param {Model} model */
  function rowsOf({ ranking: { scores, event, order }, chosen, choice: { threshold } }) {
    const wrong = (/** @type {number} */ row) => Boolean(event[row]) !== scores[row] >= threshold;
    const away = (/** @type {number} */ row) => (event[row] ? 1 - scores[row] : scores[row]);
    const found = [...order].filter((row) => (chosen ? chosen[row] : wrong(row)));
    return found.sort((one, other) => away(other) - away(one));
  }

  /** @param {Model} model */
  function build(model) {
    const { ranking, classes, judged, selection, marked, choice } = model;
    const rows = rowsOf(model);
    const told = raw();
    setText(title, selection ? tn("{n:,} row: {what}", "{n:,} rows: {what}", rows.length, { what: selection.words() }) : tn("{n:,} row is wrong", "{n:,} rows are wrong, the worst first", rows.length));
    setAttribute(element, "data-rows", JSON.stringify(rows.slice(0, MOST_TOLD).map((row) => JudgedRows.number(judged, row))));
    clear.classList.toggle("dsc-away", !selection);
    const now = JSON.stringify([rows.slice(0, MOST), rows.length, model.all.version, choice.positive, choice.rows, Boolean(told), marked, classes, model.theme.name]);
    if (now === shown) return;
    shown = now;
    const hadFocus = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.row : null;
    list.classList.toggle("dsc-ev-pictures", Boolean(told?.picture));
    list.replaceChildren(...rows.slice(0, MOST).map((row) => {
      const number = JudgedRows.number(judged, row);
      const actual = classes[judged.targets[row]] ?? "";
      const isWrong = Boolean(ranking.event[row]) !== ranking.scores[row] >= choice.threshold;
      const words = t("row {row}: {actual}, said {score}", { row: number, actual, score: ranking.scores[row].toFixed(3) });
      const picture = told?.picture && number < told.shown ? paint(told, number, model.theme) : null;
      return el("button", {
        type: "button", class: `dsc-ev-row${isWrong ? " dsc-ev-wrong" : ""}`, "aria-pressed": String(marked === row), "aria-label": words, title: words, "data-row": String(number),
        onclick: () => actions.mark(marked === row ? null : row),
      }, ...(picture ? [picture, el("span", { text: actual })] : [
        el("span", { class: "dsc-ev-number", text: `#${number}` }), el("span", { class: "dsc-ev-actual", text: actual }),
        el("span", { class: "dsc-ev-bar" }, bar(ranking.scores[row], model)), el("span", { class: "dsc-ev-score", text: ranking.scores[row].toFixed(3) }),
      ]));
    }));
    if (rows.length > MOST) list.append(el("p", { class: "dsc-under", text: tn("and {n:,} more", "and {n:,} more", rows.length - MOST) }));
    if (!rows.length) list.append(el("p", { class: "dsc-under", text: selection ? t("No row is there.") : t("Every row is right at this threshold.") }));
    if (hadFocus) /** @type {HTMLElement|null} */ (list.querySelector(`[data-row="${hadFocus}"]`))?.focus({ preventScroll: true });
  }

  /** All that is known of the row that is looked at. @param {Model} model */
  function open({ marked, judged, classes, ranking, words, choice }) {
    const told = raw();
    const now = JSON.stringify([marked, Boolean(told), choice.rows, marked === null ? 0 : ranking.scores[marked], classes, words]);
    if (now === opened) return;
    opened = now;
    detail.classList.toggle("dsc-gone", marked === null);
    if (marked === null) return;
    const number = JudgedRows.number(judged, marked);
    const links = choice.rows === "test" ? [["explain", t("Why?")], ["predict", t("What if?")]].flatMap(([page, text]) => {
      const href = address(page, number);
      return href ? [el("a", { class: "dsc-button", href, "data-descent-page": page, text })] : [];
    }) : [];
    detail.replaceChildren(el("p", { class: "dsc-ev-about" },
      el("b", { text: t("Row {row}", { row: number }) }), ` ${classes[judged.targets[marked]] ?? ""} · `, t("probability of {event}: {score}", { event: words.event, score: ranking.scores[marked].toFixed(3) })),
    ...(links.length ? [el("p", { class: "dsc-ev-links" }, ...links)] : []), el("dl", { class: "dsc-ev-values" }, ...valuesOf(told, number)));
  }

  return {
    element,
    /** @param {Model} model */
    draw(model) {
      open(model);
      const wait = next - performance.now();
      clearTimeout(timer);
      if (wait > 0) {
        timer = setTimeout(() => build(model), wait);
        return;
      }
      next = performance.now() + AGAIN;
      build(model);
    },
    destroy: () => clearTimeout(timer),
  };
}

/** The probability as a bar, with the threshold as a line. @param {number} score @param {Model} model */
function bar(score, { choice, colours }) {
  const inner = el("i");
  inner.style.width = `${100 * score}%`;
  inner.style.background = colours.event;
  const line = el("u");
  line.style.left = `${100 * Math.min(1, choice.threshold)}%`;
  const both = el("span", {}, inner, line);
  return both;
}

/** @param {import("./raw-values.js").Raw} told @param {number} row @param {import("../ui/index.js").Theme} theme */
function paint(told, row, theme) {
  const { first, rows, columns, low, high } = told.picture;
  const canvas = el("canvas", { width: String(columns), height: String(rows), "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const [from, to] = [rgb(theme.card), rgb(theme.ink)];
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    const share = Math.max(0, Math.min(1, (told.values[row * told.names.length + first + pixel] - low) / (high - low || 1)));
    for (let channel = 0; channel < 3; channel++) image.data[4 * pixel + channel] = from[channel] + (to[channel] - from[channel]) * share;
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
