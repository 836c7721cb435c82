"""Sweeps over the learning rate in one run per rule, and networks trained by six rules at once.

The sweep stands beside two loops over the rates. The first is the one a learner writes: for each
rate an optimizer, and for each step a gradient and an `update`. The second calls `descend` for each
rate, which runs a single path on plain floats and is itself many times faster than the first.
"""

from __future__ import annotations

import time

import numpy as np
from report import Row, compare, limit, median

from optimlab import data, descend, functions, optimizers, training, tuning

STEPS, REPEATS, LOOPS = 200, 9, 3
SWEEP_AT_MOST = 1 / 15
SECONDS_AT_MOST = 60.0
FORMULA_AT_MOST = 1.5
SIX = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam")
#: rates at which each rule learns both data sets
RATES = (0.5, 0.1, 0.1, 0.2, 0.003, 0.02)
SEEDS, EPOCHS = range(5), 100


def rows():
    return [*sweep_rows(), *formula_rows(), network_row()]


# --- a function typed as text ------------------------------------------------------------------


def formula_rows():
    """Himmelblau's function as a text, and as one writes it in numpy, at many points."""
    typed = functions.parse("(x^2 + y - 11)^2 + (x + y^2 - 7)^2")

    def value(p):
        x, y = p[..., 0], p[..., 1]
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def gradient(p):
        x, y = p[..., 0], p[..., 1]
        a, b = x**2 + y - 11, x + y**2 - 7
        return np.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], axis=-1)

    rows = []
    for n in (1_000, 40_000):
        points = np.random.default_rng(0).uniform(-5, 5, (n, 2))
        both = ("value", typed.value, value), ("gradient", typed.gradient, gradient)
        for what, ours, hand in both:
            np.testing.assert_allclose(ours(points), hand(points), rtol=1e-9, atol=1e-9)
            loops = [lambda f=f, p=points: [f(p) for _ in range(20)] for f in (ours, hand)]
            pairs = [[seconds(loop) for loop in loops] for _ in range(61)]  # load is shared,
            took = [min(one) for one in zip(*pairs, strict=True)]  # and only adds
            name = f"{what} of a function typed as text, {n} points"
            rows.append(compare(name, *took, "the same by hand in numpy", FORMULA_AT_MOST))
    return rows


# --- sweeps ------------------------------------------------------------------------------------


def sweep_rows():
    """All nine rules at 60 rates: batched, by hand, and one `descend` after another."""
    rates, ravine = tuning.RATES, functions.ravine

    def batched():
        return [descend(ravine, rule(lr=rates[:, None]), steps=STEPS) for rule in tuning.RULES]

    def one_by_one():
        return [[descend(ravine, rule(lr=float(r)), steps=STEPS) for r in rates]
                for rule in tuning.RULES]  # fmt: skip

    def by_hand():
        return [[final_point(rule(lr=float(r))) for r in rates] for rule in tuning.RULES]

    for batch, loop, hand in zip(batched(), one_by_one(), by_hand(), strict=True):
        alone = np.array([path.end for path in loop])
        np.testing.assert_allclose(batch.end, alone, rtol=1e-9, atol=1e-9)
        known = np.isfinite(alone).all(axis=1)  # by hand, numbers overflow in their own time
        np.testing.assert_allclose(np.array(hand)[known], alone[known], rtol=1e-9, atol=1e-9)
    ours = [seconds(batched) for _ in range(REPEATS)]
    hand = [seconds(by_hand) for _ in range(LOOPS)]
    loop = [seconds(one_by_one) for _ in range(LOOPS)]
    what = f"{len(tuning.RULES)} rules × {len(rates)} rates × {STEPS} steps, recorded"
    ours, hand, loop = map(median, (ours, hand, loop))
    beside = compare("", ours, loop, "a loop of `descend`, on plain floats", 1)
    return [
        compare(what, ours, hand, "a loop of `update` over the rates", SWEEP_AT_MOST),
        Row("the same", beside.ours, beside.against, beside.ratio),
    ]


def final_point(optimizer):
    """A run as a learner writes it."""
    params = {"w": np.array(functions.ravine.start)}
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            at = optimizer.probe(params)["w"]
            optimizer.update(params, {"w": functions.ravine.gradient(at)})
    return params["w"]


# --- networks ----------------------------------------------------------------------------------


def network_row():
    """Six rules × five seeds on both data sets, as lesson 15b compares them."""
    flowers = data.iris().standardised()
    arms = data.spirals(rng=np.random.default_rng(0)).standardised()
    tasks = [(flowers, training.Network((16,))), (arms, training.Network((16, 16)))]
    begin = time.process_time()
    for examples, model in tasks:
        for name, rate in zip(SIX, RATES, strict=True):
            rule = getattr(optimizers, name)(lr=rate)
            run = training.Training(model, examples, rule, batch_size=16, seeds=list(SEEDS))
            run.run(epochs=EPOCHS)
            if not np.all(run.losses[-1] < 0.5 * run.losses[0]):
                raise RuntimeError(f"{name} at {rate} has learned too little to be timed")
    spent = time.process_time() - begin
    what = f"6 rules × 5 seeds × {EPOCHS} epochs on iris and on spirals, processor time"
    return limit(what, spent, SECONDS_AT_MOST)


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
