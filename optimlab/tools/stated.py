"""The numbers that a lesson states, against the two tables in its key.

`NUMBERS` are pairs of a number as the text writes it and a function that works it out; `GIVEN` are
the numbers that were chosen: settings, places, targets. A number in the lesson's Markdown or in the
sentences of its key is in one of them, or is exempt by a rule below.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from optimlab.lessons.keyring import Key
from optimlab.tools.numerals import ABOUT, Numeral, find, read

#: what of a text is not read, and why
EXEMPT = {
    "code: its output is compared by nbval": r"```(?s:.*?)```|`[^`]*`",
    "addresses and tags": r"\]\([^)\s]*\)|<!--(?s:.*?)-->|</?[a-z][^>]*>",
    "sources: what others printed": r"^## Sources$(?s:.*?)(?=^## |\Z)",
    "the time line": r"\*\*Time\*\*.*? minutes",
    "the links to the neighbours": r"^\[← .*$|^.* →(?:\]\(\S*\))?$",
    "lessons by number": r"(?<![\d.,+−-])(?:0\d[a-z]?|\d\d[a-z])\b(?!\.\d)|^# \d\d|\[\d\d(?=[ \]])"
    r"|\b[Ll]essons? \d\d[a-z]?(?:(?:,| to| and) \d\d[a-z]?)*\b",
    "parts by number": r"\b(?:[Ss]ection|[Ff]igure|[Ee]xercise|[Ss]tage|[Ww]ay)s? \d[\d.]*"
    r"(?:(?:,| to| and) \d[\d.]*)*",
    "the year of a paper": r"\((?:1[6-9]|20)\d\d\)",
    "the number of an item": r"^ *\d+\. |\*\*\d+\.\*\*",
    "dimensions": r"\b\d-D\b",
}
_EXEMPT = re.compile("|".join(f"(?:{rule})" for rule in EXEMPT.values()), re.M)
#: too common to be told apart
COMMON = ("0", "1", "2")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.S)
#: in a formula: commands, but those that belong to a number
COMMAND = re.compile(r"\\[dt]?frac\d\d|\\(?!cdot\b|times\b)[A-Za-z]+|\\[;:! ]|\\,(?!\d{3}(?!\d))")
#: indices and exponents, but those of a power of ten
SCRIPT = re.compile(r"_(?:\{[^{}]*\}|.)|(?<!\b10)\^(?:\{(?:[^{}]|\{[^{}]*\})*\}|-?.)")


def stated(markdown: str, common: tuple[str, ...] = COMMON) -> Iterator[Numeral]:
    """The numbers of a text that have to be in a table: all but 0, 1, 2 and those exempt.

    Of a formula, whole indices and exponents are exempt.

    >>> text = "With $x_0 = 4$ and `lr=0.2` it is at -2.39 after 1,000 steps (see lesson 07a)."
    >>> [number.text for number in stated(text)]
    ['4', '-2.39', '1,000']
    """
    text = _EXEMPT.sub(_blank, markdown)
    scripts: set[int] = set()
    for formula in FORMULA.finditer(text):
        for script in SCRIPT.finditer(text, *formula.span()):
            scripts.update(range(*script.span()))
    plain = FORMULA.sub(lambda match: COMMAND.sub(_blank, match[0]), text)
    for number in find(plain):
        if number.text not in common and not (number.whole and number.start in scripts):
            yield number


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


# A lesson and its key -------------------------------------------------------------------------


def texts(notebook: Any, key: Key) -> dict[str, str]:
    """What a learner reads, by its place: the Markdown of a notebook, the sentences of its key.

    All texts of the key count, replies and hints and what a function says. Left out are names,
    wrong options (they need not be true), what would tell an answer, claims and the tables of
    numbers.
    """
    found = {
        f"cell {i}": "".join(cell["source"])
        for i, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "markdown"
    }
    if key.module is not None:
        source = Path(str(key.module.__file__)).read_text(encoding="utf-8")
        for line, text in sentences(source):
            where = f"line {line} of the key"
            found[where] = f"{found[where]}\n{text}" if where in found else text
    return found


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """The texts in the source of a key, each with its line.

    >>> list(sentences('QUIZ = [("9 or 8?", {"9": "Yes.", "8": f"No, {3 * 3}."})]'))
    [(1, '9 or 8?'), (1, '9'), (1, 'Yes.'), (1, 'No, \\x00.')]
    """
    for node in ast.parse(source).body:
        names = {getattr(target, "id", "") for target in getattr(node, "targets", [])}
        claim = getattr(node, "name", "").startswith("claim_")
        if not claim and not names & {"NUMBERS", "GIVEN", "HOLDS"}:
            yield from _strings(node, keys=int("QUIZ" in names))


def _strings(node: ast.AST, keys: int) -> Iterator[tuple[int, str]]:
    """The strings below a node; of the keys of a dict only the first `keys`."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
        yield node.lineno, "".join(map(str, parts))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.Dict):
        for i, pair in enumerate(zip(node.keys, node.values, strict=True)):
            for part in pair[i >= keys :]:
                if part is not None:
                    yield from _strings(part, keys)
    elif isinstance(node, ast.keyword) and node.arg == "tells":
        return
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # a docstring
        for child in ast.iter_child_nodes(node):
            yield from _strings(child, keys)


def unlisted(notebook: Any, key: Key) -> list[str]:
    """A line for each number of a lesson that is in neither table of its key."""
    known = {_bare(text) for text in _tables(key)}
    found = {}
    for where, text in texts(notebook, key).items():
        for number in stated(text):
            if number not in known:
                found.setdefault(number, f"{where} states {number}: {_around(text, number)}")
    return [f"{line}; it is in neither NUMBERS nor GIVEN" for line in found.values()]


def unused(notebook: Any, key: Key) -> list[str]:
    """A line for each number of the tables that no text states, or that is in both of them."""
    said = texts(notebook, key).values()
    results = {number for text in said for number in stated(text, common=())}
    anywhere = results | {number for text in said for number in find(text)}
    numbers = [text for text, _ in key.numbers]
    found = [
        f"{table} has {text!r}, which no text states"
        for table, entries, known in (("NUMBERS", numbers, results), ("GIVEN", key.given, anywhere))
        for text in entries
        if _bare(text) not in known
    ]
    both = {_bare(text) for text in numbers} & {_bare(text) for text in key.given}
    return found + [f"{number} is in NUMBERS and in GIVEN: take it out of GIVEN" for number in both]


def wrong(numbers: Iterable[tuple[str, Callable[[], Any]]]) -> list[str]:
    """A line for each number of the table that its function does not give.

    >>> wrong([("0.33", lambda: 1 / 3), ("0.34", lambda: 1 / 3)])
    ['written 0.34, worked out 0.3333333333333333']
    """
    found = []
    for text, work_out in numbers:
        value = work_out()
        if not read(text).agrees(value):
            found.append(f"written {text}, worked out {value!r}")
    return found


def _tables(key: Key) -> list[str]:
    return [*(text for text, _ in key.numbers), *key.given]


def _bare(text: str) -> Numeral:
    return read(ABOUT.sub("", text, count=1))


def _around(text: str, number: Numeral) -> str:
    """The number with the words beside it, to find it by."""
    start, end = max(number.start - 25, 0), number.end + 15
    return " ".join(f"“… {text[start:end]} …”".split())
