"""Values that can be compared, and how far two of them are apart.

Everything that is compared becomes plain: an array of floats or of bools, a str, None, a dict or a
tuple of plain values (where a list is no array of numbers).
"""

import collections
import inspect
import itertools
import numbers
import re
import types
import unicodedata

import numpy as np

from optimlab.lessons.judging.verdict import UNANSWERED, Stop
from optimlab.lessons.judging.watch import TooLong

#: how many rows can be compared in any order
MOST_ROWS = 6
#: how many numbers are compared at all
MOST_NUMBERS = 10**6


class Odd(Exception):
    """What cannot be compared with anything.

    `what` it is; `instead`, what to do about it; or `holds`, what is in it that makes it so.
    """

    def __init__(self, what="", instead="", holds=""):
        self.what, self.instead, self.holds = what, instead, holds


def plain(thing, *, none=False, room=None):
    """A plain copy. Raises Odd, or Stop for what is not answered.

    `room` holds one item for each part that there may be; all parts share it.
    """
    room = [MOST_NUMBERS] if room is None else room
    try:
        room[0] -= 1
        if room[0] < 0:
            raise Odd(holds=f"more than {MOST_NUMBERS:,} numbers, which are too many")
        return _convert(thing, none, room)
    except (Odd, Stop, TooLong, KeyboardInterrupt):
        raise
    except BaseException:  # a strange object's own, or a list within itself
        raise Odd(kind_of(thing)) from None


def _convert(thing, none, room):
    if thing is ... or (thing is None and not none):
        raise Stop(None, UNANSWERED)
    if thing is None:
        return None
    if isinstance(thing, collections.abc.Sized | np.ndarray) and not isinstance(thing, type):
        size = getattr(thing, "size", None) if hasattr(thing, "__array__") else len(thing)
        if isinstance(size, int) and size > MOST_NUMBERS:
            what = "letters" if isinstance(thing, str) else "numbers"
            raise Odd(holds=f"{size:,} {what}, which are too many")
    if isinstance(thing, str):
        return str(thing)
    if isinstance(thing, bool | np.bool_):
        return np.array(bool(thing))
    if isinstance(thing, set | frozenset):
        thing = sorted(thing)
    if isinstance(thing, collections.abc.MappingView | collections.deque):
        thing = list(thing)
    if isinstance(thing, list | tuple | range):
        parts = tuple(plain(part, none=none, room=room) for part in thing)
        arrays = all(isinstance(part, np.ndarray) for part in parts)
        if arrays and len({(part.shape, part.dtype.kind) for part in parts}) <= 1:
            return np.array(parts) if parts else np.zeros(0)
        return parts
    if isinstance(thing, dict):
        return {str(k): plain(v, none=none, room=room) for k, v in thing.items()}
    if isinstance(thing, numbers.Number) and not isinstance(thing, np.generic):
        if isinstance(thing, numbers.Complex) and not isinstance(thing, numbers.Real):
            if thing.imag != 0:
                raise Odd("a complex number")
            thing = thing.real
        try:
            return np.array(float(thing))
        except OverflowError:
            raise Odd(holds="a number that is too large") from None
    if inspect.iscoroutine(thing):
        thing.close()  # or Python warns that it was never awaited
    if hasattr(type(thing), "__next__"):
        raise Odd(kind_of(thing), "make a list of it")
    if not isinstance(thing, type) and hasattr(thing, "__array__"):
        array = np.asarray(thing)
        if array.size > MOST_NUMBERS:  # of what only says that it is an array
            raise Odd(holds=f"{array.size:,} numbers, which are too many")
        if array.dtype.kind in "biuf":
            return array.astype(bool if array.dtype.kind == "b" else float)
        if array.dtype.kind in "OU":
            inside = array.item() if array.ndim == 0 else array.tolist()
            return plain(inside, none=none, room=room)
        if array.dtype.kind == "c" and not array.imag.any():
            return array.real.astype(float)
        if array.dtype.kind == "c":
            raise Odd("a complex number" if array.ndim == 0 else "a list of complex numbers")
    raise Odd(kind_of(thing))


def or_none(thing):
    try:
        return plain(thing, none=True)
    except (Odd, Stop):
        return None


def is_data(thing):
    """Whether a thing holds nothing but what can be compared."""
    try:
        plain(thing, none=True)
    except (Odd, Stop):
        return False
    return True


def has_ellipsis(thing):
    try:
        plain(thing, none=True)
    except Stop:
        return True
    except Odd:
        pass
    return False


def kind_of(thing):
    """What a thing is, in words: "a number", "a list", "a module"."""
    known = {
        bool: "True or False", str: "text", list: "a list", tuple: "a list", set: "a set",
        dict: "a dictionary", np.ndarray: "an array", types.ModuleType: "a module",
        type: "a class", types.GeneratorType: "a generator", numbers.Number: "a number",
    }  # fmt: skip
    own = type(thing)
    for kind, words in known.items():
        if issubclass(own, kind):
            return words
    if issubclass(own, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "a function"
    name = getattr(own, "__name__", "object")[:40]
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name


def distance(given, wanted, rtol, atol=None):
    """How far two plain values are apart, as a multiple of what is allowed."""
    if isinstance(wanted, np.ndarray):
        if not isinstance(given, np.ndarray) or given.shape != wanted.shape:
            return np.inf
        if (given.dtype == bool) != (wanted.dtype == bool):
            return np.inf
        if wanted.dtype == bool:
            return 0.0 if np.array_equal(given, wanted) else np.inf
        with np.errstate(all="ignore"):
            scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0) or 1.0
            room = rtol * np.abs(wanted) + ((1e-3 * rtol + 1e-12) * scale if atol is None else atol)
            equal = (given == wanted) | (np.isnan(given) & np.isnan(wanted))
            far = np.where(equal, 0.0, np.abs(given - wanted) / room)
        return float(np.where(np.isnan(far), np.inf, far).max(initial=0))
    if type(given) is not type(wanted):
        return np.inf
    if isinstance(wanted, tuple):
        pairs = list(zip(given, wanted, strict=False))
        if len(given) != len(wanted):
            return np.inf
    elif isinstance(wanted, dict):
        if given.keys() != wanted.keys():
            return np.inf
        pairs = [(given[key], wanted[key]) for key in wanted]
    else:
        alike = fold(given) == fold(wanted) if isinstance(wanted, str) else given == wanted
        return 0.0 if alike else np.inf
    return max((distance(g, w, rtol, atol) for g, w in pairs), default=0.0)


def same(one, other):
    """Whether two things hold the same; also True where that cannot be read."""
    try:
        one, other = plain(one, none=True), plain(other, none=True)
    except (Odd, Stop):
        return True
    return distance(one, other, 0, 0) == 0


def not_finite(value):
    """ "NaN" or "an infinite number" if a plain value holds one."""
    if isinstance(value, dict | tuple):
        parts = value.values() if isinstance(value, dict) else value
        return next(filter(None, map(not_finite, parts)), "")
    if not isinstance(value, np.ndarray) or value.dtype == bool:
        return ""
    if np.isnan(value).any():
        return "NaN"
    return "an infinite number" if np.isinf(value).any() else ""


def finite(value):
    return not not_finite(value)


def shaped(given, wanted):
    """A given value in the form of the wanted one, where that changes nothing that matters.

    >>> shaped("b, F", ("B", "F")), shaped(("left",), "right")
    (('b', 'F'), 'left')
    """
    if isinstance(given, np.ndarray) and isinstance(wanted, np.ndarray):
        return given.reshape(wanted.shape) if given.size == wanted.size else given
    alone = given[0] if isinstance(given, tuple) and len(given) == 1 else given
    if isinstance(alone, str) and isinstance(wanted, str):
        return alone
    if isinstance(alone, str) and is_texts(wanted):
        return texts_in(alone, wanted)
    return given


def is_texts(value):
    """Whether a plain value is a list of texts."""
    return isinstance(value, tuple) and bool(value) and all(isinstance(v, str) for v in value)


def fold(text):
    """A text without what makes no difference: case, spaces, quotes and brackets around it."""
    return trimmed(" ".join(unicodedata.normalize("NFKC", text).split())).casefold()


def trimmed(text):
    """A text without what may stand around it, such as spaces, quotes and brackets."""
    return text.strip(" \t\n.,;:'\"`´‘’“”()[]{}")


def texts_in(text, wanted):
    """The texts that one text lists, as a tuple, where texts such as those `wanted` are asked for.

    >>> texts_in("B and F", ("A", "C")), texts_in("bf", ("A", "C"))
    (('B', 'F'), ('b', 'f'))
    >>> texts_in("a saddle; a pass", ("a valley", "a hill"))
    ('a saddle', 'a pass')
    >>> texts_in("v = v + g, w = w - v", ("v = 2*v + g", "w = w + v"))
    ('v = v + g', 'w = w - v')
    """
    signs = [sign for sign in ",;/|&+\n·、" if not any(sign in one for one in wanted)]
    between = "|".join([*map(re.escape, signs), r"\band\b", r"\bor\b"])
    parts = re.split(between, text, flags=re.IGNORECASE)
    parts = [part for part in parts if fold(part)]
    if not any(" " in fold(one) for one in wanted):
        parts = [word for part in parts for word in part.split() if fold(word)]
    if len(parts) == 1 and all(len(fold(one)) == 1 for one in wanted):
        parts = [*trimmed(parts[0])]
    return tuple(trimmed(part) for part in parts if fold(part))


def as_arrays(case):
    """The arguments of a case with an array for each list or tuple of numbers."""
    return tuple(_as_array(argument) for argument in case)


def _as_array(argument):
    if not isinstance(argument, list | tuple) or not argument:
        return argument
    try:
        array = np.array(argument)
    except ValueError:  # rows of different lengths
        return argument
    return array if array.dtype.kind in "iuf" else argument


def as_numpy(case):
    """The arguments of a case with numpy's numbers for Python's: dividing by 0 is no error then."""
    return tuple(np.float64(one) if type(one) is float else one for one in as_arrays(case))


def orders(value):
    """The orders of a list that must be tried; the first of a list of numbers is the sorted one."""
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return [np.sort(value)]
    if is_texts(value):
        return [tuple(sorted(map(fold, value)))]
    if isinstance(value, np.ndarray) and value.ndim and len(value) <= MOST_ROWS:
        return [value[list(order)] for order in itertools.permutations(range(len(value)))]
    return [value]


def nearest(distances):
    """The number of the smallest distance that is within what is allowed, or None."""
    best = min(range(len(distances)), key=distances.__getitem__, default=None)
    return best if best is not None and distances[best] <= 1 else None
