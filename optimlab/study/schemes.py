r"""Two simple ways to let a run set its own learning rate, by looking at the loss alone.

After each step the rate is multiplied by one number if the loss fell, else by another:

==============  ==========  ==========  =====================================================
scheme          loss fell   else
==============  ==========  ==========  =====================================================
`constant`      × 1         × 1         plain gradient descent
`halving`       × 1/2       × 1         that of the first course text, as written there
`bold_driver`   × 1.1       × 1/2       the usual one; a step that made it worse is taken back
==============  ==========  ==========  =====================================================

`halving` has the two cases the wrong way round.  While the loss falls, the n-th step is at most
lr·G/2ⁿ⁻¹ long, where G bounds the slope on the way; the run never comes further than 2·lr·G.  And
where the rate is too large the loss rises, so the rate stays too large.

>>> from optimlab import functions
>>> round(float(halving(functions.parabola, 0.2, start=4, steps=60).points[-1]), 4)
2.7804
>>> round(float(halving(functions.parabola, 1.1, start=4, steps=60).points[-1]))
112697
>>> round(float(bold_driver(functions.parabola, 1.1, start=4, steps=60).points[-1]), 4)
2.0

All of them take many rates, or many starts, at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks
from optimlab.functions import Function

__all__ = ["SCHEMES", "SchemeRun", "adapt", "bold_driver", "constant", "halving"]


@dataclass(frozen=True, eq=False)
class SchemeRun:
    """What a run with such a scheme did: arrays, the step first, then the batch.

    points  (steps+1, ..., d), start and end included; without d for one variable
    losses  (steps+1, ...)
    rates   (steps, ...): the rate with which each step was made
    kept    (steps, ...): False where the step was taken back

    From the first step whose point or loss is not finite on, points and losses are NaN.
    """

    points: np.ndarray
    losses: np.ndarray
    rates: np.ndarray
    kept: np.ndarray


def adapt(
    function: Function | str, lr: ArrayLike, start: ArrayLike | None = None, steps: int = 30, *,
    fell: float = 1.0, rose: float = 1.0, undo: bool = False,
) -> SchemeRun:  # fmt: skip
    """Gradient descent whose rate is multiplied by `fell` or `rose` after each step.

    Parameters
    ----------
    function : Function, or the name of one
    lr : float or array
        The first rate; an array, (...), makes one run for each.
    start : point or array of points, (..., d)
        By default the function's own.
    steps : int
    fell, rose : float
        What the rate is multiplied by when the loss is lower than before, and when it is not:
        higher, the same, or no longer a finite number.
    undo : bool
        Whether a step after which the loss is not lower is taken back.  The gradient at the old
        point is then used again, with the new rate.

    Returns
    -------
    SchemeRun

    Raises
    ------
    TypeError, ValueError : if an argument is none of this; it is named
    """
    function, steps = checks.function(function, start=start), checks.steps(steps)
    fell, rose = checks.positive("fell", fell), checks.positive("rose", rose)
    undo = checks.flag("undo", undo)
    rate, w = checks.numbers("lr", lr, above=0), checks.start(start, function)
    batch = w.shape[: w.ndim - len(function._shape)]
    try:
        rate = np.broadcast_to(rate, np.broadcast_shapes(rate.shape, batch)).copy()
    except ValueError:
        checks.wrong_value("lr", lr, f"one number or as many as there are starts, {batch}")
    w = np.broadcast_to(w, (*rate.shape, *function._shape)).copy()
    points, losses = np.empty((steps + 1, *w.shape)), np.empty((steps + 1, *rate.shape))
    rates, kept = np.empty((steps, *rate.shape)), np.ones((steps, *rate.shape), dtype=bool)

    def wide(per_run: np.ndarray) -> np.ndarray:
        """One number for each run, to be used for each of its coordinates."""
        return per_run[..., None] if function._shape else per_run

    with np.errstate(all="ignore"):
        loss = np.asarray(function(w))
        points[0], losses[0] = w, loss
        for k in range(steps):
            rates[k] = rate
            new = w - wide(rate) * function.gradient(w)
            after = np.asarray(function(new))
            worse = ~(after < loss)  # true for NaN as well
            rate = rate * np.where(worse, rose, fell)
            if undo:
                kept[k] = ~worse
                new, after = np.where(wide(worse), w, new), np.where(worse, loss, after)
            w, loss = new, after
            points[k + 1], losses[k + 1] = w, loss
        finite = np.isfinite(points).all(axis=-1) if function._shape else np.isfinite(points)
        lost = np.logical_or.accumulate(~(finite & np.isfinite(losses)))
    points[lost] = losses[lost] = np.nan
    return SchemeRun(points, losses, rates, kept)


def constant(
    function: Function | str, lr: ArrayLike, start: ArrayLike | None = None, steps: int = 30
) -> SchemeRun:
    """Plain gradient descent: the rate stays.  Arguments and result as for `adapt`."""
    return adapt(function, lr, start, steps)


def halving(
    function: Function | str, lr: ArrayLike, start: ArrayLike | None = None, steps: int = 30
) -> SchemeRun:
    """The first course text's scheme: halve the rate when the loss falls, keep it when it rises.

    Arguments and result as for `adapt`.
    """
    return adapt(function, lr, start, steps, fell=0.5)


def bold_driver(
    function: Function | str, lr: ArrayLike, start: ArrayLike | None = None, steps: int = 30, *,
    up: float = 1.1, down: float = 0.5,
) -> SchemeRun:  # fmt: skip
    """The usual scheme: a little faster when the loss falls, half as fast when it rises.

    A step after which the loss is not lower is taken back.  Arguments and result as for `adapt`.

    Source: Vogl, Mangis, Rigler, Zink & Alkon 1988; the name is Battiti's, 1989.  Their factors
    differ from author to author: 1.05 and 0.7, or 1.1 and 0.5.
    """
    up, down = checks.positive("up", up), checks.positive("down", down)
    return adapt(function, lr, start, steps, fell=up, rose=down, undo=True)


#: the schemes by the names that pictures show
SCHEMES = {"constant": constant, "halving": halving, "bold driver": bold_driver}
