"""A problem on which Adam goes wrong: one gradient in 101 is large, and all others point away."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks

LARGE, SMALL, PERIOD = 1010.0, -10.0, 101


def _weights(
    beta: np.ndarray | float, period: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a running mean from zero has given to large gradients, and to all, at some steps.

    Step t is `place` (from 0) in `period` (from 0); the large gradient stands at place 0.
    """
    once = beta**PERIOD
    large = (1 - beta) * beta**place * ((1 - once ** (period + 1)) / (1 - once))
    return large, 1 - beta ** (place + 1) * once**period


def rare_gradient(
    beta2: ArrayLike, running_max: bool = False, *, steps: int = 200_000, beta1: float = 0.9,
    lr: float = 0.5,
) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Adam on gradients 1010 at every 101st step from the first on, else -10; x stays in [-1, 1].

    The start is 0, the rate lr/√t. Neither mean depends on x, so both have a closed form, and all
    steps of all `beta2` are computed at once; only the periods of 101 steps are walked through one
    by one. With `running_max` it is AMSGrad as in PyTorch: v̂ is made from the largest v so far.

    Returns
    -------
    at : (n,), the steps that were kept: all of the first two periods, the last, some between
    x : (n, len(beta2)), where the run is after them
    root : (101, len(beta2)), √v̂ in the last whole period
    left, right : (101, len(beta2)), how far in that period the large gradients have pulled x to the
        left by then, and the small ones to the right, in rates: sums of their shares of m̂/√v̂

    Source: Reddi, Kale & Kumar 2018, section 3 and figure 1; here with bias correction.
    """
    beta2 = np.atleast_1d(checks.numbers("beta2", beta2, low=0, below=1))
    beta1, lr = checks.number("beta1", beta1, low=0, below=1), checks.positive("lr", lr)
    running_max = checks.flag("running_max", running_max)
    whole, rest = divmod(checks.steps(steps, PERIOD), PERIOD)
    place, period = np.arange(PERIOD)[:, None, None], np.arange(whole + 1.0)[:, None]
    large, every = _weights(beta1, period, place)
    parts = LARGE * large / every, SMALL * (every - large) / every  # of m̂
    large, every = _weights(beta2, period, place)
    if running_max:  # within a period v falls, and each period's first v is above the last one's
        v = LARGE**2 * large[:1] + SMALL**2 * (every[:1] - large[:1])
    else:
        v = LARGE**2 * large + SMALL**2 * (every - large)
    root = np.sqrt(v / every)
    moves = -lr / np.sqrt(PERIOD * period + place + 1) * sum(parts) / (root + 1e-8)
    # A step is x -> clip(x + move). So a whole period is x -> clip(x + sum, low, high).
    low, high = np.full((2, *moves.shape[1:]), [[[-np.inf]], [[np.inf]]])
    for move in moves:
        for bound in (low, high):
            np.add(bound, move, out=bound)
            np.maximum(np.minimum(bound, 1, out=bound), -1, out=bound)
    sums = moves.sum(axis=0)
    kept = {*np.geomspace(3, max(whole, 3), 90).round().astype(int).tolist()}
    at, path, x = [], [], np.zeros(len(beta2))
    for n in range(whole + 1):
        if 2 <= n < whole:
            x = np.minimum(np.maximum(x + sums[n], low[n]), high[n])
            if n + 1 in kept:
                at.append(PERIOD * (n + 1))
                path.append(x)
        else:
            for k in range(PERIOD if n < whole else rest):
                x = np.minimum(np.maximum(x + moves[k, n], -1), 1)
                at.append(PERIOD * n + k + 1)
                path.append(x)
    last = whole - 1
    root = np.broadcast_to(root[:, last], moves[:, last].shape)
    left, right = (np.abs(np.cumsum(part[:, last] / root, axis=0)) for part in parts)
    return np.array(at), np.array(path), root, left, right
