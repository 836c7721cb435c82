"""Numbers as prose writes them: 3.772, -0.4, 2,814, 1e-13, 1.5 · 10⁻³, 10^{-6}.

A number in a text says two things: a value, and with its last digit how exactly it is known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real

import numpy as np

_FROM_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER = (
    r"10(?:\^\{{\s*(?P<{0}braced>[-−+]?[0-9]+)\s*\}}|\^(?P<{0}bare>[0-9])"
    r"|(?P<{0}raised>[⁻⁺]?[⁰¹²³⁴-⁹]+))"
)

NUMERAL = re.compile(
    r"(?P<sign>(?<![\w)\]}.^])[-−–+])?(?<![\w.])(?:"
    + _POWER.format("only_")
    # digits in threes, with a comma, {,} or \, between them, or without
    + r"|(?P<mantissa>(?:[0-9]{1,3}(?:(?:,|\{,\}|\\,)[0-9]{3}(?![0-9]))+|[0-9]+)(?:\.[0-9]+)?)"
    + r"(?!\.?[0-9])(?:[eE](?P<e>[-−+]?[0-9]+)(?!\w)|\s*(?:·|×|\\cdot|\\times)\s*"
    + _POWER.format("")
    + r")?)"
)
ABOUT = re.compile(r"(?:~|≈|about\s)\s*")


@dataclass(frozen=True)
class Numeral:
    """A number in a text. Two are equal if they say the same, however they are written.

    Attributes
    ----------
    value : Decimal
    unit : Decimal, what one more in the last digit written would be worth
    text : str, as it is written
    start : int, where in the text it begins
    slack : Decimal, how far a value may be off and still be written so
    """

    value: Decimal
    unit: Decimal
    text: str = field(compare=False)
    start: int = field(compare=False)
    slack: Decimal = field(compare=False)

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def whole(self) -> bool:
        """Whether it is written as digits alone, or with commas between them."""
        return self.unit == 1 and "^" not in self.text

    def __str__(self) -> str:
        return self.text

    def agrees(self, value: object) -> bool:
        """Whether `value`, rounded to the digits written, is this number.

        >>> read("3.772").agrees(3.77249), read("3.772").agrees(3.7726)
        (True, False)
        """
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError(f"{self.text}: the expression must give a number, and gives {value!r}")
        if not math.isfinite(value):
            return False
        # a value half-way between two digits may be written as either
        return abs(Decimal(float(value)) - self.value) <= self.slack * (1 + Decimal("1e-9"))


def find(text: str) -> Iterator[Numeral]:
    r"""The numbers in a text, in order. What belongs to a name (x1, float64, 3.11.7) is none.

    >>> [str(n.value) for n in find(r"In 13 steps -0.4, not 2,814; $3 \cdot 10^{-15}$ and 10⁻³")]
    ['13', '-0.4', '2814', '3E-15', '0.001']
    """
    for match in NUMERAL.finditer(text):
        yield _numeral(match)


def read(text: str) -> Numeral:
    """The number that `text` is; with "~" or "about" the zeros at its end may be rounded ones.

    >>> read("1.5 · 10⁻³") == read("1.5e-3"), read("2.0") == read("2")
    (True, False)
    >>> read("12,000").agrees(11800), read("~12,000").agrees(11800)
    (False, True)
    """
    about = ABOUT.match(text)
    bare = text[about.end() :] if about else text
    match = NUMERAL.fullmatch(bare)
    if match is None:
        raise ValueError(f"{text!r} is not a number as prose writes it, such as 3.772 or 2,814")
    return _numeral(match, about=bool(about))


def _numeral(match: re.Match[str], about: bool = False) -> Numeral:
    part = match.groupdict()
    mantissa = re.sub(r"[^0-9.]", "", part["mantissa"] or "1")
    powers = ("e", "braced", "bare", "raised", "only_braced", "only_bare", "only_raised")
    power = next((part[name] for name in powers if part[name]), "0")
    scale = int(power.translate(_FROM_RAISED).replace("−", "-"))
    sign = -1 if part["sign"] in ("-", "−", "–") else 1
    decimals = len(mantissa.partition(".")[2])
    zeros = len(mantissa) - len(mantissa.rstrip("0")) if about and not decimals else 0
    return Numeral(
        value=sign * Decimal(mantissa).scaleb(scale),
        unit=Decimal(1).scaleb(scale - decimals),
        text=match[0],
        start=match.start(),
        slack=Decimal(1).scaleb(scale - decimals + zeros) / 2,
    )
