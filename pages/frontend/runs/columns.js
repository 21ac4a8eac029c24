/** The columns of the table: what each says of a run, and how runs are ordered by it. */

import { N_, worded } from "../words/index.js";
import { plainDecimal, short } from "../ui/index.js";
import { epochWords, exactMetric, metricWords, nameOf, ofItsRows, ofItsRowsExactly, stateWords, whenWords } from "./words.js";

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {string} [spoken] a longer title, for whoever does not see the column beside it
 * @property {(run: import("./server.js").ListedRun, now: number) => string} [text]
 * @property {(run: import("./server.js").ListedRun) => string} [exact] said when one points at the text
 * @property {(run: import("./server.js").ListedRun) => string|number} order greater ones come first where `isFalling`
 * @property {boolean} [isFalling] the first click on its title brings the greatest to the top
 * @property {boolean} [isNumber]
 */

const STATES = ["running", "queued", "paused", "done", "stopped", "failed"];

/** A number to order by; what is none comes last. @param {number|null} value */
const orLast = (value) => value ?? -Infinity;

/** Shares before errors; of shares the greater is better, of errors the smaller. @param {import("./server.js").Metric} metric @param {number|null} value */
const goodness = (metric, value) => (value === null ? -Infinity : metric.less_is_better ? -1 - value : value);

/** @type {Column[]} */
export const COLUMNS = [
  { key: "run", title: N_("Run"), order: nameOf },
  { key: "state", title: N_("State"), text: stateWords, order: ({ state }) => STATES.indexOf(state) },
  { key: "data", title: N_("Data"), text: ({ data }) => worded(data), order: ({ data }) => worded(data) },
  { key: "network", title: N_("Network"), text: ({ network }) => network, order: ({ network }) => network },
  {
    key: "metric", title: N_("Test accuracy"), isNumber: true, isFalling: true,
    text: (run) => ofItsRows(run, metricWords(run.metric, run.last[1])),
    exact: (run) => ofItsRowsExactly(run, exactMetric(run.metric, run.last[1])),
    order: ({ metric, last }) => goodness(metric, last[1]),
  },
  {
    key: "best-metric", title: N_("Best"), spoken: N_("Best test accuracy"), isNumber: true, isFalling: true,
    text: (run) => ofItsRows(run, metricWords(run.metric, run.best[1])),
    exact: (run) => ofItsRowsExactly(run, exactMetric(run.metric, run.best[1])),
    order: ({ metric, best }) => goodness(metric, best[1]),
  },
  {
    key: "loss", title: N_("Test loss"), isNumber: true, isFalling: true,
    text: (run) => ofItsRows(run, short(run.last[0])), exact: (run) => ofItsRowsExactly(run, plainDecimal(run.last[0])), order: ({ last }) => orLast(last[0] === null ? null : -last[0]),
  },
  {
    key: "best-loss", title: N_("Lowest"), spoken: N_("Lowest test loss"), isNumber: true, isFalling: true,
    text: (run) => ofItsRows(run, short(run.best[0])), exact: (run) => ofItsRowsExactly(run, plainDecimal(run.best[0])), order: ({ best }) => orLast(best[0] === null ? null : -best[0]),
  },
  { key: "epochs", title: N_("Epochs"), isNumber: true, isFalling: true, text: epochWords, order: ({ epoch }) => epoch },
  {
    key: "when", title: N_("When"), isFalling: true,
    text: ({ created }, now) => whenWords(created, now), order: ({ created }) => created,
  },
];

/** The star has a column of its own. @type {Column} */
export const STAR = { key: "star", title: N_("Starred"), isFalling: true, order: ({ starred }) => Number(starred) };

/**
 * @param {import("./server.js").ListedRun[]} runs the newest first
 * @param {{key: string, isFalling: boolean}|null} by null leaves them so
 */
export function ordered(runs, by) {
  const column = by && [STAR, ...COLUMNS].find(({ key }) => key === by.key);
  if (!column) return runs;
  const sign = by.isFalling ? -1 : 1;
  return [...runs].sort((one, other) => sign * compared(column.order(one), column.order(other)));
}

/** @param {string|number} one @param {string|number} other */
function compared(one, other) {
  if (typeof one === "string") return one.localeCompare(String(other), undefined, { numeric: true });
  if (one === other) return 0; // two infinities have no difference
  return one < Number(other) ? -1 : 1;
}
