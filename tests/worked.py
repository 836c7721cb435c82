"""A lesson whose cells were run, and its exercises as they stand in the notebook."""

import ast
import contextlib
import functools
import json
import linecache
import os
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from optimlab.lessons import current

LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@dataclass
class Asked:
    """One exercise of a lesson as it stands in the notebook."""

    name: str
    mine: list  # names in the stub
    many: bool  # whether they are given in a list
    stub: str  # source of the two cells
    solution: str = ""
    theirs: list = field(init=False)

    def __post_init__(self):
        self.theirs = [re.sub(r"^my_(.+)$", r"\1_solution", name) for name in self.mine]


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
        for source, metadata in self.cells:
            for node in ast.walk(ast.parse(without_magics(source))):
                if not is_call(node, "check") or "solution" in metadata.get("tags", []):
                    continue
                name, given = node.args[0].value, node.args[1]
                many = isinstance(given, ast.List | ast.Tuple)
                names = [part.id for part in (given.elts if many else [given])]
                if name in found:
                    self.problems.append(f"{name}: it is checked in two cells")
                if metadata.get("jupyter", {}).get("source_hidden"):
                    self.problems.append(f"{name}: the cell to fill in is folded")
                if not all(re.fullmatch(r"my_\w+", given) for given in names):
                    self.problems.append(f"{name}: {names} are not called my_...")
                found[name] = Asked(name, names, many, without_magics(source))
        for asked in found.values():
            self._find_solution(asked)
        for name in sorted(set(self.exercises) ^ set(found)):
            what = "checked, and not declared" if name in found else "declared, and not checked"
            self.problems.append(f"{name}: it is {what}")
        return [asked for name, asked in found.items() if name in self.exercises]

    def _find_solution(self, asked):
        for source, metadata in self.cells:
            tree = ast.parse(without_magics(source))
            stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            stored |= {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
            defines = {n for n in asked.theirs if n in stored and re.search(rf"(def |class )?{n}\b"
                       r"\s*(=[^=]|\()", source)}  # fmt: skip
            if "solution" in metadata.get("tags", []) and defines and not asked.solution:
                asked.solution = without_magics(source)
                if not metadata.get("jupyter", {}).get("source_hidden"):
                    self.problems.append(f"{asked.name}: the solution is not folded")
        if not asked.solution:
            self.problems.append(f"{asked.name}: no cell tagged solution has {asked.theirs}")

    def value(self, asked, names):
        """What these names stand for, as it is handed to `check`."""
        values = [self.space.get(name) for name in names]
        return values if asked.many else values[0]


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
    """Whether a notebook declares an exercise, from its source alone."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    trees = (ast.parse(without_magics(source)) for source in sources if "exercise" in source)
    return any(is_call(node, "exercise") for tree in trees for node in ast.walk(tree))


@functools.cache
def tried(path):
    try:
        return Worked(path)
    except Exception as error:
        return error


def worked(path):
    """The lesson, run once for all tests; its error, if there is one, for each of them."""
    if isinstance(found := tried(path), Exception):
        raise found
    return found
