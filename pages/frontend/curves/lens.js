/**
 * What part of the epochs the curves show, and which epoch is pointed at. Shared by both charts, so that
 * they zoom and read out together.
 *
 * Mouse: move to read, drag to zoom, wheel to zoom about the pointer, double-click to reset.
 * Touch: drag to read, pinch to zoom. Keys: arrows, Home, End, + and −, Escape.
 */

const LEAST_SPAN = 2; // epochs
const FIRST_EPOCHS = 10; // the axis is at least this long, so that the first points do not race

export class Lens {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.epochs = 0;
    this.clear();
  }

  clear() {
    /** @type {[number, number]|null} */
    this.zoom = null; // [low, high] in epochs
    /** @type {number|null} */
    this.cursor = null; // an epoch
    this.spoken = false; // the cursor was moved by keys: read its values out
    /** @type {[number, number]|null} */
    this.selection = null; // [from, to] while a drag is going on
  }

  /** @returns {[number, number]} */
  get full() {
    return [0, Math.max(this.epochs, FIRST_EPOCHS)];
  }

  /** The epochs shown: all of them as they arrive, or what was zoomed to. @returns {[number, number]} */
  get range() {
    return this.zoom ?? this.full;
  }

  /** @param {number} low @param {number} high */
  zoomTo(low, high) {
    const [first, last] = this.full;
    const span = Math.min(last - first, Math.max(LEAST_SPAN, high - low));
    const middle = (low + high) / 2;
    const start = Math.min(last - span, Math.max(first, middle - span / 2));
    this.zoom = span >= last - first ? null : [start, start + span];
    this.onChange();
  }

  /** @param {number} factor @param {number} about */
  scale(factor, about) {
    const [low, high] = this.range;
    this.zoomTo(about - (about - low) * factor, about + (high - about) * factor);
  }

  reset() {
    this.zoom = null;
    this.onChange();
  }

  /** @param {number} epoch */
  point(epoch, spoken = false) {
    const [low, high] = this.range;
    const inside = Math.min(Math.floor(high), Math.max(Math.ceil(low), Math.round(epoch)));
    this.cursor = epoch === null || !this.epochs ? null : Math.min(this.epochs, Math.max(1, inside));
    this.spoken = spoken;
    this.onChange();
  }

  /** @param {number|null} from @param {number} [to] */
  select(from, to) {
    this.selection = from === null ? null : [from, to];
    this.onChange();
  }

  /** Move by keys; a zoomed view follows the cursor. @param {number} change */
  step(change) {
    const epoch = Math.min(this.epochs, Math.max(1, (this.cursor ?? this.epochs) + change));
    if (this.zoom) {
      const [low, high] = this.zoom;
      const shift = Math.max(0, epoch - high) + Math.min(0, epoch - low);
      this.zoom = [low + shift, high + shift];
    }
    this.point(epoch, true);
  }
}

/**
 * Let a canvas move the lens.
 * @param {HTMLCanvasElement} canvas
 * @param {Lens} lens
 * @param {() => {left: number, width: number}} plot where the plot lies in the canvas, in CSS pixels
 */
export function attachLens(canvas, lens, plot) {
  const fingers = new Map();
  /** @type {{x: number, epoch: number}|null} */
  let drag = null;
  /** @type {{ends: number[]}|null} */
  let pinch = null;

  /** @param {number} clientX */
  const epochAt = (clientX) => {
    const { left, width } = plot();
    const [low, high] = lens.range;
    const share = (clientX - canvas.getBoundingClientRect().left - left) / width;
    return low + Math.min(1, Math.max(0, share)) * (high - low);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") {
      if (event.button !== 0) return;
      drag = { x: event.clientX, epoch: epochAt(event.clientX) };
    } else {
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size === 2) pinch = { ends: [...fingers.values()].map(epochAt) };
      lens.point(epochAt(event.clientX));
    }
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" && fingers.has(event.pointerId)) {
      fingers.set(event.pointerId, event.clientX);
      if (pinch && fingers.size === 2) return spread();
    }
    if (drag && Math.abs(event.clientX - drag.x) > 4) lens.select(drag.epoch, epochAt(event.clientX));
    lens.point(epochAt(event.clientX));
  });

  /** Keep the epochs under both fingers under them. */
  function spread() {
    const { left, width } = plot();
    const origin = canvas.getBoundingClientRect().left + left;
    const [p, q] = [...fingers.values()].map((x) => (x - origin) / width);
    const [a, b] = pinch.ends;
    if (Math.abs(q - p) < 0.02) return;
    const span = (b - a) / (q - p);
    if (span > 0) lens.zoomTo(a - p * span, a - p * span + span);
  }

  /** @param {PointerEvent} event */
  const release = (event) => {
    fingers.delete(event.pointerId);
    pinch = null;
    if (drag && lens.selection) {
      const [from, to] = lens.selection;
      lens.select(null);
      if (event.type === "pointerup") lens.zoomTo(Math.min(from, to), Math.max(from, to));
    }
    drag = null;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && !drag) lens.point(null);
  });
  canvas.addEventListener("blur", () => lens.point(null));
  canvas.addEventListener("dblclick", () => lens.reset());

  canvas.addEventListener("wheel", (event) => {
    if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    if (event.deltaY > 0 && !lens.zoom) return; // nothing left to zoom out of: let the page scroll
    event.preventDefault();
    lens.scale(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), epochAt(event.clientX));
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = event.shiftKey ? 10 : 1;
    const about = lens.cursor ?? (lens.range[0] + lens.range[1]) / 2;
    /** @type {Object<string, () => void>} */
    const actions = {
      ArrowLeft: () => lens.step(-stride),
      ArrowRight: () => lens.step(stride),
      PageUp: () => lens.step(-100),
      PageDown: () => lens.step(100),
      Home: () => lens.step(-Infinity),
      End: () => lens.step(Infinity),
      "+": () => lens.scale(0.5, about),
      "=": () => lens.scale(0.5, about),
      "-": () => lens.scale(2, about),
      Escape: () => (lens.zoom ? lens.reset() : lens.point(null)),
    };
    const action = actions[event.key];
    if (!action || (!lens.epochs && event.key !== "Escape")) return;
    event.preventDefault();
    action();
  });
}
