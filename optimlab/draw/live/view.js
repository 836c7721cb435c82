// The browser's half of LivePlot: an SVG over a picture. It draws what it is sent, in fractions of
// an axes, and answers the slider in hand from frames that are already here.

import { Bar } from "./bar.js";
import { letScroll, make, pngUrl, revokeSoon, svg } from "./dom.js";
import { floats, Source, UNANSWERED } from "./frames.js";
import {
  doubles, fractionsAt, narrowestPanel, nearestPlace, nearestStep, nextPlace, nudged, rowsOf, stepAfter, told, value,
  widestPanel,
} from "./geometry.js";
import { labelSliders } from "./labels.js";
import { MARKS, stars } from "./marks.js";
import { PARTS } from "./parts.js";
import { Sliders } from "./sliders.js";
import { widget } from "./stills.js";

/**
 * @typedef {import("./stills.js").Model} Model
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./marks.js").Axes} Axes
 * @typedef {import("./marks.js").Mark} Mark
 * @typedef {import("./marks.js").Spec} Spec
 * @typedef {import("./frames.js").Frame} Frame
 *
 * @typedef {(way: Point, far: boolean) => void} Act what an arrow key does
 * @typedef {{ fx: number, fy: number, inside: boolean, x: number, y: number, axes: Axes }} Spot
 */

/** @type {Record<string, Point>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
/** How far from a dot the pointer still marks its step, in pixels. */
const REACH = 16;
/** How far outside its frame a dot that sits on the frame is still seen, in pixels. */
const RIM = 7;
/** A hand rests when it has not moved for so many milliseconds: then Python is told. */
const REST = 150;

export class View {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    // each plot is a module of its own: no counter
    this.id = `ol${Math.random().toString(36).slice(2)}`;
    this.source = new Source(model);
    /** @type {number | null} the step under the pointer */
    this.hover = null;
    /** @type {Mark | null} the handle in hand */
    this.held = null;
    /** @type {number[] | null} */
    this.heldAt = null;
    /** @type {import("./sketch.js").Sketch | null} */
    this.sketch = null;
    /** @type {Sliders | null} */
    this.sliders = null;
    /** @type {import("./band.js").Band | null} */
    this.band = null;
    /** @type {HTMLElement | null} */
    this.panels = null;
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Axes[]} */
    this.axes = [];
    /** @type {SVGSVGElement[]} */
    this.overlays = [];
    this.tick = 0;
    this.rest = 0;
    /** @type {(() => void)[]} */
    this.clean = [];
    this.root = make("div", { class: "ol-live", "data-lm-suppress-shortcuts": "true" }, el);
    this.build();
    const follows = {
      paint: ["data", "frames", "handles", "step", "images", "notes", "drawn", "working"],
      renew: ["marks", "sketch", "program"],
      rebuild: ["panels", "sliders"],
      setPlaying: ["playing"],
      lock: ["veiled"],
      follow: ["controls"],
    };
    for (const [act, names] of Object.entries(follows)) {
      const does = () => /** @type {any} */ (this)[act]();
      for (const name of names) this.listen(model, `change:${name}`, does);
    }
    this.listen(model, "msg:custom", (said, buffers) => {
      if (said.kind === "call") this.ask("here");
      else this.bar?.menu?.heard(said, buffers);
    });
    const fit = () => this.fit();
    const watch = new ResizeObserver(fit);
    watch.observe(this.root);
    window.addEventListener("resize", fit);
    this.clean.push(() => [watch.disconnect(), window.removeEventListener("resize", fit)]);
    this.follow();
    this.paint();
  }

  /** As many panels side by side as can be read, and with the controls no higher than the page. */
  fit() {
    /** @type {{ width: number, height: number }[]} */
    const panels = this.model.get("panels");
    const row = this.panels;
    if (!row?.clientWidth) return;
    labelSliders(this.root.closest(".ol-explorer"));
    const whole = this.root.closest(".ol-explorer") ?? this.root;
    const page = this.root.closest(".jp-WindowedPanel-outer") ?? document.documentElement;
    /** @type {NodeListOf<HTMLElement>} */
    const controls = whole.querySelectorAll(".ol-controls, .ol-sliders, .ol-bar");
    const high = [...controls].reduce((left, one) => left - one.offsetHeight, page.clientHeight);
    const most = widestPanel(panels.map(({ width, height }) => [width, height]), row.clientWidth, high);
    row.style.setProperty("--ol-most", most === Infinity ? "" : `${most}px`);
    letScroll(row);
    /** @type {HTMLElement | null} */
    const both = this.root.closest(".ol-beside");
    both?.style.setProperty("--ol-room", String(both.lastElementChild?.clientWidth));
  }

  /** @param {Model} target @param {string} event @param {(...said: any[]) => void} callback */
  listen(target, event, callback) {
    target.on(event, callback);
    this.clean.push(() => target.off(event, callback));
  }

  /** The models of the controls, so that their values are known without the kernel. */
  async follow() {
    /** @type {[string, string][]} */
    const wanted = this.model.get("controls");
    const find = (/** @type {string} */ reference) =>
      this.model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
    /** @type {Model[]} */
    const models = await Promise.all(wanted.map(([reference]) => find(reference)));
    this.source.controls = models.map((model, i) => [model, wanted[i][1]]);
    for (const [model, name] of this.source.controls) {
      this.listen(model, `change:${name}`, () => this.paint());
    }
    this.paint();
  }

  // -- building: once -------------------------------------------------------------------------

  rebuild() {
    this.root.replaceChildren();
    this.build();
    this.paint();
  }

  /** The marks anew, over the panels as they are. */
  renew() {
    for (const overlay of this.overlays) overlay.replaceChildren();
    this.buildMarks();
    this.paint();
  }

  build() {
    /** @type {import("./sliders.js").SliderSpec[]} */
    const sliders = this.model.get("sliders");
    this.sliders = sliders.length ? new Sliders(sliders, this, this.root) : null;
    this.band?.remove();
    this.band = PARTS.Band ? new PARTS.Band(this.root) : null;
    const panels = make("div", { class: "ol-panels" }, this.root);
    this.panels = panels;
    /** @type {{ png: BlobPart, width: number, height: number }[]} */
    const pictures = this.model.get("panels");
    /** @type {Scene[]} */
    const axes = this.model.get("axes");
    this.overlays = pictures.map(({ png, width, height }, i) => {
      const parts = axes.filter(({ panel }) => panel === i).length;
      const style = `width:${width}px; min-width:${narrowestPanel(width, parts)}px`;
      const box = make("div", { class: "ol-panel", style }, panels);
      const url = pngUrl(png);
      this.clean.push(() => revokeSoon(url));
      make("img", { src: url, alt: this.model.get("alt"), width, height }, box);
      const view = { class: "ol-overlay", viewBox: `0 0 ${width} ${height}` };
      const overlay = svg("svg", view, box);
      const { press, move, release } = this;
      const acts = { down: press, move, up: release, cancel: release, leave: () => this.point(null) };
      for (const [what, act] of Object.entries(acts)) {
        const heard = (/** @type {any} */ event) => act.call(this, event, overlay);
        overlay.addEventListener(`pointer${what}`, heard);
      }
      return overlay;
    });
    this.bar = this.model.get("playback") ? new Bar(this, this.root, this.model.get("menu")) : null;
    this.below = PARTS.Below ? new PARTS.Below(this.root) : null;
    const line = { "aria-live": "polite" };
    this.goal = make("div", { class: "ol-goal", ...line }, this.root);
    this.summary = make("div", { class: "ol-summary", role: "status", ...line }, this.root);
    if (this.band) this.root.append(this.band.words);
    // JupyterLab asks the focused element itself whether it keeps its keys
    for (const node of this.root.querySelectorAll("button, input, select, summary")) {
      node.setAttribute("data-lm-suppress-shortcuts", "true");
    }
    this.buildMarks();
    this.fit();
  }

  buildMarks() {
    this.forget();
    /** @type {any[]} */
    const axes = this.model.get("axes");
    this.axes = axes.map((spec, i) => this.buildAxes(spec, i));
    /** @type {Spec[]} */
    const marks = this.model.get("marks");
    this.marks = marks.map((mark) => this.buildMark(mark));
    this.source.take(this.marks, this.axes);
    /** @type {import("./sketch.js").Spec} */
    const sketch = this.model.get("sketch");
    const { Sketch } = PARTS;
    this.sketch = Sketch && sketch.x ? new Sketch(sketch, this.axes[sketch.axes], this) : null;
    if (this.sketch) this.hear(this.sketch.node, (way, far) => this.sketch?.key(way, far));
    this.lock();
  }

  /** Let go of what the page keeps for the marks. */
  forget() {
    for (const mark of this.marks) MARKS[mark.kind].forget?.(mark);
  }

  /**
   * A guess is moved and a sketch drawn before the run is shown, every other handle afterwards; in
   * a saved page without a program nothing: what would follow needs Python.
   * @param {{ guess?: boolean }} mark
   */
  free(mark) {
    return !this.model.get("fixed") && this.model.get("veiled") === Boolean(mark.guess);
  }

  lock() {
    this.held = this.heldAt = null;
    if (this.sketch) this.sketch.pen = null;
    this.root.classList.toggle("ol-veiled", this.model.get("veiled"));
    for (const overlay of this.overlays) overlay.classList.remove("ol-has-handle");
    /** @type {(Mark | import("./sketch.js").Sketch)[]} */
    const touched = this.marks.filter((mark) => MARKS[mark.kind].held);
    if (this.sketch) touched.push(this.sketch);
    for (const mark of touched) {
      const free = this.free(mark);
      if (free) mark.node.setAttribute("tabindex", "0");
      else mark.node.removeAttribute("tabindex");
      mark.node.setAttribute("aria-disabled", String(!free));
      mark.node.classList.remove("ol-held");
      if (free) this.axes[mark.axes].overlay.classList.add("ol-has-handle");
    }
    this.sketch?.paint();
  }

  /**
   * @typedef {{ panel: number, rect: number[], stars: import("./geometry.js").Row[] }} Scene
   * @param {import("./geometry.js").Limits & Scene} axes @param {number} i @returns {Axes}
   */
  buildAxes(axes, i) {
    const { width, height } = this.model.get("panels")[axes.panel];
    const [x, y, w, h] = axes.rect;
    const box = { x: x * width, y: y * height, w: w * width, h: h * height };
    const overlay = this.overlays[axes.panel];
    const clipped = (/** @type {number} */ rim) => {
      const id = `${this.id}-${i}-${rim}`;
      const clip = svg("clipPath", { id }, overlay);
      const size = { width: box.w + 2 * rim, height: box.h + 2 * rim };
      svg("rect", { x: box.x - rim, y: box.y - rim, ...size }, clip);
      return svg("g", { "clip-path": `url(#${id})` }, overlay);
    };
    const layers = { layer: clipped(0), dots: clipped(RIM), stars: clipped(RIM) };
    const built = { ...axes, overlay, box, ...layers };
    stars(built, axes.stars);
    return built;
  }

  /** @param {Spec} spec @returns {Mark} */
  buildMark(spec) {
    const kind = MARKS[spec.kind];
    const mark = { ...spec, ...kind.build(spec, this.axes[spec.axes]) };
    if (kind.held) this.hear(mark.node, (way, far) => this.nudge(mark, way, far));
    return mark;
  }

  /**
   * Let the arrow keys act on what has the focus.
   * @param {SVGElement} node @param {Act} act
   */
  hear(node, act) {
    node.addEventListener("keydown", (event) => this.key(event, act));
  }

  // -- what to show ---------------------------------------------------------------------------

  /**
   * The last step of a frame.
   * @param {Frame} frame
   */
  last(frame) {
    const walked = this.marks.filter((mark) => mark.by_step);
    const counts = walked.map((mark) => frame.marks[mark.name]?.[1] ?? 0);
    return Math.max(0, ...counts, frame.values?.[1] ?? 0, 1) - 1;
  }

  step() {
    const last = this.last(this.source.current()[0]);
    const step = this.model.get("step");
    return step < 0 ? last : Math.min(step, last);
  }

  // -- painting: on every change --------------------------------------------------------------

  paint() {
    const [frame, values, source] = this.source.current();
    const notes = this.model.get("notes");
    /** @type {Frame | undefined} */
    const noted = notes.list?.[0];
    const last = this.last(frame);
    const step = this.hover === null ? this.step() : Math.min(this.hover, last);
    this.root.dataset.source = source;
    this.root.dataset.step = String(step);
    const images = this.model.get("images");
    /** @type {Map<string, number[][]>} a line and its dots lie in one place: they are read once */
    const known = new Map();
    for (const mark of this.marks) {
      const { name } = mark;
      const note = noted?.marks[name] ? noted : null;
      const from = note ?? frame;
      const place = from.marks[name];
      const key = `${Boolean(note)} ${place}`;
      const rows = known.get(key) ?? rowsOf(note ? floats(notes) : values, place);
      known.set(key, rows);
      MARKS[mark.kind].paint(mark, this.axes[mark.axes], {
        rows,
        texts: from.texts[name] ?? [],
        step,
        png: images[name],
        at: this.standsAt(mark),
      });
    }
    this.sketch?.paint();
    this.sliders?.paint();
    this.band?.paint(this.source, this.model);
    if (this.goal) this.goal.textContent = frame.goal ?? "";
    const behind = this.source.isLate(() => this.paint());
    const late = behind && source === "data";
    this.root.classList.toggle("ol-behind", behind);
    this.root.classList.toggle("ol-late", late);
    const summary = late ? UNANSWERED : frame.summary ?? "";
    if (this.summary && this.summary.textContent !== summary) this.summary.textContent = summary;
    const [first, rows, width] = frame.values ?? [0, 0, 0];
    const row = doubles(values, first + step * width, width);
    const names = (step < rows && frame.names) || [];
    const said = names.map((name, i) => `${name} ${told(row[i], step, frame.lost?.[i])}`);
    this.bar?.paint(step, last, said);
    this.below?.paint(this.model.get(source), frame, values, step);
  }

  /**
   * Where a handle stands. In hand it stays under the pointer, whatever the kernel answers to where
   * it was.
   * @param {{ name: string }} mark @returns {number[] | undefined}
   */
  standsAt({ name }) {
    const inHand = this.held?.name === name ? this.heldAt : this.sliders?.holds(name);
    return inHand ?? this.model.get("handles")[name];
  }

  // -- the pointer ----------------------------------------------------------------------------

  /**
   * Where the pointer is in each axes of its panel.
   * @param {PointerEvent} event @param {SVGSVGElement} overlay @returns {Spot[]}
   */
  locate(event, overlay) {
    const frame = overlay.getBoundingClientRect();
    const { width, height } = overlay.viewBox.baseVal;
    const x = ((event.clientX - frame.left) / frame.width) * width;
    const y = ((event.clientY - frame.top) / frame.height) * height;
    const here = this.axes.filter((axes) => axes.overlay === overlay);
    return here.map((axes) => ({ ...fractionsAt(axes.box, x, y), x, y, axes }));
  }

  /** @param {PointerEvent} event @param {SVGSVGElement} overlay */
  press(event, overlay) {
    if (event.button !== 0) return;
    const spots = this.locate(event, overlay);
    const hit = spots.find((spot) => spot.inside);
    const target = /** @type {Node} */ (event.target);
    const direct = this.handles().find((mark) => mark.node.contains(target));
    const { sketch } = this;
    if (!direct && sketch && hit && this.free(sketch) && hit.axes === sketch.own) {
      this.take(event, overlay);
      sketch.draw(hit);
      sketch.node.focus({ preventScroll: true });
      return;
    }
    const mark = direct ?? (hit && this.nearestHandle(hit));
    if (!mark) return;
    this.take(event, overlay);
    this.held = mark;
    this.hover = null;
    mark.node.classList.add("ol-held");
    mark.node.focus({ preventScroll: true });
    if (!direct) this.place(mark, spots);
  }

  /** @param {PointerEvent} event @param {SVGSVGElement} overlay */
  take(event, overlay) {
    event.preventDefault();
    overlay.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event @param {SVGSVGElement} overlay */
  move(event, overlay) {
    const spots = this.locate(event, overlay);
    const { sketch } = this;
    if (sketch?.pen) {
      const spot = spots.find(({ axes }) => axes === sketch.own);
      if (spot) sketch.draw(spot);
    } else if (this.held) {
      this.place(this.held, spots);
    } else {
      this.point(spots.find((spot) => spot.inside) ?? null);
    }
  }

  /** @param {PointerEvent} event @param {SVGSVGElement} overlay */
  release(event, overlay) {
    if (!this.held && !this.sketch?.pen) return;
    overlay.releasePointerCapture(event.pointerId);
    if (this.sketch) this.sketch.pen = null;
    if (!this.held) return;
    this.held.node.classList.remove("ol-held");
    this.held = this.heldAt = null;
    this.tell();
    this.paint();
  }

  /**
   * Mark the step under the pointer, in every axes that shows it.
   * @param {Spot | null} hit
   */
  point(hit) {
    let found = null;
    if (hit) {
      const { axes, x, y } = hit;
      const [frame, values] = this.source.current();
      const walked = this.marks.filter(
        (mark) => mark.by_step && MARKS[mark.kind].walked && this.axes[mark.axes] === axes,
      );
      const paths = walked.map((mark) => rowsOf(values, frame.marks[mark.name]));
      found = nearestStep(axes.box, paths, x, y, REACH);
    }
    if (found !== this.hover) {
      this.hover = found;
      this.paint();
    }
  }

  // -- the handles ----------------------------------------------------------------------------

  /** The handles that a hand may move now. */
  handles() {
    const at = this.model.get("handles");
    return this.marks.filter((mark) => MARKS[mark.kind].held && this.free(mark) && at[mark.name]?.length);
  }

  /** @param {Spot} hit */
  nearestHandle(hit) {
    const distance = (/** @type {Mark} */ mark) => {
      const place = mark.node.getAttribute("transform")?.match(/-?[\d.]+/g) ?? [];
      const [x, y] = place.map(Number);
      return Math.hypot(x - hit.x, y - hit.y);
    };
    const here = this.handles().filter((mark) =>
      [mark.axes, mark.also].some((i) => i !== undefined && this.axes[i] === hit.axes),
    );
    return here.sort((a, b) => distance(a) - distance(b))[0];
  }

  /**
   * Move a handle to the pointer, which may be over another axes of its panel.
   * @param {Mark} mark @param {Spot[]} spots
   */
  place(mark, spots) {
    const spot = spots.find(({ axes }) => axes === this.axes[mark.axes]);
    if (!spot) return;
    const { axes, fx, fy } = spot;
    const grid = mark.round ?? [];
    let at = [value(axes, 0, fx, grid[0])];
    if (mark.places) at = nearestPlace(axes, axes.box, mark.places, fx, fy);
    else if (!mark.track) at.push(value(axes, 1, fy, grid[1]));
    if (this.held === mark) this.heldAt = at;
    this.moveHandle(mark, at, this.held === mark);
  }

  /** @param {{ name: string }} mark @param {number[]} at @param {boolean} [inHand] it may go on */
  moveHandle({ name }, at, inHand) {
    const handles = this.model.get("handles");
    if (JSON.stringify(handles[name]) === JSON.stringify(at)) return;
    this.set({ handles: { ...handles, [name]: at } }, inHand);
  }

  /** @param {KeyboardEvent} event @param {Act} act */
  key(event, act) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " " && this.bar && !this.model.get("veiled")) {
      event.preventDefault();
      if (!event.repeat) this.toggle();
      return;
    }
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    act(KEYS[event.key], event.shiftKey);
  }

  /** @param {Mark} mark @param {Point} way @param {boolean} far */
  nudge(mark, way, far) {
    if (!this.free(mark)) return;
    /** @type {number[]} */
    const at = this.model.get("handles")[mark.name];
    const moved = mark.places
      ? nextPlace(mark.places, at, way)
      : nudged(this.axes[mark.axes], at, way, far, mark.round ?? []);
    this.moveHandle(mark, moved);
  }

  // -- steps ----------------------------------------------------------------------------------

  /** @param {number} step */
  stepTo(step) {
    const last = this.last(this.source.current()[0]);
    this.set({ playing: false, step: Math.min(last, Math.max(0, step)) });
  }

  /** @param {string} kind what Python is asked for */
  ask(kind) {
    this.model.send({ kind });
  }

  toggle() {
    this.set({ playing: !this.model.get("playing") });
  }

  setPlaying() {
    const playing = this.model.get("playing");
    this.bar?.setPlaying(playing);
    cancelAnimationFrame(this.tick);
    if (!playing) return;
    const last = this.last(this.source.current()[0]);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set({ step: last, playing: false });
      return;
    }
    this.run(this.step() >= last ? 0 : this.step(), performance.now());
  }

  /** @param {number} from @param {number} started */
  run(from, started) {
    this.hover = null;
    const last = this.last(this.source.current()[0]);
    const speed = Number(this.bar?.speed.value ?? 1);
    const step = stepAfter(from, last, performance.now() - started, speed);
    if (step >= last) {
      this.set({ step, playing: false });
      return;
    }
    if (step !== this.model.get("step")) this.set({ step }, true);
    this.tick = requestAnimationFrame(() => this.run(from, started));
  }

  /** @param {Record<string, any>} values @param {boolean} [moving] more of them may follow */
  set(values, moving = false) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    if (!moving || !this.source.runs) return this.tell();
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.tell(), REST);
  }

  /** Tell Python what was set. */
  tell() {
    window.clearTimeout(this.rest);
    this.model.save_changes();
  }

  /** Put controls and handles back to where they were at first: Python does, or it is done here. */
  reset() {
    this.set({ playing: false, step: -1 });
    if (!this.source.runs) return this.ask("reset");
    const [values, handles] = this.source.runs.program.first;
    this.source.controls.forEach(([model, name], i) => {
      model.set(name, values[i]);
      model.save_changes();
    });
    this.set({ handles: { ...this.model.get("handles"), ...handles } });
  }

  remove() {
    cancelAnimationFrame(this.tick);
    this.forget();
    this.band?.remove();
    for (const clean of this.clean) clean();
    this.root.remove();
  }
}

export default widget((model, el) => new View(model, el));
