"""optimlab: gradient descent and its optimizers, to watch and to take apart.

The update rules, the test functions and the recorded path need numpy alone.  Whatever
draws (matplotlib, ipywidgets) is imported when it is first used.
"""

from importlib import import_module as _import_module

from optimlab import functions
from optimlab.descent import Path, descend
from optimlab.functions import Function, check_gradient, numerical_gradient
from optimlab.optimizers import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    NAdam,
    Nesterov,
    RMSProp,
)

__version__ = "0.1.0"

_MODULES = (
    "data", "explorers", "figures", "genealogy", "lessons", "network", "schemes", "style",
    "training", "tuning",
)  # fmt: skip
_NAMES = {"LivePlot": "live", "explore": "explorers"}

__all__ = [
    "SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "NAdam", "AdamW",
    "descend", "Path", "functions", "Function", "numerical_gradient", "check_gradient",
    "explore", "LivePlot",
    "data", "explorers", "figures", "genealogy", "lessons", "network", "schemes", "style",
    "training", "tuning",
]  # fmt: skip


def __getattr__(name):
    if name in _MODULES:
        return _import_module(f"optimlab.{name}")
    if name in _NAMES:
        thing = getattr(_import_module(f"optimlab.{_NAMES[name]}"), name)
        globals()[name] = thing
        return thing
    raise AttributeError(f"module 'optimlab' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
