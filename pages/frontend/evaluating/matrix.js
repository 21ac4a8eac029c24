/** The confusion matrix at the threshold, each cell a button that chooses its rows; of many classes also the whole one. */

import { el, luminance, mix, PALETTE, percent, rgb, setAttribute, setText, whole } from "../ui/index.js";
import { t } from "../words/index.js";

/** @typedef {import("./model.js").Model} Model */

/** @type {Array<{key: "tp"|"fn"|"fp"|"tn", isEvent: boolean, isCalled: boolean, words: () => string}>} */
const CELLS = [
  { key: "tp", isEvent: true, isCalled: true, words: () => t("found") },
  { key: "fn", isEvent: true, isCalled: false, words: () => t("missed") },
  { key: "fp", isEvent: false, isCalled: true, words: () => t("false alarms") },
  { key: "tn", isEvent: false, isCalled: false, words: () => t("rightly left alone") },
];
const MOST_CLASSES = 12;

/** @param {import("./model.js").Actions} actions */
export function createMatrix(actions) {
  const cells = CELLS.map(({ key, isEvent, isCalled, words }) => {
    const count = el("b");
    const share = el("span", { class: "dsc-ev-share" });
    const button = el("button", {
      type: "button", class: "dsc-ev-cell", "data-cell": key, "aria-pressed": "false", onclick: () => toggle({
        key: `cell ${key}`, words,
        has: ({ ranking: { event, scores }, choice: { threshold } }) => (row) => Boolean(event[row]) === isEvent && (scores[row] >= threshold) === isCalled,
      }),
    }, count, el("span", { class: "dsc-ev-word", text: words }), share);
    return { key, isEvent, isCalled, words, count, share, button };
  });
  const [calledHead, leftHead, eventHead, otherHead] = Array.from({ length: 4 }, () => el("span"));
  const two = el("div", { class: "dsc-ev-two", role: "group", "aria-label": () => t("Confusion matrix at the threshold: rows are what is, columns what is said.") },
    el("span", { class: "dsc-ev-corner", text: () => t("actual \\ said") }), calledHead, leftHead, eventHead, cells[0].button, cells[1].button, otherHead, cells[2].button, cells[3].button);
  const many = el("div", { class: "dsc-ev-many dsc-gone" });
  const choose = el("button", { type: "button", class: "dsc-button dsc-ev-switch dsc-gone", "aria-pressed": "false", text: () => t("All classes"), onclick: () => {
    isWhole = !isWhole;
    actions.redraw();
  } });
  const element = el("section", { class: "dsc-card dsc-ev-matrix", "data-testid": "matrix", "aria-label": () => t("Confusion matrix") },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Confusion matrix") }), choose), two, many);
  let isWhole = false;
  /** @type {string|null} */
  let selected = null;
  let built = "";

  /** @param {import("./model.js").Selection} selection */
  function toggle(selection) {
    actions.select(selected === selection.key ? null : selection);
  }

  /** @param {Model} model */
  function drawWhole({ all, judged, classes, theme, selection }) {
    const shown = classes.slice(0, MOST_CLASSES);
    const counts = shown.map(() => new Array(shown.length).fill(0));
    judged.targets.forEach((actual, row) => {
      const said = all.likeliest(judged, row);
      if (actual < shown.length && said < shown.length) counts[actual][said]++;
    });
    const now = JSON.stringify([counts, shown, theme.name, selection?.key]);
    if (now === built) return;
    built = now;
    many.style.setProperty("--classes", String(shown.length));
    many.replaceChildren(el("span"), ...shown.map((name) => el("span", { class: "dsc-ev-name", text: name, title: name })),
      ...shown.flatMap((name, actual) => {
        const total = counts[actual].reduce((sum, count) => sum + count, 0);
        return [el("span", { class: "dsc-ev-name", text: name, title: name }), ...shown.map((other, said) => {
          const key = `classes ${actual} ${said}`;
          const [background, ink] = shade(total ? counts[actual][said] / total : 0, actual === said, theme);
          return el("button", {
            type: "button", class: "dsc-ev-cell", style: `background:${background};color:${ink}`, "aria-pressed": String(selection?.key === key), text: String(counts[actual][said]),
            "aria-label": t("{actual} taken for {said}: {n:,}", { actual: name, said: other, n: counts[actual][said] }),
            onclick: () => toggle({ key, words: () => t("{actual} taken for {said}", { actual: name, said: other }), has: (model) => (row) => model.judged.targets[row] === actual && model.all.likeliest(model.judged, row) === said }),
          });
        })];
      }));
  }

  return {
    element,
    /** @param {Model} model */
    draw(model) {
      const { counts, ranking, theme, words, classes, selection } = model;
      selected = selection?.key ?? null;
      choose.classList.toggle("dsc-gone", classes.length < 3);
      const showsWhole = isWhole && classes.length > 2;
      setAttribute(choose, "aria-pressed", String(showsWhole));
      two.classList.toggle("dsc-gone", showsWhole);
      many.classList.toggle("dsc-gone", !showsWhole);
      if (showsWhole) drawWhole(model);
      setText(calledHead, t("said: {event}", { event: words.event }));
      setText(leftHead, t("said: {event}", { event: words.other }));
      setText(eventHead, `${words.event} (${whole(ranking.events)})`);
      setText(otherHead, `${words.other} (${whole(ranking.others)})`);
      for (const { key, isEvent, isCalled, count, share, button } of cells) {
        const total = isEvent ? ranking.events : ranking.others;
        const part = total ? counts[key] / total : 0;
        setText(count, whole(counts[key]));
        setText(share, total ? percent(part) : "–");
        const [background, ink] = shade(part, isEvent === isCalled, theme);
        button.style.background = background;
        button.style.color = ink;
        setAttribute(button, "aria-pressed", String(selected === `cell ${key}`));
      }
      setAttribute(element, "data-counts", JSON.stringify([[counts.tp, counts.fn], [counts.fp, counts.tn]]));
    },
  };
}

/** Background and an ink that can be read on it. @param {number} share @param {boolean} isRight @param {import("../ui/index.js").Theme} theme */
function shade(share, isRight, theme) {
  const full = theme.dark ? rgb(isRight ? theme.a : theme.b) : mix(rgb(isRight ? theme.a : theme.b), rgb(theme.ink), 0.25);
  const colour = mix(rgb(theme.tint), full, share ? 0.1 + 0.84 * share ** 0.6 : 0);
  const light = luminance(colour);
  if (1.05 / (light + 0.05) >= 4.5) return [`rgb(${colour})`, theme.dark ? theme.ink : PALETTE.both["on-dark"]];
  return [`rgb(${colour})`, PALETTE.both[light > 0.45 ? "on-light" : "on-middle"]];
}
