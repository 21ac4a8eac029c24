/**
 * Slow motion: one mini-batch, phase by phase, with the real numbers of one row at every neuron. A dialog over the view.
 *
 * Keys: left and right go through the phases, up and down through the neurons, Escape closes.
 */

import { createSurface, el, setAttribute, setText, short } from "../ui/index.js";
import { answered, N_, t, worded } from "../words/index.js";
import { plain, setEquation } from "./mathml.js";
import { drawStep, layOut, unitAt } from "./paint.js";
import { nameOf, PHASES, wordsFor } from "./words.js";

const EVERY = 2600; // milliseconds that a phase is shown while it plays

/** @param {() => void} invalidate */
export function createSlowMotion(invalidate) {
  /** @type {import("../run/index.js").SlowStep|null} */
  let step = null;
  let phase = 0;
  let chosen = { layer: 0, unit: 0 };
  let timer = 0;

  /** What the drawing shows, for those who do not see it. */
  const alternative = () => (step
    ? t("{phase}: {neuron} says {value}. Up and down go to another neuron.", {
      phase: t(PHASES[phase]), neuron: nameOf(step, chosen.layer, chosen.unit), value: short(step.layers[chosen.layer].a[chosen.unit]),
    })
    : t("The network in slow motion"));
  const playing = () => (timer ? t("Pause") : t("Play slowly"));

  /** @param {() => string} text @param {string} testid @param {() => void} onclick */
  const button = (text, testid, onclick, more = {}) => el("button", { type: "button", class: "dsc-button", text, "data-testid": testid, onclick, ...more });
  const opener = button(() => t("Slow motion"), "slow-motion", () => open());
  const surface = createSurface({ tabindex: "0", "data-testid": "slow-canvas", "aria-label": alternative }, invalidate);
  const steps = el("ol", { class: "dsc-phases" }, ...PHASES.map((name, index) =>
    el("li", {}, button(() => t(name), `phase-${index}`, () => go(index), { class: "dsc-phase" }))));
  const sentence = el("p", { class: "dsc-slow-sentence", "aria-live": "polite", "data-testid": "slow-sentence" });
  const equations = el("div", { class: "dsc-equations", "data-testid": "slow-equations" });
  const code = el("pre", { class: "dsc-code", "data-testid": "slow-code" });
  const back = button(() => t("Back"), "slow-back", () => move(-1));
  const next = button(() => t("Next"), "slow-next", () => move(1));
  const play = button(playing, "slow-play", () => (timer ? pause() : start()));
  const row = button(() => t("Another row"), "slow-row", () => fetchStep({ sample: (step.sample + 1) % step.samples }));
  const where = el("span", { class: "dsc-aside", "data-testid": "slow-where" });
  const close = button(() => t("Close"), "slow-close", () => shut());
  const panel = el("div", { class: "dsc-slow dsc-gone", role: "dialog", "aria-modal": "true", "aria-label": () => t("Slow motion"), "data-testid": "slow-panel", onkeydown: keys },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Slow motion") }), steps, where, close),
    el("div", { class: "dsc-slow-body" },
      el("div", { class: "dsc-stage" }, surface.box),
      el("div", { class: "dsc-slow-words" }, sentence, equations, code)),
    el("div", { class: "dsc-slow-controls" }, back, next, play, row));

  /** @type {string|null} */
  let folder = null;
  /** @type {number|null} */
  let epoch = null;
  /** @type {import("./paint.js").Layout|null} */
  let layout = null;
  /** @type {import("../words/index.js").Said|string} */
  let problem = "";
  /** @type {any[]} */
  let drawn = [];
  let asked = 0;

  const isOpen = () => !panel.classList.contains("dsc-gone");

  function open() {
    panel.classList.remove("dsc-gone");
    [step, phase, problem] = [null, 0, ""];
    chosen = { layer: 0, unit: 0 };
    fetchStep({ batch: 0, sample: 0 });
    close.focus();
    invalidate();
  }

  function shut() {
    pause();
    panel.classList.add("dsc-gone");
    for (const part of [sentence, equations, code, where]) part.replaceChildren();
    equations.dataset.text = "";
    opener.focus();
  }

  /** @param {{batch?: number, sample?: number}} wanted */
  async function fetchStep({ batch = step?.batch ?? 0, sample = 0 }) {
    const mine = ++asked;
    const at = epoch === null ? "" : `&epoch=${epoch}`;
    const response = await fetch(`${folder}/slow-motion.json?batch=${batch}&sample=${sample}${at}`).catch(() => /** @type {Response|null} */ (null));
    if (mine !== asked) return; // another was asked for since
    if (response?.ok) [step, problem] = [await response.json(), ""];
    else problem = response ? answered(await response.text()) : { said: N_("The server does not answer.") };
    if (step && !step.layers[chosen.layer]?.units[chosen.unit]) chosen = { layer: 0, unit: 0 };
    invalidate();
  }

  /** @param {number} index */
  function go(index) {
    phase = index;
    invalidate();
  }

  /** To the next phase, and after the last one to the next batch. @param {number} by */
  function move(by) {
    if (!step) return;
    const wanted = phase + by;
    if (wanted >= 0 && wanted < PHASES.length) return go(wanted);
    const batch = step.batch + by;
    if (batch < 0 || batch >= step.batches) return pause();
    phase = by > 0 ? 0 : PHASES.length - 1;
    fetchStep({ batch });
  }

  function start() {
    timer = setInterval(() => move(1), EVERY);
    invalidate();
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    invalidate();
  }

  /** @param {number} by */
  function choose(by) {
    if (!step) return;
    const places = step.layers.flatMap((layer, index) => layer.units.map((_, unit) => ({ layer: index, unit })));
    const at = places.findIndex((place) => place.layer === chosen.layer && place.unit === chosen.unit);
    chosen = places[(at + by + places.length) % places.length];
    invalidate();
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    if (event.key === "Tab") return keepFocus(event);
    /** @type {Object<string, () => void>} */
    const actions = {
      Escape: shut, ArrowRight: () => move(1), ArrowLeft: () => move(-1), ArrowDown: () => choose(1), ArrowUp: () => choose(-1),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  }

  /** Tab goes round within the dialog. @param {KeyboardEvent} event */
  function keepFocus(event) {
    const stops = [...panel.querySelectorAll("button:not(:disabled), canvas[tabindex]")];
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey ? document.activeElement === first : document.activeElement === last) {
      event.preventDefault();
      /** @type {HTMLElement} */ (event.shiftKey ? last : first).focus();
    }
  }

  surface.canvas.addEventListener("click", (event) => {
    const bounds = surface.canvas.getBoundingClientRect();
    const found = layout && unitAt(layout, event.clientX - bounds.left, event.clientY - bounds.top);
    if (found) {
      chosen = found;
      invalidate();
    }
  });

  function write() {
    const { sentence: said, equations: lines, code: python } = wordsFor(step, phase, chosen);
    setText(sentence, said);
    const text = lines.map(plain).join("\n");
    if (equations.dataset.text !== text) {
      equations.dataset.text = text;
      equations.replaceChildren(...lines.map(setEquation));
    }
    setText(code, python.join("\n"));
    setText(where, t("batch {batch} of {batches} · row {row} of {rows}", {
      batch: step.batch + 1, batches: step.batches, row: step.sample + 1, rows: step.samples,
    }));
  }

  return {
    opener,
    panel,
    forget() {
      if (isOpen()) shut();
    },
    /**
     * @param {string|null} address where the run's addresses begin
     * @param {number|null} past the epoch looked back at
     * @param {import("../run/index.js").Run} run
     * @param {import("../ui/index.js").Theme} theme
     */
    draw(run, theme, address, past) {
      folder = address;
      epoch = past;
      const rests = past !== null || ["idle", "paused", "done", "stopped"].includes(run.state.state);
      opener.disabled = !rests || !run.info;
      opener.title = rests ? t("One mini-batch, phase by phase") : t("Pause the run to see one mini-batch in slow motion");
      if (!isOpen()) return;
      [...steps.children].forEach((item, index) => setAttribute(item.firstElementChild, "aria-current", index === phase ? "step" : "false"));
      setText(play, playing());
      setAttribute(surface.canvas, "aria-label", alternative());
      back.disabled = !step || (phase === 0 && step.batch === 0);
      next.disabled = !step || (phase === PHASES.length - 1 && step.batch === step.batches - 1);
      row.disabled = !step || step.samples < 2;
      if (!step) return setText(sentence, worded(problem) || "…");
      write();
      if (problem) setText(sentence, worded(problem));
      const now = [step, phase, chosen, theme, surface.size];
      if (now.every((each, index) => each === drawn[index])) return;
      const drawing = surface.begin();
      if (!drawing) return;
      drawn = now;
      layout = layOut(step, drawing.width, drawing.height);
      drawStep(drawing.context, layout, step, phase, chosen, theme);
    },
    destroy() {
      clearInterval(timer);
      surface.destroy();
    },
  };
}
