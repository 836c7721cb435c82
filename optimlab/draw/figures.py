"""Drawings with matplotlib. Each `draw_*(ax, ...)` draws on the axes given and returns artists.

The same drawings are the background of a live plot and the still picture of a notebook that has not
been run, so what moves and what is printed never differ.
"""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser

from optimlab import checks
from optimlab.asis import in_figure
from optimlab.descent import Path
from optimlab.draw import style
from optimlab.draw.naming import place_names
from optimlab.words import short

#: a loss this many times the first one is far out of the picture
LOST = 1e6
#: what the stars at minima are called among the artists of an axes
STARS = "minima"
#: and the names of the parts where a function is undefined
UNDEFINED = "undefined"
#: how wide a formula above a picture may be, in points of a font of 10
WIDEST_TITLE = 240
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def panel(width=430, height=340, rows=1, columns=1, **subplots):
    """A figure of `width` x `height` CSS pixels in the look of the series, apart from pyplot.

    Returns
    -------
    (Figure, Axes) or (Figure, array of Axes)
    """
    checks.positive("width", width), checks.positive("height", height)
    rows, columns = checks.whole("rows", rows, 1), checks.whole("columns", columns, 1)
    with style.context():
        figure = Figure(figsize=(width / 100, height / 100), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        return figure, figure.subplots(rows, columns, **subplots)


def _axes(ax):
    return checks.instance("ax", ax, Axes, "matplotlib axes")


def _domain(function, domain):
    return function.domain if domain is None else checks.domain(domain, function.dim)


def _path(path, name="path"):
    """One recorded path, without batch axes."""
    checks.instance(name, path, Path, "a Path, as descend returns it")
    if path.batch:
        raise ValueError(f"{name}: a batch of shape {path.batch}; {name} must be one path of it")
    return path


def step_names(count):
    """["x₀", "x₁", ...]: how the course texts label the points of a path."""
    return [f"x{k}".translate(SUBSCRIPTS) for k in range(count)]


def spread_names(points, domain):
    """Those points of a path on a curve, (n, 2), whose names do not cover another, and the names.

    >>> spread_names(np.array([[4.0, 6], [0, 6], [4, 6]]), (-1, 5))[1]
    ['x₀', 'x₁']
    """
    apart = 0.05 * np.ptp(domain)
    kept = []
    for k, (x, y) in enumerate(points):
        if np.isfinite([x, y]).all() and all(abs(x - points[j][0]) > apart for j in kept):
            kept.append(k)
    names = step_names(len(points))
    return points[kept], [names[k] for k in kept]


def formula(function, before="", room=1.0):
    """The formula of a function as a title; its name where matplotlib cannot set the LaTeX.

    `room` is the share of a usual title's width that it may take.
    """
    text = f"${before}{function.latex}$"
    try:
        if MathTextParser("path").parse(text).width <= room * WIDEST_TITLE:
            return text
    except ValueError:
        pass
    name = function.name if len(function.name) <= 40 else function.name[:40] + "…"
    return in_figure(name)


def _heights(function, points):
    """f at points, (..., d) or (...), as far as they are shown, and where it is undefined.

    Where f has a pole, what lies far above or below the most of the picture is cut off: there it
    is infinite.
    """
    with np.errstate(all="ignore"):
        z = np.array(function(points), dtype=float)
        undefined, finite = np.isnan(z), np.isfinite(z)
        if not finite.any():
            return z, undefined
        low, middle, high = np.percentile(z[finite], (5, 50, 95))
        seen = np.where(finite, np.abs(z - middle), -1)
        top = np.unravel_index(seen.argmax(), z.shape)
        if not seen[top] > 2 * (high - low) > 0:
            return z, undefined
        # a pole is higher the nearer one looks, which a steep slope is not
        near = points[tuple(slice(max(i - 1, 0), i + 2) for i in top)].reshape(-1, function.dim)
        sides = [np.linspace(*ends, 41) for ends in zip(near.min(0), near.max(0), strict=True)]
        closer = np.stack(np.meshgrid(*sides), axis=-1)
        closer = np.array(function(closer if function.dim > 1 else closer[..., 0]))
        if np.abs(closer - middle)[~np.isnan(closer)].max(initial=0) > 3 * seen[top]:
            room = (high - low) / 2
            z[z > high + room], z[z < low - room] = np.inf, -np.inf
    return z, undefined


def _hatch(ax, x, y, undefined):
    """Hatch the part of the plane where a function is undefined, and name it."""
    inner = undefined.copy()
    deep = False
    for _ in range(len(undefined)):
        less = np.lib.stride_tricks.sliding_window_view(np.pad(inner, 1), (3, 3)).all(axis=(2, 3))
        if not less.any():
            break
        inner, deep = less, True
    if not deep:
        return  # no more than points
    part = ax.contourf(
        x, y, undefined, [0.5, 1.5], colors="none", hatches=["////"], zorder=0.5
    )  # fmt: skip
    part.set_edgecolor(style.UNDEFINED)
    part.set_linewidth(0)
    row, column = np.argwhere(inner)[np.count_nonzero(inner) // 2]
    _name_undefined(ax, (x[row, column], y[row, column]))


def _name_undefined(ax, at, **more):
    ax.text(
        *at, "undefined", ha="center", va="center", fontsize=8.5, color=style.INK, zorder=2.5,
        gid=UNDEFINED, bbox={"facecolor": "white", "lw": 0, "pad": 1.5, "alpha": 0.85},
        clip_on=True, **more,
    )  # fmt: skip


def draw_curve(ax, function, domain=None, *, samples=601, minima=True, color=style.INK):
    """The graph of a function of one variable, with a star at each of its minima.

    Returns {"curve": Line2D, "minima": Line2D or None}.
    """
    _axes(ax)
    function = checks.function(function, (1,))
    low, high = _domain(function, domain)
    x = np.linspace(low, high, checks.whole("samples", samples, 2))
    y, undefined = _heights(function, x)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], undefined, [False]]).astype(int)))
    for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
        if last - first >= 2:
            sides = x[first], x[last]
            ax.axvspan(
                *sides, facecolor="none", edgecolor=style.UNDEFINED, hatch="////", linewidth=0,
                zorder=0.5,
            )  # fmt: skip
            _name_undefined(
                ax, (sum(sides) / 2, 0.5), transform=ax.get_xaxis_transform(),
                rotation=90 * (np.ptp(sides) < 0.2 * (high - low)),
            )  # fmt: skip
    (curve,) = ax.plot(x, np.where(np.isfinite(y), y, np.nan), color=color, linewidth=1.6, zorder=2)
    stars = None
    inside = [m for m in np.atleast_1d(np.asarray(function.minima, float)) if low <= m <= high]
    if minima and inside:
        at = np.array(inside)
        stars = _stars(ax, at, function(at))
    name = function.variables[0]
    ax.set(xlabel=name, ylabel=f"f({name})", xlim=(low, high))
    return {"curve": curve, "minima": stars}


def surface_grid(function, domain=None, samples=181):
    """Meshes x, y and the values z of a function of two variables over its domain."""
    function, samples = checks.function(function, (2,)), checks.whole("samples", samples, 2)
    (xlow, xhigh), (ylow, yhigh) = _domain(function, domain)
    x, y = np.meshgrid(np.linspace(xlow, xhigh, samples), np.linspace(ylow, yhigh, samples))
    z, undefined = _heights(function, np.stack([x, y], axis=-1))
    finite = z[np.isfinite(z)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 1)
    return x, y, np.where(undefined, np.nan, np.clip(z, low, high))  # a hole; a pole cut off


def contour_levels(z, count=10):
    """Heights for contour lines: a power law above the lowest value; half the area lies below
    its middle. So the lines stand evenly on a saddle, and close together at the bottom of a
    valley with steep walls.
    """
    if np.isnan(z).all():
        return np.array([0.0, 1.0])
    low, high = float(np.nanmin(z)), float(np.nanmax(z))
    if not high > low:
        return np.array([low, low + 1.0])
    middle = max((float(np.nanmedian(z)) - low) / (high - low), 1e-12)
    power = np.clip(np.log(middle) / np.log(0.5), 1, 4)
    return low + (high - low) * np.linspace(0, 1, count + 1) ** power


def draw_contours(ax, function, domain=None, *, samples=181, levels=None, minima=True):
    """Contour lines of a function of two variables on a light surface, and a star at each minimum.

    `levels` is how many lines, or their heights.
    Returns {"filled": QuadContourSet, "lines": QuadContourSet, "minima": Line2D or None}.
    """
    _axes(ax)
    function = checks.function(function, (2,))
    x, y, z = surface_grid(function, domain, samples)
    if levels is None:
        levels = 10 if len(function.minima) <= 9 else 5
    if np.ndim(levels):
        heights = checks.row("levels", levels)
    else:
        heights = contour_levels(z, checks.whole("levels", levels, 1))
    filled = ax.contourf(x, y, z, heights, cmap=style.SURFACE, zorder=0, extend="both")
    lines = ax.contour(x, y, z, heights, colors="#8fa5bd", linewidths=0.7, linestyles="-", zorder=1)
    stars = None
    at = np.asarray(function.minima, float).reshape(-1, 2)
    inside = (at >= [x.min(), y.min()]).all(axis=1) & (at <= [x.max(), y.max()]).all(axis=1)
    if minima and inside.any():
        stars = _stars(ax, *at[inside].T)
    if np.isnan(z).any():
        _hatch(ax, x, y, np.isnan(z))
    ax.grid(False)
    across, up = function.variables
    ax.set(xlabel=across, ylabel=up, xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
    return {"filled": filled, "lines": lines, "minima": stars}


def _stars(ax, x, y):
    (stars,) = ax.plot(
        x, y, linestyle="none", marker="*", markersize=style.STAR_SIZE, zorder=style.STAR_ORDER,
        markerfacecolor=style.STAR, markeredgecolor=style.INK, markeredgewidth=0.8, gid=STARS,
    )  # fmt: skip
    return stars


def draw_path(ax, path, *, name=None, names=False, label=None):
    """A recorded path: ring at the start, a mark for each step, a filled dot at the end.

    `path` is a Path without batch axes, in one dimension drawn on the curve, in two on the
    contours. `name` picks the rule's look (by default that of the path's own rule), `names`
    writes x₀, x₁, … where there is room beside the lines. A star at a minimum stays in front.
    Where the path leaves the function's domain, a line in the corner says at which step.
    Returns {"line": Line2D, "start": Line2D, "end": Line2D, "names": [Text, ...], "left": Text or
    None}.
    """
    _axes(ax)
    points = np.asarray(_path(path).points)
    xy = np.stack([points, path.losses], axis=-1) if points.ndim == 1 else points
    look = style.rule_style(name or type(path.optimizer).__name__)
    dash = style.linestyle(look["dash"])
    (line,) = ax.plot(
        *xy.T, color=look["color"], linestyle=dash, linewidth=1.8, label=label, zorder=4,
        marker=look["marker"], markersize=4.5,
    )  # fmt: skip
    (start,) = ax.plot(
        *xy[:1].T, marker="o", markersize=11, markerfacecolor="none", linestyle="none",
        markeredgecolor=look["color"], markeredgewidth=2, zorder=5,
    )  # fmt: skip
    finite = xy[np.isfinite(xy).all(axis=1)]
    (end,) = ax.plot(
        *finite[-1:].T, marker="o", markersize=8, color=look["color"], linestyle="none", zorder=6
    )
    texts = place_names(ax, *spread_names(xy, ax.get_xlim())) if names else []
    gone = path.left()
    left = None
    if gone is not None:
        left = ax.text(
            0.03, 0.97, f"leaves the picture at step {gone}", transform=ax.transAxes, va="top",
            color=look["color"], fontsize=8.5, zorder=7, bbox={"facecolor": "white", "lw": 0},
        )  # fmt: skip
    return {"line": line, "start": start, "end": end, "names": texts, "left": left}


def draw_losses(ax, paths, *, log=None, labels=None):
    """The loss after each step of one path or several, each in the look of its rule.

    `log` chooses the scale of the loss axis; None takes a log axis where all losses are positive
    and span more than two decades. Returns the list of Line2D.
    """
    _axes(ax)
    paths = list(paths) if isinstance(paths, Iterable) else [paths]
    for path in paths:
        _path(path, "paths")
    if not paths:
        checks.wrong_value("paths", paths, "a Path or a list of them, at least one")
    labels = labels or [type(path.optimizer).__name__ for path in paths]
    lines = []
    for path, label in zip(paths, labels, strict=True):
        look = style.rule_style(type(path.optimizer).__name__)
        dash = style.linestyle(look["dash"])
        lines += ax.plot(
            np.arange(len(path.losses)), path.losses, color=look["color"], linestyle=dash,
            marker=look["marker"], markersize=3.5, label=label,
        )  # fmt: skip
    seen = np.concatenate([np.asarray(path.losses, float) for path in paths])
    seen = seen[np.isfinite(seen)]
    if log is None:
        log = seen.size > 0 and seen.min() > 0 and seen.max() > 100 * seen.min()
    first = max(abs(float(path.losses[0])) for path in paths)
    if seen.size and seen.max() > LOST * first > 0:  # a run that left: do not scale to its end
        ax.set_ylim(seen[seen > 0].min() / 3 if log else seen.min(), LOST * first)
    ax.set(xlabel="step", ylabel="loss", yscale="log" if log else "linear")
    if len(paths) > 1:
        ax.legend()
    return lines


def step_axis(ax, most_steps, *, ylabel="loss", scale="linear", limits=None, xlabel="step"):
    """Empty axes for what has a value at each step: whole steps along x, room at both ends.

    `limits` is the range of the y axis, whose `scale` is "linear" or "log".
    """
    checks.positive("most_steps", most_steps), checks.one_of("scale", scale, ("linear", "log"))
    _axes(ax).xaxis.get_major_locator().set_params(integer=True)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(-0.02 * most_steps, 1.02 * most_steps))
    ax.set_yscale(scale)
    if limits is not None:
        ax.set_ylim(checks.limits("limits", limits, above=0 if scale == "log" else -np.inf))


def draw_target(ax, goal, within):
    """The loss to come down to on a loss curve, as a line that ends at the last step allowed."""
    goal, within = checks.target((goal, within))
    ax.plot([0, within], [goal, goal], color=style.HIGHLIGHT, linewidth=2)
    ax.plot([within], [goal], marker="|", markersize=12, color=style.HIGHLIGHT)
    words, (left, right) = f"target {short(goal, 6)}", ax.get_xlim()
    room = within / (right - left) * ax.get_position().width * ax.figure.get_figwidth() * 72
    if room < 4.6 * len(words):  # points: they stand behind the line, as they are longer
        at, offset, va = within, (7, -3), "top"
    elif ax.get_yscale() == "log":  # below, where no run comes that misses it
        at, offset, va = 0, (2, -4), "top"
    else:
        at, offset, va = 0, (2, 4), "baseline"
    ax.annotate(
        words, (at, goal), offset, textcoords="offset points", color=style.HIGHLIGHT,
        fontsize=8.5, va=va,
    )  # fmt: skip


def draw_surface(ax, function, domain=None, *, path=None, samples=61):
    """The surface of a function of two variables on 3-D axes, with a path lying on it.

    Returns {"surface": Poly3DCollection, "path": Line3D or None}.
    """
    if not hasattr(ax, "plot_surface"):
        checks.wrong_kind("ax", ax, "3-D axes, made with projection='3d'")
    x, y, z = surface_grid(function, domain, samples)
    surface = ax.plot_surface(
        x, y, z, cmap=style.SURFACE, edgecolor="#8fa5bd", linewidth=0.15, rstride=2, cstride=2,
        alpha=0.9, antialiased=True,
    )  # fmt: skip
    line = None
    if path is not None:
        look = style.rule_style(type(_path(path).optimizer).__name__)
        inside = np.where(path_inside(path.points, (x, y))[:, None], path.points, np.nan)
        (line,) = ax.plot(
            *inside.T, np.where(np.isnan(inside[:, 0]), np.nan, path.losses),
            color=look["color"], marker="o", markersize=3, linewidth=2, zorder=10,
        )  # fmt: skip
    ax.set(xlabel="x", ylabel="y", zlabel="f(x, y)")
    return {"surface": surface, "path": line}


def path_inside(points, grid):
    """Which points lie over the drawn part of the surface, as booleans (n,)."""
    x, y = grid
    with np.errstate(invalid="ignore"):
        return (
            (points[:, 0] >= x.min())
            & (points[:, 0] <= x.max())
            & (points[:, 1] >= y.min())
            & (points[:, 1] <= y.max())
        )
