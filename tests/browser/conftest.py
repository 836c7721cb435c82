"""Fixtures for tests in a real browser: `lab` is one page of a real JupyterLab."""

import os

import pytest
from jupyter_driver import FLAGS, Lab, Server, browser_context, find_browser


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server():
    """A JupyterLab for all browser tests of this worker."""
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    """A Chromium; without one the tests are skipped, or in CI fail."""
    program = find_browser()
    if program is None:
        reason = "no Chromium on PATH (chromium, chromium-browser or google-chrome)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    # One file's tests share it; it ends with them, for its event loop would disturb others.
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def context(browser):
    """What the windows of a file share: JupyterLab's own code comes from the cache."""
    with browser_context(browser) as shared:
        yield shared


@pytest.fixture(scope="module")
def window(context, server):
    """One page with a JupyterLab in it for a file's tests."""
    lab = Lab(server, context)
    yield lab
    lab.page.close()


@pytest.fixture
def lab(window, tmp_path):
    """The page as if it were new, 1400 by 1000; `lab.open("05_gradient_descent.ipynb", run=True)`.

    What one opens has a kernel of its own, in the JupyterLab that is there: as for a learner who
    goes from lesson to lesson.
    """
    window.renew(shots=tmp_path)
    return window
