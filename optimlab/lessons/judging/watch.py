"""Stop a function that does not end, in the thread that called it, on every system.

Where there are threads one waits beside the call, which then runs at its full speed; in a browser,
which has none, the call looks at the clock itself. `call` chooses.
"""

import contextlib
import ctypes
import signal
import sys
import threading
import time

from optimlab import place

#: seconds between two attempts, for a function that catches the first ones itself
AGAIN = 0.05

_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in.argtypes = (ctypes.c_ulong, ctypes.py_object)
_raise_in.restype = ctypes.c_int


class TooLong(BaseException):
    """Raised in a function whose time is over. No Exception, so `except Exception` misses it."""


def call(function, args=(), seconds=3.0):
    """Return `function(*args)`, or raise TooLong if it takes longer than `seconds`.

    The exception comes between two steps of Python, so a single long call into C code, such as
    `sum(itertools.count())` or the product of two huge matrices, is stopped only when it ends. One
    that looks for signals, such as `time.sleep`, `re.match` or a power of whole numbers, is stopped
    in the main thread (not on Windows). A function that catches the exception gets it again at the
    next line, its handler's included.

    >>> call(pow, (2, 10))
    1024
    >>> def forever():
    ...     while True:
    ...         pass
    >>> call(forever, seconds=0.05)
    Traceback (most recent call last):
    optimlab.lessons.judging.watch.TooLong
    """
    with _unheard():
        return (_traced if place.in_browser() else _watched)(function, args, seconds)


@contextlib.contextmanager
def _unheard():
    """Keep from Python's hook what a finalizer swallows: it is no error, and is raised again."""
    told = sys.unraisablehook
    sys.unraisablehook = lambda said: issubclass(said.exc_type, TooLong) or told(said)
    try:
        yield
    finally:
        sys.unraisablehook = told


def _watched(function, args, seconds):
    """Let a second thread wait beside the call; it has ended when this returns or raises."""
    caller, here, tracer = threading.get_ident(), sys._getframe(), sys.gettrace()
    begun, running, watching = (threading.Lock() for _ in range(3))
    for lock in (begun, running, watching):
        lock.acquire()
    ended, watched, late, wait = [], [], [], max(seconds, 0)
    wakes = hasattr(signal, "setitimer") and caller == threading.main_thread().ident

    class Late(TooLong):
        def __init__(self):
            # Made in the caller's thread at the moment it is raised there: from now on the next
            # line of whatever runs now, also the first one of its `except`, raises it anew.
            frame = sys._getframe(1)
            while not ended and frame is not None and frame is not here:
                frame.f_trace = insist
                frame = frame.f_back
            if not ended:
                sys.settrace(lambda *_: None)  # nothing that is called from now on is traced

    def insist(_frame, event, _argument):
        if event == "line" and not ended:
            raise Late
        return insist

    def watch():
        pause = wait
        begun.acquire()
        while not running.acquire(timeout=pause):
            late.append(True)
            _raise_in(caller, Late)
            pause = AGAIN
        watched.append(True)
        watching.release()

    def wake(*_):  # where a call into C waits, or lets no thread run
        if not ended:
            raise Late

    watchdog = threading.Thread(target=watch, name="optimlab time limit", daemon=True)
    watchdog.start()
    try:
        if wakes:
            others = signal.signal(signal.SIGALRM, wake)
            timer = signal.setitimer(signal.ITIMER_REAL, wait + AGAIN, AGAIN)
        begun.release()
        return function(*args)
    except TooLong:
        raise TooLong from None
    finally:
        # A late exception may still arrive anywhere in this loop, and every line be run again. It
        # ends when the other thread makes no more of them and the last one has come. (Python 3.11
        # can withdraw it, but from then on any function that is traced hangs at its beginning.)
        while True:
            try:
                ended.append(True)
                for lock in (begun, running):
                    if lock.locked() and not watched:
                        lock.release()
                while not watched:
                    watching.acquire(timeout=AGAIN)
                if late:
                    late.clear()
                    _raise_in(caller, TooLong)
                    while True:
                        pass
                if sys.gettrace() is not tracer:
                    sys.settrace(tracer)
                if wakes:
                    signal.setitimer(signal.ITIMER_REAL, *timer)
                    signal.signal(signal.SIGALRM, others)
                break
            except (TooLong, KeyboardInterrupt):
                pass
        watchdog.join()


def _traced(function, args, seconds):
    """Look at the clock before each line, which takes about nine times as long.

    A function that catches the exception and keeps it runs on until it next calls something.
    """
    here, tracer, end = sys._getframe(), sys.gettrace(), time.monotonic() + seconds
    over = []

    class Late(TooLong):
        # Raised by the tracer it has ended the tracing: caught and dropped, it begins it anew.
        def __del__(self):
            anew(sys._getframe(1))

    def look(frame, event, _argument):
        if frame.f_code.co_filename == __file__:
            return None
        if event == "line" and time.monotonic() > end:
            raise Late
        return look

    def anew(frame):
        while not over and frame is not here and frame is not None:
            frame.f_trace = look
            frame = frame.f_back
        if not over:
            sys.settrace(look)

    sys.settrace(look)
    try:
        return function(*args)
    except TooLong:
        over.append(True)
        raise TooLong from None
    finally:
        over.append(True)
        sys.settrace(tracer)
