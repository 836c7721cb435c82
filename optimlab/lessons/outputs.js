// What JupyterLab leaves out of plain outputs: the text of a figure, which stands in the metadata of
// the output, and a way for keys to scroll what is too wide. A lesson has cards, and with the first of
// them this comes.

import { letScroll } from "../draw/live/dom.js";

/** How long after a change of the notebook its outputs are in the page, in milliseconds. */
const DRAWN = 300;

/**
 * The pictures of a notebook that have a text, by what they are.
 * @param {any} cells
 */
function texts(cells) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { outputs } of cells) {
    for (let k = 0; k < (outputs?.length ?? 0); k += 1) {
      const { data, metadata } = outputs.get(k);
      const { alt } = metadata?.["image/png"] ?? {};
      if (alt) found.set(String(data["image/png"]).trim(), alt);
    }
  }
  return found;
}

/**
 * Give every plain figure of a notebook its text, and wide outputs to Tab, now and after each change.
 * @param {any} manager JupyterLab's manager of widgets, which knows the notebook
 */
export function completeOutputs(manager) {
  const model = (manager?.context ?? manager?._context)?.model;
  if (!model?.cells || !model.contentChanged || model.olDescribes) return;
  model.olDescribes = true;
  let waits = 0;
  const describe = () => {
    /** @type {NodeListOf<HTMLImageElement>} */
    const mute = document.querySelectorAll(".jp-RenderedImage img:not([alt])");
    const known = mute.length ? texts(model.cells) : null;
    for (const image of mute) {
      const text = known?.get(image.src.slice(image.src.indexOf(",") + 1).trim());
      if (text) image.alt = text;
    }
    document.querySelectorAll(".jp-RenderedMarkdown.jp-OutputArea-output").forEach(letScroll);
  };
  const later = () => {
    clearTimeout(waits);
    waits = window.setTimeout(describe, DRAWN);
  };
  model.contentChanged.connect(later);
  window.addEventListener("resize", later);
  later();
}
