/** Intervals of 95 % that are quick enough to move with a threshold. */

const Z = 1.959963984540054;

/** Of a share: E. B. Wilson (1927). @param {number} part @param {number} whole @returns {[number, number]} */
export function wilson(part, whole) {
  if (!whole) return [NaN, NaN];
  const share = part / whole;
  const middle = (share + Z ** 2 / (2 * whole)) / (1 + Z ** 2 / whole);
  const half = (Z / (1 + Z ** 2 / whole)) * Math.sqrt((share * (1 - share)) / whole + Z ** 2 / (4 * whole ** 2));
  return [part === 0 ? 0 : Math.max(0, middle - half), part === whole ? 1 : Math.min(1, middle + half)];
}
