/**
 * Entry of the Predict page's component: holds the person, asks the server about them, and lets each card show its part.
 *
 * One answer at a time: where a value changes before the last answer has come, only the newest is asked for.
 */

import { Refused } from "../tasks/index.js";
import { el, loadStyle, mounting, readTheme, reword } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { createAnswer } from "./answer.js";
import { createContributions, createNearest } from "./contributions.js";
import { createFile } from "./file.js";
import { createForm } from "./form.js";
import { createOther } from "./other.js";
import { createPersonal } from "./personal.js";
import { createResponse } from "./response.js";
import { get, post } from "./server.js";
import { createTries } from "./tries.js";
import { Works } from "./works.js";

const SETTLES = 140; // milliseconds after the last key
const AGAIN = 2500; // milliseconds until a run that trains is asked again

/**
 * @typedef {object} PredictData what pages/components/predicting.py hands over
 * @property {string} folder of the run's addresses
 * @property {boolean} owner
 * @property {boolean} trains the run moves on
 * @property {string|null} sample the row that the address names
 */

export const mount = mounting((component) => new PredictView(component.parentElement, component.setStateValue));

class PredictView {
  /** @param {HTMLElement} host @param {(name: string, value: any) => void} tell */
  constructor(host, tell) {
    this.host = host;
    this.tell = tell;
    /** @type {PredictData|null} */
    this.data = null;
    /** @type {import("./server.js").Form|null} */
    this.form = null;
    /** @type {import("./server.js").PersonAnswer|null} */
    this.told = null;
    /** @type {import("./server.js").Person} */
    this.person = {};
    this.column = "";
    /** @type {import("./server.js").Curve|null} */
    this.curve = null;
    /** @type {import("./server.js").Other|null|undefined} undefined: not looked for */
    this.found = undefined;
    this.asked = 0;
    this.destroyed = false;
    this.build();
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.retheme = () => readTheme(this.host, this.root);
    this.dark.addEventListener("change", this.retheme);
  }

  build() {
    this.fields = createForm({
      open: (kind, row) => this.open(kind, row),
      changed: () => this.settle(),
      looked: (column) => this.look(column),
      locked: () => this.relock(),
    });
    this.works = new Works({
      show: () => this.told && this.show(),
      say: (sentence) => (this.sentence.textContent = sentence),
      refuse: (problem) => this.refuse(problem),
      ask: () => this.ask(),
    });
    this.answer = createAnswer({ train: () => this.works.train(this.data.folder), calibrate: () => this.works.calibrate(this.data.folder) });
    this.added = createContributions({ look: (column) => this.look(column) });
    this.response = createResponse({ choose: (column) => this.look(column), set: (column, value) => this.set({ ...this.person, [column]: value }) });
    this.tries = createTries({ back: (person) => this.set(person) });
    this.other = createOther({ find: (wish) => this.find(wish), take: (person) => this.set(person) });
    this.nearest = createNearest({ open: (kind, row) => this.open(kind, row) });
    this.file = createFile();
    this.personal = createPersonal();
    this.sentence = el("p", { class: "dsc-pr-sentence", role: "status", "data-testid": "predict-status" });
    this.grid = el("div", { class: "dsc-pr-grid" }, this.fields.element,
      el("div", { class: "dsc-pr-main" }, this.answer.element, this.added.element, this.tries.element, this.response.element, this.other.element, this.file.element, this.nearest.element, this.personal.element));
    this.grid.style.visibility = "hidden";
    this.root = el("section", { class: "dsc dsc-pr", "data-testid": "predict", "data-state": "loading" }, this.sentence, this.grid);
    this.host.append(this.root);
    const shell = new URL("../shell/view.js", import.meta.url).href;
    Promise.all([loadStyle("live.css", shell), loadStyle("predict.css", import.meta.url)]).then(() => {
      this.isStyled = true;
      this.reveal();
    });
  }

  /** @param {import("../ui/index.js").Component} component */
  configure({ data, setStateValue }) {
    this.tell = setStateValue;
    const isNew = data.folder !== this.data?.folder;
    const isOther = data.sample !== this.data?.sample;
    this.data = data;
    this.retheme();
    if (isNew) this.begin();
    else if (isOther && data.sample !== null && data.sample !== this.sample) this.open("test", Number(data.sample));
  }

  reworded() {
    this.fields.reworded();
    if (this.told) this.show();
    this.personal.reworded();
    this.relock();
  }

  /** A run: its form, and a row to begin with. */
  async begin() {
    const { folder, sample, owner } = this.data;
    this.works.leave();
    this.file.at(folder);
    try {
      const form = await get(`${folder}/predict-form.json`);
      if (folder !== this.data.folder || this.destroyed) return;
      this.form = form;
    } catch (problem) {
      this.refuse(problem);
      if (problem instanceof Refused && [0, 409, 503].includes(problem.status)) this.timer = setTimeout(() => this.destroyed || this.begin(), AGAIN);
      return;
    }
    this.sentence.textContent = "";
    this.fields.build(this.form);
    this.other.build(this.form);
    this.personal.build(folder, this.form, owner);
    const columns = this.fields.columns();
    this.column = columns.at(0)?.name ?? "";
    this.isChosen = false;
    this.response.offer(columns, this.column);
    for (const card of [this.response, this.added, this.other, this.tries]) card.element.classList.toggle("dsc-gone", !columns.length);
    this.relock();
    const wanted = sample === null ? 0 : Number(sample);
    await this.open(this.form.rows.test ? "test" : "train", wanted < (this.form.rows.test ?? 0) ? wanted : 0);
    if (this.data.trains) this.watch();
  }

  /** While a run trains its answers move. */
  watch() {
    this.timer = setTimeout(async () => {
      if (this.destroyed) return;
      await this.ask();
      if (this.data.trains && !this.destroyed) this.watch();
    }, AGAIN);
  }

  /** Prefill from a row. @param {string} kind @param {number} row */
  async open(kind, row) {
    try {
      const found = await get(`${this.data.folder}/predict-row.json?rows=${kind}&row=${Math.max(0, Math.floor(row))}`);
      if (this.destroyed) return;
      this.fields.put(found);
      this.tries.forget();
      this.wished = false;
      if (kind === "test" && this.sample !== String(found.row)) {
        this.sample = String(found.row);
        this.tell("sample", this.sample);
      }
      await this.ask();
    } catch (problem) {
      this.refuse(problem);
    }
  }

  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.ask(), SETTLES);
  }

  /** @param {import("./server.js").Person} person */
  set(person) {
    this.fields.fill(person);
    this.ask();
  }

  /** Ask about the person in the form. */
  async ask() {
    const number = ++this.asked;
    const { person, wrong } = this.fields.read();
    if (wrong.length) {
      this.answer.refuse(t("Not a number yet: {names}.", { names: wrong.map(named).join(", ") }));
      return;
    }
    try {
      const told = await post(`${this.data.folder}/person.json`, { row: person });
      if (number !== this.asked || this.destroyed) return;
      this.person = person;
      this.told = told;
      this.tries.note(person, told);
      if (!this.isChosen && told.contributions.length) {
        const place = told.about;
        /** @type {import("./server.js").PersonAnswer["contributions"]} */
        const parts = told.contributions;
        const first = parts.reduce((best, each) => (Math.abs(each.values[place] ?? 0) > Math.abs(best.values[place] ?? 0) ? each : best));
        this.column = first.name;
        this.response.choose(this.column);
      }
      this.found = undefined;
      this.other.reset(told, Boolean(this.wished));
      this.wished = true;
      this.sentence.textContent = "";
      this.show();
      this.root.setAttribute("data-state", "ready");
      this.reveal();
      await this.drawCurve(number);
    } catch (problem) {
      if (number === this.asked) this.refuse(problem);
    }
  }

  show() {
    const { told, form, person, works: { making, problem, calibrating } } = this;
    this.fields.warn(told);
    this.answer.show(told, form, { owner: this.data.owner, making, problem, calibrating });
    this.added.show(told, form, person);
    this.nearest.show(told, form, person);
    this.tries.show(this.fields.columns().map(({ name }) => name));
    if (this.curve) this.response.show(this.curve, form, person);
    if (this.found !== undefined) this.other.show(this.found, form);
  }

  /** @param {string} column */
  look(column) {
    if (column === this.column && this.curve?.column === column) return;
    this.column = column;
    this.isChosen = true;
    this.response.choose(column);
    this.drawCurve(this.asked);
  }

  /** @param {number} number of the answer that it belongs to */
  async drawCurve(number) {
    const { column } = this;
    if (!column) return;
    try {
      const curve = await post(`${this.data.folder}/response.json`, { row: this.person, column });
      if (number !== this.asked || column !== this.column || this.destroyed) return;
      this.curve = curve;
      this.response.show(curve, this.form, this.person);
    } catch (problem) {
      if (number === this.asked) this.refuse(problem);
    }
  }

  /** @param {Object<string, any>} wish */
  async find(wish) {
    const number = this.asked;
    this.other.say(t("Looking …"));
    try {
      const { found } = await post(`${this.data.folder}/counterfactual.json`, { row: this.person, locked: this.fields.locked(), ...wish });
      if (number !== this.asked || this.destroyed) return;
      this.found = found;
      this.other.show(found, this.form);
    } catch (problem) {
      this.other.say(problem.message);
    }
  }

  relock() {
    this.other.lock(this.fields.locked());
  }

  /** @param {any} problem */
  refuse(problem) {
    if (!(problem instanceof Refused)) throw problem;
    this.sentence.textContent = problem.message;
    this.root.setAttribute("data-state", "refused");
  }

  reveal() {
    if (this.isStyled && this.told) this.grid.style.visibility = "";
    reword(this.root);
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.timer);
    clearTimeout(this.settling);
    this.works.leave();
    this.personal.destroy();
    this.dark.removeEventListener("change", this.retheme);
    this.root.remove();
  }
}
