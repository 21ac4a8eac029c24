/** How the answer changes with one value, everything else as it is. */

import { el, percent, short } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { curve } from "./marks.js";
import { rounded, written } from "./words.js";

/**
 * @param {object} actions
 * @param {(column: string) => void} actions.choose
 * @param {(column: string, value: import("./server.js").Value) => void} actions.set
 */
export function createResponse({ choose, set }) {
  const select = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "data-testid": "response-column", "aria-label": () => t("Which column"), onchange: () => choose(select.value) }));
  const room = el("div", { class: "dsc-pr-plot" });
  const note = el("p", { class: "dsc-under" });
  const element = el("section", { class: "dsc-card dsc-pr-response" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("If one value changes") }), select), room, note);

  return {
    element,
    /** @param {import("./server.js").Column[]} columns @param {string} chosen */
    offer(columns, chosen) {
      select.replaceChildren(...columns.map((column) => el("option", { value: column.name, text: () => named(column.name) })));
      select.value = chosen;
    },
    /** @param {string} chosen */
    choose: (chosen) => (select.value = chosen),
    /** @param {import("./server.js").Curve} told @param {import("./server.js").Form} form @param {import("./server.js").Person} person */
    show(told, form, person) {
      const column = form.columns.find((each) => each.name === told.column);
      const place = told.about;
      const answers = told.answers.map((each) => each[place]);
      const isShare = form.task !== "regression";
      const about = isShare ? t("probability of {event}", { event: named(form.classes[told.about]) }) : named(form.target);
      element.dataset.points = String(told.values.length);
      if (column.levels.length || column.kind === "date" || told.values.some((value) => typeof value !== "number")) {
        room.replaceChildren(el("div", { class: "dsc-pr-bars" }, ...told.values.map((value, at) => level(value, answers[at], answers, isShare, value === person[told.column], () => set(told.column, value)))));
      } else {
        const x = told.values.map(Number);
        const spoken = t("{about} from {low} at {from} to {high} at {to}", { about, low: short(answers[0]), from: short(x[0]), high: short(answers.at(-1)), to: short(x.at(-1)) });
        const own = person[told.column];
        room.replaceChildren(curve({
          width: Math.max(260, room.clientWidth || 600), x, y: answers, seeds: told.seeds, own: typeof own === "number" ? own : null, trained: [column.low ?? x[0], column.high ?? x[0]],
          range: isShare ? [0, 1] : null, spoken, choose: (value) => set(told.column, rounded(column, value)),
        }));
      }
      if (column.levels.length) note.textContent = t("{about}. Press a level to set it.", { about });
      else note.textContent = told.seeds.length
        ? t("Up: {about}. Thin lines are the ten other seeds; the training rows reach as far as the ground is tinted. Press a place to set the value.", { about })
        : t("Up: {about}. The training rows reach as far as the ground is tinted. Press a place to set the value.", { about });
    },
  };
}

/**
 * @param {import("./server.js").Value} value @param {number|null} answer @param {(number|null)[]} all @param {boolean} isShare @param {boolean} isOwn
 * @param {() => void} onclick
 */
function level(value, answer, all, isShare, isOwn, onclick) {
  const low = isShare ? 0 : Math.min(...all);
  const high = isShare ? 1 : Math.max(...all);
  const filled = el("span", { class: "dsc-pr-fill" });
  filled.style.width = `${(100 * ((answer ?? 0) - low)) / (high - low || 1)}%`;
  return el("button", { type: "button", class: `dsc-pr-bar dsc-pr-level${isOwn ? " dsc-pr-chosen" : ""}`, "aria-pressed": String(isOwn), onclick },
    el("span", { class: "dsc-pr-class", text: written(value) }), el("span", { class: "dsc-pr-track" }, filled), el("span", { class: "dsc-pr-share", text: isShare ? percent(answer) : short(answer) }));
}
