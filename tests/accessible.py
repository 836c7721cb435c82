"""Every lesson, run in a real JupyterLab, read by axe-core; or worked through by keyboard alone.

    python tests/accessible.py                # every lesson; some 20 minutes
    python tests/accessible.py 05 13          # these two
    python tests/accessible.py 05 --keyboard  # no mouse: see tests/keyboard.py

axe reads what the cells of a lesson show, not JupyterLab around it: before anything is answered
and after all was answered, wrongly where that can be, with hints, solutions and menus open; in the
light and in the dark theme, 1400 and 400 pixels wide. Beside it is looked for what axe does not
ask: alt text of every picture, and movement where less of it is wanted. Printed is lesson, rule,
selector and text of all that is serious; exits 1 where there is any. `--write` puts the rows into
docs/trust.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "browser"))

import measured  # noqa: E402
from jupyter_driver import FLAGS, NOTEBOOKS, Lab, Server, browser_context, find_browser  # noqa: E402
from keyboard import through  # noqa: E402

GRAVE = ("serious", "critical")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
#: before the answers and after them; a page that nobody has answered is short of what can go wrong
LOOKS = {
    "asked": [(1400, "light"), (400, "dark")],
    "answered": [(width, theme) for width in (1400, 400) for theme in THEMES],
}
#: parts of an output that are JupyterLab's own
CHROME = ".jp-OutputArea-promptOverlay, .jp-OutputPrompt"
RUN_AXE = f"""() => axe.run(
  {{ include: [['.jp-OutputArea-output']], exclude: [['{CHROME}']] }},
  {{ resultTypes: ['violations'], preload: false }})
  .then(({{ violations, passes }}) => violations.filter(({{ impact }}) => {list(GRAVE)}
  .includes(impact)).flatMap(({{ id, nodes }}) => nodes.map(({{ target, html, any, all, none }}) =>
    [id, target.join(' '), html.slice(0, 160),
     [...any, ...all, ...none].map(({{ message }}) => message).join('; ').slice(0, 200)])))"""
#: the same of a whole page that is nobody else's, a line for each rule
SERIOUS = f"""() => axe.run({{ preload: false }}).then(({{ violations }}) => violations
  .filter(({{ impact }}) => {list(GRAVE)}.includes(impact))
  .map(({{ id, nodes }}) => `${{id}}: ${{nodes.length}} of ${{nodes[0].html.slice(0, 99)}}`))"""
#: pictures without a text, and drawings that neither have one nor are hidden from readers
NAMELESS = """() => {
  const own = node => node.closest('.jp-OutputArea-output');
  const seen = node => node.checkVisibility() && !node.closest('[aria-hidden=true]');
  const found = [];
  for (const one of document.querySelectorAll('img, [role=img]')) {
    const text = one.getAttribute('alt') ?? one.getAttribute('aria-label') ?? '';
    if (own(one) && seen(one) && (!text.trim() || /No description/.test(text)))
      found.push(one.outerHTML.slice(0, 120));
  }
  for (const one of document.querySelectorAll('canvas, svg:not(svg svg)')) {
    const told = one.closest('[aria-label], .ol-overlay, .ol-bar, .MathJax, button, summary');
    if (own(one) && seen(one) && !told) found.push(one.outerHTML.slice(0, 120));
  }
  return found; }"""
#: what moves by itself, where that is not wanted
RESTLESS = """() => [...document.querySelectorAll('.jp-OutputArea-output *')].filter(node => {
  const { animationName, transitionDuration, transitionProperty } = getComputedStyle(node);
  const long = transitionDuration.split(',').some(one => parseFloat(one) > 0.001);
  return animationName !== 'none' || (long && transitionProperty !== 'none');
}).map(node => node.outerHTML.slice(0, 120))"""
OPEN_MENUS = """() => document.querySelectorAll('.ol-menu').forEach(one => { one.open = true; })"""


def axe_code() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


class Reader:
    """Reads one lesson after another in one page, and keeps what was found."""

    def __init__(self, lab: Lab, lesson: str):
        self.lab, self.lesson, self.found, self.readings = lab, lesson, {}, 0

    def add(self, rule, selector, html, why, where):
        self.found.setdefault((rule, html, why), (selector, []))[1].append(where)

    def read(self, when):
        page = self.lab.page
        for width, theme in LOOKS[when]:
            page.set_viewport_size({"width": width, "height": 1000})
            self.lab.command("apputils:change-theme", theme=THEMES[theme])
            light = str(theme == "light").lower()
            page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
            page.wait_for_timeout(500)  # what follows the width does so within half a second
            self.lab.settle()
            self.readings += 1
            for one in page.evaluate(RUN_AXE):
                self.add(*one, f"{when}, {theme}, {width}")
        for html in page.evaluate(NAMELESS):
            self.add("no text", "", html, "a picture without alt text", when)
        page.emulate_media(reduced_motion="reduce")
        for html in page.evaluate(RESTLESS):
            self.add("motion", "", html, "moves where less motion is wanted", when)
        page.emulate_media(reduced_motion="null")
        page.set_viewport_size({"width": 1400, "height": 1000})
        self.lab.command("apputils:change-theme", theme=THEMES["light"])
        self.lab.settle()


def answer(lab: Lab):
    """Answer every prediction with the first thing at hand, the quiz likewise."""
    page = lab.page
    asked = page.locator(".jp-OutputArea", has=page.locator("[data-action=skip]"))
    while left := page.locator("[data-action=skip]").count():
        one = asked.first
        field = one.locator(".ol-card input[type=text]")
        if one.locator(".ol-card input[type=radio]").count():
            one.locator(".ol-card input[type=radio]").first.check()
        elif field.count():
            for i in range(field.count()):
                field.nth(i).fill("0.7")
                field.nth(i).press("Tab")
        else:
            moved = one.locator("[data-handle=guess], [data-sketch=column]").first
            for key in ("ArrowRight", "ArrowUp"):
                moved.press(key)
        one.locator("[data-action=show]").first.click()
        lab.until("n => document.querySelectorAll('[data-action=skip]').length < n", left)
        lab.wait_idle()
    for question in page.locator(".ol-card[aria-label=Quiz] fieldset").all():
        question.locator("input").first.check()
    lab.wait_idle()


def ask_for_help(lab: Lab):
    """Open every hint and solution, and all menus."""
    page = lab.page
    for action in ("hint", "solution", "show", "reset"):
        while (button := page.locator(f".ol-card [data-action={action}]:enabled")).count():
            card = button.first.locator("xpath=ancestor::*[contains(@class, 'ol-card')][1]")
            before = card.element_handle()
            text = before.inner_text()
            button.first.click()
            lab.until("([card, text]) => card.innerText !== text", [before, text])
    lab.wait_idle()
    page.evaluate(OPEN_MENUS)


def read(lab: Lab, path: Path, code: str) -> Reader:
    lab.open(path)
    lab.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    reader = Reader(lab, path.name.partition("_")[0])
    for error in lab.run_all():
        reader.add("error", "", error, "the lesson does not run", "run")
    lab.wait_idle()
    lab.page.evaluate(code)
    reader.read("asked")
    answer(lab)
    ask_for_help(lab)
    reader.read("answered")
    return reader


def report(reader: Reader, seconds: float):
    print(f"{reader.lesson}: {reader.readings} readings, {len(reader.found)} findings, "
          f"{seconds:.0f} s", flush=True)  # fmt: skip
    for (rule, html, why), (selector, where) in reader.found.items():
        print(f"  {rule}: {html}\n    {selector}\n    {why}\n    {' | '.join(where)}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", help="of lessons, such as 05 13; all by default")
    parser.add_argument("--keyboard", action="store_true", help="work through them by keys alone")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/trust.md")
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    paths = [path for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
             if not given.numbers or path.name.partition("_")[0] in given.numbers]  # fmt: skip
    done, began = [], time.monotonic()
    with Server() as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
        with browser_context(browser) as context:
            lab = Lab(server, context)
            for path in paths:
                lab.renew()
                start = time.monotonic()
                if given.keyboard:
                    done.append(through(lab, path))
                    print(done[-1].told(time.monotonic() - start), flush=True)
                else:
                    done.append(read(lab, path, code=axe_code()))
                    report(done[-1], time.monotonic() - start)
        browser.close()
    found = sum(len(one.found) for one in done)
    print(f"{len(done)} lessons, {found} findings, {time.monotonic() - began:.0f} s")
    if given.write and given.keyboard:
        reached, there = sum(one.reached for one in done), sum(one.there for one in done)
        still = sum(one.still for one in done)
        measured.write("by keyboard", [
            (f"controls of {len(done)} lessons that Tab reaches", f"{reached} of {there}",
             "all", reached == there),
            ("controls that a key moves without effect, and other findings",
             f"{still} and {found - still}", "0", found == 0),
        ])  # fmt: skip
    elif given.write:
        readings = sum(one.readings for one in done)
        what = f"serious findings of axe, pictures without text, motion in {len(done)} lessons"
        measured.write("axe", [(f"{what}, {readings} readings", str(found), "0", found == 0)])
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
