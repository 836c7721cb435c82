"""Answers to the exercises of lesson 05 that its key does not list."""

import math

import numpy as np


def in_place(x, slope, lr):
    x -= lr * slope(x)
    return x


def by_recursion(slope, x, lr, steps):
    return x if steps == 0 else by_recursion(slope, x + lr * slope(x), lr, steps - 1)


def with_a_path(slope, x, lr, steps):
    path = [x]
    while len(path) <= steps:
        path.append(path[-1] - lr * -slope(path[-1]))
    return path[-1]


def as_an_array(slope, x, lr, steps):
    for _ in range(steps):
        x = x + np.asarray(lr) * slope(x)
    return np.asarray(x)


def repeated(slope, x, lr, times, turn=1.0):
    for _ in range(times):
        x = x + turn * lr * slope(x)
    return x


def of_the_first_point(slope, x, lr, steps):
    first = x
    for _ in range(steps):
        x = first + lr * slope(x)
    return x


def returned_too_early(slope, x, lr, steps):
    while steps > 0:
        x += slope(x) * lr
        return x


def measured_once(slope, x, lr, steps):
    step = lr * slope(x)
    for _ in range(steps):
        x = x + step
    return x


def to_come_near(start, factor=0.98):
    """The steps from so far away to 0.01, not yet rounded."""
    return math.log(0.01 / start, factor)


REFUSED = {
    "one step": [
        lambda x, slope, lr: x - lr * abs(slope(x)),
        lambda x, slope, lr: x - lr * (2 * x - 4),
        lambda x, slope, lr: x - 0.2 * slope(x),
        lambda x, slope, lr: x - lr * slope(4.0),
        lambda x, slope, lr: x * (1 - lr * slope(x)),
        lambda x, slope, lr: x - lr * slope(x) ** 2,
        lambda x, slope, lr: x - lr * np.sign(slope(x)),
        lambda x, slope, lr: x - lr / slope(x),
        lambda x, slope, lr: lr * slope(x) - x,
        lambda x, slope, lr: [x, x - lr * slope(x)],
    ],
    "how many steps": [265, 261, 0.98, 526, 200, 131, "263 steps", [263, 264]],
    "climb": [
        lambda slope, x, lr, steps: repeated(slope, x, lr, steps - 1),
        lambda slope, x, lr, steps: repeated(slope, x, lr, steps + 1),
        lambda slope, x, lr, steps: repeated(lambda x: abs(slope(x)), x, lr, steps),
        lambda slope, x, lr, steps: repeated(slope, 2.5, lr, steps),
        lambda slope, x, lr, steps: repeated(slope, x, 0.1, steps, turn=2.0),
        lambda slope, x, lr, steps: repeated(slope, x, lr, 200),
        lambda slope, x, lr, steps: 2.0288,
        of_the_first_point,
    ],
}
ACCEPTED = {
    "one step": [
        in_place,
        lambda x, slope, lr: x + lr * -slope(x),
        lambda x, slope, lr: -(lr * slope(x) - x),
        lambda x, slope, lr: np.float64(x) - slope(x) * np.array(lr),
    ],
    "how many steps": [263, 263.0, np.int64(263), np.array(263)],
    "climb": [by_recursion, with_a_path, as_an_array],
}
NAMED = {
    "one step": {
        "That is uphill": lambda x, slope, lr: np.add(x, np.multiply(slope(x), lr)),
        "The slope is missing": lambda x, slope, lr: np.subtract(x, lr),
        "The rate is missing": lambda x, slope, lr: in_place(x, slope, 1),
        "That is the step alone": lambda x, slope, lr: x - lr * slope(x) - x,
        "That is the rate times the slope alone": lambda x, slope, lr: np.multiply(slope(x), lr),
    },
    "how many steps": {
        "One short": math.floor(to_come_near(4 - 2)),
        "One too many": math.ceil(to_come_near(4 - 2)) + 1,
        "Right equation": to_come_near(4 - 2),
        "That starts 1 away": math.ceil(to_come_near(1)),
        "That starts 4 away": math.ceil(to_come_near(4)),
    },
    "climb": {
        "That is the valley": lambda slope, x, lr, steps: repeated(slope, x, lr, steps, turn=-1.0),
        "That is one step": returned_too_early,
        "It measures the slope once": measured_once,
    },
}
