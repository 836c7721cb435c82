"""What a learner compares is seen at once: controls, panels and play bar in one window."""


import pytest
from playwright.sync_api import expect

SOURCE = """
from optimlab import SGD, AdaGrad, Adam, explore, network
from optimlab.explorers import GraphExplorer
three = dict(names=0, curves=("distance", "rate"), start_sliders=False)
explore("parabola", AdaGrad, lr=0.3, start=4, steps=100, **three)
"""
STARS = "explore('bowl', SGD, lr=0.15, start=(0, 4.5), steps=80)"
INSPECTED = "explore('ravine', Adam, lr=0.1, inspect=True, start_sliders=False)"
CARD = """
from ipywidgets import Dropdown, HBox
from optimlab.lessons import board, card
one = card.Card(lambda *given: None, lambda: "")
lines = "def step(parameters, gradients, learning_rate):\\n    return parameters"
row = ["05 Gradient descent", "2 of 4", "1 of 2", "2 of 4", "1 of 3", "predictions"]
table = {"kind": "text", "html": board._table(board.SeriesBoard.HEAD, [row]), "tone": "plain"}
one.parts = [card.code("A solution:", lines), table]
menu = HBox([Dropdown(options=["SGD"], description="rule")])
display(one, menu.add_class("ol-controls"))
"""
GRAPH = "GraphExplorer(network.cube, {'x': (-1, 2, 0.05)})"


@pytest.fixture
def page(lab):
    lab.show(SOURCE, STARS, GRAPH, INSPECTED, CARD, name="layout")
    lab.until("() => document.querySelectorAll('.ol-live').length === 4")
    lab.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    return lab


def test_the_window_holds_controls_panels_and_bar_a_star_and_a_graph_that_is_read(page):
    panels = page.live(0).locator(".ol-panel")
    expect(panels).to_have_count(3)
    page.page.set_viewport_size({"width": 900, "height": 800})
    seen = """() => { const whole = document.querySelector('.ol-explorer');
      const high = q => [...whole.querySelectorAll(q)].map(n => n.getBoundingClientRect());
      const parts = ['.ol-panel', '.ol-bar', '.ol-controls'].map(high);
      const [all, [bar], [controls]] = parts;
      const tall = Math.max(...all.map(b => b.bottom)) - Math.min(...all.map(b => b.top));
      const pane = document.querySelector('.jp-WindowedPanel-outer').clientHeight;
      return all[0].width < 330 && tall + bar.height + controls.height <= pane; }"""
    page.until(seen)
    page.page.set_viewport_size({"width": 900, "height": 1200})
    page.until("() => document.querySelector('.ol-panel').clientWidth === 320")
    box = page.live(0).locator(".ol-panel").first.bounding_box()
    assert box["width"] == pytest.approx(320, abs=1), "no smaller than it must be"
    order = """() => [...document.querySelectorAll('.ol-live')[1].querySelector('.ol-overlay')
      .querySelectorAll('path, [data-handle]')]
      .map(n => n.dataset.mark ?? n.getAttribute('class'))"""
    names = page.page.evaluate(order)
    star, steps, line, ring = map(names.index, ("ol-stars", "path SGD steps", "path SGD", "start"))
    assert line < steps < star < ring, "painted in this order"
    page.page.set_viewport_size({"width": 400, "height": 800})
    page.until("() => document.querySelectorAll('.ol-panel')[0].clientWidth < 300")
    graph = page.live(2).locator(".ol-panels")
    assert graph.locator(".ol-panel").bounding_box()["width"] >= 500
    assert graph.evaluate("n => n.scrollWidth > n.clientWidth + 100"), "it is scrolled"
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 400
    # what is wider than a narrow page is whole, and scrolled
    scrolled = "n => getComputedStyle(n).overflowX === 'auto' && n.scrollWidth > n.clientWidth"
    lines = page.page.locator(".ol-card pre")
    assert lines.evaluate(scrolled) and lines.bounding_box()["height"] < 60, "two lines"
    assert page.page.locator(".ol-card .ol-text:has(table)").evaluate(scrolled)
    words = page.page.locator(".ol-card td").last
    assert words.bounding_box()["width"] > 80, "no word is broken"
    assert page.page.locator(".ol-line").evaluate_all(f"all => all.some({scrolled})")
    for line in page.page.locator(".ol-line").all():
        last = line.locator("math").last
        box = "getBoundingClientRect()"
        reach = f"n => n.{box}.right - n.parentElement.{box}.left"
        assert last.evaluate(reach) <= line.evaluate("n => n.scrollWidth") + 1
    menu = page.page.locator(".ol-controls > .widget-dropdown")
    assert menu.evaluate("n => getComputedStyle(n).marginRight") == "16px"
