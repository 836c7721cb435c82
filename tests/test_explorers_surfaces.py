"""The surface beside the contour lines: the path lies on it and follows every control."""

import base64
import io
import subprocess
import sys
import warnings

import numpy as np
import pytest
from PIL import Image

from optimlab import SGD, Momentum, functions, style
from optimlab.explorers import SurfaceExplorer


def trace(explorer, name):
    found = next(t for t in explorer.figure.data if t.name == name)
    return np.stack([np.asarray(found[k], float) for k in "xyz"], axis=-1)


def test_the_surface_is_the_function_with_a_star_at_its_minimum():
    explorer = SurfaceExplorer(functions.bowl, start=(0, 4.5), steps=15)
    surface = explorer.figure.data[0]
    assert (surface.z.shape, surface.x.shape, surface.y.shape) == ((61, 61), (61,), (61,))
    x, y = np.meshgrid(surface.x, surface.y)
    np.testing.assert_allclose(surface.z, 3 * (x - 2) ** 2 + (y - 2) ** 2, atol=1e-12)
    lowest = np.unravel_index(surface.z.argmin(), surface.z.shape)
    assert (surface.x[lowest[1]], surface.y[lowest[0]]) == pytest.approx((2, 2))
    np.testing.assert_allclose(trace(explorer, "minima")[:, :2], [(2, 2)])


def test_the_path_lies_just_above_the_surface_and_is_the_one_in_the_contour_lines():
    explorer = SurfaceExplorer("bowl", SGD, lr=0.1, start=(0, 4.5), steps=15)
    points = explorer.paths["SGD"].points
    steps = trace(explorer, "steps SGD")
    np.testing.assert_allclose(steps[:, :2], points)
    line = trace(explorer, "path SGD")
    assert len(line) == 15 * 12 + 1
    np.testing.assert_allclose(line[::12, :2], points)
    for part in (steps, line):
        above = part[:, 2] - functions.bowl(part[:, :2])
        np.testing.assert_allclose(above, above[0], rtol=1e-9)
        assert 0.001 < above[0] / 36 < 0.03
    np.testing.assert_allclose(trace(explorer, "start SGD")[:, :2], [(0, 4.5)])
    np.testing.assert_allclose(trace(explorer, "now SGD")[:, :2], points[-1:])


def test_slider_start_and_step_move_the_same_traces():
    explorer = SurfaceExplorer("bowl", SGD, lr=0.1, start=(0, 4.5), steps=15)
    before = [id(t) for t in explorer.figure.data]
    explorer.controls["lr"].value = 0.3
    np.testing.assert_allclose(trace(explorer, "steps SGD")[1, :2], (0 + 0.3 * 12, 4.5 - 0.3 * 5))
    explorer.start = (1, 1)
    np.testing.assert_allclose(trace(explorer, "start SGD")[:, :2], [(1, 1)])
    explorer.controls["steps"].value = 4
    assert len(trace(explorer, "steps SGD")) == 5
    explorer.plot.step = 2
    np.testing.assert_allclose(trace(explorer, "now SGD")[:, :2], explorer.paths["SGD"].points[2:3])
    assert [id(t) for t in explorer.figure.data] == before, "traces are moved, never made anew"
    assert explorer.status == ""


def test_the_frames_of_the_slider_do_not_move_the_path_that_is_shown():
    explorer = SurfaceExplorer("bowl", SGD, lr=0.1, start=(0, 4.5), steps=15)
    before = trace(explorer, "path SGD")
    explorer.frames([0.2, 0.3])
    np.testing.assert_array_equal(trace(explorer, "path SGD"), before)


def test_an_update_is_one_message_and_leaves_the_camera_alone():
    explorer = SurfaceExplorer("bowl", SGD, lr=0.1, start=(0, 4.5), steps=15)
    explorer.figure.layout.scene.camera.eye = {"x": 0.1, "y": 2.0, "z": 0.5}
    sent = []
    explorer.figure.observe(
        lambda change: sent.append((change.name, change.new)),
        ["_py2js_update", "_py2js_restyle", "_py2js_relayout", "_widget_data", "_widget_layout"],
    )
    explorer.controls["lr"].value = 0.2
    sent = [(name, message) for name, message in sent if message is not None]
    assert [name for name, _ in sent] == ["_py2js_update"]
    assert not sent[0][1].get("layout_data")
    assert explorer.figure.layout.scene.camera.eye.y == 2.0
    scene = explorer.figure.layout.scene
    assert scene.uirevision == explorer.figure.layout.uirevision == "kept"


def test_the_turn_slider_keeps_height_and_distance():
    explorer = SurfaceExplorer("bowl", start=(0, 4.5))
    eye = explorer.figure.layout.scene.camera.eye
    height, far = eye.z, np.hypot(eye.x, eye.y)
    explorer.turn.value = 90
    eye = explorer.figure.layout.scene.camera.eye
    assert (eye.x, eye.y, eye.z) == pytest.approx((0, far, height), abs=1e-9)
    assert explorer.status == ""


def test_outside_the_domain_the_path_is_broken_and_diverging_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer = SurfaceExplorer("bowl", SGD, lr=0.4, start=(0, 4.5), steps=40)
        explorer.controls["lr"].value = 2.0
        explorer.controls["steps"].value = 60
        explorer.still()
    points, steps = explorer.paths["SGD"].points, trace(explorer, "steps SGD")
    outside = ~((points >= -1) & (points <= 5)).all(axis=1)
    assert outside[1:].all() and not outside[0]
    np.testing.assert_array_equal(np.isnan(steps), outside[:, None] & np.ones(3, bool))
    line = trace(explorer, "path SGD")
    inside = np.isfinite(line).all(axis=1)
    assert ((line[inside, :2] >= -1) & (line[inside, :2] <= 5)).all()
    assert explorer.status == ""


def test_several_rules_each_in_their_colour():
    explorer = SurfaceExplorer("bumpy", [SGD, Momentum], lr=0.05, start=(4.5, 4), steps=15)
    colours = {t.name: t.line.color for t in explorer.figure.data if t.name.startswith("path")}
    assert colours == {f"path {n}": style.RULES[n]["color"] for n in ("SGD", "Momentum")}
    np.testing.assert_allclose(
        trace(explorer, "steps Momentum")[:, :2], explorer.paths["Momentum"].points
    )
    stars = trace(explorer, "minima")[:, :2]
    np.testing.assert_allclose(stars, functions.bumpy.minima)


def test_the_still_shows_contour_lines_and_surface():
    explorer = SurfaceExplorer("bowl", SGD, lr=0.1, start=(0, 4.5), steps=15)
    data, metadata = explorer._repr_mimebundle_()
    raw = base64.b64decode(data["image/png"])
    assert len(raw) < 120_000
    picture = np.asarray(Image.open(io.BytesIO(raw)).convert("RGB")).astype(int)
    assert picture.shape[0] == 1480 and 1710 < picture.shape[1] < 1730
    assert metadata["image/png"]["width"] == picture.shape[1] // 2
    blue = np.abs(picture - (0x00, 0x6E, 0xC4)).max(axis=2) < 12  # that of SGD
    assert blue[:740, :920].sum() > 500, "the path on the contour lines"
    assert blue[740:, :920].sum() > 500, "the loss"
    assert blue[:800, 920:].sum() > 500, "the path on the surface"
    assert "application/vnd.plotly.v1+json" not in data
    assert data["text/plain"] == explorer.summary


def test_a_curve_has_no_surface():
    with pytest.raises(ValueError, match="parabola"):
        SurfaceExplorer("parabola")


def test_plotly_is_imported_only_for_a_surface():
    code = "import sys, optimlab.explorers; print('plotly' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
