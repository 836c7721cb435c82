"""Answers to the exercises of lesson 01 that its key does not list."""

import numpy as np

H = 1e-5
HEIGHT = [1, 0, -3, 5, 6]


def height(x):
    return x**4 - 3 * x**2 + 5 * x + 6


def ratio(x, ahead, behind):
    return (height(x + ahead) - height(x - behind)) / (ahead + behind)


def term_by_term(x):
    total = 0.0
    for factor, power in [(1, 4), (-3, 2), (5, 1)]:
        total += factor * power * x ** (power - 1)
    return total


def in_steps(x):
    result = np.array(x, float)
    result **= 3
    result *= 4
    result += 5 - 6 * x
    return result


def slope(f, x, h=H):
    return (f(x + h) - f(x - h)) / (2 * h)


def by_heights(f, x, h=H):
    left, right = f(x - h), f(x + h)
    if right - left > 2 * h * 5e-6:
        return -1
    if left - right > 2 * h * 5e-6:
        return 1
    return 0


def by_words(f, x, h=H):
    measured = slope(f, x, h)
    return {True: 0}.get(abs(measured) < 5e-6, -1 if measured > 0 else 1)


def as_an_array(f, x, h=H):
    measured = np.asarray(slope(f, x, h))
    return -np.sign(np.where(np.abs(measured) <= 5e-6, 0.0, measured))


def forward(f, x, h):
    return (f(x + h) - f(x)) / h


def sides(right, left, flat):
    """A walker who compares the heights beside x and says one of these where the right is so."""

    def way(f, x, h=H):
        rise = f(x + h) - f(x - h)
        return right if rise > 0 else left if rise < 0 else flat

    return way


def polynomial(*factors):
    return lambda x: np.polyval(factors, x)


def sign_within(size):
    return lambda f, x, h=H: -np.sign(slope(f, x)) if abs(slope(f, x)) > size else 0


REFUSED = {
    "derivative": [
        lambda x: ratio(x, 0.05, 0.05),
        lambda x: ratio(x, 3e-4, 3e-4),
        lambda x: ratio(x, 6e-6, 6e-6),
        lambda x: ratio(x, 2e-6 * abs(x), 2e-6 * abs(x)),
        lambda x: ratio(x, 0.5, 0.5),
        lambda x: 4 * x**3 - 6 * abs(x) + 5,
        lambda x: 4 * abs(x) ** 3 - 6 * x + 5,
        lambda x: 4 * x**3 - 6 * x + 5 + 6 / 4,
        lambda x: 4 * x**3 - 6 * x - 5,
        lambda x: 2 * x - 4,
        lambda x: 9 * x**2 - 2,
        lambda x: 4 * x**3 - 6 * x + 5.0001,
        lambda x: 4 * x**3 - 6 * x**2 + 5,
    ],
    "slope 2": [
        [-1, 1],
        [-0.44, 0.44],
        [0.67],
        [-0.66, 0.67, 0.0],
        [-0.47, 0.47],
        [-0.22, 0.22],
        ["2/3", "-2/3"],
        [2 / 3, 0],
        [-3 / 2, 3 / 2],
        [-0.6, 0.6],
    ],
    "way down": [
        sign_within(1e-2),
        sign_within(1e-6),
        lambda f, x, h=H: np.sign(slope(f, x)) if abs(slope(f, x)) > 5e-6 else 0,
        lambda f, x, h=H: -1 if slope(f, x) > 5e-6 else 1,
        lambda f, x, h=H: 1 if slope(f, x) < -5e-6 else -1,
        lambda f, x, h=H: -np.sign(2 * x - 4),
        lambda f, x, h=H: -np.sign(f(x)) if abs(slope(f, x)) > 5e-6 else 0,
        lambda f, x, h=H: -slope(f, x) if abs(slope(f, x)) > 5e-6 else 0,
        lambda f, x, h=H: "left" if slope(f, x) > 5e-6 else "right",
        lambda f, x, h=H: x - h * np.sign(slope(f, x)),
        lambda f, x, h=H: -np.sign(f(x + h)) * (abs(slope(f, x)) > 5e-6),
    ],
}
ACCEPTED = {
    "derivative": [
        term_by_term,
        in_steps,
        lambda x: (4 * x * x - 6) * x + 5,
        lambda x: 5 + 2 * x * (2 * x**2 - 3),
        lambda x: np.polyval([4, 0, -6, 5], x),
        lambda x: np.float64(4) * np.power(x, 3.0) - 6.0 * np.array(x) + 5,
    ],
    "slope 2": [
        [2 / 3, -2 / 3],
        (-0.667, 0.667),
        np.array([-1, 1]) * 2 / 3,
        {-np.sqrt(4 / 9), np.sqrt(4 / 9)},
        list(np.roots([9, 0, -4])),
    ],
    "way down": [by_heights, by_words, as_an_array, sign_within(5e-6)],
}
NAMED = {
    "derivative": {
        "The 6 is still in it": lambda x: term_by_term(x) + HEIGHT[-1],
        "The term 5x has": polynomial(4, 0, -3 * 2, 0),
        "The x of 5x": polynomial(4, 0, -3 * 2 + 5, 0),
        "Look at 3x² again": polynomial(4, 0, -3, 5),
        "In 3x² the power": polynomial(4, 0, 0, -3 * 2 + 5),
        "Look at the sign of -3x²": polynomial(4, 0, 3 * 2, 5),
        "The factor 3 of 3x²": polynomial(4, 0, -2, 5),
        "Look at x⁴ again": polynomial(1, 0, -3 * 2, 5),
        "You multiplied by the exponents": lambda x: x * term_by_term(x),
        "The power of x⁴ must": polynomial(4, 0, 0, -3 * 2, 5),
        "The factor that comes down": polynomial(4 - 1, 0, -3 * 2, 5),
        "The power of x⁴ goes": polynomial(4, -3 * 2, 5),
        "That is the height": polynomial(*HEIGHT),
        "All signs are turned": lambda x: -in_steps(x),
        "You differentiated twice": polynomial(*np.polyder(HEIGHT, 2)),
        "That is the slope at 3": lambda x: np.polyval(np.polyder(HEIGHT), 3),
        "That is a difference": lambda x: (polynomial(*HEIGHT)(x + 0.01) - height(x)) * 100,
    },
    "slope 2": {
        "That is one of them. Which": ((2 + 2) / 9) ** 0.5,
        "That is one of them. A": -np.sqrt((2 + 2) / 9),
        "That is one point twice. Which": np.full(2, np.sqrt(4) / 3),
        "That is one point twice. A": 2 * [-np.sqrt(4) / 3],
        "That is x²": {(2 + 2) / 9, -(2 + 2) / 9},
        "Divide by 9 before": np.roots([1, 0, -4]),
        "Bring the -2": np.roots([9, 0, 2 - 2]),
        "Bring the -2 to": (2 - 2) / 9,
        "The -2 of the derivative": np.roots([9, 0, -2]),
        "That is the slope at x = 2": np.polyval([9, 0, -2], 2),
        "That is the height at x = 2": np.polyval([3, 0, -2, 1], 2),
        "There the height is 2": max(np.roots([3, 0, -2, 1 - 2]).real),
    },
    "way down": {
        "Nearly. Where the ground": sides(right=-1, left=1, flat=0),
        "That is the way up: which": lambda f, x, h=H: -by_heights(f, x, h),
        "That is the way up, and": sides(right=1, left=-1, flat=-1),
        "That is the way up. And where": sides(right=1, left=-1, flat=0),
        "That is the way up. And at": lambda f, x, h=H: np.sign(forward(f, x, h)),
        "Nearly. It looks to the right": lambda f, x, h=H: -np.sign(forward(f, x, h)),
        "Nearly. It looks to the left": lambda f, x, h=H: -np.sign(forward(f, x, -h)),
        "Nearly. On flat ground it says left": lambda f, x, h=H: (
            1 if round(slope(f, x, h), 5) < 0 else -1
        ),
        "Nearly. On flat ground it says right": sides(right=-1, left=1, flat=1),
        "That is about minus the slope": lambda f, x, h=H: -forward(f, x, h),
        "That is minus the slope": lambda f, x, h=H: -slope(f, x, h),
        "That is the slope": lambda f, x, h=H: round(slope(f, x, h), 5),
        "That is the rise": lambda f, x, h=H: 2 * h * slope(f, x, h),
        "Only the sign of that": lambda f, x, h=H: -2 * h * slope(f, x, h),
        "You round the rise": lambda f, x, h=H: np.sign(np.round(f(x - h) - f(x + h), 5)),
        "It asks x alone": lambda f, x, h=H: -1 if x > 0 else int(x < 0),
        "It says left everywhere": lambda f, x, h=H: -h / h,
        "It says right everywhere": lambda f, x, h=H: h / h,
        "It says flat everywhere": lambda f, x, h=H: 0 * x,
    },
}
