/** What it means per 1,000 people, and what can be set: whom it is about, how frequent that is, what mistakes cost. */

import { el, setAttribute, setText, withElements } from "../ui/index.js";
import { sentences, t, tn, worded } from "../words/index.js";

const PERCENT = 100;

/** @typedef {import("./model.js").Model} Model */

/**
 * @param {object} hooks
 * @param {(change: Partial<import("./model.js").Choice>, isSettled: boolean) => void} hooks.change
 * @param {(threshold: number) => void} hooks.moveTo
 */
export function createHead({ change, moveTo }) {
  const [missed, alarms] = [el("b", { class: "dsc-ev-missed" }), el("b", { class: "dsc-ev-alarms" })];
  const sentence = el("p", { class: "dsc-ev-sentence", "data-testid": "per-1000" });
  const place = el("span", { class: "dsc-ev-epoch" });
  const chose = el("span", { class: "dsc-ev-chose", "data-testid": "what-chose" });
  const cost = el("span", { class: "dsc-ev-cost" });
  const use = el("button", { type: "button", class: "dsc-button dsc-ev-use", "data-testid": "use-least", onclick: () => moveTo(least) });
  const leastLine = el("p", { class: "dsc-under dsc-ev-least" }, el("i", { class: "dsc-ev-diamond", "aria-hidden": "true" }), cost, use);
  let least = 0.5;
  let built = "";
  let spoken = "";

  const positive = el("select", { class: "dsc-select", "data-testid": "positive", onchange: () => change({ positive: Number(positive.value) }, true) });
  const rows = el("select", { class: "dsc-select", "data-testid": "rows", onchange: () => change({ rows: rows.value }, true) });
  const prevalence = el("input", { type: "range", class: "dsc-ev-range-input", min: "-3", max: "3", step: "0.01", "data-testid": "prevalence-slider", "aria-label": () => t("Prevalence"),
    oninput: () => change({ prevalence: shareOf(Number(prevalence.value)) }, false), onchange: () => change({ prevalence: shareOf(Number(prevalence.value)) }, true) });
  const exact = el("input", { type: "number", class: "dsc-number", min: "0.01", max: "99.99", step: "any", "data-testid": "prevalence", "aria-label": () => t("Prevalence in percent"), onchange: () => {
    const value = Number(exact.value) / PERCENT;
    change({ prevalence: exact.value !== "" && value > 0 && value < 1 ? value : null }, true);
  } });
  const own = el("button", { type: "button", class: "dsc-button", "data-testid": "own-prevalence", text: () => t("as in these rows"), onclick: () => change({ prevalence: null }, true) });
  const costs = /** @type {const} */ (["missed", "alarm"]).map((kind) => {
    const input = el("input", { type: "number", class: "dsc-number", min: "0", step: "any", "data-testid": `cost-${kind}`, "aria-label": () => (kind === "missed" ? t("Cost of a missed one") : t("Cost of a false alarm")), onchange: () => {
      const value = Number(input.value);
      if (input.value !== "" && value >= 0 && Number.isFinite(value)) change({ costs: { ...now, [kind]: value } }, true);
      else input.value = String(now[kind]);
    } });
    return { kind, input };
  });
  let now = { missed: 1, alarm: 1 };
  /** @param {() => string} words @param {...Node} controls */
  const field = (words, ...controls) => el("label", { class: "dsc-ev-field" }, el("span", { text: words }), ...controls);
  const rowsField = field(() => t("Rows"), rows);
  const controls = el("div", { class: "dsc-ev-controls" },
    field(() => t("What is looked for"), positive), rowsField,
    el("div", { class: "dsc-ev-field", role: "group", "aria-label": () => t("Prevalence") }, el("span", { text: () => t("Prevalence") }), el("span", { class: "dsc-ev-both" }, prevalence, exact, el("span", { text: "%" }), own)),
    el("div", { class: "dsc-ev-field", role: "group", "aria-label": () => t("Costs") }, el("span", { text: () => t("A missed one costs … and a false alarm …") }), el("span", { class: "dsc-ev-both" }, costs[0].input, el("span", { text: ":" }), costs[1].input)));
  const element = el("section", { class: "dsc-card dsc-ev-head", "aria-label": () => t("What it means") },
    el("div", { class: "dsc-ev-said" }, sentence, leastLine, el("p", { class: "dsc-under dsc-ev-place" }, place, chose)), controls);

  return {
    element,
    /**
     * @param {Model} model
     * @param {{run: import("../run/index.js").Run, chose: Object<string, any>, people: string}} about
     */
    draw(model, { run, chose: why, people }) {
      const { choice, ranking, all, words, classes } = model;
      const wanted = JSON.stringify([classes, Object.keys(all.kinds), words, people]);
      if (wanted !== built) {
        built = wanted;
        positive.replaceChildren(...classes.map((name, index) => el("option", { value: String(index), text: name })));
        rows.replaceChildren(...Object.keys(all.kinds).map((kind) => el("option", { value: kind, text: rowsWords(kind) })));
        rowsField.classList.toggle("dsc-gone", Object.keys(all.kinds).length < 2);
        sentence.replaceChildren(...withElements((places) => sentenceOf(people, places), { missed, alarms }));
      }
      put(positive, String(choice.positive));
      put(rows, choice.rows);
      setText(missed, tn("{n:,} missed", "{n:,} missed", asPeople(model.perMissed)));
      setText(alarms, tn("{n:,} false alarm", "{n:,} false alarms", asPeople(model.perAlarms)));
      if (!Number.isFinite(model.perMissed)) setText(missed, t("missed: not known"));
      if (!Number.isFinite(model.perAlarms)) setText(alarms, t("false alarms: not known"));
      const share = model.prevalence;
      if (document.activeElement !== exact) put(exact, Number.isFinite(share) ? String(Number((PERCENT * share).toPrecision(3))) : "");
      if (document.activeElement !== prevalence) put(prevalence, placeOf(share).toFixed(2));
      setAttribute(prevalence, "aria-valuetext", `${(PERCENT * share).toPrecision(3)} %`);
      own.classList.toggle("dsc-away", choice.prevalence === null);
      now = choice.costs;
      for (const { kind, input } of costs) if (document.activeElement !== input) put(input, String(now[kind]));
      drawLeast(model);
      setText(place, placeWords(run, all.epoch, ranking.count, choice.rows));
      const { state, message } = run.state;
      setText(chose, sentences(state === "running" ? worded(message) : "", worded(why[choice.rows] ?? "")));
      setAttribute(element, "data-missed", Number.isFinite(model.perMissed) ? String(model.perMissed) : "");
      setAttribute(element, "data-alarms", Number.isFinite(model.perAlarms) ? String(model.perAlarms) : "");
      spoken = model.sentence;
      setAttribute(sentence, "aria-label", spoken);
    },
  };

  /** @param {Model} model */
  function drawLeast({ least: found, choice, costNow, costLeast }) {
    leastLine.classList.toggle("dsc-away", !found);
    if (!found) return;
    least = found.threshold;
    const threshold = found.threshold > 1 ? t("calling nobody") : found.threshold.toFixed(2);
    const values = { cost: written(costNow), threshold };
    setText(cost, found.byRows
      ? t("Cost per 1,000: {cost}. On the validation rows it is least at {threshold}.", values)
      : t("Cost per 1,000: {cost}. The costs alone would draw the line at {threshold}, if probabilities mean what they say.", values));
    setText(use, t("Draw it there"));
    use.classList.toggle("dsc-away", Math.abs(Math.min(1, found.threshold) - choice.threshold) < 0.0005);
    setAttribute(use, "title", Number.isFinite(costLeast) ? t("There it costs {cost} per 1,000.", { cost: written(costLeast) }) : "");
  }
}

/** Only where it is another: a control that is written is laid out anew. @param {HTMLInputElement|HTMLSelectElement} control @param {string} value */
function put(control, value) {
  if (control.value !== value) control.value = value;
}

/** Whole people; of less than one the first digit that counts: 0.3 of 1,000 are not none. @param {number} count */
const asPeople = (count) => (count > 0 && count < 0.95 ? Number(count.toPrecision(1)) : Math.round(count));

/** @param {number} cost */
const written = (cost) => (Number.isFinite(cost) ? cost.toFixed(cost < 10 ? 1 : 0) : "–");

/** @param {string} people what the rows are @param {Object<string, string>} places */
function sentenceOf(people, places) {
  return people === "patients"
    ? t("Per 1,000 patients at this prevalence: {missed}, {alarms}.", places)
    : t("Per 1,000 cases at this prevalence: {missed}, {alarms}.", places);
}

/** The whole sentence as text. @param {string} people @param {number} missed @param {number} alarms */
export function sentenceAsText(people, missed, alarms) {
  return sentenceOf(people, {
    missed: tn("{n:,} missed", "{n:,} missed", asPeople(missed) || 0), alarms: tn("{n:,} false alarm", "{n:,} false alarms", asPeople(alarms) || 0),
  });
}

/** @param {string} kind */
export const rowsWords = (kind) => (kind === "validation" ? t("validation rows") : t("test rows"));

/** @param {import("../run/index.js").Run} run @param {number|null} epoch @param {number} count @param {string} kind */
function placeWords(run, epoch, count, kind) {
  const rows = kind === "validation" ? tn("{n:,} validation row", "{n:,} validation rows", count) : tn("{n:,} test row", "{n:,} test rows", count);
  return t("Epoch {epoch:,} of {epochs:,}, {rows}.", { epoch: epoch ?? 0, epochs: run.epochs ?? 0, rows });
}

/** The slider is even in odds: rare things need room. @param {number} place */
const shareOf = (place) => Number((1 / (1 + 10 ** -place)).toPrecision(3));

/** @param {number} share */
const placeOf = (share) => (share > 0 && share < 1 ? Math.max(-3, Math.min(3, Math.log10(share / (1 - share)))) : 0);
