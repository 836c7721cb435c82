"""What the page makes of `explore` by itself is what Python would have sent, in every part."""

import asyncio
import json

import numpy as np
import pytest
from wire import by_page, doubles, sent

from optimlab import explore, functions
from optimlab.explorers.base import PAUSE
from optimlab.optimizers import Optimizer

RULES = ["SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW", "AdaDelta", "NAdam"]


class Leaky(Optimizer):
    """A rule of one's own, with a hyperparameter that has no control."""

    rules = ("v = (1 - leak)*v + leak*g", "w = w - eta*v")
    leak = 0.1


def made(*given, **more):
    return explore(*given, band=False, **more)


EXPLORERS = {
    "one rule": lambda: made("ravine", "Momentum"),
    "a curve with names": lambda: made("wave", "SGD", lr=0.1, steps=20),
    "a curve with several rules": lambda: made("parabola", ["SGD", "Adam", Leaky], names=4),
    "all rules": lambda: made("himmelblau", RULES, steps=15),
    "a target": lambda: made("parabola", ["SGD", "Momentum"], target=(2.5, 12)),
    "any start": lambda: made("ravine", "SGD", target=(0.01, 40), any_start=True),
    "curves": lambda: made(
        "rosenbrock", ["AdaGrad", "Adam"], curves=("loss", "rate", "distance", "gradient", "v")
    ),
    "one rule's curves": lambda: made("ravine", "Nesterov", curves=("v", "distance", "rate")),
    "a curve's rate": lambda: made("cubic", "NAdam", curves=("loss", "rate", "gradient", "m")),
    "typed": lambda: made("log(x) + 1/x^2", "RMSProp", start=2.0, steps=12, names=3),
    "names in the plane": lambda: made("ravine", "SGD", names=5),
}


def settings(explorer, rng):
    """Where the controls may be put, and the start: anywhere, at the ends and outside, too."""
    values = [int(rng.integers(len(explorer._values())))]
    for name, widget in list(explorer.controls.items())[1:]:
        if name == "bias_correction":
            values.append(bool(rng.integers(2)))
        elif isinstance(widget.value, int):
            values.append(int(rng.choice([1, 2, widget.max, rng.integers(1, widget.max + 1)])))
        else:
            ends = rng.uniform(widget.min, widget.max)
            values.append(float(rng.choice([widget.min, widget.max, ends, round(ends, 2)])))
    box = np.reshape(explorer.domain, (-1, 2))
    start = rng.uniform(box[:, 0] - 0.2, box[:, 1] + 0.2).round(int(rng.integers(1, 17)))
    return values, start.tolist()


def put(explorer, values, start):
    explorer.restore([*values, {"start": start}])
    assert explorer.status == ""


@pytest.fixture(scope="module")
def cases(run):
    """For each explorer: the settings, and what the page shows for them."""
    rng = np.random.default_rng(6)
    made = {name: make() for name, make in EXPLORERS.items()}
    asked = []
    for explorer in made.values():
        *values, handles = explorer.settings()
        some = [settings(explorer, rng) for _ in range(9)]
        asked.append((explorer, [([k, *values[1:]], handles["start"]) for k in (53, 60)] + some))
    found = by_page(run, asked)
    return {
        name: (explorer, list(zip(given, frames, strict=True)))
        for name, (explorer, given), frames in zip(made, asked, found, strict=True)
    }


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_page_shows_what_python_would_have_sent(cases, name):
    explorer, shown = cases[name]
    plot = explorer.plot
    for (values, start), theirs in shown:
        put(explorer, values, start)
        (mine,), (frame,) = plot.data["list"], theirs["list"]
        assert frame["summary"] == mine["summary"] == explorer.summary
        assert frame.get("goal") == mine.get("goal") and frame["names"] == mine["names"]
        assert [end and tuple(end) for end in frame["lost"]] == [
            end and tuple(end) for end in mine.get("lost", [None] * len(mine["names"]))
        ]
        assert frame["texts"] == mine["texts"] and set(frame["marks"]) == set(mine["marks"])
        ours, given = doubles(theirs, frame["values"]), doubles(plot.data, mine["values"])
        np.testing.assert_allclose(ours, given, rtol=1e-9, atol=1e-12 * np.nanmax(abs(given)))
        for mark in mine["marks"]:
            a, b = sent(plot, mark, theirs), sent(plot, mark)
            np.testing.assert_allclose(a, b, atol=2e-5 if mark == "names" else 2e-6, err_msg=mark)
        json.dumps(frame, allow_nan=False)


def test_runs_of_every_kind_were_among_them(cases):
    told = " ".join(frame["list"][0]["summary"] + frame["list"][0].get("goal", "")
                    for _, shown in cases.values() for _, frame in shown)  # fmt: skip
    for words in ("fell", "left the plot", "too large", "came back", "started outside", "alone",
                  "Not yet", "is there at", "Reached"):  # fmt: skip
        assert words in told
    names = [f["list"][0]["texts"]["names"] for _, f in cases["a curve with names"][1]]
    assert len({len(texts) for texts in names}) > 2, "some names find no place"


def test_what_only_python_can_run_keeps_its_frames():
    class Taught:
        def __init__(self, lr=0.1):
            self.lr = lr

        def update(self, params, grads):
            for name in params:
                params[name] -= self.lr * grads[name]

    only = [
        explore(lambda x, y: x**2 + y**2, "SGD"), explore("ravine", Taught),
        explore("ravine", "SGD", gradient=lambda p: p), explore("ravine", "SGD", inspect=True),
    ]  # fmt: skip
    for explorer in only:
        assert explorer.plot.program == {} and len(explorer.plot.frames["list"]) > 50
    assert explore(functions.ravine, "SGD").plot.frames == {}


def test_a_page_that_may_not_run_it_is_sent_frames():
    explorer = explore("ravine", "SGD")
    assert explorer.plot.program
    explorer._on_menu(explorer.plot, {"kind": "refused"}, [])
    assert explorer.plot.program == {} and explorer.status == ""
    assert len(explorer.plot.frames["list"]) == len(explorer._values())
    assert explorer.plot.frames["band"]["steps"] == 30
    explorer.put(start=(3, 1))
    assert explorer.plot.program == {}, "nor later"


def test_veiled_nothing_of_the_run_is_in_the_page():
    explorer = explore("ravine", "Adam", target=(0.1, 20))
    explorer.veil("Not yet.")
    explorer._send_frames()
    plot = explorer.plot
    assert plot.program == plot.frames == {} and plot.data["list"][0]["summary"] == "Not yet."
    explorer.unveil()
    assert plot.program["rules"][0]["name"] == "Adam"


def test_python_follows_once_the_hand_rests_and_at_once_when_it_is_asked():
    async def drag():
        explorer = explore("ravine", "SGD", lr=0.1, start=(-7, 2), steps=5)
        before = explorer.summary
        for x in (-6.5, -6.0):  # as the page sends them
            explorer.plot.set_state({"handles": {"start": [x, 2]}})
        explorer.controls["steps"].set_state({"value": 6})
        assert explorer.summary == before and explorer.start == (-6, 2), "the page shows it already"
        assert explorer.paths["SGD"].start.tolist() == [-6, 2] and explorer.paths["SGD"].steps == 6
        explorer.controls["lr"].set_state({"index": 60})
        assert "learning rate 0.1 " in explorer.summary
        await asyncio.sleep(PAUSE + 0.05)
        assert explorer.summary == explorer.paths["SGD"].summary() and explorer["lr"] == 0.16
        assert explorer.plot.frames == {}, "the page needs none, and no band"
        explorer.start = (1, 1)  # a line of Python is not a hand
        assert "from (1, 1)" in explorer.summary
        explorer.close()

    asyncio.run(drag())
