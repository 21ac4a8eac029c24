/** An SVG that is drawn anew at the size of its box, so that its letters keep theirs. */

import { el } from "../ui/index.js";
import { shape } from "./shapes.js";

/**
 * @param {Object<string, string|(() => string)>} attributes of the box
 * @param {(width: number, height: number) => Node[]} draw
 */
export function createChart(attributes, draw) {
  const box = el("div", { class: "dsc-ex-chart", ...attributes });
  let last = "";
  /** @param {boolean} isNew */
  function show(isNew) {
    const { clientWidth: width, clientHeight: height } = box;
    if (!width || !height || (!isNew && last === `${width}×${height}`)) return;
    last = `${width}×${height}`;
    box.querySelector("svg")?.remove();
    box.prepend(shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...draw(width, height)));
  }
  const observer = new ResizeObserver(() => show(false));
  observer.observe(box);
  return { box, again: () => show(true), destroy: () => observer.disconnect() };
}
