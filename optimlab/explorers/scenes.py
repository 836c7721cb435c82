"""What the pictures of several explorers have in common: what they take, draw and show."""

from copy import copy

import numpy as np
from matplotlib.figure import Figure

from optimlab import checks
from optimlab.draw import style
from optimlab.landmarks import widened
from optimlab.study.data import Data
from optimlab.taught import Taught

NOTHING = np.empty((0, 2))
GAP = np.full((1, 2), np.nan)


# --- arguments -------------------------------------------------------------------------------


def to_draw(function, domain=None, dim=None, start=None, *, minimum=False):
    """A Function of `dim` variables, given in any way that `checks.function` takes, and what is
    drawn of it: `domain`, or the function's own domain, widened to hold the start.
    """
    dims = (1, 2) if dim is None else (dim,)
    function = checks.function(function, dims, start=start, domain=domain, minimum=minimum)
    if not np.isfinite(function.domain).all():
        raise ValueError(f"function={function.name}: its domain must be finite to be drawn")
    own = np.reshape(function.domain, (-1, 2))
    box = own if domain is None else np.reshape(checks.domain(domain, function.dim), (-1, 2))
    wide = widened(box, one_start(function, start))
    if (wide != box).any():
        box, function = wide, copy(function)
        low, high = np.minimum(own[:, 0], box[:, 0]), np.maximum(own[:, 1], box[:, 1])
        function.domain = _plain(np.stack([low, high], axis=-1))
    return function, _plain(box)


def _plain(box):
    """The rows (low, high) of a box as a domain."""
    pairs = tuple(map(tuple, box.tolist()))
    return pairs if len(pairs) > 1 else pairs[0]


def one_start(function, start):
    """Where runs on a function begin, one point; the function's own start where it is None."""
    at = checks.start(start, function)
    if at.shape != np.shape(function.start):
        checks.wrong_value("start", start, "one point, not many")
    return tuple(at.tolist()) if at.ndim else float(at)


def the_data(name, data, features, *, classes):
    """Data of so many features, with classes or with numbers to guess."""
    kind = "classes" if classes else "numbers to guess"
    accepted = f"Data with {features} feature{'s' * (features > 1)} and {kind}"
    checks.instance(name, data, Data, accepted)
    if (data.classes is not None) is not classes:
        checks.wrong_kind(name, data, accepted)
    if data.x.shape[1] != features:
        checks.wrong_value(name, data, accepted)
    return data


# --- the scene -------------------------------------------------------------------------------


def around(values, margin=0.08):
    """Axis limits that show all finite values, with a margin."""
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
    room = margin * (high - low) or 1.0
    return float(low - room), float(high + room)


def on_curve(function, domain):
    """The curve of a function of one variable, (n, 2), for a handle to stay on."""
    x = np.linspace(*domain, 401)
    return np.stack([x, function(x)], axis=-1)


def name_looks(ax, looks, *, markers=True, **more):
    """A line for the legend in each of `looks`, a dict from names; returns the lines."""
    lines = []
    for name, look in looks.items():
        marker = {"marker": look["marker"]} if markers else {}
        dash = style.linestyle(look["dash"])
        lines += ax.plot([], [], label=name, color=look["color"], linestyle=dash, **marker, **more)
    return lines


def contour_lines(x, y, z, levels):
    """The contour lines of z over the meshes x and y, (n, 2), their pieces parted by NaN."""
    lines = Figure().add_subplot().contour(x, y, z, levels).allsegs
    pieces = [part for level in lines for line in level for part in (line, GAP)]
    return np.concatenate(pieces) if pieces else NOTHING


def coarser(function, rule):
    """Of how many rows and columns of a map one is run: code that takes one run at a time is slow.

    >>> from optimlab import SGD, functions
    >>> coarser(functions.wave, SGD)
    1
    """
    return 1 if function.quick and not issubclass(rule, Taught) else 5
