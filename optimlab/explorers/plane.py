"""The plane of learning rate and momentum: what each pair leaves per step, and a run beside it."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from optimlab import checks
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot, take_off
from optimlab.explorers.base import Explorer, guarded
from optimlab.explorers.controls import Handle, add_start, button, number
from optimlab.explorers.frames import by_step, run_marks
from optimlab.explorers.scenes import one_start, to_draw
from optimlab.explorers.targets import goal
from optimlab.optimizers import Momentum, Nesterov
from optimlab.study.analysis import (
    best_momentum,
    measured_shrink,
    momentum_limit,
    momentum_shrink,
    stability_limit,
)
from optimlab.words import short

#: dark where a step leaves little of the distance
SPEED = LinearSegmentedColormap.from_list("speed", ["#2f6da3", "#9cc3e0", "#eef4fa"])
LEVELS = np.arange(10, 21) / 20  #: borders between two colours, from 0.5 to 1
DIVERGES = "#f3e0d3"
#: cells of the plane along each axis, at which it is computed what a step leaves
GRID = (401, 301)
#: the distances that the run's own plot shows, and its steps
NEAR, FAR = 1e-9, 1e2
MOST_STEPS = 120


class PlaneExplorer(Explorer):
    """A run, and the plane of learning rate × momentum coloured by what a step leaves.

    That is the share of the distance that is left after one step in the long run: the larger size
    of the two factors near the minimum, in the worst direction. It is computed from the curvatures
    there. What was measured in the run that is shown stands beside it, and under the path its
    distance from the minimum, with a line that falls as computed.

    The ring on the plane is a handle: drag it, click on the plane, or move it with the arrow keys.
    So is the start.

    Parameters
    ----------
    function : Function of two variables, with a strict minimum
    rule : Momentum or Nesterov
        On Nesterov's plane Momentum's border is drawn, too.
    lr, momentum : float, where the ring stands at first
    start : (x, y); by default the function's own
    steps : int, how many steps are drawn
    most : float, the largest learning rate of the plane; by default just above 4/λmax
    target : float, optional; what a step should leave at most, as computed. Without one there is a
        button that goes to the best pair.

    Attributes
    ----------
    path : Path, the run that is shown
    predicted, measured : float, what a step leaves as computed, and as measured over its last half
    best : (lr, momentum, left), the best pair and what it leaves
    """

    start = Handle("The start point (x, y).")
    pair = Handle("The chosen learning rate and momentum.")

    def __init__(
        self, function="ravine", rule=Momentum, *, lr=0.1, momentum=0.9, start=None, steps=60,
        most=None, target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        self.function, self.domain = to_draw(function, domain, dim=2, start=start)
        self.rule = rule = checks.rule(rule, among=(Momentum, Nesterov))
        if target is not None:
            target = checks.number("target", target, above=0, below=1)
        self.target, steps = target, checks.steps(steps, 4, MOST_STEPS)
        strict = len(self.function.minima) and np.isfinite(best_momentum(self.function, rule)[0])
        if not strict:
            raise ValueError(f"function={self.function.name}: it must have a strict minimum")
        self.best = best_momentum(self.function, rule)
        pair = checks.number("lr", lr, low=0), checks.number("momentum", momentum, low=0, below=1)
        if most is None:
            most = 2.1 * stability_limit(self.function)
        self._compute(checks.positive("most", most))
        plot = self._scene(one_start(self.function, start), pair)
        below = []
        if target is None:
            self.button = button("Go to the best pair", self._go)
            below = [self.button]
        self.assemble(plot, {"steps": number("steps drawn", steps, 4, MOST_STEPS, 1)}, *below)

    def _compute(self, most):
        """What a step leaves at every point of the plane."""
        self.lrs = np.linspace(0, most, GRID[0])
        self.momenta = np.linspace(0, 0.999, GRID[1])
        self.left = momentum_shrink(self.function, self.lrs, self.momenta[:, None], self.rule)

    # -- the scene -----------------------------------------------------------------------------

    def _scene(self, start, pair):
        figure, (ax, distance) = figures.panel(470, 460, rows=2, height_ratios=[5, 3])
        figures.draw_contours(ax, self.function, self.domain)
        ax.set_title(figures.formula(self.function), fontsize=12, pad=9)
        limits = NEAR, FAR
        figures.step_axis(distance, MOST_STEPS, ylabel="distance", scale="log", limits=limits)
        distance.set_yticks([1e-8, 1e-4, 1])
        distance.minorticks_off()
        plane_figure, plane = figures.panel(470, 460)
        self._map = self._draw_plane(plane_figure, plane)
        alt = (
            f"Path of {self.rule.__name__} on {self.function.name} and its distance from the "
            "minimum; beside it the plane of learning rate and momentum, coloured by what a "
            "step leaves of the distance."
        )
        plot = LivePlot([figure, plane_figure], alt=alt, playback=True)
        plot.add("image", "plane", plane, smooth=True)
        look = style.rule_style(self.rule.__name__)
        plot.add_run("path", ax, look)
        plot.add_run("distance", distance, look, dots=0)
        plot.add("line", "computed", distance, color=style.INK, width=1.5, dash=(4, 4))
        plot.add("label", "computed name", distance, color=style.INK, free=True)
        add_start(plot, ax, start)
        plot.add(
            "handle", "pair", plane, at=pair, round=[_grain(self.lrs[-1]), 0.005],
            color=style.HIGHLIGHT, label="learning rate and momentum",
        )  # fmt: skip
        return plot

    def _draw_plane(self, figure, ax):
        """Colours, borders and words of the plane, as a picture that can be hidden."""
        ax.set(xlabel="learning rate", ylabel="momentum α", xlim=(0, self.lrs[-1]), ylim=(0, 1))
        ax.grid(False)
        filled = ax.contourf(
            self.lrs, self.momenta, self.left, LEVELS, cmap=SPEED, extend="min", zorder=1
        )
        bar = figure.colorbar(filled, ax=ax, location="top", aspect=32, pad=0.02)
        bar.set_label("left of the distance after one step")
        bar.set_ticks([0.5, 0.6, 0.7, 0.8, 0.9, 1])
        top = np.r_[self.momenta, 1.0]
        border = momentum_limit(self.function, top, self.rule)
        right = np.full_like(top, self.lrs[-1])
        area = ax.fill_betweenx(
            top, border, np.maximum(right, border), facecolor=DIVERGES, hatch="//",
            edgecolor="#dcbfa9", linewidth=0, zorder=2,
        )  # fmt: skip
        drawn = [filled, area, *ax.plot(border, top, color=style.INK, linewidth=1.6, zorder=3)]
        words = {"fontsize": 9.5, "zorder": 4, "color": style.INK, "ha": "right"}
        box = {"facecolor": "white", "alpha": 0.85, "lw": 0, "pad": 2}
        drawn.append(ax.text(0.98 * self.lrs[-1], 0.03, "diverges", bbox=box, **words))
        if self.rule is Nesterov:
            theirs = momentum_limit(self.function, top)
            drawn += ax.plot(theirs, top, color=style.INK, linewidth=1.3, linestyle="--", zorder=3)
            at = momentum_limit(self.function, 0.2) + 0.06 * self.lrs[-1]
            words["ha"] = "left"
            drawn.append(ax.text(at, 0.2, "Momentum's border", bbox=box, **words))
        return take_off(ax, *drawn)

    # -- what moves ----------------------------------------------------------------------------

    @guarded
    def _go(self, _button):
        self.pair = self.best[:2]

    def frames(self, steps):
        return [self._frame(int(n)) for n in steps]

    def _frame(self, steps):
        lr, momentum = max(self.pair[0], 0.0), min(max(self.pair[1], 0.0), 0.999)
        self.path = path = descend(
            self.function, self.rule(lr=lr, momentum=momentum), self.start, steps
        )
        self.predicted = momentum_shrink(self.function, lr, momentum, self.rule)
        self.measured = measured_shrink(path)
        away = np.linalg.norm(path.points - self.function.minima[0], axis=-1)
        fall = by_step(away[0] * self.predicted ** np.arange(steps + 1.0))
        inside = (fall[:, 1] > NEAR * 10) & (fall[:, 1] < FAR / 3)
        name = fall[inside][-1:]
        frame = {"plane": self._map, "distance": by_step(away), "computed": fall}
        frame |= run_marks("path", path.points)
        frame["computed name"] = (name, ["computed"] * len(name))
        frame["readout"] = (["x", "y", "distance"], np.column_stack([path.points, away]))
        frame["summary"] = self._sentence(lr, momentum)
        if self.target is not None:
            wanted = f"at most {short(self.target)} left per step, as computed"
            frame |= goal(wanted, self.predicted <= self.target)
        return frame

    def _sentence(self, lr, momentum):
        """What a step leaves, as computed and as measured, in words."""
        who = f"{self.rule.__name__} with learning rate {short(lr)} and momentum {short(momentum)}"
        left = f"a step leaves {_share(self.predicted)} as computed"
        if self.predicted > 1:
            left += ", so it diverges"
        if np.isfinite(self.measured):
            last = f"the last {self.path.steps // 2} steps"
            return f"{who}: {left}; measured over {last} it leaves {_share(self.measured)}."
        if not np.isfinite(self.path.points[-1]).all():
            return f"{who}: {left}; the run went too far to be measured."
        return f"{who}: {left}; the run arrived too early for its last half to be measured."


def _share(value):
    """What is left, in three decimals.

    >>> _share(0.63451), _share(12.3456)
    ('0.635', '12.3')
    """
    return f"{value:.3f}" if value < 9.9995 else short(value)


def _grain(most):
    """The steps in which a learning rate moves: 1, 2 or 5 times a power of ten, 400 in all.

    >>> _grain(2.1), _grain(0.012)
    (0.005, 2e-05)
    """
    raw = most / 400 * (1 + 1e-9)
    decade = 10.0 ** np.floor(np.log10(raw))
    return float(f"{max(m for m in (1, 2, 5) if m * decade <= raw) * decade:.3g}")
