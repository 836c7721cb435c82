"""Lesson: the questions, targets, exercises and quiz of one notebook, and what became of them."""

import inspect

from optimlab.lessons.board import LessonBoard
from optimlab.lessons.card import Card, buttons, text
from optimlab.lessons.exercises import Exercise
from optimlab.lessons.predict import Choice, Number, Point, Prediction, Sketch
from optimlab.lessons.quiz import Quiz
from optimlab.lessons.store import current


class Lesson:
    """What one lesson asks. Its notebook makes it once: `lesson = lessons.Lesson("05")`.

    Parameters
    ----------
    number : str, the lesson's number as in its file name, such as "05" or "07a"
    progress : Progress, by default that of the learner (see `optimlab.lessons.store`)

    Attributes
    ----------
    exercises : dict, name -> Exercise
    predictions : dict, name -> Prediction
    """

    def __init__(self, number, progress=None):
        if not isinstance(number, str) or not number.strip():
            raise TypeError(f'number={number!r}: number must be a string such as "05"')
        self.number = number
        self.store = progress or current()
        self.exercises, self.predictions = {}, {}
        self._targets, self._checks, self._quiz = {}, {}, None

    def update(self, kind, name, **fields):
        """Keep fields of an answer under this lesson."""
        return self.store.update(self.number, kind, name, **fields)

    def wanted(self):
        """The names of all that was asked so far, by kind."""
        return {
            "predictions": list(self.predictions),
            "targets": list(self._targets),
            "exercises": list(self.exercises),
            "quiz": [str(i + 1) for i in range(len(self._quiz.questions if self._quiz else ()))],
        }

    # -- predict -----------------------------------------------------------------------------------

    def predict(
        self, name, explorer=None, *, options=None, number=None, point=None, sketch=None,
        right=None, within=None, at=None, along=None, replies=(), fact=None, why=None, panel=None,
    ):  # fmt: skip
        """Ask for a prediction; `explorer` shows its scene without the run until it is made.

        Parameters
        ----------
        name : str
            A short name of the question, under which the answer is kept and listed.
        explorer : Explorer, optional
            What answers the question. Its run appears when the learner has answered or skipped.
        options, number, point, sketch
            One of them says what is asked for. `options`: a dict from each answer to its reply.
            `number`: the label of a field. `point`: where a diamond stands at first, (x, y) or, on
            a curve, x. `sketch`: the columns x over which a curve is drawn.
        right
            The right answer. For options one of them; otherwise a number, or a function of the
            explorer that reads it from the run.
        within : float
            How far a number, a point or a sketch may be off and still be right.
        at : dict, option -> place
            Where to draw an answer in the picture: (x, y), or x on the explorer's curve.
        along : "x" or "y"
            The axis on which a number is drawn as a line.
        replies : list of (number, sentence)
            What to say to usual wrong numbers.
        fact : str, or function of the explorer
            What the run did, in numbers.
        why : str
            What the learner is asked afterwards, to answer in their own words.
        panel : int
            The axes the answer belongs to; by default the first, for a sketch the second.

        Returns
        -------
        Prediction, to be shown as the last line of a cell
        """
        _named(name)
        kinds = {"options": options, "number": number, "point": point, "sketch": sketch}
        given = [kind for kind, value in kinds.items() if value is not None]
        if len(given) != 1:
            raise TypeError(f"predict({name!r}): give one of {', '.join(kinds)}; got {given}")
        if right is None:
            raise TypeError(f"predict({name!r}): right, the right answer, is missing")
        if options is None and not (within is not None and within >= 0):
            raise TypeError(f"within={within!r}: how far may the answer be off? A number >= 0")
        if explorer is None and (point is not None or sketch is not None):
            raise TypeError(f"predict({name!r}): a point or a sketch needs an explorer")
        if options is not None:
            kind = Choice(options, right, at)
        elif number is not None:
            kind = Number(number, right, within, replies, along)
        elif point is not None:
            kind = Point(point, right, within)
        else:
            kind = Sketch(sketch, right, within)
        panel = panel if panel is not None else int(sketch is not None)
        asked = Prediction(self, name, explorer, kind, fact=fact, why=why, panel=panel)
        self.predictions[name] = asked
        return asked

    # -- target ------------------------------------------------------------------------------------

    def target(self, name, explorer):
        """Count it as progress when the target of an explorer is reached. Returns what it got.

        Parameters
        ----------
        name : str
        explorer : Explorer with a target, or a Prediction over one
        """
        _named(name)
        plain = explorer.explorer if isinstance(explorer, Prediction) else explorer
        if not hasattr(plain, "reached"):
            raise TypeError(f"explorer={explorer!r}: target takes an explorer with a target")
        if plain.reached and not plain.veiled:
            raise ValueError(f"target({name!r}): it is reached before anything was moved")
        self._targets[name] = plain

        def note(_change):
            if plain.reached and not plain.veiled:
                self.update("targets", name, reached=True, **{"with": plain.summary})

        plain.observe(note, "reached")
        return explorer

    # -- exercises ---------------------------------------------------------------------------------

    def exercise(self, name, answer=None, wrong=(), **more):
        """Declare an exercise: see `Exercise` for the arguments. `check` judges the answer."""
        _named(name)
        self.exercises[name] = Exercise(name, answer, wrong, **more)

    def check(self, name, given):
        """Judge a learner's value or function, say what it looks like, and keep the result.

        Returns a card to be shown as the last line of a cell; it also holds the hints.
        """
        exercise = self._exercise(name)
        verdict = exercise.judge(given)
        if verdict.passed is not None:
            entry = self.store.get(self.number, "exercises", name)
            tries = entry.get("tries") if isinstance(entry.get("tries"), int) else 0
            self.update(
                "exercises", name, tries=tries + 1, said=verdict.sentence, answer=_source(given),
                passed=verdict.passed or bool(entry.get("passed")),
            )  # fmt: skip
        before = self._checks.get(name)
        card = Check(self, name, exercise, verdict, before.hints_shown if before else 0)
        self._checks[name] = card
        return card

    def passes(self, name, given):
        """Whether an answer passes, without keeping it: for solutions."""
        return self._exercise(name).judge(given).passed is True

    def _exercise(self, name):
        if name not in self.exercises:
            known = ", ".join(map(repr, self.exercises)) or "none yet"
            raise ValueError(
                f"name={name!r}: this lesson has no such exercise, but {known}. Was the folded "
                "cell above run? Take Run > Run All Above Selected Cell."
            )
        return self.exercises[name]

    # -- quiz and progress -------------------------------------------------------------------------

    def quiz(self, *questions):
        """Show the quiz: each question is a pair (question, {answer: reply}), right answer first.

        The answers are shown in another order, which stays. Each gets its own reply.
        """
        self._quiz = Quiz(self, questions)
        return self._quiz

    def progress(self):
        """The page at the end: what was predicted, what happened, and what is open."""
        return LessonBoard(self)

    def reset(self):
        """Forget every answer given in this lesson, and ask anew."""
        for explorer in self._targets.values():
            explorer.reached = False  # the next move that reaches it counts again
        self.store.reset(self.number)


class Check(Card):
    """The verdict on one answer, and the hints to the exercise on request."""

    def __init__(self, lesson, name, exercise, verdict, hints_shown=0):
        self.lesson, self.exercise, self.verdict = lesson, exercise, verdict
        self.hints_shown = hints_shown
        super().__init__(self._press, lambda: f"Exercise “{name}”: {verdict.sentence}")
        self._paint()

    def _press(self, name, _value):
        if name == "hint":
            self.hints_shown = min(self.hints_shown + 1, len(self.exercise.hints))
            self._paint()

    def _paint(self):
        tone = {True: "good", False: "bad", None: "open"}[self.verdict.passed]
        parts = [text(self.verdict.sentence, tone, "verdict")]
        if self.verdict.printed:
            parts.append(text(f"It printed: `{self.verdict.printed.strip()}`"))
        hints = list(self.exercise.hints)
        for i, hint in enumerate(hints[: self.hints_shown]):
            parts.append(text(f"Hint {i + 1}: {hint}", "open", f"hint {i}"))
        if self.hints_shown < len(hints) and not self.verdict.passed:
            parts.append(buttons(("hint", f"Hint {self.hints_shown + 1} of {len(hints)}")))
        if self.lesson.store.trouble:
            parts.append(text(self.lesson.store.trouble, "bad", "trouble"))
        self.parts = parts


def _named(name):
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"name={name!r}: name must be a short text, the name of the question")


def _source(given):
    """What the learner wrote, as text: a function's lines, or the value."""
    try:
        return inspect.getsource(given)[:2000]
    except (TypeError, OSError):
        pass
    try:
        return repr(given)[:2000]
    except Exception:
        return f"a {type(given).__name__}"
