"""The programs that change the package: their tables fit it, and a change is what it says."""

import subprocess
import sys

import changes
import pytest
from changes import ROOT, Source, keys
from equivalents import EQUIVALENT
from slips import SLIPS

CODE = '''
import os

__all__ = ["os"]


class Half:
    """A docstring with 1 digit."""

    size: int = 4

    def of(self, values: list[int], low=0) -> bool:
        if not values and low < 1:  # no 2
            raise ValueError("none at 7")
        return pair(low, self.size, strict=True) is values[1:low]


def claim_it():
    assert 1 + 1 == 2
'''


def mutants(source):
    made = [
        source.mutant("optimlab/half.py", *change)
        for several in source.changes().values()
        for change in several
    ]
    return [mutant for mutant in made if mutant]


def test_each_change_is_one_of_code_and_knows_its_place():
    found = mutants(Source(CODE))
    changed = {mutant.after for mutant in found}
    assert {
        "size: int = 5",
        "if (not (not values and low < 1)): # no 2",
        "if not values or low < 1: # no 2",
        "if not values and low <= 1: # no 2",
        "pass",
        'raise ValueError("none at 8")',
        "return None",
        "return pair(self.size, low, strict=True) is values[1:low]",
        "return pair(low, self.size, ) is values[1:low]",
        "return pair(low, self.size, strict=True) is values[1:(low) + 1]",
    } <= changed
    kept = ("import", "__all__", "docstring", "assert")
    assert not any(word in mutant.before for mutant in found for word in kept)
    assert not any("list[int]" not in m.after for m in found if "def of" in m.before)
    for mutant in found:
        assert mutant.source != CODE
        inside = mutant.before.startswith(("if", "raise", "return"))
        assert mutant.function == ("Half.of" if inside else "Half")
        assert bool(mutant.keys) == inside
        assert all(mutant.before == " ".join(text.split()) for text, _ in mutant.keys)


def test_a_line_is_known_by_its_text_wherever_it_stands():
    number = CODE.split("\n").index("    size: int = 4")
    assert keys(CODE)[number] == keys("# more\n" + CODE)[number + 1] == ("size: int = 4", 0)
    assert keys("a\nb\n  a")[-1] == ("a", 1)


def test_the_draw_takes_each_room_by_its_lines_and_stays(monkeypatch, tmp_path):
    for file, count in (("core.py", 1), ("study/a.py", 2), ("keys/b.py", 1)):
        path = tmp_path / "optimlab" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CODE * count)
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    first = changes.drawn(12, 1)
    assert {name: len(found) for name, found in first.items() if found} == {
        "core": 3, "study": 6, "keys": 3,
    }  # fmt: skip
    assert changes.drawn(12, 1) == first != changes.drawn(12, 2)
    assert changes.drawn(12, 1, "study") == {"study": first["study"]}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_can_still_be_made(slip):
    assert (ROOT / slip.file).read_text("utf-8").count(slip.old) == 1 and slip.new != slip.old
    file, _, name = slip.test.partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / "tests" / file).read_text("utf-8")


def test_a_slip_is_made_and_its_test_sees_it():
    """By the command: the environment that runs it may lie in the tree, as README makes it."""
    if not (ROOT / ".git").exists():
        pytest.skip("git lists what belongs to the copy")
    command = [sys.executable, ROOT / "tests" / "slips.py", "axes of contours"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0 of 1 seen by no test")


def test_the_slips_are_forty_and_no_equivalent_mutant_is_of_code_that_has_gone():
    assert len({slip.name for slip in SLIPS}) == len(SLIPS) >= 40
    for file, function, before, after, reason in EQUIVALENT:
        flat = " ".join((ROOT / file).read_text("utf-8").split())
        assert before in flat and function.rpartition(".")[2] in flat and after != before
        assert reason.endswith(".")
