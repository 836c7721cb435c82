"""A network that trains in a real JupyterLab, while its controls are used."""

import re

import pytest
from playwright.sync_api import expect

CELLS = [
    "import asyncio\nimport numpy as np\nfrom optimlab import data\n"
    "from optimlab.explorers import BoundaryExplorer\nfrom optimlab.study.training import Network\n"
    "arms = data.spirals(points=100, rng=np.random.default_rng(0))",
    "made = BoundaryExplorer(arms, model=Network((8,)), rule='Adam', lr=0.01, epochs=100_000, "
    "pace=100)\nmade",
]
SUMMARY = "document.querySelector('.ol-live .ol-summary').textContent"


@pytest.fixture
def trained(lab):
    """The page with an explorer that has not been played yet."""
    lab.show(*CELLS, name="training")
    lab.until(f"() => document.querySelector('.ol-live') && {SUMMARY}.includes('not trained yet')")
    return lab


def until_said(lab, pattern):
    """Wait for a sentence under the plot that fits; returns it."""
    lab.until(f"pattern => new RegExp(pattern).test({SUMMARY})", pattern)
    return lab.live().locator(".ol-summary").text_content()


def loss(lab):
    return float(re.search(r"training loss ([\d.e-]+)", lab.live().text_content())[1].rstrip("."))


def until_loss_below(lab, limit):
    lab.until(f"limit => Number({SUMMARY}.match(/loss ([0-9.e-]+[0-9])/)?.[1]) < limit", limit)


def press(lab, name, reads):
    """Press a button by its label, and wait until it, or another, reads so."""
    lab.page.locator(f".ol-{name}").click()
    button = lab.page.locator(".ol-play", has_text=reads)
    button.wait_for()


def slide(lab, key="ArrowRight"):
    lab.page.locator(".ol-lr .noUi-handle").first.focus()
    lab.page.keyboard.press(key)


def picture(lab):
    return lab.live().locator("[data-mark=regions]").get_attribute("href")


def test_play_pause_step_and_the_rate_while_it_trains(trained):
    trained.until_python("print(made.training.steps, made.playing)", "0 False")
    first, before = loss(trained), picture(trained)

    press(trained, "play", "Pause")
    until_loss_below(trained, 0.9 * first)
    assert picture(trained) != before, "the regions are drawn anew while it trains"
    slide(trained)
    until_said(trained, "learning rate 0.011,")
    trained.until_python("print(made.playing, made.training.optimizer.lr)", "True 0.011")
    assert trained.python("print(1 + 1)") == "2", "other cells run between two slices"

    press(trained, "play", "Play")
    trained.wait_idle()  # what it said last is in the page
    said = until_said(trained, "epoch|after")
    steps = int(trained.python("print(made.training.steps)"))
    trained.settle()
    assert trained.python("print(made.training.steps)") == str(steps)
    expect(trained.live().locator(".ol-summary")).to_have_text(said)

    trained.page.locator(".ol-step").focus()
    trained.page.keyboard.press("Space")
    trained.until_python("print(made.training.steps)", str(steps + 1))
    trained.until(f"said => {SUMMARY} !== said", said)
    trained.page.locator(".ol-restart").click()
    until_said(trained, "learning rate 0.011, not trained yet")
    assert trained.errors() == [] and trained.console == []


def test_running_the_cell_again_stops_the_network_that_trained(trained):
    press(trained, "play", "Pause")
    until_loss_below(trained, loss(trained))
    trained.python("old = made")
    trained.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1")
    trained.command("notebook:run-cell")
    trained.until_python("print(made is old, old.playing, old._task)", "False False None")
    trained.wait_idle()
    until_said(trained, "not trained yet")
    trained.until_python("print(made.training.steps)", "0")
    assert trained.errors() == [] and trained.console == []


def test_a_network_that_nobody_sees_stops(trained):
    press(trained, "play", "Pause")
    until_loss_below(trained, loss(trained))
    trained.command("notebook:clear-all-cell-outputs")
    trained.until_python("print(made.playing, made._task)", "False None")
    assert trained.python("print(made.status == '')") == "True"


def test_an_exception_while_it_trains_is_told(trained):
    press(trained, "play", "Pause")
    until_loss_below(trained, loss(trained))
    trained.python("made.training.params['W1'] = 'no numbers'")
    status = trained.page.locator(".ol-status:visible")
    status.wait_for()
    expect(status).to_contain_text("Not shown.")
    expect(status).to_contain_text("Error")
    trained.page.locator(".ol-play", has_text="Play").wait_for()
    trained.page.locator(".ol-restart").click()
    until_said(trained, "not trained yet")
    trained.until(
        "() => getComputedStyle(document.querySelector('.ol-status')).display === 'none'"
    )
    assert trained.errors() == []


def test_a_kernel_that_is_shut_down_while_it_trains_says_nothing(trained):
    log = trained.server.log
    before = len(log.read_text(errors="replace"))  # what other tests left there
    press(trained, "play", "Pause")
    until_loss_below(trained, loss(trained))
    trained.shutdown_kernel()
    said = log.read_text(errors="replace")[before:]
    assert "Kernel shutdown" in said
    assert "was destroyed" not in said and "boundary.py" not in said
