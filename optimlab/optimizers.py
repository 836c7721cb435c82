r"""Update rules for gradient descent, in the form in which they are taught.

Every rule is an object with a learning rate and one method that matters:

>>> import numpy as np
>>> params = {"w": np.array([-7.0, 2.0])}
>>> optimizer = Momentum(lr=0.1, momentum=0.9)
>>> for _ in range(2):
...     at = optimizer.probe(params)["w"]
...     optimizer.update(params, {"w": at * [0.1, 2.0]})
>>> params["w"]
array([-6.7977,  0.92  ])
>>> optimizer.state["v"]["w"]
array([ 0.1323, -0.68  ])

One set of symbols is used throughout:

=========  ============  ===================================================
symbol     argument      meaning
=========  ============  ===================================================
η          ``lr``        learning rate
α          ``momentum``  share of the velocity kept from step to step
ρ          ``rho``       share of the mean square kept (RMSProp, AdaDelta)
β₁, β₂     ``beta1, 2``  shares of the two running means kept (Adam, NAdam, AdamW)
δ          ``eps``       small number that keeps a division from 0/0
w, g                     parameters, and the gradient measured at the probe
=========  ============  ===================================================

All rules work element by element.  A hyperparameter may therefore be an array
that broadcasts against the parameters: one run then does a whole sweep.
"""

import ast
import copy
import math
from types import MethodType

import numpy as np

__all__ = [
    "SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "NAdam", "AdamW",
    "Optimizer",
]  # fmt: skip
#: the names of the rules, in the order in which the lessons meet them
RULES = __all__[:-1]


# --- hyperparameters -------------------------------------------------------------------------


class _Hyperparameter:
    """An attribute that refuses, on assignment, any value outside [0, below)."""

    def __init__(self, below=math.inf):
        self.below = below
        self.accepted = "finite and >= 0" if below == math.inf else f"in [0, {below:g})"

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__[self.name]

    def __set__(self, instance, value):
        try:
            number = np.asarray(value)
        except ValueError:  # rows of different lengths
            number = np.asarray(None)
        if number.dtype.kind not in "fiu":
            raise TypeError(
                f"{self.name}={value!r}: {self.name} must be a number or an array of numbers"
            )
        if not np.all((number >= 0) & (number < self.below)):  # False for NaN as well
            raise ValueError(f"{self.name}={value!r}: {self.name} must be {self.accepted}")
        instance.__dict__[self.name] = number.astype(float) if number.ndim else float(number)


# --- formulas: one text, rendered as LaTeX, with numbers, and executed ------------------------

_LATEX = {
    "eta": r"\eta", "alpha": r"\alpha", "rho": r"\rho", "delta": r"\delta",
    "beta1": r"\beta_1", "beta2": r"\beta_2", "m_hat": r"\hat{m}", "v_hat": r"\hat{v}",
    "decay": r"\lambda", "psi": r"\psi", "mu": r"\mu", "mu_next": r"\mu'", "pi": r"\Pi",
}  # fmt: skip
_ARRAYS = {"w", "g", "v", "h", "r", "m", "s", "u", "m_hat", "v_hat"}
_GRAMMAR = (
    ast.Expression, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow,
    ast.Name, ast.Load, ast.Constant, ast.Call,
)  # fmt: skip

_DOT, _THIN = r" \cdot ", r"\,"  # times between numbers, and between symbols


def _symbol(name):
    return _LATEX.get(name, name)


def _parse(line):
    """Split ``"v = alpha*v - eta*g"`` into its target and the tree of its right side."""
    target, _, right = line.partition(" = ")
    tree = ast.parse(right, mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, _GRAMMAR) or isinstance(node, ast.Call) and (
            not isinstance(node.func, ast.Name) or node.func.id != "sqrt"
        ):
            raise ValueError(f"rule {line!r}: only + - * / ** and sqrt() may be used")
    return target, tree


def _evaluate(tree, values):
    code = compile(tree, "<rule>", "eval")
    return eval(code, {"__builtins__": {}, "sqrt": np.sqrt}, dict(values))


def _holds_array(node):
    return any(isinstance(n, ast.Name) and n.id in _ARRAYS for n in ast.walk(node))


def _render(node, write, sign):
    """LaTeX of an expression; `write(name)` gives a name's text, `sign` the one for times."""
    if isinstance(node, ast.Constant):
        return f"{node.value}"
    if isinstance(node, ast.Name):
        return write(node.id)
    if isinstance(node, ast.Call):
        return rf"\sqrt{{{_render(node.args[0], write, sign)}}}"

    left, right = _render(node.left, write, sign), _render(node.right, write, sign)
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{left}}}{{{right}}}"
    if isinstance(node.op, ast.Add | ast.Sub):
        if isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Add | ast.Sub):
            right = f"({right})"
        return f"{left} {'+' if isinstance(node.op, ast.Add) else '-'} {_bracket(right)}"

    left, right = (
        f"({text})" if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub) else text
        for n, text in ((node.left, left), (node.right, right))
    )
    if isinstance(node.op, ast.Pow):
        return f"{_bracket(left)}^{{{right}}}"
    elementwise = _holds_array(node.left) and _holds_array(node.right)
    times = r" \odot " if elementwise and sign == _THIN else sign
    return f"{_bracket(left)}{times}{_bracket(right)}"


def _bracket(text):
    return f"({text})" if text.startswith("-") else text


def _number(value, digits):
    """A number, or the first few of an array, as LaTeX with few significant digits."""
    values = np.atleast_1d(np.asarray(value, dtype=float)).ravel()
    texts = [_scientific(f"{x + 0.0:.{digits}g}") for x in values[:4]]
    if np.ndim(value) == 0:
        return texts[0]
    if values.size > 4:
        texts.append(r"\ldots")
    return f"({', '.join(texts)})"


def _scientific(text):
    text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"


class _FormulaMethod:
    """A method that is handed the class or, where there is one, the instance."""

    def __init__(self, function):
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance, owner):
        return MethodType(self.function, owner if instance is None else instance)


def _only_value(thing):
    """`thing` itself, or the single value of a dict such as {"w": array}."""
    if isinstance(thing, dict):
        if len(thing) != 1:
            raise ValueError(f"one parameter at a time, not {len(thing)}: {sorted(thing)}")
        (thing,) = thing.values()
    return np.asarray(thing, dtype=float)


# --- the rules -------------------------------------------------------------------------------


class Optimizer:
    """What the rules share: checks, state, formulas.  A rule adds its lines and `_step`.

    A rule is written down twice, and a test holds the two together: `rules` are the
    lines that are shown (and run, for a single point), `_step` is the same arithmetic
    in the same order on arrays, in place.
    """

    rules = ()  #: the update, line by line, in the names of `symbols`, of `slots`, w, g and t
    probe_rule = "w"  #: where the gradient g is measured
    rate_rule = "eta"  #: what the gradient, or its running mean, is multiplied by in a step
    symbols = {"eta": "lr"}  #: symbol in the rules -> name of the hyperparameter
    slots = ()  #: what is remembered between updates, by the formula's own symbol
    running = ()  #: numbers of the rules that follow from the step alone, and are carried along

    lr = _Hyperparameter()

    def __init__(self, lr=0.01):
        self.lr = lr
        self.reset()

    def reset(self):
        """Forget all past gradients; hyperparameters stay."""
        self.state = {}
        self.t = 0
        self._scratch = {}

    def fresh(self):
        """A copy with the same hyperparameters and an empty state."""
        twin = copy.deepcopy(self)
        twin.reset()
        return twin

    def __repr__(self):
        pairs = ((name, getattr(self, name)) for name in self.hyperparameters())
        shown = (
            f"{name}=<array {value.shape}>" if np.ndim(value) else f"{name}={value!r}"
            for name, value in pairs
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    @classmethod
    def hyperparameters(cls):
        """Names of the hyperparameters, in the order of the constructor."""
        return tuple(cls.symbols.values())

    def probe(self, params):
        """Where this rule wants the gradient measured: at `params` themselves."""
        return params

    def update(self, params, grads):
        """Change `params` in place by one step; both are dicts of arrays or numbers.

        Arrays keep their identity and dtype; plain numbers are replaced in the dict.
        Keys of `grads` that are not in `params` are ignored.  Everything is checked
        before anything is changed.
        """
        work = [self._checked(key, w, grads) for key, w in params.items()]
        with np.errstate(all="ignore"):
            scalars = self._advance()
            for key, w, g, remembered in work:
                arrays = [np.zeros_like(w) if a is None else a for a in remembered]
                self._step(w, g, *arrays, self._buffers(w), *scalars)
                is_array = isinstance(params[key], np.ndarray)
                if not is_array:
                    params[key] = _like(params[key], w)
                for slot, array in zip(self.slots, arrays, strict=True):
                    self.state.setdefault(slot, {})[key] = array if is_array else array[()]

    def _checked(self, key, w, grads):
        """One parameter, its gradient and its state, as float arrays that fit together."""
        name = f"params[{key!r}]"
        if isinstance(w, np.ndarray):
            if w.dtype.kind != "f":
                raise TypeError(
                    f"{name} has dtype {w.dtype}: an update in place needs a float array "
                    f"(use {name}.astype(float))"
                )
            if not w.flags.writeable:
                raise ValueError(f"{name} is read-only: an update in place must write to it")
        elif isinstance(w, bool) or not isinstance(w, (int, float, np.number)) or np.iscomplex(w):
            raise TypeError(f"{name}={w!r}: a parameter must be a float array or a number")
        else:
            w = np.array(w, dtype=float)

        try:
            g = grads[key]
        except (KeyError, IndexError):
            raise ValueError(
                f"grads has no key {key!r}: it needs one gradient for each key of params"
            ) from None
        try:
            g = np.asarray(g)
        except ValueError:
            g = np.asarray(None)
        if g.dtype.kind not in "fiu":
            raise TypeError(f"grads[{key!r}]={grads[key]!r}: a gradient must be numeric")
        g = np.asarray(g, dtype=np.result_type(g, w))  # squares of integers overflow
        if g.shape != w.shape:
            raise ValueError(
                f"grads[{key!r}] has shape {g.shape}: it must have the shape {w.shape} of {name}"
            )

        for hyper in self.hyperparameters():
            shape = np.shape(getattr(self, hyper))
            if shape and _broadcast(shape, w.shape) != w.shape:
                raise ValueError(
                    f"{hyper} has shape {shape}: it must broadcast to the shape {w.shape} of {name}"
                )
        remembered = [self.state.get(slot, {}).get(key) for slot in self.slots]
        for array in remembered:
            if array is not None and np.shape(array) != w.shape:
                raise ValueError(
                    f"{name} has shape {w.shape}: it had shape {np.shape(array)} in earlier "
                    f"updates (reset() forgets them)"
                )
        if not isinstance(w, np.ndarray) or w.ndim == 0:
            remembered = [None if a is None else np.array(a, dtype=w.dtype) for a in remembered]
        return key, w, g, remembered

    def _buffers(self, w):
        kind = w.shape, w.dtype
        if kind not in self._scratch:
            self._scratch[kind] = np.empty_like(w), np.empty_like(w)
        return self._scratch[kind]

    def _advance(self):
        """Count a step and return the scalars that `_step` needs."""
        self.t += 1
        return self._scalars()

    def _scalars(self):
        values = self.__dict__  # where _Hyperparameter keeps them; this is every step's cost
        return [values[name] for name in self.symbols.values()]

    def _step(self, w, g, *rest):
        raise NotImplementedError(f"{type(self).__name__} has no update rule")

    # --- the formula

    @_FormulaMethod
    def formula(self):
        r"""The rule as LaTeX, one string a line; of a class or of an instance.

        >>> for line in Momentum.formula():
        ...     print(line)
        g = \nabla f(w)
        v \leftarrow \alpha\,v - \eta\,g
        w \leftarrow w + v
        """
        lines = [self._gradient_line(_symbol, _THIN)]
        for rule in self.rules:
            target, tree = _parse(rule)
            right = _render(tree.body, _symbol, _THIN)
            lines.append(f"{self._left_side(target)} {right}")
        return lines

    def formula_with(self, params, grads, state_before=None, t=1, digits=4):
        r"""The lines of `formula` with the numbers of one update put in.

        `params`, `grads` and the values of `state_before` are numbers or arrays, or
        dicts with one entry.  A missing or empty state is zero; `t` counts from 1.

        >>> for line in Momentum(lr=0.1).formula_with(-7.0, -0.7, {"v": 0.2}):
        ...     print(line)
        g = \nabla f(-7) = -0.7
        v \leftarrow 0.9 \cdot 0.2 - 0.1 \cdot (-0.7) = 0.25
        w \leftarrow -7 + 0.25 = -6.75
        """
        values = self._values(params, grads, state_before, t)

        def write(name):
            return _number(values[name], digits)

        lines = [f"{self._gradient_line(write, _DOT)} = {write('g')}"]
        with np.errstate(all="ignore"):
            for rule in self.rules:
                target, tree = _parse(rule)
                right = _render(tree.body, write, _DOT)
                values[target] = _evaluate(tree, values)
                lines.append(f"{self._left_side(target)} {right} = {write(target)}")
        return lines

    def evaluate_rules(self, params, grads, state_before=None, t=1):
        """Run the lines that are shown, literally: a dict of every symbol afterwards.

        >>> after = SGD(lr=0.1).evaluate_rules(-7.0, -0.7)
        >>> round(float(after["w"]), 2)
        -6.93
        """
        values = self._values(params, grads, state_before, t)
        with np.errstate(all="ignore"):
            for rule in self.rules:
                target, tree = _parse(rule)
                values[target] = _evaluate(tree, values)
        return values

    def _values(self, params, grads, state_before, t):
        state = state_before or {}
        values = {symbol: getattr(self, name) for symbol, name in self.symbols.items()}
        values |= {"w": _only_value(params), "g": _only_value(grads), "t": t}
        for slot in self.slots:
            known = _only_value(state[slot]) if slot in state else np.zeros_like(values["w"])
            values[slot] = known
        return values

    @_FormulaMethod
    def _gradient_line(self, write, times):
        at = _render(ast.parse(self.probe_rule, mode="eval").body, write, times)
        point = self.probe_rule == "w" and at.startswith("(")
        return rf"g = \nabla f{at}" if point else rf"g = \nabla f({at})"

    @_FormulaMethod
    def _left_side(self, target):
        if target == "w" or target in self.slots or target in self.running:
            return rf"{_symbol(target)} \leftarrow"
        return f"{_symbol(target)} ="

    def effective_rates(self, before, after):
        r"""The learning rate of each parameter at each step of a recorded path.

        `before` and `after` are the states of all steps, slot -> (steps, ...), before and after
        the update.  What comes back, (steps, ...), is `rate_rule`: what the gradient is
        multiplied by or, in Adam's family, m̂ (without bias correction m).

        >>> AdaGrad(lr=1.5, eps=0).effective_rates({"h": np.zeros(1)}, {"h": np.array([9.0])})
        array([0.5])
        """
        first = next(iter(after.values()), np.empty(0))
        values = {symbol: getattr(self, name) for symbol, name in self.symbols.items()}
        values |= after | {f"{slot}_before": array for slot, array in before.items()}
        values["t"] = np.arange(1.0, len(first) + 1).reshape(-1, *(1,) * (np.ndim(first) - 1))
        _, tree = _parse(f"rate = {self.rate_rule}")
        with np.errstate(all="ignore"):
            return np.asarray(_evaluate(tree, values), dtype=float)

    # --- the same lines as plain Python, for descend to compile

    _float_rules = None  # the lines to compile, where they round differently from `rules`
    _float_symbols = None  # and what `_advance` returns for them
    _changing = False  # whether the scalars of `_advance` change from step to step


def _like(old, new):
    """The 0-d array `new` as the kind of number that `old` is; whole numbers become floats."""
    if isinstance(old, np.floating):
        return old.dtype.type(new)
    return float(new)


def _broadcast(*shapes):
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def _slot(name):
    """A property for a slot of the state: None before the first update, then a dict."""

    def get(self):
        return self.state.get(name)

    def put(self, value):
        if value is None:
            self.state.pop(name, None)
        else:
            self.state[name] = value

    return property(get, put, doc=f"{name} by parameter name; None before the first update")


class SGD(Optimizer):
    r"""Gradient descent with a constant rate: w ← w - η g.

    Called stochastic when g comes from a random part of the data; the rule is the same.

    Arguments: η = `lr`.

    Sources: Cauchy 1847 (gradient descent); Robbins & Monro 1951 (with noisy gradients).
    PyTorch's ``SGD`` and Keras' ``SGD`` are the same rule as long as their momentum is 0;
    the Deep Learning book (Goodfellow, Bengio & Courville 2016) writes ε for η.

    >>> params = {"x": 4.0}
    >>> SGD(lr=0.2).update(params, {"x": 2 * 4.0 - 4})
    >>> params
    {'x': 3.2}
    """

    rules = ("w = w - eta*g",)

    def _step(self, w, g, buffers, eta):
        s, _ = buffers
        np.multiply(eta, g, out=s)
        np.subtract(w, s, out=w)


class Momentum(Optimizer):
    r"""Heavy ball: v ← α v - η g, then w ← w + v.

    Arguments: η = `lr`, α = `momentum`.  State: the velocity v.

    Source: Polyak 1964.
    Differs elsewhere: PyTorch's ``SGD(momentum=…)`` keeps b ← α b + g and steps by -η b.
    At a constant rate that is the same path with v = -η b; after a change of rate it is
    not, because there the new rate also scales the old velocity.  Keras uses the form
    given here; the Deep Learning book too, with ε for η.

    >>> params, optimizer = {"x": 4.0}, Momentum(lr=0.1, momentum=0.5)
    >>> optimizer.update(params, {"x": 4.0})
    >>> optimizer.update(params, {"x": 4.0})
    >>> params["x"], float(optimizer.v["x"])
    (3.0, -0.6000000000000001)
    """

    rules = ("v = alpha*v - eta*g", "w = w + v")
    symbols = {"eta": "lr", "alpha": "momentum"}
    slots = ("v",)

    momentum = _Hyperparameter(below=1)
    v = _slot("v")

    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr)
        self.momentum = momentum

    def _step(self, w, g, v, buffers, eta, alpha):
        s, _ = buffers
        np.multiply(alpha, v, out=v)
        np.multiply(eta, g, out=s)
        np.subtract(v, s, out=v)
        np.add(w, v, out=w)


class Nesterov(Momentum):
    r"""Momentum that looks ahead: g is the gradient at w + α v, where v alone would lead.

    The update is Momentum's, line for line; only `probe` differs.  So the gradient must
    be measured at ``optimizer.probe(params)``.  **Without `probe`, at the parameters
    themselves, this class is Momentum to the last bit.**

    Arguments: η = `lr`, α = `momentum`.  State: the velocity v.

    Sources: Nesterov 1983; in this form Sutskever, Martens, Dahl & Hinton 2013.
    Differs elsewhere: PyTorch's and Keras' ``nesterov=True`` measure the gradient at the
    parameters, because the parameters they store are the look-ahead points w + α v.
    Both walk the same path, one shifted by α v against the other; PyTorch's first step
    is therefore (1 + α) η g.  The Deep Learning book has the form given here.

    >>> params, optimizer = {"x": 4.0}, Nesterov(lr=0.1, momentum=0.5)
    >>> optimizer.update(params, {"x": 4.0})
    >>> params["x"], float(optimizer.probe(params)["x"])
    (3.6, 3.4)
    """

    probe_rule = "w + alpha*v"

    def probe(self, params):
        """The look-ahead point w + α v; `params` themselves before the first update."""
        if not self.v:
            return params
        return {key: w + self.momentum * self.v.get(key, 0.0) for key, w in params.items()}


class AdaGrad(Optimizer):
    r"""A rate for each parameter: h ← h + g⊙g, then w ← w - η g / (√h + δ).

    h only grows, so the effective rate η / (√h + δ) only falls.

    Arguments: η = `lr`, δ = `eps`.  State: h, the sum of squared gradients.

    Source: Duchi, Hazan & Singer 2011.
    Differs elsewhere: the sum is called r in the Deep Learning book and in some Korean
    texts.  PyTorch has eps 1e-10 in the same place and can let the rate decay on top;
    Keras starts h at 0.1 instead of 0 and puts its epsilon inside the root.
    δ is there against 0/0 while h is still zero.

    >>> params = {"x": 4.0}
    >>> AdaGrad(lr=0.5).update(params, {"x": 123.0})
    >>> round(params["x"], 6)
    3.5
    """

    rules = ("h = h + g*g", "w = w - eta*g/(sqrt(h) + delta)")
    rate_rule = "eta/(sqrt(h) + delta)"
    symbols = {"eta": "lr", "delta": "eps"}
    slots = ("h",)

    eps = _Hyperparameter()
    h = _slot("h")

    def __init__(self, lr=0.01, eps=1e-7):
        super().__init__(lr)
        self.eps = eps

    def _step(self, w, g, h, buffers, eta, delta):
        s, root = buffers
        np.multiply(g, g, out=s)
        np.add(h, s, out=h)
        _scaled_step(w, g, h, s, root, eta, delta)


class RMSProp(Optimizer):
    r"""AdaGrad that forgets: r ← ρ r + (1-ρ) g⊙g, then w ← w - η g / (√r + δ).

    r is a mean over about the last 1/(1-ρ) squared gradients.  It starts at zero, so the
    first step is η/√(1-ρ) long, not η.

    Arguments: η = `lr`, ρ = `rho`, δ = `eps`.  State: r, the mean of squared gradients.

    Source: Tieleman & Hinton 2012 (lecture 6.5 of a course, never a paper).
    Differs elsewhere: PyTorch calls ρ ``alpha`` and sets it to 0.99; Keras has 0.9, as
    here, and puts its epsilon inside the root, as does the Deep Learning book.

    >>> params = {"x": 4.0}
    >>> RMSProp(lr=0.1, rho=0.75).update(params, {"x": 123.0})
    >>> round(params["x"], 6)
    3.8
    """

    rules = ("r = rho*r + (1 - rho)*g*g", "w = w - eta*g/(sqrt(r) + delta)")
    rate_rule = "eta/(sqrt(r) + delta)"
    symbols = {"eta": "lr", "rho": "rho", "delta": "eps"}
    slots = ("r",)

    rho = _Hyperparameter(below=1)
    eps = _Hyperparameter()
    r = _slot("r")

    def __init__(self, lr=0.01, rho=0.9, eps=1e-8):
        super().__init__(lr)
        self.rho = rho
        self.eps = eps

    def _step(self, w, g, r, buffers, eta, rho, delta):
        s, root = buffers
        _running_mean_of_squares(r, g, s, rho)
        _scaled_step(w, g, r, s, root, eta, delta)


class AdaDelta(Optimizer):
    r"""RMSProp whose rate is the size of its own earlier steps.

    r ← ρ r + (1-ρ) g⊙g as in RMSProp; the raw step is s = √(u + δ) / √(r + δ) g; then
    u ← ρ u + (1-ρ) s⊙s remembers how large such steps were, and w ← w - η s.  As √u has the
    unit of w and √r that of the gradient, the step has the unit of w, whatever the loss is
    measured in.  u starts at zero, so the first step is only η √(δ/(δ + (1-ρ) g²)) g, about
    √(δ/(1-ρ)) long: δ is what starts the rule, and decides how fast it gets going.

    Arguments: η = `lr` (1 in the paper, which has none), ρ = `rho`, δ = `eps`.
    State: r, the mean of squared gradients; u, the mean of squared steps.

    Source: Zeiler 2012 (arXiv:1212.5701).
    Differs elsewhere: the paper writes E[g²] and E[Δx²]; PyTorch is the same rule with its lr
    1.0, rho 0.9 and eps 1e-6; Keras sets lr 0.001, which makes its steps a thousand times shorter
    than the paper's, rho 0.95 and epsilon 1e-7.  The Deep Learning book only names it.

    >>> params = {"x": 4.0}
    >>> AdaDelta(rho=0.75, eps=0.25).update(params, {"x": 1.0})  # √0.25/√0.5 = 0.7071
    >>> round(params["x"], 4)
    3.2929
    """

    rules = (
        "r = rho*r + (1 - rho)*g*g",
        "s = sqrt(u + delta)/sqrt(r + delta)*g",
        "u = rho*u + (1 - rho)*s*s",
        "w = w - eta*s",
    )
    rate_rule = "eta*sqrt(u_before + delta)/sqrt(r + delta)"
    symbols = {"eta": "lr", "rho": "rho", "delta": "eps"}
    slots = ("r", "u")

    rho = _Hyperparameter(below=1)
    eps = _Hyperparameter()
    r = _slot("r")
    u = _slot("u")

    def __init__(self, lr=1.0, rho=0.95, eps=1e-6):
        super().__init__(lr)
        self.rho = rho
        self.eps = eps

    def _step(self, w, g, r, u, buffers, eta, rho, delta):
        s, root = buffers
        _running_mean_of_squares(r, g, s, rho)
        np.add(u, delta, out=s)
        np.sqrt(s, out=s)
        np.add(r, delta, out=root)
        np.sqrt(root, out=root)
        np.divide(s, root, out=s)
        np.multiply(s, g, out=s)
        _running_mean_of_squares(u, s, root, rho)
        np.multiply(eta, s, out=s)
        np.subtract(w, s, out=w)


class _TwoMeans(Optimizer):
    """What Adam's family shares: the means m of the gradient and v of its square."""

    symbols = {"eta": "lr", "beta1": "beta1", "beta2": "beta2", "delta": "eps"}
    slots = ("m", "v")

    beta1 = _Hyperparameter(below=1)
    beta2 = _Hyperparameter(below=1)
    eps = _Hyperparameter()
    m = _slot("m")
    v = _slot("v")

    def __init__(self, lr, beta1, beta2, eps):
        super().__init__(lr)
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps

    def reset(self):
        super().reset()
        self._power1 = self._power2 = 1.0  # β₁ᵗ, or what stands for it, and β₂ᵗ


class Adam(_TwoMeans):
    r"""Momentum's direction at RMSProp's rate, both corrected for their start at zero.

    m ← β₁ m + (1-β₁) g and v ← β₂ v + (1-β₂) g⊙g are running means that begin at zero
    and so are too small at first.  Divided by 1-β₁ᵗ and 1-β₂ᵗ they are m̂ and v̂, and
    w ← w - η m̂ / (√v̂ + δ).  With ``bias_correction=False`` m and v are used as they are:
    the first step is then η (1-β₁)/√(1-β₂) long, 3.16 η at the defaults.

    Arguments: η = `lr`, β₁ = `beta1`, β₂ = `beta2`, δ = `eps`.  State: m, v; `t` counts.

    Source: Kingma & Ba 2015 (arXiv 2014).  As they suggest at the end of their section 2,
    the two corrections are folded into the rate and into δ, which is the same step.
    Differs elsewhere: the Deep Learning book and some Korean texts call the means s and
    r, the shares ρ₁ and ρ₂.  PyTorch adds its eps where this class does; Keras and
    TensorFlow add it to √v before the correction (the paper's "epsilon hat") and set it
    to 1e-7.  Their weight decay differs, too: PyTorch's Adam adds it to the gradient, Keras'
    decays as AdamW does.

    >>> params = {"x": 4.0}
    >>> Adam(lr=0.1).update(params, {"x": 123.0})
    >>> round(params["x"], 6)
    3.9
    """

    rules = (
        "m = beta1*m + (1 - beta1)*g",
        "v = beta2*v + (1 - beta2)*g*g",
        "m_hat = m/(1 - beta1**t)",
        "v_hat = v/(1 - beta2**t)",
        "w = w - eta*m_hat/(sqrt(v_hat) + delta)",
    )
    rate_rule = "eta/(sqrt(v/(1 - beta2**t)) + delta)"

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, *, bias_correction=True):
        super().__init__(lr, beta1, beta2, eps)
        self.bias_correction = bias_correction

    @property
    def bias_correction(self):
        """Whether m and v are divided by 1-β₁ᵗ and 1-β₂ᵗ."""
        return self._bias_correction

    @bias_correction.setter
    def bias_correction(self, value):
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"bias_correction={value!r}: bias_correction must be True or False")
        self._bias_correction = bool(value)
        self.rules, self.rate_rule = type(self).rules, type(self).rate_rule
        if not value:
            plain = (rule for rule in self.rules if "**t" not in rule)
            self.rules = tuple(rule.replace("_hat", "") for rule in plain)
            self.rate_rule = "eta/(sqrt(v) + delta)"

    def __repr__(self):
        text = super().__repr__()
        return text if self.bias_correction else f"{text[:-1]}, bias_correction=False)"

    def _advance(self):
        lr, beta1, beta2, eps, *_ = self._scalars()
        self.t += 1
        self._power1 = self._power1 * beta1
        self._power2 = self._power2 * beta2
        if not self._bias_correction:
            return beta1, beta2, eps, lr
        unbias = _root(1 - self._power2)
        return beta1, beta2, eps * unbias, lr * unbias / (1 - self._power1)

    def _step(self, w, g, m, v, buffers, beta1, beta2, delta, rate, shrink=None):
        s, _ = buffers
        _running_mean(m, g, s, beta1)
        _running_mean_of_squares(v, g, s, beta2)
        if shrink is not None:  # AdamW; here, as g may be w itself
            np.multiply(shrink, w, out=s)
            np.subtract(w, s, out=w)
        np.sqrt(v, out=s)
        np.add(s, delta, out=s)
        np.divide(m, s, out=s)
        np.multiply(rate, s, out=s)
        np.subtract(w, s, out=w)

    _float_rules = (*rules[:2], "w = w - rate*(m/(sqrt(v) + delta))")
    _float_symbols = ("beta1", "beta2", "delta", "rate")
    _changing = True


class NAdam(_TwoMeans):
    r"""Adam that looks ahead: Nesterov's idea in m̂, with a momentum that grows from β₁/2.

    m and v are Adam's.  With μ = β₁ (1 - ½·0.96^(tψ)), μ' the same for t + 1 and Π the product
    of all μ so far, the mean that is stepped along already counts the next step's share:
    m̂ = (1-μ) g/(1-Π) + μ' m/(1-Πμ').  Then w ← w - η m̂ / (√v̂ + δ) with Adam's v̂.

    Arguments: η = `lr`, β₁ = `beta1`, β₂ = `beta2`, δ = `eps`, ψ = `momentum_decay`.
    State: m, v; `t` counts.

    Source: Dozat 2016 (ICLR workshop); the schedule's 0.96 is from his report of 2015.
    Differs elsewhere: the paper also puts μ for β₁ in the line of m, and its v̂ is
    β₂ v/(1-β₂ᵗ), with a β₂ that Adam and his own code do without, as do PyTorch and Keras.
    PyTorch keeps β₁ for m, as here, and so does Keras, where ψ is fixed at 1, so the momentum
    grows 250 times sooner, and epsilon is 1e-7.  Often quoted in short, without the schedule:
    m̂ = (1-β₁) g/(1-β₁ᵗ) + β₁ m/(1-β₁ᵗ⁺¹).  The Deep Learning book does not have it.

    >>> params = {"x": 4.0}
    >>> NAdam(lr=0.1).update(params, {"x": 123.0})
    >>> round(params["x"], 4)
    3.8944
    """

    rules = (
        "m = beta1*m + (1 - beta1)*g",
        "v = beta2*v + (1 - beta2)*g*g",
        "mu = beta1*(1 - 0.96**(t*psi)/2)",
        "mu_next = beta1*(1 - 0.96**((t + 1)*psi)/2)",
        "pi = pi*mu",
        "m_hat = (1 - mu)*g/(1 - pi) + mu_next*m/(1 - pi*mu_next)",
        "v_hat = v/(1 - beta2**t)",
        "w = w - eta*m_hat/(sqrt(v_hat) + delta)",
    )
    rate_rule = Adam.rate_rule
    symbols = _TwoMeans.symbols | {"psi": "momentum_decay"}
    running = ("pi",)

    momentum_decay = _Hyperparameter()

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, *, momentum_decay=0.004):
        super().__init__(lr, beta1, beta2, eps)
        self.momentum_decay = momentum_decay

    def _momentum(self, t):
        """μ at step t."""
        return self.beta1 * (1 - 0.96 ** (t * self.momentum_decay) / 2)

    def _values(self, params, grads, state_before, t):
        values = super()._values(params, grads, state_before, t)
        values["pi"] = 1.0
        for step in range(1, t):
            values["pi"] = values["pi"] * self._momentum(step)
        return values

    def _advance(self):
        lr, beta1, beta2, eps, _ = self._scalars()
        self.t += 1
        mu, mu_next = self._momentum(self.t), self._momentum(self.t + 1)
        self._power1 = self._power1 * mu
        self._power2 = self._power2 * beta2
        unbias = _root(1 - self._power2)
        of_gradient = lr * unbias * (1 - mu) / (1 - self._power1)
        of_mean = lr * unbias * mu_next / (1 - self._power1 * mu_next)
        return beta1, beta2, eps * unbias, of_gradient, of_mean

    def _step(self, w, g, m, v, buffers, beta1, beta2, delta, of_gradient, of_mean):
        s, root = buffers
        _running_mean(m, g, s, beta1)
        _running_mean_of_squares(v, g, s, beta2)
        np.sqrt(v, out=root)
        np.add(root, delta, out=root)
        np.multiply(of_gradient, g, out=s)
        np.divide(s, root, out=s)
        np.subtract(w, s, out=w)
        np.multiply(of_mean, m, out=s)
        np.divide(s, root, out=s)
        np.subtract(w, s, out=w)

    _float_rules = (
        *rules[:2],
        "root = sqrt(v) + delta",
        "w = w - of_gradient*g/root - of_mean*m/root",
    )
    _float_symbols = ("beta1", "beta2", "delta", "of_gradient", "of_mean")
    _changing = True


class AdamW(Adam):
    r"""Adam with weight decay kept out of the gradient: first w ← w - η λ w, then Adam's step.

    Decay that is added to the loss as ½ λ‖w‖² goes through m and v, and is divided by √v̂ like
    any gradient: weights with large gradients are then hardly decayed.  Here every weight
    shrinks by the same share η λ at each step.

    Arguments: η = `lr`, β₁ = `beta1`, β₂ = `beta2`, δ = `eps`, λ = `weight_decay`.
    State: m, v; `t` counts.

    Source: Loshchilov & Hutter 2019 (arXiv 2017).
    Differs elsewhere: the paper has w ← w - η_t (α m̂/(√v̂ + δ) + λ w), where the schedule η_t
    scales both and the decay does not depend on the rate α; PyTorch multiplies λ by its lr, as
    here, and has the same 0.01; Keras too, with 0.004.  Younger than the Deep Learning book.

    >>> params = {"x": 4.0}
    >>> AdamW(lr=0.1, weight_decay=0.5).update(params, {"x": 123.0})  # 4 - 0.2 - 0.1
    >>> round(params["x"], 6)
    3.7
    """

    rules = ("w = w - eta*decay*w", *Adam.rules)
    symbols = Adam.symbols | {"decay": "weight_decay"}

    weight_decay = _Hyperparameter()

    def __init__(
        self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, *, weight_decay=0.01,
        bias_correction=True,
    ):  # fmt: skip
        super().__init__(lr, beta1, beta2, eps, bias_correction=bias_correction)
        self.weight_decay = weight_decay

    def _advance(self):
        return *super()._advance(), self.lr * self.weight_decay

    _float_rules = ("w = w - shrink*w", *Adam._float_rules)
    _float_symbols = (*Adam._float_symbols, "shrink")


def _root(x):
    return math.sqrt(x) if isinstance(x, float) else np.sqrt(x)


def _running_mean(m, g, s, beta):
    """m ← β m + (1-β) g, using s."""
    np.multiply(beta, m, out=m)
    np.multiply(1 - beta, g, out=s)
    np.add(m, s, out=m)


def _running_mean_of_squares(r, g, s, rho):
    """r ← ρ r + (1-ρ) g⊙g, using s."""
    np.multiply(rho, r, out=r)
    np.multiply(1 - rho, g, out=s)
    np.multiply(s, g, out=s)
    np.add(r, s, out=r)


def _scaled_step(w, g, h, s, root, eta, delta):
    """w ← w - η g / (√h + δ), using s and root."""
    np.sqrt(h, out=root)
    np.add(root, delta, out=root)
    np.multiply(eta, g, out=s)
    np.divide(s, root, out=s)
    np.subtract(w, s, out=w)
