/** The network of slow motion, drawn with one number at every neuron. */

import { fit, mix, rgb, short } from "../ui/index.js";
import { named } from "../words/index.js";
import { numbersOf } from "./words.js";

/**
 * @typedef {{layer: number, unit: number}} Place
 * @typedef {{radius: number, right: number, columns: Array<{count: number, x: number, y: (unit: number) => number}>}} Layout
 */

const SIGNED = 0.12; // share of a link's or a neuron's colour at the smallest value

/**
 * Where the units lie: columns of {x, y(unit)}; column 0 holds the inputs.
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} width
 * @param {number} height
 */
export function layOut(step, width, height) {
  const columns = [step.inputs.values.length, ...step.layers.map((layer) => layer.units.length)];
  const left = Math.min(130, width * 0.2);
  const right = Math.min(116, width * 0.18);
  const gap = (width - left - right) / Math.max(1, columns.length - 1);
  const radius = Math.max(9, Math.min(42, gap * 0.25, height / (2.5 * Math.max(...columns))));
  return {
    radius,
    right,
    columns: columns.map((count, index) => ({
      count,
      x: left + gap * index,
      y: (/** @type {number} */ unit) => height / 2 + (unit - (count - 1) / 2) * Math.min(190, (height - 8) / count),
    })),
  };
}

/** The unit under a place, `{layer, unit}`, or null; inputs have none. @param {Layout} layout @param {number} x @param {number} y */
export function unitAt({ columns, radius }, x, y) {
  for (let layer = 1; layer < columns.length; layer++) {
    for (let unit = 0; unit < columns[layer].count; unit++) {
      if (Math.hypot(columns[layer].x - x, columns[layer].y(unit) - y) < radius + 5) return { layer: layer - 1, unit };
    }
  }
  return null;
}

/** @param {(number|null)[]} values */
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value ?? 0)), 0) || 1;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} phase
 * @param {Place} chosen
 * @param {import("../ui/index.js").Theme} theme
 */
export function drawStep(context, layout, step, phase, chosen, theme) {
  step.layers.forEach((layer, index) => {
    const { links } = numbersOf(step, phase, index);
    const most = largest(links.flat());
    links.forEach((row, from) => row.forEach((value, to) => {
      const size = Math.abs(value ?? 0) / most;
      const isChosen = chosen.layer === index && chosen.unit === to;
      context.strokeStyle = value < 0 ? theme.b : theme.a;
      context.globalAlpha = phase === 0 ? 0.12 : (isChosen ? 0.95 : 0.28) * (0.25 + 0.75 * size);
      context.lineWidth = 0.6 + 3.4 * size;
      context.setLineDash(value < 0 ? [7, 4] : []); // colour is never alone
      context.beginPath();
      context.moveTo(layout.columns[index].x, layout.columns[index].y(from));
      context.lineTo(layout.columns[index + 1].x, layout.columns[index + 1].y(to));
      context.stroke();
    }));
  });
  context.globalAlpha = 1;
  context.setLineDash([]);
  if (phase > 0) drawLinkNumbers(context, layout, numbersOf(step, phase, chosen.layer).links, chosen, theme);
  drawUnits(context, layout, 0, step.inputs.values, theme, -1);
  step.layers.forEach((layer, index) => {
    drawUnits(context, layout, index + 1, numbersOf(step, phase, index).units, theme, chosen.layer === index ? chosen.unit : -1);
  });
  drawNames(context, layout, step, theme);
}

/**
 * The numbers on the links that lead to the chosen neuron, where they have room beside each other.
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {number[][]} links
 * @param {Place} chosen
 * @param {import("../ui/index.js").Theme} theme
 */
function drawLinkNumbers(context, { columns, radius }, links, { layer, unit }, theme) {
  const [from, to] = [columns[layer], columns[layer + 1]];
  if (to.x - from.x < 2 * radius + 90) return;
  const [end, start] = [to.y(unit), from.y(0)];
  const share = 0.36; // of the way: nearer to where they come from, they lie further apart
  const apart = from.count > 1 ? Math.abs(from.y(1) - start) * (1 - share) : Infinity;
  if (apart < 15) return;
  context.font = `12px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 5;
  context.lineJoin = "round";
  context.strokeStyle = theme.card;
  context.fillStyle = theme.ink;
  links.forEach((row, place) => {
    /** @type {[string, number, number]} */
    const text = [short(row[unit]), from.x + radius + share * (to.x - from.x - 2 * radius), from.y(place) + share * (end - from.y(place))];
    context.strokeText(...text);
    context.fillText(...text);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {number} column
 * @param {(number|null)[]} values
 * @param {import("../ui/index.js").Theme} theme
 * @param {number} chosen of the column's units, −1 for none
 */
function drawUnits(context, { columns, radius }, column, values, theme, chosen) {
  const most = largest(values);
  const { x, y } = columns[column];
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `${radius > 28 ? 16 : radius > 17 ? 12 : 10}px ${theme.font}`;
  values.forEach((value, unit) => {
    const size = value === null ? 0 : SIGNED + (1 - SIGNED) * (Math.abs(value) / most);
    const colour = mix(rgb(theme.card), rgb(value < 0 ? theme.b : theme.a), 0.55 * size);
    context.beginPath();
    context.arc(x, y(unit), radius, 0, 7);
    context.fillStyle = `rgb(${colour})`;
    context.fill();
    context.lineWidth = unit === chosen ? 3 : 1;
    context.strokeStyle = unit === chosen ? theme.ink : theme.soft;
    context.stroke();
    if (value !== null && radius > 11) {
      context.fillStyle = theme.ink;
      context.fillText(fit(context, compact(value), 2 * radius + 6), x, y(unit));
    }
  });
}

/** A number for the inside of a circle: two or three digits that say most. @param {number} value */
function compact(value) {
  const size = Math.abs(value);
  if (size >= 100 || (size < 0.001 && size > 0)) return short(value).replace(/\.\d·/, "·");
  return value.toFixed(size < 0.1 ? 3 : size < 10 ? 2 : 1).replace("-", "−");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {import("../run/index.js").SlowStep} step
 * @param {import("../ui/index.js").Theme} theme
 */
function drawNames(context, { columns, radius, right }, step, theme) {
  context.font = `13px ${theme.font}`;
  context.fillStyle = theme.soft;
  context.textAlign = "right";
  step.inputs.names.forEach((name, unit) => {
    context.fillText(fit(context, named(name), columns[0].x - radius - 10), columns[0].x - radius - 6, columns[0].y(unit));
  });
  const last = columns.at(-1);
  const layer = step.layers.at(-1);
  context.textAlign = "left";
  layer.units.forEach((place, unit) => {
    const name = layer.of === 1 ? (step.outputs.length === 2 ? step.outputs[1] : step.outputs[0]) : step.outputs[place];
    context.fillText(fit(context, named(name), right - radius - 8), last.x + radius + 6, last.y(unit));
  });
}
