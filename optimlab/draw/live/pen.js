// What a pointer draws in a sketch: numbers alone, as in geometry.js, which only a sketch needs.

import { nearest } from "./geometry.js";

/**
 * What the pointer draws. The columns that it has passed since it was last seen get the height at
 * which it did; the nearest one follows it, until it has been passed and left.
 * @typedef {{fx: number, fy: number, column: number}} Pen
 * @param {number[]} columns their fractions along x, rising
 * @param {{fx: number, fy: number}} pointer
 * @param {Pen | null} last where it was last seen; null where it has just come down
 * @returns {{pen: Pen, heights: Map<number, number>}}
 */
export function drawnHeights(columns, { fx, fy }, last) {
  const column = nearest([...columns.keys()], (k) => Math.abs(columns[k] - fx));
  const from = last ?? { fx, fy, column };
  const heights = new Map();
  for (let k = Math.min(column, from.column); k <= Math.max(column, from.column); k += 1) {
    const along = (columns[k] - from.fx) / (fx - from.fx);
    const near = Math.abs(columns[k] - fx) < 0.2 * (columns[1] - columns[0]);
    if (along >= 0 && along <= 1) heights.set(k, from.fy + along * (fy - from.fy));
    else if (k === column && (!last || along > 1 || near)) heights.set(k, fy);
  }
  return { pen: { fx, fy, column }, heights };
}

/**
 * The last number drawn to the left of a column, where an undrawn one begins; null if there is none.
 * @param {(number | null)[]} drawn @param {number} column
 */
export function drawnBefore(drawn, column) {
  const left = drawn.slice(0, column).filter((value) => value != null);
  return left.length ? left[left.length - 1] : null;
}
