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
        tells=["3.25", "3.250", "1.625", r"4.5\,h"],
    ),
    "the central gap at h = 1": Choice(
        {
            "not at all": "To the right the curve is steeper than the tangent, to the left as "
            "much flatter. On a parabola the two cancel for every h: the secant is parallel to the "
            "tangent.",
            "about 0.01": "On the first curve a gap of 3h² stays. It comes from x³, and here is "
            "none.",
            "about 1": "That is the gap of the forward side alone. Look at what the other side "
            "adds.",
        },
        right="not at all",
        at={"not at all": (1, 1e-16), "about 0.01": (1, 0.01), "about 1": (1, 1)},
        panel=1,
        tells=[
            "not at all",
            "parabolas",
            "parallel",
            "cancels, and",
            "0e+00",
            "central gap is 0",
            "makes no error",
            "no error",
        ],
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
        fact="It was the first curve at 0.2. Its heights: "
        + ", ".join(f"{cubic(x):.3f} at {x:g}" for x in (0.19, 0.2, 0.21))
        + ".",
        why="What does the sign of a slope tell you?",
        tells=[
            "down is right",
            "down is left",
            "falls to the right",
            "down lies on the left",
            "against the sign of the slope",
            "rises to the left",
            "x = 0.2",
        ],
    ),
}


#: where the first curve is flat; no difference of its heights is exactly 0 there
FLAT = 2**0.5 / 3


def valley(x):
    return x * x


def hill(x):
    return -x * x


def _rounded(rise, run):
    """The sign of a slope, 0 where it is nearly 0."""
    return np.sign(round(rise / run, 5))


def quartic(x):
    return x**4 - 3 * x**2 + 5 * x + 6


def derivative(x):
    return 4 * x**3 - 6 * x + 5


def points():
    return [-2 / 3, 2 / 3]


def way(f, x, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return -np.sign(round(slope, 5))


def _differences():
    """Numerical slopes of the quartic, each with what to say to it."""
    for h in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        for ahead, behind in ((h, 0.0), (0.0, h), (h, h)):
            yield (
                lambda x, ahead=ahead, behind=behind: (
                    (quartic(x + ahead) - quartic(x - behind)) / (ahead + behind)
                ),
                "That is a difference, a good approximation for a suitable h. The formula is asked "
                "for: what is left as h goes to 0?",
            )


EXERCISES = {
    "derivative": Exercise(
        derivative,
        wrong=[
            (
                lambda x: 4 * x**3 - 6 * x + 11,
                "The 6 is still in it. How fast does a constant change?",
            ),
            (lambda x: 4 * x**3 - 6 * x, "The term 5x has a slope, too."),
            (
                lambda x: 4 * x**3 - 6 * x + 5 * x,
                "The x of 5x is still in it. What is the slope of a straight line?",
            ),
            (lambda x: 4 * x**3 - 3 * x + 5, "Look at 3x² again: the slope of x² is not x."),
            (lambda x: 4 * x**3 - 6 + 5, "In 3x² the power goes down by one: to x, not to 1."),
            (
                lambda x: 4 * x**3 + 6 * x + 5,
                "Look at the sign of -3x²: a factor stays, its sign too.",
            ),
            (lambda x: 4 * x**3 - 2 * x + 5, "The factor 3 of 3x² stays."),
            (lambda x: x**3 - 6 * x + 5, "Look at x⁴ again: the 4 comes down as a factor."),
            (
                lambda x: 4 * x**4 - 6 * x**2 + 5 * x,
                "You multiplied by the exponents. Each power must go down by one, too.",
            ),
            (lambda x: 4 * x**4 - 6 * x + 5, "The power of x⁴ must go down by one."),
            (lambda x: 3 * x**3 - 6 * x + 5, "The factor that comes down is the old power, 4."),
            (lambda x: 4 * x**2 - 6 * x + 5, "The power of x⁴ goes down by one alone."),
            (quartic, "That is the height, not the slope."),
            (lambda x: 6 * x - 4 * x**3 - 5, "All signs are turned round."),
            (lambda x: 12 * x**2 - 6, "You differentiated twice: that is the second derivative."),
            (lambda x: 95.0, "That is the slope at 3 alone. It must depend on x."),
            *_differences(),
        ],
        cases=[3.0, -0.5, 1.5, -2.0],
        rtol=1e-12,
        atol=0,
        hints=[
            "Take the terms x⁴, -3x², 5x and 6 one by one.",
            "The power rule: xⁿ has the derivative n times x to the power n - 1. A factor stays, "
            "a constant goes.",
        ],
    ),
    "slope 2": Exercise(
        points,
        wrong=[
            (2 / 3, "That is one of them. Which other x has the same square?"),
            (-2 / 3, "That is one of them. A square has two roots."),
            ([2 / 3, 2 / 3], "That is one point twice. Which other x has the same square?"),
            ([-2 / 3, -2 / 3], "That is one point twice. A square has two roots."),
            ([-4 / 9, 4 / 9], "That is x². Take the root."),
            ([-2, 2], "Divide by 9 before you take the root."),
            ([0, 0], "Bring the -2 to the other side: its sign changes."),
            (0, "Bring the -2 to the other side: its sign changes."),
            ([-(2**0.5) / 3, 2**0.5 / 3], "The -2 of the derivative is lost."),
            (34, "That is the slope at x = 2. You are given the slope and look for x."),
            (21, "That is the height at x = 2. You look for the x whose slope is 2."),
            (1, "There the height is 2. You look for the x whose slope is 2."),
        ],
        any_order=True,
        form="a list of points, such as [2, 3]",
        otherwise="Put each of your points into 9x² - 2. Does it give 2?",
        hints=["The slope is 9x² - 2. Write the equation.", "Solve 9x² - 2 = 2 for x²."],
    ),
    "way down": Exercise(
        way,
        wrong=[
            (
                lambda f, x, h=1e-5: np.sign(f(x - h) - f(x + h)),
                "Nearly. Where the ground is flat, a measured slope is seldom exactly 0. Round it "
                "to five decimals.",
            ),
            (
                lambda f, x, h=1e-5: _rounded(f(x + h) - f(x - h), 2 * h),
                "That is the way up: which of the two heights is lower?",
            ),
            *(
                (wrong, "That is the way up, and on flat ground there is a third answer.")
                for wrong in (
                    lambda f, x, h=1e-5: 1 if f(x + h) > f(x - h) else -1,
                    lambda f, x, h=1e-5: 1 if f(x + h) >= f(x - h) else -1,
                    lambda f, x, h=1e-5: 1 if _rounded(f(x + h) - f(x - h), 2 * h) > 0 else -1,
                )
            ),
            (
                lambda f, x, h=1e-5: np.sign(f(x + h) - f(x - h)),
                "That is the way up. And where the ground is flat, a measured slope is seldom "
                "exactly 0.",
            ),
            *(
                (
                    wrong,
                    "That is the way up. And at the bottom of a valley it is no way at all: look "
                    "to both sides.",
                )
                for wrong in (
                    lambda f, x, h=1e-5: np.sign(f(x + h) - f(x)),
                    lambda f, x, h=1e-5: np.sign(f(x) - f(x - h)),
                )
            ),
            (
                lambda f, x, h=1e-5: np.sign(f(x) - f(x + h)),
                "Nearly. It looks to the right alone. At the bottom of a valley the curve rises "
                "there, and it says left. Look to both sides.",
            ),
            *(
                (
                    wrong,
                    "Nearly. It looks to the left alone. At the bottom of a valley the curve rises "
                    "there, and it says right. Look to both sides.",
                )
                for wrong in (
                    lambda f, x, h=1e-5: np.sign(f(x - h) - f(x)),
                    lambda f, x, h=1e-5: _rounded(f(x - h) - f(x), h),
                )
            ),
            *(
                (wrong, "Nearly. On flat ground it says left. There are three answers.")
                for wrong in (
                    lambda f, x, h=1e-5: -1 if f(x + h) >= f(x - h) else 1,
                    lambda f, x, h=1e-5: -1 if _rounded(f(x + h) - f(x - h), 2 * h) >= 0 else 1,
                )
            ),
            *(
                (wrong, "Nearly. On flat ground it says right. There are three answers.")
                for wrong in (
                    lambda f, x, h=1e-5: -1 if f(x + h) > f(x - h) else 1,
                    lambda f, x, h=1e-5: -1 if _rounded(f(x + h) - f(x - h), 2 * h) > 0 else 1,
                )
            ),
            (
                lambda f, x, h=1e-5: (f(x) - f(x + h)) / h,
                "That is about minus the slope. Give the sign alone, and look to both sides.",
            ),
            *(
                (wrong, "That is minus the slope. Its sign is right; give the sign alone.")
                for wrong in (
                    lambda f, x, h=1e-5: (f(x - h) - f(x + h)) / (2 * h),
                    lambda f, x, h=1e-5: round((f(x - h) - f(x + h)) / (2 * h), 5),
                )
            ),
            *(
                (wrong, "That is the slope. Which way does its sign send you?")
                for wrong in (
                    lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / (2 * h),
                    lambda f, x, h=1e-5: round((f(x + h) - f(x - h)) / (2 * h), 5),
                    lambda f, x, h=1e-5: (f(x + h) - f(x)) / h,
                )
            ),
            (
                lambda f, x, h=1e-5: f(x + h) - f(x - h),
                "That is the rise. Which way does its sign send you?",
            ),
            (lambda f, x, h=1e-5: f(x - h) - f(x + h), "Only the sign of that is asked for."),
            (
                lambda f, x, h=1e-5: -np.sign(round(f(x + h) - f(x - h), 5)),
                "You round the rise. Divide by the run 2h first: the slope is to be rounded.",
            ),
            (lambda f, x, h=1e-5: -np.sign(x), "It asks x alone. Ask f."),
            (lambda f, x, h=1e-5: -1.0, "It says left everywhere. Does it ask f?"),
            (lambda f, x, h=1e-5: 1.0, "It says right everywhere. Does it ask f?"),
            (lambda f, x, h=1e-5: 0.0, "It says flat everywhere. Does it ask f?"),
        ],
        cases=[
            (parabola, 3.0),
            (parabola, 1.0),
            (parabola, -1.0),
            (parabola, 2.05),
            (valley, 3e-6),
            (valley, -2e-6),
            (cubic, 0.2),
            (cubic, 0.9),
            (cubic, FLAT),
            (cubic, -FLAT),
            (functions.wave, 0.0),
            (hill, 0.0),
            (hill, 1.0),
        ],
        hints=[
            "Compare the heights `f(x + h)`, a little to the right, and `f(x - h)`, to the left.",
            "Divide their difference by `2 * h`: that is the slope. `round(slope, 5)` rounds it.",
            "Where the right one is higher, down is left. `np.sign` gives -1, 0 or 1.",
        ],
    ),
}

QUIZ = [
    (
        "You make a small h ten times smaller; rounding does not matter yet. What happens to the "
        "forward difference?",
        {
            "Its gap gets about ten times smaller": "Right, where the curve bends: there the gap "
            "is about half of |f''| times h.",
            "Its gap gets about a hundred times smaller": "That is the central difference: its "
            "gap goes with h², the forward one with h.",
            "Its slope gets ten times smaller": "That mixes up slope and gap: the slope comes to "
            "rest at the tangent's, and the gap goes to 0.",
        },
    ),
    (
        "You take the same small h everywhere. Where is the forward gap large?",
        {
            "Where the curve bends much": "Right: the gap is about half of |f''| times h.",
            "Where the curve is steep": "A steep straight line has no gap at all: its secants are "
            "its tangent.",
            "Where the curve is high": "Lift the whole curve: all gaps stay.",
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

GIVEN = ["0.5", "0.01", "-1", "6", "16", "0.2", "4", "5", "-2", "-3"]


def central_gap(f, x, h):
    return abs(central(f, x, h) - f.gradient(x))


def where_lower(slope, step=0.01):
    """Wherever a curve has this slope: is it lower on the left, on the right, or does it vary."""
    lower = []
    for f in (cubic, parabola, functions.wave):
        x = np.linspace(*f.domain, 20_001)
        x = x[1:][np.diff(f.gradient(x) > slope)]
        lower += zip(f(x - step) < f(x), f(x + step) < f(x), strict=True)
    left, right = np.transpose(lower)
    return left.all(), right.all(), len(set(lower)) > 1


#: for each choice, which of its options are true, in their order
HOLDS = {
    "the central gap at h = 1": lambda: np.isclose(
        central_gap(parabola, 3.0, 1.0), [0, 0.01, 1], rtol=0.2, atol=0
    ),
    "which way is down": lambda: where_lower(cubic.gradient(0.2)),
}


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
    assert abs(forward(parabola, 3.0, 1.0) - 2) == 1
    gaps = [central_gap(parabola, 3.0, h) for h in [1, 1e-3, 1e-6]]
    assert gaps[0] < gaps[1] < gaps[2] < 1e-8


def claim_down_is_against_the_sign_of_the_slope():
    for x in [-0.7, 0.1, 0.9]:
        slope = cubic.gradient(x)
        step = -0.01 * np.sign(slope)
        assert cubic(x + step) < cubic(x)


def claim_the_flat_ends_and_which_is_the_minimum():
    ends = np.array([-1, 1]) * np.sqrt(2) / 3
    assert np.allclose(cubic.gradient(ends), 0) and np.allclose(cubic.minima, ends[1])
    assert np.isclose(cubic.gradient(0.2), -1.64)


def claim_the_derivative_of_the_parabola_and_of_the_quartic():
    assert parabola.gradient(3.0) == 2 and parabola.gradient(-0.5) == 2 * -0.5 - 4
    x = np.array([3.0, -0.5, 1.5, -2.0])
    assert np.allclose(derivative(x), numerical_gradient(quartic, x), rtol=1e-8)
    assert derivative(3) == 95


def claim_the_points_of_slope_2():
    assert np.allclose([cubic.gradient(x) for x in points()], 2)
    assert (cubic.gradient(2), cubic(2), cubic(1)) == (34, 21, 2)


def claim_0_002_is_the_largest_h_with_a_gap_of_0_01():
    assert forward(cubic, 0.5, 0.002) - 0.25 <= 0.01 < forward(cubic, 0.5, 0.0025) - 0.25


def claim_the_way_down():
    assert [way(parabola, x) for x in (3.0, 1.0, -1.0)] == [-1, 1, 1]
    assert [way(cubic, x) for x in (FLAT, -FLAT)] == [0, 0]
    assert [way(cubic, x) for x in (0.2, 0.9)] == [1, -1]
    assert way(functions.wave, 0.0) == 0
