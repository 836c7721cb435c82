"""Answers to the exercises of lesson 07b that its key does not list."""

import math

import numpy as np

from optimlab import functions


def counted(low, high, closer):
    left, distance, steps = (high - low) / (high + low), 1.0, 0
    while distance * closer > 1:
        distance *= left
        steps += 1
    return steps


def from_the_condition(low, high, closer):
    kappa = np.asarray(high) / low
    return np.ceil(math.log(closer) / (math.log(kappa + 1) - math.log(kappa - 1)))


def of_the_steep_direction(low, high, closer):
    rate = 2 / sum([low, high])
    return int(math.ceil(-math.log(closer, 2) / math.log2(abs(1 - rate * high))))


def needed(left, closer, turn=np.ceil):
    return int(turn(np.log(1 / closer) / np.log(left)))


low, high = np.linalg.eigvalsh(functions.bowl.hessian((2, 2)))  # the curvatures of the bowl


def unrounded(left, closer):
    return -math.log(closer) / math.log(left)


def rounded_up(left):
    return lambda low, high, closer: math.ceil(unrounded(left(low, high), closer))


def of_the_best(low, high, closer):
    return unrounded((high - low) / (high + low), closer)


REFUSED = {
    "two rates for the bowl": [
        (1 / 3, 2 / 5),
        (1 / 3, 2 / 12),
        (2 / 3, 1 / 2),
        (0.333, 0.2),
        [1.0, 0.952],
        1 / 3,
        (1 / 3, 1 / 4, 1 / 2),
    ],
    "a unit that makes it round": [10, 2, 2**0.5, 400, 4.0, 5**0.5, [4.472, 1], 20**0.25],
    "how many steps": [
        lambda low, high, closer: needed((high - low) / (high + low), closer, np.round),
        lambda low, high, closer: needed((high - low) / (high + low), 1000),
        lambda low, high, closer: needed((high - low) / (high + low), closer) + 1,
        lambda low, high, closer: needed(19 / 21, closer),
        lambda low, high, closer: needed(low / (low + high), closer),
        lambda low, high, closer: needed(1 - 1 / (low + high), closer),
        lambda low, high, closer: needed(1 - low / (low + high), closer),
        lambda low, high, closer: needed(math.sqrt((high - low) / (high + low)), closer),
        lambda low, high, closer: needed((high - low) / (high + low), 1 + closer),
        lambda low, high, closer: needed(1 - 2 * low / high, closer) if high > 9 * low else 1,
        lambda low, high, closer: closer * high / low,
        lambda low, high, closer: 70,
    ],
}
ACCEPTED = {
    "two rates for the bowl": [np.array([1 / 3, 0.25]), (0.3333, 0.25), [np.float64(2 / 6), 1 / 4]],
    "a unit that makes it round": [20**0.5, 2 * math.sqrt(5), np.float64(4.47), np.sqrt([20.0])],
    "how many steps": [counted, from_the_condition, of_the_steep_direction],
}
NAMED = {
    "two rates for the bowl": {
        "The best rate is right. Which": [2 / low, 2 / (low + high)],
        "The limit is right. 0.5": [2 / high, (high - low) / (high + low)],
        "The two are swapped": [2 / (low + high), 2 / high],
        "The best rate is right. 1/6": [1 / high, 2 / (low + high)],
        "The limit is right. The best rate is 2 over a": [2 / high, 1 / (low + high)],
        "The limit is right. The best rate is 2 over the": [2 / high, 1 / low + 1 / high],
        "Both are upside down": [high / 2, (low + high) / 2],
    },
    "a unit that makes it round": {
        "c is squared": 1 / (1 / 20),
        "That is upside down": 20**-0.5,
        "Compare c²/20 with the 1": (2 * 20) ** 0.5,
        "It would do": min(np.roots([1 / 20, 0, -1])),
        "Compare the same things": (20 / 2) ** 0.5,
        "That is the number before": functions.ravine.hessian((0, 0))[0, 0] / 2,
    },
    "how many steps": {
        "One short": lambda low, high, closer: math.floor(of_the_best(low, high, closer)),
        "Right equation": of_the_best,
        "That is the rate 1/high": rounded_up(lambda low, high: (high - low) / high),
        "That is the rate 2/high": rounded_up(lambda low, high: (high - low - low) / high),
        "rate · low is what": rounded_up(lambda low, high: 1 - (high - low) / (high + low)),
        "What a step leaves": lambda low, high, closer: unrounded(low / high, closer),
        "That is the rule for large": lambda low, high, closer: math.ceil(
            high / low / 2 * math.log(closer)
        ),
        "It is negative": lambda low, high, closer: -of_the_best(low, high, closer),
    },
}
