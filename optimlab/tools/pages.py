"""The lessons as pages that live without Python, each beside what all of them share.

Each lesson is run once by nbclient, in a kernel that displays what `alive` makes of it, and
written by nbconvert with our template. Formulas become MathML, so no page needs a script for them.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

from optimlab import checks
from optimlab.draw.live import export
from optimlab.lessons.contents import heading

HERE = Path(__file__).parent
LESSONS = Path(export.__file__).parents[2] / "lessons"
#: what the kernel does before the lesson
FIRST = "from optimlab.tools import alive\nalive.begin()"
#: a link to another lesson
LINK = re.compile(r'(href="[\w./-]*)\.ipynb(?=["#])')


def build(output: Path, paths: list[Path], run: bool = True) -> None:
    """Write the page of each lesson into a folder, and what they share into shared/ there.

    `run`: whether the lessons can be run in run/lab, beside the pages.
    """
    for module in ("nbconvert", "nbformat", "nbclient", "latex2mathml.converter"):
        checks.extra(module, "optimlab.tools.site", "site")
    shared = output / "shared"
    shared.mkdir(parents=True, exist_ok=True)
    script = export.script(LESSONS / "asked.js")
    alive = 'document.documentElement.classList.add("ol-alive");\n'
    (shared / "optimlab.js").write_text(script + alive, encoding="utf-8")
    looks = [export.look(), (LESSONS / "card.css").read_text("utf-8")]
    looks.append((HERE / "page" / "page.css").read_text("utf-8"))
    (shared / "optimlab.css").write_text("\n".join(looks), encoding="utf-8")
    plotly = checks.extra("plotly.offline", "optimlab.tools.site")
    (shared / "plotly.min.js").write_text(plotly.get_plotlyjs(), encoding="utf-8")
    for path in paths:
        page = written(executed(path), path, run)
        (output / path.with_suffix(".html").name).write_text(page, encoding="utf-8")


def executed(path: Path):
    """The lesson as a notebook whose outputs are alive on a page."""
    nbformat = checks.extra("nbformat", "optimlab.tools.site")
    nbclient = checks.extra("nbclient", "optimlab.tools.site")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FIRST))
    nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
    ).execute(env=os.environ | {"OPTIMLAB_PROGRESS": "", "JUPYTER_PREFER_ENV_PATH": "1"})  # fmt: skip
    del notebook.cells[0]
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":  # of a formatter, too: IPython only prints its error
                raise ValueError(f"{path.name}: {output.text}")
    return notebook


def written(notebook, path: Path, run: bool) -> str:
    """The page of an executed lesson."""
    nbconvert = checks.extra("nbconvert", "optimlab.tools.site", "site")
    exporter = nbconvert.HTMLExporter(
        template_name="page", extra_template_basedirs=[str(HERE)], filters={"markdown2html": _html}
    )
    resources = {
        "title": heading(json.loads(path.read_text(encoding="utf-8")))[0],
        "run": f"run/lab/index.html?path={path.name}" if run else "",
    }
    page, _ = exporter.from_notebook_node(notebook, resources)
    return LINK.sub(r"\1.html", page)


@cache
def _markdown():
    """Markdown as nbconvert reads it, with formulas in MathML."""
    from nbconvert.filters import markdown_mistune

    math = checks.extra("latex2mathml.converter", "optimlab.tools.site", "site")

    class Renderer(markdown_mistune.IPythonRenderer):
        def block_math(self, body):
            return math.convert(body, display="block")

        def inline_math(self, body):
            return math.convert(body)

        def latex_environment(self, name, body):
            return math.convert(f"\\begin{{{name}}}{body}\\end{{{name}}}", display="block")

    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return markdown_mistune.MarkdownWithMath(renderer=renderer)


def _html(source: str) -> str:
    return _markdown().render(source)
