"""Write a file as a whole, while no other process writes it."""

import errno
import os
import platform
import random
import secrets
import time
from contextlib import contextmanager, suppress

#: seconds after which a lock is broken: by its own time, and by ours if nothing happens to it
STALE, PATIENCE = 10, 5
#: the name of this machine, as one word
_HERE = "".join(platform.node().split()) or "here"
#: a file that another process has open at this moment is refused by Windows: ask again after these
PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4) if os.name == "nt" else ()


def patiently(action, *args):
    """What an action on a file gives, which may be refused for a moment."""
    for pause in PAUSES:
        try:
            return action(*args)
        except PermissionError:
            time.sleep(pause)
    return action(*args)


def replace(path, text, still_ours):
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
        patiently(os.replace, temporary, path)
        return True
    finally:
        with suppress(OSError):
            os.unlink(temporary)


@contextmanager
def locked(path):
    """Keep other processes from writing a file; gives a function that says if that still holds."""
    lock = path.with_name(path.name + ".lock")
    token = f"{os.getpid()} {secrets.token_hex(8)} {_HERE}\n".encode()

    def still_ours():
        return _look_at(lock)[0] == token

    _take(lock, token)
    try:
        yield still_ours
    finally:
        with suppress(OSError):
            if still_ours():
                patiently(os.unlink, lock)


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
        late = now - since > PATIENCE or time.time() - found[1] > STALE
        if found[0] is not None and (late or _is_dead(found[0])):
            _break(lock, found)
        else:
            time.sleep(random.uniform(0.001, 0.01))


def _is_dead(owner):
    """Whether the process that made a lock on this machine is known to have ended."""
    words = owner.decode("utf-8", "replace").split()
    known = len(words) == 3 and words[0].isdecimal() and words[2] == _HERE
    if not known or os.name != "posix":
        return False  # Windows would end the process that it is asked about
    try:
        os.kill(int(words[0]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        pass
    return False


def _created(lock, token):
    try:
        descriptor = patiently(os.open, lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
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
        return patiently(lock.read_bytes), os.stat(lock).st_mtime
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
        patiently(os.unlink, lock)
    name = lock.name.removesuffix(".lock")
    for left in lock.parent.glob("*.tmp"):
        with suppress(OSError):
            if left.name.startswith(name + ".") and time.time() - left.stat().st_mtime > STALE:
                left.unlink()
