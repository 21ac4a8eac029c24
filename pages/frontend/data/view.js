/**
 * Entry: the profile of a table, as the server has it or makes it. Every part has its place before the profile comes, and
 * until then a number says how far it is.
 */

import { el, loadStyle, mounting, percent, readTheme, setAttribute, setText, whenOurFontComes } from "../ui/index.js";
import { t, worded } from "../words/index.js";
import { createColumns } from "./columns.js";
import { createComponents } from "./components.js";
import { createCorrelations } from "./correlations.js";
import { createPairs } from "./pairs.js";
import { createBalance, createQuality } from "./quality.js";
import { createRepeats } from "./repeats.js";
import { createRows } from "./rows.js";
import { createServer } from "./server.js";

/**
 * What the page says of the table (pages/components/table_profile.py).
 * @typedef {object} Data
 * @property {string} table its address, without ending
 * @property {number|null} target the place of the column whose classes are told apart
 * @property {string[]} names of the columns, each another
 * @property {Object<string, string>} kinds what kinds of columns are called
 * @property {string} [chosen] kinds of the columns that were corrected: place:kind, with commas
 *
 * @typedef {object} About what is shown
 * @property {import("./server.js").Profile} profile
 * @property {string[]} names
 * @property {Object<string, string>} kinds
 * @property {number|null} target
 * @property {import("../ui/index.js").Theme} theme
 *
 * @typedef {object} Actions where parts lead to
 * @property {(what: string, rows: number[], count: number, columns?: number[]) => void} showRows
 * @property {(columns: number[], name: string) => void} showColumns
 * @property {(x: number, y: number) => void} showPair
 */

export const mount = mounting(({ parentElement, data }) => new DataView(parentElement, data), {
  stands: (view, host) => view.root.parentElement === host,
});

class DataView {
  /** @param {HTMLElement} host @param {Data} data */
  constructor(host, data) {
    this.host = host;
    this.data = data;
    /** @type {import("./server.js").Profile|null} */
    this.profile = null;
    this.asked = "";
    this.root = el("div", { class: "dsc dsc-data", "data-testid": "table-profile", "aria-busy": "true" });
    this.root.style.visibility = "hidden"; // until the style sheets are there
    this.build();
    host.append(this.root);
    this.watch();
    const shell = new URL("../shell/view.js", import.meta.url).href;
    Promise.all([loadStyle("live.css", shell), loadStyle("data.css", import.meta.url)]).then(() => {
      this.root.style.visibility = "";
      this.dress();
    });
  }

  build() {
    this.server = createServer(this.data.table, () => this.data.chosen ?? "");
    this.rows = createRows(this.server);
    /** @type {Actions} */
    const actions = {
      showRows: (what, rows, count, columns) => this.rows.show(what, rows, count, this.data.names, columns),
      showColumns: (columns, name) => {
        this.columns.limit({ columns, name });
        this.columns.element.scrollIntoView({ block: "start", behavior: "smooth" });
      },
      showPair: (x, y) => this.pairs.lookAt(x, y),
    };
    this.told = el("span", { role: "status", "data-testid": "profile-status" });
    this.quality = createQuality(actions);
    this.balance = createBalance();
    this.columns = createColumns(actions);
    this.correlations = createCorrelations(actions);
    this.components = createComponents(this.server, actions);
    this.pairs = createPairs(this.server, actions);
    this.repeats = createRepeats(actions);
    const download = el("a", { class: "dsc-button dsc-data-csv", href: this.server.csv, download: "", "data-testid": "data-csv", text: () => t("Download as CSV") });
    const parts = [this.quality, this.balance, this.columns, this.correlations, this.components, this.pairs, this.repeats];
    this.root.replaceChildren(el("p", { class: "dsc-data-told" }, this.told, download), ...parts.map(({ element }) => element), this.rows.element);
    this.columns.reserve(this.data.names.length);
  }

  watch() {
    const events = new AbortController();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dress(), { signal: events.signal });
    const stop = whenOurFontComes(() => this.show());
    events.signal.addEventListener("abort", stop);
    this.events = events;
  }

  /** @param {import("../ui/index.js").Component} component */
  configure({ data }) {
    const isOther = data.table !== this.data.table;
    this.data = data;
    if (isOther) {
      this.undo();
      this.profile = null;
      this.build();
    }
    this.dress();
    const wanted = `${data.table}|${data.target}|${data.chosen ?? ""}`;
    if (wanted !== this.asked) this.load(wanted);
  }

  /** @param {string} wanted */
  async load(wanted) {
    this.asked = wanted;
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const { target } = this.data;
    setAttribute(this.root, "aria-busy", "true");
    this.say(t("Describing the table"), 0);
    try {
      const profile = await this.server.profile(target, (share, words) => signal.aborted || this.say(worded(words) || t("Describing the table"), share), signal);
      if (signal.aborted) return;
      this.profile = profile;
      this.target = target;
      this.problem = "";
      this.show();
      setAttribute(this.root, "aria-busy", "false");
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error.message;
      this.root.classList.add("dsc-data-refused");
      setText(this.told, this.problem);
      setAttribute(this.root, "aria-busy", "false");
    }
  }

  /** @param {string} words @param {number} share */
  say(words, share) {
    this.root.classList.remove("dsc-data-refused");
    setText(this.told, `${words} · ${percent(share, 0)}`);
  }

  dress() {
    const theme = readTheme(this.host, this.root);
    if (theme.name === this.theme?.name && theme.font === this.theme.font) return;
    this.theme = theme;
    this.show();
  }

  reworded() {
    this.show();
  }

  show() {
    const { profile, theme, data, target } = this;
    if (!profile || !theme) return;
    /** @type {About} */
    const about = { profile, theme, names: data.names, kinds: data.kinds, target };
    const size = { rows: profile.rows, columns: profile.columns.length };
    setText(this.told, data.chosen
      ? t("{rows:,} rows, {columns:,} columns. Every number here is of the table as it was read, with the kinds that you chose.", size)
      : t("{rows:,} rows, {columns:,} columns. Every number here is of the table as it was read.", size));
    this.quality.show(about);
    this.balance.show(about);
    this.columns.show(about);
    this.correlations.show(about);
    this.components.show(about);
    this.pairs.show(about, this.correlations.strongest());
    this.repeats.show(about);
    setAttribute(this.root, "data-target", target === null ? "" : String(target));
    setAttribute(this.root, "data-described", String(profile.columns.length));
  }

  /** Take the parts away. */
  undo() {
    this.asking?.abort();
    for (const part of [this.columns, this.correlations, this.components, this.pairs, this.rows]) part.destroy();
  }

  destroy() {
    this.destroyed = true;
    this.events.abort();
    this.undo();
    this.root.remove();
  }
}
