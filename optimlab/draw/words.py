"""A figure in words, for readers who do not see it."""

import re

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure


def described(figure: Figure) -> str:
    """What a figure shows: its titles, what its axes count, and what its legends name.

    >>> figure = Figure()
    >>> left, right = figure.subplots(1, 2)
    >>> _ = left.plot([1, 2], label="SGD"), left.set(title="$x^2$", xlabel="x", ylabel="f(x)")
    >>> _ = right.plot([1, 2]), right.set(xlabel="step", ylabel="loss", yscale="log")
    >>> described(figure)
    'Figure. x^2: f(x) against x, with SGD. Beside it: loss on a log scale against step.'
    """
    title = _plain(figure.get_suptitle())
    panels = [_panel(ax) for ax in figure.axes if ax.get_visible() and not _is_bar(ax)]
    bars = [_label(ax.yaxis) or _label(ax.xaxis) for ax in figure.axes if _is_bar(ax)]
    bars = [f"Colours: {bar}." for bar in bars if bar]
    told = " Beside it: ".join(f"{panel}." for panel in panels if panel)
    return " ".join(part for part in (f"{title or 'Figure'}.", told, *bars) if part)


def _panel(ax: Axes) -> str:
    """A panel: its title, its axes or else the words in it, and the names in its legend."""
    across, up = _label(ax.xaxis), _label(ax.yaxis)
    axes = f"{up} against {across}" if up and across else up or across
    axes = axes or ", ".join(_plain(text.get_text()) for text in ax.texts)
    legend = ax.get_legend()
    names = [text.get_text() for text in legend.get_texts()] if legend else _labels(ax)
    named = f"with {', '.join(map(_plain, names))}" if names else ""
    shown = ", ".join(part for part in (axes, named) if part)
    return ": ".join(part for part in (_plain(ax.get_title()), shown) if part)


def _label(axis: Axis) -> str:
    name = _plain(axis.get_label_text())
    return f"{name} on a log scale" if name and axis.get_scale() == "log" else name


def _labels(ax: Axes) -> list[str]:
    """What is named in a panel without a legend."""
    return [name for name in ax.get_legend_handles_labels()[1] if name]


def _is_bar(ax: Axes) -> bool:
    """Whether it is the bar of colours beside another panel."""
    return hasattr(ax, "_colorbar")


def _plain(text: str) -> str:
    """A text without the signs of a formula and the ends of its lines."""
    return " ".join(re.sub(r"\\(\$)|\$", r"\1", text).split())
