/** What the page's address says of a choice, read where a run comes and told where something was chosen; and the addresses of other pages. */

import { plain } from "./model-maker.js";

/**
 * What the address says; whatever makes no sense there is left out.
 * @param {import("./view.js").EvaluatingData} data
 * @returns {import("./model.js").Choice}
 */
export function choiceOf({ asked, event }) {
  /** @param {string} name @param {(value: number) => boolean} fits @param {number|null} usual */
  const read = (name, fits, usual) => {
    const value = Number(asked[name] ?? "");
    return asked[name] && Number.isFinite(value) && fits(value) ? value : usual;
  };
  return {
    threshold: read("threshold", (value) => value >= 0 && value <= 1, 0.5),
    prevalence: read("prevalence", (value) => value > 0 && value < 1, null),
    costs: { missed: read("cost_missed", (value) => value >= 0, 1), alarm: read("cost_alarm", (value) => value >= 0, 1) },
    positive: event,
    rows: asked.rows === "validation" ? "validation" : "test",
  };
}

/** The number of the row that the address names. @param {import("./view.js").EvaluatingData} data */
export const markedOf = ({ asked }) => (/^\d{1,7}$/.test(asked.sample ?? "") ? Number(asked.sample) : null);

/** The class that the address names, once the run has said its classes; -1 where it names none. @param {import("./view.js").EvaluatingData} data @param {import("../run/index.js").Info["class_names"]} classes */
export const positiveOf = ({ asked }, classes) => classes.findIndex((name) => plain(name) === asked.positive);

/**
 * What the address is to say; null where it is as usual.
 * @param {import("./model.js").Choice} choice @param {number|null} marked the number of the row that is looked at
 * @param {import("./view.js").EvaluatingData} data @param {import("../run/index.js").Info["class_names"]|undefined} classes
 * @returns {Object<string, string|null>}
 */
export function addressOf({ threshold, prevalence, costs, positive, rows }, marked, { event }, classes) {
  return {
    threshold: threshold === 0.5 ? null : String(threshold),
    prevalence: prevalence === null ? null : String(prevalence),
    cost_missed: costs.missed === 1 ? null : String(costs.missed),
    cost_alarm: costs.alarm === 1 ? null : String(costs.alarm),
    positive: positive === event ? null : plain(classes?.[positive] ?? "") || null,
    rows: rows === "test" ? null : rows,
    sample: marked === null ? null : String(marked),
  };
}

/** Of another page, about a row; null where there is none. @param {import("./view.js").EvaluatingData} data @param {string} page @param {number} row */
export const rowAddress = ({ pages, channel }, page, row) => (pages.includes(page) ? `${page}?run=${encodeURIComponent(channel)}&sample=${row}` : null);
