/** Pixels as a picture that can be read: pointer or arrow keys say which pixel it is, and what stands behind it. */

import { diverging, el } from "../ui/index.js";
import { t } from "../words/index.js";
import { signed } from "./shapes.js";

const SCALE = 12; // canvas pixels along a pixel
const FAINT = 0.12; // of the strongest value, from which on a sign is drawn

/**
 * @typedef {object} Pixels
 * @property {number[]} shape rows, columns, channels
 * @property {number[]} values
 * @property {boolean} isSigned blue above zero, orange with a dash below; else grey from 0 to 255
 */

/**
 * @param {Pixels} pixels
 * @param {import("../ui/index.js").Theme} theme
 * @param {string} said
 * @param {object} [how]
 * @param {(words: string) => void} [how.tell] what is pointed at; "" for nothing
 * @param {(place: number) => void} [how.choose] a pixel
 */
export function drawPicture({ shape: [rows, columns, channels], values, isSigned }, theme, said, { tell, choose } = {}) {
  const canvas = el("canvas", { width: String(columns * SCALE), height: String(rows * SCALE), role: "img", "aria-label": said, class: "dsc-ex-picture", tabindex: "0" });
  const context = canvas.getContext("2d");
  const most = Math.max(...values.map(Math.abs), 1e-12);
  const { colours } = diverging(theme);
  for (let place = 0; place < rows * columns; place++) {
    const value = values[place * channels];
    const [r, g, b] = isSigned ? colours[Math.round(128 + (127 * value) / most)] : [value, value, value];
    const [x, y] = [(place % columns) * SCALE, Math.floor(place / columns) * SCALE];
    context.fillStyle = `rgb(${r} ${g} ${b})`;
    context.fillRect(x, y, SCALE, SCALE);
    if (!isSigned || value > -FAINT * most) continue;
    context.fillStyle = theme.ink; // against the class: not by its colour alone
    context.fillRect(x + 3, y + SCALE / 2 - 1, SCALE - 6, 2);
  }
  let at = -1;
  /** @param {number} place */
  function look(place) {
    at = place;
    const [row, column] = [Math.floor(place / columns) + 1, (place % columns) + 1];
    tell?.(place < 0 ? "" : t("row {row}, column {column}: {value}", { row, column, value: isSigned ? signed(values[place * channels], 3) : String(values[place * channels]) }));
  }
  /** @param {MouseEvent} event */
  const placeOf = ({ offsetX, offsetY }) => Math.min(rows - 1, Math.floor((offsetY / canvas.clientHeight) * rows)) * columns + Math.min(columns - 1, Math.floor((offsetX / canvas.clientWidth) * columns));
  canvas.addEventListener("pointermove", (event) => look(placeOf(event)));
  canvas.addEventListener("pointerleave", () => look(-1));
  canvas.addEventListener("blur", () => look(-1));
  canvas.addEventListener("click", (event) => choose?.(placeOf(event) * channels));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (event.key === "Enter" && at >= 0) choose?.(at * channels);
    if (!step) return;
    event.preventDefault();
    look(at < 0 ? 0 : Math.min(rows * columns - 1, Math.max(0, at + step)));
  });
  return canvas;
}
