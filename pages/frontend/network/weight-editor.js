/** Setting a weight by hand while the run is paused: which one of a neuron's, its new value, and undo. */

import { nameOf } from "../run/index.js";
import { el, plainDecimal, setText } from "../ui/index.js";
import { t } from "../words/index.js";

/** @param {(edit: object|"undo") => void} onEdit */
export function createWeightEditor(onEdit) {
  const which = el("select", { class: "dsc-select", "aria-label": () => t("Which weight to set"), onchange: () => fill() });
  const value = el("input", { class: "dsc-number", type: "number", step: "any", "aria-label": () => t("New value"), "data-testid": "weight-value" });
  const set = el("button", { type: "submit", class: "dsc-button", text: () => t("Set"), "data-testid": "set-weight" });
  const undo = el("button", { type: "button", class: "dsc-button", text: () => t("Undo"), "data-testid": "undo-weight", onclick: () => onEdit("undo") });
  const title = el("b", {});
  const element = el("form", { class: "dsc-editor dsc-gone", "data-testid": "weight-editor", onsubmit: submit }, title, which, value, set, undo);

  /** @type {import("../run/index.js").Network|null} */
  let network = null;
  /** @type {{column: number, unit: number}|null} */
  let place = null; // {column, unit}
  let shown = ""; // what the choices were made for

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    if (value.value.trim() === "" || !Number.isFinite(value.valueAsNumber)) return value.focus();
    // Counted among the Dense layers.
    const layer = network.columns.slice(1, place.column).filter(({ made }) => !made).length;
    onEdit({ layer, row: row(), unit: place.unit, value: value.valueAsNumber });
  }

  const row = () => (which.value === "bias" ? null : Number(which.value));

  function current() {
    const layer = network.layers[place.column - 1];
    return which.value === "bias" ? layer.biases[place.unit] : layer.weights[row() * layer.cells + place.unit];
  }

  const fill = () => {
    value.value = plainDecimal(current());
  };

  return {
    element,
    /**
     * @param {import("../run/index.js").Network|null} seen the network on show
     * @param {import("./words.js").Place|null} pinned the neuron whose weights may be set; null for none
     * @param {import("../run/index.js").Edit[]} edits so far
     * @param {number} epoch an edit before it cannot be taken back
     */
    update(seen, pinned, edits, epoch) {
      const layer = pinned && pinned.column > 0 ? seen?.layers[pinned.column - 1] : null;
      const { columns } = seen ?? {};
      // Cells of a large layer stand for several weights: which of them would be set?
      const ofPictures = layer && (columns[pinned.column].made || columns[pinned.column - 1].made);
      const whole = layer && !ofPictures && layer.cells === columns[pinned.column].units && layer.rows === columns[pinned.column - 1].units;
      element.classList.toggle("dsc-gone", !whole);
      if (!whole) return false;
      const changed = network !== seen;
      network = seen;
      const now = JSON.stringify([pinned, columns.map(({ name, units }) => [name, units])]);
      if (now !== shown) {
        shown = now;
        place = { column: pinned.column, unit: pinned.unit };
        which.replaceChildren(
          el("option", { value: "bias", text: () => t("bias") }),
          ...Array.from({ length: layer.rows }, (_, from) =>
            el("option", { value: String(from), text: () => t("weight from {unit}", { unit: nameOf(columns, pinned.column - 1, from) }) })),
        );
        which.value = pinned.row === undefined ? "bias" : String(pinned.row);
        fill();
      } else if (changed && document.activeElement !== value) fill();
      setText(title, nameOf(columns, pinned.column, pinned.unit));
      undo.disabled = !edits.some((edit) => edit.epoch === epoch);
      return true;
    },
  };
}
