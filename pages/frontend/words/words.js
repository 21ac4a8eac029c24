/**
 * Sentences in the reader's language. English stands where it is used; the catalogue of another language comes from the
 * server (`pages/words.py`) and is used from then on. What is on the page then says itself anew (`ui/dom.js`).
 */

import { number } from "./numbers.js";

/**
 * What core says: a template and its values, each perhaps said as well.
 * @typedef {{said: string, values?: Object<string, any>, plural?: string}} Said
 *
 * @typedef {Object<string, string|string[]>} Messages translations by template, a list of plural forms where something is counted
 * @typedef {{name: string, spec: string}} Place where a value stands in a template
 */

let code = "en";
let wish = "en"; // what was asked for last; its words may be on their way
/** @type {Messages} */
let messages = {};
/** @type {Map<string, Messages|Promise<Messages>>} by address */
const loaded = new Map();
/** @type {Map<string, {from: Set<string>, messages: Messages}>} all that came of a language: some components need more words than others */
const spoken = new Map();
/** @type {Map<string, (string|Place)[]>} templates taken apart: there are as many as there are sentences */
const parsed = new Map();
/** @type {{code: string, rules: Intl.PluralRules, forms: string[]}|null} */
let plurals = null;

/** "en" or "zh". */
export const language = () => code;

/** Speak a language from now on. @param {string} wanted @param {Messages} words by template */
export function use(wanted, words) {
  code = wish = wanted;
  messages = words;
}

/**
 * Speak a language as soon as its words are here. The last call counts, in whatever order words arrive.
 * @param {string|null|undefined} wanted
 * @param {string|string[]|null|undefined} addresses of its words; none for English, which needs none
 * @returns {Promise<void>|null} null where it is spoken at once
 */
export function load(wanted, addresses) {
  wish = wanted ?? "en";
  const needed = [addresses ?? []].flat();
  if (needed.some((address) => !loaded.has(address) || loaded.get(address) instanceof Promise)) return speakOnceThere(wish, needed);
  use(wish, together(wish, needed));
  return null;
}

/** @param {string} wanted @param {string[]} addresses */
async function speakOnceThere(wanted, addresses) {
  const arrived = await Promise.all(addresses.map(hasArrived));
  const here = addresses.filter((_, place) => arrived[place]);
  if (here.length && wish === wanted) use(wanted, together(wanted, here));
}

/** Whether the words of an address are here; where they do not come, what was spoken goes on, and the next time may succeed. @param {string} address */
async function hasArrived(address) {
  if (!loaded.has(address)) loaded.set(address, fetchWords(address));
  try {
    loaded.set(address, await loaded.get(address));
    return true;
  } catch {
    loaded.delete(address);
    return false;
  }
}

/** All words of a language that came so far. @param {string} wanted @param {string[]} addresses whose words are here */
function together(wanted, addresses) {
  if (!spoken.has(wanted)) spoken.set(wanted, { from: new Set(), messages: {} });
  const all = spoken.get(wanted);
  for (const address of addresses) {
    if (!all.from.has(address)) Object.assign(all.messages, loaded.get(address));
    all.from.add(address);
  }
  return all.messages;
}

/** @param {string} address @returns {Promise<Messages>} */
async function fetchWords(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** Marks a text that is worded where it is shown. @param {string} text */
export const N_ = (text) => text;

/**
 * A sentence: `t("of {epochs:,} epochs", { epochs })`. The template is written out, so that it can be found.
 * @param {string} template
 * @param {Object<string, any>} [values]
 */
export function t(template, values = {}) {
  const found = messageOf(template);
  return fill((Array.isArray(found) ? found[0] : found) || template, values);
}

/**
 * The same of n things: `tn("{n} row", "{n} rows", n)`.
 * @param {string} singular
 * @param {string} plural
 * @param {number} n
 * @param {Object<string, any>} [values]
 */
export function tn(singular, plural, n, values = {}) {
  const found = messageOf(singular);
  const template = (Array.isArray(found) && found[formOf(n)]) || (n === 1 ? singular : plural);
  return fill(template, { n, ...values });
}

/** What core says, or a text as it is. @param {Said|string|null|undefined} said @returns {string} */
export function worded(said) {
  if (said === null || said === undefined) return "";
  if (typeof said !== "object") return String(said);
  const values = said.values ?? {};
  return said.plural ? tn(said.said, said.plural, values.n, values) : t(said.said, values);
}

/**
 * A name: the reader's word for it where it is one of ours, otherwise as it is (a user's own column, braces and all).
 * @param {Said|string|null|undefined} name
 */
export function named(name) {
  if (typeof name !== "string") return worded(name);
  const found = messageOf(name);
  return typeof found === "string" && found ? found : name;
}

/** What the server answers where it cannot do something: a sentence, or what core says as JSON. @param {string} text @returns {Said|string} */
export function answered(text) {
  if (!text.startsWith("{")) return text;
  try {
    const answer = JSON.parse(text);
    return answer.said ? answer : text;
  } catch {
    return text;
  }
}

/** One after the other; what is empty is left out. @param {...string} parts */
export const sentences = (...parts) => joined(parts, (before, after) => t("{before} {after}", { before, after }));

/** With commas. @param {string[]} parts */
export const listed = (parts) => joined(parts, (before, after) => t("{before}, {after}", { before, after }));

/** @param {string[]} parts @param {(before: string, after: string) => string} join */
const joined = (parts, join) => parts.filter(Boolean).reduce((before, after) => (before ? join(before, after) : after), "");

/** @param {string} template */
const messageOf = (template) => (Object.hasOwn(messages, template) ? messages[template] : undefined);

/** Which plural form n things take, in the order of a catalogue's. @param {number} n */
function formOf(n) {
  if (plurals?.code !== code) {
    const rules = new Intl.PluralRules(code);
    const { pluralCategories } = rules.resolvedOptions();
    plurals = { code, rules, forms: ["zero", "one", "two", "few", "many", "other"].filter((form) => pluralCategories.includes(/** @type {Intl.LDMLPluralRule} */ (form))) };
  }
  return plurals.forms.indexOf(plurals.rules.select(n));
}

/** @param {string} template @param {Object<string, any>} values */
function fill(template, values) {
  let text = "";
  for (const part of partsOf(template)) text += typeof part === "string" ? part : written(values[part.name], part.spec);
  return text;
}

/** @param {any} value @param {string} spec of a number; "clause" for a sentence that is a part of another, without its full stop */
function written(value, spec) {
  if (typeof value === "number") return number(value, spec, code);
  return spec === "clause" ? worded(value).replace(/[.。]+$/, "") : worded(value);
}

/** A template taken apart: texts and places. @param {string} template */
function partsOf(template) {
  const known = parsed.get(template);
  if (known) return known;
  /** @type {(string|Place)[]} */
  const parts = [];
  let from = 0;
  for (const found of template.matchAll(/\{\{|\}\}|\{(\w+)(?::([^}]*))?\}/g)) {
    const [whole, name, spec = ""] = found;
    parts.push(template.slice(from, found.index), name === undefined ? whole[0] : { name, spec });
    from = found.index + whole.length;
  }
  parts.push(template.slice(from));
  parsed.set(template, parts);
  return parts;
}
