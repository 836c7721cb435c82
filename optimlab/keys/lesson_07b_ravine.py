"""Lesson 07b: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import SGD, Momentum, analysis, descend, functions
from optimlab.lessons import Choice, Exercise, Number, Point
from optimlab.study.outcomes import best_run, outcomes

ravine = functions.ravine


def run(lr, steps, start=(-7, 2)):
    """Gradient descent as the lesson has it everywhere: on the ravine."""
    return descend(ravine, SGD(lr=lr), start=start, steps=steps)


PREDICTIONS = {
    "what the run does at rate 0.95": Choice(
        {
            "it crosses the floor at every step": "The floor is 2 away. The first step goes "
            "0.95 · 4 = 3.8 across, and lands on the other wall. There it begins again.",
            "it first drops to the floor, then follows it": "A small rate drops to the floor "
            "and follows it: move the rate to 0.1 and see.",
            "it goes straight to the star": "It would if the gradient pointed straight away from "
            "the star. At the start it is -0.7 along the floor and 4 across it: nearly all across.",
        },
        right="it crosses the floor at every step",
        fact=lambda e: (
            "y₀ to y₃: " + ", ".join(f"{y:.4g}" for y in e.paths["SGD"].points[:4, 1]) + "."
        ),
        why="Why does y change sign, and x not?",
        tells=["zigzag", "zigzags", "crosses the floor", "other wall", "-0.9", "-1.8", "3.8"],
    ),
    "where rate 0.5 is after ten steps": Point(
        (4, -2),
        right=lambda e: e.paths["SGD"].end,
        within=0.4,
        fact=lambda e: (
            "The factor of y is 0, so y is done in one step. The factor of x is 0.95, and "
            f"-7 · 0.95¹⁰ = {e.paths['SGD'].end[0]:.2f}: more than half of the way along the floor "
            "is still to go."
        ),
        why="Which direction decides how long this run takes?",
        tells=["-4.19", "-4.2", "done in one step", "0.95¹⁰", "half of the way"],
    ),
    "the best constant rate": Choice(
        {
            "one below 0.5": "Below 0.5 the floor keeps even more than 0.95 of its distance at "
            "every step. A zigzag looks wasteful and need not be.",
            "0.5 itself": "At 0.5 the direction across is done at once. The other keeps 0.95 of "
            "its distance at every step, and is the one that is left.",
            "one above 0.5": "A larger rate makes the floor faster. y has room: it may zigzag as "
            "long as its factor is no larger than that of the floor.",
        },
        right="one above 0.5",
        fact=f"The best rate is {analysis.best_rate(ravine)[0]:.3f}, where each step leaves "
        f"{analysis.best_rate(ravine)[1]:.3f} in both directions.",
        tells=["0.952", "0.9524", "0.952381", "2/2.1", "2 / 2.1", "19/21", "best rate is above"],
    ),
    "steps at condition number 200": Number(
        "Steps at κ = 200",
        right=lambda e: e.needed[200],
        within=60,
        along="y",
        panel=1,
        replies=[
            (
                70,
                "70 would mean that tuning makes up for κ. Even the best rate is only a "
                "compromise.",
            ),
            (
                221,
                "221 is √10 times as many. So it grows, about, with a rule that has a memory: at "
                "its best from 21 steps to 75 (lesson 09).",
            ),
            (7000, "7,000 is 100 times as many: too gloomy."),
        ],
        fact=lambda e: (
            f"Ten times the condition number, {e.needed[200] / e.needed[20]:.1f} times the "
            "steps: at κ = 200 each step leaves 199/201 of the distance, at κ = 20 it leaves 19/21."
        ),
        why="Why does tuning the rate not help?",
        tells=["691", "700", "3.45", "in proportion", "199/201", "ten times the steps"],
    ),
}


def two_rates_for_the_bowl():
    limit, best = 2 / 6, 2 / (6 + 2)
    return limit, best


def c():
    return np.sqrt(20)


def left_at_best(low, high):
    return (high - low) / (high + low)


def count(left, turn=np.ceil):
    """Steps as the exercise wants them, by what a step leaves, rounded by `turn` or not."""

    def steps(low, high, closer):
        exact = np.log(1 / closer) / np.log(left(low, high))
        return int(turn(exact)) if turn else exact

    return steps


def steps(low, high, closer):
    rate = 2 / (low + high)  # the best one
    left = 1 - rate * low  # of the distance, after one step
    return int(np.ceil(np.log(1 / closer) / np.log(left)))


EXERCISES = {
    "two rates for the bowl": Exercise(
        two_rates_for_the_bowl,
        wrong=[
            ((1, 1 / 4), "The best rate is right. Which direction sets the limit?"),
            ((1 / 3, 1 / 2), "The limit is right. 0.5 is what a step leaves at the best rate."),
            ((1 / 4, 1 / 3), "The two are swapped: the limit comes first."),
            (
                (1 / 6, 1 / 4),
                "The best rate is right. 1/6 ends the steep direction in one step; the "
                "limit is where it no longer shrinks.",
            ),
            ((1 / 3, 1 / 8), "The limit is right. The best rate is 2 over a sum, not 1."),
            (
                (1 / 3, 1 / 2 + 1 / 6),
                "The limit is right. The best rate is 2 over the sum of "
                "curvatures, not a sum of fractions.",
            ),
            ((3, 4), "Both are upside down."),
        ],
        hints=[
            "The limit is where the factor of the steepest direction is -1.",
            "At the best rate the factors of both directions have the same size.",
        ],
    ),
    "a unit that makes it round": Exercise(
        c,
        wrong=[
            (20, "c is squared in the new function."),
            (1 / np.sqrt(20), "That is upside down: it makes the ravine longer still."),
            (np.sqrt(40), "Compare c²/20 with the 1 before y², not with its curvature 2."),
            (-np.sqrt(20), "It would do, but c > 0 was asked."),
            (np.sqrt(10), "Compare the same things: c²/20 with 1, or the curvatures c²/10 and 2."),
            (1 / 20, "That is the number before x². What must c² be to make up for it?"),
        ],
        hints=["Round means: both squares have the same number before them.", "Solve c²/20 = 1."],
    ),
    "how many steps": Exercise(
        steps,
        wrong=[
            (
                count(left_at_best, turn=np.floor),
                "One short: a count is whole, and must be rounded up.",
            ),
            (count(left_at_best, turn=None), "Right equation. A count is whole: round up."),
            *(
                (wrong, reply)
                for left, reply in (
                    (
                        lambda low, high: 1 - low / high,
                        "That is the rate 1/high, where the steep direction is done in one step. "
                        "The best one is larger.",
                    ),
                    (
                        lambda low, high: 1 - 2 * low / high,
                        "That is the rate 2/high, the limit. There the steep direction never "
                        "shrinks.",
                    ),
                    (
                        lambda low, high: 2 * low / (low + high),
                        "rate · low is what a step takes off, not what it leaves.",
                    ),
                    (
                        lambda low, high: low / high,
                        "What a step leaves is not one over the condition number.",
                    ),
                    (
                        # the logarithm of closer, and not of 1/closer
                        lambda low, high: 1 / left_at_best(low, high),
                        "It is negative: log(left) is below 0. So is log(1/closer), and their "
                        "quotient is not.",
                    ),
                )
                for wrong in (count(left), count(left, turn=None))
            ),
            *(
                (
                    lambda low, high, closer, turn=turn: turn(np.log(closer) * high / low / 2),
                    "That is the rule for large condition numbers. Here the exact count is asked.",
                )
                for turn in (np.ceil, float)
            ),
        ],
        # counts a little above and a little below a whole number, in between, and of one step
        cases=[
            *((0.1, 2.0, 1000.0), (2.0, 5.0, 300.0), (1.0, 30.0, 200.0)),
            *((1e-3, 0.1, 7.0), (1.0, 2.2, 2.0), (2.0, 4.4, 3.0)),
        ],
        hints=[
            "The best rate is 2 over the sum of curvatures; the factor of `low` is 1 - rate · low.",
            "Solve left^k = 1/closer for k with logarithms, and round up.",
        ],
    ),
}

QUIZ = [
    (
        "The factors of a run are 0.9 along x and -0.8 along y. Is its rate too large?",
        {
            "No, it could be larger": "Right. Up to the best rate a larger one is faster in the "
            "end, zigzag or not, and here -0.8 has room.",
            "Yes, no factor may be negative": "It zigzags and still comes closer. A straight path "
            "is not faster: then the slow direction keeps more than 0.9.",
            "Yes, it is past the limit": "Past the limit a factor is below -1. With one between -1 "
            "and 0 it zigzags and still comes closer.",
        },
    ),
    (
        "You multiply f by 100. What happens to κ and to the best rate?",
        {
            "κ stays, the rate becomes a hundredth": "Right, and the run needs as many steps as "
            "before.",
            "κ becomes 100 times as large": "That confuses steep with unequal: both curvatures "
            "grow alike, and their quotient stays.",
            "Both stay": "κ does. But the best rate is 2 over the sum of curvatures, and these "
            "have grown.",
        },
    ),
    (
        "Can another constant rate avoid the dependence on κ?",
        {
            "No, not with this rule": "Right. What helps is rescaling (exercise 2), memory "
            "(lessons 09, 10) or a rate for each direction (11 to 13), each with its limits.",
            "Yes, a much smaller one": "That makes the slow direction slower still.",
            "Yes, one just below the limit": "There the steep direction hardly shrinks: on the "
            "ravine, rate 0.99 leaves 0.98 of it.",
        },
    ),
]


def left(condition):
    """What a step at the best rate leaves of the distance."""
    return (condition - 1) / (condition + 1)


def met():
    """The lowest and the highest rate with loss 0.1 within 20 steps."""
    rates = np.linspace(0.7, 1.0, 3001)
    good = rates[run(rates[:, None], 20).losses[-1] < 0.1]
    return good.min(), good.max()


def with_memory(condition):
    """Steps of Momentum to a thousandth of the distance in x²/κ + y², at its best."""
    flat = functions.Function(
        "flat", "x", lambda p: p[..., 0] ** 2 / condition + p[..., 1] ** 2,
        lambda p: p * np.array([2 / condition, 2.0]), domain=functions.ravine.domain,
        minima=[(0, 0)], start=(-7, 2), hessian=lambda p: np.diag([2 / condition, 2.0]),
    )  # fmt: skip
    lr, momentum = analysis.best_momentum(flat)[:2]
    points = descend(flat, Momentum(lr=lr, momentum=momentum), (-7, 2), 10 * condition).points
    far = np.linalg.norm(points, axis=-1)
    return 1 + np.flatnonzero(far > far[0] / 1000)[-1]


def steps_of(condition):
    return np.ceil(analysis.steps_to_shrink(left(condition), by=1e-3))


NUMBERS = [
    ("20", lambda: analysis.condition_number(ravine)),
    ("-0.7", lambda: ravine.gradient((-7, 2))[0]),
    ("4", lambda: ravine.gradient((-7, 2))[1]),
    ("0.905", lambda: analysis.best_rate(ravine)[1]),
    ("-0.9", lambda: analysis.factors(ravine, 0.95)[1]),
    ("0.1", lambda: analysis.curvatures(ravine)[0]),
    ("0.5", lambda: 1 / analysis.curvatures(ravine)[1]),
    ("0.95", lambda: analysis.factors(ravine, 0.5)[0]),
    ("0.9", lambda: lowest_after(10)),
    ("0.95", lambda: lowest_after(60)),
    ("2.1", lambda: analysis.curvatures(ravine).sum()),
    ("0.952", lambda: analysis.best_rate(ravine)[0]),
    ("5", lambda: 100 * (1 - analysis.best_rate(ravine)[0] / analysis.stability_limit(ravine))),
    ("-2", lambda: run(1.0, 999).end[1]),
    ("19", lambda: 21 * left(20)),
    ("70", lambda: steps_of(20)),
    ("3.45", lambda: np.log(1000) / 2),
    ("3.8", lambda: 0.95 * ravine.gradient((-7, 2))[1]),
    ("221", lambda: np.sqrt(10) * steps_of(20)),
    ("75", lambda: with_memory(200)),
    ("0.769", lambda: met()[0]),
    ("0.949", lambda: met()[1]),
    ("7,000", lambda: 100 * steps_of(20)),
    ("199", lambda: 201 * left(200)),
    ("0.98", lambda: abs(analysis.factors(ravine, 0.99)[1])),
    ("6", lambda: analysis.curvatures(functions.bowl)[1]),
]

GIVEN = ["-7", "1.0", "10", "21", "1000", "200", "201", "3", "100", "-1", "11", "13", "0.99"]
GIVEN += ["-0.8", "60"]


def lowest_after(steps):
    """The position of the slider with the lowest loss after so many steps."""
    rates = np.arange(2, 41) / 20
    runs = descend(ravine, SGD(lr=rates[:, None]), (-7, 2), steps)
    return rates[best_run(runs)]


def what_the_run_does(lr):
    """Whether it crosses at every step; is on the floor half way; keeps to the line to the star."""
    x, y = run(lr, 30).points.T
    crosses = y[:-1] * y[1:] < 0
    on_the_floor = np.abs(y) < 0.1 * abs(y[0])
    far, beside = np.hypot(x[0], y[0]), np.abs(x * y[0] - y * x[0])  # the latter times far
    half_way = np.abs(x) > abs(x[0]) / 2
    return crosses.all(), (on_the_floor & half_way).any(), beside.max() < 0.05 * far**2


#: for each choice, which of its options are true, in their order
HOLDS = {
    "what the run does at rate 0.95": lambda: what_the_run_does(0.95),
    "the best constant rate": lambda: np.sign(lowest_after(60) - 0.5) == [-1, 0, 1],
}


def claim_the_band_zigzags_from_0_5_to_the_limit():
    rates = np.array([0.1, 0.5, 0.55, 0.8, 1.0, 1.1])
    for steps in (10, 60):
        verdict, _ = outcomes(descend(ravine, SGD(lr=rates[:, None]), (-7, 2), steps))
        assert [said == "zigzags" for said in verdict] == [0.5 < rate <= 1 for rate in rates]


def claim_rate_0_95_zigzags_down_to_where_the_factors_say():
    path = run(0.95, 30)
    assert np.allclose(path.end, [-0.350393, 0.084782], atol=1e-6)
    assert np.isclose(path.points[1, 1], 2 - 3.8)
    by_factor = np.array([-7 * 0.905**30, 2 * (-0.9) ** 30])
    np.testing.assert_allclose(path.end, by_factor, rtol=1e-12)


def claim_the_target_is_met_on_the_slider_at_0_8_to_0_9():
    assert 0.75 < met()[0] < 0.8 and 0.9 < met()[1] < 0.95
    assert run(0.1, 20).losses[-1] > 0.1 and run(1.0, 20).losses[-1] > 0.1


def claim_on_the_floor_itself_it_does_not_diverge():
    assert abs(run(1.1, 200, start=(-7, 0)).end[0]) < 1e-6
    assert abs(run(1.1, 200).end[1]) > 1e6


def claim_the_best_rate_is_two_over_the_sum_of_curvatures():
    def best(function):
        curvature = np.linalg.eigvalsh(function.hessian(function.minima[0]))
        rates = np.linspace(0, 2 / curvature[-1], 10_001)
        left = np.abs(1 - rates[:, None] * curvature).max(axis=1)
        return rates[left.argmin()], left.min()

    for f in [ravine, functions.bowl, functions.rosenbrock]:
        np.testing.assert_allclose(best(f), analysis.best_rate(f), rtol=1e-4)
    assert round(1 - 2 / 2.1, 2) == 0.05 and np.allclose(best(ravine), (0.952, 0.905), atol=5e-4)


def claim_at_the_best_rate_each_step_leaves_19_of_21():
    distance = np.linalg.norm(run(2 / 2.1, 200).points, axis=1)
    np.testing.assert_allclose(distance[1:] / distance[:-1], 19 / 21, rtol=1e-9)
    assert np.argmax(distance < distance[0] / 1000) == 70
    assert np.isclose(left(200), 199 / 201)


def claim_at_the_limit_it_jumps_between_two_points():
    flips = run(1.0, 1000).points[-2:]
    assert np.allclose(flips, [(0, -2), (0, 2)], atol=1e-6)


def claim_the_steps_grow_in_proportion_to_the_condition_number():
    assert round(np.log(1000) / 2, 2) == 3.45 and round(70 * np.sqrt(10)) == 221
    for condition in [100, 200]:
        assert np.isclose(steps_of(condition) / condition, 3.45, rtol=0.01)


def claim_with_memory_they_grow_about_like_the_root_of_the_condition_number():
    assert with_memory(20) == 21 and np.isclose(with_memory(200) / with_memory(20), 3.6, atol=0.1)


def claim_the_factors_of_the_quiz_leave_room():
    rate, other = (1 - 0.9) / 0.1, (1 + 0.8) / 0.1  # if the curvature along x were 0.1
    assert np.isclose(other / rate, 18)  # the condition number: unequal, so more is better
    assert rate < 2 / (0.1 + 0.1 * 18)


def claim_the_two_rates_for_the_bowl():
    bowl = functions.bowl
    right = analysis.stability_limit(bowl), analysis.best_rate(bowl)[0]
    assert np.allclose(two_rates_for_the_bowl(), right)


def claim_in_this_unit_the_ravine_is_round():
    curvature = np.array([2 * c() ** 2 / 20, 2.0])
    assert np.isclose(curvature[0] / curvature[1], 1)
    assert np.allclose(1 - 0.5 * curvature, 0)


def claim_the_count_of_steps():
    assert steps(0.1, 2.0, 1000.0) == 70


def claim_just_below_the_limit_the_steep_direction_hardly_shrinks():
    assert np.isclose(1 - 2 * 0.99, -0.98)
