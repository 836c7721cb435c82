"""Source text of functions: all versions with one token changed, and versions with parts left out.

Both serve the tests of the exercises: no mutant of a solution may pass, and what a learner starts
from is the solution with parts left out. `mutate.py` changes the tokens of the package likewise.
"""

import ast
import io
import tokenize

ARITHMETIC = ("+", "-", "*", "/", "**")
KEYWORDS = ("return", "in", "and", "or", "not", "if", "elif", "else", "while", "lambda")
COMPARISON = ("<", "<=", ">", ">=", "==", "!=")
WORDS = (
    ("and", "or"), ("True", "False"), ("min", "max"), ("argmin", "argmax"), ("any", "all"),
    ("minimum", "maximum"), ("sum", "mean"), ("floor", "ceil"), ("zeros", "ones"),
    ("zeros_like", "ones_like"),
)  # fmt: skip


def one_token_mutants(source):
    """Every version of a function with one token changed: a list of (description, source).

    The description is the number of the line in the function and the line as it becomes.

    >>> for what, _ in one_token_mutants("def f(x, lr):\\n    return x - lr"):
    ...     print(what)
    line 2: return - x - lr
    line 2: return lr - lr
    line 2: return x + lr
    line 2: return x * lr
    line 2: return x / lr
    line 2: return x ** lr
    line 2: return x - x
    """
    tree = ast.parse(source)
    function = tree.body[0]
    if len(tree.body) != 1 or not isinstance(function, ast.FunctionDef):
        raise ValueError("source must be one function definition")
    lines = source.splitlines()
    found, seen = [], {source}
    edits = [*_of_tokens(source, function), *_of_names(function, lines)]
    for line, begin, end, text in sorted(edits, key=lambda edit: edit[:2]):
        changed = lines[line - 1][:begin] + text + lines[line - 1][end:]
        mutant = "\n".join([*lines[: line - 1], changed, *lines[line:]])
        if mutant in seen:
            continue
        try:
            ast.parse(mutant)
        except SyntaxError:
            continue
        seen.add(mutant)
        found.append((f"line {line}: {changed.strip()}", mutant))
    return found


def _of_tokens(source, function):
    """Edits (line, begin, end, text) of operators, numbers, words and texts in the body."""
    left_alone = _docstring_and_f_strings(function)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in (tokenize.NL, tokenize.COMMENT)
        and token.start >= _begin(function.body[0])
        and not any(first <= token.start < last for first, last in left_alone)
    ]
    texts = sorted({token.string for token in tokens if token.type == tokenize.STRING})
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else None
        for text in others(token, is_operand(before), texts):
            yield token.start[0], token.start[1], token.end[1], text
        if before and before.string in ("return", "=") and token.type != tokenize.NEWLINE:
            yield token.start[0], token.start[1], token.start[1], "- "


def is_operand(token):
    """Whether a value ends with this token, so that an operator after it has two sides."""
    if token is None or token.string in KEYWORDS:
        return False
    kinds = (tokenize.NAME, tokenize.NUMBER, tokenize.STRING)
    return token.type in kinds or token.string in (")", "]", "}")


def others(token, has_left_side, texts):
    """What may stand in the place of a token: another operator, number, word, or one of `texts`."""
    word = token.string
    if token.type == tokenize.NUMBER:
        value = ast.literal_eval(word)
        return [repr(value + 1), f"({-value!r})" if value else "(-1)"]
    if token.type == tokenize.STRING:
        return [text for text in texts if text != word]
    if token.type == tokenize.NAME:
        if word == "not":
            return [""]
        return [b if word == a else a for a, b in WORDS if word in (a, b)]
    if word in COMPARISON:
        return [other for other in COMPARISON if other != word]
    if word in ("//", "%", "@"):
        return ["*", "/"]
    if word in ARITHMETIC:
        if has_left_side:
            return [other for other in ARITHMETIC if other != word]
        return [""] if word == "-" else []
    if word.endswith("=") and word[:-1] in ARITHMETIC:
        return [f"{other}=" for other in ARITHMETIC if other != word[:-1]]
    return []


def _of_names(function, lines):
    """Edits that put another parameter or local name for each name that is read in the body."""
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    names = [node for part in function.body for node in ast.walk(part)]
    names = [node for node in names if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    left_alone = _docstring_and_f_strings(function)
    for node in names:
        if isinstance(node.ctx, ast.Load):
            begin = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
            if any(first <= (node.lineno, begin) < last for first, last in left_alone):
                continue
            for other in sorted((arguments | stored) - {node.id}):
                yield node.lineno, begin, begin + len(node.id), other


def _docstring_and_f_strings(function):
    """Where no token is looked at: from and to, as (line, column)."""
    parts = [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr)]
    if ast.get_docstring(function) is not None:
        parts.append(function.body[0])
    return [(_begin(part), (part.end_lineno, part.end_col_offset)) for part in parts]


def _begin(node):
    return node.lineno, node.col_offset


# Parts left out ------------------------------------------------------------------------------


def left_out(stub, solution, names):
    """None if the stub is the solution with parts left out, else a sentence that says why not.

    Parameters
    ----------
    stub, solution : source of the two cells
    names : dict, name in the stub -> name in the solution, such as my_step -> step

    For each name its definition is looked at. In the stub `...` stands for one expression or, as
    a statement, for one or more; all else must be there in the same order. Docstrings, comments
    and other statements of the two cells make no difference.

    >>> names = {"my_step": "step"}
    >>> solution = "def step(x, lr):\\n    return x - lr"
    >>> left_out("def my_step(x, lr):\\n    return x - ...", solution, names)
    >>> left_out("def my_step(x, lr):\\n    return ... + lr", solution, names)
    'line 2 of the stub is not in the solution: return ... + lr'
    """
    stub, solution = ast.parse(stub), ast.parse(solution)
    for mine, theirs in names.items():
        started, solved = _definitions(stub, mine), _definitions(solution, theirs)
        for name, found in ((mine, started), (theirs, solved)):
            if len(found) != 1:
                return f"{name} is defined {len(found)} times, and must be once"
        if not any(_is_gap(node) for node in ast.walk(started[0])):
            return f"nothing is left out of {mine}"
        matching = _Matching(names)
        if not matching.statements(started, solved):
            at = matching.furthest
            line = ast.unparse(at).splitlines()[0]
            return f"line {at.lineno} of the stub is not in the solution: {line}"
    return None


def left_open(stub, names, parts=0):
    """None if the stub gives each of the names as `...`, else a sentence that says what is wrong.

    A single name may also be a list of as many `...` as the answer has parts.

    >>> left_open("my_low, my_high = ..., ...", ["my_low", "my_high"])
    >>> left_open("my_starts = [..., ...]", ["my_starts"], 2)
    >>> left_open("my_rate = 0.5", ["my_rate"])
    'my_rate must be `...`, and is 0.5'
    """
    tree = ast.parse(stub)
    for name in names:
        found = _definitions(tree, name)
        if len(found) != 1:
            return f"{name} is defined {len(found)} times, and must be once"
        value, target = found[0].value, found[0].targets[0]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            value = value.elts[[part.id for part in target.elts].index(name)]
        several = isinstance(value, ast.List | ast.Tuple) and len(value.elts) == parts
        if not all(map(_is_gap, value.elts if several and len(names) == 1 else [value])):
            return f"{name} must be `...`, and is {ast.unparse(value)}"
    return None


def _definitions(tree, name):
    """The statements of a cell that define a name."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined = [node.name]
        else:
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            inside = [part for target in targets if target for part in ast.walk(target)]
            defined = [part.id for part in inside if isinstance(part, ast.Name)]
        if name in defined:
            found.append(node)
    return found


def _is_gap(node):
    return isinstance(node, ast.Constant) and node.value is ...


class _Matching:
    """Compares the trees of a stub and a solution; knows the last line where they differed."""

    def __init__(self, names):
        self.names, self.furthest = names, None

    def statements(self, stub, solution):
        """Whether a list of statements is another one with parts left out."""
        stub, solution = _without_docstring(stub), _without_docstring(solution)
        if not stub:
            return not solution
        first, rest = stub[0], stub[1:]
        if not solution:
            pass
        elif isinstance(first, ast.Expr) and _is_gap(first.value):
            if any(self.statements(rest, solution[i:]) for i in range(1, len(solution) + 1)):
                return True
        elif self.same(first, solution[0]) and (rest or len(solution) == 1):
            return self.statements(rest, solution[1:])
        if self.furthest is None or first.lineno >= self.furthest.lineno:
            self.furthest = first
        return False

    def same(self, stub, solution):
        """Whether one node is another one with parts left out."""
        if isinstance(stub, ast.AST) and _is_gap(stub) and isinstance(solution, ast.expr):
            return True
        if type(stub) is not type(solution):
            return False
        if isinstance(stub, ast.arguments):
            return ast.dump(stub) == ast.dump(solution)
        if isinstance(stub, ast.AST):
            fields = [field for field in stub._fields if field not in ("ctx", "kind")]
            return all(
                self.same(getattr(stub, field, None), getattr(solution, field, None))
                for field in fields
            )
        if isinstance(stub, list) and stub and isinstance(stub[0], ast.stmt):
            return self.statements(stub, solution)
        if isinstance(stub, list):
            return len(stub) == len(solution) and all(map(self.same, stub, solution))
        return solution in (stub, self._renamed(stub))

    def _renamed(self, text):
        """my_step becomes step, also where another exercise's function is called."""
        if isinstance(text, str) and text.startswith("my_"):
            return text[3:]
        return self.names.get(text, text)


def _without_docstring(statements):
    kept = list(statements)
    while kept and isinstance(kept[0], ast.Expr) and isinstance(kept[0].value, ast.Constant):
        if not isinstance(kept[0].value.value, str):
            break
        kept.pop(0)
    return kept
