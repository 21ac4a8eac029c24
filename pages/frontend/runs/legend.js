/** The legend of a comparison: a table with a row for each line, what differs between them, and their values. */

import { el, setText, whole } from "../ui/index.js";
import { t, tn, worded } from "../words/index.js";
import { shownValue } from "./chart.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {import("./chart.js").Line & {runs: import("./server.js").ListedRun[], values: import("../words/index.js").Said[], seeds: number[]}} NamedLine
 *
 * @typedef {object} Values what is read off the charts
 * @property {number|null} epoch pointed at; null for each line's last one
 * @property {number} column of the loss; the metric's is the next
 * @property {boolean} isShare
 */

/** @param {(line: NamedLine|null) => void} light let a line stand out */
export function createLegend(light) {
  const head = el("tr");
  const body = el("tbody");
  const element = el("table", { class: "dsc-legend-table", "data-testid": "legend", "aria-label": () => t("What differs between the lines") }, el("thead", {}, head), body);
  /** @type {{line: NamedLine, loss: HTMLElement, metric: HTMLElement}[]} */
  let rows = [];

  return {
    element,
    /** @param {NamedLine[]} lines @param {import("../words/index.js").Said[]} settings the names of what differs @param {string} metric */
    show(lines, settings, metric) {
      const showsSeeds = new Set(lines.map(({ seeds }) => String(seeds))).size > 1 || lines.some(({ seeds }) => seeds.length > 1);
      head.replaceChildren(el("th", { scope: "col", text: t("Line") }), ...settings.map((setting) => el("th", { scope: "col", text: worded(setting) })),
        ...(showsSeeds ? [el("th", { scope: "col", text: t("seed") })] : []),
        el("th", { scope: "col", class: "dsc-col-number", text: t("Loss") }), el("th", { scope: "col", class: "dsc-col-number", text: metric }));
      rows = lines.map((line) => ({ line, loss: el("td", { class: "dsc-col-number" }), metric: el("td", { class: "dsc-col-number" }) }));
      body.replaceChildren(...rows.map(({ line, loss, metric: value }) => {
        const row = el("tr", { "data-testid": "legend-row", onpointerenter: () => light(line), onpointerleave: () => light(null) },
          el("th", { scope: "row" }, el("span", { class: "dsc-line-name" }, swatch(line), el("b", { text: line.letter }), el("span", { text: wordsOf(line) }))),
          ...line.values.map((each) => el("td", { text: worded(each) })),
          ...(showsSeeds ? [el("td", { text: line.seeds.map(String).join(", ") })] : []), loss, value);
        return row;
      }));
    },
    /** @param {Values} values */
    read({ epoch, column, isShare }) {
      for (const { line, loss, metric } of rows) {
        const { mean } = line.series;
        const at = epoch ?? mean.length;
        setText(loss, shownValue(false, mean.at(at, column)));
        setText(metric, shownValue(isShare, mean.at(at, column + 1)));
      }
    },
  };
}

/** What a line is: the name of a run that has one, or a mean of how many. @param {NamedLine} line */
function wordsOf({ runs, seeds, series }) {
  if (runs.length === 1) return runs[0].name ?? "";
  const n = runs.length;
  const mean = new Set(seeds).size === n
    ? tn("mean ± standard deviation of {n} seed", "mean ± standard deviation of {n} seeds", n)
    : tn("mean ± standard deviation of {n} run", "mean ± standard deviation of {n} runs", n);
  return series.isCut ? t("{mean}, up to epoch {epoch}, where the shortest ends", { mean, epoch: whole(series.mean.length) }) : mean;
}

/** The line as it is drawn. @param {import("./chart.js").Line} line */
function swatch({ colour, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 30 8");
  svg.setAttribute("class", "dsc-line-swatch");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "line");
  for (const [name, value] of Object.entries({ x1: 0, x2: 30, y1: 4, y2: 4, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash.join(" ") })) {
    line.setAttribute(name, String(value));
  }
  svg.append(line);
  return svg;
}
