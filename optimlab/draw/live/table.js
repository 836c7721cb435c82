// Who leads at the marked step, by which criterion: a table below the plot, with numbers from the
// frame. And all that is below a plot and counts the steps.

import { make, svg } from "./dom.js";
import { Formula } from "./formula.js";
import { marker } from "./geometry.js";

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

/** @param {number} value */
export function threeDigits(value) {
  const size = Math.abs(value);
  if (size && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

/**
 * The number of each runner by a criterion, NaN for one without.
 * @param {Standings} own @param {Float32Array} values @param {number} step
 * @param {Criterion} criterion
 */
export function standings({ rows, numbers, goal }, values, step, [, kind, column]) {
  const [first, , width] = numbers;
  return rows.map(({ lost }, runner) => {
    const at = (/** @type {number} */ k) =>
      values[first + k * width + (runner * width) / rows.length + column];
    if (kind === "now") return lost && step >= lost[0] ? NaN : at(step);
    const known = Array.from({ length: step + 1 }, (_, k) => at(k));
    if (kind === "least") return Math.min(...known.filter(Number.isFinite), Infinity);
    const there = known.findIndex((value) => value <= goal * known[0]);
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

class Table {
  /** @param {Element} parent */
  constructor(parent) {
    this.node = make("div", { class: "ol-standings" }, parent);
    this.words = make("p", { class: "ol-leader" }, this.node);
    this.grid = make("table", {}, make("div", {}, this.node));
    this.body = make("tbody");
    /** @type {Element[]} */
    this.heads = [];
    /** @type {Element[]} */
    this.rows = [];
    this.by = 0;
    this.built = "";
    this.last = () => {};
  }

  /** @param {Standings | undefined} own @param {Float32Array} values @param {number} step */
  paint(own, values, step) {
    this.node.hidden = !own;
    if (!own) return;
    this.last = () => this.paint(own, values, step);
    const looks = JSON.stringify([own.rows.map(({ name }) => name), own.criteria]);
    if (looks !== this.built) this.build(own);
    this.built = looks;
    const found = own.criteria.map((criterion) => standings(own, values, step, criterion));
    const order = ranked(found[this.by]);
    const names = own.rows.map(({ name }) => name);
    this.words.textContent = leaders(names, found[this.by], own.criteria[this.by][0], step);
    this.heads.forEach((head, i) => head.setAttribute("aria-sort", i === this.by ? "ascending" : "none"));
    order.forEach((runner, place) => {
      const { name, rate, lost } = own.rows[runner];
      const row = this.rows[runner];
      if (this.body.children[place] !== row) this.body.insertBefore(row, this.body.children[place]);
      const told = found.map((of, i) => {
        if (Number.isFinite(of[runner])) return threeDigits(of[runner]);
        if (lost && step >= lost[0]) return lost[1];
        return own.criteria[i][1] === "until" ? "not yet" : "too large";
      });
      [name, rate, ...told].forEach((text, i) => {
        const cell = /** @type {HTMLElement} */ (row.children[i].lastChild);
        if (cell.textContent !== text) cell.textContent = text;
      });
    });
  }

  /** @param {Standings} own */
  build({ rows, criteria }) {
    this.grid.replaceChildren();
    this.by = Math.min(this.by, criteria.length - 1);
    const head = make("tr", {}, make("thead", {}, this.grid));
    for (const text of ["rule", "rate"]) make("th", { scope: "col" }, head).textContent = text;
    this.heads = criteria.map(([label], i) => {
      const cell = make("th", { scope: "col" }, head);
      const title = `Rank by ${label}`;
      const kept = { type: "button", "data-by": i, title, "data-lm-suppress-shortcuts": "true" };
      const button = make("button", kept, cell);
      button.textContent = label;
      button.addEventListener("click", () => {
        this.by = i;
        this.last();
      });
      return cell;
    });
    this.body = make("tbody", {}, this.grid);
    this.rows = rows.map((runner) => {
      const row = make("tr", { "data-runner": runner.name });
      const name = make("th", { scope: "row" }, row);
      const look = { stroke: runner.color, "stroke-width": 2, "stroke-dasharray": runner.dash.join(" ") };
      const swatch = svg("svg", { viewBox: "0 0 40 12", width: 40, height: 12 }, name);
      svg("path", { d: "M0 6H40", ...look }, swatch);
      svg("path", { d: marker(runner.marker, 20, 6, 8), fill: runner.color }, swatch);
      make("span", {}, name);
      for (const _ of ["rate", ...criteria]) make("span", {}, make("td", {}, row));
      return row;
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
