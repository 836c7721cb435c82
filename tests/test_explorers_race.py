"""The race: what it sends, its words, and who notices that the problem is changed."""

import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from wire import sent, shown

from optimlab import SGD, AdaGrad, Adam, Momentum, Nesterov, descend, functions, tuning
from optimlab.explorers import RaceExplorer

pytestmark = pytest.mark.filterwarnings("error")

ravine = functions.ravine
FOUR = ["SGD", "Momentum", "AdaGrad", "Adam"]
GIVEN = {"SGD": 0.95, "Momentum": 0.1, "AdaGrad": 1.5, "Adam": 0.3}


@pytest.fixture(scope="module")
def made():
    return RaceExplorer(ravine, lr=0.1)


@pytest.fixture
def race(made):
    """One explorer for all tests, put back to where it stood."""
    before = made.settings()
    yield made
    made.target = None
    if made.settings() != before:
        made.restore(before)


def test_it_shows_itself(race):
    assert race.status == "" and race.summary.endswith(".")
    data, metadata = race._repr_mimebundle_()
    assert data["text/plain"] == race.summary and "race" in metadata["image/png"]["alt"]
    assert len(race.plot.still()) < 120_000


def test_texts_are_large_enough(race):
    for figure in race.plot._figures:
        for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")):
            if text.get_visible() and text.get_text():
                assert text.get_fontsize() / 0.72 > 11.5, text


def test_the_legend_is_whole(race):
    """Nine names stand in the picture, none of them cut."""
    figure = race.plot._figures[1]
    (legend,) = figure.legends or [figure.axes[0].get_legend()]
    assert [text.get_text() for text in legend.get_texts()] == list(race.rules)
    box = legend.get_window_extent(figure.canvas.get_renderer())
    width, height = figure.get_size_inches() * figure.dpi
    assert box.x0 >= 0 and box.x1 <= width and box.y1 <= height


def test_the_frame_is_the_race(race):
    for name, rule in zip(FOUR, (SGD, Momentum, AdaGrad, Adam), strict=True):
        path = descend(ravine, rule(lr=0.1), (-7, 2), 30)
        assert_allclose(shown(race, f"path {name}"), path.points, atol=1e-4)
        assert_allclose(shown(race, f"loss {name}")[:, 1], path.losses, rtol=1e-4)
        assert_allclose(shown(race, f"at {name}"), [[0.1, path.losses[-1]]], rtol=1e-4)
        assert_allclose(shown(race, f"end {name}"), [[30, path.losses[-1]]], rtol=1e-4)
        curve = shown(race, f"curve {name}")
        rates = race.rates
        at = int(np.argmin(np.abs(rates - 0.5)))
        alone = descend(ravine, rule(lr=rates[at]), (-7, 2), 30).losses[-1]
        assert len(curve) == len(rates) == 121
        assert_allclose(curve[at], (rates[at], alone), rtol=1e-3)
    assert_allclose(shown(race, "rate")[:, 0], 0.1, rtol=1e-5)
    assert shown(race, "path Nesterov").shape == (0, 2)
    assert race.summary == (
        "Loss on ravine after 30 gradients each, all at rate 0.1: "
        "Momentum 0.0479, Adam 0.896, SGD 1.34, AdaGrad 3.15."
    )
    assert [name for name, _ in race.ranking()] == ["Momentum", "Adam", "SGD", "AdaGrad"]


def test_every_position_of_the_slider_is_sent_ahead(race):
    packed = race.plot.frames
    rates = race._values()
    assert len(packed["list"]) == len(rates) > 30 and 0.1 in rates
    assert rates[0] == 0.001 and rates[-1] == 10
    k = rates.index(0.24)
    path = descend(ravine, Adam(lr=0.24), (-7, 2), 30)
    assert_allclose(shown(race, "path Adam", packed, k), path.points, atol=1e-4)
    race.controls["lr"].value = 0.24
    assert_allclose(sent(race.plot, "path Adam"), sent(race.plot, "path Adam", packed, k))
    assert race.status == ""


def test_the_wire_stays_small_with_all_nine(race):
    for name in race.rules:
        race.controls[name].value = True
    assert race.racing == [rule.__name__ for rule in tuning.RULES]
    assert len(race.plot.frames["buffer"]) < 250_000 and race.status == ""


def test_ticking_a_rule_adds_it(race):
    race.controls["Nesterov"].value = True
    path = descend(ravine, Nesterov(lr=0.1), (-7, 2), 30)
    assert_allclose(shown(race, "path Nesterov"), path.points, atol=1e-4)
    assert "Nesterov" in race.summary and race.status == ""
    for name in race.rules:
        race.controls[name].value = False
    assert race.summary == "No rule is racing." and race.status == ""
    assert shown(race, "path SGD").shape == (0, 2) and race.ranking() == []


def test_a_mark_beyond_an_axis_stands_at_its_edge(race):
    for name in ("AdaGrad", "AdaDelta"):
        race.controls[name].value = True
    race.controls["mode"].value = "tuned"
    assert race.ranking()[0][0] == "AdaGrad" and race.ranking()[0][1] < 1e-10
    assert race.tuned("AdaDelta").rate > 10
    for name, part in [("AdaGrad", "at"), ("AdaGrad", "end"), ("AdaDelta", "at")]:
        ((x, y),) = shown(race, f"{part} {name}")
        axes = race.plot.axes[1 if part == "at" else 2]
        assert axes["xlim"][0] < x < axes["xlim"][1] and axes["ylim"][0] < y < axes["ylim"][1]
    assert shown(race, "at AdaDelta")[0, 0] > 8 and shown(race, "end AdaGrad")[0, 1] < 2e-10
    race.controls["mode"].value, race.controls["c"].value = "shared", 100.0
    race.controls["lr"].value = 10.0
    assert shown(race, "end SGD")[0, 1] > 10, "a run without an end is above"


def test_a_change_of_the_problem_is_drawn_once(race, monkeypatch):
    calls = []
    frames = RaceExplorer.frames
    monkeypatch.setattr(
        RaceExplorer,
        "frames",
        lambda self, values: calls.append(len(values)) or frames(self, values),
    )
    for name, value in [("turn", 15), ("stretch", 0.25), ("c", 100.0)]:
        calls.clear()
        race.controls[name].value = value
        assert sorted(calls) == [1, len(race._values())], name


def test_the_start_moves_all_paths(race):
    race.start = (3, -2)
    path = descend(ravine, Adam(lr=0.1), (3, -2), 30)
    assert_allclose(shown(race, "path Adam"), path.points, atol=1e-4)
    curve = tuning.sweep(ravine, Adam, race.rates, (3, -2), 30).losses["Adam"]
    assert_allclose(shown(race, "curve Adam")[:, 1], curve, rtol=1e-3)
    assert race.start == (3, -2) and race.status == ""


def test_rates_as_given():
    race = RaceExplorer(ravine, [SGD, Momentum, AdaGrad, Adam], given=GIVEN, change=())
    assert race.controls["lr"].disabled and set(race.controls) == {"lr", "mode", *FOUR}
    assert [name for name, _ in race.ranking()] == ["AdaGrad", "SGD", "Momentum", "Adam"]
    assert "AdaGrad 0.000722 (rate 1.5), SGD 0.0133 (rate 0.95)" in race.summary
    assert shown(race, "rate").shape == (0, 2)
    del race.given["Adam"]
    race.controls["SGD"].value = False
    assert race.summary.endswith("(rate 0.1); no rate is given for Adam.")
    race.controls["Momentum"].value = race.controls["AdaGrad"].value = False
    assert race.summary == "No rule is racing: no rate is given for Adam."
    race.controls["mode"].value = "shared"
    assert not race.controls["lr"].disabled and "all at rate 0.1" in race.summary


def test_tuned_rates_are_those_of_the_protocol(race):
    race.controls["mode"].value = "tuned"
    assert race.controls["lr"].disabled and race.status == ""
    for name, rule in [("SGD", SGD), ("AdaGrad", AdaGrad)]:
        tuned = tuning.tune(ravine, rule, steps=30)
        assert race.tuned(name).rate == tuned.rate
        path = descend(ravine, rule(lr=tuned.rate), (-7, 2), 30)
        assert_allclose(shown(race, f"path {name}"), path.points, atol=1e-4)
        assert f"(rate {tuned.rate:.3g})" in race.summary
    frames = race.frames(race._values())
    assert all(frame is frames[0] for frame in frames), "the slider has nothing to say"


@pytest.mark.parametrize("mode", ["shared", "tuned"])
def test_a_turn_moves_some_and_not_others(race, mode):
    race.controls["lr"].value, race.controls["mode"].value = 0.56, mode
    before = dict(race.ranking())
    points = {name: path.points for name, path in race.paths.items()}
    race.controls["turn"].value = 45
    after = dict(race.ranking())
    turned = tuning.rotated(ravine, 45)
    assert_allclose(race.start, turned.forth((-7, 2)), atol=1e-12), "the start turns along"
    for name in ("SGD", "Momentum"):
        assert_allclose(after[name], before[name], rtol=1e-6)
        assert_allclose(race.paths[name].points, turned.forth(points[name]), atol=1e-9)
    for name in ("AdaGrad", "Adam"):
        assert not np.isclose(after[name], before[name], rtol=0.05, atol=0)
    assert "turned by 45°" in race.summary and race.status == ""
    race.controls["turn"].value = 0
    assert_allclose(race.start, (-7, 2), atol=1e-12)
    assert dict(race.ranking()) == before


def test_a_factor_of_f_moves_the_others(race):
    race.controls["lr"].value = 0.32
    before = dict(race.ranking())
    race.controls["c"].value = 100.0
    after = dict(race.ranking())
    for name in ("AdaGrad", "Adam"):
        assert_allclose(after[name], before[name], rtol=1e-4)
    for name in ("SGD", "Momentum"):
        assert after[name] > 1e50 or np.isnan(after[name])
        assert f"{name} too large" in race.summary
    race.controls["mode"].value = "shared"
    shared = race._sweep()
    race.controls["c"].value = 1.0
    plain = race._sweep()
    shift = np.log10(race.rates[1] / race.rates[0])
    k = round(2 / shift)
    assert_allclose(shared["SGD"][:-k, 1], plain["SGD"][k:, 1], rtol=1e-6), "by two decades"
    race.controls["mode"].value = "tuned"
    rate, losses = race.tuned("SGD").rate, dict(race.ranking())
    race.controls["c"].value = 100.0
    assert_allclose(race.tuned("SGD").rate, rate / 100)
    assert_allclose([dict(race.ranking())[n] for n in FOUR], [losses[n] for n in FOUR], rtol=1e-3)


def test_a_unit_of_x_moves_everybody(race):
    race.controls["mode"].value = "tuned"
    before = dict(race.ranking())
    race.controls["stretch"].value = 0.25
    assert_allclose(race.start, (-7 / 4, 2))
    after = dict(race.ranking())
    assert not any(np.isclose(after[n], before[n], rtol=0.01, atol=0) for n in FOUR)
    assert "x times 0.25" in race.summary and race.status == ""


def test_a_moved_start_goes_along(race):
    race.controls["turn"].value = 90
    race.start = (1, 4)
    race.controls["turn"].value = 0
    assert_allclose(race.start, (4, -1), atol=1e-12)
    race.controls["stretch"].value = 0.25
    assert_allclose(race.start, (1, -1), atol=1e-12)


def test_the_landscape_is_that_of_the_problem():
    race = RaceExplorer(functions.bumpy, turn=30, c=100.0, steps=20)
    contours, minima = shown(race, "contours"), shown(race, "minima")
    known = np.isfinite(contours).all(axis=1)
    heights = race.problem(contours[known].astype(float)) / 100 - tuning.lowest(functions.bumpy)
    levels = race._levels[1:]
    off = np.abs(heights[:, None] - levels).min(axis=1) / levels.max()
    assert np.quantile(off, 0.99) < 0.01, "each line lies at one of the heights"
    assert_allclose(minima, race.problem.minima, atol=1e-3)
    assert_array_equal(shown(race, "stars"), minima)
    assert race.status == ""


def test_the_target_wants_a_race_of_all():
    lawyer = RaceExplorer(ravine, lr=0.1, target="Adam")
    assert not lawyer.reached
    frame = lawyer.plot.data["list"][0]
    assert frame["goal"].endswith("Not yet: Momentum ends lowest.")
    lawyer.controls["lr"].value = 0.24
    assert lawyer.reached and lawyer.plot.data["list"][0]["goal"].endswith("Reached.")
    lawyer.controls["lr"].value = 0.1
    for name in ("SGD", "Momentum", "AdaGrad"):
        lawyer.controls[name].value = False
    assert not lawyer.reached, "alone it wins nothing"
    assert "one rate for all" in lawyer.plot.data["list"][0]["goal"]
    for name in ("SGD", "Momentum", "AdaGrad"):
        lawyer.controls[name].value = True
    lawyer.target = "AdaGrad"
    lawyer.controls["mode"].value = "tuned"
    assert lawyer.ranking()[0][0] == "AdaGrad" and not lawyer.reached, "not at one rate for all"


def test_the_target_is_about_the_first_start():
    lawyer = RaceExplorer(ravine, lr=0.24, target="Adam")
    assert lawyer.reached
    lawyer.start = (-6.5, 2)
    assert lawyer.ranking()[0][0] == "Adam" and not lawyer.reached
    assert lawyer.plot.data["list"][0]["goal"].endswith("Not yet: that takes the start as it was.")
    lawyer.start = (-7, 2)
    assert lawyer.reached and lawyer.status == ""


def test_only_a_picture_that_can_be_turned_has_equal_units():
    still, turned = RaceExplorer(ravine, change=("c",)), RaceExplorer(ravine, change=(), turn=45)
    xlim, ylim = (still.plot.axes[0][name] for name in ("xlim", "ylim"))
    assert (tuple(xlim), tuple(ylim)) == ((-8, 8), (-3, 3))
    assert still.plot._figures[0].axes[0].get_title() == "ravine, y stretched 2.7 times"
    assert tuple(turned.plot.axes[0]["ylim"]) == (-8, 8)
    box = turned.plot._figures[0].axes[0].get_window_extent()
    assert box.width == pytest.approx(box.height, rel=1e-3)
    assert turned.plot._figures[0].axes[0].get_title() == "ravine"


def test_each_of_the_four_wins_at_some_rate(race):
    for race.target in FOUR:
        goals = [frame["reached"] for frame in race.frames(race._values())]
        assert any(goals) and not all(goals), race.target


def test_behind_the_veil_there_is_the_scene_alone():
    race = RaceExplorer(ravine, given=GIVEN, turn=15)
    full = np.asarray(Image.open(io.BytesIO(race.plot.still())).convert("RGB")).astype(int)
    race.veil("The run is hidden.")
    (frame,) = race.plot.data["list"]
    assert set(frame["marks"]) == {"contours", "minima", "stars"} and race.plot.frames == {}
    assert race.summary == frame["summary"] == "The run is hidden." and race.status == ""
    hidden = np.asarray(Image.open(io.BytesIO(race.plot.still())).convert("RGB")).astype(int)
    assert (np.abs(full - hidden).sum(axis=2) > 60).sum() > 500
    race.unveil()
    assert "AdaGrad" in race.summary and len(race.plot.frames["list"]) > 30


def test_settings_can_be_restored(race):
    before = race.settings()
    race.controls["turn"].value, race.controls["lr"].value = 60, 1.0
    race.start = (1, 1)
    race.restore(before)
    assert race.settings() == before and race.start == (-7, 2) and race.status == ""
    assert_allclose(race.paths["SGD"].points[0], (-7, 2))


def test_an_error_in_a_callback_is_told(race):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RaceExplorer, "frames", lambda self, values: 1 / 0)
        race.controls["turn"].value = 15
        assert "ZeroDivisionError" in race.status


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"function": "saddle"}, ValueError, "saddle: function must have a minimum"),
        ({"function": "wave"}, ValueError, "wave"),
        ({"racing": [3]}, TypeError, "racing="),
        ({"rules": [SGD]}, ValueError, "racing=.*: racing must be a list of 'SGD'"),
        ({"given": {"Adams": 1}}, ValueError, "given={'Adams': 1}: given must be a"),
        ({"mode": "given"}, ValueError, "mode='given'"),
        ({"target": "Adams"}, ValueError, "target='Adams': target must be one of"),
        ({"steps": 2.5}, TypeError, "steps=2.5"),
        ({"start": (1, 2, 3)}, ValueError, "start="),
        ({"loss_limits": (0, 1)}, ValueError, "loss_limits="),
        ({"turn": 20}, ValueError, "turn=20"),
        ({"c": 3.0}, ValueError, "c=3.0"),
        ({"rates": (1, 0.1)}, ValueError, "rates="),
        ({"lr": -1}, ValueError, "lr=-1"),
    ],
)
def test_bad_arguments_are_named(options, error, says):
    options = {"function": ravine} | options
    with pytest.raises(error, match=says):
        RaceExplorer(**options)
