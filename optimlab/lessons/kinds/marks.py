"""How an answer stands in the picture beside the run: marks laid over every frame of a plot."""

import numpy as np

from optimlab.draw import style

YOU = {"color": style.HIGHLIGHT}
#: the marks of the way from the prediction to what happened
GAP = ("your gap", "your gap's end")


def place(explorer, at):
    """A place in data coordinates: a pair, or on the explorer's curve over one number."""
    at = np.ravel(at).astype(float)
    return at if at.size == 2 else np.array([at[0], float(explorer.function(at[0]))])


def mark_point(plot, ax, you, run, dot=True):
    """Draw what was predicted, with a line to what happened."""
    if dot:
        note(plot, "points", "your answer", ax, [you], size=12, marker="D")
    if run is not None:
        note(plot, "line", "your gap", ax, [you, run], width=2, dash=[2, 3])
        note(plot, "points", "your gap's end", ax, [run], size=16, fill=False)
    note(plot, "label", "your words", ax, ([you], ["you said"]), free=True)


def note(plot, kind, name, ax, data, **look):
    """Lay a mark over every frame of a plot; it is declared when it is first needed."""
    if all(mark["name"] != name for mark in plot.marks):
        plot.add(kind, name, ax, **look, **YOU)
    plot.note(name, data)


def wipe(plot):
    """Take an answer out of the picture."""
    for mark in plot.marks:
        if mark["name"] in ("your answer", "your words", *GAP):
            plot.note(mark["name"], None)
