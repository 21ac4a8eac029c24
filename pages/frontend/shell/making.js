/** Has a film made: the server works on it as a task; meanwhile its progress stands in the menu, and it can be cancelled. */

import { ask, CANCELLED, made, Refused } from "../tasks/index.js";
import { el, reword } from "../ui/index.js";
import { language, N_, t, taskWords, worded } from "../words/index.js";

const AGAIN = 400; // milliseconds between two looks at a task
const SILENT = { said: N_("The server did not answer. Try again.") };

/** Of a film in the language that is spoken now, answered at once. @param {string} address */
function addressNow(address) {
  const url = new URL(address, window.location.href);
  url.searchParams.set("wait", "0");
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
  /** @type {AbortController|null} */
  let asking = null;

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
    asking?.abort(CANCELLED);
    asking = null;
    if (said) show("cancelled", () => t("Cancelled."), 0);
    else element.classList.add("dsc-gone");
  }

  /** @param {string} address of the film @param {string} name of the file */
  async function start(address, name) {
    end(false);
    asking = new AbortController();
    const { signal } = asking;
    show("queued", () => t("Asking for it …"), 0);
    const film = addressNow(address);
    try {
      const answer = await made((task, ending) => ask(task ? `${film}&task=${task}` : film, { signal: ending }, SILENT), {
        signal, pause: AGAIN, told: (told) => show(told.state, () => taskWords(told), told.progress),
      });
      if (!answer) return;
      await save(answer, name);
      if (!signal.aborted) show("done", () => t("Saved with your downloads."), 1);
    } catch (error) {
      const said = error instanceof Refused ? error.said : SILENT;
      if (!signal.aborted) show("failed", () => worded(said), 0);
    }
  }

  return {
    element,
    start,
    /** Another run is on screen: what was asked for of this one is of no use there. */
    leave: () => end(false),
  };
}
