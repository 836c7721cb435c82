"""Answers to the exercises of lesson 15a that its key does not list."""

import numpy as np


def in_a_loop(loss_at, lr):
    found = -np.inf
    for factor in (0.9, 1, 1.1):
        loss = loss_at(factor * lr)
        if loss > found:
            found = loss
    return found


def by_counting(losses, goal):
    count = 0
    for loss in losses:
        if loss <= goal:
            return count
        count += 1
    return np.inf


def with_while(losses, goal):
    k = 0
    while k < len(losses) and losses[k] > goal:
        k += 1
    return k if k < len(losses) else float("inf")


def where_it_is(losses, goal):
    (there,) = np.nonzero(np.asarray(losses) <= goal)
    return np.float64(there[0]) if there.size else np.inf


def as_if_it_never_rose(losses, goal):
    k = np.searchsorted(-losses, -goal)
    return int(k) if k < len(losses) else np.inf


def that_stays(losses, goal):
    above = np.flatnonzero(losses > goal)
    k = above[-1] + 1 if len(above) else 0
    return int(k) if k < len(losses) else np.inf


def first_by(test):
    def count(losses, goal):
        there = test(losses, goal)
        return int(np.argmax(there)) if there.any() else np.inf

    return count


REFUSED = {
    "worst of three": [
        lambda loss_at, lr: max(loss_at(lr / 1.1), loss_at(lr), loss_at(1.1 * lr)),
        lambda loss_at, lr: max(loss_at(0.99 * lr), loss_at(lr), loss_at(1.01 * lr)),
        lambda loss_at, lr: max(loss_at(0.5 * lr), loss_at(lr), loss_at(2 * lr)),
        lambda loss_at, lr: max(loss_at(lr - 10), loss_at(lr), loss_at(lr + 10)),
        lambda loss_at, lr: max(abs(loss_at(f * lr)) for f in (0.9, 1, 1.1)),
        lambda loss_at, lr: max(0, *(loss_at(f * lr) for f in (0.9, 1, 1.1))),
        lambda loss_at, lr: max(loss_at(lr), loss_at(1.1 * lr)),
        lambda loss_at, lr: max(loss_at(0.9 * lr), loss_at(lr)),
        lambda loss_at, lr: sum(loss_at(f * lr) for f in (0.9, 1, 1.1)),
        lambda loss_at, lr: loss_at(0.9 * lr),
        lambda loss_at, lr: [loss_at(f * lr) for f in (0.9, 1, 1.1)],
    ],
    "evaluations to a goal": [
        as_if_it_never_rose,
        that_stays,
        first_by(lambda losses, goal: losses >= goal),
        first_by(lambda losses, goal: losses == goal),
        first_by(lambda losses, goal: np.abs(losses) <= goal),
        first_by(lambda losses, goal: losses[1:] <= goal),
        first_by(lambda losses, goal: losses <= losses[0] * goal),
        lambda losses, goal: losses[np.argmax(losses <= goal)],
        lambda losses, goal: int(np.argmin(np.abs(losses - goal))),
        lambda losses, goal: len(losses) - 1 if (losses <= goal).any() else np.inf,
        lambda losses, goal: np.flatnonzero(losses <= goal),
    ],
    "which comparisons are fair": [
        ["A", "C"],
        ["F", "C"],
        "A, F",
        ["B", "D", "F"],
        "B, G",
        ["F", "F"],
        "all",
        "ABCDEF",
        [2, 6],
    ],
}
ACCEPTED = {
    "worst of three": [
        in_a_loop,
        lambda loss_at, lr: np.max([loss_at(factor * lr) for factor in (0.9, 1, 1.1)]),
        lambda loss_at, lr: max(map(loss_at, (lr - lr / 10, lr, lr + lr / 10))),
        lambda loss_at, lr: sorted(loss_at(rate) for rate in lr * np.array([1.1, 1, 0.9]))[-1],
        lambda loss_at, lr: loss_at(max((0.9 * lr, lr, 1.1 * lr), key=loss_at)),
    ],
    "evaluations to a goal": [
        by_counting,
        with_while,
        where_it_is,
        first_by(lambda losses, goal: np.minimum.accumulate(losses) <= goal),
        lambda losses, goal: next((k for k, loss in enumerate(losses) if loss <= goal), np.inf),
    ],
    "which comparisons are fair": [
        ["B", "F"],
        "B, F",
        ("F", "B"),
        {"B", "F"},
        ["b", "f"],
        "BF",
        "B and F",
        ["B, F"],
        np.array(["B", "F"]),
    ],
}
