"""The numbers that a lesson states, against the two tables in its key.

`NUMBERS` are pairs of a number as the text writes it and a function that works it out; `GIVEN` are
the numbers that were chosen: settings, places, wrong answers. A number in the lesson's Markdown or
in the sentences of its key is in one of them, or is exempt by a rule below.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from optimlab.tools.numerals import ABOUT, Numeral, find, read

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
#: too common in prose to be told apart
COMMON = ("0", "1", "2")
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


def stated(markdown: str, common: tuple[str, ...] = COMMON) -> Iterator[Numeral]:
    """The numbers of a text that have to be in a table.

    In prose these are all but 0, 1 and 2 (`common`); in a formula those with a decimal point or a
    power of ten, and those after an equals sign that are no factor.

    >>> text = "At $f(x) = 3x^2 - 4x$ the loss is 1.04 after 13 steps (lesson 05), $x = 7$."
    >>> [number.text for number in stated(text)]
    ['1.04', '13', '7']
    """
    text = _EXEMPT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markdown)
    formulas = list(FORMULA.finditer(text))
    prose = FORMULA.sub(lambda match: "$" * len(match[0]), text)
    found = [n for n in find(prose) if n.text not in common]
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


# A lesson and its key -------------------------------------------------------------------------


def texts(notebook: Any, key: str = "") -> dict[str, str]:
    """What a learner reads, by its place: the Markdown of a notebook, the sentences of its key.

    `key` is the source of the key. All its texts count, options and replies, hints and what a
    function says, but not the tables of numbers and the claims.

    >>> texts({"cells": []}, 'X = f"It is 3.5, not {3:.2f}."')
    {'line 1 of the key': 'It is 3.5, not \\x00.'}
    """
    found = {
        f"cell {i}": "".join(cell["source"])
        for i, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "markdown"
    }
    for line, text in _strings(ast.parse(key)):
        where = f"line {line} of the key"
        found[where] = f"{found[where]}\n{text}" if where in found else text
    return found


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    def walk(node: ast.AST) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            for child in ast.iter_child_nodes(node):
                yield from walk(child)

    for node in tree.body:
        names = {getattr(target, "id", "") for target in getattr(node, "targets", [])}
        if not names & {"NUMBERS", "GIVEN"} and not getattr(node, "name", "").startswith("claim_"):
            yield from walk(node)


def unlisted(said: dict[str, str], numbers: Iterable[str], given: Iterable[str]) -> list[str]:
    """A line for each number of the texts that is in neither table."""
    known = {_bare(text) for text in (*numbers, *given)}
    return [
        f"{where} states {number.text} ({_around(text, number)}): put it into NUMBERS or GIVEN"
        for where, text in said.items()
        for number in stated(text)
        if number not in known
    ]


def unused(said: dict[str, str], numbers: Iterable[str], given: Iterable[str]) -> list[str]:
    """A line for each number of the tables that no text states (any more), common ones included."""
    found = {number for text in said.values() for number in stated(text, common=())}
    return [
        f"{table} has {text!r}, which no text states"
        for table, entries in (("NUMBERS", numbers), ("GIVEN", given))
        for text in entries
        if _bare(text) not in found
    ]


def wrong(numbers: Iterable[tuple[str, Callable[[], Any]]]) -> list[str]:
    """A line for each number of the table that its function does not give.

    >>> wrong([("0.33", lambda: 1 / 3), ("0.34", lambda: 1 / 3)])
    ['0.34 is 0.3333333333333333']
    """
    found = []
    for text, work in numbers:
        value = work()
        if not read(text).agrees(value):
            found.append(f"{text} is {value!r}")
    return found


def _bare(text: str) -> Numeral:
    return read(ABOUT.sub("", text, count=1))


def _around(text: str, number: Numeral) -> str:
    """The number with the words beside it, to find it by."""
    start, end = max(number.start - 25, 0), number.end + 15
    return " ".join(f"… {text[start:end]} …".split())
