/** Numbers as Python's `format(value, spec)` writes them, with a language's own signs, for the specs that our sentences use. */

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value @param {string} spec such as "", ",", ".1f", ",.2f", "g", ".0%" @param {string} language */
export function number(value, spec, language) {
  const [, grouped, digits, kind] = /^(,?)(?:\.(\d+))?([defg%]?)$/.exec(spec) ?? [];
  if (kind === "e") return value.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, "e$10$2");
  if (kind === "g") return general(value, Number(digits ?? 6));
  if (kind !== "f" && kind !== "%" && !grouped) return String(value);
  const isFixed = digits !== undefined || kind === "f" || kind === "%";
  if (!isFixed) return formatOf(language, true).format(value);
  const fixed = Number(digits ?? 6);
  // Already rounded: by itself, a format takes 2.675 for a little more than it is.
  const rounded = /** @type {Intl.StringNumericLiteral} */ ((kind === "%" ? 100 * value : value).toFixed(fixed));
  const written = formatOf(language, grouped === ",", fixed).format(rounded);
  return kind === "%" ? `${written}%` : written;
}

/** @param {string} language @param {boolean} useGrouping @param {number} [digits] */
function formatOf(language, useGrouping, digits) {
  const key = `${language} ${useGrouping} ${digits}`;
  const known = formats.get(key);
  if (known) return known;
  const options = digits === undefined ? { maximumFractionDigits: 20 } : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(language, { useGrouping, ...options });
  formats.set(key, format);
  return format;
}

/** As Python's "g": so many significant digits, no zeros behind, an exponent for the very large and small. @param {number} value @param {number} digits */
function general(value, digits) {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)));
  const [mantissa] = value.toExponential(digits - 1).split("e");
  return `${String(Number(mantissa))}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
