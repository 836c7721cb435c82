"""Answers to the exercises of lesson 00 that its key does not list."""

import numpy as np


def in_a_loop(x, y):
    total = 0.0
    for value, divisor in [(x, 20), (y, 1)]:
        total += value * value / divisor
    return total


def with_named_parts(x, y):
    wide, steep = np.square(x) / 20, np.square(y)
    return np.add(wide, steep)


REFUSED = {
    "half": [0.5, 0.44, 0.045, 4.5, -0.45, 1.35, 1.4, "0.45", [0.9, 0.45], 0.9**0.5, 0.45001],
    "height": [
        lambda x, y: x ^ 2 / 20 + y ^ 2,
        lambda x, y: x**2 / 20 + y,
        lambda x, y: abs(x) / 20 + y**2,
        lambda x, y: x**2 * 20 + y**2,
        lambda x, y: x**2 / (20 + y**2),
        lambda x, y: -(x**2) / 20 + y**2,
        lambda x, y: x**2 / 20 + y**3,
        lambda x, y: x**2 / 20 * y**2,
        lambda x, y: x**2 // 20 + y**2,
        lambda x, y: 6.45,
        lambda x, y: [x**2 / 20, y**2],
        lambda x, y: 2 * x / 20 + 2 * y - x,
    ],
}
ACCEPTED = {
    "half": [0.45, 9 / 20, np.float64(0.9) / 2, np.array(0.45)],
    "height": [
        in_a_loop,
        with_named_parts,
        lambda x, y: 0.05 * x * x + y * y,
        lambda x, y: np.array([x * x, y * y]) @ [1 / 20, 1],
        lambda x, y: pow(x, 2) / 20 + pow(y, 2),
    ],
}
NAMED = {
    "half": {
        "That is twice": 0.9 + 0.9,
        "That is 0.9 less": 0.9 - 0.5,
        "That is 0.9 itself": 2 * 0.9 / 2,
        "That is 0.9 times": 0.9**2,
    },
    "height": {
        "Here y² is divided by 20, too": lambda x, y: 0.05 * np.add(x * x, y * y),
        "Here y² is divided by 20, not": lambda x, y: np.dot([x * x, y * y], [1, 1 / 20]),
        "The squares are missing": lambda x, y: np.dot([x, y], [0.05, 1]),
        "That is twice x": lambda x, y: 0.05 * (x + x) + (y + y),
        "That falls along y": lambda x, y: 0.05 * x * x - y * y,
        "Here x is divided first": lambda x, y: np.square(0.05 * x) + np.square(y),
    },
}
