"""Build the site on which the lessons are read and run in a browser: python -m optimlab.tools.site

It has a page for each lesson, which lives without Python (see pages.py), also from a disk. In run/
beside them is JupyterLite with all notebooks and the wheel of this package, to be served as files
are, from any folder of a server; nothing runs there but the reader's browser. Python for it
(Pyodide) comes from where JupyterLite takes it, or from a folder of your own, and then nothing is
asked of others.
"""

from __future__ import annotations

import argparse
import ast
import html
import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from optimlab import checks
from optimlab.lessons.contents import heading, lesson_paths
from optimlab.tools import pages

ROOT = Path(__file__).parents[2]
#: of what the lessons use, what Pyodide does not bring. The versions are those of here, as the
#: front ends of three of them are copied from here.
WHEELS = (
    "anywidget", "comm", "ipywidgets", "jupyterlab-widgets", "narwhals", "plotly", "psygnal",
    "seaborn",
)  # fmt: skip
#: the front ends that the lessons need; plotly's own, 5 MB for figures that are no widgets, is none
FRONT_ENDS = (
    "@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension", "anywidget",
)  # fmt: skip
#: what is fetched together with Python, as every lesson needs it
AT_ONCE = ("micropip", "ipython", "jedi", "matplotlib", "numpy", "pillow")
#: where the page keeps files: in its memory where the browser refuses all else
STORES = ("asyncStorage", "localStorageWrapper", "memoryStorageDriver")
#: modules that come with the package, so that no lesson installs them
BROUGHT = {"optimlab", "matplotlib", "numpy", *sys.stdlib_module_names}
#: what a first visit to a lesson loads, as tests/site measures it
MEGABYTES = "40 to 60"

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>optimlab: derivatives and optimizers to take in hand</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="shared/optimlab.css">
<main>
<h1>Derivatives and optimizers to take in hand</h1>
<p>Read a lesson here at once: its plots move, it asks what you expect and answers.
<span id="keeps">Your answers are kept in this browser alone. Whoever clears its data, or reads in a
private window, loses them.</span>
<span id="kept" hidden><b>This browser keeps nothing for this page</b>, so your answers stay until
you close it. To keep them, allow data of this site in the browser's settings.</span></p>
<ul>
{lessons}
</ul>
<h2>To run a lesson</h2>
<p>Exercises, code of your own and training need Python. It runs in your browser too; nothing is
installed. <b>The first lesson you run loads {megabytes} MB</b>: JupyterLab, Python, numpy and
matplotlib, and plotly where there is a surface. That takes half a minute or more. The lesson can
be read meanwhile; Python is ready when the bottom line says “Python (Pyodide) | Idle”. Later
visits find most of it in the browser's cache. Then choose <i>Run, Run All Cells</i>.</p>
<p id="old" hidden><b>This browser is too old to run Python: it has no WebAssembly.</b></p>
<p id="disk" hidden><b>A browser does not run Python in pages from a disk.</b> In this folder, start
<code>python -m http.server</code>, and open http://localhost:8000 in it.</p>
<p>In a notebook of your own, begin with <code>%pip install -q optimlab</code>.</p>
</main>
<script>
  try {{
    localStorage.length;
  }} catch {{
    document.getElementById("keeps").hidden = true;
    document.getElementById("kept").hidden = false;
  }}
  document.getElementById("old").hidden = "WebAssembly" in window;
  document.getElementById("disk").hidden = location.protocol !== "file:";
</script>
</html>
"""


def build(
    output: str | Path, pyodide: str | Path | None = None, only: str | None = None
) -> Path:  # fmt: skip
    """Build the site into a folder, in the place of what is there, and return the folder.

    `pyodide` is a folder with pyodide.mjs, its lock and the wheels that the lock names; `only` is
    "read" for the pages alone, or "run" for JupyterLite alone.
    """
    paths = lesson_paths(ROOT / "notebooks")
    if not paths:
        raise ValueError(f"{ROOT.name}/notebooks holds no lessons: run this in the repository")
    output = Path(output).resolve()
    if only != "read":
        _jupyterlite(output, paths, pyodide)
    pages.share(output)
    if only != "run":
        for path in paths:
            pages.write(output, path)
    (output / "index.html").write_text(start_page(paths), encoding="utf-8")
    return output


def _jupyterlite(output, paths, pyodide):
    checks.extra("jupyterlite_core", "optimlab.tools.site", "site")
    checks.extra("jupyterlite_pyodide_kernel", "optimlab.tools.site", "site")
    nbformat = checks.extra("nbformat", "optimlab.tools.site", "lessons")
    with tempfile.TemporaryDirectory() as folder:
        lite = Path(folder)
        _wheels(lite / "source", lite / "pypi")
        (lite / "contents").mkdir()
        for path in paths:
            # read by nbformat, as a server does: a page knows no texts in lists of lines
            text = json.dumps(prepared(nbformat.read(path, 4)))
            (lite / "contents" / path.name).write_text(text, encoding="utf-8")
        kernel: dict = {"loadPyodideOptions": {"packages": AT_ONCE}}
        if pyodide is not None:
            kernel["disablePyPIFallback"] = True
            (lite / "static").mkdir()
            (lite / "static" / "pyodide").symlink_to(_of_pyodide(pyodide))
        settings = {"@jupyterlite/pyodide-kernel-extension:kernel": kernel}
        data = {"appName": "optimlab", "litePluginSettings": settings, "enableMemoryStorage": True}
        data |= {f"{kind}StorageDrivers": STORES for kind in ("contents", "settings", "workspaces")}
        config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}
        (lite / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
        shutil.rmtree(output / "run", ignore_errors=True)
        _run(
            sys.executable, "-m", "jupyterlite_core", "build", "--no-sourcemaps",
            "--lite-dir", lite, "--contents", lite / "contents", "--apps", "lab",
            "--output-dir", output / "run", "--no-unused-shared-packages", "--ignore-sys-prefix",
            *(f"--LiteBuildConfig.federated_extensions={path}" for path in _front_ends()),
            in_folder=lite,
        )  # fmt: skip


def prepared(notebook: dict) -> dict:
    """A lesson with a first cell that brings the package, and what else its cells import."""
    used = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Import):
                    used |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    used.add((node.module or "").partition(".")[0])
    names = " ".join(["optimlab", *sorted(used - BROUGHT)])
    source = f"# Brings what this lesson needs into your browser.\n%pip install -q {names}"
    first = {
        "cell_type": "code", "id": "install", "metadata": {}, "execution_count": None,
        "outputs": [], "source": source,
    }  # fmt: skip
    return notebook | {"cells": [first, *notebook["cells"]]}


def start_page(paths: list[Path]) -> str:
    """The map of the series: of each lesson its page, its question and where to run it."""
    lines = []
    for path in paths:
        title, question, minutes = map(html.escape, heading(path))
        read, run = path.with_suffix(".html").name, f"run/lab/index.html?path={path.name}"
        line = f'<li><a href="{read}">{title}</a>: {question} ({minutes})'
        lines.append(f'{line} <a aria-label="run {title}" href="{run}">run</a></li>')
    return PAGE.format(megabytes=MEGABYTES, lessons="\n".join(lines))


def _wheels(source, folder):
    """The wheel of this package, and those of the packages that go with it."""
    pip, there = (sys.executable, "-m", "pip", "-q", "--no-input"), ("--no-deps", "-d", folder)
    # A copy, as a build leaves files beside what it builds, and takes those of the last one.
    shutil.copytree(ROOT / "optimlab", source / "optimlab")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    _run(*pip, "wheel", "--no-deps", "-w", folder, source)
    pins = [f"{name}=={importlib.metadata.version(name)}" for name in WHEELS]
    pure = ("--only-binary=:all:", "--implementation", "py", "--abi", "none", "--platform", "any")
    _run(*pip, "download", *there, *pure, *pins)


def _front_ends():
    paths = [Path(sys.prefix, "share", "jupyter", "labextensions", name) for name in FRONT_ENDS]
    for path in paths:
        if not (path / "package.json").is_file():
            raise ValueError(f"{path} is missing: pip install 'optimlab[lessons,site]'")
    return paths


def _of_pyodide(folder):
    folder = Path(folder).resolve()
    for name in ("pyodide.mjs", "pyodide-lock.json"):
        if not (folder / name).is_file():
            raise ValueError(f"pyodide={str(folder)!r}: there is no {name} in it")
    return folder


def _run(*command, in_folder=None):
    """A command, whose output is shown if it fails, and which then ends this one."""
    done = subprocess.run(
        list(map(str, command)), cwd=in_folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise SystemExit(f"{' '.join(map(str, command[:4]))} … ended with {done.returncode}.")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m optimlab.tools.site", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--output", default="site", help="the folder to build into: site/")
    parser.add_argument("--pyodide", metavar="DIR", help="a Pyodide of your own")
    parser.add_argument("--only", choices=["read", "run"], help="the pages, or JupyterLite, alone")
    given = parser.parse_args(arguments)
    try:
        output = build(given.output, given.pyodide, given.only)
    except (ImportError, ValueError) as error:
        parser.error(str(error))
    print(f"The site is in {output}: python -m http.server -d {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
