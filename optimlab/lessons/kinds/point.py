"""Point: a place in the picture, where a diamond is clicked, dragged or moved with the keys."""

import numpy as np

from optimlab import checks
from optimlab.lessons.card import text
from optimlab.lessons.kinds.base import (
    Question,
    around,
    filled,
    finite,
    number_words,
    true_numbers,
)
from optimlab.lessons.kinds.marks import YOU, mark_point, place


def _how(diamond):
    return text(
        "Click in the picture where you expect it, or focus the diamond with Tab and use the arrow "
        f"keys. Your diamond: {diamond}."
    )


class Point(Question):
    """A place in the picture.

    Parameters
    ----------
    start : (x, y), or on a curve x
        Where the diamond stands at first.
    right : function of the explorer
        Reads the right place from the run.
    within : float
        How far an answer may be off and still be right.
    fact, why, panel, tells
        See `Question`.
    """

    needs_explorer = True

    def __init__(self, start, right, within, **more):
        super().__init__(**more)
        if np.ndim(start):
            self.start = checks.pair("start", start)
        else:
            self.start = checks.number("start", start)
        self.size = np.size(self.start)
        self.right = checks.callback("right", right, "a function of the explorer")
        self.within = checks.number("within", within, low=0)

    def truth(self, explorer):
        return true_numbers(self.right(explorer), self.size)

    def attach(self, explorer, ax, answer, changed):
        at = np.ravel(self.start if answer is None else answer).astype(float)
        look = {"at": at, "label": "your prediction", "guess": True, **YOU}
        if self.size == 1:
            x = np.linspace(*ax.get_xlim(), 400)
            look["track"] = np.stack([x, explorer.function(x)], axis=-1)
        explorer.plot.add("handle", "guess", ax, **look)

        def moved(change):
            if change.old.get("guess") != change.new.get("guess"):
                changed(change.new["guess"])

        explorer.plot.observe(moved, "handles")

    def ask(self, answer, locked, truth):
        if locked:
            return []
        return [_how("not placed yet" if answer is None else f"at {self.words(answer)}")]

    def asked(self):
        return "You answer by a click in the picture."

    def read(self, value):
        numbers = finite(value, self.size)
        if numbers is None:
            raise ValueError(f"{value!r} is no point of this picture.")
        return numbers.tolist()

    def valid(self, stored):
        numbers = finite(stored, self.size) if isinstance(stored, list) else None
        return None if numbers is None else numbers.tolist()

    def words(self, answer):
        return number_words(answer[0] if self.size == 1 else answer)

    def is_right(self, answer, truth):
        return bool(np.linalg.norm(np.subtract(answer, truth)) <= self.within)

    def gap(self, answer, truth):
        was = self.words(truth)
        if answer is None:
            return f"You skipped this one. It is {was}."
        x, y = (number_words(v) for v in np.resize(answer, 2))
        off = number_words(np.linalg.norm(np.subtract(truth, answer)))
        return filled(self._gap(answer, truth, was), x=x, y=y, off=off)

    def _gap(self, answer, truth, was):
        said = "You said {x}" if self.size == 1 else "You said ({x}, {y})"
        if self.is_right(answer, truth):
            return f"{said}. It is {was}: well seen."
        if self.size > 1:
            return f"{said}. It is {was}, {{off}} away."
        side = "right" if truth[0] > answer[0] else "left"
        return f"{said}. It is {was}, {{off}} further {side}."

    def on_page(self, truth):
        was, found = self.words(truth), {"by": "value", "given": [_how("at {x}")]}
        if self.size == 1:
            borders = [truth[0] - self.within, truth[0] + self.within]
            answers = [[number] for number in around(borders)]
        else:
            found = {"by": "distance", "given": [_how("at ({x}, {y})")]}
            borders = [self.within]
            answers = [truth, truth, truth + 2 * self.within]  # on the border it is right
        cases = [(answer, self._gap(answer, truth, was)) for answer in answers]
        return found | {"truth": list(truth), "borders": borders, "cases": cases}

    def draw(self, explorer, ax, answer, truth):
        plot = explorer.plot
        if answer is None:
            plot.handles = plot.handles | {"guess": []}  # skipped: no diamond
        else:
            mark_point(plot, ax, place(explorer, answer), place(explorer, truth), dot=False)

    def put(self, explorer, answer):
        at = np.ravel(self.start if answer is None else answer).astype(float).tolist()
        explorer.plot.handles = explorer.plot.handles | {"guess": at}
