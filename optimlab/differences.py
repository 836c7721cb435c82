"""Derivatives by differences, and a comparison of a gradient with them.

>>> numerical_gradient("ravine", (-7, 2)).round(6)
array([-0.7,  4. ])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimlab import checks, door

__all__ = ["GradientCheck", "check_gradient", "numerical_gradient"]

_ACCEPTED = "a function of the point, a Function, or the name of one"
#: of the floats that numpy makes
EPS = float(np.finfo(float).eps)


def numerical_gradient(f: Any, point: Any, h: Any = None, method: str = "central") -> Any:
    """The gradient of `f` by differences: "central" or "forward".

    If `f` gives one number per point (..., d), the result is the gradient, (..., d).  If
    it gives one number for each number, the result is the derivative at each of them.

    central: (f(x+h) - f(x-h)) / 2h, with an error that shrinks as h²;
    forward: (f(x+h) - f(x)) / h, with an error that shrinks as h.
    Below some h rounding takes over, as ε|f|/h, where ε = 2.2e-16.  Without `h`, the step
    is near the balance of the two: the cube root of ε (central) or its square root
    (forward), times max(1, |x|).

    >>> slope = numerical_gradient(lambda x: 3 * x**3 - 2 * x + 1, 1.0, h=0.1)
    >>> round(slope, 6)
    7.03
    >>> numerical_gradient(lambda p: p[..., 0] * p[..., 1], (2.0, 3.0)).round(6)
    array([3., 2.])
    """
    checks.one_of("method", method, ("central", "forward"))
    if isinstance(f, str) or not callable(f):
        f = checks.function(f, name="f", accepted=_ACCEPTED)
    point = checks.array("point", point)
    if h is not None:
        h = checks.numbers("h", h, above=0)
    f = door.form("f", f, point)
    elementwise = not f.shape
    if h is not None and not elementwise and checks.broadcast(h.shape, point.shape) != point.shape:
        raise ValueError(f"h has shape {h.shape}: it must broadcast to the point's {point.shape}")
    return plain(difference(f, point, h, method, elementwise, f.eps))


def step_for(point: np.ndarray, method: str, eps: float = EPS) -> np.ndarray:
    """The step of a difference whose values have the precision `eps`."""
    return eps ** (1 / 3 if method == "central" else 1 / 2) * np.maximum(1.0, np.abs(point))


def plain(result: Any) -> Any:
    """An array without axes as its number."""
    return result.item() if np.ndim(result) == 0 and hasattr(result, "item") else result


def offsets(h: np.ndarray) -> np.ndarray:
    """For each of the d coordinates, the step h along it and zeros elsewhere."""
    return np.eye(h.shape[-1]).reshape(-1, *(1,) * (h.ndim - 1), h.shape[-1]) * h


def difference(
    f: Callable, point: np.ndarray, h: np.ndarray | None, method: str, elementwise: bool,
    eps: float = EPS,
) -> Any:  # fmt: skip
    """Differences of a function of many points, which need no further check."""
    h = step_for(point, method, eps) if h is None else h
    if elementwise:
        ahead = f(point + h)
        if method == "central":
            return (ahead - f(point - h)) / (2 * h)
        return (ahead - f(point)) / h

    h = np.broadcast_to(h, point.shape)
    each = offsets(h)
    ahead = np.stack([f(point + d) for d in each], axis=-1)
    if method == "central":
        return (ahead - np.stack([f(point - d) for d in each], axis=-1)) / (2 * h)
    return (ahead - np.asarray(f(point))[..., None]) / h


@dataclass(eq=False, repr=False)
class GradientCheck:
    """What `check_gradient` found: true if `ok`; printed, it names the worst component.

    Attributes
    ----------
    analytic, numerical : the two gradients that were compared, at `point`
    tolerance : the largest relative error that passes
    worst : where the relative error is largest, as an index into the gradients
    relative_error, max_error : there, relative and absolute
    ok : whether they agree
    """

    analytic: np.ndarray
    numerical: np.ndarray
    point: np.ndarray
    tolerance: float
    worst: tuple[int, ...]
    relative_error: float
    max_error: float = field(init=False)
    ok: bool = field(init=False)

    def __post_init__(self) -> None:
        self.max_error = float(np.abs(self.analytic - self.numerical)[self.worst])
        self.ok = self.relative_error <= self.tolerance

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        where = f"component {self.worst[-1]}" if self.worst else "the derivative"
        point = self.point[self.worst[:-1]] if self.worst else self.point
        place = ", ".join(f"{x:.3g}" for x in np.atleast_1d(point))
        verdict = "gradient agrees" if self.ok else "gradient differs"
        return (
            f"{verdict}: the worst is {where} at ({place}), which is "
            f"{self.analytic[self.worst]:.6g}; numerically it is "
            f"{self.numerical[self.worst]:.6g} (relative error {self.relative_error:.2g})"
        )


def check_gradient(
    f: Any, gradient: Callable | None = None, point: Any = None, *, tolerance: float = 1e-6,
    h: Any = None,
) -> GradientCheck:  # fmt: skip
    """Compare a hand-written gradient with a numerical one, at one point or many.

    For a `Function`, `gradient` defaults to its own and `point` to its start.  The error
    of a component is taken relative to the largest component at that point, with an
    allowance for the rounding in the difference.

    >>> check = check_gradient(lambda x: x * x, lambda x: 3 * x, 2.0)
    >>> check.ok, round(check.relative_error, 3)
    (False, 0.333)
    """
    if isinstance(f, str) or not callable(f):
        f = checks.function(f, name="f", accepted=_ACCEPTED)
    if hasattr(f, "gradient"):
        gradient = f.gradient if gradient is None else gradient
        point = f.start if point is None else point
    gradient = checks.callback("gradient", gradient, "a function of the point")
    tolerance = checks.positive("tolerance", tolerance)
    if point is None:
        checks.wrong_value("point", point, "given: where should the two gradients be compared?")
    point = checks.array("point", point)
    step = None if h is None else checks.numbers("h", h, above=0)
    if step is not None and checks.broadcast(step.shape, point.shape) != point.shape:
        checks.wrong_value("h", h, f"one number, or one for each of the point's {point.shape}")
    f = door.form("f", f, point)
    elementwise = not f.shape
    near = door.around(door.first(point, f.shape))
    slope = door.Many("gradient", gradient, f.shape, near, f.shape)
    numerical = np.asarray(difference(f, point, step, "central", elementwise, f.eps))
    analytic = np.asarray(slope(point))
    size = np.maximum(np.abs(analytic), np.abs(numerical))
    height = np.abs(np.asarray(f(point)))
    if not elementwise:
        size, height = np.max(size, axis=-1, keepdims=True), height[..., None]
    step = step_for(point, "central", f.eps) if step is None else step
    rounding = 4 * f.eps * np.maximum(height, np.finfo(float).tiny) / step
    with np.errstate(invalid="ignore"):
        relative = np.abs(analytic - numerical) / (size + rounding / tolerance)
    errors = np.where(np.isfinite(relative), relative, np.inf)
    worst = tuple(map(int, np.unravel_index(np.argmax(errors), errors.shape)))
    return GradientCheck(analytic, numerical, point, tolerance, worst, float(errors[worst]))
