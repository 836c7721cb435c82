"""Put together a Pyodide in a folder, from what was fetched before.

usage: python tests/site/assemble.py RUNTIME WHEELS OUTPUT

RUNTIME is a folder with pyodide.mjs, pyodide.asm.*, python_stdlib.zip and the release's
pyodide-lock.json, WHEELS one with its wasm wheels (*.whl); each must have the sha256 of the lock.
A pure wheel that is not there is fetched by pip, at the version of the lock.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
#: what the lessons and JupyterLite's kernel take from Pyodide
ROOTS = ("numpy", "matplotlib", "pandas", "pillow", "sympy", "ipython", "jedi", "micropip",
         "packaging", "typing-extensions")  # fmt: skip


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def closure(known, names):
    """The packages of these names and all that they need."""
    found, todo = {}, [canonical(name) for name in names]
    while todo:
        if (name := todo.pop()) not in found:
            found[name] = known[name]
            todo += map(canonical, known[name]["depends"])
    return found


def assemble(runtime, wheels, output):
    """Make the folder, with a lock of what is in it; return the number of its packages."""
    runtime, wheels, output = Path(runtime), Path(wheels), Path(output)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    for name in RUNTIME:
        shutil.copy(runtime / name, output)
    lock = json.loads((runtime / "pyodide-lock.json").read_text(encoding="utf-8"))
    known = {canonical(name): package for name, package in lock["packages"].items()}
    packages = closure(known, ROOTS)
    for package in packages.values():
        given = wheels / package["file_name"]
        if given.exists():
            if digest(given) != package["sha256"]:
                raise SystemExit(f"{given.name} is not the wheel of this lock")
            shutil.copy(given, output)
            continue
        with tempfile.TemporaryDirectory() as folder:
            wanted = f"{package['name']}=={package['version']}"
            pure = ("--no-deps", "--only-binary=:all:", "--platform", "any", "--abi", "none",
                    "--implementation", "py", "--python-version", "3.14")  # fmt: skip
            command = [sys.executable, "-m", "pip", "download", "-q", *pure, "-d", folder, wanted]
            subprocess.run(command, check=True)
            (fetched,) = Path(folder).glob("*.whl")
            shutil.copy(fetched, output)
            package |= {"file_name": fetched.name, "sha256": digest(fetched)}
    lock = {"info": lock["info"], "packages": packages}
    (output / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return len(packages)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    print(f"{assemble(*sys.argv[1:])} packages in {sys.argv[3]}")
