/**
 * Explanations checked against the truth: made-up patients whose causes are known, ten seeds, eight methods. One slider
 * says how exactly age was recorded; then grey hair, which makes nobody ill, takes over.
 */

import { CANCELLED, followed } from "../tasks/index.js";
import { el, reword, setAttribute } from "../ui/index.js";
import { listed, named, sentences, t, taskWords, tn } from "../words/index.js";
import { drawRanks } from "./ranks.js";
import { ask, post } from "./server.js";

const YEARS = 15; // standard deviation of age that the slider is written in
const AGAIN = 600; // milliseconds between two looks
const DECOYS = [0, 0.9, 0.98];

/**
 * @typedef {object} TruthMethod
 * @property {string} method
 * @property {string} title
 * @property {number} true_in_top
 * @property {number[]} by_seed
 * @property {number} decoy_first
 * @property {number} decoy_before_age
 * @property {{mean: number, low: number, high: number}[]} ranks of each column
 * @property {number|null} agreement
 *
 * @typedef {object} Truth as core/tasks/checked_against_truth.py tells it
 * @property {string[]} columns
 * @property {number} causes how many of the first columns make ill
 * @property {{column: number, correlation: number}} decoy
 * @property {{error: number, correlation: number}} age
 * @property {{train: number, test: number}} rows
 * @property {{done: number, of: number}} seeds
 * @property {number} accuracy
 * @property {TruthMethod[]} methods
 */

/** @param {{truth: string, lab: string}} addresses */
export function createTruth(addresses) {
  /** @type {Truth|null} */
  let shown = null;
  /** @type {AbortController|null} */
  let asking = null;
  let saying = () => "";
  let blur = 0; // of the record of age, in standard deviations
  const slider = el("input", { type: "range", min: "0", max: "1", step: "0.1", value: "0", id: "dsc-ex-age", "data-testid": "age-error",
    "aria-valuetext": () => errorWords(), oninput: () => {
      blur = Number(slider.value);
      reword(controls);
    }, onchange: () => begin() });
  const decoy = el("select", { class: "dsc-select", "data-testid": "decoy", "aria-label": () => t("How closely grey hair goes with age"), onchange: () => begin() },
    ...DECOYS.map((value) => el("option", { value: String(value), selected: value === DECOYS.at(-1), text: () => decoyWords(value) })));
  const run = el("button", { type: "button", class: "dsc-button dsc-ex-primary", "data-testid": "run-truth", text: () => t("Check ten seeds"), onclick: () => begin() });
  const cancel = el("button", { type: "button", class: "dsc-button dsc-gone", "data-testid": "cancel-truth", text: () => t("Cancel"), onclick: () => end() });
  const controls = el("div", { class: "dsc-ex-truth-controls" },
    el("div", { class: "dsc-ex-slider" },
      el("label", { for: "dsc-ex-age", text: () => t("How exactly was age recorded?") }), slider,
      el("output", { for: "dsc-ex-age", text: () => errorWords() })),
    decoy, run, cancel);
  const status = el("span", { role: "status", text: () => saying() });
  const bar = el("div", { class: "dsc-bar" });
  const line = el("div", { class: "dsc-ex-line dsc-ex-quiet" }, status, el("div", { class: "dsc-progress" }, bar));
  const headline = el("p", { class: "dsc-ex-headline", "data-testid": "truth-headline" });
  const plot = el("div", { class: "dsc-ex-ranks" });
  const note = el("p", { class: "dsc-under" });
  const outcome = el("div", { class: "dsc-ex-outcome dsc-gone" }, headline, plot, note);
  const element = el("section", { class: "dsc-card dsc-ex-wide", "data-testid": "truth", "data-state": "" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Checked against the truth") }),
      el("span", { class: "dsc-aside", text: () => t("made-up patients, not this run") })),
    el("p", { class: "dsc-ex-lead", text: () => t("Ten columns of patients who do not exist. Five make ill: age, blood pressure (low and high), smoking together with cholesterol, and creatinine from a limit on. Grey hair makes nobody ill; it only goes with age. Ten networks learn from other patients each, and every method ranks the columns. Which of them names the causes?") }),
    controls, line, outcome);

  /** The error of the slider. */
  function errorWords() {
    const years = Math.round(blur * YEARS * 10) / 10;
    return years ? t("± {years} years", { years: String(years) }) : t("to the day");
  }

  async function begin() {
    asking?.abort(CANCELLED);
    asking = new AbortController();
    const { signal } = asking;
    const wanted = { age_error: blur, decoy: Number(decoy.value) };
    say("running", () => t("Asking for it …"), 0);
    try {
      const ended = await followed(async (task, ending) => ask(`${addresses.lab}/${task || (await post(addresses.truth, wanted, ending)).task}.json`, ending), {
        signal,
        pause: AGAIN,
        told(task) {
          if (task.result) show(task.result);
          say("running", () => taskWords(task), task.progress);
        },
      });
      if (ended) say(ended.state, () => (ended.state === "done" ? "" : taskWords(ended)), 1);
    } catch (error) {
      say("failed", () => error.message, 0);
    }
  }

  function end() {
    asking?.abort(CANCELLED);
    say("cancelled", () => t("Cancelled."), 0);
  }

  /** @param {string} state @param {() => string} said @param {number} share */
  function say(state, said, share) {
    setAttribute(element, "data-state", state);
    saying = said;
    reword(status);
    bar.style.transform = `scaleX(${share})`;
    cancel.classList.toggle("dsc-gone", state !== "running");
    run.classList.toggle("dsc-gone", state === "running");
    line.classList.toggle("dsc-ex-quiet", state === "done" || state === "");
  }

  /** @param {Truth} truth */
  function show(truth) {
    shown = truth;
    outcome.classList.remove("dsc-gone");
    setAttribute(element, "data-seeds", String(truth.seeds.done));
    headline.textContent = headlineOf(truth);
    plot.replaceChildren(drawRanks(truth));
    note.textContent = sentences(
      tn("{n} seed so far.", "{done} of {n} seeds.", truth.seeds.of, { done: truth.seeds.done }),
      t("Each network learns from {train:,} patients, is explained on {test:,} others and is right about {accuracy:.0%} of them; the record of age has a correlation of {r:.2f} with age as it is.", { ...truth.rows, accuracy: truth.accuracy, r: truth.age.correlation }));
  }

  return {
    element,
    reworded() {
      if (shown) show(shown);
    },
    destroy: () => asking?.abort(),
  };
}

/** @param {number} value */
const decoyWords = (value) => (value ? t("grey hair goes with age, r = {r:.2f}", { r: value }) : t("grey hair at random"));

/** @param {Truth} truth */
export function headlineOf({ methods, decoy, columns, seeds }) {
  const fooled = methods.filter(({ decoy_before_age: before }) => before > seeds.done / 2);
  const names = { decoy: named(columns[decoy.column]), age: named(columns[0]), fooled: fooled.length, all: methods.length };
  if (fooled.length === methods.length) return t("Every method ranks “{decoy}” before “{age}” in most seeds: it tells more of the true age than the record does. The networks use it, and the explanations are true of the networks and wrong about the world.", names);
  if (fooled.length > methods.length / 2) return t("{fooled} of {all} methods rank “{decoy}” before “{age}” in most seeds: it tells more of the true age than the record does. The explanations are true of the networks and wrong about the world.", names);
  const best = Math.max(...methods.map((method) => method.true_in_top));
  const good = methods.filter((method) => method.true_in_top >= best - 0.05).map(({ title }) => named(title));
  return fooled.length
    ? t("{fooled} of {all} methods rank “{decoy}” before “{age}” in most seeds. The most causes are named by: {good}.", { ...names, good: listed(good) })
    : t("No method ranks “{decoy}” before “{age}” in most seeds. The most causes are named by: {good}.", { ...names, good: listed(good) });
}
