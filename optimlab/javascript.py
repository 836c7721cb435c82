r"""Rules and functions as JavaScript, of the trees that run in Python: see `draw/live/engine.js`.

>>> from optimlab import SGD, functions
>>> print(rule_program(SGD)["source"])
($steps, $gradient, $start, $hyper) => {
const [eta__] = $hyper;
let w__0 = $start[0], w__1 = $start[1], g__0, g__1;
const $kept = new Float64Array(2*($steps + 1)), $probes = new Float64Array(2*$steps);
const $gradients = new Float64Array(2*$steps);
$kept.set([w__0, w__1]);
for (let t__ = 1, $k = 2, $i = 0; t__ <= $steps; t__ += 1) {
const $p0 = w__0, $p1 = w__1;
[g__0, g__1] = $gradient($p0, $p1);
$probes[$i] = $p0; $gradients[$i++] = g__0;
$probes[$i] = $p1; $gradients[$i++] = g__1;
w__0 = w__0 - eta__ * g__0;
w__1 = w__1 - eta__ * g__1;
$kept[$k++] = w__0; $kept[$k++] = w__1;
}
return {kept: $kept, gradients: $gradients, probes: $probes};
}
>>> print(function_program(functions.ravine)["gradient"])
(x, y) => {
return [(x / 10.0), (2.0 * y)];
}

Nothing gets into a text but trees that were read and checked, and their names: letters, digits and
single underscores.  Each name of a rule gets two more underscores, so that it is none of
JavaScript's own words; names of ours begin with $ or _.  ``+ - * /`` and sqrt round in JavaScript
as in Python, and stand in the same order: such paths agree to the last bit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from optimlab import checks, formulas
from optimlab.descent import is_plain
from optimlab.functions import Function, Stated
from optimlab.optimizers import Optimizer
from optimlab.programs import Program
from optimlab.rules import rate

__all__ = ["function_program", "rule_program"]

#: what `compile` in engine.js gives to a text
_GIVEN = ("nan", "sqrt", "_power")
_NAME = re.compile(r"\b[A-Za-z_]\w*", re.ASCII)


def rule_program(rule: Any, dim: int = 2) -> dict[str, Any] | None:
    """The run of a rule, a class or an object, at one point of `dim` coordinates, as JavaScript.

    source  ($steps, $gradient, $start, $hyper) => {kept, gradients, probes}, flat arrays of
            numbers, the step first; `kept` holds for each coordinate w and then the slots
    hyper   the names of the hyperparameters in the order in which `$hyper` holds their values
    state   the slots

    None for a rule that is more than its lines, such as one with an `update` of its own.
    """
    checks.whole("dim", dim, 1, 2)
    optimizer = rule if isinstance(rule, Optimizer) else _with_defaults(checks.rule(rule))
    if not optimizer.rules or not is_plain(optimizer, dim):
        return None
    program = optimizer._program()
    symbols, slots = program.rule.symbols, program.rule.slots
    hyper = [optimizer.symbols[symbol] for symbol in symbols]
    return {"source": _source(program, dim), "hyper": hyper, "state": list(slots)}


def _with_defaults(rule: type[Optimizer]) -> Optimizer:
    """An object of a class as its defaults say, whatever its own constructor takes."""
    made = rule.__new__(rule)
    for name in rule.hyperparameters():
        setattr(made, name, getattr(rule, name))
    for name, value in rule.switches.items():
        setattr(made, name, value)
    return made


def _source(program: Program, dim: int) -> str:
    simplified, slots, each = program.simplified, program.rule.slots, range(dim)
    arrays, symbols = simplified.array_names, program.rule.symbols

    def js(tree: ast.expr | str, i: int = 0) -> str:
        """The text of a formula, with the names that it has for a coordinate."""
        text = tree if isinstance(tree, str) else ast.unparse(tree).replace("1e309", "Infinity")
        return _NAME.sub(lambda found: named(found[0], i), text)

    def named(name: str, i: int) -> str:
        if name in arrays:
            return f"{name}__{i}"
        return name if name.startswith("_") or name in (*_GIVEN, "Infinity") else f"{name}__"

    def lines(moving: bool) -> list[str]:
        return [
            f"{js(name)} = {js(tree)};" for name, tree in simplified.numbers
            if (name in simplified.moving) == moving
        ]  # fmt: skip

    kept = [js(name, i) for i in each for name in ("w", *slots)]
    first = [f"{js('w', i)} = $start[{i}]" for i in each]
    first += [f"{js(slot, i)} = 0" for i in each for slot in slots]
    first += [f"{js(name)} = 1" for name in simplified.carried]
    set_ = [js(name) for name, _ in simplified.numbers if name not in simplified.carried]
    others = dict.fromkeys(["g", *(name for name, _ in simplified.arrays)])
    set_ += [js(name, i) for i in each for name in others if name not in ("w", *slots)]
    return "\n".join([
        "($steps, $gradient, $start, $hyper) => {",
        f"const [{_list(map(js, symbols))}] = $hyper;",
        f"let {_list(dict.fromkeys([*first, *set_]))};",
        f"const $kept = new Float64Array({len(kept)}*($steps + 1)), "
        f"$probes = new Float64Array({dim}*$steps);",
        f"const $gradients = new Float64Array({dim}*$steps);",
        *lines(False),
        f"$kept.set([{_list(kept)}]);",
        f"for (let t__ = 1, $k = {len(kept)}, $i = 0; t__ <= $steps; t__ += 1) {{",
        f"const {_list(f'$p{i} = {js(program.rule.probe, i)}' for i in each)};",
        f"[{_list(js('g', i) for i in each)}] = $gradient({_list(f'$p{i}' for i in each)});",
        *(f"$probes[$i] = $p{i}; $gradients[$i++] = {js('g', i)};" for i in each),
        *lines(True),
        *(f"{js(name, i)} = {js(tree, i)};" for i in each for name, tree in simplified.arrays),
        " ".join(f"$kept[$k++] = {name};" for name in kept),
        *(f"{js(name)} = {js(new)};" for name, new in simplified.carried.items() if name != new),
        "}",
        "return {kept: $kept, gradients: $gradients, probes: $probes};\n}",
    ])  # fmt: skip


class _Powers(ast.NodeTransformer):
    """A power as the call that JavaScript has for it."""

    def visit_BinOp(self, tree: ast.BinOp) -> ast.expr:
        left, right = self.visit(tree.left), self.visit(tree.right)
        if isinstance(tree.op, ast.Pow):
            return ast.Call(ast.Name("_power"), [left, right], [])
        return ast.BinOp(left, tree.op, right)


def rate_source(optimizer: Optimizer) -> str | None:
    """The effective rates of a recorded run at one coordinate, as `Optimizer.effective_rates`.

    ($steps, $w, $g, $before, $hyper) => numbers: of each step where it started, its gradient and
    the slots before it.  None for a rule without a rate.
    """
    rule = optimizer._read()
    factors = rate(rule, next(iter(optimizer.symbols)))
    if not factors:
        return None

    def js(tree: ast.expr | str) -> str:
        text = tree if isinstance(tree, str) else ast.unparse(_Powers().visit(tree))
        return _NAME.sub(lambda found: found[0] if found[0] in _GIVEN else f"{found[0]}__", text)

    own = dict.fromkeys(["w", "g", *rule.slots, *(line.target for line in rule.lines)])
    lines = []
    for k, line in enumerate(rule.lines):
        lines += [f"$rates[$k] *= {js(factors[k])};"] if k in factors else []
        lines.append(f"{js(line.target)} = {js(line.tree)};")
    return "\n".join([
        "($steps, $w, $g, $before, $hyper) => {",
        f"const [{_list(map(js, optimizer._program().rule.symbols))}] = $hyper;",
        f"let {_list(f'{js(name)} = 1' for name in own)};",
        "const $rates = new Float64Array($steps).fill(1);",
        "for (let t__ = 1, $k = 0; t__ <= $steps; t__ += 1, $k += 1) {",
        "w__ = $w[$k]; g__ = $g[$k];",
        *(f"{js(slot)} = $before[{i}][$k];" for i, slot in enumerate(rule.slots)),
        *lines, "}", "return $rates;\n}",
    ])  # fmt: skip


def _list(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def function_program(function: Any) -> dict[str, str] | None:
    """{"value": …, "gradient": …}: (x, y) => a number, and => [df/dx, df/dy], as JavaScript.

    `function` is a `Function`, the name of one or a formula; None for one that is only Python.
    """
    if isinstance(function, str):
        function = checks.function(function)
    checks.instance("function", function, Function, "a Function, the name of one or a formula")
    if type(function) is not Stated or function.dim > 2:
        return None
    (value, slopes, _), variables = function.trees, function.variables[: function.dim]
    return {
        "value": formulas.program_text(value, variables, alone=True, js=True),
        "gradient": formulas.program_text(slopes, variables, js=True),
    }
