"""Each lesson at work: its exercises, and a learner who errs, comes back, starts over, skips.

Both in one file, as running a lesson's cells takes longer than all that is looked at.
"""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
from exercise_rules import EQUIVALENT, RULES
from facts import FACTS, TYPED
from worked import LESSONS, Worked, answers_to, has_exercises, worked

from optimlab.lessons import Lesson, Progress, class_table
from optimlab.lessons.contents import items
from optimlab.lessons.judging.reading import source_of
from optimlab.lessons.kinds import Choice, Number, Point

ROOT = Path(__file__).parents[1]
ASKING = [path for path in LESSONS if has_exercises(path)]
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
each_rule = pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param(path, rule, id=f"{path.stem}-{rule.__name__[5:]}")
        for path in ASKING
        for rule in RULES
    ],
)


@each_rule
def test_the_exercises_of_the_lesson_keep_the_rules(path, rule):
    assert list(rule(worked(path))) == []


def test_every_list_of_equivalent_mutants_belongs_to_an_exercise():
    asked = {(worked(path).number, one.name) for path in ASKING for one in worked(path).asked}
    assert set(EQUIVALENT) <= asked
    for listed in EQUIVALENT.values():
        assert all(isinstance(reason, str) and reason for reason in listed.values())


def err(asked):
    """Answer a prediction wrongly, as its kind is answered."""
    kind, truth = asked.question, asked._truth
    if isinstance(kind, Choice):
        names = list(kind.options)
        asked.card.act("answer", (names.index(truth) + 1) % len(names))
    elif isinstance(kind, Number):
        asked.card.act("answer", str(truth + 3 * kind.within + 1))
    elif isinstance(kind, Point):
        away = np.ravel(truth) + 2 * kind.within
        plot = asked.explorer.plot
        plot.handles = plot.handles | {"guess": away.tolist()}
    else:
        asked.explorer.plot.drawn = (truth + 2 * kind.within).tolist()


def every_reply_is_reached(name, asked):
    """No reply stands in the way of another one, or belongs to an answer that is right."""
    kind, truth = asked.question, asked._truth
    replies = list(kind.options.items()) if isinstance(kind, Choice) else ()
    for answer, sentence in kind.replies if isinstance(kind, Number) else replies:
        right = kind.is_right(answer, truth)
        assert sentence in kind.gap(answer, truth), f"{name}: {sentence!r} is never said"
        assert not (right and isinstance(kind, Number)), f"{name}: {answer} is right"


@each_lesson
def test_what_a_reply_adds_is_worked_out_as_it_should_be(path):
    lesson = worked(path).space["lesson"]
    said = {n: a._fact for n, a in lesson.predictions.items() if callable(a.question.fact)}
    assert said == FACTS.get(lesson.number, {})


@each_lesson
def test_a_usual_wrong_number_gets_the_reply_that_is_meant_for_it(path):
    lesson = worked(path).space["lesson"]
    replied = {n: a for n, a in lesson.predictions.items() if getattr(a.question, "replies", ())}
    typed = TYPED.get(lesson.number, {})
    assert {name: len(given) for name, given in typed.items()} == {
        name: len(asked.question.replies) for name, asked in replied.items()
    }
    for name, given in typed.items():
        for number, start in given.items():
            said = replied[name].question.gap(float(number), replied[name]._truth)
            assert start in said, f"{name}: {number}"


@each_lesson
def test_a_learner_errs_comes_back_starts_over_and_skips(path):
    file = answers_to(path)
    lesson = worked(path).space["lesson"]
    errs(lesson, items(path))
    again = Worked(path, file).space["lesson"]
    finds_it_all_again(lesson, again)
    assert lesson.number in class_table([file])._repr_markdown_()
    again.reset()
    skips(again)
    targets_need_more_than_the_ends_of_sliders(again)
    again.reset()
    is_right(again)


def errs(lesson, wanted):
    """Everything wrong: each part says so."""
    assert lesson.wanted() == wanted, "what the source asks for is what the run asked for"
    for name, asked in lesson.predictions.items():
        assert not asked.revealed and (asked.explorer is None or asked.explorer.veiled), name
        every_reply_is_reached(name, asked)
        err(asked)
        asked.card.act("show")
        said = asked.card.said()
        assert asked.revealed and "You" in said and len(said) > 25, name
        assert not lesson.store.get(lesson.number, "predictions", name)["right"], name
        asked.card.act("why", f"{name}: I did not think of it.")
        if asked.explorer is not None:
            assert not asked.explorer.veiled and asked.explorer.status == ""
            assert "You" not in asked.explorer.summary
    for name, exercise in lesson.exercises.items():
        wrong, sentence = exercise.wrong[0]
        card = lesson.check(name, wrong)
        assert sentence.replace("`", "") in card.said()
        card.act("solution")
        card.act("show")
        assert source_of(exercise.solution) in card.said(), name
    quiz = lesson._quiz
    for number, (_, options) in enumerate(quiz.questions, start=1):
        shown = next(p for p in quiz.parts if p.get("name") == str(number))["options"]
        for wrong in list(options)[1:]:
            quiz.act(str(number), shown.index(wrong))
            assert options[wrong].replace("`", "") in quiz.said()
    page = lesson.progress().said()
    n, m = len(wanted["predictions"]), len(wanted["exercises"])
    assert f"predictions {n} of {n}" in page and f"exercises 0 of {m}" in page
    assert f"quiz 0 of {len(quiz.questions)}" in page and "I did not think of it." in page
    assert not m or "Solutions shown before they were found: “" in page


def finds_it_all_again(lesson, again):
    """What was answered stands there when the lesson is run another time."""
    for name, asked in again.predictions.items():
        assert asked.revealed and asked.words.startswith(name), name
        assert asked.answer == lesson.predictions[name].answer, name
        assert asked.card.said() == lesson.predictions[name].card.said(), name
        assert asked.explorer is None or not asked.explorer.veiled
    assert again.progress().said() == lesson.progress().said()


def skips(lesson):
    """Every prediction skipped: all is shown, nothing is taken for an answer."""
    is_asked_anew(lesson)
    assert lesson.store.lesson(lesson.number)["targets"] == {}, "nothing was moved yet"
    for name, asked in lesson.predictions.items():
        asked.card.act("skip")
        assert asked.revealed and asked.skipped, name
        assert asked.card.said().startswith("You skipped this one."), name
        if asked.explorer is not None:
            assert not asked.explorer.veiled and asked.explorer.plot._notes == {}
            assert asked.explorer.plot.handles.get("guess", []) == [], name
    assert "skipped" in lesson.progress().said()
    assert lesson.store.lesson(lesson.number)["targets"] == {}, "nothing was moved yet"


SLIDERS = (widgets.SelectionSlider, widgets.IntSlider, widgets.FloatSlider)


def ends(slider):
    """The first and the last value of a slider."""
    if isinstance(slider, widgets.SelectionSlider):
        return slider._options_full[0][1], slider._options_full[-1][1]
    return slider.min, slider.max


def targets_need_more_than_the_ends_of_sliders(lesson):
    """Every slider at either end, in all combinations: no target is reached."""
    reached = []
    for name, explorer in lesson._targets.items():
        free = {
            control: slider
            for control, slider in explorer.controls.items()
            if isinstance(slider, SLIDERS) and not slider.disabled
        }
        before = {control: slider.value for control, slider in free.items()}
        choices = [(before[control], *ends(slider)) for control, slider in free.items()]
        for values in itertools.product(*choices):
            for slider, value in zip(free.values(), values, strict=True):
                slider.value = value
            if explorer.reached:
                reached.append((name, dict(zip(free, values, strict=True))))
        for control, value in before.items():
            free[control].value = value
    assert reached == []


def is_right(lesson):
    """Each choice and number right: it counts, and nothing is called wrong."""
    is_asked_anew(lesson)
    for name, asked in lesson.predictions.items():
        truth, kind = asked._truth, asked.question
        if isinstance(kind, Choice | Number):
            choice = isinstance(kind, Choice)
            asked.card.act("answer", list(kind.options).index(truth) if choice else repr(truth))
            asked.card.act("show")
            assert lesson.store.get(lesson.number, "predictions", name)["right"], name
            assert not any(part.get("tone") == "bad" for part in asked.card.parts), name


def is_asked_anew(lesson):
    for name, asked in lesson.predictions.items():
        assert not asked.revealed and (asked.explorer is None or asked.explorer.veiled), name


def test_a_progress_file_of_0_1_still_opens(tmp_path):
    """It was written by 0.1, for lesson 05 as it was then."""
    file = tmp_path / "optimlab-progress.json"
    shutil.copy(ROOT / "tests" / "progress" / "of_0_1.json", file)
    (path,) = [path for path in LESSONS if path.stem.startswith("05_")]
    lesson = Worked(path, file).space["lesson"]
    asked = lesson.predictions
    assert asked["where after one step"].card.said().startswith("You said “3.8”. That is a step of")
    assert asked["where after one step"].words == "I forgot the slope."
    assert asked["what rate 1 does"].skipped
    assert asked["the loss at rate 0.9"].answer == [6.0, 4.5, 3.6, 3.1] + [None] * 7
    assert all(one.revealed and one.former is None for one in asked.values())
    assert "about half as many steps" in lesson._quiz.said()
    done = "Done: predictions 3 of 3 (1 skipped), targets 1 of 1, exercises 1 of 3, quiz 1 of 3."
    assert done in lesson.progress().said()
    assert lesson.check("how many steps", 263).verdict.passed
    entry = lesson.store.get("05", "exercises", "how many steps")
    assert entry == {"tries": 2, "said": "Right.", "answer": "263", "passed": True}
    table = class_table([file])._repr_markdown_()
    assert "| 05 | how many steps | 1 | 1 | 0 |" in table


@pytest.mark.parametrize("name", ["05_gradient_descent.ipynb"])
def test_the_documented_test_leaves_a_full_progress_file_as_it_was(name, tmp_path):
    for path in LESSONS:
        shutil.copy(path, tmp_path)
    progress = Progress(tmp_path / "optimlab-progress.json")
    for path in LESSONS:
        number = Lesson(path.name.partition("_")[0], progress)
        for kind, names in items(path).items():
            for one in names:
                done = {"revealed": True, "reached": True, "passed": True, "found": True}
                number.update(kind, one, skipped=True, **done)
    before = progress.path.read_bytes()
    assert b"where after one step" in before
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", str(tmp_path / name)], cwd=tmp_path,
        env=os.environ | {"OPTIMLAB_PROGRESS": ""}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert progress.path.read_bytes() == before
