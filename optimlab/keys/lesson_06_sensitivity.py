"""Lesson 06: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, descend, functions
from optimlab.lessons import Choice, Exercise, Point
from optimlab.study.analysis import destination, stability_limit

wave = functions.wave
limits = stability_limit(wave, wave.minima)

PREDICTIONS = {
    "where after ten steps": Point(
        -0.7,
        right=lambda e: e.paths["SGD"].end,
        within=0.3,
        fact=lambda e: (
            f"At 2.5 the slope is {e.paths['SGD'].gradients[0]:.2f}, so the first step goes right; "
            "the rule feels only that. Where the curve is steep the steps are long: x₃ is "
            f"{e.paths['SGD'].points[3]:.2f} already. Right of {wave.minima[0]:.2f} the curve "
            f"rises "
            "and sends the run back."
        ),
        why="What did the rule know of the curve when it took its first step?",
    ),
    "what rate 1.0 does here": Choice(
        {
            "it reaches the same valley, only faster": "Longer steps do not stop at the bottom. "
            "The second one leads far up the other side, out of the picture.",
            "it flies off for ever": "It does leave the picture, at step 2. But out there the "
            "curve rises, and a rising curve sends the run back.",
            "something else": "It comes back from outside, jumps over the hill, and creeps around "
            "0.",
        },
        right="something else",
        fact=lambda e: (
            "x₁ to x₆: "
            + ", ".join(f"{x:.3f}" for x in e.paths["SGD"].points[1:7])
            + f". At x₂ the slope is {e.paths['SGD'].gradients[2]:.2f}."
        ),
    ),
    "twice the limit": Choice(
        {
            "at 4.91, it only takes longer": "Beyond the limit every step near 4.91 leads further "
            "away from it. More steps do not help.",
            "nowhere, it hops about in the deep valley": "It hops there for a while, and with a "
            "rate between 0.39 and 0.65 it would for ever. At 0.8 the hops grow too long for this "
            "valley.",
            "in the valley at 0": "The hops grow until one leads over the hill. At 0 the limit is "
            "1.0, so with rate 0.8 a run can settle there.",
        },
        right="in the valley at 0",
        fact=lambda e: (
            f"It is over the hill at step {np.argmax(e.paths['SGD'].points < wave.stationary[0])}."
        ),
        why="What did the formula tell you, and what did it not?",
    ),
}


def apart(starts):
    a, b = (float(x) for x in starts)
    if abs(a - b) >= 0.1:
        return "They lie too far apart."
    valleys = set(destination(wave, SGD(lr=0.25), np.array([a, b])).tolist())
    if -1 in valleys:
        return "One of them settles in no valley of the picture."
    return len(valleys) == 2 or "Both end in the same valley: where does the strip change colour?"


def too_high(f, x, path):
    return f(x) > 10 * min(f(p) for p in path)


def stopping(too_high, late=False, on=False, sign=1):
    def careful(f, slope, x, lr, steps):
        path = [x]
        for _ in range(steps):
            x = x - sign * lr * slope(x)
            stop = too_high(f, x, path)
            if late or not stop:
                path.append(x)
            if stop and not on:
                break
        return path

    return careful


def stuck(f, slope, x, lr, steps, moved=True, checks=True):
    new = x - lr * slope(x)
    count = 0 if checks and too_high(f, new, [x]) else steps
    return [x] + count * [new if moved else x]


def stays(rate, curvature):
    return abs(1 - rate * curvature) < 1


def limit():
    return 2 / 6


def starts():
    return [2.0, 2.05]


def careful(f, slope, x, lr, steps):
    path = [x]
    for _ in range(steps):
        x = x - lr * slope(x)
        if f(x) > 10 * min(f(p) for p in path):
            break
        path.append(x)
    return path


EXERCISES = {
    "which rates stay": Exercise(
        stays,
        wrong=[
            (
                lambda rate, curvature: 1 - rate * curvature < 1,
                "It lets every large rate pass. There the factor is negative: what counts is its "
                "size.",
            ),
            (
                lambda rate, curvature: rate < 1 / curvature,
                "At 1/f'' the factor is 0, the fastest. Beyond it the factor is negative, and "
                "still small for a while.",
            ),
            (
                lambda rate, curvature: rate * curvature < 1,
                "At 1/f'' the factor is 0, the fastest. Beyond it the factor is negative, and "
                "still small for a while. And what if f'' is negative?",
            ),
            (
                lambda rate, curvature: abs(1 - rate * curvature) <= 1,
                "At the limit itself the factor is -1: by the formula no step comes nearer.",
            ),
            (
                lambda rate, curvature: rate * curvature < 2,
                "Right in a valley. But a hill's top has a negative f'', and no run stays there.",
            ),
            (
                lambda rate, curvature: abs(1 - 2 * rate) < 1,
                "It lets the rates below 1 pass. That is right on the parabola, where f'' is 2. "
                "Here f'' is `curvature`.",
            ),
            (
                lambda rate, curvature: rate < curvature / 2,
                "That is upside down: a larger f'' allows a smaller rate.",
            ),
            (
                lambda rate, curvature: rate < 2 * curvature,
                "That is upside down: it allows larger rates where f'' is larger.",
            ),
            (
                lambda rate, curvature: rate < 2,
                "It says True each time. Which rates are too large depends on `curvature`.",
            ),
            (
                lambda rate, curvature: abs(1 - rate * curvature) > 1,
                "That finds the runs that move away.",
            ),
            (
                lambda rate, curvature: abs(1 - rate * curvature) >= 1,
                "That finds the runs that do not come nearer.",
            ),
        ],
        cases=[
            *((0.25, 5.0), (0.39, 5.0), (0.9, 5.0), (0.9, 2.0), (1.0, 2.0), (1.1, 2.0)),
            *((1.1, 1.5), (0.1, 0.5), (1.5, 0.5), (0.5, -2.0)),
        ],
        hints=[
            "Near the minimum each step multiplies the distance by 1 - η·f''.",
            "The distance shrinks if the size of this factor, `abs(...)`, is below 1.",
        ],
    ),
    "largest rate": Exercise(
        limit,
        wrong=[
            (1 / 6, "That is the fastest rate, not the largest: there the factor is 0."),
            (12, "That is upside down: a larger f'' allows a smaller rate."),
            (3, "A larger f'' allows a smaller rate. And what is f'' here?"),
            (2 / 3, "f'' is not 3: differentiate 3(x - 2)² twice."),
            (1, "That is the limit of x² - 4x + 6. This curve bends more."),
            (2, "That is the minimum. The question is about the rate."),
            (6, "That is f''. The limit follows from it."),
            (limits[0], "That is the limit of the deep valley of x sin x. Here f'' is another."),
        ],
        rtol=0.015,
        otherwise="Multiply it by f'' and take that from 1. At the limit this factor is -1.",
        hints=["What is f'' of 3(x - 2)²?", "The limit is 2/f''."],
    ),
    "two starts": Exercise(
        starts,
        wrong=[
            ([1.5, 2.5], "They lie too far apart."),
            ([2.5, 2.55], "Both end in the same valley: where does the strip change colour?"),
            ([wave.stationary[0], 2.05], "One of them settles in no valley of the picture."),
        ],
        accept=apart,
        form="two numbers, [a, b]",
        hints=[
            "The border between the valleys is a place you have seen.",
            "Take one start each side.",
        ],
    ),
    "a careful descent": Exercise(
        careful,
        wrong=[
            (
                stopping(too_high, late=True),
                "It checks too late: the bad point is in the path.",
            ),
            (
                stopping(lambda f, x, path: f(x) > 10 * f(path[0])),
                "It compares with the first loss. The lowest so far may be lower.",
            ),
            (
                stopping(lambda f, x, path: f(x) > 10 * f(path[-1])),
                "It compares with the loss before. A run can grow in smaller steps than that.",
            ),
            (
                stopping(lambda f, x, path: f(x) > 10 * max(f(p) for p in path)),
                "It compares with the highest loss so far. Which one is asked for?",
            ),
            (
                stopping(lambda f, x, path: f(x) > min(f(p) for p in path)),
                "It stops at any rise. Some runs rise a little, and settle.",
            ),
            (
                stopping(lambda f, x, path: f(x) > 10),
                "It compares with 10 itself. Ten times which loss is asked for?",
            ),
            *(
                (
                    stopping(lowest),
                    "`min(path)` is the leftmost point, not the lowest loss: take the losses of "
                    "the points first.",
                )
                for lowest in (
                    lambda f, x, path: f(x) > 10 * min(path),
                    lambda f, x, path: f(x) > 10 * f(min(path)),
                )
            ),
            (stopping(lambda f, x, path: False), "It never stops early."),
            *(
                (
                    never_moves,
                    "Each step starts where the run started: the new point is never put back into "
                    "`x`.",
                )
                for never_moves in (stuck, lambda *given: stuck(*given, checks=False))
            ),
            (
                lambda *given: stuck(*given, moved=False),
                "The path holds the start again and again. Put the new point into `x` before you "
                "append it.",
            ),
            *(
                (
                    lambda f, slope, x, lr, steps, rule=rule: stopping(rule)(f, slope, x, lr, 1),
                    "It ends after one step. Is there a `return` or a `break` in the loop that is "
                    "always reached?",
                )
                for rule in (too_high, lambda f, x, path: False)
            ),
            (
                stopping(too_high, sign=-1),
                "That is uphill: look at the sign of the step.",
            ),
            (lambda *given: stopping(too_high)(*given)[1:], "The start belongs to the path."),
            (
                stopping(too_high, on=True),
                "It leaves the bad point out, and then goes on from there. The run should end.",
            ),
        ],
        cases=[
            (lambda x: wave(x) + 5, wave.gradient, 2.5, 0.5, 20),
            (lambda x: wave(x) + 5, wave.gradient, 2.5, 0.25, 20),
            (lambda x: x * x, lambda x: 2 * x, 1.0, 1.4014, 6),
            (lambda x: x * x, lambda x: 2 * x, 3.0, 3.0, 4),
            (lambda x: 10.0**x, lambda x: -1.0, 0.0, 1.0, 4),
            (lambda x: x * x, lambda x: 2 * x, 20.0, 0.25, 6),
            (lambda x: x * x, lambda x: 2 * x, 2.0, 1.4014, 6),
            (abs, np.sign, 3.95, 1.0, 6),
        ],
        hints=[
            "Make the step, look at `f(x)`, and only then put `x` into the path.",
            "The lowest loss so far is `min(f(p) for p in path)`; `break` leaves the loop.",
        ],
    ),
}

QUIZ = [
    (
        "A run has ended in the shallow valley. What can help?",
        {
            "Another start": "Right: it is the start that decides the valley.",
            "More steps": "At the minimum the slope is 0, and so is every further step.",
            "A smaller rate": "The step is rate times slope, and the slope is 0 there. A smaller "
            "rate changes nothing.",
        },
    ),
    (
        "A run has not settled. Is the rate too large?",
        {
            "If it hops, yes; if it creeps, no": "Right: look at the path before you change the "
            "rate.",
            "Yes, always": "With rate 0.005 the run from 2.0 has not settled after 500 steps. It "
            "has after 5,000: the rate is too small, if anything.",
            "No, it needs more steps": "With rate 0.5 the run from 2.5 still hops after 5,000 "
            "steps.",
        },
    ),
    (
        "Which valleys need small rates?",
        {
            "Narrow ones": "Right: there the slope changes fast, so f'' is large and 2/f'' small.",
            "Deep ones": "Here the deep valley is also the narrow one. Lift the whole curve, and "
            "neither its slopes nor its limits change.",
            "Wide ones": "There the slope changes slowly: f'' is small, and 2/f'' large.",
        },
    ),
]


RATES = np.arange(2, 242) / 200
STARTS = np.arange(-20, 140) / 20


@functools.cache
def ends():
    """The map: the valley that each start (column) reaches at each rate (row)."""
    return destination(wave, SGD(lr=RATES[:, None]), STARTS, steps=500)


def from_the_deep_valley():
    """The map's column of the start 5.0."""
    return ends()[:, np.flatnonzero(STARTS == 5.0)[0]]


NUMBERS = [
    ("4.91", lambda: wave.minima[0]),
    ("0.38", lambda: limits[0]),
    ("0.39", lambda: RATES[from_the_deep_valley() != 0].min()),
    ("0.68", lambda: RATES[from_the_deep_valley() == 1].min()),
    ("1.0", lambda: limits[1]),
    ("6", lambda: functions.bowl.hessian((2, 2))[0, 0]),
    ("240", lambda: ends().shape[0]),
    ("160", lambda: ends().shape[1]),
]

GIVEN = ["-1", "7", "2.5", "0.25", "200", "0.05", "4", "5.0", "0.8", "300", "0.1", "500"]
GIVEN += ["3", "0.65", "10", "0.005", "2.0", "5,000", "0.5"]


def claim_two_starts_end_in_the_two_valleys():
    runs = descend(wave, SGD(lr=0.25), start=[2.5, 1.5], steps=10)
    assert np.allclose(runs.end, wave.minima, atol=0.01)


def claim_the_border_is_the_top_of_the_hill():
    top = wave.stationary[0]
    assert abs(wave.gradient(top)) < 1e-6 and wave.hessian(top) < 0
    left, right = descend(wave, SGD(lr=0.25), start=[top - 1e-4, top + 1e-4], steps=60).end
    assert round(top, 4) == 2.0288
    assert abs(left) < 0.005 and abs(right - wave.minima[0]) < 0.005


def claim_rate_1_leaves_the_picture_comes_back_and_creeps():
    slow, fast = descend(wave, SGD(lr=np.array([0.05, 1.0])), start=2.5, steps=10_000).points.T
    assert np.allclose(fast[1:6], [3.9044, 7.4178, 3.3778, 6.8959, 0.6794], atol=5e-5)
    assert abs(slow[200] - wave.minima[0]) < 0.001
    assert 9 < abs(fast[100] / fast[10_000]) < 11


def claim_the_limits_of_the_two_valleys():
    assert np.allclose(limits, [0.3836, 1.0], atol=5e-5)
    assert 2 < 0.8 / limits[0] < 2.2


def claim_the_runs_that_hop_for_ever():
    assert destination(wave, SGD(lr=0.5), 2.5, steps=5000) == -1
    for row in [70, 120]:  # from 2.5 and from 5.0
        there = ends()[:, row]
        assert np.all(there[(RATES > 0.385) & (RATES < 0.66)] == -1)
        assert np.all((there[RATES > 0.72] == 1) == (RATES[RATES > 0.72] <= 1.0))


def claim_a_small_rate_needs_more_steps():
    assert destination(wave, SGD(lr=0.005), 2.0, steps=500) == -1
    assert destination(wave, SGD(lr=0.005), 2.0, steps=5000) == 1


def claim_stays_is_right_on_the_whole_map():
    deep = from_the_deep_valley() == 0
    flat = ends()[:, STARTS == 0.1][:, 0] == 1
    assert np.array_equal(deep, stays(RATES, wave.hessian(wave.minima[0])))
    assert RATES[flat != stays(RATES, wave.hessian(0.0))].tolist() == [1.0]


def claim_below_the_limit_it_converges_and_above_it_does_not():
    both = SGD(lr=limit() * np.array([0.99, 1.01]))
    trial = descend(lambda x: 3 * (x - 2) ** 2, both, 5.0, 900)
    assert abs(trial.end[0] - 2) < 0.001 and abs(trial.end[1] - 2) > 1000


def claim_the_two_starts_end_in_different_valleys():
    assert set(destination(wave, SGD(lr=0.25), np.array(starts()))) == {0, 1}


def claim_the_careful_descent_walks_the_path_and_stops():
    got = careful(lambda x: wave(x) + 5, wave.gradient, 2.5, 0.5, 20)
    np.testing.assert_allclose(got, descend(wave, SGD(lr=0.5), 2.5, 7).points)
