"""No file of the package is long, and what it needs from elsewhere is declared."""

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "optimlab"
SOURCES = sorted(path for path in PACKAGE.rglob("*.*") if path.suffix in {".py", ".js", ".css"})
MODULES = [path for path in SOURCES if path.suffix == ".py"]
MOST_LINES = 600

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = {"run time": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
DECLARED = {
    name: {canonicalize_name(Requirement(text).name) for text in texts}
    for name, texts in DECLARED.items()
}


def test_no_test_fails_because_the_machine_is_busy():
    profile, slow = settings.default, HealthCheck.too_slow
    assert profile.deadline is None and slow in profile.suppress_health_check
    own = re.compile(r"settings\([^)]*(?:deadline|suppress_health_check)")
    files = [path for path in (ROOT / "tests").glob("test_*.py") if path.name != "test_tree.py"]
    assert [path.name for path in files if own.search(path.read_text(encoding="utf-8"))] == []


def test_no_file_is_long():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {str(path): n for path, n in lines.items() if n > MOST_LINES} == {}


# What is imported ----------------------------------------------------------------------------

def imports(source):
    """What a Python text imports, as dotted names, with names taken from a module: "a.b.name"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write the whole name of the module"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def run(code, *refused):
    """Run code in a fresh Python that has none of the packages named; return what it printed."""
    guard = (
        "import sys\nclass Refuse:\n    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] in {refused!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    done = subprocess.run([sys.executable, "-c", guard + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


# What is needed from elsewhere ---------------------------------------------------------------


@cache
def package_of(module):
    """The package that installs a module: pillow for PIL."""
    found = importlib.metadata.packages_distributions().get(module, [module])
    return canonicalize_name(found[0])


def foreign(names):
    """Of dotted names, the packages that neither Python nor this repository brings."""
    here = {path.stem for path in (ROOT / "tests").rglob("*.py")} | {"optimlab", "conftest"}
    tops = {name.partition(".")[0] for name in names}
    return {package_of(top) for top in tops - set(sys.stdlib_module_names) - here}


def lent(source):
    """What a Python text asks for by checks.extra("name", …), or tries to import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "extra":
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant))
        if isinstance(node, ast.Try) and "ImportError" in map(ast.unparse, _caught(node)):
            yield from imports("\n".join(map(ast.unparse, node.body)))


def _caught(node):
    return [handler.type for handler in node.handlers if handler.type]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_the_package_imports_is_declared(path):
    source = path.read_text(encoding="utf-8")
    optional = foreign(lent(source))
    assert foreign(imports(source)) - optional - DECLARED["run time"] == set(), "checks.extra?"
    lent_by = DECLARED["site"] if path.name in {"site.py", "pages.py"} else set()
    assert optional - DECLARED["run time"] - DECLARED["lessons"] - lent_by == set()


def test_what_lessons_and_tests_import_is_declared():
    lessons = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for source in ("".join(c["source"]) for c in cells if c["cell_type"] == "code"):
            lines = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
            lessons |= foreign(imports("\n".join(lines)))
    assert lessons - DECLARED["run time"] - DECLARED["lessons"] == set()
    programs = {"benchmarks": "bench", "trajectories": "bench"}
    for path in (ROOT / "tests").rglob("*.py"):
        extra = programs.get(path.relative_to(ROOT / "tests").parts[0], "test")
        allowed = set().union(*(DECLARED[name] for name in ("run time", "lessons", "test", extra)))
        assert foreign(imports(path.read_text(encoding="utf-8"))) - allowed == set(), path


EXTRA = ("sympy", "seaborn", "plotly", "pandas", "jupyterlab", "nbval", "nbformat", "nbclient")


def test_the_package_works_without_its_extras():
    code = """
import matplotlib
matplotlib.use("Agg")
import optimlab
from optimlab import figures, functions, style
path = optimlab.descend("ravine", optimlab.SGD(lr=0.9), steps=5)
optimlab.explore(functions.ravine, optimlab.SGD, lr=0.9)
style.use()
figures.draw_path(figures.panel()[1], path)
optimlab.data.spirals
optimlab.lessons.Lesson("99").progress()
print("done")
"""
    assert run(code, *EXTRA) == "done\n"


@pytest.mark.parametrize(
    "code",
    [
        "optimlab.data.iris()",
        "optimlab.explore('x^2/20 + y^2')",
        "optimlab.explorers.SurfaceExplorer('bowl')",
        "from optimlab.tools import refresh; refresh.refresh('a.ipynb')",
        "from optimlab.tools import lint; lint.main(['a.ipynb'])",
    ],
)
def test_what_needs_an_extra_says_how_to_install_it(code):
    guarded = f"import optimlab\ntry:\n    {code}\nexcept ImportError as error:\n    print(error)"
    told = run(guarded, *EXTRA)
    assert told.rstrip().endswith("pip install 'optimlab[lessons]'")


# Words ---------------------------------------------------------------------------------------

ONE_OF_TWO = re.compile(r"\bthe course\s+text\b(?!s)", re.IGNORECASE)


def test_the_two_course_texts_are_told_apart():
    files = [*MODULES, ROOT / "README.md", *sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
    told = [path for path in files if ONE_OF_TWO.search(path.read_text(encoding="utf-8"))]
    assert told == []
    assert ONE_OF_TWO.search("as The course\n    text's") and not ONE_OF_TWO.search(
        "the first course text, and the course texts"
    )
