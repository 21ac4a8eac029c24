/** Which two inputs the map shows, where there are more than two: a choice of features, or principal components. */

import { el } from "../ui/index.js";
import { named, t } from "../words/index.js";

/** @typedef {{kind: string, x?: number, y?: number}} Choice */

const PATIENCE = 3000; // milliseconds for an answer

/** @param {(view: {kind: string, x?: number, y?: number}) => void} onView */
export function createAxesChoice(onView) {
  const across = el("select", { class: "dsc-select", "aria-label": () => t("Feature across"), onchange: () => choose(across, up) });
  const up = el("select", { class: "dsc-select", "aria-label": () => t("Feature up"), onchange: () => choose(up, across) });
  const components = el("input", { type: "checkbox", onchange: () => chooseKind() });
  const label = el("label", { class: "dsc-check" }, components, el("span", { text: () => t("first two principal components") }));
  const element = el("div", { class: "dsc-axes dsc-gone" },
    across, el("span", { class: "dsc-by", text: "×" }), up, label);
  let names = "";
  let owner = true;
  /** @type {import("../run/index.js").View|null} */
  let shown = null; // the view the controls stand for
  let before = [0, 1];
  /** @type {Choice & {until: number}|null} */
  let awaited = null; // the last choice, until it is answered

  /**
   * Two different features: choosing one that the other axis shows swaps them.
   * @param {HTMLSelectElement} changed
   * @param {HTMLSelectElement} other
   */
  function choose(changed, other) {
    const [x, y] = before;
    if (changed.value === other.value) other.value = String(changed === across ? x : y);
    before = [Number(across.value), Number(up.value)];
    ask({ kind: "slice", x: before[0], y: before[1] });
  }

  function chooseKind() {
    enable();
    ask(components.checked ? { kind: "pca" } : { kind: "slice", x: before[0], y: before[1] });
  }

  /** Ask for a view. Until it comes, the answers to earlier choices do not touch the controls. @param {Choice} view */
  function ask(view) {
    awaited = { ...view, until: Date.now() + PATIENCE };
    onView(view);
  }

  /** @param {Choice} view */
  function isLate(view) {
    if (!awaited || Date.now() > awaited.until) return false;
    return view.kind !== awaited.kind || (view.kind === "slice" && (view.x !== awaited.x || view.y !== awaited.y));
  }

  function enable() {
    across.disabled = up.disabled = !owner || components.checked;
    components.disabled = !owner;
  }

  return {
    element,
    /** @param {boolean} next */
    setOwner(next) {
      owner = next;
      enable();
    },
    /** @param {import("../run/index.js").View|null} view */
    update(view) {
      if (view === shown) return;
      shown = view;
      const features = view?.feature_names ?? [];
      element.classList.toggle("dsc-gone", features.length < 3);
      if (features.length < 3) return;
      const places = view.feature_places ?? features.map((_, i) => i);
      if (JSON.stringify([features, places]) !== names) {
        names = JSON.stringify([features, places]);
        before = [places[0], places[1]];
        for (const select of [across, up]) {
          select.replaceChildren(...features.map((name, i) => el("option", { value: String(places[i]), text: () => named(name) })));
        }
      }
      if (isLate(view)) return;
      awaited = null;
      if (view.kind === "slice") before = [view.x, view.y];
      across.value = String(before[0]);
      up.value = String(before[1]);
      components.checked = view.kind === "pca";
      enable();
    },
  };
}
