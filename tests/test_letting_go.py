"""A cell that runs again lets go of what it showed before, and of nothing else."""

import asyncio
import gc

import ipywidgets
import matplotlib.figure
import pytest
from IPython import get_ipython
from ipywidgets.widgets.widget import _instances

import optimlab
from optimlab import explore, explorers, lessons
from optimlab.draw.live import LivePlot
from optimlab.draw.live.late import CLOSED, UNNAMED, Late, parts_of
from optimlab.lessons import Choice, Exercise, Lesson, Progress

EXPLORER = "explore('parabola', 'SGD', steps=3)"
KEPT = f"kept = {EXPLORER}\nkept"
CELLS = {
    "not shown": "kept = explore('parabola', 'SGD', steps=3)",
    "two": "display(explore('parabola', steps=2), explore('parabola', steps=2))",
    "prediction": "lesson.predict('in', explore('parabola', steps=3), choice)",
    "afterwards": "lesson.after('way', lambda: explore('parabola', steps=3))",
    "cards": "display(lesson.quiz(asked), lesson.progress(), lesson.check('plus', lambda x: 1))",
    "not shown cards": "lesson.quiz(asked), lesson.check('plus', lambda x: x + 1); None",
    "surface": "explorers.SurfaceExplorer('bowl', steps=3)",
}


@pytest.fixture
def cell(shell):
    """Run the code of a cell: `cell(name, code)`; gives its result."""
    lesson, choice = Lesson("99", Progress("")), Choice({"a": "A.", "b": "B."}, right="b")
    lesson.predict("way", choice)
    lesson.exercise("plus", Exercise(lambda x: x + 1, cases=[(1.0,), (2.0,)]))
    asked = ("Is it?", {"Yes": "Right.", "No": "Wrong."})
    shell.push(vars(optimlab) | {"explore": explore, "explorers": explorers, "lessons": lessons})
    shell.push({"lesson": lesson, "choice": choice, "asked": asked})

    def run(name, code):
        result = shell.run_cell(code, store_history=True, cell_id=name)
        result.raise_error()
        return result.result

    return run


def alive():
    """Open models, plots, figures and all other objects that there are."""
    gc.collect()
    kinds = LivePlot, matplotlib.figure.Figure
    objects = gc.get_objects()
    counts = [sum(isinstance(one, kind) for one in objects) for kind in kinds]
    return len(_instances), *counts, len(objects)


def test_after_many_runs_of_each_cell_there_is_what_there_was_after_two(cell, capsys):
    def run_all():
        for name, code in CELLS.items():
            cell(name, code)

    run_all(), run_all()
    before = alive()
    run_all(), run_all()
    after = alive()
    assert after[:3] == before[:3], "open models, plots, figures"
    assert after[3] - before[3] < 1500, "a quarter of the objects of one explorer"


def test_what_another_cell_shows_stays_alive(cell):
    first = cell("make", KEPT)
    assert cell("show", "kept") is first
    second = cell("make", KEPT)
    assert first.comm is not None and second.comm is not None
    assert cell("show", "kept") is second
    assert first.comm is None and first.plot.comm is None and second.comm is not None
    cell("make", "1 + 1")
    assert second.comm is not None, "another cell shows it"


def test_what_the_learner_has_kept_comes_alive_when_it_is_shown_again(cell, shell):
    made = cell("one", KEPT)
    address, models = made.model_id, set(_instances)
    cell("one", "kept.summary")
    assert made.comm is None and not any(part.comm for part in parts_of(made))
    made.put(lr=0.3)
    assert cell("two", "kept") is made
    assert made.model_id != address and all(part.comm for part in parts_of(made))
    assert not models & {part.model_id for part in parts_of(made)}
    state = made.plot.get_state("controls")["controls"]
    assert state[0][0] == f"IPY_MODEL_{made.controls['lr'].model_id}"
    assert made.summary in made.bundle()[0]["text/plain"] and "0.3" in made.summary


def test_a_part_that_is_shown_elsewhere_stays_and_the_rest_goes(cell):
    made = cell("one", KEPT)
    cell("two", "kept.plot")
    cell("one", "1")
    assert made.comm is None and made.plot.comm is not None
    assert made.controls["lr"].comm is not None, "the plot follows it"


def test_a_box_of_the_learners_own_lets_go_of_the_explorer_in_it(cell):
    boxed = f"box = ipywidgets.VBox([ipywidgets.HBox([{EXPLORER}])])\nbox"
    first = cell("one", f"import ipywidgets\n{boxed}")
    inner = first.children[0]
    made = inner.children[0]
    assert made.comm is not None
    cell("one", "2")
    assert made.comm is None and not any(part.comm for part in parts_of(made))
    assert cell("two", "box") is first
    assert made.comm is not None and first.comm is not None, "kept, it comes alive again"
    assert inner.get_state("children")["children"] == [f"IPY_MODEL_{made.model_id}"]
    second = cell("one", boxed).children[0].children[0]
    assert made.comm is not None and second.comm is not None, "each cell shows its own"
    cell("two", "2")
    assert made.comm is None and second.comm is not None
    first.close()
    assert "text/plain" in get_ipython().display_formatter.format(first)[0]


def test_a_control_is_linked_and_boxed_before_its_explorer_is_shown():
    explorer, other = explore("ravine", "SGD"), explore("parabola", "SGD")
    rate, steps = explorer.controls["lr"], explorer.controls["steps"]
    link = ipywidgets.jslink((rate, "index"), (other.controls["lr"], "index"))
    assert f"IPY_MODEL_{rate.model_id}" in link.get_state()["source"]
    box = ipywidgets.HBox([steps])
    assert box.get_state()["children"] == [f"IPY_MODEL_{steps.model_id}"]
    assert steps.comm is not None and steps.style.comm is not None
    assert isinstance(rate, ipywidgets.SelectionSlider) and explorer.plot.comm is None
    rate.value = rate.options[3][1]
    assert explorer["lr"] == rate.value
    explorer.close()
    assert rate.comm is None


def test_what_a_callback_has_shown_stays(cell):
    made = cell("one", KEPT)
    made._repr_mimebundle_()
    cell("one", "1")
    assert made.comm is not None


def test_an_error_in_the_new_run_lets_go_as_well(cell):
    made = cell("one", KEPT)
    with pytest.raises(ZeroDivisionError):
        cell("one", "1 / 0")
    assert made.comm is None


def test_cells_without_names_are_told_apart_by_their_text_and_the_last_runs_count(cell, shell):
    made = [cell(None, EXPLORER) for _ in range(UNNAMED + 2)]
    assert [one.comm is None for one in made] == [True] * 2 + [False] * UNNAMED
    assert list(shell.user_ns["Out"].values()) == made[2:]


def test_out_forgets_what_is_gone_and_keeps_what_else_there_was(cell, shell):
    cell("one", "3")
    cell("two", EXPLORER)
    cell("one", "4")
    cell("two", "5")
    assert list(shell.user_ns["Out"].values()) == [3, 4, 5]


def test_closed_for_good_it_holds_no_figure_and_says_so_where_it_is_shown():
    for made in (explore("ravine", steps=3), explorers.SurfaceExplorer("bowl", steps=3)):
        made._repr_mimebundle_()
        models, parts = set(_instances), parts_of(made)
        made.close()
        assert models - set(_instances) >= {part._model_id for part in parts}
        assert made.closed and made.plot._figures == [] and not made.plot.panels
        made.put(lr=0.2)
        assert made.status == ""
        for one in (made, made.plot):
            assert one._repr_mimebundle_() == {"text/plain": CLOSED}


def test_an_explorer_that_computes_stops_when_it_is_let_go():
    async def watch():
        made = explorers.BasinExplorer("himmelblau", cells=10, steps=5, lr=0.01)
        made.put(lr=0.02)
        assert made._waiting and not made._idle.cancelled()
        waiting = made._waiting
        made.rest()
        return waiting.cancelled() and made._idle.cancelled()

    assert asyncio.run(watch())


def test_a_store_keeps_no_one_who_listens_to_it():
    store, lesson = Progress(""), None
    lesson = Lesson("99", store)
    lesson.progress(), lesson.quiz(("Is it?", {"Yes": "Right.", "No": "Wrong."}))
    lesson._quiz = None
    gc.collect()
    store.update("99", "quiz", "1", answer="Yes")
    assert store._callbacks == []


def test_all_that_are_shown_are_late():
    assert issubclass(lessons.card.Card, Late) and issubclass(explorers.Explorer, Late)
