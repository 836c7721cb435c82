"""Lesson 06: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, descend, functions
from optimlab.lessons import Choice, Exercise, Number, Point
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
            "rises and sends the run back."
        ),
        why="What did the rule know of the curve when it took its first step?",
        tells=["4.91", "4.913", "4.36", "goes right", "from 2.5 to"],
    ),
    "where the colours meet": Number(
        "The start where they meet",
        right=lambda e: e.function.stationary[0],
        within=0.1,
        along="x",
        replies=[
            (2.46, "That is half way between the two minima. Being nearer does not count."),
            (3.14, "There the height is 0. What counts is the slope."),
            (2.5, "A start there is on the deep valley's side of the hill already."),
            (1.08, "There the left side of the hill is steepest. It is not yet the top."),
            (0, "That is the minimum itself. Runs from its right side end there, too."),
        ],
        fact="It is the top of the hill. Left of it the slope is positive and the first step goes "
        "left; right of it the first step goes right. At this rate no later step crosses it.",
        tells=["2.03", "2.0288", "top of the hill", "hill's top", "changes its sign"],
    ),
    "what rate 1.0 does here": Choice(
        {
            "it flies off for ever": "It does leave the picture, at step 2. But out there the "
            "curve rises, so the next step leads back.",
            "it reaches the same valley, only faster": "Longer steps do not stop at the bottom. "
            "The second one leads far up the other side, out of the picture.",
            "it ends in the other valley": "It comes back from outside, jumps over "
            "the hill, and creeps towards 0.",
        },
        right="it ends in the other valley",
        fact=lambda e: (
            "x₁ to x₆: "
            + ", ".join(f"{x:.3f}" for x in e.paths["SGD"].points[1:7])
            + f". At x₂ the slope is {e.paths['SGD'].gradients[2]:.2f}."
        ),
        tells=[
            *("3.904", "3.9044", "7.418", "7.4178", "0.6794", "0.0867", "creeps", "comes back"),
            *("closer to 0", "out of the picture", "exactly the limit", "need not diverge"),
        ],
    ),
    "beside the deep minimum": Choice(
        {
            "in the valley at 0": "One hop leads over the hill. At 0 the limit is 1.0, so with "
            "rate 0.8 the run settles there.",
            "in the deep valley, only later": "Beyond the limit every step near 4.91 leads "
            "further away from it. More steps do not help.",
            "nowhere, it hops about in the deep valley": "With a rate from 0.39 to 0.67 it would, "
            "for ever. At 0.8 a hop can be long enough to leave this valley.",
        },
        right="in the valley at 0",
        fact=lambda e: (
            "The hops do not grow steadily: the first are "
            + ", ".join(f"{hop:.1f}" for hop in np.abs(np.diff(e.paths["SGD"].points[:7])))
            + f" long. Step {np.argmax(e.paths['SGD'].points < wave.stationary[0])} leads over "
            "the hill."
        ),
        why="What did the formula tell you, and what did it not?",
        tells=["0.68", "over the hill", "crosses the hill", "settles at 0", "every run of the map"],
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


def one_step(too_high):
    return lambda f, slope, x, lr, steps: stopping(too_high)(f, slope, x, lr, 1)


def nothing_after_a_break(*given):
    path = one_step(too_high)(*given)
    return path if len(path) == 2 else None


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
                lambda rate, curvature: rate <= 1 / curvature,
                "1/f'' is the fastest rate. A little beyond it a run still comes nearer, from side "
                "to side.",
            ),
            (
                lambda rate, curvature: abs(1 - rate * curvature) <= 1,
                "At the limit itself the factor is -1: by the formula no step comes nearer.",
            ),
            *(
                (wrong, reply)
                for below, reply in (
                    (
                        lambda curvature: curvature / 2,
                        "That is upside down: a larger f'' allows a smaller rate.",
                    ),
                    (
                        lambda curvature: 2 * curvature,
                        "That is upside down: it allows larger rates where f'' is larger.",
                    ),
                    (
                        lambda curvature: 1,
                        "It lets the rates below 1 pass. That is right on the parabola, where f'' "
                        "is 2. Here f'' is `curvature`.",
                    ),
                    (lambda curvature: 2, "Which rates are too large depends on `curvature`."),
                )
                for wrong in (
                    lambda rate, curvature, below=below: rate < below(curvature),
                    lambda rate, curvature, below=below: rate <= below(curvature),
                )
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
            *((0.25, 5.0), (0.39, 5.0), (0.41, 5.0), (0.9, 5.0), (0.9, 2.0), (1.0, 2.0)),
            *((1.1, 2.0), (1.1, 1.5), (0.1, 0.5), (1.5, 0.5), (2.5, 0.5), (4.5, 0.5)),
            *((0.2, 5.0), (0.5, 1.0), (1.9, 1.0), (0.9, 1.5), (1.0, 0.5), (2.0, 0.5)),
            (0.003, 700.0),
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
            (12, "That multiplies by f'': a larger f'' allows a smaller rate."),
            (3, "That is upside down: a larger f'' allows a smaller rate."),
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
                    wrong,
                    "It ends after one step. Is there a `return` or a `break` in the loop that is "
                    "always reached?",
                )
                for wrong in (
                    one_step(too_high),
                    one_step(lambda f, x, path: False),
                    nothing_after_a_break,
                )
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
        "With rate 0.25 a run from 1.5 has ended in the valley at 0. What leads to the deeper one?",
        {
            "Another start": "Right: with a small rate it is the start that decides the valley.",
            "More steps": "At the minimum the slope is 0, and so is every further step.",
            "A smaller rate": "From 1.5 every smaller rate goes down the same side of the hill, "
            "only slower.",
        },
    ),
    (
        "A run has not settled. Is the rate too large for its valley?",
        {
            "Yes, if its hops do not shrink": "Right. While they shrink, or while it goes one way "
            "only, more steps help.",
            "Yes, or it would have settled": "With rate 0.005 the run from 2.0 has not settled "
            "after 500 steps. It has after 5,000: the rate is too small, if anything.",
            "No, it needs more steps": "With rate 0.5 the run from 2.5 still hops after 5,000 "
            "steps.",
        },
    ),
    (
        "Which valleys need small rates?",
        {
            "Narrow valleys": "Right: there the slope changes fast, so f'' is large and 2/f'' "
            "small.",
            "Deep valleys": "Here the deep valley is also the narrow one. But lift the whole "
            "curve: its slopes and its limits stay as they are.",
            "Wide valleys": "There the slope changes slowly: f'' is small, and 2/f'' large.",
        },
    ),
]


RATES = np.arange(2, 242) / 200
STARTS = np.arange(-20, 140) / 20


def steepest_left():
    """Where the hill is steepest on its left side."""
    x = np.linspace(0, 2, 20_001)
    return x[np.argmax(wave.gradient(x))]


@functools.cache
def ends():
    """The map: the valley that each start (column) reaches at each rate (row)."""
    return destination(wave, SGD(lr=RATES[:, None]), STARTS, steps=500)


def from_the_deep_valley():
    """The map's column of the start 5.0."""
    return ends()[:, np.flatnonzero(STARTS == 5.0)[0]]


def two_points():
    """Between what the runs right of the hill jump in the end, at rate 0.4."""
    return np.sort(descend(wave, SGD(lr=0.4), start=2.5, steps=2000).points[-2:])


def leads_over(rates, starts):
    """Whether a start right of the hill's top has a first step that leads left of it."""
    first = starts - np.multiply.outer(rates, wave.gradient(starts))
    return first < wave.stationary[0]


def specks():
    """(rate, start) of what settles at 0 though most starts right of the hill do not."""
    right = STARTS > wave.stationary[0]
    over = (ends() == 1) & right & ((ends()[:, right] == -1).mean(axis=1) > 0.5)[:, None]
    over[RATES > 1] = False
    return [(RATES[i], STARTS[j]) for i, j in np.argwhere(over)]


NUMBERS = [
    ("4.91", lambda: wave.minima[0]),
    ("4.478", lambda: two_points()[0]),
    ("5.283", lambda: two_points()[1]),
    ("0.38", lambda: limits[0]),
    ("0.39", lambda: RATES[from_the_deep_valley() != 0].min()),
    ("0.67", lambda: RATES[~leads_over(RATES, np.linspace(2.03, 7, 5000)).any(axis=1)].max()),
    ("0.68", lambda: RATES[from_the_deep_valley() == 1].min()),
    ("0.675", lambda: specks()[0][0]),
    ("6.35", lambda: specks()[0][1]),
    ("1.0", lambda: limits[1]),
    ("6", lambda: functions.bowl.hessian((2, 2))[0, 0]),
    ("240", lambda: ends().shape[0]),
    ("160", lambda: ends().shape[1]),
]

GIVEN = ["-1", "7", "2.5", "0.25", "200", "4", "5.0", "0.8", "300", "0.1", "500", "60", "1.5"]
GIVEN += ["3", "10", "0.005", "2.0", "5,000", "0.5", "0.4"]


def settles(rate, start):
    """In which valley (-1: in none), and from which of 500 steps on."""
    points = descend(wave, SGD(lr=rate), start, steps=500).points
    valley = destination(wave, SGD(lr=rate), start)
    away = np.abs(points - wave.minima[valley]) > 0.001
    return valley, 1 + np.flatnonzero(away).max(initial=-1)


def what_rate_does(rate):
    """From 2.5: whether it stays outside, is earlier where 0.25 led, or in the other valley."""
    (before, step), (valley, now) = settles(0.25, 2.5), settles(rate, 2.5)
    late = descend(wave, SGD(lr=rate), 2.5, steps=500).points[-60:]
    inside = (late >= wave.domain[0]) & (late <= wave.domain[1])
    return not inside.any(), valley == before and now < step, valley == 1 - before


def beside_the_deep_minimum(rate):
    """From 5.0: whether it settles at 0, in the deep valley, or hops about on that side."""
    valley, _ = settles(rate, 5.0)
    late = descend(wave, SGD(lr=rate), 5.0, steps=500).points[-60:]
    hops = np.ptp(late) > 0.05 and (late > wave.stationary[0]).all()
    return valley == 1, valley == 0, hops


#: for each choice, which of its options are true, in their order
HOLDS = {
    "what rate 1.0 does here": lambda: what_rate_does(1.0),
    "beside the deep minimum": lambda: beside_the_deep_minimum(0.8),
}


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
    assert RATES[0] <= 0.39 and not leads_over(0.67, np.linspace(2.03, 7, 5000)).any()
    jumps = descend(wave, SGD(lr=0.4), start=np.linspace(2.1, 7, 50), steps=2000).points[-2:]
    assert np.allclose(np.sort(jumps, axis=0).T, two_points())


def claim_the_usual_wrong_borders_are_what_the_replies_say():
    assert np.isclose(wave.minima.mean(), 2.46, atol=0.01) and abs(wave(np.pi)) < 1e-9
    assert np.isclose(steepest_left(), 1.08, atol=0.01)


def claim_the_start_decides_up_to_0_38_and_nothing_from_0_68_to_1():
    left = wave.stationary[0] > STARTS
    there = ends()
    assert np.array_equal(there[RATES < 0.3836] == 1, np.broadcast_to(left, (75, 160)))
    assert np.all(there[RATES < 0.3836] >= 0)
    assert np.all(there[:, left][RATES <= 1] == 1)
    assert np.all(there[(RATES > 0.679) & (RATES <= 1)] == 1)
    assert np.all(there[:, ~left][(RATES > 0.385) & (RATES < 0.674)] == -1)


def claim_one_speck_and_one_line_are_left_on_the_map():
    ((rate, start),) = specks()
    assert np.isclose(rate, 0.675) and np.isclose(start, 6.35) and leads_over(rate, start)
    beyond = ends()[RATES > 1.001]
    assert np.array_equal(beyond != -1, np.broadcast_to(np.isclose(STARTS, 0), beyond.shape))
    others = descend(wave, SGD(lr=0.675), STARTS[(STARTS > 2.03) & (STARTS != start)], 500)
    assert others.points[1:].max() < 6.33


def claim_the_hops_do_not_grow_steadily_and_step_12_leads_over_the_hill():
    points = descend(wave, SGD(lr=0.8), start=5, steps=60).points
    hops = np.abs(np.diff(points))
    assert hops[1] < hops[2] > hops[3] and np.argmax(points < wave.stationary[0]) == 12
    assert np.all(points[12:] < wave.stationary[0]) and abs(points[-1]) < 1e-9


def claim_every_smaller_rate_leads_from_1_5_to_0():
    rates = np.linspace(0.005, 0.25, 50)
    points = descend(wave, SGD(lr=rates), start=1.5, steps=3000).points
    assert np.all(np.diff(points, axis=0) <= 0) and np.all(np.abs(points[-1]) < 1e-6)


def claim_the_second_derivative_is_largest_at_0_itself():
    x = np.linspace(-1, 1, 201)
    assert x[np.argmax(wave.hessian(x))] == 0


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
