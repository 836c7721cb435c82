"""Verdict: what a judging comes to, and the sentences that it shares."""

from dataclasses import dataclass

UNANSWERED = "Not answered yet."
UNFINISHED = "Not answered yet: there is still a `...` in it."
RIGHT = "Right."
NOT_YET = "That is not right yet."


@dataclass(frozen=True)
class Verdict:
    """What became of an answer.

    Attributes
    ----------
    passed : bool, or None if it is not answered yet
    sentence : what to say to the learner
    printed : what the learner's function printed, at most 500 characters
    """

    passed: bool | None
    sentence: str
    printed: str = ""


class Stop(BaseException):
    """A verdict that ends the judging, also through an `except Exception` of the teacher's."""

    def __init__(self, passed, sentence):
        self.verdict = Verdict(passed, sentence)


class Raised(Stop):
    """A learner's function raised an exception, which `sentence` tells."""

    def __init__(self, sentence):
        super().__init__(False, sentence)
