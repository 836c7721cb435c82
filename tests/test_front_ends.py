"""Front ends that no test here runs: what they are given, as far as it is documented."""

import sys
from types import ModuleType, SimpleNamespace

import anywidget
import pytest
from anywidget import _util

from optimlab import SGD, explore, lessons
from optimlab.lessons import Exercise

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
