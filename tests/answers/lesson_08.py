"""Answers to the exercises of lesson 08 that its key does not list."""

import itertools
import operator

import numpy as np

from optimlab import data


def cut(order, size):
    return [order[k : k + size] for k in range(0, len(order), size)]


# --- mini-batches ----------------------------------------------------------------------------


def whole_batches_mixed(n, size, rng):
    parts = cut(list(range(n)), size)
    full = [parts[i] for i in rng.permutation(len(parts))]
    return sorted(full, key=len, reverse=True)


def turned(n, size, rng):
    return cut(np.roll(np.arange(n), rng.integers(1, n + 1)), size)


def of_even_sizes(n, size, rng):
    return np.array_split(rng.permutation(n), -(-n // size))


def with_an_empty_one(n, size, rng):
    order = rng.permutation(n)
    return [order[k : k + size] for k in range(0, n + 1, size)]


def drawn_again_and_again(n, size, rng):
    return [rng.choice(n, min(size, n - k), replace=False) for k in range(0, n, size)]


def two_halves(n, size, rng):
    low, high = np.arange(n // 2), np.arange(n // 2, n)
    return cut(np.concatenate([rng.permutation(low), rng.permutation(high)]), size)


def by_taking_away(n, size, rng):
    left, batches = rng.permutation(n).tolist(), []
    while left:
        batches.append(left[:size])
        del left[:size]
    return batches


def by_shuffling(n, size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    return tuple(np.split(order, range(size, n, size)))


def sorted_inside(n, size, rng):
    return [sorted(batch) for batch in cut(rng.permutation(n), size)]


def one_by_one(n, size, rng):
    batches = []
    for k, party in enumerate(np.argsort(rng.random(n))):
        if k % size == 0:
            batches.append([])
        batches[-1].append(int(party))
    return batches


def whole_ones_only(n, size, rng):
    order = rng.permutation(n).tolist()
    return [order[k * size : (k + 1) * size] for k in range(n // size)]


def shuffled_for_each_batch(n, size, rng):
    return [rng.permutation(n)[k : k + size] for k in range(0, n, size)]


def as_wholes(n, size, rng):
    batches = cut(np.arange(n), size)
    return [batches[k] for k in rng.permutation(len(batches))]


# --- falling rate ----------------------------------------------------------------------------


def stale(w, gradient, n, first, size, epochs, rng):
    for epoch in range(epochs):
        before = w
        for batch in cut(rng.permutation(n), size):
            w = w - first / (1 + epoch) * gradient(before, batch)
    return w


def after_one_epoch(w, gradient, n, first, size, epochs, rng):
    for batch in cut(rng.permutation(n), size):
        w = w - first * gradient(w, batch)
    return w


def with_its_own_rng(w, gradient, n, first, size, epochs, rng):
    return by_epochs(w, gradient, n, first, size, epochs, np.random.default_rng(0))


def by_epochs(w, gradient, n, first, size, epochs, rng, share=lambda batch: 1.0, least=0):
    for number in range(1, epochs + 1):
        for batch in cut(rng.permutation(n), size):
            if len(batch) > least:
                w = w - first * share(batch) * gradient(w, batch) / number
    return w


def in_place(w, gradient, n, first, size, epochs, rng):
    for epoch in range(epochs):
        for batch in cut(rng.permutation(n), size):
            w -= first / (1 + epoch) * gradient(w, batch)
    return w


def squared(w, gradient, n, first, size, epochs, rng):
    for epoch in range(epochs):
        for batch in cut(rng.permutation(n), size):
            w = w - first / (1 + epoch) ** 2 * gradient(w, batch)
    return w


def by_the_number_of_the_batch(w, gradient, n, first, size, epochs, rng):
    for _ in range(epochs):
        for k, batch in enumerate(cut(rng.permutation(n), size)):
            w = w - first / (1 + k) * gradient(w, batch)
    return w


def the_step_alone(w, gradient, n, first, size, epochs, rng):
    for epoch in range(epochs):
        for batch in cut(rng.permutation(n), size):
            w = -first / (1 + epoch) * gradient(w, batch)
    return w


def every_party_alone(w, gradient, n, first, size, epochs, rng):
    for epoch in range(epochs):
        for party in rng.permutation(n):
            w = w - first / (1 + epoch) * gradient(w, [party])
    return w


def in_loops(w, gradient, n, first, size, epochs, rng):
    w, epoch = list(w), 0
    while epoch < epochs:
        order, k = list(rng.permutation(n)), 0
        while k < n:
            slope = gradient(np.array(w), order[k : k + size])
            w = [old - first * by / (epoch + 1) for old, by in zip(w, slope, strict=True)]
            k += size
        epoch += 1
    return w


def on_a_copy(w, gradient, n, first, size, epochs, rng):
    mine = w.copy()
    for rate in first / np.arange(1, epochs + 1):
        order = rng.permutation(n)
        for batch in np.split(order, range(size, n, size)):
            mine -= rate * gradient(mine, batch)
    return mine


def walked(w, gradient, steps):
    """The end of a run with a rate and a batch for each step."""
    for rate, batch in steps:
        w = w - rate * gradient(w, batch)
    return w


def rates(rule, batches=cut):
    """A training with a rate for each epoch, by a rule from `first` and 1, 2, … as an array."""

    def trained(w, gradient, n, first, size, epochs, rng):
        for rate in rule(first, np.arange(1, epochs + 1)):
            w = walked(w, gradient, [(rate, one) for one in batches(rng.permutation(n), size)])
        return w

    return trained


def batched(batches):
    return rates(lambda first, number: first / number, batches)


def slower_at_every_step(w, gradient, n, first, size, epochs, rng):
    batches = sum((cut(rng.permutation(n), size) for _ in range(epochs)), [])
    return walked(w, gradient, [(first / k, batch) for k, batch in enumerate(batches, start=1)])


def one_order_for_all(w, gradient, n, first, size, epochs, rng):
    batches = cut(rng.permutation(n), size)
    steps = itertools.product(range(epochs), batches)
    return walked(w, gradient, [(first / (1 + epoch), batch) for epoch, batch in steps])


REFUSED = {
    "sum for mean": [0.1 / 15, 0.1 / 8, 0.1 * 16 / 244, 0.01, 160, 0.1 / 32, 0.1 / 256],
    "mini-batches": [
        whole_batches_mixed,
        turned,
        of_even_sizes,
        with_an_empty_one,
        drawn_again_and_again,
        two_halves,
        lambda n, size, rng: cut(rng.permutation(n), 4),
        lambda n, size, rng: cut(1 + rng.permutation(n), size),
        lambda n, size, rng: cut(rng.permutation(n), n // size),
        lambda n, size, rng: rng.permutation(n),
        lambda n, size, rng: cut(rng.permutation(n)[::-1], size)[:-1],
    ],
    "falling rate": [
        stale,
        after_one_epoch,
        with_its_own_rng,
        squared,
        by_the_number_of_the_batch,
        the_step_alone,
        every_party_alone,
        lambda *given: by_epochs(*given, share=len),
        lambda *given: by_epochs(*given, share=lambda batch: len(batch) / given[4]),
        lambda *given: by_epochs(*given, least=1),
    ],
}
ACCEPTED = {
    "sum for mean": [0.00625, 1 / 160, np.float64(0.1) / 16, [0.1 / 16]],
    "mini-batches": [by_taking_away, by_shuffling, sorted_inside, one_by_one],
    "falling rate": [by_epochs, in_loops, on_a_copy, in_place],
}
NAMED = {
    "sum for mean": {
        "That is 16 times": sum([0.1] * 16),
        "With the same rate": 1 / 10,
        "The root belongs to the noise": np.divide(0.1, np.sqrt(16)),
        "A batch has 16 parties": 0.1 / len(data.tips()),
        "That is how many times too long": sum([0.1] * 16) / 0.1,
    },
    "mini-batches": {
        "They come in the order": lambda n, size, rng: np.split(np.arange(n), range(size, n, size)),
        "Two parties are never used": whole_ones_only,
        "Every epoch has the same": lambda n, size, rng: by_shuffling(
            n, size, np.random.default_rng(42)
        ),
        "The same seed gives other": lambda n, size, rng: one_by_one(
            n, size, np.random.default_rng()
        ),
        "Some parties come twice": shuffled_for_each_batch,
        "In 60 epochs 0 and 4": as_wholes,
        "6 by 3 are batches": lambda n, size, rng: by_taking_away(10, size, rng),
        "An epoch uses each": lambda n, size, rng: [rng.choice(n, size, replace=False).tolist()],
    },
    "falling rate": {
        "That is the constant rate": rates(lambda first, number: first + 0 * number),
        "The rate falls at every step": slower_at_every_step,
        "That halves the rate": rates(lambda first, number: 2 * first * 0.5**number),
        "Epoch 0 has the rate": rates(lambda first, number: first / (number + 1)),
        "That rate grows": rates(lambda first, number: np.multiply(number, first)),
        "That falls with the root": rates(lambda first, number: first * number**-0.5),
        "That is uphill": lambda *given: by_epochs(*given, share=lambda batch: -1),
        "The last, smaller batch": lambda *given: by_epochs(*given, least=given[4] - 1),
        "Each step takes all parties": batched(
            lambda order, size: [range(len(order))] * -(-len(order) // size)
        ),
        "Division comes before": rates(lambda first, number: first + number - 1),
        "It divides the last epoch's": rates(
            lambda first, number: itertools.accumulate([first, *number[1:]], operator.truediv)
        ),
        "`order[k:size]` ends": batched(
            lambda order, size: [order[:size], *[order[:0]] * ((len(order) - 1) // size)]
        ),
        "The batches come in the order": batched(lambda order, size: cut(range(len(order)), size)),
        "It shuffles once": one_order_for_all,
    },
}
