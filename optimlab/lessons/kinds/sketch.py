"""Sketch: a curve drawn over an axes, one value a column, beside the curve of the run."""

import numpy as np

from optimlab import checks
from optimlab.lessons.card import text
from optimlab.lessons.kinds.base import Question, filled, finite, number_words, true_numbers
from optimlab.lessons.kinds.marks import YOU


class Sketch(Question):
    """A curve that the learner draws.

    Parameters
    ----------
    columns : list of numbers
        The columns x over which it is drawn.
    right : function of the explorer
        Reads the right value in each column from the run.
    within : float
        How far it may be off in each column and still be right.
    quantity : str
        What is drawn, for who hears the picture instead of seeing it.
    fact, why, panel, tells
        See `Question`; by default the second axes, where an explorer has its loss curve.
    """

    needs_explorer = True
    usual_panel = 1

    def __init__(self, columns, right, within, *, quantity="value", **more):
        super().__init__(**more)
        self.columns = checks.row("columns", columns)
        self.right = checks.callback("right", right, "a function of the explorer")
        self.within = checks.number("within", within, low=0)
        self.quantity = checks.text("quantity", quantity)

    def truth(self, explorer):
        return true_numbers(self.right(explorer), len(self.columns))

    def attach(self, explorer, ax, answer, changed):
        plot = explorer.plot
        plot.add_sketch(ax, self.columns, label=f"your sketch of the {self.quantity}", **YOU)
        if answer is not None:
            plot.drawn = answer
        plot.observe(lambda change: changed(change.new), "drawn")

    def ask(self, answer, locked, truth):
        if locked:
            return []
        drawn = 0 if answer is None else sum(v is not None for v in answer)
        return [self._how(drawn)]

    def _how(self, drawn):
        return text(
            "Draw across the picture with the mouse, or focus the sketch with Tab and use the "
            f"arrow keys. Drawn: {drawn} of {len(self.columns)} points."
        )

    def asked(self):
        return "You answer by drawing in the picture."

    def read(self, value):
        known = [v for v in value if v is not None]
        if len(value) != len(self.columns) or finite(known, len(known)) is None:
            raise ValueError(f"A sketch has {len(self.columns)} numbers.")
        return [None if v is None else float(v) for v in value]

    def valid(self, stored):
        try:
            answer = self.read(stored)
        except (TypeError, ValueError, OverflowError):
            return None
        return answer if any(v is not None for v in answer) else None

    def words(self, answer):
        return ", ".join("-" if v is None else number_words(v) for v in answer)

    def _off(self, answer, truth):
        drawn = np.array([np.nan if v is None else v for v in answer], dtype=float)
        return np.abs(drawn - truth)

    def is_right(self, answer, truth):
        off = self._off(answer, truth)
        return bool(np.isfinite(off).all() and off.max() <= self.within)

    def gap(self, answer, truth):
        if answer is None:
            return "You skipped this one."
        off = self._off(answer, truth)
        worst = int(np.nanargmax(off))
        numbers = off[worst], self.columns[worst], answer[worst], truth[worst]
        words = dict(zip(("off", "x", "y", "was"), map(number_words, numbers), strict=True))
        count = str(int(np.isfinite(off).sum()))
        return filled(self._gap(answer, truth), count=count, **words)

    def _gap(self, answer, truth):
        off = self._off(answer, truth)
        if self.is_right(answer, truth):
            return "Your sketch is never more than {off} off: well seen."
        if np.nanmax(off) <= self.within:
            return f"What you drew fits, but it is only {{count}} of {len(off)} points."
        return "Your sketch is furthest off at step {x}: you drew {y}, the run had {was}."

    def on_page(self, truth):
        part = [truth[0]] + [None] * (len(truth) - 1)
        answers = [list(truth), part, list(truth + 2 * self.within)]
        return {
            "by": "curve", "truth": list(truth), "columns": list(self.columns),
            "within": self.within, "given": [self._how("{count}")],
            "cases": [(answer, self._gap(answer, truth)) for answer in answers],
        }  # fmt: skip

    def put(self, explorer, answer):
        explorer.plot.drawn = answer or []
