"""One look: dark themes, forced colours, large type and paper."""

import re

import pytest
from accessible import NAMELESS, RESTLESS, RUN_AXE, axe_code
from jupyter_driver import beyond
from playwright.sync_api import expect

CELLS = [
    """
from optimlab import SGD, Adam, Momentum, explore, lessons, race
from optimlab.lessons import Choice, Exercise, Number
lesson = lessons.Lesson("looks")
one = explore("parabola", SGD, lr=0.2, start=4, steps=10)
asked = lesson.predict("a", one, Choice({"3.2": "Right.", "4.8": "Uphill."}, right="3.2"))
asked.card.act("answer", 1)
asked.card.act("show")
asked
""",
    """lesson.predict("b", explore("parabola", SGD, lr=0.2), Number("Where?", 3.2, 0.1))""",
    """explore("ravine", [SGD, Momentum], lr=0.1, start=(-7, 2), steps=30)""",
    """race("ravine", [SGD, Momentum, Adam], lr=0.05, start=(-7, 2), steps=60)""",
    """
def double(x):
    return 2 * x  # and that is a line of code which no window of a phone has the room for
lesson.exercise("double", Exercise(double, cases=[1, 2], hints=["Twice `x`."]))
card = lesson.check("double", lambda x: x)
card.act("hint"), card.act("solution"), card.act("show")
card
""",
    "lesson.progress()",
    """
import matplotlib.pyplot as plt
from optimlab import style
style.use()
lesson.after("a", lambda: plt.plot([1, 2]) and None)
""",
]
# Text whose contrast with its ground is low, and light grounds in the dark: outside of pictures,
# which are white, and of what cannot be used now.
FAULTS = """dark => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0.05);
  const ground = node => { for (; node; node = node.parentElement) {
    const color = rgba(getComputedStyle(node).backgroundColor);
    if (color[3] > 250) return color; } return [255, 255, 255, 255]; };
  const found = [], seen = {words: 0};
  for (const node of document.querySelectorAll('.ol-live, .ol-card, .ol-band, :is(.ol-live,'
      + ' .ol-card, .ol-band) *')) {
    if (node.closest('.ol-panel, svg, [data-verdict], :disabled') || !node.checkVisibility())
      continue;
    const style = getComputedStyle(node), own = rgba(style.backgroundColor);
    const told = node.tagName + '.' + node.className;
    if (dark && own[3] > 20 && light(own) > 0.4) found.push(`light: ${told}`);
    const words = [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
    if (!words && !node.matches('input:not([type=range], [type=radio]), select')) continue;
    seen.words += 1;
    const [a, b] = [light(rgba(style.color)), light(ground(node))].sort((a, b) => a - b);
    const what = `${told} ${node.type} ${node.textContent.slice(0, 40)}`;
    if (b / a < 4.5) found.push(`${(b / a).toFixed(1)}: ${what}`);
  }
  return [seen.words, found]; }"""
WIDE = beyond(".ol-panel, .ol-bar, .ol-summary, .ol-card *")
SETTLED = """dark => document.body.dataset.jpThemeLight === String(!dark)
  && [...document.querySelectorAll('.ol-live, .ol-card')]
  .every(node => dark === (getComputedStyle(node).colorScheme === 'dark'))"""


@pytest.fixture(scope="module")
def looks(window, tmp_path_factory):
    """The page with a card of each kind, plots, and a table."""
    window.renew(tmp_path_factory.mktemp("shots"))
    window.show(*CELLS, name="looks")
    window.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    window.until("() => document.querySelectorAll('.ol-live').length === 4")
    yield window
    window.page.emulate_media(forced_colors="none", media="screen")
    window.command("apputils:change-theme", theme="JupyterLab Light")


def put_on(looks, dark):
    """JupyterLab's dark theme or its light one."""
    if looks.page.evaluate("document.body.dataset.jpThemeLight") == str(dark).lower():
        looks.command("apputils:change-theme", theme=f"JupyterLab {'Dark' if dark else 'Light'}")
    looks.until(SETTLED, dark)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_words_are_read_and_nothing_but_the_picture_is_white_in_the_dark(looks, theme):
    dark = theme == "Dark"
    put_on(looks, dark)
    for summary in looks.page.locator(".ol-menu summary:visible").all()[:1]:
        summary.click()
    words, faults = looks.page.evaluate(FAULTS, dark)
    assert words > 60 and faults == []
    panels = looks.page.locator(".ol-panel")
    grounds = "nodes => nodes.map(node => getComputedStyle(node).backgroundColor)"
    assert panels.count() > 5 and set(panels.evaluate_all(grounds)) == {"rgb(255, 255, 255)"}
    looks.page.keyboard.press("Escape")


def test_axe_finds_nothing_serious_and_nothing_moves_unasked(looks):
    """As tests/accessible.py asks of every lesson."""
    put_on(looks, dark=True)
    looks.page.set_viewport_size({"width": 400, "height": 1000})
    looks.page.evaluate(axe_code())
    # what is wider than its card is reached once the card has its width
    looks.until("""() => [...document.querySelectorAll('.ol-card pre')]
      .some(node => node.tabIndex === 0 && node.scrollWidth > node.clientWidth)""")
    assert looks.page.evaluate(RUN_AXE) == []
    assert looks.page.evaluate(NAMELESS) == []
    looks.page.emulate_media(reduced_motion="reduce")
    assert looks.page.evaluate(RESTLESS) == []
    looks.page.emulate_media(reduced_motion="null")
    looks.page.set_viewport_size(looks.size)


def test_a_slider_says_its_name_and_where_it_stands(looks):
    slider = looks.page.get_by_role("slider", name="learning rate", exact=True).last
    readout = slider.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]").locator(
        ".widget-readout")
    for key in ("ArrowLeft", "ArrowRight"):
        before = readout.inner_text()
        expect(slider).to_have_attribute("aria-valuetext", before)
        slider.press(key)
        expect(readout).not_to_have_text(before)
        expect(slider).to_have_attribute("aria-valuetext", readout.inner_text())


def test_forced_colours_leave_pictures_and_bands_as_they_are(looks):
    looks.page.emulate_media(forced_colors="active")
    kept = looks.page.evaluate(
        """() => { const of = (q, name) => [...document.querySelectorAll(q)]
          .map(node => getComputedStyle(node)[name]);
        return [of('.ol-panel', 'forcedColorAdjust'), of('[data-verdict]', 'forcedColorAdjust'),
          of('.ol-overlay text', 'stroke'), of('.ol-live', 'color'), of('.ol-card', 'color')]; }"""
    )
    panels, band, texts, plots, cards = map(set, kept)
    assert panels == band == {"none"} and texts <= {"rgb(255, 255, 255)"}
    assert plots == cards and len(plots) == 1, "all words have the colour that is asked for"
    slider = looks.page.locator(".ol-controls .noUi-connects:visible").first
    ground = "node => getComputedStyle(node).backgroundColor"
    assert slider.evaluate(ground) == plots.pop(), "a slider's track is seen"
    lined = """() => [...document.querySelectorAll('.ol-controls .widget-toggle-button')]
      .map(n => [n.matches('.mod-active'), getComputedStyle(n).outlineStyle === 'solid'])"""
    buttons = looks.page.evaluate(lined)
    assert {tuple(one) for one in buttons} == {(True, True), (False, False)}, "pressed or not"
    looks.page.emulate_media(forced_colors="none")


def test_at_twice_the_size_all_is_in_the_window_and_nothing_covers_it(looks):
    looks.page.set_viewport_size({"width": 700, "height": 500})  # 1400 by 1000 at 200 %
    looks.until(f"() => ({WIDE})().length === 0")
    places = "nodes => nodes.map(node => getComputedStyle(node).position)"
    assert "sticky" not in looks.page.locator(".ol-bar, .ol-controls").evaluate_all(places)
    looks.page.set_viewport_size({"width": 700, "height": 1000})
    assert "sticky" in looks.page.locator(".ol-bar").evaluate_all(places)
    looks.page.set_viewport_size(looks.size)


def test_paper_shows_pictures_with_dark_words_from_any_theme(looks):
    put_on(looks, dark=True)
    printed = looks.page.pdf()
    assert len(re.findall(rb"/Subtype /Image", printed)) >= 2, "the scenes of what is in the window"
    looks.page.emulate_media(media="print")
    ink = "nodes => nodes.map(node => getComputedStyle(node).color)"
    assert set(looks.page.locator(".ol-live, .ol-card").evaluate_all(ink)) == {"rgb(32, 36, 42)"}
    exact = "nodes => nodes.every(node => getComputedStyle(node).printColorAdjust === 'exact')"
    assert looks.page.locator(".ol-panel").evaluate_all(exact)
    looks.page.emulate_media(media="screen")
