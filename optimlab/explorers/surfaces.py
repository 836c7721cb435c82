"""A surface to turn, with the path lying on it, beside the contour lines of the same run.

plotly draws the surface and is imported when the first one is made: its JavaScript is about 5 MB
for each surface in a notebook. On a busy machine the page needs more than two seconds to load it,
and drops what is sent to the surface meanwhile: an empty plot stood there. So a surface is opened
with all that it holds when it is shown, and until it has answered every change sends it whole.
"""

import io
from functools import cache

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.colors import to_hex
from PIL import Image

from optimlab import checks
from optimlab.draw import figures, style
from optimlab.draw.live.late import Late
from optimlab.draw.live.modules import loader
from optimlab.draw.live.raster import draw
from optimlab.explorers.base import guarded
from optimlab.explorers.controls import number
from optimlab.explorers.paths import PathExplorer
from optimlab.explorers.scenes import to_draw
from optimlab.optimizers import SGD

#: of the surface; live.css makes it smaller in a narrow column
WIDTH, HEIGHT = 560, 480
#: columns as narrow as this stand side by side
LEAST = 340
#: how far above the surface a path is drawn, so that it is not hidden in it; of the height shown
LIFT = 0.018
#: matplotlib's marker -> plotly's in three dimensions
SYMBOLS = {"o": "circle", "s": "square", "D": "diamond", "P": "cross", "^": "diamond", "v": "x"}
COLOURS = 128  # of the still, which then takes about 100 kB
GRID = "#e3e6ea"
CONTOUR = "#8fa5bd"


def _alike(one, other):
    """Whether two lists of numbers are the same but for rounding."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    if one.shape != other.shape:
        return False
    return np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)


class SurfaceExplorer(PathExplorer):
    """`explore` for a function of two variables, with its surface beside it.

    `figure` is the plotly FigureWidget. The path on it follows every slider and the start, in
    place, so that the view stays as the learner turned it. The slider below it turns it, too.

    Parameters
    ----------
    function, rules, lr, start, steps, domain, **options
        As for `explore`.
    samples : int
        Points of the surface along each axis.
    """

    LEFT_OUT = "The surface in three dimensions is drawn in the notebook alone."
    figure = None  # until it is made: what was refused before is closed, too

    def __init__(
        self, function, rules=SGD, *, lr=None, start=None, steps=30, domain=None, samples=61,
        **options,
    ):  # fmt: skip
        checks.extra("plotly.graph_objects", "SurfaceExplorer")  # before all that takes time
        self.samples = checks.whole("samples", samples, 2)
        function, _ = to_draw(function, domain, dim=2, start=start)
        super().__init__(function, rules, lr=lr, start=start, steps=steps, domain=domain, **options)
        self.figure, self._answered, self._moved = self._surface(), False, False
        self.figure.observe(self._on_answer, "_js2py_traceDeltas")
        self.turn = number("turn (degrees)", -60, -180, 180, 5, width="420px", readout=False)
        self.turn.layout.max_width = "calc(100% - 4px)"  # it has a margin
        self.turn.add_class("ol-turn")
        self.turn.observe(self._on_turn, "value")
        self._only_with_run.append(self.turn)
        self._place()
        self._lift_paths()

    def _alt(self):
        return super()._alt() + " The same path lies on the surface beside them."

    # -- the surface, drawn once -----------------------------------------------------------------

    def _surface(self):
        go = checks.extra("plotly.graph_objects", "SurfaceExplorer")
        x, y, z = figures.surface_grid(self.function, self.domain, self.samples)
        low, high = float(z.min()), float(z.max())
        self._height = high - low
        colours = [[t, to_hex(style.SURFACE(t))] for t in np.linspace(0, 1, 9).tolist()]
        ground = go.Surface(
            x=x[0], y=y[:, 0], z=z, colorscale=colours, showscale=False, hoverinfo="skip",
            name="surface", opacity=0.85,
            lighting={"ambient": 0.95, "diffuse": 0.1, "specular": 0, "fresnel": 0},
            contours={"x": {"highlight": False}, "y": {"highlight": False}, "z": {
                "show": True, "color": CONTOUR, "width": 1, "highlight": False,
                "start": low, "end": high, "size": self._height / 15,
            }},
        )  # fmt: skip
        font = {"size": 13, "color": style.INK, "family": "DejaVu Sans, Verdana, sans-serif"}
        axis = {
            "showbackground": False, "gridcolor": GRID, "zeroline": False, "showspikes": False,
            "tickfont": {"size": 12}, "nticks": 6,
        }  # fmt: skip
        scene = {
            "xaxis": axis | {"title": {"text": "x"}, "range": list(self.domain[0])},
            "yaxis": axis | {"title": {"text": "y"}, "range": list(self.domain[1])},
            "zaxis": axis | {"title": {"text": "f"}},
            "aspectmode": "manual", "aspectratio": {"x": 1, "y": 1, "z": 0.7},
            "camera": {"eye": _eye(-60, 1.35, 1.75), "center": {"x": 0, "y": 0, "z": -0.15}},
            "dragmode": "turntable", "uirevision": "kept",
        }  # fmt: skip
        figure = _late_figure()(
            [ground, *self._stars(go), *self._path_traces(go)],
            layout={
                "width": WIDTH, "height": HEIGHT, "margin": dict.fromkeys("lrtb", 0), "font": font,
                "paper_bgcolor": "white", "showlegend": False, "scene": scene,
                "uirevision": "kept", "template": None,
            },
        )  # fmt: skip
        figure._config = figure._config | {"displayModeBar": False, "displaylogo": False}
        return figure

    def _stars(self, go):
        """A star at each minimum in the picture, outlined as it is on the contour lines."""
        at = np.asarray(self.function.minima, float).reshape(-1, 2)
        at = at[figures.path_inside(at, np.array(self.domain))]
        x, y, z = self._on_surface(at, 2 * LIFT)  # a path that ends there does not cover it
        return [
            go.Scatter3d(
                x=x, y=y, z=z, mode="text", text=["★"] * len(at), textposition="middle center",
                textfont={"size": size, "color": color}, hoverinfo="skip", name=name,
            )
            for name, size, color in (("outline", 25, style.INK), ("minima", 19, style.STAR))
        ]  # fmt: skip

    def _path_traces(self, go):
        """For each rule a line on the surface, a mark for each step, a start ring and a dot."""
        traces = []
        for rule in self.rules:
            name = rule.__name__
            look = style.rule_style(name)
            color, symbol = look["color"], SYMBOLS.get(look["marker"], "circle")
            common = {"x": [], "y": [], "z": [], "hoverinfo": "skip"}
            dash = "dash" if look["dash"] else "solid"
            line = {"color": color, "width": 5, "dash": dash}
            steps = {"color": color, "size": 3.5, "symbol": symbol}
            ring = {"color": style.INK, "size": 9, "symbol": "circle-open", "line": {"width": 3}}
            dot = {"color": color, "size": 7, "line": {"color": "white", "width": 1}}
            traces += [
                go.Scatter3d(name=f"path {name}", mode="lines", line=line, **common),
                go.Scatter3d(name=f"steps {name}", mode="markers", marker=steps, **common),
                go.Scatter3d(name=f"start {name}", mode="markers", marker=ring, **common),
                go.Scatter3d(name=f"now {name}", mode="markers", marker=dot, **common),
            ]
        return traces

    def _place(self):
        """The surface stands to the right of the contour lines, or above them on a narrow page:
        never below the bar and the sentence.
        """
        beside = widgets.VBox([self.figure, self.turn])
        for part, most in ((self.plot, 472), (beside, WIDTH + 4)):
            part.layout.flex, part.layout.min_width = f"1 1 {LEAST}px", "0"
            part.layout.max_width = f"min({most}px, 100%)"
        layout = {"flex_flow": "row wrap-reverse", "align_items": "flex-end"}
        both = widgets.HBox([self.plot, beside], layout=layout)
        both.add_class("ol-beside")
        self.children = [both if child is self.plot else child for child in self.children]

    # -- what moves ------------------------------------------------------------------------------

    def frames(self, rates):
        frames = super().frames(rates)
        if len(rates) == 1:  # the path that is shown now, and not those that may be asked for
            self._lift_paths()
        return frames

    @guarded
    def _on_step(self, change):
        super()._on_step(change)
        with self.figure.batch_update():
            self._mark_step()
        self._send_whole()

    @guarded
    def _on_turn(self, change):
        eye = self.figure.layout.scene.camera.eye
        far = float(np.hypot(eye.x, eye.y))
        self.figure.update_layout(scene_camera_eye=_eye(change.new, eye.z, far))

    def _lift_paths(self, shown=True):
        """Lay the current paths on the surface: the same traces get new points, or none."""
        if self.figure is None or not self.paths:
            return
        with self.figure.batch_update():
            for name, path in self.paths.items():
                points = path.points[:0] if self.veiled or not shown else path.points
                self._move(f"path {name}", self._on_surface(_fine(points)))
                self._move(f"steps {name}", self._on_surface(points))
                self._move(f"start {name}", self._on_surface(path.points[: int(shown)]))
            self._mark_step(shown)
        self._send_whole()

    @guarded
    def _on_answer(self, change):
        """A view of the surface is there; from now on it hears every change.

        It may have begun with traces that have moved since. If none has, nothing is sent: of a
        cell that runs again meanwhile plotly's view would hear it when it is cleared away.
        """
        if change.new and not self._answered:
            self._answered = True
            if self._moved:
                self._lift_paths(shown=False)  # plotly sends nothing that is as it was
                self._lift_paths()

    def rest(self):
        # a view that is opened anew begins with the traces as they are
        self._answered = self._moved = False
        super().rest()

    def _send_whole(self):
        """Until a view has answered, the traces as they are now are what it will begin with."""
        if self._moved and not self._answered:
            self.figure.bundle()

    def _mark_step(self, shown=True):
        for name, path in self.paths.items():
            if self.veiled or not shown:
                self._move(f"now {name}", ([], [], []))
                continue
            known = np.flatnonzero(np.isfinite(path.points).all(axis=1))
            last = int(known[-1]) if known.size else 0
            k = min(self.plot.step, last) if self.plot.step >= 0 else last
            self._move(f"now {name}", self._on_surface(path.points[k : k + 1]))

    def _move(self, trace, xyz):
        trace = next(t for t in self.figure.data if t.name == trace)
        before = trace.x, trace.y, trace.z
        if all(map(_alike, before, xyz)):
            return  # the page has only rounded a slider, or something else has changed
        trace.x, trace.y, trace.z = xyz
        self._moved = self.figure.comm is not None  # else the figure is opened with it

    def _on_surface(self, points, lift=LIFT):
        """x, y and z of points (n, 2) just above the surface; NaN outside the part shown."""
        points = np.asarray(points, float).reshape(-1, 2)
        inside = figures.path_inside(points, np.array(self.domain))
        xy = np.where(inside[:, None], points, np.nan)
        with np.errstate(all="ignore"):
            z = self.function(xy) + lift * self._height
        return (*xy.T, np.where(inside, z, np.nan))

    # -- the still -------------------------------------------------------------------------------

    def picture(self):
        """What `save` writes as PNG: with the surface; the other files hold the contour lines."""
        return self.still()

    def still(self):
        """The live plot's panels below one another, and the surface beside them, as PNG bytes."""
        flat = self.plot.still_pixels()[..., :3]
        width = int(2 * self.plot.panels[0]["width"])
        column = np.concatenate([flat[:, :width], flat[:, width : 2 * width]])
        surface = self.surface_pixels()
        rest = ((0, column.shape[0] - surface.shape[0]), (0, 0), (0, 0))
        both = np.concatenate([column, np.pad(surface, rest, constant_values=255)], axis=1)
        few = Image.fromarray(both).quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=0)
        buffer = io.BytesIO()
        few.save(buffer, "png", optimize=True)
        return buffer.getvalue()

    def surface_pixels(self):
        """The surface with the paths on it as RGB at two pixels a CSS pixel."""
        figure, ax = figures.panel(
            400, 400, subplot_kw={"projection": "3d", "computed_zorder": False}
        )
        figures.draw_surface(ax, self.function, self.domain, samples=min(41, self.samples))
        for rule in self.rules:
            self._draw_path(ax, rule.__name__)
        stars = next(t for t in self.figure.data if t.name == "minima")
        ax.plot(
            stars.x, stars.y, stars.z, linestyle="none", marker="*", zorder=12,
            markersize=style.STAR_SIZE, markerfacecolor=style.STAR,
            markeredgecolor=style.INK, markeredgewidth=0.8,
        )  # fmt: skip
        for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
            axis.set_pane_color("white")
        ax.set(zlabel="f")
        ax.set_box_aspect((1, 1, 0.7), zoom=0.95)
        return draw(figure)[..., :3]

    def _draw_path(self, ax, name):
        look = style.rule_style(name)
        lying = {t.name: (t.x, t.y, t.z) for t in self.figure.data}
        dash = style.linestyle(look["dash"])
        color = look["color"]
        ax.plot(*lying[f"path {name}"], color=color, linestyle=dash, linewidth=2, zorder=10)
        for part, marker, size, edge, fill in (
            ("steps", look["marker"], 3, color, color),
            ("start", "o", 10, style.INK, "none"),
            ("now", "o", 8, color, color),
        ):
            ax.plot(
                *lying[f"{part} {name}"], linestyle="none", marker=marker, markersize=size,
                color=edge, markerfacecolor=fill, markeredgewidth=1.5, zorder=11,
            )  # fmt: skip

    def bundle(self, **_):
        self.figure.bundle()  # a view begins with the traces as they are now
        return super().bundle()


@cache
def _late_figure():
    """plotly's widget, opened when it is shown."""
    go = checks.extra("plotly.graph_objects", "SurfaceExplorer")

    class Surface(Late, go.FigureWidget):
        """A figure that reaches the page whole."""

        _esm = loader(str(go.FigureWidget._esm))  # a Path would keep every figure alive
        _code = traitlets.Unicode(str(go.FigureWidget._esm)).tag(sync=True)

    return Surface


def _eye(degrees, height, far):
    """Where the camera stands: `far` from the axis, turned by `degrees`."""
    angle = np.radians(degrees)
    return {"x": float(far * np.cos(angle)), "y": float(far * np.sin(angle)), "z": float(height)}


def _fine(points):
    """A path with points between its points, so that its line follows the surface."""
    between = int(np.clip(2000 // max(1, len(points)), 2, 12))
    t = np.arange(between)[:, None] / between
    steps = points[:-1, None] + t * np.diff(points, axis=0)[:, None]
    return np.concatenate([steps.reshape(-1, 2), points[-1:]])
