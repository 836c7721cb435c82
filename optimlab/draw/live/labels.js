// What ipywidgets does not say of its sliders to who hears the page: what they are called, and where
// they stand in the words that are shown (it says the number of the position).

/** @param {Element} explorer */
function label(explorer) {
  for (const slider of explorer.querySelectorAll(".widget-slider")) {
    const part = (/** @type {string} */ name) => slider.querySelector(name);
    const [name, handle, readout] = [".widget-label", ".noUi-handle", ".widget-readout"].map(part);
    if (!name || !handle || !readout) continue;
    const said = readout.textContent;
    readout.setAttribute("role", "textbox");
    handle.ariaLabel = readout.ariaLabel = name.textContent;
    // not what is said already, for this is asked again after each change
    if (handle.ariaValueText !== said) handle.ariaValueText = said;
  }
}

/**
 * Keep the sliders of an explorer labelled, those that come later as well.
 * @param {any} explorer
 */
export function labelSliders(explorer) {
  if (!explorer || explorer.olLabels) return;
  explorer.olLabels = new MutationObserver(() => label(explorer));
  const what = { subtree: true, childList: true, attributeFilter: ["aria-valuetext"] };
  explorer.olLabels.observe(explorer, what);
  label(explorer);
}
