"""Answers to the exercises that no key lists: to be refused, to pass, and to get a certain reply.

They stand in tests/answers, one file for each lesson with exercises. `REFUSED` and `ACCEPTED` are
dicts from the name of an exercise to the answers as a learner would hand them in: values, or
functions for a function. `NAMED` has for each exercise {beginning of a reply: an answer with the
mistake that this reply names}, written from the reply and not from the key's own wrong answer.
"""

import copy
import importlib.util
import io

import numpy as np
import pytest
from worked import LESSONS, has_exercises

from optimlab.lessons.contents import lesson_number
from optimlab.lessons.judging.running import silence
from optimlab.lessons.keyring import load_key

FEWEST_REFUSED, FEWEST_ACCEPTED = 5, 3


def listed(number):
    """The module with the answers to a lesson's exercises."""
    (path,) = [*LESSONS[0].parents[1].glob(f"tests/answers/lesson_{number}.py")]
    spec = importlib.util.spec_from_file_location(f"answers_{number}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ASKED = [
    pytest.param(number, name, id=f"{number} {name}")
    for number in (lesson_number(path) for path in LESSONS if has_exercises(path))
    for name in load_key(number).exercises
]


@pytest.mark.parametrize(("number", "name"), ASKED)
def test_wrong_answers_that_nobody_listed_are_refused_and_right_ones_pass(number, name):
    exercise, answers = load_key(number).exercises[name], listed(number)
    refused, accepted = answers.REFUSED[name], answers.ACCEPTED[name]
    assert len(refused) >= FEWEST_REFUSED and len(accepted) >= FEWEST_ACCEPTED
    verdicts = [exercise.judge(one) for one in refused]
    assert [str(verdict) for verdict in verdicts if verdict.passed is not False] == []
    verdicts = [exercise.judge(one) for one in accepted]
    assert [str(verdict) for verdict in verdicts if verdict.passed is not True] == []
    for one, another in pairs(refused):
        assert not alike(exercise, one, another), f"{one!r} and {another!r} are the same answer"
    for one in refused:
        for wrong, sentence in exercise.wrong:
            assert not alike(exercise, one, wrong), f"{one!r} is listed: {sentence!r}"


@pytest.mark.parametrize(("number", "name"), ASKED)
def test_a_mistake_gets_the_reply_that_names_it_however_it_is_written(number, name):
    """Else a wrong answer that is changed into another wrong one is seen by nothing."""
    exercise, named = load_key(number).exercises[name], listed(number).NAMED[name]
    replies = {sentence for _, sentence in exercise.wrong}
    meant = {start: [said for said in replies if said.startswith(start)] for start in named}
    assert [start for start, several in meant.items() if len(several) != 1] == []
    assert replies - {said for (said,) in meant.values()} == set(), "a reply that no answer tries"
    for start, answer in named.items():
        assert exercise.judge(answer).sentence == meant[start][0]


def pairs(things):
    return ((one, other) for i, one in enumerate(things) for other in things[:i])


def alike(exercise, one, other):
    """Whether two answers are the same, as far as the exercise's cases can tell."""
    if exercise.cases is None:
        return same(one, other)
    return all(same(result(one, case), result(other, case)) for case in exercise.cases)


def result(function, case):
    """What a function gives on a case, with what it did to its arguments; or its error.

    It is called as the judge calls it: an answer may warn, as one that takes the mean of an empty
    batch does, and a learner sees the reply alone.
    """
    case = copy.deepcopy(case)
    try:
        with silence(io.StringIO()):
            return function(*case), case
    except Exception as error:
        return type(error), None


def same(one, other):
    try:
        np.testing.assert_equal(one, other)
    except Exception:
        return False
    return True


def test_every_file_belongs_to_a_lesson_and_every_answer_to_an_exercise():
    files = {path.stem for path in (LESSONS[0].parents[1] / "tests" / "answers").glob("*.py")}
    numbers = {lesson_number(path) for path in LESSONS if has_exercises(path)}
    assert files == {f"lesson_{number}" for number in numbers}
    for number in numbers:
        answers, names = listed(number), set(load_key(number).exercises)
        assert set(answers.REFUSED) == set(answers.ACCEPTED) == set(answers.NAMED) == names
