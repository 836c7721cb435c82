"""A learner's answers in a file: nothing is lost or overwritten, trouble has a sentence."""

import errno
import json
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from optimlab.lessons import lockfile
from optimlab.lessons import store as module
from optimlab.lessons.store import Progress, current

NAME = "optimlab-progress.json"
ANSWER = ("05", "predictions", "one step")


@pytest.fixture
def path(tmp_path):
    return tmp_path / NAME


def stored(path):
    return json.loads(path.read_text(encoding="utf-8"))


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def refuse(monkeypatch, function, error):
    """Make a function of os fail."""

    def fails(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(module.os, function, fails)


FULL = OSError(errno.ENOSPC, "No space left on device")
DENIED = PermissionError(errno.EACCES, "Permission denied")


# The file ------------------------------------------------------------------------------------


def test_an_answer_is_kept_in_a_readable_file(path):
    progress = Progress(path)
    assert names(path.parent) == []
    entry = progress.update(*ANSWER, answer="links, 왼쪽", right=False)
    assert entry == {"answer": "links, 왼쪽", "right": False} == Progress(path).get(*ANSWER)
    text = path.read_bytes().decode("utf-8")
    assert "왼쪽" in text and text.endswith("}\n") and "\n  " in text and "\r" not in text
    assert stored(path) == {
        "format": "optimlab progress",
        "version": 1,
        "lessons": {"05": {"predictions": {"one step": entry}}},
    }
    assert names(path.parent) == [NAME] and progress.trouble == ""


def test_fields_are_merged_and_none_removes_them(path):
    progress = Progress(path)
    progress.update(*ANSWER, answer="left", why="downhill")
    assert progress.update(*ANSWER, answer="right", why=None) == {"answer": "right"}
    assert progress.update(*ANSWER, answer=None) == {}
    assert stored(path)["lessons"] == {}
    assert progress.get(*ANSWER) == {}


def test_what_is_given_out_is_a_copy(path):
    progress = Progress(path)
    progress.update(*ANSWER, answer=[1, 2]).get("answer").append(3)
    progress.get(*ANSWER)["answer"].append(3)
    progress.lesson("05")["predictions"].clear()
    progress.lessons()["05"]["predictions"]["one step"]["answer"].append(3)
    assert progress.get(*ANSWER) == {"answer": [1, 2]}


@pytest.mark.parametrize("where", ["file", "memory", "failing"])
def test_a_value_given_is_a_copy_too(where, path, monkeypatch):
    progress = Progress("" if where == "memory" else path)
    if where == "failing":
        refuse(monkeypatch, "replace", FULL)
    answer = [1, 2]
    progress.update(*ANSWER, answer=answer)
    answer.append(3)
    progress.get(*ANSWER)["answer"].append(4)
    assert progress.get(*ANSWER) == {"answer": [1, 2]}


def test_every_lesson_has_all_four_kinds(path):
    progress = Progress(path)
    nothing = {"predictions": {}, "targets": {}, "exercises": {}, "quiz": {}}
    assert progress.lesson("05") == nothing and progress.lessons() == {}
    progress.update("05", "quiz", "1", first="a")
    assert progress.lesson("05") == nothing | {"quiz": {"1": {"first": "a"}}}
    assert progress.lessons() == {"05": progress.lesson("05")}


def test_reset_forgets_a_lesson_or_all(path):
    progress = Progress(path)
    for lesson in ("01", "05", "06"):
        progress.update(lesson, "quiz", "1", first="a")
    progress.reset("05")
    assert list(Progress(path).lessons()) == ["01", "06"]
    progress.reset("12")
    progress.reset()
    assert Progress(path).lessons() == progress.lessons() == {}


def test_reset_writes_no_file_where_there_is_none(path):
    Progress(path).reset()
    assert names(path.parent) == []


def test_numbers_of_numpy_and_tuples_are_stored_plainly(path):
    entry = Progress(path).update(
        *ANSWER, a=np.float64(0.5), b=np.int64(3), c=np.array([1.5, 2]), d=np.bool_(True),
        e=(1, 2), f=np.array(7), g={"x": np.float32(0.5)},
    )  # fmt: skip
    assert entry == {
        "a": 0.5, "b": 3, "c": [1.5, 2.0], "d": True, "e": [1, 2], "f": 7, "g": {"x": 0.5}
    }  # fmt: skip
    assert Progress(path).get(*ANSWER) == entry


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (float("nan"), ValueError),
        (np.array([1, np.inf]), ValueError),
        ([1, [-np.inf]], ValueError),
        (10**5000, ValueError),
        (1j, TypeError),
        ({1, 2}, TypeError),
        (len, TypeError),
        (np.array([1j]), TypeError),
        ({(1, 2): 3}, TypeError),
    ],
    ids="nan array list huge complex set function complexes keys".split(),
)
def test_what_json_cannot_hold_is_refused_by_name(value, error, path):
    progress = Progress(path)
    with pytest.raises(error, match="^answer=.*answer must be text, a finite number"):
        progress.update(*ANSWER, answer=value)
    assert names(path.parent) == [] and progress.get(*ANSWER) == {}


def test_half_a_surrogate_pair_is_kept(path):
    Progress(path).update(*ANSWER, why="\ud83d and \\ud83d")
    assert Progress(path).get(*ANSWER) == {"why": "\ud83d and \\ud83d"}


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((5, "quiz", "1"), TypeError, "lesson=5: lesson must be a text"),
        (("", "quiz", "1"), ValueError, "lesson='': lesson must be a text, not empty"),
        (("05", "quizz", "1"), ValueError, "kind='quizz': kind must be one of 'predictions'"),
        (("05", ["quiz"], "1"), TypeError, r"kind=\['quiz'\]: kind must be one of"),
        (("05", "quiz", 1), TypeError, "item=1: item must be a text"),
        (("05", "quiz", " "), ValueError, "item=' ': item must be a text, not empty"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, said):
    for method in (Progress("").get, Progress("").update):
        with pytest.raises(error, match=said):
            method(*arguments)


def test_other_wrong_arguments_are_named():
    for method in (Progress("").lesson, Progress("").reset):
        with pytest.raises(TypeError, match="lesson=5"):
            method(5)
    with pytest.raises(TypeError, match="path=5"):
        Progress(5)
    with pytest.raises(ValueError, match="path='05_x.ipynb': .*ends in .json"):
        Progress("").move("05_x.ipynb")
    with pytest.raises(TypeError, match="callback=3"):
        Progress("").subscribe(3)


# Where ---------------------------------------------------------------------------------------


def test_the_environment_names_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPTIMLAB_PROGRESS")
    first = current()
    assert first is current() and first.path == tmp_path.resolve() / NAME
    first.update(*ANSWER, answer="a")
    monkeypatch.setenv("OPTIMLAB_PROGRESS", os.path.join("~", "mine.json"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert current() is not first and current().path == tmp_path.resolve() / "mine.json"
    (tmp_path / "other").mkdir()
    monkeypatch.delenv("OPTIMLAB_PROGRESS")
    monkeypatch.chdir(tmp_path / "other")
    assert current() is not first and current().get(*ANSWER) == {}
    monkeypatch.chdir(tmp_path)
    assert current() is first and names(tmp_path) == [NAME, "other"]


def test_empty_means_memory_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTIMLAB_PROGRESS", "")
    progress = Progress()
    assert progress.update(*ANSWER, answer="a") == progress.get(*ANSWER) == {"answer": "a"}
    progress.reset("05")
    assert progress.lessons() == {} and progress.trouble == ""
    assert names(tmp_path) == [] and current() is current() and current().path is None


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / NAME
    try:
        link.symlink_to(tmp_path / "real" / "a.json")
    except OSError:
        pytest.skip("no links here")
    Progress(link).update(*ANSWER, answer="a")
    assert link.is_symlink() and stored(tmp_path / "real" / "a.json")["lessons"]


def test_answers_move_to_another_file(tmp_path):
    progress = Progress(tmp_path / "a.json")
    progress.update(*ANSWER, answer="a")
    before = (tmp_path / "a.json").read_bytes()
    Progress(tmp_path / "b" / "b.json").move(tmp_path / "b" / "b.json")
    other = Progress(tmp_path / "b" / "b.json")
    other.update(*ANSWER, answer="older", why="because")
    other.update("01", "quiz", "1", first="x")
    progress.move(tmp_path / "b" / "b.json")
    progress.update("06", "quiz", "2", first="y")
    assert (tmp_path / "a.json").read_bytes() == before
    assert other.get(*ANSWER) == {"answer": "a", "why": "because"}
    assert list(other.lessons()) == ["05", "01", "06"] and progress.trouble == ""
    progress.move("")
    progress.reset("01")
    assert list(progress.lessons()) == ["05", "06"] and list(other.lessons()) == ["05", "01", "06"]


def test_moving_answers_to_where_nothing_can_be_written_keeps_them(tmp_path, monkeypatch):
    progress = Progress(tmp_path / "a.json")
    progress.update(*ANSWER, answer="a")
    progress.move(tmp_path / "a.json" / "b.json")
    assert progress.trouble and progress.get(*ANSWER) == {"answer": "a"}
    progress.move(tmp_path / "a.json")
    assert progress.trouble == ""
    refuse(monkeypatch, "replace", DENIED)
    progress.move(tmp_path / "b.json")
    assert "b.json cannot be written (Permission denied)" in progress.trouble
    assert progress.get(*ANSWER) == {"answer": "a"}


# Subscribers ---------------------------------------------------------------------------------


def test_subscribers_hear_of_each_change_made_here(path):
    progress, heard = Progress(path), []
    one = progress.subscribe(lambda: heard.append(progress.get(*ANSWER).get("answer")))
    progress.subscribe(lambda: heard.append("two"))
    progress.update(*ANSWER, answer="a")
    assert heard == ["a", "two"]
    progress.update(*ANSWER, answer="a")
    assert heard == ["a", "two"]
    Progress(path).update(*ANSWER, answer="elsewhere")
    assert heard == ["a", "two"]
    one()
    one()
    progress.reset("05")
    assert heard == ["a", "two", "two"]
    progress.move("")
    assert heard == ["a", "two", "two", "two"]


def test_true_in_place_of_one_is_a_change(path):
    progress, heard = Progress(path), []
    progress.update(*ANSWER, right=1)
    progress.subscribe(lambda: heard.append(1))
    progress.update(*ANSWER, right=True)
    assert heard == [1] and stored(path)["lessons"]["05"]["predictions"]["one step"] == {
        "right": True
    }
    assert '"right": true' in path.read_text()


# Damaged, foreign, newer ---------------------------------------------------------------------

GOOD = {"format": "optimlab progress", "version": 1}
DAMAGED = {
    "": "it is empty",
    '{"format": "optimlab pro': "it is not JSON",
    json.dumps(GOOD)[:-1] + ', "lessons": {"05": NaN}}': "it is not JSON",
    json.dumps(GOOD)[:-1] + ', "lessons": {"05": 1e999}}': "it is not JSON",
    "[" * 100_000: "it is not JSON",
    "[1, 2]": 'it has no "format"',
    '{"name": "somebody\'s settings"}': 'it has no "format"',
    '{"format": "optimlab progress", "lessons": {}}': 'it has no "version"',
    '{"format": "optimlab progress", "version": "1"}': 'it has no "version"',
    json.dumps(GOOD | {"lessons": [1]}): "its lessons are in another form",
    json.dumps(GOOD | {"lessons": {"05": 3}}): "its lesson 05 is in another form",
    json.dumps(GOOD | {"lessons": {"05": {"quiz": []}}}): "its lesson 05 has quiz in another form",
    json.dumps(GOOD | {"lessons": {"05": {"quiz": {"1": 2}}}}): "its lesson 05 has quiz in another",
}


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_or_foreign_file_is_set_aside_and_named(text, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    path.write_text(text)
    (path.parent / "optimlab-progress.damaged-1.json").write_text("an older one")
    progress = Progress(path)
    assert progress.lessons() == {}
    assert progress.trouble.startswith(f"{NAME} cannot be read as answers ({DAMAGED[text]}")
    assert "set aside" in progress.trouble and path.read_text() == text
    progress.update(*ANSWER, answer="a")
    assert (path.parent / "optimlab-progress.damaged-2.json").read_text() == text
    assert (path.parent / "optimlab-progress.damaged-1.json").read_text() == "an older one"
    assert Progress(path).get(*ANSWER) == {"answer": "a"} and Progress(path).trouble == ""
    assert DAMAGED[text] in progress.trouble
    assert progress.trouble.endswith("was set aside as optimlab-progress.damaged-2.json and a new "
                                     "file was begun.")  # fmt: skip
    assert len(names(path.parent)) == 3


def test_bytes_that_are_no_text_are_set_aside(path):
    path.write_bytes(b"\xff\xfe{\x00")
    Progress(path).update(*ANSWER, answer="a")
    assert (path.parent / "optimlab-progress.damaged-1.json").read_bytes() == b"\xff\xfe{\x00"


def test_answers_read_before_the_file_was_damaged_are_not_lost(path, monkeypatch):
    progress = Progress(path)
    progress.update(*ANSWER, answer="a")
    path.write_text("{oh")
    assert progress.get(*ANSWER) == {"answer": "a"}
    with monkeypatch.context() as patch:
        refuse(patch, "replace", FULL)
        progress.update("06", "quiz", "1", first="b")
        assert "No space left" in progress.trouble
    progress.update("07a", "quiz", "1", first="c")
    assert list(Progress(path).lessons()) == ["05", "06", "07a"]
    assert Progress(path).get(*ANSWER) == {"answer": "a"}
    assert "damaged-1" in progress.trouble


def test_a_file_saved_by_an_editor_with_a_mark_at_its_start_is_read(path):
    path.write_text(json.dumps(GOOD | {"lessons": {"05": {"quiz": {"1": {"first": "a"}}}}}),
                    encoding="utf-8-sig")  # fmt: skip
    assert Progress(path).get("05", "quiz", "1") == {"first": "a"}


def test_a_file_that_is_removed_is_forgotten(path):
    progress = Progress(path)
    progress.update(*ANSWER, answer="a")
    path.unlink()
    assert progress.lessons() == {} and progress.trouble == ""
    progress.update("06", "quiz", "1", first="b")
    assert list(Progress(path).lessons()) == ["06"]


def test_keys_that_are_not_ours_are_kept(path):
    more = GOOD | {
        "learner": "Kim",
        "lessons": {"05": {"notes": [1], "quiz": {"1": {"first": "a", "colour": "red"}}}},
    }
    path.write_text(json.dumps(more))
    progress = Progress(path)
    assert progress.trouble == ""
    assert list(progress.lesson("05")) == ["predictions", "targets", "exercises", "quiz"]
    progress.update("05", "quiz", "1", first="b")
    more["lessons"]["05"]["quiz"]["1"]["first"] = "b"
    assert stored(path) == more


def test_a_file_without_lessons_is_a_fresh_one(path):
    path.write_text(json.dumps(GOOD))
    Progress(path).update(*ANSWER, answer="a")
    assert names(path.parent) == [NAME] and Progress(path).get(*ANSWER) == {"answer": "a"}


def test_a_newer_file_is_left_as_it_is(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    newer = b'{"format":"optimlab progress","version":2,"lessons":[]}'
    path.write_bytes(newer)
    progress = Progress(path)
    assert progress.lessons() == {}
    progress.update(*ANSWER, answer="a")
    progress.reset("01")
    beside = "optimlab-progress.version-1.json"
    assert path.read_bytes() == newer and names(path.parent) == [NAME, beside]
    assert progress.trouble == (
        f"{NAME} was written by a newer optimlab and is left as it is, "
        f"so your answers are kept in {beside} beside it."
    )
    assert Progress(path).get(*ANSWER) == {"answer": "a"}
    (path.parent / beside).write_bytes(newer)
    progress.update("06", "quiz", "1", first="b")
    assert (path.parent / "optimlab-progress.version-1.damaged-1.json").read_bytes() == newer
    assert list(Progress(path).lessons()) == ["05", "06"] and path.read_bytes() == newer


# Nothing can be written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("replace", DENIED),
        ("replace", FULL),
        ("fsync", FULL),
        ("fsync", OSError(errno.EIO, "Input/output error")),
        ("open", DENIED),
        ("open", OSError(errno.EROFS, "Read-only file system")),
    ],
)
def test_answers_that_cannot_be_written_stay_in_memory(function, error, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    progress, heard = Progress(path), []
    progress.update("01", "quiz", "1", first="a")
    progress.update("02", "quiz", "1", first="a")
    before = path.read_bytes()
    progress.subscribe(lambda: heard.append(1))
    with monkeypatch.context() as patch:
        refuse(patch, function, error)
        assert progress.update(*ANSWER, answer="a") == {"answer": "a"}
        progress.reset("01")
        progress.update(*ANSWER, why="b")
        assert list(progress.lessons()) == ["02", "05"] and len(heard) == 3
        assert progress.trouble == (
            f"{NAME} cannot be written ({error.strerror}), so your answers are in memory only; "
            'lessons.keep("another/place.json") keeps them in another file.'
        )
        assert path.read_bytes() == before and names(path.parent) == [NAME]
    Progress(path).update("03", "quiz", "1", first="elsewhere")
    progress.update("06", "quiz", "1", first="c")
    assert progress.trouble == "" and len(heard) == 4
    assert list(Progress(path).lessons()) == ["02", "03", "05", "06"]
    assert Progress(path).get(*ANSWER) == {"answer": "a", "why": "b"}


def test_a_disk_that_fills_up_while_the_lock_is_written(path, monkeypatch):
    progress = Progress(path)
    real = open

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, _data):
            raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(lockfile, "open", lambda *a, **k: Full(real(*a, **k)), raising=False)
        progress.update(*ANSWER, answer="a")
    assert "No space left" in progress.trouble and names(path.parent) == []
    progress.update(*ANSWER, why="b")
    assert Progress(path).get(*ANSWER) == {"answer": "a", "why": "b"}


def test_answers_that_cannot_be_written_can_be_moved(path, monkeypatch):
    progress = Progress(path.parent / "missing" / NAME)
    progress.update(*ANSWER, answer="a")
    assert "cannot be written (" in progress.trouble and names(path.parent) == []
    progress.move(path.parent / "made" / "my answers.json")
    assert progress.trouble == ""
    assert Progress(path.parent / "made" / "my answers.json").get(*ANSWER) == {"answer": "a"}


def test_a_folder_in_place_of_the_file_is_named(path):
    path.mkdir()
    progress = Progress(path)
    assert progress.lessons() == {} and "cannot be read (it is a folder)" in progress.trouble
    assert progress.update(*ANSWER, answer="a") == {"answer": "a"}
    assert "cannot be written (it is a folder)" in progress.trouble
    assert names(path.parent) == [NAME] and progress.get(*ANSWER) == {"answer": "a"}
    path.rmdir()
    progress.update(*ANSWER, why="b")
    assert progress.trouble == "" and Progress(path).get(*ANSWER) == {"answer": "a", "why": "b"}


def test_a_file_that_can_be_read_again_is_no_trouble(path):
    path.mkdir()
    progress = Progress(path)
    assert "cannot be read" in progress.trouble
    path.rmdir()
    assert progress.trouble == ""


def test_a_file_that_cannot_be_read_is_not_written_over(path, monkeypatch):
    Progress(path).update(*ANSWER, answer="a")
    before = path.read_bytes()
    progress = Progress(path)

    def denied(_self):
        raise DENIED

    with monkeypatch.context() as patch:
        patch.setattr(module.Path, "read_bytes", denied)
        assert progress.get(*ANSWER) == {} and "cannot be read (Permission" in progress.trouble
        patch.setattr(lockfile, "_look_at", lambda lock: (b"", 0))  # its lock can be read
        progress.update("06", "quiz", "1", first="b")
        assert "cannot be written (Permission denied)" in progress.trouble
    assert path.read_bytes() == before
    (path.parent / f"{NAME}.lock").unlink(missing_ok=True)
    progress.update("07a", "quiz", "1", first="c")
    assert list(Progress(path).lessons()) == ["05", "06", "07a"] and progress.trouble == ""


def test_a_read_only_file_is_respected(path, monkeypatch):
    Progress(path).update(*ANSWER, answer="a")
    before = path.read_bytes()
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    progress = Progress(path)
    progress.update(*ANSWER, answer="b")
    assert "cannot be written (it is read-only)" in progress.trouble and path.read_bytes() == before
    assert progress.get(*ANSWER) == {"answer": "b"}


def test_a_file_open_elsewhere_is_asked_for_again(path, monkeypatch):
    progress, real, refused = Progress(path), os.replace, []

    def busy(*arguments):
        if len(refused) < 2:
            refused.append(1)
            raise DENIED
        return real(*arguments)

    monkeypatch.setattr(lockfile, "PAUSES", (0.001, 0.001, 0.001))
    monkeypatch.setattr(module.os, "replace", busy)
    progress.update(*ANSWER, answer="a")
    assert progress.trouble == "" and len(refused) == 2 and path.exists()


# Several at once -----------------------------------------------------------------------------

WRITER = """
import sys
from optimlab.lessons.store import Progress
path, lesson, item = sys.argv[1:]
progress = Progress(path)
input()
for number in range(100):
    progress.update(lesson, "quiz", f"{item}{number}", first=item)
    progress.update("00", "quiz", "shared", **{item: number})
print(progress.trouble)
"""


def test_two_lessons_open_at_once_lose_nothing(path):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), lesson, item],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for lesson, item in (("05", "a"), ("05", "b"), ("06", "c"))
    ]  # fmt: skip
    here = Progress(path)
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    for number in range(100):
        here.update("06", "quiz", f"d{number}", first="d")
    for writer in writers:
        assert writer.communicate(timeout=60) == ("\n", None)
    wanted = {item: {f"{item}{n}": {"first": item} for n in range(100)} for item in "abcd"}
    assert here.lesson("05")["quiz"] == wanted["a"] | wanted["b"]
    assert here.lesson("06")["quiz"] == wanted["c"] | wanted["d"]
    assert here.get("00", "quiz", "shared") == {"a": 99, "b": 99, "c": 99}
    assert here.trouble == "" and names(path.parent) == [NAME]


def test_threads_of_one_kernel_lose_nothing(path):
    progress = Progress(path)

    def write(item):
        for number in range(30):
            progress.update("05", "quiz", f"{item}{number}", first=item)

    threads = [threading.Thread(target=write, args=(item,)) for item in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Progress(path).lesson("05")["quiz"]) == 90 and progress.trouble == ""


def test_what_another_lesson_writes_is_seen(path):
    one, two = Progress(path), Progress(path)
    assert two.lessons() == {}
    one.update(*ANSWER, answer="a")
    assert two.get(*ANSWER) == {"answer": "a"}
    two.update(*ANSWER, why="b")
    assert one.get(*ANSWER) == {"answer": "a", "why": "b"}
    two.reset()
    assert one.lessons() == {}


def test_a_lock_left_behind_is_broken(path):
    lock, left = path.with_name(f"{NAME}.lock"), path.with_name(f"{NAME}.00ff00ff.tmp")
    other = path.with_name("other.json.00ff00ff.tmp")
    for file in (lock, left, other):
        file.write_text("half")
        os.utime(file, (time.time() - 60,) * 2)
    begun = time.monotonic()
    progress = Progress(path)
    progress.update(*ANSWER, answer="a")
    assert time.monotonic() - begun < 2 and progress.trouble == ""
    assert names(path.parent) == [NAME, other.name] and Progress(path).get(*ANSWER)


def test_a_lock_at_which_nothing_happens_is_broken(path, monkeypatch):
    monkeypatch.setattr(lockfile, "PATIENCE", 0.2)
    lock = path.with_name(f"{NAME}.lock")
    lock.write_text("a clock that goes wrong")
    os.utime(lock, (time.time() + 600,) * 2)
    begun = time.monotonic()
    Progress(path).update(*ANSWER, answer="a")
    assert 0.2 <= time.monotonic() - begun < 2 and names(path.parent) == [NAME]


def test_a_lock_that_is_new_meanwhile_is_not_broken(path):
    lock = path.with_name(f"{NAME}.lock")
    lock.write_text("new")
    lockfile._break(lock, (b"old", 0))
    assert lock.exists()
    lockfile._break(lock, lockfile._look_at(lock))
    assert not lock.exists()


def test_a_lock_in_use_is_waited_for_and_not_broken(path, monkeypatch):
    monkeypatch.setattr(lockfile, "PATIENCE", 0.2)
    lock, stop = path.with_name(f"{NAME}.lock"), threading.Event()

    def busy():
        number = 0
        while not stop.wait(0.02):
            lock.write_text(str(number := number + 1))

    lock.write_text("0")
    thread = threading.Thread(target=busy)
    thread.start()
    progress = Progress(path)
    progress.update(*ANSWER, answer="a")
    stop.set()
    thread.join()
    assert "cannot be written (another program is holding it)" in progress.trouble
    assert lock.exists() and not path.exists()
    lock.unlink()
    progress.update(*ANSWER, why="b")
    assert Progress(path).get(*ANSWER) == {"answer": "a", "why": "b"} and progress.trouble == ""


def test_a_writer_whose_lock_was_broken_begins_again(path, monkeypatch):
    progress, real, stolen = Progress(path), os.fsync, []
    lock = path.with_name(f"{NAME}.lock")

    def asleep(descriptor):
        real(descriptor)
        if not stolen:
            stolen.append(1)
            lock.unlink()
            Progress(path).update("06", "quiz", "1", first="b")

    monkeypatch.setattr(module.os, "fsync", asleep)
    progress.update(*ANSWER, answer="a")
    assert list(Progress(path).lessons()) == ["06", "05"]
    assert progress.trouble == "" and names(path.parent) == [NAME]


def test_the_lock_of_another_is_not_removed(path, monkeypatch):
    progress, real = Progress(path), os.replace
    lock = path.with_name(f"{NAME}.lock")

    def slow(*arguments):
        real(*arguments)
        lock.write_text("another")

    monkeypatch.setattr(module.os, "replace", slow)
    progress.update(*ANSWER, answer="a")
    assert lock.read_text() == "another"


KILLED = """
import os, sys
from optimlab.lessons.store import Progress
os.fsync = lambda descriptor: os._exit(9)
Progress(sys.argv[1]).update("05", "quiz", "1", first="lost")
"""


def test_a_kill_while_writing_leaves_the_file_whole(path, monkeypatch):
    Progress(path).update(*ANSWER, answer="a")
    before = path.read_bytes()
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)]).returncode == 9
    assert path.read_bytes() == before and len(names(path.parent)) == 3
    monkeypatch.setattr(lockfile, "STALE", 0)
    progress = Progress(path)
    progress.update(*ANSWER, why="b")
    assert progress.trouble == "" and names(path.parent) == [NAME]


@pytest.mark.parametrize("name", ["folder.json", "notes.txt", "pipe.json"])
def test_what_is_no_file_of_answers_is_left_alone(tmp_path, name):
    path = tmp_path / name
    if name == "folder.json":
        path.mkdir()
    elif name == "notes.txt":
        path.write_text("mine")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        pytest.skip("this system has no named pipes")
    progress = Progress(path)
    progress.update(*ANSWER, answer="kept")
    assert progress.get(*ANSWER) == {"answer": "kept"}
    assert "lessons.keep" in progress.trouble and names(tmp_path) == [name]
    progress.move(tmp_path / "other.json")
    assert Progress(tmp_path / "other.json").get(*ANSWER) == {"answer": "kept"}


def test_the_root_is_no_file():
    assert "cannot be read" in Progress("/").trouble


# Whatever stands there -----------------------------------------------------------------------

SLEEPER = """
import sys
from pathlib import Path
from optimlab.lessons.lockfile import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


def test_the_lock_of_a_dead_process_is_taken_over_at_once(path):
    command = [sys.executable, "-c", SLEEPER, str(path)]
    owner = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdout.readline() == "held\n"
    lock = path.with_name(path.name + ".lock")
    assert not lockfile._is_dead(lock.read_bytes())
    owner.kill()
    owner.communicate()
    begun = time.monotonic()
    progress = Progress(path)
    progress.update(*ANSWER, answer="left")
    assert time.monotonic() - begun < 2 < lockfile.PATIENCE and progress.trouble == ""
    assert names(path.parent) == [NAME]


OWN = pytest.param(str(os.getpid()), id="own")


@pytest.mark.parametrize("pid", ["", "x", "-1", "0" * 9, "9" * 30, OWN])
def test_an_owner_of_whom_nothing_is_known_is_waited_for(pid):
    here = lockfile._HERE
    dead = pid == "9" * 30  # no process has such a number
    assert lockfile._is_dead(f"{pid} abc {here}\n".encode()) is dead
    for words in (f"{pid} abc\n", f"{pid} abc elsewhere\n", "", "\n", f"{here}\n"):
        assert lockfile._is_dead(words.encode()) is False
    assert lockfile._is_dead(b"\xff\xfe\0") is False


def hostile_places(folder):
    (folder / "a folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    (folder / "loop.json").symlink_to(folder / "loop.json")
    (folder / "zero.json").symlink_to("/dev/zero")
    for name, held in {
        "garbage": os.urandom(500), "empty": b"", "deep": b"[" * 10**5, "list": b"[1]",
        "half": b'{"format": "optimlab progress", "ver', "nul": b"\0" * 99,
        "version": b'{"format": "optimlab progress", "version": 1' + b"0" * 400 + b"}",
        "lessons": b'{"format": "optimlab progress", "version": 1, "lessons": {"\\n<b>": 3}}',
    }.items():
        (folder / f"{name}.json").write_bytes(held)
    kept = [str(file) for file in folder.iterdir()]
    return kept + [
        "", " ", ".", "..", "/", "~", "~nobody/x.json", "-", "x", "x.json/", "gone/x.json", "$HOME",
        "/dev/null", "/dev/zero", "/dev/full", "/proc/self/mem", "/proc/x.json", "http://a.b/c.json",
        "file:///tmp/x.json", "s3://a/b", "a" * 300 + ".json", "a/" * 3000 + "x.json", "a\0b.json",
        "\udcff.json", "\u202e.json", "a\nb.json", "<b>.json", "$x$.json", "*.json", "오.json",
    ]  # fmt: skip


def test_the_environment_may_name_anything(tmp_path, monkeypatch):
    """An answer is kept, in the file or in memory, and trouble is a sentence."""
    monkeypatch.chdir(tmp_path)
    begun, kept = time.monotonic(), 0
    for place in hostile_places(tmp_path):
        monkeypatch.setattr(module.os, "environ", {module.VARIABLE: place})
        progress = current()
        progress.update(*ANSWER, answer="left")
        assert progress.get(*ANSWER) == {"answer": "left"}, place
        said = progress.trouble
        assert not said or said.endswith((".", "file.")) and "Error" not in said, said
        kept += progress.path is not None and Progress(progress.path).get(*ANSWER) != {}
    assert kept >= 12
    assert time.monotonic() - begun < 10


def test_a_folder_that_is_gone_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    progress = Progress("answers.json")
    progress.update(*ANSWER, answer="left")
    assert progress.get(*ANSWER) == {"answer": "left"} and "in memory only" in progress.trouble
