"""Lesson 14: what its questions know, and the numbers it states."""

import re

import numpy as np

from optimlab import descend, functions, genealogy, tuning
from optimlab.lessons import Choice, Exercise, Point
from optimlab.optimizers import SGD, AdaDelta, AdaGrad, Adam, AdamW, Momentum, NAdam, RMSProp

ravine, start = functions.ravine, (-7, 2)


def overshoot(path):
    """How far beyond the star a path gets along x."""
    return path.points[:, 0].max()


PREDICTIONS = {
    "who is no ancestor of NAdam": Choice(
        {
            "AdaDelta": "AdaDelta and RMSProp are siblings: both let AdaGrad forget, in the same "
            "year. Adam took RMSProp's rate, so AdaDelta has no child here.",
            "AdaGrad": "It is one: NAdam changes Adam, Adam takes its rate from RMSProp, and "
            "RMSProp is AdaGrad that forgets.",
            "Momentum": "It is one, and twice: by way of Nesterov, and by way of Adam's m.",
        },
        right="AdaDelta",
        fact="NAdam descends from "
        + ", ".join(m.name for m in genealogy.METHODS if m.name in genealogy.ancestors("NAdam"))
        + ".",
        why="What does NAdam have from each of them?",
        tells=[
            *("siblings", "has no child", "descends from", "changes the formula of"),
            *("Momentum and RMSProp", "child of Adam", "AdaGrad that forgets"),
        ],
    ),
    "where AdaDelta is after 60 steps": Point(
        (-2, 0),
        right=lambda e: e.paths["AdaDelta"].end,
        within=0.8,
        fact="Without past steps the first one has only δ to go by: each coordinate moves by "
        "√(δ/(1-ρ)) = 0.0045. The size of steps must then grow out of itself.",
        why="What is the first step made of?",
        tells=[
            *("0.00447", "0.0045", "0.286", "0.2860", "-6.71", "-6.7", "1.73", "5.23", "5.2"),
            *("find its rate first", "slowly from far away", "slow start", "slow where distances"),
        ],
    ),
    "NAdam's overshoot": Choice(
        {
            "by more": "Momentum that runs into the future would. Looking ahead brakes: the newest "
            "gradient counts for more in m̂, and at so early a step μ is little more than β₁/2.",
            "by about the same": "Good reasoning for the look-ahead alone: it takes little off. "
            "But here μ is little more than β₁/2, and a smaller μ leaves less of the old gradients "
            "in m̂.",
            "by less than half": "At so early a step μ is little more than β₁/2. With the smaller "
            "μ, the newest gradient has most of the weight in m̂, and when the slope turns, it "
            "turns first.",
        },
        right="by less than half",
        fact=lambda e: (
            f"Adam reaches x = {overshoot(e.paths['Adam']):.2f}, "
            f"NAdam {overshoot(e.paths['NAdam']):.2f}."
        ),
        tells=["0.34", "0.335", "1.14", "1.1", "brakes", "less than half", "NAdam is the slower"],
    ),
    "which weight shrinks under L2": Choice(
        {
            "the one with large gradients": "Adam divides by √v̂, and large gradients make it "
            "large. What was added to the gradient is divided with it.",
            "the one with small gradients": "Adam divides the sum by √v̂: 10 for one weight, for "
            "the other 0.2 at first, 0.1 in the end. So λw counts 50 to 100 times less where "
            "gradients are large.",
            "both alike": "That is SGD, where nothing is divided, and it is what AdamW restores.",
        },
        right="the one with small gradients",
        why="Which weights would you want to decay least?",
        tells=["0.89", "0.00", "0.36", "same share", "50 to 100", "less where gradients are large"],
    ),
    "RMSprop() in two libraries": Choice(
        {
            "equally long": "The rule is the same, but for the place of ε. The defaults are not.",
            "10 times as long": "The rates differ by 10. But the first step is η/√(1-ρ) long, and "
            "the ρ differ as well.",
            "32 times as long": "The first step is η/√(1-ρ) long: 0.01/√0.01 = 0.1 in PyTorch, "
            "0.001/√0.1 = 0.0032 in Keras.",
        },
        right="32 times as long",
        tells=["32", "31.6", "0.0032", "0.00316", "η/√(1-ρ)"],
    ),
}


def velocity(b, g, lr, momentum, dampening):
    return -lr * (momentum * b + (1 - dampening) * g)


def adamw(w, m, v, lr, decay, eps):
    return w - lr * decay * w - lr * m / (np.sqrt(v) + eps)


def adadelta(w, g, r, u, rho, eps):
    r = rho * r + (1 - rho) * g * g
    s = np.sqrt(u + eps) / np.sqrt(r + eps) * g
    u = rho * u + (1 - rho) * s * s
    w = w - s
    return w, r, u


def adadelta_with(w, g, r, u, rho, eps, root=np.sqrt, size=lambda s: s * s, known=None):
    """AdaDelta's step with one thing done otherwise."""
    r = rho * r + (1 - rho) * g * g
    s = root((u if known is None else known) + eps) / root(r + eps) * g
    return w - s, r, rho * u + (1 - rho) * size(s)


def adadelta_old(w, g, r, u, rho, eps):
    s = np.sqrt(u + eps) / np.sqrt(r + eps) * g
    return w - s, rho * r + (1 - rho) * g * g, rho * u + (1 - rho) * s * s


def adadelta_outside(w, g, r, u, rho, eps):
    r = rho * r + (1 - rho) * g * g
    s = (np.sqrt(u) + eps) / (np.sqrt(r) + eps) * g
    return w - s, r, rho * u + (1 - rho) * s * s


EXERCISES = {
    "PyTorch's buffer": Exercise(
        velocity,
        wrong=[
            (
                lambda b, g, lr, momentum, dampening: momentum * b + (1 - dampening) * g,
                "That is PyTorch's new buffer: it sums gradients. The course's v is a step.",
            ),
            (
                lambda b, g, lr, momentum, dampening: lr * (momentum * b + (1 - dampening) * g),
                "Look at the sign: PyTorch subtracts its buffer, the course adds v.",
            ),
            (
                lambda b, g, lr, momentum, dampening: -lr * (momentum * b + g),
                "The dampening is missing.",
            ),
            (
                lambda b, g, lr, momentum, dampening: momentum * b - lr * (1 - dampening) * g,
                "The old buffer holds gradients: the rate belongs to it, too.",
            ),
            (
                lambda b, g, lr, momentum, dampening: -lr * (momentum * b + (1 - momentum) * g),
                "That is Adam's mean. Dampening is a number of its own.",
            ),
            (
                lambda b, g, lr, momentum, dampening: -lr * b,
                "That is the velocity before the step: the buffer has not seen g yet.",
            ),
            (
                lambda b, g, lr, momentum, dampening: momentum * b + g,
                "That is PyTorch's buffer, without its dampening. The course's v is a step.",
            ),
            (
                lambda b, g, lr, momentum, dampening: -(momentum * b + (1 - dampening) * g),
                "The sign is right, but the rate is missing: v is a step, b holds gradients.",
            ),
        ],
        cases=[(2.0, 3.0, 0.1, 0.9, 0.0), (-1.0, 3.0, 0.05, 0.8, 0.3), (0.5, -2.0, 0.2, 0.5, 0.6)],
        hints=[
            "First PyTorch's new buffer, b ← momentum·b + (1 - dampening)·g.",
            "v is -lr times it.",
        ],
    ),
    "AdamW's step": Exercise(
        adamw,
        wrong=[
            (
                lambda w, m, v, lr, decay, eps: w - lr * (m + decay * w) / (np.sqrt(v) + eps),
                "That decay is divided by √v̂: it is L2 in the gradient.",
            ),
            (
                lambda w, m, v, lr, decay, eps: w - decay * w - lr * m / (np.sqrt(v) + eps),
                "Here the decay is λ times the rate.",
            ),
            (
                lambda w, m, v, lr, decay, eps: (
                    (1 - lr * decay) * (w - lr * m / (np.sqrt(v) + eps))
                ),
                "That decays the step as well. The decay comes first.",
            ),
            (
                lambda w, m, v, lr, decay, eps: w - lr * m / (np.sqrt(v) + eps),
                "That is Adam: the decay is missing.",
            ),
            (
                lambda w, m, v, lr, decay, eps: w - lr * decay * w - lr * m / np.sqrt(v + eps),
                "The small number stands beside the root, not under it.",
            ),
            *(
                (wrong, "eps belongs to the divisor: put √v + eps in brackets.")
                for wrong in (
                    lambda w, m, v, lr, decay, eps: w - lr * decay * w - lr * m / np.sqrt(v) + eps,
                    lambda w, m, v, lr, decay, eps: (
                        w - lr * decay * w - lr * (m / np.sqrt(v) + eps)
                    ),
                )
            ),
            (
                lambda w, m, v, lr, decay, eps: w + lr * decay * w - lr * m / (np.sqrt(v) + eps),
                "That pushes away from zero.",
            ),
            (
                lambda w, m, v, lr, decay, eps: w - lr * decay * w - lr * m / (v + eps),
                "v is a mean of squares, so its root is what has the gradient's unit.",
            ),
            (
                lambda w, m, v, lr, decay, eps: w - lr * decay * w - lr * m / np.sqrt(v),
                "The small number is missing.",
            ),
            (
                lambda w, m, v, lr, decay, eps: w - lr * decay * w + lr * m / (np.sqrt(v) + eps),
                "Adam's step goes uphill here.",
            ),
            (
                lambda w, m, v, lr, decay, eps: -lr * decay * w - lr * m / (np.sqrt(v) + eps),
                "That is only the step: return the new w.",
            ),
            (
                lambda w, m, v, lr, decay, eps: lr * decay * w + lr * m / (np.sqrt(v) + eps),
                "That is only what is taken off: return the new w.",
            ),
        ],
        cases=[
            (1.0, 3.0, 4.0, 0.1, 0.5, 0.1),
            (-2.0, 1.0, 9.0, 0.05, 0.3, 1.0),
            (0.7, -1.0, 0.25, 0.2, 0.1, 0.3),
        ],
        hints=["Two things are taken off w: its decay and Adam's step.", "Decay: lr · decay · w."],
    ),
    "AdaDelta's step": Exercise(
        adadelta,
        wrong=[
            (
                lambda w, g, r, u, rho, eps: adadelta_with(w, g, r, u, rho, eps, root=lambda x: x),
                "r and u are means of squares: take their roots.",
            ),
            (
                lambda w, g, r, u, rho, eps: adadelta_with(w, g, r, u, rho, eps, size=lambda s: s),
                "u is a mean of squared steps.",
            ),
            (
                lambda w, g, r, u, rho, eps: adadelta_with(
                    w, g, r, u, rho, eps, size=lambda s: g * g
                ),
                "u remembers steps, not gradients.",
            ),
            (
                lambda w, g, r, u, rho, eps: adadelta_with(w, g, r, u, rho, eps, known=1 - eps),
                "That is RMSProp at rate 1: √(u + eps) is missing above.",
            ),
            (
                lambda w, g, r, u, rho, eps: (
                    2 * w - adadelta_with(w, g, r, u, rho, eps)[0],
                    *adadelta_with(w, g, r, u, rho, eps)[1:],
                ),
                "That is uphill: the step is subtracted.",
            ),
            (
                lambda w, g, r, u, rho, eps: (*adadelta_with(w, g, r, u, rho, eps)[:2], u),
                "u does not change: it has to learn from the step.",
            ),
            (adadelta_old, "s divides by the old r. The new gradient belongs in r first."),
            (adadelta_outside, "The small number stands under the roots, not beside them."),
            (
                lambda w, g, r, u, rho, eps: adadelta_with(
                    w, g, r, u, rho, eps, root=lambda x: 1 / np.sqrt(x)
                ),
                "The roots are upside down.",
            ),
            (
                lambda w, g, r, u, rho, eps: adadelta_with(w, g, r, u, 1 - rho, eps),
                "rho is the share of the old mean that is kept.",
            ),
            (
                lambda w, g, r, u, rho, eps: (
                    w - adadelta_with(w, g, r, u, rho, eps)[0],
                    *adadelta_with(w, g, r, u, rho, eps)[1:],
                ),
                "The first number is s: return the new w.",
            ),
        ],
        cases=[
            (4.0, 1.0, 0.0, 0.0, 0.75, 0.25),
            (1.0, -2.0, 3.0, 0.5, 0.9, 0.1),
            (-1.0, 3.0, 2.0, 0.2, 0.6, 0.01),
        ],
        form="three numbers, w, r, u",
        hints=[
            "Four lines in this order: r, the step s, u, w.",
            "s is np.sqrt(u + eps) / np.sqrt(r + eps) * g, with the new r and the old u.",
        ],
    ),
}

QUIZ = [
    (
        "AdaDelta's paper has no learning rate. What decides how fast it starts?",
        {
            "The small number δ": "Right: before the first step there is nothing else to go by.",
            "The gradient": "It is divided by its own size: a larger one gives the same step.",
            "The mean u of past steps": "Later, yes. At the start u is zero.",
        },
    ),
    (
        "Keras code says RMSprop(), and you rewrite it in PyTorch. What do you do?",
        {
            "I write out rate, ρ and ε": "Right: all three defaults differ in value or place.",
            "I write RMSprop(), it is the same rule": "Its first step would be 32 times longer.",
            "I only set the rate": "ρ would still be 0.99 instead of 0.9.",
        },
    ),
    (
        "Why does AdamW not add the decay to the gradient?",
        {
            "Adam would divide it by √v̂": "Right: the decay would be divided as "
            "well, and differ from weight to weight.",
            "It would make the gradient too large": "Its size hardly matters: it is divided out.",
            "Decay and L2 are never the same": "For SGD they are the same.",
        },
    ),
]


def weights(rule, coupled):
    """Two weights whose gradients only alternate, with a decay of 0.1 added to them or not."""
    push = np.tile([[10, 0.1], [-10, -0.1]], (500, 1))
    decay = 0.1 if coupled else 0
    return descend(ravine, rule, (1, 1), 1000, gradient=lambda w, k: push[k] + decay * w)


def roots():
    """√v̂ of the two weights under L2, after each step."""
    v = weights(Adam(0.01), coupled=True).states["v"][1:]
    return np.sqrt(v / (1 - 0.999 ** np.arange(1, 1001)[:, None]))


def first_step(rule):
    """How far a rule steps first on x², from 4."""
    return 4 - descend(lambda x: x * x, rule, 4.0, 1).end


def nearer(**change):
    """How far AdaDelta gets along x in 60 steps with the ravine in other units, in the old ones."""
    there = tuning.rescaled(ravine, **change)
    return abs(there.back(descend(there, AdaDelta(), there.start, 60).end) - start)[0]


def fall_from_nearby():
    """How many times lower the loss gets in 60 steps of AdaDelta from 100 times nearer."""
    losses = descend(ravine, AdaDelta(), np.divide(start, 100), 60).losses
    return losses[0] / losses[-1]


def by_default(library):
    """RMSProp with the rate and the ρ that the lesson's table has as a library's defaults."""
    (row,) = [c for c in genealogy.CONVENTIONS if (c.rule, c.where) == ("RMSProp", library)]
    names = "lr|learning_rate", "alpha|rho"
    found = (re.search(rf"\b({either})=([\d.]+)", row.defaults) for either in names)
    return RMSProp(*(float(one[2]) for one in found))


TORCH, KERAS = by_default("PyTorch"), by_default("Keras")
NUMBERS = [
    ("171", lambda: genealogy.METHODS[-1].year - 1847),
    ("1951", lambda: genealogy.method("SGD").year),
    ("0.0045", lambda: abs(descend(ravine, AdaDelta(), start, 1).end - start)[0]),
    ("13,000", lambda: round(fall_from_nearby(), -3)),
    ("1.4", lambda: overshoot(descend(ravine, Adam(lr=0.5), start, 40))),
    ("0.2", lambda: roots()[0, 1]),
    ("0.1", lambda: roots()[-1, 1]),
    ("50", lambda: 10 / 0.2),
    ("100", lambda: 10 / 0.1),
    ("0.89", lambda: weights(Adam(0.01), coupled=True).end[0]),
    ("0.00", lambda: weights(Adam(0.01), coupled=True).end[1]),
    ("0.36", lambda: weights(AdamW(0.01, weight_decay=0.1), coupled=False).end[1]),
    ("0.40", lambda: weights(SGD(0.01), coupled=True).end[0]),
    ("0.37", lambda: weights(SGD(0.01), coupled=True).end[1]),
    ("10", lambda: TORCH.lr / KERAS.lr),
    ("0.01", lambda: 1 - 0.99),
    ("0.0032", lambda: first_step(KERAS)),
    ("32", lambda: first_step(TORCH) / first_step(KERAS)),
    ("0.99", lambda: 1e-6 / (1e-6 + 1e-8)),
    ("0.24", lambda: 1e-6 / (1e-6 + 1e-7 / np.sqrt(1 - 0.999))),
]
GIVEN = [
    *("1945", "60", "0.001", "200", "1,000", "0.5", "0.9", "-10", "-0.1", "1e-6")
]


def overshoot_of_nadam():
    """Whether NAdam overshoots by more than Adam, by about as much, or by less than half."""
    adam, nadam = (overshoot(descend(ravine, rule(lr=0.5), start, 40)) for rule in (Adam, NAdam))
    return nadam > 1.2 * adam, np.isclose(nadam, adam, rtol=0.2), 0 < nadam < adam / 2


def which_weight_shrinks():
    """Whether the weight with large gradients shrinks faster under L2, the other, or both alike."""
    large, small = weights(Adam(0.01), coupled=True).end
    return large < small, small < large / 10, np.isclose(large, small, rtol=0.2)


#: for each choice, which of its options are true, in their order
HOLDS = {
    "who is no ancestor of NAdam": lambda: [
        name not in genealogy.ancestors("NAdam") for name in ("AdaDelta", "AdaGrad", "Momentum")
    ],
    "NAdam's overshoot": overshoot_of_nadam,
    "which weight shrinks under L2": which_weight_shrinks,
    "RMSprop() in two libraries": lambda: np.isclose(
        first_step(TORCH) / first_step(KERAS), [1, 10, 32], rtol=0.02
    ),
}


def claim_the_ancestors_of_nadam():
    assert genealogy.ancestors("NAdam") == {
        *("Adam", "Nesterov", "Momentum", "RMSProp", "AdaGrad", "SGD", "Gradient descent")
    }


def claim_eleven_methods_in_171_years():
    years = [method.year for method in genealogy.METHODS]
    assert len(years) == 11 and min(years) == 1847 and years[-1] - 1847 == 171


def claim_a_rate_of_100_is_too_slow_and_then_too_fast():
    losses = descend(ravine, AdaDelta(lr=100), start, 200).losses
    assert losses[60] < 1e-3 < 0.1 < losses[200]


def claim_from_nearby_the_loss_falls_fast():
    assert fall_from_nearby() > 12_000


def claim_the_unit_of_the_loss_hardly_matters_and_that_of_w_does():
    assert np.isclose(nearer(), nearer(c=1000), rtol=1e-3)
    assert nearer(factors=100) < 0.003


def claim_every_rate_of_these_reaches_the_target_and_neither_end_of_the_slider():
    rates = np.array([1, 70, 80, 100, 200, 400, 500, 600, 1000.0])
    losses = descend(ravine, AdaDelta(lr=rates[:, None]), start, 60).losses
    reached = (losses <= 1e-3).any(axis=0)
    assert reached.tolist() == [False, False, *[True] * 5, False, False]


def claim_with_the_best_rates_adagrad_ends_lower_than_its_children():
    rates, lowest = np.geomspace(0.01, 1000, 800)[:, None], []
    for rule in (AdaGrad, AdaDelta, RMSProp):
        lowest.append(np.nanmin(descend(ravine, rule(lr=rates), start, 60).losses[-1]))
    assert lowest[0] < 1e-9 * lowest[1] and lowest[1] < 1e-6 * lowest[2]


def claim_the_schedule_does_most_and_it_is_no_smaller_beta():
    found = [
        overshoot(descend(ravine, rule, start, 60))
        for rule in (Adam(0.5), NAdam(0.5, momentum_decay=1e6), NAdam(0.5), Adam(0.5, beta1=0.45))
    ]
    assert np.allclose(found, [1.42, 1.14, 0.34, 0.00], atol=0.005)


def claim_mu_begins_near_half_of_beta():
    mu = 0.9 * (1 - 0.96 ** (0.004 * np.array([1, 60, 100_000])) / 2)
    assert np.allclose(mu[:2], 0.45, atol=0.01) and np.isclose(mu[2], 0.9)


def claim_the_delta_beside_u_is_the_larger_part():
    def nearer_by_hand(beside_u, beside_r):
        w, r, u = 100.0 * np.array(start), 0.0, 0.0
        for _ in range(60):
            g = ravine.gradient(w / 100) / 100
            r = 0.95 * r + 0.05 * g * g
            s = np.sqrt(u + beside_u) / np.sqrt(r + beside_r) * g
            w, u = w - s, 0.95 * u + 0.05 * s * s
        return abs(w / 100 - start)[0]

    assert np.isclose(nearer_by_hand(1e-6, 1e-6), nearer(factors=100))
    assert np.isclose(nearer_by_hand(1e-2, 1e-10), nearer())
    only_u, only_r = nearer_by_hand(1e-2, 1e-6), nearer_by_hand(1e-6, 1e-10)
    assert only_r < 0.02 * nearer() < 0.8 * nearer() < only_u < nearer()


def claim_nadam_is_the_slower_one_at_rate_01():
    slow = descend(ravine, NAdam(lr=0.1), start, 60).losses[-1]
    assert slow > descend(ravine, Adam(lr=0.1), start, 60).losses[-1]


def claim_adamw_and_sgd_take_the_same_share_from_both_weights():
    alone = (1 - 0.01 * 0.1) ** 1000
    apart = weights(AdamW(lr=0.01, weight_decay=0.1), coupled=False)
    assert np.allclose(apart.end, alone, atol=0.01)
    assert np.allclose(weights(SGD(lr=0.01), coupled=True).end, alone, atol=0.05)


def claim_the_first_step_of_pytorch():
    assert round(first_step(TORCH), 4) == 0.1


def claim_the_course_and_pytorch_have_the_same_velocity():
    course = Momentum(lr=0.1, momentum=0.9)
    course.update(params := {"w": 1.0}, {"w": 3.0})
    course.update(params, {"w": 2.0})
    assert np.isclose(velocity(3.0, 2.0, 0.1, 0.9, 0.0), course.v["w"])


def claim_the_solution_is_adamw():
    AdamW(lr=0.1, weight_decay=0.5).update(params := {"w": 4.0}, {"w": 3.0})
    assert np.isclose(adamw(4.0, 3.0, 9.0, 0.1, 0.5, 1e-8), params["w"])


def claim_the_solution_is_adadelta():
    AdaDelta(rho=0.75, eps=0.25).update(params := {"w": 4.0}, {"w": 1.0})
    assert np.isclose(adadelta(4.0, 1.0, 0.0, 0.0, 0.75, 0.25)[0], params["w"])
