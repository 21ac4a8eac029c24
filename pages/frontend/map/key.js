/** The key of the map: class names with their markers, or the range of a continuous target. */

import { el, markerIcon, short } from "../ui/index.js";
import { language, named } from "../words/index.js";

export function createKey() {
  const element = el("span", { class: "dsc-legend" });
  let shown = "";

  return {
    element,
    /** @param {import("../run/index.js").Run} run @param {[number, number]|null} range @param {import("../ui/index.js").Theme} theme */
    update(run, range, theme) {
      const names = (run.info?.class_names ?? []).map(named);
      const now = JSON.stringify([run.info?.channel, names, range, theme.name, language()]);
      if (now === shown) return;
      shown = now;
      if (range) {
        const bar = el("i", { class: "dsc-ramp" });
        bar.style.background = `linear-gradient(90deg, ${theme.sequenceStops.join(", ")})`;
        const target = named(run.info?.target_name);
        element.replaceChildren(el("span", { text: short(range[0]) }), bar, el("span", { text: short(range[1]) }),
          el("span", { class: "dsc-name", text: target, title: target }));
      } else {
        element.replaceChildren(...names.map((name, k) =>
          el("span", { class: "dsc-class", title: name }, markerIcon(k, theme), el("span", { class: "dsc-name", text: name }))));
      }
    },
  };
}
