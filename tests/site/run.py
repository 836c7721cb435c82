"""Build the site with a Pyodide of one's own and run the lessons on it in Chromium.

usage: python tests/site/run.py PYODIDE [NUMBER …] [--site DIR] [--out DIR] [--learn]

PYODIDE is a folder that assemble.py made. One row for each lesson: what went wrong; the seconds
until its notebook was seen, its package was there and its last cell had run, with nothing in the
browser's cache; what was asked for meanwhile. `--learn` then answers with the network gone and in
two tabs, works through lesson 09, closes the browser and looks the next day, and has a browser that
keeps no data.
"""

import argparse
import contextlib
import functools
import http.server
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import accessible
from jupyter_driver import FLAGS, READY, SETTINGS, Lab, browser_context, find_browser
from playwright.sync_api import sync_playwright

from optimlab.tools import site

BASE = "/a/folder/of/a/server"
SEEN = "() => document.querySelectorAll('.jp-Notebook-cell').length > 3"
#: what is typed into the exercises of lesson 09, in place of the line that begins so
TYPED = {
    "v = ...": "v = momentum * v - lr * slope(w)",
    "w = ...": "w = w + v",
    "my_length = ...": "my_length = 0.01 * 2 / (1 - 0.95)",
    "rate = ...": "rate = 4 / (low**0.5 + high**0.5) ** 2",
    "momentum = ...": "momentum = ((high**0.5 - low**0.5) / (high**0.5 + low**0.5)) ** 2",
}
ASKED = {"predictions": "5 of 5", "exercises": "3 of 3", "quiz": "3 of 3"}
#: what Chromium's settings call it to let a page keep data, or not
ALLOWED, REFUSED = 1, 2
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
    heard = [said for said in lab.console if not said.endswith("/favicon.ico")]  # of the host
    errors = lab.errors() + lab.outside + heard
    if out:
        lab.shots = Path(out)
        lab.screenshot(number)
    sent = lab.server.sent
    return errors, seen, ready, first, last, sum(size for size, _ in sent) / 1e6, len(sent)


@contextlib.contextmanager
def profile(playwright, folder, data=ALLOWED):
    """A browser of somebody who keeps it, and who allows or refuses a page to keep data."""
    settings = {"profile": {"default_content_setting_values": {"cookies": data}}}
    (folder / "Default").mkdir(exist_ok=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(settings), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=find_browser(), args=FLAGS, viewport={"width": 1400, "height": 900}
    )
    try:
        yield context
    finally:
        context.close()


def answer(lab):
    """Answer the first prediction of the lesson; returns what its card says then."""
    lab.page.bring_to_front()  # a page behind another one is not drawn
    card = lab.page.locator(".ol-card:visible").first
    card.locator("input[type=radio]").first.check()
    card.get_by_role("button", name="Show me").click()
    lab.until("() => /You (said|were)/.test(document.querySelector('.ol-card').innerText)")
    return card.inner_text()


def work_through(lab):
    """Do all that lesson 09 asks, by mouse and keys, and let it say so."""
    accessible.answer(lab)
    for question in lab.page.locator(".ol-card[aria-label=Quiz] fieldset").all():
        for option in question.locator("input").all():
            option.check()
            lab.wait_idle()
            if "Right" in question.inner_text():
                break
    for before, typed in TYPED.items():
        line = lab.page.locator(".jp-CodeCell .cm-line:visible", has_text=before).first
        line.click()
        for key in ("Home", "Shift+End"):
            lab.page.keyboard.press(key)
        lab.page.keyboard.insert_text(typed)
        lab.page.keyboard.press("Control+Enter")
        lab.wait_idle()
    lab.command("notebook:run-all-cells")  # the last cell counts anew
    lab.wait_idle()


def done(lab):
    """What the last card of lesson 09 counts, and whether that is all it asks."""
    said = " ".join(lab.page.locator(".ol-card:visible").last.inner_text().split())
    return said[:90], all(f"{what} {of}" in said for what, of in ASKED.items())


def stored(lab):
    lab.page.bring_to_front()
    return json.loads(lab.python("print(open('optimlab-progress.json').read())"))["lessons"]


def learn(server, playwright):
    """05 without a network, 07b beside it, all of 09; the same the next day; then data refused.

    Yields what was looked at, with what was found and whether it is as it should be.
    """
    with tempfile.TemporaryDirectory() as folder:
        with profile(playwright, Path(folder)) as context:
            lab = Lab(server, context)
            yield "errors", *right(run(lab, "05")[0], [])
            context.set_offline(True)
            said = answer(lab)
            yield "prediction without a network", said.splitlines()[4], "You said" in said
            lab.page.locator(".ol-lr .noUi-handle").first.wait_for()  # it was hidden before
            ask = "print(lesson.check('how many steps', {}).said())"
            yield "exercise", *right(lab.python(ask.format(263)), "Right.")
            loop = "def endless():\n while True:\n  try: n = 1\n  except Exception: pass"
            lab.python(loop)
            said = lab.python(
                "from optimlab.lessons import Exercise; "
                "print(Exercise(lambda x: x, cases=[1]).judge(lambda x: endless()).sentence)"
            )
            yield "endless loop", said, said.startswith("It ran for 3 seconds and was stopped")
            save = "e = explore('bowl', 'SGD'); e.save('a.{0}'); import os; "
            save += "print(os.path.getsize('a.{0}'))"
            for kind in ("png", "html"):
                size = lab.python(save.format(kind))
                yield f"save .{kind}, bytes", size, int(size) > 10_000
            said = lab.python("from optimlab import lessons; lessons.check_environment()")
            yield "environment", said, said.startswith("This Python runs in your browser.")
            yield "trouble", *right(lab.python("print(lesson.store.trouble)"), "")
            context.set_offline(False)
            other = Lab(server, context)
            yield "errors in a second tab", *right(run(other, "07b")[0], [])
            answer(other)
            yield "answers seen by the first tab", *right(sorted(stored(lab)), ["05", "07b"])
            third = Lab(server, context)
            yield "errors in 09", *right(run(third, "09")[0], [])
            third.page.bring_to_front()
            work_through(third)
            yield "09 worked through", *done(third)
            before = stored(third)
        with profile(playwright, Path(folder)) as context:  # the browser was closed
            lab = Lab(server, context)
            run(lab, "09")
            yield "the same the next day", *right(stored(lab) == before, True)
            yield "and shown by 09", *done(lab)
    with tempfile.TemporaryDirectory() as folder:
        with profile(playwright, Path(folder), REFUSED) as context:
            lab = Lab(server, context)
            lab.page.goto(f"{server.url}/index.html")
            said = lab.page.locator("#kept").inner_text()
            yield "data refused, the start page", said, "keeps nothing" in said
            run(lab, "05")  # the console speaks of the refusal
            yield "errors", *right(lab.errors(), [])
            said = answer(lab).splitlines()[-1]
            yield "its card", said, "until you close or reload this page" in said


def right(found, wanted):
    return str(found), found == wanted


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
        for number in numbers:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            with browser_context(browser) as context:
                lab = Lab(server, context)
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
        for what, found, well in learn(server, playwright) if given.learn else ():
            print(f"{'   ' if well else 'NOT'} {what}: {found}", flush=True)
            failed |= not well
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
