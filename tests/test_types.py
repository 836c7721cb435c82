"""Type hints of the core and of study/: every public name has them, and mypy accepts them."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import optimlab
import optimlab.study

CORE = [m.name for m in pkgutil.iter_modules(optimlab.__path__, "optimlab.") if not m.ispkg]
STUDY = [m.name for m in pkgutil.walk_packages(optimlab.study.__path__, "optimlab.study.")]


def test_mypy_accepts_them():
    command = [sys.executable, "-m", "mypy"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def public(module):
    """The functions of a module and the methods of its classes, by name, without private ones."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            for method, given in vars(thing).items():
                function = getattr(given, "fget", None) or getattr(given, "__func__", given)
                own = inspect.isfunction(function) and function.__module__ == module.__name__
                if own and (method == "__init__" or not method.startswith("_")):
                    yield f"{name}.{method}", function


@pytest.mark.parametrize("name", CORE + STUDY)
def test_every_public_name_has_them(name):
    bare = []
    for title, function in public(importlib.import_module(name)):
        signature = inspect.signature(function)
        parts = {p: given.annotation for p, given in signature.parameters.items()}
        if "." in title and not isinstance(function, staticmethod):
            parts.pop("self", None), parts.pop("cls", None)
        if not title.endswith("__init__"):
            parts["return"] = signature.return_annotation
        bare += [f"{title}: {p}" for p, given in parts.items() if given is inspect.Parameter.empty]
    assert bare == []
