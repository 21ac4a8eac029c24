/** One chart with a line for each of several runs, and a band where a line is a mean. */

import { drawGrid, drawLine, drawReading } from "../curves/index.js";
import { createSurface, el, linearAxis, logAxis, percent, place, plainDecimal, setAttribute, setText, SHARE_AXIS, short, tick } from "../ui/index.js";

const MARGIN = { left: 46, right: 24, top: 8, bottom: 19 };
const LETTER = 13; // pixels between two letters at the lines' ends
const PALE = 0.14; // of a band

/**
 * @typedef {object} Line
 * @property {string} letter
 * @property {string} colour
 * @property {number[]} dash
 * @property {import("./series.js").Series} series
 *
 * @typedef {object} Shown what a chart shows
 * @property {Line[]} lines
 * @property {number} column of the logs
 * @property {boolean} isShare of the whole: from 0 to 1
 * @property {boolean} isLogarithmic
 * @property {Line|null} lit the one that stands out
 */

/**
 * @param {string} name
 * @param {import("../curves/index.js").Lens} lens
 * @param {() => void} invalidate
 */
export function createChart(name, lens, invalidate) {
  const surface = createSurface({ tabindex: "0", "data-testid": `compare-${name}` }, invalidate);
  const heading = el("h3", { class: "dsc-title" });
  const element = el("div", { class: "dsc-compare-chart" }, heading, surface.box);
  /** @type {import("../ui/index.js").Axis|null} */
  let axis = null;

  /** Around all lines and bands that are in sight. @param {Shown} shown @param {number} height */
  function chooseAxis({ lines, column, isShare, isLogarithmic }, height) {
    if (isShare && !lens.zoom) return SHARE_AXIS;
    const [low, high] = extent(lines, column, lens.range, isLogarithmic);
    if (isLogarithmic) return logAxis(low, high, axis);
    const count = Math.max(2, Math.min(5, Math.floor(height / 32)));
    return linearAxis(low, high, count, axis, { fromZero: !lens.zoom, ceiling: isShare ? 1 : Infinity });
  }

  return {
    element,
    canvas: surface.canvas,
    destroy: surface.destroy,
    /** Where the plot lies in the canvas. */
    get plot() {
      return { left: MARGIN.left, width: surface.box.clientWidth - MARGIN.left - MARGIN.right };
    },
    /** @param {Shown} shown @param {string} title @param {string} spoken @param {import("../ui/index.js").Theme} theme */
    draw(shown, title, spoken, theme) {
      setText(heading, title);
      setAttribute(surface.canvas, "aria-label", spoken);
      const drawing = surface.begin();
      if (!drawing) return;
      const { context, width, height } = drawing;
      const plot = { left: MARGIN.left, top: MARGIN.top, width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
      axis = chooseAxis(shown, plot.height);
      const [low, high] = lens.range;
      setAttribute(surface.canvas, "data-range", `${plainDecimal(low)},${plainDecimal(high)}`);
      setAttribute(surface.canvas, "data-axis", axis.log ? "log" : "linear");
      /** @param {number} epoch */
      const x = (epoch) => plot.left + ((epoch - low) / (high - low)) * plot.width;
      /** @param {number} value */
      const y = (value) => plot.top + (1 - place(axis, value)) * plot.height;
      /** @type {(value: number, step: number) => string} */
      const label = shown.isShare ? (value, step) => `${tick(value * 100, step * 100)} %` : tick;
      /** @type {any} */
      const chart = { axis, lens, label, metric: shown.column, run: { scales: [1, 1, 1, 1] } };
      drawGrid(context, chart, theme, plot, x, y);
      context.save();
      context.beginPath();
      context.rect(plot.left, 0, plot.width + MARGIN.right, plot.top + plot.height + 2);
      context.clip();
      for (const line of shown.lines) drawBand(context, line, shown, plot, lens.range, x, y);
      for (const { series, colour, dash, letter } of shown.lines) {
        drawLine(context, chart, { history: series.mean, offset: 0, colour, dash, pale: shown.lit !== null && shown.lit.letter !== letter }, plot, x, y);
      }
      const { cursor } = lens;
      if (cursor !== null) {
        const readings = shown.lines.map(({ series, colour }) => ({ height: y(series.mean.at(cursor, shown.column)), colour }));
        drawReading(context, x(cursor), readings, theme, plot);
      }
      context.restore();
      drawLetters(context, shown, high, theme, plot, x, y);
    },
  };
}

/** A value as a chart writes it. @param {boolean} isShare @param {number} value */
export const shownValue = (isShare, value) => (isShare ? percent(value) : short(value));

/**
 * @param {Line[]} lines
 * @param {number} column
 * @param {[number, number]} range
 * @param {boolean} isPositive only what a logarithm can show
 * @returns {[number, number]}
 */
function extent(lines, column, [from, to], isPositive) {
  let least = Infinity;
  let greatest = -Infinity;
  for (const { series } of lines) {
    for (const history of [series.mean, series.low, series.high]) {
      const last = history ? Math.min(history.length, Math.ceil(to)) : 0;
      for (let epoch = Math.max(1, Math.floor(from)); epoch <= last; epoch++) {
        const value = history.at(epoch, column);
        if (!Number.isFinite(value) || (isPositive && value <= 0)) continue;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
  }
  return [least, greatest];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Line} line
 * @param {Shown} shown
 * @param {import("../ui/index.js").Plot} plot
 * @param {[number, number]} range
 * @param {(epoch: number) => number} x
 * @param {(value: number) => number} y
 */
function drawBand(context, { series, colour, letter }, { column, lit }, plot, [from, to], x, y) {
  const { low, high } = series;
  if (!low || !high) return;
  const stride = Math.max(1, Math.floor((to - from) / plot.width)); // no more points than pixels
  const bottom = plot.top + plot.height;
  /** What lies below a logarithmic axis is at its end. @param {number} value */
  const within = (value) => (Number.isFinite(y(value)) ? y(value) : bottom);
  /** @type {number[]} */
  const epochs = [];
  for (let epoch = Math.max(1, Math.floor(from)); epoch <= Math.min(low.length, Math.ceil(to)); epoch += stride) epochs.push(epoch);
  context.beginPath();
  for (const epoch of epochs) context.lineTo(x(epoch), within(high.at(epoch, column)));
  for (const epoch of epochs.reverse()) context.lineTo(x(epoch), within(low.at(epoch, column)));
  context.fillStyle = colour;
  context.globalAlpha = lit && lit.letter !== letter ? PALE / 3 : PALE;
  context.fill();
  context.globalAlpha = 1;
}

/**
 * The letter of each line behind its end; none over another.
 * @param {CanvasRenderingContext2D} context
 * @param {Shown} shown
 * @param {number} to the last epoch in sight
 * @param {import("../ui/index.js").Theme} theme
 * @param {import("../ui/index.js").Plot} plot
 * @param {(epoch: number) => number} x
 * @param {(value: number) => number} y
 */
function drawLetters(context, { lines, column, lit }, to, theme, plot, x, y) {
  /** @type {{letter: string, colour: string, at: number, left: number}[]} */
  const letters = [];
  for (const { letter, colour, series } of lines) {
    for (let epoch = Math.min(series.mean.length, Math.floor(to)); epoch > 0; epoch--) {
      const at = y(series.mean.at(epoch, column));
      if (!Number.isFinite(at) || x(epoch) < plot.left) continue;
      letters.push({ letter, colour, at, left: x(epoch) + 6 });
      break;
    }
  }
  letters.sort((one, other) => one.at - other.at);
  const bottom = plot.top + plot.height;
  letters.forEach((each, i) => {
    const above = letters.slice(0, i).filter(({ left }) => Math.abs(left - each.left) < LETTER).map(({ at }) => at);
    each.at = Math.max(plot.top + 4, each.at, ...above.map((at) => at + LETTER));
  });
  for (let i = letters.length - 1, free = bottom - 2; i >= 0 && letters[i].at > free; i--, free -= LETTER) letters[i].at = free;
  context.font = `650 12px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = theme.card;
  for (const { letter, colour, at, left } of letters) {
    context.globalAlpha = lit && lit.letter !== letter ? 0.4 : 1;
    context.strokeText(letter, left, at);
    context.fillStyle = colour;
    context.fillText(letter, left, at);
  }
  context.globalAlpha = 1;
}
