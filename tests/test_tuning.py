"""Sweeps, the tuning protocol, and problems turned and rescaled."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    NAdam,
    Nesterov,
    RMSProp,
    check_gradient,
    checks,
    descend,
    functions,
    numerical_gradient,
    optimizers,
    tuning,
)
from optimlab.functions import Function
from optimlab.study.tuning import RULES, evaluations_to, podium, rescaled, rotated, sweep, tune

pytestmark = pytest.mark.filterwarnings("error")

ravine = functions.ravine
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


def test_all_rules_of_the_series_take_part():
    assert set(RULES) == {getattr(optimizers, n) for n in optimizers.__all__} - {
        optimizers.Optimizer
    }
    assert len(RULES) == 9


# -- sweeps ------------------------------------------------------------------------------------


@every_rule
def test_a_sweep_is_the_loop_over_its_rates(rule):
    found = sweep(ravine, rule, steps=20)
    name = rule.__name__
    assert found.losses[name].shape == found.rates.shape == (60,)
    for i in (0, 25, 40, 59):
        path = descend(ravine, rule(lr=tuning.RATES[i]), steps=20)
        assert_allclose(found.losses[name][i], path.losses[-1], rtol=1e-9)
        assert found.stayed[name][i] == (path.left() is None)


def test_the_rates_cover_four_decades_fifteen_in_each():
    assert_allclose(tuning.RATES[[0, 15, 30, 45]], [0.001, 0.01, 0.1, 1])
    assert_allclose(tuning.RATES[-1] * 10 ** (1 / 15), 10)
    with pytest.raises(ValueError, match="read-only"):
        tuning.RATES[0] = 1


def test_from_several_starts():
    starts = [(-7, 2), (1, 1), (3, -2)]
    found = sweep(ravine, [SGD, Adam], [0.1, 0.5], starts, steps=10)
    assert found.losses["SGD"].shape == (2, 3)
    alone = descend(ravine, Adam(lr=0.5), (3, -2), 10)
    assert_allclose(found.losses["Adam"][1, 2], alone.losses[-1], rtol=1e-12)


def test_a_run_that_diverges_is_no_number_and_did_not_stay():
    found = sweep(functions.rosenbrock, SGD, [1e-3, 10.0], steps=30)
    assert np.isfinite(found.losses["SGD"][0]) and np.isnan(found.losses["SGD"][1])
    assert found.stayed["SGD"].tolist() == [True, False]


def test_a_run_that_leaves_and_comes_back_did_not_stay():
    path = descend(ravine, Momentum(lr=1.5), (-7, 2), 200)
    assert path.left() is not None and path.losses[-1] < 1e-6
    assert not sweep(ravine, Momentum, [1.5], steps=200).stayed["Momentum"][0]


def test_losses_count_from_the_lowest_minimum():
    found = sweep(functions.parabola, SGD, [0.5], steps=3)
    assert_allclose(found.losses["SGD"], 0, atol=1e-15)
    assert tuning.lowest(functions.bumpy) == functions.bumpy(functions.bumpy.minima[0])
    assert tuning.lowest(functions.saddle) == 0


@every_rule
def test_every_rule_measures_one_gradient_a_step(rule):
    """Equal steps are equal budgets, at the look-ahead point too."""
    calls = []

    def counted(point):
        calls.append(point.shape)
        return ravine.gradient(point)

    probe = Function("counted", "f", ravine.value, counted, domain=ravine.domain, minima=[(0, 0)])
    checks.function(probe)  # it is asked at the door
    calls.clear()
    sweep(probe, rule, np.full(7, 0.01), (-7, 2), steps=12)
    assert calls == [(7, 2)] * 12, "one batch a step, with one gradient for each rate"


def test_the_numbers_of_the_syllabus():
    """Best final loss over the rate after 30 updates; the spiky ones as inequalities."""
    for rule, low, high, at, loss in [
        (SGD, 0.9, 0.95, 0.928, 7.5e-3),
        (Adam, 0.71, 0.75, 0.733, 5.4e-5),
    ]:
        rate, best = sweep(ravine, rule, np.linspace(low, high, 2001), steps=30).best(rule.__name__)
        assert_allclose((rate, best), (at, loss), rtol=0.01)
    for rule, low, high, below in [(Momentum, 0.68, 0.69, 1e-4), (Nesterov, 0.29, 0.31, 1e-6)]:
        near = sweep(ravine, rule, np.linspace(low, high, 2001), steps=30)
        assert near.best(rule.__name__)[1] < below
    assert_allclose(0.95, 2 / 2.1, rtol=0.003)


def test_an_instance_keeps_its_other_hyperparameters():
    given = Momentum(lr=3, momentum=0.4)
    found = sweep(ravine, [given], [0.5], steps=9)
    path = descend(ravine, Momentum(lr=0.5, momentum=0.4), steps=9)
    assert_allclose(found.losses["Momentum"], path.losses[-1])
    assert given.lr == 3 and "Sweep of Momentum on ravine" in repr(found)
    named = sweep("ravine", "Momentum", [0.5], steps=9)
    same = sweep(ravine, Momentum, [0.5], steps=9)
    assert_array_equal(named.losses["Momentum"], same.losses["Momentum"])


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((int, SGD), TypeError, "function=<class 'int'>"),
        (("canyon", SGD), ValueError, "function='canyon'"),
        ((ravine, "Sgd"), ValueError, "rules='Sgd': rules must be an optimizer class"),
        ((ravine, 5), TypeError, "rules=5: rules must be an optimizer class"),
        ((ravine, []), ValueError, "an instance, or a list of them, not empty"),
        ((ravine, [SGD, SGD(lr=1)]), ValueError, "SGD is in it twice"),
        ((ravine, SGD, [0.1, -1]), ValueError, "rates must be a list of finite numbers > 0"),
        ((ravine, SGD, 0.1), TypeError, "rates must be a list of finite numbers > 0"),
        ((ravine, SGD, [0.1], (1, 2, 3)), ValueError, "start"),
        ((ravine, SGD, [0.1], None, 2.5), TypeError, "steps=2.5"),
    ],
)
def test_bad_arguments_are_named(arguments, error, says):
    with pytest.raises(error, match=says.replace("(", r"\(")):
        sweep(*arguments)


# -- the protocol ------------------------------------------------------------------------------


def by_hand(function, make, rates, starts, steps):
    """The protocol as it is told: single runs, one after the other."""
    worst = []
    for rate in rates:
        runs = [
            descend(function, make(rate * jolt), start, steps)
            for jolt in (0.9, 1.0, 1.1)
            for start in starts
        ]
        stayed = all(run.left() is None for run in runs)
        worst.append(max(run.losses[-1] for run in runs) if stayed else np.inf)
    return np.array(worst)


@pytest.mark.parametrize("rule", [SGD, Nesterov, AdaGrad, NAdam])
def test_the_tuned_rate_has_the_lowest_worst_loss(rule):
    rates = np.geomspace(0.01, 10, 13)
    starts = tuning.starts(ravine)
    worst = by_hand(ravine, lambda lr: rule(lr=lr), rates, starts, 25)
    found = tune(ravine, rule, steps=25, rates=rates)
    assert_allclose(found.worst, worst, rtol=1e-6)
    assert found.rate == rates[np.argmin(worst)] and not found.at_edge
    assert_allclose(found.loss, worst.min(), rtol=1e-6)
    assert found.until.shape == (26, 13) and (np.diff(found.until[:, 3]) <= 0).all()
    assert found.steps == 25 and rule.__name__ in repr(found)


def test_a_spike_does_not_win():
    lucky = sweep(ravine, Momentum, np.linspace(0.6, 0.75, 601), steps=30).best("Momentum")
    tuned = tune(ravine, Momentum, steps=30)
    assert lucky[1] < 1e-4 and tuned.loss > 0.05
    assert lucky[1] < tune(ravine, Momentum, [(-7, 2)], steps=30).loss, "nor from one start"


def test_a_sweep_is_widened_where_its_best_lies_at_an_edge():
    wide = tune(ravine, SGD, steps=30, rates=10.0 ** np.arange(-2, 1.01, 0.1))
    low = tune(ravine, SGD, steps=30, rates=10.0 ** np.arange(-4, -2.01, 0.1))
    high = tune(ravine, SGD, steps=30, rates=10.0 ** np.arange(1, 2.01, 0.1))
    for found in (low, high):
        assert_allclose([found.rate, found.loss], [wide.rate, wide.loss], rtol=1e-6)
        assert not found.at_edge
        assert_allclose(np.diff(np.log10(found.rates)), 0.1)
    assert low.rates[-1] > 0.9 and high.rates[0] < 0.9 and np.isinf(high.worst[-1])
    assert tune(ravine, AdaDelta, steps=30).rate > 10, "beyond the four decades"


def test_where_widening_has_an_end_it_is_said():
    flat = Function(
        "flat", "x", lambda x: 1e-8 * x * x, lambda x: 2e-8 * x, domain=(-1, 1), minima=[0]
    )
    found = tune(flat, SGD, [0.5], steps=3)
    assert found.at_edge and found.rates[-1] < 1e6
    nowhere = Function(
        "nowhere", "x", lambda x: x * x, lambda x: 1e20 * x, domain=(-1, 1), minima=[0]
    )
    nowhere.compared = True  # that is no gradient of x²
    with pytest.raises(ValueError, match="at none from 1e-07 to .* all runs stay"):
        tune(nowhere, SGD, [0.5], steps=3)


def test_of_equal_rates_the_middle_one():
    well = Function(
        "well", "x", lambda x: x * x * 0, lambda x: np.sign(x) * 0.0, domain=(-1, 1), minima=[0]
    )
    found = tune(well, SGD, [0.5], steps=2, rates=np.geomspace(0.01, 1, 5))
    assert_allclose(found.rate, 0.1)
    assert_allclose(found.width(), 5 * 0.5)


def test_the_width_counts_good_rates():
    rates = np.geomspace(0.01, 10, 31)
    found = tune(ravine, SGD, steps=30, rates=rates)
    assert_allclose(found.spacing, 0.1)
    good = np.count_nonzero(found.worst <= 10 * found.loss)
    assert 2 < good < 10
    assert_allclose(found.width(), good * 0.1)
    assert_allclose(found.width(times=1), 0.1)
    reach = np.count_nonzero(found.worst <= 0.5)
    assert_allclose(found.width(goal=0.5), reach * 0.1)
    assert found.width(goal=0) == 0


@pytest.mark.parametrize("rule", [SGD, Nesterov, AdamW])
def test_evaluations_have_a_rate_of_their_own(rule):
    """The rate whose worst run is the first at the goal, among rates whose runs all stay."""
    rates, turned = np.geomspace(0.1, 4, 9), rotated(ravine, 45)
    found = tune(turned, rule, steps=30, rates=rates)
    counts = []
    for rate in rates:
        runs = [
            descend(turned, rule(lr=rate * jolt), start, 30)
            for jolt in (0.9, 1.0, 1.1)
            for start in tuning.starts(turned)
        ]
        stayed = not any(_gone(run) for run in runs)
        counts.append(max(evaluations_to(run.losses, 0.5) for run in runs) if stayed else np.inf)
    assert found.fastest(0.5)[1] == found.evaluations(0.5) == min(counts) < 30
    assert counts[list(rates).index(found.fastest(0.5)[0])] == min(counts)
    assert found.fastest(0) == (None, np.inf) and found.evaluations(0) == np.inf


def _gone(run):
    box = np.array(ravine.domain)
    points = run.function.back(run.points)
    return not ((points >= box[:, 0]) & (points <= box[:, 1])).all()


def test_the_fastest_rate_need_not_have_the_lowest_loss():
    found = tune(ravine, NAdam, steps=100)
    assert found.fastest(0.0645)[0] > 2 * found.rate and found.evaluations(0.0645) == 4
    assert tune(ravine, SGD, steps=100).evaluations(0.0645) == 23


def test_evaluations_to_a_goal():
    losses = np.array([[4.0, 4], [2, 3], [1, 3], [2, 3]])
    assert_array_equal(evaluations_to(losses, 2.0), [1, np.inf])
    assert evaluations_to([1.0], 2) == 0 and evaluations_to([3, np.nan, 1], 1) == 2
    with pytest.raises(ValueError, match="losses must be .*not empty"):
        evaluations_to([], 1)


def test_the_podium():
    found = {rule.__name__: tune(ravine, rule, steps=60) for rule in (SGD, Nesterov, RMSProp)}
    by_loss = podium(found, "loss", places=9)
    assert [name for name, _ in by_loss] == sorted(found, key=lambda name: found[name].loss)
    wide = podium(found, "width", goal=0.0645)
    assert wide[0] == ("Nesterov", found["Nesterov"].width(goal=0.0645)) and wide[0][1] > 1
    assert podium(found, "evaluations", goal=1e-300) == podium(found, "width", goal=1e-300) == []
    assert podium(found, "evaluations", 0.0645, places=2) == [("RMSProp", 4.0), ("Nesterov", 8.0)]
    with pytest.raises(ValueError, match="criterion='speed'"):
        podium(found, "speed")
    with pytest.raises(TypeError, match="goal=None: goal must be a finite number"):
        podium(found, "width")


def test_the_starts():
    five = tuning.starts(functions.rosenbrock)
    assert five.shape == (5, 2)
    assert_array_equal(five[0], functions.rosenbrock.start)
    box = np.array(functions.rosenbrock.domain)
    assert ((five > box[:, 0]) & (five < box[:, 1])).all()
    assert tuning.starts(functions.parabola).shape == (5,)
    turned = rotated(ravine, 30)
    assert_allclose(turned.back(tuning.starts(turned)), tuning.starts(ravine), atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((functions.saddle, SGD), "saddle: function must have a minimum in its domain"),
        ((ravine, SGD, [(1, 2, 3)]), "starts must be finite points of shape"),
        ((ravine, SGD, (-7, 2)), "starts must be a list of points"),
        ((ravine, SGD, None, 10, [0.1, 0.2]), "at least three"),
        ((ravine, SGD, None, 10, [0.1, 0.2, 0.3]), "equal ratios"),
    ],
)
def test_what_cannot_be_tuned(arguments, says):
    with pytest.raises(ValueError, match=says):
        tune(*arguments)


# -- the same problem in other coordinates -------------------------------------------------------

CHANGES = {
    "turned": lambda f: rotated(f, 30),
    "turned about a point": lambda f: rotated(f, -70, about=(1, 2)),
    "times 100": lambda f: rescaled(f, c=100),
    "stretched": lambda f: rescaled(f, (0.25, 3)),
    "all of it": lambda f: rescaled(rotated(f, 45), (0.5, 2), c=0.1),
}
SURFACES = ("ravine", "bumpy", "himmelblau", "rosenbrock", "saddle")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", SURFACES)
def test_everything_goes_along(name, change):
    old = functions.get(name)
    new = CHANGES[change](old)
    c = {"times 100": 100, "all of it": 0.1}.get(change, 1)
    rng = np.random.default_rng(5)
    box = np.array(old.domain)
    points = rng.uniform(box[:, 0], box[:, 1], (40, 2))

    def forth(p):
        if change != "all of it":
            return new.forth(p)
        return new.forth(new.original.forth(p))

    moved = forth(points)
    assert_allclose(new(moved), c * old(points), rtol=1e-9, atol=1e-9)
    assert check_gradient(new, point=moved, tolerance=1e-5), check_gradient(new, point=moved)
    columns = [numerical_gradient(lambda p, i=i: new.gradient(p)[..., i], moved) for i in (0, 1)]
    assert_allclose(new.hessian(moved), np.stack(columns, axis=-2), rtol=1e-4, atol=1e-4)
    for kind in ("minima", "stationary"):
        there = getattr(new, kind)
        assert len(there) == len(getattr(old, kind))
        if len(there):
            assert np.abs(new.gradient(there)).max() < 1e-9 * max(1, c)
    for minimum in new.minima:
        assert (np.linalg.eigvalsh(new.hessian(minimum)) > 0).all()
    assert_allclose(new.start, forth(old.start))
    limits = np.array(new.domain)
    assert ((moved >= limits[:, 0]) & (moved <= limits[:, 1])).all()
    corners = forth(np.stack(np.meshgrid(*box), axis=-1).reshape(-1, 2))
    assert_allclose(limits, np.stack([corners.min(axis=0), corners.max(axis=0)], axis=1))
    assert new(moved[0]) == new(moved)[0], "one point and many agree to the last bit"


def test_a_quarter_turn_by_hand():
    turned = rotated(ravine, 90)  # x becomes y, and y becomes -x
    assert_allclose(turned((1, 2)), ravine((2, -1)))
    assert_allclose(turned.gradient((1.0, 2.0)), (2 * 1, 2 / 10))
    assert_allclose(turned.hessian((0, 0)), [[2, 0], [0, 0.1]], atol=1e-15)
    assert_allclose(turned.domain, [(-3, 3), (-8, 8)], atol=1e-12)
    assert_allclose(rotated(functions.rosenbrock, 180).minima, [(-1, 1)], atol=1e-12)
    assert "90" in turned.name and "turned" in turned.latex


def test_units_by_hand():
    curve = rescaled(functions.parabola, 10, c=3)  # of one variable
    assert_allclose(curve(40.0), 3 * functions.parabola(4.0))
    assert_allclose([curve.gradient(40.0), curve.hessian(1.0)], [3 * 4 / 10, 3 * 2 / 100])
    assert_allclose(curve.minima, [20]) and curve.domain == (-10, 50)
    assert curve.gradient(np.array([40.0, 20.0])).shape == (2,)
    assert rescaled(ravine).name == "ravine"
    assert rescaled(ravine, (2, 1), 5).name == "ravine times 5 stretched by 2 and 1"


def paths(rule, change, **options):
    new = change(ravine)
    lr = np.array([[0.1], [0.1]])  # as a batch: with eps = 0, too
    old_path = descend(ravine, rule(lr=lr, **options), steps=40)
    return new, old_path, descend(new, rule(lr=lr, **options), new.start, 40)


@every_rule
def test_who_turns_with_the_hill(rule):
    new, old, turned = paths(rule, lambda f: rotated(f, 45))
    same = np.allclose(new.forth(old.points), turned.points, rtol=0, atol=1e-9)
    assert same == (rule in (SGD, Momentum, Nesterov))


@every_rule
def test_who_ignores_a_factor_of_f(rule):
    by_size = rule not in (SGD, Momentum, Nesterov, AdaDelta)
    options = {"eps": 0.0} if by_size else {}
    _, old, large = paths(rule, lambda f: rescaled(f, c=100), **options)
    assert np.allclose(old.points, large.points, rtol=0, atol=1e-9) == by_size


@every_rule
def test_nobody_ignores_a_unit_of_one_coordinate(rule):
    options = {"eps": 0.0} if rule in (AdaGrad, RMSProp, Adam, NAdam, AdamW) else {}
    new, old, stretched = paths(rule, lambda f: rescaled(f, (0.25, 1)), **options)
    assert not np.allclose(new.forth(old.points), stretched.points, rtol=0, atol=1e-3)


@pytest.mark.parametrize("rule", [SGD, Momentum, Nesterov])
def test_tuning_undoes_a_turn_and_a_factor(rule):
    plain, turned, large = (
        tune(f, rule, steps=30) for f in (ravine, rotated(ravine, 45), rescaled(ravine, c=100))
    )
    assert_allclose([turned.rate, large.rate * 100], plain.rate)
    assert_allclose([turned.loss, large.loss / 100], plain.loss, rtol=1e-6)
    assert_array_equal(np.isinf(turned.worst), np.isinf(plain.worst), "the domain turns along")


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: rotated(functions.wave, 10), ValueError, "must have 2 variables"),
        (lambda: rotated(ravine, "a lot"), TypeError, "degrees='a lot'"),
        (lambda: rotated(ravine, np.nan), ValueError, "degrees=nan"),
        (lambda: rotated("canyon"), ValueError, "function='canyon'"),
        (lambda: rescaled(ravine, (1, 2, 3)), ValueError, "factors"),
        (lambda: rescaled(ravine, (1, 0)), ValueError, "factors"),
        (lambda: rescaled(ravine, c=0), ValueError, "c=0: c must be a finite number > 0"),
        (lambda: rescaled(ravine, c="x"), TypeError, "c='x'"),
    ],
)
def test_bad_changes_are_named(call, error, says):
    with pytest.raises(error, match=says):
        call()
