"""The family tree of the update rules: choose one, and see it run beside its parents."""

import ipywidgets as widgets
import numpy as np

from optimlab import checks, functions, optimizers
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer, guarded
from optimlab.explorers.controls import Handle, add_start, choice
from optimlab.explorers.frames import by_step, readout, run_marks
from optimlab.explorers.scenes import GAP, NOTHING, one_start
from optimlab.explorers.targets import goal
from optimlab.study import genealogy
from optimlab.words import counted, short

#: name -> where it stands in the tree: column (they are in the order of years) and row
PLACES = {
    "Gradient descent": (0, 4), "SGD": (1, 3), "Momentum": (2, 5), "Nesterov": (3, 6),
    "AdaGrad": (4, 1), "RMSProp": (5, 2), "AdaDelta": (5, 0), "Adam": (6, 3),
    "NAdam": (7, 4), "AdamW": (8, 3), "AMSGrad": (9, 2),
}  # fmt: skip
#: name -> the rule as it runs on the ravine: gradient descent at the rate of its child Momentum
RULES = {
    "Gradient descent": optimizers.SGD(lr=0.1),
    "SGD": optimizers.SGD(lr=0.3),
    "Momentum": optimizers.Momentum(lr=0.1),
    "Nesterov": optimizers.Nesterov(lr=0.1),
    "AdaGrad": optimizers.AdaGrad(lr=1.5),
    "RMSProp": optimizers.RMSProp(lr=0.3),
    "AdaDelta": optimizers.AdaDelta(lr=50),
    "Adam": optimizers.Adam(lr=0.3),
    "NAdam": optimizers.NAdam(lr=0.3),
    "AdamW": optimizers.AdamW(lr=0.3, weight_decay=0.1),
}
#: standard deviation of the noise that stands for the mini-batches of SGD
NOISE = 0.5
#: the formula of the one method that has no class
AMSGRAD = (
    r"\bar v \leftarrow \max(\bar v, v)",
    r"w \leftarrow w - \frac{\eta\,m}{\sqrt{\bar v} + \delta}",
)


class FamilyExplorer(Explorer):
    """The tree of methods, and on the ravine the run of the one chosen beside its parents' runs.

    Choose by the buttons, by a click on the tree, or with the arrow keys on its ring. All runs
    begin at the same start, a handle, each at a rate of its own that stands in its name. SGD runs
    with noise on its gradient. `paths` holds the runs that are shown, the chosen one first;
    AMSGrad, which has no class, shows its parent alone.

    Parameters
    ----------
    method : str, the name of the method chosen at first, as in `genealogy.METHODS`
    start : (x, y), the start at first
    steps : int, updates of each run
    target : bool, whether to ask for a method, SGD apart, that ends higher than each of its parents
    """

    LEFT_OUT = "The card of the method is shown in the notebook alone."
    start = Handle("The start point (x, y).")

    def __init__(self, method="Adam", *, start=(-7.0, 2.0), steps=60, target=False):
        super().__init__()
        names = [row.name for row in genealogy.METHODS]
        checks.one_of("method", method, names)
        self.function, self.steps = functions.ravine, checks.steps(steps, 1, 500)
        self.target = checks.flag("target", target)
        self.noise = np.random.default_rng(0).normal(0, NOISE, (self.steps, 2))
        self._ran, self._runs, self.paths = None, {}, {}
        buttons = choice(names, method)
        self.card = widgets.HTMLMath().add_class("ol-inspector")
        plot = self._scene(method, one_start(self.function, start))
        self.assemble(plot, {"method": buttons}, self.card)

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self, method, start):
        tree, top = figures.panel(760, 330)
        self._draw_tree(top)
        runs, (ax, losses) = figures.panel(706, 320, columns=2)
        figures.draw_contours(ax, self.function)
        ax.set_title(figures.formula(self.function), fontsize=12, pad=9)
        figures.step_axis(losses, self.steps, scale="log", limits=(1e-8, 3e4))
        alt = (
            "Family tree of eleven optimizers from 1847 to 2018, in the order of years; below it "
            "the path of the chosen one and of its parents on the ravine, and their losses."
        )
        plot = LivePlot([tree, runs], alt=alt, playback=True)
        plot.add("line", "edges", top, color=style.MUTED, width=1.5)
        plot.add("line", "descent", top, color=style.HIGHLIGHT, width=3)
        for name in RULES:
            look = style.rule_style(name)
            plot.add_run(f"path {name}", ax, look, dots=5)
            plot.add_run(f"loss {name}", losses, look, dots=5)
            plot.add("line", f"key {name}", losses, color=look["color"], dash=look["dash"])
            plot.add("label", f"name {name}", losses, color=style.INK, offset=[6, -4], size=12)
        plot.add(
            "handle", "method", top, at=PLACES[method], round=[1, 1], color=style.HIGHLIGHT,
            size=30, label="method, by year and by what it works on",
            places=[[*PLACES[row.name], row.name] for row in genealogy.METHODS],
        )  # fmt: skip
        add_start(plot, ax, start)
        return plot

    def _draw_tree(self, ax):
        years = {PLACES[row.name][0]: row.year for row in genealogy.METHODS}
        ax.set(xlim=(-0.6, 9.6), ylim=(-1, 7.2), xticks=list(years), yticks=[])
        ax.set_xticklabels([str(year) for year in years.values()])
        ax.grid(False)
        bands = {"rate": (-1, 2.3), "direction": (2.3, 7.2)}
        for (low, high), shade in zip(bands.values(), ("#f2f6fa", "#ffffff"), strict=True):
            ax.axhspan(low, high, color=shade, zorder=0)
        ax.axvspan(5.5, 9.6, color="#eef3ec", zorder=0)
        words = {"va": "center", "color": style.MUTED, "fontsize": 9.5, "style": "italic"}
        ax.text(-0.5, 6.85, "works on the direction", **words)
        ax.text(-0.5, 0.0, "works on the rate", **words)
        ax.text(9.5, 6.85, "works on both", ha="right", **words)
        for name, (x, y) in PLACES.items():
            look = style.rule_style(name)
            ax.plot(x, y, marker=look["marker"], markersize=11, color=look["color"], zorder=4)
            text = name.replace("Gradient descent", "Gradient\ndescent")
            above = name in ("SGD", "Momentum", "Nesterov", "AdamW")  # where no line passes
            aside = -6 if name == "Momentum" else 0
            ax.annotate(
                text, (x, y), (aside, 12 if above else -13), textcoords="offset points",
                ha="center", va="bottom" if above else "top", fontsize=9.5, zorder=5,
            )  # fmt: skip

    # -- what moves ------------------------------------------------------------------------------

    @property
    def method(self):
        """The name of the chosen method."""
        return self["method"]

    @method.setter
    def method(self, name):
        self.controls["method"].value = genealogy.method(name).name

    @guarded
    def _on_handles(self, change):
        before, now = change.old.get("method"), change.new.get("method")
        if now != before and now != list(PLACES[self.method]):
            chosen = nearest(now)
            if chosen != self.method:
                self.method = chosen  # and the ring goes there
            else:
                self._put_ring()
        elif change.new.get("start") != change.old.get("start"):
            super()._on_handles(change)

    def _put_ring(self):
        place = list(PLACES[self.method])
        if self.plot.handles["method"] != place:
            self.plot.handles = {**self.plot.handles, "method": place}
            self._refresh_later()

    @guarded
    def _update(self):
        self._put_ring()
        super()._update()
        self.card.value = "" if self.veiled else self._words(genealogy.method(self.method))

    def _run(self, name):
        """The run of a method from the start as it is; each is made once."""
        if self._ran != self.start:
            self._ran, self._runs = self.start, {}
        if name not in self._runs:
            gradient = self._noisy if name == "SGD" else None
            self._runs[name] = descend(
                self.function, RULES[name], self.start, self.steps, gradient=gradient
            )
        return self._runs[name]

    def _noisy(self, point, step):
        return self.function.gradient(point) + self.noise[step]

    def frames(self, names):
        return [self._frame(name) for name in names]

    def _frame(self, name):
        shown = [n for n in (name, *genealogy.method(name).parents) if n in RULES]
        runs = {n: self._run(n) for n in shown}
        if name == self.method:
            self.paths = runs
        frame = {"edges": _edges(PLACES)}
        frame["descent"] = _edges({name, *genealogy.ancestors(name)})
        for n, run in runs.items():
            frame |= run_marks(f"path {n}", run.points)
            frame |= run_marks(f"loss {n}", by_step(run.losses))
        frame |= _key(shown, self.steps)
        frame["readout"] = readout({n: run.losses for n, run in runs.items()})
        frame["summary"] = self._summary(name, runs)
        if self.target:
            frame |= self._goal(name, runs)
        return frame

    def _summary(self, name, runs):
        row = genealogy.method(name)
        parents = " and ".join(row.parents)
        child = f"{name}, {row.year}, " + (f"child of {parents}" if parents else "the first")
        ends = ", ".join(f"{n} {short(run.losses[-1])}" for n, run in runs.items())
        alone = "" if name in runs else f" {name} has no run here: see lesson 13."
        return f"{child}. Loss after {counted(self.steps, 'step')}: {ends}.{alone}"

    def _goal(self, name, runs):
        """Whether the method ends higher than each of its parents."""
        wanted = "a method that ends with a higher loss than every one of its parents"
        if name == "SGD":
            more = ": SGD, which runs with noise"
            return goal(wanted, False, missed=more, not_yet="Not counted")
        parents = [run.losses[-1] for n, run in runs.items() if n != name]
        if name not in runs:
            return goal(wanted, False, missed=f": {name} has no run here")
        if not parents:
            return goal(wanted, False, missed=f": {name} has no parent")
        reached = runs[name].losses[-1] > max(parents)
        return goal(wanted, reached, f": {name}", f": {name} is not above every parent")

    def _words(self, row):
        """Formula, source and what changed, as HTML with LaTeX."""
        lines = AMSGRAD
        ran = "no run of its own here"
        if row.rule:
            rule = RULES[row.name]
            lines, ran = rule.formula()[1:], f"runs as <code>{_call(rule)}</code>"
            if row.name == "SGD":
                ran += f" with noise of standard deviation {NOISE:g} on the gradient"
        formula = " &emsp; ".join(rf"$\displaystyle {line}$" for line in lines)
        published = "" if row.published == row.year else f" (published {row.published})"
        return (
            f"<b>{row.name}</b>, {row.year}{published}. {row.authors}, <i>{row.source}</i>.<br>"
            f"<b>Changed.</b> {row.changed} <b>Fixed.</b> {row.fixed} <b>Left.</b> {row.left}<br>"
            f"It {ran}.".replace("It no run", "It has no run")
            + f"<br>{formula}"
        )


def nearest(at):
    """The method whose place in the tree is nearest to a point of it.

    >>> nearest((8.2, 3.1)), nearest((0, 0))
    ('AdamW', 'SGD')
    """
    away = {name: np.linalg.norm(np.subtract(place, at)) for name, place in PLACES.items()}
    return min(away, key=away.get)


def _edges(names):
    """Curves from each of `names` to those of its parents that are among them, (n, 2)."""
    t = np.linspace(0, 1, 17)[:, None]
    pieces = [NOTHING]
    for name in sorted(names, key=list(PLACES).index):
        for parent in genealogy.method(name).parents:
            if parent in names:
                a, d = np.array(PLACES[parent], float), np.array(PLACES[name], float)
                b, c = a + [(d[0] - a[0]) / 2, 0], d - [(d[0] - a[0]) / 2, 0]
                curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b
                curve = curve + 3 * (1 - t) * t**2 * c + t**3 * d
                pieces += [curve, GAP]
    return np.concatenate(pieces)


def _key(names, steps):
    """A sample of each curve with its name, in the upper left corner, where no loss comes."""
    frame = {}
    for k, name in enumerate(reversed(names)):
        height = 60 * 6.0**k
        frame[f"key {name}"] = [[0.02 * steps, height], [0.12 * steps, height]]
        frame[f"name {name}"] = ([[0.12 * steps, height]], [name])
    return frame


def _call(rule):
    """A rule as it would be written, without defaults."""
    plain = type(rule)()
    said = [f"lr={rule.lr:g}"]
    said += [
        f"{n}={getattr(rule, n):g}"
        for n in rule.hyperparameters()[1:]
        if getattr(rule, n) != getattr(plain, n)
    ]
    return f"{type(rule).__name__}({', '.join(said)})"
