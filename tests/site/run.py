"""Build the site with a Pyodide of one's own and run the lessons on it in Chromium.

usage: python tests/site/run.py PYODIDE [NUMBER …] [--site DIR] [--out DIR] [--learn]

PYODIDE is a folder that assemble.py made. One row for each lesson: what went wrong; the seconds
until its notebook was seen, its package was there and its last cell had run, with nothing in the
browser's cache; what was asked for meanwhile. `--learn` then answers, saves, reloads and looks.
"""

import argparse
import functools
import http.server
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from jupyter_driver import FLAGS, READY, SETTINGS, Lab, browser_context, find_browser
from playwright.sync_api import sync_playwright

from optimlab.tools import site

BASE = "/a/folder/of/a/server"
SEEN = "() => document.querySelectorAll('.jp-Notebook-cell').length > 3"
#: how many code cells have run and are done
DONE = """() => { const cells = window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim());
  return cells.findIndex(cell => !cell.model.executionCount) + 1 || cells.length + 1; }"""


class Site:
    """The folder of a site, served from a folder of a server; it counts what it sends."""

    def __init__(self, folder):
        self.folder, self.sent = Path(folder), []  # (bytes, path) of each answer
        counter = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map,
                              ".mjs": "text/javascript", ".wasm": "application/wasm"}  # fmt: skip

            def translate_path(self, path):
                return super().translate_path(path.removeprefix(BASE))

            def copyfile(self, source, target):
                counter.sent.append((Path(source.name).stat().st_size, self.path))
                super().copyfile(source, target)

            def log_message(self, *_):
                pass

        handler = functools.partial(Handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}{BASE}"
        self._temporary = tempfile.TemporaryDirectory()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()


def prepare(folder, pyodide):
    """Build the site there if there is none, and let programs reach into its page."""
    if not (folder / "run").exists():
        site.build(folder, pyodide, only="run")
    config = folder / "run" / "jupyter-lite.json"
    document = json.loads(config.read_text(encoding="utf-8"))
    document["jupyter-config-data"] |= {  # for this program alone
        "exposeAppInBrowser": True, "settingsOverrides": SETTINGS,
    }  # fmt: skip
    config.write_text(json.dumps(document), encoding="utf-8")


def visit(lab, number, timeout=120):
    """Come by the first page, as a reader does; wait until the lesson is seen."""
    lab.page.goto(f"{lab.server.url}/index.html")
    link = lab.page.locator(f"li a[href*='path={number}_']")
    began = time.monotonic()
    link.click()
    lab.page.wait_for_function("() => window.jupyterapp", timeout=timeout * 1000)
    lab.page.wait_for_function(SEEN, timeout=timeout * 1000)
    return began


def run(lab, number, out=None):
    """A row: (errors, seconds to the notebook, the kernel, the package, the last cell, MB)."""
    lab.server.sent.clear()
    began = visit(lab, number)
    seen = time.monotonic() - began
    lab.page.wait_for_function(READY, timeout=180_000)
    ready = time.monotonic() - began
    lab.page.evaluate(
        """() => { window.__ran = false;
        for (const cell of window.jupyterapp.shell.currentWidget.content.widgets)
          if (cell.model.type === 'code') cell.model.executionCount = null;
        window.jupyterapp.commands.execute('notebook:run-all-cells')
          .finally(() => { window.__ran = true; }); }"""
    )
    lab.page.wait_for_function(f"() => ({DONE})() > 2", timeout=180_000)
    first = time.monotonic() - began
    lab.page.wait_for_function("() => window.__ran", timeout=300_000)
    last = time.monotonic() - began
    lab.settle()
    errors = lab.errors() + lab.outside
    if out:
        lab.shots = Path(out)
        lab.screenshot(number)
    sent = lab.server.sent
    return errors, seen, ready, first, last, sum(size for size, _ in sent) / 1e6, len(sent)


def learn(lab):
    """In lesson 05: a prediction, an exercise, a saved picture, and all again after a reload."""
    assert not run(lab, "05")[0]
    page, said = lab.page, {}
    card = page.locator(".ol-card:visible").first
    card.locator("input[type=radio]").first.check()
    card.get_by_role("button", name="Show me").click()
    reply = "() => document.querySelector('.ol-card').innerText.match(/You (said|were).*/)?.[0]"
    page.wait_for_function(reply)
    said["prediction"] = page.evaluate(reply)
    page.locator(".ol-lr .noUi-handle").first.wait_for(state="visible")  # it was hidden before
    ask = "print(lesson.check('how many steps', {}).said())"
    said["exercise"] = lab.python(ask.format(263))
    loop = "def endless():\n    while True:\n        try: n = 1\n        except Exception: pass"
    lab.python(loop)
    began = time.monotonic()
    said["endless loop"] = lab.python(
        "from optimlab.lessons import Exercise; "
        "print(Exercise(lambda x: x, cases=[1]).judge(lambda x: endless()))"
    )
    said["stopped after"] = f"{time.monotonic() - began:.1f} s"
    save = "e = explore('bowl', 'SGD'); e.save('a.{0}'); import os; print(os.path.getsize('a.{0}'))"
    for kind in ("png", "html"):
        said[f"save .{kind}"] = lab.python(save.format(kind)) + " bytes"
    said["environment"] = lab.python("from optimlab import lessons; lessons.check_environment()")
    said["trouble with the answers"] = repr(lab.python("print(lesson.store.trouble)"))
    lab.save()
    before = lab.python("print(open('optimlab-progress.json').read())")
    page.reload()
    page.wait_for_function(READY, timeout=180_000)
    after = lab.python("print(open('optimlab-progress.json').read())")
    said["kept over a reload"] = str(before == after and "how many steps" in after)
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pyodide")
    parser.add_argument("numbers", nargs="*")
    parser.add_argument("--site", help="a folder to build into, or a site that was built there")
    parser.add_argument("--out", help="a folder for a photograph of each lesson's end")
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--largest", type=int, default=0, help="show so many of the largest files")
    given = parser.parse_args()
    folder = Path(given.site or tempfile.mkdtemp(prefix="site-"))
    prepare(folder, given.pyodide)
    lessons = [path.name for path in site.lesson_paths(site.ROOT / "notebooks")]
    numbers = given.numbers or [name.partition("_")[0] for name in lessons]
    failed = False
    print("lesson errors notebook  kernel package last cell     MB requests")
    with Site(folder) as server, sync_playwright() as playwright:
        for number in [*numbers, *["learn"] * given.learn]:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            with browser_context(browser) as context:
                lab = Lab(server, context)
                if number == "learn":
                    for what, told in learn(lab).items():
                        print(f"{what}: {told}")
                    continue
                errors, *seconds, megabytes, requests = run(lab, number, given.out)
                times = "".join(f"{s:8.1f}" for s in seconds)
                row = f"{number:6} {len(errors):6} {times}  {megabytes:6.1f} {requests:8}"
                print(row, flush=True)
                for error in errors:
                    print("      ", error[:600])
                for size, path in sorted(server.sent, reverse=True)[: given.largest]:
                    print(f"{size / 1e6:8.2f} {path}")
                failed |= bool(errors)
            browser.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
