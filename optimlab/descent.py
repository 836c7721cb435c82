"""Run an update rule on a function and keep the path.

>>> from optimlab import descend, functions, SGD
>>> path = descend(functions.ravine, SGD(lr=0.95), start=(-7, 2), steps=30)
>>> path.points.shape, path.losses.shape
((31, 2), (31,))
>>> sentence = path.summary().split("; ")
>>> sentence[0]
'SGD with learning rate 0.95 went from (-7, 2) to (-0.35, 0.0848) in 30 steps'
>>> sentence[1]
'the loss fell from 6.45 to 0.0133.'
"""

from __future__ import annotations

import copy
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from math import isfinite
from types import SimpleNamespace
from typing import Any

import numpy as np

from optimlab import checks, door, place, taught
from optimlab.divergence import first_step, mark_divergence, not_finite
from optimlab.functions import Function
from optimlab.optimizers import Optimizer
from optimlab.words import counted, said, short, so_many_steps

__all__ = ["Path", "descend"]

_KEY = "point"  # the name of the one parameter that descend updates
#: a single point of so many coordinates is faster on plain floats than as an array
_MOST_COORDINATES = 10
#: so many numbers BLAS multiplies without threads, which would wait for each other
_ONE_THREAD = 10_000


@dataclass(eq=False, repr=False)
class Path:
    """A recorded descent: plain arrays, the step first, then the batch, then the coordinate.

    For a function of one variable the last axis is absent everywhere.

    points     (steps+1, ..., d), start and end included
    losses     (steps+1, ...)
    probes     (steps, ..., d): where each gradient was measured
    gradients  (steps, ..., d): what it was
    states     {"v": (steps+1, ..., d)}: what the rule remembered, zeros first
    diverged   the first step whose point or loss is not finite, or None; in a batch an
               int array, -1 for none.  From that step on everything is NaN.
    start, end the first and the last point
    function, optimizer   what ran; the optimizer is the copy that made the path

    If the path was not recorded, points, probes, gradients and states are None, and
    losses holds those of the start and the end.
    """

    function: Function
    optimizer: Any
    steps: int
    start: np.ndarray
    end: np.ndarray = field(init=False)
    losses: np.ndarray = field(init=False)
    # None unless recorded; whoever asks for them knows which
    points: np.ndarray = None  # type: ignore[assignment]
    probes: np.ndarray = None  # type: ignore[assignment]
    gradients: np.ndarray = None  # type: ignore[assignment]
    states: dict[str, np.ndarray] = None  # type: ignore[assignment]
    diverged: Any = None
    #: whether it diverged by size; otherwise by an undefined value; None if not recorded
    overflowed: Any = True

    def _forget(self) -> None:
        self.losses = self.losses[[0, -1]]
        self.points = self.probes = self.gradients = self.states = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Path:
        """One run of a batch as a `Path` of its own: ``path[3]``, or ``path[2, 5]``."""
        if not self.batch:
            raise TypeError("this path is a single run: only a batch has runs to pick")
        if index is Ellipsis or isinstance(index, tuple) and Ellipsis in index:
            raise TypeError(f"index={index!r}: pick runs by number or slice, without ...")
        optimizer = fresh_copy(self.optimizer)
        for name in _hyperparameters(optimizer):
            values = np.broadcast_to(getattr(optimizer, name), self.start.shape)[index]
            same = values.size and np.all(values == values.flat[0])
            setattr(optimizer, name, values.flat[0] if same else values)
        run = Path(self.function, optimizer, self.steps, self.start[index])
        at = (slice(None), *(index if isinstance(index, tuple) else (index,)))
        for name in ("points", "losses", "probes", "gradients"):
            values = getattr(self, name)
            setattr(run, name, None if values is None else values[at])
        if self.states is not None:
            run.states = {slot: values[at] for slot, values in self.states.items()}
        run.end = self.end[index]
        run.diverged = self.diverged[index]
        run.overflowed = np.broadcast_to(self.overflowed, self.batch)[index]
        if not run.batch:
            run.diverged = int(run.diverged) if run.diverged >= 0 else None
        return run

    def __repr__(self) -> str:
        name = type(self.optimizer).__name__
        batch = f" of a batch {self.batch}" if self.batch else ""
        return f"<Path{batch}: {name} on {self.function.name}, {self.steps} steps>"

    @property
    def batch(self) -> tuple[int, ...]:
        """The shape of the batch, () for a single path."""
        return self.losses.shape[1:]

    @property
    def rates(self) -> np.ndarray:
        """The effective learning rate of each parameter at each update, (steps, ..., d).

        What the rule multiplies the gradient by or, in Adam's family, its running mean: the
        learning rate itself for SGD and the two momentum rules, η/(√h + δ) for AdaGrad, and
        so on (`optimizer.rate_rule()`).  NaN from the step on at which the path diverged.
        """
        if self.points is None:
            raise ValueError("record=False: only a recorded path knows its effective rates")
        if not isinstance(self.optimizer, Optimizer):
            raise TypeError(f"{type(self.optimizer).__name__} has no rule for an effective rate")
        before = {slot: values[:-1] for slot, values in self.states.items()}
        rates = self.optimizer.effective_rates(self.points[:-1], self.gradients, before)
        rates = np.array(np.broadcast_to(rates, self.gradients.shape))
        rates[np.isnan(self.points[1:])] = np.nan
        return rates

    def left(self, domain: Any = None) -> Any:
        """The first step outside the box `domain` (the function's own by default).

        None if there is none; in a batch an int array, -1 for none.
        """
        return first_step(self._outside(domain))

    def _outside(self, domain: Any) -> np.ndarray:
        if self.points is None:
            raise ValueError("record=False: only a recorded path knows when it left a domain")
        if domain is not None:
            domain = checks.domain(domain, self.function.dim, finite=False)
        box = np.asarray(self.function.domain if domain is None else domain)
        inside = (self.points >= box[..., 0]) & (self.points <= box[..., 1])
        return np.logical_not(inside.all(axis=-1) if self.function._shape else inside)

    @property
    def lost_to(self) -> str:
        """What a run that has diverged was lost to: "too large", "undefined" or "not a number"."""
        if self.overflowed is None:
            return "not a number"
        return "too large" if self.overflowed else "undefined"

    def summary(self, domain: Any = None) -> str:
        """The path in one plain sentence, numbers to three significant digits.

        `domain` is the box that "the plot" shows, the function's own by default.
        """
        if self.batch:
            return self._batch_summary()
        who = _description(self.optimizer)
        if self.diverged is not None:
            exit_ = None if self.points is None else self.left(domain)
            left = "left, " if exit_ is not None and exit_ < self.diverged else ""
            given = {"who": who, "start": short(self.start), "step": self.diverged, "left": exit_}
            return said(f"{left}{self.lost_to}", **given)

        before, after = short(self.losses[0]), short(self.losses[-1])
        change = "fell" if self.losses[-1] < self.losses[0] else "rose"
        trip = self._excursion(domain)
        return said(
            "run, trip" if trip else "run",
            who=who, start=short(self.start), end=short(self.end), trip=trip,
            loss=said("stayed" if before == after else change, before=before, after=after),
            steps=so_many_steps(self.steps),
        )  # fmt: skip

    def _excursion(self, domain: Any) -> str:
        outside = np.array([False]) if self.points is None else self._outside(domain)
        if not outside.any():
            return ""
        first, back = first_step(outside), len(outside) - int(outside[::-1].argmax())
        left, again = "left" if first else "outside", "" if outside[-1] else ", back"
        return said(f"{left}{again}", left=first, back=back)

    def _batch_summary(self) -> str:
        count = int(np.prod(self.batch))
        lost = int(np.sum(self.diverged >= 0))
        kept = self.losses[-1][self.diverged < 0]
        text = f"{type(self.optimizer).__name__} made {count} runs of {counted(self.steps, 'step')}"
        if kept.size:
            text += f"; their last loss lies between {short(kept.min())} and {short(kept.max())}"
        return f"{text}; {lost} of them diverged." if lost else f"{text}."


def descend(
    function: Any, optimizer: Any, start: Any = None, steps: int = 50, *,
    gradient: Callable[[Any, int], Any] | None = None, record: bool = True,
) -> Path:  # fmt: skip
    """Follow `optimizer` on `function` from `start` for `steps` updates; return the `Path`.

    function   a `Function`, the name of one, a formula such as "x^2/20 + y^2", or any function
               f(x), f(x, y) or f(point), for many points at once or for one.  Without
               `gradient`, the gradient of the last is found numerically.
    optimizer  a rule such as ``Momentum(lr=0.1)``.  A copy with empty state runs, so the
               same call gives the same path.  Any object with ``update(params, grads)``
               will do, if it has not been used (it is copied as it is); ``probe(params)``
               is asked if it has one.
    start      a point or many, (..., d); for one variable a number or an array of them.
               Hyperparameters that are arrays are broadcast against it: 300 rates in two
               dimensions are ``lr=rates[:, None]``, in one ``lr=rates``.
    gradient   ``gradient(point, step)``, to replace the function's own; it may leave out the
               step, or take the coordinates apart, (x, y).  It is called once for each step.
    record     False keeps only start, end, their losses and `diverged`.
    """
    function = checks.function(function, start=start, drawn=False)
    optimizer = fresh_copy(checks.optimizer(optimizer))
    steps = checks.steps(steps)
    if gradient is not None:
        checks.callback("gradient", gradient, "a function (point, step)")
    checks.flag("record", record)
    start = _checked_start(function, start, optimizer)

    # points, probes, gradients, what looks for divergence; and of floats some of it twice
    size = 8.0 * (4 + 2 * len(getattr(optimizer, "slots", ()))) * (steps + 1) * start.size
    if record:
        checks.fits("steps", steps, size, "record=False")
    path = Path(function, optimizer, steps, start)
    single = start.shape == function._shape
    measure = _Measure(function, gradient)
    with np.errstate(all="ignore"):
        if not single and taught.goes_alone(optimizer):
            _run_apart(path, measure, record)
        elif single and is_plain(optimizer, start.size) and (record or size < place.memory() / 8):
            _run_floats(path, measure)
        elif record:
            _run_arrays(path, measure)
        else:
            _run_unrecorded(path, measure)
        if path.points is None:
            return path
        path.losses = _losses(function, path.points)
        mark_divergence(path)
    if not record:
        path._forget()
    return path


# --- input -----------------------------------------------------------------------------------


def fresh_copy(optimizer: Any) -> Any:
    return optimizer.fresh() if hasattr(optimizer, "fresh") else copy.deepcopy(optimizer)


def _hyperparameters(optimizer: Any) -> tuple[str, ...]:
    return optimizer.hyperparameters() if isinstance(optimizer, Optimizer) else ()


def _checked_start(function: Function, start: Any, optimizer: Any) -> np.ndarray:
    """The start as a new float array, broadcast against the hyperparameters."""
    given = function.start if start is None else start
    point = checks.point("start", given, function._shape, whose=function.name)
    shape: tuple[int, ...] = point.shape
    for name in _hyperparameters(optimizer):
        size = np.shape(getattr(optimizer, name))
        together = checks.broadcast(shape, size)
        if together is None or together[len(together) - len(function._shape) :] != function._shape:
            hint = f"; {name}[:, None] makes a sweep of it" if len(size) == 1 else ""
            raise ValueError(
                f"{name} has shape {size}: it must broadcast against points of "
                f"shape {shape}{hint}"
            )
        shape = together
    return point if shape == point.shape else np.array(np.broadcast_to(point, shape))


# --- the runs --------------------------------------------------------------------------------


def is_ours(optimizer: Any) -> bool:
    """Whether its lines are all that an update does: a rule of its own counts, too."""
    return (
        isinstance(optimizer, Optimizer)
        and type(optimizer).update is Optimizer.update
        and type(optimizer).probe is Optimizer.probe
        and all(name in vars(optimizer) for name in optimizer.hyperparameters())
        and vars(optimizer).keys().isdisjoint(("update", "probe"))
    )


def is_plain(optimizer: Any, coordinates: int) -> bool:
    """Whether it can run on plain floats."""
    return (
        coordinates <= _MOST_COORDINATES
        and is_ours(optimizer)
        and not any(np.ndim(getattr(optimizer, name)) for name in optimizer.hyperparameters())
    )


class _Measure:
    """The gradient of one run: the function's own, or the caller's ``gradient(point, step)``."""

    def __init__(self, function: Function, gradient: Callable | None):
        self.function = function
        self.gradient = None if gradient is None else door.measured(gradient, function._shape)
        self.failed = False

    def __call__(self, point: Any, step: int) -> Any:
        """The gradient at one point or at a batch; NaN, and not asked for, at no finite point."""
        written = self.gradient is None and self.function.partials is not None
        finite = np.size(point) and isfinite(np.asarray(point).flat[0]) or _any_finite(point)
        if not (finite or written):  # what is written gives there what it gives to plain floats
            return np.full(np.shape(point), np.nan)
        if self.gradient is None:
            found = self.function.gradient(point)
        else:
            found = self.gradient(np.copy(point)[()], step)
        if np.asarray(found).dtype.kind not in "fiu":
            raise TypeError(f"the gradient at step {step} is {found!r}: it must be numeric")
        if np.shape(found) != np.shape(point):
            raise ValueError(
                f"the gradient at step {step} has shape {np.shape(found)}: it must have the "
                f"shape {np.shape(point)} of the point"
            )
        return found

    def of_floats(self) -> Callable[..., Any]:
        """The same for a single point, as ``measure(*coordinates)`` on plain floats."""
        if self.gradient is None and self.function.partials is not None:
            return self.function.partials
        shape = self.function._shape
        steps = count()

        def measure(*coordinates: float) -> Any:
            point = np.array(coordinates) if shape else np.float64(coordinates[0])
            try:
                found = np.asarray(self(point, next(steps)), dtype=float)
            except Exception:
                self.failed = True
                raise
            return found.tolist() if shape else (found.item(),)

        return measure


def _any_finite(point: Any) -> bool:
    return bool(np.isfinite(point).any())


def _run_floats(path: Path, measure: _Measure) -> None:
    """One point, in plain floats: several times faster than arrays of one or two numbers."""
    optimizer, steps, shape = path.optimizer, path.steps, path.start.shape
    program = optimizer._program()
    slots = program.rule.slots
    given = [getattr(optimizer, optimizer.symbols[symbol]) for symbol in program.rule.symbols]
    first = [x for w in path.start.flat for x in (float(w), *[0.0] * len(slots))]
    packed = array("d", first), array("d"), array("d")  # tuples take six times the memory
    rows = (SimpleNamespace(append=numbers.extend) for numbers in packed)
    try:
        run = program.loop(path.start.size)
        run(program.counter(steps), measure.of_floats(), *rows, first, *given)
    except (ArithmeticError, ValueError):  # 1/0, √-1: arrays have infinity and NaN for these
        if measure.failed:
            raise

    trail, at, found = map(np.frombuffer, packed)
    kept = trail.reshape(-1, *shape, 1 + len(slots))
    done = len(kept) - 1
    path.points = kept[..., 0].copy()
    path.states = {slot: kept[..., 1 + i].copy() for i, slot in enumerate(slots)}
    at, found = at.reshape(-1, *shape), found.reshape(-1, *shape)
    path.probes = at[:done] if len(at) else path.points[:-1].copy()
    path.gradients = found[:done]
    optimizer.t = done
    if done:
        optimizer.state = {slot: {_KEY: a[-1].copy()} for slot, a in path.states.items()}
    if done < steps:
        _run_arrays(path, measure, done, found[done:])


def _run_arrays(path: Path, measure: Callable, done: int = 0, known: Any = ()) -> None:
    """The run on arrays, after so many steps that are `done`; `known` may hold their next g."""
    optimizer, steps, start = path.optimizer, path.steps, path.start
    earlier = copy.copy(path)
    path.points = np.empty((steps + 1, *start.shape))
    path.probes, path.gradients = np.empty((2, steps, *start.shape))
    path.states = {slot: np.zeros_like(path.points) for slot in getattr(optimizer, "slots", ())}
    path.points[0] = start
    if done:
        path.points[: done + 1] = earlier.points
        path.probes[:done], path.gradients[:done] = earlier.probes, earlier.gradients
        for slot, values in earlier.states.items():
            path.states[slot][: done + 1] = values
    params = {_KEY: np.array(path.points[done])}
    probe = _prober(optimizer)
    update = _updater(optimizer, steps)
    for k in range(done, steps):
        path.probes[k] = probe(params)[_KEY]
        path.gradients[k] = known[0] if k == done and len(known) else measure(path.probes[k], k)
        update(params, path.gradients[k])
        path.points[k + 1] = params[_KEY]
        for slot, values in getattr(optimizer, "state", {}).items():
            if slot not in path.states:
                path.states[slot] = np.zeros_like(path.points)
            path.states[slot][k + 1] = values[_KEY]


def _run_apart(path: Path, measure: _Measure, record: bool) -> None:
    """A batch run by run, each with an optimizer of its own."""
    runs, start, d = [], path.start, len(path.function._shape)
    batch = start.shape[: start.ndim - d]
    for index in np.ndindex(batch):
        optimizer = fresh_copy(path.optimizer)
        for name in _hyperparameters(optimizer):
            values = np.broadcast_to(getattr(optimizer, name), start.shape)[index]
            setattr(optimizer, name, np.ravel(values)[0])
        runs.append(Path(path.function, optimizer, path.steps, start[index]))
        (_run_arrays if record else _run_unrecorded)(runs[-1], measure)
    if not record:
        path.overflowed = None
        path.end = np.array([run.end for run in runs]).reshape(start.shape)
        path.losses = np.array([run.losses for run in runs]).T.reshape(2, *batch)
        lost = [-1 if run.diverged is None else run.diverged for run in runs]
        path.diverged = np.array(lost, dtype=int).reshape(batch)
        return
    for name in ("points", "probes", "gradients"):
        rows = np.stack([getattr(run, name) for run in runs], axis=1)
        setattr(path, name, rows.reshape(len(rows), *start.shape))
    zeros = np.zeros_like(runs[0].points)
    path.states = {
        slot: np.stack([run.states.get(slot, zeros) for run in runs], axis=1).reshape(
            path.points.shape
        )
        for slot in dict.fromkeys(slot for run in runs for slot in run.states)
    }


def _run_unrecorded(path: Path, measure: _Measure) -> None:
    path.overflowed = None
    function = path.function
    # The catalogue works coordinate by coordinate: faster where each of them lies together.
    by_coordinate = measure.gradient is None and function.partials is not None
    params = {_KEY: path.start.copy(order="F" if by_coordinate else "C")}
    advance = (_in_columns if by_coordinate else _in_points)(path, params, measure)
    limit = function.finite_within
    path.diverged = np.full(path.start.shape[: path.start.ndim - len(function._shape)], -1)
    watch = False
    for k in range(path.steps + 1):
        if k > 0:
            advance(k - 1)
        w = params[_KEY]
        watch = watch or not _is_within(limit, w)
        if watch:
            lost = not_finite(function, w, _losses(function, w)) & (path.diverged < 0)
            path.diverged[lost] = k
    lost = path.diverged >= 0
    path.end = np.array(w)
    path.end[lost] = np.nan
    path.losses = np.stack([_losses(function, path.start), _losses(function, path.end)])
    path.losses[0, path.diverged == 0] = np.nan
    path.losses[1, lost] = np.nan
    if not path.diverged.ndim:
        path.diverged = int(path.diverged) if lost else None


def _is_within(limit: float, w: np.ndarray) -> bool:
    """Whether no coordinate is larger than the limit: not even the root of all their squares is."""
    flat, limit = w.ravel("K"), limit * limit
    parts = (flat[k : k + _ONE_THREAD] for k in range(0, flat.size, _ONE_THREAD))
    return all(np.dot(part, part) < limit for part in parts)


def _in_points(path: Path, params: dict, measure: Callable) -> Callable[[int], None]:
    """``advance(step)``: one update of `params`."""
    probe, update = _prober(path.optimizer), _updater(path.optimizer, path.steps)
    return lambda k: update(params, measure(probe(params)[_KEY], k))


def _in_columns(path: Path, params: dict, measure: Callable) -> Callable[[int], None]:
    """The same for a function that is written: from its derivatives to the rule nothing is copied.

    After the first step each coordinate goes by itself, all of them in the same few buffers.
    """
    # its own gradient is taken as it comes: at every step the checks would cost as much again
    optimizer, gradient, partials = path.optimizer, path.function._gradient, path.function.partials
    start = _in_points(path, params, lambda w, _: gradient(w))
    if not is_plain(optimizer, 0) or partials is None:
        return start
    program, numbers = optimizer._program(), None
    ahead = program.rule.looks_ahead
    look, step, more = program.halves if ahead else (None, program.step, program.buffers)
    columns: list[list[np.ndarray]] = []
    given = optimizer._given(program) if ahead else []

    def advance(k: int) -> None:
        nonlocal numbers
        if not columns:
            start(k)
            w, *slots = params[_KEY], *(optimizer.state[s][_KEY] for s in program.rule.slots)
            each = [(..., i) for i in range(w.shape[-1])] if path.function._shape else [...]
            columns.extend([a[i] for a in (w, *slots)] for i in each)
            buffers = [np.empty_like(columns[0][0]) for _ in range(more)]
            for column in columns:  # what was looked up ahead is needed again after the gradient
                column += [np.empty_like(column[0]) for _ in buffers] if ahead else buffers
            return
        if numbers is None or not program.steady:
            numbers = [*optimizer._numbers(program), *given]
        else:
            optimizer.t += 1
        at = [look(*column, *numbers) if look else column[0] for column in columns]
        w = params[_KEY]
        found = [np.array(g) if np.may_share_memory(g, w) else g for g in partials(*at)]
        for column, g in zip(columns, found, strict=True):
            step(column[0], g, *column[1:], *numbers)

    return advance


def _updater(optimizer: Any, steps: int) -> Callable[[dict, Any], None]:
    """``update(params, gradient)`` for the one parameter of a run.

    A rule that is its lines is checked at the first step, and not again: the arrays stay the same.
    """
    if not is_ours(optimizer):
        watch = taught.Watch(optimizer, steps)
        return lambda params, gradient: watch(params, {_KEY: np.array(gradient)})
    program, arrays, numbers = optimizer._program(), None, None

    def update(params: dict, gradient: Any) -> None:
        nonlocal arrays, numbers
        w = params[_KEY]
        if arrays is None:
            optimizer.update(params, {_KEY: gradient})
            slots = [optimizer.state[slot][_KEY] for slot in program.rule.slots]
            arrays = [*slots, *optimizer._buffers(program, w)]
        else:
            g = np.asarray(gradient, dtype=float)
            g = g.copy() if np.may_share_memory(g, w) else g
            if numbers is None or not program.steady:
                numbers = optimizer._numbers(program)
            else:
                optimizer.t += 1
            program.step(w, g, *arrays, *numbers)

    return update


def _prober(optimizer: Any) -> Callable[[dict], Any]:
    """``probe(params)`` of a run."""
    if not is_ours(optimizer):
        return getattr(optimizer, "probe", lambda params: params)
    program = optimizer._program()
    if not program.rule.looks_ahead:
        return lambda params: params
    given = optimizer._given(program)

    def ahead(params: dict) -> dict:
        slots = (optimizer.state.get(slot, {}) for slot in program.rule.slots)
        kept = (slot.get(_KEY, np.float64(0)) for slot in slots)
        return {_KEY: program.probe(params[_KEY], *kept, *given)}

    return ahead


def _losses(function: Function, points: np.ndarray) -> np.ndarray:
    """f at all points; not asked for where no coordinate is finite."""
    return np.array(function.value(points), dtype=float)


# --- words -----------------------------------------------------------------------------------


def said_of(optimizer: Any) -> list[str]:
    """The hyperparameters that the sentence of a run names."""
    has_rate = not getattr(optimizer, "without_rate", False)
    names = ("lr", "momentum") if has_rate else ("momentum",)
    return [name for name in names if hasattr(optimizer, name)]


def _description(optimizer: Any) -> str:
    values = {
        name: short(getattr(optimizer, name))
        for name in said_of(optimizer)
        if np.ndim(getattr(optimizer, name)) < 2
    }
    return said(", ".join(["rule", *values]), rule=type(optimizer).__name__, **values)
