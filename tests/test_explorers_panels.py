"""One table: for every explorer its panels, labels and scales, and each mark with its look.

A row is (what makes it, its panels, its marks, its legends). A panel is (x label, y label, title,
which of its axes are logarithmic). Marks stand by panel and look: the name of a rule stands for its
colour, dash and marker, anything else is a colour. A legend's words stand with their colours.
"""

import gc
import weakref
from functools import lru_cache

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from matplotlib.colors import to_hex

from optimlab import SGD, Momentum, Nesterov, data, explore, explorers, network, style
from optimlab.explorers import family, schemes
from optimlab.explorers.basins import DOTS, STRIPES
from optimlab.explorers.boundary import CLASSES
from optimlab.explorers.valleys import NOWHERE, VALLEYS

INK, MUTED, RED = style.INK, style.MUTED, style.HIGHLIGHT
BLUE, ORANGE, GREEN, VIOLET, OLIVE = style.PALETTE[:5]
LINES, YELLOW = "#8fa5bd", "#ffd54a"
ADAM, BOLD, HALVING = (
    style.RULES["Adam"]["color"], schemes.LOOKS["bold driver"]["color"],
    schemes.LOOKS["halving"]["color"],
)  # fmt: skip

PARABOLA = ("x", "f(x)", "$x^2 - 4x + 6$", "")
WAVE = ("x", "f(x)", r"$x \sin x$", "")
CUBIC = ("x", "f(x)", "$3x^3 - 2x + 1$", "")
RAVINE = ("x", "y", r"$\frac{x^2}{20} + y^2$", "")
BOWL = ("x", "y", "$3(x - 2)^2 + (y - 2)^2$", "")
NO_AXES = ("", "", "", "")


@lru_cache
def tips():
    return data.tips().standardised()


@lru_cache
def arms():
    return data.spirals(60, rng=np.random.default_rng(0))


def both(panel, mark, rule):
    """A run's line and its steps."""
    return (panel, rule, f"{mark}, {mark} steps")


TABLE = {
    "PathExplorer": (
        lambda: explore("parabola", steps=5),
        [PARABOLA, ("step", "loss", "", "")],
        [both(0, "path SGD", "SGD"), both(1, "loss SGD", "SGD"), (0, INK, "names, start")],
        {},
    ),
    "PathExplorer of a surface": (
        lambda: explore("ravine", Momentum, steps=5, loss_scale="linear"),
        [RAVINE, ("step", "loss", "", "")],
        [
            both(0, "path Momentum", "Momentum"),
            both(1, "loss Momentum", "Momentum"),
            (0, INK, "start"),
        ],
        {},
    ),
    "PathExplorer of two rules": (
        lambda: explore(
            "ravine", [SGD, Momentum], steps=5,
            curves=("loss", "rate", "v", "distance", "gradient"),
        ),
        [
            RAVINE,
            ("step", "loss", "", "y"),
            ("step", "effective rate", "", "y"),
            ("step", "velocity v", "", ""),
            ("step", "distance walked", "", ""),
            ("step", "gradient g", "", ""),
        ],
        [
            both(0, "path SGD", "SGD"), both(1, "loss SGD", "SGD"),
            both(0, "path Momentum", "Momentum"), both(1, "loss Momentum", "Momentum"),
            (2, BLUE, "rate SGD x, rate SGD y"),
            (2, ORANGE, "rate Momentum x, rate Momentum y"),
            (3, ORANGE, "v Momentum x, v Momentum y"),
            (4, BLUE, "distance SGD"), (4, ORANGE, "distance Momentum"),
            (5, BLUE, "gradient SGD x, gradient SGD y"),
            (5, ORANGE, "gradient Momentum x, gradient Momentum y"),
            (0, INK, "start"),
        ],
        {"SGD": BLUE, "Momentum": ORANGE, "x": MUTED, "y": MUTED},
    ),
    "SurfaceExplorer": (
        lambda: explorers.SurfaceExplorer("ravine", Nesterov, steps=5, samples=9),
        [RAVINE, ("step", "loss", "", "y")],
        [
            both(0, "path Nesterov", "Nesterov"),
            both(1, "loss Nesterov", "Nesterov"),
            (0, INK, "start"),
        ],
        {},
    ),
    "SchemeExplorer": (
        lambda: explorers.SchemeExplorer("parabola", steps=5),
        [PARABOLA, ("", "point x", "", ""), ("", "loss", "", ""), ("step", "rate", "", "y")],
        [
            both(0, "path constant", "SGD"), both(1, "point constant", "SGD"),
            (2, "SGD", "loss constant"), (3, "SGD", "rate constant"),
            both(0, "path halving", HALVING), both(1, "point halving", HALVING),
            (2, HALVING, "loss halving"), (3, HALVING, "rate halving"),
            both(0, "path bold driver", BOLD), both(1, "point bold driver", BOLD),
            (2, BOLD, "loss bold driver"), (3, BOLD, "rate bold driver"),
            (0, INK, "start"),
        ],
        {"constant": BLUE, "halving": HALVING, "bold driver": BOLD},
    ),
    "StagesExplorer": (
        lambda: explorers.StagesExplorer(steps=5),
        [RAVINE, ("", "loss", "", "y"), ("step", "step / rate", "", "")],
        [
            (0, ADAM, "path, path steps"), (1, ADAM, "loss"), (2, ADAM, "ratio x"),
            (2, INK, "ratio y"), (0, INK, "start"),
        ],
        {"along x": ADAM, "along y": INK},
    ),
    "RareGradientExplorer": (
        lambda: explorers.RareGradientExplorer(0.9, values=[0.9]),
        [
            ("step", "x", "", "x"),
            ("", "divisor √v̂", "", "y"),
            ("steps since the large gradient", "pulled, in rates", "", ""),
        ],
        [
            (0, ADAM, "path, end"), (0, INK, "where"), (1, ADAM, "root"), (2, ADAM, "left"),
            (2, INK, "right"),
        ],
        {"left, by the large gradient": ADAM, "right, by the small ones": INK},
    ),
    "FamilyExplorer": (
        lambda: explorers.FamilyExplorer(steps=5),
        [NO_AXES, RAVINE, ("step", "loss", "", "y")],
        [
            (0, MUTED, "edges"), (0, RED, "descent, method"), (1, INK, "start"),
            *(both(1, f"path {name}", name) for name in family.RULES),
            *(both(2, f"loss {name}", name) for name in family.RULES),
            *((2, name, f"key {name}") for name in family.RULES),
            *((2, INK, f"name {name}") for name in family.RULES),
        ],
        {},
    ),
    "PlaneExplorer": (
        lambda: explorers.PlaneExplorer("ravine", Nesterov),
        [
            RAVINE,
            ("step", "distance", "", "y"),
            ("learning rate", "momentum α", "", ""),
            ("left of the distance after one step", "", "", ""),
        ],
        [
            both(0, "path", "Nesterov"), (1, "Nesterov", "distance"),
            (1, INK, "computed, computed name"), (0, INK, "start"), (2, RED, "pair"),
            (2, None, "plane"),
        ],
        {},
    ),
    "RaceExplorer": (
        lambda: explorers.RaceExplorer("ravine", [SGD, Momentum], racing=[SGD], steps=5),
        [
            ("x", "y", "ravine", ""),
            ("learning rate", "loss after 5 steps", "", "x y"),
            ("step", "loss", "", "y"),
        ],
        [
            *((0, rule, f"path {rule}") for rule in ("SGD", "Momentum")),
            *((1, rule, f"curve {rule}, at {rule}") for rule in ("SGD", "Momentum")),
            *((2, rule, f"loss {rule}, end {rule}") for rule in ("SGD", "Momentum")),
            (0, LINES, "contours"), (0, INK, "minima, start"), (0, YELLOW, "stars"),
            (1, MUTED, "rate"),
        ],
        {"SGD": BLUE, "Momentum": ORANGE},
    ),
    "StripExplorer": (
        lambda: explorers.StripExplorer("wave", Momentum, rates=[0.1], steps=5, starts=9),
        [("", *WAVE[1:]), ("start x", "", "", ""), ("step", "loss", "", "")],
        [
            both(0, "path", "Momentum"), both(2, "loss", "Momentum"), (0, INK, "names, start"),
            (1, INK, "here"), (1, VALLEYS[0], "strip 0"), (1, VALLEYS[1], "strip 1"),
            (1, NOWHERE, "strip 2"),
        ],
        {"ends at 4.91": VALLEYS[0], "ends at 0": VALLEYS[1], "settles nowhere": NOWHERE},
    ),
    "MapExplorer": (
        lambda: explorers.MapExplorer("wave", rates=[0.1, 0.2], starts=[1, 2], steps=5),
        [("learning rate", "start x", "", ""), WAVE],
        [
            (0, None, "map"), (0, INK, "limits, limit names, names behind, cell"),
            both(1, "path", "SGD"), (1, INK, "names, start"),
        ],
        {"ends at 4.91": VALLEYS[0], "ends at 0": VALLEYS[1], "settles nowhere": NOWHERE},
    ),
    "BasinExplorer": (
        lambda: explorers.BasinExplorer("himmelblau", Momentum, cells=10, steps=5),
        [("x", "y", "$(x^2 + y - 11)^2 + (x + y^2 - 7)^2$", ""), ("step", "loss", "", "y")],
        [
            both(0, "path Momentum", "Momentum"), both(1, "loss Momentum", "Momentum"),
            (0, None, "basins"), (0, "#f2c230", "stars"), (0, INK, "letters, start"),
        ],
        {
            "A (3, 2)": VALLEYS[0], "B (3.58, -1.85)": VALLEYS[1], "C (-2.81, 3.13)": VALLEYS[2],
            "D (-3.78, -3.28)": VALLEYS[3], "diverges": STRIPES[1], "does not arrive": DOTS[1],
        },
    ),
    "ChordExplorer": (
        lambda: explorers.ChordExplorer("wave"),
        [WAVE],
        [(0, RED, "above, gap"), (0, BLUE, "chord, a, b"), (0, INK, "names")],
        {},
    ),
    "ConditionExplorer": (
        lambda: explorers.ConditionExplorer(2, conditions=[2, 3]),
        [
            ("x", "y", r"$x^2/\kappa + y^2$", ""),
            ("condition number κ", "steps to come 1000 × closer", "", "x y"),
        ],
        [
            (0, LINES, "contours"), both(0, "path", "SGD"), (0, INK, "start"),
            (1, MUTED, "counts, each count"), (1, BLUE, "now"), (1, INK, "count"),
        ],
        {},
    ),
    "SecantExplorer": (
        lambda: explorers.SecantExplorer("cubic", kinds=("forward", "central")),
        [CUBIC, ("h", "gap between the slopes", "", "x y")],
        [
            (0, ORANGE, "triangle, secant, ends"), (0, GREEN, "tangent"),
            (0, MUTED, "run and rise"), (0, INK, "run, rise, x"), (1, BLUE, "gap forward"),
            (1, VIOLET, "gap central"), (1, MUTED, "zero, zero name"), (1, INK, "gap"),
        ],
        {"secant": ORANGE, "tangent": GREEN, "forward": BLUE, "central": VIOLET},
    ),
    "SlicesExplorer": (
        lambda: explorers.SlicesExplorer("bowl"),
        [BOWL, ("x", "f", "along x, y held fixed", ""), ("y", "f", "along y, x held fixed", "")],
        [
            (0, VIOLET, "cut x"), (1, VIOLET, "slice x"), (0, OLIVE, "cut y"),
            (2, OLIVE, "slice y"), (1, GREEN, "tangent x"), (2, GREEN, "tangent y"),
            (1, INK, "at x, slope x"), (2, INK, "at y, slope y"), (0, INK, "level, point"),
            (0, RED, "gradient"),
        ],
        {},
    ),
    "DirectionExplorer": (
        lambda: explorers.DirectionExplorer("bowl"),
        [BOWL, ("angle of the direction (degrees)", "slope in that direction", "", "")],
        [
            (0, BLUE, "direction"), (1, BLUE, "slopes, now line, now"), (1, RED, "top, top name"),
            (0, INK, "level, point"), (0, RED, "gradient"),
        ],
        {},
    ),
    "GraphExplorer": (
        lambda: explorers.GraphExplorer(network.cube, {"x": (-1, 2, 0.5)}),
        [NO_AXES, ("x", "y", "", "")],
        [
            (0, BLUE, "forward arrows 0, inputs, values"), (0, ORANGE, "backward arrows, slopes"),
            (0, INK, "locals"), (1, INK, "curve"), (1, ORANGE, "tangent, slope"), (1, BLUE, "here"),
        ],
        {},
    ),
    "ErrorExplorer": (
        lambda: explorers.ErrorExplorer("cubic"),
        [
            ("h", "typical error of the slope", "$f(x) = 3x^3 - 2x + 1$", "x y"),
            ("", "", "at x = 1", ""),
        ],
        [
            (0, BLUE, "errors forward, forward"), (0, ORANGE, "errors central, central"),
            (0, MUTED, "h"), (1, INK, "digits"),
        ],
        {"forward": BLUE, "central": ORANGE},
    ),
    "FitExplorer": (
        lambda: explorers.FitExplorer([0, 1, 2], [0, 1, 3], names=("size", "price")),
        [("size", "price", "", ""), ("w", "b", "loss L(w, b)", "")],
        [
            (0, ORANGE, "off, losses"), (0, BLUE, "model, left, right"), (0, INK, "L"),
            (1, BLUE, "point"), (1, None, "map"),
        ],
        {},
    ),
    "GridExplorer": (
        lambda: explorers.GridExplorer("parabola"),
        [("x", "f(x)", "", ""), ("number of weights", "evaluations", "", "y")],
        [(0, BLUE, "grid"), (0, ORANGE, "best"), (1, BLUE, "cost, costs")],
        {},
    ),
    "NoiseExplorer": (
        lambda: explorers.NoiseExplorer(tips()),
        [
            ("slope by w", "slope by b", "", ""),
            ("batch size", "typical distance from the diamond", "", "x y"),
        ],
        [
            (0, BLUE, "batches"), (0, ORANGE, "full"), (1, MUTED, "law, law name"),
            (1, BLUE, "noise, now"),
        ],
        {"a batch": BLUE, "all data": ORANGE},
    ),
    "BatchExplorer": (
        lambda: explorers.BatchExplorer(tips(), epochs=1),
        [
            ("w", "b", "loss L(w, b) on all data", ""),
            ("gradients of single examples", "loss above its minimum", "", "y"),
        ],
        [
            both(0, "path", "SGD"), both(1, "loss", "SGD"), both(1, "all", ORANGE),
            (0, ORANGE, "cloud"), (0, INK, "start"),
        ],
        {"batches": BLUE, "all data in each step": ORANGE},
    ),
    "BoundaryExplorer": (
        lambda: explorers.BoundaryExplorer(arms(), arms(), rules=["SGD", "Adam"], title="arms"),
        [
            ("x1", "x2", "arms", ""),
            ("", "training loss", "", "y"),
            ("epoch", "held-out accuracy", "", ""),
        ],
        [
            (0, None, "regions"),
            *((0, CLASSES[k][0], f"class {k}, held out {k}") for k in (0, 1)),
            *((1, rule, f"loss {rule}, earlier loss {rule}") for rule in ("SGD", "Adam")),
            *((2, rule, f"accuracy {rule}, earlier accuracy {rule}") for rule in ("SGD", "Adam")),
            (1, INK, "now"), (1, RED, "lost, lost at"),
        ],
        {"SGD": BLUE, "Adam": ADAM},
    ),
}  # fmt: skip

made = lru_cache(lambda name: TABLE[name][0]())
every_explorer = pytest.mark.parametrize("name", TABLE)


def axes(explorer):
    return [ax for _, ax in explorer.plot._axes]


def legend_lines(explorer):
    """(words, what stands before them) of every entry of every legend."""
    found = [legend for figure in explorer.plot._figures for legend in figure.legends]
    found += [ax.get_legend() for ax in axes(explorer) if ax.get_legend()]
    found += [a for ax in axes(explorer) for a in ax.artists if hasattr(a, "legend_handles")]
    for legend in found:
        words = [text.get_text() for text in legend.get_texts()]
        yield from zip(words, legend.legend_handles, strict=True)


def test_every_public_explorer_is_in_the_table():
    public = {
        name
        for name in explorers.__all__
        if isinstance(getattr(explorers, name), type) and name != "Explorer"
    }
    assert {name.split(" ")[0] for name in TABLE} == public
    for name in TABLE:
        assert type(made(name)) is getattr(explorers, name.split(" ")[0])


@every_explorer
def test_its_panels_have_their_labels_and_scales(name):
    explorer = made(name)
    panels = []
    for ax, sent in zip(axes(explorer), explorer.plot.axes, strict=True):
        scales = {"x": ax.get_xscale(), "y": ax.get_yscale()}
        assert scales == {"x": sent["xscale"], "y": sent["yscale"]}
        log = " ".join(side for side, scale in scales.items() if scale == "log")
        panels.append((ax.get_xlabel(), ax.get_ylabel(), ax.get_title(), log))
    assert panels == TABLE[name][1]
    alt = explorer.plot.alt
    assert alt.endswith(".") and (alt[0].isupper() or alt.startswith(panels[0][1])), alt


@every_explorer
def test_its_marks_stand_where_they_belong_in_their_look(name):
    marks = {mark["name"]: mark for mark in made(name).plot.marks}
    wanted = {m: (panel, look) for panel, look, some in TABLE[name][2] for m in some.split(", ")}
    assert set(marks) == set(wanted)
    for mark, (panel, look) in wanted.items():
        spec = marks[mark]
        assert spec["axes"] == panel, mark
        if look is None or look.startswith("#"):
            assert spec.get("color") == look, mark
            continue
        rule = style.rule_style(look)
        assert spec["color"] == rule["color"], mark
        if spec["kind"] == "line":
            assert tuple(spec["dash"]) == tuple(rule["dash"]), mark
        else:
            assert spec["marker"] == rule["marker"], mark


@every_explorer
def test_its_legends_have_the_colours_of_what_they_name(name):
    lines = dict(legend_lines(made(name)))
    colours = {
        words: to_hex(line.get_color() if hasattr(line, "get_color") else line.get_facecolor())
        for words, line in lines.items()
    }
    assert colours == {words: colour.lower() for words, colour in TABLE[name][3].items()}
    for words, line in lines.items():
        if words in style.RULES:
            assert (line.get_linestyle() == "--") == bool(style.RULES[words]["dash"])
            assert line.get_marker() in ("None", style.RULES[words]["marker"])


def test_the_surface_has_its_labels_and_the_look_of_the_rule():
    figure = made("SurfaceExplorer").figure
    scene = figure.layout.scene
    assert [axis.title.text for axis in (scene.xaxis, scene.yaxis, scene.zaxis)] == ["x", "y", "f"]
    traces = {trace.name: trace for trace in figure.data}
    color = style.RULES["Nesterov"]["color"]
    assert traces["path Nesterov"].line.color == traces["steps Nesterov"].marker.color == color
    assert traces["now Nesterov"].marker.color == color
    assert traces["start Nesterov"].marker.color == INK


@every_explorer
def test_closing_it_leaves_nothing_behind(name):
    before = set(_instances)
    explorer = TABLE[name][0]()
    explorer._repr_mimebundle_()  # what is not shown is not opened
    assert len(set(_instances) - before) > 5
    explorer.close()
    assert set(_instances) == before
    plot = weakref.ref(explorer.plot)
    del explorer
    gc.collect()
    assert plot() is None, "its pictures and frames must not stay in memory"
