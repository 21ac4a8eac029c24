/** The tools above the drawing surface: a brush for each class, the eraser, their size, and undo, redo, clear. */

import { el, icon, markerIcon, setAttribute, setText, whole } from "../ui/index.js";
import { t, tn } from "../words/index.js";

/** @type {Object<string, string>} */
const ICONS = {
  eraser: "M6 13.2L2.3 9.5 9 2.8l4.4 4.4-6 6zM5.6 6.2L10 10.6M5.5 13.2h8",
  undo: "M6 3L3 6l3 3M3 6h6.2a3.5 3.5 0 0 1 0 7H6",
  redo: "M10 3l3 3-3 3M13 6H6.8a3.5 3.5 0 0 0 0 7H10",
  clear: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5",
};
const SIZES = { min: "6", max: "60", step: "2" };

/** @typedef {{tool: "brush"|"eraser", k: number, size: number}} Tools size: the reach in CSS pixels */

/**
 * @param {Tools} tools what is chosen, which the tools set
 * @param {{undo: () => void, redo: () => void, clear: () => void, changed: () => void}} actions
 * @param {import("./points.js").Limits} limits
 */
export function createDrawingTools(limits, tools, actions) {
  const chips = Array.from({ length: limits.classes }, (_, k) => {
    const mark = el("span", { class: "dsc-chip-mark" });
    const count = el("span", { class: "dsc-chip-count" });
    const button = el("button", { type: "button", class: "dsc-chip", "data-class": String(k + 1), onclick: () => choose(k) }, mark, count);
    return { button, mark, count };
  });
  /** @param {string} name @param {() => string} text @param {() => void} run */
  const iconOnly = (name, text, run) => el("button", { type: "button", class: "dsc-tool", "data-tool": name, "aria-label": text, title: text, onclick: run },
    icon(ICONS[name]));
  const eraser = el("button", { type: "button", class: "dsc-tool", "data-tool": "eraser", onclick: () => take(tools.tool === "eraser" ? "brush" : "eraser") },
    icon(ICONS.eraser), el("span", { text: () => t("Erase") }));
  const sizeName = () => t("Size of brush and eraser");
  const size = el("input", { type: "range", class: "dsc-size", "aria-label": sizeName, title: sizeName, ...SIZES,
    oninput: () => {
      tools.size = Number(size.value);
      actions.changed();
    } });
  size.value = String(tools.size);
  const undo = iconOnly("undo", () => t("Undo (Ctrl+Z)"), actions.undo);
  const redo = iconOnly("redo", () => t("Redo (Shift+Ctrl+Z)"), actions.redo);
  const clear = iconOnly("clear", () => t("Clear everything"), actions.clear);
  const steps = el("div", { class: "dsc-toolset", role: "group", "aria-label": () => t("Steps") }, undo, redo, clear);
  const element = el("div", { class: "dsc-tools" },
    el("div", { class: "dsc-chips", role: "group", "aria-label": () => t("Class of the next point") }, ...chips.map(({ button }) => button)),
    el("div", { class: "dsc-toolset" }, eraser, size));
  /** @type {import("../ui/index.js").Theme|null} */
  let dressed = null;

  /** @param {number} k */
  function choose(k) {
    tools.k = k;
    take("brush");
  }

  /** @param {"brush"|"eraser"} tool */
  function take(tool) {
    tools.tool = tool;
    actions.changed();
  }

  return {
    element,
    steps,
    choose,
    /** @param {import("./points.js").Points} points @param {import("../ui/index.js").Theme} theme */
    update(points, theme) {
      const counts = points.counts;
      chips.forEach(({ button, mark, count }, k) => {
        if (dressed !== theme) mark.replaceChildren(markerIcon(k, theme));
        setText(count, counts[k] ? whole(counts[k]) : "");
        setAttribute(button, "aria-pressed", String(tools.k === k && tools.tool === "brush"));
        setAttribute(button, "aria-label", tn("Class {class}, {n} point", "Class {class}, {n} points", counts[k], { class: k + 1 }));
        setAttribute(button, "title", t("Class {class} (key {key})", { class: k + 1, key: k + 1 }));
      });
      dressed = theme;
      setAttribute(eraser, "aria-pressed", String(tools.tool === "eraser"));
      undo.disabled = !points.past.length;
      redo.disabled = !points.future.length;
      clear.disabled = !points.size;
    },
  };
}
