"""A class at a glance, and what a lesson asks for, read from its source."""

import json
import os

import pytest

from optimlab.lessons import Choice, Exercise, Lesson, Number, contents, teacher
from optimlab.lessons.store import NAME, Progress

SLOW, SIGN = "it moves 0.1", "the sign of the slope"


def learner(path, *entries):
    path.parent.mkdir(exist_ok=True)
    progress = Progress(path)
    for lesson, kind, item, fields in entries:
        progress.update(lesson, kind, item, **fields)
    assert progress.trouble == ""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A made-up class of four learners, and three files that are no learner's."""
    monkeypatch.chdir(tmp_path)
    predict, check, ask = "predictions", "exercises", "quiz"
    learner(
        tmp_path / "room" / "kim.json",
        ("06", predict, "rate", {"answer": [1, 2], "said": "at (1, 2)", "right": False}),
        ("05", predict, "one step", {"answer": "left", "said": "to the  left", "right": False}),
        ("05", predict, "far", {"skipped": True, "answer": 3, "revealed": True}),
        ("05", check, "step", {"tries": 2, "passed": False, "said": SIGN, "answer": "x + g"}),
        ("05", check, "step", {"shown": True}),
        ("05", "targets", "quick", {"reached": True, "with": "lr = 0.3"}),
        ("05", ask, "1", {"first": "a", "right": True, "answer": "a"}),
        ("05", ask, "2", {"first": "a", "right": False, "answer": "b"}),
    )
    learner(
        tmp_path / "room" / "이민아" / NAME,
        ("05", predict, "one step", {"answer": "left", "said": "to the left", "right": False}),
        ("06", predict, "rate", {"answer": [0, 2], "said": "at (0, 2)", "right": True}),
        ("05", check, "step", {"tries": 3, "passed": True, "said": "Right."}),
        ("05", "targets", "quick", {"reached": False}),
    )
    learner(
        tmp_path / "room" / "park" / "class 5b.json",
        ("05", predict, "one step", {"answer": "right", "said": "to the right", "right": True}),
        ("05", predict, "far", {"answer": 3, "right": False}),
        ("05", check, "step", {"tries": 1, "passed": False, "said": SIGN}),
        ("05", check, "rule", {"tries": 1, "passed": False, "said": SLOW}),
        ("05", ask, "1", {"answer": "a"}),
        ("06", predict, "rate", {"answer": [0, 2], "said": "at (0, 2)", "right": True}),
    )
    learner(
        tmp_path / "room" / "choi" / NAME,
        ("05", predict, "one step", {"answer": "up", "said": "up | out", "right": False}),
        ("05", predict, "far", {"question": "How far?"}),
        ("07a", predict, "where", {"answer": [0, 2], "said": "at (0, 2)"}),
        ("05", check, "step", {"tries": 1, "passed": False, "said": SLOW}),
    )
    (tmp_path / "room" / "broken.json").write_text("{oh")
    (tmp_path / "room" / "settings.json").write_text('{"theme": "dark"}')
    (tmp_path / "room" / "newer.json").write_text('{"format": "optimlab progress", "version": 2}')
    (tmp_path / "room" / "notes.txt").write_text("not asked for")
    (tmp_path / "room" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "room" / ".ipynb_checkpoints" / "copy.json").write_text("{oh")
    return tmp_path / "room"


def rows(listing, title):
    """The cells below one heading of the Markdown."""
    part = listing._repr_markdown_().split(f"**{title}**\n\n")[1].split("\n\n")[0]
    return [line[2:-2].split(" | ") for line in part.splitlines()]


def test_each_learner_has_a_row(room):
    head, _, *found = rows(teacher.class_table(room), "Learners")
    assert head == list(teacher.LEARNERS)
    assert sorted(found) == [
        ["choi", "2", "2", "0", "0", "0 of 1", ""],
        ["class 5b", "2", "3", "2", "0", "0 of 2", ""],
        ["kim", "2", "2", "0", "1", "0 of 1", "1 of 2"],
        ["이민아", "2", "2", "1", "0", "1 of 1", ""],
    ]


def test_each_prediction_has_a_row_with_its_most_common_wrong_answer(room):
    head, _, *found = rows(teacher.class_table(room), "Predictions")
    assert head == list(teacher.PREDICTIONS)
    assert sorted(found) == [
        ["05", "far", "1", "1", "0 of 1", "3 (1)"],
        ["05", "one step", "4", "0", "1 of 4", "to the left (2)"],
        ["06", "rate", "3", "0", "2 of 3", "at (1, 2) (1)"],
        ["07a", "where", "1", "0", "", ""],
    ]
    assert [row[0] for row in found] == ["05", "05", "06", "07a"]


def test_each_exercise_has_a_row_with_its_most_common_reply(room):
    head, _, *found = rows(teacher.class_table(room), "Exercises")
    assert head == list(teacher.EXERCISES)
    assert sorted(found) == [
        ["05", "rule", "1", "0", "0", f"{SLOW} (1)"],
        ["05", "step", "4", "1", "1", f"{SIGN} (2)"],
    ]


def test_files_that_cannot_be_read_are_named(room):
    text = repr(teacher.class_table(room)).split("Not read\n")[1].replace("\\", "/")
    assert text.splitlines() == [
        "room/broken.json: it is not JSON",
        "room/newer.json: it has version 2, which is newer than 1",
        'room/settings.json: it has no "format": "optimlab progress"',
    ]
    listing = teacher.class_table([room / "kim.json", room / "gone.json"])
    assert "gone.json: No such file" in repr(listing)
    assert [row[0] for row in rows(listing, "Learners")[2:]] == ["kim"]


def test_the_files_stay_as_they_were(room):
    before = {path: path.read_bytes() for path in room.rglob("*") if path.is_file()}
    teacher.class_table(room)
    assert {path: path.read_bytes() for path in room.rglob("*") if path.is_file()} == before


def test_columns_of_the_text_stand_below_one_another(room):
    lines = repr(teacher.class_table(room)).split("\n\n")[0].splitlines()
    assert lines[0] == "Learners"
    place = lines[1].index("lessons begun")
    widths = {line[0]: teacher._width(line.split("  ")[0]) for line in lines[2:]}
    assert widths["이"] == 6 and widths["k"] == 3
    for line in lines[2:]:
        assert teacher._width(line[: line.index("  ")].rstrip()) < place
        cell = line.split()[2 if line.startswith("class") else 1]
        before = line[: line.index(f" {cell} ") + 1]
        assert teacher._width(before) == place


def test_text_of_learners_makes_no_markup(tmp_path):
    said = "a | b\n<b>*x*</b> $5$ \\(y\\)"
    learner(
        tmp_path / "a_b.json",
        ("05", "predictions", "p", {"answer": said, "right": False}),
    )
    listing = teacher.class_table(str(tmp_path))
    dollar, backslash = "<span>&#36;</span>", "<span>&#92;</span>"
    marks = "a &#124; b &#60;b&#62;&#42;x&#42;&#60;/b&#62;"
    escaped = f"{marks} {dollar}5{dollar} {backslash}(y{backslash})"
    assert f"| {escaped} (1) |" in listing._repr_markdown_()
    assert "| a&#95;b | 1 |" in listing._repr_markdown_()
    assert r"a | b <b>*x*</b> $5$ \(y\) (1)" in repr(listing) and "a_b" in repr(listing)


def test_learners_of_one_name_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entry = ("05", "quiz", "1", {"first": "a", "right": True})
    for name in ("a/same.json", "b/same.json", f"c/{NAME}", "c/optimlab-progress.version-1.json"):
        learner(tmp_path / name, entry)
    text = repr(teacher.class_table(tmp_path)).replace("\\", "/")
    names = [line.split("  ")[0] for line in text.splitlines()[2:]]
    assert sorted(names) == ["a/same.json", "b/same.json", "c", "c (version-1)"]


def test_odd_fields_do_not_stop_the_table(tmp_path):
    learner(
        tmp_path / "odd.json",
        ("05", "predictions", "p", {"answer": 0, "right": "yes", "skipped": 1, "said": [1]}),
        ("05", "exercises", "e", {"tries": "many", "said": {"a": 1}}),
        ("05", "quiz", "1", {"right": None, "first": 3}),
        ("05", "targets", "t", {"reached": 1}),
    )
    listing = teacher.class_table(tmp_path / "odd.json")
    assert rows(listing, "Learners")[2][:5] == ["odd", "1", "1", "0", "0"]
    assert rows(listing, "Predictions")[2][:4] == ["05", "p", "1", "0"]
    bare = {"format": "optimlab progress", "version": 1}
    bare["lessons"] = {"05": {"notes": 1}, "06": {"quiz": {}}}
    (tmp_path / "bare.json").write_text(json.dumps(bare))
    bare = teacher.class_table([tmp_path / "bare.json"])
    assert rows(bare, "Learners")[2:] == [["bare", "0", "0", "0", "0", "", ""]]
    assert "Predictions" not in repr(bare)


def test_a_class_without_files_is_named(tmp_path):
    for folder in (tmp_path, []):
        with pytest.raises(ValueError, match="folder=.*ends in .json"):
            teacher.class_table(folder)
    with pytest.raises(TypeError, match="folder=5: folder must be a folder, or a list of files"):
        teacher.class_table(5)
    assert "missing: No such file" in repr(teacher.class_table(tmp_path / "missing"))


# What a lesson asks for ----------------------------------------------------------------------


def code(source):
    return {"cell_type": "code", "source": source}


def test_what_a_lesson_asks_for_is_read_from_its_code(tmp_path):
    notebook = {
        "cells": [
            {"cell_type": "markdown", "source": "lesson.predict('in prose')"},
            code(
                "lesson = lessons.Lesson('05')\n%matplotlib inline\n!ls\nlesson.predict('one', e)"
            ),
            code(
                ["lesson.target('goal', lesson.predict(\n", "    'two', explorer, right=3,\n", "))"]
            ),
            code("name = 'x'\nlesson.predict(name)\nlesson.predict()\nother.predict('not ours')"),
            code("lesson.predict('broken' here)"),
            code("%%time\nlesson.exercise('slope', 3, wrong=[(1, 'no')])\nlesson.exercise('rule')"),
            code("def f():\n    lesson.exercise('slope')\nlesson.check('slope', 3)\npredict('no')"),
            code("lesson.quiz(('a?', {'x': 'y'}), dict(q=1), question)"),
        ]
    }
    wanted = {
        "predictions": ["one", "two"],
        "targets": ["goal"],
        "exercises": ["slope", "rule"],
        "quiz": ["1", "2", "3"],
    }
    assert contents.items(notebook) == wanted
    path = tmp_path / "05_a.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert contents.items(path) == contents.items(str(path)) == wanted


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("lesson.quiz(('one?', {'a': 'b'}))", 1),
        ("lesson.quiz({}, {}, {})", 3),
        ("lesson.quiz()", 0),
    ],
)
def test_quiz_questions_are_counted(call, count):
    found = contents.items({"cells": [code(call)]})["quiz"]
    assert found == [str(number + 1) for number in range(count)]


def test_what_is_no_notebook_is_named(tmp_path):
    for text in ("{oh", "[]", "{}", '{"cells": [3]}', '{"cells": [{"cell_type": "code"}]}'):
        (tmp_path / "05_a.ipynb").write_text(text)
        with pytest.raises(ValueError, match="05_a.ipynb is not a notebook"):
            contents.items(tmp_path / "05_a.ipynb")
    with pytest.raises(ValueError, match="notebook is not a notebook"):
        contents.items({})


def test_a_lesson_has_its_number_in_its_name(tmp_path):
    assert contents.lesson_number("05_x.ipynb") == "05"
    assert contents.lesson_number(tmp_path / "07a_x.ipynb") == "07a"
    for name in ("notes.ipynb", "5_x.ipynb", "05.ipynb", "x/05_y/a.ipynb"):
        with pytest.raises(ValueError, match="path=.*00_name.ipynb"):
            contents.lesson_number(name)
    others = ("notes.ipynb", "05_x.txt", "00_c-Copy1.ipynb")
    for name in ("07b_b.ipynb", "07a_a.ipynb", "00_c.ipynb", *others):
        (tmp_path / name).write_text("")
    found = [path.name for path in contents.lesson_paths(tmp_path)]
    assert found == ["00_c.ipynb", "07a_a.ipynb", "07b_b.ipynb"]


# Hostile files -------------------------------------------------------------------------------

DEEP = "[" * 40 + "]" * 40
VALUES = [
    "null", "true", "-1", "1e308", "9" * 4000, '""', '"\\ud800"', '"\\u0000\\u202e"', "[]", "{}",
    '{"a": [1, {"b": null}]}', DEEP, '"' + "x" * 10**5 + '"', '"a\\nb|c"', '["$x$"]',
]  # fmt: skip
FIELDS = (
    "answer", "said", "right", "skipped", "revealed", "truth", "why", "tries", "passed", "shown",
    "first", "found", "reached", "with",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_hostile_file_stops_neither_the_table_nor_a_board_nor_a_card(tmp_path, value):
    entry = "{" + ", ".join(f'"{field}": {value}' for field in FIELDS) + "}"
    kinds = ", ".join(f'"{kind}": {{"a": {entry}, "1": {entry}}}' for kind in teacher.KINDS)
    path = tmp_path / "kim.json"
    path.write_text(
        f'{{"format": "optimlab progress", "version": 1, "lessons": {{"05": {{{kinds}}}}}}}'
    )
    table = teacher.class_table(tmp_path)
    assert "kim" in repr(table) and "Not read" not in repr(table)
    assert len(table._repr_markdown_()) < 10**4
    (table._repr_markdown_() + repr(table)).encode()
    lesson = Lesson("05", Progress(path))
    asked = lesson.predict("a", Choice({"x": "Yes.", "y": "No."}, right="x"))
    lesson.predict("1", Number("How far?", 3, 0.1))
    lesson.exercise("a", Exercise(lambda x: x, cases=[1]))
    quiz = lesson.quiz(("one?", {"x": "Yes.", "y": "No."}))
    for shown in (lesson.check("a", lambda x: x), asked.card, quiz, lesson.progress()):
        json.dumps(shown.parts, ensure_ascii=False).encode()
        "".join(shown._repr_mimebundle_()[0].get("text/markdown", "")).encode()
    assert lesson.store.trouble == "" and "exercises 1 of 1" in lesson.progress().said()


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    (tmp_path / "folder.json").mkdir()
    deep = '{"format": "optimlab progress", "version": 1, "x": ' + "[" * 900 + "]" * 900 + "}"
    (tmp_path / "deep.json").write_text(deep)
    with open(tmp_path / "large.json", "wb") as file:
        file.truncate(10**9)  # which takes no room on a disk
    said = repr(teacher.class_table(tmp_path))
    for reason in ("pipe.json: it is no", "zero.json: it is no", "large.json: it", "deep.json: it"):
        assert reason in said
