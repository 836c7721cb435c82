"""Sliders and live plots for the lessons."""

from optimlab.explorers.adam import RareGradientExplorer, StagesExplorer
from optimlab.explorers.base import Explorer
from optimlab.explorers.basins import BasinExplorer
from optimlab.explorers.batches import BatchExplorer, NoiseExplorer
from optimlab.explorers.boundary import BoundaryExplorer
from optimlab.explorers.chain import ErrorExplorer, GraphExplorer
from optimlab.explorers.family import FamilyExplorer
from optimlab.explorers.fitting import FitExplorer, GridExplorer
from optimlab.explorers.paths import PathExplorer, explore
from optimlab.explorers.plane import PlaneExplorer
from optimlab.explorers.races import RaceExplorer, race
from optimlab.explorers.schemes import SchemeExplorer
from optimlab.explorers.shapes import ChordExplorer, ConditionExplorer
from optimlab.explorers.slopes import DirectionExplorer, SecantExplorer, SlicesExplorer
from optimlab.explorers.surfaces import SurfaceExplorer
from optimlab.explorers.valleys import MapExplorer, StripExplorer

__all__ = [
    "BasinExplorer",
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
    "race",
]
