"""One text for each rule: what is read in it, that both programs run it, and what is refused."""

import ast
import pickle
import re
import time
from inspect import signature

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from wire import inspected

from optimlab import SGD, Adam, AdamW, Momentum, NAdam, Nesterov, descend, explore, functions
from optimlab import optimizers as module
from optimlab.attributes import hyperparameter
from optimlab.descent import is_plain
from optimlab.optimizers import Optimizer
from optimlab.programs import _calls, compiled
from optimlab.rules import evaluate, parse, rate, read, work_out

slow = settings(max_examples=80)
NINE = [getattr(module, name) for name in module.RULES]


def own(*lines, probe="w", **defaults):
    """A rule of one's own; `b` is known to be less than 1."""
    share = {"b": hyperparameter(defaults.pop("b"), below=1)} if "b" in defaults else {}
    body = {"rules": lines, "probe_rule": probe, **defaults, **share}
    return type("Own", (Optimizer,), body)


class FixedLength(Optimizer):
    """Steps of the same length in every coordinate, however steep the slope is."""

    rules = ("w = w - eta*g/(sqrt(g*g) + delta)",)
    eps = 1e-9


class Kicked(Optimizer):
    """Momentum with a memory of its own kind."""

    rules = ("v = c*v + g", "w = w - eta*v")
    c = 0.5


# --- what is read in the lines -----------------------------------------------------------------


def test_what_is_an_array_follows_from_the_lines():
    rule = read(("k = eta*t", "s = g*k", "q = m + k", "m = s", "n = n*k", "w = w - q*n"))
    assert rule.arrays == {"w", "g", "s", "q", "m"}
    assert rule.slots == ("m",) and rule.running == ("n",) and rule.symbols == ("eta",)
    assert read(("a = b", "b = g", "w = w - a")).slots == ("b",)  # a is one because b is
    assert read(("v = 0 - eta*g", "w = w + v"), "w + v").slots == ("v",)  # only looked ahead from


@pytest.mark.parametrize("rule", NINE)
def test_all_else_follows_from_the_lines(rule):
    lines = read(rule.rules, rule.probe_rule)
    assert rule.slots == lines.slots and set(rule.symbols) == {"eta", *lines.symbols}
    for name in ("slots", "symbols", "_step", "__init__", "rate_rule", "probe", "update"):
        assert name not in vars(rule) or name in ("slots", "symbols"), name
    assert [p.name for p in signature(rule).parameters.values()] == [
        *rule.hyperparameters(), *rule.switches
    ]  # fmt: skip


def test_constructors_are_what_they_were():
    shown = {rule.__name__: str(signature(rule)) for rule in NINE}
    means = "lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08, *"
    assert shown == {
        "SGD": "(lr=0.01)",
        "Momentum": "(lr=0.01, momentum=0.9)",
        "Nesterov": "(lr=0.01, momentum=0.9)",
        "AdaGrad": "(lr=0.01, eps=1e-07)",
        "RMSProp": "(lr=0.01, rho=0.9, eps=1e-08)",
        "AdaDelta": "(lr=1.0, rho=0.95, eps=1e-06)",
        "Adam": f"({means}, bias_correction=True)",
        "NAdam": f"({means}, momentum_decay=0.004)",
        "AdamW": f"({means}, weight_decay=0.01, bias_correction=True)",
    }
    for wrong in ({"rate": 1}, {"lr": 1, "eps": 1}):
        with pytest.raises(TypeError, match=r"^SGD\(lr=0.01\): .*unexpected keyword"):
            SGD(**wrong)
    with pytest.raises(TypeError, match="too many positional"):
        AdamW(1, 0, 0, 0, 0.5)


RATES = {
    "SGD": "eta", "Momentum": "eta", "Nesterov": "eta",
    "AdaGrad": "eta / (sqrt(h) + delta)",
    "RMSProp": "eta / (sqrt(r) + delta)",
    "AdaDelta": "eta * sqrt(u + delta) / sqrt(r + delta)",
    "Adam": "eta / (sqrt(v_hat) + delta)",
    "NAdam": "eta / (sqrt(v_hat) + delta)",
    "AdamW": "eta / (sqrt(v_hat) + delta)",
}  # fmt: skip


def test_the_rate_is_found_in_the_lines():
    assert {rule.__name__: rule.rate_rule() for rule in NINE} == RATES
    assert Adam(bias_correction=False).rate_rule() == "eta / (sqrt(v) + delta)"
    assert FixedLength.rate_rule() == "eta / (sqrt(g * g) + delta)"
    for lines, factor in [
        (("d = g/(sqrt(g*g) + c)", "w = w - eta*d"), "eta * 1.0 / (sqrt(g * g) + c)"),
        (("k = eta/(1 + c*t)", "w = w - k*g"), "k"),
        (("w = w - eta*(g + c*v)", "v = g"), "eta"),
        (("v = c*v + g", "w = w - eta*v"), "eta"),
        (("w = w - c*g",), "c"),
        (("w = w - g*c/t",), "c / t"),
        (("w = w - eta*((2*g)*3)",), "2.0 * 3.0 * eta"),
        (("w = w - eta*(c*w + g)",), "eta"),
    ]:
        assert own(*lines, c=0.5).rate_rule() == factor, lines
    assert rate(read(("w = w - eta*sqrt(h)", "h = g*g"))) == {}


def test_effective_rates_of_own_rules():
    path = descend("ravine", FixedLength(lr=0.3), steps=5)
    assert_allclose(path.rates, 0.3 / np.abs(path.gradients))
    shrinking = own("k = k*c", "w = w - eta*k*g", c=0.5)
    rates = descend("ravine", shrinking(lr=0.4), start=np.ones((3, 2)), steps=3).rates
    assert_allclose(rates[:, 0, 0], [0.2, 0.1, 0.05]) and rates.shape == (3, 3, 2)
    sweep = shrinking(lr=0.4, c=np.array([[0.5], [1.0]]))
    assert_allclose(descend("ravine", sweep, steps=2).rates[:, :, 0], [[0.2, 0.4], [0.1, 0.4]])
    assert descend("ravine", shrinking(lr=0.4), steps=0).rates.shape == (0, 2)
    with pytest.raises(TypeError, match=re.escape("no rate multiplies the gradient in 'h = g*g'")):
        _ = descend("ravine", own("w = w - eta*sqrt(h)", "h = g*g")(), steps=2).rates


# --- random rules: both programs, and plain evaluation -------------------------------------------

NUMBERS, ARRAYS = ("a", "b", "c", "eta", "t", "b**t", "0.5", "2", "k"), ("w", "g", "m", "v", "s")


def number(depth):
    leaf = st.sampled_from(NUMBERS)
    if depth == 0:
        return leaf
    less = number(depth - 1)
    return st.one_of(
        leaf,
        st.builds("({} {} {})".format, less, st.sampled_from("+-*/"), less),
        st.builds("{}({})".format, st.just("sqrt"), less),
        st.builds("({})**{}".format, less, st.sampled_from(["2", "3", "0.5", "t", "(t + 1)", "c"])),
    )


def array(depth):
    leaf = st.sampled_from(ARRAYS)
    if depth == 0:
        return leaf
    less, n, sign = array(depth - 1), number(1), st.sampled_from("+-*/")
    return st.one_of(
        leaf,
        st.builds("({} {} {})".format, less, sign, less),
        st.builds("({} {} {})".format, n, sign, less),
        st.builds("({} {} {})".format, less, sign, n),
        st.builds("({}/{})".format, less, n),
        st.builds("sqrt({0}*{0} + {1})".format, less, n),
        st.builds("sqrt({})".format, less),
        st.builds("sqrt((0 - {0}*{0})/{1})".format, less, n),
        st.builds("({})**{}".format, less, st.sampled_from(["1", "2", "3", "0.5"])),
    )


LINE = st.one_of(
    st.builds("k = {}".format, number(2)),
    st.builds("{} = {}".format, st.sampled_from(ARRAYS), array(2)),
    st.builds("{} = {}".format, st.sampled_from("mvs"), number(1)),
)
RULES = st.builds(
    lambda lines, last: (*lines, f"w = w - {last}"),
    st.lists(LINE, min_size=1, max_size=3),
    array(3),
)
VALUES = st.floats(0, 3).map(lambda x: round(x, 3))
HYPERS = st.fixed_dictionaries(
    {"a": VALUES, "b": st.sampled_from([0.0, 0.25, 0.9, 0.999]), "c": VALUES, "lr": VALUES}
)


PROBES = st.sampled_from(
    ["w", "w + a*v", "w - a*m/2", "(1 - b)*w + v*v", "v/c + b*b*w", "w + sqrt(s*s) - a*v"]
)


def made(lines, hypers, probe="w"):
    """The rule, or None if the lines are none; only `k` may be a number that is carried."""
    lines = tuple(lines)
    for name, line in (("k", "k = 0.75"), ("m", "m = g"), ("v", "v = v/2 + g"), ("s", "s = w*g")):
        if name in "".join((*lines, probe)) and not any(each.startswith(name) for each in lines):
            lines = (line, *lines)
    try:
        rule = own(*lines, probe=probe, **{"a": 0.5, "b": 0.5, "c": 0.5})
    except ValueError as error:  # an array as exponent, say, or a constant that is infinite
        known = "raised|finite|divides by zero|no line changes w|not known where"
        assert re.search(known, str(error)), lines
        return None
    return rule(**{name: hypers[name] for name in rule.hyperparameters()})


STARTS = np.array([(-7.0, 2.0), (0.5, -0.25), (0.0, 3.0)])


@slow
@given(lines=RULES, hypers=HYPERS, probe=PROBES)
def test_one_point_and_many_give_the_same_bits(lines, hypers, probe):
    optimizer = made(lines, hypers, probe)
    if optimizer is None:
        return
    batch = descend("ravine", optimizer, STARTS, 6)
    bare = descend("ravine", optimizer, STARTS, 6, record=False)
    for i, start in enumerate(STARTS):
        assert is_plain(optimizer, 2)
        single = descend("ravine", optimizer, start, 6)
        for name in ("points", "losses", "probes", "gradients"):
            assert_array_equal(getattr(batch, name)[:, i], getattr(single, name), str(lines))
        for slot in optimizer.slots:
            assert_array_equal(batch.states[slot][:, i], single.states[slot], str(lines))
    assert_array_equal(bare.end, batch.end)


class Bar:
    """A value of plain evaluation, and how far rounding may take it."""

    def __init__(self, value, error=0.0):
        self.value, self.error = value, error

    @staticmethod
    def of(op, left, right=None):
        """One operation; the error is infinite where a change of the last bit may change all."""
        a, x = left.value, left.error
        if right is None:
            value = np.sqrt(a)
            error = np.where(a > 2 * x, x / np.sqrt(a - x), np.where(x == 0, 0, np.inf))
        else:
            b, y = right.value, right.error
            if isinstance(op, ast.Add | ast.Sub):
                value, error = (a + b if isinstance(op, ast.Add) else a - b), x + y
            elif isinstance(op, ast.Mult):
                value, error = a * b, np.abs(a) * y + np.abs(b) * x + x * y
            elif isinstance(op, ast.Div):
                value = a / b
                far = np.abs(b) > 2 * y
                error = np.where(far, (x + np.abs(value) * y) / (np.abs(b) - y), np.inf)
            else:
                value = a**b
                wide = (a + x) ** (b + y) - np.maximum(a - x, 0) ** np.maximum(b - y, 0)
                error = np.where(a > 0, np.abs(wide), np.where(x + y == 0, 0, np.inf))
                error = error + 2 * np.abs(b) * np.spacing(np.abs(value))
        size = np.abs(value)
        usual = (size > 1e-100) & (size < 1e100) | (size == 0)
        rounding = np.where(usual, np.spacing(size), np.inf)
        return Bar(value, error + rounding)


def with_bars(tree, known):
    if isinstance(tree, ast.Constant):
        return Bar(np.float64(tree.value))
    if isinstance(tree, ast.Name):
        return known[tree.id]
    if isinstance(tree, ast.Call):
        return Bar.of(None, with_bars(tree.args[0], known))
    return Bar.of(tree.op, with_bars(tree.left, known), with_bars(tree.right, known))


@slow
@given(lines=RULES, hypers=HYPERS)
def test_a_step_is_plain_evaluation_of_the_lines(lines, hypers):
    optimizer = made(lines, hypers)
    if optimizer is None:
        return
    known = {s: Bar(np.float64(hypers[n])) for s, n in optimizer.symbols.items()}
    w, rule = STARTS.copy(), optimizer._read()
    known |= {slot: Bar(np.zeros_like(w)) for slot in rule.slots}
    known |= {name: Bar(np.float64(1)) for name in rule.running}
    known["w"], params = Bar(w.copy()), {"w": w}
    with np.errstate(all="ignore"):
        for t in (1, 2, 3):
            g = np.cos(t * STARTS) + 0.1
            known["g"], known["t"] = Bar(g), Bar(np.float64(t))
            for line in rule.lines:
                known[line.target] = with_bars(line.tree, known)
            optimizer.update(params, {"w": g})
            found = {"w": w} | {slot: optimizer.state[slot]["w"] for slot in rule.slots}
            for name, values in found.items():
                value, error = np.broadcast_arrays(known[name].value, known[name].error, w)[:2]
                sure = np.isfinite(value) & np.isfinite(error)
                assert np.all(np.abs(values - value)[sure] <= 8 * error[sure]), (lines, name, t)
                # on from here together, so that what was not sure is not carried along
                known[name] = Bar(values.copy())


@slow
@given(lines=RULES, hypers=HYPERS, which=st.sampled_from(["itself", "reversed", "rows"]))
def test_a_gradient_that_is_part_of_the_parameters(lines, hypers, which):
    optimizer = made(lines, hypers)
    if optimizer is None:
        return
    results = []
    for shared in (True, False):
        rule, w = optimizer.fresh(), STARTS.copy()
        for _ in range(3):
            g = {"itself": w, "reversed": w[::-1], "rows": w[[0]] if not shared else w[:1]}[which]
            rows = w if which != "rows" else w[1:2]
            before = g.copy()
            rule.update({"w": rows}, {"w": g if shared else before})
        results.append(w)
        assert not any(np.shares_memory(a["w"], w) for a in rule.state.values())
    assert_array_equal(*results)


# --- what is easy to get wrong -------------------------------------------------------------------

TRICKY = {
    "an array changes after a line that reads it": ("s = w*2", "w = w - g", "v = v + s"),
    "and before the line that uses it": ("s = v/2", "v = v + g", "w = w - eta*s*v"),
    "slots change places": ("s = m", "m = v + g", "v = s", "w = w - m - v"),
    "without another array": ("m = v", "v = m + g", "w = w - v"),
    "as Polyak wrote it": ("s = w - eta*g + c*(w - m)", "m = w", "w = s"),
    "a slot is a copy of w": ("m = w", "w = w - eta*(g + m)"),
    "a slot is a copy of g": ("w = w - eta*m", "m = g"),
    "a number fills an array": ("s = eta", "s = s*g", "w = w - s"),
    "a number fills a slot": ("w = w - eta*g - m", "m = m*g", "m = 0.25"),
    "the gradient is changed": ("g = g + c*w", "m = c*m + g", "w = w - eta*m - g"),
    "w changes twice": ("w = w - c*w", "w = w - eta*g"),
    "a name is used again": ("s = g*g", "q = s + 1", "s = g/q", "w = w - eta*s - q"),
    "a number is used again": ("k = eta", "s = k*g", "k = k/2", "w = w - k*s - k*g"),
    "a running number is used before and after": ("s = k*g", "k = k*c", "w = w - s - k*g"),
    "and stands alone": ("w = w - k*g", "k = k + 1", "k = k*c"),
    "nothing is done to a division": ("s = g/c", "w = w - s"),
    "nor to one in a root": ("w = w - sqrt(g*g/c)",),
    "a root of what may be negative": ("s = g/(c - 1)", "w = w - sqrt(s*s/(c - 2) + s*s*4)"),
    "a root of a division by a negative number": ("w = w - sqrt((0 - g*g)/(c - 1))",),
    "a sum of divisions": ("w = w - (g/c + w/eta)/(sqrt(g*g)/c + 1)",),
    "a number over a division": ("w = w - eta/(g/c)",),
    "divisions of divisions": ("s = g/c/eta", "q = c/(s/2)", "w = w - s/(q/eta)/t"),
    "a number minus a division": ("w = w - (c - g/eta)*c",),
    "a power of a sum": ("s = (g + w)**3", "w = w - eta*s*(w/c)**2"),
    "a power of a root": ("w = w - eta*(sqrt(g*g))**3 - (g*g)**0.5*c",),
    "powers of t": ("s = g/(1 - c**t)", "w = w - eta*0.5**t*s/(1 - (c/2)**t) - g*t**c"),
    "a power of a number that moves": ("k = k*c", "w = w - eta*k**t*g"),
    "a long sum": ("w = w - " + " - ".join(["eta*g", "g/c", "w*c", "g*w", "2", "m"]), "m = w"),
    "one array in many places": ("s = g*c", "q = s*s", "w = w - eta*s/(q*s + q)"),
    "nothing is kept": ("s = g*g", "q = w*w", "w = w - eta*g"),
}


@pytest.mark.parametrize("lines", TRICKY.values(), ids=TRICKY)
def test_tricky_rules(lines):
    """Three steps of both programs against the lines as they stand, at points without rounding."""
    rule = own(*lines, **({"c": 0.75} if any("c" in line for line in lines) else {}))
    for at in (STARTS + 0.125, np.array([[3.0, -2.0]])):
        optimizer, w, state = rule(lr=0.5), at.copy(), {}
        path = descend("ravine", rule(lr=0.5), at[0], 3, gradient=lambda p, k: p + k)
        for t in (1, 2, 3):
            g = w + (t - 1)
            after = optimizer.evaluate_rules(w.copy(), g, state, t)
            optimizer.update({"w": w}, {"w": g})
            assert_allclose(w, after["w"], rtol=1e-13, atol=1e-13)
            for slot in rule.slots:
                state[slot] = np.broadcast_to(after[slot], w.shape).copy()
                assert_allclose(optimizer.state[slot]["w"], after[slot], rtol=1e-13)
            assert_array_equal(path.points[t], w[0])


def test_what_plain_floats_raise_is_infinity_or_nan():
    for lines in [
        ("w = w - eta*g/sqrt(g*g)",),  # 0/0
        ("w = w - eta/c*g",),  # a number, 1/0
        ("k = sqrt(c - 1)", "w = w - k*g"),
        ("w = w - 10**(t*400)*g",),  # too large a power
        ("w = w - g*(c - 1)**0.25",),  # a complex one
        ("w = w - sqrt(g)",),
        ("w = w - eta*g/(t - 1)",),
        ("w = w - (1 - 1)*g/c",),
    ]:
        rule = own(*lines, **({"c": 0.0} if "c" in "".join(lines).replace("sqrt", "") else {}))
        for start in ((-7.0, 0.0), (3.0, 2.0)):
            seen = []

            def gradient(point, step, seen=seen):
                seen.append(step)
                return functions.ravine.gradient(point)

            single = descend("ravine", rule(lr=0.5), start, 4, gradient=gradient)
            batch = descend("ravine", rule(lr=0.5), [start], 4)
            assert seen == list(range(len(seen))) and len(set(seen)) == len(seen)
            assert_array_equal(single.points, batch.points[:, 0])
            assert_array_equal(single.gradients, batch.gradients[:, 0])
            assert single.diverged == batch[0].diverged and single.summary() == batch[0].summary()
            assert single.optimizer.t == batch.optimizer.t == 4


def test_an_error_of_the_gradient_is_its_own():
    for error in (ZeroDivisionError, ValueError, OverflowError):

        def gradient(point, step, error=error):
            if step == 2:
                raise error("mine")
            return point

        with pytest.raises(error, match="mine"):
            descend("ravine", Nesterov(lr=0.1), steps=5, gradient=gradient)


def test_a_look_ahead_of_ones_own():
    ahead = own("v = c*v - eta*g", "w = w + v", probe="w + c*v/2 - c", c=0.5)
    path = descend("ravine", ahead(lr=0.1), steps=5)
    assert_array_equal(path.probes, path.points[:-1] + 0.5 * path.states["v"][:-1] / 2 - 0.5)
    batch = descend("ravine", ahead(lr=0.1), start=[(-7, 2)], steps=5)
    assert_array_equal(batch.points[:, 0], path.points)
    assert ahead.formula()[0] == r"g = \nabla f(w + \frac{\mathrm{c}\,v}{2} - \mathrm{c})".replace(
        r"\mathrm{c}", "c"
    )
    one = descend("parabola", own("v = g", "w = w - eta*v", probe="w/v")(lr=0.1), steps=3)
    assert one.diverged == 1  # w/0, before anything is measured


def test_numbers_are_carried_whatever_is_switched():
    switched, steady = Adam(lr=0.1), Adam(lr=0.1)
    a, b = {"w": np.ones(2)}, {"w": np.ones(2)}
    for k in range(6):
        switched.bias_correction = k not in (2, 3)
        switched.update(a, {"w": np.array([1.0, -2.0])})
        steady.update(b, {"w": np.array([1.0, -2.0])})
        if k == 1:
            assert_array_equal(a["w"], b["w"])
    assert switched._carried == steady._carried and switched.t == 6
    restored = pickle.loads(pickle.dumps(switched))
    path = descend("ravine", NAdam(lr=0.1), steps=7)  # on floats; then on by hand
    for one in (path.optimizer, restored):
        one.update({"point": np.ones(2)}, {"point": np.ones(2)})
    longer = NAdam(lr=0.1)
    for _ in range(8):
        longer.update({"w": np.ones(2)}, {"w": np.ones(2)})
    assert path.optimizer._carried == longer._carried


def test_arrays_of_any_kind_and_many_coordinates():
    rng = np.random.default_rng(0)
    center = rng.normal(size=30)
    for rule in (Momentum(lr=0.1), Adam(lr=0.1), FixedLength(lr=0.1)):
        path = descend(lambda p: ((p - center) ** 2).sum(-1), rule, np.zeros(30), 5,
                       gradient=lambda p, k: 2 * (p - center))  # fmt: skip
        for i in (0, 29):
            pair = descend(lambda p: 0.0 * p[..., 0], rule, np.zeros(2), 5,
                           gradient=lambda p, k, i=i: 2 * (p - center[i]))  # fmt: skip
            assert_array_equal(path.points[:, i], pair.points[:, 0])


# --- showing -------------------------------------------------------------------------------------


def test_own_names_as_latex():
    rule = own(
        "x_old = w*beta2",
        "d_hat = sqrt(x_old*g)/(clip + 1e-9)",
        "w = w - (eta*d_hat)**2 - (g/w)**2*x_old - 250000*mu",
        clip=1, beta2=0.5, mu=0,
    )  # fmt: skip
    assert rule.formula()[1:] == [
        r"x_{\mathrm{old}} = w\,\beta_2",
        r"\hat{d} = \frac{\sqrt{x_{\mathrm{old}} \odot g}}{\mathrm{clip} + 10^{-9}}",
        r"w \leftarrow w - (\eta\,\hat{d})^{2} - (\frac{g}{w})^{2} \odot x_{\mathrm{old}} - "
        r"250000\,\mu",
    ]
    lines = own("k = c**t", "w = w - k*g", c=1e-5)().formula_with(1.0, 2.0, t=2)
    assert lines[1:] == [
        r"k = (10^{-5})^{2} = 10^{-10}", r"w \leftarrow 1 - 10^{-10} \cdot 2 = 1"
    ]  # fmt: skip


def test_own_rules_are_shown_with_their_own_state():
    kicked = explore(
        "ravine", Kicked, lr=0.1, steps=8, curves=("loss", "v"), inspect=True
    )
    assert inspected(kicked)[2].startswith("v←c·v+g=0.5·(")
    state = kicked.paths["Kicked"].states["v"]
    assert_array_equal(state, descend("ravine", Kicked(lr=0.1), steps=8).states["v"])
    assert {"v Kicked x", "v Kicked y"} <= {mark["name"] for mark in kicked.plot.marks}
    other = own("q_x = q_x*c + g", "w = w - eta*q_x", c=0.5)
    assert "q_x" in descend("ravine", other(), steps=2).states
    other = explore("ravine", other, curves=("loss", "q_x"), inspect=True)
    assert "qx←qx·c+g" in inspected(other)[2]
    kicked.close()


def test_state_of_an_own_rule():
    optimizer, params = Kicked(lr=0.1), {"x": 1.0, "y": np.ones(2)}
    assert optimizer.v is None and optimizer.state == {}
    assert repr(optimizer) == "Kicked(lr=0.1, c=0.5)"
    optimizer.update(params, {"x": 2.0, "y": np.ones(2)})
    assert optimizer.state["v"]["x"] == 2.0 and optimizer.v is optimizer.state["v"]
    optimizer.v = None
    assert optimizer.state == {} and optimizer.fresh().t == 0
    optimizer.c = np.array([0.1, 0.2])
    assert optimizer.c.tolist() == [0.1, 0.2] and Kicked.c == 0.5
    with pytest.raises(ValueError, match=re.escape("c=-1: c must be")):
        optimizer.c = -1


# --- one text ------------------------------------------------------------------------------------


def test_what_is_shown_is_what_runs():
    optimizer = SGD(lr=0.5)
    optimizer.rules = ("w = w + eta*g",)
    params = {"x": 1.0}
    optimizer.update(params, {"x": 1.0})
    assert optimizer.formula()[1] == r"w \leftarrow w + \eta\,g" and params["x"] == 1.5
    assert descend("parabola", optimizer, 4.0, 1).end == 6.0


def test_a_subclass_runs_on_floats_as_its_rule_does():
    class Renamed(Momentum):
        """Its lines are Momentum's."""

        lr = 0.25

    class Warmed(Momentum):
        """The lines of Momentum with a rate that grows."""

        rules = ("v = alpha*v - eta*t/(t + warm)*g", Momentum.rules[1])
        warm = 5

    assert signature(Warmed) == signature(lambda lr=0.01, momentum=0.9, warm=5: None)
    assert repr(Renamed()) == "Renamed(lr=0.25, momentum=0.9)" and is_plain(Renamed(), 2)
    ours = descend("ravine", Momentum(lr=0.25), steps=9)
    assert_array_equal(descend("ravine", Renamed(), steps=9).points, ours.points)
    assert is_plain(Warmed(), 2) and is_plain(FixedLength(), 2)
    first = descend("ravine", Warmed(lr=0.6), steps=1).end
    assert_allclose(first, descend("ravine", Momentum(lr=0.1), steps=1).end)

    class Scheduled(Momentum):
        """An update of its own, which therefore runs as it is."""

        def update(self, params, grads):
            super().update(params, grads)
            self.lr *= 0.5

    class Peeking(Momentum):
        def probe(self, params):
            return params

    class Taken(SGD):
        def __init__(self, rate):
            super().__init__(lr=rate / 2)

    for one in (Scheduled(lr=0.2), Peeking(lr=0.2)):
        assert not is_plain(one, 2)
    assert_allclose(descend("ravine", Scheduled(lr=0.2), steps=3).rates[0], 0.025)
    assert repr(Taken(1)) == "Taken(lr=0.5)" and str(signature(Taken)) == "(rate)"
    assert is_plain(Taken(1), 2)


def test_an_optimizer_of_ones_own_without_lines():
    class Sign(Optimizer):
        def update(self, params, grads):
            for key, g in grads.items():
                params[key] = params[key] - self.lr * np.sign(g)

    assert descend("parabola", Sign(lr=0.5), 4.0, 2).points.tolist() == [4, 3.5, 3]
    with pytest.raises(NotImplementedError, match="Optimizer has no update rule"):
        Optimizer(lr=0.1).update({"x": 1.0}, {"x": 1.0})


def test_own_names_for_hyperparameters():
    class Book(Optimizer):
        """As the Deep Learning book writes it: ε is the rate, δ the small number."""

        rules = ("r = r + g*g", "w = w - eps/(delta + sqrt(r))*g")
        symbols = {"eps": "lr", "delta": "small"}
        small = 1e-7

    class Named(Optimizer):
        rules = "w = w - lr*g"  # a single line

    class Halved(Book):
        rules = (*Book.rules, "w = w - eps*r/2")

    assert str(signature(Book)) == "(lr=0.01, small=1e-07)" and Book.symbols["eps"] == "lr"
    ours = own("r = r + g*g", "w = w - eta/(c + sqrt(r))*g", c=1e-7)
    paths = [descend("ravine", rule(lr=0.1), steps=3).points for rule in (Book, ours)]
    assert_array_equal(*paths)
    assert Book.rate_rule() == "eps / (delta + sqrt(r))" and Named.rate_rule() == "lr"
    assert Named(lr=1).rules == ("w = w - lr*g",) and Halved.symbols == Book.symbols


# --- bad input -----------------------------------------------------------------------------------

NO_RULES = {
    ("w - eta*g",): "it sets nothing",
    ("w = w - eta*",): "position 13, a number, a variable or a bracket is missing before the end",
    ("",): "it sets nothing",
    ("w = v = g",): "it is no formula",
    ("w += g",): "it is no formula",
    ("w: g = 1",): "it is no formula",
    ("w = w - g; v = g",): "it is no formula",
    ("w = w - g\nv = g",): "it is no formula",
    ("if w = g",): "it is no formula",
    ("lambda = g", "w = w - g"): "lambda cannot be set",
    ("w = w - (g if w else w)",): "if is no part of a formula",
    ("w = w - (g, w)",): "position 11, ',' cannot be read",
    ("w = w[0]",): "'[' cannot be read: write (…)",
    ("w = w @ g",): "only",
    ("w = w // g",): "position 8, a number, a variable or a bracket is missing before '/'",
    ("w = w % g",): "write a share as a number",
    ("w = -g",): "position 5, write 0 - x for -x",
    ("w = w - 'g'",): "only",
    ("w = w - g.real",): "position 10, '.' cannot be read",
    ("w = __import__(g)",): "a name begins with a letter",
    ("w = sqrt",): "sqrt needs its bracket: write sqrt(x)",
    ("w = sqrt(w, g)",): "',' cannot be read",
    ("w = exp(g)",): "only sqrt() may be called in a rule, not exp",
    ("w = w - 1j*g",): "write 1*j",
    ("w = w - eta*g/0",): "position 9, this divides by zero",
    ("w = w(1 - g)",): "w is no function: write w*(…)",
    ("w = w - 2g",): "write 2*g",
    ("w = w - lambda*g",): "only other names may be used, not lambda",
    ("w = w - True*g",): "only",
    ("w = w - None",): "only",
    ("w = w - _k0*g",): "a name begins with a letter",
    ("w = w - g__0",): "only",
    ("w = w < g",): "compares nothing",
    ("sqrt = w", "w = w - g"): "sqrt cannot be set",
    ("t = t + 1", "w = w - g"): "t cannot be set",
    ("_x = g", "w = w - _x"): "_x cannot be set",
    ("w = w - 1e999*g",): "1e309 is no finite number",
    ("w = w - (1/0)*g",): "position 10, this divides by zero",
    ("w = w - 9**9**9**9*g",): "is no finite number",
    ("w = w - " + "9" * 400 + "*g",): "is no finite number",
    ("v = alpha*v - eta*g",): "no line changes w",
    ("v = g", "w = w"): "no line changes w",
    ("w = g**9",): "an array may be raised to",
    ("w = g**(t - 1)",): "an array may be raised to",
    ("w = 2**g",): "nothing to an array",
    ("w = w - tau*g",): "tau is not known; set it in a line, or give the class a default such as "
    "tau = 0.1",
    ("w = w - alpha*g",): "such as momentum = 0.1",
    ("w = w - eta*lr*g",): "eta and lr are both lr",
    ("lr = 0.5", "w = w - lr*g"): "lr is a hyperparameter, which no line may set",
    ("update = update + g", "w = w - update"): "update means something else in an optimizer",
    ("state = state + g", "w = w - state"): "state means something else in an optimizer",
}


@pytest.mark.parametrize("lines", NO_RULES, ids=lambda lines: lines[0][:30])
def test_a_line_that_is_none_is_shown(lines):
    with pytest.raises(ValueError, match=re.escape(NO_RULES[lines])) as raised:
        own(*lines)
    shown = str(raised.value)
    assert any(f"rule {' '.join(repr(line)[:60].split())}" in shown or repr(line)[:60] in shown
               for line in lines), shown  # fmt: skip


def test_bad_declarations():
    for rules in (None, 5, {"w": "g"}, ("w = w - g", 3), ("w = w - g", None)):
        with pytest.raises(TypeError, match="text"):
            type("Own", (Optimizer,), {"rules": rules})
    for value in (-1, hyperparameter(-1), hyperparameter(1, below=1)):
        with pytest.raises(ValueError, match="c=-?1: c must be"):
            own("w = w - c*g", c=value)
    with pytest.raises(ValueError, match="momentum=1.5: momentum must be .*in \\[0, 1\\)"):
        own("w = w - alpha*g", momentum=1.5)
    with pytest.raises(ValueError, match="v is a hyperparameter, which no line may set"):
        own("v = v + g", "w = w - v", v=0.5)
    for probe in ("w + g", "w + q", "v", "w**2", "w +", "5"):
        with pytest.raises(ValueError, match="rule '.*': "):
            own("v = v + g", "w = w - v", probe=probe)


def test_the_longest_line_is_read_and_no_longer_one():
    assert parse("w = w - g".ljust(500)).target == "w"
    with pytest.raises(ValueError, match="at position 501, it has 501 characters, and 500 are the"):
        parse("w = w - g".ljust(501))


def test_hostile_texts_are_refused_fast():
    begin = time.perf_counter()
    for text in (
        "w = " + "(" * 10**6,
        "w = " + "sqrt(" * 90 + "g" + ")" * 90,
        "w = " + "+".join(["g"] * 10**5),
        "w = " + "+".join(["g"] * 100),
        "w = " + "*".join(["g"] * 100),
        "w = " + "**".join(["2"] * 100),
        "w = g" + " " * 10**6,
        "w = " + "9" * 10**5,
        "w" * 10**5 + " = g",
        "w = w - " + "((((((((g)**8)**8)**8)**8)**8)**8)**8)**8",
        "w = w - " + "((((((((eta)**8)**8)**8)**8)**8)**8)**8)**8*g",
    ):
        try:
            rule = own(text)
        except ValueError as error:
            assert len(str(error)) < 300
        else:
            compiled(read(rule.rules)).loop(3)
    with pytest.raises(ValueError, match="1 to 50 lines"):
        own(*["w = w - g"] * 51)
    with pytest.raises(ValueError, match="more than 50 parts in a row"):
        own("w = " + "+".join(["g"] * 60))
    with pytest.raises(ValueError, match="nested more than 50 deep"):
        own("w = " + "(" * 60 + "g" + ")" * 60)
    assert time.perf_counter() - begin < 2


@given(text=st.text(alphabet="wgtv019.+-*/()= _eE", max_size=40))
@settings(max_examples=500)
def test_any_text_is_a_line_or_is_refused(text):
    try:
        line = parse(text)
    except ValueError as error:
        assert str(error).startswith("rule '")
        return
    known = dict.fromkeys(("w", "g", "t", "v", "e", "E"), np.float64(0.5))
    names = {n.id for n in ast.walk(line.tree) if isinstance(n, ast.Name)}
    with np.errstate(all="ignore"):
        assert np.ndim(evaluate(line.tree, known | dict.fromkeys(names, 0.5))) == 0


def test_lines_of_a_rule_can_be_read_by_anyone():
    rule = read(Adam.rules)
    after = work_out(rule, Adam()._amounts() | {"w": 1.0, "g": 2.0, "m": 0.0, "v": 0.0, "t": 1})
    assert_allclose(after["w"], 1 - 0.001)
    assert [line.target for line in rule.lines] == ["m", "v", "m_hat", "v_hat", "w"]
    simplified = compiled(rule, ("beta1", "beta2")).simplified
    assert [name for name, _ in simplified.arrays] == ["m", "v", "w"]


def test_what_stands_twice_is_worked_out_once():
    rule = read(("v = a*v + g*g", "w = w - sqrt(g*g + c)*w/(sqrt(g*g + c) + v)"), "w + a*v")
    program = compiled(rule)
    assert program.text.count("_sqrt(") == program.text.count("(g, g, ") == 1
    both = [call.ufunc for call in _calls(program.simplified, rule.probe)[0]]
    assert both.count("_multiply") == 3, "a*v where the gradient is measured is that of the line"
