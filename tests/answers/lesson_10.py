"""Answers to the exercises of lesson 10 that its key does not list."""

import numpy as np


def with_a_loop_over_the_curvatures(curvatures, momentum):
    least = np.inf
    for curvature in curvatures:
        least = min(least, (2 + 2 * momentum) / ((1 + 2 * momentum) * curvature))
    return least


def moved(u, v, g, lr, momentum, of_g, of_v):
    """A step of the shifted form with other shares of the gradient and of the old velocity."""
    return u + of_v * v - of_g * lr * g, momentum * v - lr * g


def ahead_by(w, v, slope, lr, momentum, place):
    new = momentum * v - lr * slope(place)
    return w + new, new


def in_place(w, v, slope, lr, momentum):
    v *= momentum
    v -= lr * slope(w + v)
    w += v
    return w, v


def as_a_list(w, v, slope, lr, momentum):
    w = w + momentum * v
    g = slope(w)
    return [w - lr * g, momentum * v - lr * g]


def as_an_array(w, v, slope, lr, momentum):
    ahead = np.float64(w) + np.multiply(momentum, v)
    return np.array([ahead, momentum * v]) - lr * slope(ahead)


def velocity_first(u, v, g, lr, momentum):
    v = momentum * v - lr * g
    return u + momentum * v - lr * g, v


def mended_in_place(u, v, g, lr, momentum):
    u += momentum * momentum * v - (1 + momentum) * lr * g
    v *= momentum
    v -= lr * g
    return u, v


def through_the_point(u, v, g, lr, momentum):
    w = u - momentum * v
    v = momentum * v - lr * g
    w = w + v
    return [w + momentum * v, v]


def looking_at(place):
    """A step that measures the slope at a place, by a rule from the point and the kept velocity."""
    return lambda w, v, slope, lr, momentum: ahead_by(
        w, v, slope, lr, momentum, place(w, np.multiply(v, momentum))
    )


def border(momentum):
    """The border of rate times curvature."""
    return np.divide(1 + momentum, 0.5 + momentum)


def shares(of_g, of_v):
    """A step with shares of the gradient and of the old velocity, by a rule from the momentum."""
    return lambda *given: moved(*given, of_g(given[-1]), of_v(given[-1]))


def suspect(u, v, g, lr, momentum):
    v = v * momentum - g * lr
    u = u + v * momentum**2 - lr * (g + g * momentum)
    return u, v


REFUSED = {
    "one step": [
        lambda w, v, slope, lr, momentum: ahead_by(w, v, slope, lr, momentum, w - lr * slope(w)),
        lambda w, v, slope, lr, momentum: ahead_by(w, v, slope, lr, momentum, w + lr * v),
        lambda w, v, slope, lr, momentum: ahead_by(w, v, slope, lr, momentum, w + 0.9 * v),
        lambda w, v, slope, lr, momentum: ahead_by(w, v, slope, lr, momentum, momentum * (w + v)),
        lambda w, v, slope, lr, momentum: ahead_by(
            w, v, slope, lr, momentum, w + momentum * v - lr * slope(w)
        ),
        lambda w, v, slope, lr, momentum: ahead_by(w, v, slope, lr, momentum, w + momentum),
        lambda w, v, slope, lr, momentum: ahead_by(
            w, v, slope, lr, momentum, w + momentum * abs(v)
        ),
        lambda w, v, slope, lr, momentum: ahead_by(w, v, slope, lr, momentum, w + momentum**2 * v),
        lambda w, v, slope, lr, momentum: as_a_list(w, v, slope, lr, momentum)[::-1],
        lambda w, v, slope, lr, momentum: as_a_list(w, v, slope, lr, momentum)[0],
    ],
    "the largest rate": [
        lambda curvatures, momentum: (2 + 2 * momentum) / (1 + 2 * momentum) / curvatures[0],
        lambda curvatures, momentum: (2 + 2 * momentum) / (1 + 2 * momentum) / sum(curvatures),
        lambda curvatures, momentum: 3.8 / 2.8 / max(curvatures),
        lambda curvatures, momentum: 1 / max(curvatures),
        lambda curvatures, momentum: 4 / (3 * max(curvatures) + min(curvatures)),
        lambda curvatures, momentum: (2 + 2 * momentum) / (1 + 2 * momentum) / curvatures,
        lambda curvatures, momentum: (1 + momentum) / (1 + 2 * momentum) / max(curvatures),
        lambda curvatures, momentum: (2 + 2 * momentum) / (1 + momentum) ** 2 / max(curvatures),
        lambda curvatures, momentum: 2 / (1 + 2 * momentum) / max(curvatures),
    ],
    "mend it": [
        lambda u, v, g, lr, momentum: moved(u, v, g, lr, momentum, 1 + momentum, momentum**3),
        lambda u, v, g, lr, momentum: moved(u, v, g, lr, momentum, 1.9, 0.81),
        lambda u, v, g, lr, momentum: moved(u, v, g, lr, momentum, 1 - momentum, momentum**2),
        lambda u, v, g, lr, momentum: moved(u, v, g, lr, momentum, -1 - momentum, momentum**2),
        lambda u, v, g, lr, momentum: moved(u, v, abs(g), lr, momentum, 1 + momentum, momentum**2),
        lambda u, v, g, lr, momentum: moved(u, v, g, 0.1, momentum, 1 + momentum, momentum**2),
        lambda u, v, g, lr, momentum: (u - lr * g, momentum * v - lr * g),
        lambda u, v, g, lr, momentum: velocity_first(u, v, g, lr, momentum)[::-1],
        lambda u, v, g, lr, momentum: velocity_first(u, v, g, lr, momentum)[0],
    ],
}
ACCEPTED = {
    "one step": [in_place, as_a_list, as_an_array],
    "the largest rate": [
        with_a_loop_over_the_curvatures,
        lambda curvatures, momentum: (
            2 / curvatures.max() * (1 + momentum) / (1 + momentum + momentum)
        ),
        lambda curvatures, momentum: np.min(
            (1 + 1 / (1 + 2 * momentum)) / np.array(list(curvatures))
        ),
        lambda curvatures, momentum: [(2 + 2 * momentum) / (1 + 2 * momentum) / max(curvatures)][0],
    ],
    "mend it": [velocity_first, mended_in_place, through_the_point],
}
NAMED = {
    "one step": {
        "That is momentum": looking_at(lambda w, kept: w),
        "Only a share of the velocity": lambda w, v, *rest: ahead_by(w, v, *rest, v + w),
        "That looks back": looking_at(np.subtract),
        "That is how far ahead": looking_at(lambda w, kept: kept),
    },
    "the largest rate": {
        "That is momentum's border": lambda curvatures, momentum: (
            2 * (momentum + 1) / curvatures.max()
        ),
        "Which direction reaches": lambda curvatures, momentum: max(border(momentum) / curvatures),
        "A steeper direction allows": lambda curvatures, momentum: max(
            border(momentum) * curvatures
        ),
        "The fraction of the border": lambda curvatures, momentum: min(
            1 / border(momentum) / curvatures
        ),
        "That is plain descent's limit": lambda curvatures, momentum: np.min(2 / curvatures),
        "That is the border of rate times": lambda curvatures, momentum: border(momentum),
        "That takes the last curvature": lambda curvatures, momentum: [
            border(momentum) / one for one in curvatures
        ].pop(),
        "Division comes before": lambda curvatures, momentum: (
            2 * (1 + momentum / (1 + 2 * momentum) / np.sort(curvatures)[-1])
        ),
    },
    "mend it": {
        "That is the suspect": suspect,
        "The old velocity enters": shares(lambda momentum: 1 + momentum, lambda momentum: momentum),
        "The first step would be": shares(lambda momentum: 1, np.square),
        "The point is right": lambda u, v, *rest: [through_the_point(u, v, *rest)[0], v],
        "That is a step of momentum": shares(lambda momentum: 1, lambda momentum: momentum),
    },
}
