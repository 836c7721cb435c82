"""Momentum and Nesterov near a minimum: factors, borders, best pairs, and what runs measure."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import SGD, Function, Momentum, Nesterov, analysis, descend, functions
from optimlab.study.analysis import (
    best_momentum,
    factors,
    measured_shrink,
    momentum_factors,
    momentum_limit,
    momentum_shrink,
    stability_limit,
)

pytestmark = pytest.mark.filterwarnings("error")

ravine = functions.ravine
both_rules = pytest.mark.parametrize("rule", [Momentum, Nesterov])


def step_matrix(rule, curvature, lr, momentum):
    """What one update does to (distance, velocity), read off the rule itself on f = λx²/2."""
    columns = []
    for w, v in ((1.0, 0.0), (0.0, 1.0)):
        optimizer, params = rule(lr, momentum), {"x": w}
        optimizer.state = {"v": {"x": v}}
        optimizer.update(params, {"x": curvature * optimizer.probe(params)["x"]})
        columns.append([params["x"], float(optimizer.v["x"])])
    return np.transpose(columns)


# --- the numbers of the syllabus -------------------------------------------------------------


def test_momentum_at_its_best_on_the_ravine():
    lr, momentum, shrink = best_momentum(ravine)
    assert_allclose([lr, momentum, shrink], [1.335815, 0.402605, 0.634512], atol=5e-7)
    root = np.sqrt(20)
    assert_allclose(lr, (2 / (np.sqrt(0.1) + np.sqrt(2))) ** 2, rtol=1e-14)
    assert_allclose(shrink, (root - 1) / (root + 1), rtol=1e-14)
    assert_allclose(momentum, shrink**2, rtol=1e-14)


def test_nesterov_at_its_best_on_the_ravine():
    best = best_momentum(ravine, Nesterov)
    assert_allclose(best, [0.655738, 0.592263, 0.743926], atol=5e-7)
    assert_allclose(best[0], 4 / (3 * 2 + 0.1), rtol=1e-14)
    assert best[2] > best_momentum(ravine)[2]


def test_nesterov_with_the_textbook_pair():
    root = np.sqrt(20)
    left = momentum_shrink(ravine, 1 / 2, (root - 1) / (root + 1), Nesterov)
    assert_allclose(left, 1 - 1 / root, rtol=1e-8)
    assert_allclose(left, 0.776393, atol=5e-7)


def test_the_borders():
    alpha = np.array([0, 0.5, 0.9])
    assert_allclose(momentum_limit(ravine, alpha) * 2, 2 + 2 * alpha)
    assert_allclose(momentum_limit(ravine, alpha, Nesterov) * 2, (2 + 2 * alpha) / (1 + 2 * alpha))


def test_complex_roots_leave_the_root_of_the_momentum():
    for curvature in (0.1, 2):
        found = momentum_factors(curvature, 0.1, 0.9)
        assert (found.imag != 0).all()
        assert_allclose(abs(found), np.sqrt(0.9), rtol=1e-14)
        ahead = abs(momentum_factors(curvature, 0.1, 0.9, Nesterov))
        assert_allclose(ahead, np.sqrt(0.9 * (1 - 0.1 * curvature)), rtol=1e-14)


# --- against the rules themselves ------------------------------------------------------------


@both_rules
@pytest.mark.parametrize("curvature", [0.1, 2, -1.5])
def test_the_factors_are_the_eigenvalues_of_one_update(rule, curvature):
    for lr in (0.0, 0.1, 0.5, 0.9, 1.3, 2.2):
        for momentum in (0.0, 0.3, 0.402605, 0.9, 0.99):
            matrix = step_matrix(rule, curvature, lr, momentum)
            wanted = np.linalg.eigvals(matrix)
            found = momentum_factors(curvature, lr, momentum, rule)
            assert abs(found[0]) >= abs(found[1]) - 1e-12
            assert_allclose(np.sort(abs(found)), np.sort(abs(wanted)), atol=1e-7)
            assert_allclose(np.prod(found), np.linalg.det(matrix), atol=1e-12)
            assert_allclose(np.sum(found), np.trace(matrix), atol=1e-12)


@both_rules
def test_the_shrink_is_the_largest_size_on_a_grid(rule):
    lr, momentum = np.linspace(0, 2.2, 23), np.linspace(0, 0.99, 12)[:, None]
    found = momentum_shrink(ravine, lr, momentum, rule)
    assert found.shape == (12, 23)
    wanted = [
        max(abs(np.linalg.eigvals(step_matrix(rule, c, a, b))).max() for c in (0.1, 2))
        for b in momentum[:, 0]
        for a in lr
    ]
    assert_allclose(found.ravel(), wanted, atol=1e-7)


@both_rules
@pytest.mark.parametrize("name", ["ravine", "bowl", "rosenbrock"])
def test_no_pair_on_a_fine_grid_beats_the_best(rule, name):
    f = functions.get(name)
    lr, momentum, shrink = best_momentum(f, rule)
    assert_allclose(momentum_shrink(f, lr, momentum, rule), shrink, rtol=1e-6)
    near = np.linspace(0.97, 1.03, 61)
    grid = momentum_shrink(f, lr * near, np.clip(momentum * near, 0, 0.9999)[:, None], rule)
    assert grid.min() > shrink - 1e-6


@both_rules
def test_the_border_is_where_the_shrink_passes_one(rule):
    alpha = np.array([0.1, 0.5, 0.9])
    border = momentum_limit(ravine, alpha, rule)
    assert (momentum_shrink(ravine, border * 0.999, alpha, rule) < 1).all()
    assert (momentum_shrink(ravine, border * 1.001, alpha, rule) > 1).all()
    assert_allclose(momentum_limit(ravine, 0.0, rule), stability_limit(ravine))


@both_rules
def test_without_momentum_it_is_plain_descent(rule):
    for lr in (0.1, 0.95, 1.2):
        plain = np.abs(factors(ravine, lr)).max()
        assert_allclose(momentum_shrink(ravine, lr, 0.0, rule), plain, rtol=1e-14)


@both_rules
def test_a_round_bowl_is_done_in_one_step(rule):
    round_bowl = Function(
        "round", "x^2 + y^2", lambda p: (p * p).sum(-1), lambda p: 2 * p,
        domain=((-2, 2), (-2, 2)), minima=[(0, 0)], start=(1, 1),
    )  # fmt: skip
    assert_allclose(best_momentum(round_bowl, rule), (0.5, 0, 0), atol=1e-6)


def test_no_minimum_no_best_pair():
    assert np.isnan(best_momentum(functions.saddle, point=(0, 0))).all()


# --- measured --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule, lr, momentum", [(Momentum, 0.95, 0.2), (Nesterov, 0.3, 0.3), (Nesterov, 0.9, 0.5)]
)
def test_a_run_without_a_swing_has_the_computed_rate(rule, lr, momentum):
    path = descend(ravine, rule(lr, momentum), (-7, 2), 120)
    wanted = momentum_shrink(ravine, lr, momentum, rule)
    assert_allclose(measured_shrink(path), wanted, rtol=1e-4)


def test_a_swing_is_measured_in_the_mean():
    path = descend(ravine, Momentum(0.1, 0.9), (-7, 2), 400)
    assert_allclose(measured_shrink(path), np.sqrt(0.9), atol=2e-3)


def test_plain_descent_is_measured_too():
    path = descend(functions.parabola, SGD(0.2), 4, 40)
    assert_allclose(measured_shrink(path), 0.6, rtol=1e-7)
    assert_allclose(measured_shrink(descend(functions.parabola, SGD(1.1), 4, 40)), 1.2, rtol=1e-7)
    assert_allclose(measured_shrink(descend(functions.wave, SGD(0.1), 2.5, 40), 4.913180439434884),
                    1 - 0.1 * functions.wave.hessian(4.913180439434884), rtol=1e-2)  # fmt: skip


def test_distances_at_the_rounding_do_not_count():
    path = descend(functions.parabola, SGD(0.2), 4, 100)  # 0.6^k is below 1e-12 from step 56
    assert_allclose(measured_shrink(path), 0.6, rtol=1e-3)
    assert np.isnan(measured_shrink(descend(functions.parabola, SGD(0.5), 4, 20)))


def test_what_cannot_be_measured():
    batch = descend(functions.parabola, SGD(np.array([0.1, 0.2])), 4, 10)
    with pytest.raises(ValueError, match="single run"):
        measured_shrink(batch)
    with pytest.raises(ValueError, match="single run"):
        measured_shrink(descend(ravine, SGD(0.1), steps=10, record=False))


class Mine(Momentum):
    """Whose update may be another one."""


@pytest.mark.parametrize(
    ("rule", "error"),
    [(SGD, ValueError), (SGD(0.1), ValueError), ("Adam", ValueError), (Mine, ValueError)],
)
def test_other_rules_are_refused(rule, error):
    for call in (
        lambda: best_momentum(ravine, rule),
        lambda: momentum_limit(ravine, 0.9, rule),
        lambda: momentum_shrink(ravine, 0.1, 0.9, rule),
        lambda: momentum_factors(2, 0.1, 0.9, rule),
    ):
        with pytest.raises(error, match="rule must be Momentum or Nesterov"):
            call()
    assert best_momentum(ravine, "Nesterov") == best_momentum("ravine", Nesterov)


def test_all_names_exist():
    assert_array_equal([hasattr(analysis, name) for name in analysis.__all__], True)


# --- what the lessons say --------------------------------------------------------------------


def test_the_shifted_form_walks_the_same_path_ahead():
    path = descend(ravine, Nesterov(0.1, 0.9), (-7, 2), 30)
    u, v, bug, points, wrong = np.array([-7.0, 2]), 0.0, np.array([-7.0, 2]), [], []
    old = 0.0
    for _ in range(31):
        points.append(u)
        wrong.append(bug)
        g = ravine.gradient(u)
        u, v = u + 0.81 * v - 1.9 * 0.1 * g, 0.9 * v - 0.1 * g
        g = ravine.gradient(bug)
        old = 0.9 * old - 0.1 * g
        bug = bug + 0.81 * old - 1.9 * 0.1 * g
    assert_allclose(points, path.points + 0.9 * path.states["v"], atol=1e-13)
    assert_allclose(points[-1], [0.689615, -0.000680], atol=5e-7)
    off = np.abs(np.subtract(wrong, points)).max()
    assert 0.365 < off < 0.375
    assert ravine(wrong[-1]) < ravine(points[-1])


def test_momentum_over_the_hill_for_worse_and_for_better():
    wave, bumpy = functions.wave, functions.bumpy
    ends = descend(wave, Momentum(0.1, np.array([0.9, 0.95])), 6.9, 3000).end
    assert_allclose(ends, [4.9132, 0], atol=1e-4)
    momentum = np.array([0.5, 0.89, 0.9, 0.97, 0.98])[:, None]
    ends = descend(bumpy, Momentum(0.02, momentum), (-2.5, 3.5), 3000).end
    deep, shallow = np.asarray(bumpy.minima)[:, 0]
    assert_allclose(ends[:, 0], [shallow, shallow, deep, deep, shallow], atol=1e-3)
