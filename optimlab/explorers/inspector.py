"""The update of the marked step: its lines in symbols and in numbers, its parts as arrows."""

import ast
import re

import numpy as np

from optimlab import latex
from optimlab.draw import style
from optimlab.explorers.controls import choice
from optimlab.explorers.frames import UNDEFINED, lost
from optimlab.grammar import evaluate, names
from optimlab.rules import Rule, at_every_step, rate

#: part of a step -> looks of its arrow, and what the arrow is; in the order in which they are laid
#: end to end
PARTS = {
    "kept": ({"color": style.INK, "width": 4}, "the thick arrow is what the rule remembers"),
    "w": ({"color": style.MUTED, "width": 3}, "the grey one is the weight decay"),
    "g": ({"color": style.HIGHLIGHT, "width": 2}, "the thin red one is what this gradient adds"),
}
#: longer runs would send tens of megabytes
MOST_STEPS = 1000
BRACKETS = '<mo stretchy="false">(</mo>{}<mo stretchy="false">)</mo>'


def which_rule(rules):
    """A control that says whose update is shown, as a dict; none for one rule."""
    called = [rule.__name__ for rule in rules]
    return {"inspect": choice(called, called[0], description="update of")} if called[1:] else {}


class Inspector:
    """Adds to a live plot and its frames what one update of a rule does.

    The rule's own lines are shown, with the numbers that the recorded path has; beside what is
    remembered, and beside the effective rate, a bar for each coordinate, whose full length is the
    largest of the run. The step is drawn as arrows laid end to end: see PARTS.
    """

    def __init__(self, plot, ax):
        for part, (look, _) in PARTS.items():
            plot.add("arrow", f"step {part}", ax, at_step=True, **look)

    def add_to(self, frames, batch):
        """Put a batch's formula and arrows into its frames, one for each run."""
        if batch.steps > MOST_STEPS:
            words = 0, f"The update is shown in runs of at most {MOST_STEPS} steps."
            for frame in frames:
                frame["formula"] = {"html": "<p></p>", "numbers": np.zeros((1, 1)), "lost": words}
            return
        update = _Update(batch)
        html, numbers = update.html(), update.numbers()
        for i, frame in enumerate(frames):
            run = batch[i]
            frame["formula"] = {"html": html, "numbers": numbers[:, i], "lost": _why_lost(run)}
            frame |= {f"step {part}": rows for part, rows in update.arrows(run, i).items()}


class _Update:
    """All updates of a batch of runs: in columns what is known after each step."""

    def __init__(self, batch):
        arrays = frozenset({"w", "g", *batch.states})
        bare = Rule((), ast.Name("w"), arrays, tuple(batch.states), (), ())  # code, and no lines
        self.rule = batch.optimizer._read() if batch.optimizer.rules else bare
        self.batch, self.dim = batch, batch.function.dim
        self.start = {"w": batch.points[:1]} | {slot: v[:1] for slot, v in batch.states.items()}
        values = batch.optimizer._amounts() | {"w": batch.points[:-1], "g": batch.gradients}
        with np.errstate(all="ignore"):
            before = {slot: kept[:-1] for slot, kept in batch.states.items()}
            self.at = list(at_every_step(self.rule, values | before))
            self.parts = self._parts()
        recorded = {slot: kept[1:] for slot, kept in batch.states.items()}
        self.at[-1] |= recorded | {"w": batch.points[1:]}  # to the last bit
        self._columns, self._places = [], {}

    # -- the numbers ---------------------------------------------------------------------------

    def _set_by(self, name, k=None):
        """The last line that sets a name, before line `k`; -1 for none."""
        lines = self.rule.lines[:k]
        return max((j for j, line in enumerate(lines) if line.target == name), default=-1)

    def _column(self, key, values, first=np.nan, *, wide=True):
        """Where a quantity stands in the table; `first` is what it is at step 0."""
        if key not in self._places:
            shape = self.batch.gradients.shape
            rows = np.broadcast_to(first, (1, *shape[1:])), np.broadcast_to(values, shape)
            rows = np.concatenate(rows).reshape(shape[0] + 1, shape[1], self.dim)
            at = sum(column.shape[-1] for column in self._columns)
            self._columns.append(rows if wide else rows[..., :1])
            self._places[key] = f'data-at="{at}" data-n="{self._columns[-1].shape[-1]}"'
        return self._places[key]

    def _place(self, name, k=None):
        """Where a name stands as line `k` finds it, or as it is after all of them."""
        line, last = self._set_by(name, k), self._set_by(name)
        if name == "t":
            return 'data-step="1"'
        if k is not None and line < 0 and name in self.start:
            return self._place(name) + " data-before"
        values = self.at[-1 if line == last else k][name]
        first = self.start[name] if line == last and name in self.start else np.nan
        return self._column((name, line), values, first, wide=name in self.rule.arrays)

    def numbers(self):
        """The table of all runs, (steps + 1, runs, columns)."""
        return np.concatenate(self._columns, axis=-1)

    # -- the formula ---------------------------------------------------------------------------

    def html(self):
        """The lines of the update, with places for the numbers."""
        seen = ", ".join(PARTS[part][1] for part in self.parts) or "nothing moves"
        if list(self.parts) == ["g"]:
            seen = f"the arrow is {'what this gradient adds' if self.rule.lines else 'its step'}"
        steps = 'step <span data-step="0"></span> to step <span data-step="1"></span>'
        rows = [f"<p>{type(self.batch.optimizer).__name__} from {steps}: {seen}.</p>"]
        g = self._place("g", 0)
        rows.append(self._row("<mi>g</mi><mo>=</mo>", [(self.rule.probe, 0)], g, f=True))
        if not self.rule.lines:
            for name in (*self.rule.slots, "w"):
                place, left = self._place(name), f"{_symbol(name)}<mo>←</mo>"
                rows.append(self._row(left, [], place, bars=name != "w"))
            return "".join(rows)
        kept = {*self.rule.slots, *self.rule.running, "w", "g"}
        for k, (_, target, tree) in enumerate(self.rule.lines):
            left = f"{_symbol(target)}<mo>{'←' if target in kept else '='}</mo>"
            bars = target in self.rule.slots and k == self._set_by(target)
            rows.append(self._row(left, [(tree, k)], self._place(target, k + 1), bars=bars))
        factors = rate(self.rule, next(iter(self.batch.optimizer.symbols)))
        if any(map(self.rule.holds_array, factors.values())):  # else it is the learning rate
            found = self._column("rate", self.batch.rates)
            trees = [(tree, k) for k, tree in factors.items()]
            rows.append(self._row("<mtext>effective rate =&nbsp;</mtext>", trees, found, bars=True))
        return "".join(rows)

    def _row(self, left, trees, result, *, f=False, bars=False):
        """A line: in symbols, with numbers, its result and bars for it."""

        def product(write, form):
            texts = [self._math(tree, lambda name, k=k: write(name, k)) for tree, k in trees]
            return form.format("<mo>·</mo>".join(texts))

        of = "<mo>∇</mo><mi>f</mi>" + BRACKETS if f else "{}"
        symbols = product(lambda name, k: _symbol(name), of)
        numbers = product(lambda name, k: f"<mtext {self._place(name, k)} data-inner></mtext>", of)
        if f and self.dim > 1 and not self.rule.looks_ahead:  # a point brings its own brackets
            numbers = re.sub('<mo stretchy="false">.</mo>', "", numbers)
        numbers = re.sub("^((<mrow>)*<mtext [^>]*) data-inner", r"\1", numbers)
        told = 'aria-hidden="true" title="The full length is the largest of the run."'
        gauge = f'<span class="ol-gauge" {result} {told}></span>' if bars else ""
        left += f"{symbols}</math><math><mo>=</mo>{numbers}</math><math><mo>=</mo>" if trees else ""
        return f'<div class="ol-line"><math>{left}<mtext {result}></mtext></math>{gauge}</div>'

    def _math(self, tree, write):
        """MathML of a formula; `write(name)` gives a name's."""
        if isinstance(tree, ast.Constant):
            return f"<mn>{tree.value:g}</mn>"
        if isinstance(tree, ast.Name):
            return write(tree.id)
        if isinstance(tree, ast.Call):
            return f"<msqrt>{self._math(tree.args[0], write)}</msqrt>"
        sides = tree.left, tree.right
        left, right = (f"<mrow>{self._math(side, write)}</mrow>" for side in sides)
        if isinstance(tree.op, ast.Div):
            return f"<mfrac>{left}{right}</mfrac>"
        sums = ast.Add | ast.Sub
        if isinstance(getattr(tree.right, "op", None), sums) and not isinstance(tree.op, ast.Pow):
            right = BRACKETS.format(right)
        if isinstance(tree.op, sums):
            return f"{left}<mo>{'+' if isinstance(tree.op, ast.Add) else '−'}</mo>{right}"
        within = sums if isinstance(tree.op, ast.Mult) else ast.operator
        if isinstance(getattr(tree.left, "op", None), within):
            left = BRACKETS.format(left)
        if isinstance(tree.op, ast.Pow):
            return f"<msup><mrow>{left}</mrow>{right}</msup>"
        both = self.dim > 1 and all(map(self.rule.holds_array, sides))
        return f"{left}<mo>{'⊙' if both else '·'}</mo>{right}"

    # -- the arrows ----------------------------------------------------------------------------

    def _parts(self):
        """The step as a sum of what was remembered, the weights' own share and the gradient's.

        The last line that sets w is multiplied out, and what earlier lines have set is put in.
        """
        found, rule = dict.fromkeys(PARTS, 0.0), self.rule
        if not rule.lines:
            return {"g": np.diff(self.batch.points, axis=0)}

        def carries(tree):
            """Whether it is a direction: numbers, roots and what it is divided by are none."""
            if isinstance(tree, ast.BinOp):
                below = isinstance(tree.op, ast.Div | ast.Pow)
                return carries(tree.left) or not below and carries(tree.right)
            return isinstance(tree, ast.Name) and tree.id in rule.arrays

        def add(tree, k, times):
            if isinstance(tree, ast.Name) and tree.id in rule.arrays:
                if (j := self._set_by(tree.id, k)) >= 0:
                    return add(rule.lines[j].tree, j, times)
            if isinstance(tree, ast.BinOp):
                left, right = tree.left, tree.right
                if isinstance(tree.op, ast.Add | ast.Sub):
                    add(left, k, times)
                    return add(right, k, times if isinstance(tree.op, ast.Add) else -times)
                if isinstance(tree.op, ast.Mult) and carries(left) != carries(right):
                    way, by = (left, right) if carries(left) else (right, left)
                    return add(way, k, times * evaluate(by, self.at[k]))
                if isinstance(tree.op, ast.Div) and carries(left):
                    return add(left, k, times / evaluate(right, self.at[k]))
            part = next((part for part in ("g", "w") if part in names(tree)), "kept")
            found[part] = found[part] + times * evaluate(tree, self.at[k])

        last = self._set_by("w")
        add(rule.lines[last].tree, last, 1.0)
        found["w"] = found["w"] - self.at[0]["w"]
        return {part: found[part] for part in PARTS if np.nan_to_num(found[part]).any()}

    def arrows(self, run, i):
        """The parts of each step of run `i`, end to end, as rows (x tail, y tail, x tip, y tip)."""
        rows, at = dict.fromkeys(PARTS, np.empty((0, 4))), run.points[:-1]
        for part, values in self.parts.items():
            tip = run.points[1:] if part == "g" else at + values[:, i]
            ends = (at, tip) if self.dim > 1 else (at, run.losses[:-1], tip, run.losses[:-1])
            row = np.concatenate([np.reshape(end, (len(tip), -1)) for end in ends], axis=1)
            rows[part], at = np.concatenate([row[:1], row]), tip
        return rows


def _why_lost(run):
    if lost(run) is None:
        return None
    step, word = lost(run)
    if word == UNDEFINED:
        said = "a value is undefined: the function or its slope has none there"
    elif word == "too large":
        said = "the numbers are too large to show"
    else:
        said = f"there is a value that is {word}"
    return step, f"At step {step} {said}."


def _symbol(name):
    """A name as MathML, by its LaTeX.

    >>> _symbol("beta1"), _symbol("m_hat")
    ('<msub><mi>&beta;</mi><mi>1</mi></msub>', '<mover><mi>m</mi><mo>^</mo></mover>')
    """
    text = re.sub(r"\\mathrm\{([^}]*)\}", r"\1", latex.symbol(name))
    if hat := re.fullmatch(r"\\hat\{(\w+)\}", text):
        return f"<mover><mi>{hat[1]}</mi><mo>^</mo></mover>"
    base, _, below = re.sub(r"\\(\w+?)(?=\W|_|$)", r"&\1;", text).partition("_")
    base, below = f"<mi>{base}</mi>", below.strip("{}")
    return f"<msub>{base}<mi>{below}</mi></msub>" if below else base

