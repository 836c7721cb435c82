"""Strip, map, chord and condition explorers: the numbers they send, their words, their scenes."""

import io
import math

import numpy as np
import pytest
import wire
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from optimlab import SGD, Momentum, descend, functions
from optimlab.explorers import (
    ChordExplorer,
    ConditionExplorer,
    MapExplorer,
    StripExplorer,
)
from optimlab.explorers.valleys import NOWHERE, VALLEYS
from optimlab.study.analysis import best_rate, destination, rate_start_map

pytestmark = pytest.mark.filterwarnings("error")

wave = functions.wave
MAKERS = [
    lambda: StripExplorer(wave, steps=10, target=0),
    lambda: MapExplorer(wave, at=(0.25, 2.5)),
    lambda: ChordExplorer(wave, target=4),
    lambda: ConditionExplorer(),
]
every_explorer = pytest.mark.parametrize("make", MAKERS, ids=["strip", "map", "chord", "condition"])


def sent(explorer, name, frame=None):
    """What the browser got of a mark, in fractions of its axes: (n, 2)."""
    return wire.sent(explorer.plot, name, *_where(explorer, frame))


def in_data(explorer, name, frame=None):
    """The same in data coordinates."""
    return wire.shown(explorer, name, *_where(explorer, frame))


def _where(explorer, frame):
    return (None, 0) if frame is None else (explorer.plot.frames, frame)


def picture(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.plot.still())).convert("RGB")).astype(int)


def near(pixels, color):
    """Where the picture has this colour, but for the palette's rounding."""
    return (np.abs(pixels - np.array(to_rgb(color)) * 255) < 12).all(axis=-1)


@every_explorer
def test_it_shows_itself(make):
    explorer = make()
    assert explorer.status == "" and explorer.summary.endswith(".")
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == explorer.summary
    assert explorer.plot.alt in metadata["image/png"]["alt"]
    assert len(explorer.plot.still()) < 120_000


@every_explorer
def test_texts_are_large_enough(make):
    """12 px at least, at 100 dots per inch, ticks and legends included."""
    for figure in make().plot._figures:
        for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")):
            if text.get_visible() and text.get_text():
                assert text.get_fontsize() / 0.72 > 11.5, text


@every_explorer
def test_an_error_in_a_callback_is_told(make, monkeypatch):
    explorer = make()
    monkeypatch.setattr(type(explorer), "frames", lambda self, values: 1 / 0)
    explorer.plot.handles = {k: [v + 0.25 for v in at] for k, at in explorer.plot.handles.items()}
    assert explorer.status == "ZeroDivisionError: division by zero"


# --- the strip -------------------------------------------------------------------------------


def bands(explorer, valley, frame=None):
    """The pieces of the strip in a valley's colour, as (left, right)."""
    rows = in_data(explorer, f"strip {valley}", frame)
    pieces = np.split(rows, np.flatnonzero(np.isnan(rows[:, 0])))[:-1]
    pieces = [piece[np.isfinite(piece[:, 0])] for piece in pieces]
    for piece in pieces:
        assert_allclose([piece[:, 1].min(), piece[:, 1].max()], [0, 1], atol=1e-6)
    return [(piece[:, 0].min(), piece[:, 0].max()) for piece in pieces]


def test_the_strip_has_its_border_at_the_top_of_the_hill():
    explorer = StripExplorer(wave, lr=0.25, start=2.5)
    ((left, border),) = bands(explorer, 1)
    ((other, right),) = bands(explorer, 0)
    assert (left, right) == (pytest.approx(-1), pytest.approx(7))
    assert border == pytest.approx(other, abs=1e-5)
    assert abs(border - 2.0288) < 8 / 200
    assert bands(explorer, 2) == []


@pytest.mark.parametrize(
    "rate, deep, flat, none", [(0.38, 1, 1, 0), (0.39, 0, 1, 1), (0.68, 0, 1, 0), (1.0, 0, 1, 0)]
)
def test_the_strip_changes_at_the_limits(rate, deep, flat, none):
    explorer = StripExplorer(wave)
    explorer.controls["lr"].value = rate
    assert [len(bands(explorer, k)) for k in range(3)] == [deep, flat, none]
    assert explorer.status == ""


def test_every_strip_is_the_map_at_its_rate():
    explorer = StripExplorer(wave, rates=[0.2, 0.45, 0.8], lr=0.2)
    found = rate_start_map(wave, [0.2, 0.45, 0.8], explorer.starts)
    assert_array_equal(list(explorer.strips.values()), found)


def test_the_frames_of_the_slider_are_what_it_shows():
    explorer = StripExplorer(wave, lr=0.25, start=2.2, steps=12)
    values = explorer._values()
    for rate in (0.05, 0.45, 1.0):
        explorer.controls["lr"].value = rate
        for name in ("path", "loss", "strip 0", "strip 1", "strip 2"):
            assert_array_equal(
                sent(explorer, name), sent(explorer, name, frame=values.index(rate))
            )  # fmt: skip
        run = descend(wave, SGD(lr=rate), 2.2, 12)
        shown = in_data(explorer, "path")
        assert_allclose(shown, np.stack([run.points, run.losses], -1), atol=1e-4)


def test_the_strip_s_start_moves_path_and_line():
    explorer = StripExplorer(wave, lr=0.25, start=2.5, target=0)
    assert "settles in the valley at 4.91" in explorer.summary
    assert explorer.plot.data["list"][0]["goal"].endswith("valley at 0 with rate 0.25. Not yet.")
    explorer.start = 1.5
    assert_allclose(in_data(explorer, "here"), [[1.5, 0], [1.5, 1]], atol=1e-6)
    assert_allclose(in_data(explorer, "path")[0], [1.5, wave(1.5)], atol=1e-5)
    assert "settles in the valley at 0." in explorer.summary
    assert explorer.plot.data["list"][0]["goal"].endswith("with rate 0.25. Reached.")
    assert explorer.reached
    assert explorer.plot.frames["settings"] == [{"start": [1.5]}]
    explorer.start = 2.5
    explorer.controls["lr"].value = 0.7  # there from 2.5, too, but by another rate
    assert "settles in the valley at 0." in explorer.summary and not explorer.reached


def test_the_strip_says_when_a_run_settles_nowhere():
    explorer = StripExplorer(wave, lr=0.5, start=2.5)
    assert explorer.summary.endswith("After 500 steps it has settled in no valley.")
    explorer = StripExplorer(wave, lr=1.0, start=2.5, steps=5)
    assert "left the plot at step 2" in explorer.summary
    assert "settles in the valley at 0." in explorer.summary


def test_the_strip_s_scene_shows_curve_minima_and_legend():
    explorer = StripExplorer(wave)
    ax, strip = explorer.plot._figures[0].axes
    curve, stars, *bars = ax.lines
    assert_allclose(curve.get_ydata(), wave(curve.get_xdata()))
    assert_allclose(np.sort(stars.get_xdata()), np.sort(wave.minima))
    assert [bar.get_color() for bar in bars] == VALLEYS[:2]
    assert_allclose([np.mean(bar.get_xdata()) for bar in bars], wave.minima, atol=1e-12)
    (legend,) = explorer.plot._figures[0].legends  # outside: a guess crosses the axes
    assert ax.get_legend() is None
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["ends at 4.91", "ends at 0", "settles nowhere"]
    assert strip.get_xlim() == ax.get_xlim()


def test_the_strip_s_still_shows_each_piece_where_it_belongs():
    """Two pieces of one colour with another between them stay two, also in the still."""
    explorer = StripExplorer(wave, lr=0.25)
    explorer._pieces[0.25] = explorer._strip(
        np.repeat([1, 0, 1, -1], 50), np.linspace(-1, 7, 201)
    )  # fmt: skip
    explorer._update()
    pixels = picture(explorer)
    _, strip = explorer.plot._figures[0].axes
    box = strip.get_position()
    height, width = explorer.plot.panels[0]["height"] * 2, explorer.plot.panels[0]["width"] * 2
    row = pixels[int(height * (1 - (box.y0 + 0.5 * box.height)))]
    for share, color in zip(
        (0.1, 0.35, 0.6, 0.9), (VALLEYS[1], VALLEYS[0], VALLEYS[1], NOWHERE), strict=True
    ):
        at = int(width * (box.x0 + share * box.width))
        assert near(row[at], color), (share, row[at])


# --- the map ---------------------------------------------------------------------------------


def test_the_map_s_image_has_the_colour_of_every_run():
    explorer = MapExplorer(wave)
    assert explorer.image.shape == (160, 240, 4)
    frame = explorer.frames([20])[0]
    for rate, start, color in [
        (0.1, 1.0, VALLEYS[1]), (0.1, 3.0, VALLEYS[0]), (0.5, 3.0, NOWHERE),
        (0.8, 3.0, VALLEYS[1]), (1.1, 3.0, NOWHERE),
    ]:  # fmt: skip
        column, row = np.argmin(abs(explorer.rates - rate)), np.argmin(abs(explorer.starts - start))
        assert_allclose(frame["map"][row, column, :3], np.array(to_rgb(color)) * 255, atol=0.51)
        valley = destination(wave, SGD(lr=rate), start)
        assert explorer.colours[valley] == color


def test_the_map_lies_right_on_its_axes():
    """The first row of the image is the lowest start, and the still shows it there."""
    explorer = MapExplorer(wave, at=(0.6, 6.5))
    pixels = picture(explorer)
    ax = explorer.plot._figures[0].axes[0]
    box, (x0, x1), (y0, y1) = ax.get_position(), ax.get_xlim(), ax.get_ylim()
    height, width = explorer.plot.panels[0]["height"] * 2, explorer.plot.panels[0]["width"] * 2
    for rate, start, color in [
        (0.2, 1.0, VALLEYS[1]), (0.2, 4.0, VALLEYS[0]), (0.5, 1.0, VALLEYS[1]),
        (0.5, 4.0, NOWHERE), (0.85, 4.0, VALLEYS[1]), (1.1, 4.0, NOWHERE),
    ]:  # fmt: skip
        x = width * (box.x0 + box.width * (rate - x0) / (x1 - x0))
        y = height * (1 - box.y0 - box.height * (start - y0) / (y1 - y0))
        assert near(pixels[int(y), int(x)], color), (rate, start)


def test_a_cell_of_the_map_shows_its_run():
    explorer = MapExplorer(wave, at=(0.25, 2.5), steps=10)
    run = descend(wave, SGD(lr=0.25), 2.5, 10)
    assert_allclose(in_data(explorer, "path")[:, 0], run.points, atol=1e-5)
    assert "settles in the valley at 4.91" in explorer.summary
    explorer.cell = (0.5, 3.0)
    run = descend(wave, SGD(lr=0.5), 3.0, 10)
    assert_allclose(in_data(explorer, "path")[:, 0], run.points, atol=1e-5)
    assert_allclose(in_data(explorer, "start"), [[3.0, wave(3.0)]], atol=1e-5)
    assert "settled in no valley" in explorer.summary
    explorer.controls["steps"].value = 35
    assert len(sent(explorer, "path")) == 36 and explorer.status == ""


def test_the_map_s_handle_snaps_to_its_cells():
    explorer = MapExplorer(wave)
    (mark,) = [mark for mark in explorer.plot.marks if mark["kind"] == "handle"]
    assert_allclose(mark["round"], [0.005, 0.05])
    for grid, grain in zip((explorer.rates, explorer.starts), mark["round"], strict=True):
        assert_allclose(grid / grain, np.round(grid / grain), atol=1e-9)
    assert explorer.map.size == 240 * 160


def test_the_map_marks_the_limits_of_plain_descent_alone():
    explorer = MapExplorer(wave)
    x = in_data(explorer, "limits")[:, 0]
    assert_allclose(x[[0, 1, 3, 4]], [0.38363, 0.38363, 1, 1], atol=1e-4)
    assert explorer.plot.data["list"][0]["texts"]["limit names"] == ["2/f'' at 4.91", "2/f'' at 0"]
    other = MapExplorer(wave, Momentum, rates=np.arange(1, 21) / 20, starts=np.arange(0, 8.0))
    assert "limits" not in other.plot.data["list"][0]["marks"]
    assert "Momentum" in other.summary and other.status == ""


@pytest.mark.parametrize(("most", "behind"), [(0.4, True), (0.3, False)])
def test_the_names_of_limits_that_lie_close_keep_off_each_other(most, behind):
    far = MapExplorer(wave)
    before = in_data(far, "limit names")
    assert before[0, 1] == before[1, 1] and not len(in_data(far, "names behind"))
    close = MapExplorer("x^4/4 - 2*x^2 + x/2", rates=np.linspace(0.005, most, 80))
    rows = [*in_data(close, "limit names"), *in_data(close, "names behind")]
    (x, y), (other, above) = rows
    assert 0 < other - x < 0.1 and (above - y > 0.5) != behind
    assert len(in_data(close, "names behind")) == behind


@pytest.mark.parametrize("explorer", [StripExplorer, MapExplorer])
def test_strip_and_map_need_a_curve_with_minima(explorer):
    with pytest.raises(ValueError, match="=ravine: function must have 1 variable, and it has 2"):
        explorer(functions.ravine)
    none = functions.Function("slope", "x", lambda x: x, domain=(0, 1))
    with pytest.raises(ValueError, match="slope: it must have 1 to 4 minima"):
        explorer(none)


def test_the_colours_stay_apart_in_grey():
    shades = sorted(np.dot(to_rgb(c), [0.299, 0.587, 0.114]) for c in (*VALLEYS[:2], NOWHERE))
    assert min(np.diff(shades)) > 0.1


# --- the chord -------------------------------------------------------------------------------


def test_no_chord_of_the_parabola_is_cut():
    explorer = ChordExplorer(functions.parabola)
    for ends in [(-1, 5), (0, 1), (2, 2), (3.3, -0.7)]:
        explorer.ends = ends
        assert explorer.worst == (None, 0.0) and explorer.status == ""
        assert explorer.summary.endswith("between them the curve is nowhere above it.")
        assert len(sent(explorer, "gap")) == 0


def test_a_chord_of_the_wave_is_cut():
    explorer = ChordExplorer(wave, ends=(3.5, 6), target=4)
    assert explorer.worst == (None, 0.0)
    assert explorer.plot.data["list"][0]["goal"].endswith("Not yet.")
    explorer.ends = (4.7, -0.5)
    x, height = explorer.worst
    chord = np.interp(x, [-0.5, 4.7], wave(np.array([-0.5, 4.7])))
    assert_allclose(height, wave(x) - chord, rtol=1e-9)
    assert height == pytest.approx(4.139, abs=2e-3)
    assert ChordExplorer(wave, ends=(4.7, -0.5), target=height).reached
    assert "not convex" in explorer.summary
    assert explorer.plot.data["list"][0]["goal"].endswith("Reached.")
    assert_allclose(in_data(explorer, "chord"), [[-0.5, wave(-0.5)], [4.7, wave(4.7)]], atol=1e-5)
    gap = in_data(explorer, "gap")
    assert_allclose(gap, [[x, chord], [x, wave(x)]], atol=1e-5)


def test_the_red_area_is_between_chord_and_curve():
    explorer = ChordExplorer(wave, ends=(1, 6))
    x, y = in_data(explorer, "above").T
    up, down = y[:401], y[:400:-1]
    chord = np.interp(x[:401], [1, 6], wave(np.array([1.0, 6.0])))
    assert_allclose(down, chord, atol=1e-5)
    assert_allclose(up, np.maximum(chord, wave(x[:401].astype(float))), atol=1e-5)


def test_a_chord_needs_a_curve():
    with pytest.raises(ValueError, match="=bowl: function must have 1 variable, and it has 2"):
        ChordExplorer("bowl")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rates": np.linspace(1.2, 0.01, 40)}, "(?s)rates=.*rising"),
        ({"rates": [0.1]}, "rates="),
        ({"starts": [0.0, 1.0, 3.0]}, "starts=.*evenly"),
        ({"steps": 500}, "steps=500"),
        ({"steps": 0}, "steps=0"),
    ],
)
def test_a_map_that_would_mislead_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        MapExplorer("wave", **given)


# --- the condition number --------------------------------------------------------------------


def test_the_ravine_of_the_catalogue_is_that_of_condition_20():
    explorer = ConditionExplorer(20, steps=30)
    run = descend(functions.ravine, SGD(lr=best_rate(functions.ravine)[0]), (-7, 2), 30)
    assert_allclose(in_data(explorer, "path"), run.points, atol=1e-4)
    names, values = explorer.frames([20.0])[0]["readout"]
    assert names == ["x", "y", "loss"]
    assert_allclose(values[:, 2], run.losses, rtol=1e-9)
    assert "0.952" in explorer.summary and "0.905" in explorer.summary


def test_the_steps_are_in_proportion_to_the_condition_number():
    explorer = ConditionExplorer()
    assert explorer.needed[20] == 70 and explorer.needed[1] == 1 and explorer.needed[200] == 691
    for k, steps in explorer.needed.items():
        if k >= 20:
            assert steps / k == pytest.approx(np.log(1000) / 2, rel=0.02)


@pytest.mark.parametrize("k", [1, 7, 200])
def test_the_slider_changes_contours_path_and_dot(k):
    explorer = ConditionExplorer()
    explorer.controls["condition"].value = float(k)
    x, y = in_data(explorer, "contours").T.astype(float)
    level = np.sqrt(x * x / k + y * y)
    inside = np.isfinite(level) & (abs(x) < 100)
    assert_allclose(level[inside] * 2, np.round(level[inside] * 2), atol=2e-3)
    run = in_data(explorer, "path")
    sizes = np.linalg.norm(run, axis=-1)
    assert_allclose(sizes[1] / sizes[0], (k - 1) / (k + 1), atol=1e-4)
    count = "1 step" if k == 1 else f"{explorer.needed[k]} steps"
    assert explorer.plot.data["list"][0]["texts"]["count"] == [count]
    assert_allclose(in_data(explorer, "now"), [[k, explorer.needed[k]]], rtol=1e-5)
    assert explorer.status == ""
    frame = explorer._values().index(k)
    assert_array_equal(sent(explorer, "path"), sent(explorer, "path", frame=frame))


def test_the_right_scene_is_the_measured_curve():
    explorer = ConditionExplorer()
    right = explorer.plot._figures[1].axes[0]
    assert not right.lines, "the answer is a mark, which a veil hides"
    for mark in ("counts", "each count"):
        k, steps = in_data(explorer, mark).T
        assert_allclose(k, list(explorer.needed), rtol=1e-5)
        assert_allclose(steps, list(explorer.needed.values()), rtol=1e-5)
    assert (right.get_xscale(), right.get_yscale()) == ("log", "log")
    star = explorer.plot._figures[0].axes[0].lines[0]
    assert star.get_xdata().tolist() == [0] and star.get_ydata().tolist() == [0]


def test_circles_look_round_and_no_limit_is_at_an_answer():
    explorer = ConditionExplorer()
    left, right = (figure.axes[0] for figure in explorer.plot._figures)
    assert left.get_aspect() == 1
    assert np.log10(right.get_ylim()[1]) % 1 == 0


@pytest.mark.parametrize("ends", [(0.5, 4.5), (-1, 5), (1.9, 2.1)])
def test_the_names_of_the_ends_stand_off_the_curve_inside_the_picture(ends):
    explorer = ChordExplorer(functions.parabola, ends=ends)
    (low, high), (bottom, top) = explorer.domain, explorer.plot._figures[0].axes[0].get_ylim()
    assert explorer.plot.data["list"][0]["texts"]["names"] == ["a", "b"]
    (left, _), (right, _) = in_data(explorer, "names")
    assert left < right
    for x, y in in_data(explorer, "names"):
        assert low < x < high
        assert abs(y - functions.parabola(x)) > 0.04 * (top - bottom)


def test_the_start_on_an_axis_does_not_zigzag():
    explorer = ConditionExplorer()
    explorer.plot.handles = {"start": [-7, 0]}
    x, y = in_data(explorer, "path").T
    assert_allclose(y, 0, atol=1e-6)
    assert (np.diff(x) > 0).all() and explorer.status == ""


def test_a_condition_number_is_at_least_one():
    with pytest.raises(ValueError, match="condition=0.5"):
        ConditionExplorer(0.5)


def test_maps_of_code_that_takes_one_run_at_a_time_have_fewer_cells():
    def mine(x):
        return x * math.sin(x)

    found = MapExplorer(mine)
    assert found.map.shape == (48, 32) and MapExplorer("wave", steps=1).map.shape == (240, 160)
    assert len(found.valleys) == len(functions.wave.minima) + 1, "-4.9 lies in the picture, too"
    assert StripExplorer(mine, rates=(0.1, 0.25)).strips[0.25].shape == (40,)
