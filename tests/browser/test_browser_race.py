"""The race and the inspector in a real JupyterLab: in step with play, never waiting for Python."""

import json

import pytest
from playwright.sync_api import expect
from test_browser_live import in_kernel, until_kernel

CELLS = [
    "from optimlab import SGD, Adam, Momentum, explore, race\n"
    "run = race('ravine', [SGD, Momentum, Adam])\nrun",
    "explorer = explore('ravine', [SGD, Momentum], inspect=True)\n"
    "explorer.controls['inspect'].value = 'Momentum'\nexplorer",
]


@pytest.fixture
def page(lab):
    """The page with a race and an inspector, both with their frames."""
    lab.show(*CELLS, name="race")
    ready = "[...document.querySelectorAll('.ol-live')].every((r) => r.dataset.source === 'frames')"
    lab.until(f"() => document.querySelectorAll('.ol-live').length === 2 && {ready}")
    return lab


def text(lab, where, plot=0):
    return lab.live(plot).locator(where).first.text_content()


def until_text(lab, where, part, plot=0):
    lab.until(
        "([i, where, part]) => document.querySelectorAll('.ol-live')[i].querySelector(where)"
        ".textContent.includes(part)",
        [plot, where, part],
    )


def runners(lab):
    """The rules in the order of the table."""
    return lab.live().locator("tbody tr").evaluate_all("rows => rows.map(r => r.dataset.runner)")


def test_play_scrub_rate_and_criterion_need_no_kernel(page):
    assert text(page, ".ol-leader") == (
        "After 30 gradients each, Momentum leads by loss above the minimum."
    )
    assert runners(page) == ["Momentum", "Adam", "SGD"]
    in_kernel(page, "import time; time.sleep(7)")
    until_kernel(page, "busy")
    page.live().locator("input[data-action=step]").focus()
    for _ in range(22):
        page.page.keyboard.press("ArrowLeft")
    until_text(page, ".ol-leader", "After 8 gradients each, SGD leads by loss above the minimum.")
    page.live().locator("button[data-by='3']").focus()
    page.page.keyboard.press("Enter")
    until_text(page, ".ol-leader", "Momentum leads by distance to the nearest minimum.")
    assert runners(page) == ["Momentum", "Adam", "SGD"]
    page.page.locator(".ol-lr .noUi-handle").first.focus()
    page.page.keyboard.press("ArrowRight")
    until_text(page, "tbody tr td", "0.13")
    # the inspector: its numbers and its arrow follow the step
    assert text(page, ".ol-formula p", 1).startswith("Momentum from step 29 to step 30: ")
    arrow = page.live(1).locator("[data-mark='step g']").get_attribute("d")
    page.live(1).locator("button[data-action=back]").click()
    until_text(page, ".ol-formula p", "from step 28 to step 29", 1)
    assert page.live(1).locator("[data-mark='step g']").get_attribute("d") != arrow
    expect(page.live(1).locator(".ol-gauge b")).to_have_count(2)
    assert page.page.evaluate("() => window.busy"), "none of it may wait for the kernel"
    page.until("() => !window.busy")
    page.until_python("print(run['lr'], run.plot.step, explorer.plot.step)", "0.13 8 29")
    shown = [line for line in page.live(1).locator(".ol-line").all_text_contents() if "v←" in line]
    v = page.python("print(explorer.paths['Momentum'].states['v'][29].tolist())")
    four = ", ".join(f"{value:.4g}".replace("-", "−") for value in json.loads(v))
    assert shown[0].endswith(f"=({four})")
    assert page.errors() == []


def test_the_start_is_dragged_while_the_race_runs(page):
    page.live().locator("select[data-action=speed]").select_option("0.5")
    page.live().locator("button[data-action=play]").click()
    handle = page.live().locator("[data-handle=start]")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.live().locator("[data-mark='path SGD']").first.get_attribute("d")
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 40, y + 40, steps=4)
    step = page.live().get_attribute("data-step")
    page.until(
        "([d, step]) => { const root = document.querySelector('.ol-live');"
        " return root.querySelector(\"[data-mark='path SGD']\").getAttribute('d') !== d"
        " && Number(root.dataset.step) > Number(step); }",
        [before, step],
    )
    assert "Pause" in page.live().locator("button[data-action=play]").get_attribute("title")
    page.page.mouse.up()
    until_text(page, ".ol-leader", "After 30 gradients each")
    said = handle.get_attribute("aria-valuetext")
    page.until_python("print('x {:.4g}, y {:.4g}'.format(*run.start))", said)
    assert "x -7, y 2" != said and page.errors() == []
