// A saved page: its plots without Python. Each finds in the page the state that Python has left
// there, and a stand-in for the models that a notebook would have.

import { make } from "./dom.js";
import { View } from "./view.js";

/**
 * @typedef {object} Hand the slider in hand
 * @property {string} label
 * @property {string[]} options what its positions are called
 * @property {number} index
 * @property {boolean} listed whether its options are names, and no numbers along a line
 *
 * @typedef {{ state: Record<string, any>, hand: Hand | null, fixed: string }} Saved
 */

/** A model that lives in the page alone. */
class Lone {
  /** @param {Record<string, any>} state @param {Lone[]} others the models that it refers to */
  constructor(state, others = []) {
    this.state = state;
    /** @type {Map<string, Set<(...said: any[]) => void>>} */
    this.heard = new Map();
    /** @param {string} number */
    const get_model = async (number) => others[Number(number)];
    this.widget_manager = { get_model };
  }

  /** @param {string} name */
  get(name) {
    return this.state[name];
  }

  /** @param {string} name @param {any} value */
  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    for (const callback of this.heard.get(`change:${name}`) ?? []) callback();
  }

  /** @param {string} event @param {(...said: any[]) => void} callback */
  on(event, callback) {
    this.heard.set(event, (this.heard.get(event) ?? new Set()).add(callback));
  }

  /** @param {string} event @param {(...said: any[]) => void} callback */
  off(event, callback) {
    this.heard.get(event)?.delete(callback);
  }

  save_changes() {}

  send() {}
}

/**
 * What Python has packed: a line of JSON, and then the bytes that belong into it.
 * @param {string} text @returns {Promise<Saved>}
 */
async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { DecompressionStream } = /** @type {any} */ (window);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let from = bytes.indexOf(10) + 1;
  const saved = JSON.parse(new TextDecoder().decode(bytes.subarray(0, from)));
  saved.paths.forEach((/** @type {(string | number)[]} */ path, /** @type {number} */ k) => {
    const last = path[path.length - 1];
    const owner = path.slice(0, -1).reduce((found, key) => found[key], saved.state);
    owner[last] = new DataView(bytes.buffer, from, saved.lengths[k]);
    from += saved.lengths[k];
  });
  return saved;
}

/** @param {Hand} hand @param {Lone} model @param {Element} parent */
function control({ label, options, index, listed }, model, parent) {
  const row = make("label", {}, parent);
  make("span", {}, row).textContent = label;
  const last = options.length - 1;
  const input = listed ? make("select", {}, row) : make("input", { type: "range", max: last }, row);
  if (listed) for (const option of options) make("option", {}, input).textContent = option;
  options.forEach((_, k) => listed && input.children[k].setAttribute("value", String(k)));
  const said = listed ? null : make("output", {}, row);
  const show = () => {
    const option = options[model.get("index")];
    input.value = String(model.get("index"));
    if (!said) return;
    said.textContent = option;
    input.setAttribute("aria-valuetext", option);
  };
  input.addEventListener("input", () => model.set("index", Number(input.value)));
  model.on("change:index", show);
  model.set("index", index);
  show();
}

/** @param {Element} root */
async function open(root) {
  const { state, hand, fixed } = await unpacked(root.querySelector("script")?.textContent ?? "");
  root.replaceChildren();
  const above = make("div", { class: "ol-controls" }, root);
  const slider = new Lone({ index: hand?.index });
  if (hand) control(hand, slider, above);
  else above.remove();
  const model = new Lone(state, [slider]);
  model.send = () => slider.set("index", hand?.index); // all that it asks for is a reset
  new View(model, make("div", {}, root));
  if (fixed) make("p", { class: "ol-fixed" }, root).textContent = fixed;
}

for (const root of document.querySelectorAll(".ol-page")) open(root);
