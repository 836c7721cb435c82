"""The general explorer: the path of one rule or several on any function, and its loss curve."""

import numpy as np

from optimlab import checks
from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.band import sent
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, add_start, checkbox, decades, number, slider
from optimlab.explorers.frames import by_step, lost, readout, run_marks
from optimlab.explorers.inspector import Inspector, which_rule
from optimlab.explorers.page import program_of
from optimlab.explorers.panels import Curve, checked_curves, checked_limits, curve_panel
from optimlab.explorers.scenes import around, name_looks, one_start, to_draw
from optimlab.explorers.targets import run_goal, together
from optimlab.optimizers import SGD

#: hyperparameter -> label and range of its slider
SLIDERS = {
    "momentum": ("momentum", 0.0, 0.99, 0.01),
    "rho": ("ρ", 0.0, 0.999, 0.001),
    "beta1": ("β₁", 0.0, 0.99, 0.01),
    "beta2": ("β₂", 0.0, 0.999, 0.001),
    "weight_decay": ("weight decay λ", 0.0, 1.0, 0.01),
    "bias_correction": ("bias correction", False, True, None),
}


def explore(function, rules=SGD, *, lr=None, start=None, steps=30, **options):
    """Sliders and a live plot for a function and a rule, or several rules, in one line.

    Parameters
    ----------
    function : Function, its name, a formula such as "x^2/20 + y^2", or f(x), f(x, y), f(point)
        Of one variable (drawn as a curve) or two (drawn as contour lines). What a formula or a
        plain function does not say, its domain, start and minima, is found numerically.
    rules : optimizer class, its name, an object such as SGD(lr=0.3), or a list of them
        All rules share the learning rate, the start and the number of steps. Any class or object
        with `update(params, grads)` will do.
    lr : float
        Learning rate at first; by default that of the first rule given as an object, or 0.1.
    start : float or (x, y)
        Start point at first; by default the function's own. One outside the picture widens it. It
        is a handle: drag it, or use its sliders, where an exact number can be typed as well.
    steps : int
        Number of updates at first.
    **options
        `rates=(low, high)` the range of the learning-rate slider, `most_steps` that of the steps,
        `target=(loss, steps)` a goal for every rule, from the first start alone, or with
        `any_start=True` from every start, `loss_scale="log"` or `"linear"`,
        `loss_limits=(low, high)`, `names=7` how many points are called x₀, x₁, …, `domain` the
        part of the function shown, `start_sliders=False` for the start without its sliders,
        `inspect=True` to show the update of the marked step: its lines in symbols and in numbers,
        bars for what the rule remembers and for its effective rate, and arrows in the picture
        (of several rules, of one that is chosen),
        `band=False` for a learning-rate slider without the band under it, which tells what becomes
        of the run at each rate (without it said, an explorer with a target and one that has been a
        question of a lesson have none),
        `curves=("loss",)` the panels beside the picture (also "rate" for the effective rate of each
        parameter, "distance", "gradient", or what a rule remembers, such as "v" or "h"),
        `limits={"v": (low, high)}` the range of such a panel, `gradient=` to replace the function's
        own, as in `descend`, and a first value for a
        hyperparameter (`momentum`, `rho`, `beta1`, `beta2`, `weight_decay`, `bias_correction`).

    Returns
    -------
    PathExplorer
    """
    return PathExplorer(function, rules, lr=lr, start=start, steps=steps, **options)


class PathExplorer(Explorer):
    """The explorer that `explore` returns. `paths` holds the recorded paths that are shown."""

    start = Handle("The start point: a float on a curve, else a pair.")
    #: the grid of the start, if it is not left to its axes
    grain = None
    _program = None  # from what the page makes its frames; {} where it cannot

    def __init__(
        self, function, rules=SGD, *, lr=None, start=None, steps=30, rates=(0.001, 2.0),
        most_steps=None, target=None, loss_scale=None, loss_limits=None, names=None, domain=None,
        inspect=False, curves=("loss",), limits=None, start_sliders=True,
        any_start=False, band=None, gradient=None, **hyperparameters,
    ):  # fmt: skip
        super().__init__()
        self.function, self.domain = to_draw(function, domain, start=start)
        self.line = self.function.dim == 1
        self.rules, self.target = checks.rules(rules), checks.target(target)
        self.curves = checked_curves(curves, self.rules)
        if self.target and "loss" not in self.curves:
            checks.wrong_value("curves", curves, "a list with 'loss', which the target is about")
        self._more = [Curve(name, self.rules) for name in self.curves if name != "loss"]
        limits = checked_limits(limits, self.curves, [c.name for c in self._more if c.log])
        names = 7 * self.line if names is None else checks.whole("names", names)
        self.names, self._paths = names, {}
        self._start_sliders = checks.flag("start_sliders", start_sliders)
        wanted = "a function of the point, or (point, step)"
        self._gradient = None if gradient is None else checks.callback("gradient", gradient, wanted)
        self._any_start = checks.flag("any_start", any_start)
        if lr is None:
            lr = next((r.set_rate for r in self.rules if r.set_rate is not None), 0.1)
        self._band_asked = None if band is None else checks.flag("band", band)
        lr, steps = checks.number("lr", lr, low=0), checks.steps(steps, 1)
        start, (low, high) = one_start(self.function, start), checks.rates(rates)
        self._first_start = start
        if most_steps is None:
            most_steps = max(20, 2 * steps)
        most_steps = max(steps, checks.whole("most_steps", most_steps, 1))
        inspect = checks.flag("inspect", inspect)
        if loss_scale is not None:
            checks.one_of("loss_scale", loss_scale, ("log", "linear"))
        own = self._own_controls(hyperparameters)
        controls = {
            "lr": slider("learning rate", decades(low, high, lr), lr),
            "steps": number("steps", steps, 1, most_steps, 1),
            **own,
        }
        if inspect:
            controls |= which_rule(self.rules)
        self._has_band = target is None if band is None else band
        self._has_band &= len(controls["lr"].options) > 1
        runs = {}
        if self._more:
            near = [lr * factor for factor in (0.25, 0.5, 1, 1.5, 2)]
            first = {name: widget.value for name, widget in own.items()}
            runs = self._runs(np.array(near), start, steps, first)
        if loss_limits is None:
            loss_limits = limits.get("loss")
        plot = self._scene(start, most_steps, loss_scale, loss_limits, runs, limits)
        if self._has_band:
            plot._need("band")
        self.inspector = Inspector(plot, plot._axes[0][1]) if inspect else None
        self.assemble(plot, controls)

    def _own_controls(self, given):
        """A control for each hyperparameter of the rules but the rate, at its value as `given`."""
        values = {}
        for rule in self.rules:
            for name in (name for name in SLIDERS if hasattr(rule(), name)):
                own = rule(**{name: given[name]}) if name in given else rule()
                values.setdefault(name, getattr(own, name))
        if unknown := sorted(set(given) - set(values)):
            takes = sorted(values)
            raise TypeError(f"{unknown[0]}: none of the rules has it; explore takes {takes}")
        controls = {}
        for name in (name for name in SLIDERS if name in values):
            label, least, most, grain = SLIDERS[name]
            if grain is None:
                controls[name] = checkbox(label, checks.flag(name, values[name]))
            else:
                value = checks.number(name, values[name])
                controls[name] = number(label, value, least, max(most, value), grain)
        return controls

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self, start, most_steps, loss_scale, loss_limits, runs, limits):
        surface, ax = curve_panel(1 + len(self.curves))
        if self.line:
            self._curve = curve = figures.draw_curve(ax, self.function, self.domain)["curve"]
            values = curve.get_ydata()
            ax.set_ylim(around(values))
            track = {"track": curve.get_xydata()}
        else:
            track = {"round": self.grain} if self.grain else {}
            figures.draw_contours(ax, self.function, self.domain)
            values = figures.surface_grid(self.function, self.domain, 61)[2]
        ax.set_title(figures.formula(self.function), fontsize=12, pad=9)
        self._draw_more(surface)
        beside = {name: curve_panel(1 + len(self.curves)) for name in self.curves}
        axes = {name: axes for name, (_, axes) in beside.items()}
        if "loss" in axes:
            self._draw_losses(axes["loss"], values, most_steps, loss_scale, loss_limits)
        for curve in self._more:
            span = limits.get(curve.name) or curve.limits(runs)
            curve.draw(axes[curve.name], most_steps, span, self.function.dim)
        looks = style.rule_styles([rule.__name__ for rule in self.rules])
        if len(looks) > 1:
            self._name_rules(axes[self.curves[0]], looks)
        panels = [surface, *(figure for figure, _ in beside.values())]
        plot = LivePlot(panels, alt=self._alt(), playback=True)
        for name, look in looks.items():
            plot.add_run(f"path {name}", ax, look)
            if "loss" in axes:
                plot.add_run(f"loss {name}", axes["loss"], look)
        for curve in self._more:
            curve.add(plot, axes[curve.name], self.function.dim, looks)
        if self.names:
            plot.add("label", "names", ax, color=style.INK, free=True)
        add_start(plot, ax, start, sliders=self._start_sliders, **track)
        return plot

    def _draw_more(self, figure):
        """What a subclass adds to the picture."""

    def _draw_losses(self, losses, values, most_steps, loss_scale, loss_limits):
        """The empty axes of the loss curve, with the target."""
        scale, limits = self._loss_axis(values)
        if loss_scale not in (None, scale):
            scale = loss_scale
            limits = around(values)
            if scale == "log":
                limits = 1e-6, max(2 * float(np.nanmax(values)), 1.0)
        if loss_limits is not None:
            lowest = 0.0 if scale == "log" else -np.inf
            limits = checks.limits("loss_limits", loss_limits, above=lowest)
        figures.step_axis(losses, most_steps, scale=scale, limits=limits)
        if self.target:
            figures.draw_target(losses, *self.target)

    @staticmethod
    def _name_rules(ax, looks):
        """A legend of the rules, beside the one of the coordinates where there is one."""
        first = ax.get_legend()
        ax.legend(handles=name_looks(ax, looks), loc="upper right")
        if first is not None:
            first.set_loc("lower left")
            ax.add_artist(first)

    def _loss_axis(self, values):
        """Log where the lowest minimum is 0, else the range of the function in the picture."""
        high = float(np.nanmax(values))
        minima = np.asarray(self.function.minima, float)
        if minima.size and abs(float(np.min(self.function(minima)))) < 1e-12:
            return "log", (1e-6, 2 * high)
        return "linear", around(values)

    def _alt(self):
        names = " and ".join(rule.__name__ for rule in self.rules)
        labels = {"loss": "loss"} | {curve.name: curve.label for curve in self._more}
        shown = ", ".join(labels[name] for name in self.curves)
        found = " Its minima were found numerically." if self.function.found else ""
        return f"Path of {names} on {self.function.name}, and its {shown} at each step.{found}"

    @property
    def paths(self):
        """The recorded paths that are shown, by the names of their rules."""
        if self._behind:
            self._send_frames()
        return self._paths

    # -- what moves ------------------------------------------------------------------------------

    def asked(self):
        if self._has_band and not self._band_asked:  # a question is not answered by default
            self._has_band, self.plot.frames = False, {}
            self._program = self._program and self._program | {"band": None}
            self._refresh_later(0)

    def _runs(self, rates, start, steps, hyperparameters):
        """Every rule's runs at all `rates`, one batch for each."""
        shape = rates if self.line else rates[:, None]
        runs = {}
        for rule in self.rules:
            own = {n: v for n, v in hyperparameters.items() if hasattr(rule(), n)}
            optimizer = rule(lr=shape, **own)
            runs[rule.__name__] = descend(
                self.function, optimizer, start, steps, gradient=self._gradient
            )
        return runs

    def _runs_now(self, rates):
        """The runs from the start, with all controls but the rate, as they are now."""
        own = {name: self[name] for name in SLIDERS if name in self.controls}
        return self._runs(rates, self.start, self["steps"], own)

    def page_program(self):
        if type(self) is not PathExplorer or self._gradient or self.inspector:
            return None
        if self._program is None:
            self._program = program_of(self) or {}
        return self._program

    def frames(self, rates):
        rates = np.asarray(rates, dtype=float)
        runs = self._runs_now(rates)
        frames = [self._frame(runs, i, float(rate)) for i, rate in enumerate(rates)]
        if len(rates) > 1:
            self.band = sent(self, runs) if self._has_band else None
        if self.inspector:
            chosen = self["inspect"] if "inspect" in self.controls else self.rules[0].__name__
            self.inspector.add_to(frames, runs[chosen])
        if len(rates) == 1:
            self._paths = {name: run[0] for name, run in runs.items()}
        return frames

    def _frame(self, runs, i, rate):
        """The marks, the numbers and the sentence for run `i` of each rule."""
        frame, sentences, goals, columns, ends = {}, [], [], {}, {}
        for name, batch in runs.items():
            run = batch[i]
            points, losses = run.points, run.losses
            xy = np.stack([points, losses], axis=-1) if self.line else points
            frame |= run_marks(f"path {name}", xy)
            if "loss" in self.curves:
                frame |= run_marks(f"loss {name}", by_step(losses))
            for more in self._more:
                if name in more.rules:
                    frame |= more.marks(name, batch, i)
            sentences.append(run.summary(self.domain))
            if self.target:
                goals.append(self._goal(name, run))
            if len(runs) == 1:
                columns |= {"x": points} if self.line else {"x": points[:, 0], "y": points[:, 1]}
                columns |= {"loss": losses}
                for more in self._more:
                    found = more.coordinates(batch, more.numbers(batch))
                    columns |= {f"{more.name} {c}".strip(): v[:, i] for c, v in found}
                ends = dict.fromkeys(columns, lost(run))
            else:
                columns |= {name: losses}
                ends[name] = lost(run)
        if self.names:
            frame["names"] = figures.spread_names(xy[: self.names], self.domain)
        frame["readout"] = readout(columns, ends)
        frame["summary"] = " ".join(sentences)
        return frame | together(goals)

    def _goal(self, name, run):
        """How a run stands against the target."""
        moved = not (self._any_start or np.allclose(run.start, self._first_start))
        return run_goal(
            run.losses, self.target, lost=lost(run) and lost(run)[1],
            who=name if len(self.rules) > 1 else "",
            moved_from=self._first_start if moved else None,
        )  # fmt: skip
