"""What to say of a value: what it is, how it is written shortly, how it differs from another."""

import contextlib

import numpy as np

from optimlab import words
from optimlab.lessons.judging.reading import parameters_of
from optimlab.lessons.judging.values import Odd, finite, not_finite, plain
from optimlab.lessons.judging.verdict import Stop

#: in place of the case of a function, where the answer is a value
VALUE = None
#: what to say of `^`
POWER = "`^` is no power in Python: x² is written `x**2`"


def what_is(thing):
    """What a plain value is, in words, without its numbers."""
    if thing is None:
        return "None"
    if isinstance(thing, str):
        return "text"
    if isinstance(thing, dict):
        return "a dictionary"
    if isinstance(thing, tuple):
        if all(isinstance(part, str) for part in thing):
            return f"a list of {counted(len(thing), 'text')}"
        return "a list of unlike parts"
    one = "answer True or False" if thing.dtype == bool else "number"
    if thing.ndim == 0:
        return "True or False" if thing.dtype == bool else "a number"
    if thing.ndim == 1:
        return f"a list of {counted(len(thing), one)}"
    return f"an array of shape {thing.shape}"


def counted(n, thing):
    """So many things: "one number", "3 numbers".

    >>> counted(2, "answer True or False")
    '2 answers True or False'
    """
    first, _, rest = thing.partition(" ")
    return f"one {thing}" if n == 1 else f"{n} {first}s {rest}".rstrip()


def short(thing):
    """A plain value in few characters."""
    if isinstance(thing, np.ndarray) and thing.size > 6:
        return f"an array of shape {thing.shape}" if thing.ndim > 1 else what_is(thing)
    text = written(thing)
    return text if len(text) <= 60 else what_is(thing)


def written(thing):
    """A plain value as one would type it, each number in at most four digits."""
    if isinstance(thing, np.ndarray):
        thing = thing.tolist()
    if isinstance(thing, dict):
        return "{" + ", ".join(f"{key}: {written(value)}" for key, value in thing.items()) + "}"
    if isinstance(thing, list):
        return "[" + ", ".join(map(written, thing)) + "]"
    if isinstance(thing, tuple):
        return "(" + ", ".join(map(written, thing)) + ")"
    if isinstance(thing, float) and np.isfinite(thing):
        return words.short(thing, digits=4)
    return "NaN" if thing != thing else repr(thing).replace("`", "'")  # ` is a mark of the card


def apart(given, wanted):
    """The two numbers by which two values differ most, in as many digits as tell them apart.

    >>> apart((np.array([63.00001, 50.0]),), (np.array([63.0, 50.0]),))
    ('63.00001', '63')
    """
    found = []
    for one, other in zip(_arrays(given), _arrays(wanted), strict=True):
        with np.errstate(all="ignore"):
            room = np.abs(other) + 1e-3 * np.abs(other).max(initial=0)
            off = np.where(one == other, 0, np.abs(one - other) / np.where(room == 0, 1, room))
        worst = int(np.nan_to_num(off).argmax())
        found.append((float(off[worst]), one[worst], other[worst]))
    _, one, other = max(found, key=lambda pair: pair[0])
    texts = [(words.short(one, n), words.short(other, n)) for n in range(4, 18)]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])


def _arrays(thing):
    """The arrays of numbers in a plain value, each in one row."""
    if isinstance(thing, np.ndarray):
        return [thing.astype(float).ravel()] if thing.size else []
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, tuple) else ()
    return [array for part in parts for array in _arrays(part)]


def holds(at, what):
    """A sentence about what is in an answer: a value, or what a function gives in a case.

    >>> holds(VALUE, "NaN"), holds("", "NaN"), holds("For x = 1", "NaN")
    ('It holds NaN.', 'It gives NaN.', 'For x = 1 it gives NaN.')
    """
    if at is VALUE:
        return f"It holds {what}."
    return f"{at} it gives {what}." if at else f"It gives {what}."


def unlike(at, given, wanted, part=""):
    """A sentence about an answer, or a `part` of it, that is of another kind than is wanted."""
    if at is VALUE and not part:
        return f"That is {given}, not {wanted}."
    return holds(at, f"{part}{given}, not {wanted}")


def no_result(printed, at=""):
    """A sentence about a function that returns nothing."""
    if printed and at:
        return f"{at} it prints its result: return it."
    if printed:
        return "It prints its result: return it."
    if at:
        return f"{at} it returns None: is the `return` missing?"
    return "It returns None: is the `return` missing?"


def odd_words(odd, at, wanted):
    """A sentence about something that cannot be compared; `wanted` is what it should be."""
    if odd.holds:
        return holds(at, odd.holds)
    if not odd.instead:
        return unlike(at, odd.what, wanted)
    if at is VALUE:
        return f"That is {odd.what}: {odd.instead}."
    return holds(at, f"{odd.what}: {odd.instead}")


def where(function, case):
    """ "For x = 1, lr = 0.1": the arguments of a case that can be written shortly, or nothing."""
    shown = []
    for name, argument in zip(parameters_of(function), case, strict=False):
        if callable(argument):
            called = getattr(argument, "__name__", None) or getattr(argument, "name", "")
            if isinstance(called, str) and called.isidentifier():
                shown.append(f"{name} = {called}")
        else:
            with contextlib.suppress(Odd, Stop):
                shown.append(f"{name} = {short(plain(argument))}")
    text = f"For {', '.join(shown)}"
    return text if shown and len(text) <= 100 else ""


def difference(given, wanted, at, part=""):
    """What makes two plain values unlike before their numbers are looked at, or nothing."""
    other = unlike(at, what_is(given), what_is(wanted), part)
    if isinstance(given, np.ndarray) and isinstance(wanted, np.ndarray):
        if (given.dtype == bool) != (wanted.dtype == bool) or (not given.ndim) != (not wanted.ndim):
            return other
        if given.ndim == wanted.ndim == 1 and given.size != wanted.size:
            count = counted(given.size, "number")
            if wanted.size == 1:
                return holds(at, f"{part}{count}, and 1 is asked for")
            return holds(at, f"{part}{count}, and {wanted.size} are asked for")
        if given.shape != wanted.shape:
            return other
        problem = not_finite(given)
        return holds(at, f"{part}{problem}") if problem and finite(wanted) else ""
    if type(given) is not type(wanted):
        return other
    if isinstance(wanted, dict):
        if missing := [key for key in wanted if key not in given]:
            return holds(at, f"{part}nothing for {missing[0]!r}")
        if extra := [key for key in given if key not in wanted]:
            return holds(at, f"{part}something for {extra[0]!r}, which is not asked for")
        parts = [(f"for {key!r} ", given[key], wanted[key]) for key in wanted]
    elif isinstance(wanted, tuple):
        if len(given) != len(wanted):
            count = counted(len(given), "part")
            return holds(at, f"{part}{count}, and {len(wanted)} are asked for")
        pairs = enumerate(zip(given, wanted, strict=True), start=1)
        parts = [(f"as part {i} ", one, other) for i, (one, other) in pairs]
    else:
        return ""
    found = (difference(one, other, at, part + name) for name, one, other in parts)
    return next(filter(None, found), "")
