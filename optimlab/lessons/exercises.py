"""Exercise: a question with its right answer, judged without showing or keeping anything.

`Exercise.judge` takes whatever a learner gives and returns a Verdict with one sentence, which says
which usual mistake it looks like.
"""

import contextlib
import copy
import io
import itertools

import numpy as np

from optimlab import checks
from optimlab.lessons.judging import kept, reading, running, values, watch, wording
from optimlab.lessons.judging.values import Odd
from optimlab.lessons.judging.verdict import (
    NOT_YET,
    RIGHT,
    UNANSWERED,
    UNFINISHED,
    Raised,
    Stop,
    Verdict,
)

#: what becomes of a function with its arguments in one form
FAILED, RAN, KNOWN, PASSED, OPEN = range(5)
#: two wrong answers nearer than this share of the tolerance are alike
ALIKE = 1e-3


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
        function gets copies, and arrays for lists of numbers; it is also right if it is with the
        arguments as they stand here, or with numpy's numbers for Python's.
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
        and a missing `return` are reported by themselves, and it gets copies of data. A list of
        texts comes as one, also if it was given as "B, F", where `solution` is such a list.
    otherwise : str
        What to say to a wrong answer that looks like none of the usual ones.
    form : str
        What is asked for, such as "two numbers, (a, b)", for an answer of another kind.
    any_order : bool
        Whether the order in a list does not matter. It does not where the answer is a set.
    in_place : bool
        Whether the function is to change its arguments; they are compared too, then, and what
        it returns is not where the solution returns nothing.
    unchanged : bool
        Whether the function must leave its arguments as they are; the exercise says so, then.
        Otherwise it may change them on the way to its result.
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
        accept=None, otherwise=None, form=None, any_order=False, in_place=False, unchanged=False,
        seconds=3.0,
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
        self.in_place = checks.flag("in_place", in_place)
        self.unchanged = checks.flag("unchanged", unchanged)
        if in_place and unchanged:
            raise ValueError("unchanged: with in_place the function is to change its arguments")
        self.seconds = checks.positive("seconds", seconds)
        self.cases = None
        if cases is not None:
            self.cases = [case if isinstance(case, tuple) else (case,) for case in cases]
        if accept is not None and (not callable(accept) or cases is not None):
            raise TypeError("accept: a function of the answer, which has no cases besides")
        if solution is None and accept is None:
            raise TypeError("solution: the right value or function is missing")
        self.answer = self._solved()
        any_order = checks.flag("any_order", any_order)
        self.any_order = any_order or isinstance(self.answer, set | frozenset)
        if accept is not None:
            self._like = None if callable(self.answer) else values.or_none(self.answer)
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
        if self.cases is not None or not reading.gives_value(self.solution):
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
        run = self._run(self.seconds if seconds is None else seconds)
        with kept.everything():
            try:  # a strange object may take its time wherever it is looked at
                verdict = watch.call(self._judged, (given, run), 2 * run.limit + 0.5)
            except watch.TooLong:
                verdict = Verdict(False, run.too_long())
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                verdict = Verdict(
                    False, f"This cannot be judged any more ({type(error).__name__}: "
                    f"{running.message_of(error)}). Does your function change something outside "
                    "itself? Restart the kernel.",
                )  # fmt: skip
        return Verdict(verdict.passed, verdict.sentence, run.printed())

    def _judged(self, given, run):
        try:
            callable(given) and isinstance(given, type)
        except Exception:
            return Verdict(False, f"That is {values.kind_of(given)}, which cannot be read.")
        judges = {
            "value": self._judge_value,
            "function": self._judge_function,
            "accept": self._judge_accept,
        }
        try:
            idle = self.kind != "value" and callable(given) and reading.does_nothing(given)
            verdict = Verdict(None, UNANSWERED) if idle else judges[self.kind](given, run)
        except Stop as stop:
            verdict = stop.verdict
        known = verdict.passed or verdict.sentence in {UNANSWERED, *(say for _, say in self.wrong)}
        if not known and callable(given) and reading.has_gap(given):
            verdict = Verdict(None, UNFINISHED)
        elif not known and callable(given) and reading.has_xor(given):
            if wording.POWER not in verdict.sentence:
                verdict = Verdict(False, f"{verdict.sentence} {wording.POWER}.")
        return verdict

    def sentences(self):
        """What the teacher has written to say to wrong answers."""
        return {self.otherwise, *(sentence for _, sentence in self.wrong)}

    def _run(self, seconds):
        return running.Run(seconds, self.in_place, self.unchanged)

    # -- values --------------------------------------------------------------------------------

    def _prepare_value(self):
        self._right = self._read("solution", self.answer)
        if not values.finite(self._right):
            raise ValueError("solution: NaN and infinity cannot be compared")
        self._usual = [self._read(f"wrong[{i}]", value) for i, (value, _) in enumerate(self.wrong)]
        self._tell_apart("lower rtol, or leave it out")

    def _read(self, argument, value):
        try:
            return values.plain(value)
        except Odd as odd:
            said = wording.odd_words(odd, wording.VALUE, "a value")
            raise TypeError(f"{argument}: {said}") from None
        except Stop:
            raise TypeError(f"{argument}: None and ... stand for no answer") from None

    def _judge_value(self, given, run):
        try:
            given = run.read(given)
        except Odd as odd:
            wanted = wording.what_is(self._right)
            return self._not_asked_for(wording.odd_words(odd, wording.VALUE, wanted))
        distances = [self._distance(given, usual) for usual in self._usual]
        if self._distance(given, self._right) <= 1:
            return Verdict(True, RIGHT)
        if (i := values.nearest(distances)) is not None:
            return Verdict(False, self.wrong[i][1])
        shaped = values.shaped(given, self._right)
        if difference := wording.difference(shaped, self._right, wording.VALUE):
            return self._not_asked_for(difference)
        return Verdict(False, self.otherwise or NOT_YET)

    def _not_asked_for(self, said):
        return Verdict(False, f"{said} Give {self.form}." if self.form else said)

    def _distance(self, given, wanted):
        if self.kind == "value":
            given = values.shaped(given, wanted)
        orders = [given]
        if self.any_order:
            orders, wanted = values.orders(given), values.orders(wanted)[0]
        return min(values.distance(order, wanted, self.rtol, self.atol) for order in orders)

    def _tell_apart(self, how):
        """Refuse a wrong answer that would pass, and two that are the same."""
        usual = list(enumerate(self._usual))
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
            if outcome.changed and (self.unchanged or outcome.value is None):
                raise ValueError(
                    f"cases[{i}]: the right function changes an argument; say in_place=True"
                )
            self._outcomes.append(outcome)
        self._right = tuple(outcome.all for outcome in self._outcomes)
        self._usual = []
        for i, (function, _) in enumerate(self.wrong):
            if not callable(function):
                raise TypeError(f"wrong[{i}]: the wrong answers to a function are functions")
            for form in (self.cases, [values.as_numpy(case) for case in self.cases]):
                outcomes = [self._teachers(function, case) for case in form]
                failed = [one for one in outcomes if isinstance(one, str)]
                if not failed:
                    break
            if failed:
                raise ValueError(f"wrong[{i}]: its reply can never be given: {failed[0]}")
            self._usual.append(tuple(self._compared(outcomes)))
        self._tell_apart("add a case")

    def _teachers(self, function, case):
        """The outcome of a teacher's function, or a text that says why there is none."""
        try:
            return self._run(self.seconds).call(function, case)
        except Stop as stop:
            return stop.verdict.sentence
        except Odd as odd:
            return wording.odd_words(odd, "", "a value")

    def _judge_function(self, given, run):
        if not callable(given):
            kind = values.kind_of(given)
            return Verdict(False, f"That is {kind}; give the function itself, without calling it.")
        if isinstance(given, type):
            return Verdict(False, "That is a class; give a function.")
        if not reading.takes(given, self.cases):
            names = reading.parameters_of(self.answer) or [f"{len(self.cases[0])} arguments"]
            return Verdict(False, f"It must take ({', '.join(names)}).")
        arrays = [values.as_arrays(case) for case in self.cases]
        best, said = self._tried(given, arrays, run)
        others = [self.cases] if any(map(self._differs, arrays, self.cases)) else []
        if best == FAILED:
            others.append([values.as_numpy(case) for case in self.cases])
        for form in others:
            if best in (PASSED, KNOWN, OPEN) or run.over:
                break
            run.again()
            level, other = self._tried(given, form, run)
            if level > best and (level != RAN or form is self.cases):
                best, said = level, other
        return said

    def _differs(self, one, other):
        return any(type(a) is not type(b) for a, b in zip(one, other, strict=True))

    def _tried(self, given, cases, run):
        """What becomes of a function with the arguments in one form: a level, and the verdict."""
        try:
            outcomes = [self._outcome(given, i, case, run) for i, case in enumerate(cases)]
        except Raised as raised:
            return FAILED, raised.verdict
        except Stop as stop:
            return (OPEN if stop.verdict.passed is None else RAN), stop.verdict
        mine = tuple(self._compared(outcomes))
        if self._distance(mine, self._right) <= 1:
            return PASSED, Verdict(True, RIGHT)
        distances = [self._distance(mine, usual) for usual in self._usual]
        if (i := values.nearest(distances)) is not None:
            return KNOWN, Verdict(False, self.wrong[i][1])
        changed = [(one.changed[0], one.kinds[0]) for one in outcomes if one.changed]
        if changed and self.unchanged:
            return RAN, Verdict(False, running.changes_words(given, *changed[0]))
        said = self._first_failure(outcomes)
        if changed and said != self.otherwise:
            said += " " + running.also_changes_words(given, changed[0][0])
        return RAN, Verdict(False, said)

    def _compared(self, outcomes):
        """What is compared of the outcomes: no result, where the solution gives none."""
        for mine, right in zip(outcomes, self._outcomes, strict=True):
            nothing = self.in_place and right.value is None
            yield (None, *mine.all[1:]) if nothing else mine.all

    def _outcome(self, given, number, case, run):
        try:
            where = self._where(number) if number else ""
            return run.call(given, case, where)
        except Odd as odd:
            wanted = wording.what_is(self._outcomes[number].value)
            raise Stop(False, wording.odd_words(odd, self._at(number), wanted)) from None

    def _first_failure(self, outcomes):
        """A sentence about the first case that is not right."""
        mine = self._compared(outcomes)
        off = [self._distance(m, r) > 1 for m, r in zip(mine, self._right, strict=True)]
        number = off.index(True)
        mine, right = outcomes[number], self._outcomes[number]
        at, where = self._at(number), self._where(number)
        if mine.value is None and right.value is not None:
            return wording.no_result(mine.printed, at)
        sizes = {getattr(outcome.value, "shape", None) for outcome in self._outcomes}
        case = where if len(sizes) > 1 and where else at
        if said := wording.difference(mine.value, right.value, case):
            return said
        if self.otherwise and all(off):
            return self.otherwise
        where = where or f"In test {number + 1}"
        if self._distance(mine.value, right.value) <= 1:
            return f"{where} it does not leave the right values in its arguments."
        if values.distance(mine.value, right.value, 1e-3) <= 1:
            one, other = wording.apart(mine.value, right.value)
            nearly = f"{wording.short(right.value)}, and not exactly: {one} instead of {other}"
            return f"{where} it gives nearly {nearly}."
        return f"{where} it gives {wording.short(mine.value)}, which is not right."

    def _at(self, number):
        """Where something shows; what shows in the first case concerns them all."""
        return (self._where(number) or f"In test {number + 1}") if number else ""

    def _where(self, number):
        return wording.where(self.answer, self.cases[number])

    # -- answers that are not unique -----------------------------------------------------------

    def _judge_accept(self, given, run):
        asked_for = given
        if callable(given) and not isinstance(given, type):
            asked_for = run.guard(given)
        else:
            with contextlib.suppress(Odd):  # what is no number may be right all the same
                read = run.read(given)
                if problem := values.not_finite(read):
                    return Verdict(False, f"It holds {problem}.")
                asked_for = self._as_the_answer(given, read)
        try:
            if isinstance(given, type):
                said = run.raw(self.accept, (given,), blamed=given)
            else:
                with running.silence(io.StringIO()):
                    said = self.accept(asked_for)
            said = said if isinstance(said, str) else bool(said)
        except (KeyboardInterrupt, Stop, watch.TooLong):
            raise
        except BaseException:
            said = f"Give {self.form}." if self.form else False
        if said is True:
            return Verdict(True, RIGHT)
        return Verdict(False, said or self.otherwise or NOT_YET)

    def _as_the_answer(self, given, read):
        """What was given, in the form of the known answer where it has another one."""
        like = self._like
        if isinstance(like, np.ndarray) and isinstance(read, np.ndarray):
            shaped = values.shaped(read, like)
            same = shaped.shape == read.shape and not isinstance(given, set | frozenset)
            return given if same else shaped if shaped.ndim else shaped.item()
        if isinstance(like, str) or values.is_texts(like):
            shaped = values.shaped(read, like)
            return list(shaped) if isinstance(shaped, tuple) else shaped
        return given


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
