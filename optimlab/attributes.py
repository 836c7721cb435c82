"""What a class of rules has by its lines: hyperparameters, slots of the state, a constructor.

>>> from optimlab.optimizers import Optimizer
>>> class Leaky(Optimizer):
...     rules = ("v = (1 - leak)*v + g", "w = w - eta*v")
...     leak = hyperparameter(0.5, below=1)
>>> Leaky.symbols
{'eta': 'lr', 'leak': 'leak'}
>>> Leaky(leak=1.5)
Traceback (most recent call last):
ValueError: leak=1.5: leak must be a finite number or an array of them, each in [0, 1)
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from inspect import Parameter, Signature
from types import MethodType
from typing import Any, NoReturn

import numpy as np

from optimlab import checks
from optimlab.grammar import names
from optimlab.rules import Rule, as_lines, read, refuse

#: name in the lines -> hyperparameter, where that has another name
SYMBOLS = {
    "eta": "lr", "alpha": "momentum", "delta": "eps", "psi": "momentum_decay",
    "decay": "weight_decay",
}  # fmt: skip
#: hyperparameters that lie in [0, 1) unless a class says otherwise
SHARES = ("momentum", "rho", "beta1", "beta2")

#: one number, or an array that broadcasts against the parameters
Amount = float | np.ndarray


class Hyperparameter:
    """An attribute that refuses, on assignment, any value outside [0, below)."""

    def __init__(self, default: float, below: float = math.inf, kw_only: bool = False):
        self.default, self.below, self.kw_only = default, below, kw_only

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        return self.default if instance is None else instance.__dict__[self.name]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.name] = self.checked(value)

    def checked(self, value: Any) -> Amount:
        """The value as a float or an array of floats."""
        found = checks.numbers(self.name, value, low=0, below=self.below)
        return found if found.ndim else float(found)


def hyperparameter(default: float, *, below: float = math.inf, kw_only: bool = False) -> Any:
    """A default that says more: the range is [0, below), or the name must be given with the value.

    A plain number is enough otherwise: ``eps = 1e-9``.
    """
    return Hyperparameter(default, below, kw_only)


class Slot:
    """What is remembered under one symbol: None before the first update, then a dict."""

    def __init__(self, name: str):
        self.name = name
        self.__doc__ = f"{name} by parameter name; None before the first update"

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else instance.state.get(self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        if value is None:
            instance.state.pop(self.name, None)
        else:
            instance.state[self.name] = value


class OfRule:
    """A method that is handed the class or, where there is one, the instance."""

    def __init__(self, function: Callable):
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type) -> Any:
        return MethodType(self.function, owner if instance is None else instance)


class Attributes:
    """The part of an optimizer that follows from its lines and its defaults."""

    #: the update, line by line: see `optimlab.rules`
    rules: tuple[str, ...] = ()
    #: where the gradient g is measured
    probe_rule: str = "w"
    #: name in the lines -> hyperparameter
    symbols: dict[str, str] = {"eta": "lr"}
    #: what is remembered between updates, by its name in the lines
    slots: tuple[str, ...] = ()
    #: arguments that are True or False, with their defaults
    switches: dict[str, bool] = {}

    #: the rate of the object that a class was made of, for a slider to stand at
    set_rate: float | None = None

    lr: Amount = hyperparameter(0.01)

    _shares: tuple[str, ...] = ()  # symbols of hyperparameters that are at most 1
    _signature = Signature([Parameter("lr", Parameter.POSITIONAL_OR_KEYWORD, default=0.01)])

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.rules = as_lines(cls.rules)
        if not cls.rules:
            return
        rule = read(cls.rules, cls.probe_rule)
        known = next(vars(base)["symbols"] for base in cls.__mro__[1:] if "symbols" in vars(base))
        declared = _declared(cls, rule, known | vars(cls).get("symbols", {}))
        cls.symbols = {symbol: one.name for symbol, one in declared.items()}
        cls.slots = rule.slots
        cls._shares = tuple(symbol for symbol, one in declared.items() if one.below <= 1)
        cls._signature = _signature(declared.values(), cls.switches)
        # for help(); a class with a constructor of its own is described by that
        generated = vars(Attributes)["__init__"] is cls.__init__
        cls.__signature__ = cls._signature if generated else None  # type: ignore[attr-defined]
        for name in rule.slots:
            if not hasattr(cls, name):
                setattr(cls, name, Slot(name))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            given = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}{self._signature}: {error}") from None
        given.apply_defaults()
        for name, value in given.arguments.items():
            setattr(self, name, value)
        self.reset()

    def reset(self) -> None:
        """Begin anew; hyperparameters stay."""

    def __repr__(self) -> str:
        known = {name: getattr(self, name) for name in self.hyperparameters()}
        shown = [f"{n}=<array {v.shape}>" if np.ndim(v) else f"{n}={v!r}" for n, v in known.items()]
        for name, usual in self.switches.items():
            if getattr(self, name) is not usual:
                shown.append(f"{name}={not usual}")
        return f"{type(self).__name__}({', '.join(shown)})"

    @classmethod
    def hyperparameters(cls) -> tuple[str, ...]:
        """Names of the hyperparameters, in the order of the constructor."""
        return tuple(cls.symbols.values())

    @OfRule
    def _read(self) -> Rule:
        return read(self.rules, self.probe_rule)

    def _amounts(self) -> dict[str, Any]:
        """The hyperparameters by their names in the lines."""
        return {symbol: getattr(self, name) for symbol, name in self.symbols.items()}


def _declared(cls: type, rule: Rule, own: dict[str, str]) -> dict[str, Hyperparameter]:
    """Turn the defaults of a class into hyperparameters: by their names in the lines.

    `own` are names that the class itself gives to symbols.  The order is that of the constructor:
    the learning rate first, then as the classes list them.
    """
    called = SYMBOLS | own
    symbols: dict[str, str] = {}
    for symbol in rule.symbols:
        name = called.get(symbol, symbol)
        if name in symbols:
            _refuse(rule, symbol, f"{symbols[name]} and {symbol} are both {name}")
        symbols[name] = symbol
    symbols.setdefault("lr", "eta")

    found: dict[str, Hyperparameter] = {}
    for base in cls.__mro__[::-1]:
        for name, value in list(vars(base).items()):
            if name not in symbols or isinstance(value, bool):
                continue
            if isinstance(value, int | float):
                old = found.get(name) or Hyperparameter(0, 1 if name in SHARES else math.inf)
                value = Hyperparameter(value, old.below, old.kw_only)
                setattr(cls, name, value)
                value.__set_name__(cls, name)
            if isinstance(value, Hyperparameter):
                value.checked(value.default)
                found[name] = value
    for name, symbol in symbols.items():
        if name not in found:
            why = f"set it in a line, or give the class a default such as {name} = 0.1"
            _refuse(rule, symbol, f"{symbol} is not known; {why}")
    for name in (*symbols, *rule.slots):
        meanings = (vars(base)[name] for base in cls.__mro__ if name in vars(base))
        if not all(isinstance(one, Hyperparameter | Slot | int | float) for one in meanings):
            why = f"{name} means something else in an optimizer"
            _refuse(rule, symbols.get(name, name), why)
    for line in rule.lines:
        if isinstance(getattr(cls, called.get(line.target, line.target), None), int | float):
            refuse(line.text, f"{line.target} is a hyperparameter, which no line may set")
    return {symbols[name]: value for name, value in found.items()}


def _refuse(rule: Rule, name: str, why: str) -> NoReturn:
    """Raise the error of a name, with the line in which it stands."""
    lines = [line.text for line in rule.lines if name in names(line.tree)]
    refuse(lines[0] if lines else ast.unparse(rule.probe), why)


def _signature(declared: Iterable[Hyperparameter], switches: dict[str, bool]) -> Signature:
    kinds = Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY
    known = [Parameter(one.name, kinds[one.kw_only], default=one.default) for one in declared]
    known += [Parameter(name, kinds[True], default=value) for name, value in switches.items()]
    return Signature(sorted(known, key=lambda one: one.kind))
