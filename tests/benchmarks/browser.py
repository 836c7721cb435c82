"""The parts of the benchmark that need a real JupyterLab in a real Chromium."""

from __future__ import annotations

import contextlib
import itertools
import json
import struct
from pathlib import Path

import numpy as np
import scenes
from jupyter_driver import FLAGS, Server, browser_page, find_browser
from nbformat import v4
from report import Row, compare, duration, late, limit, median, size

BLOCKS, PRESSES = 9, 5  # each way is measured in turn, a block at a time
MOVES, WHILE_TRAINING = 60, 40
BURSTS, BURST_MOVES, PERIOD = 5, 200, 10
SCREEN = 1 / 60
BUSY = 5
WALKED = 24
RUGGED = "rastrigin"

WAYS = {"live": 0, "rate": 0, "matplotlib": 2, "plotly": 3}  # cell of each
CELLS = [scenes.LIVE, scenes.COMMON, scenes.MATPLOTLIB, scenes.PLOTLY]
INTERACT = "`interact` + matplotlib"
PLOTLY = "plotly `FigureWidget`"


def rows(parts):
    """The rows of `parts`, from one JupyterLab and one browser."""
    from playwright.sync_api import sync_playwright

    program = find_browser()
    if program is None:
        return [Row(", ".join(parts), "not measured: there is no Chromium or Chrome")]
    found = []
    with Server() as server, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=FLAGS)
        with contextlib.closing(chromium):
            if "live" in parts or "drag" in parts:
                with browser_page(chromium, server) as lab:
                    found += timed_rows(Bench(lab, CELLS), parts)
            if "walk" in parts:
                cells = [scenes.COMMON, scenes.MATPLOTLIB, *(c for c, _ in scenes.WALKS.values())]
                with browser_page(chromium, server) as lab:
                    found += walk_rows(Bench(lab, cells))
            if "race" in parts:
                with browser_page(chromium, server) as lab:
                    found += race_rows(Bench(lab, [scenes.RACE, scenes.INSPECTED]))
            if "train" in parts:
                with browser_page(chromium, server) as lab:
                    found += training_rows(Bench(lab, [scenes.TRAINING]))
            if "wire" in parts:
                found += wire_rows(chromium, server)
    return found


# --- a notebook and its stop-watch -------------------------------------------------------------


class Bench:
    """A notebook of these cells, or one that has run already, with page.js in its page."""

    def __init__(self, lab, cells=()):
        self.lab, self.page = lab, lab.page
        if cells:
            open_notebook(lab, cells)
            run_notebook(lab)
        self.page.evaluate("window.jupyterapp.shell.collapseLeft()")
        self.page.evaluate(Path(__file__).with_name("page.js").read_text(encoding="utf-8"))

    def place(self, way):
        """The number of the cell of `way`."""
        return WAYS[way]

    def show(self, way):
        """Bring the cell of `way` into the window; what is out of sight is not painted."""
        root = self.page.locator(".jp-Notebook-cell").nth(self.place(way))
        root.evaluate("node => node.scrollIntoView({block: 'start'})")
        self.rest(200)
        self.root = root.locator(".jp-Cell-outputArea")
        return self.root

    def rest(self, milliseconds=20):
        self.page.evaluate("ms => bench.rest(ms)", milliseconds)

    def time(self, kind, event, act):
        """(seconds, source) from the event that `act` causes to the painted change."""
        self.root.evaluate("(root, [kind, event]) => bench.start(root, kind, event)", [kind, event])
        act()
        found = self.page.evaluate("() => bench.stopped()")
        return found["ms"] / 1000, found["source"]

    def presses(self, way, key, count=PRESSES):
        """Times of `count` presses of an arrow key on the slider of `way`."""
        self.show(way).locator(".noUi-handle").first.focus()
        found = []
        for _ in range(count + 1):
            found.append(self.press(way, key))
            self.rest()
        return found[1:]  # the first wakes everything up

    def press(self, way, key):
        """(seconds, source) of one press; the kernel may be busy."""
        return self.time(way, "keydown", lambda: self.page.keyboard.press(key))

    def move(self, x, y):
        """(seconds, source) of one move of the held handle."""
        return self.time("dragged", "pointermove", lambda: self.page.mouse.move(x, y))


def open_notebook(lab, cells):
    book = v4.new_notebook(cells=[v4.new_code_cell(source) for source in cells])
    path = lab.server.folder / "benchmark.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    lab.open(path)


def run_notebook(lab):
    if errors := lab.run_all():
        raise RuntimeError("\n".join(errors))
    lab.wait_idle()


# --- what a tick and a drag cost ---------------------------------------------------------------


def timed_rows(bench, parts):
    ways = ("live", "matplotlib", "plotly") if "live" in parts else ("matplotlib",)
    ticks = {way: [] for way in ways}
    for block, way in itertools.product(range(BLOCKS), ways):
        ticks[way] += bench.presses(way, "ArrowLeft" if block % 2 else "ArrowRight")
    seconds = {way: [taken for taken, _ in found] for way, found in ticks.items()}
    found = []
    if "live" in parts:
        found += tick_rows(seconds, [source for _, source in ticks["live"]])
        found.append(busy_row(bench))
    if "drag" in parts:
        found += drag_rows(bench, median(seconds["matplotlib"]))
    return found


def tick_rows(seconds, sources):
    if set(sources) != {"engine"}:
        raise RuntimeError(f"ticks were painted from {sorted(set(sources))}, not by the page alone")
    ours = median(seconds["live"])
    others = {way: median(seconds[way]) for way in ("matplotlib", "plotly")}
    what = "learning-rate tick, p50"
    return [
        compare(what, ours, others["matplotlib"], INTERACT, 1 / 20),
        compare(what, ours, others["plotly"], PLOTLY, 1 / 6),
        limit(f"{what}, in one screen frame", ours, SCREEN),
        limit(
            "learning-rate tick, p95, in three screen frames",
            late(seconds["live"]),
            3 * SCREEN,
            against=f"{duration(late(seconds['matplotlib']))}, {INTERACT}; "
            f"{duration(late(seconds['plotly']))}, {PLOTLY}",
        ),
    ]


def busy_row(bench):
    """Ticks while the kernel sleeps: they must all be painted before it wakes."""
    bench.show("live").locator(".noUi-handle").first.focus()
    bench.page.evaluate("seconds => bench.sleep(seconds)", BUSY)
    taken = []
    for _ in range(10):
        taken.append(bench.press("live", "ArrowRight")[0])
        bench.page.wait_for_timeout(50)
    repainted = bench.page.evaluate("() => bench.busy")
    bench.rest()
    said = f"{'yes' if repainted else 'no'}, p50 {duration(median(taken))}"
    return Row(f"a tick repaints while the kernel is busy for {BUSY} s", said, target="yes",
               met=repainted)  # fmt: skip


def drag_rows(bench, redraw):
    bench.show("live")
    seconds = drag(bench)
    bursts = [burst(bench) for _ in range(BURSTS)]
    lasted = np.mean([found["lasted"] for found in bursts]) / 1000
    sent = median([found["sent"] for found in bursts])
    slowest = max(found["shown"] for found in bursts) / 1000
    left = max(found["left"] for found in bursts)
    return [
        compare("start drag, move to painted path, p50", median(seconds), redraw, INTERACT, 1 / 18),
        Row("start drag, p95", duration(late(seconds))),
        limit(
            f"{BURST_MOVES} moves in {lasted:.1f} s: the last one's path is shown after, "
            f"slowest of {BURSTS}",
            slowest,
            0.3,
        ),
        Row(
            "the same: messages that the kernel has not answered 0.3 s after the last move",
            f"{left} of {sent:.0f} sent",
            target="none",
            met=left == 0,
        ),
    ]


def drag(bench):
    """Times of single moves of the start, along a circle with the mouse held down."""
    x, y = grab(bench)
    found = []
    for angle in np.linspace(0, 6, MOVES + 1)[1:]:
        to = x + 60 * np.sin(angle), y + 60 * (1 - np.cos(angle))
        found.append(bench.move(*to))
        bench.rest(10)
    bench.page.mouse.up()
    bench.rest(500)  # the frames of the new start
    seconds, sources = zip(*found, strict=True)
    if set(sources) != {"engine"}:
        raise RuntimeError(f"the moves were painted from {set(sources)}, not by the page")
    return seconds


def burst(bench):
    x, y = grab(bench)
    turns = np.linspace(0, 4 * np.pi, BURST_MOVES + 1)[1:]
    points = np.stack([x + 60 * np.sin(turns), y + 60 * (1 - np.cos(turns))], axis=-1)
    points[-1] += 25, 10  # the last place is one where the path has not been
    call = "(root, [points, period]) => bench.burst(root, points, period)"
    found = bench.root.evaluate(call, [points.tolist(), PERIOD])
    bench.page.mouse.up()
    bench.rest(500)
    grab(bench)
    bench.page.mouse.move(x, y)  # back, for the next one
    bench.page.mouse.up()
    bench.rest(500)
    return found


def grab(bench):
    """Press the mouse on the start; returns where that is."""
    box = bench.root.locator("[data-handle=start]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    bench.page.mouse.move(x, y)
    bench.page.mouse.down()
    return x, y


# --- what the page walks by itself --------------------------------------------------------------


def walk_rows(bench):
    """Drags and slider presses on runs that the page walks: Python idle, in a loop, and gone."""
    bench.root = bench.page.locator(".jp-Notebook-cell").nth(1).locator(".jp-Cell-outputArea")
    WAYS["matplotlib"] = 1
    redraw = median([s for s, _ in bench.presses("matplotlib", "ArrowRight", 15)])
    found, cells = [], list(enumerate(scenes.WALKS.items(), start=2))
    for cell, (what, (_, momentum)) in cells:
        for hand, seconds in hands(bench, cell, momentum, WALKED).items():
            found += hand_rows(f"{what}: {hand}", seconds, redraw)
    cell, (what, (_, momentum)) = cells[0]
    loop = f"import time; end = time.time() + {BUSY}\nwhile time.time() < end: pass"
    bench.page.evaluate("code => bench.keep(code)", loop)
    times = hands(bench, cell, momentum, WALKED // 2)
    if not bench.page.evaluate("() => bench.busy"):
        raise RuntimeError("Python was to be busy meanwhile, and was not")
    for hand, seconds in times.items():
        found += hand_rows(f"{what}, Python in a loop: {hand}", seconds, redraw)
    bench.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget"
                        ".sessionContext.shutdown(); }")  # fmt: skip
    for hand, seconds in hands(bench, cell, momentum, WALKED // 2).items():
        found += hand_rows(f"{what}, Python gone: {hand}", seconds, redraw)
    return found


def hands(bench, cell, momentum, count):
    """The seconds of `count` moves of the start, and of so many presses on two sliders."""
    whole = bench.page.locator(".jp-Notebook-cell").nth(cell)
    whole.evaluate("node => node.scrollIntoView({block: 'start'})")
    bench.root, pause = whole.locator(".jp-Cell-outputArea"), bench.page.wait_for_timeout
    pause(200)
    x, y = grab(bench)
    found = {"start drag": []}
    for angle in np.linspace(0, 6, count + 1)[1:]:
        to = x + 50 * np.sin(angle), y + 50 * (1 - np.cos(angle))
        found["start drag"].append(bench.move(*to))
        pause(10 + 40 * np.random.default_rng(int(1000 * angle)).random())
    bench.page.mouse.up()
    for name in (momentum, "steps"):
        whole.locator(f".ol-{name} .noUi-handle").first.focus()
        key, seconds = "ArrowLeft", found.setdefault(f"{name} slider", [])
        for k in range(count):
            act = lambda key=key: bench.page.keyboard.press(key)  # noqa: E731
            seconds.append(bench.time("told", "keydown", act))
            pause(10 + 7 * (k % 6))
    if {source for times in found.values() for _, source in times} != {"engine"}:
        raise RuntimeError("not all was painted by the page alone")
    return {hand: [taken for taken, _ in times] for hand, times in found.items()}


def hand_rows(what, seconds, redraw):
    return [
        compare(f"{what}, p50", median(seconds), redraw, INTERACT, 1 / 18),
        limit(f"{what}, p50, in one screen frame", median(seconds), SCREEN),
        limit(f"{what}, p95, in three", late(seconds), 3 * SCREEN),
    ]


# --- a race, and an inspector ---------------------------------------------------------------------


def race_rows(bench):
    """Play, step and rate of a race, and a step of an inspector, all while Python sleeps."""
    step, rate = "input[data-action=step]", ".ol-lr .noUi-handle"
    hands = [  # what is told, cell, place, key, what shows it
        ("a race: play", 0, "button[data-action=play]", " ", "playing"),
        ("a race: a step", 0, step, "ArrowLeft", "told"),
        ("a race: rate", 0, rate, "ArrowLeft", "told"),
        ("inspector: a step", 1, step, "ArrowLeft", "formula"),
        ("inspector: rate", 1, rate, "ArrowLeft", "formula"),
    ]
    found = []
    for what, cell, place, key, shown in hands:
        whole = bench.page.locator(".jp-Notebook-cell").nth(cell)
        whole.evaluate("node => node.scrollIntoView({block: 'start'})")
        bench.root = whole.locator(".jp-Cell-outputArea")
        whole.locator(step).first.press("End")
        bench.rest(300)
        bench.page.evaluate("seconds => bench.sleep(seconds)", 2 * BUSY)
        times = [pressed(bench, whole, place, key, shown) for _ in range(WALKED // 2 + 1)]
        if not bench.page.evaluate("() => bench.busy"):
            raise RuntimeError("Python was to be asleep meanwhile, and was not")
        if {source for _, source in times} != {"frames"}:
            raise RuntimeError(f"not every press was painted from frames: {what}")
        seconds = [taken for taken, _ in times[1:]]  # the first wakes everything up
        found += [
            limit(f"{what}, Python asleep, p50, in one screen frame", median(seconds), SCREEN),
            limit(f"{what}, p95, in three", late(seconds), 3 * SCREEN),
        ]
        bench.rest()
    return found


def pressed(bench, whole, place, key, shown):
    """(seconds, source) of a press; what it has set playing is stopped, and begins anew."""
    whole.locator(place).first.focus()
    found = bench.time(shown, "keydown", lambda: bench.page.keyboard.press(key))
    if key == " ":
        bench.page.keyboard.press(key)
    bench.page.wait_for_timeout(10 + 40 * np.random.default_rng(int(1e9 * found[0])).random())
    return found


# --- a slider while a network trains -----------------------------------------------------------


def training_rows(bench):
    """Key press on the rate's slider to the painted sentence with the new rate, while it trains."""
    bench.page.locator(".ol-play").click()
    bench.page.locator(".ol-play", has_text="Pause").wait_for()
    bench.show("rate").locator(".noUi-handle").first.focus()
    before = int(bench.lab.python("print(network.training.steps)"))
    seconds = []
    for i in range(WHILE_TRAINING + 1):
        seconds.append(bench.press("rate", "ArrowLeft" if i % 2 else "ArrowRight")[0])
        bench.rest(100)
    if int(bench.lab.python("print(network.training.steps)")) <= before + WHILE_TRAINING:
        raise RuntimeError("the network was to train meanwhile, and did not")
    what = "a rate applied and shown while a network trains, key press to painted sentence"
    return [
        limit(f"{what}, p50", median(seconds[1:]), 0.3),
        limit("the same, slowest", max(seconds[1:]), 0.3),
    ]


# --- what goes over the wire -------------------------------------------------------------------


def wire_rows(chromium, server):
    shown, frames = received(chromium, server, [scenes.LIVE])
    common, _ = received(chromium, server, [scenes.COMMON])
    widget, _ = received(chromium, server, [scenes.COMMON, scenes.PLOTLY])
    rugged, _ = received(chromium, server, [scenes.LIVE.replace("ravine", RUGGED)])
    against = f"{size(widget - common)}, {PLOTLY}"
    return [
        limit("sent to show a live plot", shown + frames, 250e3, size, against),
        limit("of this, neither picture nor JS nor CSS", own_bytes(), 20e3, size),
        limit(f"the same for `{RUGGED}`, the most detailed, without frames", rugged, 250e3, size),
    ]


def own_bytes():
    """Bytes of all that an explorer of `ravine` sends, but for its picture, JS and CSS."""
    from ipywidgets.widgets.widget import _remove_buffers

    from optimlab import explore
    from optimlab.explorers.base import parts_of

    explorer = explore("ravine", "SGD", lr=0.1, start=(-7, 2), steps=60)
    total = 0
    for widget in parts_of(explorer):
        state = widget.get_state()
        if widget is explorer.plot:
            code = {"_esm", "_code", "_css", "panels"}
            state = {n: v for n, v in state.items() if n not in code}
        state, _, buffers = _remove_buffers(state)
        total += len(json.dumps(state)) + sum(memoryview(one).nbytes for one in buffers)
    return total


def received(chromium, server, cells):
    """Bytes that the kernel's socket brings while the cells run: (without frames, frames)."""
    messages = []
    with browser_page(chromium, server) as lab:
        lab.page.on("websocket", lambda socket: listen(socket, messages))
        open_notebook(lab, cells)
        messages.clear()
        run_notebook(lab)
        lab.page.wait_for_timeout(500)
    sizes = {False: 0, True: 0}
    for message in messages:
        data = message.encode() if isinstance(message, str) else message
        sizes[holds_frames(message)] += len(data)
    return sizes[False], sizes[True]


def listen(socket, messages):
    """Keep what the kernel's socket brings; JupyterLab has others, for its own events."""
    if "/channels" in socket.url:
        socket.on("framereceived", lambda message: messages.append(message))


def holds_frames(message):
    """Whether a message of the kernel updates the trait `frames`.

    In Jupyter's v1 protocol it begins with the number of offsets and the offsets, each eight bytes;
    then come the channel, header, parent header, metadata, content and buffers. A text is the
    older form without buffers. Any other is an error that shows how it begins.
    """
    try:
        if isinstance(message, str):
            content = json.loads(message)["content"]
        else:
            (count,) = struct.unpack_from("<Q", message)
            offsets = struct.unpack_from(f"<{count}Q", message, 8)
            parts = [message[start:end] for start, end in itertools.pairwise(offsets)]
            content = json.loads(parts[4])
        data = content.get("data")
    except (struct.error, MemoryError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise RuntimeError(f"a message of no known form: {message[:60]!r}") from error
    return isinstance(data, dict) and list(data.get("state", [])) == ["frames"]
