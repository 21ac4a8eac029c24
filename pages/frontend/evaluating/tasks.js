/** Long work on a run, asked for with a button: how far it is, Cancel, and what there is of its result. */

import { el, reword, setAttribute, setText } from "../ui/index.js";
import { answered, t, taskWords, worded } from "../words/index.js";

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
  let task = "";
  let round = 0;
  /** @type {Result|null} */
  let result = null;
  let saying = aim;
  const words = el("p", { class: "dsc-under dsc-note", role: "status", text: () => saying() });
  const bar = el("div", { class: "dsc-bar" });
  const start = el("button", { type: "button", class: "dsc-button", "data-testid": `begin-${name}`, text: begin, onclick: () => follow() });
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

  async function follow() {
    const mine = ++round;
    task = "";
    say("busy", () => t("Asking for it …"), 0);
    while (mine === round) { // the task that was begun is named: the address alone would mean another epoch as soon as the run has gone on
      const response = await fetch(`${folder}/${name}.json?wait=${WAIT}${task && `&task=${task}`}`).catch(() => /** @type {Response|null} */ (null));
      if (mine !== round) return;
      if (!response) {
        say("busy", () => t("The server does not answer. It is asked again in a moment."), 0);
        await new Promise((after) => {
          setTimeout(after, 1000 * WAIT);
        });
        continue;
      }
      if (response.status === 202) {
        const told = await response.json();
        if (mine !== round) return;
        task = told.task;
        if (told.result) take(told.result);
        say("busy", () => taskWords(told), told.progress);
        continue;
      }
      if (response.ok) {
        const found = await response.json();
        if (mine !== round) return;
        take(found);
        say("done", () => worded(/** @type {any} */ (found).chosen_by), 1);
        return;
      }
      const problem = answered(await response.text());
      if (mine === round) say("failed", () => worded(problem), 0);
      return;
    }
  }

  async function end() {
    round++;
    say("", aim, 0);
    await fetch(`/descent/tasks/${task}/cancel`, { method: "POST" }).catch(() => {}); // it may have ended by itself
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
      round++;
      result = null;
      body.replaceChildren();
      say("", aim, 0);
      start.disabled = !isOwner;
    },
    reworded() {
      reword(element);
      if (result) show(result);
    },
    stop: () => {
      round++;
    },
  };
}
