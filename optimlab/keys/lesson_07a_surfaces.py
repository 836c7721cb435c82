"""Lesson 07a: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import descend, functions
from optimlab.lessons import Choice, Exercise, Number, Point
from optimlab.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp
from optimlab.study.analysis import basin, curvatures

plateau = functions.plateau


def steps_needed(far, steps=5000):
    """Steps from so far away on the plateau until the loss is below 0.01."""
    starts = np.stack([-np.asarray(far, dtype=float), np.zeros(len(far))], axis=-1)
    return np.argmax(descend(plateau, SGD(lr=0.5), starts, steps).losses < 0.01, axis=0).tolist()


counts = steps_needed([3, 3.5, 4, 4.5])
times = [late / early for early, late in zip(counts[:-1], counts[1:], strict=True)]
slope_far_out = np.linalg.norm(plateau.gradient((-4.5, 0)))

PREDICTIONS = {
    "above a chord of the parabola": Choice(
        {
            "yes, if the ends are far apart": "Far apart the curve hangs even further below the "
            "chord: it bends up all the way.",
            "never": "The curve bends up everywhere, so between two of its points it hangs below "
            "the straight line.",
            "yes, if both ends lie left of the minimum": "There the curve falls, but it still "
            "bends up: it falls fast first and slowly later, and stays below the line.",
        },
        right="never",
        why="What about the curve decides it?",
    ),
    "where on the surface": Point(
        (0, -3),
        right=lambda e: e.paths["SGD"].end,
        within=0.4,
        fact=lambda e: (
            f"The ridge between the valleys runs along x = {functions.bumpy.stationary[0][0]:.2f}, "
            f"and "
            "the start lies right of it. Being nearer to a valley does not count, only the side of "
            "the ridge; and in y the way leads down to 0.5 from both sides."
        ),
        why="What in the picture tells you to which valley a start belongs?",
    ),
    "on the line of the saddle": Choice(
        {
            "it falls off to one side": "A real ball would fall off, sooner or later. But here the "
            "slope in y is exactly 0, and a step of exactly 0 leads to no side.",
            "it stops at (0, 0)": "Along the line it is a valley. Nothing pushes to the side, and "
            "at (0, 0) the gradient is 0.",
            "it walks over (0, 0) to the other end": "Behind (0, 0) the line rises again, and the "
            "rule does not climb. It has no momentum.",
        },
        right="it stops at (0, 0)",
        at={
            "it falls off to one side": (-0.4, 1.6),
            "it stops at (0, 0)": (0, 0),
            "it walks over (0, 0) to the other end": (1.8, 0),
        },
        why="Is the place where it ends a minimum?",
    ),
    "steps from 4.5 away": Number(
        "steps",
        right=lambda _: counts[-1],
        within=300,
        replies=[
            (
                2 * counts[2] - counts[1],
                "You added as much as the last half cost. It grows faster.",
            ),
            (counts[2] * times[1], "You multiplied once more by the last factor. It grows, too."),
        ],
        fact="From 3 to 3.5, to 4, to 4.5 each half further out multiplies the steps: by "
        f"{times[0]:.1f}, by {times[1]:.1f}, by {times[2]:.1f}. The slope at 4.5 away is "
        f"{slope_far_out:.5f}.",
        why="Where does such a run spend most of its steps?",
    ),
}


def over(f, a, b, t):
    return f((1 - t) * a + t * b) - ((1 - t) * f(a) + t * f(b))


def is_mesh(mesh):
    for xs, ys in [(np.linspace(-8, 8, 5), np.linspace(-3, 3, 4)), (np.arange(3.0), np.ones(2))]:
        wanted = len(xs), len(ys)
        x, y = (np.asarray(part, dtype=float) for part in mesh(xs, ys))
        for name, part in (("x", x), ("y", y)):
            if part.shape == wanted[::-1]:
                return f"Your {name} lies on its side: x needs a row each, y a column each."
            if part.shape != wanted:
                return (
                    f"With {wanted[0]} values of x and {wanted[1]} of y your {name} has the shape "
                    f"{part.shape}. It needs a row for each x and a column for each y."
                )
        right = np.broadcast_to(xs[:, None], wanted), np.broadcast_to(ys, wanted)
        if np.allclose(x, right[1]) and np.allclose(y, right[0]):
            return "Right arrays, in the wrong order: x first."
        for name, part, values in (("x", x, right[0]), ("y", y, right[1])):
            if not np.allclose(part, values):
                return f"The shapes are right, but your {name} holds other numbers."
    return True


def kinds(minimum, maximum, saddle):
    def kind(curvatures):
        rules = {"minimum": minimum, "maximum": maximum, "saddle": saddle}
        return next((name for name, rule in rules.items() if rule(curvatures)), "unclear")

    return kind


def up(c):
    return min(c) > 0


def down(c):
    return max(c) < 0


def mixed(c):
    return min(c) < 0 < max(c)


def gap(f, a, b, t):
    return f((1 - t) * a + t * b) - ((1 - t) * f(a) + t * f(b))


def mesh(xs, ys):
    return np.outer(xs, np.ones(len(ys))), np.outer(np.ones(len(xs)), ys)


def place(curvatures):
    if min(curvatures) < 0 < max(curvatures):
        return "saddle"
    if min(curvatures) > 0:
        return "minimum"
    if max(curvatures) < 0:
        return "maximum"
    return "unclear"


EXERCISES = {
    "above the chord": Exercise(
        gap,
        wrong=[
            (lambda f, a, b, t: -over(f, a, b, t), "That is how far it is below: turn it round."),
            (
                lambda f, a, b, t: f((1 - t) * a + t * b) - (t * f(a) + (1 - t) * f(b)),
                "The weights of the chord are exchanged: at t = 0 you are at a.",
            ),
            (
                lambda f, a, b, t: f(t * a + (1 - t) * b) - ((1 - t) * f(a) + t * f(b)),
                "The place is taken from b to a: at t = 0 you are at a.",
            ),
            (lambda f, a, b, t: over(f, a, b, 0.5), "That is the midpoint. Let t say where."),
            (
                lambda f, a, b, t: f((1 - t) * a + t * b),
                "That is the curve. Take the chord off it.",
            ),
            (
                lambda f, a, b, t: (1 - t) * f(a) + t * f(b),
                "That is the chord. Where is the curve?",
            ),
            (
                lambda f, a, b, t: f((1 - t) * a + t * b) - (f(a) + t * f(b)),
                "At t = 1 your chord is at f(a) + f(b): the first weight is missing.",
            ),
        ],
        cases=[(functions.wave, 1.2, 5.7, 0.3), (functions.cubic, -0.9, 1.5, 0.7)],
        hints=[
            "Both sides of the inequality above: the curve is the left one, the chord the right "
            "one.",
            "The place on the x axis is (1 - t)·a + t·b.",
        ],
    ),
    "a mesh": Exercise(
        mesh,
        wrong=[
            (
                lambda xs, ys: (np.outer(xs, np.ones(len(ys))), np.outer(xs, np.ones(len(ys))).T),
                "Your y lies on its side: x needs a row each, y a column each.",
            ),
            (
                lambda xs, ys: np.meshgrid(xs, ys),
                "Your x lies on its side: x needs a row each, y a column each.",
            ),
            (
                lambda xs, ys: (xs, ys),
                "With 5 values of x and 4 of y your x has the shape (5,). It needs a row for each "
                "x and a column for each y.",
            ),
            (
                lambda xs, ys: (np.outer(xs, np.ones(len(ys))), np.outer(np.ones(len(ys)), ys)),
                "With 5 values of x and 4 of y your y has the shape (4, 4). It needs a row for "
                "each x and a column for each y.",
            ),
            (
                lambda xs, ys: (np.outer(np.ones(len(xs)), ys), np.outer(xs, np.ones(len(ys)))),
                "Right arrays, in the wrong order: x first.",
            ),
            (
                lambda xs, ys: (np.outer(xs, ys), np.outer(np.ones(len(xs)), ys)),
                "The shapes are right, but your x holds other numbers.",
            ),
        ],
        accept=is_mesh,
        form="two arrays, x and y",
        hints=[
            "`np.outer(u, v)` has a row for each of u and a column for each of v.",
            "For y the ones stand first, and there are `len(xs)` of them.",
        ],
    ),
    "what place is it": Exercise(
        place,
        wrong=[
            (
                kinds(lambda c: min(c) >= 0, lambda c: max(c) <= 0, mixed),
                "With a curvature of 0 it cannot be known: think of x⁴ and x³.",
            ),
            (
                kinds(lambda c: max(c) > 0, lambda c: min(c) < 0, mixed),
                "One curvature upwards is not enough: the saddle has one.",
            ),
            (
                kinds(lambda c: c[0] * c[1] > 0, down, mixed),
                "Two negative ones have a positive product, too.",
            ),
            (
                kinds(lambda c: max(c) < 0, lambda c: min(c) > 0, mixed),
                "Minimum and maximum are exchanged: x² has the curvature 2.",
            ),
            (
                kinds(up, down, lambda c: True),
                "A curvature of 0 does not make a saddle: it cannot be known.",
            ),
            (
                kinds(lambda c: c[0] > 0, lambda c: c[1] < 0, lambda c: c[0] < 0 < c[1]),
                "They need not be in order, and there may be three of them.",
            ),
            (kinds(up, lambda c: False, mixed), "It never says maximum."),
            (kinds(up, down, lambda c: False), "It never says saddle."),
        ],
        cases=[
            *([0.5, 2.0], [-2.0, -0.5], [0.5, -0.5], [-2.0, 0.5], [0.0, 2.0], [0.0, -0.5]),
            *([0.0, 0.0], [3.0, -1.0, 0.0], [2.0, 0.5, 1.0], [0.0, -3.0]),
        ],
        hints=[
            "All positive: it bends up in every direction. And all negative?",
            "`min(curvatures)` and `max(curvatures)` are enough to decide.",
        ],
    ),
}

QUIZ = [
    (
        "A function has one minimum only. Is it convex?",
        {
            "Not necessarily": "Right: `plateau` has one minimum and is not convex.",
            "Yes": "`plateau` has one minimum, and far out it bends down. The other direction "
            "holds: convex, so no second valley at another height.",
            "No, then it never is": "x² - 4x + 6 has one minimum and is convex.",
        },
    ),
    (
        "The loss has not changed for 50 steps. Where are you?",
        {
            "Perhaps at a minimum, perhaps not": "Right: near a saddle or on a plateau the loss "
            "looks the same.",
            "At a minimum": "That is the usual mistake: near a saddle or on a plateau the gradient "
            "is tiny, too.",
            "On a plateau": "Perhaps. But at a minimum, or near a saddle, the loss looks the same.",
        },
    ),
    (
        "In practice a run seldom stays on a saddle. Why?",
        {
            "Any error across the line grows": "Right: at every step, by the factor 1.2 above.",
            "The gradient there is large": "At the saddle it is 0, and beside it small.",
            "The rule knows that it is no minimum": "It knows the gradient only, and that is 0 at "
            "both.",
        },
    ),
]


def on_the_saddle(hair):
    return descend(functions.saddle, SGD(lr=0.1), (-1.8, hair), steps=200)


@functools.cache
def rmsprop_on_the_saddle():
    return descend(functions.saddle, RMSProp(lr=0.1), (-1.8, 0), 2000).points[-2:, 0]


NUMBERS = [
    ("1.2", lambda: on_the_saddle(1e-2).points[5, 1] / on_the_saddle(1e-2).points[4, 1]),
    ("3.5", lambda: max(far for far in np.arange(300, 400) / 100 if near_enough(far))),
    ("0.05", lambda: np.abs(rmsprop_on_the_saddle()).max()),
]

GIVEN = ["6", "4", "81", "30", "1.5", "-3.8", "-1.8", "0.5", "100", "0.01", "4.5", "200"]
GIVEN += ["40", "25", "3", "5", "50"]


def near_enough(far):
    """Whether 100 steps at rate 0.5 are enough from so far away."""
    return descend(plateau, SGD(lr=0.5), (-far, 0), 100).losses[-1] < 0.01


def claim_the_chord_test_agrees_with_the_second_derivative():
    def passes_chord_test(f, low, high):
        x = np.linspace(low, high, 81)
        a, b = x[:, None], x[None, :]
        return bool(np.all(f((a + b) / 2) <= (f(a) + f(b)) / 2 + 1e-12))

    for f in [functions.parabola, functions.wave, functions.cubic]:
        bending = f.hessian(np.linspace(*f.domain, 81))
        assert passes_chord_test(f, *f.domain) == (bending.min() >= 0)


def claim_the_mesh_is_that_of_bumpy():
    x = np.outer(np.linspace(-4, 5, 30), np.ones(30))
    y = x.copy().T
    z = 5 * x * np.cos(x) + (2 * y - 1) ** 2
    np.testing.assert_allclose(z, functions.bumpy(np.stack([x, y], axis=-1)))


def claim_only_bowl_and_ravine_are_convex_and_the_plateau_has_one_minimum():
    def smallest(f):
        axes = [np.linspace(*side, 60) for side in f.domain]
        return curvatures(f, np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)).min()

    convex = {name: smallest(functions.get(name)) > 0 for name in ("bowl", "ravine")}
    others = {name: smallest(functions.get(name)) < 0 for name in ("bumpy", "plateau")}
    assert all(convex.values()) and all(others.values()) and len(plateau.minima) == 1


def claim_three_fates_along_y_3_5():
    starts = np.stack([[-3.8, -2.0, 0.8, 0.9, 4.5], np.full(5, 3.5)], axis=-1)
    runs = descend(functions.bumpy, SGD(lr=0.05), starts, steps=200)
    assert basin(functions.bumpy, runs.end).tolist() == [-1, 1, 1, 0, 0]
    assert runs.losses[-1, 0] < functions.bumpy(functions.bumpy.minima[0])
    assert runs.left()[0] >= 0


def claim_a_hair_off_the_saddles_line_grows_at_every_step():
    for hair, step in [(1e-2, 30), (1e-6, 80), (1e-12, 156)]:
        run = on_the_saddle(hair)
        np.testing.assert_allclose(run.points[:150, 1], hair * 1.2 ** np.arange(150))
        assert run.left() == step
    stuck = descend(functions.saddle, SGD(lr=0.1), (-1.8, 0), steps=10_000)
    assert stuck.left() is None and abs(stuck.end[0]) < 1e-12 and stuck.end[1] == 0


def claim_for_100_steps_it_is_just_under_3_5():
    assert steps_needed([3.5]) == [101]
    assert descend(plateau, SGD(lr=0.5), (-3.49, 0), 100).losses[-1] < 0.01


def claim_no_rule_is_safe_from_these_places():
    for rule in [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam]:
        x, y = descend(functions.saddle, rule(lr=0.1), (-1.8, 0), 2000).end
        end = descend(functions.bumpy, rule(lr=0.1), (-2, 3.5), 2000).end
        assert y == 0 and abs(x) < 0.06
        assert basin(functions.bumpy, end, tolerance=0.1) == 1


def claim_of_six_rules_on_the_plateau_four_hardly_move():
    rules = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam]
    losses = [descend(plateau, rule(lr=0.1), (-5, 5), 200).losses[-1] for rule in rules]
    assert min(losses[:4]) > 0.99 and losses[4] < 0.01 < losses[5] < 0.99
    left, right = rmsprop_on_the_saddle()
    assert np.isclose(left, -right)


def claim_the_gap_above_the_chord():
    assert max(gap(functions.parabola, 0.5, 4.5, t) for t in np.linspace(0, 1, 11)) <= 1e-12
    assert gap(functions.wave, -0.4, 4.6, 0.5) > 4


def claim_the_mesh_of_two_axes():
    both = np.stack(mesh(np.linspace(-8, 8, 40), np.linspace(-3, 3, 25)), axis=-1)
    assert functions.ravine(both).shape == (40, 25)
    assert np.isclose(functions.ravine(both)[0, 0], 64 / 20 + 9)


def claim_the_places_are_named_by_their_curvatures():
    assert place(curvatures(functions.saddle, (0, 0))) == "saddle"
    assert place(curvatures(functions.ravine)) == "minimum"
    assert place(curvatures(functions.bumpy, functions.bumpy.stationary[0])) == "saddle"
