"""Lesson 07a: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import descend, functions
from optimlab.lessons import Choice, Exercise, Number, Point
from optimlab.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp
from optimlab.study.analysis import basin, curvatures, stability_limit
from optimlab.study.outcomes import basin_map

plateau = functions.plateau


def steps_needed(far, steps=5000):
    """Steps from so far away on the plateau until the loss is below 0.01."""
    starts = np.stack([-np.asarray(far, dtype=float), np.zeros(len(far))], axis=-1)
    return np.argmax(descend(plateau, SGD(lr=0.5), starts, steps).losses < 0.01, axis=0).tolist()


counts = steps_needed([2, 3, 4, 4.5])
times = [late / early for early, late in zip(counts[:-1], counts[1:], strict=True)]
#: how far the start of the run on `bumpy` is from the right and the left valley; the ridge between
near = [np.linalg.norm(np.subtract(valley, (1, 3.5))) for valley in functions.bumpy.minima]
ridge = functions.bumpy.stationary[0][0]
slope_far_out = np.linalg.norm(plateau.gradient((-4.5, 0)))

PREDICTIONS = {
    "above a chord of the parabola": Choice(
        {
            "never": "The curve bends up everywhere, so between two of its points it hangs below "
            "the straight line.",
            "yes, if both ends lie left of the minimum": "There the curve falls, but it still "
            "bends up: it falls fast first and slowly later, and stays below the line.",
            "yes, if the ends are far apart": "Far apart the curve hangs even further below the "
            "chord: it bends up all the way.",
        },
        right="never",
        why="What about the curve decides it?",
        tells=["never rises", "parabola True", "bends up", "below the chord at every"],
    ),
    "where on the surface": Point(
        (0, -3),
        right=lambda e: e.paths["SGD"].end,
        within=0.4,
        fact=lambda e: (
            f"The ridge between the valleys runs along x = {ridge:.2f}, and the start lies right "
            f"of it. It is nearer to the left valley, {near[1]:.2f} against {near[0]:.2f} away. "
            "That does not count at a small rate, only the side of the ridge; and in y the way "
            "leads down to 0.5 from both sides."
        ),
        why="What in the picture tells you to which valley a start belongs?",
        tells=["3.43", "3.4, 0.5", "right valley", "right of it", "right of the ridge"],
    ),
    "on the line of the saddle": Choice(
        {
            "it falls off to one side": "A real ball would fall off, sooner or later. But here the "
            "slope in y is exactly 0, and a step of exactly 0 leads to no side.",
            "it comes to rest at (0, 0)": "Along the line it is a valley. Nothing pushes to the "
            "side, and at (0, 0) the gradient is 0.",
            "it walks over (0, 0) to the other end": "Behind (0, 0) the line rises again. At this "
            "rate the run does not even reach that side, and it keeps no speed that could carry "
            "it up.",
        },
        right="it comes to rest at (0, 0)",
        at={
            "it falls off to one side": (-0.4, 1.6),
            "it comes to rest at (0, 0)": (0, 0),
            "it walks over (0, 0) to the other end": (1.8, 0),
        },
        why="Is the place where it ends a minimum?",
        tells=["(0.00, 0.00)", "beside (0, 0)", "at (0, 0)", "rest at", "gets stuck", "six end"],
    ),
    "steps from 4.5 away": Number(
        "Steps",
        right=lambda _: counts[-1],
        within=300,
        replies=[
            (
                counts[2] + (counts[2] - counts[1]) / 2,
                "You added half of what the last unit cost. It grows faster.",
            ),
            (
                counts[2] * times[1] ** 0.5,
                "You took the last factor, for half a unit. But the factor grows, too.",
            ),
            (
                counts[2] * times[1],
                "You took the last factor whole. It was that of a whole unit, and this is half of "
                "one.",
            ),
        ],
        fact=f"From 2 to 3 the steps grow by the factor {times[0]:.1f}, from 3 to 4 by "
        f"{times[1]:.1f}, and in the half from 4 to 4.5 by {times[2]:.1f}. The slope at 4.5 away "
        f"is {slope_far_out:.5f}.",
        why="Where does such a run spend most of its steps?",
        tells=["2,791", "2791", "2.8e3", "0.00018"],
    ),
}


def over(f, a, b, t):
    return f((1 - t) * a + t * b) - ((1 - t) * f(a) + t * f(b))


#: axes for a mesh, either one longer, or equally long; not evenly spaced, not sorted
AXES = [
    (np.linspace(-8, 8, 5), np.linspace(-3, 3, 4)),
    (np.array([4.0, -1.0, 0.5]), np.array([2.0, 2.5, -6.0, 0.0, 9.0])),
    (np.array([1.0, 3.0, 3.5]), np.array([-2.0, 7.0, 0.0])),
]


def is_mesh(mesh):
    for xs, ys in AXES:
        wanted = len(xs), len(ys)
        x, y = (np.asarray(part, dtype=float) for part in mesh(xs, ys))
        for name, part in (("x", x), ("y", y)):
            if part.shape != wanted and part.shape == wanted[::-1]:
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
                return (
                    f"The shapes are right, but for x = {row_of(xs)} and y = {row_of(ys)} your "
                    f"{name} holds other numbers."
                )
    return True


def row_of(values):
    return "[" + ", ".join(f"{value:g}" for value in values) + "]"


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
        cases=[
            (functions.wave, 1.2, 5.7, 0.3),  # above the chord, from left to right
            (functions.cubic, 1.5, -0.9, 0.7),  # from right to left
            (functions.parabola, -1.0, 4.0, 0.25),  # below the chord
            (lambda x: x**3 - 2, -2.0, -0.5, 0.6),
            (lambda x: 3.0 - x * x, 2.0, 0.5, 0.0),  # on it: at an end
        ],
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
                "The shapes are right, but for x = [-8, -4, 0, 4, 8] and y = [-3, -1, 1, 3] your x "
                "holds other numbers.",
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
                kinds(lambda c: max(c) > 0 and min(c) >= 0, lambda c: min(c) < 0, mixed),
                "One curvature downwards is not enough: the saddle has one.",
            ),
            *(
                (
                    kinds(positive_product, down, mixed),
                    "Two negative ones have a positive product, too.",
                )
                for positive_product in (lambda c: c[0] * c[1] > 0, lambda c: np.prod(c) > 0)
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
            np.array(case)
            for case in (
                *([0.5, 2.0], [-2.0, -0.5], [0.5, -0.5], [-2.0, 0.5], [0.0, 2.0], [0.0, -0.5]),
                *([0.0, 0.0], [3.0, -1.0, 0.0], [2.0, 0.5, 1.0], [0.0, -3.0], [4.0, 0.0]),
                *([-1.0, 3.0, 2.0], [2.0, 3.0, -1.0], [-1.0, -4.0, -2.0, -0.5], [-1e-3, -0.3]),
                *([1e-3, 5.0], [4.0, -1.0, -2.0]),
            )
        ],
        hints=[
            "All positive: it bends up in every direction. And all negative?",
            "`min(curvatures)` and `max(curvatures)` are enough to decide.",
        ],
    ),
}

QUIZ = [
    (
        "A function has one minimum only. What follows?",
        {
            "It may be convex": "Right: x² - 4x + 6 is convex, and `plateau` is not.",
            "It must be convex": "`plateau` has one minimum, and far out it bends down. The "
            "other direction holds: convex, so no second valley at another height.",
            "It cannot be convex": "x² - 4x + 6 has one minimum and is convex.",
        },
    ),
    (
        "For 50 steps the gradient has been almost 0. Where is the run?",
        {
            "That cannot be told": "Right: near a minimum, near a saddle and on a plateau it is "
            "almost 0.",
            "At a minimum": "Perhaps. But near a saddle or on a plateau the gradient is tiny, too.",
            "On a plateau": "Perhaps. But near a minimum or a saddle the gradient is tiny, too.",
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
    ("0.104", lambda: stability_limit(functions.bumpy, functions.bumpy.minima[0])),
    ("0.05", lambda: np.abs(rmsprop_on_the_saddle()).max()),
]

GIVEN = ["6", "4", "81", "30", "-1.8", "0.5", "100", "0.01", "4.5", "200"]
GIVEN += ["40", "25", "3", "5", "50", "0.1", "-8", "-4", "8", "-3", "-1"]


def near_enough(far):
    """Whether 100 steps at rate 0.5 are enough from so far away."""
    return descend(plateau, SGD(lr=0.5), (-far, 0), 100).losses[-1] < 0.01


def above_a_chord(f):
    """Over all chords: is the curve above none; above one left of the minimum; above a long one."""
    low, high = f.domain
    a, b = np.linspace(low, high, 61)[:, None, None], np.linspace(low, high, 61)[:, None]
    above = (gap(f, a, b, np.linspace(0, 1, 21)) > 1e-12).any(axis=-1)
    a, b = a[..., 0], b[..., 0]
    left, long = np.maximum(a, b) <= f.minima[0], np.abs(a - b) > (high - low) / 2
    return not above.any(), above[left].any(), above[long].any()


def on_the_line(hair=0.0):
    """After 60 steps, a hair off the line: has it left the line, does it rest, is it beyond."""
    (x, y), last = descend(functions.saddle, SGD(lr=0.1), (-1.8, hair), 60).points[[-1, -2]]
    return abs(y) > 0.01, np.allclose([(x, y), last], 0, atol=1e-5), x > 0.9


#: for each choice, which of its options are true, in their order
HOLDS = {
    "above a chord of the parabola": lambda: above_a_chord(functions.parabola),
    "on the line of the saddle": on_the_line,
}


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


def claim_only_a_chord_from_one_valley_to_the_other_has_the_curve_4_above_it():
    wave, t = functions.wave, np.linspace(0, 1, 101)
    places = np.linspace(*wave.domain, 101)
    a, b = (end[..., None] for end in np.meshgrid(places, places, indexing="ij"))
    enough = gap(wave, a, b, t).max(axis=-1) >= 4
    hill = 2.0288  # the top between the valleys, of lesson 06
    left, right = np.minimum(a, b)[enough], np.maximum(a, b)[enough]
    assert enough.any() and (left < hill / 2).all() and (right > 2 * hill).all()


def claim_the_start_is_nearer_to_the_valley_that_it_does_not_reach():
    end = descend(functions.bumpy, SGD(lr=0.05), (1, 3.5), 30).end
    assert np.allclose(end, functions.bumpy.minima[0], atol=1e-4) and end[0] > 3.4
    assert near[1] < near[0] - 0.3 and ridge < 1


def claim_the_smallest_eigenvalue_is_the_smallest_curvature_of_all_directions():
    turn = np.linspace(0, np.pi, 721)
    to = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    for f, at in [(functions.polynomial, (1.0, -0.5)), (functions.bumpy, (2.0, 1.0))]:
        matrix = f.hessian(np.array(at))
        every = np.einsum("ni,ij,nj->n", to, matrix, to)
        lowest, highest = curvatures(f, at)
        assert np.allclose([every.min(), every.max()], [lowest, highest], atol=1e-3)


def claim_three_fates_along_y_3_5():
    starts = np.stack([[-3.8, -2.0, 0.8, 0.9, 4.5], np.full(5, 3.5)], axis=-1)
    runs = descend(functions.bumpy, SGD(lr=0.05), starts, steps=200)
    assert basin(functions.bumpy, runs.end).tolist() == [-1, 1, 1, 0, 0]
    assert runs.losses[-1, 0] < functions.bumpy(functions.bumpy.minima[0])
    assert runs.left()[0] >= 0


def claim_past_its_limit_no_run_settles_in_the_deep_valley_and_before_it_many_do():
    sides = (np.linspace(*ends, 40) for ends in functions.bumpy.domain)
    starts = np.stack(np.meshgrid(*sides), axis=-1)
    for rate, there in [(0.05, True), (0.1, True), (0.11, False), (0.12, False)]:
        for steps in (30, 200):
            found = basin_map(functions.bumpy, SGD(lr=rate), starts, steps)
            assert (0 in found) == there and 1 in found, (rate, steps)


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
    assert gap(functions.wave, -0.4, 4.6, 0.5) > 4


def claim_the_mesh_of_two_axes():
    both = np.stack(mesh(np.linspace(-8, 8, 40), np.linspace(-3, 3, 25)), axis=-1)
    assert functions.ravine(both).shape == (40, 25)
    assert np.isclose(functions.ravine(both)[0, 0], 64 / 20 + 9)


def claim_the_places_are_named_by_their_curvatures():
    assert place(curvatures(functions.saddle, (0, 0))) == "saddle"
    assert place(curvatures(functions.ravine)) == "minimum"
    assert place(curvatures(functions.bumpy, functions.bumpy.stationary[0])) == "saddle"
