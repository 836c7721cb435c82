"""Numbers in words, one form everywhere: in sentences, targets, labels and the numbers of a step.

`short` and `told` of geometry.js write a number in the same way. What is said of a run stands in
messages.json, in whole sentences and clauses, which the page fills as well (words.js).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

#: what is said -> the sentence, with places for what it is said of
MESSAGES: dict[str, str] = json.loads(
    Path(__file__).with_name("messages.json").read_text("utf-8")
)


def said(message: str, **given: Any) -> str:
    """A sentence of messages.json.

    >>> said("left, back", left=3, back=7)
    'it left the plot at step 3 and came back at step 7'
    """
    return MESSAGES[message].format_map(given)


def short(value: Any, digits: int = 3) -> str:
    """A number, or a point, in so many significant digits at most.

    >>> short(0.00030394), short(1234.5), short(3.18e-7), short(-0.0), short((-7, 2.5))
    ('0.000304', '1230', '3.18e-7', '0', '(-7, 2.5)')
    >>> short(99999.6), short(5e33), short(12345.6, digits=5), short(float("inf"))
    ('1e+5', '5e+33', '12346', 'too large')
    """
    if np.ndim(value):
        return f"({', '.join(short(one, digits) for one in value)})"
    number = float(value)
    if not np.isfinite(number):
        return "not a number" if np.isnan(number) else "too large"
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    if number == 0 or -4 <= int(exponent) < 5:
        return f"{float(f'{mantissa}e{exponent}') + 0.0:.{max(digits, 5)}g}"
    return f"{float(mantissa):.{digits}g}e{int(exponent):+d}"


def counted(number: int, word: str) -> str:
    """So many of a thing.

    >>> counted(1, "epoch"), counted(1464, "step")
    ('1 epoch', '1,464 steps')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def so_many_steps(count: int) -> str:
    """A number of steps, in the words that the page has for it, too.

    >>> so_many_steps(1), so_many_steps(1464)
    ('1 step', '1,464 steps')
    """
    return said("step" if count == 1 else "steps", count=f"{count:,}")


def percent(share: float) -> str:
    """A share in whole percent: 0 means none, and 100 all.

    >>> percent(0.372), percent(0), percent(0.001), percent(0.999), percent(1)
    ('37 %', '0 %', 'under 1 %', 'over 99 %', '100 %')
    """
    whole = round(100 * share)
    if whole in (0, 100) and whole != 100 * share:
        return "over 99 %" if whole else "under 1 %"
    return f"{whole} %"
