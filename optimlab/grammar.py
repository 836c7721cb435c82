r"""The grammar of rules and of formulas: what a text may hold, and the tree that it is.

>>> ast.unparse(Reader("x^2/20 + 3*y").whole())
'x ** 2.0 / 20.0 + 3.0 * y'

A text is never run.  It is read here, character by character, and only trees of numbers, names,
``+ - * / **`` and calls are made: nothing else can get into what is made of the trees.  The lines
of a rule (`rules`) and the formula of a function (`formulas`) differ in the names that they know.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, NoReturn

import numpy as np

#: no text is longer, unless it is our own, and no tree is deeper
LONGEST, DEEPEST = 500, 200

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z]\w*)"
    r"|(?P<sign>\*\*|[-+*/^()]))",
    re.ASCII,
)
_SIGNS = {"+": (1, ast.Add), "-": (1, ast.Sub), "*": (2, ast.Mult), "/": (2, ast.Div)}
#: what is written instead of a character that is refused
_INSTEAD = {
    "·": "write *", "×": "write *", "⋅": "write *", "÷": "write /", "−": "write -", "–": "write -",
    "π": "write pi", "√": "write sqrt(…)", "|": "write abs(…)", "[": "write (…)", "{": "write (…)",
    ",": "write a decimal point, as in 0.5, and give a function one value", "∞": "write a number",
    "=": "write the right-hand side alone", ":": "write the right-hand side alone",
    ".": "write the name alone, sin(x) and not np.sin(x)",
    "_": "a name begins with a letter, as x1 does",
    "<": "a formula compares nothing", ">": "a formula compares nothing",
    "%": "write a share as a number, as in 0.05", "!": "write a product",
}  # fmt: skip
_WORK = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
    ast.Pow: np.power,
}  # fmt: skip
#: what a formula may call
CALLS: dict[str, Callable[[Any], Any]] = {
    "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh,
    "tanh": np.tanh, "abs": np.abs, "sign": np.sign,
}  # fmt: skip


def names(tree: ast.AST) -> list[str]:
    """The names in a formula, each as often as it stands there."""
    if isinstance(tree, ast.Name):
        return [tree.id]
    if isinstance(tree, ast.BinOp):
        return names(tree.left) + names(tree.right)
    if isinstance(tree, ast.Call):
        return [name for inside in tree.args for name in names(inside)]
    return names(tree.operand) if isinstance(tree, ast.UnaryOp) else []


def evaluate(tree: ast.AST, values: Mapping[str, Any]) -> Any:
    """The value of a formula; `values` are numbers or arrays, by name."""
    match tree:
        case ast.Constant(value=float() as value):
            return np.float64(value)
        case ast.Name(id=name):
            return np.asarray(values[name], dtype=float)[()]
        case ast.Call(func=ast.Name(id=name), args=[inside]):
            return CALLS[name](evaluate(inside, values))
        case ast.UnaryOp(operand=inside):
            return -evaluate(inside, values)
        case ast.BinOp(left=left, op=op, right=right):
            return _WORK[type(op)](evaluate(left, values), evaluate(right, values))
    raise TypeError(f"{tree!r} is no formula")


class Token(NamedTuple):
    kind: str
    text: str
    at: int


class Reader:
    """The tree of one text, from the place `begin` on."""

    #: what may be called, other names of these, and names that stand for numbers
    calls: Collection[str] = ("sqrt",)
    aliases: Mapping[str, str] = {}
    constants: Mapping[str, float] = {}
    #: no brackets are nested deeper, and no tree is deeper
    deepest: int = 50
    deepest_tree: int = DEEPEST

    def __init__(self, text: str, longest: int = LONGEST, begin: int = 0):
        self.text, self.at = text, 0
        self.tokens: list[Token] = []
        if len(text) > longest:
            self.refuse(longest, f"it has {len(text)} characters, and {longest} are the most")
        place = begin
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if not found:
                self.refuse_character(place + len(text[place:]) - len(text[place:].lstrip()))
            kind = str(found.lastgroup)
            self.tokens.append(Token(kind, found[kind], found.start(kind)))
            place = found.end()
        self.tokens.append(Token("end", "", len(text)))

    def fail(self, why: str) -> NoReturn:
        """Raise the error of the text."""
        raise ValueError(f"{self.text!r}: {why}")

    def refuse(self, at: int, why: str) -> NoReturn:
        """Raise the error of what stands at this place."""
        self.fail(f"at position {at + 1}, {why}")

    def refuse_character(self, at: int) -> NoReturn:
        character = self.text[at]
        plain = unicodedata.normalize("NFKC", character)
        instead = _INSTEAD.get(character, "only + - * / ^ ( ), numbers and names may be used")
        if plain != character and plain.isascii() and plain.isprintable():
            raised = "SUPERSCRIPT" in unicodedata.name(character, "")
            instead = f"write {'^' * raised}{plain}"
        self.refuse(at, f"{character!r} cannot be read: {instead}")

    def whole(self) -> ast.expr:
        """The tree of the whole text."""
        tree = self.sum_of(0, 1)
        if self.token.kind != "end":
            self.refuse(self.token.at, f"{self.token.text!r} closes nothing")
        return tree

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sum_of(self, least: int, depth: int) -> ast.expr:
        """What binds at least so tightly: 1 for + and -, 2 for * and /, 3 for a sign, 4 for ^."""
        if depth > self.deepest:
            self.refuse(self.token.at, f"it is nested more than {self.deepest} deep")
        start = self.token.at
        tree = self.signed(depth) if self.token.text in ("+", "-") else self.single(depth)
        while True:
            token = self.token
            if token.text in ("**", "^"):
                if least > 4:
                    return tree
                self.take()
                top = self.sum_of(4, depth + 1)
                raised: ast.expr = ast.BinOp(tree, ast.Pow(), top)
                if isinstance(tree, ast.Name) and tree.id == "e" in self.constants:
                    raised = ast.Call(ast.Name("exp"), [top], [])
                tree = self.node(start, raised)
            elif token.text in _SIGNS:
                strength, sign = _SIGNS[token.text]
                if strength < least:
                    return tree
                self.take()
                right = self.sum_of(strength + 1, depth + 1)
                tree = self.node(start, ast.BinOp(tree, sign(), right))
            elif token.kind == "end" or token.text == ")":
                return tree
            else:
                before, after = self.tokens[self.at - 1].text, token.text
                if keyword.iskeyword(after):
                    self.refuse(token.at, f"{after} is no part of a formula")
                product = f"{before}*{after}"
                if before == ")" or after == "(":
                    product = f"a * before {after}"
                self.refuse(token.at, f"write {product}")

    def signed(self, depth: int) -> ast.expr:
        token = self.take()
        inside = self.sum_of(3, depth + 1)
        if token.text == "+":
            return inside
        return self.node(token.at, ast.UnaryOp(ast.USub(), inside))

    def single(self, depth: int) -> ast.expr:
        """A number, a name, a call, or what stands in brackets."""
        token = self.take()
        if token.text == "(":
            return self.closed(token, depth)
        if token.kind == "number":
            return self.node(token.at, ast.Constant(float(token.text)))
        if token.kind != "name":
            what = "the end" if token.kind == "end" else repr(token.text)
            self.refuse(token.at, f"a number, a variable or a bracket is missing before {what}")
        name = self.aliases.get(token.text, token.text)
        called = self.token.text == "("
        if name not in self.calls:
            return self.named(name, token.at, called)
        if called:
            inside = self.closed(self.take(), depth)
            return self.node(token.at, ast.Call(ast.Name(name), [inside], []))
        power = f", and {name}(x)^2 for its square" if self.token.text in ("^", "**") else ""
        self.refuse(token.at, f"{name} needs its bracket: write {name}(x){power}")

    def named(self, name: str, at: int, called: bool) -> ast.expr:
        """What is no call."""
        if called:
            self.refuse(at, f"{name} is no function: write {name}*(…)")
        return ast.Name(name)

    def closed(self, bracket: Token, depth: int) -> ast.expr:
        if self.token.text == ")":
            self.refuse(self.token.at, "there is nothing in the brackets")
        inside = self.sum_of(0, depth + 1)
        if self.take().text != ")":
            self.refuse(bracket.at, "this bracket is not closed")
        return inside

    def node(self, at: int, tree: ast.expr) -> ast.expr:
        """The tree, once it is known to be a finite number where no variable stands in it."""
        inside = [child for child in ast.iter_child_nodes(tree) if isinstance(child, ast.expr)]
        depth = 1 + max((getattr(child, "depth", 0) for child in inside), default=0)
        if depth > self.deepest_tree:
            self.refuse(at, f"it has more than {self.deepest_tree} parts in a row")
        tree.depth = depth  # type: ignore[attr-defined]
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
            if self.is_number(tree.right) and self.worth(tree.right) == 0:
                self.refuse(at, "this divides by zero")
        if self.is_number(tree) and not np.isfinite(self.worth(tree)):
            self.refuse(at, f"{ast.unparse(tree)} is no finite number")
        return tree

    @classmethod
    def is_number(cls, tree: ast.expr) -> bool:
        """Whether no variable stands in a tree."""
        return all(name in cls.constants for name in names(tree))

    @classmethod
    def worth(cls, tree: ast.expr) -> float:
        """The number that a tree without variables is."""
        with np.errstate(all="ignore"):
            return float(evaluate(tree, cls.constants))
