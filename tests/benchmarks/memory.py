"""How much memory the kernel of each lesson takes: python tests/benchmarks/memory.py [05 13 …]

Each lesson is run once from top to bottom by nbclient, in a kernel of its own, and the kernel is
asked for what it holds (VmRSS of Linux) when it has started, after the lesson's first cell, and at
the end. Prints the table of docs/class.md. `--server` adds what a JupyterLab takes for one learner.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import re
import sys
import time
from pathlib import Path

import nbclient
import nbformat

sys.path.append(str(Path(__file__).resolve().parents[1] / "browser"))  # the driver of the tests

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
ASK = "print(*(line for line in open('/proc/self/status') if line.startswith('Vm')))"
FOUND = re.compile(r"(VmRSS|VmHWM):\s+(\d+) kB")


def asked():
    return nbformat.v4.new_code_cell(ASK)


def measured(path):
    """Megabytes when the kernel has started, after the first cell, at the end, and at most."""
    book = nbformat.read(path, as_version=4)
    code = [k for k, cell in enumerate(book.cells) if cell.cell_type == "code"]
    book.cells.insert(code[0] + 1, asked())
    book.cells = [asked(), *book.cells, asked()]
    client = nbclient.NotebookClient(
        book, timeout=600, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute(env=os.environ | {"OPTIMLAB_PROGRESS": "", "JUPYTER_PREFER_ENV_PATH": "1"})
    started, first, last = (
        {name: int(size) * 1024 / 1e6 for name, size in FOUND.findall(one.outputs[0].text)}
        for one in book.cells if one.source == ASK
    )  # fmt: skip
    return started["VmRSS"], first["VmRSS"], last["VmRSS"], last["VmHWM"]


def server():
    """Megabytes of a JupyterLab that has started, without kernels."""
    from jupyter_driver import Server

    with Server() as lab:
        time.sleep(5)
        status = Path(f"/proc/{lab.process.pid}/status").read_text()
        return int(dict(FOUND.findall(status))["VmRSS"]) * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", help="of lessons; all if none is named")
    parser.add_argument("--server", action="store_true")
    given = parser.parse_args()
    print("| lesson | kernel started | after its first cell | after its last cell | at most |")
    print("|---|---|---|---|---|")
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        number = path.name.partition("_")[0]
        if not given.numbers or number in given.numbers:
            cells = " | ".join(f"{value:.0f} MB" for value in measured(path))
            print(f"| {number} | {cells} |", flush=True)
    if given.server:
        print(f"\nA JupyterLab that serves one learner, without kernels: {server():.0f} MB.")
    versions = (f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "matplotlib"))
    print(f"\nMeasured on {platform.system()} with Python {platform.python_version()}, "
          f"{', '.join(versions)}.")  # fmt: skip


if __name__ == "__main__":
    main()
