"""The same mistake in an argument gets the same answer from every explorer, with its name in it."""

import subprocess
import sys
from functools import lru_cache

import numpy as np
import pytest

from optimlab import SGD, data, explore, explorers, network
from optimlab.explorers import SurfaceExplorer

BAD = {
    "whole": [
        (True, TypeError), ("5", TypeError), ([5], TypeError), (2.5, TypeError),
        (-1, ValueError), (np.nan, ValueError),
    ],
    "number": [
        (True, TypeError), ("5", TypeError), ([5], TypeError), (-np.inf, ValueError),
        (np.nan, ValueError),
    ],
    "flag": [(1, TypeError), ("yes", TypeError), (None, TypeError)],
    "start": [
        ("5", TypeError), ([None, 1], TypeError), ((), ValueError), ((np.nan, 1), ValueError),
        ((1, 2, 3), ValueError),
    ],
    "limits": [
        (5, TypeError), ("ab", TypeError), ((True, 2), TypeError), ((1, 0.1), ValueError),
        ((0.1, np.nan), ValueError), ((0.1,), ValueError),
    ],
    "target": [
        (5, TypeError), ("ab", TypeError), ((1, 2.5), TypeError), ((1, True), TypeError),
        ((1,), ValueError), ((np.nan, 3), ValueError), ((1, 0), ValueError),
    ],
    "curve": [(3, TypeError), (abs, TypeError), ("wav", ValueError), ("ravine", ValueError)],
    "surface": [(3, TypeError), (abs, TypeError), ("ravin", ValueError), ("wave", ValueError)],
    "rule": [(3, TypeError), (SGD(lr=0.1), TypeError), ("Adams", ValueError)],
    "rules": [(3, TypeError), ([SGD, 3], TypeError), ([], ValueError), (["Adams"], ValueError)],
    "choice": [(3, TypeError), (None, TypeError), ("other", ValueError)],
    "choices": [(3, TypeError), ([3], TypeError), ([], ValueError), (["other"], ValueError)],
    "numbers": [("ab", TypeError), ([True], TypeError), ([], ValueError), ([np.nan], ValueError)],
    "dict": [(3, TypeError), ([1], TypeError), ({"other": 1}, ValueError)],
}  # fmt: skip


@lru_cache
def tips():
    return data.tips().standardised()


@lru_cache
def arms():
    return data.spirals(20, rng=np.random.default_rng(0))


#: explorer -> (what makes it, the kind of each argument that is checked by its kind)
ARGUMENTS = {
    "PathExplorer": (
        lambda **options: explore(**{"function": "ravine"} | options),
        {
            "lr": "number", "steps": "whole", "most_steps": "whole", "names": "whole",
            "start": "start", "rates": "limits", "target": "target", "loss_limits": "limits",
            "rules": "rules", "inspect": "flag", "curves": "choices", "limits": "dict",
        },
    ),
    "SurfaceExplorer": (
        lambda **options: SurfaceExplorer(**{"function": "ravine"} | options),
        {"function": "surface", "samples": "whole", "steps": "whole", "start": "start"},
    ),
    "SchemeExplorer": (
        lambda **options: explorers.SchemeExplorer(**{"function": "parabola"} | options),
        {
            "function": "curve", "names": "choices", "lr": "number", "steps": "whole",
            "most_steps": "whole", "rates": "limits", "target": "target", "start": "start",
        },
    ),
    "StagesExplorer": (
        explorers.StagesExplorer,
        {
            "function": "surface", "momentum": "flag", "mean_square": "flag",
            "bias_correction": "flag", "lr": "number", "beta1": "number", "beta2": "number",
            "start": "start", "steps": "whole", "target": "target",
        },
    ),
    "RareGradientExplorer": (
        explorers.RareGradientExplorer,
        {"beta2": "number", "running_max": "flag", "values": "numbers", "target": "flag"},
    ),
    "FamilyExplorer": (
        explorers.FamilyExplorer,
        {"method": "choice", "start": "start", "steps": "whole", "target": "flag"},
    ),
    "PlaneExplorer": (
        explorers.PlaneExplorer,
        {
            "function": "surface", "rule": "rule", "lr": "number", "momentum": "number",
            "start": "start", "steps": "whole", "most": "number", "target": "number",
        },
    ),
    "RaceExplorer": (
        lambda **options: explorers.RaceExplorer(**{"function": "ravine"} | options),
        {
            "function": "surface", "rules": "rules", "racing": "rules", "lr": "number",
            "given": "dict", "start": "start", "steps": "whole", "rates": "limits",
            "turn": "number", "c": "number", "stretch": "number", "loss_limits": "limits",
        },
    ),
    "StripExplorer": (
        lambda **options: explorers.StripExplorer(**{"function": "wave"} | options),
        {
            "function": "curve", "rule": "rule", "lr": "number", "start": "start",
            "steps": "whole", "rates": "numbers", "starts": "whole", "target": "number",
        },
    ),
    "MapExplorer": (
        lambda **options: explorers.MapExplorer(**{"function": "wave"} | options),
        {
            "function": "curve", "rule": "rule", "rates": "numbers", "starts": "numbers",
            "at": "start", "steps": "whole",
        },
    ),
    "ChordExplorer": (
        lambda **options: explorers.ChordExplorer(**{"function": "wave"} | options),
        {"function": "curve", "ends": "start", "target": "number"},
    ),
    "ConditionExplorer": (
        explorers.ConditionExplorer,
        {"condition": "number", "start": "start", "steps": "whole", "conditions": "numbers"},
    ),
    "SecantExplorer": (
        lambda **options: explorers.SecantExplorer(**{"function": "cubic"} | options),
        {
            "function": "curve", "x": "number", "h": "number", "smallest": "number",
            "largest": "number", "kinds": "choices", "target": "number",
        },
    ),
    "SlicesExplorer": (
        lambda **options: explorers.SlicesExplorer(**{"function": "bowl"} | options),
        {
            "function": "surface", "point": "start", "target": "start", "gradient": "flag",
            "grain": "number",
        },
    ),
    "DirectionExplorer": (
        lambda **options: explorers.DirectionExplorer(**{"function": "bowl"} | options),
        {"function": "surface", "point": "start", "angle": "number", "gradient": "flag"},
    ),
    "GraphExplorer": (
        lambda **options: explorers.GraphExplorer(
            **{"graph": network.cube, "sliders": {"x": (-1, 2, 0.5)}} | options
        ),
        {"sliders": "dict"},
    ),
    "ErrorExplorer": (
        lambda **options: explorers.ErrorExplorer(**{"function": "cubic"} | options),
        {"function": "curve", "x": "number", "h": "number"},
    ),
    "FitExplorer": (
        lambda **options: explorers.FitExplorer(**{"x": [0, 1, 2], "y": [0, 1, 3]} | options),
        {
            "x": "numbers", "y": "numbers", "model": "choice", "start": "start",
            "target": "number",
        },
    ),
    "GridExplorer": (
        lambda **options: explorers.GridExplorer(**{"function": "parabola"} | options),
        {"function": "curve", "points": "whole", "most": "whole", "dimensions": "whole"},
    ),
    "NoiseExplorer": (
        lambda **options: explorers.NoiseExplorer(tips(), **options),
        {"at": "start", "batch_size": "whole", "copies": "whole", "known": "whole"},
    ),
    "BatchExplorer": (
        lambda **options: explorers.BatchExplorer(tips(), **options),
        {
            "lr": "number", "batch_size": "whole", "seed": "whole", "falling": "flag",
            "epochs": "whole", "start": "start", "rates": "limits", "sizes": "numbers",
            "target": "number", "compare": "flag",
        },
    ),
    "BoundaryExplorer": (
        lambda **options: explorers.BoundaryExplorer(arms(), **options),
        {
            "rules": "rules", "rule": "rule", "lr": "number", "batch_size": "whole",
            "seed": "whole", "epochs": "whole", "target": "number", "rates": "limits",
            "pace": "number",
        },
    ),
}  # fmt: skip

CASES = [
    pytest.param(make, name, kind, id=f"{explorer} {name}")
    for explorer, (make, arguments) in ARGUMENTS.items()
    for name, kind in arguments.items()
]


def test_every_public_explorer_is_in_the_table():
    public = {name for name in explorers.__all__ if name not in ("Explorer", "explore")}
    assert set(ARGUMENTS) == public


@pytest.mark.parametrize("make, name, kind", CASES)
def test_a_bad_value_is_named_by_one_type_of_error(make, name, kind):
    for value, error in BAD[kind]:
        with pytest.raises((TypeError, ValueError), match=f"^{name}=") as raised:
            make(**{name: value})
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
