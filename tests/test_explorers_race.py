"""The race: what it sends, its words, and who notices that the problem is changed."""

import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from wire import doubles, sent, shown

from optimlab import (
    SGD,
    AdaGrad,
    Adam,
    Function,
    Momentum,
    Nesterov,
    descend,
    functions,
    race,
    tuning,
)  # fmt: skip
from optimlab.explorers import RaceExplorer
from optimlab.optimizers import Optimizer
from optimlab.words import short

pytestmark = pytest.mark.filterwarnings("error")

ravine = functions.ravine
FOUR = ["SGD", "Momentum", "AdaGrad", "Adam"]
GIVEN = {"SGD": 0.95, "Momentum": 0.1, "AdaGrad": 1.5, "Adam": 0.3}


@pytest.fixture(scope="module")
def made():
    return RaceExplorer(ravine, lr=0.1)


@pytest.fixture(name="race")
def one_race(made):
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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("x^2/20 + y^2", r"$\frac{x^{2}}{20} + y^{2}$"),
        ("(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + y^4", "(1.5 - x + x*y)^2"),
        ("ravine", "ravine"),
    ],
)
def test_the_title_of_a_typed_function_is_within_its_panel(text, title):
    shown = race(text, [SGD]).plot._figures[0].axes[0].get_title()
    assert shown.startswith(title) and (shown.startswith("$") or len(shown) <= 32)


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
    assert len(race.plot.frames["buffer"]) < 350_000 and race.status == ""


def test_the_boxes_to_tick_stay_together(race):
    *others, group = race.children[0].children
    assert [one.description for one in group.children] == list(race.rules)
    assert group.layout.flex_flow == "row wrap" and not set(others) & set(group.children)


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


def test_a_rate_for_each():
    race = RaceExplorer(ravine, [SGD, Momentum, AdaGrad, Adam], given=GIVEN, change=())
    assert set(race.controls) == {"lr", "mode", "whose", *FOUR}
    assert [name for name, _ in race.ranking()] == ["AdaGrad", "SGD", "Momentum", "Adam"]
    assert "AdaGrad 0.000722 (rate 1.5), SGD 0.0133 (rate 0.95)" in race.summary
    first = race.settings()
    assert race["whose"] == "SGD" and race["lr"] == 0.95 and not race.controls["lr"].disabled
    race.controls["lr"].value = 0.56
    path = descend(ravine, SGD(lr=0.56), (-7, 2), 30)
    assert_allclose(shown(race, "path SGD"), path.points, atol=1e-4)
    race.controls["whose"].value = "Adam"
    assert race["lr"] == 0.3 and race.given == GIVEN | {"SGD": 0.56}
    k = race._values().index(0.24)
    packed = race.plot.frames
    for name, rule in (("SGD", SGD(lr=0.56)), ("Adam", Adam(lr=0.24))):
        points = descend(ravine, rule, (-7, 2), 30).points
        assert_allclose(shown(race, f"path {name}", packed, k), points, atol=1e-4)
    assert_allclose(shown(race, "at Adam", packed, k)[:, 0], 0.24, rtol=1e-5)
    race.controls["mode"].value = "shared"
    assert race["lr"] == 0.1 and "all at rate 0.1" in race.summary
    race.controls["lr"].value = 0.32
    race.controls["mode"].value = "given"
    assert race["lr"] == 0.3 and race.given["Adam"] == 0.3
    race.restore(first)
    assert race.settings() == first and race.given == GIVEN and race["lr"] == 0.95
    race.controls["mode"].value = "shared"
    assert race["lr"] == 0.1 and race.status == ""


def test_whose_rate_is_set_takes_part():
    race = RaceExplorer(ravine, [SGD, Adam], racing=["SGD"], mode="given", change=())
    race.controls["whose"].value = "Adam"
    assert race.racing == ["SGD", "Adam"] and "Adam" in race.summary


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
        assert after[name] > 1e50
        assert f"{name} {short(after[name])}" in race.summary  # as in the table
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
    assert "table" not in frame and "html" not in race.plot.data
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
        ({"function": "saddle", "mode": "tuned"}, ValueError, "mode='tuned'"),
        ({"function": "wave", "change": ["c"]}, ValueError, "change="),
        ({"function": "wave", "turn": 15}, ValueError, "turn=15: turn must be left alone"),
        ({"function": "wave", "start": (1, 2)}, ValueError, "start="),
        ({"racing": [3]}, TypeError, "racing="),
        ({"rules": [SGD], "racing": [Adam]}, ValueError, "racing must be a list of 'SGD'"),
        ({"given": {"Adams": 1}}, ValueError, "given={'Adams': 1}: given must be a"),
        ({"mode": "best"}, ValueError, "mode='best'"),
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


# --- in one line, for any function and rules ---------------------------------------------------


class Leaky(Optimizer):
    """A learner's rule of two lines."""

    rules = ("v = (1 - leak)*v + leak*g", "w = w - eta*v")
    leak = 0.1


class Half(Optimizer):
    """Another one."""

    rules = ("w = w - eta*g/2",)


@pytest.mark.parametrize("name", ["wave", "saddle", "polynomial", "himmelblau"])
def test_any_function_and_rules_in_one_line(name):
    run = race(name, [SGD, Leaky, Half], lr=0.05, steps=20)
    start, low = functions.get(name).start, tuning.lowest(name)
    ends = {}
    for rule in (SGD, Leaky, Half):
        path = descend(name, rule(lr=0.05), start, 20)
        rows = path.points if np.ndim(start) else np.stack([path.points, path.losses], axis=-1)
        drawn = shown(run, f"path {rule.__name__}")
        near = np.abs(rows).max(axis=1) < 20
        assert_allclose(drawn[near], rows[near], atol=1e-3)
        ends[rule.__name__] = path.losses[-1] - low
    ranking = run.ranking()
    assert dict(ranking) == pytest.approx(ends, nan_ok=True, rel=1e-9)
    known = [loss for _, loss in ranking if np.isfinite(loss)]
    assert known == sorted(known) == [loss for _, loss in ranking[: len(known)]]
    assert run.status == "" and run.summary.startswith(f"Loss on {name} after 20 gradients each")
    assert ("tuned" in [mode for _, mode in run.controls["mode"].options]) == (name != "saddle"
        and name != "polynomial")
    looks = [run._looks[rule] for rule in ("Leaky", "Half")]
    assert looks[0]["color"] != looks[1]["color"] and len(run.plot.still()) > 1000
    run.start = 2.0 if run.line else (1.0, 1.5)
    assert run.status == "" and f"path {rule.__name__}" in run.plot.data["list"][0]["marks"]
    run.close()


def test_every_runner_measures_the_same_number_of_gradients():
    asked = []

    def gradient(points):
        asked.append(points)
        return points * [0.1, 2.0]

    bowl = Function(
        "bowl", "q", lambda p: (p * p * [0.05, 1.0]).sum(axis=-1), gradient,
        domain=((-8, 8), (-3, 3)), minima=[(0, 0)], start=(-7, 2),
    )  # fmt: skip
    run = race(bowl, [SGD, Nesterov, Adam, Leaky], steps=12)
    asked.clear()
    run._sweep()  # the curves against the rate are known already: nothing is measured for them
    run.frames([0.1])
    assert len(asked) == 4 * 12 and {points.size for points in asked} == {2}
    for k, path in enumerate(run.paths.values()):
        own = np.reshape(asked[12 * k : 12 * k + 12], (-1, 2))
        assert_array_equal(own, path.probes), "one a step, each where this runner measures"


def table(explorer, packed=None, frame=0):
    """The standings as they are sent: (what is said of them, numbers (steps + 1, runners, 2))."""
    packed = packed or explorer.plot.data
    told = packed["list"][frame]["table"]
    values = doubles(packed, told["numbers"])
    return told, values.reshape(len(values), len(told["rows"]), -1)


def test_the_table_has_every_step_of_every_position_of_the_slider():
    run = race("himmelblau", [SGD, Momentum, Leaky], lr=0.01, steps=15)
    rates = run._values()
    for k in (0, rates.index(0.01), len(rates) - 1):
        told, numbers = table(run, run.plot.frames, k)
        assert [row["name"] for row in told["rows"]] == ["SGD", "Momentum", "Leaky"]
        for i, rule in enumerate((SGD, Momentum, Leaky)):
            path = descend("himmelblau", rule(lr=rates[k]), steps=15)
            apart = np.linalg.norm(path.points[:, None] - functions.himmelblau.minima, axis=-1)
            assert_allclose(numbers[:, i, 0], path.losses, rtol=1e-12)
            assert_allclose(numbers[:, i, 1], apart.min(axis=1), rtol=1e-12)
            lost = told["rows"][i]["lost"]
            assert lost == (path.diverged and (path.diverged, "too large"))
    assert [label for label, *_ in told["criteria"]] == [
        "loss above the minimum", "lowest loss so far", "gradients until 1 % of the first loss",
        "distance to the nearest minimum",
    ]  # fmt: skip
    told, numbers = table(race("saddle", [SGD], steps=3))
    assert [label for label, *_ in told["criteria"]] == ["loss", "lowest loss so far"]
    assert numbers.shape == (4, 1, 1)


def test_undefined_too_large_and_not_a_number_are_told_apart():
    log = Function("log", "x", lambda x: x - np.log(x), lambda x: 1 - 1 / x, domain=(0.1, 5),
                   minima=[1.0], start=3.0)  # fmt: skip
    run = race(log, [SGD, AdaGrad], lr=5.0, steps=6)
    assert "SGD undefined" in run.summary and "AdaGrad undefined" in run.summary
    run = race("parabola", [SGD, AdaGrad], lr=2.0, steps=400)
    assert "SGD too large" in run.summary and "undefined" not in run.summary
    told, _ = table(run)
    assert [row["lost"] for row in told["rows"]] == [(323, "too large"), None]


def test_the_start_goes_with_the_race_that_is_played():
    run = race("ravine", [SGD, Adam], steps=9)
    run.plot.playing, run.plot.step = True, 4
    run.start = (3, -2)
    assert run.plot.playing and run.plot.step == 4
    assert_allclose(table(run)[1][0, :, 1], np.hypot(3, 2))
