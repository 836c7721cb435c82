"""Front ends that no test here runs: what they are given, as far as it is documented."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import anywidget
import pytest
from anywidget import _util
from nbformat import v4

from optimlab import SGD, explore, lessons
from optimlab.lessons import Exercise

LESSON = Path(__file__).parents[1] / "notebooks" / "05_gradient_descent.ipynb"
#: a figure in nbconvert's HTML
FIGURE = '<img[^>]*src="data:image/png;base64,([^"]{99})'
VIEW = "application/vnd.jupyter.widget-view+json"
DEAD_END = "open the notebook in JupyterLab"


class Plain(anywidget.AnyWidget):
    """A widget that anywidget shows by itself."""

    _esm = "export default { render() {} }"


@pytest.fixture
def shown():
    """One of each that has a picture or a text beside its view, as IPython asks for it."""
    lesson = lessons.Lesson("a class")
    explorer = explore("parabola", SGD, lr=0.2, start=4, steps=10)
    choice = lessons.Choice({"3.2": "Right.", "4.8": "Uphill."}, right="3.2")
    asked = lesson.predict("after", explorer, choice)
    return [explorer, explorer.plot, asked.card, lesson.after("after", lambda: print(1))]


def test_vs_code_and_others_find_the_view_as_anywidget_gives_it(shown):
    plain = Plain()
    view, metadata = plain._repr_mimebundle_()
    assert metadata == {}
    for one in shown:
        data, about = one._repr_mimebundle_()
        assert data[VIEW] == view[VIEW] | {"model_id": one.model_id}
        assert set(about) <= {"image/png"}
        assert data["text/plain"] and {"image/png", "text/markdown"} & set(data)


@pytest.fixture
def colab(monkeypatch):
    """What anywidget asks of Colab: a manager that can be enabled, and its address."""
    enabled = []

    def enable():
        enabled.append(True)

    output = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = enable
    output._widgets = SimpleNamespace(_installed_url="https://example.org/manager.js")
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    _util.enable_custom_widget_manager_once.cache_clear()
    yield enabled
    _util.enable_custom_widget_manager_once.cache_clear()


def test_colab_is_told_where_its_manager_is(shown, colab):
    _, metadata = Plain()._repr_mimebundle_()
    assert metadata[VIEW]["colab"]["custom_widget_manager"]["url"].endswith("manager.js")
    colab.clear()
    _util.enable_custom_widget_manager_once.cache_clear()
    for one in shown:
        _, about = one._repr_mimebundle_()
        assert about[VIEW] == metadata[VIEW]
    assert colab == [True], "the manager is enabled once"


@pytest.mark.parametrize("server", ["voila/0.5.13", "", None])
def test_in_voila_an_exercise_says_where_it_can_be_done(monkeypatch, server):
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    if server is not None:
        monkeypatch.setenv("SERVER_SOFTWARE", server)
    lesson = lessons.Lesson("a class")
    lesson.exercise("double", Exercise(lambda x: 2 * x, cases=[1, 2], hints=["Twice."]))
    card = lesson.check("double", ...)
    offered = [part for part in card.parts if part["kind"] == "buttons"]
    assert (DEAD_END in card.said()) == bool(server)
    assert bool(offered) != bool(server), "hints and solution stay for those who can answer"
    assert DEAD_END not in lesson.check("double", lambda x: x).said()


def html_of(path, tmp_path, *more):
    """What `jupyter nbconvert --to html` makes of a notebook."""
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path)]
    done = subprocess.run(
        [*command, *more, str(path)], capture_output=True, text=True, timeout=120,
        env=os.environ | {"OPTIMLAB_PROGRESS": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (tmp_path / f"{path.stem}.html").read_text("utf-8")


def test_a_stored_lesson_as_html_shows_its_figures(tmp_path):
    cells = json.loads(LESSON.read_text("utf-8"))["cells"]
    outputs = [out["data"] for cell in cells for out in cell.get("outputs", ()) if "data" in out]
    pictures = [data for data in outputs if "image/png" in data]
    html = html_of(LESSON, tmp_path)
    shown = re.findall(FIGURE, html)
    assert {data["image/png"][:99] for data in pictures} <= set(shown) and len(pictures) > 2
    assert f'"{VIEW}"' not in html.split("<body", 1)[1] and "Error displaying widget" not in html


def test_a_lesson_run_for_html_shows_its_figures(tmp_path):
    """As README says it: with the state of widgets nbconvert would ask the network for them."""
    line = "from optimlab import SGD, explore\nexplore('parabola', SGD, lr=0.2, start=4, steps=10)"
    book = v4.new_notebook(cells=[v4.new_code_cell(line)])
    path = tmp_path / "live.ipynb"
    path.write_text(json.dumps(book))
    stateless = "--ExecutePreprocessor.store_widget_state=False"
    html = html_of(path, tmp_path, "--execute", stateless)
    assert len(re.findall(FIGURE, html)) == 1
    assert f'"{VIEW}"' not in html.split("<body", 1)[1] and "Error displaying widget" not in html
    assert stateless in (LESSON.parents[1] / "README.md").read_text("utf-8")
