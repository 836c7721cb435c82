"""What a function has in a box, found numerically: its minima and saddles, a box, and a start.

It is for functions that are given without these facts.  They are found from a grid, so a valley
that is much narrower than the box may be missed; what is found is marked as such.

>>> from optimlab import functions
>>> minima, others = stationary(functions.himmelblau, functions.himmelblau.domain)
>>> len(minima), len(others), bool(abs(minima[0] - (3, 2)).max() < 1e-9)
(4, 5, True)
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from optimlab.functions import Function

#: half the widths of the boxes that are searched for a minimum, one after the other
_REACH = (10.0, 100.0, 1000.0)
#: no more points than these are followed
_MOST = 400
#: where a start is tried, in shares of the box
_STARTS = ((0.12, 0.85), (0.85, 0.7), (0.3, 0.15), (0.7, 0.3), (0.45, 0.6), (0.55, 0.45))


def described(function: Function, box: Any = None, start: Any = None) -> Function:
    """The function itself, which now has a box, minima, saddles and a start that were found."""
    d, shape = function.dim, function._shape
    if d > 2:
        return function
    with np.errstate(all="ignore"):
        at = _proposed_box(function) if box is None else np.reshape(np.asarray(box, float), (d, 2))
        if box is None and start is not None:
            at = widened(at, start)
        minima, others = stationary(function, at)
        begin = _proposed_start(function, at, minima) if start is None else np.asarray(start, float)
    pairs = tuple(map(tuple, at.tolist()))
    function.domain = pairs if shape else pairs[0]
    function.minima, function.stationary = minima.reshape(-1, *shape), others.reshape(-1, *shape)
    function.start, function.found = begin.reshape(shape), True
    return function


def widened(box: np.ndarray, start: Any) -> np.ndarray:
    """A box (d, 2), or one that has room for the start, too."""
    near, room = np.ravel(start), 0.1 * (box[:, 1] - box[:, 0])
    low = np.where(near < box[:, 0], near - room, box[:, 0])
    return np.stack([low, np.where(near > box[:, 1], near + room, box[:, 1])], axis=-1)


def stationary(function: Function, domain: Any) -> tuple[np.ndarray, np.ndarray]:
    """(minima, other stationary points) in a box, each (n, d); the deepest minimum first."""
    d = function.dim
    box = np.reshape(np.asarray(domain, float), (d, 2))
    many = 61 if d == 2 else 401
    if not function.quick:
        many = 25 if d == 2 else 201
    width = box[:, 1] - box[:, 0]
    sides = [np.linspace(low, high, many) for low, high in box]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1)
    with np.errstate(all="ignore"):
        values = _values(function, grid)
        slopes = np.linalg.norm(_gradients(function, grid) * width, axis=-1)
        level = np.isfinite(slopes)
        if not level.any():
            return np.empty((0, d)), np.empty((0, d))
        bottoms = _lowest(grid, values)
        smooth = _newton(function, np.concatenate([_lowest(grid, slopes), bottoms]), box)
        steep = np.linalg.norm(_gradients(function, smooth) * width, axis=-1)
        smooth = smooth[steep <= 1e-4 * np.median(slopes[level])]  # it goes to poles, too
        kinks = _kinks(function, _descended(function, bottoms, width / many), width)
        found = np.empty((0, d))
        for k, point in enumerate(np.concatenate([smooth, kinks])):
            apart = np.abs((found - point) / width).max(axis=1, initial=0)
            if not len(found) or apart.min() > (1e-4 if k < len(smooth) else 1e-2):
                found = np.concatenate([found, point[None]])
        inside = np.all((found >= box[:, 0]) & (found <= box[:, 1]), axis=1)
        found = found[inside & np.isfinite(_values(function, found))]
        if not len(found):
            return found, found
        # a point of a whole line of them is no point of its own
        bends = np.linalg.eigvalsh(_hessians(function, found) * width[:, None] * width)
        least, most = bends[:, 0], np.abs(bends).max(axis=1)
        flat = np.abs(bends).min(axis=1) <= 1e-6 * most
        apart = np.abs((found[:, None] - found) / width).max(axis=-1)
        alone = np.sum((apart < 0.15) & flat, axis=1) <= 1
        lowest = np.where(flat, _bottom(function, found, width), least > 0)
        found, lowest = found[~flat | alone], lowest[~flat | alone]
        minima = _regions(function, found[lowest], width)
        return minima[np.argsort(_values(function, minima), kind="stable")], found[~lowest]


# --- asking ----------------------------------------------------------------------------------


def _values(function: Function, points: np.ndarray) -> np.ndarray:
    return np.asarray(function.value(points if function._shape else points[..., 0]))


def _gradients(function: Function, points: np.ndarray) -> np.ndarray:
    found = function.gradient(points if function._shape else points[..., 0])
    return np.reshape(found, points.shape)


def _hessians(function: Function, points: np.ndarray) -> np.ndarray:
    found = function.hessian(points if function._shape else points[..., 0])
    return np.nan_to_num(np.reshape(found, (*points.shape, function.dim)), posinf=0, neginf=0)


# --- searching -------------------------------------------------------------------------------


def _lowest(grid: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """The points of a grid (…, d) that are no higher than their neighbours, the lowest first."""
    d = grid.shape[-1]
    heights = np.where(np.isfinite(heights), heights, np.inf)
    around = np.pad(heights, 1, constant_values=np.inf)
    low = np.isfinite(heights)
    for shift in product((0, 1, 2), repeat=d):
        part = tuple(slice(s, s + n) for s, n in zip(shift, heights.shape, strict=True))
        low &= heights <= around[part]
    return grid[low][np.argsort(heights[low], kind="stable")][:_MOST]


def _newton(function: Function, points: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Where Newton's steps from these points arrive at a zero of the gradient, the surest first."""
    width = box[:, 1] - box[:, 0]
    exact = function._gradient is not None
    step = np.zeros_like(points)
    for _ in range(60 if exact else 20):
        g, h = _gradients(function, points), _hessians(function, points)
        if function.dim == 1:
            step = g / h[..., 0]
        else:
            a, b, c = h[:, 0, 0], (h[:, 0, 1] + h[:, 1, 0]) / 2, h[:, 1, 1]
            turned = np.stack([c * g[:, 0] - b * g[:, 1], a * g[:, 1] - b * g[:, 0]], axis=-1)
            step = turned / (a * c - b * b)[:, None]
        step = np.where(g == 0, np.where(np.isfinite(step), step, 0), step)
        points = points - np.clip(step, -0.05 * width, 0.05 * width)
    near = np.abs(step / width).max(axis=1)
    inside = np.all((points >= box[:, 0] - 1e-6 * width) & (points <= box[:, 1] + 1e-6 * width), 1)
    kept = (near < (1e-6 if exact else 1e-3)) & inside
    points, near = points[kept], near[kept]
    short = np.round(points, 6) + 0.0  # 1.0000000001 is 1 where that is no worse
    worse = np.abs(_gradients(function, short)) > np.abs(_gradients(function, points)) + (
        0 if exact else 1e-6
    )
    points = np.where(worse.any(axis=1, keepdims=True) | ~np.isfinite(short), points, short)
    points = np.where(np.abs(points) < 1e-12 * width, 0.0, points)  # not 1e-235
    return points[np.argsort(near, kind="stable")]


def _descended(function: Function, points: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Where ever shorter steps along and between the axes lead: kinks are found, too."""
    ways = np.array([way for way in product((-1, 0, 1), repeat=function.dim) if any(way)])
    size = np.ones(len(points))
    low = _values(function, points)
    for _ in range(60 if function.quick else 25):
        tried = points[:, None] + size[:, None, None] * ways * reach
        values = _values(function, tried)
        values = np.where(np.isnan(values), np.inf, values)
        best = values.argmin(axis=1)
        rows = np.arange(len(points))
        better = values[rows, best] < low
        points = np.where(better[:, None], tried[rows, best], points)
        low = np.where(better, values[rows, best], low)
        size = np.where(better, size, size / 2)
    return np.round(points, 6) + 0.0


def _rises(function: Function, points: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """How much higher f is around each point than there, (n, ways); NaN where it is undefined."""
    turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ways = np.stack([np.cos(turns), np.sin(turns)], axis=-1) if len(reach) == 2 else [[-1], [1]]
    ring = points[:, None] + reach * np.asarray(ways)
    return _values(function, ring) - _values(function, points)[:, None]


def _strict(function: Function, points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Which points are lower than all around them."""
    rises = _rises(function, points, 1e-3 * width)
    return rises.min(axis=1) > 1e-12 * rises.max(axis=1)


def _bottom(function: Function, points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The same where f may be level at first: the first ring without a lower point that rises."""
    bottom, level = np.zeros(len(points), bool), np.ones(len(points), bool)
    for reach in (1e-3, 1e-2, 1e-1):
        rises = _rises(function, points, reach * width)
        bottom |= level & (rises.min(axis=1) > 1e-12 * rises.max(axis=1))
        level &= rises.min(axis=1) >= 0
    return bottom


def _regions(function: Function, points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The points; those between which f is level are one region, and its middle stands for them."""
    regions: list[list[np.ndarray]] = []
    for point in points:
        lines = [np.ptp(_values(function, np.linspace(r[0], point, 33))) for r in regions]
        regions += [[]] * (0 not in lines)
        regions[lines.index(0) if 0 in lines else -1].append(point)
    digits = int(2 - np.floor(np.log10(width.max())))
    middles = (np.round((np.min(r, axis=0) + np.max(r, axis=0)) / 2, digits) for r in regions)
    one = [r[0] if len(r) == 1 else at for r, at in zip(regions, middles, strict=True)]
    return np.reshape(one, (-1, len(width))) + 0.0


def _kinks(function: Function, points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Those that are strict minima and at which f neither jumps nor has a pole."""
    wide, narrow = (_rises(function, points, reach * width) for reach in (1e-3, 1e-6))
    return points[_strict(function, points, width) & (narrow.max(axis=1) < 0.5 * wide.max(axis=1))]


# --- proposing -------------------------------------------------------------------------------


def _proposed_box(function: Function) -> np.ndarray:
    """A box around the minima nearest to zero, without margins in which f is undefined."""
    d, chosen, defined = function.dim, np.empty((0, function.dim)), None
    for reach in _REACH[: None if function.quick else 1]:
        wide = np.array([(-reach, reach)] * d)
        minima, others = stationary(function, wide)
        chosen = minima if len(minima) else others
        inner = chosen[np.abs(chosen).max(axis=1, initial=0) <= reach / 2]
        chosen = inner if len(inner) else chosen
        shown = _defined(function, np.array([(-reach / 2, reach / 2)] * d))
        if defined is None:
            defined = shown
        if len(chosen):
            break
    if not len(chosen):
        return np.array([(-5.0, 5.0)] * d) if defined is None else defined
    nearest = np.argsort(np.abs(chosen).max(axis=1), kind="stable")[:9]
    low, high = chosen[nearest].min(axis=0), chosen[nearest].max(axis=0)
    half = np.maximum(4.0, 0.8 * (high - low))
    middle = (low + high) / 2
    if np.sum(np.all(np.abs(chosen - middle) < half, axis=1)) > 25:
        half = 0.8 * (high - low)
    box = np.stack([np.floor(middle - half), np.ceil(middle + half)], axis=-1)
    shown = _defined(function, box)
    return box if shown is None else shown


def _defined(function: Function, box: np.ndarray) -> np.ndarray | None:
    """The part of a box in which f has numbers; None if there is none."""
    sides = [np.linspace(low, high, 41) for low, high in box]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1)
    known = np.argwhere(np.isfinite(_values(function, grid)))
    if not len(known):
        return None
    least, most = np.maximum(known.min(axis=0) - 1, 0), np.minimum(known.max(axis=0) + 1, 40)
    shown = [(side[a], side[b]) for side, a, b in zip(sides, least, most, strict=True)]
    return np.round(shown, 3) + 0.0


def _proposed_start(function: Function, box: np.ndarray, minima: np.ndarray) -> np.ndarray:
    """A point in the box from which there is a way to go."""
    d, width = function.dim, box[:, 1] - box[:, 0]
    tried = box[:, 0] + np.array(_STARTS)[:, :d] * width
    tried = np.round(tried, int(1 - np.floor(np.log10(width.min())))) + 0.0
    slopes = _gradients(function, tried)
    fits = np.isfinite(_values(function, tried)) & np.isfinite(slopes).all(axis=1)
    moves = fits & (slopes != 0).any(axis=1)
    far = [np.abs((minima - one) / width).max(axis=1).min(initial=1.0) > 0.1 for one in tried]
    for good in (moves & far, moves, fits):
        if good.any():
            return tried[good.argmax()]
    return tried[0]
