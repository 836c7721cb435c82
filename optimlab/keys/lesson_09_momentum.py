"""Lesson 09: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, Function, Momentum, descend, functions
from optimlab.lessons import Choice, Exercise, Number
from optimlab.study.analysis import (
    best_momentum,
    measured_shrink,
    momentum_factors,
    momentum_limit,
    momentum_shrink,
)
from optimlab.study.outcomes import basin_map, best_run

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
        tells=["0.271", "0.998", "ten times", "levels off", r"{1 - \alpha}", r"1/(1-\alpha)"],
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
        tells=["overshoot", "overshoots", "runs past", "passes 2", "turns at", "comes back"],
    ),
    "what becomes of the zigzag": Choice(
        {
            "it dies out sooner": "Across the floor plain descent turns at every step. What "
            "is kept of the last step takes off some of the next one.",
            "it stays as it is": "The rate is the same, but each step is mixed with the one "
            "before, which mostly went the other way.",
            "it swings further": "A ball that is pushed the way it goes would. "
            "Across the floor most pushes go against the last step.",
        },
        right="it dies out sooner",
        fact="Per step, plain descent leaves 0.9 across and 0.905 along the floor. With momentum "
        "0.5 both are 0.707.",
        why="And along the floor, where the gradients point one way at first?",
        tells=["0.707", "dies out", "cancel", "damps", "0.905 along"],
    ),
    "where the best pair lies": Choice(
        {
            "at a smaller rate, with momentum near 0.9": "Momentum 0.9 leaves at least its root, "
            "0.949, at any rate. Less momentum can leave less.",
            "at the same rate, with momentum near 0.5": "At rate 0.95 the best momentum, 0.48, "
            "leaves 0.693. But with momentum the border lies further out, and a larger rate "
            "serves the flat direction.",
            "at a larger rate, with momentum near 0.4": "With momentum the border lies further "
            "out, at (2 + 2α)/λmax. The larger rate serves the flat direction, and the momentum "
            "holds the steep one.",
        },
        right="at a larger rate, with momentum near 0.4",
        fact=lambda e: (
            f"It is rate {e.best[0]:.3f}, momentum {e.best[1]:.3f}, and leaves {e.best[2]:.3f}. "
            "Plain descent at its best needs 70 steps to come 1000 times closer, the best pair 21."
        ),
        tells=[
            "1.335815",
            "0.402605",
            "0.634512",
            "0.635",
            "21",
            "larger rates",
            "larger rate",
            "further out",
            r"2 + 2\alpha",
            r"\sqrt{\lambda_{\min}}",
        ],
    ),
    "where momentum 0.95 ends": Choice(
        {
            "in the valley at -4.913": "It swings out to -1.4, and the slope there turns it round.",
            "in the valley at 0": "It rolls through the deep valley, over the hill at 2.03, "
            "and loses too much in the shallow one to come back.",
            "in the valley at 4.913": "So it would if the hill were higher. The first swing "
            "decides.",
        },
        right="in the valley at 0",
        fact=lambda e: (
            f"After {e.paths['Momentum'].steps} steps it is at {e.paths['Momentum'].end:.2f}, "
            f"where the loss is {e.paths['Momentum'].losses[-1]:.2f}. "
            f"In the deep valleys it would be {wave(wave.minima[0]):.2f}."
        ),
        at={
            "in the valley at -4.913": (-4.913, 6),
            "in the valley at 0": (0, 6),
            "in the valley at 4.913": (4.913, 6),
        },
        tells=["0.95: 0.000", "0.000", "for the worse", "0.95 crosses", "-1.4"],
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
            *(
                (
                    wrong,
                    "That is a running mean, which lesson 13 uses. Here the step is added whole.",
                )
                for wrong in (
                    lambda w, v, slope, lr, momentum: moved(
                        momentum * v - (1 - momentum) * lr * slope(w), w
                    ),
                    lambda w, v, slope, lr, momentum: (
                        w - lr * (momentum * v + (1 - momentum) * slope(w)),
                        momentum * v + (1 - momentum) * slope(w),
                    ),
                )
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
            (-1.5, 0.75, parabola.gradient, 0.3, 0.7),
            (2.5, 0.0, lambda x: 1.0, 0.1, 0.9),
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
        cases=[(0.1, 2.0), (1.0, 25.0), (2.0, 5.0), (3.0, 3.0)],
        hints=[
            "κ is high/low, so (√κ - 1)/(√κ + 1) is (√high - √low)/(√high + √low).",
            "Both the rate and the momentum are squares.",
        ],
    ),
}

QUIZ = [
    (
        "Momentum goes from 0.9 to 0.99, the rate stays. What happens in the ravine?",
        {
            "Each step leaves at least 0.995": "Right: the product of the two factors is 0.99, so "
            "the larger has at least the size √0.99.",
            "It arrives sooner": "Steps along an endless constant slope are ten times "
            "as long. Around a minimum the run swings, and the swing dies out slowly.",
            "It diverges at a smaller rate": "On the contrary: the border 2 + 2α grows with α.",
        },
    ),
    (
        "At rate 0.95 momentum 0.9 joins, instead of 0.5. What happens to the zigzag?",
        {
            "It outlasts that of plain descent": "Right: across the floor 0.949 is left per "
            "step, and 0.9 without momentum.",
            "It is gone sooner": "More momentum keeps more, swings as well: √0.9 "
            "= 0.949 of them is left per step.",
            "It grows at every step": "It would beyond the border, at rate 1.9. It shrinks by "
            "0.949 per step.",
        },
    ),
    (
        "A run with momentum ends in another valley than one without. Which is deeper?",
        {
            "The one or the other": "Right: the rule knows the slope where it stands and its "
            "velocity, not the depth of a valley.",
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
    return descend(bumpy, Momentum(0.03, momentum), (-3, 2), steps)


def across(steps=8):
    """The zigzag of the lesson with momentum 0.5: its distances and its steps."""
    path = descend(ravine, Momentum(0.95, 0.5), (-7, 2), steps)
    return path.points[:, 1], np.diff(path.points[:, 1])


def best_at_rate_0_95():
    """The best momentum at rate 0.95, and what it leaves per step."""
    momenta = np.linspace(0, 0.99, 100)
    left = momentum_shrink(ravine, 0.95, momenta)
    return momenta[left.argmin()], left.min()


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
    ("0.952", lambda: 2 / (0.1 + 2)),
    ("0.4", lambda: best_momentum(ravine)[1]),
    ("0.48", lambda: best_at_rate_0_95()[0]),
    ("0.693", lambda: best_at_rate_0_95()[1]),
    ("1.9", lambda: momentum_limit(ravine, 0.9)),
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
    "2", "60", "0.8", "0.5", "0.95", "4", "3", "0.7", "1000", "6.9", "0.97", "-16", "80",
    "0.01", "0.99", "0",
]  # fmt: skip


def at_the_minimum():
    """Whether the lesson's run stops at 2, runs past and comes back, or past for ever."""
    x = descend(parabola, Momentum(lr=0.1, momentum=0.9), 4, 60).points
    past, turn = x < 2, x.argmin()
    stops = x.min() > 2 - 0.01 and abs(x[-1] - 2) < 0.01
    comes_back = x[turn] < 1 and x[turn:].max() > 2
    return stops, comes_back, past.any() and past[past.argmax() :].all()


def zigzag_with_momentum():
    """Whether the zigzag dies out sooner than without momentum, is the same, or swings further."""
    with_momentum, plain = (
        np.abs(descend(ravine, rule, (-7, 2), 30).points[20:, 1]).max()
        for rule in (Momentum(lr=0.95, momentum=0.5), SGD(lr=0.95))
    )
    same = np.isclose(with_momentum, plain, rtol=0.2)
    return with_momentum < plain / 10, same, not with_momentum <= plain


def where_the_best_pair_lies():
    """Whether the best of many pairs is at a smaller, the same or a larger rate, and near which α.

    Plain descent's best rate is that of momentum 0.
    """
    rates, momenta = np.linspace(0.02, 2, 199)[:, None], np.linspace(0, 0.99, 100)
    left = momentum_shrink(ravine, rates, momenta)
    plain = rates[left[:, 0].argmin(), 0]
    i, k = np.unravel_index(left.argmin(), left.shape)
    times = rates[i, 0] / plain
    near = np.isclose(momenta[k], [0.9, 0.5, 0.4], atol=0.05)
    return [times < 0.9, np.isclose(times, 1, rtol=0.1), times > 1.1] & near


#: for each choice, which of its options are true, in their order
HOLDS = {
    "what it does at the minimum": at_the_minimum,
    "what becomes of the zigzag": zigzag_with_momentum,
    "where the best pair lies": where_the_best_pair_lies,
    "where momentum 0.95 ends": lambda: np.isclose(
        on_wave(0.95).end, [-wave.minima[0], 0, wave.minima[0]], rtol=0, atol=1e-4
    ),
}


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


def claim_a_pair_leaves_its_larger_solution_and_at_least_the_root_of_the_momentum():
    for lr, alpha in [(0.95, 0.5), (0.1, 0.9), (0.3, 0.8), (0.6, 0.2), (1.2, 0.4), (1.95, 0.9)]:
        sizes = [abs(np.roots([1, -(1 + alpha - lr * c), alpha])) for c in (0.1, 2)]
        assert np.isclose(np.max(sizes), momentum_shrink(ravine, lr, alpha))
        assert np.max(sizes) > alpha**0.5 - 1e-9


def claim_the_best_pair_has_the_root_of_the_condition_number():
    lr, alpha, best = best_momentum(ravine)
    assert np.allclose([lr, alpha, best], [1.335815, 0.402605, 0.634512], atol=1e-6)
    assert np.isclose(best, (np.sqrt(20) - 1) / (np.sqrt(20) + 1))


def claim_momentum_allows_larger_rates():
    assert np.allclose(momentum_limit(ravine, [0, 0.9]), [1, 1.9])


def claim_on_bumpy_0_84_ends_in_the_deep_valley_and_0_97_crosses_back():
    deep, shallow = bumpy.minima[0], on_bumpy(0.5).end
    for momentum in (0.84, 0.9, 0.96):
        assert np.allclose(on_bumpy(momentum).end, deep, atol=1e-2)
        assert on_bumpy(momentum, 80).losses.min() < -16
    for momentum in (0.83, 0.97):
        assert np.allclose(on_bumpy(momentum).end, shallow, atol=1e-2)
        assert on_bumpy(momentum, 80).losses.min() > -16
    assert on_bumpy(0.97).points[:, 0].max() > deep[0]


def claim_on_bumpy_momentum_0_9_crosses_from_far_up_the_left_slope_and_from_nowhere_else():
    xs, ys = (np.linspace(*ends, 40) for ends in bumpy.domain)
    starts, ridge = np.stack(np.meshgrid(xs, ys), axis=-1), bumpy.stationary[0][0]
    small, large = (basin_map(bumpy, Momentum(0.03, alpha), starts, 80) for alpha in (0.5, 0.9))
    assert not (small[:, xs < ridge] == 0).any() and not (large[:, xs > ridge] == 1).any()
    crossed = xs[(large[:, xs < ridge] == 0).all(axis=0).nonzero()]
    assert -3.5 < crossed.min() < crossed.max() < -2.2
    assert (large[:, (xs > -2.2) & (xs < ridge)] == 1).all()


def claim_the_best_rate_of_a_band_moves_with_the_momentum():
    rates = np.arange(2, 38)[:, None] / 20
    runs = [descend(ravine, Momentum(rates, alpha), (-7, 2), 60) for alpha in (0, 0.4, 0.9)]
    best = [rates[best_run(run), 0] for run in runs]
    assert best[2] < 0.5 < best[0] < 1 < best[1], best


def claim_across_the_floor_most_pushes_go_against_the_last_step():
    distance, steps = across()
    against = -2 * distance[1:-1] * steps[:-1] < 0
    assert against.sum() >= 2 / 3 * len(against)


def claim_the_larger_rate_serves_the_flat_direction_and_momentum_0_4_holds_the_steep_one():
    flat = [abs(momentum_factors(0.1, lr, 0.4)).max() for lr in (0.95, 1.336)]
    assert flat[1] < flat[0] and abs(momentum_factors(2, 1.336, 0.403)).max() < 0.64 < 1
    assert abs(momentum_factors(2, 1.336, 0)).max() > 1


def claim_where_no_solution_is_real_a_power_times_a_cosine_fits():
    lr, alpha = 0.1, 0.9
    for curvature in (0.1, 2):
        theta = np.arccos((1 + alpha - lr * curvature) / 2 / alpha**0.5)
        k = np.arange(30)
        d = alpha ** (k / 2) * np.cos(k * theta)
        wanted = d[1:-1] + alpha * (d[1:-1] - d[:-2]) - lr * curvature * d[1:-1]
        np.testing.assert_allclose(d[2:], wanted, atol=1e-12)


def claim_two_of_the_four_pairs_leave_the_root_of_the_momentum_and_one_diverges():
    pairs = [(0.1, 0.9), (0.3, 0.8), (0.6, 0.2), (1.95, 0.9)]
    left = np.array([momentum_shrink(ravine, *pair) for pair in pairs])
    roots = np.sqrt([alpha for _, alpha in pairs])
    assert np.isclose(left, roots).tolist() == [True, True, False, False]
    assert [one > 1 for one in left] == [False, False, False, True]


def claim_computed_and_measured_differ_where_the_solutions_are_nearly_the_same():
    lr, alpha, left = best_momentum(ravine)
    measured = measured_shrink(descend(ravine, Momentum(lr, alpha), (-7, 2), 60))
    assert abs(measured - left) > 0.01


def claim_the_solutions_do_what_the_exercises_say():
    by_rule = descend(parabola, Momentum(lr=0.1, momentum=0.9), 4, 2)
    once = step(4, 0, parabola.gradient, 0.1, 0.9)
    assert np.isclose(step(*once, parabola.gradient, 0.1, 0.9)[0], by_rule.end)
    assert np.isclose(length(), 0.4)
    assert np.allclose(pair(0.1, 2.0), best_momentum(ravine)[:2])
