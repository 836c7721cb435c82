"""The catalogue against central differences and known facts; numerical derivatives; misuse."""

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import optimlab
from optimlab import Function, check_gradient, functions, numerical_gradient

ALL = [functions.get(name) for name in functions.names()]
every_function = pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)


def inside(f, count=200, seed=0):
    """Random points of the domain."""
    rng = np.random.default_rng(seed)
    low, high = np.array(f.domain).T
    return rng.uniform(low, high, size=(count, *f.start.shape))


def test_the_catalogue():
    assert functions.names() == (
        "parabola", "cubic", "wave", "bowl", "polynomial", "ravine", "bumpy", "saddle",
        "plateau", "rosenbrock", "himmelblau", "beale", "rastrigin",
    )  # fmt: skip
    for f in ALL:
        assert functions.get(f.name) is f is getattr(functions, f.name)


def test_formulas():
    x, y = 1.3, -0.7
    expected = {
        "parabola": x**2 - 4 * x + 6,
        "cubic": 3 * x**3 - 2 * x + 1,
        "wave": x * np.sin(x),
        "bowl": 3 * (x - 2) ** 2 + (y - 2) ** 2,
        "polynomial": 3 * x * y**2 + 4 * x**3 - 5 * y**2 + 1,
        "ravine": x**2 / 20 + y**2,
        "bumpy": 5 * x * np.cos(x) + (2 * y - 1) ** 2,
        "saddle": x**2 - y**2,
        "plateau": 1 - np.exp(-(x**2 + y**2) / 2),
        "rosenbrock": (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        "himmelblau": (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        "beale": (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
        "rastrigin": 20 + x**2 - 10 * np.cos(2 * np.pi * x) + y**2 - 10 * np.cos(2 * np.pi * y),
    }
    assert set(expected) == set(functions.names())
    for name, value in expected.items():
        f = functions.get(name)
        assert_allclose(f(x) if f.dim == 1 else f((x, y)), value, rtol=1e-13)


@every_function
def test_gradient_against_central_differences(f):
    points = inside(f)
    numerical = numerical_gradient(f.value, points)
    scale = np.abs(f.gradient(points)).max()
    assert_allclose(f.gradient(points), numerical, atol=1e-8 * scale)
    assert check_gradient(f, f.gradient, points, tolerance=1e-5), check_gradient(f, point=points)


@every_function
def test_hessian_against_central_differences_of_the_gradient(f):
    points = inside(f)
    bare = Function("bare", "f", f.value, f.gradient, domain=f.domain)
    exact, numerical = f.hessian(points), bare.hessian(points)
    assert exact.shape == numerical.shape == (*points.shape, *f.start.shape)
    assert_allclose(exact, numerical, atol=1e-8 * np.abs(exact).max())
    if f.dim > 1:
        assert_array_equal(exact, np.swapaxes(exact, -1, -2))


def strict_minimum(f, point):
    return np.all(np.linalg.eigvalsh(np.reshape(f.hessian(point), (f.dim, f.dim))) > 1e-3)


@every_function
def test_minima_and_stationary_points(f):
    low, high = np.array(f.domain).T
    for point in (*f.minima, *f.stationary):
        assert np.all((point >= low) & (point <= high))
        steepness = np.abs(np.linalg.eigvalsh(np.reshape(f.hessian(point), (f.dim, f.dim)))).max()
        # as close to zero as the rounding of the point itself allows
        assert np.abs(f.gradient(point)).max() <= 4e-15 * max(1, steepness) * 4
    assert all(strict_minimum(f, point) for point in f.minima)
    assert not any(strict_minimum(f, point) for point in f.stationary)
    assert np.all(np.diff(f.value(f.minima)) >= 0), "the deepest comes first"


@every_function
def test_no_other_stationary_point_in_the_domain(f):
    known = np.concatenate([f.minima, f.stationary]).reshape(-1, f.dim)
    p = inside(f, 2000, seed=1).reshape(-1, f.dim)
    shape = (-1,) if f.dim == 1 else (-1, f.dim)
    with np.errstate(all="ignore"):
        for _ in range(60):  # Newton from everywhere
            g = f.gradient(p.reshape(shape)).reshape(-1, f.dim, 1)
            h = f.hessian(p.reshape(shape)).reshape(-1, f.dim, f.dim)
            p = p - np.clip((np.linalg.pinv(h) @ g)[..., 0], -1, 1)
    low, high = np.reshape(f.domain, (f.dim, 2)).T
    g = np.abs(f.gradient(p.reshape(shape)).reshape(-1, f.dim)).max(axis=-1)
    found = p[(g < 1e-10) & np.all((p > low) & (p < high), axis=-1)]
    if f.name == "plateau":  # flat to rounding far out: look near the dip only
        found = found[np.linalg.norm(found, axis=-1) < 3]
    assert len(found) or f.name == "polynomial"
    distance = np.linalg.norm(found[:, None] - known, axis=-1).min(axis=1)
    assert np.all(distance < (1e-3 if f.name == "polynomial" else 1e-6))


def test_known_minima():
    assert functions.parabola.minima.tolist() == [2.0]
    assert_allclose(functions.wave.minima, [4.9132, 0], atol=5e-5)
    assert functions.polynomial.minima.shape == functions.saddle.minima.shape == (0, 2)
    assert_allclose(functions.bumpy.minima, [(3.4256, 0.5), (-0.8603, 0.5)], atol=5e-5)
    himmelblau = [
        (3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)
    ]  # fmt: skip
    for point in himmelblau:
        assert np.abs(functions.himmelblau.minima - point).max(axis=1).min() < 1e-6
    assert_allclose(functions.himmelblau.value(functions.himmelblau.minima), 0, atol=1e-25)
    assert functions.beale((3, 0.5)) == 0 and functions.rosenbrock((1, 1)) == 0
    assert len(functions.rastrigin.minima) == 25
    assert_array_equal(functions.rastrigin.minima[0], (0, 0))
    assert functions.rastrigin((0, 0)) == 0


def test_known_numbers():
    assert_allclose(functions.rosenbrock((-1.2, 1)), 24.2, rtol=1e-14)
    assert_allclose(functions.rosenbrock.gradient((-1.2, 1)), (-215.6, -88), rtol=1e-13)
    assert round(np.linalg.cond(functions.rosenbrock.hessian((1, 1)))) == 2508
    assert_allclose(np.linalg.eigvalsh(functions.ravine.hessian((1, 1))), (0.1, 2))
    assert_allclose(functions.wave.hessian(0.0), 2)


@every_function
def test_one_point_and_many_agree_to_the_last_bits(f):
    points = inside(f, 300)
    grid = points.reshape(10, 30, *f.start.shape)
    for method in (f.value, f.gradient, f.hessian):
        one_by_one = np.array([method(p) for p in points])
        size = 4 * np.spacing(np.abs(one_by_one).max())
        assert_allclose(method(points), one_by_one, rtol=9e-16, atol=size)
        assert_array_equal(method(grid).reshape(one_by_one.shape), method(points))
        assert_allclose(method(np.asfortranarray(points)), one_by_one, rtol=9e-16, atol=size)
        assert method(points[:0]).shape == (0, *one_by_one.shape[1:])
    plain = np.array([f.partials(*np.ravel(p).tolist()) for p in points])
    size = 4 * np.spacing(np.abs(plain).max())
    assert_allclose(f.gradient(points).reshape(plain.shape), plain, rtol=9e-16, atol=size)


@every_function
def test_shapes_and_kinds(f):
    point = f.start.tolist()
    assert type(f(point)) is float and f.value(point) == f(point)
    assert np.shape(f.gradient(point)) == f.start.shape
    assert np.shape(f.hessian(point)) == 2 * f.start.shape
    assert f.dim == max(1, len(f.start.shape) and f.start.shape[0])
    whole = np.zeros(f.start.shape, dtype=int)
    assert f(whole) == f(whole.astype(float))
    low, high = np.array(f.domain).T
    assert np.all((f.start >= low) & (f.start <= high))
    assert f.latex and "**" not in f.latex and f.name in repr(f)
    kept = np.array(point)
    f.gradient(kept)
    assert_array_equal(kept, point)


# --- your own --------------------------------------------------------------------------------


def test_a_function_of_your_own():
    mine = Function(
        "mine", "x^2 + xy + 2y^2 + z",
        value=lambda p: p[..., 0] ** 2 + p[..., 0] * p[..., 1] + 2 * p[..., 1] ** 2 + p[..., 2],
        domain=((-2, 2), (-2, 2), (0, 4)),
    )  # fmt: skip
    assert mine.dim == 3 and mine.start.tolist() == [0, 0, 2] and len(mine.minima) == 0
    assert_allclose(mine.gradient([(1.0, 2, 3), (0, 1, 0)]), [(4, 9, 1), (1, 4, 1)], atol=1e-8)
    assert_allclose(mine.hessian((1, 2, 3)), [(2, 1, 0), (1, 4, 0), (0, 0, 0)], atol=1e-4)
    curve = Function("sine", r"\sin x", np.sin, domain=(0, 6), minima=[1.5 * np.pi])
    assert curve.dim == 1 and curve.start == 3
    x = np.linspace(0, 6, 7)
    assert_allclose(curve.gradient(x), np.cos(x), atol=1e-9)
    assert_allclose(curve.hessian(x), -np.sin(x), atol=1e-4)
    assert type(curve.gradient(1.0)) is float


def test_deepest_minimum_comes_first():
    f = Function("f", "f", lambda x: x, lambda x: 1, domain=(0, 3), minima=[2, 1, 3])
    assert f.minima.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "facts, message",
    [
        ({"domain": (1, 0)}, "domain=(1, 0)"),
        ({"domain": 3}, "domain=3"),
        ({"domain": ((0, 1), (0, np.nan))}, "domain="),
        ({"domain": (0, 1), "minima": [(0, 1)]}, "minima=[(0, 1)]: minima must be a list of"),
        ({"domain": ((0, 1), (0, 1)), "minima": [1]}, "minima=[1]: minima must be a list of"),
        ({"domain": (0, 1), "minima": 1}, "minima=1: minima must be a list of"),
        ({"domain": (0, 1), "start": [0.5]}, "start=[0.5]"),
        ({"domain": (0, 1), "start": np.nan}, "start=nan"),
        ({"domain": ((0, 1), (0, 1)), "start": 1}, "start=1"),
    ],
)
def test_bad_facts(facts, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)) as raised:
        Function("f", "f", lambda p: 0.0, **facts)
    assert raised.type is (TypeError if facts["domain"] == 3 else ValueError)


@pytest.mark.parametrize("name", ["valley", "", None, 3, []])
def test_an_unknown_name_lists_the_known_ones(name):
    error = ValueError if isinstance(name, str) else TypeError
    with pytest.raises(error, match=re.escape(f"name={name!r}") + ".*ravine.*rastrigin"):
        functions.get(name)


@pytest.mark.parametrize("point", [1.0, (1, 2, 3), np.ones((2, 3))])
def test_a_point_of_the_wrong_length(point):
    wanted = r"point=.*: point must be points of shape \(\.\.\., 2\), as ravine takes"
    for method in (functions.ravine, functions.ravine.gradient, functions.ravine.hessian):
        with pytest.raises(ValueError, match=wanted):
            method(point)


# --- numerical derivatives -------------------------------------------------------------------


def cubic(x):
    return 3 * x * x * x - 2 * x + 1


def test_two_formulas():
    h = 0.1
    assert_allclose(numerical_gradient(cubic, 1.0, h), (cubic(1.1) - cubic(0.9)) / 0.2, rtol=1e-15)
    forward = numerical_gradient(cubic, 1.0, h, "forward")
    assert_allclose(forward, (cubic(1.1) - cubic(1)) / 0.1, rtol=1e-15)
    assert type(forward) is float


@pytest.mark.parametrize("method, order, best", [("central", 2, 6e-6), ("forward", 1, 1e-8)])
def test_error_against_h(method, order, best):
    x = np.linspace(0.5, 1.5, 1001)
    exact = 9 * x * x - 2

    def error(h):
        return np.abs(numerical_gradient(cubic, x, h, method) - exact).mean()

    assert_allclose(error(1e-2) / error(1e-3), 10**order, rtol=0.05)  # truncation
    h = np.logspace(-12, -1, 111)
    errors = np.array([error(step) for step in h])
    assert best / 4 < h[errors.argmin()] < best * 4
    assert error(None) < 3 * errors.min()  # the default is near the best
    assert error(1e-12) > 100 * errors.min()  # rounding


def test_a_parabola_has_no_truncation_error_in_the_central_difference():
    x = np.linspace(0.5, 3.5, 101)
    errors = [
        np.abs(numerical_gradient(functions.parabola, x, h) - (2 * x - 4)).mean()
        for h in (0.5, 1e-3, 1e-6, 1e-9)
    ]
    assert errors[0] < 1e-14 and np.all(np.diff(errors) > 0)


def test_numerical_gradient_sees_what_kind_of_function_it_has():
    x = np.array([0.5, 1.0, 2.0])
    assert_allclose(numerical_gradient(np.sin, x), np.cos(x), atol=1e-9)
    assert_allclose(numerical_gradient(lambda p: p[0] * p[1], (2, 3)), (3, 2), atol=1e-8)
    points = np.arange(12.0).reshape(2, 3, 2)
    product = numerical_gradient(lambda p: p[..., 0] * p[..., 1], points)
    assert_allclose(product, points[..., ::-1], atol=1e-7)
    assert_allclose(numerical_gradient(functions.wave, x), functions.wave.gradient(x), atol=1e-8)
    h = np.logspace(-4, -2, 3)
    assert numerical_gradient(cubic, 1.0, h).shape == (3,)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"method": "backward"}, ValueError, "method='backward'.*central.*forward"),
        ({"h": 0}, ValueError, "h=0.*> 0"),
        ({"h": -1e-3}, ValueError, "h=-0.001.*> 0"),
        ({"h": np.nan}, ValueError, "h=nan.*> 0"),
        ({"h": "small"}, TypeError, "h='small'.*number"),
        ({"point": "here"}, TypeError, "point='here'.*number"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        numerical_gradient(**{"f": cubic, "point": 1.0, **arguments})


def test_a_function_that_was_not_written_for_many_points_is_asked_one_by_one():
    points = np.random.default_rng(0).normal(size=(5, 2))
    assert_allclose(numerical_gradient(lambda p: p[0] * p[1], points), points[:, ::-1], atol=1e-8)


def test_functions_by_name():
    point = (-7.0, 2.0)
    assert_array_equal(
        numerical_gradient("ravine", point), numerical_gradient(functions.ravine, point)
    )
    assert check_gradient("ravine") and check_gradient("wave", point=[1.0, 2.0])
    for call in (numerical_gradient, check_gradient):
        with pytest.raises(ValueError, match="f='valley': f must be .*: parabola, .*rastrigin"):
            call("valley", point=point)
        with pytest.raises(TypeError, match="f=3: f must be a function of the point, a Function"):
            call(3, point=point)
    with pytest.raises(ValueError, match="tolerance=-1: tolerance must be a finite number > 0"):
        check_gradient("ravine", tolerance=-1)
    with pytest.raises(TypeError, match="point=True: point must be"):
        numerical_gradient("parabola", True)


@pytest.mark.parametrize(
    "wrong, error",
    [
        ({"name": ""}, ValueError), ({"name": 3}, TypeError), ({"value": 3}, TypeError),
        ({"gradient": "2x"}, TypeError), ({"hessian": 2.0}, TypeError),
        ({"domain": "wide"}, TypeError), ({"finite_within": -1}, ValueError),
        ({"start": "here"}, TypeError), ({"minima": "none"}, TypeError),
        ({"minima": [np.nan]}, ValueError), ({"stationary": [True]}, TypeError),
    ],
)  # fmt: skip
def test_wrong_parts_of_a_function_are_named(wrong, error):
    facts = {"name": "f", "latex": "f", "value": lambda x: x, "domain": (0, 1)} | wrong
    (name,) = wrong
    with pytest.raises(error, match=f"{name}=.*: {name} must be"):
        Function(**facts)


def test_check_gradient_names_the_worst_component():
    good = check_gradient(functions.rosenbrock)
    assert good and good.ok and good.relative_error < 1e-8 and "agrees" in repr(good)

    def wrong(p):
        return functions.ravine.gradient(p) * [1, -1]

    check = check_gradient(functions.ravine, wrong, [(1.0, 0.5), (1.0, 2.0)])
    assert not check and not check.ok and check.worst[-1] == 1
    assert_allclose(check.max_error, 2 * 2 * (0.5, 2.0)[check.worst[0]])
    assert "component 1" in repr(check) and "differs" in repr(check)
    assert check_gradient(cubic, lambda x: 9 * x * x - 2, np.linspace(-1, 1, 9))
    assert not check_gradient(cubic, lambda x: 9 * x * x - 2.001, 0.0)
    assert not check_gradient(cubic, lambda x: float("nan"), 0.0)
    assert check_gradient(functions.ravine, functions.ravine.gradient, (0, 0))  # at a minimum
    assert check_gradient(lambda x: 1e-6 * x * x, lambda x: 2e-6 * x, 3.0)
    assert not check_gradient(lambda x: 1e-6 * x * x, lambda x: 3e-6 * x, 3.0)
    with pytest.raises(ValueError, match=r"gradient must be .* it gave shape \(\) for one"):
        check_gradient(functions.ravine, lambda p: 0.0, (1, 1))
    with pytest.raises(TypeError, match="gradient=None"):
        check_gradient(cubic, None, 1.0)


# --- the package -----------------------------------------------------------------------------


def test_import_is_lazy():
    code = (
        "import sys, optimlab; "
        "heavy = {'matplotlib', 'plotly', 'ipywidgets', 'anywidget', 'seaborn', 'pandas', "
        "'IPython', 'traitlets', 'scipy', 'sympy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr


def test_public_names():
    assert set(optimlab.__all__) <= set(dir(optimlab))
    assert re.fullmatch(r"\d+\.\d+\.\d+", optimlab.__version__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = optimlab.nonsense
    for name in ("functions", "Function", "numerical_gradient", "check_gradient", "descend"):
        assert inspect.getdoc(getattr(optimlab, name))
    for name in functions.__all__:
        thing = getattr(functions, name)
        assert isinstance(thing, Function) or inspect.getdoc(thing)
    for thing in (Function, optimlab.Path):
        for member, value in vars(thing).items():
            if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                assert inspect.getdoc(value), f"{thing.__name__}.{member}"
