"""Judging exercises: everything a learner may give, and endless loops."""

import ast
import contextlib
import functools
import math
import re
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from garbage import garbage
from mutants import left_open, left_out, one_token_mutants

from optimlab.lessons.exercises import Exercise
from optimlab.lessons.judging.verdict import RIGHT, UNANSWERED, UNFINISHED, Verdict
from optimlab.lessons.judging.watch import TooLong, call

# Values --------------------------------------------------------------------------------------

third = Exercise(1 / 3, [(3, "upside down"), (-1 / 3, "the sign"), (1 / 6, "halved")])
pair = Exercise((1, 4), [((4, 1), "the other way round"), (5, "not their sum")])
count = Exercise(263, [(262, "one short"), (262.25, "round up")], rtol=0)
side = Exercise("left", [("right", "the other side")])
yes = Exercise(True, [(False, "think of a saddle")])
zeros = Exercise({-1, 2}, [((1, -2), "the signs")])
corners = Exercise([(0, 1), (2, 3)], [([(1, 0), (3, 2)], "x first")], any_order=True)


@pytest.mark.parametrize(
    ("exercise", "given"),
    [
        (third, 0.3333),
        (third, np.float32(0.333)),
        (third, [0.333]),
        (third, np.array([[0.334]])),
        (pair, (1, 4)),
        (pair, [1.0, 4.001]),
        (pair, np.array([[1, 4]])),
        (pair, {4, 1}),
        (pair, np.array([1, 4], dtype=object)),
        (pair, range(1, 5, 3)),
        (count, 263),
        (count, np.int64(263)),
        (count, 263.0),
        (side, " Left"),
        (side, np.str_("left")),
        (yes, True),
        (yes, np.bool_(True)),
        (zeros, [2, -1]),
        (zeros, {-1.0, 2.0}),
        (corners, [[2, 3], [0, 1]]),
    ],
)
def test_a_right_value_passes_in_every_form(exercise, given):
    assert exercise.judge(given) == Verdict(True, RIGHT)


@pytest.mark.parametrize(
    ("exercise", "given", "said"),
    [
        (third, 3, "upside down"),
        (third, 2.99, "upside down"),
        (third, 0.34, "That is not right yet."),
        (pair, [4, 1], "the other way round"),
        (pair, 5, "not their sum"),
        (pair, 6, "That is a number, not a list of 2 numbers."),
        (pair, [1, 4, 1], "It holds 3 numbers, and 2 are asked for."),
        (pair, [1], "It holds one number, and 2 are asked for."),
        (pair, (), "It holds 0 numbers, and 2 are asked for."),
        (pair, [[1], [2, 3]], "That is a list of unlike parts, not a list of 2 numbers."),
        (pair, ["1", "4"], "That is a list of 2 texts, not a list of 2 numbers."),
        (pair, {"a": 1}, "That is a dictionary, not a list of 2 numbers."),
        (pair, [1, np.nan], "It holds NaN."),
        (third, float("inf"), "It holds an infinite number."),
        (third, "0.333", "That is text, not a number."),
        (third, [1, 2], "That is a list of 2 numbers, not a number."),
        (third, True, "That is True or False, not a number."),
        (third, 1j, "That is a complex number, not a number."),
        (third, np.array([1j, 2]), "That is a list of complex numbers, not a number."),
        (third, 10**400, "It holds a number that is too large."),
        (third, lambda: 1, "That is a function, not a number."),
        (third, math, "That is a module, not a number."),
        (third, dict, "That is a class, not a number."),
        (third, (x for x in [1]), "That is a generator: make a list of it."),
        (third, b"1", "That is a bytes, not a number."),
        (yes, 1, "That is a number, not True or False."),
        (yes, False, "think of a saddle"),
        (count, 262, "one short"),
        (count, 262.25, "round up"),
        (count, 262.9, "That is not right yet."),
        (side, "right", "the other side"),
        (side, 1, "That is a number, not text."),
        (side, "up", "That is not right yet."),
        (zeros, (-2, 1), "the signs"),
        (corners, [[3, 2], [1, 0]], "x first"),
    ],
)
def test_other_values_get_their_sentence(exercise, given, said):
    assert exercise.judge(given) == Verdict(False, said)


@pytest.mark.parametrize(
    "given", [None, ..., [1, ...], (..., ...), {"a": ...}, [1, None], np.array([1, ...])]
)
def test_what_is_left_open_is_not_answered_yet(given):
    for exercise in (third, pair, side, circle):
        assert exercise.judge(given) == Verdict(None, UNANSWERED)


def test_the_nearest_usual_answer_is_taken():
    close = Exercise(1.0, [(1.05, "near"), (1.06, "farther")], rtol=0.02)
    assert close.judge(1.052).sentence == "near"
    assert close.judge(1.058).sentence == "farther"
    assert close.judge(1.2).sentence == "That is not right yet."


def test_tolerances_are_shares_of_the_answer():
    assert Exercise(200.0, rtol=0.1).judge(219).passed
    assert not Exercise(200.0, rtol=0.1).judge(221).passed
    assert Exercise((0, 4)).judge([1e-7, 4]).passed  # as by numerical differences
    assert not Exercise((0, 4)).judge([1e-3, 4]).passed
    assert Exercise((0, 4), atol=0.1).judge([0.09, 4]).passed


def test_otherwise_and_form_are_said():
    exercise = Exercise((1, 2), otherwise="look again", form="two numbers, (a, b)")
    assert exercise.judge([7, 7]).sentence == "look again"
    said = "That is a number, not a list of 2 numbers. Give two numbers, (a, b)."
    assert exercise.judge(7).sentence == said
    assert exercise.judge(math).sentence.endswith("Give two numbers, (a, b).")


# Functions -----------------------------------------------------------------------------------


def slope(x):
    return 2 * x - 4


def right_step(x, slope, lr):
    return x - lr * slope(x)


step = Exercise(
    right_step,
    [
        (lambda x, slope, lr: x + lr * slope(x), "uphill"),
        (lambda x, slope, lr: x - lr, "the slope is missing"),
        (lambda x, slope, lr: x - slope(x), "the rate is missing"),
    ],
    cases=[(4.0, slope, 0.2), (1.0, lambda x: 3.0, 0.1)],
    seconds=0.5,
)
double = Exercise(lambda p: 2 * p, cases=[np.array([1.0, 2.0]), np.array([3.0])])


def test_a_right_function_passes_however_it_is_written():
    class Step:
        def __call__(self, x, slope, lr):
            return x - lr * slope(x)

        def method(self, x, slope, lr):
            return [x - lr * slope(x)][0]

    def many(*args, **kwargs):
        return right_step(*args, **kwargs)

    for given in (
        right_step, Step(), Step().method, many, functools.partial(right_step),
        functools.partial(lambda a, x, slope, lr: x - a * lr * slope(x), 1),
        lambda x, slope, lr, more=1: np.float64(x - lr * slope(x)),
        lambda x, slope, lr: np.array(x - lr * slope(x)),
    ):  # fmt: skip
        assert step.judge(given) == Verdict(True, RIGHT)
    assert Exercise(math.sin, cases=[1.0, 2.0]).judge(np.sin).passed


def returns_nothing(x, slope, lr):
    x - lr * slope(x)


def prints_it(x, slope, lr):
    print(x - lr * slope(x))


def divides(x, slope, lr):
    return x / 0


def fails_in_a_helper(x, slope, lr):
    return divides(x, slope, lr)


def fails_later(x, slope, lr):
    if x < 2:
        raise ValueError
    return right_step(x, slope, lr)


def leaves(x, slope, lr):
    sys.exit()


def calls_itself(x, slope, lr):
    return calls_itself(x, slope, lr)


def yields(x, slope, lr):
    yield x


async def waits(x, slope, lr):
    return x


def warns(x, slope, lr):
    warnings.warn("old", stacklevel=1)
    return right_step(x, slope, lr)


def endless(x, slope, lr):
    while True:
        pass


def endless_and_deaf(x, slope, lr):
    while True:
        try:
            while True:
                time.sleep(0.001)
        except BaseException:
            pass


def endless_print(x, slope, lr):
    while True:
        print(x)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda x, slope, lr: x + lr * slope(x), "uphill"),
        (lambda x, slope, lr: x - lr, "the slope is missing"),
        (
            lambda x, slope, lr: x - 2 * lr * slope(x),
            "For x = 4, slope = slope, lr = 0.2 it gives 2.4, which is not right.",
        ),
        (lambda x, slope, lr: 3.2, "For x = 1, lr = 0.1 it gives 3.2, which is not right."),
        (0.8, "That is a number; give the function itself, without calling it."),
        (math, "That is a module; give the function itself, without calling it."),
        (complex, "That is a class; give a function."),
        (lambda x: x, "It must take (x, slope, lr)."),
        (lambda x, slope, lr, more: x, "It must take (x, slope, lr)."),
        (lambda x, slope, *, lr: x, "It must take (x, slope, lr)."),
        (returns_nothing, "It returns None: is the `return` missing?"),
        (lambda x, slope, lr: None if x < 2 else 3.2, "For x = 1, lr = 0.1 it returns None: is "
            "the `return` missing?"),
        (lambda x, slope, lr: "x", "It gives text, not a number."),
        (lambda x, slope, lr: [1, 2], "It gives a list of 2 numbers, not a number."),
        (lambda x, slope, lr: [x], "It gives a list of one number, not a number."),
        (lambda x, slope, lr: slope, "It gives a function, not a number."),
        (lambda x, slope, lr: np.nan, "It gives NaN."),
        (lambda x, slope, lr: np.float64(x) / 0, "It gives an infinite number."),
        (lambda x, slope, lr: 10**400, "It gives a number that is too large."),
        (lambda x, slope, lr: 1j, "It gives a complex number, not a number."),
        (lambda x, slope, lr: {"x": x}, "It gives a dictionary, not a number."),
        (yields, "It gives a generator: make a list of it."),
        (waits, "It gives a coroutine, not a number."),
        (divides, "Your function raises ZeroDivisionError: float division by zero, "
            "in line {divides}: return x / 0"),
        (fails_in_a_helper, "Your function raises ZeroDivisionError: float division by zero, "
            "in line {divides}: return x / 0"),
        (fails_later, "For x = 1, lr = 0.1 your function raises ValueError, in line "
            "{fails_later}: raise ValueError"),
        (leaves, "Your function raises SystemExit, in line {leaves}: sys.exit()"),
        (calls_itself, "Your function raises RecursionError: maximum recursion depth exceeded, "
            "in line {calls_itself}: return calls_itself(x, slope, lr)"),
        (endless, "It ran for 0.5 seconds and was stopped: does its loop ever end?"),
        (endless_and_deaf, "It ran for 0.5 seconds and was stopped: does its loop ever end?"),
    ],
)  # fmt: skip
def test_other_functions_get_their_sentence(given, said):
    found = re.search(r"{(\w+)}", said)
    if found:
        code = globals()[found[1]].__code__
        raised = 2 if found[1] == "fails_later" else 1
        said = said.replace(found[0], str(code.co_firstlineno + raised))
    verdict = step.judge(given)
    said = said.replace("float division", "division")
    assert verdict.sentence.replace("float division", "division") == said
    assert verdict.passed is False and verdict.printed == ""
    assert [t.name for t in threading.enumerate() if "optimlab" in t.name] == []


def test_what_a_function_prints_is_kept_and_does_no_harm(capsys):
    def chatty(x, slope, lr):
        print("at", x)
        return right_step(x, slope, lr)

    assert step.judge(chatty) == Verdict(True, RIGHT, "at 4.0\nat 1.0\n")
    said = step.judge(prints_it)
    assert said == Verdict(False, "It prints its result: return it.", said.printed)
    assert said.printed.startswith("3.2")
    assert len(step.judge(endless_print).printed) == 500
    assert capsys.readouterr().out == ""


def test_all_cases_share_the_time():
    def slow(x):
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass
        return x

    exercise = Exercise(lambda x: x, cases=[1, 2, 3, 4, 5], seconds=0.5)
    assert "was stopped" in exercise.judge(slow).sentence
    assert exercise.judge(slow, seconds=20).passed


def test_no_warning_leaks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not double.judge(lambda p: p / np.zeros(1)).passed
        assert step.judge(warns).passed
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        assert not step.judge(waits).passed
        assert step.judge(warns).passed
    assert leaked == []


def test_a_function_gets_copies_and_is_told_when_it_changes_them():
    def doubled(p):
        p *= 2
        return p

    strict = Exercise(double.solution, cases=double.cases, unchanged=True)
    for _ in range(2):
        verdict = strict.judge(doubled)
        assert verdict.sentence == "It changes its argument `p` itself: make a new array."
        assert double.judge(doubled) == Verdict(True, RIGHT)
    listed = Exercise(lambda path, x: [*path, x], cases=[([1], 2), ([], 3)], unchanged=True)
    assert listed.judge(lambda a, b: a + [b]).passed
    said = listed.judge(lambda a, b: a.append(b) or a).sentence
    assert said == "It changes its argument `a` itself: make a new list."
    assert double.judge(np.add).sentence == "It must take (p)." or sys.version_info < (3, 14)


def test_a_changed_argument_can_be_a_usual_answer_of_its_own():
    def doubled(p):
        p *= 2
        return p

    exercise = Exercise(lambda p: 2 * p, [(doubled, "mine")], cases=[np.ones(2)], unchanged=True)
    assert exercise.judge(doubled).sentence == "mine"
    assert exercise.judge(lambda p: 2 * p).passed


def test_a_function_that_is_to_change_its_arguments():
    def update(params, grads):
        for key in params:
            params[key] -= 0.1 * grads[key]

    def uphill(params, grads):
        for key in params:
            params[key] += 0.1 * grads[key]

    def anew(params, grads):
        params = {key: params[key] - 0.1 * grads[key] for key in params}

    cases = [({"W": np.ones(2)}, {"W": np.ones(2)})]
    exercise = Exercise(update, [(uphill, "uphill")], cases=cases, in_place=True)
    assert exercise.judge(update).passed
    assert exercise.judge(lambda params, grads: update(params, grads)).passed
    assert exercise.judge(uphill).sentence == "uphill"
    said = exercise.judge(anew).sentence
    assert said.endswith("it does not leave the right values in its arguments.")
    np.testing.assert_array_equal(cases[0][0]["W"], 1)


@pytest.mark.parametrize(
    ("answer", "given", "said"),
    [
        (lambda n: np.ones((n, 2)), lambda n: np.ones((2, n)), "It gives an array of shape (2, 3), "
            "not an array of shape (3, 2)."),
        (lambda n: (np.ones(n), "end"), lambda n: [np.ones(n), "end"], None),
        (lambda n: (np.ones(n), "end"), lambda n: (np.ones(n), 1), "It gives as part 2 a number, "
            "not text."),
        (lambda n: (np.ones(n), "end"), lambda n: (np.ones(n),) * 3, "It gives an array of shape "
            "(3, 3), not a list of unlike parts."),
        (lambda n: (np.ones(n), "end"), lambda n: (np.ones(n), "end", 1), "It gives 3 parts, and 2 "
            "are asked for."),
        (lambda n: {"W": n}, lambda n: {"b": n}, "It gives nothing for 'W'."),
        (lambda n: {"W": n}, lambda n: {"W": n, "b": n}, "It gives something for 'b', which is not "
            "asked for."),
        (lambda n: {"W": n}, lambda n: {"W": n + 1}, "For n = 3 it gives {W: 4}, which is not "
            "right."),
        (lambda n: "up", lambda n: "down", "For n = 3 it gives 'down', which is not right."),
        (lambda n: n > 2, lambda n: n < 2, "For n = 3 it gives False, which is not right."),
        (lambda n: n > 2, lambda n: 1, "It gives a number, not True or False."),
        (lambda n: [1, np.nan], lambda n: [1, np.nan], None),
        (lambda n: [1, np.nan], lambda n: [1, 2], "For n = 3 it gives [1, 2], which is not right."),
        (lambda n: list(range(9)), lambda n: np.zeros(9), "For n = 3 it gives a list of 9 numbers, "
            "which is not right."),
        (lambda n: list(range(9)), lambda n: [1] * 8, "It gives 8 numbers, and 9 are asked for."),
        (lambda n: n, lambda n: n * (1 + 1e-5), "For n = 3 it gives nearly 3, and not exactly: "
            "3.00003 instead of 3."),
        (lambda n: [63, 50], lambda n: [63.0001, 50], "For n = 3 it gives nearly [63, 50], and not "
            "exactly: 63.0001 instead of 63."),
        (lambda n: np.ones((n, n)), lambda n: np.ones((n, n)) - 1e-5 * np.eye(n), "For n = 3 it "
            "gives nearly an array of shape (3, 3), and not exactly: 0.99999 instead of 1."),
        (lambda n: {"W": [1, n], "b": 8}, lambda n: {"W": [1, n], "b": 8.0004}, "For n = 3 it "
            "gives nearly {W: [1, 3], b: 8}, and not exactly: 8.0004 instead of 8."),
        (lambda n: n, lambda n: n * (1 + 1e-7), None),
    ],
)  # fmt: skip
def test_every_kind_of_result_is_compared(answer, given, said):
    verdict = Exercise(answer, cases=[3]).judge(given)
    assert verdict.sentence == (said or RIGHT)


def test_otherwise_is_for_functions_that_are_never_right():
    exercise = Exercise(lambda x: x**2, cases=[1.0, 3.0], otherwise="think of the area")
    assert exercise.judge(lambda x: x + 5).sentence == "think of the area"
    assert exercise.judge(lambda x: x).sentence == "For x = 3 it gives 3, which is not right."


def stub_pass(x, slope, lr):
    """One step."""
    ...


def stub_inside(x, slope, lr):
    return x - ...


def stub_returned(x, slope, lr):
    return ...


def stub_loop(x, slope, lr):
    for _ in range(3):
        ...
    return x


def stub_list(x, slope, lr):
    path = [x, ...]
    return path


def attempt_with_index(x, slope, lr):
    return np.array([x])[..., 0] + lr * slope(x)


def right_with_a_gap_left(x, slope, lr):
    if x > 100:
        ...
    return x - lr * slope(x)


def test_a_stub_is_not_answered_yet():
    for stub in (stub_pass, stub_inside, stub_returned, stub_loop, stub_list):
        verdict = step.judge(stub)
        assert verdict.passed is None and verdict.sentence in (UNANSWERED, UNFINISHED)
    assert step.judge(stub_pass).sentence == UNANSWERED

    def half_done(x, slope, lr):
        if x > 100:
            return ...
        return x - 2 * lr * slope(x)

    assert step.judge(half_done) == Verdict(None, UNFINISHED)
    assert step.judge(attempt_with_index).sentence == "uphill"
    assert step.judge(right_with_a_gap_left).passed


def test_a_stub_without_its_source_is_not_answered_yet():
    space = {}
    exec("def f(x, slope, lr):\n    return x - ...\ndef g(x, slope, lr): return 1 / 0", space)
    assert step.judge(space["f"]).passed is None
    assert re.fullmatch(r"Your .* by zero, in line 3", step.judge(space["g"]).sentence)


def test_near_is_said_to_be_near():
    exact = Exercise(
    lambda x: 2 * x, cases=[3.0],
        wrong=[(lambda x: x, "no"), (lambda x: 2.0, "no"), (lambda x: x * x, "no")],
    )  # fmt: skip
    near = exact.judge(lambda x: ((x + 1e-5) ** 2 - x**2) / 1e-5)
    said = "For x = 3 it gives nearly 6, and not exactly: 6.00001 instead of 6."
    assert near == Verdict(False, said)
    assert exact.judge(lambda x: 6.1).sentence == "For x = 3 it gives 6.1, which is not right."


def test_the_case_that_fails_is_named_with_the_length_of_its_answer():
    steps = Exercise(
    lambda n: list(range(n)), cases=[3, 5],
        wrong=[(lambda n: [n], "no"), (lambda n: [1], "no"), (lambda n: [], "no")],
    )  # fmt: skip
    assert steps.judge(lambda n: [0] * 7).sentence.startswith("For n = 3 it gives 7 numbers, and 3")


# Answers that are not unique -----------------------------------------------------------------


def on_the_circle(given):
    x, y = given
    if abs(x) > 1:
        return "x is outside"
    return abs(x * x + y * y - 1) < 1e-9


circle = Exercise(
    wrong=[((2, 0), "x is outside")], accept=on_the_circle, form="two numbers, (x, y)"
)


def falls(f):
    values = [f(x) for x in (1.0, 2.0)]
    return values[0] > values[1] or "it rises"


falling = Exercise(accept=falls, form="a function of x", seconds=0.3)


@pytest.mark.parametrize(
    "argument, shown",
    [
        (58 * "a", repr(58 * "a")), (59 * "a", "text"), (np.ones(6), "[1, 1, 1, 1, 1, 1]"),
        (np.ones(7), "a list of 7 numbers"), (np.ones((2, 4)), "an array of shape (2, 4)"),
        (("a" * 26, "b" * 26), f"('{26 * 'a'}', '{26 * 'b'}')"),
        (("a" * 26, "b" * 27), "a list of 2 texts"),
    ],
)  # fmt: skip
def test_an_argument_of_more_than_sixty_characters_is_named_by_its_kind(argument, shown):
    exercise = Exercise(lambda x: len(x), [(lambda x: 0, "none")], cases=[(argument,)])
    said = f"For x = {shown} it gives 9, which is not right."
    assert exercise.judge(lambda x: 9).sentence == said


def test_accept_decides():
    assert circle.judge((0.6, 0.8)).passed
    assert circle.judge(np.array([0, -1])).passed
    assert circle.judge((2, 0)) == Verdict(False, "x is outside")
    assert circle.judge((0.5, 0)) == Verdict(False, "That is not right yet.")
    for odd in (3, "x", [1, 2, 3], math, lambda: 1, ["a", "b"]):
        assert circle.judge(odd) == Verdict(False, "Give two numbers, (x, y).")
    assert circle.judge((0, np.nan)).sentence == "It holds NaN."


def prints_x(x):
    print(x)


def test_accept_may_call_a_function_without_care(capsys):
    def fails(x):
        return [][0]

    def forever(x):
        while True:
            pass

    def gap(x):
        y = ...
        return y

    def shifts(x):
        print("hm")
        return -x

    assert falling.judge(shifts) == Verdict(True, RIGHT, "hm\nhm\n")
    assert falling.judge(lambda x: x).sentence == "it rises"
    assert falling.judge(fails).sentence.endswith("return [][0]")
    assert "was stopped" in falling.judge(forever).sentence
    assert falling.judge(gap).passed is None
    assert falling.judge(lambda x: None).passed is None
    assert falling.judge(lambda x: print()).sentence == "It prints its result: return it."
    assert falling.judge(lambda x: [].append(x)).sentence.startswith("It returns None")
    assert falling.judge(lambda: 1).sentence.startswith("Your function raises TypeError")
    assert falling.judge(3).sentence == "Give a function of x."
    assert capsys.readouterr().out == ""


def test_accept_may_take_a_class():
    def moves(cls):
        rule, params = cls(0.1), {"x": 1.0}
        rule.update(params, {"x": 1.0})
        return params["x"] == 0.9 or "it goes astray"

    class Good:
        def __init__(self, lr):
            self.lr = lr

        def update(self, params, grads):
            params["x"] -= self.lr * grads["x"]

    class Bad(Good):
        def update(self, params, grads):
            params["x"] += self.lr * grads["x"]

    class Endless(Good):
        def update(self, params, grads):
            while True:
                pass

    class Broken(Good):
        def update(self, params, grads):
            return params["W"]

    class Stub(Good):
        def update(self, params, grads):
            params["x"] -= ...

    exercise = Exercise(accept=moves, form="a class", seconds=0.3)
    assert exercise.judge(Good).passed
    assert exercise.judge(Bad).sentence == "it goes astray"
    assert "was stopped" in exercise.judge(Endless).sentence
    said = exercise.judge(Broken).sentence
    assert re.fullmatch(r"Your class raises KeyError: 'W', in line \d+: return params\[.W.\]", said)
    assert exercise.judge(Stub).passed is None
    assert exercise.judge(3).sentence == "Give a class."


# Whatever is given ---------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
def test_nothing_that_is_given_makes_judge_raise():
    table = Exercise(lambda x: {"a": [x]}, cases=[1.0])
    for exercise in (third, pair, side, yes, zeros, corners, step, double, table, circle, falling):
        for given in garbage():
            verdict = exercise.judge(given, seconds=0.3)
            passes = exercise is yes and given is True
            assert verdict.passed is passes or verdict.passed is None, (exercise, type(given))
            assert verdict.sentence and "\n" not in verdict.sentence
            assert not re.search(r"0x[0-9a-f]{5}", verdict.sentence)


class Endless(list):
    def __iter__(self):
        while True:
            yield 1


def closes(x, slope, lr):
    print("before")
    sys.stdout.close()
    return right_step(x, slope, lr)


def test_reading_what_is_given_takes_no_longer_than_the_limit():
    begun = time.monotonic()
    for given in (Endless([1]), lambda x, slope, lr: Endless([1])):
        for exercise in (third, pair, step, circle):
            assert exercise.judge(given, seconds=0.2).passed is False
    assert "was stopped" in third.judge(Endless([1]), seconds=0.2).sentence
    assert "was stopped" in step.judge(lambda x, slope, lr: Endless([1])).sentence
    said = "100,000,000 numbers, which are too many."
    assert pair.judge(np.zeros(10**8)).sentence == f"It holds {said}"
    assert step.judge(lambda x, slope, lr: np.zeros(10**8)).sentence == f"It gives {said}"
    assert time.monotonic() - begun < 20


def test_a_function_may_close_what_it_prints_to():
    assert step.judge(closes) == Verdict(True, RIGHT, "before\nbefore\n")


def test_a_function_that_breaks_numpy_gets_a_sentence(monkeypatch):
    monkeypatch.setattr(np, "isnan", np.isnan)  # and puts it back afterwards

    def breaks(x, slope, lr):
        np.isnan = None
        return 3.0

    for exercise in (step, Exercise(breaks, accept=lambda f: f(1, slope, 1) + np.isnan(2) == 5)):
        said = exercise.judge(breaks)
        assert said.passed is False and said.sentence


def test_a_broken_numpy_is_named(monkeypatch):
    monkeypatch.setattr(np, "isnan", None)
    said = third.judge(2.99)
    monkeypatch.undo()
    assert said.passed is False
    assert said.sentence.startswith("This cannot be judged any more (TypeError: ")


def test_the_wish_to_interrupt_is_let_through():
    def interrupted(x, slope, lr):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        step.judge(interrupted)


# A teacher's mistakes ------------------------------------------------------------------------


def double_it(x):
    return 2 * x


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({}, TypeError, "solution: .* missing"),
        ({"solution": double_it}, TypeError, "cases"),
        ({"solution": double_it, "cases": []}, TypeError, "cases"),
        ({"solution": 1, "cases": [1]}, TypeError, "cases"),
        ({"solution": 1, "wrong": [2]}, TypeError, r"wrong\[0\].*pair"),
        ({"solution": 1, "wrong": [(2, 3)]}, TypeError, r"wrong\[0\]"),
        ({"solution": 1, "wrong": [(2, " ")]}, TypeError, r"wrong\[0\]"),
        ({"solution": 1, "wrong": [(1.001, "x")]}, ValueError, r"wrong\[0\].*right answer.*'x'"),
        ({"solution": 1, "wrong": [(2, "x"), (2.0, "y")]}, ValueError, "alike.*'x' and 'y'"),
        ({"solution": 1, "wrong": [(None, "x")]}, TypeError, r"wrong\[0\]"),
        ({"solution": [1, ...]}, TypeError, "solution"),
        ({"solution": math}, TypeError, "solution: That is a module"),
        ({"solution": np.nan}, ValueError, "solution.*NaN"),
        ({"solution": 1, "hints": "one"}, TypeError, "hints"),
        ({"solution": 1, "hints": [1]}, TypeError, "hints"),
        ({"solution": 1, "otherwise": 3}, TypeError, "otherwise"),
        ({"solution": 1, "rtol": -1}, ValueError, "rtol=-1: rtol must be"),
        ({"solution": 1, "atol": "x"}, TypeError, "atol='x'"),
        ({"solution": 1, "seconds": 0}, ValueError, "seconds=0"),
        ({"accept": 3}, TypeError, "accept"),
        ({"accept": double_it, "cases": [1]}, TypeError, "accept"),
        (
            {"solution": double_it, "cases": [1], "wrong": [(lambda x: x + x, "same")]},
            ValueError,
            r"wrong\[0\].*add a case.*'same'",
        ),
        (
            {
                "solution": double_it,
                "cases": [3],
                "wrong": [(lambda x: x, "a"), (lambda x: x**2 / 3, "b")],
            },
            ValueError,
            "alike.*'a' and 'b'",
        ),
        ({"solution": double_it, "cases": [1], "wrong": [(3, "x")]}, TypeError, r"wrong\[0\]"),
        ({"solution": divides, "cases": [(1, 2, 3)]}, ValueError, r"cases\[0\].*ZeroDivision"),
        ({"solution": yields, "cases": [(1, 2, 3)]}, ValueError, r"cases\[0\].*generator"),
        ({"solution": lambda p: p.sort(), "cases": [[2, 1]]}, ValueError, r"cases\[0\].*in_place"),
        ({"solution": double_it, "cases": [iter([])]}, ValueError, r"cases\[0\]"),
        ({"solution": double_it, "cases": [math]}, TypeError, r"cases\[0\].*copied"),
        ({"solution": double_it, "cases": [1], "any_order": True}, TypeError, "any_order"),
        (
            {"solution": double_it, "cases": [1], "wrong": [(lambda x: [][x], "x")]},
            ValueError,
            r"wrong\[0\]: its reply can never be given: Your function raises IndexError",
        ),
        ({"solution": 1, "in_place": True, "unchanged": True}, ValueError, "unchanged"),
        (
            {"solution": lambda p: p.sort() or p, "cases": [[2, 1]], "unchanged": True},
            ValueError,
            r"cases\[0\].*in_place",
        ),
    ],
)
def test_a_teachers_mistake_is_named(arguments, error, named):
    with pytest.raises(error, match=named):
        Exercise(**arguments)


# The time limit ------------------------------------------------------------------------------


def spin():
    while True:
        pass


def spin_in_try():
    while True:
        try:
            pass
        except Exception:
            pass


def spin_deaf():
    while True:
        try:
            while True:
                pass
        except BaseException:  # noqa: B036 — that is what is tested
            pass


def sleep_deaf():
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass


def watchers():
    return [thread for thread in threading.enumerate() if "time limit" in thread.name]


@pytest.mark.parametrize("function", [spin, spin_in_try, spin_deaf, sleep_deaf])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_endless_loop_is_stopped(function, elsewhere):
    before, traced, said = time.monotonic(), sys.gettrace(), []

    def limited():
        try:
            call(function, seconds=0.2)
        except TooLong as error:
            said.append(error)

    if elsewhere:
        thread = threading.Thread(target=limited)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
    else:
        limited()
    assert len(said) == 1
    assert 0.15 < time.monotonic() - before < 10
    assert watchers() == [] and sys.gettrace() is traced


def test_a_fast_call_is_not_disturbed():
    for i in range(1000):
        assert call(lambda i=i: i + 1) == i + 1
    assert watchers() == []
    with pytest.raises(ZeroDivisionError):
        call(lambda: 1 / 0)
    with pytest.raises(RecursionError):
        call(calls_itself, (1, 2, 3))
    assert watchers() == []


TRACED = """
import sys
from optimlab.lessons.judging.watch import TooLong, call
def spin():
    while True:
        pass
call(int)
try:
    call(spin, seconds=0.05)
except TooLong:
    pass
seen = []
sys.settrace(lambda frame, *_: seen.append(frame.f_code.co_name))
(lambda: 1)()
sys.settrace(None)
print(seen)
"""


def test_functions_can_be_traced_after_a_call():
    """By JupyterLab's debugger, say. In Python 3.11 they hang once an exception is withdrawn."""
    done = subprocess.run(
        [sys.executable, "-c", TRACED], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "['<lambda>']\n", done.stderr


def test_a_call_that_ends_at_the_limit_leaves_nothing_behind():
    """The exception may come at any moment around the end, and must never come after it."""

    def busy(seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass
        return "done"

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for i in range(400):
            with contextlib.suppress(TooLong):
                assert call(busy, (0.001 + i % 40 * 5e-5,), 0.002) == "done"
            assert watchers() == []
            sum(range(1000))
            for _ in range(1000):
                pass
    finally:
        sys.setswitchinterval(interval)


# Mutants and stubs ---------------------------------------------------------------------------


def test_mutants_change_one_token_each():
    source = (
        "def f(x, lr, flag):\n"
        '    """Not 1 this."""\n'
        "    best = -1\n"
        "    while x < 2 and not flag:\n"
        '        side = "left" if True else "right"  # 5\n'
        "        x += lr * np.max(x)\n"
        '    return f"{x + 1}"'
    )
    found = dict(one_token_mutants(source))
    assert len(found) == len(one_token_mutants(source))
    for wanted in (
        "line 3: best = 1", "line 3: best = -2", "line 3: best = -(-1)",
        "line 4: while x <= 2 and not flag:", "line 4: while x < 2 or not flag:",
        "line 4: while x < 3 and not flag:", "line 4: while x < 2 and  flag:",
        "line 4: while lr < 2 and not flag:",
        'line 5: side = "right" if True else "right"  # 5',
        'line 5: side = "left" if False else "right"  # 5',
        "line 6: x -= lr * np.max(x)", "line 6: x += lr ** np.max(x)",
        "line 6: x += lr * np.min(x)", "line 6: x += lr * np.max(lr)",
        "line 6: x += flag * np.max(x)", "line 6: x += lr * np.max(best)",
    ):  # fmt: skip
        assert wanted in found
    assert not any(what.startswith(("line 2", "line 7")) for what in found)
    for mutant in found.values():
        assert mutant != source
        ast.parse(mutant)
    assert one_token_mutants(source) == one_token_mutants(source)
    with pytest.raises(ValueError, match="one function"):
        one_token_mutants("x = 1")


SOLUTION = '''
def walk(x, slope, lr=0.1, steps=3):
    """Descend."""
    path = [x]
    for _ in range(steps):
        x = step(x, slope, lr)
        path.append(x)
    return np.array(path)


assert walk(1, abs)[0] == 1
'''


def walk(*lines, arguments="x, slope, lr=0.1, steps=3"):
    head = f"def my_walk({arguments}):\n"
    return "# stub\n" + head + "\n".join(f"    {line}" for line in lines) + "\n\nlesson.check(1)\n"


@pytest.mark.parametrize(
    "stub",
    [
        walk("..."),
        walk("# text", "path = [x]", "...", "return np.array(path)"),
        walk("'''Other words.'''", "path = [x]", "for _ in range(steps):", "    ...",
             "return np.array(path)"),
        walk("path = [x]", "for _ in range(...):", "    x = my_step(x, ..., lr)", "    ...",
             "return ..."),
        walk("...", "return np.array(path)"),
        walk("path = [...]", "..."),
    ],
)  # fmt: skip
def test_a_stub_that_is_the_solution_with_parts_left_out(stub):
    assert left_out(stub, SOLUTION, {"my_walk": "walk"}) is None


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        (walk("...", arguments="x, slope, lr, steps=3"), "line 2 .*def my_walk"),
        (walk("...", arguments="x, slope, lr=0.2, steps=3"), "line 2 .*def my_walk"),
        (walk("path = [x]", "return np.array(path)"), "nothing is left out of my_walk"),
        (walk("path = []", "..."), r"line 3 of the stub is not in the solution: path = \[\]"),
        (walk("path = [x]", "..."," return list(path)".strip()), "line 5 .*list"),
        (walk("path = [x, ...]", "..."), "line 3"),
        (walk("path = [x]", "for _ in range(steps):", "    ...", "return np.array(path)", "..."),
         r"line 7 .*: \.\.\.$"),
        (walk("path = [x]", "for _ in range(steps):", "    x = slope(x)", "    ...", "..."),
         "line 5 .*slope"),
        (walk("path = [x]", "for _ in range(steps):", "    x = my_step(x, slope, lr)",
              "    path.append(x)", "    ...", "return np.array(path)"), r"line 7 .*: \.\.\.$"),
        (walk("path = [x]", "...", "for _ in range(steps):", "    ...", "return np.array(path)"),
         "line 5 .*: for"),
        (walk("...").replace("my_walk", "walks"), "my_walk is defined 0 times"),
        (walk("...") * 2, "my_walk is defined 2 times"),
    ],
)  # fmt: skip
def test_a_stub_that_is_something_else_is_refused(stub, said):
    assert re.search(said, left_out(stub, SOLUTION, {"my_walk": "walk"}))


def test_stubs_of_values():
    assert left_open("my_count = ...\nlesson.check(my_count)", ["my_count"]) is None
    assert left_open("my_a = ...\nmy_b = ...", ["my_a", "my_b"]) is None
    assert left_open("my_a, my_b = ..., ...", ["my_a", "my_b"], 2) is None
    assert left_open("my_pair = [..., ...]", ["my_pair"], 2) is None
    for stub in ("my_count = int(...)", "my_count = [...]", "my_count = 1", "my_count = [...] * 2"):
        assert "my_count must be `...`" in left_open(stub, ["my_count"], 2)
    assert "must be" in left_open("my_a, my_b = ..., 1", ["my_a", "my_b"], 2)
    assert "my_b is defined 0" in left_open("my_a = ...", ["my_a", "my_b"])
    assert "my_a is defined 2" in left_open("my_a = ...\nmy_a = ...", ["my_a"])


class Slow:
    """What ends for a long time."""

    def __del__(self):
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass


def test_a_limit_that_a_finalizer_swallows_comes_again_and_is_no_error_to_tell(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda said: told.append(said.exc_type))
    mine = sys.unraisablehook

    def littering():
        while True:
            Slow()

    with pytest.raises(TooLong):
        call(littering, seconds=0.1)
    assert told == [] and sys.unraisablehook is mine

    class Broken:
        def __del__(self):
            raise ValueError

    call(lambda: Broken() and None)
    assert told == [ValueError], "other errors are told as ever"
