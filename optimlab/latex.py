r"""The lines of a rule as LaTeX, in symbols and with numbers put in.

>>> from optimlab.rules import read
>>> for line in formula(read(("v = alpha*v - eta*g", "w = w + v"), "w + alpha*v")):
...     print(line)
g = \nabla f(w + \alpha\,v)
v \leftarrow \alpha\,v - \eta\,g
w \leftarrow w + v
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optimlab.grammar import evaluate, names
from optimlab.rules import Rule

DOT, THIN = r" \cdot ", r"\,"  #: times between numbers, and between symbols

#: how a call is written, where that is not \name(…)
_CALLS = {
    "sqrt": r"\sqrt{}", "exp": "e^{}", "abs": "|{}|", "asin": r"\arcsin({})",
    "acos": r"\arccos({})", "atan": r"\arctan({})", "sign": r"\mathrm{sign}({})",
}  # fmt: skip
_LATEX = {"decay": r"\lambda", "mu_next": r"\mu'", "pi": r"\Pi"}
_GREEK = frozenset(
    "alpha beta gamma delta epsilon eta theta lambda mu nu rho sigma tau phi psi omega".split()
)


def formula(rule: Rule) -> list[str]:
    """The gradient's line and those of the rule, in symbols."""
    return [
        _gradient_line(rule, symbol, THIN),
        *(
            f"{_left_side(rule, line.target)} {render(line.tree, symbol, THIN, rule.arrays)}"
            for line in rule.lines
        ),
    ]


def formula_with(rule: Rule, values: Mapping[str, Any], digits: int) -> list[str]:
    """The same with numbers, each line with its result; `values` are those before the step."""
    known = dict(values)

    def write(name: str) -> str:
        return written(known[name], digits)

    lines = [f"{_gradient_line(rule, write, DOT)} = {write('g')}"]
    for line in rule.lines:
        right = render(line.tree, write, DOT, rule.arrays)
        known[line.target] = evaluate(line.tree, known)
        lines.append(f"{_left_side(rule, line.target)} {right} = {write(line.target)}")
    return lines


def _gradient_line(rule: Rule, write: Callable[[str], str], times: str) -> str:
    at = render(rule.probe, write, times, rule.arrays)
    point = not rule.looks_ahead and at.startswith("(")
    return rf"g = \nabla f{at}" if point else rf"g = \nabla f({at})"


def _left_side(rule: Rule, target: str) -> str:
    kept = target in ("w", "g", *rule.slots, *rule.running)
    return f"{symbol(target)} " + (r"\leftarrow" if kept else "=")


def symbol(name: str) -> str:
    r"""A name as LaTeX.

    >>> print(symbol("beta1"), symbol("m_hat"), symbol("x_old"), symbol("clip"))
    \beta_1 \hat{m} x_{\mathrm{old}} \mathrm{clip}
    """
    if name in _LATEX:
        return _LATEX[name]
    if name.endswith("_hat"):
        return rf"\hat{{{symbol(name.removesuffix('_hat'))}}}"
    base, _, below = name.partition("_")
    letters = base.rstrip("0123456789")
    text = rf"\{letters}" if letters in _GREEK else letters
    if len(letters) > 1 and letters not in _GREEK:
        text = rf"\mathrm{{{letters}}}"
    number = base[len(letters) :]
    below = ",".join(filter(None, (number, below and rf"\mathrm{{{below.replace('_', ' ')}}}")))
    return text + (f"_{below}" if len(below) == 1 else f"_{{{below}}}" if below else "")


def render(
    tree: ast.expr,
    write: Callable[[str], str],
    times: str = THIN,
    arrays: frozenset[str] = frozenset(),
) -> str:
    """LaTeX of a formula; `write(name)` gives a name's text, and two `arrays` multiply by ⊙."""
    if isinstance(tree, ast.Constant):
        return _scientific(str(tree.value).removesuffix(".0"))
    if isinstance(tree, ast.Name):
        return write(tree.id)
    if isinstance(tree, ast.Call):
        name = ast.unparse(tree.func)
        return _CALLS.get(name, rf"\{name}({{}})").replace(
            "{}", "{" + render(tree.args[0], write, times, arrays) + "}"
        )
    if isinstance(tree, ast.UnaryOp):
        inside = render(tree.operand, write, times, arrays)
        return f"-({inside})" if _is_sum(tree.operand) else f"-{_bracket(inside)}"

    assert isinstance(tree, ast.BinOp)
    left, right = (render(side, write, times, arrays) for side in (tree.left, tree.right))
    # a minus may stand before a whole product; before a number that was put in it stays in brackets
    free = times == THIN and not isinstance(tree.op, ast.Pow)
    if isinstance(tree.op, ast.Div):
        minus = free and left[0] == "-" and not _is_sum(tree.left)
        return rf"-\frac{{{left[1:]}}}{{{right}}}" if minus else rf"\frac{{{left}}}{{{right}}}"
    if isinstance(tree.op, ast.Add | ast.Sub):
        plus = isinstance(tree.op, ast.Add)
        if free and plus and right[0] == "-" and not _is_sum(tree.right):
            return f"{left} - {right[1:]}"
        right = f"({right})" if _is_sum(tree.right) else _bracket(right)
        return f"{left} {'+' if plus else '-'} {right}"

    left = f"({left})" if _is_sum(tree.left) else left if free else _bracket(left)
    if isinstance(tree.op, ast.Pow):
        simple = left.startswith("(") or not isinstance(tree.left, ast.BinOp) and "^" not in left
        return f"{left if simple else f'({left})'}^{{{right}}}"
    right = f"({right})" if _is_sum(tree.right) else _bracket(right)
    if right[0].isdigit():
        times = DOT
    if times == THIN and not any(arrays.isdisjoint(names(x)) for x in (tree.left, tree.right)):
        times = r" \odot "
    return f"{left}{times}{right}"


def _is_sum(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub)


def _bracket(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def written(value: Any, digits: int) -> str:
    """A number, or the first few of an array, as LaTeX with few significant digits."""
    values = np.atleast_1d(np.asarray(value, dtype=float)).ravel()
    texts = [_scientific(f"{x + 0.0:.{digits}g}") for x in values[:4]]
    if np.ndim(value) == 0:
        return texts[0]
    if values.size > 4:
        texts.append(r"\ldots")
    return f"({', '.join(texts)})"


def _scientific(text: str) -> str:
    text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"
