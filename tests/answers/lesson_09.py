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
