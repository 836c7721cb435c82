"""The map of the series, what each lesson asks for, and a look at the installation."""

import ast
import contextlib
import importlib.metadata
import json
import os
import re
import sys
import textwrap
from pathlib import Path
from urllib.parse import quote

from optimlab import asis, checks, place
from optimlab.lessons.keyring import quiz_length

NUMBER = re.compile(r"(\d\d[a-z]?)_")
#: what a method of `lesson` asks for
ASKING = {
    "predict": "predictions", "target": "targets", "exercise": "exercises", "check": "exercises",
    "quiz": "quiz",
}  # fmt: skip
INSTALL = "python -m pip install -r requirements.txt"


class Listing:
    """Lines to read, which a notebook shows as Markdown and everything else as text."""

    def __init__(self, markdown, text):
        self.markdown, self.text = markdown, text

    def _repr_markdown_(self):
        return self.markdown

    def __repr__(self):
        return self.text


def needed():
    """The packages that the lessons need, as the package itself declares them.

    In a browser these are fewer: JupyterLab is the page itself, and what only some lessons use is
    loaded when they do.
    """
    try:
        declared = importlib.metadata.requires("optimlab") or []
    except importlib.metadata.PackageNotFoundError:
        return ["optimlab"]
    parts = [line.partition(";") for line in declared]
    with_lessons = not place.in_browser()
    here = [name for name, _, extra in parts
            if "extra" not in extra or with_lessons and '"lessons"' in extra]  # fmt: skip
    return [re.match(r"[\w.-]+", name)[0] for name in here]


def missing(packages=None, least=(3, 11)):
    """What the lessons need and this Python does not have, each as a short sentence.

    `packages` are their names, by default those that are `needed`.

    >>> missing(["numpy", "no-such-thing"])
    ['no-such-thing is not installed']
    """
    found = []
    least = tuple(checks.wholes("least", least, least=2).tolist())
    if sys.version_info[:2] < least:
        found.append(f"Python is {sys.version.split()[0]}, and must be {'.'.join(map(str, least))}")
    for name in needed() if packages is None else checks.names("packages", packages, least=0):
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} is not installed")
    return found


def check_environment():
    """Print what is missing for the lessons and how to install it, or that nothing is."""
    found, here = missing(), place.in_browser()
    for line in found:
        print(line)
    if here:
        print("This Python runs in your browser. Your answers are kept there and sent nowhere.")
    if found:
        where = "in a cell" if here else "beside README.md"
        install = "%pip install optimlab" if here else INSTALL
        print(f"To install it, run this {where}:  {install}")
    else:
        here = f"Everything is here: Python 3.11 or newer, {', '.join(needed())}."
        print(textwrap.fill(here, 80, break_on_hyphens=False))


def lesson_number(path):
    """The number of the lesson in a file called like 00_name.ipynb.

    >>> lesson_number("notebooks/07a_surfaces.ipynb")
    '07a'
    """
    checks.instance("path", path, (str, os.PathLike), "a file's name")
    number = NUMBER.match(Path(path).name)
    if number is None:
        raise ValueError(f"path={str(path)!r}: a lesson is called like 00_name.ipynb")
    return number[1]


def lesson_paths(folder="."):
    """The lessons in `folder`, in their order."""
    checks.instance("folder", folder, (str, os.PathLike), "a folder")
    names = (p for p in Path(folder).glob("*.ipynb") if NUMBER.match(p.name))
    return sorted(p for p in names if "-Copy" not in p.name)  # JupyterLab's name for a duplicate


def _cells(notebook):
    """The cells of a notebook, given as its path or as the dict that the file holds."""
    name = "notebook"
    try:
        if not isinstance(notebook, dict):
            path = Path(notebook)
            name = path.name
            notebook = json.loads(path.read_text(encoding="utf-8"))
        return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{name} is not a notebook: {error!r}") from None


def heading(notebook):
    """Title, question (the line in italics) and time, as in the first cell of each lesson."""
    cells = _cells(notebook)
    head = cells[0][1] if cells else ""
    found = (
        re.search(r"^# (.+)$", head, re.M),
        re.search(r"^\*(?!\*)(.+?)\*$", head, re.M),
        re.search(r"\*\*Time\*\*:? *(.+? minutes)", head),
    )
    title, question, minutes = (match[1] if match else "" for match in found)
    if not title and not isinstance(notebook, dict):
        title = Path(notebook).stem
    return title, question, minutes


def series(folder="."):
    """The lessons in `folder` as a table: a link, the question, the time, made from the files."""
    rows = [(path.name, *heading(path)) for path in lesson_paths(folder)]
    if not rows:
        raise ValueError(f"folder={str(folder)!r}: no file there is called like 00_name.ipynb")
    table = ["| lesson | question | time |", "|---|---|---|"]
    one_line = [(*row, time.replace(" ", "\N{NO-BREAK SPACE}")) for *row, time in rows]
    for name, title, ask, time in one_line:
        shown = asis.in_markdown(title) if title == Path(name).stem else title
        table.append(f"| [{shown}]({quote(name)}) | {ask} | {time} |")
    return Listing("\n".join(table), "\n".join(title for _, title, _, _ in rows))


def items(notebook):
    """What a lesson asks for: the names of its predictions, targets, exercises, quiz questions.

    They are read from the code, which is not run: calls such as `lesson.predict("one step", ...)`
    with the name written out. Quiz questions are called "1", "2", "3"; `lesson.quiz()` has those
    of the lesson's key.

    Parameters
    ----------
    notebook : path of the notebook, or the dict that the file holds

    >>> items({"cells": [{"cell_type": "code", "source": "lesson.exercise('slope', 3)"}]})
    {'predictions': [], 'targets': [], 'exercises': ['slope'], 'quiz': []}
    """
    found = {"predictions": [], "targets": [], "exercises": [], "quiz": []}
    key = ""
    for _, call in calls(notebook):
        kind = ASKING.get(call.func.attr)
        name = getattr(call.args[0], "value", None) if call.args else None
        if call.func.attr == "Lesson" and isinstance(name, str):
            key = name
        elif kind == "quiz":
            count = len(call.args) or quiz_length(key)
            found[kind] = [str(number + 1) for number in range(count)]
        elif kind and isinstance(name, str) and name not in found[kind]:
            found[kind].append(name)
    return found


def asked_in(folder, number):
    """What the notebook of this number in a folder asks for, or None where none can be read."""
    for path in lesson_paths(folder):
        if lesson_number(path) == number:
            with contextlib.suppress(ValueError, OSError):
                return items(path)
    return None


def calls(notebook):
    """What a notebook calls on `lesson` or `lessons`, in order: pairs (cell, ast.Call)."""
    found = []
    for i, (kind, source) in enumerate(_cells(notebook)):
        if kind != "code":
            continue
        lines = source.splitlines()
        kept = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
        try:
            tree = ast.parse("\n".join(kept))
        except (SyntaxError, ValueError):  # not Python, or not yet
            continue
        here = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("lesson", "lessons")
        ]
        found += [(i, call) for call in sorted(here, key=lambda c: (c.lineno, c.col_offset))]
    return found
