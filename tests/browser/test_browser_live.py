"""The live plot in a real JupyterLab, by key and mouse."""

import json

import pytest
from playwright.sync_api import expect

CELLS = [
    "from optimlab import SGD, Momentum, explore\nexplorer = explore('ravine', SGD, lr=0.1, "
    "start=(-7, 2), steps=30)\nexplorer",
    "line = explore('parabola', SGD, lr=0.2, start=4, steps=10)\nline",
]
PATH = '[data-mark="path SGD"]'
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def plot(lab):
    """The page with both explorers shown."""
    lab.show(*CELLS, name="live")
    lab.until("() => document.querySelectorAll('.ol-live').length === 2")
    return lab


def shape(lab, mark=PATH, plot=0):
    """What is drawn of a mark: the path of its SVG element."""
    return lab.live(plot).locator(mark).first.get_attribute("d")


def until_root(lab, condition):
    """Wait for a condition on `root`, the first live plot."""
    lab.until(f"() => {{ const root = document.querySelector('.ol-live'); return {condition}; }}")


def until_kernel(lab, status):
    lab.until(f"() => {KERNEL}.status === '{status}'")


def in_kernel(lab, code):
    """Start a line of Python in the kernel of the page; `window.busy` says whether it runs."""
    lab.page.evaluate(
        f"""code => {{ window.busy = true;
        {KERNEL}.requestExecute({{code, store_history: false}})
          .done.then(() => {{ window.busy = false; }}); }}""",
        code,
    )


def cell_ids(lab):
    """The cells of the notebook by their ids: one added and one deleted do not cancel out."""
    read = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.id)"
    return lab.page.evaluate(read)


def button(lab, action):
    return lab.live().locator(f"button[data-action={action}]")


def summary(lab):
    return lab.live().locator(".ol-summary").text_content()


def changed(lab, before, plot=0):
    """Wait until the path is drawn anew; returns it."""
    lab.until(
        "([mark, i, before]) => document.querySelectorAll('.ol-live')[i].querySelector(mark)"
        ".getAttribute('d') !== before",
        [PATH, plot, before],
    )
    return shape(lab, plot=plot)


def source(lab, plot=0):
    return lab.live(plot).get_attribute("data-source")


def handle(lab, plot=0):
    return lab.live(plot).locator("[data-handle=start]")


def test_the_rate_slider_moves_the_path_from_frames_while_the_kernel_is_busy(plot):
    slider = plot.page.locator(".ol-lr .noUi-handle").first
    before = shape(plot)
    in_kernel(plot, "import time; time.sleep(5)")
    until_kernel(plot, "busy")
    slider.focus()
    for _ in range(5):
        plot.page.keyboard.press("ArrowRight")
        before = changed(plot, before)
        assert source(plot) == "engine"
    assert plot.page.evaluate("() => window.busy"), "the ticks must not wait for the kernel"
    assert "learning rate 0.15" in summary(plot)
    plot.until_python("print(explorer['lr'], explorer.paths['SGD'].optimizer.lr)", "0.15 0.15")
    assert source(plot) == "engine" and "learning rate 0.15" in summary(plot)


def test_dragging_the_start_moves_handle_path_and_kernel(plot):
    before = shape(plot)
    box = handle(plot).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    plot.page.mouse.move(x, y)
    plot.page.mouse.down()
    plot.page.mouse.move(x + 30, y + 20, steps=4)
    plot.page.mouse.move(x + 60, y + 40, steps=4)
    plot.page.mouse.up()
    changed(plot, before)
    said = handle(plot).get_attribute("aria-valuetext")
    plot.until_python("print('x {:.4g}, y {:.4g}'.format(*explorer.start))", said)
    moved = json.loads(plot.python("import json; print(json.dumps(explorer.start))"))
    assert moved[0] > -6.5 and moved[1] < 1.8
    assert f"x {moved[0]:g}" in handle(plot).get_attribute("aria-valuetext")
    until_root(plot, f"root.textContent.includes('{moved[0]:.3g}, {moved[1]:.3g}')")
    # after a pause the frames are those of the new start, and the slider uses them again
    until_root(plot, "root.dataset.source === 'engine'")


def test_a_click_puts_the_start_there(plot):
    box = plot.live().locator("svg.ol-overlay").first.bounding_box()
    plot.page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    plot.wait_idle()
    x, y = json.loads(plot.python("import json; print(json.dumps(explorer.start))"))
    assert 1 < x < 5 and 0 < y < 3


def test_keys_on_a_handle_and_a_button_stay_there(plot):
    cells = cell_ids(plot)
    handle(plot).focus()
    before = shape(plot)
    for key in ("ArrowRight", "ArrowDown", "a"):
        plot.page.keyboard.press(key)
    changed(plot, before)
    assert cell_ids(plot) == cells, "JupyterLab added a cell"
    for key in ("b", "x", "d", "d", "z"):
        plot.page.keyboard.press(key)
        assert cell_ids(plot) == cells, f"JupyterLab took {key}"
    plot.page.keyboard.press(" ")
    button(plot, "play").focus()
    for key in ("a", "b", "x", "d", "d", "ArrowDown"):
        plot.page.keyboard.press(key)
        assert cell_ids(plot) == cells, f"JupyterLab took {key}"
    plot.wait_idle()
    x, y = json.loads(plot.python("import json; print(json.dumps(explorer.start))"))
    assert x > -7 and y < 2
    assert plot.errors() == []


def test_play_walks_the_steps_and_the_kernel_follows(plot):
    button(plot, "play").click()
    until_root(plot, "Number(root.dataset.step) > 0 && Number(root.dataset.step) < 30")
    until_root(plot, "root.dataset.step === '30'")
    button(plot, "back").click()
    button(plot, "back").click()
    expect(plot.live().locator(".ol-readout")).to_contain_text("step 28 of 30")
    plot.until_python("print(explorer.plot.step)", "28")
    # both pictures mark the same step
    dots = plot.live().locator("[data-step-of]")
    expect(dots).to_have_count(2)
    assert all(dots.nth(i).is_visible() for i in range(2))


def test_space_on_the_handle_plays_and_pauses(plot):
    handle(plot).focus()
    plot.page.keyboard.press(" ")
    until_root(plot, "Number(root.dataset.step) < 30")
    plot.page.keyboard.press(" ")
    expect(button(plot, "play")).to_have_attribute("aria-label", "Play the steps")


def test_hovering_a_step_marks_it_in_both_pictures(plot):
    d = shape(plot, '[data-mark="loss SGD"]')
    x, y = map(float, d[1:].split("L")[10].split())
    overlay = plot.live().locator("svg.ol-overlay").nth(1)
    box, view = overlay.bounding_box(), overlay.get_attribute("viewBox").split()
    scale = box["width"] / float(view[2])
    plot.page.mouse.move(box["x"] + x * scale, box["y"] + y * scale)
    until_root(plot, "root.dataset.step === '10'")
    path = shape(plot)
    dot = plot.live().locator('[data-step-of="path SGD"]')
    end = path.split("L")[-1].split()
    assert [dot.get_attribute("cx"), dot.get_attribute("cy")] == end


def test_no_attribute_ever_holds_nan(plot):
    plot.python("explorer.controls['lr'].value = 2.0; explorer.controls['steps'].value = 60")
    until_root(plot, "root.textContent.includes('left the plot')")
    html = plot.live().evaluate("node => node.outerHTML")
    assert "NaN" not in html and "Infinity" not in html


def test_reduced_motion_goes_to_the_end_at_once(plot):
    plot.page.emulate_media(reduced_motion="reduce")
    button(plot, "back").click()
    button(plot, "play").click()
    until_root(plot, "root.dataset.step === '30'")
    expect(button(plot, "play")).to_have_attribute("aria-label", "Play the steps")


def test_a_saved_copy_shows_its_figures_without_a_kernel(plot):
    plot.save()
    outputs = [o for c in json.loads(plot.saved().read_text())["cells"] for o in c["outputs"]]
    assert all(VIEW not in output["data"] for output in outputs)
    # beside each figure stands how its controls come back
    assert [("image/png" in output["data"]) for output in outputs] == [True, False, True, False]
    assert all("Run this cell" in str(output["data"]) for output in outputs[1::2])
    plot.shutdown_kernel()
    plot.reopen()
    pictures = plot.page.locator(".jp-OutputArea-output img")
    expect(pictures).to_have_count(2)
    assert all(pictures.nth(i).evaluate("img => img.naturalWidth > 400") for i in range(2))
    assert plot.errors() == []
    expect(plot.page.locator("body")).not_to_contain_text("model not found")


def test_nothing_comes_from_the_network(plot):
    assert plot.outside == []
