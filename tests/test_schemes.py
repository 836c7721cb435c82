"""The two simple schemes: against sums and products done by hand, alone and in batches."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import SGD, descend, functions, schemes
from optimlab.study.schemes import adapt, bold_driver, constant, halving

pytestmark = pytest.mark.filterwarnings("error")

parabola, ravine = functions.parabola, functions.ravine


def test_constant_is_plain_descent():
    run = constant(ravine, 0.95, (-7, 2), 30)
    path = descend(ravine, SGD(lr=0.95), (-7, 2), 30)
    assert_allclose(run.points, path.points, rtol=1e-14)
    assert_allclose(run.losses, path.losses, rtol=1e-13)
    assert np.all(run.rates == 0.95) and run.kept.all()


def test_halving_is_a_product_while_the_loss_falls():
    run = halving(parabola, 0.2, start=4, steps=60)
    factors = 1 - 2 * 0.2 * 0.5 ** np.arange(60)
    assert_allclose(run.points, 2 + 2 * np.concatenate([[1], np.cumprod(factors)]), rtol=1e-13)
    assert_allclose(run.rates[:40], 0.2 * 0.5 ** np.arange(40), rtol=1e-15)
    assert_allclose(run.points[-1], 2.780439130545)
    walked = np.abs(np.diff(run.points)).sum()
    assert walked < 2 * 0.2 * 4 < 2  # the geometric series, and how far it is


@pytest.mark.parametrize("lr", [1.1, 1.5])
def test_halving_keeps_a_rate_at_which_the_loss_rises(lr):
    run = halving(parabola, lr, start=4, steps=40)
    assert np.all(run.rates == lr)
    assert np.all(np.diff(run.losses) > 0)
    assert_allclose(run.points[-1] - 2, 2 * (1 - 2 * lr) ** 40, rtol=1e-12)


def test_the_bold_driver_by_hand():
    run = bold_driver(parabola, 1.1, start=4, steps=3)
    assert_allclose(run.points, [4, 4, 1.8, 2.042], rtol=1e-14)  # 4 - 4.4 is taken back
    assert_allclose(run.rates, [1.1, 0.55, 0.605], rtol=1e-14)
    assert run.kept.tolist() == [False, True, True]
    assert_allclose(run.losses, parabola(run.points))


def test_the_bold_driver_mends_every_first_rate():
    rates = np.geomspace(0.01, 1e6, 60)
    run = bold_driver(parabola, rates, start=4, steps=100)
    assert_allclose(run.points[-1], 2, atol=1e-4)
    assert np.all(np.diff(run.losses, axis=0) <= 0)
    assert_array_equal(np.diff(run.losses, axis=0) < 0, run.kept)


def test_a_loss_that_stays_is_no_fall():
    assert_allclose(bold_driver(parabola, 1.0, start=4, steps=2).points, [4, 4, 2])
    jumps = halving(parabola, 1.0, start=4, steps=4)
    assert jumps.points.tolist() == [4, 0, 4, 0, 4] and np.all(jumps.rates == 1)


def test_up_down_and_undo_are_used():
    run = adapt(parabola, 0.8, start=4, steps=2, fell=3.0, rose=0.25)
    assert_allclose(run.points, [4, 0.8, 0.8 + 2.4 * 2.4])
    assert run.kept.all()
    assert_allclose(bold_driver(parabola, 0.1, 4, 2, up=2).rates, [0.1, 0.2])
    assert_allclose(bold_driver(parabola, 3, 4, 2, down=0.1).rates, [3, 0.3])


@pytest.mark.parametrize("scheme", schemes.SCHEMES.values(), ids=list(schemes.SCHEMES))
@pytest.mark.parametrize("function", [parabola, ravine], ids=["1-d", "2-d"])
def test_a_batch_is_its_runs(scheme, function):
    rates = np.array([0.05, 0.7, 1.2])
    starts = np.stack([function.start, function.start * 0.5, function.start * 0.1])
    batch = scheme(function, rates, starts, 12)
    for i, rate in enumerate(rates):
        one = scheme(function, rate, starts[i], 12)
        for name in ("points", "losses", "rates", "kept"):
            assert_allclose(getattr(batch, name)[:, i], getattr(one, name), rtol=1e-13)


def test_from_the_divergence_on_it_is_nan():
    run = constant(parabola, 1e60, start=4, steps=10)
    first = int(np.argmax(np.isnan(run.points)))
    assert 1 < first < 10
    assert np.isnan(run.points[first:]).all() and np.isnan(run.losses[first:]).all()
    assert np.isfinite(bold_driver(parabola, 1e200, start=4, steps=10).points).all()


def test_the_start_is_the_function_s_own_and_is_not_changed():
    start = np.array([-7.0, 2.0])
    assert_array_equal(halving("ravine", 0.1, steps=3).points[0], ravine.start)
    halving(ravine, 0.1, start, 3)
    assert start.tolist() == [-7, 2]
    assert halving(ravine, 0.1, start, 0).points.shape == (1, 2)


@pytest.mark.parametrize(
    "change, error, words",
    [
        ({"function": int}, TypeError, "function="),
        ({"lr": "fast"}, TypeError, "lr="),
        ({"lr": 0.0}, ValueError, "lr="),
        ({"lr": np.nan}, ValueError, "lr="),
        ({"lr": [1.0, [2.0]]}, TypeError, "lr="),
        ({"steps": 2.5}, TypeError, "steps="),
        ({"steps": -1}, ValueError, "steps="),
        ({"steps": True}, TypeError, "steps="),
        ({"start": (1.0, np.inf)}, ValueError, "start="),
        ({"start": 1.0}, ValueError, "start="),
        ({"fell": 0}, ValueError, "fell="),
        ({"rose": -1}, ValueError, "rose="),
    ],
)
def test_what_is_wrong_is_named(change, error, words):
    given = {"function": ravine, "lr": 0.1, "start": (-7, 2), "steps": 3} | change
    with pytest.raises(error, match=words):
        adapt(**given)
