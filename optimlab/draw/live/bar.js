// The bar under a plot that plays its steps.

import { make, svg } from "./dom.js";
import { Menu } from "./menu.js";

const ICONS = {
  play: "M3 1l10 6-10 6z",
  pause: "M3 1h3v12H3zM8 1h3v12H8z",
  back: "M11 1v12L3 7zM1 1h2v12H1z",
  on: "M3 1l8 6-8 6zM11 1h2v12h-2z",
  reset: "M7 2.5V0l4 3.5L7 7V4.5a3.5 3.5 0 1 0 3.5 3.5h2A5.5 5.5 0 1 1 7 2.5z",
};
const SPEEDS = [0.5, 1, 2, 4];

/**
 * @typedef {object} Player what the bar asks of its plot
 * @property {() => number} step
 * @property {(step: number) => void} stepTo
 * @property {() => void} toggle
 * @property {() => void} setPlaying
 * @property {() => void} reset
 * @property {(kind: string) => void} ask
 */

export class Bar {
  /**
   * @param {Player} plot @param {Element} parent
   * @param {import("./menu.js").Entry[]} entries of its menu; without any it has none
   */
  constructor(plot, parent, entries) {
    /** @type {HTMLElement} */
    this.node = make("div", { class: "ol-bar" }, parent);
    this.button("back", "One step back", () => plot.stepTo(plot.step() - 1));
    this.play = this.button("play", "Play the steps", () => plot.toggle());
    this.button("on", "One step on", () => plot.stepTo(plot.step() + 1));
    const range = { type: "range", min: 0, step: 1, "data-action": "step", "aria-label": "Step" };
    this.scrub = make("input", range, this.node);
    this.scrub.addEventListener("input", () => plot.stepTo(Number(this.scrub.value)));
    this.speed = make("select", { "data-action": "speed", "aria-label": "Speed" }, this.node);
    for (const times of SPEEDS) {
      const option = make("option", { value: times }, this.speed);
      option.textContent = `${times}×`;
      option.selected = times === 1;
    }
    this.speed.addEventListener("change", () => plot.setPlaying());
    this.button("reset", "Reset all to where it was at first", () => plot.reset());
    this.menu = entries.length ? new Menu(entries, (kind) => plot.ask(kind), this.node) : null;
    this.readout = make("span", { class: "ol-readout" }, this.node);
  }

  /** @param {keyof typeof ICONS} action @param {string} label @param {() => void} act */
  button(action, label, act) {
    const said = { "data-action": action, "aria-label": label, title: label };
    const node = make("button", { type: "button", ...said }, this.node);
    const icon = svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, node);
    const shape = svg("path", { d: ICONS[action] }, icon);
    node.addEventListener("click", act);
    return { node, shape };
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    const { node, shape } = this.play;
    node.title = playing ? "Pause" : "Play the steps";
    node.setAttribute("aria-label", node.title);
    shape.setAttribute("d", playing ? ICONS.pause : ICONS.play);
  }

  /** @param {number} step @param {number} last @param {string[]} said the numbers of the step */
  paint(step, last, said) {
    this.scrub.max = String(last);
    this.scrub.value = String(step);
    this.readout.textContent = [`step ${step} of ${last}`, ...said].join(" · ");
  }
}
