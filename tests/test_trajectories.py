"""Every rule beside torch.optim: 200 steps on three surfaces, stored by trajectories/make.py."""

import json
from pathlib import Path

import numpy as np
import pytest

import optimlab
from optimlab import Nesterov, descend

STORED = json.loads((Path(__file__).parent / "trajectories/torch.json").read_text("utf-8"))
RUNS = {f"{run['rule']} on {run['surface']}": run for run in STORED["runs"]}
#: what the script gave torch, where it is not our default
OWN = {"AdamW": {"weight_decay": 0.1}}


def ours(run, **changed):
    rule = getattr(optimlab, run["rule"])(lr=run["lr"], **OWN.get(run["rule"], {}), **changed)
    path = descend(run["surface"], rule, start=run["start"], steps=STORED["steps"][-1])
    points = path.points
    if isinstance(rule, Nesterov):  # torch stores the look-ahead point
        points = points + rule.momentum * path.states["v"]
    return points[STORED["steps"]], np.abs(path.points).max()


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_the_path_is_that_of_torch(run):
    points, largest = ours(run)
    np.testing.assert_allclose(points, run["points"], rtol=0, atol=1e-12 * largest)


def test_nothing_is_missing_and_every_path_goes_somewhere():
    assert STORED["torch"] and STORED["steps"][-1] == 200
    names = {name for name in optimlab.optimizers.__all__ if name != "Optimizer"}
    assert {run["rule"] for run in RUNS.values()} == names
    assert len(RUNS) == 3 * len(names)
    for name, run in RUNS.items():
        points = np.array(run["points"])
        assert np.isfinite(points).all() and np.ptp(points, axis=0).max() > 0.05, name


def test_another_hyperparameter_would_be_noticed():
    run = RUNS["Adam on ravine"]
    points, largest = ours(run, eps=1e-7)
    assert np.abs(points - run["points"]).max() > 1e-9 * largest
