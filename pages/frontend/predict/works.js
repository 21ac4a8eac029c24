/** The long works of the page, which answers gain by: ten seeds give them their spread, calibration their promise. */

import { t, worded } from "../words/index.js";
import { made } from "./server.js";

/** @typedef {import("../words/index.js").ToldTask} ToldTask */

export class Works {
  /**
   * @param {object} view
   * @param {() => void} view.show the answer, with what is made for it
   * @param {(sentence: string) => void} view.say
   * @param {(problem: any) => void} view.refuse
   * @param {() => Promise<void>} view.ask for answers anew
   */
  constructor(view) {
    this.view = view;
    this.leave();
  }

  /** Nobody waits for anything any more: another run is on the page, or none. */
  leave() {
    this.asking?.abort();
    this.asking = new AbortController();
    /** @type {ToldTask|null} the ten seeds */
    this.making = null;
    this.problem = "";
    this.calibrating = false;
  }

  /** Ten seeds. @param {string} folder of the run's addresses */
  async train(folder) {
    const { signal } = this.asking;
    /** @param {ToldTask} making @param {string} problem */
    const show = (making, problem) => {
      [this.making, this.problem] = [making, problem];
      this.view.show();
    };
    show({ state: "queued", progress: 0, position: 0, words: null, sentence: null, task: "" }, "");
    try {
      await made(`${folder}/ensemble.json`, {}, signal, (making) => show(making, ""), (sentence) => show(this.making, sentence));
    } catch (problem) {
      this.problem = problem.message;
    }
    if (signal.aborted) return;
    this.making = null;
    await this.view.ask();
  }

  /** @param {string} folder of the run's addresses */
  async calibrate(folder) {
    const { signal } = this.asking;
    this.calibrating = true;
    this.view.show();
    try {
      await made(`${folder}/calibration.json`, null, signal, ({ words }) => {
        this.view.say(words ? t("Calibrating: {step}", { step: worded(words) }) : t("Calibrating …"));
      }, this.view.say);
      if (signal.aborted) return;
      this.calibrating = false;
      this.view.say("");
      await this.view.ask();
    } catch (problem) {
      this.calibrating = false;
      this.view.show();
      this.view.refuse(problem);
    }
  }
}
