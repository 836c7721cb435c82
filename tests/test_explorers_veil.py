"""Every explorer before its run is shown, and whether its target is reached."""

import base64
import contextlib
import functools
import io
import json
import re
import warnings

import ipywidgets as widgets
import numpy as np
import pytest
import traitlets
from PIL import Image
from plotly.basedatatypes import BaseFigure
from wire import inspected, shown

from optimlab import SGD, Adam, Momentum, data, explore, network
from optimlab.draw.live import LivePlot
from optimlab.draw.live.live import VIEW
from optimlab.explorers import (
    BatchExplorer,
    ChordExplorer,
    ConditionExplorer,
    DirectionExplorer,
    ErrorExplorer,
    FamilyExplorer,
    FitExplorer,
    GraphExplorer,
    GridExplorer,
    MapExplorer,
    NoiseExplorer,
    PlaneExplorer,
    RaceExplorer,
    RareGradientExplorer,
    SchemeExplorer,
    SecantExplorer,
    SlicesExplorer,
    StagesExplorer,
    StripExplorer,
    SurfaceExplorer,
)
from optimlab.explorers.base import Explorer, parts_of
from optimlab.functions import Function

SENTENCE = "The run appears when you have answered."
BOX = ((0, 4), (0, 4))
X, Y = np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 5])
SLOPE = ("slope", 24)
TIPS = data.tips().standardised()

SLICES = ["cut x", "cut y", "level"]

#: how to make an explorer, and the marks of its scene
MAKERS = {
    "path": (lambda: explore("ravine", [SGD, Momentum], steps=10, target=(0.01, 30)), []),
    "line": (lambda: explore("parabola", SGD, lr=0.2, start=4, steps=10, inspect=True), []),
    "secant": (lambda: SecantExplorer("cubic", x=0.5, target=0.01), ["ends"]),
    "slices": (lambda: SlicesExplorer("bowl", point=(1, 3), domain=BOX), SLICES),
    "direction": (lambda: DirectionExplorer("bowl", point=(1, 3), target="up", domain=BOX), []),
    "graph": (lambda: GraphExplorer(network.cube, {"x": (-1, 2, 0.05)}), ["inputs"]),
    "error": (lambda: ErrorExplorer("cubic"), []),
    "fit": (lambda: FitExplorer(X, Y, target=1), ["model"]),
    "logistic": (lambda: FitExplorer(X, [0, 1, 0, 1], model="logistic"), ["model"]),
    "grid": (lambda: GridExplorer("parabola"), []),
    "strip": (lambda: StripExplorer("wave", steps=5, target=0, rates=[0.1, 0.25]), []),
    "map": (lambda: MapExplorer("wave", rates=[0.1, 0.2], starts=[1, 2, 3]), ["start"]),
    "chord": (lambda: ChordExplorer("wave", ends=(3.5, 6), target=4), ["names"]),
    "condition": (lambda: ConditionExplorer(20, conditions=(1, 20)), ["contours"]),
    "surface": (lambda: SurfaceExplorer("bowl", SGD, start=(0, 4.5), steps=15, samples=21), []),
    "curves": (lambda: explore("ravine", Adam, steps=10, curves=("rate", "v")), []),
    "noise": (lambda: NoiseExplorer(TIPS), []),
    "batches": (lambda: BatchExplorer(TIPS, epochs=1, rates=(0.1, 0.2)), []),
    "plane": (lambda: PlaneExplorer("ravine", Momentum), []),
    "scheme": (lambda: SchemeExplorer("parabola"), []),
    "stages": (lambda: StagesExplorer(True), []),
    "rare": (lambda: RareGradientExplorer(0.99, values=(0.99, 0.999)), []),
    "family": (lambda: FamilyExplorer("Adam"), []),
    "race": (lambda: RaceExplorer("ravine", steps=20), ["contours", "minima", "stars"]),
}
every_explorer = pytest.mark.parametrize("kind", MAKERS)


@functools.cache
def made(kind):
    """For tests that leave it as it was."""
    return MAKERS[kind][0]()


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def state(explorer):
    """All that a plot sends of a run."""
    plot = explorer.plot
    hidden = [widget.layout.display or None for widget in explorer._only_with_run]
    # an explorer that has been veiled keeps no band: test_explorers_band.py
    frames = {name: value for name, value in plot.frames.items() if name != "band"}
    return plot.data, frames, plot.images, explorer.summary, plot.still(), hidden


@every_explorer
def test_a_veiled_explorer_holds_the_scene_alone(kind):
    scene, explorer = MAKERS[kind][1], made(kind)
    panels, before = explorer.plot.panels, state(explorer)
    handles = explorer.plot.handles
    explorer.veil(SENTENCE)
    plot = explorer.plot
    assert explorer.veiled and plot.veiled and explorer.status == "" and not explorer.reached
    (frame,) = plot.data["list"]
    assert set(frame["marks"]) == set(scene) and set(frame) <= {"marks", "texts", "summary"}
    assert set(frame["texts"]) <= set(scene)
    assert plot.frames == {} and plot.images == {} and plot.handles == handles
    assert frame["summary"] == explorer.summary == SENTENCE
    assert all(widget.layout.display == "none" for widget in explorer._only_with_run)
    text = explorer._repr_mimebundle_()[0]["text/plain"]
    assert text == SENTENCE
    json.dumps(frame)
    explorer.unveil()
    assert not explorer.veiled and not plot.veiled and plot.panels is panels
    assert state(explorer) == before, "as it would have been from the start"


def same(one, other):
    """Whether two frames show the same, down to what a run in a batch may round otherwise."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, str | bytes) or one is None:
        return one == other
    with contextlib.suppress(TypeError, ValueError):
        return np.allclose(np.asarray(one, float), np.asarray(other, float), equal_nan=True)
    return len(one) == len(other) and all(map(same, one, other))


@every_explorer
def test_what_is_sent_ahead_for_a_position_is_what_is_shown_there(kind):
    explorer = made(kind)
    values = explorer._values() or [explorer._value()]
    few = values[:: max(1, len(values) // 3)]
    for value, ahead in zip(few, explorer.frames(few), strict=True):
        (there,) = explorer.frames([value])
        assert same(ahead, there), f"at {value}"


@every_explorer
def test_the_veiled_still_is_the_scene_with_its_handles(kind):
    make, scene = MAKERS[kind]
    explorer = make()
    full = pixels(explorer.plot.still())
    frame = explorer.plot._frame
    explorer.veil(SENTENCE)
    veiled = pixels(explorer.plot.still())
    explorer.plot._frame = {name: frame[name] for name in scene}
    np.testing.assert_array_equal(pixels(explorer.plot.still()), veiled)
    assert (np.abs(full - veiled).sum(axis=2) > 60).sum() > 100, "the run was there"
    bundle = explorer._repr_mimebundle_()[0]
    assert base64.b64decode(bundle["image/png"])[:4] == b"\x89PNG" and VIEW in bundle


def told(explorer):
    """Sentence, target and words in the picture, but for tables of digits."""
    frame = explorer.plot._frame
    labels = [word for name, data in frame.items() if name not in ("readout", "digits")
              if isinstance(data, tuple) and len(data) == 2 for word in data[1]]  # fmt: skip
    return " ".join([frame["summary"], frame.get("goal", ""), *map(str, labels)])


@every_explorer
def test_numbers_in_a_caption_have_one_precision(kind):
    broken = re.findall(r"\d[\d,]*\.\d+", told(MAKERS[kind][0]()))
    digits = {number: len(number.replace(".", "").lstrip("0")) for number in broken}
    assert {number for number, count in digits.items() if count > 3} == set()


def test_what_python_asks_is_answered_behind_the_veil():
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=10)
    explorer.veil(SENTENCE)
    explorer.start = (1, 1)
    explorer.controls["steps"].value = 4
    explorer.controls["lr"].value = 0.9
    assert explorer.paths["SGD"].points.shape == (5, 2) and explorer.paths["SGD"].start[0] == 1
    assert "path SGD" in explorer.frames([0.5])[0]
    (frame,) = explorer.plot.data["list"]
    assert frame["marks"] == {} and explorer.plot.frames == {} and explorer.summary == SENTENCE
    explorer.unveil()
    assert explorer.plot.data["settings"] == [4, {"start": [1.0, 1.0]}]
    assert "learning rate 0.9" in explorer.summary


def test_the_inspector_says_nothing_behind_the_veil():
    explorer = explore("parabola", SGD, lr=0.2, start=4, steps=10, inspect=True)
    explorer.veil(SENTENCE)
    explorer.plot.step = 2
    assert inspected(explorer, 2) == [] and "step g" not in explorer.plot.data["list"][0]["marks"]
    explorer.unveil()
    assert inspected(explorer, 2)[0].startswith("SGD from step 1 to step 2")


def in_sight(widget):
    """The controls that a page shows of a widget and of all that it holds."""
    pictures = widgets.HTML | widgets.HTMLMath | LivePlot | BaseFigure
    if isinstance(widget, pictures) or widget.layout.display == "none":
        return []
    if isinstance(widget, widgets.Box):
        return [one for child in widget.children for one in in_sight(child)]
    return [widget]


@every_explorer
def test_no_control_is_in_sight_behind_the_veil(kind):
    explorer = MAKERS[kind][0]()
    before = in_sight(explorer)
    explorer.veil(SENTENCE)
    assert in_sight(explorer) == []
    explorer.unveil()
    wanted = {one for one in explorer.controls.values() if one.layout.display != "none"}
    assert in_sight(explorer) == before and wanted <= {*before}


def test_the_surface_hides_its_path():
    explorer = SurfaceExplorer("bowl", SGD, start=(0, 4.5), steps=15, samples=21)

    def drawn():
        return {t.name: len(t.x) for t in explorer.figure.data if t.name.endswith("SGD")}

    before, still = drawn(), pixels(explorer.still())
    explorer.veil(SENTENCE)
    explorer.frames([0.1])
    explorer.plot.step = 3
    assert drawn() == {"path SGD": 0, "steps SGD": 0, "start SGD": 1, "now SGD": 0}
    assert explorer.turn not in in_sight(explorer)
    veiled = pixels(explorer.still())
    half = still.shape[1] // 2
    assert (np.abs(still - veiled)[:, half:].sum(axis=2) > 60).sum() > 100
    explorer.unveil()
    explorer.turn.value = 0
    assert explorer.status == ""
    explorer.plot.step = -1
    assert drawn() == before


def test_a_veil_forgets_notes_and_can_be_lowered_again():
    explorer = explore("ravine", SGD, lr=0.1, steps=10)
    ax = explorer.plot._axes[0][1]
    explorer.plot.add("line", "gap", ax)
    explorer.plot.note("gap", [[0, 0], [1, 1]])
    explorer.plot.step = 4
    explorer.veil(SENTENCE)
    assert explorer.plot.notes["list"][0]["marks"] == {} and explorer.plot.step == -1
    explorer.veil("Again.")
    assert explorer.summary == "Again."
    explorer.unveil()
    before = explorer.plot.data
    explorer.unveil()
    assert explorer.plot.data is before, "there is nothing to lift a second time"
    with pytest.raises(ValueError, match="sentence=''"):
        explorer.veil("")


def test_a_run_that_cannot_be_computed_is_hidden_too(monkeypatch):
    explorer = explore("ravine", SGD, lr=0.1, steps=10)

    def broken(self, values):
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(type(explorer), "frames", broken)
    explorer.veil(SENTENCE)
    assert "on purpose" in explorer.status and explorer.plot.data["list"][0]["marks"] == {}
    explorer.unveil()
    assert "on purpose" in explorer.status


# -- guesses ---------------------------------------------------------------------------------------


def test_a_guess_is_no_setting_and_moves_without_a_computation(monkeypatch):
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=10)
    explorer.veil(SENTENCE)
    ax = explorer.plot._axes[0][1]
    called = []
    compute = type(explorer).frames
    monkeypatch.setattr(type(explorer), "frames", lambda *a: called.append(a) or compute(*a))
    explorer.plot.add("handle", "guess", ax, at=(0, 0), guess=True)
    explorer.plot.handles = {**explorer.plot.handles, "guess": [1.0, 1.0]}
    assert not called
    explorer.unveil()
    assert explorer.plot.data["settings"] == [10, {"start": [-7.0, 2.0]}]
    called.clear()
    explorer.plot.handles = {"start": [1.0, 1.0], "guess": [2.0, 2.0]}
    assert called and explorer.plot.handles["guess"] == [2.0, 2.0]


def test_handles_that_belong_together_leave_a_guess_alone():
    fit = FitExplorer(X, Y)
    fit.plot.add("handle", "guess", fit.plot._axes[1][1], at=(1, 1), guess=True)
    fit.weights = (1.5, 0.25)
    handles = fit.plot.handles
    fit.plot.handles = {"guess": [0.5, 0.5]} | {
        name: [2.0, 1.0] if name == "point" else at
        for name, at in handles.items()
        if name != "guess"
    }
    assert fit.plot.handles["guess"] == [0.5, 0.5]
    left, right = fit.plot.handles["left"], fit.plot.handles["right"]
    assert fit.weights == (2, 1) and fit.status == ""
    assert (left[1], right[1]) == (2 * left[0] + 1, 2 * right[0] + 1)


# -- targets ---------------------------------------------------------------------------------------


def to(**values):
    def act(explorer):
        for name, value in values.items():
            if name in explorer.controls:
                explorer.controls[name].value = value
            else:
                setattr(explorer, name, value)

    return act


REACHES = {
    "path": (lambda: explore("ravine", SGD, lr=0.1, steps=30, target=(0.01, 30)), to(lr=0.9)),
    "surface": (
        lambda: SurfaceExplorer("bowl", lr=0.02, steps=10, samples=11, target=(0.01, 10)),
        to(lr=0.2),
    ),
    "secant": (lambda: SecantExplorer("cubic", x=0.5, target=0.01), to(h=0.002)),
    "slices": (
        lambda: SlicesExplorer("bowl", point=(1, 3), target=(0, 0), domain=BOX),
        to(point=(2, 2)),
    ),
    "direction": (
        lambda: DirectionExplorer("bowl", point=(1, 2), target="up", domain=BOX),
        to(angle=180.0),
    ),
    "slope": (lambda: GraphExplorer(network.cube, {"x": (-1, 2, 0.05)}, target=SLOPE), to(x=1.5)),
    "output": (
        lambda: GraphExplorer(network.cube, {"x": (-1, 2, 0.05)}, target=("output", -8)),
        to(x=-1.0),
    ),
    "fit": (lambda: FitExplorer(X, Y, target=1), to(weights=(1.1, 0.0))),
    "logistic": (
        lambda: FitExplorer(X, [0, 1, 0, 1], model="logistic", target=0.6),
        to(weights=(0.9, -2.2)),
    ),
    "strip": (
        lambda: StripExplorer("wave", start=2.5, steps=5, target=0, rates=[0.1, 0.25]),
        to(start=1.0),
    ),
    "chord": (lambda: ChordExplorer("wave", ends=(3.5, 6), target=4), to(ends=(-1, 4.9))),
}


@pytest.mark.parametrize("kind", REACHES)
def test_a_target_is_reached_and_told(kind):
    make, act = REACHES[kind]
    explorer = make()
    assert explorer.reached is False
    assert "Not yet" in explorer.plot.data["list"][0]["goal"]
    heard = []
    explorer.observe(lambda change: heard.append((change.new, explorer.summary)), "reached")
    act(explorer)
    assert explorer.reached is True and explorer.status == ""
    assert "Reached" in explorer.plot.data["list"][0]["goal"]
    assert heard == [(True, explorer.summary)], "the sentence is that of the run that reached it"
    explorer.veil(SENTENCE)
    assert explorer.reached is False and "goal" not in explorer.plot.data["list"][0]
    explorer.unveil()
    assert explorer.reached is True


def test_every_rule_must_reach_the_target():
    explorer = explore("ravine", [SGD, Momentum], lr=0.1, steps=60, target=(0.1, 60))
    goal = explorer.plot.data["list"][0]["goal"]
    assert goal.count("Target: ") == 1 and "SGD is not there yet: " in goal
    assert "Momentum is there at step " in goal and not explorer.reached
    explorer.controls["lr"].value = 0.5
    goal = explorer.plot.data["list"][0]["goal"]
    assert goal.count(" is there at step ") == 2 and explorer.reached


def test_without_a_target_nothing_is_reached():
    assert not explore("ravine", SGD, lr=0.9).reached and not Explorer().reached


# -- domains and starts ----------------------------------------------------------------------------

ONE = (explore, SecantExplorer, GridExplorer, StripExplorer, MapExplorer, ChordExplorer)
TWO = (explore, SlicesExplorer, DirectionExplorer, SurfaceExplorer)


@pytest.mark.parametrize(
    ("make", "function", "domain"),
    [(m, "wave", d) for m in ONE for d in ((1, 0), 5, ((0, 1), (0, 1)), (0, np.nan), "ab")]
    + [(m, "bowl", d) for m in TWO for d in ((0, 1), ((0, 1), (1, 0)), [1, 2, 3], {0, 1})],
)
def test_a_domain_of_another_shape_is_named(make, function, domain):
    error = TypeError if isinstance(domain, int | str | set) else ValueError
    with pytest.raises(error, match="domain="):
        make(function, domain=domain)


@pytest.mark.parametrize("model", ["line", "logistic"])
def test_a_map_of_the_loss_names_its_domain_too(model):
    with pytest.raises(ValueError, match="domain="):
        FitExplorer(X, [0, 1, 0, 1], model=model, domain=(0, 1))


@pytest.mark.parametrize("make", [SlicesExplorer, DirectionExplorer])
def test_a_constant_surface_has_slopes_of_zero(make):
    flat = Function("flat", "2", lambda p: 0 * p[..., 0] + 2, domain=((0, 1), (0, 1)), start=(0, 0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer = make(flat)
        explorer.point = (0.5, 0.5)
    assert explorer.status == "" and " 0" in explorer.summary
    assert len(explorer.plot.still()) > 1000


def test_the_strip_takes_the_start_too():
    explorer = StripExplorer("wave", steps=5, rates=[0.25])
    handle = next(mark for mark in explorer.plot.marks if mark["kind"] == "handle")
    strip = next(mark for mark in explorer.plot.marks if mark["name"] == "here")
    assert handle["also"] == strip["axes"] != handle["axes"]
    assert explorer.plot.axes[handle["also"]]["xlim"] == explorer.plot.axes[handle["axes"]]["xlim"]


def test_the_curve_of_a_shared_mark_is_sent_once():
    explorer = ErrorExplorer("cubic")
    places = {tuple(f["marks"]["errors central"]) for f in explorer.plot.frames["list"]}
    assert len(places) == 1
    assert shown(explorer, "errors central").shape == (46, 2)


@every_explorer
def test_what_is_shown_again_is_not_said_by_none(kind):
    """A browser's Python sends None as undefined, which a page takes for no news."""
    explorer, lost = MAKERS[kind][0](), []
    heard = set()

    def hear(change):
        heard.add(change.name)
        owner, sent = change.owner, change.owner.traits()[change.name].metadata.get("sync")
        # plotly takes back what it has sent so
        if change.new is None and sent and not isinstance(owner, BaseFigure):
            lost.append((type(owner).__name__, change.name))

    for part in parts_of(explorer):  # layouts are among them
        part.observe(hear, traitlets.All)
    explorer.veil(SENTENCE)
    explorer.unveil()
    explorer.status = "It fails."
    explorer.status = ""
    assert lost == [] and {"veiled", "data", "display"} <= heard
