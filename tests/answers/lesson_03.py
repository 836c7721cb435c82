"""Answers to the exercises of lesson 03 that its key does not list."""

import numpy as np

T = np.poly1d([3, 0, 1])  # the inner stage of the first exercise
a, y = np.tanh(0.5), 1.5 * np.tanh(0.5) - 0.2  # inside and at the end of the second one's network


def square(x):
    return (3 * x**2 + 1) ** 2


def ratio(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def loss(p):
    return (np.tanh(p[2] * np.tanh(p[0] * 2 + p[1]) + p[3]) - 1) ** 2


def measured(p, h=6e-6):
    return np.array([ratio(lambda d, e=e: loss(p + d * e), 0.0, h) for e in np.eye(4)])


def by_stages(p, *, x=2.0, target=1.0, local=lambda out: 1 - out**2, last=None):
    """The right derivatives, or with another input, target or local derivative of tanh."""
    w1, b1, w2, b2 = p
    a = np.tanh(w1 * x + b1)
    y = np.tanh(w2 * a + b2)
    ds = 2 * (y - target) * local(y)
    dz = ds * w2 * local(a)
    return np.array([dz * x, dz, ds * a, ds] if last is None else last(dz, ds, a, y))


def with_cosh(p):
    inner = p[0] * 2 + p[1]
    outer = p[2] * np.tanh(inner) + p[3]
    front = 2 * (np.tanh(outer) - 1) / np.cosh(outer) ** 2
    back = front * p[2] / np.cosh(inner) ** 2
    return [2 * back, back, front * np.tanh(inner), front]


def from_the_end(p):
    w1, b1, w2, b2 = (float(each) for each in p)
    a = np.tanh(w1 * 2 + b1)
    y = np.tanh(w2 * a + b2)
    slopes = np.zeros(4)
    slopes[3] = 2 * y - 2
    slopes[3] *= (1 - y) * (1 + y)
    slopes[2] = slopes[3] * a
    slopes[1] = slopes[3] * w2
    slopes[1] -= slopes[1] * a * a
    slopes[0] = slopes[1] + slopes[1]
    return slopes


def as_products(p):
    a = np.tanh(p[0] * 2 + p[1])
    y = np.tanh(p[2] * a + p[3])
    chain = np.cumprod([2 * (y - 1), 1 - y**2, p[2], 1 - a**2, 2])
    return chain[4], chain[3], chain[1] * a, chain[1]


def with_factors(**changed):
    """The right derivatives, with other factors in the chain: each by a rule from a, s and y."""

    def derivatives(p):
        inner = p[0] * 2 + p[1]
        a = np.tanh(inner)
        s = p[2] * a + p[3]
        chain = {
            "loss": 2 * np.tanh(s) - 2,
            "new": np.cosh(s) ** -2,
            "back": p[2],
            "inner": np.cosh(inner) ** -2,
        }
        chain |= {name: rule(a, s, np.tanh(s)) for name, rule in changed.items()}
        loss, new, back, inside = chain.values()
        return [2 * loss * new * back * inside, loss * new * back * inside, a * loss * new,
                loss * new]  # fmt: skip

    return derivatives


def put_together(rule):
    """An answer by a rule from the weights p and the four right derivatives."""
    return lambda p: rule(p, *by_stages(p))


def minus_a_square(v):
    return (1 - v) * (1 + v)


def square_of_the_rest(v):
    return v * v - 2 * v + 1


REFUSED = {
    "slope of a square": [
        lambda x: ratio(square, x, 1e-5 * abs(x)),
        lambda x: ratio(square, x, 5e-6),
        lambda x: ratio(square, x, 1.0),
        lambda x: 2 * (3 * x**2 + 1) * 6 * abs(x),
        lambda x: 2 * (3 * x**2 - 1) * 6 * x,
        lambda x: 2 * 3 * x**2 + 1 * 6 * x,
        lambda x: 3 * (2 * x - 1) ** 2 * 2,
        lambda x: 36 * x**3,
        lambda x: 12 * x**3 + 12 * x,
        lambda x: 2 * (3 * x + 1) * 6 * x,
        lambda x: 2 * (3 * x**2 + 1) ** 2 * 6 * x,
        square,
    ],
    "push w2": [
        -0.0467,
        -0.02,
        0.24,
        -0.4,
        -0.018,
        0.0462,
        -0.0478,
        -0.0139,
        [0.5, -0.0093],
        -0.46,
    ],
    "backward with a second tanh": [
        measured,
        lambda p: by_stages(p, x=1.0),
        lambda p: by_stages(p, target=0.5),
        lambda p: by_stages(p, local=lambda out: 1 - abs(out)),
        lambda p: by_stages(p, local=lambda out: 1 + out**2),
        lambda p: by_stages(p, local=lambda out: out * (1 - out)),
        lambda p: abs(by_stages(p)),
        lambda p: by_stages(p, last=lambda dz, ds, a, y: [dz * 2, dz, ds * y, ds]),
        lambda p: by_stages(p, last=lambda dz, ds, a, y: [dz * 2, dz, ds * abs(a), ds]),
        lambda p: by_stages(p, last=lambda dz, ds, a, y: [dz * 2, 0.0, ds * a, 0.0]),
        lambda p: by_stages(np.array([0.5, -0.5, 1.5, -0.2])),
        lambda p: by_stages(p)[:2],
    ],
}
ACCEPTED = {
    "slope of a square": [
        lambda x: 12 * x * (3 * x**2 + 1),
        lambda x: 36 * x**3 + 12 * x,
        lambda x: sum([36 * np.power(x, 3.0), 12 * np.float64(x)]),
        lambda x: np.polyval([36, 0, 12, 0], x),
    ],
    "push w2": [
        -0.0093,
        -0.00935,
        np.float64(-0.00934884),
        (1.52 * np.tanh(0.5) - 1.2) ** 2 - (1.5 * np.tanh(0.5) - 1.2) ** 2,
    ],
    "backward with a second tanh": [with_cosh, from_the_end, as_products, by_stages],
}
NAMED = {
    "slope of a square": {
        "The inner derivative is missing": lambda x: 6 * x**2 + 2,
        "The outer derivative is missing": T.deriv(),
        "Half of it": T * T.deriv(),
        "The inner stage is 3x² + 1": 2 * T * np.poly1d([2, 0]),
        "The outer derivative is not": 2 * T.deriv(),
        "The outer stage t²": lambda x: square(x) * T.deriv()(x),
        "The outer derivative belongs": lambda x: 2 * x * T.deriv()(x),
        "That squares the inner derivative": T.deriv() ** 2,
        "That adds the two": 2 * T + T.deriv(),
        "The inner derivative depends": 2 * T * T.deriv(2),
        "The derivative of the 1": 2 * T * (T.deriv() + 1),
        "That is right at x = 1": lambda x: 2 * T(1) * T.deriv()(x),
        "That is a difference": lambda x: ratio(T * T, x, 0.01),
    },
    "push w2": {
        "That is the derivative": 2 * (y - 1) * a,
        "Look at the sign": 0.02 * 2 * (1 - y) * a,
        "That is a push on y": 2 * (y - 1) * 0.02,
        "That is a push on w₁": 2 * (y - 1) * 1.5 * np.cosh(0.5) ** -2 * 2 * 0.02,
        "That is the new L": (1.52 * a - 0.2 - 1) ** 2,
        "From w₂ to y the factor": 2 * (y - 1) * 1.5 * 0.02,
        "That is how far y moves": 1.52 * a - 0.2 - y,
        "The derivative of L with respect to y": y - (1.52 * a - 0.2),
        "That is the push on w₂": 1.52 - 1.5,
        "That divides by the push": 2 * (y - 1) * a / 0.02,
        "About right, but": round(0.02 * 2 * (y - 1) * a, 3),
        "About right, but give": round(0.02 * 2 * (y - 1) * a, 2),
    },
    "backward with a second tanh": {
        "The new tanh has a local": with_factors(new=lambda a, s, y: 1),
        "The new tanh stands between L and w₂": put_together(
            lambda p, w1, b1, w2, b2: [w1, b1, *with_factors(new=lambda a, s, y: 1)(p)[2:]]
        ),
        "The new tanh stands between L and a": put_together(
            lambda p, w1, b1, w2, b2: [*with_factors(new=lambda a, s, y: 1)(p)[:2], w2, b2]
        ),
        "In the new tanh: (1 - y)²": with_factors(new=lambda a, s, y: square_of_the_rest(y)),
        "1 - a² belongs to the inner": with_factors(new=lambda a, s, y: minus_a_square(a)),
        "In the new tanh: square": with_factors(new=lambda a, s, y: minus_a_square(s)),
        "That takes tanh twice": with_factors(new=lambda a, s, y: np.cosh(y) ** -2),
        "That is still the network": with_factors(
            loss=lambda a, s, y: 2 * (s - 1), new=lambda a, s, y: 1
        ),
        "The inner tanh has lost": with_factors(inner=lambda a, s, y: 1),
        "1 - y² belongs to the new": with_factors(inner=lambda a, s, y: minus_a_square(y)),
        "In the inner tanh": with_factors(inner=lambda a, s, y: square_of_the_rest(a)),
        "On the way from y back": with_factors(back=lambda a, s, y: 1),
        "Back to a the factor": with_factors(back=lambda a, s, y: a),
        "Third component: what multiplies": put_together(
            lambda p, w1, b1, w2, b2: [w1, b1, b2 * p[2], b2]
        ),
        "First component": put_together(lambda p, w1, b1, w2, b2: [b1, b1, w2, b2]),
        "Third component: w₂ is": put_together(lambda p, w1, b1, w2, b2: [w1, b1, b2, b2]),
        "Two pairs are swapped": put_together(lambda p, w1, b1, w2, b2: [b1, w1, b2, w2]),
        "The order is turned round": lambda p: np.flip(from_the_end(p)),
        "The loss is (y - 1)²": lambda p: by_stages(p, target=0),
        "The sign is turned round": with_factors(loss=lambda a, s, y: 2 - 2 * y),
        "A factor 2 is missing": with_factors(loss=lambda a, s, y: y - 1),
        "These are differences": lambda p: measured(p, h=0.01),
    },
}
