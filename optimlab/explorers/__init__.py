"""Sliders and live plots for the lessons."""

from optimlab.explorers.base import Explorer
from optimlab.explorers.maps import (
    ChordExplorer,
    ConditionExplorer,
    MapExplorer,
    StripExplorer,
)
from optimlab.explorers.paths import PathExplorer, explore
from optimlab.explorers.surfaces import SurfaceExplorer

__all__ = [
    "ChordExplorer",
    "ConditionExplorer",
    "Explorer",
    "MapExplorer",
    "PathExplorer",
    "StripExplorer",
    "SurfaceExplorer",
    "explore",
]
