"""The update rules against numbers worked out by hand, against each other, and against misuse."""

import copy
import inspect
import pickle
import re

import numpy as np
import pytest
from course import Heavy, Plain
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    NAdam,
    Nesterov,
    RMSProp,
    descend,
    functions,
)
from optimlab import optimizers as module
from optimlab.rules import parse

RULES = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, AdaDelta, Adam, NAdam, AdamW]
every_rule = pytest.mark.parametrize("rule", RULES)

VARIANTS = [rule(lr=0.3) for rule in RULES]
VARIANTS += [rule(lr=0.3, bias_correction=False) for rule in (Adam, AdamW)]
every_variant = pytest.mark.parametrize("optimizer", VARIANTS, ids=repr)


def walk(optimizer, x, gradients):
    """The values of one parameter under a given sequence of gradients."""
    params, seen = {"x": x}, []
    for g in gradients:
        optimizer.update(params, {"x": g})
        seen.append(float(params["x"]))
    return seen


# --- by hand ---------------------------------------------------------------------------------

# f = x² - 4x + 6 from 4, f' = 2x - 4
ON_PARABOLA = [
    # x: 4 - 0.2*4, 3.2 - 0.2*2.4, 2.72 - 0.2*1.44
    (SGD(lr=0.2), [3.2, 2.72, 2.432]),
    # v: -0.4; 0.5*(-0.4) - 0.1*3.2 = -0.52; 0.5*(-0.52) - 0.1*2.16 = -0.476
    (Momentum(lr=0.1, momentum=0.5), [3.6, 3.08, 2.604]),
    # probes 4, 3.4, 2.88 with slopes 4, 2.8, 1.76; v: -0.4, -0.48, -0.416
    (Nesterov(lr=0.1, momentum=0.5), [3.6, 3.12, 2.704]),
]

# x from 0 under given gradients
UNDER_GRADIENTS = [
    # h: 9, 25, 169
    (AdaGrad(lr=0.5, eps=0), [3, 4, -12], [-0.5, -0.9, -0.9 + 6 / 13]),
    # h: 9; the root plus eps is 4, 6, 14
    (AdaGrad(lr=0.5, eps=1), [3, 4, -12], [-3 / 8, -3 / 8 - 2 / 6, -3 / 8 - 2 / 6 + 6 / 14]),
    # r: 1; 0.75 + 0.25 = 1; 0.75 + 6.25 = 7
    (RMSProp(lr=0.1, rho=0.75, eps=0), [2, 1, -5], [-0.2, -0.3, -0.3 + 0.5 / 7**0.5]),
    (RMSProp(lr=0.1, rho=0.75, eps=1), [2, 1, -5], [-0.1, -0.15, -0.15 + 0.5 / (7**0.5 + 1)]),
    # m: 1, 1.5, -0.25; v: 1, 1.75, 2.3125; corrected m: 2, 2, -2/7; corrected v: 4, 4, 4
    (Adam(1, 0.5, 0.75, 0), [2, 2, -2], [-1, -2, -2 + 1 / 7]),
    (Adam(1, 0.5, 0.75, 2), [2, 2, -2], [-0.5, -1, -1 + 1 / 14]),
    (
        Adam(1, 0.5, 0.75, 0, bias_correction=False),
        [2, 2, -2],
        [-1, -1 - 1.5 / 1.75**0.5, -1 - 1.5 / 1.75**0.5 + 0.25 / 2.3125**0.5],
    ),
    # r: 4, 5.5, 4.375; u: 0.8, 0.6 + 4.5/6.5; raw steps √1/√5·4, √1.8/√6.5·√10, √(1 + u)/√5.375
    (
        AdaDelta(lr=0.5, rho=0.75, eps=1),
        [4, 10**0.5, 1],
        [
            -2 / 5**0.5,
            -2 / 5**0.5 - 0.5 * (18 / 6.5) ** 0.5,
            -2 / 5**0.5 - 0.5 * (18 / 6.5) ** 0.5 - 0.5 * ((1.6 + 4.5 / 6.5) / 5.375) ** 0.5,
        ],
    ),
    # no schedule (ψ = 0 halves β₁ for good): μ = 1/4, Π = 1/4, 1/16; m: 1, 1.5
    # m̂: 0.75·2/0.75 + 0.25·1/(15/16), 0.75·2/(15/16) + 0.25·1.5/(63/64); v̂: 4, 4
    (
        NAdam(1, 0.5, 0.75, 0, momentum_decay=0),
        [2, 2],
        [-(2 + 4 / 15) / 2, -(2 + 4 / 15) / 2 - (1.6 + 24 / 63) / 2],
    ),
]


@pytest.mark.parametrize("optimizer, expected", ON_PARABOLA, ids=repr)
def test_first_three_steps_on_the_parabola(optimizer, expected):
    path = descend(functions.parabola, optimizer, start=4, steps=3)
    assert_allclose(path.points[1:], expected, rtol=1e-14)
    params = {"x": 4.0}
    for x in expected:
        optimizer.update(params, {"x": 2 * optimizer.probe(params)["x"] - 4})
        assert_allclose(params["x"], x, rtol=1e-14)


@pytest.mark.parametrize("optimizer, gradients, expected", UNDER_GRADIENTS, ids=repr)
def test_first_three_steps_under_given_gradients(optimizer, gradients, expected):
    assert_allclose(walk(optimizer.fresh(), 0.0, gradients), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "optimizer, end, tolerance",
    [
        (SGD(lr=0.95), (-0.350393, 0.084782), 1e-6),
        (Momentum(lr=0.1), (0.896414, 0.088086), 1e-6),
        (AdaGrad(lr=1.5), (-0.120162, 0), 1e-6),
        (Adam(lr=0.3), (0.136015, 0.318245), 1e-6),
        (Nesterov(lr=0.1), (0.613074, 0.005899), 1e-6),
    ],
    ids=repr,
)
def test_thirty_updates_on_the_ravine(optimizer, end, tolerance):
    path = descend(functions.ravine, optimizer, start=(-7, 2), steps=30)
    assert_allclose(path.end, end, atol=tolerance)


def test_first_step_has_the_length_that_theory_says():
    for g in (1e3, -1e3):
        sign = np.sign(g)
        step = {rule: walk(rule(lr=0.1), 0.0, [g])[0] for rule in RULES}
        assert_allclose([step[AdaGrad], step[Adam]], -0.1 * sign, rtol=1e-9)
        assert_allclose(step[RMSProp], -0.1 * sign / np.sqrt(1 - 0.9), rtol=1e-9)
        assert_allclose([step[SGD], step[Momentum], step[Nesterov]], -0.1 * g, rtol=1e-14)
        bare = walk(Adam(lr=0.1, bias_correction=False), 0.0, [g])[0]
        assert_allclose(bare, -0.1 * 0.1 / np.sqrt(0.001) * sign, rtol=1e-9)
        assert_allclose(bare, -0.31623 * sign, rtol=1e-5)


# --- identities and limits -------------------------------------------------------------------


def test_momentum_tends_to_its_terminal_step():
    steps = -np.diff(walk(Momentum(lr=0.1, momentum=0.9), 0.0, [2.0] * 400))
    assert_allclose(steps[-1], 0.1 * 2 / (1 - 0.9), rtol=1e-12)


def test_on_a_constant_gradient_nesterov_is_momentum():
    constant = np.array([2.0, -1.0])
    ends = [
        descend(functions.ravine, r(lr=0.1), steps=50, gradient=lambda p, k: constant).points
        for r in (Momentum, Nesterov)
    ]
    assert_array_equal(*ends)


def test_adagrad_on_a_constant_gradient_slows_and_never_stops():
    x = -np.array(walk(AdaGrad(lr=0.1, eps=0), 0.0, [5.0] * 10_000))
    assert_allclose(x[-1], 2 * 0.1 * np.sqrt(10_000), rtol=0.01)
    assert np.all(np.diff(x, 2) < 0) and np.all(np.diff(x) > 0)


def test_rmsprop_and_adam_on_a_constant_gradient_step_by_lr():
    for optimizer in (RMSProp(lr=0.1), Adam(lr=0.1)):
        steps = -np.diff(walk(optimizer, 0.0, [5.0] * 300))
        assert_allclose(steps[-1], 0.1, rtol=1e-6)


def test_momentum_zero_is_sgd_and_rho_zero_is_the_sign():
    gradients = np.random.default_rng(0).normal(size=20)
    plain = walk(SGD(lr=0.1), 0.0, gradients)
    assert_allclose(walk(Momentum(lr=0.1, momentum=0), 0.0, gradients), plain, rtol=1e-13)
    signs = -0.1 * np.cumsum(np.sign(gradients))
    assert_allclose(walk(RMSProp(lr=0.1, rho=0, eps=0), 0.0, gradients), signs, atol=1e-14)
    assert_allclose(walk(Adam(0.1, 0, 0, 0), 0.0, gradients), signs, atol=1e-14)


def test_adam_with_beta1_zero_uncorrected_is_rmsprop():
    gradients = np.random.default_rng(1).normal(size=20)
    ours = walk(Adam(0.1, 0, 0.9, 1e-8, bias_correction=False), 0.0, gradients)
    assert_allclose(ours, walk(RMSProp(0.1, 0.9, 1e-8), 0.0, gradients), rtol=1e-12)


def test_adamw_without_decay_is_adam_and_its_decay_is_a_share_of_the_weight():
    for correct in (True, False):
        plain, adam = (
            descend("bumpy", rule, start=(3.0, 1.0), steps=50)
            for rule in (
                AdamW(lr=0.1, weight_decay=0, bias_correction=correct),
                Adam(lr=0.1, bias_correction=correct),
            )
        )
        assert_array_equal(plain.points, adam.points)
    for g in (1e-3, 1e3):  # Adam's first step is lr, whatever g; the decay does not see g
        assert_allclose(walk(AdamW(lr=0.1, weight_decay=0.5, eps=0), 4.0, [g]), 4 - 0.2 - 0.1)
    assert_allclose(walk(AdamW(lr=0.1, weight_decay=0.5), 4.0, [0.0] * 3)[-1], 4 * 0.95**3)


def test_adam_without_memory_is_the_sign_step():
    optimizer = Adam(lr=0.1, beta1=0, beta2=0)
    seen = np.diff([0.0, *walk(optimizer, 0.0, [5.0, -0.01, 300.0])])
    assert_allclose(seen, [-0.1, 0.1, -0.1], rtol=1e-5)
    assert_allclose(seen / 0.1 * [1, -1, 1], -1, atol=1e-8 / 0.01)


def plain_nadam(gradients, lr, b1, b2, eps, psi):
    """Dozat's rule as PyTorch documents it, in plain floats: x from 0."""
    x, m, v, product, seen = 0.0, 0.0, 0.0, 1.0, []
    for t, g in enumerate(gradients, start=1):
        mu_t = b1 * (1 - 0.5 * 0.96 ** (t * psi))
        mu_after = b1 * (1 - 0.5 * 0.96 ** ((t + 1) * psi))
        product *= mu_t
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        ahead = mu_after * m / (1 - product * mu_after) + (1 - mu_t) * g / (1 - product)
        x -= lr * ahead / ((v / (1 - b2**t)) ** 0.5 + eps)
        seen.append(x)
    return seen


def plain_adadelta(gradients, lr, rho, eps):
    """Zeiler's algorithm 1 in plain floats: x from 0."""
    x, mean_g2, mean_dx2, seen = 0.0, 0.0, 0.0, []
    for g in gradients:
        mean_g2 = rho * mean_g2 + (1 - rho) * g**2
        dx = -((mean_dx2 + eps) ** 0.5) / (mean_g2 + eps) ** 0.5 * g
        mean_dx2 = rho * mean_dx2 + (1 - rho) * dx**2
        x += lr * dx
        seen.append(x)
    return seen


@given(seed=st.integers(0, 2**32 - 1))
def test_nadam_and_adadelta_by_their_defining_equations(seed):
    rng = np.random.default_rng(seed)
    gradients = (rng.normal(size=40) * 10 ** rng.uniform(-3, 3)).tolist()
    lr, a, b, psi = rng.uniform(0, 0.99, size=4)
    walked = walk(NAdam(lr, a, b, 1e-8, momentum_decay=psi), 0.0, gradients)
    expected = plain_nadam(gradients, lr, a, b, 1e-8, psi)
    assert_allclose(walked, expected, atol=1e-12 * np.abs(expected).max())
    walked = walk(AdaDelta(lr, a, 1e-6), 0.0, gradients)
    expected = plain_adadelta(gradients, lr, a, 1e-6)
    assert_allclose(walked, expected, atol=1e-12 * np.abs(expected).max())


@every_variant
def test_effective_rates_are_what_the_step_is_made_of(optimizer):
    path = descend("ravine", optimizer, start=(-7, 2), steps=12)
    assert path.rates.shape == (12, 2) and np.all(path.rates > 0)
    before, after = path.points[:-1], path.points[1:]
    if isinstance(optimizer, AdamW):
        before = before * (1 - optimizer.lr * optimizer.weight_decay)
    if isinstance(optimizer, Adam):
        t = np.arange(1, 13)[:, None]
        correct = 1 - optimizer.beta1**t if optimizer.bias_correction else 1
        assert_allclose(after, before - path.rates * path.states["m"][1:] / correct, rtol=1e-12)
    elif isinstance(optimizer, NAdam):
        direction = (before - after) / path.rates  # between the gradient and its mean, the same
        assert_allclose(direction[0] / path.gradients[0], direction[0, 0] / path.gradients[0, 0])
    elif isinstance(optimizer, Momentum):
        velocity = optimizer.momentum * path.states["v"][:-1] - path.rates * path.gradients
        assert_allclose(after, before + velocity, rtol=1e-12)
    else:
        assert_allclose(after, before - path.rates * path.gradients, rtol=1e-12)


def test_effective_rates_of_a_sweep_and_of_runs_that_left():
    rates = np.array([0.1, 3.0])
    sweep = descend("ravine", AdaGrad(lr=rates[:, None]), steps=5).rates
    for i, lr in enumerate(rates):
        assert_allclose(sweep[:, i], descend("ravine", AdaGrad(lr=lr), steps=5).rates, rtol=1e-13)
    lost = descend("ravine", SGD(lr=1e200), steps=5)
    known = np.isfinite(lost.points[1:]).all(axis=1)
    assert np.isfinite(lost.rates[known]).all() and np.isnan(lost.rates[~known]).all()
    assert descend("parabola", SGD(lr=0.1), steps=3).rates.tolist() == [0.1] * 3
    with pytest.raises(ValueError, match="record=False"):
        _ = descend("ravine", SGD(lr=0.1), record=False).rates
    with pytest.raises(TypeError, match="^Plain has no rule for an effective rate$"):
        _ = descend("ravine", Plain(), steps=1).rates


def test_nesterov_is_the_look_ahead_form_and_the_shifted_form():
    lr, alpha = 0.1, 0.9
    path = descend(functions.ravine, Nesterov(lr, alpha), start=(-7, 2), steps=30)

    # textbook: the gradient at w + αv, with the velocity of the step before
    w, v = np.array([-7.0, 2.0]), np.zeros(2)
    for k in range(30):
        g = functions.ravine.gradient(w + alpha * v)
        v = alpha * v - lr * g
        w = w + v
        assert_allclose(path.points[k + 1], w, rtol=1e-13, atol=1e-15)

    # PyTorch: the stored parameters are the look-ahead points
    shifted, b = np.array([-7.0, 2.0]), np.zeros(2)
    for _ in range(30):
        g = functions.ravine.gradient(shifted)
        b = alpha * b + g
        shifted = shifted - lr * (g + alpha * b)
    assert_allclose(shifted, path.end + alpha * path.states["v"][-1], rtol=1e-12)
    assert_allclose(shifted, (0.689615, -0.000680), atol=1e-6)
    first = path.points[1] + alpha * path.states["v"][1] - path.points[0]
    assert_allclose(first, -(1 + alpha) * lr * path.gradients[0], rtol=1e-12)


def test_nesterov_does_not_use_the_updated_velocity():
    """The known slip: velocity first, gradient at the parameters, then α²v - (1+α)ηg."""
    lr, alpha = 0.1, 0.9
    w, v, slip = np.array([-7.0, 2.0]), np.zeros(2), [np.array([-7.0, 2.0])]
    for _ in range(30):
        g = functions.ravine.gradient(w)
        v = alpha * v - lr * g
        w = w + alpha * alpha * v - (1 + alpha) * lr * g
        slip.append(w)
    path = descend(functions.ravine, Nesterov(lr, alpha), start=(-7, 2), steps=30)
    shifted = path.points + alpha * path.states["v"]
    assert 0.3 < np.abs(shifted - slip).max() < 0.5


def test_nesterov_without_probe_is_momentum_to_the_last_bit():
    a, b = Momentum(lr=0.1), Nesterov(lr=0.1)
    x, y = {"w": np.array([-7.0, 2.0])}, {"w": np.array([-7.0, 2.0])}
    for _ in range(50):
        a.update(x, {"w": functions.bumpy.gradient(x["w"])})
        b.update(y, {"w": functions.bumpy.gradient(y["w"])})
        assert_array_equal(x["w"], y["w"])
    assert "update" not in vars(Nesterov) and "_step" not in vars(Nesterov)


@every_rule
def test_probe_looks_ahead_only_in_nesterov(rule):
    optimizer, params = rule(lr=0.1), {"a": np.ones(2), "b": np.ones((2, 3))}
    assert optimizer.probe(params) is params
    optimizer.update(params, {"a": np.ones(2), "b": np.ones((2, 3))})
    if rule is not Nesterov:
        assert optimizer.probe(params) is params
        return
    ahead = optimizer.probe(params)
    for key in params:
        assert_array_equal(ahead[key], params[key] + optimizer.momentum * optimizer.v[key])
        assert not np.shares_memory(ahead[key], params[key])


def one_step_matrix(optimizer, curvature):
    """The linear map (w, v) -> (w, v) that one update is on f = curvature w²/2."""
    columns = []
    for w, v in ((1.0, 0.0), (0.0, 1.0)):
        rule, params = optimizer.fresh(), {"w": w}
        if rule.slots:
            rule.v = {"w": v}
        rule.update(params, {"w": curvature * rule.probe(params)["w"]})
        columns.append((params["w"], rule.v["w"] if rule.slots else 0.0))
    return np.array(columns).T


def rate(optimizer):
    """How much one update shrinks the error on `ravine`, asymptotically."""
    eigenvalues = [np.linalg.eigvals(one_step_matrix(optimizer, c)) for c in (0.1, 2.0)]
    return np.abs(eigenvalues).max()


ROOT = np.sqrt(20)


@pytest.mark.parametrize(
    "optimizer, expected",
    [
        (SGD(lr=2 / 2.1), 0.904762),
        (Momentum(lr=1.335815, momentum=0.402605), 0.634512),
        (Nesterov(lr=0.5, momentum=(ROOT - 1) / (ROOT + 1)), 0.776393),
        (Nesterov(lr=4 / 6.1, momentum=0.592263), 0.743926),
    ],
    ids=repr,
)
def test_best_constant_rates_on_the_ravine(optimizer, expected):
    # at the optimum the eigenvalues meet in double roots, which feel the sixth digit's root
    assert_allclose(rate(optimizer), expected, atol=1.5e-3 if optimizer.slots else 1e-6)
    exact = {
        SGD: SGD(lr=2 / 2.1),
        Momentum: Momentum(
            lr=(2 / (0.1**0.5 + 2**0.5)) ** 2, momentum=((ROOT - 1) / (ROOT + 1)) ** 2
        ),
    }.get(type(optimizer))
    if exact:
        assert_allclose(rate(exact), expected, atol=1e-6)
        assert_allclose(exact.lr, optimizer.lr, atol=1e-6)


@pytest.mark.parametrize(
    "rule, limit",
    [
        (lambda lr: SGD(lr), 2 / 2),
        (lambda lr: Momentum(lr, 0.9), (2 + 1.8) / 2),
        (lambda lr: Momentum(lr, 0.5), (2 + 1.0) / 2),
        (lambda lr: Nesterov(lr, 0.9), (2 + 1.8) / (1 + 1.8) / 2),
        (lambda lr: Nesterov(lr, 0.5), (2 + 1.0) / (1 + 1.0) / 2),
    ],
)
def test_stability_limits_on_the_ravine(rule, limit):
    assert rate(rule(0.999 * limit)) < 1 < rate(rule(1.001 * limit))
    ends = [descend("ravine", rule(f * limit), steps=3000).losses[-1] for f in (0.98, 1.02)]
    assert ends[0] < 1e-8 and not ends[1] < 1e6


def test_complex_roots_shrink_by_the_root_of_momentum():
    for curvature in (0.1, 2.0):
        sizes = np.abs(np.linalg.eigvals(one_step_matrix(Momentum(0.1, 0.9), curvature)))
        assert_allclose(sizes, np.sqrt(0.9), rtol=1e-12)


def test_best_final_losses_over_the_rate():
    rates = np.linspace(0.01, 1.0, 2001)

    def best(rule):
        losses = descend("ravine", rule(lr=rates[:, None]), start=(-7, 2), steps=30).losses[-1]
        return losses.min(), rates[losses.argmin()]

    loss, lr = best(SGD)
    assert abs(loss - 7.5e-3) < 1e-4 and abs(lr - 0.928) < 0.005
    loss, lr = best(Adam)
    assert abs(loss - 5.4e-5) < 2e-6 and abs(lr - 0.733) < 0.005
    loss, lr = best(Momentum)
    assert loss < 1e-4 and abs(lr - 0.686) < 0.01
    loss, lr = best(Nesterov)
    assert loss < 1e-6 and abs(lr - 0.30) < 0.01


@every_rule
def test_rotation_of_the_axes(rule):
    c, s = np.cos(0.5), np.sin(0.5)
    turn = np.array([[c, -s], [s, c]])

    def turned(p, k):
        return turn @ functions.ravine.gradient(turn.T @ p)

    straight = descend("ravine", rule(lr=0.1), start=(-7, 2), steps=20).points @ turn.T
    path = descend(
        "ravine", rule(lr=0.1), start=turn @ [-7, 2], steps=20, gradient=turned
    ).points
    same = np.allclose(path, straight, rtol=1e-9, atol=1e-12)
    assert same == (rule in (SGD, Momentum, Nesterov))


@every_rule
@pytest.mark.parametrize("scale", [1e-6, 1000.0])
def test_scaling_of_the_loss(rule, scale):
    optimizer = rule(lr=0.1)
    if rule is AdaDelta:  # without eps it never moves: as little of it as can be
        optimizer = AdaDelta(lr=1e13, eps=1e-30)
    elif hasattr(optimizer, "eps"):
        optimizer.eps = 0

    def scaled(p, k):
        return scale * functions.ravine.gradient(p)

    plain = descend("ravine", optimizer, start=(-7, 2), steps=20).points
    path = descend("ravine", optimizer, start=(-7, 2), steps=20, gradient=scaled).points
    same = np.allclose(path, plain, rtol=1e-9, atol=1e-12)
    assert same == (rule not in (SGD, Momentum, Nesterov))
    assert np.abs(plain[-1] - plain[0]).max() > 0.1 and np.isfinite(plain).all()


# --- the classroom code ----------------------------------------------------------------------


class CourseAdaGrad:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(val) for key, val in params.items()}

        for key in params.keys():
            self.h[key] += grads[key] * grads[key]
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


COURSE = [
    (Plain, SGD, None), (Heavy, Momentum, "v"), (CourseAdaGrad, AdaGrad, "h")
]  # fmt: skip


@pytest.mark.parametrize("theirs, ours, memory", COURSE)
@pytest.mark.parametrize("scalars", [True, False])
def test_same_bits_as_the_classroom_code(theirs, ours, memory, scalars):
    rng = np.random.default_rng(3)
    shapes = {"x": (), "y": ()} if scalars else {"W1": (3, 4), "b1": (4,), "x": ()}
    a = {k: float(rng.normal()) if scalars else rng.normal(size=s) for k, s in shapes.items()}
    a = {k: np.array(v) if not scalars and np.ndim(v) == 0 else v for k, v in a.items()}
    b = copy.deepcopy(a)
    one, two = theirs(lr=0.05), ours(lr=0.05)
    if memory:
        assert getattr(two, memory) is None and getattr(one, memory) is None
    for _ in range(20):
        grads = {k: rng.normal(size=s) if s else float(rng.normal()) for k, s in shapes.items()}
        one.update(a, grads)
        two.update(b, grads)
        for k in shapes:
            assert_array_equal(a[k], b[k])
            if memory:
                assert_array_equal(getattr(one, memory)[k], getattr(two, memory)[k])
    if memory:
        assert getattr(two, memory) is two.state[memory]
        setattr(two, memory, None)
        assert getattr(two, memory) is None
        two.update(b, grads)
        assert set(getattr(two, memory)) == set(shapes)


def test_classroom_code_runs_in_descend():
    for theirs, ours, _ in COURSE:
        a = descend("ravine", theirs(lr=0.1), steps=30)
        b = descend("ravine", ours(lr=0.1), steps=30)
        assert_array_equal(a.points, b.points)


# --- arrays, numbers, dtypes, state ----------------------------------------------------------


@every_variant
def test_arrays_are_changed_in_place_and_numbers_replaced(optimizer):
    optimizer = optimizer.fresh()
    array, row = np.ones((2, 3)), np.ones((4, 3))
    params = {"a": array, "row": row[1], "x": 1, "y": np.float32(1), "z": np.array(1.0)}
    grads = {"a": np.full((2, 3), 0.5), "row": np.ones(3), "x": 0.5, "y": 0.5, "z": 0.5}
    kept = copy.deepcopy(grads)
    assert optimizer.state == {}
    for _ in range(3):
        assert optimizer.update(params, grads) is None
    assert params["a"] is array and np.all(array < 1)
    assert np.all(row[1] < 1) and np.all(row[[0, 2, 3]] == 1)
    assert type(params["x"]) is float and type(params["y"]) is np.float32
    assert isinstance(params["z"], np.ndarray)
    assert_allclose([params["x"], params["y"], params["z"]], array[0, 0], rtol=1e-6)
    assert set(optimizer.state) == set(optimizer.slots) and optimizer.t == 3
    for by_key in optimizer.state.values():
        assert set(by_key) == set(params)
        assert all(by_key[k].shape == np.shape(params[k]) for k in params)
        assert not np.shares_memory(by_key["a"], grads["a"])
    for key, g in kept.items():
        assert_array_equal(grads[key], g)


@every_variant
def test_single_precision_stays_single(optimizer):
    optimizer, w = optimizer.fresh(), np.ones(3, dtype=np.float32)
    optimizer.update({"w": w}, {"w": np.ones(3)})
    assert w.dtype == np.float32 and np.all(w < 1)
    assert all(by_key["w"].dtype == np.float32 for by_key in optimizer.state.values())


@every_variant
def test_each_key_walks_as_if_it_were_alone(optimizer):
    together, a, b = (optimizer.fresh() for _ in range(3))
    pa, pb = {"a": np.ones(2)}, {"b": np.zeros((2, 2))}
    both = {"b": np.zeros((2, 2)), "a": np.ones(2)}
    rng = np.random.default_rng(0)
    for _ in range(5):
        ga, gb = rng.normal(size=2), rng.normal(size=(2, 2))
        together.update(both, {"a": ga, "b": gb, "unused": "anything"})
        a.update(pa, {"a": ga})
        b.update(pb, {"b": gb})
    assert_array_equal(both["a"], pa["a"])
    assert_array_equal(both["b"], pb["b"])


@every_rule
@pytest.mark.parametrize("alias", ["gradient is the parameter", "empty", "Fortran order", "view"])
def test_awkward_arrays(rule, alias):
    optimizer = rule(lr=0.1)
    w = {
        "gradient is the parameter": np.array([1.0, -2.0]),
        "empty": np.zeros((0, 2)),
        "Fortran order": np.asfortranarray(np.arange(6.0).reshape(2, 3) + 1),
        "view": np.arange(8.0)[::2] + 1,
    }[alias]
    expected, reference = w.copy(), rule(lr=0.1)
    for _ in range(3):
        reference.update({"w": expected}, {"w": expected.copy()})
        optimizer.update({"w": w}, {"w": w})
    assert_array_equal(w, expected)


@every_rule
def test_reset_fresh_and_copies(rule):
    optimizer, params = rule(lr=0.1), {"w": np.ones(2)}
    optimizer.update(params, {"w": np.ones(2)})
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        a, b = {"w": params["w"].copy()}, {"w": params["w"].copy()}
        copy.deepcopy(optimizer).update(a, {"w": np.ones(2)})
        twin.update(b, {"w": np.ones(2)})
        assert_array_equal(a["w"], b["w"])
    twin = optimizer.fresh()
    assert twin.state == {} and twin.t == 0 and twin.lr == optimizer.lr
    assert optimizer.t == 1
    optimizer.reset()
    x, y = {"w": np.ones(2)}, {"w": np.ones(2)}
    optimizer.update(x, {"w": np.ones(2)})
    twin.update(y, {"w": np.ones(2)})
    assert_array_equal(x["w"], y["w"])


def test_rate_and_momentum_may_change_on_the_way():
    optimizer, params = Momentum(lr=0.1, momentum=0.5), {"x": 0.0}
    optimizer.update(params, {"x": 1.0})  # v = -0.1
    optimizer.lr, optimizer.momentum = 0.2, 0.9
    optimizer.update(params, {"x": 1.0})  # v = -0.09 - 0.2
    assert_allclose(params["x"], -0.39)
    optimizer.lr *= 0.5
    assert optimizer.lr == 0.1


@every_variant
def test_array_hyperparameters_are_many_runs_at_once(optimizer):
    rates = np.array([0.0, 0.01, 0.1, 1.0])
    sweep, w = optimizer.fresh(), np.ones((4, 3))
    sweep.lr = rates[:, None]
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(5, 4, 3))
    for g in gradients:
        sweep.update({"w": w}, {"w": g})
    for i, lr in enumerate(rates):
        single, x = optimizer.fresh(), np.ones(3)
        single.lr = lr
        for g in gradients:
            single.update({"w": x}, {"w": g[i]})
        assert_allclose(w[i], x, rtol=4 * 2.2e-16)


@every_variant
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, 1e308])
def test_divergence_is_no_error(optimizer, bad):
    optimizer, params = optimizer.fresh(), {"w": np.ones(2), "x": 1.0}
    for _ in range(3):
        optimizer.update(params, {"w": np.array([bad, 1.0]), "x": bad})
    assert np.isfinite(params["w"][1])


def test_without_eps_a_zero_gradient_is_zero_over_zero():
    for rule in (AdaGrad, RMSProp, Adam):
        assert np.isnan(walk(rule(lr=0.1, eps=0), 1.0, [0.0])[0])
        assert walk(rule(lr=0.1), 1.0, [0.0])[0] == 1.0


def test_adadelta_starts_from_its_eps_alone():
    assert walk(AdaDelta(eps=0), 1.0, [3.0, 3.0]) == [1.0, 1.0]
    for eps in (1e-6, 1e-4):  # √(δ/(δ + (1-ρ) g²)) g, for any large g
        assert_allclose(walk(AdaDelta(eps=eps), 0.0, [1e3]), -np.sqrt(eps / 0.05), rtol=1e-6)
    minute, hour = (walk(AdaDelta(eps=1e-12), 0.0, [g] * 50) for g in (1.0, 60.0))
    assert_allclose(minute, hour, rtol=1e-9)  # whatever the loss is measured in


def test_defaults():
    assert [rule().lr for rule in RULES] == [0.01] * 5 + [1.0] + [0.001] * 3
    assert (AdaDelta().rho, AdaDelta().eps) == (0.95, 1e-6)
    assert NAdam().momentum_decay == 0.004 and AdamW().weight_decay == 0.01
    assert [(r().beta1, r().beta2, r().eps) for r in (NAdam, AdamW)] == [(0.9, 0.999, 1e-8)] * 2
    assert Momentum().momentum == Nesterov().momentum == RMSProp().rho == 0.9
    assert (Adam().beta1, Adam().beta2, Adam().eps, AdaGrad().eps) == (0.9, 0.999, 1e-8, 1e-7)
    assert Adam().bias_correction is True and RMSProp().eps == 1e-8


def test_repr_can_be_read_back():
    for optimizer in VARIANTS:
        assert repr(eval(repr(optimizer))) == repr(optimizer)
    assert repr(Momentum(lr=0.1)) == "Momentum(lr=0.1, momentum=0.9)"
    assert "<array (3, 1)>" in repr(SGD(lr=np.ones((3, 1))))


# --- the formula shown is the formula run ----------------------------------------------------


@every_variant
@given(seed=st.integers(0, 2**32 - 1))
def test_the_rules_that_are_shown_are_the_update(optimizer, seed):
    rng = np.random.default_rng(seed)
    optimizer, w = optimizer.fresh(), rng.normal(size=3)
    optimizer.lr = rng.uniform(0, 1)
    for t in range(1, 6):
        g = rng.normal(size=3) * 10 ** rng.uniform(-3, 3)
        before = {s: optimizer.state[s]["w"].copy() for s in optimizer.slots if optimizer.state}
        shown = optimizer.evaluate_rules(w, g, before, t)
        old = w.copy()
        optimizer.update({"w": w}, {"w": g})
        assert_allclose(w, shown["w"], rtol=1e-14, atol=1e-13 * np.abs(w - old).max())
        for slot in optimizer.slots:
            assert_allclose(optimizer.state[slot]["w"], shown[slot], rtol=1e-13)


FORMULAS = {
    SGD: [r"g = \nabla f(w)", r"w \leftarrow w - \eta\,g"],
    Momentum: [
        r"g = \nabla f(w)", r"v \leftarrow \alpha\,v - \eta\,g", r"w \leftarrow w + v"
    ],
    Nesterov: [
        r"g = \nabla f(w + \alpha\,v)", r"v \leftarrow \alpha\,v - \eta\,g", r"w \leftarrow w + v"
    ],
    AdaGrad: [
        r"g = \nabla f(w)",
        r"h \leftarrow h + g \odot g",
        r"w \leftarrow w - \frac{\eta\,g}{\sqrt{h} + \delta}",
    ],
    RMSProp: [
        r"g = \nabla f(w)",
        r"r \leftarrow \rho\,r + (1 - \rho)\,g \odot g",
        r"w \leftarrow w - \frac{\eta\,g}{\sqrt{r} + \delta}",
    ],
    Adam: [
        r"g = \nabla f(w)",
        r"m \leftarrow \beta_1\,m + (1 - \beta_1)\,g",
        r"v \leftarrow \beta_2\,v + (1 - \beta_2)\,g \odot g",
        r"\hat{m} = \frac{m}{1 - \beta_1^{t}}",
        r"\hat{v} = \frac{v}{1 - \beta_2^{t}}",
        r"w \leftarrow w - \frac{\eta\,\hat{m}}{\sqrt{\hat{v}} + \delta}",
    ],
    AdaDelta: [
        r"g = \nabla f(w)",
        r"r \leftarrow \rho\,r + (1 - \rho)\,g \odot g",
        r"s = \frac{\sqrt{u + \delta}}{\sqrt{r + \delta}} \odot g",
        r"u \leftarrow \rho\,u + (1 - \rho)\,s \odot s",
        r"w \leftarrow w - \eta\,s",
    ],
}  # fmt: skip
FORMULAS[AdamW] = list(FORMULAS[Adam])
FORMULAS[AdamW].insert(1, r"w \leftarrow w - \eta\,\lambda\,w")
FORMULAS[NAdam] = [
    *FORMULAS[Adam][:3],
    r"\mu = \beta_1\,(1 - \frac{0.96^{t\,\psi}}{2})",
    r"\mu' = \beta_1\,(1 - \frac{0.96^{(t + 1)\,\psi}}{2})",
    r"\Pi \leftarrow \Pi\,\mu",
    r"\hat{m} = \frac{(1 - \mu)\,g}{1 - \Pi} + \frac{\mu'\,m}{1 - \Pi\,\mu'}",
    *FORMULAS[Adam][-2:],
]


@every_rule
def test_latex_of_the_rules(rule):
    assert rule.formula() == FORMULAS[rule] == rule(lr=0.1).formula()


def test_latex_of_adam_without_correction():
    optimizer = Adam(bias_correction=False)
    last = r"w \leftarrow w - \frac{\eta\,m}{\sqrt{v} + \delta}"
    assert optimizer.formula() == [*FORMULAS[Adam][:3], last]
    optimizer.bias_correction = True
    assert optimizer.formula() == FORMULAS[Adam]
    decay = r"w \leftarrow w - \eta\,\lambda\,w"
    expected = [FORMULAS[Adam][0], decay, *FORMULAS[Adam][1:3], last]
    assert AdamW(bias_correction=False).formula() == expected


def test_formula_with_numbers():
    lines = Nesterov(lr=0.1).formula_with(
        {"w": [-7.0, 2.0]}, {"w": [-0.7, 4.0]}, {"v": {"w": [0.5, 0.0]}}
    )
    assert lines == [
        r"g = \nabla f((-7, 2) + 0.9 \cdot (0.5, 0)) = (-0.7, 4)",
        r"v \leftarrow 0.9 \cdot (0.5, 0) - 0.1 \cdot (-0.7, 4) = (0.52, -0.4)",
        r"w \leftarrow (-7, 2) + (0.52, -0.4) = (-6.48, 1.6)",
    ]
    lines = Adam(lr=0.3).formula_with(1.0, -2.0, t=2)
    assert lines[1] == r"m \leftarrow 0.9 \cdot 0 + (1 - 0.9) \cdot (-2) = -0.2"
    assert lines[3] == r"\hat{m} = \frac{-0.2}{1 - 0.9^{2}} = -1.053"
    assert lines[5].endswith(r"{\sqrt{2.001} + 10^{-8}} = 1.223")
    assert SGD(lr=1e-5).formula_with(1.0, 1.0)[1].startswith(r"w \leftarrow 1 - 10^{-5} \cdot 1")


@every_variant
def test_latex_is_balanced_and_has_a_line_for_each_rule(optimizer):
    state = {slot: np.full(6, 0.25) for slot in optimizer.slots}
    for lines in (
        optimizer.formula(),
        optimizer.formula_with(np.ones(6), np.full(6, -0.1), state, t=3),
    ):
        assert len(lines) == 1 + len(optimizer.rules)
        for line in lines:
            assert line.count("{") == line.count("}") and line.count("(") == line.count(")")
            assert "e-" not in line and "None" not in line


def test_a_rule_may_only_be_arithmetic():
    for line, why in (
        ("w = __import__('os')", "'_' cannot be read"), ("w = w.real", "'.' cannot be read"),
        ("w = [w for w in g]", "'[' cannot be read"), ("w = exp(w)", "only sqrt() may be called"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=re.escape(why)):
            parse(line)


# --- misuse ----------------------------------------------------------------------------------

BAD_HYPERPARAMETERS = [
    (SGD, "lr", -1, ValueError, ">= 0"),
    (SGD, "lr", float("nan"), ValueError, ">= 0"),
    (SGD, "lr", float("inf"), ValueError, ">= 0"),
    (SGD, "lr", "fast", TypeError, "number"),
    (SGD, "lr", None, TypeError, "number"),
    (SGD, "lr", True, TypeError, "number"),
    (SGD, "lr", 1j, TypeError, "number"),
    (SGD, "lr", np.array([0.1, -0.1]), ValueError, ">= 0"),
    (Momentum, "momentum", 1.5, ValueError, "[0, 1)"),
    (Momentum, "momentum", 1, ValueError, "[0, 1)"),
    (Nesterov, "momentum", -0.1, ValueError, "[0, 1)"),
    (Nesterov, "momentum", float("nan"), ValueError, "[0, 1)"),
    (RMSProp, "rho", 1.0, ValueError, "[0, 1)"),
    (RMSProp, "eps", -1e-8, ValueError, ">= 0"),
    (AdaGrad, "eps", "small", TypeError, "number"),
    (Adam, "beta1", 1.0, ValueError, "[0, 1)"),
    (Adam, "beta2", 2, ValueError, "[0, 1)"),
    (Adam, "bias_correction", "yes", TypeError, "True or False"),
    (AdaDelta, "rho", 1, ValueError, "[0, 1)"),
    (AdaDelta, "eps", -1, ValueError, ">= 0"),
    (NAdam, "momentum_decay", -0.1, ValueError, ">= 0"),
    (NAdam, "beta1", 1, ValueError, "[0, 1)"),
    (AdamW, "weight_decay", -0.1, ValueError, ">= 0"),
    (AdamW, "weight_decay", "none", TypeError, "number"),
]


@pytest.mark.parametrize("rule, name, value, error, accepted", BAD_HYPERPARAMETERS)
def test_bad_hyperparameters(rule, name, value, error, accepted):
    wanted = re.escape(f"{name}={value!r}") + ".*" + re.escape(accepted)
    with pytest.raises(error, match=wanted):
        rule(**{name: value})
    optimizer = rule()
    before = getattr(optimizer, name)
    with pytest.raises(error, match=wanted):
        setattr(optimizer, name, value)
    assert getattr(optimizer, name) == before


def test_a_rate_of_zero_is_allowed():
    for rule in RULES:
        assert walk(rule(lr=0), 4.0, [1.0, 2.0]) == [4.0, 4.0]


READ_ONLY = np.ones(2)
READ_ONLY.flags.writeable = False
GOOD, ONES = {"a": np.ones(2)}, np.ones(2)

BAD_UPDATES = [
    ({"b": ONES}, {}, ValueError, "grads has no key 'b'"),
    ({"b": ONES}, {"b": np.ones(3)}, ValueError, "grads['b'] has shape (3,).*(2,)"),
    ({"b": ONES}, {"b": 1.0}, ValueError, "grads['b'] has shape ().*(2,)"),
    ({"b": 1.0}, {"b": ONES}, ValueError, "grads['b'] has shape (2,).*()"),
    ({"b": ONES}, {"b": "x"}, TypeError, "grads['b']='x'.*numeric"),
    ({"b": ONES}, {"b": None}, TypeError, "grads['b']=None.*numeric"),
    ({"b": ONES}, {"b": [1.0, [2.0]]}, TypeError, "grads['b'].*numeric"),
    ({"b": ONES}, {"b": ONES * 1j}, TypeError, "grads['b'].*numeric"),
    ({"b": np.array([1, 2])}, {"b": ONES}, TypeError, "params['b'] has dtype int.*float"),
    ({"b": READ_ONLY}, {"b": ONES}, ValueError, "params['b'] is read-only"),
    ({"b": [1.0, 2.0]}, {"b": ONES}, TypeError, "params['b']=[1.0, 2.0].*float array"),
    ({"b": "x"}, {"b": ONES}, TypeError, "params['b']='x'.*float array"),
    ({"b": True}, {"b": 1.0}, TypeError, "params['b']=True.*float array"),
]


@every_rule
@pytest.mark.parametrize("params, grads, error, message", BAD_UPDATES)
def test_a_refused_update_changes_nothing(rule, params, grads, error, message):
    optimizer, first = rule(lr=0.1), {"a": np.ones(2)}
    optimizer.update(first, {"a": np.ones(2)})
    params, grads = {**first, **copy.deepcopy(params)}, {"a": np.ones(2), **grads}
    if params["b"] is not None and "read-only" in message:
        params["b"].flags.writeable = False
    before = copy.deepcopy((params, optimizer.state, optimizer.t, vars(optimizer).get("_carried")))
    pattern = ".*".join(re.escape(part) for part in message.split(".*"))
    with pytest.raises(error, match=pattern):
        optimizer.update(params, grads)
    after = params, optimizer.state, optimizer.t, vars(optimizer).get("_carried")
    assert repr(after) == repr(before)


def test_update_takes_dicts():
    optimizer = Momentum(lr=0.1)
    for params, grads, name in ((ONES, GOOD, "params"), (5, GOOD, "params"), (GOOD, [1], "grads")):
        with pytest.raises(TypeError, match=f"{name}=.*: {name} must be a dict of "):
            optimizer.update(params, grads)
    assert optimizer.state == {} and optimizer.t == 0


@every_rule
def test_hyperparameters_may_not_enlarge_a_parameter(rule):
    optimizer, w = rule(lr=np.full((5, 1), 0.1)), np.ones(2)
    for g in (np.ones(2), np.ones((5, 2))):
        with pytest.raises(ValueError, match="shape"):
            optimizer.update({"w": w}, {"w": g})
    with pytest.raises(ValueError, match=re.escape("lr has shape (5, 1)")):
        optimizer.update({"w": w}, {"w": np.ones(2)})
    assert optimizer.state == {} and np.all(w == 1)


def test_a_parameter_may_not_change_its_shape():
    optimizer = Momentum(lr=0.1)
    optimizer.update({"w": np.ones(2)}, {"w": np.ones(2)})
    with pytest.raises(ValueError, match=re.escape("params['w'] has shape (3,)")):
        optimizer.update({"w": np.ones(3)}, {"w": np.ones(3)})
    optimizer.reset()
    optimizer.update({"w": np.ones(3)}, {"w": np.ones(3)})


# --- documentation ---------------------------------------------------------------------------


@every_rule
def test_docstrings_say_symbols_source_and_differences(rule):
    text = inspect.getdoc(rule)
    assert re.search(r"\b(18|19|20)\d\d\b", text) and "PyTorch" in text and ">>>" in text
    assert "Deep Learning book" in text or "texts" in text
    for name in rule.hyperparameters():
        assert f"`{name}`" in text


def test_every_public_name_has_a_docstring():
    for name in module.__all__:
        thing = getattr(module, name)
        assert inspect.getdoc(thing)
        for member, value in vars(thing).items():
            if callable(value) and not member.startswith("_"):
                assert inspect.getdoc(getattr(thing, member)), f"{name}.{member}"


@every_rule
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32])
def test_gradients_of_another_dtype_are_those_numbers(rule, dtype):
    exact, given = {"w": np.array([4.0])}, {"w": np.array([4.0])}
    rule(lr=0.5).update(exact, {"w": np.array([20.0])})
    rule(lr=0.5).update(given, {"w": np.array([20], dtype=dtype)})
    assert given["w"] == exact["w"]
