"""Answers to the exercises of lesson 04 that its key does not list."""

import math

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


def happened(p, passed):
    return passed * p + (1 - passed) * (1 - p)


def surprise(p, passed):
    return sum(-math.log(chance) for chance in happened(p, passed))


def from_errors(rule):
    """A gradient, by a rule from the errors, the bills, the slope and the intercept."""
    return lambda w, b, x, y: rule(x * w - (y - b), x, w, b)


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
NAMED = {
    "best constant guess": {
        "That is the median": np.quantile(tip, 0.5),
        "That is the best b beside": np.polyfit(bill, tip, 1)[1],
        "Then every guess is 0": 0 * bill.mean(),
        "That is the mean bill": sum(bill) / len(bill),
        "That is the sum": sum(tip),
    },
    "cross-entropy": {
        "It is negative": lambda p, passed: np.sum(
            passed * np.log(p) + (1 - passed) * np.log(1 - p)
        ),
        "That is the sum": surprise,
        "That is the logarithm of a mean": lambda p, passed: math.log(
            len(p) / sum(happened(p, passed))
        ),
        "That is the mean of `given`": lambda p, passed: sum(happened(p, passed)) / len(p),
        "That is the mean of what is missing": lambda p, passed: abs(passed - p).mean(),
        "That is one number for each": lambda p, passed: np.log(1 / happened(p, passed)),
        "That is the logarithm to base 10": lambda p, passed: one_by_one(p, passed) / math.log(10),
        "That is the logarithm to base 2": lambda p, passed: one_by_one(p, passed) / math.log(2),
        "Those who failed add nothing": lambda p, passed: np.log(1 / p[passed == 1]).sum() / len(p),
        "Those who passed add nothing": lambda p, passed: (
            -np.log(1 - p[passed == 0]).sum() / sum(passed == 0)
        ),
        "`given` is what happened already": lambda p, passed: entropy_of(abs(p - passed)),
        "It takes 1 - p for everybody": lambda p, passed: -np.log1p(-p).mean(),
        "That is the mean squared error": lambda p, passed: (
            sum((one - wanted) ** 2 for one, wanted in zip(p, passed, strict=True)) / len(p)
        ),
        "There is no factor `given`": lambda p, passed: (
            -np.dot(happened(p, passed), np.log(happened(p, passed))) / len(p)
        ),
        "It divides by the number of those who passed": lambda p, passed: (
            surprise(p, passed) / sum(passed)
        ),
        "It divides by the number of those who failed": lambda p, passed: (
            surprise(p, passed) / (len(p) - sum(passed))
        ),
        "It divides by one less": lambda p, passed: surprise(p, passed) / (p.size - 1),
        "It always divides by 6": lambda p, passed: surprise(p, passed) / 6,
        "It takes p for everybody": lambda p, passed: np.log(1 / p).mean(),
    },
    "gradient of the loss": {
        "It is half of it": from_errors(lambda e, x, w, b: ((e * x).mean(), e.mean())),
        "It is too large": from_errors(lambda e, x, w, b: (2 * np.dot(e, x), 2 * sum(e))),
        "Both are alike": from_errors(lambda e, x, w, b: [2 * e.mean()] * 2),
        "The sign is turned round": from_errors(
            lambda e, x, w, b: (-2 * np.dot(e, x) / len(x), -2 * e.mean())
        ),
        "The two are swapped": from_errors(lambda e, x, w, b: (2 * e.mean(), 2 * (x * e).mean())),
        "The inner derivative with respect to w": from_errors(
            lambda e, x, w, b: (2 * (e * w).mean(), 2 * e.mean())
        ),
        "The inner derivative with respect to b": from_errors(
            lambda e, x, w, b: (2 * (e * x).mean(), 2 * (e * b).mean())
        ),
        "The inner derivatives are not": from_errors(
            lambda e, x, w, b: (sum(2 * e * w) / len(e), sum(2 * e * b) / len(e))
        ),
        "Both are one number": from_errors(lambda e, x, w, b: [(e + e) * x, e + e]),
        "The error is squared and": from_errors(
            lambda e, x, w, b: [np.dot(e, e) / len(e) * 2 * x, np.dot(e, e) / len(e) * 2]
        ),
        "The first, with respect to w": from_errors(lambda e, x, w, b: (2 * x * e, 2 * e.mean())),
        "The second, with respect to b": from_errors(
            lambda e, x, w, b: (2 * np.dot(x, e) / len(x), e * 2)
        ),
        "In the first the mean comes": from_errors(
            lambda e, x, w, b: (sum(e) / len(e) * 2 * x, sum(e) / len(e) * 2)
        ),
        "The tip is missing": lambda w, b, x, y: by_matrix(w, b, x, np.zeros(len(y))),
        "The error is squared already": from_errors(
            lambda e, x, w, b: (np.dot(2 * e * e, x) / len(x), np.dot(2 * e, e) / len(x))
        ),
        "That is the loss itself": from_errors(lambda e, x, w, b: np.dot(e, e) / len(e)),
        "It takes `bill` and `tip`": lambda w, b, x, y: multiplied_out(w, b, bill, tip),
        "It takes the mean too early": from_errors(
            lambda e, x, w, b: (2 * e.mean() * sum(x) / len(x), 2 * e.mean())
        ),
    },
}
