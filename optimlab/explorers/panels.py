"""What a run holds beside its points, step by step: the panels that `explore` shows on request."""

import numpy as np

from optimlab import checks
from optimlab.draw import figures, style
from optimlab.explorers.frames import by_step
from optimlab.explorers.scenes import around

#: name of a curve -> label of its axis
LABELS = {
    "rate": "effective rate",
    "distance": "distance walked",
    "gradient": "gradient g",
    "v": "velocity v",
    "h": "sum of squares h",
    "r": "mean square r",
    "m": "mean gradient m",
    "u": "mean squared step u",
}
#: dashes of the coordinates x and y
DASHES = ((), (5, 3))


def checked_curves(curves, rules):
    """`curves` as names of what the rules can show."""
    slots = sorted({slot for rule in rules for slot in rule.slots})
    known = ["loss", "rate", "distance", "gradient", *slots]
    return checks.some_of("curves", curves, known, single=True)


def checked_limits(limits, curves, on_log_axes):
    """`limits` as a dict from curves that are shown to (low, high)."""
    wanted = f"a dict from curves that are shown, such as {{{curves[0]!r}: (low, high)}}"
    given = checks.instance("limits", {} if limits is None else limits, dict, wanted)
    if not set(given) <= set(curves):
        checks.wrong_value("limits", limits, wanted)
    lowest = {name: 0.0 if name in on_log_axes else -np.inf for name in given}
    return {n: checks.limits(f"limits[{n!r}]", v, above=lowest[n]) for n, v in given.items()}


class Curve:
    """One panel: a quantity of every rule against the step, x solid and y dashed.

    Parameters
    ----------
    name : "rate", "distance", "gradient" or a slot of the rules' states
    rules : optimizer classes; those without the slot are left out
    """

    def __init__(self, name, rules):
        self.name = name
        self.slot = name not in ("rate", "distance", "gradient")
        self.rules = [r.__name__ for r in rules if not self.slot or name in r.slots]
        squares = name == "v" and any("m" in rule.slots for rule in rules)
        self.label = "mean square v" if squares else LABELS.get(name, name)
        self.log = name in ("rate", "h", "r", "u") or squares

    def values(self, run):
        """The quantity at steps 0 to `run.steps` as its axis can show it, NaN where it cannot."""
        values = self.numbers(run)
        return np.where(values > 0, values, np.nan) if self.log else values

    def numbers(self, run):
        """The quantity at steps 0 to `run.steps`: (steps + 1, ...), NaN where there is none."""
        if self.slot:
            values = run.states[self.name]
        elif self.name == "distance":
            moved = np.diff(run.points, axis=0)
            if run.function.dim == 2:
                moved = np.linalg.norm(moved, axis=-1)
            walked = np.cumsum(np.abs(moved), axis=0)
            values = np.concatenate([np.zeros((1, *walked.shape[1:])), walked])
        else:
            values = run.rates if self.name == "rate" else run.gradients
            values = np.concatenate([np.full((1, *values.shape[1:]), np.nan), values])
        return values

    def coordinates(self, run, values=None):
        """[(name of the coordinate or "", its values)] of a run or a batch."""
        values = self.values(run) if values is None else values
        if run.function.dim == 1 or self.name == "distance":
            return [("", values)]
        return [("x", values[..., 0]), ("y", values[..., 1])]

    def limits(self, runs):
        """Axis limits that hold what those runs show that stay in the picture."""
        found = []
        for run in (runs[rule] for rule in self.rules):
            values, stays = self.values(run), run.left() < 0
            found.append((values[:, stays] if stays.any() else values).ravel())
        values = np.concatenate(found)
        values = values[np.isfinite(values)]
        if not values.size:
            return (0.1, 10.0) if self.log else (-1.0, 1.0)
        if not self.log:
            return around(values)
        low, high = float(values.min()), float(values.max())
        return max(low, high * 1e-9) / 2, high * 2

    def draw(self, ax, most_steps, limits, dim):
        """The empty axes."""
        scale = "log" if self.log else "linear"
        figures.step_axis(ax, most_steps, ylabel=self.label, scale=scale, limits=limits)
        if dim == 2 and self.name != "distance":
            for name, dash in zip("xy", DASHES, strict=True):
                ax.plot([], [], color=style.MUTED, linestyle=style.linestyle(dash), label=name)
            ax.legend(loc="best", handlelength=2.6)

    def add(self, plot, ax, dim, looks):
        """Declare its marks on a live plot, each rule in its look."""
        names = ("",) if dim == 1 or self.name == "distance" else ("x", "y")
        for rule in self.rules:
            for name, dash in zip(names, DASHES, strict=False):
                mark = f"{self.name} {rule} {name}".strip()
                plot.add_run(mark, ax, looks[rule] | {"dash": dash}, dots=0)

    def marks(self, rule, run, i):
        """The marks of run `i` of a batch."""
        return {
            f"{self.name} {rule} {name}".strip(): by_step(values[:, i])
            for name, values in self.coordinates(run)
        }


def curve_panel(count):
    """A figure and its axes for one of `count` panels: three fit side by side on a wide page."""
    return figures.panel(*((460, 370) if count < 3 else (375, 330)))
