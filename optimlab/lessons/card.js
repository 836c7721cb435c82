// A card: text, choices, a number, words and buttons, drawn from a list of parts. What the learner
// does is sent to Python as {name, value}; what the card then shows is Python's answer.

import { letScroll, make } from "../draw/live/dom.js";
import { widget } from "../draw/live/stills.js";
import { completeOutputs } from "./outputs.js";

/**
 * @typedef {import("../draw/live/stills.js").Model} Model
 * @typedef {HTMLInputElement | HTMLTextAreaElement} Field
 *
 * @typedef {object} Part what Python says of a part; which of these it has depends on its kind
 * @property {string} kind
 * @property {string} [name]
 * @property {string} [html] escaped by Python
 * @property {string} [tone]
 * @property {string} [label]
 * @property {string[]} [options]
 * @property {string[]} [tones]
 * @property {any} [value]
 * @property {boolean} [locked]
 * @property {{ name: string, label: string, primary?: boolean, off?: boolean }[]} [items]
 */

/** How long a typed text rests before it is sent, and an answer may take, in milliseconds. */
const TYPED = 250;
const SLOW = 700;

/**
 * One function for each kind of part, which makes its element.
 * @type {Record<string, (part: Part, card: Card) => HTMLElement>}
 */
const PIECES = {
  text({ html = "", tone = "plain", name }) {
    const plain = tone === "plain";
    const reply = plain ? {} : { tabindex: -1, role: "status" };
    const look = `ol-text ol-${tone}${plain ? "" : " ol-reply"}`;
    const node = make("div", { class: look, "data-part": name, ...reply });
    node.innerHTML = html;
    return node;
  },

  choices({ name = "", label = "", options = [], value, locked, tones = [] }, card) {
    const node = make("fieldset", { class: "ol-choices", "data-part": name });
    make("legend", {}, node).textContent = label;
    options.forEach((option, i) => {
      const row = make("label", { class: `ol-choice ol-${tones[i] ?? "plain"}` }, node);
      const own = { name: `${card.id}-${name}`, value: i, "data-key": `${name} ${i}` };
      const input = make("input", { type: "radio", ...own, disabled: locked }, row);
      input.checked = i === value;
      input.addEventListener("change", () => card.send(name, i));
      make("span", {}, row).textContent = option;
    });
    return node;
  },

  number({ name = "", label = "", value, locked }, card) {
    const node = make("label", { class: "ol-field", "data-part": name });
    make("span", {}, node).textContent = label;
    const own = { "data-key": name, disabled: locked, size: 12 };
    const input = make("input", { type: "text", inputmode: "decimal", ...own }, node);
    input.value = value;
    card.follow(name, input);
    return node;
  },

  words({ name = "", label = "", value }, card) {
    const node = make("label", { class: "ol-field ol-words", "data-part": name });
    make("span", {}, node).textContent = label;
    const area = make("textarea", { rows: 2, "data-key": name }, node);
    area.value = value;
    card.follow(name, area);
    return node;
  },

  buttons({ items = [] }, card) {
    const node = make("div", { class: "ol-buttons" });
    for (const { name, label, primary, off } of items) {
      const look = { class: primary ? "ol-primary" : null, disabled: off };
      const said = { "data-key": name, "data-action": name };
      const button = make("button", { type: "button", ...look, ...said }, node);
      button.textContent = label;
      button.addEventListener("click", () => card.send(name));
    }
    return node;
  },
};

export class Card {
  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.id = `olc${Math.random().toString(36).slice(2)}`;
    const said = { role: "group", "aria-label": model.get("label") || null };
    const keys = { "data-lm-suppress-shortcuts": "true" };
    // MathJax, where it looks through the page, leaves a learner's $5 alone
    const own = "ol-card mathjax_ignore tex2jax_ignore";
    this.root = make("div", { class: own, ...said, ...keys }, el);
    /** @type {Map<string, [string, HTMLElement]>} key of a part -> its text and its element */
    this.drawn = new Map();
    /** @type {Map<string, [number, Field]>} name of a field -> its timer, itself */
    this.waiting = new Map();
    /** @type {WeakMap<Field, string>} what of each field was sent last */
    this.sent = new WeakMap();
    this.patience = 0;
    this.watch = new ResizeObserver(() => this.reach());
    this.watch.observe(this.root);
    this.draw = () => this.paint();
    this.answered = () => this.busy(false);
    this.flush = () => this.sendAll();
    model.on("change:parts", this.draw);
    model.on("msg:custom", this.answered);
    window.addEventListener("pagehide", this.flush);
    completeOutputs(model.widget_manager);
    this.paint();
  }

  /** @param {string} name @param {any} [value] */
  send(name, value = null) {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.busy(true), SLOW);
    this.model.send({ name, value }); // which fails where Python has died
  }

  /** @param {boolean} now */
  busy(now) {
    clearTimeout(this.patience);
    this.root.classList.toggle("ol-busy", now);
  }

  /** Parts that did not change keep their nodes, and with them focus and what is being typed. */
  paint() {
    const { activeElement } = document;
    const held =
      activeElement instanceof HTMLElement && this.root.contains(activeElement)
        ? activeElement
        : null;
    /** @type {Part[]} */
    const parts = this.model.get("parts");
    /** @type {Map<string, [string, HTMLElement]>} */
    const drawn = new Map();
    parts.forEach((part, i) => {
      const key = part.name ?? `${part.kind} ${i}`;
      const before = this.drawn.get(key);
      const text = JSON.stringify(part);
      const typed = ["words", "number"].includes(part.kind) && !part.locked;
      const typing = typed && held && before?.[1].contains(held);
      const keep = before && (before[0] === text || typing);
      drawn.set(key, [text, keep ? before[1] : PIECES[part.kind](part, this)]);
    });
    this.drawn = drawn;
    const nodes = [...drawn.values()].map(([, node]) => node);
    const now = this.root.children;
    if (now.length > nodes.length || nodes.some((node, i) => now[i] !== node)) {
      this.root.replaceChildren(...nodes);
    }
    for (const node of this.root.querySelectorAll("input, button, textarea, pre, .ol-plain")) {
      // JupyterLab asks the focused node itself
      node.setAttribute("data-lm-suppress-shortcuts", "true");
    }
    this.reach();
    if (held && document.activeElement !== held) this.focusAgain(held);
  }

  reach() {
    this.root.querySelectorAll("pre, .ol-plain:has(table)").forEach(letScroll);
  }

  /** @param {HTMLElement} held what had the focus and was drawn anew */
  focusAgain(held) {
    /** @type {NodeListOf<HTMLElement>} */
    const all = this.root.querySelectorAll("[data-key]");
    const same = [...all].find(
      (node) => node.dataset.key === held.dataset.key && !node.hasAttribute("disabled"),
    );
    /** @type {HTMLElement | null} */
    const reply = this.root.querySelector(".ol-reply");
    /** @type {HTMLElement | null} */
    const field = this.root.querySelector("textarea, input, button");
    (same ?? reply ?? field)?.focus({ preventScroll: true });
  }

  /**
   * Send what is typed when typing rests, so that it is not lost with the page.
   * @param {string} name @param {Field} field
   */
  follow(name, field) {
    field.addEventListener("input", () => {
      clearTimeout(this.waiting.get(name)?.[0]);
      this.waiting.set(name, [setTimeout(() => this.now(name, field), TYPED), field]);
    });
    field.addEventListener("change", () => this.now(name, field));
  }

  sendAll() {
    for (const [name, [, field]] of this.waiting) this.now(name, field);
  }

  /** @param {string} name @param {Field} field */
  now(name, field) {
    clearTimeout(this.waiting.get(name)?.[0]);
    this.waiting.delete(name);
    if (this.sent.get(field) === field.value) return;
    this.sent.set(field, field.value);
    this.send(name, field.value);
  }

  remove() {
    this.sendAll();
    clearTimeout(this.patience);
    this.watch.disconnect();
    this.model.off("change:parts", this.draw);
    this.model.off("msg:custom", this.answered);
    window.removeEventListener("pagehide", this.flush);
    this.root.remove();
  }
}

export default widget((model, el) => new Card(model, el));
