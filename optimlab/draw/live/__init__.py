"""The live plot: a matplotlib drawing with marks that move in the browser."""

from optimlab.draw.live.live import LivePlot
from optimlab.draw.live.raster import take_off

__all__ = ["LivePlot", "take_off"]
