/** The form: a field for each column, prefilled from a row, with the range of the training rows and a lock. */

import { el, reword, setAttribute, setText } from "../ui/index.js";
import { named, t } from "../words/index.js";
import { kindWords, written } from "./words.js";

/**
 * @typedef {import("./server.js").Column} Column
 * @typedef {import("./server.js").Person} Person
 *
 * @typedef {object} Field
 * @property {Column} column
 * @property {HTMLElement} element
 * @property {HTMLInputElement|HTMLSelectElement} input
 * @property {HTMLElement} note
 * @property {HTMLInputElement} lock
 * @property {(value: import("./server.js").Value) => void} put
 * @property {() => import("./server.js").Value|undefined} value undefined for what is no number
 */

/**
 * @param {object} actions
 * @param {(kind: string, row: number) => void} actions.open a row of the data set
 * @param {() => void} actions.changed a value
 * @param {(column: string) => void} actions.looked a field was entered
 * @param {() => void} actions.locked a lock was set or taken away
 */
export function createForm(actions) {
  /** @type {Field[]} */
  let fields = [];
  /** @type {import("./server.js").Form|null} */
  let form = null;
  /** @type {Person} what has no field: the pixels of a picture */
  let rest = {};
  /** @type {import("./server.js").Row|null} */
  let from = null;
  const kind = /** @type {HTMLSelectElement} */ (el("select", { class: "dsc-select", "data-testid": "predict-rows", "aria-label": () => t("Which rows"), onchange: () => actions.open(kind.value, 0) }));
  const number = /** @type {HTMLInputElement} */ (el("input", { class: "dsc-number", type: "number", min: "0", value: "0", "data-testid": "predict-row", "aria-label": () => t("Row, from 0"), onchange: () => actions.open(kind.value, Number(number.value) || 0) }));
  /** @param {number} by */
  const step = (by) => actions.open(kind.value, Math.min(Math.max(0, Number(number.value) + by), (form?.rows[kind.value] ?? 1) - 1));
  const before = el("button", { type: "button", class: "dsc-button", text: "‹", "aria-label": () => t("Row before"), onclick: () => step(-1) });
  const after = el("button", { type: "button", class: "dsc-button", text: "›", "aria-label": () => t("Next row"), onclick: () => step(1) });
  const back = el("button", { type: "button", class: "dsc-button", "data-testid": "predict-back", text: () => t("As in the row"), onclick: () => from && actions.open(from.kind, from.row) });
  const actual = el("p", { class: "dsc-under", "data-testid": "predict-actual" });
  const picture = el("canvas", { class: "dsc-pr-picture dsc-gone", role: "img", "aria-label": () => t("The picture of this row") });
  const list = el("div", { class: "dsc-pr-fields", "data-testid": "predict-form" });
  const legend = el("p", { class: "dsc-under dsc-pr-legend", text: () => t("Tick the lock of what must not change when another like them is looked for.") });
  const element = el("section", { class: "dsc-card dsc-pr-form" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("The person") })),
    el("div", { class: "dsc-pr-from" }, kind, before, number, after, back),
    actual, picture, legend, list);

  function tellActual() {
    if (!form || !from) return;
    setText(actual, t("In the data, {target} of this row is: {value}.", { target: named(form.target), value: written(from.actual) }));
  }

  /** @param {Field} field @param {string[]} outside @param {string[]} others */
  function note({ column, note: line, element: whole }, outside, others) {
    const isOutside = outside.includes(column.name);
    whole.classList.toggle("dsc-pr-outside", isOutside);
    if (column.levels.length) {
      setText(line, isOutside ? t("No training row has this.") : "");
      return;
    }
    const range = column.low === null || column.kind === "date" ? "" : t("{low} to {high}", { low: written(column.low), high: written(column.high) });
    
    setText(line, others.includes(column.name) ? t("Far outside {range}: another unit?", { range }) : isOutside ? t("Outside {range}", { range }) : range);
  }

  return {
    element,
    /** @param {import("./server.js").Form} told */
    build(told) {
      form = told;
      kind.replaceChildren(...Object.entries(told.rows).filter(([, count]) => count).map(([name]) => el("option", { value: name, text: () => kindWords(name) })));
      fields = told.columns.filter((column) => !column.pixel).map((column) => fieldOf(column, actions));
      list.replaceChildren(...fields.map((field) => field.element));
      legend.classList.toggle("dsc-gone", !fields.length);
    },
    /** @param {import("./server.js").Row} row */
    put(row) {
      from = row;
      kind.value = row.kind;
      number.value = String(row.row);
      number.max = String((form?.rows[row.kind] ?? 1) - 1);
      this.fill(row.values);
      tellActual();
      drawPicture(picture, form, row.values);
    },
    /** @param {Person} values */
    fill(values) {
      rest = values;
      for (const field of fields) field.put(values[field.column.name] ?? null);
    },
    /** What stands in the fields. @returns {{person: Person, wrong: string[]}} */
    read() {
      /** @type {Person} */
      const person = { ...rest };
      const wrong = [];
      for (const { column, value, element: whole } of fields) {
        const found = value();
        whole.classList.toggle("dsc-pr-wrong", found === undefined);
        if (found === undefined) wrong.push(column.name);
        else person[column.name] = found;
      }
      return { person, wrong };
    },
    /** @param {import("./server.js").Answer} answer */
    warn(answer) {
      for (const field of fields) note(field, answer.outside, answer.other_unit);
    },
    locked: () => fields.filter((field) => field.lock.checked).map((field) => field.column.name),
    columns: () => fields.map((field) => field.column),
    reworded() {
      reword(element);
      tellActual();
    },
  };
}

/** @param {Column} column @param {{changed: () => void, looked: (column: string) => void, locked: () => void}} actions @returns {Field} */
function fieldOf(column, { changed, looked, locked }) {
  const isLevel = column.levels.length > 0;
  const options = column.levels.map((level) => el("option", { value: level, text: () => named(level) }));
  if (column.may_miss) options.push(el("option", { value: "", text: () => t("missing") }));
  const common = { "data-column": column.name, onfocus: () => looked(column.name) };
  const input = isLevel
    ? el("select", { class: "dsc-select", ...common, onchange: changed }, ...options)
    : el("input", { class: "dsc-number", type: column.kind === "date" ? "date" : "text", inputmode: "decimal", autocomplete: "off", ...common, oninput: changed });
  const lock = el("input", { type: "checkbox", "data-lock": column.name, "aria-label": () => t("Lock {name}", { name: named(column.name) }), title: () => t("Must not change"), onchange: locked });
  const note = el("span", { class: "dsc-pr-note" });
  const element = el("div", { class: "dsc-pr-field" },
    el("label", { class: "dsc-pr-label" }, el("span", { class: "dsc-pr-name", text: () => named(column.name), title: () => named(column.name) }), input),
    el("div", { class: "dsc-pr-second" }, note, el("label", { class: "dsc-check dsc-pr-lock" }, lock, el("span", { "aria-hidden": "true", text: "🔒︎" }))));
  /** @type {{text: string, value: import("./server.js").Value}} as it was put in: with all its digits, until somebody types */
  let exact = { text: "", value: null };
  return {
    column, element, input, note, lock,
    put(value) {
      const isLong = typeof value === "number" && String(value).length > 9;
      input.value = value === null || value === undefined ? "" : String(isLong ? Number(value.toPrecision(6)) : value);
      exact = { text: input.value, value };
    },
    value() {
      const text = input.value.trim();
      if (text !== "" && text === exact.text) return exact.value;
      if (text === "") return column.may_miss ? null : undefined;
      if (isLevel || column.kind === "date") return text;
      const number = Number(text.replace("−", "-").replace(/^([^.,]*),([^.,]*)$/, "$1.$2"));
      return Number.isFinite(number) ? number : undefined;
    },
  };
}

/** @param {HTMLCanvasElement} canvas @param {import("./server.js").Form|null} form @param {Person} values */
function drawPicture(canvas, form, values) {
  const pixels = form?.columns.filter((column) => column.pixel) ?? [];
  canvas.classList.toggle("dsc-gone", !pixels.length || !form?.picture);
  if (!pixels.length || !form?.picture) return;
  const [height, width, channels] = form.picture;
  if (pixels.length < height * width * channels) return;
  canvas.width = width;
  canvas.height = height;
  const most = Math.max(...pixels.map((column) => column.high ?? 1), 1e-9);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = Number(values[pixels[place * channels + Math.min(channel, channels - 1)].name]);
      image.data[place * 4 + channel] = Math.round((255 * value) / most);
    }
    image.data[place * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  setAttribute(canvas, "data-drawn", "yes");
}
