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


def near(lr):
    return np.multiply(lr, [0.9, 1, 1.1])


def if_it_arrives(place, never=np.inf):
    """An answer that makes a place of those at the goal, if there are some."""

    def count(losses, goal):
        there = [k for k, loss in enumerate(losses) if loss <= goal]
        return place(there, losses) if there else never

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
NAMED = {
    "worst of three": {
        "That is the luckiest": lambda loss_at, lr: np.min([loss_at(rate) for rate in near(lr)]),
        "That is the mean": lambda loss_at, lr: np.mean([loss_at(rate) for rate in near(lr)]),
        "10 % of the rate": lambda loss_at, lr: max(map(loss_at, (lr - 1 / 10, lr, lr + 1 / 10))),
        "That is the rate alone": lambda loss_at, lr: max(map(loss_at, [lr])),
        "The rate itself belongs": lambda loss_at, lr: np.fmax(*map(loss_at, near(lr)[::2])),
        "That is the loss at the largest": lambda loss_at, lr: loss_at(lr + lr / 10),
        "That is the middle one": lambda loss_at, lr: np.median([loss_at(r) for r in near(lr)]),
        "That is the worst rate": lambda loss_at, lr: near(lr)[
            np.argmax([loss_at(rate) for rate in near(lr)])
        ],
        "That makes the loss 10 % more": lambda loss_at, lr: near(loss_at(lr)).max(),
        "That is the largest rate": lambda loss_at, lr: lr + lr / 10,
    },
    "evaluations to a goal": {
        "A run that never gets there gets": if_it_arrives(lambda there, _: there[0], never=0),
        "Exactly at the goal counts": first_by(np.less),
        "One too many": if_it_arrives(lambda there, _: 1 + min(there)),
        "That also counts steps above": if_it_arrives(
            lambda there, losses: len(losses) - len(there)
        ),
        "A run that never gets there looks": lambda losses, goal: sum(np.cumprod(losses > goal)),
        "That is where it is lowest": if_it_arrives(
            lambda _, losses: min(range(len(losses)), key=losses.__getitem__)
        ),
        "One loss at the goal is enough": lambda losses, goal: 0 if max(losses) <= goal else np.inf,
        "The two returns are": lambda losses, goal: 0 if min(losses) > goal else np.inf,
        "-1 for a run": if_it_arrives(lambda there, _: there[0], never=-1),
        "That is the last time": if_it_arrives(lambda there, _: there[-1]),
        "That counts the losses": if_it_arrives(lambda there, _: len(there)),
    },
    "which comparisons are fair": {
        "B is fair": "b",
        "F is fair": {"F"},
        "A: who chose the rates": "A and F",
        "C: one rule had 60 tries": ("F", "C", "B"),
        "D: count the gradients": "b, d",
        "E: from one start": np.array(["E", "F"]),
    },
}
