"""Lesson 02: what its questions know, and the numbers it states."""

import functools
import itertools

import numpy as np

from optimlab import SGD, descend, functions
from optimlab.lessons import Choice, Exercise, Number, Point
from optimlab.words import percent

f, bowl = functions.polynomial, functions.bowl

PREDICTIONS = {
    "two walks from one point": Choice(
        {
            "both go up": "Along x that is right. 5 - 2y² has its top at y = 0, and at 1 you have "
            "passed it.",
            "up along x, flat along y": "5 - 2y² is flat at its top, y = 0. You stand at y = 1.",
            "up along x, down along y": "Each walk is a curve of one variable, so each has a slope "
            "as in lesson 01: 12x² + 3 along x, -4y along y.",
        },
        right="up along x, down along y",
        fact=lambda e: "At (1, 1) they are {:g} and {:g}.".format(*f.gradient(e.point)),
        why="How can you see the sign of a slope in the two side pictures?",
        tells=[
            "up along x, down along y",
            "f_x = 15",
            "15.0000",
            "-4.0000",
            "f_y = -4",
            "= -4",
            "= 15",
            "(15, -4)",
            "15 and -4",
            "never negative",
        ],
    ),
    "the arrow and the contour line": Choice(
        {
            "a right angle": "Along the contour line the slope is 0, so no part of the arrow lies "
            "along it. Where both slopes are 0, there is no arrow.",
            "none: it lies along the line": "Along the line the height stays the same. The arrow "
            "is made of the slopes, which say how the height changes.",
            "it depends on the point": "The arrow turns from point to point. So does the line, and "
            "they turn together.",
        },
        right="a right angle",
        why="What does a walk along the contour line feel like, and what does that say of the "
        "arrow?",
        tells=["right angle", "right angles", "perpendicular", "90°", "crosses the contour line"],
    ),
    "slope of the steepest way up": Number(
        "Slope of the steepest way up",
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
        tells=[
            "6.32",
            "6.325",
            "+6.325",
            "-6.325",
            "the gradient's length",
            "the root of 6² + 2²",
            "its length is that slope",
            "that slope is its length",
        ],
    ),
    "where the steepest way down is": Choice(
        {
            "where the slope is 0": "There you keep your height: it is the contour line.",
            "it depends on the surface": "Near the point every smooth surface is almost a plane, "
            "and on a plane up and down lie on one line.",
            "exactly opposite": "Turn round, and every slope changes its sign. So the largest one "
            "becomes the lowest.",
        },
        right="exactly opposite",
        fact=lambda e: "From (3, -3) the steepest way down is (-3, 3), at 135°.",
        why="What becomes of a slope when you turn round?",
        tells=[
            "opposite",
            "minus the gradient",
            "the minus sign",
            r"-\nabla f",
            "against it",
            "against the gradient",
            "(-3, 3)",
            "135°",
        ],
    ),
    "where after four steps": Point(
        (3.5, 0.5),
        right=lambda e: e.paths["SGD"].points[4],
        within=0.3,
        fact=lambda e: (
            "Each step takes away {} of the distance in x, {} of that in y.".format(
                *map(percent, 1 - (e.paths["SGD"].points[1] - 2) / (e.paths["SGD"].points[0] - 2))
            )
        ),
        why="Does the path run straight to the star? What decides its direction at each step?",
        tells=[
            "1.95",
            "1.949",
            "3.02",
            "3.024",
            "-22.6°",
            "-51.3°",
            "need not point at the minimum",
        ],
    ),
}


def _differences():
    """Numerical partial derivatives of the surface, each with what to say to them."""
    for h in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        for ahead, behind in ((h, 0.0), (h, h)):
            yield (
                lambda x, y, a=ahead, b=behind: (
                    (surface(x + a, y) - surface(x - b, y)) / (a + b),
                    (surface(x, y + a) - surface(x, y - b)) / (a + b),
                ),
                "These are differences, good approximations for a suitable h. The formulas are "
                "asked for.",
            )


def _down(step):
    """A step that stays where the gradient g is 0; n is its length."""

    def new_point(point, gradient, length):
        n = np.linalg.norm(gradient)
        return step(point, gradient, length, n) if n else point

    return new_point


def surface(x, y):
    return x**3 * y + 2 * x * y**3 - 5 * y


def gradient(x, y):
    along_x = 3 * x**2 * y + 2 * y**3
    along_y = x**3 + 6 * x * y**2 - 5
    return along_x, along_y


def slope():
    return np.array([12, -5]) @ np.array([3, 4]) / 5


def step_down(point, gradient, length):
    if not gradient.any():  # flat ground: stay
        return point
    direction = -gradient / np.linalg.norm(gradient)
    return point + length * direction


EXERCISES = {
    "two partial derivatives": Exercise(
        gradient,
        wrong=[
            (
                lambda x, y: (3 * x**2 * y + 2 * y**3, x**3 + 6 * x * y**2),
                "In f_y the term -5y is lost: it is a straight line in y.",
            ),
            (
                lambda x, y: (3 * x**2 * y + 2 * y**3 - 5, x**3 + 6 * x * y**2 - 5),
                "In f_x the term -5y is a fixed number: its derivative is 0.",
            ),
            (
                lambda x, y: (3 * x**2 * y + 2 * y**3 - 5 * y, x**3 + 6 * x * y**2 - 5),
                "In f_x the term -5y is a fixed number: its derivative is 0.",
            ),
            *(
                (wrong, "A fixed factor stays: in f_x the y of x³y, in f_y the x of 2xy³.")
                for wrong in (
                    lambda x, y: (3 * x**2 + 2 * y**3, x**3 + 6 * y**2 - 5),
                    lambda x, y: (3 * x**2, 6 * y**2 - 5),
                )
            ),
            *(
                (
                    lambda x, y, left=left: (
                        3 * x**2 + 6 * y**2 - left,
                        3 * x**2 + 6 * y**2 - 5,
                    ),
                    "That differentiates by both at once. Hold one of them still.",
                )
                for left in (0, 5)
            ),
            (
                lambda x, y: (x**2 * y + 2 * y**3, x**3 + 2 * x * y**2 - 5),
                "The old power comes down as a factor.",
            ),
            (
                lambda x, y: (3 * x**2 * y, 6 * x * y**2 - 5),
                "In each sum a term is lost: 2xy³ changes with x too, and x³y with y.",
            ),
            (lambda x, y: sum(gradient(x, y)), "Give two numbers, not their sum."),
            (lambda x, y: gradient(x, y)[::-1], "The other way round: f_x comes first."),
            (
                lambda x, y: tuple(-each for each in gradient(x, y)),
                "Look at the sign: all of it is turned round.",
            ),
            (lambda x, y: gradient(1, 3), "That is the gradient at (1, 3) alone: use x and y."),
            *_differences(),
        ],
        cases=[(1.0, 3.0), (0.5, -2.0), (-1.5, 0.75), (2.0, 1.0)],
        rtol=1e-12,
        atol=0,
        hints=[
            "For f_x, y is a fixed number. Take the three terms one by one.",
            "For f_x: x³y becomes 3x²y, and 2xy³ becomes 2y³. -5y does not change with x.",
        ],
    ),
    "slope in a direction": Exercise(
        slope,
        wrong=[
            (16, "A direction has length 1. How long is (3, 4)?"),
            (7, "That adds the two slopes. How much of the step goes along x, how much along y?"),
            (11.2, "Look at the sign of -5."),
            (6.6, "3 belongs to x and 4 to y."),
            (13, "That is the steepest slope of all. This direction is another one."),
            (
                0.2462,
                "That is the cosine of the angle. Times the gradient's length it is the slope.",
            ),
            (16 / 7, "You divide by 3 + 4. An arrow's length is the root of a sum of squares."),
            (16 / 25, "You divide by 3² + 4². Its root is the length of (3, 4)."),
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
            *(
                (
                    _down(lambda p, g, length, n, size=size: p - length * g / size(g).sum()),
                    "You divide by a sum. An arrow's length is the root of a sum of squares.",
                )
                for size in (np.abs, np.array)
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
            (np.array([-1.0, 2.0]), np.array([-0.02, -0.01]), 0.7),
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
            "For sure only along x": "Right. On the bowl all points with x = 2 have slope 0 along "
            "x, and only the star is flat.",
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
        "A map has a contour line at every 10 metres of height. In one place they lie close "
        "together. Is the gradient long or short there?",
        {
            "Long": "Right: from line to line the height changes by 10 metres, here on a short "
            "way. (The lines of other maps may stand at uneven heights: then it need not be so.)",
            "Short": "Short is the way from line to line. The height gained on it is the same as "
            "elsewhere.",
            "The map does not tell": "It does: from each line to the next the height changes by "
            "the same 10 metres.",
        },
    ),
]


def run():
    """The descent of the last prediction."""
    return descend(bowl, SGD(lr=0.1), start=(0, 4.5), steps=16)


@functools.cache
def slopes(surface=bowl, point=(1, 3), h=1e-6):
    """The slopes in all directions from a point, a tenth of a degree apart, measured ahead."""
    angle = np.radians(np.arange(3600) / 10)
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return (surface(point + h * unit) - surface(point)) / h


NUMBERS = [
    ("15", lambda: f.gradient((1, 1))[0]),
    ("-4", lambda: f.gradient((1, 1))[1]),
    ("-6", lambda: bowl.gradient((1, 3))[0]),
    ("6.325", lambda: slopes().max()),
    ("180", lambda: (slopes().argmin() - slopes().argmax()) / 10),
    ("-1", lambda: slopes().min() / slopes().max()),
    ("1.2", lambda: run().points[1][0]),
    ("0.5", lambda: np.cos(np.radians(60))),
    ("135", lambda: np.degrees(np.arctan2(*-bowl.gradient((2.5, 0.5))[::-1]))),
    ("-3", lambda: bowl.gradient((2.5, 0.5))[1]),
]

GIVEN = ["2.5", "-5", "4", "5", "3", "10", "12", "6", "90", "0.1", "4.5", "60"]


def partials(f, x, y, h=1e-5):
    along_x = (f((x + h, y)) - f((x - h, y))) / (2 * h)
    along_y = (f((x, y + h)) - f((x, y - h))) / (2 * h)
    return np.array([along_x, along_y])


def two_walks(x, y):
    """Up (1), flat (0) or down (-1) along each axis, beside what the options say."""
    ways = np.sign(partials(f, x, y).round(6))
    return (ways == [(1, 1), (1, 0), (1, -1)]).all(axis=1)


def angle_to_the_line(point):
    """Between the gradient and the direction in which the height stays, in degrees."""
    level = np.abs(slopes(f, point)).argmin() / 10
    arrow = np.degrees(np.arctan2(*f.gradient(point)[::-1]))
    return abs((level - arrow + 90) % 180 - 90)


def arrow_and_line():
    points = itertools.product((-1, -0.5, 0, 0.75, 1), (-1, -0.5, 0.75, 1))
    angles = np.array([angle_to_the_line(point) for point in points])
    return (angles > 89.9).all(), (angles < 0.1).all(), np.ptp(angles) > 0.1


def from_up_to_down(surface, point):
    """How far to turn from the steepest way up to the steepest way down, in degrees."""
    turn = abs(int(slopes(surface, point).argmax() - slopes(surface, point).argmin())) / 10
    return min(turn, 360 - turn)


def where_down():
    here = slopes(bowl, (2.5, 0.5))
    others = [f, functions.ravine, functions.saddle, functions.bumpy, functions.rosenbrock]
    turns = [from_up_to_down(surface, (1.5, 0.5)) for surface in [bowl, *others]]
    flat = abs(here.min()) < 0.01 * here.max()
    return flat, np.ptp(turns) > 0.2, abs(from_up_to_down(bowl, (2.5, 0.5)) - 180) < 0.2


#: for each choice, which of its options are true, in their order
HOLDS = {
    "two walks from one point": lambda: two_walks(1, 1),
    "the arrow and the contour line": arrow_and_line,
    "where the steepest way down is": where_down,
}


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


def claim_the_two_partial_derivatives():
    numerical = partials(lambda at: surface(*at), 0.5, -2.0)
    np.testing.assert_allclose(gradient(0.5, -2.0), numerical, rtol=1e-6)


def claim_the_gradient_at_the_second_point_of_the_bowl():
    assert bowl.gradient((2.5, 0.5)).tolist() == [3, -3]


def claim_slope_3_and_10_is_found_in_one_place_on_the_grid():
    x, y = np.meshgrid(np.linspace(-1.5, 1.5, 61), np.linspace(-1.5, 1.5, 61))
    off = np.abs(f.gradient(np.stack([x, y], -1)) - (3, 10)).max(-1)
    assert (off < 0.045).sum() == 1 and off[10, 30] < 1e-9


def claim_the_slope_in_a_direction_and_the_steepest_one():
    assert np.isclose(slope(), 3.2) and np.linalg.norm((12, -5)) == 13


def claim_a_step_downhill():
    new = step_down(np.array([1.0, 3.0]), np.array([-6.0, 2.0]), 0.1)
    assert np.allclose(new, (1.095, 2.968), atol=5e-4) and bowl(new) < bowl((1, 3))
