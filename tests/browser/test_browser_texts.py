"""Learners' texts in JupyterLab, whose Markdown and MathJax make no link, formula or style of them.

And in the page that `nbconvert --to html` makes of the same notebook.
"""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect
from texts import TEXTS, TURNED

from optimlab import asis

HERE = Path(__file__).parents[1]
ALL = [*TEXTS, *TURNED]
CELLS = [
    f"""
import json, sys
sys.path.insert(0, {str(HERE)!r})
from texts import TEXTS, TURNED
from optimlab.lessons import Lesson, Number, Progress, class_table
ALL = [*TEXTS, *TURNED]
entries = {{str(i): dict(answer=0, right=False, said=text, why=text) for i, text in enumerate(ALL)}}
document = dict(format="optimlab progress", version=1, lessons={{"05": {{"predictions": entries}}}})
with open("answers.json", "w") as file:
    json.dump(document, file)
class_table(["answers.json"])
""",
    """
lesson = Lesson("05", Progress("answers.json"))
for i in range(len(ALL)):
    lesson.predict(str(i), Number("How far?", 3, 0.1))
lesson.progress()
""",
    # the stored Markdown of the same board
    "from IPython.display import Markdown\nMarkdown(lesson.progress()._words())",
    "Markdown('$x^2$ and https://example.org')",
]
FORMULA = "mjx-container, .MathJax, .MathJax_Display"
MADE = f"a, em, code, pre, img, h1, script, style, del, s, b, {FORMULA}"
READ = """nodes => nodes.map(n => n.textContent.replace(/\\s+/g, ' ').trim())"""


def as_read(text):
    return " ".join(asis.legible(text).split())


def test_no_text_becomes_a_link_a_formula_or_a_style(lab, tmp_path):
    lab.show(*CELLS, name="texts")
    lab.until("() => document.querySelectorAll('.ol-card table').length === 1")
    outputs = [lab.cell(i).locator(".jp-OutputArea-output") for i in range(4)]
    # a formula and a link are made where they are meant: by now MathJax has seen the others, too
    outputs[3].locator(FORMULA).first.wait_for()
    expect(outputs[3].locator("a")).to_have_count(1)
    for output in outputs[:3]:
        assert output.locator(MADE).evaluate_all("all => all.map(n => n.outerHTML)") == []
    answers = outputs[0].locator("table").nth(1).locator("td:nth-child(6)").evaluate_all(READ)
    assert sorted(answers) == sorted(f"{as_read(text)} (1)" for text in ALL)
    for output in outputs[1:3]:
        assert output.locator("td:nth-child(4)").evaluate_all(READ) == list(map(as_read, ALL))
    assert lab.console == [] and lab.outside == []

    lab.save()
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path)]
    subprocess.run([*command, str(lab.saved())], check=True, capture_output=True, timeout=120)
    (exported,) = tmp_path.glob("*.html")
    page = lab.page.context.new_page()
    page.route("http*://**", lambda route: route.abort())  # MathJax is not fetched
    page.goto(exported.as_uri(), wait_until="domcontentloaded")
    tables = page.locator(".jp-OutputArea-output:has(table)")
    expect(tables).to_have_count(3)
    for i in range(3):
        expect(tables.nth(i).locator(MADE)).to_have_count(0)
    answers = tables.nth(0).locator("table").nth(1).locator("td:nth-child(6)").evaluate_all(READ)
    assert sorted(answers) == sorted(f"{as_read(text)} (1)" for text in ALL)
    assert tables.nth(2).locator("td:nth-child(4)").evaluate_all(READ) == list(map(as_read, ALL))
    page.close()
