"""Voilà, where it is installed: a lesson is alive, and an exercise says where it can be done."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from jupyter_driver import NOTEBOOKS

pytest.importorskip("voila")
LESSON = "05_gradient_descent.ipynb"


@pytest.fixture(scope="module")
def page(context, tmp_path_factory):
    """Lesson 05 as Voilà shows it, in the dark."""
    folder = tmp_path_factory.mktemp("voila")
    shutil.copy(NOTEBOOKS / LESSON, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", "--theme=dark"]
    with (folder / "voila.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "voila", str(folder / LESSON), *options],
            env=os.environ | {"OPTIMLAB_PROGRESS": ""}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while server.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/voila/static/", timeout=1)
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                time.sleep(0.1)
        shown = context.new_page()
        shown.goto(f"http://127.0.0.1:{port}/", timeout=60_000)
        shown.wait_for_function("() => document.querySelectorAll('.ol-live').length === 4")
        yield shown
        shown.close()
    finally:
        server.terminate()
        server.wait(20)


def test_a_lesson_is_alive_and_its_exercises_say_where_to_do_them(page):
    slider = page.locator(".ol-explorer .noUi-handle:visible").first
    slider.focus()
    before = float(slider.get_attribute("aria-valuenow"))
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    moved = "([node, at]) => Number(node.getAttribute('aria-valuenow')) === at"
    page.wait_for_function(moved, arg=[slider.element_handle(), before + 3])
    text = page.locator("body").inner_text()
    assert text.count("open the notebook in JupyterLab") == 3
    assert "Error displaying widget" not in text and "Hint 1" not in text
    ground = "node => getComputedStyle(node).colorScheme"
    assert page.locator(".ol-live").first.evaluate(ground) == "dark"
