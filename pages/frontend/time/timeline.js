/**
 * The time machine under the curves: a slider over the recorded epochs, play, back to now, and "Continue from here".
 *
 * It knows which epoch is looked at; `Moments` fetches it.
 */

import { el, icon, setAttribute, setText } from "../ui/index.js";
import { t, tn, worded } from "../words/index.js";
import { Moments } from "./moments.js";

const PICTURES_A_SECOND = 12;
const PLAY = "M5 3.2l7.5 4.8L5 12.8z";
const PAUSE = "M5.5 3.5v9M10.5 3.5v9";

/** @type {Map<string, number>} the epoch that was looked at, by the run's address: it is there again when one comes back from another page */
const places = new Map();

/**
 * @param {() => void} invalidate
 * @param {(epoch: number) => void} onBranch the user wants to go on from an epoch
 */
export function createTimeline(invalidate, onBranch) {
  const moments = new Moments(arrived);
  const play = el("button", { type: "button", class: "dsc-button dsc-play", "data-testid": "play-film", onclick: () => (playing ? pause() : start()) });
  const slider = el("input", { type: "range", class: "dsc-slider", min: "0", max: "0", step: "1", value: "0", "data-testid": "time-slider",
    "aria-label": () => t("Look back at an epoch"), oninput: () => { pause(); choose(epochs[Number(slider.value)]); } });
  const where = el("output", { class: "dsc-where", "data-testid": "time-epoch" });
  const now = el("button", { type: "button", class: "dsc-button", text: () => t("Now"), "data-testid": "time-now", onclick: () => { pause(); choose(null); } });
  const branch = el("button", { type: "button", class: "dsc-button", text: () => t("Continue from here"), "data-testid": "branch",
    onclick: () => { const epoch = looking ?? epochs.at(-1); pause(); choose(null); onBranch(epoch); } });
  const element = el("div", { class: "dsc-timeline", role: "group", "aria-label": () => t("Time machine") }, play, slider, where, now, branch);

  /** @type {number[]} */
  let epochs = [];
  /** @type {number|null} */
  let looking = null; // the epoch asked for, null for now
  /** @type {number|null} */
  let shown = null; // the epoch whose picture is there
  let playing = 0;
  /** @type {number|null} */
  let drawn = null; // the epoch whose picture is on the screen
  /** @type {boolean|null} */
  let drawnPlaying = null;
  /** @type {string|null} the address of the run on show, once its epochs are known */
  let home = null;

  /** @param {number|null|undefined} epoch */
  function choose(epoch) {
    looking = epoch === undefined || epoch === epochs.at(-1) && !playing ? null : epoch;
    if (looking === null) places.delete(home);
    else places.set(home, looking);
    if (looking === null) shown = null;
    else if (moments.get(looking)) shown = looking;
    invalidate();
  }

  function arrived() {
    if (looking !== null && moments.has(looking)) shown = looking;
    invalidate();
  }

  function start() {
    if (epochs.length < 2) return;
    if (looking === null) choose(epochs[0]);
    playing = setInterval(() => {
      // No picture is left out: wait until it has come, and until a slow browser has drawn it.
      if (looking !== null && !moments.has(looking)) return moments.want(looking);
      if (drawn !== looking) return invalidate();
      const next = epochs[epochs.indexOf(looking) + 1];
      if (next === undefined) {
        pause();
        return choose(null);
      }
      choose(next);
      const ahead = epochs[epochs.indexOf(next) + 1];
      if (ahead !== undefined && moments.has(next)) moments.want(ahead);
    }, 1000 / PICTURES_A_SECOND);
    invalidate();
  }

  function pause() {
    clearInterval(playing);
    playing = 0;
    invalidate();
  }

  return {
    element,
    /** A film: all pictures are here. @param {Map<number, import("../run/index.js").Message>} pictures */
    have: (pictures) => moments.have(pictures),
    /** The picture that is looked back at, null for now. @returns {{epoch: number, message: import("../run/index.js").Message}|null} */
    get past() {
      return shown === null ? null : { epoch: shown, message: moments.get(shown) };
    },
    get looking() {
      return looking;
    },
    forget() {
      pause();
      moments.forget();
      looking = shown = home = null;
      epochs = [];
    },
    /** @param {import("../run/index.js").Run} run @param {string|null} folder where the run's own addresses begin */
    update(run, folder) {
      moments.from(folder, run.view);
      epochs = run.moments?.epochs ?? [];
      if (home !== folder && epochs.length) {
        home = folder;
        looking ??= epochs.includes(places.get(home)) ? places.get(home) : null;
      }
      if (looking !== null && shown !== null && !moments.has(shown)) shown = null; // another plane: ask again
      if (looking !== null && !moments.has(looking)) moments.want(looking);
      drawn = shown;
      const last = Math.max(0, epochs.length - 1);
      setAttribute(slider, "max", String(last));
      const index = looking === null ? last : epochs.indexOf(looking);
      if (Number(slider.value) !== index) slider.value = String(index);
      slider.disabled = play.disabled = epochs.length < 2;
      branch.disabled = !epochs.length || (looking === null && !["done", "stopped"].includes(run.state.state));
      now.disabled = looking === null;
      const epoch = looking ?? run.epoch;
      setText(where, moments.problem && looking !== null && shown !== looking ? worded(moments.problem) : t("epoch {epoch:,}", { epoch }));
      where.title = where.textContent;
      slider.setAttribute("aria-valuetext", looking === null ? t("epoch {epoch}, now", { epoch }) : t("epoch {epoch}", { epoch }));
      slider.style.setProperty("--share", String(last ? index / last : 1));
      const { bytes = 0, limit = 0 } = run.moments ?? {};
      element.title = epochs.length ? tn("{n:,} epoch recorded, {used:.1f} of {limit:.0f} MB", "{n:,} epochs recorded, {used:.1f} of {limit:.0f} MB",
        epochs.length, { used: bytes / 1e6, limit: limit / 1e6 }) : "";
      if (drawnPlaying !== Boolean(playing)) {
        drawnPlaying = Boolean(playing);
        play.replaceChildren(icon(playing ? PAUSE : PLAY));
      }
      play.title = playing ? t("Pause the film") : t("Play the run as a film");
      setAttribute(play, "aria-label", play.title);
    },
    destroy: pause,
  };
}
