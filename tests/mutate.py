"""How much of what could be wrong in the package the tests would see: its mutation score.

    python tests/mutate.py                         # 300 mutants: some hours of one core
    python tests/mutate.py --room draw             # those of one room
    python tests/mutate.py --again                 # those that survived, against the tests of now

A mutant is the package with one change: another operator, comparison, number or word, a condition
turned round, a statement or an argument left out, two arguments swapped, a bound one further,
another text, None returned. Docstrings, type hints, imports, `__all__`, and in the keys what is a
test itself (claims, `HOLDS`, the functions that only these use) are left alone. The lines are drawn
by a seed, from each room by its lines of code; a change elsewhere does not move the draw.

First the tests run once, and it is noted which of them executes which line. A mutant meets the
tests that execute its line, one of a key those that are named by its lesson, and then the others of
their files, which may look at what those have made; where the line runs when its module is
imported, or in a process of its own, all tests that run anything of the module, then all tests.
Test files of the mutant's room come first (the highest room of which a file runs a function), then
quick ones, up to `--budget` seconds. Tests that need a browser take no part, nor do the notebooks,
and no test sees what only a subprocess of it executes: the score is a lower bound. A test that
takes a minute and ten times as long as it should has killed its mutant by time.

All runs in a copy of the tree in the folder `--results`, where what was found is kept: the same
command again goes on where it stopped. Prints a table by room, and exits with 1 below 95 %; a
mutant that computes the same stands in equivalents.py with its reason and does not count.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import hashlib
import json
import os
import pickle
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import types
from collections import Counter, defaultdict
from pathlib import Path

import measured
from changes import ROOMS, ROOT, drawn, keys, room
from equivalents import EQUIVALENT

LEAST = 0.95
#: they read the source itself, in which they would see any mutant
OWN = ("test_mutate.py", "test_slips.py")
OPTIONS = (
    "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:nbval", "-m", "not browser",
    "-o", "addopts=--doctest-modules --strict-markers", "--hypothesis-seed=0", "--tb=line",
)  # fmt: skip


# Runs ------------------------------------------------------------------------------------------


class Watch:
    """What pytest does and tells in a run: which tests, in which order and time, how they end."""

    def __init__(self, wanted=None, coverage=None):
        self.wanted, self.coverage = wanted, coverage
        self.seconds, self.failed = Counter(), []

    def pytest_collection_modifyitems(self, items):
        if self.wanted is not None:
            items[:] = [item for item in items if item.nodeid in self.wanted]
            items.sort(key=lambda item: self.wanted[item.nodeid][0])  # of one file: stable

    def pytest_runtest_logstart(self, nodeid):
        if self.coverage:
            self.coverage.switch_context(nodeid)
        else:
            limit = 20 + 10 * (self.wanted[nodeid][1] if self.wanted else 0)
            faulthandler.dump_traceback_later(limit, exit=True)

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)


class Tree:
    """A copy of the tree, in which mutants meet tests."""

    def __init__(self, folder):
        self.root, self.known = folder / "tree", folder / "lines.pickle"
        self.folder = folder
        self.renew()
        #: {test file: (hash, {test: seconds})} and {file: {key of a line: {test}}}
        self.tests, self.lines, self.rooms = {}, {}, {}
        if self.known.exists():
            self.tests, self.lines = pickle.loads(self.known.read_bytes())

    def renew(self):
        """Make the copy what the tree is; files that did not change keep their times."""
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
        names = {name for name in names.stdout.splitlines() if (ROOT / name).is_file()}
        for path in self.root.rglob("*"):
            inside = path.relative_to(self.root).as_posix()
            if path.suffix in (".py", ".ipynb") and inside not in names:
                path.unlink()
        for name in names:
            there, here = self.root / name, ROOT / name
            if not there.exists() or there.read_bytes() != here.read_bytes():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(here, there)

    def run(self, files, watch, options=OPTIONS):
        """Run tests in a process of its own, which has all libraries already: True if all pass."""
        told = self.folder / "told.json"
        for _ in range(2):  # a crash may be that of a crowded machine
            told.unlink(missing_ok=True)
            process = os.fork()
            if process == 0:
                self._child(files, watch, options, told)
            status = os.waitpid(process, 0)[1]
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)  # what it started
            if told.exists():
                code, seconds, failed = json.loads(told.read_text())
                return code in (0, 5), Counter(seconds), failed
            if os.waitstatus_to_exitcode(status) == 1:
                return False, Counter(), ["by time"]
        return False, Counter(), ["crash"]

    def _child(self, files, watch, options, told):
        try:
            os.setsid()
            os.chdir(self.root)
            sys.path[:] = [str(self.root), *(p for p in sys.path if not _of_the_tree(p))]
            for name, module in list(sys.modules.items()):
                if _of_the_tree(getattr(module, "__file__", None) or ""):
                    del sys.modules[name]
            sys.modules["__main__"] = types.ModuleType("__main__")
            os.environ |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
            sys.dont_write_bytecode = True
            resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, 8 * 2**30))
            with open(self.folder / "last.txt", "w") as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            import pytest

            if watch.coverage:
                watch.coverage.start()
                watch.coverage._collector.data_lock = None  # who interrupts a test leaves it locked
            code = pytest.main([*options, *files], plugins=[watch])
            if watch.coverage:
                watch.coverage.stop()
                watch.coverage.save()
            failed = watch.failed or (["import"] if code else [])
            told.write_text(json.dumps((int(code), watch.seconds, failed)))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)

    def collect(self):
        """Note for each test file that is new or changed which lines its tests execute."""
        files = [p for p in sorted((self.root / "tests").glob("test_*.py")) if p.name not in OWN]
        files += sorted((self.root / "optimlab").rglob("*.py"))
        hashes = {p.relative_to(self.root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
                  for p in files}  # fmt: skip
        changed = [f for f, digest in hashes.items() if self.tests.get(f, ("",))[0] != digest]
        if not changed:
            return
        print(f"Which lines do the tests of {len(changed)} files execute?", flush=True)
        gone = {n for f in changed for n in self.tests.pop(f, ("", {}))[1]}
        for tests in (t for lines in self.lines.values() for t in lines.values()):
            tests -= gone
        groups = [[f] for f in changed if f.startswith("tests")]
        groups.append([f for f in changed if not f.startswith("tests")])  # doctests
        for files in filter(None, groups):
            failing = self._trace(files)  # which are tried again the next time
            for f in files:
                digest = "" if f in failing else hashes[f]
                self.tests[f] = digest, self.tests.get(f, ("", {}))[1]
            self.known.write_bytes(pickle.dumps((self.tests, self.lines)))

    def _trace(self, files):
        """Keep the times of tests and the lines each of them executes; files with failing ones."""
        from coverage import Coverage, CoverageData

        data = self.folder / "coverage.data"
        data.unlink(missing_ok=True)
        coverage = Coverage(data_file=str(data), source=[str(self.root / "optimlab")])
        slow = tuple(option for option in OPTIONS if option != "-x")
        _, seconds, failed = self.run(files, Watch(coverage=coverage), slow)
        if failed:  # some bear no tracer: do they pass without one?
            _, again, failed = self.run(files, Watch(), slow)
            seconds |= again
            if failed:
                print(f"Left out, as they fail: {', '.join(failed)[:300]}", flush=True)
        for name in seconds.keys() - failed:
            self.tests.setdefault(_file(name), ("", {}))[1][name] = seconds[name]
        failing = {_file(name) for name in failed}
        if not data.exists():
            return failing
        found = CoverageData(str(data))
        found.read()
        for path in found.measured_files():
            name = Path(path).relative_to(self.root).as_posix()
            own, lines = keys(Path(path).read_text("utf-8")), self.lines.setdefault(name, {})
            for number, contexts in found.contexts_by_lineno(path).items():
                known = {c for c in contexts if c in seconds and c not in failed}
                if 0 < number <= len(own):  # else of code that a test has made in its name
                    lines.setdefault(own[number - 1], set()).update(known)
        return failing

    def chosen(self, mutant, budget):
        """The tests of a mutant, a list of {test: (order, seconds)} for one run after the other."""
        lines = self.lines.get(mutant.file, {})
        anything = set().union(*lines.values())
        hit = set().union(*(lines.get(key, ()) for key in mutant.keys))
        files = {_file(name) for name in hit}
        every = {name for _, tests in self.tests.values() for name in tests}
        # a lesson's tests may read its key alone, or what it has worked out when it was loaded
        lesson = re.match(r"lesson_(\w+?)_", Path(mutant.file).name)
        of_it = {name for name in every if lesson and re.search(rf"\[{lesson[1]}[_ ]", name)}
        if hit:
            steps = [hit | of_it, {name for file in files for name in self.tests[file][1]}]
        else:
            steps = [anything | of_it, every]
        used, seen, spent = [], set(), 0.0
        for step in steps:
            by_file = defaultdict(dict)
            for name in step - seen:
                by_file[_file(name)][name] = self.tests[_file(name)][1][name]
            order = sorted(by_file, key=lambda f: (
                self.room_of(f) != room(mutant.file), sum(by_file[f].values()), f))  # fmt: skip
            chunk, size = {}, 1
            for at, file in enumerate(order):
                for name, seconds in sorted(by_file[file].items(), key=lambda pair: pair[1]):
                    if spent + seconds <= budget:
                        spent += seconds
                        chunk[name] = at, seconds
                if len({at for at, _ in chunk.values()}) >= size:
                    used.append(chunk)
                    chunk, size = {}, size * 4
            used.append(chunk)
            seen |= step
        return [chunk for chunk in used if chunk]

    def room_of(self, file):
        """The highest room of which a test file runs a function."""
        if file not in self.rooms:
            mine = set(self.tests[file][1])
            hit = [room(f) for f, lines in self.lines.items()
                   if any(mine & tests for tests in lines.values())]  # fmt: skip
            self.rooms[file] = max(hit, key=ROOMS.index, default="core")
        return self.rooms[file]

    def judged(self, mutant, budget):
        """The test that kills a mutant, or nothing."""
        path = self.root / mutant.file
        kept, times = path.read_bytes(), path.stat()
        try:
            path.write_text(mutant.source, "utf-8")
            for chunk in self.chosen(mutant, budget):
                files = list(dict.fromkeys(_file(name) for name in chunk))
                passed, _, failed = self.run(files, Watch(chunk))
                if not passed:
                    return failed[0]
        finally:
            path.write_bytes(kept)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        return ""


def _file(test):
    return test.partition("::")[0]


def _of_the_tree(path):
    """Whether a module comes from the tree, and not from an environment that lies in it."""
    return path.startswith(str(ROOT)) and not path.startswith(sys.prefix)


def libraries():
    """Import what every run needs, once, before it is split off."""
    import IPython  # noqa: F401
    import ipywidgets  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import pandas  # noqa: F401
    import pytest  # noqa: F401
    import sympy  # noqa: F401


# Report ----------------------------------------------------------------------------------------


def table(mutants, found):
    """Rows (room, mutants, killed, survived, equivalent, score), the sum last."""
    same = {entry[:4] for entry in EQUIVALENT}
    rows = []
    for name, drawn_there in [*mutants.items(), ("all", sum(mutants.values(), []))]:
        named = [m.name() for m in drawn_there]
        killed = sum(bool(found[n]["by"]) for n in named if n in found and n not in same)
        equivalent = sum(n in same for n in named)
        survived = sum(not found[n]["by"] for n in named if n in found and n not in same)
        share = killed / (killed + survived) if killed + survived else 1.0
        rows.append((name, len(named), killed, survived, equivalent, share))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--room", choices=ROOMS)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--budget", type=float, default=120, help="seconds of tests for a mutant")
    parser.add_argument("--again", action="store_true", help="try those that survived once more")
    parser.add_argument("--results", type=Path, help="folder, outside the tree")
    parser.add_argument("--write", action="store_true", help="put the table into docs/trust.md")
    given = parser.parse_args()
    folder = given.results or Path(tempfile.gettempdir()) / "optimlab-mutation"
    folder.mkdir(parents=True, exist_ok=True)
    store = folder / "found.jsonl"
    found = {}
    if store.exists():
        for line in store.read_text("utf-8").splitlines():
            one = json.loads(line)
            found[tuple(one["mutant"])] = one
    mutants = drawn(given.count, given.seed, given.room)
    same = {entry[:4] for entry in EQUIVALENT}
    libraries()
    tree = Tree(folder)
    tree.collect()
    for name, several in mutants.items():
        for mutant in several:
            known = found.get(mutant.name())
            if mutant.name() in same or known and (known["by"] or not given.again):
                continue
            began = time.monotonic()
            by = tree.judged(mutant, given.budget)
            one = {"mutant": mutant.name(), "by": by, "seconds": time.monotonic() - began}
            found[mutant.name()] = one
            with store.open("a", encoding="utf-8") as out:
                out.write(json.dumps(one) + "\n")
            print(f"{name:10} {one['seconds']:4.0f} s  {by or 'SURVIVED'}", flush=True)
            if not by:
                print(f"    {mutant.file} {mutant.function}\n    - {mutant.before}\n"
                      f"    + {mutant.after}", flush=True)  # fmt: skip
    rows = table(mutants, found)
    print("| room | mutants | killed | survived | equivalent | score |\n|---|---|---|---|---|---|")
    for *cells, share in rows:
        print(f"| {' | '.join(map(str, cells))} | {share:.0%} |")
    score = rows[-1][-1]
    if given.write:
        for name, count, killed, survived, same, share in rows if not given.room else rows[:-1]:
            said = f"{killed} of {killed + survived} killed: {share:.1%}", f"at least {LEAST:.0%}"
            measured.write(f"mutation, {name}", [
                (f"{count} mutants by seed {given.seed}, {same} of them equivalent", *said,
                 share >= LEAST)
            ])  # fmt: skip
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
