/** The card with some runs on one set of curves: loss and accuracy, and what differs between their settings. */

import { attachLens, Lens, TEST, TRAIN } from "../curves/index.js";
import { el, setAttribute, setText, whole } from "../ui/index.js";
import { t, tn } from "../words/index.js";
import { createChart } from "./chart.js";
import { createLegend } from "./legend.js";
import { historyOf, oneOfEachSeed, seriesOf } from "./series.js";

const VALIDATION = 2 * TEST; // where series have the validation rows

/** With ten colours, no two of a dozen lines have both in common. */
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

/**
 * @param {ReturnType<typeof import("./server.js").createServer>} server
 * @param {{drawn: (lines: Map<string, import("./row.js").Mark>) => void, clear: () => void}} told
 */
export function createComparison(server, told) {
  let frame = 0;
  const invalidate = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const lens = new Lens(invalidate);
  const charts = [createChart("loss", lens, invalidate), createChart("metric", lens, invalidate)];
  for (const chart of charts) attachLens(chart.canvas, lens, () => chart.plot);
  /** @type {import("./legend.js").NamedLine|null} */
  let lit = null;
  const legend = createLegend((line) => {
    lit = line;
    invalidate();
  });
  const ofTest = radio("test", () => t("test"), true);
  const ofValidation = radio("validation", () => t("validation"), false);
  const ofTraining = radio("training", () => t("training"), false);
  const log = check(() => t("log"), () => t("Logarithmic loss axis"), "compare-log", invalidate);
  const together = check(
    () => t("seeds together"),
    () => t("Runs that differ in their seed only are one line: their mean over the seeds, with a band of one standard deviation. Runs of one seed are the same run and count once"),
    "compare-seeds",
    arrange,
  );
  together.input.checked = true;
  const count = el("span", { class: "dsc-aside dsc-compare-count", role: "status" });
  const note = el("p", { class: "dsc-under dsc-compare-note" });
  const body = el("div", { class: "dsc-compare-body" }, charts[0].element, charts[1].element, el("div", { class: "dsc-compare-legend" }, legend.element, note));
  const element = el("section", { class: "dsc-card dsc-compare dsc-gone", "data-testid": "compare", "data-runs": "", "aria-label": () => t("Comparison") },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Comparison") }), count,
      el("span", { class: "dsc-compare-choices" }, el("span", { class: "dsc-rows-choice", role: "radiogroup", "aria-label": () => t("Rows") }, ofTest.label, ofValidation.label, ofTraining.label), log.label, together.label,
        el("button", { type: "button", class: "dsc-button", "data-testid": "compare-clear", text: () => t("Clear"), onclick: told.clear }))),
    body);
  /** @type {Map<string, {epoch: number, history: import("../run/index.js").History}>} */
  const histories = new Map();
  /** @type {{run: import("./server.js").ListedRun, slot: number}[]} */
  let chosen = [];
  /** @type {import("./server.js").Comparison|null} */
  let compared = null;
  /** @type {import("./legend.js").NamedLine[]} */
  let lines = [];
  /** @type {import("../ui/index.js").Theme|null} */
  let theme = null;
  let asked = "";
  let stood = ""; // how the runs stood that were fetched last
  let version = 0;
  let failed = false;

  /** @param {string} value @param {() => string} words @param {boolean} isChecked */
  function radio(value, words, isChecked) {
    const input = el("input", { type: "radio", name: "dsc-compare-rows", value, checked: isChecked, "data-testid": `compare-${value}`, onchange: choose });
    return { input, label: el("label", { class: "dsc-check" }, input, words) };
  }

  function choose() {
    setText(note, noteWords());
    invalidate();
  }

  /** Ask for what is not known of the chosen runs, and draw as soon as it is there. */
  async function fetchAll() {
    const mine = ++version;
    const runs = chosen.map(({ run }) => run);
    const ids = runs.map(({ id }) => id);
    // What was done to a run while it trained is a difference, too: it may change with its epochs.
    const question = runs.map(({ id, state, epoch }) => `${id}@${state === "running" ? epoch : state}`).join();
    const missing = runs.filter(({ id, epoch }) => histories.get(id)?.epoch !== epoch);
    try {
      const [answer] = await Promise.all([
        question === asked ? compared : server.compare(ids),
        ...missing.map(async ({ id, epoch, scales, by_validation: isValidated }) => histories.set(id, { epoch, history: historyOf(await server.history(id), scales, isValidated) })),
      ]);
      if (mine !== version) return;
      [compared, asked, failed] = [answer, question, false];
    } catch {
      if (mine !== version) return;
      [compared, asked, failed] = [null, "", true]; // a run may just have been deleted elsewhere: the list will say so
    }
    arrange();
  }

  /** Make lines of what is known. */
  function arrange() {
    const known = compared && chosen.every(({ run }) => histories.has(run.id));
    const groups = !known ? [] : together.input.checked ? compared.groups : chosen.map((_, place) => [place]);
    lines = groups.map((places) => {
      const { slot } = chosen[places[0]];
      /** @param {number} place */
      const historyAt = (place) => histories.get(chosen[place].run.id).history;
      const different = oneOfEachSeed(places, (place) => compared.seeds[place], (place) => historyAt(place).length);
      return {
        letter: String.fromCharCode(65 + slot), colour: theme?.classes[slot % 10] ?? "", dash: DASHES[slot % DASHES.length],
        series: seriesOf(different.map(historyAt)),
        runs: places.map((place) => chosen[place].run), seeds: different.map((place) => compared.seeds[place]),
        values: compared.differences.map(({ values }) => values[places[0]]),
      };
    });
    const isValidated = chosen.some(({ run }) => run.by_validation);
    ofValidation.label.classList.toggle("dsc-gone", !isValidated);
    if (!isValidated && ofValidation.input.checked) ofTest.input.checked = true;
    together.label.classList.toggle("dsc-away", !compared?.groups.some((places) => places.length > 1));
    legend.show(lines, compared?.differences.map(({ setting }) => setting) ?? [], metric() ? t(metric().title) : "");
    setText(note, noteWords());
    lens.epochs = Math.max(0, ...lines.map(({ series }) => series.mean.length));
    told.drawn(new Map(lines.flatMap(({ runs, letter, colour, dash }) => runs.map((run) => [run.id, { letter, colour, dash: dash.join(" ") }]))));
    invalidate();
  }

  /** Errors and accuracies have no axis in common: the first run says which it is. */
  const metric = () => chosen[0]?.run.metric ?? null;
  /** @param {import("./server.js").ListedRun} run */
  const isMeasuredSo = (run) => run.metric.name === metric()?.name;

  function noteWords() {
    if (failed) return t("The curves could not be loaded: they are asked for again with the next change.");
    const others = chosen.filter(({ run }) => !isMeasuredSo(run)).length;
    if (others) return tn("{n} run is measured otherwise and has no line in the second chart.", "{n} runs are measured otherwise and have no line in the second chart.", others);
    const unvalidated = ofValidation.input.checked ? chosen.filter(({ run }) => !run.by_validation).length : 0;
    if (unvalidated) return tn("{n} run has no validation rows and no line here.", "{n} runs have no validation rows and no line here.", unvalidated);
    if (lines.length > 1 && !compared.differences.length) {
      return new Set(compared.seeds).size > 1 ? t("No setting differs but the seed.") : t("No setting differs, nor does the seed: these runs are the same.");
    }
    return lines.some(({ series }) => !series.mean.length) ? t("A line begins with its run's first epoch.") : "";
  }

  function draw() {
    frame = 0;
    if (!theme || !chosen.length) return;
    const offset = ofTest.input.checked ? TEST : ofValidation.input.checked ? VALIDATION : TRAIN;
    const { is_share: isShare, test_title: ofTestRows, training_title: ofTrainingRows, validation_title: ofValidationRows } = metric();
    const measured = lines.filter(({ runs }) => isMeasuredSo(runs[0]));
    const titles = offset === TEST
      ? [t("Test loss"), t(ofTestRows)]
      : offset === VALIDATION ? [t("Validation loss"), t(ofValidationRows)] : [t("Training loss"), t(ofTrainingRows)];
    charts.forEach((chart, i) => {
      const drawn = i ? measured : lines;
      const spoken = tn("{title}: {n} line over {epochs:,} epochs. The table beside it has the values.", "{title}: {n} lines over {epochs:,} epochs. The table beside it has the values.",
        drawn.length, { title: titles[i], epochs: lens.epochs });
      chart.draw({ lines: drawn, column: i + offset, isShare: i === 1 && isShare, isLogarithmic: i === 0 && log.input.checked, lit }, titles[i], spoken, theme);
    });
    legend.read({ epoch: lens.cursor, column: offset, isShare });
    const runs = tn("{n} run", "{n} runs", chosen.length);
    setText(count, lens.cursor === null ? runs : t("{runs}, epoch {epoch}", { runs, epoch: whole(lens.cursor) }));
    setAttribute(count, "aria-live", lens.spoken ? "polite" : "off");
  }

  return {
    element,
    /** @param {{run: import("./server.js").ListedRun, slot: number}[]} runs the chosen ones, as they stand now */
    show(runs) {
      const isOther = runs.map(({ run }) => run.id).join() !== chosen.map(({ run }) => run.id).join();
      chosen = runs;
      element.classList.toggle("dsc-gone", runs.length < 2);
      setAttribute(element, "data-runs", runs.map(({ run }) => run.id).join(","));
      for (const id of histories.keys()) {
        if (!runs.some(({ run }) => run.id === id)) histories.delete(id);
      }
      if (isOther) {
        lens.clear();
        [compared, asked] = [null, ""];
      }
      const stand = JSON.stringify(runs.map(({ run: { id, epoch, state, name } }) => [id, epoch, state, name]));
      if (stand === stood && !failed) return;
      stood = stand;
      if (runs.length) fetchAll();
      else {
        version++;
        lines = [];
        told.drawn(new Map());
      }
    },
    /** @param {import("../ui/index.js").Theme} next */
    dress(next) {
      theme = next;
      if (chosen.length) arrange();
    },
    invalidate,
    destroy() {
      cancelAnimationFrame(frame);
      version++; // what is still on its way is for nobody
      for (const chart of charts) chart.destroy();
    },
  };
}

/** @param {() => string} words @param {() => string} title @param {string} id @param {() => void} changed */
function check(words, title, id, changed) {
  const input = el("input", { type: "checkbox", "data-testid": id, onchange: changed });
  return { input, label: el("label", { class: "dsc-check", title }, input, words) };
}
