/** The strip on top: epoch, test loss, test accuracy, speed, time left, progress, and the small actions. */

import { duration, el, percent, setAttribute, setText, short, whole } from "../ui/index.js";
import { N_, named, t, tn } from "../words/index.js";
import { createMaking } from "./making.js";

/** @param {string} kind @param {() => string} [label] where it is always the same */
function stat(kind, label) {
  const value = el("b", { text: "–" });
  const name = el("span", label ? { text: label } : {});
  return { value, name, element: el("div", { class: `dsc-stat dsc-stat-${kind}` }, value, name) };
}

/** @type {Object<string, string>} what can be downloaded, in the order in which a run comes to have it: what comes moves nothing that is there */
const FILES = {
  config: N_("Configuration (JSON)"), script: N_("Keras script (Python)"), history: N_("History (CSV)"), film: N_("Film (HTML)"),
  gif: N_("Film (GIF)"), predictions: N_("Predictions (CSV)"), model: N_("Trained model (.keras)"),
};
/** @type {Object<string, string>} */
const MADE = { film: "descent-film.html", gif: "descent-film.gif" }; // by a task
const AFTER_AN_EPOCH = ["history", "film", "gif"]; // of these there is nothing before

/** @param {(run: string) => void} onGo the user wants the run before or after */
export function createStats(onGo = () => {}) {
  const epoch = stat("epoch");
  const loss = stat("loss");
  const metric = stat("metric");
  const speed = stat("speed", () => t("epochs / s"));
  const left = stat("left", () => t("time left"));
  const bar = el("div", { class: "dsc-bar" });
  const progress = el("div", { class: "dsc-progress", role: "progressbar", "aria-label": () => t("Training progress"), "aria-valuemin": "0" }, bar);
  /** @type {Object<string, string>} */
  let neighbours = {};
  const [before, after] = [["before", "‹", N_("Previous run")], ["after", "›", N_("Next run")]].map(([side, sign, name]) => {
    const text = () => t(name);
    return el("button", {
      type: "button", class: "dsc-button dsc-go dsc-away", "data-testid": `run-${side}`, "aria-label": text, title: text, onclick: () => onGo(neighbours[side]),
    }, el("b", { text: sign }), el("span", { text }));
  });
  const summary = el("summary", { class: "dsc-button", text: () => t("Download") });
  const menu = el("div", { class: "dsc-menu-links" });
  const making = createMaking();
  const downloads = el("details", { class: "dsc-menu dsc-gone" }, summary, el("div", { class: "dsc-menu-list" }, menu, making.element));
  const element = el("div", { class: "dsc-card dsc-strip" },
    el("div", { class: "dsc-stats" },
      epoch.element, loss.element, metric.element, speed.element, left.element,
      el("div", { class: "dsc-actions" }, before, after, downloads)),
    progress);

  /** @param {PointerEvent|KeyboardEvent} event */
  const close = (event) => {
    if (event instanceof KeyboardEvent ? event.key === "Escape" : !downloads.contains(/** @type {Node} */ (event.target))) downloads.open = false;
  };
  document.addEventListener("pointerdown", close);
  downloads.addEventListener("keydown", close);
  const links = Object.entries(FILES).map(([name, text]) => /** @type {HTMLAnchorElement} */ (el("a", {
    class: "dsc-gone", download: true, text: () => t(text), "data-file": name, onclick: (/** @type {MouseEvent} */ event) => make(event, name),
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
      setText(epoch.name, epochs ? tn("of {n:,} epoch", "of {n:,} epochs", epochs) : t("epochs"));
      for (const link of links) {
        const { file } = link.dataset;
        link.classList.toggle("dsc-gone", !offered[file] || (!done && AFTER_AN_EPOCH.includes(file)));
      }
      const last = run.shownEpoch;
      setText(loss.value, last ? short(run.value(last, run.testColumn)) : "–");
      setText(loss.name, lossName(run));
      setAttribute(loss.element, "title", named(run.info?.loss_name));
      setText(metric.name, run.regression ? t("test abs. error") : t("test accuracy"));
      setText(metric.value, last ? (run.regression ? short : percent)(run.value(last, run.testColumn + 1)) : "–");
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

/** What the loss consists of. @param {import("../run/index.js").Run} run */
function lossName({ info, penalty }) {
  if (!info?.penalised) return t("test loss");
  return penalty === null ? t("test loss + penalty") : t("test loss ({penalty} penalty)", { penalty: short(penalty) });
}
