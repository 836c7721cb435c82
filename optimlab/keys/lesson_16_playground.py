"""Lesson 16: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, Adam, Momentum, Nesterov, descend, functions
from optimlab.explorers.controls import decades
from optimlab.lessons import Choice, Exercise
from optimlab.optimizers import Optimizer
from optimlab.study.analysis import momentum_limit, stability_limit

TEXT = "x^4/4 - 2*x^2 + x/2 + (y - x/2)^2"


@functools.cache
def typed(text=TEXT):
    return functions.parse(text)


class Bounded(Optimizer):
    rules = ("v = alpha*v - eta*g/sqrt(1 + g*g)", "w = w + v")
    momentum = 0.9


PREDICTIONS = {
    "slope of the last term": Choice(
        {
            "2(y - x/2)": "That is the slope of the square alone. The chain rule multiplies it by "
            "the slope of what is inside.",
            "-(y - x/2)": "The square has slope 2(y - x/2), what is inside has slope -1/2 by x.",
            "y - x/2": "The size is right. What is inside falls as x grows: its slope is -1/2.",
        },
        right="-(y - x/2)",
        tells=["-(y - x/2)", r"-(y - \frac{x}{2})"],
    ),
    "where rate 0.23 ends": Choice(
        {
            "at A, on whose side it starts": "Above 0.214 nothing stays at A.",
            "at B, beyond the ridge": "The first step, 0.23 · 18, leads from -3 to 1.14, beyond "
            "the ridge. There B holds it, as 0.23 is below 0.253.",
            "at neither, it jumps for ever": "From a start near A it would, between -2.29 and "
            "-1.70. From here the first step leads beyond the ridge.",
        },
        right="at B, beyond the ridge",
        why="What does A's limit say about this run, and what not?",
        tells=["1.14", "ends at B", "0.18", "beyond the ridge"],
    ),
    "how many diverge": Choice(
        {
            "fewer than 2 %": "Near a minimum the limit grows, to 0.406. Up on the wall a push "
            "is as long as before, and momentum adds to it.",
            "about 2 %, as before": "The first step is the same. The second is not: momentum "
            "keeps 0.9 of the first.",
            "about 20 %": "From (-4, -2) both rules step to x = 0.75. Momentum keeps 0.9 of that "
            "step, 4.275, and is thrown to 5.0, up the other wall.",
        },
        right="about 20 %",
        why="What happens in the first two steps from (-4, -2)?",
        tells=["20 %", "4.275", "5.0", "nine times"],
    ),
    "who ends lowest": Choice(
        {
            "SGD": "Plain descent. From here it stays within A's valley, and near A each step "
            "leaves at most 1 - 0.1 · 1.864 = 0.814 of the distance.",
            "Momentum": "It swings through the valley: in the long run a step leaves √0.9 = 0.949 "
            "of the swing.",
            "Adam": "Its steps are about as long as the rate, and β₁ = 0.9 lets it swing.",
            "Bounded": "Near A it is Momentum, which leaves √0.9 = 0.949 of the swing.",
        },
        right="SGD",
        why="What would have to change for another one to win?",
        tells=["0.814", "SGD ends lowest", "SGD wins"],
    ),
}


# The exercises --------------------------------------------------------------------------------


def gradient(x, y):
    by_x = 2 * x * y + y * np.cos(x * y)
    by_y = x**2 + x * np.cos(x * y)
    return by_x, by_y


def fading():
    return "v = 0.8*v + 0.2*g", "w = w - eta*v"


def share(x, y, a, b, near):
    away = np.hypot(x - a, y - b)
    return np.mean(away <= near)


#: what is said of rules that walk as these do
USUAL = [
    (("v = 0.8*v + 0.2*g", "w = w + eta*v"), "That is uphill: look at the sign."),
    (("v = 0.8*v + g", "w = w - eta*v"), "The gradient comes in whole: take 0.2 of it."),
    (("v = 0.2*v + 0.8*g", "w = w - eta*v"), "The shares are swapped: 0.8 of the old one stays."),
    (("v = 0.8*v + 0.2*g", "w = w - eta*g"), "The step goes along g: v is not used."),
    (("v = 0.8*v + 0.2*g", "w = w - v"), "The rate is missing: multiply v by eta."),
    (("w = w - eta*v", "v = 0.8*v + 0.2*g"), "The step comes before v is renewed: swap the lines."),
]


def walk(lines):
    """The points of a rule that is given by its lines, on two functions."""
    rule = type("Mine", (Optimizer,), {"rules": tuple(lines)})
    runs = [descend(f, rule(lr=lr), steps=6) for f in (typed(), functions.bowl)
            for lr in (0.01, 0.07)]  # fmt: skip
    return np.array([run.points for run in runs])


def same(walked, lines):
    return np.allclose(walked, walk(lines), rtol=1e-9, atol=1e-12)


def is_fading(lines):
    """Whether lines of a rule walk as the exercise asks, or what is wrong with them."""
    if len(lines) != 2:
        return f"Two lines are wanted, and these are {len(lines)}."
    try:
        walked = walk(lines)
    except (TypeError, ValueError) as error:
        return f"{error}."
    if same(walked, fading()):
        return True
    return next((said for usual, said in USUAL if same(walked, usual)), False)


X = np.array([3.0, 0.5, np.nan, -2.0, -2.5, 0.0])
Y = np.array([4.0, -1.0, np.nan, 2.0, 2.5, 5.5])
EXERCISES = {
    "gradient by hand": Exercise(
        gradient,
        wrong=[
            (
                lambda x, y: (2 * x * y + np.cos(x * y), x**2 + np.cos(x * y)),
                "In the sine the inner slope is missing: by x it is y, by y it is x.",
            ),
            (
                lambda x, y: gradient(x, y)[::-1],
                "The two are swapped: the derivative by x comes first.",
            ),
            *(
                (wrong, "The derivative of the sine is the cosine, with a plus.")
                for wrong in (
                    lambda x, y: (2 * x * y - y * np.cos(x * y), x**2 - x * np.cos(x * y)),
                    lambda x, y: (2 * x * y + y * np.sin(x * y), x**2 + x * np.sin(x * y)),
                    lambda x, y: (2 * x * y - y * np.sin(x * y), x**2 - x * np.sin(x * y)),
                )
            ),
            (
                lambda x, y: (2 * x + y * np.cos(x * y), x**2 + x * np.cos(x * y)),
                "By x, y is a constant factor of x²y, and it stays.",
            ),
            (
                lambda x, y: (2 * x * y + y * np.cos(x * y), 2 * x + x * np.cos(x * y)),
                "By y, x² is a constant factor. It is not differentiated.",
            ),
            (
                lambda x, y: (2 * x * y + x * np.cos(x * y), x**2 + y * np.cos(x * y)),
                "The inner slopes are swapped: that of xy by x is y.",
            ),
        ],
        cases=[(1.0, 2.0), (-0.5, 1.5), (2.0, -1.0), (0.0, 0.7)],
        hints=["By x, y is a number like any other.", "The inner slope of sin(xy) by x is y."],
    ),
    "rule in two lines": Exercise(
        fading,
        wrong=USUAL,
        accept=is_fading,
        otherwise="These lines run, but they walk elsewhere. Read the task again, word by word.",
        form='two texts, such as ("v = …", "w = …")',
        hints=['The first line begins with "v = 0.8*v".', 'The second is "w = w - eta*v".'],
    ),
    "share that arrives": Exercise(
        share,
        wrong=[
            (
                lambda x, y, a, b, near: np.sum(np.hypot(x - a, y - b) <= near),
                "That is a count. The share is of all runs.",
            ),
            (
                lambda x, y, a, b, near: np.mean(
                    np.hypot(x - a, y - b)[~np.isnan(x)] <= near
                ),
                "Runs that diverged are runs, too: do not leave them out.",
            ),
            (
                lambda x, y, a, b, near: np.mean((abs(x - a) <= near) & (abs(y - b) <= near)),
                "That is a square around the minimum. A distance takes both coordinates together.",
            ),
            (
                lambda x, y, a, b, near: np.mean(np.hypot(x - a, y - b) > near),
                "That is the share that ends elsewhere, but for those that diverged.",
            ),
            (
                lambda x, y, a, b, near: 1 - np.mean(np.hypot(x - a, y - b) <= near),
                "That is the share that does not arrive.",
            ),
            (
                lambda x, y, a, b, near: np.mean(np.hypot(x - a, y - b) < near),
                "At most `near` includes `near` itself.",
            ),
            (
                lambda x, y, a, b, near: np.mean(np.hypot(x, y) <= near),
                "That is the distance from the origin.",
            ),
        ],
        cases=[
            (X, Y, 0.0, 0.0, 5.0),
            (X, Y, -2.0, 2.0, 0.6),
            (X[:4], Y[:4], 0.5, 4.0, 2.5),
            (X[1:3], Y[1:3], 1.0, 1.0, 9.0),
        ],
        hints=[
            "`np.hypot(x, y)` is the distance of (x, y) from the origin.",
            "A comparison with NaN is False, and the mean of True and False is a share.",
        ],
    ),
}

QUIZ = [
    (
        "`parse` finds one minimum in the picture. How many are there?",
        {
            "At least that one": "Right: the derivatives are exact, the search is not. It looks "
            "from a grid, and a narrow valley lies between its points.",
            "Exactly that one, as the derivatives are exact": "They are exact wherever they are "
            "asked. A narrow valley between the points of the grid is never asked about.",
            "None can be sure, as slopes are numerical": "Those of a typed text are derived. It "
            "is the search that may miss a narrow valley.",
        },
    ),
    (
        "The rate is below the limit of a minimum. What do you know of a run from far away?",
        {
            "That it could stay there, once near": "Right. On the way it may be thrown elsewhere, "
            "or out.",
            "That it arrives there, perhaps slowly": "Not from (-3, 2) at rate 0.2: A could hold "
            "it, and it ends at B.",
            "That it does not diverge": "On a steep wall a step at the same rate is long. At 0.1 "
            "plain descent diverges from the corner (-5, 4).",
        },
    ),
    (
        "Your own rule wins a race. What do you try before you tell others?",
        {
            "Other starts, and a tuned rate for each rule": "Right: from (-5, 4) the order was "
            "another one.",
            "Twice as many steps from the same start": "It says how the race goes on, and nothing "
            "of other starts and rates.",
            "Nothing, a race has equal gradients": "Equal gradients are fair. One start and one "
            "rate are still one case.",
        },
    ),
]


# The numbers ----------------------------------------------------------------------------------


def limits():
    return stability_limit(typed(), typed().minima)


def plain(lr, start, steps=60):
    return descend(typed(), SGD(lr=lr), start, steps)


def nearest(end):
    """ "A" or "B", where a run has arrived there, else ""."""
    away = np.linalg.norm(typed().minima - end, axis=1)
    return "AB"[away.argmin()] if away.min() < 0.01 else ""


@functools.cache
def lost(rule, lr=0.1):
    """The share of a grid of starts from which a rule diverges."""
    xs = np.linspace(-5, 4, 60)
    starts = np.stack(np.meshgrid(xs, xs), axis=-1)
    ends = descend(typed(), rule(lr=lr), starts, steps=100, record=False).end
    return float(np.isnan(ends).any(axis=-1).mean())


def crossing():
    """The lowest rate of the slider at which plain descent from (-3, 2) ends at B."""
    rates = [rate for rate in decades(0.001, 2.0) if rate > 0.1]
    return next(rate for rate in rates if nearest(plain(rate, (-3, 2)).end) == "B")


def swing():
    """Two points between which plain descent jumps near A at rate 0.23."""
    return np.sort(plain(0.23, typed().minima[0].round(2), 400).points[-2:, 0])


def first_two(rule):
    return descend(typed(), rule(lr=0.1), (-4, -2), 2).points[:, 0]


def excess(rule, start, lr=0.1):
    run = descend(typed(), rule(lr=lr), start, 60)
    return run.losses[-1] - typed()(typed().minima[0])


CURVATURES = np.linalg.eigvalsh(functions.himmelblau.hessian((3, 2)))
NUMBERS = [
    ("-0.03", lambda: functions.numerical_gradient(typed(), (-3, 2), h=0.1)[0] + 18),
    ("18", lambda: -typed().gradient((-3, 2))[0]),
    ("-2.45", lambda: typed("x^2/10 - 3*exp(-100000*(x - 2.345)^2)")(2.345)),
    ("1.14", lambda: plain(0.23, (-3, 2)).points[1, 0]),
    ("0.214", lambda: limits()[0]),
    ("0.253", lambda: limits()[1]),
    ("0.406", lambda: momentum_limit(typed(), 0.9)),
    ("1.9", lambda: momentum_limit(typed(), 0.9) / limits()[0]),
    ("0.18", crossing),
    ("0.229", lambda: stability_limit(floor(), floor().minima[0])),
    ("-2.29", lambda: swing()[0]),
    ("-1.70", lambda: swing()[1]),
    ("20", lambda: round(100 * lost(Momentum), -1)),
    ("0.75", lambda: first_two(Momentum)[1]),
    ("4.275", lambda: 0.9 * np.diff(first_two(Momentum))[0]),
    ("5.0", lambda: first_two(Momentum)[2]),
    ("1.864", lambda: np.linalg.eigvalsh(typed().hessian(typed().minima[0]))[0]),
    ("0.814", lambda: 1 - 0.1 * np.linalg.eigvalsh(typed().hessian(typed().minima[0]))[0]),
    ("0.949", lambda: 0.9**0.5),
    ("25.7", lambda: CURVATURES[0]),
    ("82.3", lambda: CURVATURES[1]),
    ("72,769", lambda: functions.beale((-4, -4))),
]
GIVEN = [
    *("0.23", "-3", "0.1", "0.9", "60", "100", "0.02", "0.000001", "0.0001", "-4", "-5"),
    *("0.8", "0.2", "2.345", "3", "4", "0.01", "6", "-1", "-2"),
]


def floor():
    return typed("x^4/4 - 2*x^2 + x/2")


def slope_of_the_last_term():
    """Which of the three texts is what the last term adds to the derivative by x."""
    x, y = np.array([-3.0, 0.5, 2.0]), np.array([2.0, -1.0, 0.3])
    by_x = typed().gradient(np.stack([x, y], axis=-1))[:, 0] - floor().gradient(x)
    return [np.allclose(by_x, times * (y - x / 2), atol=1e-12) for times in (2, -1, 1)]


def where_rate_0_23_ends():
    """Whether it ends at A, at B, or jumps at the end, at neither of them."""
    points = plain(0.23, (-3, 2)).points
    there, jump = nearest(points[-1]), np.linalg.norm(points[-1] - points[-2])
    return there == "A", there == "B", there == "" and jump > 0.1


def how_many_diverge():
    """Whether momentum loses fewer starts than plain descent, about as many, or about 20 %."""
    before, now = lost(SGD), lost(Momentum)
    return now < before, np.isclose(now, before, rtol=0.2), np.isclose(now, 0.2, rtol=0.1)


RACE = SGD, Momentum, Adam, Bounded


def who_ends_lowest():
    ends = [excess(rule, (-3, 2)) for rule in RACE]
    return [end == np.nanmin(ends) for end in ends]


#: for each choice, which of its options are true, in their order
HOLDS = {
    "slope of the last term": slope_of_the_last_term,
    "where rate 0.23 ends": where_rate_0_23_ends,
    "how many diverge": how_many_diverge,
    "who ends lowest": who_ends_lowest,
}


def claim_the_numerical_slope_is_off_by_x_times_h_squared():
    for x in (-3.0, 1.0):
        off = functions.numerical_gradient(typed(), (x, 2), h=0.1) - typed().gradient((x, 2))
        np.testing.assert_allclose(off, [0.01 * x, 0], atol=1e-9)


def claim_a_narrow_minimum_is_missed_and_is_the_deepest():
    f = typed("x^2/10 - 3*exp(-100000*(x - 2.345)^2)")
    assert f.minima.tolist() == [0] and f(2.345) < f(0.0)


def claim_a_is_the_deeper_minimum_and_the_ridge_lies_between():
    f = typed()
    assert f(f.minima[0]) < f(f.minima[1]) and len(f.minima) == 2
    assert f.minima[0, 0] < f.stationary[0, 0] < f.minima[1, 0]
    assert plain(0.23, (-3, 2)).points[1, 0] > f.stationary[0, 0] > -3


def claim_0_23_is_above_the_limit_of_a_and_below_that_of_b():
    assert limits()[0] < 0.23 < limits()[1]


def claim_from_0_18_to_the_limit_of_a_the_run_ends_at_b_although_a_could_hold_it():
    for rate in (0.18, 0.2, 0.213):
        assert nearest(plain(rate, (-3, 2)).end) == "B"
        assert nearest(plain(rate, typed().minima[0] + 0.02, 3000).end) == "A"
    for rate in (0.1, 0.16):
        assert nearest(plain(rate, (-3, 2)).end) == "A"


def claim_near_a_at_0_23_a_run_jumps_between_two_points_for_ever():
    late = plain(0.23, typed().minima[0].round(2), 400).points
    np.testing.assert_allclose(late[-1], late[-3], atol=1e-9)
    assert abs(late[-1] - late[-2]).max() > 0.5


def claim_along_the_floor_it_is_a_function_of_x_alone():
    x = np.linspace(-4, 4, 33)
    np.testing.assert_allclose(typed()(np.stack([x, x / 2], axis=-1)), floor()(x), atol=1e-12)


def claim_beyond_the_limit_of_a_no_start_settles_there():
    rates, starts = np.linspace(0.005, 0.4, 80), np.linspace(-5, 4, 161)[1:-1:3]
    ends = descend(floor(), SGD(lr=rates[:, None]), np.tile(starts, (80, 1)), 500, record=False)
    at_a = np.abs(ends.end - floor().minima[0]) < 1e-3
    beyond = rates > stability_limit(floor(), floor().minima[0])
    assert not at_a[beyond].any() and at_a[rates < 0.2].any(axis=1).all()


def claim_small_rates_have_two_halves_and_large_ones_stripes():
    starts = np.linspace(-4.9, 3.9, 177)
    for rate, few in ((0.02, True), (0.15, False)):
        end = descend(floor(), SGD(lr=rate), starts, 2000, record=False).end
        changes = np.count_nonzero(np.diff(np.sign(end[np.isfinite(end)])))
        assert (changes == 1) == few


def claim_plain_descent_loses_2_percent_of_the_starts_momentum_20_and_bounded_none():
    assert 0.015 < lost(SGD) < 0.03 and 0.17 < lost(Momentum) < 0.22 and lost(Bounded) == 0


def claim_the_second_step_of_momentum_leads_up_the_other_wall():
    np.testing.assert_allclose(first_two(SGD)[1], first_two(Momentum)[1])
    assert nearest(plain(0.1, (-4, -2), 200).end)
    run = descend(typed(), Momentum(lr=0.1), (-4, -2), 60)
    assert run.diverged is not None and first_two(Momentum)[2] > 4


def claim_a_push_is_shorter_than_the_rate_and_near_a_minimum_the_rule_is_momentum():
    g = np.geomspace(1e-6, 1e6, 50)
    assert np.all(g / np.sqrt(1 + g * g) <= 1)
    near = typed().minima[0] + 1e-5
    one, other = (descend(typed(), rule(lr=0.1), near, 40).points for rule in (Bounded, Momentum))
    np.testing.assert_allclose(one, other, atol=1e-9)


def claim_bounded_ends_lowest_from_the_corner_and_momentum_at_a_smaller_rate():
    corner = {rule: excess(rule, (-5, 4)) for rule in RACE}
    assert np.isnan(corner[SGD]) and np.isnan(corner[Momentum])
    assert corner[Bounded] < corner[Adam]
    slower = {rule: excess(rule, (-5, 4), 0.01) for rule in RACE}
    assert min(slower, key=slower.get) is Momentum
    assert excess(SGD, (-3, 2)) > 1e-12 and plain(0.1, (-3, 2)).points[:, 0].max() < 0


def claim_momentum_and_adam_swing_in_the_race():
    for rule in (Momentum, Adam, Bounded):
        x = descend(typed(), rule(lr=0.1), (-3, 2), 60).points[:, 0]
        assert np.count_nonzero(np.diff(np.sign(x - typed().minima[0, 0]))) >= 2


def claim_the_best_rate_of_07b_reaches_the_target_on_himmelblau():
    best = 2 / CURVATURES.sum()
    run = descend(functions.himmelblau, SGD(lr=best), steps=200)
    np.testing.assert_allclose(run.end, (3, 2), atol=1e-6)
    assert run.losses[:21].min() <= 1e-6
    rates = np.array(decades(0.001, 0.1))
    reached = descend(functions.himmelblau, SGD(lr=rates[:, None]), steps=20).losses.min(axis=0)
    assert rates[reached <= 1e-6].tolist() == [0.016, 0.018, 0.02]


def claim_on_beale_sgd_and_momentum_diverge_at_every_position_and_bounded_can_arrive():
    rates, momenta = np.array(decades(0.001, 0.5)), np.arange(0, 1, 0.01)
    for rule in (Momentum, Nesterov):
        tried = rule(lr=rates[:, None, None], momentum=momenta[:, None])
        assert np.all(descend(functions.beale, tried, (-4, -4), 100, record=False).diverged >= 0)
    losses = descend(functions.beale, Bounded(lr=0.04, momentum=0.8), (-4, -4), 100).losses
    assert losses.min() <= 1e-4


def claim_rosenbrock_is_tamed_at_the_best_rate_of_momentum_0_9():
    rates = np.array(decades(0.0001, 0.01))
    losses = descend(functions.rosenbrock, Momentum(lr=rates[:, None]), steps=100).losses
    assert np.nanmin(losses, initial=np.inf) <= 0.02
    without = descend(functions.rosenbrock, SGD(lr=rates[:, None]), steps=100).losses
    assert np.nanmin(without, initial=np.inf) > 0.02


def claim_at_rate_0_2_a_could_hold_the_run_that_ends_at_b():
    assert limits()[0] > 0.2 and nearest(plain(0.2, (-3, 2)).end) == "B"
    assert plain(0.1, (-5, 4)).diverged is not None


def claim_the_solutions_do_what_the_exercises_say():
    f = typed("x^2*y + sin(x*y)")
    for x, y in ((1.0, 2.0), (-0.5, 1.5)):
        np.testing.assert_allclose(gradient(x, y), f.gradient((x, y)))
    assert is_fading(fading()) is True and share(X, Y, 0.0, 0.0, 5.0) == 4 / 6
