"""One object for each kind of mark: the data and the looks it takes, and how the still draws it.

Its twin in marks.js builds and paints it in the browser. A new kind is one object there, one here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like
from matplotlib.image import AxesImage
from matplotlib.patches import FancyArrowPatch, Polygon

from optimlab import checks
from optimlab.asis import in_figure
from optimlab.draw import style
from optimlab.draw.naming import NOTHING, along, dots

#: a point is drawn at most this many axes widths outside its axes
REACH = 10.0
#: points of matplotlib for a CSS pixel, at 100 dots per inch
PIXEL = 0.72
#: half the size of the dot that marks a step on a line, in pixels, its rim included
NOW = 7
#: looks of a label that stands where the room is: its data are the middles of its texts then
FREE = {"anchor": "middle", "offset": (0, 0), "baseline": "center"}
#: how much of a mark is seen of the steps still to come
TO_COME = 0.22
#: matplotlib's names of the markers that the front end draws
MARKERS = ("o", "s", "D", "^", "v", "<", ">", "P", "X", "*")
ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def fractions(ax: Axes, rows: np.ndarray) -> np.ndarray:
    """Data coordinates (x, y, x, y, …) as fractions of an axes, at most REACH widths outside."""
    out = np.empty_like(rows)
    axes = (ax.get_xscale(), ax.get_xlim()), (ax.get_yscale(), ax.get_ylim())
    with np.errstate(all="ignore"):
        for column in range(rows.shape[1]):
            scale, (low, high) = axes[column % 2]
            v = rows[:, column]
            if scale == "log":
                v, low, high = np.log10(v), np.log10(low), np.log10(high)
                v = np.where(rows[:, column] == 0, -np.inf, v)
            out[:, column] = np.clip((v - low) / (high - low), -REACH, REACH + 1)
    return out


def _known(rows: np.ndarray) -> np.ndarray:
    """Which rows can be drawn."""
    return np.isfinite(rows).all(axis=1)


def _color(name: str, value: Any) -> None:
    accepted = "a colour such as '#0072B2'"
    if not is_color_like(checks.text(name, value, accepted)):
        checks.wrong_value(name, value, accepted)


def _dash(name: str, value: Any) -> None:
    solid = value is None or (isinstance(value, list | tuple) and not value)
    if not solid:
        checks.row(name, value, above=0)


def _positive_row(name: str, value: Any) -> None:
    checks.row(name, value, above=0)


def _curve(name: str, value: Any) -> None:
    accepted = "points of a curve, (n, 2), at least two"
    points = checks.array(name, value, accepted)
    if points.ndim != 2 or points.shape[1] != 2 or np.count_nonzero(_known(points)) < 2:
        checks.wrong_value(name, value, accepted)


def _places(name: str, value: Any) -> None:
    accepted = "rows (x, y, name), at least one"
    if not isinstance(value, list | tuple):
        checks.wrong_kind(name, value, accepted)
    if not value or not all(len(row) == 3 and isinstance(row[2], str) for row in value):
        checks.wrong_value(name, value, accepted)


def _among(known: Sequence[str]) -> Callable[[str, Any], Any]:
    return lambda name, value: checks.one_of(name, value, known)


#: look -> what checks its value
LOOKS: dict[str, Callable[[str, Any], Any]] = {
    "color": _color,
    "opacity": lambda name, value: checks.number(name, value, low=0, high=1),
    "zorder": checks.number,
    "width": checks.positive,
    "dash": _dash,
    "marker": _among(MARKERS),
    "size": checks.positive,
    "fill": checks.flag,
    "by_step": checks.flag,
    "at_step": checks.flag,
    "smooth": checks.flag,
    "anchor": _among(list(ANCHORS)),
    "offset": checks.pair,
    "baseline": _among(["baseline", "center"]),
    "free": checks.flag,
    "label": checks.text,
    "guess": checks.flag,
    "round": _positive_row,
    "at": checks.row,
    "track": _curve,
    "places": _places,
    "also": lambda name, value: checks.instance(name, value, Axes, "an axes of this plot"),
}


class Kind:
    """A kind of mark whose data are rows of numbers, (n, 2)."""

    looks: ClassVar[Sequence[str]] = ()
    #: how many numbers a row has
    width: ClassVar[int] = 2
    #: whether its data come as rows with every frame
    framed: ClassVar[bool] = True
    #: which row after the marked step begins what is still to come; None where that is not seen
    rest: ClassVar[int | None] = None

    @property
    def name(self) -> str:
        return type(self).__name__.lower()

    def declare(self, ax: Axes, looks: dict[str, Any]) -> dict[str, Any]:
        """What the front end is told of a mark with these looks; each must be one it takes."""
        for look, value in looks.items():
            if look not in self.looks:
                takes = f"a mark of kind {self.name} takes {', '.join(self.looks)}"
                raise TypeError(f"{look}={checks.shown(value)}: {takes}")
            LOOKS[look](look, value)
        return looks

    def read(self, name: str, data: Any) -> tuple[np.ndarray, list[str]]:
        """Its rows as a new float array, (n, width), NaN among them or not; and its texts."""
        accepted = f"numbers, (n, {self.width})"
        if isinstance(data, list | tuple | np.ndarray) and len(data) == 0:
            return np.empty((0, self.width)), []
        rows = checks.array(name, data, accepted)
        if rows.ndim != 2 or rows.shape[1] != self.width:
            checks.wrong_value(name, data, accepted)
        return rows, []

    def place(self, ax: Axes, rows: np.ndarray) -> np.ndarray:
        """The rows as the still takes them: in fractions of the axes."""
        return fractions(ax, rows)

    def draw(
        self, ax: Axes, rows: np.ndarray, look: dict[str, Any], texts: Sequence[str] = ()
    ) -> list[Artist]:
        """Its artists in the still, as the front end paints it."""
        raise NotImplementedError

    def covers(self, xy: np.ndarray, look: dict[str, Any]) -> np.ndarray:
        """What it covers of a picture, in pixels, as `naming` has it: no name stands there."""
        return NOTHING


def _common(ax: Axes, look: dict[str, Any]) -> dict[str, Any]:
    return {
        "transform": ax.transAxes, "zorder": look.get("zorder", 5), "clip_on": True,
        "color": look.get("color", style.INK), "alpha": look.get("opacity", 1),
    }  # fmt: skip


def _plot(ax: Axes, rows: np.ndarray, look: dict[str, Any], **more: Any) -> list[Artist]:
    return ax.plot(*rows.T, scalex=False, scaley=False, **_common(ax, look), **more)


def _dots(
    ax: Axes, rows: np.ndarray, look: dict[str, Any], marker: str, size: float, *,
    rim: tuple[str, float] | None = None, ring: bool = False,
) -> list[Artist]:  # fmt: skip
    """Markers of a size in pixels, with a rim (colour, width) or empty inside a ring."""
    color = look.get("color", style.INK)
    rim = (color, 2.5) if ring else rim or (color, 0)
    return _plot(
        ax, rows, look, linestyle="none", marker=marker, markersize=size * PIXEL,
        markerfacecolor="none" if ring else color, markeredgecolor=rim[0],
        markeredgewidth=rim[1] * PIXEL,
    )  # fmt: skip


class Line(Kind):
    """A line through its rows, broken where one is NaN."""

    looks = ("color", "width", "dash", "opacity", "zorder", "by_step")
    rest = 0

    def draw(self, ax, rows, look, texts=()):
        dash, width = style.linestyle(look.get("dash")), look.get("width", 2) * PIXEL
        artists = _plot(ax, rows, look, linestyle=dash, linewidth=width)
        if look.get("by_step"):  # the dot of the last step
            dot = {"color": look.get("color", style.INK)}
            artists += _dots(ax, rows[_known(rows)][-1:], dot, "o", 10)
        return artists

    def covers(self, xy, look):
        found = along(xy, look.get("width", 2) / 2)
        return np.concatenate([found, dots(xy, NOW)]) if look.get("by_step") else found


class Points(Kind):
    """A marker at each row."""

    looks = ("color", "marker", "size", "fill", "opacity", "zorder", "by_step")
    rest = 1

    def draw(self, ax, rows, look, texts=()):
        marker, ring = look.get("marker", "o"), not look.get("fill", True)
        if marker == "*":
            look = {"zorder": style.STAR_ORDER} | look
        return _dots(ax, rows, look, marker, look.get("size", 6), ring=ring)

    def covers(self, xy, look):
        return dots(xy, look.get("size", 6) / 2 + 1)


class Arrow(Kind):
    """An arrow for each row, (x tail, y tail, x tip, y tip)."""

    looks = ("color", "width", "opacity", "zorder", "by_step", "at_step")
    width = 4

    def draw(self, ax, rows, look, texts=()):
        common = _common(ax, look) | {"linewidth": look.get("width", 2) * PIXEL}
        return [
            ax.add_patch(
                FancyArrowPatch(
                    row[:2], row[2:], arrowstyle="-|>", mutation_scale=11, shrinkA=0, shrinkB=0,
                    **common,
                )
            )  # fmt: skip
            for row in rows[_known(rows)]
        ]


class Area(Kind):
    """The inside of its rows; a NaN ends one piece and begins another."""

    looks = ("color", "opacity", "zorder")

    def draw(self, ax, rows, look, texts=()):
        fill = _common(ax, {"opacity": 0.2} | look)
        fill |= {"facecolor": fill.pop("color"), "linewidth": 0}
        pieces = np.split(rows, np.flatnonzero(~_known(rows)))  # all but the first begin with NaN
        pieces = [piece[_known(piece)] for piece in pieces]
        return [ax.add_patch(Polygon(piece, **fill)) for piece in pieces if len(piece)]


class Label(Kind):
    """A text beside each row; its data are the pair (rows, texts)."""

    looks = ("color", "size", "anchor", "offset", "baseline", "free", "zorder", "by_step")
    #: of a text, in pixels
    size: ClassVar[float] = 13

    def declare(self, ax, looks):
        spec = dict(super().declare(ax, looks))
        return spec | FREE if spec.pop("free", False) else spec

    def read(self, name, data):
        accepted = "(points, texts), one text for each point"
        if not isinstance(data, list | tuple):
            checks.wrong_kind(name, data, accepted)
        if len(data) != 2:
            checks.wrong_value(name, data, accepted)
        (rows, _), texts = super().read(name, data[0]), list(data[1])
        if not all(isinstance(text, str) for text in texts):
            checks.wrong_kind(name, data, accepted)
        if len(rows) != len(texts):
            checks.wrong_value(name, data, accepted)
        return rows, texts

    def draw(self, ax, rows, look, texts=()):
        look = look | FREE if look.get("free") else look
        align = ANCHORS[look.get("anchor", "start")]
        dx, dy = (d * PIXEL for d in look.get("offset", (6, 6)))
        turned = [align == "left" and row[0] > 0.94 for row in rows]  # else it would be cut
        return [
            ax.annotate(
                in_figure(text), row, (-dx if turn else dx, dy), ha="right" if turn else align,
                xycoords="axes fraction", textcoords="offset points",
                color=look.get("color", style.INK), fontsize=look.get("size", self.size) * PIXEL,
                va=look.get("baseline", "baseline"), zorder=look.get("zorder", 6),
            )
            for row, text, turn in zip(rows, texts, turned, strict=True)
            if (np.abs(row - 0.5) <= 0.5).all()
        ]  # fmt: skip


class Image(Kind):
    """An RGBA grid (h, w, 4) of uint8, its first row at the bottom, that fills its axes."""

    looks = ("opacity", "zorder", "smooth")
    framed = False

    def read(self, name, data):
        accepted = "an RGBA grid, (h, w, 4)"
        grid = checks.instance(name, data, np.ndarray, accepted)
        if grid.ndim != 3 or grid.shape[2] != 4:
            checks.wrong_value(name, data, accepted)
        return grid, []

    def place(self, ax, rows):
        return rows

    def draw(self, ax, rows, look, texts=()):
        image = AxesImage(
            ax, extent=(0, 1, 0, 1), origin="lower", transform=ax.transAxes,
            interpolation="antialiased" if look.get("smooth") else "nearest",
            zorder=look.get("zorder", 1), alpha=look.get("opacity", 1),
        )  # fmt: skip
        image.set_data(rows)
        return [ax.add_image(image)]


class Handle(Kind):
    """What a hand moves: a ring, or a diamond where it is a guess. Where it stands is a trait."""

    looks = ("at", "label", "color", "size", "round", "guess", "track", "places", "also", "zorder")
    framed = False

    def declare(self, ax, looks):
        spec = {"round": [grain(*ax.get_xlim()), grain(*ax.get_ylim())]}
        spec |= super().declare(ax, looks)
        size = 1 if "track" in spec else 2
        if np.size(spec.get("at")) != size:
            accepted = "(x,), for its track gives its height" if size == 1 else "(x, y)"
            checks.wrong_value("at", spec.get("at"), accepted)
        if "track" in spec:
            spec["track"] = fractions(ax, self.track(looks)).round(5).tolist()
        return spec

    @staticmethod
    def track(looks: dict[str, Any]) -> np.ndarray:
        """The points of its track that can be drawn, in data coordinates."""
        points = np.asarray(looks["track"], dtype=float)
        return points[_known(points)]

    def draw(self, ax, rows, look, texts=()):
        if look.get("guess"):
            return _dots(ax, rows, look, "D", look.get("size", 14), rim=("white", 1.5))
        return _dots(ax, rows, look, "o", look.get("size", 18), ring=True)

    def covers(self, xy, look):
        return dots(xy, look.get("size", 18) / 2 + 2)


def grain(low: float, high: float) -> float:
    """The grid a handle snaps to: a power of ten, at most 1/200 of the axis."""
    return float(10.0 ** np.floor(np.log10(abs(high - low) / 200)))


#: kind -> what is known of it, as MARKS in marks.js
KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (Line(), Points(), Arrow(), Area(), Label(), Image(), Handle())
}
