"""Build the pages of the lessons and read them in Chromium, from the disk and without network.

usage: python tests/site/read.py [NUMBER …] [--site DIR] [--out DIR]

Each is opened with nothing in the browser's cache, as on a phone; all its questions are answered,
and it is reloaded. One row for each lesson: kilobytes of its own, seconds to the first plot that is
alive, how many plots live, what went wrong: errors, addresses that were asked for elsewhere, what
reaches beyond the page, what axe finds serious, answers that were not kept.
"""

import argparse
import io
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from accessible import SERIOUS, axe_code
from jupyter_driver import FLAGS, browser_context, find_browser
from playwright.sync_api import sync_playwright

from optimlab.tools import pages, site

REPLIES = "() => [...document.querySelectorAll('.ol-reply')].map(node => node.innerText)"
READY = """() => !document.querySelector(
  '.ol-asked:not(:has(.ol-card)), .ol-page:not(:has(.ol-live))')"""


def answer(page):
    """Answer every question: a first choice, a number, a diamond moved, a sketch; and the quiz."""
    for asked in page.locator(".ol-asked").all():
        field = asked.locator(".ol-card input[type=text]")
        moved = asked.locator("[data-handle=guess], [data-sketch=column]")
        if asked.locator("input[type=radio]").count():
            asked.locator("input[type=radio]").first.check()
        elif field.count():
            field.fill("0.7")
            field.press("Tab")
        else:
            moved.first.press("ArrowRight")
            moved.first.press("ArrowUp")
        asked.get_by_role("button", name="Show me").click()
    for question in page.locator(".ol-quiz fieldset").all():
        question.locator("input").first.check()


def read(context, path, out=None):
    """(kilobytes, seconds to the first plot, plots, what went wrong) of a page."""
    page, wrong, elsewhere = context.new_page(), [], []
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("request", lambda one: one.url.startswith("http") and elsewhere.append(one.url))
    began = time.monotonic()
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_selector(".ol-live")
    seconds = time.monotonic() - began
    page.wait_for_function(READY)
    answer(page)
    page.wait_for_function(READY)
    for button in page.locator(".ol-surface button").all():
        button.click()
    if page.locator(".ol-surface").count():
        page.wait_for_selector(".ol-plotly canvas")
    plots, said = page.locator(".ol-live").count(), page.evaluate(REPLIES)
    page.evaluate(axe_code())
    wrong += page.evaluate(SERIOUS)
    beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    wrong += [f"{beyond} pixels beyond the page"] if beyond > 0 else []
    if out:
        whole = Image.open(io.BytesIO(page.screenshot(full_page=True)))
        for top in range(0, whole.height, 1800):
            part = whole.crop((0, top, whole.width, min(top + 1800, whole.height)))
            part.save(Path(out) / f"{path.stem[:3]}-{top // 1800:02}.png")
    page.reload()
    page.wait_for_function(READY)
    page.wait_for_selector(".ol-quiz .ol-card")
    wrong += ["not all answers were kept"] if page.evaluate(REPLIES) != said else []
    return path.stat().st_size / 1000, seconds, plots, wrong + elsewhere


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*")
    parser.add_argument("--site", help="a folder to build into, or a site that was built there")
    parser.add_argument("--out", help="a folder for photographs of each page, answered")
    parser.add_argument("--width", type=int, default=400)
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    given = parser.parse_args()
    folder = Path(given.site or tempfile.mkdtemp(prefix="pages-")).resolve()
    failed, lessons = False, site.lesson_paths(site.ROOT / "notebooks")
    print("lesson   kB seconds plots")
    with sync_playwright() as playwright:
        for lesson in lessons:
            number, path = lesson.name.partition("_")[0], folder / f"{lesson.stem}.html"
            if given.numbers and number not in given.numbers:
                continue
            if not path.exists():
                pages.share(folder)
                pages.write(folder, lesson)
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            size = {"width": given.width, "height": 850}
            with browser_context(browser, **size, offline=True, color_scheme=given.theme) as one:
                kilobytes, seconds, plots, wrong = read(one, path, given.out)
            browser.close()
            print(f"{number:6} {kilobytes:5.0f} {seconds:6.2f} {plots:5}", *wrong, sep="\n       ")
            failed |= bool(wrong) or kilobytes > 1500 or seconds > 2
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
