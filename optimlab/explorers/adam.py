"""Explorers for Adam: its four stages, each on or off, and a problem on which it fails."""

import ipywidgets as widgets
import numpy as np

from optimlab import checks, functions
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer, guarded
from optimlab.explorers.controls import Handle, add_start, checkbox, decades, slider
from optimlab.explorers.frames import by_step, run_marks
from optimlab.explorers.scenes import one_start, to_draw
from optimlab.explorers.targets import goal, loss_goal
from optimlab.optimizers import Adam
from optimlab.study.rare_gradient import PERIOD, rare_gradient
from optimlab.words import counted, short

LOOK = style.rule_style("Adam")
#: so wide that two panels stand side by side on a page of 900 px
PANEL = 350, 360
#: below this, x counts as being at the best point, -1
ARRIVED = -0.98
BETA1 = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
BETA2 = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
#: (momentum, mean square, bias correction) -> what such a run is called
STAGES = {
    (False, False, False): "Stage 1, the sign step",
    (False, False, True): "Stage 1, the sign step (one gradient is its own mean)",
    (True, False, False): "Stage 2, a mean over a bare |g|",
    (True, False, True): "Stage 2 with its mean corrected",
    (False, True, False): "RMSProp, with ρ = β₂",
    (False, True, True): "RMSProp with its mean corrected",
    (True, True, False): "Stage 3, Adam without correction",
    (True, True, True): "Stage 4, Adam",
}


def _switch(label, value):
    return checkbox(label, value, width="auto", margin="2px 14px")


class StagesExplorer(Explorer):
    """A path of Adam with its parts switched on and off, its loss, and its steps over the rate.

    Every path is made by `Adam`: without momentum β₁ is 0, without mean square β₂ is 0. `path` is
    the run that is shown, `ratios` its steps divided by the rate, (steps, 2).

    Parameters
    ----------
    momentum, mean_square, bias_correction : bool, the switches at first
    lr, beta1, beta2 : float, where the sliders stand at first
    function : Function of two variables
    start : (x, y), a handle; by default the function's own
    steps : int
    target : (loss, steps), optional; a goal for a run with all parts switched on, and the start and
        both β left where they were at first
    """

    start = Handle("The start point (x, y).")

    def __init__(
        self, momentum=False, mean_square=False, bias_correction=False, *, lr=0.3, beta1=0.9,
        beta2=0.999, function=functions.ravine, start=(-7, 2), steps=30, target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        self.function, self.domain = to_draw(function, domain, dim=2, start=start)
        self.steps, self.target = checks.steps(steps, 1, 200), checks.target(target)
        lr = checks.positive("lr", lr)
        beta1 = checks.number("beta1", beta1, low=0, below=1)
        beta2 = checks.number("beta2", beta2, low=0, below=1)
        self._shares = beta1, beta2
        controls = {
            "lr": slider("learning rate", decades(0.05, 1, lr), lr),
            "momentum": _switch("momentum: m is a mean", checks.flag("momentum", momentum)),
            "mean square": _switch(
                "mean square: v is a mean", checks.flag("mean_square", mean_square)
            ),
            "bias correction": _switch(
                "bias correction", checks.flag("bias_correction", bias_correction)
            ),
            "beta1": slider("β₁", sorted({*BETA1, beta1}), beta1, width="260px"),
            "beta2": slider("β₂", sorted({*BETA2, beta2}), beta2, width="260px"),
        }
        for switch, share in (("momentum", "beta1"), ("mean square", "beta2")):
            # a share that is not used cannot be moved
            widgets.dlink(
                (controls[switch], "value"), (controls[share], "disabled"), lambda on: not on
            )
        self._first_start = one_start(self.function, start)
        self.assemble(self._scene(self._first_start), controls)

    def _scene(self, start):
        surface, ax = figures.panel(*PANEL)
        figures.draw_contours(ax, self.function, self.domain)
        ax.set_title(figures.formula(self.function), fontsize=12, pad=9)
        curves, (losses, ratios) = figures.panel(*PANEL, rows=2, sharex=True)
        high = 2 * float(np.nanmax(figures.surface_grid(self.function, self.domain, 61)[2]))
        figures.step_axis(losses, self.steps, xlabel="", scale="log", limits=(1e-6, high))
        if self.target:
            figures.draw_target(losses, *self.target)
        figures.step_axis(ratios, self.steps, ylabel="step / rate", limits=(-8, 12))
        ratios.set_yticks([-5, -1, 1, 5, 10])
        color = LOOK["color"]
        ratios.axhspan(-1, 1, color=color, alpha=0.1, linewidth=0)
        ratios.plot([], [], color=color, label="along x")
        ratios.plot([], [], color=style.INK, linestyle="--", label="along y")
        ratios.legend(loc="lower right", ncols=2)
        alt = (
            f"Path of Adam with some of its parts on {self.function.name}; beside it the loss, and "
            "the steps along x and y divided by the learning rate."
        )
        plot = LivePlot([surface, curves], alt=alt, playback=True)
        solid = LOOK | {"dash": ()}
        plot.add_run("path", ax, solid)
        plot.add_run("loss", losses, solid, dots=0)
        plot.add_run("ratio x", ratios, solid, dots=0)
        plot.add_run("ratio y", ratios, {"color": style.INK, "dash": (6, 3)}, dots=0)
        add_start(plot, ax, start)
        return plot

    @property
    def switches(self):
        """Whether momentum, mean square and bias correction are on."""
        return self["momentum"], self["mean square"], self["bias correction"]

    @property
    def stage(self):
        """What a run with these switches is called."""
        return STAGES[self.switches]

    def rule(self, lr):
        """The optimizer that makes the path."""
        momentum, mean_square, bias_correction = self.switches
        return Adam(
            lr, self["beta1"] if momentum else 0, self["beta2"] if mean_square else 0,
            bias_correction=bias_correction,
        )  # fmt: skip

    def frames(self, rates):
        rates = np.asarray(rates, dtype=float)
        runs = descend(self.function, self.rule(rates[:, None]), self.start, self.steps)
        ratios = np.diff(runs.points, axis=0) / rates[:, None]
        frames = [self._frame(runs, ratios, i, float(rate)) for i, rate in enumerate(rates)]
        if len(rates) == 1:
            self.path, self.ratios = runs[0], ratios[:, 0]
        return frames

    def _frame(self, runs, ratios, i, rate):
        points, losses, ratio = runs.points[:, i], runs.losses[:, i], ratios[:, i]
        own = np.concatenate([[[np.nan, np.nan]], ratio])  # row k is the step that led to point k
        frame = run_marks("path", points) | {"loss": by_step(losses)}
        frame |= {f"ratio {n}": by_step(own[:, j]) for j, n in enumerate("xy")}
        values = np.column_stack([points, losses, own])
        frame["readout"] = (["x", "y", "loss", "Δx / η", "Δy / η"], values)
        first, largest = (np.abs(r).max() for r in (ratio[0], ratio))
        frame["summary"] = (
            f"{self.stage}, rate {short(rate)}: along an axis the first step is {short(first)} × "
            f"the rate, the longest {short(largest)} ×; after {counted(self.steps, 'step')} it is "
            f"at {short(points[-1])}, and the loss is {short(losses[-1])}."
        )
        if self.target is not None:
            frame |= self._goal(losses)
        return frame

    def _goal(self, losses):
        missed = f": {short(losses[: self.target[1] + 1].min())} is the lowest"
        if not all(self.switches):
            losses, missed = losses[:0], ": a box is empty"
        elif (self["beta1"], self["beta2"]) != self._shares:
            losses, missed = losses[:0], ": a β has been moved"
        also = "all three boxes ticked, β₁ {:g}, β₂ {:g}, ".format(*self._shares)
        moved = self.start != self._first_start
        return loss_goal(
            losses, self.target, missed, also=also, moved_from=self._first_start if moved else None
        )


class RareGradientExplorer(Explorer):
    """Adam where one gradient in 101 is large: x over the steps, and √v̂ over the last period.

    Gradient 1010 at every 101st step, else -10, so that the mean is above 0 and -1 is the best
    point of [-1, 1]. All β₂ are computed once, when the explorer is made.

    Parameters
    ----------
    beta2 : float, where the slider stands at first
    running_max : bool, whether AMSGrad's running maximum is on at first
    values : all positions of the slider, in [0.5, 1)
    target : bool, whether the goal is to bring x to -1 in two ways: without and with the maximum
    """

    VALUES = (0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999)

    def __init__(self, beta2=0.99, running_max=False, *, values=VALUES, target=False):
        super().__init__()
        beta2 = checks.number("beta2", beta2, low=0.5, below=1)
        values = checks.numbers("values", values, low=0.5, below=1).ravel()
        values = sorted({*values.tolist(), beta2})
        self.target, self.ways = checks.flag("target", target), set()
        runs = {switch: rare_gradient(values, switch) for switch in (False, True)}
        self.runs = {
            (value, switch): (run[0], *(part[:, i] for part in run[1:]))
            for switch, run in runs.items()
            for i, value in enumerate(values)
        }
        controls = {
            "beta2": slider("β₂", values, beta2),
            "running max": _switch(
                "divide by the largest v so far (AMSGrad)", checks.flag("running_max", running_max)
            ),
        }
        self.assemble(self._scene(), controls)

    def _scene(self):
        figure, ax = figures.panel(*PANEL)
        ax.set(
            xscale="log", xlim=(0.9, 3e5), ylim=(-1.25, 1.25), xlabel="step", ylabel="x",
            yticks=[-1, -0.5, 0, 0.5, 1],
        )  # fmt: skip
        ends = (-1, "best point", "#007a59", "top"), (1, "worst point", style.HIGHLIGHT, "bottom")
        for at, words, color, side in ends:
            ax.axhline(at, color=color, linewidth=1.5, zorder=1)
            ax.annotate(
                words, (1, at), (2, 4 * at), textcoords="offset points", color=color, va=side,
                fontsize=9.5,
            )  # fmt: skip
        late, (roots, pulls) = figures.panel(*PANEL, rows=2, sharex=True, height_ratios=[2, 3])
        roots.set(ylabel="divisor √v̂", yscale="log", ylim=(8, 400), xlim=(-2, 102))
        pulls.set(xlabel="steps since the large gradient", ylabel="pulled, in rates")
        most = max(part.max() for run in self.runs.values() for part in run[-2:])
        pulls.set(ylim=(-0.05 * most, 1.1 * most))
        color = LOOK["color"]
        pulls.plot([], [], color=color, label="left, by the large gradient")
        pulls.plot([], [], color=style.INK, linestyle="--", label="right, by the small ones")
        pulls.legend(loc="upper left")
        alt = (
            "Adam on a rare large gradient: x over the steps; beside it, over the last 101 steps, "
            "the divisor, and what the large and the small gradients have done."
        )
        plot = LivePlot([figure, late], alt=alt)
        plot.add("line", "path", ax, color=color)
        plot.add("points", "end", ax, color=color, size=9)
        plot.add("label", "where", ax, color=style.INK, offset=(-8, -12), anchor="end")
        plot.add("line", "root", roots, color=color)
        plot.add("line", "left", pulls, color=color)
        plot.add("line", "right", pulls, color=style.INK, dash=(6, 3))
        return plot

    @property
    def end(self):
        """Where the run that is shown ends."""
        return float(self.runs[self["beta2"], self["running max"]][1][-1])

    @guarded
    def _update(self):
        known = set(self.ways)
        if self.veiled:
            self.ways.clear()
        elif self.end < ARRIVED:
            self.ways.add(self["running max"])
        super()._update()
        if self.ways != known and self.target:
            self._refresh_later()  # what the frames say of the goal

    def frames(self, values):
        return [self._frame(float(value)) for value in values]

    def _frame(self, beta2):
        steps, x, root, left, right = self.runs[beta2, self["running max"]]
        end, place = x[-1], np.arange(PERIOD)
        rule = "With the running maximum, β₂" if self["running max"] else "β₂"
        where = "near the best point" if end < 0 else "near the worst point"
        where = where if abs(end) > 0.98 else "in between"
        way = "left" if left[-1] > right[-1] else "right"
        frame = {
            "path": np.stack([steps, x], axis=-1),
            "end": [[steps[-1], end]],
            "where": ([[steps[-1], end]], [short(end)]),
            "root": np.stack([place, root], axis=-1),
            "left": np.stack([place, left], axis=-1),
            "right": np.stack([place, right], axis=-1),
            "summary": (
                f"{rule} {beta2:g}: after {steps[-1]:,} steps x is {short(end)}, {where}. In 101 "
                f"steps the large gradient pulls {short(left[-1])} rates to the left and the small "
                f"ones {short(right[-1])} to the right, so on the whole it goes {way}."
            ),
        }
        if self.target:
            ways = self.ways | ({self["running max"]} if end < ARRIVED else set())
            wanted = "end within 0.02 of the best point, -1, with β₂ alone and with the box"
            left = "the box is left" if ways == {False} else "β₂ alone is left"
            left = f", and {left}" if ways else ""
            frame |= goal(wanted, len(ways) == 2, missed=f": this run ends at {short(end)}{left}")
        return frame
