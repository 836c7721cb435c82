r"""One text for each update rule: how its lines are read, shown, and worked out as they stand.

A rule is a few lines of arithmetic.  These two are Momentum's:

>>> momentum = read(("v = alpha*v - eta*g", "w = w + v"))

w are the parameters, g is the gradient, t counts the steps.  All else follows from the lines:

- a line sets an array if an array stands in it, as w and g are arrays; otherwise a number;
- what is read before a line sets it is remembered from one step to the next;
- what no line sets is a hyperparameter.

>>> momentum.arrays == {"w", "g", "v"}, momentum.slots, momentum.symbols
(True, ('v',), ('alpha', 'eta'))
>>> float(evaluate(momentum.lines[0].tree, {"alpha": 0.9, "v": 0.5, "eta": 0.1, "g": 4.0}))
0.04999999999999999

A text is never run: `grammar` reads it, and only trees of names, numbers, ``+ - * / **`` and
``sqrt()`` come of it.  `programs` makes Python of these trees, and `javascript` JavaScript.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import numpy as np

from optimlab import grammar
from optimlab.checks import shown
from optimlab.grammar import LONGEST, evaluate, names

#: no rule has more lines, and no formula is deeper
MOST_LINES, DEEPEST = 50, 50
#: an array may be raised to a whole number up to this, or to 0.5
HIGHEST_POWER = 8

_NAME = re.compile(r"(?!.*__)[A-Za-z]\w*", re.ASCII)


class Line(NamedTuple):
    """One line of a rule: ``target = tree``."""

    text: str
    target: str
    tree: ast.expr


@dataclass(frozen=True, eq=False)
class Rule:
    """What the lines of a rule say."""

    lines: tuple[Line, ...]
    probe: ast.expr  #: where the gradient is measured
    arrays: frozenset[str]  #: names that stand for one number for each parameter
    slots: tuple[str, ...]  #: arrays that are remembered from step to step; they start at 0
    running: tuple[str, ...]  #: numbers that are; they start at 1
    symbols: tuple[str, ...]  #: what no line sets: the hyperparameters

    def holds_array(self, tree: ast.AST) -> bool:
        """Whether an array stands in a formula."""
        return not self.arrays.isdisjoint(names(tree))

    @property
    def looks_ahead(self) -> bool:
        """Whether the gradient is measured elsewhere than at w."""
        return not isinstance(self.probe, ast.Name)


# --- reading ---------------------------------------------------------------------------------


def refuse(line: Any, why: str, error: type[Exception] = ValueError) -> NoReturn:
    """Raise the error of a line that is no part of a rule."""
    raise error(f"rule {shown(line)}: {why}") from None


class _Reader(grammar.Reader):
    """The right side of a line."""

    deepest_tree = DEEPEST

    def fail(self, why: str) -> NoReturn:
        refuse(self.text, why)

    def signed(self, depth: int) -> ast.expr:
        if self.token.text == "-":
            self.refuse(self.token.at, "write 0 - x for -x")
        return super().signed(depth)

    def named(self, name: str, at: int, called: bool) -> ast.expr:
        if called and name in grammar.CALLS:
            self.refuse(at, f"only sqrt() may be called in a rule, not {name}")
        if not _is_name(name) and name != "t":
            self.refuse(at, f"only other names may be used, not {name}")
        return super().named(name, at, called)


@lru_cache(maxsize=1024)
def parse(line: str) -> Line:
    """Split ``"v = alpha*v - eta*g"`` into its target and the tree of its right side."""
    target, equals, right = (part.strip() for part in line.partition("="))
    if not equals and len(line) <= LONGEST:
        refuse(line, "it sets nothing; a line is such as w = w - eta*g")
    if "=" in right or not target.replace("_", "x").isalnum():
        refuse(line, "it is no formula, such as w = w - eta*g")
    tree = _Reader(line, begin=line.index("=") + 1).whole()
    if not _is_name(target):
        refuse(line, f"{target} cannot be set")
    return Line(line, target, tree)


def _is_name(text: str) -> bool:
    own = text in ("sqrt", "nan", "t") or keyword.iskeyword(text)
    return bool(_NAME.fullmatch(text)) and not own


def as_lines(given: Any) -> tuple[str, ...]:
    """The lines of a rule as a tuple of texts; a single text is a single line."""
    lines = (given,) if isinstance(given, str) else given
    if not isinstance(lines, list | tuple):
        refuse(given, "the lines of a rule are a tuple of texts", TypeError)
    for line in lines:
        if not isinstance(line, str):
            refuse(line, "a line is a text such as 'w = w - eta*g'", TypeError)
    return tuple(lines)


@lru_cache(maxsize=256)
def read(lines: tuple[str, ...], probe: str = "w") -> Rule:
    """The rule that these lines are; `probe` is the formula of where the gradient is measured."""
    parsed = tuple(map(parse, lines))
    if not parsed or len(parsed) > MOST_LINES:
        refuse(lines, f"a rule has 1 to {MOST_LINES} lines")
    ahead = parse(f"at = {probe}").tree
    if all(line.target != "w" or names(line.tree) == ["w"] for line in parsed):
        refuse(lines[-1], "no line changes w; the last one is such as w = w - eta*g")

    arrays = {"w", "g"}
    for _ in parsed:  # as often as one array may lead to the next
        arrays |= {line.target for line in parsed if not arrays.isdisjoint(names(line.tree))}
    targets = list(dict.fromkeys(line.target for line in parsed))
    known, early = {"w", "g"}, set(names(ahead))
    for line in parsed:
        early |= {name for name in names(line.tree) if name not in known}
        known.add(line.target)
    kept = [name for name in targets if name in early - {"w", "g"}]
    others = early - {"w", "g", "t", *targets}

    rule = Rule(
        parsed, ahead, frozenset(arrays),
        slots=tuple(name for name in kept if name in arrays),
        running=tuple(name for name in kept if name not in arrays),
        symbols=tuple(sorted(others)),
    )  # fmt: skip
    for name in names(ahead):
        if name not in {"w", *rule.slots, *rule.symbols}:
            refuse(probe, f"{name} is not known where the gradient is measured")
    if "w" not in names(ahead) or any(isinstance(n, ast.Pow) for n in ast.walk(ahead)):
        refuse(probe, "the gradient is measured at w or near it, such as at w + alpha*v")
    for line in parsed:
        _check_powers(rule, line)
    return rule


def _check_powers(rule: Rule, line: Line) -> None:
    for power in ast.walk(line.tree):
        if isinstance(power, ast.BinOp) and isinstance(power.op, ast.Pow):
            fits = whole_power(power) or exponent(power) == 0.5
            if rule.holds_array(power.right) or rule.holds_array(power.left) and not fits:
                refuse(
                    line.text,
                    f"{ast.unparse(power)}: an array may be raised to a whole number from 1 to "
                    f"{HIGHEST_POWER} or to 0.5, and nothing to an array",
                )


def exponent(power: ast.BinOp) -> Any:
    """The number that stands as exponent, or None for a formula."""
    return power.right.value if isinstance(power.right, ast.Constant) else None


def whole_power(power: ast.BinOp) -> int | None:
    """The exponent of a power that is worked out as a product: 1, 2, … `HIGHEST_POWER`."""
    number = exponent(power)
    return int(number) if number in range(1, HIGHEST_POWER + 1) else None


# --- working out, as it stands ---------------------------------------------------------------


def work_out(rule: Rule, values: Mapping[str, Any]) -> dict[str, Any]:
    """All values after the lines."""
    known = dict(values)
    for line in rule.lines:
        known[line.target] = evaluate(line.tree, known)
    return known


def before_steps(rule: Rule, values: Mapping[str, Any], last: int) -> Iterator[dict[str, Any]]:
    """The running numbers before each step from 1 to `last`, with constant hyperparameters."""
    known = dict(values) | dict.fromkeys(rule.running, 1.0)
    for known["t"] in range(1, last + 1):
        yield {name: known[name] for name in rule.running}
        for line in rule.lines:
            if line.target not in rule.arrays:
                known[line.target] = evaluate(line.tree, known)


# --- the rate --------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def rate(rule: Rule, eta: str = "eta") -> dict[int, ast.expr]:
    """What the gradient, or its running mean, is multiplied by in a step.

    It is the term that holds the learning rate `eta`, without the array that it multiplies; in a
    rule without learning rate the term that is added to w.  Where that array is itself a product
    with g, its other factors belong to the rate.  The result is its factors by the numbers of
    their lines, as AdaDelta's u is set between the two.

    >>> adagrad = read(("h = h + g*g", "w = w - eta*g/(sqrt(h) + delta)"))
    >>> {k: ast.unparse(factor) for k, factor in rate(adagrad).items()}
    {1: 'eta / (sqrt(h) + delta)'}
    """
    holds_rate = {eta}
    for line in rule.lines:
        if line.target not in rule.arrays and not holds_rate.isdisjoint(names(line.tree)):
            holds_rate.add(line.target)
    terms = [(k, term) for k, line in enumerate(rule.lines) for term in _terms(line.tree)]
    with_rate = [(k, term) for k, term in terms if not holds_rate.isdisjoint(names(term))]
    changes_w = [(k, term) for k, term in terms if rule.lines[k].target == "w"]
    others = rule.arrays - {"w"}
    steps = [
        (k, *found)
        for k, term in with_rate[::-1] or changes_w[::-1]
        if (found := _without(term, {"g"}) or _without(term, others))
    ]
    if not steps:
        return {}
    k, array, factor = steps[0]
    factors = {k: factor}
    for j in range(k - 1, -1, -1):
        line = rule.lines[j]
        if line.target == array:
            factor_of_g = _without(line.tree, {"g"}) if len(_terms(line.tree)) == 1 else None
            if not factor_of_g:
                break
            array, factors[j] = factor_of_g
    return factors


def rates(rule: Rule, eta: str, values: Mapping[str, Any]) -> Any:
    """The rate at each step of a run; w, g and the slots before each step hold all steps, first."""
    factors = rate(rule, eta)
    if not factors:
        raise TypeError(f"no rate multiplies the gradient in {shown(rule.lines[-1].text)}")
    needed = {name for factor in factors.values() for name in names(factor)}
    for line in rule.lines[::-1]:
        needed |= set(names(line.tree)) if line.target in needed else set()
    found: Any = 1.0
    for k, known in enumerate(at_every_step(rule, values, needed)):
        if k in factors:
            found = found * evaluate(factors[k], known)
    return found


def at_every_step(
    rule: Rule, values: Mapping[str, Any], needed: Iterable[str] | None = None
) -> Iterator[dict[str, Any]]:
    """What is known before each line and after the last one, at all steps of a run at once.

    w, g and the slots in `values` hold all steps, first; of the lines only those are worked out
    whose targets are `needed`, by default all.
    """
    known = dict(values)
    needed = {line.target for line in rule.lines} if needed is None else set(needed)

    def for_each_step(numbers: list[Any]) -> np.ndarray:
        """Numbers, or arrays that broadcast against the parameters, one for each step."""
        found = np.array(np.broadcast_arrays(*numbers), dtype=float)
        missing = np.ndim(known["g"]) - found.ndim
        return found.reshape(len(found), *(1,) * missing, *found.shape[1:])

    steps = len(known["g"])
    if not needed.isdisjoint(rule.running):
        before = list(before_steps(rule, values, steps))
        known |= {name: for_each_step([one[name] for one in before]) for name in rule.running}
    known["t"] = for_each_step(list(range(1, steps + 1)))
    for line in rule.lines:
        yield dict(known)
        if line.target in needed:
            known[line.target] = evaluate(line.tree, known)
    yield known


def _terms(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub):
        return _terms(tree.left) + _terms(tree.right)
    return [tree]


def _without(tree: ast.expr, arrays: Iterable[str]) -> tuple[str, ast.expr] | None:
    """One of these arrays that is a factor of the tree, and the tree without it."""
    match tree:
        case ast.Name(id=name) if name in arrays:
            return name, ast.Constant(1.0)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            if found := _without(left, arrays):
                return found[0], ast.BinOp(found[1], ast.Div(), right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for side, other in ((left, right), (right, left)):
                if found := _without(side, arrays):
                    one = isinstance(found[1], ast.Constant) and found[1].value == 1.0
                    return found[0], other if one else ast.BinOp(found[1], ast.Mult(), other)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return next(filter(None, (_without(term, arrays) for term in _terms(tree))), None)
    return None
