"""The numbers that a lesson's text states, and whether its key works each of them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from optimlab.lessons.keyring import Key
from optimlab.lessons.kinds import Question

#: what is no statement of a number: code, links, formulas' indexes and exponents, labels, times
NOT_STATED = re.compile(
    r"```.*?```|`[^`]*`|<!--.*?-->|</?[a-z][^>]*>|^# .*$|^\*\*\d+\.\*\*|\*\*Time\*\* .*? minutes"
    r"|\[[^\]]*\]\([^)]*\)|\b[Ll]essons? \d+\w?(?: (?:to|and) \d+\w?)?|\b[Ss]ections? [\d.]+"
    r"(?:(?: to | and |, )[\d.]+)*|\b\d-D\b|_\{[^}]*\}|_\w|\^\{[^}]*\}|\^-?\w",
    re.DOTALL | re.MULTILINE,
)
NUMBER = re.compile(r"(?:(?<![\w.)\]}])-)?(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
#: lessons' numbers and years
NAME = re.compile(r"0\d|1[6-9]\d\d|20\d\d")
#: numbers so common that a list of settings need not hold them
COMMON = {"0", "1", "2"}


def stated(text: str) -> list[str]:
    """The numbers in a text as they are written there, without those that state nothing.

    >>> stated("With $x_0 = 4$ and `lr=0.2` it is at -2.39 after 1,000 steps (see lesson 07a).")
    ['4', '-2.39', '1,000']
    """
    plain = NOT_STATED.sub(" ", text.replace("−", "-"))
    return [number for number in NUMBER.findall(plain) if not NAME.fullmatch(number)]


def texts(notebook: Any, key: Key) -> Iterator[tuple[str, str]]:
    """The prose of a lesson as (where, text): its Markdown up to the sources, and its replies."""
    for i, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            before, sources, _ = source.partition("## Sources")
            yield f"cell {i}", before
            if sources:
                break
    for name, question in key.predictions.items():
        yield f"prediction {name!r}", "\n".join(_said_by(question))
    for name, exercise in key.exercises.items():
        said = [*(sentence for _, sentence in exercise.wrong), *exercise.hints]
        said += [text for text in (exercise.otherwise, exercise.form) if text]
        yield f"exercise {name!r}", "\n".join(said)
    for number, (asked, options) in enumerate(key.quiz, start=1):
        yield f"quiz {number}", "\n".join([asked, *options.values()])


def _said_by(question: Question) -> Iterator[str]:
    """What a question says after the answer. What it offers as an answer need not be true."""
    yield from getattr(question, "options", {}).values()
    yield from (reply for _, reply in getattr(question, "replies", ()))
    yield from (text for text in (question.fact, question.why) if isinstance(text, str))


def unlisted(notebook: Any, key: Key) -> list[str]:
    """Each number of a lesson's text that is neither worked out by its key nor a setting."""
    known = COMMON | {_plain(number) for number, _ in key.numbers} | set(map(_plain, key.given))
    return [
        f"{where} states {number}, which is in neither NUMBERS nor GIVEN of the key"
        for where, text in texts(notebook, key)
        for number in dict.fromkeys(stated(text))
        if number not in known
    ]


def unused(notebook: Any, key: Key) -> list[str]:
    """Each entry of NUMBERS and GIVEN that the lesson's text does not hold (any more)."""
    found = {number for _, text in texts(notebook, key) for number in stated(text)}
    tables = {"NUMBERS": [number for number, _ in key.numbers], "GIVEN": key.given}
    return [
        f"{table} has {number!r}, which the lesson's text does not state"
        for table, entries in tables.items()
        for number in entries
        if _plain(number) not in found
    ]


def agrees(written: str, value: Any) -> bool:
    """Whether a number is another one at the precision at which it is written.

    >>> agrees("3.772", 3.77157), agrees("3.771", 3.77157), agrees("8e+08", 8.4e8)
    (True, False, True)
    """
    plain = _plain(written).replace(",", "")
    mantissa, _, exponent = plain.partition("e")
    last = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return bool(abs(float(plain) - float(np.squeeze(value))) <= 0.5 * last * (1 + 1e-9))


def _plain(number: str) -> str:
    return number.replace("−", "-")
