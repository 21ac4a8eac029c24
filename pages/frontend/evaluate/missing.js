/** The card that says for whom the network still works when a kind of data is missing; only where there are several kinds. */

import { el, percent, setAttribute, setText } from "../ui/index.js";
import { answered, named, t, worded } from "../words/index.js";

const MUCH = 0.1; // a fall that is pointed out
const AGAIN = 1000; // milliseconds until a state that was not there yet is asked for again
const MOST_TRIES = 6;

/**
 * @typedef {import("../words/index.js").Said} Said
 * @typedef {{rows: number, roc_auc: number|null, accuracy: number|null, recall: number|null}} Figures
 * @typedef {{missing: string|null, title: Said, figures: Figures[]}} Circumstance
 * @typedef {{epoch: number, event: Said, groups: Said[], circumstances: Circumstance[]}} Answer
 */

/** @type {Array<{key: "roc_auc"|"accuracy"|"recall", title: () => string, text: (value: number|null) => string}>} */
const MEASURES = [
  { key: "roc_auc", title: () => t("AUC"), text: (value) => (value === null ? "–" : value.toFixed(2)) },
  { key: "accuracy", title: () => t("accuracy"), text: (value) => percent(value, 0) },
  { key: "recall", title: () => t("sensitivity"), text: (value) => percent(value, 0) },
];

/** @param {() => void} invalidate */
export function createMissing(invalidate) {
  const head = el("thead");
  const body = el("tbody");
  const table = el("table", { class: "dsc-harm" }, el("caption", { class: "dsc-hidden", text: () => t("Who is harmed when a kind of data is missing") }), head, body);
  const aside = el("span", { class: "dsc-aside" });
  const sentence = el("p", { class: "dsc-under dsc-note", role: "status", "data-testid": "harm-sentence" });
  const element = el("section", { class: "dsc-card dsc-missing dsc-gone", "data-testid": "harm", "aria-label": () => t("Who is harmed when a kind of data is missing") },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Who is harmed when a kind of data is missing") }), aside),
    el("div", { class: "dsc-harm-room", tabindex: "0", role: "region", "aria-label": () => t("Figures of the test rows") }, table), sentence);

  /** @type {Answer|null} */
  let answer = null;
  /** @type {Said|string} */
  let problem = "";
  let asked = ""; // what was asked for last
  let built = "";
  let tries = 0;

  /** @param {string} folder @param {number} epoch */
  async function ask(folder, epoch) {
    const mine = `${folder} ${epoch}`;
    asked = mine;
    const response = await fetch(`${folder}/missing-kinds.json?epoch=${epoch}`).catch(() => /** @type {Response|null} */ (null));
    if (asked !== mine) return;
    if (response?.status === 409 && ++tries < MOST_TRIES) {
      setTimeout(() => {
        asked = "";
        invalidate();
      }, AGAIN);
      return;
    }
    tries = 0;
    if (response?.ok) [answer, problem] = [await response.json(), ""];
    else [answer, problem] = [null, response ? answered(await response.text()) : t("The server did not answer.")];
    invalidate();
  }

  /** @param {Answer} said */
  function build({ groups, circumstances }) {
    head.replaceChildren(
      el("tr", {}, el("td"), ...groups.map((group, index) =>
        el("th", { scope: "colgroup", colspan: String(MEASURES.length), text: `${named(group)} (${circumstances[0].figures[index].rows})` }))),
      el("tr", {}, el("td"), ...groups.flatMap(() => MEASURES.map(({ title }) => el("th", { scope: "col", text: title() })))));
    body.replaceChildren(...circumstances.map(({ title, figures }, place) => el("tr", {},
      el("th", { scope: "row", text: worded(title) }),
      ...figures.flatMap((some, group) => MEASURES.map(({ key, text }) => {
        const before = circumstances[0].figures[group][key];
        const falls = place > 0 && before !== null && some[key] !== null && before - some[key] > MUCH;
        return el("td", { class: falls ? "dsc-falls" : "", text: falls ? `${text(some[key])} ▼` : text(some[key]) });
      })))));
  }

  /** The group of the ill, say, that loses most; none where nobody loses much. @param {Answer} said */
  function worst({ groups, circumstances, event }) {
    let most = MUCH;
    let words = t("Nobody loses much: of those who are {event}, nearly as many are recognised.", { event: named(event) });
    for (const { title, figures } of circumstances.slice(1)) {
      figures.forEach(({ recall }, group) => {
        const before = circumstances[0].figures[group].recall;
        if (group === 0 || before === null || recall === null || before - recall <= most) return;
        most = before - recall;
        words = t("Harmed most, {what}: {group}. Of those who are {event}, {after} are recognised instead of {before}.", {
          what: worded(title), group: named(groups[group]), event: named(event), after: percent(recall, 0), before: percent(before, 0),
        });
      });
    }
    return words;
  }

  return {
    element,
    /**
     * @param {import("../run/index.js").Run} run
     * @param {string|null} folder of the run's files
     * @param {number|null} looking the epoch looked back at
     */
    draw(run, folder, looking) {
      const has = (run.info?.kinds ?? 1) > 1;
      element.classList.toggle("dsc-gone", !has);
      if (!has || !folder) return;
      const rests = ["paused", "done", "stopped", "failed"].includes(run.state.state);
      const epoch = looking ?? (rests && run.epoch ? run.epoch : null);
      const wanted = `${folder} ${epoch}`;
      if (epoch !== null && wanted !== asked) ask(folder, epoch);
      const shown = answer && asked === `${folder} ${answer.epoch}` ? answer : null;
      table.classList.toggle("dsc-stale", Boolean(shown) && epoch === null);
      setText(aside, shown ? t("epoch {epoch:,}", { epoch: shown.epoch }) : "");
      const now = JSON.stringify([shown, t("sensitivity")]);
      table.classList.toggle("dsc-gone", !shown);
      if (now !== built) {
        built = now;
        if (shown) build(shown);
      }
      setAttribute(element, "data-figures", shown ? JSON.stringify(shown.circumstances.map(({ missing, figures }) => [missing, figures])) : "");
      setText(sentence, shown ? worst(shown) : worded(problem) || t("When the run rests, the test rows are tried with one kind of data at its mean over the training rows."));
    },
  };
}
