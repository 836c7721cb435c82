// What is said of an answer, looked up among what Python has said of every case of it.

import { short } from "../draw/live/geometry.js";

/**
 * @typedef {string | number | (number | null)[]} Answer
 *
 * @typedef {object} Judge how the case of an answer is found: see `on_page` of the kinds
 * @property {"options" | "value" | "distance" | "curve"} by
 * @property {string[]} options
 * @property {number[]} truth
 * @property {number[]} borders
 * @property {number[]} columns
 * @property {number} within
 */

/** @param {number} value */
export const words = (value) => short(value, 4, 4);

/**
 * Which of the borders, and of the stretches between them, a number is in.
 * @param {number[]} borders @param {number} value
 */
function among(borders, value) {
  const next = borders.findIndex((border) => value <= border);
  if (next < 0) return 2 * borders.length;
  return 2 * next + Number(value === borders[next]);
}

/**
 * The case of an answer, and the words for the places in what is said of it.
 * @param {Judge} judge @param {Answer} answer @returns {[number, Record<string, string>]}
 */
export function judged({ by, options, truth, borders, columns, within }, answer) {
  if (typeof answer === "string") return [options.indexOf(answer), {}];
  const given = [answer].flat();
  if (by === "curve") {
    const off = given.map((value, i) => (value === null ? NaN : Math.abs(value - truth[i])));
    const known = off.filter((value) => !Number.isNaN(value));
    const worst = off.indexOf(Math.max(...known));
    const [x, y, was] = [columns[worst], Number(given[worst]), truth[worst]].map(words);
    const said = { off: words(off[worst]), count: String(known.length), x, y, was };
    return [off[worst] > within ? 2 : Number(known.length < off.length), said];
  }
  const at = given.map(Number);
  const off = Math.hypot(...at.map((value, i) => value - truth[i]));
  const said = { x: words(at[0]), y: words(at[at.length - 1]), off: words(off) };
  return [among(borders, by === "value" ? at[0] : off), said];
}

/** @template T @param {T} parts @param {Record<string, string>} said @returns {T} */
export function filled(parts, said) {
  let text = JSON.stringify(parts);
  for (const [name, value] of Object.entries(said)) text = text.replaceAll(`{${name}}`, value);
  return JSON.parse(text);
}

/**
 * A number as it is typed, or NaN; as `Number.read` in Python.
 * @param {string} typed
 */
export function numberIn(typed) {
  const plain = typed.normalize("NFKC").replaceAll(/[−–]/g, "-").trim();
  const thousands = /^-?[1-9]\d{0,2}(,\d{3})+$/.test(plain); // 1.000 or 1000?
  const other = thousands || !plain || /[^-+.,e\d]/i.test(plain);
  const number = other ? NaN : Number(plain.replaceAll(",", "."));
  return Number.isFinite(number) ? number : NaN;
}
