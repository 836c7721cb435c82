"""Lesson 09: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, Function, Momentum, descend, functions
from optimlab.lessons import Choice, Exercise, Number
from optimlab.study.analysis import best_momentum, momentum_factors, momentum_limit, momentum_shrink

parabola, ravine = functions.parabola, functions.ravine
wave, bumpy = functions.wave, functions.bumpy


PREDICTIONS = {
    "how long step 60 is": Number(
        "Length of step 60",
        right=lambda e: e.paths["Momentum"].states["v"][-1],
        within=0.05,
        along="y",
        panel=1,
        replies=[
            (
                0.1,
                "0.1 is the step without memory. Each step adds 0.1 to what is left of the last.",
            ),
            (0.19, "0.19 is step 2: 0.9 · 0.1 + 0.1. It goes on growing."),
            (6, "6 would be 60 · 0.1, if nothing of the velocity were lost."),
            (
                0.9,
                "0.9 is the share that is kept. At which length does a tenth lost equal 0.1 "
                "gained?",
            ),
        ],
        fact="Steps 1 to 3 are 0.1, 0.19 and 0.271. A step of 1 loses 0.1 and gains 0.1: it stays.",
        why="Why does the step stop growing, although the slope does not end?",
    ),
    "what it does at the minimum": Choice(
        {
            "it slows down and stops at 2": "A slope of 0 adds nothing to the velocity. It does "
            "not take it away either.",
            "it runs past 2 and comes back": "At 2 only the slope is zero. The velocity is not: "
            "it carries the run up the other side until the slope there has turned it round.",
            "it runs past 2 and never comes back": "Beyond 2 the slope points back, and every "
            "step takes some of the velocity away.",
        },
        right="it runs past 2 and comes back",
        fact=lambda e: (
            f"It turns at {e.paths['Momentum'].points.min():.3f}, at step "
            f"{e.paths['Momentum'].points.argmin()}."
        ),
    ),
    "what becomes of the zigzag": Choice(
        {
            "it grows: the ball swings further": "A ball that is pushed the way it goes would. "
            "Across the floor most pushes go against the last step.",
            "it dies out sooner": "Across the floor plain descent turns at every step. What "
            "is kept of the last step takes off some of the next one.",
            "it stays as it is": "The rate is the same, but each step is mixed with the one "
            "before, which mostly went the other way.",
        },
        right="it dies out sooner",
        fact="Per step, plain descent leaves 0.9 across and 0.905 along the floor. With momentum "
        "0.5 both are 0.707.",
        why="And along the floor, where all gradients point the same way?",
    ),
    "what the best pair leaves": Number(
        "Left after one step",
        right=lambda e: e.best[2],
        within=0.03,
        replies=[
            (0.905, "0.905 would mean that momentum gains nothing."),
            (0.949, "0.949 is √0.9, what momentum 0.9 leaves. Less momentum can leave less."),
            (0.707, "0.707 is the pair above, 0.95 and 0.5. The rate may grow with the momentum."),
            (0.82, "0.82 is 0.905²: twice as fast. It is better still."),
        ],
        fact="Plain descent needs 70 steps to come 1000 times closer, the best pair 21.",
    ),
    "where momentum 0.95 ends": Choice(
        {
            "the valley at 4.913, after more swings": "So it would if the hill were higher. The "
            "first swing decides.",
            "the shallow valley at 0": "It rolls through the deep valley, over the hill at 2.03, "
            "and loses too much in the shallow one to come back.",
            "the valley at -4.913": "It swings out to -1.4, and the slope there turns it round.",
        },
        right="the shallow valley at 0",
        fact=lambda e: (
            f"After {e.paths['Momentum'].steps} steps it is at {e.paths['Momentum'].end:.2f}, at "
            f"height {e.paths['Momentum'].losses[-1]:.2f}. The deep valleys lie at "
            f"{wave(wave.minima[0]):.2f}."
        ),
        at={
            "the valley at 4.913, after more swings": 4.913,
            "the shallow valley at 0": 0,
            "the valley at -4.913": -4.913,
        },
    ),
}


def step(w, v, slope, lr, momentum):
    v = momentum * v - lr * slope(w)
    w = w + v
    return w, v


def length():
    return 0.01 * 2 / (1 - 0.95)


def pair(low, high):
    rate = 4 / (np.sqrt(low) + np.sqrt(high)) ** 2
    momentum = ((np.sqrt(high) - np.sqrt(low)) / (np.sqrt(high) + np.sqrt(low))) ** 2
    return rate, momentum


def moved(v, w):
    return w + v, v


EXERCISES = {
    "one step": Exercise(
        step,
        wrong=[
            (
                lambda w, v, slope, lr, momentum: moved(momentum * v + lr * slope(w), w),
                "That is uphill: look at the sign before the rate.",
            ),
            (
                lambda w, v, slope, lr, momentum: (w + v, momentum * v - lr * slope(w)),
                "It moves by the old velocity. Which one does the formula add?",
            ),
            (
                lambda w, v, slope, lr, momentum: moved(lr * (momentum * v - slope(w)), w),
                "The rate belongs to the slope alone: it multiplies the velocity, too.",
            ),
            (
                lambda w, v, slope, lr, momentum: moved(v - lr * slope(w), w),
                "Nothing of the velocity is lost: the momentum is missing.",
            ),
            (
                lambda w, v, slope, lr, momentum: moved(
                    momentum * v - (1 - momentum) * lr * slope(w), w
                ),
                "That is a running mean, which lesson 13 uses. Here the step is added whole.",
            ),
            (
                lambda w, v, slope, lr, momentum: (
                    w - momentum * v + lr * slope(w),
                    momentum * v - lr * slope(w),
                ),
                "The velocity is right, and it points where to go: add it.",
            ),
            (
                lambda w, v, slope, lr, momentum: moved(momentum * v - lr * slope(w), w)[::-1],
                "The two are swapped: the point comes first.",
            ),
            (
                lambda w, v, slope, lr, momentum: (
                    w - momentum * v - lr * slope(w),
                    momentum * v + lr * slope(w),
                ),
                "Your velocity points uphill and is taken off. Here the velocity is the step "
                "itself.",
            ),
            (
                lambda w, v, slope, lr, momentum: (
                    w - lr * (momentum * v + slope(w)),
                    momentum * v + slope(w),
                ),
                "That velocity sums gradients, as PyTorch's does. Here it is the step itself.",
            ),
        ],
        cases=[
            (4.0, -0.5, parabola.gradient, 0.2, 0.9),
            (1.0, 0.25, lambda x: 3.0 * x, 0.1, 0.5),
        ],
        hints=["First the velocity, then the point.", "Kept velocity minus rate times `slope(w)`."],
    ),
    "the longest step": Exercise(
        length,
        wrong=[
            (0.02, "That is the step without memory."),
            (0.38, "That is what is kept of it. Add the new part."),
            (0.2, "The slope is 2, not 1."),
            (0.001, "That multiplies by 1 - α. It is a division."),
            (0.02 / 0.95, "That divides by α. What part of the velocity is lost per step?"),
            (20, "That is the factor 1/(1 - α). Multiply it by the step without memory."),
        ],
        hints=["Where do loss and gain of the velocity balance?", "Solve v = 0.95 v + 0.01 · 2."],
    ),
    "the best pair": Exercise(
        pair,
        wrong=[
            (
                lambda low, high: (pair(low, high)[0] ** 0.5, pair(low, high)[1]),
                "The momentum is right. The rate is a square.",
            ),
            (
                lambda low, high: (pair(low, high)[0], pair(low, high)[1] ** 0.5),
                "The rate is right. What you give as momentum is what a step leaves.",
            ),
            (
                lambda low, high: ((2 / (low + high)) ** 2, ((high - low) / (high + low)) ** 2),
                "The roots of the curvatures are missing.",
            ),
            (
                lambda low, high: (pair(low, high)[0], ((high - low) / (high + low)) ** 2),
                "The rate is right. In the momentum a root is missing.",
            ),
            (
                lambda low, high: tuple(np.sqrt(pair(low, high))),
                "The squares are missing, in both.",
            ),
            (
                lambda low, high: (2 / (low + high), pair(low, high)[1]),
                "The momentum is right. The rate is that of plain descent.",
            ),
            (
                lambda low, high: pair(low, high)[::-1],
                "The two are swapped: the rate comes first.",
            ),
        ],
        cases=[(0.1, 2.0), (1.0, 25.0), (2.0, 5.0)],
        hints=[
            "κ is high/low, so (√κ - 1)/(√κ + 1) is (√high - √low)/(√high + √low).",
            "Both the rate and the momentum are squares.",
        ],
    ),
}

QUIZ = [
    (
        "Momentum goes from 0.9 to 0.99, the rate stays. What happens in the long run?",
        {
            "Each step leaves at least 0.995": "Right: the product of the two factors is 0.99, so "
            "the larger has at least the size √0.99.",
            "It is ten times as fast": "Steps along an endless constant slope are ten times as "
            "long. Around a minimum the run swings, and the swing dies out slowly.",
            "It diverges sooner": "On the contrary: the border 2 + 2α grows with α.",
        },
    ),
    (
        "Does momentum remove the zigzag?",
        {
            "It can damp it": "Right. How much depends on the pair: momentum 0.5 at rate 0.95 "
            "does, 0.9 makes it last longer.",
            "Yes, always": "At rate 0.95 momentum 0.9 leaves more per step than none at all.",
            "No, it adds swings": "It can add slow swings, the overshoot. Steps that alternate "
            "cancel in the velocity all the same.",
        },
    ),
    (
        "A run with momentum ends in another valley than one without. Which is deeper?",
        {
            "That is not known": "Right. On bumpy it was the deeper one, on x sin x the shallow "
            "one.",
            "The one with momentum": "So it was on bumpy. On x sin x from 6.9 it was the other "
            "way round.",
            "The one without": "So it was on x sin x from 6.9. On bumpy it was the other way "
            "round.",
        },
    ),
]


def lengths(steps=60, lr=0.1, momentum=0.9):
    """The steps on a slope that falls by 1 everywhere, by hand."""
    v, found = 0.0, []
    for _ in range(steps):
        v = momentum * v - lr * (-1)
        found.append(v)
    return found


def steps_to_a_thousandth(rule):
    """How many steps in the ravine until the run is 1000 times closer to the minimum."""
    distance = np.linalg.norm(descend(ravine, rule, (-7, 2), steps=200).points, axis=1)
    return np.argmax(distance < distance[0] / 1000)


def left(curvature, momentum):
    """What a step at the lesson's rate leaves in the direction of a curvature."""
    return abs(momentum_factors(curvature, 0.95, momentum)).max()


@functools.cache
def on_wave(momentum):
    return descend(wave, Momentum(0.1, momentum), 6.9, 2000)


@functools.cache
def on_bumpy(momentum, steps=3000):
    return descend(bumpy, Momentum(0.02, momentum), (-2.5, 3.5), steps)


NUMBERS = [
    ("0.1", lambda: lengths()[0]),
    ("0.19", lambda: lengths()[1]),
    ("0.271", lambda: lengths()[2]),
    ("1", lambda: lengths()[59]),
    ("6", lambda: 60 * 0.1),
    ("0.9", lambda: left(2, 0)),
    ("0.905", lambda: left(0.1, 0)),
    ("0.905", lambda: (20 - 1) / (20 + 1)),
    ("0.707", lambda: momentum_shrink(ravine, 0.95, 0.5)),
    ("0.949", lambda: momentum_shrink(ravine, 0.95, 0.9)),
    ("0.949", lambda: 0.9**0.5),
    ("0.82", lambda: 0.905**2),
    ("70", lambda: steps_to_a_thousandth(SGD(lr=2 / (0.1 + 2)))),
    ("21", lambda: steps_to_a_thousandth(Momentum(*best_momentum(ravine)[:2]))),
    ("4.913", lambda: on_wave(0.9).end),
    ("-4.913", lambda: on_wave(0.97).end),
    ("2.03", lambda: wave.stationary[0]),
    ("-1.4", lambda: on_wave(0.95).points.min()),
    ("-0.86", lambda: on_bumpy(0.5, 80).end[0]),
    ("0.995", lambda: 0.99**0.5),
]
GIVEN = [
    "2", "60", "0.8", "0.5", "0.95", "4", "3", "0.7", "1000", "6.9", "0.97", "0.98", "-16", "80",
    "0.01", "0.99", "0",
]  # fmt: skip


def claim_by_hand_the_steps_on_a_straight_slope_are_those_of_the_rule():
    slide = Function("slide", "-x", lambda x: -x, lambda x: 0 * x - 1, domain=(-3, 60), start=0.0)
    path = descend(slide, Momentum(lr=0.1, momentum=0.9), steps=60)
    np.testing.assert_allclose(path.states["v"][1:], lengths(), rtol=1e-12)


def claim_the_velocity_settles_at_rate_times_slope_over_1_minus_momentum():
    assert np.isclose(0.1 / (1 - 0.9), 1) and abs(lengths()[-1] - 1) < 2e-3


def claim_momentum_0_99_leaves_at_least_0_995():
    assert np.isclose(0.99**0.5, 0.995, atol=5e-4)


def claim_momentum_0_99_makes_steps_on_a_straight_slope_ten_times_as_long_as_0_9():
    assert np.isclose(1 / (1 - 0.99), 100) and np.isclose(1 / (1 - 0.9), 10)


def claim_at_rate_0_95_momentum_0_9_is_worse_than_none():
    assert momentum_shrink(ravine, 0.95, 0.9) > momentum_shrink(ravine, 0.95, 0) == 0.905


def claim_with_momentum_0_5_both_directions_leave_0_707():
    assert np.allclose([left(2, 0.5), left(0.1, 0.5)], 0.707, atol=5e-4)


def claim_a_pair_leaves_its_largest_eigenvalue_and_at_least_the_root_of_the_momentum():
    for lr, alpha in [(0.95, 0.5), (0.1, 0.9), (1.2, 0.4), (1.95, 0.9)]:
        matrices = [[[1 - lr * c, alpha], [-lr * c, alpha]] for c in (0.1, 2)]
        sizes = abs(np.linalg.eigvals(np.array(matrices)))
        assert np.isclose(sizes.max(), momentum_shrink(ravine, lr, alpha))
        assert sizes.max() > alpha**0.5 - 1e-9


def claim_the_best_pair_has_the_root_of_the_condition_number():
    lr, alpha, best = best_momentum(ravine)
    assert np.allclose([lr, alpha, best], [1.335815, 0.402605, 0.634512], atol=1e-6)
    assert np.isclose(best, (np.sqrt(20) - 1) / (np.sqrt(20) + 1))


def claim_momentum_allows_larger_rates():
    assert np.allclose(momentum_limit(ravine, [0, 0.9]), [1, 1.9])


def claim_on_wave_0_95_rolls_into_the_shallow_valley():
    assert abs(on_wave(0.95).end) < 1e-4 and round(float(on_wave(0.95).points.min()), 1) == -1.4
    assert np.isclose(on_wave(0.9).end, 4.9132, atol=1e-4)
    assert np.isclose(wave.stationary[0], 2.03, atol=5e-3)


def claim_on_bumpy_0_97_ends_in_the_deep_valley_and_0_98_crosses_back():
    deep, shallow = bumpy.minima[0], on_bumpy(0.5).end
    assert np.allclose(on_bumpy(0.97).end, deep, atol=1e-2)
    assert np.allclose(on_bumpy(0.98).end, shallow, atol=1e-2)
    assert on_bumpy(0.98).points[:, 0].max() > deep[0]


def claim_the_solutions_do_what_the_exercises_say():
    by_rule = descend(parabola, Momentum(lr=0.1, momentum=0.9), 4, 2)
    once = step(4, 0, parabola.gradient, 0.1, 0.9)
    assert np.isclose(step(*once, parabola.gradient, 0.1, 0.9)[0], by_rule.end)
    assert np.isclose(length(), 0.4)
    assert np.allclose(pair(0.1, 2.0), best_momentum(ravine)[:2])
