"""How fast optimlab is beside what it is meant to replace: ratios within one run, as a table.

    python tests/benchmarks/run.py                # everything, four to five minutes
    python tests/benchmarks/run.py live drag      # these parts alone

    live     a learning-rate tick in JupyterLab, key press to painted curve, beside `interact` with
             matplotlib and a plotly FigureWidget; a tick while the kernel is busy
    drag     the start dragged, pointer move to painted curve; 200 moves in two seconds
    walk     runs that the page walks by itself: the start dragged, a momentum and the steps
             changed, beside `interact` with matplotlib; with Python in a loop, and gone
    race     a race played, scrubbed and at another rate, and an inspector's step, Python asleep
    train    a learning rate changed while a network trains
    appear   an explorer, from the call to its display, beside matplotlib saving the same panels
    wire     what the browser is sent to show a plot
    rules    the update rules beside torch.optim (skipped without torch)
    sweeps   all rules at 60 rates beside loops over them; networks trained by six rules
    scale    `descend` from 10 to 10,000,000 steps × starts: time, memory, and how they grow
    import   `import optimlab` beside `import numpy`

Prints a Markdown table, the one in docs/speed.md, and what it was measured with. The first five
parts need Chromium and Playwright, `rules` needs `pip install torch`. Run it on a quiet machine:
ratios bear some load, the few milliseconds of a screen frame do not. The exit status is 1 if a
measurement failed, and 0 otherwise, also where a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import traceback
from pathlib import Path

from report import HEAD, Row

sys.path.append(str(Path(__file__).resolve().parents[1] / "browser"))  # the driver of the tests

PARTS = (
    "live", "drag", "walk", "race", "train", "wire", "appear", "rules", "sweeps", "scale", "import",
)  # fmt: skip
TOGETHER = ("live", "drag")
PACKAGES = ("numpy", "matplotlib", "plotly", "ipywidgets", "jupyterlab", "torch")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"some of: {', '.join(PARTS)}")
    given = parser.parse_args().parts or PARTS
    if unknown := set(given) - set(PARTS):
        parser.error(f"{sorted(unknown)[0]} is none of the parts {', '.join(PARTS)}")
    parts = [part for part in PARTS if part in given]
    rows, failed = [], []
    for group in groups(parts):
        try:
            rows += measured(group)
        except Exception as error:
            traceback.print_exc()
            failed += group
            why = " ".join(f"{type(error).__name__}: {error}".split()).replace("|", "/")
            rows.append(Row(", ".join(group), f"not measured: {why[:200]}", met="**failed**"))
    print(HEAD, *rows, "", conditions(), sep="\n")
    return 1 if failed else 0


def groups(parts):
    """The parts, those that share a notebook together."""
    shared = [part for part in parts if part in TOGETHER]
    return [*([shared] if shared else []), *([part] for part in parts if part not in TOGETHER)]


def measured(group):
    print(f"measuring {', '.join(group)} …", file=sys.stderr)
    if group == ["appear"]:
        import appear

        return appear.rows()
    if group == ["rules"]:
        import rules

        return rules.rows()
    if group == ["sweeps"]:
        import sweeps

        return sweeps.rows()
    if group == ["scale"]:
        import scale

        return scale.rows()
    if group == ["import"]:
        import imports

        return imports.rows()
    import browser

    return browser.rows(group)


def conditions():
    """What the numbers were measured with, in one line."""
    versions = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{name} {importlib.metadata.version(name).split('+')[0]}")
    return f"Measured on {os.cpu_count()} cores with {', '.join([*versions, *chromium()])}."


def chromium():
    with contextlib.suppress(ImportError, OSError, TypeError, IndexError):
        from jupyter_driver import find_browser

        said = subprocess.run([find_browser(), "--version"], capture_output=True, text=True)
        yield " ".join(said.stdout.split()[:2])


if __name__ == "__main__":
    sys.exit(main())
