"""Adam's four stages and the rare gradient: the runs, the numbers sent, the words, the scenes."""

import itertools
import time
from functools import lru_cache

import numpy as np
import pytest
import wire
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import SGD, Adam, RMSProp, descend, functions
from optimlab.explorers import RareGradientExplorer, StagesExplorer
from optimlab.explorers.adam import STAGES
from optimlab.study.rare_gradient import rare_gradient

pytestmark = pytest.mark.filterwarnings("error")

ravine = functions.ravine
SWITCHES = ("momentum", "mean square", "bias correction")
ALL = list(itertools.product((False, True), repeat=3))


@pytest.fixture(scope="module")
def made():
    """One explorer of each kind for all tests: drawing a scene takes longest."""
    return StagesExplorer(target=(0.01, 30)), RareGradientExplorer(0.99, target=True)


@pytest.fixture
def stages(made):
    """The four stages at first, all switched off."""
    yield made[0]
    made[0].unveil()
    switch(made[0], False, False, False)
    for name, value in (("lr", 0.3), ("beta1", 0.9), ("beta2", 0.999)):
        made[0].controls[name].value = value
    made[0].start = (-7, 2)
    assert made[0].status == ""


@pytest.fixture
def rare(made):
    """The rare gradient at first, with β₂ = 0.99."""
    yield made[1]
    made[1].unveil()
    made[1].controls["beta2"].value, made[1].controls["running max"].value = 0.99, False
    assert made[1].status == ""


def switch(explorer, *on):
    for name, value in zip(SWITCHES, on, strict=True):
        explorer.controls[name].value = value


def frame_of(explorer, value):
    return explorer.plot.frames, explorer._values().index(value)


# --- four stages -----------------------------------------------------------------------------


def by_hand(momentum, mean_square, correction, lr=0.3, beta1=0.9, beta2=0.999, steps=30):
    """Adam with some of its parts, in plain Python floats."""
    x, m, v, points = [-7.0, 2.0], [0.0, 0.0], [0.0, 0.0], [(-7.0, 2.0)]
    for t in range(1, steps + 1):
        for i, g in enumerate((x[0] / 10, 2 * x[1])):
            m[i] = beta1 * m[i] + (1 - beta1) * g if momentum else g
            v[i] = beta2 * v[i] + (1 - beta2) * g * g if mean_square else g * g
            m_hat = m[i] / (1 - beta1**t) if momentum and correction else m[i]
            v_hat = v[i] / (1 - beta2**t) if mean_square and correction else v[i]
            x[i] -= lr * m_hat / (v_hat**0.5 + 1e-8)
        points.append(tuple(x))
    return np.array(points)


@pytest.mark.parametrize("on", ALL)
def test_every_combination_is_what_its_formula_says(stages, on):
    explorer = stages
    switch(explorer, *on)
    assert explorer.status == "" and explorer.summary.startswith(STAGES[on])
    assert type(explorer.path.optimizer) is Adam
    assert_allclose(explorer.path.points, by_hand(*on), rtol=1e-6, atol=1e-9)
    assert_allclose(wire.shown(explorer, "path"), explorer.path.points, atol=1e-4)


def test_the_four_stages_are_the_rules_they_are_called(stages):
    explorer = stages
    g = np.array([-0.7, 4])
    assert_allclose(explorer.ratios[0], -np.sign(g), rtol=1e-7)
    assert_allclose(abs(explorer.ratios), 1, rtol=1e-5)  # it never settles
    assert "the first step is 1 × the rate, the longest 1 ×" in explorer.summary

    switch(explorer, True, False, False)
    assert_allclose(explorer.ratios[0], -0.1 * np.sign(g), rtol=1e-6)
    assert abs(explorer.ratios).max() > 10

    switch(explorer, True, True, False)
    assert_allclose(explorer.ratios[0], -0.1 / np.sqrt(0.001) * np.sign(g), rtol=1e-6)
    assert "the first step is 3.16 × the rate" in explorer.summary

    switch(explorer, True, True, True)
    assert_allclose(explorer.ratios[0], -np.sign(g), rtol=1e-7)
    assert_allclose(explorer.path.end, [0.136015, 0.318245], atol=1e-6)
    assert_array_equal(explorer.path.points, descend(ravine, Adam(0.3), (-7, 2), 30).points)

    switch(explorer, False, True, False)
    rmsprop = descend(ravine, RMSProp(0.3, rho=0.999), (-7, 2), 30)
    assert_allclose(explorer.path.points, rmsprop.points, rtol=1e-12)


def test_the_course_s_first_book_adds_its_eps_before_the_correction():
    """Adam 0.3 after 30 steps with the number 1e-7 added to √v: 0.136007, not 0.136015."""
    w, m, v = np.array([-7.0, 2.0]), 0, 0
    for t in range(1, 31):
        g = ravine.gradient(w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - 0.3 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
    assert_allclose(w, [0.136007, 0.318245], atol=6e-7)


def test_what_each_panel_shows():
    explorer = StagesExplorer(True, True, lr=0.2, steps=12)
    path = descend(ravine, Adam(0.2, bias_correction=False), (-7, 2), 12)
    assert_allclose(wire.shown(explorer, "loss")[:, 1], path.losses, rtol=1e-4)
    for axis, name in enumerate("xy"):
        row = wire.shown(explorer, f"ratio {name}")
        assert np.isnan(row[0]).any()  # no step leads to the start
        assert_allclose(row[1:, 0], np.arange(1, 13), atol=1e-5)
        assert_allclose(row[1:, 1], np.diff(path.points[:, axis]) / 0.2, atol=1e-5)
    (panel, losses, ratios) = explorer.plot._axes
    assert losses[1].get_yscale() == "log" and ratios[1].get_ylabel() == "step / rate"
    assert not losses[1].texts  # no target
    star = [line for line in panel[1].lines if line.get_marker() == "*"]
    assert_array_equal(star[0].get_xydata(), [[0, 0]])


@pytest.mark.parametrize("on", [(False, False, False), (True, True, True)])
def test_the_frames_are_what_the_slider_shows(stages, on):
    explorer = stages
    switch(explorer, *on)
    for rate in (0.05, 0.5, 1.0):
        explorer.controls["lr"].value = rate
        assert explorer.plot.frames["list"][frame_of(explorer, rate)[1]]["summary"] == (
            explorer.summary
        )
        for mark in ("path", "path steps", "loss", "ratio x", "ratio y"):
            assert_array_equal(
                wire.sent(explorer.plot, mark),
                wire.sent(explorer.plot, mark, *frame_of(explorer, rate)),
            )


def test_every_control_and_the_start_change_the_run(stages):
    explorer = stages
    switch(explorer, True, True, True)
    seen = [explorer.summary]
    for name, value in (("lr", 0.5), ("beta1", 0.5), ("beta2", 0.9), ("bias correction", False)):
        explorer.controls[name].value = value
        seen.append(explorer.summary)
    explorer.start = (3, -1)
    seen.append(explorer.summary)
    assert len(set(seen)) == 6 and explorer.status == ""
    own = descend(ravine, Adam(0.5, 0.5, 0.9, bias_correction=False), (3, -1), 30)
    assert_array_equal(explorer.path.points, own.points)
    assert explorer.plot.frames["settings"] == explorer.plot.settings()
    assert explorer.plot.settings()[-1] == {"start": [3, -1]}


def test_a_share_that_is_not_used_cannot_be_moved(stages):
    explorer = stages
    shares = [explorer.controls[name] for name in ("beta1", "beta2")]
    assert [s.disabled for s in shares] == [True, True]
    switch(explorer, True, False, False)
    assert [s.disabled for s in shares] == [False, True]


def test_the_target_is_for_all_parts(stages):
    explorer = stages
    switch(explorer, True, True, True)
    assert not explorer.reached and "Not yet: 0.0379 is the lowest." in goal(explorer)
    explorer.controls["lr"].value = 0.5
    losses = descend(ravine, Adam(0.5), (-7, 2), 30).losses
    assert explorer.reached and f"Reached at step {np.argmax(losses <= 0.01)}." in goal(explorer)
    explorer.controls["beta1"].value = 0.5
    assert not explorer.reached and "a β has been moved" in goal(explorer)
    explorer.controls["beta1"].value = 0.9
    assert explorer.reached
    switch(explorer, False, True, False)  # at the minimum after a few steps, and does not count
    assert explorer.path.losses.min() < 0.01
    assert not explorer.reached and "a box is empty" in goal(explorer)


def test_the_target_is_drawn_with_its_number_and_its_end(stages):
    losses = stages.plot._axes[1][1]
    assert [text.get_text() for text in losses.texts] == ["target 0.01"]
    line, end = (line.get_xydata() for line in losses.lines[-2:])
    assert_array_equal(line, [[0, 0.01], [30, 0.01]])
    assert_array_equal(end, [[30, 0.01]])


def test_the_longest_step_of_every_stage_is_in_the_picture(stages):
    low, high = stages.plot._axes[2][1].get_ylim()
    for on in [(False,) * 3, (True, False, False), (True, True, False), (True,) * 3]:
        switch(stages, *on)
        assert low < stages.ratios.min() and stages.ratios.max() < high, on


def goal(explorer):
    return explorer.plot.data["list"][0]["goal"]


@pytest.mark.parametrize(
    "given, named",
    [
        ({"steps": 0}, "steps=0"),
        ({"steps": 201}, "steps=201"),
        ({"lr": -1}, "lr=-1"),
        ({"beta1": 1}, "beta1=1"),
        ({"beta2": 1.5}, "beta2=1.5"),
        ({"function": "parabola"}, "function=parabola"),
        ({"start": (1, 2, 3)}, "start="),
    ],
)
def test_bad_input_is_named(given, named):
    with pytest.raises(ValueError, match=named):
        StagesExplorer(**given)
    with pytest.raises(TypeError, match="steps=2.5"):
        StagesExplorer(steps=2.5)


# --- the rare gradient -----------------------------------------------------------------------


@lru_cache
def walk(beta2, running_max=False, steps=200_000):
    """x after every step: the loop of lesson 13, in plain floats."""
    x = m = v = largest = 0.0
    path = []
    for t in range(1, steps + 1):
        g = 1010 if t % 101 == 1 else -10
        m = 0.9 * m + 0.1 * g
        v = beta2 * v + (1 - beta2) * g * g
        largest = max(largest, v) if running_max else v
        m_hat, v_hat = m / (1 - 0.9**t), largest / (1 - beta2**t)
        x = min(max(x - 0.5 / t**0.5 * m_hat / (v_hat**0.5 + 1e-8), -1.0), 1.0)
        path.append(x)
    return np.array(path)


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999, 0.9999])
def test_the_plain_loop_is_the_real_adam_step_by_step(beta2):
    adam, params, path = Adam(beta2=beta2), {"x": 0.0}, []
    for t in range(1, 5001):
        adam.lr = 0.5 / t**0.5
        adam.update(params, {"x": 1010.0 if t % 101 == 1 else -10.0})
        params["x"] = min(max(params["x"], -1.0), 1.0)
        path.append(params["x"])
    assert_allclose(walk(beta2, steps=5000), path, rtol=0, atol=1e-12)


@pytest.mark.parametrize("running_max", [False, True])
def test_all_at_once_is_the_plain_loop(running_max):
    values = (0.99, 0.999)
    at, x, *_ = rare_gradient(values, running_max)
    assert at[-1] == 200_000 and (np.diff(at) > 0).all() and len(at) < 400
    for i, beta2 in enumerate(values):
        assert_allclose(x[:, i], walk(beta2, running_max)[at - 1], rtol=0, atol=1e-9)


def test_where_reddi_s_example_ends(rare):
    ends = {}
    for beta2, running_max in [(0.99, False), (0.999, False), (0.99, True), (0.999, True)]:
        rare.controls["beta2"].value, rare.controls["running max"].value = beta2, running_max
        ends[beta2, running_max] = rare.end
        shown = wire.shown(rare, "path")
        assert_allclose(shown[-1], [200_000, rare.end], rtol=1e-4)
    assert_allclose(list(ends.values()), [0.994, -0.279, -1, -1], atol=5e-4)


def test_0_999_has_not_arrived_and_goes_to_the_worst_point():
    later = walk(0.999, steps=400_000)
    assert -0.29 < later[199_999] < -0.27 and later[-1] > later[199_999] + 0.15


def test_the_pulls_add_up_to_the_way_of_one_period():
    """With the rate of the last period, nearly constant, x moves by right - left."""
    for beta2, running_max in [(0.999, False), (0.9999, False)]:
        *_, root, left, right = rare_gradient(beta2, running_max)
        whole = 101 * (200_000 // 101)
        path = walk(beta2, running_max)
        moved = path[whole - 1] - path[whole - 102]
        if abs(path[whole - 1]) < 0.95:
            rate = 0.5 / (whole - 50) ** 0.5
            assert_allclose(moved / rate, (right - left)[-1, 0], atol=5e-3)
        assert root.shape == left.shape == right.shape == (101, 1)
        assert ((right - left)[-1, 0] > 0) == (beta2 == 0.999)


def test_without_forgetting_the_sum_of_gradients_decides():
    """The running maximum makes the divisor constant: the pulls are as 1010 to 1000."""
    *_, root, left, right = rare_gradient((0.9, 0.99, 0.999), True)
    assert_allclose(root, np.broadcast_to(root[0], root.shape), rtol=1e-6)
    assert_allclose(left[-1] / right[-1], 1.01, rtol=2e-4)


def test_the_rare_gradient_in_words(rare):
    rare.ways.clear()  # what other tests have found
    rare._update()
    assert rare.summary == (
        "β₂ 0.99: after 200,000 steps x is 0.994, near the worst point. In 101 steps the large "
        "gradient pulls 8.34 rates to the left and the small ones 10.2 to the right, so on the "
        "whole it goes right."
    )
    assert not rare.reached and "Not yet: this run ends at 0.994." in goal(rare)
    rare.controls["running max"].value = True
    assert not rare.reached and rare.summary.endswith("goes left.")
    assert "Not yet: this run ends at -1, and β₂ alone is left." in goal(rare)
    rare.controls["running max"].value = False
    rare.controls["beta2"].value = 0.998
    assert not rare.reached and "in between" in rare.summary
    assert "Not yet: this run ends at 0.578, and β₂ alone is left." in goal(rare)
    rare.controls["beta2"].value = 0.9999
    assert rare.reached and "near the best point" in rare.summary and "Reached." in goal(rare)


def test_the_ways_are_found_once_the_run_is_shown():
    explorer = RareGradientExplorer(0.9999, values=(0.99, 0.9999), target=True)
    assert explorer.ways == {False} and not explorer.reached
    explorer = RareGradientExplorer(0.99, values=(0.99, 0.9999), target=True)
    explorer.veil("Not yet.")
    explorer.controls["beta2"].value = 0.9999
    assert explorer.ways == set()
    explorer.unveil()
    assert explorer.ways == {False} and not explorer.reached


@pytest.mark.parametrize("values", [(0.9,), (0.95, 0.99)])
def test_no_pull_leaves_its_panel(values):
    explorer = RareGradientExplorer(values[0], values=values)
    low, high = explorer.plot._axes[2][1].get_ylim()
    for _, _, _, left, right in explorer.runs.values():
        assert low < 0 and max(left.max(), right.max()) < high


def test_the_rare_gradient_s_frames_are_what_it_shows(rare):
    for running_max in (False, True):
        rare.controls["running max"].value = running_max
        for beta2 in rare.VALUES:
            rare.controls["beta2"].value = beta2
            for mark in ("path", "end", "where", "root", "left", "right"):
                assert_array_equal(
                    wire.sent(rare.plot, mark), wire.sent(rare.plot, mark, *frame_of(rare, beta2))
                )


def test_what_the_rare_gradient_s_panels_show(rare):
    at, x, *late = rare_gradient(0.99)
    shown = wire.shown(rare, "path")
    assert_allclose(shown, np.stack([at, x[:, 0]], -1), rtol=1e-4, atol=1e-5)
    for name, values in zip(("root", "left", "right"), late, strict=True):
        line = np.stack([np.arange(101), values[:, 0]], -1)
        assert_allclose(wire.shown(rare, name), line, rtol=1e-4, atol=1e-4)
    marks = [line.get_ydata()[0] for line in rare.plot._axes[0][1].lines]
    words = [text.get_text() for text in rare.plot._axes[0][1].texts]
    assert marks == [-1, 1] and words == ["best point", "worst point"]


def test_without_a_division_one_period_goes_left():
    """The gradients of one period add up to +10: without a division x goes left."""
    grads = np.where(np.arange(101) == 0, 1010.0, -10.0)
    assert grads.sum() == 10
    flat = descend(ravine, SGD(1e-4), (0, 0), 101, gradient=lambda w, k: np.full(2, grads[k]))
    assert_allclose(flat.end, -1e-3)


@pytest.mark.parametrize("values", [(0.4,), (1.0,), (0.99, 1.2)])
def test_a_bad_beta2_is_named(values):
    with pytest.raises(ValueError, match="values="):
        RareGradientExplorer(0.99, values=values)


# --- both ------------------------------------------------------------------------------------


@pytest.fixture(params=["stages", "rare"])
def explorer(request):
    return request.getfixturevalue(request.param)


def test_it_shows_itself(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == explorer.summary and explorer.summary.endswith(".")
    assert explorer.plot.alt in metadata["image/png"]["alt"]
    assert len(explorer.plot.still()) < 120_000
    for figure in explorer.plot._figures:
        for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")):
            if text.get_visible() and text.get_text():
                assert text.get_fontsize() / 0.72 > 11.5, text


def test_behind_the_veil_there_is_no_run(explorer):
    words = "Hidden."
    explorer.veil(words)
    (frame,) = explorer.plot.data["list"]
    assert frame["marks"] == {} and frame["summary"] == explorer.summary == words
    assert explorer.plot.frames == {} and not explorer.reached
    assert all(widget.layout.display == "none" for widget in explorer._only_with_run)
    explorer.unveil()
    assert explorer.plot.frames["list"] and explorer.summary != words


def test_an_error_in_a_callback_is_told(explorer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(type(explorer), "frames", lambda self, values: 1 / 0)
        first = next(iter(explorer.controls.values()))
        first.index -= 1
        assert explorer.status == "ZeroDivisionError: division by zero"
    first.index += 1
    assert explorer.status == ""


def test_what_it_sends_is_small_and_comes_at_once(explorer):
    assert len(explorer.plot.frames["buffer"]) < 120_000
    begin = time.process_time()
    explorer.frames(explorer._values())
    assert time.process_time() - begin < 0.4
