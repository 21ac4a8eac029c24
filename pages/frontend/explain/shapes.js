/** SVG elements, and what several cards draw alike. */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Object<string, string|number>} [attributes] @param {...(Node|string)} children */
export function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A number with its sign: +1.20, −0.35. @param {number} value @param {number} [digits] */
export function signed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : `+${text}`;
}
