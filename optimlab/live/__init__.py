"""The live plot: a matplotlib drawing with marks that move in the browser."""

from optimlab.live.live import LivePlot

__all__ = ["LivePlot"]
