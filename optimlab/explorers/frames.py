"""What the frames of several explorers have in common: rows, runs, the numbers of a step."""

import numpy as np

from optimlab.words import said


def by_step(values):
    """A quantity at steps 0, 1, … as rows (step, value)."""
    return np.stack([np.arange(len(values), dtype=float), values], axis=-1)


def run_marks(name, rows):
    """The marks of a run that `LivePlot.add_run` has declared: its line, and its steps."""
    return {name: rows, f"{name} steps": rows}


#: a run that ends beyond this was on its way out of all numbers
HUGE = 1e100
TOO_LARGE, UNDEFINED = said("word too large"), said("word undefined")
NO_NUMBER = said("word not a number")


def readout(columns, lost=None):
    """The numbers of each step, from a dict of columns, and in a word why they end where they do.

    `lost` says that: a dict from names of columns to (first step without a number, word). Without
    it, columns that end at the same step are taken for one run, which grew too large if one of them
    was huge just before.

    >>> readout({"x": np.array([1e80, -1e160, np.nan]), "rate": np.array([0.1, 0.1, np.nan])})[2]
    [(2, 'too large'), (2, 'too large')]
    >>> readout({"x": np.array([0.5, np.nan]), "y": np.array([1.0, 2.0])})[2]
    [(1, 'undefined'), None]
    """
    lost = _lost(columns) if lost is None else lost
    return list(columns), np.stack(list(columns.values()), axis=-1), [*map(lost.get, columns)]


def _lost(columns):
    ends = {name: _end(np.asarray(values, float)) for name, values in columns.items()}
    huge = {
        end
        for name, end in ends.items()
        if end and abs(columns[name][end - 1]) > HUGE
    }
    word = {end: TOO_LARGE if end in huge else UNDEFINED for end in ends.values()}
    return {name: (end, word[end]) for name, end in ends.items() if end is not None}


def _end(values):
    """The step from which on there are no numbers, or None."""
    known = np.flatnonzero(np.isfinite(values))
    end = int(known[-1]) + 1 if known.size else 0
    return end if end < len(values) else None


def lost(run):
    """(step, word) of a path that has no numbers from that step on; else None.

    >>> from optimlab import SGD, Function, descend
    >>> root = Function("root", "x", lambda x: x**0.5, lambda x: 0.5 / x**0.5, domain=(0, 4))
    >>> lost(descend(root, SGD(lr=4.0), 1.0, 3)), lost(descend("parabola", SGD(lr=2.0), 4.0, 2000))
    ((1, 'undefined'), (323, 'too large'))
    """
    return None if run.diverged is None else (run.diverged, said(f"word {run.lost_to}"))
