"""The site beside a JupyterLab with a server, in one run: its pages, and Python in the browser.

usage: python tests/site/beside.py PYODIDE [--site DIR] [--write]

PYODIDE is a folder that assemble.py made. Compared are the seconds until lesson 05 has a plot that
is alive, as a page from the disk and as a notebook that is opened and run; and in lesson 07b a
press on the learning rate and a move of the start, with Python in the page and on a server, by
turns. Stated is the memory of the page in which lesson 13 has run. `--write` puts the rows into
docs/trust.md.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS / "benchmarks"), str(TESTS / "browser"), str(TESTS)]

import browser as benchmark  # noqa: E402
import measured  # noqa: E402
import read  # noqa: E402
import run  # noqa: E402
from jupyter_driver import FLAGS, Lab, Server, browser_context, find_browser  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from report import digits, duration, fraction, median, size  # noqa: E402

from optimlab.tools import pages, site  # noqa: E402

LESSON = site.ROOT / "notebooks" / "05_gradient_descent.ipynb"
RAVINE = LESSON.with_name("07b_ravine.ipynb")
#: the first cell that asks about a run, and whether it shows it
CELL = """() => Array.from(document.querySelectorAll('.jp-Notebook-cell')).findIndex(cell =>
  cell.querySelector('.ol-lr .noUi-handle') && cell.querySelector('[data-handle=start]'))"""
SHOWN = """i => document.querySelectorAll('.jp-Notebook-cell')[i]
  .querySelector('[data-mark^="path "]')?.getAttribute('d')"""
PAGE_AT_MOST, LITE_AT_MOST = 1 / 10, 1.2
ROUNDS, BLOCKS = 3, 6


class Timed(benchmark.Bench):
    """The stop-watch of the benchmarks in a lesson that has run."""

    def __init__(self, lab):
        super().__init__(lab)
        self.cell = self.page.evaluate(CELL)
        self.page.locator(".jp-Notebook-cell").nth(self.cell).locator("[data-action=skip]").click()
        self.page.wait_for_function(SHOWN, arg=self.cell)

    def place(self, way):
        return self.cell


def opened(browser, server):
    """Seconds until lesson 05 has run in a JupyterLab that nobody has visited."""
    with browser_context(browser) as context:
        lab, began = Lab(server, context), time.monotonic()
        lab.open(LESSON)
        assert lab.run_all() == []
        lab.page.wait_for_selector(".ol-live")
        return time.monotonic() - began


def first_plot(browser, path):
    """Seconds until its page has one, on a phone with an empty cache."""
    with browser_context(browser, width=400, height=850, offline=True) as context:
        page, began = context.new_page(), time.monotonic()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector(".ol-live")
        page.wait_for_function(read.READY)
        return time.monotonic() - began


def page_row(browser, server, folder):
    pages.share(folder)
    pages.write(folder, LESSON)
    path = folder / f"{LESSON.stem}.html"
    pairs = [(first_plot(browser, path), opened(browser, server)) for _ in range(ROUNDS)]
    ours, whole = (median(times) for times in zip(*pairs, strict=True))
    found = f"{duration(ours)}: {fraction(ours / whole)} of {duration(whole)}"
    what = "lesson 05: all plots of its page alive, of JupyterLab's opening and Run All"
    return what, found, fraction(PAGE_AT_MOST), ours / whole <= PAGE_AT_MOST


def hand_rows(browser, server, lite):
    with browser_context(browser) as here, browser_context(browser) as there:
        labs = [Lab(lite, here), Lab(server, there)]
        assert not run.run(labs[0], "07b")[0]
        labs[1].open(RAVINE)
        assert labs[1].run_all() == []
        benches = [Timed(lab) for lab in labs]
        ticks, drags = [[], []], [[], []]
        for block in range(BLOCKS):
            for k, bench in enumerate(benches):
                bench.page.bring_to_front()
                key = "ArrowLeft" if block % 2 else "ArrowRight"
                ticks[k] += [seconds for seconds, _ in bench.presses("live", key)]
        for _ in range(2):
            for k, bench in enumerate(benches):
                bench.page.bring_to_front()
                bench.show("live")
                drags[k] += benchmark.drag(bench)
    for name, times in {"press on the learning rate": ticks, "move of the start": drags}.items():
        mine, other = map(median, times)
        found = f"{duration(mine)}: {digits(mine / other)} of {duration(other)}"
        what = f"lesson 07b: {name}, p50, Python in the page and on a server"
        yield what, found, digits(LITE_AT_MOST), mine / other <= LITE_AT_MOST


def memory_row(browser, lite):
    """What the process of the page, in which Python is as well, takes after lesson 13."""
    with browser_context(browser) as context:
        assert not run.run(Lab(lite, context), "13")[0]
        what = "lesson 13 has run: memory of the page with Python in it"
        return what, size(max(renderers())), "", None


def renderers():
    """Bytes that the process of each page holds."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # one that has ended
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                yield measured.held(process)["Pss"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pyodide")
    parser.add_argument("--site", help="a folder to build into, or a site that was built there")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/trust.md")
    given = parser.parse_args()
    folder = Path(given.site or tempfile.mkdtemp(prefix="site-")).resolve()
    run.prepare(folder, given.pyodide)
    rows = []
    with Server() as server, run.Site(folder) as lite, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        rows.append(page_row(browser, server, folder))
        rows += hand_rows(browser, server, lite)
        rows.append(memory_row(browser, lite))
        browser.close()
    for row in rows:
        print(measured.line(row))
    if given.write:
        measured.write("site", rows)
    return int(any(met is False for *_, met in rows))


if __name__ == "__main__":
    sys.exit(main())
