r"""Losses of a line and of a logistic curve, as Functions of their two weights (w, b).

They are drawn and descended on like those of the catalogue:

>>> loss = squared_loss([1, 2, 3], [2, 4, 6])
>>> loss.minima.round(6) + 0.0
array([[2., 0.]])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks
from optimlab.functions import Function

__all__ = ["logistic_loss", "sigmoid", "softmax", "squared_loss"]


def sigmoid(z: ArrayLike) -> float | np.ndarray:
    """1/(1 + e⁻ᶻ): any number becomes one between 0 and 1.

    >>> sigmoid(0.0), round(sigmoid(2.0), 4), sigmoid(-1000.0)
    (0.5, 0.8808, 0.0)
    """
    z = checks.array("z", z)
    small = np.exp(-np.abs(z))  # never overflows
    return Function._plain(np.where(z >= 0, 1, small) / (1 + small))


def softmax(scores: ArrayLike) -> np.ndarray:
    """Scores along the last axis become positive numbers that sum to 1.

    >>> softmax([2.0, 1.0, 0.0]).round(3)
    array([0.665, 0.245, 0.09 ])
    """
    numbers = checks.array("scores", scores)
    if not numbers.ndim:
        checks.wrong_value("scores", scores, "a list of numbers, or rows of them")
    powers = np.exp(numbers - numbers.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def squared_loss(x: ArrayLike, y: ArrayLike, domain: Any = None) -> Function:
    """L(w, b), the mean of (w·x + b - y)² over the data, as a Function of (w, b).

    Parameters
    ----------
    x, y : (n,), at least two different x
    domain : the part of the (w, b) plane that is shown, ((low, high), (low, high)); by default a
        window about the minimum, 1.5 sd(y)/sd(x) to either side in w and 3 sd(y) in b

    Raises
    ------
    TypeError, ValueError : if one of them is none of this; it is named

    >>> loss = squared_loss([0, 1, 2], [1, 3, 5])
    >>> loss((2, 1)), loss((0, 0)).__round__(3), loss.gradient((0.0, 0.0)).round(3)
    (0.0, 11.667, array([-8.667, -6.   ]))
    """
    x, y = _data(x, y)
    if not np.ptp(x) > 0:
        checks.wrong_value("x", x, "a list with two different x at least, for a line")
    xm, ym, xx = x.mean(), y.mean(), (x * x).mean()
    slope = ((x - xm) * (y - ym)).mean() / x.var()
    best = np.array([slope, ym - slope * xm])
    least = ((slope * x + best[1] - y) ** 2).mean()
    if domain is None:
        reach = (1.5 * (y.std() or 1.0) / x.std(), 3 * (y.std() or 1.0))
        domain = [(c - r, c + r) for c, r in zip(best, reach, strict=True)]
    domain = checks.domain(domain, 2)

    def value(p: np.ndarray) -> np.ndarray:  # the loss is a parabola about its minimum
        w, b = p[..., 0] - best[0], p[..., 1] - best[1]
        return least + xx * w * w + 2 * xm * w * b + b * b

    def gradient(p: np.ndarray) -> np.ndarray:
        w, b = p[..., 0] - best[0], p[..., 1] - best[1]
        return np.stack([2 * (xx * w + xm * b), 2 * (xm * w + b)], axis=-1)

    def hessian(p: np.ndarray) -> np.ndarray:
        return np.broadcast_to(2 * np.array([[xx, xm], [xm, 1.0]]), (*p.shape, 2))

    latex = r"\frac{1}{n}\sum_i (w x_i + b - y_i)^2"
    return Function(
        "squared loss", latex, value, gradient, hessian, domain=domain, minima=[best]
    )  # fmt: skip


def logistic_loss(x: ArrayLike, y: ArrayLike, domain: Any) -> Function:
    """L(w, b), the mean cross-entropy of σ(w·x + b) against labels 0 and 1, as a Function.

    Arguments as for `squared_loss`, y of zeros and ones; the domain is needed.

    >>> loss = logistic_loss([-1, 1], [0, 1], domain=((-2, 2), (-2, 2)))
    >>> round(loss((0, 0)), 4), round(loss((1, 0)), 4)
    (0.6931, 0.3133)
    """
    x, y = _data(x, y)
    if not np.isin(y, (0, 1)).all():
        checks.wrong_value("y", y, "a list of labels, each 0 or 1")
    domain = checks.domain(domain, 2)

    def scores(p: np.ndarray) -> np.ndarray:
        return p[..., :1] * x + p[..., 1:]

    def value(p: np.ndarray) -> np.ndarray:
        # -log σ(z) for a 1, -log(1 - σ(z)) for a 0, without overflow
        return np.logaddexp(0, np.where(y == 1, -1, 1) * scores(p)).mean(axis=-1)

    def gradient(p: np.ndarray) -> np.ndarray:
        off = sigmoid(scores(p)) - y
        return np.stack([(off * x).mean(axis=-1), off.mean(axis=-1)], axis=-1)

    def hessian(p: np.ndarray) -> np.ndarray:
        q = np.asarray(sigmoid(scores(p)))
        q = q * (1 - q)
        ww, wb, bb = ((q * f).mean(axis=-1) for f in (x * x, x, 1.0))
        return np.stack([np.stack([ww, wb], axis=-1), np.stack([wb, bb], axis=-1)], axis=-1)

    latex = r"-\frac{1}{n}\sum_i \left(y_i\log p_i + (1 - y_i)\log(1 - p_i)\right)"
    minima = _newton(value, gradient, hessian, domain)
    return Function("cross-entropy", latex, value, gradient, hessian, domain=domain, minima=minima)


def _newton(
    value: Callable, gradient: Callable, hessian: Callable, domain: tuple
) -> list[np.ndarray]:
    """[minimum] of a convex loss, or [] where it has none in the domain.

    Labels that one threshold separates have none: the loss falls for ever as w grows.
    """
    point, step = np.zeros(2), np.full(2, np.inf)
    for _ in range(100):
        try:
            step = np.linalg.solve(hessian(point), gradient(point))
        except np.linalg.LinAlgError:
            return []
        size = 1.0
        while size > 1e-9 and value(point - size * step) > value(point):
            size /= 2
        point = point - size * step
    box = np.asarray(domain, dtype=float)
    inside = (point >= box[:, 0]).all() and (point <= box[:, 1]).all()
    return [point] if inside and np.abs(step).max() < 1e-6 else []


def _data(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    at, wanted = checks.row("x", x), checks.row("y", y)
    if at.shape != wanted.shape:
        checks.wrong_value("y", y, f"a list of {at.size} numbers, one for each x")
    return at, wanted
