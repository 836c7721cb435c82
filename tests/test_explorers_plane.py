"""The plane of learning rate and momentum: its colours, borders, handles, words and veil."""

import io

import numpy as np
import pytest
import wire
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from optimlab import SGD, Momentum, Nesterov, descend, functions
from optimlab.explorers import PlaneExplorer
from optimlab.explorers.plane import DIVERGES, LEVELS, MOST_STEPS, SPEED
from optimlab.study.analysis import best_momentum, measured_shrink, momentum_limit, momentum_shrink

pytestmark = pytest.mark.filterwarnings("error")

ravine = functions.ravine
RULES = (Momentum, Nesterov)
both_rules = pytest.mark.parametrize("rule", RULES)


@pytest.fixture(scope="module")
def drawn():
    """One plane for each rule, for tests that move nothing."""
    return {rule: PlaneExplorer(ravine, rule) for rule in RULES}


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture(params=RULES, ids=lambda rule: rule.__name__)
def plane(request, kept):
    """A plane that a test may move, put back to (0.1, 0.9) and 60 steps."""
    if request.param not in kept:
        kept[request.param] = PlaneExplorer(ravine, request.param, target=0.78)
    explorer = kept[request.param]
    explorer.pair, explorer.start = (0.1, 0.9), (-7, 2)
    explorer.controls["steps"].value = 60
    assert explorer.status == ""
    return explorer


def frame_of(explorer):
    return explorer.plot.data["list"][0]


def colour_at(explorer, lr, momentum):
    """The colour of the plane's picture at a pair."""
    height, width = explorer._map.shape[:2]
    row = int(np.clip(momentum * height, 0, height - 1))
    column = int(np.clip(lr / explorer.lrs[-1] * width, 0, width - 1))
    return explorer._map[row, column, :3] / 255


# --- what is drawn ---------------------------------------------------------------------------


@both_rules
def test_it_shows_itself(drawn, rule):
    explorer = drawn[rule]
    assert list(explorer.plot.images) == ["plane"]
    assert explorer.status == "" and explorer.summary.endswith(".")
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == explorer.summary
    assert explorer.plot.alt in metadata["image/png"]["alt"]
    assert len(explorer.plot.still()) < 120_000
    plot = explorer.plot
    sent = sum(map(len, plot.images.values())) + len(plot.data["buffer"])
    assert sent + sum(len(panel["png"]) for panel in plot.panels) < 250_000


@both_rules
def test_texts_are_large_enough(drawn, rule):
    for figure in drawn[rule].plot._figures:
        for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")):
            if text.get_visible() and text.get_text():
                assert text.get_fontsize() / 0.72 > 11.5, text


def test_no_lines_of_a_grid_are_left_where_the_colours_are_hidden(drawn):
    _, figure = drawn[RULES[0]].plot._figures
    (plane,) = (ax for ax in figure.axes if ax.get_xlabel() == "learning rate")
    lines = plane.get_xgridlines() + plane.get_ygridlines()
    assert lines and not any(line.get_visible() for line in lines)


@both_rules
def test_what_a_step_leaves_is_that_of_the_factors(drawn, rule):
    explorer = drawn[rule]
    for row in (0, 100, 250):
        for column in (1, 130, 300):
            lr, momentum = explorer.lrs[column], explorer.momenta[row]
            wanted = momentum_shrink(ravine, lr, momentum, rule)
            assert explorer.left[row, column] == wanted
    stable = explorer.lrs < momentum_limit(ravine, explorer.momenta, rule)[:, None]
    assert_array_equal(explorer.left[:, 1:] < 1, stable[:, 1:])


@both_rules
def test_the_picture_has_the_colours_of_what_is_left(drawn, rule):
    explorer, middle = drawn[rule], (LEVELS[1:] + LEVELS[:-1]) / 2
    seen = set()
    for momentum in (0.08, 0.3, 0.5, 0.65, 0.85):
        for lr in (0.1, 0.3, 0.6, 0.9, 1.2):
            rate = momentum_shrink(ravine, lr, momentum, rule)
            near = momentum_shrink(ravine, lr + np.array([-0.02, 0.02]), momentum, rule)
            band = int(np.digitize(rate, LEVELS)) - 1
            if rate < 0.99 and set(np.digitize(near, LEVELS) - 1) == {band}:
                wanted = SPEED((middle[band] - 0.5) / 0.5)[:3]
                assert_allclose(colour_at(explorer, lr, momentum), wanted, atol=0.06)
                seen.add(band)
    assert len(seen) >= 3


@both_rules
def test_the_unstable_part_is_apart(drawn, rule):
    explorer = drawn[rule]
    for momentum in (0.55, 0.7, 0.9):
        border = momentum_limit(ravine, momentum, rule)
        beyond = [colour_at(explorer, border + d, momentum) for d in np.linspace(0.03, 0.1, 15)]
        off = [np.abs(c - to_rgb(DIVERGES)).max() for c in beyond]
        assert np.median(off) < 0.06  # but for the hatching
        inside = colour_at(explorer, border - 0.04, momentum)
        assert inside[2] > inside[0]  # blue, and no sand
        column = int(border / explorer.lrs[-1] * explorer._map.shape[1])
        row = int(momentum * explorer._map.shape[0])
        assert explorer._map[row, column - 4 : column + 5, :3].min() < 110  # the border's line


def test_only_nesterov_has_momentum_s_border_too(drawn):
    for rule in RULES:
        explorer, dark = drawn[rule], 0
        for momentum in np.linspace(0.5, 0.95, 60):
            column = int(momentum_limit(ravine, momentum) / explorer.lrs[-1] * 1000)
            width = explorer._map.shape[1]
            row = int(momentum * explorer._map.shape[0])
            near = explorer._map[row, column * width // 1000 - 4 : column * width // 1000 + 5, :3]
            dark += near.min() < 110
        assert dark > 25


# --- the handle ------------------------------------------------------------------------------


def test_the_ring_chooses_the_run(plane):
    plane.pair = (0.3, 0.5)
    run = descend(ravine, plane.rule(0.3, 0.5), (-7, 2), 60)
    assert_array_equal(plane.path.points, run.points)
    inside = np.abs(run.points) < 3  # as far as float32 goes
    shown = wire.shown(plane, "path")
    assert_allclose(shown[inside], run.points[inside], atol=1e-4)
    assert plane.status == ""
    away = np.linalg.norm(run.points, axis=1)
    distance = wire.shown(plane, "distance")
    assert_allclose(distance[:, 0], np.arange(61), atol=1e-4)
    assert_allclose(distance[:20, 1], away[:20], rtol=1e-4)


def test_what_a_step_leaves_is_in_the_sentence_twice(plane):
    for pair in ((0.3, 0.5), (0.1, 0.9), (0.6, 0.2)):
        plane.pair = pair
        computed = momentum_shrink(ravine, *pair, plane.rule)
        measured = measured_shrink(descend(ravine, plane.rule(*pair), (-7, 2), 60))
        assert plane.predicted == computed and plane.measured == measured
        assert f"a step leaves {computed:.3f} as computed;" in plane.summary
        assert plane.summary.endswith(f"over the last 30 steps it leaves {measured:.3f}.")
        fall = wire.shown(plane, "computed")
        assert_allclose(fall[1:40, 1] / fall[:39, 1], computed, rtol=1e-3)
        assert_allclose(fall[0], [0, np.hypot(7, 2)], rtol=1e-4, atol=1e-4)


def test_the_start_is_a_handle(plane):
    plane.start = (3, -1)
    assert_allclose(wire.shown(plane, "path")[0], (3, -1), atol=1e-5)
    assert plane.start == (3, -1) and plane.status == ""


def test_the_steps(plane):
    plane.controls["steps"].value = 20
    assert len(wire.sent(plane.plot, "path")) == 21 and "the last 10 steps" in plane.summary


def test_what_cannot_be_measured_is_said(plane):
    plane.start = (0, 0)
    assert np.isnan(plane.measured)
    assert "arrived too early for its last half to be measured" in plane.summary


def test_outside_the_border_it_diverges(plane):
    plane.pair = (2.1, 0.1)
    assert ", so it diverges; measured" in plane.summary and plane.predicted > 1
    assert plane.measured == pytest.approx(plane.predicted, rel=1e-2)
    assert plane.status == ""


def test_the_rim_of_the_plane(plane):
    for pair in ((0, 0), (0, 1), (2.1, 1), (2.1, 0)):
        plane.pair = pair
        assert plane.status == "" and np.isfinite(plane.predicted)


def test_the_target(plane):
    assert frame_of(plane)["goal"] == "Target: at most 0.78 left per step, as computed. Not yet."
    assert not plane.reached and not hasattr(plane, "button")
    plane.pair = np.round(np.divide(best_momentum(ravine, plane.rule)[:2], 0.005)) * 0.005
    assert plane.reached and frame_of(plane)["goal"].endswith("Reached.")


def test_a_start_on_an_axis_does_not_reach_the_target(plane):
    plane.controls["steps"].value = 20
    plane.start = (0, 2)  # without the slow direction
    plane.pair = (0.3, 0.3)
    assert plane.measured < 0.78 < plane.predicted and not plane.reached


@both_rules
def test_the_best_is_near_a_place_of_the_ring(drawn, rule):
    """With the grain of the handle, the arrow keys lead to within 0.02 of the best."""
    (spec,) = [m for m in drawn[rule].plot.marks if m["name"] == "pair"]
    assert spec["round"] == [0.005, 0.005] and "momentum" in spec["label"]
    lr, momentum, shrink = best_momentum(ravine, rule)
    near = np.arange(-3, 4) * 0.005
    lrs = round(lr / 0.005) * 0.005 + near
    momenta = (round(momentum / 0.005) * 0.005 + near)[:, None]
    assert momentum_shrink(ravine, lrs, momenta, rule).min() < shrink + 0.02


def test_the_button_goes_to_the_best_pair():
    explorer = PlaneExplorer(ravine, Momentum)
    explorer.button.click()
    assert_allclose(explorer.pair, (1.335815, 0.402605), atol=5e-7)
    assert "a step leaves 0.635 as computed" in explorer.summary and explorer.status == ""


# --- the veil --------------------------------------------------------------------------------


def test_the_veil_hides_the_run_and_the_colours():
    explorer = PlaneExplorer(ravine, Nesterov)
    before = explorer.plot.still()
    explorer.veil("The run appears when you have answered.")
    assert explorer.plot.images == {} and frame_of(explorer)["marks"] == {}
    assert explorer.summary == "The run appears when you have answered."
    assert not explorer.reached and explorer.button in explorer._only_with_run
    assert explorer.button.layout.display == "none"
    pixels = np.asarray(Image.open(io.BytesIO(explorer.plot.still())).convert("RGB")).astype(int)
    sand = np.abs(pixels - np.multiply(to_rgb(DIVERGES), 255)).max(axis=-1) < 8
    assert not sand.any()
    explorer.unveil()
    assert explorer.plot.still() == before and explorer.status == ""


def test_an_error_in_a_callback_is_told(plane, monkeypatch):
    monkeypatch.setattr(type(plane), "frames", lambda self, values: 1 / 0)
    plane.pair = (0.2, 0.2)
    assert plane.status == "ZeroDivisionError: division by zero"
    monkeypatch.undo()
    plane.pair = (0.1, 0.9)
    assert plane.status == ""


# --- other functions and bad input -----------------------------------------------------------


def test_another_function():
    explorer = PlaneExplorer("rosenbrock", Momentum, lr=0.001, momentum=0.9, start=(0.9, 0.8))
    assert explorer.best == best_momentum(functions.rosenbrock)
    assert explorer.lrs[-1] == pytest.approx(2.1 * 2 / 1001.6006, rel=1e-4)
    assert explorer.plot.marks[-1]["round"][0] == 1e-5 and explorer.status == ""


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"rule": SGD}, "rule must be Momentum or Nesterov"),
        ({"rule": SGD(0.1)}, "rule must be Momentum or Nesterov"),
        ({"function": "wave"}, "must have 2"),
        ({"function": "saddle"}, "it must have a strict minimum"),
        ({"steps": 3}, f"a whole number from 4 to {MOST_STEPS}"),
        ({"steps": 10.5}, f"a whole number from 4 to {MOST_STEPS}"),
        ({"target": 1.2}, r"target must be a finite number in \(0, 1\)"),
        ({"most": 0}, "most must be a finite number > 0"),
        ({"momentum": 1}, r"momentum must be a finite number in \[0, 1\)"),
        ({"lr": -0.1}, "lr must be a finite number >= 0"),
    ],
)
def test_bad_input_is_named(wrong, words):
    with pytest.raises((TypeError, ValueError), match=words):
        PlaneExplorer(**({"function": ravine, "rule": Momentum} | wrong))
