/**
 * The palette in force, light or dark, and arithmetic with colours.
 *
 * Streamlit's own background decides which palette is used; its colours are written to the root element as
 * `--dsc-*` variables, so that the stylesheet and the canvases draw from one place.
 */

import { PALETTE } from "./palette.js";

/** Behind the fonts of a page, so that Latin letters stay as they are: what systems have, and last our own. */
const CHINESE = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Descent CJK"';

/** @param {string} hex @returns {Channels} */
export function rgb(hex) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** WCAG relative luminance. @param {Channels} colour */
export function luminance(colour) {
  const [r, g, b] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Channels} from @param {Channels} to @param {number} share @returns {Channels} */
export const mix = (from, to, share) => /** @type {Channels} */ (from.map((channel, i) => Math.round(channel + (to[i] - channel) * share)));

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Any CSS colour as channels; null where it says nothing (empty, transparent). @param {string} colour @returns {Channels|null} */
function channels(colour) {
  if (!colour) return null;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = "rgba(0,0,0,0)";
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return alpha > 127 ? [r, g, b] : null;
}

/** @param {HTMLElement} element */
function isDark(element) {
  const style = getComputedStyle(element);
  const background =
    channels(style.getPropertyValue("--st-background-color").trim()) ??
    channels(getComputedStyle(document.body).backgroundColor);
  if (background) return luminance(background) < 0.2;
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** 256 steps of a sequence of colours, as channels. @param {string[]} stops @returns {Channels[]} */
function ramp(stops) {
  const colours = stops.map(rgb);
  return Array.from({ length: 256 }, (_, i) => {
    const position = (i / 255) * (colours.length - 1);
    const below = Math.min(colours.length - 2, Math.floor(position));
    return mix(colours[below], colours[below + 1], position - below);
  });
}

/**
 * @typedef {object} Theme the palette in force
 * @property {boolean} dark
 * @property {"light"|"dark"} name
 * @property {string} bg
 * @property {string} card
 * @property {string} ink
 * @property {string} soft
 * @property {string} line
 * @property {string} tint
 * @property {string} a blue: training, right, positive
 * @property {string} b orange: test, wrong, negative
 * @property {string} c green: validation
 * @property {string[]} classes
 * @property {Channels[]} sequence 256 steps
 * @property {string[]} sequenceStops
 * @property {string} font
 *
 * @typedef {[number, number, number]} Channels red, green and blue, 0 to 255
 */

/**
 * What was drawn before our own font came lacks its signs.
 * @param {() => void} draw
 * @returns {() => void} stop it
 */
export function whenOurFontComes(draw) {
  /** @param {FontFaceSetLoadEvent} event */
  const look = ({ fontfaces }) => {
    if (fontfaces.some(({ family }) => family.includes("Descent CJK"))) draw();
  };
  document.fonts.addEventListener("loadingdone", look);
  return () => document.fonts.removeEventListener("loadingdone", look);
}

/**
 * Read the theme around `host` and write its colours to `root`.
 * @param {HTMLElement} host where Streamlit's variables are in scope
 * @param {HTMLElement} root
 * @returns {Theme}
 */
export function readTheme(host, root) {
  const dark = isDark(host);
  const name = dark ? "dark" : "light";
  const palette = PALETTE[name];
  for (const [key, value] of Object.entries(palette)) {
    if (typeof value === "string") root.style.setProperty(`--dsc-${key}`, value);
  }
  root.style.colorScheme = name;
  root.classList.toggle("dsc-dark", dark);
  return {
    ...palette,
    dark,
    name,
    sequence: ramp(palette.sequence),
    sequenceStops: palette.sequence,
    font: `${getComputedStyle(host).fontFamily || "sans-serif"}, ${CHINESE}`,
  };
}
