/** The card with loss and accuracy over the epochs: two charts, one lens. */

import { createSurface, el, linearAxis, logAxis, percent, plainDecimal, reword, setAttribute, setText, SHARE_AXIS, short, tick } from "../ui/index.js";
import { N_, named, sentences, t, tn, worded } from "../words/index.js";
import { attachLens, Lens } from "./lens.js";
import { drawLines, MARGIN } from "./lines.js";
import { below, extent, kindsOf } from "./values.js";

const HELP = N_("Arrow keys read the epochs, plus and minus zoom, Escape shows all of them.");

/**
 * @param {() => void} invalidate ask for a drawing
 * @param {HTMLElement} foot stands under the charts
 */
export function createCurves(invalidate, foot) {
  const lens = new Lens(invalidate);
  const log = el("input", { type: "checkbox", "data-testid": "log-scale", onchange: invalidate });
  const logLabel = el("label", { class: "dsc-check", title: () => t("Logarithmic loss axis") }, log, () => t("log"));
  const reset = el("button", {
    type: "button", class: "dsc-button dsc-reset", "data-testid": "reset-zoom", text: () => t("Reset zoom"), onclick: () => lens.reset(),
  });
  const byTouch = window.matchMedia("(hover: none)").matches;
  const invitation = el("span", { class: "dsc-invitation", text: () => (byTouch ? t("pinch to zoom") : t("drag to zoom")) });
  const zooming = el("span", { class: "dsc-stack" }, invitation, reset);
  const loss = createChart("loss", 0, lens, invalidate, logLabel);
  const metric = createChart("accuracy", 1, lens, invalidate, zooming);
  const element = el("div", { class: "dsc-card dsc-curves" }, loss.element, metric.element, foot);

  return {
    element,
    forget() {
      lens.clear();
    },
    /** Synchronous facts for assistive and outside readers. @param {import("../run/index.js").Run} run */
    describe(run) {
      lens.epochs = Math.max(run.history.length, run.parent?.length ?? 0); // what the keys go over, also before it is drawn
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
  const { baseline } = run.info ?? {};
  const name = named(run.info?.loss_name);
  if (!baseline) return name;
  const loss = run.penalty === null ? name : t("{loss}, of which penalty {penalty}", { loss: name, penalty: short(run.penalty) });
  const value = Number.isFinite(baseline.loss) ? short(baseline.loss * run.scales[0]) : "–";
  const compared = t("baseline {value} ({label}).", { value, label: named(baseline.loss_label || baseline.label) });
  return `${loss}\n${sentences(compared, worded(baseline.reason))}`;
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
  const found = kindsOf(run)
    .filter(({ offset }) => metric + offset < run.history.width)
    .map(({ name, offset }) => ({ name, ...below(run, metric + offset, range, axis) }));
  const down = found.filter(({ count }) => count);
  if (!down.length) return "";
  const together = down.length === found.length && new Set(found.map((each) => JSON.stringify({ ...each, name: "" }))).size === 1;
  const loud = { training: t("Training loss"), validation: t("Validation loss"), test: t("Test loss") };
  const quiet = { training: t("training loss"), validation: t("validation loss"), test: t("test loss") };
  /** @type {[string, ReturnType<typeof below>][]} */
  const lines = together ? [[t("Loss"), found[0]]] : down.map((each, i) => [(i ? quiet : loud)[each.name], each]);
  const [one, other, third] = lines
    .map(([loss, { count, first, all, stays, zero, negative }]) => {
      const what = zero ? "0" : negative ? t("0 or less") : t("below {value}", { value: tick(axis.low, axis.low) });
      if (all) return t("{loss} is {what} in every epoch", { loss, what });
      if (stays && count > 1) return t("{loss} is {what} from epoch {first:,} on", { loss, what, first });
      return tn("{loss} is {what} in epoch {first:,}", "{loss} is {what} in {n:,} epochs, first in {first:,}", count, { loss, what, first });
    });
  if (third) return t("{one}; {other}; {third}: a logarithm cannot show it.", { one, other, third });
  return other ? t("{one}; {other}: a logarithm cannot show it.", { one, other }) : t("{one}: a logarithm cannot show it.", { one });
}

/** What a chart shows. @param {import("../run/index.js").Run} run @param {number} metric */
function titleOf(run, metric) {
  if (metric === 1) return run.regression ? t("Mean absolute error") : t("Accuracy");
  return run.info?.penalised ? t("Loss ({name})", { name: named(run.info.loss_name) }) : t("Loss");
}

/** The same in the room above a chart. @param {import("../run/index.js").Run} run @param {number} metric */
function headingOf(run, metric) {
  if (metric === 1 && run.regression) return t("Mean abs. error");
  return metric === 0 && run.info?.penalised ? capitalised(named(run.info.loss_name)) : titleOf(run, metric);
}

/**
 * @param {string} name
 * @param {number} metric
 * @param {import("./lens.js").Lens} lens
 * @param {() => void} invalidate
 * @param {HTMLElement} extra
 */
function createChart(name, metric, lens, invalidate, extra) {
  const nothing = t("{what}: no epochs yet.", { what: metric === 0 ? t("Loss") : t("Accuracy") });
  const surface = createSurface({ tabindex: "0", "data-testid": `${name}-curve`, "data-points": "0", "aria-label": nothing }, invalidate);
  const heading = el("h2", { class: "dsc-title" });
  const epoch = el("span", { class: "dsc-at" });
  const train = el("b", { class: "dsc-value" });
  const validation = el("b", { class: "dsc-value" });
  const test = el("b", { class: "dsc-value" });
  const validationKey = el("span", { class: "dsc-key dsc-key-validation" }, el("i", { class: "dsc-swatch dsc-dotted" }), () => t("validation"), " ", validation);
  const testKey = el("span", { class: "dsc-key dsc-key-test" }, el("i", { class: "dsc-swatch dsc-dashed" }), () => t("test"), " ", test);
  const readout = el("div", { class: "dsc-readout", "data-testid": `${name}-readout`, "aria-live": "off" },
    el("span", { class: "dsc-key dsc-key-train" }, el("i", { class: "dsc-swatch" }), () => t("training"), " ", train),
    testKey,
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
    return Number.isFinite(value) ? { value: value * run.scales[metric], label: named((metric === 0 && baseline.loss_label) || baseline.label) } : null;
  }

  return {
    element,
    canvas: surface.canvas,
    destroy: surface.destroy,
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme @param {boolean} logarithmic */
    draw(run, theme, logarithmic) {
      setText(heading, headingOf(run, metric));
      heading.title = metric === 0 ? lossWords(run) : "";
      const at = lens.cursor === null ? run.shownEpoch : Math.min(lens.cursor, run.history.length);
      setText(epoch, at ? t("epoch {epoch:,}", { epoch: at }) : "");
      setText(train, at ? shown(run, run.value(at, metric)) : "–");
      setText(test, at ? shown(run, run.value(at, metric + run.testColumn)) : "–");
      if (!run.isValidated) validationKey.remove();
      else if (!validationKey.isConnected) {
        testKey.before(validationKey);
        reword(validationKey); // another language may have been chosen while it was not there
      }
      element.classList.toggle("dsc-three", run.isValidated);
      if (run.isValidated) {
        setText(validation, at ? shown(run, run.value(at, metric + 2)) : "–");
        validation.title = at ? plainDecimal(run.value(at, metric + 2)) : "";
      }
      // The exact values, to the last digit a float32 holds.
      train.title = at ? plainDecimal(run.value(at, metric)) : "";
      test.title = at ? plainDecimal(run.value(at, metric + run.testColumn)) : "";
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
      const what = titleOf(run, metric);
      if (!last) return setAttribute(surface.canvas, "aria-label", t("{what}: no epochs yet.", { what }));
      const values = { training: shown(run, run.value(last, metric)), test: shown(run, run.value(last, metric + run.testColumn)) };
      const now = run.isValidated
        ? t("{what} after epoch {epoch}: training {training}, validation {validation}, test {test}.", { what, epoch: last, ...values, validation: shown(run, run.value(last, metric + 2)) })
        : t("{what} after epoch {epoch}: training {training}, test {test}.", { what, epoch: last, ...values });
      return setAttribute(surface.canvas, "aria-label", sentences(now, axis?.log ? belowWords(run, metric, lens.range, axis) : "", t(HELP)));
    },
  };
}
