"""The table of methods against the classes, and the conventions run as they are written."""

import ast
import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from optimlab import descend, formulas, functions, genealogy, optimizers
from optimlab.rules import evaluate, parse
from optimlab.study import conventions, tables
from optimlab.study.conventions import BOOK, CONVENTIONS, COURSE, COURSE_2, KERAS, PAPER, TORCH
from optimlab.study.genealogy import (
    METHODS,
    Folder,
    Table,
    ancestors,
    comparison_table,
    conventions_table,
    course_table,
    method,
    pretty,
    source_table,
)

CLASSES = [name for name in optimizers.__all__ if name != "Optimizer"]
BY_NAME = {row.name: row for row in METHODS}
PLACES = (COURSE, COURSE_2, BOOK, PAPER, TORCH, KERAS)
GRADIENT = functions.ravine.gradient
START = np.array([-7.0, 2.0])


def found(rule, where):
    (one,) = [c for c in CONVENTIONS if c.rule == rule and c.where == where]
    return one


# --- methods ----------------------------------------------------------------------------------


def test_every_class_has_one_row():
    rows = [row.rule for row in METHODS if row.rule]
    assert sorted(rows) == sorted([*CLASSES, "SGD"])  # gradient descent and SGD are one class
    assert [row.name for row in METHODS if not row.rule] == ["AMSGrad"]


@pytest.mark.parametrize("row", [row for row in METHODS if row.rule], ids=lambda row: row.name)
def test_years_and_authors_are_those_of_the_docstring(row):
    text = inspect.getdoc(getattr(optimizers, row.rule))
    source = re.search(r"^Sources?: (.*?)(?=\n\n|\nDiffers|\Z)", text, re.S | re.M)[1]
    source = " ".join(source.split())
    assert f"{row.authors} {row.published}" in source
    assert str(row.year) in source


def test_the_years():
    assert [(row.name, row.year, row.published) for row in METHODS] == [
        ("Gradient descent", 1847, 1847), ("SGD", 1951, 1951), ("Momentum", 1964, 1964),
        ("Nesterov", 1983, 1983), ("AdaGrad", 2011, 2011), ("RMSProp", 2012, 2012),
        ("AdaDelta", 2012, 2012), ("Adam", 2014, 2015), ("NAdam", 2016, 2016),
        ("AdamW", 2017, 2019), ("AMSGrad", 2018, 2018),
    ]  # fmt: skip


def test_parents_are_there_and_older():
    for row in METHODS:
        assert len(row.parents) == len(set(row.parents)) and (row.parents or row is METHODS[0])
        for parent in row.parents:
            assert BY_NAME[parent].year < row.year, (row.name, parent)


def test_parents_share_what_the_child_remembers():
    slots = {row.name: getattr(optimizers, row.rule).slots for row in METHODS if row.rule}
    assert slots["Nesterov"] == slots["Momentum"] and slots["AdamW"] == slots["Adam"]
    assert set(slots["AdaDelta"]) > set(slots["RMSProp"])  # and no line between them
    assert "RMSProp" not in ancestors("AdaDelta") and "AdaDelta" not in ancestors("NAdam")
    assert ancestors("Gradient descent") == set()


def test_a_branch_says_what_the_formula_has():
    assert [row[-1] for row in course_table().rows] == [
        *["direction"] * 4, *["rate"] * 3, *["direction and rate"] * 4
    ]  # fmt: skip
    for row in METHODS:
        if row.rule and row.name not in ("Gradient descent", "SGD"):
            lines = " ".join(getattr(optimizers, row.rule).rules)
            both = ("sqrt" in lines, bool(re.search(r"\b[mv] = (alpha|beta1)\*", lines)))
            wanted = {"rate": (True, False), "direction": (False, True), "both": (True, True)}
            assert both == wanted[row.branch], row.name


def test_texts_are_sentences():
    for row in METHODS:
        for text in (row.changed, row.fixed, row.left):
            assert re.match(r"[^a-z]|m̂", text) and text.endswith("."), text
        for text in (row.rate, row.direction, row.trait, row.pros, row.cons):
            assert text and not text.endswith(".")


def test_an_unknown_name():
    with pytest.raises(ValueError, match="name='Adagrad': name must be one of 'Gradient desc"):
        method("Adagrad")
    with pytest.raises(ValueError, match=r"rule='Adagrad': rule must be SGD or Momentum or"):
        conventions_table("Adagrad")
    with pytest.raises(TypeError, match="rule=5: rule must be SGD or Momentum"):
        conventions_table(5)
    assert conventions_table(optimizers.Adam).rows == conventions_table("Adam").rows


def test_it_needs_the_standard_library_alone():
    for module in (genealogy, conventions, tables):
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        names = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        others = {name for name in names if name.partition(".")[0] != "optimlab"}
        assert others <= {"__future__", "ast", "collections.abc", "typing"}


# --- conventions -------------------------------------------------------------------------------


def test_every_class_is_told_for_every_place():
    assert [(c.rule, c.where) for c in CONVENTIONS] == [
        (rule, where)
        for rule in ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam",
                     "NAdam", "AdamW")
        for where in PLACES
    ]  # fmt: skip
    for c in CONVENTIONS:
        assert c.lines or c.note, c
        assert bool(c.source) != c.note.startswith("missing"), c
        has_the_step = bool(c.lines) and (c.rule, c.where) != ("NAdam", PAPER)  # as its note says
        assert written(c) == has_the_step, c
    assert {c.rule for c in CONVENTIONS} == set(CLASSES)


def run(convention, hypers, steps=8, first=None, gradient=GRADIENT):
    """The points of a convention, its lines executed as they stand."""
    w = convention.weight
    values = {w: START.copy()}
    values |= {s: hypers[m] if m in hypers else m for s, m in convention.means.items()}
    first = convention.first if first is None else first
    values |= {s: values[v] if isinstance(v, str) else v for s, v in first.items()}
    lines = [parse(line) for line in convention.lines]
    targets = {line.target for line in lines}
    values = {t: np.zeros(2) for t in targets if t not in values} | values
    points = [values[w]]
    for t in range(1, steps + 1):
        at = evaluate(parse(f"at = {convention.at or w}").tree, values)
        values["g"], values["t"] = gradient(at), t
        values |= {s: values[m] for s, m in convention.means.items() if m == "g"}
        for line in lines:
            values[line.target] = evaluate(line.tree, values)
        points.append(values[w])
    return np.array(points)


def written(c):
    return any(line.startswith(f"{c.weight} = ") for line in c.lines)


@pytest.mark.parametrize(
    "c", [c for c in CONVENTIONS if written(c)], ids=lambda c: f"{c.rule}, {c.where}"
)
def test_it_is_our_rule_when_run(c):
    """Where only places of eps, starts and names differ, it is our path once these are equal."""
    hypers = {
        "lr": 0.05, "momentum": 0.8, "rho": 0.9, "beta1": 0.85, "beta2": 0.95, "eps": 0.0,
        "momentum_decay": 0.004, "weight_decay": 0.3,
    }  # fmt: skip
    if c.rule == "AdaDelta":
        hypers["eps"] = 1e-3  # without it there is no first step
    if c.rule == "AdaDelta" and c.where == PAPER:
        hypers["lr"] = 1.0
    if (c.rule, c.where) == ("AdaGrad", COURSE_2):
        hypers["eps"] = 1e-7
    if (c.rule, c.where) == ("NAdam", KERAS):
        hypers["momentum_decay"] = 1.0  # as its note says
    rule = getattr(optimizers, c.rule)
    ours = rule(**{name: hypers[name] for name in rule.hyperparameters()})
    path = descend(functions.ravine, ours, START, 8)
    points = path.points
    if c.rule == "Nesterov" and c.where in (TORCH, KERAS):  # the point ahead
        points = points + 0.8 * path.states["v"]
    if (c.rule, c.where) == ("AdamW", PAPER):
        hypers["weight_decay"] *= hypers["lr"]  # not multiplied by the rate there
    if (c.rule, c.where) == ("RMSProp", PAPER):
        assert "0.9*r" in c.lines[0]
    first = {"a": 0.0} if (c.rule, c.where) == ("AdaGrad", KERAS) else None
    assert_allclose(run(c, hypers, first=first), points, rtol=1e-12, atol=1e-13)


def test_places_of_the_small_number():
    tiny = lambda w: np.full(2, 1e-6)  # noqa: E731
    for rule in ("AdaGrad", "RMSProp", "Adam", "NAdam", "AdamW"):
        for where in PLACES:
            c = found(rule, where)
            if not written(c) or "eps" not in c.means.values():
                continue
            hypers = {
                "lr": 1.0, "rho": 0.9, "beta1": 0.0, "beta2": 0.9, "eps": 1e-6,
                "momentum_decay": 1e9, "weight_decay": 0.0,
            }  # fmt: skip
            first = {s: 0.0 for s in c.first if s == "a"} or None
            step = abs(run(c, hypers, 1, first, tiny)[1] - START)[0]
            kept = {"AdaGrad": 1.0, "RMSProp": 0.1}.get(rule)
            root = 1e-6 * np.sqrt(kept or 1.0)
            size = {
                "beside the root": 1e-6 / (root + 1e-6),
                "inside the root": 1e-6 / np.sqrt(root**2 + 1e-6),
                "beside √v, before the correction": 1e-6 / (1e-6 + 1e-6 / np.sqrt(0.1)),
            }
            assert_allclose(step, size[c.eps], rtol=1e-6, err_msg=f"{rule}, {where}")


def test_what_lesson_14_says_of_defaults():
    torch, keras = found("RMSProp", TORCH), found("RMSProp", KERAS)
    assert "lr=0.01, alpha=0.99" in torch.defaults
    assert "learning_rate=0.001, rho=0.9," in keras.defaults
    one = abs(run(torch, {"lr": 0.01, "rho": 0.99, "eps": 1e-8}, 1)[1] - START)
    other = abs(run(keras, {"lr": 0.001, "rho": 0.9, "eps": 1e-7}, 1)[1] - START)
    assert_allclose(one / other, np.sqrt(1000), rtol=1e-5)

    assert "lr=1.0" in found("AdaDelta", TORCH).defaults
    assert "learning_rate=0.001" in found("AdaDelta", KERAS).defaults

    small = lambda w: np.full(2, 1e-6)  # noqa: E731
    betas = {"lr": 1.0, "beta1": 0.9, "beta2": 0.999}
    steps = [
        (START - run(found("Adam", where), betas | {"eps": eps}, 1, gradient=small)[1])[0]
        for where, eps in ((TORCH, 1e-8), (KERAS, 1e-7))
    ]
    assert_allclose(steps, [0.99, 0.24], atol=0.005)


def test_the_paper_of_nadam_has_one_factor_more():
    assert found("NAdam", PAPER).lines[-1] == "n_hat = nu*n/(1 - nu**t)"
    assert pretty("n_hat = nu*n/(1 - nu**t)") == "n̂ ← ν n/(1 - νᵗ)"
    for where in (TORCH, KERAS):
        assert "v_hat = v/(1 - beta2**t)" in found("NAdam", where).lines
    paper, momentum, nu = found("NAdam", PAPER), 0.85, 0.95  # a momentum that stays as it is
    whole = paper._replace(
        lines=("pi = pi*mu", *paper.lines, "w = w - eta*m_hat/sqrt(n_hat)"), first={"pi": 1.0},
        means={"mu": momentum, "mu_next": momentum, "nu": nu, "eta": 0.05},
    )  # fmt: skip
    ours = optimizers.NAdam(0.05 / np.sqrt(nu), momentum, nu, eps=0, momentum_decay=1e9)
    assert_allclose(run(whole, {}), descend(functions.ravine, ours, START, 8).points, rtol=1e-12)


def test_what_lesson_14_says_of_units_and_of_decay():
    def nearer(length, delta_u, delta_r):  # AdaDelta, where the weights are in 1/length metres
        w, r, u = START * length, np.zeros(2), np.zeros(2)
        for _ in range(60):
            g = GRADIENT(w / length) / length
            r = 0.95 * r + 0.05 * g * g
            s = np.sqrt(u + delta_u) / np.sqrt(r + delta_r) * g
            u = 0.95 * u + 0.05 * s * s
            w = w - s
        return abs(w / length - START)[0]

    metres = nearer(1, 1e-6, 1e-6)
    assert_allclose(nearer(100, 1e-2, 1e-10), metres, rtol=1e-9)  # both δ converted
    cm, u_alone = nearer(100, 1e-6, 1e-6), nearer(100, 1e-2, 1e-6)
    r_alone = nearer(100, 1e-6, 1e-10)
    assert_allclose([metres, cm, u_alone], [0.286, 0.0024, 0.240], rtol=0.02)
    assert cm < r_alone < 1.3 * cm and u_alone > 0.8 * metres
    small = descend(functions.ravine, optimizers.AdaDelta(), START, 60,
                    gradient=lambda w, k: 1e-3 * GRADIENT(w))  # fmt: skip
    assert abs(small.end - START)[0] < metres / 5  # here r is not far above δ

    push = np.array([10, 0.1]) * (-1.0) ** np.arange(1000)[:, None]
    adam = optimizers.Adam(lr=0.01)
    run = descend(functions.ravine, adam, (1, 1), 1000, gradient=lambda w, k: push[k] + 0.1 * w)
    root = np.sqrt(run.states["v"][1:] / (1 - 0.999 ** np.arange(1, 1001))[:, None])
    assert_allclose(root[[0, -1], 1], [0.2, 0.1], atol=0.003)
    assert_allclose(root[:, 0], 10, atol=0.2)
    assert 50 < (root[:, 0] / root[:, 1]).min() < (root[:, 0] / root[:, 1]).max() < 100


def test_first_steps_of_pytorch():
    lr, alpha = 0.1, 0.9
    ahead = run(found("Nesterov", TORCH), {"lr": lr, "momentum": alpha}, 1)[1]
    assert_allclose(ahead, START - (1 + alpha) * lr * GRADIENT(START), rtol=1e-14)
    # dampening is left out in the first step, and not in the second
    momentum = found("Momentum", TORCH)
    assert "dampening, left out in the first step" in momentum.note
    assert_allclose(
        run(momentum, {"lr": lr, "momentum": alpha}, 1)[1], START - lr * GRADIENT(START)
    )
    # a new rate acts on the old velocity at once: b is the same, -γ b is not
    ours = optimizers.Momentum(lr=lr, momentum=alpha)
    params = {"w": START.copy()}
    ours.update(params, {"w": GRADIENT(START)})
    ours.lr = 2 * lr
    ours.update(params, {"w": np.zeros(2)})
    theirs = START - lr * GRADIENT(START) - 2 * lr * alpha * GRADIENT(START)
    assert_allclose(theirs - params["w"], -lr * alpha * GRADIENT(START), rtol=1e-12)


def test_the_momentum_of_nesterov_1983():
    note = found("Nesterov", PAPER).note
    following = re.search(r"a' = (.*), from a = 1$", note)[1]
    for mark, text in (("√", "sqrt"), ("²", "^2"), ("4a", "4*a")):
        following = following.replace(mark, text)
    formula, a, alphas = formulas.tree_of(following), 1.0, []
    for _ in range(100):
        before, a = a, evaluate(formula, {"a": a})
        assert_allclose(a * (a - 1), before**2)  # what his proof needs
        alphas.append((before - 1) / a)
    assert "the momentum changes: (a - 1)/a' with" in note
    assert alphas[0] == 0 and 0.97 < alphas[-1] < 1 and np.all(np.diff(alphas) > 0)


def test_the_schedules_of_nadam():
    mu = lambda t, psi: 0.9 * (1 - 0.96 ** (t * psi) / 2)  # noqa: E731
    assert mu(100, 1) > 0.89 and mu(1000, 0.004) < 0.53 and mu(25_000, 0.004) > 0.89
    assert_allclose(mu(0, 0.004), 0.45)
    assert "0.96**t" in " ".join(found("NAdam", KERAS).lines)


def test_defaults_are_those_that_torch_has():
    stored = json.loads((Path(__file__).parent / "trajectories/torch.json").read_text("utf-8"))
    told = 0
    for c in CONVENTIONS:
        if c.where == TORCH:
            call = ast.parse(c.defaults, mode="eval").body
            known = stored["defaults"][call.func.attr]
            for argument in call.keywords:
                value = ast.literal_eval(argument.value)
                assert list(np.ravel(value)) == list(np.ravel(known[argument.arg])), c
                told += 1
    assert told > 15


# --- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", [course_table(), comparison_table(), source_table(), conventions_table("Adam")],
    ids=["course", "comparison", "source", "Adam"],
)  # fmt: skip
def test_a_table_is_well_formed(table):
    lines = table.markdown.splitlines()
    assert len(lines) == len(table.rows) + 2
    assert {line.count("|") for line in lines} == {len(table.columns) + 1}
    assert table._repr_markdown_() == table.markdown
    assert repr(table).startswith(f"Table of {len(table.rows)} rows: ")


def test_the_slips_of_the_course_tables_are_put_right():
    rows = {row[0]: row for row in course_table().rows}
    assert course_table().columns[1:] == ["year", "learning rate", "search direction", "works on"]
    assert rows["SGD"][1] == "1951" and "1945" not in course_table().markdown
    assert rows["Adam"][4] == "direction and rate"
    assert "squared gradients" in rows["AdaGrad"][2] and "steps" in rows["AdaDelta"][2]


def test_all_conventions_are_folded():
    folder = conventions_table()
    assert isinstance(folder, Folder) and list(folder.tables) == list(
        dict.fromkeys(c.rule for c in CONVENTIONS)
    )
    assert folder.markdown.count("<details>") == folder.markdown.count("</details>") == 9
    assert folder._repr_markdown_() == folder.markdown and repr(folder).startswith("9 tables: SGD")


def test_a_table_with_a_row_too_short():
    with pytest.raises(ValueError, match=r"rows=\['a'\]: rows must be rows of 2 texts"):
        Table(["x", "y"], [["a"]])


@pytest.mark.parametrize(
    "line, text",
    [
        ("w = w - eps/(delta + sqrt(r))*g", "w ← w - ε/(δ + √r) g"),
        ("theta = theta - gamma*(g + mu*b)", "θ ← θ - γ (g + μ b)"),
        ("dx = 0 - sqrt(D + eps)/sqrt(G + eps)*g", "Δx ← -√(D + ε)/√(G + ε) g"),
        ("u = rho*u + (1 - rho)*dx*dx", "u ← ρ u + (1 - ρ) (Δx)²"),
        ("m_hat = m/(1 - beta1**t)", "m̂ ← m/(1 - β₁ᵗ)"),
        ("mu = beta1*(1 - 0.96**(t*psi)/2)", "μ ← β₁ (1 - 0.96^(t ψ)/2)"),
        ("a = (1 - b)*(c - d)", "a ← (1 - b) (c - d)"),
        ("a = b/(c*d)", "a ← b/(c d)"),
        ("a = a - (b - c)", "a ← a - (b - c)"),
    ],
)
def test_formulas_as_text(line, text):
    assert pretty(line) == text
