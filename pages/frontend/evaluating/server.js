/** What the server is asked: figures with intervals once the threshold rests, and the rows in their own units. */

import { decode } from "../run/index.js";

const REST = 250; // milliseconds without a change until intervals are asked for
const WHILE_IT_TRAINS = 1500; // milliseconds between two questions

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {{metrics: Object<string, import("./metrics.js").Figure>, epoch: number}} Answer
 */

/** @param {() => void} invalidate */
export function createServer(invalidate) {
  let folder = "";
  /** @type {{wanted: string, answer: Answer}|null} */
  let last = null;
  let asked = "";
  let isAsking = false;
  let timer = 0;
  let next = 0;
  let [newest, query] = ["", ""]; // what is on screen, and how to ask for it
  /** @type {Object<string, import("./raw-values.js").Raw|"asked"|null>} */
  let raws = {};

  /** What an answer is about. @param {Model|import("./regression.js").Numbers} model */
  const key = ({ all, choice }) => JSON.stringify([all.epoch, choice.threshold, choice.prevalence, choice.positive, choice.rows, choice.costs]);

  async function ask() {
    const [mine, wanted] = [folder, newest];
    timer = 0;
    asked = wanted;
    isAsking = true;
    const response = await fetch(`${folder}/evaluation.json?${query}`).catch(() => /** @type {Response|null} */ (null));
    isAsking = false;
    if (mine !== folder) return;
    if (response?.ok) {
      const answer = await response.json().catch(() => /** @type {Answer|null} */ (null));
      if (answer) last = { wanted, answer };
    }
    invalidate();
  }

  /** @param {string} kind */
  async function fetchRaw(kind) {
    raws[kind] = "asked";
    const mine = raws;
    const response = await fetch(`${folder}/rows.bin?rows=${kind}`).catch(() => /** @type {Response|null} */ (null));
    if (mine !== raws) return;
    raws[kind] = null;
    if (!response?.ok) return;
    const { header, blocks } = decode(await response.arrayBuffer());
    raws[kind] = { .../** @type {any} */ (header).rows, values: blocks.raw.data };
    invalidate();
  }

  return {
    /** @param {string} path of a run's files */
    about(path) {
      folder = path;
      [last, asked, newest, raws] = [null, "", "", {}];
    },
    /** Have figures for what is on screen, soon. @param {Model|import("./regression.js").Numbers} model @param {boolean} isRunning */
    wants(model, isRunning) {
      if (!(model.choice.rows in raws)) fetchRaw(model.choice.rows);
      const wanted = key(model);
      if (wanted === asked) return;
      const { threshold, prevalence, positive, rows, costs } = model.choice;
      const parameters = new URLSearchParams({ rows });
      if ("names" in model) {
        parameters.set("threshold", String(threshold));
        parameters.set("positive", model.names[positive]);
        if (costs.missed > 0 && costs.alarm > 0) {
          parameters.set("cost_missed", String(costs.missed));
          parameters.set("cost_false_alarm", String(costs.alarm));
        }
        if (prevalence !== null) parameters.set("prevalence", String(prevalence));
      }
      const isOther = wanted !== newest;
      [newest, query] = [wanted, String(parameters)];
      if (isAsking || (timer && (isRunning || !isOther))) return; // epochs come faster than anybody asks
      clearTimeout(timer);
      timer = setTimeout(() => {
        next = performance.now() + (isRunning ? WHILE_IT_TRAINS : 0);
        ask();
      }, Math.max(REST, next - performance.now()));
    },
    /** Have figures for somebody who may see no row: of the test rows at the usual threshold. @param {number} epoch */
    wantsFigures(epoch) {
      newest = `figures ${epoch}`;
      query = "rows=test";
      if (newest === asked || isAsking || timer) return;
      timer = setTimeout(() => {
        next = performance.now() + WHILE_IT_TRAINS;
        ask();
      }, Math.max(0, next - performance.now()));
    },
    /** Figures as they were told last. */
    get figures() {
      return last?.answer.metrics ?? null;
    },
    /** What is on screen, as an address says it. */
    get query() {
      return query;
    },
    /** What is known; it may be of an earlier moment. @param {Model|import("./regression.js").Numbers} model */
    said(model) {
      return last && { metrics: last.answer.metrics, isNow: last.wanted === key(model) && last.answer.epoch === model.all.epoch };
    },
    /** Rows of a kind in their own units, once they are here. @param {string} kind */
    raw(kind) {
      const found = raws[kind];
      return found && found !== "asked" ? found : null;
    },
    stop: () => clearTimeout(timer),
  };
}
