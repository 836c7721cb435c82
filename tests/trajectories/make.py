"""Write torch.json: paths of torch.optim in double precision, and its defaults, for the tests.

    python tests/trajectories/make.py

It needs torch (pip install -e '.[bench]'), which the tests do not. torch finds the gradients
itself, from formulas of the surfaces in torch, so nothing of optimlab is in the file.
"""

import inspect
import json
from functools import partial
from pathlib import Path

import torch

STEPS = 200
#: the steps that are kept: the first ones, then every tenth
KEPT = [*range(11), *range(20, STEPS + 1, 10)]

#: name -> the surface in torch, and where the paths start
SURFACES = {
    "ravine": (lambda x, y: x * x / 20 + y * y, (-7.0, 2.0)),
    "bumpy": (lambda x, y: 5 * x * torch.cos(x) + (2 * y - 1) ** 2, (-2.0, 3.0)),
    "rosenbrock": (lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2, (-1.2, 1.0)),
}
#: rule -> torch's class, its fixed arguments in torch's names, and a rate for each surface
RULES = {
    "SGD": ("SGD", {}, (0.3, 0.02, 5e-4)),
    "Momentum": ("SGD", {"momentum": 0.9}, (0.1, 0.01, 1e-4)),
    "Nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}, (0.1, 0.01, 1e-4)),
    "AdaGrad": ("Adagrad", {"eps": 1e-7}, (1.5, 0.5, 0.3)),
    "RMSProp": ("RMSprop", {"alpha": 0.9, "eps": 1e-8}, (0.05, 0.03, 0.005)),
    "AdaDelta": ("Adadelta", {"rho": 0.95, "eps": 1e-6}, (1.0, 3.0, 1.0)),
    "Adam": ("Adam", {"betas": (0.9, 0.999), "eps": 1e-8}, (0.3, 0.1, 0.02)),
    "NAdam": (
        "NAdam", {"betas": (0.9, 0.999), "eps": 1e-8, "momentum_decay": 0.004}, (0.3, 0.1, 0.02),
    ),
    "AdamW": (
        "AdamW", {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.1}, (0.3, 0.1, 0.02),
    ),
}  # fmt: skip


def trajectory(surface, start, make):
    """The kept points of one run."""
    point = torch.tensor(start, requires_grad=True)
    optimizer = make([point])
    points = [point.tolist()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        surface(*point).backward()
        optimizer.step()
        points.append(point.tolist())
    return [points[k] for k in KEPT]


def defaults(cls):
    """Argument -> default of one class, those that JSON can hold."""
    known = inspect.signature(getattr(torch.optim, cls)).parameters.values()
    return {p.name: p.default for p in known if isinstance(p.default, (int, float, tuple))}


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in this
    runs = [
        {
            "rule": rule,
            "surface": name,
            "start": start,
            "lr": lr,
            "points": trajectory(surface, start, partial(getattr(torch.optim, cls), lr=lr, **own)),
        }
        for rule, (cls, own, rates) in RULES.items()
        for (name, (surface, start)), lr in zip(SURFACES.items(), rates, strict=True)
    ]
    rows = ",\n".join(json.dumps(run) for run in runs)
    head = json.dumps({
        "torch": torch.__version__.partition("+")[0],
        "defaults": {cls: defaults(cls) for cls in sorted({cls for cls, _, _ in RULES.values()})},
        "steps": KEPT,
    })  # fmt: skip
    text = f'{head[:-1]}, "runs": [\n{rows}\n]}}\n'
    Path(__file__).with_name("torch.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
