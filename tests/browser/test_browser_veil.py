"""Before the run is shown: veil, guess and sketch in a real JupyterLab, by key and mouse."""

import json
import re

import pytest
from playwright.sync_api import expect

CELLS = [
    """
from optimlab import SGD, explore
explorer = explore('ravine', SGD, lr=0.1, start=(-7, 2), steps=30, target=(0.01, 30), inspect=True)
surface, losses = (ax for _, ax in explorer.plot._axes)
explorer.plot.add('handle', 'guess', surface, at=(4, 1), guess=True, label='your prediction')
explorer.veil('The run is still hidden.')
explorer
""",
    """
line = explore('parabola', SGD, lr=0.2, start=4, steps=10, most_steps=10)
sketched = line.plot._axes[1][1]
line.plot.add_sketch(sketched, range(11), label='your sketch of the loss')
line.veil('Draw first.')
line
""",
    """
ravine = explore('ravine', SGD, lr=0.1, steps=10, most_steps=10)
ravine.plot.add_sketch(ravine.plot._axes[1][1], range(11), label='on a log axis')
ravine.veil('Draw first.')
ravine
""",
    """
from IPython.display import display
import ipywidgets
class Words(ipywidgets.Label):
    def _repr_mimebundle_(self, **_):
        data = {'text/plain': 'words', 'text/markdown': '**words**'}
        return data | super()._repr_mimebundle_()
Words(value='alive')
""",
]
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
VIEW = "application/vnd.jupyter.widget-view+json"
PATH = '[data-mark="path SGD"]'


@pytest.fixture
def page(lab):
    """The page with all cells run."""
    lab.show(*CELLS, name="veil")
    lab.until("() => document.querySelectorAll('.ol-live').length === 3")
    return lab


def drawn(lab, mark, plot=0):
    return lab.live(plot).locator(mark).first.get_attribute("d") or ""


def axes(lab, index, plot=0, panel=None):
    """The frame of an axes on the page: x, y, width and height. By default one in each panel."""
    clip = lab.live(plot).locator(f"clipPath[id$='-{index}-0'] rect")
    numbers = [float(clip.get_attribute(name)) for name in ("x", "y", "width", "height")]
    overlay = lab.live(plot).locator("svg.ol-overlay").nth(index if panel is None else panel)
    overlay.scroll_into_view_if_needed()
    box, view = overlay.bounding_box(), overlay.get_attribute("viewBox").split()
    scale = box["width"] / float(view[2])
    x, y, w, h = (v * scale for v in numbers)
    return box["x"] + x, box["y"] + y, w, h


def spot(box, fx, fy):
    x, y, w, h = box
    return x + fx * w, y + (1 - fy) * h


def guess(lab):
    return lab.live().locator("[data-handle=guess]")


def column(lab, plot=1):
    return lab.live(plot).locator("[data-sketch=column]")


def test_the_veil_hides_run_bar_goal_and_controls_until_it_is_lifted(page):
    live = page.live()
    slider = page.page.locator(".jp-Notebook-cell").first.locator(".ol-lr")
    assert drawn(page, PATH) == ""
    expect(live.locator(".ol-bar")).to_be_hidden()
    expect(live.locator(".ol-summary")).to_have_text("The run is still hidden.")
    expect(live.locator(".ol-goal")).to_have_text("")
    expect(slider).to_be_hidden()
    expect(live.locator(".ol-formula")).to_be_hidden()
    img = live.locator("img").first.get_attribute("src")
    page.python("explorer.unveil()")
    page.until("() => document.querySelector('.ol-live .ol-summary').textContent.includes('SGD')")
    assert drawn(page, PATH)
    expect(live.locator(".ol-bar")).to_be_visible()
    expect(slider).to_be_visible()
    expect(live.locator(".ol-formula")).to_be_visible()
    expect(live.locator(".ol-goal")).to_contain_text("Not yet")
    expect(live.locator("img").first, "the scene was not built anew").to_have_attribute("src", img)
    page.until("() => document.querySelector('.ol-live').dataset.source === 'frames'")
    before = drawn(page, PATH)
    slider.locator(".noUi-handle").first.focus()
    page.page.keyboard.press("ArrowRight")
    page.until(
        "([mark, d]) => document.querySelector(mark).getAttribute('d') !== d",
        [PATH, before],
    )
    expect(live, "a guess is no setting of the frames").to_have_attribute("data-source", "frames")
    assert page.errors() == []


def test_a_guess_is_placed_by_click_drag_and_keys_and_then_stays(page):
    start = page.live().locator("[data-handle=start]")
    expect(start).to_have_js_property("tabIndex", -1)
    expect(guess(page)).to_have_attribute("tabindex", "0")
    where = start.get_attribute("transform")
    box = axes(page, 0)
    # a click, and one right on the start: the guess comes, the start stays
    page.page.mouse.click(*spot(box, 0.25, 0.75))
    page.until_value("explorer.plot.handles['guess']", lambda at: abs(at[0] + 4) < 0.1)
    page.page.mouse.click(*spot(box, 1 / 16, 5 / 6))
    at = page.until_value("explorer.plot.handles['guess']", lambda at: abs(at[0] + 7) < 0.1)
    assert abs(at[1] - 2) < 0.1
    expect(start).to_have_attribute("transform", where)
    assert page.value("explorer.plot.handles['start']") == [-7, 2]
    page.page.mouse.move(*spot(box, 1 / 16, 5 / 6))
    page.page.mouse.down()
    page.page.mouse.move(*spot(box, 0.5, 0.5), steps=5)
    page.page.mouse.up()
    page.until_value("explorer.plot.handles['guess']", lambda at: abs(at[0]) < 0.1)
    guess(page).focus()
    before = page.value("explorer.plot.handles['guess']")
    for key in ("ArrowRight", "ArrowUp", " ", "a"):
        page.page.keyboard.press(key)
    after = page.until_value("explorer.plot.handles['guess']", lambda at: at[1] > before[1])
    assert after[0] > before[0] and page.value("explorer.plot.playing") is False
    expect(guess(page)).to_have_attribute("aria-label", "your prediction")
    page.python("explorer.unveil()")
    page.until("() => !document.querySelector('.ol-live').classList.contains('ol-veiled')")
    expect(guess(page)).to_be_visible()
    expect(guess(page)).to_have_js_property("tabIndex", -1)
    expect(start).to_have_attribute("tabindex", "0")
    page.page.mouse.click(*spot(axes(page, 0), 0.75, 0.75))
    page.until_value("explorer.plot.handles['start']", lambda at: abs(at[0] - 4) < 0.1)
    assert page.value("explorer.plot.handles['guess']") == after
    page.python("explorer.plot.handles = {**explorer.plot.handles, 'guess': []}")
    page.until("() => document.querySelector('[data-handle=guess]').style.display === 'none'")


def test_marks_added_later_and_notes_lie_over_the_frames(page):
    page.python(
        "explorer.unveil()\n"
        "with explorer.plot.hold_sync():\n"
        "    explorer.plot.add('line', 'gap', surface)\n"
        "    explorer.plot.add('label', 'said', surface)\n"
        "    explorer.plot.note('gap', [[0, 0], [4, 1]])\n"
        "    explorer.plot.note('said', ([[4, 1]], ['you said']))",
    )
    page.until("() => document.querySelector('.ol-live').dataset.source === 'frames'")
    page.until("() => document.querySelector('[data-mark=gap]')?.getAttribute('d')")
    expect(page.live().locator('[data-mark="said"]')).to_have_text("you said")
    line = drawn(page, "[data-mark=gap]")
    assert len(re.findall(r"[ML]", line)) == 2 and drawn(page, PATH)
    page.python("explorer.controls['lr'].value = 0.5")
    page.until("() => document.querySelector('.ol-live').textContent.includes('rate 0.5 ')")
    assert drawn(page, "[data-mark=gap]") == line
    page.python("explorer.plot.note('gap', None)")
    page.until("() => !document.querySelector('[data-mark=gap]').getAttribute('d')")
    expect(page.live().locator('[data-mark="said"]')).to_have_text("you said")


def test_a_curve_is_sketched_with_the_mouse_in_its_own_axes_alone(page):
    page.page.mouse.click(*spot(axes(page, 0, plot=1), 0.5, 0.5))
    assert page.value("line.plot.drawn") == [] and page.value("line.start") == 4
    box = axes(page, 1, plot=1)
    page.page.mouse.move(*spot(box, 0.02, 0.9))
    page.page.mouse.down()
    page.page.mouse.move(*spot(box, 0.5, 0.5))  # at once: the columns between are interpolated
    page.page.mouse.move(*spot(box, 0.98, 0.1), steps=3)
    page.page.mouse.up()
    values = page.until_value("line.plot.drawn", lambda v: len(v) == 11 and None not in v)
    low, high = page.value("list(sketched.get_ylim())")
    left, right = page.value("list(sketched.get_xlim())")
    for k, value in enumerate(values):
        fx = min(0.98, max(0.02, (k - left) / (right - left)))
        wanted = low + (0.9 - (fx - 0.02) / 0.96 * 0.8) * (high - low)
        assert value == pytest.approx(wanted, abs=0.01 * (high - low)), k
    page.page.mouse.move(*spot(box, 0.5, 0.9))
    assert page.value("line.plot.drawn") == values, "only while the button is down"
    assert len(re.findall(r"[ML]", drawn(page, "[data-sketch=line]", plot=1))) == 11
    page.python("line.unveil()")
    page.until("() => !document.querySelectorAll('.ol-live')[1].classList.contains('ol-veiled')")
    page.page.mouse.click(*spot(axes(page, 1, plot=1), 0.5, 0.9))
    page.wait_idle()
    assert page.value("line.plot.drawn") == values
    assert drawn(page, "[data-sketch=line]", plot=1)
    expect(column(page)).to_be_hidden()


def test_a_curve_is_sketched_with_the_keys(page):
    cells = page.cells().count()
    column(page).focus()
    expect(column(page)).to_have_attribute("role", "slider")
    expect(column(page)).to_have_attribute("aria-label", "your sketch of the loss")
    expect(column(page)).to_have_attribute("aria-valuetext", "step 0: not drawn")
    page.page.keyboard.press("ArrowUp")
    low, high = page.value("list(sketched.get_ylim())")
    middle, unit = (low + high) / 2, (high - low) / 40
    near = {"abs": 0.02 * (high - low) / 2}
    first = page.until_value("line.plot.drawn", lambda v: v != [])
    assert first[0] == pytest.approx(middle, **near) and first[1:] == [None] * 10
    for key in ("ArrowUp", "Shift+ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.page.keyboard.press(key)
    values = page.until_value("line.plot.drawn", lambda v: v[2] is not None and v[2] < v[0])
    assert values[0] == pytest.approx(middle + 5 * unit, **near)
    assert values[1] is None and values[2] == pytest.approx(values[0] - unit, **near)
    text = column(page).get_attribute("aria-valuetext")
    assert text == f"step 2: loss {float(f'{values[2]:.4g}'):g}"
    for key in ("a", "d", "d", " "):
        page.page.keyboard.press(key)
    for _ in range(20):
        page.page.keyboard.press("ArrowRight")
    expect(column(page)).to_have_attribute("aria-valuetext", "step 10: not drawn")
    expect(page.cells()).to_have_count(cells)
    assert page.errors() == []


def test_a_sketch_on_a_log_axis_moves_by_equal_lengths(page):
    column(page, plot=2).focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowDown", "Shift+ArrowDown"):
        page.page.keyboard.press(key)
    values = page.until_value("ravine.plot.drawn", lambda v: len(v) > 1 and v[1] not in (None,))
    values = page.until_value("ravine.plot.drawn", lambda v: v[1] < v[0])
    low, high = page.value("list(ravine.plot._axes[1][1].get_ylim())")
    assert values[0] == pytest.approx((low * high) ** 0.5, rel=0.01)
    assert values[1] / values[0] == pytest.approx((low / high) ** 0.1, rel=0.02)


def test_a_saved_copy_keeps_the_scene_and_the_words_without_a_view(page):
    page.save()
    outputs = [
        o["data"] for c in json.loads(page.saved().read_text())["cells"] for o in c["outputs"]
    ]
    assert len(outputs) == 8 and all(VIEW not in data for data in outputs)
    outputs, told = outputs[::2], outputs[1::2]
    assert all("Run this cell" in str(data) for data in told)
    assert ["image/png" in data for data in outputs] == [True, True, True, False]
    assert "".join(outputs[0]["text/plain"]) == "The run is still hidden."
    assert "".join(outputs[3]["text/markdown"]) == "**words**"
    page.shutdown_kernel()
    page.reopen()
    expect(page.page.locator(".jp-OutputArea-output img")).to_have_count(3)
    expect(page.page.locator(".jp-OutputArea-output strong")).to_have_text("words")
    assert page.errors() == []


def test_a_click_on_the_strip_puts_the_start_there(lab):
    source = (
        "from optimlab.explorers import StripExplorer\n"
        "strip = StripExplorer('wave', start=2.5, steps=5, rates=[0.1, 0.25])\nstrip"
    )
    lab.show(source, name="strip")
    lab.page.wait_for_selector(".ol-live")
    lab.page.mouse.click(*spot(axes(lab, 1, panel=0), 0.25, 0.5))
    lab.until_value("strip.start", lambda x: abs(x - 1) < 0.05)
