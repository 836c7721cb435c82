"""Drawings, by the data on their artists."""

import itertools
import json
import sys
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.mathtext import MathTextParser

from optimlab import SGD, Momentum, checks, descend, figures, functions, style
from optimlab.draw.naming import place_names
from optimlab.functions import Function

SURFACES = [name for name in functions.names() if functions.get(name).dim == 2]
CURVES = [name for name in functions.names() if functions.get(name).dim == 1]


@pytest.fixture
def ax():
    return figures.panel()[1]


@pytest.mark.parametrize("name", SURFACES)
def test_the_lowest_drawn_height_lies_at_a_known_minimum(name):
    function = functions.get(name)
    x, y, z = figures.surface_grid(function, samples=241)
    np.testing.assert_array_equal(z[17, 5], function([x[17, 5], y[17, 5]]))
    if not len(function.minima):
        return
    lowest = np.array([x.flat[z.argmin()], y.flat[z.argmin()]])
    cell = np.array([x[0, 1] - x[0, 0], y[1, 0] - y[0, 0]])
    at_edge = np.isclose(lowest, np.transpose(function.domain)).any()
    near = np.abs(np.asarray(function.minima) - lowest) <= 1.01 * cell
    valley = z.min() >= min(function(np.asarray(function.minima))) - 1e-9
    assert at_edge or (near.all(axis=1).any() if valley else False)


@pytest.mark.parametrize("name", SURFACES)
def test_contours_are_drawn_over_the_domain_with_a_star_at_each_minimum(name, ax):
    function = functions.get(name)
    drawn = figures.draw_contours(ax, function)
    assert ax.get_xlim() == tuple(function.domain[0]) and ax.get_ylim() == tuple(function.domain[1])
    if len(function.minima):
        stars = np.transpose(drawn["minima"].get_data())
        np.testing.assert_array_equal(np.sort(stars, 0), np.sort(function.minima, 0))
    else:
        assert drawn["minima"] is None
    heights = drawn["lines"].levels
    assert (np.diff(heights) > 0).all() and heights[0] == pytest.approx(drawn["filled"].zmin)
    # every vertex of a contour line is at the height of that line
    index = len(heights) // 2
    line = drawn["lines"].get_paths()[index]
    scale = heights[-1] - heights[0]
    assert np.abs(function(line.vertices) - heights[index]).max() < 0.02 * scale


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_the_function(name, ax):
    function = functions.get(name)
    drawn = figures.draw_curve(ax, function)
    x, y = drawn["curve"].get_data()
    np.testing.assert_array_equal(y, function(x))
    stars = np.transpose(drawn["minima"].get_data())
    np.testing.assert_allclose(stars[:, 1], function(stars[:, 0]))
    assert sorted(stars[:, 0]) == sorted(np.ravel(function.minima))


def test_axes_are_named_and_a_run_has_its_look(ax):
    path = descend("ravine", SGD(lr=0.1), start=(-7, 2), steps=3)
    figures.draw_curve(ax, functions.parabola)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("x", "f(x)", "")
    assert ax.lines[0].get_color() == style.INK
    surface, losses = figures.panel(columns=2)[1]
    figures.draw_contours(surface, functions.ravine)
    assert (surface.get_xlabel(), surface.get_ylabel(), surface.get_title()) == ("x", "y", "")
    other = descend("ravine", Momentum(lr=0.1), start=(-7, 2), steps=3)
    lines = [figures.draw_path(surface, one)["line"] for one in (path, other)]
    lines += figures.draw_losses(losses, [path, other])
    assert (losses.get_xlabel(), losses.get_ylabel(), losses.get_title()) == ("step", "loss", "")
    assert [text.get_text() for text in losses.get_legend().get_texts()] == ["SGD", "Momentum"]
    for line, rule in zip(lines, ("SGD", "Momentum") * 2, strict=True):
        look = style.RULES[rule]
        assert (line.get_color(), line.get_marker()) == (look["color"], look["marker"])
        assert (line.get_linestyle() == "--") == bool(look["dash"])
    solid = figures.panel(subplot_kw={"projection": "3d"})[1]
    drawn = figures.draw_surface(solid, functions.ravine, path=other)
    assert (solid.get_xlabel(), solid.get_ylabel(), solid.get_zlabel()) == ("x", "y", "f(x, y)")
    assert drawn["path"].get_color() == style.RULES["Momentum"]["color"]


def test_a_path_has_its_rule_s_look_a_ring_and_a_dot(ax):
    path = descend("ravine", SGD(lr=0.95), start=(-7, 2), steps=30)
    drawn = figures.draw_path(ax, path)
    np.testing.assert_array_equal(np.transpose(drawn["line"].get_data()), path.points)
    assert drawn["line"].get_color() == style.RULES["SGD"]["color"]
    np.testing.assert_array_equal(np.transpose(drawn["start"].get_data())[0], path.start)
    np.testing.assert_array_equal(np.transpose(drawn["end"].get_data())[0], path.end)


def test_a_path_on_a_curve_is_named_without_names_on_top_of_each_other(ax):
    path = descend("parabola", SGD(lr=0.2), start=4, steps=6)
    ax.set_xlim(-1, 5)
    drawn = figures.draw_path(ax, path, names=True)
    np.testing.assert_array_equal(drawn["line"].get_ydata(), path.losses)
    texts = {text.get_text(): text.xy for text in drawn["names"]}
    assert texts["x₁"] == pytest.approx((3.2, 3.44))
    at = sorted(x for x, _ in texts.values())
    assert min(np.diff(at)) > 0.05 * 6


def test_a_diverged_path_still_draws(ax):
    path = descend("ravine", SGD(lr=60), start=(-7, 2), steps=400)
    assert path.diverged is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = figures.draw_path(ax, path)
        figures.draw_losses(ax, path)
    assert np.isfinite(drawn["end"].get_xdata()).all()
    assert drawn["left"].get_text() == f"leaves the picture at step {path.left()}"
    stays = figures.draw_path(ax, descend("ravine", SGD(lr=0.1), start=(-7, 2), steps=3))
    assert stays["left"] is None


def test_losses_take_a_log_axis_where_they_span_decades(ax):
    long = descend("ravine", SGD(lr=0.95), start=(-7, 2), steps=60)
    (line,) = figures.draw_losses(ax, long)
    np.testing.assert_array_equal(line.get_ydata(), long.losses)
    np.testing.assert_array_equal(line.get_xdata(), range(61))
    assert ax.get_yscale() == "log"
    other = figures.panel()[1]
    figures.draw_losses(other, descend("parabola", SGD(lr=0.01), start=4, steps=5))
    assert other.get_yscale() == "linear"


def test_a_step_axis_has_whole_steps_and_room_at_both_ends(ax):
    figures.step_axis(ax, 4)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "loss", "linear")
    assert ax.get_xlim() == (-0.08, 4.08)
    assert [tick for tick in ax.get_xticks() if 0 <= tick <= 4] == [0, 1, 2, 3, 4]
    figures.draw_target(ax, 0.5, 3)
    assert (ax.texts[0].get_text(), ax.texts[0].xy) == ("target 0.5", (0, 0.5))
    other = figures.panel()[1]
    figures.step_axis(
        other, 12, xlabel="epoch", ylabel="distance", scale="log", limits=(1e-9, 100)
    )
    assert (other.get_xlabel(), other.get_ylabel(), other.get_yscale()) == (
        "epoch", "distance", "log",
    )  # fmt: skip
    assert other.get_ylim() == (1e-9, 100)


def test_a_surface_carries_its_path():
    figure, _ = figures.panel()
    ax = figure.add_subplot(projection="3d")
    path = descend("ravine", SGD(lr=1.1), start=(-7, 2), steps=20)
    drawn = figures.draw_surface(ax, functions.ravine, path=path)
    x, y, z = drawn["path"].get_data_3d()
    inside = np.isfinite(x)
    assert 0 < inside.sum() < len(x), "the part outside the domain is left out"
    np.testing.assert_array_equal(np.isfinite(z), inside)
    np.testing.assert_allclose(z[inside], functions.ravine(np.stack([x, y], -1)[inside]))


def test_the_rules_are_told_apart_by_colour_dash_marker_and_lightness():
    looks = style.RULES.values()
    assert len({look["color"] for look in looks}) == len(style.RULES)
    assert len({(look["dash"], look["marker"]) for look in looks}) == len(style.RULES)


def test_the_look_of_a_notebook_is_seaborn_s_and_needs_no_seaborn(monkeypatch):
    sns = pytest.importorskip("seaborn")
    with mpl.rc_context():
        mpl.rcdefaults()
        sns.set_theme(context="paper", style="whitegrid", palette=style.PALETTE, rc=style.rc())
        theirs = dict(mpl.rcParams)
        mpl.rcdefaults()
        monkeypatch.setitem(sys.modules, "seaborn", None)
        style.use()
        ours = dict(mpl.rcParams)
    as_theirs = {n: pytest.approx(v) if isinstance(v, float) else v for n, v in theirs.items()}
    different = {name for name in ours if ours[name] != as_theirs[name]}
    assert different == {"image.cmap", "font.sans-serif"}, "which nothing here is drawn with"
    names = ("axes.titlesize", "axes.labelsize", "font.size", "xtick.labelsize")
    assert sorted(map(ours.get, names), reverse=True) == [ours[name] for name in names]


def test_style_use_changes_the_figures_and_context_leaves_them(monkeypatch):
    with mpl.rc_context():
        style.use()
        assert mpl.rcParams["axes.grid"] and mpl.rcParams["figure.constrained_layout.use"]
        assert mpl.rcParams["font.family"][0] == "DejaVu Sans"
    before = dict(mpl.rcParams)
    with style.context():
        assert mpl.rcParams["axes.titlesize"] == 10
    assert dict(mpl.rcParams) == before
    monkeypatch.setattr(style, "KOREAN_FONTS", ("DejaVu Serif",))
    assert style.rc()["font.family"] == ["DejaVu Sans", "DejaVu Serif"]
    monkeypatch.setattr(style, "KOREAN_FONTS", ("No such font",))
    assert style.rc()["font.family"] == ["DejaVu Sans"]


def test_panels_stay_out_of_pyplot():
    before = plt.get_fignums()
    figure, _ = figures.panel(300, 200)
    assert isinstance(figure.canvas, FigureCanvasAgg) and plt.get_fignums() == before
    assert tuple(figure.get_size_inches() * 100) == (300, 200)


def test_a_flat_function_has_contour_levels_too(ax):
    flat = Function("flat", "0", lambda p: p[..., 0] * 0.0, domain=((0, 1), (0, 1)), start=(0, 0))
    figures.draw_contours(ax, flat)
    for function in (flat, functions.ravine):
        heights = figures.contour_levels(figures.surface_grid(function)[2])
        assert (np.diff(heights) > 0).all() and len(heights) == (2 if function is flat else 11)


PATH = descend("ravine", SGD(lr=0.1), steps=3)
BATCH = descend("ravine", SGD(lr=np.array([[0.1], [0.2]])), steps=3)


@pytest.mark.parametrize(
    ("draw", "error", "said"),
    [
        (lambda ax: figures.panel(0), ValueError, "width=0: width must be a finite number > 0"),
        (lambda ax: figures.panel(height="2"), TypeError, "height='2'"),
        (lambda ax: figures.panel(rows=2.5), TypeError, "rows=2.5: rows must be a whole number"),
        (lambda ax: figures.draw_curve(None, "parabola"), TypeError, "ax=None: ax must be"),
        (lambda ax: figures.draw_curve(ax, "parabel"), ValueError, "function='parabel'"),
        (lambda ax: figures.draw_curve(ax, "ravine"), ValueError, "must have 1 variable,"),
        (lambda ax: figures.draw_curve(ax, "wave", (3, 1)), ValueError, r"domain=\(3, 1\)"),
        (lambda ax: figures.draw_curve(ax, "wave", samples=1), ValueError, "samples=1"),
        (lambda ax: figures.draw_contours(ax, "wave"), ValueError, "must have 2 variables"),
        (lambda ax: figures.draw_contours(ax, 5), TypeError, "function=5"),
        (lambda ax: figures.draw_contours(ax, "ravine", levels=0), ValueError, "levels=0"),
        (lambda ax: figures.draw_contours(ax, "ravine", levels=["a"]), TypeError, "levels="),
        (lambda ax: figures.draw_path(ax, "ravine"), TypeError, "path='ravine': path must be a P"),
        (lambda ax: figures.draw_path(ax, BATCH), ValueError, r"path: a batch of shape \(2,\)"),
        (lambda ax: figures.draw_losses(ax, [PATH, 5]), TypeError, "paths=5"),
        (lambda ax: figures.draw_losses(ax, []), ValueError, "paths=.*at least one"),
        (lambda ax: figures.draw_target(ax, 1, 2.5), TypeError, "target="),
        (lambda ax: figures.draw_surface(ax, "ravine"), TypeError, "ax=<Axes.*3-D axes"),
        (lambda ax: figures.step_axis(ax, -1), ValueError, "most_steps=-1"),
        (lambda ax: figures.step_axis(ax, 5, scale="symlog"), ValueError, "scale='symlog'"),
        (
            lambda ax: figures.step_axis(ax, 5, scale="log", limits=(0, 1)), ValueError,
            r"limits=\(0, 1\): limits must be \(low, high\), numbers > 0",
        ),
        (lambda ax: style.rule_style(SGD), TypeError, "name=<class.*the name of a rule"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_named(ax, draw, error, said):
    with pytest.raises(error, match=said):
        draw(ax)


def test_what_needs_an_extra_says_how_to_install_it(monkeypatch):
    assert checks.extra("json", "a text") is json
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.delitem(sys.modules, "plotly.graph_objects", raising=False)
    with pytest.raises(ImportError) as said:
        checks.extra("plotly.graph_objects", "SurfaceExplorer")
    assert str(said.value) == "SurfaceExplorer needs plotly: pip install 'optimlab[lessons]'"


# Names and stars -------------------------------------------------------------------------------

PANELS = [("parabola", rate, 4.0, 6) for rate in (0.2, 0.01, 1.0, 0.9)]
PANELS += [("wave", 0.25, 2.5, 10), ("wave", 1.0, 2.5, 5), ("cubic", 0.05, 0.0, 8)]


def named(function, rate, start, steps, width=300, height=330):
    """A drawn panel with names, its axes changed after the path was drawn, as lesson 05 does."""
    figure, ax = figures.panel(width, height)
    figures.draw_curve(ax, function)
    drawn = figures.draw_path(ax, descend(function, SGD(lr=rate), start, steps), names=True)
    ax.set_title("a title")
    ax.set_ylim(*(value + 0.1 * np.ptp(ax.get_ylim()) for value in ax.get_ylim()))
    figure.canvas.draw()
    return figure, ax, drawn


def boxes_of(figure, texts):
    """The pixels (x0, y0, x1, y1) in which the names that are drawn stand."""
    renderer = figure.canvas.get_renderer()
    shown = [text for text in texts if text.layout.free[text]]
    return {text.get_text(): text.get_window_extent(renderer).extents for text in shown}


def drawn_lines(ax):
    """Which pixels the lines and their markers cover: drawn by themselves, not computed."""
    alone = mpl.figure.Figure(figsize=ax.figure.get_size_inches(), dpi=100)
    canvas = FigureCanvasAgg(alone)
    other = alone.add_axes(ax.get_position(), xlim=ax.get_xlim(), ylim=ax.get_ylim())
    other.axis("off")
    for line in ax.lines:
        (copy,) = other.plot(*line.get_data(), color="k")
        copy.update_from(line)
        copy.set_clip_path(other.patch)
        copy.set_transform(other.transData)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[::-1, :, :3].min(axis=2) < 200


def hits(lines, box):
    x0, y0, x1, y1 = (max(int(round(v)), 0) for v in box)
    return int(lines[y0:y1, x0:x1].sum())


@pytest.mark.parametrize("case", PANELS, ids=str)
def test_names_lie_on_no_line_and_not_on_each_other(case):
    figure, ax, drawn = named(*case)
    boxes = boxes_of(figure, drawn["names"])
    assert "x₀" in boxes and len(boxes) >= min(2, len(drawn["names"]))
    lines = drawn_lines(ax)
    for name, box in boxes.items():
        assert hits(lines, box) == 0, name
        assert (box[:2] >= ax.bbox.extents[:2]).all() and (box[2:] <= ax.bbox.extents[2:]).all()
    for one, other in itertools.combinations(boxes.values(), 2):
        assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_a_name_stands_near_its_point_and_moves_with_the_axes():
    figure, ax, drawn = named("parabola", 0.2, 4.0, 6)
    points = {text.get_text(): text.xy for text in drawn["names"]}
    for name, box in boxes_of(figure, drawn["names"]).items():
        at = ax.transData.transform(points[name])
        gap = np.maximum(np.maximum(box[:2] - at, at - box[2:]), 0)
        assert np.hypot(*gap) < 40, name
    before = [text.get_position() for text in drawn["names"]]
    ax.set(xlim=(1.9, 4.2), ylim=(-3, 9))
    figure.canvas.draw()
    assert before != [text.get_position() for text in drawn["names"]]
    lines = drawn_lines(ax)
    assert all(hits(lines, box) == 0 for box in boxes_of(figure, drawn["names"]).values())


def test_a_name_with_room_all_around_stands_above_to_the_right(ax):
    (name,) = place_names(ax, [(0.5, 0.5)], ["x₀"])
    ax.figure.canvas.draw()
    assert min(name.get_position()) > 0


def test_a_name_without_a_free_place_is_left_out():
    figure, ax = figures.panel(200, 160)
    drawn = figures.draw_path(ax, descend("parabola", SGD(lr=0.2), 4.0, 6), names=True)
    ax.set(xlim=(1.9, 4.1), ylim=(1.9, 6.1))
    ax.plot(np.linspace(1.9, 4.1, 400), 4 + 2 * (-1.0) ** np.arange(400), linewidth=2)
    figure.canvas.draw()
    assert boxes_of(figure, drawn["names"]) == {}
    with_them = np.array(figure.canvas.buffer_rgba()).astype(int)
    for text in drawn["names"]:
        text.remove()
    figure.canvas.draw()
    assert np.abs(np.asarray(figure.canvas.buffer_rgba()) - with_them).max() < 5


def test_where_names_stood_in_0_1_they_lay_on_the_lines():
    """The measure finds what it is there for: 5 points up and right of each point of a rise."""
    _, ax, drawn = named("parabola", 0.2, 4.0, 6)
    at = ax.transData.transform(drawn["names"][0].xy)
    assert hits(drawn_lines(ax), [*(at + 2), *(at + 20)]) > 10


@pytest.mark.parametrize(("function", "start"), [("parabola", 4.0), ("bowl", (0.0, 0.0))])
def test_the_end_of_a_path_hides_no_star_and_is_seen_behind_it(function, start):
    def colours(with_path):
        figure, ax = figures.panel()
        draw = figures.draw_curve if np.ndim(start) == 0 else figures.draw_contours
        star = draw(ax, function)["minima"]
        if with_path:
            figures.draw_path(ax, descend(function, SGD(lr=0.15), start, 80))
        figure.canvas.draw()
        x, y = (int(v) for v in ax.transData.transform(np.transpose(star.get_data())[0]))
        picture = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3].astype(int)
        return picture[y - 9 : y + 10, x - 9 : x + 10]

    def count(picture, color, off=40):
        wanted = np.array(mpl.colors.to_rgb(color)) * 255
        return int((np.abs(picture - wanted).max(axis=2) < off).sum())

    alone, ended = colours(False), colours(True)
    assert count(ended, "#ffd54a") == count(alone, "#ffd54a") > 20
    assert count(ended, style.RULES["SGD"]["color"]) > 10


# --- where a function has no values, or too large ones -----------------------------------------


def undefined_names(ax):
    return [text for text in ax.texts if text.get_gid() == figures.UNDEFINED]


@pytest.mark.parametrize("text", ["1/x", "1/x^2", "tan(x)", "x + 1/(x - 1)^2", "1/sin(x)"])
def test_a_pole_does_not_flatten_a_curve(text):
    f = functions.parse(text)
    _, ax = figures.panel()
    y = figures.draw_curve(ax, f)["curve"].get_ydata()
    x = np.linspace(*f.domain, 601)
    kept = np.isfinite(y)
    np.testing.assert_allclose(y[kept], f(x[kept]), rtol=1e-12)  # what is drawn is right
    assert 0.8 < kept.mean() < 1 and np.nanmax(np.abs(y)) < 60
    assert np.ptp(y[kept]) < 5 * np.subtract(*np.percentile(y[kept], (95, 5)))
    assert not undefined_names(ax), "it is large there, and not undefined"
    jumps = np.abs(np.diff(y))
    assert np.nanmax(jumps) < 0.3 * np.ptp(y[kept]), "no line across the pole"


@pytest.mark.parametrize("text", ["x^10", "exp(3*x)", "x^2", "log(x)", "exp(-x^2/0.01)", "abs(x)"])
def test_what_has_no_pole_is_drawn_whole(text):
    f = functions.parse(text)
    _, ax = figures.panel()
    y = figures.draw_curve(ax, f, (-5, 5))["curve"].get_ydata()
    with np.errstate(all="ignore"):
        known = f(np.linspace(-5, 5, 601))
    np.testing.assert_array_equal(np.isfinite(y), np.isfinite(known))


def test_a_pole_does_not_flatten_a_surface():
    f = functions.parse("1/(x^2 + y^2) + x^2/10")
    x, _, z = figures.surface_grid(f, ((-4, 4), (-4, 4)))
    assert np.isfinite(z).all() and z.max() < 10 and np.isclose(x.max(), 4)
    steep = functions.rosenbrock
    *_, z = figures.surface_grid(steep)
    assert z.max() == steep((-2, -1))
    _, ax = figures.panel()
    levels = figures.draw_contours(ax, f)["lines"].levels
    assert levels.max() < 10 and not undefined_names(ax)


def test_an_undefined_part_is_hatched_and_named():
    for text, n in (("log(x)", 1), ("sqrt(1 - x^2)", 2), ("sin(x)/x", 0), ("x", 0)):
        _, ax = figures.panel()
        figures.draw_curve(ax, functions.parse(text), (-3, 3))
        assert [name.get_text() for name in undefined_names(ax)] == ["undefined"] * n
        spans = [patch for patch in ax.patches if patch.get_hatch()]
        assert len(spans) == n
        for span, name in zip(spans, undefined_names(ax), strict=True):
            assert span.get_x() <= name.get_position()[0] <= span.get_x() + span.get_width()
    for text, n in (("log(x) + y", 1), ("-sqrt(9 - x^2 - y^2)", 1), ("sin(x*y)/(x*y)", 0)):
        f = functions.parse(text)
        _, ax = figures.panel()
        figures.draw_contours(ax, f, ((-4, 4), (-4, 4)))
        names = undefined_names(ax)
        assert len(names) == n and len(ax.texts) == n
        for name in names:
            with np.errstate(all="ignore"):
                assert np.isnan(f(name.get_position()))
            assert all(-4 < at < 4 for at in name.get_position())
        hatched = [part for part in ax.collections if any(getattr(part, "hatches", None) or [])]
        assert len(hatched) == n


@pytest.mark.parametrize("more, shown", [(-1, True), (0, True), (1, False)])
def test_the_widest_formula_fits_above_a_picture_and_a_wider_one_is_a_name(more, shown):
    width = lambda latex: MathTextParser("path").parse(f"${latex}$").width  # noqa: E731
    x = r"x\hspace{%s}x"  # two x with so much between them, in shares of the size of the font
    latex = x % ((239.5 + more - width(x % 0)) * 100 / (width(x % 100) - width(x % 0)))
    assert width(latex) == 240 + more, "of whole points"
    function = functions.Function("name", latex, lambda x: x * x, domain=(-1, 1))
    assert figures.formula(function) == (f"${latex}$" if shown else "name")
    figure, ax = figures.panel()
    title = ax.set_title(f"${latex}$", fontsize=12)
    figure.draw_without_rendering()
    assert title.get_window_extent().width < figure.bbox.width


def test_titles_and_axes_of_any_function():
    broken = functions.Function("my_name", "x^2_{", lambda x: x * x, domain=(-1, 1))
    assert figures.formula(broken) == "my_name"
    assert figures.formula(functions.wave) == r"$x \sin x$"
    long = functions.parse("+".join(f"sin({k}*x)" for k in range(1, 30)))
    assert figures.formula(long).startswith("sin(1*x)+") and figures.formula(long).endswith("…")
    _, ax = figures.panel()
    figures.draw_contours(ax, functions.parse("u^2 + v^2"))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("u", "v")
    _, ax = figures.panel()
    figures.draw_curve(ax, functions.parse("t^2"))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("t", "f(t)")
