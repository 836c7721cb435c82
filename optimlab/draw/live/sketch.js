// A curve that the learner draws before the run is shown: a number for each of its columns.

import { setAll, svg } from "./dom.js";
import { fraction, linePath, pixel, pointsPath, short, value } from "./geometry.js";
import { diamond, grip, show } from "./marks.js";
import { PARTS } from "./parts.js";
import { drawnBefore, drawnHeights } from "./pen.js";

/**
 * @typedef {object} Spec the sketch as Python declares it
 * @property {number} axes
 * @property {number[]} x its columns
 * @property {string} label
 * @property {string} color
 * @property {number} round the grid of its numbers
 * @property {[string, string]} names of the column and of the number
 *
 * @typedef {object} Plot what the sketch asks of its plot
 * @property {import("./stills.js").Model} model
 * @property {(mark: { guess?: boolean }) => boolean} free
 * @property {(values: Record<string, any>) => void} set
 */

export class Sketch {
  /** @param {Spec} spec @param {import("./marks.js").Axes} axes @param {Plot} plot */
  constructor(spec, axes, plot) {
    this.spec = spec;
    this.axes = spec.axes;
    this.own = axes;
    this.plot = plot;
    this.guess = true;
    /** The fractions of its columns, and the one chosen on the keyboard. */
    this.at = spec.x.map((x) => fraction(axes, 0, x));
    this.column = 0;
    /** @type {import("./pen.js").Pen | null} where the pointer was last seen */
    this.pen = null;
    const look = { fill: "none", stroke: spec.color, "stroke-width": 2, "stroke-dasharray": "5 4" };
    this.line = svg("path", { ...look, "data-sketch": "line" }, axes.layer);
    this.dots = svg("path", { fill: spec.color, "data-sketch": "points" }, axes.dots);
    this.node = grip(axes, spec.label);
    const [low, high] = axes.ylim;
    setAll(this.node, { "data-sketch": "column", "aria-valuemin": low, "aria-valuemax": high });
    diamond(this.node, 12, spec.color);
  }

  /**
   * The numbers of its columns, null where nothing is drawn.
   * @returns {(number | null)[]}
   */
  drawn() {
    const drawn = this.plot.model.get("drawn");
    return this.spec.x.map((_, k) => drawn[k] ?? null);
  }

  /**
   * How high an undrawn column begins: like the last one drawn to its left, else in the middle.
   * @param {number} column
   */
  before(column) {
    const left = drawnBefore(this.drawn(), column);
    return left == null ? 0.5 : fraction(this.own, 1, left);
  }

  paint() {
    const { own, at, column, node, spec } = this;
    const drawn = this.drawn();
    const height = (/** @type {number | null} */ v) => (v == null ? NaN : fraction(own, 1, v));
    const rows = at.map((fx, k) => [fx, height(drawn[k])]);
    this.line.setAttribute("d", linePath(own.box, rows));
    this.dots.setAttribute("d", pointsPath(own.box, rows, "D", 7));
    show(node, this.plot.free(this));
    const now = drawn[column];
    const fy = rows[column][1];
    const known = now != null && Number.isFinite(fy);
    const [x, y] = pixel(own.box, at[column], known ? fy : this.before(column));
    const said = known ? `${spec.names[1]} ${short(now)}` : "not drawn";
    setAll(node, {
      transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`,
      "aria-valuetext": `${spec.names[0]} ${short(spec.x[column])}: ${said}`,
      opacity: known ? 1 : 0.4,
    });
    if (known) node.setAttribute("aria-valuenow", String(now));
    else node.removeAttribute("aria-valuenow");
  }

  /**
   * The pointer draws; see `drawnHeights`.
   * @param {{ fx: number, fy: number }} pointer
   */
  draw(pointer) {
    const { pen, heights } = drawnHeights(this.at, pointer, this.pen);
    this.pen = pen;
    this.put(pen.column, heights);
  }

  /**
   * Left and right choose a column; up and down put it where it begins, and then move it.
   * @param {import("./geometry.js").Point} way @param {boolean} far
   */
  key([across, up], far) {
    if (!this.plot.free(this)) return;
    const column = Math.min(this.at.length - 1, Math.max(0, this.column + across));
    const now = this.drawn()[column];
    const stride = far ? 1 / 10 : 1 / 40;
    const height = now == null ? this.before(column) : fraction(this.own, 1, now) + up * stride;
    this.put(column, new Map(up ? [[column, height]] : []));
  }

  /** @param {number} column @param {Map<number, number>} heights fractions, by column */
  put(column, heights) {
    const drawn = this.drawn();
    for (const [k, fy] of heights) drawn[k] = value(this.own, 1, fy, this.spec.round);
    this.column = column;
    if (heights.size) this.plot.set({ drawn });
    this.paint();
  }
}

PARTS.Sketch = Sketch;
