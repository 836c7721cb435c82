"""A scene laid out and rasterised once, and what is drawn over it; pixels as PNG.

Two things cost most of a figure's time: its layout, for which every tick is drawn twice to be
measured, and the small ticks of a log axis. So a scene is laid out by one measurement, and its log
axes get their small ticks as one mark, and their numbers as plain text. A still is the raster with
its marks drawn over it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation, LogLocator, NullLocator
from matplotlib.transforms import Bbox
from PIL import Image

from optimlab import checks

#: pixels an inch: two for a CSS pixel
DENSITY = 200
#: marks of at least this order lie over the frame and the lines of a scene
FRAME = 3
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: colours of a PNG, and how many of them are those that are seen most
COLOURS, EXACT = 256, 176


# --- layout ----------------------------------------------------------------------------------


def lay_out(figure: Figure) -> None:
    """Find a place for the axes of a figure, and leave them there."""
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if axis.get_scale() == "log":
                _lighten(ax, axis)
    engine = figure.get_layout_engine()
    if engine is None:
        return
    with _dense(figure):
        if isinstance(engine, ConstrainedLayoutEngine) and _is_plain(figure):
            figure.set_layout_engine("none")
            _fit(figure, engine.get())
        else:
            engine.execute(figure)
            figure.set_layout_engine("none")  # marks of the still must not move the axes


def _is_plain(figure: Figure) -> bool:
    """Whether the figure is axes below one another, whose frames may have any shape."""
    if not figure.axes or figure.legends or figure.texts or figure.subfigs:
        return False
    specs = [ax.get_subplotspec() for ax in figure.axes]
    grid = specs[0] and specs[0].get_gridspec()
    rows = list(range(len(specs)))
    return (
        all(spec is not None and spec.get_gridspec() is grid for spec in specs)
        and grid.get_geometry() == (len(specs), 1)
        and [spec.rowspan.start for spec in specs] == rows
        and all(
            ax.get_aspect() == "auto" and ax.name == "rectilinear" and not ax.child_axes
            for ax in figure.axes
        )
    )


def _fit(figure: Figure, pads: dict) -> None:
    """Axes below one another, as large as their labels leave room for, as constrained layout does.

    They are measured again only where other ticks fit in their new places.
    """
    renderer, axes = figure.canvas.get_renderer(), figure.axes
    width, height = figure.get_size_inches()
    across, up = pads["w_pad"] / width, pads["h_pad"] / height
    grid = axes[0].get_subplotspec().get_gridspec()
    gap = pads["hspace"] if grid.hspace is None else grid.hspace
    between = max(up, gap / 2 / len(axes))
    shares = np.array(grid.get_height_ratios(), float)
    for _ in range(3):
        ticks = [_ticks(ax) for ax in axes]
        own = [ax.get_position() for ax in axes]
        rooms = []
        for ax, box in zip(axes, own, strict=True):
            outer = ax.get_tightbbox(renderer, for_layout_only=True)
            outer = outer.transformed(figure.transFigure.inverted())
            sides = box.x0 - outer.x0, outer.x1 - box.x1, box.y0 - outer.y0, outer.y1 - box.y1
            rooms.append(sides)
        left, right, below, above = np.array(rooms).T
        below, above = below + between, above + between
        below[-1] += up - between
        above[0] += up - between
        left, right = left.max() + across, right.max() + across
        heights = (1 - below.sum() - above.sum()) * shares / shares.sum()
        if left + right >= 1 or heights.min() <= 0:
            return  # no room for anything: as constrained layout has it
        tops = 1 - np.cumsum(heights + below + above) + heights + below
        for ax, top, high in zip(axes, tops, heights, strict=True):
            ax.set_position([left, top - high, 1 - left - right, high])
        if [_ticks(ax) for ax in axes] == ticks:
            for ax, box in zip(axes, own, strict=True):
                _keep_labels(ax, box, figure.bbox)
            return


def _ticks(ax: Axes) -> list[list[float]]:
    return [list(axis.get_majorticklocs()) for axis in (ax.xaxis, ax.yaxis)]


def _keep_labels(ax: Axes, measured: Bbox, page: Bbox) -> None:
    """Leave the names of the axes where they were measured: as far from the frame as then."""
    x, y = ax.xaxis, ax.yaxis
    if x.get_label_position() == "bottom" and y.get_label_position() == "left":
        now = ax.get_position()
        below = x.label.get_position()[1] - measured.y0 * page.height
        beside = y.label.get_position()[0] - measured.x0 * page.width
        x.set_label_coords(x.label.get_position()[0], below / (now.height * page.height))
        y.set_label_coords(beside / (now.width * page.width), y.label.get_position()[1])


def _lighten(ax: Axes, axis: Axis) -> None:
    """Give a log axis cheaper ticks that look the same; one with numbers at the small is left."""
    formatter, locator = axis.get_major_formatter(), axis.get_minor_locator()
    small = np.asarray(axis.get_minorticklocs())
    plain = isinstance(formatter, LogFormatterSciNotation) and formatter._base == 10
    if not plain or not isinstance(locator, LogLocator) :
        return
    if any(axis.get_minor_formatter().format_ticks(small)):
        return
    across = axis is ax.xaxis
    low, high = sorted(ax.get_xlim() if across else ax.get_ylim())
    small = small[(small >= low) & (small <= high)]
    look = axis.get_minor_ticks(1)[0].tick1line
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(_power))
    if look.get_visible() and small.size:
        edge = np.zeros_like(small)
        ticks = Line2D(
            *((small, edge) if across else (edge, small)), linestyle="none",
            marker=look.get_marker(), color=look.get_color(), markersize=look.get_markersize(),
            markeredgewidth=look.get_markeredgewidth(), zorder=-1,  # under the frame, as ticks are
            transform=ax.get_xaxis_transform() if across else ax.get_yaxis_transform(),
        )  # fmt: skip
        ticks.set_in_layout(False)
        ax.figure.add_artist(ticks)


def _power(value: float, _position: int | None = None) -> str:
    """A power of ten as text: 10⁻³."""
    if value <= 0:
        return ""
    exponent = math.log10(value)
    if abs(exponent - round(exponent)) > 1e-6:
        return f"{value:g}"
    return "10" + str(round(exponent)).translate(SUPERSCRIPTS)


# --- rasters ---------------------------------------------------------------------------------


class _dense:
    """Within it a figure has two pixels for a CSS pixel."""

    def __init__(self, figure: Figure):
        self.figure, self.dpi = figure, figure.dpi

    def __enter__(self):
        self.figure.set_dpi(DENSITY)

    def __exit__(self, *_):
        self.figure.set_dpi(self.dpi)


def draw(figure: Figure) -> np.ndarray:
    """The whole figure, with all that is in its axes, as RGBA, (height, width, 4)."""
    with _dense(figure):
        figure.canvas.draw()
        pixels = np.array(figure.canvas.buffer_rgba())
        _let_go(figure)
    return pixels


def _let_go(figure: Figure) -> None:
    """Give back the pixels of a canvas that was drawn on: 2.7 MB of a panel."""
    canvas, dpi = figure.canvas, figure.dpi
    canvas.get_renderer().__init__(1, 1, dpi)  # each text that was drawn by it keeps it
    figure.set_dpi(8)
    canvas.get_renderer()  # the canvas keeps its last one, unless it has another size
    figure.set_dpi(dpi)


def take_off(ax: Axes, *artists: Artist) -> np.ndarray:
    """What is drawn in an axes, as the grid of an image mark; `artists` are removed from it.

    So a part of a drawing can be laid over the scene, smoothly, and hidden with the run.
    """
    checks.instance("ax", ax, Axes, "matplotlib axes")
    lay_out(ax.figure)
    pixels, box = draw(ax.figure), ax.get_position()
    height, width = pixels.shape[:2]
    top, bottom = round((1 - box.y1) * height), round((1 - box.y0) * height)
    inside = pixels[top:bottom, round(box.x0 * width) : round(box.x1 * width)]
    for artist in artists:
        artist.remove()
    return inside[::-1]


class Raster:
    """The scene of a figure, laid out, and drawn once it is needed, for marks to be drawn over it.

    Of its pixels the runs of one colour are kept, which are few.
    """

    def __init__(self, figure: Figure):
        self.figure, self._runs = figure, None
        lay_out(figure)

    def draw(self) -> None:
        """Draw the scene if it is not drawn yet; no mark must be in its axes then."""
        if self._runs is None:
            self._runs = runs(draw(self.figure))

    def scene(self) -> dict[str, Any]:
        """The scene alone as PNG, and its size in CSS pixels."""
        self.draw()
        width, height = map(float, self.figure.get_size_inches() * 100)
        return {"png": png(self._runs), "width": width, "height": height}

    def with_marks(self, marks: Sequence[Artist]) -> np.ndarray:
        """The drawn scene with artists that have been added to its axes, (height, width, 4)."""
        if not marks:
            return self._runs.pixels()
        if min(mark.get_zorder() for mark in marks) < FRAME:
            return draw(self.figure)  # a mark among the lines of the scene
        with _dense(self.figure):
            renderer = self.figure.canvas.get_renderer()
            canvas = np.asarray(renderer.buffer_rgba())
            canvas[...] = self._runs.pixels()
            for ax in self.figure.axes:
                for artist in _in_order(ax, {mark for mark in marks if mark.axes is ax}):
                    artist.draw(renderer)
            pixels = canvas.copy()
            del canvas
            _let_go(self.figure)
        return pixels


def _in_order(ax: Axes, marks: set[Artist]) -> list[Artist]:
    """Marks, and what of the scene lies over the lowest of them, as matplotlib orders them."""
    if not marks:
        return []
    lowest = min(mark.get_zorder() for mark in marks)

    def over(child: Artist) -> bool:
        order = child.get_zorder()
        return order > lowest or (order == lowest and child is ax.get_legend())

    drawn = [c for c in ax.get_children() if c in marks or (over(c) and c.get_visible())]
    return sorted(drawn, key=lambda child: child.get_zorder())


# --- PNG -------------------------------------------------------------------------------------


class Runs(NamedTuple):
    """A picture as its runs of one colour, row after row: a drawing has few."""

    colours: np.ndarray
    lengths: np.ndarray
    height: int

    def pixels(self) -> np.ndarray:
        """RGBA, (height, width, 4)."""
        codes = np.repeat(self.colours, self.lengths)
        return codes.view(np.uint8).reshape(self.height, -1, 4)


def runs(pixels: np.ndarray) -> Runs:
    """The runs of an RGBA picture."""
    codes = np.ascontiguousarray(pixels).view("<u4").ravel()
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])
    lengths = np.diff(starts, append=codes.size).astype(np.int32)
    return Runs(codes[starts], lengths, len(pixels))


def png(picture: np.ndarray | Runs) -> bytes:
    """RGB or RGBA pixels as PNG; a picture without transparency in 256 colours, for its size.

    zlib's level 9 takes five times the time of its 6 for 3 % less, 3 half of it for 9 % more.
    """
    if not isinstance(picture, Runs):
        pixels = np.asarray(picture, np.uint8)
        if pixels.shape[2] == 3:
            pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
        picture = runs(pixels)
    opaque = (picture.colours >> 24 == 255).all()
    image = few(picture) if opaque else Image.fromarray(picture.pixels())
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=6)
    return buffer.getvalue()


def few(picture: Runs, most: int = COLOURS) -> Image.Image:
    """An opaque picture in `most` colours: those seen most as they are, the others near them.

    As good on a drawing as Pillow's own way, and several times faster: there are few colours in it,
    and these are sorted, not the pixels, which lie in runs of one colour.
    """
    codes, lengths, height = picture
    known, places = np.unique(codes & 0xFFFFFF, return_inverse=True)
    if len(known) > 16 * COLOURS:  # a smooth map
        pixels = picture.pixels()
        return Image.fromarray(pixels[..., :3].copy()).quantize(most, dither=Image.Dither.NONE)
    colours = np.stack([known & 255, known >> 8 & 255, known >> 16], axis=-1).astype(np.uint8)
    place = np.arange(len(known))
    if len(known) > most:
        often = np.argsort(-np.bincount(places, lengths), kind="stable")
        exact, others = often[:EXACT], often[EXACT:]
        rest = Image.fromarray(colours[others][None]).quantize(
            most - EXACT, dither=Image.Dither.NONE
        )
        named = np.array(rest.getpalette("RGB"), np.uint8).reshape(-1, 3)
        place[exact] = np.arange(EXACT)
        place[others] = EXACT + np.asarray(rest)[0]
        colours = np.concatenate([colours[exact], named])
    indices = np.repeat(place.astype(np.uint8)[places], lengths).reshape(height, -1)
    image = Image.fromarray(indices, mode="P")
    image.putpalette(colours.tobytes())
    return image
