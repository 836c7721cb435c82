// The menu of the bar: files that Python makes of the plot, and the line of Python that makes it anew.

import { make, revokeSoon, svg } from "./dom.js";

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
    this.waits = 0;
    const node = make("details", { class: "ol-menu" }, bar);
    const said = { "aria-label": LABEL, title: LABEL, "data-action": "menu" };
    this.opener = make("summary", said, node);
    const icon = svg("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, this.opener);
    svg("path", { d: ICON }, icon);
    const list = make("div", {}, node);
    this.said = make("span", { class: "ol-said", role: "status" }, bar);
    this.line = make("input", { class: "ol-code", readonly: true, "aria-label": "The code" }, bar);
    this.close = () => {
      node.open = false;
      this.line.hidden = true;
      this.said.textContent = "";
    };
    this.close();
    for (const [kind, label] of entries) {
      const item = make("button", { type: "button", "data-kind": kind }, list);
      item.textContent = label;
      item.addEventListener("click", () => this.choose(kind, ask));
    }
    node.addEventListener("toggle", () => { // inside the bar, however narrow that is
      const left = Math.min(node.offsetLeft, bar.clientWidth - list.offsetWidth);
      list.style.left = `${Math.max(0, left)}px`;
    });
    node.addEventListener("focusout", ({ relatedTarget }) => {
      if (!node.contains(/** @type {Node | null} */ (relatedTarget))) node.open = false;
    });
    bar.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.close();
      this.opener.focus();
    });
  }

  /** @param {string} kind @param {(kind: string) => void} ask */
  choose(kind, ask) {
    this.close();
    this.opener.focus();
    window.clearTimeout(this.waits);
    this.waits = window.setTimeout(() => {
      this.said.textContent = "Python is busy. It answers when it is done.";
    }, PATIENCE);
    ask(kind);
  }

  /** @param {Answer} answer what Python says to this view or another @param {BlobPart[]} files */
  async heard({ kind, name, type, text }, files) {
    if (!this.waits) return;
    window.clearTimeout(this.waits);
    this.waits = 0;
    this.said.textContent = kind === "file" ? `${name} is in your browser's downloads.` : text;
    if (kind === "file") {
      const href = URL.createObjectURL(new Blob([files[0]], { type }));
      make("a", { href, download: name }).click();
      revokeSoon(href, 10_000);
    } else if (kind === "code") {
      this.line.hidden = false;
      this.line.value = text;
      this.line.select();
      const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
      this.said.textContent = copied
        ? "This line is on the clipboard."
        : "Copy this line with Ctrl+C.";
    }
  }
}
