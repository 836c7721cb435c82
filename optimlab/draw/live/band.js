// The band under the slider in hand: what becomes of the run at each of its positions. It lies in the
// slider's own track, so that a click on it goes there.

import { make } from "./dom.js";

/**
 * @typedef {{ from: number, to: number, verdict: string, arrived: boolean, letter: string }} Piece
 *   positions of which the same becomes, and which of several minima they arrive at
 * @typedef {{ rule: string, color: string, pieces: Piece[], best: number | null,
 *   limits: [number, string][] }} Row of a rule; the limits lie between positions
 * @typedef {{ rows: Row[], count: number, legend: [string, string][], words: string }} Data
 *   of so many positions
 */

/** The height of a row, and the room above all of them, in pixels. */
const ROW = 14;
const ABOVE = 4;

/**
 * How far from the middle of a piece its letter stands, in shares of the piece: where a tick would
 * cross it there, it stands in the middle of the longer side.
 * @param {number[]} ticks @param {number} width of the piece @param {number} near
 */
export function beside(ticks, width, near) {
  const tick = ticks.find((at) => Math.abs(at - width / 2) < near);
  if (tick === undefined) return 0;
  return (tick > width / 2 ? tick / 2 : (tick + width) / 2) / width - 0.5;
}

export class Band {
  /** @param {Element} root of the plot */
  constructor(root) {
    this.root = root;
    this.node = make("div", { class: "ol-band", "aria-hidden": "true" });
    this.legend = make("div", { class: "ol-legend", "aria-hidden": "true" }, root);
    this.words = make("div", { class: "ol-words", "aria-live": "polite" });
    /** @type {Data | null} */
    this.shown = null;
    /** @type {MutationObserver | null} that waits for the slider */
    this.waits = null;
  }

  /**
   * @param {Data | null} data @param {boolean} fresh whether it is that of the controls and handles
   * as they stand
   */
  paint(data, fresh) {
    if (data !== this.shown) this.build(data);
    for (const node of [this.node, this.words]) node.classList.toggle("ol-stale", !fresh);
    this.attach();
  }

  /** @param {Data | null} data */
  build(data) {
    this.shown = data;
    for (const node of [this.node, this.legend]) node.replaceChildren();
    this.words.textContent = data?.words ?? "";
    for (const [kind, text] of data?.legend ?? []) {
      const item = make("span", {}, this.legend);
      make("i", { "data-verdict": kind, class: kind === "does" ? "" : "ol-arrived" }, item);
      item.append(text);
    }
    data?.rows.forEach((row, i) => this.row(row, i, data.count));
    this.makeRoom(data ? ABOVE + ROW * data.rows.length : 0);
  }

  /**
   * By a class, as a slider whose layout comes later loses a margin of its own.
   * @param {number} room below the slider, in pixels
   */
  makeRoom(room) {
    const slider = this.slider();
    slider?.classList.toggle("ol-banded", room > 0);
    slider?.style.setProperty("--ol-room", `${room}px`);
  }

  /** @param {Row} row @param {number} i @param {number} count */
  row(row, i, count) {
    const node = make("div", { class: "ol-band-row", style: `top:${i * ROW}px` }, this.node);
    const share = (/** @type {number} */ at) => `${(100 * at) / (count - 1)}%`;
    for (const piece of row.pieces) {
      const from = Math.max(0, piece.from - 0.5);
      const width = Math.min(count - 1, piece.to + 0.5) - from;
      const bar = make("i", {
        "data-verdict": piece.verdict.split(" ")[0],
        class: piece.arrived ? "ol-arrived" : "",
        style: `left:${share(from)};width:${share(width)}`,
      }, node);
      if (piece.letter && width > count / 25) {
        const off = beside(row.limits.map(([at]) => at - from), width, count / 25);
        make("b", { style: `left:${100 * off}%` }, bar).textContent = piece.letter;
      }
    }
    for (const [at, title] of row.limits) {
      make("i", { "data-verdict": "limit", title, style: `left:${share(at)}` }, node);
    }
    if (row.best !== null) {
      make("i", { "data-verdict": "best", style: `left:${share(row.best)}` }, node);
    }
    if (row.rule) {
      make("span", { style: `--ol-rule:${row.color}` }, node).textContent = row.rule;
    }
  }

  /** The slider in hand, of a notebook or of a saved page, once it is there. */
  slider() {
    /** @type {HTMLElement | null | undefined} */
    const found = this.root.closest(".ol-explorer, .ol-page")
      ?.querySelector(".ol-controls > .widget-slider, .ol-track > input");
    return found;
  }

  /** Put the band under the slider's track, now or when it comes. */
  attach() {
    const slider = this.slider();
    const track = slider?.querySelector(".noUi-base") ?? slider?.closest(".ol-track");
    if (!this.shown || this.node.parentElement === (track ?? this.root)) return;
    if (track) {
      this.waits?.disconnect();
      track.append(this.node);
      this.build(this.shown);
      return;
    }
    const explorer = this.root.closest(".ol-explorer");
    if (this.waits || !explorer) return;
    this.waits = new MutationObserver(() => this.attach());
    this.waits.observe(explorer, { childList: true, subtree: true });
  }

  remove() {
    this.waits?.disconnect();
    this.makeRoom(0);
    this.node.remove();
  }
}
