"""What a learner's function may change, close or replace outside itself, put back."""

import builtins
import contextlib
import copy
import gc
import inspect
import io
import math
import operator
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np

MODULES = (
    builtins, contextlib, copy, inspect, io, math, np, np.linalg, np.random, os, random, signal,
    sys, threading, time, warnings,
)  # fmt: skip


def names():
    """A function that gives these modules back what their names stand for now.

    It calls nothing that has a name itself, for that may be what was replaced.
    """
    before = [(vars(module), dict(vars(module))) for module in MODULES]

    def put_back(all=all, map=map, same=operator.is_):
        for now, then in before:
            whole = now.__len__() >= then.__len__()
            if whole and all(map(same, now.values(), then.values())):
                continue  # nearly always, and fast
            for name, value in then.items():
                if now.get(name, before) is not value:
                    now[name] = value

    return put_back


@contextlib.contextmanager
def everything():
    """Put back the names, and the state of Python and of the process, but for modules imported.

    Random numbers are drawn on within a judging, and begin again where they were after it.
    """
    with contextlib.ExitStack() as after:

        def keep(put_back, *then):
            def quietly():
                with contextlib.suppress(Exception):  # such as a folder that is gone
                    put_back(*then)

            after.callback(quietly)

        for stream in (1, 2):
            with contextlib.suppress(OSError):
                held = os.dup(stream)
                keep(os.close, held)
                keep(os.dup2, held, stream)
        for number in (signal.SIGINT, signal.SIGTERM):
            keep(signal.signal, number, signal.getsignal(number))
        if hasattr(signal, "setitimer"):
            keep(signal.setitimer, signal.ITIMER_REAL, *signal.getitimer(signal.ITIMER_REAL))
        for put_back, now in (
            (sys.setrecursionlimit, sys.getrecursionlimit), (sys.setprofile, sys.getprofile),
            (sys.setswitchinterval, sys.getswitchinterval), (random.setstate, random.getstate),
            (np.random.set_state, np.random.get_state), (os.chdir, os.getcwd),
            (_filled(os.environ), os.environ.copy), (_filled(sys.modules), sys.modules.copy),
            (lambda options: np.set_printoptions(**options), np.get_printoptions),
            (lambda handling: np.seterr(**handling), np.geterr),
        ):  # fmt: skip
            with contextlib.suppress(OSError):
                keep(put_back, now())
        for listed in (sys.path, sys.argv, warnings.filters):
            keep(listed.__setitem__, slice(None), listed[:])
        keep(gc.enable if gc.isenabled() else gc.disable)
        keep(names())
        yield


def _filled(held):
    """A function that gives a mapping back what it held; modules that came since stay."""

    def put_back(then):
        for key in set(held) - set(then) if held is os.environ else ():
            del held[key]
        for key in then:
            if key not in held or held[key] is not then[key] and held[key] != then[key]:
                held[key] = then[key]

    return put_back
