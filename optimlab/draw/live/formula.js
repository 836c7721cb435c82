// A formula with places for numbers, which come with each frame: the update of the marked step.

import { letScroll, make } from "./dom.js";
import { doubles, short } from "./geometry.js";

/**
 * @typedef {object} Numbers what a frame says of its formula
 * @property {number[]} numbers its place in the buffer: first number, steps + 1, twice the columns,
 *   for these numbers are doubles
 * @property {[number, string] | null} lost from which step on there are words instead, and those
 */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number to four digits.
 * @param {number} value
 */
export function written(value) {
  if (!Number.isFinite(value)) return short(value);
  const sign = value < 0 ? "−" : "";
  const [mantissa, power] = Math.abs(value).toExponential(3).split("e").map(Number);
  if (power >= -4 && power < 4) return sign + Number(`${mantissa}e${power}`);
  const raised = String(Math.abs(power)).replace(/\d/g, (digit) => RAISED[Number(digit)]);
  return `${sign}${mantissa}×10${power < 0 ? "⁻" : ""}${raised}`;
}

export class Formula {
  /** @param {Element} parent */
  constructor(parent) {
    this.node = make("div", { class: "ol-formula" }, parent);
    this.body = make("div", {}, this.node);
    this.words = make("p", {}, this.node);
    this.html = "";
    const reach = () => this.body.querySelectorAll(".ol-line").forEach(letScroll);
    new ResizeObserver(reach).observe(this.node);
  }

  /**
   * @param {string | undefined} html @param {Numbers | undefined} own @param {Float32Array} values
   * @param {number} step
   */
  paint(html, own, values, step) {
    this.node.hidden = !html || !own;
    if (!html || !own) return;
    if (html !== this.html) this.body.innerHTML = this.html = html;
    const to = Math.max(step, 1);
    const lost = own.lost && to >= own.lost[0];
    this.body.hidden = Boolean(lost);
    this.words.textContent = lost && own.lost ? own.lost[1] : "";
    if (lost) return;
    const [first, rows, width] = own.numbers;
    const table = doubles(values, first, rows * width);
    /** @param {HTMLElement} node @param {number} row */
    const read = ({ dataset }, row) => {
      const from = ((row - Number("before" in dataset)) * width) / 2 + Number(dataset.at);
      return Array.from(table.subarray(from, from + Number(dataset.n)));
    };
    /** @param {string} which @returns {HTMLElement[]} */
    const all = (which) => Array.from(this.body.querySelectorAll(which));
    for (const node of all("[data-step]")) {
      node.textContent = String(to - 1 + Number(node.dataset.step));
    }
    for (const node of all("mtext[data-at]")) {
      const texts = read(node, to).map(written);
      const bracket = texts.length > 1 || ("inner" in node.dataset && texts[0].startsWith("−"));
      node.textContent = bracket ? `(${texts.join(", ")})` : texts[0];
    }
    for (const node of all(".ol-gauge")) {
      const run = Array.from({ length: rows }, (_, row) => read(node, row)).flat();
      const known = run.filter(Number.isFinite);
      const most = known.reduce((found, one) => Math.max(found, Math.abs(one)), 0) || 1;
      const signed = known.some((one) => one < 0);
      node.replaceChildren(...read(node, to).map((value) => bar(value / most, signed)));
    }
  }
}

/**
 * A bar of a share of the largest number; from the middle where some are negative.
 * @param {number} share @param {boolean} signed
 */
function bar(share, signed) {
  const track = make("i", { class: signed ? "ol-signed" : "" });
  const width = Math.abs(share) * (signed ? 50 : 100);
  const left = signed ? 50 - (share < 0 ? width : 0) : 0;
  make("b", { style: `left:${left.toFixed(1)}%;width:${width.toFixed(1)}%` }, track);
  return track;
}
