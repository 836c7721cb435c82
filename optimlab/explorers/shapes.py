"""The shape of a function: a chord against its curve, and the condition number of a ravine."""

import numpy as np

from optimlab import checks
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, add_start, slider
from optimlab.explorers.frames import run_marks
from optimlab.explorers.scenes import GAP, NOTHING, around, on_curve, to_draw
from optimlab.explorers.targets import goal
from optimlab.functions import Written
from optimlab.optimizers import SGD
from optimlab.words import counted, short


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
        self.function, self.domain = to_draw(function, domain, dim=1)
        self.target = None if target is None else checks.number("target", target)
        low, high = self.domain
        ends = (low + (high - low) / 4, high - (high - low) / 4) if ends is None else ends
        ends = checks.pair("ends", ends, "(a, b)")
        figure, ax = figures.panel(560, 380)
        curve = figures.draw_curve(ax, self.function, self.domain)["curve"]
        ax.set_ylim(around(curve.get_ydata(), 0.1))
        ax.set_title(figures.formula(self.function))
        plot = LivePlot([figure], alt=f"A chord between two points of {self.function.name}.")
        plot.add("area", "above", ax, color=style.HIGHLIGHT, opacity=0.25)
        plot.add("line", "chord", ax, color=style.PALETTE[0], width=2.5)
        plot.add("line", "gap", ax, color=style.HIGHLIGHT, width=2.5)
        track = on_curve(self.function, self.domain)
        for name, at in zip("ab", ends, strict=True):
            plot.add(
                "handle", name, ax, at=[at], track=track, color=style.PALETTE[0],
                label=f"end {name} of the chord",
            )  # fmt: skip
        plot.add("label", "names", ax, color=style.INK, anchor="middle", offset=(0, -5))
        self._room = 0.025 * (high - low), 0.055 * float(np.diff(ax.get_ylim())[0])
        self.assemble(plot, {})

    @property
    def ends(self):
        """Where the chord begins and ends, the left one first."""
        return tuple(sorted(self.plot.handles[name][0] for name in "ab"))

    @ends.setter
    def ends(self, ends):
        a, b = sorted(checks.pair("ends", ends, "(a, b)"))
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
            "gap": [[x[k], chord[k]], [x[k], curve[k]]] if breaks else NOTHING,
            "names": (self._beside((a, curve[0]), (b, curve[-1])), ["a", "b"]),
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
            wanted = f"the curve at least {short(self.target)} above its chord"
            frame |= goal(wanted, self.worst[1] >= self.target)
        return frame


    def _beside(self, left, right):
        """Places for the names of the ends: off the curve and off the chord, in the picture."""
        places, (low, high), (along, up) = [], self.domain, self._room
        slope = (right[1] - left[1]) / (right[0] - left[0] or 1)
        for (x, height), side in ((left, -1), (right, 1)):
            beside = x + side * along
            if low < beside < high:  # on the outer side, where the chord is not
                below = self.function(beside) > height
                places.append((beside, height - up if below else height + up))
            else:
                beside = x - side * along
                chord = height - side * along * slope
                places.append((beside, max(self.function(beside), chord) + up))
        return places


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
    DOMAIN = ((-8, 8), (-5, 5))

    start = Handle("The start point (x, y).")

    def __init__(self, condition=20, *, start=(-7, 2), steps=40, conditions=CONDITIONS):
        super().__init__()
        condition = checks.number("condition", condition, low=1)
        values = checks.numbers("conditions", conditions, low=1).ravel()
        values = sorted({*values.tolist(), condition})
        self.steps = checks.steps(steps, 1)
        self.needed = dict(zip(values, self._measure(values), strict=True))
        plot = self._scene(checks.pair("start", start))
        self.assemble(plot, {"condition": slider("condition number κ", values, condition)})

    def ravines(self, conditions):
        """x²/κ + y² for many κ at once: its points are (..., len(conditions), 2)."""
        flat = np.asarray(conditions, dtype=float)
        slopes = 2 / flat
        return Written(
            "ravines", r"x^2/\kappa + y^2",
            lambda x, y: x * x / flat + y * y,
            lambda x, y: (x * slopes, 2 * y),
            lambda x, y: (slopes, 0, 2),
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
        ax.set(xlabel="x", ylabel="y", xlim=self.DOMAIN[0], ylim=self.DOMAIN[1], aspect="equal")
        ax.grid(False)
        figures._stars(ax, [0], [0])
        ax.set_title(r"$x^2/\kappa + y^2$")
        curve, right = figures.panel(420, 370)
        self._counts = np.array([(k, n) for k, n in self.needed.items() if n > 0], dtype=float)
        right.set(
            xscale="log", yscale="log", xlabel="condition number κ",
            ylabel="steps to come 1000 × closer", xlim=(0.9, 1.15 * max(self.needed)),
            ylim=(0.7, 10 ** np.ceil(np.log10(4 * max(self.needed.values())))),
        )  # fmt: skip
        for axis in (right.xaxis, right.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
        alt = (
            "Path of SGD at its best rate in a ravine; beside it the steps needed against the "
            "condition number."
        )
        plot = LivePlot([figure, curve], alt=alt, playback=True)
        plot.add("line", "contours", ax, color="#8fa5bd", width=1)
        plot.add_run("path", ax, style.rule_style("SGD"))
        plot.add("line", "counts", right, color=style.MUTED, width=1.5)
        plot.add("points", "each count", right, color=style.MUTED, size=5)
        plot.add("points", "now", right, color=style.RULES["SGD"]["color"], size=12)
        plot.add("label", "count", right, color=style.INK, offset=(-8, 8), anchor="end")
        add_start(plot, ax, start)
        return plot

    def _ellipses(self, condition):
        """Contour lines at heights 0.25, 1, 2.25, …: half axes 0.5, 1, … times (√κ, 1)."""
        turn = np.linspace(0, 2 * np.pi, 73)
        one = np.stack([np.sqrt(condition) * np.cos(turn), np.sin(turn)], axis=-1)
        one = np.concatenate([one, GAP])
        (_, right), (_, top) = self.DOMAIN
        reach = np.hypot(right / np.sqrt(condition), top)
        return np.concatenate([r * one for r in np.arange(0.5, reach, 0.5)])

    def frames(self, conditions):
        runs = self._runs(conditions, self.start, self.steps)
        return [self._frame(runs, i, float(k)) for i, k in enumerate(conditions)]

    def _frame(self, runs, i, condition):
        points, losses = runs.points[:, i], runs.losses[:, i]
        rate, shrink = condition / (condition + 1), (condition - 1) / (condition + 1)
        needed = self.needed[condition]
        count = counted(needed, 'step')
        # above the curve, left of the dot; at the left edge below it, to the right
        at = [condition, needed] if condition >= 3 else [2.75 * condition, max(0.75, needed / 2)]
        return {
            "contours": self._ellipses(condition),
            **run_marks("path", points),
            "counts": self._counts,
            "each count": self._counts,
            "now": [[condition, needed]],
            "count": ([at], [count]),
            "readout": (["x", "y", "loss"], np.column_stack([points, losses])),
            "summary": (
                f"Condition number {short(condition)}: at the best rate {short(rate)} each step "
                f"leaves {short(shrink)} of the distance, and it takes {count} to come 1000 times "
                "closer."
            ),
        }
