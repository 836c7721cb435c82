// Who leads at the marked step, by which criterion: a table below the plot, with numbers from the
// frame. And all that is below a plot and counts the steps.

import { make } from "./dom.js";
import { Formula } from "./formula.js";
import { doubles, marker, short } from "./geometry.js";
import { PARTS } from "./parts.js";

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {string} rate
 * @property {[number, string] | null} lost from which step on it has no numbers, and why
 * @property {string} color
 * @property {number[]} dash
 * @property {string} marker
 *
 * @typedef {[label: string, kind: string, column: number]} Criterion its kind: the number of the
 *   step ("now"), the least so far ("least"), or the first step at the goal ("until")
 *
 * @typedef {object} Standings what a frame says of them
 * @property {Runner[]} rows
 * @property {Criterion[]} criteria
 * @property {number[]} numbers its place in the buffer; the columns of each runner, one after another
 * @property {number} goal the share of the first number that counts as there
 *
 * @typedef {{ html?: string }} Pack
 * @typedef {{ formula?: import("./formula.js").Numbers, table?: Standings }} Tables
 */

/**
 * The number of each runner by a criterion, NaN for one without.
 * @param {Standings} own @param {Float32Array} values @param {number} step
 * @param {Criterion} criterion
 */
export function standings({ rows, numbers, goal }, values, step, [, kind, column]) {
  const [first, count, width] = numbers;
  const known = doubles(values, first, count * width);
  const own = width / 2 / rows.length;
  return rows.map(({ lost }, runner) => {
    const at = (/** @type {number} */ k) => known[(k * rows.length + runner) * own + column];
    if (kind === "now") return lost && step >= lost[0] ? NaN : at(step);
    const run = Array.from({ length: step + 1 }, (_, k) => at(k));
    if (kind === "least") return Math.min(...run.filter(Number.isFinite), Infinity);
    const there = run.findIndex((value) => value <= goal * run[0]);
    return there < 0 ? NaN : there;
  });
}

/**
 * The places of numbers from the least on, those without one last.
 * @param {number[]} found
 */
export function ranked(found) {
  const size = found.map((value) => (Number.isFinite(value) ? value : Infinity));
  return [...found.keys()].sort((a, b) => (size[a] < size[b] ? -1 : Number(size[a] > size[b])));
}

/**
 * @param {string[]} names @param {number[]} found @param {string} label @param {number} step
 */
export function leaders(names, found, label, step) {
  const when = `After ${step} gradient${step === 1 ? "" : "s"} each`;
  const best = found[ranked(found)[0]];
  if (!Number.isFinite(best)) return `${when}, nobody has a number for this yet: ${label}.`;
  const first = names.filter((_, runner) => found[runner] === best);
  if (first.length === 1) return `${when}, ${first[0]} leads by ${label}.`;
  const all = `${first.slice(0, -1).join(", ")} and ${first[first.length - 1]}`;
  return `${when}, ${all} are level by ${label}.`;
}

/** @param {Runner} runner */
function swatch({ color, dash, marker: shape }) {
  const line = `<path d="M0 6H40" stroke="${color}" stroke-width="2" stroke-dasharray="${dash.join(" ")}"/>`;
  const dot = `<path d="${marker(shape, 20, 6, 8)}" fill="${color}"/>`;
  return `<svg viewBox="0 0 40 12" width="40" height="12" aria-hidden="true">${line}${dot}</svg>`;
}

class Table {
  /** @param {Element} parent */
  constructor(parent) {
    this.node = make("div", { class: "ol-standings" }, parent);
    this.words = make("p", { class: "ol-leader" }, this.node);
    const grid = make("table", {}, make("div", {}, this.node));
    this.head = make("tr", {}, make("thead", {}, grid));
    this.body = make("tbody", {}, grid);
    this.by = 0;
    this.built = "";
    this.last = () => {};
  }

  /** @param {Standings | undefined} own @param {Float32Array} values @param {number} step */
  paint(own, values, step) {
    this.node.hidden = !own;
    if (!own) return;
    const { rows, criteria } = own;
    this.last = () => this.paint(own, values, step);
    if (this.built !== JSON.stringify(criteria)) this.build(criteria);
    const found = criteria.map((criterion) => standings(own, values, step, criterion));
    const names = rows.map(({ name }) => name);
    this.words.textContent = leaders(names, found[this.by], criteria[this.by][0], step);
    [...this.head.children].slice(2).forEach((head, i) => {
      head.setAttribute("aria-sort", i === this.by ? "ascending" : "none");
    });
    const body = ranked(found[this.by]).map((runner) => {
      const { name, rate, lost } = rows[runner];
      const told = found.map((of, i) => {
        if (Number.isFinite(of[runner])) return short(of[runner], 3);
        if (lost && step >= lost[0]) return lost[1];
        return criteria[i][1] === "until" ? "not yet" : "too large";
      });
      const row = make("tr", { "data-runner": name });
      const head = make("th", { scope: "row" }, row);
      head.innerHTML = swatch(rows[runner]);
      head.append(name);
      for (const text of [rate, ...told]) make("td", {}, row).textContent = text;
      return row;
    });
    this.body.replaceChildren(...body);
  }

  /** @param {Criterion[]} criteria */
  build(criteria) {
    this.built = JSON.stringify(criteria);
    this.by = Math.min(this.by, criteria.length - 1);
    this.head.innerHTML = '<th scope="col">rule</th><th scope="col">rate</th>';
    criteria.forEach(([label], i) => {
      const cell = make("th", { scope: "col" }, this.head);
      const kept = { type: "button", "data-by": i, "data-lm-suppress-shortcuts": "true" };
      const button = make("button", { title: `Rank by ${label}`, ...kept }, cell);
      button.textContent = label;
      button.addEventListener("click", () => {
        this.by = i;
        this.last();
      });
    });
  }
}

export class Below {
  /** @param {Element} parent */
  constructor(parent) {
    this.formula = new Formula(parent);
    this.table = new Table(parent);
  }

  /** @param {Pack} pack @param {Tables} frame @param {Float32Array} values @param {number} step */
  paint(pack, frame, values, step) {
    this.formula.paint(pack?.html, frame.formula, values, step);
    this.table.paint(frame.table, values, step);
  }
}

PARTS.Below = Below;
