"""Lesson 01: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import functions, numerical_gradient
from optimlab.lessons import Choice, Exercise, Number

cubic, parabola = functions.cubic, functions.parabola

PREDICTIONS = {
    "the slope at h = 0.5": Number(
        "Slope of the secant at h = 0.5",
        right=lambda e: e.slopes(0.5)[0],
        within=0.3,
        replies=[
            (7.75, "The slope stays on a straight line. This curve bends."),
            (3.875, "The slope halves if the rise falls to a quarter. It fell further."),
            (15.5, "That is the old rise over the new run. The rise shrinks, too."),
            (1.625, "That is the rise. Divide it by the run."),
            (0.25, "That is the slope which is left when the two points meet."),
        ],
        fact=lambda e: (
            f"The run fell from 1 to 0.5, the rise from {cubic(1.5) - cubic(0.5):g} to "
            f"{cubic(1.0) - cubic(0.5):g}."
        ),
        why="On a straight line the slope would stay. Why not here?",
    ),
    "the central gap at h = 1": Choice(
        {
            "about 1, like the forward one": "That is the gap of the forward side alone. Look at "
            "what the other side adds.",
            "about 0.01": "On the first curve a gap of 3h² stays. It comes from x³, and here is "
            "none.",
            "not at all": "To the right the curve is steeper than the tangent, to the left as "
            "much flatter. On a parabola the two cancel for every h: the secant is parallel to the "
            "tangent.",
        },
        right="not at all",
        at={
            "about 1, like the forward one": (1, 1),
            "about 0.01": (1, 0.01),
            "not at all": (1, 1e-13),
        },
        panel=1,
    ),
    "which way is down": Choice(
        {
            "left": "A minus sign does not point left. A slope is read from left to right, and a "
            "negative one falls on the way.",
            "right": "From left to right the curve falls there, so a little to the right it is "
            "lower.",
            "you need to see the curve": "For a small step the slope is enough. How far you may "
            "go, it does not tell: that is the question of lesson 05.",
        },
        right="right",
        fact="Heights: " + ", ".join(f"{cubic(x):.3f} at {x:g}" for x in (0.19, 0.2, 0.21)) + ".",
        why="What does the sign of a slope tell you?",
    ),
}


def hill(x):
    return -x * x


def derivative(x):
    return 2 * x - 4


def points():
    return [-1, 1]


def way(f, x, h=1e-5):
    ahead = f(x + h)
    behind = f(x - h)
    return np.sign(behind - ahead)


EXERCISES = {
    "derivative": Exercise(
        derivative,
        wrong=[
            (lambda x: 2 * x + 2, "The 6 is still in it. How fast does a constant change?"),
            (lambda x: x - 4, "Look at x² again: its slope is not x."),
            (lambda x: 2 * x, "The term -4x has a slope, too."),
            (lambda x: 2 * x - 4 * x, "The x of -4x is still in it. What is the slope of a line?"),
            (lambda x: x * x - 4 * x + 6, "That is the height, not the slope."),
            (lambda x: 4 - 2 * x, "The sign is wrong: at x = 3 the curve rises."),
            (lambda x: 2 * x + 4, "Look at the sign of -4x: does this line rise or fall?"),
            (
                lambda x: 2 * x * x - 4 * x,
                "You multiplied by the exponents. Each power must go down by one, too.",
            ),
            (lambda x: 2 * x * x - 4, "The power of x² must go down by one."),
            (lambda x: x * x - 4, "The x² is still in it. What is the slope of x²?"),
            (lambda x: 2.0, "That is the slope at 3 alone. It must depend on x."),
            *(
                (
                    lambda x, h=h: (parabola(x + h) - parabola(x)) / h,
                    "That is a difference, a good approximation for small h: it is h off. The "
                    "exact formula is asked for: what is left as h goes to 0?",
                )
                for size in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
                for h in (size, -size)
            ),
        ],
        cases=[3.0, -0.5, 1.5],
        rtol=1e-8,
        hints=[
            "Take the terms x², -4x and 6 one by one.",
            "(x + h)² - x² = 2xh + h². Divide by h, and let h go to 0.",
        ],
    ),
    "slope 7": Exercise(
        points,
        wrong=[
            (1, "That is one of them. Which other x has the same square?"),
            (-1, "That is one of them. A square has two roots."),
            ([1, 1], "That is one point twice. Which other x has the same square?"),
            ([-1, -1], "That is one point twice. A square has two roots."),
            ([-3, 3], "Divide by 9 before you take the root."),
            ([-(5**0.5) / 3, 5**0.5 / 3], "Bring the -2 to the other side: its sign changes."),
            ([-(7**0.5) / 3, 7**0.5 / 3], "The -2 of the derivative is lost."),
            (439, "That is the slope at x = 7. You are given the slope and look for x."),
            (1016, "That is the height at x = 7. You look for the x whose slope is 7."),
        ],
        any_order=True,
        form="a list of points, such as [2, 3]",
        otherwise="Put each of your points into 9x² - 2. Does it give 7?",
        hints=["The slope is 9x² - 2. Write the equation.", "Solve 9x² - 2 = 7 for x²."],
    ),
    "way down": Exercise(
        way,
        wrong=[
            *(
                (up, "That is the way up: which of the two heights is lower?")
                for up in (
                    lambda f, x, h=1e-5: np.sign(f(x + h) - f(x - h)),
                    lambda f, x, h=1e-5: 1 if f(x + h) > f(x - h) else -1,
                    lambda f, x, h=1e-5: 1 if f(x + h) >= f(x - h) else -1,
                )
            ),
            (
                lambda f, x, h=1e-5: np.sign(f(x + h) - f(x)),
                "That is the way up. And at the bottom of a valley it is no way at all: look to "
                "both sides.",
            ),
            (
                lambda f, x, h=1e-5: np.sign(f(x) - f(x + h)),
                "Nearly. It looks to the right alone. At the bottom of a valley the curve rises "
                "there, and it says left. Look to both sides.",
            ),
            (
                lambda f, x, h=1e-5: np.sign(f(x - h) - f(x)),
                "Nearly. It looks to the left alone. At the bottom of a valley the curve rises "
                "there, and it says right. Look to both sides.",
            ),
            (
                lambda f, x, h=1e-5: -1 if f(x + h) >= f(x - h) else 1,
                "Nearly. On flat ground it says left. There are three answers.",
            ),
            (
                lambda f, x, h=1e-5: -1 if f(x + h) > f(x - h) else 1,
                "Nearly. On flat ground it says right. There are three answers.",
            ),
            (
                lambda f, x, h=1e-5: (f(x) - f(x + h)) / h,
                "That is about minus the slope. Give the sign alone, and look to both sides.",
            ),
            (
                lambda f, x, h=1e-5: (f(x - h) - f(x + h)) / (2 * h),
                "That is minus the slope. Its sign is right; give the sign alone.",
            ),
            (
                lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / (2 * h),
                "That is the slope. Which way does its sign send you?",
            ),
            (lambda f, x, h=1e-5: f(x - h) - f(x + h), "Only the sign of that is asked for."),
            (lambda f, x, h=1e-5: -np.sign(x), "It asks x alone. Ask f."),
            (lambda f, x, h=1e-5: -1.0, "It says left everywhere. Does it ask f?"),
            (lambda f, x, h=1e-5: 1.0, "It says right everywhere. Does it ask f?"),
        ],
        cases=[
            (parabola, 3.0),
            (parabola, 1.0),
            (parabola, -1.0),
            (cubic, 0.2),
            (cubic, 0.9),
            (functions.wave, 0.0),
            (hill, 0.0),
        ],
        hints=[
            "Compare the heights `f(x + h)`, a little to the right, and `f(x - h)`, to the left.",
            "Where the right one is higher, down is left. `np.sign` gives -1, 0 or 1.",
        ],
    ),
}

QUIZ = [
    (
        "You make a small h ten times smaller. What happens to the forward difference?",
        {
            "Its gap gets about ten times smaller": "Right: the gap is about half of |f''| times "
            "h.",
            "Its gap gets about a hundred times smaller": "That is the central difference: its "
            "gap goes with h², the forward one with h.",
            "Its slope gets ten times smaller": "That mixes up slope and gap: the slope comes to "
            "rest at the tangent's, and the gap goes to 0.",
        },
    ),
    (
        "When is the central difference exact, but for rounding?",
        {
            "On straight lines and parabolas": "Right: there h² cancels, and nothing comes after "
            "it.",
            "Always": "That was true of one curve. On 3x³ - 2x + 1 it misses by 3h².",
            "Never": "On x² - 4x + 6 it was, at h = 1.",
        },
    ),
    (
        "The slope is -3. You step left a little. Where are you?",
        {
            "Higher": "Right: the curve falls to the right, so it rises to the left.",
            "Lower": "A slope is read from left to right: negative means down on the way right.",
            "At the same height": "Only where the slope is 0, and there only nearly.",
        },
    ),
]


def forward(f, x, h):
    return (f(x + h) - f(x)) / h


def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


NUMBERS = [
    ("7.75", lambda: forward(cubic, 0.5, 1.0)),
    ("0.25", lambda: cubic.gradient(0.5)),
    ("7.5", lambda: forward(cubic, 0.5, 1.0) - cubic.gradient(0.5)),
    ("4.5", lambda: cubic.hessian(0.5) / 2),
    ("3", lambda: forward(cubic, 0.5, 1.0) - 0.25 - 4.5),
    ("9", lambda: cubic.hessian(0.5) / 2 / 0.5),
    ("-1.64", lambda: cubic.gradient(0.2)),
]

GIVEN = ["0.5", "0.01", "-1", "6", "16", "0.2", "4", "-4", "7", "-2", "-3"]


def claim_the_secants_come_to_0_25():
    h = np.array([1, 0.1, 0.01, 0.001])
    secants = (cubic(0.5 + h) - cubic(0.5)) / h
    assert np.isclose(secants[0] - 0.25, 7.5)
    np.testing.assert_allclose(secants, 0.25 + 4.5 * h + 3 * h**2, rtol=1e-9)


def claim_the_derivatives_of_the_cubic_and_its_gap_for_a_small_h():
    for x in [-0.5, 0, 0.5]:
        assert cubic.gradient(x) == 9 * x**2 - 2 and cubic.hessian(x) == 18 * x
        gap = (cubic(x + 1e-4) - cubic(x)) / 1e-4 - cubic.gradient(x)
        assert np.isclose(abs(gap), 9 * abs(x) * 1e-4, rtol=1e-3, atol=1e-7)


def claim_the_tangent_meets_the_curve_again_at_minus_1():
    assert np.isclose(cubic(0.5) + 0.25 * (-1 - 0.5), cubic(-1))


def claim_the_two_differences_are_those_of_optimlab():
    for h in [0.1, 0.01, 0.001]:
        ahead, both = forward(cubic, 0.5, h), central(cubic, 0.5, h)
        assert ahead == numerical_gradient(cubic, 0.5, h, "forward")
        assert both == numerical_gradient(cubic, 0.5, h, "central")


def claim_on_the_parabola_the_central_gap_comes_from_rounding_alone():
    gaps = {h: abs(central(parabola, 3.0, h) - 2) for h in [1, 1e-3, 1e-6]}
    assert gaps[1] == 0 and abs(forward(parabola, 3.0, 1.0) - 2) == 1
    assert gaps[1e-6] > gaps[1e-3] > gaps[1] and gaps[1e-6] < 1e-8


def claim_down_is_against_the_sign_of_the_slope():
    for x in [-0.7, 0.1, 0.9]:
        slope = cubic.gradient(x)
        step = -0.01 * np.sign(slope)
        assert cubic(x + step) < cubic(x)


def claim_the_flat_ends_and_which_is_the_minimum():
    ends = np.array([-1, 1]) * np.sqrt(2) / 3
    assert np.allclose(cubic.gradient(ends), 0) and np.allclose(cubic.minima, ends[1])
    assert np.isclose(cubic.gradient(0.2), -1.64)


def claim_the_derivative_of_the_parabola():
    assert derivative(3) == 2
    assert derivative(-0.5) == parabola.gradient(-0.5)


def claim_the_points_of_slope_7():
    assert [cubic.gradient(x) for x in points()] == [7, 7]
    assert (cubic.gradient(7), cubic(7)) == (439, 1016)


def claim_the_way_down():
    assert [way(parabola, x) for x in (3.0, 1.0, -1.0)] == [-1, 1, 1]
    assert [way(cubic, x) for x in (0.2, 0.9)] == [1, -1]
    assert way(functions.wave, 0.0) == 0
