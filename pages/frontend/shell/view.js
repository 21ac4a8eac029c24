/**
 * The live view on the page: builds its elements, takes in messages, and draws what changed.
 *
 * Attributes that others read are set with each message. Everything that costs layout or painting happens
 * in one animation frame, and only when something changed.
 */

import { createCurves } from "../curves/index.js";
import { createMissing, createOutcome } from "../evaluate/index.js";
import { createBoundary } from "../map/index.js";
import { createNetwork } from "../network/index.js";
import { decode, History, LiveSocket, Run } from "../run/index.js";
import { createSlowMotion } from "../slow-motion/index.js";
import { createTimeline } from "../time/index.js";
import { el, plainDecimal, readTheme, setAttribute, whenOurFontComes } from "../ui/index.js";
import { t } from "../words/index.js";
import { keepFocus } from "./keep-focus.js";
import { listenForSpace } from "./shortcut.js";
import { createStats } from "./stats.js";
import { createStatus } from "./status.js";

const SPEAK_EVERY = 1000; // milliseconds between updates of the text alternatives
const MOST_QUESTIONS = 3; // in a row, about one state
const BUTTONS_LATE = 1500; // after this long, ask Streamlit again for buttons that do not fit the state

/**
 * What pages/components/live.py hands over.
 * @typedef {object} Data
 * @property {string|null} [channel]
 * @property {string|null} [socket]
 * @property {boolean} [owner]
 * @property {string} [rendered_state]
 * @property {import("../words/index.js").Said|string|null} [note]
 * @property {boolean} [film] there is no server
 * @property {{before?: string, after?: string}} [neighbours]
 * @property {Object<string, string>|null} [downloads]
 * @property {string} [language] that the page speaks
 * @property {string|null} [words] where its words are
 */

export class LiveView {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.run = new Run();
    /** @type {Data} */
    this.data = {};
    /** @type {import("../ui/index.js").Component|null} */
    this.component = null;
    /** @type {import("../ui/index.js").Theme|null} */
    this.theme = null;
    this.destroyed = false;
    /** @type {string|null|undefined} the state that Streamlit was told */
    this.reported = null;
    /** @type {string|undefined} */
    this.lastState = undefined;
    /** @type {{past: import("../run/index.js").Message, frame: import("../run/index.js").Info|null, run: Run}|null} */
    this.lookedAt = null;
    this.connection = "open";
    this.frame = 0;
    this.draw = this.draw.bind(this);
    this.invalidate = () => {
      this.frame ||= requestAnimationFrame(this.draw);
    };
    this.build();
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.retheme = () => {
      this.theme = null;
      this.invalidate();
    };
    this.dark.addEventListener("change", this.retheme);
    this.forgetFont = whenOurFontComes(this.retheme);
    this.silence = listenForSpace(() => this.data.owner !== false && this.root.isConnected);
    this.letGo = keepFocus();
  }

  build() {
    this.stats = createStats((run) => this.component.setTriggerValue("go", run));
    this.status = createStatus();
    this.boundary = createBoundary(this.invalidate, (view) => this.component.setStateValue("view", view));
    this.slow = createSlowMotion(this.invalidate);
    this.network = createNetwork(this.invalidate, (edit) => this.component.setTriggerValue("edit", edit), this.slow.opener);
    this.timeline = createTimeline(this.invalidate, (epoch) => this.component.setTriggerValue("branch", epoch));
    this.curves = createCurves(this.invalidate, this.timeline.element);
    this.outcome = createOutcome(this.invalidate);
    this.missing = createMissing(this.invalidate);
    this.parts = [this.network, this.curves, this.boundary, this.outcome];
    this.root = el("section", {
      class: "dsc", "data-testid": "live", "aria-label": () => t("Live view of the training"), "data-state": "idle", "data-epoch": "0",
      "data-loss": "", "data-accuracy": "", "data-val-loss": "", "data-val-accuracy": "",
    }, el("div", { class: "dsc-inner" },
      this.stats.element, this.status.element,
      el("div", { class: "dsc-grid" }, this.network.element, this.boundary.element, this.curves.element, this.outcome.element),
      this.missing.element, this.slow.panel));
    this.host.append(this.root);
  }

  /** Go on in another element. @param {HTMLElement} host */
  moveTo(host) {
    this.host = host;
    host.append(this.root);
    this.retheme();
  }

  /**
   * Streamlit (re)invoked the component: new data, perhaps another run, perhaps another theme.
   * @param {import("../ui/index.js").Component} component
   */
  configure(component) {
    const before = this.data;
    this.component = component;
    this.data = component.data ?? {};
    this.stats.configure(this.data);
    this.run.isOwned = this.data.owner !== false;
    this.boundary.setOwner(this.run.isOwned);
    if (this.data.channel !== before.channel || this.data.socket !== before.socket) this.connect();
    this.checkButtons();
    this.retheme();
  }

  /** Draw and speak in the language that is spoken now. */
  reworded() {
    for (const part of this.parts) part.speak(this.shown);
    this.retheme();
  }

  /** Open the socket of the channel asked for; the old picture stays until its first message. */
  connect() {
    this.socket?.close();
    this.socket = null;
    this.reported = null;
    if (!this.data.socket) return;
    const { channel } = this.data;
    this.socket = new LiveSocket(this.data.socket, {
      since: () => (this.run.info?.channel === channel ? this.run.lastEpoch : 0),
      onMessage: (message) => this.receive(message),
      onStatus: (status) => {
        this.connection = status;
        this.invalidate();
      },
    });
  }

  /** @param {ArrayBuffer} message */
  receive(message) {
    if (!this.host.isConnected) return this.destroy();
    const channel = this.run.info?.channel;
    const changed = this.run.apply(decode(message));
    if (this.run.info?.channel !== channel) {
      this.curves.forget();
      this.network.forget();
      this.timeline.forget();
      this.slow.forget();
    }
    this.fetchParent();
    this.publish();
    this.describe();
    if (changed.has("state")) this.reportState();
    this.speakSoon();
    this.invalidate();
  }

  /** The run as it is, or as it was where somebody looks back. */
  get shown() {
    const { past } = this.timeline;
    if (!past) return this.run;
    if (this.lookedAt?.past !== past.message || this.lookedAt.frame !== this.run.info) {
      this.lookedAt = { past: past.message, frame: this.run.info, run: this.run.asItWas(past) };
    }
    return this.lookedAt.run;
  }

  /** Facts about what is shown. */
  describe() {
    const { shown } = this;
    for (const part of this.parts) part.describe(shown);
    setAttribute(this.root, "data-moment", shown.pastEpoch === undefined ? "" : String(shown.pastEpoch));
    setAttribute(this.boundary.element, "data-epoch", String(shown.frame.map?.epoch ?? 0));
  }

  /** The curves of the run that this one went on from, once. */
  async fetchParent() {
    const { run } = this;
    const parent = run.state.parent?.run;
    if (!parent || run.parentAsked === parent || this.data.film) return;
    run.parentAsked = parent;
    const response = await fetch(`/descent/runs/${encodeURIComponent(parent)}/history.bin`).catch(() => /** @type {Response|null} */ (null));
    if (!response?.ok || run.state.parent?.run !== parent) return;
    const { blocks } = decode(await response.arrayBuffer());
    const history = new History(blocks.history.shape[1]);
    history.write(1, blocks.history.data);
    run.parent = history;
    this.invalidate();
  }

  /** Facts for tests and other outside readers. */
  publish() {
    const { run, root } = this;
    const last = run.history.length;
    const metric = run.regression ? "mae" : "accuracy";
    /** @param {number} column */
    const value = (column) => (last ? plainDecimal(run.value(last, column)) : "");
    const facts = { "data-run": run.info?.channel ?? "", "data-accuracy": "", "data-val-accuracy": "", "data-mae": "", "data-val-mae": "" };
    /** @type {Object<string, string|null>} */
    const tested = { "data-test-loss": null, "data-test-accuracy": null, "data-test-mae": null };
    if (run.isValidated) Object.assign(tested, { "data-test-loss": value(4), [`data-test-${metric}`]: value(5) });
    Object.assign(facts, {
      "data-state": run.state.state, "data-epoch": String(run.epoch), "data-loss": value(0), "data-val-loss": value(2),
      [`data-${metric}`]: value(1), [`data-val-${metric}`]: value(3),
    });
    for (const [name, text] of Object.entries(facts)) setAttribute(root, name, text);
    for (const [name, text] of Object.entries(tested)) {
      if (text === null) root.removeAttribute(name);
      else setAttribute(root, name, text);
    }
  }

  /** Where the addresses of the run on show begin. */
  get folder() {
    return this.run.info ? `/descent/runs/${encodeURIComponent(this.run.info.channel)}` : null;
  }

  /** Tell Streamlit, once per change, that its buttons were rendered for another state. */
  reportState() {
    const { state } = this.run.state;
    if (state !== this.lastState) this.askedAgain = 0;
    this.lastState = state;
    if (this.data.film || state === (this.reported ?? this.data.rendered_state)) return;
    this.reported = state;
    this.component.setTriggerValue("state_changed", state);
  }

  /** The buttons now fit a state; where that is not the run's and stays so, ask once more. */
  checkButtons() {
    clearTimeout(this.late);
    const rendered = this.data.rendered_state;
    if (!this.run.info || rendered === this.run.state.state) {
      this.reported = rendered;
      return;
    }
    this.late = setTimeout(() => {
      if (this.data.rendered_state === this.run.state.state || this.run.info?.channel !== this.data.channel) return;
      if (++this.askedAgain > MOST_QUESTIONS) return; // Streamlit sees it otherwise: do not pester it
      this.reported = this.data.rendered_state;
      this.reportState();
    }, BUTTONS_LATE);
  }

  speakSoon() {
    this.speaking ||= setTimeout(() => {
      this.speaking = 0;
      for (const part of this.parts) part.speak(this.shown);
    }, SPEAK_EVERY);
  }

  draw() {
    this.frame = 0;
    if (!this.root.isConnected) return;
    this.theme ??= readTheme(this.host, this.root);
    this.timeline.update(this.run, this.folder);
    const { shown } = this;
    this.describe();
    if (!this.data.film) this.network.follow(shown, this.folder, this.boundary.pointed);
    this.stats.draw(shown);
    this.status.update(shown, this.connection, this.data);
    for (const part of this.parts) part.draw(shown, this.theme, this.network.shownNeuron);
    this.slow.draw(this.run, this.theme, this.folder, this.timeline.looking);
    this.missing.draw(this.run, this.folder, this.timeline.looking);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.speaking);
    clearTimeout(this.late);
    this.socket?.close();
    this.dark.removeEventListener("change", this.retheme);
    this.forgetFont();
    this.silence();
    this.letGo();
    this.timeline.destroy();
    this.slow.destroy();
    this.stats.destroy();
    this.parts.forEach((part) => part.destroy());
    this.root.remove();
    this.destroyed = true;
  }
}
