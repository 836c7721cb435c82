"""Names beside points, put where they cover no line, no marker and no other name."""

from functools import lru_cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Annotation

#: how far a name may stand from its point, in points, nearest first
REACHES = (4, 7, 10, 14, 19, 25)
#: further ones, for a name that must be read
FAR = (32, 40, 50)
#: the directions that are tried, in degrees: above to the right first, as one writes
TURNS = (45, 135, 315, 225, 90, 270, 0, 180, 67, 113, 293, 247, 22, 158, 338, 202)
WAYS = np.column_stack([np.cos(np.radians(TURNS)), np.sin(np.radians(TURNS))])
#: room around a name, in points
ROOM = 1.5
#: the distance at which a line is looked at, in pixels
STRIDE = 2
NOTHING = np.zeros((0, 3))


def place_names(ax, points, names):
    """Write a name beside each point, (n, 2). Returns the texts.

    They find their places when they are drawn, so that limits and sizes may change until then. A
    name that has no free place within reach is left out.
    """
    layout = Layout(ax)
    for name, at in zip(names, points, strict=True):
        layout.texts.append(ax.add_artist(Name(layout, name, at)))
    return layout.texts


class Name(Annotation):
    """A text beside a point, whose place its layout finds."""

    def __init__(self, layout, name, at):
        super().__init__(
            name, at, (0, 0), textcoords="offset pixels", fontsize=9, ha="center", va="center",
            annotation_clip=True, zorder=7,
        )  # fmt: skip
        self.layout = layout
        self.set_in_layout(False)  # it stands inside the axes, or nowhere

    def update_positions(self, renderer):
        self.layout.settle(renderer)
        super().update_positions(renderer)

    def draw(self, renderer):
        self.layout.settle(renderer)
        if self.layout.free.get(self, True):
            super().draw(renderer)


class Layout:
    """The places of all names of one path."""

    def __init__(self, ax):
        self.ax, self.texts, self.free, self._known = ax, [], {}, None

    def settle(self, renderer):
        """Find the places anew, if the axes or what lies on them have changed."""
        lines = [line for line in self.ax.lines if line.get_transform() == self.ax.transData]
        known = (
            self.ax.bbox.bounds, self.ax.viewLim.bounds, self.ax.get_xscale(), self.ax.get_yscale(),
            renderer.points_to_pixels(1), len(lines),
        )  # fmt: skip
        if known == self._known:
            return
        self._known = known
        scale = renderer.points_to_pixels(1)
        taken = np.concatenate([covered(line, scale) for line in lines] or [NOTHING])
        points = [self.ax.transData.transform(text.xy) for text in self.texts]
        halves = [half_size(text, renderer) for text in self.texts]
        frame = np.array(self.ax.bbox.extents).reshape(2, 2)
        places = free_places(points, halves, taken, frame, scale)
        for text, point, place in zip(self.texts, points, places, strict=True):
            self.free[text] = place is not None
            if place is not None:
                text.set_position(tuple(place - point))


def free_places(points, halves, taken, frame, scale, reaches=REACHES):
    """For each name the middle of a box beside its point that hits nothing, or None.

    Parameters
    ----------
    points : where they belong, (n, 2), in pixels, y up
    halves : half the width and height of each name, (n, 2)
    taken : what is covered, rows (x, y, how far around it)
    frame : ((left, bottom), (right, top)), in which they must stand
    scale : pixels a point
    reaches : how far a name may stand from its point, in points, nearest first
    """
    places, boxes, room = [], NOTHING[:, [0, 1, 2, 2]], ROOM * scale
    for point, half in zip(np.asarray(points, float), halves, strict=True):
        place = None
        if ((point >= frame[0]) & (point <= frame[1])).all():
            x, y, around = (taken - [*point, 0]).T
            wide, high = 2 * half + (reaches[-1] + ROOM) * scale
            near = taken[(np.abs(x) < wide + around) & (np.abs(y) < high + around)]
            around = np.vstack([near[:, [0, 1, 2, 2]], boxes])
            place = _free_place(point, half, around, frame, room, reaches)
        if place is not None:
            boxes = np.vstack([boxes, [*place, *half]])
        places.append(place)
    return places


def _free_place(point, half, taken, frame, room, reaches):
    """The middle of a box of that half size that hits nothing, or None.

    `taken` has rows (x, y, how far around it along x, along y).
    """
    x, y, wide, high = taken.T
    wide, high = wide + half[0] + room, high + half[1] + room
    for reach in reaches:
        middles = point + WAYS * (half + reach * room / ROOM)
        good = ((middles - half >= frame[0]) & (middles + half <= frame[1])).all(axis=1)
        for i in np.flatnonzero(good):
            left, up = middles[i]
            if not ((np.abs(x - left) < wide) & (np.abs(y - up) < high)).any():
                return middles[i]
    return None


def half_size(text, renderer):
    """Half the width and height of a text, which is as high as a line of text at least."""
    return half_of(text.get_text(), text.get_fontproperties(), renderer)


def half_of(words, font, renderer):
    """The same of words in a font."""
    sizes = [renderer.get_text_width_height_descent(text, font, False) for text in (words, "lp")]
    return np.array([sizes[0][0], max(height for _, height, _ in sizes)]) / 2


@lru_cache(maxsize=1024)
def half_of_text(words, size):
    """The same, in points, of words in the font of the series, `size` points high."""
    # fine enough that nothing is rounded to whole pixels; small, for a canvas is made of it
    figure = Figure(figsize=(0.1, 0.1), dpi=720)
    renderer = FigureCanvasAgg(figure).get_renderer()
    return half_of(words, FontProperties(family="DejaVu Sans", size=size), renderer) / 10


def outline(line, scale):
    """A line's points in pixels, half the size of its markers and half its width, 0 for none."""
    size = line.get_markersize() / 2 + line.get_markeredgewidth() / 2
    marked = line.get_marker() not in ("None", "none", "", " ", None)
    drawn = line.get_linestyle() not in ("None", "none", "", " ")
    xy = line.get_transform().transform(line.get_xydata())
    return xy, size * scale * marked, line.get_linewidth() / 2 * scale * drawn


def covered(line, scale):
    """Pixels that a line and its markers cover, as rows (x, y, how far around it)."""
    xy, size, width = outline(line, scale)
    found = dots(xy, size) if size else NOTHING
    return np.concatenate([found, along(xy, width)]) if width else found


def dots(xy, size):
    """What dots of that half size cover, rows (x, y, size)."""
    xy = xy[np.isfinite(xy).all(axis=1)]
    return np.column_stack([xy, np.full(len(xy), size)])


def filled(box):
    """What a box on the figure covers, such as a legend, in the same rows."""
    places = [np.arange(low, high, 2 * STRIDE) for low, high in zip(box.p0, box.p1, strict=True)]
    return dots(np.stack(np.meshgrid(*places), axis=-1).reshape(-1, 2), 2 * STRIDE)


def along(xy, half):
    """What a line of that half width covers, broken where its points, (n, 2), are not finite.

    >>> along(np.array([[0, 0], [0, 4.0]]), 1)[:, 1]
    array([0., 2., 4.])
    """
    ends = np.isfinite(xy).all(axis=1)
    whole = ends[:-1] & ends[1:]
    one, other = xy[:-1][whole], xy[1:][whole]
    pieces = np.minimum(np.ceil(np.hypot(*(other - one).T) / STRIDE), 5000).astype(int)
    number = np.repeat(np.arange(len(one)), pieces + 1)
    first = np.repeat(np.cumsum(pieces + 1) - pieces - 1, pieces + 1)
    part = (np.arange(len(number)) - first) / np.maximum(pieces[number], 1)
    return dots(one[number] + (other - one)[number] * part[:, None], half)
