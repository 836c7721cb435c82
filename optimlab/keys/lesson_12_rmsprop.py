"""Lesson 12: what its questions know, and the numbers it states."""

import functools
import math

import numpy as np

from optimlab import SGD, AdaGrad, Momentum, RMSProp, descend, functions, tuning
from optimlab.keys.lesson_11_adagrad import wall
from optimlab.lessons import Choice, Exercise, Number

ravine, plateau = functions.ravine, functions.plateau


PREDICTIONS = {
    "RMSProp after the wall": Choice(
        {
            "it stalls too": "The wall is in r as well. But each step keeps only 0.9 of it.",
            "it is slow at first on the floor, then picks up": "On the floor each step keeps 0.9 "
            "of what the wall left in r. When that has faded, the steps are as long as η again.",
            "it walks on as if there had been no wall": "Nothing is forgotten at once: the first "
            "step on the floor still divides by what the wall left.",
        },
        right="it is slow at first on the floor, then picks up",
        fact=lambda e: (
            "Steps 10, 60 and 120 are "
            + ", ".join(f"{abs(s):.2g}" for s in np.diff(e.paths["RMSProp"].points)[[9, 59, 119]])
            + " long."
        ),
        why="Why is the effective rate a straight line for so long?",
        tells=[
            *("picks up", "slow at first", "forgets the wall", "wall is forgotten", "1.054"),
            *("88 steps", "90 %", "91 steps", "115", "as long as η again"),
        ],
    ),
    "the length of the first step": Number(
        "Length of the first step",
        right=lambda e: 7.9 - e.paths["RMSProp"].points[1],
        within=0.05,
        along="y",
        panel=1,
        replies=[
            (0.3, "0.3 is AdaGrad's: its h is g² after one step. What is r?"),
            (3.03, "That is SGD: rate times slope."),
            (0.15, "That multiplies by √0.25. It divides."),
            (1.2, "That divides by 0.25. The root is missing."),
            (0.346, "r starts at 0, so ρ · r adds nothing: only 1 - ρ counts."),
        ],
        fact="r starts at 0, so after one step it is 0.25 · g², and its root is half the size of "
        "g. The step is 0.3/0.5.",
        why="Which ρ makes the first step ten times as long as η?",
        tells=[
            *("0.6", "0.60", "2 η", "3.2 η", "31.6 η", "10.0 η", r"\frac{\eta}{\sqrt{1-\rho}}"),
            *(r"\eta/\sqrt{1-\rho}", "η/√(1-ρ)", "twice as long as"),
        ],
    ),
    "what ρ = 0 does": Choice(
        {
            "x and y move by 0.3 at every step, for ever": "With ρ = 0, r is g⊙g of this step "
            "alone. Each coordinate divides its gradient by its own size: only the sign is left. "
            "Next to the floor it cannot but hop over it.",
            "the same as SGD": "SGD's step is rate times gradient. Here the gradient is divided by "
            "the root of its own square.",
            "it goes straight to the star and stops there": "x and y move equally far, so y is at "
            "the floor long before x. And a step of fixed length cannot stop.",
        },
        right="x and y move by 0.3 at every step, for ever",
        fact=lambda e: (
            "The last two points: "
            + " and ".join("({:.2f}, {:.2f})".format(*p) for p in e.paths["RMSProp"].points[-2:])
            + "."
        ),
        tells=[
            *("only the sign", "only its sign", "by 0.3 at every step", "hops", "equally far"),
            *("fixed length", "no step is shorter", "-0.1"),
        ],
    ),
    "after step 54": Choice(
        {
            "0": "It is nearly there. But look at the effective rates: what do they do when the "
            "gradients vanish?",
            "about the same": "With a fixed rate below the limit it would fall further. Here the "
            "rate rises while r forgets.",
            "above 0.01": "Near the minimum the gradients vanish, r forgets the large ones, and "
            "the effective rates grow, past what the direction can bear. Then it zigzags out "
            "again, until its gradients hold the rate back.",
        },
        right="above 0.01",
        fact=lambda e: f"It is {e.paths['RMSProp'].losses[-1]:.4f}.",
        why="Compare the end of the loss curve with the end of the rates. Which came first?",
        tells=[
            *("hop", "hops", "hopping", "cannot stay below", "zigzags out", "does not settle"),
            *("neither shrinks nor grows", "harms at the end", "0.0236", "0.024", "20 and 1"),
        ],
    ),
    "the turned ravine": Choice(
        {
            "that of SGD": "SGD's step is a multiple of the gradient, and the gradient turns with "
            "the ravine.",
            "that of RMSProp": "Both x and y now see a mixture of steep and flat. So neither "
            "gets the rate that suits the flat direction.",
            "neither: it is the same ravine": "To SGD it is. RMSProp works along the axes, and "
            "they have not turned.",
        },
        right="that of RMSProp",
        tells=[
            *("29", "turned 29", "turned 34", "later once turned", "needs the right axes"),
            *("belong to x and y", "works along the axes", "17 once turned", "mixture of steep"),
        ],
    ),
}


def rmsprop(w, g, r, lr, rho):
    r = rho * r + (1 - rho) * g * g
    return w - lr * g / np.sqrt(r), r


def steps(rho, steep, flat):
    return int(np.ceil(2 * np.log(steep / flat) / np.log(1 / rho)))


def slower(gradient, w, r, lr, rho, steps):
    for k in range(1, steps + 1):
        g = gradient(w)
        r = rho * r + (1 - rho) * g * g
        w = w - lr / np.sqrt(k) * g / np.sqrt(r)
    return w


def varied(gradient, w, r, lr, rho, steps, power=0.5, first=1, root=0.5, keep=True):
    for k in range(steps):
        g = gradient(w)
        r = rho * r + (1 - rho) * g * g
        rate = lr / (k + first) ** power
        lr = lr if keep else rate
        w = w - rate / r**root * g
    return w


EXERCISES = {
    "RMSProp's step": Exercise(
        rmsprop,
        wrong=[
            (
                lambda w, g, r, lr, rho: (w - lr * g / np.sqrt(r + g * g), r + g * g),
                "That is AdaGrad: nothing fades.",
            ),
            (
                lambda w, g, r, lr, rho: (
                    w - lr * g / np.sqrt(rho * r + g * g),
                    rho * r + g * g,
                ),
                "The new square needs its weight, 1 - ρ: r is a mean.",
            ),
            (
                lambda w, g, r, lr, rho: (
                    w - lr * g / np.sqrt((1 - rho) * r + rho * g * g),
                    (1 - rho) * r + rho * g * g,
                ),
                "ρ and 1 - ρ are swapped: ρ is the share that stays.",
            ),
            (
                lambda w, g, r, lr, rho: (
                    w - lr * g / (rho * r + (1 - rho) * g * g),
                    rho * r + (1 - rho) * g * g,
                ),
                "The root of r is missing.",
            ),
            (
                lambda w, g, r, lr, rho: (
                    w + lr * g / np.sqrt(rho * r + (1 - rho) * g * g),
                    rho * r + (1 - rho) * g * g,
                ),
                "That is uphill: look at the sign.",
            ),
            (
                lambda w, g, r, lr, rho: (
                    w - lr * g / np.sqrt(rho * r + (1 - rho) * g),
                    rho * r + (1 - rho) * g,
                ),
                "r is a mean of squares. g is not squared.",
            ),
            (
                lambda w, g, r, lr, rho: (w - lr * g / np.sqrt(r), rho * r + (1 - rho) * g * g),
                "The step uses the old r.",
            ),
        ],
        cases=[(1.0, 0.5, 0.3, 0.1, 0.9), (-2.0, 3.0, 7.0, 0.7, 0.3), (0.5, -2.0, 0.2, 1.5, 0.99)],
        hints=[
            "r first: ρ times the old r, and 1 - ρ times g·g.",
            "Then as in AdaGrad, with r for h.",
        ],
    ),
    "steps to forget": Exercise(
        steps,
        wrong=[
            (
                lambda rho, steep, flat: int(np.ceil(np.log(steep / flat) / np.log(1 / rho))),
                "r holds squares of gradients.",
            ),
            (
                lambda rho, steep, flat: int(2 * np.log(steep / flat) / np.log(1 / rho)),
                "One short: a count is whole, and must be rounded up.",
            ),
            (
                lambda rho, steep, flat: 2 * np.log(steep / flat) / np.log(1 / rho),
                "Right equation. A count is whole: round up.",
            ),
            (
                lambda rho, steep, flat: int(np.ceil(2 * np.log(steep / flat) / np.log(rho))),
                "It is negative: the logarithm of ρ is.",
            ),
            (
                lambda rho, steep, flat: int(
                    np.ceil(2 * np.log(steep / flat) / np.log(1 / (1 - rho)))
                ),
                "ρ is the share that stays, 1 - ρ the one that goes.",
            ),
            *(
                (
                    lambda rho, steep, flat, whole=whole: whole(1 / (1 - rho)),
                    "After one window about a third is still there.",
                )
                for whole in (round, math.ceil, int, float)
            ),
        ],
        cases=[(0.9, 10.0, 0.1), (0.5, 3.0, 0.2), (0.99, 50.0, 1.5), (0.2, 0.7, 0.04)],
        hints=[
            "After k steps ρ to the power k of the steep square is left.",
            "Solve ρ^k · steep² = flat² for k with logarithms, and round up.",
        ],
    ),
    "a rate that falls": Exercise(
        slower,
        wrong=[
            (lambda *given: varied(*given, power=0), "The rate does not fall."),
            (lambda *given: varied(*given, power=1), "That is lr/k. The root is missing."),
            (
                lambda *given: varied(*given, power=-0.5),
                "The rate grows: divide by the root of k.",
            ),
            (
                lambda *given: varied(*given, first=2),
                "k counts from 1: the first rate is lr itself.",
            ),
            (lambda *given: varied(*given, root=1), "The root of r is missing."),
            (
                lambda *given: varied(*given, keep=False),
                "lr itself is changed, so each step divides what the last one left.",
            ),
        ],
        cases=[
            (lambda w: 2 * w - 4, 4.0, 0.0, 0.3, 0.9, 4),
            (lambda w: w + 1, -3.0, 2.0, 0.1, 0.7, 3),
            (lambda w: 6 * w * w * w, 0.5, 0.3, 1.5, 0.4, 2),
            (lambda w: 1 - 2 * w, -0.5, 5.0, 0.7, 0.2, 1),
        ],
        hints=[
            "Take `rmsprop` from above, without delta.",
            "`lr / np.sqrt(k)` takes the place of lr.",
        ],
    ),
}

QUIZ = [
    (
        "On a long floor of constant slope, how long does RMSProp's step become?",
        {
            "η": "Right: r tends to g², and the gradient is divided by its own size.",
            "η times the slope": "That is SGD.",
            "shorter and shorter": "That is AdaGrad. RMSProp's r stays at g².",
        },
    ),
    (
        "You raise ρ from 0.9 to 0.99. What gets longer?",
        {
            "The memory and the first step": "Right: a window of 100 instead of 10, and a first "
            "step of 10 η instead of 3.2 η.",
            "The memory, not the first step": "The first step is η over the root of 1 - ρ.",
            "The first step, not the memory": "ρ is the share of the memory that stays: with "
            "more of it, the memory gets longer, too.",
        },
    ),
    (
        "Of what is RMSProp's r a running mean?",
        {
            "The squares of the gradients": "Right: of the size alone. The direction is that of "
            "this moment's gradient.",
            "The gradients": "It would lose its size where signs alternate. A square has no sign.",
            "The steps": "Nothing of a past step is kept. Lesson 14 has a rule that does.",
        },
    ),
]


@functools.cache
def on_wall(rule=RMSProp, steps=200, **more):
    return descend(wall, rule(lr=0.3, **more), 7.9, steps)


@functools.cache
def in_ravine(rule=RMSProp, lr=0.3, steps=2000, **more):
    return descend(ravine, rule(lr=lr, **more), (-7, 2), steps)


def arrives_on_the_floor(rule):
    """The step at which a run comes down from the wall."""
    return np.argmax(on_wall(rule).points < 6)


def reaches_the_target():
    """The positions of the slider with which the target on the plateau is reached."""
    rhos = np.arange(1000) / 1000
    runs = descend(plateau, RMSProp(lr=0.18, rho=rhos[:, None]), plateau.start, 10)
    return rhos[(runs.losses <= 0.02).any(axis=0)]


def both_ravines():
    return ravine, tuning.rotated(ravine, 45)


def steps_to_loss_0_1(rule, most=100):
    """How many steps in the ravine, and in the ravine that is turned; the fewest of a batch."""
    losses = [descend(f, rule, f.start, most).losses for f in both_ravines()]
    return [int(np.argmax((run < 0.1).reshape(most + 1, -1).any(axis=1))) for run in losses]


def at_the_best_rate(rule):
    """The same with the best of many rates for each."""
    return steps_to_loss_0_1(rule(lr=np.geomspace(0.03, 10, 400)[:, None]))


def uphill(rule, seed=0):
    """Which steps go uphill on the floor, with noise ten times its slope."""
    noise = np.random.default_rng(seed).normal(size=2000)
    run = descend(wall, rule, 5.9, 2000, gradient=lambda x, k: wall.gradient(x) + noise[k])
    return np.diff(run.points) > 0


NUMBERS = [
    ("10.1", lambda: wall.gradient(7.9)),
    ("0.1", lambda: wall.gradient(5.9)),
    ("15", lambda: arrives_on_the_floor(AdaGrad)),
    ("3", lambda: arrives_on_the_floor(RMSProp)),
    ("3", lambda: on_wall().rates[-1]),
    ("1.054", lambda: 0.9**-0.5),
    ("10,201", lambda: 10.1**2 / 0.1**2),
    ("88", lambda: np.ceil(np.log(10.1**2 / 0.1**2) / np.log(1 / 0.9))),
    ("91", lambda: np.argmax(on_wall().rates >= 0.9 * 3)),
    ("115", lambda: np.argmax(on_wall().rates >= 0.99 * 3)),
    ("0.25", lambda: 1 - 0.75),
    ("0.5", lambda: (1 - 0.75) ** 0.5),
    ("31.6", lambda: (1 - 0.999) ** -0.5),
    ("3.2", lambda: (1 - 0.9) ** -0.5),
    ("100", lambda: 1 / (1 - 0.99)),
    ("10", lambda: 1 / (1 - 0.9)),
    ("10", lambda: (1 - 0.99) ** -0.5),
    ("0.745", lambda: reaches_the_target().min()),
    ("0.987", lambda: reaches_the_target().max()),
    ("-1.2", lambda: -3 + 10 * 0.18),
    (r"3 \cdot 10^{-15}", lambda: in_ravine().losses[54]),
    ("20", lambda: in_ravine().rates[-1, 0]),
    ("1", lambda: in_ravine().rates[-1, 1]),
    ("4", lambda: at_the_best_rate(RMSProp)[0]),
    ("17", lambda: at_the_best_rate(RMSProp)[1]),
    ("18", lambda: at_the_best_rate(SGD)[0]),
]
GIVEN = [
    "6", "7.9", "0.3", "0.9", "60", "0.999", "0.75", "-7", "54", "150", "120", "0.01", "0.99", "45",
    "90", "99", "0.18", "0.02", "-3",
]  # fmt: skip


def after_the_wall():
    """Whether RMSProp stalls, is slow and then picks up, or walks as if there were no wall."""
    points, floor = on_wall().points, arrives_on_the_floor(RMSProp)
    steps = np.abs(np.diff(points))
    free = descend(wall, RMSProp(lr=0.3), 5.9, 10).points
    slow, fast = steps[floor : floor + 10].max() < 0.03, np.isclose(steps[-10:], 0.3, rtol=0.05)
    as_far = np.isclose(points[floor] - points[floor + 10], free[0] - free[-1], rtol=0.2)
    return points.min() > 5, slow and fast.all(), as_far


def without_memory():
    """Whether ρ = 0 moves by 0.3 for ever, is SGD, or goes to the star and stops there."""
    points = in_ravine(rho=0).points
    even = np.allclose(np.abs(np.diff(points, axis=0)), 0.3, rtol=1e-4)
    sgd = np.allclose(points, in_ravine(SGD).points, atol=0.3)
    return even, sgd, np.abs(points[-2:]).max() < 0.05


def after_150_steps():
    """Whether the loss is 0 then, as at step 54, or above 0.01."""
    losses = in_ravine().losses
    assert losses.argmin() > 40, "step 54 lies in the low of the whole run"
    then, low = losses[[150, 54]]
    return then < low / 10, low / 10 < then < 10 * low, then > 0.01


def whose_curve_changes():
    """Whether a turn by 45° changes the loss curve of SGD, that of RMSProp, or neither."""
    sgd, rmsprop = (
        np.abs(np.diff([descend(f, rule, f.start, 100).losses for f in both_ravines()], axis=0))
        for rule in (SGD(lr=0.95), RMSProp(lr=0.3))
    )
    return sgd.max() > 1e-3, rmsprop.max() > 0.1, max(sgd.max(), rmsprop.max()) < 1e-3


#: for each choice, which of its options are true, in their order
HOLDS = {
    "RMSProp after the wall": after_the_wall,
    "what ρ = 0 does": without_memory,
    "after step 54": after_150_steps,
    "the turned ravine": whose_curve_changes,
}


def claim_the_wall_is_forgotten_in_88_steps():
    count = np.log(10.1**2 / 0.1**2) / np.log(1 / 0.9)
    path = on_wall()
    assert np.isclose(path.rates[21] / path.rates[20], 0.9**-0.5, rtol=1e-3) and count < 88
    assert path.states["r"].max() < 10.1**2 and path.points[81] > 0 > path.points[82]
    assert path.points[2] > 6 > path.points[3] and np.isclose(path.rates[-1], 3, rtol=1e-3)


def claim_the_target_is_reached_by_all_rho_between_and_by_neither_end():
    found = reaches_the_target()
    assert np.all(np.diff(found) < 0.0015)
    without = descend(plateau, RMSProp(lr=0.18, rho=0), plateau.start, 60).points
    assert np.allclose(np.abs(np.diff(without, axis=0)), 0.18, atol=1e-5)
    beyond = descend(plateau, RMSProp(lr=0.18, rho=0.999), plateau.start, 10)
    assert np.linalg.norm(beyond.points[1]) > 4 and beyond.losses[1] > 0.99


def claim_a_window_holds_about_two_thirds_of_the_weight():
    for rho in (0.9, 0.99, 0.999):
        weights = (1 - rho) * rho ** np.arange(round(1 / (1 - rho)))
        assert np.isclose(weights.sum(), 2 / 3, atol=0.04)


def claim_the_lines_of_the_lesson_are_the_rule():
    w, r = np.array([-7.0, 2.0]), 0.0
    for _ in range(30):
        g = ravine.gradient(w)
        r = 0.9 * r + (1 - 0.9) * g * g
        w = w - 0.3 / (np.sqrt(r) + 1e-8) * g
    by_rule = descend(ravine, RMSProp(lr=0.3, rho=0.9), (-7, 2), 30)
    np.testing.assert_allclose(w, by_rule.end, rtol=1e-12)


def claim_in_the_end_each_coordinate_hops_by_the_rate_at_its_limit():
    for rho in (0.5, 0.9, 0.99):
        path = in_ravine(steps=5000, rho=rho)
        assert np.allclose(path.rates[-1], [20, 1], rtol=1e-4)
        assert np.allclose(np.abs(np.diff(path.points[-2:], axis=0)), 0.3, atol=1e-6)


def claim_adagrad_settles():
    assert in_ravine(AdaGrad, lr=1.5).losses[-1] < 1e-60


def claim_once_turned_both_adaptive_rules_are_slower_than_sgd():
    rules = SGD(lr=0.95), AdaGrad(lr=1.5), RMSProp(lr=0.3)
    assert [steps_to_loss_0_1(rule) for rule in rules] == [[21, 21], [11, 34], [17, 29]]
    assert at_the_best_rate(SGD) == [18, 18]


def claim_rmsprop_goes_uphill_at_the_steps_of_sgd_and_momentum_more_seldom():
    plain = uphill(SGD(lr=0.001))
    assert np.array_equal(uphill(RMSProp(lr=0.001)), plain) and np.mean(plain).round(2) == 0.47
    assert np.mean(uphill(Momentum(lr=0.001))).round(2) == 0.39
    for seed in range(5):
        sums, alone = (uphill(rule(lr=0.001), seed).mean() for rule in (Momentum, SGD))
        assert sums < alone - 0.03


def claim_the_solutions_do_what_the_exercises_say():
    assert np.allclose(rmsprop(4.0, 123.0, 0.0, 0.1, 0.75)[0], 3.8)
    assert steps(0.9, 10.1, 0.1) == 88


def claim_with_a_rate_that_falls_the_hops_shrink():
    start = np.array([-7.0, 2.0])
    apart = [np.abs(slower(ravine.gradient, start, 0, 0.3, 0.9, n)) for n in (1000, 4000)]
    assert np.all(apart[1] < 0.6 * apart[0]) and np.all(apart[1] < 0.003)
