"""Where this Python runs: on a machine, or in a browser, without threads and processes."""

import contextlib
import importlib
import math
import os
import sys
from functools import cache
from pathlib import Path

#: where JupyterLite puts the files that a browser keeps; all others are gone with the page
DRIVE = "/drive"
#: where Linux says how much a container may have, as those of JupyterHub
CONTAINER = Path("/sys/fs/cgroup/memory.max")


def in_browser() -> bool:
    """Whether this is a Python for the web, such as JupyterLite's."""
    return sys.platform == "emscripten"


@cache
def memory() -> float:
    """How many bytes this Python can have: those of the machine, or of the container it is in."""
    if in_browser():
        return 2.0**32  # as many as WebAssembly can name
    found = [math.inf]
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on Windows
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        found.append(int(CONTAINER.read_text()))
    with contextlib.suppress(AttributeError):
        found.append(_of_windows())
    return min(found)


def _of_windows() -> int:
    import ctypes

    status = (ctypes.c_ulonglong * 8)(64)  # MEMORYSTATUSEX: its length, load, and then the whole
    ctypes.windll.kernel32.GlobalMemoryStatusEx(status)  # type: ignore[attr-defined]
    return status[1]


def fetched(package: str) -> bool:
    """Whether the browser has now brought a package that was missing, while the cell waits.

    So a page loads what it uses when it uses it. It takes a cell that is running, a browser in
    which WebAssembly can wait, and the network; without them nothing happens.
    """
    if not in_browser():
        return False
    try:
        waiting = importlib.import_module("pyodide.ffi")
        if not waiting.can_run_sync():
            return False
        waiting.run_sync(importlib.import_module("piplite").install(package))
    except Exception:  # whatever is wrong, what to do is the same: see `installing`
        return False
    importlib.invalidate_caches()
    return True


def installing(package: str, extra: str) -> str:
    """How a learner installs a package here, or with an extra of this one all of its kind."""
    return f"%pip install {package}" if in_browser() else f"pip install 'optimlab[{extra}]'"
