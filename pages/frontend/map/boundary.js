/** The card with what the network has learned: the map, the points on it, and what lies under the cursor. */

import { createSurface, drawPoints, el, percent, reword, setAttribute, setText, short } from "../ui/index.js";
import { listed, named, sentences, t, tn } from "../words/index.js";
import { createAxesChoice } from "./axes-choice.js";
import { paintField } from "./field.js";
import { createKey } from "./key.js";
import { drawAxes, placesOf, pointAt } from "./plane.js";

/** @typedef {{title: string, side: number, values: Uint8Array, centre: number, scale: number}} Neuron */

/** @typedef {{colour: (target: number) => string, shape: (target: number) => number}} Ink */

const MARGIN = { left: 46, right: 2, top: 2, bottom: 37 };

/**
 * @param {() => void} invalidate
 * @param {(view: {kind: string, x?: number, y?: number}) => void} onView the user chose other axes
 */
export function createBoundary(invalidate, onView) {
  const map = createSurface({ "aria-hidden": "true" }, invalidate);
  const front = createSurface({ tabindex: "0", "data-testid": "boundary-canvas", "aria-label": t("Decision map: nothing yet.") }, invalidate);
  const probe = el("div", { class: "dsc-probe" });
  const stage = el("div", { class: "dsc-stage" }, map.box, front.box, probe);
  const title = el("h2", { class: "dsc-title" });
  const epoch = el("span", { class: "dsc-aside" });
  const choice = createAxesChoice(onView);
  const key = createKey();
  const readout = el("div", { class: "dsc-under", "data-testid": "boundary-readout", "aria-live": "off" });
  const [train, trainLabel] = toggle(() => t("training"), "dsc-dot");
  const [validation, validationLabel] = toggle(() => t("validation"), "dsc-dot dsc-hole");
  const [test, testLabel] = toggle(() => t("test"), "dsc-dot dsc-ring");
  const [discrete, discreteLabel] = toggle(() => t("discrete"), null, () => t("Show only what is decided, not how surely"));
  discrete.checked = false;
  setAttribute(discrete, "data-testid", "discrete");
  const element = el("div", { class: "dsc-card dsc-boundary", "data-testid": "boundary", "data-epoch": "0" },
    el("div", { class: "dsc-head" }, title, el("span", { class: "dsc-toggles", role: "group", "aria-label": () => t("Points shown") }, trainLabel, testLabel), epoch),
    choice.element,
    stage,
    readout,
    el("div", { class: "dsc-foot" }, key.element, discreteLabel));

  /** @type {import("../run/index.js").Run|null} */
  let run = null;
  /** @type {Neuron|null} */
  let neuron = null; // shown instead of the network's answer
  /** @type {[number, number]|null} */
  let spot = null; // the place asked about, as shares of the plot: [0..1 from left, 0..1 from below]
  /** @type {Object<string, any>} */
  let drawn = {}; // what the two canvases were drawn for

  /** @param {() => string} text @param {string|null} mark @param {() => string} [help] @returns {[HTMLInputElement, HTMLLabelElement]} */
  function toggle(text, mark, help) {
    const box = el("input", { type: "checkbox", onchange: invalidate });
    box.checked = true;
    return [box, el("label", { class: "dsc-check", title: help }, box, ...(mark ? [el("i", { class: mark })] : []), text)];
  }

  /** @param {ReturnType<typeof createSurface>} surface */
  const plotOf = (surface) => ({
    left: MARGIN.left,
    top: MARGIN.top,
    width: surface.box.clientWidth - MARGIN.left - MARGIN.right,
    height: surface.box.clientHeight - MARGIN.top - MARGIN.bottom,
  });

  /** @param {[number, number]|null} next */
  function ask(next, spoken = false) {
    spot = next;
    setAttribute(readout, "aria-live", spoken ? "polite" : "off");
    invalidate();
  }

  /** @param {MouseEvent} event */
  const fromEvent = (event) => {
    const plot = plotOf(front);
    const bounds = front.canvas.getBoundingClientRect();
    const across = (event.clientX - bounds.left - plot.left) / plot.width;
    const up = 1 - (event.clientY - bounds.top - plot.top) / plot.height;
    ask(across >= 0 && across <= 1 && up >= 0 && up <= 1 ? [across, up] : null);
  };
  front.canvas.addEventListener("pointermove", fromEvent);
  front.canvas.addEventListener("pointerdown", fromEvent);
  front.canvas.addEventListener("pointerleave", () => ask(null));
  front.canvas.addEventListener("blur", () => ask(null));
  front.canvas.addEventListener("keydown", (event) => {
    /** @type {Object<string, [number, number]>} */
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.key === "Escape" && spot) return ask(null);
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const stride = event.shiftKey ? 0.1 : 0.02;
    const [across, up] = spot ?? [0.5, 0.5];
    const [dx, dy] = spot ? moves[event.key] : [0, 0];
    ask([clamp(across + dx * stride), clamp(up + dy * stride)], true);
  });

  /** One sentence about a place: where it is and what the network outputs there. @param {[number, number]} place */
  function report([across, up]) {
    const { view, info } = run;
    const field = fieldShown();
    const x = view.x_range[0] + across * (view.x_range[1] - view.x_range[0]);
    const y = view.y_range[0] + up * (view.y_range[1] - view.y_range[0]);
    const place = `${named(view.x_label)} ${short(x)} · ${named(view.y_label)} ${short(y)}`;
    if (!field) return place;
    const row = Math.min(field.rows - 1, Math.floor(up * field.rows));
    const cell = row * field.columns + Math.min(field.columns - 1, Math.floor(across * field.columns));
    if (neuron) {
      const value = short(neuron.centre + ((field.value[cell] - 128) / 127) * neuron.scale);
      return t("{place} · {neuron} says {value}", { place, neuron: neuron.title, value });
    }
    if (field.value) {
      const [low, high] = field.range;
      return t("{place} · predicts {value}", { place, value: short(low + (field.value[cell] / 255) * (high - low)) });
    }
    const [name, confidence] = [named(info.class_names[field.class[cell]]), percent(field.confidence[cell] / 255, 0)];
    return t("{place} · predicts {name}, confidence {confidence}", { place, name, confidence });
  }

  /** @type {import("./field.js").Field & {epoch: number}|null} */
  let lastNeuron = null;

  /** The neuron's map or the network's; the same object as long as nothing changed. */
  function fieldShown() {
    if (!neuron) return run.frame.map;
    if (lastNeuron?.value !== neuron.values) {
      lastNeuron = { rows: neuron.side, columns: neuron.side, value: neuron.values, diverging: true, epoch: run.frame.epoch };
    }
    return lastNeuron;
  }

  /** @param {import("../ui/index.js").Theme} theme */
  function drawMap(theme) {
    const drawing = map.begin();
    if (!drawing) return;
    const { context } = drawing;
    const plot = plotOf(map);
    context.beginPath();
    context.roundRect(plot.left, plot.top, plot.width, plot.height, 6);
    context.clip();
    context.fillStyle = theme.tint;
    context.fillRect(plot.left, plot.top, plot.width, plot.height);
    if (fieldShown()) {
      context.imageSmoothingEnabled = true;
      context.drawImage(paintField(fieldShown(), theme, discrete.checked), plot.left, plot.top, plot.width, plot.height);
    }
  }

  /** @param {import("../ui/index.js").Theme} theme */
  function drawFront(theme) {
    const drawing = front.begin();
    if (!drawing || !run.view) return;
    const { context } = drawing;
    const plot = plotOf(front);
    const { view, points } = run;
    drawAxes(context, view, plot, theme);
    if (!points) return;
    context.save();
    context.beginPath();
    context.roundRect(plot.left, plot.top, plot.width, plot.height, 6);
    context.clip();
    drawPoints(context, points, { ...placesOf(view, plot), ...inkOf(theme), show: { train: train.checked, validation: validation.checked, test: test.checked } }, theme);
    context.restore();
  }

  /** How a target is coloured and shaped. @param {import("../ui/index.js").Theme} theme @returns {Ink} */
  function inkOf(theme) {
    if (!run.regression) return { colour: (k) => theme.classes[k % theme.classes.length], shape: (k) => k };
    const [low, high] = targetRange();
    const colours = theme.sequence.map((channels) => `rgb(${channels})`);
    return { colour: (value) => colours[Math.round(255 * clamp((value - low) / (high - low || 1)))], shape: () => 0 };
  }

  /** The values the colours span: the map's, or the points' while there is no map. @returns {[number, number]} */
  function targetRange() {
    if (run.frame.map?.range) return run.frame.map.range;
    if (!run.points) return [0, 1];
    let [low, high] = [Infinity, -Infinity];
    for (const value of run.points.target) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return [low, high];
  }

  return {
    element,
    setOwner: choice.setOwner,
    /** The point that is pointed at, by its number; null for none. */
    get pointed() {
      if (!spot || !run?.view || !run.points) return null;
      const plot = plotOf(front);
      const place = /** @type {[number, number]} */ ([plot.left + spot[0] * plot.width, plot.top + (1 - spot[1]) * plot.height]);
      return pointAt(run.points, placesOf(run.view, plot), place, [train.checked, test.checked, validation.checked]);
    },
    describe() {},
    /**
     * @param {Neuron|null} chosen a neuron to show instead
     * @param {import("../run/index.js").Run} shown
     * @param {import("../ui/index.js").Theme} theme
     */
    draw(shown, theme, chosen = null) {
      run = shown;
      neuron = chosen;
      const field = fieldShown();
      setText(title, neuron ? neuron.title : run.regression ? t("Prediction") : t("Decision boundary"));
      setAttribute(element, "data-neuron", neuron?.title ?? "");
      setText(epoch, field ? t("epoch {epoch:,}", { epoch: field.epoch }) : "");
      choice.update(run.view);
      if (!run.isValidated) validationLabel.remove();
      else if (!validationLabel.isConnected) {
        testLabel.before(validationLabel);
        reword(validationLabel); // another language may have been chosen while it was not there
      }
      element.classList.toggle("dsc-validated", run.isValidated);
      key.update(run, run.regression ? targetRange() : null, theme);
      const range = run.regression ? String(targetRange()) : "";
      if (drawn.map !== field || drawn.theme !== theme || drawn.mapSize !== map.size || drawn.discrete !== discrete.checked) drawMap(theme);
      if (drawn.view !== run.view || drawn.points !== run.points || drawn.theme !== theme || drawn.frontSize !== front.size
        || drawn.range !== range || drawn.kinds !== kindsShown()) drawFront(theme);
      drawn = {
        map: field, theme, mapSize: map.size, view: run.view, points: run.points, frontSize: front.size,
        range, kinds: kindsShown(), discrete: discrete.checked,
      };
      showSpot(this.pointed);
    },
    /** @param {import("../run/index.js").Run} shown */
    speak(shown) {
      const { view, frame, info } = shown;
      if (!view || !info) return setAttribute(front.canvas, "aria-label", t("Decision map: nothing yet."));
      const what = shown.regression
        ? t("Map of the predicted {target}", { target: named(info.target_name) || t("target") })
        : t("Map of the predicted class ({classes})", { classes: listed(info.class_names.map(named)) });
      const axes = { what, x: named(view.x_label), y: named(view.y_label) };
      return setAttribute(front.canvas, "aria-label", sentences(
        frame.map
          ? t("{what} after epoch {epoch}: {x} across, {y} up.", { ...axes, epoch: frame.map.epoch })
          : t("{what}, before training: {x} across, {y} up.", axes),
        shown.points ? pointWords(shown, shown.points.x.length) : "",
        t("Arrow keys move a probe."),
      ));
    },
    destroy() {
      map.destroy();
      front.destroy();
    },
  };

  function kindsShown() {
    return [train, validation, test].map(({ checked }) => Number(checked)).join("");
  }

  function legend() {
    if (!run.view) return "";
    if (neuron) {
      return t("what this neuron outputs: orange below {centre}, blue above, strongest {scale} away", {
        centre: short(neuron.centre), scale: short(neuron.scale),
      });
    }
    return run.regression ? t("colour: predicted value, points: actual value") : t("colour: predicted class, strength: confidence");
  }

  /** @param {number|null} pointed the probe stands around the point that is pointed at */
  function showSpot(pointed) {
    const asked = spot && run.view;
    probe.classList.toggle("dsc-away", !asked);
    probe.classList.toggle("dsc-pointed", pointed !== null);
    setText(readout, asked ? report(spot) : (!neuron && named(run.view?.note)) || legend());
    readout.title = readout.textContent;
    if (!asked) return;
    const plot = plotOf(front);
    const { toX, toY } = placesOf(run.view, plot);
    const [x, y] = pointed === null ? [plot.left + spot[0] * plot.width, plot.top + (1 - spot[1]) * plot.height] : [toX(run.points.x[pointed]), toY(run.points.y[pointed])];
    probe.style.transform = `translate(${x}px, ${y}px)`;
  }
}

/** How many points there are, and what tells them apart. @param {import("../run/index.js").Run} run @param {number} count */
function pointWords(run, count) {
  if (!run.isValidated) return tn("{n} point; test points are ringed.", "{n} points; test points are ringed.", count);
  return tn("{n} point; validation points have a hole, test points are ringed.", "{n} points; validation points have a hole, test points are ringed.", count);
}

/** @param {number} share */
const clamp = (share) => Math.min(1, Math.max(0, share));
