"""What a lesson lacks: python -m optimlab.tools.lint [notebook …]

The rules are the functions `_about_…` below; each yields a line for each breach, in the notebook or
in its key. Without names it reads every lesson in the folder where you are, or in notebooks/ in it;
nothing is run. The command exits 1 if there is a breach.

    python -m optimlab.tools.lint new 16 "Second order"

begins a lesson: a notebook and a key that keep the rules once the notebook was refreshed.
"""

from __future__ import annotations

import argparse
import ast
import base64
import re
import sys
from pathlib import Path

from optimlab import checks
from optimlab.lessons import contents
from optimlab.lessons.keyring import Key, load_key
from optimlab.tools import secrets, skeleton, stated
from optimlab.tools.refresh import KERNEL, LANGUAGE, PLOTLY, WIDGET, each, lessons_here

MOST_WORDS = 1100  # 1,000 of prose, 100 of questions; formulas and code are no words
FEWEST_CELLS, MOST_CELLS = 15, 34
MOST_LINES = 10  # of code in a cell, blank ones apart
LEAST = {"predictions": 1, "targets": 1, "exercises": 2, "quiz": 3}
SHOWN = ("predict", "after", "target", "check", "quiz", "progress")  # calls that a learner sees
MOST_BYTES = 120_000  # of one figure
MOST_BYTES_IN_ALL = 2_500_000

MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|work|tmp|Users|private|opt)/|[A-Za-z]:\\+Users\b|site-packages"
)
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")
#: what a learner should not have to read past
FORBIDDEN = {
    "interact": re.compile(r"\binteract(?:ive|_manual|ive_output)?\s*\("),
    "_ = …": re.compile(r"^\s*_ = ", re.M),
    "# fmt: skip": re.compile(r"# fmt: "),
}
NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<!--.*?-->|!\[", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)")
OPTION = re.compile(r"^[-*] (?:\([a-z]\) )?(.+)$", re.M)


def problems(notebook, path=None, key=None) -> list[str]:
    """What keeps a stored notebook from being a lesson of the series, one line for each.

    With `path`, the file's name and its links to other files are looked at too. `key` is by default
    the one with the lesson's number.

    >>> import nbformat
    >>> problems(nbformat.v4.new_notebook())[:2]
    ['kernelspec is not python3', 'language_info is not minimal']
    """
    path = None if path is None else Path(path)
    if key is None:
        key = Key("") if path is None else load_key(contents.lesson_number(path))
    return [
        *_about_the_file(notebook),
        *_about_outputs(notebook),
        *_about_text(notebook, path, key),
        *_about_code(notebook),
        *_about_questions(notebook, path, key),
        *_about_numbers(notebook, key),
        *secrets.told(notebook, key),
        *secrets.bands(notebook),
        *_about_links(notebook, path),
    ]


def _cells(notebook, kind):
    return [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == kind]


def _outputs(notebook):
    return [(i, out) for i, cell in _cells(notebook, "code") for out in cell.get("outputs", [])]


def _about_the_file(notebook):
    metadata = notebook.metadata
    if metadata.get("kernelspec") != KERNEL:
        yield "kernelspec is not python3"
    if metadata.get("language_info") != LANGUAGE:
        yield "language_info is not minimal"
    if "widgets" in metadata:
        yield "stores widget state"
    for key in sorted(set(metadata) - {"kernelspec", "language_info", "widgets"}):
        yield f"stores notebook metadata {key!r}"
    for i, cell in enumerate(notebook.cells):
        for key in sorted(cell.metadata):
            if key == "tags" and cell.metadata[key] == ["rounding"]:
                continue  # of pictures that differ between processors: tests/pictures.py
            folded = ": what it folds belongs into the lesson's key" if key == "jupyter" else ""
            yield f"cell {i} stores metadata {key!r}{folded}"
    ids = [cell.get("id") for cell in notebook.cells]
    if None in ids or len(set(ids)) < len(ids):
        yield "cell ids are missing or not unique"
    counts = [c.execution_count for _, c in _cells(notebook, "code") if c.source.strip()]
    if counts != list(range(1, len(counts) + 1)):
        yield f"not run top to bottom: execution counts {counts}"


def _about_outputs(notebook):
    pictures = total = 0
    for i, output in _outputs(notebook):
        if output.output_type == "error":
            yield f"cell {i} ends in {output.ename}: {output.evalue}"
        if output.get("name") == "stderr":
            yield f"cell {i} writes to stderr: {output.text.strip()[:200]}"
        data = output.get("data", {})
        if WIDGET in data:
            yield f"cell {i} stores a widget view"
        if PLOTLY in data:
            yield f"cell {i} stores a plotly figure instead of a picture"
        for text in (output.get("text", ""), *map(data.get, ("text/plain", "text/html"))):
            if address := ADDRESS.search(text or ""):
                yield f"cell {i} prints a memory address, {address[0]}"
        if "image/png" in data:
            pictures += 1
            if not output.metadata.get("image/png", {}).get("alt"):
                yield f"cell {i} stores a figure without alt text"
            size = len(base64.b64decode(data["image/png"]))
            total += size
            if size > MOST_BYTES:
                yield f"cell {i} stores a figure of {size / 1000:.0f} kB ({MOST_BYTES // 1000})"
    if not pictures:
        yield "shows no figure before it is run"
    if total > MOST_BYTES_IN_ALL:
        yield f"stores {total / 1e6:.1f} MB of figures ({MOST_BYTES_IN_ALL / 1e6})"
    for i, text in _all_text(notebook):
        if machine := MACHINE.search(text):
            yield f"cell {i} holds a path of a machine, at {text[machine.start() :][:40]!r}"


def _all_text(notebook):
    for i, cell in enumerate(notebook.cells):
        yield i, cell.source
    for i, output in _outputs(notebook):
        yield i, output.get("text", "")
        for kind, value in output.get("data", {}).items():
            if not kind.startswith("image/"):
                yield i, str(value)


def _about_text(notebook, path, key):
    read = [cell.source for _, cell in _cells(notebook, "markdown")] + list(_asked(key))
    words = sum(len(NOT_PROSE.sub("", text).split()) for text in read)
    if words > MOST_WORDS:
        yield f"{words} words of prose and questions (at most {MOST_WORDS})"
    cells = len(notebook.cells)
    if not FEWEST_CELLS <= cells <= MOST_CELLS:
        yield f"{cells} cells ({FEWEST_CELLS} to {MOST_CELLS})"
    number = contents.NUMBER.match(path.name) if path is not None else None
    title = f"# {number[1]} · " if number else "# "
    if not notebook.cells or not notebook.cells[0].source.startswith(title):
        yield f"the first cell does not begin with {title!r}"
    if path is not None and number is None:
        yield f"{path.name} does not begin with a lesson's number"
    for where, text in stated.texts(notebook, key).items():
        if "!" in NOT_PROSE.sub("", text):
            yield f"{where} has an exclamation mark"


def _asked(key):
    """The questions with their answers, as a learner reads them before the replies."""
    for question in key.predictions.values():
        yield from getattr(question, "options", ())
    for asked, options in key.quiz:
        yield from (asked, *options)


def _about_code(notebook):
    for i, cell in _cells(notebook, "code"):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > MOST_LINES:
            yield f"cell {i} has {lines} lines of code (at most {MOST_LINES})"
        for text, found in FORBIDDEN.items():
            if found.search(cell.source):
                yield f"cell {i} uses {text}"
    if not any("style.use(" in cell.source for _, cell in _cells(notebook, "code")):
        yield "style.use() is missing"


def _about_questions(notebook, path, key):
    """A lesson predicts, has a target, exercises and a quiz; its key knows them and no others."""
    calls, wanted = contents.calls(notebook), contents.items(notebook)
    if path is not None:
        for kind, least in LEAST.items():
            if len(wanted[kind]) < least:
                yield f"{len(wanted[kind])} {kind} (at least {least})"
        if not any(call.func.attr == "progress" for _, call in calls):
            yield "does not end with lesson.progress()"
        made = _names(calls, "Lesson")
        if made != [contents.lesson_number(path)]:
            yield f"makes Lesson {made}, and its number is {contents.lesson_number(path)!r}"
        if key.module is None:
            yield f"has no key optimlab/keys/lesson_{path.stem}.py"
        elif not key.module.__file__.endswith(f"lesson_{path.stem}.py"):
            yield f"has the key {Path(key.module.__file__).name}: call it lesson_{path.stem}.py"
    for method in ("predict", "target", "check"):
        names = _names(calls, method)
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"lesson.{method} has {name!r} twice"
    if key.module is not None:
        yield from key.lacking(wanted)
        yield from key.unasked(wanted)
    for i, call in calls:
        if call.func.attr in SHOWN and not _shows(notebook.cells[i], call):
            yield f"cell {i} does not show its lesson.{call.func.attr}: let the cell end in it"
    asked = key.predictions.values()
    offered = {option for question in asked for option in getattr(question, "options", ())}
    for i, cell in _cells(notebook, "markdown"):
        for option in sorted(offered & set(OPTION.findall(cell.source))):
            yield f"cell {i} lists the option {option!r}, which its card shows"


def _names(calls, method):
    given = [call.args[0] for _, call in calls if call.func.attr == method and call.args]
    return [argument.value for argument in given if isinstance(argument, ast.Constant)]


def _shows(cell, call):
    """Whether a cell ends in an expression that holds the call, and its output is stored."""
    shown = any(out.output_type != "stream" for out in cell.get("outputs", []))
    lines = [line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    last = ast.parse("\n".join(lines)).body[-1]
    return shown and isinstance(last, ast.Expr) and last.end_lineno >= call.lineno >= last.lineno


def _about_numbers(notebook, key):
    """Each number of the texts is in a table of the key, and each of the tables in a text."""
    if key.module is not None:
        yield from stated.unlisted(notebook, key)
        yield from stated.unused(notebook, key)


def _about_links(notebook, path):
    if path is None:
        return
    prose = "\n".join(cell.source for _, cell in _cells(notebook, "markdown"))
    links = {link.partition("#")[0] for link in LINK.findall(prose)}
    links = {link for link in links if link and not re.match(r"[a-z]+:", link)}
    for link in sorted(links):
        if not (path.parent / link).exists():
            yield f"links to {link}, which does not exist"
    for way, other in skeleton.neighbours(path).items():
        if other.name not in links:
            yield f"has no link {way} to {other.name}"


# The command ---------------------------------------------------------------------------------


def main(arguments=None) -> int:
    nbformat = checks.extra("nbformat", "optimlab.tools")
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["new"]:
        return skeleton.main(given[1:])
    parser = argparse.ArgumentParser(
        prog="python -m optimlab.tools.lint", description=__doc__.splitlines()[0],
        epilog='To begin a lesson: python -m optimlab.tools.lint new NUMBER "TITLE"',
    )  # fmt: skip
    parser.add_argument("notebooks", nargs="*", type=Path)
    paths = parser.parse_args(given).notebooks or lessons_here()
    if not paths:
        parser.error("there are no lessons here, and none in notebooks/: name one")
    return each(paths, lambda path: problems(nbformat.read(path, as_version=4), path))


if __name__ == "__main__":
    sys.exit(main())
