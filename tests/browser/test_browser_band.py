"""The band under the learning-rate slider, and the map of basins, in a real JupyterLab."""


import pytest
from playwright.sync_api import expect

CELLS = [
    "from optimlab import SGD, Momentum, explore, explorers\n"
    "explorer = explore('ravine', [SGD, Momentum], lr=0.1, momentum=0.5, steps=30)\nexplorer",
    "veiled = explore('ravine', SGD, band=True)\nveiled.veil('Not yet.')\nveiled",
    "basins = explorers.BasinExplorer('himmelblau', SGD, lr=0.01, steps=60, cells=60)\nbasins",
]
#: where the slider's handle stands and what lies under it: in pixels, and the verdict
UNDER = """() => {
  const box = (node) => node.getBoundingClientRect();
  const slider = document.querySelector('.ol-explorer .ol-lr');
  const at = box(slider.querySelector('.noUi-handle'));
  const x = at.left + at.width / 2;
  const row = slider.querySelector('.ol-band-row');
  const marks = '[data-verdict=best], [data-verdict=limit]';
  const found = [...row.querySelectorAll(`i:not(${marks})`)];
  const piece = found.find((one) => box(one).left <= x + 0.5 && x - 0.5 <= box(one).right);
  return [piece.dataset.verdict, box(row).top - at.bottom, box(row).left, box(row).width];
}"""


@pytest.fixture
def page(lab):
    lab.show(*CELLS, name="band")
    lab.until("() => document.querySelectorAll('.ol-band').length === 2")
    return lab


def test_band_and_basins_by_mouse_and_keys(page):
    band = page.page.locator(".ol-lr .ol-band").first
    live = page.live()
    assert live.locator(".ol-words").inner_text().startswith("SGD from this start after 30")
    kinds = live.locator(".ol-legend span").all_inner_texts()
    assert kinds[:4] == ["diverges", "zigzags", "converges", "does not arrive"]
    expect(band.locator(".ol-band-row > span")).to_have_text(["SGD", "Momentum"])

    # what lies under the slider's handle is what its rate does, and a click on the band goes there
    under = f"kind => ({UNDER})()[0] === kind"
    verdict, below, _, _ = page.page.evaluate(UNDER)
    assert (verdict, below >= 0) == ("does", True)
    room = "node => parseFloat(getComputedStyle(node).marginBottom)"
    assert page.page.locator(".ol-lr").first.evaluate(room) >= 28, "below the slider, for two rows"
    box = band.locator("[data-verdict=diverges]").first.bounding_box()
    page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 3)
    page.until("() => document.querySelector('.ol-live .ol-summary').textContent.includes('left')")
    page.until(under, "diverges")  # the handle glides there
    page.page.locator(".ol-lr .noUi-handle").first.focus()
    for _ in range(8):
        page.page.keyboard.press("ArrowLeft")
    page.until(under, "zigzags")
    page.until_python("print(explorer['lr'] < 1.01)", "True")

    # while the start is in hand the band of the old start is dimmed, then that of the new one comes
    words = live.locator(".ol-words").inner_text()
    ring = live.locator("[data-handle=start]").bounding_box()
    x, y = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 60, y + 8, steps=2)
    assert page.page.evaluate(
        "() => [document.querySelector('.ol-live').dataset.source === 'engine',"
        " document.querySelector('.ol-band').classList.contains('ol-stale')]"
    ) in ([True, True], [True, False])
    page.page.mouse.up()
    page.until("w => document.querySelector('.ol-words').textContent !== w", words)
    page.until("() => !document.querySelector('.ol-band').classList.contains('ol-stale')")

    # of a veiled explorer nothing is seen
    expect(page.live(1).locator(".ol-legend")).to_have_text("", use_inner_text=True)
    expect(page.live(1).locator(".ol-words")).to_have_text("", use_inner_text=True)
    page.python("veiled.unveil()")
    page.until("() => document.querySelectorAll('.ol-band').length === 3")

    # a map: a click on a cell shows its run
    image = page.live(2).locator("[data-mark=basins]")
    page.until("() => document.querySelector('[data-mark=basins]') !== null")
    before = image.get_attribute("href")
    overlay = page.live(2).locator("svg.ol-overlay").first
    box = overlay.bounding_box()
    overlay.click(position={"x": box["width"] * 0.3, "y": box["height"] * 0.25})
    said = "() => document.querySelectorAll('.ol-live')[2].querySelector('.ol-summary').textContent"
    page.until(said + ".includes('It arrives at C,')")
    page.page.locator(".ol-explorer").nth(2).locator(".noUi-handle").first.focus()
    page.page.keyboard.press("ArrowRight")
    changed = "h => document.querySelectorAll('[data-mark=basins]')[0].getAttribute('href') !== h"
    page.until(changed, before)
    page.wait_idle()
    page.python("basins.refine()")
    at_start = "basins.start == tuple(basins.paths['SGD'].start)"
    page.until_python(f"print((basins.status, {at_start}) == ('', True))", "True")
    assert page.errors() == []
