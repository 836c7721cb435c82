"""What a learner moves: sliders, switches, buttons, and the handles in a picture."""

import ipywidgets as widgets
import numpy as np

from optimlab import checks
from optimlab.draw import style
from optimlab.words import short

#: the numbers of one decade on a learning-rate slider
DECADE = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.2, 3.5, 4, 4.5, 5, 5.5, 6]
DECADE += [6.5, 7, 7.5, 8, 8.5, 9, 9.5]


def decades(low, high, *also, decade=DECADE):
    """Round numbers from `low` to `high`, by default 27 a decade, and the numbers in `also`.

    >>> decades(0.1, 0.15, 0.123)
    [0.1, 0.11, 0.12, 0.123, 0.13, 0.14, 0.15]
    """
    exponents = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    grid = [float(f"{m}e{e}") for e in exponents for m in decade]
    rounding = 1e-9
    inside = {v for v in grid if low * (1 - rounding) <= v <= high * (1 + rounding)}
    return sorted(inside | {float(v) for v in also})


def nearest(values, value):
    """The one of `values` that lies nearest to `value`."""
    return min(values, key=lambda v: abs(v - value))


def _laid_out(width):
    layout = {"width": width, "max_width": "100%"}
    return {"style": {"description_width": "initial"}, "layout": layout}


def slider(label, values, value, *, width="420px"):
    """A slider over `values`, which stands at `value` and shows it as a short number.

    With one value there is nothing to slide: it is greyed out.
    """
    options = [(short(v, 6) if np.isreal(v) else str(v), v) for v in values]
    return widgets.SelectionSlider(
        options=options, value=value, description=label, continuous_update=True,
        disabled=len(options) == 1, **_laid_out(width),
    )  # fmt: skip


def number(label, value, low, high, step, *, width="300px", **more):
    """A slider for a whole number if `step` is one, else for a decimal number."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    if step < 0.01:
        more = {"readout_format": ".3f"} | more  # else 0.999 reads 1.00
    return kind(
        value=value, min=low, max=high, step=step, description=label, continuous_update=True,
        **_laid_out(width), **more,
    )  # fmt: skip


def checkbox(label, value, **layout):
    """A box to tick."""
    return widgets.Checkbox(value=value, description=label, indent=False, layout=layout)


def choice(options, value, *, each="auto", **more):
    """A button for each option, `each` so wide, of which one is pressed; in one row if it fits."""
    size = {"button_width": each, "description_width": "initial"}
    layout = {"width": "max-content", "max_width": "100%", "margin": "2px 14px 2px 2px"}
    return widgets.ToggleButtons(options=options, value=value, style=size, layout=layout, **more)


def button(label, act, *, icon="", **layout):
    """A button that calls `act(button)`."""
    made = widgets.Button(description=label, icon=icon, layout=layout)
    made.on_click(act)
    return made


def show_or_hide(widget, shown):
    """Take a widget off the page, or give it back its place there.

    Not by None, as ipywidgets would have it: a browser's Python sends that as undefined, which a
    page takes for no news.
    """
    widget.layout.display = "" if shown else "none"


def value_of(widget):
    """The value of a control; of a slider without options as round as its numbers are.

    The page answers 0.9000000000000001 to a slider that is put to 0.9.
    """
    value = widget.value
    return float(f"{value:.12g}") if isinstance(widget, widgets.FloatSlider) else value


def set_to(name, widget, value):
    """Put the control called `name` to a value that it can have."""
    if isinstance(widget, widgets.widget_selection._Selection):
        known = [one for _, one in widget._options_full]
        wanted = f"a position of its control, such as {np.array(widget.value).item()!r}"
        kinds = str if isinstance(known[0], str) else int | float | complex | np.integer
        if not isinstance(value, kinds) or isinstance(value, bool) != isinstance(known[0], bool):
            checks.wrong_kind(name, value, wanted)
        if value not in known:
            checks.wrong_value(name, value, wanted)
        widget.value = value
    elif isinstance(widget.value, bool):
        widget.value = checks.flag(name, value)
    else:
        check = checks.whole if isinstance(widget.value, int) else checks.number
        widget.value = check(name, value, low=widget.min, high=widget.max)


def add_start(plot, ax, at, *, sliders=False, **more):
    """Declare the handle called "start", where the runs of a plot begin, and its `sliders`."""
    look = {"label": "start point", "color": style.INK} | more
    plot.add("handle", "start", ax, at=np.atleast_1d(at), **look)
    if sliders:
        plot.add_sliders("start", ["start x₀", "start y₀"][: np.size(at)])


class Handle:
    """A handle of an explorer's plot as its attribute: a float on a curve, else a pair.

    The handle has the attribute's name, or the one that is given.

    >>> class Thrower:
    ...     aim = Handle("Where the ball should come down.")
    >>> Thrower.aim.__doc__
    'Where the ball should come down.'
    """

    def __init__(self, doc, name=None):
        self.__doc__, self.name = doc, name

    def __set_name__(self, owner, attribute):
        self.attribute = attribute
        self.name = self.name or attribute

    def __get__(self, explorer, owner=None):
        if explorer is None:
            return self
        at = explorer.plot.handles[self.name]
        return at[0] if len(at) == 1 else tuple(at)

    def __set__(self, explorer, at):
        if len(explorer.plot.handles[self.name]) == 1:
            at = [checks.number(self.attribute, at)]
        else:
            at = list(checks.pair(self.attribute, at))
        explorer.plot.handles = {**explorer.plot.handles, self.name: at}
