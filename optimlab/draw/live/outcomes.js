// What becomes of a run, as study/outcomes.py judges it, which sends what it measures by; and of the
// runs of all rates, a little at a time.

import { compile } from "./engine.js";

/**
 * @typedef {import("./engine.js").Run} Run
 *
 * @typedef {object} Judging what Python sends once
 * @property {number[][]} minima
 * @property {(number | null)[]} limits the limits of plain descent, from the Hessian at each minimum
 * @property {(string | null)[]} widening by what each rule's velocity widens them: (momentum) => number
 * @property {number} diagonal of the picture
 * @property {number} reach a share of it: so near is at a minimum
 * @property {number} rounding a share of it: a move as short as that does not count
 * @property {number} tie a share of the fall: runs that end within it are as low
 * @property {number} last one of so many steps: through them it must have stayed
 *
 * @typedef {object} Row what becomes of a rule's runs
 * @property {[verdict: number, minimum: number][]} found at each position; of none it is -1
 * @property {number | null} best the position with the lowest loss
 * @property {number[] | null} end where that run ends
 * @property {(number | null)[]} limits at each minimum
 */

/** Of two numbers a matrix has beside one another, the other is rounding if it is smaller: LAPACK's. */
const ROUNDED = 2 ** -53;

/**
 * The principal directions of a Hessian; what is not finite in it counts as in the unit matrix.
 * @param {number[]} bends f_xx, f_xy, f_yy
 */
function directions(bends) {
  const [a, b, c] = bends.map((bend, i) => (Number.isFinite(bend) ? bend : i === 1 ? 0 : 1));
  const half = (c - a) / (2 * b);
  const round = Math.abs(b) <= Math.sqrt(Math.abs(a)) * Math.sqrt(Math.abs(c)) * ROUNDED;
  const tan = round ? 0 : (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
  const cos = 1 / Math.sqrt(tan * tan + 1);
  return [[cos, -tan * cos], [tan * cos, cos]];
}

/**
 * Whether it turns back at more than half of its steps along a direction.
 * @param {Run} run @param {number[]} way @param {number} rounding
 */
function turnsBack({ d, steps, points }, way, rounding) {
  let [both, turns, before] = [0, 0, 0];
  for (let k = d; k <= steps * d; k += d) {
    let moved = (points[k] - points[k - d]) * way[0];
    if (d > 1) moved += (points[k + 1] - points[k + 1 - d]) * way[1];
    if (!(Math.abs(moved) > rounding)) moved = 0;
    if (moved && before) {
      both += 1;
      if (moved * before < 0) turns += 1;
    }
    before = moved;
  }
  return 2 * turns > both;
}

/**
 * The number of the verdict, and of the minimum where the run has arrived or -1.
 * @param {Run} run @param {Judging} by @param {import("./words.js").Picture} picture
 * @param {string} bends its function's second derivatives, a text @returns {[number, number]}
 */
export function judge(run, by, picture, bends) {
  const { d, steps, points, losses } = run;
  const { minima, diagonal, reach, rounding, last } = by;
  const near = reach * diagonal;
  const seen = [steps - 2 * Math.ceil(steps / (2 * last)), steps - 1, steps].map((step) => {
    const first = Math.max(step, 0) * d;
    return points.subarray(first, first + d);
  });
  const [early, end] = [seen[0], seen[2]];
  const away = (/** @type {Float64Array} */ at) => Math.max(...picture.map(([low, high], i) =>
    Math.abs(at[i] - (low + high) / 2) / ((high - low) / 2)));
  const leaving = away(end);
  const gone = leaving > 1 && leaving > away(early) + reach;
  if (gone || !Number.isFinite(leaving) || !Number.isFinite(losses[steps])) return [0, -1];
  const found = minima.findIndex((minimum) => seen.every((at) =>
    minimum.reduce((sum, m, i) => sum + (at[i] - m) * (at[i] - m), 0) <= near * near));
  const ways = d > 1 ? directions(compile(bends)(end[0], end[1])) : [[1]];
  if (ways.some((way) => turnsBack(run, way, rounding * diagonal))) return [1, found];
  return [found < 0 ? 3 : 2, found];
}

/**
 * What becomes of the runs of all rates; it stops after each run, so that it can be left.
 * @param {import("./paths.js").Runs} runs @param {(number | boolean)[]} values of the controls
 * @param {number[]} start @param {Judging} by @returns {Generator<void, Row[], void>}
 */
export function* outcomes(runs, values, start, by) {
  const { rules, rates, picture, function: own } = runs.program;
  const given = runs.given(values);
  /** @type {Row[]} */
  const rows = [];
  for (const [i, rule] of rules.entries()) {
    /** @type {[number, number][]} */
    const found = [];
    /** @type {{ at: number, run: Run, end: number }[]} those that end lowest */
    let low = [];
    let bar = Infinity;
    for (let at = 0; at < rates.length; at += 1) {
      const { run } = runs.run(rule, { ...given, lr: rates[at] }, start);
      found.push(judge(run, by, picture, own.bends));
      const end = run.losses[run.steps];
      if (found[at][0] && end <= bar) {
        low.push({ at, run, end });
        const lowest = Math.min(...low.map((one) => one.end));
        bar = lowest + by.tie * Math.abs(run.losses[0] - lowest);
        low = low.filter((one) => one.end <= bar);
      }
      yield;
    }
    const came = low.map(({ run }) => run.losses.findIndex((loss) => loss <= bar));
    const best = low[came.indexOf(Math.min(...came))];
    const text = by.widening[i];
    const widening = text ? compile(text)({ ...rule.fixed, ...given }.momentum) : NaN;
    const limits = by.limits.map((limit) => (text && limit !== null ? widening * limit : null));
    const last = best && Array.from(best.run.points.subarray(-best.run.d));
    rows.push({ found, best: best?.at ?? null, end: last ?? null, limits });
  }
  return rows;
}
