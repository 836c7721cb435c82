"""Answers to the exercises of lesson 16 that its key does not list."""

import math

import numpy as np


def with_math(x, y):
    slope = math.cos(x * y)
    return [y * (2 * x + slope), x * (x + slope)]


def as_an_array(x, y):
    return np.array([2 * x * y, x * x]) + np.cos(x * y) * np.array([y, x])


def by_small_steps(x, y):
    h = 1e-5

    def f(x, y):
        return x**2 * y + np.sin(x * y)

    return (f(x + h, y) - f(x - h, y)) / (2 * h), (f(x, y + h) - f(x, y - h)) / (2 * h)


def in_a_loop(x, y, a, b, near):
    count = 0
    for k in range(len(x)):
        count += (x[k] - a) ** 2 + (y[k] - b) ** 2 <= near**2
    return count / len(x)


def by_the_norm(x, y, a, b, near):
    ends = np.stack([x, y], axis=-1)
    return (np.linalg.norm(ends - [a, b], axis=1) <= near).sum() / len(ends)


def by_squares(x, y, a, b, near):
    return float(np.mean(np.sqrt((x - a) ** 2 + (y - b) ** 2) <= near))


def away(x, y, a, b):
    return np.hypot(x - a, y - b)


def by_parts(of_the_power, inner, turn=1):
    """A gradient by rules for the derivatives of x²y, and for the inner slopes of the sine."""
    return lambda x, y: np.array(of_the_power(x, y)) + turn * math.cos(x * y) * np.array(
        inner(x, y)
    )


def counted(arrived, runs=len):
    """A share by a rule of the ways to the minimum, of how many runs there are."""
    return lambda x, y, a, b, near: np.count_nonzero(arrived(x - a, y - b, near)) / runs(x)


REFUSED = {
    "gradient by hand": [
        lambda x, y: 2 * x * y + y * np.cos(x * y),
        lambda x, y: (2 * x * y, x**2),
        lambda x, y: (2 * x * y + y * np.cos(x), x**2 + x * np.cos(y)),
        lambda x, y: (2 * y + y * np.cos(x * y), x**2 + x * np.cos(x * y)),
        lambda x, y: (x * y + y * np.cos(x * y), x**2 + x * np.cos(x * y)),
        lambda x, y: (2 * x * y + y * np.cos(x * y)) + (x**2 + x * np.cos(x * y)),
        lambda x, y: (-2 * x * y - y * np.cos(x * y), -(x**2) - x * np.cos(x * y)),
        lambda x, y: (np.cos(x * y), np.cos(x * y)),
    ],
    "rule in two lines": [
        ("v = 0.8*v + 0.2*g", "w = w - eta*v*v"),
        ("v = 0.9*v + 0.1*g", "w = w - eta*v"),
        ("v = 0.8*v + 0.2*g",),
        ("v = 0.8*v + 0.2*g", "w = w - eta*v", "w = w - eta*v"),
        ("v = 0.8*v + 0.2*g", "w = w - 0.1*v"),
        ("v = 0.8*v + 0.2*eta*g", "w = w - eta*v"),
        ("v = 0.8*g + 0.2*g", "w = w - eta*v"),
        ("v = 0.8v + 0.2g", "w = w - eta*v"),
        ("v = alpha*v + 0.2*g", "w = w - eta*v"),
        ("m = 0.8*v + 0.2*g", "w = w - eta*v"),
        "w - eta*v",
        0.8,
    ],
    "share that arrives": [
        lambda x, y, a, b, near: np.mean(away(x, y, a, b)),
        lambda x, y, a, b, near: np.mean(away(x, y, a, b) >= near),
        lambda x, y, a, b, near: np.mean(abs(x - a) + abs(y - b) <= near),
        lambda x, y, a, b, near: np.mean(away(x, y, a, b) ** 2 <= near),
        lambda x, y, a, b, near: away(x, y, a, b) <= near,
        lambda x, y, a, b, near: np.mean(abs(x - a) <= near),
        lambda x, y, a, b, near: 100 * np.mean(away(x, y, a, b) <= near),
        lambda x, y, a, b, near: np.mean(~(away(x, y, a, b) > near)),
        lambda x, y, a, b, near: np.mean(away(x, y, b, a) <= near),
    ],
}
ACCEPTED = {
    "gradient by hand": [with_math, as_an_array, by_small_steps],
    "rule in two lines": [
        ["v = 0.8*v + 0.2*g", "w = w - eta*v"],
        ("v = 0.2*g + 0.8*v", "w = w - v*eta"),
        ("v = v + 0.2*(g - v)", "w = w - eta*v"),
        ("v = 0.8*v - 0.2*g", "w = w + eta*v"),
        ("m = 0.8*m + 0.2*g", "w = w - eta*m"),
        "v = 0.8*v + 0.2*g\nw = w - eta*v",
    ],
    "share that arrives": [in_a_loop, by_the_norm, by_squares],
}
NAMED = {
    "gradient by hand": {
        "In the sine": by_parts(lambda x, y: [2 * x * y, x * x], lambda x, y: [1, 1]),
        "The two are swapped": lambda x, y: with_math(x, y)[::-1],
        "The derivative of the sine": by_parts(
            lambda x, y: [2 * x * y, x * x],
            lambda x, y: [-y * math.tan(x * y), -x * math.tan(x * y)],
        ),
        "By x, y is": by_parts(lambda x, y: [2 * x, x * x], lambda x, y: [y, x]),
        "By y, x² is": by_parts(lambda x, y: [2 * x * y, 2 * x], lambda x, y: [y, x]),
        "The inner slopes": by_parts(lambda x, y: [2 * x * y, x * x], lambda x, y: [x, y]),
    },
    "rule in two lines": {
        "That is uphill": ("m = m + 0.2*(g - m)", "w = w + m*eta"),
        "The gradient comes in whole": ("m = g + 0.8*m", "w = w - m*eta"),
        "The shares are swapped": ("m = m + 0.8*(g - m)", "w = w - m*eta"),
        "The step goes along g": ("m = m + 0.2*(g - m)", "w = w - g*eta"),
        "The rate is missing": ("m = m + 0.2*(g - m)", "w = w - m"),
        "The step comes before": ("w = w - m*eta", "m = m + 0.2*(g - m)"),
    },
    "share that arrives": {
        "That is a count": lambda x, y, a, b, near: len(x) * in_a_loop(x, y, a, b, near),
        "Runs that diverged": counted(
            lambda dx, dy, near: dx**2 + dy**2 <= near**2, lambda x: np.isfinite(x).sum()
        ),
        "That is a square": counted(lambda dx, dy, near: np.maximum(abs(dx), abs(dy)) <= near),
        "That is the share that does not": lambda *given: 1 - in_a_loop(*given),
        "That is the share that ends": counted(lambda dx, dy, near: dx**2 + dy**2 > near**2),
        "At most `near`": counted(lambda dx, dy, near: near**2 - dx**2 - dy**2 > 0),
        "That is the distance": lambda x, y, a, b, near: in_a_loop(x, y, 0, 0, near),
    },
}
