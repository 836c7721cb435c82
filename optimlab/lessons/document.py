"""The document in a progress file: its form, what may stand in it, and how a change is made.

    {"format": "optimlab progress", "version": 1,
     "lessons": {"05": {"predictions": {"one step": {"answer": "left", …}}, "exercises": {…}, …}}}
"""

import copy
import errno
import json
import math
import os
from pathlib import Path

from optimlab import checks
from optimlab.lessons.lockfile import patiently

FORMAT, VERSION = "optimlab progress", 1
#: bytes of a file, and levels of what stands in it
LARGEST, DEEPEST = 50 * 10**6, 50
KINDS = ("predictions", "targets", "exercises", "quiz")


class Damaged(ValueError):
    """A file that holds no answers, or not in their form; the text says why."""


class Newer(ValueError):
    """A file of a later version of optimlab."""


def ordinary(path):
    """Raise OSError for a folder, a device, or a pipe, which is never read to its end."""
    if os.path.exists(path) and not os.path.isfile(path):
        kind = "a folder" if os.path.isdir(path) else "no ordinary file"
        raise OSError(errno.EINVAL, f"it is {kind}")


def load(path):
    """The document in a progress file of this version, with its shape checked.

    Raises OSError, Damaged or Newer.
    """
    ordinary(path)
    if os.stat(path).st_size > LARGEST:
        raise Damaged("it is too large")
    raw = patiently(Path(path).read_bytes)
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise Damaged("it is not JSON" if raw.strip() else "it is empty") from None
    if not _flat(document, DEEPEST):
        raise Damaged("it holds lists in lists without end")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Damaged(f'it has no "format": "{FORMAT}"')
    version = document.get("version")
    if isinstance(version, int | float) and version > VERSION:
        shown = f"{min(version, 10**6):g}"
        raise Newer(f"it has version {shown}, which is newer than {VERSION}")
    if version != VERSION:
        raise Damaged(f'it has no "version": {VERSION}')
    lessons = document.setdefault("lessons", {})
    if not isinstance(lessons, dict):
        raise Damaged("its lessons are in another form")
    for lesson, kinds in lessons.items():
        if not isinstance(kinds, dict):
            raise Damaged(f"its lesson {lesson[:20]} is in another form")
        for kind in KINDS:
            entries = kinds.get(kind, {})
            if not isinstance(entries, dict) or not all(
                isinstance(entry, dict) for entry in entries.values()
            ):
                raise Damaged(f"its lesson {lesson[:20]} has {kind} in another form")
    return document


def _flat(value, most):
    """Whether lists and dicts hold one another on so many levels at most."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most > 0 and all(_flat(part, most - 1) for part in parts)


def check_place(lesson, kind=KINDS[0], item="item"):
    """Refuse what is no place for an entry, by name."""
    checks.text("lesson", lesson)
    checks.one_of("kind", kind, KINDS)
    checks.text("item", item)


def plain(name, value):
    """A copy of a value, made of nothing but what JSON has."""
    try:
        return json.loads(json.dumps(value, allow_nan=False, default=_from_numpy))
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"{name}={checks.shown(value)}: {name} must be text, a finite number, True or False, "
            "or lists and dicts of these"
        ) from None


def _from_numpy(value):
    if callable(convert := getattr(value, "tolist", None) or getattr(value, "item", None)):
        return convert()
    raise TypeError


def _finite(text):
    if not math.isfinite(value := float(text)):
        raise ValueError(text)
    return value


def fresh():
    """A document without answers."""
    return {"format": FORMAT, "version": VERSION, "lessons": {}}


def text(document):
    """A document as the file holds it."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def apply(document, change):
    """Carry out one change; without a kind it is a reset of the lesson, or of all if None."""
    lesson, kind, item, fields = change
    lessons = document["lessons"]
    if kind is None:
        for name in list(lessons) if lesson is None else [lesson]:
            lessons.pop(name, None)
        return
    kinds = lessons.setdefault(lesson, {})
    entries = kinds.setdefault(kind, {})
    entry = entries.setdefault(item, {})
    entry.update(fields)
    for name in [name for name in fields if fields[name] is None]:
        del entry[name]
    for holder, name in ((entries, item), (kinds, kind), (lessons, lesson)):
        if not holder[name]:
            del holder[name]


def changes(lessons):
    """The changes that make these lessons."""
    return [
        (lesson, kind, item, copy.deepcopy(entry))
        for lesson, kinds in lessons.items()
        for kind in KINDS
        for item, entry in kinds.get(kind, {}).items()
    ]
