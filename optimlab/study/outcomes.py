"""What becomes of a run: does it diverge, zigzag or arrive, where, and which rate is best.

>>> import numpy as np
>>> from optimlab import SGD, descend, functions
>>> rates = np.array([0.1, 0.4, 0.6, 1.2])
>>> verdict, minimum = outcomes(descend(functions.parabola, SGD(lr=rates), start=4, steps=10))
>>> verdict.tolist(), minimum.tolist()
(['does not arrive', 'converges', 'zigzags', 'diverges'], [-1, 0, 0, -1])

It is measured, from the recorded points.  `rate_limit` says what the curvature foretells.
"""

from __future__ import annotations

import copy
import functools
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks
from optimlab.descent import Path, descend
from optimlab.functions import Function
from optimlab.optimizers import SGD, Momentum, Nesterov, Optimizer
from optimlab.study.analysis import base_of, momentum_limit, stability_limit
from optimlab.taught import goes_alone

__all__ = ["basin_map", "best_run", "outcomes", "rate_limit", "reach"]

#: what `outcomes` can say; the first that holds is said
VERDICTS = ("diverges", "zigzags", "converges", "does not arrive")
#: in place of the index of a minimum: at none of them; or gone for good
NOWHERE, GONE = -1, -2
#: shares of the picture's diagonal: so near is at a minimum; a move as short as that is rounding
_REACH, _ROUNDING = 0.01, 1e-9
#: the part of the fall within which two runs end as low as one another; and of the steps, one in so
#: many, through which a run must have stayed
_TIE, _LAST = 1e-9, 20
#: runs that go together in a map, so that their arrays stay in the processor's cache
_TOGETHER = 8_000


def reach(domain: Any) -> float:
    """How near to a minimum counts as being there: 1 % of the diagonal of the picture `domain`.

    >>> reach((-1, 7)), reach(((0, 3), (0, 4)))
    (0.08, 0.05)
    """
    measured = measures(domain)
    return measured["reach"] * measured["diagonal"]


def measures(domain: Any) -> dict[str, float]:
    """What it is measured by in the picture `domain`: outcomes.js measures by the same."""
    box = np.reshape(checks.domain(domain), (-1, 2))
    diagonal = float(np.linalg.norm(np.ptp(box, axis=1)))
    shares = {"reach": _REACH, "rounding": _ROUNDING, "tie": _TIE}
    return {"diagonal": diagonal, **shares, "last": _LAST}


def outcomes(path: Path, domain: Any = None) -> tuple[np.ndarray, np.ndarray]:
    r"""(verdict, minimum) of each run of a recorded path: a text, and an index or -1.

    diverges         it has no numbers at the end; or it ends outside the picture, and farther from
                     its middle than a twentieth of its steps before, by more than 1 % of the way
                     to the edge: one that has settled out there does not diverge
    zigzags          along a principal direction of the Hessian where it ends it turns back at more
                     than half of its steps.  On a quadratic SGD multiplies its moves along such a
                     direction by 1 - ηλ: it turns at every step if η > 1/λ, and else at none.  With
                     a velocity it does where the real part of its two factors is negative.
                     Moves shorter than 10⁻⁹ of the picture's diagonal do not count.
    converges        it has arrived: it lies within `reach` of the same minimum a twentieth of its
                     steps before the end, one step before the end, and at the end.  (So may a run
                     that zigzags: `minimum` tells, an index in ``function.minima``.)
    does not arrive  none of these

    The picture is `domain`, by default the function's own.

    >>> from optimlab import SGD, descend, functions
    >>> verdict, minimum = outcomes(descend(functions.ravine, SGD(lr=0.95), steps=60))
    >>> str(verdict), int(minimum)
    ('zigzags', 0)
    """
    accepted = "a recorded path"
    if checks.instance("path", path, Path, accepted).points is None:
        checks.wrong_value("path", path, accepted)
    box = checks.domain(path.function.domain if domain is None else domain, path.function.dim)
    seen = path.points[list(_looked_at(path.steps))]
    found = _settled(path.function, seen, path.losses[-1], box)
    known = [found == GONE, _turns_back(path, box), found != NOWHERE]
    return np.select(known, VERDICTS[:3], VERDICTS[3]), np.maximum(found, NOWHERE)


def best_run(path: Path) -> int | None:
    """Which run of a batch (n,) has the lowest loss at its last step; None if all diverged.

    Among runs that end within 10⁻⁹ of the fall from there it is the one that came so low first,
    and stands there at the end; so rounding does not choose.

    >>> import numpy as np
    >>> from optimlab import SGD, descend, functions
    >>> best_run(descend(functions.parabola, SGD(lr=np.array([0.1, 0.45, 0.5, 1.2])), steps=60))
    2
    """
    accepted = "a path of a batch (n,)"
    if len(checks.instance("path", path, Path, accepted).batch) != 1:
        checks.wrong_value("path", path, accepted)
    ends = path.losses[-1]
    if not np.isfinite(ends).any():
        return None
    lowest = np.nanmin(ends)
    low = path.losses <= lowest + _TIE * np.abs(np.nanmax(path.losses[0]) - lowest)
    return int(np.argmin(np.where(low[-1], low.argmax(axis=0), len(low))))


def rate_limit(
    function: Function | str, optimizer: Optimizer, point: ArrayLike | None = None
) -> float | None:
    """The learning rate above which a rule is not drawn to a minimum, from the Hessian there.

    2/λmax for SGD, `momentum_limit` for Momentum and Nesterov; None for every other rule, and where
    no direction curves upwards.  `point` as in `curvatures`.

    >>> from optimlab import Adam, Momentum, functions
    >>> rate_limit(functions.ravine, Momentum(momentum=0.5)), rate_limit(functions.ravine, Adam())
    (1.5, None)
    """
    rule, function = base_of(type(checks.optimizer(optimizer))), checks.function(function)
    if rule is SGD:
        limit = stability_limit(function, point)
    elif rule in (Momentum, Nesterov):
        limit = momentum_limit(function, vars(optimizer)["momentum"], rule, point)
    else:
        return None
    return float(limit) if np.isfinite(limit) else None


def basin_map(
    function: Function | str, optimizer: Optimizer, starts: ArrayLike, steps: int = 300,
    domain: Any = None,
) -> np.ndarray:  # fmt: skip
    """At which minimum the run from each of `starts`, (..., d), arrives: (...), an int.

    As `outcomes` says of a single run of so many `steps`: an index in ``function.minima``, NOWHERE,
    -1, or GONE, -2, for one that diverges.  The hyperparameters of `optimizer` are numbers.  Runs
    go in portions, so that a map takes little more memory than its starts.

    >>> from optimlab import SGD, functions
    >>> basin_map(functions.wave, SGD(lr=0.25), [1.5, 2.5])
    array([1, 0])
    >>> basin_map(functions.ravine, SGD(lr=1.1), [(1, 1), (0, 0)])
    array([-2,  0])
    """
    function = checks.function(function)
    optimizer, steps = checks.optimizer(optimizer), checks.steps(steps)
    names = optimizer.hyperparameters() if isinstance(optimizer, Optimizer) else ()
    if any(np.ndim(getattr(optimizer, name)) for name in names):
        checks.wrong_value("optimizer", optimizer, "a rule whose hyperparameters are numbers")
    starts = checks.point("starts", starts, function._shape, whose=function.name)
    box = checks.domain(function.domain if domain is None else domain, function.dim)
    each = starts.reshape(-1, *function._shape)
    found = np.empty(len(each), dtype=int)
    first, *others = np.diff([0, *_looked_at(steps)])
    for begin in range(0, len(each), _TOGETHER):
        part = slice(begin, begin + _TOGETHER)
        if goes_alone(optimizer):
            run = descend(function, optimizer, each[part], steps)  # an optimizer for each
            seen = list(run.points[list(_looked_at(steps))])
        else:
            run = descend(function, optimizer, each[part], int(first), record=False)
            seen = [run.end]
            for more in others:  # it goes on with what its optimizer remembers
                lost = np.isnan(seen[-1])
                at = np.where(lost, 0.0, seen[-1])  # somewhere: it must start at a number
                run = descend(function, _used(run.optimizer), at, int(more), record=False)
                seen.append(np.where(lost, np.nan, run.end))
        found[part] = _settled(function, seen, run.losses[-1], box)
    return found.reshape(starts.shape[: starts.ndim - len(function._shape)])


# --- how it is measured ----------------------------------------------------------------------


def _coordinates(function: Function, points: np.ndarray) -> np.ndarray:
    """Points with an axis for the coordinates, of one variable, too: (..., d)."""
    return points if function._shape else points[..., None]


def _looked_at(steps: int) -> tuple[int, int, int]:
    """The steps at which it is looked where a run is.

    The first and the last are an even number apart: a run that hops to and fro is seen on one side.
    """
    return max(steps - 2 * -(-steps // (2 * _LAST)), 0), max(steps - 1, 0), steps


def _used(optimizer: Any) -> Any:
    """An optimizer with what it remembers, which `descend` then does not make it forget."""
    kept = copy.copy(optimizer)
    vars(kept)["fresh"] = lambda: kept
    return kept


def _settled(
    function: Function, seen: Any, losses: np.ndarray, domain: Any
) -> np.ndarray:
    """The index of the minimum where runs are at all times that they were seen, NOWHERE or GONE."""
    box, near = np.reshape(domain, (-1, 2)), reach(domain)
    middle, half = box.mean(axis=1), np.ptp(box, axis=1) / 2
    early, *_, end = (_coordinates(function, points) for points in seen)

    def away(points: np.ndarray) -> np.ndarray:  # 1 at the edge; by coordinate, which is faster
        sides = enumerate(zip(middle, half, strict=True))
        parts = (np.abs(points[..., i] - m) / h for i, (m, h) in sides)
        return functools.reduce(np.maximum, parts)

    with np.errstate(all="ignore"):
        leaving = away(end)
        gone = (leaving > 1) & (leaving > away(early) + _REACH)
        gone |= ~(np.isfinite(leaving) & np.isfinite(losses))
        found = np.full(gone.shape, NOWHERE)
        for index in reversed(range(len(function.minima))):  # of two that are near the deeper one
            there = ~gone
            for points in seen:
                at = _coordinates(function, points)
                place = enumerate(np.atleast_1d(function.minima[index]))
                there &= sum((at[..., i] - m) ** 2 for i, m in place) <= near * near
            found[there] = index
    return np.where(gone, GONE, found)


def _turns_back(path: Path, domain: Any) -> np.ndarray:
    function, end = path.function, np.where(np.isfinite(path.end), path.end, path.start)
    with np.errstate(all="ignore"):
        moves = _coordinates(function, np.diff(path.points, axis=0))
        if function._shape:
            hessian = np.asarray(function.hessian(end))
            hessian = np.where(np.isfinite(hessian), hessian, np.eye(function.dim))
            moves = np.einsum("s...i,...ij->s...j", moves, np.linalg.eigh(hessian)[1])
        counted = np.abs(moves) > _ROUNDING * measures(domain)["diagonal"]
        both = counted[1:] & counted[:-1]
        turns = both & (moves[1:] * moves[:-1] < 0)
    return (2 * turns.sum(axis=0) > both.sum(axis=0)).any(axis=-1)
