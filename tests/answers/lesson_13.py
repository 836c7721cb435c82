"""Answers to the exercises of lesson 13 that its key does not list."""

import math

import numpy as np


def mean_by_weights(m, beta, t):
    return m / sum((1 - beta) * beta**k for k in range(t))


def mean_in_place(m, beta, t):
    m /= 1 - math.prod([beta] * t)
    return m


def first_by_one_step(lr, beta1, beta2):
    g = 7.0
    m, v = (1 - beta1) * g, (1 - beta2) * g**2
    return lr * m / v**0.5


def adam(
    gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0, *,
    of_m=lambda g: g, of_v=lambda g: g * g, powers=None, rate=lambda lr, t: lr, first=False,
):  # fmt: skip
    """Adam with one thing done otherwise, where asked for."""
    once = gradient(w)
    for t in range(1, steps + 1):
        g = once if first else gradient(w)
        m = beta1 * m + (1 - beta1) * of_m(g)
        v = beta2 * v + (1 - beta2) * of_v(g)
        n1, n2 = powers(t) if powers else (t, t)
        w = w - rate(lr, t) * m / (1 - beta1**n1) / (np.sqrt(v / (1 - beta2**n2)) + eps)
    return w


def adam_for_each(gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0):
    point = w.tolist()
    ms, vs = [m] * len(point), [v] * len(point)
    for t in range(1, steps + 1):
        for i, g in enumerate(gradient(np.array(point)).tolist()):
            ms[i] += (1 - beta1) * (g - ms[i])
            vs[i] += (1 - beta2) * (g**2 - vs[i])
            m_hat, v_hat = ms[i] / (1 - beta1**t), vs[i] / (1 - beta2**t)
            point[i] -= lr * m_hat / (math.sqrt(v_hat) + eps)
    return point


def adam_with_products(gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0):
    left1 = left2 = 1.0
    while steps > 0:
        left1, left2, g = left1 * beta1, left2 * beta2, gradient(w)
        m = beta1 * m + g - beta1 * g
        v = beta2 * v + np.square(g) - beta2 * np.square(g)
        w = w - lr / (1 - left1) * m / ((v / (1 - left2)) ** 0.5 + eps)
        steps -= 1
    return w


def adam_in_place(gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0):
    m, v = np.full_like(w, m), np.full_like(w, v)
    for t in range(1, steps + 1):
        g = gradient(w)
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        w -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w


def adam_by_recursion(gradient, w, steps, lr, beta1, beta2, eps, m=0.0, v=0.0, t=1):
    if t > steps:
        return w
    g = gradient(w)
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return adam_by_recursion(gradient, w - step, steps, lr, beta1, beta2, eps, m, v, t + 1)


def adam_in_lines(
    divided=lambda m_hat, v_hat, eps: m_hat / (v_hat**0.5 + eps),
    kept=lambda m, v, m_hat, v_hat: (m, v),
):
    """Adam by a rule for its step in rates, and one for the means that the next step takes up."""

    def answer(gradient, w, steps, lr, beta1, beta2, eps):
        m, v, t = 0.0, 0.0, 0
        while t < steps:
            t, g = t + 1, gradient(w)
            m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g**2 - v)
            hats = m / (1 - beta1**t), v / (1 - beta2**t)
            w = w - lr * divided(*hats, eps)
            m, v = kept(m, v, *hats)
        return w

    return answer


def brackets_left_out(gradient, w, steps, lr, beta1, beta2, eps):
    """`w - lr * m_hat / np.sqrt(v_hat) + eps`"""
    step = adam_in_lines(lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat) - eps / lr)
    return step(gradient, w, steps, lr, beta1, beta2, eps)


REFUSED = {
    "the corrected mean": [
        lambda m, beta, t: m,
        lambda m, beta, t: m / (1 - 0.9**t),
        lambda m, beta, t: m / (1 - beta ** (t - 1)) if t > 1 else m / (1 - beta),
        lambda m, beta, t: m / t,
        lambda m, beta, t: m + beta**t,
        lambda m, beta, t: m / (1 + beta**t),
        lambda m, beta, t: m / np.sqrt(1 - beta**t),
        lambda m, beta, t: abs(m) / (1 - beta**t),
        lambda m, beta, t: m / (1 - t**beta) if t > 1 else m / (1 - beta),
    ],
    "the first step without correction": [
        lambda lr, beta1, beta2: 3.1623 * lr,
        lambda lr, beta1, beta2: lr * np.sqrt((1 - beta1) / (1 - beta2)),
        lambda lr, beta1, beta2: lr * (1 - beta1),
        lambda lr, beta1, beta2: lr * beta1 / np.sqrt(1 - beta2),
        lambda lr, beta1, beta2: lr * (1 - beta1) / np.sqrt(1 - beta2**2),
        lambda lr, beta1, beta2: lr * (1 - beta1) * np.sqrt(1 - beta2),
        lambda lr, beta1, beta2: lr * (1 - beta1) / (1 - np.sqrt(beta2)),
        lambda lr, beta1, beta2: 0.3 * (1 - beta1) / np.sqrt(1 - beta2),
    ],
    "Adam": [
        lambda *given: adam(*given, of_m=abs),
        lambda *given: adam(*given, of_v=abs),
        lambda *given: adam(*given, of_v=lambda g: np.sum(g * g)),
        lambda *given: adam(*given, of_v=lambda g: g * g * g),
        lambda *given: adam(*given, powers=lambda t: (t, t + 1)),
        lambda *given: adam(*given, powers=lambda t: (1, t)),
        lambda *given: adam(*given, rate=lambda lr, t: lr / t**0.5),
        lambda *given: adam(*given, rate=lambda lr, t: 0.3),
        lambda *given: adam(*given, first=True),
        lambda gradient, w, steps, *more: adam(gradient, w, steps + 1, *more),
        lambda gradient, w, steps, lr, b1, b2, eps: adam(gradient, w, steps, lr, b1, b2, 0.0),
        lambda gradient, w, steps, lr, b1, b2, eps: adam(gradient, w, steps, lr, 0.9, 0.999, eps),
    ],
}
ACCEPTED = {
    "the corrected mean": [
        mean_by_weights,
        mean_in_place,
        lambda m, beta, t: np.divide(m, 1 - np.power(beta, float(t))),
        lambda m, beta, t: -m / (beta**t - 1),
    ],
    "the first step without correction": [
        first_by_one_step,
        lambda lr, beta1, beta2: (lr - lr * beta1) * (1 - beta2) ** -0.5,
        lambda lr, beta1, beta2: np.float64(lr) / math.sqrt((1 - beta2) / (1 - beta1) ** 2),
    ],
    "Adam": [adam, adam_for_each, adam_in_place, adam_with_products, adam_by_recursion],
}
NAMED = {
    "the corrected mean": {
        "The power is missing": lambda m, beta, t: mean_by_weights(m, beta, 1),
        "βᵗ is the weight": lambda m, beta, t: m / math.prod([beta] * t),
        "Upside down": lambda m, beta, t: m - m * beta**t,
        "β to the power t": lambda m, beta, t: m / (1 - sum([beta] * t)),
        "One step too many": lambda m, beta, t: mean_in_place(m, beta, t + 1),
        "The power belongs to β": lambda m, beta, t: m / math.prod([1 - beta] * t),
        "1 - βᵗ is the divisor": lambda m, beta, t: m - beta**t,
    },
    "the first step without correction": {
        "That is the first step with": lambda lr, beta1, beta2: lr * np.sign(7.0),
        "The root of v is missing": lambda lr, beta1, beta2: lr / (1 - beta2) * (1 - beta1),
        "From zero, a mean": lambda lr, *betas: first_by_one_step(lr, *np.subtract(1, betas)),
        "The two β are swapped": lambda lr, *betas: first_by_one_step(lr, *betas[::-1]),
        "That is in rates": lambda lr, *betas: first_by_one_step(1, *betas),
        "That is RMSProp": lambda lr, beta1, beta2: lr * (1 - beta2) ** -0.5,
        "Upside down": lambda lr, *betas: lr / first_by_one_step(1, *betas),
    },
    "Adam": {
        "eps belongs to the divisor": brackets_left_out,
        "eps belongs to the divisor: put": adam_in_lines(lambda m, v, eps: m / v**0.5 + eps),
        "eps is inside the root": adam_in_lines(lambda m, v, eps: m * (eps + v) ** -0.5),
        "The root of v̂ is missing": adam_in_lines(lambda m, v, eps: m / (eps + v)),
        "That is uphill": lambda *given: adam(*given, rate=lambda lr, t: -lr),
        "t stays 1": lambda *given: adam(*given, powers=lambda t: (1, 1)),
        "t is one ahead": lambda *given: adam(*given, powers=lambda t: (t + 1, t + 1)),
        "Nothing is corrected": lambda *given: adam(*given, powers=lambda t: (np.inf, np.inf)),
        "v is a mean of squares": lambda *given: adam(*given, of_v=lambda g: g),
        "β₁ and β₂ are swapped": lambda gradient, w, steps, lr, beta1, beta2, eps: (
            adam_with_products(gradient, w, steps, lr, beta2, beta1, eps)
        ),
        "It gives NaN": lambda *given: adam(*given, powers=lambda t: (t - 1, t - 1)),
        "One step short": lambda gradient, w, steps, *more: adam_in_place(
            gradient, w, steps - 1, *more
        ),
        "m itself is corrected": adam_in_lines(kept=lambda m, v, m_hat, v_hat: (m_hat, v)),
        "v itself is corrected": adam_in_lines(kept=lambda m, v, m_hat, v_hat: (m, v_hat)),
        "m and v themselves": adam_in_lines(kept=lambda m, v, m_hat, v_hat: (m_hat, v_hat)),
        "v̂ is corrected, m̂": lambda *given: adam(*given, powers=lambda t: (np.inf, t)),
    },
}
