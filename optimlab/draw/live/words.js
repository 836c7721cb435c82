// The sentences of a run, from the messages that Python fills too: twins of `Path.summary` in
// descent.py and of `run_goal` in targets.py.

import { short } from "./geometry.js";

/**
 * @typedef {import("./engine.js").Run} Run
 * @typedef {Record<string, string>} Messages what is said -> the sentence, with {places}
 * @typedef {[low: number, high: number][]} Picture what is shown of each coordinate
 */

/** @param {string} message @param {Record<string, unknown>} given */
export const fill = (message, given) => message.replace(/\{(\w+)\}/g, (_, name) => String(given[name]));

/** @param {ArrayLike<number>} point */
export const place = (point) => {
  const told = Array.from(point, (v) => short(v, 3));
  return told.length === 1 ? told[0] : `(${told.join(", ")})`;
};

/** @param {number} count @param {Messages} say */
export function steps(count, say) {
  return fill(say[count === 1 ? "step" : "steps"], { count: count.toLocaleString("en-US") });
}

/**
 * What a run that has diverged was lost to.
 * @param {Run} path
 */
export const lostTo = ({ overflowed }) => (overflowed ? "too large" : "undefined");

/**
 * Whether a run is outside the picture, step by step; where it has no numbers it is.
 * @param {Run} path @param {Picture} picture
 */
function outside({ d, points, steps: last }, picture) {
  return Array.from({ length: last + 1 }, (_, k) =>
    !picture.every(([low, high], i) => points[k * d + i] >= low && points[k * d + i] <= high));
}

/**
 * A run in one sentence.
 * @param {Run} path @param {ArrayLike<number>} from its start @param {Picture} picture
 * @param {Record<string, string | number>} own its rule, and the lr and momentum that it names
 * @param {Messages} say
 */
export function sentence(path, from, picture, own, say) {
  const { d, points, losses, steps: count, diverged } = path;
  const [start, end] = [place(from), place(points.subarray(count * d))];
  const who = fill(say[["rule", ...Object.keys(own).slice(1)].join(", ")], own);
  const out = outside(path, picture);
  const left = out.indexOf(true);
  if (diverged !== null) {
    const message = `${left >= 0 && left < diverged ? "left, " : ""}${lostTo(path)}`;
    return fill(say[message], { who, start, step: diverged, left });
  }
  const [before, after] = [short(losses[0], 3), short(losses[count], 3)];
  const change = before === after ? "stayed" : losses[count] < losses[0] ? "fell" : "rose";
  const back = out.lastIndexOf(true) + 1;
  const told = `${left ? "left" : "outside"}${back > count ? "" : ", back"}`;
  const trip = left < 0 ? "" : fill(say[told], { left, back });
  const loss = fill(say[change], { before, after });
  const given = { who, start, end, steps: steps(count, say), loss, trip };
  return fill(say[trip ? "run, trip" : "run"], given);
}

/**
 * @typedef {object} Target
 * @property {number} loss to be reached
 * @property {number} within so many steps
 * @property {number[] | null} start from which alone it counts
 *
 * How a run stands against its target; `who` where there are several.
 * @param {Run} path @param {number[]} from its start @param {Target} target @param {string} who
 * @param {Messages} say
 */
export function standing(path, from, { loss, within, start }, who, say) {
  const { losses, diverged } = path;
  const at = Math.min(within, path.steps);
  const near = (/** @type {number} */ v, /** @type {number} */ i) =>
    Math.abs(from[i] - v) <= 1e-8 + 1e-5 * Math.abs(v); // as numpy's allclose
  const hit = losses.subarray(0, at + 1).findIndex((v) => v <= loss);
  const now = losses[at];
  const narrowly = now > loss && short(now, 3) === short(loss, 3);
  const state = start && !start.every(near) ? "moved" : hit < 0 ? "missed" : "reached";
  const lost = diverged !== null && at >= diverged;
  return fill(say[who ? `${state}, who` : state], {
    who, step: hit, steps: steps(at, say), start: start ? place(start) : "",
    now: lost ? say[`word ${lostTo(path)}`] : narrowly ? short(now, 6, 6) : short(now, 3),
  });
}

/** @param {Target} target @param {Messages} say */
export function wanted({ loss, within }, say) {
  return fill(say.goal, { loss: short(loss, 6, 6), steps: steps(within, say) });
}
