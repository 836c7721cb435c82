"""Answers to the exercises of lesson 06 that its key does not list."""

import numpy as np

from optimlab import functions

TOP = functions.wave.stationary[0]


def by_cases(rate, curvature):
    if rate <= 0:
        return False
    return bool(rate * curvature < 2)


def by_trying(rate, curvature):
    distance = 1.0
    distance -= rate * curvature * distance
    return abs(distance) < 1 - 1e-12


def on_the_losses(f, slope, x, lr, steps):
    """Keeps the losses beside the points."""
    points, losses = [x], [f(x)]
    for _ in range(steps):
        new = points[-1] - lr * slope(points[-1])
        if f(new) > 10 * min(losses):
            return points
        points.append(new)
        losses.append(f(new))
    return points


def with_the_lowest(f, slope, x, lr, steps):
    path, lowest = np.array([x]), f(x)
    while len(path) < steps + 1:
        x -= lr * slope(x)
        if f(x) / lowest > 10:
            break
        path, lowest = np.append(path, x), min(lowest, f(x))
    return path


def cut_afterwards(f, slope, x, lr, steps):
    path = [x]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(path[-1]))
    losses = [f(p) for p in path]
    for k in range(1, len(path)):
        if losses[k] > 10 * min(losses[:k]):
            return tuple(path[:k])
    return tuple(path)


def guarded_by(stop, f, slope, x, lr, steps):
    path = [x]
    for _ in range(steps):
        new = x - lr * slope(x)
        if stop(f, new, path):
            break
        x = new
        path.append(x)
    return path


def wrong_guard(stop):
    return lambda *given: guarded_by(stop, *given)


def losses_below(bound):
    """A descent that returns its points before a loss exceeds what the losses so far allow."""

    def descent(f, slope, x, lr, steps):
        points, losses = [x], [f(x)]
        while len(points) <= steps:
            x -= lr * slope(x)
            if f(x) > bound(losses):
                return points
            points, losses = [*points, x], [*losses, f(x)]
        return points

    return descent


def looked_at_afterwards(f, slope, x, lr, steps):
    path = [x]
    while len(path) <= steps and f(path[-1]) <= 10 * min(map(f, path)):
        path.append(path[-1] - lr * slope(path[-1]))
    return path


def never_put_back(f, slope, x, lr, steps, kept=lambda x, new: new):
    path, lowest = [x], f(x)
    for _ in range(steps):
        new = x - lr * slope(x)
        if f(new) > 10 * lowest:
            break
        path.append(kept(x, new))
        lowest = min(lowest, f(new))
    return path


def returned_in_the_loop(f, slope, x, lr, steps):
    path = np.array([x])
    for _ in range(steps):
        new = path[-1] - lr * slope(path[-1])
        if f(new) > 10 * min(f(path)):
            break
        path = np.append(path, new)
        return path


def bad_points_left_out(f, slope, x, lr, steps):
    path = []
    for new in losses_below(lambda losses: np.inf)(f, slope, x, lr, steps):
        if f(new) <= 10 * min(map(f, path), default=np.inf):
            path.append(new)
    return path


REFUSED = {
    "which rates stay": [
        lambda rate, curvature: rate < 0.3836,
        lambda rate, curvature: rate < 4 / curvature,
        lambda rate, curvature: rate * curvature < 1.95,
        lambda rate, curvature: rate < 2 / curvature**2,
        lambda rate, curvature: rate < 2 / np.sqrt(curvature),
        lambda rate, curvature: abs(1 - rate) < curvature,
        lambda rate, curvature: rate < min(1, 2 / curvature),
        lambda rate, curvature: 1 - rate * curvature,
        lambda rate, curvature: 2 / curvature,
        lambda rate, curvature: False,
    ],
    "largest rate": [0.3, 0.5, 0.25, 1 / 12, "1/3", 0.34, 1 / 36, [0, 1 / 3]],
    "two starts": [
        [2.0, 2.0],
        [2.03, 2.08],
        [1.95, 2.02],
        [1.9, 2.0],
        [2.02, 2.13],
        [4.9, 4.95],
        [-0.05, 0.04],
        2.0288,
        [2.0, 2.02, 2.05],
    ],
    "a careful descent": [
        wrong_guard(lambda f, new, path: f(new) >= 10),
        wrong_guard(lambda f, new, path: f(new) > f(path[-1]) + 10),
        wrong_guard(lambda f, new, path: f(new) > 100 * min(f(p) for p in path)),
        wrong_guard(lambda f, new, path: f(new) > 9 * min(f(p) for p in path)),
        wrong_guard(lambda f, new, path: f(path[-1]) > 10 * min(f(p) for p in path)),
        wrong_guard(lambda f, new, path: f(new) > 10 * np.mean([f(p) for p in path])),
        wrong_guard(lambda f, new, path: f(new) > 10 * min(f(p) for p in path[-2:])),
        wrong_guard(lambda f, new, path: abs(new) > 10 * min(abs(p) for p in path)),
        wrong_guard(lambda f, new, path: 10 * f(new) < min(f(p) for p in path)),
        lambda *given: [given[0](p) for p in on_the_losses(*given)],
        lambda *given: on_the_losses(*given)[-1],
        lambda f, slope, x, lr, steps: on_the_losses(f, slope, x, lr, steps - 1),
        lambda f, slope, x, lr, steps: on_the_losses(f, slope, 2.5, lr, steps),
    ],
}
ACCEPTED = {
    "which rates stay": [
        by_cases,
        by_trying,
        lambda rate, curvature: rate * curvature < 2,
        lambda rate, curvature: rate < 2 / curvature,
        lambda rate, curvature: -1 < 1 - rate * curvature < 1,
        lambda rate, curvature: (1 - rate * curvature) ** 2 < 1,
        lambda rate, curvature: np.abs(1 - np.multiply(rate, curvature)) < 1,
    ],
    "largest rate": [1 / 3, 0.333, np.float64(2) / 6, np.array(1 / 3)],
    "two starts": [
        [2.0, 2.05],
        (2.08, 1.99),
        np.array([TOP - 0.01, TOP + 0.01]),
        [np.float64(2.0), np.float32(2.09)],
    ],
    "a careful descent": [on_the_losses, with_the_lowest, cut_afterwards],
}
NAMED = {
    "which rates stay": {
        "It lets every large rate pass": lambda rate, curvature: rate * curvature > 0,
        "At 1/f'' the factor": lambda rate, curvature: rate * curvature < 1,
        "1/f'' is the fastest rate": lambda rate, curvature: 1 - rate * curvature >= 0,
        "At the limit itself": lambda rate, curvature: not rate * curvature > 2,
        "It lets the rates below 1": lambda rate, curvature: -1 < 1 - rate * 2 < 1,
        "That is upside down: a larger": lambda rate, curvature: not 2 * rate > curvature,
        "That is upside down: it allows": lambda rate, curvature: rate / curvature < 2,
        "Which rates are too large": lambda rate, curvature: abs(1 - rate) < 1,
        "That finds the runs that move away": lambda rate, curvature: rate > 2 / curvature,
        "That finds the runs that do not": lambda rate, curvature: not by_cases(rate, curvature),
    },
    "largest rate": {
        "That is the fastest rate": 1 / (2 * 3),
        "That multiplies by": 2 * (3 * 2),
        "That is upside down": 3 * 2 / 2,
        "f'' is not 3": (1 - -1) / 3,
        "That is the limit of x²": 2 / functions.parabola.hessian(2.0),
        "That is the minimum": -np.polyder([3, -12, 12])[1] / 6,
        "That is f''": np.polyder([3, -12, 12], 2)[0],
        "That is the limit of the deep": 2 / functions.wave.hessian(functions.wave.minima[0]),
    },
    "two starts": {
        "They lie too far apart": (TOP - 0.06, TOP + 0.06),
        "Both end in the same valley": (TOP + 0.01, TOP + 0.06),
        "One of them settles in no valley": [-TOP + 0.01, -TOP - 0.01],
    },
    "a careful descent": {
        "It checks too late": looked_at_afterwards,
        "It compares with the first loss": losses_below(lambda losses: 10 * losses[0]),
        "It compares with the loss before": losses_below(lambda losses: 10 * losses[-1]),
        "It compares with the highest loss": losses_below(lambda losses: 10 * sorted(losses)[-1]),
        "It stops at any rise": losses_below(min),
        "It compares with 10 itself": losses_below(lambda losses: 10),
        "`min(path)` is the leftmost": wrong_guard(
            lambda f, new, path: f(new) / f(np.sort(path)[0]) > 10
        ),
        "It never stops early": losses_below(lambda losses: np.inf),
        "Each step starts where": never_put_back,
        "The path holds the start": lambda *given: never_put_back(*given, kept=lambda x, new: x),
        "It ends after one step": returned_in_the_loop,
        "That is uphill": lambda f, slope, x, lr, steps: on_the_losses(f, slope, x, -lr, steps),
        "The start belongs to": lambda *given: with_the_lowest(*given)[1:],
        "It leaves the bad point out": bad_points_left_out,
    },
}
