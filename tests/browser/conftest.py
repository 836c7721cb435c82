"""Fixtures for tests in a real browser: `lab` is one page of a real JupyterLab."""

import contextlib
import os

import pytest
from jupyter_driver import FLAGS, PATIENCE, Lab, Server, browser_context, find_browser
from playwright.sync_api import expect, sync_playwright

#: a state of the page is waited for, as it follows from what Python says later
expect.set_options(timeout=PATIENCE * 1000)

#: the Chromium, its context and its JupyterLab, and what closes them
SHARED = {}
UNTIL_THE_LAST = contextlib.ExitStack()


def once(name, make):
    """What all browser tests of a worker share, made by the first that asks for it."""
    if name not in SHARED:
        SHARED[name] = make()
    return SHARED[name]


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
    """A Chromium for all browser tests of a worker; without one they are skipped, in CI fail."""
    program = find_browser()
    if program is None:
        reason = "no Chromium on PATH (chromium, chromium-browser or google-chrome)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    def launch():
        play = UNTIL_THE_LAST.enter_context(sync_playwright())
        running = play.chromium.launch(executable_path=program, args=FLAGS)
        UNTIL_THE_LAST.callback(running.close)
        return running

    return once("browser", launch)


@pytest.fixture(scope="module")
def context(browser):
    """What the windows share: JupyterLab's own code comes from the cache."""
    return once("context", lambda: UNTIL_THE_LAST.enter_context(browser_context(browser)))


@pytest.fixture(scope="module")
def window(context, server):
    """One page with a JupyterLab in it; a new one after a test that has closed it."""
    if "window" in SHARED and SHARED["window"].page.is_closed():
        del SHARED["window"]
    return once("window", lambda: Lab(server, context))


@pytest.fixture
def lab(window, tmp_path):
    """The page as if it were new, 1400 by 1000; `lab.open("05_gradient_descent.ipynb", run=True)`.

    What one opens has a kernel of its own, in the JupyterLab that is there: as for a learner who
    goes from lesson to lesson.
    """
    window.renew(shots=tmp_path)
    return window
