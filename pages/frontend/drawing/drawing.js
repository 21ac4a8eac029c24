/**
 * Entry of the drawing surface.
 *
 * It lies over the live view's map, in the same card. It owns the drawing while it is open: Streamlit's text is
 * read once, when it opens, and gets a new one when the hand rests.
 */

import { el, loadStyle, mounting, readTheme, setAttribute, setText, whenOurFontComes } from "../ui/index.js";
import { listed, sentences, t, tn } from "../words/index.js";
import { Points } from "./points.js";
import { createDrawingSurface } from "./surface.js";
import { createDrawingTools } from "./tools.js";

const REST = 400; // milliseconds without a change until the drawing is sent
const SPEAK = 700; // and until it is said aloud
const LOOK = 250; // between two looks whether the map's card is (still) there
const CARD = "[data-testid=boundary]";

export const mount = mounting(({ parentElement, data }) => new DrawingView(parentElement, data));

class DrawingView {
  /** @param {HTMLElement} host @param {{points: string, limits: import("./points.js").Limits}} data */
  constructor(host, { points, limits }) {
    this.host = host;
    /** @type {import("./tools.js").Tools} */
    this.tools = { tool: "brush", k: 0, size: 22 };
    /** @type {Element|null} */
    this.card = null;
    /** @type {string|undefined} */
    this.saying = undefined;
    this.points = new Points(limits, points);
    this.sent = this.points.text;
    this.frame = 0;
    this.invalidate = () => {
      this.frame ||= requestAnimationFrame(() => this.draw());
    };
    this.changed = () => {
      this.sendSoon();
      this.invalidate();
    };
    this.build(limits);
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.retheme = () => {
      this.theme = null;
      this.invalidate();
    };
    this.dark.addEventListener("change", this.retheme);
    this.forgetFont = whenOurFontComes(this.retheme);
    // Whoever presses Train right after the last point trains with it.
    /** @param {PointerEvent} event */
    this.elsewhere = (event) => this.root.contains(/** @type {Node} */ (event.target)) || this.send();
    document.addEventListener("pointerdown", this.elsewhere, true);
    this.looking = setInterval(() => this.dock(), LOOK);
    this.dock();
  }

  /** @param {import("./points.js").Limits} limits */
  build(limits) {
    /** @param {() => void} change */
    const step = (change) => () => {
      change();
      this.changed();
    };
    const actions = {
      changed: this.invalidate,
      undo: step(() => this.points.undo()),
      redo: step(() => this.points.redo()),
      clear: step(() => {
        this.points.begin();
        this.points.erase(() => true);
        this.points.finish();
      }),
    };
    this.toolbar = createDrawingTools(limits, this.tools, actions);
    this.surface = createDrawingSurface(limits, this.tools, this.changed, this.invalidate);
    this.surface.show(this.points);
    this.line = el("p", { class: "dsc-under dsc-drawing-line", "data-testid": "drawing-line" });
    this.spoken = el("span", { class: "dsc-hidden", role: "status" });
    this.root = el("section", { class: "dsc-drawing", "data-testid": "drawing", "aria-label": () => t("Draw your own points"),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.press(event, actions),
      onfocusout: (/** @type {FocusEvent} */ event) => this.root.contains(/** @type {Node|null} */ (event.relatedTarget)) || this.send() },
      el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Draw your own") }),
        this.toolbar.steps,
        el("button", { type: "button", class: "dsc-button dsc-done", "data-testid": "drawing-done", text: () => t("Done"), onclick: () => this.done() })),
      this.toolbar.element, this.surface.box, this.line, this.spoken);
    this.root.style.visibility = "hidden";
    loadStyle("drawing.css", import.meta.url).then(() => {
      this.root.style.visibility = "";
      this.invalidate();
    });
  }

  /** @param {import("../ui/index.js").Component} component */
  configure(component) {
    this.component = component;
    this.retheme();
  }

  /** Draw in the language that is spoken now, and say nothing: no point has changed. */
  reworded() {
    this.saying = undefined;
    clearTimeout(this.speaking);
    setText(this.spoken, "");
    this.retheme();
  }

  /** Lie over the map; the live view may come later than this, or anew. */
  dock() {
    const card = document.querySelector(CARD);
    if (!this.host.isConnected) return this.destroy();
    if (card === this.card && this.root.isConnected) return;
    this.card?.classList.remove("dsc-covered");
    this.card = card;
    if (!card) return;
    card.append(this.root);
    card.classList.add("dsc-covered");
    this.invalidate();
  }

  /** Keys that count wherever in the surface the focus is. @param {KeyboardEvent} event @param {Object<string, () => void>} actions */
  press(event, actions) {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && (key === "z" || key === "y")) {
      if (key === "y" || event.shiftKey) actions.redo();
      else actions.undo();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && key >= "1" && key <= String(this.points.limits.classes) && key.length === 1) {
      this.toolbar.choose(Number(key) - 1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  sendSoon() {
    clearTimeout(this.sending);
    this.sending = setTimeout(() => this.send(), REST);
  }

  send() {
    clearTimeout(this.sending);
    const { text } = this.points;
    if (text === this.sent) return;
    this.sent = text;
    this.component.setStateValue("points", text);
  }

  done() {
    this.send();
    this.component.setTriggerValue("done", true);
  }

  /** "120 points: 60 of class 1, 60 of class 2." */
  describe() {
    const { points } = this;
    if (!points.size) return t("No points yet.");
    const classes = listed(points.counts.map((count, k) => (count ? t("{count} of class {class}", { count, class: k + 1 }) : "")));
    return tn("{n:,} point: {classes}.", "{n:,} points: {classes}.", points.size, { classes });
  }

  draw() {
    this.frame = 0;
    if (!this.root.isConnected || !this.component) return;
    const { points } = this;
    this.theme ??= readTheme(this.host, this.root);
    const state = this.describe();
    const { missing } = points;
    const full = points.size >= points.limits.most;
    setText(this.line, missing || sentences(state, full ? t("More do not fit.") : t("Train, or go on drawing.")));
    this.line.classList.toggle("dsc-lacking", missing !== "" && points.size > 0);
    setAttribute(this.root, "data-points", String(points.size));
    this.toolbar.update(points, this.theme);
    this.surface.paint(this.theme, state);
    this.speakSoon(sentences(state, missing));
  }

  /** @param {string} text */
  speakSoon(text) {
    if (text === this.saying) return;
    const first = this.saying === undefined;
    this.saying = text;
    clearTimeout(this.speaking);
    if (!first) this.speaking = setTimeout(() => setText(this.spoken, text), SPEAK);
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.sending);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.speaking);
    clearInterval(this.looking);
    document.removeEventListener("pointerdown", this.elsewhere, true);
    this.dark.removeEventListener("change", this.retheme);
    this.forgetFont();
    this.surface.destroy();
    this.root.remove();
    this.card?.classList.remove("dsc-covered");
  }
}
