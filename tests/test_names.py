"""Names beside points and stars at minima stay readable in live plots: in what is sent."""

import itertools

import numpy as np
import pytest
from wire import sent

from optimlab import SGD, Adam, Momentum, explore, figures, style
from optimlab.draw import naming
from optimlab.draw.live import LivePlot
from optimlab.draw.live.marks import PIXEL
from optimlab.explorers import MapExplorer, StripExplorer

EXPLORERS = {
    "parabola": lambda: explore("parabola", SGD, lr=0.2, start=4, steps=10),
    "hopping": lambda: explore("parabola", SGD, lr=0.9, start=4, steps=30),
    "wave": lambda: explore("wave", SGD, lr=1.0, start=2.5, steps=10),
    "two rules": lambda: explore("wave", [Momentum, Adam], lr=0.2, start=2.5, steps=20),
    "strip": lambda: StripExplorer("wave", lr=0.25, start=3.5, steps=10, rates=[0.1, 0.25, 0.5]),
    "map": lambda: MapExplorer("wave", rates=[0.1, 0.2], starts=[1, 2, 3]),
}


def boxes_of(explorer):
    """The corners (x0, y0, x1, y1) of each name, in pixels of its axes, y up; and their size."""
    plot = explorer.plot
    spec = next(mark for mark in plot.marks if mark["name"] == "names")
    assert (spec["anchor"], spec["baseline"]) == ("middle", "center")
    assert spec["offset"] == (0, 0) and "free" not in spec
    axes = plot.axes[spec["axes"]]
    panel = plot.panels[axes["panel"]]
    size = np.array([axes["rect"][2] * panel["width"], axes["rect"][3] * panel["height"]])
    texts = plot.data["list"][0]["texts"].get("names", [])
    found = {}
    for text, middle in zip(texts, sent(plot, "names") * size, strict=True):
        half = naming.half_of_text(text, 13 * PIXEL) / PIXEL
        found[text] = np.concatenate([middle - half, middle + half])
    return found, size, plot._axes[spec["axes"]][1]


def crossed(box, xy):
    """Whether a line through points in pixels passes through a box."""
    for one, other in itertools.pairwise(xy):
        along = one + (other - one) * np.linspace(0, 1, 400)[:, None]
        if ((along > box[:2]) & (along < box[2:])).all(axis=1).any():
            return True
    return False


@pytest.mark.parametrize("kind", EXPLORERS)
def test_live_names_lie_on_no_line_no_dot_and_not_on_each_other(kind):
    explorer = EXPLORERS[kind]()
    boxes, size, ax = boxes_of(explorer)
    assert "x₀" in boxes
    plot = explorer.plot
    own = plot.marks[next(i for i, m in enumerate(plot.marks) if m["name"] == "names")]["axes"]
    lines = [m["name"] for m in plot.marks if m["kind"] == "line" and m["axes"] == own]
    paths = [sent(plot, name) * size for name in lines if name in plot.data["list"][0]["marks"]]
    scene = [line for line in ax.lines if line.get_transform() == ax.transData]
    curves = [ax.transAxes.inverted().transform(ax.transData.transform(line.get_xydata())) * size
              for line in scene if line.get_linestyle() == "-"]  # fmt: skip
    assert paths and curves
    for name, box in boxes.items():
        assert (box[:2] >= 0).all() and (box[2:] <= size).all(), name
        for xy in [*paths, *curves]:
            assert not crossed(box, xy[np.isfinite(xy).all(axis=1)]), name
        for path in paths:  # the larger dot of the marked step may stand on each of its points
            away = np.maximum(np.maximum(box[:2] - path, path - box[2:]), 0)
            assert np.hypot(*away.T).min() >= 6, name
    for one, other in itertools.combinations(boxes.values(), 2):
        assert (one[:2] >= other[2:]).any() or (other[:2] >= one[2:]).any()


def test_a_name_stands_near_its_own_point_at_every_rate():
    explorer = explore("parabola", SGD, lr=0.2, start=4, steps=10)
    for rate in (0.05, 0.5, 0.9):
        explorer.controls["lr"].value = rate
        boxes, size, ax = boxes_of(explorer)
        path = sent(explorer.plot, "path SGD") * size
        assert len(boxes) >= 1
        for text, box in boxes.items():
            at = path[figures.step_names(20).index(text)]
            gap = np.maximum(np.maximum(box[:2] - at, at - box[2:]), 0)
            assert np.hypot(*gap) < 40, (rate, text)


def test_a_name_without_a_free_place_is_left_out_alive_and_still():
    figure, ax = figures.panel(200, 160)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    plot = LivePlot(figure)
    plot.add("label", "names", ax, free=True, color="#ff0000")
    plot.add("line", "wall", ax, width=1)
    names = ([[0.5, 0.5]], ["x₀"])

    def red():
        seen = plot.still_pixels().astype(int)
        return int(((seen[..., 0] - seen[..., 1]) > 100).sum())

    plot.show({"names": names})
    assert plot.data["list"][0]["texts"] == {"names": ["x₀"]} and red() > 30
    wall = np.stack([np.linspace(0, 1, 400), np.arange(400) % 2], axis=1)
    plot.show({"names": names, "wall": wall})
    assert plot.data["list"][0]["texts"] == {"names": []} and len(sent(plot, "names")) == 0
    assert red() == 0


@pytest.mark.parametrize(("function", "start"), [("parabola", 4.0), ("bowl", (0.0, 4.5))])
def test_a_path_that_ends_at_a_star_hides_it_neither_alive_nor_still(function, start):
    explorer = explore(function, SGD, lr=0.15, start=start, steps=80, names=0)
    plot, ax = explorer.plot, explorer.plot._axes[0][1]
    (star,) = plot.axes[0]["stars"]
    minimum = explorer.function.minima[0]
    at = np.ravel([minimum, explorer.function(minimum)] if np.ndim(minimum) == 0 else minimum)
    np.testing.assert_allclose(ax.transData.transform(at), ax.transAxes.transform(star))
    assert plot.axes[1]["stars"] == []
    picture = plot.still_pixels()[..., :3].astype(int)
    x0, y0, w, h = plot.axes[0]["rect"]
    width, height = (2 * plot.panels[0][k] for k in ("width", "height"))
    column, row = int((x0 + star[0] * w) * width), int((y0 + (1 - star[1]) * h) * height)
    near = picture[row - 12 : row + 13, column - 12 : column + 13]
    gold = np.array([0xFF, 0xD5, 0x4A])
    assert (np.abs(near - gold).max(axis=2) < 40).sum() > 80
    assert style.STAR == "#ffd54a"
