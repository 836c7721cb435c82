"""The numbers that a lesson states, against the tables in its key.

A key holds `NUMBERS`, pairs of a number as the text writes it and an expression that computes it,
and `GIVEN`, the numbers that were chosen: settings, places, wrong answers. A number in the lesson's
Markdown or in the sentences of its key is in one of them, or is exempt by a rule below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from optimlab.tools.numerals import Numeral, find

#: what of a text is not read, and why
EXEMPT = {
    "code: its output is compared by nbval": r"```(?s:.*?)```|`[^`]*`",
    "addresses and tags": r"\]\([^)\s]*\)|<!--(?s:.*?)-->|</?[a-z][^>]*>",
    "sources: what others printed": r"^## Sources$(?s:.*?)(?=^## |\Z)",
    "the time line": r"\*\*Time\*\*.*? minutes",
    "the links to the neighbours": r"^\[← .*$|^.* →(?:\]\(\S*\))?$",
    "lessons by number": r"(?<![\d.,])(?:0\d[a-z]?|\d\d[a-z])\b(?!\.\d)|^# \d\d|\[\d\d(?=[ \]])"
    r"|\b[Ll]essons? \d\d[a-z]?(?:(?:,| to| and) \d\d[a-z]?)*\b",
    "parts by number": r"\b(?:[Ss]ection|[Ff]igure|[Ee]xercise|[Ss]tage|[Ww]ay)s? \d[\d.]*"
    r"(?:(?:,| to| and) \d[\d.]*)*",
    "the year of a paper": r"\((?:1[6-9]|20)\d\d\)",
    "the number of an item": r"^ *\d+\. |\*\*\d+\.\*\*",
}
_EXEMPT = re.compile("|".join(f"(?:{rule})" for rule in EXEMPT.values()), re.M)
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.S)
COMMAND = re.compile(r"\\[A-Za-z]+|\\[;:! ]|\\,(?!\d{3}(?!\d))")
#: commands that the reader of a formula sees as a sign, or not at all; others are an operand
SIGNS = {"\\cdot": "·", "\\times": "×"} | dict.fromkeys(
    ["\\approx", "\\to", "\\rightarrow", "\\le", "\\leq", "\\ge", "\\geq", "\\lt", "\\gt"], "="
)
SPACES = {"\\left", "\\right", "\\quad", "\\qquad", "\\text", "\\;", "\\:", "\\!", "\\ ", "\\,"}
SCRIPT = re.compile(r"[_^](?:\{(?:[^{}]|\{[^{}]*\})*\}|.)")
#: what stands before a number that a formula states: = and the like, or a place begun there
STATED = re.compile(r"[=≈→<>≤≥][\s(\[{|&]*(?:[-−+]?[\d.]+,\s+)*$")
FACTOR = re.compile(r"\s*[A-Za-z\0({]")


def stated(markdown: str) -> Iterator[Numeral]:
    """The numbers of a text that have to be in a table.

    In prose these are all but 0, 1 and 2; in a formula those with a decimal point or a power of
    ten, and those after an equals sign that are no factor.

    >>> text = "At $f(x) = 3x^2 - 4x$ the loss is 1.04 after 13 steps (lesson 05), $x = 7$."
    >>> [number.text for number in stated(text)]
    ['1.04', '13', '7']
    """
    text = _EXEMPT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markdown)
    formulas = list(FORMULA.finditer(text))
    prose = FORMULA.sub(lambda match: "$" * len(match[0]), text)
    found = [n for n in find(prose) if n.text not in ("0", "1", "2")]
    for formula in formulas:
        found += _of_formula(formula[0], formula.start())
    return iter(sorted(found, key=lambda number: number.start))


def _of_formula(formula: str, start: int) -> Iterator[Numeral]:
    plain = COMMAND.sub(_sign, formula)
    scripts = [match.span() for match in SCRIPT.finditer(plain)]
    for number in find(plain):
        if number.whole:
            if any(a < number.start < b for a, b in scripts):
                continue
            if not STATED.search(plain[: number.start]) or FACTOR.match(plain[number.end :]):
                continue
        written = formula[number.start : number.end]
        yield replace(number, text=written, start=start + number.start)


def _sign(match: re.Match[str]) -> str:
    command = match[0]
    return SIGNS.get(command, " " if command in SPACES else "\0").ljust(len(command))
