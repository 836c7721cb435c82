"""At which step a run diverged: it has no finite numbers any more, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def not_finite(function: Any, points: np.ndarray, losses: np.ndarray) -> np.ndarray:
    finite = np.isfinite(points)
    return ~(np.isfinite(losses) & (finite.all(axis=-1) if function._shape else finite))


def mark_divergence(path: Any) -> None:
    """Set `diverged`, and everything from that step on to NaN."""
    lost = np.logical_or.accumulate(not_finite(path.function, path.points, path.losses))
    path.diverged = first_step(lost)
    if lost.any():
        path.overflowed = _grew_too_large(path, lost)
    for array in (path.points, path.losses, *path.states.values()):
        array[lost] = np.nan
    for array in (path.probes, path.gradients):
        array[lost[:-1]] = np.nan
    path.end = path.points[-1]


def _grew_too_large(path: Any, lost: np.ndarray) -> np.ndarray:
    """Whether a run diverged by size, and not by 0/0 or at a point where f is undefined."""
    until = np.ones_like(lost)  # up to the step that diverged, itself included
    until[1:] = ~lost[:-1]
    big = (np.abs(path.losses) > 1e100) & until
    big &= ~_divided_by_zero(path.function.value, path.points, path.losses, big)
    zero = _divided_by_zero(path.function.gradient, path.probes, path.gradients, until[1:])
    begun = np.ones_like(lost)  # what follows a division by zero has not grown
    begun[1:] = ~np.logical_or.accumulate(zero)
    for array, steps in ((path.points, until & begun), (path.gradients, until[1:] & begun[1:])):
        huge = np.abs(array) > 1e100
        big[: len(steps)] |= (huge.any(axis=-1) if path.function._shape else huge) & steps
    return big.any(axis=0)


def _divided_by_zero(
    ask: Callable, points: np.ndarray, values: np.ndarray, suspect: np.ndarray
) -> np.ndarray:
    """At which of the suspect points a value is infinite because it was divided by zero."""
    found, infinite = np.zeros_like(suspect), np.isinf(values)
    if infinite.ndim > suspect.ndim:
        infinite = infinite.any(axis=-1)
    for place in zip(*np.nonzero(suspect & infinite), strict=True):
        with np.errstate(divide="raise", over="ignore", invalid="ignore"):
            try:
                ask(points[place])
            except (FloatingPointError, ZeroDivisionError):
                found[place] = True
    return found


def first_step(mask: np.ndarray) -> Any:
    """The first step at which `mask` holds: an int or None; in a batch an array, -1 for none."""
    at = np.where(mask.any(axis=0), mask.argmax(axis=0), -1)
    if at.ndim:
        return at
    return int(at) if at >= 0 else None
