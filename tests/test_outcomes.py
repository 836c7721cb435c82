"""What becomes of runs: measured verdicts and limits against what the curvature foretells."""

import tracemalloc

import numpy as np
import pytest
from course import Heavy

from optimlab import SGD, AdaGrad, Adam, Function, Momentum, Nesterov, RMSProp, descend, functions
from optimlab.study.analysis import curvatures
from optimlab.study.outcomes import (
    GONE,
    NOWHERE,
    basin_map,
    best_run,
    outcomes,
    rate_limit,
    reach,
)


def quadratic(low, high, turn):
    """½ wᵀHw with eigenvalues low and high, turned."""
    c, s = np.cos(turn), np.sin(turn)
    turned = np.array([[c, -s], [s, c]])
    hessian = turned @ np.diag([low, high]) @ turned.T
    return Function(
        "quadratic", "q", lambda p: np.einsum("...i,ij,...j->...", p, hessian, p) / 2,
        lambda p: p @ hessian, lambda p: np.broadcast_to(hessian, (*p.shape, 2)),
        domain=((-4, 4), (-4, 4)), minima=[(0, 0)], start=(3, 1),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_zigzags_are_where_a_factor_is_negative(seed):
    rng = np.random.default_rng(seed)
    low, high = np.sort(10 ** rng.uniform(-1, 1, 2))
    function = quadratic(low, high, rng.uniform(0, np.pi))
    rates = np.linspace(0.02, 1.98, 99) / high
    verdict, _ = outcomes(descend(function, SGD(lr=rates[:, None]), steps=12))
    negative = (1 - np.multiply.outer(rates, (low, high)) < 0).any(axis=1)
    inside = verdict != "diverges"
    np.testing.assert_array_equal((verdict == "zigzags")[inside], negative[inside])
    assert inside.sum() > 90


def test_a_velocity_zigzags_where_the_real_part_of_its_factors_is_negative():
    rates = np.linspace(0.05, 0.95, 46) * 1.5  # below the limit (2 + 2α)/λ = 3/2
    path = descend(functions.parabola, Momentum(lr=rates, momentum=0.5), steps=60)
    zigzags = outcomes(path)[0] == "zigzags"
    real = (1 + 0.5 - 2 * rates) / 2
    clear = np.abs(real) > 0.05
    np.testing.assert_array_equal(zigzags[clear], (real < 0)[clear])


@pytest.mark.parametrize("rule", [SGD(), Momentum(momentum=0.5), Nesterov(momentum=0.5)], ids=repr)
@pytest.mark.parametrize(
    "function",
    ["parabola", "bowl", quadratic(0.3, 5, 0.7), "wave", "himmelblau", "rosenbrock"],
    ids=lambda f: getattr(f, "name", f),
)
def test_limits_from_the_curvature_are_those_that_are_measured(function, rule):
    """To 1 %, from starts within 0.1 of each minimum, after 10,000 steps at many rates."""
    function = functions.get(function) if isinstance(function, str) else function
    share = np.linspace(0.98, 1.02, 17)  # of the limit, none of them 1 but the middle one
    limits = np.array([rate_limit(function, rule, minimum) for minimum in function.minima])
    lr = np.multiply.outer(share, limits)
    away = np.array([0.006, -0.008])[: function.dim].reshape(function._shape)
    runs = type(rule)(lr=lr.reshape(*lr.shape, *(1,) * len(function._shape)))
    if rule.hyperparameters() != ("lr",):
        runs.momentum = rule.momentum
    end = descend(function, runs, function.minima + away, 10_000, record=False).end
    left = np.abs(end - function.minima).reshape(*lr.shape, -1).max(axis=-1)
    for stays in (left < 1e-4).T:
        assert stays[share <= 0.99].all() and not stays[share >= 1.01].any()
        assert (np.diff(stays.astype(int)) <= 0).all(), "one limit, not several"


def test_what_has_no_limit():
    assert rate_limit("ravine", Adam()) is None and rate_limit("saddle", SGD(), (0, 0)) == 1.0
    assert rate_limit("parabola", Momentum(momentum=0.0)) == rate_limit("parabola", SGD()) == 1.0
    falls = Function("falls", "-x^2", lambda x: -x * x, domain=(-1, 1))
    assert rate_limit(falls, SGD(), 0.0) is None


def test_a_run_diverges_when_it_leaves_or_has_no_numbers():
    path = descend(functions.parabola, SGD(lr=np.array([0.9, 1.0, 1.05, 1.2, 9.0])), 4, 300)
    verdict = outcomes(path)[0].tolist()
    assert verdict == ["zigzags", "zigzags", "diverges", "diverges", "diverges"]
    down = outcomes(descend(functions.saddle, SGD(lr=0.2), (-1.8, 0.01), 40))
    assert down == ("diverges", -1)
    back, _ = outcomes(descend(functions.parabola, SGD(lr=0.1), 20, 5))
    assert back == "does not arrive", "outside the picture, but on its way in"


def test_to_pass_a_minimum_is_not_to_arrive():
    path = descend(functions.parabola, Momentum(lr=0.02, momentum=0.99), 4, 300)
    near = np.flatnonzero(np.abs(path.points - 2) < reach((-1, 5)))
    for steps in near:  # whatever step it ends at, one as near as that
        short = descend(functions.parabola, Momentum(lr=0.02, momentum=0.99), 4, int(steps))
        assert outcomes(short)[1] == NOWHERE


def test_the_best_run_is_lowest_and_was_first():
    rates = np.array([0.4, 0.45, 0.5, 0.55, 5.0])
    assert best_run(descend(functions.parabola, SGD(lr=rates), 4, 200)) == 2
    assert best_run(descend(functions.parabola, SGD(lr=rates), 4, 3)) == 2
    assert best_run(descend(functions.parabola, SGD(lr=np.array([2.0, 3.0])), 4, 5000)) is None
    with pytest.raises(ValueError, match="a path of a batch"):
        best_run(descend(functions.parabola, SGD(lr=0.1), 4, 3))


# --- maps ------------------------------------------------------------------------------------


def one_by_one(function, rule, starts, steps):
    """Labels of single recorded runs."""
    labels = []
    for start in starts:
        verdict, minimum = outcomes(descend(function, rule, start, steps))
        labels.append(GONE if verdict == "diverges" else int(minimum))
    return np.array(labels)


@pytest.mark.parametrize(
    "rule",
    [
        SGD(lr=0.015), SGD(lr=0.022), Momentum(lr=0.02, momentum=0.8), Adam(lr=0.5),
        Nesterov(lr=0.01, momentum=0.8),
    ],
    ids=repr,
)
def test_a_label_of_a_map_is_that_of_the_single_run(rule):
    function, steps = functions.himmelblau, 120
    starts = np.random.default_rng(1).uniform(-5, 5, (80, 2))
    labels = basin_map(function, rule, starts, steps)
    alone = one_by_one(function, rule, starts, steps)
    for i in np.flatnonzero(labels != alone):
        ways = np.nextafter(starts[i], [[9, 9], [9, -9], [-9, 9], [-9, -9]])
        near = one_by_one(function, rule, [starts[i], *ways], steps)
        assert len(set(near)) > 1, (starts[i], labels[i], alone[i])
    assert len(set(labels)) >= 3


def test_a_map_keeps_its_shape_and_takes_any_rule():
    starts = np.random.default_rng(2).uniform(-5, 5, (3, 4, 2))
    for rule in (SGD(lr=0.01), AdaGrad(lr=0.5), RMSProp(lr=0.05), Adam(lr=0.1)):
        found = basin_map("himmelblau", rule, starts, 200)
        assert found.shape == (3, 4) and (found >= 0).sum() > 6
    line = basin_map("wave", SGD(lr=0.25), np.linspace(-1, 7, 9))
    assert line.shape == (9,) and set(line) == {0, 1}
    with pytest.raises(ValueError, match="optimizer=.* hyperparameters are numbers"):
        basin_map("wave", SGD(lr=np.array([0.1, 0.2])), 1.0)

    class Own:
        def update(self, params, grads):
            params["point"] = params["point"] - 0.01 * grads["point"]

    same = basin_map("himmelblau", SGD(lr=0.01), starts, 200)
    np.testing.assert_array_equal(basin_map("himmelblau", Own(), starts, 200), same)


def test_a_map_takes_eight_arrays_of_its_batch_at_most():
    starts = np.random.default_rng(3).uniform(-3, 3, (40_000, 2))
    for rule in (SGD(lr=0.1), Adam(lr=0.1)):
        basin_map("ravine", rule, starts[:100], 3)
        tracemalloc.start()
        basin_map("ravine", rule, starts, 3)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most <= 8 * starts.nbytes


def test_the_curvature_that_a_limit_comes_from_is_the_largest():
    assert rate_limit("ravine", SGD()) == 2 / curvatures("ravine").max()


def test_a_learners_rule_has_the_same_map():
    starts = np.random.default_rng(5).uniform(-5, 5, (12, 2))
    found = [basin_map("himmelblau", rule(lr=0.01), starts, 60) for rule in (Heavy, Momentum)]
    assert found[0].tolist() == found[1].tolist() and len(set(found[0].tolist())) > 2


@pytest.mark.parametrize("steps", [30, 35, 60, 100])
def test_a_run_that_settles_outside_the_picture_does_not_diverge(steps):
    for rule in (SGD(lr=0.05), Momentum(lr=0.03, momentum=0.5)):
        run = descend(functions.bumpy, rule, [(-3.9, 2), (-3.8, 0.5), (-3.6, 3)], steps=steps)
        np.testing.assert_allclose(run.end[:, 0], -6.44, atol=0.1)
        assert "diverges" not in outcomes(run)[0]
