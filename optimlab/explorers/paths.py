"""The general explorer: the path of one rule or several on any function, and its loss curve."""

import ipywidgets as widgets
import numpy as np

from optimlab.descent import descend
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import (
    Explorer,
    Started,
    checked_rates,
    decades,
    guarded,
    number,
    slider,
    the_domain,
    the_function,
)
from optimlab.explorers.panels import Curve, checked_curves, checked_limits, curve_panel
from optimlab.optimizers import SGD, Optimizer

#: hyperparameter -> label and range of its slider
SLIDERS = {
    "momentum": ("momentum", 0.0, 0.99, 0.01),
    "rho": ("ρ", 0.0, 0.999, 0.001),
    "beta1": ("β₁", 0.0, 0.99, 0.01),
    "beta2": ("β₂", 0.0, 0.999, 0.001),
    "weight_decay": ("weight decay λ", 0.0, 1.0, 0.01),
    "bias_correction": ("bias correction", False, True, None),
}


def explore(function, rules=SGD, *, lr=0.1, start=None, steps=30, **options):
    """Sliders and a live plot for a function and a rule, or several rules, in one line.

    Parameters
    ----------
    function : Function or str
        Of one variable (drawn as a curve) or two (drawn as contour lines).
    rules : optimizer class, or list of them
        All rules share the learning rate, the start and the number of steps.
    lr : float
        Learning rate at first.
    start : float or (x, y)
        Start point at first; by default the function's own. It is a handle: drag it.
    steps : int
        Number of updates at first.
    **options
        `rates=(low, high)` the range of the learning-rate slider, `most_steps` that of the steps,
        `target=(loss, steps)` a goal for every rule, `loss_scale="log"` or `"linear"`,
        `loss_limits=(low, high)`, `names=7` how many points are called x₀, x₁, …, `domain` the
        part of the function shown, `inspect=True` to show the update of the marked step in numbers,
        `curves=("loss",)` the panels beside the picture (also "rate" for the effective rate of each
        parameter, "distance", "gradient", or what a rule remembers, such as "v" or "h"),
        `limits={"v": (low, high)}` the range of such a panel, and a first value for a
        hyperparameter (`momentum`, `rho`, `beta1`, `beta2`, `weight_decay`, `bias_correction`).

    Returns
    -------
    PathExplorer
    """
    return PathExplorer(function, rules, lr=lr, start=start, steps=steps, **options)


def _around(values):
    """Axis limits that show all finite values, with a margin."""
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
    margin = 0.08 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def _checked_rules(given):
    rules = list(given) if isinstance(given, list | tuple) else [given]
    if not rules or not all(isinstance(r, type) and issubclass(r, Optimizer) for r in rules):
        raise TypeError(
            f"rules={given!r}: rules must be an optimizer class such as SGD, or a list of them"
        )
    return list(dict.fromkeys(rules))


def _checked_target(target):
    if target is None:
        return None
    try:
        loss, within = target
        if float(loss) == loss and within == int(within) >= 1:
            return float(loss), int(within)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"target={target!r}: target must be (loss, steps), with at least one step")


class PathExplorer(Started, Explorer):
    """The explorer that `explore` returns. `paths` holds the recorded paths that are shown."""

    def __init__(
        self, function, rules=SGD, *, lr=0.1, start=None, steps=30, rates=(0.001, 2.0),
        most_steps=None, target=None, loss_scale=None, loss_limits=None, names=None, domain=None,
        inspect=False, curves=("loss",), limits=None, **hyperparameters,
    ):  # fmt: skip
        super().__init__()
        self.function = the_function(function)
        self.rules = _checked_rules(rules)
        self.target = _checked_target(target)
        self.curves = checked_curves(curves, self.rules)
        if self.target and "loss" not in self.curves:
            raise ValueError(f"curves={curves!r}: a target is a loss, so 'loss' must be shown")
        self._more = [Curve(name, self.rules) for name in self.curves if name != "loss"]
        limits = checked_limits(limits, self.curves, [c.name for c in self._more if c.log])
        loss_limits = loss_limits or limits.get("loss")
        self.domain = the_domain(self.function, domain)
        self.line = self.function.dim == 1
        self.paths = []
        if self.line:
            names = 7 if names is None else names
        self.names = names or 0
        known = {name for rule in self.rules for name in SLIDERS if hasattr(rule(), name)}
        unknown = set(hyperparameters) - known
        if unknown:
            raise TypeError(
                f"{sorted(unknown)[0]}: none of the rules has it; explore takes {sorted(known)}"
            )
        for rule in self.rules:  # names whatever is wrong with lr, start, steps or the rest
            own = {name: v for name, v in hyperparameters.items() if hasattr(rule(), name)}
            tried = descend(self.function, rule(lr=lr, **own), start, steps)
        if tried.batch or steps < 1:
            raise ValueError(f"start={start!r}, steps={steps!r}: one point, and at least one step")
        start = tried.start
        most_steps = max(most_steps or max(20, 2 * steps), steps)
        low, high = checked_rates(rates)
        controls = {
            "lr": slider("learning rate", decades(low, high, lr), float(lr)),
            "steps": number("steps", steps, 1, most_steps, 1),
        }
        for name in [name for name in SLIDERS if name in known]:
            label, least, most, grain = SLIDERS[name]
            first = next(getattr(r(), name) for r in self.rules if hasattr(r(), name))
            value = hyperparameters.get(name, first)
            if grain is None:
                controls[name] = widgets.Checkbox(value=value, description=label, indent=False)
            else:
                controls[name] = number(label, value, least, max(most, value), grain)
        runs = {}
        if self._more:
            own = {name: widget.value for name, widget in controls.items() if name in SLIDERS}
            near = [lr * factor for factor in (0.25, 0.5, 1, 1.5, 2)]
            runs = self._runs(np.array(near), start, steps, own)
        plot = self._scene(start, most_steps, loss_scale, loss_limits, runs, limits)
        self.inspector = widgets.HTMLMath().add_class("ol-inspector")
        self.assemble(plot, controls, *([self.inspector] if inspect else []))

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self, start, most_steps, loss_scale, loss_limits, runs, limits):
        surface, ax = curve_panel(1 + len(self.curves))
        if self.line:
            drawn = figures.draw_curve(ax, self.function, self.domain)
            values = drawn["curve"].get_ydata()
            ax.set_ylim(_around(values))
        else:
            figures.draw_contours(ax, self.function, self.domain)
            values = figures.surface_grid(self.function, self.domain, 61)[2]
        ax.set_title(f"${self.function.latex}$", fontsize=12, pad=9)
        beside = {name: curve_panel(1 + len(self.curves)) for name in self.curves}
        axes = {name: axes for name, (_, axes) in beside.items()}
        if "loss" in axes:
            self._draw_losses(axes["loss"], values, most_steps, loss_scale, loss_limits)
        for curve in self._more:
            span = limits.get(curve.name) or curve.limits(runs)
            curve.draw(axes[curve.name], most_steps, span, self.function.dim)
        looks = {rule.__name__: style.rule_style(rule.__name__) for rule in self.rules}
        if len(looks) > 1:
            self._name_rules(axes[self.curves[0]], looks)
        panels = [surface, *(figure for figure, _ in beside.values())]
        plot = LivePlot(panels, alt=self._alt(), playback=True)
        shown = {"path": ax} | ({"loss": axes["loss"]} if "loss" in axes else {})
        for name, look in looks.items():
            for part, on in shown.items():
                line = {"color": look["color"], "dash": look["dash"], "by_step": True}
                plot.add("line", f"{part} {name}", on, **line)
                dots = {"color": look["color"], "marker": look["marker"], "by_step": True}
                plot.add("points", f"{part} {name} steps", on, size=6, **dots)
        for curve in self._more:
            curve.add(plot, axes[curve.name], self.function.dim)
        if self.names:
            plot.add("label", "names", ax, color=style.INK)
        handle = {"at": start, "label": "start point", "color": style.INK}
        if self.line:
            handle |= {"at": [start], "track": drawn["curve"].get_xydata()}
        plot.add("handle", "start", ax, **handle)
        return plot

    def _draw_losses(self, losses, values, most_steps, loss_scale, loss_limits):
        """The empty axes of the loss curve, with the target."""
        losses.xaxis.get_major_locator().set_params(integer=True)
        losses.set(xlabel="step", ylabel="loss", xlim=(-0.02 * most_steps, most_steps * 1.02))
        scale, limits = self._loss_axis(values)
        if loss_scale not in (None, "log", "linear"):
            raise ValueError(f"loss_scale={loss_scale!r}: loss_scale must be 'log' or 'linear'")
        if loss_scale not in (None, scale):
            scale, limits = loss_scale, _around(values)
            if scale == "log":
                limits = 1e-6, max(2 * float(np.nanmax(values)), 1.0)
        limits = loss_limits or limits
        if scale == "log" and not min(limits) > 0:
            raise ValueError(f"loss_limits={limits!r}: on a log axis both must be > 0")
        losses.set(yscale=scale)
        losses.set_ylim(limits)
        if self.target:
            figures.draw_target(losses, *self.target)

    @staticmethod
    def _name_rules(ax, looks):
        """A legend of the rules, beside the one of the coordinates where there is one."""
        first = ax.get_legend()
        lines = [
            ax.plot(
                [], [], color=look["color"], linestyle=style.linestyle(look["dash"]),
                marker=look["marker"], label=name,
            )[0]
            for name, look in looks.items()
        ]  # fmt: skip
        ax.legend(handles=lines, loc="upper right")
        if first is not None:
            first.set_loc("lower left")
            ax.add_artist(first)

    def _loss_axis(self, values):
        """Log where the lowest minimum is 0, else the range of the function in the picture."""
        high = float(np.nanmax(values))
        minima = np.asarray(self.function.minima, float)
        if minima.size and abs(float(np.min(self.function(minima)))) < 1e-12:
            return "log", (1e-6, 2 * high)
        return "linear", _around(values)

    def _alt(self):
        names = " and ".join(rule.__name__ for rule in self.rules)
        labels = {"loss": "loss"} | {curve.name: curve.label for curve in self._more}
        shown = ", ".join(labels[name] for name in self.curves)
        return f"Path of {names} on {self.function.name}, and its {shown} at each step."

    # -- what moves ------------------------------------------------------------------------------

    @guarded
    def _update(self):
        super()._update()
        self._inspect()

    @guarded
    def _on_step(self, _change):
        self._inspect()

    def _inspect(self):
        """Write the first rule's update that led to the marked step, in symbols and in numbers."""
        if self.inspector not in self.children or not self.paths:
            return
        if self.veiled:
            self.inspector.value = ""
            return
        path = next(iter(self.paths.values()))
        k = (self.plot.step if 0 <= self.plot.step <= path.steps else path.steps) - 1
        k = max(k, 0)
        if path.diverged is not None and k + 1 >= path.diverged:
            self.inspector.value = f"At step {path.diverged} the numbers are too large to show."
            return
        state = {slot: values[k] for slot, values in path.states.items()}
        rule = path.optimizer
        put_in = rule.formula_with(path.points[k], path.gradients[k], state, t=k + 1)
        rows = [
            rf"{left} &&\quad {right}" for left, right in zip(rule.formula(), put_in, strict=True)
        ]
        body = r" \\ ".join(rows).replace("&", "&amp;").replace("<", "&lt;")  # it is HTML
        self.inspector.value = (
            rf"From step {k} to step {k + 1}: $$\begin{{aligned}}{body}\end{{aligned}}$$"
        )

    def _runs(self, rates, start, steps, hyperparameters):
        """Every rule's runs at all `rates`, one batch for each."""
        shape = rates if self.line else rates[:, None]
        runs = {}
        for rule in self.rules:
            own = {n: v for n, v in hyperparameters.items() if hasattr(rule(), n)}
            runs[rule.__name__] = descend(self.function, rule(lr=shape, **own), start, steps)
        return runs

    def frames(self, rates):
        rates = np.asarray(rates, dtype=float)
        own = {name: self[name] for name in SLIDERS if name in self.controls}
        runs = self._runs(rates, self.start, self["steps"], own)
        frames = [self._frame(runs, i, float(rate)) for i, rate in enumerate(rates)]
        self.paths = {name: run[0] for name, run in runs.items()} if len(rates) == 1 else self.paths
        return frames

    def _frame(self, runs, i, rate):
        """The marks, the numbers and the sentence for run `i` of each rule."""
        frame, sentences, goals, columns = {}, [], [], {}
        steps = np.arange(self["steps"] + 1.0)
        for name, run in runs.items():
            points, losses = run.points[:, i], run.losses[:, i]
            xy = np.stack([points, losses], axis=-1) if self.line else points
            curve = np.stack([steps, losses], axis=-1)
            frame |= {f"path {name}": xy, f"path {name} steps": xy}
            if "loss" in self.curves:
                frame |= {f"loss {name}": curve, f"loss {name} steps": curve}
            for more in self._more:
                if name in more.rules:
                    frame |= more.marks(name, run, i, steps)
            sentences.append(run[i].summary(self.domain))
            if self.target:
                goals.append(self._goal(name, losses))
            if len(runs) == 1:
                columns |= {"x": points} if self.line else {"x": points[:, 0], "y": points[:, 1]}
                columns |= {"loss": losses}
                for more in self._more:
                    found = more.coordinates(run)
                    columns |= {f"{more.name} {c}".strip(): v[:, i] for c, v in found}
            else:
                columns |= {name: losses}
        if self.names:
            frame["names"] = figures.spread_names(xy[: self.names], self.domain)
        frame["readout"] = (list(columns), np.stack(list(columns.values()), axis=-1))
        frame["summary"] = " ".join(sentences)
        if goals:
            frame["goal"] = " ".join(said for said, _ in goals)
            frame["reached"] = all(reached for _, reached in goals)
        return frame

    def _goal(self, name, losses):
        """How a run stands against the target, in words, and whether it has reached it."""
        goal, within = self.target
        whose = f"{name}: " if len(self.rules) > 1 else ""
        with np.errstate(invalid="ignore"):
            hits = np.flatnonzero(losses[: within + 1] <= goal)
        wanted = f"Target: loss {goal:g} within {within} steps. {whose}"
        if hits.size:
            return f"{wanted}Reached at step {hits[0]}.", True
        at = min(within, len(losses) - 1)
        now = f"{losses[at]:.6g}" if np.isfinite(losses[at]) else "too large"
        return f"{wanted}Not yet: {at} steps, {now}.", False
