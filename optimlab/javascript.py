r"""Rules and functions as JavaScript, of the trees that run in Python: see `draw/live/engine.js`.

>>> from optimlab import functions
>>> print(function_program(functions.ravine)["gradient"])
(x, y) => {
return [(x / 10.0), (2.0 * y)];
}

Nothing gets into a text but trees that were read and checked, and their names: letters, digits
and single underscores.  Each name of a rule gets two more, so that it is none of JavaScript's own
words; names of ours begin with $ or _.  ``+ - * /`` and sqrt round in JavaScript as in Python, and
stand in the same order: such paths agree to the last bit.
"""

from __future__ import annotations

import ast
from typing import Any

from optimlab import checks, formulas
from optimlab.descent import is_plain
from optimlab.functions import Stated
from optimlab.optimizers import Optimizer
from optimlab.programs import WORD, Program
from optimlab.rules import rate

__all__ = ["function_program", "rule_program"]

#: what `compile` in engine.js gives to the text of effective rates
_GIVEN = ("nan", "sqrt", "_power")


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
    known = {name: getattr(rule, name) for name in rule.hyperparameters()} | rule.switches
    for name, value in known.items():
        setattr(made, name, value)
    return made


def _source(program: Program, dim: int) -> str:
    run, width = program.spelled(dim), 1 + len(program.rule.slots)
    kept = run["kept"]
    first = [f"$start[{k // width}]" if k % width == 0 else "0" for k in range(len(kept))]
    lets = [f"{name} = {value}" for name, value in zip(kept, first, strict=True)] + run["first"]
    set_later = [line.partition(" = ")[0] for line in run["once"] + run["always"] + run["updates"]]
    known = {line.partition(" = ")[0] for line in lets}
    lets += [name for name in dict.fromkeys(run["g"] + set_later) if name not in known]
    points = [f"$p{i}" for i in range(dim)]
    return "\n".join([
        "($steps, $gradient, $start, $hyper) => {",
        f"const [{', '.join(run['symbols'])}] = $hyper;",
        f"let {', '.join(lets)};",
        f"const $kept = new Float64Array({len(kept)}*($steps + 1));",
        f"const $probes = new Float64Array({dim}*$steps), $gradients = $probes.slice();",
        *(f"{line};" for line in run["once"]),
        f"$kept.set([{', '.join(kept)}]);",
        f"for (let t__ = 1, $k = {len(kept)}, $i = 0; t__ <= $steps; t__ += 1) {{",
        *(f"const {point} = {at};" for point, at in zip(points, run["at"], strict=True)),
        f"[{', '.join(run['g'])}] = $gradient({', '.join(points)});",
        *(f"$probes[$i] = {point}; $gradients[$i++] = {g};"
          for point, g in zip(points, run["g"], strict=True)),
        *(f"{line};" for line in (*run["always"], *run["updates"])),
        *(f"$kept[$k++] = {name};" for name in kept),
        *(f"{line};" for line in run["last"]),
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
        return WORD.sub(lambda found: found[0] if found[0] in _GIVEN else f"{found[0]}__", text)

    own = dict.fromkeys(["w", "g", *rule.slots, *(line.target for line in rule.lines)])
    lines = []
    for k, line in enumerate(rule.lines):
        lines += [f"$rates[$k] *= {js(factors[k])};"] if k in factors else []
        lines.append(f"{js(line.target)} = {js(line.tree)};")
    return "\n".join([
        "($steps, $w, $g, $before, $hyper) => {",
        f"const [{', '.join(map(js, optimizer._program().rule.symbols))}] = $hyper;",
        f"let {', '.join(f'{js(name)} = 1' for name in own)};",
        "const $rates = new Float64Array($steps).fill(1);",
        "for (let t__ = 1, $k = 0; t__ <= $steps; t__ += 1, $k += 1) {",
        "w__ = $w[$k]; g__ = $g[$k];",
        *(f"{js(slot)} = $before[{i}][$k];" for i, slot in enumerate(rule.slots)),
        *lines, "}", "return $rates;\n}",
    ])  # fmt: skip


def function_program(function: Any) -> dict[str, str] | None:
    """{"value": …, "gradient": …, "bends": …} as JavaScript.

    They are (x, y) => a number, => [df/dx, df/dy] and => [f_xx, f_xy, f_yy].  `function` is
    whatever `descend` takes; None for one that is only Python.
    """
    function = checks.function(function)
    if type(function) is not Stated or function.dim > 2:
        return None
    (value, slopes, bends), variables = function.trees, function.variables[: function.dim]
    return {
        "value": formulas.program_text(value, variables, alone=True, js=True),
        "gradient": formulas.program_text(slopes, variables, js=True),
        "bends": formulas.program_text(bends, variables, js=True),
    }
