/** Numbers as text: exact plain decimals for attributes, short calm ones for people. */

import { language, number, t } from "../words/index.js";

const MINUS = "\u2212";
/** @type {Object<string, string>} */
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** About seven significant digits, never in exponent notation; "" for what is not a number. @param {number|null|undefined} value */
export function plainDecimal(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 20) return BigInt(Math.round(value)).toString();
  const text = value.toFixed(Math.min(100, Math.max(0, 6 - size)));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** @param {string} text */
const signed = (text) => text.replace("-", MINUS);

/** @param {number|null|undefined} value */
function power(value) {
  const [mantissa, exponent] = value.toExponential(1).split("e");
  const digits = [...exponent.replace("+", "")].map((digit) => SUPERSCRIPT[digit]).join("");
  return `${signed(mantissa)}·10${digits}`;
}

/** A number at a glance: 0.214, 12.35, 1,920, 3.1·10⁻⁷. Widths stay steady while it changes. @param {number|null|undefined} value */
export function short(value, extra = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return power(value);
  if (size >= 1000) return whole(value);
  if (size >= 100) return signed(value.toFixed(1));
  if (size >= 10) return signed(value.toFixed(2));
  if (size >= 0.01 || size === 0) return signed(value.toFixed(3 + extra));
  if (size >= 0.0001) return signed(value.toFixed(5 + extra));
  return power(value);
}

/** A number and its spread, both to the decimals of the larger: 0.026 and 0.00659 → 0.026 and 0.007. @param {number} value @param {number} spread */
export function together(value, spread) {
  const written = short(Math.max(Math.abs(value), Math.abs(spread)));
  const digits = /^\d+\.(\d+)$/.exec(written)?.[1].length;
  const to = (/** @type {number} */ each) => (digits === undefined ? short(each) : signed(each.toFixed(digits)).replace(/^−(0\.?0*)$/, "$1"));
  return { value: to(value), spread: to(spread) };
}

/** 0.9333 → "93.3 %". @param {number|null|undefined} value */
export function percent(value, digits = 1) {
  return Number.isFinite(value) ? `${signed((100 * value).toFixed(digits))} %` : "–";
}

/** @param {number|null|undefined} value */
export function whole(value) {
  return Number.isFinite(value) ? signed(number(Math.round(value), ",", language())) : "–";
}

/** Seconds as "0:07", "12:30", "1:05:00". @param {number} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const total = Math.max(0, Math.ceil(seconds));
  /** @param {number} part */
  const pad = (part) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (hours > 99) return t("> 99 h");
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/**
 * A tick label with just the decimals its step needs.
 * @param {number|null|undefined} value
 * @param {number} step
 */
export function tick(value, step) {
  const size = Math.abs(value);
  if (size > 0 && (size >= 1e6 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential(1).split("e");
    const digits = [...exponent.replace("+", "")].map((digit) => SUPERSCRIPT[digit]).join("");
    const lead = signed(mantissa.replace(/\.0$/, ""));
    return lead === "1" ? `10${digits}` : `${lead}·10${digits}`;
  }
  if (size >= 10000) return `${signed((value / 1000).toFixed(step >= 1000 ? 0 : 1))}k`;
  return signed(value.toFixed(Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))));
}
