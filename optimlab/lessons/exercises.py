"""Judge a learner's value or function, and say which usual mistake it looks like.

Nothing is shown or kept here: `Exercise.judge` takes whatever a learner gives and returns a
Verdict with one sentence.
"""

import ast
import contextlib
import copy
import dis
import functools
import inspect
import io
import itertools
import linecache
import numbers
import textwrap
import time
import types
import warnings
from dataclasses import dataclass

import numpy as np

from optimlab import checks
from optimlab.lessons import watch

UNANSWERED = "Not answered yet."
UNFINISHED = "Not answered yet: there is still a `...` in it."
RIGHT = "Right."
NOT_YET = "That is not right yet."
#: how much of what a function prints is kept, in characters
MOST_PRINTED = 500
#: how many rows can be compared in any order
MOST_ROWS = 6
#: two wrong answers nearer than this share of the tolerance are alike
ALIKE = 1e-3


@dataclass(frozen=True)
class Verdict:
    """What became of an answer.

    Attributes
    ----------
    passed : bool, or None if it is not answered yet
    sentence : what to say to the learner
    printed : what the learner's function printed, at most 500 characters
    """

    passed: bool | None
    sentence: str
    printed: str = ""


class Exercise:
    """A question with its right answer and the usual wrong ones.

    There are three kinds. For a **function**, `solution` is a right function and `cases` are the
    arguments on which the learner's is compared with it. For a **value** (a number, a text, True
    or False, or a list of them) there are no cases, and `solution` is a function without arguments
    that returns it, or the value itself. Where many answers are right, `accept` decides, and
    `solution` is, or returns, one of them.

    Parameters
    ----------
    solution : function or value
        What a learner could have written. The card shows its source on request.
    wrong : list of (wrong answer, sentence)
        What to say to the usual wrong answers, functions for a function. The nearest one that
        fits is taken. With `accept` they are examples for the tests.
    cases : list of tuples
        Each holds the arguments of one call; what is no tuple is the only argument. The learner's
        function gets copies.
    hints : list of str
        Steps towards the answer, each shown on request.
    rtol : float
        How far a number may be off, as a share of it: 1e-2 for a value, 1e-6 for a function; 0
        for exact numbers.
    atol : float
        How far a number may be off besides; by default a thousandth of `rtol` times the largest
        number of the answer.
    accept : function
        Takes the answer and returns True, or a sentence that says what is wrong, or False for
        `otherwise`. If it takes a function, it may call it without care: errors, endless loops
        and a missing `return` are reported by themselves.
    otherwise : str
        What to say to a wrong answer that looks like none of the usual ones.
    form : str
        What is asked for, such as "two numbers, (a, b)", for an answer of another kind.
    any_order : bool
        Whether the order in a list does not matter. It does not where the answer is a set.
    in_place : bool
        Whether the function is to change its arguments; they are compared too, then.
    seconds : float
        How long the learner's function may take, for all cases together.

    Attributes
    ----------
    answer : the right value or function

    Raises
    ------
    TypeError, ValueError : if the exercise contradicts itself; the argument is named

    >>> half = Exercise(lambda: 1 / 2, [(2, "That is upside down.")])
    >>> half.judge(2).sentence
    'That is upside down.'
    >>> half.judge(...)
    Verdict(passed=None, sentence='Not answered yet.', printed='')
    >>> step = Exercise(
    ...     lambda x, lr: x - lr * 2 * x,
    ...     [(lambda x, lr: x + lr * 2 * x, "That is uphill.")],
    ...     cases=[(1.0, 0.1), (-3.0, 0.2)],
    ... )
    >>> step.judge(lambda x, lr: x * (1 - 2 * lr)).passed
    True
    >>> step.judge(lambda x, lr: x - lr).sentence
    'For x = 1, lr = 0.1 it gives 0.9, which is not right.'
    """

    def __init__(
        self, solution=None, wrong=(), *, cases=None, hints=(), rtol=None, atol=None,
        accept=None, otherwise=None, form=None, any_order=False, in_place=False, seconds=3.0,
    ):  # fmt: skip
        for name, given in (("otherwise", otherwise), ("form", form)):
            if given is not None:
                checks.text(name, given)
        self.solution, self.accept = solution, accept
        self.wrong, self.hints = _pairs(wrong), _texts("hints", hints)
        self.otherwise, self.form = otherwise, form
        self.rtol = (1e-2 if cases is None else 1e-6) if rtol is None else rtol
        self.rtol = checks.number("rtol", self.rtol, low=0)
        self.atol = None if atol is None else checks.number("atol", atol, low=0)
        self.in_place, self.seconds = in_place, checks.positive("seconds", seconds)
        self.cases = None
        if cases is not None:
            self.cases = [case if isinstance(case, tuple) else (case,) for case in cases]
        if accept is not None and (not callable(accept) or cases is not None):
            raise TypeError("accept: a function of the answer, which has no cases besides")
        if solution is None and accept is None:
            raise TypeError("solution: the right value or function is missing")
        self.answer = self._solved()
        self.any_order = bool(any_order) or isinstance(self.answer, set | frozenset)
        if accept is not None:
            return
        if callable(self.answer) != bool(self.cases):
            raise TypeError("cases: a function has some, the arguments of each call; a value none")
        if self.cases is None:
            self._prepare_value()
        else:
            self._prepare_function()

    def __repr__(self):
        return f"Exercise({getattr(self.solution, '__name__', self.solution)!r})"

    def _solved(self):
        """The solution, or what it returns where it is a function without arguments."""
        if self.cases is not None or not gives_value(self.solution):
            return self.solution
        try:
            return self.solution()
        except Exception as error:
            raise ValueError(f"solution: it fails: {type(error).__name__}: {error}") from error

    @property
    def kind(self):
        """ "value", "function" or "accept"."""
        if self.accept is not None:
            return "accept"
        return "value" if self.cases is None else "function"

    def judge(self, given, seconds=None):
        """Say what a learner's answer is. Nothing that is given makes this raise.

        Parameters
        ----------
        given : anything, a value or a function
        seconds : float, another limit for the learner's function

        Returns
        -------
        Verdict
        """
        if given is None or given is ...:
            return Verdict(None, UNANSWERED)
        try:
            callable(given) and isinstance(given, type)
        except Exception:
            return Verdict(False, f"That is {_kind(given)}, which cannot be read.")
        judges = {
            "value": self._judge_value,
            "function": self._judge_function,
            "accept": self._judge_accept,
        }
        run = _Run(self.seconds if seconds is None else seconds, self.in_place)
        try:
            idle = self.kind != "value" and callable(given) and _does_nothing(given)
            verdict = Verdict(None, UNANSWERED) if idle else judges[self.kind](given, run)
        except _Stop as stop:
            verdict = stop.verdict
        known = verdict.passed or verdict.sentence in {UNANSWERED, *(say for _, say in self.wrong)}
        if not known and callable(given) and _has_gap(given):
            verdict = Verdict(None, UNFINISHED)
        return Verdict(verdict.passed, verdict.sentence, run.output.getvalue())

    # -- values --------------------------------------------------------------------------------

    def _prepare_value(self):
        self._right = self._read("solution", self.answer)
        if not _finite(self._right):
            raise ValueError("solution: NaN and infinity cannot be compared")
        self._usual = [self._read(f"wrong[{i}]", value) for i, (value, _) in enumerate(self.wrong)]
        self._tell_apart("lower rtol, or leave it out")

    def _read(self, argument, value):
        try:
            return _plain(value)
        except _Odd as odd:
            raise TypeError(f"{argument}: {odd.says('that is', 'a value')}") from None
        except _Stop:
            raise TypeError(f"{argument}: None and ... stand for no answer") from None

    def _judge_value(self, given, _run):
        try:
            given = _plain(given)
        except _Odd as odd:
            return self._not_asked_for(odd.says("that is", _what(self._right)))
        distances = [self._distance(given, usual) for usual in self._usual]
        if self._distance(given, self._right) <= 1:
            return Verdict(True, RIGHT)
        if (i := _nearest(distances)) is not None:
            return Verdict(False, self.wrong[i][1])
        if difference := _difference(_shaped(given, self._right), self._right, "that is"):
            return self._not_asked_for(difference)
        return Verdict(False, self.otherwise or NOT_YET)

    def _not_asked_for(self, difference):
        return Verdict(False, _say(difference) + (f" Give {self.form}." if self.form else ""))

    def _distance(self, given, wanted):
        if self.kind == "value":
            given = _shaped(given, wanted)
        orders = _orders(given) if self.any_order else [given]
        if self.any_order:
            wanted = _orders(wanted)[0]
        return min(_distance(order, wanted, self.rtol, self.atol) for order in orders)

    def _tell_apart(self, how):
        """Refuse a wrong answer that would pass, and two that are the same."""
        usual = [(i, plain) for i, plain in enumerate(self._usual) if plain is not None]
        for i, plain in usual:
            if self._distance(plain, self._right) <= 1:
                raise ValueError(
                    f"wrong[{i}] cannot be told from the right answer ({how}): {self.wrong[i][1]!r}"
                )
        for (i, one), (j, other) in itertools.combinations(usual, 2):
            if min(self._distance(one, other), self._distance(other, one)) <= ALIKE:
                raise ValueError(
                    f"two wrong answers are alike, wrong[{i}] and wrong[{j}] ({how}): "
                    f"{self.wrong[i][1]!r} and {self.wrong[j][1]!r}"
                )

    # -- functions -----------------------------------------------------------------------------

    def _prepare_function(self):
        if self.any_order:
            raise TypeError("any_order: it is for a list of values; for a function use accept")
        self._outcomes = []
        for i, case in enumerate(self.cases):
            try:
                copy.deepcopy(case)
            except Exception as error:
                raise TypeError(f"cases[{i}]: it cannot be copied: {error}") from None
            outcome = self._teachers(self.answer, case)
            if isinstance(outcome, str):
                raise ValueError(f"cases[{i}]: the right function fails there: {outcome}")
            if outcome.changed and not self.in_place:
                raise ValueError(
                    f"cases[{i}]: the right function changes an argument; say in_place=True"
                )
            self._outcomes.append(outcome)
        self._right = tuple(outcome.all for outcome in self._outcomes)
        self._usual = []
        for i, (function, _) in enumerate(self.wrong):
            if not callable(function):
                raise TypeError(f"wrong[{i}]: the wrong answers to a function are functions")
            outcomes = [self._teachers(function, case) for case in self.cases]
            failed = any(isinstance(outcome, str) for outcome in outcomes)
            self._usual.append(None if failed else tuple(outcome.all for outcome in outcomes))
        self._tell_apart("add a case")

    def _teachers(self, function, case):
        """The outcome of a teacher's function, or a text that says why there is none."""
        try:
            return _Run(self.seconds, self.in_place).call(function, case)
        except _Stop as stop:
            return stop.verdict.sentence
        except _Odd as odd:
            return odd.says("it gives", "a value")

    def _judge_function(self, given, run):
        if not callable(given):
            return Verdict(False, f"That is {_kind(given)}; give the function itself{_UNCALLED}.")
        if isinstance(given, type):
            return Verdict(False, "That is a class; give a function.")
        if not _takes(given, self.cases):
            names = _parameters(self.answer) or [f"{len(self.cases[0])} arguments"]
            return Verdict(False, f"It must take ({', '.join(names)}).")
        outcomes = [self._outcome(given, number, run) for number in range(len(self.cases))]
        mine = tuple(outcome.all for outcome in outcomes)
        if self._distance(mine, self._right) <= 1:
            return Verdict(True, RIGHT)
        distances = [np.inf if u is None else self._distance(mine, u) for u in self._usual]
        if (i := _nearest(distances)) is not None:
            return Verdict(False, self.wrong[i][1])
        for outcome in outcomes:
            if outcome.changed and not self.in_place:
                return Verdict(False, _changes(given, outcome))
        return Verdict(False, self._first_failure(outcomes))

    def _outcome(self, given, number, run):
        try:
            where = self._where(number) if number else ""
            return run.call(given, self.cases[number], where)
        except _Odd as odd:
            wanted = _what(self._outcomes[number].value)
            said = odd.says(self._start(number) + " gives", wanted)
            raise _Stop(False, _say(said)) from None

    def _first_failure(self, outcomes):
        """A sentence about the first case that is not right."""
        off = [self._distance(o.all, r) > 1 for o, r in zip(outcomes, self._right, strict=True)]
        number = off.index(True)
        mine, right = outcomes[number], self._outcomes[number]
        start = self._start(number)
        if mine.value is None and right.value is not None:
            if mine.printed:
                return _say(f"{start} prints its result: return it")
            return _say(f"{start} returns None: is the `return` missing?")
        sizes = {getattr(outcome.value, "shape", None) for outcome in self._outcomes}
        named = f"{self._where(number)} it" if len(sizes) > 1 and self._where(number) else start
        if difference := _difference(mine.value, right.value, named + " gives"):
            return _say(difference)
        if self.otherwise and all(off):
            return self.otherwise
        where = self._where(number) or f"In test {number + 1}"
        if self._distance(mine.value, right.value) <= 1:
            return f"{where} it does not leave the right values in its arguments."
        numbers = np.size(mine.value) == np.size(right.value) == 1
        if numbers and _distance(mine.value, right.value, 1e-3) <= 1:
            return f"{where} it gives nearly {_short(right.value)}, and not exactly."
        return f"{where} it gives {_short(mine.value)}, which is not right."

    def _start(self, number):
        """ "It", or where: what shows in the first case concerns them all."""
        return f"{self._where(number) or f'In test {number + 1}'} it" if number else "it"

    def _where(self, number):
        return _where(self.answer, self.cases[number])

    # -- answers that are not unique -----------------------------------------------------------

    def _judge_accept(self, given, run):
        if _has_ellipsis(given):
            return Verdict(None, UNANSWERED)
        asked_for = given
        if callable(given) and not isinstance(given, type):
            asked_for = run.guard(given)
        else:
            with contextlib.suppress(_Odd):  # what is no number may be right all the same
                if problem := _not_finite(_plain(given)):
                    return Verdict(False, f"It holds {problem}.")
        try:
            if isinstance(given, type):
                said = run.raw(self.accept, (given,), blamed=given)
            else:
                with _silence(io.StringIO()):
                    said = self.accept(asked_for)
            said = said if isinstance(said, str) else bool(said)
        except (KeyboardInterrupt, _Stop):
            raise
        except BaseException:
            said = f"Give {self.form}." if self.form else False
        if said is True:
            return Verdict(True, RIGHT)
        return Verdict(False, said or self.otherwise or NOT_YET)


# Running a learner's function ----------------------------------------------------------------


class _Stop(BaseException):
    """A verdict that ends the judging, also through an `except Exception` of the teacher's."""

    def __init__(self, passed, sentence):
        self.verdict = Verdict(passed, sentence)


@dataclass(frozen=True)
class _Outcome:
    """What one call did."""

    value: object  # plain
    changed: tuple  # the numbers of the arguments that it changed
    kinds: tuple  # what these are
    arguments: tuple  # plain, as they are afterwards, where the function works in place
    printed: bool

    @property
    def all(self):
        return (self.value, str(self.changed), self.arguments)


class _Printed(io.StringIO):
    """Keeps the beginning of what is printed, so that a loop that prints fills no memory."""

    count = 0

    def write(self, text):
        self.count += len(text)
        super().write(text[: max(0, MOST_PRINTED - self.tell())])
        return len(text)


@contextlib.contextmanager
def _silence(output):
    with contextlib.redirect_stdout(output), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


class _Run:
    """The calls of one judging, which share the time and the place of what they print."""

    def __init__(self, seconds, in_place):
        self.limit = self.left = seconds
        self.in_place = in_place
        self.output = _Printed()

    def raw(self, function, args, where="", blamed=None):
        """The result of a call, whatever it is. Raises _Stop where there is none.

        `blamed` is the learner's code, if not the function itself.
        """
        begun = time.monotonic()
        try:
            with _silence(self.output):
                return watch.call(function, args, max(self.left, 0.01))
        except KeyboardInterrupt:
            raise
        except watch.TooLong:
            limit = f"{self.limit:g} second" + "s" * (self.limit != 1)
            said = f"It ran for {limit} and was stopped: does its loop ever end?"
        except BaseException as error:
            said = _error(function if blamed is None else blamed, error, where)
        finally:
            self.left -= time.monotonic() - begun
        raise _Stop(False, said)

    def call(self, function, case, where=""):
        """The outcome of a call with copies of the arguments of a case."""
        args, before = copy.deepcopy(case), self.output.count
        value = _plain(self.raw(function, args, where), none=True)
        changed = tuple(i for i, arg in enumerate(case) if not _same(arg, args[i]))
        kinds = tuple(_kind(case[i]) for i in changed)
        now = ()
        if self.in_place:
            changed, now = (), tuple(_or_none(arg) for arg in args)
        return _Outcome(value, changed, kinds, now, self.output.count > before)

    def guard(self, function):
        """The function, as `accept` may call it without care."""

        def guarded(*args, **kwargs):
            kept, before = copy.deepcopy(args), self.output.count
            result = self.raw(functools.partial(function, **kwargs) if kwargs else function, args)
            if _has_ellipsis(result):
                raise _Stop(None, UNANSWERED)
            if self.in_place:
                return result
            changed = tuple(i for i, arg in enumerate(kept) if not _same(arg, args[i]))
            if changed:
                kinds = tuple(_kind(kept[i]) for i in changed)
                raise _Stop(False, _changes(function, _Outcome(None, changed, kinds, (), False)))
            if result is None:
                printed = self.output.count > before
                raise _Stop(False, "It prints its result: return it." if printed else _NO_RETURN)
            return result

        return guarded


_UNCALLED = ", without calling it"
_NO_RETURN = "It returns None: is the `return` missing?"


def _error(function, error, where=""):
    """One line about an exception in a learner's function, with the line of its code."""
    name = type(error).__name__
    try:
        message = next(iter(str(error).strip().splitlines()), "")[:200]
    except Exception:
        message = ""
    yours = "your class" if isinstance(function, type) else "your function"
    said = f"{where} {yours} raises" if where else f"{yours.capitalize()} raises"
    said += f" {name}: {message}" if message else f" {name}"
    code, found, step = _code(function), None, error.__traceback__
    while code is not None and step is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename:
            found = step
        step = step.tb_next
    if found is not None:
        line = linecache.getline(code.co_filename, found.tb_lineno).strip()[:100]
        said += f", in line {found.tb_lineno}" + (f": {line}" if line else "")
    return said


def _changes(function, outcome):
    i = outcome.changed[0]
    names = _parameters(function)
    name = f"argument `{names[i]}`" if i < len(names) else f"argument {i + 1}"
    made = {"an array": "array", "a dictionary": "dictionary"}.get(outcome.kinds[0], "list")
    return f"It changes its {name} itself: make a new {made}."


def _code(function):
    """The code of a function, also inside a partial, a method or a callable object; or None."""
    try:
        if isinstance(function, type):
            function = _methods(function)[0]
        while isinstance(function, functools.partial):
            function = function.func
        function = inspect.unwrap(function)
        if not hasattr(function, "__code__"):
            function = type(function).__call__
        return function.__code__ if isinstance(function.__code__, types.CodeType) else None
    except Exception:
        return None


def _methods(cls):
    return [part for part in vars(cls).values() if isinstance(part, types.FunctionType)]


def _parameters(function):
    """The names of what a function takes; none if it does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except Exception:
        return []
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [stars.get(p.kind, "") + p.name for p in parameters]


def gives_value(function):
    """Whether it is a function without arguments, which stands for what it returns."""
    if not callable(function) or isinstance(function, type):
        return False
    try:
        return not inspect.signature(function).parameters
    except Exception:
        return False


def source_of(thing):
    """What was written to make a function, a class or a value; a lambda's is its expression."""
    if not callable(thing):
        return repr(thing)
    try:
        source = textwrap.dedent(inspect.getsource(thing)).strip()
    except (OSError, TypeError):
        return repr(thing)
    if getattr(thing, "__name__", "") != "<lambda>":
        return source
    lines, _ = inspect.findsource(thing)
    text = "".join(lines)
    inside = {at[:1] + at[2:3] for at in thing.__code__.co_positions() if at[0] and at[2]}
    holding = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Lambda)
        and all((node.lineno, node.col_offset) <= at for at in inside)
        and all(at <= (node.end_lineno, node.end_col_offset) for at in inside)
    ]
    return ast.get_source_segment(text, holding[-1]) if holding else source


def _takes(function, cases):
    """Whether a function takes the arguments of all cases; True if it does not tell."""
    try:
        signature = inspect.signature(function)
    except Exception:
        return True
    try:
        for case in cases:
            signature.bind(*case)
    except TypeError:
        return False
    return True


def _does_nothing(function):
    """Whether a function's body is only `...`, `pass` or a docstring."""
    code = _code(function)
    if code is None or isinstance(function, type):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "COPY_FREE_VARS"}
    steps = list(dis.get_instructions(code))
    loaded = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(s.opname in idle for s in steps) and loaded == [None]


def _has_gap(function):
    """Whether a `...` is left in a function's code, apart from those in an index."""
    if isinstance(function, type):
        return any(map(_has_gap, _methods(function)))
    code = _code(function)
    if code is None:
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except Exception:  # no source, or that of a lambda within a longer line
        return _holds_gap(code)
    indexes = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    inside = {id(part) for index in indexes for part in ast.walk(index)}
    gaps = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value is ...)
    return any(id(gap) not in inside for gap in gaps)


def _holds_gap(code):
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return any(c is ... for c in code.co_consts) or any(map(_holds_gap, inner))


# Plain values --------------------------------------------------------------------------------
#
# Everything that is compared becomes one of: an array of floats or of bools, a str, None, a dict
# or a tuple of plain values (where a list is no array of numbers).


class _Odd(Exception):
    """What cannot be compared with anything."""

    def __init__(self, what, instead="", whole=""):
        self.what, self.instead, self.whole = what, instead, whole

    def says(self, lead, asked):
        if self.whole:
            return f"{_has(lead)} {self.whole}"
        return f"{lead} {self.what}" + (self.instead or f", not {asked}")


def _plain(thing, *, none=False):
    """A plain copy. Raises _Odd, or _Stop for what is not answered."""
    try:
        return _convert(thing, none)
    except (_Odd, _Stop, KeyboardInterrupt):
        raise
    except BaseException:  # a strange object's own, or a list within itself
        raise _Odd(_kind(thing)) from None


def _convert(thing, none):
    if thing is ... or (thing is None and not none):
        raise _Stop(None, UNANSWERED)
    if thing is None:
        return None
    if isinstance(thing, str):
        return str(thing)
    if isinstance(thing, bool | np.bool_):
        return np.array(bool(thing))
    if isinstance(thing, set | frozenset):
        thing = sorted(thing)
    if isinstance(thing, list | tuple | range):
        parts = tuple(_plain(part, none=none) for part in thing)
        arrays = all(isinstance(part, np.ndarray) for part in parts)
        if arrays and len({(part.shape, part.dtype.kind) for part in parts}) <= 1:
            return np.array(parts) if parts else np.zeros(0)
        return parts
    if isinstance(thing, dict):
        return {str(k): _plain(v, none=none) for k, v in thing.items()}
    if isinstance(thing, numbers.Number) and not isinstance(thing, np.generic):
        if isinstance(thing, numbers.Complex) and not isinstance(thing, numbers.Real):
            raise _Odd("a complex number")
        try:
            return np.array(float(thing))
        except OverflowError:
            raise _Odd("", whole="a number that is too large") from None
    if inspect.iscoroutine(thing):
        thing.close()  # or Python warns that it was never awaited
    if hasattr(type(thing), "__next__"):
        raise _Odd(_kind(thing), ": make a list of it")
    if not isinstance(thing, type) and hasattr(thing, "__array__"):
        array = np.asarray(thing)
        if array.dtype.kind in "biuf":
            return array.astype(bool if array.dtype.kind == "b" else float)
        if array.dtype.kind in "OU":
            inside = array.item() if array.ndim == 0 else array.tolist()
            return _plain(inside, none=none)
        if array.dtype.kind == "c":
            raise _Odd("a complex number" if array.ndim == 0 else "a list of complex numbers")
    raise _Odd(_kind(thing))


def _or_none(thing):
    try:
        return _plain(thing, none=True)
    except (_Odd, _Stop):
        return None


def _has_ellipsis(thing):
    try:
        _plain(thing, none=True)
    except _Stop:
        return True
    except _Odd:
        pass
    return False


def _kind(thing):
    """What a thing is, in words: "a number", "a list", "a module"."""
    known = {
        bool: "True or False", str: "text", list: "a list", tuple: "a list", set: "a set",
        dict: "a dictionary", np.ndarray: "an array", types.ModuleType: "a module",
        type: "a class", types.GeneratorType: "a generator", numbers.Number: "a number",
    }  # fmt: skip
    own = type(thing)
    for kind, words in known.items():
        if issubclass(own, kind):
            return words
    if issubclass(own, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "a function"
    name = getattr(own, "__name__", "object")
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name


def _what(plain):
    """What a plain value is, in words, without its numbers."""
    if plain is None:
        return "None"
    if isinstance(plain, str):
        return "text"
    if isinstance(plain, dict):
        return "a dictionary"
    if isinstance(plain, tuple):
        if all(isinstance(part, str) for part in plain):
            return f"a list of {_number(len(plain), 'text')}"
        return "a list of unlike parts"
    one = "answer True or False" if plain.dtype == bool else "number"
    if plain.ndim == 0:
        return "True or False" if plain.dtype == bool else "a number"
    if plain.ndim == 1:
        return f"a list of {_number(len(plain), one)}"
    return f"an array of shape {plain.shape}"


def _number(n, thing):
    first, _, rest = thing.partition(" ")
    return f"one {thing}" if n == 1 else f"{n} {first}s {rest}".rstrip()


def _short(plain):
    """A plain value in few characters."""
    if isinstance(plain, np.ndarray) and plain.size > 6:
        return f"an array of shape {plain.shape}" if plain.ndim > 1 else _what(plain)
    text = _written(plain)
    return text if len(text) <= 60 else _what(plain)


def _written(plain):
    if isinstance(plain, np.ndarray):
        plain = plain.tolist()
    if isinstance(plain, dict):
        return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in plain.items()) + "}"
    if isinstance(plain, list):
        return "[" + ", ".join(map(_written, plain)) + "]"
    if isinstance(plain, tuple):
        return "(" + ", ".join(map(_written, plain)) + ")"
    if isinstance(plain, float):
        return "NaN" if np.isnan(plain) else f"{plain + 0.0:.4g}"
    return repr(plain)


def _where(function, case):
    """ "For x = 1, lr = 0.1": the arguments of a case that can be written shortly, or nothing."""
    shown = []
    for name, argument in zip(_parameters(function), case, strict=False):
        if callable(argument):
            called = getattr(argument, "__name__", None) or getattr(argument, "name", "")
            if isinstance(called, str) and called.isidentifier():
                shown.append(f"{name} = {called}")
        else:
            with contextlib.suppress(_Odd, _Stop):
                shown.append(f"{name} = {_short(_plain(argument))}")
    text = f"For {', '.join(shown)}"
    return text if shown and len(text) <= 100 else ""


def _distance(given, wanted, rtol, atol=None):
    """How far two plain values are apart, as a multiple of what is allowed."""
    if isinstance(wanted, np.ndarray):
        if not isinstance(given, np.ndarray) or given.shape != wanted.shape:
            return np.inf
        if (given.dtype == bool) != (wanted.dtype == bool):
            return np.inf
        if wanted.dtype == bool:
            return 0.0 if np.array_equal(given, wanted) else np.inf
        with np.errstate(all="ignore"):
            scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0) or 1.0
            room = rtol * np.abs(wanted) + ((1e-3 * rtol + 1e-12) * scale if atol is None else atol)
            same = (given == wanted) | (np.isnan(given) & np.isnan(wanted))
            far = np.where(same, 0.0, np.abs(given - wanted) / room)
        return float(np.where(np.isnan(far), np.inf, far).max(initial=0))
    if type(given) is not type(wanted):
        return np.inf
    if isinstance(wanted, tuple):
        pairs = list(zip(given, wanted, strict=False))
        if len(given) != len(wanted):
            return np.inf
    elif isinstance(wanted, dict):
        if given.keys() != wanted.keys():
            return np.inf
        pairs = [(given[key], wanted[key]) for key in wanted]
    else:
        return 0.0 if given == wanted else np.inf
    return max((_distance(g, w, rtol, atol) for g, w in pairs), default=0.0)


def _same(one, other):
    """Whether two things hold the same; also True where that cannot be read."""
    try:
        one, other = _plain(one, none=True), _plain(other, none=True)
    except (_Odd, _Stop):
        return True
    return _distance(one, other, 0, 0) == 0


def _difference(given, wanted, lead):
    """What makes two plain values unlike before their numbers are looked at, or nothing."""
    has = _has(lead)
    unlike = f"{lead} {_what(given)}, not {_what(wanted)}"
    if isinstance(given, np.ndarray) and isinstance(wanted, np.ndarray):
        if (given.dtype == bool) != (wanted.dtype == bool) or (not given.ndim) != (not wanted.ndim):
            return unlike
        if given.ndim == wanted.ndim == 1 and given.size != wanted.size:
            asked = f"{wanted.size} {'is' if wanted.size == 1 else 'are'} asked for"
            return f"{has} {_number(given.size, 'number')}, and {asked}"
        if given.shape != wanted.shape:
            return f"{lead} {_what(given)}, not {_what(wanted)}"
        problem = _not_finite(given)
        return f"{has} {problem}" if problem and _finite(wanted) else ""
    if type(given) is not type(wanted):
        return unlike
    if isinstance(wanted, dict):
        if missing := [key for key in wanted if key not in given]:
            return f"{has} nothing for {missing[0]!r}"
        if extra := [key for key in given if key not in wanted]:
            return f"{has} something for {extra[0]!r}, which is not asked for"
        pairs = [(f"{has} for {key!r}", given[key], wanted[key]) for key in wanted]
    elif isinstance(wanted, tuple):
        if len(given) != len(wanted):
            return f"{has} {_number(len(given), 'part')}, and {len(wanted)} are asked for"
        parts = enumerate(zip(given, wanted, strict=True), start=1)
        pairs = [(f"{has} as part {i}", g, w) for i, (g, w) in parts]
    else:
        return ""
    return next(filter(None, (_difference(g, w, start) for start, g, w in pairs)), "")


def _has(lead):
    return "it holds" if lead == "that is" else lead


def _not_finite(plain):
    """ "NaN" or "an infinite number" if a plain value holds one."""
    if isinstance(plain, dict | tuple):
        parts = plain.values() if isinstance(plain, dict) else plain
        return next(filter(None, map(_not_finite, parts)), "")
    if not isinstance(plain, np.ndarray) or plain.dtype == bool:
        return ""
    if np.isnan(plain).any():
        return "NaN"
    return "an infinite number" if np.isinf(plain).any() else ""


def _finite(plain):
    return not _not_finite(plain)


def _shaped(given, wanted):
    """A given value in the form of the wanted one, where that changes nothing that matters."""
    if isinstance(given, np.ndarray) and isinstance(wanted, np.ndarray):
        return given.reshape(wanted.shape) if given.size == wanted.size else given
    if isinstance(given, str) and isinstance(wanted, str):
        return wanted if given.strip().casefold() == wanted.strip().casefold() else given
    return given


def _orders(plain):
    """The orders of a list that must be tried; the first of a list of numbers is the sorted one."""
    if isinstance(plain, np.ndarray) and plain.ndim == 1:
        return [np.sort(plain)]
    if isinstance(plain, tuple) and all(isinstance(part, str) for part in plain):
        return [tuple(sorted(plain))]
    if isinstance(plain, np.ndarray) and plain.ndim and len(plain) <= MOST_ROWS:
        return [plain[list(order)] for order in itertools.permutations(range(len(plain)))]
    return [plain]


def _nearest(distances):
    """The number of the smallest distance that is within what is allowed, or None."""
    best = min(range(len(distances)), key=distances.__getitem__, default=None)
    return best if best is not None and distances[best] <= 1 else None


def _say(text):
    """A sentence: a capital first, and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


# A teacher's mistakes ------------------------------------------------------------------------


def _pairs(wrong):
    wrong = list(wrong)
    for i, pair in enumerate(wrong):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(f"wrong[{i}]: each is a pair (wrong answer, sentence)")
        _texts(f"wrong[{i}]", [pair[1]])
    return [tuple(pair) for pair in wrong]


def _texts(argument, texts):
    if isinstance(texts, str) or not all(isinstance(t, str) and t.strip() for t in texts):
        raise TypeError(f"{argument}: sentences are texts, and none is empty; got {texts!r}")
    return tuple(texts)
