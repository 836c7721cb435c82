"""A learner's answers, kept in one readable JSON file beside the notebooks.

    {"format": "optimlab progress", "version": 1,
     "lessons": {"05": {"predictions": {"one step": {"answer": "left", …}}, "exercises": {…}, …}}}

Every change reads the file, merges the fields of one entry and replaces the file as a whole, under
a lock file, so that two lessons open at once lose nothing. What cannot be written stays in memory
and is tried again with the next change. A file that holds something else is set aside under
another name, and never overwritten.
"""

import copy
import errno
import json
import math
import os
import random
import reprlib
import secrets
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = "optimlab-progress.json"
VARIABLE = "OPTIMLAB_PROGRESS"
FORMAT, VERSION = "optimlab progress", 1
KINDS = ("predictions", "targets", "exercises", "quiz")

#: seconds after which a lock is broken: by its own time, and by ours if nothing happens to it
STALE, PATIENCE = 10, 5
#: a file that another process has open at this moment is refused by Windows: ask again after these
PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4) if os.name == "nt" else ()


class Damaged(ValueError):
    """A file that holds no answers, or not in their form; the text says why."""


class Newer(ValueError):
    """A file of a later version of optimlab."""


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
        self._known = _fresh()  # what the file was last seen to hold
        self._pending = []  # changes that it does not hold yet
        self._marks = None  # how the files looked then
        self._unwritten = self._unread = self._state = self._aside = ""  # sentences: see trouble

    # -- reading -------------------------------------------------------------------------------

    def get(self, lesson, kind, item):
        """A copy of an entry, {} where there is none."""
        _check(lesson, kind, item)
        return self.lesson(lesson)[kind].get(item, {})

    def lesson(self, lesson):
        """A copy of all entries of a lesson, {kind: {item: entry}}, with all four kinds."""
        _check(lesson)
        return self.lessons().get(lesson) or {kind: {} for kind in KINDS}

    def lessons(self):
        """A copy of everything, {lesson: {kind: {item: entry}}}, with all four kinds in each."""
        with self._guard:
            self._look()
            document = copy.deepcopy(self._known)
            for change in self._pending:
                _apply(document, copy.deepcopy(change))
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
        _check(lesson, kind, item)
        fields = {name: _plain(name, value) for name, value in fields.items()}
        self._change((lesson, kind, item, fields))
        return self.get(lesson, kind, item)

    def reset(self, lesson=None):
        """Forget the answers of a lesson, or without one, all. Where there are none, it is done."""
        if lesson is not None:
            _check(lesson)
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
            answers = _changes(self.lessons())
            self._start(path)
            if path is not None:
                with suppress(OSError):  # the sentence comes from writing
                    path.parent.mkdir(parents=True, exist_ok=True)
            self._pending = answers
            self._store()
        self._tell()

    def subscribe(self, callback):
        """Call `callback()` after each change made here; returns a function that ends this."""
        if not callable(callback):
            raise TypeError(f"callback={_brief(callback)}: callback must be a function")
        own = [callback]  # a box, so that the same function may subscribe twice
        self._callbacks.append(own)

        def unsubscribe():
            self._callbacks = [box for box in self._callbacks if box is not own]

        return unsubscribe

    def _tell(self):
        for (callback,) in list(self._callbacks):
            callback()

    def _change(self, change):
        with self._guard:
            before = _text(self.lessons()), self.trouble
            self._pending.append(change)
            self._store()
            after = _text(self.lessons()), self.trouble
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
                return path, _fresh(), ""
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
        return (
            f"{_shown(self.path)} cannot be {verb} ({error.strerror or error}), so your answers "
            'are in memory only; lessons.keep("another/place.json") keeps them in another file.'
        )

    def _store(self):
        """Bring the pending changes into the file; where that fails they stay pending."""
        if self.path is None:
            for change in self._pending:
                _apply(self._known, change)
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
        with _locked(self.path) as still_ours:
            path, document, reason = self._survey()
            if document is None:
                self._set_aside(path, reason)
                document = _fresh()
            before = _text(document)
            for change in self._pending:
                _apply(document, change)
            after = _text(document)
            if after != before and not _replace(path, after, still_ours):
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
        self._pending[:0] = _changes(self._known["lessons"])  # what was read before it was damaged


_objects = {}


def current():
    """The Progress of this process for the file that the environment names now."""
    path = _resolved(None)
    if path not in _objects:
        _objects[path] = Progress("" if path is None else path)
    return _objects[path]


def load(path):
    """The document in a progress file of this version, with its shape checked.

    Raises OSError, Damaged or Newer.
    """
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    raw = _patiently(Path(path).read_bytes)
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise Damaged("it is not JSON" if raw.strip() else "it is empty") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Damaged(f'it has no "format": "{FORMAT}"')
    version = document.get("version")
    if isinstance(version, int | float) and version > VERSION:
        raise Newer(f"it has version {version:g}, which is newer than {VERSION}")
    if version != VERSION:
        raise Damaged(f'it has no "version": {VERSION}')
    lessons = document.setdefault("lessons", {})
    if not isinstance(lessons, dict):
        raise Damaged("its lessons are in another form")
    for lesson, kinds in lessons.items():
        if not isinstance(kinds, dict):
            raise Damaged(f"its lesson {lesson} is in another form")
        for kind in KINDS:
            entries = kinds.get(kind, {})
            if not isinstance(entries, dict) or not all(
                isinstance(entry, dict) for entry in entries.values()
            ):
                raise Damaged(f"its lesson {lesson} has {kind} in another form")
    return document


# Arguments and documents -------------------------------------------------------------------


def _check(lesson, kind=KINDS[0], item="item"):
    for name, value in (("lesson", lesson), ("item", item)):
        if not isinstance(value, str):
            raise TypeError(f"{name}={_brief(value)}: {name} must be a text")
        if not value.strip():
            raise ValueError(f"{name}={value!r}: {name} must not be empty")
    if kind not in KINDS:
        raise ValueError(f"kind={_brief(kind)}: kind must be one of {', '.join(KINDS)}")


def _brief(value):
    try:
        return reprlib.repr(value)
    except Exception:  # an integer of thousands of digits, an object with a fault of its own
        return f"({type(value).__name__})"


def _plain(name, value):
    """A copy of a value, made of nothing but what JSON has."""
    try:
        return json.loads(json.dumps(value, allow_nan=False, default=_from_numpy))
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"{name}={_brief(value)}: {name} must be text, a finite number, True or False, "
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


def _fresh():
    return {"format": FORMAT, "version": VERSION, "lessons": {}}


def _text(document):
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _apply(document, change):
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


def _changes(lessons):
    """The changes that make these lessons."""
    return [
        (lesson, kind, item, copy.deepcopy(entry))
        for lesson, kinds in lessons.items()
        for kind in KINDS
        for item, entry in kinds.get(kind, {}).items()
    ]


# Files ---------------------------------------------------------------------------------------


def _resolved(path):
    """The whole path of a file, or None for memory only."""
    if path is None:
        path = os.environ.get(VARIABLE, NAME)
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path={_brief(path)}: path must be a file's name, or empty")
    return None if path == "" else Path(os.path.realpath(os.path.expanduser(path)))


def _fit(path):
    """Raise OSError where answers cannot be kept: a device, a folder, a file of another kind."""
    if path.suffix.lower() != ".json":
        raise OSError(errno.EINVAL, "its name does not end in .json")
    if os.path.exists(path) and not os.path.isfile(path):
        kind = "a folder" if os.path.isdir(path) else "no ordinary file"
        raise OSError(errno.EINVAL, f"it is {kind}")


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


def _patiently(action, *args):
    for pause in PAUSES:
        try:
            return action(*args)
        except PermissionError:
            time.sleep(pause)
    return action(*args)


def _replace(path, text, still_ours):
    """Replace a file as a whole, or raise OSError; False if the lock is no longer ours."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            # half of a surrogate pair is no UTF-8: it becomes its escape, which JSON reads back
            file.write(text.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        if not still_ours():
            return False
        _patiently(os.replace, temporary, path)
        return True
    finally:
        with suppress(OSError):
            os.unlink(temporary)


@contextmanager
def _locked(path):
    """Keep other processes from writing a file; gives a function that says if that still holds."""
    lock = path.with_name(path.name + ".lock")
    token = f"{os.getpid()} {secrets.token_hex(8)}\n".encode()

    def still_ours():
        return _look_at(lock)[0] == token

    _take(lock, token)
    try:
        yield still_ours
    finally:
        with suppress(OSError):
            if still_ours():
                _patiently(os.unlink, lock)


def _take(lock, token):
    """Create the lock file, waiting for its owner, and breaking it if that one is gone."""
    seen, since = None, time.monotonic()
    end = since + 2 * PATIENCE
    while not _created(lock, token):
        found = _look_at(lock)
        now = time.monotonic()
        if now > end:
            raise TimeoutError(errno.ETIMEDOUT, "another program is holding it")
        if found != seen:
            seen, since = found, now
        if found[0] is not None and (now - since > PATIENCE or time.time() - found[1] > STALE):
            _break(lock, found)
        else:
            time.sleep(random.uniform(0.001, 0.01))


def _created(lock, token):
    try:
        descriptor = _patiently(os.open, lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    try:
        with open(descriptor, "wb") as file:
            file.write(token)
    except BaseException:
        with suppress(OSError):
            os.unlink(lock)
        raise
    return True


def _look_at(lock):
    """The owner and the time of a lock; nothing where it is gone."""
    try:
        return _patiently(lock.read_bytes), os.stat(lock).st_mtime
    except OSError:
        return None, 0


def _break(lock, found):
    """Remove a lock whose owner is gone, and what it was writing.

    Should two processes do this at once, the slower one may remove the quicker one's new lock:
    that one sees it before it replaces the file, and begins again.
    """
    if _look_at(lock) != found:
        return
    with suppress(FileNotFoundError):
        _patiently(os.unlink, lock)
    name = lock.name.removesuffix(".lock")
    for left in lock.parent.glob("*.tmp"):
        with suppress(OSError):
            if left.name.startswith(name + ".") and time.time() - left.stat().st_mtime > STALE:
                left.unlink()
