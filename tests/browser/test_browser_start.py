"""The sliders of the start point in a real JupyterLab: in step with the ring, both ways."""


import pytest
from playwright.sync_api import expect

CELLS = [
    "from optimlab import SGD, explore\nexplorer = explore('ravine', SGD, lr=0.1, "
    "start=(-7, 2), steps=30)\nexplorer",
    "line = explore('wave', SGD, lr=0.1, start=20, steps=10)\nline",
    "bare = explore('ravine', SGD, lr=0.1, start_sliders=False)\nbare",
    "veiled = explore('ravine', SGD, lr=0.1)\nveiled.veil('Not yet.')\nveiled",
]
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"


@pytest.fixture
def page(lab):
    lab.show(*CELLS, name="start")
    lab.until("() => document.querySelectorAll('.ol-live').length === 4")
    return lab


def slider(lab, which, kind="range", plot=0):
    return lab.live(plot).locator(f"[data-slider=start][data-which='{which}'][type={kind}]")


def ring(lab, plot=0):
    return lab.live(plot).locator("[data-handle=start]")


def values(lab, plot=0):
    """What ring, ranges and fields say of the start."""
    said = ring(lab, plot).get_attribute("aria-valuetext")
    count = slider(lab, 1, plot=plot).count() + 1
    kinds = [[slider(lab, i, kind, plot).input_value() for i in range(count)]
             for kind in ("range", "number")]  # fmt: skip
    return said, *([float(v) for v in kind] for kind in kinds)


def test_keys_on_a_slider_move_the_ring_at_once_while_the_kernel_is_busy(page):
    assert values(page) == ("x -7, y 2", [-7, 2], [-7, 2])
    page.page.evaluate(
        f"""() => {{ window.busy = true;
        {KERNEL}.requestExecute({{code: 'import time; time.sleep(4)', store_history: false}})
          .done.then(() => {{ window.busy = false; }}); }}"""
    )
    page.until(f"() => {KERNEL}.status === 'busy'")
    slider(page, 0).focus()
    for _ in range(3):
        page.page.keyboard.press("ArrowRight")
    slider(page, 1).focus()
    page.page.keyboard.press("ArrowDown")
    said, ranges, fields = values(page)
    assert page.page.evaluate("() => window.busy"), "the ring must not wait for the kernel"
    step = float(slider(page, 0).get_attribute("step"))
    assert fields == ranges == [pytest.approx(-7 + 3 * step), pytest.approx(2 - step)]
    assert said == f"x {fields[0]:.4g}, y {fields[1]:.4g}"
    page.until_value("explorer.start", lambda at: at == fields)
    page.until("() => document.querySelector('.ol-live').dataset.source === 'engine'")
    assert values(page) == (said, ranges, fields), "nothing answered with an old place"
    assert page.errors() == []


def test_the_mouse_on_a_slider_moves_the_ring_and_the_path(page):
    path = page.live().locator('[data-mark="path SGD"]')
    before = path.get_attribute("d")
    box = slider(page, 0).bounding_box()
    low, high = (float(slider(page, 0).get_attribute(k)) for k in ("min", "max"))
    y = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] * (-7 - low) / (high - low), y)
    page.page.mouse.down()
    for share in (0.2, 0.4, 0.6, 0.8):
        page.page.mouse.move(box["x"] + box["width"] * share, y, steps=3)
    page.page.mouse.up()
    found = page.until_value("explorer.start", lambda at: at[0] > 3 and at == values(page)[2])
    assert found[1] == 2
    page.until(
        "d => document.querySelector('[data-mark=\"path SGD\"]').getAttribute('d') !== d",
        before,
    )
    page.wait_idle()
    said, ranges, fields = values(page)
    assert ranges == fields == found and said == f"x {found[0]:.4g}, y 2"


def test_the_ring_by_mouse_keys_and_click_moves_the_sliders(page):
    ring(page).focus()
    page.page.keyboard.press("ArrowRight")
    said, ranges, fields = values(page)
    assert fields == ranges and fields[0] > -7 and said.startswith(f"x {fields[0]:.4g}")
    box = page.live().locator("svg.ol-overlay").first.bounding_box()
    page.page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    found = page.until_value("explorer.start", lambda at: at[0] > 1)
    page.wait_idle()
    assert values(page)[1:] == (found, found)
    page.python("explorer.start = (2.5, -1.25)")
    page.until("() => document.querySelector('[data-slider][type=number]').value === '2.5'")
    assert values(page) == ("x 2.5, y -1.25", [2.5, -1.25], [2.5, -1.25])


def test_an_exact_number_is_typed_and_stepped_and_jupyterlab_hears_nothing(page):
    cells = page.cells().count()
    field = slider(page, 1, "number")
    field.fill("0.12345")
    field.press("Enter")
    assert page.until_value("explorer.start", lambda at: at[1] == 0.12345) == [-7, 0.12345]
    assert page.page.evaluate("() => document.activeElement.dataset.which") == "1"
    field.press("ArrowUp")
    found = page.until_value("explorer.start", lambda at: at[1] > 0.12345)
    assert found[1] < 0.2 and values(page)[2] == found
    high = float(slider(page, 1).get_attribute("max"))
    field.fill("1000")
    page.python("explorer._send_frames()")
    page.wait_idle()
    expect(field, "what is being typed is not overwritten by what comes").to_have_value("1000")
    field.press("Enter")
    found = page.until_value("explorer.start", lambda at: at[1] == high)
    assert found[0] == -7, "not beyond the picture"
    field.fill("")
    field.press("Enter")
    expect(field, "nothing typed changes nothing").to_have_value(f"{high:g}")
    slider(page, 0).focus()
    for key in ("a", "b", "d", "d"):
        page.page.keyboard.press(key)
    expect(page.cells()).to_have_count(cells)
    assert page.errors() == []


def test_a_start_outside_the_picture_widens_its_slider(page):
    low, high = (float(slider(page, 0, plot=1).get_attribute(k)) for k in ("min", "max"))
    assert high >= 20 and values(page, 1)[2] == [20]
    slider(page, 0, plot=1).focus()
    for _ in range(2):
        page.page.keyboard.press("ArrowLeft")
    moved = page.until_value("line.start", lambda at: at < 20)
    assert low < moved < 20
    expect(slider(page, 0, plot=1)).to_have_attribute("max", f"{high:g}")


def test_sliders_are_left_out_hidden_and_wrapped(page):
    expect(page.live(2).locator(".ol-sliders")).to_have_count(0)
    veiled = page.live(3).locator(".ol-sliders")
    expect(veiled).to_have_count(1)
    expect(veiled).to_be_hidden()
    page.python("veiled.unveil()")
    page.until("() => !document.querySelectorAll('.ol-live')[3].matches('.ol-veiled')")
    expect(veiled).to_be_visible()
    first, second = (page.live().locator(".ol-slider").nth(i) for i in (0, 1))
    assert first.bounding_box()["y"] == second.bounding_box()["y"], "side by side"
    page.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    page.page.set_viewport_size({"width": 400, "height": 900})
    page.until("""() => { const [a, b] = [...document.querySelectorAll('.ol-slider')]
      .map(node => node.getBoundingClientRect()); return b.top >= a.bottom; }""")
    wide = """() => { const right = node => node.getBoundingClientRect().right;
      const edge = right(document.querySelector('.jp-Notebook'));
      return [...document.querySelectorAll('.ol-slider input')].filter(n => right(n) > edge + 1)
        .length; }"""
    page.until(f"() => ({wide})() === 0")
