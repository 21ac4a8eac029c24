/**
 * Entry of the page /runs: the list as the server has it, what is done to it, and the comparison.
 *
 * What the user does shows at once and is then told to the server. While a run trains and the page is in sight, the
 * list is asked for anew every two seconds.
 */

import { el, loadStyle, mounting, readTheme, setAttribute, setText } from "../ui/index.js";
import { t, tn } from "../words/index.js";
import { Changes } from "./changes.js";
import { createComparison } from "./comparison.js";
import { createServer } from "./server.js";
import { createTable } from "./table.js";
import { createUndo } from "./undo.js";
import { nameOf } from "./words.js";

const EVERY = 2000; // milliseconds between two looks while a run trains
const AGAIN = 3000; // and after one that failed
const MINUTE = 60_000; // in which "2 minutes ago" becomes 3
const BELOW = 14; // pixels left free under the page
const LEAST = 420; // pixels high

/** What was sought and chosen: it is there again when one comes back from another page. */
const kept = {
  sought: "",
  /** @type {Map<string, number>} */
  chosen: new Map(),
};

export const mount = mounting(({ parentElement, data }) => new RunsView(parentElement, data));

class RunsView {
  /** @param {HTMLElement} host @param {{list: string, longest_name: number, most_compared: number, metrics: Object<string, import("./server.js").Metric>}} data */
  constructor(host, data) {
    this.host = host;
    this.data = data;
    this.server = createServer(data.list, data.metrics);
    /** @type {import("./server.js").ListedRun[]|null} */
    this.runs = null;
    this.isKnown = true;
    /** @type {Map<string, number>} the chosen runs with the place of their colour and letter */
    this.chosen = kept.chosen;
    this.changes = new Changes(this.server);
    this.problem = "";
    this.sought = kept.sought;
    this.root = el("section", { class: "dsc dsc-runs", "data-testid": "runs", "data-count": "0" });
    this.root.style.visibility = "hidden"; // until the style sheets are there
    this.build();
    host.append(this.root);
    this.watch();
    // The buttons, cards and charts look as those of the live view.
    const shell = new URL("../shell/view.js", import.meta.url).href;
    Promise.all([loadStyle("live.css", shell), loadStyle("runs.css", import.meta.url)]).then(() => {
      this.root.style.visibility = "";
      this.dress();
    });
    this.refresh();
  }

  build() {
    this.search = el("input", { type: "search", class: "dsc-search", "data-testid": "runs-search", "aria-label": () => t("Search your runs"),
      placeholder: () => t("Search by name, data, network, state"),
      oninput: () => {
        this.sought = kept.sought = this.search.value;
        this.show();
      } });
    this.search.value = this.sought;
    this.counted = el("span", { class: "dsc-aside dsc-runs-count", role: "status" });
    this.message = el("span", { class: "dsc-runs-problem", role: "alert" });
    this.undo = createUndo((runs) => this.restore(runs));
    this.table = createTable({
      choose: (run, isChosen) => this.choose(run, isChosen),
      star: (run, starred) => this.change(run, { starred }, "star", { starred }),
      rename: (run, name) => this.change(run, { name: name || null }, "rename", { name }),
      remove: (run, byKeyboard) => this.remove(run, byKeyboard),
    }, this.data.longest_name, () => this.show());
    this.comparison = createComparison(this.server, { drawn: (lines) => this.mark(lines), clear: () => this.clear() });
    this.invitation = el("div", { class: "dsc-runs-empty dsc-gone", "data-testid": "runs-empty" });
    this.list = el("div", { class: "dsc-card dsc-runs-list", "aria-busy": "true" }, this.table.element, this.invitation);
    this.root.replaceChildren(
      el("div", { class: "dsc-runs-head" }, el("h2", { class: "dsc-hidden", text: () => t("Runs") }), this.search, this.table.ordering, this.counted, this.message, this.undo.element),
      this.list, this.comparison.element);
  }

  /** Look again where something may have changed meanwhile. */
  watch() {
    const events = new AbortController();
    const { signal } = events;
    const look = () => document.visibilityState === "visible" && this.refresh();
    document.addEventListener("visibilitychange", look, { signal });
    window.addEventListener("focus", look, { signal });
    window.addEventListener("resize", () => this.dress(), { signal });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dress(), { signal });
    this.events = events;
    this.minutes = setInterval(() => this.runs && this.show(), MINUTE);
  }

  /** @param {import("../ui/index.js").Component} component */
  configure({ data }) {
    this.data = data;
    this.dress();
  }

  /** What is not said by the elements themselves, in the language that is spoken now. */
  reworded() {
    this.dress();
    if (this.runs) this.show();
  }

  destroy() {
    this.destroyed = true;
    this.events.abort();
    clearInterval(this.minutes);
    clearTimeout(this.timer);
    this.comparison.destroy();
    this.undo.destroy();
    this.root.remove();
  }

  dress() {
    this.comparison.dress(readTheme(this.host, this.root));
    this.fit();
  }

  /** As high as what is left of the window, so that the list scrolls in itself and nothing on the page moves. */
  fit() {
    const scroller = this.root.closest("[data-testid=stMain]");
    const top = this.root.getBoundingClientRect().top + (scroller?.scrollTop ?? window.scrollY);
    this.root.style.height = `${Math.max(LEAST, window.innerHeight - top - BELOW)}px`;
  }

  /** Ask for the list. */
  async refresh() {
    clearTimeout(this.timer);
    if (this.isAsking) return;
    this.isAsking = true;
    const { changes } = this;
    const { count } = changes;
    let failed = false;
    try {
      const told = await this.server.list();
      if (this.destroyed) return;
      if (changes.isOld(count)) this.server.forget();
      else if (told) {
        this.runs = told.runs.filter(({ id }) => !changes.gone.has(id));
        this.isKnown = told.is_known;
      }
    } catch {
      failed = true; // no answer, or half of one
    } finally {
      this.isAsking = false;
    }
    if (this.destroyed) return;
    setText(this.message, failed ? t("The server does not answer. It is asked again in a moment.") : this.problem);
    if (this.runs) this.show();
    const isLive = this.runs?.some(({ state }) => state === "queued" || state === "running");
    const isBehind = count !== changes.count;
    if (document.visibilityState === "visible" && (failed || isLive || isBehind)) {
      this.timer = setTimeout(() => this.refresh(), failed ? AGAIN : isBehind ? 0 : EVERY);
    }
  }

  show() {
    const { runs } = this;
    for (const id of this.chosen.keys()) {
      if (!runs.some((run) => run.id === id)) this.chosen.delete(id);
    }
    const inSight = this.table.show(runs, this.sought, Date.now() / 1000);
    setAttribute(this.root, "data-count", String(runs.length));
    setAttribute(this.list, "aria-busy", "false");
    const all = tn("{n:,} run", "{n:,} runs", runs.length);
    setText(this.counted, !runs.length ? "" : inSight === runs.length ? all : t("{shown:,} of {all}", { shown: inSight, all }));
    this.table.element.classList.toggle("dsc-gone", !inSight);
    this.search.classList.toggle("dsc-away", !runs.length);
    this.table.ordering.classList.toggle("dsc-gone", runs.length < 2);
    this.invite(inSight);
    this.compare();
  }

  /** What stands where no row does. @param {number} inSight */
  invite(inSight) {
    this.invitation.classList.toggle("dsc-gone", inSight > 0);
    if (inSight) return;
    if (this.runs.length) {
      this.invitation.replaceChildren(el("p", { text: t("No run of yours has all of these words: {words}", { words: this.sought.trim() }) }));
      return;
    }
    const sentence = this.isKnown
      ? t("Every run that you train is kept here, with its curves and scores, so that you can find it again and lay it over others.")
      : t("Your browser sends no cookie, by which Descent would know your runs. Allow cookies for this page, and load it again.");
    this.invitation.replaceChildren(el("p", { class: "dsc-runs-none", text: t("No runs yet") }), el("p", { text: sentence }),
      el("a", { class: "dsc-button dsc-runs-begin", href: "/", "data-descent-page": "train", text: t("Train a first network") }));
  }

  compare() {
    const runs = this.runs.filter(({ id }) => this.chosen.has(id)).map((run) => ({ run, slot: this.chosen.get(run.id) }));
    runs.sort((one, other) => one.slot - other.slot);
    this.table.choose(new Map(runs.map(({ run }) => [run.id, this.lines?.get(run.id) ?? null])));
    this.comparison.show(runs.length > 1 ? runs : []);
  }

  /** @param {Map<string, import("./row.js").Mark>} lines by run */
  mark(lines) {
    this.lines = lines;
    this.table.choose(new Map([...this.chosen.keys()].map((id) => [id, lines.get(id) ?? null])));
  }

  /** @param {string} run @param {boolean} isChosen @returns {boolean} whether it is chosen now */
  choose(run, isChosen) {
    const { most_compared: most } = this.data;
    const isTooMany = isChosen && this.chosen.size >= most;
    this.say(isTooMany ? t("At most {most} runs are drawn at once. Take one out first.", { most }) : "");
    if (isTooMany) return false;
    if (isChosen) this.chosen.set(run, freeSlot([...this.chosen.values()]));
    else this.chosen.delete(run);
    this.compare();
    return isChosen;
  }

  clear() {
    this.say("");
    this.chosen.clear();
    this.compare();
    this.search.focus(); // the button that was pressed is gone
  }

  /**
   * Change a run here and then on the server.
   * @param {string} id
   * @param {Partial<import("./server.js").ListedRun>} changed
   * @param {"rename"|"star"} action
   * @param {Object<string, any>} values
   */
  change(id, changed, action, values) {
    this.runs = this.runs.map((run) => (run.id === id ? { ...run, ...changed } : run));
    this.show();
    this.tell([id], action, values);
  }

  /** @param {string} id @param {boolean} byKeyboard whose focus must not be lost with the row */
  remove(id, byKeyboard) {
    const run = this.runs.find((each) => each.id === id);
    this.runs = this.runs.filter((each) => each.id !== id);
    this.undo.show(id, nameOf(run));
    if (byKeyboard) this.undo.focus();
    this.show();
    this.tell([id], "delete");
  }

  /** @param {string[]} ids */
  restore(ids) {
    this.search.focus(); // the line with the button is gone
    this.tell(ids, "restore");
  }

  /** @param {string[]} ids @param {import("./changes.js").Action} action @param {Object<string, any>} [values] */
  async tell(ids, action, values = {}) {
    this.say(await this.changes.tell(ids, action, values));
    if (!this.destroyed) this.refresh();
  }

  /** @param {string} problem "" where there is none */
  say(problem) {
    this.problem = problem;
    setText(this.message, problem);
    this.message.title = problem;
  }
}

/** The first place of twelve that nobody has: a run keeps its colour while others come and go. @param {number[]} taken */
function freeSlot(taken) {
  let slot = 0;
  while (taken.includes(slot)) slot++;
  return slot;
}
