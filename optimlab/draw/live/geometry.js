// Numbers in, numbers or the text of an SVG path out: where a mark stands, and where a hand or a
// key leads. Nothing here knows the page.

/**
 * @typedef {ArrayLike<number>} Row numbers of one mark: x, y, and for an arrow's tip x, y again
 * @typedef {[number, number]} Point
 * @typedef {[x: number, y: number, name: string]} Place where a handle may stand, and its name
 * @typedef {{x: number, y: number, w: number, h: number}} Box the frame of an axes, in pixels
 *
 * @typedef {object} Limits what an axes shows, in data coordinates
 * @property {Point} xlim
 * @property {Point} ylim
 * @property {string} xscale "log", or whatever is drawn evenly
 * @property {string} yscale
 */

/** @param {number} value */
const inside = (value) => Math.min(1, Math.max(0, value));

/** @param {number} value */
const text = (value) => value.toFixed(2);

/**
 * Whether all its numbers can be drawn.
 * @param {Row} row
 */
export function finite(row) {
  for (let i = 0; i < row.length; i += 1) if (!Number.isFinite(row[i])) return false;
  return true;
}

/**
 * A number rounded to so many digits, and its power of ten; a tie goes to the even digit, as in
 * Python.
 * @param {number} value @param {number} digits @returns {[mantissa: string, power: string]}
 */
function rounded(value, digits) {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const beyond = value.toExponential(digits + 40).replace(/^-|\.|e.*$/g, "").slice(digits);
  const last = Number(mantissa.slice(-1));
  const up = last % 2 && /^50*$/.test(beyond); // JavaScript has rounded a tie up
  return [up ? mantissa.slice(0, -1) + (last - 1) : mantissa, power];
}

/**
 * A number as a reader is told it, as words.py writes it.
 * @param {number} value @param {number} [digits] at most
 * @param {number} [far] digits of very large and small ones
 * @returns {string}
 */
export function short(value, digits = 4, far = 3) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return "too large";
  const [mantissa, power] = rounded(value, digits);
  if (Number(power) >= -4 && Number(power) < 5) return String(Number(`${mantissa}e${power}`));
  if (digits !== far) return short(value, far, far);
  return `${Number(mantissa)}e${power}`;
}

/**
 * A number of a step as a reader is told it: where there is none, why; a dash where there is none yet.
 * @param {number} value @param {number} step
 * @param {[number, string] | null | undefined} lost the step from which on it has none, and why
 */
export function told(value, step, lost) {
  if (lost && step >= lost[0]) return lost[1];
  return Number.isNaN(value) ? "–" : short(value);
}

/**
 * The rows of a mark in a message, where Python says they lie: [first number, rows, numbers a row].
 * @param {Float32Array} values @param {number[] | undefined} place
 */
export function rowsOf(values, place) {
  if (!place) return [];
  const [offset, count, width] = place;
  /** @type {number[][]} */
  const rows = [];
  for (let i = 0, j = offset; i < count; i += 1, j += width) {
    // most are points, and written so they are made several times as fast
    rows.push(width === 2 ? [values[j], values[j + 1]] : Array.from(values.subarray(j, j + width)));
  }
  return rows;
}

/**
 * Numbers that are said and not drawn: doubles, which lie in two places each.
 * @param {Float32Array} values @param {number} first place @param {number} count of places
 */
export const doubles = (values, first, count) =>
  new Float64Array(values.slice(first, first + count).buffer);

// -- coordinates ------------------------------------------------------------------------------

/**
 * Where a fraction of an axes stands.
 * @param {Box} box @param {number} fx @param {number} fy @returns {Point}
 */
export function pixel(box, fx, fy) {
  return [box.x + fx * box.w, box.y + (1 - fy) * box.h];
}

/**
 * Which fraction of an axes a pixel is.
 * @param {Box} box @param {number} x @param {number} y
 */
export function fractionsAt(box, x, y) {
  const fx = (x - box.x) / box.w;
  const fy = 1 - (y - box.y) / box.h;
  return { fx, fy, inside: fx >= 0 && fx <= 1 && fy >= 0 && fy <= 1 };
}

/**
 * The ends of an axis on its own scale, and whether that is log.
 * @param {Limits} axes @param {number} which 0 for x, 1 for y @returns {[number, number, boolean]}
 */
export function ends(axes, which) {
  const [low, high] = which ? axes.ylim : axes.xlim;
  const log = (which ? axes.yscale : axes.xscale) === "log";
  return log ? [Math.log10(low), Math.log10(high), true] : [low, high, false];
}

/**
 * A number on an axis as a fraction of it.
 * @param {Limits} axes @param {number} which 0 for x, 1 for y @param {number} value
 */
export function fraction(axes, which, value) {
  const [low, high, log] = ends(axes, which);
  return ((log ? Math.log10(value) : value) - low) / (high - low);
}

/**
 * A fraction of an axis as a number on a handle's grid, inside the axes.
 * @param {Limits} axes @param {number} which 0 for x, 1 for y @param {number} along
 * @param {number} grain the distance of two numbers of the grid; a log axis has 3 digits instead
 */
export function value(axes, which, along, grain) {
  const [low, high, log] = ends(axes, which);
  const at = low + inside(along) * (high - low);
  if (log) return Number((10 ** at).toPrecision(3));
  const [least, most] = [Math.min(low, high), Math.max(low, high)];
  const snapped = Math.round(at / grain) * grain;
  return Number(Math.min(most, Math.max(least, snapped)).toPrecision(12));
}

/**
 * The number of a grid beside a value: `round` is Math.floor for the one below, Math.ceil above.
 * @param {number} value @param {number} grain @param {(value: number) => number} round
 */
export function onGrid(value, grain, round) {
  return Number((round(Number((value / grain).toPrecision(12))) * grain).toPrecision(12));
}

/**
 * The height of a track at fx, in fractions; outside its ends that of the end.
 * @param {Point[]} track @param {number} fx
 */
export function onTrack(track, fx) {
  const i = track.findIndex(([x]) => x >= fx);
  if (i === 0) return track[0][1];
  if (i < 0) return track[track.length - 1][1];
  const [[x0, y0], [x1, y1]] = [track[i - 1], track[i]];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (fx - x0)) / (x1 - x0);
}

/**
 * Where a handle is drawn: on its track or at its numbers, and never outside its axes.
 * @param {Limits} axes @param {Box} box @param {number[]} at @param {Point[]} [track]
 */
export function handlePixel(axes, box, at, track) {
  const fx = fraction(axes, 0, at[0]);
  const fy = track ? onTrack(track, fx) : fraction(axes, 1, at[1]);
  return pixel(box, inside(fx), inside(fy));
}

// -- paths ------------------------------------------------------------------------------------

/** What is nearer than this to the last thing drawn, in pixels, is not drawn: nobody could see it. */
const SEEN = 0.5;

/**
 * A line through rows, broken where one cannot be drawn; each piece ends where its last row is.
 * @param {Box} box @param {Row[]} rows
 */
export function linePath(box, rows) {
  let d = "";
  let [atX, atY] = [NaN, NaN];
  /** @type {Point | null} where the last row is, if it is not drawn */
  let left = null;
  const end = () => (left ? `L${text(left[0])} ${text(left[1])}` : "");
  for (const row of rows) {
    if (finite(row)) {
      const [x, y] = pixel(box, row[0], row[1]);
      left = (x - atX) ** 2 + (y - atY) ** 2 < SEEN ** 2 ? [x, y] : null;
      if (left) continue;
      d += `${Number.isNaN(atX) ? "M" : "L"}${text(x)} ${text(y)}`;
      [atX, atY] = [x, y];
    } else {
      d += end();
      [left, atX, atY] = [null, NaN, NaN];
    }
  }
  return d + end();
}

/**
 * The outline of rows, closed.
 * @param {Box} box @param {Row[]} rows
 */
export function areaPath(box, rows) {
  const d = linePath(box, rows);
  return d && `${d}Z`;
}

/**
 * A marker at each row that can be drawn, and that is not hidden by the last one: nearer to it than a
 * third of their size, their rims would cover it.
 * @param {Box} box @param {Row[]} rows @param {string} [shape] @param {number} [size]
 */
export function pointsPath(box, rows, shape = "o", size = 6) {
  const apart = Math.max(SEEN, size / 3) ** 2;
  let d = "";
  let [atX, atY] = [NaN, NaN];
  for (const row of rows) {
    if (!finite(row)) continue;
    const [x, y] = pixel(box, row[0], row[1]);
    if ((x - atX) ** 2 + (y - atY) ** 2 < apart) continue;
    d += marker(shape, x, y, size);
    [atX, atY] = [x, y];
  }
  return d;
}

/**
 * An arrow for each row (tail, tip) that can be drawn; none where it would be a dot.
 * @param {Box} box @param {Row[]} rows
 */
export function arrowsPath(box, rows) {
  return rows.filter(finite).map((row) => arrowPath(box, row)).join("");
}

/** @param {Box} box @param {Row} row */
function arrowPath(box, row) {
  const [x0, y0] = pixel(box, row[0], row[1]);
  const [x1, y1] = pixel(box, row[2], row[3]);
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 0.5) return "";
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(10, length);
  const point = (/** @type {number} */ along, /** @type {number} */ across) =>
    `${text(x1 - ux * along - uy * across)} ${text(y1 - uy * along + ux * across)}`;
  const shaft = `M${text(x0)} ${text(y0)}L${point(head * 0.7, 0)}`;
  return `${shaft}M${point(0, 0)}L${point(head, head * 0.4)}L${point(head, -head * 0.4)}Z`;
}

/** @type {Point[]} */
const STAR = Array.from({ length: 10 }, (_, k) => {
  const r = k % 2 ? 0.4 : 1.05;
  return [r * Math.sin((k * Math.PI) / 5), r * -Math.cos((k * Math.PI) / 5)];
});

/**
 * matplotlib's markers: their corners in units of half a size, y down. "o" is the circle.
 * @type {Record<string, Point[]>}
 */
export const MARKERS = {
  s: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  D: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  "^": [[0, -1.1], [1.1, 0.9], [-1.1, 0.9]],
  v: [[0, 1.1], [1.1, -0.9], [-1.1, -0.9]],
  "<": [[-1.1, 0], [0.9, -1.1], [0.9, 1.1]],
  ">": [[1.1, 0], [-0.9, -1.1], [-0.9, 1.1]],
  P: [
    [-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4],
    [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4],
  ],
  X: [
    [0, -0.5], [0.55, -1.1], [1.1, -0.55], [0.5, 0], [1.1, 0.55], [0.55, 1.1],
    [0, 0.5], [-0.55, 1.1], [-1.1, 0.55], [-0.5, 0], [-1.1, -0.55], [-0.55, -1.1],
  ],
  "*": STAR,
};

/**
 * A marker as a piece of path.
 * @param {string} shape @param {number} x @param {number} y @param {number} size
 */
export function marker(shape, x, y, size) {
  const r = size / 2;
  const corners = MARKERS[shape];
  if (!corners) {
    const half = `a${r} ${r} 0 1 0 `;
    return `M${text(x - r)} ${text(y)}${half}${size} 0${half}${-size} 0Z`;
  }
  return `M${corners.map(([dx, dy]) => `${text(x + dx * r)} ${text(y + dy * r)}`).join("L")}Z`;
}

/**
 * Where words beside a row stand, or null outside the axes. At the right rim they turn to the left,
 * where they would be cut.
 * @param {Box} box @param {Row | undefined} row
 * @param {[number, number]} offset to the right and up, in pixels @param {string} anchor
 */
export function labelPlace(box, row, [dx, dy], anchor) {
  if (!row || !finite(row) || row[0] < 0 || row[0] > 1 || row[1] < 0 || row[1] > 1) return null;
  const [x, y] = pixel(box, row[0], row[1]);
  const turned = anchor === "start" && row[0] > 0.94;
  return { x: turned ? x - dx : x + dx, y: y - dy, anchor: turned ? "end" : anchor };
}

// -- steps ------------------------------------------------------------------------------------

/**
 * The row of a step; where the path has left the numbers, the last one that it had, or none.
 * @param {Row[]} rows @param {number} step
 */
export function lastKnown(rows, step) {
  let k = Math.min(step, rows.length - 1);
  while (k > 0 && !finite(rows[k])) k -= 1;
  return k >= 0 && finite(rows[k]) ? rows[k] : null;
}

/**
 * The step nearest to a pixel among those of several paths, or null if none is within reach.
 * @param {Box} box @param {Row[][]} paths @param {number} x @param {number} y
 * @param {number} reach in pixels
 */
export function nearestStep(box, paths, x, y, reach) {
  let found = null;
  let best = reach;
  for (const rows of paths) {
    rows.forEach((row, k) => {
      if (!finite(row)) return;
      const [px, py] = pixel(box, row[0], row[1]);
      const distance = Math.hypot(px - x, py - y);
      if (distance < best) [best, found] = [distance, k];
    });
  }
  return /** @type {number | null} */ (found);
}

/**
 * The step that playback shows after so many milliseconds. Whole steps at an even pace: at least six
 * a second, a whole run in about five seconds.
 * @param {number} from @param {number} last @param {number} time @param {number} speed
 */
export function stepAfter(from, last, time, speed) {
  const pace = Math.max(6, last / 5) * speed;
  return Math.min(last, from + Math.floor((time / 1000) * pace));
}

// -- handles ----------------------------------------------------------------------------------

/**
 * The one of a handle's places that it stands at.
 * @param {Place[] | undefined} places @param {number[]} at
 */
export function placeAt(places, at) {
  return places?.find(([x, y]) => x === at[0] && y === at[1]);
}

/** @template T @param {T[]} all @param {(one: T) => number} away */
export const nearest = (all, away) => all.reduce((best, one) => (away(one) < away(best) ? one : best));

/**
 * Of a handle's places the one nearest to the fractions of the pointer.
 * @param {Limits} axes @param {Box} box @param {Place[]} places @param {number} fx
 * @param {number} fy
 */
export function nearestPlace(axes, box, places, fx, fy) {
  const [left, top] = pixel(box, fx, fy);
  const [x, y] = nearest(places, (place) => {
    const [a, b] = pixel(box, fraction(axes, 0, place[0]), fraction(axes, 1, place[1]));
    return Math.hypot(a - left, b - top);
  });
  return [x, y];
}

/**
 * Where an arrow key leads: left and right through the list of places, up and down to the nearest
 * one there.
 * @param {Place[]} places @param {number[]} at @param {Point} way
 */
export function nextPlace(places, at, [across, up]) {
  const now = placeAt(places, at);
  const k = (now ? places.indexOf(now) : -1) + across;
  const there = across
    ? [places[Math.min(places.length - 1, Math.max(0, k))]]
    : places.filter(([, y]) => (y - at[1]) * up > 0);
  if (!there.length) return at;
  const away = (/** @type {Place} */ [x, y]) => 2 * Math.abs(x - at[0]) + Math.abs(y - at[1]);
  const [x, y] = nearest(there, away);
  return [x, y];
}

/**
 * Where an arrow key moves a handle that may stand anywhere: a small part of its axis, or a larger
 * one with `far`, and one number of its grid at least.
 * @param {Limits} axes @param {number[]} at @param {Point} way @param {boolean} far
 * @param {number[]} grains
 */
export function nudged(axes, at, way, far, grains) {
  const stride = far ? 0.05 : 0.005;
  return at.map((now, which) => {
    if (!way[which]) return now;
    const grain = grains[which];
    const moved = value(axes, which, fraction(axes, which, now) + way[which] * stride, grain);
    if (moved !== now) return moved;
    return value(axes, which, fraction(axes, which, now + way[which] * grain), grain);
  });
}

// -- the page ---------------------------------------------------------------------------------

/** Between two panels, in pixels. */
const BETWEEN = 8;
/** A panel is read easily down to this width, and small, where all are to be seen at once. */
const READABLE = 300;
const SMALL = 250;

/**
 * How wide a panel may be, so that as many as can be read stand side by side: all of them, or two,
 * and then small enough that all rows are seen at once. One below the other they are small where
 * the page is. Infinity where there is room for all as they are.
 * @param {[width: number, height: number][]} panels as they were drawn @param {number} room across
 * @param {number} high what is seen of the page at once, less the controls
 */
export function widestPanel(panels, room, high) {
  const gaps = (/** @type {number} */ count) => (count - 1) * BETWEEN;
  const needed = panels.reduce((sum, [width]) => sum + width, gaps(panels.length));
  if (needed <= room || panels.length === 1) return Infinity;
  let count = panels.length;
  const share = () => Math.floor((room - gaps(count)) / count);
  const least = Math.max(READABLE, ...panels.map(([width]) => narrowestPanel(width)));
  while (count > 1 && share() < least) count -= 1;
  const rows = Math.ceil(panels.length / count);
  if (rows === 1) return share();
  const steepest = Math.max(...panels.map(([width, height]) => height / width));
  const seen = Math.floor((high - gaps(rows)) / rows / steepest);
  const most = count > 1 ? READABLE + 20 : room < 1.5 * READABLE ? READABLE : Infinity;
  const fits = Math.min(most, share(), Math.max(SMALL, seen));
  return fits < Math.max(...panels.map(([width]) => width)) ? fits : Infinity;
}

/** A panel as wide as two others, or of many parts, is read down to this part of its width. */
const [WIDE, MANY, LEAST] = [600, 3, 0.7];

/**
 * How narrow a panel may be: such a one is scrolled rather than drawn too small.
 * @param {number} width as it was drawn @param {number} [parts] how many axes it has
 */
export const narrowestPanel = (width, parts = 1) =>
  width > WIDE || parts >= MANY ? Math.round(LEAST * width) : 0;
