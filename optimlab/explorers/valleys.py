"""Explorers for what a run depends on: its start, its rate, and the shape of the function."""

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import (
    Explorer,
    Started,
    number,
    short,
    slider,
    the_domain,
    the_function,
)
from optimlab.functions import Function
from optimlab.optimizers import SGD
from optimlab.study.analysis import destination, rate_start_map, stability_limit

#: fill of the n-th minimum's valley, and of runs that settle in none: light enough for a path in
#: front of them, and apart for colour-blind readers and in grey
VALLEYS = ["#8cbfe2", "#fbd08a", "#a9d8b8", "#e3bfd8"]
NOWHERE = "#7a818c"
#: steps after which a run that has not settled is taken for one that never does
LONG = 500


class _Valleys:
    """Where runs on a curve settle, in words and colours; shared by the strip and the map."""

    def _name_valleys(self, function):
        self.function = function = the_function(function, dim=1)
        if not 1 <= len(function.minima) <= len(VALLEYS):
            raise ValueError(
                f"function={function.name}: it must have 1 to {len(VALLEYS)} minima, "
                f"not {len(function.minima)}"
            )
        self.valleys = [short(m) for m in function.minima]
        self.colours = [*VALLEYS[: len(self.valleys)], NOWHERE]  # the last is index -1
        return function

    def _patches(self):
        names = [*(f"ends at {name}" for name in self.valleys), "settles nowhere"]
        return [Patch(facecolor=c, label=n) for c, n in zip(self.colours, names, strict=True)]

    def _draw_curve(self, ax):
        """The curve, and a bar in its valley's colour under each minimum."""
        values = figures.draw_curve(ax, self.function, self.domain)["curve"].get_ydata()
        margin = 0.1 * np.ptp(values)
        ax.set(xlim=self.domain, ylim=(values.min() - margin, values.max() + margin))
        for m, colour in zip(self.function.minima, self.colours, strict=False):
            low = self.function(m) - 0.55 * margin
            half = 0.05 * np.ptp(self.domain)
            ax.plot([m - half, m + half], [low, low], color=colour, linewidth=6, zorder=1)

    def _settles(self, valley):
        if valley < 0:
            return f"After {LONG} steps it has settled in no valley."
        return f"In the end it settles in the valley at {self.valleys[valley]}."


def _add_path(plot, name, ax, look):
    """A line and its steps, in the look of a rule."""
    plot.add("line", name, ax, color=look["color"], dash=look["dash"], by_step=True)
    plot.add(
        "points", f"{name} steps", ax, color=look["color"], marker=look["marker"], size=6,
        by_step=True,
    )  # fmt: skip


class StripExplorer(_Valleys, Started, Explorer):
    """A run on a curve, and a strip under it: where runs from every other start end.

    The strip has the colour of the valley in which a run from that start settles, with the
    learning rate as it is. Strips for all rates are computed in one batched run.

    Parameters
    ----------
    function : Function of one variable, with at least one minimum
    rule : optimizer class
    lr, start, steps : the run that is shown
    rates : all positions of the learning-rate slider; by default 0.02, 0.03, … 1.2
    starts : int, cells of the strip
    target : float, optional; the minimum in whose valley a run at the first rate should end
    """

    def __init__(
        self, function, rule=SGD, *, lr=0.25, start=None, steps=20, rates=None, starts=200,
        target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        function = self._name_valleys(function)
        self.rule, self.steps, self._first_rate = rule, steps, float(lr)
        self.domain = the_domain(self.function, domain)
        self.target = None
        if target is not None:
            self.target = int(np.argmin(np.abs(function.minima - target)))
        start = float(function.start if start is None else start)
        rates = np.arange(2, 121) / 100 if rates is None else np.asarray(rates, dtype=float)
        rates = sorted({*rates.tolist(), float(lr)})
        edges = np.linspace(*self.domain, starts + 1)
        self.starts = (edges[1:] + edges[:-1]) / 2
        found = rate_start_map(function, rates, self.starts, LONG, rule)
        self.strips = dict(zip(rates, found, strict=True))
        self._pieces = {rate: self._strip(row, edges) for rate, row in self.strips.items()}
        plot = self._scene(start)
        self.assemble(plot, {"lr": slider("learning rate", rates, float(lr))})

    def _scene(self, start):
        figure, (ax, strip) = figures.panel(
            500, 400, rows=2, sharex=True, height_ratios=[8, 1]
        )  # fmt: skip
        self._draw_curve(ax)
        ax.set(xlabel="", title=f"${self.function.latex}$")
        ax.legend(handles=self._patches(), loc="upper left")
        strip.set(xlabel="start x", ylim=(0, 1), yticks=[])
        strip.grid(False)
        curve, losses = figures.panel(420, 400)
        losses.set(xlabel="step", ylabel="loss", xlim=(-0.02 * self.steps, 1.02 * self.steps))
        losses.set_ylim(ax.get_ylim())
        alt = (
            f"A run on {self.function.name}; below it a strip that shows where runs from other "
            "starts end; beside it the loss at each step."
        )
        plot = LivePlot([figure, curve], alt=alt, playback=True)
        for valley, colour in enumerate(self.colours):
            plot.add("area", f"strip {valley}", strip, color=colour, opacity=1)
        plot.add("line", "here", strip, color=style.INK, width=3)
        look = style.rule_style(self.rule.__name__)
        _add_path(plot, "path", ax, look)
        _add_path(plot, "loss", losses, look)
        plot.add("label", "names", ax, color=style.INK)
        x = np.linspace(*self.domain, 401)
        track = np.stack([x, self.function(x)], axis=-1)
        plot.add(
            "handle", "start", ax, at=[start], track=track, also=strip, label="start",
            color=style.INK,
        )  # fmt: skip
        return plot

    def _strip(self, row, edges):
        """For each colour the outlines of its cells, as many as lie together in one rectangle."""
        borders = np.flatnonzero(np.diff(row)) + 1
        left, right = np.r_[0, borders], np.r_[borders, len(row)]
        pieces = []
        for valley in [*range(len(self.valleys)), -1]:
            mine = row[left] == valley
            a, b = edges[left[mine]], edges[right[mine]]
            zero, gap = np.zeros_like(a), np.full_like(a, np.nan)
            corners = [[a, zero], [b, zero], [b, zero + 1], [a, zero + 1], [gap, gap]]
            pieces.append(np.transpose(corners, (2, 0, 1)).reshape(-1, 2))
        return pieces

    def frames(self, rates):
        rates = np.asarray(rates, dtype=float)
        runs = descend(self.function, self.rule(lr=rates), self.start, self.steps)
        ends = destination(self.function, self.rule(lr=rates), self.start, LONG)
        return [self._frame(runs[i], float(r), int(ends[i])) for i, r in enumerate(rates)]

    def _frame(self, run, rate, valley):
        xy = np.stack([run.points, run.losses], axis=-1)
        curve = np.stack([np.arange(self.steps + 1.0), run.losses], axis=-1)
        frame = {f"strip {i}": piece for i, piece in enumerate(self._pieces[rate])}
        frame |= {"here": [[self.start, 0], [self.start, 1]]}
        frame |= {"path": xy, "path steps": xy, "loss": curve, "loss steps": curve}
        frame["names"] = figures.spread_names(xy[:7], self.domain)
        frame["readout"] = (["x", "loss"], xy)
        frame["summary"] = f"{run.summary(self.domain)} {self._settles(valley)}"
        if self.target is not None:
            frame["reached"] = valley == self.target and rate == self._first_rate
            state = "Reached." if frame["reached"] else "Not yet."
            where = f"valley at {self.valleys[self.target]} with rate {self._first_rate:g}"
            frame["goal"] = f"Target: end in the {where}. {state}"
        return frame


class MapExplorer(_Valleys, Explorer):
    """The map of learning rate and start, beside the run of the cell that is chosen on it.

    Every cell is one run of 500 steps, all made in one batch; its colour is the valley in which
    the run settles. Click a cell, drag the ring or move it with the arrow keys.

    Parameters
    ----------
    function : Function of one variable, with at least one minimum
    rule : optimizer class
    rates, starts : the map's columns and rows, evenly spaced; by default rates 0.01, 0.015, …
        1.205 and 160 starts over the domain
    at : (rate, start), the cell chosen at first
    steps : int, how many steps of the run are drawn
    """

    SCENE = ("start",)

    def __init__(
        self, function, rule=SGD, *, rates=None, starts=None, at=None, steps=20, domain=None
    ):  # fmt: skip
        super().__init__()
        function = self._name_valleys(function)
        self.rule = rule
        self.domain = the_domain(self.function, domain)
        if starts is None:
            grain = np.ptp(self.domain) / 160
            starts = self.domain[0] + grain * np.arange(160)
        self.rates = np.asarray(np.arange(2, 242) / 200 if rates is None else rates, dtype=float)
        self.starts = np.asarray(starts, dtype=float)
        for name, values in (("rates", self.rates), ("starts", self.starts)):
            gaps = np.diff(values)
            if values.ndim != 1 or len(values) < 2 or not (gaps > 0).all() or np.ptp(gaps) > 1e-9:
                raise ValueError(f"{name}={values}: {name} must be rising and evenly spaced")
        if not 1 <= steps <= 200:
            raise ValueError(f"steps={steps!r}: steps must be a whole number from 1 to 200")
        self.map = rate_start_map(function, self.rates, self.starts, LONG, rule)
        self.image = np.array([to_rgba(c) for c in self.colours])[self.map.T] * 255
        self.image = self.image.round().astype(np.uint8)
        at = (self.rates[len(self.rates) // 4], function.start) if at is None else at
        plot = self._scene(np.asarray(at, dtype=float))
        self.assemble(plot, {"steps": number("steps drawn", steps, 1, 200, 1)})

    def _scene(self, at):
        figure, ax = figures.panel(480, 400)
        grains = [np.ptp(v) / (len(v) - 1) for v in (self.rates, self.starts)]
        limits = [
            (v.min() - g / 2, v.max() + g / 2)
            for v, g in zip((self.rates, self.starts), grains, strict=True)
        ]
        ax.set(xlabel="learning rate", ylabel="start x", xlim=limits[0], ylim=limits[1])
        ax.grid(False)
        figure.legend(
            handles=self._patches(), loc="outside upper center", ncols=len(self.colours),
            columnspacing=1.2, handlelength=1.2,
        )  # fmt: skip
        curve, right = figures.panel(440, 400)
        self._draw_curve(right)
        right.set_title(f"${self.function.latex}$")
        alt = (
            f"Map of {self.function.name}: for each learning rate and start the valley in which "
            "the run settles; beside it the run of the chosen cell."
        )
        plot = LivePlot([figure, curve], alt=alt, playback=True)
        plot.add("image", "map", ax)
        plot.add("line", "limits", ax, color=style.INK, dash=(5, 4), width=1.5)
        plot.add("label", "limit names", ax, color=style.INK, offset=(-5, 5), anchor="end")
        _add_path(plot, "path", right, style.rule_style(self.rule.__name__))
        plot.add("label", "names", right, color=style.INK)
        plot.add("points", "start", right, color=style.INK, fill=False, size=14)
        plot.add(
            "handle", "cell", ax, at=at, round=grains, color=style.INK,
            label="learning rate and start",
        )  # fmt: skip
        self._limits = self._stability(limits)
        return plot

    def _stability(self, limits):
        """A line at 2/f'' of each minimum, and its name: for plain descent alone."""
        if self.rule is not SGD:
            return {}
        at = stability_limit(self.function, self.function.minima)
        low, high = limits[1]
        ends = [row for x in at for row in ([x, low], [x, high], [np.nan, np.nan])]
        names = [f"2/f'' at {name}" for name in self.valleys]
        return {"limits": ends, "limit names": (np.stack([at, np.full_like(at, low)], 1), names)}

    @property
    def cell(self):
        """The chosen rate and start."""
        return tuple(self.plot.handles["cell"])

    @cell.setter
    def cell(self, at):
        self.plot.handles = {**self.plot.handles, "cell": [float(v) for v in at]}

    def frames(self, steps):
        return [self._frame(int(n)) for n in steps]

    def _frame(self, steps):
        rate, start = self.cell
        run = descend(self.function, self.rule(lr=rate), start, steps)
        column = int(np.argmin(np.abs(self.rates - rate)))
        row = int(np.argmin(np.abs(self.starts - start)))
        xy = np.stack([run.points, run.losses], axis=-1)
        frame = {"map": self.image, "path": xy, "path steps": xy, "start": xy[:1]}
        frame |= self._limits
        frame["names"] = figures.spread_names(xy[:7], self.domain)
        frame["readout"] = (["x", "loss"], xy)
        settles = self._settles(int(self.map[column, row]))
        frame["summary"] = f"{run.summary(self.domain)} {settles}"
        return frame


class ChordExplorer(Explorer):
    """A chord between two points of a curve, to see whether the curve stays below it.

    `worst` is (x, height): where the curve is furthest above the chord, or (None, 0) if it is
    nowhere above it.

    Parameters
    ----------
    function : Function of one variable
    ends : (a, b), the chord at first; both are handles
    target : float, optional; how far above its chord the curve should be brought
    """

    SCENE = ("names",)

    def __init__(self, function, *, ends=None, domain=None, target=None):
        super().__init__()
        self.function = function = the_function(function, dim=1)
        self.target = target
        self.domain = the_domain(self.function, domain)
        low, high = self.domain
        ends = (low + (high - low) / 4, high - (high - low) / 4) if ends is None else ends
        figure, ax = figures.panel(560, 380)
        values = figures.draw_curve(ax, function, self.domain)["curve"].get_ydata()
        margin = 0.1 * np.ptp(values)
        ax.set_ylim(values.min() - margin, values.max() + margin)
        ax.set_title(f"${function.latex}$")
        plot = LivePlot([figure], alt=f"A chord between two points of {function.name}.")
        plot.add("area", "above", ax, color=style.HIGHLIGHT, opacity=0.25)
        plot.add("line", "chord", ax, color=style.PALETTE[0], width=2.5)
        plot.add("line", "gap", ax, color=style.HIGHLIGHT, width=2.5)
        x = np.linspace(low, high, 401)
        track = np.stack([x, function(x)], axis=-1)
        for name, at in zip("ab", ends, strict=True):
            plot.add(
                "handle", name, ax, at=[float(at)], track=track, color=style.PALETTE[0],
                label=f"end {name} of the chord",
            )  # fmt: skip
        plot.add("label", "names", ax, color=style.INK, offset=(12, 12))
        self.assemble(plot, {})

    @property
    def ends(self):
        """Where the chord begins and ends, the left one first."""
        return tuple(sorted(self.plot.handles[name][0] for name in "ab"))

    @ends.setter
    def ends(self, ends):
        a, b = sorted(map(float, ends))
        self.plot.handles = {**self.plot.handles, "a": [a], "b": [b]}

    def frames(self, values):
        return [self._frame() for _ in values]

    def _frame(self):
        a, b = self.ends
        x = np.linspace(a, b, 401)
        curve = self.function(x)
        t = np.linspace(0, 1, 401)
        chord = (1 - t) * curve[0] + t * curve[-1]
        above = curve - chord
        k = int(np.argmax(above))
        size = np.max(np.abs(curve))
        breaks = above[k] > 1e-9 * max(size, 1)
        self.worst = (float(x[k]), float(above[k])) if breaks else (None, 0.0)
        rim = np.stack([x, np.maximum(curve, chord)], axis=-1)
        frame = {
            "chord": [[a, curve[0]], [b, curve[-1]]],
            "above": np.concatenate([rim, np.stack([x, chord], axis=-1)[::-1]]),
            "gap": [[x[k], chord[k]], [x[k], curve[k]]] if breaks else np.empty((0, 2)),
            "names": ([[a, curve[0]], [b, curve[-1]]], ["a", "b"]),
        }
        ends = f"The chord goes from x = {short(a)} to {short(b)}"
        if breaks:
            frame["summary"] = (
                f"{ends}; at x = {short(x[k])} the curve is {short(above[k])} above it: "
                "the function is not convex."
            )
        else:
            frame["summary"] = f"{ends}; between them the curve is nowhere above it."
        if self.target is not None:
            frame["reached"] = self.worst[1] >= self.target
            state = "Reached." if frame["reached"] else "Not yet."
            frame["goal"] = (
                f"Target: the curve at least {short(self.target)} above its chord. {state}"
            )
        return frame


class ConditionExplorer(Explorer):
    """The ravine x²/κ + y² for any condition number κ, at its best constant rate.

    Beside the path, the steps that it takes to come a thousand times closer, against κ.

    Parameters
    ----------
    condition : float, κ at first
    start : (x, y)
    steps : int, how many steps are drawn
    conditions : all positions of the slider
    """

    SCENE = ("contours",)
    CONDITIONS = (1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200)
    DOMAIN = ((-8, 8), (-3, 3))

    def __init__(self, condition=20, *, start=(-7, 2), steps=40, conditions=CONDITIONS):
        super().__init__()
        values = sorted({float(k) for k in (*conditions, condition)})
        if values[0] < 1:
            raise ValueError(f"condition={values[0]}: a condition number is at least 1")
        self.steps = steps
        self.needed = dict(zip(values, self._measure(values), strict=True))
        plot = self._scene(start)
        self.assemble(plot, {"condition": slider("condition number κ", values, float(condition))})

    def ravines(self, conditions):
        """x²/κ + y² for many κ at once: its points are (..., len(conditions), 2)."""
        flat = np.asarray(conditions, dtype=float)
        slopes = np.stack([2 / flat, np.full_like(flat, 2)], axis=-1)
        return Function(
            "ravines", r"x^2/\kappa + y^2",
            lambda p: p[..., 0] * p[..., 0] / flat + p[..., 1] * p[..., 1],
            lambda p: p * slopes,
            domain=self.DOMAIN, minima=[(0, 0)], start=(-7, 2),
        )  # fmt: skip

    def _runs(self, conditions, start, steps):
        """One run for each κ, at the best rate 2/(2/κ + 2), all in one batch."""
        flat = np.asarray(conditions, dtype=float)
        rates = flat / (flat + 1)
        start = np.broadcast_to(np.asarray(start, dtype=float), (len(flat), 2))
        return descend(self.ravines(flat), SGD(lr=rates[:, None]), start, steps)

    def _measure(self, conditions):
        """Steps until a run is a thousandth of its first distance from the minimum."""
        enough = int(4 * max(conditions)) + 10
        points = self._runs(conditions, (-7, 2), enough).points
        distance = np.linalg.norm(points, axis=-1)
        return np.argmax(distance <= 1e-3 * distance[0] * (1 + 1e-9), axis=0).tolist()

    def _scene(self, start):
        figure, ax = figures.panel(500, 370)
        ax.set(xlabel="x", ylabel="y", xlim=self.DOMAIN[0], ylim=self.DOMAIN[1])
        ax.grid(False)
        figures._stars(ax, [0], [0])
        ax.set_title(r"$x^2/\kappa + y^2$")
        curve, right = figures.panel(420, 370)
        self._counts = np.array([(k, n) for k, n in self.needed.items() if n > 0], dtype=float)
        right.set(
            xscale="log", yscale="log", xlabel="condition number κ",
            ylabel="steps to come 1000 × closer", xlim=(0.9, 1.15 * max(self.needed)),
            ylim=(0.7, 4 * max(self.needed.values())),
        )  # fmt: skip
        for axis in (right.xaxis, right.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
        alt = (
            "Path of SGD at its best rate in a ravine; beside it the steps needed against the "
            "condition number."
        )
        plot = LivePlot([figure, curve], alt=alt, playback=True)
        plot.add("line", "contours", ax, color="#8fa5bd", width=1)
        _add_path(plot, "path", ax, style.rule_style("SGD"))
        plot.add("line", "counts", right, color=style.MUTED, width=1.5)
        plot.add("points", "each count", right, color=style.MUTED, size=5)
        plot.add("points", "now", right, color=style.RULES["SGD"]["color"], size=12)
        plot.add("label", "count", right, color=style.INK, offset=(-8, 8), anchor="end")
        plot.add("handle", "start", ax, at=start, label="start point", color=style.INK)
        return plot

    def _ellipses(self, condition):
        """Contour lines at heights 0.25, 1, 2.25, …: half axes 0.5, 1, … times (√κ, 1)."""
        turn = np.linspace(0, 2 * np.pi, 73)
        one = np.stack([np.sqrt(condition) * np.cos(turn), np.sin(turn)], axis=-1)
        one = np.concatenate([one, [[np.nan, np.nan]]])
        reach = np.hypot(8 / np.sqrt(condition), 3)
        return np.concatenate([r * one for r in np.arange(0.5, reach, 0.5)])

    def frames(self, conditions):
        start = self.plot.handles["start"]
        runs = self._runs(conditions, start, self.steps)
        return [self._frame(runs, i, float(k)) for i, k in enumerate(conditions)]

    def _frame(self, runs, i, condition):
        points, losses = runs.points[:, i], runs.losses[:, i]
        rate, shrink = condition / (condition + 1), (condition - 1) / (condition + 1)
        needed = self.needed[condition]
        return {
            "contours": self._ellipses(condition),
            "path": points,
            "path steps": points,
            "counts": self._counts,
            "each count": self._counts,
            "now": [[condition, needed]],
            "count": ([[condition, needed]], [f"{needed} steps"]),
            "readout": (["x", "y", "loss"], np.column_stack([points, losses])),
            "summary": (
                f"Condition number {short(condition)}: at the best rate {short(rate)} each step "
                f"leaves {short(shrink)} of the distance, and it takes {needed} "
                f"{'step' if needed == 1 else 'steps'} to come 1000 times closer."
            ),
        }
