"""A Python that is busy, interrupted, restarted or killed: no page shows a run that is not set."""

import json
import os
import signal

import pytest
from playwright.sync_api import expect

CELLS = [
    "import os, time, numpy as np\nfrom optimlab import SGD, data, explore, lessons\n"
    "from optimlab.explorers import BoundaryExplorer, RaceExplorer, SurfaceExplorer\n"
    "from optimlab.lessons import Choice\nfrom optimlab.study.training import Network\n"
    "lesson, start = lessons.Lesson('99'), time.time()",
    "race = RaceExplorer('ravine', ['SGD', 'Adam'], racing='Adam', steps=20)\nrace",
    "looked = explore('ravine', SGD, inspect=True, steps=20)\nlooked",
    "network = BoundaryExplorer(data.spirals(points=60, rng=np.random.default_rng(0)),\n"
    "    model=Network((8,)), lr=0.01, epochs=100_000, pace=50)\nnetwork",
    "solid = SurfaceExplorer('bowl', SGD, steps=10)\nsolid",
    "lesson.predict('way', Choice({'a': 'A.', 'b': 'B.'}, right='b'))",
]
RACE, LOOKED, NETWORK, SOLID = range(4)
SESSION = "window.jupyterapp.shell.currentWidget.sessionContext"
SAID = "Python does not answer"
SAVED = "Saved as it was shown. Run this cell (Shift+Enter), and its controls are there again."


@pytest.fixture
def page(lab):
    lab.show(*CELLS, name="gone")
    lab.until("() => document.querySelectorAll('.ol-live').length === 4")
    lab.until("() => document.querySelector('.js-plotly-plot canvas')")
    return lab


def until_late(lab, plot, late=True):
    """Until the plot says, or no longer says, that Python does not answer, and is dim or is not."""
    lab.until("""([i, said, late]) => { const plot = document.querySelectorAll('.ol-live')[i];
      const says = plot.querySelector('.ol-summary').textContent.startsWith(said);
      const dim = getComputedStyle(plot.querySelector('.ol-panels')).opacity < 1;
      return says === late && dim === late; }""", [plot, SAID, late])


def move(lab, plot):
    lab.live(plot).locator("[data-handle=start]").press("ArrowRight")


def until_solid(lab, late):
    lab.until("""late => { const dim = getComputedStyle(document.querySelector('.js-plotly-plot'));
      const words = document.querySelector('.ol-beside').lastElementChild;
      return (dim.opacity < 1) === late
        && getComputedStyle(words, '::before').content.includes('does not answer') === late; }""",
      late)


def busy(lab, seconds):
    code = json.dumps(f"import time; time.sleep({seconds})")
    lab.page.evaluate(f"() => {{ {SESSION}.session.kernel.requestExecute({{code: {code}}}); }}")
    lab.until(f"() => {SESSION}.session.kernel.status === 'busy'")


def train(lab):
    lab.page.locator(".ol-play").click()
    lab.until("""() => document.querySelectorAll('.ol-live')[2].querySelector('.ol-summary')
      .textContent.includes('loss')""")


def test_what_is_shown_while_python_is_busy_interrupted_restarted_and_killed(page):
    # busy: all that needs Python says so, and takes it back when the answer comes
    train(page)
    busy(page, 60)
    for plot in (RACE, LOOKED, SOLID):
        move(page, plot)
    until_late(page, LOOKED), until_late(page, RACE), until_late(page, NETWORK)
    until_solid(page, True)
    page.page.locator(".ol-choice input").first.check()
    page.page.wait_for_selector(".ol-card.ol-busy")
    page.page.evaluate(f"() => {SESSION}.session.kernel.interrupt()")
    for plot in (RACE, LOOKED, NETWORK):
        until_late(page, plot, False)
    until_solid(page, False)
    page.until("() => !document.querySelector('.ol-card.ol-busy')")

    # restarted while it trains: the same cells are run again
    page.page.evaluate(f"async () => {{ await {SESSION}.restartKernel(); }}")
    until_late(page, NETWORK)
    for plot in (RACE, LOOKED):
        move(page, plot)
        until_late(page, plot)
    page.run_all()
    page.until("() => !document.querySelector('.ol-late, .ol-behind')")

    # killed
    train(page)
    os.kill(int(page.python("import os; print(os.getpid())")), signal.SIGKILL)
    page.page.locator(".jp-Dialog .jp-mod-accept").click()  # JupyterLab says so, too
    until_late(page, NETWORK)
    move(page, LOOKED), move(page, SOLID)
    until_late(page, LOOKED), until_solid(page, True)
    page.page.locator("[data-action=skip]").click()
    page.page.wait_for_selector(".ol-card.ol-busy")

    # saved and opened without Python, each cell that was live says where its controls are
    page.save()
    page.shutdown_kernel()
    page.reopen(page=False)
    expect(page.page.locator(".ol-live")).to_have_count(0)
    told = page.page.locator(".jp-OutputArea-output em", has_text="Saved as it was shown")
    expect(told).to_have_text([SAVED] * 5, use_inner_text=True)
    page.run_all()
    page.until("() => document.querySelectorAll('.ol-live').length === 4")
    expect(told).to_have_count(0)
    assert page.errors() == []
