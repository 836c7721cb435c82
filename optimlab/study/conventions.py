"""How texts and libraries write each update rule, in one table whose lines can be run.

`CONVENTIONS` holds each rule as the course texts, the Deep Learning book, its paper, PyTorch and
Keras write it. Tests run its lines, and hold them against `optimlab.optimizers`.

>>> pretty(next(c for c in CONVENTIONS if (c.rule, c.where) == ("AdaGrad", PAPER)).lines[1])
'x ← x - η g/(δ + √G)'
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from optimlab import checks, optimizers
from optimlab.optimizers import Optimizer
from optimlab.study.tables import Folder, Table

__all__ = ["CONVENTIONS", "Convention", "conventions_table", "pretty"]

COURSE = "first course text"
COURSE_2 = "second course text"
BOOK = "Deep Learning book"
PAPER = "paper"
TORCH = "PyTorch"
KERAS = "Keras"


#: symbols of a source, and what each stands for
Means = dict[str, str | float]


class Convention(NamedTuple):
    """One rule as one source writes it.

    `lines` are assignments in the source's own symbols, in the grammar of `Optimizer.rules`. They
    start from zero states, but for those in `first`.
    """

    rule: str  #: class in optimlab.optimizers
    where: str  #: COURSE, COURSE_2, BOOK, PAPER, TORCH or KERAS
    lines: tuple[str, ...]  #: the update, () where the rule is only named or missing
    at: str = ""  #: where g is measured, if not at the parameters
    means: Means = {}  #: its symbol -> our hyperparameter, or a number
    weight: str = "w"  #: its symbol for the parameters
    first: Means = {}  #: state that does not start at zero
    defaults: str = ""  #: a call with its defaults, or the values that the text names
    eps: str = ""  #: where the small number stands
    note: str = ""
    source: str = ""  #: section, algorithm or file


_BOOK_AT = "Goodfellow, Bengio & Courville 2016, "
_TORCH_AT = "torch/optim/{}.py, 2.13"
_KERAS_AT = "keras/src/optimizers/{}.py, 3.15"
_ROOT, _INSIDE, _HAT = "beside the root", "inside the root", "beside √v, before the correction"
_NO: tuple[str, ...] = ()

_MOMENTUM = ("v = alpha*v - eps*g", "w = w + v")
_HATS = ("m_hat = m/(1 - beta1**t)", "v_hat = v/(1 - beta2**t)")
_MEANS = ("m = beta1*m + (1 - beta1)*g", "v = beta2*v + (1 - beta2)*g*g")
_MU = "beta1*(1 - 0.96**({}*psi)/2)"
_BETAS: Means = {"beta1": "beta1", "beta2": "beta2"}
_BOOK_ADAM = (
    "s = rho1*s + (1 - rho1)*g",
    "r = rho2*r + (1 - rho2)*g*g",
    "s_hat = s/(1 - rho1**t)",
    "r_hat = r/(1 - rho2**t)",
)
_BOOK_ADAM_MEANS: Means = {"eps": "lr", "delta": "eps", "rho1": "beta1", "rho2": "beta2"}
_TORCH_MEANS: Means = {"gamma": "lr", "epsilon": "eps"}
_KERAS_MEANS: Means = {"lr": "lr", "epsilon": "eps"}

CONVENTIONS = (
    # SGD
    Convention(
        "SGD", COURSE, ("w = w - eps*g",), means={"eps": "lr"}, source="sections 2.1 and 3",
        note="ε is the learning rate",
    ),
    Convention(
        "SGD", COURSE_2, ("W = W - eta*g",), means={"eta": "lr"}, weight="W",
        defaults="SGD(lr=0.01)", source="section 2",
    ),
    Convention(
        "SGD", BOOK, ("theta = theta - eps*g",), means={"eps": "lr"}, weight="theta",
        note="ε falls with the step", source=_BOOK_AT + "algorithm 8.1",
    ),
    Convention(
        "SGD", PAPER, ("x = x + a*(alpha - y)",), means={"a": "lr", "alpha": 0.0, "y": "g"},
        weight="x", note="finds where the mean of y is α; a falls with the step, as 1/n does",
        source="Robbins & Monro 1951",
    ),
    Convention(
        "SGD", TORCH, ("theta = theta - gamma*g",), means=_TORCH_MEANS, weight="theta",
        defaults="torch.optim.SGD(lr=0.001, momentum=0, dampening=0, weight_decay=0, "
        "nesterov=False)",
        note="weight_decay is added to g", source=_TORCH_AT.format("sgd"),
    ),
    Convention(
        "SGD", KERAS, ("w = w - lr*g",), means=_KERAS_MEANS,
        defaults="keras.optimizers.SGD(learning_rate=0.01, momentum=0.0, nesterov=False)",
        source=_KERAS_AT.format("sgd"),
    ),
    # Momentum
    Convention(
        "Momentum", COURSE, _MOMENTUM, means={"eps": "lr", "alpha": "momentum"},
        source="section 2.1",
    ),
    Convention(
        "Momentum", COURSE_2, ("v = alpha*v - eta*g", "W = W + v"),
        means={"eta": "lr", "alpha": "momentum"}, weight="W",
        defaults="Momentum(lr=0.01, momentum=0.9)", source="section 4",
    ),
    Convention(
        "Momentum", BOOK, ("v = alpha*v - eps*g", "theta = theta + v"),
        means={"eps": "lr", "alpha": "momentum"}, weight="theta",
        source=_BOOK_AT + "algorithm 8.2",
    ),
    Convention(
        "Momentum", PAPER,
        ("x_new = x - alpha*g + beta*(x - x_old)", "x_old = x", "x = x_new"),
        means={"alpha": "lr", "beta": "momentum"}, weight="x", first={"x_old": "x"},
        note="α is the rate, β the momentum; v is x - x₋", source="Polyak 1964",
    ),
    Convention(
        "Momentum", TORCH, ("b = mu*b + (1 - tau)*g", "theta = theta - gamma*b"),
        means=_TORCH_MEANS | {"mu": "momentum", "tau": 0.0}, weight="theta",
        defaults="torch.optim.SGD(lr=0.001, momentum=0, dampening=0)",
        note="v is -γ b; τ is dampening, left out in the first step; a new rate acts on the old "
        "velocity at once",
        source=_TORCH_AT.format("sgd"),
    ),
    Convention(
        "Momentum", KERAS, ("v = momentum*v - lr*g", "w = w + v"),
        means=_KERAS_MEANS | {"momentum": "momentum"},
        defaults="keras.optimizers.SGD(learning_rate=0.01, momentum=0.0)",
        source=_KERAS_AT.format("sgd"),
    ),
    # Nesterov
    Convention(
        "Nesterov", COURSE, _MOMENTUM, at="w + alpha*v",
        means={"eps": "lr", "alpha": "momentum"}, source="section 2.1",
    ),
    Convention("Nesterov", COURSE_2, _NO, note="missing"),
    Convention(
        "Nesterov", BOOK, ("v = alpha*v - eps*g", "theta = theta + v"), at="theta + alpha*v",
        means={"eps": "lr", "alpha": "momentum"}, weight="theta",
        source=_BOOK_AT + "algorithm 8.3",
    ),
    Convention(
        "Nesterov", PAPER, ("v = mu*v - eps*g", "theta = theta + v"), at="theta + mu*v",
        means={"eps": "lr", "mu": "momentum"}, weight="theta",
        note="in Nesterov 1983 the momentum changes: (a - 1)/a' with a' = (1 + √(4a² + 1))/2, "
        "from a = 1",
        source="Sutskever et al. 2013",
    ),
    Convention(
        "Nesterov", TORCH, ("b = mu*b + g", "theta = theta - gamma*(g + mu*b)"),
        means=_TORCH_MEANS | {"mu": "momentum"}, weight="theta",
        defaults="torch.optim.SGD(lr=0.001, momentum=0, dampening=0, nesterov=False)",
        note="θ is the point ahead, w + α v; dampening must be 0", source=_TORCH_AT.format("sgd"),
    ),
    Convention(
        "Nesterov", KERAS, ("v = momentum*v - lr*g", "w = w + momentum*v - lr*g"),
        means=_KERAS_MEANS | {"momentum": "momentum"},
        defaults="keras.optimizers.SGD(learning_rate=0.01, momentum=0.0, nesterov=False)",
        note="w is the point ahead", source=_KERAS_AT.format("sgd"),
    ),
    # AdaGrad
    Convention(
        "AdaGrad", COURSE, ("r = r + g*g", "w = w - eps/(delta + sqrt(r))*g"),
        means={"eps": "lr", "delta": "eps"}, eps=_ROOT, note="ε is the rate, δ the small number",
        source="section 2.2",
    ),
    Convention(
        "AdaGrad", COURSE_2, ("h = h + g*g", "W = W - eta*g/(sqrt(h) + 1e-7)"),
        means={"eta": "lr"}, weight="W", defaults="AdaGrad(lr=0.01)", eps=_ROOT,
        note="the 1e-7 stands in its code, not in its formula", source="section 5",
    ),
    Convention(
        "AdaGrad", BOOK, ("r = r + g*g", "theta = theta - eps/(delta + sqrt(r))*g"),
        means={"eps": "lr", "delta": "eps"}, weight="theta", defaults="δ about 1e-7", eps=_ROOT,
        source=_BOOK_AT + "algorithm 8.4",
    ),
    Convention(
        "AdaGrad", PAPER, ("G = G + g*g", "x = x - eta*g/(delta + sqrt(G))"),
        means={"eta": "lr", "delta": "eps"}, weight="x", eps=_ROOT,
        note="the diagonal case; the full one takes the root of a matrix",
        source="Duchi, Hazan & Singer 2011",
    ),
    Convention(
        "AdaGrad", TORCH, ("s = s + g*g", "theta = theta - gamma*g/(sqrt(s) + epsilon)"),
        means=_TORCH_MEANS, weight="theta", eps=_ROOT,
        defaults="torch.optim.Adagrad(lr=0.01, lr_decay=0, weight_decay=0, "
        "initial_accumulator_value=0, eps=1e-10)",
        note="lr_decay divides γ by 1 + (t - 1)·lr_decay", source=_TORCH_AT.format("adagrad"),
    ),
    Convention(
        "AdaGrad", KERAS, ("a = a + g*g", "w = w - lr*g/sqrt(a + epsilon)"),
        means=_KERAS_MEANS, first={"a": 0.1}, eps=_INSIDE,
        defaults="keras.optimizers.Adagrad(learning_rate=0.001, initial_accumulator_value=0.1, "
        "epsilon=1e-07)",
        note="the sum starts at 0.1", source=_KERAS_AT.format("adagrad"),
    ),
    # RMSProp
    Convention(
        "RMSProp", COURSE, ("r = rho*r + (1 - rho)*g*g", "w = w - eps/(delta + sqrt(r))*g"),
        means={"eps": "lr", "delta": "eps", "rho": "rho"}, eps=_ROOT, source="section 2.2",
    ),
    Convention("RMSProp", COURSE_2, _NO, note="only named", source="section 6"),
    Convention(
        "RMSProp", BOOK, ("r = rho*r + (1 - rho)*g*g", "theta = theta - eps/sqrt(delta + r)*g"),
        means={"eps": "lr", "delta": "eps", "rho": "rho"}, weight="theta",
        defaults="δ usually 1e-6", eps=_INSIDE, source=_BOOK_AT + "algorithm 8.5",
    ),
    Convention(
        "RMSProp", PAPER, ("r = 0.9*r + 0.1*g*g", "w = w - eps*g/sqrt(r)"),
        means={"eps": "lr"}, defaults="ρ 0.9", eps="none",
        note="one slide of a lecture, never a paper", source="Tieleman & Hinton 2012",
    ),
    Convention(
        "RMSProp", TORCH,
        ("v = alpha*v + (1 - alpha)*g*g", "theta = theta - gamma*g/(sqrt(v) + epsilon)"),
        means=_TORCH_MEANS | {"alpha": "rho"}, weight="theta", eps=_ROOT,
        defaults="torch.optim.RMSprop(lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0, "
        "centered=False)",
        note="α is ρ, not the momentum", source=_TORCH_AT.format("rmsprop"),
    ),
    Convention(
        "RMSProp", KERAS, ("v = rho*v + (1 - rho)*g*g", "w = w - lr*g/sqrt(v + epsilon)"),
        means=_KERAS_MEANS | {"rho": "rho"}, eps=_INSIDE,
        defaults="keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, momentum=0.0, "
        "epsilon=1e-07, centered=False)",
        source=_KERAS_AT.format("rmsprop"),
    ),
    # AdaDelta
    Convention("AdaDelta", COURSE, _NO, note="missing"),
    Convention("AdaDelta", COURSE_2, _NO, note="missing"),
    Convention(
        "AdaDelta", BOOK, _NO, note="only named", source=_BOOK_AT + "section 8.5.4",
    ),
    Convention(
        "AdaDelta", PAPER,
        (
            "G = rho*G + (1 - rho)*g*g",
            "dx = 0 - sqrt(D + eps)/sqrt(G + eps)*g",
            "D = rho*D + (1 - rho)*dx*dx",
            "x = x + dx",
        ),
        means={"rho": "rho", "eps": "eps"}, weight="x", defaults="ρ 0.95, ε 1e-6", eps=_INSIDE,
        note="it writes E[g²] for G and E[Δx²] for D; no learning rate; here ε is the small number",
        source="Zeiler 2012, algorithm 1",
    ),
    Convention(
        "AdaDelta", TORCH,
        (
            "v = rho*v + (1 - rho)*g*g",
            "dx = sqrt(u + epsilon)/sqrt(v + epsilon)*g",
            "u = rho*u + (1 - rho)*dx*dx",
            "theta = theta - gamma*dx",
        ),
        means=_TORCH_MEANS | {"rho": "rho"}, weight="theta", eps=_INSIDE,
        defaults="torch.optim.Adadelta(lr=1.0, rho=0.9, eps=1e-06, weight_decay=0)",
        note="ρ is not the paper's", source=_TORCH_AT.format("adadelta"),
    ),
    Convention(
        "AdaDelta", KERAS,
        (
            "a = rho*a + (1 - rho)*g*g",
            "dx = 0 - sqrt(d + epsilon)/sqrt(a + epsilon)*g",
            "d = rho*d + (1 - rho)*dx*dx",
            "w = w + lr*dx",
        ),
        means=_KERAS_MEANS | {"rho": "rho"}, eps=_INSIDE,
        defaults="keras.optimizers.Adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-07)",
        note="its own page says to use learning_rate=1.0 for the paper's form",
        source=_KERAS_AT.format("adadelta"),
    ),
    # Adam
    Convention(
        "Adam", COURSE, (*_BOOK_ADAM, "w = w - eps/(delta + sqrt(r_hat))*s_hat"),
        means=_BOOK_ADAM_MEANS, eps=_ROOT, source="section 2.2",
    ),
    Convention(
        "Adam", COURSE_2, _NO, source="sections 6 and 7",
        note="in words: section 6 says both Momentum + AdaGrad and RMSProp + momentum + bias "
        "correction; the table in section 7 only Momentum + AdaGrad",
    ),
    Convention(
        "Adam", BOOK, (*_BOOK_ADAM, "theta = theta - eps*s_hat/(sqrt(r_hat) + delta)"),
        means=_BOOK_ADAM_MEANS, weight="theta", eps=_ROOT,
        defaults="ε 0.001, ρ₁ 0.9, ρ₂ 0.999, δ 1e-8", source=_BOOK_AT + "algorithm 8.7",
    ),
    Convention(
        "Adam", PAPER, (*_MEANS, *_HATS, "theta = theta - alpha*m_hat/(sqrt(v_hat) + epsilon)"),
        means=_BETAS | {"alpha": "lr", "epsilon": "eps"}, weight="theta", eps=_ROOT,
        defaults="α 0.001, β₁ 0.9, β₂ 0.999, ε 1e-8", source="Kingma & Ba 2015, algorithm 1",
    ),
    Convention(
        "Adam", TORCH, (*_MEANS, *_HATS, "theta = theta - gamma*m_hat/(sqrt(v_hat) + epsilon)"),
        means=_BETAS | _TORCH_MEANS, weight="theta", eps=_ROOT,
        defaults="torch.optim.Adam(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, "
        "amsgrad=False)",
        note="weight_decay is added to g", source=_TORCH_AT.format("adam"),
    ),
    Convention(
        "Adam", KERAS,
        (
            *_MEANS,
            "a = lr*sqrt(1 - beta2**t)/(1 - beta1**t)",
            "w = w - a*m/(sqrt(v) + epsilon)",
        ),
        means=_BETAS | _KERAS_MEANS, eps=_HAT,
        defaults="keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, "
        "epsilon=1e-07, amsgrad=False)",
        note="the paper's ε̂, at the end of its section 2; weight_decay is AdamW's, not added to g",
        source=_KERAS_AT.format("adam"),
    ),
    # NAdam
    Convention("NAdam", COURSE, _NO, note="missing"),
    Convention("NAdam", COURSE_2, _NO, note="missing"),
    Convention("NAdam", BOOK, _NO, note="missing"),
    Convention(
        "NAdam", PAPER,
        (
            "m = mu*m + (1 - mu)*g",
            "n = nu*n + (1 - nu)*g*g",
            "m_hat = (1 - mu)*g/(1 - pi) + mu_next*m/(1 - pi*mu_next)",
            "n_hat = nu*n/(1 - nu**t)",
        ),
        eps=_ROOT,
        note="Π is the product of all μ so far; then Adam's step with m̂ and n̂ (neither Adam, "
        "PyTorch, Keras nor his own code has the ν before n); the schedule μ = "
        "β₁ (1 - 0.96^(t/250)/2) has its 0.96 from his report of 2015",
        source="Dozat 2016, algorithm 2",
    ),
    Convention(
        "NAdam", TORCH,
        (
            *_MEANS,
            "mu = " + _MU.format("t"),
            "mu_next = " + _MU.format("(t + 1)"),
            "pi = pi*mu",
            "m_hat = (1 - mu)*g/(1 - pi) + mu_next*m/(1 - pi*mu_next)",
            "v_hat = v/(1 - beta2**t)",
            "theta = theta - gamma*m_hat/(sqrt(v_hat) + epsilon)",
        ),
        means=_BETAS | _TORCH_MEANS | {"psi": "momentum_decay"}, weight="theta",
        first={"pi": 1.0}, eps=_ROOT,
        defaults="torch.optim.NAdam(lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, "
        "momentum_decay=0.004)",
        note="m keeps β₁", source=_TORCH_AT.format("nadam"),
    ),
    Convention(
        "NAdam", KERAS,
        (
            *_MEANS,
            "mu = beta1*(1 - 0.96**t/2)",
            "mu_next = beta1*(1 - 0.96**(t + 1)/2)",
            "pi = pi*mu",
            "m_hat = (1 - mu)*g/(1 - pi) + mu_next*m/(1 - pi*mu_next)",
            "v_hat = v/(1 - beta2**t)",
            "w = w - lr*m_hat/(sqrt(v_hat) + epsilon)",
        ),
        means=_BETAS | _KERAS_MEANS, first={"pi": 1.0}, eps=_ROOT,
        defaults="keras.optimizers.Nadam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, "
        "epsilon=1e-07)",
        note="0.96ᵗ without the 1/250: μ is near β₁ after 100 steps, not after 25,000",
        source=_KERAS_AT.format("nadam"),
    ),
    # AdamW
    Convention("AdamW", COURSE, _NO, note="missing"),
    Convention("AdamW", COURSE_2, _NO, note="missing"),
    Convention("AdamW", BOOK, _NO, note="missing: it is later than the book"),
    Convention(
        "AdamW", PAPER,
        (
            *_MEANS,
            *_HATS,
            "theta = theta - eta*(alpha*m_hat/(sqrt(v_hat) + epsilon) + lam*theta)",
        ),
        means=_BETAS | {"alpha": "lr", "epsilon": "eps", "lam": "weight_decay", "eta": 1.0},
        weight="theta", eps=_ROOT,
        note="η is a schedule; λ is not multiplied by the rate α",
        source="Loshchilov & Hutter 2019, algorithm 2",
    ),
    Convention(
        "AdamW", TORCH,
        (
            "theta = theta - gamma*lam*theta",
            *_MEANS,
            *_HATS,
            "theta = theta - gamma*m_hat/(sqrt(v_hat) + epsilon)",
        ),
        means=_BETAS | _TORCH_MEANS | {"lam": "weight_decay"}, weight="theta", eps=_ROOT,
        defaults="torch.optim.AdamW(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01, "
        "amsgrad=False)",
        note="λ is multiplied by the rate", source=_TORCH_AT.format("adamw"),
    ),
    Convention(
        "AdamW", KERAS,
        (
            "w = w - lr*lam*w",
            *_MEANS,
            "a = lr*sqrt(1 - beta2**t)/(1 - beta1**t)",
            "w = w - a*m/(sqrt(v) + epsilon)",
        ),
        means=_BETAS | _KERAS_MEANS | {"lam": "weight_decay"}, eps=_HAT,
        defaults="keras.optimizers.AdamW(learning_rate=0.001, weight_decay=0.004, beta_1=0.9, "
        "beta_2=0.999, epsilon=1e-07, amsgrad=False)",
        note="λ is multiplied by the rate", source=_KERAS_AT.format("adamw"),
    ),
)  # fmt: skip


def conventions_table(rule: type[Optimizer] | str | None = None) -> Table | Folder:
    """How texts and libraries write a rule: formula, defaults, place of the small number.

    `rule` is a class or its name; without one it is a Folder with a table for each. A source that
    does not have the rule, or only names it, stands there without a formula. Raises TypeError for
    what is no rule, and ValueError for one that is not there.
    """
    names = list(dict.fromkeys(c.rule for c in CONVENTIONS))
    if rule is None:
        return Folder({name: _table(name) for name in names})
    return _table(checks.rule(rule, among=[getattr(optimizers, name) for name in names]).__name__)


def _table(name: str) -> Table:
    rows = []
    for c in CONVENTIONS:
        if c.rule == name:
            lines = [pretty(line) for line in c.lines]
            if c.at:
                lines.insert(0, f"g at {_pretty(ast.parse(c.at, mode='eval').body)}")
            update = "<br>".join(lines).translate(_UNBROKEN) or "-"
            call = c.defaults.removeprefix("torch.optim.").removeprefix("keras.optimizers.")
            small = f"small number {c.eps}" if c.eps else ""
            said = [f"`{call}`" if "(" in call else call, small, c.note, c.source]
            rows.append([c.where, update, "; ".join(filter(None, said))])
    return Table(["where", "update", "defaults and notes"], rows)


# --- formulas as plain text --------------------------------------------------------------------

#: what keeps a formula on one line of a table
_UNBROKEN = str.maketrans(
    {" ": "\N{NO-BREAK SPACE}", "-": "\N{MINUS SIGN}", "/": "/\N{WORD JOINER}"}
)

_LETTERS = {
    "eps": "ε", "epsilon": "ε", "eta": "η", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "rho": "ρ", "rho1": "ρ₁", "rho2": "ρ₂", "beta1": "β₁", "beta2": "β₂", "mu": "μ", "nu": "ν",
    "mu_next": "μ′", "pi": "Π", "psi": "ψ", "lam": "λ", "tau": "τ", "theta": "θ", "dx": "Δx",
    "m_hat": "m̂", "n_hat": "n̂", "v_hat": "v̂", "s_hat": "ŝ", "r_hat": "r̂", "x_old": "x₋",
    "x_new": "x₊",
}  # fmt: skip


def pretty(line: str) -> str:
    """An assignment as plain text.

    >>> pretty("r = rho*r + (1 - rho)*g*g")
    'r ← ρ r + (1 - ρ) g²'
    >>> pretty("theta = theta - eps/sqrt(delta + r)*g")
    'θ ← θ - ε/√(δ + r) g'
    """
    target, _, right = checks.text("line", line).partition(" = ")
    try:
        tree = ast.parse(right, mode="eval").body
    except SyntaxError:
        checks.wrong_value("line", line, "an assignment, such as 'w = w - eta*g'")
    text = _pretty(tree).removeprefix("0 - ")
    minus = "-" if isinstance(tree, ast.BinOp) and _pretty(tree).startswith("0 - ") else ""
    return f"{_LETTERS.get(target, target)} ← {minus}{text}"


def _pretty(node: Any) -> str:
    if isinstance(node, ast.Constant):
        return format(node.value, "g").replace("e-0", "e-")
    if isinstance(node, ast.Name):
        return _LETTERS.get(node.id, node.id)
    if isinstance(node, ast.Call):
        inner = _pretty(node.args[0])
        return f"√{inner}" if isinstance(node.args[0], ast.Name) else f"√({inner})"
    left, right = _pretty(node.left), _pretty(node.right)
    if isinstance(node.op, ast.Add | ast.Sub):
        right = f"({right})" if _is_sum(node.right) else right
        return f"{left} {'+' if isinstance(node.op, ast.Add) else '-'} {right}"
    if _is_sum(node.left):
        left = f"({left})"
    if isinstance(node.op, ast.Pow):
        return left + ("ᵗ" if right == "t" else f"^({right})")
    if _is_sum(node.right) or isinstance(node.op, ast.Div) and _is_product(node.right):
        right = f"({right})"
    if isinstance(node.op, ast.Div):
        return f"{left}/{right}"
    before = node.left.right if _is_product(node.left) else node.left
    if _pretty(before) == right:  # g*g, or a*g*g
        return f"{left.removesuffix(right)}{f'({right})' if len(right) > 1 else right}²"
    return f"{left} {right}"


def _is_sum(node: Any) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _is_product(node: Any) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)
