// The band under the slider in hand: what becomes of the run at each of its positions. It lies in the
// slider's own track, so that a click on it goes there. The page finds it by itself where it makes the
// runs, after they are painted, in the time that is left; else Python sends it with the frames.

import { make } from "./dom.js";
import { short } from "./geometry.js";
import { outcomes } from "./outcomes.js";
import { PARTS } from "./parts.js";
import { fill, place, steps } from "./words.js";

/**
 * @typedef {import("./outcomes.js").Row} Found
 * @typedef {object} Facts what does not change
 * @property {number[][]} minima
 * @property {string[]} called what they are called, where they are several
 * @property {[name: string, color: string][]} rules
 * @property {string[]} verdicts
 * @property {number} listed more pieces than this are counted and not listed
 * @property {import("./words.js").Messages} say
 * @typedef {Facts & { rates: number[] }} Placed with the positions
 * @typedef {Placed & { rows: Found[], steps: number }} Sent by Python, of runs of so many steps
 *
 * @typedef {{ from: number, to: number, verdict: string, minimum: number, letter: string }} Piece
 *   positions of which the same becomes, and where they arrive or -1; of several minima its letter
 * @typedef {{ rule: string, color: string, pieces: Piece[], best: number | null,
 *   limits: [number, string][] }} Row of a rule; the limits lie between positions
 * @typedef {{ rows: Row[], count: number, legend: string[][], words: string }} Data
 *   of so many positions
 */

/** The height of a row, and the room above all of them, in pixels. */
const ROW = 14;
const ABOVE = 4;
/**
 * In milliseconds: how long it looks at runs after a frame, at first and once the hand has rested so
 * long; a band as old as that is dimmed. A hand that moves on is not kept waiting by long runs.
 */
const BRIEF = 2;
const SLICE = 5;
const STILL = 60;
const OLD = 100;

/**
 * What the band shows and says.
 * @param {Placed} facts @param {Found[]} found @param {number} count of the steps @returns {Data}
 */
export function bandOf({ rates, minima, called, rules, verdicts, listed, say }, found, count) {
  const after = { steps: steps(count, say) };
  /** @type {string[]} */
  const words = [];
  /** @type {Set<number>} */
  const arrived = new Set();
  const rows = found.map(({ found: states, best, end, limits }, i) => {
    /** @type {Piece[]} */
    const pieces = [];
    states.forEach(([number, minimum], k) => {
      const [last, verdict] = [pieces[pieces.length - 1], verdicts[number]];
      if (last?.verdict === verdict && last.minimum === minimum) last.to = k;
      else pieces.push({ from: k, to: k, verdict, minimum, letter: called[minimum] ?? "" });
    });
    let at = minima.map((_, m) => m).filter((m) => pieces.some(({ minimum }) => minimum === m));
    for (const m of at) arrived.add(m);
    if (!at.length && end && minima.length) { // then the one that the best run is near
      const away = minima.map((minimum) => Math.hypot(...minimum.map((v, k) => v - end[k])));
      at = [away.indexOf(Math.min(...away))];
    }
    const [rule, color] = rules[i];
    words.push(fill(say.band, { rule, ...after, found: becomes(pieces, { rates, verdicts, listed, say }) }));
    if (best != null) words.push(fill(say["band, best"], { rate: short(rates[best], 3) }));
    /** @type {[number, string][]} */
    const ticks = [];
    for (const m of at) {
      const limit = limits[m] ?? NaN;
      const k = rates.findIndex((rate) => rate >= limit);
      if (k < 0 || limit < rates[0]) continue;
      const given = { rate: short(limit, 3), point: place(minima[m]) };
      const beyond = k && (rates[k] - limit) / (rates[k] - rates[k - 1]);
      ticks.push([k - beyond, fill(say.limit, given)]);
      words.push(fill(say["band, limit"], given));
    }
    return { rule: rules.length > 1 ? rule : "", color, pieces, best, limits: ticks };
  });
  const named = [...arrived].filter((m) => called[m]).sort((a, b) => (called[a] < called[b] ? -1 : 1));
  words.push(...named.map((m) => fill(say["band, minimum"], { name: called[m], point: place(minima[m]) })));
  const legend = verdicts.map((verdict) => [verdict.split(" ")[0], verdict]);
  legend.push(...["arrived", "best", "limit"].map((kind) => [kind, fill(say[`legend, ${kind}`], after)]));
  return { rows, count: rates.length, legend, words: words.join(" ") };
}

/**
 * What becomes of the run, and at which rates, or at how many where they change often.
 * @param {Piece[]} pieces @param {Pick<Placed, "rates" | "verdicts" | "listed" | "say">} facts
 */
function becomes(pieces, { rates, verdicts, listed, say }) {
  /** @type {Map<string, Piece[]>} */
  const each = new Map();
  for (const piece of pieces) {
    const { verdict, minimum, letter: name } = piece;
    const how = name ? " to" : verdict === verdicts[1] && minimum >= 0 ? ", arrives" : "";
    const what = fill(say[verdict + how], { name });
    each.set(what, [...(each.get(what) ?? []), piece]);
  }
  return [...each].map(([verdict, some]) => {
    if (pieces.length > listed) {
      const count = some.reduce((sum, { from, to }) => sum + to - from + 1, 0);
      return fill(say["verdict, count"], { verdict, count, all: rates.length });
    }
    const spans = some.map(({ from, to }) => {
      const [first, last] = [from, to].map((k) => short(rates[k], 6, 6));
      return first === last ? first : fill(say.span, { first, last });
    });
    return fill(say["verdict, rates"], { verdict, rates: spans.join(", ") });
  }).join("; ");
}

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

/**
 * What the band of those runs shows; it stops after each of them.
 * @param {import("./paths.js").Runs} runs @param {(number | boolean)[]} values
 * @param {number[]} start @param {Facts & import("./outcomes.js").Judging} facts
 */
export function* bandFound(runs, values, start, facts) {
  const { rates, say } = runs.program;
  const found = yield* outcomes(runs, values, start, facts);
  return bandOf({ ...facts, rates, say: { ...say, ...facts.say } }, found, runs.given(values).steps);
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
    /** @type {any} the band that Python has sent, or the runs of which it is made here */
    this.source = null;
    this.settings = "";
    /** @type {Generator<void, Data, void> | null} what is being found */
    this.work = null;
    this.turn = 0;
    this.old = 0;
  }

  /**
   * Of the controls and handles as they stand: what Python has sent, or what is found here soon.
   * @param {import("./frames.js").Source} source @param {import("./stills.js").Model} model
   */
  paint(source, model) {
    const { runs } = source;
    const settings = source.settings();
    /** @type {{ band?: Sent, settings: any[] }} */
    const { band, settings: known } = model.get("frames");
    const facts = runs?.program.band;
    if (!facts || !runs) {
      this.work = null;
      if (band !== this.source) this.build(band ? bandOf(band, band.rows, band.steps) : null);
      this.source = band;
      this.dim(JSON.stringify(known) !== settings);
    } else if (source.controls.length && (runs !== this.source || settings !== this.settings)) {
      [this.source, this.settings] = [runs, settings];
      this.work = bandFound(runs, source.values(), model.get("handles").start, facts);
      this.old ||= window.setTimeout(() => this.dim(true), OLD);
      this.later(0, BRIEF);
    }
    this.attach();
  }

  /**
   * Go on after a wait, when a frame has been painted, if nobody has moved until then.
   * @param {number} wait @param {number} span how long to look at runs, both in milliseconds
   */
  later(wait, span) {
    const turn = (this.turn += 1);
    const go = () => turn === this.turn && this.goOn(span);
    setTimeout(() => requestAnimationFrame(() => setTimeout(go)), wait);
  }

  /** @param {number} span */
  goOn(span) {
    const until = performance.now() + span;
    while (this.work) {
      const { done, value } = this.work.next();
      if (done) {
        this.work = null;
        this.build(value);
        this.dim(false);
        this.attach();
      } else if (performance.now() > until) return this.later(span < SLICE ? STILL : 0, SLICE);
    }
  }

  /** @param {boolean} stale */
  dim(stale) {
    window.clearTimeout(this.old);
    this.old = 0;
    for (const node of [this.node, this.words]) node.classList.toggle("ol-stale", stale);
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
        class: piece.minimum < 0 ? "" : "ol-arrived",
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
    if (row.best != null) {
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
    this.work = null;
    this.dim(false);
    this.waits?.disconnect();
    this.makeRoom(0);
    this.node.remove();
  }
}

PARTS.Band = Band;
