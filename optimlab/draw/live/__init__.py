"""The live plot: a matplotlib drawing with marks that move in the browser."""

from optimlab.draw.live.live import LivePlot, take_off

__all__ = ["LivePlot", "take_off"]
