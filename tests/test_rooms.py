"""The rooms of the house: who may import whom, and what a script that draws nothing loads."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import optimlab

ROOT = Path(optimlab.__file__).parent
#: from the bottom floor to the top one: a file imports from its own floor and from those below
FLOORS = ("core", "study", "draw", "explorers", "lessons", "keys", "tools")
#: what these may import upwards by name, as they run: the front door whatever it is asked for,
#: `checks.extra` what its callers name, a lesson its own key
BY_NAME = {"__init__.py": FLOORS, "checks.py": FLOORS, "lessons/keyring.py": ("keys",)}
#: what imports by name, at the end of a function's name
LOADERS = ("import_module", "__import__", "extra")


# --- the floors --------------------------------------------------------------------------------


def breaches(root):
    """``file:line imports name`` for each import upwards in the package at `root`."""
    doors, found = _doors(root / "__init__.py"), []
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root).as_posix()
        here = name.partition("/")[0] if "/" in name else "core"
        if here not in FLOORS:
            found.append(f"{name}:1 is in no room")
            continue
        for line, imported, by_name in sorted(_imports(file, root)):
            first = imported.split(".")[1]
            there = doors.get(first, first if first in FLOORS else "core")
            upwards = FLOORS.index(there) > FLOORS.index(here)
            if upwards and not (by_name and there in BY_NAME.get(name, ())):
                found.append(f"{name}:{line} imports {imported}")
    return found


def _doors(front):
    """{name: its room} for all that ``optimlab.name`` loads when it is asked for."""
    doors = {"?": FLOORS[-1]}  # a name that is not written down may be any
    for node in ast.parse(front.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id in ("_MODULES", "_NAMES"):
            for name, place in ast.literal_eval(node.value).items():
                doors[name] = place.partition(".")[0] or name
    return doors


def _imports(file, root):
    """(line, dotted name, whether by name) of what a file imports of the package itself."""
    package = [root.name, *file.relative_to(root).parts[:-1]]
    tree = ast.parse(file.read_text("utf-8"))
    texts = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        by_name = isinstance(node, ast.Call)
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            names = [f"{name}.?" if name == root.name else name for name in names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base += [node.module] if node.module else []
            names = [".".join([*base, alias.name]) for alias in node.names]
        elif by_name and _last(node.func).endswith(LOADERS):
            start = _start(node.args[0], texts) if node.args else ""
            names = [f"{root.name}.?" if start in ("", root.name) else start]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == root.name:
                yield node.lineno, name, by_name


def _last(function):
    return getattr(function, "id", getattr(function, "attr", ""))


def _start(node, texts):
    """A name as far as it is written down: an f-string or a sum of texts begins with it."""
    if isinstance(node, ast.BinOp):
        return _start(node.left, texts)
    if isinstance(node, ast.JoinedStr):
        return _start(node.values[0], texts)
    if isinstance(node, ast.FormattedValue):
        return _start(node.value, texts)
    if isinstance(node, ast.Name):
        return texts.get(node.id, "")
    return str(node.value).rstrip(".") if isinstance(node, ast.Constant) else ""


def test_nobody_imports_from_a_floor_above():
    assert breaches(ROOT) == []


PLANTED = {
    "study/up.py": [
        "from optimlab.draw import figures",
        "def late():",
        "    from optimlab import style, SGD, tuning",
        "from ..explorers.base import Explorer",
        "import optimlab.lessons",
        "import optimlab",
    ],
    "core.py": ["import importlib", "network = importlib.import_module('optimlab.study.network')"],
    "draw/late.py": [
        "from importlib import import_module",
        "name = 'explorers'",
        "import_module(f'optimlab.{name}')",
        "import_module('optimlab.study.' + name)",
        "import_module('json.tool')",
        "checks.extra('plotly.data', 'this'), checks.extra('optimlab.lessons', 'this')",
        "from optimlab import descend, functions, analysis",
        "from .live import LivePlot",
    ],
    "lessons/keyring.py": [
        "from importlib import import_module",
        "KEYS = 'optimlab.keys'",
        "import_module(KEYS), import_module(f'{KEYS}.lesson_{5:02}')",
        "import_module('optimlab.tools.refresh')",
        "from optimlab.keys import lesson_05",
    ],
    "lessons/lesson.py": ["__import__('optimlab.keys.lesson_05')"],
    "keys/own.py": ["from optimlab.lessons import Lesson", "from optimlab.tools import refresh"],
    "attic/old.py": ["import numpy"],
}


def test_a_planted_breach_is_named(tmp_path):
    root = tmp_path / "optimlab"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("__pycache__"))
    for name, lines in PLANTED.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("\n".join(lines) + "\n", "utf-8")
    assert breaches(root) == [
        "attic/old.py:1 is in no room",
        "core.py:2 imports optimlab.study.network",
        "draw/late.py:3 imports optimlab.?",
        "draw/late.py:6 imports optimlab.lessons",
        "keys/own.py:2 imports optimlab.tools.refresh",
        "lessons/keyring.py:4 imports optimlab.tools.refresh",
        "lessons/keyring.py:5 imports optimlab.keys.lesson_05",
        "lessons/lesson.py:1 imports optimlab.keys.lesson_05",
        "study/up.py:1 imports optimlab.draw.figures",
        "study/up.py:3 imports optimlab.style",
        "study/up.py:4 imports optimlab.explorers.base.Explorer",
        "study/up.py:5 imports optimlab.lessons",
        "study/up.py:6 imports optimlab.?",
    ]


# --- what is loaded ----------------------------------------------------------------------------

HEAVY = (
    "matplotlib", "ipywidgets", "anywidget", "traitlets", "plotly", "seaborn", "pandas", "PIL",
    "IPython", "jupyterlab", "nbformat", "nbval",
)  # fmt: skip
#: scripts that draw nothing: one for the core alone, one for all that is in the study
SCRIPTS = {
    "core": """
optimlab.descend("ravine", optimlab.Adam(lr=0.1), steps=5).summary()
optimlab.check_gradient(optimlab.functions.ravine)
""",
    "study": """
optimlab.analysis.best_rate("ravine")
optimlab.tuning.sweep("ravine", "SGD", [0.1, 0.2], steps=5)
optimlab.schemes.halving("ravine", 0.1, steps=5)
optimlab.genealogy.conventions_table().markdown
arms = optimlab.data.spirals(rng=numpy.random.default_rng(0))
optimlab.training.Training(optimlab.network.Network(), arms, optimlab.SGD()).run(epochs=1)
""",
}


@pytest.mark.parametrize("room", SCRIPTS)
def test_a_script_that_draws_nothing_loads_nothing_that_draws(room):
    loaded = _run(f"{SCRIPTS[room]}\nimport sys; print(*sys.modules)").split()
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)
    rooms = {name.split(".")[1] for name in loaded if name.startswith("optimlab.")}
    assert rooms & set(FLOORS) == {room} - {"core"}


def test_every_public_name_is_there():
    assert _run("print([n for n in optimlab.__all__ if not hasattr(optimlab, n)])") == "[]\n"
    assert _run("print(set(optimlab.__all__) - set(dir(optimlab)))") == "set()\n"


def _run(code):
    command = [sys.executable, "-c", f"import numpy, optimlab\n{code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
