"""A learner's answers, kept in one readable JSON file beside the notebooks.

Every change reads the file, merges the fields of one entry and replaces the file as a whole, under
a lock file, so that two lessons open at once lose nothing. What cannot be written stays in memory
and is tried again with the next change. A file that holds something else is set aside under
another name, and never overwritten.
"""

import copy
import errno
import inspect
import os
import threading
from contextlib import suppress
from pathlib import Path
from weakref import WeakMethod

from optimlab import checks, place
from optimlab.lessons import document as documents
from optimlab.lessons.document import KINDS, Damaged, Newer, check_place, load
from optimlab.lessons.lockfile import locked, replace

NAME = "optimlab-progress.json"
VARIABLE = "OPTIMLAB_PROGRESS"
NO_FILES = "this browser keeps no files for this page"


class Progress:
    """The answers of one file, which other processes may be writing too.

    Parameters
    ----------
    path : the file; None takes what OPTIMLAB_PROGRESS names, or optimlab-progress.json in the
        working directory; "" keeps the answers in memory only

    Nothing that goes wrong with the file raises an error: `trouble` says it in a sentence. A wrong
    argument raises TypeError or ValueError that names it.

    >>> progress = Progress("")
    >>> progress.update("05", "predictions", "one step", answer="left", right=False)
    {'answer': 'left', 'right': False}
    >>> progress.update("05", "predictions", "one step", answer="right", right=None)
    {'answer': 'right'}
    >>> progress.lesson("05")["predictions"]
    {'one step': {'answer': 'right'}}
    """

    def __init__(self, path=None):
        self._guard = threading.RLock()
        self._callbacks = []
        self._start(_resolved(path))

    def _start(self, path):
        self.path = path
        self._known = documents.fresh()  # what the file was last seen to hold
        self._pending = []  # changes that it does not hold yet
        self._marks = None  # how the files looked then
        self._unwritten = self._unread = self._state = self._aside = ""  # sentences: see trouble

    # -- reading -------------------------------------------------------------------------------

    def get(self, lesson, kind, item):
        """A copy of an entry, {} where there is none."""
        check_place(lesson, kind, item)
        return self.lesson(lesson)[kind].get(item, {})

    def lesson(self, lesson):
        """A copy of all entries of a lesson, {kind: {item: entry}}, with all four kinds."""
        check_place(lesson)
        return self.lessons().get(lesson) or {kind: {} for kind in KINDS}

    def lessons(self):
        """A copy of everything, {lesson: {kind: {item: entry}}}, with all four kinds in each."""
        with self._guard:
            self._look()
            document = copy.deepcopy(self._known)
            for change in self._pending:
                documents.apply(document, copy.deepcopy(change))
        return {
            lesson: {kind: kinds.get(kind, {}) for kind in KINDS}
            for lesson, kinds in document["lessons"].items()
        }

    def setting(self, name):
        """What a teacher wrote into the file beside the answers, such as "solutions"; or None."""
        with self._guard:
            self._look()
            return self._known.get(name)

    @property
    def trouble(self):
        """One sentence for the learner about the file, or "" where all is well."""
        with self._guard:
            self._look()
            return self._unwritten or self._unread or self._state or self._aside

    # -- changing ------------------------------------------------------------------------------

    def update(self, lesson, kind, item, **fields):
        """Merge fields into an entry, store it, tell subscribers, and return a copy of the entry.

        A field that is None is removed, and an entry without fields is forgotten. Values are text,
        finite numbers, True or False, and lists and dicts of these; numpy's are converted.
        """
        check_place(lesson, kind, item)
        fields = {name: documents.plain(name, value) for name, value in fields.items()}
        self._change((lesson, kind, item, fields))
        return self.get(lesson, kind, item)

    def reset(self, lesson=None):
        """Forget the answers of a lesson, or without one, all. Where there are none, it is done."""
        if lesson is not None:
            check_place(lesson)
        self._change((lesson, None, None, None))

    def move(self, path):
        """Keep the answers in another file from now on, with all that are known here.

        The file's name must end in .json; its folder is made where it is missing. What the file
        already holds stays, except for the same entries' fields. "" keeps them in memory only.
        """
        path = _resolved("" if path is None else path)
        if path is not None and path.suffix.lower() != ".json":
            raise ValueError(f"path={path.name!r}: path must be a file's name that ends in .json")
        with self._guard:
            answers = documents.changes(self.lessons())
            self._start(path)
            if path is not None:
                with suppress(OSError):  # the sentence comes from writing
                    path.parent.mkdir(parents=True, exist_ok=True)
            self._pending = answers
            self._store()
        self._tell()

    def subscribe(self, callback):
        """Call `callback()` after each change made here; returns a function that ends this.

        A method is called as long as its object is there: this does not keep it.
        """
        checks.callback("callback", callback)
        # a box for each, so that the same function may subscribe twice
        own = WeakMethod(callback) if inspect.ismethod(callback) else (lambda: callback)
        self._callbacks.append(own)

        def unsubscribe():
            self._callbacks = [box for box in self._callbacks if box is not own]

        return unsubscribe

    def _tell(self):
        self._callbacks = [box for box in self._callbacks if box()]
        for box in self._callbacks:
            if callback := box():
                callback()

    def _change(self, change):
        with self._guard:
            before = documents.text(self.lessons()), self.trouble
            self._pending.append(change)
            self._store()
            after = documents.text(self.lessons()), self.trouble
        if after != before:
            self._tell()

    # -- the file ------------------------------------------------------------------------------

    def _look(self):
        """Read the file again if it has changed."""
        if self.path is None:
            return
        try:
            _fit(self.path)
        except OSError as error:
            self._marks, self._unread = None, self._unable("read", error)
            return
        marks = [_mark(path) for path in self._places()]
        if marks == self._marks:
            return
        try:
            path, document, reason = self._survey()
        except OSError as error:
            self._marks, self._unread = None, self._unable("read", error)
            return
        self._known = document or self._known
        self._marks, self._unread = marks, ""
        self._say(path, reason)

    def _places(self):
        """The file, and the one that takes its place while it is of a newer version."""
        return self.path, self.path.with_name(f"{self.path.stem}.version-1{self.path.suffix}")

    def _survey(self):
        """Where the answers stand, what is there (None if it is damaged), and what is wrong."""
        for path in self._places():
            try:
                return path, load(path), ""
            except FileNotFoundError:
                return path, documents.fresh(), ""
            except Damaged as error:
                return path, None, str(error)
            except Newer as error:
                reason = str(error)
        return path, None, reason

    def _say(self, path, reason):
        self._state = ""
        if reason:
            self._state = (
                f"{_shown(path)} cannot be read as answers ({reason}), "
                "and will be set aside under another name with your next answer."
            )
        elif path != self.path:
            self._state = (
                f"{_shown(self.path)} was written by a newer optimlab and is left as it is, "
                f"so your answers are kept in {path.name} beside it."
            )

    def _unable(self, verb, error):
        why = error.strerror or error
        if place.in_browser() and why == os.strerror(errno.EINVAL):  # JupyterLite: no drive
            why = NO_FILES
        said = f"{_shown(self.path)} cannot be {verb} ({why}), so your answers are in memory only"
        if place.in_browser():
            return f"{said}: they stay until you close or reload this page."
        return f'{said}; lessons.keep("another/place.json") keeps them in another file.'

    def _store(self):
        """Bring the pending changes into the file; where that fails they stay pending."""
        if self.path is None:
            for change in self._pending:
                documents.apply(self._known, change)
            self._pending = []
            return
        try:
            if not any(self._write() for _ in range(5)):
                raise OSError(errno.EBUSY, "another program is holding it")
        except OSError as error:
            self._unwritten = self._unable("written", error)
        else:
            self._pending, self._unwritten, self._unread = [], "", ""

    def _write(self):
        """Write once; False if the lock was broken by another process meanwhile."""
        _fit(self.path)
        with locked(self.path) as still_ours:
            path, document, reason = self._survey()
            if document is None:
                self._set_aside(path, reason)
                document = documents.fresh()
            before = documents.text(document)
            for change in self._pending:
                documents.apply(document, change)
            after = documents.text(document)
            if after != before and not replace(path, after, still_ours):
                return False
            self._known, self._marks = document, [_mark(place) for place in self._places()]
            self._say(path, "")
        return True

    def _set_aside(self, path, reason):
        number = 1
        while os.path.lexists(other := _aside(path, number)):
            number += 1
        os.rename(path, other)
        self._aside = (
            f"{_shown(path)} could not be read as answers ({reason}), "
            f"so it was set aside as {other.name} and a new file was begun."
        )
        # what was read before it was damaged
        self._pending[:0] = documents.changes(self._known["lessons"])


_objects = {}


def current():
    """The Progress of this process for the file that the environment names now."""
    path = _resolved(None)
    if path not in _objects:
        _objects[path] = Progress("" if path is None else path)
    return _objects[path]


# Files ---------------------------------------------------------------------------------------


def _resolved(path):
    """The whole path of a file, or None for memory only."""
    if path is None:
        path = os.environ.get(VARIABLE, NAME).replace("\0", "�")
    if not isinstance(path, str | os.PathLike):
        checks.wrong_kind("path", path, "a file's name, or empty")
    if "\0" in str(path):
        checks.wrong_value("path", path, "a file's name, or empty")
    if path == "":
        return None
    with suppress(OSError):  # the folder that one is in is gone
        path = os.path.realpath(os.path.expanduser(path))
    return Path(path)


def _fit(path):
    """Raise OSError where answers cannot be kept: a device, a folder, a file of another kind."""
    if place.in_browser() and not path.is_relative_to(place.DRIVE):
        raise OSError(errno.EROFS, NO_FILES)
    if path.suffix.lower() != ".json":
        raise OSError(errno.EINVAL, "its name does not end in .json")
    documents.ordinary(path)


def _shown(path):
    """A path as the learner sees it: from the working directory where it lies there."""
    with suppress(OSError, ValueError):
        return str(path.relative_to(os.path.realpath(os.getcwd())))
    return str(path)


def _aside(path, number):
    return path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")


def _mark(path):
    """What changes when a file is written; None where there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
