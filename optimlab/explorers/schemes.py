"""Explorer for schemes that set the learning rate from the loss: point, loss and rate by step."""

import numpy as np

from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import (
    Explorer,
    Started,
    decades,
    number,
    short,
    slider,
    the_domain,
    the_function,
)
from optimlab.study import schemes

#: look of each scheme: plain descent has that of SGD, as everywhere
LOOKS = {
    "constant": style.rule_style("SGD"),
    "halving": {"color": "#a04000", "dash": (6, 3), "marker": "s"},
    "bold driver": {"color": "#20242a", "dash": (2, 2), "marker": "^"},
}
#: the rates that the picture shows
RATES = (1e-4, 10)
#: the numbers of one decade on the slider of first rates
DECADE = [1, 1.1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9, 9.5]
#: the panels where each step has its mark
DOTTED = ("path", "point")


class SchemeExplorer(Started, Explorer):
    """Runs on a curve whose learning rate is set by the loss, as `optimlab.study.schemes` has them.

    Beside the curve stand the point, the loss and the rate of each step. `runs` holds what is
    shown, a SchemeRun by the scheme's name.

    Parameters
    ----------
    function : Function of one variable, or its name
    names : list of names out of `schemes.SCHEMES`
        All of them share the first rate, the start and the number of steps.
    lr : float
        The first rate at first.
    start : float
    steps : int
    rates : (low, high), the range of the slider
    most_steps : int
    target : (loss, steps), optional; a goal for every scheme that is shown
    """

    def __init__(
        self, function, names=tuple(LOOKS), *, lr=0.2, start=None, steps=20, rates=(0.01, 2.0),
        most_steps=None, target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        self.function = function = the_function(function, dim=1)
        names = [names] if isinstance(names, str) else list(names)
        if not names or not set(names) <= set(LOOKS):
            raise ValueError(f"names={names!r}: names must be some of {', '.join(LOOKS)}")
        self.names = list(dict.fromkeys(names))
        self.target = None if target is None else (float(target[0]), int(target[1]))
        self.domain = the_domain(function, domain)
        start = float(function.start if start is None else start)
        self.runs = {}
        most = max(most_steps or max(30, steps), steps)
        plot = self._scene(start, most)
        controls = {
            "lr": slider("first rate", decades(*rates, lr, decade=DECADE), float(lr)),
            "steps": number("steps", steps, 1, most, 1),
        }
        self.assemble(plot, controls)

    def _scene(self, start, most_steps):
        figure, ax = figures.panel(430, 400)
        drawn = figures.draw_curve(ax, self.function, self.domain)
        values = drawn["curve"].get_ydata()
        margin = 0.08 * np.ptp(values) or 1.0
        heights = values.min() - margin, values.max() + margin
        ax.set_ylim(heights)
        ax.set_title(f"${self.function.latex}$", fontsize=12, pad=9)
        beside, (place, losses, rate) = figures.panel(490, 400, rows=3, sharex=True)
        place.set(ylabel="point x", ylim=self.domain, xlim=(-0.02 * most_steps, 1.02 * most_steps))
        losses.set(ylabel="loss", ylim=heights)
        rate.set(ylabel="rate", yscale="log", ylim=RATES, xlabel="step")
        rate.xaxis.get_major_locator().set_params(integer=True)
        if self.target:
            goal, within = self.target
            losses.plot([0, within], [goal, goal], color=style.HIGHLIGHT, linewidth=2)
            losses.plot([within], [goal], marker="|", markersize=10, color=style.HIGHLIGHT)
        for name in self.names:
            look = LOOKS[name]
            dash = style.linestyle(look["dash"])
            line = {"color": look["color"], "linestyle": dash, "marker": look["marker"]}
            place.plot([], [], label=name, **line)
        beside.legend(
            handles=place.get_legend_handles_labels()[0], loc="outside upper center",
            ncols=len(self.names), handlelength=3.2,
        )  # fmt: skip
        whose = " and ".join(self.names)
        alt = f"Runs with {whose} rate on {self.function.name}; point, loss and rate by step."
        plot = LivePlot([figure, beside], alt=alt, playback=True)
        for name in self.names:
            look = LOOKS[name]
            parts = {"path": ax, "point": place, "loss": losses, "rate": rate}
            for part, on in parts.items():
                line = {"color": look["color"], "dash": look["dash"], "by_step": True}
                plot.add("line", f"{part} {name}", on, **line)
                if part in DOTTED:
                    dots = {"color": look["color"], "marker": look["marker"], "by_step": True}
                    plot.add("points", f"{part} {name} steps", on, size=6, **dots)
        plot.add(
            "handle", "start", ax, at=[start], track=drawn["curve"].get_xydata(),
            label="start point", color=style.INK,
        )  # fmt: skip
        return plot

    def frames(self, rates):
        rates = np.asarray(rates, dtype=float)
        steps = self["steps"]
        runs = {
            name: schemes.SCHEMES[name](self.function, rates, self.start, steps)
            for name in self.names
        }
        frames = [self._frame(runs, i, float(rate)) for i, rate in enumerate(rates)]
        if len(rates) == 1:
            self.runs = {name: _one(run, 0) for name, run in runs.items()}
        return frames

    def _frame(self, runs, i, rate):
        frame, said, goals, columns = {}, [], [], {}
        steps = np.arange(self["steps"] + 1.0)
        for name, batch in runs.items():
            run = _one(batch, i)
            # row k of the rate is the one that led to point k; there is none to the start
            made = np.concatenate(
                [[np.nan], np.where(np.isfinite(run.points[1:]), run.rates, np.nan)]
            )
            parts = {
                "path": np.stack([run.points, run.losses], axis=-1),
                "point": np.stack([steps, run.points], axis=-1),
                "loss": np.stack([steps, run.losses], axis=-1),
                "rate": np.stack([steps, made], axis=-1),
            }
            for part, rows in parts.items():
                frame[f"{part} {name}"] = rows
                if part in DOTTED:
                    frame[f"{part} {name} steps"] = rows
            said.append(self._sentence(name, run))
            if self.target:
                goals.append(self._goal(name, run.losses))
            if len(runs) == 1:
                columns = {"x": run.points, "loss": run.losses, "rate": made}
            else:
                columns[name] = run.points
        frame["readout"] = (list(columns), np.stack(list(columns.values()), axis=-1))
        frame["summary"] = f"First rate {short(rate)}, from {short(self.start)}: {'; '.join(said)}."
        if goals:
            frame["goal"] = " ".join(words for words, _ in goals)
            frame["reached"] = all(reached for _, reached in goals)
        return frame

    def _sentence(self, name, run):
        gone = np.flatnonzero(~np.isfinite(run.points))
        if gone.size:
            return f"{name} reaches numbers too large to store at step {gone[0]}"
        end = f"{name} ends at {short(run.points[-1])} with rate {short(run.rates[-1])}"
        low, high = self.domain
        outside = np.flatnonzero((run.points < low) | (run.points > high))
        return f"{end}; it left the plot at step {outside[0]}" if outside.size else end

    def _goal(self, name, losses):
        goal, within = self.target
        with np.errstate(invalid="ignore"):
            hits = np.flatnonzero(losses[: within + 1] <= goal)
        wanted = f"Target for {name}: loss {goal:g} within {within} steps. "
        if hits.size:
            return f"{wanted}Reached at step {hits[0]}.", True
        now = losses[min(within, len(losses) - 1)]
        return wanted + (f"Not yet: {now:.6g}." if np.isfinite(now) else "Not yet."), False


def _one(run, i):
    """Run `i` of a batch."""
    return schemes.SchemeRun(run.points[:, i], run.losses[:, i], run.rates[:, i], run.kept[:, i])
