// What a plot shows now: what the page makes of it by itself, or what Python sends for the positions
// of the slider in hand.

import { PARTS } from "./parts.js";

/**
 * @typedef {object} Frame what one position of the slider shows; places in the buffer are [first
 *   number, rows, numbers a row]
 * @property {Record<string, number[]>} marks
 * @property {Record<string, string[]>} texts
 * @property {string} [summary]
 * @property {string} [goal]
 * @property {string[]} [names]
 * @property {number[]} [values]
 * @property {import("./formula.js").Numbers} [formula]
 * @property {import("./table.js").Standings} [table]
 * @property {([number, string] | null)[]} [lost] from which step on a name has no value, and why
 */

/** @type {WeakMap<object, Float32Array>} */
const numbers = new WeakMap();

/**
 * The float32 numbers behind a message; copied, for they need not start on a multiple of four.
 * @param {{ buffer: DataView }} packed
 */
export function floats(packed) {
  let found = numbers.get(packed);
  if (!found) {
    const { buffer, byteOffset, byteLength } = packed.buffer;
    found = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    numbers.set(packed, found);
  }
  return found;
}

/** What is said of a picture that Python has not brought up to date. */
export const UNANSWERED =
  "Python does not answer: the picture is not that of the controls as they stand. " +
  "If it is busy, wait. If it was restarted or has ended, run this cell again.";
/** Python is late if it has not answered after so many milliseconds. */
const ANSWER = 1000;

export class Source {
  /** @param {import("./stills.js").Model} model */
  constructor(model) {
    this.model = model;
    /** @type {[import("./stills.js").Model, string][]} */
    this.controls = [];
    /** @type {import("./marks.js").Mark[]} */
    this.marks = [];
    /** @type {import("./paths.js").Runs | null} what makes the frames, if Python has sent its program */
    this.runs = null;
    this.waits = 0;
    this.late = false;
    /** @type {any} what Python has sent last */
    this.known = null;
  }

  /**
   * Whether what Python has sent is not what the controls say, or it is at work and sends nothing:
   * for a second.
   * @param {() => void} repaint
   */
  isLate(repaint) {
    const data = this.model.get("data");
    const [hand, name] = this.controls[0] ?? [];
    const fits =
      !data.settings?.length ||
      (JSON.stringify(data.settings) === this.settings() &&
        (!hand || data.first === undefined || data.first === hand.get(name ?? "")));
    const works = this.model.get("working");
    if (fits && (!works || data !== this.known)) {
      window.clearTimeout(this.waits);
      [this.waits, this.late, this.known] = [0, false, data];
    }
    if (!fits || works) {
      this.waits ||= window.setTimeout(() => {
        this.late = true;
        repaint();
      }, ANSWER);
    }
    return this.late;
  }

  /**
   * The marks of the plot, and the program.
   * @param {import("./marks.js").Mark[]} marks @param {import("./marks.js").Axes[]} axes
   */
  take(marks, axes) {
    this.marks = marks;
    /** @type {import("./paths.js").Program} */
    const program = this.model.get("program");
    const { Runs } = PARTS;
    this.runs = Runs && program.rules ? new Runs(program, marks, axes) : null;
  }

  /**
   * The frame that is made here for the settings as they are; else that of the slider's position if
   * it was computed for them; else the last path that the kernel sent.
   * @returns {[Frame, Float32Array, string]}
   */
  current() {
    const values = this.values();
    if (this.runs && values.length) {
      try {
        return [...this.runs.at(values, this.model.get("handles").start), "engine"];
      } catch (error) {
        if (!(error instanceof EvalError)) throw error;
        this.runs = null; // the page's policy forbids it: Python is asked
        this.model.send({ kind: "refused" });
      }
    }
    const frames = this.model.get("frames");
    const fits = () => this.settings() === JSON.stringify(frames.settings);
    if (frames.list?.[values[0]] && fits()) {
      return [frames.list[values[0]], floats(frames), "frames"];
    }
    const data = this.model.get("data");
    if (data.list) return [data.list[0], floats(data), "data"];
    return [{ marks: {}, texts: {} }, new Float32Array(), "none"];
  }

  values() {
    return this.controls.map(([model, name]) => model.get(name));
  }

  /** The values of all controls but the first, and the handles that are no guesses, as text. */
  settings() {
    const others = this.values().slice(1);
    const guesses = this.marks.filter((mark) => mark.guess).map((mark) => mark.name);
    const handles = Object.entries(this.model.get("handles"));
    const own = handles.filter(([name]) => !guesses.includes(name));
    return JSON.stringify([...others, Object.fromEntries(own)]);
  }
}
