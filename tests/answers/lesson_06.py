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
    "largest rate": [0.3, 0.5, 0.25, 6 / 2, "1/3", 0.34, 1 / 36, [0, 1 / 3]],
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
