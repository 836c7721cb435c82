"""How long an explorer takes to appear, beside matplotlib that saves the same two panels once.

    python tests/benchmarks/appear.py --beside DIRECTORY            # another checkout of optimlab
    python tests/benchmarks/appear.py --beside DIRECTORY --lessons  # and Run All of its lessons

All are times of the processor, not of the clock, so that a busy machine matters less; each pair is
measured in turn, and medians are compared.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import os
import subprocess
import sys
import time
from pathlib import Path

from report import compare, duration, median
from scenes import COMMON, LIVE, MATPLOTLIB

#: the aim is 0.7
AT_MOST = 1.0
TIMES, ROUNDS = 11, 5
ROOT = Path(__file__).resolve().parents[2]
#: what of a lesson is spent inside explorers: making them, hiding or showing runs, and display
PARTS = ("__init__", "veil", "unveil", "_send_frames", "_repr_mimebundle_", "bundle")
BEFORE = f"""\
import time as _time
from optimlab.explorers.base import Explorer as _E
from optimlab import explorers as _all
import plotly.graph_objects as _go
_go.FigureWidget([_go.Surface(), _go.Scatter3d()])  # its imports are not what is measured
_ol_spent, _ol_open, _ol_made = [0.0], [0], [0]
def _timed(method, makes):
    def run(self, *args, **kwargs):
        if _ol_open[0]:
            return method(self, *args, **kwargs)
        _ol_open[0], begun = 1, _time.process_time()
        _ol_made[0] += makes
        try:
            return method(self, *args, **kwargs)
        finally:
            _ol_open[0] = 0
            _ol_spent[0] += _time.process_time() - begun
    return run
for _name in dir(_all):
    _kind = getattr(_all, _name)
    if isinstance(_kind, type) and issubclass(_kind, _E):
        for _part in {PARTS}:
            for _owner in _kind.__mro__:
                if _part in vars(_owner) and issubclass(_owner, _E):
                    _method = vars(_owner)[_part]
                    if not hasattr(_method, "_timed"):
                        _new = _timed(_method, _part == "__init__")
                        _new._timed = True
                        setattr(_owner, _part, _new)
"""
BEFORE += "_ol_begun = _time.process_time()"
AFTER = "print(_ol_made[0], _ol_spent[0], _time.process_time() - _ol_begun)"


def rows():
    """Explorer and plain matplotlib in turn, in this process."""
    ours, plain = seconds()
    what = "an explorer of one scene and its loss curve appears"
    return [compare(what, ours, plain, "matplotlib saves both panels once", AT_MOST)]


def seconds():
    """Medians of an explorer, from the call to its display, and of plain matplotlib."""
    import matplotlib

    matplotlib.use("agg")
    ours, plain = [], []
    for _ in range(TIMES + 1):
        ours.append(timed(explorer()))
        plain.append(timed(saved()))
    return median(ours[1:]), median(plain[1:])  # the first of each loads fonts


def timed(call):
    begun = time.process_time()
    call()
    return time.process_time() - begun


def explorer():
    """A call that makes the explorer of the other benchmarks and what the page needs of it."""
    space = {}
    source = LIVE.rstrip().splitlines()
    exec("\n".join(source[:-1]), space)
    made = compile(source[-1], "live", "eval")

    def show():
        shown = eval(made, space)
        shown._repr_mimebundle_()
        shown.close()

    return show


def saved():
    """A call that draws the same two panels with matplotlib, and saves them."""
    space = {}
    common = COMMON
    if importlib.util.find_spec("optimlab.explorers.controls") is None:  # an old checkout
        common = COMMON.replace("explorers.controls", "explorers.base")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(common, space)
    drawing = MATPLOTLIB.split("\n\n_ =")[0].replace("plt.show()", "figure.savefig(file)")
    exec(drawing, space)

    def save():
        space["file"] = io.BytesIO()
        space["draw"](0.1)
        space["plt"].close("all")

    return save


# --- beside another checkout ------------------------------------------------------------------


def fresh(checkout):
    """The two medians in a Python of its own, with the optimlab of a checkout."""
    code = "import appear; print(*appear.seconds())"
    command = [sys.executable, "-c", code]
    here = os.pathsep.join([str(checkout), str(Path(__file__).parent)])
    environment = os.environ | {"PYTHONPATH": here, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment, cwd=checkout
    )
    return [float(word) for word in done.stdout.split()]


def lesson(path):
    """How many explorers a lesson makes in Run All, the seconds spent inside them, and in all."""
    import nbclient
    import nbformat

    book = nbformat.read(path, as_version=4)
    book.cells = [nbformat.v4.new_code_cell(BEFORE), *book.cells, nbformat.v4.new_code_cell(AFTER)]
    environment = os.environ | {
        "OPTIMLAB_PROGRESS": "", "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(path.parents[1]), "JUPYTER_PREFER_ENV_PATH": "1",
    }  # fmt: skip
    client = nbclient.NotebookClient(
        book, timeout=600, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute(env=environment)
    made, spent, whole = book.cells[-1].outputs[0]["text"].split()
    return int(made), float(spent), float(whole)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beside", type=Path, required=True, metavar="DIRECTORY")
    parser.add_argument("--lessons", nargs="*", metavar="NUMBER", help="all if none is named")
    parser.add_argument("--rounds", type=int, default=3, help="of each lesson")
    given = parser.parse_args()
    found = {ROOT: [], given.beside: []}
    for _ in range(ROUNDS):
        for checkout, values in found.items():
            values.append(fresh(checkout))
    for checkout, values in found.items():
        ours, plain = (median(column) for column in zip(*values, strict=True))
        beside = f"matplotlib {duration(plain)}: {ours / plain:.2f}"
        print(f"{checkout.name}: {duration(ours)}, {beside}")
    if given.lessons is None:
        return
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        number = path.name.split("_")[0]
        if given.lessons and number not in given.lessons:
            continue
        if not (given.beside / "notebooks" / path.name).exists():
            print(f"{number}: not in {given.beside.name}")
            continue
        pairs = [[], []]
        for _ in range(given.rounds):
            for values, checkout in zip(pairs, found, strict=True):
                values.append(lesson(checkout / "notebooks" / path.name))
        (made, *_), (before, *_) = pairs[0][0], pairs[1][0]
        (now, whole), (then, former) = (
            [median([each[k] for each in values]) for k in (1, 2)] for values in pairs
        )
        inside = f"{made} explorers {now:.2f} s, {before} {then:.2f} s: {now / then:.2f}"
        print(f"{number}: {inside}; Run All {whole:.2f} s, {former:.2f} s", flush=True)


if __name__ == "__main__":
    main()
