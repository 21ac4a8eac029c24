/** The card with the network, drawn and alive: point at a neuron or a link and it says what it does. */

import { nameOf } from "../run/index.js";
import { createSurface, el, fit, setAttribute, setText } from "../ui/index.js";
import { t } from "../words/index.js";
import { createHealth } from "./health.js";
import { distance, find, layOut } from "./layout.js";
import { drawLinks, linksOf } from "./links.js";
import { drawColumns, drawNames } from "./paint.js";
import { createPassing } from "./passing.js";
import { drawKernels } from "./pictures.js";
import { createWeightEditor } from "./weight-editor.js";
import { rowWords, sentenceFor, wordsFor } from "./words.js";

const NEAR = 6; // pixels from a link's curve

/**
 * @param {() => void} invalidate ask for a drawing
 * @param {(edit: object|"undo") => void} onEdit a weight was set by hand, or is to be taken back
 * @param {HTMLElement} button stands in the card's head
 */
export function createNetwork(invalidate, onEdit, button) {
  const surface = createSurface({ tabindex: "0", "data-testid": "network-canvas", "aria-label": t("The network: nothing yet.") }, invalidate);
  const tip = el("div", { class: "dsc-tip dsc-away", "data-testid": "network-tip", role: "status", "aria-live": "off" });
  const stage = el("div", { class: "dsc-stage" }, surface.box, tip);
  const passing = createPassing(invalidate);
  const legend = () => (passing.row ? rowWords(passing.row) : t("colour: sign of a weight · width: its size · point at anything"));
  const hint = el("span", { class: "dsc-aside dsc-legend-line", "aria-live": "polite", "data-testid": "network-legend", text: legend });
  const health = createHealth();
  const editor = createWeightEditor(onEdit);
  const element = el("div", { class: "dsc-card dsc-network", "data-testid": "network" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Network") }), hint, button),
    stage, health.element, editor.element);

  /** @type {import("../run/index.js").Network|null} */
  let network = null;
  /** @type {import("./layout.js").Layout|null} */
  let layout = null;
  /** @type {import("./links.js").Link[]} */
  let links = [];
  /** @type {import("./words.js").Place|null} */
  let pointed = null;
  /** @type {import("./words.js").Place|null} */
  let pinned = null;
  /** @type {any[]} */
  let drawn = [];
  let mayEdit = false;
  let example = 0; // which of the pictures is shown on its way
  const filter = el("canvas", { class: "dsc-kernels", "aria-hidden": "true" });

  /** @param {MouseEvent} event */
  const placeOf = (event) => {
    const bounds = surface.canvas.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };

  /** @param {import("./words.js").Place|null} place */
  function point(place, spoken = false) {
    if (JSON.stringify(place) === JSON.stringify(pointed)) return;
    pointed = place;
    setAttribute(tip, "aria-live", spoken ? "polite" : "off");
    invalidate();
  }

  /** @param {import("./words.js").Place|null} place */
  function pin(place) {
    // A link belongs to the neuron that it leads to: its weight can then be set.
    const isLink = mayEdit && place?.cell !== undefined;
    const target = isLink ? { column: place.column, unit: place.cell, row: place.row } : place?.cell === undefined ? place : null;
    pinned = target && JSON.stringify(target) !== JSON.stringify(pinned) ? target : null;
    invalidate();
  }

  /** @param {import("./words.js").Place|null} place */
  const isPicture = (place) => place?.column === 0 && Boolean(network?.picture);

  /** The next of the example rows on its way through the network. */
  function another() {
    example = (example + 1) % network.picture.examples.length;
    setAttribute(element, "data-example", String(network.picture.examples[example].row));
    invalidate();
  }

  /** @param {MouseEvent} event */
  function look(event) {
    if (!layout) return null;
    const [x, y] = placeOf(event);
    const found = find(layout, network.layers, x, y);
    if (found) return found;
    let nearest = null;
    let least = NEAR;
    for (const link of links) {
      const away = distance(link.curve, x, y);
      if (away < least) [least, nearest] = [away, link];
    }
    return nearest && { column: nearest.column, row: nearest.row, cell: nearest.cell };
  }

  surface.canvas.addEventListener("pointermove", (event) => point(look(event)));
  surface.canvas.addEventListener("pointerleave", () => point(null));
  surface.canvas.addEventListener("click", (event) => {
    const place = look(event);
    point(place);
    if (isPicture(place)) another();
    else pin(place);
  });
  surface.canvas.addEventListener("blur", () => point(null));
  surface.canvas.addEventListener("keydown", (event) => {
    if (!network || event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Object<string, [number, number]>} */
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Escape") {
      pin(null);
      point(null);
    } else if (event.key === "Enter" && isPicture(pointed)) another();
    else if (event.key === "Enter" && pointed) pin(pointed);
    else if (moves[event.key]) point(next(moves[event.key]), true);
    else return;
    event.preventDefault();
  });

  /** The neuron beside the one pointed at; the middle one of its column where columns change. @param {number[]} direction */
  function next([across, down]) {
    const from = pointed ?? pinned;
    if (!from || from.cell !== undefined) return { column: 0, unit: 0 };
    const column = Math.min(network.columns.length - 1, Math.max(0, from.column + across));
    const { units } = network.columns[column];
    const share = (from.unit + 0.5) / network.columns[from.column].units;
    const unit = across ? Math.floor(share * units) : Math.min(units - 1, Math.max(0, from.unit + down));
    return { column, unit };
  }

  /** What a link must touch to be drawn strongly; null where nothing is pointed at. @returns {((link: import("./links.js").Link) => boolean)|null} */
  function marking() {
    const place = pointed ?? pinned;
    if (!place) return null;
    if (place.row !== undefined) return (link) => link.column === place.column && link.row === place.row && link.cell === place.cell;
    return (link) => (link.column === place.column && touches(link.column, link.cell, place.unit, "cells"))
      || (link.column === place.column + 1 && touches(link.column, link.row, place.unit, "rows"));
  }

  /** @param {number} column @param {number} cell @param {number} unit @param {"cells"|"rows"} side */
  const touches = (column, cell, unit, side) => {
    const { rows } = network.layers[column - 1];
    if (!rows) return unit === cell;
    const units = side === "cells" ? network.columns[column].own : network.columns[column - 1].units;
    return Math.floor((unit * network.layers[column - 1][side]) / units) === cell;
  };

  /** @param {import("../ui/index.js").Theme} theme */
  function paint(theme) {
    const drawing = surface.begin();
    if (!drawing) return;
    layout = layOut(network.columns, drawing.width, drawing.height);
    links = linksOf(network, layout);
    drawLinks(drawing.context, links, theme, marking());
    drawColumns(drawing.context, network, layout, theme, { chosen: pointed, pinned, example, row: passing.row });
    drawNames(drawing.context, layout, theme, fit);
  }

  /** @param {import("../ui/index.js").Theme} theme */
  function showTip(theme) {
    const place = pointed ?? null;
    tip.classList.toggle("dsc-away", !place || !layout);
    if (!place || !layout) return;
    const { title, lines } = wordsFor(network, place, example, passing.row);
    const text = [title, ...lines].join("\n");
    if (tip.dataset.text !== text) {
      tip.dataset.text = text;
      tip.replaceChildren(el("b", { text: title }), ...lines.map((line) => el("span", { text: line })));
    }
    const kernels = place.unit === undefined ? null : network.kernels[place.column]?.[place.unit];
    if (kernels) {
      drawKernels(filter, kernels, theme);
      if (filter.parentNode !== tip) tip.append(filter);
    } else filter.remove();
    const column = layout.columns[place.column];
    const before = layout.columns[Math.max(0, place.column - 1)];
    const isLink = place.row !== undefined && column.kind !== "heat";
    const x = isLink ? (before.right + column.left) / 2 : column.right + 8;
    const y = place.unit !== undefined ? column.middle(place.unit) : column.top + ((place.cell + 0.5) / network.layers[place.column - 1].cells) * column.height;
    const right = x > layout.width * 0.6;
    tip.style.left = right ? "auto" : `${Math.max(0, x)}px`;
    tip.style.right = right ? `${Math.max(0, layout.width - (isLink ? x : column.left - 8))}px` : "auto";
    const low = y > (layout.height + 20) / 2;
    tip.style.top = low ? "auto" : `${Math.max(0, y - 12)}px`;
    tip.style.bottom = low ? `${Math.max(0, layout.height + 20 - y - 12)}px` : "auto";
  }

  return {
    element,
    describe() {},
    /** Show the row of a point of the map on its way. */
    follow: passing.want,
    /** The neuron that the large map shows instead of the network's answer, null for none. */
    get shownNeuron() {
      const place = [pointed, pinned].find((each) => each && each.unit !== undefined && network?.maps[each.column]?.[each.unit]);
      if (!place) return null;
      const map = network.maps[place.column][place.unit];
      const title = nameOf(network.columns, place.column, place.unit);
      return { title, pinned: place === pinned, side: map.side, values: map.values, centre: map.centre, scale: map.scale };
    },
    /** Another run: what was pointed at is not there any more. */
    forget() {
      pointed = pinned = null;
      example = 0;
    },
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme */
    draw(run, theme) {
      network = run.frame.network ?? null;
      if (example >= (network?.picture?.examples.length ?? 1)) example = 0;
      mayEdit = run.state.state === "paused" && run.pastEpoch === undefined && run.isOwned;
      health.update(network);
      const isEditing = editor.update(network, mayEdit ? pinned : null, run.state.edits ?? [], run.epoch);
      health.element.classList.toggle("dsc-gone", isEditing);
      if (!network) return;
      setText(hint, legend());
      setAttribute(element, "data-row", passing.row ? `${passing.row.kind} ${passing.row.row}` : "");
      const now = [network, theme, surface.size, JSON.stringify([pointed, pinned, example]), passing.row];
      if (now.some((each, index) => each !== drawn[index])) paint(theme);
      drawn = now;
      showTip(theme);
    },
    /** @param {import("../run/index.js").Run} run */
    speak({ frame }) {
      setAttribute(surface.canvas, "aria-label", frame.network ? sentenceFor(frame.network, frame.epoch ?? 0) : t("The network: nothing yet."));
    },
    destroy() {
      surface.destroy();
      passing.stop();
    },
  };
}
