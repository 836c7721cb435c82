"""descend and Path: what is recorded, that all ways to run agree, divergence, words, misuse."""

import re
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    Function,
    Momentum,
    NAdam,
    Nesterov,
    Path,
    RMSProp,
    descend,
    functions,
    place,
)
from optimlab.descent import _run_arrays

pytestmark = pytest.mark.filterwarnings("error")

RULES = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, AdaDelta, Adam, NAdam, AdamW]
every_rule = pytest.mark.parametrize("rule", RULES)
SMOOTH = [f for f in map(functions.get, functions.names()) if f.name != "polynomial"]
every_function = pytest.mark.parametrize("f", SMOOTH, ids=lambda f: f.name)


def close(a, b):
    """Equal to four units in the last place of the largest value each coordinate has."""
    size = np.nanmax(np.abs(b), axis=0)
    assert_allclose(a, b, rtol=9e-16, atol=4 * np.spacing(np.max(size, initial=1e-300)))


def same_path(a, b):
    for name in ("points", "losses", "probes", "gradients"):
        assert_array_equal(getattr(a, name), getattr(b, name))
    assert a.states.keys() == b.states.keys()
    for slot in a.states:
        assert_array_equal(a.states[slot], b.states[slot])


# --- what is recorded ------------------------------------------------------------------------


@every_rule
@every_function
def test_the_path_is_consistent(rule, f):
    optimizer = rule(lr=1e-3)
    path = descend(f, optimizer, steps=12)
    d = f.start.shape
    assert path.points.shape == (13, *d) and path.losses.shape == (13,)
    assert path.probes.shape == path.gradients.shape == (12, *d)
    assert set(path.states) == set(rule.slots)
    assert_array_equal(path.points[0], f.start)
    assert_array_equal(path.start, f.start)
    assert_array_equal(path.end, path.points[-1])
    close(path.losses, f.value(path.points))
    close(path.gradients, f.gradient(path.probes))
    assert path.diverged is None and path.steps == 12 and path.function is f
    assert isinstance(path, Path) and path.batch == ()

    params = {"w": f.start.copy()}
    for k in range(12):
        g = f.gradient(optimizer.probe(params)["w"])
        optimizer.update(params, {"w": g})
        close(path.points[k + 1], params["w"])
        for slot in rule.slots:
            close(path.states[slot][k + 1], optimizer.state[slot]["w"])
    for values in path.states.values():
        assert values.shape == (13, *d) and np.all(values[0] == 0)
    if rule is not Nesterov:
        assert_array_equal(path.probes, path.points[:-1])


def test_probes_of_nesterov_look_ahead():
    path = descend("ravine", Nesterov(lr=0.1, momentum=0.8), steps=10)
    assert_array_equal(path.probes, path.points[:-1] + 0.8 * path.states["v"][:-1])


@every_rule
def test_the_callers_things_are_left_alone(rule):
    optimizer, start = rule(lr=0.1), np.array([-7.0, 2.0])
    optimizer.update({"w": np.ones(3)}, {"w": np.ones(3)})
    before = repr(vars(optimizer))
    first = descend("ravine", optimizer, start=start, steps=5)
    second = descend("ravine", optimizer, start=start, steps=5)
    same_path(first, second)
    assert repr(vars(optimizer)) == before and start.tolist() == [-7, 2]
    assert first.optimizer is not optimizer and first.optimizer.t == 5
    for array in (first.points, first.probes, first.start, first.end):
        assert not np.shares_memory(array, start)
    first.points[:] = 0
    first.states.clear()
    same_path(second, descend("ravine", optimizer, start=start, steps=5))


def test_integer_starts_become_floats():
    path = descend("ravine", SGD(lr=0.1), start=np.array([-7, 2]), steps=3)
    assert path.points.dtype == path.gradients.dtype == float
    assert_allclose(path.points[1], (-6.93, 1.6))
    assert descend("parabola", SGD(lr=0.1), start=4, steps=1).points.dtype == float


@every_rule
def test_no_steps(rule):
    for record in (True, False):
        path = descend("ravine", rule(), steps=0, record=record)
        assert path.losses[0] == path.losses[-1] == functions.ravine(path.end)
        assert path.diverged is None
    path = descend("ravine", rule(), steps=0)
    assert path.points.shape == (1, 2) and path.probes.shape == (0, 2)
    assert all(v.shape == (1, 2) for v in path.states.values())


@every_rule
def test_final_state_of_the_optimizer_that_ran(rule):
    path = descend("ravine", rule(lr=0.1), steps=4)
    for slot, values in path.states.items():
        assert_array_equal(path.optimizer.state[slot]["point"], values[-1])


# --- numbers of the syllabus -----------------------------------------------------------------


def test_a_rate_of_one_jumps_for_ever():
    path = descend("parabola", SGD(lr=1), start=4, steps=6)
    assert path.points.tolist() == [4, 0, 4, 0, 4, 0, 4]


def test_wave():
    path = descend("wave", SGD(lr=1.0), start=2.5, steps=200)
    expected = [2.5, 3.9044, 7.4178, 3.3778, 6.8959, 0.6794]
    assert_allclose(path.points[:6], expected, atol=6e-5)
    assert path.diverged is None and 0 < abs(path.end) < 0.2 and path.left() == 2
    ends = [descend("wave", SGD(lr=0.25), start=x, steps=100).end for x in (2.5, 1.5)]
    assert_allclose(ends, [4.913180, 0], atol=1e-6)
    ends = {a: descend("wave", Momentum(0.1, a), start=6.9, steps=600).end for a in (0.95, 0.9)}
    assert_allclose([ends[0.95], ends[0.9]], [0, 4.9132], atol=1e-4)


def test_limit_of_the_rate_at_a_minimum():
    for f, point in ((functions.wave, functions.wave.minima[0]), (functions.parabola, 2.0)):
        limit = 2 / f.hessian(point)
        near = point + 1e-3
        assert abs(descend(f, SGD(0.95 * limit), start=near).end - point) < 1e-3
        assert abs(descend(f, SGD(1.05 * limit), start=near).end - point) > 1e-3


# --- one run, many runs ----------------------------------------------------------------------


@every_rule
@every_function
def test_one_by_one_and_in_a_batch(rule, f):
    rng = np.random.default_rng(0)
    low, high = np.array(f.domain).T
    starts = rng.uniform(low, high, size=(4, 3, *f.start.shape)) / 2
    rates = np.array([0.0, 1e-4, 1e-3])
    column = rates[:, None] if f.dim > 1 else rates
    batch = descend(f, rule(lr=column), start=starts, steps=20)
    assert batch.points.shape == (21, *starts.shape) and batch.losses.shape == (21, 4, 3)
    assert batch.batch == (4, 3) and batch.diverged.shape == (4, 3)
    unrecorded = descend(f, rule(lr=column), start=starts, steps=20, record=False)
    close(unrecorded.end, batch.end)
    for i in np.ndindex(4, 3):
        single = descend(f, rule(lr=rates[i[1]]), start=starts[i], steps=20)
        for name in ("points", "losses", "probes", "gradients"):
            close(getattr(batch, name)[(slice(None), *i)], getattr(single, name))
        for slot in single.states:
            close(batch.states[slot][(slice(None), *i)], single.states[slot])


@every_rule
def test_one_dimension_is_two_with_the_other_at_rest(rule):
    for lr in (0.05, 0.3):
        flat = descend("parabola", rule(lr=lr), start=4, steps=30)
        pair = descend(
            lambda p: p[..., 0] ** 2 - 4 * p[..., 0] + 6, rule(lr=lr), start=(4, 1), steps=30,
            gradient=lambda p, k: np.array([2 * p[0] - 4, 0.0]),
        )  # fmt: skip
        close(pair.points[:, 0], flat.points)
        decay = 1 - lr * 0.01 if rule is AdamW else 1
        assert_allclose(pair.points[:, 1], decay ** np.arange(31), rtol=1e-14 * (rule is AdamW))


@every_rule
def test_floats_and_arrays_give_the_same_bits(rule):
    for f in (functions.ravine, functions.rosenbrock, functions.parabola, functions.beale):
        fast = descend(f, rule(lr=1e-3), steps=200)
        slow = Path(f, rule(lr=1e-3), 200, f.start)
        _run_arrays(slow, lambda p, k, f=f: f.gradient(p))
        for name in ("points", "probes", "gradients"):
            assert_array_equal(getattr(fast, name), getattr(slow, name))
        for slot in fast.states:
            assert_array_equal(fast.states[slot], slow.states[slot])


@every_rule
@given(
    start=st.tuples(*[st.floats(-1e3, 1e3)] * 2),
    lr=st.floats(0, 3),
)
def test_any_start_and_rate(rule, start, lr):
    single = descend("ravine", rule(lr=lr), start=start, steps=25)
    batch = descend("ravine", rule(lr=np.array([[lr]])), start=[start], steps=25)
    assert_array_equal(batch.points[:, 0], single.points)
    assert single.diverged is None and batch.diverged.tolist() == [-1]


@every_rule
@pytest.mark.parametrize("f", [functions.ravine, functions.parabola])
def test_a_run_of_a_batch_is_a_path(rule, f):
    rates = np.array([[0.01, 0.1, 1e200], [0.2, 0.3, 0.4]])
    column = rates[..., None] if f.dim > 1 else rates
    batch = descend(f, rule(lr=column), steps=15)
    for i in np.ndindex(2, 3):
        single, picked = descend(f, rule(lr=rates[i]), steps=15), batch[i]
        assert picked.batch == () and picked.diverged == single.diverged
        assert picked.summary() == single.summary() and repr(picked.optimizer) == repr(
            single.optimizer
        )
        close(np.nan_to_num(picked.points), np.nan_to_num(single.points))
        assert_array_equal(picked.start, single.start)
    assert batch[1].batch == (3,) and batch[1].points.shape == (16, 3, *f.start.shape)
    assert descend(f, rule(lr=column), steps=15, record=False)[0, 1].points is None
    with pytest.raises(TypeError, match="single run"):
        _ = picked[0]


def test_a_run_of_a_batch_of_a_rule_of_ones_own():
    class Plain:
        def update(self, params, grads):
            params["point"] = params["point"] - 0.1 * grads["point"]

    batch = descend("ravine", Plain(), start=np.ones((3, 2)), steps=5)
    assert_array_equal(batch[1].points, descend("ravine", SGD(0.1), (1, 1), 5).points)


def test_sweeps_by_shape():
    rates = np.linspace(0.1, 1, 7)
    assert descend("parabola", SGD(lr=rates), start=4, steps=3).points.shape == (4, 7)
    assert descend("ravine", SGD(lr=rates[:, None]), steps=3).points.shape == (4, 7, 2)
    per_axis = descend("ravine", SGD(lr=[1.0, 0.1]), steps=3)
    assert per_axis.points.shape == (4, 2) and per_axis.diverged is None
    plane = descend(
        "ravine", Momentum(rates[:, None, None], np.array([0.0, 0.5, 0.9])[:, None]), steps=3
    )
    assert plane.points.shape == (4, 7, 3, 2) and plane.start.shape == (7, 3, 2)
    starts = np.ones((5, 1, 2))
    path = descend("ravine", SGD(lr=rates[:, None]), start=starts, steps=3)
    assert path.points.shape == (4, 5, 7, 2) and starts.shape == (5, 1, 2)
    assert descend("ravine", SGD(), start=np.ones((0, 2)), steps=3).points.shape == (4, 0, 2)


@every_rule
@pytest.mark.parametrize("batch", [(), (3,)])
def test_unrecorded(rule, batch):
    start = np.broadcast_to([-7.0, 2.0], (*batch, 2))
    full = descend("ravine", rule(lr=0.1), start=start, steps=9)
    path = descend("ravine", rule(lr=0.1), start=start, steps=9, record=False)
    assert path.points is path.probes is path.gradients is path.states is None
    assert_array_equal(path.start, full.start)
    assert_array_equal(path.end, full.end)
    assert_array_equal(path.losses, full.losses[[0, -1]])
    assert_array_equal(path.diverged, full.diverged)
    with pytest.raises(ValueError, match="record=False"):
        path.left()
    assert path.summary() == full.summary() or "left" in full.summary()


@every_rule
@pytest.mark.parametrize("text", ["x*y", "x^2/2 + y^2/4", "x*sin(y)", "x", "x^2/2", "x^4 - 2*x"])
def test_an_unrecorded_batch_has_the_bits_of_its_single_runs(rule, text):
    """Its coordinates go apart, and a derivative may be another coordinate itself."""
    f = functions.parse(text)
    start = np.random.default_rng(3).uniform(-2, 2, (7, 2))[..., : f.dim]
    start = start if f.dim == 2 else start[:, 0]
    ends = descend(f, rule(lr=0.2), start, 25, record=False).end
    assert_array_equal(ends, [descend(f, rule(lr=0.2), point, 25).end for point in start])


def test_a_coordinate_that_is_too_large_is_seen_wherever_it_lies():
    start = np.full((12_000, 2), 0.5)
    start[11_999, 1], start[3, 0] = 1e200, -1e200
    lost = descend("ravine", SGD(), start, 2, record=False).diverged >= 0
    assert np.flatnonzero(lost).tolist() == [3, 11_999]


# --- functions and gradients of one's own ----------------------------------------------------


def test_a_bare_function():
    one = descend(lambda x: (x - 1) ** 2, SGD(lr=0.5), start=3.0, steps=1)
    assert_allclose(one.points, [3, 1], atol=1e-8)
    # not written for many points at a time: fine, one at a time
    two = descend(lambda p: p[0] ** 2 / 20 + p[1] ** 2, SGD(lr=0.1), start=(-7, 2), steps=5)
    assert_allclose(two.points, descend("ravine", SGD(lr=0.1), steps=5).points, atol=1e-8)
    many = np.random.default_rng(0).normal(size=(5, 2))
    batch = descend(lambda p: p[0] ** 2, SGD(), many, gradient=lambda p, k: p, steps=2)
    assert_array_equal(batch.losses, batch.points[..., 0] ** 2)


def test_gradient_is_called_with_point_and_step_and_may_keep_them():
    seen = []

    def gradient(point, step):
        seen.append((point, step))
        return functions.ravine.gradient(point)

    for optimizer in (Nesterov(lr=0.1), CustomMomentum(lr=0.1)):
        for record in (True, False):
            seen.clear()
            descend("ravine", optimizer, steps=6, gradient=gradient, record=record)
            assert [step for _, step in seen] == list(range(6))
            path = descend("ravine", optimizer, steps=6)
            assert_array_equal([p for p, _ in seen], path.probes)
    seen.clear()
    batch = np.ones((4, 2))
    descend("ravine", SGD(lr=0.1), start=batch, steps=6, gradient=gradient, record=False)
    assert [p[0, 1] for p, _ in seen] == pytest.approx(0.8 ** np.arange(6))


def test_a_gradient_that_writes_into_its_point_does_no_harm():
    def rude(point, step):
        point *= 2
        return point

    for record in (True, False):
        for start in ((1.0, 1.0), np.ones((3, 2))):
            path = descend(
                "ravine", SGD(lr=0.1), start=start, steps=2, gradient=rude, record=record
            )
            assert_allclose(path.end, np.full_like(start, 0.64))


def test_gradient_in_one_dimension_gets_a_number():
    path = descend("parabola", SGD(lr=0.1), start=4, steps=3, gradient=lambda x, k: 2 * x - 4)
    same_path(path, descend("parabola", SGD(lr=0.1), start=4, steps=3))
    assert_allclose(
        descend("ravine", SGD(lr=1), start=(1, 1), steps=1, gradient=lambda p, k: [1, 0]).end,
        (0, 1),
    )


class CustomMomentum(Momentum):
    """A learner's subclass: everything may be overridden, so nothing is assumed of it."""

    def update(self, params, grads):
        super().update(params, {k: 1.0 * g for k, g in grads.items()})


class Slip(Momentum):
    def probe(self, params):
        return {k: w + 1.0 for k, w in params.items()}


def test_subclasses_run_as_they_are():
    ours = descend("ravine", Momentum(lr=0.1), steps=9)
    same_path(descend("ravine", CustomMomentum(lr=0.1), steps=9), ours)
    path = descend("ravine", Slip(lr=0.1), steps=9)
    assert_array_equal(path.probes, path.points[:-1] + 1)
    assert not np.array_equal(path.end, ours.end)


def test_a_wrong_number_of_components():
    for start in ((1.0, 1.0), np.ones((3, 2))):
        with pytest.raises(ValueError, match="gradient at step 0 has shape"):
            descend("ravine", SGD(), start=start, gradient=lambda p, k: 1.0)


# --- divergence ------------------------------------------------------------------------------


@every_rule
@pytest.mark.parametrize("f", [functions.ravine, functions.rosenbrock, functions.beale])
def test_divergence_is_recorded_and_gives_no_warning(rule, f):
    rates = np.array([1e-4, 1e3, 1e300])
    batch = descend(f, rule(lr=rates[:, None]), steps=400)
    bare = descend(f, rule(lr=rates[:, None]), steps=400, record=False)
    assert batch.diverged[0] == -1 and batch.diverged.dtype.kind == "i"
    assert_array_equal(bare.diverged, batch.diverged)
    assert_array_equal(bare.end, batch.end)
    for i, lr in enumerate(rates):
        path = descend(f, rule(lr=lr), steps=400)
        assert (-1 if path.diverged is None else path.diverged) == batch.diverged[i]
        assert descend(f, rule(lr=lr), steps=400, record=False).diverged == path.diverged
        assert_array_equal(np.isnan(path.points), np.isnan(batch.points[:, i]))
        if path.diverged is None:
            assert all(np.isfinite(a).all() for a in (path.points, path.losses, path.gradients))
            continue
        k = path.diverged
        assert np.isfinite(path.points[:k]).all() and np.isfinite(path.losses[:k]).all()
        arrays = path.points, path.losses, path.probes, path.gradients, *path.states.values()
        assert all(np.isnan(a[k:]).all() for a in arrays)
        assert np.isnan(path.end).all() and np.isfinite(path.start).all()
        assert "too large to store" in path.summary()


def test_ravine_beyond_its_limit_diverges_at_the_step_that_theory_says():
    path = descend("ravine", SGD(lr=1.5), steps=2000)  # y doubles each step, y² overflows
    k = int(np.ceil((np.log2(sys.float_info.max) / 2) - 1))
    assert abs(path.diverged - k) <= 1
    k = path.diverged
    assert np.isfinite(path.gradients[k - 1]).all() and np.isnan(path.gradients[k]).all()
    assert np.isfinite(path.probes[k - 1]).all() and np.isnan(path.probes[k]).all()
    assert path.left() == 1 and path.left(((-1e9, 1e9), (-1e9, 1e9))) == 29


def test_a_loss_that_is_undefined_is_divergence_too():
    def loss(x):
        return x - np.log(x)

    f = Function("log", "x - \\ln x", loss, lambda x: 1 - 1 / x, domain=(0, 5), start=0.05)
    starts = np.array([2.0, 0.05, 3.0])
    batch = descend(f, SGD(lr=0.2), start=starts, steps=20)
    assert batch.diverged.tolist() == [-1, -1, -1]
    f = Function("log", "x - \\ln x", loss, lambda x: 1 - 1 / x, domain=(0, 5), start=3.0)
    batch = descend(f, SGD(lr=5.0), start=starts, steps=20)
    bare = descend(f, SGD(lr=5.0), start=starts, steps=20, record=False)
    assert batch.diverged[0] == 1 and "undefined value at step 1" in batch[0].summary()
    assert_array_equal(batch.diverged, bare.diverged)
    path = descend(f, SGD(lr=5.0), steps=20)
    assert path.diverged == 1 and "undefined value at step 1" in path.summary()
    assert descend(f, SGD(lr=5.0), steps=20, record=False).diverged == 1


def test_a_gradient_is_not_asked_for_once_nothing_is_finite():
    import math

    def gradient(x, k):
        return math.sin(x) * 1e200 + x * 1e200  # math.sin(inf) would raise

    for optimizer in (SGD(lr=1e10), CustomMomentum(lr=1e10)):
        path = descend("parabola", optimizer, start=1, steps=9, gradient=gradient)
        assert path.diverged is not None and path.diverged < 9


def test_start_at_the_edge_of_what_can_be_stored():
    for record in (True, False):
        path = descend("ravine", SGD(lr=0.1), start=(1e200, 0), steps=3, record=record)
        assert path.diverged == 0 and np.isnan(path.losses).all() and path.start[0] == 1e200
        batch = descend(
            "ravine", SGD(lr=0.1), start=[(1e200, 0), (1, 1)], steps=3, record=record
        )
        assert batch.diverged.tolist() == [0, -1]
        # at this rate the next point is the minimum, but the run was lost at its start
        path = descend("ravine", SGD(lr=10), start=(1e200, 0), steps=3, record=record)
        assert path.diverged == 0 and np.isnan(path.losses).all() and np.isnan(path.end).all()
    assert descend("ravine", SGD(lr=0.1), start=(1e-200, 1e-200), steps=3).losses[-1] == 0.0


@pytest.mark.parametrize("rule", [AdaGrad, RMSProp, Adam])
def test_without_eps_a_zero_gradient_ends_the_run(rule):
    path = descend("ravine", rule(lr=0.1, eps=0), start=(-7, 0), steps=5)
    assert path.diverged == 1
    batch = descend("ravine", rule(lr=0.1, eps=0), start=[(-7, 0), (-7, 1)], steps=5)
    assert batch.diverged.tolist() == [1, -1]


# --- leaving the plot, and words -------------------------------------------------------------


def test_left():
    path = descend("wave", SGD(lr=1.0), start=2.5, steps=10)
    assert path.left() == 2 and path.left((-10, 10)) is None and path.left((3, 10)) == 0
    batch = descend("wave", SGD(lr=np.array([0.05, 1.0])), start=2.5, steps=10)
    assert batch.left().tolist() == [-1, 2]
    path = descend("ravine", SGD(lr=1.2), steps=10)
    assert path.left() == np.argmax(np.abs(path.points[:, 1]) > 3)
    for bad, error in (((0, 1), ValueError), (((0, 1),), ValueError), (3, TypeError)):
        with pytest.raises(error, match="domain="):
            path.left(bad)


def test_summaries():
    def words(function, optimizer, **arguments):
        return descend(function, optimizer, **arguments).summary()

    assert words("ravine", SGD(lr=0.95), start=(-7, 2), steps=30) == (
        "SGD with learning rate 0.95 went from (-7, 2) to (-0.35, 0.0848) in 30 steps; "
        "the loss fell from 6.45 to 0.0133."
    )
    assert words("parabola", Momentum(lr=0.1), start=4, steps=1) == (
        "Momentum with learning rate 0.1 and momentum 0.9 went from 4 to 3.6 in 1 step; "
        "the loss fell from 6 to 4.56."
    )
    assert words("wave", SGD(lr=1.0), start=2.5, steps=10).endswith(
        "; it left the plot at step 2 and came back at step 3."
    )
    assert words("ravine", SGD(lr=1.2), steps=10).endswith("; it left the plot at step 2.")
    assert "the loss rose from 6.45" in words("ravine", SGD(lr=1.2), steps=10)
    assert words("ravine", SGD(lr=1.5), steps=2000) == (
        "SGD with learning rate 1.5 started at (-7, 2) and left the plot at step 1, then reached "
        "numbers too large to store at step 511."
    )
    assert "the loss stayed at 6.45" in words("ravine", SGD(lr=0), steps=3)
    assert "it started outside the plot" in words("ravine", SGD(lr=0), start=(90, 0), steps=3)
    many = words("ravine", SGD(lr=np.array([[0.1], [0.95], [1e300]])), steps=30)
    assert many.startswith("SGD made 3 runs of 30 steps; their last loss lies between 0.0133")
    assert many.endswith("1 of them diverged.")


@every_rule
@pytest.mark.parametrize("lr", [0, 1e-7, 0.123456, 1.0, 50.0, 1e200])
def test_a_summary_is_one_plain_sentence(rule, lr):
    for f in ("parabola", "ravine", "rosenbrock"):
        text = descend(f, rule(lr=lr), steps=40).summary()
        assert text.endswith(".") and text.count(". ") == 0 and "\n" not in text
        for number in re.findall(r"\d[\d.]*", re.sub(r"e[+-]\d+", "", text.rstrip("."))):
            digits = number.replace(".", "").strip("0")
            assert len(digits) <= 3
        for word in ("array", "None", "nan", "inf ", "<", "float"):
            assert word not in text


# --- misuse ----------------------------------------------------------------------------------

MISUSE = [
    ({"steps": -3}, ValueError, "steps=-3: .*whole number >= 0"),
    ({"steps": 2.5}, TypeError, "steps=2.5: .*whole number >= 0"),
    ({"steps": "10"}, TypeError, "steps='10': .*whole number >= 0"),
    ({"steps": True}, TypeError, "steps=True: .*whole number >= 0"),
    ({"steps": None}, TypeError, "steps=None: .*whole number >= 0"),
    ({"start": (1, 2, 3)}, ValueError, r"start=\(1, 2, 3\): .*\(\.\.\., 2\), as ravine takes"),
    ({"start": 1.0}, ValueError, r"start=1.0: .*\(\.\.\., 2\), as ravine takes"),
    ({"start": ("a", "b")}, TypeError, r"start=\('a', 'b'\): .*\(\.\.\., 2\)"),
    ({"start": [(1, 2), (3,)]}, TypeError, r"start=\[\(1, 2\), \(3,\)\]: .*\(\.\.\., 2\)"),
    ({"start": (1j, 2)}, TypeError, r"start=\(1j, 2\)"),
    ({"start": (np.nan, 2)}, ValueError, r"start=\(nan, 2\): start must be finite"),
    ({"start": (np.inf, 2)}, ValueError, r"start=\(inf, 2\): start must be finite"),
    ({"function": "valley"}, ValueError, "function='valley': .*parabola.*rastrigin"),
    ({"function": 3}, TypeError, "function=3: .*Function"),
    ({"optimizer": SGD}, TypeError, r"optimizer=.*SGD.*: .*SGD\(lr=0.1\)"),
    ({"optimizer": "Adam"}, TypeError, r"optimizer='Adam': .*SGD\(lr=0.1\)"),
    ({"gradient": 3}, TypeError, r"gradient=3: .*\(point, step\)"),
    ({"optimizer": SGD(lr=np.ones(5))}, ValueError, r"lr has shape \(5,\).*lr\[:, None\]"),
    (
        {"optimizer": Momentum(0.1, np.full((3, 1), 0.5)), "start": np.ones((4, 2))},
        ValueError,
        r"momentum has shape \(3, 1\)",
    ),
]


@pytest.mark.parametrize("arguments, error, message", MISUSE)
def test_misuse(arguments, error, message):
    with pytest.raises(error, match=message):
        descend(**{"function": "ravine", "optimizer": SGD(lr=0.1), **arguments})


def test_numpy_integers_are_steps_too():
    assert descend("ravine", SGD(), steps=np.int64(4)).points.shape == (5, 2)


def test_an_ellipsis_does_not_pick_runs():
    path = descend("ravine", SGD(lr=np.array([0.1, 0.2])[:, None]), (-7, 2), 3)
    with pytest.raises(TypeError, match="index="):
        path[..., 0]


def test_a_gradient_without_a_number_is_named():
    with pytest.raises(TypeError, match="gradient at step 0 is None"):
        descend("parabola", SGD(), 4, 3, gradient=lambda x, step: None)


@pytest.mark.parametrize("rule", [AdaGrad, RMSProp])
def test_without_eps_a_zero_gradient_is_nan_and_no_crash(rule):
    path = descend(lambda x: x * x, rule(lr=0.1, eps=0), 0.0, 5)
    assert path.diverged == 1 and "undefined value" in path.summary()


def test_an_unrecorded_batch_does_not_guess_why_it_diverged():
    path = descend("ravine", SGD(lr=np.array([0.1, 60])[:, None]), (-7, 2), 500, record=False)
    assert "not finite at step" in path[1].summary()


@every_rule
def test_unrecorded_runs_take_whole_number_gradients_as_numbers(rule):
    rates = np.array([0.01, 0.1])[:, None]
    twenty = np.full((2, 2), 20, dtype=np.int8)  # its square is no int8
    ends = [
        descend("ravine", rule(lr=rates), steps=3, gradient=lambda p, k: twenty, record=record).end
        for record in (True, False)
    ]
    assert_array_equal(*ends)
    assert np.isfinite(ends[0]).all()


def test_a_division_by_zero_is_undefined_and_not_too_large():
    def pole(x):
        return 1 / x

    f = Function("pole", "1/x", pole, lambda x: 1 + 0 * x, domain=(0.1, 5), start=1.0)
    f.compared = True  # that is no gradient of 1/x
    path = descend(f, SGD(lr=1.0), steps=3)
    assert path.diverged == 1 and "undefined value at step 1" in path.summary()
    batch = descend(f, SGD(lr=np.array([1.0, 0.25, 0.1])), steps=5)
    assert batch.diverged.tolist() == [1, 4, -1] and batch.overflowed.tolist()[:2] == [False, False]
    root = Function("root", "x", lambda x: np.sqrt(x), lambda x: 0.5 / np.sqrt(x), domain=(0, 4))
    path = descend(root, SGD(lr=0.1), 0.0, 3)
    assert path.diverged == 1 and "undefined value at step 1" in path.summary()
    grown = Function("exp", "e^x", lambda x: np.exp(x), lambda x: -np.exp(x), domain=(0, 4))
    grown.compared = True
    path = descend(grown, SGD(lr=1.0), 4.0, 9)
    assert "too large to store" in path.summary()


def test_a_path_larger_than_the_memory_is_refused_before_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(place, "memory", lambda: 1e6)
    run = {"start": np.ones((100, 2)), "steps": 1000}
    told = r"steps=1000: what is kept takes about 0.00961 GB, .* 0.001 GB; record=False keeps only"
    with pytest.raises(ValueError, match=told):
        descend("ravine", Momentum(), **run)
    end = descend("ravine", Momentum(), **run, record=False).end
    assert descend("ravine", SGD(), start=(1, 1), steps=1000).points.shape == (1001, 2)
    monkeypatch.undo()
    assert np.array_equal(descend("ravine", Momentum(), **run).end, end)
    with pytest.raises(ValueError, match="record=False"):
        descend("ravine", SGD(), steps=10**12)
    assert 1e8 < place.memory() < 1e14


def test_what_is_not_recorded_is_not_kept(monkeypatch):
    """Neither of one start, which else runs on floats, nor with an optimizer for each run."""

    class Own:
        def update(self, params, grads):
            for name in params:
                params[name] -= 0.1 * grads[name]

    for rule, start, steps in ((Adam(), (-7.0, 2.0), 4000), (Own(), np.ones((20, 2)), 400)):
        kept = descend("ravine", rule, start, steps).points.nbytes
        monkeypatch.setattr(place, "memory", lambda: 1.0)
        tracemalloc.start()
        run = descend("ravine", rule, start, steps, record=False)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        monkeypatch.undo()
        again = descend("ravine", rule, start, steps)
        assert most < kept / 2
        np.testing.assert_allclose(run.end, again.end, rtol=1e-12)
        np.testing.assert_allclose(run.losses, again.losses[[0, -1]], rtol=1e-12)
        assert np.array_equal(run.diverged, again.diverged)
