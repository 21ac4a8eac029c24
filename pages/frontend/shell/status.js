/** The line under the strip: what state the run is in (spoken once per change), and one grey hint. */

import { el, icon, setText } from "../ui/index.js";
import { N_, sentences, t, tn, worded } from "../words/index.js";

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
  idle: () => t("Ready."),
  queued: ({ queue_position: place }) => (place > 0 ? t("Waiting: number {place} in the queue.", { place }) : t("Waiting to start.")),
  running: () => t("Training."),
  paused: () => t("Paused."),
  done: () => t("Finished."),
  stopped: () => t("Stopped."),
  failed: () => t("The run failed."),
};

/** @type {Object<string, string>} */
const REFUSALS = {
  missing: N_("This run does not exist (any more)."),
  forbidden: N_("This run may not be watched from here."),
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
      const { state, tone } = run.state;
      const message = worded(run.state.message);
      const refusal = REFUSALS[socket];
      const preparing = state === "idle" && run.frame.epoch === null ? t("Preparing the first picture …") : "";
      const sentence = refusal ? t(refusal) : message || preparing || (SENTENCES[state] ?? SENTENCES.idle)(run.state);
      const sign = refusal ? "failed" : state;
      const mood = refusal ? "error" : state === "failed" ? "error" : message && tone !== "info" ? tone : state;
      setText(text, sentence);
      text.title = sentence;
      if (drawn !== sign + mood) {
        drawn = sign + mood;
        mark.replaceChildren(icon(ICONS[sign] ?? ICONS.idle));
        element.dataset.mood = mood;
      }
      setText(connection, socket === "waiting" ? t("reconnecting…") : "");
      setText(hint, hintFor(run, data));
      hint.title = hint.textContent;
    },
  };
}

/** One grey line: the most important thing to know. @param {import("../run/index.js").Run} run @param {import("./view.js").Data} data */
function hintFor(run, data) {
  if (run.pastEpoch !== undefined) return lookingBack(run);
  if (data.film) return "";
  if (run.state.withheld) return worded(run.state.withheld);
  if (data.owner === false) return t("Read-only: this run was started in another browser.");
  if (data.note) return worded(data.note);
  const keyboard = !window.matchMedia("(hover: none)").matches;
  return keyboard && ["running", "paused"].includes(run.state.state) ? t("The space bar pauses and resumes.") : "";
}

/** Which epoch is looked back at, and what recording takes. @param {import("../run/index.js").Run} run */
function lookingBack({ pastEpoch, moments }) {
  const { epochs, bytes, limit } = moments;
  return sentences(
    t("Looking back at epoch {epoch:,}.", { epoch: pastEpoch }),
    tn("{n:,} epoch is recorded: {used:.1f} of {limit:.0f} MB.", "{n:,} epochs are recorded: {used:.1f} of {limit:.0f} MB.", epochs.length,
      { used: bytes / 1e6, limit: limit / 1e6 }),
  );
}
