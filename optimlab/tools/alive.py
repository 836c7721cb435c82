"""What a lesson displays, as HTML that is alive without Python: used by its kernel for a page.

An explorer becomes what `save("run.html")` makes of it. A prediction is answered here in advance in
every way that its kind tells apart, and the page is sent what was said each time, packed.
"""

import base64
import html
import json
from functools import partial

import numpy as np
from IPython import get_ipython
from IPython.display import HTML, display

from optimlab.draw.live import export
from optimlab.draw.live.raster import png
from optimlab.explorers import SurfaceExplorer, saving
from optimlab.explorers.base import Explorer
from optimlab.lessons.afterwards import KINDS, Afterwards
from optimlab.lessons.board import LessonBoard, SeriesBoard
from optimlab.lessons.check import Check
from optimlab.lessons.kinds import Number, Point
from optimlab.lessons.kinds.marks import GAP, wipe
from optimlab.lessons.prediction import VEIL, Prediction
from optimlab.lessons.quiz import Quiz, _mixed

#: answers along an axis for which Python finds a place for "you said"
PLACES = 17


def begin():
    """From now on what this kernel displays is alive on a page."""
    formatter = get_ipython().display_formatter
    for kind, made in MADE.items():
        formatter.mimebundle_formatter.for_type(kind, partial(_bundle, made))
    formatter.ipython_display_formatter.for_type(Prediction, _prediction)


def _bundle(made, thing):
    return {"text/html": made(thing)}


def _explorer(explorer):
    saving.bring_up_to_date(explorer)
    return export.fragment(explorer.plot)


def _surface(explorer):
    """Of a surface the picture, until it is asked for."""
    picture = base64.b64encode(png(explorer.surface_pixels())).decode()
    figure = json.loads(explorer.figure.to_json())
    packed = export.packed({"data": figure["data"], "layout": figure["layout"]})
    about = "The surface with the path of the run as it is set at first."
    return (
        f'<div class="ol-surface"><button type="button">'
        f'<img src="data:image/png;base64,{picture}" alt="{about}" width="400" height="400">'
        f"<span>Turn the surface</span></button>{packed}</div>"
    )


def _prediction(prediction):
    """The card and what answers it, as one output."""
    plain = html.escape(prediction._plain()).replace("\n", "<br>")
    answered = _answered(prediction)
    surface = answered.pop("surface", "")
    made = f'<div class="ol-asked"><p>{plain}</p>{export.packed(answered)}</div>'
    display(HTML(made + (surface and _hidden(prediction.name, surface))))
    if isinstance(prediction._below, Afterwards):
        display(prediction._below)


def _answered(prediction):
    """What a page holds of a prediction: see `Question` in asked.js."""
    question, explorer, truth = prediction.question, prediction.explorer, prediction._truth
    judge = question.on_page(truth)
    if judge is None:
        raise ValueError(f"“{prediction.name}” cannot be judged on a page: on_page gives None")
    cases = judge.pop("cases")
    answered = prediction.parts(cases[0][0], False)
    if "given" in judge:
        answered[:-1] = judge.pop("given")
    found = {
        "lesson": prediction.lesson.number, "name": prediction.name,
        "label": prediction.card.label, "unread": "", "gap": GAP, "along": None, "drawn": [],
        "judge": _plain(judge), "panel": question.panel, "plot": None, "run": None,
        "asking": prediction.parts(None, False), "answered": answered,
        "skipped": prediction.parts(None, True),
        "cases": [prediction.parts(answer, True, gap) for answer, gap in cases],
    }  # fmt: skip
    if isinstance(question, Number):
        found["along"] = {"x": 0, "y": 1}.get(question.along)
        try:
            question.read("{x}")
        except ValueError as error:
            found["unread"] = str(error)
    if explorer is not None:
        found |= _pictures(prediction, question, explorer, judge.get("drawn", ()))
    return found


def _pictures(prediction, question, explorer, drawn):
    """Its scene, its run, and answers as they stand beside the run."""
    plot, ax, settings = explorer.plot, prediction._ax, explorer.settings()
    hidden = export.held(plot)
    explorer.unveil()
    saving.bring_up_to_date(explorer)
    if explorer.status:
        raise ValueError(explorer.status)
    found = []
    for answer in drawn or _samples(question, ax):
        question.draw(explorer, ax, answer, prediction._truth)
        notes = dict(plot.notes)
        if isinstance(question, Number):
            said = question.words(answer)
            for texts in notes["list"][0]["texts"].values():
                texts[:] = [one.replace(said, "{x}") for one in texts]
        found.append({"answer": answer, "notes": notes})
        wipe(plot)
    shown = export.held(plot)
    surface = _surface(explorer) if isinstance(explorer, SurfaceExplorer) else ""
    changed = {k: v for k, v in shown["state"].items() if hidden["state"][k] != v}
    explorer.restore(settings)
    explorer.veil(VEIL)
    run = shown | {"state": changed}
    return {"plot": hidden, "run": run, "drawn": found, "surface": surface}


def _samples(question, ax):
    """Answers all over the picture, for which `draw` is asked."""
    x, y = (np.linspace(*ax.get_xlim(), PLACES), np.linspace(*ax.get_ylim(), PLACES))
    for points, scale in ((x, ax.get_xscale()), (y, ax.get_yscale())):
        if scale == "log":
            points[:] = np.geomspace(points[0], points[-1], PLACES)
    if isinstance(question, Number) and question.along is not None:
        along = {"x": x, "y": y}[question.along]
        beyond = along[-1] - along[0]
        low = along[0] / 2 if along[0] > 0 else along[0] - beyond
        return [low, *along.tolist(), along[-1] + beyond]
    if isinstance(question, Point):
        if question.size == 1:
            return [[v] for v in np.linspace(x[0], x[-1], 4 * PLACES).tolist()]
        return [[a, b] for a in x[::2].tolist() for b in y[::2].tolist()]
    return []


def _plain(value):
    """A copy made of nothing but what JSON has."""
    return json.loads(json.dumps(value, default=lambda number: np.asarray(number).tolist()))


def _quiz(quiz):
    numbers = range(1, len(quiz.questions) + 1)
    orders = [_mixed(options) for _, options in quiz.questions]
    packed = export.packed({
        "lesson": quiz.lesson.number, "label": quiz.label, "options": orders,
        "asking": [quiz.parts_of(number, None) for number in numbers],
        "cases": [
            [quiz.parts_of(number, option) for option in order]
            for number, order in zip(numbers, orders, strict=True)
        ],
    })  # fmt: skip
    return f'<div class="ol-quiz">{packed}</div>'


def _afterwards(afterwards):
    return _hidden(afterwards.name, "\n".join(map(_output, afterwards.results)))


def _hidden(name, content):
    """What a page shows when a question is answered."""
    name, packed = html.escape(name), export.packed({"html": content})
    waiting = f"<p><em>This appears after your answer to “{name}”.</em></p>"
    return f'<div class="ol-after" data-name="{name}">{waiting}{packed}</div>'


def _output(output):
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(output['text'].rstrip())}</pre>"
    data = output["data"]
    if "text/html" in data:
        return data["text/html"]
    kind = next(kind for kind in KINDS if kind in data)
    if kind != "image/png":
        return f"<pre>{html.escape(data[kind])}</pre>"
    about = output["metadata"].get(kind, {})
    alt = html.escape(about.get("alt", ""))
    width = f' width="{about["width"]}"' if "width" in about else ""
    return f'<img alt="{alt}"{width} src="data:image/png;base64,{data[kind].strip()}">'


def _check(check):
    name = html.escape(check.name)
    return f'<p class="ol-exercise">Exercise “{name}” needs Python: choose “Run this lesson”.</p>'


MADE = {
    Explorer: _explorer, SurfaceExplorer: lambda one: _explorer(one) + _surface(one),
    Quiz: _quiz, Afterwards: _afterwards, Check: _check,
    LessonBoard: lambda board: f'<div class="ol-board" data-lesson="{board.lesson.number}"></div>',
    SeriesBoard: lambda _: "<p>What you answered stands at the end of each lesson.</p>",
}  # fmt: skip
