"""In a browser's Python there are no threads and no processes: the lessons do without."""

import errno
import multiprocessing
import os
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

from optimlab import checks, lessons, place
from optimlab.lessons import Exercise, Progress, store
from optimlab.lessons.judging.watch import TooLong, call

ROOT = Path(__file__).parents[1]


def refuse(*_, **__):
    raise RuntimeError("can't start new thread")


def as_in_a_browser(set_=setattr):
    """Give this Python the name of a browser's, and take from it what is missing there."""
    set_(sys, "platform", "emscripten")
    set_(threading.Thread, "start", refuse)
    set_(subprocess.Popen, "__init__", refuse)
    set_(multiprocessing.Process, "start", refuse)
    for name in ("fork", "forkpty", "posix_spawn", "system"):
        set_(os, name, refuse)


@pytest.fixture
def browser(monkeypatch):
    as_in_a_browser(monkeypatch.setattr)


# --- the time limit ----------------------------------------------------------------------------


def forgetful():
    n = 0
    while True:
        n += 1


def in_try():
    n = 0
    while True:
        try:
            n += 1
        except Exception:
            n = 0


def deaf():
    n = 0
    while True:
        try:
            while True:
                n += 1
        except BaseException:  # noqa: B036 — that is what is tested
            n = 0


def asleep():
    while True:
        try:
            time.sleep(0.005)
        except BaseException:
            pass


def calls_itself(n=0):
    while True:
        calls_again(n)


def calls_again(n):
    return n if n > 50 else calls_again(n + 1)


@pytest.mark.parametrize("function", [forgetful, in_try, deaf, asleep, calls_itself])
def test_an_endless_loop_is_stopped_without_threads(browser, function):
    def mine(*_):
        return None

    tracer, begun = sys.gettrace(), time.monotonic()
    sys.settrace(mine)
    try:
        with pytest.raises(TooLong):
            call(function, seconds=0.1)
        assert sys.gettrace() is mine, "the tracer of a debugger is put back"
    finally:
        sys.settrace(tracer)
    assert 0.09 < time.monotonic() - begun < 5
    sum(range(1000))  # nothing comes later


class Finalized:
    def __del__(self):
        sum(i for i in range(200))


def littering():
    while True:
        Finalized()


@pytest.mark.parametrize("hook", ["C", "Python"])
def test_what_a_finalizer_swallows_and_a_hook_keeps_comes_again(browser, monkeypatch, hook):
    kept = []
    keep = kept.append if hook == "C" else lambda lost: kept.append(lost)
    monkeypatch.setattr(sys, "unraisablehook", keep)
    for _ in range(5):
        begun = time.monotonic()
        with pytest.raises(TooLong):
            call(littering, seconds=0.05)
        assert time.monotonic() - begun < 5 and sys.getprofile() is None


def test_a_call_in_time_is_not_disturbed(browser):
    tracer = sys.gettrace()
    for i in range(200):
        assert call(lambda i=i: i + 1, seconds=1) == i + 1 and sys.gettrace() is tracer
    with pytest.raises(ZeroDivisionError):
        call(lambda: 1 / 0)
    assert call(call, (pow, (2, 5))) == 32
    with pytest.raises(TooLong):  # the inner limit ends, and the outer one is there again
        call(lambda: call(pow, (2, 5), 9) and forgetful(), seconds=0.1)
    assert sys.gettrace() is tracer


def test_an_exercise_says_that_its_loop_does_not_end(browser):
    exercise = Exercise(lambda x: x + 1, cases=[1, 2], seconds=0.2)
    verdict = exercise.judge(lambda x: in_try())
    assert verdict.passed is False and "does its loop ever end?" in str(verdict)
    assert exercise.judge(lambda x: 1 + x).passed


# --- what is installed -------------------------------------------------------------------------


def test_check_environment_knows_that_it_is_in_a_browser(browser, capsys, monkeypatch):
    lessons.check_environment()
    said = capsys.readouterr().out
    assert "in your browser" in said and "numpy" in said and "ipywidgets" in said
    assert not any(name in said for name in ("jupyterlab", "nbclient", "plotly", "sympy"))
    monkeypatch.setattr(lessons.contents, "missing", lambda: ["anywidget is not installed"])
    lessons.check_environment()
    said = capsys.readouterr().out
    assert "%pip install optimlab" in said and "requirements.txt" not in said


@pytest.fixture
def lent(browser, monkeypatch):
    """Stand-ins of the browser's installer; what it was asked for."""
    asked, here = [], sys.meta_path

    def install(name):
        asked.append(name)
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))

    waiting = types.SimpleNamespace(can_run_sync=lambda: True, run_sync=lambda made: made)
    monkeypatch.setitem(sys.modules, "pyodide", types.ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.ffi", waiting)
    monkeypatch.setitem(sys.modules, "piplite", types.SimpleNamespace(install=install))
    assert sys.meta_path is here
    return types.SimpleNamespace(asked=asked, waiting=waiting, install=install)


def test_what_is_used_is_loaded_when_it_is_used(lent):
    assert checks.extra("no_such_thing", "This") is sys.modules["no_such_thing"]
    assert lent.asked == ["no_such_thing"]
    assert checks.extra("json", "This").dumps and lent.asked == ["no_such_thing"]


def test_what_cannot_be_loaded_says_what_to_do(lent, monkeypatch):
    wanted = "^This needs no_such_thing: %pip install no_such_thing$"
    monkeypatch.setattr(lent.waiting, "can_run_sync", lambda: False)
    with pytest.raises(ImportError, match=wanted):
        checks.extra("no_such_thing", "This")
    assert lent.asked == []

    def no_network(_):
        raise OSError("the network is gone")

    monkeypatch.setattr(lent.waiting, "can_run_sync", lambda: True)
    monkeypatch.setattr(sys.modules["piplite"], "install", no_network)
    with pytest.raises(ImportError, match=wanted):
        checks.extra("no_such_thing", "This")


def test_elsewhere_nothing_is_fetched():
    assert not place.in_browser() and not place.fetched("no_such_thing")
    with pytest.raises(ImportError, match=r"pip install 'optimlab\[site\]'"):
        checks.extra("no_such_thing", "This", "site")


# --- the answers -------------------------------------------------------------------------------


def test_answers_that_a_browser_does_not_keep_stay_for_the_visit(browser, tmp_path, monkeypatch):
    progress = Progress(tmp_path / "optimlab-progress.json")
    assert "cannot be read" in progress.trouble
    progress.update("05", "quiz", "1", first="a")
    assert "this page" in progress.trouble and "until you close or reload" in progress.trouble
    assert progress.get("05", "quiz", "1") == {"first": "a"} and not any(tmp_path.iterdir())
    monkeypatch.setattr(place, "DRIVE", str(tmp_path))
    progress.update("05", "quiz", "2", first="b")
    assert progress.trouble == "" and len(Progress(progress.path).lesson("05")["quiz"]) == 2

    def no_drive(*_):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(store.os, "replace", no_drive)
    progress.update("05", "quiz", "3", first="a")
    assert f"cannot be written ({store.NO_FILES}), so" in progress.trouble


# --- the lessons -------------------------------------------------------------------------------

WORK = """
import sys
from pathlib import Path
import optimlab.lessons, optimlab.explorers, matplotlib.pyplot  # these look for the real platform
import without_threads
import worked
from optimlab import place
place.DRIVE = sys.argv[1]
without_threads.as_in_a_browser()
for number in ("05", "13"):
    path = next(path for path in worked.LESSONS if path.name.startswith(number))
    done = worked.Worked(path, Path(sys.argv[1]) / "optimlab-progress.json")
    assert not done.problems, done.problems
    assert done.space["lesson"].store.trouble == ""
    judged = [
        a.exercise.judge(a.exercise.solution() if a.returns else a.exercise.solution).passed
        for a in done.asked
    ]
    assert judged and all(judged), judged
print([name for name in ("plotly", "pandas", "seaborn", "sympy") if name in sys.modules])
"""


def test_lessons_run_and_load_only_what_they_use(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(tmp_path)], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
