"""Where runs on a curve settle: a strip of starts at one rate, a map of rates and starts."""

import itertools

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from optimlab import checks
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, add_start, number, slider
from optimlab.explorers.frames import by_step, run_marks
from optimlab.explorers.scenes import around, coarser, on_curve, one_start, to_draw
from optimlab.explorers.targets import goal
from optimlab.optimizers import SGD
from optimlab.study.analysis import destination, rate_start_map, stability_limit
from optimlab.words import short

#: fill of the n-th minimum's valley, and of runs that settle in none: light enough for a path in
#: front of them, and apart for colour-blind readers and in grey
VALLEYS = ["#8cbfe2", "#fbd08a", "#a9d8b8", "#d1d9e0"]
NOWHERE = "#7a818c"
#: steps after which a run that has not settled is taken for one that never does
LONG = 500


class _Valleys:
    """Where runs on a curve settle, in words and colours; shared by the strip and the map."""

    def _name_valleys(self, function, domain, start=None):
        self.function, self.domain = to_draw(function, domain, dim=1, start=start)
        minima = self.function.minima
        if not 1 <= len(minima) <= len(VALLEYS):
            raise ValueError(
                f"function={self.function.name}: it must have 1 to {len(VALLEYS)} minima, "
                f"not {len(minima)}"
            )
        self.valleys = [short(m) for m in minima]
        self.colours = [*VALLEYS[: len(self.valleys)], NOWHERE]  # the last is index -1

    def _patches(self):
        names = [*(f"ends at {name}" for name in self.valleys), "settles nowhere"]
        return [Patch(facecolor=c, label=n) for c, n in zip(self.colours, names, strict=True)]

    def _draw_curve(self, ax):
        """The curve, and a bar in its valley's colour under each minimum."""
        values = figures.draw_curve(ax, self.function, self.domain)["curve"].get_ydata()
        ax.set_ylim(around(values, 0.1))
        for m, colour in zip(self.function.minima, self.colours, strict=False):
            low = self.function(m) - 0.055 * np.ptp(values)
            half = 0.05 * np.ptp(self.domain)
            ax.plot([m - half, m + half], [low, low], color=colour, linewidth=6, zorder=1)

    def _settles(self, valley):
        if valley < 0:
            return f"After {LONG} steps it has settled in no valley."
        return f"In the end it settles in the valley at {self.valleys[valley]}."


class StripExplorer(_Valleys, Explorer):
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

    start = Handle("The start point.")

    def __init__(
        self, function, rule=SGD, *, lr=0.25, start=None, steps=20, rates=None, starts=200,
        target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        self._name_valleys(function, domain, start)
        self.rule, self.steps = checks.rule(rule), checks.steps(steps, 1)
        self._first_rate = lr = checks.number("lr", lr, low=0)
        self.target, starts = None, checks.whole("starts", starts, 1)
        if target is not None:
            away = np.abs(self.function.minima - checks.number("target", target))
            self.target = int(np.argmin(away))
        start = one_start(self.function, start)
        every = coarser(self.function, self.rule)
        starts = max(starts // every, 1)
        if rates is None:
            rates = np.arange(2, 121, every) / 100
        rates = checks.row("rates", rates, above=0)
        rates = sorted({*rates.tolist(), lr})
        edges = np.linspace(*self.domain, starts + 1)
        self.starts = (edges[1:] + edges[:-1]) / 2
        found = rate_start_map(self.function, rates, self.starts, LONG, self.rule)
        self.strips = dict(zip(rates, found, strict=True))
        self._pieces = {rate: self._strip(row, edges) for rate, row in self.strips.items()}
        self.assemble(self._scene(start), {"lr": slider("learning rate", rates, lr)})

    def _scene(self, start):
        figure, (ax, strip) = figures.panel(500, 400, rows=2, sharex=True, height_ratios=[8, 1])
        self._draw_curve(ax)
        ax.set(xlabel="", title=figures.formula(self.function))
        # outside, for a guess of the learner is a line across the whole height
        figure.legend(
            handles=self._patches(), loc="outside upper center", ncols=len(self.colours),
            columnspacing=1.2, handlelength=1.2,
        )  # fmt: skip
        strip.set(xlabel="start x", ylim=(0, 1), yticks=[])
        strip.grid(False)
        curve, losses = figures.panel(420, 400)
        figures.step_axis(losses, self.steps, limits=ax.get_ylim())
        alt = (
            f"A run on {self.function.name}; below it a strip that shows where runs from other "
            "starts end; beside it the loss at each step."
        )
        plot = LivePlot([figure, curve], alt=alt, playback=True)
        for valley, colour in enumerate(self.colours):
            plot.add("area", f"strip {valley}", strip, color=colour, opacity=1)
        plot.add("line", "here", strip, color=style.INK, width=3)
        look = style.rule_style(self.rule.__name__)
        plot.add_run("path", ax, look)
        plot.add_run("loss", losses, look)
        plot.add("label", "names", ax, color=style.INK, free=True)
        track = on_curve(self.function, self.domain)
        add_start(plot, ax, start, track=track, also=strip, label="start")
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
        frame = {f"strip {i}": piece for i, piece in enumerate(self._pieces[rate])}
        frame |= {"here": [[self.start, 0], [self.start, 1]]}
        frame |= run_marks("path", xy) | run_marks("loss", by_step(run.losses))
        frame["names"] = figures.spread_names(xy[:7], self.domain)
        frame["readout"] = (["x", "loss"], xy)
        frame["summary"] = f"{run.summary(self.domain)} {self._settles(valley)}"
        if self.target is not None:
            reached = valley == self.target and rate == self._first_rate
            where = f"valley at {self.valleys[self.target]} with rate {short(self._first_rate, 6)}"
            frame |= goal(f"end in the {where}", reached)
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

    cell = Handle("The chosen rate and start.")

    def __init__(
        self, function, rule=SGD, *, rates=None, starts=None, at=None, steps=20, domain=None
    ):  # fmt: skip
        super().__init__()
        self._name_valleys(function, domain)
        self.rule, steps = checks.rule(rule), checks.steps(steps, 1, 200)
        every = coarser(self.function, self.rule)
        if starts is None:
            grain = np.ptp(self.domain) * every / 160
            starts = self.domain[0] + grain * np.arange(160 // every)
        if rates is None:
            rates = np.arange(2, 242, every) / 200
        self.rates = _evenly("rates", rates)
        self.starts = _evenly("starts", starts)
        if at is None:
            at = self.rates[len(self.rates) // 4], self.function.start
        at = checks.pair("at", at, "(rate, start)")
        self.map = rate_start_map(self.function, self.rates, self.starts, LONG, self.rule)
        self.image = np.array([to_rgba(c) for c in self.colours])[self.map.T] * 255
        self.image = self.image.round().astype(np.uint8)
        controls = {"steps": number("steps drawn", steps, 1, 200, 1)}
        self.assemble(self._scene(at), controls)

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
        right.set_title(figures.formula(self.function))
        alt = (
            f"Map of {self.function.name}: for each learning rate and start the valley in which "
            "the run settles; beside it the run of the chosen cell."
        )
        plot = LivePlot([figure, curve], alt=alt, playback=True)
        plot.add("image", "map", ax)
        plot.add("line", "limits", ax, color=style.INK, dash=(5, 4), width=1.5)
        plot.add("label", "limit names", ax, color=style.INK, offset=(-5, 5), anchor="end")
        plot.add("label", "names behind", ax, color=style.INK, offset=(5, 5))
        plot.add_run("path", right, style.rule_style(self.rule.__name__))
        plot.add("label", "names", right, color=style.INK, free=True)
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
        # a name stands before its line; where that is too near another one, behind it or higher
        heights, behind, near = np.full_like(at, low), set(), 0.25 * np.ptp(limits[0])
        for one, other in itertools.pairwise(np.argsort(at)):
            if at[other] - at[one] < near:
                if one not in behind and limits[0][1] - at[other] > near:
                    behind.add(other)
                else:
                    heights[other] = heights[one] + 0.07 * (high - low)
        marks = {"limits": ends}
        for mark, where in (("limit names", False), ("names behind", True)):
            own = [i for i in range(len(at)) if (i in behind) == where]
            rows = np.reshape([[at[i], heights[i]] for i in own], (-1, 2))
            marks[mark] = rows, [names[i] for i in own]
        return marks

    def frames(self, steps):
        return [self._frame(int(n)) for n in steps]

    def _frame(self, steps):
        rate, start = self.cell
        run = descend(self.function, self.rule(lr=rate), start, steps)
        column = int(np.argmin(np.abs(self.rates - rate)))
        row = int(np.argmin(np.abs(self.starts - start)))
        xy = np.stack([run.points, run.losses], axis=-1)
        frame = {"map": self.image, **run_marks("path", xy), "start": xy[:1], **self._limits}
        frame["names"] = figures.spread_names(xy[:7], self.domain)
        frame["readout"] = (["x", "loss"], xy)
        settles = self._settles(int(self.map[column, row]))
        frame["summary"] = f"{run.summary(self.domain)} {settles}"
        return frame


def _evenly(name, values):
    """Two numbers or more that rise by the same step."""
    found = checks.row(name, values, least=2)
    gaps = np.diff(found)
    if not (gaps > 0).all() or np.ptp(gaps) > 1e-9:
        checks.wrong_value(name, values, "a list of numbers, rising and evenly spaced")
    return found
