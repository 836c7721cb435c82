// What ipywidgets does not say of its sliders to who hears the page: what they are called, and where
// they stand in the words that are shown (it says the number of the position), and whether they move.

/** @param {Element} explorer */
function label(explorer) {
  for (const slider of explorer.querySelectorAll(".widget-slider")) {
    const part = (/** @type {string} */ name) => slider.querySelector(name);
    const [name, handle, shown] = [".widget-label", ".noUi-handle", ".widget-readout"].map(part);
    if (!name || !handle || !shown) continue;
    const said = shown.textContent;
    shown.setAttribute("role", "textbox");
    handle.ariaLabel = shown.ariaLabel = name.textContent;
    handle.ariaDisabled = String(Boolean(handle.closest("[disabled]")));
    // not what is said already, for this is asked again after each change
    if (handle.ariaValueText !== said) handle.ariaValueText = said;
  }
}

/**
 * Keep the sliders of an explorer labelled, those that come later as well.
 * @param {any} explorer
 */
export function labelSliders(explorer) {
  if (!explorer || explorer.olSaid) return;
  explorer.olSaid = new MutationObserver(() => label(explorer));
  explorer.olSaid.observe(explorer,
    { subtree: true, childList: true, attributeFilter: ["aria-valuetext", "disabled"] });
  label(explorer);
}
