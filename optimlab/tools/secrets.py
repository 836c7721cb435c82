"""What a learner could read in a stored lesson that answers one of its predictions.

Each prediction in a key says with `tells` which numbers and phrases would give its answer away.
None of them stands in a notebook where it can be read before the answer: in Markdown, code, printed
text, the text of a picture or of another question's card. A closed block is opened by the reader:

    <details><summary>After your answer</summary>

    The run jumps to and fro.

    </details>
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from typing import Any

from optimlab.lessons.keyring import Key

#: what has a band under its slider, which tells what becomes of the run at every rate
BANDED = ("explore", "PathExplorer", "BasinExplorer")
CLOSED = re.compile(r"<details>\s*(<summary>.*?</summary>)?.*?</details>", re.S)
#: how the card of a prediction begins where it is not alive
CARD = "Prediction “{}”."
#: marks of Markdown, which are not read
MARKS = re.compile(r"[*`]")


def in_sight(notebook: Any) -> Iterator[tuple[int, str]]:
    """What can be read in a stored notebook without opening anything: (cell, text).

    >>> import nbformat
    >>> cell = "Look. <details><summary>Later</summary>It is 3.</details>"
    >>> book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(cell)])
    >>> list(in_sight(book))
    [(0, 'Look. <summary>Later</summary>')]
    """
    for i, cell in enumerate(notebook.cells):
        yield i, _open(cell.source)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            yield i, _open(data.get("text/markdown") or data.get("text/plain") or "")
            yield i, output.get("text", "")
            for shown in output.get("metadata", {}).values():
                yield i, shown.get("alt", "") if isinstance(shown, dict) else ""


def _open(text: str) -> str:
    return CLOSED.sub(lambda block: block[1] or "", text)


def told(notebook: Any, key: Key) -> list[str]:
    """A line for each thing in sight that gives a prediction's answer away."""
    found = []
    for name, question in key.predictions.items():
        if not question.tells:
            found.append(f"prediction “{name}” lists nothing that would tell its answer (tells)")
        for i, text in in_sight(notebook):
            if text.startswith(CARD.format(name)):
                continue  # it has to say what can be answered
            for tell in question.tells:
                if says(text, tell):
                    found.append(f"cell {i} tells the answer to “{name}”: {tell!r}")
    return found


def says(text: str, tell: str) -> bool:
    """Whether a text holds a number or phrase, whole and in any case.

    >>> says("It takes 21.5 *steps*.", "21.5 steps"), says("It takes 121.5 steps.", "21.5")
    (True, False)
    """
    words = [re.escape(word) for word in MARKS.sub("", tell).split()]
    whole = r"(?<![\w.])" + r"\s+".join(words) + r"(?!\w|\.\d)"
    return re.search(whole, MARKS.sub("", text), re.I) is not None


class _InSight(ast.NodeVisitor):
    """Finds explorers of a cell that are there at once and do not say whether they have a band."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_FunctionDef(self, _node: ast.FunctionDef) -> None:
        """What a function shows, `lesson.after` brings after the answer."""

    def visit_Lambda(self, _node: ast.Lambda) -> None:
        """As a function."""

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        if name in ("lesson.predict", "lesson.target"):
            return  # they have none of their own accord
        if name in BANDED and "band" not in {given.arg for given in node.keywords}:
            self.found.append(name)
        self.generic_visit(node)


def bands(notebook: Any) -> list[str]:
    """A line for each explorer in sight whose band nobody has thought of.

    >>> import nbformat
    >>> sources = ["explore('ravine')", "explore('ravine', band=True)"]
    >>> cells = map(nbformat.v4.new_code_cell, sources)
    >>> bands(nbformat.v4.new_notebook(cells=list(cells)))
    ['cell 0: its band may tell what is asked: give explore band=True or band=False']
    """
    found = []
    for i, cell in enumerate(notebook.cells):
        seeker = _InSight()
        if cell.cell_type == "code":
            lines = cell.source.splitlines()
            plain = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
            with contextlib.suppress(SyntaxError):
                seeker.visit(ast.parse("\n".join(plain)))
        found += [
            f"cell {i}: its band may tell what is asked: give {name} band=True or band=False"
            for name in seeker.found
        ]
    return found
