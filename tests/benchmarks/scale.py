"""`descend` from 10 to 10,000,000 steps × starts: seconds and bytes, and how they grow.

The slope is that of a line through the logarithms from 10,000 on: 1 where twice the steps cost
twice as much. Memory is what Python and numpy ask for at most, beyond what was there.
"""

from __future__ import annotations

import time
import tracemalloc

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
    """(seconds, bytes) of one recorded run."""
    begun = time.perf_counter()
    descended(rule, steps, starts, traced=False)
    return time.perf_counter() - begun, descended(rule, steps, starts)


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
