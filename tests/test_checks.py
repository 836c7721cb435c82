"""Every public entry point against the same bad values: one sentence for one mistake.

A new entry point takes one line of `ENTRIES`: what is called, arguments with which it runs, and
the kind of each argument.
"""

import inspect
from collections import namedtuple

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
    functions,
    lessons,
    numerical_gradient,
    optimizers,
)
from optimlab.draw import figures, style
from optimlab.study import (
    analysis,
    conventions,
    data,
    genealogy,
    network,
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
FLAG = kind("      +   T  T   T  T   T   T    T  T     T      T")
DOMAIN = kind("    T   T  T   T  T   T   T    V  V     V      T")  # of the plane
THING = kind("     T   T  T   T  T   T   T    T  T     T      T")  # a Path, a Generator, …

# --- entry points ------------------------------------------------------------------------------

Entry = namedtuple("Entry", "call, right, kinds")
ENTRIES = []


def of(call, right, /, **kinds):
    """Enter a callable: with the arguments `right` it runs; the kinds of what is tried."""
    ENTRIES.append(Entry(call, right, kinds))


F = {"function": "ravine"}
DRAW = np.random.default_rng(0)
LEARNT = data.Data(np.arange(20.0).reshape(10, 2), np.arange(10) % 2, ("no", "yes"))
MEASURED = data.Data(np.arange(10.0)[:, None], np.arange(10.0))
NET = network.Network((3,))
XY = {"params": NET.start(LEARNT), "x": LEARNT.x, "y": LEARNT.y}
LINE = {"x": [0.0, 1.0, 3.0], "y": [0, 1, 1]}
PATH = descend("ravine", SGD(lr=0.1), steps=10)
SWEEP = tuning.sweep("ravine", SGD, [0.1, 0.2], steps=2)
TUNED = tuning.tune("ravine", SGD, steps=2)
TURNED = tuning.rotated("ravine")
RUN = training.Training(NET, LEARNT, SGD(lr=0.1), batch_size=5)
VELOCITY = {"momentum": RATES, "rule": FUNCTION}
SCHEME = {"function": FUNCTION, "lr": RATES, "start": maybe(POINT), "steps": WHOLE}
AT = {"function": FUNCTION, "point": maybe(POINT)}
LEARNING = {"params": THING, "x": LISTED, "y": LISTED}

SQUARE = {"name": "mine", "latex": "x^2", "value": lambda x: x * x, "domain": (-1, 1)}
BELOW_1 = kind("   T   V  V   V  V   T   T    V  V     T      T")  # each in [0, 1)

of(descend, F | {"optimizer": SGD(), "steps": 3}, function=FUNCTION, optimizer=THING,
   start=maybe(POINT), steps=WHOLE, gradient=maybe(THING), record=FLAG)  # fmt: skip
of(PATH.left, {}, domain=maybe(DOMAIN))
of(PATH.summary, {}, domain=maybe(DOMAIN))
of(functions.get, {"name": "ravine"}, name=NAME)
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


ROWS = [
    pytest.param(entry, argument, id=f"{name_of(entry.call)}({argument})")
    for entry in ENTRIES
    for argument in entry.kinds
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: name_of(entry.call))
def test_what_is_right_runs(entry):
    entry.call(**entry.right)


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
of(figures.step_axis, {"ax": AXES, "most_steps": 3}, ax=THING, most_steps=WHOLE, scale=NAME)
of(figures.surface_grid, {"function": "ravine", "samples": 9}, function=FUNCTION,
   domain=maybe(DOMAIN), samples=WHOLE)  # fmt: skip
of(style.rule_style, {"name": "SGD"}, name=TEXT)

of(lessons.Lesson, {"number": "42"}, number=TEXT)
of(lessons.Choice, {"options": {"a": "x", "b": "y"}, "right": "a"}, options=THING, right=NAME)
of(lessons.Number, {"label": "n", "right": 1, "within": 1}, label=TEXT, within=POSITIVE)
of(lessons.Point, {"start": 1, "right": abs, "within": 1}, right=THING, within=POSITIVE)
of(lessons.Sketch, {"columns": [0, 1], "right": abs, "within": 1}, columns=ROW, right=THING,
   within=POSITIVE)  # fmt: skip
of(lessons.Exercise, {"solution": 3}, rtol=maybe(POSITIVE), atol=maybe(POSITIVE), seconds=POSITIVE,
   any_order=FLAG, in_place=FLAG, unchanged=FLAG)  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("entry", "argument"), ROWS)
def test_a_bad_value_is_told_in_one_way(entry, argument):
    wanted = {value: what for value, what in entry.kinds[argument].items() if what != "."}
    assert {value: outcome(entry, argument, BAD[value]) for value in wanted} == wanted


def outcome(entry, argument, value):
    """T, V or + as in `kind`; what was said if that is not the one sentence for one mistake."""
    try:
        entry.call(**entry.right | {argument: value})
    except Exception as error:
        letter = {TypeError: "T", ValueError: "V"}.get(type(error), type(error))
        sentence = f"{argument}={checks.shown(value)}: {argument} must be "
        return letter if str(error).startswith(sentence) else str(error)
    return "+"


# --- who is missing ----------------------------------------------------------------------------

#: whose public names are asked for
MODULES = (
    functions, optimizers, descent, analysis, conventions, data, genealogy, graph, layers, losses,
    network, schemes, tables, training, tuning,
)  # fmt: skip
#: what is not tried, and why
EXEMPT = {
    # results: they are handed out, never made by those who use the package
    "descent.Path", "functions.GradientCheck",
    "study.schemes.SchemeRun", "study.tuning.Sweep", "study.tuning.Tuned",
    "study.tuning.Transformed", "study.genealogy.Method", "study.conventions.Convention",
    "study.network.graph.Node", "study.network.graph.Edge",
    # their dicts of parameters and gradients have tests of their own, in test_optimizers.py
    *(f"optimizers.Optimizer.{name}" for name in (
        "formula_with", "evaluate_rules", "update", "effective_rates"
    )),
    *(f"optimizers.{rule}.probe" for rule in ("Optimizer", "Nesterov")), "optimizers.Optimizer",
    "study.tables.Table",  # its rows are texts: see test_genealogy.py
    # called at every step of a training loop, with what the loop has checked
    "study.network.layers.Network.forward", "study.network.layers.Network.backward",
}  # fmt: skip


def public():
    """Every public function, class and method of the modules."""
    for module in MODULES:
        for name in module.__all__:
            thing = getattr(module, name)
            if not (inspect.isfunction(thing) or inspect.isclass(thing)):
                continue
            yield thing
            if inspect.isclass(thing):
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
        for argument in inspect.signature(call).parameters
        if argument in known
    }
    assert missing - tried == set()


def test_every_function_is_taken_by_its_name():
    for entry in ENTRIES:
        if "function" in entry.kinds:
            assert entry.right["function"] == "ravine"
            entry.call(**entry.right | {"function": functions.ravine})
