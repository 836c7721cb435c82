"""Fixtures for tests in a real browser: `lab` is one page of a real JupyterLab."""

import contextlib
import os

import pytest
from jupyter_driver import FLAGS, Lab, Server, browser_context, find_browser

#: the Chromium, its context and its JupyterLab, and what closes them
SHARED = {}
UNTIL_THE_LAST = contextlib.ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem):
    """The browser ends with its last test, for its event loop would disturb others."""
    if nextitem is None or "browser" not in nextitem.path.parts:
        SHARED.clear()
        UNTIL_THE_LAST.close()


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
    """A Chromium for the browser tests of this worker; without one they are skipped, in CI fail."""
    if "browser" not in SHARED:
        program = find_browser()
        if program is None:
            reason = "no Chromium on PATH (chromium, chromium-browser or google-chrome)"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        from playwright.sync_api import sync_playwright

        play = UNTIL_THE_LAST.enter_context(sync_playwright())
        SHARED["browser"] = play.chromium.launch(executable_path=program, args=FLAGS)
        UNTIL_THE_LAST.callback(SHARED["browser"].close)
    return SHARED["browser"]


@pytest.fixture(scope="module")
def context(browser):
    """What the windows share: JupyterLab's own code comes from the cache."""
    if "context" not in SHARED:
        SHARED["context"] = UNTIL_THE_LAST.enter_context(browser_context(browser))
    return SHARED["context"]


@pytest.fixture(scope="module")
def window(context, server):
    """One page with a JupyterLab in it; a new one after a test that has closed it."""
    if "window" not in SHARED or SHARED["window"].page.is_closed():
        SHARED["window"] = Lab(server, context)
    return SHARED["window"]


@pytest.fixture
def lab(window, tmp_path):
    """The page as if it were new, 1400 by 1000; `lab.open("05_gradient_descent.ipynb", run=True)`.

    What one opens has a kernel of its own, in the JupyterLab that is there: as for a learner who
    goes from lesson to lesson.
    """
    window.renew(shots=tmp_path)
    return window
