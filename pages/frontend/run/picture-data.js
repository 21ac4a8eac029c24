/** What is known of pictures inside a network: what the examples become in each layer, and the kernels. No drawing. */

/**
 * @typedef {{rows: number, columns: number, values: Uint8Array}} FeatureMap 128 is zero; first row at the bottom
 * @typedef {{side: number, values: Float32Array}} Kernel first row at the top
 * @typedef {import("./network-data.js").Column} Column
 */

/**
 * @param {Column[]} columns
 * @param {number} examples
 * @param {any} bytes (examples, channels, height, width) of one layer after the other
 * @returns {Array<FeatureMap[][]|null>}
 */
export function featureMapsOf(columns, examples, bytes) {
  let at = 0;
  return columns.map(({ made, own }) => {
    if (!made || !bytes) return null;
    const [rows, width] = made;
    return Array.from({ length: examples }, () => Array.from({ length: own }, () => {
      const values = upsideDown(bytes.subarray(at, (at += rows * width)), width);
      return { rows, columns: width, values };
    }));
  });
}

/**
 * @param {Column[]} columns
 * @param {any} numbers (filters, channels, kernel, kernel) of one convolution after the other
 * @returns {Array<Kernel[][]|null>}
 */
export function kernelsOf(columns, numbers) {
  let at = 0;
  return columns.map(({ kernel, own }, index) => {
    if (!kernel || !numbers) return null;
    const channels = columns[index - 1].own;
    return Array.from({ length: own }, () => Array.from({ length: channels }, () =>
      ({ side: kernel, values: numbers.subarray(at, (at += kernel * kernel)) })));
  });
}

/** Rows in the other order, as pictures are drawn. @param {Uint8Array} values @param {number} width */
function upsideDown(values, width) {
  const turned = new Uint8Array(values.length);
  for (let from = 0; from < values.length; from += width) turned.set(values.subarray(from, from + width), values.length - width - from);
  return turned;
}
