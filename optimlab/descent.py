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

import copy
import re
from functools import lru_cache
from itertools import count
from math import isfinite, sqrt
from operator import index

import numpy as np

from optimlab import functions, optimizers
from optimlab.functions import Function
from optimlab.optimizers import Optimizer

__all__ = ["Path", "descend"]

_KEY = "point"  # the name of the one parameter that descend updates


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

    def __init__(self, function, optimizer, steps, start):
        self.function, self.optimizer, self.steps = function, optimizer, steps
        self.start = self.end = start
        self.points = self.probes = self.gradients = self.states = None
        #: whether it diverged by size; otherwise by an undefined value; None if not recorded
        self.overflowed = True

    def _forget(self):
        self.losses = self.losses[[0, -1]]
        self.points = self.probes = self.gradients = self.states = None

    def __getitem__(self, index):
        """One run of a batch as a `Path` of its own: ``path[3]``, or ``path[2, 5]``."""
        if not self.batch:
            raise TypeError("this path is a single run: only a batch has runs to pick")
        if index is Ellipsis or isinstance(index, tuple) and Ellipsis in index:
            raise TypeError(f"index={index!r}: pick runs by number or slice, without ...")
        optimizer = _checked_optimizer(self.optimizer)
        for name in optimizer.hyperparameters() if isinstance(optimizer, Optimizer) else ():
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

    def __repr__(self):
        name = type(self.optimizer).__name__
        batch = f" of a batch {self.batch}" if self.batch else ""
        return f"<Path{batch}: {name} on {self.function.name}, {self.steps} steps>"

    @property
    def batch(self):
        """The shape of the batch, () for a single path."""
        return self.losses.shape[1:]

    @property
    def rates(self):
        """The effective learning rate of each parameter at each update, (steps, ..., d).

        What the rule multiplies the gradient by or, in Adam's family, its running mean: the
        learning rate itself for SGD and the two momentum rules, η/(√h + δ) for AdaGrad, and
        so on (`optimizer.rate_rule`).  NaN from the step on at which the path diverged.
        """
        if self.points is None:
            raise ValueError("record=False: only a recorded path knows its effective rates")
        if not isinstance(self.optimizer, Optimizer):
            raise TypeError(f"{type(self.optimizer).__name__} has no rule for an effective rate")
        before = {slot: values[:-1] for slot, values in self.states.items()}
        after = {slot: values[1:] for slot, values in self.states.items()}
        rates = self.optimizer.effective_rates(before, after)
        rates = np.array(np.broadcast_to(rates, self.gradients.shape))
        rates[np.isnan(self.points[1:])] = np.nan
        return rates

    def left(self, domain=None):
        """The first step outside the box `domain` (the function's own by default).

        None if there is none; in a batch an int array, -1 for none.
        """
        return _first(self._outside(domain))

    def _outside(self, domain):
        if self.points is None:
            raise ValueError("record=False: only a recorded path knows when it left a domain")
        box = np.asarray(self.function.domain if domain is None else domain, dtype=float)
        shape = (2,) if self._scalar else (self.points.shape[-1], 2)
        if box.shape != shape:
            raise ValueError(
                f"domain={domain!r}: domain must be (lo, hi), one such pair for each variable"
            )
        inside = (self.points >= box[..., 0]) & (self.points <= box[..., 1])
        return ~(inside if self._scalar else inside.all(axis=-1))

    @property
    def _scalar(self):
        return self.start.ndim == len(self.batch)

    def summary(self, domain=None):
        """The path in one plain sentence, numbers to three significant digits.

        `domain` is the box that "the plot" shows, the function's own by default.
        """
        if self.batch:
            return self._batch_summary()
        who = _description(self.optimizer)
        if self.diverged is not None:
            reason = "numbers too large to store" if self.overflowed else "an undefined value"
            if self.overflowed is None:
                reason = "numbers that are not finite"
            end = f"reached {reason} at step {self.diverged}"
            exit_ = None if self.points is None else self.left(domain)
            if exit_ is not None and exit_ < self.diverged:
                end = f"left the plot at step {exit_}, then {end}"
            return f"{who} started at {_place(self.start)} and {end}."

        before, after = _short(self.losses[0]), _short(self.losses[-1])
        change = "fell" if self.losses[-1] < self.losses[0] else "rose"
        loss = f"stayed at {after}" if before == after else f"{change} from {before} to {after}"
        steps = "1 step" if self.steps == 1 else f"{self.steps} steps"
        return (
            f"{who} went from {_place(self.start)} to {_place(self.end)} in {steps}; "
            f"the loss {loss}{self._excursion(domain)}."
        )

    def _excursion(self, domain):
        outside = np.array([False]) if self.points is None else self._outside(domain)
        if not outside.any():
            return ""
        first = _first(outside)
        left = f"left the plot at step {first}" if first else "started outside the plot"
        if outside[-1]:
            return f"; it {left}"
        back = len(outside) - int(outside[::-1].argmax())
        return f"; it {left} and came back at step {back}"

    def _batch_summary(self):
        count = int(np.prod(self.batch))
        lost = int(np.sum(self.diverged >= 0))
        kept = self.losses[-1][self.diverged < 0]
        text = f"{type(self.optimizer).__name__} made {count} runs of {self.steps} steps"
        if kept.size:
            text += f"; their last loss lies between {_short(kept.min())} and {_short(kept.max())}"
        return f"{text}; {lost} of them diverged." if lost else f"{text}."


def descend(function, optimizer, start=None, steps=50, *, gradient=None, record=True):
    """Follow `optimizer` on `function` from `start` for `steps` updates; return the `Path`.

    function   a `Function`, the name of one, or any function of a point (a number, or an
               array (..., d)).  Without `gradient`, a bare function's is found numerically.
    optimizer  a rule such as ``Momentum(lr=0.1)``.  A copy with empty state runs, so the
               same call gives the same path.  Any object with ``update(params, grads)``
               will do, if it has not been used (it is copied as it is); ``probe(params)``
               is asked if it has one.
    start      a point or many, (..., d); for one variable a number or an array of them.
               Hyperparameters that are arrays are broadcast against it: 300 rates in two
               dimensions are ``lr=rates[:, None]``, in one ``lr=rates``.
    gradient   ``gradient(point, step)``, to replace the function's own.
    record     False keeps only start, end, their losses and `diverged`.
    """
    function, bare = _checked_function(function, start)
    optimizer = _checked_optimizer(optimizer)
    steps = _checked_steps(steps)
    if gradient is not None and not callable(gradient):
        raise TypeError(f"gradient={gradient!r}: gradient must be a function (point, step)")
    start = _checked_start(function, start, optimizer)

    path = Path(function, optimizer, steps, start)
    single = start.shape == function._shape
    measure = _Measure(function, gradient)
    with np.errstate(all="ignore"):
        if single and _is_plain(optimizer):
            _run_floats(path, measure)
        elif record:
            _run_arrays(path, measure)
        else:
            _run_unrecorded(path, measure)
            return path
        path.losses = _losses(function, path.points, one_by_one=single and bare)
        _mark_divergence(path)
    if not record:
        path._forget()
    return path


# --- input -----------------------------------------------------------------------------------


def _checked_function(function, start):
    if isinstance(function, str):
        try:
            return functions.get(function), False
        except ValueError:
            raise ValueError(
                f"function={function!r}: the functions are {', '.join(functions.names())}"
            ) from None
    if isinstance(function, Function):
        return function, False
    if not callable(function):
        raise TypeError(
            f"function={function!r}: function must be a Function, a name, or a function of a point"
        )
    if start is None:
        raise ValueError("start=None: start is needed, as a bare function has no default start")
    shape = np.shape(start)
    domain = (-np.inf, np.inf) if shape == () else ((-np.inf, np.inf),) * shape[-1]
    name = getattr(function, "__name__", "f")
    zero = np.zeros(shape[-1:])
    return Function(name, name, function, domain=domain, start=zero if shape else 0.0), True


def _checked_optimizer(optimizer):
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "update", None)):
        raise TypeError(
            f"optimizer={optimizer!r}: optimizer must be a rule such as SGD(lr=0.1), "
            f"an object with update(params, grads)"
        )
    return optimizer.fresh() if hasattr(optimizer, "fresh") else copy.deepcopy(optimizer)


def _checked_steps(steps):
    try:
        number = index(steps)
    except TypeError:
        number = None
    if number is None or isinstance(steps, bool):
        raise TypeError(f"steps={steps!r}: steps must be a whole number >= 0")
    if number < 0:
        raise ValueError(f"steps={steps!r}: steps must be a whole number >= 0")
    return number


def _checked_start(function, start, optimizer):
    """The start as a new float array, broadcast against the hyperparameters."""
    given = function.start if start is None else start
    wanted = function._wanted()
    try:
        point = np.asarray(given)
    except ValueError:
        point = np.asarray(None)
    if point.dtype.kind not in "fiu":
        raise TypeError(f"start={start!r}: start must be {wanted}")
    if function._shape and point.shape[-1:] != function._shape:
        raise ValueError(
            f"start={start!r} has shape {point.shape}: {function.name} needs {wanted}"
        )
    if not np.all(np.isfinite(point)):
        raise ValueError(f"start={start!r}: start must be finite")

    shape = point.shape
    for name in optimizer.hyperparameters() if isinstance(optimizer, Optimizer) else ():
        size = np.shape(getattr(optimizer, name))
        together = optimizers._broadcast(shape, size)
        if together is None or function._shape and together[-1:] != function._shape:
            hint = f"; {name}[:, None] makes a sweep of it" if len(size) == 1 else ""
            raise ValueError(
                f"{name} has shape {size}: it must broadcast against points of "
                f"shape {shape}{hint}"
            )
        shape = together
    return np.array(np.broadcast_to(point, shape), dtype=float)


# --- the runs --------------------------------------------------------------------------------


def _is_plain(optimizer):
    """Whether it is one of our rules, not a learner's subclass, with plain numbers.

    With eps = 0 a division may be 0/0, which is NaN for arrays and an error for floats.
    """
    return (
        type(optimizer).__module__ == optimizers.__name__
        and not any(np.ndim(getattr(optimizer, name)) for name in optimizer.hyperparameters())
        and getattr(optimizer, "eps", None) != 0
    )


class _Measure:
    """The gradient of one run: the function's own, or the caller's ``gradient(point, step)``."""

    def __init__(self, function, gradient):
        self.function, self.gradient = function, gradient

    def __call__(self, point, step):
        """The gradient at one point or at a batch; NaN, and not asked for, at no finite point."""
        if not (np.size(point) and isfinite(np.asarray(point).flat[0]) or _any_finite(point)):
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

    def of_floats(self):
        """The same for a single point, as ``measure(*coordinates)`` on plain floats."""
        if self.gradient is None and self.function.partials is not None:
            return self.function.partials
        shape = self.function._shape
        steps = count()

        def measure(*coordinates):
            point = np.array(coordinates) if shape else np.float64(coordinates[0])
            found = np.asarray(self(point, next(steps)), dtype=float)
            return found.tolist() if shape else (found.item(),)

        return measure


def _any_finite(point):
    return bool(np.isfinite(point).any())


def _run_floats(path, measure):
    """One point, in plain floats: several times faster than arrays of one or two numbers."""
    optimizer, steps, shape = path.optimizer, path.steps, path.start.shape
    slots = optimizer.slots
    run = _compiled(
        optimizer._float_rules or optimizer.rules,
        optimizer.probe_rule,
        slots,
        optimizer._float_symbols or tuple(optimizer.symbols),
        optimizer._changing,
        path.start.size,
    )
    # numpy's floats survive the 0/0 that a missing eps allows, but are slower
    number = float if getattr(optimizer, "eps", 1.0) > 1e-100 else np.float64
    first = [number(x) for w in path.start.flat for x in (w, *[0.0] * len(slots))]
    trail, probes, gradients = [first], [], []
    scalars = () if optimizer._changing else optimizer._scalars()
    run(steps, measure.of_floats(), optimizer._advance, trail, probes, gradients, first, scalars)

    trail = np.array(trail).reshape(steps + 1, *shape, 1 + len(slots))
    path.points = trail[..., 0].copy()
    path.states = {slot: trail[..., 1 + i].copy() for i, slot in enumerate(slots)}
    path.probes = np.array(probes).reshape(steps, *shape) if probes else path.points[:-1].copy()
    path.gradients = np.array(gradients, dtype=float).reshape(steps, *shape)
    optimizer.t = steps
    if steps:
        optimizer.state = {slot: {_KEY: a[-1].copy()} for slot, a in path.states.items()}


@lru_cache
def _compiled(rules, probe_rule, slots, symbols, changing, d):
    """The whole loop as one Python function, the rule's own lines written out d times.

    For Nesterov and d = 1 the function that is compiled reads

        def run(steps, measure, advance, trail, probes, gradients, first, scalars):
            w0, v0, = first
            eta, alpha, = scalars
            for _ in range(steps):
                at = w0 + alpha*v0,
                probes.append(at)
                g = g0, = measure(*at)
                v0 = alpha*v0 - eta*g0
                w0 = w0 + v0
                trail.append((w0, v0,))
                gradients.append(g)
    """

    def numbered(text, i):
        return re.sub(rf"\b({'|'.join(('w', 'g', *slots))})\b", rf"\g<1>{i}", text)

    each = range(d)
    kept = "".join(f"{name}{i}, " for i in each for name in ("w", *slots))
    given = "".join(f"{symbol}, " for symbol in symbols)
    at = "".join(f"{numbered(probe_rule, i)}, " for i in each)
    loop = [
        f"{given} = advance()" if changing else "",
        f"at = {at}",
        "probes.append(at)" if probe_rule != "w" else "",
        f"g = {''.join(f'g{i}, ' for i in each)} = measure(*at)",
        *(numbered(line, i) for i in each for line in rules),
        f"trail.append(({kept}))",
        "gradients.append(g)",
    ]
    lines = [
        "def run(steps, measure, advance, trail, probes, gradients, first, scalars):",
        f" {kept} = first",
        "" if changing else f" {given} = scalars",
        " for _ in range(steps):",
        *(f"  {line}" for line in loop),
    ]
    space = {"sqrt": sqrt}
    exec("\n".join(lines), space)
    return space["run"]


def _run_arrays(path, measure):
    optimizer, steps, start = path.optimizer, path.steps, path.start
    path.points = np.empty((steps + 1, *start.shape))
    path.probes, path.gradients = np.empty((2, steps, *start.shape))
    path.states = {slot: np.zeros_like(path.points) for slot in getattr(optimizer, "slots", ())}
    path.points[0] = start
    params = {_KEY: start.copy()}
    probe = getattr(optimizer, "probe", _at_params)
    update = _updater(optimizer)
    for k in range(steps):
        path.probes[k] = probe(params)[_KEY]
        path.gradients[k] = measure(path.probes[k], k)
        update(params, path.gradients[k])
        path.points[k + 1] = params[_KEY]
        for slot, values in getattr(optimizer, "state", {}).items():
            if slot not in path.states:
                path.states[slot] = np.zeros_like(path.points)
            path.states[slot][k + 1] = values[_KEY]


def _run_unrecorded(path, measure):
    path.overflowed = None
    optimizer, function = path.optimizer, path.function
    # The catalogue works coordinate by coordinate: faster where each of them lies together.
    by_coordinate = measure.gradient is None and function.partials is not None
    params = {_KEY: path.start.copy(order="F" if by_coordinate else "C")}
    probe = getattr(optimizer, "probe", _at_params)
    limit = function.finite_within
    path.diverged = np.full(path.start.shape[: path.start.ndim - len(function._shape)], -1)
    watch = False
    update = _updater(optimizer)
    for k in range(path.steps + 1):
        if k > 0:
            update(params, measure(probe(params)[_KEY], k - 1))
        w = params[_KEY]
        watch = watch or not (w.min(initial=0) > -limit and w.max(initial=0) < limit)
        if watch:
            lost = _not_finite(function, w, _losses(function, w)) & (path.diverged < 0)
            path.diverged[lost] = k
    lost = path.diverged >= 0
    path.end = np.array(w)
    path.end[lost] = np.nan
    path.losses = _losses(function, np.stack([path.start, path.end]))
    path.losses[0, path.diverged == 0] = np.nan
    path.losses[1, lost] = np.nan
    if not path.diverged.ndim:
        path.diverged = int(path.diverged) if lost else None


def _updater(optimizer):
    """``update(params, gradient)`` for the one parameter of a run.

    Our own rules are checked at the first step, and not again: the arrays stay the same ones.
    """
    if type(optimizer).__module__ != optimizers.__name__:
        return lambda params, gradient: optimizer.update(params, {_KEY: np.array(gradient)})
    arrays = []

    def update(params, gradient):
        if not arrays:
            optimizer.update(params, {_KEY: gradient})
            state = (optimizer.state[slot][_KEY] for slot in optimizer.slots)
            arrays.extend([*state, optimizer._buffers(params[_KEY])])
        else:
            gradient = np.asarray(gradient, dtype=float)
            optimizer._step(params[_KEY], gradient, *arrays, *optimizer._advance())

    return update


def _at_params(params):
    return params


def _losses(function, points, one_by_one=False):
    """f at all points; `one_by_one` for a function that was not written for many at a time."""
    if one_by_one:
        return np.array([_loss(function, point) for point in points])
    losses = np.array(function.value(points), dtype=float)
    expected = points.shape[: points.ndim - len(function._shape)]
    if losses.shape != expected:
        raise ValueError(
            f"{function.name} gave shape {losses.shape} for points of shape {points.shape}: "
            f"it must give one number for each point, {expected}"
        )
    return losses


def _loss(function, point):
    if not np.isfinite(point).all():
        return np.nan
    loss = function.value(point)
    if np.ndim(loss):
        raise ValueError(
            f"{function.name} gave shape {np.shape(loss)} for one point: it must give a number"
        )
    return loss


def _not_finite(function, points, losses):
    finite = np.isfinite(points)
    return ~(np.isfinite(losses) & (finite.all(axis=-1) if function._shape else finite))


def _mark_divergence(path):
    """Set `diverged`, and everything from that step on to NaN."""
    lost = np.logical_or.accumulate(_not_finite(path.function, path.points, path.losses))
    path.diverged = _first(lost)
    if lost.any():
        path.overflowed = _grew_too_large(path, lost)
    for array in (path.points, path.losses, *path.states.values()):
        array[lost] = np.nan
    for array in (path.probes, path.gradients):
        array[lost[:-1]] = np.nan
    path.end = path.points[-1]


def _grew_too_large(path, lost):
    """Whether a run diverged by size, and not by 0/0 or at a point where f is undefined."""
    until = np.ones_like(lost)  # up to the step that diverged, itself included
    until[1:] = ~lost[:-1]
    big = (np.abs(path.losses) > 1e100) & until
    for array, steps in ((path.points, until), (path.gradients, until[1:])):
        huge = np.abs(array) > 1e100
        big[: len(steps)] |= (huge.any(axis=-1) if path.function._shape else huge) & steps
    return big.any(axis=0)


def _first(mask):
    """The first step at which `mask` holds: an int or None; in a batch an array, -1 for none."""
    first = np.where(mask.any(axis=0), mask.argmax(axis=0), -1)
    if first.ndim:
        return first
    return int(first) if first >= 0 else None


# --- words -----------------------------------------------------------------------------------


def _short(number):
    return f"{number + 0.0:.3g}"


def _place(point):
    if np.ndim(point) == 0:
        return _short(point)
    return f"({', '.join(map(_short, point))})"


def _description(optimizer):
    words = [
        f"{label} {_place(getattr(optimizer, name))}"
        for name, label in (("lr", "learning rate"), ("momentum", "momentum"))
        if np.ndim(getattr(optimizer, name, None)) < 2 and hasattr(optimizer, name)
    ]
    name = type(optimizer).__name__
    return f"{name} with {' and '.join(words)}" if words else name
