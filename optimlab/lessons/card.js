// A card: text, choices, a number, words and buttons, drawn from a list of parts. What the learner
// does is sent to Python as {name, value}; what the card then shows is Python's answer.

function make(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) node.setAttribute(key, value === true ? "" : value);
  }
  if (parent) parent.append(node);
  return node;
}

class View {
  constructor(model, el) {
    this.model = model;
    this.id = `olc${Math.random().toString(36).slice(2)}`;
    const label = model.get("label") || null;
    this.root = make("div", { class: "ol-card", role: "group", "aria-label": label, "data-lm-suppress-shortcuts": "true" }, el);
    this.drawn = new Map(); // key of a part -> [its text, its node]
    this.waiting = new Map(); // name of a field -> timer
    this.draw = () => this.paint();
    this.answered = () => this.busy(false);
    this.flush = () => this.sendAll();
    model.on("change:parts", this.draw);
    model.on("msg:custom", this.answered);
    window.addEventListener("pagehide", this.flush);
    this.paint();
  }

  send(name, value = null) {
    this.model.send({ name, value });
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.busy(true), 700);
  }

  busy(now) {
    clearTimeout(this.patience);
    this.root.classList.toggle("ol-busy", now);
  }

  // Parts that did not change keep their nodes, and with them focus and what is being typed.
  paint() {
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    const parts = this.model.get("parts");
    const drawn = new Map();
    parts.forEach((part, i) => {
      const key = part.name ?? `${part.kind} ${i}`;
      const [before, node] = this.drawn.get(key) ?? [];
      const text = JSON.stringify(part);
      const typing = ["words", "number"].includes(part.kind) && !part.locked && held && node?.contains(held);
      drawn.set(key, before === text || typing ? [text, node] : [text, this[part.kind](part)]);
    });
    this.drawn = drawn;
    const nodes = [...drawn.values()].map(([, node]) => node);
    if (nodes.some((node, i) => this.root.children[i] !== node) || this.root.children.length > nodes.length) {
      this.root.replaceChildren(...nodes);
    }
    for (const node of this.root.querySelectorAll("input, button, textarea")) {
      node.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab asks the focused node itself
    }
    if (held && document.activeElement !== held) this.focusAgain(held);
  }

  focusAgain(held) {
    const same = [...this.root.querySelectorAll("[data-key]")].find(
      (node) => node.dataset.key === held.dataset.key && !node.disabled,
    );
    const next = same ?? this.root.querySelector(".ol-reply") ?? this.root.querySelector("textarea, input, button");
    next?.focus({ preventScroll: true });
  }

  text({ html, tone = "plain", name }) {
    const reply = tone === "plain" ? {} : { tabindex: -1, role: "status" };
    const node = make("div", { class: `ol-text ol-${tone}${tone === "plain" ? "" : " ol-reply"}`, "data-part": name ?? null, ...reply });
    node.innerHTML = html; // escaped by Python
    return node;
  }

  choices({ name, label, options, value, locked, tones = [] }) {
    const node = make("fieldset", { class: "ol-choices", "data-part": name });
    make("legend", {}, node).textContent = label;
    options.forEach((option, i) => {
      const row = make("label", { class: `ol-choice ol-${tones[i] ?? "plain"}` }, node);
      const input = make("input", { type: "radio", name: `${this.id}-${name}`, value: i, "data-key": `${name} ${i}`, disabled: locked }, row);
      input.checked = i === value;
      input.addEventListener("change", () => this.send(name, i));
      make("span", {}, row).textContent = option;
    });
    return node;
  }

  number({ name, label, value, locked }) {
    const node = make("label", { class: "ol-field", "data-part": name });
    make("span", {}, node).textContent = label;
    const input = make("input", { type: "text", inputmode: "decimal", "data-key": name, disabled: locked, size: 12 }, node);
    input.value = value;
    input.addEventListener("input", () => this.soon(name, input));
    input.addEventListener("change", () => this.now(name, input));
    return node;
  }

  words({ name, label, value }) {
    const node = make("label", { class: "ol-field ol-words", "data-part": name });
    make("span", {}, node).textContent = label;
    const area = make("textarea", { rows: 2, "data-key": name }, node);
    area.value = value;
    area.addEventListener("input", () => this.soon(name, area));
    area.addEventListener("change", () => this.now(name, area));
    return node;
  }

  // What is typed is sent when typing rests, so that it is not lost with the page.
  soon(name, field) {
    clearTimeout(this.waiting.get(name)?.[0]);
    this.waiting.set(name, [setTimeout(() => this.now(name, field), 250), field]);
  }

  sendAll() {
    for (const [name, [, field]] of this.waiting) this.now(name, field);
  }

  now(name, field) {
    clearTimeout(this.waiting.get(name)?.[0]);
    this.waiting.delete(name);
    if (field.sent === field.value) return;
    field.sent = field.value;
    this.send(name, field.value);
  }

  buttons({ items }) {
    const node = make("div", { class: "ol-buttons" });
    for (const { name, label, primary, off } of items) {
      const button = make("button", { type: "button", class: primary ? "ol-primary" : null, disabled: Boolean(off), "data-key": name, "data-action": name }, node);
      button.textContent = label;
      button.addEventListener("click", () => this.send(name));
    }
    return node;
  }

  remove() {
    this.sendAll();
    clearTimeout(this.patience);
    this.model.off("change:parts", this.draw);
    this.model.off("msg:custom", this.answered);
    window.removeEventListener("pagehide", this.flush);
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
