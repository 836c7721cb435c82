"""Names beside points, put where they cover no line, no marker and no other name."""

import numpy as np
from matplotlib.text import Annotation

#: how far a name may stand from its point, in points, nearest first
REACHES = (4, 7, 10, 14, 19, 25)
#: the directions that are tried, in degrees: above to the right first, as one writes
TURNS = (45, 135, 315, 225, 90, 270, 0, 180, 67, 113, 293, 247, 22, 158, 338, 202)
#: room around a name, in points
ROOM = 1.5


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
        taken = np.concatenate([covered(line, scale) for line in lines] or [np.zeros((0, 3))])
        boxes = []
        for text in self.texts:
            half = half_size(text, renderer)
            at = self.ax.transData.transform(text.xy)
            offset = None
            if self.ax.bbox.contains(*at):
                offset = self._free_place(at, half, taken, boxes, scale)
            self.free[text] = offset is not None
            if self.free[text]:
                text.set_position(tuple(offset))
                boxes.append((at + offset, half))

    def _free_place(self, at, half, taken, boxes, scale):
        """An offset at which a box of that half size hits nothing, or None."""
        inside = np.array(self.ax.bbox.extents).reshape(2, 2)
        for reach in REACHES:
            for turn in np.radians(TURNS):
                way = np.array([np.cos(turn), np.sin(turn)])
                offset = way * (half + reach * scale)
                middle, need = at + offset, half + ROOM * scale
                if (middle - half < inside[0]).any() or (middle + half > inside[1]).any():
                    continue
                apart = np.abs(taken[:, :2] - middle) - taken[:, 2:]
                if (apart < need).all(axis=1).any():
                    continue
                if any((np.abs(middle - m) < half + h + ROOM * scale).all() for m, h in boxes):
                    continue
                return offset
        return None


def half_size(text, renderer):
    """Half the width and height of a text, which is as high as a line of text at least."""
    font = text.get_fontproperties()
    sizes = [
        renderer.get_text_width_height_descent(words, font, False)
        for words in (text.get_text(), "lp")
    ]
    return np.array([sizes[0][0], max(height for _, height, _ in sizes)]) / 2


def covered(line, scale):
    """Pixels that a line and its markers cover, as rows (x, y, how far around it)."""
    xy = line.get_transform().transform(line.get_xydata())
    xy = xy[np.isfinite(xy).all(axis=1)]
    found = []
    if line.get_marker() not in ("None", "none", "", " ", None) and len(xy):
        size = (line.get_markersize() / 2 + line.get_markeredgewidth() / 2) * scale
        found.append(np.column_stack([xy, np.full(len(xy), size)]))
    if line.get_linestyle() not in ("None", "none", "", " ") and len(xy) > 1:
        half = line.get_linewidth() / 2 * scale
        for one, other in zip(xy[:-1], xy[1:], strict=True):
            steps = int(min(np.hypot(*(other - one)) / 2, 5000)) + 2
            between = one + (other - one) * np.linspace(0, 1, steps)[:, None]
            found.append(np.column_stack([between, np.full(steps, half)]))
    return np.concatenate(found) if found else np.zeros((0, 3))
