// Where names stand beside points so that they cover no line, no dot and no other name: the twin of
// `free_places` in naming.py. All is in pixels of an axes, y up.

import { PARTS } from "./parts.js";

/**
 * @typedef {number[]} At x, y
 * @typedef {{ dots: number, line: number, xy: At[] }} Outline what covers: half the size of the dots
 *   at its points, and half the width of the line through them; 0 for none
 * @typedef {{ scale: number, reaches: number[], turns: number[], room: number, stride: number }} Ways
 *   how naming.py looks for a place; `scale` is the pixels of a point
 * @typedef {[x: number, y: number, wide: number, high: number]} Taken
 */

/** @param {At} at */
const known = (at) => Number.isFinite(at[0]) && Number.isFinite(at[1]);

/**
 * What outlines cover near a point.
 * @param {Outline[]} outlines @param {At} point @param {number} wide @param {number} high
 * @param {number} stride
 */
function nearby(outlines, [x, y], wide, high, stride) {
  /** @type {Taken[]} */
  const found = [];
  const add = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ half) => {
    if (Math.abs(a - x) < wide + half && Math.abs(b - y) < high + half) found.push([a, b, half, half]);
  };
  const beyond = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ far) =>
    (a < -far && b < -far) || (a > far && b > far);
  for (const { dots, line, xy } of outlines) {
    for (let k = 0; k < xy.length; k += 1) {
      if (!known(xy[k])) continue;
      const [bx, by] = [xy[k][0], xy[k][1]];
      if (dots) add(bx, by, dots);
      if (!line || !k || !known(xy[k - 1])) continue;
      const [ax, ay] = [xy[k - 1][0], xy[k - 1][1]];
      if (beyond(ax - x, bx - x, wide + line) || beyond(ay - y, by - y, high + line)) continue;
      const pieces = Math.min(Math.ceil(Math.hypot(bx - ax, by - ay) / stride), 5000);
      for (let j = 0; j <= pieces; j += 1) {
        const part = j / Math.max(pieces, 1);
        add(ax + (bx - ax) * part, ay + (by - ay) * part, line);
      }
    }
  }
  return found;
}

/**
 * For each name the middle of its box, or null.
 * @param {At[]} points @param {[number, number][]} halves of each name @param {Outline[]} outlines
 * @param {[number, number]} size of the axes @param {Ways} ways
 */
export function freePlaces(points, halves, outlines, [width, height], ways) {
  const { scale, reaches, turns, room: apart, stride } = ways;
  const room = apart * scale;
  const far = (reaches[reaches.length - 1] + apart) * scale;
  /** @type {Taken[]} */
  const boxes = [];
  return points.map(([x, y], i) => {
    if (!(x >= 0 && x <= width && y >= 0 && y <= height)) return null;
    const [wide, high] = halves[i];
    const taken = [...nearby(outlines, [x, y], 2 * wide + far, 2 * high + far, stride), ...boxes];
    for (const reach of reaches) {
      for (const turn of turns) {
        const angle = (turn * Math.PI) / 180;
        const left = x + Math.cos(angle) * (wide + reach * scale);
        const up = y + Math.sin(angle) * (high + reach * scale);
        if (left < wide || left + wide > width || up < high || up + high > height) continue;
        const hit = taken.some(([a, b, w, h]) =>
          Math.abs(a - left) < w + wide + room && Math.abs(b - up) < h + high + room);
        if (hit) continue;
        boxes.push([left, up, wide, high]);
        return [left, up];
      }
    }
    return null;
  });
}

PARTS.freePlaces = freePlaces;
