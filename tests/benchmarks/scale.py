"""`descend` from 10 to 10,000,000 steps × starts: seconds and bytes, and how they grow.

The slope is that of a line through the logarithms from 10,000 on: 1 where twice the steps cost
twice as much. Memory is what Python and numpy ask for at most, beyond what was there.

    python tests/benchmarks/scale.py --write     # its rows into docs/trust.md
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
from report import Row, digits, duration, limit, size

from optimlab import SGD, Adam, descend

SIZES = [10**k for k in range(1, 8)]
SLOPED = 10_000
SLOPE_AT_MOST = 1.1
#: steps of each run of a batch
STEPS = 100


def rows():
    found = []
    for rule in (SGD(lr=0.01), Adam(lr=0.01)):
        name = type(rule).__name__
        found += grown(f"{name}, one start", lambda n, rule=rule: run(rule, n, 1))
        batch = f"{name}, batches of {STEPS} steps"
        found += grown(batch, lambda n, rule=rule: run(rule, STEPS, n // STEPS), least=1000)
    alone = descended(Adam(lr=0.01), 1000, 10_000, record=False)
    what = "Adam, 1,000 steps × 10,000 starts, not recorded: memory, in arrays of its starts"
    return [*found, limit(what, alone / (10_000 * 16), 12, digits)]


def run(rule, steps, starts):
    """(seconds, bytes) of one recorded run: the processor's, for others may use it, too."""
    taken = []
    while sum(taken) < 0.3 and len(taken) < 5:
        begun = time.process_time()
        descended(rule, steps, starts, traced=False)
        taken.append(time.process_time() - begun)
    return min(taken), descended(rule, steps, starts)


def descended(rule, steps, starts, record=True, traced=True):
    start = (-7.0, 2.0) if starts == 1 else np.tile((-7.0, 2.0), (starts, 1))
    if traced:
        tracemalloc.start()
    kept = descend("ravine", rule, start, steps, record=record)
    most = tracemalloc.get_traced_memory()[1] if traced else 0
    tracemalloc.stop()
    del kept
    return most


def grown(what, measure, least=10):
    """A row of the largest run, and two of the slopes."""
    sizes = [n for n in SIZES if n >= least]
    measure(least)  # what is made once
    seconds, most = zip(*(measure(n) for n in sizes), strict=True)
    spread = "; ".join(
        f"{n:,}: {duration(s)}, {size(b)}" for n, s, b in zip(sizes, seconds, most, strict=True)
    )
    large = [k for k, n in enumerate(sizes) if n >= SLOPED]
    return [
        Row(f"`descend`, steps × starts: {what}", spread),
        *(
            limit(f"the same: slope of {name}", slope(sizes, values, large), SLOPE_AT_MOST, digits)
            for name, values in (("time", seconds), ("memory", most))
        ),
    ]


def slope(sizes, values, large):
    x, y = (np.log([row[k] for k in large]) for row in (sizes, values))
    return float(np.polyfit(x, y, 1)[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the rows into docs/trust.md")
    given, found = parser.parse_args(), rows()
    print(*found, sep="\n")
    if given.write:
        sys.path.append(str(Path(__file__).resolve().parents[1]))
        import measured

        measured.write("scale", [(row.what, row.ours, row.target, row.met) for row in found])
    return 1 if any(row.met is False for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())
