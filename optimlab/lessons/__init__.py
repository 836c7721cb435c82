"""What the lessons need besides pictures: the map of the series, questions, checks, progress."""

from optimlab.lessons.board import SeriesBoard
from optimlab.lessons.contents import (
    INSTALL,
    Listing,
    check_environment,
    missing,
    series,
)
from optimlab.lessons.exercises import Exercise
from optimlab.lessons.glossary import glossary
from optimlab.lessons.kinds import Choice, Number, Point, Question, Sketch
from optimlab.lessons.lesson import Lesson
from optimlab.lessons.prediction import Prediction
from optimlab.lessons.store import Progress, current
from optimlab.lessons.teacher import class_table

__all__ = [
    "INSTALL", "Choice", "Exercise", "Lesson", "Listing", "Number", "Point", "Prediction",
    "Progress", "Question", "Sketch",
    "check_environment", "class_table", "current", "glossary", "keep", "missing", "progress",
    "reset", "series",
]  # fmt: skip


def progress(folder="."):
    """The page of the whole series: what is done and what is open in each lesson of `folder`."""
    return SeriesBoard(current(), folder)


def keep(path):
    """Keep the answers in another file from now on; those given so far are written there, too."""
    current().move(path)


def reset(lesson=None):
    """Forget all answers, or those of one lesson, such as "05"."""
    current().reset(lesson)
