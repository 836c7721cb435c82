"""Lesson 11: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, AdaGrad, Function, descend, functions, schemes
from optimlab.lessons import Choice, Exercise, Number, Point

parabola, ravine = functions.parabola, functions.ravine
wall = Function(
    "wall",
    "",
    lambda x: np.abs(x) / 10 + 10 * np.maximum(0, x - 6),
    lambda x: np.sign(x) / 10 + 10 * (x > 6),
    domain=(-1.5, 8.5),
    minima=[0],
)


PREDICTIONS = {
    "where halving ends": Choice(
        {
            "it stops short of 2": "The loss falls at every step, so every step halves the rate. "
            "The slope is at most 4, so the steps are at most 0.8, 0.4, 0.2, … long: together 1.6, "
            "and the minimum is 2 away.",
            "it reaches 2, but later": "That would need steps that add up to 2. These get shorter "
            "too fast for that.",
            "it reaches 2, and sooner": "Every step after the first is shorter than that of the "
            "constant rate, so it cannot be sooner.",
        },
        right="it stops short of 2",
        fact=lambda e: f"It ends at {e.runs['halving'].points[-1]:.3f}.",
        why="What would have to be different for it to arrive?",
        tells=["2.780", "2.78", "stops short", "stop short", "short of 2"],
    ),
    "which scheme mends a rate of 1.1": Choice(
        {
            "only the bold driver": "Its first step makes the loss rise: it is taken back, and the "
            "rate is 0.55. Halving sees the loss rise at every step, and keeps 1.1 for ever.",
            "only halving": "It halves when the loss falls. Here the loss only rises, so it keeps "
            "the rate that is too large.",
            "both of them": "Read the first scheme again: when does it halve? Here the loss never "
            "falls.",
        },
        right="only the bold driver",
        fact=lambda e: (
            "After 20 steps halving is at "
            f"{e.runs['halving'].points[-1]:.0f}, the bold driver at "
            f"{e.runs['bold driver'].points[-1]:.3f}."
        ),
        tells=["mended", "0.55", "1.127e+05", "[2. 2. 2.]", "keeps 1.1"],
    ),
    "AdaGrad's first step in the ravine": Point(
        (-3, -2),
        right=lambda e: e.paths["AdaGrad"].points[1],
        within=0.4,
        fact="After one step h is g⊙g, so its root is the size of g: each coordinate divides its "
        "gradient by its own size. What is left is the sign. Both coordinates move by 1.5, steep "
        "or not.",
        why="What did the size of the gradient do?",
        tells=["-5.5", "1.49999979", "length of the first step", r"\eta long", "is $\\eta$ long"],
    ),
    "how far on a constant slope": Number(
        "Distance walked in 100 steps",
        right=lambda e: 5.9 - e.paths["AdaGrad"].end,
        within=0.45,
        along="y",
        panel=1,
        replies=[
            (10.4, "10.4 would be a steady pace. Its steps get shorter."),
            (2.6, "That would be a halt. Its steps get shorter, but they never stop."),
        ],
        fact="Step k divides the slope by √k times its size, so it is 0.3/√k long. Together: about "
        "2 · 0.3 · √k. Four times the steps, about twice the distance.",
        why="Does the slope, 0.1, matter?",
        tells=["5.577", "5.58", "5.6 in", "112", r"2\eta\sqrt{k}", r"\eta/\sqrt{k}"],
    ),
    "what the wall does to AdaGrad": Choice(
        {
            "further left than before": "Down a wall with a run-up: that would be momentum. "
            "AdaGrad keeps no direction, it keeps sizes.",
            "half-way to the minimum": "It comes down in 15 steps, so there was time. "
            "But look at the effective rate with which it arrives on the floor.",
            "at the foot of the wall": "The wall put 15 times 10.1² into h. The "
            "floor adds 0.1² a step. So the effective rate stays where the wall left it, at "
            "0.0077. SGD has no memory, and walks on.",
        },
        right="at the foot of the wall",
        fact=lambda e: (
            f"In the {e.paths['AdaGrad'].steps - 15} steps on the floor it moved "
            f"{e.paths['AdaGrad'].points[15] - e.paths['AdaGrad'].end:.3f}."
        ),
        why="What should the rule forget?",
        tells=["stalls", "foot of the wall", "7,907", "7,795", "0.0077", "3.59", "never fades"],
    ),
}


def adagrad(w, g, h, lr):
    h = h + g * g
    return w - lr * g / np.sqrt(h), h


def step():
    return 10**2


def bold(loss, slope, x, lr, steps):
    for _ in range(steps):
        new = x - lr * slope(x)
        fell = loss(new) < loss(x)
        x, lr = (new, 1.1 * lr) if fell else (x, lr / 2)
    return x


def exchanged(loss, slope, x, lr, steps):
    for _ in range(steps):
        new = x - lr * slope(x)
        fell = loss(new) < loss(x)
        x, lr = (x, lr / 2) if fell else (new, 1.1 * lr)
    return x


def varied(loss, slope, x, lr, steps, up=1.1, down=0.5, undo=True, rose=False, add=0, swap=False):
    for _ in range(steps):
        new = x - lr * slope(x)
        better = loss(new) < loss(x)
        lr = lr * up + add if better != rose else lr * down
        x = new if better or not undo else x
        x, lr = (lr, x) if swap and better else (x, lr)
    return x


EXERCISES = {
    "AdaGrad's step": Exercise(
        adagrad,
        wrong=[
            (
                lambda w, g, h, lr: (w - lr * g / np.sqrt(h), h + g * g),
                "The step uses the old h. Add g·g first.",
            ),
            (
                lambda w, g, h, lr: (w - lr * g / (h + g * g), h + g * g),
                "The root of h is missing.",
            ),
            *(
                (wrong, "h adds up squares: g times g.")
                for wrong in (
                    lambda w, g, h, lr: (w - lr * g / np.sqrt(h + g), h + g),
                    lambda w, g, h, lr: (w - lr * g / np.sqrt(h + abs(g)), h + abs(g)),
                )
            ),
            (lambda w, g, h, lr: (w - lr * g / abs(g), g * g), "The old h is lost."),
            (
                lambda w, g, h, lr: (w + lr * g / np.sqrt(h + g * g), h + g * g),
                "That is uphill: look at the sign.",
            ),
        ],
        cases=[
            (1.0, 0.5, 0.3, 0.1),
            (-2.0, -3.0, 7.0, 0.7),
            (0.5, 2.0, 0.0, 1.5),
            (3.0, -0.25, 1.5, 0.4),
        ],
        hints=["h first: old sum plus g times g.", "Then w minus lr times g, over the root of h."],
    ),
    "a tenth of the rate": Exercise(
        step,
        wrong=[
            (10, "After 10 steps it is 1/√10 of the first, about a third."),
            (99, "One short. At step 1 it is η/|g|, at step k it is η/(√k |g|)."),
            (101, "One too many. At step 1 it is η/|g|, at step k it is η/(√k |g|)."),
            (1000, "At step 1000 it is 1/√1000 of the first, about a thirtieth."),
            (np.sqrt(10), "Upside down: a rate of a tenth needs √k = 10."),
        ],
        rtol=1e-4,
        hints=["On a constant gradient h is k·g² at step k.", "Solve √k = 10."],
    ),
    "the bold driver": Exercise(
        bold,
        wrong=[
            (
                lambda *given: varied(*given, up=0.5, down=1.0, undo=False),
                "That is the first course text's scheme, halving.",
            ),
            (
                lambda *given: varied(*given, undo=False),
                "A step that does not lower the loss must be taken back.",
            ),
            *(
                (wrong, "The two cases are swapped: the rate rises when the loss falls.")
                for wrong in (lambda *given: varied(*given, rose=True), exchanged)
            ),
            (lambda *given: varied(*given, up=1.0), "A step that lowers the loss raises the rate."),
            (lambda *given: varied(*given, down=1.0), "A step taken back halves the rate."),
            (lambda *given: varied(*given, up=0.1), "Raised by a tenth means times 1.1."),
            (
                lambda *given: varied(*given, up=1.0, add=0.1),
                "The rate is raised by a tenth of itself, not by 0.1.",
            ),
            (
                lambda *given: varied(*given, swap=True),
                "x and lr have changed places: see the order.",
            ),
        ],
        cases=[
            (lambda x: x * x - 4 * x + 6, lambda x: 2 * x - 4, 4.0, 1.3, 3),
            (lambda x: x * x - 4 * x + 6, lambda x: 2 * x - 4, 4.0, 1.0, 3),
            (lambda x: x * x - 4 * x + 6, lambda x: 2 * x - 4, 4.0, 1.3, 1),
            (lambda x: 3 * x * x, lambda x: 6 * x, 1.0, 0.4, 6),
            (lambda x: 3 * x * x, lambda x: 6 * x, 1.0, 0.1, 3),
            (lambda x: (x + 1) ** 2, lambda x: 2 * x + 2, -4.0, 0.9, 5),
        ],
        hints=[
            "If the loss fell: x becomes `new`, and the rate 1.1 times the rate.",
            "Else: x stays, and only the rate changes.",
        ],
    ),
}

QUIZ = [
    (
        "The gradient is (100, 0.01). How long is AdaGrad's first step in each direction?",
        {
            "η in both": "Right: each gradient is divided by its own size.",
            "100 η and 0.01 η": "That is SGD.",
            "η/100 and 100 η": "These are the effective rates. The step is rate times gradient.",
        },
    ),
    (
        "Can an effective rate of AdaGrad rise again?",
        {
            "No": "Right: h is a sum of squares, and δ and η stay.",
            "Yes, when the gradient gets small": "Then h grows less, but it never shrinks.",
            "Yes, when the loss falls": "AdaGrad does not look at the loss.",
        },
    ),
    (
        "You measure x in millimetres instead of metres. What about η?",
        {
            "It must become 1000 times as large for x": "Right. η is a distance: the length of "
            "the first step.",
            "It stays: AdaGrad ignores factors": "It ignores factors on f, while gradients are far "
            "above δ. The way to go is now 1000 times as long in numbers, and the first step is η.",
            "It must become a thousandth for x": "The way to go is 1000 times as long in numbers. "
            "Should the first step be shorter?",
        },
    ),
]


@functools.cache
def band(f, rule):
    """The share of the loss left after 30 steps by rate, and the rates that are good."""
    rates = np.geomspace(0.01, 10, 1001)
    runs = descend(f, rule(lr=rates if f.dim == 1 else rates[:, None]), f.start, 30)
    share = (runs.losses[-1] - f(f.minima[0])) / (f(f.start) - f(f.minima[0]))
    return rates, share, rates[(share < 0.01) & (runs.left() < 0)]


def width(f, rule):
    """How many times the lowest good rate the highest is."""
    good = band(f, rule)[2]
    return good[-1] / good[0]


@functools.cache
def on_wall(start, steps=100, lr=0.3):
    return descend(wall, AdaGrad(lr=lr), start, steps)


def passes_0(start):
    """The step at which AdaGrad passes the minimum."""
    return np.argmax(on_wall(start, 10_000).points < 0)


def swing():
    """The rates of the bold driver in the ravine."""
    return schemes.bold_driver(ravine, 0.95, steps=60).rates


NUMBERS = [
    ("0.8", lambda: 0.2 * parabola.gradient(4.0)),
    ("0.4", lambda: 0.2 / 2 * parabola.gradient(4.0)),
    ("0.2", lambda: 0.2 / 4 * parabola.gradient(4.0)),
    ("1.6", lambda: sum(0.2 / 2**k * parabola.gradient(4.0) for k in range(60))),
    ("0.55", lambda: schemes.bold_driver(parabola, 1.1, start=4, steps=2).rates[1]),
    ("0.5", lambda: swing().min()),
    ("2.4", lambda: swing().max()),
    ("20", lambda: 2 / 0.1),
    ("-0.7", lambda: ravine.gradient([-7, 2])[0]),
    ("4", lambda: ravine.gradient([-7, 2])[1]),
    ("1.5", lambda: descend(ravine, AdaGrad(lr=1.5), (-7, 2), 1).end[0] + 7),
    ("5", lambda: band(ravine, AdaGrad)[2][-1]),
    ("5.6", lambda: width(ravine, AdaGrad)),
    ("1.6", lambda: width(ravine, SGD)),
    ("3.59", lambda: on_wall(7.9, lr=1.8).end),
    ("3.94", lambda: on_wall(7.9, lr=2).end),
    ("4.83", lambda: on_wall(7.9, lr=1.8).points[2]),
    ("1.9", lambda: 7.9 - 6),
    ("17", lambda: width(parabola, AdaGrad)),
    ("26", lambda: width(parabola, SGD)),
    ("0.30", lambda: band(parabola, AdaGrad)[2][0]),
    ("0.037", lambda: band(parabola, SGD)[2][0]),
    ("10.1", lambda: wall.gradient(7.9)),
    ("0.1", lambda: wall.gradient(5.9)),
    ("2.59", lambda: 5.9 - on_wall(5.9).points[25]),
    ("10.4", lambda: 2.59 * 100 / 25),
    ("15", lambda: np.argmax(on_wall(7.9).points < 6)),
    ("0.0077", lambda: on_wall(7.9).rates[-1]),
    ("112", lambda: passes_0(5.9)),
    ("7,907", lambda: passes_0(7.9)),
    ("7,795", lambda: passes_0(7.9) - passes_0(5.9)),
    ("100", step),
]
GIVEN = [
    "6", "0.01", "1.1", "10", "10^{-7}", "-7", "2.001", "30", "5.9", "0.3", "25", "7.9", "1.8",
    "1.3", "1000", "0.95",
]  # fmt: skip


def where_halving_ends():
    """Whether halving stops short of 2, is later there than the constant rate, or sooner."""
    halving, constant = (
        scheme(parabola, 0.2, start=4, steps=60).points
        for scheme in (schemes.halving, schemes.constant)
    )
    count = [
        np.argmax(away < 0.01) if (away := abs(points - 2)).min() < 0.01 else np.inf
        for points in (halving, constant)
    ]
    short = halving.min() > 2.5 and abs(halving[-1] - halving[-2]) < 1e-9
    return short, count[1] < count[0] < np.inf, count[0] < count[1]


def which_scheme_mends():
    """Whether only the bold driver comes to 2 from a rate of 1.1, only halving, or both."""
    halving, bold = (
        abs(scheme(parabola, 1.1, start=4, steps=20).points[-1] - 2)
        for scheme in (schemes.halving, schemes.bold_driver)
    )
    return bold < 0.01 and halving > 2, halving < 0.01 and bold > 2, max(bold, halving) < 0.01


def where_the_wall_leaves_it():
    """Whether AdaGrad is further left than from 5.9, half-way to 0, or at the foot of the wall."""
    end = on_wall(7.9).end
    return end < on_wall(5.9).end, 2.5 < end < 4.5, np.isclose(end, 6, rtol=0.02)


#: for each choice, which of its options are true, in their order
HOLDS = {
    "where halving ends": where_halving_ends,
    "which scheme mends a rate of 1.1": which_scheme_mends,
    "what the wall does to AdaGrad": where_the_wall_leaves_it,
}


def claim_in_the_ravine_the_bold_driver_swings_between_0_5_and_2_4():
    assert round(swing().min(), 1) == 0.5 and round(swing().max(), 1) == 2.4


def claim_halving_goes_less_than_1_6():
    halved = schemes.halving(parabola, 0.2, start=4, steps=60)
    assert 0.2 * 4 * (1 + 1) == 1.6 and 4 - halved.points[-1] < 1.6


def claim_halving_keeps_1_1_and_the_bold_driver_mends_all_three():
    lost = schemes.halving(parabola, 1.1, start=4, steps=60)
    bold = schemes.bold_driver(parabola, np.array([0.1, 1.1, 10]), start=4, steps=60)
    assert np.all(lost.rates == 1.1) and np.allclose(bold.points[-1], 2)


def claim_both_coordinates_move_by_1_5_and_steep_y_has_the_smaller_rate():
    path = descend(ravine, AdaGrad(lr=1.5), (-7, 2), 30)
    assert np.allclose(path.points[1], (-5.5, 0.5))
    assert np.allclose(path.rates[0], [1.5 / 0.7, 1.5 / 4])
    assert np.allclose(path.end, (-0.120162, 0), atol=1e-6)


def claim_the_target_is_reached_by_0_5_and_0_95_alone_on_the_slider():
    rates = np.array([0.01, 0.4, 0.45, 0.5, 0.55, 0.9, 0.95, 1, 1.1, 2])
    runs = [one(parabola, rates, 4, 10) for one in (schemes.halving, schemes.bold_driver)]
    both = np.nanmax([run.losses.min(axis=0) for run in runs], axis=0) <= 2.001
    assert rates[both].tolist() == [0.5, 0.95]


def claim_every_step_of_halving_after_the_first_is_shorter_than_that_of_the_constant_rate():
    halved, same = (one(parabola, 0.2, 4, 20) for one in (schemes.halving, schemes.constant))
    steps = [np.abs(np.diff(run.points)) for run in (halved, same)]
    assert np.all(steps[0][1:] < steps[1][1:])


def claim_the_lines_of_the_lesson_are_the_rule():
    w, h = np.array([-7.0, 2.0]), 0.0
    for _ in range(30):
        g = ravine.gradient(w)
        h = h + g * g
        w = w - 1.5 / (np.sqrt(h) + 1e-7) * g
    end = descend(ravine, AdaGrad(lr=1.5), (-7, 2), 30).end
    np.testing.assert_allclose(w, end, rtol=1e-12)


def updated(g, delta):
    """What AdaGrad makes of x = 1 and h = 0 with one gradient: (x, h)."""
    w, rule = {"x": 1.0}, AdaGrad(lr=1.5, eps=delta)
    with np.errstate(all="ignore"):
        rule.update(w, {"x": g})
    return w["x"], rule.h["x"]


def claim_delta_guards_against_an_h_of_zero_and_not_against_one_too_large():
    assert np.isnan(updated(0.0, 0)[0]) and updated(1e-170, 0) == (-np.inf, 0)
    assert updated(0.0, 1e-7) == (1, 0) and updated(1e-170, 1e-7) == (1, 0)
    assert updated(1e200, 1e-7) == (1, np.inf)


def claim_factors_divide_out_while_gradients_are_far_above_delta():
    def end(factor, delta):
        rule = AdaGrad(lr=1.5, eps=delta)
        gradient = lambda w, k: factor * ravine.gradient(w)  # noqa: E731
        return descend(ravine, rule, (-7, 2), 30, gradient=gradient).end

    np.testing.assert_allclose(end(100, 0), end(1, 0), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(end(100, 1e-7), end(1, 1e-7), rtol=1e-5, atol=1e-9)
    assert abs(end(1e-7, 1e-7)[0] - end(1, 1e-7)[0]) > 1


def claim_the_widths_of_the_bands():
    pairs = [(f, rule) for f in (parabola, ravine) for rule in (SGD, AdaGrad)]
    assert [round(width(f, rule), 1) for f, rule in pairs] == [25.9, 16.7, 1.6, 5.6]


def claim_without_its_end_at_5_the_band_of_adagrad_is_wider_in_both():
    for f in (parabola, ravine):
        rates, share, good = band(f, AdaGrad)
        inside = rates[share < 0.01]
        assert round(good[-1]) == 5 and inside[-1] == rates[-1] and inside[0] == good[0]
        assert inside[-1] / inside[0] > width(f, SGD)


def claim_the_lowest_rates_on_the_parabola():
    assert [round(band(parabola, rule)[2][0], 3) for rule in (AdaGrad, SGD)] == [0.297, 0.037]


def claim_1_8_helps_more_than_2():
    ends = [on_wall(7.9, lr=lr).end for lr in (0.3, 1.8, 2)]
    assert np.allclose(ends, [5.91, 3.59, 3.94], atol=0.006)
    assert on_wall(7.9, lr=1.8).points[1] > 6 > on_wall(7.9, lr=2).points[1]


def claim_on_a_constant_slope_step_k_is_the_rate_over_the_root_of_k():
    assert round(0.3 * sum(1 / np.sqrt(np.arange(1, 26))), 2) == 2.59


def claim_the_solutions_do_what_the_exercises_say():
    assert np.allclose(adagrad(4.0, 123.0, 0.0, 0.5), (3.5, 123.0**2))
    floor = on_wall(5.9)
    assert np.isclose(floor.rates[step() - 1], floor.rates[0] / 10, rtol=1e-4)
    same = schemes.bold_driver(parabola, 1.3, start=4, steps=50).points[-1]
    assert np.isclose(bold(parabola, parabola.gradient, 4.0, 1.3, 50), same)
    assert np.isclose(same, 2, atol=1e-4)
