"""Run the lessons anew and store them tidily: python -m optimlab.tools.refresh [--check] [path …]

A stored lesson was executed top to bottom and holds its figures as pictures, so it can be read
without a kernel; it holds no widget state, no times and nothing of the machine it ran on.
Without names it takes every lesson in notebooks/. --check runs and writes nothing: it lists
what is wrong and exits 1 if anything is.
"""

from __future__ import annotations

import argparse
import ast
import base64
import hashlib
import os
import re
import sys
from pathlib import Path

from optimlab.lessons import contents

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
WIDGET = "application/vnd.jupyter.widget-view+json"
PLOTLY = "application/vnd.plotly.v1+json"
KEPT_METADATA = ("tags", "jupyter")

MOST_WORDS = 1100  # 1,000 of prose, and some for formulas
FEWEST_CELLS, MOST_CELLS = 15, 40  # that a learner sees: folded ones do not count
MOST_LINES = 12  # of code in a cell that is not folded
LEAST = {"predictions": 1, "targets": 1, "exercises": 2, "quiz": 3}
SHOWN = ("predict", "target", "check", "quiz", "progress")  # calls that a learner sees
MOST_BYTES = 120_000  # of one figure
MOST_BYTES_IN_ALL = 2_500_000

MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|work|tmp|Users|private|opt)/|[A-Za-z]:\\+Users\b|site-packages"
)
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
INTERACT = re.compile(r"\binteract(?:ive|_manual|ive_output)?\s*\(")
NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<!--.*?-->|!\[", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)")
NUMBER = re.compile(r"(\d\d[a-z]?)_")


# Rules ---------------------------------------------------------------------------------------


def problems(notebook, path=None) -> list[str]:
    """What keeps a stored notebook from being a lesson of the series, one line for each.

    With `path`, the file's name and its links to other files are looked at too.

    >>> import nbformat
    >>> problems(nbformat.v4.new_notebook())[:2]
    ['kernelspec is not python3', 'language_info is not minimal']
    """
    path = None if path is None else Path(path)
    found = [*_about_the_file(notebook), *_about_outputs(notebook), *_about_text(notebook, path)]
    found += [*_about_code(notebook), *_about_solutions(notebook, path)]
    found += _about_questions(notebook, path)
    return found + ([] if path is None else _about_links(notebook, path))


def _cells(notebook, kind):
    return [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == kind]


def _folded(cell):
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


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
        for key in sorted(set(cell.metadata) - set(KEPT_METADATA)):
            yield f"cell {i} stores metadata {key!r}"
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


def _about_text(notebook, path):
    prose = _cells(notebook, "markdown")
    words = sum(len(cell.source.split()) for _, cell in prose)
    words += sum(len(line.split()) for line in _quiz_lines(notebook))
    if words > MOST_WORDS:
        yield f"{words} words of prose (at most {MOST_WORDS}, formulas included)"
    cells = sum(not _folded(cell) for cell in notebook.cells)
    if not FEWEST_CELLS <= cells <= MOST_CELLS:
        yield f"{cells} cells ({FEWEST_CELLS} to {MOST_CELLS})"
    number = NUMBER.match(path.name) if path is not None else None
    title = f"# {number[1]} · " if number else "# "
    if not notebook.cells or not notebook.cells[0].source.startswith(title):
        yield f"the first cell does not begin with {title!r}"
    if path is not None and number is None:
        yield f"{path.name} does not begin with a lesson's number"
    for i, cell in prose:
        if "!" in NOT_PROSE.sub("", cell.source):
            yield f"cell {i} has an exclamation mark"


def _about_code(notebook):
    for i, cell in _cells(notebook, "code"):
        lines = len(cell.source.splitlines())
        if lines > MOST_LINES and not _folded(cell):
            yield f"cell {i} has {lines} lines of code (at most {MOST_LINES})"
        if INTERACT.search(cell.source):
            yield f"cell {i} uses interact"
    if not any("style.use(" in cell.source for _, cell in _cells(notebook, "code")):
        yield "style.use() is missing"


def _names(cell, binding):
    """The names a code cell uses, or with `binding` those it gives a value to."""
    lines = [line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        nodes = list(ast.walk(ast.parse("\n".join(lines))))
    except SyntaxError:
        return set()
    names = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) == binding
    }
    if binding:
        names |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return names


def _about_solutions(notebook, path):
    code = _cells(notebook, "code")
    tags = [cell.metadata.get("tags", []) for _, cell in code]
    solutions = [k for k, given in enumerate(tags) if "solution" in given]
    for k in solutions:
        i, cell = code[k]
        if not _folded(cell):
            yield f"cell {i} is a solution and not collapsed"
        own = {name for name in _names(cell, binding=True) if name.endswith("_solution")}
        if not own:
            yield f"cell {i} is a solution and names nothing …_solution"
        for j, later in code[k + 1 :]:
            for name in sorted(own & _names(later, binding=False)):
                yield f"cell {j} uses {name} of the solution in cell {i}"
    for k, (i, cell) in enumerate(code):
        own = {name for name in _names(cell, binding=True) if name.endswith("_solution")}
        if own and k not in solutions:
            yield f"cell {i} has {min(own)} and is not tagged as a solution"
    if path is not None and not solutions and not path.name.startswith("00"):
        yield "has no solution cell"


def _about_questions(notebook, path):
    """A lesson predicts, has a target, exercises and a quiz, and gives nothing away."""
    calls, found = contents.calls(notebook), contents.items(notebook)
    for kind, least in LEAST.items():
        if path is not None and len(found[kind]) < least:
            yield f"{len(found[kind])} {kind} (at least {least})"
    if path is not None and not _called(calls, "progress"):
        yield "does not end with lesson.progress()"
    made = _first_arguments(calls, "Lesson")
    if path is not None and made != [contents.lesson_number(path)]:
        yield f"makes Lesson {made}, and its number is {contents.lesson_number(path)!r}"
    for method in ("predict", "target", "exercise"):
        names = _first_arguments(calls, method)
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"lesson.{method} has {name!r} twice"
    checked = _first_arguments(calls, "check")
    if sorted(checked) != sorted(found["exercises"]):
        yield f"checks {checked}, and declares the exercises {found['exercises']}"
    for i, call in calls:
        if call.func.attr in ("predict", "exercise", "quiz") and not _folded(notebook.cells[i]):
            yield f"cell {i} gives answers away: fold it"
        shown = [out.output_type for out in notebook.cells[i].get("outputs", [])]
        if call.func.attr in SHOWN and "execute_result" not in shown:
            yield f"cell {i} does not show its lesson.{call.func.attr}: let the cell end in it"
    for i, call in _called(calls, "predict"):
        for option in _lettered(call):
            if option not in notebook.cells[i - 1].source.splitlines():
                yield f"cell {i} offers {option!r}, which the text above does not"


def _called(calls, method):
    return [(i, call) for i, call in calls if call.func.attr == method]


def _first_arguments(calls, method):
    given = [call.args[0] for _, call in _called(calls, method) if call.args]
    return [argument.value for argument in given if isinstance(argument, ast.Constant)]


def _lettered(call):
    """The options of a prediction as the text above lists them: '- (a) …'."""
    options = next((k.value for k in call.keywords if k.arg == "options"), None)
    texts = [key.value for key in getattr(options, "keys", []) if isinstance(key, ast.Constant)]
    return [f"- ({chr(97 + i)}) {text}" for i, text in enumerate(texts)]


def _quiz_lines(notebook):
    """The questions and answers of the quiz: what a learner reads there before the replies."""
    for _, call in _called(contents.calls(notebook), "quiz"):
        for question in call.args:
            asked, options = getattr(question, "elts", [None, None])
            texts = [asked, *getattr(options, "keys", [])]
            yield from (t.value for t in texts if isinstance(t, ast.Constant))


def _about_links(notebook, path):
    prose = "\n".join(cell.source for _, cell in _cells(notebook, "markdown"))
    links = {link.partition("#")[0] for link in LINK.findall(prose)}
    links = {link for link in links if link and not re.match(r"[a-z]+:", link)}
    found = [
        f"links to {link}, which does not exist"
        for link in sorted(links)
        if not (path.parent / link).exists()
    ]
    series = sorted(other.name for other in path.parent.glob("[0-9][0-9]*_*.ipynb"))
    if path.name in series:
        here = series.index(path.name)
        beside = {"back": series[here - 1 : here], "on": series[here + 1 : here + 2]}
        found += [
            f"has no link {way} to {name}"
            for way, names in beside.items()
            for name in names
            if name not in links
        ]
    return found


# Refreshing ----------------------------------------------------------------------------------


def normalise(notebook):
    """Bring an executed notebook, in place, into the form in which lessons are stored."""
    notebook.metadata.clear()
    notebook.metadata.update(kernelspec=dict(KERNEL), language_info=dict(LANGUAGE))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen, count = set(), 0
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
        cell.metadata.clear()
        cell.metadata.update(kept)
        cell["id"] = _stable_id(cell, seen)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        if cell.source.strip():
            count += 1
            cell.execution_count = count
        cell.outputs = [out for out in map(_normal_output, cell.outputs) if out is not None]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return notebook


def _stable_id(cell, seen):
    """The cell's own id, or if it has none or another's, one made from its text."""
    name, k = cell.get("id"), 0
    while not name or name in seen:
        digest = hashlib.sha256(f"{k}{cell.cell_type}{cell.source}".encode()).hexdigest()
        name, k = digest[:8], k + 1
    seen.add(name)
    return name


def _normal_output(output):
    """The output without its view of a dead widget; None if nothing else is in it."""
    data = output.get("data")
    if data is None:
        return output
    if PLOTLY in data:
        data.pop("text/html", None)
    for kind in (WIDGET, PLOTLY):
        data.pop(kind, None)
    for kind in [kind for kind in output.metadata if kind not in data]:
        del output.metadata[kind]
    return output if data else None


def refresh(path) -> list[str]:
    """Execute a notebook, normalise it and write it back; return `problems` that remain.

    An error raised in a cell is raised here as nbclient's CellExecutionError, and the file
    stays as it was.
    """
    import nbformat
    from nbclient import NotebookClient

    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        allow_errors=False,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
    ).execute(env=os.environ | {"OPTIMLAB_PROGRESS": "", "JUPYTER_PREFER_ENV_PATH": "1"})
    normalise(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    return problems(notebook, path)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m optimlab.tools.refresh", description=__doc__.splitlines()[0]
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="only list what is wrong")
    given = parser.parse_args(arguments)
    folder = Path(__file__).parents[2] / "notebooks"
    paths = given.notebooks or sorted(folder.glob("[0-9][0-9]*.ipynb"))
    if not paths:
        parser.error(f"no notebooks in {folder.name}/")

    import nbformat
    from nbclient.exceptions import CellExecutionError

    failed = False
    for path in paths:
        try:
            found = (
                problems(nbformat.read(path, as_version=4), path) if given.check else refresh(path)
            )
        except (
            OSError, UnicodeDecodeError, AttributeError, CellExecutionError,
            nbformat.ValidationError, nbformat.reader.NotJSONError,
        ) as error:  # fmt: skip
            found = COLOUR.sub("", f"{type(error).__name__}: {error}").splitlines()
        print(f"{path.name}: {'in order' if not found else ''}")
        for line in found:
            print(f"  {line}")
        failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
