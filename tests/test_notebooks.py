"""Every lesson obeys the rules of the series; nbval runs the lessons beside this file."""

import base64
import copy
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pictures
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from optimlab.lessons import Choice, Exercise, contents
from optimlab.lessons.keyring import Key, load_key
from optimlab.tools import lint, refresh, secrets, skeleton, stated
from optimlab.tools.numerals import read

pytest_plugins = "pytester"
ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
KEYS = sorted((ROOT / "optimlab" / "keys").glob("lesson_*.py"))


def test_there_are_lessons_and_each_has_its_key():
    assert LESSONS
    assert [f"lesson_{path.stem}" for path in LESSONS] == [path.stem for path in KEYS]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_keeps_the_rules(path):
    assert lint.problems(nbformat.read(path, as_version=4), path) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_is_stored_in_normal_form(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(refresh.normalise(copy.deepcopy(notebook))) == nbformat.writes(notebook)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_figure_is_blank(path):
    from PIL import Image

    notebook = nbformat.read(path, as_version=4)
    for i, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if stored := output.get("data", {}).get("image/png"):
                picture = Image.open(io.BytesIO(base64.b64decode(stored))).convert("L")
                shades = [count for count, _ in picture.getcolors()]
                assert len(shades) > 8 and max(shades) < 0.995 * sum(shades), f"cell {i} is blank"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_changed_digit_is_found(path):
    """Of each number that is a result, wherever the Markdown or a sentence states it."""
    key = load_key(contents.lesson_number(path))
    results = {read(text.lstrip("~")) for text, _ in key.numbers}
    known = results | {read(text) for text in key.given}
    for where, text in stated.texts(nbformat.read(path, as_version=4), key).items():
        for number in stated.stated(text, common=()):
            if number in results:
                other = text[: number.start] + changed(number, known) + text[number.end :]
                cells = [{"cell_type": "markdown", "source": other}]
                assert stated.unlisted({"cells": cells}, key), f"{where}: {number}"


def changed(number, known):
    """A number with another last digit, which is in no table."""
    digits = "⁰¹²³⁴⁵⁶⁷⁸⁹" if re.search("[⁰-⁹]$", number.text) else "0123456789"
    last = max(number.text.rfind(digit) for digit in digits)
    for digit in digits[3:] + digits[:3]:
        other = number.text[:last] + digit + number.text[last + 1 :]
        if read(other) not in known and other not in stated.COMMON:
            return other
    raise AssertionError(f"every neighbour of {number} is in a table")


# The rules themselves: a notebook that keeps them all, and one breach at a time -------------

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
KEY = """
PREDICTIONS = {"way": "It falls by 3.5."}
NUMBERS = [("13", lambda: 13), ("3.5", lambda: 7 / 2)]
GIVEN = ["0.4"]
"""


@pytest.fixture
def good(tmp_path):
    """A lesson that keeps every rule, its path between two neighbours, and its key."""
    for name in ("01_before.ipynb", "03_after.ipynb"):
        (tmp_path / name).touch()
    source = tmp_path / "lesson_02_lesson.py"
    source.write_text(KEY, encoding="utf-8")
    key = Key(
        "02",
        SimpleNamespace(__file__=str(source)),
        {
            "way": Choice(
                {"down": "It falls by 3.5.", "up the hill": "No."}, right="down", tells=["falls"]
            )
        },
        {"one": Exercise(1), "two": Exercise(2)},
        [("one word?", {"a": "x", "b": "y"}), ("b?", {}), ("c?", {})],
        [("13", lambda: 13), ("3.5", lambda: 7 / 2)],
        ["0.4"],
    )
    links = "[← 01 Before](01_before.ipynb), [03 After →](03_after.ipynb)"
    alt = {"image/png": {"alt": "A curve."}}
    figure = new_output("display_data", {"image/png": PIXEL, "text/plain": "A."}, metadata=alt)
    said = new_output("execute_result", {"text/plain": "Not answered yet."}, execution_count=1)

    def asked(source):
        return new_code_cell(source, outputs=[copy.deepcopy(said)])

    cells = [
        new_markdown_cell(f"# 02 · A lesson\n\n{links}\n\n[source](https://example.org/a)"),
        new_code_cell("from optimlab import style\n\nstyle.use()"),
        new_code_cell("figure", outputs=[figure]),
        new_code_cell("lesson = lessons.Lesson('02')"),
        new_markdown_cell("**Predict.** With rate 0.4, which way?"),
        asked("lesson.predict(\n    'way',\n    explorer,\n)"),
        new_markdown_cell("It takes 13 steps.\n\n- A list, and `12`."),
        asked("lesson.target('goal', explorer)"),
        asked("my_one = ...\nlesson.check('one', my_one)"),
        asked("lesson.check('two', ...)"),
        asked("lesson.quiz(1, 2, 3)"),
        asked("lesson.progress()"),
        *[new_markdown_cell("Text, $2! = 2x$ and `a != b`.") for _ in range(12)],
    ]
    notebook = refresh.normalise(new_notebook(cells=cells))
    return SimpleNamespace(notebook=notebook, path=tmp_path / "02_lesson.ipynb", key=key)


def test_a_good_lesson_has_no_problems(good):
    good.path.touch()
    assert lint.problems(good.notebook, good.path, good.key) == []


def replace(cell, old, new):
    def spoil(good):
        assert old in good.notebook.cells[cell].source
        good.notebook.cells[cell].source = good.notebook.cells[cell].source.replace(old, new)

    return spoil


def output(cell, **data):
    def spoil(good):
        for kind, value in data.items():
            good.notebook.cells[cell].outputs[0].data[kind.replace("_", "/")] = value

    return spoil


def added(**output):
    kind = output.pop("kind", "stream")
    return lambda good: good.notebook.cells[2].outputs.append(new_output(kind, **output))


def metadata(**kept):
    return lambda good: good.notebook.cells[2].metadata.update(kept)


def key_source(old, new):
    def spoil(good):
        source = Path(good.key.module.__file__)
        assert old in KEY
        source.write_text(KEY.replace(old, new), encoding="utf-8")

    return spoil


def spoil_count(good):
    good.notebook.cells[2].execution_count = 7


def spoil_id(good):
    good.notebook.cells[2]["id"] = good.notebook.cells[1]["id"]


def spoil_kernel(good):
    good.notebook.metadata.kernelspec = {"name": "mine", "display_name": "M", "language": "python"}


def spoil_state(good):
    good.notebook.metadata["widgets"] = {}


def spoil_figure(good):
    del good.notebook.cells[2].outputs[0].data["image/png"]


def spoil_alt(good):
    good.notebook.cells[2].outputs[0].metadata = {}


def spoil_view(good):
    good.notebook.cells[2].outputs[0].data[refresh.WIDGET] = {"model_id": "a"}


def spoil_plotly(good):
    good.notebook.cells[2].outputs[0].data[refresh.PLOTLY] = {}


def spoil_cells(good):
    del good.notebook.cells[-10:]


def spoil_length(good):
    good.notebook.cells += [new_markdown_cell("Text.") for _ in range(11)]


def spoil_outputs(good):
    good.notebook.cells[5].outputs = []


def spoil_key(good):
    good.key = Key("02")


def spoil_name_of_key(good):
    good.key.module.__file__ = str(Path(good.key.module.__file__).rename(good.path.parent / "a.py"))


def spoil_unasked(good):
    good.key.exercises["three"] = Exercise(3)


def spoil_tables(good):
    good.key.given.append("3.5")


def spoil_numbers(good):
    good.key.numbers.append(("2.71", lambda: 2.71))


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (spoil_count, "not run top to bottom: execution counts [1, 7, 3"),
        (spoil_id, "cell ids are missing or not unique"),
        (spoil_kernel, "kernelspec is not python3"),
        (spoil_state, "stores widget state"),
        (metadata(execution={"iopub.status.busy": "2026"}), "cell 2 stores metadata 'execution'"),
        (metadata(tags=["solution"]), "cell 2 stores metadata 'tags'"),
        (metadata(jupyter={"source_hidden": True}), "cell 2 stores metadata 'jupyter': what it"),
        (spoil_view, "cell 2 stores a widget view"),
        (spoil_plotly, "cell 2 stores a plotly figure instead of a picture"),
        (added(kind="error", ename="ValueError", evalue="no"), "cell 2 ends in ValueError: no"),
        (added(name="stderr", text="warning"), "cell 2 writes to stderr: warning"),
        (added(text="in /home/me/lab/x.py"), "cell 2 holds a path of a machine, at '/home/me/lab/"),
        (output(2, text_plain="<a at 0x7f3a12345678>"), "cell 2 prints a memory address, 0x7f3a"),
        (output(2, image_png="A" * 200_000), "cell 2 stores a figure of 150 kB (120)"),
        (spoil_figure, "shows no figure before it is run"),
        (spoil_alt, "cell 2 stores a figure without alt text"),
        (replace(0, "# 02 · ", "# 3 · "), "the first cell does not begin with '# 02 · '"),
        (replace(0, "https://example.org/a", "99_gone.ipynb#there"), "links to 99_gone.ipynb"),
        (replace(0, "(03_after.ipynb)", "(.)"), "has no link on to 03_after.ipynb"),
        (replace(0, "(01_before.ipynb)", "(.)"), "has no link back to 01_before.ipynb"),
        (replace(6, "A list", "word " * lint.MOST_WORDS), "1172 words of prose and questions"),
        (replace(8, "lesson", "explore(ravine)\nlesson"), "cell 8: its band may tell"),
        (replace(6, "A list", "It works!"), "cell 6 has an exclamation mark"),
        (key_source("falls", "falls!"), "line 2 of the key has an exclamation mark"),
        (spoil_cells, "14 cells (15 to 34)"),
        (spoil_length, "35 cells (15 to 34)"),
        (replace(2, "figure", "figure\n" * 11), "cell 2 has 11 lines of code (at most 10)"),
        (replace(2, "figure", "interact(f, x=3)"), "cell 2 uses interact"),
        (replace(2, "figure", "if a:\n    _ = figure"), "cell 2 uses _ = …"),
        (replace(2, "figure", "figure  # fmt: skip"), "cell 2 uses # fmt: skip"),
        (replace(1, "style.use()", "pass"), "style.use() is missing"),
        # questions
        (replace(5, "predict", "ask"), "0 predictions (at least 1)"),
        (replace(7, "target", "goal"), "0 targets (at least 1)"),
        (replace(9, "'two'", "'one'"), "1 exercises (at least 2)"),
        (replace(9, "'two'", "'one'"), "lesson.check has 'one' twice"),
        (replace(10, "(1, 2, 3)", "(1, 2)"), "2 quiz (at least 3)"),
        (replace(11, "progress", "board"), "does not end with lesson.progress()"),
        (replace(3, "02", "03"), "makes Lesson ['03'], and its number is '02'"),
        (replace(9, "two", "three"), "The key of lesson 02 lacks the exercise “three”"),
        (replace(5, "'way'", "'where'"), "The key of lesson 02 lacks the prediction “where”"),
        (spoil_unasked, "The key of lesson 02 holds the exercise “three”"),
        (spoil_key, "has no key optimlab/keys/lesson_02_lesson.py"),
        (spoil_name_of_key, "has the key a.py: call it lesson_02_lesson.py"),
        (spoil_outputs, "cell 5 does not show its lesson.predict: let the cell end in it"),
        (replace(5, "lesson.pre", "card = lesson.pre"), "cell 5 does not show its lesson.predict"),
        (replace(8, "one)", "one)\nmy_one"), "cell 8 does not show its lesson.check"),
        (replace(6, "A list, and `12`.", "(b) up the hill"), "cell 6 lists the option 'up the"),
        (replace(6, "A list, and `12`.", "up the hill"), "cell 6 lists the option 'up the"),
        # numbers
        (replace(6, "13", "14"), "cell 6 states 14: “… It takes 14 steps. - A li …”; it is in nei"),
        (replace(6, "13", "12"), "NUMBERS has '13', which no text states"),
        (replace(4, "0.4", "0.5"), "GIVEN has '0.4', which no text states"),
        (key_source("by 3.5", "by 3.6"), "line 2 of the key states 3.6"),
        (key_source("by 3.5", "by some"), "NUMBERS has '3.5', which no text states"),
        (spoil_numbers, "NUMBERS has '2.71', which no text states"),
        (spoil_tables, "3.5 is in NUMBERS and in GIVEN"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_breach_is_found(good, spoil, complaint):
    good.path.touch()
    spoil(good)
    found = lint.problems(good.notebook, good.path, good.key)
    assert [line for line in found if line.startswith(complaint)], found


@pytest.mark.parametrize(
    "line",
    [
        "explore(ravine, band=False)",
        "lesson.predict('way', explore(ravine))",
        "lesson.target('goal', BasinExplorer(himmelblau, target=(1, 9)))",
        "lesson.after('way', lambda: explore(ravine))",
        "def shown():\n    explore(ravine)",
    ],
)
def test_an_explorer_may_have_its_band_where_it_tells_nothing(line):
    book = new_notebook(cells=[new_code_cell(line)])
    assert secrets.bands(book) == []


def test_claims_tables_names_and_wrong_options_are_no_sentences():
    source = (
        KEY
        + """
QUIZ = [("Of 6?", {"Of 7": "Yes.", "Of 8": "No."})]
def claim_way():
    assert "9" == "9"
def said(value):
    'A docstring, 9.'
    return f"It is {value:.3f}, not 5."
"""
    )
    assert [text for _, text in stated.sentences(source)] == [
        "It falls by 3.5.", "Of 6?", "Of 7", "Yes.", "No.", "It is \0, not 5.",
    ]  # fmt: skip


# The command ---------------------------------------------------------------------------------


def test_lint_neither_runs_nor_writes(draft, capsys):
    path = draft("1 / 0")
    before = path.read_bytes()
    assert lint.main([str(path)]) == 1
    assert path.read_bytes() == before
    said = capsys.readouterr().out
    assert "not run top to bottom" in said and "ZeroDivisionError" not in said


def test_lint_goes_on_after_what_it_cannot_read(draft, capsys):
    path = draft("1")
    (path.parent / "01_bad.ipynb").write_text("{")
    assert lint.main([str(path.parent / name) for name in ("00_none.ipynb", "01_bad.ipynb")]) == 1
    said = capsys.readouterr().out
    assert "00_none.ipynb:\n  FileNotFoundError" in said and "01_bad.ipynb:\n  NotJSON" in said


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """A copy of the package and of some lessons, and how to run a tool on it."""
    root = tmp_path_factory.mktemp("series")
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "optimlab", root / "optimlab", ignore=no_caches)
    (root / "notebooks").mkdir()
    for path in LESSONS:
        if path.name[:2] == "05" or path in LESSONS[-2:]:  # the skeleton links to 05
            shutil.copy(path, root / "notebooks")

    def tool(name, *arguments):
        command = [sys.executable, "-m", f"optimlab.tools.{name}", *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": str(root)}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr * bool(done.returncode)

    return SimpleNamespace(root=root, tool=tool)


def test_a_new_lesson_keeps_the_rules_once_it_was_refreshed(series):
    status, said = series.tool("lint", "new", "99", "A second: “Order”")
    assert status == 0 and "| [99 A second: “Order”](notebooks/99_a_second_order.ipynb)" in said
    path = series.root / "notebooks" / "99_a_second_order.ipynb"
    assert series.tool("refresh", path) == (0, "99_a_second_order.ipynb: in order\n")
    assert series.tool("lint", path) == (0, "99_a_second_order.ipynb: in order\n")
    before = series.root / "notebooks" / LESSONS[-1].name
    assert "has no link" not in series.tool("lint", before)[1]
    was, now = (one.read_text("utf-8").split("\n") for one in (LESSONS[-1], before))
    assert sum(a != b for a, b in zip(was, now, strict=True)) == 1, "its line of links alone"
    notebook = nbformat.read(path, as_version=4)
    assert nbformat.writes(refresh.normalise(copy.deepcopy(notebook))) == nbformat.writes(notebook)
    status, said = series.tool("lint", "new", "99", "again")
    assert status == 2 and "number='99': there is 99_a_second_order.ipynb already" in said


@pytest.mark.parametrize(
    ("number", "title", "message"),
    [
        ("5", "a", "number='5': number must be two digits, such as 16 or 16a"),
        ("05", "a", "number='05': there is lesson_05_gradient_descent.py already"),
        ("98", "…", "title='…': title must hold a word that a file can be named by"),
    ],
)
def test_a_lesson_that_cannot_be_begun_is_refused(tmp_path, number, title, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        skeleton.new(number, title, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_names_a_tool_takes_the_lessons_where_one_stands(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    ran = []
    monkeypatch.setattr(refresh, "refresh", ran.append)
    for tool in (refresh, lint):  # as from a wheel: nothing of the series lies beside the package
        with pytest.raises(SystemExit):
            tool.main([])
        assert "there are no lessons here" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        lint.main(["new", "99", "A title"])
    assert "a lesson is begun in the repository" in capsys.readouterr().err
    path = Path("01_own.ipynb")
    nbformat.write(new_notebook(), path)
    assert refresh.main([]) == 0 and lint.main([]) == 1
    Path("notebooks").mkdir()
    path = path.rename("notebooks/02_own.ipynb")
    assert refresh.main([]) == 0 and ran == [Path("01_own.ipynb"), path]
    assert "02_own.ipynb:" in capsys.readouterr().out


def test_a_new_lesson_between_two_others_is_linked_from_both(tmp_path):
    (tmp_path / "keys").mkdir()
    for name, links in (
        ("01_a.ipynb", "[← 00 Z](00_z.ipynb) · [02 B →](02_b.ipynb)"),
        ("02_b.ipynb", "[← 01 A](01_a.ipynb)"),
    ):
        head = f"# {name[:2]} · {name[3].upper()}: a question\n\n{links}\n\nText."
        nbformat.write(new_notebook(cells=[new_markdown_cell(head)]), tmp_path / name)
    path, key = skeleton.new("01a", "Between", tmp_path, tmp_path / "keys")
    assert (path.name, key.name) == ("01a_between.ipynb", "lesson_01a_between.py")
    lines = {
        other.name: nbformat.read(other, 4).cells[0].source.splitlines()[2]
        for other in tmp_path.glob("*.ipynb")
    }
    assert lines == {
        "01_a.ipynb": "[← 00 Z](00_z.ipynb) · [01a Between →](01a_between.ipynb)",
        "01a_between.ipynb": "[← 01 A](01_a.ipynb) · [02 B →](02_b.ipynb)",
        "02_b.ipynb": "[← 01a Between](01a_between.ipynb)",
    }


# Refreshing ----------------------------------------------------------------------------------

LIVE = """import anywidget, base64, io, os
from matplotlib import pyplot as plt

class Live(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.textContent = 'alive' } }"
    def _repr_mimebundle_(self, **given):
        file = io.BytesIO()
        plt.figure(figsize=(2, 1)).savefig(file)
        plt.close()
        png = base64.b64encode(file.getvalue()).decode()
        data = super()._repr_mimebundle_(**given)
        data = data[0] if isinstance(data, tuple) else data
        return data | {"image/png": png, "text/plain": "A summary."}, {"image/png": {"alt": "Alt."}}
live = Live()
live"""


@pytest.fixture
def draft(tmp_path):
    """Write a notebook of these code cells; return its path."""

    def write(*sources):
        path = tmp_path / "02_draft.ipynb"
        cells = [new_markdown_cell("# 02 · Draft"), *map(new_code_cell, sources)]
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return write


def test_refresh_keeps_the_picture_and_drops_the_widget(draft):
    path = draft(LIVE, "import os\nprint(repr(os.environ['OPTIMLAB_PROGRESS']))", "")
    before = [cell["id"] for cell in nbformat.read(path, as_version=4).cells]
    refresh.refresh(path)
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n") and "widget-view" not in text and '"widgets"' not in text
    notebook = nbformat.read(path, as_version=4)
    assert [cell["id"] for cell in notebook.cells] == before
    (output,) = notebook.cells[1].outputs
    assert sorted(output.data) == ["image/png", "text/plain"]
    assert output.metadata == {"image/png": {"alt": "Alt."}}
    assert notebook.cells[2].outputs[0].text == "''\n"
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, None]
    again = path.read_bytes()
    refresh.refresh(path)
    assert path.read_bytes() == again, "a second run changed the file"


def test_what_is_printed_in_pieces_is_stored_as_one(draft):
    path = draft("import sys, time\nprint(1, flush=True)\ntime.sleep(0.5)\nprint(2)\n3")
    refresh.refresh(path)
    printed, result = nbformat.read(path, as_version=4).cells[1].outputs
    assert printed.text == "1\n2\n" and result.data["text/plain"] == "3"


def test_a_figure_that_has_not_changed_keeps_its_bytes(draft):
    from PIL import Image

    path = draft(LIVE)
    refresh.refresh(path)
    notebook = nbformat.read(path, as_version=4)
    (output,) = notebook.cells[1].outputs
    fresh, packed = output.data["image/png"], io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(fresh))).save(packed, "png", compress_level=1)
    output.data["image/png"] = base64.b64encode(packed.getvalue()).decode()
    nbformat.write(notebook, path)
    before = path.read_bytes()
    refresh.refresh(path)
    assert path.read_bytes() == before, "the same picture was packed anew"

    another = path.read_text(encoding="utf-8").replace("figsize=(2, 1)", "figsize=(2, 2)")
    path.write_text(another, encoding="utf-8")
    refresh.refresh(path)
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))).height > 150


def test_refresh_reports_stderr_and_keeps_it(draft):
    path = draft("import warnings\nwarnings.warn('careful')")
    refresh.refresh(path)
    found = lint.problems(nbformat.read(path, as_version=4))
    assert any("cell 1 writes to stderr" in line for line in found)


def test_an_error_leaves_the_file_as_it_was(draft, capsys):
    path = draft("1 / 0")
    before = path.read_bytes()
    assert refresh.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_nbval_takes_the_normal_form_and_sees_another_text_or_picture(
    pytester, draft, monkeypatch
):
    path = draft(LIVE, "print('a line')\n1 + 1")
    refresh.refresh(path)
    text = path.read_text(encoding="utf-8")
    (stored,) = pictures.of(nbformat.read(path, 4).cells[1].outputs)
    changes = {
        "summary": ('A summary."\n', 'Another."\n'), "print": ('a line\\n"', 'b\\n"'),
        "picture": (stored.strip(), png(255 - pictures.pixels(stored))),
    }  # fmt: skip
    shutil.copy(ROOT / "conftest.py", path.parent)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"), prepend=os.pathsep)
    for name, (old, new) in changes.items():
        assert old in text
        path.with_stem(f"02_{name}").write_text(text.replace(old, new), encoding="utf-8")
    done = pytester.runpytest_subprocess(
        "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "-p", "no:xdist", "-rf",
        path.parent,
    )  # fmt: skip
    done.assert_outcomes(passed=5, failed=3)
    failed = re.findall(r"^FAILED .*02_(\w+)\.ipynb::Cell (\d)", done.stdout.str(), re.M)
    assert sorted(failed) == [("picture", "0"), ("print", "1"), ("summary", "0")]
    assert "picture 1 is not the stored one" in done.stdout.str()


def png(pixels):
    """Pixels as a stored picture."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def drawn(slope=1.0, labels="xy", color="C0", steps=4, **more):
    """The pixels of a figure such as the lessons have."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3))
    ax = figure.subplots()
    ax.plot(range(steps), [slope * i * i for i in range(steps)], color=color)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=(0, 3), ylim=(0, 9), **more)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def in_a_block(png):
    return [{"data": {"text/markdown": f'<img src="data:image/png;base64,{png}">'}}]


@pytest.mark.parametrize(
    "change",
    [
        {"slope": 1.02}, {"slope": -1.0}, {"labels": "yx"}, {"labels": "xz"}, {"color": "C1"},
        {"steps": 3}, {"steps": 0}, {"title": "9"}, {"xscale": "symlog"},
    ],
)  # fmt: skip
def test_another_picture_is_seen(change):
    before, now = png(drawn()), png(drawn(**change))
    for stored, made in (
        ([{"data": {"image/png": before}}], [{"data": {"image/png": now}}]),
        (in_a_block(before), in_a_block(now)),
    ):
        assert pictures.problems(stored, stored) == []
        (said,) = pictures.problems(stored, made)
        assert re.fullmatch(r"picture 1 is not the stored one: \d+ of \d+ pixels are .*", said)
        assert pictures.problems(stored, []) == ["0 pictures are drawn, and 1 stored"]
        assert pictures.problems([], made) == ["1 pictures are drawn, and 0 stored"]


def test_where_runs_hang_on_rounding_a_picture_is_as_large_and_as_full():
    stored = in_a_block(png(drawn()))

    def said(picture, tags=("rounding",)):
        return "; ".join(pictures.problems(stored, in_a_block(png(picture)), tags))

    moved = drawn(slope=1.5)
    assert said(moved) == "" != said(moved, ())
    blank = np.full_like(moved, 255)
    assert "share of ink is 0, not" in said(blank) and "share of ink" in said(drawn(steps=0))
    assert "width" in said(moved[:, : int(0.9 * moved.shape[1])])
    assert "height" in said(np.concatenate([moved, moved[: len(moved) // 5]]))


def test_what_another_machine_draws_otherwise_is_no_other_picture():
    """The bytes, and the edges of lines and letters by some shades."""
    plain = drawn().astype(int)
    edges = (plain.std(axis=-1) > 0) | ((plain[..., 0] > 20) & (plain[..., 0] < 235))
    noise = np.random.default_rng(0).integers(-30, 31, (*plain.shape[:2], 1)) * edges[..., None]
    before, now = png(plain), png(np.clip(plain + noise, 0, 255))
    assert before != now and pictures.difference(before, now) == ""
    assert "height" in pictures.difference(before, png(plain[:-1]))
