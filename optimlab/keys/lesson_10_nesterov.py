"""Lesson 10: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import Function, Momentum, Nesterov, descend, functions
from optimlab.lessons import Choice, Exercise, Point
from optimlab.study.analysis import best_momentum, momentum_factors, momentum_limit, momentum_shrink

parabola, ravine = functions.parabola, functions.ravine


PREDICTIONS = {
    "where the second gradient is measured": Point(
        (-6.3, 1.9),
        right=lambda e: e.paths["Nesterov"].probes[1],
        within=0.15,
        fact="It is (-6.93, 1.6) + 0.9 · (0.07, -0.4). The run itself is never there.",
        why="Why not at w + v?",
        tells=["-6.867", "1.24", "(-6.87, 1.24)"],
    ),
    "what looking ahead changes": Choice(
        {
            "the swing across the floor dies out sooner": "Ahead, the gradient has changed by "
            "curvature times αv. That is the brake, and across the floor the curvature is twenty "
            "times as large.",
            "along the floor it is at the star in fewer steps": "Along the floor the slope hardly "
            "changes, so here and ahead it is nearly the same.",
            "both, by the same factor": "The brake is rate times curvature, and the curvatures are "
            "2 and 0.1.",
        },
        right="the swing across the floor dies out sooner",
        fact="Per step, momentum leaves 0.949 in both directions. Nesterov leaves 0.849 across the "
        "floor and 0.944 along it.",
        tells=["0.849", "0.944", "brake", "brakes", r"\sqrt{\alpha(1 - \eta\lambda)}"],
    ),
    "what Nesterov's best pair leaves": Choice(
        {
            "less than 0.635": "At rate 0.1 and momentum 0.9 it leaves less than momentum does. "
            "But momentum's best pair uses rate 1.336, and there the brake throws Nesterov out.",
            "just as much": "The brake changes both factors in every direction that curves.",
            "more than 0.635": "The brake on the steep direction grows with the rate, and past ηλ "
            "= 1 it overdoes it. So the rate must stay smaller, and the flat direction pays for "
            "it.",
        },
        right="more than 0.635",
        fact=lambda e: (
            f"Its best pair is rate {e.best[0]:.3f}, momentum {e.best[1]:.3f}, and "
            f"leaves {e.best[2]:.3f}: 31 steps to come 1000 times closer, momentum's best takes 21."
        ),
        why="So when would you take Nesterov?",
        tells=["0.743926", "0.744", "0.655738", "0.592263", "0.776393", "31", "momentum is faster"],
    ),
    "momentum on the corners": Choice(
        {
            "it arrives, a little later": "From many starts it does. From this one it falls into a "
            "round of three points.",
            "it swings for ever": "It goes round three points. Beyond 2 the slope is 24 less than "
            "25 x. Were it 25 x everywhere, the same run would arrive.",
            "it flies off": "For curvature 25, that of both walls, the pair is stable.",
        },
        right="it swings for ever",
        fact=lambda e: (
            "Its last three points: "
            + ", ".join(f"{x:.2f}" for x in e.paths["Momentum"].points[-3:])
            + "."
        ),
        why="The pair is stable for curvature 1 and for 25. Why is that not enough?",
        tells=["2.12", "0.65]", "three points", "for ever", "promises nothing", "now it arrives"],
    ),
    "how the bug shows": Choice(
        {
            "both diverge from the same rate on": "Put αv - ηg in for the new velocity: the "
            "gradient counts 1 + α + α² times in a step of Suspect, and 1 + α times in the right "
            "form.",
            "Suspect diverges from a smaller rate on": "Its steps use the velocity after it has "
            "changed. So the gradient counts 1 + α + α² times instead of 1 + α. At small "
            "rates that happens to help here.",
            "Suspect diverges from a larger rate on": "A lower loss at a small rate does not say "
            "so. It is lower because the gradient counts for more, and a larger rate stands less "
            "of that.",
        },
        right="Suspect diverges from a smaller rate on",
        fact="It diverges from rate 0.43 on, the right form from 0.68. At 0.5 its loss after 200 "
        "steps is 1.5e58, that of the right form 6.0e-14.",
        why="How would you test an optimizer that somebody else wrote?",
        tells=["0.43", "smaller rate on", "1.5e58", "over the rates", "counts for more"],
    ),
}


def step(w, v, slope, lr, momentum):
    ahead = w + momentum * v
    v = momentum * v - lr * slope(ahead)
    return w + v, v


def limit(curvatures, momentum):
    steepest = max(curvatures)
    return (2 + 2 * momentum) / (1 + 2 * momentum) / steepest


def update(u, v, g, lr, momentum):
    u = u + momentum * momentum * v - (1 + momentum) * lr * g
    v = momentum * v - lr * g
    return u, v


EXERCISES = {
    "one step": Exercise(
        step,
        wrong=[
            (
                lambda w, v, slope, lr, momentum: (w + (new := momentum * v - lr * slope(w)), new),
                "That is momentum: it measures where it stands.",
            ),
            (
                lambda w, v, slope, lr, momentum: (
                    w + (new := momentum * v - lr * slope(w + v)),
                    new,
                ),
                "Only a share of the velocity is kept, so it looks a whole step too far.",
            ),
            (
                lambda w, v, slope, lr, momentum: (
                    w + (new := momentum * v - lr * slope(w - momentum * v)),
                    new,
                ),
                "That looks back.",
            ),
            (
                lambda w, v, slope, lr, momentum: (
                    w + (new := momentum * v - lr * slope(momentum * v)),
                    new,
                ),
                "That is how far ahead. Ahead of what?",
            ),
        ],
        cases=[
            (4.0, -0.5, parabola.gradient, 0.2, 0.9),
            (1.0, 0.25, lambda x: 3.0 * x * x, 0.1, 0.5),
            (-1.5, 0.75, parabola.gradient, 0.3, 0.7),
        ],
        hints=["Where would the kept velocity alone lead?", "It leads to w plus a share of v."],
    ),
    "the largest rate": Exercise(
        limit,
        wrong=[
            (
                lambda curvatures, momentum: (2 + 2 * momentum) / max(curvatures),
                "That is momentum's border.",
            ),
            (
                lambda curvatures, momentum: (
                    (2 + 2 * momentum) / (1 + 2 * momentum) / min(curvatures)
                ),
                "Which direction reaches the border first?",
            ),
            (
                lambda curvatures, momentum: (
                    (2 + 2 * momentum) / (1 + 2 * momentum) * max(curvatures)
                ),
                "A steeper direction allows a smaller rate, not a larger one.",
            ),
            (
                lambda curvatures, momentum: (
                    (1 + 2 * momentum) / (2 + 2 * momentum) / max(curvatures)
                ),
                "The fraction of the border is upside down.",
            ),
            (lambda curvatures, momentum: 2 / max(curvatures), "That is plain descent's limit."),
            (
                lambda curvatures, momentum: (2 + 2 * momentum) / (1 + 2 * momentum),
                "That is the border of rate times curvature: no curvature is used.",
            ),
            (
                lambda curvatures, momentum: (
                    (2 + 2 * momentum) / (1 + 2 * momentum) / curvatures[-1]
                ),
                "That takes the last curvature. They come in any order.",
            ),
            *(
                (wrong, "Division comes before the sum: brackets are missing.")
                for wrong in (
                    lambda curvatures, momentum: (
                        2 + 2 * momentum / 1 + 2 * momentum / max(curvatures)
                    ),
                    lambda curvatures, momentum: (
                        2 + 2 * momentum / (1 + 2 * momentum) / max(curvatures)
                    ),
                )
            ),
        ],
        cases=[
            (np.array([0.1, 2.0]), 0.9),
            (np.array([3.0, 7.0, 1.0]), 0.5),
            (np.array([0.5, 0.2, 0.3]), 0.25),
        ],
        hints=["The steepest direction decides.", "Solve lr · λmax = (2 + 2α)/(1 + 2α) for lr."],
    ),
    "mend it": Exercise(
        update,
        wrong=[
            (
                lambda u, v, g, lr, momentum: (
                    u + momentum * momentum * (momentum * v - lr * g) - (1 + momentum) * lr * g,
                    momentum * v - lr * g,
                ),
                "That is the suspect: it uses the velocity after it has changed.",
            ),
            (
                lambda u, v, g, lr, momentum: (
                    u + momentum * v - (1 + momentum) * lr * g,
                    momentum * v - lr * g,
                ),
                "The old velocity enters with α². Put αv - ηg for the new v in PyTorch's form.",
            ),
            (
                lambda u, v, g, lr, momentum: (
                    u + momentum * momentum * v - lr * g,
                    momentum * v - lr * g,
                ),
                "The first step would be η g. In this form it is (1 + α) η g.",
            ),
            (
                lambda u, v, g, lr, momentum: (
                    u + momentum * momentum * v - (1 + momentum) * lr * g,
                    v,
                ),
                "The point is right. The velocity comes back as it was.",
            ),
            (
                lambda u, v, g, lr, momentum: (u + momentum * v - lr * g, momentum * v - lr * g),
                "That is a step of momentum.",
            ),
        ],
        cases=[
            (4.0, -0.5, 4.0, 0.2, 0.9),
            (1.0, 0.25, 3.0, 0.1, 0.5),
            (-1.5, 0.75, -2.0, 0.3, 0.7),
        ],
        hints=[
            "Each line of the suspect is right by itself. Which v does its second line need?",
            "Move the point first, with the old velocity. Then change the velocity.",
        ],
    ),
}

QUIZ = [
    (
        "The slope is the same everywhere. How do Nesterov and Momentum differ?",
        {
            "Not at all": "Right: ahead the gradient is what it is here. The brake is rate times "
            "curvature, and the curvature is 0.",
            "Nesterov goes further": "Its step tends to ηg/(1 - α), as momentum's does.",
            "Nesterov goes less far": "It would brake if the slope ahead were another one.",
        },
    ),
    (
        "PyTorch's path is αv ahead of yours, step by step. What is wrong?",
        {
            "Nothing": "Right: PyTorch stores the points ahead.",
            "The learning rate": "Another rate would give another walk. This is the same one, "
            "seen ahead.",
            "The velocity": "Another velocity would give another walk, as that of Suspect does, "
            "not a shift.",
        },
    ),
    (
        "Nesterov takes momentum's best pair of the ravine. What happens?",
        {
            "It diverges": "Right: at momentum 0.403 its border is rate 0.777, and the pair has "
            "1.336.",
            "It arrives, and sooner": "At rate 0.1 and momentum 0.9 it did. Here the rate is "
            "1.336: how much is ηλ across the floor?",
            "It arrives, but later": "It would at a rate below its border, (2 + 2α)/(1 + 2α)/λmax.",
        },
    ),
]


@functools.cache
def run():
    """The run of the lesson: Nesterov in the ravine."""
    return descend(ravine, Nesterov(lr=0.1, momentum=0.9), (-7, 2), steps=30)


def left(curvature, rule):
    """What a step at rate 0.1 and momentum 0.9 leaves in the direction of a curvature."""
    return abs(momentum_factors(curvature, 0.1, 0.9, rule)).max()


def steps_to_a_thousandth(rule):
    """How many steps in the ravine until a rule at its best is 1000 times closer."""
    rate, momentum, _ = best_momentum(ravine, rule)
    points = descend(ravine, rule(rate, momentum), (-7, 2), steps=60).points
    distance = np.linalg.norm(points, axis=1)
    return np.argmax(distance < distance[0] / 1000)


def pair(low, high):
    """Momentum's best rate and momentum for curvatures between two."""
    low, high = np.sqrt(low), np.sqrt(high)
    return (2 / (low + high)) ** 2, ((high - low) / (high + low)) ** 2


def corner_slope(x):
    return 25 * x - 24 * np.clip(x - 1, 0, 1)


def corner_height(x):
    return 12.5 * x * x - 12 * np.clip(x - 1, 0, 1) ** 2 - 24 * np.maximum(x - 2, 0)


corners = Function("corners", "", corner_height, corner_slope, domain=(-4, 4), minima=[0])


class Shifted:
    """PyTorch's form, as the lesson has it."""

    lr, momentum, v = 0.1, 0.9, 0.0

    def update(self, params, grads):
        self.v = self.momentum * self.v - self.lr * grads["point"]
        params["point"] = params["point"] + self.momentum * self.v - self.lr * grads["point"]


class Suspect(Shifted):
    def update(self, params, grads):
        g, a = grads["point"], self.momentum
        self.v = a * self.v - self.lr * g
        params["point"] = params["point"] + a * a * self.v - (1 + a) * self.lr * g


@functools.cache
def form_at(form, lr=0.1, steps=200):
    """A run of one of the two forms in the ravine, with momentum 0.9."""
    rule = form()
    rule.lr = lr
    return descend(ravine, rule, (-7, 2), steps)


def lower_steps(steps=100):
    """At how many of the first steps the loss of Suspect is the lower one."""
    suspect, right = form_at(Suspect).losses, form_at(Shifted).losses
    return np.sum(suspect[1 : steps + 1] < right[1 : steps + 1])


def border(form):
    """The smallest of the rates 0.01, 0.02, … at which the loss has risen after 200 steps."""
    rates = np.arange(1, 81) / 100
    losses = [form_at(form, rate).losses for rate in rates]
    return rates[[run[-1] > run[0] for run in losses].index(True)]


NUMBERS = [
    ("-6.93", lambda: run().points[1, 0]),
    ("1.6", lambda: run().points[1, 1]),
    ("0.07", lambda: run().states["v"][1, 0]),
    ("-0.4", lambda: run().states["v"][1, 1]),
    ("0.949", lambda: left(2, Momentum)),
    ("0.849", lambda: left(2, Nesterov)),
    ("0.944", lambda: left(0.1, Nesterov)),
    ("0.635", lambda: best_momentum(ravine)[2]),
    ("1.336", lambda: best_momentum(ravine)[0]),
    ("31", lambda: steps_to_a_thousandth(Nesterov)),
    ("21", lambda: steps_to_a_thousandth(Momentum)),
    ("9", lambda: 1 / pair(1, 25)[0]),
    ("4", lambda: 9 * pair(1, 25)[1]),
    ("0.111", lambda: pair(1, 25)[0]),
    ("0.44", lambda: pair(1, 25)[1]),
    ("24", lambda: 25 * 3 - corner_slope(3)),
    ("86", lower_steps),
    ("0.43", lambda: border(Suspect)),
    ("0.68", lambda: border(Shifted)),
    ("1.5e58", lambda: form_at(Suspect, 0.5).losses[-1]),
    ("6.0e-14", lambda: form_at(Shifted, 0.5).losses[-1]),
    ("0.403", lambda: best_momentum(ravine)[1]),
    ("0.777", lambda: momentum_limit(ravine, best_momentum(ravine)[1], Nesterov)),
]
GIVEN = [
    "-7", "0.1", "0.9", "3", "0.65", "25", "3.3", "2.5", "1000", "30", "0.0001", "100", "200",
    "0.8", "0.5",
]  # fmt: skip


def what_looking_ahead_changes():
    """Whether Nesterov is ahead of momentum across the floor, along it, or alike in both."""
    momentum, ahead = (
        descend(ravine, rule(lr=0.1, momentum=0.9), (-7, 2), 60).points
        for rule in (Momentum, Nesterov)
    )
    along, across = np.abs(ahead[40:]).max(axis=0) / np.abs(momentum[40:]).max(axis=0)
    steps = [np.argmax(points[:, 0] > 0) for points in (momentum, ahead)]  # to the star, along x
    both = across < 0.9 and np.isclose(along, across, rtol=0.2)
    return across < 0.1, steps[1] < steps[0], both


def what_the_best_pair_leaves():
    """Whether the best of many pairs leaves less with Nesterov, as much, or more."""
    rates, momenta = np.linspace(0.02, 2, 199)[:, None], np.linspace(0, 0.99, 100)
    momentum, ahead = (
        momentum_shrink(ravine, rates, momenta, rule).min() for rule in (Momentum, Nesterov)
    )
    same = np.isclose(ahead, momentum, rtol=0.02)
    return ahead < momentum, same, ahead > 1.1 * momentum and np.isclose(momentum, 0.635, rtol=0.02)


def on_the_corners():
    """Whether momentum arrives on the corners, swings for ever, or flies off."""
    x = descend(corners, Momentum(lr=0.111, momentum=0.44), 3.3, 999).points
    three = np.allclose(x[-3:], x[-6:-3], rtol=0, atol=1e-9) and np.ptp(x[-3:]) > 1
    return abs(x[-1]) < 0.01, three and x[-3:].min() < 0 < x[-3:].max(), not abs(x[-1]) < 4


def how_the_bug_shows():
    suspect, right = border(Suspect), border(Shifted)
    return np.isclose(suspect, right, rtol=0.1), suspect < 0.9 * right, suspect > right


#: for each choice, which of its options are true, in their order
HOLDS = {
    "what looking ahead changes": what_looking_ahead_changes,
    "what Nesterov's best pair leaves": what_the_best_pair_leaves,
    "momentum on the corners": on_the_corners,
    "how the bug shows": how_the_bug_shows,
}


def claim_at_step_3_the_run_is_above_the_floor_and_the_point_ahead_below_it():
    assert np.allclose(run().probes[1], (-6.867, 1.24))
    assert run().points[3, 1] > 0 > run().probes[3, 1]


def claim_nesterov_is_momentum_but_for_probe():
    class LookAhead(Momentum):
        def probe(self, params):
            if not self.v:
                return params
            return {key: w + self.momentum * self.v[key] for key, w in params.items()}

    mine = descend(ravine, LookAhead(lr=0.1, momentum=0.9), (-7, 2), steps=30)
    np.testing.assert_allclose(mine.points, run().points, rtol=1e-12)
    assert Nesterov.update is Momentum.update


def claim_a_direction_that_swings_leaves_the_root_of_the_product():
    for curvature in (2, 0.1):
        assert np.isclose(left(curvature, Momentum), 0.9**0.5)
        assert np.isclose(left(curvature, Nesterov), (0.9 * (1 - 0.1 * curvature)) ** 0.5)


def claim_at_momentum_0_9_nesterov_is_better_at_most_rates_up_to_0_65():
    rates = np.linspace(0.01, 0.65, 200)[:, None]
    momentum = descend(ravine, Momentum(rates), (-7, 2), 30).losses[-1]
    nesterov = descend(ravine, Nesterov(rates), (-7, 2), 30).losses[-1]
    assert (nesterov < momentum).mean() > 0.9


def claim_the_best_pair_of_nesterov():
    found = best_momentum(ravine, Nesterov)
    assert np.allclose(found, [0.655738, 0.592263, 0.743926], atol=1e-6)
    assert found[2] > best_momentum(ravine)[2]


def claim_the_border_is_that_of_the_formula_and_momentums_best_rate_is_beyond_it():
    assert np.allclose(momentum_limit(ravine, [0, 0.9], Nesterov), [1, 3.8 / 2.8 / 2])
    assert momentum_limit(ravine, best_momentum(ravine)[1], Nesterov) < best_momentum(ravine)[0]


def claim_the_textbook_pair_leaves_1_minus_1_over_the_root_of_the_condition_number():
    root = np.sqrt(20)
    textbook = momentum_shrink(ravine, 1 / 2, (root - 1) / (root + 1), Nesterov)
    assert np.isclose(textbook, 1 - 1 / root) and np.isclose(textbook, 0.776393)


def claim_the_slope_with_corners_is_that_of_its_height():
    assert functions.check_gradient(corners, point=np.array([-1, 0.5, 1.5, 2.5]))


def claim_the_best_pair_for_curvatures_1_and_25_is_1_9_and_4_9():
    assert np.allclose([1 / 9, 4 / 9], pair(1, 25))


def claim_on_the_corners_momentum_goes_round_three_points_and_the_textbook_pair_arrives():
    tuned = descend(corners, Momentum(lr=1 / 9, momentum=4 / 9), 3.3, steps=999)
    safe = descend(corners, Nesterov(lr=1 / 25, momentum=2 / 3), np.linspace(-4, 4, 161), steps=999)
    assert np.allclose(tuned.points[-3:], tuned.points[-6:-3]) and abs(safe.end).max() < 1e-9


def claim_on_the_corners_the_plot_arrives_from_2_5():
    assert abs(descend(corners, Momentum(lr=0.111, momentum=0.44), 2.5, 200).end) < 1e-9


def claim_pytorchs_form_is_the_same_walk_seen_ahead():
    shifted = descend(ravine, Shifted(), (-7, 2), steps=30)
    np.testing.assert_allclose(shifted.points, run().points + 0.9 * run().states["v"], atol=1e-12)
    np.testing.assert_allclose(shifted.points[1], (-7, 2) - 1.9 * 0.1 * ravine.gradient((-7, 2)))


def claim_the_border_of_suspect_is_that_of_a_gradient_that_counts_for_more():
    theirs = (2 + 2 * 0.9) / (1 + 2 * 0.9 + 2 * 0.9**2) / 2
    assert theirs < border(Suspect) < theirs + 0.01 < momentum_limit(ravine, 0.9, Nesterov)
    u, v, g = 3.0, 0.5, 2.0
    rule = Suspect()
    rule.v, params = v, {"point": u}
    rule.update(params, {"point": g})
    assert np.isclose(params["point"], u + 0.9**3 * v - (1 + 0.9 + 0.9**2) * 0.1 * g)


def claim_at_small_rates_suspect_is_lower_at_most_steps():
    for lr in (0.05, 0.1, 0.2, 0.3, 0.4):
        suspect, right = form_at(Suspect, lr).losses, form_at(Shifted, lr).losses
        assert (suspect[1:101] < right[1:101]).sum() > 80


def claim_the_target_has_room():
    pairs = [(0.4, 0.7), (0.5, 0.65), (0.5, 0.7), (0.6, 0.6)]
    for pair in pairs:
        for rule in (Momentum, Nesterov):
            assert descend(ravine, rule(*pair), (-7, 2), 30).losses.min() <= 1e-4


def claim_were_the_slope_25_x_everywhere_the_run_would_arrive():
    everywhere = Function("all", "", lambda x: 12.5 * x * x, lambda x: 25 * x, domain=(-4, 4))
    for pair in ((1 / 9, 4 / 9), (0.111, 0.44)):
        assert abs(descend(everywhere, Momentum(*pair), 3.3, 500).end) < 1e-9
        ends = descend(corners, Momentum(*pair), np.linspace(-4, 4, 161), 2000).end
        assert 0.8 < np.mean(np.abs(ends) < 1e-6) < 0.95


def claim_on_a_constant_slope_both_go_the_same_way():
    momentum, nesterov = (
        descend(lambda x: -x, rule(0.1), 0.0, 50, gradient=lambda x, k: -1.0).end
        for rule in (Momentum, Nesterov)
    )
    assert momentum == nesterov


def claim_the_solutions_do_what_the_exercises_say():
    once, _ = step(run().points[3], run().states["v"][3], ravine.gradient, 0.1, 0.9)
    assert np.allclose(once, run().points[4])
    assert np.isclose(limit([0.1, 2.0], 0.9), momentum_limit(ravine, 0.9, Nesterov))
    u, v = np.array([-7.0, 2.0]), np.zeros(2)
    for _ in range(30):
        u, v = update(u, v, ravine.gradient(u), 0.1, 0.9)
    assert np.allclose(u, descend(ravine, Shifted(), (-7, 2), steps=30).end)
