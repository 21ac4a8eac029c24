/** A copy learns on from one group's next rows: what that group gains, and what everybody else loses. */

import { Refused } from "../tasks/index.js";
import { el, percent, short } from "../ui/index.js";
import { named, sentences, t, taskWords } from "../words/index.js";
import { progress } from "./answer.js";
import { twoLines } from "./marks.js";
import { made } from "./server.js";

/**
 * @typedef {Object<string, number|null>} Figures
 * @typedef {object} Tuned as core/tasks/fine_tune.py tells it
 * @property {{learnt: number, group: number, others: number}} rows
 * @property {string} metric
 * @property {{group: Figures, others: Figures}[]} history
 */

export function createPersonal() {
  let address = "";
  /** @type {AbortController|null} */
  let asking = null;
  /** @type {import("./server.js").Form|null} */
  let form = null;
  /** @type {Tuned|null} */
  let result = null;
  /** @type {() => string} */
  let saying = () => "";
  const column = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "data-testid": "group-column", "aria-label": () => t("The group is told by"), onchange: () => offer() }));
  const level = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "data-testid": "group-level", "aria-label": () => t("Which level") }));
  const low = /** @type {HTMLInputElement} */ (el("input", { class: "dsc-number", type: "number", step: "any", "aria-label": () => t("From") }));
  const high = /** @type {HTMLInputElement} */ (el("input", { class: "dsc-number", type: "number", step: "any", "aria-label": () => t("To") }));
  const between = el("span", { class: "dsc-pr-from" }, low, el("span", { text: () => t("to") }), high);
  const epochs = /** @type {HTMLInputElement} */ (el("input", { class: "dsc-number", type: "number", min: "1", max: "200", value: "20", "aria-label": () => t("Epochs") }));
  const rate = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "aria-label": () => t("Learning rate") },
    ...["0.1", "1", "3"].map((times) => el("option", { value: times, text: () => t("{times} × the run's rate", { times }) }))));
  rate.value = "1";
  const rehearses = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", "data-testid": "rehearsal" }));
  const go = el("button", { type: "button", class: "dsc-button dsc-pr-go", "data-testid": "fine-tune", text: () => t("Let a copy learn on"), onclick: () => learn() });
  const room = el("div", { class: "dsc-pr-plot" });
  const said = el("p", { class: "dsc-pr-both", role: "status", "data-testid": "tuned-said" });
  const under = el("p", { class: "dsc-under" });
  /** @param {() => string} words @param {Node} control */
  const labelled = (words, control) => el("label", { class: "dsc-pr-labelled" }, el("span", { class: "dsc-pr-label-text", text: words }), control);
  const fields = el("div", { class: "dsc-pr-from dsc-pr-wide" }, labelled(() => t("The group is told by"), column), level, between,
    labelled(() => t("Epochs"), epochs), labelled(() => t("Learning rate"), rate), el("label", { class: "dsc-check" }, rehearses, el("span", { text: () => t("rehearse rows of the first training") })), go);
  const element = el("section", { class: "dsc-card dsc-pr-personal" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("One hospital's or one person's next rows") })),
    el("p", { class: "dsc-under", text: () => t("A copy of the network learns on from rows of one group that the network has not learnt. It is judged by the group's other rows, and by everybody else. The run stays as it is.") }),
    fields, said, room, under);

  /** What a group can be told by. @returns {{name: string, levels: string[], typical?: import("./server.js").Value}[]} */
  const known = () => [...(form?.groups ?? []), ...(form?.columns.filter((each) => !each.pixel && each.kind !== "date") ?? [])];
  const chosenOne = () => known().find((each) => each.name === column.value);

  function offer() {
    const chosen = chosenOne();
    if (!chosen) return;
    const isLevel = chosen.levels.length > 0;
    level.classList.toggle("dsc-gone", !isLevel);
    between.classList.toggle("dsc-gone", isLevel);
    level.replaceChildren(...chosen.levels.map((each) => el("option", { value: each, text: () => named(each) })));
    low.value = typeof chosen.typical === "number" ? String(chosen.typical) : "";
    high.value = "";
  }

  function options() {
    const chosen = chosenOne();
    /** @type {Object<string, any>} */
    const asked = { column: column.value, epochs: Number(epochs.value) || 20, rate: Number(rate.value), rehearsal: rehearses.checked };
    if (chosen?.levels.length) asked.level = level.value;
    if (!chosen?.levels.length && low.value !== "") asked.low = Number(low.value);
    if (!chosen?.levels.length && high.value !== "") asked.high = Number(high.value);
    return asked;
  }

  async function learn() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    result = null;
    element.dataset.state = "making";
    go.disabled = true;
    say(() => t("Asking for it …"));
    try {
      const found = await made(`${address}/fine-tune.json`, options(), signal, (making) => {
        room.replaceChildren(progress(making));
        say(() => taskWords(making));
      }, (sentence) => say(() => sentence));
      if (!found || signal.aborted) return;
      result = found.result;
      element.dataset.state = "done";
      draw();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      element.dataset.state = "refused";
      room.replaceChildren();
      under.textContent = "";
      say(() => problem.message);
    } finally {
      if (!signal.aborted) go.disabled = false;
    }
  }

  /** @param {() => string} words */
  function say(words) {
    saying = words;
    said.textContent = words();
  }

  function draw() {
    if (!result) {
      said.textContent = saying();
      return;
    }
    const { history, metric, rows } = result;
    const isShare = metric === "accuracy";
    /** @param {number|null|undefined} value */
    const figure = (value) => (isShare ? percent(value) : short(value));
    /** @param {"group"|"others"} who */
    const values = (who) => history.map((each) => each[who][metric]);
    const [group, others] = [values("group"), values("others")];
    const name = isShare ? t("accuracy") : t("mean absolute error");
    const spoken = t("{name}: the group {a} before and {b} after, everybody else {c} before and {d} after.", { name, a: figure(group[0]), b: figure(group.at(-1)), c: figure(others[0]), d: figure(others.at(-1)) });
    say(() => spoken);
    const key = el("div", { class: "dsc-legend" },
      el("span", { class: "dsc-key" }, el("span", { class: "dsc-swatch" }), el("span", { text: t("the group") })), el("span", { class: "dsc-key" }, el("span", { class: "dsc-swatch dsc-dashed" }), el("span", { text: t("everybody else") })), el("span", { text: t("{name} by epoch", { name }) }));
    room.replaceChildren(key, twoLines(Math.min(760, Math.max(260, room.clientWidth || 600)), group, others, spoken));
    const last = others.at(-1);
    const worse = last !== null && others[0] !== null && (isShare ? others[0] - last > 0.01 : last > others[0] * 1.01);
    const verdict = worse ? t("The copy forgets: everybody else is answered worse than before.") : t("Everybody else is answered about as before.");
    const end = group.at(-1);
    const isWorse = end !== null && group[0] !== null && (isShare ? group[0] - end > 0.01 : end > group[0] * 1.01);
    const own = isWorse ? [t("The group's other rows are answered worse, too: the copy learnt its few rows by heart.")] : [];
    under.textContent = sentences(verdict, ...own, t("Learnt from {learnt} rows, judged by {group} of the group and {others} others.", { ...rows }));
    element.dataset.forgets = String(worse);
  }

  return {
    element,
    /** @param {string} folder @param {import("./server.js").Form} told @param {boolean} isOwner */
    build(folder, told, isOwner) {
      address = folder;
      form = told;
      column.replaceChildren(...known().map((each) => el("option", { value: each.name, text: () => named(each.name) })));
      fields.classList.toggle("dsc-gone", !isOwner);
      element.classList.toggle("dsc-gone", !known().length);
      if (!isOwner) say(() => t("Only the browser that started the run can have a copy learn on."));
      offer();
    },
    reworded: draw,
    destroy: () => asking?.abort(),
  };
}
