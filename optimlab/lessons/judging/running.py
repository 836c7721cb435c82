"""Run a learner's function on copies of its arguments, within a time, and read its result."""

import contextlib
import copy
import io
import linecache
import time
import warnings
from dataclasses import dataclass

import numpy as np

from optimlab.asis import legible
from optimlab.lessons.judging import kept, watch
from optimlab.lessons.judging.reading import code_of, parameters_of, takes_xor
from optimlab.lessons.judging.values import (
    Odd,
    has_ellipsis,
    is_data,
    kind_of,
    or_none,
    plain,
    same,
)
from optimlab.lessons.judging.verdict import UNANSWERED, Raised, Stop
from optimlab.lessons.judging.wording import POWER, no_result

#: how much of what a function prints is kept, in characters
MOST_PRINTED = 500


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    value: object  # plain
    changed: tuple  # the numbers of the arguments that it changed
    kinds: tuple  # what these are
    arguments: tuple  # plain, as they are afterwards, where the function works in place
    printed: bool
    strict: bool  # whether it is wrong to change an argument

    @property
    def all(self):
        return (self.value, str(self.changed) if self.strict else "", self.arguments)


class Printed(io.StringIO):
    """Keeps the beginning of what is printed, so that a loop that prints fills no memory."""

    count = 0

    def write(self, text):
        self.count += len(text)
        super().write(text[: max(0, MOST_PRINTED - self.tell())])
        return len(text)

    def close(self):
        """Stay open: the learner's function may close what it prints to."""


@contextlib.contextmanager
def silence(output):
    """Keep what is printed, let no warning out, and put back the names that may be replaced.

    It gives the function that does so, which is also to be called before a result is read.
    """
    to = contextlib.redirect_stdout(output), contextlib.redirect_stderr(output)
    with to[0], to[1], warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        put_back = kept.names()
        try:
            yield put_back
        finally:
            put_back()


class Run:
    """The calls of one judging, which share the time and the place of what they print.

    `in_place`: the function is to change its arguments; `strict`: it must not.
    """

    def __init__(self, seconds, in_place=False, strict=False):
        self.limit = self.left = seconds
        self.in_place, self.strict = in_place, strict
        self.output = Printed()

    @property
    def over(self):
        """Whether no time is left."""
        return self.left <= 0

    def again(self):
        """Forget what was printed: the calls are repeated with arguments of another form."""
        self.output.seek(0)
        self.output.truncate()

    def raw(self, function, args, where="", blamed=None):
        """The result of a call, whatever it is. Raises Stop where there is none.

        `blamed` is the learner's code, if not the function itself.
        """
        begun, limit = time.monotonic(), max(self.left, 0.01)

        def quiet():  # the names are put back while the watch still looks on
            with silence(self.output) as self.put_back:
                return function(*args)

        try:
            return watch.call(quiet, (), limit)
        except (KeyboardInterrupt, Odd, Stop):
            raise
        except watch.TooLong:
            said = self.too_long()
        except BaseException as error:
            if time.monotonic() - begun >= limit:  # what stopped it has become another error
                raise Stop(False, self.too_long()) from None
            blamed = function if blamed is None else blamed
            raise Raised(error_words(blamed, error, where)) from None
        finally:
            self.left -= time.monotonic() - begun
        raise Stop(False, said)

    def too_long(self):
        """What to say of what was stopped."""
        time = "1 second" if self.limit == 1 else f"{self.limit:g} seconds"
        return f"It ran for {time} and was stopped: does its loop ever end?"

    def printed(self):
        """What was printed, whatever the function has done to the place."""
        return io.StringIO.getvalue(self.output)

    def read(self, given):
        """A plain copy of what a learner gave; reading it, too, may take long or for ever."""
        return self.raw(plain, (given,))

    def call(self, function, case, where=""):
        """The outcome of a call with copies of the arguments of a case."""
        args, before = copy.deepcopy(case), self.output.count

        def called():
            value = function(*args)
            self.put_back()
            value = plain(value, none=True)
            changed = tuple(i for i, arg in enumerate(case) if not same(arg, args[i]))
            return value, changed, tuple(map(or_none, args)) if self.in_place else ()

        value, changed, now = self.raw(called, (), where, blamed=function)
        if self.in_place:
            changed = ()
        kinds = tuple(kind_of(case[i]) for i in changed)
        return Outcome(value, changed, kinds, now, self.output.count > before, self.strict)

    def guard(self, function):
        """The function, as `accept` may call it without care."""

        def guarded(*args, **kwargs):
            # Data are copied, so that a function may change them. What is drawn from is no data:
            # a copy of a random generator would give the same numbers again.
            kept, before = args, self.output.count
            if not self.in_place:
                args = tuple(copy.deepcopy(arg) if is_data(arg) else arg for arg in args)

            def called():
                result = function(*args, **kwargs)
                self.put_back()
                if has_ellipsis(result):
                    raise Stop(None, UNANSWERED)
                return result, [i for i, arg in enumerate(kept) if not same(arg, args[i])]

            result, changed = self.raw(called, (), blamed=function)
            if self.in_place:
                return result
            if changed and self.strict:
                raise Stop(False, changes_words(function, changed[0], kind_of(kept[changed[0]])))
            if result is None:
                raise Stop(False, no_result(self.output.count > before))
            return result

        return guarded


def error_words(function, error, where=""):
    """One line about an exception in a learner's function, with the line of its code."""
    name, message = type(error).__name__[:60], message_of(error)
    if takes_xor(error, message):
        message = POWER
    yours = "your class" if isinstance(function, type) else "your function"
    said = f"{where} {yours} raises" if where else f"{yours.capitalize()} raises"
    said += f" {name}: {message}" if message else f" {name}"
    code, found, step = code_of(function), None, error.__traceback__
    while code is not None and step is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename:
            found = step
        step = step.tb_next
    if found is not None:
        line = _quoted(linecache.getline(code.co_filename, found.tb_lineno).strip()[:100])
        said += f", in line {found.tb_lineno}" + (f": {line}" if line else "")
    return said


def message_of(error):
    """The first line of what an exception says, as far as it can be read."""
    try:
        return _quoted(next(iter(str(error).strip().splitlines()), "")[:200])
    except Exception:
        return ""


def _quoted(text):
    """A learner's text within a sentence, in which ` would begin what a card shows as code."""
    return legible(text).replace("`", "'")


def changes_words(function, number, kind):
    """What to say of a function that changes an argument, the one of this number and kind."""
    names = parameters_of(function)
    name = f"argument `{names[number]}`" if number < len(names) else f"argument {number + 1}"
    if kind == "an array":
        return f"It changes its {name} itself: make a new array."
    if kind == "a dictionary":
        return f"It changes its {name} itself: make a new dictionary."
    return f"It changes its {name} itself: make a new list."


def also_changes_words(function, number):
    """The same, beside another sentence: it may be the reason or not."""
    names = parameters_of(function)
    name = f"argument `{names[number]}`" if number < len(names) else f"argument {number + 1}"
    return f"It also changes its {name} itself."
