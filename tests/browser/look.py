"""Photograph a whole lesson as JupyterLab shows it.

    python tests/browser/look.py notebooks/05_gradient_descent.ipynb --width 900 --out shots

Runs all cells (--no-run: shows the stored notebook instead), then writes sheets of a few cells
each, named by the cells on them, and `window.png`, what is seen first. Prints the errors, the
status lines and the addresses that the page wanted from the network. Exits 1 on any error.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from pathlib import Path

from jupyter_driver import FLAGS, Lab, Server, browser_page, find_browser

MARGIN = 160  # JupyterLab's menu and toolbar


def photograph(lab: Lab, width: int, out: Path, limit: int) -> list[Path]:
    """Write the sheets; a sheet is at most `limit` pixels high unless one cell is higher."""
    from PIL import Image

    heights = lab.cells().evaluate_all("cells => cells.map(c => c.getBoundingClientRect().height)")
    lab.page.set_viewport_size({"width": width, "height": int(max([800, *heights])) + MARGIN})
    lab.page.wait_for_timeout(300)  # figures that follow the window's size
    lab.settle()
    pictures = []
    for i in range(lab.cells().count()):
        cell = lab.cell(i)
        box = cell.bounding_box()
        if box and box["height"] >= 1:
            cell.scroll_into_view_if_needed()
            pictures.append((i, Image.open(io.BytesIO(cell.screenshot()))))

    sheets = []
    for i, picture in pictures:
        if sheets and sum(p.height for _, p in sheets[-1]) + picture.height <= limit:
            sheets[-1].append((i, picture))
        else:
            sheets.append([(i, picture)])
    written = []
    for sheet in sheets:
        size = max(p.width for _, p in sheet), sum(p.height for _, p in sheet)
        image, top = Image.new("RGB", size, "white"), 0
        for _, picture in sheet:
            image.paste(picture, (0, top))
            top += picture.height
        first, last = sheet[0][0], sheet[-1][0]
        name = f"{first:02}" if first == last else f"{first:02}-{last:02}"
        written.append(out / f"cells_{name}.png")
        image.save(written[-1])
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1400, help="of the window (1400)")
    parser.add_argument("--scale", type=float, default=1, help="device pixels per pixel (1)")
    parser.add_argument("--out", type=Path, help="folder for the pictures (shots/NAME-WIDTH)")
    parser.add_argument("--sheet", type=int, default=1500, help="height; 0: each cell alone")
    parser.add_argument("--sidebar", action="store_true", help="leave the file browser open")
    parser.add_argument("--no-run", action="store_true", help="the notebook as stored")
    given = parser.parse_args()
    if not given.notebook.is_file():
        parser.error(f"no such file: {given.notebook}")
    program = find_browser()
    if program is None:
        parser.error("no chromium on PATH")
    out = given.out or Path("shots") / f"{given.notebook.stem}-{given.width}"
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("cells_*.png"), out / "window.png"]:
        old.unlink(missing_ok=True)

    from playwright.sync_api import sync_playwright

    source = given.notebook.resolve()
    with Server(source.parent) as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        with browser_page(
            browser, server, given.width, shots=out, device_scale_factor=given.scale
        ) as lab:
            start = time.perf_counter()
            lab.open(source)
            opened = time.perf_counter() - start
            if not given.sidebar:
                lab.page.evaluate("window.jupyterapp.shell.collapseLeft()")
            start = time.perf_counter()
            errors = lab.errors() if given.no_run else lab.run_all()
            ran = time.perf_counter() - start
            lab.settle()
            lab.screenshot("window")
            sheets = photograph(lab, given.width, out, given.sheet)
            statuses = lab.page.locator(".ol-summary:visible, [role=status]:visible")
            said = [text.strip() for text in statuses.all_inner_texts() if text.strip()]
        browser.close()

    print(f"opened in {opened:.1f} s, " + ("not run" if given.no_run else f"ran in {ran:.1f} s"))
    for title, lines in [
        ("errors", errors),
        ("browser console", lab.console),
        ("asked of the network", lab.outside),
        ("summaries and status lines", said),
    ]:
        print(f"{title}: {len(lines)}", *lines, sep="\n  ")
    print("pictures:", *sheets, sep="\n  ")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
