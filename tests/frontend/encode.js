/** Messages as the server writes them: the counterpart of protocol.js, for the tests. */

const TYPES = { f32: Float32Array, u8: Uint8Array, i32: Int32Array };
const aligned = (offset) => (offset + 3) & ~3;

/**
 * @param {object} header
 * @param {Object<string, [dtype: string, shape: number[], values: ArrayLike<number>]>} blocks
 * @returns {ArrayBuffer}
 */
export function encode(header, blocks = {}) {
  const described = Object.entries(blocks).map(([name, [dtype, shape]]) => ({ name, dtype, shape }));
  const text = new TextEncoder().encode(JSON.stringify({ ...header, blocks: described }));
  const bodies = Object.values(blocks).map(([dtype, , values]) => new Uint8Array(TYPES[dtype].from(values).buffer));
  const size = bodies.reduce((sum, body) => sum + aligned(body.length), aligned(4 + text.length));
  const message = new Uint8Array(size);
  new DataView(message.buffer).setUint32(0, text.length, true);
  message.set(text, 4);
  let offset = aligned(4 + text.length);
  for (const body of bodies) {
    message.set(body, offset);
    offset += aligned(body.length);
  }
  return message.buffer;
}
