"""A race: rules on one surface, each with the same number of gradients, at rates of your choice."""

import ipywidgets as widgets
import numpy as np
from matplotlib.ticker import NullLocator

from optimlab import checks
from optimlab.asis import in_figure
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer, guarded
from optimlab.explorers.controls import (
    Handle,
    add_start,
    checkbox,
    choice,
    decades,
    number,
    show_or_hide,
    slider,
)
from optimlab.explorers.frames import by_step, lost
from optimlab.explorers.scenes import (
    NOTHING,
    around,
    contour_lines,
    name_looks,
    one_start,
    to_draw,
)  # fmt: skip
from optimlab.explorers.targets import goal
from optimlab.optimizers import SGD, AdaGrad, Adam, Momentum
from optimlab.study import tuning
from optimlab.words import counted, short

#: the four of the second course text and of the usual four-panel picture
FOUR = (SGD, Momentum, AdaGrad, Adam)
#: numbers of a decade on the slider, at equal ratios
EIGHTHS = [1, 1.3, 1.8, 2.4, 3.2, 4.2, 5.6, 7.5]
#: where the rates come from: value -> label
MODES = {"shared": "one rate for all", "given": "a rate for each", "tuned": "tuned for each"}
#: the share of the first loss that counts as there
GOAL = 0.01
#: of a panel, in pixels
HEIGHT = 340
#: how a problem can be changed: turned by degrees, and factors of f and of x
CHANGES = {"turn": range(0, 91, 15), "c": (0.01, 1.0, 100.0), "stretch": (0.25, 1.0)}


def race(function, rules=FOUR, *, lr=0.1, start=None, steps=30, **options):
    """A race of rules on a function in one line: who leads after each gradient, by which criterion.

    Parameters
    ----------
    function : Function, or its name
        Of one variable or two. Without a minimum in its domain there is no tuned rate and no
        distance.
    rules : list of optimizer classes or names
        Each makes one update for each gradient, and all the same number of them.
    lr : float
        The rate at first: of all, and of each where each has its own.
    start : float or (x, y)
        By default the function's own. It can be dragged while the race is played.
    steps : int
        Gradients for each rule.
    **options
        `given={"SGD": 0.9}` a rate of its own for some, `mode="shared"`, `"given"` or `"tuned"`,
        `rates=(low, high)` the range of the learning rates, `loss_limits`, `target`, and what
        else `RaceExplorer` takes; `change=("turn", "c", "stretch")` has controls that change the
        problem.

    Returns
    -------
    RaceExplorer
    """
    options = {"racing": rules, "change": ()} | options
    return RaceExplorer(function, rules, lr=lr, start=start, steps=steps, **options)


class RaceExplorer(Explorer):
    """Rules race on a surface; beside it their final loss against the learning rate.

    Every rule measures one gradient per step, and all make the same number of steps. The rates
    are one for all, the slider's, or a tuned one for each, by `tuning.tune`'s protocol. The
    problem can be turned, f multiplied by a number and x measured in another unit: the start
    goes along, and losses are shown in units of the f that was given, above its lowest minimum.
    Where it can be turned, its picture has equal units; else it is filled by the domain.
    A table says who leads at the marked step, by each of several criteria.

    Parameters
    ----------
    function : Function of one variable or two; of one it cannot be changed
    rules : list of optimizer classes that can race, each with a box to tick
    racing : those of them that race at first, by default four that courses show, else all
    lr : float, the one rate for all at first
    given : dict, name of a rule -> its rate, for the choice "a rate for each", where the slider
        moves that of one rule; without one a rule has `lr`
    mode : "shared", "given" or "tuned"; by default "given" if rates are given
    start : (x, y), by default the function's own; drag it
    steps : int, gradients for each rule
    rates : (low, high) of the learning-rate axis and slider
    turn, c, stretch : how the problem is changed at first: degrees in steps of 15 up to 90, a
        factor of f (0.01, 1, 100) and of x (0.25, 1)
    change : which of "turn", "c", "stretch" have a control; by default all that can be changed
    target : name of the rule that should end lowest, at one rate for all, from the first start
    loss_limits : (low, high) of the loss axes

    Attributes
    ----------
    paths : {name: Path} that are shown, in the coordinates of the changed problem
    """

    SCENE = ("contours", "minima", "stars")

    start = Handle("The start point, in the coordinates of the picture: a float on a curve.")

    def __init__(
        self, function, rules=tuning.RULES, *, racing=None, lr=0.1, given=None, mode=None,
        start=None, steps=30, rates=(1e-3, 10.0), turn=0, c=1.0, stretch=1.0,
        change=None, target=None, loss_limits=None,
    ):  # fmt: skip
        super().__init__()
        self.function, _ = to_draw(function, start=start)
        self.line, self._has_minimum = self.function.dim == 1, len(self.function.minima) > 0
        self.rules = {rule.__name__: rule for rule in checks.rules(rules)}
        known = FOUR if {*FOUR} <= {*self.rules.values()} else [*self.rules.values()]
        racing = checks.rules(known if racing is None else racing, name="racing")
        racing = [rule.__name__ for rule in racing]
        self._rivals = set(checks.some_of("racing", racing, self.rules))
        given = self._checked_rates({} if given is None else given)
        set_rates = {name: getattr(rule, "set_rate", None) for name, rule in self.rules.items()}
        set_rates = {name: rate for name, rate in set_rates.items() if rate}
        asked = set_rates | given
        self.target = None if target is None else checks.one_of("target", target, self.rules)
        self.lowest = tuning.lowest(self.function)
        self._at, self.steps = one_start(self.function, start), checks.steps(steps, 1)
        self._from = self._at  # what the target is about
        self._fixed = {
            name: checks.one_number_of(name, value, CHANGES[name])
            for name, value in (("turn", turn), ("c", c), ("stretch", stretch))
        }
        if self.line and (turn, c, stretch) != (0, 1, 1):
            name, value = next((n, v) for n, v in self._fixed.items() if v != 1)
            checks.wrong_value(name, value, "left alone for a function of one variable")
        lr = self._shared = checks.number("lr", lr, low=0)
        self.given = dict.fromkeys(self.rules, lr) | asked
        values = decades(*checks.rates(rates), lr, *asked.values(), decade=EIGHTHS)
        self.rates = np.geomspace(values[0], values[-1], 121)
        if loss_limits is not None:
            lowest = 0 if self._has_minimum else -np.inf
            loss_limits = checks.limits("loss_limits", loss_limits, above=lowest)
        self._problems, self._drawn, self._tunes, self.paths = {}, {}, {}, {}
        self._swept = None, {}
        modes = {k: label for k, label in MODES.items() if k != "tuned" or self._has_minimum}
        if mode is None:
            mode = "given" if asked else "shared"
        checks.one_of("mode", mode, modes)
        whose = next(name for name in self.rules if name in self._rivals)
        self.controls = {
            "lr": slider("learning rate", values, self.given[whose] if mode == "given" else lr),
            "mode": _choice({label: key for key, label in modes.items()}, mode),
            "whose": _choice({name: name for name in self.rules}, whose, description="rate of"),
        }
        offers = {
            "turn": lambda at: number("turn (degrees)", at, 0, 90, 15),
            "c": lambda at: _choice({f"f × {v:g}": v for v in CHANGES["c"]}, at),
            "stretch": lambda at: _choice({f"x × {v:g}": v for v in CHANGES["stretch"]}, at),
        }
        if change is None:
            change = () if self.line else tuple(CHANGES)
        for name in checks.some_of("change", change, () if self.line else CHANGES, least=0):
            self.controls[name] = offers[name](self._fixed[name])
        for name in self.rules:
            ticked = name in self._rivals
            self.controls[name] = checkbox(name, ticked, width="auto", margin="0 10px 0 0")
        self._shown = self.problem
        self.assemble(self._scene(loss_limits), self.controls)
        self._keep_together([self.controls[name] for name in self.rules])
        self._hand_over()

    def _keep_together(self, boxes):
        """The boxes to tick go into the next line all at once where the first has no room."""
        row = self.children[0]
        layout = {"flex_flow": "row wrap", "max_width": "100%", "overflow": "visible"}
        group = widgets.HBox(boxes, layout=layout)
        row.children = [*(one for one in row.children if one not in boxes), group]

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

    def _hand_over(self):
        """Let the slider in hand be that of all rules, of one, or of none."""
        mode = self["mode"]
        self.controls["lr"].disabled = mode == "tuned"
        show_or_hide(self.controls["whose"], mode == "given")
        if mode != "tuned":
            own = self.given[self["whose"]]
            self.controls["lr"].value = self._shared if mode == "shared" else own

    def settings(self):
        *places, handles = super().settings()
        return [*places, self._shared, dict(self.given), handles]

    def restore(self, settings):
        *places, shared, given, handles = settings
        super().restore([*places, handles])
        self._shared, self.given = shared, dict(given)
        self._hand_over()
        self._on_other(None)

    def _checked_rates(self, given):
        checks.instance("given", given, dict, "a dict from names of rules to rates")
        checks.some_of("given", given, self.rules, least=0)
        return {name: checks.positive(f"given[{name!r}]", rate) for name, rate in given.items()}

    def _places(self):
        return super()._places() | {"shared": self._shared, "given": dict(self.given)}

    def put(self, *, shared=None, given=None, **places):
        """Put controls and handles to values, and the rates that the slider has set for each mode.

        `shared` is that of "one rate for all", `given` those of "a rate for each", by rule.
        """
        super().put(**places)
        *others, now, own, handles = self.settings()
        if shared is not None:
            now = checks.number("shared", shared, above=0)
        if given is not None:
            own |= self._checked_rates(given)
        self.restore([*others, now, own, handles])
        return self

    @guarded
    def _on_other(self, change):
        if change is not None and change.owner is self.controls["whose"]:
            self.controls[self["whose"]].value = True  # whose rate is set is in the race
        if change is None or change.owner in (self.controls["whose"], self.controls["mode"]):
            self.plot.frames = {}  # they hold the rates that others had
        self._hand_over()
        problem, before = self.problem, self.plot.handles
        if problem is not self._shown:  # the start stays where it is in the landscape
            self._shown = problem
            self.start = _forth(self._at, problem, self.function)
        if self.plot.handles == before:  # else its move has drawn everything anew
            super()._on_other(change)

    def _on_handles(self, change):
        at = _back(change.new["start"], self.problem, self.function)
        at = float(at[0]) if self.line else at
        if not np.allclose(at, self._at, rtol=0, atol=1e-9):
            self._at = at
        super()._on_handles(change)

    # -- the scene, drawn once ---------------------------------------------------------------------

    def _surface(self):
        """The picture of a function of two variables, empty but for its title, and its heights."""
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
        ax.set_title(self._title(_stretched(ax)), fontsize=11, pad=8, y=1)
        return figure, ax, heights, {}

    def _title(self, after=""):
        """The function's name, or of one that was typed its formula as far as there is room."""
        title, room = in_figure(self.function.name), 32 - len(after)
        if self.function.formula is not None:
            title = figures.formula(self.function, room=0.7)
            if not title.startswith("$") and len(title) > room:
                title = title[: room - 1] + "…"
        return title + after

    def _curve(self):
        """The same for a function of one variable, with its curve, along which the start moves."""
        figure, ax = _panel(304, 58, 60)
        curve = figures.draw_curve(ax, self.function)["curve"]
        heights = curve.get_ydata() - self.lowest
        ax.set_ylim(around(curve.get_ydata()))
        ax.set_title(self._title(), fontsize=11, pad=8, y=1)
        return figure, ax, heights, {"track": curve.get_xydata()}

    def _scene(self, loss_limits):
        figure, ax, heights, track = self._curve() if self.line else self._surface()
        scale, limits = "log", (1e-10, 3 * float(np.nanmax(heights)))
        if not self._has_minimum:
            scale, limits = "linear", around(heights)
        limits = loss_limits or limits
        rows = -(-len(self.rules) // (columns := 2 if len(self.rules) == 4 else 3))
        against, right = _panel(350, 68, 12 + 18 * rows)
        right.set(
            xscale="log", yscale=scale, xlabel="learning rate",
            ylabel=f"loss after {counted(self.steps, 'step')}", ylim=limits,
            xlim=(self.rates[0] / 1.15, self.rates[-1] * 1.15),
        )  # fmt: skip
        self._looks = looks = style.rule_styles(self.rules)
        name_looks(right, looks, markersize=5)
        against.legend(
            loc="upper center", ncols=columns, fontsize=8.5, columnspacing=1.0, handlelength=2.4,
            borderaxespad=0, frameon=False,
        )  # fmt: skip
        curve, losses = _panel(320, 68)
        figures.step_axis(losses, self.steps, scale=scale, limits=limits)
        for axis in (right.xaxis, *([right.yaxis, losses.yaxis] if scale == "log" else [])):
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
        add_start(plot, ax, _forth(self._at, self.problem, self.function), **track)
        return plot

    def _landscape(self):
        """Contour lines of the problem in the picture, and its minima; kept for each problem."""
        problem = self.problem
        if self.line:
            return NOTHING, NOTHING  # they are drawn
        if id(problem) not in self._drawn:
            x, y, z = figures.surface_grid(problem, self._box, 81)
            heights = (z - tuning.lowest(problem)) / self._c
            lines = contour_lines(x, y, heights, self._levels[1:])
            self._drawn[id(problem)] = lines, np.reshape(problem.minima, (-1, 2))
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

    def _rates(self, name, values):
        """The rates of a rule while the slider in hand has these values: as many, or one."""
        if self["mode"] == "tuned":
            return [self.tuned(name).rate]
        return values if self["mode"] == "shared" or name == self["whose"] else [self.given[name]]

    def frames(self, values):
        rates = {name: np.array(self._rates(name, values), dtype=float) for name in self.racing}
        runs = {}
        for name, lr in rates.items():
            rule = self.rules[name](lr=lr if self.line else lr[:, None])
            runs[name] = descend(self.problem, rule, self.start, self.steps)
        curves = self._sweep()
        count = max(map(len, rates.values()), default=1)
        frames = []
        for i in range(count):
            of = {name: min(i, len(lr) - 1) for name, lr in rates.items()}
            racers = {name: (runs[name], k, rates[name][k]) for name, k in of.items()}
            frames.append(self._frame(racers, curves, values[i]))
        if len(values) == 1:
            self.paths = {name: run[0] for name, run in runs.items()}
            if self["mode"] == "shared":
                self._shared = values[0]
            elif self["mode"] == "given":
                self.given[self["whose"]] = values[0]
        return frames if count == len(values) else frames * len(values)

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

    def _frame(self, racers, curves, value):
        """What is shown of racers, name -> (batch, number of the run, its rate)."""
        contours, minima = self._landscape()
        frame = {"contours": contours, "minima": minima, "stars": minima, "rate": NOTHING}
        if self["mode"] == "shared" and racers:
            frame["rate"] = [[value, edge] for edge in self.plot.axes[1]["ylim"]]
        for part in ("path", "curve", "at", "loss", "end"):
            frame |= dict.fromkeys((f"{part} {name}" for name in self.rules), NOTHING)
        ends, columns = {}, {}
        for name, (batch, k, rate) in racers.items():
            points, heights = batch.points[:, k], batch.losses[:, k]
            losses = self._above(heights)
            words = lost(batch[k]) if batch.diverged[k] >= 0 else None
            ends[name] = float(losses[-1]), rate, words
            columns[name] = [losses, *self._distance(points)]
            frame[f"path {name}"] = np.stack([points, heights], axis=-1) if self.line else points
            frame[f"curve {name}"] = curves[name]
            frame[f"at {name}"] = [[self._seen(rate, "xlim"), self._seen(losses[-1])]]
            frame[f"loss {name}"] = by_step(losses)
            frame[f"end {name}"] = [[self.steps, self._seen(losses[-1])]]
        if columns:
            frame["table"] = self._table(columns, ends)
        frame["summary"] = self._sentence(ends)
        if self.target:
            frame |= self._goal({name: loss for name, (loss, *_) in ends.items()})
        return frame

    def _above(self, values):
        """Values of the problem above its lowest minimum, in units of the f that was given."""
        lowest = tuning.lowest(self.problem)
        above = (values - lowest) / self._c
        rounding = 4 * np.finfo(float).eps * abs(lowest) / self._c
        return np.where(np.abs(above) <= rounding, 0.0, above)

    def _distance(self, points):
        """[the distance to the nearest minimum at each step], or nothing where there is none."""
        if not self._has_minimum:
            return []
        minima = np.asarray(self.problem.minima, float)
        apart = points[:, None] - minima
        return [np.min(np.abs(apart) if self.line else np.linalg.norm(apart, axis=-1), axis=1)]

    def _table(self, columns, ends):
        """The standings at each step, as `table.js` takes them."""
        criteria = [["loss", "now", 0], ["lowest loss so far", "least", 0]]
        if self._has_minimum:
            criteria[0][0] = "loss above the minimum"
            criteria.append([f"gradients until {100 * GOAL:g} % of the first loss", "until", 0])
            criteria.append(["distance to the nearest minimum", "now", 1])
        rows = [
            {"name": name, "rate": short(rate), "lost": words} | dict(self._looks[name])
            for name, (_, rate, words) in ends.items()
        ]
        numbers = np.stack([values for own in columns.values() for values in own], axis=-1)
        return {"rows": rows, "criteria": criteria, "numbers": numbers, "goal": GOAL}

    def _seen(self, value, which="ylim"):
        """A rate or a loss, or just inside the axis where it lies beyond; NaN lies above."""
        axes = self.plot.axes[1]
        low, high = axes[which]
        value = np.nan_to_num(value, nan=np.inf)
        if axes[which.replace("lim", "scale")] == "linear":
            edge = 0.015 * (high - low)
            return np.clip(value, low + edge, high - edge)
        edge = (high / low) ** 0.015
        return np.clip(value, low * edge, high / edge)

    def ranking(self):
        """[(name, final loss)] of the race that is shown, the lowest first; NaN last."""
        ends = {name: self._above(path.losses[-1]) for name, path in self.paths.items()}
        return _ranked({name: float(loss) for name, loss in ends.items()})

    def _sentence(self, ends):
        """Who ends how low; `ends` are name -> (loss, rate, why there is none)."""
        if not ends:
            return "No rule is racing."
        changed = [f"turned by {self._changed('turn'):g}°"] if self._changed("turn") else []
        changed += [f"f times {self._c:g}"] if self._c != 1 else []
        stretch = self._changed("stretch")
        changed += [f"x times {stretch:g}"] if stretch != 1 else []
        where = self.function.name + (f" ({', '.join(changed)})" if changed else "")
        shared = self["mode"] == "shared"
        how = f", all at rate {short(next(iter(ends.values()))[1])}" if shared else ""
        said = []
        for name, _ in _ranked({name: loss for name, (loss, *_) in ends.items()}):
            loss, rate, words = ends[name]
            said.append(f"{name} {words[1] if words else short(loss)}")
            said[-1] += "" if shared else f" (rate {short(rate)})"
        spent = f"{counted(self.steps, 'gradient')} each{how}"
        return f"Loss on {where} after {spent}: {', '.join(said)}."

    def _goal(self, ends):
        """Whether the favourite ends lowest in the race as it was set up, and how that is said."""
        rivals = ", ".join(name for name in self.rules if name in self._rivals - {self.target})
        wanted = f"one rate for all at which {self.target} ends lower than {rivals}"
        ranked = _ranked(ends)
        first = ranked[0][0] if ranked and not np.isnan(ranked[0][1]) else "no rule"
        fair = self["mode"] == "shared" and set(ends) >= self._rivals
        why = f"{first} ends lowest" if fair else "that takes one rate for all of them"
        if fair and not np.allclose(self._at, self._from, rtol=0, atol=1e-6):
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


def _choice(options, value, **more):
    return choice(list(options.items()), value, **more)
