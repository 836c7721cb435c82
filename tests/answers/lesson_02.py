"""Answers to the exercises of lesson 02 that its key does not list."""

import math

import numpy as np

AT, ARROW = np.array([12, -5]), np.array([3, 4])  # the gradient and the way of the second exercise


def height(x, y):
    return x**3 * y + 2 * x * y**3 - 5 * y


def ratios(x, y, h):
    along_x = (height(x + h, y) - height(x - h, y)) / (2 * h)
    return along_x, (height(x, y + h) - height(x, y - h)) / (2 * h)


def in_words(x, y):
    along_x = np.sum([3 * y * x * x, 2 * y * y * y])
    along_y = x * (x * x + 6 * y * y) - 5
    return np.array([along_x, along_y])


def from_a_table(x, y):
    along_x = along_y = 0.0
    for factor, n, m in [(1, 3, 1), (2, 1, 3), (-5, 0, 1)]:
        along_x += factor * n * x ** max(n - 1, 0) * y**m
        along_y += factor * m * x**n * y ** (m - 1)
    return along_x, along_y


def on_a_copy(point, gradient, length):
    size, new = np.linalg.norm(gradient), point.copy()
    if size > 0:
        new -= length / size * gradient
    return new


def in_place(point, gradient, length):
    if gradient.any():
        point -= length * gradient / np.linalg.norm(gradient)
    return point


def by_components(point, gradient, length):
    size = math.hypot(*gradient)
    if size == 0:
        return point
    return [p - length * g / size for p, g in zip(point, gradient, strict=True)]


def by_the_angle(point, gradient, length):
    if not gradient.any():
        return point
    angle = np.arctan2(gradient[1], gradient[0]) + np.pi
    return point + length * np.array([np.cos(angle), np.sin(angle)])


def by_the_root(point, gradient, length):
    size = (gradient @ gradient) ** 0.5
    return point - gradient * (length / size if size else 0)


def where_not_flat(change):
    """A step that stays on flat ground."""
    return lambda point, gradient, length: (
        point + change(point, gradient, length) if gradient.any() else point
    )


def the_step_alone(point, gradient, length):
    if not gradient.any():
        return point
    return [-length / math.hypot(*gradient) * g for g in gradient]


REFUSED = {
    "two partial derivatives": [
        lambda x, y: ratios(x, y, 3e-3),
        lambda x, y: ratios(x, y, 6e-6),
        lambda x, y: ratios(x, y, 1.0),
        lambda x, y: (3 * x**2 * abs(y) + 2 * abs(y) ** 3, x**3 + 6 * x * y**2 - 5),
        lambda x, y: (3 * x**2 * y + 2 * y**3, abs(x) ** 3 + 6 * abs(x) * y**2 - 5),
        lambda x, y: (3 * x**2 * y + 2 * y**3, x**3 + 6 * x * y**2 + 5),
        lambda x, y: (3 * x**2 * y + 6 * y**3, x**3 + 6 * x * y**2 - 5),
        lambda x, y: (3 * x**2 * y + 2 * y**3, 3 * x**2 + 6 * x * y**2 - 5),
        lambda x, y: (6 * (x - 2), 2 * (y - 2)),
        lambda x, y: (3 * y**2 + 12 * x**2, 6 * x * y - 10 * y),
        lambda x, y: 3 * x**2 * y + 2 * y**3,
        lambda x, y: (3 * x**2 * y + 2 * y**3, x**3 + 6 * x * y**2 - 5 * y),
    ],
    "slope in a direction": [3, -3.2, 1.6, 0.32, 5.8, 2.24, 4, [7.2, -4], "3.2 up", 33],
    "a step downhill": [
        where_not_flat(lambda p, g, length: -length * g / np.linalg.norm(g) ** 2),
        where_not_flat(lambda p, g, length: -length * g / np.abs(g).max()),
        where_not_flat(lambda p, g, length: -length * abs(g) / np.linalg.norm(g)),
        where_not_flat(lambda p, g, length: -0.1 * g / np.linalg.norm(g)),
        where_not_flat(lambda p, g, length: -length * g / np.linalg.norm(p + g)),
        where_not_flat(lambda p, g, length: -length * g[::-1] / np.linalg.norm(g)),
        where_not_flat(lambda p, g, length: -length * p / (np.linalg.norm(p) or 1)),
        where_not_flat(lambda p, g, length: -length * g / g.mean()),
        where_not_flat(lambda p, g, length: -min(length, 0.5) * g / np.linalg.norm(g)),
        where_not_flat(lambda p, g, length: -length * np.linalg.norm(g) * g),
    ],
}
ACCEPTED = {
    "two partial derivatives": [
        in_words,
        from_a_table,
        lambda x, y: [y * (3 * x**2 + 2 * y**2), x**3 + 6 * x * y**2 - 5],
        lambda x, y: (np.float64(3) * x * x * y + 2 * y**3, -5 + x**3 + x * 6 * y**2),
    ],
    "slope in a direction": [
        3.2,
        np.float64(3.2),
        12 * 0.6 - 5 * 0.8,
        np.array([12, -5]) @ (np.array([3, 4]) / np.linalg.norm([3, 4])),
    ],
    "a step downhill": [on_a_copy, in_place, by_components, by_the_angle, by_the_root],
}
NAMED = {
    "two partial derivatives": {
        "In f_y the term": lambda x, y: in_words(x, y) + [0, 5],
        "In f_x the term": lambda x, y: in_words(x, y) - [5, 0],
        "In f_x the term -5y": lambda x, y: in_words(x, y) - [5 * y, 0],
        "A fixed factor stays": lambda x, y: [
            3 * x * x + 2 * y * y * y,
            x * x * x - 5 + 6 * y * y,
        ],
        "That differentiates by both": lambda x, y: 3 * (x * x + 2 * y * y) - np.array([5, 5]),
        "The old power": lambda x, y: np.array([y, x]) * (x * x + 2 * y * y) - [0, 5],
        "In each sum": lambda x, y: (3 * x * (x * y), 6 * y * (x * y) - 5),
        "Give two numbers": lambda x, y: np.sum(from_a_table(x, y)),
        "The other way round": lambda x, y: np.flip(from_a_table(x, y)),
        "Look at the sign": lambda x, y: -in_words(x, y),
        "That is the gradient at (1, 3)": lambda x, y: from_a_table(1, 3),
        "These are differences": lambda x, y: ratios(x, y, 0.01),
    },
    "slope in a direction": {
        "A direction has length 1": AT @ ARROW,
        "That adds the two slopes": AT.sum(),
        "Look at the sign": abs(AT) @ ARROW / math.hypot(*ARROW),
        "3 belongs to x": AT @ ARROW[::-1] / math.hypot(*ARROW),
        "That is the steepest": np.linalg.norm(AT),
        "That is the cosine": AT @ ARROW / math.hypot(*AT) / math.hypot(*ARROW),
        "You divide by 3 + 4": AT @ ARROW / sum(ARROW),
        "You divide by 3² + 4²": AT @ ARROW / (ARROW @ ARROW),
    },
    "a step downhill": {
        "That is uphill": where_not_flat(lambda p, g, length: g * (length / math.hypot(*g))),
        "The step is not as long": lambda p, g, length: np.subtract(p, np.multiply(length, g)),
        "Use the length": where_not_flat(lambda p, g, length: -g / math.hypot(*g)),
        "That is the step alone": the_step_alone,
        "You divide by a sum": where_not_flat(lambda p, g, length: -length * g / sum(g)),
        "That goes equally far": where_not_flat(
            lambda p, g, length: np.where(g > 0, -length, np.where(g < 0, length, 0))
        ),
    },
}
