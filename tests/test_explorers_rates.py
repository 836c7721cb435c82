"""The scheme explorer: the numbers it sends, its words, its target and its scene."""

import numpy as np
import pytest
import wire
from numpy.testing import assert_allclose, assert_array_equal

from optimlab import functions, schemes
from optimlab.explorers import SchemeExplorer
from optimlab.explorers.schemes import LOOKS

pytestmark = pytest.mark.filterwarnings("error")

parabola = functions.parabola


def shown(explorer, name, frame=None):
    return wire.shown(
        explorer, name, *((None, 0) if frame is None else (explorer.plot.frames, frame))
    )


def test_it_shows_itself():
    explorer = SchemeExplorer(parabola, lr=0.2, start=4, steps=20)
    assert explorer.status == ""
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == explorer.summary
    assert explorer.plot.alt in metadata["image/png"]["alt"]
    assert len(explorer.plot.still()) < 120_000
    assert len(explorer.plot.frames["buffer"]) < 250_000
    for figure in explorer.plot._figures:
        for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")):
            if text.get_visible() and text.get_text():
                assert text.get_fontsize() / 0.72 > 11.5, text


@pytest.mark.parametrize("lr", [0.02, 0.5, 1.1])
def test_it_shows_the_runs_of_the_schemes(lr):
    explorer = SchemeExplorer(parabola, lr=0.2, start=4, steps=15)
    explorer.controls["lr"].value = lr
    steps = np.arange(16)
    for name, scheme in schemes.SCHEMES.items():
        run = scheme(parabola, lr, 4, 15)
        kept = run.points < 20  # nothing is sent that is far outside
        wanted = {
            "path": [run.points, run.losses],
            "point": [steps, run.points],
            "loss": [steps, run.losses],
        }
        for part, columns in wanted.items():
            got = shown(explorer, f"{part} {name}")
            inside = kept & (run.losses < 50) & (run.points > -20)
            assert_allclose(got[inside], np.stack(columns, -1)[inside], atol=1e-4)
        rates = shown(explorer, f"rate {name}")
        assert np.isnan(rates[0, 1])
        visible = run.rates > 1e-8
        assert_allclose(rates[1:, 1][visible], run.rates[visible], rtol=1e-4)
        assert_array_equal(explorer.runs[name].points, run.points)
    assert explorer.status == ""


def test_the_frames_are_what_it_shows():
    explorer = SchemeExplorer(parabola, lr=0.2, start=4, steps=12)
    values = explorer._values()
    for lr in (0.05, 0.5, 1.5):
        explorer.controls["lr"].value = lr
        for name in LOOKS:
            for part in ("path", "point", "loss", "rate"):
                mark = f"{part} {name}"
                assert_array_equal(
                    shown(explorer, mark), shown(explorer, mark, values.index(lr)), mark
                )


def test_start_and_steps_move_the_runs():
    explorer = SchemeExplorer(parabola, ["halving"], lr=0.2, start=4, steps=20)
    explorer.start = 0
    explorer.controls["steps"].value = 3
    assert_array_equal(explorer.runs["halving"].points, schemes.halving(parabola, 0.2, 0, 3).points)
    assert len(shown(explorer, "path halving")) == 4
    assert explorer.start == 0 and explorer.status == ""


def test_its_sentence():
    explorer = SchemeExplorer(parabola, ["halving", "bold driver"], lr=0.2, start=4, steps=20)
    assert explorer.summary.startswith("First rate 0.2, from 4: halving ends at 2.78 with rate ")
    explorer.controls["lr"].value = 1.1
    assert "; it left the plot at step 3; bold driver ends at 2 with" in explorer.summary
    far = SchemeExplorer(parabola, ["constant"], lr=1e40, start=4, steps=9, rates=(1.0, 2.0))
    assert far.summary == "First rate 1e+40, from 4: constant reaches numbers too large to store " \
        "at step 4."  # fmt: skip
    assert far.status == ""
    root = functions.Function("root", r"\sqrt{x}", np.sqrt, domain=(0, 4))
    beyond = SchemeExplorer(root, ["constant"], lr=1.0, start=0.1, steps=3)
    assert beyond.summary.endswith("constant reaches an undefined value at step 1.")
    assert beyond.status == ""


def test_its_target():
    explorer = SchemeExplorer(parabola, ["halving"], lr=0.2, start=4, steps=20, target=(2.001, 20))
    goal = "Target: loss 2.001 within 20 steps. Halving is "
    assert not explorer.reached
    assert explorer.plot.data["list"][0]["goal"] == goal + "not there yet: 2.61."
    explorer.controls["lr"].value = 0.5
    assert explorer.reached
    assert explorer.plot.data["list"][0]["goal"] == goal + "there at step 1."
    explorer.controls["lr"].value = 1.1
    assert not explorer.reached


def test_the_veil_hides_the_runs():
    explorer = SchemeExplorer(parabola, lr=0.2, start=4, steps=20)
    explorer.veil("Hidden.")
    (frame,) = explorer.plot.data["list"]
    assert frame["marks"] == {} and frame["summary"] == "Hidden." and "values" not in frame
    explorer.unveil()
    assert len(shown(explorer, "path halving")) == 21


def test_an_error_in_a_callback_is_told(monkeypatch):
    explorer = SchemeExplorer(parabola)
    monkeypatch.setattr(SchemeExplorer, "frames", lambda self, values: 1 / 0)
    explorer.start = 1
    assert explorer.status == "ZeroDivisionError: division by zero"


def test_each_scheme_has_its_look():
    assert list(LOOKS) == list(schemes.SCHEMES)
    for part in ("color", "dash", "marker"):
        assert len({str(look[part]) for look in LOOKS.values()}) == len(LOOKS)


@pytest.mark.parametrize("names", [["fast"], [], "fast"])
def test_an_unknown_scheme_is_named(names):
    with pytest.raises(ValueError, match="names="):
        SchemeExplorer(parabola, names)


def test_a_surface_is_refused():
    with pytest.raises(ValueError, match="function=ravine"):
        SchemeExplorer(functions.ravine)
