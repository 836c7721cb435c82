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

#: where each of these stands; they are loaded when they are first asked for
_MODULES = {
    "analysis": "study", "data": "study", "genealogy": "study", "network": "study",
    "schemes": "study", "training": "study", "tuning": "study",
    "figures": "draw", "style": "draw", "explorers": "", "lessons": "",
}  # fmt: skip
_NAMES = {"LivePlot": "draw.live", "explore": "explorers", "race": "explorers"}

__all__ = [
    "SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "NAdam", "AdamW",
    "descend", "Path", "functions", "Function", "numerical_gradient", "check_gradient",
    "explore", "race", "LivePlot",
    *_MODULES,
]  # fmt: skip


def __getattr__(name):
    if name in _MODULES:
        thing = _import_module(".".join(filter(None, ("optimlab", _MODULES[name], name))))
    elif name in _NAMES:
        thing = getattr(_import_module(f"optimlab.{_NAMES[name]}"), name)
    else:
        raise AttributeError(f"module 'optimlab' has no attribute {name!r}")
    globals()[name] = thing
    return thing


def __dir__():
    return sorted({*globals(), *__all__})
