"""What plain code shows after an answer: its figures in words, and one widget for a cell."""

import matplotlib.pyplot as plt
import pytest
from ipywidgets.widgets.widget import _instances

from optimlab import SGD, explore, style
from optimlab.draw.live.live import VIEW
from optimlab.lessons import Choice, Lesson, Progress
from optimlab.lessons.afterwards import outputs_of


@pytest.fixture
def lesson(shell):
    """A lesson whose question is asked, in a notebook that draws as the series does."""
    with plt.rc_context():
        style.use()
        lesson = Lesson("99", Progress(""))
        lesson.predict("way", Choice({"down": "Yes.", "up": "No."}, right="down"))
        yield lesson


def run_in(shell, cell, code):
    """Run a cell of that name, or of none."""
    result = shell.run_cell(code, store_history=True, cell_id=cell)
    result.raise_error()
    return result.result


def draws():
    _, (left, right) = plt.subplots(1, 2)
    left.plot([3, 1], label="SGD")
    left.set(title="on $x^2$", xlabel="x", ylabel="f(x)")
    right.plot([3, 1])
    right.set(xlabel="step", ylabel="loss", yscale="log")


def says():
    print("down")


def test_a_figure_behind_an_answer_says_what_it_shows(lesson):
    after = lesson.after("way", draws)
    told = after._repr_mimebundle_()[0]["text/markdown"]
    shown = "on x^2: f(x) against x, with SGD. Beside it: loss on a log scale against step."
    assert f'<img alt="Figure. {shown}"' in told
    after.show(True)
    (alive,) = after._output.outputs  # HTML, as JupyterLab shows no text with a PNG
    assert alive["data"]["text/html"].startswith(f'<img alt="Figure. {shown}"')
    assert alive["data"].keys() == {"text/html"}


def test_a_prediction_that_was_not_asked_is_answered_with_those_that_were():
    lesson = Lesson("99", Progress(""))
    for asked, said in (("way", "none"), ("length", "“way”"), ("", "“way”, “length”")):
        with pytest.raises(ValueError) as wrong:
            lesson.after("wy", says)
        assert str(wrong.value) == f"name='wy': name must be a prediction asked above: {said}"
        if asked:
            lesson.predict(asked, Choice({"down": "Yes.", "up": "No."}, right="down"))


@pytest.mark.parametrize("backend, left", [("inline", 0), ("agg", 1)])
def test_figures_are_taken_where_the_end_of_a_cell_would_draw_them(shell, backend, left):
    if backend != "inline":  # of one's own choice, as %matplotlib widget is
        plt.switch_backend(backend)
    plt.close("all")
    shown = outputs_of(draws)
    assert len(plt.get_fignums()) == left and len(shown) == 1 - left
    plt.close("all")


def test_an_explorer_behind_an_answer_is_alive(lesson):
    after = lesson.after("way", lambda: explore("ravine", SGD, steps=3))
    after.show(True)
    (alive,) = after._output.outputs
    assert VIEW in alive["data"] and "text/html" not in alive["data"]


AFTER = "lesson.after('way', lambda: explore('ravine', SGD, steps=3))"


def test_a_cell_that_is_run_again_leaves_no_widget_behind(lesson, shell):
    asked = lesson.predictions["way"]
    shell.push({"lesson": lesson, "explore": explore, "SGD": SGD, "says": says})
    before = set(_instances)
    first = run_in(shell, "one", AFTER)
    made = set(_instances) - before
    assert first.model_id in made and len(made) > 10
    second = run_in(shell, "one", AFTER)
    assert not made & set(_instances) and first.closed
    assert asked.afterwards == [second]
    assert len(set(_instances) - before) == len(made)
    third = run_in(shell, "two", "lesson.after('way', says)")
    assert asked.afterwards == [second, third] and second.comm is not None


def test_where_no_cell_is_known_nothing_is_taken_away(lesson, shell):
    shell.push({"lesson": lesson, "says": says})
    both = [run_in(shell, None, "lesson.after('way', says)") for _ in range(2)]
    assert lesson.predictions["way"].afterwards == both
    assert all(one.comm is not None for one in both)


def test_a_question_that_is_asked_anew_still_shows_what_other_cells_have(lesson, shell):
    shell.push({"lesson": lesson, "says": says, "Choice": Choice})
    below = run_in(shell, "two", "lesson.after('way', says)")
    anew = 'lesson.predict("way", says, Choice({"down": "Yes.", "up": "No."}, right="down"))'
    asked = [run_in(shell, "one", anew) for _ in range(2)][1]
    assert asked.afterwards[0] is below and len(asked.afterwards) == 2
    asked.card.act("skip")
    assert below._output.outputs and not below.closed
