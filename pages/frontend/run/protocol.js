/**
 * The messages of the live socket, decoded.
 *
 * A message is: little-endian uint32 H, H bytes of UTF-8 JSON (the header), padding to a multiple of
 * four, then the blocks `header.blocks` names, each padded to a multiple of four. Blocks become views on
 * the message, not copies.
 */

/** @type {Object<string, any>} */
const ARRAYS = { f32: Float32Array, u8: Uint8Array, i32: Int32Array };
const utf8 = new TextDecoder();

/** The next multiple of four. @param {number} offset */
const aligned = (offset) => (offset + 3) & ~3;

/**
 * @param {ArrayBuffer} buffer
 * @returns {import("./messages.js").Message}
 */
export function decode(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  /** @type {import("./messages.js").Header} */
  const header = JSON.parse(utf8.decode(new Uint8Array(buffer, 4, length)));
  /** @type {import("./messages.js").Blocks} */
  const blocks = {};
  let offset = aligned(4 + length);
  for (const { name, dtype, shape } of header.blocks ?? []) {
    const Typed = ARRAYS[dtype];
    if (!Typed) throw new Error(`Block '${name}' has the unknown type '${dtype}'.`);
    const size = shape.reduce((product, side) => product * side, 1);
    blocks[name] = { data: new Typed(buffer, offset, size), shape };
    offset = aligned(offset + size * Typed.BYTES_PER_ELEMENT);
  }
  return { header, blocks };
}
