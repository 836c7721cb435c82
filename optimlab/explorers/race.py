"""A race: rules on one surface, each with the same number of gradients, at rates of your choice."""

import numpy as np
from matplotlib.ticker import NullLocator

from optimlab import checks
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, add_start, checkbox, choice, decades, number, slider
from optimlab.explorers.frames import by_step, readout, short
from optimlab.explorers.scenes import NOTHING, contour_lines, name_looks, one_start, to_draw
from optimlab.explorers.targets import goal
from optimlab.optimizers import SGD, AdaGrad, Adam, Momentum
from optimlab.study import tuning

#: the four of the second course text and of the usual four-panel picture
FOUR = (SGD, Momentum, AdaGrad, Adam)
#: numbers of a decade on the slider, at equal ratios
EIGHTHS = [1, 1.3, 1.8, 2.4, 3.2, 4.2, 5.6, 7.5]
#: where the rates come from: value -> label
MODES = {"shared": "one rate for all", "given": "rates as given", "tuned": "tuned for each"}
#: of a panel, in pixels
HEIGHT = 340
#: how a problem can be changed: turned by degrees, and factors of f and of x
CHANGES = {"turn": range(0, 91, 15), "c": (0.01, 1.0, 100.0), "stretch": (0.25, 1.0)}


class RaceExplorer(Explorer):
    """Rules race on a surface; beside it their final loss against the learning rate.

    Every rule measures one gradient per step, and all make the same number of steps. The rates
    are one for all, the slider's, or a tuned one for each, by `tuning.tune`'s protocol. The
    problem can be turned, f multiplied by a number and x measured in another unit: the start
    goes along, and losses are shown in units of the f that was given, above its lowest minimum.
    Where it can be turned, its picture has equal units; else it is filled by the domain.

    Parameters
    ----------
    function : Function of two variables, with a minimum in its domain
    rules : list of optimizer classes that can race, each with a box to tick
    racing : those of them that race at first
    lr : float, the one rate for all at first
    given : dict, name of a rule -> its rate, for the choice "rates as given"
    mode : "shared", "given" or "tuned"; by default "given" if rates are given
    start : (x, y), by default the function's own; drag it
    steps : int, gradients for each rule
    rates : (low, high) of the learning-rate axis and slider
    turn, c, stretch : how the problem is changed at first: degrees in steps of 15 up to 90, a
        factor of f (0.01, 1, 100) and of x (0.25, 1)
    change : which of "turn", "c", "stretch" have a control
    target : name of the rule that should end lowest, at one rate for all, from the first start
    loss_limits : (low, high) of the loss axes

    Attributes
    ----------
    paths : {name: Path} that are shown, in the coordinates of the changed problem
    """

    SCENE = ("contours", "minima", "stars")

    start = Handle("The start point (x, y), in the coordinates of the picture.")

    def __init__(
        self, function, rules=tuning.RULES, *, racing=FOUR, lr=0.1, given=None, mode=None,
        start=None, steps=30, rates=(1e-3, 10.0), turn=0, c=1.0, stretch=1.0,
        change=("turn", "c", "stretch"), target=None, loss_limits=None,
    ):  # fmt: skip
        super().__init__()
        self.function, _ = to_draw(function, dim=2, start=start, minimum=True)
        self.rules = {rule.__name__: rule for rule in checks.rules(rules)}
        racing = [rule.__name__ for rule in checks.rules(racing, name="racing")]
        self._rivals = set(checks.some_of("racing", racing, self.rules))
        wanted = "a dict from names of rules to rates"
        given = checks.instance("given", {} if given is None else given, dict, wanted)
        if given:
            checks.some_of("given", given, self.rules)
        self.given = {name: checks.positive(f"given[{name!r}]", r) for name, r in given.items()}
        self.target = None if target is None else checks.one_of("target", target, self.rules)
        self.lowest = tuning.lowest(self.function)
        self._at, self.steps = one_start(self.function, start), checks.steps(steps, 1)
        self._first = self._at  # what the target is about
        self._fixed = {
            name: checks.one_number_of(name, value, CHANGES[name])
            for name, value in (("turn", turn), ("c", c), ("stretch", stretch))
        }
        lr = checks.number("lr", lr, low=0)
        values = decades(*checks.rates(rates), lr, decade=EIGHTHS)
        self.rates = np.geomspace(values[0], values[-1], 121)
        if loss_limits is not None:
            loss_limits = checks.limits("loss_limits", loss_limits, above=0)
        self._problems, self._drawn, self._tunes, self.paths = {}, {}, {}, {}
        self._swept = None, {}
        modes = {key: label for key, label in MODES.items() if key != "given" or self.given}
        if mode is None:
            mode = "given" if self.given else "shared"
        checks.one_of("mode", mode, modes)
        self.controls = {
            "lr": slider("learning rate", values, lr),
            "mode": _choice({label: key for key, label in modes.items()}, mode),
        }
        offers = {
            "turn": lambda at: number("turn (degrees)", at, 0, 90, 15),
            "c": lambda at: _choice({f"f × {v:g}": v for v in CHANGES["c"]}, at),
            "stretch": lambda at: _choice({f"x × {v:g}": v for v in CHANGES["stretch"]}, at),
        }
        for name in checks.some_of("change", change, CHANGES, least=0):
            self.controls[name] = offers[name](self._fixed[name])
        for name in self.rules:
            ticked = name in self._rivals
            self.controls[name] = checkbox(name, ticked, width="auto", margin="0 10px 0 0")
        self._shown = self.problem
        self.assemble(self._scene(loss_limits), self.controls)
        self.controls["lr"].disabled = mode != "shared"

    # -- the problem -------------------------------------------------------------------------------

    def _changed(self, name):
        return self.controls[name].value if name in self.controls else self._fixed[name]

    @property
    def problem(self):
        """The function as it is turned and rescaled now."""
        key = tuple(float(self._changed(name)) for name in CHANGES)
        if key not in self._problems:
            turn, c, stretch = key
            made = tuning.rotated(self.function, turn) if turn else self.function
            if (c, stretch) != (1, 1):
                made = tuning.rescaled(made, (stretch, 1.0), c)
            self._problems[key] = made
        return self._problems[key]

    @property
    def racing(self):
        """The names of the rules that race now."""
        return [name for name in self.rules if self[name]]

    def _on_other(self, change):
        self.controls["lr"].disabled = self["mode"] != "shared"
        problem, before = self.problem, self.plot.handles
        if problem is not self._shown:  # the start stays where it is in the landscape
            self._shown = problem
            self.start = _forth(self._at, problem, self.function)
        if self.plot.handles == before:  # else its move has drawn everything anew
            super()._on_other(change)

    def _on_handles(self, change):
        at = _back(change.new["start"], self.problem, self.function)
        if not np.allclose(at, self._at, rtol=0, atol=1e-9):
            self._at = at
        super()._on_handles(change)

    # -- the scene, drawn once ---------------------------------------------------------------------

    def _scene(self, loss_limits):
        (xlow, xhigh), (ylow, yhigh) = self.function.domain
        half = max(xhigh - xlow, yhigh - ylow) / 2
        x, y = (xlow + xhigh) / 2, (ylow + yhigh) / 2
        self._box = (x - half, x + half), (y - half, y + half)
        if "turn" not in self.controls and not self._fixed["turn"]:
            self._box = (xlow, xhigh), (ylow, yhigh)  # it is never turned: it may fill the picture
        heights = figures.surface_grid(self.function)[2] - self.lowest
        wide = figures.surface_grid(self.function, self._box)[2] - self.lowest
        self._levels = figures.contour_levels(wide)
        figure, ax = _panel(304, 58, 60)  # its axes are square
        ax.set(xlabel="x", ylabel="y", xlim=self._box[0], ylim=self._box[1])
        ax.grid(False)
        ax.locator_params(nbins=6)
        title = self.function.name + _stretched(ax)
        ax.set_title(title, fontsize=11, pad=8, y=1)
        limits = loss_limits or (1e-10, 3 * float(np.nanmax(heights)))
        rows = -(-len(self.rules) // (columns := 2 if len(self.rules) == 4 else 3))
        against, right = _panel(350, 68, 12 + 18 * rows)
        right.set(
            xscale="log", yscale="log", xlabel="learning rate",
            ylabel=f"loss after {self.steps} steps", ylim=limits,
            xlim=(self.rates[0] / 1.15, self.rates[-1] * 1.15),
        )  # fmt: skip
        looks = {name: style.rule_style(name) for name in self.rules}
        name_looks(right, looks, markersize=5)
        against.legend(
            loc="upper center", ncols=columns, fontsize=8.5, columnspacing=1.0, handlelength=2.4,
            borderaxespad=0, frameon=False,
        )  # fmt: skip
        curve, losses = _panel(320, 68)
        figures.step_axis(losses, self.steps, scale="log", limits=limits)
        for axis in (right.xaxis, right.yaxis, losses.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(_power)
        alt = (
            f"A race of optimizers on {self.function.name}: their paths, their final loss against "
            "the learning rate, and their loss at each step."
        )
        plot = LivePlot([figure, against, curve], alt=alt, playback=True)
        plot.add("line", "contours", ax, color="#8fa5bd", width=1)
        plot.add("points", "minima", ax, color=style.INK, marker="*", size=19)
        plot.add("points", "stars", ax, color="#ffd54a", marker="*", size=14)
        plot.add("line", "rate", right, color=style.MUTED, width=1.5, dash=(3, 3))
        for name, look in looks.items():
            line = {"color": look["color"], "dash": look["dash"]}
            dot = {"color": look["color"], "marker": look["marker"]}
            plot.add_run(f"path {name}", ax, look, dots=0)
            plot.add("line", f"curve {name}", right, **line)
            plot.add("points", f"at {name}", right, size=10, **dot)
            plot.add_run(f"loss {name}", losses, look, dots=0)
            plot.add("points", f"end {name}", losses, size=9, **dot)
        add_start(plot, ax, _forth(self._at, self.problem, self.function))
        return plot

    def _landscape(self):
        """Contour lines of the problem in the picture, and its minima; kept for each problem."""
        problem = self.problem
        if id(problem) not in self._drawn:
            x, y, z = figures.surface_grid(problem, self._box, 81)
            heights = (z - tuning.lowest(problem)) / self._c
            lines = contour_lines(x, y, heights, self._levels[1:])
            self._drawn[id(problem)] = lines, np.asarray(problem.minima, float)
        return self._drawn[id(problem)]

    @property
    def _c(self):
        return float(self._changed("c"))

    # -- what moves --------------------------------------------------------------------------------

    def tuned(self, name):
        """`tuning.tune` of one rule on the problem as it is now, with this race's steps."""
        key = id(self.problem), name
        if key not in self._tunes:
            self._tunes[key] = tuning.tune(self.problem, self.rules[name], steps=self.steps)
        return self._tunes[key]

    def _own_rates(self):
        """The rate of each racing rule where they do not share one; NaN for one without."""
        if self["mode"] == "tuned":
            return {name: self.tuned(name).rate for name in self.racing}
        return {name: self.given.get(name, np.nan) for name in self.racing}

    def frames(self, values):
        shared = self["mode"] == "shared"
        rates = np.asarray(values if shared else [1.0], dtype=float)
        own = {} if shared else self._own_rates()
        runs = {}
        for name in self.racing:
            lr = rates if shared else np.array([own[name]])
            if np.isfinite(lr).all():
                rule = self.rules[name](lr=lr[:, None])
                runs[name] = descend(self.problem, rule, self.start, self.steps)
        curves = self._sweep()
        frames = [
            self._frame(runs, i, curves, {name: rate if shared else own[name] for name in runs})
            for i, rate in enumerate(rates)
        ]
        if len(values) == 1:
            self.paths = {name: run[0] for name, run in runs.items()}
        return frames if shared else frames * len(values)

    def _sweep(self):
        """The final losses at all rates, from this start: {name: (n, 2)}."""
        key, known = self._swept
        now = id(self.problem), self.start
        if key != now:
            known = {}
            self._swept = now, known
        for name in self.racing:
            if name not in known:
                rule = self.rules[name]
                found = tuning.sweep(self.problem, rule, self.rates, self.start, self.steps)
                known[name] = np.stack([self.rates, found.losses[name] / self._c], axis=-1)
        return known

    def _frame(self, runs, i, curves, rates):
        contours, minima = self._landscape()
        frame = {"contours": contours, "minima": minima, "stars": minima, "rate": NOTHING}
        if self["mode"] == "shared" and rates:
            rate = next(iter(rates.values()))
            low, high = self.plot.axes[1]["ylim"]
            frame["rate"] = [[rate, low], [rate, high]]
        ends, columns = {}, {}
        for name in self.rules:
            parts = ("path", "curve", "at", "loss", "end")
            frame |= {f"{part} {name}": NOTHING for part in parts}
            if name not in runs:
                continue
            losses = (runs[name].losses[:, i] - tuning.lowest(self.problem)) / self._c
            ends[name], columns[name] = float(losses[-1]), losses
            frame[f"path {name}"] = runs[name].points[:, i]
            frame[f"curve {name}"] = curves[name]
            frame[f"at {name}"] = [[self._seen(rates[name], "xlim"), self._seen(losses[-1])]]
            frame[f"loss {name}"] = by_step(losses)
            frame[f"end {name}"] = [[self.steps, self._seen(losses[-1])]]
        if columns:
            frame["readout"] = readout(columns)
        frame["summary"] = self._sentence(ends, rates)
        if self.target:
            frame |= self._goal(ends)
        return frame

    def _seen(self, value, limits="ylim"):
        """A rate or a loss, or just inside the axis where it lies beyond; NaN lies above."""
        low, high = np.log10(self.plot.axes[1][limits])
        edge = 0.015 * (high - low)
        return np.clip(np.nan_to_num(value, nan=np.inf), 10 ** (low + edge), 10 ** (high - edge))

    def ranking(self):
        """[(name, final loss)] of the race that is shown, the lowest first; NaN last."""
        lowest = tuning.lowest(self.problem)
        ends = {name: (path.losses[-1] - lowest) / self._c for name, path in self.paths.items()}
        return _ranked({name: float(loss) for name, loss in ends.items()})

    def _sentence(self, ends, rates):
        without = ", ".join(name for name in self.racing if name not in ends)
        without = f"no rate is given for {without}" if without else ""
        if not ends:
            return f"No rule is racing{': ' * bool(without)}{without}."
        changed = [f"turned by {self._changed('turn'):g}°"] if self._changed("turn") else []
        changed += [f"f times {self._c:g}"] if self._c != 1 else []
        stretch = self._changed("stretch")
        changed += [f"x times {stretch:g}"] if stretch != 1 else []
        where = self.function.name + (f" ({', '.join(changed)})" if changed else "")
        far = figures.LOST * self._levels[-1]
        shared = self["mode"] == "shared"
        how = f", all at rate {short(next(iter(rates.values())))}" if shared else ""
        said = [
            f"{name} {short(loss) if loss <= far else 'too large'}"
            + ("" if shared else f" (rate {short(rates[name])})")
            for name, loss in _ranked(ends)
        ]
        return f"Loss on {where} after {self.steps} gradients each{how}: {', '.join(said)}" + (
            f"; {without}." if without else "."
        )

    def _goal(self, ends):
        """Whether the favourite ends lowest in the race as it was set up, and how that is said."""
        rivals = ", ".join(name for name in self.rules if name in self._rivals - {self.target})
        wanted = f"one rate for all at which {self.target} ends lower than {rivals}"
        ranked = _ranked(ends)
        first = ranked[0][0] if ranked and not np.isnan(ranked[0][1]) else "no rule"
        fair = self["mode"] == "shared" and set(ends) >= self._rivals
        why = f"{first} ends lowest" if fair else "that takes one rate for all of them"
        if fair and not np.allclose(self._at, self._first, rtol=0, atol=1e-6):
            fair, why = False, "that takes the start as it was"
        return goal(wanted, fair and first == self.target, missed=f": {why}")


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _panel(width, left, top=60):
    """A panel whose axes stand where they are told, which is quicker than a layout."""
    figure, ax = figures.panel(width, HEIGHT)
    figure.set_layout_engine("none")
    right, bottom = 12, 46
    ax.set_position([
        left / width, bottom / HEIGHT, 1 - (left + right) / width, 1 - (top + bottom) / HEIGHT
    ])  # fmt: skip
    return figure, ax


def _stretched(ax):
    """What a title says of a picture whose units differ: in a square one they are alike."""
    box = ax.get_window_extent()
    width, height = (abs(high - low) for low, high in (ax.get_xlim(), ax.get_ylim()))
    times = (width / box.width) / (height / box.height)
    if 0.8 < times < 1.25:
        return ""
    return f", {'y' if times > 1 else 'x'} stretched {max(times, 1 / times):.2g} times"


def _power(value, _=None):
    """The label of a power of ten in plain text, which is drawn quicker than a formula."""
    return "10" + str(round(np.log10(value))).translate(_RAISED)


def _ranked(ends):
    return sorted(ends.items(), key=lambda pair: (np.isnan(pair[1]), pair[1]))


def _forth(point, problem, given):
    """From the coordinates of the function that was given to those of the problem."""
    if problem is given:
        return np.asarray(point, dtype=float)
    return problem.forth(_forth(point, problem.original, given))


def _back(point, problem, given):
    while problem is not given:
        point, problem = problem.back(point), problem.original
    return point


def _choice(options, value):
    return choice(list(options.items()), value, layout={"width": "max-content"})
