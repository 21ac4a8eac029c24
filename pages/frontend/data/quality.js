/** The quality score, what it is made of, and the way from each part to its rows or columns; and the balance of the classes. */

import { el, markerIcon, percent, whole } from "../ui/index.js";
import { sentences, t, tn, worded } from "../words/index.js";
import { partWords } from "./words.js";

/** @param {import("./view.js").Actions} actions */
export function createQuality({ showRows, showColumns }) {
  const score = el("b", { class: "dsc-data-score", "data-testid": "quality-score" });
  const parts = el("ul", { class: "dsc-data-parts" });
  const element = el("section", { class: "dsc-card dsc-data-quality", "data-testid": "data-quality" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Quality for learning") }), el("span", { class: "dsc-aside", text: () => t("of 100; parts are weighted") }), score), parts);

  return {
    element,
    /** @param {import("./view.js").About} about */
    show({ profile: { quality } }) {
      score.textContent = quality.score.toFixed(0);
      parts.replaceChildren(...quality.parts.map((part) => {
        const name = partWords(part.key);
        const links = [];
        if (part.rows.length) {
          links.push(el("button", { type: "button", class: "dsc-button", "data-testid": `quality-rows-${part.key}`, "aria-label": t("Show the rows: {name}", { name }),
            text: t("Rows"), onclick: () => showRows(name, part.rows, Math.max(part.rows.length, part.key === "uniqueness" ? part.count : 0), part.columns) }));
        }
        if (part.columns.length) {
          links.push(el("button", { type: "button", class: "dsc-button", "data-testid": `quality-columns-${part.key}`, "aria-label": t("Show the columns: {name}", { name }),
            text: t("Columns"), onclick: () => showColumns(part.columns, name) }));
        }
        return el("li", { "data-part": part.key },
          el("span", { class: "dsc-data-part-name", text: name }),
          bar(part.score / 100, part.score < 60),
          el("b", { class: "dsc-data-number", text: part.score.toFixed(part.score < 100 && part.score > 99 ? 1 : 0) }),
          el("span", { class: "dsc-data-part-said", text: worded(part.said), title: worded(part.said) }),
          el("span", { class: "dsc-data-links" }, ...links));
      }));
    },
  };
}

export function createBalance() {
  const list = el("ul", { class: "dsc-data-classes" });
  const note = el("p", { class: "dsc-under" });
  const aside = el("span", { class: "dsc-aside" });
  const element = el("section", { class: "dsc-card dsc-data-balance", "data-testid": "data-balance" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Balance of the classes") }), aside), list, note);

  return {
    element,
    /** @param {import("./view.js").About} about */
    show({ profile, names, target, theme }) {
      const { classes, rows } = profile;
      const total = classes.reduce((sum, [, count]) => sum + count, 0);
      aside.textContent = target === null ? "" : names[target];
      list.replaceChildren(...classes.map(([name, count], k) => el("li", {}, markerIcon(k, theme), el("span", { class: "dsc-name", text: name, title: name }),
        bar(total ? count / total : 0, false, theme.classes[k % theme.classes.length]), el("b", { class: "dsc-data-number", text: whole(count) }), el("span", { class: "dsc-data-number", text: percent(total ? count / total : 0) }))));
      note.textContent = balanceWords(classes, total, rows, target);
    },
  };
}

/** @param {[string, number][]} classes @param {number} total @param {number} rows @param {number|null} target */
function balanceWords(classes, total, rows, target) {
  if (target === null) return t("Choose a target: then every column is shown by its classes.");
  if (!classes.length) return t("The target is a number, or has more than ten values: there are no classes to compare.");
  const [name, count] = classes.reduce((most, each) => (each[1] > most[1] ? each : most));
  const usual = t("Always saying '{name}' would be right for {share:.1%} of the rows: a network has to do better.", { name, share: count / total });
  const lacking = rows - total;
  return sentences(usual, lacking ? tn("{n:,} row has no class.", "{n:,} rows have no class.", lacking) : "");
}

/** A bar; the number beside it says the same. @param {number} share @param {boolean} isPoor @param {string} [colour] */
export function bar(share, isPoor, colour) {
  const element = el("span", { class: `dsc-data-bar${isPoor ? " dsc-data-poor" : ""}`, "aria-hidden": "true" });
  element.style.setProperty("--share", String(Math.max(0, Math.min(1, share))));
  if (colour) element.style.setProperty("--bar", colour);
  return element;
}
