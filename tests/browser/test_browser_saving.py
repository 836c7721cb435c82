"""A saved page, opened from a disk without network; and the menu of the play bar in JupyterLab."""

import json
from pathlib import Path

import numpy as np
import pytest
from jupyter_driver import TWO_FRAMES, browser_context
from playwright.sync_api import expect
from wire import bands, corners

from optimlab import SGD, Momentum, explore
from optimlab.draw.live import export
from optimlab.explorers import FamilyExplorer

PATH = '[data-mark="path SGD"]'


class Page:
    """A saved explorer in a window that has no network."""

    def __init__(self, context, explorer, place):
        explorer.save(place)
        self.page, self.said, self.asked = context.new_page(), [], []
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(place.as_uri())
        self.page.wait_for_selector(".ol-live")

    def root(self, name):
        return self.page.locator(".ol-live").get_attribute(name)

    def text(self, place):
        return self.page.locator(place).text_content()

    def until(self, condition):
        read = f"() => {{ const root = document.querySelector('.ol-live'); return {condition}; }}"
        self.page.wait_for_function(read)


@pytest.fixture(scope="module")
def offline(browser):
    with browser_context(browser, offline=True, color_scheme="dark") as context:
        yield context


@pytest.fixture
def ravine(offline, tmp_path):
    """The explorer and its page."""
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=30)
    page = Page(offline, explorer, tmp_path / "run.html")
    page.until("root.dataset.source === 'engine'")
    yield explorer, page
    assert page.said == [] and len([url for url in page.asked if url[:5] != "blob:"]) == 1
    page.page.close()


def test_the_slider_of_a_page_shows_the_numbers_of_python(ravine):
    explorer, page = ravine
    slider = page.page.get_by_role("slider", name="learning rate")
    slider.focus()
    for key, index in (("ArrowRight", 55), ("ArrowRight", 56), ("Home", 0), ("End", None)):
        page.page.keyboard.press(key)
        page.page.evaluate(TWO_FRAMES)
        index = len(explorer._values()) - 1 if index is None else index
        expect(slider).to_have_value(str(index))
        explorer.controls["lr"].index = index
        assert page.root("data-source") == "engine"
        expect(slider).to_have_attribute("aria-valuetext", explorer.controls["lr"].label)
        assert page.text(".ol-page output >> nth=0") == explorer.controls["lr"].label
        assert page.text(".ol-summary") == explorer.summary
        assert page.text(".ol-readout") == export._lines(explorer.plot, 30, 2000)[0]
        frame = explorer.plot.data["list"][0]
        first, rows, _ = frame["marks"]["path SGD"]
        numbers = np.frombuffer(explorer.plot.data["buffer"], np.float32)[first : first + 2 * rows]
        drawn = page.page.locator(PATH).get_attribute("d")[1:].split("L")
        drawn = np.array([corner.split() for corner in drawn], float)
        spec, panel = explorer.plot.axes[0], explorer.plot.panels[0]
        x, y, w, h = np.array(spec["rect"]) * ([panel["width"], panel["height"]] * 2)
        wanted = [x, y] + numbers.reshape(-1, 2) * [w, -h] + [0, h]
        np.testing.assert_allclose(drawn, corners(wanted), atol=0.006)


def test_a_page_plays_steps_and_hovers(ravine):
    explorer, page = ravine
    page.page.locator("[data-action=play]").focus()
    page.page.keyboard.press("Enter")
    page.until("Number(root.dataset.step) > 0 && Number(root.dataset.step) < 30")
    page.page.keyboard.press("Enter")
    page.page.locator("[data-action=step]").focus()
    page.page.keyboard.press("Home")
    page.page.locator("[data-action=on]").click(click_count=2)
    assert page.text(".ol-readout") == export._lines(explorer.plot, 2, 2000)[0]
    d = page.page.locator('[data-mark="loss SGD"] + path').get_attribute("d")
    x, y = map(float, d[1:].split("L")[10 - 2].split())
    box = page.page.locator("svg.ol-overlay").nth(1).bounding_box()
    page.page.mouse.move(box["x"] + x, box["y"] + y)
    page.until("root.dataset.step === '10'")
    page.page.mouse.move(1, 1)
    page.until("root.dataset.step === '2'")


def test_what_needs_python_is_fixed_in_a_page_and_said_in_words(offline, tmp_path):
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=30, inspect=True)
    page = Page(offline, explorer, tmp_path / "run.html")
    page.until("root.dataset.source === 'frames'")
    assert page.text(".ol-fixed") == "What else is set: steps 30, start point (-7, 2)."
    box = page.page.locator("[data-handle=start]").bounding_box()
    before = page.page.locator(".ol-panels").inner_html()
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 90, box["y"] + 60, steps=3)
    page.page.mouse.up()
    page.page.mouse.move(1, 1)
    page.page.evaluate(TWO_FRAMES)
    assert page.page.locator(".ol-panels").inner_html() == before
    start = page.page.locator("[data-handle=start]")
    expect(start).to_have_attribute("aria-disabled", "true")
    expect(start).to_have_js_property("tabIndex", -1)
    expect(start).to_have_attribute("aria-valuetext", "x -7, y 2")
    expect(page.page.locator("[data-action=menu], .ol-sliders")).to_have_count(0)
    page.page.get_by_role("slider", name="learning rate").press("End")
    page.page.locator("[data-action=back]").click()
    page.page.locator("[data-action=reset]").click()
    assert page.text(".ol-readout") == export._lines(explorer.plot, 30, 2000)[0]
    assert page.said == []
    page.page.close()


@pytest.mark.parametrize("width", [1400, 400])
def test_the_band_lies_under_the_slider_of_a_page_and_follows(offline, tmp_path, width, run):
    explorer = explore("ravine", [SGD, Momentum], lr=0.1, steps=30)
    page = Page(offline, explorer, tmp_path / "run.html")
    page.page.set_viewport_size({"width": width, "height": 900})
    # of the start and the momentum that a hand has just set, as Python has it
    page.page.locator("[data-handle=start]").press("Shift+ArrowRight")
    page.page.get_by_role("slider", name="momentum").press("Home")
    fields = [page.page.locator(f"[data-which='{i}'][type=number]").input_value() for i in (0, 1)]
    start = tuple(map(float, fields))
    assert start != tuple(explorer.start)
    looked_at = explore("ravine", [SGD, Momentum], momentum=0, start=start, inspect=True)
    looked_at._send_frames()  # Playwright's loop would do it later
    (shown,) = bands(run, looked_at)
    page.until(f"root.querySelector('.ol-words').textContent === {json.dumps(shown['words'])}")
    slider = page.page.get_by_role("slider", name="learning rate")
    rows = page.page.locator(".ol-track .ol-band-row")
    expect(rows.locator("span")).to_have_text(["SGD", "Momentum"], use_inner_text=True)
    box = slider.bounding_box()
    for row, node in zip(shown["rows"], rows.all(), strict=True):
        pieces = node.locator("[data-verdict]:not([data-verdict=best], [data-verdict=limit])")
        assert len(row["pieces"]) == pieces.count() > 1
        for number, piece in enumerate(row["pieces"]):
            shown = pieces.nth(number)
            expect(shown).to_have_attribute("data-verdict", piece["verdict"].split()[0])
            at = shown.bounding_box()
            assert box["x"] <= at["x"] and at["x"] + at["width"] <= box["x"] + box["width"]
            assert at["height"] >= 6 and at["y"] >= box["y"] + box["height"], "below it"
            # the slider goes to the piece that is clicked, and no farther
            page.page.mouse.click(at["x"] + at["width"] / 2, at["y"] + 3)
            assert piece["from"] <= int(slider.input_value()) <= piece["to"]
    name = rows.locator("span").nth(1).bounding_box()
    label = page.page.locator(".ol-controls span").first.bounding_box()
    assert label["y"] + label["height"] <= name["y"] + 1, "its name lies below the label"
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    assert "ol-stale" not in page.page.locator(".ol-band").get_attribute("class").split()
    assert page.said == []
    page.page.close()


def test_a_page_on_a_narrow_screen_and_a_slider_over_names(offline, tmp_path):
    explorer = FamilyExplorer("Adam")
    page = Page(offline, explorer, tmp_path / "run.html")
    page.page.set_viewport_size({"width": 400, "height": 800})
    slider = page.page.get_by_role("slider", name="choice")
    slider.press("ArrowLeft")
    explorer.controls["method"].index -= 1
    expect(slider).to_have_attribute("aria-valuetext", explorer.method)
    page.until(f"root.textContent.includes({json.dumps(explorer.summary)})")
    wide = "() => document.documentElement.scrollWidth"
    assert page.page.evaluate(wide) <= 400
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.page.evaluate(ground) == "rgb(18, 18, 18)", "dark, and the plot a white card on it"
    assert page.said == []
    page.page.close()


# --- in JupyterLab ---------------------------------------------------------------------------

CELL = "from optimlab import explore\nexplorer = explore('ravine', steps=30)\nexplorer"


@pytest.fixture
def plot(lab):
    lab.show(CELL, name="saving")
    lab.page.wait_for_selector(".ol-live [data-action=menu]")
    return lab


def said(lab, words):
    lab.until("words => document.querySelector('.ol-said').textContent.startsWith(words)", words)


def test_the_menu_saves_copies_and_closes_on_the_keyboard(plot, tmp_path):
    page, menu = plot.page, plot.live().locator(".ol-menu div")
    opener = plot.live().locator("[data-action=menu]")
    has_focus = "node => node === document.activeElement"
    expect(menu.locator("button")).to_have_text([
        "Save as PNG", "Save as SVG", "Save as GIF", "Save as a web page", "Copy the code",
    ])
    opener.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    assert menu.locator("button").first.evaluate(has_focus)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert opener.evaluate(has_focus)
    opener.press(" ")
    page.keyboard.press("Shift+Tab")
    expect(menu, "closed where the focus leaves it").to_be_hidden()
    for item, head in ((1, b"\x89PNG"), (4, b"<!doctype html>")):
        opener.press("Enter")
        with page.expect_download() as coming:
            for _ in range(item):
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        assert Path(coming.value.path()).read_bytes().startswith(head)
        said(plot, coming.value.suggested_filename)
        assert opener.evaluate(has_focus)
        expect(menu).to_be_hidden()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    plot.python("explorer.put(lr=0.2)")
    line = 'from optimlab import explore; explore("ravine").put(lr=0.2)'
    opener.click()
    menu.get_by_text("Copy the code").click()
    said(plot, "This line is on the clipboard.")
    assert page.evaluate("() => navigator.clipboard.readText()") == line
    expect(plot.live().locator(".ol-code")).to_have_value(line)
    page.keyboard.press("Escape")
    expect(plot.live().locator(".ol-code")).to_be_hidden()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    opener.click()
    menu.get_by_text("Copy the code").click()
    said(plot, "Copy this line with Ctrl+C.")
    assert page.evaluate("() => getSelection().toString()") == line
    plot.live().locator("[data-action=reset]").click()
    plot.until(
        "() => document.querySelector('.ol-summary').textContent.includes('learning rate 0.1 ')"
    )
    check_a_busy_python(plot)
    assert plot.errors() == []


def check_a_busy_python(plot):
    """What the menu says while Python works, and what when that fails."""
    plot.python(
        "import time; from optimlab.explorers import saving; make = saving.made\n"
        "saving.made = lambda *given: [time.sleep(2), make(*given)][1]"
    )
    plot.live().locator("[data-action=menu]").click()
    with plot.page.expect_download() as coming:
        plot.live().get_by_text("Save as PNG").click()
        said(plot, "Python is busy.")
    said(plot, "run.png is in your browser")
    assert coming.value.suggested_filename == "run.png"
    plot.python("saving.made = lambda *_: 1 / 0")
    plot.live().locator("[data-action=menu]").click()
    plot.live().get_by_text("Save as PNG").click()
    said(plot, "ZeroDivisionError")
