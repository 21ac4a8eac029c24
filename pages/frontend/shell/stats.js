/** The strip on top: epoch, test loss, test accuracy, speed, time left, progress, and the small actions. */

import { duration, el, percent, setAttribute, setText, short, whole } from "../ui/index.js";
import { createCopyButton } from "./copy.js";
import { createMaking } from "./making.js";

/** @param {string} label @param {string} kind */
function stat(label, kind) {
  const value = el("b", { text: "–" });
  const name = el("span", { text: label });
  return { value, name, element: el("div", { class: `dsc-stat dsc-stat-${kind}` }, value, name) };
}

/** @type {Object<string, string>} what can be downloaded, in the order in which a run comes to have it: what comes moves nothing that is there */
const FILES = {
  config: "Configuration (JSON)", script: "Keras script (Python)", history: "History (CSV)", film: "Film (HTML)", gif: "Film (GIF)",
  predictions: "Predictions (CSV)", model: "Trained model (.keras)",
};
/** @type {Object<string, string>} */
const MADE = { film: "descent-film.html", gif: "descent-film.gif" }; // by a task
const AFTER_AN_EPOCH = ["history", "film", "gif"]; // of these there is nothing before

/** @param {(run: string) => void} onGo the user wants the run before or after */
export function createStats(onGo = () => {}) {
  const epoch = stat("epochs", "epoch");
  const loss = stat("test loss", "loss");
  const metric = stat("test accuracy", "metric");
  const speed = stat("epochs / s", "speed");
  const left = stat("time left", "left");
  const bar = el("div", { class: "dsc-bar" });
  const progress = el("div", { class: "dsc-progress", role: "progressbar", "aria-label": "Training progress", "aria-valuemin": "0" }, bar);
  const copy = createCopyButton();
  /** @type {Object<string, string>} */
  let neighbours = {};
  const [before, after] = [["before", "‹", "Previous run"], ["after", "›", "Next run"]].map(([side, sign, text]) => el("button", {
    type: "button", class: "dsc-button dsc-go dsc-away", "data-testid": `run-${side}`, "aria-label": text, title: text, onclick: () => onGo(neighbours[side]),
  }, el("b", { text: sign }), el("span", { text })));
  const summary = el("summary", { class: "dsc-button", text: "Download" });
  const menu = el("div", { class: "dsc-menu-links" });
  const making = createMaking();
  const downloads = el("details", { class: "dsc-menu dsc-gone" }, summary, el("div", { class: "dsc-menu-list" }, menu, making.element));
  const element = el("div", { class: "dsc-card dsc-strip" },
    el("div", { class: "dsc-stats" },
      epoch.element, loss.element, metric.element, speed.element, left.element,
      el("div", { class: "dsc-actions" }, before, after, copy.element, downloads)),
    progress);

  /** @param {PointerEvent|KeyboardEvent} event */
  const close = (event) => {
    if (event instanceof KeyboardEvent ? event.key === "Escape" : !downloads.contains(/** @type {Node} */ (event.target))) downloads.open = false;
  };
  document.addEventListener("pointerdown", close);
  downloads.addEventListener("keydown", close);
  const links = Object.entries(FILES).map(([name, text]) => /** @type {HTMLAnchorElement} */ (el("a", {
    class: "dsc-gone", download: true, text, "data-file": name, onclick: (/** @type {MouseEvent} */ event) => make(event, name),
  })));
  menu.append(...links);
  /** @type {Object<string, string>} addresses */
  let offered = {};
  /** @type {string|null|undefined} */
  let shown = null;

  /** @param {MouseEvent} event @param {string} name */
  function make(event, name) {
    if (!MADE[name]) return;
    event.preventDefault();
    making.start(/** @type {HTMLAnchorElement} */ (event.currentTarget).href, MADE[name]);
  }

  return {
    element,
    /** @param {import("./view.js").Data} data */
    configure(data) {
      copy.setQuery(data.query ?? "");
      neighbours = data.neighbours ?? {};
      before.classList.toggle("dsc-away", !neighbours.before);
      after.classList.toggle("dsc-away", !neighbours.after);
      if (data.channel !== shown) {
        making.leave();
        downloads.open = false; // the links are another run's from now on
      }
      shown = data.channel;
      downloads.classList.toggle("dsc-gone", !data.downloads);
      if (!data.downloads) downloads.open = false;
      offered = data.downloads ?? {};
      for (const link of links) {
        const address = offered[link.dataset.file];
        if (address) setAttribute(link, "href", address);
        else link.removeAttribute("href");
      }
    },
    /** @param {import("../run/index.js").Run} run */
    draw(run) {
      const { epoch: done, epochs, state } = run;
      setText(epoch.value, whole(run.pastEpoch ?? done));
      setText(epoch.name, epochs ? `of ${whole(epochs)} epochs` : "epochs");
      for (const link of links) {
        const { file } = link.dataset;
        link.classList.toggle("dsc-gone", !offered[file] || (!done && AFTER_AN_EPOCH.includes(file)));
      }
      const last = run.shownEpoch;
      setText(loss.value, last ? short(run.value(last, 2)) : "–");
      setText(loss.name, !run.info?.penalised ? "test loss" : run.penalty === null ? "test loss + penalty" : `test loss (${short(run.penalty)} penalty)`);
      setAttribute(loss.element, "title", run.info?.loss_name ?? "");
      setText(metric.name, run.regression ? "test abs. error" : "test accuracy");
      setText(metric.value, last ? (run.regression ? short : percent)(run.value(last, 3)) : "–");
      const rate = state.epochs_per_second;
      setText(speed.value, rate > 0 ? (rate < 10 ? rate.toFixed(1) : whole(rate)) : "–");
      setText(left.value, state.state === "running" ? duration(state.seconds_left) : "–");
      const share = epochs ? Math.min(1, done / epochs) : 0;
      bar.style.transform = `scaleX(${share})`;
      setAttribute(progress, "aria-valuemax", String(epochs ?? 0));
      setAttribute(progress, "aria-valuenow", String(done));
    },
    destroy() {
      making.leave();
      document.removeEventListener("pointerdown", close);
    },
  };
}
