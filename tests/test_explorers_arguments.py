"""What explorers take and need, and what they refuse besides the values of test_checks.py."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
from test_checks import ENTRIES

from optimlab import SGD, explore, explorers
from optimlab.explorers import SurfaceExplorer

#: what a kind of argument refuses besides the values of test_checks.py
FURTHER = {
    "number": [(-np.inf, ValueError)],
    "start": [([None, 1], TypeError), ((np.nan, 1), ValueError), ((1, 2, 3), ValueError)],
    "limits": [
        ((True, 2), TypeError), ((1, 0.1), ValueError), ((0.1, np.nan), ValueError),
        ((0.1,), ValueError),
    ],
    "target": [
        ((1, 2.5), TypeError), ((1, True), TypeError), ((1,), ValueError),
        ((np.nan, 3), ValueError), ((1, 0), ValueError),
    ],
    "curve": [(int, TypeError), ("ravine", ValueError)],
    "surface": [(abs, ValueError), (int, TypeError), ("wave", ValueError)],
    "rule": [(abs, TypeError)],
    "rules": [([SGD, 3], TypeError), (["Adams"], ValueError)],
    "choices": [([3], TypeError), (["other"], ValueError)],
    "numbers": [([True], TypeError), ([np.nan], ValueError)],
    "dict": [([1], TypeError), ({"other": 1}, ValueError)],
}  # fmt: skip
#: explorer -> the kind of each argument
ARGUMENTS = {
    "PathExplorer": {"lr": "number", "start": "start", "rates": "limits", "target": "target",
        "loss_limits": "limits", "rules": "rules", "curves": "choices", "limits": "dict"},
    "SurfaceExplorer": {"function": "surface", "start": "start"},
    "SchemeExplorer": {"function": "curve", "names": "choices", "lr": "number",
        "rates": "limits", "target": "target", "start": "start"},
    "StagesExplorer": {"function": "surface", "lr": "number", "beta1": "number",
        "beta2": "number", "start": "start", "target": "target"},
    "RareGradientExplorer": {"beta2": "number", "values": "numbers"},
    "FamilyExplorer": {"start": "start"},
    "PlaneExplorer": {"function": "surface", "rule": "rule", "lr": "number",
        "momentum": "number", "start": "start", "most": "number", "target": "number"},
    "RaceExplorer": {"rules": "rules", "racing": "rules", "lr": "number",
        "given": "dict", "start": "start", "rates": "limits", "turn": "number", "c": "number",
        "stretch": "number", "loss_limits": "limits"},
    "StripExplorer": {"function": "curve", "rule": "rule", "lr": "number", "start": "start",
        "rates": "numbers", "target": "number"},
    "MapExplorer": {"function": "curve", "rule": "rule", "rates": "numbers",
        "starts": "numbers", "at": "start"},
    "BasinExplorer": {"function": "surface", "rule": "rule", "lr": "number", "start": "start"},
    "ChordExplorer": {"function": "curve", "ends": "start", "target": "number"},
    "ConditionExplorer": {"condition": "number", "start": "start", "conditions": "numbers"},
    "SecantExplorer": {"function": "curve", "x": "number", "h": "number", "smallest": "number",
        "largest": "number", "kinds": "choices", "target": "number"},
    "SlicesExplorer": {"function": "surface", "point": "start", "target": "start",
        "grain": "number"},
    "DirectionExplorer": {"function": "surface", "point": "start", "angle": "number"},
    "GraphExplorer": {"sliders": "dict"},
    "ErrorExplorer": {"function": "curve", "x": "number", "h": "number"},
    "FitExplorer": {"x": "numbers", "y": "numbers", "start": "start", "target": "number"},
    "GridExplorer": {"function": "curve"},
    "NoiseExplorer": {"at": "start"},
    "BatchExplorer": {"lr": "number", "start": "start", "rates": "limits", "sizes": "numbers",
        "target": "number"},
    "BoundaryExplorer": {"rules": "rules", "rule": "rule", "lr": "number", "target": "number",
        "rates": "limits", "pace": "number"},
}  # fmt: skip
#: explorer -> what it runs with
RIGHT = {entry.call: entry.right for entry in ENTRIES if inspect.isclass(entry.call)}

CASES = [
    pytest.param(getattr(explorers, explorer), argument, kind, id=f"{explorer} {argument}")
    for explorer, arguments in ARGUMENTS.items()
    for argument, kind in arguments.items()
]


def test_every_public_explorer_is_in_the_table():
    public = {name for name in explorers.__all__ if name not in ("Explorer", "explore", "race")}
    assert set(ARGUMENTS) == public
    assert {getattr(explorers, name) for name in public} <= set(RIGHT)


@pytest.mark.parametrize("explorer, name, kind", CASES)
def test_a_bad_value_is_named_by_one_type_of_error(explorer, name, kind):
    for value, error in FURTHER[kind]:
        with pytest.raises((TypeError, ValueError), match=f"^{name}=") as raised:
            explorer(**RIGHT[explorer] | {name: value})
        assert raised.type is error, value


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
