"""Every lesson obeys the rules of the series; nbval runs the lessons beside this file."""

import base64
import copy
import io
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from optimlab.tools import refresh

pytest_plugins = "pytester"
LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_lessons():
    assert LESSONS


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_keeps_the_rules(path):
    assert refresh.problems(nbformat.read(path, as_version=4), path) == []


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


# The rules themselves: a notebook that keeps them all, and one breach at a time -------------

ASKED = "lesson.predict('way', options={'down': 'Yes.', 'up': 'No.'}, right='down')"
QUIZ = "lesson.quiz(('one word?', {'a': 'x', 'b': 'y'}), ('b?', {}), ('c?', {}))"
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture
def good(tmp_path):
    """A lesson that keeps every rule, and its path between two neighbours."""
    for name in ("01_before.ipynb", "03_after.ipynb"):
        (tmp_path / name).touch()
    links = "[back](01_before.ipynb), [on](03_after.ipynb), [source](https://example.org/a)"
    figure = new_output("display_data", {"image/png": PIXEL, "text/plain": "A summary."})
    hidden = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
    folded = {"tags": ["ask"], "jupyter": {"source_hidden": True}}
    said = new_output("execute_result", {"text/plain": "Not answered yet."}, execution_count=1)
    shown = {"outputs": [said]}
    cells = [
        new_markdown_cell(f"# 02 · A lesson\n\n{links}"),
        new_code_cell("from optimlab import style\n\nstyle.use()"),
        new_code_cell("figure", outputs=[figure]),
        new_code_cell("step_solution = 2\nassert step_solution == 2", metadata=hidden),
        new_code_cell("lesson = lessons.Lesson('02')"),
        new_markdown_cell("**Predict.** Which way?\n\n- (a) down\n- (b) up"),
        new_code_cell(ASKED, metadata=folded, **copy.deepcopy(shown)),
        new_code_cell("lesson.target('goal', explorer)", **copy.deepcopy(shown)),
        new_code_cell("lesson.exercise('one', 1)\nlesson.exercise('two', 2)", metadata=folded),
        new_code_cell("lesson.check('one', ...)\nlesson.check('two', ...)", **copy.deepcopy(shown)),
        new_code_cell(QUIZ, metadata=folded, **copy.deepcopy(shown)),
        new_code_cell("lesson.progress()", **copy.deepcopy(shown)),
        *[new_markdown_cell("Text, $3! = 6$ and `a != b`.") for _ in range(12)],
    ]
    notebook = refresh.normalise(new_notebook(cells=cells))
    return notebook, tmp_path / "02_lesson.ipynb"


def test_a_good_lesson_has_no_problems(good):
    assert refresh.problems(*good) == []


def spoil_count(notebook):
    notebook.cells[2].execution_count = 7


def spoil_id(notebook):
    notebook.cells[2]["id"] = notebook.cells[1]["id"]


def spoil_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "mine", "display_name": "Mine", "language": "python"}


def spoil_state(notebook):
    notebook.metadata["widgets"] = {}


def spoil_timing(notebook):
    notebook.cells[2].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}


def spoil_view(notebook):
    notebook.cells[2].outputs[0].data[refresh.WIDGET] = {"model_id": "a"}


def spoil_error(notebook):
    notebook.cells[2].outputs.append(new_output("error", ename="ValueError", evalue="no"))


def spoil_stderr(notebook):
    notebook.cells[2].outputs.append(new_output("stream", name="stderr", text="warning"))


def spoil_figure(notebook):
    del notebook.cells[2].outputs[0].data["image/png"]


def spoil_size(notebook):
    notebook.cells[2].outputs[0].data["image/png"] = "A" * 200_000


def spoil_plotly(notebook):
    notebook.cells[2].outputs[0].data[refresh.PLOTLY] = {}


def spoil_path(notebook):
    notebook.cells[2].outputs.append(new_output("stream", text="in /home/me/lab/x.py"))


def spoil_address(notebook):
    notebook.cells[2].outputs[0].data["text/plain"] = "<object at 0x7f3a12345678>"


def spoil_title(notebook):
    notebook.cells[0].source = notebook.cells[0].source.replace("# 02 · ", "# 3 · ")


def spoil_link(notebook):
    notebook.cells[-1].source = "[gone](99_gone.ipynb#there)"


def spoil_way_on(notebook):
    notebook.cells[0].source = notebook.cells[0].source.replace("(03_after.ipynb)", "(.)")


def spoil_prose(notebook):
    notebook.cells[-1].source = "word " * refresh.MOST_WORDS


def spoil_tone(notebook):
    notebook.cells[-1].source = "It works!"


def spoil_cells(notebook):
    del notebook.cells[-6:]


def spoil_lines(notebook):
    notebook.cells[2].source = "figure\n" * 13


def spoil_interact(notebook):
    notebook.cells[2].source = "interact(f, x=3)"


def spoil_style(notebook):
    notebook.cells[1].source = "pass"


def spoil_fold(notebook):
    notebook.cells[3].metadata["jupyter"] = {}


def spoil_name(notebook):
    notebook.cells[3].source = "step = 2"


def spoil_use(notebook):
    notebook.cells[4].source += "\nstep_solution + 1"


def spoil_tag(notebook):
    notebook.cells[3].metadata["tags"] = []


def replace(cell, old, new):
    def spoil(notebook):
        assert old in notebook.cells[cell].source
        notebook.cells[cell].source = notebook.cells[cell].source.replace(old, new)

    return spoil


def spoil_prediction(notebook):
    notebook.cells[6].outputs = []


def spoil_quiz(notebook):
    notebook.cells[10].outputs = [new_output("stream", text="a line")]


def spoil_secret(notebook):
    notebook.cells[6].metadata["jupyter"] = {}


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (replace(6, "predict", "ask"), "0 predictions (at least 1)"),
        (replace(7, "target", "goal"), "0 targets (at least 1)"),
        (replace(8, "\nlesson.exercise('two', 2)", ""), "1 exercises (at least 2)"),
        (replace(10, ", ('c?', {})", ""), "2 quiz (at least 3)"),
        (replace(11, "progress", "board"), "does not end with lesson.progress()"),
        (replace(4, "02", "03"), "makes Lesson ['03'], and its number is '02'"),
        (replace(8, "two", "one"), "lesson.exercise has 'one' twice"),
        (replace(9, "two", "three"), "checks ['one', 'three'], and declares the exercises"),
        (spoil_secret, "cell 6 gives answers away: fold it"),
        (spoil_prediction, "cell 6 does not show its lesson.predict: let the cell end in it"),
        (spoil_quiz, "cell 10 does not show its lesson.quiz: let the cell end in it"),
        (replace(5, "(b) up", "(b) up there"), "cell 6 offers '- (b) up', which the text"),
        (spoil_count, "not run top to bottom: execution counts [1, 7, 3"),
        (spoil_id, "cell ids are missing or not unique"),
        (spoil_kernel, "kernelspec is not python3"),
        (spoil_state, "stores widget state"),
        (spoil_timing, "cell 2 stores metadata 'execution'"),
        (spoil_view, "cell 2 stores a widget view"),
        (spoil_error, "cell 2 ends in ValueError: no"),
        (spoil_stderr, "cell 2 writes to stderr: warning"),
        (spoil_figure, "shows no figure before it is run"),
        (spoil_size, "cell 2 stores a figure of 150 kB (120)"),
        (spoil_plotly, "cell 2 stores a plotly figure instead of a picture"),
        (spoil_path, "cell 2 holds a path of a machine, at '/home/me/lab/x.py'"),
        (spoil_address, "cell 2 prints a memory address, 0x7f3a12345678"),
        (spoil_title, "the first cell does not begin with '# 02 · '"),
        (spoil_link, "links to 99_gone.ipynb, which does not exist"),
        (spoil_way_on, "has no link on to 03_after.ipynb"),
        (spoil_prose, f"{refresh.MOST_WORDS + 111} words of prose"),
        (replace(10, "one word", "word " * 2000), "2118 words of prose"),
        (spoil_tone, "cell 23 has an exclamation mark"),
        (spoil_cells, "14 cells (15 to 40)"),
        (spoil_lines, "cell 2 has 13 lines of code (at most 12)"),
        (spoil_interact, "cell 2 uses interact"),
        (spoil_style, "style.use() is missing"),
        (spoil_fold, "cell 3 is a solution and not collapsed"),
        (spoil_name, "cell 3 is a solution and names nothing …_solution"),
        (spoil_use, "cell 4 uses step_solution of the solution in cell 3"),
        (spoil_tag, "cell 3 has step_solution and is not tagged as a solution"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_breach_is_found(good, spoil, complaint):
    notebook, path = good
    path.touch()
    assert refresh.problems(notebook, path) == []
    spoil(notebook)
    found = refresh.problems(notebook, path)
    assert [line for line in found if line.startswith(complaint)], found


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


def test_refresh_reports_stderr_and_keeps_it(draft):
    path = draft("import warnings\nwarnings.warn('careful')")
    assert any("cell 1 writes to stderr" in line for line in refresh.refresh(path))


def test_an_error_leaves_the_file_as_it_was(draft, capsys):
    path = draft("1 / 0")
    before = path.read_bytes()
    assert refresh.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_check_neither_runs_nor_writes(draft, capsys):
    path = draft("1 / 0")
    before = path.read_bytes()
    assert refresh.main(["--check", str(path)]) == 1
    assert path.read_bytes() == before
    said = capsys.readouterr().out
    assert "not run top to bottom" in said and "ZeroDivisionError" not in said


def test_nbval_takes_the_normal_form_and_sees_another_text(pytester, draft):
    path = draft(LIVE, "print('a line')\n1 + 1")
    refresh.refresh(path)
    text = path.read_text(encoding="utf-8")
    changes = {"summary": ('A summary."\n', 'Another."\n'), "print": ('a line\\n"', 'b\\n"')}
    for name, (old, new) in changes.items():
        assert old in text
        path.with_stem(f"02_{name}").write_text(text.replace(old, new), encoding="utf-8")
    done = pytester.runpytest_subprocess(
        "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "-p", "no:xdist", "-rf",
        path.parent,
    )  # fmt: skip
    done.assert_outcomes(passed=4, failed=2)
    failed = re.findall(r"^FAILED .*02_(\w+)\.ipynb::Cell (\d)", done.stdout.str(), re.M)
    assert sorted(failed) == [("print", "1"), ("summary", "0")]
