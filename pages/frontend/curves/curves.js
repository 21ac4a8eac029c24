/** The card with loss and accuracy over the epochs: two charts, one lens. */

import { createSurface, el, linearAxis, logAxis, percent, plainDecimal, setAttribute, setText, SHARE_AXIS, short, tick, whole } from "../ui/index.js";
import { attachLens, Lens } from "./lens.js";
import { drawLines, MARGIN } from "./lines.js";
import { below, extent } from "./values.js";

const HELP = "Arrow keys read the epochs, plus and minus zoom, Escape shows all of them.";

/**
 * @param {() => void} invalidate ask for a drawing
 * @param {HTMLElement} foot stands under the charts
 */
export function createCurves(invalidate, foot) {
  const lens = new Lens(invalidate);
  const log = el("input", { type: "checkbox", "data-testid": "log-scale", onchange: invalidate });
  const logLabel = el("label", { class: "dsc-check" }, log, "log");
  logLabel.title = "Logarithmic loss axis";
  const reset = el("button", {
    type: "button", class: "dsc-button dsc-reset", "data-testid": "reset-zoom", text: "Reset zoom", onclick: () => lens.reset(),
  });
  const invitation = el("span", { class: "dsc-invitation", text: window.matchMedia("(hover: none)").matches ? "pinch to zoom" : "drag to zoom" });
  const zooming = el("span", { class: "dsc-stack" }, invitation, reset);
  const loss = createChart("loss", "Loss", 0, lens, invalidate, logLabel);
  const metric = createChart("accuracy", "Accuracy", 1, lens, invalidate, zooming);
  const element = el("div", { class: "dsc-card dsc-curves" }, loss.element, metric.element, foot);

  return {
    element,
    forget() {
      lens.clear();
    },
    /** Synchronous facts for assistive and outside readers. @param {import("../run/index.js").Run} run */
    describe(run) {
      for (const { canvas } of [loss, metric]) {
        setAttribute(canvas, "data-points", String(run.history.length));
        setAttribute(canvas, "data-parent-points", String(run.parent?.length ?? 0));
      }
    },
    /** @param {import("../run/index.js").Run} run */
    speak(run) {
      for (const chart of [loss, metric]) chart.speak(run);
    },
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme */
    draw(run, theme) {
      lens.epochs = Math.max(run.history.length, run.parent?.length ?? 0);
      reset.classList.toggle("dsc-away", !lens.zoom);
      invitation.classList.toggle("dsc-away", Boolean(lens.zoom) || !lens.epochs);
      reset.tabIndex = lens.zoom ? 0 : -1;
      loss.draw(run, theme, log.checked);
      metric.draw(run, theme, false);
    },
    destroy() {
      loss.destroy();
      metric.destroy();
    },
  };
}

/**
 * What the loss is made of, of which the penalty is so much now, and what to compare it with.
 * @param {import("../run/index.js").Run} run
 */
function lossWords(run) {
  const { loss_name: name = "", baseline } = run.info ?? {};
  const penalty = run.penalty === null ? "" : `, of which penalty ${short(run.penalty)}`;
  const value = Number.isFinite(baseline?.loss) ? short(baseline.loss * run.scales[0]) : "–";
  const why = baseline?.reason ? ` ${baseline.reason}` : "";
  return baseline ? `${name}${penalty}\nbaseline ${value} (${baseline.loss_label || baseline.label}).${why}` : name;
}

/** @param {string} text */
const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * What of a chart lies below its logarithmic axis, in words; "" where nothing does.
 * @param {import("../run/index.js").Run} run
 * @param {number} metric
 * @param {[number, number]} range
 * @param {import("../ui/index.js").Axis} axis
 */
function belowWords(run, metric, range, axis) {
  const columns = [metric, metric + 2].filter((column) => column < run.history.width);
  const found = columns.map((column) => below(run, column, range, axis));
  const down = found.filter(({ count }) => count);
  if (!down.length) return "";
  const together = down.length === columns.length && new Set(found.map((each) => JSON.stringify(each))).size === 1;
  /** @type {[string, ReturnType<typeof below>][]} */
  const named = together ? [["Loss", found[0]]] : [["Training loss", found[0]], ["Test loss", found[1]]];
  const said = named
    .filter(([, each]) => each?.count)
    .map(([name, { count, first, all, stays, zero, negative }]) => {
      const what = zero ? "0" : negative ? "0 or less" : `below ${tick(axis.low, axis.low)}`;
      if (all) return `${name} is ${what} in every epoch`;
      if (stays && count > 1) return `${name} is ${what} from epoch ${whole(first)} on`;
      return `${name} is ${what} in ${count === 1 ? `epoch ${whole(first)}` : `${whole(count)} epochs, first in ${whole(first)}`}`;
    });
  return `${said.join("; ").replace("; Test", "; test")}: a logarithm cannot show it.`;
}

/**
 * @param {string} name
 * @param {string} title
 * @param {number} metric
 * @param {import("./lens.js").Lens} lens
 * @param {() => void} invalidate
 * @param {HTMLElement} extra
 */
function createChart(name, title, metric, lens, invalidate, extra) {
  const surface = createSurface(
    { tabindex: "0", "data-testid": `${name}-curve`, "data-points": "0", "aria-label": `${title}: no epochs yet.` },
    invalidate,
  );
  const heading = el("h2", { class: "dsc-title", text: title });
  const epoch = el("span", { class: "dsc-at" });
  const train = el("b", { class: "dsc-value" });
  const test = el("b", { class: "dsc-value" });
  const readout = el("div", { class: "dsc-readout", "data-testid": `${name}-readout`, "aria-live": "off" },
    el("span", { class: "dsc-key dsc-key-train" }, el("i", { class: "dsc-swatch" }), "training ", train),
    el("span", { class: "dsc-key dsc-key-test" }, el("i", { class: "dsc-swatch dsc-dashed" }), "test ", test),
    ...(metric === 0 ? [epoch] : [])); // the charts share their epochs: once is enough; last, so that it goes first where room is short
  const note = el("p", { class: "dsc-below", "data-testid": `${name}-below` });
  const element = el("div", { class: "dsc-chart" },
    el("div", { class: "dsc-head" }, heading, readout, el("span", { class: "dsc-extra" }, extra)),
    surface.box, note);
  attachLens(surface.canvas, lens, () => ({
    left: MARGIN.left,
    width: surface.box.clientWidth - MARGIN.left - MARGIN.right,
  }));
  /** @type {import("../ui/index.js").Axis|null} */
  let axis = null;
  let spokenTitle = title;

  /** @param {import("../run/index.js").Run} run @param {number} value */
  const shown = (run, value) => (run.regression || metric === 0 ? short(value) : percent(value));

  /**
   * Calm axes: kept while the data fit them.
   * @param {import("../run/index.js").Run} run
   * @param {number} height
   * @param {boolean} logarithmic
   * @param {{value: number, label: string}|null} baseline
   */
  function chooseAxis(run, height, logarithmic, baseline) {
    const count = Math.max(2, Math.min(5, Math.floor(height / 32)));
    let [low, high] = extent(run, metric, lens.range, logarithmic);
    const share = metric === 1 && !run.regression;
    if (share && !lens.zoom) return SHARE_AXIS;
    if (baseline && baseline.value > high && baseline.value < high * 1.6 && !lens.zoom) high = baseline.value;
    if (logarithmic) return logAxis(low, high, axis);
    return linearAxis(low, high, count, axis, { fromZero: !lens.zoom, ceiling: share ? 1 : Infinity });
  }

  /** @param {import("../run/index.js").Run} run */
  function baselineOf(run) {
    const { baseline } = run.info ?? {};
    const value = metric === 0 ? baseline?.loss : baseline?.metric; // null where there is none
    return Number.isFinite(value) ? { value: value * run.scales[metric], label: (metric === 0 && baseline.loss_label) || baseline.label } : null;
  }

  return {
    element,
    canvas: surface.canvas,
    destroy: surface.destroy,
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme @param {boolean} logarithmic */
    draw(run, theme, logarithmic) {
      spokenTitle = metric === 0 ? "Loss" : run.regression ? "Mean absolute error" : "Accuracy";
      setText(heading, metric === 1 && run.regression ? "Mean abs. error" : metric === 0 && run.info?.penalised ? capitalised(run.info.loss_name) : spokenTitle);
      heading.title = metric === 0 ? lossWords(run) : "";
      if (metric === 0 && run.info?.penalised) spokenTitle = `Loss (${run.info.loss_name})`;
      const at = lens.cursor === null ? run.shownEpoch : Math.min(lens.cursor, run.history.length);
      setText(epoch, at ? `epoch ${whole(at)}` : "");
      setText(train, at ? shown(run, run.value(at, metric)) : "–");
      setText(test, at ? shown(run, run.value(at, metric + 2)) : "–");
      // The exact values, to the last digit a float32 holds.
      train.title = at ? plainDecimal(run.value(at, metric)) : "";
      test.title = at ? plainDecimal(run.value(at, metric + 2)) : "";
      setAttribute(readout, "aria-live", lens.spoken && document.activeElement === surface.canvas ? "polite" : "off");
      const drawing = surface.begin();
      if (!drawing) return;
      const baseline = baselineOf(run);
      axis = chooseAxis(run, drawing.height - MARGIN.top - MARGIN.bottom, logarithmic, baseline);
      const [low, high] = lens.range;
      setAttribute(surface.canvas, "data-range", `${plainDecimal(low)},${plainDecimal(high)}`);
      setAttribute(surface.canvas, "data-axis", axis.log ? "log" : "linear");
      setText(note, axis.log ? belowWords(run, metric, lens.range, axis) : "");
      /** @type {(value: number, step: number) => string} */
      const label = metric === 1 && !run.regression ? (value, step) => `${tick(value * 100, step * 100)} %` : tick;
      drawLines(drawing, { run, metric, axis, lens, baseline, label }, theme);
    },
    /** @param {import("../run/index.js").Run} run */
    speak(run) {
      const last = run.history.length;
      const text = last
        ? `${spokenTitle} after epoch ${last}: training ${shown(run, run.value(last, metric))}, test ${shown(run, run.value(last, metric + 2))}. ${note.textContent} ${HELP}`
        : `${spokenTitle}: no epochs yet.`;
      setAttribute(surface.canvas, "aria-label", text);
    },
  };
}
