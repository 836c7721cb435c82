"""Answers to the exercises of lesson 14 that its key does not list."""

import math

import numpy as np


def velocity_in_place(b, g, lr, momentum, dampening):
    b *= momentum
    b += g - dampening * g
    return -lr * b


def velocity_of_the_course(b, g, lr, momentum, dampening):
    v = -lr * b  # the course's velocity before the step
    return momentum * v - lr * (1 - dampening) * g


def velocity_as_a_difference(b, g, lr, momentum, dampening):
    w = np.array([10.0])
    after = w - lr * (momentum * b + (1 - dampening) * g)
    return float((after - w)[0])


def adamw_in_place(w, m, v, lr, decay, eps):
    w *= 1 - lr * decay
    w -= lr * m / (v**0.5 + eps)
    return w


def adamw_as_one_factor(w, m, v, lr, decay, eps):
    return w + lr * -(decay * w + np.divide(m, eps + math.sqrt(v)))


def adamw_as_a_loop(w, m, v, lr, decay, eps):
    for part in (decay * w, m / (np.sqrt(np.array(v)) + eps)):
        w = w - lr * part
    return w


def adadelta(
    w, g, r, u, rho, eps, *, mean=lambda rho, old, new: rho * old + (1 - rho) * new, lr=1.0,
    size=lambda g: g, in_u=lambda s: s,
):  # fmt: skip
    r = mean(rho, r, size(g) ** 2)
    s = lr * np.sqrt((u + eps) / (r + eps)) * size(g)
    u = mean(rho, u, in_u(s) ** 2)
    return w - s, r, u


def adadelta_as_a_list(w, g, r, u, rho, eps):
    r = r + (1 - rho) * (g**2 - r)
    s = math.sqrt(u + eps) * g * (r + eps) ** -0.5
    return [w - s, r, u + (1 - rho) * (s**2 - u)]


def adadelta_as_an_array(w, g, r, u, rho, eps):
    state = np.array([w, r, u])
    state[1:] *= rho
    state[1] += (1 - rho) * g * g
    step = g * np.sqrt(u + eps) / np.sqrt(state[1] + eps)
    return state + np.array([-step, 0.0, (1 - rho) * step * step])


def adadelta_in_place(w, g, r, u, rho, eps):
    r *= rho
    r += (1 - rho) * g * g
    s = ((u + eps) / (r + eps)) ** 0.5 * g
    u *= rho
    u += (1 - rho) * s * s
    w -= s
    return w, r, u


def buffer(b, g, momentum, dampening):
    return b * momentum + g - dampening * g


def adams(m, v, lr, eps):
    return m * lr / (math.sqrt(v) + eps)


def adadelta_by(step=lambda g, r, u, eps, old: math.sqrt((eps + u) / (eps + r)) * g, learned=None):
    """AdaDelta's step, by a rule for s and one for what u learns from s and g."""

    def answer(w, g, r, u, rho, eps):
        new = (1 - rho) * g**2 + rho * r
        s = step(g, new, u, eps, r)
        return w - s, new, (1 - rho) * (learned(s, g) if learned else s**2) + rho * u

    return answer


REFUSED = {
    "PyTorch's buffer": [
        lambda b, g, lr, momentum, dampening: -lr * (momentum * b + dampening * g),
        lambda b, g, lr, momentum, dampening: -lr * (b + (1 - dampening) * g),
        lambda b, g, lr, momentum, dampening: -lr * (0.9 * b + (1 - dampening) * g),
        lambda b, g, lr, momentum, dampening: -0.1 * (momentum * b + (1 - dampening) * g),
        lambda b, g, lr, momentum, dampening: -lr * (1 - dampening) * (momentum * b + g),
        lambda b, g, lr, momentum, dampening: -lr * ((1 - momentum) * b + (1 - dampening) * g),
        lambda b, g, lr, momentum, dampening: -lr * momentum * b,
        lambda b, g, lr, momentum, dampening: -lr * g,
        lambda b, g, lr, momentum, dampening: -lr * (momentum * b - (1 - dampening) * g),
        lambda b, g, lr, momentum, dampening: -lr * abs(momentum * b + (1 - dampening) * g),
    ],
    "AdamW's step": [
        lambda w, m, v, lr, decay, eps: w - lr * decay - lr * m / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: w - lr * decay * w - m / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: w - lr * decay * w * w - lr * m / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: w - lr * decay * abs(w) - lr * m / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: w - lr * decay * m - lr * m / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: w - lr * decay * w - lr * abs(m) / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: w - lr * decay * w - lr * np.sign(m),
        lambda w, m, v, lr, decay, eps: w - lr * 0.1 * w - lr * m / (v**0.5 + eps),
        lambda w, m, v, lr, decay, eps: (1 - decay) * (w - lr * m / (v**0.5 + eps)),
    ],
    "AdaDelta's step": [
        lambda *given: adadelta(*given, lr=0.1),
        lambda *given: adadelta(*given, size=abs),
        lambda *given: adadelta(*given, in_u=lambda s: s * s),
        lambda *given: adadelta(*given, mean=lambda rho, old, new: rho * old + new),
        lambda *given: adadelta(*given, mean=lambda rho, old, new: old + new),
        lambda *given: adadelta(*given, mean=lambda rho, old, new: 0.9 * old + 0.1 * new),
        lambda *given: adadelta(*given)[::-1],
        lambda *given: adadelta(*given)[0],
        lambda w, g, r, u, rho, eps: (adadelta(w, g, r, u, rho, eps)[0], r, u),
        lambda w, g, r, u, rho, eps: adadelta(w, g, r, u, rho, 1e-6),
        lambda w, g, r, u, rho, eps: adadelta(w, g, u, r, rho, eps),
    ],
}
ACCEPTED = {
    "PyTorch's buffer": [velocity_in_place, velocity_of_the_course, velocity_as_a_difference],
    "AdamW's step": [adamw_in_place, adamw_as_one_factor, adamw_as_a_loop],
    "AdaDelta's step": [adadelta, adadelta_as_a_list, adadelta_as_an_array, adadelta_in_place],
}
NAMED = {
    "PyTorch's buffer": {
        "That is PyTorch's new buffer": lambda b, g, lr, *shares: buffer(b, g, *shares),
        "Look at the sign": lambda b, g, lr, *shares: lr * buffer(b, g, *shares),
        "The dampening is missing": lambda b, g, lr, momentum, dampening: (
            -lr * momentum * b - lr * g
        ),
        "The old buffer holds gradients": lambda b, g, lr, momentum, dampening: (
            momentum * b - lr * g + lr * dampening * g
        ),
        "That is Adam's mean": lambda b, g, lr, momentum, dampening: (
            -lr * (momentum * b + g - momentum * g)
        ),
        "That is the velocity before": lambda b, g, lr, *shares: np.negative(b) * lr,
        "That is PyTorch's buffer, without": lambda b, g, lr, momentum, dampening: g + b * momentum,
        "The sign is right, but the rate": lambda b, g, lr, *shares: -buffer(b, g, *shares),
    },
    "AdamW's step": {
        "That decay is divided": lambda w, m, v, lr, decay, eps: (
            w - adams(m + w * decay, v, lr, eps)
        ),
        "Here the decay is λ": lambda w, m, v, lr, decay, eps: (
            (1 - decay) * w - adams(m, v, lr, eps)
        ),
        "That decays the step": lambda w, m, v, lr, decay, eps: adamw_in_place(
            w - adams(m, v, lr, eps), 0, v, lr, decay, eps
        ),
        "That is Adam: the decay": lambda w, m, v, lr, decay, eps: w - adams(m, v, lr, eps),
        "The small number stands beside": lambda w, m, v, lr, decay, eps: (
            w * (1 - lr * decay) - m * lr / math.sqrt(eps + v)
        ),
        "eps belongs to the divisor": lambda w, m, v, lr, decay, eps: (
            w * (1 - lr * decay) - lr * m / np.sqrt(v) + eps
        ),
        "That pushes away": lambda w, m, v, lr, decay, eps: (
            w * (1 + lr * decay) - adams(m, v, lr, eps)
        ),
        "v is a mean of squares": lambda w, m, v, lr, decay, eps: (
            w * (1 - lr * decay) - lr / (eps + v) * m
        ),
        "The small number is missing": lambda w, m, v, lr, decay, eps: (
            w * (1 - lr * decay) - adams(m, v, lr, 0)
        ),
        "Adam's step goes uphill": lambda w, m, v, lr, decay, eps: (
            w * (1 - lr * decay) + adams(m, v, lr, eps)
        ),
        "That is only the step": lambda w, m, v, lr, decay, eps: (
            -(lr * w * decay + adams(m, v, lr, eps))
        ),
        "That is only what is taken": lambda w, m, v, lr, decay, eps: sum(
            (lr * w * decay, adams(m, v, lr, eps))
        ),
    },
    "AdaDelta's step": {
        "r and u are means": adadelta_by(lambda g, r, u, eps, old: g / (eps + r) * (eps + u)),
        "u is a mean of squared": adadelta_by(learned=lambda s, g: s),
        "u remembers steps": adadelta_by(learned=lambda s, g: g**2),
        "That is RMSProp at rate 1": adadelta_by(lambda g, r, u, eps, old: g * (eps + r) ** -0.5),
        "That is uphill": adadelta_by(
            lambda g, r, u, eps, old: -g * math.sqrt(eps + u) / math.sqrt(eps + r)
        ),
        "u does not change": lambda w, g, r, u, rho, eps: [
            *adadelta_as_a_list(w, g, r, u, rho, eps)[:-1],
            u,
        ],
        "s divides by the old r": adadelta_by(
            lambda g, r, u, eps, old: g * math.sqrt((eps + u) / (eps + old))
        ),
        "The small number stands under": adadelta_by(
            lambda g, r, u, eps, old: g / (eps + math.sqrt(r)) * (eps + math.sqrt(u))
        ),
        "The roots are upside down": adadelta_by(
            lambda g, r, u, eps, old: g * math.sqrt((eps + r) / (eps + u))
        ),
        "rho is the share": lambda w, g, r, u, rho, eps: adadelta_by()(w, g, r, u, 1 - rho, eps),
        "The first number is s": lambda w, g, r, u, rho, eps: (
            g * math.sqrt((eps + u) / (eps + rho * r + (1 - rho) * g**2)),
            *adadelta_as_a_list(w, g, r, u, rho, eps)[1:],
        ),
    },
}
