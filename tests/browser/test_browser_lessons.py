"""Every lesson as a learner meets it: stored, run, moved by hand, saved and opened again."""

import contextlib

import pytest
from jupyter_driver import NOTEBOOKS, beyond
from playwright.sync_api import TimeoutError, expect

LESSONS = sorted(path.name for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
PICTURES = ".jp-OutputArea-output img"
#: the questions of these are asked without an explorer
WITHOUT_PICTURES = {"15b_networks.ipynb"}

# What a plot shows: everything that moves, and the sentence.
STATE = """plot => [...plot.querySelectorAll('.ol-overlay'), plot.querySelector('.ol-summary')]
  .map(node => node.innerHTML).join('')"""
WIDE = beyond(".ol-panel, .ol-bar, .ol-summary, .widget-hbox")
# What it shows now stays in the page, for a picture is long: "has it changed?" needs no copy here.
NOTE = f"plot => {{ plot.before = ({STATE})(plot); }}"
MOVED = f"plot => plot.before !== ({STATE})(plot)"
WHERE = "aria-valuetext"


def wait_for_change(lab, plot, what):
    try:
        lab.until(MOVED, plot.element_handle())
    except Exception as error:
        raise AssertionError(f"{what} changed nothing in the picture") from error


def press_slider(lab, plot, number):
    """One key on the slider in hand, unless it is greyed out: the picture must change."""
    output = plot.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')][1]")
    sliders = output.locator(".noUi-target:not([disabled]) .noUi-handle")
    if sliders.count() == 0:
        return 0
    plot.evaluate(NOTE)
    slider = sliders.first
    low, high, now = (float(slider.get_attribute(f"aria-value{k}")) for k in ("min", "max", "now"))
    slider.focus()
    lab.page.keyboard.press("ArrowLeft" if now >= (low + high) / 2 else "ArrowRight")
    wait_for_change(lab, plot, f"the slider of plot {number}")
    return 1


def drag_handles(lab, plot, number):
    """Every handle by mouse and by keys: its position and the picture must change."""
    handles = plot.locator("[data-handle]:not([data-handle=guess])")
    for i in range(handles.count()):
        handle = handles.nth(i)
        handle.scroll_into_view_if_needed()
        for how in ("mouse", "keys"):
            plot.evaluate(NOTE)
            at = handle.get_attribute(WHERE)
            if how == "mouse":
                box = handle.bounding_box()
                x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
                lab.page.mouse.move(x, y)
                lab.page.mouse.down()
                across = 100 if handle.get_attribute("data-places") else 22  # to another place
                lab.page.mouse.move(x + across, y + 9, steps=3)
                lab.page.mouse.up()
            else:
                handle.focus()
                for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
                    lab.page.keyboard.press(key)
            wait_for_change(lab, plot, f"{how} on handle {i} of plot {number}")
            # another handle's answer, still on its way, may have been that change
            expect(handle).not_to_have_attribute(WHERE, at)
    return handles.count()


def skip_predictions(lab, pictured):
    """No picture under an open question has a control; skipping shows them all."""
    asked = lab.page.locator(".jp-OutputArea", has=lab.page.locator("[data-action=skip]"))
    assert asked.count() > 0
    assert (asked.locator(".ol-live:visible").count() > 0) == pictured
    expect(asked.locator(".ol-lr:visible, .ol-steps:visible, .ol-bar:visible")).to_have_count(0)
    while (skip := lab.page.locator("[data-action=skip]")).count():
        left = skip.count()
        skip.first.click()
        lab.until("n => document.querySelectorAll('[data-action=skip]').length < n", left)
    lab.wait_idle()


def play(lab, plot):
    button = plot.locator("button[data-action=back]")
    if button.count() == 0:
        return
    before = plot.get_attribute("data-step")
    button.click()
    plot.locator("button[data-action=play]").click()
    lab.until("([plot, step]) => plot.dataset.step === step", [plot.element_handle(), before])


def narrow(lab):
    """In a window 900 pixels wide nothing is cut off, and no picture is smaller than it may be."""
    lab.page.set_viewport_size({"width": 900, "height": 1200})
    with contextlib.suppress(TimeoutError):  # then the assertion says what is too wide
        lab.until(f"() => ({WIDE})().length === 0")
    assert lab.page.evaluate(WIDE) == []
    sizes = lab.page.locator(".ol-panel").evaluate_all("all => all.map(n => n.clientWidth)")
    assert min(sizes) >= 250  # SMALL in geometry.js


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_from_the_stored_page_to_the_reopened_copy(lab, name):
    lab.open(name)
    stored = lab.page.locator(PICTURES).count()
    assert stored > 0, "a notebook not yet run shows its figures"
    assert lab.page.locator(PICTURES).evaluate_all("all => all.every(i => i.naturalWidth > 100)")
    expect(lab.page.locator(".ol-live")).to_have_count(0)

    assert lab.run_all() == []
    lab.until("() => document.querySelectorAll('.ol-live').length > 0")
    skip_predictions(lab, pictured=name not in WITHOUT_PICTURES)
    plots = lab.page.locator(".ol-live:visible")
    numbered = plots.evaluate_all("all => all.map((plot, i) => plot.dataset.number = i).length")
    moved = 0
    for number in range(numbered):
        plot = lab.page.locator(f".ol-live[data-number='{number}']")
        moved += press_slider(lab, plot, number) + drag_handles(lab, plot, number)
        play(lab, plot)
        lab.wait_idle()
    assert moved > 0
    status = lab.page.locator(".ol-status:visible").all_text_contents()
    assert [line for line in status if line.strip()] == []
    assert lab.errors() == [] and lab.console == [] and lab.outside == []
    assert "NaN" not in "".join(plots.evaluate_all("all => all.map(p => p.outerHTML)"))
    narrow(lab)

    lab.save()
    lab.shutdown_kernel()
    lab.reopen(page=False)
    expect(lab.page.locator(PICTURES)).to_have_count(stored)
    assert lab.errors() == []
    expect(lab.page.locator("body")).not_to_contain_text("model not found")
