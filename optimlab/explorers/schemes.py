"""Explorer for schemes that set the learning rate from the loss: point, loss and rate by step."""

import numpy as np

from optimlab import checks
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, add_start, decades, number, slider
from optimlab.explorers.frames import by_step, readout, run_marks
from optimlab.explorers.scenes import around, name_looks, one_start, to_draw
from optimlab.explorers.targets import beside_goal, loss_goal, together
from optimlab.study import schemes
from optimlab.words import short

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
#: the panels of each run, and how large the dots of its steps are there
PARTS = {"path": 6, "point": 6, "loss": 0, "rate": 0}


class SchemeExplorer(Explorer):
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
    target : (loss, steps), optional; a goal for every scheme that is shown, from the first start
    """

    start = Handle("The start point.")

    def __init__(
        self, function, names=tuple(LOOKS), *, lr=0.2, start=None, steps=20, rates=(0.01, 2.0),
        most_steps=None, target=None, domain=None,
    ):  # fmt: skip
        super().__init__()
        self.function, self.domain = to_draw(function, domain, dim=1, start=start)
        self.names = checks.some_of("names", names, LOOKS, single=True)
        self.target, self.runs = checks.target(target), {}
        lr, steps = checks.positive("lr", lr), checks.steps(steps, 1)
        if most_steps is None:
            most_steps = max(30, steps)
        most_steps = max(steps, checks.whole("most_steps", most_steps, 1))
        controls = {
            "lr": slider("first rate", decades(*checks.rates(rates), lr, decade=DECADE), lr),
            "steps": number("steps", steps, 1, most_steps, 1),
        }
        self._first_start = one_start(self.function, start)
        self.assemble(self._scene(self._first_start, most_steps), controls)

    def _scene(self, start, most_steps):
        figure, ax = figures.panel(430, 400)
        curve = figures.draw_curve(ax, self.function, self.domain)["curve"]
        heights = around(curve.get_ydata())
        ax.set_ylim(heights)
        ax.set_title(figures.formula(self.function), fontsize=12, pad=9)
        beside, (place, losses, rate) = figures.panel(490, 400, rows=3, sharex=True)
        figures.step_axis(place, most_steps, xlabel="", ylabel="point x", limits=self.domain)
        figures.step_axis(losses, most_steps, xlabel="", limits=heights)
        figures.step_axis(rate, most_steps, ylabel="rate", scale="log", limits=RATES)
        if self.target:
            goal, within = self.target
            losses.plot([0, within], [goal, goal], color=style.HIGHLIGHT, linewidth=2)
            losses.plot([within], [goal], marker="|", markersize=10, color=style.HIGHLIGHT)
        looks = {name: LOOKS[name] for name in self.names}
        beside.legend(
            handles=name_looks(place, looks), loc="outside upper center", ncols=len(looks),
            handlelength=3.2,
        )  # fmt: skip
        whose = " and ".join(self.names)
        alt = f"Runs with {whose} rate on {self.function.name}; point, loss and rate by step."
        plot = LivePlot([figure, beside], alt=alt, playback=True)
        for name, look in looks.items():
            for (part, dots), on in zip(PARTS.items(), (ax, place, losses, rate), strict=True):
                plot.add_run(f"{part} {name}", on, look, dots=dots)
        add_start(plot, ax, start, track=curve.get_xydata())
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
        for name, batch in runs.items():
            one = _one(batch, i)
            # row k of the rate is the one that led to point k; there is none to the start
            made = np.append(np.nan, np.where(np.isfinite(one.points[1:]), one.rates, np.nan))
            frame |= run_marks(f"path {name}", np.stack([one.points, one.losses], axis=-1))
            frame |= run_marks(f"point {name}", by_step(one.points))
            frame |= {f"loss {name}": by_step(one.losses), f"rate {name}": by_step(made)}
            said.append(self._sentence(name, one))
            if self.target:
                goals.append(self._goal(name, one.losses))
            if len(runs) == 1:
                columns = {"x": one.points, "loss": one.losses, "rate": made}
            else:
                columns[name] = one.points
        frame["readout"] = readout(columns)
        frame["summary"] = f"First rate {short(rate)}, from {short(self.start)}: {'; '.join(said)}."
        return frame | together(goals)

    def _sentence(self, name, run):
        gone = np.flatnonzero(~np.isfinite(run.points))
        if gone.size:
            return f"{name} reaches {self._what(run, gone[0])} at step {gone[0]}"
        end = f"{name} ends at {short(run.points[-1])} with rate {short(run.rates[-1])}"
        low, high = self.domain
        outside = np.flatnonzero((run.points < low) | (run.points > high))
        return f"{end}; it left the plot at step {outside[0]}" if outside.size else end

    def _what(self, run, step):
        """What a run meets at the first step whose point or loss is not finite."""
        last, rate = run.points[step - 1], run.rates[step - 1]
        with np.errstate(all="ignore"):
            new = last - rate * self.function.gradient(last)
            undefined = abs(new) < 1e100 and np.isnan(self.function(new))
        return "an undefined value" if undefined else "numbers too large to store"

    def _goal(self, name, losses):
        now = losses[min(self.target[1], len(losses) - 1)]
        missed = f": {beside_goal(now, self.target[0])}" if np.isfinite(now) else ""
        moved = self.start != self._first_start
        return loss_goal(
            losses, self.target, missed, who=f"{name[0].upper()}{name[1:]}",
            moved_from=self._first_start if moved else None,
        )  # fmt: skip


def _one(run, i):
    """Run `i` of a batch."""
    return schemes.SchemeRun(run.points[:, i], run.losses[:, i], run.rates[:, i], run.kept[:, i])
