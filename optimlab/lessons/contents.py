"""What the lessons need besides pictures: the map of the series, a look at the installation, and
the reply to an answer.
"""

import importlib.metadata
import json
import re
import sys
from pathlib import Path

import numpy as np

#: what a learner's installation must have, by the name under which it is installed
NEEDED = (
    "numpy", "matplotlib", "seaborn", "plotly", "anywidget", "ipywidgets", "jupyterlab", "nbval",
)  # fmt: skip
INSTALL = "python -m pip install -r requirements.txt"


class Listing:
    """Lines to read, which a notebook shows as Markdown and everything else as text."""

    def __init__(self, markdown, text):
        self.markdown, self.text = markdown, text

    def _repr_markdown_(self):
        return self.markdown

    def __repr__(self):
        return self.text


def missing(needed=NEEDED, least=(3, 11)):
    """What the lessons need and this Python does not have, each as a short sentence.

    >>> missing(["numpy", "no-such-thing"])
    ['no-such-thing is not installed']
    """
    found = []
    if sys.version_info[:2] < least:
        found.append(f"Python is {sys.version.split()[0]}, and must be {'.'.join(map(str, least))}")
    for name in needed:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} is not installed")
    return found


def check_environment():
    """Print what is missing for the lessons and how to install it, or that nothing is."""
    found = missing()
    for line in found:
        print(line)
    if found:
        print(f"To install it, run this beside README.md:  {INSTALL}")
    else:
        print(f"Everything is here: Python 3.11 or newer, {', '.join(NEEDED)}.")


def series(folder="."):
    """The lessons in `folder` as a table: a link, the question, the time, made from the files.

    Title, question (the line in italics) and time stand in the first cell of each lesson.
    """
    rows = []
    for path in sorted(Path(folder).glob("[0-9][0-9]*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path.name} is not a notebook: {error!r}") from None
        head = "".join(cells[0]["source"]) if cells else ""
        title = re.search(r"^# (.+)$", head, re.M)
        question = re.search(r"^\*(?!\*)(.+?)\*$", head, re.M)
        minutes = re.search(r"\*\*Time\*\*:? *(.+? minutes)", head)
        rows.append(
            (
                path.name,
                title.group(1) if title else path.stem,
                question.group(1) if question else "",
                minutes.group(1) if minutes else "",
            )
        )
    if not rows:
        raise ValueError(f"folder={str(folder)!r}: no file there is called like 00_name.ipynb")
    table = ["| lesson | question | time |", "|---|---|---|"]
    table += [f"| [{title}]({name}) | {ask} | {time} |" for name, title, ask, time in rows]
    return Listing("\n".join(table), "\n".join(title for _, title, _, _ in rows))


def reply(answer, hints, otherwise="not yet", *, rtol=0.02):
    """What to say to a learner's number, or numbers: the hint of the answer that it looks like.

    Parameters
    ----------
    answer : number, or list or array of numbers; None, or a None among them, is "not answered yet"
    hints : list of (answer, sentence), the right one and the usual wrong ones
    otherwise : the sentence for everything else
    rtol : how far an answer may be off, as a share of it (0 for whole numbers)

    >>> reply(0.33, [(1 / 3, "right"), (3, "upside down")])
    'right'
    >>> reply(None, [(1 / 3, "right")])
    'not answered yet'
    >>> reply("a third", [(1 / 3, "right")])
    'that is not a number or a list of numbers'
    """
    if isinstance(answer, set):
        answer = sorted(answer)
    if answer is None or (isinstance(answer, list | tuple) and any(a is None for a in answer)):
        return "not answered yet"
    try:
        given = np.ravel(np.asarray(answer, dtype=float))
    except (TypeError, ValueError):
        return "that is not a number or a list of numbers"
    for wanted, sentence in hints:
        wanted = np.ravel(np.asarray(wanted, dtype=float))
        if given.shape == wanted.shape and np.allclose(given, wanted, rtol=rtol, atol=1e-6):
            return sentence
    return otherwise
