/**
 * The figures, each with its interval of 95 %: points move with the threshold, intervals come from the server once it
 * rests (evaluation.json); those that are shares of rows move along.
 */

import { el, setAttribute, setText } from "../ui/index.js";
import { N_, t, worded } from "../words/index.js";
import { AT_THRESHOLD, QUICK_INTERVALS } from "./figures.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {{value: number|null, low: number|null, high: number|null, reason?: any}} Figure as evaluation.json has them */

/** @type {Array<{name: string, title: string, low: number, isFree?: boolean}>} low is the left end of its track */
const METRICS = [
  { name: "roc_auc", title: N_("Area under the ROC curve"), low: 0.5, isFree: true },
  { name: "average_precision", title: N_("Average precision"), low: 0, isFree: true },
  { name: "brier_score", title: N_("Brier score (0 is best)"), low: 0, isFree: true },
  { name: "log_loss", title: N_("Log loss (0 is best)"), low: 0, isFree: true },
  { name: "recall", title: N_("Sensitivity (recall)"), low: 0 },
  { name: "specificity", title: N_("Specificity"), low: 0 },
  { name: "positive_predictive_value", title: N_("Positive predictive value"), low: 0 },
  { name: "negative_predictive_value", title: N_("Negative predictive value"), low: 0 },
  { name: "accuracy", title: N_("Accuracy"), low: 0 },
  { name: "balanced_accuracy", title: N_("Balanced accuracy"), low: 0 },
  { name: "f1", title: N_("F1"), low: 0 },
  { name: "matthews_corrcoef", title: N_("Matthews correlation"), low: -1 },
  { name: "cohen_kappa", title: N_("Cohen's kappa"), low: -1 },
];

/** Of more classes than two these are means over the classes: only the server has them. */
const MEANS = new Set(["roc_auc", "average_precision", "brier_score", "log_loss", "accuracy", "balanced_accuracy", "f1", "matthews_corrcoef", "cohen_kappa", "recall"]);

export function createMetrics() {
  const lines = METRICS.map((metric) => {
    const value = el("b");
    const range = el("span", { class: "dsc-ev-range" });
    const whisker = el("i", { class: "dsc-ev-whisker" });
    const dot = el("i", { class: "dsc-ev-dot" });
    const line = el("div", { class: "dsc-ev-metric", role: "row", "data-metric": metric.name },
      el("span", { class: "dsc-ev-metric-name", role: "rowheader", text: () => t(metric.title) }),
      el("span", { class: "dsc-ev-track", "aria-hidden": "true" }, whisker, dot), el("span", { role: "cell" }, value), el("span", { role: "cell" }, range));
    return { ...metric, value, range, whisker, dot, line };
  });
  /** @param {boolean} isFree */
  const part = (isFree) => lines.filter((line) => Boolean(line.isFree) === isFree).map(({ line }) => line);
  const threshold = el("h3", { class: "dsc-ev-part" });
  const aside = el("span", { class: "dsc-aside", text: () => t("95 % intervals") });
  const element = el("section", { class: "dsc-card dsc-ev-metrics", "data-testid": "metrics", "aria-label": () => t("Figures with their intervals") },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Figures") }), aside),
    el("div", { role: "table", "aria-label": () => t("Figures with their intervals") },
      el("h3", { class: "dsc-ev-part", text: () => t("whatever the threshold") }), ...part(true), threshold, ...part(false)));

  return {
    element,
    /** As the server tells them, without a row. @param {Object<string, Figure>} metrics */
    tell(metrics) {
      setText(threshold, t("at the threshold {threshold}", { threshold: "0.50" }));
      for (const line of lines) {
        const told = metrics[line.name];
        if (told) show(line, told.value, told.low ?? NaN, told.high ?? NaN, false, told.value === null ? worded(told.reason) : "");
      }
    },
    /** @param {Model} model @param {{metrics: Object<string, Figure>, isNow: boolean}|null} said by the server; `isNow` where it is about what is on screen */
    draw(model, said) {
      setText(threshold, t("at the threshold {threshold}", { threshold: model.choice.threshold.toFixed(2) }));
      const isMany = model.classes.length > 2;
      for (const line of lines) {
        const told = said?.metrics[line.name] ?? null;
        const own = isMany && MEANS.has(line.name) ? NaN : ownValue(line.name, model);
        const isNow = Boolean(said?.isNow);
        const now = isNow && told ? told.value : Number.isFinite(own) ? own : told?.value ?? null;
        const quick = isMany && MEANS.has(line.name) ? undefined : QUICK_INTERVALS[line.name]?.(model.counts);
        const [low, high] = isNow && told && told.low !== null ? [told.low, told.high] : quick ?? [told?.low ?? NaN, told?.high ?? NaN];
        const isOld = !isNow && !quick && told !== null;
        show(line, now, low, high, isOld, told && isNow && told.value === null ? worded(told.reason) : "");
      }
    },
  };
}

/** @param {string} name @param {Model} model */
function ownValue(name, { ranking, counts, prevalence }) {
  if (name in AT_THRESHOLD) return AT_THRESHOLD[name](counts, prevalence);
  if (name === "roc_auc") return ranking.area;
  if (name === "average_precision") return ranking.averagePrecision;
  return name === "brier_score" ? ranking.brier : ranking.logLoss;
}

/**
 * @param {{low: number, value: HTMLElement, range: HTMLElement, whisker: HTMLElement, dot: HTMLElement, line: HTMLElement}} line
 * @param {number|null} value @param {number} low @param {number} high @param {boolean} isOld @param {string} reason
 */
function show({ low: left, value: text, range, whisker, dot, line }, value, low, high, isOld, reason) {
  const isDefined = value !== null && Number.isFinite(value);
  const hasRange = isDefined && Number.isFinite(low) && Number.isFinite(high);
  const right = left < 0 ? 1 : Math.max(1, hasRange ? high : 0, isDefined ? value : 0);
  const at = (/** @type {number} */ place) => Math.max(0, Math.min(1, (place - left) / (right - left)));
  setText(text, isDefined ? written(value) : "–");
  setText(range, hasRange ? `${written(low)}–${written(high)}` : "");
  setAttribute(line, "title", reason);
  setAttribute(line, "data-value", isDefined ? String(value) : "");
  line.classList.toggle("dsc-ev-old", isOld);
  // Transforms, of boxes as wide as the track: nothing is laid out for them.
  dot.style.transform = isDefined ? `translateX(${100 * at(value)}%)` : "translateX(-120%)";
  whisker.style.transform = hasRange ? `translateX(${100 * at(low)}%) scaleX(${at(high) - at(low)})` : "scaleX(0)";
}

/** @param {number} value */
const written = (value) => value.toFixed(value >= 9.995 ? 1 : 3).replace("-", "−");
