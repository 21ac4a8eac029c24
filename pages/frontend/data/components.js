/** All rows in a plane: the principal components at once, t-SNE when it is asked for. */

import { el, percent, setText } from "../ui/index.js";
import { listed, sentences, t, tn, worded } from "../words/index.js";
import { createPlane } from "./plane.js";

const STRONG = 3; // columns that are named for a component

/** @param {ReturnType<typeof import("./server.js").createServer>} server @param {import("./view.js").Actions} actions */
export function createComponents(server, { showRows }) {
  /** @type {import("./view.js").About|null} */
  let about = null;
  let isEmbedded = false;
  /** @type {AbortController|null} */
  let asking = null;
  const plane = createPlane("data-plane", (row) => showRows(t("Row {row}", { row: String(row) }), [row], 1));
  const note = el("p", { class: "dsc-under dsc-data-note", role: "status" });
  const [linear, embedded] = [false, true].map((is) => el("button", { type: "button", class: "dsc-button", "data-testid": is ? "data-tsne" : "data-pca",
    text: is ? () => t("t-SNE") : () => t("Principal components"), onclick: () => choose(is) }));
  const bar = el("div", { class: "dsc-bar" });
  const cancel = el("button", { type: "button", class: "dsc-button", "data-testid": "cancel-tsne", text: () => t("Cancel"), onclick: () => {
    server.cancelEmbedding(about.target);
    choose(false);
  } });
  const making = el("div", { class: "dsc-data-making dsc-gone" }, el("div", { class: "dsc-progress" }, bar), cancel);
  const element = el("section", { class: "dsc-card dsc-data-square", "data-testid": "data-components" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("All rows at once") }), el("span", { class: "dsc-data-choices" }, linear, embedded)), plane.box, plane.legend, note, making);

  /** @param {boolean} wanted */
  function choose(wanted) {
    isEmbedded = wanted;
    draw();
  }

  function draw() {
    linear.setAttribute("aria-pressed", String(!isEmbedded));
    embedded.setAttribute("aria-pressed", String(isEmbedded));
    asking?.abort();
    asking = null;
    making.classList.add("dsc-gone");
    element.dataset.layout = isEmbedded ? "making" : "pca";
    if (!about) return;
    if (isEmbedded) embed();
    else drawComponents();
  }

  function drawComponents() {
    const { profile: { components, rows }, names } = about;
    const { points, classes, rows: numbers, shares, loadings, columns } = components;
    if (!points.length) {
      plane.clear();
      setText(note, t("There are no two columns of numbers."));
      return;
    }
    const axes = [0, 1].map((k) => t("component {n} ({share:.1%} of the variance)", { n: k + 1, share: shares[k] ?? 0 }));
    const words = tn("{n:,} row on its first two principal components.", "{n:,} rows on their first two principal components.", points.length);
    plane.show({ across: { name: axes[0], values: points.map(([x]) => x) }, up: { name: axes[1], values: points.map(([, y]) => y) }, classes, rows: numbers, words }, about);
    const strong = loadings.map((loading) => listed(loading.map((value, i) => ({ value: Math.abs(value), name: names[columns[i]] })).sort((one, other) => other.value - one.value).slice(0, STRONG).map(({ name }) => name)));
    const of = points.length < rows ? t("{some:,} of {all:,} rows, drawn at random with a fixed seed.", { some: points.length, all: rows }) : words;
    setText(note, sentences(of, t("Component 1 is mostly {first}; component 2 {second}.", { first: strong[0], second: strong[1] ?? "–" })));
  }

  async function embed() {
    asking = new AbortController();
    const { signal } = asking;
    plane.clear();
    setText(note, t("t-SNE begins …"));
    bar.style.transform = "scaleX(0)";
    making.classList.remove("dsc-gone");
    try {
      const told = await server.embedding(about.target, (share, words) => {
        const doing = worded(words) || t("t-SNE begins …");
        if (signal.aborted) return;
        setText(note, `${doing} · ${percent(share, 0)}`);
        bar.style.transform = `scaleX(${share})`;
      }, signal);
      if (signal.aborted) return;
      const { points, classes, perplexity, iterations } = told;
      const words = tn("{n:,} row, laid out by t-SNE.", "{n:,} rows, laid out by t-SNE.", points.length);
      plane.show({ across: { name: "t-SNE 1", values: points.map(([x]) => x) }, up: { name: "t-SNE 2", values: points.map(([, y]) => y) }, classes, rows: told.rows, words }, about);
      const of = points.length < about.profile.rows ? t("{some:,} of {all:,} rows, drawn at random with a fixed seed.", { some: points.length, all: about.profile.rows }) : words;
      setText(note, sentences(of, t("Neighbours stay neighbours; how far groups lie apart says little. Perplexity {perplexity:.0f}, {iterations} steps.", { perplexity, iterations })));
      element.dataset.layout = "tsne";
    } catch (error) {
      if (!signal.aborted) setText(note, error.message);
    } finally {
      if (!signal.aborted) making.classList.add("dsc-gone");
    }
  }

  return {
    element,
    /** @param {import("./view.js").About} next */
    show(next) {
      if (about && (about.target !== next.target || about.profile.rows !== next.profile.rows)) isEmbedded = false;
      about = next;
      draw();
    },
    destroy() {
      asking?.abort();
      plane.destroy();
    },
  };
}
