"""A class at once on one machine: 20 kernels that run a lesson again and again, and their pages.

    python tests/load.py                       # over 20 minutes on two cores, 4 GB, Linux
    python tests/load.py --learners 3 --moves 5
    python tests/load.py --write               # its rows into docs/trust.md

One JupyterLab has a notebook and a kernel for each learner. All kernels run lesson 05 from top to
bottom, and begin anew when they are through. Beside that load each learner's page is opened in
turn, a cell is run there, and, while its kernel is busy again as well, the start is dragged.
A drag is timed from the pointer's event to the painted path. In life the pages are on machines of
their own, so the server and the kernels leave the browser the right of way (`nice`). Exits 1 where
a limit is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import time
import urllib.request
from pathlib import Path

import nbformat
from jupyter_client import BlockingKernelClient

TESTS = Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS / "browser"), str(TESTS / "benchmarks")]

import measured  # noqa: E402
from endurance import RUN, SETTLED  # noqa: E402
from jupyter_driver import FLAGS, Lab, Server, browser_context, find_browser  # noqa: E402
from report import duration, late, median, size  # noqa: E402

LESSON = "05_gradient_descent.ipynb"
#: the cell whose explorer is dragged: nothing veils it
DRAGGED = "2.0001 in four steps"
#: what feels like holding the point, in seconds, and what a kernel may take, in bytes
AT_ONCE, KERNEL = 0.1, 250e6
LONGEST = 600


class Learner(threading.Thread):
    """A notebook with a kernel that runs the lesson again and again; who has `turn` rests it."""

    def __init__(self, server: Server, number: int):
        super().__init__(daemon=True)
        self.name = f"learner_{number:02}.ipynb"
        (server.root / self.name).write_bytes((server.notebooks / LESSON).read_bytes())
        kernel = session(server, self.name)["kernel"]["id"]
        self.client = BlockingKernelClient()
        self.client.load_connection_file(str(server.folder / "runtime" / f"kernel-{kernel}.json"))
        self.turn, self.stopped = threading.Lock(), False
        self.passes, self.failed = [], []

    def run(self):
        """Seconds of each time through the lesson go to `passes`."""
        self.client.start_channels()
        while not self._ready():
            time.sleep(0.1)
        while not self.stopped:
            with self.turn:
                begun = time.monotonic()
                for source in sources():
                    told = self.client.execute_interactive(
                        source, timeout=LONGEST, output_hook=lambda _: None, allow_stdin=False
                    )
                    if told["content"]["status"] != "ok":
                        self.failed.append(told["content"].get("evalue", "an error"))
                self.passes.append(time.monotonic() - begun)
            time.sleep(0.1)  # for who waits for the turn
        self.client.stop_channels()

    def _ready(self) -> bool:
        """Whether the kernel has answered; one that is slow to start is taken for dead at first."""
        with contextlib.suppress(RuntimeError):
            self.client.wait_for_ready(timeout=LONGEST)
            return True
        return False


def session(server: Server, name: str) -> dict:
    asked = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
    request = urllib.request.Request(
        f"{server.url}/api/sessions", json.dumps(asked).encode(),
        {"Content-Type": "application/json"}, method="POST",
    )  # fmt: skip
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=LONGEST) as answer:
        return json.loads(answer.read())


def cells() -> list:
    return nbformat.read(TESTS.parent / "notebooks" / LESSON, as_version=4).cells


def sources() -> list[str]:
    return [cell.source for cell in cells() if cell.cell_type == "code"]


def memory(server: Server) -> tuple[float, float]:
    """Bytes of JupyterLab and its kernels, what they share counted once, and of the largest."""
    lab, whole, largest = server.process.pid, 0, 0
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # one that has ended
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if lab in (parent, int(place.name)):
                found = measured.held(place)
                whole += found["Pss"]
                largest = max(largest, found["Rss"] * (parent == lab))
    return whole, largest


def visit(server: Server, context, learner: Learner, moves: int) -> tuple[float, float, list]:
    """Seconds until a page is open, until a cell has run there, and of each move of a drag."""
    place = next(i for i, cell in enumerate(cells()) if DRAGGED in cell.source)
    learner.turn.acquire()
    lab = Lab(server, context)
    lab.name = learner.name
    begun = time.monotonic()
    lab.reopen(timeout=LONGEST)
    opened = time.monotonic()
    lab.page.evaluate(RUN, place)
    lab.page.wait_for_function(SETTLED, timeout=1000 * LONGEST)
    ran = time.monotonic()
    learner.turn.release()  # its kernel is as busy as all others
    lab.page.evaluate((TESTS / "benchmarks" / "page.js").read_text("utf-8"))
    root = lab.cell(place)
    ring = root.locator("[data-handle=start]")
    ring.scroll_into_view_if_needed()
    box = ring.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    found = []
    for k in range(moves + 1):
        root.evaluate("root => bench.start(root, 'dragged', 'pointermove')")
        lab.page.mouse.move(x + (-90 if k % 2 else -40) - k, y)
        found.append(lab.page.evaluate("() => bench.stopped()")["ms"] / 1000)
        lab.page.wait_for_timeout(50)
    lab.page.mouse.up()
    learner.failed += lab.errors() + lab.console
    lab.page.close()
    return opened - begun, ran - opened, found[1:]  # the first wakes everything up


def measure(count: int, pages: int, moves: int) -> list[tuple]:
    from playwright.sync_api import sync_playwright

    with Server() as server, sync_playwright() as play:
        os.setpriority(os.PRIO_PROCESS, server.process.pid, 10)  # and the kernels that it starts
        learners = [Learner(server, 0)]
        learners[0].start()
        wait(lambda: learners[0].passes)
        first, learners[0].passes = learners[0].passes[0], []
        begun = time.monotonic()
        learners += [Learner(server, number) for number in range(1, count)]
        for learner in learners[1:]:
            learner.start()
        wait(lambda: all(learner.passes for learner in learners))
        through = time.monotonic() - begun
        print(f"alone {first:.1f} s, all {count} through after {through:.1f} s", flush=True)
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
        # one cache for all: on a machine of its own each would have been opened before
        with contextlib.closing(browser), browser_context(browser) as context:
            visits = []
            for learner in learners[:pages]:
                visits.append(visit(server, context, learner, moves))
                opened, ran, drags = visits[-1]
                said = f"drags {duration(median(drags))}, late {duration(late(drags))}"
                print(f"{learner.name}: open {opened:.1f} s, run {ran:.1f} s, {said}", flush=True)
        whole, largest = memory(server)
        failed = [text for learner in learners for text in learner.failed]
        for learner in learners:
            learner.stopped = True
    for text in failed[:5]:
        print("wrong:", text[:300])
    opened, ran, drags = zip(*visits, strict=True)
    middle, slow = [median(one) for one in drags], [late(one) for one in drags]
    most, on = count * KERNEL, f"{count} kernels on {os.cpu_count()} cores: "
    found = [
        ("all through lesson 05, run from top to bottom", duration(through), "", None),
        ("the same, one kernel alone", duration(first), "", None),
        ("errors", str(len(failed)), "0", not failed),
        ("memory, with JupyterLab", size(whole), size(most), whole <= most),
        ("the largest kernel, after many times through", size(largest), "", None),
        (f"a page opened, of {len(visits)}", spread(opened), "", None),
        ("a cell with an explorer run in the page", spread(ran), "", None),
        ("a move of a drag until painted, each learner's median", spread(middle),
         duration(AT_ONCE), max(middle) <= AT_ONCE),
        ("the same, each learner's 95th percentile", spread(slow), "", None),
    ]  # fmt: skip
    return [(on + what, *rest) for what, *rest in found]


def spread(seconds) -> str:
    return f"{duration(median(seconds))}, at worst {duration(max(seconds))}"


def wait(condition):
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, f"not through after {LONGEST} s"
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--pages", type=int, default=20, help="how many of them are opened")
    parser.add_argument("--moves", type=int, default=20, help="of each drag")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/trust.md")
    given = parser.parse_args()
    rows = measure(given.learners, given.pages, given.moves)
    for what, found, most, met in rows:
        print(f"{what}: {found}{most and f' (at most {most})'}{' MISSED' * (met is False)}")
    if given.write:
        measured.write("load", rows)
    return 0 if all(met in (True, None) for *_, met in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
