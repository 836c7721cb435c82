"""An explorer as a file, and as the line of Python that makes it anew."""

import ast
import inspect
import json
import os
import sys
from pathlib import Path

import numpy as np

from optimlab import checks, functions, optimizers
from optimlab.draw.live import export
from optimlab.functions import Function
from optimlab.optimizers import Optimizer

#: suffix -> (what it is called, its type on the web)
FORMATS = {
    "png": ("PNG", "image/png"), "svg": ("SVG", "image/svg+xml"), "gif": ("GIF", "image/gif"),
    "html": ("a web page", "text/html"),
}  # fmt: skip
#: the menu of the play bar
MENU = [
    *([kind, f"Save as {name}"] for kind, (name, _) in FORMATS.items()), ["code", "Copy the code"],
]  # fmt: skip
#: numbers of an array that is written into a line of code, at most
LONGEST = 1000
PLACE = "the name of a file that ends in .png, .svg, .gif or .html, in a folder that is there"


# --- files -----------------------------------------------------------------------------------


def save(explorer, path, moves=None):
    """See `Explorer.save`."""
    if not isinstance(path, str | os.PathLike):
        checks.wrong_kind("path", path, PLACE)
    place = Path(os.path.realpath(path))
    kind = place.suffix.lower()[1:]
    if kind not in FORMATS or not place.parent.is_dir() or place.is_dir():
        checks.wrong_value("path", path, PLACE)
    content = made(explorer, kind) if moves is None else moved(explorer, kind, moves)
    beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(content)
        os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)


def made(explorer, kind):
    """The bytes of a file."""
    plot = explorer.plot
    bring_up_to_date(explorer, frames=kind == "html")
    makers = {"svg": export.vectors, "gif": export.film, "html": export.page}
    more = (explorer.LEFT_OUT,) if kind == "html" and not plot.veiled else ()
    return explorer.picture() if kind == "png" else makers[kind](plot, *more)


def bring_up_to_date(explorer, frames=True):
    """Show what the controls say now, and have the frames of the slider in hand for it."""
    plot = explorer.plot
    if explorer._behind or frames and plot.frames.get("settings") != plot.settings():
        explorer._stop_waiting()
        explorer._send_frames()


def moved(explorer, kind, moves):
    """The bytes of a GIF in which the explorer is put from one place to the next."""
    accepted = 'a list of what `put` takes, such as [{"start": (1, 2)}], and path end in .gif'
    if not isinstance(moves, list | tuple) or not all(isinstance(one, dict) for one in moves):
        checks.wrong_kind("moves", moves, accepted)
    if kind != "gif" or not moves:
        checks.wrong_value("moves", moves, accepted)
    before, step, pictures = explorer.settings(), explorer.plot.step, []
    try:
        for place in moves:
            explorer.put(**place)
            pictures.append(export.small(explorer.plot, explorer.plot.step))
    finally:
        explorer.restore(before)
        explorer.plot.step = step
    return export.joined(pictures, [1000 / export.MOVES] * len(pictures))


def answer(explorer, kind):
    """Do what the menu of the bar asks for, and tell the page."""
    plot = explorer.plot
    try:
        if kind == "reset":
            explorer.restore(explorer._first)
        elif kind == "code":
            plot.send({"kind": "code", "text": code(explorer)})
        elif kind in FORMATS:
            told = {"kind": "file", "name": f"run.{kind}", "type": FORMATS[kind][1]}
            plot.send(told, [made(explorer, kind)])
    except Exception as error:
        plot.send({"kind": "failed", "text": f"{type(error).__name__}: {error}"})


# --- code ------------------------------------------------------------------------------------


def code(explorer):
    """See `Explorer.code`."""
    text = _Text()
    kind = type(explorer)
    if kind.__name__ == "PathExplorer":
        made_by = text.note(text.imported, "explore")
    elif kind.__module__.startswith("optimlab."):
        made_by = f"{text.note(text.imported, 'explorers')}.{kind.__name__}"
    else:
        made_by = text.note(text.defined, kind.__name__)
    call = inspect.signature(kind.__init__)
    call = call.bind(explorer, *explorer._given[0], **explorer._given[1])
    _, *parameters = call.signature.parameters.values()
    arguments, positional = [], True
    for one in parameters:
        known = one.name in call.arguments
        if one.kind is one.VAR_KEYWORD:
            given = call.arguments.get(one.name, {})
            arguments += [f"{name}={text.of(value, name)}" for name, value in given.items()]
        elif known and not _same(call.arguments[one.name], one.default):
            positional = positional and one.kind is one.POSITIONAL_OR_KEYWORD
            value = text.of(call.arguments[one.name], one.name)
            arguments.append(value if positional else f"{one.name}={value}")
        else:
            positional = False
    line = f"{made_by}({', '.join(arguments)})"
    now, first = explorer._places(), explorer._at_first
    if moved := {name: place for name, place in now.items() if place != first.get(name)}:
        line += f".put({', '.join(f'{n}={text.of(v, n)}' for n, v in moved.items())})"
    return f"from optimlab import {', '.join(text.imported)}; {line}{text.comment()}"


def _own_name(value):
    """What a learner calls it: a function or class by its name, else by that in the notebook."""
    own = getattr(value, "__name__", "")
    if own.isidentifier() and not inspect.ismethod(value):
        return own
    notebook = vars(sys.modules["__main__"]).items()
    return next((name for name, known in notebook if known is value and name[0] != "_"), "")


def _written_lambda(value):
    """The text of a lambda, if its line holds no other and it uses nothing from around it."""
    try:
        tree = ast.parse(inspect.getsource(value).strip())
    except (OSError, TypeError, SyntaxError):
        return ""
    found = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    return found[0] if len(found) == 1 and not value.__closure__ else ""


def _same(value, default):
    one, other = (_Text().of(v, "") for v in (value, default))
    return default is not inspect.Parameter.empty and one == other


class _Text:
    """Values as text, and what that text takes from elsewhere."""

    def __init__(self):
        self.imported, self.defined, self.missing = [], [], []

    @staticmethod
    def note(names, name):
        """A name that is written, noted among others of its kind."""
        names += [name] * (name not in names)
        return name

    def of(self, value, name):
        """A value as Python text; one that cannot be written is called `name`."""
        if isinstance(value, np.ndarray | np.generic) and value.size <= LONGEST:
            value = value.tolist()
        if isinstance(value, Function):
            if value.name in functions.names() and functions.get(value.name) is value:
                return json.dumps(value.name)
            if formula := getattr(value, "formula", None):  # that was read from a text
                return json.dumps(formula.text)
        elif isinstance(value, type) and issubclass(value, Optimizer):
            if value is getattr(optimizers, value.__name__, None):
                return json.dumps(value.__name__)
        elif isinstance(value, Optimizer):
            name = type(value).__name__
            self.note(self.imported if hasattr(optimizers, name) else self.defined, name)
            return repr(value)
        elif isinstance(value, list | tuple):
            parts = ", ".join(self.of(one, name) for one in value)
            comma = "," * (len(value) == 1)
            return f"[{parts}]" if isinstance(value, list) else f"({parts}{comma})"
        elif isinstance(value, dict):
            parts = (f"{self.of(k, name)}: {self.of(v, name)}" for k, v in value.items())
            return "{" + ", ".join(parts) + "}"
        elif isinstance(value, float) and not np.isfinite(value):
            return f"float('{value}')"
        elif isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)  # in the quotes of the lessons
        elif value is None or isinstance(value, bool | int | float | complex | range):
            return repr(value)
        if own := _own_name(value):
            return self.note(self.defined, own)
        return _written_lambda(value) or self.note(self.missing, name)

    def comment(self):
        """What the learner has to know of names in the line, in words."""
        words = [f"{' and '.join(self.defined)}: as you defined it."] * bool(self.defined)
        if self.missing:
            words.append(f"In place of {' and '.join(self.missing)} put what cannot be written.")
        return "  # " + " ".join(words) if words else ""
