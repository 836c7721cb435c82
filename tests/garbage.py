"""Things of every type that a learner might hand in."""

import functools
import math
import re
import sys
import threading
import types
from pathlib import Path

import numpy as np

from optimlab.lessons.judging.verdict import Verdict


class Hostile:
    """Raises from everything that can be asked of an object."""

    def _raise(self, *args, **kwargs):
        raise RuntimeError("no")

    __eq__ = __repr__ = __str__ = __len__ = __iter__ = __array__ = __float__ = __bool__ = _raise
    __hash__ = __getitem__ = __deepcopy__ = __copy__ = __reduce_ex__ = _raise

    @property
    def __class__(self):
        raise RuntimeError("no")


class HostileCall(Hostile):
    __class__ = object

    def __call__(self, *args):
        raise self.error

    @property
    def __code__(self):
        raise RuntimeError("no")

    class error(Exception):
        def __str__(self):
            raise RuntimeError("no")


class Exits:
    def __array__(self, *args, **kwargs):
        sys.exit()


class Frame:
    """Like a table of pandas."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values)


def garbage():
    """All kinds of things that are no sensible answer."""
    loop = [1]
    loop.append(loop)
    return [
        0, -1, 10**400, -(10**400), 1e308, 1j, float("nan"), -np.inf, True, "", "x", "\0", b"x",
        [], (), {}, set(), [[]], [[], [1]], {1, "a"}, {1: 2}, {(1,): [2]}, range(3), range(0),
        int, type, Hostile, Hostile(), HostileCall(), Exits(), math, print, len, np.sin, np.add,
        np.add.reduce, lambda: 1, lambda *a, **k: a, lambda *a: Hostile(), lambda *a: Exits(),
        lambda *a: loop, lambda *a: math, lambda *a: [None], lambda *a: (x for x in a), loop,
        (x for x in [1]), map(str, [1]), iter([1]), functools.partial(max), object(), Ellipsis,
        NotImplemented, Exception("x"), Exception, np.array(3), np.array("x"), np.array([]),
        np.array([1, "a", None], dtype=object), np.array([1j]), np.zeros((0, 3)), np.zeros((2, 2)),
        np.datetime64("2020-01-01"), np.timedelta64(1), np.array([b"x"]), np.ma.masked,
        np.zeros(2, dtype=[("a", float)]), Frame([1, 2]), Frame("x"), Frame([Hostile()]),
        memoryview(b"x"), types.SimpleNamespace(), sys.stdout, re.compile("x"), threading.Lock(),
        Path("."), np.random.default_rng(0), np.random.default_rng, Verdict(True, "x"), [Hostile()],
        {"a": Hostile()}, np.errstate, staticmethod(len), property(len), eval, exec, globals,
    ]  # fmt: skip
