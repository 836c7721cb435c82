"""What to say of a value: what it is, how it is written shortly, how it differs from another."""

import contextlib

import numpy as np

from optimlab.lessons.judging.reading import parameters_of
from optimlab.lessons.judging.values import Odd, finite, not_finite, plain
from optimlab.lessons.judging.verdict import Stop


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
    if isinstance(thing, float):
        return "NaN" if np.isnan(thing) else f"{thing + 0.0:.4g}"
    return repr(thing)


def odd_words(odd, lead, asked):
    """What to say of something that cannot be compared; `asked` is what is wanted instead."""
    if odd.holds:
        return f"{holding(lead)} {odd.holds}"
    if odd.instead:
        return f"{lead} {odd.what}: {odd.instead}"
    return f"{lead} {odd.what}, not {asked}"


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


def difference(given, wanted, lead):
    """What makes two plain values unlike before their numbers are looked at, or nothing."""
    has = holding(lead)
    unlike = f"{lead} {what_is(given)}, not {what_is(wanted)}"
    if isinstance(given, np.ndarray) and isinstance(wanted, np.ndarray):
        if (given.dtype == bool) != (wanted.dtype == bool) or (not given.ndim) != (not wanted.ndim):
            return unlike
        if given.ndim == wanted.ndim == 1 and given.size != wanted.size:
            asked = f"{wanted.size} {'is' if wanted.size == 1 else 'are'} asked for"
            return f"{has} {counted(given.size, 'number')}, and {asked}"
        if given.shape != wanted.shape:
            return f"{lead} {what_is(given)}, not {what_is(wanted)}"
        problem = not_finite(given)
        return f"{has} {problem}" if problem and finite(wanted) else ""
    if type(given) is not type(wanted):
        return unlike
    if isinstance(wanted, dict):
        if missing := [key for key in wanted if key not in given]:
            return f"{has} nothing for {missing[0]!r}"
        if extra := [key for key in given if key not in wanted]:
            return f"{has} something for {extra[0]!r}, which is not asked for"
        pairs = [(f"{has} for {key!r}", given[key], wanted[key]) for key in wanted]
    elif isinstance(wanted, tuple):
        if len(given) != len(wanted):
            return f"{has} {counted(len(given), 'part')}, and {len(wanted)} are asked for"
        parts = enumerate(zip(given, wanted, strict=True), start=1)
        pairs = [(f"{has} as part {i}", g, w) for i, (g, w) in parts]
    else:
        return ""
    return next(filter(None, (difference(g, w, start) for start, g, w in pairs)), "")


def holding(lead):
    return "it holds" if lead == "that is" else lead


def sentence(text):
    """A sentence: a capital first, and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
