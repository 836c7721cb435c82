"""A learner's own code: whatever one would write works everywhere, or is answered in words."""

import copy
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from course import Heavy, Plain
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import (
    SGD,
    Adam,
    Function,
    Momentum,
    check_gradient,
    checks,
    descend,
    door,
    explore,
    explorers,
    functions,
    numerical_gradient,
    optimizers,
    tuning,
)
from optimlab.study import analysis, schemes

POINTS = np.random.default_rng(0).normal(size=(6, 2))


class Tensor:
    """Stands in for a number of another library: it has `__array__` and no arithmetic of ours."""

    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.value, dtype=dtype)


class Scalar:
    """Stands in for one that has `__float__` alone."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)


class Callable:
    def __call__(self, p):
        return p[0] ** 2 + 10 * p[1] ** 2


def branching(x, y):
    if x > 0:
        return x * x + 10 * y * y
    return 10 * y * y + math.pow(x, 2)


def loop(p):
    total = 0
    for x, factor in zip(p, (1, 10), strict=True):
        total += factor * x**2
    return total


#: x² + 10y², as learners write it
TWO = {
    "text": "x**2 + 10*y**2", "text with ^": "x^2 + 10*y^2",
    "f(x, y)": lambda x, y: x**2 + 10 * y**2, "scalars": branching,
    "p[0]": lambda p: p[0] ** 2 + 10 * p[1] ** 2,
    "p[..., 0]": lambda p: p[..., 0] ** 2 + 10 * p[..., 1] ** 2,
    "p[:, 0]": lambda p: p[:, 0] ** 2 + 10 * p[:, 1] ** 2, "loop": loop,
    "unpacked": lambda p: (lambda x, y: x**2 + 10 * y**2)(*p), "*p": lambda *p: loop(p),
    "sum": lambda p: np.sum(p**2 * [1, 10]), "sum(-1)": lambda p: (p**2 * [1, 10]).sum(axis=-1),
    "matrix": lambda p: p @ np.diag([1, 10]) @ p, "an array of one": lambda p: [loop(p)],
    "__array__": lambda p: Tensor(loop(p)), "__float__": lambda x, y: Scalar(x**2 + 10 * y**2),
    "Fraction": lambda x, y: Fraction(float(x)) ** 2 + 10 * Fraction(float(y)) ** 2,
    "float(x)": lambda x, y: float(x) ** 2 + 10 * float(y) ** 2, "an object": Callable(),
    "a default": lambda p, factor=10: p[0] ** 2 + factor * p[1] ** 2,
    "in place": lambda p: p.__imul__(p).__imul__([1, 10]).sum(),
}  # fmt: skip


@pytest.mark.parametrize("f", TWO.values(), ids=TWO)
def test_a_function_of_two_variables_in_every_form(f):
    want = lambda p: p[..., 0] ** 2 + 10 * p[..., 1] ** 2  # noqa: E731
    made = checks.function(f)
    assert made.dim == 2 and np.isfinite(made.domain).all()
    for shape in ((2,), (1, 2), (2, 2), (3, 2), (2, 2, 2), (2, 3, 2), (0, 2)):
        points = np.random.default_rng(1).normal(size=shape)
        before = points.copy()
        assert_allclose(made(points), want(points), rtol=1e-12)
        assert_allclose(made.gradient(points), points * [2, 20], atol=1e-7)
        assert_array_equal(points, before)
    known = Function("f", "f", want, domain=((-4, 4), (-4, 4)), start=(1, 2))
    for start, rate in (((1, 2), 0.02), (POINTS[:2], 0.02), ((1, 2), np.array([[0.01], [0.04]]))):
        mine, right = (descend(g, Momentum(lr=rate), start, 9) for g in (f, known))
        assert_allclose(mine.points, right.points, atol=1e-6)
        assert_allclose(mine.losses, right.losses, atol=1e-5)
    assert_allclose(numerical_gradient(f, (1.0, 2.0)), (2, 40), atol=1e-6)
    assert_allclose(numerical_gradient(f, POINTS[:2]), POINTS[:2] * [2, 20], atol=1e-6)
    assert check_gradient(f, lambda p: [2 * p[0], 20 * p[1]], (1.0, 2.0))


#: 3x³ - 2x + 1, or what it says
ONE = {
    "text": "3*x^3 - 2*x + 1", "f(x)": lambda x: 3 * x**3 - 2 * x + 1,
    "branch": lambda x: 3 * x**3 - 2 * x + 1 if x < 0 else 1 - 2 * x + 3 * x * x * x,
    "math": lambda x: 3 * math.pow(x, 3) - 2 * x + math.cos(0), "*": lambda *x: functions.cubic(*x),
    "__float__": lambda x: Scalar(functions.cubic(float(x))),
    "a list": lambda x: [functions.cubic(x)],
    "a Function": functions.cubic, "poly1d": np.poly1d([3, 0, -2, 1]),
}  # fmt: skip


@pytest.mark.parametrize("f", ONE.values(), ids=ONE)
def test_a_function_of_one_variable_in_every_form(f):
    x, known = np.linspace(-1, 1, 6), functions.cubic
    made = checks.function(f)
    assert made.dim == 1
    assert_allclose(made(x), known(x), rtol=1e-12)
    assert_allclose(made.gradient(x.reshape(2, 3)), known.gradient(x.reshape(2, 3)), atol=1e-7)
    assert_allclose(numerical_gradient(f, x), known.gradient(x), atol=1e-7)
    for start in (1.0, [1.0, 0.5, -0.2], np.array([1.0])):
        mine, right = (descend(g, SGD(lr=0.02), start, 5) for g in (f, known))
        assert_allclose(mine.points.ravel(), right.points.ravel(), atol=1e-6)


@pytest.mark.parametrize(
    "f, values",
    [
        (lambda x: 0, [0, 0, 0]), (lambda x: int(x), [-2, 0, 2]), (lambda x: x > 0, [0, 0, 1]),
        (lambda x: bool(x), [1, 0, 1]), (lambda x: np.int8(x), [-2, 0, 2]), (abs, [2.5, 0, 2.5]),
        (lambda x: max(x, 0), [0, 0, 2.5]), (lambda x: np.float16(x), [-2.5, 0, 2.5]),
    ],
)  # fmt: skip
def test_whole_numbers_and_bools_are_numbers(f, values):
    assert_array_equal(checks.function(f)(np.array([-2.5, 0, 2.5])), values)
    assert descend(f, SGD(), 0.7, 3).losses.dtype == float


@pytest.mark.parametrize(
    "f, known",
    [
        (lambda x: math.log(x), np.log), (lambda x: math.sqrt(x), np.sqrt),
        (lambda x: math.pow(x, 0.5) / float(x), lambda x: x**-0.5),
        (lambda p: math.sqrt(p[0]) * p[1], lambda p: np.sqrt(p[..., 0]) * p[..., 1]),
    ],
)  # fmt: skip
def test_where_a_function_raises_it_is_undefined_and_elsewhere_it_is_taken(f, known):
    points = POINTS if "p" in f.__code__.co_varnames else np.linspace(-2, 2, 6)
    made = checks.function(f, start=np.ones(points.shape[1:]))
    with np.errstate(invalid="ignore"):
        assert_allclose(made(points), known(points), rtol=1e-12)
    assert np.isnan(made(points)).any() and np.isfinite(made(points)).any()


def test_functions_without_a_slope_are_drawn():
    for f in (lambda x: 0, lambda x: x > 0):
        assert explore(f, steps=3).status == ""


def test_a_function_of_its_own_is_not_misread_where_the_batch_is_as_long_as_the_point():
    """The example of a review: one step from (1, 2) was said to rise from 10.6 to 29.6."""
    f = Function("f", "x", lambda p: p[0] ** 2 + 10 * p[1] ** 2, domain=((-5, 5), (-5, 5)))
    assert "fell from 41 to 26.6" in descend(f, SGD(lr=0.01), (1, 2), 1).summary()
    turned = lambda p: np.array([2 * p[..., 0], 20 * p[..., 1]])  # noqa: E731
    g = Function("g", "x", TWO["p[..., 0]"], turned, domain=((-5, 5), (-5, 5)))
    assert_allclose(g.gradient([(1, 2), (3, 4)]), [(2, 40), (6, 80)])
    for form in (
        lambda x, y: (2 * x, 20 * y), lambda p: [2 * p[0], 20 * p[1]],
        lambda x, y: np.array([2 * x, 20 * y]), lambda p: p[:, None] * [[2], [20]],
    ):  # fmt: skip
        f = Function("f", "x", TWO["f(x, y)"], form, lambda p: [[2, 0], [0, 20]],
                     domain=((-5, 5), (-5, 5)))  # fmt: skip
        assert_allclose(f.gradient([(1, 2), (3, 4)]), [(2, 40), (6, 80)])
        assert f.hessian(POINTS).shape == (6, 2, 2) and checks.function(f) is f


# --- precision ---------------------------------------------------------------------------------


def test_h_follows_the_precision():
    def single(p):
        p = np.asarray(p, dtype=np.float32)
        return p[..., 0] ** 2 + np.float32(2) * p[..., 1] ** 2

    assert_allclose(numerical_gradient(single, (-7.0, 1.0)), (-14, 4), rtol=1e-3)
    assert_allclose(checks.function(single).gradient((-7.0, 1.0)), (-14, 4), rtol=1e-3)
    path = descend(single, SGD(lr=0.1), (-7.0, 1.0), 30)
    assert_allclose(
        path.points,
        descend(lambda x, y: x * x + 2 * y * y, SGD(lr=0.1), (-7.0, 1.0), 30).points,
        atol=0.01,
    )
    rough = Function("f", "x", single, lambda p: p * [2, 4], domain=((-9, 9), (-3, 3)))
    assert checks.function(rough).eps == np.finfo(np.float32).eps


# --- gradients ---------------------------------------------------------------------------------


def test_a_gradient_that_disagrees_is_named():
    wrong = Function(
        "mine", "x", TWO["p[..., 0]"], lambda p: p * [2, 10], domain=((-5, 5), (-5, 5))
    )
    for call in (
        lambda: descend(wrong, SGD()), lambda: explore(wrong), lambda: tuning.sweep(wrong, SGD),
        lambda: analysis.curvatures(wrong, (0, 0)), lambda: explorers.PlaneExplorer(wrong),
    ):  # fmt: skip
        with pytest.raises(
            ValueError, match="function=mine: its gradient disagrees with its values"
        ):
            call()
    assert not check_gradient(wrong, point=(1, 1))  # that is what it is for


def test_a_gradient_that_agrees_is_not():
    box = ((-5, 5), (-5, 5))
    for f in (
        Function("kink", "x", abs, np.sign, domain=(-1, 1)),  # its start is the kink
        Function("steep", "x", lambda x: 1e9 * x * x, lambda x: 2e9 * x, domain=(-1, 1)),
        Function("small", "x", lambda x: 1e-9 * x * x, lambda x: 2e-9 * x, domain=(-1, 1)),
        Function("high", "x", lambda x: 1e9 + x * x, lambda x: 2 * x, domain=(-1, 1)),
        Function("fast",
        "x", lambda x: np.sin(99 * x), lambda x: 99 * np.cos(99 * x), domain=(0, 9)),
        Function("root", "x", np.sqrt, lambda x: 0.5 / np.sqrt(x), domain=(-1, 4)),
        Function("max", "x", lambda p: np.abs(p).max(axis=-1),
                 lambda p: np.sign(p) * (abs(p) == abs(p).max(-1, keepdims=True)), domain=box),
        Function("noise", "x", lambda x: x * x + np.random.default_rng().normal(size=np.shape(x)),
                 lambda x: 2 * x, domain=(-1, 1)),
    ):  # fmt: skip
        assert checks.function(f) is f, f.name


def test_the_gradient_of_a_run_is_neither_compared_nor_called_once_more():
    for start, calls in (((1.0, 2.0), 7), (POINTS[:2], 7), (POINTS, 7)):
        seen = []

        def wrong(point, step, seen=seen):
            seen.append((np.shape(point)[-1], step))
            return 0 * point - 1

        path = descend(TWO["f(x, y)"], SGD(lr=0.1), start, 7, gradient=wrong)
        assert seen == [(2, k) for k in range(calls)]
        assert_allclose(path.end, np.asarray(start) + 0.7)


GRADIENTS = {
    "point, step": lambda p, k: p * [2, 20], "point": lambda p: p * [2, 20],
    "x, y": lambda x, y: (2 * x, 20 * y), "a list": lambda x, y: [2 * x, 20 * y],
    "x, y, step": lambda x, y, k: np.array([2 * x, 20 * y]), "w, b": lambda w, b: (2 * w, 20 * b),
    "a step that may be left out": lambda p, step=0: p * [2, 20],
    "a default": lambda p, factors=(2, 20): p * factors,
    "parts": lambda p, k: np.stack([2 * p[..., 0], 20 * p[..., 1]], axis=-1),
}  # fmt: skip


@pytest.mark.parametrize("gradient", GRADIENTS.values(), ids=GRADIENTS)
@pytest.mark.parametrize("start", [(1.0, 2.0), POINTS[:2], POINTS, POINTS.reshape(2, 3, 2)])
def test_a_gradient_for_a_run_in_every_form(gradient, start):
    f = TWO["p[0]"]
    path = descend(f, SGD(lr=0.01), start, 4, gradient=gradient)
    assert_allclose(path.end, np.asarray(start) * [0.98**4, 0.8**4])


@pytest.mark.parametrize(
    "gradient",
    [
        lambda p, k: np.array([2 * p[..., 0], 20 * p[..., 1]]),
        lambda p, k: np.array([2 * p[0], 20 * p[1]]),
        lambda p: np.stack([2 * p[:, 0], 20 * p[:, 1]], axis=-1), lambda p: p[0],
    ],
)  # fmt: skip
@pytest.mark.parametrize("n", [2, 3])
def test_a_gradient_that_mixes_points_and_coordinates_does_not_pass(gradient, n):
    try:
        path = descend(TWO["p[0]"], SGD(lr=0.01), POINTS[:n], 1, gradient=gradient)
    except (ValueError, IndexError):
        return
    assert_allclose(path.end, POINTS[:n] * [0.98, 0.8])


@pytest.mark.parametrize("gradient", GRADIENTS.values(), ids=GRADIENTS)
def test_explore_takes_a_gradient(gradient):
    explorer = explore(TWO["p[0]"], lr=0.01, start=(1, 2), steps=4, gradient=gradient)
    assert_allclose(explorer.paths["SGD"].end, (0.98**4, 2 * 0.8**4))
    assert explorer.status == ""


def test_a_gradient_for_one_point_at_a_time():
    for gradient in (lambda p: [2 * p[0], 20 * p[1]], lambda p: 2 * p if p[1] > 9 else p * [2, 20]):
        explorer = explore(TWO["p[0]"], lr=0.01, start=(1, 2), steps=4, gradient=gradient)
        assert_allclose(explorer.paths["SGD"].end, (0.98**4, 2 * 0.8**4))
    rates = np.array([0.1, 0.2])
    path = descend("wave", SGD(lr=rates), 2.5, 5, gradient=lambda x: math.cos(x))
    assert_allclose(path.points[1], 2.5 - rates * math.cos(2.5))
    with pytest.raises(ValueError, match=r"gradient at step 0 has shape \(2, 3\)"):
        descend(TWO["p[0]"], SGD(), POINTS[:2], 3, gradient=lambda p: [1, 2, 3])


@pytest.mark.parametrize(
    "f, tail",
    [
        (lambda p: p[..., 0] ** 2 + 10 * p[..., 1] ** 2, ()), (lambda x, y: x**2 + 10 * y**2, ()),
        (lambda p: Tensor(p[..., 0] ** 2), ()), (lambda p: p * [2, 20], (2,)),
        (lambda x, y: [2 * x, 20 * y], (2,)), (lambda x, y: [2 * x, 20], (2,)),
        (lambda p: np.diag([2, 20]) + 0 * p[..., None], (2, 2)),
    ],
)  # fmt: skip
def test_many_points_are_asked_at_once_and_not_one_by_one(monkeypatch, f, tail):
    many, seen = door.Many("f", f, (2,), tail=tail), []
    monkeypatch.setattr(many, "f", lambda *given: seen.append("asked") or f(*given))
    numbers = door.numbers
    monkeypatch.setattr(door, "numbers", lambda found: seen.append("looked at") or numbers(found))
    points = np.random.default_rng(2).normal(size=(50, 2))
    assert_allclose(many(points), [many(point) for point in points])
    seen.clear()
    many(points)
    assert seen.count("asked") == 1 and len(seen) <= 4


def test_lists_and_tuples_for_one_point():
    for gradient in (lambda p: [2 * p[0], 20 * p[1]], lambda p, k: (2 * p[0], 20 * p[1])):
        assert_allclose(
            descend(TWO["p[0]"], SGD(lr=0.01), (1, 2), 1, gradient=gradient).end, (0.98, 1.6)
        )
    assert_allclose(descend(lambda x: x * x, SGD(lr=0.1), 3, 1, gradient=lambda x: 2 * x).end, 2.4)


# --- what is wrong in the usual ways -----------------------------------------------------------


def forgets(x):
    x**2


def prints(x, y):
    print(x + y)


def asks_for_z(x):
    return x**2 + z  # noqa: F821


class Model:
    def loss(self, x):
        return x**2


#: function -> a part of its sentence
WRONG = [
    (forgets, "gave None: is its return missing?"), (prints, "gave None: is its return missing?"),
    (asks_for_z, "raised NameError at 0: name 'z' is not defined"),
    (lambda x: "x", "gave 'x', which is no number"),
    (lambda x: [x, x], "gave 2 numbers for one point"),
    (lambda x: (x, 1, 2), "gave 3 numbers"), (lambda x: {}, "gave {}, which is no number"),
    (lambda x: x + 1j, "which is no real number"), (lambda: 1, "takes no argument"),
    (lambda x: x.y, "has no attribute 'y'"), (lambda x: 1 / 0, "raised ZeroDivisionError at 0"),
    (lambda x: [[1], [1, 2]], "whose rows differ in length"), (lambda x: x**2 + "1", "raised "),
    (lambda p: np.zeros(3) @ p, "raised ValueError"), (lambda p: [][0], "raised IndexError"),
    (lambda x: int("x"), "raised ValueError at 0: invalid literal"),
    (lambda x: (lambda: x)(1), "raised TypeError"), (lambda x: lambda y: x, "which is no number"),
    (lambda x, y: np.array([x, y]), "gave 2 numbers for one point"),
    (lambda x: math.sqrt(-1 - x * x), "raised ValueError"), (lambda x: ..., "which is no number"),
    (lambda x: np.array(["a"]), "which is no number"), (lambda x: np.arange(5), "gave 5 numbers"),
    (Model, "must be"), (Model(), "must be"), (int, "must be"), (SGD, "must be"), (3.0, "must be"),
    (None, "must be"), ([1, 2], "must be"), ({"x": 1}, "must be"), (SGD(), "must be"), (b"x",
    "must be"),
    ("x + z + y", "3 variables"), ("2x", "write 2*x"), ("ravin", "the names are"), ("sin",
    "sin(x)"),
    (lambda *, x: x, "takes no argument"), (lambda p: p[0] + p[5], "raised IndexError"),
    (lambda p: np.linalg.inv([[0]]), "raised LinAlgError"), (lambda x: next(iter([])),
    "StopIteration"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_function_that_cannot_be_taken_has_its_sentence(number, capsys):
    f, part = WRONG[number]
    said = set()
    for call in (
        lambda: descend(f, SGD()), lambda: explore(f), lambda: tuning.tune(f, SGD),
        lambda: schemes.halving(f, 0.1), lambda: explorers.SchemeExplorer(f),
        lambda: explorers.RaceExplorer(f), lambda: analysis.curvatures(f),
    ):  # fmt: skip
        with pytest.raises((TypeError, ValueError)) as raised:
            call()
        said.add(str(raised.value))
    assert len(said) == 1, "one sentence for one mistake"
    (sentence,) = said
    assert part in sentence and sentence.startswith("function=") and "\n" not in sentence
    assert len(WRONG) >= 40


def test_a_start_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match=r"takes 2 arguments, x, y, and a point has 3 coord"):
        descend(lambda x, y: x + y, SGD(), start=(1, 2, 3))
    with pytest.raises(ValueError, match="takes 2 arguments, x, y, and a point has 1 coord"):
        descend(lambda x, y: x + y, SGD(), start=1.0)


# --- rules -------------------------------------------------------------------------------------


class Two:
    def update(self, params, grads):
        params |= {key: params[key] - 0.1 * grads[key] for key in params}


class Needs:
    def __init__(self, learning_rate):
        self.eta = learning_rate

    def update(self, params, grads):
        for key in params:
            params[key] = params[key] - self.eta * grads[key]


class Attribute:
    lr = 0.05
    update = Plain.update


class Unit:
    """Works on one run alone: a step of a fixed length."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            size = math.sqrt(sum(g * g for g in np.ravel(grads[key])))
            if size > 1e-3:
                params[key] -= self.lr * grads[key] / size


def test_a_learners_rule_is_the_packages_own():
    rates = np.array([0.1, 0.3, 0.9])[:, None]
    for mine, own in ((Plain, SGD), (Heavy, Momentum), (Needs, SGD), (Attribute, SGD)):
        rule = checks.rule(mine)
        path, right = (descend("ravine", one(lr=rates), steps=20) for one in (rule, own))
        assert_allclose(path.points, right.points, rtol=1e-12, atol=1e-15)
        assert mine.__name__ in path[1].summary() and "learning rate 0.3" in path[1].summary()
        found = tuning.sweep("ravine", mine, rates[:, 0], steps=20).losses[mine.__name__]
        assert_allclose(
            found, tuning.sweep("ravine", own, rates[:, 0], steps=20).losses[own.__name__]
        )
        single = descend("ravine", mine(0.3) if mine is not Attribute else rule(0.3), steps=20)
        assert_allclose(single.points, path[1].points)
    heavy = descend("ravine", checks.rule(Heavy)(lr=rates), steps=20)
    assert_allclose(heavy.states["v"], descend("ravine", Momentum(lr=rates), steps=20).states["v"])


def test_a_learners_rule_goes_run_by_run():
    starts = POINTS * 3
    batch = descend("ravine", Unit(), starts, 10)
    for i, start in enumerate(starts):
        assert_allclose(batch[i].points, descend("ravine", Unit(), start, 10).points)
    wave = descend("wave", checks.rule(Unit)(lr=np.array([0.1, 0.2])), 2.5, 10)
    assert_allclose(wave[1].points, descend("wave", Unit(0.2), 2.5, 10).points)


def test_explore_takes_every_kind_of_rule():
    explorer = explore("ravine", [SGD, Heavy, Unit, "Adam"], lr=0.3, momentum=0.5)
    assert list(explorer.paths) == ["SGD", "Heavy", "Unit", "Adam"] and explorer.status == ""
    right = descend("ravine", Momentum(lr=0.3, momentum=0.5), steps=30)
    assert_allclose(explorer.paths["Heavy"].points, right.points)
    explorer.controls["lr"].value = 0.5
    assert explorer.paths["Heavy"].optimizer.lr == 0.5
    assert "your SGD" in explore("ravine", [SGD, type("SGD", (Plain,), {})]).summary
    fixed = explore("ravine", Two)
    assert "Two went from" in fixed.summary and "learning rate" not in fixed.summary


def test_two_own_rules_are_told_apart_wherever_they_are_drawn():
    explorer = explore("ravine", [Heavy, Unit], lr=0.3, curves=("loss", "gradient"), band=True)
    marks = {one["name"]: one for one in explorer.plot.marks if one["kind"] == "line"}
    for kind in ("path", "loss", "gradient"):
        colours = {marks[name]["color"] for name in marks if name.startswith(kind)}
        assert len(colours) == 2, kind
    drawn = [colour for _, colour in explorer.plot.frames["band"]["rules"]]
    assert drawn == [marks["path Heavy"]["color"], marks["path Unit"]["color"]]
    assert len(explorer.plot._axes[1][1].get_legend().get_lines()) == 2


def test_an_object_sets_the_sliders():
    for rule, rate in ((SGD(lr=0.3), 0.3), (Plain(0.3), 0.3), (Needs(0.3), 0.3)):
        explorer = explore("ravine", rule)
        assert explorer["lr"] == rate, type(rule)
    explorer = explore("ravine", Momentum(lr=0.2, momentum=0.5))
    assert (explorer["lr"], explorer["momentum"]) == (0.2, 0.5)
    assert explore("ravine", Momentum(lr=0.2), lr=0.4)["lr"] == 0.4
    explorer = explore("ravine", Adam(bias_correction=False))
    assert explorer["bias_correction"] is False and explorer["lr"] == 0.001
    assert explorers.PlaneExplorer("ravine", Momentum(lr=0.2)).rule.__name__ == "Momentum"
    with pytest.raises(ValueError, match="lr=.*must be a finite number|TypeError"):
        checks.rule(SGD(lr=np.array([1.0, np.nan])))


class Nothing:
    def update(self, params, grads):
        params = {key: params[key] - 0.1 * grads[key] for key in params}


class Copies(Nothing):
    def update(self, params, grads):
        for w, g in zip(params.values(), grads.values(), strict=True):
            w = w - 0.1 * g


class Returns:
    def update(self, params, grads):
        return {key: params[key] - 0.1 * grads[key] for key in params}


class ReturnsOne:
    def update(self, params, grads):
        for key in params:
            return params[key] - 0.1 * grads[key]


class Grows:
    def update(self, params, grads):
        for key in params:
            params[key] = np.array([params[key] - 0.1 * grads[key]])


class Sums:
    def update(self, params, grads):
        for key in params:
            params[key] = np.sum(params[key] - 0.1 * grads[key])


class Drops:
    def update(self, params, grads):
        params.clear()


class Bare:
    def update(self, w, g):
        w -= 0.1 * g


class NoSelf:
    def update(params, grads):
        pass


class Forgot:
    def update(self, params, grads):
        for key in params:
            self.v[key] = grads[key]


class WrongKey:
    def update(self, params, grads):
        params["w"] -= 0.1 * grads["w"]


class Nones:
    def update(self, params, grads):
        for key in params:
            params[key] = None


class Wants:
    def __init__(self, lr, size):
        pass

    update = Plain.update


class Torch:
    def step(self):
        pass


WRONG_RULES = [
    (Nothing, "changes nothing in params"), (Copies, "changes nothing in params"),
    (Returns, "returns new values"), (ReturnsOne, "returns new values"),
    (Grows, "changes the shape of params['point'] from (2,) to (1, 2)"),
    (Sums, "changes the shape of params['point'] from (2,) to ()"),
    (Drops, "changes the shape of params['point']"), (Nones, "changes the shape"),
    (Bare, "given two dicts of arrays"), (NoSelf, "takes 2 positional arguments but 3"),
    (Forgot, "has no attribute 'v'"), (WrongKey, "raised KeyError: 'w'"), (Wants, "it needs size"),
    (Torch, "must be"), (Torch(), "must be"), (lambda w, g: w - 0.1 * g, "must be"),
    (0.1, "must be"),
    (optimizers.Optimizer, "has no update rule"), ({"lr": 0.1}, "must be"), ("Sgd", "must be"),
    (None, "must be"), (functions.ravine, "must be"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(WRONG_RULES)))
def test_a_rule_that_cannot_be_taken_has_its_sentence(number):
    given, part = WRONG_RULES[number]
    kinds = (TypeError, ValueError, AttributeError, KeyError, NotImplementedError)
    with pytest.raises(kinds, match=re.escape(part)):
        descend("ravine", checks.rule(given)(), steps=5)
    if isinstance(given, type) and given.__init__ is object.__init__ and given is not Torch:
        with pytest.raises(kinds, match=re.escape(part)):
            descend("ravine", given(), steps=5)
    assert len(WRONG_RULES) >= 20


def test_a_rule_may_rest():
    """At a minimum or within rounding of it, at a rate of 0, and in its first steps."""
    assert descend("ravine", Plain(0.1), (0, 0), 5).end.tolist() == [0, 0]
    beside = np.nextafter(functions.wave.minima[0], 5)
    assert functions.wave.gradient(beside) and descend("wave", Plain(0.01), beside, 5).end == beside
    assert descend("ravine", Plain(0.0), (1, 1), 5).end.tolist() == [1, 1]
    warm = type("Warm", (Plain,), {"update": lambda self, params, grads: (
        setattr(self, "t", getattr(self, "t", 0) + 1),
        self.t > 2 and Plain.update(self, params, grads),
    )})  # fmt: skip
    with pytest.raises(TypeError, match="returns new values"):
        descend("ravine", warm(0.1), steps=5)
    late = type("Late", (Plain,), {"t": 0})

    def update(self, params, grads):
        self.t += 1
        if self.t > 2:
            Plain.update(self, params, grads)

    late.update = update
    assert descend("ravine", late(0.1), steps=5).losses[-1] < 6.45


# --- starts ------------------------------------------------------------------------------------


def test_a_start_outside_the_picture_widens_it():
    explorer = explore("ravine", start=(-12, 5))
    (low, high), (bottom, top) = explorer.domain
    assert low < -12 and high == 8 and bottom == -3 and top > 5
    assert "left the plot" not in explorer.summary and functions.ravine.domain[0] == (-8, 8)
    assert explore("wave", start=9.0).domain[1] > 9 and explore("wave", start=2).domain == (-1, 7)
    assert explore("ravine", domain=((-1, 1), (-1, 1)), start=(3, 0)).domain[0][1] > 3
    assert explore(TWO["f(x, y)"], start=(30, 2)).domain[0][1] > 30
    for made in (
        explorers.PlaneExplorer("ravine", start=(-12, 5), steps=9),
        explorers.SchemeExplorer("parabola", start=9.0),
        explorers.RaceExplorer("ravine", [SGD], racing=[SGD], start=(-12, 5), steps=3),
    ):  # fmt: skip
        at = np.ravel(made.start)
        box = np.reshape(made.function.domain, (-1, 2))
        assert np.all((box[:, 0] < at) & (at < box[:, 1])) and made.status == ""


def test_a_function_can_be_copied_and_is_asked_once():
    calls = []

    def counted(x, y):
        calls.append(np.shape(x))
        return x * x + y * y

    f = Function("f", "f", counted, domain=((-1, 1), (-1, 1)), minima=[(0, 0)])
    asked = len(calls)
    assert asked <= 6  # 1 + 3 points one by one, once together, and the minimum
    copy.deepcopy(f), checks.function(f), checks.function(f)
    assert len(calls) == asked
    assert door.arguments(np.sin)[1] == 1 and door.arguments(max)[1] <= 1
