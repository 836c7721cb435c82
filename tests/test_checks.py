"""Every public entry point against the same bad values: one sentence for one mistake.

A new entry point takes one line of `ENTRIES`: what is called, arguments with which it runs, and
the kind of each argument.
"""

import inspect
import tempfile
from collections import namedtuple
from pathlib import Path

import mpl_toolkits.mplot3d
import numpy as np
import pytest

from optimlab import (
    SGD,
    Function,
    Momentum,
    check_gradient,
    checks,
    descend,
    descent,
    explorers,
    functions,
    javascript,
    lessons,
    numerical_gradient,
    optimizers,
)
from optimlab.draw import figures, live, style
from optimlab.study import (
    analysis,
    conventions,
    data,
    genealogy,
    network,
    outcomes,
    schemes,
    tables,
    training,
    tuning,
)
from optimlab.study.network import graph, layers, losses

# --- kinds of arguments ------------------------------------------------------------------------

#: what every argument is given
BAD = {
    "True": True, "int64(5)": np.int64(5), "2.5": 2.5, "-1": -1, "nan": float("nan"), "'5'": "5",
    "None": None, "[]": [], "shape (2, 3, 5)": np.ones((2, 3, 5)), "ragged": [[1], [1, 2]],
    "'no such name'": "no such name",
}  # fmt: skip


def kind(outcomes):
    """{bad value: what comes of it}: T a TypeError, V a ValueError, + nothing, . is not tried."""
    return dict(zip(BAD, outcomes.split(), strict=True))


def maybe(kind):
    """The same, where None stands for a default."""
    return kind | {"None": "+"}


def untried(kind, *values):
    """The same, but for some of the bad values."""
    return kind | dict.fromkeys(values, ".")


#                 True 5  2.5 -1 nan '5' None [] shape ragged name
WHOLE = kind("     T   +  T   V  V   T   T    T  T     T      T")
NUMBER = kind("    T   +  +   +  V   T   T    T  T     T      T")  # any
POSITIVE = kind("  T   +  +   V  V   T   T    T  T     T      T")  # > 0, or >= 0
SHARE = kind("     T   V  V   V  V   T   T    T  T     T      T")  # between 0 and 1
NUMBERS = kind("   T   +  +   +  V   T   T    V  +     T      T")  # one or an array
RATES = kind("     T   +  +   V  V   T   T    V  +     T      T")  # each > 0, or >= 0
ARRAY = kind("     T   +  +   +  +   T   T    V  +     T      T")  # NaN and infinity may be in it
ROW = kind("       T   T  T   T  T   T   T    V  V     T      T")  # a list of numbers
LISTED = kind("    T   V  V   V  V   T   T    V  V     T      T")  # an array of some axes
WHOLES = kind("    T   +  T   V  V   T   T    V  T     T      T")  # one or many
LABELS = kind("    T   V  T   V  V   T   T    V  T     T      T")  # as many as there are rows
POINT = kind("     T   V  V   V  V   T   T    V  V     T      T")  # or many, in the plane
FUNCTION = kind("  T   T  T   T  T   V   T    T  T     T      V")  # or its name; and so for a rule
RULES = kind("     T   T  T   T  T   V   T    V  T     T      V")  # one or a list
NAME = kind("      T   T  T   T  T   V   T    T  T     T      V")  # one of a few
TEXT = kind("      T   T  T   T  T   +   T    T  T     T      +")
NAMES = kind("     T   T  T   T  T   T   T    V  T     T      T")  # a list
CHOSEN = kind("    T   T  T   T  T   V   T    V  T     T      V")  # one or a list of a few
PAIR = kind("      T   T  T   T  T   T   T    V  T     T      T")  # two numbers
BOX = kind("       T   T  T   T  T   T   T    V  V     V      T")  # of a line
DICT = kind("      T   T  T   T  T   T   T    T  T     T      T")
FLAG = kind("      +   T  T   T  T   T   T    T  T     T      T")
DOMAIN = kind("    T   T  T   T  T   T   T    V  V     V      T")  # of the plane
THING = kind("     T   T  T   T  T   T   T    T  T     T      T")  # a Path, a Generator, …

# --- entry points ------------------------------------------------------------------------------

Entry = namedtuple("Entry", "call, right, kinds")
ENTRIES = []


def of(call, right, /, **kinds):
    """Enter a callable: with the arguments `right` it runs; the kinds of what is tried."""
    ENTRIES.append(Entry(call, right, kinds))


def drawn(call, right, /, **kinds):
    """The same for what draws: of the values that are taken, only whole numbers of numpy's."""
    for argument, wanted in kinds.items():
        taken = [value for value, outcome in wanted.items() if outcome == "+"]
        whole = wanted["2.5"] != "+"
        kinds[argument] = untried(wanted, *(v for v in taken if not whole or v != "int64(5)"))
    of(call, right, **kinds)


F = {"function": "ravine"}
DRAW = np.random.default_rng(0)
LEARNT = data.Data(np.arange(20.0).reshape(10, 2), np.arange(10) % 2, ("no", "yes"))
MEASURED = data.Data(np.arange(10.0)[:, None], np.arange(10.0))
NET = network.Network((3,))
XY = {"params": NET.start(LEARNT), "x": LEARNT.x, "y": LEARNT.y}
LINE = {"x": [0.0, 1.0, 3.0], "y": [0, 1, 1]}
PATH = descend("ravine", SGD(lr=0.1), steps=10)
SWEPT = descend("ravine", SGD(lr=np.array([[0.1], [0.2]])), steps=3)
SWEEP = tuning.sweep("ravine", SGD, [0.1, 0.2], steps=2)
TUNED = tuning.tune("ravine", SGD, steps=2)
TURNED = tuning.rotated("ravine")
RUN = training.Training(NET, LEARNT, SGD(lr=0.1), batch_size=5)
VELOCITY = {"momentum": RATES, "rule": FUNCTION}
SCHEME = {"function": FUNCTION, "lr": RATES, "start": maybe(POINT), "steps": WHOLE}
AT = {"function": FUNCTION, "point": maybe(POINT)}
LEARNING = {"params": THING, "x": LISTED, "y": LISTED}

SHOWN, FOLDER = explorers.explore("ravine"), tempfile.TemporaryDirectory()
SQUARE = {"name": "mine", "latex": "x^2", "value": lambda x: x * x, "domain": (-1, 1)}
BELOW_1 = kind("   T   V  V   V  V   T   T    V  V     T      T")  # each in [0, 1)

of(javascript.function_program, F, function=FUNCTION)
of(javascript.rule_program, {"rule": SGD}, rule=FUNCTION, dim=WHOLE | {"int64(5)": "V"})
of(descend, F | {"optimizer": SGD(), "steps": 3}, function=FUNCTION, optimizer=THING,
   start=maybe(POINT), steps=WHOLE, gradient=maybe(THING), record=FLAG)  # fmt: skip
of(PATH.left, {}, domain=maybe(DOMAIN))
of(PATH.summary, {}, domain=maybe(DOMAIN))
of(functions.get, {"name": "ravine"}, name=NAME)
of(functions.parse, {"text": "x^2"}, text=untried(NAME, "'no such name'"))
of(numerical_gradient, {"f": abs, "point": 1.0}, f=FUNCTION, point=ARRAY, h=maybe(RATES),
   method=NAME)  # fmt: skip
of(check_gradient, {"f": abs, "gradient": np.sign, "point": 1.0}, f=FUNCTION, gradient=THING,
   point=ARRAY | {"None": "V"}, tolerance=POSITIVE,
   h=maybe(RATES) | {"shape (2, 3, 5)": "V"})  # fmt: skip
of(Function, SQUARE, name=TEXT, value=THING, gradient=maybe(THING), hessian=maybe(THING),
   domain=DOMAIN, start=maybe(NUMBERS) | {"shape (2, 3, 5)": "V"},
   finite_within=POSITIVE)  # fmt: skip
of(functions.ravine.value, {"point": (1, 2)}, point=POINT)
of(functions.ravine.gradient, {"point": (1, 2)}, point=POINT)
of(functions.ravine.hessian, {"point": (1, 2)}, point=POINT)
of(SHOWN.save, {"path": f"{FOLDER.name}/run.gif"}, path=NAME, moves=maybe(NAMES))
of(SHOWN.put, {}, steps=WHOLE, start=PAIR, lr=kind("T V V V V T T T T T T"))
for one in tuning.RULES:
    below = ("momentum", "rho", "beta1", "beta2")
    of(one, {}, **{h: BELOW_1 if h in below else RATES for h in one.hyperparameters()})
of(optimizers.Adam, {}, bias_correction=FLAG)
of(optimizers.AdamW, {}, bias_correction=FLAG)

of(analysis.curvatures, F, **AT)
of(analysis.factors, F | {"lr": 0.1}, lr=POSITIVE, **AT)
of(analysis.stability_limit, F, **AT)
of(analysis.condition_number, F, **AT)
of(analysis.best_rate, F, **AT)
of(analysis.steps_to_shrink, {"shrink": 0.5}, shrink=RATES, by=SHARE)
of(analysis.momentum_factors, {"curvature": 1, "lr": 0.1, "momentum": 0.5},
   curvature=NUMBERS, lr=RATES, **VELOCITY)  # fmt: skip
of(analysis.momentum_shrink, F | {"lr": 0.1, "momentum": 0.5}, lr=RATES, **AT, **VELOCITY)
of(analysis.momentum_limit, F | {"momentum": 0.5}, **AT, **VELOCITY)
of(analysis.best_momentum, F, rule=FUNCTION, **AT)
of(analysis.measured_shrink, {"path": PATH}, path=THING, minimum=maybe(POINT), above=POSITIVE)
of(analysis.basin, F | {"points": (1, 2)}, function=FUNCTION, points=POINT, tolerance=POSITIVE)
of(analysis.destination, F | {"optimizer": SGD(), "steps": 3}, function=FUNCTION, optimizer=THING,
   start=maybe(POINT), steps=WHOLE, tolerance=POSITIVE, watch=WHOLE)  # fmt: skip
of(analysis.rate_start_map, F | {"rates": [0.1], "starts": [(1, 2)], "steps": 3},
   function=FUNCTION, rates=ROW, starts=POINT, steps=WHOLE, rule=FUNCTION,
   tolerance=POSITIVE)  # fmt: skip

of(outcomes.outcomes, {"path": PATH}, path=THING, domain=maybe(DOMAIN))
of(outcomes.best_run, {"path": SWEPT}, path=THING)
of(outcomes.rate_limit, F | {"optimizer": SGD()}, optimizer=THING, **AT)
of(outcomes.reach, {"domain": ((0, 1), (0, 1))}, domain=DOMAIN)
of(outcomes.basin_map, F | {"optimizer": SGD(), "starts": (1, 2), "steps": 3}, function=FUNCTION,
   optimizer=THING, starts=POINT, steps=WHOLE, domain=maybe(DOMAIN))  # fmt: skip

of(schemes.adapt, F | {"lr": 0.1}, fell=POSITIVE, rose=POSITIVE, undo=FLAG, **SCHEME)
of(schemes.constant, F | {"lr": 0.1}, **SCHEME)
of(schemes.halving, F | {"lr": 0.1}, **SCHEME)
of(schemes.bold_driver, F | {"lr": 0.1}, up=POSITIVE, down=POSITIVE, **SCHEME)

of(tuning.sweep, F | {"rules": SGD, "rates": [0.1], "steps": 2}, function=FUNCTION, rules=RULES,
   rates=ROW, start=maybe(POINT), steps=WHOLE)  # fmt: skip
of(tuning.tune, F | {"rule": Momentum(momentum=0.5), "steps": 2}, function=FUNCTION, rule=FUNCTION,
   rates=ROW, starts=maybe(POINT), steps=WHOLE)  # fmt: skip
of(tuning.lowest, F, function=FUNCTION)
of(tuning.starts, F, function=FUNCTION)
of(tuning.evaluations_to, {"losses": [2, 1], "goal": 1}, losses=LISTED | {"shape (2, 3, 5)": "+"},
   goal=NUMBER)  # fmt: skip
of(tuning.podium, {"found": {"SGD": TUNED}, "criterion": "width", "goal": 1}, found=THING,
   criterion=NAME, goal=NUMBER, places=WHOLE)  # fmt: skip
of(tuning.rotated, F, function=FUNCTION, degrees=NUMBER, about=maybe(POINT))
of(tuning.rescaled, F, function=FUNCTION, c=POSITIVE, factors=RATES | {"shape (2, 3, 5)": "V"})
of(SWEEP.best, {"name": "SGD"}, name=NAME)
of(TUNED.width, {}, times=POSITIVE, goal=maybe(NUMBER))
of(TUNED.evaluations, {"goal": 1}, goal=NUMBER)
of(TUNED.fastest, {"goal": 1}, goal=NUMBER)
of(TURNED.forth, {"points": (1, 2)}, points=POINT)
of(TURNED.back, {"points": (1, 2)}, points=POINT)

of(genealogy.method, {"name": "Adam"}, name=NAME)
of(genealogy.ancestors, {"name": "Adam"}, name=NAME)
of(conventions.conventions_table, {}, rule=maybe(FUNCTION))
of(conventions.pretty, {"line": "w = w - eta*g"}, line=NAME)

of(data.Data, {"x": [[1.0], [2.0]], "y": [1.0, 2.0]}, x=LISTED, y=ROW, classes=maybe(NAMES),
   features=maybe(NAMES), target=TEXT)  # fmt: skip
of(data.Data, {"x": [[1.0], [2.0]], "y": [0, 1], "classes": ("no", "yes")}, y=LABELS)
of(LEARNT.split, {"rng": DRAW}, held_out=SHARE, rng=THING)
of(data.iris, {"features": ["petal_width"]}, features=maybe(NAMES))
of(data.spirals, {"rng": DRAW}, points=WHOLE, noise=POSITIVE, turns=POSITIVE, rng=THING)

of(training.minibatches, {"n": 10, "batch_size": 2, "rng": DRAW}, n=WHOLE, batch_size=WHOLE,
   rng=THING)  # fmt: skip
of(training.cloud, {"data": MEASURED, "rates": [0.1], "batch_size": 5, "seeds": 1, "epochs": 1},
   data=THING, rates=ROW, falling=FLAG, batch_size=WHOLE, seeds=WHOLE, epochs=WHOLE)  # fmt: skip
of(training.streams, {"seed": 0}, seed=WHOLE)
of(training.Training, {"model": NET, "data": LEARNT, "optimizer": SGD(), "batch_size": 5},
   model=THING, data=THING, optimizer=THING, batch_size=maybe(WHOLE), seeds=WHOLES,
   test=maybe(THING))  # fmt: skip
of(RUN.run, {"steps": 1}, steps=untried(WHOLE, "None"))
of(RUN.run, {"epochs": 1}, epochs=untried(WHOLE, "None"))
of(RUN.loss, {}, data=maybe(THING))
of(RUN.accuracy, {}, data=maybe(THING))

of(network.Network, {}, hidden=WHOLES | {"[]": "+"}, activation=NAME)
of(NET.first, {"inputs": 2, "outputs": 2, "rng": DRAW}, inputs=WHOLE, outputs=WHOLE, rng=THING)
of(network.Linear().first, {"inputs": 2, "outputs": 2, "rng": DRAW}, inputs=WHOLE, outputs=WHOLE,
   rng=THING)  # fmt: skip
of(NET.start, {"data": LEARNT}, data=THING, seeds=WHOLES)
of(NET.loss_and_gradients, XY, **LEARNING)
of(NET.loss, XY, **LEARNING)
of(NET.accuracy, XY, **LEARNING)
of(NET.scores, {"params": XY["params"], "x": LEARNT.x}, params=THING, x=LISTED)
of(NET.predict, {"params": XY["params"], "x": LEARNT.x}, params=THING, x=LISTED)
of(network.mean_squared_error, {"scores": [[1.0], [2.0]], "y": [1.0, 2.0]},
   scores=untried(LISTED, "shape (2, 3, 5)"), y=LISTED)  # fmt: skip
of(network.cross_entropy, {"scores": [[1.0, 2.0]], "y": [1]},
   scores=untried(LISTED, "shape (2, 3, 5)"), y=LISTED)  # fmt: skip
of(network.sigmoid, {"z": 0.0}, z=ARRAY)
of(network.softmax, {"scores": [1.0]}, scores=LISTED | {"shape (2, 3, 5)": "+"})
of(network.squared_loss, LINE, x=ROW, y=ROW, domain=maybe(DOMAIN))
of(network.logistic_loss, LINE | {"domain": ((-1, 1), (-1, 1))}, x=ROW, y=ROW, domain=DOMAIN)
of(network.Graph, {"inputs": {"x": 1}, "nodes": network.cube.nodes}, inputs=THING,
   nodes=THING | {"[]": "V"})  # fmt: skip


def name_of(call):
    return f"{inspect.getmodule(call).__name__}.{call.__qualname__}".removeprefix("optimlab.")


PROGRESS = str(Path(__file__).parent / "progress")
NOTEBOOKS = str(Path(__file__).parents[1] / "notebooks")
FIGURE, AXES = figures.panel()
SOLID = mpl_toolkits.mplot3d.Axes3D(FIGURE, auto_add_to_figure=False)
LINE_OF = {"ax": AXES, "function": "wave"}

of(figures.panel, {}, width=POSITIVE, height=POSITIVE, rows=WHOLE, columns=WHOLE)
of(figures.draw_contours, {"ax": AXES, "function": "ravine", "samples": 9}, ax=THING,
   function=FUNCTION, domain=maybe(DOMAIN), samples=WHOLE)  # fmt: skip
of(figures.draw_curve, LINE_OF, ax=THING, samples=WHOLE)
of(figures.draw_path, {"ax": AXES, "path": PATH}, ax=THING, path=THING)
of(figures.draw_surface, {"ax": SOLID, "function": "ravine", "samples": 9}, ax=THING,
   function=FUNCTION, domain=maybe(DOMAIN), samples=WHOLE)  # fmt: skip
of(figures.step_axis, {"ax": AXES, "most_steps": 3}, ax=THING, most_steps=POSITIVE, scale=NAME)
of(figures.surface_grid, {"function": "ravine", "samples": 9}, function=FUNCTION,
   domain=maybe(DOMAIN), samples=WHOLE)  # fmt: skip
of(style.rule_style, {"name": "SGD"}, name=TEXT)
of(style.rule_styles, {"names": ["SGD"]}, names=NAMES)

of(lessons.Lesson, {"number": "42"}, number=TEXT)
of(lessons.Choice, {"options": {"a": "x", "b": "y"}, "right": "a"}, options=THING, right=NAME)
of(lessons.Number, {"label": "n", "right": 1, "within": 1}, label=TEXT, within=POSITIVE)
of(lessons.Point, {"start": 1, "right": abs, "within": 1}, right=THING, within=POSITIVE)
of(lessons.Sketch, {"columns": [0, 1], "right": abs, "within": 1}, columns=ROW, right=THING,
   within=POSITIVE)  # fmt: skip
of(lessons.Exercise, {"solution": 3}, rtol=maybe(POSITIVE), atol=maybe(POSITIVE), seconds=POSITIVE,
   any_order=FLAG, in_place=FLAG, unchanged=FLAG)  # fmt: skip


CURVE, SURFACE = {"function": "wave"}, {"function": "ravine"}
TIPS = data.tips().standardised()
ARMS = data.spirals(20, rng=np.random.default_rng(0))
PLANE = {"function": FUNCTION, "domain": maybe(DOMAIN), "start": maybe(POINT), "steps": WHOLE}
CURVED = {"function": FUNCTION, "domain": maybe(BOX)}
ON_A_LINE = CURVED | {"start": maybe(kind("T + + + V T T V V T T")), "steps": WHOLE}

drawn(explorers.explore, SURFACE, rules=RULES, lr=maybe(POSITIVE), function=FUNCTION,
      start=maybe(POINT), steps=WHOLE)  # fmt: skip
drawn(explorers.PathExplorer, SURFACE, rules=RULES, lr=maybe(POSITIVE), rates=PAIR,
      most_steps=maybe(WHOLE), loss_scale=maybe(NAME), loss_limits=maybe(PAIR), names=maybe(WHOLE),
      inspect=FLAG, curves=CHOSEN, limits=maybe(DICT), target=maybe(PAIR), band=maybe(FLAG),
      gradient=maybe(THING), **PLANE)  # fmt: skip
drawn(explorers.BasinExplorer, SURFACE | {"cells": 10}, rule=FUNCTION, lr=maybe(POSITIVE),
      cells=WHOLE, **PLANE)  # fmt: skip
drawn(explorers.SurfaceExplorer, SURFACE, rules=RULES, lr=maybe(POSITIVE), samples=WHOLE, **PLANE)
drawn(explorers.SchemeExplorer, {"function": "parabola"}, names=CHOSEN, lr=POSITIVE,
      most_steps=maybe(WHOLE), rates=PAIR, target=maybe(PAIR), **ON_A_LINE)  # fmt: skip
drawn(explorers.StagesExplorer, {}, momentum=FLAG, mean_square=FLAG, bias_correction=FLAG,
      lr=POSITIVE, beta1=SHARE, beta2=SHARE, target=maybe(PAIR), **PLANE)  # fmt: skip
drawn(explorers.RareGradientExplorer, {}, beta2=SHARE, running_max=FLAG, values=BELOW_1,
      target=FLAG)  # fmt: skip
drawn(explorers.FamilyExplorer, {}, method=NAME, start=maybe(POINT), steps=WHOLE, target=FLAG)
drawn(explorers.PlaneExplorer, {}, rule=FUNCTION, lr=POSITIVE, momentum=SHARE,
      most=maybe(POSITIVE), target=maybe(SHARE), **PLANE)  # fmt: skip
drawn(explorers.race, SURFACE, rules=RULES, lr=POSITIVE, function=FUNCTION, start=maybe(POINT),
      steps=WHOLE)  # fmt: skip
drawn(explorers.RaceExplorer, SURFACE, function=FUNCTION, rules=RULES, racing=maybe(RULES),
      lr=POSITIVE, given=maybe(DICT), mode=maybe(NAME), start=maybe(POINT), steps=WHOLE, rates=PAIR,
      turn=SHARE, c=SHARE, stretch=SHARE, change=maybe(NAMES) | {"[]": "+"}, target=maybe(NAME),
      loss_limits=maybe(PAIR))  # fmt: skip
drawn(explorers.StripExplorer, CURVE, rule=FUNCTION, lr=POSITIVE, rates=maybe(ROW), starts=WHOLE,
      target=maybe(NUMBER), **ON_A_LINE)  # fmt: skip
drawn(explorers.MapExplorer, CURVE, rule=FUNCTION, rates=maybe(ROW), starts=maybe(ROW),
      at=maybe(PAIR), steps=WHOLE, **CURVED)  # fmt: skip
drawn(explorers.ChordExplorer, CURVE, ends=maybe(PAIR), target=maybe(NUMBER), **CURVED)
drawn(explorers.ConditionExplorer, {}, condition=POSITIVE, start=PAIR, steps=WHOLE,
      conditions=RATES)  # fmt: skip
drawn(explorers.SecantExplorer, {"function": "cubic"}, x=maybe(NUMBER), h=POSITIVE,
      smallest=untried(POSITIVE, "2.5", "int64(5)"), largest=POSITIVE, kinds=CHOSEN,
      target=maybe(POSITIVE), **CURVED)  # fmt: skip
drawn(explorers.SlicesExplorer, {"function": "bowl"}, function=FUNCTION, point=maybe(PAIR),
      target=maybe(PAIR), gradient=FLAG, domain=maybe(DOMAIN), grain=POSITIVE)  # fmt: skip
drawn(explorers.DirectionExplorer, {"function": "bowl"}, function=FUNCTION, point=maybe(PAIR),
      angle=NUMBER, target=maybe(NAME), gradient=FLAG, domain=maybe(DOMAIN),
      grain=POSITIVE)  # fmt: skip
drawn(explorers.GraphExplorer, {"graph": network.cube, "sliders": {"x": (-1, 2, 0.5)}},
      graph=THING, sliders=DICT, target=untried(maybe(PAIR), "ragged"))  # fmt: skip
drawn(explorers.ErrorExplorer, {"function": "cubic"}, function=FUNCTION, x=NUMBER, h=POSITIVE)
drawn(explorers.FitExplorer, LINE, x=ROW, y=ROW, model=NAME, start=PAIR, names=NAMES,
      domain=maybe(DOMAIN), target=maybe(NUMBER))  # fmt: skip
drawn(explorers.GridExplorer, {"function": "parabola"}, function=FUNCTION, domain=maybe(BOX),
      points=WHOLE, most=WHOLE, dimensions=WHOLE)  # fmt: skip
drawn(explorers.NoiseExplorer, {"data": TIPS}, data=THING, at=PAIR, batch_size=WHOLE,
      copies=WHOLE, known=maybe(WHOLE))  # fmt: skip
drawn(explorers.BatchExplorer, {"data": TIPS}, data=THING, lr=POSITIVE, batch_size=WHOLE,
      seed=WHOLE, falling=FLAG, epochs=WHOLE, start=PAIR, rates=PAIR, sizes=ROW,
      target=maybe(POSITIVE), compare=FLAG)  # fmt: skip
drawn(explorers.BoundaryExplorer, {"train": ARMS}, train=THING, test=maybe(THING),
      model=maybe(THING), rules=RULES, rule=FUNCTION, lr=POSITIVE, batch_size=maybe(WHOLE),
      seed=WHOLE, epochs=WHOLE, target=maybe(SHARE), rates=PAIR, pace=maybe(POSITIVE),
      title=maybe(TEXT))  # fmt: skip


def add_mark(name="path", kind="line", ax=None, **look):
    """Declare a mark on a plot of its own."""
    plot = live.LivePlot(FIGURE)
    plot.add(kind, name, AXES if ax is None else ax, **look)


def add_run(name="run", ax=None, look=None, **more):
    live.LivePlot(FIGURE).add_run(name, ax, look, **more)


def add_sketch(x, label="yours", color="k"):
    live.LivePlot(FIGURE).add_sketch(AXES, x, label=label, color=color)


PLOT = live.LivePlot(FIGURE)
PLOT.add("line", "path", AXES)
LOOK = style.rule_style("SGD")
of(live.LivePlot, {"panels": FIGURE}, panels=THING | {"[]": "V"}, alt=TEXT)
of(add_mark, {}, name=TEXT, kind=NAME, ax=maybe(THING), width=POSITIVE, opacity=SHARE,
   by_step=FLAG, color=NAME, dash=maybe(ROW) | {"[]": "+"}, zorder=NUMBER)  # fmt: skip
of(add_mark, {"kind": "points"}, size=POSITIVE, marker=NAME, fill=FLAG)
of(add_mark, {"kind": "label"}, anchor=NAME, offset=PAIR, free=FLAG)
of(add_mark, {"kind": "handle", "at": (0, 0)}, at=ROW, label=TEXT, guess=FLAG, also=THING,
   round=ROW)  # fmt: skip
of(add_run, {"ax": AXES, "look": LOOK}, name=TEXT, ax=THING, look=DICT, dots=POSITIVE,
   width=POSITIVE)  # fmt: skip
of(add_sketch, {"x": [0, 1]}, x=ROW, label=TEXT, color=NAME)
of(PLOT.show, {"frame": {}}, frame=DICT)
of(PLOT.note, {"name": "path", "data": [(0, 1)]}, name=NAME)
of(live.take_off, {"ax": AXES}, ax=THING)

LESSON = lessons.Lesson("42", lessons.Progress(""))
GUESS = lessons.Choice({"a": "Yes.", "b": "No."}, right="a")
LESSON.exercise("half", lessons.Exercise(lambda: 0.5))
LESSON.predict("guess", GUESS)
of(lessons.Lesson, {"number": "42"}, progress=maybe(THING))
of(LESSON.predict, {"name": "guess", "question": GUESS}, name=TEXT, explorer=maybe(THING),
   question=untried(THING, "None"))  # fmt: skip
of(LESSON.target, {"name": "t", "explorer": explorers.Explorer()}, name=TEXT, explorer=THING)
of(LESSON.exercise, {"name": "e", "exercise": lessons.Exercise(3)}, name=TEXT, exercise=THING)
of(LESSON.check, {"name": "half", "given": 0.5}, name=untried(NAME, "'5'", "'no such name'"))
of(LESSON.update, {"kind": "quiz", "item": "1"}, kind=NAME, item=TEXT)
of(lessons.Progress, {"path": ""}, path=maybe(TEXT))
of(lessons.reset, {"lesson": None}, lesson=maybe(TEXT))
of(lessons.keep, {"path": ""}, path=maybe(NAME))
of(lessons.series, {"folder": NOTEBOOKS}, folder=untried(TEXT, "'5'", "'no such name'"))
of(lessons.progress, {"folder": NOTEBOOKS}, folder=TEXT)
of(lessons.class_table, {"folder": PROGRESS}, folder=THING | {"'5'": "+", "[]": "V"}
   | {"'no such name'": "+"})  # fmt: skip
of(lessons.missing, {}, packages=maybe(NAMES) | {"[]": "+"}, least=WHOLES | {"int64(5)": "V"})

ROWS = [
    pytest.param(entry, argument, id=f"{name_of(entry.call)}({argument})")
    for entry in ENTRIES
    for argument in entry.kinds
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: name_of(entry.call))
def test_what_is_right_runs(entry):
    entry.call(**entry.right)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("entry", "argument"), ROWS)
def test_a_bad_value_is_told_in_one_way(entry, argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a text may be taken for a file's name
    wanted = {value: what for value, what in entry.kinds[argument].items() if what != "."}
    assert {value: outcome(entry, argument, BAD[value]) for value in wanted} == wanted


def outcome(entry, argument, value):
    """T, V or + as in `kind`; what was said if that is not the one sentence for one mistake."""
    try:
        entry.call(**entry.right | {argument: value})
    except Exception as error:
        letter = {TypeError: "T", ValueError: "V"}.get(type(error), type(error))
        sentence = f"{argument}={checks.shown(value)}: {argument} must be "
        said = str(error)
        return letter if said.startswith(sentence) and said != sentence else said
    return "+"


# --- who is missing ----------------------------------------------------------------------------

#: whose public names are asked for
MODULES = (
    functions, optimizers, descent, javascript, analysis, conventions, data, genealogy, graph,
    layers, losses, network, outcomes, schemes, tables, training, tuning, explorers,
)  # fmt: skip
#: what is not tried, and why
EXEMPT = {
    # results: they are handed out, never made by those who use the package
    "descent.Path", "differences.GradientCheck",
    "study.schemes.SchemeRun", "study.tuning.Sweep", "study.tuning.Tuned",
    "study.tuning.Transformed", "study.genealogy.Method", "study.conventions.Convention",
    "study.network.graph.Node", "study.network.graph.Edge",
    # their dicts of parameters and gradients have tests of their own, in test_optimizers.py
    *(f"optimizers.Optimizer.{name}" for name in (
        "formula_with", "evaluate_rules", "update", "effective_rates"
    )),
    *(f"optimizers.{rule}.probe" for rule in ("Optimizer", "Nesterov")), "optimizers.Optimizer",
    "explorers.base.Explorer",  # it is subclassed
    "study.tables.Table",  # its rows are texts: see test_genealogy.py
    # called at every step of a training loop, with what the loop has checked
    "study.network.layers.Network.forward", "study.network.layers.Network.backward",
    # with what `forward` has given
    "study.network.graph.Graph.edges", "study.network.graph.Graph.backward",
}  # fmt: skip


def public():
    """Every public function, class and method of the modules."""
    for module in MODULES:
        for name in module.__all__:
            thing = getattr(module, name)
            if not (inspect.isfunction(thing) or inspect.isclass(thing)):
                continue
            yield thing
            if inspect.isclass(thing) and module is not explorers:  # these are made, not called
                for attribute, method in vars(thing).items():
                    if inspect.isfunction(method) and not attribute.startswith("_"):
                        yield method


def test_no_entry_point_is_missing():
    """An argument whose name is tried at one place is tried wherever it is taken."""
    tried = {(name_of(entry.call), argument) for entry in ENTRIES for argument in entry.kinds}
    known = {argument for _, argument in tried}
    missing = {
        (name_of(call), argument)
        for call in public()
        if name_of(call) not in EXEMPT
        for argument, parameter in inspect.signature(call).parameters.items()
        if argument in known and parameter.kind is not parameter.VAR_KEYWORD
    }
    assert missing - tried == set()


def test_every_function_is_taken_by_its_name():
    for entry in ENTRIES:
        if "function" in entry.kinds:
            name = entry.right.get("function", "ravine")  # or that is its default
            assert isinstance(name, str)
            entry.call(**entry.right | {"function": getattr(functions, name)})
            if "function" not in entry.right:  # else its name was tried above
                entry.call(**entry.right | {"function": name})
