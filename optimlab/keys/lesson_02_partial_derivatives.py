"""Lesson 02: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import SGD, descend, functions, numerical_gradient
from optimlab.lessons import Choice, Exercise, Number, Point

f, bowl = functions.polynomial, functions.bowl

PREDICTIONS = {
    "two walks from one point": Choice(
        {
            "both go up": "Along x that is right. 5 - 2y² has its top at y = 0, and at 1 you have "
            "passed it.",
            "up along x, down along y": "Each walk is a curve of one variable, so each has a slope "
            "as in lesson 01: 12x² + 3 along x, -4y along y.",
            "up along x, flat along y": "5 - 2y² is flat at its top, y = 0. You stand at y = 1.",
        },
        right="up along x, down along y",
        fact=lambda e: "At (1, 1) they are {:g} and {:g}.".format(*f.gradient(e.point)),
        why="How can you see the sign of a slope in the two side pictures?",
    ),
    "the arrow and the contour line": Choice(
        {
            "it follows the line": "Along the line the height stays the same. The arrow is made of "
            "the slopes, which say how the height changes.",
            "it depends on the point": "The arrow turns from point to point. So does the line, and "
            "they turn together.",
            "a right angle, wherever there is an arrow": "Along the contour line the slope is 0, "
            "so no part of the arrow lies along it. Where both slopes are 0, there is no arrow.",
        },
        right="a right angle, wherever there is an arrow",
        why="What does a walk along the contour line feel like, and what does that say of the "
        "arrow?",
    ),
    "slope of the steepest way up": Number(
        "slope of the steepest way up",
        right=lambda e: np.linalg.norm(bowl.gradient(e.point)),
        within=0.05,
        replies=[
            (6, "That is against x alone. A little way along y climbs too."),
            (8, "That adds two steps at full length. One step must share its length between them."),
            (4, "That is the mean of the two: it is less than what x alone gives."),
            (-4, "That adds the signs. Against x the ground rises."),
            (2, "That is along y alone. Against x it is steeper already."),
            (40, "That is 6² + 2²: its root is missing."),
        ],
        fact="It is the gradient's length, the root of 6² + 2².",
        why="Why does the second direction add so little to the 6?",
        along="y",
        panel=1,
    ),
    "where after four steps": Point(
        (3.5, 0.5),
        right=lambda e: e.paths["SGD"].points[4],
        within=0.3,
        fact=lambda e: (
            "Each step takes away {:.0%} of the distance in x, {:.0%} of that in y.".format(
                *(1 - (e.paths["SGD"].points[1] - 2) / (e.paths["SGD"].points[0] - 2))
            )
        ),
        why="Does the path run straight to the star? What decides its direction at each step?",
    ),
}


def _down(step):
    """A step that stays where the gradient g is 0; n is its length."""

    def new_point(point, gradient, length):
        n = np.linalg.norm(gradient)
        return step(point, gradient, length, n) if n else point

    return new_point


def gradient(x, y):
    along_x = 6 * (x - 2)
    along_y = 2 * (y - 2)
    return along_x, along_y


def slope():
    return np.array([15, -4]) @ np.array([3, 4]) / 5


def step_down(point, gradient, length):
    if not gradient.any():  # flat ground: stay
        return point
    direction = -gradient / np.linalg.norm(gradient)
    return point + length * direction


EXERCISES = {
    "gradient of the bowl": Exercise(
        gradient,
        wrong=[
            (lambda x, y: (3 * (x - 2), y - 2), "Each square brings down a factor, its exponent."),
            (
                lambda x, y: (2 * (x - 2), 2 * (y - 2)),
                "In f_x the factor before the square is lost.",
            ),
            (lambda x, y: 6 * (x - 2) + 2 * (y - 2), "Give two numbers, not their sum."),
            (lambda x, y: (2 * (y - 2), 6 * (x - 2)), "The other way round: f_x comes first."),
            (lambda x, y: (-6 * (x - 2), -2 * (y - 2)), "Look at the sign: that points downhill."),
            (lambda x, y: (-6, 2), "That is the gradient at (1, 3) alone: use x and y."),
            (
                lambda x, y: (6 * x - 2, 2 * y - 2),
                "Mind the brackets: the factor takes all of them.",
            ),
        ],
        cases=[(1.0, 3.0), (0.5, 4.0), (3.5, -0.75)],
        hints=[
            "For f_x, (y - 2)² is a fixed number: its derivative is 0.",
            "The derivative of (x - 2)² by x is 2(x - 2).",
        ],
    ),
    "slope in a direction": Exercise(
        slope,
        wrong=[
            (29, "A direction has length 1. How long is (3, 4)?"),
            (11, "That adds the two slopes. How much of the step goes along x, how much along y?"),
            (12.2, "Look at the sign of -4."),
            (9.6, "3 belongs to x and 4 to y."),
            (15.52, "That is the steepest slope of all. This direction is another one."),
            (
                0.3736,
                "That is the cosine of the angle. Times the gradient's length it is the slope.",
            ),
        ],
        hints=[
            "Make (3, 4) a direction of length 1: divide by 5.",
            "Slope = f_x · u_x + f_y · u_y.",
        ],
    ),
    "a step downhill": Exercise(
        step_down,
        wrong=[
            (
                _down(lambda p, g, length, n: p + length * g / n),
                "That is uphill: look at the sign.",
            ),
            (
                _down(lambda p, g, length, n: p - length * g),
                "The step is not as long as it should be: divide by the gradient's length.",
            ),
            (_down(lambda p, g, length, n: p - g / n), "Use the length that is given."),
            (
                _down(lambda p, g, length, n: -length * g / n),
                "That is the step alone: add it to the point.",
            ),
            (
                _down(lambda p, g, length, n: p - length * g / np.abs(g).sum()),
                "You divide by a sum. An arrow's length is the root of a sum of squares.",
            ),
            (
                _down(lambda p, g, length, n: p - length * np.sign(g)),
                "That goes equally far along x and along y. Keep the gradient's direction.",
            ),
        ],
        cases=[
            (np.array([1.0, 3.0]), np.array([-6.0, 2.0]), 0.1),
            (np.array([1.0, 1.0]), np.array([3.0, 4.0]), 0.5),
            (np.array([0.0, 0.0]), np.array([0.0, 3.0]), 2.0),
            (np.array([2.0, 2.0]), np.array([0.0, 0.0]), 0.4),
        ],
        hints=[
            "`np.linalg.norm(gradient)` is the gradient's length.",
            "Divide the gradient by its length, multiply by `length`, and take it off the point.",
        ],
    ),
}

QUIZ = [
    (
        "At a point the slope along x is 0. Is the ground flat there?",
        {
            "Along x; along y it may be steep": "Right. On the bowl all points with x = 2 have "
            "slope 0 along x, and only the star is flat.",
            "Yes, in every direction": "That needs both slopes to be 0.",
            "No, it never is": "It can be: at a minimum all slopes are 0.",
        },
    ),
    (
        "You walk at 60° to the gradient. How steep is it?",
        {
            "Half the steepest slope": "Right: the cosine of 60° is 0.5.",
            "A third of the steepest slope": "That counts degrees, 60 of 90. The slope follows the "
            "cosine.",
            "The steepest slope": "That is the slope along the gradient itself, at 0°.",
        },
    ),
    (
        "The map's contour lines lie close together. Is the gradient long or short there?",
        {
            "Long": "Right: from line to line the height changes by the same amount, here on a "
            "short way.",
            "Short": "Short is the way from line to line. The height gained on it is the same as "
            "elsewhere.",
            "The map does not tell": "It does: from each line to the next the height changes by "
            "the same amount.",
        },
    ),
]


def run():
    """The descent of the last prediction."""
    return descend(bowl, SGD(lr=0.1), start=(0, 4.5), steps=15)


@functools.cache
def slopes():
    """The slopes along all directions at (1, 3), a tenth of a degree apart."""
    angle = np.radians(np.arange(3600) / 10)
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return unit @ bowl.gradient((1, 3))


NUMBERS = [
    ("15", lambda: f.gradient((1, 1))[0]),
    ("-4", lambda: f.gradient((1, 1))[1]),
    ("-6", lambda: bowl.gradient((1, 3))[0]),
    ("6.32", lambda: slopes().max()),
    ("180", lambda: (slopes().argmin() - slopes().argmax()) / 10),
    ("-1", lambda: slopes().min() / slopes().max()),
    ("1.2", lambda: run().points[1][0]),
    ("0.5", lambda: np.cos(np.radians(60))),
]

GIVEN = ["4", "5", "3", "10", "12", "6", "90", "0.1", "4.5", "60"]


def partials(f, x, y, h=1e-5):
    along_x = (f((x + h, y)) - f((x - h, y))) / (2 * h)
    along_y = (f((x, y + h)) - f((x, y - h))) / (2 * h)
    return np.array([along_x, along_y])


def claim_the_central_difference_gives_the_partial_derivatives():
    for x, y in [(1, 1), (0, -1), (-0.5, 0.75)]:
        by_hand = [3 * y**2 + 12 * x**2, 6 * x * y - 10 * y]
        np.testing.assert_allclose(partials(f, x, y), by_hand, atol=1e-6)
        np.testing.assert_allclose(f.gradient((x, y)), by_hand)


def claim_at_a_right_angle_to_the_gradient_the_slope_is_0():
    h = 1e-5
    for point in np.array([(1, 1), (0, -1), (-0.5, 0.75)]):
        gradient = f.gradient(point)
        turned = np.array([-gradient[1], gradient[0]]) / np.linalg.norm(gradient)
        slope = (f(point + h * turned) - f(point - h * turned)) / (2 * h)
        assert abs(slope) < 1e-6 and abs(gradient @ turned) < 1e-12


def claim_the_arrow_vanishes_at_the_origin():
    assert not f.gradient((0, 0)).any()


def claim_the_steepest_way_up_is_as_steep_as_the_gradient_is_long():
    best, worst = slopes().argmax(), slopes().argmin()
    length = np.linalg.norm(bowl.gradient((1, 3)))
    assert np.isclose(slopes()[best], length, atol=1e-4) and worst - best == 1800


def claim_the_first_step_down_the_bowl():
    start = np.array([0, 4.5])
    down = -bowl.gradient(start)
    assert np.allclose(start + 0.1 * down, (1.2, 4)) and np.allclose(bowl.gradient((2, 2)), 0)


def claim_the_gradient_of_the_bowl():
    assert gradient(1, 3) == (-6, 2)
    numerical = numerical_gradient(bowl, np.array([0.5, 4.0]))
    np.testing.assert_allclose(gradient(0.5, 4.0), numerical, rtol=1e-6)


def claim_the_slope_in_a_direction_and_the_steepest_one():
    assert np.isclose(slope(), 5.8)
    assert np.isclose(np.linalg.norm((15, -4)), 15.52, atol=0.005)


def claim_a_step_downhill():
    new = step_down(np.array([1.0, 3.0]), np.array([-6.0, 2.0]), 0.1)
    assert np.allclose(new, (1.095, 2.968), atol=5e-4) and bowl(new) < bowl((1, 3))
