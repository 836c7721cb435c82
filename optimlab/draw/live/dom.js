// How the parts of the page are made, for every widget of ours.

/**
 * @typedef {string | number | boolean | null | undefined} Attribute true: there; false, null: not
 * @typedef {Record<string, Attribute>} Attributes
 */

/** @param {Element} node @param {Attributes} attributes */
export function setAll(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value != null) node.setAttribute(key, value === true ? "" : String(value));
  }
}

/**
 * An HTML element, the last one in its parent.
 * @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Attributes} [attributes]
 * @param {Element | null} [parent]
 */
export function make(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  setAll(node, attributes);
  parent?.append(node);
  return node;
}

/**
 * An SVG element, the last one in its parent.
 * @template {keyof SVGElementTagNameMap} Tag @param {Tag} tag @param {Attributes} attributes
 * @param {Element} parent
 */
export function svg(tag, attributes, parent) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAll(node, attributes);
  parent.append(node);
  return node;
}

/**
 * What is wider than its place is scrolled there, and for that Tab comes to it.
 * @param {Element} node
 */
export function letScroll(node) {
  if (node.scrollWidth <= node.clientWidth) node.removeAttribute("tabindex");
  else node.setAttribute("tabindex", "0");
}

/**
 * An address for a picture, until it is revoked.
 * @param {BlobPart} png
 */
export function pngUrl(png) {
  return URL.createObjectURL(new Blob([png], { type: "image/png" }));
}

/**
 * Give up the address of a picture or a file: later, as the browser may be about to look there.
 * @param {string} url @param {number} [wait] in milliseconds
 */
export function revokeSoon(url, wait = 1000) {
  setTimeout(() => URL.revokeObjectURL(url), wait);
}
