/**
 * The Evaluate page's linked component: from a run's outputs for the rows that judge it to what a decision is worth.
 *
 * Everything is drawn from one model that is made once a frame, so that what is linked moves in the same frame. The
 * server is asked for intervals when the threshold rests, and told what was chosen, for the address.
 */

import { decode, LiveSocket, Run } from "../run/index.js";
import { el, loadStyle, mounting, readTheme, setAttribute, setText, whenOurFontComes } from "../ui/index.js";
import { t } from "../words/index.js";
import { createAbstaining } from "./abstaining.js";
import { addressOf, choiceOf, markedOf, positiveOf, rowAddress } from "./address.js";
import { createChosenRows } from "./chosen-rows.js";
import { createPrecision, createRoc } from "./curves.js";
import { createDecision } from "./decision.js";
import { createDownloads } from "./downloads.js";
import { createHead } from "./head.js";
import { createHistogram } from "./histogram.js";
import { JudgedRows } from "./judged-rows.js";
import { createMatrix } from "./matrix.js";
import { createMetrics } from "./metrics.js";
import { ModelMaker } from "./model-maker.js";
import { whyNothing } from "./nothing-to-see.js";
import { forgetPainted, writeNow } from "./plot.js";
import { createRegression } from "./regression.js";
import { createReliability } from "./reliability.js";
import { createServer } from "./server.js";
import { createSubgroups } from "./subgroups.js";
import { createWorks } from "./works.js";

/**
 * @typedef {object} EvaluatingData what pages/components/evaluating.py hands over
 * @property {string} channel
 * @property {string} socket
 * @property {string} folder of the run's files
 * @property {number} event the class that the data set's entry names, or the last
 * @property {boolean} isMedical whether the rows are patients
 * @property {Object<string, any>} chose by kind of rows, what was chosen by looking at which
 * @property {Partial<Object<string, string>>} asked what the address says
 * @property {string[]} pages that know single rows
 * @property {boolean} owner
 */

export const mount = mounting((component) => new EvaluatingView(component.parentElement), {
  stands: (view, host) => host.contains(view.root),
});

class EvaluatingView {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.run = new Run();
    this.all = new JudgedRows();
    /** @type {EvaluatingData|null} */
    this.data = null;
    /** @type {import("./model.js").Choice|null} */
    this.choice = null;
    /** @type {import("./model.js").Selection|null} */
    this.selection = null;
    /** @type {number|null} the number of the row that is looked at */
    this.marked = null;
    /** @type {import("../ui/index.js").Theme|null} */
    this.theme = null;
    /** @type {string|null} the channel whose address was read */
    this.hasRead = null;
    this.maker = new ModelMaker();
    /** @type {import("./model.js").Model|null} */
    this.model = null;
    this.connection = "connecting";
    this.frame = 0;
    this.destroyed = false;
    this.draw = this.draw.bind(this);
    this.invalidate = () => {
      this.frame ||= requestAnimationFrame(this.draw);
    };
    this.server = createServer(this.invalidate);
    this.build();
    this.watch();
  }

  build() {
    /** @type {import("./model.js").Actions} */
    const actions = {
      moveThreshold: (threshold) => this.change({ threshold: Math.max(0, Math.min(1, threshold)) }, false),
      settle: () => this.tell(),
      select: (selection) => {
        this.selection = selection;
        this.invalidate();
      },
      mark: (row) => {
        this.marked = row === null ? null : JudgedRows.number(this.all.of(this.choice.rows), row);
        this.tell();
        this.invalidate();
      },
      redraw: this.invalidate,
    };
    const raw = () => this.server.raw(this.choice?.rows ?? "test");
    const elsewhere = (/** @type {string} */ page, /** @type {number} */ row) => rowAddress(this.data, page, row);
    this.head = createHead({ change: (change, isSettled) => this.change(change, isSettled), moveTo: (threshold) => this.change({ threshold: Math.min(1, threshold) }, true) });
    this.rows = createChosenRows(actions, raw, elsewhere);
    this.metrics = createMetrics();
    this.charts = [createHistogram(this.invalidate, actions), createRoc(this.invalidate, actions), createPrecision(this.invalidate, actions), createDecision(this.invalidate, actions), createReliability(this.invalidate, actions)];
    this.matrix = createMatrix(actions);
    this.subgroups = createSubgroups(actions, raw);
    this.abstaining = createAbstaining(this.invalidate, actions);
    this.works = createWorks();
    this.downloads = createDownloads();
    this.below = el("div", { class: "dsc-ev-below-fold" }, this.subgroups.element, this.abstaining.element, ...this.works.elements, this.downloads.element);
    const [scores, ...curves] = this.charts.map(({ element }) => element);
    this.note = el("p", { class: "dsc-card dsc-ev-note", role: "status", "data-testid": "evaluating-note" });
    this.side = el("div", { class: "dsc-ev-side" }, this.metrics.element, this.rows.element);
    this.alone = el("div", { class: "dsc-ev-alone dsc-gone" }); // the figures, where nothing else may be seen
    this.linked = el("div", { class: "dsc-ev-linked" }, this.head.element,
      el("div", { class: "dsc-ev-grid" }, scores, this.matrix.element, el("div", { class: "dsc-ev-curves" }, ...curves), this.side));
    this.numbers = createRegression(this.invalidate, { select: actions.select, mark: actions.mark }, raw, elsewhere);
    this.root = el("section", { class: "dsc dsc-ev", "data-testid": "evaluating", "aria-label": () => t("What the network is worth"), "data-state": "" }, this.note, this.alone, this.linked, this.below);
    this.root.style.visibility = "hidden";
    this.host.append(this.root);
    const shell = new URL("../shell/view.js", import.meta.url).href;
    Promise.all([loadStyle("live.css", shell), loadStyle("evaluating.css", import.meta.url)]).then(() => {
      this.root.style.visibility = "";
      this.invalidate();
    });
  }

  watch() {
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.retheme = () => {
      this.theme = null;
      this.invalidate();
    };
    this.dark.addEventListener("change", this.retheme);
    this.forgetFont = whenOurFontComes(() => {
      forgetPainted();
      this.retheme();
    });
  }

  /** @param {import("../ui/index.js").Component} component */
  configure(component) {
    const before = this.data;
    this.component = component;
    this.data = component.data;
    if (this.data.channel !== before?.channel) {
      this.choice = choiceOf(this.data);
      this.marked = markedOf(this.data);
      this.selection = null;
      this.all.clear();
      this.server.about(this.data.folder);
      this.connect();
    }
    this.retheme();
  }

  reworded() {
    for (const work of this.works.works) work.reworded();
    this.subgroups.reworded();
    forgetPainted();
    this.retheme();
  }

  connect() {
    this.socket?.close();
    const { channel } = this.data;
    this.socket = new LiveSocket(`${this.data.socket}?outputs=1`, {
      since: () => (this.run.info?.channel === channel ? this.run.lastEpoch : 0),
      onMessage: (message) => this.receive(message),
      onStatus: (status) => {
        this.connection = status;
        this.invalidate();
      },
    });
  }

  /** @param {ArrayBuffer} buffer */
  receive(buffer) {
    if (!this.host.isConnected) return this.destroy();
    const message = decode(buffer);
    this.run.apply(message);
    if (this.run.state.withheld) this.all.clear();
    else this.all.apply(message);
    this.invalidate();
  }

  /** @param {Partial<import("./model.js").Choice>} change @param {boolean} isSettled */
  change(change, isSettled) {
    this.choice = { ...this.choice, ...change };
    if (change.positive !== undefined || change.rows !== undefined) this.selection = null;
    this.invalidate();
    if (isSettled) this.tell();
  }

  /** Have the address say what was chosen. */
  tell() {
    this.component.setStateValue("shown", addressOf(this.choice, this.marked, this.data, this.run.info?.class_names));
  }

  get people() {
    return this.data?.isMedical ? "patients" : "cases";
  }

  /** The class that the address names is known once the run has said its classes. */
  readAsked() {
    if (this.hasRead === this.data.channel) return;
    this.hasRead = this.data.channel;
    const positive = positiveOf(this.data, this.run.info.class_names);
    if (positive >= 0) this.choice.positive = positive;
  }

  draw() {
    this.frame = 0;
    if (!this.root.isConnected || !this.data) return;
    this.theme ??= readTheme(this.host, this.root);
    const numbers = this.maker.numbers(this);
    const [wanted, other] = this.run.regression ? [this.numbers.element, this.linked] : [this.linked, this.numbers.element];
    if (other.parentElement) other.replaceWith(wanted);
    this.numbers.element.classList.toggle("dsc-gone", !numbers);
    for (const work of this.works.works) work.about(this.data.folder, this.data.owner);
    this.abstaining.element.classList.toggle("dsc-gone", Boolean(this.run.regression));
    if (this.run.regression) this.subgroups.element.classList.add("dsc-gone");
    this.below.classList.toggle("dsc-gone", !numbers && !this.all.of(this.choice.rows));
    if (numbers) {
      this.publish(null, numbers);
      this.note.classList.add("dsc-gone");
      this.server.wants(numbers, this.run.state.state === "running");
      this.numbers.draw(numbers, this.server.said(numbers), this.data.chose[this.choice.rows] ?? "");
      this.downloads.draw(this.data.folder, this.server.query);
      return;
    }
    if (this.run.info && !this.run.regression) this.readAsked();
    const model = this.maker.model(this);
    this.model = model;
    const isReady = Boolean(model?.ranking.isFinite && model.ranking.count);
    this.note.classList.toggle("dsc-gone", isReady);
    this.linked.classList.toggle("dsc-away", !isReady);
    if (!isReady) {
      this.publish(model);
      setText(this.note, whyNothing(this, model));
      this.showFigures();
      return;
    }
    this.server.wants(model, this.run.state.state === "running");
    if (this.metrics.element.parentElement !== this.side) this.side.prepend(this.metrics.element);
    this.alone.classList.add("dsc-gone");
    for (const chart of this.charts) chart.draw(model);
    this.abstaining.draw(model);
    writeNow();
    this.publish(model);
    setText(this.note, "");
    this.head.draw(model, { run: this.run, chose: this.data.chose, people: this.people });
    this.matrix.draw(model);
    this.metrics.draw(model, this.server.said(model));
    this.rows.draw(model);
    this.subgroups.draw(model);
    this.downloads.draw(this.data.folder, this.server.query);
  }

  /** Whoever may see no row of the table is told the figures all the same, and nothing of single rows. */
  showFigures() {
    const isWithheld = Boolean(this.run.state.withheld) && !this.run.regression;
    this.alone.classList.toggle("dsc-gone", !isWithheld || !this.server.figures);
    if (!isWithheld) return;
    this.server.wantsFigures(this.run.epoch);
    if (!this.server.figures) return;
    if (this.metrics.element.parentElement !== this.alone) this.alone.append(this.metrics.element);
    this.metrics.tell(this.server.figures);
  }

  /**
   * Facts for tests and other outside readers.
   * @param {import("./model.js").Model|null} model
   * @param {import("./regression.js").Numbers|null} [numbers]
   */
  publish(model, numbers = null) {
    const { root, run, choice, all } = this;
    setAttribute(root, "data-run", run.info?.channel ?? "");
    setAttribute(root, "data-state", run.state.state);
    setAttribute(root, "data-epoch", String(model || numbers ? all.epoch : ""));
    setAttribute(root, "data-threshold", String(choice.threshold));
    setAttribute(root, "data-rows", model || numbers ? choice.rows : "");
    const chosen = (model ?? numbers)?.chosen;
    setAttribute(root, "data-selected", chosen ? String(chosen.reduce((sum, one) => sum + one, 0)) : "");
  }

  destroy() {
    this.destroyed = true;
    cancelAnimationFrame(this.frame);
    this.socket?.close();
    this.server.stop();
    this.rows.destroy();
    this.subgroups.destroy();
    this.abstaining.destroy();
    for (const work of this.works.works) work.stop();
    this.numbers.destroy();
    for (const chart of this.charts) chart.destroy();
    this.dark.removeEventListener("change", this.retheme);
    this.forgetFont();
    this.root.remove();
  }
}
