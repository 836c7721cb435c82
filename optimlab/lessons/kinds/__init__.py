"""The kinds of question that a prediction may ask, one file each.

A kind is a subclass of `Question`, which says what it must be able to do.
"""

from optimlab.lessons.kinds.base import Question
from optimlab.lessons.kinds.choice import Choice
from optimlab.lessons.kinds.number import Number
from optimlab.lessons.kinds.point import Point
from optimlab.lessons.kinds.sketch import Sketch

__all__ = ["Choice", "Number", "Point", "Question", "Sketch"]
