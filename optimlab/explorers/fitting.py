"""A model beside its point on the loss, and what it costs to try every weight."""

from collections import deque

import numpy as np

from optimlab import checks
from optimlab.asis import in_figure
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot, take_off
from optimlab.explorers.base import Explorer, guarded
from optimlab.explorers.controls import Handle, nearest, slider
from optimlab.explorers.scenes import to_draw
from optimlab.explorers.targets import beside_goal, goal
from optimlab.study import network
from optimlab.words import short

MODEL, OFF = style.PALETTE[0], style.PALETTE[1]
#: data points up to which each one's own loss is written beside it
FEW = 12


class FitExplorer(Explorer):
    """Data with a model w·x + b, beside the point (w, b) on the map of the loss L(w, b).

    Drag the point on the map and the model moves; drag the line at either of its two rings and the
    point moves. `weights` is (w, b), `loss` the Function that the map shows.

    Parameters
    ----------
    x, y : arrays (n,), the data; for model="logistic" y holds the labels 0 and 1
    model : "line" (mean squared error) or "logistic" (σ(w·x + b), mean cross-entropy)
    start : (w, b), where the point lies at first
    names : (name of x, name of y), for the axes
    domain : ((wlow, whigh), (blow, bhigh)), the part of the plane on the map
    target : float, optional: a loss to get to; the minimum is then not marked on the map
    """

    SCENE = ("model",)

    weights = Handle("(w, b) as they are now.", "point")

    def __init__(
        self, x, y, *, model="line", start=(0.0, 0.0), names=("x", "y"), domain=None, target=None
    ):
        super().__init__()
        self.model = checks.one_of("model", model, ("line", "logistic"))
        self.target = None if target is None else checks.number("target", target)
        self.names = checks.names("names", names, least=2)
        self.x, self.y = checks.row("x", x), checks.row("y", y)
        if domain is not None:
            domain = checks.domain(domain, 2)
        if model == "line":
            self.loss = network.squared_loss(self.x, self.y, domain)
        else:
            self.loss = network.logistic_loss(self.x, self.y, domain or ((-4, 4), (-8, 8)))
        self._linking = False
        self._placed = deque(maxlen=400)  # where this class, and not a hand, has put handles
        self.assemble(self._scene(checks.pair("start", start, "(w, b)")), {})

    def predict(self, x, w, b):
        """The model's output at x."""
        scores = w * np.asarray(x, dtype=float) + b
        return scores if self.model == "line" else network.sigmoid(scores)

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self, start):
        data, ax = figures.panel(460, 370)
        low, high = min(0.0, self.x.min()), max(0.0, self.x.max())
        self.span = low - 0.04 * (high - low), high + 0.06 * (high - low)
        bottom, top = min(0.0, self.y.min()), self.y.max()
        many = len(self.x) > FEW
        above = 0.16 if many else 0.26
        ax.set(
            xlabel=in_figure(self.names[0]), ylabel=in_figure(self.names[1]), xlim=self.span,
            ylim=(bottom - above / 2 * (top - bottom), top + above * (top - bottom)),
        )  # fmt: skip
        self._top = top + (above - 0.08) * (top - bottom)  # where the loss is written
        below = (1 + 1.5 * above - 0.16) / (1 + 1.5 * above)  # the loss stands over the line's end
        ax.axvline(0, 0, below, color=style.MUTED, linewidth=1, linestyle=(0, (2, 3)))
        ax.plot(
            self.x, self.y, linestyle="none", marker="o", markersize=4 if many else 8,
            color=style.MUTED if many else style.INK, alpha=0.6 if many else 1, zorder=3,
        )  # fmt: skip
        surface, plane = figures.panel(460, 370)
        drawn = figures.draw_contours(plane, self.loss, minima=self.target is None)
        plane.set(xlabel="w", ylabel="b", title="loss L(w, b)")
        self._map = take_off(plane, *filter(None, drawn.values()))
        plot = LivePlot([data, surface], alt=self._alt())
        plot.add(
            "line", "off", ax, color=OFF, width=1 if many else 2, opacity=0.45 if many else 0.9
        )
        plot.add("line", "model", ax, color=MODEL, width=3)
        if not many:
            beside = {"baseline": "center", "offset": [0, 0], "anchor": "middle"}
            if self.model == "line":
                beside |= {"offset": [7, 0], "anchor": "start"}
            plot.add("label", "losses", ax, color=OFF, size=13, **beside)
        plot.add("label", "L", ax, color=style.INK, size=15, offset=[0, 0], anchor="middle")
        plot.add("image", "map", plane, smooth=True)
        plot.add("handle", "point", plane, at=start, label="weights w and b", color=MODEL)
        if self.model == "line":
            left, right = np.interp([0.15, 0.85], [0, 1], [low, high]).round(1).tolist()
            self.gap = 0.1 * (high - low)
            for name, at in (("left", left), ("right", right)):
                ends = [at, float(self.predict(at, *start))]
                plot.add("handle", name, ax, at=ends, label=f"{name} part of the line", color=MODEL)
        return plot

    def _alt(self):
        kind = "a line" if self.model == "line" else "a curve between 0 and 1"
        return (
            f"{self.names[1]} against {self.names[0]}, {len(self.x)} points, with {kind} and "
            f"its distance from each point, beside a map of the loss over w and b with one point."
        )

    # -- handles that belong together ------------------------------------------------------------

    def _on_other(self, change):
        if self._linking:
            return
        self._linking = True
        try:
            linked = self._link(change)
        finally:
            self._linking = False
        if linked:
            super()._on_other(change)

    @guarded
    def _link(self, change):
        """Make all handles agree with the one that was moved."""
        handles = {name: list(at) for name, at in change["new"].items()}
        if self.model == "logistic":
            return True
        moved = self._moved(change["old"], handles)
        before = {name: tuple(at) for name, at in handles.items()}
        left, right = handles["left"], handles["right"]
        if moved == "point":
            for end in (left, right):
                end[1] = float(self.predict(end[0], *handles["point"]))
        else:
            if moved == "left":
                left[0] = min(left[0], right[0] - self.gap)
            else:
                right[0] = max(right[0], left[0] + self.gap)
            w = (right[1] - left[1]) / (right[0] - left[0])
            handles["point"] = [float(w), float(left[1] - w * left[0])]
        self._placed += [(n, *at) for n, at in handles.items() if tuple(at) != before[n]]
        self.plot.handles = handles
        return True

    def _moved(self, old, new):
        """The handle that a hand has moved.

        While one is dragged the browser may still hold an older answer of ours for the others:
        they differ from what they are here, and yet nobody has touched them.
        """
        own = [name for name in ("point", "left", "right") if name in new]
        changed = [name for name in own if new[name] != list(old.get(name, ()))]
        by_hand = [name for name in changed if (name, *new[name]) not in self._placed]
        return next(iter(by_hand + changed), "point")

    # -- what moves ------------------------------------------------------------------------------

    def frames(self, _values):
        w, b = self.weights
        line = np.linspace(*self.span, 2 if self.model == "line" else 161)
        off = np.full((len(self.x), 3, 2), np.nan)  # two ends and a break
        off[:, :2, 0] = self.x[:, None]
        off[:, 0, 1], off[:, 1, 1] = self.y, self.predict(self.x, w, b)
        loss = self.loss((w, b))
        words = f"w = {short(w)}, b = {short(b)}: L = {short(loss)}"
        frame = {
            "map": self._map,
            "model": np.stack([line, self.predict(line, w, b)], axis=-1),
            "off": off.reshape(-1, 2),
            "L": ([(np.mean(self.span), self._top)], [words]),
            "summary": self._summary(w, b, loss),
        }
        if len(self.x) <= FEW:
            at = off[:, :2].mean(axis=1)  # beside the middle of the distance
            if self.model == "logistic":  # above the ones, below the zeros
                at = np.stack([self.x, np.where(self.y == 1, 1.08, -0.08)], axis=-1)
            frame["losses"] = (at, [short(value) for value in self.point_losses()])
        if self.target is not None:
            now = f": it is {beside_goal(loss, self.target)}"
            wanted = f"a loss of at most {short(self.target, 6)}"
            frame |= goal(wanted, loss <= self.target, now, now)
        return [frame]

    def point_losses(self):
        """What each data point adds to the loss, before the mean."""
        w, b = self.weights
        if self.model == "line":
            return (self.predict(self.x, w, b) - self.y) ** 2
        return np.logaddexp(0, np.where(self.y == 1, -1, 1) * (w * self.x + b))

    def _summary(self, w, b, loss):
        what = "mean squared error" if self.model == "line" else "mean cross-entropy"
        (wlow, whigh), (blow, bhigh) = self.loss.domain
        where = "" if wlow <= w <= whigh and blow <= b <= bhigh else " The point is off the map."
        return f"With w = {short(w)} and b = {short(b)} the {what} is {short(loss)}.{where}"


class GridExplorer(Explorer):
    """Trying every x on a grid, and what the same grid costs with more weights than one.

    Parameters
    ----------
    function : Function of one variable, or its name
    domain : (low, high), where the grid lies
    points : int, how many points it has at first
    most : int, how many at most
    dimensions : int, up to how many weights the cost is drawn
    """

    def __init__(self, function, domain=(0, 5), *, points=5, most=101, dimensions=10):
        super().__init__()
        self.function, self.domain = to_draw(function, domain, dim=1)
        points = checks.whole("points", points, 2)
        self.most = checks.whole("most", most, 2)
        self.dimensions = checks.whole("dimensions", dimensions, 1)
        counts = [n for n in (*range(2, 21), *range(21, self.most + 1, 5)) if n <= self.most]
        points = nearest(counts, points)
        self.assemble(self._scene(), {"points": slider("points per axis", counts, points)})

    def _scene(self):
        curve, ax = figures.panel(460, 370)
        figures.draw_curve(ax, self.function, self.domain)
        cost, bars = figures.panel(460, 370)
        d = np.arange(1, self.dimensions + 1)
        bars.set(
            xlabel="number of weights", ylabel="evaluations", yscale="log",
            xlim=(0.5, self.dimensions + 0.5), ylim=(1, 1e4 * float(self.most) ** self.dimensions),
            xticks=d,
        )  # fmt: skip
        bars.axhline(YEAR, color=style.HIGHLIGHT, linewidth=1.2, linestyle="--")
        bars.text(0.7, YEAR * 2, "a year at 10⁹ a second", color=style.HIGHLIGHT, fontsize=9)
        plot = LivePlot([curve, cost], alt=self._alt())
        plot.add("points", "grid", ax, color=MODEL, size=7)
        plot.add("points", "best", ax, color=OFF, size=13, marker="D")
        plot.add("line", "cost", bars, color=MODEL, width=2)
        plot.add("points", "costs", bars, color=MODEL, size=8)
        return plot

    def _alt(self):
        return (
            f"Points of a grid on {self.function.latex} with the lowest marked, beside the number "
            f"of evaluations against the number of weights, on a log axis."
        )

    def frames(self, counts):
        d = np.arange(1, self.dimensions + 1)
        frames = []
        for n in counts:
            x = np.linspace(*self.domain, int(n))
            y = self.function(x)
            cost = np.array([(k, float(int(n) ** k)) for k in d.tolist()])
            best = float(x[np.argmin(y)])
            off = np.min(np.abs(best - np.atleast_1d(self.function.minima)))
            frames.append(
                {
                    "grid": np.stack([x, y], axis=-1),
                    "best": [(best, self.function(best))],
                    "cost": cost,
                    "costs": cost,
                    "summary": (
                        f"With {n} points per axis the best x tried is {short(best)}, which is "
                        f"{short(off)} from the minimum; {self.dimensions} weights would take "
                        f"{short(cost[-1, 1])} evaluations."
                    ),
                }
            )
        return frames


#: evaluations in a year at a thousand million a second
YEAR = 365.25 * 24 * 3600 * 1e9
