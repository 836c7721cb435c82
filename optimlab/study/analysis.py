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

import numpy as np

from optimlab.descent import descend
from optimlab.functions import Function
from optimlab.optimizers import SGD, Momentum, Nesterov

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


def curvatures(function, point=None):
    """Eigenvalues of the Hessian, the smallest first: (..., d).

    For a function of one variable it is f'', in the shape of `point`.  `point` is by default
    the deepest minimum; many points, (..., d), are taken at once.

    >>> from optimlab import functions
    >>> curvatures(functions.ravine)
    array([0.1, 2. ])
    >>> curvatures(functions.wave, 0.0)
    2.0
    """
    point = _point(function, point)
    hessian = function.hessian(point)
    if not function._shape:
        return hessian
    return np.linalg.eigvalsh(hessian)


def factors(function, lr, point=None):
    """1 - lr·λ: by what one step of SGD multiplies the distance along each direction: (..., d).

    Between 0 and 1 it comes closer from one side; between -1 and 0 it crosses the minimum at
    every step, the zigzag; beyond that it moves away.  `lr` is a number.

    >>> from optimlab import functions
    >>> factors(functions.ravine, 0.95).round(4)
    array([ 0.905, -0.9  ])
    """
    return 1 - lr * curvatures(function, point)


def stability_limit(function, point=None):
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


def condition_number(function, point=None):
    """λmax/λmin, how many times steeper the steepest direction curves than the flattest.

    Infinite at a point that is no strict minimum (some λ <= 0).

    >>> from optimlab import functions
    >>> condition_number(functions.bowl), condition_number(functions.saddle, (0, 0))
    (3.0, inf)
    """
    least, largest = _ends(function, point)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Function._plain(np.where(least > 0, largest / least, np.inf))


def best_rate(function, point=None):
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


def steps_to_shrink(shrink, by=1e-3):
    """How many steps until `shrink` to that power is at most `by`.

    `shrink` is the size of the largest factor; infinite if that is 1 or more.

    >>> steps_to_shrink(19 / 21), steps_to_shrink([0.5, 0.0, 1.0])
    (70.0, array([10.,  1., inf]))
    """
    if not 0 < by < 1:
        raise ValueError(f"by={by!r}: by must lie between 0 and 1")
    shrink = np.asarray(shrink, dtype=float)
    if not np.all(shrink >= 0):
        raise ValueError(f"shrink={shrink}: shrink must be >= 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        # the small allowance keeps 0.1 ** 3 <= 1e-3 from being lost to rounding
        steps = np.maximum(np.ceil(np.log(by) / np.log(shrink) - 1e-9), 1)
    return Function._plain(np.where(shrink < 1, steps, np.inf))


# --- with a velocity -------------------------------------------------------------------------


def momentum_factors(curvature, lr, momentum, rule=Momentum):
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
    trace, determinant = _trace_and_determinant(curvature, lr, momentum, rule)
    root = np.sqrt((trace * trace / 4 - determinant).astype(complex))
    root = np.where(trace < 0, -root, root)  # so that the larger one comes first
    return np.stack([trace / 2 + root, trace / 2 - root], axis=-1)


def momentum_shrink(function, lr, momentum, rule=Momentum, point=None):
    """What a step of a rule with a velocity leaves of the distance in the long run.

    It is the size of the largest factor over all directions: below 1 the run is drawn to the
    minimum, above 1 it leaves. `lr` and `momentum` may be arrays that broadcast.

    >>> from optimlab import functions
    >>> momentum_shrink(functions.ravine, [0.1, 0.95], 0.9).round(4)
    array([0.9487, 0.9487])
    >>> round(momentum_shrink(functions.ravine, 0.95, 0.0), 4)  # plain descent
    0.905
    """
    worst = 0.0
    for curvature in np.atleast_1d(curvatures(function, point)):
        trace, determinant = _trace_and_determinant(curvature, lr, momentum, rule)
        inside = trace * trace - 4 * determinant
        real = (np.abs(trace) + np.sqrt(np.maximum(inside, 0))) / 2
        swinging = np.sqrt(np.maximum(determinant, 0))
        worst = np.maximum(worst, np.where(inside < 0, swinging, real))
    return Function._plain(worst)


def momentum_limit(function, momentum, rule=Momentum, point=None):
    """The largest learning rate at which a rule with a velocity is still drawn to a minimum.

    (2 + 2α)/λmax for Momentum, and (2 + 2α)/((1 + 2α) λmax) for Nesterov.

    >>> from optimlab import Nesterov, functions
    >>> momentum_limit(functions.ravine, 0.9), momentum_limit(functions.ravine, 0.5, Nesterov)
    (1.9, 0.75)
    """
    momentum = np.asarray(momentum, dtype=float)
    widening = 1 + momentum
    if _with_velocity(rule) is Nesterov:
        widening = widening / (1 + 2 * momentum)
    return Function._plain(widening * stability_limit(function, point))


def best_momentum(function, rule=Momentum, point=None):
    """(lr, momentum, shrink): the constants that leave the least of the distance per step.

    For Momentum lr = (2/(√λmin + √λmax))², momentum = ((√κ - 1)/(√κ + 1))² and the shrink is the
    root of that (Polyak 1964). For Nesterov, with s = √(3κ + 1), lr = 4/(3 λmax + λmin), momentum =
    (s - 2)/(s + 2) and the shrink is 1 - 2/s (Lessard, Recht & Packard 2016). NaN where it is no
    strict minimum.

    >>> from optimlab import functions
    >>> [round(v, 6) for v in best_momentum(functions.ravine)]
    [1.335815, 0.402605, 0.634512]
    """
    least, largest = _ends(function, point)
    with np.errstate(divide="ignore", invalid="ignore"):
        if _with_velocity(rule) is Nesterov:
            size = np.sqrt(3 * largest / least + 1)
            found = 4 / (3 * largest + least), (size - 2) / (size + 2), 1 - 2 / size
        else:
            low, high = np.sqrt(least), np.sqrt(largest)
            shrink = (high - low) / (high + low)
            found = (2 / (low + high)) ** 2, shrink * shrink, shrink
        return tuple(Function._plain(np.where(least > 0, v, np.nan)) for v in found)


def measured_shrink(path, minimum=None, above=1e-12):
    """What a recorded run left of its distance per step: from its last half, by a fitted line.

    The line is fitted to the logarithm of the distance. Only distances above `above` count, since
    below that a run is as near as rounding lets it come. NaN if fewer than three are left.

    Parameters
    ----------
    path : Path of a single run
    minimum : point, by default the function's deepest minimum
    above : float

    >>> from optimlab import SGD, descend, functions
    >>> round(measured_shrink(descend(functions.parabola, SGD(lr=0.2), start=4)), 6)
    0.6
    """
    if path.batch or path.points is None:
        raise ValueError("path: it must be a recorded path of a single run")
    away = path.points - _point(path.function, minimum)
    distance = np.linalg.norm(away, axis=-1) if path.function._shape else np.abs(away)
    steps = np.arange(len(distance))
    with np.errstate(invalid="ignore"):
        counts = np.isfinite(distance) & (distance > above) & (steps >= path.steps / 2)
    if counts.sum() < 3:
        return np.nan
    steps, logs = steps[counts], np.log(distance[counts])
    steps = steps - steps.mean()
    return float(np.exp(steps @ (logs - logs.mean()) / (steps @ steps)))


# --- where runs end --------------------------------------------------------------------------


def basin(function, points, tolerance=0.05):
    """Which minimum each point lies at: its index in ``function.minima``, -1 for none.

    A point lies at a minimum if it is at most `tolerance` away.  NaN lies at none.

    >>> from optimlab import functions
    >>> basin(functions.wave, [4.91, 0.001, 2.0, float("nan")], tolerance=0.01)
    array([ 0,  1, -1, -1])
    """
    points = function._points(points)
    if not tolerance > 0:
        raise ValueError(f"tolerance={tolerance!r}: tolerance must be > 0")
    batch = points.shape[: points.ndim - len(function._shape)]
    found = np.full(batch, -1)
    nearest = np.full(batch, float(tolerance))
    for index, minimum in enumerate(function.minima):
        away = points - minimum
        distance = np.linalg.norm(away, axis=-1) if function._shape else np.abs(away)
        closer = distance <= nearest
        found = np.where(closer, index, found)
        nearest = np.where(closer, distance, nearest)
    return found if found.ndim else int(found)


def destination(function, optimizer, start, steps=500, tolerance=0.05, watch=20):
    """In which valley each run comes to stay: an index in ``function.minima``, -1 for none.

    `start` and array hyperparameters are broadcast as in `descend`; nothing is recorded on
    the way.  A run that hops about passes near a minimum now and then, so after `steps`
    updates it is followed for `watch` more, with an empty state, and counts as staying only
    if it lies at the same minimum all the time.

    >>> import numpy as np
    >>> from optimlab import SGD, functions
    >>> destination(functions.wave, SGD(lr=np.array([0.25, 0.5, 0.8])), 2.5)
    array([ 0, -1,  1])
    """
    runs = descend(function, optimizer, start, steps, record=False)
    end = np.array(runs.end)
    known = np.isfinite(end)
    lost = ~(known.all(axis=-1) if function._shape else known)
    end[~known] = 0.0  # somewhere, so that it may go on; masked below
    then = descend(function, optimizer, end, watch)
    seen = basin(function, then.points, tolerance)
    stays = (seen == seen[0]).all(axis=0) & ~lost
    found = np.where(stays, seen[0], -1)
    return found if found.ndim else int(found)


def rate_start_map(function, rates, starts, steps=500, rule=SGD, tolerance=0.05):
    """`destination` for every rate and every start at once: (rates, starts[, without d]).

    >>> from optimlab import functions
    >>> rate_start_map(functions.wave, [0.25, 0.5, 0.8], [1.5, 2.5])
    array([[ 1,  0],
           [ 1, -1],
           [ 1,  1]])
    """
    rates, starts = np.asarray(rates, dtype=float), np.asarray(starts, dtype=float)
    if rates.ndim != 1:
        raise ValueError(f"rates has shape {rates.shape}: rates must be a list of numbers")
    lr = rates.reshape(-1, *(1,) * (starts.ndim))
    return destination(function, rule(lr=lr), starts, steps, tolerance)


# --- input -----------------------------------------------------------------------------------


def _point(function, point):
    if not isinstance(function, Function):
        raise TypeError(f"function={function!r}: function must be a Function")
    if point is not None:
        return function._points(point)
    if not len(function.minima):
        raise ValueError(f"{function.name} has no minimum in its domain: say at which point")
    return function.minima[0]


def _with_velocity(rule):
    if rule not in (Momentum, Nesterov):
        raise TypeError(f"rule={rule!r}: rule must be Momentum or Nesterov, the class itself")
    return rule


def _trace_and_determinant(curvature, lr, momentum, rule):
    """Sum and product of the two eigenvalues of a step along a direction, as float arrays."""
    curvature, lr, alpha = (np.asarray(v, dtype=float) for v in (curvature, lr, momentum))
    left = 1 - lr * curvature
    if _with_velocity(rule) is Nesterov:
        return (1 + alpha) * left, alpha * left
    return alpha + left, alpha + 0 * left


def _ends(function, point):
    """The smallest and the largest curvature at each point."""
    found = np.asarray(curvatures(function, point), dtype=float)
    return (found[..., 0], found[..., -1]) if function._shape else (found, found)
