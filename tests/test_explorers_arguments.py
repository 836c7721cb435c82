"""What explorers take and need. What they refuse: test_checks.py."""

import subprocess
import sys

import numpy as np
import pytest

from optimlab import SGD, explore, explorers
from optimlab.explorers import SurfaceExplorer


@pytest.mark.parametrize("function", ["parabola", "ravine"])
def test_every_argument_takes_what_numpy_counts_with(function):
    explorer = explore(
        function, SGD, lr=np.float64(0.1), steps=np.int64(5), most_steps=np.int32(9),
        rates=np.array([0.01, 1.0]), target=(np.float32(0.5), np.int64(3)), inspect=np.True_,
    )  # fmt: skip
    assert type(explorer["steps"]) is int and explorer.status == ""
    assert explorers.StagesExplorer(steps=np.int64(5)).steps == 5
    assert explorers.MapExplorer("wave", at=np.array([0.5, 1.0]), steps=np.int64(5))["steps"] == 5


def test_rules_and_functions_go_by_their_names():
    explorer = explore("ravine", ["SGD", "Adam"])
    assert list(explorer.paths) == ["SGD", "Adam"]
    assert explorers.PlaneExplorer("ravine", "Nesterov").rule is explorers.plane.Nesterov
    race = explorers.RaceExplorer("ravine", ["SGD", "Adam"], racing="Adam", steps=3)
    assert race.racing == ["Adam"]


def test_a_surface_without_plotly_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(ImportError, match=r"SurfaceExplorer needs plotly: pip install 'optimlab\["):
        SurfaceExplorer("ravine")


def test_explorers_need_none_of_the_extras():
    code = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(['plotly', 'seaborn', 'pandas', 'jupyterlab'])\n"
        "import optimlab.explorers\n"
        "print(optimlab.explore('ravine', steps=5).summary)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("SGD with learning rate 0.1 went from (-7, 2)")


def test_the_race_leaves_the_function_it_was_given_as_it_was():
    from optimlab.functions import ravine

    before = set(vars(ravine))
    explorers.RaceExplorer("ravine", [SGD], racing=[SGD], steps=3)
    assert set(vars(ravine)) == before
