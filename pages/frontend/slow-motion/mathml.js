/**
 * Equations as mathematics: our one-line notation ("z₁ = w·x + b = −0.5·2 + 0.25 = −0.75") set as MathML.
 *
 * A relation and each summand are elements of their own, since a browser breaks no line within one; the notation itself
 * stays beside it, unseen, for those who listen.
 */

import { el } from "../ui/index.js";
import { t } from "../words/index.js";

/**
 * In the notation; or its parts, which "=" stands between, where names are no notation; or with words above it.
 * @typedef {string|Array<string|{words: string}>|{caption: string, formula: string}} Equation
 */

const MATHML = "http://www.w3.org/1998/Math/MathML";
const DIGITS = "₀₁₂₃₄₅₆₇₈₉";
const POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Words even one by one, and what stands between them. */
const CHINESE = "[\\p{Script=Han}，。；：、（）《》“”]";

/** What can stand in the notation, the longest first. */
const TOKEN = new RegExp([
  "(?<partial>∂L/∂(?<variable>[a-zδ])(?<of>[₀-₉]*))",
  "(?<exp>e\\^(?<exponent>\\(?−?[\\d.,]+\\)?|[a-z]))",
  "(?<number>−?\\d[\\d,]*(?:\\.\\d+)?)(?:·10(?<power>⁻?[⁰¹²³⁴-⁹]+))?",
  "(?<fence>[)|])(?<index>[₀-₉]+|²)",
  `(?<word>${CHINESE}+|(?!${CHINESE})\\p{L}(?:(?!${CHINESE})[\\p{L}'’])+)`,
  "(?<letter>\\p{L}\\p{M}*)(?<prime>′?)(?<sub>[₀-₉]*)(?<square>²?)",
  "(?<space>\\s+)",
  "(?<operator>.)",
].join("|"), "gsu");

/** @param {string} tag @param {(Node|string)[]} children @param {Object<string, string>} attributes @returns {Element} */
function make(tag, children = [], attributes = {}) {
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} text */
const plainDigits = (text) => [...text].map((sign) => {
  const digit = Math.max(DIGITS.indexOf(sign), POWERS.indexOf(sign));
  return sign === "⁻" ? "−" : String(digit);
}).join("");
/** @param {string} text */
const number = (text) => make("mn", [text]);
/** @param {string} text */
const operator = (text) => make("mo", [text], { stretchy: "false" });
/** @param {Element} base @param {string|undefined} sub */
const indexed = (base, sub) => (sub ? make("msub", [base, number(plainDigits(sub))]) : base);

/** @param {Object<string, string>} found */
function node(found) {
  const { partial, variable, of, exp, exponent, number: digits, power, fence, index, word, letter, prime, sub, square, operator: sign } = found;
  if (partial) {
    const over = make("mrow", [operator("∂"), make("mi", ["L"])]);
    return make("mfrac", [over, make("mrow", [operator("∂"), indexed(make("mi", [variable]), of)])]);
  }
  if (exp) {
    const inner = exponent.replace(/[()]/g, "");
    return make("msup", [make("mi", ["e"]), /\d/.test(inner) ? number(inner) : make("mi", [inner])]);
  }
  if (digits && power) return make("mrow", [number(digits), operator("·"), make("msup", [number("10"), number(plainDigits(power))])]);
  if (digits) return number(digits);
  if (fence) return index === "²" ? make("msup", [operator(fence), number("2")]) : make("msub", [operator(fence), number(plainDigits(index))]);
  if (word) return make("mtext", [word]);
  if (letter) {
    const name = make("mi", [letter]);
    const base = indexed(prime ? make("msup", [name, operator("′")]) : name, sub);
    return square ? make("msup", [base, number("2")]) : base;
  }
  return operator(sign);
}

/** A piece of the notation as MathML elements; words that follow each other keep the space between them. @param {string} text @returns {Element[]} */
function nodesOf(text) {
  const [over, under, ...rest] = text.split(" / ");
  if (under && !rest.length) return [make("mfrac", [make("mrow", nodesOf(over)), make("mrow", nodesOf(under))])];
  /** @type {Element[]} */
  const nodes = [];
  let space = false;
  for (const { groups } of text.matchAll(TOKEN)) {
    if (groups.space) {
      space = true;
      continue;
    }
    const next = node(groups);
    /** @param {Element|undefined} element */
    const isWord = (element) => element?.localName === "mtext";
    if (space && nodes.length && (isWord(next) || isWord(nodes.at(-1)))) nodes.push(make("mspace", [], { width: "0.3em" }));
    nodes.push(next);
    space = false;
  }
  return nodes;
}

/** @param {...Element} nodes */
const math = (...nodes) => make("math", nodes);

/** What a relation leads to: pieces between which lines can break, before a plus and before a dot. @param {string|{words: string}} part */
function flow(part) {
  if (typeof part !== "string") return [make("math", [make("mtext", [part.words])], { class: "dsc-math-words" })];
  return part.split(/ (?=[+·] )/).map((piece) => {
    const [sign, text] = /^[+·] /.test(piece) ? [piece[0], piece.slice(2)] : ["", piece];
    return math(...(sign ? [make("mo", [sign], { form: "infix" })] : []), ...nodesOf(text));
  });
}

/** An equation in one line. @param {Equation} equation @returns {string} */
export function plain(equation) {
  if (typeof equation === "string") return equation;
  if (Array.isArray(equation)) return equation.map((part) => (typeof part === "string" ? part : part.words)).join(" = ");
  return t("{caption}: {formula}", equation);
}

/** An equation as an element: its words above it, then a line for each "=". @param {Equation} equation */
export function setEquation(equation) {
  const { caption, formula } = typeof equation === "string" || Array.isArray(equation) ? { caption: "", formula: equation } : equation;
  const [left, ...right] = typeof formula === "string" ? formula.split(" = ") : formula;
  /** @type {Array<[string, string, string|{words: string}]>} */
  const rows = right.length
    ? right.map((part, row) => [row ? "" : /** @type {string} */ (left), "=", part])
    : [["", "", left]];
  return el("div", { class: "dsc-equation" },
    el("span", { class: "dsc-set", "aria-hidden": "true" },
      ...(caption ? [el("span", { class: "dsc-caption", text: caption })] : []),
      ...rows.flatMap(([head, relation, part]) => [
        ...(relation ? [el("span", { class: "dsc-left" }, ...(head ? flow(head) : [])), el("span", {}, math(operator(relation)))] : []),
        el("span", { class: relation ? "dsc-right" : "dsc-right dsc-whole" }, ...flow(part)),
      ])),
    el("span", { class: "dsc-hidden", text: plain(equation) }));
}
