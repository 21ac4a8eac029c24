/** Two columns against each other, a point for each row. */

import { el, setText } from "../ui/index.js";
import { t, tn } from "../words/index.js";
import { createPlane } from "./plane.js";

/** @param {ReturnType<typeof import("./server.js").createServer>} server @param {import("./view.js").Actions} actions */
export function createPairs(server, { showRows }) {
  /** @type {import("./view.js").About|null} */
  let about = null;
  /** @type {[number, number]|null} */
  let pair = null;
  let isInSight = false;
  let asked = ""; // what is being read
  /** @type {{key: string, told: import("./server.js").Pair}|null} what was read last */
  let read = null;
  let asking = new AbortController();
  const plane = createPlane("data-pair", (row) => showRows(t("Row {row}", { row: String(row) }), [row], 1, pair));
  const note = el("p", { class: "dsc-under", role: "status" });
  const choices = [() => t("Across"), () => t("Up")].map((name, side) => el("select", { class: "dsc-select", "aria-label": name, "data-testid": side ? "data-pair-y" : "data-pair-x",
    onchange: () => {
      pair[side] = Number(choices[side].value);
      load();
    } }));
  const element = el("section", { class: "dsc-card dsc-data-square", "data-testid": "data-pairs" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Two columns") }), el("span", { class: "dsc-data-pair" }, choices[0], "×", choices[1])), plane.box, plane.legend, note);
  // Its rows are read when somebody looks: of a large table that takes a second.
  const sight = new IntersectionObserver(([entry]) => {
    isInSight = entry.isIntersecting;
    load();
  }, { rootMargin: "200px" });
  sight.observe(element);

  async function load() {
    if (!isInSight || !about || !pair) return;
    const key = keyOf();
    if (read?.key === key || asked === key) return;
    asked = key;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const told = await server.pair(...pair, about.target, signal);
      if (signal.aborted) return;
      read = { key, told };
      draw();
    } catch (error) {
      if (!signal.aborted) setText(note, error.message);
    } finally {
      if (asked === key) asked = "";
    }
  }

  const keyOf = () => `${pair}|${about.target}`;

  function draw() {
    const { names, profile } = about;
    const [x, y] = pair;
    const { told } = read;
    const count = told.rows.length;
    const words = tn("{y} against {x}, {n:,} row.", "{y} against {x}, {n:,} rows.", count, { x: names[x], y: names[y] });
    plane.show({ across: { name: names[x], ...told.x, kind: profile.columns[x].kind }, up: { name: names[y], ...told.y, kind: profile.columns[y].kind }, classes: told.classes, rows: told.rows, words }, about);
    setText(note, count < profile.rows ? t("{some:,} of {all:,} rows, drawn at random with a fixed seed.", { some: count, all: profile.rows }) : words);
    element.dataset.pair = `${x},${y}`;
  }

  /** @param {number} x @param {number} y */
  function choose(x, y) {
    pair = [x, y];
    choices.forEach((choice, side) => (choice.value = String(pair[side])));
    if (read?.key === keyOf()) draw(); // in another language, or other colours
    else load();
  }

  return {
    element,
    /** @param {import("./view.js").About} next @param {number[]|null} strongest pair */
    show(next, strongest) {
      const isSame = about?.names.length === next.names.length;
      about = next;
      for (const choice of choices) choice.replaceChildren(...next.names.map((name, index) => el("option", { value: String(index), text: name })));
      const usual = strongest ?? [0, Math.min(1, next.names.length - 1)];
      if (next.names.length) choose(...(/** @type {[number, number]} */ (isSame && pair ? pair : usual)));
    },
    /** Two columns that were chosen elsewhere. @param {number} x @param {number} y */
    lookAt(x, y) {
      choose(x, y);
      element.scrollIntoView({ block: "nearest", behavior: "smooth" });
    },
    destroy() {
      asking.abort();
      sight.disconnect();
      plane.destroy();
    },
  };
}
