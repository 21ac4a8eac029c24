/** Where one draws: the plane with its points, and what pointer and keys do on it. */

import { createSurface, crisp, paintAxes, setAttribute, tick, ticksBetween, traceMarker } from "../ui/index.js";
import { sentences, t } from "../words/index.js";

const MARGIN = { left: 30, right: 8, top: 8, bottom: 24 };
const EVERY = 25; // milliseconds between two points of a spray
const DRAG = 5; // CSS pixels that make a press a drag
const STEP = 2; // cells an arrow key moves the cross-hair; ten times that with Shift
const GRID = 2; // units between grid lines

/** @typedef {[number, number]} Place across and down, or across and up in cells */

/**
 * @param {import("./tools.js").Tools} tools brush or eraser, the class, its reach in CSS pixels
 * @param {() => void} changed the drawing looks different
 * @param {import("./points.js").Limits} limits
 * @param {() => void} invalidate
 */
export function createDrawingSurface(limits, tools, changed, invalidate) {
  const surface = createSurface({ tabindex: "0", role: "application", "aria-roledescription": () => t("drawing surface"),
    "data-testid": "drawing-canvas", "aria-label": "" }, invalidate);
  const { canvas } = surface;
  /** @type {import("./points.js").Points|null} */
  let points = null;
  /** @type {Place|null} */
  let cross = null; // the keyboard's place, in cells
  /** @type {Place|null} */
  let hand = null; // the pointer's place, in CSS pixels
  /** @type {{pointer: number, from: Place, last: number, drags?: boolean}|null} */
  let stroke = null;

  const plot = () => ({
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(1, surface.box.clientWidth - MARGIN.left - MARGIN.right),
    height: Math.max(1, surface.box.clientHeight - MARGIN.top - MARGIN.bottom),
  });
  /** @param {import("../ui/index.js").Plot} area @param {number} x */
  const toX = ({ left, width }, x) => left + (x / limits.cells) * width;
  /** @param {import("../ui/index.js").Plot} area @param {number} y */
  const toY = ({ top, height }, y) => top + (1 - y / limits.cells) * height;

  /** @param {MouseEvent} event @returns {Place} */
  function placeOf(event) {
    const bounds = canvas.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  }

  /** Put a point at a place on the screen, into the nearest cell. @param {Place} place */
  function add([x, y]) {
    const { left, top, width, height } = plot();
    points.add(Math.round(((x - left) / width) * limits.cells), Math.round((1 - (y - top) / height) * limits.cells), tools.k);
  }

  /** @param {Place} place */
  function erase([x, y]) {
    const area = plot();
    const reach = Math.max(8, tools.size);
    points.erase((point) => Math.hypot(toX(area, point.x) - x, toY(area, point.y) - y) <= reach);
  }

  /** A place nearby, as a spray hits it: normally distributed, most within the brush. @param {Place} place @returns {Place} */
  function scatter([x, y]) {
    const radius = (tools.size / 2) * Math.sqrt(-2 * Math.log(1 - Math.random()));
    const angle = 2 * Math.PI * Math.random();
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  }

  /** @param {Place} place @param {number} time */
  function draw(place, time) {
    if (tools.tool === "eraser") return erase(place);
    if (!stroke.drags && Math.hypot(place[0] - stroke.from[0], place[1] - stroke.from[1]) < DRAG) return;
    stroke.drags = true;
    if (time - stroke.last < EVERY) return;
    stroke.last = time;
    add(scatter(place));
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || stroke) return; // a second finger does nothing
    const place = placeOf(event);
    stroke = { pointer: event.pointerId, from: place, last: event.timeStamp };
    canvas.setPointerCapture(event.pointerId);
    cross = null;
    points.begin();
    if (tools.tool === "eraser") erase(place);
    else add(place);
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    hand = event.pointerType === "mouse" || stroke?.pointer === event.pointerId ? placeOf(event) : hand;
    if (stroke?.pointer === event.pointerId) {
      draw(hand, event.timeStamp);
      changed();
    }
    invalidate();
  });
  /** @param {PointerEvent} event */
  const release = (event) => {
    if (stroke?.pointer !== event.pointerId) return;
    stroke = null;
    if (event.pointerType !== "mouse") hand = null;
    points.finish();
    changed();
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => {
    hand = null;
    invalidate();
  });
  canvas.addEventListener("blur", () => {
    cross = null;
    invalidate();
  });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Object<string, [number, number]>} */
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    /** @type {Object<string, (place: Place) => void>} */
    const strokes = { Enter: add, " ": add, Delete: erase, Backspace: erase };
    const isStroke = strokes[event.key];
    if (event.key === "Escape" && cross) cross = null;
    else if (moves[event.key]) {
      const stride = event.shiftKey ? 10 * STEP : STEP;
      const [dx, dy] = cross ? moves[event.key] : [0, 0];
      const [x, y] = cross ?? [limits.cells / 2, limits.cells / 2];
      cross = [clamp(x + dx * stride), clamp(y + dy * stride)];
    } else if (isStroke) {
      cross ??= [limits.cells / 2, limits.cells / 2];
      points.begin();
      isStroke([toX(plot(), cross[0]), toY(plot(), cross[1])]);
      points.finish();
      changed();
    } else return;
    event.preventDefault();
    invalidate();
  });

  /** @param {number} cell */
  const clamp = (cell) => Math.min(limits.cells, Math.max(0, cell));
  /** @param {number} cell */
  const unit = (cell) => (cell / limits.cells - 0.5) * 2 * limits.reach;

  /** @param {CanvasRenderingContext2D} context @param {import("../ui/index.js").Plot} area @param {import("../ui/index.js").Theme} theme */
  function paintPlane(context, area, theme) {
    context.fillStyle = theme.tint;
    context.beginPath();
    context.roundRect(area.left, area.top, area.width, area.height, 6);
    context.fill();
    const ticks = ticksBetween(-limits.reach, limits.reach, GRID);
    /** @param {number} value */
    const cellOf = (value) => (value / limits.reach / 2 + 0.5) * limits.cells;
    /** @type {Omit<import("../ui/index.js").PaintedAxis, "at"|"away">} */
    const axis = {
      ticks, text: (value) => tick(value, GRID), lines: "grid", isInner: true, isStrong: (value) => value === 0, edges: "keep",
    };
    paintAxes(context, area, {
      across: { ...axis, at: (value) => crisp(toX(area, cellOf(value))) - 1, away: 17 },
      up: { ...axis, at: (value) => crisp(toY(area, cellOf(value))) - 1, away: 7 },
    }, theme);
  }

  /** @param {CanvasRenderingContext2D} context @param {import("../ui/index.js").Plot} area @param {import("../ui/index.js").Theme} theme */
  function paintPoints(context, area, theme) {
    const radius = points.size > 800 ? 3 : 4;
    context.strokeStyle = theme.card;
    context.lineWidth = 1;
    for (const { x, y, k } of points) {
      traceMarker(context, k, toX(area, x), toY(area, y), radius);
      context.fillStyle = theme.classes[k];
      context.fill();
      context.stroke();
    }
  }

  /**
   * What the next touch would do: the brush's or eraser's reach, the keyboard's cross-hair.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../ui/index.js").Plot} area
   * @param {import("../ui/index.js").Theme} theme
   */
  function paintCursor(context, area, theme) {
    const place = cross ? [toX(area, cross[0]), toY(area, cross[1])] : hand;
    if (!place) return;
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    if (cross) {
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(place[0] + 6 * dx, place[1] + 6 * dy);
        context.lineTo(place[0] + 15 * dx, place[1] + 15 * dy);
      }
    } else {
      context.globalAlpha = 0.55;
      context.setLineDash(tools.tool === "eraser" ? [] : [3, 3]);
      context.arc(place[0], place[1], Math.max(8, tools.size), 0, 2 * Math.PI);
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  return {
    box: surface.box,
    canvas,
    /** @param {import("./points.js").Points} next */
    show(next) {
      points = next;
    },
    /** @param {string} state what a screen reader is told about the drawing @param {import("../ui/index.js").Theme} theme */
    paint(theme, state) {
      setAttribute(canvas, "aria-label", sentences(
        t("Drawing surface."),
        state,
        cross ? t("Cross-hair at x {x}, y {y}.", { x: tick(unit(cross[0]), 0.1), y: tick(unit(cross[1]), 0.1) }) : "",
        t("Arrow keys move a cross-hair, Enter adds a point, Delete erases, 1 to {classes} choose the class, Control Z undoes.", { classes: limits.classes }),
      ));
      const drawing = surface.begin();
      if (!drawing) return;
      const area = plot();
      paintPlane(drawing.context, area, theme);
      paintPoints(drawing.context, area, theme);
      paintCursor(drawing.context, area, theme);
    },
    destroy: () => surface.destroy(),
  };
}
