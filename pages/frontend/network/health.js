/** Three small charts under the network, a bar for each layer: gradient, spread, dead units; and a word of warning. */

import { el, percent, setAttribute, setText, short } from "../ui/index.js";
import { listed, N_, named, t, worded } from "../words/index.js";

const LOWEST = 1e-6; // of a gradient, on its logarithmic bar

/**
 * What is measured: how a value becomes a share of the bar's height, and text.
 * @type {Array<{key: "gradient"|"spread"|"dead", title: string, share: (value: number, all: number[]) => number, text: (value: number) => string}>}
 */
const MEASURES = [
  { key: "gradient", title: N_("gradient"), share: (value, all) => logShare(value, Math.max(...all, 1e-3)), text: (value) => short(value) },
  { key: "spread", title: N_("spread"), share: (value, all) => value / Math.max(...all, 1e-9), text: (value) => short(value) },
  { key: "dead", title: N_("dead units"), share: (value) => value, text: (value) => percent(value, 0) },
];
const HELP = {
  gradient: N_("How large a layer's gradient is (root mean square, logarithmic). Much smaller in the first layers: vanishing."),
  spread: N_("How much a layer's activations differ (standard deviation over rows and units)."),
  dead: N_("Share of a layer's units that output the same whatever the input."),
};

/** @param {number} value @param {number} most */
const logShare = (value, most) => (value > 0 ? Math.max(0, Math.log(value / (most * LOWEST)) / Math.log(1 / LOWEST)) : 0);

export function createHealth() {
  const charts = MEASURES.map((measure) => {
    const bars = el("span", { class: "dsc-bars" });
    const box = el("span", { class: "dsc-measure", role: "img" },
      el("span", { class: "dsc-measure-name", text: () => t(measure.title) }), bars);
    return { measure, bars, box };
  });
  const word = el("span", { class: "dsc-word", role: "status", "data-testid": "health-word" });
  const element = el("div", { class: "dsc-health", "data-testid": "health" }, ...charts.map(({ box }) => box), word);

  /** While nothing is measured, nothing is said. */
  function forget() {
    for (const { box } of charts) {
      box.removeAttribute("aria-label");
      box.removeAttribute("title");
    }
    setText(word, "");
    word.removeAttribute("title");
  }

  return {
    element,
    /** @param {import("../run/index.js").Network|null} network */
    update(network) {
      const health = network?.health;
      element.classList.toggle("dsc-away", !health);
      if (!health) return forget();
      for (const { measure, bars, box } of charts) {
        const values = health[measure.key].map((value) => value ?? 0);
        bars.classList.toggle("dsc-many", values.length > 7);
        while (bars.children.length < values.length) bars.append(el("i"));
        while (bars.children.length > values.length) bars.lastChild.remove();
        values.forEach((value, layer) => {
          /** @type {HTMLElement} */ (bars.children[layer]).style.setProperty("--share", Math.min(1, measure.share(value, values)).toFixed(3));
        });
        const weighted = network.columns.slice(1).filter(({ pool }) => !pool);
        const said = listed(values.map((value, layer) => `${named(weighted[layer].name)} ${measure.text(value)}`));
        setAttribute(box, "aria-label", t("{measure} by layer: {values}", { measure: t(measure.title), values: said }));
        box.title = `${t(HELP[measure.key])}\n${said}`;
      }
      const notes = health.notes ?? [];
      setText(word, worded(health.words[0] ?? notes[0]));
      word.title = [...health.words, ...notes].map(worded).join("\n");
      word.classList.toggle("dsc-calm", !health.words.length);
    },
  };
}
