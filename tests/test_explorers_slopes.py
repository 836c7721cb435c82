"""Secant, slices and direction, driven by `.value` and by moving the handle."""

import warnings

import numpy as np
import pytest
from wire import shown

from optimlab import functions
from optimlab.explorers import DirectionExplorer, SecantExplorer, SlicesExplorer

BOX = ((-1.5, 1.5), (-1.5, 1.5))


def words(explorer, mark):
    return explorer.plot.data["list"][0]["texts"].get(mark, [])


def slope_of(line):
    (x0, y0), (x1, y1) = line
    return (y1 - y0) / (x1 - x0)


# -- secant ------------------------------------------------------------------------------------


def test_secant_tangent_triangle_and_gap_have_their_slopes():
    explorer = SecantExplorer("cubic", x=0.5, h=1.0, domain=(-1.2, 1.6))
    assert slope_of(shown(explorer, "secant")) == pytest.approx(7.75, rel=1e-4)
    assert slope_of(shown(explorer, "tangent")) == pytest.approx(0.25, abs=1e-4)
    triangle = shown(explorer, "triangle")
    np.testing.assert_allclose(triangle, [(0.5, 0.375), (1.5, 0.375), (1.5, 8.125)], atol=1e-4)
    np.testing.assert_allclose(shown(explorer, "gap"), [(1.0, 7.5)], rtol=1e-4)
    assert words(explorer, "run") == ["run 1"] and words(explorer, "rise") == ["rise 7.75"]
    assert explorer.summary == (
        "At x = 0.5 with h = 1: rise 7.75 over run 1 gives the secant slope 7.75; "
        "the tangent's is 0.25, the gap is 7.5."
    )
    assert explorer.status == ""


def test_a_small_h_leaves_no_room_for_words():
    explorer = SecantExplorer("cubic", x=0.5, h=0.01)
    assert words(explorer, "run") == words(explorer, "rise") == []
    assert "the gap is 0.0453" in explorer.summary


def test_every_h_has_its_frame():
    explorer = SecantExplorer("cubic", x=0.5, h=1.0, target=0.01)
    values = [value for _, value in explorer.controls["h"].options]
    frames = explorer.plot.frames
    assert len(frames["list"]) == len(values) == 31
    assert (values[0], values[-1]) == (0.001, 1.0)
    for i, h in enumerate(values):
        exact = 4.5 * h + 3 * h * h
        np.testing.assert_allclose(shown(explorer, "gap", frames, i), [(h, exact)], rtol=1e-4)
        slope = slope_of(shown(explorer, "secant", frames, i))
        assert slope == pytest.approx(0.25 + exact, rel=1e-3)
        goal = frames["list"][i]["goal"]
        assert "the largest h with a gap of at most 0.01" in goal
        assert ("Reached, h = 0.002: the gap is 0.00901." in goal) == (h == 0.002)
        assert goal.endswith("and a larger h does it too.") == (h < 0.002)


def test_the_handle_moves_tangent_and_gaps_and_the_slider_keeps_up():
    explorer = SecantExplorer("parabola", x=3, h=0.5)
    explorer.x = 1.0
    assert slope_of(shown(explorer, "tangent")) == pytest.approx(-2, rel=1e-4)
    assert slope_of(shown(explorer, "secant")) == pytest.approx(-1.5, rel=1e-4)
    assert explorer.plot.frames["settings"] == [{"x": [1.0]}]
    explorer.controls["h"].value = 0.01
    assert slope_of(shown(explorer, "secant")) == pytest.approx(-1.99, rel=1e-4)
    assert "rise -0.0199 over run 0.01" in explorer.summary and explorer.status == ""


def test_on_a_parabola_the_central_difference_has_no_gap_but_rounding():
    explorer = SecantExplorer("parabola", x=3, h=1.0, smallest=1e-6, kinds=("forward", "central"))
    forward, central = shown(explorer, "gap forward"), shown(explorer, "gap central")
    np.testing.assert_allclose(forward[:, 1], forward[:, 0], rtol=2e-3)
    assert (central[central[:, 0] > 0.01, 1] < 2e-13).all()
    assert central[-1, 1] == pytest.approx(1e-16), "0 is drawn, and the axis goes on below it"
    assert explorer.plot._figures[1].axes[0].get_ylim()[0] < 1e-16 / 5
    assert words(explorer, "zero name") == ["0 is drawn here"]
    assert (central[:, 1] < 1e-15 / central[:, 0] * 10 + 2e-13).all()
    assert central[0, 1] > 1e-12, "rounding is to be seen"


def test_the_central_secant_stands_on_both_sides():
    explorer = SecantExplorer("cubic", x=0.5, h=0.5, kinds=("forward", "central"))
    assert explorer.kind == "forward", "it begins with the first of its kinds"
    explorer.controls["kind"].value = "central"
    np.testing.assert_allclose(shown(explorer, "ends")[:, 0], [0, 1], atol=1e-4)
    assert slope_of(shown(explorer, "secant")) == pytest.approx(0.25 + 3 * 0.25, rel=1e-4)
    assert "over run 1 gives" in explorer.summary
    assert explorer.plot.frames["settings"] == [1, {"x": [0.5]}]


def test_the_drawn_curve_is_the_function():
    explorer = SecantExplorer("cubic")
    ax = explorer.plot._figures[0].axes[0]
    curve = ax.lines[0]
    x = np.asarray(curve.get_xdata())
    np.testing.assert_allclose(curve.get_ydata(), 3 * x**3 - 2 * x + 1, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"function": "bowl"}, "bowl"),
        ({"function": "cubic", "kinds": ("backward",)}, "backward"),
        ({"function": "cubic", "smallest": 0.0}, "smallest"),
        ({"function": "cubic", "smallest": 2.0}, "largest=1.0: largest must be a finite .* > 2"),
    ],
)
def test_a_wrong_secant_is_refused(arguments, named):
    with pytest.raises(ValueError, match=named):
        SecantExplorer(**arguments)


# -- slices ------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", [(1.0, 1.0), (0.0, -1.0), (-0.5, 0.75)])
def test_the_slices_have_the_hand_made_partial_derivatives(point):
    x, y = point
    along_x, along_y = 3 * y * y + 12 * x * x, 6 * x * y - 10 * y
    explorer = SlicesExplorer("polynomial", point=point, domain=BOX)
    assert slope_of(shown(explorer, "tangent x")) == pytest.approx(along_x, rel=1e-3)
    assert slope_of(shown(explorer, "tangent y")) == pytest.approx(along_y, rel=1e-3)
    assert words(explorer, "slope x") == [f"∂f/∂x = {along_x:.3g}"]
    assert words(explorer, "slope y") == [f"∂f/∂y = {along_y:.3g}"]
    t = shown(explorer, "slice x")
    np.testing.assert_allclose(
        t[:, 1], 3 * t[:, 0] * y * y + 4 * t[:, 0] ** 3 - 5 * y * y + 1, atol=1e-3
    )
    t = shown(explorer, "slice y")
    np.testing.assert_allclose(
        t[:, 1], 3 * x * t[:, 0] ** 2 + 4 * x**3 - 5 * t[:, 0] ** 2 + 1, atol=1e-3
    )
    ends = shown(explorer, "cut x"), shown(explorer, "cut y")
    np.testing.assert_allclose(ends[0], [(-1.5, y), (1.5, y)], atol=1e-5)
    np.testing.assert_allclose(ends[1], [(x, -1.5), (x, 1.5)], atol=1e-5)


def test_moving_the_point_moves_everything():
    explorer = SlicesExplorer("polynomial", point=(1, 1), domain=BOX, target=(3, 10))
    goal = "Target: slope 3 along x and 10 along y."
    assert explorer.plot.data["list"][0]["goal"] == (
        f"{goal} Not yet: look at the slope along x and y."
    )
    explorer.point = (0, 1)
    assert explorer.plot.data["list"][0]["goal"] == f"{goal} Not yet: look at the slope along y."
    explorer.point = (-0.2, -0.9)  # slopes 2.91 and 10.08
    assert explorer.reached is False
    explorer.point = (0, -1)
    assert explorer.plot.data["list"][0]["goal"] == f"{goal} Reached at (0, -1)."
    assert explorer.summary == (
        "At (0, -1) the slope along x is 3 and along y 10; the gradient (3, 10) has length 10.4."
    )
    np.testing.assert_allclose(shown(explorer, "at x"), [(0, -4)], atol=1e-4)
    assert explorer.status == ""


@pytest.mark.parametrize(
    ("name", "point", "domain"),
    [("polynomial", (1.0, 1.0), BOX), ("bowl", (1.0, 3.0), None), ("bumpy", (1.5, 2.0), None)],
)
def test_the_gradient_is_perpendicular_to_the_contour_line_on_the_screen(name, point, domain):
    explorer = SlicesExplorer(name, point=point, domain=domain)
    level = shown(explorer, "level")
    heights = explorer.function(level[np.isfinite(level).all(axis=1)])
    low, high = explorer._range
    assert np.abs(heights - explorer.function(point)).max() < 0.004 * (high - low)
    # in pixels of the picture, not in data: the picture must not be stretched
    axes = explorer.plot.axes[0]
    panel = explorer.plot.panels[0]
    wide = axes["rect"][2] * panel["width"] / np.ptp(axes["xlim"])
    tall = axes["rect"][3] * panel["height"] / np.ptp(axes["ylim"])
    assert wide == pytest.approx(tall, rel=0.01)
    tail_x, tail_y, tip_x, tip_y = shown(explorer, "gradient")[0]
    arrow = np.array([(tip_x - tail_x) * wide, (tip_y - tail_y) * tall])
    nearest = int(np.nanargmin(np.linalg.norm(level - point, axis=1)))
    along = (level[nearest + 1] - level[nearest - 1]) * (wide, tall)
    cosine = arrow @ along / np.linalg.norm(arrow) / np.linalg.norm(along)
    assert abs(cosine) < 0.05
    assert explorer.function((tip_x, tip_y)) > explorer.function(point), "it points uphill"


def test_the_slices_can_keep_the_gradient_for_later():
    explorer = SlicesExplorer("polynomial", point=(1, 1), gradient=False, target=(3, 10))
    for point, along in (((1, 1), (15, -4)), ((0, -1), (3, 10))):
        explorer.point = point
        marks = explorer.plot.data["list"][0]["marks"]
        assert not {"gradient", "level"} & set(marks)
        assert {"cut x", "slice x", "tangent y", "at y"} <= set(marks)
        assert explorer.summary == (
            f"At {point} the slope along x is {along[0]} and along y {along[1]}."
        )
    assert explorer.plot.data["list"][0]["goal"].endswith("Reached at (0, -1).")
    assert explorer.status == ""
    shown_marks = SlicesExplorer("polynomial", point=(1, 1)).plot.data["list"][0]["marks"]
    assert {"gradient", "level"} <= set(shown_marks)


def test_without_a_slider_there_are_no_frames_and_no_status():
    explorer = SlicesExplorer("bowl", point=(1, 3))
    assert explorer.plot.frames == {} and explorer.controls == {}
    assert explorer.status == ""


# -- direction ---------------------------------------------------------------------------------


def test_the_slope_is_a_cosine_whose_top_is_the_gradient():
    explorer = DirectionExplorer("bowl", point=(1, 3), angle=30)
    length, angle = np.hypot(6, 2), np.degrees(np.arctan2(2, -6))
    curve = shown(explorer, "slopes")
    np.testing.assert_allclose(
        curve[:, 1], length * np.cos(np.radians(curve[:, 0] - angle)), atol=1e-3
    )
    np.testing.assert_allclose(shown(explorer, "top"), [(angle, length)], rtol=1e-4)
    assert words(explorer, "top name") == ["|∇f| = 6.32"]
    now = -6 * np.cos(np.pi / 6) + 2 * np.sin(np.pi / 6)
    np.testing.assert_allclose(shown(explorer, "now"), [(30, now)], rtol=1e-4)
    assert explorer.summary == (
        "At (1, 3) the slope in direction 30° is -4.2; the steepest is 6.32, at 162°, "
        "the gradient's way."
    )


def test_every_angle_has_its_frame_and_agrees_with_a_small_step():
    explorer = DirectionExplorer("polynomial", point=(1, 1), target="up", domain=BOX)
    angles = [value for _, value in explorer.controls["angle"].options]
    assert len(explorer.plot.frames["list"]) == len(angles) == 181
    f, h, best = functions.polynomial, 1e-6, np.hypot(15, 4)
    for i in range(0, len(angles), 12):
        unit = np.array([np.cos(np.radians(angles[i])), np.sin(np.radians(angles[i]))])
        point = np.array([1.0, 1.0])
        measured = (f(point + h * unit) - f(point - h * unit)) / (2 * h)
        ((angle, slope),) = shown(explorer, "now", explorer.plot.frames, i)
        assert angle == pytest.approx(angles[i], abs=1e-3)
        assert slope == pytest.approx(measured, abs=1e-3)
        ((x0, y0, x1, y1),) = shown(explorer, "direction", explorer.plot.frames, i)
        np.testing.assert_allclose(np.array([x1 - x0, y1 - y0]) / 0.48, unit, atol=1e-3)
        assert abs(slope) <= best + 1e-3


@pytest.mark.parametrize(("target", "angle"), [("up", 162.0), ("down", -18.0)])
def test_the_target_is_the_direction_of_the_steepest(target, angle):
    explorer = DirectionExplorer("bowl", point=(1, 3), target=target, gradient=False)
    assert "Not yet: slope -6" in explorer.plot.data["list"][0]["goal"]
    explorer.controls["angle"].value = angle
    assert f"Reached at {angle:g}°" in explorer.plot.data["list"][0]["goal"]
    assert explorer.status == ""


def test_the_gradient_can_be_kept_for_later():
    explorer = DirectionExplorer("bowl", point=(1, 3), gradient=False)
    marks = explorer.plot.data["list"][0]["marks"]
    assert "gradient" not in marks and "top" not in marks and "steepest" not in explorer.summary
    assert "level" in marks


def test_at_the_minimum_every_slope_is_zero():
    explorer = DirectionExplorer("bowl", point=(1, 3), target="up")
    explorer.point = (2, 2)
    goal = explorer.plot.data["list"][0]["goal"]
    assert goal == "Target: the direction of the steepest rise. Not yet: slope 0."
    assert explorer.summary == "At (2, 2) the slope is 0 in every direction."
    assert "Reached" not in explorer.plot.data["list"][0]["goal"]
    assert explorer.status == ""


def test_the_drawn_minimum_is_the_known_one():
    for explorer in (DirectionExplorer("bowl"), SlicesExplorer("bowl")):
        ax = explorer.plot._figures[0].axes[0]
        stars = next(line for line in ax.lines if line.get_marker() == "*")
        assert (stars.get_xdata().tolist(), stars.get_ydata().tolist()) == ([2], [2])


@pytest.mark.parametrize(
    "make",
    [
        lambda: SlicesExplorer("cubic"),
        lambda: DirectionExplorer("cubic"),
        lambda: DirectionExplorer("bowl", target="left"),
    ],
)
def test_a_wrong_surface_is_refused(make):
    with pytest.raises(ValueError, match="cubic|left"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: SecantExplorer("cubic", kinds=("forward", "central"), smallest=1e-6),
        lambda: SlicesExplorer("polynomial", domain=BOX),
        lambda: DirectionExplorer("bowl"),
    ],
)
def test_still_sentence_and_size(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer = make()
        data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == explorer.summary and explorer.summary.endswith(".")
    assert 10_000 < len(data["image/png"]) * 3 / 4 < 110_000
    assert metadata["image/png"]["alt"].endswith(explorer.summary)
    sent = sum(len(part.get("buffer", b"")) for part in (explorer.plot.data, explorer.plot.frames))
    assert sent < 100_000
