"""Number: a number, typed; where it belongs to an axis it is drawn there as a line."""

import itertools
import re
import unicodedata

from optimlab import checks
from optimlab.lessons.kinds.base import (
    Question,
    around,
    filled,
    finite,
    number_words,
    true_numbers,
)
from optimlab.lessons.kinds.marks import note

#: where along its line the words beside a number may stand: the ends first, then between them
ALONG = (0, 1, 0.25, 0.75, 0.5)


class Number(Question):
    """A number.

    Parameters
    ----------
    label : str
        What stands beside the field.
    right : float, or function of the explorer
        The right number, or what reads it from the run.
    within : float
        How far an answer may be off and still be right.
    along : "x" or "y", optional
        The axis on which the number is drawn as a line.
    replies : list of (number, sentence)
        What to say to usual wrong numbers: the nearest of them that is within `within`.
    fact, why, panel, tells
        See `Question`.

    >>> loss = Number("The loss", right=2.5, within=0.1, replies=[(6, "That is at the start.")])
    >>> loss.gap(6, loss.truth(None))
    'You said 6. It is 2.5: 3.5 too much. That is at the start.'
    """

    def __init__(self, label, right, within, *, along=None, replies=(), **more):
        super().__init__(**more)
        self.label = checks.text("label", label)
        self.right = right
        self.within = checks.number("within", within, low=0)
        self.along = None if along is None else checks.one_of("along", along, ("x", "y"))
        self.replies = list(replies)
        for pair in self.replies:
            if not (isinstance(pair, tuple | list) and len(pair) == 2):
                raise TypeError(f"replies: {pair!r} is no pair (number, sentence)")
            checks.number("replies", pair[0])
            checks.text("replies", pair[1], "pairs (number, sentence)")
        fixed = None if callable(right) else finite(right, 1)
        for i, (number, _) in enumerate(self.replies):
            if fixed is not None and self.is_right(number, fixed[0]):
                raise ValueError(f"replies: {number:g} is right, so its reply is never said")
            if any(number == before for before, _ in self.replies[:i]):
                raise ValueError(f"replies: there are two to {number:g}")

    def truth(self, explorer):
        right = self.right(explorer) if callable(self.right) else self.right
        return float(true_numbers(right, 1)[0])

    def ask(self, answer, locked, truth):
        value = "" if answer is None else number_words(answer)
        field = {"kind": "number", "name": "answer", "label": self.label}
        return [field | {"value": value, "locked": locked}]

    def asked(self):
        return f"{self.label}: a number"

    def read(self, value):
        plain = unicodedata.normalize("NFKC", str(value)).replace("−", "-").replace("–", "-")
        thousands = re.fullmatch(r"\s*-?[1-9]\d{0,2}(,\d{3})+\s*", plain)  # 1.000 or 1000?
        numbers = None if thousands else finite(plain.replace(",", "."), 1)
        if numbers is None:
            raise ValueError(f"“{value}” is not a number here. Give one such as 3.2 or 4000.")
        return float(numbers[0])

    def valid(self, stored):
        numbers = None if isinstance(stored, str | bool) else finite(stored, 1)
        return None if numbers is None else float(numbers[0])

    def words(self, answer):
        return number_words(answer)

    def is_right(self, answer, truth):
        return abs(answer - truth) <= self.within

    def gap(self, answer, truth):
        was = number_words(truth)
        if answer is None:
            return f"You skipped this one. It is {was}."
        off = number_words(abs(answer - truth))
        return filled(self._gap(answer, truth, was), x=number_words(answer), off=off)

    def _gap(self, answer, truth, was):
        if answer == truth:
            return "You said {x}. It is."
        if self.is_right(answer, truth):
            return f"You said {{x}}. It is {was}: as near as can be asked."
        gap = f"You said {{x}}. It is {was}: {{off}} too {'much' if answer > truth else 'little'}."
        near = [pair for pair in self.replies if abs(answer - pair[0]) <= self.within]
        return f"{gap} {min(near, key=lambda pair: abs(answer - pair[0]))[1]}" if near else gap

    def on_page(self, truth):
        numbers = sorted([truth, *(number for number, _ in self.replies)])
        borders = {truth, *(number + side * self.within for number in numbers for side in (-1, 1))}
        borders |= {sum(pair) / 2 for pair in itertools.pairwise(numbers)}
        was, borders = number_words(truth), sorted(borders)
        cases = [(number, self._gap(number, truth, was)) for number in around(borders)]
        return {"by": "value", "truth": [truth], "borders": borders, "cases": cases}

    def draw(self, explorer, ax, answer, truth):
        if self.along is None or answer is None:
            return
        plot, across = explorer.plot, self.along == "y"
        low, high = sorted(ax.get_ylim() if across else ax.get_xlim())
        diagonal = ax.transAxes.transform([(part, part) for part in ALONG])
        along = ax.transData.inverted().transform(diagonal)[:, 0 if across else 1]
        at, words = min(max(answer, low), high), "you said"
        spots = [[one, at] if across else [at, one] for one in along]
        if at != answer:  # outside the picture: its number stands at the edge
            arrow = ("↑" if answer > high else "↓") if across else ("→" if answer > high else "←")
            words = f"you said {number_words(answer)} {arrow}"
        else:
            note(plot, "line", "your answer", ax, spots[:2], width=2, dash=[2, 3])
        note(plot, "label", "your words", ax, (spots, [words] * len(spots)), free=True)
