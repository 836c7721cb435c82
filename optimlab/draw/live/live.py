"""LivePlot: marks that move over a matplotlib drawing.

matplotlib draws the scene once. The browser shows that PNG and lays an SVG over it, which holds
only what moves. Python turns data into fractions of an axes in float64 (log axes too) and sends
them as float32; the browser knows nothing of data coordinates but the limits of each axes.
"""

import base64
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anywidget
import numpy as np
import traitlets
from ipywidgets import widget_serialization
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from optimlab import checks
from optimlab.draw import naming, style
from optimlab.draw.figures import STARS
from optimlab.draw.live import marks
from optimlab.draw.live.late import Late
from optimlab.draw.live.modules import front_end, loader
from optimlab.draw.live.raster import Raster, png

HERE = Path(__file__).parent
PANELS = "a matplotlib Figure or a list of them"
#: modules of the front end that only some plots need
PARTS = "band", "naming", "paths", "sketch", "table"
#: what a frame says beside its marks in tables of numbers
TABLES = {"formula", "table"}
#: the line of a sketch, in pixels on and off
SKETCH_DASH = (5, 4)
VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass
class Declared:
    """A mark of a plot: its kind and axes, its looks as given, and what the browser is told."""

    kind: marks.Kind
    ax: Axes
    looks: dict[str, Any]
    spec: dict[str, Any]


class LivePlot(Late, anywidget.AnyWidget):
    """A matplotlib scene with marks that move over it in the browser.

    Parameters
    ----------
    panels : matplotlib Figure or list of Figures
        The scene. Several figures stand side by side, and below one another where the page is
        narrow. They are drawn once; their layout is frozen then.
    alt : str
        What the scene shows, for readers who do not see it.

    Declare each moving mark once with `add`, then `show` one frame: a dict from the name of a mark
    to its data in data coordinates, (n, 2); an arrow's rows are (x tail, y tail, x tip, y tip), a
    label's data is the pair (points, texts), an image's an RGBA grid (h, w, 4) of uint8 with its
    first row at the bottom, which fills its axes. A frame also takes

    summary : str, one sentence that says what the picture shows
    goal : str, the state of a target
    readout : (names, values), values (steps + 1, len(names)): the numbers of each step; a third
        item may say for each name (first step without a value, why), or None
    formula, table : dict, what formula.js and table.js show; `numbers` are (steps + 1, columns)

    `show_frames` sends a frame for each position of the first of `controls` at once. From then on
    the browser answers that control by itself, as long as the other controls and the handles have
    the values that the frames were computed for.

    Before a run is shown the learner may be asked for it: while `veiled` is True only guesses can
    be moved and the sketch drawn, and there is nothing to play; else only the other handles can.

    Traits
    ------
    handles : dict, name -> [x, y] in data coordinates ([x] for a handle on a track, [] for one that
        is not shown)
    step : int, the step marked in the picture; -1 for the last
    playing, veiled : bool
    working : bool, whether Python goes on sending: a page that gets nothing for a second says so
    drawn : list, the sketch: a number for each of its columns, None where nothing is drawn yet
    program : dict, from which the page makes the frames by itself, as paths.js takes it; or empty
    menu : list of [what, label]: what the bar asks Python for, in messages `{"kind": what}`
    """

    _esm = loader(front_end(HERE / "view.js"))
    _code = traitlets.Unicode(front_end(HERE / "view.js")).tag(sync=True)  # and parts that it needs
    one_picture = True  # whether the frames of the slider have their images in common
    _css = (HERE / "live.css").read_text("utf-8")  # a Path would keep every plot alive

    panels = traitlets.List().tag(sync=True)
    axes = traitlets.List().tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    images = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    frames = traitlets.Dict().tag(sync=True)
    program = traitlets.Dict().tag(sync=True)
    controls = traitlets.List().tag(sync=True, **widget_serialization)
    handles = traitlets.Dict().tag(sync=True)
    sliders = traitlets.List().tag(sync=True)
    step = traitlets.Int(-1).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    playback = traitlets.Bool(False).tag(sync=True)
    veiled = traitlets.Bool(False).tag(sync=True)
    working = traitlets.Bool(False).tag(sync=True)
    notes = traitlets.Dict().tag(sync=True)
    sketch = traitlets.Dict().tag(sync=True)
    drawn = traitlets.List().tag(sync=True)
    menu = traitlets.List().tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)

    def __init__(self, panels, *, alt="", **traits):
        self._figures = panels if isinstance(panels, list | tuple) else [panels]
        if not all(isinstance(figure, Figure) for figure in self._figures):
            checks.wrong_kind("panels", panels, PANELS)
        if not self._figures:
            checks.wrong_value("panels", panels, PANELS)
        self._parts: set[str] = set()
        self._marks: dict[str, Declared] = {}
        self._frame, self._notes, self._pictures, self._covered = {}, {}, {}, {}
        self._rasters = [Raster(figure) for figure in self._figures]
        self._axes = [(i, ax) for i, figure in enumerate(self._figures) for ax in figure.axes]
        super().__init__(
            axes=[_axes_spec(number, ax) for number, ax in self._axes],
            alt=checks.instance("alt", alt, str, "a text"),
            **traits,
        )
        self.unanswered = 0
        self.on_msg(self._heard)

    @traitlets.default("panels")
    def _scenes(self):
        return [raster.scene() for raster in self._rasters]  # when somebody looks at them

    # -- declaring marks ---------------------------------------------------------------------

    def add(self, kind, name, ax, **look):
        """Declare a mark called `name` on `ax`; its data comes with each frame.

        Looks: color, width, dash, marker, size, opacity, fill, zorder, anchor and offset (labels),
        `by_step=True` where row k belongs to step k, `at_step=True` (arrows) where it is shown at
        that step alone, `smooth=True` for an image that is no grid of cells, `free=True` for labels
        that find their places beside their points, where they cover no line, no dot and no other of
        them; one that finds none is left out. Stars ("*") lie over all other marks but handles, as
        those of the scene do. A handle takes `label` (what it moves, for screen readers), `at` (its
        first position), `round` (the grid it snaps to, per axis), `track`, points (n, 2) of a curve
        that it stays on: it then moves along x alone; `also`, an axes with the same x axis where a
        click moves it, too; `places`, rows (x, y, name) of the only points where it may stand, in
        the order in which the arrow keys lead through them, named to screen readers; and
        `guess=True` for a prediction, a diamond that can be moved while the plot is veiled, and
        then no more.

        A mark may be added to a plot that is shown already. The browser then builds the marks anew:
        `with plot.hold_sync():` around several makes that once.
        """
        kind = marks.KINDS[checks.one_of("kind", kind, marks.KINDS)]
        if checks.text("name", name) in self._marks:
            raise ValueError(f"name={name!r}: this plot has a mark of that name already")
        spec = {"name": name, "kind": kind.name, "axes": self._index("ax", ax)}
        spec |= kind.declare(ax, look)
        if "also" in spec:
            spec["also"] = self._index("also", spec["also"])
        handles = self.handles
        if "at" in spec:
            handles = {**handles, name: np.ravel(spec.pop("at")).astype(float).tolist()}
            spec.setdefault("label", name)
        self._marks[name] = Declared(kind, ax, look, spec)
        with self.hold_sync():
            self.handles = handles
            self.marks = [*self.marks, spec]

    def add_sliders(self, name, labels):
        """Give a handle a slider for each of its coordinates, and a field for the exact number.

        They are in the browser, in step with the handle both ways: where it stands is the one thing
        that is kept, the trait `handles`. Their range is that of the axes, widened for a handle
        that stands outside. While the plot is veiled they are hidden.

        Parameters
        ----------
        name : str, a handle that may stand anywhere and is no guess
        labels : list of str, a name for each coordinate, such as ["start x₀", "start y₀"]
        """
        mark = self._marks.get(name)
        free = mark and mark.kind.name == "handle" and not {"places", "guess"} & set(mark.looks)
        if not free:
            checks.wrong_value("name", name, "a handle that may stand anywhere and is no guess")
        wanted = f"{len(self.handles[name])} names, one for each coordinate"
        labels = list(checks.instance("labels", labels, list | tuple, wanted))
        if len(labels) != len(self.handles[name]):
            checks.wrong_value("labels", labels, wanted)
        ranges = mark.ax.get_xlim(), mark.ax.get_ylim()
        self.sliders = [
            *self.sliders,
            *(
                {
                    "handle": name, "which": which, "label": checks.text("labels", label),
                    "low": float(min(ends)), "high": float(max(ends)),
                    "step": mark.spec["round"][which],
                }
                for which, (label, ends) in enumerate(zip(labels, ranges, strict=False))
            ),
        ]  # fmt: skip

    def add_run(self, name, ax, look, *, dots=6, width=2):
        """Declare a run's line, called `name`, and the dots of its steps, called `name` + " steps".

        `look` is its colour, dash and marker, as `style.rule_style` has them; `dots` the size of a
        dot in pixels, 0 for a line alone.
        """
        checks.instance("look", look, Mapping, "a dict with color, dash and marker")
        checks.number("dots", dots, low=0)
        common = {"color": look["color"], "by_step": True}
        self.add("line", name, ax, dash=look["dash"], width=width, **common)
        if dots:
            self.add("points", f"{name} steps", ax, marker=look["marker"], size=dots, **common)

    def add_sketch(self, ax, x, *, label="your sketch", color=style.HIGHLIGHT):
        """Let the learner draw a curve on `ax` while the plot is veiled: a number for each of `x`.

        The pointer is dragged across the axes; on the keyboard left and right choose the column,
        up and down move it. What is drawn is the trait `drawn`. A plot has one sketch at most.
        """
        columns = checks.row("x", x, least=2)
        marks.LOOKS["label"]("label", label), marks.LOOKS["color"]("color", color)
        if not (np.diff(columns) > 0).all():
            checks.wrong_value("x", x, "a list of at least 2 rising numbers")
        if self.sketch:
            raise ValueError("a plot has one sketch at most, and this one has it already")
        self._need("sketch")
        index = self._index("ax", ax)
        self._columns = ax, columns
        self.sketch = {
            "axes": index, "x": columns.tolist(), "label": label, "color": color,
            "round": marks.grain(*ax.get_ylim()),
            "names": [ax.get_xlabel() or "x", ax.get_ylabel() or "y"],
        }  # fmt: skip

    def _need(self, *some):
        """See to it that the page has these parts of the front end."""
        if not self._parts.issuperset(some):
            self._parts |= {*some}
            parts = (HERE / f"{one}.js" for one in sorted(self._parts))
            with self.hold_sync():
                self._code = front_end(HERE / "view.js", *parts)
                self._esm = loader(self._code)

    @traitlets.observe("program")
    def _need_paths(self, change):
        if change.new:
            self._need("paths", *(part for part in ("naming", "band") if change.new[part]))

    @traitlets.validate("drawn")
    def _numbers_or_none(self, proposal):
        known = [None if v is None or not np.isfinite(v) else float(v) for v in proposal.value]
        columns = self.sketch.get("x", known)
        if len(known) not in (0, len(columns)):
            raise traitlets.TraitError(
                f"drawn has {len(known)} numbers: one for each of {len(columns)} columns is needed"
            )
        return known

    def _index(self, argument, ax):
        checks.instance(argument, ax, Axes, "an axes of this plot")
        for index, (_, own) in enumerate(self._axes):
            if own is ax:
                return index
        checks.wrong_value(argument, ax, "an axes of this plot")

    # -- what is shown -----------------------------------------------------------------------

    def show(self, frame, settings=()):
        """Show one frame now: the current path, before the frames of a slider are ready."""
        data = self._pack([frame], settings)
        if settings and self.controls:
            widget, name = self.controls[0]
            data["first"] = getattr(widget, name)
        own = {name: self._marks[name] for name in frame if name in self._marks}
        pictures = {
            name: self._picture(name, frame[name])
            for name, mark in own.items()
            if isinstance(mark.kind, marks.Image)
        }
        if pictures != self.images:
            self.images = pictures
        self.data = data
        self._frame = frame

    def show_frames(self, frames, settings=(), band=None):
        """Send a frame for each position of the first control, computed for `settings`.

        `settings` are the values of the other controls, in order, and then the handles; the browser
        uses the frames only while these are what it has itself. An image is not sent with them: it
        changes with `show` alone. `band` says what becomes of the run at each position, as band.js
        draws it under the control.
        """
        images = [name for name, mark in self._marks.items() if mark.kind.name == "image"]
        self.one_picture = all(len({id(f.get(name)) for f in frames}) < 2 for name in images)
        self.frames = self._pack(frames, settings) | ({"band": band} if band else {})

    def note(self, name, data):
        """Lay a mark over whatever frame is shown, until it is noted anew, or as None."""
        accepted = "a mark of this plot, no image and no handle"
        own = self._marks.get(checks.text("name", name, accepted))
        if own is None or not own.kind.framed:
            checks.wrong_value("name", name, accepted)
        if data is None:
            self._notes.pop(name, None)
        else:
            self._marks[name].kind.read(f"frame[{name!r}]", data)
            self._notes[name] = data
        self.notes = self._pack([self._notes], ())

    def call(self):
        """Ask whether a view is open; `unanswered` counts the calls since one has answered."""
        self.unanswered += 1
        self.send({"kind": "call"})

    def _heard(self, _widget, content, _buffers):
        if content == {"kind": "here"}:
            self.unanswered = 0

    def settings(self):
        """The values of all controls but the first, and the handles that are no guesses.

        These are what frames depend on.
        """
        handles = {name: at for name, at in self.handles.items() if not self.is_guess(name)}
        return [getattr(widget, name) for widget, name in self.controls[1:]] + [handles]

    def is_guess(self, name):
        """Whether a handle is a prediction of the learner, which no frame depends on."""
        return name in self._marks and bool(self._marks[name].looks.get("guess"))

    def _picture(self, name, grid):
        """An image as PNG; the last one of each name is kept."""
        last, packed = self._pictures.get(name, (None, None))
        if not np.array_equal(grid, last):
            pixels = np.asarray(grid)[::-1]
            packed = png(pixels[..., :3] if self._marks[name].looks.get("smooth") else pixels)
            self._pictures[name] = np.array(grid), packed
        return packed

    def _check(self, frame):
        checks.instance("frame", frame, Mapping, "a dict from the names of marks to their data")
        extra = set(frame) - set(self._marks) - {
            "summary", "goal", "reached", "readout", *TABLES,
        }  # fmt: skip
        if extra:
            known = ", ".join(sorted(self._marks)) or "none yet"
            raise ValueError(f"frame: no mark is called {min(extra)!r}; the marks are {known}")
        names, values, *_ = frame.get("readout", ((), np.empty((0, 0))))
        if np.ndim(values) != 2 or np.shape(values)[1] != len(names):
            accepted = f"(names, values), a column of values for each of {list(names)}"
            checks.wrong_value("frame['readout']", frame["readout"], accepted)

    def _pack(self, frames, settings):
        """Frames as one float32 buffer and a small list that says where each mark lies in it."""
        chunks, length, layouts, shared, first = [], 0, [], {}, {}

        def store(values):
            nonlocal length
            values = np.asarray(values, dtype=np.float32)
            chunks.append(values.tobytes())
            place = [length, *values.shape]
            length += values.size
            return place

        with np.errstate(over="ignore"):  # a point far outside its axes
            for frame in frames:
                self._check(frame)
                layout, texts = {}, {}
                for name, data in frame.items():
                    mark = self._marks.get(name)
                    if mark is None:
                        continue
                    if mark.looks.get("free"):
                        rows, texts[name] = self._free_places(name, frame)
                        layout[name] = store(rows)
                        continue
                    # what frames or marks share is read and sent once
                    key = mark.ax, type(mark.kind).read, mark.kind.width, id(data)
                    if key not in shared:
                        rows, words = mark.kind.read(f"frame[{name!r}]", data)
                        place = store(marks.fractions(mark.ax, rows)) if mark.kind.framed else None
                        shared[key] = place, words
                    if mark.kind.framed:
                        layout[name], words = shared[key]
                        texts |= {name: words} if words else {}
                packed = {"marks": layout, "texts": texts}
                packed |= {key: frame[key] for key in ("summary", "goal") if key in frame}
                if "readout" in frame:
                    names, values, *lost = frame["readout"]
                    packed |= {"names": list(names), "values": store(_doubles(values))}
                    if lost and any(lost[0]):
                        packed["lost"] = [end and list(end) for end in lost[0]]
                for kind in TABLES & set(frame):
                    self._need("table")
                    numbers = store(_doubles(frame[kind]["numbers"]))
                    packed[kind] = frame[kind] | {"numbers": numbers}
                    html = packed[kind].pop("html", None)  # all frames have the same
                    first |= {"html": html} if html else {}
                layouts.append(packed)
        return {"settings": list(settings), "list": layouts, "buffer": b"".join(chunks), **first}

    # -- where labels stand that find their places -----------------------------------------------

    def _free_places(self, name, frame):
        """The middles of a mark's texts in fractions of its axes, (n, 2), and the texts."""
        mark = self._marks[name]
        rows, texts = mark.kind.read(f"frame[{name!r}]", frame[name])
        size = self._size(mark.ax)
        taken, shown = [self._lines_of(mark.ax)], frame
        if name in self._notes:  # which lie over a frame
            shown = self._frame | frame
        for other, own in self._marks.items():
            data = self._handle_point(other) if other in self.handles else shown.get(other)
            covering = own.kind.framed or other in self.handles
            covering &= not own.looks.get("at_step")  # what comes and goes is no obstacle
            if own.ax is mark.ax and covering and data is not None:
                known, _ = own.kind.read(other, data)
                places = marks.fractions(own.ax, known)
                taken.append(own.kind.covers(places * np.resize(size, places.shape[1]), own.looks))
        font = mark.looks.get("size", mark.kind.size) * marks.PIXEL
        halves = [naming.half_of_text(words, font) / marks.PIXEL for words in texts]
        points = marks.fractions(mark.ax, rows) * size
        inside = np.array([[0, 0], size]), 1 / marks.PIXEL
        taken = np.concatenate(taken)
        places = naming.free_places(points, halves, taken, *inside)
        if name in self._notes:  # it is read once: at the first place that is free, or anyhow
            points = np.clip(points, 0, size)
            for others, reaches in ((taken, naming.FAR), (naming.NOTHING, naming.REACHES)):
                if all(place is None for place in places):
                    places = naming.free_places(points, halves, others, *inside, reaches)
            first = next(i for i, place in enumerate(places) if place is not None)
            places = [place if i == first else None for i, place in enumerate(places)]
        kept = [i for i, place in enumerate(places) if place is not None]
        middles = np.array([places[i] / size for i in kept]).reshape(-1, 2)
        return middles, [texts[i] for i in kept]

    @staticmethod
    def _size(ax):
        """Width and height of an axes, in pixels."""
        return np.array([*ax.get_position().size]) * ax.figure.get_size_inches() * 100

    def _lines_of(self, ax):
        """What lines and legend of the scene cover in an axes, found once, before the marks."""
        if ax not in self._covered:
            corner = ax.get_window_extent().p0
            found = [naming.covered(line, 1 / marks.PIXEL) for line in ax.lines]
            if ax.get_legend() is not None:
                found.append(naming.filled(ax.get_legend().get_window_extent()))
            self._covered[ax] = np.concatenate([naming.NOTHING, *found]) - [*corner, 0]
        return self._covered[ax]

    # -- the still -----------------------------------------------------------------------------

    def still(self):
        """The scene with the current frame drawn on it, as PNG bytes, panels side by side."""
        return png(self.still_pixels())

    def still_pixels(self, step=None):
        """The same as RGBA at two pixels a CSS pixel, (height, width, 4), at the marked step."""
        for raster in self._rasters:
            raster.draw()
        with self.artists(step) as marks:
            pictures = [
                raster.with_marks([mark for mark in marks if mark.axes.figure is raster.figure])
                for raster in self._rasters
            ]
        height = max(picture.shape[0] for picture in pictures)
        padded = [
            np.pad(p, ((0, height - p.shape[0]), (0, 0), (0, 0)), constant_values=255)
            for p in pictures
        ]
        return np.concatenate(padded, axis=1)

    def last(self):
        """The last step of what is shown."""
        (frame,) = self.data.get("list") or [{"marks": {}}]
        walked = [mark["name"] for mark in self.marks if mark.get("by_step")]
        counts = [frame["marks"].get(name, (0, 0))[1] for name in walked]
        return max(1, frame.get("values", (0, 0))[1], *counts) - 1

    @contextmanager
    def artists(self, step=None):
        """Its marks as they are at a step, by default the marked one: in its axes within this."""
        step = self.step if step is None else step
        found = []
        try:
            for name in self._marks:
                found += self._drawn(name, self.last() if step < 0 else step)
            if self.drawn and self.sketch:
                found += self._draw_sketch()
            yield found
        finally:
            for mark in found:
                mark.remove()

    def _drawn(self, name, step):
        """The artists of a mark in the still."""
        mark, data = self._marks[name], self._notes.get(name, self._frame.get(name))
        if name in self.handles:
            data = self._handle_point(name)
        if data is None:
            return []
        if mark.looks.get("free"):
            rows, texts = self._free_places(name, self._frame | self._notes)
            return mark.kind.draw(mark.ax, rows, mark.looks, texts)
        rows, texts = mark.kind.read(f"frame[{name!r}]", data)
        if mark.looks.get("at_step"):
            k = min(step, len(rows) - 1)
            rows = rows[k : k + 1]
        rows, looks = mark.kind.place(mark.ax, rows), mark.looks
        if not looks.get("by_step") or step >= len(rows) - 1:
            return mark.kind.draw(mark.ax, rows, looks, texts)
        found = mark.kind.draw(mark.ax, rows[: step + 1], looks, texts[: step + 1])
        if mark.kind.rest is not None:
            faint = {**looks, "by_step": False, "opacity": marks.TO_COME}
            found += mark.kind.draw(mark.ax, rows[step + mark.kind.rest :], faint)
        return found

    def _draw_sketch(self):
        ax, columns = self._columns
        rows = np.column_stack([columns, np.array(self.drawn, dtype=float)])
        rows, look = marks.fractions(ax, rows), {"color": self.sketch["color"], "zorder": 6}
        line = marks.KINDS["line"].draw(ax, rows, look | {"dash": SKETCH_DASH})
        return line + marks.KINDS["points"].draw(ax, rows, look | {"marker": "D", "size": 7})

    def _handle_point(self, name):
        at = self.handles[name]
        if len(at) == 0:
            return None
        if len(at) == 1:
            track = marks.Handle.track(self._marks[name].looks)
            at = [at[0], float(np.interp(at[0], *track.T))]
        return [at]

    def mimebundle(self, model_id, summary=None, picture=None):
        """(data, metadata) for an output: the live view, the still, and one sentence.

        `picture` is what stands for the still, as PNG bytes at two pixels a CSS pixel.
        """
        text = summary or self._frame.get("summary") or self.alt or "A live plot."
        picture = self.still() if picture is None else picture
        width = int.from_bytes(picture[16:20]) // 2  # as a PNG begins
        data = {
            "text/plain": text,
            "image/png": base64.b64encode(picture).decode(),
        }
        data, metadata = with_view(data, model_id)
        return data, metadata | {"image/png": {"width": width, "alt": f"{self.alt} {text}".strip()}}

    def bundle(self, **_):
        return self.mimebundle(self.model_id)

    def close(self):
        """Let it go for good, with its figures."""
        super().close()
        self._figures, self._rasters, self._axes = [], [], []
        self._marks, self._frame, self._notes, self._pictures, self._covered = {}, {}, {}, {}, {}
        self.panels, self.images, self.data, self.frames = [], {}, {}, {}


def with_view(data, model_id):
    """(data, metadata) of an output: a widget's live view, and beside it what is seen without one.

    They are what anywidget's own display gives: in Colab, also where the page finds its manager.
    """
    shown = SimpleNamespace(_view_name="", model_id=model_id)  # of a widget that holds others, too
    view, metadata = anywidget.AnyWidget._repr_mimebundle_(shown)
    return data | {VIEW: view[VIEW]}, metadata


def _doubles(values):
    """Numbers that are said, not drawn: each in two float32, which neither overflow nor round."""
    return np.ascontiguousarray(values, dtype=float).view(np.float32)


def _axes_spec(panel, ax):
    box = ax.get_position()
    stars = [line for line in ax.lines if line.get_gid() == STARS]
    return {
        "panel": panel,
        "rect": [box.x0, 1 - box.y1, box.width, box.height],
        "xlim": [float(v) for v in ax.get_xlim()],
        "ylim": [float(v) for v in ax.get_ylim()],
        "xscale": ax.get_xscale(),
        "yscale": ax.get_yscale(),
        "stars": [row for line in stars for row in marks.fractions(ax, line.get_xydata()).tolist()],
    }
