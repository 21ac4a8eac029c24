/** A card with one small chart: its head, its canvas, and from shares to pixels. */

import { createSurface, el, paintAxes, tick } from "../ui/index.js";

/** Shares from 0 to 1 on a small chart. @type {import("../ui/index.js").Axis} */
export const SHARES = Object.freeze({ log: false, low: 0, high: 1, step: 0.2, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] });

const MARGIN = { left: 46, right: 12, top: 8, bottom: 36 };

/** @type {Array<() => void>} */
let waiting = [];

let fonts = 0; // how often a font of ours came: what was painted before lacks its signs

/** Another number where what was painted is to be painted anew. */
export const painting = () => fonts;

/** Paint again what was kept. */
export function forgetPainted() {
  fonts++;
}

/**
 * Write to elements once all canvases of a frame are painted. A canvas asks for its font, and where something was written
 * before, the browser then works out the styles of the whole page: once for each canvas, instead of once a frame.
 * @param {() => void} write
 */
export function afterPainting(write) {
  waiting.push(write);
}

/** What waited for the canvases. */
export function writeNow() {
  const [now] = [waiting, (waiting = [])];
  for (const write of now) write();
}

/**
 * @typedef {object} Room where a chart may draw
 * @property {CanvasRenderingContext2D} context
 * @property {import("../ui/index.js").Plot} plot
 * @property {(value: number) => number} toX
 * @property {(value: number) => number} toY
 */

/**
 * @param {object} about
 * @param {string} about.name of the chart, for tests and style
 * @param {() => string} about.title
 * @param {() => void} invalidate
 */
export function createPlot({ name, title }, invalidate) {
  const surface = createSurface({ "data-testid": `chart-${name}` }, invalidate, { remembers: true });
  const aside = el("span", { class: "dsc-aside" });
  const layer = document.createElement("canvas"); // what stays the same while the threshold moves
  let painted = "";
  const element = el("section", { class: `dsc-card dsc-ev-plot dsc-ev-${name}`, "aria-label": title },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: title }), aside), surface.box);

  return {
    element, aside, surface,
    /**
     * Clear the canvas and paint its axes and whatever else stays the same; null while it has no size.
     * @param {import("../ui/index.js").Theme} theme
     * @param {{x: import("../ui/index.js").Axis, y: import("../ui/index.js").Axis, across: string, up: string, margin?: Partial<typeof MARGIN>, textX?: (value: number) => string, textY?: (value: number) => string}} axes
     * @param {{key: string, paint: (room: Room) => void}} [still] painted anew only where the key is another
     * @returns {Room|null}
     */
    begin(theme, { x, y, across, up, margin = {}, textX, textY }, still = { key: "", paint: () => {} }) {
      const drawing = surface.begin();
      if (!drawing) return null;
      const room = { ...MARGIN, ...margin };
      const plot = { left: room.left, top: room.top, width: drawing.width - room.left - room.right, height: drawing.height - room.top - room.bottom };
      if (plot.width < 20 || plot.height < 20) return null;
      const toX = (/** @type {number} */ value) => plot.left + plot.width * ((value - x.low) / (x.high - x.low));
      const toY = (/** @type {number} */ value) => plot.top + plot.height * (1 - (value - y.low) / (y.high - y.low));
      const now = JSON.stringify([still.key, drawing.width, drawing.height, drawing.ratio, theme.name, theme.font, x, y, across, up, fonts]);
      if (now !== painted) {
        painted = now;
        layer.width = surface.canvas.width;
        layer.height = surface.canvas.height;
        const context = layer.getContext("2d");
        context.setTransform(drawing.ratio, 0, 0, drawing.ratio, 0, 0);
        paintAll(context);
      }
      drawing.context.drawImage(layer, 0, 0, drawing.width, drawing.height);
      return { context: drawing.context, plot, toX, toY };

      /** @param {CanvasRenderingContext2D} context */
      function paintAll(context) {
        paintAxes(context, plot, {
          across: { ticks: x.ticks, at: toX, text: textX ?? ((value) => tick(value, x.step ?? 1)), away: 15, lines: "grid", edges: "keep", name: across, nameAway: 31 },
          up: { ticks: y.ticks, at: toY, text: textY ?? ((value) => tick(value, y.step ?? 1)), away: 7, lines: "grid", edges: "keep", name: up },
        }, theme);
        still.paint({ context, plot, toX, toY });
      }
    },
    destroy: surface.destroy,
  };
}

/** A line through points. @param {Room} room @param {Iterable<[number, number]>} points */
export function trace({ context, toX, toY }, points) {
  context.beginPath();
  let isFirst = true;
  for (const [x, y] of points) {
    if (isFirst) context.moveTo(toX(x), toY(y));
    else context.lineTo(toX(x), toY(y));
    isFirst = false;
  }
}

/** Nothing outside of the plot. @param {Room} room @param {() => void} draw */
export function within({ context, plot }, draw) {
  context.save();
  context.beginPath();
  context.rect(plot.left - 1, plot.top - 1, plot.width + 2, plot.height + 2);
  context.clip();
  draw();
  context.restore();
}

/** Where the threshold is on a curve. @param {Room} room @param {number} x @param {number} y @param {import("../ui/index.js").Theme} theme */
export function markThreshold({ context, toX, toY }, x, y, theme) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  context.beginPath();
  context.arc(toX(x), toY(y), 6, 0, 2 * Math.PI);
  context.fillStyle = theme.card;
  context.fill();
  context.lineWidth = 2.5;
  context.strokeStyle = theme.ink;
  context.stroke();
}

/** The threshold of least cost: a diamond. @param {Room} room @param {number} x @param {number} y @param {import("../ui/index.js").Theme} theme */
export function markLeast({ context, toX, toY }, x, y, theme) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  diamond(context, toX(x), toY(y), 6);
  context.fillStyle = theme.c;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = theme.card;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size */
export function diamond(context, x, y, size) {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
}

/**
 * Pointers on a canvas, pressed and moved.
 * @param {HTMLElement} target
 * @param {{origin?: HTMLElement, down?: (x: number, y: number, event: PointerEvent) => boolean, move: (x: number, y: number) => void, up?: () => void}} hooks `down` says whether this begins anything; places count from `origin`, the target itself where left out
 */
export function dragging(target, { origin = target, down = () => true, move, up = () => {} }) {
  let isDown = false;
  let box = new DOMRect(); // asked for once: the browser would lay the page out for each move
  /** @param {PointerEvent} event @returns {[number, number]} */
  const at = (event) => [event.clientX - box.left, event.clientY - box.top];
  target.addEventListener("pointerdown", (event) => {
    box = origin.getBoundingClientRect();
    if (event.button !== 0 || !down(...at(event), event)) return;
    isDown = true;
    target.setPointerCapture(event.pointerId);
    event.preventDefault();
    move(...at(event));
  });
  target.addEventListener("pointermove", (event) => {
    if (isDown) move(...at(event));
  });
  const end = () => {
    if (!isDown) return;
    isDown = false;
    up();
  };
  target.addEventListener("pointerup", end);
  target.addEventListener("pointercancel", end);
}
