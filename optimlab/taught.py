"""A learner's own rule, taken as one of the package's: any class with ``update(params, grads)``.

>>> class Mine:
...     def __init__(self, lr=0.1):
...         self.lr = lr
...     def update(self, params, grads):
...         for key in params:
...             params[key] -= self.lr * grads[key]
>>> as_rule(Mine)(lr=0.5), as_rule(Mine(lr=0.3)).set_rate
(Mine(lr=0.5), 0.3)

Its `update` need not work for many runs at once: `descend` follows it run by run.  An update that
changes nothing, returns what it should have changed, or changes a shape is named (`Watch`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, MutableMapping, MutableSet
from inspect import Parameter, Signature, signature
from typing import Any, ClassVar

import numpy as np

from optimlab import checks
from optimlab.attributes import Hyperparameter
from optimlab.optimizers import RULES, Optimizer

#: how learners call the rate, the likeliest first
RATES = ("lr", "learning_rate", "eta", "rate", "step_size", "stepsize", "alpha", "gamma")


class Taught(Optimizer):
    """A rule whose every step is that of a learner's object, made anew for each run."""

    make: ClassVar[Callable[..., Any]]
    #: whether no rate of it is known
    without_rate: ClassVar[bool] = False

    def reset(self) -> None:
        super().reset()
        self._learner: Any = None

    def update(self, params: Any, grads: Any) -> Any:
        if self._learner is None:
            self._learner = type(self).make(**{n: getattr(self, n) for n in self.hyperparameters()})
        given = self._learner.update(params, grads)
        self.t += 1
        own = {name: kept for name, kept in vars(self._learner).items() if isinstance(kept, dict)}
        self.state = {
            name: {key: np.array(kept[key], dtype=float) for key in params}
            for name, kept in own.items()
            if kept and all(np.shape(kept.get(key, ())) == np.shape(w) for key, w in params.items())
        }
        return given

    def _read(self) -> Any:
        name = type(self).__name__
        raise TypeError(f"{name} has no lines to show: a class with rules = (…) has them")


def is_rule(value: Any) -> bool:
    """Whether it can be taken as an update rule: a class or an object with `update`."""
    kind = value if isinstance(value, type) else type(value)
    if issubclass(kind, MutableMapping | MutableSet):  # whose update is of another sort
        return False
    return callable(getattr(kind, "update", None))


def goes_alone(optimizer: Any) -> bool:
    """Whether an update was written by a learner, perhaps for one run at a time."""
    if isinstance(optimizer, Optimizer):
        return isinstance(optimizer, Taught)
    return not any(isinstance(kept, np.ndarray) for kept in vars(optimizer).values())


def as_rule(value: Any) -> type[Optimizer]:
    """The class of a rule that is given as a class or as an object, whose numbers are kept.

    `set_rate` of that class is the rate of the object.
    """
    if isinstance(value, type) and issubclass(value, Optimizer):
        return value
    if isinstance(value, Optimizer):
        kept: dict[str, Any] = {n: getattr(value, n) for n in value.hyperparameters()}
        for name, amount in kept.items():
            checks.number(name, amount)
        kept = kept if not isinstance(value, Taught) else {}
        kept["switches"] = {name: getattr(value, name) for name in value.switches}
        kept |= {"set_rate": value.lr, "__module__": type(value).__module__}
        return type(type(value).__name__, (type(value),), kept)
    kind = value if isinstance(value, type) else type(value)
    given = [
        one for one in list(signature(kind).parameters.values())
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    ]  # fmt: skip
    rate = next((name for name in RATES if name in [one.name for one in given]), None)
    attribute = next((name for name in RATES if _amount(value, name) is not None), None)
    attribute = (rate or attribute) if isinstance(value, type) else (attribute or rate)
    defaults: dict[str, float] = {}
    for one in given:
        default = one.default if isinstance(value, type) else getattr(value, one.name, one.default)
        if one.default is one.empty and one.name != rate and isinstance(value, type):
            raise TypeError(
                f"rule={kind.__name__}: it needs {one.name}; give that a default, or take an "
                f"object such as {kind.__name__}({one.name}=…)"
            )
        plain = isinstance(default, int | float) and not isinstance(default, bool) and default >= 0
        if plain and (one.name == rate or not hasattr(Optimizer, one.name)):
            defaults[one.name] = float(default)
    own = defaults.pop(rate, None) if rate else None
    first = _amount(value, attribute or "lr") if own is None else own
    first = 0.1 if first is None else first
    built = {one.name for one in given}

    def make(lr: float, **amounts: float) -> Any:
        amounts |= {attribute: lr} if attribute else {}
        if not isinstance(value, type):
            made = copy.deepcopy(value)
            names = [name for name in amounts if hasattr(made, name)]
        else:
            made = value(**{name: amount for name, amount in amounts.items() if name in built})
            names = [name for name in amounts if name not in built]
        for name in names:
            setattr(made, name, amounts[name])
        return made

    names = ("lr", *defaults)
    amounts = {"lr": float(first), **defaults}
    title = f"your {kind.__name__}" if kind.__name__ in RULES else kind.__name__
    space: dict[str, Any] = {
        "make": staticmethod(make), "without_rate": attribute is None,
        "symbols": {"eta": "lr"} | {name: name for name in defaults},
        "_signature": Signature([
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=amounts[name])
            for name in names
        ]),
        "__module__": kind.__module__, "__doc__": kind.__doc__,
    }  # fmt: skip
    space |= {name: Hyperparameter(amounts[name]) for name in names}
    if not isinstance(value, type):
        space["set_rate"] = float(first)
    return type(title, (Taught,), space)


def _amount(thing: Any, name: str) -> float | None:
    found = getattr(thing, name, None)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return float(found)
    return None


class Watch:
    """``update(params, grads)`` of an optimizer that is not the package's, watched as it begins."""

    def __init__(self, optimizer: Any, steps: int = 3):
        self.optimizer, self.patience, self.still = optimizer, max(1, min(3, steps)), 0
        self.name = type(optimizer).__name__
        self.shapes: dict[str, tuple[int, ...]] = {}

    def __call__(self, params: Any, grads: Any) -> None:
        self.shapes = self.shapes or {key: np.shape(w) for key, w in params.items()}
        before = {key: np.array(w) for key, w in params.items()} if self.patience else {}
        try:
            given = self.optimizer.update(params, grads)
        except (TypeError, AttributeError, KeyError, IndexError, ValueError) as error:
            if isinstance(self.optimizer, Optimizer) and not isinstance(self.optimizer, Taught):
                raise
            raise type(error)(
                f"{self.name}.update(params, grads) raised {type(error).__name__}: {error}; it is "
                f"given two dicts of arrays, such as params[{next(iter(self.shapes))!r}]"
            ) from error
        for key, shape in self.shapes.items():
            now = np.shape(params.get(key))
            if params.get(key) is None or now != shape:
                self.refuse(f"changes the shape of params[{key!r}] from {shape} to {now}")
        if any(not np.array_equal(params[key], w, True) for key, w in before.items()):
            self.patience = 0  # it does change them: from now on it is let alone
        elif before:
            self._stands_still(before, grads, given)

    def _stands_still(self, before: Any, grads: Any, given: Any) -> None:
        if given is not None:
            self.refuse("returns new values; it must change params in place: params[key] -= …")
        rate = next((r for n in RATES if (r := _amount(self.optimizer, n)) is not None), 1.0)
        self.still += any(  # pushed by more than rounding: a run that has arrived may rest
            np.any(rate * np.abs(np.nan_to_num(g)) > 1e-9 * (1 + np.abs(before[key])))
            for key, g in grads.items()
        )
        if self.still >= self.patience:
            self.refuse("changes nothing in params; it must change them: params[key] -= …")

    def refuse(self, why: str) -> None:
        raise TypeError(f"optimizer={self.name}: its update(params, grads) {why}")
