"""Where this Python runs: on a machine, or in a browser, without threads and processes."""

import importlib
import sys

#: where JupyterLite puts the files that a browser keeps; all others are gone with the page
DRIVE = "/drive"


def in_browser() -> bool:
    """Whether this is a Python for the web, such as JupyterLite's."""
    return sys.platform == "emscripten"


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
