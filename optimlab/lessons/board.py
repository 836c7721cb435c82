"""What a learner predicted, what happened, and what is open: one lesson, or the whole series."""

import os
from pathlib import Path

from optimlab import asis, checks
from optimlab.lessons.card import Card, buttons, text, trouble
from optimlab.lessons.contents import heading, items, lesson_number, lesson_paths

#: kind -> the field of an entry that says it is done
DONE = {"predictions": "revealed", "targets": "reached", "exercises": "passed", "quiz": "found"}


def _done(kind, entry):
    return bool(entry.get(DONE[kind]))


def counts(wanted, stored):
    """For each kind: how many of the items asked for are done, and how many there are."""
    return {
        kind: (sum(_done(kind, stored[kind].get(name, {})) for name in names), len(names))
        for kind, names in wanted.items()
    }


def still_open(wanted, stored):
    """What is not done yet, a phrase for each kind.

    >>> wanted = {"predictions": ["a", "b"], "targets": [], "quiz": ["1", "2"]}
    >>> still_open(wanted, {"predictions": {}, "targets": {}, "quiz": {"1": {"found": True}}})
    ['predictions “a”, “b”', 'quiz 2']
    """
    found = []
    for kind, names in wanted.items():
        left = [name for name in names if not _done(kind, stored[kind].get(name, {}))]
        quoted = [name if kind == "quiz" else f"“{name}”" for name in left]
        found += [f"{kind} {', '.join(quoted)}"] if left else []
    return found


def _table(head, rows):
    cells = "".join(f"<th>{asis.in_html(name)}</th>" for name in head)
    lines = ["".join(f"<td>{asis.in_html(cell)}</td>" for cell in row) for row in rows]
    return f"<table><tr>{cells}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _markdown(head, rows):
    lines = [head, ["---"] * len(head), *[map(asis.in_markdown, row) for row in rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


PREDICTED = ["prediction", "you said", "it was", "in your words"]


def prediction_rows(names, stored):
    """A row for each prediction: what was said, what happened, the learner's own words."""
    rows = []
    for name in names:
        entry = stored["predictions"].get(name, {})
        said = "skipped" if entry.get("skipped") else entry.get("said", "not yet")
        if "former" in entry:
            said = f"not yet; before the question changed: {entry['former']}"
        seen = entry.get("revealed")
        was = entry.get("truth", "") if seen else ""
        if seen and entry.get("right"):
            was = f"{was} ✓"
        rows.append([name, said, was, entry.get("why", "")])
    return rows


class _Board(Card):
    """A card that is drawn anew when something was answered."""

    def __init__(self, store):
        self.store = store
        super().__init__(self._press, self._words, label="What was answered")
        self._asked = False
        self._paint()
        store.subscribe(self._paint)

    def _press(self, name, _value):
        if name == "forget":
            self._forget()
        self._asked = name == "reset"
        self._paint()

    def _reset_parts(self, label, what):
        if not self._asked:
            return [buttons(("look", "Look again"), ("reset", label))]
        sure = f"This forgets {what}. There is no way back."
        return [text(sure, "bad"), buttons(("forget", "Yes, forget it"), ("keep", "No, keep it"))]

    def _trouble(self):
        return [trouble(self.store)] if self.store.trouble else []


class LessonBoard(_Board):
    """The page at the end of a lesson. See `Lesson.progress`."""

    def __init__(self, lesson):
        self.lesson = lesson
        super().__init__(lesson.store)

    def _forget(self):
        self.lesson.reset()

    def _state(self):
        return self.lesson.wanted(), self.lesson.answers()

    def _sentence(self):
        wanted, stored = self._state()
        done, left = counts(wanted, stored), still_open(wanted, stored)
        parts = [f"{kind} {got} of {n}" for kind, (got, n) in done.items() if n]
        asked = [stored["predictions"].get(name, {}) for name in wanted["predictions"]]
        if skipped := sum(bool(entry.get("skipped")) for entry in asked):
            parts[0] += f" ({skipped} skipped)"
        said = [f"Done: {', '.join(parts)}." if parts else "This lesson has asked nothing so far."]
        if left:
            said.append(f"Open: {'; '.join(left)}.")
        checked = stored["exercises"]
        shown = [f"“{name}”" for name in wanted["exercises"] if checked.get(name, {}).get("shown")]
        if shown:
            said.append(f"Solutions shown before they were found: {', '.join(shown)}.")
        return " ".join(said)

    def _paint(self):
        wanted, stored = self._state()
        rows = prediction_rows(wanted["predictions"], stored)
        table = {"kind": "text", "html": _table(PREDICTED, rows), "tone": "plain"}
        parts = [table] if rows else []
        parts += [text(self._sentence(), "plain", "sentence"), *self._trouble()]
        self.parts = parts + self._reset_parts(
            "Start this lesson over", f"all answers of lesson {self.lesson.number}"
        )

    def _words(self):
        wanted, stored = self._state()
        rows = prediction_rows(wanted["predictions"], stored)
        return (f"{_markdown(PREDICTED, rows)}\n\n" if rows else "") + self._sentence()


class SeriesBoard(_Board):
    """Progress in every lesson of a folder. See `lessons.progress`."""

    HEAD = ["lesson", *DONE, "next"]

    def __init__(self, store, folder="."):
        checks.instance("folder", folder, (str, os.PathLike), "a folder")
        self.folder = Path(folder)
        super().__init__(store)

    def _forget(self):
        self.store.reset()

    def _rows(self):
        rows = []
        for path in lesson_paths(self.folder):
            try:
                wanted = items(path)
            except ValueError:
                rows.append([path.name, *[""] * len(DONE), "cannot be read"])
                continue
            stored = self.store.lesson(lesson_number(path))
            done, left = counts(wanted, stored), still_open(wanted, stored)
            cells = [f"{got} of {n}" if n else "" for got, n in done.values()]
            rows.append([heading(path)[0], *cells, left[0].split(", ")[0] if left else "all done"])
        return rows

    def _paint(self):
        table = {"kind": "text", "html": _table(self.HEAD, self._rows()), "tone": "plain"}
        self.parts = [table, *self._trouble()] + self._reset_parts(
            "Start the series over", "all answers of all lessons"
        )

    def _words(self):
        return _markdown(self.HEAD, self._rows())
