/**
 * Entry of the page /explain. Streamlit says which run; what is shown of it (method, column, row) is chosen here, told to
 * the address, and fetched from the run's own JSON.
 */

import { el, loadStyle, mounting, readTheme, reword, setAttribute, whenOurFontComes } from "../ui/index.js";
import { sentences, t, taskWords } from "../words/index.js";
import { createDependence } from "./dependence.js";
import { createMaps } from "./maps.js";
import { createMethods } from "./methods.js";
import { createOneRow } from "./one-row.js";
import { createRanking } from "./ranking.js";
import { fetchRows } from "./rows.js";
import { bySeedOf, createSeeds } from "./seeds.js";
import { made } from "./server.js";
import { createTree } from "./tree.js";
import { createTruth } from "./truth.js";

const LOCAL = "integrated_gradients"; // explains one row where the chosen method is about all
const QUICK = "gradient"; // shuffling each of many pixels takes long
const MOVES = /\/(explanation|picture-maps)\.json/; // what may be asked for again while a run trains; others begin tasks
const ROW = /^\d{1,7}$/;
const AGAIN = 3000; // milliseconds between two looks at a run that trains
const STILL = 3; // looks without a new epoch, after which nothing is asked any more
const DEPENDENCE = "partial_dependence";

/**
 * What the page says of the run (pages/components/explaining.py).
 * @typedef {object} ExplainData
 * @property {string} folder address of the run; "" where there is none
 * @property {string} truth
 * @property {string} lab
 * @property {string} results of tasks
 * @property {import("./methods.js").Method[]} methods
 * @property {boolean} isRegression
 * @property {string} target
 * @property {string[]} classes
 * @property {string[]} columns that the network looks at
 * @property {{names: string[], shape: number[]}|null} picture
 * @property {boolean} isTraining this browser's own run trains
 * @property {boolean} withheld this browser may not see the rows
 * @property {{method?: string, feature?: string, sample?: string}} asked by the address
 */

export const mount = mounting(({ parentElement, data }) => new ExplainView(parentElement, data), {
  stands: (view, host) => view.root.parentElement === host,
});

class ExplainView {
  /** @param {HTMLElement} host @param {ExplainData} data */
  constructor(host, data) {
    this.host = host;
    this.data = data;
    /** @type {Object<string, any>} what came, by address */
    this.kept = {};
    /** @type {Object<string, string>} why something did not come, or how far it is */
    this.problems = {};
    this.events = new AbortController();
    this.root = el("div", { class: "dsc dsc-ex", "data-testid": "explain" });
    this.root.style.visibility = "hidden"; // until the style sheets are there
    host.append(this.root);
    this.begin();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dress(), { signal: this.events.signal });
    this.events.signal.addEventListener("abort", whenOurFontComes(() => this.show()));
    const shell = new URL("../shell/view.js", import.meta.url).href;
    Promise.all([loadStyle("live.css", shell), loadStyle("explain.css", import.meta.url)]).then(() => {
      this.root.style.visibility = "";
      this.show();
    });
  }

  /** Everything anew, for a run. */
  begin() {
    const { data } = this;
    const { methods, columns, asked, picture } = data;
    this.asking?.abort();
    this.asking = new AbortController();
    [this.kept, this.problems] = [{}, {}];
    /** @type {Set<string>} addresses that are answered at once */
    this.quick = new Set();
    /** @type {Set<string>} addresses of what is on the page */
    this.seen = new Set();
    /** @type {Set<string>} addresses that the server does not answer */
    this.refused = new Set();
    this.still = 0;
    this.refreshLater();
    /** @type {import("./rows.js").Rows|null} */
    this.rows = null;
    this.method = methods.some(({ name }) => name === asked.method) ? asked.method : picture ? QUICK : methods[0].name;
    this.feature = columns.includes(asked.feature) ? asked.feature : "";
    this.sample = ROW.test(asked.sample ?? "") ? Number(asked.sample) : 0;
    /** @type {number|null} */
    this.label = null;
    this.switch = createMethods(methods, (name) => this.choose({ method: name }));
    /** @type {Set<string>} methods whose seeds are compared */
    this.compared = new Set();
    this.seeds = createSeeds(() => {
      this.compared.add(this.method);
      this.show();
    });
    this.ranking = createRanking({ choose: (feature) => this.choose({ feature }), picture, methods: this.switch.element, seeds: this.seeds.element });
    this.dependence?.destroy();
    this.positive = ""; // the class whose probability is shown; the server's choice at first
    this.dependence = createDependence(data, (positive) => this.choose({ positive }));
    this.one = createOneRow((sample) => this.choose({ sample }));
    const isAllPixels = picture !== null && columns.every((column) => picture.names.includes(column));
    this.maps = picture ? createMaps((label) => this.choose({ label }), isAllPixels ? this.one.chooser : null) : null;
    this.tree = createTree(() => this.show());
    this.truth?.destroy();
    this.truth = createTruth(data);
    const of = data.withheld ? [] : isAllPixels ? [this.ranking, this.dependence, this.maps, this.tree] : [this.ranking, this.dependence, ...(this.maps ? [this.maps] : []), this.one, this.tree];
    this.root.classList.toggle("dsc-ex-all", isAllPixels);
    const unknown = data.withheld ? "" : this.unknown();
    const notice = el("p", { class: "dsc-ex-wide dsc-ex-notice", role: "status", "data-testid": "explain-notice", text: unknown });
    this.root.replaceChildren(...(unknown ? [notice] : []), ...[...of, this.truth].map(({ element }) => element));
    this.root.dataset.state = data.withheld ? "ready" : "asking";
    if (!data.withheld) this.readRows(!data.isTraining);
  }

  /** @param {boolean} isResting whether the run's predictions are there */
  readRows(isResting) {
    fetchRows(this.data.folder, this.asking.signal, isResting).then((rows) => {
      this.rows = rows;
      this.show();
    }, () => {}); // values beside the bars are missing then, and the rest stands
  }

  /** What the address asks for and this run has not. */
  unknown() {
    const { methods, columns, asked } = this.data;
    const { method, feature, sample } = asked;
    return sentences(
      method === undefined || methods.some(({ name }) => name === method) ? "" : t("There is no method “{method}”; choose one below.", { method: cut(method) }),
      feature === undefined || columns.includes(feature) ? "" : t("This network looks at no column “{column}”; click one below.", { column: cut(feature) }),
      sample === undefined || ROW.test(sample) ? "" : t("“{sample}” is no row: expected a whole number from 0.", { sample: cut(sample) }));
  }

  /** @param {{data: ExplainData, setStateValue: (name: string, value: any) => void}} component */
  configure({ data, setStateValue }) {
    const isOther = data.folder !== this.data.folder || data.withheld !== this.data.withheld;
    this.data = data;
    this.tell = setStateValue;
    if (isOther) this.begin();
    this.dress();
  }

  /** @param {{method?: string, feature?: string, sample?: number, label?: number|null, positive?: string}} what */
  choose(what) {
    if (what.sample !== undefined && what.sample !== this.sample) this.label = null;
    Object.assign(this, what);
    this.show();
    this.tell?.("shown", { method: this.method, sample: String(this.sample), ...(this.feature ? { feature: this.feature } : {}) });
  }

  dress() {
    const theme = readTheme(this.host, this.root);
    const isNew = theme.name !== this.theme?.name || theme.font !== this.theme.font;
    this.theme = theme;
    theme.classes.forEach((colour, place) => this.root.style.setProperty(`--dsc-ex-class-${place}`, colour));
    if (isNew) this.show();
  }

  reworded() {
    reword(this.root);
    this.truth.reworded();
    this.show();
  }

  /** What came at once is asked for again, as long as its epoch moves on: of the browser's own run that trains. */
  async refresh() {
    const { kept, asking: { signal } } = this;
    const before = this.epochs();
    await Promise.all([...this.quick].filter((address) => this.seen.has(address)).map((address) => made(address, this.data.results, signal, () => this.quick.delete(address)).then((found) => {
      if (found) kept[address] = found;
    }, () => {}))); // it stays as it is, and the next time may succeed
    if (signal.aborted || this.destroyed) return;
    this.still = this.epochs() === before ? this.still + 1 : 0;
    if (this.still === STILL) this.readRows(true); // it rests now
    this.show();
    this.refreshLater();
  }

  refreshLater() {
    clearTimeout(this.timer);
    if (this.data.isTraining && this.still < STILL) this.timer = setTimeout(() => (document.hidden ? this.refreshLater() : this.refresh()), AGAIN);
  }

  /** The epochs of all that came. */
  epochs() {
    return Object.values(this.kept).map((found) => found?.epoch).join(" ");
  }

  /** What is at an address: what came, or nothing yet, and then it is asked for. @param {string} address */
  at(address) {
    this.seen.add(address);
    if (address in this.kept) return this.kept[address];
    this.kept[address] = null;
    if (MOVES.test(address)) this.quick.add(address);
    const { kept, problems } = this;
    problems[address] = t("Asking for it …");
    const { signal } = this.asking;
    made(address, this.data.results, signal, (task) => {
      this.quick.delete(address);
      problems[address] = taskWords({ state: "running", position: 0, words: null, sentence: null, ...task });
      this.show();
    }).then((found) => {
      if (!found) return;
      kept[address] = found;
      this.show();
    }, (error) => {
      if (signal.aborted) return;
      this.refused.add(address);
      problems[address] = error.message;
      this.show();
    });
    return null;
  }

  show() {
    const { theme, data, method, sample, feature } = this;
    if (!theme || this.destroyed || data.withheld) return;
    const { folder, methods, picture } = data;
    const chosen = methods.find(({ name }) => name === method);
    this.seen = new Set();
    this.switch.show(method);
    const all = `${folder}/explanation.json?method=${method}&wait=1`;
    const ranked = this.at(all);
    const column = feature || firstOf(ranked, picture);
    const seeds = `${folder}/explanation-seeds.json?method=${method}&wait=1`;
    const isCompared = this.compared.has(method);
    const several = isCompared ? this.at(seeds) : null;
    this.seeds.show(several, isCompared, this.problems[seeds] ?? "");
    this.ranking.show(ranked, { feature: column, unit: chosen.unit, theme, problem: this.problems[all] ?? "", bySeed: bySeedOf(several) });
    let curves = all;
    if (column) {
      curves = `${folder}/explanation.json?method=${DEPENDENCE}&feature=${encodeURIComponent(column)}${this.positive ? `&positive=${encodeURIComponent(this.positive)}` : ""}&wait=1`;
      this.dependence.show(this.at(curves), sample, this.problems[curves]);
    } else {
      this.dependence.show(null, sample, ranked ? t("Click a column to see how the answer changes with it.") : this.problems[all]);
    }
    const local = chosen.of_a_row ? chosen : methods.find(({ name }) => name === LOCAL) ?? chosen;
    const own = `${folder}/explanation.json?method=${local.name}&row=${sample}&wait=1`;
    this.one.show(this.at(own), { sample, rows: this.rows, method: local, isAnother: local !== chosen, problem: this.problems[own] ?? "", hidden: new Set(picture?.names ?? []) });
    if (this.maps) {
      const maps = `${folder}/picture-maps.json?row=${sample}${this.label === null ? "" : `&label=${this.label}`}`;
      this.maps.show(this.at(maps), theme, this.problems[maps] ?? "");
    }
    const tree = `${folder}/surrogate.json?depth=${this.tree.depth}&wait=1`;
    this.tree.show(this.at(tree), this.problems[tree] ?? "");
    setAttribute(this.root, "data-state", this.isThere([all, curves, own]) ? "ready" : "asking");
  }

  /** Whether all of these came, or will not. @param {string[]} addresses */
  isThere(addresses) {
    return addresses.every((address) => this.kept[address] || this.refused.has(address));
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.timer);
    this.asking.abort();
    this.events.abort();
    this.dependence.destroy();
    this.truth.destroy();
    this.root.remove();
  }
}

/** What somebody typed, not too long. @param {string} text */
const cut = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The column that counts most; a pixel only where there is nothing else. @param {import("./ranking.js").Explanation|null} found @param {{names: string[]}|null} picture */
function firstOf(found, picture) {
  const pixels = new Set(picture?.names ?? []);
  const known = (found?.features ?? []).filter(({ value }) => value !== null);
  const others = known.some(({ name }) => !pixels.has(name)) ? known.filter(({ name }) => !pixels.has(name)) : known;
  return others.length ? others.reduce((best, each) => (each.value > best.value ? each : best)).name : "";
}
