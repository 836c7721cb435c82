"""A live plot as files: what it shows as PNG and SVG, its steps as GIF, and all of it as a page.

Under the picture of a plot that can be played stand the numbers of its step, as in the bar. Of a
veiled plot there is the scene alone: it holds nothing else.
"""

import base64
import gzip
import html
import io
import json
import re
import textwrap
from functools import cache

import ipywidgets as widgets
import matplotlib as mpl
import numpy as np
from ipywidgets.widgets.widget import _remove_buffers
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from optimlab.asis import in_figure
from optimlab.draw import style
from optimlab.draw.live.live import HERE, PARTS, TABLES
from optimlab.draw.live.modules import front_end
from optimlab.draw.live.raster import DENSITY, Runs, draw, few, runs
from optimlab.words import short

#: of the words under a picture, in CSS pixels: height of a line, and width of a letter
LINE, LETTER = 24, 8
#: pictures in a second of a GIF at most, and seconds that the last one stays
PACE, HOLD = 8, 2.5
#: pictures in a second of a GIF in which something is moved
MOVES = 12.5
#: what a page keeps of a plot's state
KEPT = ("panels", "axes", "marks", "images", "data", "step", "playback", "veiled",
        "notes", "sketch", "drawn", "alt", "program")  # fmt: skip
#: no page may ask for anything that it does not hold; one with a program runs that
POLICY = "default-src 'none'; img-src blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


# --- pictures --------------------------------------------------------------------------------


def picture(plot):
    """What it shows as PNG, two pixels a CSS pixel: two panels fill a slide."""
    buffer = io.BytesIO()
    picture = few(runs(_pixels(plot, plot.step)))
    picture.save(buffer, "png", dpi=(DENSITY, DENSITY), compress_level=9)
    return buffer.getvalue()


def vectors(plot):
    """What it shows as SVG, its texts as shapes, for they look the same without our fonts."""
    looks = style.rc() | {"svg.hashsalt": "optimlab"}
    pieces, width, height = [], 0, 0
    with plot.artists(), mpl.rc_context(looks):
        for number, panel in enumerate(plot._figures):
            buffer = io.StringIO()
            panel.savefig(buffer, format="svg", facecolor="white", metadata={"Date": None})
            wide, high = panel.get_size_inches() * 100
            at = f'<svg x="{width:g}" width="{wide:g}" height="{high:g}" '
            piece = buffer.getvalue().partition("<svg ")[2]
            piece = re.sub(r'\b(?:width|height)="[^"]*" ', "", piece, count=2)
            piece = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>panel{number}-", piece)
            pieces.append(at + piece)
            width, height = width + wide, max(height, high)
    for line in _lines(plot, plot.step, width):
        height += LINE
        look = f'y="{height - 8:g}" fill="{style.INK}" font-family="DejaVu Sans, sans-serif"'
        pieces.append(f'<text x="8" {look} font-size="13">{html.escape(line)}</text>\n')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img">\n<title>{html.escape(_alt(plot))}</title>'
        f'\n<rect width="100%" height="100%" fill="white"/>\n{"".join(pieces)}</svg>\n'
    ).encode()


def film(plot):
    """Its steps as GIF, one pixel a CSS pixel, in about five seconds as the bar plays them."""
    last = plot.last()
    pace = max(6, last / 5)  # steps a second: as `stepAfter` in geometry.js
    count = min(last, round(last / pace * PACE)) if last else 0
    steps = [round(k * last / count) for k in range(count + 1)] if count else [last]
    times = [1000 * last / pace / count] * count if count else []
    return joined([small(plot, k) for k in steps], [*times, 1000 * HOLD])


def small(plot, step):
    """The plot at a step, one pixel a CSS pixel, in colours that are few in a film; its runs."""
    return runs(np.asarray(Image.fromarray(_pixels(plot, step)).reduce(2)) | 3)  # in steps of 4


def joined(pictures, times):
    """Pictures of one size, as their runs, as GIF, each shown for its milliseconds."""
    # one palette: the colours seen most stay as they are
    colours, lengths, (height, *_) = zip(*pictures, strict=True)
    strip = Runs(np.concatenate(colours), np.concatenate(lengths), height * len(pictures))
    strip = few(strip, 255)  # one is left for what stays as it was
    boxes = [(0, k * height, strip.width, (k + 1) * height) for k in range(len(pictures))]
    buffer = io.BytesIO()
    strip.crop(boxes[0]).save(
        buffer, "gif", save_all=True, append_images=map(strip.crop, boxes[1:]), duration=times,
        **({"loop": 0} if len(pictures) > 1 else {}),
    )  # fmt: skip
    return buffer.getvalue()


def _pixels(plot, step):
    """The plot at a step with its numbers below it, RGBA."""
    shown = plot.still_pixels(step)
    width = shown.shape[1] * 100 / DENSITY
    if not (lines := _lines(plot, step, width)):
        return shown
    figure = Figure(figsize=(width / 100, LINE * len(lines) / 100), dpi=100)
    FigureCanvasAgg(figure)
    with mpl.rc_context(style.rc()):
        for k, line in enumerate(lines):
            at = 8 / width, 1 - (k + 0.6) / len(lines)
            figure.text(*at, in_figure(line), va="center", fontsize=9.5)
        words = draw(figure)[:, : shown.shape[1]]
    return np.concatenate([shown, words])


# --- words -----------------------------------------------------------------------------------


def _alt(plot):
    (frame,) = plot.data["list"]
    return f"{plot.alt} {frame.get('summary', '')}".strip()


def _lines(plot, step, width):
    """The numbers of a step, as the bar shows them, in lines: as many for every step."""
    names, values, *lost = plot._frame.get("readout", ((), ()))
    if not plot.playback or not len(names):
        return []
    last = plot.last()
    step = last if step < 0 else min(step, last)
    ends = lost[0] if lost else [None] * len(names)
    numbers = zip(names, np.asarray(values)[step].tolist(), ends, strict=True)
    said = [f"step {step} of {last}", *(f"{n} {_told(v, step, end)}" for n, v, end in numbers)]
    longest = sum(len(name) + 15 for name in names) + 15
    room = int(width // LETTER)
    lines = textwrap.wrap(" · ".join(said), room)
    return lines + [""] * (-(-longest // room) - len(lines))


def _told(value, step, lost):
    """A number of a step as `told` in geometry.js says it."""
    if lost and step >= lost[0]:
        return lost[1]
    if not np.isfinite(value):
        return "–" if np.isnan(value) else short(value)
    rounded = int(f"{value:.3e}".partition("e")[2])
    return short(value, 4 if -4 <= rounded < 5 else 3)


def _value(widget):
    """Where a control stands, in words."""
    if isinstance(widget, widgets.widget_selection._Selection):
        return str(widget.label)
    if isinstance(widget.value, bool):
        return "on" if widget.value else "off"
    return short(widget.value, 6) if isinstance(widget.value, float) else str(widget.value)


def _hand(widget):
    """A control as a page has it: positions with a name each, a range of numbers, or on and off."""
    if isinstance(widget, widgets.widget_selection._Selection):
        options = [label for label, _ in widget._options_full]
        found = {"trait": "index", "value": widget.index, "options": options}
        found |= {"low": 0, "high": len(options) - 1, "step": 1}
    else:
        found = {"trait": "value", "value": widget.value}
        if not isinstance(widget.value, bool):
            found |= {"low": widget.min, "high": widget.max, "step": widget.step}
    return found | {"label": widget.description or "choice"}


# --- pages -----------------------------------------------------------------------------------


def fragment(plot, more=""):
    """The plot as a piece of HTML, alive where `script` follows it and `look` is in the page."""
    inside = packed(held(plot, more))
    return f"<div class=\"ol-page\"><p>{html.escape(_alt(plot))}</p>\n{inside}</div>\n"


def held(plot, more=""):
    """What a page holds of a plot: its state, the controls that are live, and words for the others.

    With a program all of them are. Else the first control is a slider if its frames are there;
    where the others stand is said in words, and so is where the handles stand: they need Python. A
    handle that chooses among places is left out, for it would not go along with the slider. In a
    plot that is veiled a guess or a sketch can be made. `more` is said last.
    """
    state = {name: getattr(plot, name) for name in KEPT} | {"fixed": True, "sliders": []}
    if plot.program:
        state |= {"fixed": False, "sliders": plot.sliders, "menu": [], "handles": plot.handles}
        state["frames"] = {}
        return _with_hands(state, [widget for widget, _ in plot.controls], more)
    handles = {n: [] if "places" in plot._marks[n].looks else at for n, at in plot.handles.items()}
    state |= {"frames": {}, "menu": [], "controls": [], "handles": handles}
    # nobody is waited for
    state |= {"fixed": not plot.veiled, "data": plot.data | {"settings": []}}
    controls = [] if plot.veiled else [widget for widget, _ in plot.controls]
    live = []  # an image comes with no frame: where it changes there is no slider
    if controls and plot.one_picture and plot.frames.get("settings") == plot.settings():
        first, *controls = controls
        state["frames"] = _short(plot.frames) | {"settings": [
            {name: at for name, at in handles.items() if not plot.is_guess(name)}
        ]}  # fmt: skip
        live = [first]
    others = [f"{widget.description} {_value(widget)}".strip() for widget in controls]
    if not plot.veiled:
        others += [
            f"{plot._marks[name].spec['label']} ({', '.join(short(v, 6) for v in at)})"
            for name, at in handles.items()
            if at
        ]
    fixed = f"What else is set: {', '.join(others)}. {more}" if others else more
    return _with_hands(state, live, fixed.strip())


def _short(frames):
    """Frames whose numbers have the digits that are seen: 16 bits of what is drawn, 20 of the rest.

    What is drawn are float32 fractions of an axes; the rest are doubles, in two words each.
    """
    words = np.frombuffer(frames.get("buffer", b""), "<u4").copy()
    said = np.zeros(words.size, bool)
    for frame in frames.get("list", ()):
        tables = [frame[kind]["numbers"] for kind in TABLES & set(frame)]
        for first, rows, width in [*tables, *filter(None, [frame.get("values")])]:
            said[first : first + rows * width] = True
    words[~said] &= 0xFFFFFF00
    words[np.flatnonzero(said)[::2]] = 0
    return frames | {"buffer": words.tobytes()} if words.size else frames


def _with_hands(state, live, fixed):
    """A state with those controls, and words for what stands fixed."""
    hands = [_hand(widget) for widget in live]
    state["controls"] = [[f"IPY_MODEL_{i}", hand["trait"]] for i, hand in enumerate(hands)]
    return {"state": state, "hands": hands, "fixed": fixed}


def packed(content):
    """A dict, its values what JSON has or bytes, as a script that `unpacked` of page.js reads.

    It is compressed: who reads the page's source meets no answer there. The first bytes of doubles
    come first, then the second ones, and so on, which makes it smaller.
    """
    content, paths, buffers = _remove_buffers(content)
    lengths = [memoryview(buffer).nbytes for buffer in buffers]
    buffers = [
        bytes(buffer) if length % 8 else np.frombuffer(buffer, "u1").reshape(-1, 8).T.tobytes()
        for buffer, length in zip(buffers, lengths, strict=True)
    ]
    head = json.dumps(content | {"paths": paths, "lengths": lengths}).encode()
    text = base64.b64encode(gzip.compress(b"".join([head, b"\n", *buffers]), 9, mtime=0)).decode()
    return f'<script type="text/plain">{text}</script>'


@cache
def script(file=HERE / "page.js"):
    """JavaScript that brings to life the fragments before it; `file` is its last module."""
    code = front_end(file, *(HERE / f"{part}.js" for part in PARTS))
    return f'(() => {{\n"use strict";\n{code}}})();\n'


@cache
def look():
    """The style sheet of a page with fragments."""
    return "".join((HERE / name).read_text("utf-8") for name in ("live.css", "page.css"))


def page(plot, more=""):
    """The plot as one HTML file that needs no network and no Python."""
    policy = POLICY + " 'unsafe-eval'" * bool(plot.program)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{html.escape(plot.alt)}</title>\n<style>\n{look()}</style>\n</head>\n<body>\n"
        f"{fragment(plot, more)}<script>\n{script()}</script>\n</body>\n</html>\n"
    ).encode()
