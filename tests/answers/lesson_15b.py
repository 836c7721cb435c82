"""Answers to the exercises of lesson 15b that its key does not list."""

import numpy as np


def as_intervals(a, b):
    low, high = max(np.min(a), np.min(b)), min(np.max(a), np.max(b))
    return low <= high


def by_sorting(a, b):
    a, b = sorted(a), sorted(b)
    if a[-1] < b[0] or b[-1] < a[0]:
        return False
    return True


def with_a_loop(losses, threshold, examples):
    spent = 0
    for loss in losses:
        if loss <= threshold:
            return spent
        spent = spent + examples
    return -1


def where_it_is(losses, threshold, examples):
    (epochs,) = np.where(np.array(losses) <= threshold)
    return epochs[0] * examples if len(epochs) else -1


def with_while(losses, threshold, examples):
    epoch = 0
    while epoch < len(losses):
        if not losses[epoch] > threshold:
            return np.int64(epoch * examples)
        epoch += 1
    return -1


def as_if_it_never_rose(losses, threshold, examples):
    epoch = np.searchsorted(-losses, -threshold)
    return int(epoch) * examples if epoch < len(losses) else -1


def that_stays(losses, threshold, examples):
    above = np.flatnonzero(losses > threshold)
    epoch = above[-1] + 1 if len(above) else 0
    return int(epoch) * examples if epoch < len(losses) else -1


def first_by(test, never=-1, each=None):
    def count(losses, threshold, examples):
        below = test(losses, threshold)
        return int(np.argmax(below)) * (each or examples) if below.any() else never

    return count


def or_all_of_them(losses, threshold, examples):
    count = first_by(lambda losses, threshold: losses <= threshold)(losses, threshold, examples)
    return count if count >= 0 else len(losses) * examples


def with_the_epoch_in_it(losses, threshold, examples):
    spent = 0
    for loss in losses:
        spent += examples
        if loss <= threshold:
            return spent
    return -1


def overwritten(losses, threshold, examples):
    spent = -1
    for epoch, loss in enumerate(losses):
        if loss <= threshold:
            spent = epoch * examples
    return spent


def how_often(losses, threshold, examples):
    return sum([examples for loss in losses if loss <= threshold]) or -1


REFUSED = {
    "overlap": [
        lambda a, b: bool(a[0] <= b[-1] and b[0] <= a[-1]),
        lambda a, b: bool(set(a) & set(b)),
        lambda a, b: bool(b.min() <= a.mean() <= b.max() or a.min() <= b.mean() <= a.max()),
        lambda a, b: bool(abs(a.mean() - b.mean()) <= a.std() + b.std()),
        lambda a, b: bool((a < b.max()).any()),
        lambda a, b: bool(a.min() <= b.min() <= a.max()),
        lambda a, b: bool(a.max() >= b.min() >= 0 and b.max() >= a.min() >= 0),
        lambda a, b: bool(a.min() > b.max() or b.min() > a.max()) or bool(a.max() == b.min()),
        lambda a, b: bool(a.max() >= b.max()),
        lambda a, b: min(a.max(), b.max()) - max(a.min(), b.min()),
    ],
    "gradients to a threshold": [
        as_if_it_never_rose,
        that_stays,
        first_by(lambda losses, threshold: losses <= threshold, never=np.inf),
        or_all_of_them,
        first_by(lambda losses, threshold: losses <= threshold, each=105),
        first_by(lambda losses, threshold: losses <= 0.1),
        first_by(lambda losses, threshold: losses[1:] <= threshold),
        first_by(lambda losses, threshold: losses == threshold),
        lambda losses, threshold, examples: int(np.abs(losses - threshold).argmin()) * examples,
        lambda losses, threshold, examples: len(losses) * examples,
        lambda losses, threshold, examples: float(losses[(losses <= threshold).argmax()]),
    ],
}
ACCEPTED = {
    "overlap": [
        as_intervals,
        by_sorting,
        lambda a, b: not (max(a) < min(b) or max(b) < min(a)),
        lambda a, b: bool(np.ptp(np.concatenate([a, b])) <= np.ptp(a) + np.ptp(b) + 1e-12),
    ],
    "gradients to a threshold": [
        with_a_loop,
        where_it_is,
        with_while,
        first_by(lambda losses, threshold: np.minimum.accumulate(losses) <= threshold),
        lambda losses, threshold, examples: examples
        * next((k for k, loss in enumerate(losses) if loss <= threshold), -1 / examples),
    ],
}
NAMED = {
    "overlap": {
        "That is half of it: a may lie below": lambda a, b: not min(a) > max(b),
        "That is half of it: a may lie above": lambda a, b: not np.all(a < min(b)),
        "One of the two is always so": lambda a, b: any([min(a) <= max(b), min(b) <= max(a)]),
        "That is turned round": lambda a, b: max(a) < min(b) or min(a) > max(b),
        "Ranges that touch": lambda a, b: max(min(a), min(b)) < min(max(a), max(b)),
        "The middle of a alone": lambda a, b: min(b) <= np.quantile(a, 0.5) <= max(b),
        "The range of b may lie": lambda a, b: any(min(b) <= one <= max(b) for one in a),
        "That asks whether a lies inside": lambda a, b: all(min(b) <= one <= max(b) for one in a),
    },
    "gradients to a threshold": {
        "That counts epochs": first_by(np.less_equal, each=1),
        "A run that never gets there": first_by(np.less_equal, never=0),
        "One epoch too many": with_the_epoch_in_it,
        "That is the last time": overwritten,
        "That is where the loss was lowest": lambda losses, threshold, examples: (
            examples * losses.tolist().index(min(losses)) if min(losses) <= threshold else -1
        ),
        "A loss equal to": first_by(np.less),
        "That is where it first lies above": first_by(np.greater),
        "That counts how often": how_often,
    },
}
