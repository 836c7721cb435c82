"""Every key: it is found, and what its lesson claims is true. Its numbers: test_notebooks.py."""

from pathlib import Path

import pytest
from worked import LESSONS

import optimlab.keys
from optimlab.lessons.contents import items, lesson_number
from optimlab.lessons.keyring import key_path, load_key

KEYED = [path for path in LESSONS if key_path(lesson_number(path))]


@pytest.mark.parametrize("path", KEYED, ids=lambda path: path.stem)
def test_the_key_fits_its_notebook_and_what_the_lesson_claims_is_true(path):
    key, wanted = load_key(lesson_number(path)), items(path)
    assert key_path(lesson_number(path)).name == f"lesson_{path.stem}.py"
    assert key.lacking(wanted) + key.unasked(wanted) == []
    wrong = []
    for claim in key.claims:
        try:
            claim()
        except Exception as error:
            wrong.append(f"{claim.__name__}: {type(error).__name__}: {error}")
    assert wrong == []


def test_every_key_has_its_notebook():
    found = {path.stem for path in Path(optimlab.keys.__path__[0]).glob("lesson_*.py")}
    assert found <= {f"lesson_{path.stem}" for path in LESSONS}
