"""A secant that turns into a tangent, slices through a surface, the slope in a direction."""

import numpy as np

from optimlab import checks
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, choice, decades, slider
from optimlab.explorers.scenes import around, contour_lines, on_curve, to_draw
from optimlab.explorers.targets import goal
from optimlab.functions import numerical_gradient
from optimlab.words import short

#: the numbers of one decade on a slider for h
DECADE = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
DIRECTION, SECANT, TANGENT, GRADIENT = *style.PALETTE[:3], style.HIGHLIGHT
ALONG = {"x": style.PALETTE[3], "y": style.PALETTE[4]}
KINDS = {
    "forward": {"color": style.PALETTE[0], "dash": ()},
    "central": {"color": style.PALETTE[3], "dash": (6, 3)},
}
TOP = 100.0  # of the axis of gaps


class SecantExplorer(Explorer):
    """A secant that turns into the tangent as h shrinks, and the gap between their slopes.

    h is the slider in hand; the point x is a handle on the curve.

    Parameters
    ----------
    function : Function of one variable, or its name
    x, h : float, the point and the distance h at first
    smallest, largest : float, the range of h
    kinds : "forward" and "central": the difference that is shown first, and what can be chosen
    target : float, optional; a gap, for which the largest h is to be found that keeps to it
    domain : (low, high), the part of the curve that is shown
    """

    SCENE = ("ends",)
    x = Handle("Where the tangent touches.")

    def __init__(
        self, function, *, x=None, h=1.0, smallest=0.001, largest=1.0, kinds=("forward",),
        target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        self.function, self.domain = to_draw(function, domain, dim=1)
        self.kinds = checks.some_of("kinds", kinds, KINDS, single=True)
        self.target = None if target is None else checks.positive("target", target)
        x = checks.number("x", self.function.start if x is None else x)
        smallest, h = checks.positive("smallest", smallest), checks.positive("h", h)
        largest = checks.number("largest", largest, above=smallest)
        self.steps = np.array(decades(smallest, largest, h, decade=DECADE))
        # where a gap of 0 is drawn, which has no place on a log axis
        exact = "central" in self.kinds  # on a parabola
        self._floor = 1e-16 if exact else max(1e-16, smallest * smallest / 10)
        controls = {"h": slider("h", self.steps, h)}
        if len(self.kinds) > 1:
            controls["kind"] = choice(
                self.kinds, self.kinds[0], each="90px",
                tooltips=[f"{kind} difference" for kind in self.kinds],
            )  # fmt: skip
        self.assemble(self._scene(x), controls)

    def _scene(self, x):
        picture, ax = figures.panel(352, 340)  # two side by side in a window of 900 pixels
        curve = figures.draw_curve(ax, self.function, self.domain, minima=False)["curve"]
        ax.set_ylim(around(curve.get_ydata()))
        ax.set_xlim(right=self.domain[1] + 0.25 * np.ptp(self.domain))  # room for the rise in words
        self._width, self._height = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
        ax.set_title(figures.formula(self.function), fontsize=12)
        ax.plot([], [], color=SECANT, label="secant")
        ax.plot([], [], color=TANGENT, linestyle=(0, (5, 2)), label="tangent")
        ax.legend(loc="best")
        gaps, below = figures.panel(352, 340)
        below.set(
            xlabel="h", ylabel="gap between the slopes", xscale="log", yscale="log",
            xlim=(self.steps[0] / 1.3, self.steps[-1] * 1.3), ylim=(self._floor / 8, TOP),
        )  # fmt: skip
        looks = {kind: KINDS[kind] for kind in self.kinds}
        for kind, look in looks.items():
            dash = (0, (4, 2)) if look["dash"] else "-"  # as long as the mark's, which is thinner
            below.plot([], [], color=look["color"], linestyle=dash, label=kind)
        if len(self.kinds) > 1:
            below.legend(loc="upper left")
        if self.target:
            below.axhline(self.target, color=style.HIGHLIGHT, linewidth=1.5)
            below.annotate(
                f"target {short(self.target)}", (self.steps[-1], self.target), (0, 4),
                textcoords="offset points", color=style.HIGHLIGHT, fontsize=9, ha="right",
            )  # fmt: skip
        alt = f"Secant and tangent of {self.function.name}; the gap of their slopes against h."
        plot = LivePlot([picture, gaps], alt=alt)
        plot.add("area", "triangle", ax, color=SECANT, opacity=0.12)
        plot.add("line", "run and rise", ax, color=style.MUTED, width=1.5)
        plot.add("line", "secant", ax, color=SECANT, width=2.2)
        plot.add("line", "tangent", ax, color=TANGENT, width=2.2, dash=[9, 4])
        plot.add("points", "ends", ax, color=SECANT, size=9)
        plot.add("label", "run", ax, color=style.INK, anchor="middle", offset=[0, -24])
        plot.add("label", "rise", ax, color=style.INK, offset=[7, -4])
        for kind, look in looks.items():
            plot.add("line", f"gap {kind}", below, width=1.8, **look)
        plot.add("line", "zero", below, color=style.MUTED, width=1.2, dash=[2, 3])
        plot.add(
            "label", "zero name", below, color=style.MUTED, anchor="start", offset=[0, 4], size=12
        )
        plot.add("points", "gap", below, color=style.INK, size=10)
        plot.add(
            "handle", "x", ax, at=[x], label="point x", color=style.INK,
            track=on_curve(self.function, self.domain),
        )  # fmt: skip
        return plot

    @property
    def kind(self):
        """The difference shown: "forward" or "central"."""
        return self["kind"] if "kind" in self.controls else self.kinds[0]

    def slopes(self, h, kind=None):
        """The slopes of the secants for all of `h`, and the exact derivative."""
        secants = numerical_gradient(self.function, self.x, np.asarray(h), kind or self.kind)
        return secants, self.function.gradient(self.x)

    def frames(self, values):
        x, f, kind = self.x, self.function, self.kind
        curves = {}
        for each in self.kinds:
            secants, exact = self.slopes(self.steps, each)
            gap = np.maximum(np.abs(secants - exact), self._floor)
            curves[f"gap {each}"] = np.stack([self.steps, gap], axis=-1)
        left = np.full(len(values), x) - (values if kind == "central" else 0)
        right = x + np.asarray(values)
        secants, exact = self.slopes(values)
        tangent = self._straight(x, f(x), exact)
        ends = zip(values, left, right, secants, strict=True)
        return [self._frame(*end, exact) | {"tangent": tangent} | curves for end in ends]

    def _frame(self, h, left, right, slope, exact):
        low, high = self.function(np.array([left, right]))
        run, rise = (h if self.kind == "forward" else 2 * h), high - low
        gap = abs(slope - exact)
        corners = [(left, low), (right, low), (right, high)]
        frame = {
            "triangle": corners,
            "run and rise": corners,
            "secant": self._straight(left, low, slope),
            "ends": [corners[0], corners[2]] if self.kind == "central" else [corners[2]],
            "gap": [(h, max(gap, self._floor))],
            "zero": [(each, self._floor) for each in (self.steps[0] / 2, self.steps[-1] * 2)],
            "zero name": ([(self.steps[0], self._floor)], [self._about_the_floor]),
            "summary": (
                f"At x = {short(self.x)} with h = {short(h)}: rise {short(rise)} over run "
                f"{short(run)} gives the secant slope {short(slope)}; the tangent's is "
                f"{short(exact)}, the gap is {short(gap)}."
            ),
        }
        if right - left > 0.07 * self._width:  # else the words are longer than what they name
            frame["run"] = [((left + right) / 2, low)], [f"run {short(run)}"]
            frame["rise"] = [(right, (low + high) / 2)], [f"rise {short(rise)}"]
        if self.target:
            frame |= self._goal(h, gap)
        return frame

    def _goal(self, h, gap):
        """Reached at one position of the slider: the last one before the gap is too large."""
        secants, exact = self.slopes(self.steps)
        large = np.abs(secants - exact) > self.target
        last = large.any() and np.argmax(large) and self.steps[np.argmax(large) - 1]
        missed = f": with h = {short(h)} the gap is {short(gap)}"
        if gap <= self.target:
            missed += ", and a larger h does it too" if h < last else ""
        wanted = f"the largest h with a gap of at most {short(self.target)}"
        return goal(wanted, h == last, f", h = {short(h)}: the gap is {short(gap)}", missed)

    @property
    def _about_the_floor(self):
        exact = self._floor == 1e-16  # no other gap is drawn so low: it is less than one rounding
        return "0 is drawn here" if exact else f"here: {short(self._floor)} and less"

    def _straight(self, x, y, slope):
        """The straight line through a point, across the picture."""
        reach = self._width
        if slope:
            reach = min(reach, 3 * self._height / abs(slope))
        return [(x - reach, y - slope * reach), (x + reach, y + slope * reach)]


class _PointExplorer(Explorer):
    """A function of two variables with a point on its contour lines, which is a handle.

    The handle snaps to a grid, coarse enough to keep one coordinate while the other moves.
    """

    point = Handle("The point (x, y).")

    def _prepare(self, function, domain, point, grain):
        """Keep the function and what is drawn of it; returns the first point, and its grid."""
        self.function, self.domain = to_draw(function, domain, dim=2)
        self._grid = x, y, z = figures.surface_grid(self.function, self.domain, 121)
        low, high = float(z.min()), float(z.max())
        self._range = (low, high) if high > low else (low - 1.0, high + 1.0)
        slopes = np.linalg.norm(self.function.gradient(np.stack([x, y], axis=-1)), axis=-1)
        self.steepest = float(slopes.max())
        widths = np.ptp(self.domain, axis=-1)
        self._scale = 0.4 * float(widths.min()) / (self.steepest or 1.0)
        self._start_length = 0.16 * float(widths.min())
        at = self.function.start if point is None else checks.pair("point", point)
        return at, checks.positive("grain", grain)

    def _map(self, width=350, height=330):
        """The contour lines, equally long along x and y so that a right angle looks like one."""
        picture, ax = figures.panel(width, height)
        heights = np.linspace(*self._range, 17)  # evenly spaced: close together means steep
        drawn = figures.draw_contours(ax, self.function, self.domain, levels=heights)
        drawn["lines"].set_linestyle("solid")
        ax.set_aspect("equal")
        ax.set_title(figures.formula(self.function), fontsize=12)
        return picture, ax

    def _add_point(self, plot, ax, at, grain):
        plot.add("line", "level", ax, color=style.INK, width=1.6)
        plot.add("arrow", "gradient", ax, color=GRADIENT, width=3)
        plot.add(
            "handle", "point", ax, at=at, label="point", color=style.INK, round=[grain, grain],
            size=14,
        )  # fmt: skip

    def _here(self):
        """What every frame shows at the point: its contour line and the gradient, to scale."""
        at = np.array(self.point)
        gradient = self.function.gradient(at)
        return {
            "level": contour_lines(*self._grid, [self.function(at)]),
            "gradient": [(*at, *(at + self._scale * gradient))],
        }


class SlicesExplorer(_PointExplorer):
    """A point on the contour lines, and the two slices through it, along x and along y.

    The point is a handle. The slices show the function with the other variable held fixed, and the
    tangent whose slope is the partial derivative. The arrow is the gradient, to scale.

    Parameters
    ----------
    function : Function of two variables, or its name
    point : (x, y), the point at first
    target : (slope along x, slope along y), optional; partial derivatives to find, each within
        0.1 % of the steepest slope in the picture
    gradient : bool, whether the gradient's arrow and the contour line through the point are shown
    domain : ((xlow, xhigh), (ylow, yhigh)), the part of the surface that is shown
    grain : float, the grid the point snaps to
    """

    SCENE = ("cut x", "cut y", "level")

    def __init__(
        self, function, *, point=None, target=None, gradient=True, domain=None, grain=0.05
    ):
        super().__init__()
        at, grain = self._prepare(function, domain, point, grain)
        if target is not None:
            target = checks.pair("target", target, "(slope along x, slope along y)")
        self.target, self.reveals = target, checks.flag("gradient", gradient)
        picture, ax = self._map()
        self._slices = {name: figures.panel(350, 330) for name in "xy"}
        low, high = self._range
        margin = 0.12 * (high - low)
        for name, (_, own) in self._slices.items():
            other = "y" if name == "x" else "x"
            own.set(
                xlabel=name, ylabel="f", xlim=self.domain["xy".index(name)],
                ylim=(low - margin, high + 1.6 * margin), title=f"along {name}, {other} held fixed",
            )  # fmt: skip
        panels = [picture, *(panel for panel, _ in self._slices.values())]
        plot = LivePlot(panels, alt=f"Contour lines of {self.function.name} and two slices.")
        for name, (_, own) in self._slices.items():
            plot.add("line", f"cut {name}", ax, color=ALONG[name], width=2, dash=[7, 4])
            plot.add("line", f"slice {name}", own, color=ALONG[name], width=2.2)
            plot.add("line", f"tangent {name}", own, color=TANGENT, width=2.2, dash=[9, 4])
            plot.add("points", f"at {name}", own, color=style.INK, size=10)
            plot.add("label", f"slope {name}", own, color=style.INK, offset=[4, -14], size=14)
        self._add_point(plot, ax, at, grain)
        self.assemble(plot, {})

    def frames(self, values):
        (x, y), (xs, ys) = self.point, (np.linspace(*ends, 121) for ends in self.domain)
        height = self.function((x, y))
        gradient = self.function.gradient((x, y))
        along = {"x": np.stack([xs, np.full(121, y)], -1), "y": np.stack([np.full(121, x), ys], -1)}
        frame = self._here() if self.reveals else {}
        for i, (name, (_, own)) in enumerate(self._slices.items()):
            at, slope = (x, y)[i], float(gradient[i])
            reach = 0.3 * np.ptp(own.get_xlim())
            if slope:
                reach = min(reach, 0.3 * np.ptp(own.get_ylim()) / abs(slope))
            tangent = np.array([[-1, -slope], [1, slope]]) * reach + (at, height)
            corner = (own.get_xlim()[0], own.get_ylim()[1])
            frame |= {
                f"cut {name}": along[name][[0, -1]],
                f"slice {name}": np.stack([along[name][:, i], self.function(along[name])], -1),
                f"tangent {name}": tangent,
                f"at {name}": [(at, height)],
                f"slope {name}": ([corner], [f"∂f/∂{name} = {short(slope)}"]),
            }
        along_x, along_y = (short(v) for v in gradient)
        said = f"At {short((x, y))} the slope along x is {along_x} and along y {along_y}"
        if self.reveals:
            length = short(np.linalg.norm(gradient))
            said += f"; the gradient ({along_x}, {along_y}) has length {length}"
        frame["summary"] = f"{said}."
        if self.target:
            frame |= self._goal(gradient)
        return [frame for _ in values]

    def _goal(self, gradient):
        missed = np.abs(gradient - np.array(self.target, float)) > 0.001 * self.steepest
        along_x, along_y = (short(v) for v in self.target)
        wrong = " and ".join(name for name, miss in zip("xy", missed, strict=True) if miss)
        return goal(
            f"slope {along_x} along x and {along_y} along y", not wrong,
            f" at {short(self.point)}", f": look at the slope along {wrong}",
        )  # fmt: skip


class DirectionExplorer(_PointExplorer):
    """The slope at a point in every direction: a cosine, whose top is the gradient.

    The angle of the direction is the slider in hand; the point is a handle.

    Parameters
    ----------
    function : Function of two variables, or its name
    point : (x, y), the point at first
    angle : float, the direction at first, in degrees, anticlockwise from the x axis
    target : "up" or "down", optional; find the direction of the steepest rise or fall
    gradient : bool, whether the gradient's arrow and the top of the curve are shown
    domain, grain : as for SlicesExplorer
    """

    ANGLES = np.arange(-180.0, 181.0, 2.0)

    def __init__(
        self, function, *, point=None, angle=0.0, target=None, gradient=True, domain=None,
        grain=0.05,
    ):  # fmt: skip
        super().__init__()
        at, grain = self._prepare(function, domain, point, grain)
        self.target = None if target is None else checks.one_of("target", target, ("up", "down"))
        self.reveals, angle = checks.flag("gradient", gradient), checks.number("angle", angle)
        picture, ax = self._map()
        slopes, wheel = figures.panel(350, 330)
        limit = 1.15 * (self.steepest or 1.0)
        wheel.axhline(0, color=style.MUTED, linewidth=1)
        wheel.set(
            xlabel="angle of the direction (degrees)", ylabel="slope in that direction",
            xlim=(-180, 180), ylim=(-limit, limit), xticks=np.arange(-180, 181, 90),
        )  # fmt: skip
        alt = f"A direction on {self.function.name}, and the slope against its angle."
        plot = LivePlot([picture, slopes], alt=alt)
        plot.add("arrow", "direction", ax, color=DIRECTION, width=3.5)
        plot.add("line", "slopes", wheel, color=DIRECTION, width=2)
        plot.add("line", "now line", wheel, color=DIRECTION, width=1.2, dash=[3, 3])
        plot.add("points", "now", wheel, color=DIRECTION, size=12)
        plot.add("points", "top", wheel, color=GRADIENT, size=12, marker="D")
        plot.add(
            "label", "top name", wheel, color=GRADIENT, anchor="middle", offset=[0, 12], size=14
        )
        self._add_point(plot, ax, at, grain)
        angles = sorted({*self.ANGLES.tolist(), angle})
        self.assemble(plot, {"angle": slider("angle", angles, angle)})

    def frames(self, values):
        at = np.array(self.point)
        gradient = self.function.gradient(at)
        steepest = float(np.linalg.norm(gradient))
        top = float(np.degrees(np.arctan2(gradient[1], gradient[0])))
        turned = np.linspace(-180, 180, 91)
        curve = np.stack([turned, _unit(turned) @ gradient], axis=-1)
        shared = self._here() | {"slopes": curve}
        if self.reveals and steepest:
            shared |= {
                "top": [(top, steepest)],
                "top name": ([(np.clip(top, -115, 115), steepest)], [f"|∇f| = {short(steepest)}"]),
            }
        if not self.reveals:
            del shared["gradient"]
        frames = []
        for angle, unit in zip(values, _unit(values), strict=True):
            slope = float(unit @ gradient)
            slope = 0.0 if abs(slope) < 1e-12 * self.steepest else slope
            frame = {
                "direction": [(*at, *(at + self._start_length * unit))],
                "now": [(angle, slope)],
                "now line": [(angle, 0), (angle, slope)],
                "summary": self._sentence(angle, slope, top, steepest),
            }
            if self.target:
                frame |= self._goal(slope, steepest, angle)
            frames.append(shared | frame)
        return frames

    def _sentence(self, angle, slope, top, steepest):
        where = f"At {short(self.point)}"
        if not steepest:
            return f"{where} the slope is 0 in every direction."
        said = f"{where} the slope in direction {short(angle)}° is {short(slope)}"
        if not self.reveals:
            return f"{said}."
        return f"{said}; the steepest is {short(steepest)}, at {round(top):d}°, the gradient's way."

    def _goal(self, slope, steepest, angle):
        best = steepest if self.target == "up" else -steepest
        reached = steepest and abs(slope - best) <= 0.002 * steepest
        wanted = f"the direction of the steepest {'rise' if self.target == 'up' else 'fall'}"
        now = f"slope {short(slope)}"
        return goal(wanted, reached, f" at {short(angle)}°, {now}", f": {now}")


def _unit(degrees):
    """Unit vectors (n, 2) of these angles."""
    angle = np.radians(np.asarray(degrees, float))
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)
