"""Every key: it fits its notebook, and what the lesson states is worked out and true."""

import json
from pathlib import Path

import pytest
from worked import LESSONS

import optimlab.keys
from optimlab.lessons.contents import items, lesson_number
from optimlab.lessons.keyring import key_path, load_key
from optimlab.tools import stated

KEYED = [path for path in LESSONS if key_path(lesson_number(path))]
each_lesson = pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)


def notebook(path):
    return json.loads(path.read_text(encoding="utf-8"))


@each_lesson
def test_the_key_is_named_after_its_notebook(path):
    assert key_path(lesson_number(path)).name == f"lesson_{path.stem}.py"


@each_lesson
def test_the_key_holds_what_its_notebook_asks_for_and_nothing_else(path):
    key, wanted = load_key(lesson_number(path)), items(path)
    assert key.lacking(wanted) + key.unasked(wanted) == []
    assert len(wanted["quiz"]) == len(key.quiz)


@each_lesson
def test_what_the_lesson_claims_is_true(path):
    wrong = []
    for claim in load_key(lesson_number(path)).claims:
        try:
            claim()
        except Exception as error:
            wrong.append(f"{claim.__name__}: {type(error).__name__}: {error}")
    assert wrong == []


@each_lesson
def test_the_numbers_are_those_that_are_written(path):
    assert stated.wrong(load_key(lesson_number(path)).numbers) == []


@each_lesson
def test_every_number_of_the_text_is_worked_out_or_given(path):
    key = load_key(lesson_number(path))
    assert stated.unlisted(notebook(path), key) + stated.unused(notebook(path), key) == []


def test_every_key_has_its_notebook():
    found = {path.stem for path in Path(optimlab.keys.__path__[0]).glob("lesson_*.py")}
    assert found <= {f"lesson_{path.stem}" for path in LESSONS}
