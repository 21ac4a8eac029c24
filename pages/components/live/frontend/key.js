/** The key of the map: class names with their markers, or the range of a continuous target. */

import { el } from "./dom.js";
import { short } from "./format.js";
import { traceMarker } from "./markers.js";

const SIZE = 14;

export function createKey() {
  const element = el("span", { class: "dsc-legend" });
  let shown = "";

  function marker(k, theme) {
    const ratio = window.devicePixelRatio || 1;
    const canvas = el("canvas", { class: "dsc-marker", "aria-hidden": "true", width: String(SIZE * ratio), height: String(SIZE * ratio) });
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    traceMarker(context, k, SIZE / 2, SIZE / 2, 4.2);
    context.fillStyle = theme.classes[k % theme.classes.length];
    context.fill();
    return canvas;
  }

  return {
    element,
    update(run, range, theme) {
      const names = run.info?.class_names ?? [];
      const now = JSON.stringify([run.info?.channel, names, range, theme.name]);
      if (now === shown) return;
      shown = now;
      if (range) {
        const bar = el("i", { class: "dsc-ramp" });
        bar.style.background = `linear-gradient(90deg, ${theme.sequenceStops.join(", ")})`;
        const target = run.info?.target_name ?? "";
        element.replaceChildren(el("span", { text: short(range[0]) }), bar, el("span", { text: short(range[1]) }),
          el("span", { class: "dsc-name", text: target, title: target }));
      } else {
        element.replaceChildren(...names.map((name, k) =>
          el("span", { class: "dsc-class", title: name }, marker(k, theme), el("span", { class: "dsc-name", text: name }))));
      }
    },
  };
}
