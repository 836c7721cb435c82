"""Answers to the exercises of lesson 11 that its key does not list."""

import numpy as np


def stepped(w, g, h, lr, by):
    return w - lr * g / by, h + g * g


def in_place(w, g, h, lr):
    h += g**2
    w -= lr * g / h**0.5
    return w, h


def with_an_effective_rate(w, g, h, lr):
    h = h + np.square(g)
    rate = lr / np.sqrt(h)
    return [w - rate * g, h]


def as_an_array(w, g, h, lr):
    total = np.hypot(g, np.sqrt(h))
    return np.array([w, h]) + [-lr * g / total, g * g]


def bold(loss, slope, x, lr, steps, up=1.1, down=2.0, equal=False):
    """The bold driver, with factors of its own; `equal`: whether an equal loss counts as lower."""
    for _ in range(steps):
        new = x - lr * slope(x)
        fell = loss(new) <= loss(x) if equal else loss(new) < loss(x)
        x, lr = (new, lr * up) if fell else (x, lr / down)
    return x


def against_the_first_loss(loss, slope, x, lr, steps):
    first = loss(x)
    for _ in range(steps):
        new = x - lr * slope(x)
        x, lr = (new, 1.1 * lr) if loss(new) < first else (x, lr / 2)
    return x


def halves_and_steps_at_once(loss, slope, x, lr, steps):
    for _ in range(steps):
        new = x - lr * slope(x)
        if loss(new) < loss(x):
            x, lr = new, 1.1 * lr
        else:
            lr = lr / 2
            x = x - lr * slope(x)
    return x


def of_the_slope(loss, slope, x, lr, steps):
    for _ in range(steps):
        new = x - lr * slope(x)
        x, lr = (new, 1.1 * lr) if slope(new) < slope(x) else (x, lr / 2)
    return x


def with_ifs(loss, slope, x, lr, steps):
    for _ in range(steps):
        new = x - slope(x) * lr
        if loss(new) >= loss(x):
            lr *= 0.5
        else:
            x = new
            lr *= 1.1
    return x


def by_recursion(loss, slope, x, lr, steps):
    if steps == 0:
        return x
    new = x - lr * slope(x)
    if loss(new) < loss(x):
        return by_recursion(loss, slope, new, lr + lr / 10, steps - 1)
    return by_recursion(loss, slope, x, 0.5 * lr, steps - 1)


def with_paths(loss, slope, x, lr, steps):
    points, rates = [x], [lr]
    for _ in range(steps):
        new = points[-1] - rates[-1] * slope(points[-1])
        fell = loss(new) < loss(points[-1])
        points.append(new if fell else points[-1])
        rates.append(rates[-1] * (1.1 if fell else 0.5))
    return np.array(points)[-1]


def driven(rule):
    """A driver by a rule from the point, the next one, the rate and whether the loss falls."""

    def drive(loss, slope, x, lr, steps):
        while steps > 0:
            new = x - slope(x) * lr
            x, lr = rule(x, new, lr, loss(x) > loss(new))
            steps -= 1
        return x

    return drive


REFUSED = {
    "AdaGrad's step": [
        lambda w, g, h, lr: stepped(w, g, h, lr, np.sqrt(h + abs(g))),
        lambda w, g, h, lr: stepped(w, g, h, lr, np.sqrt(h) + abs(g)),
        lambda w, g, h, lr: stepped(w, g, h, lr, abs(g)),
        lambda w, g, h, lr: stepped(w, g, h, 0.1, np.sqrt(h + g * g)),
        lambda w, g, h, lr: stepped(w, abs(g), h, lr, np.sqrt(h + g * g)),
        lambda w, g, h, lr: stepped(w, np.sign(g), h, lr, np.sqrt(h + g * g)),
        lambda w, g, h, lr: stepped(w, g, h, lr, np.sqrt((h + g * g) / 2)),
        lambda w, g, h, lr: stepped(w, g, h, lr, np.cbrt(h + g * g)),
        lambda w, g, h, lr: (w - lr * g / np.sqrt(h + g * g), h),
        lambda w, g, h, lr: (w - lr * g / np.sqrt(h + g * g), np.sqrt(h + g * g)),
        lambda w, g, h, lr: (w - lr * g / np.sqrt(h + g * g), lr / np.sqrt(h + g * g)),
        lambda w, g, h, lr: stepped(w, g, h, lr, np.sqrt(h + g * g))[::-1],
        lambda w, g, h, lr: w - lr * g / np.sqrt(h + g * g),
    ],
    "a tenth of the rate": [0.1, 11, 90, 20, 110, 1e4, "a hundred", [10, 100]],
    "the bold driver": [
        lambda *given: bold(*given, up=1.5),
        lambda *given: bold(*given, up=1.01),
        lambda *given: bold(*given, down=10),
        lambda *given: bold(*given, up=2.0, down=1 / 1.1),
        lambda *given: bold(*given, equal=True),
        lambda loss, slope, x, lr, steps: bold(loss, lambda x: 2 * x - 4, x, lr, steps),
        lambda loss, slope, x, lr, steps: bold(loss, slope, 4.0, lr, steps),
        lambda loss, slope, x, lr, steps: bold(loss, slope, x, lr, steps - 1),
        lambda loss, slope, x, lr, steps: bold(loss, slope, x, 1.3, steps),
        lambda loss, slope, x, lr, steps: 2.0,
        against_the_first_loss,
        halves_and_steps_at_once,
        of_the_slope,
    ],
}
ACCEPTED = {
    "AdaGrad's step": [in_place, with_an_effective_rate, as_an_array],
    "a tenth of the rate": [100, 100.0, np.int64(100), np.array(1e2)],
    "the bold driver": [with_ifs, by_recursion, with_paths],
}
NAMED = {
    "AdaGrad's step": {
        "The step uses the old h": lambda w, g, h, lr: stepped(w, g, h, lr, h**0.5),
        "The root of h is missing": lambda w, g, h, lr: stepped(w, g, h, lr, h + g**2),
        "h adds up squares": lambda w, g, h, lr: [
            w - lr * g * (h + np.abs(g)) ** -0.5,
            sum([h, np.abs(g)]),
        ],
        "The old h is lost": lambda w, g, h, lr: (w - lr * np.sign(g), np.square(g)),
        "That is uphill": lambda w, g, h, lr: in_place(w, g, h, -lr),
    },
    "a tenth of the rate": {
        "After 10 steps": round(1 / 0.1),
        "One short": 10**2 - 1,
        "One too many": 10**2 + 1,
        "At step 1000": 10**3,
        "Upside down": 10**0.5,
    },
    "the bold driver": {
        "That is the first course text's": driven(
            lambda x, new, lr, falls: (new, lr / 2 if falls else lr)
        ),
        "A step that does not lower": driven(
            lambda x, new, lr, falls: (new, 1.1 * lr if falls else lr / 2)
        ),
        "The two cases are swapped": driven(
            lambda x, new, lr, falls: (x, lr / 2) if falls else (new, 1.1 * lr)
        ),
        "A step that lowers": lambda *given: bold(*given, up=1),
        "A step taken back halves": lambda *given: bold(*given, down=1),
        "Raised by a tenth": lambda *given: bold(*given, up=1 / 10),
        "The rate is raised by a tenth": driven(
            lambda x, new, lr, falls: (new, lr + 1 / 10) if falls else (x, lr / 2)
        ),
        "x and lr have changed": driven(
            lambda x, new, lr, falls: (lr + lr / 10, new) if falls else (x, lr / 2)
        ),
    },
}
