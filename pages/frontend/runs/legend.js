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
  const element = el("table", { class: "dsc-legend-table", "data-testid": "legend", "aria-label": () => t("What differs between the lines") }, el("thead", {}, head));
  /** @type {{line: NamedLine, loss: HTMLElement, metric: HTMLElement}[]} */
  let rows = [];
  /** @type {[NamedLine[], import("../words/index.js").Said[], string]} */
  let shown = [[], [], ""];
  /** @type {Values|null} */
  let reading = null;

  /** Put its rows together. @param {boolean} isStacked what differs stands under each line, instead of in columns */
  function build(isStacked) {
    const [lines, settings, metric] = shown;
    const showsSeeds = new Set(lines.map(({ seeds }) => String(seeds))).size > 1 || lines.some(({ seeds }) => seeds.length > 1);
    const titles = [...settings.map(worded), ...(showsSeeds ? [t("seed")] : [])];
    element.classList.toggle("dsc-stacked", isStacked);
    head.replaceChildren(el("th", { scope: "col", text: t("Line") }), ...(isStacked ? [] : titles.map((text) => el("th", { scope: "col", text }))),
      el("th", { scope: "col", class: "dsc-col-number", text: t("Loss") }), el("th", { scope: "col", class: "dsc-col-number", text: metric }));
    for (const body of [...element.tBodies]) body.remove();
    rows = lines.map((line) => {
      const [loss, value] = [el("td", { class: "dsc-col-number" }), el("td", { class: "dsc-col-number" })];
      const says = [...line.values.map(worded), ...(showsSeeds ? [line.seeds.map(String).join(", ")] : [])];
      const words = wordsOf(line);
      const row = el("tr", { "data-testid": "legend-row" },
        el("th", { scope: "row" }, el("span", { class: "dsc-line-name", title: words }, swatch(line), el("b", { text: line.letter }), el("span", { text: words }))),
        ...(isStacked ? [] : says.map((text) => el("td", { text }))), loss, value);
      const under = isStacked && titles.length ? [el("tr", {}, el("td", { class: "dsc-line-settings", colspan: "3" },
        ...titles.flatMap((title, i) => [el("span", {}, el("span", { class: "dsc-line-setting", text: title }), ` ${says[i]}`), " "])))] : [];
      element.append(el("tbody", { onpointerenter: () => light(line), onpointerleave: () => light(null) }, row, ...under));
      return { line, loss, metric: value };
    });
    write();
  }

  function write() {
    if (!reading) return;
    const { epoch, column, isShare } = reading;
    for (const { line, loss, metric } of rows) {
      const { mean } = line.series;
      const at = epoch ?? mean.length;
      setText(loss, shownValue(false, mean.at(at, column)));
      setText(metric, shownValue(isShare, mean.at(at, column + 1)));
    }
  }

  /** In columns, unless they are wider than what is around them. */
  function arrange() {
    build(false);
    const room = element.parentElement?.clientWidth ?? 0;
    if (room && element.offsetWidth > room) build(true);
  }

  return {
    element,
    /** @param {NamedLine[]} lines @param {import("../words/index.js").Said[]} settings the names of what differs @param {string} metric */
    show(lines, settings, metric) {
      shown = [lines, settings, metric];
      arrange();
    },
    /** @param {Values} values */
    read(values) {
      reading = values;
      write();
    },
  };
}

/** What a line is: the name of a run that has one, or a mean of how many. @param {NamedLine} line */
function wordsOf({ runs, seeds, series }) {
  if (runs.length === 1) return runs[0].name ?? "";
  if (seeds.length === 1) return tn("{n} run of seed {seed}", "{n} runs of seed {seed}", runs.length, { seed: String(seeds[0]) });
  const ofSeeds = tn("mean ± standard deviation of {n} seed", "mean ± standard deviation of {n} seeds", seeds.length);
  const mean = runs.length === seeds.length ? ofSeeds : tn("{mean} ({n} run)", "{mean} ({n} runs)", runs.length, { mean: ofSeeds });
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
