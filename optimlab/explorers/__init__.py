"""Sliders and live plots for the lessons."""

from optimlab.explorers.base import Explorer
from optimlab.explorers.paths import PathExplorer, explore

__all__ = ["Explorer", "PathExplorer", "explore"]
