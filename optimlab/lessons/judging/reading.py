"""Read a learner's function without running it: what it takes, whether anything is in it."""

import ast
import dis
import functools
import inspect
import linecache
import textwrap
import types


def code_of(function):
    """The code of a function, also inside a partial, a method or a callable object; or None."""
    try:
        if isinstance(function, type):
            function = methods_of(function)[0]
        while isinstance(function, functools.partial):
            function = function.func
        function = inspect.unwrap(function)
        if not hasattr(function, "__code__"):
            function = type(function).__call__
        return function.__code__ if isinstance(function.__code__, types.CodeType) else None
    except Exception:
        return None


def methods_of(cls):
    return [part for part in vars(cls).values() if isinstance(part, types.FunctionType)]


def parameters_of(function):
    """The names of what a function takes; none if it does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except Exception:
        return []
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [stars.get(p.kind, "") + p.name for p in parameters]


def gives_value(function):
    """Whether it is a function without arguments, which stands for what it returns."""
    if not callable(function) or isinstance(function, type):
        return False
    try:
        return not inspect.signature(function).parameters
    except Exception:
        return False


def source_of(thing):
    """What was written to make a function, a class or a value; a lambda's is its expression."""
    if not callable(thing):
        return repr(thing)
    try:
        source = textwrap.dedent(inspect.getsource(thing)).strip()
    except (OSError, TypeError):
        return repr(thing)
    if getattr(thing, "__name__", "") != "<lambda>":
        return source
    lines, _ = inspect.findsource(thing)
    text = "".join(lines)
    inside = {at[:1] + at[2:3] for at in thing.__code__.co_positions() if at[0] and at[2]}
    holding = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Lambda)
        and all((node.lineno, node.col_offset) <= at for at in inside)
        and all(at <= (node.end_lineno, node.end_col_offset) for at in inside)
    ]
    return ast.get_source_segment(text, holding[-1]) if holding else source


def takes(function, cases):
    """Whether a function takes the arguments of all cases; True if it does not tell."""
    try:
        signature = inspect.signature(function)
    except Exception:
        return True
    try:
        for case in cases:
            signature.bind(*case)
    except TypeError:
        return False
    return True


def does_nothing(function):
    """Whether a function's body is only `...`, `pass` or a docstring."""
    code = code_of(function)
    if code is None or isinstance(function, type):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "COPY_FREE_VARS"}
    steps = list(dis.get_instructions(code))
    loaded = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(s.opname in idle for s in steps) and loaded == [None]


def has_gap(function):
    """Whether a `...` is left in a function's code, apart from those in an index."""
    if isinstance(function, type):
        return any(map(has_gap, methods_of(function)))
    code = code_of(function)
    if code is None:
        return False
    try:
        # as inspect.getsource, which looks through all modules to find out where the code stands
        lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
        tree = ast.parse(textwrap.dedent("".join(inspect.getblock(lines)))).body[0]
    except Exception:  # no source, or that of a lambda within a longer line
        return _holds_gap(code)
    indexes = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    inside = {id(part) for index in indexes for part in ast.walk(index)}
    gaps = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value is ...)
    return any(id(gap) not in inside for gap in gaps)


def takes_xor(error, message):
    """Whether an error comes from `^`, which is no power in Python, between two numbers."""
    return isinstance(error, TypeError) and ("for ^" in message or "bitwise_xor" in message)


def has_xor(function):
    """Whether a `^` stands in a function's code."""
    code = code_of(function)
    if code is None:
        return False
    return any(step.opname.startswith("BINARY") and step.argrepr in ("^", "^=")
               for step in dis.get_instructions(code))


def _holds_gap(code):
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return any(c is ... for c in code.co_consts) or any(map(_holds_gap, inner))
