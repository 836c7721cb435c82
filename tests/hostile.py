"""Eighty functions that do harm, each with the sentence that its author gets within the limit.

They are handed in for an exercise that asks for x + 1, in the case x = 1.
"""

import builtins
import collections
import contextlib
import ctypes
import decimal
import fractions
import functools
import gc
import itertools
import math
import os
import random
import re
import signal
import sys
import threading
import time
import warnings

import numpy as np

RIGHT = "Right."
LONG = "It ran for 0.1 seconds and was stopped: does its loop ever end?"
MANY = "numbers, which are too many."
HOSTILE = []


def gets(sentence):
    """Put a function into the table; `sentence` is how its sentence begins, or a part of it."""

    def listed(function):
        HOSTILE.append((sentence, function))
        return function

    return listed


def does(sentence, *actions):
    """A function that does these things, and then gives what is right."""

    def harmful(x):
        for action in actions:
            action()
        return x + 1

    HOSTILE.append((sentence, harmful))


def gives(sentence, make):
    """A function that gives what is made then."""
    HOSTILE.append((sentence, lambda x: make()))


def lying(base=object, **answers):
    """A class whose objects do these things when they are asked."""
    return type("Lies", (base,), answers)


def forever(*_, **__):
    while True:
        pass


def fails(*_, **__):
    raise RuntimeError("no")


# it closes, replaces or leaves behind: 33
does(RIGHT, lambda: sys.stdout.close())
does(RIGHT, lambda: sys.stderr.close())
does(RIGHT, lambda: setattr(sys, "stdout", None))
does(RIGHT, lambda: setattr(sys, "stderr", 3))
does(RIGHT, lambda: setattr(sys.stdout, "write", None), lambda: setattr(sys.stdout, "getvalue", 1))
does(RIGHT, lambda: sys.stdout.seek(10**9), lambda: print("far"))
does(RIGHT, lambda: os.close(1))
does(RIGHT, lambda: os.close(2))
does(RIGHT, lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 1))
does(RIGHT, lambda: setattr(np, "isnan", None), lambda: setattr(np, "array", None))
does(RIGHT, lambda: delattr(np, "asarray"), lambda: setattr(np, "ndarray", list))
does(RIGHT, lambda: setattr(np.random, "rand", None), lambda: setattr(np.linalg, "norm", None))
does(RIGHT, lambda: setattr(math, "pi", 3), lambda: setattr(math, "isfinite", None))
does(RIGHT, lambda: setattr(builtins, "isinstance", fails))
does(RIGHT, lambda: setattr(builtins, "len", None), lambda: setattr(builtins, "max", None))
does(RIGHT, lambda: delattr(builtins, "tuple"), lambda: delattr(builtins, "type"))
does(RIGHT, lambda: setattr(builtins, "__import__", fails), lambda: setattr(builtins, "print", 1))
does(RIGHT, lambda: setattr(time, "monotonic", fails), lambda: setattr(time, "sleep", fails))
does(RIGHT, lambda: setattr(threading, "Thread", None), lambda: setattr(threading, "Lock", None))
does(RIGHT, lambda: setattr(threading, "current_thread", fails))
does(RIGHT, lambda: setattr(sys, "settrace", None), lambda: setattr(sys, "gettrace", None))
does(RIGHT, lambda: np.seterr(all="raise"), lambda: np.set_printoptions(precision=1))
does(RIGHT, lambda: warnings.simplefilter("error"), lambda: setattr(warnings, "filters", []))
does(RIGHT, lambda: warnings.warn("no", stacklevel=1), lambda: np.float64(1) / np.float64(0))
does(RIGHT, lambda: os.chdir("/"), lambda: os.environ.update(HOME="x", OPTIMLAB_PROGRESS="y"))
does(RIGHT, lambda: os.environ.clear(), lambda: sys.path.clear(), lambda: sys.argv.clear())
does(RIGHT, lambda: random.seed(0), lambda: np.random.seed(0))
does(RIGHT, lambda: sys.settrace(lambda *_: None), lambda: sys.setprofile(lambda *_: None))
does(RIGHT, lambda: sys.setrecursionlimit(10**6), lambda: sys.setswitchinterval(0.1))
does(RIGHT, lambda: signal.signal(signal.SIGINT, signal.SIG_IGN), gc.disable)
does(RIGHT, lambda: signal.setitimer(signal.ITIMER_REAL, 0.2))
does(RIGHT, lambda: sys.modules.pop("numpy"), lambda: sys.modules.pop("optimlab"))
does(RIGHT, lambda: threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start())


# it does not end: 17
@gets(LONG)
def loop(x):
    while True:
        pass


@gets(LONG)
def deaf(x):
    while True:
        try:
            while True:
                x += 1
        except BaseException:
            pass


@gets(LONG)
def deaf_and_untraced(x):
    while True:
        try:
            while True:
                sys.settrace(None)
        except BaseException:
            pass


@gets(LONG)
def asleep(x):
    time.sleep(1000)


@gets(LONG)
def asleep_and_deaf(x):
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(1000)


@gets(LONG)
def waits_for_a_lock(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


@gets(LONG)
def waits_for_a_thread(x):
    threading.Event().wait()


@gets(LONG)
def breaks_and_loops(x):
    builtins.max = builtins.len = builtins.isinstance = time.monotonic = None
    while True:
        pass


@gets(LONG)
def prints(x):
    while True:
        print("x" * 100)


@gets(LONG)
def littering(x):
    while True:
        lying(__del__=lambda self: sum(i for i in range(99)))()


@gets(LONG)
def finally_again(x):
    try:
        forever()
    finally:
        forever()


@gets(LONG)
def matches(x):
    re.match("(a+)+$", "a" * 40 + "b")


@gets(LONG)
def multiplies(x):
    10 ** 10 ** 8


gives(LONG, lambda: lying(list, __iter__=lambda self: itertools.repeat(1))([1]))
gives(LONG, lambda: lying(dict, items=forever)(a=1))
gives(LONG, lambda: lying(__array__=forever)())
gives(LONG, lambda: lying(float, __float__=forever)(2))

# what it gives is too much, or nothing that can be read: 18
gives(MANY, lambda: np.zeros(10**8))
gives(MANY, lambda: np.broadcast_to(0.0, (10**6, 10**6)))
gives(MANY, lambda: range(10**12))
gives(MANY, lambda: [0] * 2 * 10**6)
gives(MANY, lambda: collections.deque([0] * 2 * 10**6))
gives("2,000,000 letters, which are too many.", lambda: "x" * 2 * 10**6)
gives("It gives a number that is too large.", lambda: 10**400)
gives("It gives a generator: make a list of it.", lambda: (i for i in itertools.count()))
gives("It gives a count: make a list of it.", itertools.count)
gives("It gives a Lies, not a number.", lambda: lying(__eq__=fails, __array__=fails)())
gives("It gives a Lies, not a number.", lambda: lying(__class__=property(fails))())
gives("It gives a list, not a number.", lambda: (one := [], one.append(one), one)[2])
gives("It gives a module, not a number.", lambda: sys)
gives("It gives a class, not a number.", lambda: type("<b>", (), {}))
gives("It gives a complex number, not a number.", lambda: 2j)
gives("It gives NaN.", lambda: float("nan"))
gives("It gives an infinite number.", lambda: decimal.Decimal("Infinity"))
gives(RIGHT, lambda: fractions.Fraction(2))

# it raises what is no ordinary error: 12
ERROR = type("E" * 100, (Exception,), {"__str__": forever})


@gets("Your function raises SystemExit")
def leaves(x):
    sys.exit()


@gets("Your function raises GeneratorExit")
def exits(x):
    raise GeneratorExit


@gets(LONG)
def says_it_forever(x):
    raise ERROR


@gets("Your function raises Silent")
def says_nothing(x):
    raise type("Silent", (Exception,), {"__str__": fails})


@gets("Your function raises RecursionError")
def falls(x):
    return falls(x)


@gets("Your function raises MemoryError")
def takes_all(x):
    return bytearray(2**62)


@gets("Your function raises ValueError: two lines, in line")
def says_much(x):
    raise ValueError("two lines\n" + "x" * 10**6)


@gets("Your function raises Bare")
def raises_bare(x):
    raise type("Bare", (BaseException,), {})


@gets("Your function raises ExceptionGroup: all (1 sub-exception)")
def raises_many(x):
    raise ExceptionGroup("all", [ValueError()])


@gets("Your function raises AttributeError")
def raises_inside(x):
    return x.value


@gets("Your function raises ArgumentError")
def calls_c(x):
    return ctypes.pythonapi.PyLong_AsLong(functools.partial)


@gets("Your function raises UnicodeEncodeError")
def encodes(x):
    return "\ud800".encode()
