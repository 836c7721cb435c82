"""The lessons as pages that live without Python, each beside what all of them share.

Each lesson is run once by nbclient, in a kernel that displays what `alive` makes of it, and
written by nbconvert with our template. Formulas become MathML, so no page needs a script for them.
"""

from __future__ import annotations

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
#: a prime is an operator, and the name of a function stands apart
PRIME = "<mi>&#x02032;</mi>", "<mo>&#x02032;</mo>"
NAME = re.compile(r"<mi>([a-z]{2,})</mi>")
SPACED = r'<mspace width="0.17em"/><mi>\1</mi><mspace width="0.17em"/>'
#: a link to another lesson
LINK = re.compile(r'(href="[\w./-]*)\.ipynb(?=["#])')


def share(output: Path) -> None:
    """Write what the pages share into shared/ of a folder."""
    shared = output / "shared"
    shared.mkdir(parents=True, exist_ok=True)
    script = export.script(LESSONS / "asked.js")
    (shared / "optimlab.js").write_text(script, encoding="utf-8")
    looks = [export.look(), (LESSONS / "card.css").read_text("utf-8")]
    looks.append((HERE / "page" / "page.css").read_text("utf-8"))
    (shared / "optimlab.css").write_text("\n".join(looks), encoding="utf-8")
    plotly = checks.extra("plotly.offline", "optimlab.tools.site")
    (shared / "plotly.min.js").write_text(plotly.get_plotlyjs(), encoding="utf-8")


def write(output: Path, path: Path) -> Path:
    """Write the page of a lesson into a folder; returns its file."""
    page = output / path.with_suffix(".html").name
    page.write_text(written(executed(path), path), encoding="utf-8")
    return page


def executed(path: Path):
    """The lesson as a notebook whose outputs are alive on a page."""
    nbformat = checks.extra("nbformat", "optimlab.tools.site")
    nbclient = checks.extra("nbclient", "optimlab.tools.site")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FIRST))
    nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        extra_arguments=["--log-level=ERROR"],
    ).execute(  # fmt: skip
        env=os.environ | {"OPTIMLAB_PROGRESS": "", "JUPYTER_PREFER_ENV_PATH": "1"}
    )
    del notebook.cells[0]
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":  # of a formatter, too: IPython only prints its error
                raise ValueError(f"{path.name}: {output.text}")
    return notebook


def written(notebook, path: Path) -> str:
    """The page of an executed lesson."""
    nbconvert = checks.extra("nbconvert", "optimlab.tools.site", "site")
    exporter = nbconvert.HTMLExporter(
        template_name="page", extra_template_basedirs=[str(HERE)], filters={"markdown2html": _html}
    )
    resources = {
        "title": heading(path)[0], "run": f"run/lab/index.html?path={path.name}",
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
            return self.inline_math(body, "block")

        def inline_math(self, body, display="inline"):
            return NAME.sub(SPACED, math.convert(body, display=display).replace(*PRIME))

        def latex_environment(self, name, body):
            return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return markdown_mistune.MarkdownWithMath(renderer=renderer)


def _html(source: str) -> str:
    return _markdown().render(source)
