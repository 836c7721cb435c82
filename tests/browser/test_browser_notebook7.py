"""Notebook 7, where it is installed: a lesson runs, and its sliders keep their arrow keys."""

import pytest
from jupyter_driver import Lab, Server

pytest.importorskip("notebook")
SLIDER = ".ol-explorer .noUi-handle:visible"


@pytest.fixture(scope="module")
def classic(context):
    """A page of Notebook 7 with lesson 05, run."""
    with Server(app="notebook") as server:
        page = Lab(server, context)
        page.open("05_gradient_descent.ipynb")
        assert page.run_all() == []
        yield page
        page.page.close()


def test_the_arrow_keys_of_a_slider_move_it_and_not_the_page(classic):
    slider = classic.page.locator(SLIDER).first
    slider.focus()
    before = float(slider.get_attribute("aria-valuenow"))
    for _ in range(3):
        classic.page.keyboard.press("ArrowRight")
    moved = "([node, at]) => Number(node.getAttribute('aria-valuenow')) === at"
    classic.until(moved, [slider.element_handle(), before + 3])
    assert slider.evaluate("node => node === document.activeElement")


def test_a_saved_copy_keeps_the_figures_and_not_their_dead_views(classic):
    classic.save()
    stored = classic.saved().read_text("utf-8")
    assert "widget-view+json" not in stored and stored.count('"image/png"') > 2
