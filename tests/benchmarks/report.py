"""Rows of the benchmark table, and the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HEAD = """\
| what | optimlab | compared with | ratio | target | |
|---|---|---|---|---|---|"""


@dataclass
class Row:
    """One line of the table. `met` is None for a number that has no target of its own.

    What could not be measured has its mark there, as a text.
    """

    what: str
    ours: str
    against: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | str | None = None

    def __str__(self):
        verdict = {True: "met", False: "**missed**", None: ""}.get(self.met, self.met)
        cells = (self.what, self.ours, self.against, self.ratio, self.target, verdict)
        return f"| {' | '.join(cells)} |"


def compare(what, ours, other, name, at_most, show=None):
    """A row of `ours` against `other`, both in seconds (or as `show` writes them)."""
    show = show or duration
    share = ours / other
    return Row(
        what,
        show(ours),
        f"{show(other)}, {name}",
        fraction(share),
        f"at most {fraction(at_most)}",
        share <= at_most,
    )


def limit(what, value, at_most, show=None, against=""):
    """A row of one number and the most that it may be."""
    show = show or duration
    return Row(what, show(value), against, "", f"at most {show(at_most)}", value <= at_most)


def duration(seconds):
    """Seconds as text: 0.0123 is "12.3 ms"."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{digits(seconds / size)} {unit}"


def size(count):
    """Bytes as text, in thousands or millions."""
    return f"{digits(count / 1e6)} MB" if count >= 1e6 else f"{digits(count / 1e3)} kB"


def fraction(share):
    """A ratio as text: 0.05 is "1/20", 0.8 is "0.8"."""
    return f"1/{digits(1 / share)}" if share < 0.45 else digits(share)


def digits(number):
    """Three significant digits, never as a power of ten."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def median(values):
    return float(np.median(values))


def late(values):
    """The 95th percentile."""
    return float(np.percentile(values, 95))
