"""Lesson 13: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import SGD, Adam, Momentum, descend, functions, tuning
from optimlab.lessons import Choice, Exercise, Number
from optimlab.study.rare_gradient import LARGE, PERIOD, SMALL, rare_gradient

ravine = functions.ravine


def run(lr=0.3, steps=30, **more):
    """Adam as the lesson has it almost everywhere: on the ravine, from (-7, 2)."""
    return descend(ravine, Adam(lr, **more), (-7, 2), steps)


PREDICTIONS = {
    "the sign step after 30": Number(
        "x after 30 steps",
        right=lambda e: e.path.end[0],
        within=0.05,
        along="x",
        replies=[
            (
                2,
                "That is 30 steps to the right. But each goes towards the minimum, and past 0 that "
                "is to the left.",
            ),
            (0, "It cannot stand at 0: 7 is no multiple of 0.3, and a step is never shorter."),
            (-0.1, "It is there after 23 steps. Which of the other steps lead there?"),
            (-6.7, "That is one step."),
        ],
        fact=lambda e: (
            "x₂₃ to x₃₀: " + ", ".join(f"{x:.1f}" for x in e.path.points[23:, 0]) + ". It "
            "walks in by 0.3 a step, also along the flat floor, and then jumps over the star for "
            "ever."
        ),
        why="Which part of gradient descent lets it come to rest, and is missing here?",
        tells=["0.2", "-0.1", "signs alternate", "over the star", "for ever", "never rests"],
    ),
    "what a mean over |g| does": Choice(
        {
            "it comes to rest at the star": "g passes through 0 while m has not, so m/|g| "
            "explodes, again and again.",
            "it still jumps by 0.3 each time": "That needs m and g to be equally large. A mean "
            "lags behind.",
            "some of its steps get far longer": "Where the run crosses the middle of the valley, g "
            "is nearly 0. The mean m still remembers larger slopes, and is divided by nearly 0.",
        },
        right="some of its steps get far longer",
        fact=lambda e: f"The longest step is {abs(e.ratios).max():.1f} × the rate.",
        why="Which of the two numbers, m or |g|, is to blame?",
        tells=["explodes", "far longer", "longest step", "must remember", "many times", "nearly 0"],
    ),
    "the first step of stage 3": Number(
        "First step, in rates",
        right=lambda e: e.ratios[0, 0],
        within=0.05,
        along="y",
        panel=2,
        replies=[
            (1, "That is the sign step. Here both means are still far too small, not equally so."),
            (0.1, "m is a tenth of g. The divisor is too small as well."),
            (31.6, "The divisor is right. m, too, is only a part of g."),
            (100, "The quotient of the two parts is 100. The root of v is taken."),
            (0.316, "Upside down: m is divided by √v."),
            (0.9, "After one step m has 1 - β₁ of g, not β₁."),
        ],
        fact="m = 0.1 g and √v = √0.001 |g|, so the step is 0.1/√0.001 = 3.16 rates.",
        why="Both means start too small. Why is the step too long, then?",
        tells=["3.16", "3.162", "3.1623", "3.2", "0.1/√0.001", r"\sqrt{10}", "steps grow"],
    ),
    "m after ten steps": Number(
        "m",
        right=1 - 0.9**10,
        within=0.02,
        replies=[
            (1, "1 is what a mean of ones should be. It began at 0."),
            (0.349, "0.9¹⁰ = 0.349 is what is still missing."),
            (0.9, "0.9 is the share kept at each step."),
            (0.1, "That is m after one step."),
        ],
        fact="What is missing is multiplied by 0.9 at each step, so m = 1 - 0.9¹⁰ = 0.651.",
        why="Would v be further along after ten steps, or less far?",
        tells=["0.651", "0.6513", "0.65", "0.349", "0.9¹⁰", "1 - 0.9**10", "0.9^{10}", "0.9**10"],
    ),
    "Momentum and Adam, turned": Choice(
        {
            "neither Momentum's nor Adam's": "The mean m does turn with the ravine. What is done "
            "with it afterwards does not.",
            "only Adam's": "m is a sum of gradients, and turns with them: Momentum walks the same "
            "path, turned. But Adam divides each coordinate of m by a number of its own.",
            "both": "Momentum only adds gradients and multiplies them by one number. That turns "
            "with the ravine.",
        },
        right="only Adam's",
        why="Which operation in Adam's formula is done for each axis by itself?",
        tells=["3.68", "walk the same path", "not the axes", "the axes matter", "across both axes"],
    ),
    "where the rare gradient leads": Choice(
        {
            "near 1, the worst point": "The large gradient enlarges its own divisor. By the time "
            "of the last small ones, v has forgotten much of it, so they count for more.",
            "near 0, where it started": "The pulls nearly balance. But 200,000 small leads add up.",
            "near -1, the best point": "The sum of the gradients says so. But before it adds them, "
            "Adam divides each by a number of its own.",
        },
        right="near 1, the worst point",
        at={
            "near -1, the best point": (2e5, -1),
            "near 0, where it started": (2e5, 0),
            "near 1, the worst point": (2e5, 1),
        },
        fact=lambda e: f"x ends at {e.end:.3f}.",
        why="The gradients add up to +10. Why does x not go left?",
        tells=[
            *("0.994", "0.99370", "-0.28", "-0.279", "goes wrong", "goes right"),
            *("it never forgets", "bring x to -1", "has forgotten much", "count for more"),
        ],
    ),
}


def mean(m, beta, t):
    return m / (1 - beta**t)


def first(lr, beta1, beta2):
    return lr * (1 - beta1) / np.sqrt(1 - beta2)


def adam(gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0):
    for t in range(1, steps + 1):
        g = gradient(w)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w


def adam_with(
    square=lambda g: g * g,
    count=lambda t: t,
    swap=False,
    step=None,
    times=lambda steps: range(1, steps + 1),
    correct_m=True,
    keep_m=True,
    keep_v=True,
):
    """Adam with one thing done otherwise."""
    step = step or (lambda lr, m, v, eps: lr * m / (np.sqrt(v) + eps))

    def changed(gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0):
        beta1, beta2 = (beta2, beta1) if swap else (beta1, beta2)
        for t in times(steps):
            g = gradient(w)
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * square(g)
            n = count(t)
            m_hat, v_hat = (m, v) if n is None else (m / (1 - beta1**n), v / (1 - beta2**n))
            m_hat = m_hat if correct_m else m
            m, v = m if keep_m else m_hat, v if keep_v else v_hat
            w = w - step(lr, m_hat, v_hat, eps)
        return w

    return changed


EXERCISES = {
    "the corrected mean": Exercise(
        mean,
        wrong=[
            (
                lambda m, beta, t: m / (1 - beta),
                "The power is missing: this is right at step 1 alone.",
            ),
            (lambda m, beta, t: m / beta**t, "βᵗ is the weight that is missing. Which is there?"),
            (lambda m, beta, t: m * (1 - beta**t), "Upside down: that makes m smaller still."),
            (lambda m, beta, t: m / (1 - beta * t), "β to the power t, not times t."),
            (lambda m, beta, t: m / (1 - beta ** (t + 1)), "One step too many: t counts from 1."),
            (lambda m, beta, t: m / (1 - beta) ** t, "The power belongs to β alone."),
            (lambda m, beta, t: m / 1 - beta**t, "1 - βᵗ is the divisor: put it in brackets."),
        ],
        cases=[(0.4, 0.9, 1), (0.7, 0.3, 2), (-2.0, 0.99, 7), (3.0, 0.8, 4)],
        hints=[
            "At step 1, m is (1 - β) g. The result must be g.",
            "At step t the weights in m add up to 1 - βᵗ.",
        ],
    ),
    "the first step without correction": Exercise(
        first,
        wrong=[
            (lambda lr, beta1, beta2: lr, "That is the first step with correction."),
            (lambda lr, beta1, beta2: lr * (1 - beta1) / (1 - beta2), "The root of v is missing."),
            (
                lambda lr, beta1, beta2: lr * beta1 / np.sqrt(beta2),
                "From zero, a mean takes 1 - β of the first gradient.",
            ),
            (
                lambda lr, beta1, beta2: lr * (1 - beta2) / np.sqrt(1 - beta1),
                "The two β are swapped.",
            ),
            (
                lambda lr, beta1, beta2: (1 - beta1) / np.sqrt(1 - beta2),
                "That is in rates. Multiply.",
            ),
            (lambda lr, beta1, beta2: lr / np.sqrt(1 - beta2), "That is RMSProp: m is missing."),
            (
                lambda lr, beta1, beta2: lr * np.sqrt(1 - beta2) / (1 - beta1),
                "Upside down: m is divided by the root of v.",
            ),
        ],
        cases=[(0.3, 0.9, 0.999), (0.1, 0.5, 0.98), (2.0, 0.0, 0.75)],
        hints=["m = (1 - β₁) g and v = (1 - β₂) g² after one step.", "Put them in: g cancels."],
    ),
    "Adam": Exercise(
        adam,
        wrong=[
            *(
                (adam_with(step=step), "eps belongs to the divisor: put √v̂ + eps in brackets.")
                for step in (
                    lambda lr, m, v, eps: lr * (m / np.sqrt(v) + eps),
                    lambda lr, m, v, eps: lr * m / np.sqrt(v) - eps,  # w - step: it is added
                )
            ),
            (
                adam_with(step=lambda lr, m, v, eps: lr * m / np.sqrt(v + eps)),
                "eps is inside the root. Here it is added to the root.",
            ),
            (
                adam_with(step=lambda lr, m, v, eps: lr * m / (v + eps)),
                "The root of v̂ is missing.",
            ),
            (
                adam_with(step=lambda lr, m, v, eps: -lr * m / (np.sqrt(v) + eps)),
                "That is uphill: look at the sign.",
            ),
            (adam_with(count=lambda t: 1), "t stays 1: 1 - β instead of 1 - βᵗ at every step."),
            (adam_with(count=lambda t: t + 1), "t is one ahead: at the first step it is 1."),
            (adam_with(count=lambda t: None), "Nothing is corrected: m̂ and v̂ are m and v."),
            (adam_with(square=lambda g: g), "v is a mean of squares: g is not squared."),
            (adam_with(swap=True), "β₁ and β₂ are swapped."),
            (
                adam_with(times=range),
                "It gives NaN: at t = 0 it divides by 1 - β⁰, which is 0. t counts from 1.",
            ),
            (adam_with(times=lambda n: range(1, n)), "One step short: a range leaves out its end."),
            (
                adam_with(keep_m=False),
                "m itself is corrected, so the next step starts from m̂. Keep both.",
            ),
            (
                adam_with(keep_v=False),
                "v itself is corrected, so the next step starts from v̂. Keep both.",
            ),
            (
                adam_with(keep_m=False, keep_v=False),
                "m and v themselves are corrected, so the next step starts from m̂ and v̂. Keep "
                "all four.",
            ),
            (adam_with(correct_m=False), "v̂ is corrected, m̂ is not."),
        ],
        cases=[
            (lambda w: w * np.array([0.1, 2.0]), np.array([-7.0, 2.0]), 5, 0.2, 0.9, 0.99, 1e-8),
            (lambda w: 0.5 * w + 1, np.array([3.0, -8.0]), 6, 0.3, 0.6, 0.8, 0.5),
            (lambda w: 3 - w, np.array([-1.5]), 1, 2.0, 0.3, 0.5, 0.01),
        ],
        hints=[
            "Take the five lines of the formula in their order; t counts 1, 2, 3, … steps.",
            "m̂ is m / (1 - beta1**t). In the last line, brackets around √v̂ + eps.",
        ],
    ),
}

QUIZ = [
    (
        "What is bias correction for?",
        {
            "It sets the size of the first steps": "Right. Without it the first step is 3.16 "
            "rates long at the usual β₁ and β₂.",
            "It makes every run faster": "At rate 0.1 the run without it was ahead: its steps were "
            "longer than asked for.",
            "It keeps the divisor from becoming 0": "That is δ, written eps.",
        },
    ),
    (
        "You multiply the loss by 100. Which rate does Adam need now?",
        {
            "The same": "Right: m and √v both become 100 times as large. δ, far below, hardly "
            "counts.",
            "A hundredth": "That is right for SGD. Adam divides the 100 away.",
            "A tenth": "v becomes 100² times as large, its root 100 times, just as m.",
        },
    ),
    (
        "Adam's gradients are noisy, and its rate is constant. Where does a long run end?",
        {
            "In a cloud around the minimum": "Right, as SGD does in lesson 08: the larger the "
            "rate, the larger the cloud. A falling rate shrinks it.",
            "At the minimum, if it is long enough": "v divides by the size of the noise, and "
            "does not remove it.",
            "It diverges": "A step is rarely longer than a few rates, so it stays near.",
        },
    ),
]


def uncorrected(steps=3000):
    """How many rates long each step without correction is while the gradient is always 1."""
    t = np.arange(1, steps + 1)
    return (1 - 0.9**t) / np.sqrt(1 - 0.999**t)


def turned(rule):
    """How far a path on the turned ravine, turned back, is from the one on the ravine."""
    there = tuning.rotated(ravine, 45)
    back = there.back(descend(there, rule, there.start, 60).points)
    return abs(back - descend(ravine, rule, (-7, 2), 60).points).max()


def rare(beta2, keep_largest=False):
    """Where the run with the rare gradient ends."""
    return float(rare_gradient(beta2, keep_largest)[1][-1, 0])


def cloud(lr):
    """The root of the mean squared distance from the minimum, late in runs with noise."""
    bowl, many = functions.bowl, np.full((100, 2), 2.0)
    noise = np.random.default_rng(0).normal(size=(800, 100, 2))
    runs = descend(bowl, Adam(lr), many, 800, gradient=lambda w, k: bowl.gradient(w) + noise[k])
    return np.sqrt(((runs.points[400:] - 2) ** 2).sum(-1).mean())


NUMBERS = [
    ("23", lambda: np.argmin(run(beta1=0, beta2=0).points[:24, 0] < -0.2)),
    ("3.16", lambda: uncorrected()[0]),
    ("0.001", lambda: 1 - 0.999),
    ("100", lambda: (1 - 0.9) / (1 - 0.999)),
    ("0.349", lambda: 0.9**10),
    ("0.4", lambda: run(steps=1).states["m"][1, 1]),
    ("0.016", lambda: run(steps=1).states["v"][1, 1]),
    ("16", lambda: run(steps=1).gradients[0, 1] ** 2),
    ("0.651", lambda: 1 - 0.9**10),
    ("40", lambda: 4 / (1 - 0.9)),
    ("6.57", lambda: uncorrected().max()),
    ("12", lambda: np.argmax(uncorrected()) + 1),
    ("287", lambda: np.flatnonzero(uncorrected() > 2)[-1] + 1),
    ("0.102", lambda: run().losses[-1]),
    ("0.109", lambda: run(bias_correction=False).losses[-1]),
    ("0.168", lambda: run(0.1, bias_correction=False).losses[-1]),
    ("0.896", lambda: run(0.1).losses[-1]),
    ("3.68", lambda: turned(Adam(0.3))),
    ("10", lambda: LARGE + (PERIOD - 1) * SMALL),
    ("-0.279", lambda: rare(0.999)),
    ("-1", lambda: rare(0.99, keep_largest=True)),
    ("0.3", lambda: cloud(0.3)),
    ("0.1", lambda: cloud(0.03)),
]
GIVEN = [
    *("-7", "7", "20", "30", "0.9", "0.999", "0.99", "0.01", "0.03", "0.5", "45", "3", "4"),
    *("101", "1010", "-10", "200,000", "1e-40", "1,000", "10,000"),
]


def a_mean_over_the_size():
    """Whether stage 2 comes to rest, still jumps by 0.3, or takes some far longer steps."""
    steps = np.abs(np.diff(run(beta2=0, bias_correction=False).points, axis=0)) / 0.3
    some = np.median(steps) < 1 and steps.max() > 5
    return steps[-3:].max() < 0.1, np.isclose(steps, 1, rtol=0.2).all(), some


def who_notices_the_turn():
    """Whether the path of neither Momentum nor Adam changes, only Adam's, or both."""
    momentum, adam = turned(Momentum(0.1)), turned(Adam(0.3))
    return max(momentum, adam) < 0.1, momentum < 1e-12 and adam > 3, min(momentum, adam) > 0.1


#: for each choice, which of its options are true, in their order
HOLDS = {
    "what a mean over |g| does": a_mean_over_the_size,
    "Momentum and Adam, turned": who_notices_the_turn,
    "where the rare gradient leads": lambda: np.isclose(rare(0.99), [1, 0, -1], rtol=0, atol=0.01),
}


def claim_every_sign_step_is_one_rate_long_and_the_run_jumps_for_ever():
    sign = run(steps=200, beta1=0, beta2=0)
    np.testing.assert_allclose(abs(np.diff(sign.points, axis=0)), 0.3, rtol=1e-5)
    assert sign.points[-4:, 0].round(1).tolist() == [-0.1, 0.2, -0.1, 0.2]


def claim_m_knows_its_mean_after_40_steps_and_v_only_after_thousands():
    assert 1 - 0.9**40 > 0.98 and 1 - 0.999**1000 < 0.64 < 0.95 < 1 - 0.999**3000


def claim_with_correction_the_first_step_is_one_rate_long_along_each_axis():
    assert np.allclose(run().points[1], [-6.7, 1.7])


def claim_adam_walks_to_this_point_in_30_steps():
    assert np.allclose(run().end, [0.136015, 0.318245], atol=1e-6)


def claim_at_rate_03_the_lead_changes_seven_times_and_at_01_never():
    for lr in (0.3, 0.1):
        on, off = run(lr).losses[1:], run(lr, bias_correction=False).losses[1:]
        changes = np.count_nonzero(np.diff(on < off))
        assert (changes == 7) == (lr == 0.3) and (lr == 0.3 or (off < on).all())


def claim_sgd_walks_the_same_path_turned():
    assert turned(SGD(0.3)) < 1e-12


def claim_100_f_changes_the_path_of_sgd_and_not_of_adam():
    for rule in (SGD(0.3), Adam(0.3, eps=0)):
        plain = descend(ravine, rule, (-7, 2), 5)
        scaled = descend(tuning.rescaled(ravine, c=100), rule, (-7, 2), 5)
        assert np.allclose(plain.end, scaled.end) == (type(rule) is Adam)


def claim_adam_itself_walks_so_on_the_rare_gradient():
    rule, params = Adam(), {"x": 0.0}
    rule.beta2 = 0.99
    for t in range(1, 301):
        rule.lr = 0.5 / t**0.5
        rule.update(params, {"x": 1010.0 if t % 101 == 1 else -10.0})
        params["x"] = min(max(params["x"], -1.0), 1.0)
    there = rare_gradient(0.99, steps=300)[1][-1, 0]
    assert np.isclose(params["x"], there, rtol=0, atol=1e-12)


def claim_the_cloud_grows_with_the_rate():
    assert np.all(np.diff([cloud(lr) for lr in (0.03, 0.1, 0.3, 1)]) > 0)


def claim_the_target_is_reached_by_rates_between():
    rates = np.array([0.05, 0.3, 0.5, 0.6, 1.0])
    losses = descend(ravine, Adam(rates[:, None]), (-7, 2), 20).losses
    assert (losses <= 0.01).any(axis=0).tolist() == [False, False, True, True, False]


def claim_without_noise_a_run_settles_and_wakes_up():
    quiet = run(steps=10_000).losses
    assert quiet[1000] < 1e-40 and quiet[1000:].max() > 1e-3


def claim_the_corrected_mean_of_ones_is_1():
    assert np.isclose(mean(1 - 0.9**10, 0.9, 10), 1)


def claim_the_first_step_of_stage_3():
    assert round(first(1, 0.9, 0.999), 4) == 3.1623


def claim_the_solution_is_adam():
    found = adam(ravine.gradient, np.array([-7.0, 2.0]), 30, 0.3, 0.9, 0.999, 1e-8)
    np.testing.assert_allclose(found, run().end, rtol=1e-12)
