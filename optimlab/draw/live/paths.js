// What a plot of `explore` shows for its controls as they stand, without Python: the twin of `_frame`
// in explorers/paths.py, which sends the program.

import { compile, descend } from "./engine.js";
import { ends, fraction, onTrack, rowsOf, short } from "./geometry.js";
import { PARTS } from "./parts.js";
import { lostTo, sentence, standing, wanted } from "./words.js";

/**
 * @typedef {import("./engine.js").Run} Run
 * @typedef {import("./marks.js").Axes} Axes
 * @typedef {import("./marks.js").Spec} Spec
 * @typedef {import("./frames.js").Frame} Frame
 *
 * @typedef {object} Runner a rule
 * @property {string} name
 * @property {string[]} sources its text; where it has a switch, without it and with it
 * @property {string | null} switch
 * @property {string[]} hyper the hyperparameters, in their order
 * @property {Record<string, number>} fixed those without a control
 * @property {string[]} state the slots
 * @property {string[]} said the hyperparameters that its sentence names
 * @property {string[]} rates its effective rates as texts, if a curve shows them
 *
 * @typedef {object} Program
 * @property {Runner[]} rules
 * @property {{ value: string, gradient: string, bends: string }} function
 * @property {string[]} controls names, in their order; the first chooses among the rates
 * @property {number[]} rates
 * @property {import("./words.js").Picture} picture
 * @property {boolean} loss whether its curve is shown
 * @property {{ name: string, rules: string[], log: boolean }[]} curves the others
 * @property {import("./words.js").Target | null} target
 * @property {Naming | null} naming
 * @property {(import("./band.js").Facts & import("./outcomes.js").Judging) | null} band
 * @property {import("./words.js").Messages} say
 * @property {[(number | boolean)[], Record<string, number[]>]} first where controls and handles stood
 *
 * @typedef {object} Naming of the first points
 * @property {string[]} names
 * @property {[number, number][]} halves of their sizes
 * @property {import("./naming.js").Outline[]} scene what the lines of the scene cover
 * @property {number} track half the width of the curve on which the start stands
 * @property {number} now half the size of the dot that marks a step
 * @property {import("./naming.js").Ways} ways
 */

/** A point is drawn at most so many axes widths outside its axes, as in marks.py. */
const BEYOND = 10;

/**
 * A quantity of each step out of an array that holds several.
 * @param {Float64Array} values @param {number} stride @param {number} first
 * @param {number} [missing] steps before the first that has it
 */
function column(values, stride, first, missing = 0) {
  const found = new Float64Array(values.length / stride + missing).fill(NaN, 0, missing);
  for (let k = missing, at = first; k < found.length; k += 1, at += stride) found[k] = values[at];
  return found;
}

/** @param {Run} run */
const byStep = ({ losses }) => losses.map((_, k) => k);

/**
 * What a curve shows of each coordinate, or of all, at steps 0 to the last.
 * @param {string} name @param {Runner} rule @param {Run} run @param {number} form which text of the
 *   rule it followed @param {number[]} hyper
 */
function quantity(name, rule, run, form, hyper) {
  const { d, points, gradients, kept, steps } = run;
  const each = Array.from({ length: d }, (_, i) => i);
  if (name === "distance") {
    const walked = new Float64Array(steps + 1);
    for (let k = 1; k <= steps; k += 1) {
      const moved = each.map((i) => points[k * d + i] - points[k * d - d + i]);
      const length = d === 1 ? Math.abs(moved[0]) : Math.sqrt(moved[0] ** 2 + moved[1] ** 2);
      walked[k] = walked[k - 1] + length;
    }
    return [walked];
  }
  const width = 1 + rule.state.length;
  const slot = (/** @type {number} */ i, /** @type {number} */ at) =>
    column(kept, d * width, i * width + at);
  if (name === "gradient") return each.map((i) => column(gradients, d, i, 1));
  if (name !== "rate") return each.map((i) => slot(i, 1 + rule.state.indexOf(name)));
  return each.map((i) => {
    const before = rule.state.map((_, j) => slot(i, 1 + j));
    const rates = compile(rule.rates[form])(steps, slot(i, 0), column(gradients, d, i), before, hyper);
    const found = column(rates, 1, 0, 1);
    return found.map((rate, k) => (Number.isNaN(points[k * d]) ? NaN : rate));
  });
}

/** A frame while it is made, and the numbers behind it. */
class Made {
  constructor() {
    /** @type {Frame} */
    this.frame = { marks: {}, texts: {} };
    /** @type {Float32Array[]} */
    this.chunks = [];
    this.length = 0;
  }

  /** @param {Float32Array} numbers @param {number} rows @returns {number[]} where they lie */
  store(numbers, rows) {
    const place = [this.length, rows, rows ? numbers.length / rows : 2];
    this.chunks.push(numbers);
    this.length += numbers.length;
    return place;
  }

  /** @returns {[Frame, Float32Array]} */
  whole() {
    const all = new Float32Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return [this.frame, all];
  }
}

export class Runs {
  /** @param {Program} program @param {Spec[]} marks @param {Axes[]} axes */
  constructor(program, marks, axes) {
    this.program = program;
    this.axes = axes;
    /** @type {Map<string, Spec>} */
    this.marks = new Map(marks.map((mark) => [mark.name, mark]));
    this.key = "";
    /** @type {[Frame, Float32Array]} */
    this.last = [{ marks: {}, texts: {} }, new Float32Array()];
  }

  /**
   * The frame for the controls, and the numbers behind it.
   * @param {(number | boolean)[]} values of the controls @param {number[]} start
   */
  at(values, start) {
    const key = JSON.stringify([values, start]);
    if (key !== this.key) this.last = this.make(values, start);
    this.key = key;
    return this.last;
  }

  /**
   * The numbers of the controls by their names.
   * @param {(number | boolean)[]} values
   */
  given(values) {
    const { controls, rates } = this.program;
    const given = Object.fromEntries(controls.map((name, i) => [name, Number(values[i])]));
    given.lr = rates[given.lr];
    return given;
  }

  /** @param {Runner} rule @param {Record<string, number>} given @param {number[]} start */
  run(rule, given, start) {
    const own = { ...rule.fixed, ...given };
    const form = rule.switch ? own[rule.switch] : 0;
    const hyper = rule.hyper.map((name) => own[name]);
    const program = { rule: rule.sources[form], ...this.program.function };
    return { run: descend(program, own.steps, start, hyper), own, form, hyper };
  }

  /**
   * @param {(number | boolean)[]} values @param {number[]} start @returns {[Frame, Float32Array]}
   */
  make(values, start) {
    const { rules, picture, target, say } = this.program;
    const given = this.given(values);
    const made = new Made();
    const { frame } = made;
    /** @type {[string, Float64Array, [number, string] | null][]} */
    const readout = [];
    /** @type {string[]} */
    const sentences = [];
    /** @type {string[]} */
    const goals = [];
    /** @type {Float64Array[]} */
    let xy = [];
    for (const rule of rules) {
      const { run, own, form, hyper } = this.run(rule, given, start);
      const points = start.map((_, i) => column(run.points, run.d, i));
      xy = run.d === 1 ? [points[0], run.losses] : points;
      this.draw(made, `path ${rule.name}`, xy[0], xy[1]);
      if (this.program.loss) this.draw(made, `loss ${rule.name}`, byStep(run), run.losses);
      const more = this.curves(made, rule, run, form, hyper);
      /** @type {Record<string, string>} */
      const says = { rule: rule.name };
      for (const name of rule.said) says[name] = short(own[name], 3);
      sentences.push(sentence(run, start, picture, says, say));
      if (target) goals.push(standing(run, start, target, rules.length > 1 ? rule.name : "", say));
      /** @type {[number, string] | null} */
      const lost = run.diverged === null ? null : [run.diverged, say[`word ${lostTo(run)}`]];
      if (rules.length > 1) readout.push([rule.name, run.losses, lost]);
      else {
        points.forEach((found, i) => readout.push(["xy"[i], found, lost]));
        readout.push(["loss", run.losses, lost]);
        for (const [name, found] of more) readout.push([name, found, lost]);
      }
    }
    const names = readout.map(([name]) => name);
    const table = new Float64Array(names.length * xy[0].length);
    readout.forEach(([, found], i) => {
      for (let k = 0; k < found.length; k += 1) table[k * names.length + i] = found[k];
    });
    frame.names = names;
    frame.values = made.store(new Float32Array(table.buffer), xy[0].length);
    frame.lost = readout.map(([, , lost]) => lost);
    frame.summary = sentences.join(" ");
    if (target) frame.goal = [wanted(target, say), ...goals].join(" ");
    const whole = made.whole();
    const { freePlaces } = PARTS;
    if (!this.program.naming || !freePlaces) return whole;
    this.name(made, this.program.naming, freePlaces, xy, whole[1], start);
    return made.whole();
  }

  /**
   * The marks of a quantity: its line, and its steps where they have a mark of their own.
   * @param {Made} made @param {string} name @param {Float64Array} x @param {Float64Array} y
   */
  draw(made, name, x, y) {
    const mark = this.marks.get(name);
    if (!mark) return;
    const rows = new Float32Array(2 * x.length);
    [x, y].forEach((values, which) => {
      const [low, high, log] = ends(this.axes[mark.axes], which);
      for (let k = 0; k < values.length; k += 1) {
        const at = ((log ? Math.log10(values[k]) : values[k]) - low) / (high - low);
        rows[2 * k + which] = Math.min(BEYOND + 1, Math.max(-BEYOND, at));
      }
    });
    made.frame.marks[name] = made.store(rows, x.length);
    const steps = `${name} steps`;
    if (this.marks.has(steps)) made.frame.marks[steps] = made.frame.marks[name];
  }

  /**
   * The curves beside that of the loss; their numbers, by what the readout calls them.
   * @param {Made} made @param {Runner} rule @param {Run} run @param {number} form
   * @param {number[]} hyper @returns {[string, Float64Array][]}
   */
  curves(made, rule, run, form, hyper) {
    const own = this.program.curves.filter(({ rules }) => rules.includes(rule.name));
    return own.flatMap(({ name, log }) => {
      const found = quantity(name, rule, run, form, hyper);
      return found.map((values, i) => {
        const coordinate = found.length > 1 ? ` ${"xy"[i]}` : "";
        const shown = log ? values.map((v) => (v > 0 ? v : NaN)) : values;
        this.draw(made, `${name} ${rule.name}${coordinate}`, byStep(run), shown);
        return /** @type {[string, Float64Array]} */ ([`${name}${coordinate}`, values]);
      });
    });
  }

  /**
   * Names beside the first points, where they cover nothing.
   * @param {Made} made @param {Naming} naming
   * @param {typeof import("./naming.js").freePlaces} freePlaces @param {Float64Array[]} xy
   * @param {Float32Array} numbers @param {number[]} start
   */
  name(made, naming, freePlaces, xy, numbers, start) {
    const index = this.marks.get("names")?.axes ?? 0;
    const axes = this.axes[index];
    const { w, h } = axes.box;
    const pixels = (/** @type {number[]} */ at) => [at[0] * w, at[1] * h];
    const limits = this.program.picture.flat();
    const apart = 0.05 * (Math.max(...limits) - Math.min(...limits));
    /** @type {number[]} */
    const kept = [];
    for (let k = 0; k < Math.min(naming.names.length, xy[0].length); k += 1) {
      const [x, y] = [xy[0][k], xy[1][k]];
      const free = kept.every((j) => Math.abs(x - xy[0][j]) > apart);
      if (Number.isFinite(x) && Number.isFinite(y) && free) kept.push(k);
    }
    const outlines = [...naming.scene];
    for (const mark of this.marks.values()) {
      const place = made.frame.marks[mark.name];
      if (mark.axes !== index || mark.kind === "label") continue;
      if (mark.kind === "handle") {
        const { track } = mark;
        if (track) outlines.push({ dots: 0, line: naming.track, xy: track.map(pixels) });
        const fx = fraction(axes, 0, start[0]);
        const at = [fx, track ? onTrack(track, fx) : fraction(axes, 1, start[1])];
        outlines.push({ dots: (mark.size ?? 18) / 2 + 2, line: 0, xy: [pixels(at)] });
      } else if (place) {
        const rows = rowsOf(numbers, place).map(pixels);
        const line = mark.kind === "line" ? (mark.width ?? 2) / 2 : 0;
        outlines.push({ dots: line ? naming.now : (mark.size ?? 6) / 2 + 1, line, xy: rows });
      }
    }
    const points = kept.map((k) => pixels([0, 1].map((i) => fraction(axes, i, xy[i][k]))));
    const halves = kept.map((k) => naming.halves[k]);
    /** @type {number[]} */
    const places = [];
    const texts = made.frame.texts.names = /** @type {string[]} */ ([]);
    freePlaces(points, halves, outlines, [w, h], naming.ways).forEach((at, i) => {
      if (!at) return;
      places.push(at[0] / w, at[1] / h);
      texts.push(naming.names[kept[i]]);
    });
    made.frame.marks.names = made.store(Float32Array.from(places), texts.length);
  }
}

PARTS.Runs = Runs;
