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

`scalars` works out what holds no array, once a step; `step` does the rest, each line a pass over
the arrays whose result goes into the last one.  Passes cost time, so numbers meet where they can,
n·(k·x) = (n·k)·x, and the division of an array by a number is put off until it meets another:

- n·(x/c) = (n/c)·x
- (n·x)/c = (n/c)·x
- x/c + n = (x + n·c)/c
- √(x/c) = √x/√c, where c cannot be negative
- x/(y/c) = c·(x/y)

So m_hat above is never stored, its 1 - b**t divides the rate.  Adam's two corrections become one
factor of η and one of δ, which is what its authors suggest at the end of their section 2.  Powers
of t are carried along as products.  Apart from this the lines are worked out as they stand.

>>> print(program.loop_text(1))
def run(_steps, _measure, _trail, _probes, _gradients, _first, b__, eta__):
 w__0, m__0, = _first
 _b_t = 1.0
 _k0 = 1.0 - b__
 for t__ in _steps:
  _at = w__0,
  _g = g__0, = _measure(*_at)
  _gradients.append(_g)
  _b_t = _b_t * b__
  _k1 = 1.0 - _b_t
  _k2 = eta__ / _k1
  m__0 = b__ * m__0 + _k0 * g__0
  w__0 = w__0 - _k2 * m__0
  _trail.append((w__0, m__0,))

The loop writes the same lines out for each coordinate, so both give the same bits.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import compress, count, islice, repeat
from operator import not_
from typing import Any, NamedTuple

import numpy as np

from optimlab.grammar import evaluate, names
from optimlab.rules import Line, Rule, exponent, whole_power

_TIMES, _OVER = ast.Mult(), ast.Div()
_UFUNCS = {ast.Add: "_add", ast.Sub: "_subtract", ast.Mult: "_multiply", ast.Div: "_divide"}


def _root(x: Any) -> Any:
    return math.sqrt(x) if type(x) is float else np.sqrt(x)


def _power(x: Any, y: Any) -> Any:
    return math.pow(x, y) if type(x) is type(y) is float else np.power(x, y)


#: the names in a program that are not the rule's own, which begin with a letter
_ON_ARRAYS = {
    "_add": np.add, "_subtract": np.subtract, "_multiply": np.multiply, "_divide": np.divide,
    "_copy": np.positive, "_sqrt": np.sqrt, "sqrt": _root, "_power": _power, "nan": math.nan,
}  # fmt: skip
#: a name in a formula that is written out
WORD = re.compile(r"\b[A-Za-z_]\w*")
_ON_FLOATS = {"sqrt": math.sqrt, "_power": math.pow, "nan": math.nan}

# --- numbers apart from arrays -----------------------------------------------------------------


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
        self._lets: dict[str, ast.expr] = {}  # arrays that are written out where they are used
        self._positive = {"t", *rule.symbols}  # numbers that are >= 0 whatever happens
        self._shares = set(shares)  # and those that are <= 1 besides
        for k, line in enumerate(rule.lines):
            if line.target not in rule.arrays:
                self._set_number(line, k)
                continue
            tree = self._part(line.tree)
            self._lets.pop(line.target, None)
            if self._is_used_once(line.target, names(tree), rule.lines[k + 1 :]):
                self._lets[line.target] = tree
            else:
                self.arrays.append((line.target, tree))
        self.carried |= {name: ast.unparse(self._now[name]) for name in rule.running}

    def _is_used_once(self, target: str, made_of: list[str], later: tuple[Line, ...]) -> bool:
        """Whether a formula can stand in the one place where its target is used, if any."""
        uses = [k for k, line in enumerate(later) for name in names(line.tree) if name == target]
        if target in ("w", "g", *self.rule.slots) or len(uses) > 1:
            return False
        between = later[: uses[0]] if uses else ()
        return {target, *made_of}.isdisjoint(line.target for line in between)

    # --- numbers

    def _set_number(self, line: Line, k: int) -> None:
        plain = self._plain(line.tree)
        if not isinstance(plain, ast.Constant):
            taken = line.target in self._now or line.target in self.rule.running
            name = f"_{line.target}_{k}" if taken else line.target
            self._add_number(name, plain)
            plain = ast.Name(name)
        self._now[line.target] = plain

    def _plain(self, tree: ast.expr) -> ast.expr:
        """A formula of numbers in the names that they have now, constants worked out."""
        match tree:
            case ast.Name(id=name):
                return self._now.get(name, tree)
            case ast.Call(args=[inside]):
                tree = _sqrt(self._plain(inside))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                tree = self._plain_power(tree, self._named(self._plain(left)), self._plain(right))
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

    def _named(self, plain: ast.expr) -> ast.expr:
        """The name of a number, or a constant."""
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

    def _is_positive(self, plain: ast.expr) -> bool:
        """Whether a number can be told from its formula to be >= 0."""
        match plain:
            case ast.Name(id=name):
                return name in self._positive
            case ast.BinOp(left=ast.Constant(value=1.0), op=ast.Sub(), right=ast.Name(id=name)):
                return name in self._shares
            case ast.BinOp(left=left, op=op, right=right):
                return not isinstance(op, ast.Sub) and all(map(self._is_positive, (left, right)))
            case ast.Constant(value=float() as value):
                return value >= 0
        return isinstance(plain, ast.Call) and ast.unparse(plain.func) == "sqrt"

    # --- arrays

    def _part(self, tree: ast.expr) -> ast.expr:
        """A formula of arrays with its numbers by their names, or such a name alone."""
        if not self.rule.holds_array(tree):
            return self._named(self._plain(tree))
        match tree:
            case ast.Name(id=name):
                return self._lets.get(name, tree)
            case ast.Call(args=[inside]):
                return self._rooted(self._part(inside))
            case ast.BinOp(left=left, op=ast.Pow()):
                return self._raised(self._part(left), tree)
            case ast.BinOp(left=left, op=op, right=right):
                return self._joined(self._part(left), op, self._part(right))
        raise TypeError(f"{tree!r} is no formula")

    def _is_number(self, tree: ast.expr) -> bool:
        return self.array_names.isdisjoint(names(tree))

    def _joined(self, left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
        """left op right, where one of them at least holds an array."""
        if isinstance(op, ast.Mult) and self._is_number(right):
            left, right = right, left
        (x, c), (y, d) = self._divided(left), self._divided(right)
        n, multiplied = self._multiplied(right if isinstance(op, ast.Mult) else left)
        match op:
            case ast.Mult() if self._is_number(left) and d:
                return ast.BinOp(self._number(left, _OVER, d), op, y)
            case ast.Mult() if self._is_number(left) and n:
                return ast.BinOp(self._number(left, _TIMES, n), op, multiplied)
            case ast.Div() if self._is_number(right) and n:
                return ast.BinOp(self._number(n, _OVER, right), _TIMES, multiplied)
            case ast.Div() if self._is_number(right) and c:
                return ast.BinOp(x, op, self._number(c, _TIMES, right))
            case ast.Div() if d and self._is_number(left):
                return ast.BinOp(self._number(left, _TIMES, d), op, y)
            case ast.Div() if d:
                if n:
                    d, left = self._number(n, _TIMES, d), multiplied
                elif c:
                    d, left = self._number(d, _OVER, c), x
                return ast.BinOp(d, _TIMES, ast.BinOp(left, op, y))
            case ast.Add() | ast.Sub() if self._is_number(right) and c:
                return ast.BinOp(ast.BinOp(x, op, self._number(right, _TIMES, c)), _OVER, c)
            case ast.Add() | ast.Sub() if self._is_number(left) and d:
                return ast.BinOp(ast.BinOp(self._number(left, _TIMES, d), op, y), _OVER, d)
        return ast.BinOp(left, op, right)

    def _rooted(self, tree: ast.expr) -> ast.expr:
        x, c = self._divided(tree)
        if c and self._is_positive(c):
            return ast.BinOp(_sqrt(x), _OVER, self._named(_sqrt(c)))
        return _sqrt(tree)

    def _raised(self, base: ast.expr, power: ast.BinOp) -> ast.expr:
        if exponent(power) == 0.5:
            return self._rooted(base)
        if not isinstance(base, ast.Name):  # it is worked out once
            self.arrays.append((f"_p{len(self.arrays)}", base))
            base = ast.Name(self.arrays[-1][0])
            self.array_names.add(base.id)
        return _product(base, whole_power(power) or 1)

    def _number(self, left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
        return self._named(self._plain(ast.BinOp(left, op, right)))

    def _divided(self, tree: ast.expr) -> tuple[ast.expr, ast.expr | None]:
        """(x, c) of a formula x/c with a number c."""
        match tree:
            case ast.BinOp(left=x, op=ast.Div(), right=c) if self._is_number(c):
                return x, c
        return tree, None

    def _multiplied(self, tree: ast.expr) -> tuple[ast.expr | None, ast.expr]:
        """(n, x) of a formula n*x with a number n."""
        match tree:
            case ast.BinOp(left=n, op=ast.Mult(), right=x) if self._is_number(n):
                return n, x
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


#: in place of a ufunc: here the gradient is measured
_MEASURE = ""


class _Call(NamedTuple):
    target: str  #: the line that it belongs to
    ufunc: str
    operands: tuple[_Value, ...]


def _calls(
    simplified: Simplified, probe: ast.expr | None = None
) -> tuple[list[_Call], dict[str, _Value], list[str]]:
    """The array formulas as calls, what w and the slots are after them, the numbers in them.

    With `probe` where the gradient is measured comes first, and what both need is called once.
    """
    slots = simplified.rule.slots
    calls: list[_Call] = []
    known: dict[tuple, int] = {}
    now: dict[str, _Value] = {name: name for name in ("w", "g", *slots)}
    given: dict[str, None] = {}

    def add(*call: Any) -> int:
        if (made := known.get(call[1:])) is not None:
            return made
        calls.append(_Call(*call))
        known[call[1:]] = len(calls) - 1
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

    if probe is not None:
        add("g", _MEASURE, (value(probe, "g"),))
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
        if ufunc == _MEASURE:
            texts.append(f"return {read[0]}")
            continue
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
    halves    `probe` and `step` in place, for a rule that looks ahead
    loop      the whole run of one point on floats
    buffers   how many arrays `step` needs besides
    given     the names of these numbers
    steady    whether they are the same at every step
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
        found = made(self.text, _ON_ARRAYS)
        self.scalars, self.step = found["scalars"], found["step"]
        head = f"def probe({', '.join(('w', *rule.slots, *rule.symbols))}):"
        self.probe = made(f"{head} return {ast.unparse(rule.probe)}", {"sqrt": np.sqrt})["probe"]
        self.given = given
        self._loops: dict[int, Callable] = {}

    @cached_property
    def halves(self) -> tuple[Callable, Callable, int]:
        """`probe` and `step` of one run, in place: what both need is worked out once.

        look      (w, *slots, *buffers, *numbers, *hyperparameters) -> where g is measured
        land      (w, g, *slots, *buffers, *numbers, *hyperparameters): the update after it

        Third comes how many buffers the two share, which nothing else may write between them.
        """
        calls, final, _ = _calls(self.simplified, self.rule.probe)
        texts, buffers = _placed(calls, final)
        at = next(k for k, call in enumerate(calls) if call.ufunc == _MEASURE) + 1
        # a hyperparameter that is among the numbers is one value by two names
        others = (f"_{s}" if s in self.given else s for s in self.rule.symbols)
        arrays = (*self.rule.slots, *buffers, *self.given, *others)
        text = "\n".join([
            f"def look({', '.join(('w', *arrays))}):",
            *(f" {line}" for line in texts[:at]),
            f"def land({', '.join(('w', 'g', *arrays))}):",
            *(f" {line}" for line in texts[at:]),
        ])  # fmt: skip
        found = made(text, _ON_ARRAYS)
        return found["look"], found["land"], len(buffers)

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
        return islice(count(1.0), steps) if counts else repeat(None, steps)

    def loop(self, coordinates: int) -> Callable:
        """The run of one point of so many coordinates as one function."""
        if coordinates not in self._loops:
            self._loops[coordinates] = made(self.loop_text(coordinates), _ON_FLOATS)["run"]
        return self._loops[coordinates]

    def spelled(self, coordinates: int) -> dict[str, list[str]]:
        """The parts of a run, written out for each coordinate; they are JavaScript as well.

        Each name of the rule gets two more underscores: it is then no word of a language.
        """
        rule, simplified, each = self.rule, self.simplified, range(coordinates)

        def text(given: ast.expr | str, i: int = 0) -> str:
            whole = given if isinstance(given, str) else ast.unparse(given)
            return WORD.sub(lambda found: named(found[0], i), whole)

        def named(name: str, i: int) -> str:
            if name in simplified.array_names:
                return f"{name}__{i}"
            return name if name[0] == "_" or name in ("sqrt", "nan") else f"{name}__"

        def lines(numbers: Iterable[tuple[str, Any]], i: int = 0) -> list[str]:
            return [f"{text(name, i)} = {text(given, i)}" for name, given in numbers]

        moves = [name in simplified.moving for name, _ in simplified.numbers]
        carried = simplified.carried.items()
        return {
            "symbols": [text(symbol) for symbol in rule.symbols],
            "kept": [text(name, i) for i in each for name in ("w", *rule.slots)],
            "first": lines((name, "1.0") for name in simplified.carried),
            "once": lines(compress(simplified.numbers, map(not_, moves))),
            "at": [text(rule.probe, i) for i in each],
            "g": [text("g", i) for i in each],
            "always": lines(compress(simplified.numbers, moves)),
            "updates": [line for i in each for line in lines(simplified.arrays, i)],
            "last": lines((name, new) for name, new in carried if name != new),
        }

    def loop_text(self, coordinates: int) -> str:
        """The text of `loop`."""
        run = self.spelled(coordinates)
        kept = _tuple(run["kept"])
        given = ("_steps", "_measure", "_trail", "_probes", "_gradients", "_first")
        return "\n".join([
            f"def run({', '.join((*given, *run['symbols']))}):",
            f" {kept} = _first",
            *(f" {line}" for line in (*run["first"], *run["once"])),
            " for t__ in _steps:",
            f"  _at = {_tuple(run['at'])}",
            *(["  _probes.append(_at)"] if self.rule.looks_ahead else []),
            f"  _g = {_tuple(run['g'])} = _measure(*_at)",
            "  _gradients.append(_g)",
            *(f"  {line}" for line in (*run["always"], *run["updates"])),
            f"  _trail.append(({kept}))",
            *(f"  {line}" for line in run["last"]),
        ])  # fmt: skip


def _tuple(texts: Iterable[str]) -> str:
    return ", ".join(texts) + ","


def made(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a text defines.  Nothing has got into it but trees that were read and checked."""
    space = {"__builtins__": {}, **given}
    exec(text, space)
    return space


@lru_cache(maxsize=256)
def compiled(rule: Rule, shares: tuple[str, ...] = ()) -> Program:
    """The program of a rule; `shares` are those of its hyperparameters that lie in [0, 1)."""
    return Program(rule, shares)
