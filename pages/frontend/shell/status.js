/** The line under the strip: what state the run is in (spoken once per change), and one grey hint. */

import { el, icon, setText, whole } from "../ui/index.js";

const ICONS = {
  idle: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0 -11",
  queued: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0 -11M8 5v3.2l2.2 1.6",
  running: "M5 3.2l7.5 4.8L5 12.8z",
  paused: "M5.5 3.5v9M10.5 3.5v9",
  done: "M3 8.5l3.3 3.3L13 4.8",
  stopped: "M4 4h8v8H4z",
  failed: "M8 2.3L14.2 13.2H1.8zM8 6.3v3.2M8 11.2v.4",
  waiting: "M12.8 6A5.2 5.2 0 1 0 13 9.5M13 2.8V6H9.8",
};

/** @type {Object<string, (state: import("../run/index.js").State) => string>} */
const SENTENCES = {
  idle: () => "Ready.",
  queued: ({ queue_position: place }) =>
    place > 0 ? `Waiting: number ${place} in the queue.` : "Waiting to start.",
  running: () => "Training.",
  paused: () => "Paused.",
  done: () => "Finished.",
  stopped: () => "Stopped.",
  failed: () => "The run failed.",
};

const PREPARING = "Preparing the first picture …";
const READ_ONLY = "Read-only: this run was started in another browser.";
/** @type {Object<string, string>} */
const REFUSALS = {
  missing: "This run does not exist (any more).",
  forbidden: "This run may not be watched from here.",
};

export function createStatus() {
  const mark = el("span", { class: "dsc-mark" });
  const text = el("span", { role: "status", "aria-live": "polite", "data-testid": "status" });
  const connection = el("span", { class: "dsc-connection", "data-testid": "connection" });
  const hint = el("span", { class: "dsc-hint", "data-testid": "hint" });
  const element = el("div", { class: "dsc-status" }, mark, text, connection, hint);
  let drawn = "";

  return {
    element,
    /**
     * @param {import("../run/index.js").Run} run
     * @param {string} socket the socket's status
     * @param {import("./view.js").Data} data
     */
    update(run, socket, data) {
      const { state, message, tone } = run.state;
      const refusal = REFUSALS[socket];
      const preparing = state === "idle" && run.frame.epoch === null ? PREPARING : null;
      const sentence = refusal ?? (message || preparing || (SENTENCES[state] ?? SENTENCES.idle)(run.state));
      const sign = refusal ? "failed" : state;
      const mood = refusal ? "error" : state === "failed" ? "error" : message && tone !== "info" ? tone : state;
      setText(text, sentence);
      text.title = sentence;
      if (drawn !== sign + mood) {
        drawn = sign + mood;
        mark.replaceChildren(icon(ICONS[sign] ?? ICONS.idle));
        element.dataset.mood = mood;
      }
      setText(connection, socket === "waiting" ? "reconnecting…" : "");
      setText(hint, hintFor(run, data));
      hint.title = hint.textContent;
    },
  };
}

/** One grey line: the most important thing to know. @param {import("../run/index.js").Run} run @param {import("./view.js").Data} data */
function hintFor(run, data) {
  if (run.pastEpoch !== undefined) return lookingBack(run);
  if (data.film) return "";
  if (data.owner === false) return READ_ONLY;
  if (data.note) return data.note;
  const keyboard = !window.matchMedia("(hover: none)").matches;
  return keyboard && ["running", "paused"].includes(run.state.state) ? "The space bar pauses and resumes." : "";
}

/** Which epoch is looked back at, and what recording takes. @param {import("../run/index.js").Run} run */
function lookingBack({ pastEpoch, moments }) {
  const { epochs, bytes, limit } = moments;
  return `Looking back at epoch ${whole(pastEpoch)}. ${whole(epochs.length)} epochs are recorded: ${(bytes / 1e6).toFixed(1)} of ${(limit / 1e6).toFixed(0)} MB.`;
}
