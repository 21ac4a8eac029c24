/** A canvas that fills its box at the screen's own resolution. */

import { el } from "./dom.js";

/**
 * The canvas is laid over its box, so that its size can never change the layout.
 * @param {Object<string, string|(() => string)>} attributes
 * @param {() => void} onResize
 * @param {object} [how]
 * @param {boolean} [how.remembers] its size from the last change of it: asking for it anew makes the browser lay the
 *   page out at once where something else was written before, for each of several canvases of one frame
 */
export function createSurface(attributes, onResize, { remembers = false } = {}) {
  const canvas = el("canvas", { role: "img", ...attributes });
  const box = el("div", { class: "dsc-surface" }, canvas);
  /** @type {{width: number, height: number}|null} */
  let known = null;
  const observer = new ResizeObserver(() => {
    known = remembers ? { width: box.clientWidth, height: box.clientHeight } : null;
    onResize();
  });
  observer.observe(box);
  return {
    box,
    canvas,
    /** What a drawing was made for: it is stale when this differs. */
    get size() {
      return `${box.clientWidth}×${box.clientHeight}@${window.devicePixelRatio}`;
    },
    /** As `size`, without asking the browser where it is remembered. */
    get known() {
      return known ? `${known.width}×${known.height}@${window.devicePixelRatio}` : this.size;
    },
    /** Ready to draw in CSS pixels; null while it has no size. */
    begin() {
      const { width, height } = known ?? { width: box.clientWidth, height: box.clientHeight };
      if (!width || !height) return null;
      const ratio = window.devicePixelRatio || 1;
      const context = canvas.getContext("2d");
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      return { context, width, height, ratio };
    },
    destroy: () => observer.disconnect(),
  };
}

/** Half-pixel positions keep one-pixel lines crisp. @param {number} position */
export const crisp = (position) => Math.round(position) + 0.5;

/**
 * `text`, shortened with an ellipsis to `width`: no sign is cut in two, and no Chinese comma or bracket hangs before it.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
export function fit(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  const signs = [...text];
  let end = signs.length - 1;
  while (end > 1 && context.measureText(`${signs.slice(0, end).join("")}…`).width > width) end--;
  return `${signs.slice(0, end).join("").replace(/(.)[，、。；：·（《「“]+$/u, "$1")}…`;
}
