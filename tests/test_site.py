"""What goes into the site; that it runs is seen by tests/site/run.py, which takes a Pyodide."""

import json
import re
from pathlib import Path

import pytest

from optimlab import checks
from optimlab.tools import pages, site

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def lesson(number):
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    return read(path)


@pytest.mark.parametrize(
    ("number", "brought"),
    [
        ("05", "optimlab"), ("02", "optimlab"), ("04", "optimlab plotly"),
        ("15b", "optimlab pandas seaborn"), ("16", "optimlab"),
    ],
)  # fmt: skip
def test_a_lesson_first_brings_what_its_cells_import(number, brought):
    before = lesson(number)
    first, *others = site.prepared(lesson(number))["cells"]
    assert first["source"].splitlines()[-1] == f"%pip install -q {brought}"
    assert others == before["cells"] and first["id"] not in [cell["id"] for cell in others]


def test_every_lesson_can_be_prepared_and_is_linked():
    paths = site.lesson_paths(NOTEBOOKS)
    page = site.start_page(paths)
    links = re.findall(r'<a [^>]*href="([^"]+)"', page)
    assert links[::2] == [f"{path.stem}.html" for path in paths]
    assert links[1::2] == [f"run/lab/index.html?path={path.name}" for path in paths]
    assert f"loads {site.MEGABYTES} MB" in page
    assert re.findall(r"https?:[^ ]*", page) == ["http://localhost:8000"]
    for path in paths:
        notebook = site.prepared(read(path))
        assert notebook["cells"][0]["source"].count("\n") == 1


class Ran(list):
    """The commands that were run; `wrote`: the lessons of which a page was made."""


@pytest.fixture
def ready(monkeypatch, tmp_path):
    """As if JupyterLite were installed; the commands that would be run, and their folder."""
    ran, wrote = Ran(), []
    ran.wrote = wrote

    def run(*command, in_folder=None):
        ran.append(list(map(str, command)))
        if in_folder:
            (tmp_path / "site").mkdir(exist_ok=True)
            books = list((in_folder / "contents").iterdir())
            ran.append({path.name for path in books})
            texts = [cell["source"] for path in books for cell in read(path)["cells"]]
            assert {type(text) for text in texts} == {str}, "a page takes no lists of lines"
            ran.append(json.loads((in_folder / "jupyter-lite.json").read_text()))
            ran.append((in_folder / "static" / "pyodide").is_dir())

    monkeypatch.setattr(site, "_run", run)
    monkeypatch.setattr(pages, "write", lambda output, path: wrote.append(path))
    extra = checks.extra
    lite = ("jupyterlite_core", "jupyterlite_pyodide_kernel")
    found = lambda module, *rest: None if module in lite else extra(module, *rest)  # noqa: E731
    monkeypatch.setattr(checks, "extra", found)
    monkeypatch.setattr(site, "_front_ends", lambda: ["front"])
    return ran


def test_the_site_is_built_by_jupyterlite(ready, tmp_path):
    for name in ("pyodide.mjs", "pyodide-lock.json"):
        (tmp_path / name).touch()
    assert site.build(tmp_path / "site", tmp_path) == tmp_path / "site"
    wheel, download, build, contents, config, pyodide = ready
    assert wheel[-1].endswith("source") and "wheel" in wheel
    assert [pin.partition("==")[0] for pin in download[-len(site.WHEELS) :]] == [*site.WHEELS]
    assert "jupyterlite_core" in build and str(tmp_path / "site" / "run") in build
    assert contents == {path.name for path in site.lesson_paths(NOTEBOOKS)}
    data = config["jupyter-config-data"]
    (kernel,) = data["litePluginSettings"].values()
    assert kernel["disablePyPIFallback"] and pyodide
    assert data["enableMemoryStorage"] and data["contentsStorageDrivers"][-1].startswith("memory")
    assert (tmp_path / "site" / "index.html").read_text() == site.start_page(
        site.lesson_paths(NOTEBOOKS)
    )
    assert ready.wrote == site.lesson_paths(NOTEBOOKS)
    shared = {path.name for path in (tmp_path / "site" / "shared").iterdir()}
    assert shared == {"optimlab.js", "optimlab.css", "plotly.min.js"}
    ready.clear()
    site.build(tmp_path / "site", only="run")
    assert len(ready.wrote) == len(site.lesson_paths(NOTEBOOKS)), "no more"
    (kernel,) = ready[4]["jupyter-config-data"]["litePluginSettings"].values()
    assert "disablePyPIFallback" not in kernel and not ready[5]


def test_what_is_no_pyodide_is_named(ready, tmp_path, capsys):
    with pytest.raises(SystemExit):
        site.main(["--output", str(tmp_path / "site"), "--pyodide", str(tmp_path)])
    assert "there is no pyodide.mjs in it" in capsys.readouterr().err


def test_what_is_not_installed_is_named(tmp_path, capsys, monkeypatch):
    def missing(module, needed_for, brought_by):
        raise ImportError(f"{needed_for} needs {module}: pip install 'optimlab[{brought_by}]'")

    monkeypatch.setattr(checks, "extra", missing)
    with pytest.raises(SystemExit):
        site.main(["--output", str(tmp_path / "site")])
    told = capsys.readouterr().err
    assert "optimlab.tools.site needs jupyterlite_core: pip install 'optimlab[site]'" in told


def test_a_command_that_fails_ends_the_build(capsys):
    with pytest.raises(SystemExit, match="ended with 3"):
        site._run(site.sys.executable, "-c", "print('why'); raise SystemExit(3)")
    assert "why" in capsys.readouterr().err


def test_the_pages_alone_need_no_jupyterlite(ready, tmp_path):
    site.build(tmp_path / "site", only="read")
    assert ready == [] and ready.wrote and (tmp_path / "site" / "index.html").is_file()
