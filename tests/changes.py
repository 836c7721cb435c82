"""Every change of one token or one statement of the package, and a draw of them by a seed.

`mutate.py` says what they are for.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from mutants import is_operand, others

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "study", "draw", "explorers", "lessons", "keys", "tools")


class Mutant(NamedTuple):
    """A change of one file: where it stands there, and the lines as they are and become."""

    file: str
    function: str
    before: str
    after: str
    source: str  # of the whole file
    keys: list  # of the lines of its statement; none where they run when the module is imported

    def name(self):
        return self.file, self.function, self.before, self.after


def room(file):
    """The room of a file of the package."""
    inner = Path(file).parts[1]
    return inner if inner in ROOMS else "core"


class Source:
    """A file, its changes, and the lines on which it has code."""

    def __init__(self, text):
        self.text, self.lines = text, text.splitlines(keepends=True)
        self.keys = keys(text)
        self.begins = [0]
        for line in self.lines:
            self.begins.append(self.begins[-1] + len(line))
        tree = ast.parse(text)
        self.dumped = ast.dump(tree)
        tests = _tests(tree)
        self.parts = [(node, parents) for node, parents in _walk(tree, (), tests) if parents]
        self.alone = [self.span(node) for node, _ in self.parts if _left_alone(node, tests)]
        self.alone += [self.span(node) for node in _hints(tree)]
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        none = (tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        self.tokens = [t for t in tokens if t.type not in none and t.string]
        self.tokens = [t for t in self.tokens if not self.is_alone(self.offset(*t.start))]
        self.code = {k for t in self.tokens for k in range(t.start[0], t.end[0] + 1)}

    def offset(self, line, column):
        return self.begins[line - 1] + column

    def span(self, node):
        ends = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        return tuple(  # ast counts bytes
            self.offset(n, len(self.lines[n - 1].encode()[:column].decode())) for n, column in ends
        )

    def is_alone(self, at):
        return any(begin <= at < end for begin, end in self.alone)

    def changes(self):
        """{line: [(begin, end, text)]}, as offsets in the text."""
        found = defaultdict(list)
        for begin, end, new in [*self._of_tokens(), *self._of_nodes()]:
            if not self.is_alone(begin) and new != self.text[begin:end]:
                found[self.text.count("\n", 0, begin) + 1].append((begin, end, new))
        return found

    def _of_tokens(self):
        texts = [t.string for t in self.tokens
                 if t.type == tokenize.STRING and t.string[0] in "'\""]  # fmt: skip
        seen = -1
        for i, token in enumerate(self.tokens):
            begin, end = self.offset(*token.start), self.offset(*token.end)
            if token.string in texts and token.type == tokenize.STRING:
                seen += 1
                digits = list(re.finditer(r"\d", token.string))
                if digits:
                    at = digits[-1].start()
                    new = str((int(token.string[at]) + 1) % 10)
                    yield begin + at, begin + at + 1, new
                yield begin, end, texts[seen - 1 if seen else len(texts) > 1]
                yield begin, end, '""'
            elif token.string.startswith(("f'", 'f"')):
                yield begin, end, '""'
            else:
                for new in others(token, is_operand(self.tokens[i - 1] if i else None), []):
                    yield begin, end, new

    def _of_nodes(self):
        for node, _ in self.parts:
            if isinstance(node, ast.If | ast.While | ast.IfExp):
                yield *self.span(node.test), f"(not {self.of(node.test)})"
            elif isinstance(node, ast.comprehension):
                for test in node.ifs:
                    yield *self.span(test), f"(not {self.of(test)})"
            elif isinstance(node, ast.Return) and node.value is not None:
                yield *self.span(node), "return None"
            elif _may_be_missing(node):
                yield *self.span(node), "pass"
            elif isinstance(node, ast.Slice):
                for bound in filter(None, (node.lower, node.upper)):
                    yield *self.span(bound), f"{self.of(bound)} + 1"
            elif isinstance(node, ast.Call):
                for one, two in zip(node.args, node.args[1:], strict=False):
                    if not {ast.Starred, ast.GeneratorExp} & {type(one), type(two)}:
                        (a, b), (c, d) = self.span(one), self.span(two)
                        swapped = self.text[c:d] + self.text[b:c] + self.text[a:b]
                        yield a, d, swapped
                for given in node.keywords:
                    if given.arg:
                        begin, end = self.span(given)
                        comma = re.match(r"\s*,", self.text[end:])
                        yield begin, end + (comma.end() if comma else 0), ""

    def of(self, node):
        begin, end = self.span(node)
        return f"({self.text[begin:end]})"

    def mutant(self, file, begin, end, new):
        """The mutant of a change, or None if it cannot be read or says the same."""
        source = self.text[:begin] + new + self.text[end:]
        try:
            compile(tree := ast.parse(source), file, "exec")
            if ast.dump(tree) == self.dumped:
                return None
        except SyntaxError:
            return None
        first = self.text.rfind("\n", 0, begin) + 1
        last = self.text.find("\n", end)
        after = self.text[first:begin] + new + self.text[end:last]
        node, parents = self.statement(begin)
        inside = [p for p in parents if isinstance(p, ast.FunctionDef | ast.ClassDef)]
        keys = []
        if any(isinstance(p, ast.FunctionDef) for p in parents):
            body = getattr(node, "body", None)
            stop = body[0].lineno if body else node.end_lineno + 1
            keys = [self.keys[k - 1] for k in range(node.lineno, max(stop, node.lineno + 1))]
        function = ".".join(p.name for p in inside)
        before = self.text[first:last]
        return Mutant(file, function, _flat(before), _flat(after), source, keys)

    def statement(self, at):
        """The innermost statement there, with what is around it."""
        found = None
        for node, parents in self.parts:
            if isinstance(node, ast.stmt):
                begin, end = self.span(node)
                if begin <= at < end:
                    found = node, parents
        return found


def keys(text):
    """Each line by its text and how often it stood before: that stays when others are moved."""
    seen, found = Counter(), []
    for line in text.splitlines():
        found.append((line.strip(), seen[line.strip()]))
        seen[line.strip()] += 1
    return found


def _walk(node, parents, tests):
    yield node, parents
    if parents and _left_alone(node, tests):
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, (*parents, node), tests)


def _tests(tree):
    """What of a key is a test itself: claims, `HOLDS`, and the functions that only they use."""
    called = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    measured = [node for node in tree.body if isinstance(node, ast.Assign)
                and ast.unparse(node.targets[0]) == "HOLDS"]  # fmt: skip
    claims = [node for name, node in called.items() if name.startswith("claim_")]
    if not measured and not claims:
        return set()
    asked = [node for node in tree.body if node not in (*measured, *called.values())]
    used = set()
    while asked:
        names = {n.id for n in ast.walk(asked.pop()) if isinstance(n, ast.Name)} - used
        asked += [called[name] for name in names & called.keys()]
        used |= names
    return {*measured, *(node for name, node in called.items() if name not in used)}


def _left_alone(node, tests):
    """Imports, docstrings, `__all__`, tests, what only a type checker or a command line reads."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test) or "__name__" in ast.unparse(node.test)
    if node in tests:
        return True
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _hints(tree):
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if isinstance(hint := getattr(node, name, None), ast.AST):
                yield hint


def _may_be_missing(node):
    """Statements without which the rest still runs."""
    if isinstance(node, ast.Assign):
        return not isinstance(node.targets[0], ast.Name)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    return isinstance(node, ast.Raise | ast.Continue | ast.Break | ast.AugAssign | ast.Delete)


def _flat(text):
    return " ".join(text.split())


def drawn(count, seed, only=None):
    """The mutants of a seed, so many over all rooms: {room: [Mutant]}, or those of `only` one."""
    sources = {p.relative_to(ROOT).as_posix(): Source(p.read_text("utf-8"))
               for p in sorted((ROOT / "optimlab").rglob("*.py"))}  # fmt: skip
    sizes = Counter()
    for file, source in sources.items():
        sizes[room(file)] += len(source.code)
    total = sum(sizes.values())
    exact = {name: count * sizes[name] / total for name in ROOMS}
    shares = {name: int(share) for name, share in exact.items()}
    by_rest = sorted(ROOMS, key=lambda name: shares[name] - exact[name])
    for name in by_rest[: count - sum(shares.values())]:
        shares[name] += 1
    if only:
        shares = {only: shares[only]}

    def rank(*parts):
        return hashlib.sha256(repr((seed, *parts)).encode()).digest()

    found = {}
    for name, share in shares.items():
        lines = [(rank(file, source.keys[number - 1]), file, changes)
                 for file, source in sources.items() if room(file) == name
                 for number, changes in source.changes().items()]  # fmt: skip
        found[name] = []
        for order, file, changes in sorted(lines, key=lambda line: line[0]):
            if len(found[name]) == share:
                break
            ranked = sorted((rank(order, k), change) for k, change in enumerate(changes))
            made = (sources[file].mutant(file, *change) for _, change in ranked)
            if mutant := next(filter(None, made), None):
                found[name].append(mutant)
    return found
