r"""Which learning rates work: stability limits, condition numbers, valleys and maps of them.

Near a minimum x* the gradient is the Hessian times the distance, so plain descent multiplies
the distance along the Hessian's i-th direction by 1 - η λ_i at every step, where λ_i is the
curvature (eigenvalue) in that direction.  All that follows here is read from these factors.

>>> from optimlab import functions
>>> stability_limit(functions.ravine), condition_number(functions.ravine)
(1.0, 20.0)
>>> rate, shrink = best_rate(functions.ravine)
>>> round(rate, 6), round(shrink, 6)
(0.952381, 0.904762)
>>> stability_limit(functions.wave, functions.wave.minima).round(4)
array([0.3836, 1.    ])

These are statements about a neighbourhood of the minimum.  Far away only a run can tell where
descent ends, and `basin` and `destination` then say in which valley that is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks, formulas
from optimlab.descent import Path, descend
from optimlab.functions import Function
from optimlab.optimizers import SGD, Momentum, Nesterov, Optimizer

__all__ = [
    "basin",
    "best_momentum",
    "best_rate",
    "condition_number",
    "curvatures",
    "destination",
    "factors",
    "measured_shrink",
    "momentum_factors",
    "momentum_limit",
    "momentum_shrink",
    "rate_start_map",
    "stability_limit",
    "steps_to_shrink",
]

#: by how much a velocity widens the limit 2/λ of plain descent, by its momentum a
WIDENING: dict[type[Optimizer], str] = {
    SGD: "1", Momentum: "1 + a", Nesterov: "(1 + a)/(1 + 2*a)",
}  # fmt: skip
_WIDENED = {rule: formulas.program([formulas.tree_of(text)], ("a",), alone=True)
            for rule, text in WIDENING.items()}  # fmt: skip


def curvatures(function: Function | str, point: ArrayLike | None = None) -> float | np.ndarray:
    """Eigenvalues of the Hessian, the smallest first: (..., d).

    For a function of one variable it is f'', in the shape of `point`.

    Parameters
    ----------
    function : Function, or the name of one
    point : one or many, (..., d); by default the deepest minimum

    Raises
    ------
    TypeError, ValueError : if one of them is none of this, or there is no minimum; here and in
        all that follows the argument is named

    >>> from optimlab import functions
    >>> curvatures(functions.ravine)
    array([0.1, 2. ])
    >>> curvatures(functions.wave, 0.0)
    2.0
    """
    function = checks.function(function)
    hessian = function.hessian(_point(function, point))
    return np.linalg.eigvalsh(hessian) if function._shape else hessian


def factors(
    function: Function | str, lr: float, point: ArrayLike | None = None
) -> float | np.ndarray:
    """1 - lr·λ: by what one step of SGD multiplies the distance along each direction: (..., d).

    Between 0 and 1 it comes closer from one side; between -1 and 0 it crosses the minimum at
    every step, the zigzag; beyond that it moves away.  `lr` is a number, `point` as in
    `curvatures`.

    >>> from optimlab import functions
    >>> factors(functions.ravine, 0.95).round(4)
    array([ 0.905, -0.9  ])
    """
    return 1 - checks.number("lr", lr, low=0) * curvatures(function, point)


def stability_limit(
    function: Function | str, point: ArrayLike | None = None
) -> float | np.ndarray:
    """2/λmax: below this constant learning rate SGD is drawn to a minimum, above it is not.

    At the limit itself the second derivative does not decide.  Infinite where no direction
    curves upwards.  `point` as in `curvatures`; one number for each point.

    >>> from optimlab import functions
    >>> stability_limit(functions.parabola)
    1.0
    """
    largest = _ends(function, point)[1]
    with np.errstate(divide="ignore"):
        return Function._plain(np.where(largest > 0, 2 / largest, np.inf))


def condition_number(
    function: Function | str, point: ArrayLike | None = None
) -> float | np.ndarray:
    """λmax/λmin, how many times steeper the steepest direction curves than the flattest.

    Infinite at a point that is no strict minimum (some λ <= 0).  `point` as in `curvatures`.

    >>> from optimlab import functions
    >>> condition_number(functions.bowl), condition_number(functions.saddle, (0, 0))
    (3.0, inf)
    """
    least, largest = _ends(function, point)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Function._plain(np.where(least > 0, largest / least, np.inf))


def best_rate(
    function: Function | str, point: ArrayLike | None = None
) -> tuple[float | np.ndarray, float | np.ndarray]:
    """(lr, shrink): the constant rate 2/(λmin + λmax) and what it leaves of the distance per step.

    At this rate the factors of the flattest and the steepest direction are equal but for the
    sign, so no other constant rate has a smaller worst factor: (λmax - λmin)/(λmax + λmin),
    which is (κ - 1)/(κ + 1) for the condition number κ.  NaN where it is no strict minimum.

    >>> from optimlab import functions
    >>> best_rate(functions.parabola)
    (0.5, 0.0)
    """
    least, largest = _ends(function, point)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(least > 0, 2 / (least + largest), np.nan)
        shrink = np.where(least > 0, (largest - least) / (largest + least), np.nan)
    return Function._plain(rate), Function._plain(shrink)


def steps_to_shrink(shrink: ArrayLike, by: float = 1e-3) -> float | np.ndarray:
    """How many steps until `shrink` to that power is at most `by`, a number between 0 and 1.

    `shrink` is the size of the largest factor, or an array of them; infinite where that is 1 or
    more.

    >>> steps_to_shrink(19 / 21), steps_to_shrink([0.5, 0.0, 1.0])
    (70.0, array([10.,  1., inf]))
    """
    by = checks.number("by", by, above=0, below=1)
    shrink = checks.numbers("shrink", shrink, low=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # the small allowance keeps 0.1 ** 3 <= 1e-3 from being lost to rounding
        steps = np.maximum(np.ceil(np.log(by) / np.log(shrink) - 1e-9), 1)
    return Function._plain(np.where(shrink < 1, steps, np.inf))


# --- with a velocity -------------------------------------------------------------------------


def momentum_factors(
    curvature: ArrayLike, lr: ArrayLike, momentum: ArrayLike,
    rule: type[Optimizer] | str = Momentum,
) -> np.ndarray:  # fmt: skip
    """The two factors of a rule with a velocity along a direction of this curvature: (..., 2).

    Distance and velocity follow each other, so one step multiplies the pair of them by a 2×2
    matrix, for Momentum ((1 - ηλ, α), (-ηλ, α)). Its eigenvalues are the roots of z² - t z + d,
    with t = 1 + α - ηλ and d = α for Momentum, t = (1 + α)(1 - ηλ) and d = α(1 - ηλ) for Nesterov.
    Complex ones are a swing to and fro: both have the size √d.

    Parameters
    ----------
    curvature, lr, momentum : numbers or arrays, broadcast against one another
    rule : Momentum or Nesterov

    Returns
    -------
    complex array (..., 2), the larger one first

    >>> momentum_factors(2.0, 0.1, 0.25).real.round(4)  # two decays, their product is 0.25
    array([0.6851, 0.3649])
    >>> abs(momentum_factors(2.0, 0.1, 0.9)).round(4)  # √0.9 both
    array([0.9487, 0.9487])
    """
    curvature = checks.numbers("curvature", curvature)
    trace, determinant = _trace_and_determinant(curvature, *_checked(lr, momentum, rule))
    root = np.sqrt((trace * trace / 4 - determinant).astype(complex))
    root = np.where(trace < 0, -root, root)  # so that the larger one comes first
    return np.stack([trace / 2 + root, trace / 2 - root], axis=-1)


def momentum_shrink(
    function: Function | str, lr: ArrayLike, momentum: ArrayLike,
    rule: type[Optimizer] | str = Momentum, point: ArrayLike | None = None,
) -> float | np.ndarray:  # fmt: skip
    """What a step of a rule with a velocity leaves of the distance in the long run.

    It is the size of the largest factor over all directions: below 1 the run is drawn to the
    minimum, above 1 it leaves. `lr` and `momentum` may be arrays that broadcast. `point` as in
    `curvatures`.

    >>> from optimlab import functions
    >>> momentum_shrink(functions.ravine, [0.1, 0.95], 0.9).round(4)
    array([0.9487, 0.9487])
    >>> round(momentum_shrink(functions.ravine, 0.95, 0.0), 4)  # plain descent
    0.905
    """
    given = _checked(lr, momentum, rule)
    worst = 0.0
    for curvature in np.atleast_1d(curvatures(function, point)):
        trace, determinant = _trace_and_determinant(curvature, *given)
        inside = trace * trace - 4 * determinant
        real = (np.abs(trace) + np.sqrt(np.maximum(inside, 0))) / 2
        swinging = np.sqrt(np.maximum(determinant, 0))
        worst = np.maximum(worst, np.where(inside < 0, swinging, real))
    return Function._plain(worst)


def momentum_limit(
    function: Function | str, momentum: ArrayLike, rule: type[Optimizer] | str = Momentum,
    point: ArrayLike | None = None,
) -> float | np.ndarray:  # fmt: skip
    """The largest learning rate at which a rule with a velocity is still drawn to a minimum.

    (2 + 2α)/λmax for Momentum, and (2 + 2α)/((1 + 2α) λmax) for Nesterov. `momentum` may be an
    array, `point` is as in `curvatures`.

    >>> from optimlab import Nesterov, functions
    >>> momentum_limit(functions.ravine, 0.9), momentum_limit(functions.ravine, 0.5, Nesterov)
    (1.9, 0.75)
    """
    _, alpha, rule = _checked(0, momentum, rule)
    return Function._plain(_WIDENED[rule](alpha) * stability_limit(function, point))


def best_momentum(
    function: Function | str, rule: type[Optimizer] | str = Momentum, point: ArrayLike | None = None
) -> tuple[float | np.ndarray, ...]:
    """(lr, momentum, shrink): the constants that leave the least of the distance per step.

    For Momentum lr = (2/(√λmin + √λmax))², momentum = ((√κ - 1)/(√κ + 1))² and the shrink is the
    root of that (Polyak 1964). For Nesterov, with s = √(3κ + 1), lr = 4/(3 λmax + λmin), momentum =
    (s - 2)/(s + 2) and the shrink is 1 - 2/s (Lessard, Recht & Packard 2016). NaN where it is no
    strict minimum.

    >>> from optimlab import functions
    >>> [round(v, 6) for v in best_momentum(functions.ravine)]
    [1.335815, 0.402605, 0.634512]
    """
    rule = _with_velocity(rule)
    least, largest = _ends(function, point)
    with np.errstate(divide="ignore", invalid="ignore"):
        if rule is Nesterov:
            size = np.sqrt(3 * largest / least + 1)
            found = 4 / (3 * largest + least), (size - 2) / (size + 2), 1 - 2 / size
        else:
            low, high = np.sqrt(least), np.sqrt(largest)
            shrink = (high - low) / (high + low)
            found = (2 / (low + high)) ** 2, shrink * shrink, shrink
        return tuple(Function._plain(np.where(least > 0, v, np.nan)) for v in found)


def measured_shrink(path: Path, minimum: ArrayLike | None = None, above: float = 1e-12) -> float:
    """What a recorded run left of its distance per step: from its last half, by a fitted line.

    The line is fitted to the logarithm of the distance. Only distances above `above` count, since
    below that a run is as near as rounding lets it come. NaN if fewer than three are left.

    Parameters
    ----------
    path : Path of a single run, recorded
    minimum : point, by default the function's deepest minimum
    above : number >= 0

    >>> from optimlab import SGD, descend, functions
    >>> round(measured_shrink(descend(functions.parabola, SGD(lr=0.2), start=4)), 6)
    0.6
    """
    accepted = "a recorded path of a single run"
    if checks.instance("path", path, Path, accepted).batch or path.points is None:
        checks.wrong_value("path", path, accepted)
    above = checks.number("above", above, low=0)
    distance = _distance(path.function, path.points, _point(path.function, minimum, "minimum"))
    steps = np.arange(len(distance))
    with np.errstate(invalid="ignore"):
        counts = np.isfinite(distance) & (distance > above) & (steps >= path.steps / 2)
    if counts.sum() < 3:
        return np.nan
    away, logs = steps[counts] - steps[counts].mean(), np.log(distance[counts])
    return float(np.exp(away @ (logs - logs.mean()) / (away @ away)))


# --- where runs end --------------------------------------------------------------------------


def basin(
    function: Function | str, points: ArrayLike, tolerance: float = 0.05
) -> int | np.ndarray:
    """Which minimum each point lies at: its index in ``function.minima``, -1 for none.

    A point of `points`, (..., d), lies at a minimum if it is at most `tolerance` away.  NaN lies
    at none.

    >>> from optimlab import functions
    >>> basin(functions.wave, [4.91, 0.001, 2.0, float("nan")], tolerance=0.01)
    array([ 0,  1, -1, -1])
    """
    function, tolerance = checks.function(function), checks.positive("tolerance", tolerance)
    points = checks.point("points", points, function._shape, whose=function.name, finite=False)
    batch = points.shape[: points.ndim - len(function._shape)]
    found = np.full(batch, -1)
    nearest = np.full(batch, tolerance)
    for index, minimum in enumerate(function.minima):
        distance = _distance(function, points, minimum)
        closer = distance <= nearest
        found = np.where(closer, index, found)
        nearest = np.where(closer, distance, nearest)
    return found if found.ndim else int(found)


def destination(
    function: Function | str, optimizer: Optimizer, start: ArrayLike | None = None,
    steps: int = 500, tolerance: float = 0.05, watch: int = 20,
) -> int | np.ndarray:  # fmt: skip
    """In which valley each run comes to stay: an index in ``function.minima``, -1 for none.

    `optimizer`, `start` and `steps` are those of `descend`: start and array hyperparameters are
    broadcast; nothing is recorded on the way.  A run that hops about passes near a minimum now
    and then, so after `steps` updates it is followed for `watch` more, with an empty state, and
    counts as staying only if it lies at the same minimum all the time (see `basin` for
    `tolerance`).

    >>> import numpy as np
    >>> from optimlab import SGD, functions
    >>> destination(functions.wave, SGD(lr=np.array([0.25, 0.5, 0.8])), 2.5)
    array([ 0, -1,  1])
    """
    function, tolerance = checks.function(function), checks.positive("tolerance", tolerance)
    optimizer, start = checks.optimizer(optimizer), checks.start(start, function)
    steps, watch = checks.steps(steps), checks.whole("watch", watch)
    runs = descend(function, optimizer, start, steps, record=False)
    end = np.array(runs.end)
    known = np.isfinite(end)
    lost = ~(known.all(axis=-1) if function._shape else known)
    end[~known] = 0.0  # somewhere, so that it may go on; masked below
    then = descend(function, optimizer, end, watch)
    seen = np.asarray(basin(function, then.points, tolerance))
    stays = (seen == seen[0]).all(axis=0) & ~lost
    found = np.where(stays, seen[0], -1)
    return found if found.ndim else int(found)


def rate_start_map(
    function: Function | str, rates: ArrayLike, starts: ArrayLike, steps: int = 500,
    rule: type[Optimizer] | str = SGD, tolerance: float = 0.05,
) -> np.ndarray:  # fmt: skip
    """`destination` for every rate (n,) and every start (..., d) at once: (n, ...).

    >>> from optimlab import functions
    >>> rate_start_map(functions.wave, [0.25, 0.5, 0.8], [1.5, 2.5])
    array([[ 1,  0],
           [ 1, -1],
           [ 1,  1]])
    """
    function, rule = checks.function(function), checks.rule(rule)
    starts = checks.point("starts", starts, function._shape, whose=function.name)
    lr = checks.row("rates", rates, above=0).reshape(-1, *(1,) * starts.ndim)
    return np.asarray(destination(function, rule(lr=lr), starts, steps, tolerance))


# --- input -----------------------------------------------------------------------------------


def _point(function: Function, point: ArrayLike | None, name: str = "point") -> np.ndarray:
    """The point, as `name` was given; by default the deepest minimum."""
    if point is not None:
        return checks.point(name, point, function._shape, whose=function.name)
    if not len(function.minima):
        checks.wrong_value(name, None, f"given, as {function.name} has no minimum in its domain")
    return function.minima[0]


def base_of(rule: type[Optimizer]) -> type[Optimizer]:
    """The class of a rule that was given as an object, whose numbers have a class of their own."""
    return rule.__mro__["set_rate" in vars(rule)]


def _with_velocity(rule: type[Optimizer] | str) -> type[Optimizer]:
    return base_of(checks.rule(rule, among=(Momentum, Nesterov)))


def _checked(
    lr: ArrayLike, momentum: ArrayLike, rule: type[Optimizer] | str
) -> tuple[np.ndarray, np.ndarray, type[Optimizer]]:
    rates = checks.numbers("lr", lr, low=0)
    return rates, checks.numbers("momentum", momentum, low=0), _with_velocity(rule)


def _trace_and_determinant(
    curvature: np.ndarray, lr: np.ndarray, alpha: np.ndarray, rule: type[Optimizer]
) -> tuple[np.ndarray, np.ndarray]:
    """Sum and product of the two eigenvalues of a step along a direction."""
    left = 1 - lr * curvature
    if rule is Nesterov:
        return (1 + alpha) * left, alpha * left
    return alpha + left, alpha + 0 * left


def _distance(function: Function, points: np.ndarray, minimum: np.ndarray) -> np.ndarray:
    away = points - minimum
    return np.linalg.norm(away, axis=-1) if function._shape else np.abs(away)


def _ends(function: Function | str, point: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest curvature at each point."""
    function = checks.function(function)
    found = np.asarray(curvatures(function, point), dtype=float)
    return (found[..., 0], found[..., -1]) if function._shape else (found, found)
