"""Every key: it is found, and what its lesson states and claims is true."""

import itertools
import re
from pathlib import Path

import pytest
from worked import LESSONS

import optimlab.keys
from optimlab.lessons import Choice
from optimlab.lessons.contents import items, lesson_number
from optimlab.lessons.keyring import key_path, load_key
from optimlab.tools import stated

KEYED = [path for path in LESSONS if key_path(lesson_number(path))]
#: how no sentence begins: with a word in small letters that is no name in a formula
WITHIN = re.compile(r"(?!(?:ds|eps|lr|rate|rho)\b)[a-z]{2}")


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_the_key_fits_its_notebook_and_what_the_lesson_states_is_true(path):
    key, wanted = load_key(lesson_number(path)), items(path)
    assert key_path(lesson_number(path)).name == f"lesson_{path.stem}.py"
    assert key.lacking(wanted) + key.unasked(wanted) == []
    wrong = []
    for claim in key.claims:
        try:
            claim()
        except Exception as error:
            wrong.append(f"{claim.__name__}: {type(error).__name__}: {error}")
    assert wrong + stated.wrong(key.numbers) == []


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_of_every_choice_the_right_option_and_no_other_is_measured_to_be_true(path):
    key = load_key(lesson_number(path))
    choices = {n: one for n, one in key.predictions.items() if isinstance(one, Choice)}
    holds = getattr(key.module, "HOLDS", {})
    assert list(holds) == list(choices)
    for name, choice in choices.items():
        measured = [bool(true) for true in holds[name]()]
        assert measured == [option == choice.right for option in choice.options], name


def test_every_key_has_its_notebook():
    found = {path.stem for path in Path(optimlab.keys.__path__[0]).glob("lesson_*.py")}
    assert found <= {f"lesson_{path.stem}" for path in LESSONS}


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_every_reply_is_whole_sentences_and_no_two_options_share_one(path):
    key = load_key(lesson_number(path))
    choices = [one for one in key.predictions.values() if isinstance(one, Choice)]
    replies = [list(one.options.values()) for one in choices]
    replies += [list(options.values()) for _, options in key.quiz]
    for question, _ in key.quiz:
        assert question[-1] == "?" and not WITHIN.match(question), question
    hints = [list(one.hints) for one in key.exercises.values()]
    for told in (*replies, *hints):
        assert len(set(told)) == len(told)
    wrong = [[reply for _, reply in one.wrong] for one in key.exercises.values()]
    why = [one.why for one in key.predictions.values() if one.why]
    for reply in itertools.chain(why, *replies, *hints, *wrong):
        assert reply.rstrip("`)")[-1] in ".?:=" and not WITHIN.match(reply), reply
