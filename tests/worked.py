"""A lesson whose cells were run, and its exercises as they stand in the notebook."""

import ast
import contextlib
import functools
import json
import linecache
import os
import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from optimlab.lessons import Exercise, current
from optimlab.lessons.contents import items
from optimlab.lessons.judging.reading import gives_value, source_of

LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@dataclass
class Asked:
    """One exercise of a lesson as its notebook asks it."""

    name: str
    exercise: Exercise
    mine: list  # names in the stub
    many: bool  # whether they are given in a list
    stub: str  # source of the learner's cell

    @property
    def solution(self):
        """The source of the solution, as the card shows it."""
        return source_of(self.exercise.solution)

    @property
    def returns(self):
        """Whether the solution is a function that returns the answer, and is not the answer."""
        return self.exercise.cases is None and gives_value(self.exercise.solution)


class Worked:
    """A lesson whose cells were run in order, in one namespace.

    `progress` is the file with the learner's answers; by default there is none.
    """

    def __init__(self, path, progress=""):
        self.number = re.match(r"\d*[a-z]?", path.stem)[0]
        self.path, self.progress, self.problems = path, str(progress), []
        self.cells = [
            ("".join(cell["source"]), cell["metadata"])
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        ]
        self.space = {"__name__": "__main__", "display": lambda *_: None}
        self._run()
        lesson = self.space.get("lesson")
        self.exercises = dict(getattr(lesson, "exercises", {}))
        self.asked = self._find()
        self.solutions = {
            getattr(asked.exercise.solution, "__name__", ""): asked.exercise.solution
            for asked in self.asked
        }

    def _run(self):
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        here, kept = os.getcwd(), os.environ.get("OPTIMLAB_PROGRESS")
        os.environ["OPTIMLAB_PROGRESS"] = self.progress
        os.chdir(self.path.parent)
        if not self.progress:
            current().reset()  # answers in memory alone, of a lesson that was run before
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(None):
                warnings.simplefilter("ignore")
                for i, (source, _) in enumerate(self.cells):
                    execute(source, f"{self.path.stem}-cell-{i}", self.space)
        finally:
            os.chdir(here)
            plt.close("all")
            if kept is None:
                del os.environ["OPTIMLAB_PROGRESS"]
            else:
                os.environ["OPTIMLAB_PROGRESS"] = kept

    def _find(self):
        found = {}
        for source, _ in self.cells:
            for node in ast.walk(ast.parse(without_magics(source))):
                if not is_call(node, "check"):
                    continue
                name, given = node.args[0].value, node.args[1]
                many = isinstance(given, ast.List | ast.Tuple)
                names = [part.id for part in (given.elts if many else [given])]
                if name in found:
                    self.problems.append(f"{name}: it is checked in two cells")
                if not all(re.fullmatch(r"my_\w+", given) for given in names):
                    self.problems.append(f"{name}: {names} are not called my_...")
                exercise = self.exercises[name]
                found[name] = Asked(name, exercise, names, many, without_magics(source))
        for name in self.exercises:
            if name not in found:
                self.problems.append(f"{name}: it is declared, and not checked")
        return list(found.values())

    def given(self, asked):
        """What the stub hands to `check`."""
        values = [self.space.get(name) for name in asked.mine]
        return values if asked.many else values[0]

    def solved(self, asked, source=None):
        """What a solution gives where a learner would write it: among the names of the notebook.

        `source` is another one in its place, such as a mutant.
        """
        source = asked.solution if source is None else source
        if not source.startswith(("def ", "class ")):
            return asked.exercise.answer
        space = {**self.solutions, **self.space}
        execute(source, f"solution of {asked.name}", space)
        answer = space[ast.parse(source).body[0].name]
        return answer() if asked.returns else answer


def execute(source, name, space):
    """Run a cell as a notebook does: its source can be looked up."""
    source = without_magics(source)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), space)


def without_magics(source):
    return "\n".join("pass" if re.match(r"\s*[%!]", line) else line for line in source.split("\n"))


def is_call(node, method):
    """Whether a node of a cell's tree is lesson.<method>(...)."""
    function = getattr(node, "func", None)
    return (
        isinstance(node, ast.Call)
        and isinstance(function, ast.Attribute)
        and function.attr == method
        and isinstance(function.value, ast.Name)
        and function.value.id == "lesson"
    )


def has_exercises(path):
    """Whether a notebook asks for an exercise, from its source alone."""
    return bool(items(path)["exercises"])


#: a folder for the answers to each lesson that `worked` has run
FOLDER = tempfile.TemporaryDirectory()


def answers_to(path):
    """The file with the answers to a lesson that `worked` has run."""
    return Path(FOLDER.name, path.stem, "optimlab-progress.json")


@functools.cache
def tried(path):
    answers_to(path).parent.mkdir()
    try:
        return Worked(path, answers_to(path))
    except Exception as error:
        return error


def worked(path):
    """The lesson, run once for all tests; its error, if there is one, for each of them."""
    if isinstance(found := tried(path), Exception):
        raise found
    return found
