"""A plot of `explore` that walks by itself in a real JupyterLab: no hand waits for Python."""


import pytest
from jupyter_driver import TWO_FRAMES, browser_context
from playwright.sync_api import expect
from test_browser_live import in_kernel, shape, source, summary
from test_browser_saving import Page
from wire import bands

from optimlab import Momentum, descend, explore

CELLS = [
    "import ipywidgets\nfrom optimlab import Momentum, explore\n"
    "explorer = explore('ravine', Momentum, start=(-7, 2), steps=30)\nexplorer",
    "other = explore('parabola', 'SGD', start=4, steps=10)\n"
    "_ = ipywidgets.jslink((explorer.controls['lr'], 'index'), (other.controls['lr'], 'index'))\n"
    "other",
    "veiled = explore('rosenbrock', 'Adam', start=(-1.25, 1.5))\nveiled.veil('Not yet.')\nveiled",
    "looked_at = explore('ravine', 'SGD', lr=0.1, inspect=True)\nlooked_at",
]
PATH = '[data-mark="path Momentum"]'
#: whether the first band says so much in so many pieces, and is not dimmed
BANDED = """([words, pieces]) => {
  const [said, band] = ['.ol-live .ol-words', '.ol-band'].map((one) => document.querySelector(one));
  const verdicts = '[data-verdict]:not([data-verdict=best], [data-verdict=limit])';
  return said.textContent === words && band.querySelectorAll(verdicts).length === pieces
    && ![said, band].some((one) => one.classList.contains('ol-stale'));
}"""


@pytest.fixture
def page(lab):
    lab.received = []  # all that Python sends
    lab.page.on("websocket", lambda s: s.on("framereceived", lambda m: lab.received.append(m)))
    lab.show(*CELLS, name="engine")
    lab.until("() => document.querySelectorAll('.ol-live').length === 4")
    return lab


def holding(lab, text):
    """How many of Python's messages hold a text."""
    kinds = (m if isinstance(m, bytes) else m.encode() for m in lab.received)
    return sum(text in message for message in kinds)


def keys(lab, name, key, count=1, cell=0):
    """Press a key on a slider; after each press the path is another one, at once."""
    place = f".jp-Notebook-cell >> nth={cell} >> .ol-{name} .noUi-handle"
    lab.page.locator(place).first.focus()
    before = lab.live().locator(PATH).get_attribute("d")
    for _ in range(count):
        lab.page.keyboard.press(key)
        lab.page.evaluate(TWO_FRAMES)
        drawn = lab.live().locator(PATH).get_attribute("d")
        assert drawn != before
        before = drawn


def drag(lab, x, y, steps=6):
    """Drag the start of the first plot; the path begins under the pointer at each move."""
    ring = lab.live().locator("[data-handle=start]")
    box = ring.bounding_box()
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(left, top)
    lab.page.mouse.down()
    for k in range(1, steps + 1):
        lab.page.mouse.move(left + x * k / steps, top + y * k / steps)
        lab.page.evaluate(TWO_FRAMES)
        first = lab.live().locator(PATH).get_attribute("d")[1:].split("L")[0].split()
        at = ring.get_attribute("transform").removeprefix("translate(").rstrip(")").split()
        assert [float(v) for v in first] == pytest.approx([float(v) for v in at], abs=0.02)
    lab.page.mouse.up()


def settings(lab):
    """What controls, ring and sentence of the first plot say, in the page."""
    read = "() => document.querySelector('.ol-lr .widget-readout').textContent"
    rate = float(lab.page.evaluate(read))
    others = [lab.page.locator(f".ol-{name} .widget-readout").first.text_content()
              for name in ("steps", "momentum")]  # fmt: skip
    fields = [lab.live().locator(f"[data-which='{i}'][type=number]").input_value() for i in (0, 1)]
    return rate, int(others[0]), float(others[1]), [float(v) for v in fields]


@pytest.fixture(scope="module")
def band(run):
    """What Python says in a band of Momentum, and in how many pieces."""
    explorer = explore("ravine", Momentum, inspect=True)

    def told(**places):
        explorer.put(**places)._send_frames()  # Playwright's loop would do it later
        (found,) = bands(run, explorer)
        return [found["words"], sum(len(row["pieces"]) for row in found["rows"])]

    return told


def check(lab, band):
    """Sentence and band in the page are of what controls and ring stand for, as Python has them."""
    rate, steps, momentum, start = settings(lab)
    path = descend("ravine", Momentum(lr=rate, momentum=momentum), start, steps)
    assert summary(lab) == path.summary() and source(lab) == "engine"
    lab.until(BANDED, band(steps=steps, momentum=momentum, start=tuple(start)))


def test_every_hand_is_answered_with_python_busy_restarted_and_killed(page, band):
    # veiled: neither the run nor the texts that it could be made from are in the page
    assert holding(page, b"alpha__") > 0 and holding(page, b"beta1__") == 0
    assert holding(page, b"SGD with learning") > 0 and holding(page, b"Adam with learning") == 0
    assert source(page, 2) == "data" and shape(page, '[data-mark="path Adam"]', 2) == ""

    # Python is busy: every control, the start, play
    in_kernel(page, "import time; time.sleep(6)")
    keys(page, "lr", "ArrowRight", 3)
    expect(page.live(1).locator(".ol-summary"), "the other").to_contain_text("learning rate 0.13")
    keys(page, "momentum", "ArrowLeft", 3)
    keys(page, "steps", "ArrowRight", 3)
    drag(page, 80, 50)
    check(page, band)
    page.live().locator("button[data-action=play]").click()
    step = "Number(document.querySelector('.ol-live').dataset.step)"
    page.until(f"() => {step} > 0 && {step} < 33")
    page.live().locator("button[data-action=play]").click()
    page.live().locator("[data-action=step]").press("End")
    assert page.page.evaluate("() => window.busy"), "nothing of it waits for Python"
    # Python follows once the hand rests, to the same numbers
    rate, steps, momentum, start = settings(page)
    asked = "print(explorer['lr'], explorer['steps'], explorer.start)"
    page.until_python(asked, f"{rate:g} {steps} {tuple(start)}")
    page.until_python("print(explorer.summary)", lambda: summary(page))
    page.until_python("print(explorer.paths['Momentum'].summary())", lambda: summary(page))
    page.until_python("print(other['lr'], other.paths['SGD'].optimizer.lr)", "0.13 0.13")
    assert page.python("print(explorer.status, explorer.plot.frames)") == "{}", "nor is a band sent"

    # revealed, it has what the others have
    page.python("veiled.unveil()")
    page.until("() => document.querySelectorAll('.ol-live')[2].dataset.source === 'engine'")
    expect(page.live(2).locator(".ol-summary")).to_contain_text("Adam")
    assert holding(page, b"beta1__") == 1
    assert page.errors() == []

    # Python begins anew, and is gone: the picture goes on being right
    for end in ("restartKernel", "shutdown"):
        session = "window.jupyterapp.shell.currentWidget.sessionContext"
        page.page.evaluate(f"async () => {{ await {session}.{end}(); }}")
        keys(page, "momentum", "ArrowLeft", 2)
        drag(page, -30, 20)
        keys(page, "lr", "ArrowRight", 1)
        check(page, band)
    page.live().locator("[data-action=reset]").click()
    page.page.evaluate(TWO_FRAMES)
    assert settings(page) == (0.1, 30, 0.9, [-7, 2])
    check(page, band)

    # what needs Python says that it is not there
    page.live(3).locator("[data-handle=start]").press("ArrowRight")
    late = "document.querySelectorAll('.ol-live')[3].querySelector('.ol-summary').textContent"
    page.until(f"() => {late}.startsWith('Python does not answer')")
    page.live(3).locator("[data-handle=start]").press("ArrowLeft")
    page.until(f"() => {late}.startsWith('SGD')")


def test_reloaded_the_page_has_its_program_again(page, band):
    keys(page, "momentum", "ArrowLeft", 2)
    page.save()
    page.reopen(run=True)
    page.until("() => document.querySelector('.ol-live')?.dataset.source === 'engine'")
    keys(page, "momentum", "ArrowLeft", 1)
    check(page, band)


@pytest.fixture
def guarded(lab):
    """A page that gets a policy; it serves for no other test."""
    yield lab
    lab.page.close()


def test_under_a_policy_without_unsafe_eval_python_answers_every_hand(guarded):
    """A policy holds from the moment it stands there: JupyterLab itself is loaded by then."""
    # a new page: without the code that an earlier notebook has made
    guarded.show(CELLS[0], name="policy", run=False, page=True)
    guarded.page.evaluate(
        """() => {
          const content = "script-src 'self' 'unsafe-inline' blob: data:";
          const policy = { httpEquiv: "Content-Security-Policy", content };
          document.head.append(Object.assign(document.createElement("meta"), policy));
        }"""
    )
    # what a debugger asks itself is free of it, what it leaves behind is not
    made = "try { Function('return 1')(); told('made'); } catch (e) { told(e.name); }"
    later = f"() => new Promise((told) => setTimeout(() => {{ {made} }}))"
    assert guarded.page.evaluate(later) == "EvalError"
    assert guarded.run_all() == []
    guarded.until("() => document.querySelector('.ol-live')?.dataset.source === 'frames'")
    guarded.until_python("print(explorer.plot.program)", "{}")
    frames = "() => document.querySelector('.ol-live').dataset.source === 'frames'"
    for name, key, asked in (
        ("lr", "ArrowRight", "explorer['lr']"), ("momentum", "ArrowLeft", "explorer['momentum']"),
        ("steps", "ArrowRight", "explorer['steps']"),
    ):  # fmt: skip
        before, stood = summary(guarded), guarded.python(f"print({asked})")
        guarded.page.locator(f".ol-{name} .noUi-handle").first.press(key)
        guarded.until("was => document.querySelector('.ol-summary').textContent !== was", before)
        guarded.until_python(f"print({asked} != {stood})", "True")
        guarded.until_python("print(explorer.summary)", lambda: summary(guarded))
    before = shape(guarded, PATH)
    guarded.live().locator("[data-handle=start]").press("ArrowUp")
    guarded.until(f"was => document.querySelector('{PATH}').getAttribute('d') !== was", before)
    guarded.until(frames)
    guarded.until_python("print(explorer.summary)", lambda: summary(guarded))
    guarded.until_python("print(explorer.start[1] > 2)", "True")
    band = "document.querySelector('.ol-band:not(.ol-stale) .ol-band-row')"
    guarded.until(f"() => {band}?.children.length > 4")
    assert guarded.errors() == []


# --- a page from a disk ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def offline(browser):
    with browser_context(browser, offline=True) as context:
        yield context


def test_a_saved_page_is_live_in_every_control_the_start_and_play(offline, tmp_path):
    explorer = explore("ravine", ["Momentum", "Adam"], start=(-7, 2), steps=30, target=(0.1, 20))
    page = Page(offline, explorer, tmp_path / "run.html")
    page.until("root.dataset.source === 'engine'")
    for label, key in (("momentum", "Home"), ("steps", "ArrowRight"), ("β₁", "ArrowLeft"),
                       ("learning rate", "ArrowRight"), ("start x₀", "ArrowRight")):  # fmt: skip
        page.page.get_by_role("slider", name=label).press(key)
    page.page.get_by_role("checkbox", name="bias correction").click()
    ring = page.page.locator("[data-handle=start]")
    ring.press("ArrowDown")
    box = page.page.locator("svg.ol-overlay").first.bounding_box()
    page.page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    page.page.evaluate(TWO_FRAMES)
    fields = [page.page.locator(f"[data-which='{i}'][type=number]").input_value() for i in (0, 1)]
    explorer.put(momentum=0.0, steps=31, lr=0.11, beta1=0.89, bias_correction=False,
                 start=tuple(map(float, fields)))  # fmt: skip
    assert page.text(".ol-summary") == explorer.summary
    assert page.text(".ol-goal") == explorer.plot.data["list"][0]["goal"]
    page.page.locator("[data-action=back]").click()
    page.until("root.dataset.step === '30'")
    page.page.locator("[data-action=reset]").click()
    page.page.evaluate(TWO_FRAMES)
    explorer.restore(explorer._first)
    assert page.text(".ol-summary") == explorer.summary
    expect(page.page.locator(".ol-fixed")).to_have_count(0)
    assert page.said == []
    page.page.close()


def test_where_the_policy_forbids_it_python_is_asked(offline, tmp_path, monkeypatch):
    explorer = explore("ravine", "SGD", start=(-7, 2))
    place = tmp_path / "run.html"
    save = explorer.save

    def strict(path):
        save(path)
        text = path.read_text("utf-8")
        assert text.count("'unsafe-eval'") == 1
        told = "model.send = (said) => (window.told = [...(window.told ?? []), said]);"
        text = text.replace("new View(model,", f"{told} new View(model,")
        path.write_text(text.replace(" 'unsafe-eval'", ""), "utf-8")

    monkeypatch.setattr(explorer, "save", strict)
    page = Page(offline, explorer, place)
    page.until("root.dataset.source === 'data'")
    assert page.page.evaluate("() => window.told") == [{"kind": "refused"}], "once"
    assert page.text(".ol-summary") == explorer.summary, "what Python has sent is shown"
    assert all("unsafe-eval" in words for words in page.said), "Chromium says what it refused"
    page.page.close()
