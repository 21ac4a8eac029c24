/**
 * Entry of the lab and of what preparing does: follows one task of the server, with its progress and Cancel, and shows what there is of its result.
 *
 * Which task it is, Streamlit says; how far it is, the server is asked four times in three seconds until it has ended.
 */

import { ask, cancel, followed, Refused, SILENT } from "../tasks/index.js";
import { el, loadStyle, mounting, readTheme, reword, setAttribute } from "../ui/index.js";
import { t, taskWords, worded } from "../words/index.js";
import { createBeforeAfter } from "./before-after.js";
import { createOutcome } from "./outcome.js";
import { createSuspects } from "./suspects.js";

const AGAIN = 750; // milliseconds between two looks

/**
 * @typedef {object} LabData
 * @property {"quality_lab"|"suspects"|"preparation"} kind
 * @property {string} task
 * @property {string} address of the results
 * @property {Object<string, import("./outcome.js").FaultWords>} [faults]
 * @property {string[]} [classes]
 * @property {Object<string, string[]>} [levels] of the columns that are no numbers
 * @property {number} [most_columns]
 *
 * @typedef {import("../words/index.js").ToldTask} ToldTask as pages/server/lab.py tells it, with a result
 */

export const mount = mounting(({ parentElement, data }) => new LabView(parentElement, data));

/** What is made for each kind of task, and how it is found. */
const KINDS = {
  quality_lab: { create: createOutcome, testid: "lab" },
  suspects: { create: createSuspects, testid: "suspects" },
  preparation: { create: createBeforeAfter, testid: "before-after" },
};

class LabView {
  /** @param {HTMLElement} host @param {LabData} data */
  constructor(host, data) {
    this.host = host;
    /** @type {string|undefined} */
    this.task = undefined;
    /** @type {ToldTask|null} */
    this.told = null;
    this.saying = () => "";
    this.text = el("span", { role: "status", text: () => this.saying() });
    this.bar = el("div", { class: "dsc-bar" });
    this.cancel = el("button", { type: "button", class: "dsc-button", "data-testid": "cancel-lab", text: () => t("Cancel"), onclick: () => this.end() });
    this.line = el("div", { class: "dsc-lab-line" }, this.text, el("div", { class: "dsc-progress" }, this.bar), this.cancel);
    const { create, testid } = KINDS[data.kind];
    this.shown = create();
    this.root = el("section", { class: "dsc dsc-lab", "data-testid": testid, "data-state": "" }, this.line, this.shown.element);
    this.root.style.visibility = "hidden";
    host.append(this.root);
    const shell = new URL("../shell/view.js", import.meta.url).href;
    Promise.all([loadStyle("live.css", shell), loadStyle("lab.css", import.meta.url)]).then(() => {
      this.root.style.visibility = "";
    });
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.retheme = () => readTheme(this.host, this.root);
    this.dark.addEventListener("change", this.retheme);
  }

  /** @param {{data: LabData}} component */
  configure({ data }) {
    this.data = data;
    this.retheme();
    if (data.task === this.task) return;
    this.task = data.task;
    this.shown.show(null, data, false);
    this.say("queued", () => t("Asking for it …"), 0);
    this.look();
  }

  reworded() {
    if (this.told) this.show(this.told);
  }

  /** Ask how far it is, now and again until it has ended. */
  async look() {
    this.looking?.abort();
    this.looking = new AbortController();
    const { signal } = this.looking;
    const address = `${this.data.address}/${this.task}.json`;
    try {
      await followed((_, ending) => ask(address, { signal: ending }), {
        signal, pause: AGAIN, told: (told) => this.show(told), silent: () => this.say("queued", () => worded(SILENT), 0),
      });
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      this.told = null;
      this.say("failed", () => worded(problem.said), 0);
    }
  }

  /** @param {ToldTask} told */
  show(told) {
    this.told = told;
    this.say(told.state, () => taskWords(told), told.state === "done" ? 1 : told.progress);
    this.shown.show(told.result, this.data, told.state === "done");
  }

  /** @param {string} state @param {() => string} said @param {number} share */
  say(state, said, share) {
    setAttribute(this.root, "data-state", state);
    this.saying = said;
    reword(this.text);
    this.bar.style.transform = `scaleX(${share})`;
    this.line.classList.toggle("dsc-gone", state === "done");
    this.cancel.classList.toggle("dsc-gone", state !== "queued" && state !== "running");
  }

  async end() {
    await cancel(this.task);
    if (!this.destroyed) this.look();
  }

  destroy() {
    this.destroyed = true;
    this.looking?.abort();
    this.dark.removeEventListener("change", this.retheme);
    this.root.remove();
  }
}
