// A saved page: its plots without Python. Each finds in the page the state that Python has left
// there, and a stand-in for the models that a notebook would have.

import { make } from "./dom.js";
import { short } from "./geometry.js";
import { View } from "./view.js";

/**
 * @typedef {object} Hand a control
 * @property {string} label
 * @property {string} trait
 * @property {number | boolean} value
 * @property {string[]} [options] what its positions are called
 * @property {number} [low]
 * @property {number} [high]
 * @property {number} [step]
 *
 * @typedef {{ state: Record<string, any>, hands: Hand[], fixed: string }} Saved
 */

/** A model that lives in the page alone, and others that it refers to. */
export class Lone extends EventTarget {
  /** @param {Record<string, any>} state @param {Lone[]} [others] */
  constructor(state, others = []) {
    super();
    this.get = (/** @type {string} */ name) => state[name];
    this.set = (/** @type {string} */ name, /** @type {any} */ value) => {
      if (state[name] === value) return;
      state[name] = value;
      this.dispatchEvent(new Event(`change:${name}`));
    };
    this.widget_manager = { get_model: async (/** @type {number} */ k) => others[k] };
    this.on = this.addEventListener;
    this.off = this.removeEventListener;
    this.save_changes = () => {};
    this.send = () => {};
  }
}

/**
 * What Python has packed into an element: a line of JSON, and then the bytes that belong into it.
 * @param {Element} root @returns {Promise<any>}
 */
export async function unpacked(root) {
  const text = root.querySelector("script")?.textContent ?? "";
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { DecompressionStream } = /** @type {any} */ (window);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let from = bytes.indexOf(10) + 1;
  const saved = JSON.parse(new TextDecoder().decode(bytes.subarray(0, from)));
  saved.paths.forEach((/** @type {(string | number)[]} */ path, /** @type {number} */ k) => {
    const last = path[path.length - 1];
    const owner = path.slice(0, -1).reduce((found, key) => found[key], saved);
    const length = saved.lengths[k];
    const part = bytes.slice(from, from + length);
    const eighth = length / 8;
    if (length % 8 === 0) {
      for (let i = 0; i < length; i += 1) part[i] = bytes[from + (i % 8) * eighth + (i >> 3)];
    }
    owner[last] = new DataView(part.buffer);
    from += length;
  });
  return saved;
}

/** How wide the thumb of a slider is, in pixels, as in page.css. */
const THUMB = 16;

/** @param {Hand} hand @param {Lone} model @param {Element} parent */
function control({ label, trait, value, options, low = 0, high = 1, step = 1 }, model, parent) {
  const row = make("label", {}, parent);
  if (typeof value === "boolean") {
    const box = make("input", { type: "checkbox" }, row);
    make("span", {}, row).textContent = label;
    box.addEventListener("input", () => model.set(trait, box.checked));
    const check = () => (box.checked = model.get(trait));
    model.on(`change:${trait}`, check);
    return check();
  }
  make("span", {}, row).textContent = label;
  const track = make("span", { class: "ol-track" }, row);
  const input = make("input", { type: "range", min: low, max: high, step }, track);
  const said = make("output", {}, row);
  const show = () => {
    input.value = String(model.get(trait));
    said.textContent = options?.[model.get(trait)] ?? short(model.get(trait), 6);
    input.setAttribute("aria-valuetext", said.textContent);
  };
  input.addEventListener("input", () => model.set(trait, Number(input.value)));
  track.addEventListener("click", ({ target, clientX }) => {
    if (target === input) return; // else it is the band below it
    const { left, width } = input.getBoundingClientRect();
    const along = (clientX - left - THUMB / 2) / (width - THUMB);
    const steps = Math.round(Math.min(1, Math.max(0, along)) * ((high - low) / step));
    model.set(trait, low + steps * step);
  });
  model.on(`change:${trait}`, show);
  show();
}

/**
 * Bring a plot to life in an element, whose content goes.
 * @param {Element} root @param {Saved} saved 
 * @returns {{ model: Lone, hands: Lone[] }} its model, and those of its controls
 */
export function comeAlive(root, { state, hands, fixed }) {
  root.replaceChildren();
  const models = hands.map(({ trait, value }) => new Lone({ [trait]: value }));
  const row = hands.length ? make("div", { class: "ol-controls" }, root) : root;
  hands.forEach((hand, i) => control(hand, models[i], row));
  const model = new Lone(state, models);
  // all that it asks for is a reset
  model.send = () => hands.forEach(({ trait, value }, i) => models[i].set(trait, value));
  new View(model, make("div", {}, root));
  if (fixed) make("p", { class: "ol-fixed" }, root).textContent = fixed;
  return { model, hands: models };
}

/** @param {ParentNode} [within] whose plots come to life */
export async function openPages(within = document) {
  const roots = [...within.querySelectorAll(".ol-page")];
  await Promise.all(roots.map(async (root) => comeAlive(root, await unpacked(root))));
}

/** When the plots of the page as it was loaded are alive. */
export const opened = openPages();
