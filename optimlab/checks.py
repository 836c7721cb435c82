"""Every check of an argument: one sentence for one mistake, wherever it is made.

A check takes the argument's name and value, returns the value in the form in which the package
uses it, or raises an error that names the argument, shows what was given and says what is
accepted.  A wrong kind (a text for a number, 2.5 for a whole number, True for 1) is a TypeError; a
wrong value (negative, NaN, empty, of the wrong shape, an unknown name) is a ValueError.

>>> whole("steps", 30), whole("steps", np.int64(30))
(30, 30)
>>> whole("steps", -1)
Traceback (most recent call last):
ValueError: steps=-1: steps must be a whole number >= 0
>>> limits("rates", (0.1, 0.01), above=0)
Traceback (most recent call last):
ValueError: rates=(0.1, 0.01): rates must be (low, high), numbers > 0 with low < high
"""

from __future__ import annotations

import importlib
import math
import numbers as kinds
import re
from collections.abc import Callable, Collection, Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from optimlab import place

if TYPE_CHECKING:
    from optimlab.functions import Function
    from optimlab.optimizers import Optimizer

#: how much of a value an error shows, in characters
SHOWN = 80


def shown(value: Any) -> str:
    """The value as an error shows it: its repr on one line, shortened where it is long."""
    try:
        text = re.sub(r" at 0x[0-9a-f]+", "", " ".join(repr(value).split()))
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def wrong_kind(name: str, value: Any, accepted: str) -> NoReturn:
    """Raise the TypeError of an argument that must be `accepted`."""
    raise TypeError(f"{name}={shown(value)}: {name} must be {accepted}") from None


def wrong_value(name: str, value: Any, accepted: str) -> NoReturn:
    """Raise the ValueError of an argument that must be `accepted`."""
    raise ValueError(f"{name}={shown(value)}: {name} must be {accepted}") from None


# --- numbers ---------------------------------------------------------------------------------


def _range(low: float, high: float, above: float, below: float) -> str:
    """What a number must be besides: ``" >= 0"``, ``" from 1 to 20"``, ``" in [0, 1)"``."""
    if low > -math.inf and high < math.inf:
        return f" from {low:g} to {high:g}"
    if below < math.inf:
        if above > -math.inf:
            return f" in ({above:g}, {below:g})"
        return f" in [{low:g}, {below:g})" if low > -math.inf else f" < {below:g}"
    if high < math.inf:
        return f" in ({above:g}, {high:g}]" if above > -math.inf else f" <= {high:g}"
    if above > -math.inf:
        return f" > {above:g}"
    return f" >= {low:g}" if low > -math.inf else ""


def _is_real(value: Any) -> bool:
    return isinstance(value, kinds.Real) and not isinstance(value, bool | np.bool_)


def _scalar(value: Any) -> Any:
    """An array without axes as its number; anything else as it is."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _is_list(value: Any) -> bool:
    """Whether it holds values in an order; a text holds none, nor does an array without axes."""
    return isinstance(_scalar(value), Iterable) and not isinstance(value, str | dict | set)


def whole(name: str, value: Any, low: int = 0, high: float = math.inf) -> int:
    """A whole number from `low` to `high`, numpy's included, as an int."""
    accepted = "a whole number" + _range(low, high, -math.inf, math.inf)
    number = _scalar(value)
    if not _is_real(number):
        wrong_kind(name, value, accepted)
    if not isinstance(number, kinds.Integral):  # NaN is a value that was lost, 2.5 another kind
        (wrong_value if number != number else wrong_kind)(name, value, accepted)
    if not low <= int(number) <= high:
        wrong_value(name, value, accepted)
    return int(number)


def number(
    name: str, value: Any, *,
    low: float = -math.inf, high: float = math.inf,
    above: float = -math.inf, below: float = math.inf,
) -> float:  # fmt: skip
    """One finite number with ``low <= number <= high`` and ``above < number < below``."""
    accepted = "a finite number" + _range(low, high, above, below)
    scalar = _scalar(value)
    if not _is_real(scalar):
        wrong_kind(name, value, accepted)
    found = float(scalar)
    if not (math.isfinite(found) and low <= found <= high and above < found < below):
        wrong_value(name, value, accepted)
    return found


def positive(name: str, value: Any) -> float:
    """One finite number > 0."""
    return number(name, value, above=0)


def array(
    name: str, value: Any, accepted: str = "a number or an array of numbers", *,
    empty: bool = False,
) -> np.ndarray:  # fmt: skip
    """Numbers in any shape as a new float array; NaN and infinity may be among them."""
    try:
        found = np.asarray(value)
    except ValueError:  # rows of different lengths
        wrong_kind(name, value, accepted)
    if found.size == 0 and not empty:
        wrong_value(name, value, f"{accepted}, not empty")
    if found.dtype.kind not in "fiu":
        wrong_kind(name, value, accepted)
    return np.array(found, dtype=float)


def numbers(
    name: str, value: Any, *,
    low: float = -math.inf, above: float = -math.inf, below: float = math.inf,
) -> np.ndarray:  # fmt: skip
    """Finite numbers in any shape, each in the range, as a float array (() for a single one)."""
    accepted = "a finite number or an array of them"
    if limit := _range(low, math.inf, above, below):
        accepted += f", each{limit}"
    found = array(name, value, accepted)
    if not np.all(np.isfinite(found) & (found >= low) & (found > above) & (found < below)):
        wrong_value(name, value, accepted)
    return found


def row(name: str, value: Any, *, least: int = 1, above: float = -math.inf) -> np.ndarray:
    """A list of at least `least` finite numbers, each > `above`, as a float array (n,)."""
    each = _range(-math.inf, math.inf, above, math.inf)
    accepted = f"a list of {f'at least {least} ' if least > 1 else ''}finite numbers{each}"
    if not _is_list(value):
        wrong_kind(name, value, accepted)
    found = array(name, value if isinstance(value, np.ndarray) else list(value), accepted)
    inside = np.all(np.isfinite(found) & (found > above))
    if found.ndim != 1 or found.size < least or not inside:
        wrong_value(name, value, accepted)
    return found


def limits(
    name: str, value: Any, *, above: float = -math.inf, low: float = -math.inf,
    high: float = math.inf,
) -> tuple[float, float]:  # fmt: skip
    """A range (low, high) of finite numbers with low < high: of an axis, a slider, a map."""
    accepted = f"(low, high), numbers{_range(low, high, above, math.inf)} with low < high"
    return _pair(name, value, accepted, lambda a, b: above < a < b and low <= a and b <= high)


def pair(name: str, value: Any, what: str = "(x, y)") -> tuple[float, float]:
    """Two finite numbers."""
    return _pair(name, value, f"{what}, two finite numbers", lambda a, b: True)


def _pair(
    name: str, value: Any, accepted: str, fits: Callable[[float, float], bool]
) -> tuple[float, float]:
    if not _is_list(value):
        wrong_kind(name, value, accepted)
    parts = [_scalar(part) for part in value]
    if len(parts) == 2 and not all(map(_is_real, parts)):
        wrong_kind(name, value, accepted)
    if len(parts) != 2 or not all(map(math.isfinite, parts)) or not fits(*map(float, parts)):
        wrong_value(name, value, accepted)
    return float(parts[0]), float(parts[1])


def broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape to which arrays of these shapes broadcast, or None if they do not."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


# --- texts, choices, switches ----------------------------------------------------------------


def text(name: str, value: Any, accepted: str = "a text, not empty") -> str:
    """A text with more than white space in it."""
    if not isinstance(value, str):
        wrong_kind(name, value, accepted)
    if not value.strip():
        wrong_value(name, value, accepted)
    return value


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        wrong_kind(name, value, "True or False")
    return bool(value)


def one_of(name: str, value: Any, known: Collection[str]) -> str:
    """One of the names in `known`."""
    accepted = f"one of {', '.join(map(repr, known))}"
    if not isinstance(value, str):
        wrong_kind(name, value, accepted)
    if value not in known:
        wrong_value(name, value, accepted)
    return value


def one_number_of(name: str, value: Any, known: Collection[float]) -> float:
    """One of the numbers in `known`, as it stands there."""
    accepted = f"one of {', '.join(f'{one:g}' for one in known)}"
    scalar = _scalar(value)
    if not _is_real(scalar):
        wrong_kind(name, value, accepted)
    for one in known:
        if one == scalar:
            return one
    wrong_value(name, value, accepted)


def _texts(name: str, value: Any, accepted: str) -> tuple[str, ...]:
    """The texts in a list; a single text is none."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        wrong_kind(name, value, accepted)
    found = tuple(value)
    if not all(isinstance(part, str) for part in found):
        wrong_kind(name, value, accepted)
    return found


def some_of(
    name: str, value: Any, known: Collection[str], *, least: int = 1, single: bool = False
) -> tuple[str, ...]:
    """A list of names in `known`, each once, at least one or `least`; `single`: or one name."""
    accepted = f"a list of {', '.join(map(repr, known))}, each at most once"
    found = (value,) if single and isinstance(value, str) else _texts(name, value, accepted)
    if len(found) < least or len(set(found)) < len(found) or not set(found) <= set(known):
        wrong_value(name, value, accepted)
    return found


def callback(name: str, value: Any, accepted: str = "a function") -> Callable:
    """Anything that can be called."""
    if not callable(value):
        wrong_kind(name, value, accepted)
    return value


def instance(name: str, value: Any, kind: type | tuple[type, ...], accepted: str) -> Any:
    """A value of one of these types."""
    if not isinstance(value, kind):
        wrong_kind(name, value, accepted)
    return value


# --- what a descent takes --------------------------------------------------------------------


def steps(value: Any, low: int = 0, high: float = math.inf) -> int:
    """How many updates: a whole number."""
    return whole("steps", value, low, high)


def fits(name: str, value: Any, size: float, way_out: str) -> None:
    """Refuse what would take more bytes than this Python can have, before any are asked for."""
    if size > (there := place.memory()):
        raise ValueError(
            f"{name}={shown(value)}: what is kept takes about {size / 1e9:.3g} GB, and there are "
            f"{there / 1e9:.3g} GB; {way_out} keeps only the start and the end"
        )


def rates(value: Any) -> tuple[float, float]:
    """The ends of a learning-rate slider."""
    return limits("rates", value, above=0)


def target(value: Any) -> tuple[float, int] | None:
    """A goal (loss, steps): the loss to be reached, and within how many steps; or None."""
    if value is None:
        return None
    accepted = "(loss, steps), a finite number and a whole number >= 1"
    if isinstance(value, str) or not isinstance(value, Iterable):
        wrong_kind("target", value, accepted)
    parts = list(value)
    if len(parts) != 2:
        wrong_value("target", value, accepted)
    try:
        return number("target", parts[0]), whole("target", parts[1], 1)
    except TypeError:
        wrong_kind("target", value, accepted)
    except ValueError:
        wrong_value("target", value, accepted)


def domain(value: Any, dim: int | None = None, *, finite: bool = True) -> tuple:
    """A box: (low, high) for one variable, one such pair for each of several, as floats.

    `dim` is the number of variables where it is known.
    """
    pairs = "((low, high), (low, high)" + (", …" if dim is None or dim > 2 else "") + ")"
    accepted = {None: f"(low, high) or {pairs}", 1: "(low, high)"}.get(dim, pairs)
    accepted += ", each low < high"
    if isinstance(value, str) or not isinstance(value, Iterable):
        wrong_kind("domain", value, accepted)
    try:
        box = np.asarray(value)
    except ValueError:
        wrong_value("domain", value, accepted)
    if box.size and box.dtype.kind not in "fiu":
        wrong_kind("domain", value, accepted)
    shapes: list[tuple[int, ...]] = [(2,)] if dim == 1 else [(dim or len(box), 2)]
    if dim in (None, 1):
        shapes.append((2,) if dim is None else (1, 2))
    fits = box.shape in shapes and box.size and np.all(box[..., 0] < box[..., 1])
    if not fits or finite and not np.all(np.isfinite(box)):
        wrong_value("domain", value, accepted)
    if box.ndim == 1:
        return tuple(box.astype(float).tolist())
    return tuple(map(tuple, box.astype(float).tolist()))


def function(
    value: Any, dims: Collection[int] = (), *, name: str = "function", minimum: bool = False,
    accepted: str = "a Function, the name of one, a formula, or a function of the point",
    start: Any = None, domain: Any = None, drawn: bool = True,
) -> Function:  # fmt: skip
    """A `Function`, of one, a name, a formula as text, or any function of the point: see `door`.

    It has so many variables as `dims` says, and a `minimum` in its domain if one is wanted.  For a
    function of the point `start` and `domain` say how many variables it has; where it is not
    `drawn` its domain is not proposed.
    """
    from optimlab import door, formulas, functions  # which use these checks themselves

    if isinstance(value, str):
        known = functions.names()
        if value in known:
            value = functions.get(value)
        elif formulas.is_word(value):
            formulas.refuse(name, value, f"the names are: {', '.join(known)}")
        else:
            value = formulas.function(value, name)
    elif not isinstance(value, functions.Function):
        if not callable(value) or isinstance(value, type):
            wrong_kind(name, value, accepted)
        value = door.function(name, value, start, domain, drawn=drawn)
    door.compare(name, value)
    if dims and value.dim not in dims:
        wanted = " or ".join(map(str, sorted(dims)))
        raise ValueError(
            f"{name}={value.name}: {name} must have {wanted} variable{'s' * (wanted != '1')}, "
            f"and it has {value.dim}"
        )
    if minimum and not len(value.minima):
        raise ValueError(f"{name}={value.name}: {name} must have a minimum in its domain")
    return value


def rule(value: Any, *, name: str = "rule", among: Collection[type] = ()) -> type[Optimizer]:
    """An update rule, given as its class, an object of it, or by its name; one `among` these.

    An object's numbers become the defaults of the class that is returned.  A class with
    ``update(params, grads)`` will do: see `taught`.
    """
    from optimlab import optimizers, taught

    known = {one: getattr(optimizers, one) for one in optimizers.RULES}
    accepted = "an optimizer class such as SGD, an object of it, or its name"
    if among:
        accepted = " or ".join(one.__name__ for one in among) + ", the class itself or its name"
    if isinstance(value, str):
        if value not in known:
            wrong_value(name, value, f"{accepted}: {', '.join(known)}" if not among else accepted)
        value = known[value]
    if not taught.is_rule(value):
        wrong_kind(name, value, accepted)
    kind = value if isinstance(value, type) else type(value)
    kind = kind.__mro__["set_rate" in vars(kind)]  # its base, if it was made of an object
    if among and kind not in among:
        wrong_value(name, value, accepted)
    return taught.as_rule(value)


def rules(value: Any, *, name: str = "rules") -> list[type[Optimizer]]:
    """One update rule or a list of them, each once, in their order."""
    accepted = "an optimizer class such as SGD, an object of it, its name, or a list of them"
    given = list(value) if isinstance(value, list | tuple) else [value]
    if not given:
        wrong_value(name, value, f"{accepted}, at least one")
    found = []
    for one in given:
        if not isinstance(one, type | str) and not hasattr(one, "update"):
            wrong_kind(name, value, accepted)
        found.append(rule(one, name=name))
    found = list(dict.fromkeys(found))
    titles = [one.__name__ for one in found]
    if twice := [title for title in titles if titles.count(title) > 1]:
        wrong_value(name, value, f"rules with different names, and {twice[0]} is in it twice")
    return found


def optimizer(value: Any) -> Any:
    """Something that updates: a rule such as ``SGD(lr=0.1)``, or anything with ``update``."""
    from optimlab import taught

    if isinstance(value, type) or not taught.is_rule(value):
        accepted = "a rule such as SGD(lr=0.1), or an object with update(params, grads)"
        wrong_kind("optimizer", value, accepted)
    return value


def point(
    name: str, value: Any, shape: tuple[int, ...], *, whose: str = "", finite: bool = True
) -> np.ndarray:
    """A point of this shape or a batch of them, (..., \\*shape), as a new float array."""
    accepted = "finite " * finite + (f"points of shape (..., {shape[0]})" if shape else "numbers")
    accepted += f", as {whose} takes them" if whose else ""
    found = array(name, value, accepted, empty=True)
    fits = found.shape[max(found.ndim - len(shape), 0) :] == shape
    if not fits or finite and not np.all(np.isfinite(found)):
        wrong_value(name, value, accepted)
    return found


def start(value: Any, function: Function) -> np.ndarray:
    """Where a descent starts: a point or many, (..., d); the function's own where it is None."""
    given = function.start if value is None else value
    return point("start", given, function._shape, whose=function.name)


def parameter(name: str, value: Any) -> np.ndarray:
    """What `update` changes in place: a float array as it is, or a number as a new one."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind != "f":
            raise TypeError(
                f"{name} has dtype {value.dtype}: an update in place needs a float array "
                f"(use {name}.astype(float))"
            )
        if not value.flags.writeable:
            raise ValueError(f"{name} is read-only: an update in place must write to it")
        return value
    if not _is_real(value):
        raise TypeError(f"{name}={shown(value)}: a parameter must be a float array or a number")
    return np.array(value, dtype=float)


def gradient(name: str, value: Any, of: np.ndarray, whose: str) -> np.ndarray:
    """The gradient of the parameter `of`, called `whose`, in its shape."""
    try:
        found = np.asarray(value)
    except ValueError:  # rows of different lengths
        found = np.asarray(None)
    if found.dtype.kind not in "fiu":
        raise TypeError(f"{name}={shown(value)}: a gradient must be numeric")
    if found.shape != of.shape:
        raise ValueError(
            f"{name} has shape {found.shape}: it must have the shape {of.shape} of {whose}"
        )
    if found.dtype != of.dtype:  # squares of integers overflow
        found = found.astype(np.result_type(found, of))
    return found


def wholes(
    name: str, value: Any, low: int = 0, *, high: float = math.inf, least: int = 1
) -> np.ndarray:
    """Whole numbers from `low` to `high` in any shape, () for a single one; `least` at least."""
    each = "a whole number" + _range(low, high, -math.inf, math.inf)
    accepted = f"{each} or a list of them" + (f", at least {least}" if least > 1 else "")
    try:
        found = value if isinstance(value, np.ndarray) else np.asarray(value, dtype=object)
        given = [whole(name, one, low, high) for one in found.flat]
    except TypeError:
        wrong_kind(name, value, accepted)
    except ValueError:
        wrong_value(name, value, accepted)
    if len(given) < least:
        wrong_value(name, value, accepted + ", not empty" * (least == 1))
    return np.array(given, dtype=None if given else int).reshape(found.shape)


def seeds(value: Any) -> np.ndarray:
    """Whole numbers >= 0 in any shape, () for a single one: one seed for each run."""
    return wholes("seeds", value)


def rng(value: Any) -> np.random.Generator:
    """The generator that draws: nothing is drawn from a global state."""
    accepted = "a numpy Generator, such as np.random.default_rng(0)"
    return instance("rng", value, np.random.Generator, accepted)


def names(name: str, value: Any, least: int = 1) -> tuple[str, ...]:
    """A list of at least `least` texts."""
    accepted = f"a list of at least {least} name{'s' * (least > 1)}"
    found = _texts(name, value, accepted)
    if len(found) < least:
        wrong_value(name, value, accepted)
    return found


def table(name: str, value: Any) -> np.ndarray:
    """Finite numbers in rows and columns, at least one, as a new float array (n, d)."""
    accepted = "finite numbers, a row for each example and a column for each feature"
    found = array(name, value, accepted)
    if found.ndim != 2:
        column = f"; {name}[:, None] makes a column" if found.ndim == 1 else ""
        wrong_value(name, value, f"{accepted}, and its shape is {found.shape}{column}")
    if lost := int(np.count_nonzero(~np.isfinite(found))):
        wrong_value(name, value, f"{accepted}, and {lost} of them are NaN or infinite")
    return found


# --- what is installed -----------------------------------------------------------------------


def extra(module: str, needed_for: str, brought_by: str = "lessons") -> ModuleType:
    """A module that an extra brings, or an ImportError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if place.fetched(package):
            return importlib.import_module(module)
        way = place.installing(package, brought_by)
        raise ImportError(f"{needed_for} needs {package}: {way}") from error
