"""The map of the series, the look at the installation, and how a lesson finds its key."""

import json
import sys

import pytest

import optimlab.keys
from optimlab import lessons
from optimlab.lessons import Choice, Exercise, Lesson, Progress, contents, keyring


def book(path, head):
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": head}]}))


def test_the_map_is_made_from_the_files(tmp_path):
    book(tmp_path / "01_b.ipynb", "# 01 · B\n\n*Why b?*\n\n**Time** 20 minutes. **Before** 00.")
    book(tmp_path / "00_a.ipynb", "# 00 · A\n\n- **not** *this*\n\n*Why a?*\n\n**Time** 10 minutes")
    (tmp_path / "notes.ipynb").write_text("not a lesson")
    table = lessons.series(tmp_path)
    assert repr(table) == "00 · A\n01 · B"
    rows = table._repr_markdown_().splitlines()
    assert rows[2:] == [
        "| [00 · A](00_a.ipynb) | Why a? | 10\N{NO-BREAK SPACE}minutes |",
        "| [01 · B](01_b.ipynb) | Why b? | 20\N{NO-BREAK SPACE}minutes |",
    ]


def test_a_folder_without_lessons_is_named(tmp_path):
    with pytest.raises(ValueError, match="folder=.*00_name.ipynb"):
        lessons.series(tmp_path)


def test_what_is_missing_is_named(capsys, monkeypatch):
    assert lessons.missing() == []
    needed = contents.needed()
    assert {"numpy", "ipywidgets", "jupyterlab", "plotly"} <= {*needed} and "nbval" not in needed
    assert lessons.missing(["numpy", "no-such-package"]) == ["no-such-package is not installed"]
    assert "must be 99.0" in lessons.missing([], least=(99, 0))[0]
    monkeypatch.setattr(contents, "missing", lambda: ["plotly is not installed"])
    for in_browser, says in (
        (False, f"To install it, run this beside README.md:  {lessons.INSTALL}"),
        (True, "To install it, run this in a cell:  %pip install optimlab"),
    ):
        monkeypatch.setattr(contents.place, "in_browser", lambda here=in_browser: here)
        lessons.check_environment()
        first, *_, last = capsys.readouterr().out.splitlines()
        assert (first, last) == ("plotly is not installed", says)


@pytest.mark.parametrize("wrong", [5, None, True, ["a"]])
def test_what_is_no_folder_is_named(wrong):
    for function in (lessons.series, lessons.progress, contents.lesson_paths):
        with pytest.raises(TypeError, match="folder=.*: folder must be a folder"):
            function(wrong)
    with pytest.raises(TypeError, match="path=.*: path must be a file's name"):
        contents.lesson_number(wrong)
    with pytest.raises(TypeError, match="number=.*: number must be a text"):
        Lesson(wrong)
    with pytest.raises(TypeError, match="progress=.*: progress must be a Progress"):
        Lesson("99", wrong if wrong is not None else 0)


# Keys ----------------------------------------------------------------------------------------

KEY = '''
from optimlab.lessons import Choice, Exercise

PREDICTIONS = {"way": Choice({"down": "Yes.", "up": "No."}, right="down")}


def third():
    return 1 / 3


EXERCISES = {"third": Exercise(third, wrong=[(3, "Upside down.")])}
QUIZ = [("Which?", {"this": "Yes.", "that": "No."}), ("Where?", {"here": "Yes.", "there": "No."})]
NUMBERS = [("0.33", third)]
GIVEN = ["4"]


def claim_it_is_small():
    assert third() < 1
'''
ASKS = """
lesson = lessons.Lesson('42')
lesson.predict('way')
lesson.check('third', 1)
lesson.quiz()
"""


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """An empty folder of keys, and the working directory beside it."""
    folder = tmp_path / "keys"
    folder.mkdir()
    monkeypatch.setattr(optimlab.keys, "__path__", [str(folder)])
    monkeypatch.chdir(tmp_path)
    keyring.load_key.cache_clear()
    yield folder
    keyring.load_key.cache_clear()
    for name in [name for name in sys.modules if name.startswith("optimlab.keys.lesson_42")]:
        del sys.modules[name]


def asks(folder, source=ASKS):
    cells = [{"cell_type": "code", "source": source}]
    (folder / "42_made_up.ipynb").write_text(json.dumps({"cells": cells}))


def test_a_lesson_finds_its_key_by_its_number(keys, capsys):
    (keys / "lesson_42_made_up.py").write_text(KEY)
    asks(keys.parent)
    lesson = Lesson("42", Progress(""))
    assert capsys.readouterr().out == ""
    assert lesson.predict("way").question.right == "down"
    assert lesson.check("third", 3).said() == "Upside down."
    assert repr(lesson.key.exercises["third"]) == "Exercise('third')"
    assert len(lesson.quiz().questions) == 2
    assert lesson.wanted() == contents.items(keys.parent / "42_made_up.ipynb")
    key = lesson.key
    assert [number for number, _ in key.numbers] == ["0.33"] and key.given == ["4"]
    assert [claim.__name__ for claim in key.claims] == ["claim_it_is_small"]
    assert Lesson("4", Progress("")).key.module is None


def test_a_notebook_may_ask_what_its_key_does_not_hold(keys):
    (keys / "lesson_42_made_up.py").write_text(KEY)
    lesson = Lesson("42", Progress(""))
    other = lesson.predict("way", Choice({"left": "No.", "right": "Yes."}, "right"))
    assert other.question.right == "right"
    lesson.exercise("third", Exercise(3.0))
    assert lesson.check("third", 3).verdict.passed
    assert len(lesson.quiz(("Why?", {"so": "Yes.", "not so": "No."})).questions) == 1


def test_what_the_key_lacks_is_named_where_it_is_asked_for(keys):
    (keys / "lesson_42_made_up.py").write_text(KEY.replace("QUIZ", "QUESTIONS"))
    lesson = Lesson("42", Progress(""))
    with pytest.raises(ValueError, match="key of lesson 42 has no prediction “where”, but “way”"):
        lesson.predict("where")
    with pytest.raises(ValueError, match="key of lesson 42 has no exercise “fifth”, but “third”"):
        lesson.check("fifth", 1)
    with pytest.raises(ValueError, match="quiz: at least one question is needed"):
        lesson.quiz()


def test_what_the_key_holds_and_no_notebook_asks_for_is_named_at_the_start(keys, capsys):
    (keys / "lesson_42_made_up.py").write_text(KEY)
    asks(keys.parent, "lesson = lessons.Lesson('42')\nlesson.predict('what')")
    key = Lesson("42", Progress("")).key
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "The key of lesson 42 holds the prediction “way”, which its notebook does not ask for.",
        "The key of lesson 42 holds the exercise “third”, which its notebook does not ask for.",
        "The key of lesson 42 holds the quiz, which its notebook does not ask for.",
    ]
    wanted = contents.items(keys.parent / "42_made_up.ipynb")
    assert key.unasked(wanted) == said
    assert key.lacking(wanted | {"exercises": ["fifth"]}) == [
        "The key of lesson 42 lacks the prediction “what”, which its notebook asks for.",
        "The key of lesson 42 lacks the exercise “fifth”, which its notebook asks for.",
    ]
    assert Lesson("*", Progress("")).key.module is Lesson("4", Progress("")).key.module is None
    asks(keys.parent, "not python (")
    (keys.parent / "42_notes.ipynb").write_text("{no notebook")
    Lesson("42", Progress(""))


@pytest.mark.parametrize(
    ("old", "new", "error", "complaint"),
    [
        ("Exercise(third, wrong=[(3, \"Upside down.\")])", "third", TypeError, "EXERCISES"),
        ("Choice({\"down\"", "dict({\"down\"", TypeError, "PREDICTIONS"),
        ("{\"this\": \"Yes.\", ", "{", TypeError, "quiz: .*, number 1, is no question"),
    ],
)
def test_what_is_wrong_in_a_key_is_named(keys, old, new, error, complaint):
    assert old in KEY
    (keys / "lesson_42_made_up.py").write_text(KEY.replace(old, new))
    with pytest.raises(error, match=complaint):
        Lesson("42", Progress(""))


def test_two_keys_of_one_number_are_named(keys):
    for name in ("lesson_42_a.py", "lesson_42_b.py"):
        (keys / name).write_text(KEY)
    with pytest.raises(ValueError, match="more than one key: lesson_42_a.py, lesson_42_b.py"):
        Lesson("42", Progress(""))
