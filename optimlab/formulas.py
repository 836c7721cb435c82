r"""A function as a text: how it is read, shown, differentiated and worked out.

>>> f = function("x^2/20 + y^2")
>>> f, f.latex
(<Function x^2/20 + y^2: 1 minimum found numerically>, '\\frac{x^{2}}{20} + y^{2}')
>>> f.gradient((-7, 2)), f.minima
(array([-0.7,  4. ]), array([[0., 0.]]))
>>> function("2x")
Traceback (most recent call last):
ValueError: text='2x': text must be a formula such as x^2 + y; at position 2, write 2*x

The text is never run: it is read by `grammar`, and only trees of numbers, names, ``+ - * / **`` and
the functions in `grammar.CALLS` come of it.  sympy differentiates these trees, and its answer is
read as such a text again.  numpy and JavaScript are made of the trees by `program_text`.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import numpy as np

from optimlab import checks, grammar, latex
from optimlab.grammar import CALLS, LONGEST, names
from optimlab.programs import made
from optimlab.rules import HIGHEST_POWER
from optimlab.words import short

#: no brackets are nested deeper, and no derivative has more parts
DEEPEST, MOST_PARTS = 20, 3000
CONSTANTS = {"pi": math.pi, "e": math.e}
#: other names of functions
ALIASES = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
#: the functions that may be written
FUNCTIONS = (*CALLS, *ALIASES)
ACCEPTED = "a formula such as x^2 + y"

_VARIABLE = re.compile(r"[A-Za-z](?:_?\d+)?", re.ASCII)


class Formula(NamedTuple):
    """What a text says: its tree, whose leaves are numbers and the variables."""

    text: str
    tree: ast.expr
    variables: tuple[str, ...]


# --- reading ---------------------------------------------------------------------------------


def refuse(name: str, text: str, why: str) -> NoReturn:
    """Raise the error of a text that is no function."""
    named = "" if name == "text" else "the name of a Function, or "
    checks.wrong_value(name, text, f"{named}{ACCEPTED}; {why}")


class Reader(grammar.Reader):
    """The tree of one text; `name` is what an error calls the argument."""

    calls, aliases, constants = (*CALLS,), ALIASES, CONSTANTS

    def __init__(self, name: str, text: str, longest: int = LONGEST):
        self.name = name
        self.deepest = DEEPEST if longest == LONGEST else 5 * DEEPEST
        super().__init__(text, longest)

    def fail(self, why: str) -> NoReturn:
        refuse(self.name, self.text, why)

    def read(self) -> Formula:
        """The whole text, with its variables in order."""
        tree = self.whole()
        found = [name for name in dict.fromkeys(names(tree)) if name not in CONSTANTS]
        if len({name[0] for name in found}) == 1 or set(found) == {"x", "y"}:
            found.sort()
        if not found:
            self.fail("it has no variable, such as x")
        if len(found) > 2:
            many = f"it has {len(found)} variables, {', '.join(found)}, and two are the most"
            self.fail(f"{many}: put in numbers")
        return Formula(self.text, tree, tuple(found))

    def named(self, name: str, at: int, called: bool) -> ast.expr:
        if name not in CONSTANTS and not _VARIABLE.fullmatch(name):
            self.refuse(at, self.unknown(name, called))
        return super().named(name, at, called)

    def unknown(self, name: str, called: bool) -> str:
        near = difflib.get_close_matches(name.lower(), (*FUNCTIONS, *CONSTANTS), 1, 0.6)
        if near:
            return f"{name} is not known: did you mean {near[0]}?"
        if not called and len(name) <= 3:
            return f"{name} is not known: a product of variables is {'*'.join(name)}"
        known = ", ".join((*CALLS, *CONSTANTS))
        return f"{name} is not known: a variable is one letter, as x or x1, and there are {known}"


def is_word(text: str) -> bool:
    """Whether a text is words alone, such as a name, and nothing that is worked out."""
    words = text.split()
    if not words or len(text) < 4 or not all(re.fullmatch("[A-Za-z]+", word) for word in words):
        return not words
    return words[0] not in CONSTANTS and not words[0].startswith(FUNCTIONS)


def tree_of(text: Any) -> ast.expr:
    """The tree of a text of the package's own, of any length; a tree is one already."""
    return Reader("text", text, 10**6).whole() if isinstance(text, str) else text


def read(text: Any, name: str = "text") -> Formula:
    """The tree and the variables of a text."""
    if not isinstance(text, str):
        checks.wrong_kind(name, text, ACCEPTED)
    return Reader(name, text).read()


# --- working out -----------------------------------------------------------------------------

_GIVEN = {**CALLS, "_power": np.power}
_TAKEN = re.compile(r"\b_\d+\b")
#: brackets that may stand inside each other in a line of a program; Python itself takes 200
_INLINE = 20


def program(
    trees: Sequence[ast.expr], variables: tuple[str, ...], alone: bool = False
) -> Callable[..., Any]:
    """The values of some trees as one function of the variables: numbers, or arrays of them.

    What stands in them more than once is worked out once, and small powers are products, which
    round alike for a number and for an array.  A value that stands `alone` is given as it is.
    """
    return made(program_text(trees, variables, alone), _GIVEN)["values"]


def program_text(
    trees: Sequence[ast.expr], variables: tuple[str, ...], alone: bool = False, js: bool = False
) -> str:
    """Its text in Python or in JavaScript, where a division by what is no number is a call.

    >>> tree = read("(x + 1)^2/x").tree
    >>> print(program_text([tree], ("x",)))
    def values(x):
     _0 = x + 1.0
     return ((_0 * _0) / x),
    >>> print(program_text([tree], ("x",), alone=True, js=True))
    (x) => {
    const _0 = x + 1.0;
    return _over((_0 * _0), x);
    }
    """
    known: dict[tuple, int] = {}  # (kind, parts) -> its number, parts before what they are in
    uses: Counter = Counter()

    def entered(kind: str, *parts: Any) -> int:
        key = (kind, *parts)
        if key not in known:
            known[key] = len(known)
            uses.update(part for part in parts if kind not in ("name", "number"))
        return known[key]

    def placed(tree: ast.expr) -> int:
        tree = folded(tree)
        match tree:
            case ast.Constant(value=float() as value):
                return entered("number", repr(value))
            case ast.Name(id=name):
                return entered("name", name)
            case ast.UnaryOp(operand=inside):
                return entered("-{}", placed(inside))
            case ast.Call(func=ast.Name(id=name), args=[inside]):
                return entered(name + "({})", placed(inside))
            case ast.BinOp(left=base, op=ast.Pow(), right=right):
                factor = product = placed(base)
                n = Reader.worth(right) if Reader.is_number(right) else 0.0
                if n == 0.5:
                    return entered("sqrt({})", factor)
                if n not in range(1, HIGHEST_POWER + 1):
                    return entered("_power({}, {})", factor, placed(right))
                for _ in range(int(n) - 1):
                    product = entered("{} * {}", product, factor)
                return product
            case ast.BinOp(left=left, op=op, right=right):
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(op)]
                if js and sign == "/" and not Reader.is_number(right):
                    return entered("_over({}, {})", placed(left), placed(right))
                return entered(f"{{}} {sign} {{}}", placed(left), placed(right))
        raise TypeError(f"{tree!r} is no formula")

    roots = [placed(tree) for tree in trees]
    lines: list[str] = []
    texts: dict[int, str] = {}
    deep: dict[int, int] = {}
    for (kind, *parts), k in known.items():
        if kind in ("name", "number"):
            texts[k], deep[k] = str(parts[0]), 0
            continue
        text = kind.format(*(texts[part] for part in parts))
        deep[k] = 1 + max(deep[part] for part in parts)
        if uses[k] > 1 or deep[k] > _INLINE:
            lines.append(f"_{len(lines)} = {text}")
            text, deep[k] = f"_{len(lines) - 1}", 0
        elif not kind.endswith(")"):
            text = f"({text})"
        texts[k] = text
    found, given = ", ".join(texts[root] for root in roots), ", ".join(variables)
    if js:
        lines = [f"const {line};" for line in lines]
        found = found if alone else f"[{found}]"
        return "\n".join([f"({given}) => {{", *lines, f"return {found};\n}}"])
    last = {name: k for k, line in enumerate(lines) for name in _TAKEN.findall(line)}
    lines.append(f"return {found}{',' * (not alone)}")
    for name in (name for name in last if name not in _TAKEN.findall(lines[-1])):
        lines[last[name]] += f"; del {name}"  # large arrays go back to the heap at once
    return "\n ".join([f"def values({given}):", *lines])


def folded(tree: ast.expr) -> ast.expr:
    """A tree without variables as its number; any other as it is."""
    if Reader.is_number(tree) and not isinstance(tree, ast.Constant):
        return ast.Constant(Reader.worth(tree))
    return tree


# --- differentiating -------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _calculus() -> tuple[Any, dict[str, Any]]:
    """sympy, and its functions by their names in a text.

    Symbols have no assumptions and |x| is a function of our own: sympy then differentiates by the
    rules of calculus alone, and puts in no complex parts.
    """
    sympy = checks.extra("sympy", "a function given as a text")
    sign = type("sign", (sympy.Function,), {"fdiff": lambda self, _=1: sympy.Integer(0)})
    size = type("abs", (sympy.Function,), {"fdiff": lambda self, _=1: sign(self.args[0])})
    known = {name: getattr(sympy, name, None) for name in CALLS}
    return sympy, known | {"abs": size, "sign": sign}


def _to_sympy(tree: ast.expr) -> Any:
    sympy, known = _calculus()
    match folded(tree):
        case ast.Constant(value=float() as value):
            whole = value.is_integer() and abs(value) <= 1e6
            return sympy.Integer(int(value)) if whole else sympy.Float(value, 17)
        case ast.Name(id=name):
            return sympy.Symbol(name)
        case ast.UnaryOp(operand=inside):
            return -_to_sympy(inside)
        case ast.Call(func=ast.Name(id=name), args=[inside]):
            return known[name](_to_sympy(inside))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _to_sympy(left), _to_sympy(right)
            work = {ast.Add: a.__add__, ast.Sub: a.__sub__, ast.Mult: a.__mul__}
            if isinstance(op, ast.Pow):
                if b.is_Integer and a.as_coeff_Mul()[0].is_Rational:
                    factor = a.as_coeff_Mul()[0]  # it is raised on its own, as a whole number
                    size = max(abs(factor.p), factor.q)
                    if size > 1 and size.bit_length() * abs(int(b)) > 2000:
                        raise OverflowError
                return a**b
            return a / b if isinstance(op, ast.Div) else work[type(op)](b)
    raise TypeError(f"{tree!r} is no formula")


def derivatives(
    formula: Formula, name: str = "text"
) -> tuple[list[ast.expr], list[ast.expr]]:
    """The first derivatives, and the second ones: f_xx, or f_xx, f_xy and f_yy."""
    sympy, _ = _calculus()
    symbols = [sympy.Symbol(name) for name in formula.variables]
    try:
        whole = _to_sympy(formula.tree)
        first = [whole.diff(symbol) for symbol in symbols]
        if sum(1 for slope in first for _ in sympy.preorder_traversal(slope)) > MOST_PARTS:
            raise RecursionError
        second = [slope.diff(symbol) for i, slope in enumerate(first) for symbol in symbols[i:]]
        # what sympy writes is in the same grammar, so that it is read and checked in the same way
        slopes, bends = (
            [tree_of(sympy.sstr(one, full_prec=True)) for one in part]
            for part in (first, second)
        )
        if not set(formula.variables).issuperset(
            name for tree in (*slopes, *bends) for name in names(tree) if name not in CONSTANTS
        ):  # the root of a negative number
            raise ValueError
        return slopes, bends
    except RecursionError:
        why = "its derivatives are too long to be worked out"
    except (OverflowError, ValueError):
        why = "its derivative has a number that is too large or undefined"
    refuse(name, formula.text, why)


# --- the function ----------------------------------------------------------------------------


def _written(symbol: str) -> str:
    return {"pi": r"\pi"}.get(symbol, latex.symbol(symbol))


@lru_cache(maxsize=64)
def _made(text: str, name: str) -> Any:
    from optimlab import landmarks
    from optimlab.functions import Stated

    formula = read(text, name)
    first, second = derivatives(formula, name)
    tree, variables = formula.tree, formula.variables
    if isinstance(tree, ast.Name):  # its value is an array of its own, too
        tree = ast.BinOp(tree, ast.Add(), ast.Constant(0.0))
    made = Stated(
        " ".join(text.split()), latex.render(formula.tree, _written), tree, first, second,
        domain=((-5, 5), (-5, 5)) if len(variables) > 1 else (-5, 5),
    )  # fmt: skip
    made.variables, made.formula = variables, formula
    landmarks.described(made)
    with np.errstate(all="ignore"):
        finite = np.isfinite(made(made.start))
    if not finite:
        refuse(name, text, "it has no finite value near zero")
    return made


class _Shortened(ast.NodeTransformer):
    """The same tree with six digits of each number: 469 for 469.00000000000006."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(float(f"{float(str(node.value)):.6g}"))


def told(f: Any) -> str:
    r"""A function as Markdown: its formula, its gradient and Hessian, the minima that were found.

    >>> print(told(function("x^2/20")))
    $$\begin{aligned}
    f(x) &= \frac{x^{2}}{20} \\[4pt]
    f'(x) &= \frac{x}{10} \\[4pt]
    f''(x) &= \frac{1}{10}
    \end{aligned}$$
    <BLANKLINE>
    Found numerically: 1 minimum: 0.
    """
    at = ", ".join(map(_written, f.variables[: f.dim])) if f.dim < 3 else _written("w")
    rows = [f"f({at}) &= {f.latex}"]
    if f.formula is not None:
        first, second = ([latex.render(_Shortened().visit(deepcopy(tree)), _written)
                          for tree in trees] for trees in derivatives(f.formula))  # fmt: skip
        if f.dim == 1:
            rows += [f"f'({at}) &= {first[0]}", f"f''({at}) &= {second[0]}"]
        else:
            xx, xy, yy = second
            rows += [rf"\frac{{\partial f}}{{\partial {_written(name)}}} &= {slope}"
                     for name, slope in zip(f.variables, first, strict=True)]  # fmt: skip
            rows += [rf"\nabla^2 f &= \begin{{pmatrix}} {xx} & {xy} \\ {xy} & {yy} \end{{pmatrix}}"]
    body = " \\\\[4pt]\n".join(rows)
    text = f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"
    if f.found:
        places = [short(point) for point in f.minima[:5]] + ["…"] * (len(f.minima) > 5)
        where = f": {', '.join(places)}" if places else ""
        others = f"; {f.count(False)}" if len(f.stationary) else ""
        text += f"\n\nFound numerically: {f.count()}{where}{others}."
    return text


def function(text: Any, name: str = "text") -> Any:
    """The `Function` that a text says: see `functions.parse`."""
    if not isinstance(text, str):
        checks.wrong_kind(name, text, ACCEPTED)
    return copy(_made(text, name))
