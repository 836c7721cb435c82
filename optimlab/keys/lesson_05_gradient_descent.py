"""Lesson 05: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import SGD, descend, functions
from optimlab.lessons import Choice, Exercise, Sketch
from optimlab.study.outcomes import outcomes

parabola = functions.parabola


def run(lr, steps, start=4):
    """Gradient descent as the lesson has it everywhere: on the parabola, from 4."""
    return descend(parabola, SGD(lr=lr), start=start, steps=steps)


PREDICTIONS = {
    "where after one step": Choice(
        {
            "3.2": "The step is 0.2 · 4 = 0.8, and it goes against the slope.",
            "3.8": "That is a step of 0.2 alone: it forgets to multiply by the slope.",
            "4.8": "That is uphill: the sign is wrong.",
        },
        right="3.2",
        at={"4.8": 4.8, "3.2": 3.2, "3.8": 3.8},
        tells=["3.2", "3.200", "0.8", "-0.800", "3.44", "2.4", "2.40"],
    ),
    "what rate 1 does": Choice(
        {
            "it is at 2 five times as fast": "A larger rate takes larger steps. Here each one is "
            "so large that it lands beyond the minimum.",
            "it jumps to and fro and gets no closer": "The slope at 4 is 4, so the step is 4: to "
            "0. The slope at 0 is -4: back to 4, for ever.",
            "it flies off": "You were close: any larger rate does fly off.",
        },
        right="it jumps to and fro and gets no closer",
        fact=lambda e: "x₀ to x₃: " + ", ".join(f"{x:g}" for x in e.paths["SGD"].points[:4]) + ".",
        tells=[
            "to and fro",
            "between 4 and 0",
            "jumps for ever",
            "factor -1",
            "-1.00",
            r"\eta < 1",
        ],
    ),
    "the loss at rate 0.9": Sketch(
        range(11),
        right=lambda e: e.paths["SGD"].losses,
        within=0.5,
        why="The run jumps to and fro. Why does its loss not?",
        tells=["the loss does not", "falls at every step", "changes sides", "0.64"],
    ),
}


def step(x, slope, lr):
    return x - lr * slope(x)


def count():
    return int(np.ceil(np.log(0.01 / 2) / np.log(1 - 2 * 0.01)))


def climb(slope, x, lr, steps):
    for _ in range(steps):
        x = x + lr * slope(x)
    return x


def descent(slope, x, lr, steps):
    for _ in range(steps):
        x = x - lr * slope(x)
    return x


EXERCISES = {
    "one step": Exercise(
        step,
        wrong=[
            (lambda x, slope, lr: x + lr * slope(x), "That is uphill: look at the sign."),
            (lambda x, slope, lr: x - lr, "The slope is missing: the step is rate times slope."),
            (
                lambda x, slope, lr: x - slope(x),
                "The rate is missing: the step is rate times slope.",
            ),
            (
                lambda x, slope, lr: -lr * slope(x),
                "That is the step alone: add it to the old point.",
            ),
            (
                lambda x, slope, lr: lr * slope(x),
                "That is the rate times the slope alone: take it off the old point.",
            ),
        ],
        cases=[
            (4.0, lambda x: 2 * x - 4, 0.2),
            (1.0, lambda x: 3.0 * x, 0.1),
            (-1.5, lambda x: 2 * x - 4, 0.3),
        ],
        hints=[
            "`slope` is a function: `slope(x)` is a number.",
            "Old point minus rate times slope.",
        ],
    ),
    "how many steps": Exercise(
        count,
        wrong=[
            (262, "One short: after 262 steps it is still above 0.01."),
            (264, "One too many: it was below 0.01 before."),
            (262.25, "Right equation. A count is whole: round up."),
            (228, "That starts 1 away. How far is 4 from 2?"),
            (297, "That starts 4 away. How far is 4 from 2?"),
        ],
        rtol=1e-4,
        hints=["Each step multiplies the distance by 1 - 2 · 0.01.", "Solve 2 · 0.98^k < 0.01."],
    ),
    "climb": Exercise(
        climb,
        wrong=[
            (descent, "That is the valley: look at the sign."),
            (lambda slope, x, lr, steps: x + lr * slope(x), "That is one step. Repeat it."),
            (
                lambda slope, x, lr, steps: x + steps * lr * slope(x),
                "It measures the slope once. Measure it again at every new point.",
            ),
        ],
        cases=[
            (functions.wave.gradient, 2.5, 0.1, 200),
            (functions.parabola.gradient, 3.0, 0.1, 5),
        ],
        hints=["Take `gradient_descent` from above; return the last point.", "Uphill is plus."],
    ),
}

QUIZ = [
    (
        "You double the learning rate. Do you arrive twice as fast?",
        {
            "Only while the rate is small": "Right. From 0.01 to 0.02 it takes about half as many "
            "steps. From 0.5 to 1 it never arrives.",
            "Yes, at every learning rate": "Not past 0.5: there the factor turns negative, and at "
            "1 the run never arrives.",
            "No, whatever the rate is": "For small rates it does: 0.02 takes about half as many "
            "steps as 0.01.",
        },
    ),
    (
        "A run jumps between two points and gets no closer. What do you change?",
        {
            "I lower the rate": "Right: the factor is -1, and a lower rate brings it nearer to 0.",
            "I take more steps": "It jumps for ever: the factor stays -1.",
            "I start elsewhere": "On a parabola the factor is the same everywhere. Another start "
            "jumps between two other points.",
        },
    ),
    (
        "At the minimum the slope is 0. What does the rule do there?",
        {
            "Nothing": "Right: the step is rate times 0.",
            "It climbs the other side": "It would need a memory of the way it came, and this rule "
            "has none. Lesson 09 adds one.",
            "It takes a step as long as the rate": "The step is rate times slope, and the slope "
            "is 0.",
        },
    ),
]


def fastest(goal=2.0001, steps=4):
    """The lowest and the highest rate that bring the loss to a goal within four steps."""
    rates = np.linspace(0.3, 0.7, 40_001)
    reached = rates[run(rates, steps).losses[-1] <= goal]
    return reached[0], reached[-1]


NUMBERS = [
    ("4", lambda: parabola.gradient(4.0)),
    ("-4", lambda: parabola.gradient(0.0)),
    ("3.2", lambda: run(0.2, 1).end),
    ("0.8", lambda: 0.2 * parabola.gradient(4.0)),
    ("3.772", lambda: run(0.01, 6).end),
    (r"8 \cdot 10^8", lambda: abs(run(1.01, 1000).end - 2)),
    ("0.4", lambda: run(0.9, 1).end),
    ("3.28", lambda: run(0.9, 2).end),
    ("0.3671", lambda: np.ceil(1e4 * fastest()[0]) / 1e4),
    ("0.6329", lambda: np.floor(1e4 * fastest()[1]) / 1e4),
    ("0.5", lambda: np.mean(fastest())),
    ("0.6", lambda: 1 - 2 * 0.2),
    ("-1", lambda: 1 - 2 * 1),
    ("0.98", lambda: 1 - 2 * 0.01),
    ("262", lambda: np.argmax(np.abs(run(0.01, 400).points - 2) < 0.01) - 1),
]
GIVEN = [
    "6",
    "20",
    "0.2",
    "0.01",
    "0.9",
    "1.01",
    "1,000",
    "2.0001",
    "2.5",
    "0.1",
    "0.02",
]


def where_rate_1_leads():
    away = run(1, 1000).points - 2
    there = np.abs(away).min() < 0.01
    to_and_fro = set(away) == {away[0], -away[0]}
    return there, to_and_fro, np.abs(away[-1]) > 1e6


#: for each choice, which of its options are true, in their order
HOLDS = {
    "where after one step": lambda: np.isclose(run(0.2, 1).end, [3.2, 3.8, 4.8]),
    "what rate 1 does": where_rate_1_leads,
}


def claim_the_three_rates_of_the_course_text():
    for lr, end in ((0.2, 2.093), (0.01, 3.772), (1, 4.0)):
        assert round(float(run(lr, 6).end), 3) == end


def claim_rate_1_jumps_between_4_and_0_for_ever():
    assert set(run(1, 1000).points) == {4.0, 0.0}


def claim_every_step_multiplies_the_distance_by_the_factor():
    for lr in (0.01, 0.2, 0.5, 0.9, 1.0, 1.1):
        points = run(lr, 1).points
        assert np.isclose((points[1] - 2) / (points[0] - 2), 1 - 2 * lr)


def claim_descent_converges_below_rate_1():
    rates = np.linspace(0.005, 1.2, 300)
    assert np.array_equal(np.abs(run(rates, 20).end - 2) < 2, rates < 1)


def claim_the_band_changes_at_0_5_and_1_from_every_start():
    rates = np.array([0.05, 0.2, 0.5, 0.51, 0.9, 1.0, 1.1, 1.5])
    for start in (4, 3, 0.5):
        verdict, arrived = outcomes(run(rates, 20, start))
        assert [said == "zigzags" for said in verdict] == [0.5 < rate <= 1 for rate in rates]
        assert [said == "diverges" for said in verdict] == [rate > 1 for rate in rates]
        assert (arrived == 0).tolist() == [0.05 < rate < 1 for rate in rates]


def claim_rates_as_far_from_0_5_on_either_side_leave_the_same_distance():
    low, high = np.abs(run(np.array([0.4, 0.6]), 20).end - 2)
    assert np.isclose(low, high, rtol=1e-3)


def claim_rates_from_0_3671_to_0_6329_reach_the_target():
    four = run(np.array([0.367, 0.3671, 0.4, 0.6, 0.6329, 0.633]), 4)
    assert (four.losses[-1] <= 2.0001).tolist() == [False, True, True, True, True, False]


def claim_twice_a_small_rate_takes_about_half_as_many_steps():
    takes = [np.argmax(np.abs(run(rate, 400).points - 2) < 0.01) for rate in (0.01, 0.02)]
    assert 0.45 < takes[1] / takes[0] < 0.55


def claim_the_solutions_do_what_the_exercises_say():
    assert np.isclose(step(4.0, lambda x: 2 * x - 4, 0.2), 3.2)
    assert np.argmax(np.abs(run(0.01, 400).points - 2) < 0.01) == count() == 263
    assert round(float(climb(functions.wave.gradient, 2.5, 0.1, 200)), 4) == 2.0288
