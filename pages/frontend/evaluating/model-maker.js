/** From what was received and chosen to the model that every view of the page draws in this frame. */

import { named, t } from "../words/index.js";
import { sentenceAsText } from "./head.js";
import { costOf, Ranking, thresholdOfCosts } from "./ranking.js";

/**
 * @typedef {object} Seen what a model is made of
 * @property {import("./judged-rows.js").JudgedRows} all
 * @property {import("./model.js").Choice|null} choice
 * @property {import("../run/index.js").Run} run
 * @property {import("../ui/index.js").Theme|null} theme
 * @property {import("./model.js").Selection|null} selection
 * @property {number|null} marked the number of the row that is looked at
 * @property {string} people what the rows are called
 */

/** A class as the server knows it. @param {import("../words/index.js").Said|string} name */
export const plain = (name) => (typeof name === "string" ? name : name.said);

export class ModelMaker {
  constructor() {
    /** @type {{wanted: string, ranking: Ranking}|null} of the rows on screen */
    this.ranked = null;
    /** @type {{wanted: string, ranking: Ranking}|null} of the rows that choose */
    this.chooser = null;
  }

  /** The model of this frame; null where there is nothing to show yet. @param {Seen} view @returns {import("./model.js").Model|null} */
  model(view) {
    const { all, choice, run, theme, selection, people } = view;
    if (!run.info || run.regression) return null;
    if (!all.of(choice.rows) && all.of("test")) choice.rows = "test";
    const judged = all.of(choice.rows);
    if (!judged?.outputs) return null;
    const classes = run.info.class_names.map(named);
    const positive = Math.min(choice.positive, classes.length - 1);
    const ranking = this.rank(view, judged, positive);
    const counts = ranking.at(choice.threshold);
    const prevalence = choice.prevalence ?? ranking.share;
    const [missed, alarms] = [counts.fn / ranking.events, counts.fp / ranking.others];
    const [perMissed, perAlarms] = [1000 * prevalence * missed, 1000 * (1 - prevalence) * alarms];
    const event = classes[positive];
    const other = classes.length === 2 ? classes[1 - positive] : t("not {event}", { event });
    const colours = { event: theme.classes[positive % theme.classes.length], other: classes.length === 2 ? theme.classes[(1 - positive) % theme.classes.length] : theme.soft };
    const model = {
      theme, choice, all, judged, ranking, counts, prevalence, least: this.findLeast(view, prevalence, ranking), chosen: /** @type {Uint8Array|null} */ (null), selection,
      marked: placeOfMarked(view, judged), words: { event, other }, classes, names: run.info.class_names.map(plain), colours, perMissed, perAlarms, sentence: sentenceAsText(people, perMissed, perAlarms),
      costNow: 1000 * costOf(missed, alarms, prevalence, choice.costs), costLeast: NaN,
    };
    if (model.least) {
      const there = ranking.at(model.least.threshold);
      model.costLeast = 1000 * costOf(there.fn / ranking.events, there.fp / ranking.others, prevalence, choice.costs);
    }
    if (selection) {
      const has = selection.has(model);
      model.chosen = Uint8Array.from(ranking.scores, (_, row) => (has(row) ? 1 : 0));
    }
    return model;
  }

  /** The model of a regression; null where there is nothing to show yet. @param {Seen} view @returns {import("./regression.js").Numbers|null} */
  numbers(view) {
    const { all, choice, run, theme, selection } = view;
    if (!run.info || !run.regression) return null;
    if (!all.of(choice.rows) && all.of("test")) choice.rows = "test";
    const judged = all.of(choice.rows);
    if (!judged?.outputs.length || !judged.outputs.every(Number.isFinite)) return null;
    const [actual, predicted] = [Float32Array.from(judged.targets), judged.outputs];
    /** @type {import("./regression.js").Numbers} */
    const model = {
      theme, all, judged, actual, predicted, off: predicted.map((value, row) => value - actual[row]), chosen: null, selection: /** @type {any} */ (selection),
      marked: placeOfMarked(view, judged), target: named(run.info.target_name), choice,
    };
    if (model.selection) {
      const has = model.selection.has(model);
      model.chosen = Uint8Array.from(actual, (_, row) => (has(row) ? 1 : 0));
    }
    return model;
  }

  /** Sorted once for all frames of the same outputs. @param {Seen} view @param {import("./judged-rows.js").Judged} judged @param {number} positive */
  rank({ all, choice }, judged, positive) {
    const wanted = `${all.version} ${choice.rows} ${positive}`;
    if (this.ranked?.wanted !== wanted) {
      this.ranked = { wanted, ranking: new Ranking(all.probabilities(judged, positive), (row) => judged.targets[row] === positive) };
    }
    return this.ranked.ranking;
  }

  /**
   * On validation rows; where there are none, no row may choose it, and it follows from the costs.
   * @param {Seen} view @param {number} prevalence @param {Ranking} shown
   */
  findLeast({ choice, all }, prevalence, shown) {
    if (!(choice.costs.missed > 0) && !(choice.costs.alarm > 0)) return null;
    const validation = all.of("validation");
    if (validation) {
      const wanted = `${all.version} ${choice.positive}`;
      if (this.chooser?.wanted !== wanted) {
        this.chooser = { wanted, ranking: new Ranking(all.probabilities(validation, choice.positive), (row) => validation.targets[row] === choice.positive) };
      }
      const { ranking } = this.chooser;
      if (ranking.events && ranking.others) return { threshold: ranking.leastCost(prevalence, choice.costs).threshold, byRows: true };
    }
    return { threshold: thresholdOfCosts(choice.costs, choice.prevalence ?? NaN, shown.share), byRows: false };
  }
}

/** Where the row that is looked at is among those on screen. @param {Seen} view @param {import("./judged-rows.js").Judged} judged */
function placeOfMarked({ marked, choice }, judged) {
  if (marked === null || choice.rows !== "test") return null;
  const place = judged.numbers ? judged.numbers.indexOf(marked) : marked;
  return place >= 0 && place < judged.targets.length ? place : null;
}
