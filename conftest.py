"""For every test, notebooks among them.

A learner's stored answers must not change results, and a lesson's pictures are those stored.
"""

import os
import sys
from pathlib import Path

import pytest

os.environ["OPTIMLAB_PROGRESS"] = ""
sys.path.insert(0, str(Path(__file__).parent / "tests"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """What nbval leaves out of the run that it makes: see tests/pictures.py."""
    result = yield
    if hasattr(item, "test_outputs") and item.cell.execution_count is not None:
        from pictures import problems

        tags = item.cell.metadata.get("tags", ())
        if found := problems(item.cell.outputs, item.test_outputs, tags):
            raise AssertionError(f"Cell {item.cell_num}: {'; '.join(found)}.")
    return result
