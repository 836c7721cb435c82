r"""Compare rules fairly: the same number of gradients for each, and a rate of its own for each.

>>> from optimlab import SGD, Adam, functions
>>> curves = sweep(functions.ravine, [SGD, Adam], steps=30)
>>> {name: losses.shape for name, losses in curves.losses.items()}
{'SGD': (60,), 'Adam': (60,)}

`sweep` follows every learning rate in one batched run per rule.  `tune` chooses among them by a
protocol that does not reward a lucky hit: the tuned rate is the one with the lowest worst loss

- over five starts,
- and over the rate itself, the rate less 10 % and the rate plus 10 %,
- among rates whose runs all stay in the function's domain.

>>> tuned = tune(functions.ravine, SGD, steps=30)
>>> 0.7 < tuned.rate < 1, tuned.width() > 0
(True, True)

Another criterion asks for another rate: `Tuned.fastest` is the rate that needs the fewest gradients
until a goal, in the worst of the same runs.

One update measures one gradient, whatever the rule: Nesterov's too, at its look-ahead point.  So
equal steps are equal budgets.

`rotated` and `rescaled` make the same problem in other coordinates or in other units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks, optimizers, taught
from optimlab.descent import Path, descend
from optimlab.functions import Function
from optimlab.optimizers import Optimizer

__all__ = [
    "RULES",
    "Sweep",
    "Transformed",
    "Tuned",
    "evaluations_to",
    "lowest",
    "podium",
    "rescaled",
    "rotated",
    "starts",
    "sweep",
    "tune",
]

#: a rule as its class, its name, or an instance, whose other hyperparameters are kept
Rule = type[Optimizer] | str | Optimizer

#: every rule of the series
RULES: tuple[type[Optimizer], ...] = tuple(getattr(optimizers, name) for name in optimizers.RULES)
#: how a rate is jolted by the protocol
JOLTS = (0.9, 1.0, 1.1)
#: the five starts of the protocol besides the function's own: fractions of its domain
PLACES = ((0.2, 0.8), (0.85, 0.7), (0.3, 0.15), (0.75, 0.25))
#: rates of a sweep unless told otherwise: 60 over the four decades from 0.001, 15 in each
RATES = 10 ** (np.arange(60) / 15 - 3)
RATES.setflags(write=False)
#: a sweep is widened by a decade at a time, this often at most on each side
MOST_DECADES = 4


# --- one run per rule --------------------------------------------------------------------------


@dataclass(repr=False, eq=False)
class Sweep:
    """The final loss of each rule at every rate.

    function that was descended on
    rates    (n,)
    steps    updates of each run, which is also the number of gradients it measured
    losses   {"SGD": (n, ...)}: the loss after the last step above that of the lowest minimum;
             NaN where the run diverged
    stayed   {"SGD": (n, ...)}: whether the run was in the domain at every step
    """

    function: Function
    rates: np.ndarray
    steps: int
    losses: dict[str, np.ndarray] = field(default_factory=dict)
    stayed: dict[str, np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Sweep of {', '.join(self.losses)} on {self.function.name}: {self.steps} steps>"

    def best(self, name: str) -> tuple[float, float]:
        """(rate, loss) with the lowest final loss of one rule; the worst start counts.

        Runs that left the domain on the way count as well: see `tune` for the careful choice.
        """
        losses = self.losses[checks.one_of("name", name, self.losses)]
        losses = losses.reshape(len(self.rates), -1)
        worst = np.where(np.isnan(losses), np.inf, losses).max(axis=1)
        i = int(np.argmin(worst))
        return float(self.rates[i]), float(worst[i])


def sweep(
    function: Function | str, rules: Rule | Sequence[Rule] = RULES, rates: ArrayLike = RATES,
    start: ArrayLike | None = None, steps: int = 200,
) -> Sweep:  # fmt: skip
    """The final loss of every rule at every learning rate: a `Sweep`.

    Each rule makes one batched run with all rates, in which every rate measures one gradient a
    step.

    Parameters
    ----------
    function : Function, or the name of one
    rules : rule, or list of rules
        A class such as ``SGD``, its name, or an instance, whose other hyperparameters are kept:
        ``Momentum(momentum=0.5)``.
    rates : (n,)
        By default 60 over the four decades from 0.001 on, evenly spaced on a log scale.
    start : point, or many (..., d); by default the function's own
    steps : int

    Raises
    ------
    TypeError, ValueError : if an argument is none of this; it is named

    >>> from optimlab import SGD, functions
    >>> sweep(functions.ravine, SGD, [0.5, 0.9], steps=10).losses["SGD"].round(3)
    array([0.878, 0.418])
    """
    function, steps = checks.function(function, start=start), checks.steps(steps)
    rates, start = checks.row("rates", rates, above=0), checks.start(start, function)
    found = Sweep(function, rates, steps)
    for name, rule in _named(rules).items():
        losses, found.stayed[name] = _run(function, rule, rates, start, steps)
        found.losses[name] = losses[-1]
    return found


def _run(
    function: Function, rule: Optimizer | type[Optimizer], lr: np.ndarray, start: np.ndarray,
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The losses at each step, (steps + 1, *lr, *starts), and who stayed."""
    path = descend(function, _with_rates(rule, _against(lr, start)), start, steps)
    return path.losses - lowest(function), ~_left(path)


def _against(lr: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Rates of any shape, so that they broadcast against `start` of any shape to (*lr, *start)."""
    return lr.reshape(*lr.shape, *(1,) * start.ndim)


def _left(path: Path) -> np.ndarray:
    """Which runs were outside the domain at some step, in the coordinates it was drawn in."""
    function, points = path.function, np.asarray(path.points)
    while isinstance(function, Transformed):
        points, function = function.back(points), function.original
    box = np.asarray(function.domain)
    with np.errstate(invalid="ignore"):
        inside = (points >= box[..., 0]) & (points <= box[..., 1])  # False for NaN as well
    return ~np.all(inside.all(axis=-1) if function._shape else inside, axis=0)


def lowest(function: Function | str) -> float:
    """The value of a function at its lowest minimum in the domain; 0 if it has none there.

    >>> from optimlab import functions
    >>> lowest(functions.parabola), lowest(functions.saddle)
    (2.0, 0.0)
    """
    function = checks.function(function)
    return float(function.value(function.minima[0])) if len(function.minima) else 0.0


def starts(function: Function | str) -> np.ndarray:
    """The five starts of the protocol, (5, d): the function's own, and four over its domain.

    ValueError for a function of more than two variables, or without a finite domain.

    >>> from optimlab import functions
    >>> starts(functions.ravine).round(1).tolist()
    [[-7.0, 2.0], [-4.8, 1.8], [5.6, 1.2], [-3.2, -2.1], [4.0, -1.5]]
    """
    function = checks.function(function)
    if isinstance(function, Transformed):
        return function.forth(starts(function.original))
    box = np.asarray(function.domain).reshape(-1, 2)
    if function.dim > 2 or not np.isfinite(box).all():
        reason = f"given, as {function.name} has more than two variables or no finite domain"
        checks.wrong_value("starts", None, reason)
    places = np.array(PLACES)[:, : function.dim]
    others = box[:, 0] + places * np.diff(box)[:, 0]
    return np.concatenate([function.start.reshape(1, -1), others]).reshape(-1, *function._shape)


# --- the protocol ------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False)
class Tuned:
    """What `tune` found for one rule.

    name      of the rule
    rate      the tuned learning rate
    loss      the worst final loss at that rate, over all starts and the rate ± 10 %
    rates     (n,): every rate that was tried, rising, evenly spaced on a log scale
    worst     (n,): the worst final loss of each; infinite where some run left the domain
    until     (steps + 1, n): the loss that all runs of a rate had reached by then, at some step
              or other; infinite where some run left the domain
    steps     updates of each run, which is also the number of gradients it measured
    at_edge   whether the best rate still lies at the edge of the widened sweep
    """

    name: str
    rate: float
    loss: float
    rates: np.ndarray
    worst: np.ndarray
    until: np.ndarray
    steps: int
    at_edge: bool

    def __repr__(self) -> str:
        return f"<Tuned {self.name}: rate {self.rate:.3g}, worst loss {self.loss:.3g}>"

    def width(self, times: float = 10.0, goal: float | None = None) -> float:
        """How wide the good rates lie, in decades of the learning rate.

        A rate is good if its worst loss is at most `times` that of the tuned rate; or, if a
        `goal` is given, at most `goal`, which asks the same of every rule.  The width is the
        number of good rates times their spacing, so a rate more or less is one grid step.
        """
        limit = checks.positive("times", times) * self.loss
        limit = limit if goal is None else checks.number("goal", goal)
        return float(np.count_nonzero(self.worst <= limit) * self.spacing)

    @property
    def spacing(self) -> float:
        """Decades from one rate of the sweep to the next."""
        return float(np.log10(self.rates[1] / self.rates[0]))

    def evaluations(self, goal: float) -> float:
        """Gradients measured until the loss is at most `goal`, at the rate best for that."""
        return self.fastest(goal)[1]

    def fastest(self, goal: float) -> tuple[float | None, float]:
        """(rate, gradients): the rate that needs the fewest until the loss is at most `goal`.

        The worst run counts, over all starts and the rate ± 10 %; of rates that are equally fast
        the middle one is taken.  (None, inf) if at no rate all of them get there.
        """
        counts = np.asarray(evaluations_to(self.until, goal))
        if np.isinf(counts).all():
            return None, np.inf
        return float(self.rates[_middle_best(counts)]), float(counts.min())


def tune(
    function: Function | str, rule: Rule, starts: ArrayLike | None = None, steps: int = 100,
    rates: ArrayLike = RATES,
) -> Tuned:  # fmt: skip
    """The rate with the lowest worst loss over starts and ± 10 %: a `Tuned`.

    All rates, each as it is and 10 % lower and higher, from all starts, are one batched run.  A
    rate counts only if all its runs stay in the domain.  If the best rate lies at an edge of the
    sweep, that is widened there by a decade, up to four times.  Of rates that are equally good
    the middle one is taken.

    Parameters
    ----------
    function : Function with a minimum in its domain, or the name of one
    rule : optimizer class, its name, or an instance, as for `sweep`
    starts : (k, d), by default the five of `tuning.starts`
    steps : int, the budget: updates, each with one gradient
    rates : (n,), rising, evenly spaced on a log scale

    Raises
    ------
    TypeError, ValueError : if an argument is none of this, which is named, or at no rate all runs
        stay in the domain
    """
    function = checks.function(function, minimum=True, start=starts)
    steps = checks.steps(steps)
    which = _rule(rule, "rule")
    tried = checks.row("rates", rates, above=0)
    gaps = np.diff(np.log10(tried))
    if len(tried) < 3 or not (gaps > 0).all() or np.ptp(gaps) > 1e-6:
        checks.wrong_value("rates", rates, "at least three numbers > 0, rising, in equal ratios")
    if starts is None:
        begin = globals()["starts"](function)
    else:
        begin = checks.point("starts", starts, function._shape, whose=function.name)
    if begin.ndim != 1 + len(function._shape):
        checks.wrong_value("starts", starts, f"a list of {function._wanted()}")

    def measured(these: np.ndarray) -> np.ndarray:
        """(2 + steps, n): the worst final loss of a rate, and what all its runs reach by when."""
        losses, stayed = _run(function, which, these[:, None] * JOLTS, begin, steps)
        losses = np.where(stayed, losses, np.inf).reshape(steps + 1, len(these), -1)
        reached = np.minimum.accumulate(losses, axis=0)
        return np.concatenate([losses[-1:], reached]).max(axis=2)

    known = measured(tried)
    more = max(round(1 / gaps[0]), 1)
    for _ in range(2 * MOST_DECADES):
        edge = _edge(known[0])
        if edge == "low" and tried[0] > RATES[0] / 10.0**MOST_DECADES:
            new = tried[0] * 10 ** (-gaps[0] * np.arange(more, 0, -1))
            tried, known = np.r_[new, tried], np.hstack([measured(new), known])
        elif edge == "high" and tried[-1] < RATES[-1] * 10.0**MOST_DECADES:
            new = tried[-1] * 10 ** (gaps[0] * np.arange(1, more + 1))
            tried, known = np.r_[tried, new], np.hstack([known, measured(new)])
        else:
            break
    worst = known[0]
    if not np.isfinite(worst).any():
        raise ValueError(f"rates: at none from {tried[0]:.2g} to {tried[-1]:.2g} all runs stay")

    i = _middle_best(worst)
    return Tuned(
        name=_name(which), rate=float(tried[i]), loss=float(worst[i]), rates=tried, worst=worst,
        until=known[1:], steps=steps, at_edge=_edge(worst) is not None,
    )  # fmt: skip


def _middle_best(values: np.ndarray) -> int:
    """Where the lowest value is; the middle one of several."""
    best = np.flatnonzero(values == values.min())
    return int(best[len(best) // 2])


def _edge(worst: np.ndarray) -> str | None:
    """Whether the best rate is the lowest or the highest of a sweep, or neither."""
    if not np.isfinite(worst).any():
        return "low"  # everything leaves: the rates are too high
    i = _middle_best(worst)
    return "low" if i == 0 else "high" if i == len(worst) - 1 else None


def evaluations_to(losses: ArrayLike, goal: float) -> float | np.ndarray:
    """How many gradients a run measured until its loss was at most `goal`, for the first time.

    `losses` are (steps + 1, ...), the start first, as in ``path.losses``: one gradient is
    measured for each step.  Infinite for a run that never gets there.

    >>> evaluations_to([8.0, 4.0, 2.0, 1.0, 2.0], 2.0), evaluations_to([8.0, 4.0], 2.0)
    (2.0, inf)
    """
    known, goal = checks.array("losses", losses), checks.number("goal", goal)
    if not known.ndim:
        checks.wrong_value("losses", losses, "(steps + 1, ...), the start and each step")
    with np.errstate(invalid="ignore"):
        there = known <= goal
    return Function._plain(np.where(there.any(axis=0), there.argmax(axis=0), np.inf))


def podium(
    found: Mapping[str, Tuned], criterion: str, goal: float | None = None, places: int = 3
) -> list[tuple[str, float]]:
    """The best rules by one criterion: [(name, value), ...], the best first.

    Each criterion takes the rates of a rule that are best for it: see `Tuned`.

    Parameters
    ----------
    found : dict, name -> Tuned
    criterion : "loss", "evaluations" or "width"
        The worst final loss; the gradients until `goal`; the decades of rates that reach `goal`.
    goal : float, needed for the latter two
    places : int, how many are listed; a rule that never reaches the goal is not

    >>> from optimlab import SGD, Nesterov, functions
    >>> found = {rule.__name__: tune(functions.ravine, rule) for rule in (SGD, Nesterov)}
    >>> podium(found, "evaluations", goal=0.0645)
    [('Nesterov', 8.0), ('SGD', 23.0)]
    """
    measures: dict[str, Callable[[Tuned, float], float]] = {
        "loss": lambda one, goal: one.loss,
        "evaluations": Tuned.evaluations,
        "width": lambda one, goal: -one.width(goal=goal),
    }
    accepted = "a dict, name -> Tuned"
    for one in checks.instance("found", found, Mapping, accepted).values():
        checks.instance("found", one, Tuned, accepted)
    measure = measures[checks.one_of("criterion", criterion, measures)]
    limit = 0.0 if criterion == "loss" else checks.number("goal", goal)
    places = checks.whole("places", places, 1)
    values = {name: measure(one, limit) for name, one in found.items()}
    useless = 0.0 if criterion == "width" else np.inf
    ranked = sorted((name for name in values if values[name] != useless), key=values.__getitem__)
    return [(name, abs(values[name])) for name in ranked[:places]]


# --- the same problem in other coordinates -----------------------------------------------------


class Transformed(Function):
    """c·f seen in other coordinates: q = A (p - about) + about.

    Everything goes along: gradient, Hessian, minima, stationary points, start; the domain is
    the box around the old one. `rotated` and `rescaled` make them.

    original  the function it was made of
    c         what its values are multiplied by
    matrix    A, (d, d), and its inverse
    forth(p)  the new coordinates of old points
    back(q)   the old coordinates of new points
    """

    original: Function
    c: float
    matrix: np.ndarray
    inverse: np.ndarray

    def __init__(
        self, original: Function, name: str, latex: str, matrix: np.ndarray,
        about: float | np.ndarray, c: float,
    ) -> None:  # fmt: skip
        self.original, self.c, self.matrix = original, c, matrix
        self.inverse = np.linalg.inv(self.matrix)
        middle = np.zeros(original.dim) + about
        self._shifts = [middle - _times(m, middle) for m in (self.matrix, self.inverse)]
        one = not original._shape
        box = np.asarray(original.domain, dtype=float).reshape(-1, 2)
        corners = np.stack(np.meshgrid(*box), axis=-1).reshape(-1, original.dim)
        corners = _times(self.matrix, corners) + self._shifts[0]
        limits = [(float(low), float(high)) for low, high in zip(
            corners.min(axis=0), corners.max(axis=0), strict=True
        )]  # fmt: skip
        super().__init__(
            name, latex, self._height, self._slopes, self._curvatures,
            domain=limits[0] if one else limits,
            minima=[self.forth(m) for m in original.minima],
            stationary=[self.forth(s) for s in original.stationary],
            start=self.forth(original.start),
        )  # fmt: skip

    def forth(self, points: ArrayLike) -> np.ndarray:
        """The new coordinates of points of the original, (..., d)."""
        return self._moved(self.matrix, self._shifts[0], self._given(points))

    def back(self, points: ArrayLike) -> np.ndarray:
        """The original's coordinates of points, (..., d)."""
        return self._back(self._given(points))

    def _given(self, points: ArrayLike) -> np.ndarray:
        shape, whose = self.original._shape, self.original.name
        return checks.point("points", points, shape, whose=whose, finite=False)

    def _back(self, points: np.ndarray) -> np.ndarray:
        return self._moved(self.inverse, self._shifts[1], points)

    def _moved(self, matrix: np.ndarray, shift: np.ndarray, points: np.ndarray) -> np.ndarray:
        if not self.original._shape:
            return matrix[0, 0] * points + shift[0]
        moved = _times(matrix, points)
        return moved + shift if shift.any() else moved

    def _height(self, points: np.ndarray) -> np.ndarray:
        return self.c * self.original.value(self._back(points))

    def _slopes(self, points: np.ndarray) -> np.ndarray:
        slopes = np.asarray(self.original.gradient(self._back(points)))
        if self.original._shape:
            return self.c * _times(self.inverse.T, slopes)
        return self.c * self.inverse[0, 0] * slopes

    def _curvatures(self, points: np.ndarray) -> np.ndarray:
        curvatures = np.asarray(self.original.hessian(self._back(points)))
        if not self.original._shape:
            return self.c * self.inverse[0, 0] ** 2 * curvatures
        return self.c * (self.inverse.T @ curvatures @ self.inverse)


def _times(matrix: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """matrix · v for vectors (..., d), summed term by term: the same for one and for many."""
    out = np.empty_like(vectors)
    for i, row in enumerate(matrix):
        out[..., i] = row[0] * vectors[..., 0]
        for j in range(1, len(row)):
            out[..., i] += row[j] * vectors[..., j]
    return out


def rotated(
    function: Function | str, degrees: float = 45.0, about: ArrayLike | None = None
) -> Transformed:
    """The same landscape, turned counter-clockwise about the middle of its domain, or a point.

    For functions of two variables; `about` is the point.

    >>> from optimlab import functions
    >>> turned = rotated(functions.ravine, 90)
    >>> turned.start.round(6), round(turned(turned.start), 6)
    (array([-2., -7.]), 6.45)
    """
    function, degrees = checks.function(function, (2,)), checks.number("degrees", degrees)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if about is None:
        about = np.mean(function.domain, axis=-1)
    about = checks.point("about", about, function._shape, whose=function.name)
    latex = rf"{function.latex}\;(\mathrm{{turned}}\;{degrees:g}^\circ)"
    name = f"{function.name} turned by {degrees:g}°"
    return Transformed(function, name, latex, turn, about, 1)


def rescaled(
    function: Function | str, factors: ArrayLike = 1.0, c: float = 1.0
) -> Transformed:
    """The same landscape in other units: c·f, and each coordinate times its factor.

    `factors` is one number > 0 for all coordinates, or one for each of them, (d,); c > 0.

    >>> from optimlab import functions
    >>> big = rescaled(functions.ravine, c=100)
    >>> big((-7, 2)), big.gradient((-7, 2))
    (645.0, array([-70., 400.]))
    >>> round_one = rescaled(functions.ravine, factors=(1 / 20**0.5, 1))
    >>> round_one.hessian((0, 0)).round(6)
    array([[2., 0.],
           [0., 2.]])
    """
    function, c = checks.function(function), checks.positive("c", c)
    sizes = checks.numbers("factors", factors, above=0)
    if sizes.shape not in ((), (1,), (function.dim,)):
        accepted = f"a number > 0, or one for each of {function.dim} variables"
        checks.wrong_value("factors", factors, accepted)
    sizes = np.zeros(function.dim) + sizes
    words = [] if c == 1 else [f"times {c:g}"]
    if (sizes != 1).any():
        words.append("stretched by " + " and ".join(f"{s:.3g}" for s in sizes))
    latex = function.latex if c == 1 else rf"{c:g}\,\left({function.latex}\right)"
    name = " ".join([function.name, *words])
    return Transformed(function, name, latex, np.diag(sizes), 0.0, c)


# --- input -------------------------------------------------------------------------------------


def _named(rules: Rule | Sequence[Rule]) -> dict[str, Optimizer | type[Optimizer]]:
    """The rules, each once, by the names of their classes."""
    accepted = "an optimizer class such as SGD, its name, an instance, or a list of them"
    given: list[Any] = list(rules) if isinstance(rules, list | tuple) else [rules]
    if not given:
        checks.wrong_value("rules", rules, f"{accepted}, not empty")
    if not all(isinstance(one, type | str) or taught.is_rule(one) for one in given):
        checks.wrong_kind("rules", rules, accepted)
    named: dict[str, Optimizer | type[Optimizer]] = {}
    for one in given:
        rule = _rule(one, "rules")
        if _name(rule) in named:
            checks.wrong_value("rules", rules, f"different rules: {_name(rule)} is in it twice")
        named[_name(rule)] = rule
    return named


def _rule(value: Rule, argument: str) -> Optimizer | type[Optimizer]:
    return value if isinstance(value, Optimizer) else checks.rule(value, name=argument)


def _name(rule: Optimizer | type[Optimizer]) -> str:
    return (rule if isinstance(rule, type) else type(rule)).__name__


def _with_rates(rule: Optimizer | type[Optimizer], lr: np.ndarray) -> Optimizer:
    if isinstance(rule, type):
        return rule(lr=lr)
    copy = rule.fresh()
    copy.lr = lr
    return copy
