"""Lesson 08: what its questions know, and the numbers it states."""

import functools
import itertools

import numpy as np

from optimlab import SGD, analysis, data, descend, network
from optimlab import training as trainings
from optimlab.lessons import Choice, Exercise, Number

tips = data.tips()
even = tips.standardised()
x, y = even.x[:, 0], even.y
raw, loss = network.squared_loss(tips.x[:, 0], y), network.squared_loss(x, y)


def ends(explorer):
    """How far above the minimum the last loss is: with all data, and with batches."""
    sizes = len(explorer.data), explorer["batch size"]
    return [explorer.above(explorer.run([explorer["lr"]], size)[1][-1, 0]) for size in sizes]


PREDICTIONS = {
    "steps in better units": Choice(
        {
            "about 9,700": "The parties are the same, but the surface is not: its shape depends on "
            "the units.",
            "about 100": "With condition number 29 it would be. Now it is 1.",
            "one": "The condition number is 1: the bowl is round, and both curvatures are 2. So "
            "rate 1/2 removes both distances at once.",
        },
        right="one",
        tells=["condition number 1", "after one step", "one step is enough", "round", "rate 1/2"],
    ),
    "how far off a batch of 16 is": Number(
        "Typical distance with 16",
        right=lambda e: e.noise[16],
        within=0.25,
        along="y",
        panel=1,
        replies=[
            (
                1.2,
                "That divides by 4. The errors of a mean cancel only in part: it is the root of 4.",
            ),
            (4.8, "Then more examples would not help. Some errors do cancel."),
            (0.3, "That divides by 16: it is the square of the distance that falls like that."),
        ],
        fact="Four times the batch, half the distance: the mean of independent errors shrinks like "
        "1/√batch.",
        why="What would it cost to halve the distance once more?",
        tells=["2.3", "2.30", "2.4", "half the distance", "1/√batch", "four times as much"],
    ),
    "a batch from 100 times the data": Choice(
        {
            "about 16": "What counts is how many you look at, not how many there are. A spoonful "
            "tells whether the soup is salty, whatever the pot.",
            "about 160": "That is the root of 100 times as many. But the noise does not ask how "
            "many are left out.",
            "about 1,600": "That keeps the share of the data the same. The noise does not ask for "
            "a share.",
        },
        right="about 16",
        fact=lambda e: "Batches of 16 of 244 are {:.1f} off, and {:.1f} of 24,400.".format(
            *(e.measure(16, copies)[1] for copies in (1, 100))
        ),
        panel=1,
        tells=["about 16", "however many", "only large batches", "spoonful", "as good as before"],
    ),
    "what it does near the star": Choice(
        {
            "it stays on the star": "There the rows cancel over all 244 parties. Over 16 of them "
            "they do not, so the next batch pushes it away.",
            "it wanders about the star": "At the star a batch still has a gradient, each time "
            "another one. Away from it, the slope of the surface pulls it back.",
            "it is carried off": "At this rate it is not: the pushes point every way, and the "
            "further off it is, the more the slope of the surface pulls it back.",
        },
        right="it wanders about the star",
        fact=lambda e: e.summary,
        why="Its gradients are wrong at every step. Why does it find the star at all?",
        tells=["wander", "wanders", "cloud", "comes no nearer", "0.13", "pushes"],
    ),
    "lower at the same price": Choice(
        {
            "all data in each step": "Its steps are exact, but for the same price it takes only 6.",
            "batches of 16": "At this rate 96 rough steps lead further than 6 exact ones.",
            "equal: they paid the same": "The price is equal, but it buys 6 steps or 96.",
        },
        right="batches of 16",
        fact=lambda e: (
            "At the end the loss is {:.2g} above its minimum with all data, and {:.1g} with "
            "batches.".format(*ends(e))
        ),
        panel=1,
        tells=["lead further", "fast at first", "near the minimum before", "0.65", "rough steps"],
    ),
}


def _good_batches(batches):
    epochs = []
    rng = np.random.default_rng(5)
    for _ in range(60):
        epochs.append([np.asarray(rows).tolist() for rows in batches(10, 4, rng)])
    again = [np.asarray(r).tolist() for r in batches(10, 4, np.random.default_rng(5))]
    sizes, flat = [len(rows) for rows in epochs[0]], sum(epochs[0], [])
    if sorted(flat) != list(range(10)):
        if sizes == [4, 4]:
            return "Two parties are never used: the last batch may be smaller, 4, 4 and 2."
        if len(flat) == 10 and set(flat) <= set(range(10)):
            return "Some parties come twice and others never: shuffle once, then cut."
        return "An epoch uses each of 0, …, 9 exactly once."
    apart = _never_together(epochs)
    if sizes != [4, 4, 2] and not (apart and sorted(sizes) == [2, 4, 4]):
        return f"The batches of 10 by 4 have the sizes 4, 4 and 2, and not {sizes}."
    if flat == list(range(10)):
        return "They come in the order of the data: shuffle before you split."
    if epochs[0] == epochs[1]:
        return "Every epoch has the same batches: draw from the `rng` that is given, each time."
    if epochs[0] != again:
        return "The same seed gives other batches: draw from the `rng` that is given."
    if apart:
        return (
            f"In 60 epochs {apart[0]} and {apart[1]} are never in one batch: shuffle the parties, "
            "not only within the batches or the batches as a whole."
        )
    for party in range(10):
        for number in range(3):
            if not any(party in epoch[number] for epoch in epochs):
                return f"In 60 epochs {party} is never in batch {number + 1}: shuffle all of them."
    for n, size, wanted in [(6, 3, [3, 3]), (7, 5, [5, 2]), (3, 8, [3]), (12, 1, [1] * 12)]:
        found = [np.asarray(rows).tolist() for rows in batches(n, size, rng)]
        if [len(rows) for rows in found] != wanted:
            return f"{n} by {size} are batches of the sizes {wanted}."
        if sorted(sum(found, [])) != list(range(n)):
            return f"Of {n} parties it does not use each of 0, …, {n - 1} exactly once."
    return True


def _never_together(epochs):
    """Two of ten parties that share no batch in any epoch; by chance once in 10⁷ times."""
    together = {frozenset(pair) for epoch in epochs for rows in epoch for pair in pairs(rows)}
    return next((pair for pair in pairs(range(10)) if frozenset(pair) not in together), None)


def pairs(things):
    return itertools.combinations(things, 2)


def _cut(order, size):
    return [order[k : k + size] for k in range(0, len(order), size)]


def _trained(w, gradient, n, first, size, epochs, rng, *, rate=None, cut=None, once=False):
    step, order = 0, rng.permutation(n) if once else None
    for epoch in range(epochs):
        order = order if once else rng.permutation(n)
        for rows in (cut or _cut)(order, size):
            lr = rate(first, epoch, step) if rate else first / (1 + epoch)
            w = w - lr * gradient(w, rows)
            step += 1
    return w


def _variant(**how):
    def variant(w, gradient, n, first, size, epochs, rng):
        return _trained(w, gradient, n, first, size, epochs, rng, **how)

    return variant


def _made(x, y):
    def gradient(w, rows):
        error = w[0] * x[rows] + w[1] - y[rows]
        return 2 * np.array([np.mean(error * x[rows]), np.mean(error)])

    return gradient


five = _made(np.array([-1.2, 0.3, 1.1, -0.4, 0.7]), np.array([1.0, 2.2, 4.1, 0.6, 2.9]))


def three_weights(w, rows):
    """The mean gradient of a loss with three weights and six examples."""
    return 0.2 * w * w + np.cos(np.arange(18.0)).reshape(6, 3)[rows].mean(axis=0)


def rate():
    return 0.1 / 16


def batches(n, size, rng):
    order = rng.permutation(n)
    return [order[k : k + size] for k in range(0, n, size)]


def training(w, gradient, n, first, size, epochs, rng):
    for epoch in range(epochs):
        rate = first / (1 + epoch)
        order = rng.permutation(n)
        for k in range(0, n, size):
            batch = order[k : k + size]
            w = w - rate * gradient(w, batch)
    return w


EXERCISES = {
    "sum for mean": Exercise(
        rate,
        wrong=[
            (1.6, "That is 16 times the rate. The sum is already 16 times the mean."),
            (0.1, "With the same rate every step would be 16 times as long."),
            (0.025, "The root belongs to the noise. How many times the mean is the sum?"),
            (0.1 / 244, "A batch has 16 parties, not 244."),
            (16, "That is how many times too long the steps are. Which rate makes up for it?"),
        ],
        hints=["The sum of 16 rows is 16 times their mean.", "Rate times sum = 0.1 times mean."],
    ),
    "mini-batches": Exercise(
        batches,
        wrong=[
            (
                lambda n, size, rng: _cut(np.arange(n), size),
                "They come in the order of the data: shuffle before you split.",
            ),
            (
                lambda n, size, rng: _cut(rng.permutation(n)[: n // size * size], size),
                "Two parties are never used: the last batch may be smaller, 4, 4 and 2.",
            ),
            (
                lambda n, size, rng: _cut(np.random.default_rng(0).permutation(n), size),
                "Every epoch has the same batches: draw from the `rng` that is given, each time.",
            ),
            (
                lambda n, size, rng: _cut(np.random.default_rng().permutation(n), size),
                "The same seed gives other batches: draw from the `rng` that is given.",
            ),
            (
                lambda n, size, rng: _cut(np.arange(n)[np.arange(n) // 2 * 2], size),
                "Some parties come twice and others never: shuffle once, then cut.",
            ),
            (
                lambda n, size, rng: [rng.permutation(part) for part in _cut(np.arange(n), size)],
                "In 60 epochs 0 and 4 are never in one batch: shuffle the parties, not only "
                "within the batches or the batches as a whole.",
            ),
            (
                lambda n, size, rng: _cut(rng.permutation(10), size),
                "6 by 3 are batches of the sizes [3, 3].",
            ),
            (
                lambda n, size, rng: [rng.permutation(n)[:size]],
                "An epoch uses each of 0, …, 9 exactly once.",
            ),
        ],
        accept=_good_batches,
        form="a list of batches, each a list of party numbers",
        hints=[
            "`rng.permutation(n)` is 0 to n - 1, shuffled.",
            "`order[k : k + size]`, k in steps of `size`.",
        ],
    ),
    "falling rate": Exercise(
        training,
        wrong=[
            (
                _variant(rate=lambda first, epoch, step: first),
                "That is the constant rate. Divide it by 1 + epoch.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first / (1 + step)),
                "The rate falls at every step. It falls once an epoch.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first / 2**epoch),
                "That halves the rate in every epoch. Divide `first` by 1 + epoch.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first / (2 + epoch)),
                "Epoch 0 has the rate `first` itself.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first * (1 + epoch)),
                "That rate grows with the epochs.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first / np.sqrt(1 + epoch)),
                "That falls with the root of 1 + epoch. There is no root here.",
            ),
            (
                _variant(rate=lambda first, epoch, step: -first / (1 + epoch)),
                "That is uphill: look at the sign.",
            ),
            (
                _variant(cut=lambda order, size: _cut(order[: len(order) // size * size], size)),
                "The last, smaller batch is missing.",
            ),
            (
                _variant(cut=lambda order, size: [order for _ in _cut(order, size)]),
                "Each step takes all parties. Take those of the batch.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first / 1 + epoch),
                "Division comes before the sum: put 1 + epoch in brackets.",
            ),
            (
                _variant(rate=lambda first, epoch, step: first / np.prod(np.arange(1, epoch + 2))),
                "It divides the last epoch's rate once more. Divide `first` itself each time.",
            ),
            (
                _variant(
                    cut=lambda order, size: [order[k:size] for k in range(0, len(order), size)]
                ),
                "`order[k:size]` ends before place `size`. A batch that begins at k ends before "
                "k + size.",
            ),
            (
                _variant(cut=lambda order, size: _cut(np.sort(order), size)),
                "The batches come in the order of the data: `order` is not used.",
            ),
            (_variant(once=True), "It shuffles once. Every epoch has a new order."),
        ],
        cases=[
            (np.array([0.5, 1.0]), five, 5, 0.1, 2, 3, np.random.default_rng(1)),
            (np.array([-1.0, 2.0]), five, 5, 0.3, 3, 4, np.random.default_rng(2)),
            (np.array([2.0, -1.5, 0.1]), three_weights, 6, 0.2, 2, 2, np.random.default_rng(3)),
            (np.array([-0.4, 0.3, 1.0]), three_weights, 6, 0.5, 9, 3, np.random.default_rng(4)),
        ],
        hints=[
            "The loop is that of `train`.",
            "Set the rate once in each epoch, before its batches.",
        ],
    ),
}

QUIZ = [
    (
        "Of a million examples: batches of 25 instead of 100. How far off are the gradients?",
        {
            "Twice as far": "Right: a quarter of the batch, and the root of 4 is 2. With 244 "
            "examples it would be 2.5 times as far, as 100 are a good part of them.",
            "Four times as far": "The square of the distance grows four times.",
            "Half as far": "Fewer examples, more noise.",
        },
    ),
    (
        "You train on batches and want to end nearer to the minimum. What helps?",
        {
            "A falling rate": "Right: smaller steps. Larger batches would do it, too: smaller "
            "pushes.",
            "More epochs": "At the same rate the cloud keeps its width.",
            "A larger rate": "The cloud grows with the rate.",
        },
    ),
    (
        "244 examples in batches of 50. How many steps has an epoch?",
        {
            "5": "Right: four of 50 and one of 44.",
            "4": "Then 44 examples would never be used in it.",
            "244": "That is the number of gradients it pays for.",
        },
    ),
]


@functools.cache
def rows(w=0.0, b=0.0):
    """The gradients of all parties, a row each."""
    error = w * x + b - y
    return np.stack([2 * error * x, 2 * error], axis=1)


@functools.cache
def noise(size):
    """The typical distance of a batch's gradient from that of all data."""
    from optimlab.explorers import NoiseExplorer

    return NoiseExplorer(even, batch_size=4, known=4).noise[size]


@functools.cache
def last_epoch(seed):
    """The typical distance from the star in the last epoch of the lesson's run."""
    from optimlab.explorers import BatchExplorer

    run = BatchExplorer(even, lr=0.1, batch_size=16, seed=seed, compare=False)
    return run.cloud(*run.run([0.1], 16)).item()


def spread(size, n):
    """How far off batches of `size` out of n are, up to a factor: each example is drawn once."""
    return np.sqrt((n - size) / (size * (n - 1)))


def steps_raw():
    return 3.45 * analysis.condition_number(raw)


NUMBERS = [
    ("2,814", lambda: analysis.condition_number(raw)),
    ("9,700", lambda: round(steps_raw(), -2)),
    ("0.00212", lambda: analysis.stability_limit(raw)),
    ("244", lambda: len(even)),
    ("4.8", lambda: noise(4)),
    ("24,400", lambda: 100 * len(even)),
    ("0.13", lambda: last_epoch(2)),
    ("0.08", lambda: min(map(last_epoch, range(10)))),
    ("0.34", lambda: max(map(last_epoch, range(10)))),
    ("2.5", lambda: spread(25, 244) / spread(100, 244)),
    ("4", lambda: len(even) % 16),
    ("96", lambda: 6 * np.ceil(len(even) / 16)),
    ("5", lambda: np.ceil(len(even) / 50)),
    ("44", lambda: len(even) % 50),
]

GIVEN = ["1000", "16", "0.1", "0.06", "0.05", "0.5", "1,000", "100", "29", "6", "60", "0.2"]
GIVEN += ["3", "9", "10", "25", "50"]


def steps_in_better_units():
    """How many steps at the best rate until the run is 1000 times closer to the star."""
    path = descend(loss, SGD(lr=analysis.best_rate(loss)[0]), start=(0, 0), steps=200)
    away = np.linalg.norm(path.points - loss.minima[0], axis=1)
    return np.argmax(away < away[0] / 1000)


def which_batch_of_24_400():
    """Of batches of 16, 160 and 1,600: which lie as far off as those of 16 from 244 do."""
    from optimlab.explorers import NoiseExplorer

    noise = NoiseExplorer(even, batch_size=16, copies=100, known=4)
    far = [noise.measure(size, 100)[1] for size in (16, 160, 1600)]
    return np.isclose(far, noise.measure(16, 1)[1], rtol=0.1)


def once_at_the_star():
    """What the lesson's run does if it starts at the star: it stays, wanders, is carried off."""
    from optimlab.explorers import BatchExplorer

    star = tuple(loss.minima[0])
    run = BatchExplorer(even, lr=0.1, batch_size=16, seed=2, start=star, compare=False)
    away = run.run([run["lr"]], run["batch size"])[1][:, 0] - star
    far, late = np.linalg.norm(away, axis=1), away[-80:]  # the first epoch of six is its way out
    all_sides = np.all((late.min(axis=0) < 0) & (late.max(axis=0) > 0))
    wanders = all_sides and 0.05 < np.median(far[-80:]) and far.max() < 0.5
    return far.max() < 0.05, wanders, not far[-1] < 1


def lower_at_the_same_price():
    from optimlab.explorers import BatchExplorer

    whole, parts = ends(BatchExplorer(even, lr=0.05, batch_size=16))
    return whole < parts, parts < whole / 10, np.isclose(whole, parts, rtol=0.2)


#: for each choice, which of its options are true, in their order
HOLDS = {
    "steps in better units": lambda: np.isclose(steps_in_better_units(), [9700, 100, 1], rtol=0.2),
    "a batch from 100 times the data": which_batch_of_24_400,
    "what it does near the star": once_at_the_star,
    "lower at the same price": lower_at_the_same_price,
}


def claim_in_better_units_one_step_is_enough():
    assert round(steps_raw(), -2) == 9700 and round(3.45 * 29) == 100
    assert np.isclose(analysis.condition_number(loss), 1)
    path = descend(loss, SGD(lr=0.5), start=(0, 0), steps=1)
    assert np.allclose(path.end, loss.minima[0]) and np.isclose(analysis.stability_limit(loss), 1)


def claim_the_gradient_is_the_mean_of_the_rows():
    assert np.allclose(rows().mean(axis=0), loss.gradient(np.zeros(2)))


def claim_four_times_the_batch_half_the_distance():
    assert round(noise(4), 1) == 4.8 and 0.48 < noise(16) / noise(4) < 0.52


def train(x, y, lr, size, epochs, rng):
    w = b = 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for k in range(0, len(x), size):
            rows = order[k : k + size]
            error = w * x[rows] + b - y[rows]
            by_w, by_b = np.mean(2 * error * x[rows]), np.mean(2 * error)
            w, b = w - lr * by_w, b - lr * by_b
    return w, b


def claim_training_is_the_loop_of_the_lesson():
    run = trainings.Training(trainings.Linear(), even, SGD(lr=0.1), batch_size=16, seeds=0)
    run.run(epochs=6)
    ours = train(x, y, 0.1, 16, 6, trainings.streams(0)[1])  # what seed 0 draws its batches from
    assert np.allclose(ours, [run.params["W"].item(), run.params["b"].item()])
    assert run.steps == 6 * 16 and 244 % 16 == 4


def claim_at_the_star_the_rows_cancel_and_each_is_long():
    there = rows(*loss.minima[0])
    assert np.allclose(there.mean(axis=0), 0) and np.sqrt((there**2).sum(axis=1).mean()) > 1


def claim_the_seed_that_is_shown_is_a_typical_one():
    assert np.isclose(last_epoch(2), trainings.cloud(even, [0.1], seeds=10, epochs=20), rtol=0.1)


def claim_the_large_jumps_come_from_the_last_batch_or_an_unusual_party():
    at_star = np.linalg.norm(rows(*loss.minima[0]), axis=1)
    unusual = 5 * np.median(at_star)
    largest = []
    for seed in range(10):
        rng, w, jumps = trainings.streams(seed)[1], np.array([0.0, 1.8]), []
        for epoch in range(6):
            for batch in _cut(rng.permutation(244), 16):
                push = rows(*w)[batch].mean(axis=0)
                jumps.append((epoch, np.linalg.norm(0.1 * push), len(batch), at_star[batch].max()))
                w = w - 0.1 * push
        late = [jump for jump in jumps if jump[0] > 0]  # the first epoch is on its way
        top = sorted(late, key=lambda jump: -jump[1])[:5]
        assert top[0][1] > 3 * np.median([jump[1] for jump in late])
        assert all(size == 4 or most > unusual for _, _, size, most in top)
        largest.append(top[0][1:])
    jump, size, most = max(largest)
    assert size == 4 and most > unusual and jump > 2 * np.median([one[0] for one in largest])


def claim_a_million_examples_are_as_good_as_endless_many():
    assert np.isclose(spread(25, 10**6) / spread(100, 10**6), 2, rtol=1e-3)
    assert np.isclose(spread(17.5, 24_400), spread(16, 244), rtol=0.02)  # "about 16"


def claim_from_rate_0_2_on_all_data_is_lower_at_the_same_price():
    from optimlab.explorers import BatchExplorer

    runs = BatchExplorer(even, batch_size=16)
    for rate, better in [(0.05, True), (0.2, False), (0.5, False)]:
        for seed in range(10):
            both = ends(runs.put(lr=rate, seed=seed))
            assert (both[1] < both[0]) == better


def claim_batches_of_4_at_the_limit_are_carried_off():
    wild = trainings.Training(trainings.Linear(), even, SGD(lr=1.0), batch_size=4).run(epochs=6)
    assert wild.loss() > 1e6 and abs(analysis.stability_limit(loss) - 1) < 1e-9


def claim_the_cloud_grows_with_the_rate_and_a_falling_rate_shrinks_it():
    constant, falling = (
        trainings.cloud(even, [0.05, 0.1, 0.2, 0.4], falling=falls) for falls in (False, True)
    )
    assert (np.diff(constant) > 0).all() and constant[3] > 3 * constant[1]
    assert (falling < constant / 2).all()


def claim_batches_are_near_the_minimum_before_1000_gradients():
    many = data.Data(np.tile(even.x, (100, 1)), np.tile(even.y, 100))
    run = trainings.Training(trainings.Linear(), many, SGD(lr=0.1), batch_size=16, seeds=0)
    spent, above = [], []
    while run.epoch < 1:
        run.step()
        spent.append(run.evaluations)
        above.append(run.loss(even).item() - loss(loss.minima[0]))
    assert spent[61] == 992 and np.median(above[61:]) < 0.05 < above[0]


def claim_with_the_sum_the_rate_is_a_sixteenth():
    assert np.allclose(rate() * rows()[:16].sum(axis=0), 0.1 * rows()[:16].mean(axis=0))
    assert np.allclose(rate() * rows()[:4].sum(axis=0), 0.1 * rows()[:4].mean(axis=0) / 4)


def claim_an_epoch_of_244_by_50_has_5_steps():
    assert np.ceil(len(even) / 50) == 5


def claim_the_batches_are_those_of_optimlab():
    ours = batches(244, 16, np.random.default_rng(3))
    theirs = trainings.minibatches(244, 16, np.random.default_rng(3))
    assert all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))


def claim_the_falling_rate_comes_to_rest():
    def of_tips(w, rows):
        error = w[0] * x[rows] + w[1] - y[rows]
        return 2 * np.array([np.mean(error * x[rows]), np.mean(error)])

    end = training(np.zeros(2), of_tips, 244, 0.2, 16, 30, np.random.default_rng(0))
    assert np.linalg.norm(end - loss.minima[0]) < 0.05
