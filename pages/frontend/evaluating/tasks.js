/** Long work on a run, asked for with a button: how far it is, Cancel, and what there is of its result. */

import { ask, CANCELLED, made, Refused, SILENT } from "../tasks/index.js";
import { el, reword, setAttribute, setText } from "../ui/index.js";
import { t, taskWords, worded } from "../words/index.js";

const WAIT = 1; // seconds that the server is given for an answer

/**
 * @template Result
 * @param {object} about
 * @param {string} about.name of its address: calibration, cross-validation, learning-curve
 * @param {() => string} about.title
 * @param {() => string} about.aim what it is good for, before it was made
 * @param {() => string} about.begin what the button says
 * @param {HTMLElement} about.body where `show` puts the result
 * @param {(result: Result) => void} about.show
 */
export function createTask({ name, title, aim, begin, body, show }) {
  let folder = "";
  /** @type {AbortController|null} */
  let asking = null;
  /** @type {Result|null} */
  let result = null;
  let saying = aim;
  const words = el("p", { class: "dsc-under dsc-note", role: "status", text: () => saying() });
  const bar = el("div", { class: "dsc-bar" });
  const start = el("button", { type: "button", class: "dsc-button", "data-testid": `begin-${name}`, text: begin, onclick: () => make() });
  const cancel = el("button", { type: "button", class: "dsc-button dsc-gone", "data-testid": `cancel-${name}`, text: () => t("Cancel"), onclick: () => end() });
  const line = el("div", { class: "dsc-ev-task" }, start, el("div", { class: "dsc-progress" }, bar), cancel);
  const element = el("section", { class: `dsc-card dsc-ev-work dsc-ev-${name}`, "data-testid": name, "data-state": "", "aria-label": title },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: title })), words, line, body);

  /** @param {string} now @param {() => string} said @param {number} share */
  function say(now, said, share) {
    saying = said;
    setAttribute(element, "data-state", now);
    setText(words, said());
    bar.style.transform = `scaleX(${share})`;
    const isBusy = now === "busy";
    start.classList.toggle("dsc-gone", isBusy || now === "done");
    cancel.classList.toggle("dsc-gone", !isBusy);
    line.classList.toggle("dsc-gone", now === "done");
  }

  async function make() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = `${folder}/${name}.json?wait=${WAIT}`;
    say("busy", () => t("Asking for it …"), 0);
    try {
      const answer = await made((task, ending) => ask(task ? `${address}&task=${task}` : address, { signal: ending }), {
        signal,
        told(task) {
          if (task.result) take(task.result);
          say("busy", () => taskWords(task), task.progress);
        },
        silent: () => say("busy", () => worded(SILENT), 0),
      });
      const found = await answer?.json();
      if (!found || signal.aborted) return;
      take(found);
      say("done", () => worded(found.chosen_by), 1);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      say("failed", () => worded(problem.said), 0);
    }
  }

  function end() {
    asking?.abort(CANCELLED);
    say("", aim, 0);
  }

  /** @param {Result} found */
  function take(found) {
    result = found;
    show(found);
  }

  return {
    element,
    /** @param {string} path of a run's files @param {boolean} isOwner */
    about(path, isOwner) {
      if (folder === path) return;
      folder = path;
      asking?.abort();
      result = null;
      body.replaceChildren();
      say("", aim, 0);
      start.disabled = !isOwner;
    },
    reworded() {
      reword(element);
      if (result) show(result);
    },
    stop: () => asking?.abort(),
  };
}
