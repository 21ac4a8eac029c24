/** Axes: nice steps, ticks, and ranges that stay put while the data move inside them. */

/**
 * A vertical axis as it is chosen: its range, and where its ticks are.
 * @typedef {object} Axis
 * @property {boolean} log
 * @property {number} [count] of ticks, about
 * @property {number} low
 * @property {number} high
 * @property {number|null} step null where the axis is logarithmic
 * @property {number[]} ticks
 */

/** 1, 2 or 5 times a power of ten, so that `span` has about `count` steps. @param {number} span @param {number} count */
export function niceStep(span, count) {
  const rough = span / Math.max(1, count);
  const base = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / base;
  return base * (factor < 1.5 ? 1 : factor < 3.2 ? 2 : factor < 7 ? 5 : 10);
}

/** Multiples of `step` within [low, high]. @param {number} low @param {number} high @param {number} step */
export function ticksBetween(low, high, step) {
  /** @type {number[]} */
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + step * 1e-6; i++) ticks.push(i * step + 0); // + 0: never "−0"
  return ticks;
}

/**
 * A linear axis around the data. The one shown before is kept while the data fit and fill half of it.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @param {Axis|null} before
 * @returns {Axis}
 */
export function linearAxis(low, high, count, before, { fromZero = false, ceiling = Infinity } = {}) {
  if (!(high >= low)) [low, high] = [0, 1];
  if (fromZero && low > 0) low = 0;
  if (high - low < 1e-12) high = low + (Math.abs(low) || 1) * 0.1;
  if (before && !before.log && before.count === count && low >= before.low - 1e-9 && high <= before.high + 1e-9
    && high - low > 0.5 * (before.high - before.low)) return before;
  const step = niceStep(high - low, count);
  const grain = Math.min(step, niceStep(high - low, 10)); // the range ends on finer steps than the ticks, or half of it is empty
  const bottom = Math.floor(low / grain + 1e-6) * grain;
  const top = Math.min(ceiling, Math.ceil(high / grain - 1e-6) * grain);
  return { log: false, count, low: bottom, high: top, step, ticks: ticksBetween(bottom, top, step) };
}

/** Shares from 0 to 1, always the same. @type {Axis} */
export const SHARE_AXIS = Object.freeze({ log: false, low: 0, high: 1, step: 0.25, ticks: [0, 0.25, 0.5, 0.75, 1] });

/**
 * A logarithmic axis from one 1-2-5 step to another.
 * @param {number} low
 * @param {number} high
 * @param {Axis|null} before
 * @returns {Axis}
 */
export function logAxis(low, high, before) {
  if (!(high >= low) || !(high > 0)) [low, high] = [0.1, 1];
  low = Math.max(low, high * 1e-9);
  const bottom = roundLog(low, Math.floor);
  const top = Math.max(roundLog(high, Math.ceil), bottom * 10);
  if (before && before.log && low >= before.low * 0.9999 && high <= before.high * 1.0001
    && Math.log(high / low) > 0.5 * Math.log(before.high / before.low)) return before;
  const decades = Math.log10(top / bottom);
  const every = Math.max(1, Math.ceil(decades / 5));
  const factors = decades < 1.5 ? [1, 2, 5] : decades < 2.4 ? [1, 3] : [1];
  /** @type {number[]} */
  const ticks = [];
  for (let power = Math.floor(Math.log10(bottom)); power <= Math.ceil(Math.log10(top)); power++) {
    if (power % every) continue;
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= bottom * 0.999 && tick <= top * 1.001) ticks.push(tick);
    }
  }
  return { log: true, low: bottom, high: top, step: null, ticks };
}

/** @param {number} value @param {(value: number) => number} round */
function roundLog(value, round) {
  const power = Math.floor(Math.log10(value) + 1e-9);
  const steps = [1, 2, 5, 10].map((factor) => factor * 10 ** power);
  return round === Math.floor
    ? steps.findLast((step) => step <= value * 1.0001) ?? steps[0]
    : steps.find((step) => step >= value * 0.9999) ?? steps[3];
}

/** Whether `value` is a number that lies below what a logarithmic axis shows: 0, less than 0, or too small. @param {Axis} axis @param {number} value */
export function isBelow(axis, value) {
  return axis.log && Number.isFinite(value) && value < axis.low * 0.999;
}

/** Where `value` lies on the axis, 0 at its low end and 1 at its high end; NaN where it cannot be shown. @param {Axis} axis @param {number} value */
export function place(axis, value) {
  if (!axis.log) return (value - axis.low) / (axis.high - axis.low);
  return value > 0 && !isBelow(axis, value) ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : NaN;
}
