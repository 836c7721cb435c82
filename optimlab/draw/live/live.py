"""LivePlot: marks that move over a matplotlib drawing.

matplotlib draws the scene once. The browser shows that PNG and lays an SVG over it, which holds
only what moves. Python turns data into fractions of an axes in float64 (log axes too) and sends
them as float32; the browser knows nothing of data coordinates but the limits of each axes.
"""

import base64
import io
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from ipywidgets import widget_serialization
from PIL import Image

from optimlab.draw import figures, style
from optimlab.draw.live.modules import front_end

HERE = Path(__file__).parent
KINDS = ("line", "points", "arrow", "label", "area", "image", "handle")
#: a point is drawn at most this many axes widths outside its axes
REACH = 10.0
#: the line of a sketch, in pixels on and off
SKETCH_DASH = (5, 4)
VIEW = "application/vnd.jupyter.widget-view+json"


class LivePlot(anywidget.AnyWidget):
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
    readout : (names, values), values (steps + 1, len(names)): the numbers of each step

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
    drawn : list, the sketch: a number for each of its columns, None where nothing is drawn yet
    """

    _esm = front_end(HERE / "view.js")
    _css = HERE / "live.css"

    panels = traitlets.List().tag(sync=True)
    axes = traitlets.List().tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    images = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    frames = traitlets.Dict().tag(sync=True)
    controls = traitlets.List().tag(sync=True, **widget_serialization)
    handles = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(-1).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    playback = traitlets.Bool(False).tag(sync=True)
    veiled = traitlets.Bool(False).tag(sync=True)
    notes = traitlets.Dict().tag(sync=True)
    sketch = traitlets.Dict().tag(sync=True)
    drawn = traitlets.List().tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)

    def __init__(self, panels, *, alt="", **traits):
        self._figures = [panels] if hasattr(panels, "savefig") else list(panels)
        self._looks, self._axes = {}, []
        self._frame, self._notes, self._pictures = {}, {}, {}
        pictures = []
        for number, figure in enumerate(self._figures):
            picture = _pixels(figure)
            figure.set_layout_engine("none")  # marks of the still must not move the axes
            width, height = figure.get_size_inches() * 100
            pictures.append({"png": _png(picture), "width": float(width), "height": float(height)})
            self._axes += [(number, ax) for ax in figure.axes]
        super().__init__(
            panels=pictures,
            axes=[_axes_spec(number, ax) for number, ax in self._axes],
            alt=alt,
            **traits,
        )
        self.unanswered = 0
        self.on_msg(self._heard)

    # -- declaring marks ---------------------------------------------------------------------

    def add(self, kind, name, ax, **look):
        """Declare a mark called `name` on `ax`; its data comes with each frame.

        Looks: color, width, dash, marker, size, opacity, fill, zorder, anchor and offset (labels),
        `by_step=True` where row k belongs to step k, `smooth=True` for an image that is no grid of
        cells. A handle takes `label` (what it moves, for screen readers), `at` (its first
        position), `round` (the grid it snaps to, per axis), `track`, points (n, 2) of a curve that
        it stays on: it then moves along x alone; `also`, an axes with the same x axis where a click
        moves it, too; `places`, rows (x, y, name) of the only points where it may stand, in the
        order in which the arrow keys lead through them, named to screen readers; and `guess=True`
        for a prediction, a diamond that can be moved while the plot is veiled, and then no more.

        A mark may be added to a plot that is shown already. The browser then builds the marks anew:
        `with plot.hold_sync():` around several makes that once.
        """
        if kind not in KINDS:
            raise ValueError(f"kind={kind!r}: a mark is one of {', '.join(KINDS)}")
        if name in self._looks:
            raise ValueError(f"name={name!r}: this plot has a mark of that name already")
        spec = {"name": name, "kind": kind, "axes": self._index(ax), **look}
        handles = self.handles
        if kind == "handle":
            at = np.asarray(spec.pop("at"), dtype=float)
            if not np.isfinite(at).all():
                raise ValueError(f"at={at.tolist()!r}: a handle stands at finite numbers")
            if "also" in spec:
                spec["also"] = self._index(spec["also"])
            spec.setdefault("label", name)
            spec.setdefault("round", [_grain(*ax.get_xlim()), _grain(*ax.get_ylim())])
            if "track" in spec:
                track = np.asarray(spec["track"], dtype=float)
                track = track[np.isfinite(track).all(axis=1)]
                spec["track"] = _fractions(ax, track).round(5).tolist()
                self._tracks = {**getattr(self, "_tracks", {}), name: track}
            handles = {**handles, name: at.reshape(-1).tolist()}
        self._looks[name] = (kind, ax, spec)
        with self.hold_sync():
            self.handles = handles
            self.marks = [*self.marks, spec]

    def add_run(self, name, ax, look, *, dots=6, width=2):
        """Declare a run's line, called `name`, and the dots of its steps, called `name` + " steps".

        `look` is its colour, dash and marker, as `style.rule_style` has them; `dots` the size of a
        dot in pixels, 0 for a line alone.
        """
        common = {"color": look["color"], "by_step": True}
        self.add("line", name, ax, dash=look["dash"], width=width, **common)
        if dots:
            self.add("points", f"{name} steps", ax, marker=look["marker"], size=dots, **common)

    def add_sketch(self, ax, x, *, label="your sketch", color=style.HIGHLIGHT):
        """Let the learner draw a curve on `ax` while the plot is veiled: a number for each of `x`.

        The pointer is dragged across the axes; on the keyboard left and right choose the column,
        up and down move it. What is drawn is the trait `drawn`. A plot has one sketch at most.
        """
        columns = np.asarray(x, dtype=float)
        if columns.ndim != 1 or len(columns) < 2 or not (np.diff(columns) > 0).all():
            raise ValueError(f"x={x!r}: the columns of a sketch are two rising numbers or more")
        if self.sketch:
            raise ValueError("a plot has one sketch at most, and this one has it already")
        index = self._index(ax)
        self._columns = ax, columns
        self.sketch = {
            "axes": index, "x": columns.tolist(), "label": label, "color": color,
            "round": _grain(*ax.get_ylim()),
            "names": [ax.get_xlabel() or "x", ax.get_ylabel() or "y"],
        }  # fmt: skip

    @traitlets.validate("drawn")
    def _numbers_or_none(self, proposal):
        known = [None if v is None or not np.isfinite(v) else float(v) for v in proposal.value]
        columns = self.sketch.get("x", known)
        if len(known) not in (0, len(columns)):
            raise traitlets.TraitError(
                f"drawn has {len(known)} numbers: one for each of {len(columns)} columns is needed"
            )
        return known

    def _index(self, ax):
        for index, (_, own) in enumerate(self._axes):
            if own is ax:
                return index
        raise ValueError(f"ax={ax!r}: a mark is added to an axes of this plot")

    # -- what is shown -----------------------------------------------------------------------

    def show(self, frame, settings=()):
        """Show one frame now: the current path, before the frames of a slider are ready."""
        self._check(frame)
        pictures = {n: self._picture(n, frame[n]) for n in frame if self._kind(n) == "image"}
        if pictures != self.images:
            self.images = pictures
        self.data = self._pack([frame], settings)
        self._frame = frame

    def show_frames(self, frames, settings=()):
        """Send a frame for each position of the first control, computed for `settings`.

        `settings` are the values of the other controls, in order, and then the handles; the browser
        uses the frames only while these are what it has itself. An image is not sent with them: it
        changes with `show` alone.
        """
        for frame in frames:
            self._check(frame)
        self.frames = self._pack(frames, settings)

    def note(self, name, data):
        """Lay a mark over whatever frame is shown, until it is noted anew, or as None."""
        if self._kind(name) in (None, "image", "handle"):
            raise ValueError(f"name={name!r}: a note is a mark of this plot, no image, no handle")
        if data is None:
            self._notes.pop(name, None)
        else:
            self._check({name: data})
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
        return bool(self._looks[name][2].get("guess")) if name in self._looks else False

    def _picture(self, name, grid):
        """An image as PNG; the last one of each name is kept."""
        last, png = self._pictures.get(name, (None, None))
        if not np.array_equal(grid, last):
            pixels = np.asarray(grid)[::-1]
            png = _png(pixels[..., :3] if self._looks[name][2].get("smooth") else pixels)
            self._pictures[name] = np.array(grid), png
        return png

    def _kind(self, name):
        return self._looks[name][0] if name in self._looks else None

    def _check(self, frame):
        extra = set(frame) - set(self._looks) - {"summary", "goal", "reached", "readout"}
        if extra:
            known = ", ".join(sorted(self._looks)) or "none yet"
            name = sorted(extra)[0]
            raise ValueError(f"frame: no mark is called {name!r}; the marks are {known}")
        for name in set(frame) & set(self._looks):
            if self._kind(name) == "image":
                if np.ndim(frame[name]) != 3 or np.shape(frame[name])[2] != 4:
                    raise ValueError(
                        f"frame[{name!r}] has shape {np.shape(frame[name])}: an image is (h, w, 4)"
                    )
            elif self._kind(name) == "label":
                points, texts = frame[name]
                if len(self._rows(name, points)) != len(texts):
                    raise ValueError(f"frame[{name!r}]: a label needs one text for each point")
            else:
                self._rows(name, frame[name])
        names, values = frame.get("readout", ((), np.empty((0, 0))))
        if np.ndim(values) != 2 or np.shape(values)[1] != len(names):
            raise ValueError(
                f"frame['readout'] has values of shape {np.shape(values)}: one column for each of "
                f"{list(names)} is needed"
            )

    def _rows(self, name, data):
        """The data of a mark as a new float array, (n, 2) or for an arrow (n, 4)."""
        width = 4 if self._kind(name) == "arrow" else 2
        try:
            rows = np.array(data, dtype=float)
        except (TypeError, ValueError):
            rows = np.array(np.nan)
        if rows.size == 0:
            rows = rows.reshape(0, width)
        if rows.ndim != 2 or rows.shape[1] != width:
            raise ValueError(
                f"frame[{name!r}] has shape {np.shape(rows)}: it must be numbers, (n, {width})"
            )
        return rows

    def _pack(self, frames, settings):
        """Frames as one float32 buffer and a small list that says where each mark lies in it."""
        chunks, length, layouts, shared = [], 0, [], {}

        def store(values):
            nonlocal length
            values = np.asarray(values, dtype=np.float32)
            chunks.append(values.tobytes())
            place = [length, *values.shape]
            length += values.size
            return place

        with np.errstate(over="ignore"):  # a loss of 1e60 is inf in a readout of 3 digits
            for frame in frames:
                layout, texts = {}, {}
                for name, data in frame.items():
                    kind = self._kind(name)
                    if kind is None or kind == "image":
                        continue
                    if kind == "label":
                        data, texts[name] = data[0], list(data[1])
                    ax = self._looks[name][1]
                    key = ax, id(data)  # what frames or marks share is sent once
                    if key not in shared:
                        shared[key] = store(_fractions(ax, self._rows(name, data)))
                    layout[name] = shared[key]
                packed = {"marks": layout, "texts": texts}
                packed |= {key: frame[key] for key in ("summary", "goal") if key in frame}
                if "readout" in frame:
                    names, values = frame["readout"]
                    packed |= {"names": list(names), "values": store(values)}
                layouts.append(packed)
        return {"settings": list(settings), "list": layouts, "buffer": b"".join(chunks)}

    # -- the still -----------------------------------------------------------------------------

    def still(self):
        """The scene with the current frame drawn on it, as PNG bytes, panels side by side."""
        artists = []
        try:
            for name, (kind, ax, spec) in self._looks.items():
                data, texts = self._notes.get(name, self._frame.get(name)), ()
                if kind == "handle":
                    data = self._handle_point(name)
                if data is None:
                    continue
                if kind == "label":
                    data, texts = data
                if kind != "image":
                    data = _fractions(ax, self._rows(name, data))
                artists += figures.draw_mark(ax, kind, data, spec, texts)
                if spec.get("by_step") and kind == "line":
                    known = data[np.isfinite(data).all(axis=1)][-1:]
                    artists += figures.draw_mark(
                        ax, "points", known, {"color": spec.get("color"), "size": 10}
                    )
            if self.drawn and self.sketch:
                artists += self._draw_sketch()
            pictures = [_pixels(figure) for figure in self._figures]
        finally:
            for artist in artists:
                artist.remove()
        height = max(picture.shape[0] for picture in pictures)
        padded = [
            np.pad(p, ((0, height - p.shape[0]), (0, 0), (0, 0)), constant_values=255)
            for p in pictures
        ]
        return _png(np.concatenate(padded, axis=1))

    def _draw_sketch(self):
        ax, columns = self._columns
        rows = _fractions(ax, np.column_stack([columns, np.array(self.drawn, dtype=float)]))
        look = {"color": self.sketch["color"], "zorder": 6}
        line = figures.draw_mark(ax, "line", rows, look | {"dash": SKETCH_DASH})
        return line + figures.draw_mark(ax, "points", rows, look | {"marker": "D", "size": 7})

    def _handle_point(self, name):
        at = self.handles[name]
        if len(at) == 0:
            return None
        if len(at) == 1:
            track = self._tracks[name]
            at = [at[0], float(np.interp(at[0], *track.T))]
        return [at]

    def mimebundle(self, model_id, summary=None):
        """(data, metadata) for an output: the live view, the still, and one sentence."""
        text = summary or self._frame.get("summary") or self.alt or "A live plot."
        width = int(sum(panel["width"] for panel in self.panels))
        data = {
            "text/plain": text,
            "image/png": base64.b64encode(self.still()).decode(),
            VIEW: {"version_major": 2, "version_minor": 0, "model_id": model_id},
        }
        return data, {"image/png": {"width": width, "alt": f"{self.alt} {text}".strip()}}

    def _repr_mimebundle_(self, **_):
        return self.mimebundle(self.model_id)


def _fractions(ax, rows):
    """Data coordinates (x, y, x, y, ...) as fractions of an axes, at most REACH widths outside."""
    out = np.empty_like(rows)
    with np.errstate(all="ignore"):
        for column in range(rows.shape[1]):
            scale, (low, high) = (
                (ax.get_xscale(), ax.get_xlim())
                if column % 2 == 0
                else (ax.get_yscale(), ax.get_ylim())
            )
            v = rows[:, column]
            if scale == "log":
                v, low, high = np.log10(v), np.log10(low), np.log10(high)
                v = np.where(rows[:, column] == 0, -np.inf, v)
            out[:, column] = np.clip((v - low) / (high - low), -REACH, REACH + 1)
    return out


def take_off(ax, *artists):
    """What is drawn in an axes, as the grid of an image mark; `artists` are removed from it.

    So a part of a drawing can be laid over the scene, smoothly, and hidden with the run.
    """
    pixels, box = _pixels(ax.figure), ax.get_position()
    height, width = pixels.shape[:2]
    top, bottom = round((1 - box.y1) * height), round((1 - box.y0) * height)
    inside = pixels[top:bottom, round(box.x0 * width) : round(box.x1 * width)]
    for artist in artists:
        artist.remove()
    return np.dstack([inside, np.full(inside.shape[:2], 255, np.uint8)])[::-1]


def _pixels(figure):
    """The figure as RGB at two pixels a CSS pixel, (height, width, 3)."""
    dpi = figure.dpi
    figure.set_dpi(200)
    try:
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    finally:
        figure.set_dpi(dpi)


def _png(pixels):
    """RGB or RGBA pixels as PNG; a picture without transparency in 256 colours, for its size."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if image.mode == "RGB":
        image = image.quantize(256, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=8)  # 9 takes twice the time for 1 % less
    return buffer.getvalue()


def _axes_spec(panel, ax):
    box = ax.get_position()
    return {
        "panel": panel,
        "rect": [box.x0, 1 - box.y1, box.width, box.height],
        "xlim": [float(v) for v in ax.get_xlim()],
        "ylim": [float(v) for v in ax.get_ylim()],
        "xscale": ax.get_xscale(),
        "yscale": ax.get_yscale(),
    }


def _grain(low, high):
    """The grid a handle snaps to: a power of ten, at most 1/200 of the axis."""
    return float(10.0 ** np.floor(np.log10(abs(high - low) / 200)))
