"""The key of a lesson: what its questions know, in a file of `optimlab.keys` with its number.

A key is named after its notebook, `lesson_05_gradient_descent.py` for `05_gradient_descent.ipynb`.
"""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from optimlab import checks
from optimlab.lessons.exercises import Exercise
from optimlab.lessons.kinds import Question
from optimlab.lessons.quiz import Quizzed, questions

KEYS = "optimlab.keys"


@dataclass(frozen=True)
class Key:
    """What a key holds; all of it is empty where a lesson has none.

    Attributes
    ----------
    predictions, exercises : dict, name -> Question or Exercise
    quiz : list of (question, {right answer: reply, wrong answer: reply, …})
    numbers : list of (number as the lesson writes it, function that works it out)
    given : list of numbers in the lesson's text that are settings, no results
    claims : list of functions that assert what else the lesson says
    """

    number: str
    module: ModuleType | None = None
    predictions: dict[str, Question] = field(default_factory=dict)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    quiz: list[Quizzed] = field(default_factory=list)
    numbers: list[tuple[str, Callable[[], Any]]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    claims: list[Callable[[], None]] = field(default_factory=list)

    def unasked(self, wanted: dict[str, list[str]]) -> list[str]:
        """A sentence for each thing in the key that is not among those `wanted`."""
        return [
            f"The key of lesson {self.number} holds {thing}, which its notebook does not ask for."
            for thing in _named(vars(self))
            if thing not in _named(wanted)
        ]

    def lacking(self, wanted: dict[str, list[str]]) -> list[str]:
        """A sentence for each thing `wanted` that the key does not hold."""
        return [
            f"The key of lesson {self.number} lacks {thing}, which its notebook asks for."
            for thing in _named(wanted)
            if thing not in _named(vars(self))
        ]


def _named(items: Mapping[str, Any]) -> list[str]:
    """What a key answers or a notebook asks for, in words."""
    named = [f"the prediction “{name}”" for name in items["predictions"]]
    named += [f"the exercise “{name}”" for name in items["exercises"]]
    return named + ["the quiz"] * bool(items["quiz"])


def key_path(number: str) -> Path | None:
    """The file of a lesson's key, or None where it has none."""
    folders = importlib.import_module(KEYS).__path__
    paths = (path for folder in folders for path in Path(folder).glob("lesson_*_*.py"))
    found = [path for path in paths if path.stem.split("_")[1] == number]
    if len(found) > 1:
        names = ", ".join(sorted(path.name for path in found))
        raise ValueError(f"number={number!r}: lesson {number} has more than one key: {names}")
    return found[0] if found else None


@functools.cache
def load_key(number: str) -> Key:
    """The key of a lesson; what is wrong in it is named."""
    path = key_path(number)
    if path is None:
        return Key(number)
    module = importlib.import_module(f"{KEYS}.{path.stem}")  # the one way up from this room
    held = vars(module)
    predictions, exercises = held.get("PREDICTIONS", {}), held.get("EXERCISES", {})
    for name, thing in predictions.items():
        checks.instance(f"PREDICTIONS[{name!r}]", thing, Question, "a question such as Choice(…)")
    for name, thing in exercises.items():
        checks.instance(f"EXERCISES[{name!r}]", thing, Exercise, "an Exercise(…)")
    claims = [thing for name, thing in held.items() if name.startswith("claim_")]
    return Key(
        number, module, predictions, exercises, questions(held.get("QUIZ", [])),
        held.get("NUMBERS", []), held.get("GIVEN", []), claims,
    )  # fmt: skip


def quiz_length(number: str) -> int:
    """How many questions the quiz of a lesson's key has, read from its source, which is not run."""
    path = key_path(number)
    if path is None:
        return 0
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = getattr(node, "targets", [])
        if any(getattr(target, "id", "") == "QUIZ" for target in targets):
            return len(getattr(node.value, "elts", []))
    return 0
