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
    wrong = []
    for written, work_out in load_key(lesson_number(path)).numbers:
        if not stated.agrees(written, value := work_out()):
            wrong.append(f"written {written}, worked out {value}")
    assert wrong == []


@each_lesson
def test_every_number_of_the_text_is_worked_out_or_given(path):
    key = load_key(lesson_number(path))
    assert stated.unlisted(notebook(path), key) == []


@each_lesson
def test_no_number_is_left_over_in_the_tables(path):
    key = load_key(lesson_number(path))
    assert stated.unused(notebook(path), key) == []
    written = [number for number, _ in key.numbers] + list(key.given)
    twice = {number for number in key.given if written.count(number) > 1}
    assert twice == set(), "a number is a result or a setting; a result that is both is in NUMBERS"


def test_every_key_has_its_notebook():
    found = {path.stem for path in Path(optimlab.keys.__path__[0]).glob("lesson_*.py")}
    assert found <= {f"lesson_{path.stem}" for path in LESSONS}


@each_lesson
def test_a_changed_digit_is_seen(path):
    """In each result of three digits or more that the Markdown states."""
    key, book = load_key(lesson_number(path)), notebook(path)
    results = {written for written, _ in key.numbers if len(written.strip("-")) > 2}
    listed = {written for written, _ in key.numbers} | set(key.given)
    for cell in book["cells"]:
        text = "".join(cell["source"]) if cell["cell_type"] == "markdown" else ""
        for written in results & set(stated.stated(text.partition("## Sources")[0])):
            other = written[:-1] + str((int(written[-1]) + 5) % 10)
            changed = {"cell_type": "markdown", "source": text.replace(written, other)}
            cells = [changed if one is cell else one for one in book["cells"]]
            assert other in listed or stated.unlisted({"cells": cells}, key), (written, other)
