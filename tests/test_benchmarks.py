"""What the benchmark says where it could not measure, and how it reads the messages it weighs."""

import importlib
import json
import struct
import sys
from itertools import accumulate
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.fixture
def program(monkeypatch):
    """Import a file of the benchmark, whose names are those of other modules, too."""
    for folder in ("browser", "benchmarks"):
        monkeypatch.syspath_prepend(str(TESTS / folder))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(TESTS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_a_part_that_fails_says_why_and_marks_the_table(program, monkeypatch, capsys):
    run = program("run")

    def measured(group):
        if group == ["wire"]:
            raise RuntimeError("a message\nof no | known form")
        return [program("report").Row("a row", "1 ms")]

    monkeypatch.setattr(run, "measured", measured)
    monkeypatch.setattr(sys, "argv", ["run.py", "wire", "import"])
    assert run.main() == 1
    table = capsys.readouterr().out
    why = "not measured: RuntimeError: a message of no / known form"
    assert f"| wire | {why} |  |  |  | **failed** |\n| a row | 1 ms |" in table


def test_messages_of_the_kernel_are_read_in_both_forms(program):
    holds = program("browser").holds_frames

    def packed(content):
        parts = [b"iopub", b"{}", b"{}", b"{}", json.dumps(content).encode(), b"\0" * 9]
        ends = list(accumulate(map(len, parts), initial=8 * 8))
        return struct.pack("<8Q", len(ends), *ends) + b"".join(parts)

    frames, other = ({"data": {"state": {name: 1}}} for name in ("frames", "step"))
    for content, wanted in ((frames, True), (other, False), ({"code": "1"}, False)):
        assert holds(packed(content)) is wanted
        assert holds(json.dumps({"content": content})) is wanted
    for unknown in (b"\0\0\0\2", b"\xff" * 40, "pong", "[1]", b""):
        with pytest.raises(RuntimeError, match="a message of no known form: "):
            holds(unknown)
