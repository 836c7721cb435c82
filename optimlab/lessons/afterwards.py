"""Afterwards: what a function prints and draws, shown once a question is answered or skipped."""

import html
import re

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display
from IPython.utils.capture import capture_output
from ipywidgets.widgets.widget import _instances

from optimlab.asis import legible
from optimlab.draw.live.late import Late, cells, parts_of, unopened
from optimlab.draw.live.live import VIEW, with_view
from optimlab.explorers.controls import show_or_hide

#: what of an output is shown in a stored notebook: the first of these that it has
KINDS = ("image/png", "text/markdown", "text/html", "text/plain")


class Afterwards(Late, widgets.VBox):
    """The results of plain code that would answer a question. See `Lesson.after`.

    The function is called when this is made, answered or not, so that running a notebook runs all
    of its code; its output reaches the page when `show` is called. Where the cell is not alive,
    it stands in a closed block.

    Parameters
    ----------
    name : str, the question's name
    function : callable without arguments; what it prints, displays, draws and returns is shown

    Attributes
    ----------
    cell : str, the notebook's name of the cell in which it was made, or None
    """

    def __init__(self, name, function):
        self.name, self.cell = name, cells.name
        before = set(_instances)
        self.results = outputs_of(function)
        self._made = [one for key, one in _instances.items() if key not in before]
        waiting = f"<em>This appears after your answer to “{html.escape(name)}”.</em>"
        with unopened():
            self._waiting = widgets.HTML(waiting).add_class("ol-after")
            self._output = widgets.Output()
            super().__init__([self._waiting, self._output])
            parts_of(self)  # which makes their layouts

    def show(self, now):
        """Show the results, or, where `now` is False, hide them and take them off the page."""
        outputs = tuple(_seen(one, self.name) for one in self.results) if now else ()
        if self._output.outputs != outputs:
            self._output.outputs = outputs
        show_or_hide(self._waiting, not now)

    def close(self):
        """Let it go, with the widgets that its function has made."""
        for widget in (*self._made, *parts_of(self)):
            if widget is not self:
                widget.close()
        self._made = []
        super().close()

    def rest(self):
        self.close()

    def bundle(self, **_):
        told = "\n\n".join(_markdown(one, self.name) for one in self.results)
        summary = f"<summary>After your answer to “{html.escape(self.name)}”</summary>"
        data = {
            "text/plain": f"This appears after the answer to “{self.name}”.",
            "text/markdown": f"<details>{summary}\n\n{told}\n\n</details>",
        }
        return with_view(data, self.model_id)


def outputs_of(function):
    """What a function prints, displays, draws and returns, as outputs of a notebook's cell."""
    in_notebook = get_ipython() is not None
    with capture_output(stderr=False, display=in_notebook) as captured:
        returned = function()
        if in_notebook:
            _flush_figures()
            if returned is not None:
                display(returned)
    outputs = []
    if captured.stdout:
        outputs.append({"output_type": "stream", "name": "stdout", "text": captured.stdout})
    for one in captured.outputs if in_notebook else ():
        shown = {"data": one.data, "metadata": one.metadata}
        outputs.append({"output_type": "display_data"} | shown)
    return outputs


def _flush_figures():
    """Draw figures that the function has left open, as the end of a cell does."""
    from matplotlib import get_backend

    if "inline" in get_backend():
        from matplotlib_inline.backend_inline import show

        show(close=True)


def _seen(output, name):
    """An output as it is shown alive: JupyterLab leaves out the text of a figure, HTML has it."""
    data = output.get("data", ())
    if "image/png" not in data or VIEW in data:  # the picture of a widget is its still
        return output
    return output | {"data": {"text/html": _picture(output, name)}}


def _picture(output, name):
    """The picture of an output as HTML, with what it shows in words."""
    about = output["metadata"].get("image/png", {})
    alt = html.escape(about.get("alt") or f"The figure that belongs to “{name}”.")
    width = f' width="{about["width"]}"' if "width" in about else ""
    data = output["data"]["image/png"].strip()
    return f'<img alt="{alt}"{width} src="data:image/png;base64,{data}">'


def _markdown(output, name):
    """An output as Markdown."""
    if output["output_type"] == "stream":
        return _fenced(output["text"].rstrip())
    kind = next(kind for kind in KINDS if kind in output["data"])
    if kind == "image/png":
        return _picture(output, name)
    data = output["data"][kind]
    return _fenced(data) if kind == "text/plain" else data


def _fenced(text):
    """Text as Markdown shows it line by line, behind a longer fence than is in it.

    >>> _fenced("a ``` b")
    '````text\\na ``` b\\n````'
    """
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return f"{fence}text\n{legible(text)}\n{fence}"
