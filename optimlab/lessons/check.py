"""Check: the card under an exercise, with the verdict, the hints and the solution."""

import os

from optimlab.lessons.card import Card, buttons, code, marked, text, trouble
from optimlab.lessons.judging.reading import source_of

#: "off": the cards show no solutions; the progress file may say the same
SOLUTIONS = "OPTIMLAB_SOLUTIONS"
#: in Voilà, which shows no cells, this is set to voila/ and its version
SERVER = "SERVER_SOFTWARE"
NO_CELLS = (
    "This page has no cell to write the answer in: open the notebook in JupyterLab, and do the "
    "exercise there."
)
SURE = (
    "Show it anyway? You learn more from one more try or one more hint. The page at the end lists "
    "the solutions that were shown."
)


class Check(Card):
    """The verdict on one answer, and on request the hints to the exercise and its solution."""

    def __init__(self, lesson, name, exercise, verdict, before=None):
        self.lesson, self.name, self.exercise, self.verdict = lesson, name, exercise, verdict
        self.hints_shown = before.hints_shown if before else 0
        self.solution_shown = bool(before and before.solution_shown)
        self._sure = False  # whether the learner was asked to think again
        # a sentence that is not the teacher's may quote the learner's line of code
        self._marks = "`*" if verdict.sentence in exercise.sentences() else "`"
        plain = f"Exercise “{name}”: {marked(verdict.sentence, self._marks)}"
        super().__init__(self._press, lambda: plain)
        self._paint()

    def _press(self, name, _value):
        if name == "hint":
            self.hints_shown = min(self.hints_shown + 1, len(self.exercise.hints))
        elif name == "solution" and not self.verdict.passed:
            self._sure = True
        elif name in ("solution", "show") and shows_solutions(self.lesson.store):
            self.solution_shown = True
            if not self.verdict.passed:
                self.lesson.update("exercises", self.name, shown=True)
        if name in ("show", "later"):
            self._sure = False
        self._paint()

    def _paint(self):
        tone = {True: "good", False: "bad", None: "open"}[self.verdict.passed]
        parts = [text(self.verdict.sentence, tone, "verdict", self._marks)]
        if self.verdict.printed:
            parts.append(code("It printed:", self.verdict.printed.strip()) | {"tone": "plain"})
        if self.verdict.passed is None and os.environ.get(SERVER, "").startswith("voila/"):
            self.parts = [*parts, text(NO_CELLS, "open", "no cells")]
            return
        hints, shown = self.exercise.hints, self.hints_shown
        for i, hint in enumerate(hints[:shown]):
            parts.append(text(f"Hint {i + 1}: {hint}", "open", f"hint {i}"))
        offered = []
        if shown < len(hints) and not self.verdict.passed:
            offered.append(("hint", f"Hint {shown + 1} of {len(hints)}"))
        solution = self.exercise.solution is not None and shows_solutions(self.lesson.store)
        if solution and self.solution_shown:
            parts.append(code("A solution:", source_of(self.exercise.solution), "solution"))
        elif solution and self._sure:
            parts.append(text(SURE, "open", "sure"))
            offered += [("show", "Show it anyway"), ("later", "Not yet")]
        elif solution:
            offered.append(("solution", "Show the solution"))
        parts += [buttons(*offered)] if offered else []
        if self.lesson.store.trouble:
            parts.append(trouble(self.lesson.store))
        self.parts = parts


def shows_solutions(store):
    """Whether cards show solutions; a teacher may have switched that off."""
    said = os.environ.get(SOLUTIONS) or store.setting("solutions")
    return str(said).strip().lower() != "off"
