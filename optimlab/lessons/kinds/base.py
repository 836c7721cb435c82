"""Question: what every kind of question has, and what a new kind must bring."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optimlab import checks
from optimlab.words import short


class Question(ABC):
    """A question about the run of an explorer, with its right answer.

    It holds nothing of a learner: an answer is handed to it, as one that `valid` has let through,
    or None where there is none (yet).

    Parameters
    ----------
    fact : str, or function of the explorer, optional
        What the run did, in numbers; said after the answer.
    why : str, optional
        What the learner is asked afterwards, to answer in their own words.
    panel : int, optional
        The axes of the explorer that the answer belongs to.
    tells : list of str
        Numbers and phrases that would give the answer away. `python -m optimlab.tools.lint` finds
        them where a learner could see them before answering.
    """

    #: whether it can be asked without a picture
    needs_explorer = False
    #: the axes it belongs to, where `panel` does not say
    usual_panel = 0

    def __init__(
        self, *, fact: str | Callable | None = None, why: str | None = None,
        panel: int | None = None, tells: Sequence[str] = (),
    ) -> None:  # fmt: skip
        if fact is not None and not callable(fact):
            checks.text("fact", fact, "a sentence, or a function of the explorer")
        self.fact = fact
        self.why = None if why is None else checks.text("why", why)
        self.panel = self.usual_panel if panel is None else checks.whole("panel", panel)
        if isinstance(tells, str) or not all(isinstance(one, str) and one for one in tells):
            checks.wrong_kind("tells", tells, "a list of numbers and phrases, as texts")
        self.tells = list(tells)

    # -- what a kind must bring ----------------------------------------------------------------

    @abstractmethod
    def truth(self, explorer: Any) -> Any:
        """The right answer, read from the explorer's run where it depends on it."""

    @abstractmethod
    def ask(self, answer: Any, locked: bool, truth: Any) -> list[dict]:
        """The parts of the card in which it is answered. `locked`: the run is shown already."""

    @abstractmethod
    def asked(self) -> str:
        """The same in Markdown, for where the card is not alive."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The answer in what the card has sent; ValueError says why it is none."""

    @abstractmethod
    def valid(self, stored: Any) -> Any:
        """The answer in what the progress file holds, or None where that answers another one."""

    @abstractmethod
    def words(self, answer: Any) -> str:
        """An answer in few words, for the page at the end."""

    @abstractmethod
    def is_right(self, answer: Any, truth: Any) -> bool:
        """Whether an answer counts as right."""

    @abstractmethod
    def gap(self, answer: Any, truth: Any) -> str:
        """What to say of an answer, or of a question that was skipped, once the run is shown."""

    # -- on a page without Python --------------------------------------------------------------

    def on_page(self, truth: Any) -> dict[str, Any] | None:
        """How a page judges answers by itself, or None where only Python can.

        by : "options", "value", "distance" or "curve": how asked.js finds the case of an answer
        cases : pairs, an answer that stands for its case, and `gap` of it, where {x}, {y} and {off}
            hold the places of the numbers
        given : the parts of the card for an answer that is not shown yet, if `ask` has no field
        drawn : answers for which `draw` is asked in advance; the page takes the nearest one
        and what else asked.js needs: options, or truth and the borders between the cases
        """
        return None

    # -- what it may do in the picture ---------------------------------------------------------

    def attach(  # noqa: B027 -- a kind that is answered on the card alone needs none of these
        self, explorer: Any, ax: Any, answer: Any, changed: Callable
    ) -> None:
        """Let the learner answer in the picture; `changed(value)` hears of it."""

    def draw(self, explorer: Any, ax: Any, answer: Any, truth: Any) -> None:  # noqa: B027
        """Draw the answer beside the run."""

    def put(self, explorer: Any, answer: Any) -> None:  # noqa: B027
        """Show another answer in the picture, which was given elsewhere or forgotten."""


def number_words(value):
    """A number in at most four digits, a point as a pair."""
    return short(value, 4)


def around(borders):
    """The borders, and a number below, between and above them each, in order.

    >>> around([1, 2, 4])
    [0, 1, 1.5, 2, 3.0, 4, 5]
    """
    between = [(low + high) / 2 for low, high in zip(borders, borders[1:], strict=False)]
    pairs = zip(borders, [*between, borders[-1] + 1], strict=True)
    return [borders[0] - 1, *(number for pair in pairs for number in pair)]


def filled(sentence, **words):
    """A sentence with words in its places, as asked.js fills them."""
    for name, said in words.items():
        sentence = sentence.replace(f"{{{name}}}", said)
    return sentence


def finite(value, size):
    """The numbers of a stored or given answer as floats, or None where they are not `size` many."""
    try:
        numbers = np.asarray(value, dtype=float).ravel()
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if numbers.size == size and np.isfinite(numbers).all() else None


def true_numbers(value, size):
    """The right answer as floats; a slip of the teacher's is named."""
    numbers = finite(value, size)
    if numbers is None:
        raise ValueError(f"right: it gives {value!r}, and must give {size} finite numbers")
    return numbers
