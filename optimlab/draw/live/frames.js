// What Python sends for the positions of the slider in hand.

/**
 * @typedef {object} Frame what one position of the slider shows; places in the buffer are [first
 *   number, rows, numbers a row]
 * @property {Record<string, number[]>} marks
 * @property {Record<string, string[]>} texts
 * @property {string} [summary]
 * @property {string} [goal]
 * @property {string[]} [names]
 * @property {number[]} [values]
 * @property {import("./formula.js").Numbers} [formula]
 * @property {import("./table.js").Standings} [table]
 * @property {([number, string] | null)[]} [lost] from which step on a name has no value, and why
 */

/** @type {WeakMap<object, Float32Array>} */
const numbers = new WeakMap();

/**
 * The float32 numbers behind a message; copied, for they need not start on a multiple of four.
 * @param {{ buffer: DataView }} packed
 */
export function floats(packed) {
  let found = numbers.get(packed);
  if (!found) {
    const { buffer, byteOffset, byteLength } = packed.buffer;
    found = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    numbers.set(packed, found);
  }
  return found;
}
