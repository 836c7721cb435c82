// One object for each kind of mark: how it is built, and how it is painted from what it shows. Its
// twin in marks.py says what data and which looks it takes, and draws it in the still.

import { pngUrl, revokeSoon, svg } from "./dom.js";
import {
  areaPath, arrowsPath, handlePixel, labelPlace, lastKnown, linePath, marker, pixel, placeAt,
  pointsPath, short,
} from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Row} Row
 *
 * @typedef {object} OwnAxes where marks are drawn: lines end at the frame, a dot on it is seen whole
 * @property {import("./geometry.js").Box} box
 * @property {SVGElement} overlay
 * @property {SVGElement} layer cut at the frame
 * @property {SVGElement} dots cut a little outside the frame
 * @property {SVGElement} stars the same, over all other marks but handles
 * @typedef {import("./geometry.js").Limits & OwnAxes} Axes
 *
 * @typedef {object} Spec a mark as Python declares it
 * @property {string} name
 * @property {string} kind
 * @property {number} axes
 * @property {string} [color]
 * @property {number} [width]
 * @property {number[]} [dash]
 * @property {string} [marker]
 * @property {number} [size]
 * @property {number} [opacity]
 * @property {boolean} [fill]
 * @property {boolean} [by_step]
 * @property {boolean} [at_step]
 * @property {boolean} [smooth]
 * @property {string} [anchor]
 * @property {[number, number]} [offset]
 * @property {string} [baseline]
 * @property {string} [label]
 * @property {number[]} [round]
 * @property {number} [also]
 * @property {import("./geometry.js").Point[]} [track]
 * @property {import("./geometry.js").Place[]} [places]
 * @property {boolean} [guess]
 *
 * @typedef {object} Parts what a kind keeps of a mark that it has built
 * @property {SVGElement} node
 * @property {SVGElement} [rest] the steps still to come
 * @property {SVGElement} [now] the dot of the step
 * @property {SVGTextElement[]} [texts]
 * @property {BlobPart} [png]
 * @property {string} [url]
 * @typedef {Spec & Parts} Mark
 *
 * @typedef {object} Shown what a mark shows now
 * @property {Row[]} rows
 * @property {string[]} texts
 * @property {number} step
 * @property {BlobPart} [png]
 * @property {number[]} [at] where its handle stands; [] or nothing where it is not shown
 *
 * @typedef {object} Kind
 * @property {boolean} [walked] each of its rows is a step that the pointer can choose
 * @property {boolean} [held] it is moved by hand
 * @property {(mark: Spec, axes: Axes) => Parts} build
 * @property {(mark: Mark, axes: Axes, shown: Shown) => void} paint
 * @property {(mark: Mark) => void} [forget] let go of what the page keeps for it
 */

const INK = "#20242a";

/** How much of a mark is seen of the steps still to come. */
const TO_COME = 0.22;

/** Colour and size of a star at a minimum, and the width of its rim, as the scene has them. */
const STAR_LOOK = { fill: "#ffd54a", size: 17.2, rim: 1.1 };

/**
 * The stars of the scene once more, in front of the paths.
 * @param {Axes} axes @param {Row[]} rows
 */
export function stars({ box, stars: layer }, rows) {
  const look = { fill: STAR_LOOK.fill, stroke: INK, "stroke-width": STAR_LOOK.rim };
  const d = pointsPath(box, rows, "*", STAR_LOOK.size);
  if (d) svg("path", { d, class: "ol-stars", "stroke-linejoin": "bevel", ...look }, layer);
}

/** @param {Spec} mark */
function stroke(mark) {
  return {
    fill: "none",
    stroke: mark.color ?? INK,
    "stroke-width": mark.width ?? 2,
    "stroke-linejoin": "round",
    "stroke-dasharray": mark.dash?.length ? mark.dash.join(" ") : null,
    opacity: mark.opacity,
  };
}

/**
 * The rows up to the step where it counts them, or that of the step alone.
 * @param {Spec} mark @param {Shown} shown
 */
function upTo(mark, { rows, step }) {
  if (mark.at_step) return rows.slice(step, step + 1);
  return mark.by_step ? rows.slice(0, step + 1) : rows;
}

/** @param {Element} node @param {boolean} shown */
export function show(node, shown) {
  /** @type {SVGElement} */ (node).style.display = shown ? "" : "none";
}

/**
 * What a hand moves: it takes the focus, and its value is read aloud.
 * @param {Axes} axes @param {string | undefined} label
 */
export function grip({ overlay }, label) {
  const held = { class: "ol-handle", role: "slider", "aria-label": label };
  const node = svg("g", { ...held, "data-lm-suppress-shortcuts": "true" }, overlay);
  svg("circle", { r: 18, fill: "transparent" }, node);
  svg("circle", { class: "ol-focus", r: 14 }, node);
  return node;
}

/** @param {Element} node @param {number} size @param {string} color */
export function diamond(node, size, color) {
  const rim = { fill: color, stroke: "#fff", "stroke-width": 1.5 };
  svg("path", { d: marker("D", 0, 0, size), ...rim }, node);
}

/** @type {Record<string, Kind>} */
export const MARKS = {
  line: {
    walked: true,
    build(mark, axes) {
      const look = stroke(mark);
      const node = svg("path", { "data-mark": mark.name, ...look }, axes.layer);
      if (!mark.by_step) return { node };
      const rest = svg("path", { ...look, opacity: TO_COME }, axes.layer);
      const dot = { r: 6, fill: look.stroke, stroke: "#fff", "stroke-width": 1.5 };
      const now = svg("circle", { ...dot, "data-step-of": mark.name }, axes.dots);
      return { node, rest, now };
    },
    paint(mark, { box }, shown) {
      mark.node.setAttribute("d", linePath(box, upTo(mark, shown)));
      mark.rest?.setAttribute("d", linePath(box, shown.rows.slice(shown.step)));
      if (!mark.now) return;
      const row = lastKnown(shown.rows, shown.step);
      show(mark.now, row !== null);
      if (!row) return;
      const [x, y] = pixel(box, row[0], row[1]);
      mark.now.setAttribute("cx", x.toFixed(2));
      mark.now.setAttribute("cy", y.toFixed(2));
    },
  },

  points: {
    build(mark, axes) {
      const color = mark.color ?? INK;
      const ring = mark.fill === false;
      const look = {
        fill: ring ? "none" : color,
        stroke: ring ? color : "#fff",
        "stroke-width": ring ? 2.5 : 0.6,
        opacity: mark.opacity ?? 1,
      };
      const layer = mark.marker === "*" ? axes.stars : axes.dots;
      const node = svg("path", { "data-mark": mark.name, ...look }, layer);
      if (!mark.by_step) return { node };
      return { node, rest: svg("path", { ...look, opacity: TO_COME }, layer) };
    },
    paint(mark, { box }, shown) {
      const path = (/** @type {Row[]} */ rows) => pointsPath(box, rows, mark.marker, mark.size);
      mark.node.setAttribute("d", path(upTo(mark, shown)));
      mark.rest?.setAttribute("d", path(shown.rows.slice(shown.step + 1)));
    },
  },

  arrow: {
    build(mark, axes) {
      const look = { ...stroke(mark), fill: mark.color ?? INK };
      return { node: svg("path", { "data-mark": mark.name, ...look }, axes.layer) };
    },
    paint(mark, { box }, shown) {
      mark.node.setAttribute("d", arrowsPath(box, upTo(mark, shown)));
    },
  },

  area: {
    build(mark, axes) {
      const look = { fill: mark.color ?? INK, opacity: mark.opacity ?? 0.2 };
      return { node: svg("path", { "data-mark": mark.name, ...look }, axes.layer) };
    },
    paint(mark, { box }, { rows }) {
      mark.node.setAttribute("d", areaPath(box, rows));
    },
  },

  label: {
    build(mark, axes) {
      return { node: svg("g", { "data-mark": mark.name }, axes.dots), texts: [] };
    },
    paint(mark, { box }, shown) {
      const rows = upTo(mark, shown);
      const nodes = mark.texts ?? [];
      const baseline = mark.baseline === "center" ? "central" : "auto";
      const look = { fill: mark.color ?? INK, "font-size": mark.size ?? 13 };
      while (nodes.length < rows.length) {
        nodes.push(svg("text", { ...look, "dominant-baseline": baseline }, mark.node));
      }
      nodes.forEach((node, i) => {
        const place = labelPlace(box, rows[i], mark.offset ?? [6, 6], mark.anchor ?? "start");
        show(node, place !== null);
        if (!place) return;
        node.setAttribute("text-anchor", place.anchor);
        node.setAttribute("x", place.x.toFixed(2));
        node.setAttribute("y", place.y.toFixed(2));
        if (node.textContent !== shown.texts[i]) node.textContent = shown.texts[i];
      });
    },
  },

  image: {
    build(mark, axes) {
      const { x, y, w, h } = axes.box;
      const look = {
        x, y, width: w, height: h,
        preserveAspectRatio: "none",
        style: `image-rendering:${mark.smooth ? "auto" : "pixelated"}`,
        opacity: mark.opacity ?? 1,
      };
      return { node: svg("image", { "data-mark": mark.name, ...look }, axes.layer) };
    },
    paint(mark, _axes, { png }) {
      if (mark.png === png) return;
      mark.png = png;
      this.forget?.(mark);
      mark.node.removeAttribute("href");
      if (!png) return;
      mark.url = pngUrl(png);
      mark.node.setAttribute("href", mark.url);
    },
    forget(mark) {
      if (mark.url) revokeSoon(mark.url);
      mark.url = undefined;
    },
  },

  handle: {
    held: true,
    build(mark, axes) {
      const node = grip(axes, mark.label);
      node.setAttribute("data-mark", mark.name);
      node.setAttribute("data-handle", mark.name);
      if (mark.places) node.setAttribute("data-places", String(mark.places.length));
      node.setAttribute("aria-valuemin", String(axes.xlim[0]));
      node.setAttribute("aria-valuemax", String(axes.xlim[1]));
      const color = mark.color ?? INK;
      const ring = { fill: "#fff", "fill-opacity": 0.35, stroke: color, "stroke-width": 3 };
      if (mark.guess) diamond(node, mark.size ?? 14, color);
      else svg("circle", { r: (mark.size ?? 18) / 2, ...ring }, node);
      return { node };
    },
    paint(mark, axes, { at }) {
      show(mark.node, Boolean(at?.length));
      if (!at?.length || !at.every(Number.isFinite)) return;
      const [x, y] = handlePixel(axes, axes.box, at, mark.track);
      const words = at.length > 1 ? `x ${short(at[0])}, y ${short(at[1])}` : `x ${short(at[0])}`;
      mark.node.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
      mark.node.setAttribute("aria-valuenow", String(at[0]));
      mark.node.setAttribute("aria-valuetext", placeAt(mark.places, at)?.[2] ?? words);
    },
  },
};
