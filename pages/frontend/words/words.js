/**
 * Sentences in the reader's language. English stands where it is used; the catalogue of another language comes from the
 * server (`pages/words.py`) and is used from then on. What is on the page then says itself anew (`ui/dom.js`).
 */

/**
 * What core says: a template and its values, each perhaps said as well.
 * @typedef {{said: string, values?: Object<string, any>, plural?: string}} Said
 */

let code = "en";
/** @type {Object<string, string|string[]>} */
let messages = {};
/** @type {Map<string, Promise<Object<string, string|string[]>>>} by address */
const loaded = new Map();

/** "en" or "zh". */
export const language = () => code;

/** Speak a language from now on. @param {string} wanted @param {Object<string, string|string[]>} words by template */
export function use(wanted, words) {
  code = wanted;
  messages = words;
}

/**
 * Fetch the words of a language, once, and speak it.
 * @param {string} wanted
 * @param {string|null|undefined} address null for English, which needs none
 */
export async function load(wanted, address) {
  if (!address) return use(wanted, {});
  if (!loaded.has(address)) loaded.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))))));
  try {
    use(wanted, await loaded.get(address));
  } catch {
    loaded.delete(address); // English then; the next time may succeed
  }
}

/** Marks a text that is worded where it is shown. @param {string} text */
export const N_ = (text) => text;

/**
 * A sentence: `t("of {epochs:,} epochs", { epochs })`. The template is written out, so that it can be found.
 * @param {string} template
 * @param {Object<string, any>} [values]
 */
export function t(template, values = {}) {
  const found = messages[template];
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
  const rules = new Intl.PluralRules(code);
  const order = ["zero", "one", "two", "few", "many", "other"];
  const forms = order.filter((each) => rules.resolvedOptions().pluralCategories.includes(/** @type {Intl.LDMLPluralRule} */ (each)));
  const found = messages[singular];
  const template = (Array.isArray(found) && found[forms.indexOf(rules.select(n))]) || (n === 1 ? singular : plural);
  return fill(template, { n, ...values });
}

/** What core says, or a text as it is. @param {Said|string|null|undefined} said @returns {string} */
export function worded(said) {
  if (said === null || said === undefined) return "";
  if (typeof said !== "object") return String(said);
  const values = said.values ?? {};
  return said.plural ? tn(said.said, said.plural, values.n, values) : t(said.said, values);
}

/** @param {string} template @param {Object<string, any>} values */
function fill(template, values) {
  return template.replace(/\{\{|\}\}|\{(\w+)(?::([^}]*))?\}/g, (whole, name, spec) => {
    if (name === undefined) return whole[0];
    const value = values[name];
    if (typeof value === "number") return number(value, spec ?? "");
    return worded(value);
  });
}

/** A number as Python's `format(value, spec)`, for the specs that our sentences use. @param {number} value @param {string} spec */
function number(value, spec) {
  const [, grouped, digits, kind] = /^(,?)(?:\.(\d+))?([feg%]?)$/.exec(spec) ?? [];
  if (kind === "e") return value.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, "e$10$2");
  if (kind === "g") return general(value, Number(digits ?? 6));
  if (kind !== "f" && kind !== "%" && !grouped) return String(value);
  const fixed = digits === undefined && !kind ? undefined : Number(digits ?? 6);
  const options = fixed === undefined ? { maximumFractionDigits: 20 } : { minimumFractionDigits: fixed, maximumFractionDigits: fixed };
  const written = new Intl.NumberFormat(code, { useGrouping: grouped === ",", ...options }).format(kind === "%" ? 100 * value : value);
  return kind === "%" ? `${written}%` : written;
}

/** As Python's "g": so many significant digits, no zeros behind, an exponent for the very large and small. @param {number} value @param {number} digits */
function general(value, digits) {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)));
  const [mantissa] = value.toExponential(digits - 1).split("e");
  return `${String(Number(mantissa))}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
