/** What each value adds to the answer, beside the typical value of the training rows; and the nearest training rows. */

import { el, percent, short } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { written } from "./words.js";

const MOST = 10;

/** @param {{look: (column: string) => void}} actions */
export function createContributions({ look }) {
  const list = el("div", { class: "dsc-pr-added" });
  const note = el("p", { class: "dsc-under" });
  const element = el("section", { class: "dsc-card dsc-pr-contributions" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("What each value adds") })), list, note);

  return {
    element,
    /** @param {import("./server.js").PersonAnswer} told @param {import("./server.js").Form} form @param {import("./server.js").Person} person */
    show(told, form, person) {
      const place = told.about;
      const added = told.contributions.map((each) => ({ ...each, value: each.values[place] ?? 0 }));
      const first = [...added].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST);
      const most = Math.max(...first.map((each) => Math.abs(each.value)), 1e-9);
      const about = form.task === "regression" ? named(form.target) : t("the probability of {event}", { event: named(form.classes[told.about]) });
      list.replaceChildren(...first.map((each) => row(each, person[each.name], most, look, form.task !== "regression")));
      note.textContent = t("Change of {about} against the same person with the typical value of the training rows there. Values that say the same share what they add, and it does not sum up.", { about });
    },
  };
}

/** @param {{name: string, typical: import("./server.js").Value, value: number}} each @param {import("./server.js").Value} own @param {number} most @param {(column: string) => void} look @param {boolean} isShare */
function row({ name, typical, value }, own, most, look, isShare) {
  const line = el("span", { class: `dsc-pr-push ${value < 0 ? "dsc-pr-less" : "dsc-pr-more"}` });
  line.style.width = `${(50 * Math.abs(value)) / most}%`;
  const said = `${value > 0 ? "+" : ""}${isShare ? percent(value, Math.abs(value) < 0.01 ? 2 : 1) : short(value)}`;
  const hint = t("{name}: {own} instead of {typical}", { name: named(name), own: written(own), typical: written(typical) });
  return el("button", { type: "button", class: "dsc-pr-part", title: hint, "aria-label": `${hint}: ${said}`, onclick: () => look(name) },
    el("span", { class: "dsc-pr-name", text: named(name) }), el("span", { class: "dsc-pr-middle" }, line), el("span", { class: "dsc-pr-share", text: said }));
}

/** @param {{open: (kind: string, row: number) => void}} actions */
export function createNearest({ open }) {
  const room = el("div", { class: "dsc-pr-scroll", tabindex: "0", role: "region", "aria-label": () => t("The nearest training rows") });
  const note = el("p", { class: "dsc-under" });
  const element = el("section", { class: "dsc-card dsc-pr-nearest" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("The nearest training rows") })), room, note);

  return {
    element,
    /** @param {import("./server.js").PersonAnswer} told @param {import("./server.js").Form} form @param {import("./server.js").Person} person */
    show(told, form, person) {
      const place = told.about;
      const order = [...told.contributions].sort((a, b) => Math.abs(b.values[place] ?? 0) - Math.abs(a.values[place] ?? 0)).slice(0, 6).map((each) => each.name);
      const head = [t("Row"), t("Distance"), named(form.target), ...order.map(named)];
      const own = el("tr", { class: "dsc-pr-self" }, el("th", { scope: "row", text: t("this person") }), el("td", { text: "0" }), el("td", { text: "?" }), ...order.map((name) => el("td", { text: written(person[name]) })));
      const rows = told.nearest.map((each) => el("tr", { "data-testid": "neighbour", "data-row": String(each.row) },
        el("th", { scope: "row" }, el("button", { type: "button", class: "dsc-pr-link", text: String(each.row), "aria-label": t("Open training row {row}", { row: each.row }), onclick: () => open("train", each.row) })),
        el("td", { text: short(each.distance) }), el("td", { text: written(each.actual) }), ...order.map((name) => el("td", { text: written(each.values[name]) }))));
      room.replaceChildren(el("table", { class: "dsc-pr-table" },
        el("thead", {}, el("tr", {}, ...head.map((title) => el("th", { scope: "col", text: title })))), el("tbody", {}, own, ...rows)));
      const usual = short(told.usual_distance);
      note.textContent = t("Distances are in standard deviations of the inputs. Of the training rows, 95 % have another one within {usual}.", { usual });
    },
  };
}
