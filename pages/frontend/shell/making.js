/** Has a film made: the server works on it as a task; meanwhile its progress stands in the menu, and it can be cancelled. */

import { el, reword } from "../ui/index.js";
import { answered, language, t, taskWords, worded } from "../words/index.js";

const AGAIN = 400; // milliseconds between two looks at a task

/** @typedef {import("../words/index.js").ToldTask} Task */

/** @param {number} milliseconds */
const after = (milliseconds) => new Promise((resolve) => {
  setTimeout(resolve, milliseconds);
});

/** @param {string} address @param {Object<string, string>} query */
function withQuery(address, query) {
  const url = new URL(address, window.location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.searchParams.set("lang", language());
  return url.href;
}

/** @param {Response} answer @param {string} name */
async function save(answer, name) {
  const url = URL.createObjectURL(await answer.blob());
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function createMaking() {
  let saying = () => "";
  const text = el("span", { role: "status", text: () => saying() });
  const bar = el("div", { class: "dsc-bar" });
  const cancel = el("button", { type: "button", class: "dsc-button", text: () => t("Cancel"), "data-testid": "cancel-task", onclick: () => end(true) });
  const element = el("div", { class: "dsc-making dsc-gone", "data-testid": "task", "data-state": "" }, text, el("div", { class: "dsc-progress" }, bar), cancel);
  /** @type {string|null} */
  let task = null;
  let turn = 0;

  /** @param {string} state @param {() => string} said @param {number} share */
  function show(state, said, share) {
    element.dataset.state = state;
    element.classList.remove("dsc-gone");
    saying = said;
    reword(text);
    bar.style.transform = `scaleX(${share})`;
    cancel.classList.toggle("dsc-gone", state !== "queued" && state !== "running");
  }

  /** @param {boolean} said whether the user asked for it */
  function end(said) {
    turn += 1;
    if (task) fetch(`/descent/tasks/${task}/cancel`, { method: "POST" }).catch(() => {}); // it ends with its server otherwise
    task = null;
    if (said) show("cancelled", () => t("Cancelled."), 0);
    else element.classList.add("dsc-gone");
  }

  /** @param {string} address of the film @param {string} name of the file */
  async function start(address, name) {
    end(false);
    const mine = turn;
    show("queued", () => t("Asking for it …"), 0);
    let answer = await fetch(withQuery(address, { wait: "0" }));
    while (answer.status === 202) {
      /** @type {Task} */
      let told = await answer.json();
      while (told.state === "queued" || told.state === "running") {
        if (mine !== turn) {
          fetch(`/descent/tasks/${told.task}/cancel`, { method: "POST" }).catch(() => {});
          return;
        }
        task = told.task;
        show(told.state, () => taskWords(told), told.progress);
        await after(AGAIN);
        answer = await fetch(`/descent/tasks/${told.task}`);
        if (!answer.ok) break;
        told = await answer.json();
      }
      if (mine !== turn) return;
      if (!answer.ok) break;
      answer = await fetch(withQuery(address, { task: told.task }));
    }
    if (mine !== turn) return;
    task = null;
    if (!answer.ok) {
      const problem = answered(await answer.text());
      show("failed", () => worded(problem), 0);
      return;
    }
    await save(answer, name);
    show("done", () => t("Saved with your downloads."), 1);
  }

  return {
    element,
    /** @param {string} address @param {string} name */
    start: (address, name) => start(address, name).catch(() => show("failed", () => t("The server did not answer. Try again."), 0)),
    /** Another run is on screen: what was asked for of this one is of no use there. */
    leave: () => end(false),
  };
}
