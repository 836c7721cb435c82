"""Sliders and live plots for the lessons."""

from optimlab.explorers.base import Explorer
from optimlab.explorers.batches import BatchExplorer, NoiseExplorer
from optimlab.explorers.boundary import BoundaryExplorer
from optimlab.explorers.chain import ErrorExplorer, GraphExplorer
from optimlab.explorers.family import FamilyExplorer
from optimlab.explorers.maps import (
    ChordExplorer,
    ConditionExplorer,
    MapExplorer,
    StripExplorer,
)
from optimlab.explorers.paths import PathExplorer, explore
from optimlab.explorers.plane import PlaneExplorer
from optimlab.explorers.race import RaceExplorer
from optimlab.explorers.rates import SchemeExplorer
from optimlab.explorers.slopes import DirectionExplorer, SecantExplorer, SlicesExplorer
from optimlab.explorers.stages import RareGradientExplorer, StagesExplorer
from optimlab.explorers.surfaces import SurfaceExplorer
from optimlab.explorers.training import FitExplorer, GridExplorer

__all__ = [
    "BatchExplorer",
    "BoundaryExplorer",
    "ChordExplorer",
    "ConditionExplorer",
    "DirectionExplorer",
    "ErrorExplorer",
    "Explorer",
    "FamilyExplorer",
    "FitExplorer",
    "GraphExplorer",
    "GridExplorer",
    "MapExplorer",
    "NoiseExplorer",
    "PathExplorer",
    "PlaneExplorer",
    "RaceExplorer",
    "RareGradientExplorer",
    "SchemeExplorer",
    "SecantExplorer",
    "SlicesExplorer",
    "StagesExplorer",
    "StripExplorer",
    "SurfaceExplorer",
    "explore",
]
