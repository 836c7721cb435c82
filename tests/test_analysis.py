"""Stability limits, condition numbers, best rates, and where runs end: the syllabus' numbers."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import SGD, Adam, Function, Momentum, analysis, descend, functions
from optimlab.study.analysis import (
    basin,
    best_rate,
    condition_number,
    curvatures,
    destination,
    factors,
    rate_start_map,
    stability_limit,
    steps_to_shrink,
)

pytestmark = pytest.mark.filterwarnings("error")

with_minima = pytest.mark.parametrize(
    "f",
    [f for f in map(functions.get, functions.names()) if len(f.minima)],
    ids=lambda f: f.name,
)


# --- the numbers of the syllabus -------------------------------------------------------------


def test_ravine():
    ravine = functions.ravine
    assert_allclose(curvatures(ravine), [0.1, 2])
    assert stability_limit(ravine) == 1.0
    assert_allclose(condition_number(ravine), 20, rtol=1e-15)
    assert_allclose(best_rate(ravine), (0.952381, 0.904762), atol=5e-7)
    assert_allclose(factors(ravine, 0.95), [0.905, -0.9])


def test_wave():
    wave = functions.wave
    assert_allclose(stability_limit(wave, wave.minima), [0.38362977, 1.0], rtol=1e-7)
    assert stability_limit(wave, 0.0) == 1.0
    assert stability_limit(wave, wave.stationary[0]) == np.inf
    assert round(float(wave.stationary[0]), 4) == 2.0288


def test_rosenbrock():
    assert round(condition_number(functions.rosenbrock)) == 2508


def test_saddle_has_no_condition():
    saddle = functions.saddle
    assert condition_number(saddle, (0, 0)) == np.inf
    assert stability_limit(saddle, (0, 0)) == 1.0
    assert np.isnan(best_rate(saddle, (0, 0))).all()


# --- the formulas against runs ---------------------------------------------------------------


@with_minima
def test_the_factors_are_those_of_a_run_beside_the_minimum(f):
    """One step from a hair beside the minimum, along each direction of the Hessian."""
    minimum = f.minima[0]
    lr = 0.7 * stability_limit(f)
    if f.dim == 1:
        step = descend(f, SGD(lr=lr), minimum + 1e-5, 1).points - minimum
        assert_allclose(step[1] / step[0], factors(f, lr), atol=1e-3)
        return
    directions = np.linalg.eigh(f.hessian(minimum))[1].T
    points = descend(f, SGD(lr=lr), minimum + 1e-5 * directions, 1).points
    along = np.einsum("nij,ij->ni", points - minimum, directions)
    assert_allclose(along[1] / along[0], factors(f, lr), atol=2e-3)


@with_minima
def test_the_limit_divides_the_rates_that_stay_from_those_that_leave(f):
    limit = stability_limit(f)
    rates = np.array([0.95, 1.05]) * limit
    direction = 1.0 if f.dim == 1 else np.linalg.eigh(f.hessian(f.minima[0]))[1][:, -1]
    lr = rates if f.dim == 1 else rates[:, None]
    runs = descend(f, SGD(lr=lr), f.minima[0] + 1e-6 * direction, 60).points - f.minima[0]
    size = np.abs(runs) if f.dim == 1 else np.linalg.norm(runs, axis=-1)
    assert size[-1, 0] < 0.1 * size[0, 0]
    assert size[-1, 1] > 10 * size[0, 1]


@pytest.mark.parametrize("f", [functions.ravine, functions.bowl], ids=lambda f: f.name)
def test_no_constant_rate_is_better_than_the_best(f):
    best, shrink = best_rate(f)
    rates = np.linspace(0.5, 1.2, 141) * best
    worst = np.abs(1 - rates[:, None] * curvatures(f)).max(axis=-1)
    assert worst.min() >= shrink - 1e-12
    assert_allclose(rates[worst.argmin()], best, rtol=1e-12)
    run = descend(f, SGD(lr=best), f.minima[0] + [3.0, 2.0], 20).points - f.minima[0]
    sizes = np.linalg.norm(run, axis=-1)
    assert_allclose(sizes[1:] / sizes[:-1], shrink, rtol=1e-9)


def test_steps_to_shrink_counts_the_steps_of_a_run():
    best, shrink = best_rate(functions.ravine)
    run = descend(functions.ravine, SGD(lr=best), (-7, 2), 100)
    sizes = np.linalg.norm(run.points, axis=-1)
    assert steps_to_shrink(shrink) == np.argmax(sizes <= sizes[0] / 1000) == 70
    assert_array_equal(steps_to_shrink([0.1, 0.0, 1.0, 2.0], by=1e-3), [3, 1, np.inf, np.inf])
    assert [steps_to_shrink((k - 1) / (k + 1)) for k in (100, 200)] == [346, 691]


# --- points ----------------------------------------------------------------------------------


def test_many_points_at_once():
    points = np.stack(np.meshgrid(np.linspace(-2, 2, 3), np.linspace(-2, 2, 4)), axis=-1)
    for measure in (curvatures, stability_limit, condition_number):
        many = measure(functions.bumpy, points)
        one = measure(functions.bumpy, points[1, 2])
        assert_allclose(many[1, 2], one)
    assert stability_limit(functions.bumpy, points).shape == (4, 3)
    assert curvatures(functions.wave, [0.0, 1.0]).shape == (2,)


def test_the_default_point_is_the_deepest_minimum():
    wave = functions.wave
    assert stability_limit(wave) == stability_limit(wave, wave.minima[0])
    assert type(stability_limit(wave)) is float and type(condition_number(wave)) is float


def test_without_a_minimum_a_point_is_needed():
    with pytest.raises(ValueError, match="point must be given, as saddle has no minimum"):
        stability_limit(functions.saddle)
    assert abs(condition_number(lambda x, y: x * x + 3 * y * y) - 3) < 1e-3  # its minimum is found
    with pytest.raises(TypeError, match="function=.*must be a Function"):
        condition_number(3)


@pytest.mark.parametrize("by", [0, 1, -1, 2])
def test_by_must_be_a_share(by):
    with pytest.raises(ValueError, match="by="):
        steps_to_shrink(0.5, by)


# --- basins ----------------------------------------------------------------------------------


def test_basin_in_one_variable():
    at = [4.9131, 4.97, 0.04, -0.04, 2.0, np.nan, np.inf]
    assert_array_equal(basin(functions.wave, at, 0.05), [0, -1, 1, 1, -1, -1, -1])
    assert basin(functions.wave, 0.0, 0.01) == 1 and type(basin(functions.wave, 0.0, 0.01)) is int


def test_basin_in_two_variables_takes_the_nearest_minimum():
    f = functions.himmelblau
    assert_array_equal(basin(f, f.minima, 0.01), range(4))
    assert_array_equal(basin(f, f.minima + 0.2, 0.1), [-1] * 4)
    assert_array_equal(basin(f, f.minima + 0.2, 100.0), range(4))
    assert basin(f, np.zeros((2, 3, 2)), 0.1).shape == (2, 3)
    assert_array_equal(basin(f, [[np.nan, 1.0]], 100.0), [-1])


def test_basin_needs_a_tolerance():
    with pytest.raises(ValueError, match="tolerance=0"):
        basin(functions.wave, 1.0, 0)


def test_destination_of_the_lesson_runs():
    wave = functions.wave
    assert_array_equal(destination(wave, SGD(lr=0.25), [2.5, 1.5]), [0, 1])
    rates = np.array([0.05, 0.25, 0.38, 0.39, 0.5, 0.67, 0.68, 0.9, 1.0, 1.01])
    assert_array_equal(
        destination(wave, SGD(lr=rates), 2.5), [0, 0, 0, -1, -1, -1, 1, 1, 1, -1]
    )  # fmt: skip
    assert destination(wave, SGD(lr=0.25), 2.5) == 0


def test_the_border_is_the_top_of_the_hill():
    top = functions.wave.stationary[0]
    starts = [top - 1e-3, top + 1e-3]
    assert_array_equal(destination(functions.wave, SGD(lr=0.25), starts), [1, 0])


def test_passing_by_is_not_staying():
    """From 0 it jumps to -1 and back for ever: it lies at the minimum at every other step."""
    hopper = Function(
        "hopper", "", lambda x: x * x, lambda x: np.where(x == 0, 1.0, x), domain=(-2, 2),
        minima=[0],
    )  # fmt: skip
    hopper.compared = True  # that is no gradient of x²
    runs = descend(hopper, SGD(lr=1.0), [1.0, 0.0], 4)
    assert (basin(hopper, runs.points, 0.1) == 0).any(axis=0).all()  # it does pass there
    assert_array_equal(destination(hopper, SGD(lr=1.0), [1.0, 0.0], steps=3), [-1, -1])
    assert_array_equal(destination(hopper, SGD(lr=1.0), [1.0, 0.0], steps=4), [-1, -1])


def test_a_diverged_run_stays_nowhere_and_does_not_warn():
    parabola = functions.parabola
    found = destination(parabola, SGD(lr=np.array([0.2, 1.5, 3.0])), 4.0, steps=2000)
    assert_array_equal(found, [0, -1, -1])
    found = destination(functions.ravine, SGD(lr=np.array([[0.9], [3.0]])), (-7, 2), steps=3000)
    assert_array_equal(found, [0, -1])


def test_destination_takes_any_rule_and_a_point_of_the_plane():
    assert destination(functions.himmelblau, Adam(lr=0.1), (2.0, 2.0), steps=1000) == 0
    starts = functions.himmelblau.minima + 0.3
    found = destination(functions.himmelblau, Momentum(lr=0.005), starts, steps=600)
    assert_array_equal(found, range(4))


def test_the_map_is_its_single_runs():
    rates, starts = np.array([0.1, 0.3, 0.45, 0.8, 1.1]), np.array([-0.9, 0.3, 1.9, 2.2, 5.0])
    found = rate_start_map(functions.wave, rates, starts)
    single = [[destination(functions.wave, SGD(lr=r), s) for s in starts] for r in rates]
    assert_array_equal(found, single)
    assert_array_equal(found[[0, 2, 3, 4]], [[1, 1, 1, 0, 0], [1, 1, 1, -1, -1], [1] * 5, [-1] * 5])


def test_the_map_of_the_lesson():
    """Three borders: the hill's top and the two limits 2/f''."""
    wave = functions.wave
    rates, starts = np.arange(2, 242) / 200, np.arange(-20, 140) / 20
    found = rate_start_map(wave, rates, starts)
    assert found.shape == (240, 160)
    deep, flat = stability_limit(wave, wave.minima)
    right = starts > wave.stationary[0]
    assert (found[rates < deep][:, right] == 0).all()
    assert (found[rates < 0.67][:, ~right] == 1).all()
    trapped = (rates > deep) & (rates < 0.67)
    assert (found[trapped][:, right] == -1).all()
    assert (found[(rates > 0.68) & (rates <= flat)] == 1).all()
    assert (found[rates > flat][:, starts != 0] == -1).all()


def test_the_map_in_the_plane():
    starts = np.array([[-2.0, 3.5], [0.8, 3.5], [0.9, 3.5]])
    found = rate_start_map(functions.bumpy, [0.02, 0.05], starts)
    assert_array_equal(found, [[1, 1, 0], [1, 1, 0]])
    with pytest.raises(ValueError, match="rates must be a list of finite numbers"):
        rate_start_map(functions.wave, [[0.1]], [1.0])


# --- the floor -------------------------------------------------------------------------------


def test_it_needs_numpy_alone():
    code = (
        "import sys, optimlab.study.analysis; "
        "assert not {'matplotlib', 'ipywidgets', 'plotly'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_name_is_documented():
    for name in analysis.__all__:
        assert ">>>" in getattr(analysis, name).__doc__, name
