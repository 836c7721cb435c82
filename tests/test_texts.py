"""A learner's text stays text: in tables, boards and cards, in Markdown, HTML and pictures."""

import html
import json
import re
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure
from nbconvert.filters import markdown2html
from texts import NAMES, TEXTS, TURNED

from optimlab import SGD, Function, asis, explore, lessons, race
from optimlab.draw import figures, words
from optimlab.draw.live import LivePlot, export
from optimlab.explorers import FitExplorer
from optimlab.lessons import Choice, Exercise, Lesson, Number, Progress, teacher
from optimlab.lessons.card import marked, rich

ALL = [*TEXTS, *TURNED]
#: what MathJax looks for; it never looks beyond a tag
FORMULA = re.compile(r"\$[^$]+\$|\\[(\[]|\\begin\b", re.DOTALL)


class Page(HTMLParser):
    """The cells of tables and the items of lists, all tags, and what stands between two tags."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.cells, self.pieces, self.inside = set(), [], [], False
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag in ("td", "li"):
            self.cells.append("")
            self.inside = True
        self.pieces.append("")

    def handle_endtag(self, tag):
        self.inside &= tag not in ("td", "li")
        self.pieces.append("")

    def handle_data(self, data):
        self.pieces[-1:] = [(self.pieces or [""])[-1] + data]
        if self.inside:
            self.cells[-1] += data


def shown(source, *own, sought=True):
    """A page with no tags but those of a table and `own`, and no formula where one is sought."""
    page = Page(source)
    plain = {"table", "thead", "tbody", "tr", "th", "td", "span", "p", "strong", "ul", "li"}
    assert page.tags <= plain | set(own)
    assert not [piece for piece in page.pieces if sought and FORMULA.search(piece)]
    return page


def as_read(text):
    return " ".join(asis.legible(text).split())


def kept(path, texts, field="said"):
    progress = Progress(path)
    path.write_text("{}")
    entries = {str(i): {"answer": 0, "right": False, field: text} for i, text in enumerate(texts)}
    document = {"format": "optimlab progress", "version": 1}
    document["lessons"] = {"05": {"predictions": entries}}
    path.write_text(json.dumps(document))
    return progress


def test_the_texts_are_sixty_and_unlike():
    assert len(TEXTS) == len(set(TEXTS)) == 60


def test_a_table_of_markdown_shows_what_was_written(tmp_path):
    """By mistune, as `nbconvert --to html`; JupyterLab's own is asked in tests/browser."""
    kept(tmp_path / "a.json", ALL)
    table = teacher.class_table(tmp_path)
    page = shown(markdown2html(table._repr_markdown_()))
    answers = [cell for cell in page.cells if cell.endswith(" (1)")]
    assert sorted(answers) == sorted(f"{as_read(text)} (1)" for text in ALL)
    assert all(as_read(text) in repr(table) for text in ALL)
    repr(table).encode()


def test_names_of_files_are_shown_as_they_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [name for name in NAMES if "/" not in name]
    for i, name in enumerate(names):
        kept(tmp_path / f"{name}.json", ["x"])
        (tmp_path / f"{name}{i}.json").write_text("{")
    page = shown(markdown2html(teacher.class_table(tmp_path)._repr_markdown_()))
    assert set(names) <= set(page.cells)
    assert {f"{name}{i}.json: it is not JSON" for i, name in enumerate(names)} <= set(page.cells)
    for name in NAMES:
        (tmp_path / f"05_{name}.ipynb").write_text('{"cells": []}')
    listed = markdown2html(lessons.series(tmp_path)._repr_markdown_())
    assert {f"05_{name}" for name in NAMES} <= set(shown(listed, "a").cells)
    for name in NAMES:
        assert f'href="05_{asis.html.escape(lessons.contents.quote(name))}.ipynb"' in listed
    board = lessons.progress(tmp_path)
    alive = shown(board.parts[0]["html"], sought=False)
    for page in (alive, shown(markdown2html(board._words()))):
        assert {f"05_{name}" for name in NAMES} <= set(page.cells)


def test_a_board_shows_what_was_written(tmp_path):
    store = kept(tmp_path / "a.json", ALL, "why")
    lesson = Lesson("05", store)
    for i in range(len(ALL)):
        lesson.predict(str(i), Number("How far?", 3, 0.1))
    board = lesson.progress()
    alive = shown(board.parts[0]["html"], sought=False)  # MathJax passes the cards by
    still = shown(markdown2html(board._words()))
    assert alive.cells[3::4] == list(map(asis.legible, ALL))
    assert still.cells[3::4] == [as_read(text) for text in ALL]
    assert all(as_read(t) in as_read(board._repr_mimebundle_()[0]["text/plain"]) for t in ALL)


@pytest.mark.parametrize("text", ALL)
def test_a_card_shows_what_was_written(text):
    lesson = Lesson("05", Progress(""))
    lesson.update("predictions", "a", answer=text.replace("\ud800", ""), revealed=True)
    former = lesson.predict("a", Choice({"x": "Yes.", "y": "No."}, right="x"))
    lesson.predict("b", number := Number("How far?", 3, 0.1))
    asked = lesson.predict("c", number).card
    asked.act("answer", "?" + text)

    def says_it(x):
        print(text)
        raise ValueError(text)

    lesson.exercise("e", Exercise(lambda x: x, cases=[1]))
    checked = lesson.check("e", says_it)
    for card in (former.card, asked, checked):
        for part in card.parts:
            page = Page(part.get("html", ""))
            assert page.tags <= {"br", "code", "pre"}
            assert ("code" in page.tags) <= (card is checked and "`x`" in text)
    assert asis.legible(text).replace("\ud800", "") in former.card.said() or "\ud800" in text
    assert f"“?{asis.legible(text)}”" in asked.said()
    assert asis.legible(text).strip() in checked.said()
    first = as_read(text).split("\n")[0].replace("`", "'")
    told = Page(markdown2html(checked._repr_mimebundle_()[0]["text/markdown"]))
    assert "ValueError: " in "".join(told.pieces) and told.tags <= {"p", "span"}
    assert "\n" in text or first in "".join(told.pieces)
    assert "\n" in text or first in checked._repr_mimebundle_()[0]["text/plain"]


def test_a_teachers_marks_stay():
    assert rich("`x` is *it*") == "<code>x</code> is <em>it</em>"
    assert rich("`x` is *it*", "`") == "<code>x</code> is *it*" and rich("`x`", "") == "`x`"
    assert marked("`x` is *it*") == "`x` is *it*" and marked("`x` is *it*", "`").count("*") == 0
    lesson = Lesson("05", Progress(""))
    lesson.exercise("e", Exercise(lambda x: x, [(lambda x: -x, "*Not* `-x`.")], cases=[1]))
    assert "<em>Not</em> <code>-x</code>" in lesson.check("e", lambda x: -x).parts[0]["html"]
    assert "*Not* `-x`." in lesson.check("e", lambda x: -x)._repr_mimebundle_()[0]["text/markdown"]


def test_what_a_function_prints_stays_in_its_block():
    lesson = Lesson("05", Progress(""))
    lesson.predict("a", Choice({"x": "Yes.", "y": "No."}, right="x"))
    after = lesson.after("a", lambda: print("\n".join(TEXTS)))
    source = after._repr_mimebundle_()[0]["text/markdown"]
    page = Page(markdown2html(source.replace("</details>", "").split("</summary>")[1]))
    assert page.tags <= {"div", "pre", "span", "code"}
    assert "".join(page.pieces).strip() == "\n".join(TEXTS)


# Pictures ------------------------------------------------------------------------------------


def shows_text(text):
    """Whether matplotlib draws a text as text, as it was written."""
    written, is_formula = text._preprocess_math(text.get_text())
    return written if is_formula is False else None


@pytest.mark.parametrize("name", [text for text in TEXTS if text.isascii()])
def test_a_picture_shows_the_name_of_a_function(name):
    figure = Figure()
    ax = figure.subplots()
    own = Function(name, "\\no", lambda x: x * x, domain=(-1, 1))
    title = ax.set_title(figures.formula(own))
    assert shows_text(title) == (name if len(name) <= 40 else name[:40] + "…")
    ax.plot([0, 1], label=asis.in_figure(name))
    assert as_read(name) in words.described(figure)


def test_explorers_show_names_as_they_are():
    name = "costs $5 & $6 <b>x</b>"
    one = FitExplorer([1, 2, 3], [1, 2, 3], names=(name, "$\\frac$"))
    texts = [ax.xaxis.label for ax in one.plot._figures[0].axes]
    assert name in map(shows_text, texts)
    one.picture()
    own = Function(name, "\\no", lambda x: x * x, domain=(-1, 1))
    for made in (explore(own, SGD), race(own, [SGD])):
        made.picture()
        assert html.escape(name) in export.fragment(made.plot)
        made.status = name
        assert made._line.value.endswith(html.escape(name))


def test_labels_of_a_plot_are_no_formulas():
    figure, ax = figures.panel(300, 200)
    plot = LivePlot([figure], alt="Two prices.")
    plot.add("label", "prices", ax)
    plot.show({"prices": ([[0.5, 0.5]], ["$5 and $6"])})
    with plot.artists() as drawn:
        assert list(map(shows_text, drawn)) == ["$5 and $6"]
