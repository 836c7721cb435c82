// The mathematics of a run in the browser, on doubles, as descent.py records it. What runs is text
// that javascript.py writes of checked trees: no name, call or sign that it does not know is in it.

/**
 * @typedef {object} Program the texts of a rule and of a function
 * @property {string} rule ($steps, $gradient, $start, $hyper) => {kept, gradients, probes}
 * @property {string} value (x, y) => number
 * @property {string} gradient (x, y) => [df/dx, df/dy]
 *
 * @typedef {object} Run flat arrays, the step first, then the coordinate; NaN from `diverged` on
 * @property {number} d how many coordinates
 * @property {number} steps
 * @property {Float64Array} points (steps + 1) * d
 * @property {Float64Array} losses steps + 1
 * @property {Float64Array} kept (steps + 1) * d * (1 + slots): of each coordinate w, then the slots
 * @property {Float64Array} gradients steps * d
 * @property {Float64Array} probes steps * d: where each gradient was measured
 * @property {number | null} diverged the first step whose point or loss is not finite
 * @property {boolean} overflowed whether it diverged by size; otherwise by an undefined value
 */

/** Whether something was divided by zero since this was last set to false, as numpy's flag says. */
let dividedByZero = false;

/** @param {number} a @param {number} b */
function over(a, b) {
  if (b === 0 && a !== 0 && Number.isFinite(a)) dividedByZero = true;
  return a / b;
}

/**
 * As C does it: 1 to any power is 1, and so is -1 to an infinite one.
 * @param {number} a @param {number} b
 */
function power(a, b) {
  if (a === 0 && b < 0 && Number.isFinite(b)) dividedByZero = true;
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  return a ** b;
}

/** @param {number} x */
function log(x) {
  if (x === 0) dividedByZero = true;
  return Math.log(x);
}

/** @param {number} x */
const sign = (x) => Math.sign(x) + 0;

const { sqrt, exp, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, abs } = Math;
/** What a text may call. @type {Record<string, any>} */
const CALLS = {
  ...{ sqrt, exp, log, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, abs, sign },
  ...{ nan: NaN, _over: over, _power: power },
};

/** @type {Map<string, any>} */
const compiled = new Map();

/**
 * The function that a text of javascript.py is; made once. An EvalError where the page's policy
 * forbids it.
 * @param {string} text
 */
export function compile(text) {
  if (!compiled.has(text)) {
    const make = new Function(...Object.keys(CALLS), `"use strict"; return ${text}`);
    compiled.set(text, make(...Object.values(CALLS)));
  }
  return compiled.get(text);
}

/** @param {number} value */
const huge = (value) => Math.abs(value) > 1e100;

/** @param {number} value */
const infinite = (value) => Math.abs(value) === Infinity;

/**
 * One run, as `optimlab.descend` records it.
 * @param {Program} program @param {number} steps
 * @param {ArrayLike<number>} start of one or two coordinates
 * @param {ArrayLike<number>} hyper in the order that the rule's `hyper` names
 * @returns {Run}
 */
export function descend({ rule, value, gradient }, steps, start, hyper) {
  const d = start.length;
  const [slope, loss] = [compile(gradient), compile(value)];
  const byZero = new Uint8Array(steps);
  let asked = 0;
  /** @param {number} x @param {number} y */
  const measure = (x, y) => {
    dividedByZero = false;
    const found = slope(x, y);
    if (dividedByZero && found.some(infinite)) byZero[asked] = 1;
    asked += 1;
    return found;
  };
  const { kept, gradients, probes } = compile(rule)(steps, measure, start, hyper);
  const width = kept.length / (steps + 1) / d;
  const points = new Float64Array(d * (steps + 1));
  const losses = new Float64Array(steps + 1);
  let [big, grows, k, lost] = [false, true, 0, false];
  for (; k <= steps; k += 1) {
    for (let i = k * d; i < k * d + d; i += 1) points[i] = kept[i * width];
    dividedByZero = false;
    losses[k] = loss(points[k * d], points[k * d + 1]);
    big ||= huge(losses[k]) && !(dividedByZero && infinite(losses[k]));
    // what follows a division by zero has not grown
    if (k > 0) grows &&= !byZero[k - 1];
    lost = !Number.isFinite(losses[k]);
    for (let i = k * d; i < k * d + d; i += 1) {
      if (grows) big ||= huge(points[i]) || (k > 0 && huge(gradients[i - d]));
      lost ||= !Number.isFinite(points[i]);
    }
    if (lost) break;
  }
  for (const values of [points, losses, kept]) values.fill(NaN, (k * values.length) / (steps + 1));
  for (const values of [gradients, probes]) values.fill(NaN, k * d);
  const [diverged, overflowed] = [lost ? k : null, big || !lost];
  return { d, steps, points, losses, kept, gradients, probes, diverged, overflowed };
}
