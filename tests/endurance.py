"""What an hour of a learner's work leaves behind, in a real JupyterLab and a real browser.

    python tests/endurance.py                        # all of it: an hour and a half
    python tests/endurance.py rerun --times 20       # one part, shorter
    python tests/endurance.py rerun --only explore
    python tests/endurance.py training --minutes 5
    python tests/endurance.py --write                # its rows into docs/trust.md

`rerun` runs a cell again and again, `ticks` presses an arrow key on a slider, `drags` moves the
start point, `tabs` has two pages over one JupyterLab, `lessons` two lessons in one page, and in
`training` the network of lesson 15b trains. Printed is what there is at the beginning, in the
middle and at the end: models in the kernels, megabytes of a kernel and of the page's heap (after a
collection of garbage), nodes of the page, and messages that wait for their answer at rest. Exits
1 where something grew beyond its limit, or the console holds an error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "browser"))

import measured  # noqa: E402
from jupyter_driver import FLAGS, PANEL, Lab, Server, browser_context, find_browser  # noqa: E402

FIRST = """\
from optimlab import *
from optimlab import explorers, lessons
from optimlab.lessons import Choice, Exercise
lesson = lessons.Lesson("05")
lesson.exercise("plus one", Exercise(lambda x: x + 1, cases=[(1.0,), (2.0,)]))
asked = lesson.predict("way", Choice({"a": "No.", "b": "Yes."}, right="b"))"""
RERUN = {
    "explore": 'explore("ravine", Momentum, lr=0.1, steps=30)',
    "kept": 'kept = explore("ravine", Momentum, lr=0.1, steps=30)\nkept',
    "hidden": 'hidden = explore("ravine", Momentum, lr=0.1, steps=30)',
    "predict": 'lesson.predict("in", explore("parabola"), Choice({"a": "A", "b": "B"}, right="b"))',
    "after": 'lesson.after("way", lambda: explore("parabola", SGD, steps=5))',
    "cards": 'display(lesson.quiz(), lesson.progress(), lesson.check("plus one", lambda x: 1))',
    "surface": 'explorers.SurfaceExplorer("ravine", Momentum)',
}
#: by how much these may be more at the end than at the beginning
LIMITS = {"models": 0, "kernel MB": 20, "page MB": 10}
COUNT = """\
import psutil as _p, gc as _g
from ipywidgets.widgets.widget import _instances as _i
_g.collect(); print(len(_i), _p.Process().memory_info().rss / 1e6)"""
RUN = f"""async i => {{ {PANEL}
  panel.content.activeCellIndex = i; panel.content.deselectAll();
  await window.jupyterapp.commands.execute('notebook:run-cell'); }}"""
SETTLED = f"""() => {{ {PANEL}
  return panel.sessionContext.session?.kernel?.status === 'idle'
    && !Array.from(document.querySelectorAll('.jp-OutputArea-output'))
      .some(node => node.innerText?.trim() === 'Loading widget...'); }}"""
#: messages that are not done; of each cell JupyterLab also keeps its last one, which is (4 says so)
WAITING = f"""() => {{ {PANEL}
  const kernel = panel.sessionContext.session.kernel;
  return kernel._pendingMessages.length
    + [...kernel._futures.values()].filter(future => !(future._status & 4)).length; }}"""


class Counter:
    """Counts what there is in a page and in the kernels of notebooks that are open there."""

    def __init__(self, lab: Lab, *names: str):
        self.lab, self.names = lab, names or (lab.name,)
        self.cdp = lab.page.context.new_cdp_session(lab.page)

    def now(self) -> dict[str, float]:
        self.lab.page.wait_for_timeout(700)  # the kernel collects half a second later
        models, kernel, waiting = 0, 0.0, 0
        for name in self.names:
            if len(self.names) > 1:
                self.lab.command("docmanager:open", path=name)
            said = self.lab.python(COUNT).split()
            models, kernel = models + int(said[0]), kernel + float(said[1])
            waiting += self.lab.page.evaluate(WAITING)
        for _ in range(3):
            self.cdp.send("HeapProfiler.collectGarbage")
        heap = self.cdp.send("Runtime.getHeapUsage")
        doc = self.cdp.send("Memory.getDOMCounters")
        return {
            "models": models,
            "kernel MB": kernel / len(self.names),
            "page MB": (heap["usedSize"] + heap.get("backingStorageSize", 0)) / 1e6,
            "nodes": doc["nodes"],
            "listeners": doc["jsEventListeners"],
            "waiting": waiting,
        }


def grown(lab: Lab, name: str, rows: list[tuple[int, dict[str, float]]], of: str = "") -> tuple:
    """Print the rows of a part; a row of the table: whether all that must be flat is."""
    for times, row in rows:
        said = ", ".join(f"{value:,.0f} {key}" for key, value in row.items())
        print(f"{name:10} {times:6,}: {said}", flush=True)
    (begun, first), (ended, last) = rows[0], rows[-1]
    more = {key: last[key] - first[key] for key in LIMITS}
    wrong = lab.console + lab.errors()
    flat = all(more[key] <= most for key, most in LIMITS.items())
    flat &= not last["waiting"] and not wrong
    for line in wrong[:3]:
        print("wrong:", line[:300])
    said = ", ".join(f"{more[key]:+,.1f} {key}" for key in LIMITS).replace(".0 models", " models")
    said += f", {last['waiting']} waiting, {len(wrong)} errors"
    print(f"{name:10} {'flat' if flat else 'GROWS'}: {said}\n", flush=True)
    most = ", ".join(f"+{most} {key}" for key, most in LIMITS.items()) + ", 0 waiting, 0 errors"
    return f"{name}, {of or 'time'} {begun:,} to {ended:,}", said, most, flat


def rerun(lab: Lab, times: int, only: list[str]) -> list[tuple]:
    found = []
    for name in only or RERUN:
        lab.show(FIRST, RERUN[name], page=True)
        counter, rows = Counter(lab), []
        for time_ in range(1, times + 1):
            lab.page.evaluate(RUN, 1)
            lab.page.wait_for_function(SETTLED, timeout=60_000)
            if time_ in (3, times // 2, times):
                rows.append((time_, counter.now()))
        found.append(grown(lab, f"a cell of `{name}` run again", rows))
    return found


LIVE = [FIRST, "explore('ravine', Momentum, lr=0.1, steps=30)", "explorers.RaceExplorer('ravine', "
        "['SGD', 'Adam'], racing='Adam', steps=30)"]  # fmt: skip


def counted(lab: Lab, times: int, act, *names: str) -> list[tuple[int, dict[str, float]]]:
    """Do something so often; count after a tenth, a half and all of it."""
    counter, rows = Counter(lab, *names), []
    for time_ in range(1, times + 1):
        act(time_)
        if time_ in (max(3, times // 10), times // 2, times):
            lab.wait_idle()
            rows.append((time_, counter.now()))
    return rows


def many(lab: Lab, name: str, times: int, act) -> tuple:
    return grown(lab, name, counted(lab, times, act))


def ticks(lab: Lab, times: int, only: list[str]) -> list[tuple]:
    lab.show(*LIVE, page=True)
    found = []

    def act(time_):
        lab.page.keyboard.press("ArrowRight" if time_ // 20 % 2 else "ArrowLeft")

    for i, name in enumerate(("explore", "race")):
        lab.page.locator(".ol-lr .noUi-handle").nth(i).focus()
        found.append(many(lab, f"a tick of a slider of `{name}`", times, act))
    return found


def drags(lab: Lab, times: int, only: list[str]) -> list[tuple]:
    lab.show(*LIVE, page=True)

    def drag(i):
        ring = lab.live(i).locator("[data-handle=start]")
        ring.scroll_into_view_if_needed()

        def act(time_):
            box, way = ring.bounding_box(), 40 if time_ % 2 else -40
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            lab.page.mouse.move(x, y)
            lab.page.mouse.down()
            lab.page.mouse.move(x + way, y + way / 4, steps=4)
            lab.page.mouse.up()

        return act

    return [many(lab, f"a drag of the start of `{name}`", times, drag(i))
            for i, name in enumerate(("explore", "race"))]  # fmt: skip


def tabs(lab: Lab, times: int, only: list[str]) -> list[tuple]:
    """Two pages with a notebook and a kernel each, in which cells are run by turns."""
    lab.show(FIRST, RERUN["explore"], page=True)
    with browser_context(lab.page.context.browser) as context:
        other = Lab(lab.server, context)
        other.name = "other.ipynb"
        other.saved().write_text(lab.saved().read_text("utf-8"), "utf-8")
        other.reopen()
        assert other.run_all() == []

        def act(_time):
            for one in (lab, other):
                one.page.evaluate(RUN, 1)
                one.page.wait_for_function(SETTLED, timeout=60_000)

        found = [many(lab, "a cell run again in two tabs", times, act)]
        assert not other.console and not other.errors(), (other.console, other.errors())
        other.page.close()
        return found


TWO = ("05_gradient_descent.ipynb", "13_adam.ipynb")


def lessons(lab: Lab, times: int, only: list[str]) -> list[tuple]:
    """Two lessons in one page, each with a kernel; by turns one is run, and its slider moved.

    JupyterLab itself leaves something behind where notebooks take turns: toolbars of cells, menus,
    keys. So two notebooks of as many cells, which print a word, go first, and what grows with them
    is no growth of the lessons.
    """
    slider = lab.page.locator(".jp-NotebookPanel:visible .ol-lr .noUi-handle:visible").last

    def act(_time):
        for name in TWO:
            lab.command("docmanager:open", path=name)
            lab.wait_idle()
            assert lab.run_all() == []
            if slider.count():
                slider.focus()
            for key in ["ArrowLeft"] * 5 + ["ArrowRight"] * 5:
                lab.page.keyboard.press(key)
            # JupyterLab keeps every key, and what it was pressed in, until the next shortcut
            lab.page.locator(".jp-NotebookPanel:visible .cm-content:visible").first.click()
            lab.page.keyboard.press("ControlOrMeta+s")

    rows = []
    for plain in (True, False):
        for name in TWO:
            document = json.loads((lab.server.notebooks / name).read_text("utf-8"))
            for cell in document["cells"] if plain else ():
                if cell["cell_type"] == "code":
                    cell |= {"source": 'print("word")', "outputs": []}
            (lab.server.root / name).write_text(json.dumps(document), "utf-8")
        lab.name = TWO[0]
        lab.reopen()
        rows.append(counted(lab, times, act, *TWO))
    (_, first), *_, (_, last) = rows[0]
    own = {key: last[key] - first[key] for key in LIMITS}
    beyond = [(time_, row | {key: row[key] - own[key] * (time_ > rows[1][0][0]) for key in LIMITS})
              for time_, row in rows[1]]  # fmt: skip
    name = "two lessons at once, each run from top to bottom, beyond what two plain notebooks leave"
    said = ", ".join(f"{own[key]:+.1f} {key}" for key in LIMITS)
    return [grown(lab, f"{name} ({said})", beyond)]


TRAINING = """\
import numpy as np
from optimlab import data
from optimlab.explorers import BoundaryExplorer
from optimlab.study.training import Network
rng = np.random.default_rng
parts = data.spirals(points=200, rng=rng(0)).split(0.3, rng(1))
train, test = (part.standardised() for part in parts)
BoundaryExplorer(train, test, model=Network((20,)), lr=0.1, epochs=2000)"""


def training(lab: Lab, minutes: int, only: list[str]) -> list[tuple]:
    """The network of lesson 15b trains, played anew when it ends, at a rate that moves."""
    lab.show(TRAINING, page=True)
    play = lab.page.locator(".ol-play")
    slider = lab.page.locator(".ol-lr .noUi-handle").first
    counter, rows, begun = Counter(lab), [], time.monotonic()
    for minute in sorted({1, max(minutes // 2, 2), max(minutes, 3)}):
        turn = 0
        while time.monotonic() < begun + 60 * minute:
            if play.inner_text().strip() == "Play":
                play.click()
            lab.page.locator(".ol-play", has_text="Pause").wait_for()
            slider.focus()
            lab.page.keyboard.press("ArrowRight" if turn // 3 % 2 else "ArrowLeft")
            turn += 1
            lab.page.wait_for_timeout(10_000)
        if play.inner_text().strip() == "Pause":
            play.click()
        lab.page.locator(".ol-play", has_text="Play").wait_for()
        lab.wait_idle()
        rows.append((minute, counter.now()))
    return [grown(lab, "a network that trains", rows, of="minute")]


#: part -> what does it, and how often, or for how many minutes
PARTS = {"rerun": (rerun, 200), "ticks": (ticks, 10_000), "drags": (drags, 1000)}
PARTS |= {"tabs": (tabs, 50), "lessons": (lessons, 30), "training": (training, 60)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--times", type=int, help="how often, instead of as often as stated")
    parser.add_argument("--minutes", type=int, help="training: for how long, instead of an hour")
    parser.add_argument("--only", nargs="*", default=[], help=f"rerun: {', '.join(RERUN)}")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/trust.md")
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    flat = True
    with Server() as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for part in given.parts or PARTS:
            with browser_context(browser) as context:
                does, often = PARTS[part]
                often = (given.minutes if part == "training" else given.times) or often
                rows = does(Lab(server, context), often, given.only)
            flat &= all(met for *_, met in rows)
            if given.write:
                measured.write(f"endurance, {part}", rows)
        browser.close()
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
