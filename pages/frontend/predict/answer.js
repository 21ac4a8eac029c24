/** The answer: probabilities, what calibration and conformal sets say, and how much luck was in it. */

import { el, percent, short } from "../ui/index.js";
import { listed, named, sentences, t, tn } from "../words/index.js";
import { dots } from "./marks.js";
import { inShort, likeliest } from "./words.js";

/**
 * @param {object} actions
 * @param {() => void} actions.train ten seeds
 * @param {() => void} actions.calibrate
 */
export function createAnswer({ train, calibrate }) {
  const headline = el("p", { class: "dsc-pr-headline", "data-testid": "predict-answer", "aria-live": "polite" });
  const bars = el("div", { class: "dsc-pr-bars" });
  const facts = el("dl", { class: "dsc-pr-facts" });
  const warning = el("p", { class: "dsc-pr-warning", "data-testid": "predict-outside" });
  const luckSaid = el("p", { class: "dsc-under", "data-testid": "predict-luck" });
  const strip = el("div", { class: "dsc-pr-strip" });
  const button = el("button", { type: "button", class: "dsc-button", "data-testid": "train-seeds", text: () => t("Train ten seeds"), onclick: () => train() });
  const calibrates = el("button", { type: "button", class: "dsc-button", "data-testid": "calibrate", text: () => t("Calibrate"), onclick: () => calibrate() });
  const epoch = el("span", { class: "dsc-aside" });
  const element = el("section", { class: "dsc-card dsc-pr-answer" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("The answer") }), epoch),
    headline, bars, warning, facts, calibrates,
    el("h3", { class: "dsc-title dsc-pr-sub", text: () => t("How much luck matters") }), strip, luckSaid, button);

  return {
    element,
    /**
     * @param {import("./server.js").PersonAnswer} told @param {import("./server.js").Form} form
     * @param {{owner: boolean, making: import("../words/index.js").ToldTask|null, problem: string, calibrating: boolean}} seeds
     */
    show(told, form, seeds) {
      headline.textContent = form.task === "regression" ? t("{target}: {value}", { target: named(form.target), value: short(told.value) }) : inShort(told);
      element.dataset.answer = form.task === "regression" ? String(told.value) : likeliest(told);
      epoch.textContent = t("after epoch {epoch}", { epoch: told.epoch });
      bars.replaceChildren(...Object.entries(told.probability ?? {}).map(([name, share]) => bar(name, share)));
      warning.textContent = warningOf(told);
      warning.classList.toggle("dsc-pr-quiet", !told.outside.length && !told.far_from_all);
      facts.replaceChildren(...calibrated(told));
      calibrates.classList.toggle("dsc-gone", Boolean(told.sets ?? told.bands) || !seeds.owner || seeds.calibrating);
      showLuck(told, form, seeds);
    },
    /** @param {string} sentence */
    refuse(sentence) {
      headline.textContent = sentence;
      delete element.dataset.answer;
      bars.replaceChildren();
      strip.replaceChildren();
      facts.replaceChildren();
      warning.textContent = "";
      luckSaid.textContent = "";
    },
  };

  /** @param {import("./server.js").PersonAnswer} told @param {import("./server.js").Form} form @param {{owner: boolean, making: import("../words/index.js").ToldTask|null, problem: string}} state */
  function showLuck(told, form, { owner, making, problem }) {
    const { seeds } = told;
    button.classList.toggle("dsc-gone", Boolean(seeds) || !owner || Boolean(making));
    if (!seeds) {
      strip.replaceChildren(...(making ? [progress(making)] : []));
      luckSaid.textContent = problem || (making ? t("Ten networks are trained that differ from this one by the seed alone.")
        : owner ? t("Would the answer be the same with other initial weights and another order of rows? Ten seeds tell.")
          : t("The browser that started this run has not had ten seeds trained."));
      return;
    }
    const width = Math.max(260, strip.clientWidth || 420);
    const [low, high] = [Math.min(...seeds), Math.max(...seeds)];
    if (form.task === "regression") {
      const own = told.value;
      const [least, most] = [Math.min(low, own), Math.max(high, own)];
      const spoken = t("Ten other seeds answer {low} to {high}; this network answers {own}.", { low: short(low), high: short(high), own: short(own) });
      strip.replaceChildren(dots(width, seeds, own, { low: least - (most - least || 1) * 0.1, high: most + (most - least || 1) * 0.1 }, spoken));
      luckSaid.textContent = sentences(spoken, t("Their range is what chance in training does; the truth may well lie outside it."));
      return;
    }
    const event = form.classes[told.about];
    const own = told.probability[event];
    const calls = seeds.filter((each) => each >= 0.5).length;
    const spoken = t("Probability of {event}: ten other seeds answer {low} to {high}, this network {own}.", { event: named(event), low: percent(low), high: percent(high), own: percent(own) });
    strip.replaceChildren(dots(width, seeds, own, { low: 0, high: 1 }, spoken));
    const said = form.classes.length === 2 ? tn("{n} of {all} calls it {event}.", "{n} of {all} call it {event}.", calls, { all: seeds.length, event: named(event) }) : "";
    luckSaid.textContent = sentences(spoken, ...(said ? [said] : []), t("Their range is what chance in training does; the truth may well lie outside it."));
  }
}

/** @param {import("../words/index.js").ToldTask} making */
export function progress(making) {
  const line = el("div", { class: "dsc-progress dsc-pr-progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(100 * making.progress)), "aria-label": t("Progress") });
  const done = el("div", { class: "dsc-bar" });
  done.style.transform = `scaleX(${making.progress})`;
  line.append(done);
  return line;
}

/** @param {string} name @param {number} share */
function bar(name, share) {
  const filled = el("span", { class: "dsc-pr-fill" });
  filled.style.width = `${100 * share}%`;
  return el("div", { class: "dsc-pr-bar" },
    el("span", { class: "dsc-pr-class", text: named(name), title: named(name) }), el("span", { class: "dsc-pr-track" }, filled),
    el("span", { class: "dsc-pr-share", text: percent(share) }));
}

/** @param {import("./server.js").PersonAnswer} told */
function warningOf(told) {
  if (told.other_unit.length) return t("Far outside the training rows, as another unit would be: {columns}. Ten seeds do not warn of that.", { columns: listed(told.other_unit.map(named)) });
  if (told.outside.length) return t("Outside the training rows: {columns}. The network has never seen such a value, and ten seeds do not warn of that.", { columns: listed(told.outside.map(named)) });
  if (told.far_from_all) return t("Every value is within the training rows, but hardly any of them is like this person as a whole.");
  return t("Every value lies within the training rows.");
}

/** What calibration says of it, or that there is none yet. @param {import("./server.js").PersonAnswer} told */
function calibrated(told) {
  const none = t("not calibrated yet");
  const parts = told.probability ? [[t("Calibrated probability"), told.calibrated ? chanceOf(told) : none, "predict-calibrated"]] : [];
  const found = told.probability ? told.sets : told.bands;
  for (const level of ["0.9", "0.95", "0.99"]) {
    const share = t("{level:.0%}", { level: Number(level) });
    const name = told.probability ? t("Conformal set, {share}", { share }) : t("Band, {share}", { share });
    if (level === "0.9" || found) parts.push([name, found ? setOf(found[level]) : none, `predict-set-${level}`]);
  }
  return parts.flatMap(([name, words, id]) => [el("dt", { text: name }), el("dd", { text: words, "data-testid": id })]);
}

/** @param {import("./server.js").PersonAnswer} told */
function chanceOf({ calibrated: chances }) {
  const [name, share] = Object.entries(chances).reduce((best, each) => (each[1] > best[1] ? each : best));
  return t("{name} ({share})", { name: named(name), share: percent(share) });
}

/** @param {(string|number)[]|null} found classes, or the ends of a band */
function setOf(found) {
  if (!found) return t("too few rows to promise it");
  return typeof found[0] === "number" ? t("{low} to {high}", { low: short(found[0]), high: short(Number(found[1])) }) : listed(found.map((each) => named(String(each))));
}
