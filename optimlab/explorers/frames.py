"""What the frames of several explorers have in common: numbers in words, rows, runs."""

import numpy as np


def short(value):
    """A number or a point in at most three significant digits.

    >>> short(0.00030394), short((-7, 2.5)), short(-0.0)
    ('0.000304', '(-7, 2.5)', '0')
    """
    if np.ndim(value):
        return "(" + ", ".join(short(v) for v in value) + ")"
    return f"{float(value) + 0.0:.3g}"


def by_step(values):
    """A quantity at steps 0, 1, … as rows (step, value)."""
    return np.stack([np.arange(len(values), dtype=float), values], axis=-1)


def run_marks(name, rows):
    """The marks of a run that `LivePlot.add_run` has declared: its line, and its steps."""
    return {name: rows, f"{name} steps": rows}


def readout(columns):
    """The numbers of each step, from a dict of columns."""
    return list(columns), np.stack(list(columns.values()), axis=-1)
