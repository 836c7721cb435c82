// The browser's half of LivePlot: an SVG over a picture. It draws what it is sent, in fractions of
// an axes, and answers the slider in hand from frames that are already here.

const SVG = "http://www.w3.org/2000/svg";
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const ICONS = {
  play: "M3 1l10 6-10 6z",
  pause: "M3 1h3v12H3zM8 1h3v12H8z",
  back: "M11 1v12L3 7zM1 1h2v12H1z",
  on: "M3 1l8 6-8 6zM11 1h2v12h-2z",
};
const SPEEDS = [0.5, 1, 2, 4];

function setAll(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
}

function make(tag, attributes = {}, parent = null, space = null) {
  const node = space ? document.createElementNS(space, tag) : document.createElement(tag);
  setAll(node, attributes);
  if (parent) parent.append(node);
  return node;
}

// The float32 numbers behind a message; copied where they do not start on a multiple of four.
const numbers = new WeakMap();
function floats(packed) {
  if (!numbers.has(packed)) {
    const { buffer, byteOffset, byteLength } = packed.buffer;
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    numbers.set(packed, new Float32Array(bytes));
  }
  return numbers.get(packed);
}

function rowsOf(values, place) {
  if (!place) return [];
  const [offset, count, width] = place;
  const rows = [];
  for (let i = 0; i < count; i += 1) {
    rows.push(values.subarray(offset + i * width, offset + (i + 1) * width));
  }
  return rows;
}

const finite = (row) => row.every(Number.isFinite);

function short(value) {
  if (!Number.isFinite(value)) return "too large";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

// The entry [x, y, words] of a handle's places that it stands at.
function placeAt(mark, at) {
  return mark.places?.find(([x, y]) => x === at[0] && y === at[1]);
}

// Where an arrow key leads: left and right through the list of places, up and down to the nearest
// one there.
function nextPlace(mark, at, [across, up]) {
  const { places } = mark;
  const k = places.indexOf(placeAt(mark, at)) + across;
  if (across) return places[Math.min(places.length - 1, Math.max(0, k))].slice(0, 2);
  const away = ([x, y]) => 2 * Math.abs(x - at[0]) + Math.abs(y - at[1]);
  const there = places.filter(([, y]) => (y - at[1]) * up > 0);
  return there.length ? there.reduce((best, place) => (away(place) < away(best) ? place : best)).slice(0, 2) : at;
}

// One marker of matplotlib's as a piece of path.
function marker(shape, x, y, size) {
  const r = size / 2;
  const closed = (corners) =>
    "M" + corners.map(([dx, dy]) => `${(x + dx * r).toFixed(2)} ${(y + dy * r).toFixed(2)}`).join("L") + "Z";
  if (shape === "s") return closed([[-1, -1], [1, -1], [1, 1], [-1, 1]]);
  if (shape === "D") return closed([[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]);
  if (shape === "^") return closed([[0, -1.1], [1.1, 0.9], [-1.1, 0.9]]);
  if (shape === "v") return closed([[0, 1.1], [1.1, -0.9], [-1.1, -0.9]]);
  if (shape === "P") {
    const a = 1.1, b = 0.4;
    return closed([[-b, -a], [b, -a], [b, -b], [a, -b], [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b], [-a, -b], [-b, -b]]);
  }
  if (shape === "<") return closed([[-1.1, 0], [0.9, -1.1], [0.9, 1.1]]);
  if (shape === ">") return closed([[1.1, 0], [-0.9, -1.1], [-0.9, 1.1]]);
  if (shape === "X") {
    const a = 1.1, b = 0.55, c = 0.5;
    return closed([[0, -c], [b, -a], [a, -b], [c, 0], [a, b], [b, a], [0, c], [-b, a], [-a, b], [-c, 0], [-a, -b], [-b, -a]]);
  }
  if (shape === "*") {
    const corner = (k) => [Math.sin((k * Math.PI) / 5), -Math.cos((k * Math.PI) / 5)].map((v) => v * (k % 2 ? 0.4 : 1.05));
    return closed(Array.from({ length: 10 }, (_, k) => corner(k)));
  }
  const left = (x - r).toFixed(2), at = y.toFixed(2);
  return `M${left} ${at}a${r} ${r} 0 1 0 ${size} 0a${r} ${r} 0 1 0 ${-size} 0Z`;
}

class View {
  constructor(model, el) {
    this.model = model;
    this.id = `ol${Math.random().toString(36).slice(2)}`; // each plot is a module of its own: no counter
    this.controls = [];
    this.hover = null;
    this.clean = [];
    this.root = make("div", { class: "ol-live", "data-lm-suppress-shortcuts": "true" }, el);
    this.build();
    for (const name of ["data", "frames", "handles", "step", "images", "notes", "drawn"]) {
      this.listen(model, `change:${name}`, () => this.paint());
    }
    this.listen(model, "change:playing", () => this.setPlaying());
    for (const name of ["marks", "sketch"]) this.listen(model, `change:${name}`, () => this.renew());
    this.listen(model, "change:veiled", () => this.lock());
    this.listen(model, "msg:custom", (said) => said.kind === "call" && model.send({ kind: "here" }));
    this.listen(model, "change:panels", () => this.rebuild());
    this.listen(model, "change:controls", () => this.follow());
    this.follow();
    this.paint();
  }

  listen(target, event, callback) {
    target.on(event, callback);
    this.clean.push(() => target.off(event, callback));
  }

  // The models of the controls, so that their values are known without the kernel.
  async follow() {
    const wanted = this.model.get("controls");
    const models = await Promise.all(
      wanted.map(([reference]) => this.model.widget_manager.get_model(reference.slice("IPY_MODEL_".length))),
    );
    this.controls = models.map((model, i) => [model, wanted[i][1]]);
    for (const [model, name] of this.controls) this.listen(model, `change:${name}`, () => this.paint());
    this.paint();
  }

  // -- building: once ---------------------------------------------------------------------------

  rebuild() {
    this.root.replaceChildren();
    this.build();
    this.paint();
  }

  // The marks anew, over the panels as they are.
  renew() {
    for (const mark of this.marks) if (mark.url) URL.revokeObjectURL(mark.url);
    for (const overlay of this.overlays) overlay.replaceChildren();
    this.buildMarks();
    this.paint();
  }

  build() {
    const panels = make("div", { class: "ol-panels" }, this.root);
    this.overlays = this.model.get("panels").map((panel) => {
      const box = make("div", { class: "ol-panel", style: `width:${panel.width}px` }, panels);
      const url = URL.createObjectURL(new Blob([panel.png], { type: "image/png" }));
      this.clean.push(() => URL.revokeObjectURL(url));
      make("img", { src: url, alt: this.model.get("alt"), width: panel.width, height: panel.height }, box);
      const overlay = make("svg", { class: "ol-overlay", viewBox: `0 0 ${panel.width} ${panel.height}` }, box, SVG);
      overlay.addEventListener("pointerdown", (event) => this.press(event));
      overlay.addEventListener("pointermove", (event) => this.move(event));
      overlay.addEventListener("pointerup", (event) => this.release(event));
      overlay.addEventListener("pointercancel", (event) => this.release(event));
      overlay.addEventListener("pointerleave", () => this.point(null));
      return overlay;
    });
    if (this.model.get("playback")) this.buildBar();
    this.goal = make("div", { class: "ol-goal", "aria-live": "polite" }, this.root);
    this.summary = make("div", { class: "ol-summary", role: "status", "aria-live": "polite" }, this.root);
    // JupyterLab asks the focused element itself whether it keeps its keys
    for (const node of this.root.querySelectorAll("button, input, select")) {
      node.setAttribute("data-lm-suppress-shortcuts", "true");
    }
    this.buildMarks();
  }

  buildMarks() {
    this.axes = this.model.get("axes").map((axes, i) => this.buildAxes(axes, i));
    this.marks = this.model.get("marks").map((mark) => this.buildMark(mark));
    this.sketch = this.model.get("sketch").x ? this.buildSketch(this.model.get("sketch")) : null;
    this.lock();
  }

  // A guess is moved and a sketch drawn before the run is shown, every other handle afterwards.
  free(mark) {
    return this.model.get("veiled") === Boolean(mark.guess);
  }

  lock() {
    this.held = this.heldAt = this.drawing = null;
    this.root.classList.toggle("ol-veiled", this.model.get("veiled"));
    for (const overlay of this.overlays) overlay.classList.remove("ol-has-handle");
    const touched = this.marks.filter((mark) => mark.kind === "handle");
    if (this.sketch) touched.push(this.sketch);
    for (const mark of touched) {
      const free = this.free(mark);
      if (free) mark.node.setAttribute("tabindex", 0);
      else mark.node.removeAttribute("tabindex");
      mark.node.setAttribute("aria-disabled", !free);
      mark.node.classList.remove("ol-held");
      if (free) this.axes[mark.axes].overlay.classList.add("ol-has-handle");
    }
    this.paintSketch();
  }

  buildAxes(axes, i) {
    const { width, height } = this.model.get("panels")[axes.panel];
    const [x, y, w, h] = axes.rect;
    const box = { x: x * width, y: y * height, w: w * width, h: h * height };
    const overlay = this.overlays[axes.panel];
    const clipped = (rim) => {
      const id = `${this.id}-${i}-${rim}`;
      const clip = make("clipPath", { id }, overlay, SVG);
      make("rect", { x: box.x - rim, y: box.y - rim, width: box.w + 2 * rim, height: box.h + 2 * rim }, clip, SVG);
      return make("g", { "clip-path": `url(#${id})` }, overlay, SVG);
    };
    // Lines end at the frame; a dot that sits on the frame is seen whole.
    return { ...axes, overlay, box, layer: clipped(0), dots: clipped(7) };
  }

  buildMark(mark) {
    const axes = this.axes[mark.axes];
    const color = mark.color ?? "#20242a";
    const layer = ["points", "label"].includes(mark.kind) ? axes.dots : axes.layer;
    const node = (tag, attributes) =>
      make(tag, { "data-mark": mark.name, ...attributes }, layer, SVG);
    const stroke = { fill: "none", stroke: color, "stroke-width": mark.width ?? 2, "stroke-linejoin": "round" };
    if (mark.dash?.length) stroke["stroke-dasharray"] = mark.dash.join(" ");
    if (mark.opacity !== undefined && mark.kind !== "area") stroke.opacity = mark.opacity;
    if (mark.kind === "line" || mark.kind === "points") {
      const look =
        mark.kind === "line"
          ? stroke
          : { fill: mark.fill === false ? "none" : color, stroke: mark.fill === false ? color : "#fff", "stroke-width": mark.fill === false ? 2.5 : 0.6, opacity: mark.opacity ?? 1 };
      const parts = { node: node("path", look) };
      if (mark.by_step) {
        parts.rest = make("path", { ...look, opacity: 0.22 }, layer, SVG);
        if (mark.kind === "line") {
          parts.now = make("circle", { r: 6, fill: color, stroke: "#fff", "stroke-width": 1.5, "data-step-of": mark.name }, axes.dots, SVG);
        }
      }
      return { ...mark, ...parts };
    }
    if (mark.kind === "arrow") return { ...mark, node: node("path", { ...stroke, fill: color }) };
    if (mark.kind === "area") {
      return { ...mark, node: node("path", { fill: color, opacity: mark.opacity ?? 0.2 }) };
    }
    if (mark.kind === "label") return { ...mark, color, node: node("g", {}), texts: [] };
    if (mark.kind === "image") {
      const { x, y, w, h } = axes.box;
      const image = node("image", { x, y, width: w, height: h, preserveAspectRatio: "none", style: `image-rendering:${mark.smooth ? "auto" : "pixelated"}`, opacity: mark.opacity ?? 1 });
      return { ...mark, node: image };
    }
    return this.buildHandle(mark, axes, color);
  }

  // What a hand moves: it takes the focus, its value is read aloud, and `act` hears the arrow keys.
  buildGrip(axes, label, act) {
    const node = make(
      "g",
      { class: "ol-handle", role: "slider", "aria-label": label, "data-lm-suppress-shortcuts": "true" },
      axes.overlay,
      SVG,
    );
    make("circle", { r: 18, fill: "transparent" }, node, SVG);
    make("circle", { class: "ol-focus", r: 14 }, node, SVG);
    node.addEventListener("keydown", (event) => this.key(event, act));
    return node;
  }

  buildDiamond(node, size, color) {
    make("path", { d: marker("D", 0, 0, size), fill: color, stroke: "#fff", "stroke-width": 1.5 }, node, SVG);
  }

  buildHandle(mark, axes, color) {
    const node = this.buildGrip(axes, mark.label, (way, far) => this.nudge(mark, way, far));
    const names = { "data-mark": mark.name, "data-handle": mark.name };
    if (mark.places) names["data-places"] = mark.places.length;
    setAll(node, { ...names, "aria-valuemin": axes.xlim[0], "aria-valuemax": axes.xlim[1] });
    if (mark.guess) this.buildDiamond(node, mark.size ?? 14, color);
    else make("circle", { r: (mark.size ?? 18) / 2, fill: "#fff", "fill-opacity": 0.35, stroke: color, "stroke-width": 3 }, node, SVG);
    return { ...mark, node };
  }

  buildSketch(spec) {
    const axes = this.axes[spec.axes];
    const look = { fill: "none", stroke: spec.color, "stroke-width": 2, "stroke-dasharray": "5 4", "data-sketch": "line" };
    const line = make("path", look, axes.layer, SVG);
    const dots = make("path", { fill: spec.color, "data-sketch": "points" }, axes.dots, SVG);
    const node = this.buildGrip(axes, spec.label, (way, far) => this.sketchKey(way, far));
    setAll(node, { "data-sketch": "column", "aria-valuemin": axes.ylim[0], "aria-valuemax": axes.ylim[1] });
    this.buildDiamond(node, 12, spec.color);
    const at = spec.x.map((x) => this.fraction(axes, 0, x));
    return { ...spec, guess: true, node, line, dots, at, column: 0 };
  }

  buildBar() {
    const bar = make("div", { class: "ol-bar" }, this.root);
    const button = (action, label, act) => {
      const node = make("button", { type: "button", "data-action": action, "aria-label": label, title: label }, bar);
      const icon = make("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, node, SVG);
      make("path", { d: ICONS[action] }, icon, SVG);
      node.addEventListener("click", act);
      return node;
    };
    button("back", "One step back", () => this.stepTo(this.step() - 1));
    this.play = button("play", "Play the steps", () => this.set({ playing: !this.model.get("playing") }));
    button("on", "One step on", () => this.stepTo(this.step() + 1));
    this.scrub = make("input", { type: "range", min: 0, step: 1, "data-action": "step", "aria-label": "Step" }, bar);
    this.scrub.addEventListener("input", () => this.stepTo(Number(this.scrub.value)));
    this.speed = make("select", { "data-action": "speed", "aria-label": "Speed" }, bar);
    for (const speed of SPEEDS) {
      const option = make("option", { value: speed }, this.speed);
      option.textContent = `${speed}×`;
      option.selected = speed === 1;
    }
    this.speed.addEventListener("change", () => this.setPlaying());
    this.readout = make("span", { class: "ol-readout" }, bar);
  }

  // -- what to show -----------------------------------------------------------------------------

  // The frame of the slider's position if it was computed for the settings as they are, else the
  // last path that the kernel sent.
  current() {
    const frames = this.model.get("frames");
    if (frames.list && this.controls.length) {
      const [first, ...others] = this.controls.map(([model, name]) => model.get(name));
      const guesses = this.model.get("marks").filter((mark) => mark.guess).map((mark) => mark.name);
      const handles = Object.entries(this.model.get("handles")).filter(([name]) => !guesses.includes(name));
      const settings = JSON.stringify([...others, Object.fromEntries(handles)]);
      if (frames.list[first] && settings === JSON.stringify(frames.settings)) {
        return [frames.list[first], floats(frames), "frames"];
      }
    }
    const data = this.model.get("data");
    return data.list ? [data.list[0], floats(data), "data"] : [{ marks: {}, texts: {} }, new Float32Array(), "none"];
  }

  last(frame) {
    const counts = this.marks.filter((mark) => mark.by_step).map((mark) => frame.marks[mark.name]?.[1] ?? 0);
    return Math.max(0, ...counts, frame.values?.[1] ?? 0, 1) - 1;
  }

  step() {
    const last = this.last(this.current()[0]);
    const step = this.model.get("step");
    return step < 0 ? last : Math.min(step, last);
  }

  pixel(axes, [fx, fy]) {
    const { x, y, w, h } = axes.box;
    return [x + fx * w, y + (1 - fy) * h];
  }

  // -- painting: on every change ------------------------------------------------------------------

  paint() {
    const [frame, values, source] = this.current();
    const notes = this.model.get("notes");
    const noted = notes.list?.[0];
    const last = this.last(frame);
    const step = this.hover === null ? this.step() : Math.min(this.hover, last);
    this.root.dataset.source = source;
    this.root.dataset.step = step;
    for (const mark of this.marks) {
      if (mark.kind === "handle") this.paintHandle(mark);
      else if (mark.kind === "image") this.paintImage(mark);
      else if (noted?.marks[mark.name]) this.paintRows(mark, rowsOf(floats(notes), noted.marks[mark.name]), noted, step);
      else this.paintRows(mark, rowsOf(values, frame.marks[mark.name]), frame, step);
    }
    this.paintSketch();
    this.goal.textContent = frame.goal ?? "";
    if (this.summary.textContent !== (frame.summary ?? "")) this.summary.textContent = frame.summary ?? "";
    if (this.readout) this.paintBar(frame, values, step, last);
  }

  paintRows(mark, rows, frame, step) {
    const axes = this.axes[mark.axes];
    if (mark.kind === "line") {
      mark.node.setAttribute("d", this.linePath(axes, mark.by_step ? rows.slice(0, step + 1) : rows));
      if (mark.by_step) {
        mark.rest.setAttribute("d", this.linePath(axes, rows.slice(step)));
        this.paintNow(mark, axes, rows, step);
      }
    } else if (mark.kind === "points") {
      mark.node.setAttribute("d", this.pointsPath(axes, mark, mark.by_step ? rows.slice(0, step + 1) : rows));
      if (mark.by_step) mark.rest.setAttribute("d", this.pointsPath(axes, mark, rows.slice(step + 1)));
    } else if (mark.kind === "area") {
      const d = this.linePath(axes, rows);
      mark.node.setAttribute("d", d ? `${d}Z` : "");
    } else if (mark.kind === "arrow") {
      const shown = mark.by_step ? rows.slice(0, step + 1) : rows;
      mark.node.setAttribute("d", shown.filter(finite).map((row) => this.arrowPath(axes, row)).join(""));
    } else if (mark.kind === "label") {
      const shown = mark.by_step ? rows.slice(0, step + 1) : rows;
      this.paintLabels(mark, axes, shown, frame.texts[mark.name] ?? []);
    }
  }

  linePath(axes, rows) {
    let d = "";
    let pen = "M";
    for (const row of rows) {
      if (finite(row)) {
        const [x, y] = this.pixel(axes, row);
        d += `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
        pen = "L";
      } else {
        pen = "M";
      }
    }
    return d;
  }

  pointsPath(axes, mark, rows) {
    const size = mark.size ?? 6;
    return rows.filter(finite).map((row) => marker(mark.marker ?? "o", ...this.pixel(axes, row), size)).join("");
  }

  arrowPath(axes, row) {
    const [x0, y0] = this.pixel(axes, row.subarray(0, 2));
    const [x1, y1] = this.pixel(axes, row.subarray(2, 4));
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 0.5) return "";
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
    const head = Math.min(10, length);
    const point = (along, across) =>
      `${(x1 - ux * along - uy * across).toFixed(2)} ${(y1 - uy * along + ux * across).toFixed(2)}`;
    return `M${x0.toFixed(2)} ${y0.toFixed(2)}L${point(head * 0.7, 0)}M${point(0, 0)}L${point(head, head * 0.4)}L${point(head, -head * 0.4)}Z`;
  }

  // The dot of the current step; where the path has left the numbers, the last point that it had.
  paintNow(mark, axes, rows, step) {
    let k = Math.min(step, rows.length - 1);
    while (k > 0 && !finite(rows[k])) k -= 1;
    const shown = k >= 0 && finite(rows[k]);
    mark.now.style.display = shown ? "" : "none";
    if (!shown) return;
    const [x, y] = this.pixel(axes, rows[k]);
    mark.now.setAttribute("cx", x.toFixed(2));
    mark.now.setAttribute("cy", y.toFixed(2));
  }

  paintLabels(mark, axes, rows, texts) {
    const [dx, dy] = mark.offset ?? [6, 6];
    while (mark.texts.length < rows.length) {
      mark.texts.push(make("text", { fill: mark.color, "font-size": mark.size ?? 13, "dominant-baseline": mark.baseline === "center" ? "central" : "auto" }, mark.node, SVG));
    }
    mark.texts.forEach((node, i) => {
      const row = rows[i];
      const shown = row && finite(row) && row.every((f) => f >= 0 && f <= 1);
      node.style.display = shown ? "" : "none";
      if (!shown) return;
      const [x, y] = this.pixel(axes, row);
      const turned = (mark.anchor ?? "start") === "start" && row[0] > 0.94; // else it would be cut
      node.setAttribute("text-anchor", turned ? "end" : (mark.anchor ?? "start"));
      node.setAttribute("x", (turned ? x - dx : x + dx).toFixed(2));
      node.setAttribute("y", (y - dy).toFixed(2));
      if (node.textContent !== texts[i]) node.textContent = texts[i];
    });
  }

  paintImage(mark) {
    const png = this.model.get("images")[mark.name];
    if (mark.png === png) return;
    mark.png = png;
    if (mark.url) URL.revokeObjectURL(mark.url);
    mark.url = null;
    mark.node.removeAttribute("href");
    if (!png) return;
    mark.url = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    mark.node.setAttribute("href", mark.url);
  }

  paintHandle(mark) {
    const axes = this.axes[mark.axes];
    // a handle in hand stays under the pointer, whatever the kernel answers to where it was
    const at = (this.held === mark && this.heldAt) || this.model.get("handles")[mark.name];
    mark.node.style.display = at?.length ? "" : "none";
    if (!at?.length || !at.every(Number.isFinite)) return;
    const fx = this.fraction(axes, 0, at[0]);
    const fy = mark.track ? this.onTrack(mark.track, fx) : this.fraction(axes, 1, at[1]);
    const [x, y] = this.pixel(axes, [Math.min(1, Math.max(0, fx)), Math.min(1, Math.max(0, fy))]);
    mark.node.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
    mark.node.setAttribute("aria-valuenow", at[0]);
    const numbers = at.length > 1 ? `x ${short(at[0])}, y ${short(at[1])}` : `x ${short(at[0])}`;
    mark.node.setAttribute("aria-valuetext", placeAt(mark, at)?.[2] ?? numbers);
  }

  paintSketch() {
    const { sketch } = this;
    if (!sketch) return;
    const axes = this.axes[sketch.axes];
    const drawn = this.model.get("drawn");
    const height = (k) => (drawn[k] == null ? NaN : this.fraction(axes, 1, drawn[k]));
    const rows = sketch.at.map((fx, k) => [fx, height(k)]);
    sketch.line.setAttribute("d", this.linePath(axes, rows));
    sketch.dots.setAttribute("d", this.pointsPath(axes, { marker: "D", size: 7 }, rows));
    sketch.node.style.display = this.free(sketch) ? "" : "none";
    const k = sketch.column;
    const known = Number.isFinite(height(k));
    const [x, y] = this.pixel(axes, [sketch.at[k], known ? height(k) : this.before(k)]);
    const [column, quantity] = sketch.names;
    const value = known ? `${quantity} ${short(drawn[k])}` : "not drawn";
    const spoken = { "aria-valuetext": `${column} ${short(sketch.x[k])}: ${value}`, opacity: known ? 1 : 0.4 };
    setAll(sketch.node, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`, ...spoken });
    if (known) sketch.node.setAttribute("aria-valuenow", drawn[k]);
    else sketch.node.removeAttribute("aria-valuenow");
  }

  // How high an undrawn column begins: like the last one drawn to its left, else in the middle.
  before(column) {
    const left = this.model.get("drawn").slice(0, column).filter((value) => value != null);
    return left.length ? this.fraction(this.axes[this.sketch.axes], 1, left[left.length - 1]) : 0.5;
  }

  paintBar(frame, values, step, last) {
    this.scrub.max = last;
    this.scrub.value = step;
    const row = frame.values ? rowsOf(values, frame.values)[step] : null;
    const parts = row ? frame.names.map((name, i) => `${name} ${short(row[i])}`) : [];
    this.readout.textContent = [`step ${step} of ${last}`, ...parts].join(" · ");
  }

  // -- coordinates --------------------------------------------------------------------------------

  limits(axes, which) {
    const [low, high] = which ? axes.ylim : axes.xlim;
    return (which ? axes.yscale : axes.xscale) === "log" ? [Math.log10(low), Math.log10(high), true] : [low, high, false];
  }

  fraction(axes, which, value) {
    const [low, high, log] = this.limits(axes, which);
    return ((log ? Math.log10(value) : value) - low) / (high - low);
  }

  // A fraction of the axes as a number on the handle's grid, inside the axes.
  value(axes, which, fraction, grain) {
    const [low, high, log] = this.limits(axes, which);
    const at = low + Math.min(1, Math.max(0, fraction)) * (high - low);
    if (log) return Number((10 ** at).toPrecision(3));
    const [least, most] = [Math.min(low, high), Math.max(low, high)];
    const snapped = Math.round(at / grain) * grain;
    return Number(Math.min(most, Math.max(least, snapped)).toPrecision(12));
  }

  onTrack(track, fx) {
    let i = track.findIndex(([x]) => x >= fx);
    if (i === 0) return track[0][1];
    if (i < 0) return track[track.length - 1][1];
    const [[x0, y0], [x1, y1]] = [track[i - 1], track[i]];
    return x1 === x0 ? y1 : y0 + ((y1 - y0) * (fx - x0)) / (x1 - x0);
  }

  // Where the pointer is: the axes under it and the fractions in it.
  locate(event) {
    const frame = event.currentTarget.getBoundingClientRect();
    const { width, height } = event.currentTarget.viewBox.baseVal;
    const x = ((event.clientX - frame.left) / frame.width) * width;
    const y = ((event.clientY - frame.top) / frame.height) * height;
    const inAxes = (axes) => {
      const fx = (x - axes.box.x) / axes.box.w;
      const fy = 1 - (y - axes.box.y) / axes.box.h;
      return { axes, fx, fy, x, y, inside: fx >= 0 && fx <= 1 && fy >= 0 && fy <= 1 };
    };
    const here = this.axes.filter((axes) => axes.overlay === event.currentTarget).map(inAxes);
    return { all: here, hit: here.find((place) => place.inside) ?? null };
  }

  // -- the handle -----------------------------------------------------------------------------------

  press(event) {
    if (event.button !== 0) return;
    const { hit, all } = this.locate(event);
    const direct = this.handles().find((mark) => mark.node.contains(event.target));
    const drawing = !direct && this.sketch && this.free(this.sketch) && hit?.axes === this.axes[this.sketch.axes];
    const mark = direct ?? (hit && !drawing ? this.nearestHandle(hit) : null);
    if (!mark && !drawing) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    if (drawing) {
      this.draw(hit);
      this.sketch.node.focus({ preventScroll: true });
      return;
    }
    this.held = mark;
    this.hover = null;
    mark.node.classList.add("ol-held");
    mark.node.focus({ preventScroll: true });
    if (!direct) this.place(mark, all.find((spot) => spot.axes === this.axes[mark.axes]));
  }

  // The handles that a hand may move now.
  handles() {
    return this.marks.filter((mark) => mark.kind === "handle" && this.free(mark) && this.model.get("handles")[mark.name]?.length);
  }

  nearestHandle(hit) {
    const distance = (mark) => {
      const [x, y] = mark.node.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
      return Math.hypot(x - hit.x, y - hit.y);
    };
    const here = this.handles().filter((mark) => [mark.axes, mark.also].some((i) => this.axes[i] === hit.axes));
    return here.sort((a, b) => distance(a) - distance(b))[0];
  }

  move(event) {
    const { hit, all } = this.locate(event);
    if (this.drawing) this.draw(all.find((spot) => spot.axes === this.axes[this.sketch.axes]));
    else if (!this.held) this.point(hit);
    else this.place(this.held, all.find((spot) => spot.axes === this.axes[this.held.axes]));
  }

  release(event) {
    if (!this.held && !this.drawing) return;
    event.currentTarget.releasePointerCapture(event.pointerId);
    this.drawing = null;
    if (!this.held) return;
    this.held.node.classList.remove("ol-held");
    this.held = this.heldAt = null;
    this.paint();
  }

  place(mark, { axes, fx, fy }) {
    let at = [this.value(axes, 0, fx, mark.round[0])];
    if (mark.places) at = this.nearestPlace(mark, axes, fx, fy);
    else if (!mark.track) at.push(this.value(axes, 1, fy, mark.round[1]));
    if (this.held === mark) this.heldAt = at;
    this.moveHandle(mark, at);
  }

  // Of a handle's places the one nearest to the pointer.
  nearestPlace(mark, axes, fx, fy) {
    const [left, top] = this.pixel(axes, [fx, fy]);
    const away = ([x, y]) => {
      const [a, b] = this.pixel(axes, [this.fraction(axes, 0, x), this.fraction(axes, 1, y)]);
      return Math.hypot(a - left, b - top);
    };
    return mark.places.reduce((best, place) => (away(place) < away(best) ? place : best)).slice(0, 2);
  }

  moveHandle(mark, at) {
    const handles = this.model.get("handles");
    if (JSON.stringify(handles[mark.name]) === JSON.stringify(at)) return;
    this.set({ handles: { ...handles, [mark.name]: at } });
  }

  key(event, act) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " " && this.play && !this.model.get("veiled")) {
      event.preventDefault();
      if (!event.repeat) this.set({ playing: !this.model.get("playing") });
      return;
    }
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    act(KEYS[event.key], event.shiftKey);
  }

  nudge(mark, way, far) {
    if (!this.free(mark)) return;
    const axes = this.axes[mark.axes];
    const at = this.model.get("handles")[mark.name];
    if (mark.places) return this.moveHandle(mark, nextPlace(mark, at, way));
    const stride = far ? 0.05 : 0.005;
    const moved = at.map((value, which) => {
      if (!way[which]) return value;
      const to = this.value(axes, which, this.fraction(axes, which, value) + way[which] * stride, mark.round[which]);
      return to === value ? this.value(axes, which, this.fraction(axes, which, value + way[which] * mark.round[which]), mark.round[which]) : to;
    });
    this.moveHandle(mark, moved);
  }

  // -- the sketch -----------------------------------------------------------------------------------

  // The columns that the pointer has passed since it was last seen get the height at which it did;
  // the nearest one follows it, until it has been passed and left.
  draw({ fx, fy }) {
    const { at } = this.sketch;
    const column = at.reduce((best, x, k) => (Math.abs(x - fx) < Math.abs(at[best] - fx) ? k : best), 0);
    const from = this.drawing ?? { fx, fy, column };
    const heights = {};
    for (let k = Math.min(column, from.column); k <= Math.max(column, from.column); k += 1) {
      const along = (at[k] - from.fx) / (fx - from.fx);
      const follows = !this.drawing || along > 1 || Math.abs(at[k] - fx) < 0.2 * (at[1] - at[0]);
      if (along >= 0 && along <= 1) heights[k] = from.fy + along * (fy - from.fy);
      else if (k === column && follows) heights[k] = fy;
    }
    this.drawing = { fx, fy, column };
    this.setSketch(column, heights);
  }

  // Left and right choose a column; up and down put it where it begins, and then move it.
  sketchKey([across, up], far) {
    const { sketch } = this;
    if (!this.free(sketch)) return;
    const column = Math.min(sketch.x.length - 1, Math.max(0, sketch.column + across));
    const now = this.model.get("drawn")[column];
    const stride = far ? 1 / 10 : 1 / 40;
    const height = now == null ? this.before(column) : this.fraction(this.axes[sketch.axes], 1, now) + up * stride;
    this.setSketch(column, up ? { [column]: height } : {});
  }

  setSketch(column, heights) {
    const { sketch } = this;
    const drawn = sketch.x.map((_, k) => this.model.get("drawn")[k] ?? null);
    for (const [k, fy] of Object.entries(heights)) drawn[k] = this.value(this.axes[sketch.axes], 1, fy, sketch.round);
    sketch.column = column;
    if (Object.keys(heights).length) this.set({ drawn });
    this.paintSketch();
  }

  // -- steps ------------------------------------------------------------------------------------------

  // Mark the step under the pointer, in every axes that shows it.
  point(hit) {
    let found = null;
    let best = 16;
    if (hit) {
      const [frame, values] = this.current();
      for (const mark of this.marks) {
        if (!mark.by_step || mark.kind !== "line" || this.axes[mark.axes] !== hit.axes) continue;
        rowsOf(values, frame.marks[mark.name]).forEach((row, k) => {
          if (!finite(row)) return;
          const [x, y] = this.pixel(hit.axes, row);
          const distance = Math.hypot(x - hit.x, y - hit.y);
          if (distance < best) [best, found] = [distance, k];
        });
      }
    }
    if (found !== this.hover) {
      this.hover = found;
      this.paint();
    }
  }

  stepTo(step) {
    const last = this.last(this.current()[0]);
    this.set({ playing: false, step: Math.min(last, Math.max(0, step)) });
  }

  setPlaying() {
    const playing = this.model.get("playing");
    if (this.play) {
      this.play.setAttribute("aria-label", playing ? "Pause" : "Play the steps");
      this.play.title = playing ? "Pause" : "Play the steps";
      this.play.querySelector("path").setAttribute("d", playing ? ICONS.pause : ICONS.play);
    }
    cancelAnimationFrame(this.tick);
    if (!playing) return;
    const last = this.last(this.current()[0]);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set({ step: last, playing: false });
      return;
    }
    const from = this.step() >= last ? 0 : this.step();
    this.run(from, performance.now());
  }

  // Whole steps at an even pace: at least six a second, a whole run in about five seconds.
  run(from, started) {
    this.hover = null;
    const last = this.last(this.current()[0]);
    const pace = Math.max(6, last / 5) * Number(this.speed?.value ?? 1);
    const step = Math.min(last, from + Math.floor(((performance.now() - started) / 1000) * pace));
    if (step >= last) {
      this.set({ step, playing: false });
      return;
    }
    if (step !== this.model.get("step")) this.set({ step });
    this.tick = requestAnimationFrame(() => this.run(from, started));
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  remove() {
    cancelAnimationFrame(this.tick);
    for (const clean of this.clean) clean();
    this.root.remove();
  }
}

export default {
  render({ model, el }) {
    saveStills(model.widget_manager);
    const view = new View(model, el);
    return () => view.remove();
  },
};
