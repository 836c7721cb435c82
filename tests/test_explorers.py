"""The general explorer, driven by `.value` as a learner's hand drives it."""

import json
import warnings

import numpy as np
import pytest
from wire import ahead, doubles, inspected, shown

from optimlab import SGD, AdaGrad, Adam, Momentum, descend, explore, functions
from optimlab.draw.live import export
from optimlab.explorers.base import guarded
from optimlab.explorers.controls import decades
from optimlab.explorers.paths import PathExplorer
from optimlab.functions import Function
from optimlab.words import short


def text(explorer, key="summary"):
    return explorer.plot.data["list"][0][key]


def test_it_shows_the_path_that_descend_records():
    explorer = explore("ravine", SGD, lr=0.95, start=(-7, 2), steps=30)
    assert explorer.plot.alt == "Path of SGD on ravine, and its loss at each step."
    path = descend("ravine", SGD(lr=0.95), start=(-7, 2), steps=30)
    np.testing.assert_allclose(shown(explorer, "path SGD"), path.points, atol=1e-5)
    np.testing.assert_allclose(shown(explorer, "loss SGD")[:, 1], path.losses, rtol=1e-4)
    assert explorer.summary == text(explorer) == path.summary()
    np.testing.assert_array_equal(explorer.paths["SGD"].points, path.points)


@pytest.mark.parametrize("start", [(-7, 2), (3, -1)])
def test_every_position_of_the_rate_has_its_frame(start, run):
    explorer = explore("ravine", Momentum, lr=0.1, start=start, steps=20)
    rates = [value for _, value in explorer.controls["lr"].options]
    frames = ahead(run, explorer)
    assert len(frames["list"]) == len(rates) > 60 and explorer.plot.frames == {}
    for i in (0, rates.index(0.1), len(rates) - 1):
        path = descend("ravine", Momentum(lr=rates[i]), start=start, steps=20)
        near = np.abs(path.points).max(axis=1) < 20
        np.testing.assert_allclose(
            shown(explorer, "path Momentum", frames, i)[near], path.points[near], atol=1e-4
        )
        assert frames["list"][i]["summary"] == path.summary()


def test_the_rate_slider_changes_path_sentence_and_numbers():
    explorer = explore("parabola", SGD, lr=0.2, start=4, steps=6)
    explorer.controls["lr"].value = 1.0
    np.testing.assert_allclose(shown(explorer, "path SGD")[:, 0], [4, 0, 4, 0, 4, 0, 4], atol=1e-5)
    assert "learning rate 1 went from 4 to 4" in text(explorer)
    assert explorer.status == ""


@pytest.mark.parametrize("looked_at", [False, True])
def test_what_is_sent_says_for_which_settings_it_is_and_follows_the_others(looked_at):
    explorer = explore("ravine", Momentum, lr=0.1, start=(-7, 2), steps=20, inspect=looked_at)
    own = explorer.plot.frames if looked_at else explorer.plot.data
    assert own["settings"] == [20, 0.9, {"start": [-7.0, 2.0]}]
    explorer.controls["momentum"].value = 0.5
    explorer.controls["steps"].value = 12
    explorer.start = (1, 1)
    assert explorer.plot.data["settings"] == [12, 0.5, {"start": [1.0, 1.0]}]
    if looked_at:
        assert explorer.plot.frames["settings"] == explorer.plot.data["settings"]
    path = descend("ravine", Momentum(lr=0.1, momentum=0.5), start=(1, 1), steps=12)
    np.testing.assert_allclose(shown(explorer, "path Momentum"), path.points, atol=1e-5)
    assert explorer.start == (1.0, 1.0)


def test_the_controls_are_those_the_browser_listens_to():
    explorer = explore("ravine", [SGD, Adam], lr=0.1)
    names = [(widget, name) for widget, name in explorer.plot.controls]
    assert names[0] == (explorer.controls["lr"], "index")
    assert list(explorer.controls) == ["lr", "steps", "beta1", "beta2", "bias_correction"]
    assert all(name == "value" for _, name in names[1:])


def test_several_rules_share_start_and_rate_and_keep_their_looks():
    explorer = explore("ravine", [SGD, Momentum], lr=0.1, start=(-7, 2), steps=10)
    lines = {m["name"]: m for m in explorer.plot.marks if m["kind"] == "line"}
    assert lines["path SGD"]["color"] != lines["path Momentum"]["color"]
    assert lines["path SGD"]["dash"] != lines["path Momentum"]["dash"]
    first = [shown(explorer, f"path {name}")[1] for name in ("SGD", "Momentum")]
    np.testing.assert_array_equal(*first)
    assert explorer.plot.data["list"][0]["names"] == ["SGD", "Momentum"]


def test_a_target_counts_the_steps():
    explorer = explore("ravine", SGD, lr=0.1, steps=30, target=(0.01, 30))
    assert "Not yet: 1.34 after 30 steps." in text(explorer, "goal")
    explorer.controls["lr"].value = 0.9
    losses = descend("ravine", SGD(lr=0.9), steps=30).losses
    first = int(np.argmax(losses <= 0.01))
    assert text(explorer, "goal").endswith(f"Reached at step {first}.")
    explorer.controls["steps"].value = 5
    assert " after 5 steps." in text(explorer, "goal")
    explorer.controls["steps"].value = 1
    assert " after 1 step." in text(explorer, "goal")


def test_divergence_is_told_and_drawn_without_a_warning():
    explorer = explore("ravine", SGD, lr=2.0, start=(-7, 2), steps=120, most_steps=2000)
    assert "left the plot at step" in explorer.summary
    explorer.controls["steps"].value = 2000
    assert "reached numbers too large to store at step" in explorer.summary
    assert len(explorer.plot.still()) > 1000 and explorer.status == ""


def test_the_handle_of_a_curve_moves_along_it():
    explorer = explore("wave", SGD, lr=0.25, start=2.5, steps=10)
    assert explorer.plot.handles == {"start": [2.5]}
    explorer.plot.handles = {"start": [1.5]}
    assert explorer.start == 1.5 and shown(explorer, "path SGD")[0, 0] == pytest.approx(1.5)
    track = np.array(next(m for m in explorer.plot.marks if m["kind"] == "handle")["track"])
    low, high = explorer.plot.axes[0]["ylim"]
    x = -1 + 8 * track[:, 0]
    np.testing.assert_allclose(low + track[:, 1] * (high - low), functions.wave(x), atol=1e-3)


def test_an_exception_in_a_callback_reaches_the_status_line(monkeypatch):
    explorer = explore("ravine", SGD, lr=0.1)

    def broken(self, values):
        raise ZeroDivisionError("on <purpose>")

    monkeypatch.setattr(PathExplorer, "frames", broken)
    explorer.controls["steps"].value = 3
    assert explorer.status == "ZeroDivisionError: on <purpose>"
    assert "&lt;purpose&gt;" in explorer._line.value and explorer._line.layout.display == ""
    monkeypatch.undo()
    explorer.controls["steps"].value = 4
    assert explorer.status == "" and explorer._line.layout.display == "none"


def test_an_exception_while_building_is_raised():
    with pytest.raises(ValueError, match="start"):
        explore("ravine", SGD, start=(1, 2, 3))
    with pytest.raises(TypeError, match="momentum"):
        explore("ravine", SGD, momentum=0.5)
    with pytest.raises(ValueError, match="ravin"):
        explore("ravin", SGD)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps": -3}, "steps=-3"),
        ({"steps": 0}, "steps=0"),
        ({"steps": 2.5}, r"steps=2\.5"),
        ({"lr": -1}, "lr=-1"),
        ({"lr": float("nan")}, "lr=nan"),
        ({"lr": "a"}, "lr='a'"),
        ({"rules": Momentum, "momentum": 1.5}, r"momentum=1\.5"),
        ({"start": (1, float("nan"))}, "start="),
        ({"start": [(1, 2), (3, 4)]}, "start="),
        ({"rules": []}, r"rules=\[\]"),
        ({"rules": "Adams"}, "rules='Adams'"),
        ({"rules": SGD(lr=[0.1, 0.2])}, "lr=array"),
        ({"rates": (0, 1)}, "rates="),
        ({"rates": (1, 0.1)}, "rates="),
        ({"target": 1e-6}, "target="),
        ({"target": (1e-6, -5)}, "target="),
        ({"loss_scale": "square"}, "loss_scale='square'"),
        ({"loss_limits": (0, 10)}, "loss_limits"),
        ({"function": lambda x: None}, "function=.*gave None"),
        ({"function": Function("f", "f", np.sum, domain=[(0, 1)] * 3)}, "1 or 2 variables, .* 3"),
        ({"function": Function("f", "f", np.exp, domain=(0, np.inf), start=1)}, "finite"),
    ],
)
def test_bad_input_is_named(given, said):
    with pytest.raises((ValueError, TypeError), match=said):
        explore(**{"function": "ravine"} | given)


def test_legal_values_beyond_a_slider_s_range_are_kept():
    explorer = explore("ravine", Momentum, lr=5, steps=50, most_steps=20, momentum=0.999)
    assert (explorer["lr"], explorer["steps"], explorer["momentum"]) == (5, 50, 0.999)
    assert explore("ravine", SGD, lr=0)["lr"] == 0


@pytest.mark.parametrize(
    "function",
    [
        Function("log", r"\log x", np.log, domain=(-1, 2), start=1.0),
        Function("pole", "1/x", lambda p: 1 / p[..., 0], domain=((-1, 1), (-1, 1)), start=(1, 1)),
        Function("flat", "2", lambda x: 0 * x + 2, domain=(0, 1)),
        Function("flat", "2", lambda p: 0 * p[..., 0] + 2, domain=((0, 1), (0, 1))),
    ],
)
def test_a_function_with_gaps_poles_or_no_slope_can_be_explored(function):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer = explore(function, SGD, lr=0.1, steps=5)
    assert explorer.status == "" and len(explorer.plot.still()) > 1000


def test_a_position_that_cannot_be_computed_is_told_in_the_status_line():
    def root(x):
        if np.any(np.asarray(x) < 0):
            raise ValueError("no root of a negative number")
        return np.sqrt(x)

    function = Function("root", r"\sqrt{x}", root, domain=(0, 3), start=1.0)
    explorer = explore(function, lr=0.1, steps=2)
    assert "no root" in explorer.status and "learning rate 0.1" in explorer.summary


def test_a_live_plot_is_light():
    explorer = explore("ravine", SGD, lr=0.1, steps=60, most_steps=60)
    plot = explorer.plot
    pictures = sum(len(panel["png"]) for panel in plot.panels)
    code = len(plot._code) + len(plot._css)
    rest = len(json.dumps([plot.marks, plot.axes, plot.data["list"]])) + len(plot.data["buffer"])
    rest += len(json.dumps(plot.program))
    assert pictures + code + rest < 250_000 and rest < 20_000 and plot.frames == {}


def test_round_numbers_and_short_ones():
    grid = decades(0.001, 2.0, 0.952381)
    assert {0.01, 0.2, 0.25, 0.95, 1.0, 0.952381, 2.0} <= set(grid) and min(grid) == 0.001
    assert short(-0.0001234) == "-0.000123" and short((1e50, -7)) == "(1e+50, -7)"
    tiny = explore("parabola", lr=1e-5, rates=(1e-6, 1e4)).controls["lr"]
    assert tiny.label == "1e-5" and {"3.5e-6", "1000", "9500"} <= {*tiny._options_labels}


@pytest.mark.parametrize("lr, steps, loss", [(8.0, 30, "3.31e+71"), (0.502, 40, "1.32e-191")])
def test_the_readout_and_the_sentence_say_the_same_of_huge_and_tiny_numbers(lr, steps, loss):
    explorer = explore(Function("square", "x^2", lambda x: x**2, lambda x: 2 * x, domain=(-4, 4)),
                       lr=lr, start=3.0, steps=steps, rates=(0.1, 10))  # fmt: skip
    told = explorer.plot.data
    last = doubles(told, told["list"][0]["values"])[-1]
    assert short(last[-1]) == loss
    assert f" to {loss}" in explorer.summary
    assert f"loss {loss}" in export._lines(explorer.plot, -1, 2000)[0]


def test_guarded_names_the_error():
    class Thing:
        status = "old"

        @guarded
        def good(self):
            return 1

        @guarded
        def bad(self):
            raise KeyError("x")

        @guarded
        def outer(self):
            self.bad()

    thing = Thing()
    thing.outer()
    assert thing.status == "KeyError: 'x'", "a call inside a callback must not hide its error"
    assert thing.bad() is None and thing.status == "KeyError: 'x'"
    assert thing.good() == 1 and thing.status == ""


# -- panels on request -----------------------------------------------------------------------------


def test_curves_show_what_the_path_recorded():
    curves = ("rate", "v", "distance")
    explorer = explore("ravine", [AdaGrad, Adam], lr=0.5, steps=20, curves=curves)
    for rule in (AdaGrad, Adam):
        path = descend("ravine", rule(lr=0.5), steps=20)
        for i, name in enumerate("xy"):
            rate = shown(explorer, f"rate {rule.__name__} {name}")
            np.testing.assert_allclose(rate[1:, 1], path.rates[:, i], rtol=1e-4)
            np.testing.assert_allclose(rate[1:, 0], range(1, 21), atol=1e-4)
            assert np.isnan(rate[0, 1]), "no update has led to step 0"
        walked = shown(explorer, f"distance {rule.__name__}")[:, 1]
        steps = np.linalg.norm(np.diff(path.points, axis=0), axis=1)
        np.testing.assert_allclose(walked, [0, *np.cumsum(steps)], atol=1e-5)
    v = shown(explorer, "v Adam y")[1:, 1]
    np.testing.assert_allclose(v, path.states["v"][1:, 1], rtol=1e-4)
    names = [mark["name"] for mark in explorer.plot.marks]
    assert "v AdaGrad y" not in names and "loss Adam" not in names
    dashes = {mark["name"]: list(mark["dash"]) for mark in explorer.plot.marks if "dash" in mark}
    assert dashes["rate Adam x"] == dashes["rate AdaGrad x"] == [] != dashes["rate Adam y"]
    assert explorer.status == "" and "effective rate, mean square v, distance" in explorer.plot.alt
    explorer.controls["beta2"].value = 0.5
    other = descend("ravine", Adam(lr=0.5, beta2=0.5), steps=20).states["v"][1:, 1]
    np.testing.assert_allclose(shown(explorer, "v Adam y")[1:, 1], other, rtol=1e-4)


def test_curves_in_one_dimension_and_their_numbers():
    explorer = explore("parabola", Momentum, lr=0.1, start=4, steps=8, curves=("loss", "v"))
    path = descend("parabola", Momentum(lr=0.1), start=4, steps=8)
    np.testing.assert_allclose(shown(explorer, "v Momentum")[:, 1], path.states["v"], atol=1e-5)
    assert explorer.plot.data["list"][0]["names"] == ["x", "loss", "v"]
    assert [ax["yscale"] for ax in explorer.plot.axes] == ["linear"] * 3
    low, high = explorer.plot.axes[2]["ylim"]
    assert low < path.states["v"].min() and path.states["v"].max() < high


def test_the_range_of_a_curve_can_be_given():
    limits = {"loss": (1, 12), "v": (-3, 3)}
    explorer = explore("parabola", Momentum, start=4, curves=("loss", "v"), limits=limits)
    assert [ax["ylim"] for ax in explorer.plot.axes[1:]] == [[1, 12], [-3, 3]]


def test_bias_correction_can_be_switched_off():
    explorer = explore("ravine", Adam, lr=0.3, steps=10)
    explorer.controls["bias_correction"].value = False
    path = descend("ravine", Adam(lr=0.3, bias_correction=False), steps=10)
    np.testing.assert_allclose(shown(explorer, "path Adam"), path.points, atol=1e-4)
    assert explorer.plot.data["settings"][-2] is False
    assert explore("ravine", Adam, bias_correction=False)["bias_correction"] is False


@pytest.mark.parametrize(
    "options, message",
    [
        ({"curves": ("speed",)}, "a list of 'loss', 'rate', 'distance', 'gradient', 'v'"),
        ({"curves": ()}, "curves must be a list of 'loss'"),
        ({"curves": 3}, "curves must be a list of 'loss'"),
        ({"curves": ("h",)}, "curves=.*: curves must be a list of 'loss'"),
        ({"curves": ("v",), "target": (0.1, 5)}, "curves must be a list with 'loss'"),
        ({"curves": ("v",), "limits": {"loss": (0, 1)}}, "a dict from curves that are shown"),
        ({"curves": ("v",), "limits": (0, 1)}, "limits must be a dict"),
        ({"curves": ("v",), "limits": {"v": (1, 0)}}, "low < high"),
        ({"curves": ("rate",), "limits": {"rate": (0, 1)}}, "numbers > 0 with low < high"),
    ],
)
def test_curves_that_the_rules_do_not_have(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        explore("ravine", Momentum, **options)


def test_the_start_has_sliders_beside_its_ring():
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2))
    sliders = explorer.plot.sliders
    spec = {(s["handle"], s["which"]): (s["label"], s["low"], s["high"]) for s in sliders}
    (xlow, xhigh), (ylow, yhigh) = functions.ravine.domain
    assert spec == {
        ("start", 0): ("start x₀", xlow, xhigh), ("start", 1): ("start y₀", ylow, yhigh),
    }  # fmt: skip
    (line,) = explore("wave", SGD, lr=0.1).plot.sliders
    assert (line["label"], line["low"], line["high"]) == ("start x₀", *functions.wave.domain)
    assert explore("ravine", SGD, start_sliders=False).plot.sliders == []
    with pytest.raises(TypeError, match="start_sliders='no'"):
        explore("ravine", SGD, start_sliders="no")


def test_a_start_that_is_typed_is_kept_exactly_and_computed_once(monkeypatch):
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=5)
    asked = []
    runs = PathExplorer._runs_now
    monkeypatch.setattr(
        PathExplorer, "_runs_now", lambda self, r: [asked.append(len(r)), runs(self, r)][1]
    )
    explorer.plot.set_state({"handles": {"start": [1.23456, 2]}})  # as the browser sends it
    assert explorer.start == (1.23456, 2) and explorer.paths["SGD"].start[0] == 1.23456
    assert asked == [1], "the run that is shown"
    explorer.plot.set_state({"handles": {"start": [1.23456, 2]}})
    assert asked == [1], "the same start again is no change"


@pytest.mark.parametrize("function, start", [("ravine", (-12, 9)), ("wave", 20.0)])
def test_a_start_outside_the_picture_has_its_sliders_too(function, start):
    explorer = explore(function, SGD, lr=0.1, start=start)
    assert explorer.start == start and explorer.status == ""
    assert len(explorer.plot.sliders) == np.size(start), "the browser widens their range"


def log_well():
    """x - ln x: a large rate jumps to where it is undefined."""
    return Function(
        "log", r"x - \ln x", lambda x: x - np.log(x), lambda x: 1 - 1 / x, domain=(0.1, 5),
        start=3.0,
    )  # fmt: skip


def pole():
    """1/x with a gradient that leads from 1 to 0 in one step of rate 1."""
    f = Function("pole", "1/x", lambda x: 1 / x, lambda x: 1 + 0 * x, domain=(0.1, 5), start=1.0)
    f.compared = True  # that is no gradient of 1/x
    return f


@pytest.mark.parametrize(
    "function, lr, start, steps, word",
    [
        (log_well(), 5.0, 3.0, 6, "undefined"),
        (pole(), 1.0, 1.0, 6, "undefined"),
        ("parabola", 2.0, 4.0, 400, "too large"),
    ],
)
def test_undefined_and_too_large_are_told_apart_everywhere(function, lr, start, steps, word):
    explorer = explore(
        function, SGD, lr=lr, start=start, steps=steps, rates=(0.001, 10), target=(0.1, steps),
        inspect=True,
    )  # fmt: skip
    (path,) = explorer.paths.values()
    (frame,) = explorer.plot.data["list"]
    assert frame["lost"] == [[path.diverged, word]] * 2
    assert f"Not yet: {word} after {steps} steps." in frame["goal"]
    said = {"undefined": "undefined value", "too large": "too large"}[word]
    assert said in explorer.summary
    (inspector,) = inspected(explorer)
    assert word in inspector
    other = {"undefined": "too large", "too large": "undefined"}[word]
    told = " ".join((frame["goal"], explorer.summary, inspector))
    assert other not in told


def test_each_rule_is_told_for_itself_and_one_that_stays_has_its_numbers():
    explorer = explore("parabola", [SGD, AdaGrad], lr=2.0, start=4, steps=400, most_steps=400)
    (frame,) = explorer.plot.data["list"]
    assert frame["names"] == ["SGD", "AdaGrad"] and frame["lost"] == [[323, "too large"], None]
    explorer.controls["lr"].value = 0.1
    assert "lost" not in explorer.plot.data["list"][0]


def test_a_value_that_a_log_axis_cannot_show_is_a_number_all_the_same():
    explorer = explore("ravine", AdaGrad, lr=0.5, steps=5, curves=("loss", "h", "rate"))
    packed = explorer.plot.data
    (frame,) = packed["list"]
    step0 = dict(zip(frame["names"], doubles(packed, frame["values"])[0], strict=True))
    assert step0["h x"] == step0["h y"] == 0
    assert np.isnan(step0["rate x"]), "none before the first step: a dash"


def test_a_target_counts_from_the_first_start_alone_unless_every_start_is_free():
    explorer = explore("ravine", SGD, lr=0.1, start=(-7, 2), steps=30, target=(0.01, 30))
    explorer.start = (0.1, 0)
    assert not explorer.reached
    assert "Not yet: it counts from (-7, 2) alone." in explorer.plot.data["list"][0]["goal"]
    explorer.start = (-7, 2)
    explorer.controls["lr"].value = 0.9
    assert explorer.reached
    free = explore("ravine", SGD, lr=0.1, start=(-7, 2), target=(0.01, 30), any_start=True)
    free.start = (0.1, 0)
    assert free.reached


def test_a_rate_that_is_fixed_has_a_greyed_out_slider():
    assert explore("ravine", lr=0.03, rates=(0.029, 0.031)).controls["lr"].disabled
    assert not explore("ravine", lr=0.03).controls["lr"].disabled
