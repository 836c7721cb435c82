"""Answers to the exercises of lesson 07a that its key does not list."""

import numpy as np

from optimlab import functions


def on(f, a, b, t):
    """The chord from a to b, at the place that t says."""
    return f(a) + (f(b) - f(a)) * t


def by_slope(f, a, b, t):
    x = a + t * (b - a)
    return f(x) - (f(a) + (f(b) - f(a)) / (b - a) * (x - a))


def from_the_left(f, a, b, t):
    a, b = min(a, b), max(a, b)
    return f(a + t * (b - a)) - on(f, a, b, t)


def as_an_array(f, a, b, t):
    at, ends = np.array([1 - t, t]), np.array([a, b])
    return f(at @ ends) - np.sum(at * np.array([f(a), f(b)]))


def with_a_minus(f, a, b, t):
    return -on(f, a, b, t) + f(a + t * (b - a))


def in_loops(xs, ys):
    return [[x for _ in ys] for x in xs], [[y for y in ys] for _ in xs]


def filled(xs, ys):
    x, y = np.zeros((len(xs), len(ys))), np.zeros((len(xs), len(ys)))
    for i, value in enumerate(xs):
        x[i] = value
        y[i, :] = ys
    return x, y


def turned(xs, ys):
    return [part.T for part in np.meshgrid(xs, ys)]


def evenly(xs, ys):
    even = np.linspace(xs[0], xs[-1], len(xs)), np.linspace(ys[0], ys[-1], len(ys))
    return np.meshgrid(*even, indexing="ij")


def by_counting(curvatures):
    up = sum(1 for c in curvatures if c > 0)
    down = sum(1 for c in curvatures if c < 0)
    if up and down:
        return "saddle"
    if up == len(curvatures):
        return "minimum"
    return "maximum" if down == len(curvatures) else "unclear"


def by_arrays(curvatures):
    signs = np.sign(curvatures)
    if (signs == 1).all():
        return np.str_("minimum")
    if (signs == -1).all():
        return np.str_("maximum")
    return "saddle" if {1.0, -1.0} <= set(signs.tolist()) else "unclear"


def sorted_first(curvatures):
    low, *_, high = sorted([*curvatures, *curvatures])
    if low > 0 or high < 0:
        return "minimum" if low > 0 else "maximum"
    return "unclear" if low == 0 or high == 0 else "saddle"


def named(minimum, maximum, saddle):
    """What says the first name whose rule holds."""

    def place(curvatures):
        if minimum(curvatures):
            return "minimum"
        if maximum(curvatures):
            return "maximum"
        return "saddle" if saddle(curvatures) else "unclear"

    return place


def at(a, b, t):
    return a + t * (b - a)


def repeat(values, times):
    return np.repeat(values[:, None], times, axis=1)


def never(name, curvatures):
    said = by_counting(curvatures)
    return "unclear" if said == name else said


def maximum_first(curvatures):
    if any(curvatures < 0):
        return "maximum"
    return "minimum" if any(curvatures > 0) and all(curvatures >= 0) else "unclear"


def if_in_order(curvatures):
    low, high = curvatures[:2]
    if low > 0:
        return "minimum"
    if high < 0:
        return "maximum"
    return "unclear" if low == 0 or high == 0 else "saddle"


REFUSED = {
    "above the chord": [
        lambda f, a, b, t: abs(f((1 - t) * a + t * b) - on(f, a, b, t)),
        lambda f, a, b, t: max(f((1 - t) * a + t * b) - on(f, a, b, t), 0.0),
        lambda f, a, b, t: functions.wave((1 - t) * a + t * b) - on(functions.wave, a, b, t),
        lambda f, a, b, t: f((1 - t) * a + t * b) - (f(a) + f(b)) / 2,
        lambda f, a, b, t: f((a + b) / 2) - on(f, a, b, t),
        lambda f, a, b, t: f(t) - on(f, a, b, t),
        lambda f, a, b, t: f((1 - t) * a + t * b) - f(a),
        lambda f, a, b, t: f((1 - t) * a + t * b) > on(f, a, b, t),
        lambda f, a, b, t: f((1 - t) * a + t * b) - ((1 - t) * a + t * b),
        lambda f, a, b, t: f(a + t * (b - a)) / on(f, a, b, t),
        lambda f, a, b, t: f((1 - t) * a + t * b) - (1 - t) * f(a) + t * f(b),
        from_the_left,
    ],
    "a mesh": [
        lambda xs, ys: np.meshgrid(xs, ys)[::-1],
        lambda xs, ys: (np.outer(xs, np.ones(25)), np.outer(np.ones(40), ys)),
        lambda xs, ys: np.meshgrid(np.sort(xs), ys, indexing="ij"),
        lambda xs, ys: (np.outer(xs, np.ones_like(xs)), np.outer(np.ones_like(ys), ys)),
        lambda xs, ys: np.meshgrid(xs, xs, indexing="ij"),
        lambda xs, ys: (np.outer(xs, np.ones(len(ys))),) * 2,
        lambda xs, ys: np.outer(xs, ys),
        lambda xs, ys: [(x, y) for x in xs for y in ys],
        evenly,
    ],
    "what place is it": [
        named(lambda c: np.prod(c) > 0 and c[0] > 0, lambda c: max(c) < 0, lambda c: min(c) < 0),
        named(lambda c: sum(c) > 0, lambda c: sum(c) < 0, lambda c: True),
        named(lambda c: all(c > 0), lambda c: all(c < 0), lambda c: np.prod(c) < 0),
        named(lambda c: all(c[:2] > 0), lambda c: all(c[:2] < 0), lambda c: min(c) < 0 < max(c)),
        named(lambda c: min(c) > 0.1, lambda c: max(c) < -0.1, lambda c: min(c) < 0 < max(c)),
        named(lambda c: min(c) > 0.1, lambda c: max(c) < 0, lambda c: min(c) < 0 < max(c)),
        named(lambda c: min(c) > 0, lambda c: max(c) < -0.1, lambda c: min(c) < 0 < max(c)),
        named(lambda c: min(c) > 0, lambda c: max(c) < 0, lambda c: c[0] * c[-1] < 0),
        named(lambda c: min(c) > 0, lambda c: max(c) < 0, lambda c: min(c) < 0),
        named(lambda c: min(c) > 0, lambda c: max(c) < 0, lambda c: max(c) > 0),
        lambda curvatures: "saddle",
        lambda curvatures: min(curvatures) > 0,
    ],
}
ACCEPTED = {
    "above the chord": [by_slope, as_an_array, with_a_minus],
    "a mesh": [in_loops, filled, turned, lambda xs, ys: np.meshgrid(xs, ys, indexing="ij")],
    "what place is it": [by_counting, by_arrays, sorted_first],
}
NAMED = {
    "above the chord": {
        "That is how far it is below": lambda f, a, b, t: on(f, a, b, t) - f(at(a, b, t)),
        "The weights of the chord": lambda f, a, b, t: f(at(a, b, t)) - on(f, b, a, t),
        "The place is taken from b": lambda f, a, b, t: f(at(b, a, t)) - on(f, a, b, t),
        "That is the midpoint": lambda f, a, b, t: f((a + b) / 2) - (f(a) + f(b)) / 2,
        "That is the curve": lambda f, a, b, t: f(at(a, b, t)),
        "That is the chord": lambda f, a, b, t: np.interp(t, [0, 1], [f(a), f(b)]),
        "At t = 1 your chord": lambda f, a, b, t: f(at(a, b, t)) - f(a) - t * f(b),
    },
    "a mesh": {
        "Your y lies on its side": lambda xs, ys: (repeat(xs, len(ys)), repeat(ys, len(xs))),
        "Your x lies on its side": lambda xs, ys: in_loops(ys, xs)[::-1],
        "With 5 values of x and 4 of y your x": lambda xs, ys: [list(xs), list(ys)],
        "With 5 values of x and 4 of y your y": lambda xs, ys: (
            repeat(xs, len(ys)),
            [list(ys) for _ in ys],
        ),
        "Right arrays, in the wrong order": lambda xs, ys: filled(xs, ys)[::-1],
        "The shapes are right": lambda xs, ys: np.indices((len(xs), len(ys))),
    },
    "what place is it": {
        "With a curvature of 0": named(
            lambda c: not any(c < 0), lambda c: not any(c > 0), lambda c: True
        ),
        "One curvature upwards": named(lambda c: any(c > 0), lambda c: any(c < 0), lambda c: False),
        "One curvature downwards": maximum_first,
        "Two negative ones": named(
            lambda c: np.prod(c) > 0, lambda c: all(c < 0), lambda c: any(c > 0) and any(c < 0)
        ),
        "Minimum and maximum": lambda curvatures: by_arrays(-curvatures),
        "A curvature of 0 does not": named(
            lambda c: all(c > 0), lambda c: all(c < 0), lambda c: True
        ),
        "They need not be in order": if_in_order,
        "It never says maximum": lambda curvatures: never("maximum", curvatures),
        "It never says saddle": lambda curvatures: never("saddle", curvatures),
    },
}
