"""Sliders and live plots for the lessons."""

from optimlab.explorers.base import Explorer
from optimlab.explorers.chain import ErrorExplorer, GraphExplorer
from optimlab.explorers.maps import (
    ChordExplorer,
    ConditionExplorer,
    MapExplorer,
    StripExplorer,
)
from optimlab.explorers.paths import PathExplorer, explore
from optimlab.explorers.slopes import DirectionExplorer, SecantExplorer, SlicesExplorer
from optimlab.explorers.surfaces import SurfaceExplorer
from optimlab.explorers.training import FitExplorer, GridExplorer

__all__ = [
    "ChordExplorer",
    "ConditionExplorer",
    "DirectionExplorer",
    "ErrorExplorer",
    "Explorer",
    "FitExplorer",
    "GraphExplorer",
    "GridExplorer",
    "MapExplorer",
    "PathExplorer",
    "SecantExplorer",
    "SlicesExplorer",
    "StripExplorer",
    "SurfaceExplorer",
    "explore",
]
