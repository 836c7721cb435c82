"""What the package takes from elsewhere, and what is made of it for others.

    python tests/supply.py licences   # name, version and licence of what the package needs
    python tests/supply.py size       # how much `pip install optimlab` downloads
    python tests/supply.py oldest     # the oldest versions that pyproject.toml allows, as pins
    python tests/supply.py bare       # the wheel from the source package, in a bare environment

`licences lessons` takes an extra in. `oldest` needs uv: what is named is as old as it may be, what
those need in turn is new, but for pyparsing, whose old names an old matplotlib uses. `bare` makes
both packages, looks at what is in them, installs the wheel with a kernel alone into an environment
of its own, and runs `explore` in it: it needs the network, `pip install build`, and some minutes.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
CELL = """\
import optimlab
assert "site-packages" in optimlab.__file__, optimlab.__file__
optimlab.explore("ravine", "Momentum", lr=0.1, start=(-7, 2))
"""


def needed(extra=""):
    """The installed packages that optimlab needs, with those that these need in turn."""
    found, ask = {}, [Requirement(f"optimlab[{extra}]" if extra else "optimlab")]
    while ask:
        one = ask.pop()
        package = importlib.metadata.distribution(one.name)
        name, extras = canonicalize_name(one.name), {"", *one.extras}
        if extras <= found.get(name, (None, set()))[1]:
            continue
        found[name] = package, extras
        for text in package.requires or ():
            wanted = Requirement(text)
            if not wanted.marker or any(wanted.marker.evaluate({"extra": e}) for e in extras):
                ask.append(wanted)
    return {name: package for name, (package, _) in sorted(found.items()) if name != "optimlab"}


def licence(package):
    """What a package says of its licence: the expression, or else its classifiers, or words."""
    about = package.metadata
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier", ())
        if line.startswith("License ::") and line != "License :: OSI Approved"
    ]  # fmt: skip
    words = (about.get("License") or "").strip().partition("\n")[0]
    return about.get("License-Expression") or " / ".join(classified) or words[:60] or "not stated"


def licences(extra=""):
    print("| package | version | licence |\n|---|---|---|")
    for name, package in needed(extra).items():
        print(f"| {name} | {package.version} | {licence(package)} |")


def size():
    """Print the sum over the wheels that pip takes for this Python and system."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*PIP, "download", "--no-cache-dir", "-d", folder, str(ROOT)], check=True)
        sizes = [path.stat().st_size for path in Path(folder).iterdir()]
    print(f"{len(sizes)} files, {sum(sizes) / 1e6:.0f} MB")


def oldest():
    subprocess.run(
        [*("uv", "pip", "compile", "-q", "--resolution", "lowest-direct", "--no-header"),
         *("--no-annotate", "--python-version", "3.11", "--extra", "lessons", "--extra", "test"),
         *("--constraint", "-", "pyproject.toml")],
        cwd=ROOT, input="pyparsing<3.3\n", text=True, check=True,
    )  # fmt: skip


def bare():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        build = [sys.executable, "-m", "build", "-o", str(folder), str(ROOT)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)  # the wheel from the source
        (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
        with tarfile.open(source) as packed:
            names = {name.partition("/")[2] for name in packed.getnames()}
        looked_at(names, zipfile.ZipFile(wheel).namelist())
        python = environment(folder / "bare", wheel)
        ran = json.loads(subprocess.run([python, "-c", RUN], check=True, capture_output=True,
                                        text=True, cwd=folder).stdout)  # fmt: skip
        assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(ran), ran
    print(f"{source.name} and {wheel.name}: explore runs with nothing but what they bring.")


def looked_at(source, wheel):
    """Fail unless the source package is whole without its tests, and the wheel is the package."""
    assert not [name for name in source if name.startswith("tests")], "tests without their helpers"
    assert {"pyproject.toml", "setup.py", "README.md", "LICENSE", "CHANGELOG.md"} <= source
    files = {p.relative_to(ROOT).as_posix() for p in (ROOT / "optimlab").rglob("*.*")
             if p.is_file() and "__pycache__" not in p.parts}  # fmt: skip
    assert files <= source and files <= set(wheel), files - source & set(wheel)
    assert {name.partition("/")[0] for name in wheel if ".dist-info/" not in name} == {"optimlab"}


RUN = f"""\
import json, nbclient, nbformat
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell({CELL!r})])
nbclient.NotebookClient(book, kernel_name="python3", timeout=120).execute()
print(json.dumps(list(book.cells[0].outputs[-1].data)))
"""


def environment(folder, wheel):
    """A new environment with the wheel, a kernel and what asks it; the path of its Python."""
    venv.create(folder, with_pip=True)
    python = next(p for p in (folder / "bin" / "python", folder / "Scripts" / "python.exe")
                  if p.exists())  # fmt: skip
    install = [str(python), "-m", "pip", "-q", "--disable-pip-version-check", "install"]
    subprocess.run([*install, str(wheel), "ipykernel", "nbclient"], check=True)
    return str(python)


COMMANDS = {"licences": licences, "size": size, "oldest": oldest, "bare": bare}

if __name__ == "__main__":
    name, *given = sys.argv[1:] or [""]
    if name not in COMMANDS or len(given) > (name == "licences"):
        sys.exit(__doc__)
    COMMANDS[name](*given)
