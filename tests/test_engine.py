"""The path in the browser: rules and functions as JavaScript, beside what `descend` records."""

import hashlib
import json
import random
import re
import subprocess

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from test_formulas import some_formula
from test_front_end import LIVE, NODE

from optimlab import SGD, Adam, AdamW, Function, Momentum, NAdam, descend, formulas, functions
from optimlab import optimizers as module
from optimlab.functions import Stated
from optimlab.javascript import function_program, rule_program
from optimlab.optimizers import Optimizer
from optimlab.programs import made

RULES = [getattr(module, name) for name in module.RULES]
ENGINE = json.dumps((LIVE / "engine.js").as_uri())
WALK = f"""
import {{ compile, descend }} from {ENGINE};
import {{ createHash }} from "node:crypto";
import fs from "node:fs";
const jobs = JSON.parse(fs.readFileSync(0, "utf-8"));
const told = [], numbers = [];
for (const {{ program, steps, start, hyper }} of jobs) {{
  const run = descend(program, steps, start, hyper);
  const arrays = ["points", "losses", "kept", "gradients", "probes"].map((name) => run[name]);
  const hash = createHash("sha256");
  for (const array of arrays) steps > 10000 ? hash.update(array) : numbers.push(array);
  told.push([run.d, run.steps, run.diverged, run.overflowed, hash.digest("hex")]);
}}
fs.writeFileSync(process.argv.at(-1), Buffer.concat(numbers.map((a) => Buffer.from(a.buffer))));
console.log(JSON.stringify(told));
"""


def node(code, *arguments, given=""):
    command = [NODE, *arguments, "--input-type=module", "--eval", code]
    done = subprocess.run(command, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def recorded(path):
    """points, losses, kept, gradients and probes, as the engine orders them."""
    kept = np.stack([path.points, *path.states.values()], axis=-1)
    return [np.ravel(a) for a in (path.points, path.losses, kept, path.gradients, path.probes)]


def walked(paths, folder):
    """The same runs by JavaScript: [(what it told, its arrays)]."""
    jobs = []
    for path in paths:
        rule = rule_program(path.optimizer, path.function.dim)
        assert tuple(rule["state"]) == tuple(path.states)
        jobs.append({
            "program": {"rule": rule["source"], **function_program(path.function)},
            "steps": path.steps, "start": np.ravel(path.start).tolist(),
            "hyper": [getattr(path.optimizer, name) for name in rule["hyper"]],
        })  # fmt: skip
    file = folder / "numbers"
    told = node(WALK.replace("process.argv.at(-1)", json.dumps(str(file))), given=json.dumps(jobs))
    numbers, at, found = np.fromfile(file), 0, []
    for path, words in zip(paths, told, strict=True):
        sizes = [array.size for array in recorded(path)] if path.steps <= 10000 else []
        ends = at + np.cumsum([0, *sizes])
        found.append((words, [numbers[a:b] for a, b in zip(ends, ends[1:], strict=False)]))
        at = ends[-1]
    assert at == len(numbers)
    return found


#: calls that need not give the same last bit in Python and in JavaScript
EXACT = {"sqrt", "abs", "sign"}
CALLS = re.compile(rf"\b({'|'.join(formulas.CALLS.keys() - EXACT)}|_power)\(")


def calls(path):
    """Whether such a call is made in a run."""
    source = rule_program(path.optimizer, path.function.dim)["source"]
    return bool(CALLS.search("".join([source, *function_program(path.function).values()])))


def by_one_ulp(path, draw):
    """The run once more in Python, each such call, and a rate with a power in it, off by an ulp."""
    f = path.function

    def off(call):
        def moved(*values):
            with np.errstate(all="ignore"):
                found = call(*values)
                return np.nextafter(found, found + draw.choice([-1.0, 1.0]) * (1 + np.abs(found)))

        return moved

    given = {name: call if name in EXACT else off(call) for name, call in formulas._GIVEN.items()}
    text = formulas.program_text(f.trees[1], f.variables[: f.dim])
    slopes = made(text, given)["values"]
    if isinstance(path.optimizer, NAdam):
        slopes = off(lambda *at, slopes=slopes: np.array(slopes(*at)))

    def gradient(at, step):
        return np.reshape(slopes(*np.ravel(at)), np.shape(at))

    return descend(f, path.optimizer, path.start, path.steps, gradient=gradient)


def gap(a, b):
    """How far two records are apart until each step."""
    with np.errstate(all="ignore"):
        apart = np.abs(np.reshape(a, b.shape) - b).reshape(len(b), -1).max(axis=1)
    return np.maximum.accumulate(np.where(np.isnan(apart), 0, apart))


def assert_same(path, told, arrays):
    what = f"{path.optimizer!r} on {path.function.name} from {path.start.tolist()}"
    d, steps, diverged, overflowed, _ = told
    assert (d, steps) == (path.function.dim, path.steps)
    same = (diverged, overflowed) == (path.diverged, path.overflowed)
    if not calls(path):
        assert same, (what, told, path.diverged, path.overflowed)
        for ours, theirs in zip(recorded(path), arrays, strict=True):
            assert_array_equal(theirs, ours, what)
        return
    largest = np.nanmax(np.abs(path.points), initial=0)
    near = gap(arrays[0], path.points).max() <= 1e-12 * largest
    if near and same:
        return
    draw = random.Random(0)
    others = [by_one_ulp(path, draw) for _ in range(12)]
    reasons = [(other.diverged, other.overflowed) for other in others]
    assert same or (diverged, overflowed) in reasons, (what, told, path.diverged, path.overflowed)
    until = min([path.steps + 1, *(one[0] for one in (*reasons, (diverged,), (path.diverged,))
                                   if one[0] is not None)])  # fmt: skip
    ours, theirs = path.points[:until], np.reshape(arrays[0], path.points.shape)[:until]
    if until:
        bar = np.max([gap(other.points[:until], ours) for other in others], axis=0)
        assert np.all(gap(theirs, ours) <= 3 * bar + 1e-12 * largest), what


# --- every rule on every function ----------------------------------------------------------------

RATES = (0, 5e-324, 1e-310, 3, 1e3, 1e200)
PLACES = (0.0, -0.0, 5e-324, 1e-310, -3.0, 1e150, 1.7e308)


def settings(rule, draw, wild):
    known = {n: getattr(rule, n) for n in rule.hyperparameters()}
    chosen = {n: draw.choice([v, v, draw.random() * 0.999, 0.0]) for n, v in known.items()}
    chosen["lr"] = draw.choice(RATES) if wild else 10 ** draw.uniform(-4, 0.7)
    return chosen | {name: draw.random() < 0.5 for name in rule.switches}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_walks_every_function_as_python_does(rule, tmp_path):
    draw, paths = random.Random(rule.__name__), []
    for name in functions.names():
        f = functions.get(name)
        for k in range(20):
            start = [draw.uniform(*side) for side in np.reshape(f.domain, (f.dim, 2))]
            if k >= 16:
                start = draw.choices(PLACES, k=f.dim)
            optimizer = rule(**settings(rule, draw, k in (13, 14, 15, 18, 19)))
            paths.append(descend(f, optimizer, np.reshape(start, f.start.shape), 60))
    for path, (told, arrays) in zip(paths, walked(paths, tmp_path), strict=True):
        assert_same(path, told, arrays)
    ends = {(path.diverged is None, path.overflowed) for path in paths}
    assert {(True, True), (False, True)} <= ends and len(paths) == 260
    exact = [not calls(path) for path in paths]
    assert exact.count(True) == (0 if rule is NAdam else 9 * 20)


def test_a_hundred_thousand_steps_are_the_same_to_the_last_bit(tmp_path):
    paths = [descend("ravine", rule(lr=0.01), steps=100_000) for rule in RULES if rule is not NAdam]
    for path, (told, _) in zip(paths, walked(paths, tmp_path), strict=True):
        digest = hashlib.sha256(b"".join(a.tobytes() for a in recorded(path))).hexdigest()
        assert told == [2, 100_000, None, True, digest], path.optimizer
    # its powers need not round alike
    path = descend("ravine", NAdam(lr=0.01), steps=10_000)
    ((told, arrays),) = walked([path], tmp_path)
    assert_same(path, told, arrays)


# --- own rules and typed functions ---------------------------------------------------------------


def some_rule(draw):
    """Two lines of a rule of one's own."""
    number = ("eta", "c", "0.5", "(1 - c)", "c**t", "sqrt(t)", "t/(t + 1)", "(1/c)", "c**0.5")
    array = ("g", "v", "g*g", "w", "g/(sqrt(v*v) + 0.1)", "v/c", "g**3", "v/v", "sqrt(g*g)")
    first, second = (
        [f"{draw.choice(number)}*{draw.choice(array)}" for _ in range(2)] for _ in range(2)
    )
    kept = draw.choice(["g", "g + v", "g + c*v", "g/2 - v/2"])
    lines = f"v = {kept} {draw.choice('+-')} {' + '.join(first)}"
    body = {"rules": (lines, f"w = w - eta*({second[0]} {draw.choice('+-*')} {second[1]})")}
    body |= {"probe_rule": draw.choice(["w", "w", "w + c*v/2"]), "c": draw.choice([0.5, 0.9, 1, 0])}
    return type("Own", (Optimizer,), body)


def stated(text):
    """The function of a text, without the search for its minima."""
    formula = formulas.read(text)
    first, second = formulas.derivatives(formula)
    box = ((-3, 3), (-3, 3))[: len(formula.variables)]
    f = Stated(text, text, formula.tree, first, second, domain=box if len(box) > 1 else box[0])
    f.variables = formula.variables
    return f


def some_function(draw):
    try:
        return stated(some_formula(draw, draw.randrange(1, 4)))
    except ValueError:  # it has no variable, say
        return None


def test_own_rules_and_typed_functions(tmp_path):
    draw, paths = random.Random(3), []
    while len(paths) < 200:
        f = some_function(draw)
        if f is not None:
            start = [draw.choice([draw.uniform(-3, 3), 0.0, 1.0]) for _ in range(f.dim)]
            optimizer = some_rule(draw)(lr=10 ** draw.uniform(-3, 0))
            paths.append(descend(f, optimizer, np.reshape(start, f.start.shape), 25))
    for path, (told, arrays) in zip(paths, walked(paths, tmp_path), strict=True):
        assert_same(path, told, arrays)
    ends = [(path.diverged is None, path.overflowed) for path in paths]
    assert min(ends.count(end) for end in ((True, True), (False, True), (False, False))) > 10


@pytest.mark.parametrize(
    "last, text, start, ended",
    [
        ("eta*(g*g - g*g)", "1e160*sin(x)", 0.0, (1, True)),  # the slope alone is too large
        ("g", "(x/x)^(1/y) + y^2", (2.0, 0.0), (None, True)),  # 1 to an infinite power is 1
        ("g", "1/x", 0.0, (0, False)), ("g*g*g", "x^4", 1e40, (1, True)),
        ("g", "log(x)", 0.0, (0, False)), ("g", "sqrt(x)", 0.0, (1, False)),
        ("(g*0 + w)", "x^-0.5 + x", 1.0, (1, False)),
    ],
)  # fmt: skip
def test_how_a_run_ends(last, text, start, ended, tmp_path):
    rule = type("Own", (Optimizer,), {"rules": (f"w = w - {last}",)})
    path = descend(stated(text), rule(lr=0.1), start, 5)
    assert (path.diverged, path.overflowed) == ended
    ((told, _),) = walked([path], tmp_path)
    assert (told[2], told[3]) == ended


def test_the_stated_derivatives_are_those_that_are_derived():
    for name in functions.names():
        f = functions.get(name)
        variables = f.variables[: f.dim]
        formula = formulas.Formula(f._texts[0][0], f.trees[0][0], variables)
        at = np.random.default_rng(0).uniform(*np.array(f.domain).T, (50, *f.start.shape)).T
        at = np.reshape(at, (f.dim, 50))
        for stated, derived in zip(f.trees[1:], formulas.derivatives(formula), strict=True):
            ours, theirs = (
                np.array([one + np.zeros(50) for one in formulas.program(trees, variables)(*at)])
                for trees in (stated, derived)
            )
            assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * np.abs(theirs).max())


# --- what has a text -----------------------------------------------------------------------------


def test_what_is_only_python_has_no_text():
    class Own(SGD):
        def update(self, params, grads):
            super().update(params, grads)

    class Class:
        lr = 0.1

        def update(self, params, grads):
            params["point"] -= self.lr * grads["point"]

    peeking = Momentum()
    peeking.probe = lambda params: params
    for rule in (Own, Own(), Class, Class(), peeking, SGD(lr=np.array([0.1, 0.2]))):
        assert rule_program(rule) is None
    mine = Function("mine", "x", lambda p: p[..., 0], domain=((-1, 1), (-1, 1)))
    assert function_program(mine) is None and function_program("ravine") is not None
    three = Function("three", "x", lambda p: p[..., 0], domain=((-1, 1),) * 3)
    assert function_program(three) is None


def test_a_class_and_its_objects_have_the_text_of_their_lines():
    class Taken(Momentum):
        def __init__(self, rate):
            super().__init__(lr=rate)

    for rule in RULES:
        assert rule_program(rule) == rule_program(rule())
    assert rule_program(Taken) == rule_program(Momentum) == rule_program("Momentum")
    assert rule_program(Momentum)["hyper"] == ["momentum", "lr"]
    for rule in (Adam, AdamW):
        plain = rule_program(rule(bias_correction=False))
        assert "_beta1_t" in rule_program(rule)["source"] and "_beta1_t" not in plain["source"]
    assert rule_program(AdamW)["state"] == ["m", "v"]
    assert "w__1" in rule_program(SGD)["source"] and "w__1" not in rule_program(SGD, 1)["source"]


# --- nothing else gets into a text ---------------------------------------------------------------

WORDS = """abstract arguments async await boolean break byte case catch char class const constructor
continue debugger default delete do double enum eval export extends false final float function
goto hasOwnProperty implements import in instanceof int interface let long Math NaN native new null
of package private protected public require short static super switch synchronized this throw
throws toString transient true try typeof undefined var void volatile while window with yield
Float64Array Function Infinity Object process prototype globalThis console kept hyper
steps""".split()


def test_javascripts_own_words_are_names_as_any(tmp_path):
    import keyword

    paths = []
    for word in WORDS:
        lines = f"{word} = c*{word} - eta*g", f"w = w + {word}"
        other = f"v = {word}*v - eta*g", "w = w + v"
        for rules, more in ((lines, {"c": 0.5}), (other, {word: 0.5})):
            try:
                rule = type("Own", (Optimizer,), {"rules": rules, **more})
            except ValueError:
                assert keyword.iskeyword(word), word
            else:
                paths.append(descend("ravine", rule(lr=0.1), steps=3))
    assert len(paths) > 2 * 60
    for path, (told, arrays) in zip(paths, walked(paths, tmp_path), strict=True):
        assert_same(path, told, arrays)


@pytest.mark.parametrize(
    "name",
    ["a$", "$steps", "$kept", "_k0", "_power", "a__0", "w__", "ａ", "аb", "a\u200d", "é",
     "a\\u0062", "a;b", "a`", "a'", "a//", "a/*", "a\nb", "a[0]", "a.b", "a=>1", "f(1)", "`${1}`",
     "\u2028"],
)  # fmt: skip
def test_a_hostile_name_or_text_is_refused(name):
    for rules in ((f"w = w - {name}*g",), (f"{name} = g", f"w = w - {name}"), (name,)):
        with pytest.raises((ValueError, TypeError)):
            type("Own", (Optimizer,), {"rules": rules, "a": 1.0, "b": 1.0, name: 1.0})
    with pytest.raises(ValueError):
        function_program(f"x*{name}")


#: all that may stand in a text: names of ours, names with two underscores, numbers, brackets, signs
OURS = r"\$\w+|_(?:\d+|k\d+|over|power|\w+_t|\w+_\d+)|[A-Za-z]\w*__|[A-Za-z_]\w*__\d|nan"
KNOWN = r"const|let|for|return|kept|gradients|probes|new Float64Array|\$kept\.set|\$probes\.slice"
TOKEN = re.compile(
    rf"(?:(?:{OURS}|{KNOWN}|{'|'.join(formulas.CALLS)}|x|y)(?![\w$.])"
    r"|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w$])|=>|<=|\+=|\+\+|[-+*/=(){}\[\],;: \n])*",
    re.ASCII,
)


def test_a_text_holds_nothing_but_what_is_known():
    draw = random.Random(9)
    rules = [*RULES, Adam(bias_correction=False), *(some_rule(draw) for _ in range(50))]
    texts = [rule_program(rule, dim)["source"] for rule in rules for dim in (1, 2)]
    typed = filter(None, (some_function(draw) for _ in range(50)))
    for f in (*map(functions.get, functions.names()), *typed):
        texts += function_program(f).values()
    for text in texts:
        assert TOKEN.fullmatch(text), text
    assert not any(map(TOKEN.fullmatch, ("alert(1)", "x.y", "constx", "'x'"))) and len(texts) > 200


def test_the_longest_sum_and_a_deep_nest_are_walked(tmp_path):
    long, deep = "+".join(["x^9*y"] * 80), "sin(" * 18 + "x" + ")" * 18
    paths = [descend(text, SGD(lr=1e-3), steps=9) for text in (long, deep)]
    for path, (told, arrays) in zip(paths, walked(paths, tmp_path), strict=True):
        assert_same(path, told, arrays)


def test_a_policy_that_forbids_it_is_an_eval_error():
    said = f"""
      import {{ compile }} from {ENGINE};
      try {{ compile("(x) => x"); }} catch (error) {{ console.log(JSON.stringify(error.name)); }}
    """
    assert node(said, "--disallow-code-generation-from-strings") == "EvalError"

