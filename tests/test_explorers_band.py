"""The band under the learning-rate slider, and the map of basins: what they say is what runs do."""

import asyncio
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import wire
from matplotlib.colors import to_rgb

from optimlab import SGD, Adam, Function, Momentum, Nesterov, descend, explore
from optimlab.explorers import BasinExplorer, basins, paths
from optimlab.explorers.valleys import VALLEYS
from optimlab.lessons import Choice, Lesson
from optimlab.lessons.store import Progress
from optimlab.study.outcomes import GONE, NOWHERE, basin_map, outcomes, rate_limit

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def band(run):
    """What the band of an explorer shows."""
    return lambda explorer: wire.bands(run, explorer)[0]


def has_band(explorer):
    return bool(explorer.plot.program.get("band") or explorer.plot.frames.get("band"))


def at_each(row):
    """(verdict, arrived, letter) at each position of a row."""
    found = {}
    for piece in row["pieces"]:
        state = piece["verdict"], piece["minimum"] >= 0, piece["letter"]
        found |= dict.fromkeys(range(piece["from"], piece["to"] + 1), state)
    return [found[i] for i in range(len(found))]


@pytest.mark.parametrize(
    "function, rules, lr, steps",
    [("ravine", SGD, 0.1, 30), ("wave", SGD, 0.25, 40), ("himmelblau", [SGD, Momentum], 0.01, 60)],
)
def test_each_position_says_what_its_own_run_does(function, rules, lr, steps, band):
    explorer = explore(function, rules, lr=lr, steps=steps)
    assert explorer.status == ""
    rates, shown = explorer._values(), band(explorer)
    for rule, row in zip(explorer.rules, shown["rows"], strict=True):
        states = at_each(row)
        assert len(states) == len(rates) == shown["count"]
        runs = [descend(function, rule(lr=rate), steps=steps) for rate in rates]
        for state, run in zip(states, runs, strict=True):
            verdict, minimum = outcomes(run)
            assert state[:2] == (verdict, minimum >= 0)
            many = state[1] and len(explorer.function.minima) > 1
            assert state[2] == ("ABCD"[int(minimum)] if many else "")
        losses = [run.losses[-1] if np.isfinite(run.losses[-1]) else np.inf for run in runs]
        assert losses[row["best"]] <= min(losses) + 1e-9 * runs[0].losses[0]


@pytest.mark.parametrize("rule", [SGD, Momentum, Nesterov])
@pytest.mark.parametrize("function, steps", [("parabola", 200), ("bowl", 200), ("ravine", 200)])
def test_a_limit_stands_beside_the_first_rate_that_diverges(function, steps, rule, band):
    more = {} if rule is SGD else {"momentum": 0.5}
    explorer = explore(function, rule, steps=steps, **more)
    (row,) = band(explorer)["rows"]
    ((place, said),) = row["limits"]
    first = [state[0] for state in at_each(row)].index("diverges")
    assert first - 1 <= place <= first
    limit = rate_limit(function, rule(**more))
    rates = explorer._values()
    assert np.interp(place, range(len(rates)), rates) == pytest.approx(limit)
    assert said == f"stability limit {limit:.3g}"


def test_on_the_wave_each_minimum_has_its_limit_and_is_lost_there(band):
    shown = band(explore("wave", SGD, start=4.9, steps=200))
    (row,) = shown["rows"]
    held = [i for i, state in enumerate(at_each(row)) if state[2] == "A"]
    place = row["limits"][0][0]
    assert max(held) <= place < max(held) + 1
    assert "The curvature at 4.91 sets the stability limit 0.384." in shown["words"]
    assert "A is the minimum at 4.91." in shown["words"]


def test_the_band_is_said_in_whole_sentences(run):
    explorers = [
        explore("ravine", SGD, start=(-7, 2), steps=30),
        explore("wave", SGD, start=2.5, steps=30), explore("wave", SGD, steps=1),
        explore("saddle", SGD, steps=60), explore("ravine", [SGD, Momentum], steps=60),
    ]  # fmt: skip
    one, many, once, falls, both = wire.bands(run, *explorers)
    assert one["words"] == (
        "SGD from this start after 30 steps, by learning rate: does not arrive (0.001 to 0.5); "
        "zigzags and does not arrive (0.55 to 1); diverges (1.1 to 2). The lowest loss comes at "
        "rate 0.9. The curvature at (0, 0) sets the stability limit 1."
    )
    assert dict(one["legend"])["best"] == "lowest loss after 30 steps"
    assert "zigzags and arrives at B (6 of 90)" in many["words"]
    assert "after 1 step," in once["words"]
    (row,) = falls["rows"]
    assert at_each(row)[row["best"]][0] != "diverges", "lowest because it falls without end"
    assert [row["rule"] for row in both["rows"]] == ["SGD", "Momentum"]
    assert both["words"].count(" from this start after 60 steps") == 2


@pytest.mark.parametrize(
    "given, more",
    [
        (("ravine", [SGD, Momentum]), {"momentum": 0.5, "steps": 60}),
        (("himmelblau", [Nesterov, Adam]), {"lr": 0.01, "steps": 50, "bias_correction": False}),
        (("parabola", [SGD(lr=0.3), Nesterov(momentum=0.7)]), {"steps": 200}),
        (("saddle", SGD), {"rates": (0.01, 0.02)}),
    ],
)  # fmt: skip
def test_what_the_page_finds_and_what_python_sends_are_one_band(given, more, run):
    explorers = [explore(*given, **more, inspect=asked) for asked in (False, True)]
    assert [bool(explorer.plot.program) for explorer in explorers] == [True, False]
    assert "band" not in explorers[0].plot.frames, "nothing of it is sent"
    for start in (None, 0.5):
        if start is not None:
            for explorer in explorers:
                explorer.start = start if explorer.line else (start, -1.5)
        found, sent = wire.bands(run, *explorers)
        assert found == sent and found["words"]
        limits = [row["limits"] for row in found["rows"]]
        assert all(limits) or given[0] != "parabola", "of a rule that is an object, too"


def test_the_band_follows_start_and_steps_and_python_has_no_part_in_it(monkeypatch, band):
    explorer = explore("wave", SGD, lr=0.25, start=2.5, steps=30)
    calls = []
    monkeypatch.setattr(paths, "descend", lambda *a, **k: [calls.append(1), descend(*a, **k)][1])
    before = band(explorer)
    explorer.start = 1.0
    assert len(calls) == 1, "the run that is shown"
    after = band(explorer)
    assert after != before and "converges to B" in after["words"]
    explorer.start = 2.5
    assert band(explorer) == before
    explorer.controls["steps"].value = 60
    assert "after 60 steps" in band(explorer)["words"]


def test_where_python_sends_it_the_band_comes_with_the_frames(monkeypatch, band):
    explorer = explore("wave", SGD, lr=0.25, start=2.5, steps=30, inspect=True)
    calls = []
    monkeypatch.setattr(paths, "descend", lambda *a, **k: [calls.append(1), descend(*a, **k)][1])
    before = band(explorer)
    explorer.start = 1.0
    assert len(calls) == 2, "the run that is shown, and one batch for frames and band"
    assert explorer.plot.frames["settings"] == explorer.plot.settings()
    assert band(explorer) != before


def test_a_function_without_minima_or_with_a_kink_at_one_has_a_band_too(band):
    (row,) = band(explore("saddle", SGD, steps=40))["rows"]
    assert {state[0] for state in at_each(row)} == {"does not arrive", "diverges"}
    assert row["limits"] == []
    root = Function("root", "x", lambda x: np.sqrt(abs(x)), domain=(-2, 2), minima=[0], start=1.0)
    explorer = explore(root, SGD, steps=40)
    assert band(explorer)["rows"][0]["limits"] == [] and explorer.status == ""


def test_a_target_and_a_question_are_not_given_away():
    assert has_band(explore("ravine", SGD))
    assert not has_band(explore("ravine", SGD, band=False))
    assert not has_band(explore("ravine", SGD, target=(0.1, 20)))
    assert has_band(explore("ravine", SGD, target=(0.1, 20), band=True))
    for asked, there in ((None, False), (True, True)):
        explorer = explore("ravine", SGD, band=asked)
        explorer.veil("Not yet.")
        assert not has_band(explorer) and explorer.plot.frames == explorer.plot.program == {}
        explorer.unveil()
        explorer.start = (1, 1)
        assert has_band(explorer) is there
    assert not has_band(explore("ravine", lr=0.03, rates=(0.029, 0.031)))


@pytest.mark.parametrize("asked, there", [(None, False), (True, True)])
def test_a_question_answered_before_has_no_more_of_a_band(asked, there, tmp_path):
    question = Choice({"yes": "It does.", "no": "It does."}, right="yes")
    for _ in range(2):  # the second time as when the cell is run again
        lesson = Lesson("my", progress=Progress(tmp_path / "progress.json"))
        explorer = explore("ravine", SGD, band=asked)
        prediction = lesson.predict("does it", explorer, question)
        prediction.card.act("skip")
        assert not explorer.veiled and explorer.plot.program["rules"]
        assert has_band(explorer) is there


def test_stills_and_sentences_are_those_without_the_band():
    with_band, without = (explore("ravine", SGD, band=shown) for shown in (True, False))
    assert with_band.still() == without.still() and with_band.summary == without.summary


# --- basins ----------------------------------------------------------------------------------


def small(rule=SGD, **more):
    return BasinExplorer("himmelblau", rule, **{"lr": 0.01, "cells": 40, "steps": 60} | more)


@pytest.mark.parametrize(
    "rule, more", [(SGD, {}), (Momentum, {"lr": 0.02, "momentum": 0.8}), (Adam, {"lr": 0.5})]
)
def test_every_cell_is_the_run_from_its_middle(rule, more):
    explorer = small(rule, **more)
    assert explorer.status == "" and not len(explorer._left)
    xs, ys = explorer.starts
    at = np.stack(np.meshgrid(xs, ys), axis=-1)
    own = rule(**{"lr": 0.01} | more)
    wanted = basin_map("himmelblau", own, at, 60, explorer.domain)
    np.testing.assert_array_equal(explorer.labels, wanted)


def test_the_map_follows_rate_steps_and_momentum_but_not_the_start():
    explorer = small(Momentum, momentum=0.5)
    labels = explorer.labels
    explorer.start = (1.0, 2.0)
    assert explorer.labels is labels
    for name, value in (("lr", 0.02), ("momentum", 0.8), ("steps", 30)):
        before = explorer.labels
        explorer.controls[name].value = value
        assert (explorer.labels != before).any() and not len(explorer._left), name
    assert explorer.status == ""


def test_a_click_shows_the_run_of_the_cell():
    explorer = small(lr=0.015)
    xs, ys = explorer.starts
    (mark,) = [m for m in explorer.plot.marks if m["kind"] == "handle"]
    np.testing.assert_allclose(mark["round"], [xs[1] - xs[0], ys[1] - ys[0]])
    for row, column in ((3, 5), (30, 33), (12, 8), (20, 39)):
        explorer.start = (float(xs[column]), float(ys[row]))
        label = explorer.labels[row, column]
        path = explorer.paths["SGD"]
        assert outcomes(path, explorer.domain)[1] == max(label, NOWHERE)
        assert (f"It arrives at {'ABCD'[label]}," in explorer.summary) is bool(label >= 0)
        np.testing.assert_allclose(wire.shown(explorer, "path SGD")[0], explorer.start, atol=1e-5)


def test_the_middles_of_the_cells_are_where_the_start_can_stand():
    for domain in (None, ((0.3, 4.9), (-1.7, 3.1))):
        explorer = BasinExplorer("himmelblau", cells=20, steps=10, lr=0.01, domain=domain)
        for at, grain, (low, high) in zip(
            explorer.starts, explorer.grain, explorer.domain, strict=True
        ):
            np.testing.assert_allclose(at / grain, np.round(at / grain), atol=1e-9)
            np.testing.assert_allclose([at[0] - grain / 2, at[-1] + grain / 2], [low, high])


def test_the_picture_has_the_colour_of_each_label_and_borders_are_dark():
    explorer = small()
    explorer.labels = np.repeat([[0, 1, 2, 3, GONE, NOWHERE]], 40, axis=0).repeat(8, axis=1)
    pixels = explorer.image()
    for k, shade in enumerate(VALLEYS):
        inside = pixels[1:, 8 * k + 1 : 8 * k + 8, :3]
        np.testing.assert_allclose(inside, np.broadcast_to(to_rgb(shade), inside.shape) * 255,
                                   atol=0.51)  # fmt: skip
        assert (pixels[:, 8 * k + 8, :3].sum(axis=1) < 600).all(), "the border"
    patterns = [pixels[1:, 8 * k + 1 : 8 * k + 8, :3].reshape(-1, 3) for k in (4, 5)]
    stripes, dots = (np.unique(p, axis=0, return_counts=True)[1] / len(p) for p in patterns)
    assert len(stripes) == len(dots) == 2 and min(stripes) > 0.25 > 0.1 > min(dots)


def test_many_minima_have_letters_and_go_without_a_legend_of_each():
    own = BasinExplorer("himmelblau", Momentum(lr=0.02, momentum=0.5), cells=20, steps=20)
    assert (own["lr"], own["momentum"]) == (0.02, 0.5), "an object sets its sliders"
    own.close()
    explorer = BasinExplorer("rastrigin", SGD, cells=20, steps=20)
    (frame,) = explorer.plot.data["list"]
    assert len(frame["texts"]["letters"]) == 25 and frame["texts"]["letters"][24] == "Y"
    (legend,) = explorer.plot._figures[0].legends
    assert [text.get_text() for text in legend.get_texts()] == ["diverges", "does not arrive"]
    with pytest.raises(ValueError, match="saddle: it must have a minimum"):
        BasinExplorer("saddle")


def test_it_is_coarse_at_once_and_fine_when_idle():
    async def watch():
        explorer = BasinExplorer("himmelblau", SGD, lr=0.01, steps=40, cells=100)
        first, left = explorer.labels.copy(), len(explorer._left)
        assert left == 100 * 100 - 20 * 20
        blocks = first.reshape(20, 5, 20, 5)
        assert (blocks == blocks[:, 2:3, :, 2:3]).all(), "a cell stands for its neighbours"
        picture, portions = explorer.plot.images["basins"], []
        while len(explorer._left):
            if portions[-1:] != [len(explorer._left)]:
                portions.append(len(explorer._left))
            await asyncio.sleep(0.001)
        assert len(portions) > 2, "in portions, so that messages are heard between them"
        assert explorer.plot.images["basins"] != picture and explorer.status == ""
        explorer.controls["lr"].value = 0.016
        assert len(explorer._left) == left
        explorer.close()
        await asyncio.sleep(0.4)
        assert len(explorer._left) == left, "closed: nothing goes on"
        return first

    first = asyncio.run(watch())
    done = BasinExplorer("himmelblau", SGD, lr=0.01, steps=40, cells=100).labels
    assert (first != done).any()
    np.testing.assert_array_equal(first[2::5, 2::5], done[2::5, 2::5])


def test_while_it_becomes_fine_the_map_is_shown_again_and_again(monkeypatch):
    now = itertools.count(0, 0.01)
    later = SimpleNamespace(perf_counter=lambda: next(now))

    async def watch():
        nonlocal now
        explorer = BasinExplorer("himmelblau", SGD, lr=0.01, steps=10, cells=100)
        explorer._stop_going_on()
        monkeypatch.setattr(basins, "time", later)
        explorer._shown, pictures = 0.0, []
        for seconds in (0.1, 0.5):  # since it was shown
            now = itertools.count(seconds, 0.01)
            pictures.append(explorer.plot.images["basins"])
            explorer._go_on()
            explorer._stop_going_on()
        assert len(explorer._left) > 0 and explorer.status == ""
        return [*pictures, explorer.plot.images["basins"]]

    first, soon, after = asyncio.run(watch())
    assert first == soon != after


def test_a_veiled_map_is_hidden_and_comes_back():
    explorer = small()
    explorer.veil("Not yet.")
    assert explorer.plot.images == {} and explorer._share.layout.display == "none"
    explorer.unveil()
    assert set(explorer.plot.images) == {"basins"} and explorer.summary.startswith("SGD")


def test_the_legend_of_a_map_has_room_in_the_picture():
    figure = small().plot._figures[0]
    (legend,) = figure.legends
    figure.draw_without_rendering()
    page = figure.bbox
    for part in (*legend.get_texts(), *legend.get_patches()):
        box = part.get_window_extent()
        assert page.x0 < box.x0 < box.x1 < page.x1 and page.y0 < box.y0 < box.y1 < page.y1, part
    names = [text.get_text() for text in legend.get_texts()]
    assert names[0].startswith("A (3, 2)") and names[4:] == ["diverges", "does not arrive"]


def test_the_shares_are_those_of_the_first_look():
    explorer = small()
    share = np.mean(explorer.labels[2::5, 2::5] == 0)
    assert f"{100 * share:.0f} % arrive at A, the minimum at (3, 2)" in explorer._share.value
    lost = small(lr=0.03)
    for label, words in ((GONE, "diverge"), (NOWHERE, "have not arrived")):
        share = np.mean(lost.labels[2::5, 2::5] == label)
        assert (f"{100 * share:.0f} % {words}" in lost._share.value) == (share > 0), words
    assert "diverge" in lost._share.value
