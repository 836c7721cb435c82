// Sliders for where a handle stands, one for each coordinate, with a field for the exact number. They
// have no state of their own: they show the handle, and they move it.

import { make } from "./dom.js";
import { onGrid } from "./geometry.js";

/**
 * @typedef {object} SliderSpec one coordinate of a handle
 * @property {string} handle its name
 * @property {number} which 0 for x, 1 for y
 * @property {string} label
 * @property {number} low the range at first: a handle that stands outside widens it
 * @property {number} high
 * @property {number} step
 *
 * @typedef {object} Holder what the sliders ask of their plot
 * @property {(handle: { name: string }) => number[] | undefined} standsAt
 * @property {(handle: { name: string }, at: number[], inHand: boolean) => void} moveHandle
 * @property {() => void} tell
 * @property {() => void} paint
 */

/**
 * @typedef {SliderSpec & { range: HTMLInputElement, field: HTMLInputElement, typing: boolean }} Slider
 */

export class Sliders {
  /** @param {SliderSpec[]} specs @param {Holder} plot @param {Element} parent */
  constructor(specs, plot, parent) {
    this.plot = plot;
    /** @type {{ name: string, at: number[] } | null} the handle whose slider is being dragged */
    this.hand = null;
    this.node = make("div", { class: "ol-sliders" }, parent);
    this.all = specs.map((spec) => this.build(spec));
  }

  /** @param {SliderSpec} spec @returns {Slider} */
  build(spec) {
    const { handle, which, label, step } = spec;
    const row = make("div", { class: "ol-slider" }, this.node);
    make("span", { "aria-hidden": "true" }, row).textContent = label;
    const own = { step, "data-slider": handle, "data-which": which };
    const range = make("input", { type: "range", "aria-label": label, ...own }, row);
    const exact = { "aria-label": `${label}, exact`, title: "Type a number, or step with the arrows" };
    const field = make("input", { type: "number", ...exact, ...own }, row);
    const slider = { ...spec, range, field, typing: false };
    range.addEventListener("input", () => this.put(slider, range.valueAsNumber, true));
    for (const event of ["change", "pointerup", "pointercancel", "blur"]) {
      range.addEventListener(event, () => this.letGo());
    }
    const exactly = () => {
      slider.typing = false;
      this.put(slider, field.valueAsNumber, false);
    };
    field.addEventListener("input", () => (slider.typing = true)); // no frame that comes undoes it
    field.addEventListener("change", exactly);
    field.addEventListener("blur", () => slider.typing && exactly());
    field.addEventListener("keydown", ({ key }) => key === "Enter" && exactly());
    return slider;
  }

  /**
   * Where the handle stands whose slider is in hand, whatever the kernel answers meanwhile.
   * @param {string} name
   */
  holds(name) {
    return this.hand?.name === name ? this.hand.at : undefined;
  }

  letGo() {
    if (!this.hand) return;
    this.hand = null;
    this.plot.tell();
    this.plot.paint();
  }

  /** @param {Slider} slider @param {number} value @param {boolean} inHand */
  put({ handle, which, low, high }, value, inHand) {
    const name = { name: handle };
    const now = this.plot.standsAt(name);
    if (now?.length && Number.isFinite(value)) {
      const at = [...now];
      at[which] = Math.min(high, Math.max(low, value));
      if (inHand) this.hand = { name: handle, at };
      this.plot.moveHandle(name, at, inHand);
    }
    this.plot.paint(); // also where what was typed is no number, or too large
  }

  paint() {
    for (const slider of this.all) {
      const { handle, which, step, range, field } = slider;
      const now = this.plot.standsAt({ name: handle })?.[which];
      const shown = now !== undefined && Number.isFinite(now);
      range.disabled = field.disabled = !shown;
      if (!shown) continue;
      slider.low = Math.min(slider.low, now);
      slider.high = Math.max(slider.high, now);
      range.min = String(onGrid(slider.low, step, now === slider.low ? Math.floor : Math.ceil));
      range.max = String(onGrid(slider.high, step, now === slider.high ? Math.ceil : Math.floor));
      range.value = String(now);
      if (!slider.typing) field.value = String(now);
    }
  }
}
