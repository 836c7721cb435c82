"""Answers to the exercises of lesson 12 that its key does not list."""

import math

import numpy as np


def rmsprop(w, g, r, lr, rho, *, root=np.sqrt, square=lambda g: g * g, first=False):
    r = (rho if not first else 0) * r + (1 - rho) * square(g)
    return w - lr * g / root(r), r


def with_a_list(w, g, r, lr, rho):
    new = [rho * old + (1 - rho) * now**2 for old, now in zip([r], [g], strict=True)]
    return [w - lr / math.sqrt(new[0]) * g, new[0]]


def in_place(w, g, r, lr, rho):
    r *= rho
    r += (1 - rho) * g**2
    w -= lr * g * r**-0.5
    return w, r


def as_an_array(w, g, r, lr, rho):
    r = r + (1 - rho) * (np.square(g) - r)
    return np.array([w - lr * g / np.sqrt(r), r])


def counted(rho, steep, flat):
    left, count = steep**2, 0
    while left > flat**2:
        left, count = left * rho, count + 1
    return count


def slower(
    gradient, w, r, lr, rho, steps, *,
    rate=lambda lr, k: lr / k**0.5, size=lambda g: g, root=np.sqrt,
):  # fmt: skip
    for k in range(1, steps + 1):
        g = size(gradient(w))
        r = rho * r + (1 - rho) * g * g
        w = w - rate(lr, k) * g / root(r)
    return w


def slower_in_place(gradient, w, r, lr, rho, steps):
    k = 1
    while k <= steps:
        g = gradient(w)
        r += (1 - rho) * (g * g - r)
        w -= lr * g * (k * r) ** -0.5
        k += 1
    return w


def slower_with_an_array(gradient, w, r, lr, rho, steps):
    point, mean = np.array([w]), np.array([r])
    for rate in lr / np.sqrt(np.arange(1, steps + 1)):
        g = gradient(point)
        mean = rho * mean + (1 - rho) * g**2
        point = point - rate * g / np.sqrt(mean)
    return point[0]


def slower_by_recursion(gradient, w, r, lr, rho, steps, k=1):
    if k > steps:
        return w
    g = gradient(w)
    r = rho * r + (1 - rho) * g * g
    return slower_by_recursion(gradient, w - lr / k**0.5 * g / r**0.5, r, lr, rho, steps, k + 1)


def with_r(rule):
    """A step of RMSProp in which a rule makes the new r of the old one, g and ρ."""

    def answer(w, g, r, lr, rho):
        new = rule(r, g, rho)
        return [w - lr / math.sqrt(new) * g, new]

    return answer


def unrounded(rho, steep, flat):
    return math.log((flat / steep) ** 2, rho)


REFUSED = {
    "RMSProp's step": [
        lambda w, g, r, lr, rho: rmsprop(w, abs(g), r, lr, rho),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, 0.9),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, max(rho, 1 - rho)),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, rho, first=True),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, rho)[::-1],
        lambda w, g, r, lr, rho: (rmsprop(w, g, r, lr, rho)[0], r),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, rho)[0],
        lambda w, g, r, lr, rho: (w - lr * g / np.sqrt(1 - rho), (1 - rho) * g * g),
        lambda w, g, r, lr, rho: (w - lr * np.sign(g), rho * r + (1 - rho) * g * g),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, rho, root=lambda r: np.sqrt(r) + 0.01),
        lambda w, g, r, lr, rho: rmsprop(w, g, r, lr, rho, square=abs),
        lambda w, g, r, lr, rho: rmsprop(w, g, r * r, lr, rho),
    ],
    "steps to forget": [
        lambda rho, steep, flat: 88,
        lambda rho, steep, flat: counted(rho, steep, flat) + 1,
        lambda rho, steep, flat: counted(rho, 10.0, 0.1),
        lambda rho, steep, flat: counted(rho, steep, 0.1),
        lambda rho, steep, flat: counted(max(rho, 1 - rho), steep, flat),
        lambda rho, steep, flat: counted(rho, steep - flat, 1),
        lambda rho, steep, flat: round(2 * math.log(steep / flat) / -math.log(rho)),
        lambda rho, steep, flat: math.ceil(2 * math.log10(steep / flat) / (1 - rho)),
        lambda rho, steep, flat: math.ceil(2 * math.log(steep / flat) / (1 - rho)),
        lambda rho, steep, flat: -counted(rho, steep, flat),
    ],
    "a rate that falls": [
        lambda *given: slower(*given, size=abs),
        lambda *given: slower(*given, rate=lambda lr, k: lr / (2 * k) ** 0.5),
        lambda *given: slower(*given, rate=lambda lr, k: 0.3 / k**0.5),
        lambda *given: slower(*given, rate=lambda lr, k: lr * 0.9 ** (k - 1)),
        lambda *given: slower(*given, rate=lambda lr, k: lr / given[-1] ** 0.5),
        lambda gradient, w, r, lr, rho, steps: slower(gradient, w, 0.0, lr, rho, steps),
        lambda gradient, w, r, lr, rho, steps: slower(gradient, w, r, lr, 0.9, steps),
        lambda gradient, w, r, lr, rho, steps: slower(gradient, w, r, lr, rho, steps - 1),
        lambda gradient, w, r, lr, rho, steps: slower(gradient, w, r, lr, rho, steps + 1),
        lambda gradient, w, r, lr, rho, steps: slower(lambda _: gradient(w), w, r, lr, rho, steps),
    ],
}
ACCEPTED = {
    "RMSProp's step": [with_a_list, in_place, as_an_array],
    "steps to forget": [
        counted,
        lambda rho, steep, flat: math.ceil(math.log((flat / steep) ** 2, rho)),
        lambda rho, steep, flat: np.ceil((np.log(flat) - np.log(steep)) / np.log(rho**0.5)),
        lambda rho, steep, flat: np.argmax(steep**2 * rho ** np.arange(10_000) <= flat**2),
    ],
    "a rate that falls": [slower_in_place, slower_with_an_array, slower_by_recursion],
}
NAMED = {
    "RMSProp's step": {
        "That is AdaGrad": with_r(lambda r, g, rho: g**2 + r),
        "The new square needs": with_r(lambda r, g, rho: g**2 + rho * r),
        "ρ and 1 - ρ are swapped": with_r(lambda r, g, rho: r + rho * (g**2 - r)),
        "The root of r is missing": lambda *given: rmsprop(*given, root=lambda r: r),
        "That is uphill": lambda w, g, r, lr, rho: as_an_array(w, g, r, -lr, rho),
        "r is a mean of squares": with_r(lambda r, g, rho: r + (1 - rho) * (g - r)),
        "The step uses the old r": lambda w, g, r, lr, rho: (
            w - lr * g * r**-0.5,
            with_a_list(w, g, r, lr, rho)[1],
        ),
    },
    "steps to forget": {
        "r holds squares": lambda rho, steep, flat: counted(rho, steep**0.5, flat**0.5),
        "One short": lambda *given: math.floor(unrounded(*given)),
        "Right equation": unrounded,
        "It is negative": lambda *given: np.ceil(-unrounded(*given)),
        "ρ is the share that stays": lambda rho, steep, flat: counted(1 - rho, steep, flat),
        "After one window": lambda rho, steep, flat: math.ceil((1 - rho) ** -1),
    },
    "a rate that falls": {
        "The rate does not fall": lambda *given: slower(*given, rate=lambda lr, k: lr),
        "That is lr/k": lambda *given: slower(*given, rate=lambda lr, k: lr / k),
        "The rate grows": lambda *given: slower(*given, rate=lambda lr, k: lr * np.sqrt(k)),
        "k counts from 1": lambda *given: slower(*given, rate=lambda lr, k: lr / (1 + k) ** 0.5),
        "The root of r is missing": lambda *given: slower(*given, root=lambda r: r),
        "lr itself is changed": lambda *given: slower(
            *given, rate=lambda lr, k: lr / math.sqrt(math.factorial(k))
        ),
    },
}
