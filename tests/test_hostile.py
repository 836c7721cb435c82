"""Eighty functions that do harm get their sentence, and leave nothing behind: see hostile.py."""

import builtins
import gc
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from hostile import HOSTILE, RIGHT

from optimlab.lessons import Exercise
from optimlab.lessons.judging import kept

step = Exercise(lambda x: x + 1, cases=[1.0])


def state():
    """What a function may have changed, as far as it can be compared."""
    names = {
        module.__name__: {k: id(v) for k, v in vars(module).items() if k != "_"}
        for module in kept.MODULES
    }
    files = [(os.fstat(n).st_dev, os.fstat(n).st_ino) for n in (1, 2)]
    return {
        "names": names, "files": files,
        "cwd": os.getcwd(), "environ": dict(os.environ), "path": [*sys.path], "argv": [*sys.argv],
        "modules": "numpy" in sys.modules and "optimlab" in sys.modules,
        "random": (random.getstate(), str(np.random.get_state())), "trace": sys.gettrace(),
        "profile": sys.getprofile(), "limit": sys.getrecursionlimit(), "gc": gc.isenabled(),
        "interval": sys.getswitchinterval(), "err": np.geterr(), "print": np.get_printoptions(),
        "filters": [*warnings.filters], "signal": signal.getsignal(signal.SIGINT),
        "timer": signal.getitimer(signal.ITIMER_REAL), "print is": builtins.print,
        "wake": signal.getsignal(signal.SIGALRM),
    }  # fmt: skip


def test_numpy_s_handling_of_errors_is_put_back_wherever_an_exception_has_come():
    before = np.geterr()
    with kept.everything():
        np.seterr(all="raise")  # as where one comes before numpy's own context has ended
    assert np.geterr() == before


def test_there_are_eighty():
    assert len(HOSTILE) == 80


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("sentence", "function"), HOSTILE, ids=[f.__name__ for _, f in HOSTILE]
)
def test_a_hostile_function_gets_its_sentence_and_leaves_nothing(sentence, function):
    before, out, err, begun = state(), sys.stdout, sys.stderr, time.monotonic()
    verdict = step.judge(function, seconds=0.1)
    took, after = time.monotonic() - begun, state()
    assert sentence in verdict.sentence and "\n" not in verdict.sentence
    assert len(verdict.sentence) < 400 and len(verdict.printed) <= 500
    assert verdict.passed is (sentence == RIGHT)
    for name in before:
        assert after[name] == before[name], name
    assert sys.stdout is out and sys.stderr is err
    assert took < 5, "two cores are shared with other tests"
    assert step.judge(lambda x: 1 + x).passed and not step.judge(lambda x: x).passed
    assert not [one for one in threading.enumerate() if "time limit" in one.name]
