"""Scenes laid out and drawn once: the same pictures as those drawn slowly."""

import io

import numpy as np
import pytest
from PIL import Image
from test_explorers_veil import MAKERS

from optimlab import figures
from optimlab.draw.live import LivePlot, raster


def differing(one, other):
    """The share of pixels that look different."""
    gap = np.abs(one[..., :3].astype(int) - other[..., :3].astype(int)).sum(axis=2)
    return (gap > 30).mean()


def read(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("kind", MAKERS)
def test_a_still_is_what_drawing_everything_anew_gives(kind, monkeypatch):
    explorer = MAKERS[kind][0]()
    quick = explorer.plot.still_pixels()
    monkeypatch.setattr(raster, "FRAME", np.inf)
    slow = explorer.plot.still_pixels()
    assert quick.shape == slow.shape and differing(quick, slow) < 0.01
    assert differing(quick, read(explorer.plot.still())) < 0.01, "256 colours are enough"
    np.testing.assert_array_equal(explorer.plot.still_pixels(), slow)
    monkeypatch.undo()
    np.testing.assert_array_equal(explorer.plot.still_pixels(), quick, "nothing stays behind")


def column(**given):
    figure, axes = figures.panel(400, 420, **given)
    axes[0].set(ylabel="f(x)", title="$f(x)=x^2$", xlim=(-8, 8), ylim=(0, 12345))
    axes[-1].set(xlabel="step", ylabel="loss", yscale="log", ylim=(1e-6, 10))
    return figure


def scenes():
    def panel(**look):
        figure, ax = figures.panel(460, 370)
        ax.set(xlabel="x", ylabel="y", **look)
        return figure

    log = {"yscale": "log", "ylim": (3e-7, 40), "xlim": (0, 30)}
    yield "linear", panel(xlim=(-8, 8), ylim=(-3, 3), title="$f(x)=x^2$")
    yield "log", panel(**log)
    yield "both log", panel(**log | {"xscale": "log", "xlim": (0.02, 9000)})
    yield "long numbers", panel(xlim=(0, 1), ylim=(0, 123456.5))
    yield "less than a decade", panel(yscale="log", ylim=(2, 7), xlim=(0, 1))
    yield "equal units", panel(xlim=(0, 2), ylim=(0, 1), aspect="equal")
    yield "two axes", figures.panel(460, 370, rows=2)[0]
    yield "unequal rows", column(rows=2, height_ratios=[5, 2])
    yield "three rows", column(rows=3)
    yield "two columns", figures.panel(460, 370, columns=2)[0]


@pytest.mark.parametrize("name", [name for name, _ in scenes()])
def test_axes_stand_where_constrained_layout_puts_them(name, monkeypatch):
    quick, slow = dict(scenes())[name], dict(scenes())[name]
    asked, engine = [], quick.get_layout_engine()
    lay_out = engine.execute
    monkeypatch.setattr(engine, "execute", lambda figure: asked.append(lay_out(figure)))
    LivePlot(quick)
    assert bool(asked) == (name in ("equal units", "two columns")), "it is slow, and seldom needed"
    slow.set_dpi(200)
    slow.canvas.draw()
    for ours, theirs in zip(quick.axes, slow.axes, strict=True):
        near = [box.get_position().bounds for box in (ours, theirs)]
        np.testing.assert_allclose(*near, atol=0.012)
        limits = [(ax.get_xlim(), ax.get_ylim()) for ax in (ours, theirs)]
        assert limits[0] == limits[1]
    assert quick.dpi == 100


@pytest.mark.parametrize("scale", ["x", "y"])
def test_small_ticks_of_a_log_axis_look_as_they_did(scale):
    pictures = []
    for light in (False, True):
        figure, ax = figures.panel(460, 370)
        ax.set(**{f"{scale}scale": "log", f"{scale}lim": (1e-4, 50)})
        ax.set_position([0.15, 0.15, 0.8, 0.8])
        figure.set_layout_engine("none")
        axis = getattr(ax, f"{scale}axis")
        axis.set_major_formatter(raster.FuncFormatter(raster._power) if not light else
                                 axis.get_major_formatter())  # fmt: skip
        if light:
            raster.lay_out(figure)
        pictures.append(raster.draw(figure))
    assert differing(*pictures) < 1e-4


def test_numbers_of_a_log_axis_are_powers_of_ten():
    said = [raster._power(v) for v in (1e-6, 0.1, 1, 1000, 1e12, 0, -1, 20)]
    assert said == ["10⁻⁶", "10⁻¹", "10⁰", "10³", "10¹²", "", "", "20"]


def picture(colours, height=40, width=60, seed=0):
    rng = np.random.default_rng(seed)
    table = rng.choice(1 << 24, colours, replace=False)
    codes = table[rng.integers(0, colours, (height, width))]
    return np.stack([codes & 255, codes >> 8 & 255, codes >> 16], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("colours", [1, 2, 255, 256])
def test_up_to_256_colours_are_kept_as_they_are(colours):
    pixels = picture(colours)
    np.testing.assert_array_equal(read(raster.png(pixels)), pixels)
    whole = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    np.testing.assert_array_equal(read(raster.png(whole)), pixels)


def test_of_many_colours_those_seen_most_stay():
    pixels = picture(2000)
    pixels[:20], pixels[20:25] = 255, (32, 36, 42)
    found = read(raster.png(pixels))
    assert (found[:20] == 255).all() and (found[20:25] == (32, 36, 42)).all()
    assert len(np.unique(found.reshape(-1, 3), axis=0)) <= 256
    smooth = picture(60_000, 200, 400)
    assert read(raster.png(smooth)).shape == smooth.shape


def test_what_can_be_seen_through_is_kept_whole():
    pixels = np.dstack([picture(500), picture(500, seed=1)[..., 0]])
    found = np.asarray(Image.open(io.BytesIO(raster.png(pixels))))
    np.testing.assert_array_equal(found, pixels)


def test_a_scene_is_laid_out_once_and_drawn_once(monkeypatch):
    drawn = []
    figure, ax = figures.panel(300, 240)
    draw = figure.canvas.draw
    monkeypatch.setattr(figure.canvas, "draw", lambda: [drawn.append(1), draw()])
    plot = LivePlot(figure)
    plot.add("line", "path", ax)
    plot.show({"path": [[0, 0], [1, 1]]})
    plot.still(), plot.mimebundle("id")
    assert drawn == [1]
