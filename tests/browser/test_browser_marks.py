"""Each kind of mark, drawn by the browser where matplotlib would draw it."""

import re

import pytest
from playwright.sync_api import expect

SOURCE = """
import numpy as np
from optimlab import figures
from optimlab.draw.live import LivePlot
left, ax = figures.panel(400, 300)
ax.set(xlim=(0, 10), ylim=(-1, 1))
right, log = figures.panel(400, 300)
log.set(xlim=(1, 100), ylim=(1e-4, 1), xscale="log", yscale="log")
plot = LivePlot([left, right], alt="All marks.")
plot.add("line", "line", ax)
plot.add("points", "points", ax, marker="s", size=8)
plot.add("arrow", "arrow", ax)
plot.add("label", "label", ax)
plot.add("area", "area", ax)
plot.add("image", "image", ax, opacity=0.3)
plot.add("line", "log line", log)
plot.add("handle", "dot", log, at=(10, 0.01), label="a point")
nan = float("nan")
plot.show({
    "line": [[0, -1], [5, 0], [nan, 0], [5, 1], [1e50, 1]], "points": [[5, 0], [nan, 0], [10, 1]],
    "arrow": [[0, -1, 5, 0]], "label": ([[5, 0], [50, 0]], ["middle", "outside"]),
    "area": [[0, -1], [10, -1], [5, 1]], "image": np.full((2, 2, 4), 200, np.uint8),
    "log line": [[1, 1], [10, 1e-2], [100, 0]], "summary": "Everything at once.",
})
plot
"""


@pytest.fixture
def page(lab):
    lab.show(SOURCE, name="marks")
    lab.page.wait_for_selector(".ol-live")
    return lab


def boxes(page):
    """The frame of each axes in its overlay's units, from the model's own numbers."""
    clip = page.live().locator("clipPath[id$='-0'] rect")
    read = "all => all.map(r => ['x', 'y', 'width', 'height'].map(k => Number(r.getAttribute(k))))"
    return clip.evaluate_all(read)


def at(box, fx, fy):
    x, y, w, h = box
    return pytest.approx([x + fx * w, y + (1 - fy) * h], abs=0.02)


def drawn(page, name):
    """The pieces of a mark's path, each a list of points."""
    d = page.live().locator(f'[data-mark="{name}"]').first.get_attribute("d")
    pieces = [piece for piece in d.split("M") if piece]
    return [
        [[float(v) for v in p] for p in re.findall(r"(-?[\d.]+) (-?[\d.]+)", q)] for q in pieces
    ]


def test_every_mark_stands_where_its_data_say(page):
    linear, log = boxes(page)
    first, second = drawn(page, "line")
    assert first == [at(linear, 0, 0), at(linear, 0.5, 0.5)], "the line breaks at NaN"
    assert second == [at(linear, 0.5, 1), at(linear, 11, 1)], "and ends ten widths outside"
    squares = drawn(page, "points")
    assert len(squares) == 2
    middle = [sum(v) / 4 for v in zip(*squares[0], strict=True)]
    assert middle == at(linear, 0.5, 0.5)
    shaft, head = drawn(page, "arrow")
    assert shaft[0] == at(linear, 0, 0) and head[0] == at(linear, 0.5, 0.5)
    (area,) = drawn(page, "area")
    assert area == [at(linear, 0, 0), at(linear, 1, 0), at(linear, 0.5, 1)]
    (curve,) = drawn(page, "log line")
    assert curve[:2] == [at(log, 0, 1), at(log, 0.5, 0.5)] and curve[2] == at(log, 1, -10)
    texts = page.live().locator('[data-mark="label"] text')
    expect(texts.nth(0)).to_have_text("middle")
    expect(texts.nth(0)).to_be_visible()
    expect(texts.nth(1), "a label outside its axes is not shown").to_be_hidden()
    image = page.live().locator('image[data-mark="image"]')
    assert image.get_attribute("href").startswith("blob:")
    assert float(image.get_attribute("width")) == pytest.approx(linear[2])
    expect(page.live().locator(".ol-summary")).to_have_text("Everything at once.")
    expect(page.live().locator("img").first).to_have_attribute("alt", "All marks.")
    expect(page.live().locator(".ol-bar"), "nothing to play here").to_have_count(0)


def test_a_handle_moves_on_log_axes_and_stays_inside(page):
    _, log = boxes(page)
    handle = page.live().locator("[data-handle=dot]")
    expect(handle).to_have_attribute("aria-valuetext", "x 10, y 0.01")
    place = re.findall(r"-?[\d.]+", handle.get_attribute("transform"))
    assert [float(v) for v in place] == at(log, 0.5, 0.5)
    overlay = page.live().locator("svg.ol-overlay").nth(1)
    frame, width = overlay.bounding_box(), float(overlay.get_attribute("viewBox").split()[2])
    scale = frame["width"] / width
    x, y, w, h = (v * scale for v in log)
    page.page.mouse.click(frame["x"] + x + w * 0.75, frame["y"] + y + h * 0.25)
    text = handle.get_attribute("aria-valuetext")
    across, up = (float(v) for v in re.fullmatch(r"x ([\d.]+), y ([\d.]+)", text).groups())
    assert across == pytest.approx(10**1.5, rel=0.03) and up == pytest.approx(0.1, rel=0.04)
    page.page.mouse.move(frame["x"] + x + w * 0.75, frame["y"] + y + h * 0.25)
    page.page.mouse.down()
    page.page.mouse.move(frame["x"] + x + w + 200, frame["y"] + y - 200, steps=4)
    page.page.mouse.up()
    expect(handle).to_have_attribute("aria-valuetext", "x 100, y 1")


PLACED = """
from optimlab import figures
from optimlab.draw.live import LivePlot
figure, ax = figures.panel(400, 300)
ax.set(xlim=(0, 10), ylim=(0, 10))
plot = LivePlot(figure, alt="Three places.")
places = [[1, 5, "first"], [5, 1, "second"], [9, 5, "third"]]
plot.add("handle", "ring", ax, at=(1, 5), label="a place", places=places)
plot.show({"summary": "A ring."})
plot
"""


def test_a_handle_with_places_stands_at_one_of_them(lab):
    lab.show(PLACED, name="places")
    ring = lab.page.locator(".ol-live [data-handle=ring]")
    ring.wait_for()

    def stands_at(name):
        said = "([ring, name]) => ring.getAttribute('aria-valuetext') === name"
        lab.until(said, [ring.element_handle(), name])

    ring.focus()
    for key, name in (
        ("ArrowRight", "second"), ("ArrowRight", "third"), ("ArrowRight", "third"),
        ("ArrowDown", "second"), ("ArrowDown", "second"), ("ArrowUp", "first"),
        ("ArrowLeft", "first"),
    ):  # fmt: skip
        lab.page.keyboard.press(key)
        stands_at(name)
    lab.until_python("print(plot.handles['ring'])", "[1, 5]")

    lab.live().scroll_into_view_if_needed()
    overlay = lab.page.locator("svg.ol-overlay")
    frame, width = overlay.bounding_box(), float(overlay.get_attribute("viewBox").split()[2])
    x, y, w, h = (v * frame["width"] / width for v in boxes(lab)[0])

    def pointer(at):
        return frame["x"] + x + at[0] / 10 * w, frame["y"] + y + (1 - at[1] / 10) * h

    lab.page.mouse.click(*pointer((7.5, 4)))
    stands_at("third")
    lab.page.mouse.down()
    lab.page.mouse.move(*pointer((6, 2)), steps=4)
    stands_at("second")
    lab.page.mouse.move(*pointer((2, 3.5)), steps=4)
    stands_at("first")
    lab.page.mouse.up()
    lab.until_python("print(plot.handles['ring'])", "[1, 5]")
