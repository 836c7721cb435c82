"""Answers to the exercises of lesson 09 that its key does not list."""

import numpy as np


def stepped(v, w):
    return w + v, v


def in_place(w, v, slope, lr, momentum):
    v *= momentum
    v -= lr * slope(w)
    w += v
    return w, v


def as_a_list(w, v, slope, lr, momentum):
    velocity = -lr * slope(w) + v * momentum
    return [w + velocity, velocity]


def as_an_array(w, v, slope, lr, momentum):
    new = w + momentum * v - lr * slope(w)
    return np.array([new, new - w])


def walking(walk):
    """A step, by a rule from the point, the velocity and the length of a step without memory."""
    return lambda w, v, slope, lr, momentum: walk(w, v, slope(w) * lr, momentum)


def summed_gradients(w, v, slope, lr, momentum):
    v = slope(w) + v * momentum
    w -= v * lr
    return w, v


def mean_of_slopes(w, v, slope, lr, momentum):
    v = np.average([v, slope(w)], weights=[momentum, 1 - momentum])
    return w - v * lr, v


def taken_off(w, velocity):
    return np.array([w - velocity, velocity])


def from_the_roots(rate, momentum):
    """A pair, by a rule for each from the sum of the two roots and what a step leaves."""

    def pair(low, high):
        roots = np.sqrt([low, high])
        given = roots.sum(), np.ptp(roots) / roots.sum()
        return rate(*given), momentum(*given)

    return pair


def best_rate(total, left):
    return (2 / total) ** 2


def best_momentum(total, left):
    return left * left


def of_plain_descent(low, high):
    """The best rate without momentum, and what a step leaves at it."""
    return 1 / np.mean([low, high]), (high / low - 1) / (high / low + 1)


def through_the_condition_number(low, high):
    root = np.sqrt(high / low)
    left = (root - 1) / (root + 1)
    return (1 + left) ** 2 / high, left**2


def with_all_roots_written_out(low, high):
    total = low**0.5 + high**0.5
    return [4 / total**2, (1 - 2 * low**0.5 / total) ** 2]


def from_the_flat_direction(low, high):
    left = (high**0.5 - low**0.5) / (high**0.5 + low**0.5)
    return np.array([(1 - left) ** 2 / low, left * left])


REFUSED = {
    "one step": [
        lambda w, v, slope, lr, momentum: stepped(momentum * v - lr * abs(slope(w)), w),
        lambda w, v, slope, lr, momentum: stepped(momentum * v - lr * (2 * w - 4), w),
        lambda w, v, slope, lr, momentum: stepped(0.9 * v - lr * slope(w), w),
        lambda w, v, slope, lr, momentum: stepped(momentum * v - 0.1 * slope(w), w),
        lambda w, v, slope, lr, momentum: stepped(momentum * v - lr * slope(w + momentum * v), w),
        lambda w, v, slope, lr, momentum: stepped(momentum * v - lr * slope(w + v), w),
        lambda w, v, slope, lr, momentum: stepped(momentum * (v - lr * slope(w)), w),
        lambda w, v, slope, lr, momentum: stepped(lr * v - momentum * slope(w), w),
        lambda w, v, slope, lr, momentum: stepped(momentum * abs(v) - lr * slope(w), w),
        lambda w, v, slope, lr, momentum: (w - lr * slope(w), momentum * v - lr * slope(w)),
        lambda w, v, slope, lr, momentum: stepped(-lr * slope(w), w),
        lambda w, v, slope, lr, momentum: w + momentum * v - lr * slope(w),
    ],
    "the longest step": [0.04, 0.8, 40, 0.05, 0.019, 1.9, -0.4, "0.4 units", [0.4, 20]],
    "the best pair": [
        lambda low, high: (1.335815, 0.402605),
        lambda low, high: (2 / high, ((high**0.5 - low**0.5) / (high**0.5 + low**0.5)) ** 2),
        lambda low, high: (4 / (low**0.5 + high**0.5) ** 2, 0.9),
        lambda low, high: (4 / (low + high), (high - low) / (high + low)),
        lambda low, high: (4 / (3 * high + low), 1 - 4 / (2 + (3 * high / low + 1) ** 0.5)),
        lambda low, high: (1 / high, (high**0.5 - low**0.5) / (high**0.5 + low**0.5)),
        lambda low, high: ((2 / (low**0.5 + high**0.5)) ** 2, (1 - low / high) ** 2),
        lambda low, high: ((low**0.5 + high**0.5) ** 2 / 4, 0.0),
    ],
}
ACCEPTED = {
    "one step": [in_place, as_a_list, as_an_array],
    "the longest step": [0.4, np.float64(2 * 0.01 / (1 - 0.95)), np.array([0.4]), 2 / 5],
    "the best pair": [
        through_the_condition_number,
        with_all_roots_written_out,
        from_the_flat_direction,
    ],
}
NAMED = {
    "one step": {
        "That is uphill": lambda w, v, slope, lr, momentum: in_place(w, v, slope, -lr, momentum),
        "It moves by the old velocity": walking(
            lambda w, v, alone, momentum: [w + v, v * momentum - alone]
        ),
        "The rate belongs to the slope": lambda w, v, slope, lr, momentum: stepped(
            lr * momentum * v - lr * slope(w), w
        ),
        "Nothing of the velocity": lambda w, v, slope, lr, momentum: in_place(w, v, slope, lr, 1),
        "That is a running mean": mean_of_slopes,
        "The velocity is right": lambda w, v, *rest: taken_off(w, as_a_list(w, v, *rest)[1]),
        "The two are swapped": lambda *given: np.flip(as_an_array(*given)),
        "Your velocity points uphill": walking(
            lambda w, v, alone, momentum: taken_off(w, alone + v * momentum)
        ),
        "That velocity sums gradients": summed_gradients,
    },
    "the longest step": {
        "That is the step without": 2 / 100,
        "That is what is kept": 0.95 * 0.01 * 2 / (1 - 0.95),
        "The slope is 2": 0.01 / (1 - 0.95),
        "That multiplies by": 0.01 * 2 * (1 - 0.95),
        "That divides by": 0.01 * 2 / 0.95,
        "That is the factor": np.reciprocal(1 - 0.95),
    },
    "the best pair": {
        "The momentum is right. The rate is a": from_the_roots(
            lambda total, left: 2 / total, best_momentum
        ),
        "The rate is right. What you give": from_the_roots(best_rate, lambda total, left: left),
        "The roots of the curvatures": lambda low, high: np.square(
            [2 / sum([low, high]), of_plain_descent(low, high)[1]]
        ),
        "The rate is right. In the momentum": lambda low, high: (
            from_the_flat_direction(low, high)[0],
            of_plain_descent(low, high)[1] ** 2,
        ),
        "The squares are missing": from_the_roots(
            lambda total, left: 2 / total, lambda total, left: left
        ),
        "The momentum is right. The rate is that": lambda low, high: [
            of_plain_descent(low, high)[0],
            through_the_condition_number(low, high)[1],
        ],
        "The two are swapped": lambda *given: with_all_roots_written_out(*given)[::-1],
    },
}
