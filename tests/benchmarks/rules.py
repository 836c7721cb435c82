"""The update rules in numpy beside the same rules in `torch.optim`, on one thread.

A path: both are fed the same gradients and record every point. torch is given them ready-made and
`descend` measures them itself, so the comparison errs against optimlab. A large batch: both measure
the gradient of the ravine in each step and keep the last points alone. A rule of one's own stands
beside one of ours that is as long. A map of basins is such a batch with a label for each run.
"""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
from report import Row, compare, digits, limit

from optimlab import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp, descend, functions
from optimlab.optimizers import Optimizer
from optimlab.study.outcomes import basin_map

START = (-7.0, 2.0)
STEPS, PATH_AT_MOST = 1000, 1 / 10
SIDE, BATCH_STEPS, BATCH_AT_MOST = 200, 100, 1.0
MAP_STEPS, ARRAYS_AT_MOST = 300, 8
OWN_AT_MOST = 1.3
REPEATS = 25
SLOPES = (0.1, 2.0)  # the ravine's gradient is its point times these


def rows():
    """One row a rule, then the batch; without torch a sentence instead of the numbers."""
    try:
        import torch
    except ImportError:
        said = "not measured: torch is not installed (`pip install torch`)"
        return [
            Row(f"path of {STEPS:,} steps, each rule", said, target="at most 1/10"),
            Row(batch_name(), said, target="at most 1"),
            memory_row(),
            own_row(),
        ]
    torch.set_num_threads(1)
    paths = [path_row(torch, *pair) for pair in pairs(torch.optim)]
    maps = [map_row(torch, *pair) for pair in pairs(torch.optim)]
    return [*paths, batch_row(torch), *maps, memory_row(), own_row()]


def batch_name():
    return f"Adam, {SIDE**2:,} starts × {BATCH_STEPS} steps, not recorded"


def pairs(optim):
    """Our rule and a function that makes torch's, with the same hyperparameters."""
    return [
        (SGD(lr=0.1), lambda p: optim.SGD([p], lr=0.1)),
        (Momentum(lr=0.1), lambda p: optim.SGD([p], lr=0.1, momentum=0.9)),
        (Nesterov(lr=0.1), lambda p: optim.SGD([p], lr=0.1, momentum=0.9, nesterov=True)),
        (AdaGrad(lr=0.5), lambda p: optim.Adagrad([p], lr=0.5, eps=1e-7)),
        (RMSProp(lr=0.01), lambda p: optim.RMSprop([p], lr=0.01, alpha=0.9)),
        (Adam(lr=0.1), lambda p: optim.Adam([p], lr=0.1)),
    ]


# --- a path ------------------------------------------------------------------------------------


def path_row(torch, rule, make):
    name = type(rule).__name__

    def ours():
        return descend(functions.ravine, rule, START, STEPS)

    path = ours()
    gradients = torch.tensor(path.gradients)

    def theirs():
        return torch_path(torch, make, gradients)

    expected = path.points
    if name == "Nesterov":  # torch stores the points that ours looks ahead to
        expected = path.points + rule.momentum * path.states["v"]
    same_points(theirs(), expected, name)
    mine, torchs = in_turn(ours, theirs)
    what = f"path of {STEPS:,} steps, {name}"
    return compare(what, mine, torchs, "`torch.optim`, same gradients", PATH_AT_MOST)


def torch_path(torch, make, gradients):
    """The recorded points of torch's rule, as an array (steps + 1, 2)."""
    point = torch.tensor(START, dtype=torch.float64)
    optimizer = make(point)
    points = torch.empty((len(gradients) + 1, 2), dtype=torch.float64)
    points[0] = point
    with torch.no_grad():
        for k, gradient in enumerate(gradients):
            point.grad = gradient
            optimizer.step()
            points[k + 1] = point
    return points.numpy()


# --- a batch -----------------------------------------------------------------------------------


def many_starts():
    (left, right), (low, high) = functions.ravine.domain
    x, y = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(low, high, SIDE))
    return np.stack([x, y], axis=-1).reshape(-1, 2)


def batch_row(torch):
    starts = many_starts()

    def ours():
        return descend(functions.ravine, Adam(lr=0.1), starts, BATCH_STEPS, record=False).end

    def theirs():
        return torch_batch(torch, starts, lambda p: torch.optim.Adam([p], lr=0.1), BATCH_STEPS)

    same_points(theirs(), ours(), "Adam on many starts")
    mine, torchs = in_turn(ours, theirs)
    return compare(batch_name(), mine, torchs, "`torch.optim.Adam`, one thread", BATCH_AT_MOST)


def map_row(torch, rule, make):
    """A map of basins with its labels beside torch's walk of the same runs."""
    starts = many_starts()
    mine, torchs = in_turn(
        lambda: basin_map(functions.ravine, rule, starts, MAP_STEPS),
        lambda: torch_batch(torch, starts, make, MAP_STEPS),
    )
    what = f"map of {SIDE} × {SIDE} runs of {MAP_STEPS} steps, {type(rule).__name__}"
    return compare(what, mine, torchs, "`torch.optim`, the runs alone", BATCH_AT_MOST)


def memory_row():
    starts = many_starts()
    tracemalloc.start()
    basin_map(functions.ravine, Adam(lr=0.1), starts, 3)
    most = tracemalloc.get_traced_memory()[1] / starts.nbytes
    tracemalloc.stop()
    return limit("memory of Adam's map, in arrays of its starts", most, ARRAYS_AT_MOST, digits)


def torch_batch(torch, starts, make, steps):
    points = torch.tensor(starts)
    slopes = torch.tensor(SLOPES, dtype=torch.float64)
    points.grad = torch.empty_like(points)
    optimizer = make(points)
    with torch.no_grad():
        for _ in range(steps):
            torch.mul(points, slopes, out=points.grad)
            optimizer.step()
    return points.numpy()


# --- a rule of one's own -----------------------------------------------------------------------


class FixedLength(Optimizer):
    """The README's example."""

    rules = ("w = w - eta*g/(sqrt(g*g) + delta)",)
    eps = 1e-9


def own_row():
    own, ours = (
        lambda rule=rule: descend(functions.ravine, rule(lr=0.01), START, STEPS)
        for rule in (FixedLength, AdaGrad)
    )
    what = f"path of {STEPS:,} steps, the README's own rule"
    return compare(what, *in_turn(own, ours), "AdaGrad", OWN_AT_MOST)


# --- both --------------------------------------------------------------------------------------


def same_points(found, expected, name):
    """A comparison of two different rules would mean nothing."""
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=name)


def in_turn(*runs):
    """The least seconds of each run, for load only adds; they take turns on the same machine."""
    seconds = [[] for _ in runs]
    for _ in range(REPEATS):
        for run, values in zip(runs, seconds, strict=True):
            start = time.perf_counter()
            run()
            values.append(time.perf_counter() - start)
    return [min(values) for values in seconds]
