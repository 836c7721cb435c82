"""A page of a lesson, from a disk and from a folder of a server, without network and Python."""

import base64
import functools
import gzip
import http.server
import re
import threading

import pytest
from accessible import SERIOUS, axe_code
from jupyter_driver import browser_context
from nbformat import v4, write
from playwright.sync_api import expect

from optimlab.tools import pages

pytest.importorskip("latex2mathml")
FIRST = """
from optimlab import SGD, explore, lessons
from optimlab.lessons import Choice, Exercise, Number, Point, Sketch
lesson = lessons.Lesson("own")
"""
CELLS = [
    "# 99 · A page of its own\n\n*Does $x^2$ live?* See [05](05_gradient_descent.ipynb).",
    FIRST,
    'explore("ravine", SGD, lr=0.1, steps=20)',
    """lesson.predict("one step", explore("parabola", SGD, lr=0.2, start=4, steps=10),
    Choice({"4.8": "Uphill, alas.", "3.2": "Rate times slope."}, right="3.2",
           at={"4.8": 4.8, "3.2": 3.2}))""",
    'lesson.after("one step", lambda: print("A secret."))',
    """lesson.predict("the loss", explore("parabola", SGD, lr=0.1, start=4, steps=10),
    Number("loss", right=lambda e: e.paths["SGD"].losses[-1], within=0.05, along="y", panel=1,
           replies=[(6, "That is the first one.")]))""",
    """lesson.predict("where", explore("bowl", SGD, lr=0.1, steps=3),
    Point((1, 1), right=lambda e: e.paths["SGD"].end, within=0.3, fact="A fact."))""",
    """lesson.predict("how it falls", explore("parabola", SGD, lr=0.1, start=4, steps=4),
    Sketch([0, 2, 4], right=lambda e: e.paths["SGD"].losses[::2], within=0.5))""",
    'lesson.exercise("two", Exercise(2))\nlesson.check("two", ...)',
    'lesson.quiz(("Twice the rate?", {"Half the steps": "Indeed.", "More": "No reply fits."}))',
    "lesson.progress()",
]
SECRETS = ["Uphill, alas", "Rate times slope", "A secret", "first one", "A fact", "No reply fits"]
REFUSED = """for (const name of ["getItem", "setItem"])
  Storage.prototype[name] = () => { throw new DOMException("no", "SecurityError"); };"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site with one page."""
    folder = tmp_path_factory.mktemp("pages") / "a folder"
    cells = [v4.new_markdown_cell(CELLS[0]), *map(v4.new_code_cell, CELLS[1:])]
    source = folder.parent / "99_own.ipynb"
    write(v4.new_notebook(cells=cells), source)
    pages.share(folder)
    pages.write(folder, source)
    return folder


@pytest.fixture(scope="module", params=["disk", "server"])
def address(request, site):
    if request.param == "disk":
        yield (site / "99_own.html").as_uri()
        return
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: 0})
    handler = functools.partial(handler, directory=str(site.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/a%20folder/99_own.html"
    server.shutdown()


class Page:
    """The page in a window of a phone; `said` are its errors, `asked` what it wants from where."""

    def __init__(self, context, address):
        self.page, self.said, self.asked = context.new_page(), [], []
        self.page.set_default_timeout(10_000)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        self.ready()

    def ready(self):
        whole = "() => document.querySelectorAll('.ol-live').length === 5"
        self.page.wait_for_function(whole)
        self.page.wait_for_selector(".ol-board .ol-card")

    def card(self, number):
        return self.page.locator(".ol-asked").nth(number)

    def texts(self, number):
        return self.card(number).locator(".ol-reply").all_inner_texts()

    def press(self, number, name):
        self.card(number).get_by_role("button", name=name).click()


@pytest.fixture
def opened(browser, address):
    with browser_context(browser, width=400, height=800, color_scheme="dark") as context:
        page = Page(context, address)
        yield page
        assert page.said == []
        here = address.rpartition("/")[0]
        assert [one for one in page.asked if not one.startswith((here, "blob:", "data:"))] == []


def answer_all(opened):
    page = opened.page
    opened.card(0).get_by_label("(a) 4.8").check()
    opened.press(0, "Show me")
    field = opened.card(1).get_by_role("textbox", name="loss")
    field.fill("6,02")
    field.press("Tab")
    opened.press(1, "Show me")
    diamond = opened.card(2).locator("[data-handle=guess]")
    for key in ("ArrowRight", "ArrowUp"):
        diamond.press(key)
    opened.press(2, "Show me")
    opened.card(3).locator("[data-sketch=column]").press("ArrowUp")
    opened.press(3, "Show me")
    page.locator(".ol-quiz").get_by_label("More").check()


def test_a_page_answers_keeps_and_forgets(opened):
    page = opened.page
    expect(page.locator(".ol-asked .ol-veiled")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    answer_all(opened)

    def seen():
        assert opened.texts(0) == [
            "You said “4.8”. Uphill, alas.\nIt was “3.2”. Rate times slope."
        ]
        (said,) = opened.texts(1)
        assert re.fullmatch(r"You said 6\.02\. It is 2\.\d+: 3\.\d+ too much\. That .*", said)
        (said,) = opened.texts(2)
        assert re.fullmatch(r"You said \(.+\)\. It is \(.+\), .+ away\. A fact\.", said)
        (said,) = opened.texts(3)
        assert "What you drew fits" in said or "furthest off at step 0" in said
        expect(page.locator("div:not(.highlight) > pre", has_text="A secret.")).to_have_count(1)
        expect(page.locator(".ol-quiz .ol-reply")).to_have_text("No reply fits.")
        expect(page.locator(".ol-asked .ol-veiled")).to_have_count(0)
        row = page.locator(".ol-board tr").nth(2).locator("td").all_inner_texts()
        assert row[:2] == ["the loss", "6.02"]

    seen()
    label = opened.card(1).locator("[data-mark='your words']")
    expect(label).to_have_text("you said")
    words = opened.card(0).locator("textarea")
    words.fill("the sign")
    words.press("Tab")
    page.reload()
    opened.ready()
    seen()
    expect(words).to_have_value("the sign")
    again = page.get_by_role("button", name="Start this lesson over")
    page.once("dialog", lambda dialog: dialog.dismiss())
    again.click()
    seen()
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        again.click()
    opened.ready()
    expect(page.locator(".ol-asked .ol-veiled")).to_have_count(4)


def test_a_page_is_alive_and_its_gap_belongs_to_the_run_in_question(opened):
    page = opened.page
    live = page.locator(".ol-live").first
    slider = page.get_by_role("slider", name="learning rate").first
    before = live.locator(".ol-summary").inner_text()
    slider.press("ArrowRight")
    expect(live).to_have_attribute("data-source", "engine")
    assert live.locator(".ol-summary").inner_text() != before
    live.locator("[data-action=play]").press("Enter")
    page.wait_for_function("() => Number(document.querySelector('.ol-live').dataset.step) > 2")
    opened.card(0).get_by_label("(a) 4.8").check()
    opened.press(0, "Show me")
    gap = opened.card(0).locator("[data-mark='your gap']")
    there = gap.get_attribute("d")
    rate = opened.card(0).get_by_role("slider", name="learning rate")
    rate.press("ArrowRight")
    assert gap.get_attribute("d") in (None, "") and there
    rate.press("ArrowLeft")
    expect(gap).to_have_attribute("d", there)
    opened.press(1, "Skip")
    assert "You skipped this one. It is" in opened.texts(1)[0]


def test_what_is_no_number_is_refused_and_a_browser_that_keeps_nothing_says_so(browser, site):
    with browser_context(browser, width=400, height=800) as context:
        context.add_init_script(REFUSED)
        opened = Page(context, (site / "99_own.html").as_uri())
        field = opened.card(1).get_by_role("textbox", name="loss")
        field.fill("six")
        field.press("Tab")
        refused = opened.card(1).locator("[data-part=complaint]")
        assert refused.inner_text().startswith("“six” is not a number here.")
        expect(opened.card(1).get_by_role("button", name="Show me")).to_be_disabled()
        trouble = opened.page.locator("[data-part=trouble]")
        assert set(trouble.all_inner_texts()) == {
            "This browser keeps nothing for this page: your answers stay until you leave or "
            "reload it."
        }
        opened.card(0).get_by_label("(b) 3.2").check()
        opened.press(0, "Show me")
        assert opened.texts(0)[0] == "You said “3.2”. So it was. Rate times slope."
        assert opened.said == []


def test_the_source_shows_no_answer_and_the_packed_part_holds_it(site):
    source = (site / "99_own.html").read_text("utf-8")
    read = re.sub(r"<pre>.*?</pre>", "", source, flags=re.DOTALL)  # the code of its cells
    assert [secret for secret in SECRETS if secret in read] == []
    packed = re.findall(r'<script type="text/plain">([^<]*)<', source)
    held = b"".join(gzip.decompress(base64.b64decode(one)) for one in packed)
    assert [secret for secret in SECRETS if secret.encode() not in held] == []
    assert 'href="05_gradient_descent.html"' in source and "<math" in source
    assert source.count("needs Python") == 1 and "path=99_own.ipynb" in source
    assert len(source) < 1_500_000


def test_axe_finds_nothing_serious(browser, site):
    pytest.importorskip("axe_playwright_python")
    with browser_context(browser) as context:
        opened = Page(context, (site / "99_own.html").as_uri())
        answer_all(opened)
        opened.page.evaluate(axe_code())
        for scheme in ("light", "dark"):
            opened.page.emulate_media(color_scheme=scheme)
            assert opened.page.evaluate(SERIOUS) == []
