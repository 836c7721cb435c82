"""A class at a glance: what its learners' progress files say, as tables."""

import os
import unicodedata
from collections import Counter
from pathlib import Path

from optimlab import asis, checks
from optimlab.lessons.contents import Listing
from optimlab.lessons.document import KINDS, load
from optimlab.lessons.store import NAME

LEARNERS = (
    "learner", "lessons begun", "predictions made", "of them right", "targets reached",
    "exercises passed", "quiz right at first try",
)  # fmt: skip
PREDICTIONS = (
    "lesson", "prediction", "answered", "skipped", "right", "most common wrong answer",
)  # fmt: skip
EXERCISES = (
    "lesson", "exercise", "tried", "passed", "solution shown before",
    "most common last reply, if not passed",
)  # fmt: skip

#: characters of an answer that are shown
MOST = 300


def class_table(folder):
    """Progress of a class, and its most common wrong predictions and exercises, as tables.

    Parameters
    ----------
    folder : a folder, in which every file that ends in .json is read, in its folders too (hidden
        ones left out); or the files themselves. A learner is called by the name of the file,
        and by that of its folder where the file still has its first name.

    Returns
    -------
    Listing of three tables: learners, predictions and exercises. A number such as "2 of 3" counts
    those that were answered. Files that cannot be read are named below the tables.
    """
    paths = _paths(folder)
    classroom, unread = {}, []
    for path, name in zip(paths, _names(paths), strict=True):
        try:
            classroom[name] = load(path)["lessons"]
        except OSError as error:
            unread.append((path, error.strerror or str(error)))
        except ValueError as error:
            unread.append((path, str(error)))
    tables = [
        ("Learners", LEARNERS, [_learner_row(*learner) for learner in classroom.items()]),
        ("Predictions", PREDICTIONS, _item_rows(classroom, "predictions", _prediction_row)),
        ("Exercises", EXERCISES, _item_rows(classroom, "exercises", _exercise_row)),
    ]
    markdown, text = [], []
    for title, head, rows in tables:
        if rows:
            markdown.append(f"**{title}**\n\n{_markdown_table(head, rows)}")
            text.append(f"{title}\n{_text_table(head, rows)}")
    if unread:
        lines = [_words(f"{_from_here(path)}: {reason}") for path, reason in unread]
        listed = "\n".join(f"- {asis.in_markdown(line)}" for line in lines)
        markdown.append(f"**Not read**\n\n{listed}")
        text.append("\n".join(["Not read", *lines]))
    return Listing("\n\n".join(markdown), "\n\n".join(text))


# Files ---------------------------------------------------------------------------------------


def _paths(folder):
    accepted = "a folder, or a list of files, with one that ends in .json"
    if isinstance(folder, str | os.PathLike):
        top = Path(folder)
        if top.is_dir():
            paths = [
                path
                for path in sorted(top.rglob("*"))
                if path.suffix.lower() == ".json"
                and not any(part.startswith(".") for part in path.relative_to(top).parts)
            ]
        else:
            paths = [top]
    else:
        try:
            paths = [Path(path) for path in folder]
        except TypeError:
            checks.wrong_kind("folder", folder, accepted)
    if not paths:
        checks.wrong_value("folder", folder, accepted)
    return list(dict.fromkeys(Path(os.path.abspath(path)) for path in paths))


def _names(paths):
    """What to call the learner of each file; those of one name get their folders before it."""
    first = Path(NAME).stem
    names = []
    for path in paths:
        stem, name = path.stem, path.parent.name
        rest = stem.removeprefix(first + ".")
        names.append(name if stem == first else f"{name} ({rest})" if rest != stem else stem)
    twice = {name for name, count in Counter(names).items() if count > 1}
    return [
        str(_from_here(path)) if name in twice else name
        for path, name in zip(paths, names, strict=True)
    ]


def _from_here(path):
    here = Path(os.path.abspath("."))
    return path.relative_to(here) if path.is_relative_to(here) else path


# Rows ----------------------------------------------------------------------------------------


def _entries(lessons, kind):
    """The (lesson, item, entry) of a learner."""
    for lesson in sorted(lessons):
        for item, entry in lessons[lesson].get(kind, {}).items():
            yield lesson, item, entry


def _made(entry):
    """Whether a prediction was answered."""
    return entry.get("skipped") is not True and entry.get("answer", entry.get("said")) is not None


def _tried(entry):
    return any(entry.get(field) for field in ("tries", "passed", "said"))


def _is_true(entries, field):
    return sum(entry.get(field) is True for entry in entries)


def _share(entries, field):
    """How many are right, of those that could be judged: "2 of 3"."""
    judged = [entry for entry in entries if isinstance(entry.get(field), bool)]
    return f"{_is_true(judged, field)} of {len(judged)}" if judged else ""


def _learner_row(name, lessons):
    entries = {kind: [entry for *_, entry in _entries(lessons, kind)] for kind in KINDS}
    made = [entry for entry in entries["predictions"] if _made(entry)]
    tried = [entry for entry in entries["exercises"] if _tried(entry)]
    begun = sum(any(kinds.get(kind) for kind in KINDS) for kinds in lessons.values())
    return (
        name, begun, len(made), _is_true(made, "right"), _is_true(entries["targets"], "reached"),
        f"{_is_true(tried, 'passed')} of {len(tried)}" if tried else "",
        _share(entries["quiz"], "right"),
    )  # fmt: skip


def _item_rows(classroom, kind, row):
    """A row for each item of the class, in the order of lessons and then of its first learner."""
    found = {}
    for lessons in classroom.values():
        for lesson, item, entry in _entries(lessons, kind):
            found.setdefault((lesson, item), []).append(entry)
    return [(*key, *row(found[key])) for key in sorted(found, key=lambda key: key[0])]


def _prediction_row(entries):
    made = [entry for entry in entries if _made(entry)]
    wrong = [entry for entry in made if entry.get("right") is False]
    said = [_words(entry.get("said") or entry.get("answer")) for entry in wrong]
    return len(made), _is_true(entries, "skipped"), _share(made, "right"), _most_common(said)


def _exercise_row(entries):
    tried = [entry for entry in entries if _tried(entry)]
    left = [entry for entry in tried if entry.get("passed") is not True]
    said = [_words(entry["said"]) for entry in left if entry.get("said")]
    return len(tried), len(tried) - len(left), _is_true(entries, "shown"), _most_common(said)


def _words(value):
    """What a learner's file holds, on one line and not too long."""
    try:
        text = " ".join(asis.legible(value).split())
    except (RecursionError, ValueError):  # lists in lists without end, a number of 5,000 digits
        return "…"
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def _most_common(texts):
    """The text that stands there most often, with its count: "to the left (3)"."""
    return "{} ({})".format(*Counter(texts).most_common(1)[0]) if texts else ""


# Tables --------------------------------------------------------------------------------------


def _markdown_table(head, rows):
    lines = [head, ["---"] * len(head), *[map(asis.in_markdown, map(_words, row)) for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text_table(head, rows):
    lines = [head, *[[_words(cell) for cell in row] for row in rows]]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _width(text):
    """Columns on a terminal, where a Korean letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
