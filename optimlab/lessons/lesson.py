"""Lesson: the questions, targets, exercises and quiz of one notebook, and what became of them."""

import contextlib
import inspect

from optimlab import checks
from optimlab.lessons.afterwards import Afterwards
from optimlab.lessons.board import LessonBoard
from optimlab.lessons.check import Check
from optimlab.lessons.contents import asked_in
from optimlab.lessons.exercises import Exercise
from optimlab.lessons.judging.watch import TooLong, call
from optimlab.lessons.keyring import load_key
from optimlab.lessons.kinds import Question
from optimlab.lessons.prediction import Prediction
from optimlab.lessons.quiz import Quiz
from optimlab.lessons.store import Progress, current


class Lesson:
    """What one lesson asks. Its notebook makes it once: `lesson = lessons.Lesson("05")`.

    What the questions know stands in the lesson's key, which is found by the number; a notebook
    of one's own may hand it over where it asks instead. A teacher can keep the cards of exercises
    from showing solutions: with OPTIMLAB_SOLUTIONS=off in the environment, or for one learner with
    the line `"solutions": "off",` in optimlab-progress.json, before `"lessons"`.

    Parameters
    ----------
    number : str, the lesson's number as in its file name, such as "05" or "07a"
    progress : Progress, by default that of the learner (see `optimlab.lessons.store`)

    Attributes
    ----------
    key : Key, what the file of `optimlab.keys` with this number holds
    exercises : dict, name -> Exercise, of those that were asked so far
    predictions : dict, name -> Prediction, of those that were asked so far
    """

    def __init__(self, number, progress=None):
        self.number = checks.text("number", number, 'a text such as "05"')
        self.store = current() if progress is None else progress
        checks.instance("progress", self.store, Progress, "a Progress")
        self.key = load_key(number)
        self.exercises, self.predictions = {}, {}
        self._targets, self._checks, self._quiz = {}, {}, None
        if (wanted := asked_in(".", number)) is not None:
            for sentence in self.key.unasked(wanted):
                print(sentence)

    def update(self, kind, item, **fields):
        """Keep fields of an answer under this lesson."""
        return self.store.update(self.number, kind, item, **fields)

    def wanted(self):
        """The names of all that was asked so far, by kind."""
        return {
            "predictions": list(self.predictions),
            "targets": list(self._targets),
            "exercises": list(self.exercises),
            "quiz": [str(i + 1) for i in range(len(self._quiz.questions if self._quiz else ()))],
        }

    def answers(self):
        """What is kept of this lesson; answers to questions that have changed count for nothing."""
        stored = self.store.lesson(self.number)
        for name, asked in self.predictions.items():
            if asked.former is not None:
                stored["predictions"][name] = {"former": asked.former}
        for number in self.wanted()["quiz"]:
            if self._quiz.former(int(number)) is not None:
                stored["quiz"][number] = {}
        return stored

    def _missing(self, name, kind, known, how):
        names = ", ".join(f"“{one}”" for one in known) or "none"
        if self.key.module is None:
            return f"name={name!r}: lesson {self.number} has no key, so {how}"
        return f"name={name!r}: the key of lesson {self.number} has no {kind} “{name}”, but {names}"

    # -- predict -----------------------------------------------------------------------------------

    def predict(self, name, explorer=None, question=None):
        """Ask for a prediction; what answers it is shown when it is made or skipped.

        Parameters
        ----------
        name : str
            A short name of the question, under which the answer is kept and listed.
        explorer : Explorer, or function without arguments, optional
            What answers the question. An explorer shows its scene, and later its run; of a
            function it shows later what it prints, draws and returns.
        question : Question, such as `Choice({"left": "No.", "right": "Yes."}, right="right")`
            What is asked, if not what the lesson's key has under this name.

        Returns
        -------
        Prediction, to be shown as the last line of a cell
        """
        checks.text("name", name)
        function = None
        if isinstance(explorer, Question):
            explorer, question = None, explorer
        elif explorer is not None and not hasattr(explorer, "veil"):
            accepted = "an explorer, a function, or a question such as Choice(…)"
            function, explorer = checks.callback("explorer", explorer, accepted), None
        if question is None:
            if name not in self.key.predictions:
                how = "predict takes the question besides, such as Choice({…}, right=…)"
                raise ValueError(self._missing(name, "prediction", self.key.predictions, how))
            question = self.key.predictions[name]
        checks.instance("question", question, Question, "a question such as Choice(…)")
        if explorer is None and question.needs_explorer:
            kind = type(question).__name__
            raise TypeError(f"predict({name!r}): a {kind} needs an explorer")
        former = self.predictions.get(name)
        made = self.predictions[name] = Prediction(self, name, explorer, question)
        for one in former.afterwards if former else ():
            if one is not former._below:  # what other cells show
                made.follow_with(one)
        if function is not None:
            made.follow_with(Afterwards(name, function), below=True)
        return made

    def after(self, name, function):
        """Show what a function prints, draws and returns, once a prediction is made or skipped.

        The function is called at once, so that its code runs with the notebook.

        Parameters
        ----------
        name : str, of a prediction that was asked above
        function : callable without arguments

        Returns
        -------
        Afterwards, to be shown as the last line of a cell
        """
        checks.text("name", name)
        checks.callback("function", function, "a function without arguments")
        if name not in self.predictions:
            asked = ", ".join(f"“{one}”" for one in self.predictions) or "none"
            raise ValueError(f"name={name!r}: name must be a prediction asked above: {asked}")
        afterwards = Afterwards(name, function)
        self.predictions[name].follow_with(afterwards)
        return afterwards

    # -- target ------------------------------------------------------------------------------------

    def target(self, name, explorer):
        """Count it as progress when the target of an explorer is reached. Returns what it got.

        Parameters
        ----------
        name : str
        explorer : Explorer with a target, or a Prediction over one
        """
        checks.text("name", name)
        plain = explorer.explorer if isinstance(explorer, Prediction) else explorer
        if not hasattr(plain, "reached"):
            checks.wrong_kind("explorer", explorer, "an explorer with a target")
        if plain.reached and not plain.veiled:
            raise ValueError(f"target({name!r}): it is reached before anything was moved")
        self._targets[name] = plain

        def note(_change):
            if plain.reached and not plain.veiled:
                self.update("targets", name, reached=True, **{"with": plain.summary})

        plain.observe(note, "reached")
        return explorer

    # -- exercises ---------------------------------------------------------------------------------

    def exercise(self, name, exercise):
        """Declare an exercise in the notebook itself. `check` judges the answer."""
        checks.text("name", name)
        checks.instance("exercise", exercise, Exercise, "an Exercise(…)")
        self.exercises[name] = exercise

    def check(self, name, given):
        """Judge a learner's value or function, say what it looks like, and keep the result.

        Returns a card to be shown as the last line of a cell; it also holds hints and solution.
        """
        exercise = self._exercise(name)
        verdict = exercise.judge(given)
        if verdict.passed is not None:
            entry = self.store.get(self.number, "exercises", name)
            tries = entry.get("tries") if entry.get("tries") in range(10**6) else 0
            self.update(
                "exercises", name, tries=tries + 1, said=verdict.sentence, answer=_source(given),
                passed=verdict.passed or bool(entry.get("passed")),
            )  # fmt: skip
        self._checks[name] = Check(self, name, exercise, verdict, self._checks.get(name))
        return self._checks[name]

    def _exercise(self, name):
        checks.text("name", name)
        if name not in self.exercises:
            known = self.exercises | self.key.exercises
            if name not in known:
                how = "it must be declared before: lesson.exercise(name, Exercise(…))"
                raise ValueError(self._missing(name, "exercise", known, how))
            self.exercises[name] = known[name]
        return self.exercises[name]

    # -- quiz and progress -------------------------------------------------------------------------

    def quiz(self, *questions):
        """Show the quiz of the lesson's key, or the questions given here.

        Each is a pair (question, {answer: reply}), right answer first. The answers are shown in
        another order, which stays. Each gets its own reply.
        """
        self._quiz = Quiz(self, questions or self.key.quiz)
        return self._quiz

    def progress(self):
        """The page at the end: what was predicted, what happened, and what is open."""
        return LessonBoard(self)

    def reset(self):
        """Forget every answer given in this lesson, and ask anew."""
        for explorer in self._targets.values():
            explorer.reached = False  # the next move that reaches it counts again
        self.store.reset(self.number)


def _source(given):
    """What the learner wrote, as text: a function's lines, or the value."""
    for read in (inspect.getsource, repr):
        with contextlib.suppress(Exception, TooLong):
            return call(read, (given,), 1.0)[:2000]
    return f"a {type(given).__name__}"
