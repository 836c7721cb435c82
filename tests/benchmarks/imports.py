"""What `import optimlab` costs beside `import numpy`, each in a fresh Python."""

from __future__ import annotations

import os
import subprocess
import sys

from report import compare, median

AT_MOST = 1.5
TIMES = 21
CODE = """\
import sys, time
start = time.perf_counter()
import {name}
print(time.perf_counter() - start)
heavy = {{"matplotlib", "plotly", "ipywidgets"}} & set(sys.modules)
assert not heavy, f"import {name} loads {{sorted(heavy)}}"
"""


def rows():
    """The two imports in turn, so that both see the same machine."""
    seconds = {"optimlab": [], "numpy": []}
    for name in seconds:
        timed(name)  # the files are read from disk once
    for _ in range(TIMES):
        for name, values in seconds.items():
            values.append(timed(name))
    ours, numpy = (median(values) for values in seconds.values())
    return [compare("`import optimlab`", ours, numpy, "`import numpy`", AT_MOST)]


def timed(name):
    """Seconds that one import takes, Python's own start not counted."""
    command = [sys.executable, "-c", CODE.format(name=name)]
    # a learner's Python keeps its bytecode, whatever this one was told
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return float(done.stdout)
