"""The tests of a Python without threads and processes, in a process that nothing else has used."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_the_lessons_do_without_threads_and_processes(tmp_path):
    """They set tracers and forbid threads, in which no other test should have a part."""
    command = [sys.executable, "-m", "pytest", "-q", "-o", "addopts=--strict-markers"]
    alone = ["-p", "no:xdist", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "inner")]
    done = subprocess.run(
        [*command, *alone, str(HERE / "without_threads.py")], cwd=HERE.parent, timeout=300,
        env=os.environ, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "15 passed" in done.stdout
