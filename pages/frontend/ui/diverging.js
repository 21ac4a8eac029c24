/** Colours for what may be negative or positive: orange, the card's own colour at zero, blue. */

import { mix, rgb } from "./theme.js";

/** @type {{theme: import("./theme.js").Theme|null, colours: import("./theme.js").Channels[], packed: Uint32Array}} */
let table = { theme: null, colours: [], packed: new Uint32Array() };

/** 256 colours from −1 (byte 1) over 0 (byte 128) to 1 (byte 255). @param {import("./theme.js").Theme} theme */
export function diverging(theme) {
  if (table.theme !== theme) {
    const [low, middle, high] = [rgb(theme.b), rgb(theme.card), rgb(theme.a)];
    const colours = Array.from({ length: 256 }, (_, i) => {
      const share = (i - 128) / 127;
      return mix(middle, share < 0 ? low : high, Math.min(1, Math.abs(share)) ** 0.8);
    });
    table = { theme, colours, packed: Uint32Array.from(colours, ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r) };
  }
  return table;
}
