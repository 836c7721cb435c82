// The menu of the bar: files that Python makes of the plot, and the line of Python that makes it anew.

import { make, svg } from "./dom.js";

const ICON = "M6 1h2v5h3l-4 4-4-4h3zM1 11h12v2H1z";
const LABEL = "Save, or copy the code";
/** Python is busy if it has not answered after so many milliseconds. */
const PATIENCE = 1000;

/**
 * @typedef {[kind: string, label: string]} Entry what Python is asked for
 * @typedef {{ kind: string, name: string, type: string, text: string }} Answer
 */

export class Menu {
  /** @param {Entry[]} entries @param {(kind: string) => void} ask @param {HTMLElement} bar */
  constructor(entries, ask, bar) {
    this.bar = bar;
    this.waits = 0;
    const said = { "aria-label": LABEL, title: LABEL, "data-action": "menu" };
    this.button = make("button", { type: "button", "aria-haspopup": "menu", ...said }, bar);
    const icon = svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, this.button);
    svg("path", { d: ICON }, icon);
    this.list = make("div", { class: "ol-menu", role: "menu", "aria-label": LABEL }, bar);
    this.items = entries.map(([kind, label]) => {
      const choice = { type: "button", role: "menuitem", tabindex: -1, "data-kind": kind };
      const item = make("button", choice, this.list);
      item.textContent = label;
      item.addEventListener("click", () => this.choose(kind, ask));
      return item;
    });
    this.said = make("span", { class: "ol-said", role: "status" }, bar);
    this.line = make("input", { class: "ol-code", readonly: true, "aria-label": "The code" }, bar);
    this.button.addEventListener("click", () => this.show(this.list.hidden));
    bar.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("focusout", (event) => {
      if (!bar.contains(/** @type {Node | null} */ (event.relatedTarget))) this.show(false, false);
    });
    this.line.hidden = true;
    this.show(false, false);
  }

  /** @param {boolean} open @param {boolean} [focus] whether the focus goes where the hand goes on */
  show(open, focus = true) {
    this.list.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    const room = this.bar.clientWidth - this.list.offsetWidth;
    this.list.style.left = `${Math.max(0, Math.min(this.button.offsetLeft, room))}px`;
    if (focus) (open ? this.items[0] : this.button).focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key, target } = event;
    if (key === "Escape" && !(this.list.hidden && this.line.hidden)) {
      this.line.hidden = true;
      this.said.textContent = "";
      this.show(false);
    } else if (key === "ArrowDown" && target === this.button) {
      this.show(true);
    } else if (key === "Tab") {
      this.show(false, false);
      return;
    } else {
      const last = this.items.length - 1;
      const now = this.items.indexOf(/** @type {HTMLButtonElement} */ (target));
      const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: last }[key];
      if (now < 0 || next === undefined) return;
      this.items[(next + last + 1) % (last + 1)].focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} kind @param {(kind: string) => void} ask */
  choose(kind, ask) {
    this.show(false);
    this.line.hidden = true;
    this.said.textContent = "";
    window.clearTimeout(this.waits);
    this.waits = window.setTimeout(() => {
      this.said.textContent = "Python is busy. It answers when it is done.";
    }, PATIENCE);
    ask(kind);
  }

  /** @param {Answer} answer what Python says to this view or to another one @param {BlobPart[]} files */
  async heard({ kind, name, type, text }, files) {
    if (!this.waits) return;
    window.clearTimeout(this.waits);
    this.waits = 0;
    this.said.textContent = kind === "file" ? `${name} is in your browser's downloads.` : text;
    if (kind === "file") {
      const href = URL.createObjectURL(new Blob([files[0]], { type }));
      make("a", { href, download: name }).click();
      window.setTimeout(() => URL.revokeObjectURL(href), 10_000);
    } else if (kind === "code") {
      this.line.hidden = false;
      this.line.value = text;
      this.line.select();
      const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
      const words = ["Copy this line with Ctrl+C.", "This line is on the clipboard."];
      this.said.textContent = words[Number(copied ?? false)];
    }
  }
}
