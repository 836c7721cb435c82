"""Lesson 12: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, AdaGrad, Function, RMSProp, descend, functions
from optimlab.lessons import Choice, Exercise, Number

ravine = functions.ravine
wall = Function(
    "wall",
    "",
    lambda x: np.abs(x) / 10 + 10 * np.maximum(0, x - 6),
    lambda x: np.sign(x) / 10 + 10 * (x > 6),
    domain=(-1.5, 8.5),
    minima=[0],
    start=7.9,
)


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
            (0.06, "That multiplies by √0.04. It divides."),
            (7.5, "That divides by 0.04. The root is missing."),
            (0.306, "r starts at 0, so ρ · r adds nothing: only 1 - ρ counts."),
        ],
        fact="r starts at 0, so after one step it is 0.04 · g², and its root is 0.2 times the size "
        "of g. The step is 0.3/0.2.",
        why="Which ρ makes the first step ten times as long as η?",
    ),
    "what ρ = 0 does": Choice(
        {
            "the same as SGD": "SGD's step is rate times gradient. Here the gradient is divided by "
            "the root of its own square.",
            "x and y move by 0.3 at every step, for ever": "With ρ = 0, r is g⊙g of this step "
            "alone. Each coordinate divides its gradient by its own size: only the sign is left. "
            "Next to the floor it cannot but hop over it.",
            "it goes straight to the star and stops there": "It goes at 45 degrees, because x and "
            "y move alike. And a step of fixed length cannot stop.",
        },
        right="x and y move by 0.3 at every step, for ever",
        fact=lambda e: (
            "The last two points: "
            + " and ".join("({:.2f}, {:.2f})".format(*p) for p in e.paths["RMSProp"].points[-2:])
            + "."
        ),
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
        why="Where do the effective rates end up?",
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
        cases=[(1.0, 0.5, 0.3, 0.1, 0.9), (-2.0, -3.0, 7.0, 0.7, 0.8), (0.5, 2.0, 0.0, 1.5, 0.99)],
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
            (
                lambda rho, steep, flat: round(1 / (1 - rho)),
                "After one window about a third is still there.",
            ),
        ],
        cases=[(0.9, 10.0, 0.1), (0.5, 3.0, 0.2), (0.99, 50.0, 1.5), (0.8, 7.0, 2.0)],
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
            (lambda w: w + 1, 1.0, 2.0, 0.1, 0.7, 3),
            (lambda w: 6 * w, 0.5, 0.0, 1.0, 0.5, 2),
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
        "You raise ρ from 0.9 to 0.99. What changes?",
        {
            "The memory and the first step get longer": "Right: a window of 100 instead of 10, "
            "and a first step of 10 η instead of 3.2 η.",
            "Only the memory gets longer": "The first step is η over the root of 1 - ρ.",
            "The memory gets shorter": "ρ is the share that stays.",
        },
    ),
    (
        "RMSProp hops around the minimum at a constant distance. What do you do?",
        {
            "Lower η": "Right: each hop is about η long. Lesson 08 did the same with noise.",
            "Wait": "It ends in the same two points for ever.",
            "Lower ρ": "With ρ = 0 it hops just as far: η.",
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


def steps_to_loss_0_05(rho):
    return np.argmax(on_wall(steps=100, rho=rho).losses <= 0.05)


def angle_without_memory():
    """By how many degrees the way of a run with ρ = 0 differs from that of x."""
    x, y = np.diff(in_ravine(steps=1, rho=0).points, axis=0)[0]
    return np.degrees(np.arctan2(abs(y), abs(x)))


def steps_to_loss_0_1(rule):
    """How many steps in the ravine, and in the ravine that is turned."""
    turn = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    turned = Function(
        "turned",
        "",
        lambda p: ravine(p @ turn),
        lambda p: ravine.gradient(p @ turn) @ turn,
        domain=((-8, 8), (-8, 8)),
    )
    places = [(ravine, (-7, 2)), (turned, turn @ (-7, 2))]
    return [int(np.argmax(descend(f, rule, at, 100).losses < 0.1)) for f, at in places]


NUMBERS = [
    ("10.1", lambda: wall.gradient(7.9)),
    ("0.1", lambda: wall.gradient(5.9)),
    ("15", lambda: arrives_on_the_floor(AdaGrad)),
    ("3", lambda: arrives_on_the_floor(RMSProp)),
    ("3", lambda: on_wall().rates[-1]),
    ("1.054", lambda: 0.9**-0.5),
    ("10,201", lambda: 10.1**2 / 0.1**2),
    ("13", lambda: steps_to_loss_0_05(0.999)),
    ("0.04", lambda: 1 - 0.96),
    ("0.2", lambda: (1 - 0.96) ** 0.5),
    ("31.6", lambda: (1 - 0.999) ** -0.5),
    ("3.2", lambda: (1 - 0.9) ** -0.5),
    ("100", lambda: 1 / (1 - 0.99)),
    ("10", lambda: 1 / (1 - 0.9)),
    ("10", lambda: (1 - 0.99) ** -0.5),
    ("45", angle_without_memory),
    (r"3 \cdot 10^{-15}", lambda: in_ravine().losses[54]),
    ("20", lambda: in_ravine().rates[-1, 0]),
    ("1", lambda: in_ravine().rates[-1, 1]),
]
GIVEN = [
    "6", "7.9", "0.3", "0.9", "0.05", "60", "0.999", "0.96", "-7", "54", "150", "120", "0.01",
    "0.99",
]  # fmt: skip


def claim_the_wall_is_forgotten_in_88_steps():
    count = np.log(10.1**2 / 0.1**2) / np.log(1 / 0.9)
    path = on_wall()
    assert np.isclose(path.rates[21] / path.rates[20], 0.9**-0.5, rtol=1e-3) and count < 88
    assert path.states["r"].max() < 10.1**2 and path.points[81] > 0 > path.points[82]
    assert path.points[2] > 6 > path.points[3] and np.isclose(path.rates[-1], 3, rtol=1e-3)


def claim_a_small_rho_and_0_999_reach_the_target():
    assert [steps_to_loss_0_05(rho) for rho in (0.8, 0.999)] == [55, 13]


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
    path = in_ravine()
    assert np.allclose(path.rates[-1], [20, 1], rtol=1e-4)
    assert np.allclose(np.abs(np.diff(path.points[-2:], axis=0)), 0.3, atol=1e-6)


def claim_the_loss_at_step_54_is_3e_15_and_above_0_01_at_150():
    losses = in_ravine().losses
    assert losses.argmin() > 40 and 2.5e-15 < losses[54] < 3.5e-15 and losses[150] > 0.01


def claim_adagrad_settles():
    assert in_ravine(AdaGrad, lr=1.5).losses[-1] < 1e-60


def claim_once_turned_both_adaptive_rules_are_slower_than_sgd():
    rules = SGD(lr=0.95), AdaGrad(lr=1.5), RMSProp(lr=0.3)
    assert [steps_to_loss_0_1(rule) for rule in rules] == [[21, 21], [11, 34], [17, 29]]


def claim_the_solutions_do_what_the_exercises_say():
    assert np.allclose(rmsprop(4.0, 123.0, 0.0, 0.1, 0.75)[0], 3.8)
    assert steps(0.9, 10.1, 0.1) == 88


def claim_with_a_rate_that_falls_the_hops_shrink():
    start = np.array([-7.0, 2.0])
    apart = [np.abs(slower(ravine.gradient, start, 0, 0.3, 0.9, n)) for n in (1000, 4000)]
    assert np.all(apart[1] < 0.6 * apart[0]) and np.all(apart[1] < 0.003)
