"""What plain code shows after an answer: its figures in words, and one widget for a cell."""

import matplotlib.pyplot as plt
import pytest
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances

from optimlab import SGD, explore, style
from optimlab.lessons import Choice, Lesson, Progress


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """A shell as a notebook has it, for one test."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setattr(InteractiveShell, "enable_gui", lambda self, gui=None: None)
    shell, backend = InteractiveShell.instance(), plt.get_backend()
    shell.enable_matplotlib("inline")
    yield shell
    plt.switch_backend(backend)
    shell.history_manager.end_session()
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture
def lesson(shell):
    """A lesson whose question is asked, in a notebook that draws as the series does."""
    with plt.rc_context():
        style.use()
        lesson = Lesson("99", Progress(""))
        lesson.predict("way", Choice({"down": "Yes.", "up": "No."}, right="down"))
        yield lesson


def run_in(monkeypatch, shell, cell):
    said = {"metadata": {"cellId": cell}}
    monkeypatch.setattr(shell, "get_parent", lambda: said, raising=False)


def draws():
    _, (left, right) = plt.subplots(1, 2)
    left.plot([3, 1], label="SGD")
    left.set(title="on $x^2$", xlabel="x", ylabel="f(x)")
    right.plot([3, 1])
    right.set(xlabel="step", ylabel="loss", yscale="log")


def says():
    print("down")


def test_a_figure_behind_an_answer_says_what_it_shows(lesson):
    told = lesson.after("way", draws)._repr_mimebundle_()[0]["text/markdown"]
    shown = "on x^2: f(x) against x, with SGD. Beside it: loss on a log scale against step."
    assert f'<img alt="Figure. {shown}"' in told


def test_a_cell_that_is_run_again_leaves_no_widget_behind(lesson, shell, monkeypatch):
    asked = lesson.predictions["way"]
    run_in(monkeypatch, shell, "one")
    before = set(_instances)
    first = lesson.after("way", lambda: explore("ravine", SGD, steps=3))
    made = set(_instances) - before
    assert first.model_id in made and len(made) > 10
    second = lesson.after("way", lambda: explore("ravine", SGD, steps=4))
    assert not made & set(_instances) and first.comm is None
    assert asked.afterwards == [second]
    assert len(set(_instances) - before) == len(made)
    run_in(monkeypatch, shell, "two")
    third = lesson.after("way", says)
    assert asked.afterwards == [second, third] and second.comm is not None


def test_where_no_cell_is_known_nothing_is_taken_away(lesson, shell, monkeypatch):
    both = [lesson.after("way", says) for _ in range(2)]
    assert lesson.predictions["way"].afterwards == both
    assert all(one.comm is not None for one in both)
