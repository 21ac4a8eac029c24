/**
 * Colours, in light and dark.
 *
 * Streamlit's own background decides which palette is used; both are written to the root element as
 * `--dsc-*` variables, so that the stylesheet and the canvases draw from one place. The ten class colours
 * begin with the three of the design and were chosen to stay apart for colour-blind people; class markers
 * differ in shape as well.
 */

const LIGHT = {
  bg: "#fbfbf9", card: "#ffffff", ink: "#1d2733", soft: "#5d6975", line: "#e6e8ea", tint: "#f1f5f8",
  a: "#0877bd", b: "#e8890c", c: "#2a9d6f", focus: "#0877bd", warning: "#a65a00", error: "#b3261e", success: "#1d7a54",
};
const DARK = {
  bg: "#10151b", card: "#171e26", ink: "#e8edf2", soft: "#93a0ad", line: "#28323d", tint: "#1d2731",
  a: "#4aa8e8", b: "#f5a742", c: "#55c99a", focus: "#4aa8e8", warning: "#f5b95f", error: "#ff9b92", success: "#6fd6ab",
};
const MORE_CLASSES = {
  light: ["#b8478f", "#6a51c8", "#c9a800", "#3ea8c4", "#a3402c", "#6b7682", "#7d8f1e"],
  dark: ["#ea8cc6", "#a693f5", "#e8d04d", "#7cdcf0", "#e0806a", "#a3afba", "#b9cc5b"],
};
// Luminance runs one way, so the order survives colour blindness and grey printing.
const SEQUENCE = {
  light: ["#fdf8dd", "#c5e5bd", "#72c3bd", "#2f8fc0", "#23509b"],
  dark: ["#15273f", "#1d5785", "#2b90ab", "#7bcaa2", "#f4efab"],
};

/** @returns {[number, number, number]} */
export function rgb(hex) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** WCAG relative luminance of 0..255 channels. */
export function luminance(channels) {
  const [r, g, b] = channels.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export const mix = (from, to, share) => from.map((channel, i) => Math.round(channel + (to[i] - channel) * share));

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Any CSS colour as channels; null where it says nothing (empty, transparent). */
function channels(colour) {
  if (!colour) return null;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = "rgba(0,0,0,0)";
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return alpha > 127 ? [r, g, b] : null;
}

function isDark(element) {
  const style = getComputedStyle(element);
  const background =
    channels(style.getPropertyValue("--st-background-color").trim()) ??
    channels(getComputedStyle(document.body).backgroundColor);
  if (background) return luminance(background) < 0.2;
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** 256 steps of a sequence of colours, as channels. */
function ramp(stops) {
  const colours = stops.map(rgb);
  return Array.from({ length: 256 }, (_, i) => {
    const position = (i / 255) * (colours.length - 1);
    const below = Math.min(colours.length - 2, Math.floor(position));
    return mix(colours[below], colours[below + 1], position - below);
  });
}

/**
 * Read the theme around `host` and write its colours to `root`.
 * @param {HTMLElement} host where Streamlit's variables are in scope
 * @param {HTMLElement} root
 */
export function readTheme(host, root) {
  const dark = isDark(host);
  const name = dark ? "dark" : "light";
  const palette = { ...(dark ? DARK : LIGHT) };
  for (const [key, value] of Object.entries(palette)) root.style.setProperty(`--dsc-${key}`, value);
  root.style.colorScheme = name;
  root.classList.toggle("dsc-dark", dark);
  return {
    ...palette,
    dark,
    name,
    classes: [palette.a, palette.b, palette.c, ...MORE_CLASSES[name]],
    sequence: ramp(SEQUENCE[name]),
    sequenceStops: SEQUENCE[name],
    font: getComputedStyle(host).fontFamily || "sans-serif",
  };
}
