/** What came of breaking: marks of every figure, the same as a table and, at the end, what happened and what gave it away. */

import { el, setAttribute } from "../ui/index.js";
import { listed, named, sentences, t, tn } from "../words/index.js";
import { METRICS, PLACES, placeWords, SIDES, sideWords, withSpread, written } from "./figures.js";
import { marksOf } from "./marks.js";

/** @typedef {{title: string, happened: string, noticed: string}} FaultWords as core/faults/registry.py has them */

export function createOutcome() {
  const headline = el("p", { class: "dsc-lab-headline", "data-testid": "lab-headline" });
  const legend = el("p", { class: "dsc-under dsc-lab-legend" });
  const figures = el("div", { class: "dsc-lab-figures" });
  const table = el("div", { class: "dsc-lab-scroll", tabindex: "0", role: "region", "aria-label": () => t("The numbers") });
  const faults = el("div", { class: "dsc-lab-faults" });
  const element = el("div", { class: "dsc-lab-outcome dsc-gone" }, headline, legend, figures, table, faults);

  return {
    element,
    /** @param {import("./figures.js").Result|null} result @param {import("./view.js").LabData} data @param {boolean} isDone */
    show(result, data, isDone) {
      element.classList.toggle("dsc-gone", !result);
      if (!result) return;
      setAttribute(element, "data-seeds", String(result.seeds.done));
      headline.replaceChildren(headlineOf(result));
      legend.replaceChildren(...legendOf(result));
      figures.replaceChildren(...Object.keys(METRICS).map((metric) => marksOf(metric, result)));
      table.replaceChildren(tableOf(result));
      const kinds = [...new Set(result.injected.map(({ kind }) => kind))];
      faults.replaceChildren(...(isDone ? kinds.map((kind) => faultOf(kind, result, data.faults)) : []));
    },
  };
}

/** The figure whose promise is kept least: what is promised, and what is delivered. @param {import("./figures.js").Result} result */
function headlineOf(result) {
  /** @param {"clean"|"broken"} side @param {"held_out"|"external"} place @param {string} metric */
  const mean = (side, place, metric) => result[side][place][metric]?.mean ?? null;
  /** @param {string} metric */
  const gap = (metric) => Math.abs((mean("broken", "held_out", metric) ?? NaN) - (mean("broken", "external", metric) ?? NaN)) || 0;
  const metric = Object.keys(METRICS).reduce((widest, each) => (gap(each) > gap(widest) ? each : widest));
  const values = {
    figure: named(METRICS[metric]), promised: written(mean("broken", "held_out", metric)), delivered: written(mean("broken", "external", metric)),
    once: written(mean("clean", "held_out", metric)), then: written(mean("clean", "external", metric)),
  };
  return result.external === "external"
    ? t("{figure}, broken: the held-out rows promise {promised}, and the external rows deliver {delivered}. As they are: {once} and {then}.", values)
    : t("{figure}, broken: the held-out rows promise {promised}, and the untouched rows deliver {delivered}. As they are: {once} and {then}.", values);
}

/** @param {import("./figures.js").Result} result */
function legendOf(result) {
  const { rows, seeds } = result;
  const outside = result.external === "external"
    ? tn("what {n:,} external row delivers", "what {n:,} external rows deliver", rows.external)
    : tn("what {n:,} untouched row delivers, held back before anything was broken", "what {n:,} untouched rows deliver, held back before anything was broken", rows.external);
  return [
    el("span", { class: "dsc-lab-key dsc-lab-held_out", text: t("what the held-out rows promise") }),
    el("span", { class: "dsc-lab-key dsc-lab-external", text: outside }),
    el("span", { text: t("{done} of {of} seeds, mean ± standard deviation; positive is “{event}”", { done: seeds.done, of: seeds.of, event: named(result.event) }) }),
  ];
}

/** @param {import("./figures.js").Result} result */
function tableOf(result) {
  const ends = SIDES.flatMap((side) => PLACES.map((place) => ({ side, place })));
  const body = Object.entries(METRICS).map(([metric, title]) => el("tr", {},
    el("th", { scope: "row", text: named(title) }),
    ...ends.map(({ side, place }) => {
      const figure = result[side][place][metric];
      return el("td", { "data-figure": `${side} ${place} ${metric}`, text: withSpread(figure), title: figure?.reason ? named(figure.reason) : null });
    })));
  return el("table", { class: "dsc-lab-table" },
    el("caption", { class: "dsc-hidden", text: t("Every figure over the seeds: mean ± standard deviation") }),
    el("thead", {},
      el("tr", {}, el("td", { rowspan: "2" }), ...SIDES.map((side) => el("th", { scope: "colgroup", colspan: "2", text: sideWords(side) }))),
      el("tr", {}, ...ends.map(({ place }) => el("th", { scope: "col", text: placeWords(place, result) })))),
    el("tbody", {}, ...body));
}

/**
 * What happened, and how one would have noticed.
 * @param {string} kind @param {import("./figures.js").Result} result @param {Object<string, FaultWords>} faults
 */
function faultOf(kind, { injected, rows }, faults) {
  const parts = injected.filter((each) => each.kind === kind);
  const { title, happened, noticed } = faults[kind];
  const touched = parts.map((each) => {
    if (each.removed) return tn("{n:,} row left out", "{n:,} rows left out", each.removed);
    const all = each.outside ? rows.external : rows.broken;
    return each.outside
      ? t("{touched:,} of {all:,} rows outside", { touched: each.rows, all })
      : t("{touched:,} of {all:,} rows where it learns", { touched: each.rows, all });
  });
  const columns = [...new Set(parts.flatMap((each) => each.columns))];
  const where = t("Touched: {rows}.", { rows: listed(touched) });
  return el("div", { class: "dsc-lab-fault", "data-testid": "lab-fault", "data-kind": kind },
    el("h4", { class: "dsc-title", text: named(title) }),
    el("p", {}, el("b", { text: t("What happened") }), " ", named(happened)),
    el("p", {}, el("b", { text: t("How one would have noticed") }), " ", named(noticed)),
    el("p", { class: "dsc-under", text: sentences(where, columns.length ? t("Columns: {columns}.", { columns: listed(columns.map(named)) }) : "") }));
}
