// A live view needs its kernel; the picture or the text beside it does not. A saved notebook keeps
// these alone, so that opening it later shows them and not "Error displaying widget".

import { stayPatient } from "./patience.js";

/**
 * What anywidget hands to a widget's module.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, callback: (...said: any[]) => void) => void} on
 * @property {(event: string, callback: (...said: any[]) => void) => void} off
 * @property {(content: any) => void} send
 * @property {any} widget_manager
 */

const VIEW = "application/vnd.jupyter.widget-view+json";
const STILLS = ["image/png", "text/markdown", "text/html"];
/** What a saved cell says under its stills. */
const SAVED = "Saved as it was shown. Run this cell (Shift+Enter), and its controls are there again.";

/** @param {any} manager JupyterLab's manager of widgets, which knows the notebook */
function saveStills(manager) {
  const notebook = (manager?.context ?? manager?._context)?.model?.sharedModel;
  if (!notebook?.toJSON || notebook.olSavesStills) return;
  const toJSON = notebook.toJSON.bind(notebook);
  notebook.olSavesStills = true;
  notebook.toJSON = () => {
    const content = toJSON();
    for (const cell of content.cells ?? []) {
      const live = (cell.outputs ?? []).filter(
        (/** @type {any} */ { data }) => data?.[VIEW] && STILLS.some((kind) => kind in data),
      );
      for (const { data } of live) delete data[VIEW];
      if (live.length === 0) continue;
      const data = { "text/markdown": `*${SAVED}*`, "text/plain": SAVED };
      cell.outputs.push({ output_type: "display_data", data, metadata: {} });
    }
    return content;
  };
}

/**
 * Notebook 7 takes the arrow keys of a slider for itself unless the focused element keeps its keys.
 * @param {HTMLElement} el of a view in an explorer @returns {(event: FocusEvent) => void}
 */
const keeper = (el) => ({ target }) => {
  if (target instanceof Element && el.closest(".ol-explorer")?.contains(target)) {
    target.setAttribute("data-lm-suppress-shortcuts", "true");
  }
};

/**
 * A widget's module, from what makes its view: that is taken away when `remove` is called.
 * @param {(model: Model, el: HTMLElement) => { remove: () => void }} show
 */
export function widget(show) {
  return {
    /** @param {{ model: Model }} here */
    initialize({ model }) {
      stayPatient(model).catch((error) => console.warn(error));
    },
    /** @param {{ model: Model, el: HTMLElement }} here */
    render({ model, el }) {
      saveStills(model.widget_manager);
      const view = show(model, el);
      const keeps = keeper(el);
      document.addEventListener("focusin", keeps);
      return () => {
        document.removeEventListener("focusin", keeps);
        view.remove();
      };
    },
  };
}
