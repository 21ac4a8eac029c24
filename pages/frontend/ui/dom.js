/**
 * Small helpers to build and update elements. Text only ever goes in as text.
 *
 * What an element says in the reader's language is given as a function, `() => t("Network")`: `reword` asks it again
 * when the language has changed, and the element stays.
 */

const SVG = "http://www.w3.org/2000/svg";
const PRIVATE = 0xe000; // the first of the signs that no text has

/** @type {WeakMap<Element, Array<() => void>>} what writes an element's words anew */
const wordings = new WeakMap();

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, any>} attributes `text` is the text content, `onclick` and so on are listeners; any other
 *   function gives words
 * @param {...(Node|string|(() => string))} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "function") say(element, name === "text" ? () => setText(element, value()) : () => setAttribute(element, name, value()));
    else if (name === "text") element.textContent = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) element.append(typeof child === "function" ? textOf(element, child) : child);
  return element;
}

/** Write words now, and whenever the language changes. @param {Element} element @param {() => void} write */
function say(element, write) {
  write();
  const known = wordings.get(element);
  if (known) known.push(write);
  else wordings.set(element, [write]);
}

/** A text among an element's children. @param {Element} element @param {() => string} words */
function textOf(element, words) {
  const text = document.createTextNode("");
  say(element, () => setText(text, words()));
  return text;
}

/** Say everything below an element in the language that is spoken now. @param {Element} root */
export function reword(root) {
  for (const element of [root, ...root.querySelectorAll("*")]) wordings.get(element)?.forEach((write) => write());
}

/**
 * A sentence with elements in it, wherever a language puts them.
 * @param {(places: Object<string, string>) => string} sentence with what stands for the elements as its values
 * @param {Object<string, Node>} elements by the names of those values
 * @returns {(Node|string)[]}
 */
export function withElements(sentence, elements) {
  const names = Object.keys(elements);
  const places = Object.fromEntries(names.map((name, index) => [name, String.fromCharCode(PRIVATE + index)]));
  return sentence(places).split(/([\uE000-\uE0FF])/).filter(Boolean)
    .map((part) => elements[names[part.charCodeAt(0) - PRIVATE]] ?? part);
}

/** A 16 px line icon from one path. @param {string} path */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "dsc-icon");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/**
 * Write only what differs: an unchanged node costs no layout and is not read out again.
 * @param {Node} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {string} name @param {string} value */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
