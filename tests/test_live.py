"""LivePlot without a browser: what is sent, and the still."""

import base64
import io
import json
import warnings

import numpy as np
import pytest
from PIL import Image
from wire import doubles, sent

from optimlab import figures, style
from optimlab.draw.live import LivePlot, raster, take_off
from optimlab.draw.live.live import VIEW
from optimlab.draw.live.marks import KINDS, REACH


@pytest.fixture
def scene():
    """A plot with a linear and a log axes, side by side."""
    left, ax = figures.panel(300, 240)
    ax.set(xlim=(0, 10), ylim=(-1, 1))
    right, losses = figures.panel(300, 240)
    losses.set(xlim=(0, 4), ylim=(1e-4, 1), yscale="log")
    return LivePlot([left, right], alt="A scene."), ax, losses


def test_data_become_fractions_of_linear_and_log_axes(scene):
    plot, ax, losses = scene
    plot.add("line", "path", ax)
    plot.add("line", "loss", losses)
    plot.show({"path": [[0, -1], [5, 0], [10, 1]], "loss": [[0, 1], [2, 1e-2], [4, 1e-4]]})
    np.testing.assert_allclose(sent(plot, "path"), [[0, 0], [0.5, 0.5], [1, 1]], atol=1e-7)
    np.testing.assert_allclose(sent(plot, "loss"), [[0, 1], [0.5, 0.5], [1, 0]], atol=1e-7)


def test_what_is_far_outside_is_clipped_and_nan_stays_nan_without_a_warning(scene):
    plot, ax, losses = scene
    plot.add("line", "path", ax)
    plot.add("line", "loss", losses)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plot.show(
            {
                "path": [[1e50, 0], [-np.inf, 0], [np.nan, 0], [1e308, -1e308]],
                "loss": [[0, 1e-60], [1, 0.0], [2, -1.0], [3, 1e300]],
                "readout": (["loss"], [[1e-60], [0.0], [1e300], [np.nan]]),
            }
        )
        plot.still()
    path, loss = sent(plot, "path"), sent(plot, "loss")
    np.testing.assert_array_equal(path[:2, 0], [REACH + 1, -REACH])
    assert np.isnan(path[2, 0]) and (path[3] == [REACH + 1, -REACH]).all()
    np.testing.assert_array_equal(loss[[0, 1, 3], 1], [-REACH, -REACH, REACH + 1])
    assert np.isnan(loss[2, 1]), "a loss below zero has no place on a log axis"


def test_arrows_labels_and_readout_travel_with_the_frame(scene):
    plot, ax, _ = scene
    plot.add("arrow", "down", ax)
    plot.add("label", "names", ax)
    plot.show(
        {
            "down": [[0, -1, 10, 1]],
            "names": ([[5, 0]], ["x₀"]),
            "readout": (["x", "loss"], [[1, 2e-60], [3, 4e60]]),
            "summary": "One sentence.",
            "goal": "Nearly.",
        }
    )
    np.testing.assert_allclose(sent(plot, "down"), [[0, 0, 1, 1]], atol=1e-7)
    (frame,) = plot.data["list"]
    assert frame["texts"] == {"names": ["x₀"]} and frame["names"] == ["x", "loss"]
    assert (frame["summary"], frame["goal"]) == ("One sentence.", "Nearly.")
    np.testing.assert_array_equal(doubles(plot.data, frame["values"]), [[1, 2e-60], [3, 4e60]])


def test_frames_are_one_buffer_with_the_settings_they_were_made_for(scene):
    plot, ax, _ = scene
    plot.add("line", "path", ax)
    plot.add("handle", "start", ax, at=(5, 0))
    plot.show_frames([{"path": [[k, 0]]} for k in range(11)], plot.settings())
    assert plot.frames["settings"] == [{"start": [5.0, 0.0]}]
    for k in range(11):
        assert sent(plot, "path", plot.frames, k)[0, 0] == pytest.approx(k / 10)
    json.dumps([plot.frames["list"], plot.frames["settings"]])  # only the buffer is binary


def test_an_image_is_sent_once_with_its_first_row_at_the_bottom(scene):
    plot, ax, _ = scene
    plot.add("image", "map", ax)
    grid = np.zeros((2, 3, 4), np.uint8)
    grid[0] = [255, 0, 0, 255]
    plot.show({"map": grid})
    picture = np.asarray(Image.open(io.BytesIO(plot.images["map"])))
    assert picture.shape == (2, 3, 4) and (picture[-1, :, 0] == 255).all()
    before = plot.images
    plot.show({"map": grid.copy()})
    assert plot.images is before


def test_a_handle_says_where_it_is_and_snaps_to_a_round_grid(scene):
    plot, ax, losses = scene
    plot.add("handle", "start", ax, at=(5, 0.5), label="start point")
    assert plot.handles == {"start": [5.0, 0.5]}
    assert plot.marks[-1]["round"] == [0.01, 0.01] and plot.marks[-1]["label"] == "start point"
    track = [[0, -1], [5, 0], [10, 1]]
    plot.add("handle", "x", ax, at=[4.0], track=track)
    assert plot.marks[-1]["track"] == [[0, 0], [0.5, 0.5], [1, 1]]
    assert plot._handle_point("x") == [[4.0, pytest.approx(-0.2)]]


@pytest.mark.parametrize(
    "given, look, measured",
    [
        ({}, {}, True), ({"rows": 2}, {}, True), ({"columns": 2}, {}, False),
        ({}, {"aspect": "equal"}, False),
    ],
)  # fmt: skip
def test_axes_below_one_another_are_laid_out_by_one_measurement(monkeypatch, given, look, measured):
    figure, axes = figures.panel(300, 200, **given)
    np.ravel(axes)[0].set(**look)
    slow = []
    monkeypatch.setattr(figure.get_layout_engine(), "execute", slow.append)
    raster.lay_out(figure)
    assert slow == [figure] * (not measured)


def test_mistakes_are_named(scene):
    plot, ax, _ = scene
    plot.add("line", "path", ax)
    with pytest.raises(ValueError, match="kind='circle'"):
        plot.add("circle", "x", ax)
    with pytest.raises(ValueError, match="name='path'"):
        plot.add("line", "path", ax)
    with pytest.raises(ValueError, match="ax="):
        plot.add("line", "other", figures.panel()[1])
    with pytest.raises(ValueError, match="no mark is called 'paht'; the marks are path"):
        plot.show({"paht": [[0, 0]]})
    assert plot.data == {}


@pytest.mark.parametrize(
    ("kind", "data", "error", "said"),
    [
        ("line", [[1, 2, 3]], ValueError, r"frame\['mark'\]=\[\[1, 2, 3\]\].*\(n, 2\)"),
        ("line", None, TypeError, "numbers"),
        ("points", [["a", "b"]], TypeError, "numbers"),
        ("arrow", [[1, 2]], ValueError, r"\(n, 4\)"),
        ("label", ([[1, 2], [3, 4]], ["one"]), ValueError, "one text for each point"),
        ("label", ([[1, 2]], [5]), TypeError, "one text for each point"),
        ("label", ([[1, 2, 3]], ["one"]), ValueError, r"\(n, 2\)"),
        ("label", [[[1, 2]]], ValueError, "one text for each point"),
        ("label", 5, TypeError, "one text for each point"),
        ("image", np.zeros((2, 2)), ValueError, r"\(h, w, 4\)"),
        ("image", [[1]], TypeError, r"\(h, w, 4\)"),
    ],
)
def test_data_of_another_shape_are_refused_and_nothing_is_lost(scene, kind, data, error, said):
    plot, ax, _ = scene
    plot.add(kind, "mark", ax)
    plot.add("line", "path", ax)
    plot.show({"path": [[5, 0]]})
    before, still = plot.data, plot.still()
    with pytest.raises(error, match=said):
        plot.show({"mark": data, "path": [[1, 1]]})
    with pytest.raises(error, match=said):
        plot.show_frames([{"mark": data}])
    assert plot.data is before and plot.still() == still


def test_a_readout_has_a_column_for_each_name_and_a_handle_a_place(scene):
    plot, ax, _ = scene
    with pytest.raises(ValueError, match=r"readout.*\[\[1, 2\]\].*'loss'"):
        plot.show({"readout": (["loss"], [[1, 2]])})
    with pytest.raises(ValueError, match="at=.*finite"):
        plot.add("handle", "start", ax, at=(np.nan, 0))
    assert plot.handles == {}


def test_marks_without_data_are_drawn_as_nothing(scene):
    plot, ax, _ = scene
    for kind in ("line", "points", "arrow", "area"):
        plot.add(kind, kind, ax)
    empty = plot.still()
    plot.show(dict.fromkeys(("line", "points", "arrow", "area"), []))
    assert plot.still() == empty


def test_a_run_is_a_line_and_its_steps_in_the_look_of_a_rule(scene):
    plot, ax, losses = scene
    look = style.rule_style("Momentum")
    plot.add_run("path", ax, look)
    plot.add_run("loss", losses, look, dots=0, width=1.4)
    line, dots, loss = plot.marks
    own = {"color": "#CE5600", "by_step": True}
    dash = {"kind": "line", "dash": (7, 3)} | own
    assert line == {"name": "path", "axes": 0, "width": 2} | dash
    marker = {"kind": "points", "marker": "s", "size": 6} | own
    assert dots == {"name": "path steps", "axes": 0} | marker
    assert loss == {"name": "loss", "axes": 1, "width": 1.4} | dash


@pytest.mark.parametrize(
    ("kind", "looks", "error", "said"),
    [
        ("line", {"marker": "o"}, TypeError, "marker='o': a mark of kind line takes color, width"),
        ("points", {"marker": "."}, ValueError, "marker='.': marker must be one of 'o', 's'"),
        ("line", {"width": "2"}, TypeError, "width='2': width must be a finite number > 0"),
        ("line", {"dash": (5, -1)}, ValueError, "dash="),
        ("line", {"by_step": 1}, TypeError, "by_step=1: by_step must be True or False"),
        ("area", {"opacity": 2}, ValueError, "opacity=2: opacity must be a finite number from 0"),
        ("area", {"color": "blurple"}, ValueError, "color='blurple': color must be a colour such"),
        ("label", {"anchor": "left"}, ValueError, "anchor='left': anchor must be one of 'start'"),
        ("label", {"offset": 5}, TypeError, "offset=5"),
        ("label", {"baseline": "top"}, ValueError, "baseline='top'"),
        ("handle", {}, ValueError, r"at=None: at must be \(x, y\)"),
        ("handle", {"at": (1, 2, 3)}, ValueError, r"at=\(1, 2, 3\): at must be \(x, y\)"),
        ("handle", {"at": 1}, TypeError, "at=1: at must be a list of finite numbers"),
        ("handle", {"at": (1, 2), "track": [[0, 0], [1, 1]]}, ValueError, r"at must be \(x,\)"),
        ("handle", {"at": [1], "track": [[0, 0], [1, np.nan]]}, ValueError, "at least two"),
        ("handle", {"at": (1, 2), "places": [(1, 2)]}, ValueError, r"rows \(x, y, name\)"),
        ("handle", {"at": (1, 2), "also": "x"}, TypeError, "also='x': also must be an axes"),
    ],
)
def test_a_look_that_a_mark_does_not_take_is_named(scene, kind, looks, error, said):
    plot, ax, _ = scene
    with pytest.raises(error, match=said):
        plot.add(kind, "mark", ax, **looks)
    assert plot.marks == [] and plot.handles == {}


def test_a_plot_says_what_it_takes(scene):
    plot, ax, _ = scene
    for panels in (ax, [ax], 5):
        with pytest.raises(TypeError, match="panels="):
            LivePlot(panels)
    with pytest.raises(ValueError, match="panels="):
        LivePlot([])
    with pytest.raises(TypeError, match="alt="):
        LivePlot(ax.figure, alt=None)
    with pytest.raises(TypeError, match="ax=None: ax must be an axes of this plot"):
        plot.add("line", "path", None)
    with pytest.raises(TypeError, match="name=5"):
        plot.add("line", 5, ax)
    with pytest.raises(TypeError, match=r"frame=\[\]: frame must be a dict"):
        plot.show([])
    with pytest.raises(TypeError, match="look="):
        plot.add_run("path", ax, "Momentum")


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_the_still_is_the_background_with_the_marks_on_it(scene):
    plot, ax, losses = scene
    plot.add("line", "path", ax, color="#d55e00", width=4, by_step=True)
    plot.add("points", "dots", losses, color="#0072b2", size=12)
    plot.add("handle", "start", ax, at=(0, -1), color="#000000")
    empty = pixels(plot.still())
    plot.show({"path": [[0, -1], [10, 1]], "dots": [[2, 1e-2]]})
    full = pixels(plot.still())
    assert full.shape == (480, 1200, 3)
    changed = np.abs(full - empty).sum(axis=2) > 60
    x0, y0, w, h = plot.axes[0]["rect"]
    middle = int((y0 + h / 2) * 480), int((x0 + w / 2) * 600)
    assert changed[middle], "the line crosses the middle of its axes"
    x0, y0, w, h = plot.axes[1]["rect"]
    dot = int((y0 + h / 2) * 480), 600 + int((x0 + w / 2) * 600)
    np.testing.assert_allclose(full[dot], [0, 0x72, 0xB2], atol=12)
    assert not changed[:10].any() and not changed[:, 590:600].any()
    plot.show({})
    np.testing.assert_array_equal(pixels(plot.still()), empty)


def test_a_still_shows_faintly_what_is_to_come_a_line_from_the_marked_step_on(scene):
    plot, ax, _ = scene
    for kind in ("line", "points"):
        plot.add(kind, kind, ax, by_step=True)
    plot.show({kind: [[0, -1], [5, 0], [10, 1]] for kind in ("line", "points")})
    with plot.artists(1) as drawn:
        faint = [list(artist.get_xdata()) for artist in drawn if artist.get_alpha() < 1]
    assert faint == [[0.5, 1], [1]]


def test_the_axes_do_not_move_when_marks_are_drawn(scene):
    plot, ax, _ = scene
    before = ax.get_position().bounds
    plot.add("label", "wide", ax)
    plot.show({"wide": ([[9.9, 0.9]], ["a very long label " * 4])})
    plot.still()
    assert ax.get_position().bounds == before
    spec = plot.axes[0]
    np.testing.assert_allclose(spec["rect"], [before[0], 1 - before[1] - before[3], *before[2:]])
    assert (spec["xlim"], spec["yscale"], plot.axes[1]["yscale"]) == ([0, 10], "linear", "log")


def test_the_output_holds_view_still_and_sentence(scene):
    plot, ax, _ = scene
    plot.add("line", "path", ax)
    plot.show({"path": [[0, 0]], "summary": "A sentence about the path."})
    data, metadata = plot._repr_mimebundle_()
    assert data["text/plain"] == "A sentence about the path."
    assert base64.b64decode(data["image/png"])[:4] == b"\x89PNG"
    assert data[VIEW]["model_id"] == plot.model_id
    assert metadata["image/png"] == {"width": 600, "alt": "A scene. A sentence about the path."}


def test_a_guess_is_no_setting_and_a_diamond_in_the_still(scene):
    plot, ax, losses = scene
    plot.add("handle", "start", ax, at=(2, 0.5), color="#000000")
    before = pixels(plot.still())
    plot.add("handle", "guess", ax, at=(5, 0), guess=True, color="#b3261e")
    assert plot.settings() == [{"start": [2.0, 0.5]}]
    assert plot.is_guess("guess") and not plot.is_guess("start")
    x0, y0, w, h = plot.axes[0]["rect"]
    place = int((y0 + h / 2) * 480), int((x0 + w / 2) * 600)
    after = pixels(plot.still())
    np.testing.assert_allclose(after[place], [0xB3, 0x26, 0x1E], atol=12)
    changed = np.argwhere(np.abs(after - before).sum(axis=2) > 150)
    high, wide = np.ptp(changed, axis=0)
    corner = changed[:, 0].min(), changed[:, 1].min()
    assert abs(high - wide) <= 2 and corner not in map(tuple, changed), "it stands on its tip"
    plot.handles = {**plot.handles, "guess": []}
    np.testing.assert_array_equal(pixels(plot.still()), before, "a handle at [] is not shown")


def test_marks_can_be_added_later_and_sent_at_once(scene):
    plot, ax, _ = scene
    plot.show({})
    assert plot.model_id, "it is shown"
    sent_keys = []
    plot.send_state = lambda key=None: sent_keys.append(set(key))
    with plot.hold_sync():
        plot.add("line", "gap", ax)
        plot.add("handle", "guess", ax, at=(5, 0), guess=True)
        plot.note("gap", [[0, 0], [5, 0]])
    assert sent_keys == [{"marks", "handles", "notes"}]
    plot.add("handle", "second", ax, at=(5, 0), guess=True)
    assert sent_keys[1:] == [{"marks", "handles"}], "one message, so that nothing is built twice"
    assert [mark["name"] for mark in plot.marks] == ["gap", "guess", "second"]


def test_a_note_lies_over_every_frame_until_it_is_taken_away(scene):
    plot, ax, losses = scene
    plot.add("line", "path", ax)
    plot.add("line", "gap", ax, color="#b3261e", width=6)
    plot.add("label", "you said", ax)
    plot.note("gap", [[0, 0], [10, 0]])
    plot.note("you said", ([[5, 0]], ["you said"]))
    plot.show({"path": [[0, -1], [10, 1]]})
    plot.show_frames([{"path": [[0, 0]]}])
    np.testing.assert_allclose(sent(plot, "gap", plot.notes), [[0, 0.5], [1, 0.5]], atol=1e-7)
    assert plot.notes["list"][0]["texts"] == {"you said": ["you said"]}
    assert "gap" not in plot.data["list"][0]["marks"]
    x0, y0, w, h = plot.axes[0]["rect"]
    spot = int((y0 + h / 2) * 480), int((x0 + w / 4) * 600)
    noted = pixels(plot.still())
    np.testing.assert_allclose(noted[spot], [0xB3, 0x26, 0x1E], atol=12)
    plot.note("gap", None)
    plot.note("gap", None)
    assert list(plot.notes["list"][0]["marks"]) == ["you said"]
    assert pixels(plot.still())[spot].min() > 200


@pytest.mark.parametrize("name", ["gpa", "start", "map"])
def test_a_note_is_a_mark_that_can_be_noted(scene, name):
    plot, ax, _ = scene
    plot.add("handle", "start", ax, at=(5, 0))
    plot.add("image", "map", ax)
    with pytest.raises(ValueError, match=f"name='{name}'"):
        plot.note(name, [[0, 0]])
    plot.add("line", "gap", ax)
    with pytest.raises(ValueError, match=r"frame\['gap'\].*\(n, 2\)"):
        plot.note("gap", [[1, 2, 3]])
    assert plot.notes == {}


def test_a_sketch_is_drawn_in_the_still_where_its_numbers_say(scene):
    plot, ax, losses = scene
    losses.set(xlabel="step", ylabel="loss")
    plot.add_sketch(losses, range(5), label="your sketch", color="#b3261e")
    spec = plot.sketch
    assert (spec["axes"], spec["x"], spec["names"]) == (1, [0, 1, 2, 3, 4], ["step", "loss"])
    empty = pixels(plot.still())
    plot.drawn = [None, None, 1e-2, 1e-2, np.nan]
    assert plot.drawn == [None, None, 1e-2, 1e-2, None]
    json.dumps([plot.sketch, plot.drawn], allow_nan=False)
    full = pixels(plot.still())
    changed = np.argwhere(np.abs(full - empty).sum(axis=2) > 60)
    x0, y0, w, h = plot.axes[1]["rect"]
    rows, columns = changed[:, 0] / 480, (changed[:, 1] - 600) / 600
    assert abs(np.mean(rows) - (y0 + h / 2)) < 0.01 and np.ptp(rows) < 0.05
    ends = columns.min(), columns.max()
    np.testing.assert_allclose(ends, [x0 + w / 2, x0 + 3 * w / 4], atol=0.02)
    plot.drawn = []
    np.testing.assert_array_equal(pixels(plot.still()), empty)


def test_a_sketch_refuses_what_it_cannot_draw(scene):
    plot, ax, losses = scene
    for x in ([1], [0, 0], [2, 1], [[1, 2]], [0, np.nan], "12", 3):
        error = TypeError if x in ("12", 3) else ValueError
        with pytest.raises(error, match="x="):
            plot.add_sketch(losses, x)
    with pytest.raises(ValueError, match="ax="):
        plot.add_sketch(figures.panel()[1], [0, 1])
    with pytest.raises(TypeError, match="label=None: label must be a text"):
        plot.add_sketch(losses, [0, 1], label=None)
    with pytest.raises(ValueError, match="color='blurple'"):
        plot.add_sketch(losses, [0, 1], color="blurple")
    plot.add_sketch(losses, [0, 1, 2])
    with pytest.raises(ValueError, match="one sketch"):
        plot.add_sketch(ax, [0, 1, 2])
    with pytest.raises(Exception, match="drawn has 2 numbers.*3 columns"):
        plot.drawn = [1, 2]
    assert plot.drawn == []


def test_what_is_taken_off_a_drawing_is_laid_over_it_as_it_was():
    figure, ax = figures.panel(300, 240)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    (line,) = ax.plot([0, 1], [0, 1], color="#d55e00", linewidth=5)
    whole = np.asarray(Image.open(io.BytesIO(LivePlot(figure).still())).convert("RGB")).astype(int)
    figure, ax = figures.panel(300, 240)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    (line,) = ax.plot([0, 1], [0, 1], color="#d55e00", linewidth=5)
    grid = take_off(ax, line)
    assert not ax.lines and grid.dtype == np.uint8 and grid.shape[2] == 4
    plot = LivePlot(figure)
    plot.add("image", "line", ax, smooth=True)
    plot.show({"line": grid})
    assert (np.abs(pixels(plot.still()) - whole).sum(axis=2) > 120).mean() < 0.01
    plot.show({})
    assert plot.images == {} and (np.abs(pixels(plot.still()) - whole) > 120).mean() > 0.01


# --- one object for each kind of mark ---------------------------------------------------------


def test_an_area_breaks_at_a_gap_in_the_still_as_in_the_browser(scene):
    _, ax, _ = scene
    area = KINDS["area"]
    square = np.array([[0, 0], [0.2, 0], [0.2, 1], [0, 1], [np.nan, np.nan]])
    patches = area.draw(ax, np.concatenate([square, square + [0.5, 0]]), {})
    assert [patch.get_xy()[:, 0].max() for patch in patches] == [0.2, 0.7]
    assert area.draw(ax, np.empty((0, 2)), {}) == []


def test_an_image_mark_fills_its_axes(scene):
    _, ax, _ = scene
    (image,) = KINDS["image"].draw(ax, np.zeros((2, 3, 4), np.uint8), {})
    assert image.get_array().shape == (2, 3, 4) and image.get_extent() == (0, 1, 0, 1)


def test_sliders_of_a_handle_are_declared_with_its_axes_range_and_grid(scene):
    plot, ax, _ = scene
    plot.add("handle", "start", ax, at=(3, 0.5))
    plot.add("handle", "slid", ax, at=(3,), track=[(0, 0), (10, 1)])
    plot.add("handle", "guess", ax, at=(1, 1), guess=True)
    plot.add("handle", "placed", ax, at=(1, 1), places=[(1, 1, "here")])
    plot.add("line", "path", ax)
    plot.add_sliders("start", ["start x₀", "start y₀"])
    plot.add_sliders("slid", ("along",))
    assert plot.sliders == [
        {"handle": "start", "which": 0, "label": "start x₀", "low": 0, "high": 10, "step": 0.01},
        {"handle": "start", "which": 1, "label": "start y₀", "low": -1, "high": 1, "step": 0.01},
        {"handle": "slid", "which": 0, "label": "along", "low": 0, "high": 10, "step": 0.01},
    ]
    for name in ("guess", "placed", "path", "nobody"):
        with pytest.raises(ValueError, match=f"name='{name}'.* a handle that may stand anywhere"):
            plot.add_sliders(name, ["x", "y"])
    for labels in (["x"], ["x", "y", "z"]):
        with pytest.raises(ValueError, match="labels=.* 2 names, one for each coordinate"):
            plot.add_sliders("start", labels)
    with pytest.raises(TypeError, match="labels"):
        plot.add_sliders("start", "xy")


def test_the_words_of_a_note_stand_beside_what_is_shown_and_never_nowhere(scene):
    plot, ax, _ = scene
    plot.add("line", "path", ax, width=4)
    plot.add("arrow", "down", ax)
    plot.add("label", "words", ax, free=True)
    arrow = {"down": [[5, 0, 6, 0.4]]}
    middles = []
    for path in ([[0, -1], [0, 1]], [[5, 0], [8, 0.5]]):  # away from the words, and along them
        plot.show({"path": path} | arrow)
        plot.note("words", ([[5, 0]], ["you said"]))
        middles.append(sent(plot, "words", plot.notes)[0])
    assert (middles[0] != middles[1]).any(), "it makes way"
    everywhere = [[10 * (k % 2), y] for k, y in enumerate(np.arange(-1, 1, 0.04))]
    plot.show({"path": everywhere})
    plot.note("words", ([[5, 0]], ["you said"]))
    assert plot.notes["list"][0]["texts"]["words"] == ["you said"], "all is covered: it is read"
