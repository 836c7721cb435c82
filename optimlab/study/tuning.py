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

import numpy as np

from optimlab import optimizers
from optimlab.descent import descend
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

#: every rule of the series
RULES = tuple(
    getattr(optimizers, name)
    for name in optimizers.__all__
    if name != "Optimizer" and issubclass(getattr(optimizers, name), Optimizer)
)
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


class Sweep:
    """The final loss of each rule at every rate.

    rates    (n,)
    losses   {"SGD": (n, ...)}: the loss after the last step above that of the lowest minimum;
             NaN where the run diverged
    stayed   {"SGD": (n, ...)}: whether the run was in the domain at every step
    steps    updates of each run, which is also the number of gradients it measured
    """

    def __init__(self, function, rates, steps):
        self.function, self.rates, self.steps = function, rates, steps
        self.losses, self.stayed = {}, {}

    def __repr__(self):
        return f"<Sweep of {', '.join(self.losses)} on {self.function.name}: {self.steps} steps>"

    def best(self, name):
        """(rate, loss) with the lowest final loss of one rule; the worst start counts.

        Runs that left the domain on the way count as well: see `tune` for the careful choice.
        """
        losses = self.losses[name].reshape(len(self.rates), -1)
        worst = np.where(np.isnan(losses), np.inf, losses).max(axis=1)
        i = int(np.argmin(worst))
        return float(self.rates[i]), float(worst[i])


def sweep(function, rules=RULES, rates=RATES, start=None, steps=200):
    """The final loss of every rule at every learning rate: a `Sweep`.

    Each rule makes one batched run with all rates, in which every rate measures one gradient a
    step.

    Parameters
    ----------
    function : Function
    rules : rule, or list of rules
        A class such as ``SGD``, or an instance, whose other hyperparameters are kept:
        ``Momentum(momentum=0.5)``.
    rates : (n,)
        By default 60 over the four decades from 0.001 on, evenly spaced on a log scale.
    start : point, or many (k, d); by default the function's own
    steps : int

    >>> from optimlab import SGD, functions
    >>> sweep(functions.ravine, SGD, [0.5, 0.9], steps=10).losses["SGD"].round(3)
    array([0.878, 0.418])
    """
    function = _function(function)
    rates = _rates(rates)
    start = np.asarray(function.start if start is None else start, dtype=float)
    found = Sweep(function, rates, steps)
    for name, rule in _named(rules).items():
        found.losses[name], found.stayed[name] = _final(function, rule, rates, start, steps)
    return found


def _final(function, rule, lr, start, steps):
    """Final losses and who stayed, for rates of any shape: (*lr, *starts)."""
    losses, stayed = _run(function, rule, lr, start, steps)
    return losses[-1], stayed


def _run(function, rule, lr, start, steps):
    """The losses at each step, (steps + 1, *lr, *starts), and who stayed."""
    path = descend(function, rule(_against(lr, start)), start, steps)
    return path.losses - lowest(function), ~_left(path)


def _against(lr, start):
    """Rates of any shape, so that they broadcast against `start` of any shape to (*lr, *start)."""
    return np.asarray(lr, dtype=float).reshape(*np.shape(lr), *(1,) * start.ndim)


def _left(path):
    """Which runs were outside the domain at some step, in the coordinates it was drawn in."""
    function, points = path.function, path.points
    while isinstance(function, Transformed):
        points, function = function.back(points), function.original
    box = np.asarray(function.domain)
    with np.errstate(invalid="ignore"):
        inside = (points >= box[..., 0]) & (points <= box[..., 1])  # False for NaN as well
    if function._shape:
        inside = inside.all(axis=-1)
    return ~inside.all(axis=0)


def lowest(function):
    """The value of a function at its lowest minimum in the domain; 0 if it has none there.

    >>> from optimlab import functions
    >>> lowest(functions.parabola), lowest(functions.saddle)
    (2.0, 0.0)
    """
    return float(function.value(function.minima[0])) if len(function.minima) else 0.0


def starts(function):
    """The five starts of the protocol: the function's own, and four spread over its domain.

    >>> from optimlab import functions
    >>> starts(functions.ravine).round(1).tolist()
    [[-7.0, 2.0], [-4.8, 1.8], [5.6, 1.2], [-3.2, -2.1], [4.0, -1.5]]
    """
    if isinstance(function, Transformed):
        return function.forth(starts(function.original))
    places = np.array(PLACES)[:, : function.dim]
    if function.dim > 2:
        raise ValueError(f"{function.name} has {function.dim} variables: give its starts")
    box = np.asarray(function.domain).reshape(-1, 2)
    if not np.isfinite(box).all():
        raise ValueError(f"{function.name} has no finite domain: give its starts")
    others = box[:, 0] + places * np.diff(box)[:, 0]
    return np.concatenate([function.start.reshape(1, -1), others]).reshape(-1, *function._shape)


# --- the protocol ------------------------------------------------------------------------------


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

    def __repr__(self):
        return f"<Tuned {self.name}: rate {self.rate:.3g}, worst loss {self.loss:.2g}>"

    def width(self, times=10.0, goal=None):
        """How wide the good rates lie, in decades of the learning rate.

        A rate is good if its worst loss is at most `times` that of the tuned rate; or, if a
        `goal` is given, at most `goal`, which asks the same of every rule.  The width is the
        number of good rates times their spacing, so a rate more or less is one grid step.
        """
        limit = times * self.loss if goal is None else goal
        return float(np.count_nonzero(self.worst <= limit) * self.spacing)

    @property
    def spacing(self):
        """Decades from one rate of the sweep to the next."""
        return float(np.log10(self.rates[1] / self.rates[0]))

    def evaluations(self, goal):
        """Gradients measured until the loss is at most `goal`, at the rate best for that."""
        return self.fastest(goal)[1]

    def fastest(self, goal):
        """(rate, gradients): the rate that needs the fewest until the loss is at most `goal`.

        The worst run counts, over all starts and the rate ± 10 %; of rates that are equally fast
        the middle one is taken.  (None, inf) if at no rate all of them get there.
        """
        counts = evaluations_to(self.until, goal)
        if np.isinf(counts).all():
            return None, np.inf
        return float(self.rates[_middle_best(counts)]), float(counts.min())


def tune(function, rule, starts=None, steps=100, rates=RATES):
    """The rate with the lowest worst loss over starts and ± 10 %: a `Tuned`.

    All rates, each as it is and 10 % lower and higher, from all starts, are one batched run.  A
    rate counts only if all its runs stay in the domain.  If the best rate lies at an edge of the
    sweep, that is widened there by a decade, up to four times.  Of rates that are equally good
    the middle one is taken.

    Parameters
    ----------
    function : Function with a minimum in its domain
    rule : optimizer class or instance, as for `sweep`
    starts : (k, d), by default the five of `tuning.starts`
    steps : int, the budget: updates, each with one gradient
    rates : (n,), rising, evenly spaced on a log scale

    Raises
    ------
    ValueError : if at no rate all runs stay in the domain
    """
    function = _function(function)
    if not len(function.minima):
        raise ValueError(f"{function.name} has no minimum in its domain: there is no best loss")
    ((name, make),) = _named(rule).items()
    rates = _rates(rates)
    gaps = np.diff(np.log10(rates))
    if len(rates) < 3 or not (gaps > 0).all() or np.ptp(gaps) > 1e-6:
        raise ValueError(f"rates={rates}: rates must be at least three, rising, in equal ratios")
    begin = globals()["starts"](function) if starts is None else np.asarray(starts, dtype=float)
    if begin.shape[1:] != function._shape or not len(begin):
        raise ValueError(f"starts has shape {begin.shape}: give a list of {function._wanted()}")

    def measured(these):
        """(2 + steps, n): the worst final loss of a rate, and what all its runs reach by when."""
        losses, stayed = _run(function, make, these[:, None] * JOLTS, begin, steps)
        losses = np.where(stayed, losses, np.inf).reshape(steps + 1, len(these), -1)
        reached = np.minimum.accumulate(losses, axis=0)
        return np.concatenate([losses[-1:], reached]).max(axis=2)

    known = measured(rates)
    more = max(round(1 / gaps[0]), 1)
    for _ in range(2 * MOST_DECADES):
        edge = _edge(known[0])
        if edge == "low" and rates[0] > RATES[0] / 10.0**MOST_DECADES:
            new = rates[0] * 10 ** (-gaps[0] * np.arange(more, 0, -1))
            rates, known = np.r_[new, rates], np.hstack([measured(new), known])
        elif edge == "high" and rates[-1] < RATES[-1] * 10.0**MOST_DECADES:
            new = rates[-1] * 10 ** (gaps[0] * np.arange(1, more + 1))
            rates, known = np.r_[rates, new], np.hstack([known, measured(new)])
        else:
            break
    worst = known[0]
    if not np.isfinite(worst).any():
        raise ValueError(f"rates: at none from {rates[0]:.2g} to {rates[-1]:.2g} all runs stay")

    found, i = Tuned(), _middle_best(worst)
    found.name, found.rate, found.loss = name, float(rates[i]), float(worst[i])
    found.rates, found.worst, found.until, found.steps = rates, worst, known[1:], steps
    found.at_edge = _edge(worst) is not None
    return found


def _middle_best(values):
    """Where the lowest value is; the middle one of several."""
    best = np.flatnonzero(values == values.min())
    return int(best[len(best) // 2])


def _edge(worst):
    """Whether the best rate is the lowest or the highest of a sweep, or neither."""
    if not np.isfinite(worst).any():
        return "low"  # everything leaves: the rates are too high
    i = _middle_best(worst)
    return "low" if i == 0 else "high" if i == len(worst) - 1 else None


def evaluations_to(losses, goal):
    """How many gradients a run measured until its loss was at most `goal`, for the first time.

    `losses` are (steps + 1, ...), the start first, as in ``path.losses``: one gradient is
    measured for each step.  Infinite for a run that never gets there.

    >>> evaluations_to([8.0, 4.0, 2.0, 1.0, 2.0], 2.0), evaluations_to([8.0, 4.0], 2.0)
    (2.0, inf)
    """
    losses = np.asarray(losses, dtype=float)
    if losses.ndim == 0 or not len(losses):
        raise ValueError(f"losses has shape {losses.shape}: give one for each step")
    with np.errstate(invalid="ignore"):
        there = losses <= goal
    return Function._plain(np.where(there.any(axis=0), there.argmax(axis=0), np.inf))


def podium(found, criterion, goal=None, places=3):
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
    measures = {
        "loss": lambda one: one.loss,
        "evaluations": lambda one: one.evaluations(goal),
        "width": lambda one: -one.width(goal=goal),
    }
    if criterion not in measures:
        raise ValueError(f"criterion={criterion!r}: criterion must be one of {', '.join(measures)}")
    if criterion != "loss" and goal is None:
        raise TypeError("goal=None: a goal is needed, the loss to be reached")
    values = {name: measures[criterion](one) for name, one in found.items()}
    useless = 0.0 if criterion == "width" else np.inf
    ranked = sorted((name for name in values if values[name] != useless), key=values.get)
    return [(name, abs(values[name])) for name in ranked[:places]]


# --- the same problem in other coordinates -----------------------------------------------------


class Transformed(Function):
    """c·f seen in other coordinates: q = A (p - about) + about.

    Everything goes along: gradient, Hessian, minima, stationary points, start; the domain is
    the box around the old one.

    original  the function it was made of
    forth(p)  the new coordinates of old points
    back(q)   the old coordinates of new points
    """

    def __init__(self, original, name, latex, matrix, about, c):
        self.original, self.c = original, float(c)
        self.matrix = np.atleast_2d(np.asarray(matrix, dtype=float))
        self.inverse = np.linalg.inv(self.matrix)
        about = np.zeros(original.dim) + about
        self._shifts = [about - _times(m, about) for m in (self.matrix, self.inverse)]
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

    def forth(self, points):
        """The new coordinates of points of the original."""
        return self._moved(self.matrix, self._shifts[0], points)

    def back(self, points):
        """The original's coordinates of points."""
        return self._moved(self.inverse, self._shifts[1], points)

    def _moved(self, matrix, shift, points):
        points = np.asarray(points, dtype=float)
        if not self.original._shape:
            return matrix[0, 0] * points + shift[0]
        moved = _times(matrix, points)
        return moved + shift if shift.any() else moved

    def _height(self, points):
        return self.c * self.original.value(self.back(points))

    def _slopes(self, points):
        slopes = np.asarray(self.original.gradient(self.back(points)))
        if self.original._shape:
            return self.c * _times(self.inverse.T, slopes)
        return self.c * self.inverse[0, 0] * slopes

    def _curvatures(self, points):
        curvatures = np.asarray(self.original.hessian(self.back(points)))
        if not self.original._shape:
            return self.c * self.inverse[0, 0] ** 2 * curvatures
        return self.c * (self.inverse.T @ curvatures @ self.inverse)


def _times(matrix, vectors):
    """matrix · v for vectors (..., d), summed term by term: the same for one and for many."""
    out = np.empty_like(vectors)
    for i, row in enumerate(matrix):
        out[..., i] = row[0] * vectors[..., 0]
        for j in range(1, len(row)):
            out[..., i] += row[j] * vectors[..., j]
    return out


def rotated(function, degrees=45.0, about=None):
    """The same landscape, turned counter-clockwise about the middle of its domain, or a point.

    >>> from optimlab import functions
    >>> turned = rotated(functions.ravine, 90)
    >>> turned.start.round(6), round(turned(turned.start), 6)
    (array([-2., -7.]), 6.45)
    """
    function = _function(function)
    if function.dim != 2:
        raise ValueError(f"{function.name} has {function.dim} variables: only two can be turned")
    angle = np.radians(_finite("degrees", degrees))
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    about = np.mean(function.domain, axis=-1) if about is None else function._points(about)
    latex = rf"{function.latex}\;(\mathrm{{turned}}\;{float(degrees):g}^\circ)"
    name = f"{function.name} turned by {float(degrees):g}°"
    return Transformed(function, name, latex, turn, about, 1)


def rescaled(function, factors=1.0, c=1.0):
    """The same landscape in other units: c·f, and each coordinate times its factor.

    >>> from optimlab import functions
    >>> big = rescaled(functions.ravine, c=100)
    >>> big((-7, 2)), big.gradient((-7, 2))
    (645.0, array([-70., 400.]))
    >>> round_one = rescaled(functions.ravine, factors=(1 / 20**0.5, 1))
    >>> round_one.hessian((0, 0)).round(6)
    array([[2., 0.],
           [0., 2.]])
    """
    function = _function(function)
    c = _finite("c", c)
    try:
        sizes = np.zeros(function.dim) + np.asarray(factors, dtype=float)
    except (TypeError, ValueError):
        sizes = np.zeros(1)
    if sizes.shape != (function.dim,) or not np.all(np.isfinite(sizes) & (sizes > 0)):
        raise ValueError(
            f"factors={factors!r}: factors must be a number > 0, or one for each of "
            f"{function.dim} variables"
        )
    if not c > 0:
        raise ValueError(f"c={c!r}: c must be > 0")
    words = [] if c == 1 else [f"times {c:g}"]
    if (sizes != 1).any():
        words.append("stretched by " + " and ".join(f"{s:.3g}" for s in sizes))
    latex = function.latex if c == 1 else rf"{c:g}\,\left({function.latex}\right)"
    name = " ".join([function.name, *words])
    return Transformed(function, name, latex, np.diag(sizes), 0.0, c)


# --- input -------------------------------------------------------------------------------------


def _function(function):
    if not isinstance(function, Function):
        raise TypeError(f"function={function!r}: function must be a Function")
    return function


def _finite(name, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise TypeError(f"{name}={value!r}: {name} must be a finite number")
    return number


def _rates(rates):
    try:
        rates = np.asarray(rates, dtype=float)
    except (TypeError, ValueError):
        rates = np.empty((0, 0))
    if rates.ndim != 1 or not rates.size or not np.all((rates > 0) & np.isfinite(rates)):
        raise ValueError("rates: rates must be a list of numbers > 0")
    return rates


def _named(rules):
    """{name: function that makes the rule at given rates}, from classes and instances."""
    given = list(rules) if isinstance(rules, list | tuple) else [rules]
    made = {}
    for rule in given:
        if isinstance(rule, Optimizer):
            name, make = type(rule).__name__, _with_rates(rule)
        elif isinstance(rule, type) and issubclass(rule, Optimizer):
            name, make = rule.__name__, _of_class(rule)
        else:
            raise TypeError(
                f"rules={rules!r}: a rule is an optimizer class such as SGD, or an instance"
            )
        if name in made:
            raise ValueError(f"rules={rules!r}: {name} is in it twice")
        made[name] = make
    if not made:
        raise TypeError("rules: give at least one rule")
    return made


def _of_class(rule):
    return lambda lr: rule(lr=lr)


def _with_rates(rule):
    def make(lr):
        copy = rule.fresh()
        copy.lr = lr
        return copy

    return make
