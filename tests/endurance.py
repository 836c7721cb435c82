"""What an hour of a learner's work leaves behind, in a real JupyterLab and a real browser.

    python tests/endurance.py                        # all of it: some 20 minutes
    python tests/endurance.py rerun --times 20       # one part, shorter
    python tests/endurance.py rerun --only explore

`rerun` runs a cell again and again, `ticks` presses an arrow key on a slider, `drags` moves the
start point, `tabs` has two pages over one JupyterLab. Printed is what there is after some of them:
models in the kernel, megabytes of the kernel and of the page's heap (after a collection of
garbage), nodes of the page, and messages that wait. Exits 1 where something grew beyond its limit.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "browser"))

from jupyter_driver import FLAGS, PANEL, Lab, Server, browser_context, find_browser  # noqa: E402
from nbformat import v4  # noqa: E402

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
#: what may grow between the third run and the last: models, MB of the kernel, MB of the page
MODELS, KERNEL, PAGE = 0, 20, 10
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
WAITING = f"""() => {{ {PANEL}
  const kernel = panel.sessionContext.session.kernel;
  return [...kernel._pendingMessages ?? []].length + [...kernel._futures ?? []].length; }}"""


class Counter:
    """Counts what there is in a page and in its kernel."""

    def __init__(self, lab: Lab):
        self.lab, self.cdp = lab, lab.page.context.new_cdp_session(lab.page)

    def now(self) -> dict[str, float]:
        self.lab.page.wait_for_timeout(700)  # the kernel collects half a second later
        models, kernel = self.lab.python(COUNT).split()
        for _ in range(3):
            self.cdp.send("HeapProfiler.collectGarbage")
        heap = self.cdp.send("Runtime.getHeapUsage")
        doc = self.cdp.send("Memory.getDOMCounters")
        return {
            "models": int(models),
            "kernel MB": float(kernel),
            "page MB": (heap["usedSize"] + heap.get("backingStorageSize", 0)) / 1e6,
            "nodes": doc["nodes"],
            "listeners": doc["jsEventListeners"],
            "waiting": self.lab.page.evaluate(WAITING),
        }


def notebook(lab: Lab, *sources: str):
    """Open a notebook of these cells and run it."""
    path = lab.server.folder / "endurance.ipynb"
    path.write_text(json.dumps(v4.new_notebook(cells=[*map(v4.new_code_cell, sources)])))
    lab.open(path, page=True)
    assert lab.run_all() == []


def show(name: str, rows: list[tuple[int, dict[str, float]]]) -> bool:
    """Print the rows of a part; whether all that must be flat is."""
    for times, row in rows:
        said = ", ".join(f"{value:,.0f} {key}" for key, value in row.items())
        print(f"{name:10} {times:6,}: {said}", flush=True)
    (_, first), (_, last) = rows[0], rows[-1]
    grown = {key: last[key] - first[key] for key in first}
    flat = grown["models"] <= MODELS and grown["kernel MB"] <= KERNEL and grown["page MB"] <= PAGE
    said = ", ".join(f"{grown[key]:+,.1f} {key}" for key in ("models", "kernel MB", "page MB"))
    print(f"{name:10} {'flat' if flat else 'GROWS'}: {said}\n", flush=True)
    return flat and not rows[-1][1]["waiting"]


def rerun(lab: Lab, times: int, only: list[str]) -> bool:
    flat = True
    for name in only or RERUN:
        notebook(lab, FIRST, RERUN[name])
        counter, rows = Counter(lab), []
        for time in range(1, times + 1):
            lab.page.evaluate(RUN, 1)
            lab.page.wait_for_function(SETTLED, timeout=60_000)
            if time in (3, times // 2, times):
                rows.append((time, counter.now()))
        flat &= show(name, rows) and not lab.console and not lab.errors()
        for line in lab.console[:3]:
            print("console:", line[:300])
    return flat


LIVE = [FIRST, "explore('ravine', Momentum, lr=0.1, steps=30)", "explorers.RaceExplorer('ravine', "
        "['SGD', 'Adam'], racing='Adam', steps=30)"]  # fmt: skip


def many(lab: Lab, name: str, times: int, act) -> bool:
    """Do something so often, on each of the plots; count after a tenth, a half and all of it."""
    counter, rows = Counter(lab), []
    for time in range(1, times + 1):
        act(time)
        if time in (times // 10, times // 2, times):
            lab.wait_idle()
            rows.append((time, counter.now()))
    return show(name, rows) and not lab.console and not lab.errors()


def ticks(lab: Lab, times: int, only: list[str]) -> bool:
    notebook(lab, *LIVE)
    flat = True
    for i, name in enumerate(("explore", "race")):
        lab.page.locator(".ol-lr .noUi-handle").nth(i).focus()
        flat &= many(lab, f"ticks of {name}", times, lambda time: lab.page.keyboard.press(
            "ArrowRight" if time // 20 % 2 else "ArrowLeft"))  # fmt: skip
    return flat


def drags(lab: Lab, times: int, only: list[str]) -> bool:
    notebook(lab, *LIVE)

    def drag(i):
        ring = lab.live(i).locator("[data-handle=start]")
        ring.scroll_into_view_if_needed()

        def act(time):
            box, way = ring.bounding_box(), 40 if time % 2 else -40
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            lab.page.mouse.move(x, y)
            lab.page.mouse.down()
            lab.page.mouse.move(x + way, y + way / 4, steps=4)
            lab.page.mouse.up()

        return act

    return all([many(lab, f"drags of {name}", times, drag(i))
                for i, name in enumerate(("explore", "race"))])  # fmt: skip


def tabs(lab: Lab, times: int, only: list[str]) -> bool:
    """Two pages with a notebook and a kernel each, in which cells are run by turns."""
    notebook(lab, FIRST, RERUN["explore"])
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

        flat = many(lab, "two tabs", times, act)
        other.page.close()
        return flat


#: part -> what does it, and how often
PARTS = {"rerun": (rerun, 200), "ticks": (ticks, 10_000), "drags": (drags, 1000)}
PARTS |= {"tabs": (tabs, 50)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--times", type=int, help="how often, instead of as often as stated")
    parser.add_argument("--only", nargs="*", default=[], help=f"rerun: {', '.join(RERUN)}")
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    flat = True
    with Server() as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for part in given.parts or PARTS:
            with browser_context(browser) as context:
                does, times = PARTS[part]
                flat &= does(Lab(server, context), given.times or times, given.only)
        browser.close()
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
