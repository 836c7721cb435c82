"""Every key: it is found, and what its lesson states and claims is true."""

import itertools
import re
from pathlib import Path

import pytest
from worked import LESSONS

import optimlab.keys
from optimlab.lessons import Choice, Number
from optimlab.lessons.contents import items, lesson_number
from optimlab.lessons.keyring import key_path, load_key
from optimlab.tools import skeleton, stated

KEYED = [path for path in LESSONS if key_path(lesson_number(path))]
#: predictions whose usual wrong numbers, of which there are several to one mistake, share replies
SHARED = {"weights for a year", "how often Adam ends lowest"}
#: how no sentence begins: with a word in small letters that is no name in a formula
WITHIN = re.compile(r"(?!(?:ds|eps|lr|rate|rho)\b)[a-z]{2}")


def untrue(key):
    """A line for each claim and each number of a lesson that does not hold."""
    wrong = []
    for claim in key.claims:
        try:
            claim()
        except Exception as error:
            wrong.append(f"{claim.__name__}: {type(error).__name__}: {error}")
    return wrong + stated.wrong(key.numbers)


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_the_key_fits_its_notebook_and_what_the_lesson_states_is_true(path):
    key, wanted = load_key(lesson_number(path)), items(path)
    assert key_path(lesson_number(path)).name == f"lesson_{path.stem}.py"
    assert key.lacking(wanted) + key.unasked(wanted) == []
    assert untrue(key) == []


def compare(predictions, holds):
    """Of every choice the right option is measured to be true, and no other."""
    choices = {n: one for n, one in predictions.items() if isinstance(one, Choice)}
    assert list(holds) == list(choices)
    for name, choice in choices.items():
        measured = [bool(true) for true in holds[name]()]
        assert measured == [option == choice.right for option in choice.options], name


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_of_every_choice_the_right_option_and_no_other_is_measured_to_be_true(path):
    key = load_key(lesson_number(path))
    compare(key.predictions, getattr(key.module, "HOLDS", {}))


def test_a_new_key_begins_with_one():
    key = {}
    exec(skeleton.KEY.format(number="99"), key)
    compare(key["PREDICTIONS"], key["HOLDS"])
    key["PREDICTIONS"]["how it goes"].right = "straight to the star"
    with pytest.raises(AssertionError, match="how it goes"):
        compare(key["PREDICTIONS"], key["HOLDS"])


def test_every_key_has_its_notebook():
    found = {path.stem for path in Path(optimlab.keys.__path__[0]).glob("lesson_*.py")}
    assert found <= {f"lesson_{path.stem}" for path in LESSONS}


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_every_reply_is_whole_sentences_and_no_two_answers_share_one(path):
    key = load_key(lesson_number(path))
    choices = [one for one in key.predictions.values() if isinstance(one, Choice)]
    replies = [list(one.options.values()) for one in choices]
    replies += [list(options.values()) for _, options in key.quiz]
    for question, _ in key.quiz:
        assert question[-1] == "?" and not WITHIN.match(question), question
    for option in itertools.chain(*(one.options for one in choices), *dict(key.quiz).values()):
        assert option[-1] not in ".:?", f"an option is no sentence: {option}"
    hints = [list(one.hints) for one in key.exercises.values()]
    numbers = {n: one.replies for n, one in key.predictions.items() if isinstance(one, Number)}
    assert all(numbers.values()), "a usual wrong answer has its reply"
    told = {name: [reply for _, reply in pairs] for name, pairs in numbers.items()}
    assert all(hints), "an exercise has hints"
    for several in (*replies, *hints, *(told[name] for name in told.keys() - SHARED)):
        assert len(set(several)) == len(several)
    # forms of one mistake share a reply; tests/answers ties each reply to the mistake it names
    named = [reply for one in key.exercises.values() for _, reply in one.wrong]
    why = [one.why for one in key.predictions.values() if one.why]
    for reply in itertools.chain(why, named, *replies, *hints, *told.values()):
        assert reply.rstrip("`)")[-1] in ".?:=" and not WITHIN.match(reply), reply
