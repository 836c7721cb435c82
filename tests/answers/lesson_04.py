"""Answers to the exercises of lesson 04 that its key does not list."""

import numpy as np

from optimlab import data

bill, tip = data.tips().x[:, 0], data.tips().y


def one_by_one(p, passed):
    total = 0
    for chance, given in zip(p, passed, strict=True):
        total -= np.log(chance) if given else np.log(1 - chance)
    return total / len(p)


def in_place(p, passed):
    given = np.where(passed, p, 1 - p)
    given = np.log(given)
    given *= -1
    return given.mean()


def entropy_of(given):
    return -np.mean(np.log(given))


def party_by_party(w, b, x, y):
    by_w, by_b = 0.0, 0.0
    for one, wanted in zip(x, y, strict=True):
        error = w * one + b - wanted
        by_w += 2 * error * one / len(x)
        by_b += 2 * error / len(x)
    return [by_w, by_b]


def by_matrix(w, b, x, y):
    design = np.column_stack([x, np.ones_like(x)])
    return 2 * design.T @ (design @ [w, b] - y) / len(y)


def multiplied_out(w, b, x, y):
    return (
        2 * (w * (x**2).mean() + b * x.mean() - (x * y).mean()),
        2 * (w * x.mean() + b - y.mean()),
    )


def slopes(w, b, x, y, change=lambda error: error, times=lambda x: x):
    error = change(w * x + b - y)
    return np.mean(2 * error * times(x)), np.mean(2 * error)


REFUSED = {
    "best constant guess": [1, 2.5, 3.1, 2.98, 1.62, 3.02, 0.15, "3.00 dollars", (0, 3.0)],
    "cross-entropy": [
        lambda p, passed: entropy_of(np.where(passed, p, p**2)),
        lambda p, passed: np.mean(np.exp(-np.where(passed, p, 1 - p))),
        lambda p, passed: -np.median(np.log(np.where(passed, p, 1 - p))),
        lambda p, passed: -np.log(np.where(passed, p, 1 - p))[0],
        lambda p, passed: -np.log(np.prod(np.where(passed, p, 1 - p))) / 3,
        lambda p, passed: np.mean(abs(p - passed)) ** 2,
        lambda p, passed: entropy_of(np.where(passed, p, 1 - p)) / 2,
        lambda p, passed: entropy_of(np.where(p > 0.5, p, 1 - p)),
        lambda p, passed: 0.586,
        lambda p, passed: -np.mean(np.log1p(np.where(passed, p, 1 - p))),
    ],
    "gradient of the loss": [
        lambda w, b, x, y: slopes(w, b, x, y, change=abs),
        lambda w, b, x, y: slopes(w, b, x, y, change=np.sign),
        lambda w, b, x, y: slopes(w, b, x, y, times=abs),
        lambda w, b, x, y: slopes(w, b, x, y, times=np.square),
        lambda w, b, x, y: slopes(w, 0, x, y),
        lambda w, b, x, y: slopes(w, -b, x, y),
        lambda w, b, x, y: slopes(w, b, y, x),
        lambda w, b, x, y: slopes(0.5, 1.3, x, y),
        lambda w, b, x, y: np.array(slopes(w, b, x, y)) * len(x) / 3,
        lambda w, b, x, y: np.array(slopes(w, b, x, y)) * len(x) / (len(x) - 1),
        lambda w, b, x, y: sum(slopes(w, b, x, y)),
    ],
}
ACCEPTED = {
    "best constant guess": [3.0, tip.mean(), 2.998, np.round(tip.mean(), 2), np.array(3)],
    "cross-entropy": [
        one_by_one,
        in_place,
        lambda p, passed: -np.mean(passed * np.log(p) + (1 - passed) * np.log(1 - p)),
        lambda p, passed: np.log(1 / np.where(passed == 1, p, 1 - p)).sum() / len(p),
        lambda p, passed: -np.mean(np.log(abs(p - 1 + passed))),
    ],
    "gradient of the loss": [
        party_by_party,
        by_matrix,
        multiplied_out,
        lambda w, b, x, y: (2 / len(x) * np.dot(w * x + b - y, x), 2 * np.mean(w * x + b - y)),
    ],
}
