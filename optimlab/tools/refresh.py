"""Run lessons anew and store them tidily: python -m optimlab.tools.refresh [notebook …]

A stored lesson was executed top to bottom and holds its figures as pictures, so it can be read
without a kernel; it holds no widget state, no times and nothing of the machine it ran on.
Without names it takes every lesson in the folder where you are, or in notebooks/ in it.
`python -m optimlab.tools.lint` then says what a lesson lacks.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import os
import re
import sys
from pathlib import Path

from matplotlib.image import imread

from optimlab import checks
from optimlab.lessons import contents

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
WIDGET = "application/vnd.jupyter.widget-view+json"
PLOTLY = "application/vnd.plotly.v1+json"
KEPT_METADATA = ("tags",)  # nbval reads them
INSIDE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def lessons_here() -> list[Path]:
    """The lessons in notebooks/ in the folder where one is, or else in that folder itself."""
    return contents.lesson_paths("notebooks") or contents.lesson_paths()


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
        outputs = (out for out in map(_normal_output, cell.outputs) if out is not None)
        cell.outputs = _joined(outputs)
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


def _joined(outputs):
    """What was printed in one go as one output: a slow cell's arrives in pieces of any length."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.get("name") and output.get("name") == last.get("name"):
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _pixels(png):
    """What a stored PNG shows: the same picture may be packed in other bytes elsewhere."""
    picture = imread(io.BytesIO(base64.b64decode(png)))
    return picture.shape, picture.tobytes()


def _keep_pictures(notebook, before):
    """Give every figure that shows what it showed before the bytes it had before."""
    known = {_pixels(png): png for png in before}

    def kept(png):
        return known.get(_pixels(png), png)

    for data in _data(notebook):
        if "image/png" in data:
            data["image/png"] = kept(data["image/png"])
        if "text/markdown" in data:
            data["text/markdown"] = INSIDE.sub(lambda png: kept(png[0]), data["text/markdown"])


def _data(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"] for output in outputs if "data" in output]


def _pictures(notebook):
    """All that are stored, those in closed blocks of Markdown among them."""
    alone = [data["image/png"] for data in _data(notebook) if "image/png" in data]
    inside = (INSIDE.findall(data.get("text/markdown", "")) for data in _data(notebook))
    return alone + [png for found in inside for png in found]


def refresh(path) -> None:
    """Execute a notebook, normalise it and write it back; a figure that has not changed stays.

    An error raised in a cell is raised here as nbclient's CellExecutionError, and the file
    stays as it was.
    """
    nbformat = checks.extra("nbformat", "optimlab.tools")
    nbclient = checks.extra("nbclient", "optimlab.tools")
    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    before = _pictures(notebook)
    nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        allow_errors=False,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
    ).execute(env=os.environ | {"OPTIMLAB_PROGRESS": "", "JUPYTER_PREFER_ENV_PATH": "1"})
    normalise(notebook)
    _keep_pictures(notebook, before)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook) + "\n"
    if text.encode() != path.read_bytes():
        path.write_bytes(text.encode())


def each(paths, work) -> int:
    """Call `work` on each notebook and print the lines it gives; 1 if there are any, else 0.

    What cannot be read or run is such a line, and the others still have their turn.
    """
    failed = False
    for path in paths:
        try:
            found = work(path)
        except Exception as error:  # a lesson's own, or its key's
            found = COLOUR.sub("", f"{type(error).__name__}: {error}").splitlines()
        print(f"{path.name}: {'in order' if not found else ''}".rstrip())
        for line in found:
            print(f"  {line}")
        failed |= bool(found)
    return int(failed)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m optimlab.tools.refresh", description=__doc__.splitlines()[0]
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    given = parser.parse_args(arguments)
    checks.extra("nbclient", "optimlab.tools")
    paths = given.notebooks or lessons_here()
    if not paths:
        parser.error("there are no lessons here, and none in notebooks/: name one")
    return each(paths, lambda path: refresh(path) or [])


if __name__ == "__main__":
    sys.exit(main())
