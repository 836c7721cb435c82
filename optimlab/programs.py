r"""A rule as Python: in place on arrays, and on plain floats for a single point.

>>> from optimlab.rules import read
>>> lines = ("m = b*m + (1 - b)*g", "m_hat = m/(1 - b**t)", "w = w - eta*m_hat")
>>> program = compiled(read(lines), shares=("b",))
>>> print(program.text)
def scalars(t, _carried, b, eta):
 _b_t, = _carried
 _k0 = 1.0 - b
 _b_t = _b_t * b
 _k1 = 1.0 - _b_t
 _k2 = eta / _k1
 return [_b_t], [b, _k0, _k2]
def step(w, g, m, _b0, b, _k0, _k2):
 _multiply(b, m, m)
 _multiply(_k0, g, _b0)
 _add(m, _b0, m)
 _multiply(_k2, m, _b0)
 _subtract(w, _b0, w)

`scalars` works out what holds no array, once a step; `step` does the rest, one pass over the
arrays in each line, the last argument being where the result goes.  A pass costs time, so there
is one trick: the division of an array x by a number c is put off until it meets another number.

- n·(x/c) = (n/c)·x
- x/c + n = (x + n·c)/c
- √(x/c) = √x/√c, where c cannot be negative
- x/(y/c) = c·(x/y)

So m_hat above is never stored: its 1 - b**t divides the rate.  Adam's two corrections become one
factor of η and one of δ, which is what its authors suggest at the end of their section 2.  Powers
of t are carried along as products.  Apart from this the lines are worked out as they stand.

>>> print(program.loop_text(1))
def run(_steps, _measure, _trail, _probes, _gradients, _first, b, eta):
 w__0, m__0, = _first
 _b_t = 1.0
 _k0 = 1.0 - b
 for t in _steps:
  _at = w__0,
  _g = g__0, = _measure(*_at)
  _gradients.append(_g)
  _b_t = _b_t * b
  _k1 = 1.0 - _b_t
  _k2 = eta / _k1
  m__0 = b * m__0 + _k0 * g__0
  w__0 = w__0 - _k2 * m__0
  _trail.append((w__0, m__0,))

The loop writes the same lines out for each coordinate, so both give the same bits.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from optimlab.rules import Line, Rule, evaluate, exponent, names, whole_power

_TIMES, _OVER = ast.Mult(), ast.Div()
_UFUNCS = {ast.Add: "_add", ast.Sub: "_subtract", ast.Mult: "_multiply", ast.Div: "_divide"}


def _root(x: Any) -> Any:
    return math.sqrt(x) if type(x) is float else np.sqrt(x)


def _power(x: Any, y: Any) -> Any:
    return math.pow(x, y) if type(x) is type(y) is float else np.power(x, y)


#: the names in a program that are not the rule's own; those begin with a letter
_ON_ARRAYS = {
    "_add": np.add, "_subtract": np.subtract, "_multiply": np.multiply, "_divide": np.divide,
    "_copy": np.positive, "_sqrt": np.sqrt, "sqrt": _root, "_power": _power, "nan": math.nan,
}  # fmt: skip
_ON_FLOATS = {"sqrt": math.sqrt, "_power": math.pow, "nan": math.nan}

# --- numbers apart from arrays -----------------------------------------------------------------


class _Scaled(NamedTuple):
    """tree·above/below: an array, and numbers that are put off; None stands for 1."""

    tree: ast.expr
    above: ast.expr | None = None
    below: ast.expr | None = None


class Simplified:
    """The lines of a rule, numbers apart from arrays.

    numbers   [(name, formula)], each once a step, in this order
    arrays    [(name, formula)], after them; a number stands in these by its name alone
    carried   {name before the step: name after it} of numbers that are carried on, from 1
    moving    the names of numbers that change from step to step
    """

    def __init__(self, rule: Rule, shares: tuple[str, ...]):
        self.rule = rule
        self.numbers: list[tuple[str, ast.expr]] = []
        self.arrays: list[tuple[str, ast.expr]] = []
        self.carried: dict[str, str] = {}
        self.moving = {"t", *rule.running}
        self.array_names = set(rule.arrays)
        self._now: dict[str, ast.expr] = {}  # number in the rule -> its newest name, or constant
        self._known: dict[str, str] = {}  # text of a formula -> the name of its number
        self._lets: dict[str, _Scaled] = {}  # arrays that are written out where they are used
        self._positive = {"t", *rule.symbols}  # numbers that are >= 0 whatever happens
        self._shares = set(shares)  # and those that are <= 1 besides
        for k, line in enumerate(rule.lines):
            if line.target in rule.arrays:
                self._set_array(line, rule.lines[k + 1 :])
            else:
                self._set_number(line, k)
        self.carried |= {name: ast.unparse(self._now[name]) for name in rule.running}

    def _set_number(self, line: Line, k: int) -> None:
        plain = self._plain(line.tree)
        if not isinstance(plain, ast.Constant):
            taken = line.target in self._now or line.target in self.rule.running
            name = f"_{line.target}_{k}" if taken else line.target
            self._add_number(name, plain)
            plain = ast.Name(name)
        self._now[line.target] = plain

    def _set_array(self, line: Line, later: tuple[Line, ...]) -> None:
        if self.rule.holds_array(line.tree):
            scaled = self._pull(line.tree)
        else:
            scaled = _Scaled(self._number(line.tree))
        self._lets.pop(line.target, None)
        if self._is_used_once(line.target, names(scaled.tree), later):
            self._lets[line.target] = scaled
        else:
            self.arrays.append((line.target, self._settle(scaled)))

    def _is_used_once(self, target: str, made_of: list[str], later: tuple[Line, ...]) -> bool:
        """Whether a formula can stand in the one place where its target is used, if any."""
        uses = [k for k, line in enumerate(later) for name in names(line.tree) if name == target]
        if target in ("w", "g", *self.rule.slots) or len(uses) > 1:
            return False
        return {target, *made_of}.isdisjoint(line.target for line in later[: sum(uses)])

    # --- numbers

    def _plain(self, tree: ast.expr) -> ast.expr:
        """A formula of numbers in the names that they have now, constants worked out."""
        match tree:
            case ast.Name(id=name):
                return self._now.get(name, tree)
            case ast.Call(args=[inside]):
                tree = _sqrt(self._plain(inside))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                tree = self._plain_power(tree, self._number(left), self._plain(right))
            case ast.BinOp(left=left, op=op, right=right):
                tree = ast.BinOp(self._plain(left), op, self._plain(right))
        if names(tree):
            return tree
        with np.errstate(all="ignore"):
            return ast.Constant(float(evaluate(tree, {})))

    def _plain_power(self, power: ast.BinOp, base: ast.expr, top: ast.expr) -> ast.expr:
        if exponent(power) == 0.5:
            return _sqrt(base)
        if n := whole_power(power):
            return _product(base, n)
        if not names(base) and not names(top):
            return ast.BinOp(base, ast.Pow(), top)
        is_t = isinstance(top, ast.Name) and top.id == "t"
        if is_t and self.moving.isdisjoint(names(base)):
            return self._power_of_t(base)
        return ast.Call(ast.Name("_power"), [base, top], [])

    def _power_of_t(self, base: ast.expr) -> ast.expr:
        text = ast.unparse(base)
        name = f"_{text if isinstance(base, ast.Name) else f'c{len(self.carried)}'}_t"
        if name not in self.carried:
            self.carried[name] = name
            self.moving.add(name)
            for properties in (self._positive, self._shares):
                if text in properties:
                    properties.add(name)
            self._add_number(name, ast.BinOp(ast.Name(name), _TIMES, base))
        return ast.Name(name)

    def _number(self, tree: ast.expr) -> ast.expr:
        """A formula of numbers by its name."""
        return self._named(self._plain(tree))

    def _named(self, plain: ast.expr) -> ast.expr:
        if isinstance(plain, ast.Name | ast.Constant):
            return plain
        text = ast.unparse(plain)
        if text not in self._known:
            self._known[text] = f"_k{len(self._known)}"
            self._add_number(self._known[text], plain)
        return ast.Name(self._known[text])

    def _add_number(self, name: str, plain: ast.expr) -> None:
        self.numbers.append((name, plain))
        if not self.moving.isdisjoint(names(plain)):
            self.moving.add(name)
        if self._is_positive(plain):
            self._positive.add(name)

    def _is_positive(self, plain: ast.expr | None) -> bool:
        """Whether a number can be told from its formula to be >= 0."""
        match plain:
            case ast.Name(id=name):
                return name in self._positive
            case ast.BinOp(left=ast.Constant(value=1.0), op=ast.Sub(), right=ast.Name(id=name)):
                return name in self._shares
            case ast.BinOp(left=left, op=op, right=right):
                return not isinstance(op, ast.Sub) and all(map(self._is_positive, (left, right)))
            case ast.Call(func=ast.Name(id=function)):
                return function == "sqrt"
            case ast.Constant(value=float() as value):
                return value >= 0
        return plain is None

    def _times(self, left: ast.expr | None, right: ast.expr | None) -> ast.expr | None:
        if left is None or right is None:
            return left or right
        return self._named(ast.BinOp(left, _TIMES, right))

    # --- arrays

    def _settle(self, scaled: _Scaled) -> ast.expr:
        """The formula with its numbers put in."""
        tree, above, below = scaled
        if above is None:
            return tree if below is None else ast.BinOp(tree, _OVER, below)
        factor = above if below is None else self._named(ast.BinOp(above, _OVER, below))
        return ast.BinOp(factor, _TIMES, tree)

    def _pull(self, tree: ast.expr) -> _Scaled:
        """A formula that holds an array, with the divisions by numbers put off."""
        match tree:
            case ast.Name(id=name):
                return self._lets.get(name, _Scaled(tree))
            case ast.Call(args=[inside]):
                return self._pull_root(self._pull(inside))
            case ast.BinOp(left=left, op=ast.Pow()):
                return self._pull_power(self._pull(left), tree)
            case ast.BinOp(left=left, op=op, right=right) if not self.rule.holds_array(left):
                return self._with_number(self._number(left), op, self._pull(right), first=True)
            case ast.BinOp(left=left, op=op, right=right) if not self.rule.holds_array(right):
                return self._with_number(self._number(right), op, self._pull(left), first=False)
            case ast.BinOp(left=left, op=op, right=right):
                x, y = self._pull(left), self._pull(right)
                if isinstance(op, ast.Div) and (*x[1:], *y[1:]) != (None,) * 4:
                    factor, rest = self._leading_number(x.tree)
                    above = self._times(self._times(x.above, factor), y.below)
                    below = self._times(x.below, y.above)
                    return _Scaled(ast.BinOp(rest, _OVER, y.tree), above, below)
                return _Scaled(ast.BinOp(self._settle(x), op, self._settle(y)))
        raise TypeError(f"{tree!r} is no formula")

    def _pull_root(self, x: _Scaled) -> _Scaled:
        if self._is_positive(x.above) and self._is_positive(x.below):
            above, below = (n and self._named(_sqrt(n)) for n in (x.above, x.below))
            return _Scaled(_sqrt(x.tree), above, below)
        return _Scaled(_sqrt(self._settle(x)))

    def _pull_power(self, x: _Scaled, power: ast.BinOp) -> _Scaled:
        if exponent(power) == 0.5:
            return self._pull_root(x)
        base = self._settle(x)
        if not isinstance(base, ast.Name):  # it is worked out once
            self.arrays.append((f"_p{len(self.arrays)}", base))
            base = ast.Name(self.arrays[-1][0])
            self.array_names.add(base.id)
        return _Scaled(_product(base, whole_power(power) or 1))

    def _with_number(self, n: ast.expr, op: ast.operator, x: _Scaled, first: bool) -> _Scaled:
        """The formula n op x, or x op n where the number is not `first`."""
        match op:
            case ast.Mult():
                if x.above is x.below is None:
                    return _Scaled(ast.BinOp(n, _TIMES, x.tree))
                return x._replace(above=self._times(n, x.above))
            case ast.Div() if not first:
                factor, rest = self._leading_number(x.tree)
                return _Scaled(rest, self._times(x.above, factor), self._times(x.below, n))
        if isinstance(op, ast.Div) or x.above is not None or x.below is None:
            x = _Scaled(self._settle(x))
        shift = self._times(n, x.below) or n
        both = (shift, x.tree) if first else (x.tree, shift)
        return _Scaled(ast.BinOp(both[0], op, both[1]), None, x.below)

    def _leading_number(self, tree: ast.expr) -> tuple[ast.expr | None, ast.expr]:
        """(number, X) of a formula number*X, and (None, formula) of any other."""
        match tree:
            case ast.BinOp(left=ast.Name() | ast.Constant() as n, op=ast.Mult(), right=rest):
                if self.array_names.isdisjoint(names(n)):
                    return n, rest
        return None, tree


def _sqrt(tree: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("sqrt"), [tree], [])


def _product(base: ast.expr, n: int) -> ast.expr:
    """base*base*…, n times: numbers and arrays round alike in it, as in a power they need not."""
    tree = base
    for _ in range(n - 1):
        tree = ast.BinOp(tree, _TIMES, base)
    return tree


# --- in place on arrays ----------------------------------------------------------------------

#: what a call makes, by the number of the call; before all calls an array or a number, by its name
_Value = int | str


class _Call(NamedTuple):
    target: str  #: the line that it belongs to
    ufunc: str
    operands: tuple[_Value, ...]


def _calls(simplified: Simplified) -> tuple[list[_Call], dict[str, _Value], list[str]]:
    """The array formulas as calls, what w and the slots are after them, the numbers in them."""
    slots = simplified.rule.slots
    calls: list[_Call] = []
    now: dict[str, _Value] = {name: name for name in ("w", "g", *slots)}
    given: dict[str, None] = {}

    def add(*call: Any) -> int:
        calls.append(_Call(*call))
        return len(calls) - 1

    def value(tree: ast.expr, target: str) -> _Value:
        match tree:
            case ast.Name(id=name) if name in simplified.array_names:
                return now[name]
            case ast.Name(id=name):
                given[name] = None
                return name
            case ast.Call(args=[inside]):
                return add(target, "_sqrt", (value(inside, target),))
            case ast.BinOp(left=left, op=op, right=right):
                return add(target, _UFUNCS[type(op)], (value(left, target), value(right, target)))
        return ast.unparse(tree)

    for target, tree in simplified.arrays:
        found = value(tree, target)
        made = isinstance(tree, ast.BinOp | ast.Call)
        now[target] = found if made else add(target, "_copy", (found,))
    return calls, {name: now[name] for name in ("w", *slots)}, list(given)


def _placed(calls: list[_Call], final: dict[str, _Value]) -> tuple[list[str], list[str]]:
    """The calls as text, each with the array that it writes into; and the buffers they need.

    A value of w's line goes into w if the value there is not read any more, and so for the slots;
    any other into a buffer, which is free again after the last call that reads it.  The array of
    g is never written: it is the caller's.
    """
    last = {value: k for k, call in enumerate(calls) for value in call.operands}
    last |= dict.fromkeys(final.values(), len(calls))
    texts: list[str] = []
    buffers: list[str] = []
    free: list[str] = []
    place: dict[_Value, str] = {name: name for name in ("g", *final)}
    inside: dict[str, _Value] = {name: name for name in final}
    for k, (target, ufunc, operands) in enumerate(calls):
        read = [place.get(value, str(value)) for value in operands]
        done = [place[v] for v in dict.fromkeys(operands) if v in place and last[v] == k]
        free += (mine := [name for name in done if name in buffers])
        if target in inside and last.get(inside[target], -1) <= k:
            out, inside[target] = target, k
        elif free:
            out = (mine or free)[0]
            free.remove(out)
        else:
            out = f"_b{len(buffers)}"
            buffers.append(out)
        texts.append(f"{ufunc}({', '.join((*read, out))})")
        place[k] = out
    texts += [f"_copy({place[v]}, {name})" for name, v in final.items() if place[v] != name]
    return texts, buffers


# --- both programs ---------------------------------------------------------------------------


class Program:
    """A rule as Python.

    scalars   (t, carried, *hyperparameters) -> what is carried on, and the numbers of `step`
    step      (w, g, *slots, *buffers, *numbers): one update, in place
    probe     (w, *slots, *hyperparameters) -> where the gradient is measured
    loop      the whole run of one point on floats
    buffers   how many arrays `step` needs besides
    steady    whether it needs the same numbers at every step
    text      of `scalars` and `step`
    """

    def __init__(self, rule: Rule, shares: tuple[str, ...]):
        self.rule = rule
        self.simplified = Simplified(rule, shares)
        calls, final, given = _calls(self.simplified)
        texts, buffers = _placed(calls, final)
        self.buffers = len(buffers)
        self.steady = self.simplified.moving.isdisjoint(given)
        numbers = [f"{name} = {ast.unparse(tree)}" for name, tree in self.simplified.numbers]
        carried = self.simplified.carried
        self.text = "\n".join([
            f"def scalars({', '.join(('t', '_carried', *rule.symbols))}):",
            *([f" {_tuple(carried)} = _carried"] if carried else []),
            *(f" {line}" for line in numbers),
            f" return [{', '.join(carried.values())}], [{', '.join(given)}]",
            f"def step({', '.join(('w', 'g', *rule.slots, *buffers, *given))}):",
            *(f" {line}" for line in texts),
        ])  # fmt: skip
        made = _made(self.text, _ON_ARRAYS)
        self.scalars, self.step = made["scalars"], made["step"]
        head = f"def probe({', '.join(('w', *rule.slots, *rule.symbols))}):"
        self.probe = _made(f"{head} return {ast.unparse(rule.probe)}", {"sqrt": np.sqrt})["probe"]
        self._loops: dict[int, Callable] = {}

    def numbers(self, t: int, carried: list, values: list) -> tuple[list, list]:
        """What is carried on from step t, and what `step` needs in it."""
        try:
            return self.scalars(float(t), carried, *values)
        except (ArithmeticError, ValueError):  # where numpy's numbers give infinity or NaN
            carried, values = (
                [np.float64(x) if isinstance(x, float) else x for x in part]
                for part in (carried, values)
            )
            return self.scalars(np.float64(t), carried, *values)

    def carried(self, steps: int, values: list) -> list:
        """What is carried on after so many steps with the same hyperparameters."""
        found: list = [1.0] * len(self.simplified.carried)
        for t in range(1, steps + 1):
            found, _ = self.numbers(t, found, values)
        return found

    def counter(self, steps: int) -> Iterable[Any]:
        """What the loop counts by: the numbers of the steps, if they stand in the lines."""
        formulas = (*self.simplified.numbers, *self.simplified.arrays)
        counts = any("t" in names(tree) for _, tree in formulas)
        return np.arange(1.0, steps + 1).tolist() if counts else repeat(None, steps)

    def loop(self, coordinates: int) -> Callable:
        """The run of one point of so many coordinates as one function."""
        if coordinates not in self._loops:
            self._loops[coordinates] = _made(self.loop_text(coordinates), _ON_FLOATS)["run"]
        return self._loops[coordinates]

    def loop_text(self, coordinates: int) -> str:
        """Its text: the lines written out for each coordinate."""
        rule, simplified, each = self.rule, self.simplified, range(coordinates)
        numbers = [(name, f"{name} = {ast.unparse(tree)}") for name, tree in simplified.numbers]
        lines = [f"{name} = {ast.unparse(tree)}" for name, tree in simplified.arrays]
        probe = ast.unparse(rule.probe)
        words = re.compile(rf"\b({'|'.join(sorted(simplified.array_names))})\b")

        def numbered(text: str, i: int) -> str:
            return words.sub(rf"\1__{i}", text)

        kept = _tuple(f"{name}__{i}" for i in each for name in ("w", *rule.slots))
        given = ("_steps", "_measure", "_trail", "_probes", "_gradients", "_first", *rule.symbols)
        return "\n".join([
            f"def run({', '.join(given)}):",
            f" {kept} = _first",
            *(f" {name} = 1.0" for name in simplified.carried),
            *(f" {line}" for name, line in numbers if name not in simplified.moving),
            " for t in _steps:",
            f"  _at = {_tuple(numbered(probe, i) for i in each)}",
            *(["  _probes.append(_at)"] if rule.looks_ahead else []),
            f"  _g = {_tuple(f'g__{i}' for i in each)} = _measure(*_at)",
            "  _gradients.append(_g)",
            *(f"  {line}" for name, line in numbers if name in simplified.moving),
            *(f"  {numbered(line, i)}" for i in each for line in lines),
            f"  _trail.append(({kept}))",
            *(f"  {name} = {new}" for name, new in simplified.carried.items() if name != new),
        ])  # fmt: skip


def _tuple(texts: Iterable[str]) -> str:
    return ", ".join(texts) + ","


def _made(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a text defines.  Nothing has got into it but trees that `rules` let pass."""
    space = {"__builtins__": {}, **given}
    exec(text, space)
    return space


@lru_cache(maxsize=256)
def compiled(rule: Rule, shares: tuple[str, ...] = ()) -> Program:
    """The program of a rule; `shares` are those of its hyperparameters that lie in [0, 1)."""
    return Program(rule, shares)
