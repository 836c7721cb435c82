"""A whole lesson worked through by keyboard alone, and its answers after the kernel has gone."""

import json

import nbformat
import pytest
from jupyter_driver import Server, browser_page
from nbformat import v4
from playwright.sync_api import expect

NAME = "05_gradient_descent.ipynb"
CELL = """() => [...document.querySelectorAll('.jp-Notebook-cell')]
  .indexOf(document.activeElement)"""
WHERE = "selector => document.activeElement.matches(selector)"
ALL_RAN = """() => { const panel = window.jupyterapp.shell.currentWidget;
  return panel.sessionContext.session?.kernel?.status === 'idle' && panel.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim())
    .every(cell => cell.model.executionCount && cell.model.executionState === 'idle'); }"""


@pytest.fixture
def alone(browser, tmp_path):
    """A page of a JupyterLab that keeps the learner's answers beside the notebooks."""
    with Server(keeps_answers=True) as server, browser_page(browser, server, shots=tmp_path) as lab:
        yield lab


class Keys:
    """What a learner does without a mouse."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page
        cells = json.loads(lab.saved().read_text())["cells"]
        self.sources = ["".join(cell["source"]) for cell in cells]

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def cell(self, text):
        """Go to the cell whose source holds a text."""
        (wanted,) = [i for i, source in enumerate(self.sources) if text in source]
        self.press("Escape")
        self.until(lambda: self.page.evaluate(CELL) >= 0, "Shift+Tab")
        for _ in range(2 * len(self.sources)):
            if (here := self.page.evaluate(CELL)) == wanted:
                return self.lab.cell(wanted)
            self.press("ArrowDown" if here < wanted else "ArrowUp")
            self.lab.until(f"before => ({CELL})() !== before", here)
        raise AssertionError(f"the arrow keys do not lead to cell {wanted}")

    def until(self, there, key, most=120):
        for _ in range(most):
            if there():
                return
            self.press(key)
        raise AssertionError(f"{most} times {key} lead nowhere")

    def tab_to(self, selector):
        self.press("Tab")
        self.until(lambda: self.page.evaluate(WHERE, selector), "Tab")

    def run_everything(self):
        self.cell("# 05 ·")
        for _ in self.sources:
            self.press("Shift+Enter")
        self.lab.until(ALL_RAN, timeout=120)
        self.lab.wait_idle()


def says(cell, words):
    cell.locator(".ol-card", has_text=words).wait_for()


def test_a_lesson_by_keyboard_and_again_after_a_restart(alone):
    alone.open(NAME)
    keys = Keys(alone)
    keys.run_everything()
    assert alone.errors() == []

    # predict: wrong, and changed once before the run is shown
    cell = keys.cell('predict(\n    "where after one step"')
    expect(cell.locator(".ol-bar:visible")).to_have_count(0)
    expect(cell.locator(".noUi-handle:visible")).to_have_count(0)
    keys.tab_to("input[type=radio]")
    keys.press("Space", "ArrowDown")
    keys.tab_to("button[data-action=show]:not(:disabled)")
    keys.press("Enter")
    says(cell, "You said “3.8”. That is a step of 0.2 alone")
    cell.locator(".noUi-handle:visible").first.wait_for()
    drawn = cell.locator("[data-mark='path SGD']").get_attribute("d")
    assert drawn and drawn.startswith("M")
    keys.tab_to("textarea")
    alone.page.keyboard.type("I forgot the slope. dd 0 0")  # keys that are JupyterLab's elsewhere

    # sketch
    cell = keys.cell('"the loss at rate 0.9"')
    keys.tab_to("[data-sketch]")
    keys.press("ArrowUp", "ArrowRight", "ArrowDown")
    says(cell, "Drawn: 2 of 11")
    keys.cell('"the loss at rate 0.9"')
    keys.tab_to("button[data-action=show]:not(:disabled)")
    keys.press("Enter")
    says(cell, "Your sketch is furthest off at step")

    # target
    cell = keys.cell("lesson.target(")
    keys.tab_to(".noUi-handle")
    goal = cell.locator(".ol-goal")
    expect(goal).to_contain_text("Not yet", use_inner_text=True)
    keys.until(lambda: "Reached" in goal.inner_text(), "ArrowRight")

    # an exercise, typed into its cell: untouched, wrong, right, with a hint
    cell = keys.cell('lesson.check("one step"')
    says(cell, "Not answered yet.")
    keys.tab_to("button[data-action=hint]")
    keys.press("Enter")
    says(cell, "Hint 1:")
    for line, reply in [
        ("return x + lr * slope(x)", "That is uphill: look at the sign."),
        ("return x - lr * slope(x)", "Right"),
    ]:
        keys.cell('lesson.check("one step"')
        keys.press("Enter", "Control+Home", "ArrowDown", "End", "Shift+Home")
        alone.page.keyboard.type(line)
        keys.press("Control+Enter")
        says(cell, reply)

    # another one is given up: its solution is asked for twice, and noted
    cell = keys.cell('lesson.check("how many steps"')
    keys.tab_to("button[data-action=solution]")
    keys.press("Enter")
    says(cell, "Show it anyway?")
    expect(cell.locator("[data-part=solution]")).to_have_count(0)
    keys.cell('lesson.check("how many steps"')
    keys.tab_to("button[data-action=show]")
    keys.press("Enter")
    says(cell, "def count():")
    assert cell.locator("[data-part=solution] pre").inner_text().count("\n") == 1
    expect(cell.locator("button[data-action=solution]")).to_have_count(0)

    # quiz: wrong first
    cell = keys.cell("lesson.quiz()")
    keys.tab_to("input[type=radio]")
    keys.press("Space")
    cell.locator("[data-part='reply 1']").wait_for()

    # the page at the end knows it all
    done = "Done: predictions 2 of 3, targets 1 of 1, exercises 1 of 3, quiz 1 of 3."
    cell = keys.cell("lesson.progress()")
    says(cell, done)
    says(cell, "I forgot the slope. dd 0 0")
    says(cell, "Solutions shown before they were found: “how many steps”.")
    assert alone.errors() == [] and alone.console == []

    # a new kernel, all cells anew
    keys.cell("# 05 ·")
    keys.press("0", "0")
    alone.page.locator(".jp-Dialog").wait_for()
    keys.press("Enter")
    alone.page.locator(".jp-Dialog").wait_for(state="detached")
    alone.wait_idle()
    keys.run_everything()
    says(keys.cell("lesson.progress()"), done)
    cell = keys.cell('predict(\n    "where after one step"')
    says(cell, "You said “3.8”. That is a step of 0.2 alone")
    expect(cell.locator("textarea")).to_have_value("I forgot the slope. dd 0 0")
    expect(cell.locator("[data-mark='path SGD']")).to_have_attribute("d", drawn)
    kept = json.loads((alone.server.root / "optimlab-progress.json").read_text())
    answers = kept["lessons"]["05"]
    assert answers["predictions"]["where after one step"]["answer"] == "3.8"
    assert answers["exercises"]["one step"]["passed"]
    assert answers["exercises"]["how many steps"] == {"shown": True}
    assert answers["targets"]["2.0001 in four steps"]["reached"]
    assert alone.errors() == [] and alone.console == []


CARDS = [
    "import time\nfrom optimlab.lessons import Choice, Exercise, Lesson\nlesson = Lesson('99')",
    "lesson.predict('way', Choice({'down': 'Yes.', 'up': 'No.'}, right='down'))",
    "lesson.exercise('one', Exercise(1, [(2, 'Two.'), (3, 'Three.'), (4, 'Four.')]))",
    "lesson.check('one', ...)",
    "lesson.quiz(('Which?', {'this': 'Right.', 'that': 'Wrong.'}))",
    "lesson.progress()",
    "time.sleep(30)",
]


@pytest.fixture
def cards(lab, tmp_path):
    """A notebook with cards and no live plot."""
    book = v4.new_notebook(cells=[v4.new_code_cell(source) for source in CARDS])
    path = tmp_path / "99_cards.ipynb"
    nbformat.write(book, path)
    lab.open(path)
    for _ in CARDS[:-1]:
        lab.command("notebook:run-cell-and-select-next")
    lab.wait_idle()
    lab.page.locator(".ol-card").nth(3).wait_for()
    return lab


def test_a_saved_copy_of_cards_alone_shows_no_dead_widget(cards):
    cards.save()
    cards.shutdown_kernel()
    cards.reopen()
    assert cards.errors() == []
    body = cards.page.locator(".jp-Notebook")
    body.get_by_text("Prediction “way”. Not answered yet.").wait_for()
    expect(body).to_contain_text("(a) down", use_inner_text=True)
    expect(body).to_contain_text("(b) up", use_inner_text=True)
    expect(body).to_contain_text("Which?", use_inner_text=True)
    expect(body).not_to_contain_text("model not found", use_inner_text=True)


def test_a_card_says_that_python_is_busy_and_does_it_afterwards(cards):
    cards.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-cell')")
    card = cards.cell(1).locator(".ol-card")
    card.locator("button[data-action=skip]").click()
    cards.until("() => document.querySelector('.ol-card.ol-busy')")
    cards.command("notebook:interrupt-kernel")
    card.locator("[data-part=gap]").wait_for()
    expect(cards.page.locator(".ol-busy")).to_have_count(0)
    expect(card).to_have_attribute("aria-label", "Prediction: way")


def test_words_are_kept_when_the_page_is_left_at_once(cards):
    card = cards.cell(1).locator(".ol-card")
    card.locator("button[data-action=skip]").click()
    card.locator("textarea").fill("typed last")
    card.locator("textarea").evaluate("() => window.dispatchEvent(new Event('pagehide'))")
    page = cards.cell(5).locator(".ol-card")
    page.locator("td", has_text="typed last").wait_for()
