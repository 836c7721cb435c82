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

A rule is its lines.  What is shown, what runs, what is remembered and which hyperparameters there
are follow from them.  A rule of your own needs besides a default for each hyperparameter:

>>> class Leaky(Optimizer):
...     rules = ("v = (1 - leak)*v + g", "w = w - eta*v")
...     leak = 0.5
>>> Leaky(lr=0.1, leak=0.25), Leaky.slots
(Leaky(lr=0.1, leak=0.25), ('v',))
>>> print(Leaky.formula()[-1])
w \leftarrow w - \eta\,v

One set of symbols is used throughout:

============  ==================  =======================================================
in the lines  argument            meaning
============  ==================  =======================================================
eta           ``lr``              η, the learning rate
alpha         ``momentum``        α, share of the velocity kept from step to step
rho           ``rho``             ρ, share of the mean square kept (RMSProp, AdaDelta)
beta1, beta2  ``beta1, beta2``    β₁, β₂, shares of the two running means kept (Adam's family)
delta         ``eps``             δ, small number against a division by zero
psi           ``momentum_decay``  ψ, how fast NAdam's momentum grows
decay         ``weight_decay``    λ, share of the weights that AdamW takes away at a rate of 1
w, g, t                           parameters, the gradient measured at the probe, the step
============  ==================  =======================================================

All rules work element by element.  A hyperparameter may therefore be an array
that broadcasts against the parameters: one run then does a whole sweep.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, MutableMapping
from typing import Any

import numpy as np

from optimlab import checks, latex
from optimlab.attributes import Amount, Attributes, OfRule, hyperparameter
from optimlab.programs import Program, compiled
from optimlab.rules import before_steps, rate, rates, work_out

__all__ = [
    "SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "NAdam", "AdamW",
    "Optimizer",
]  # fmt: skip
#: the names of the rules, in the order in which the lessons meet them
RULES = tuple(__all__[:-1])


class Optimizer(Attributes):
    """What the rules share: checks, state, formulas.  A rule adds its lines and its defaults."""

    #: slot -> parameter -> array; empty before the first update
    state: dict[str, dict[Any, Any]] = {}
    #: updates so far
    t: int = 0

    def reset(self) -> None:
        """Forget all past gradients; hyperparameters stay."""
        self.state, self.t = {}, 0
        self._carried: list[Amount] | None = None  # by the program; None: to be worked out from t
        self._spare: dict[Any, list[np.ndarray]] = {}

    def fresh(self) -> Optimizer:
        """A copy with the same hyperparameters and an empty state."""
        twin = copy.deepcopy(self)
        twin.reset()
        return twin

    # --- the update

    def probe(self, params: MutableMapping[Any, Any]) -> MutableMapping[Any, Any]:
        """Where the gradient is to be measured: `params`, or where `probe_rule` leads from them."""
        if not self.rules or not self._read().looks_ahead:
            return params
        program = self._program()
        given = self._given(program)
        slots = [self.state.get(slot, {}) for slot in program.rule.slots]
        with np.errstate(all="ignore"):
            ahead = {
                key: program.probe(w, *(kept.get(key, np.float64(0)) for kept in slots), *given)
                for key, w in params.items()
            }
        moved = self.state or any(np.any(ahead[key] != w) for key, w in params.items())
        return ahead if moved else params

    def update(self, params: MutableMapping[Any, Any], grads: Mapping[Any, Any]) -> None:
        """Change `params` in place by one step; both are dicts of arrays or numbers.

        Arrays keep their identity and dtype; plain numbers are replaced in the dict.
        Keys of `grads` that are not in `params` are ignored.  Everything is checked
        before anything is changed.
        """
        checks.instance("params", params, MutableMapping, "a dict of float arrays or numbers")
        checks.instance("grads", grads, Mapping, "a dict of gradients, by the keys of params")
        program = self._program()
        work = [self._checked(key, w, grads) for key, w in params.items()]
        with np.errstate(all="ignore"):
            numbers = self._numbers(program)
            for key, w, g, arrays in work:
                if any(np.may_share_memory(g, array) for array in (w, *arrays)):
                    g = g.copy()  # it may be w itself, which a line may change before it is used
                program.step(w, g, *arrays, *self._buffers(program, w), *numbers)
                is_array = isinstance(params[key], np.ndarray)
                if not is_array:
                    params[key] = _like(params[key], w)
                for slot, array in zip(self.slots, arrays, strict=True):
                    self.state.setdefault(slot, {})[key] = array if is_array else array[()]

    def _checked(self, key: Any, w: Any, grads: Mapping[Any, Any]) -> tuple[Any, Any, Any, list]:
        """One parameter, its gradient and its state, as float arrays that fit together."""
        name = f"params[{key!r}]"
        w = checks.parameter(name, w)
        if key not in grads:
            raise ValueError(
                f"grads has no key {key!r}: it needs one gradient for each key of params"
            )
        g = checks.gradient(f"grads[{key!r}]", grads[key], w, name)
        for hyper in self.hyperparameters():
            shape = np.shape(self.__dict__[hyper])
            if shape and checks.broadcast(shape, w.shape) != w.shape:
                raise ValueError(
                    f"{hyper} has shape {shape}: it must broadcast to the shape {w.shape} of {name}"
                )
        kept = [self.state.get(slot, {}).get(key) for slot in self.slots]
        for array in kept:
            if array is not None and np.shape(array) != w.shape:
                raise ValueError(
                    f"{name} has shape {w.shape}: it had shape {np.shape(array)} in earlier "
                    f"updates (reset() forgets them)"
                )
        arrays = [np.zeros_like(w) if a is None else a for a in kept]
        for i, array in enumerate(arrays):
            if not isinstance(array, np.ndarray) or array.ndim == 0:
                arrays[i] = np.array(array, dtype=w.dtype)
        return key, w, g, arrays

    def _program(self) -> Program:
        if not self.rules:
            raise NotImplementedError(f"{type(self).__name__} has no update rule")
        return compiled(self._read(), self._shares)

    def _numbers(self, program: Program) -> list[Amount]:
        """Count a step; what holds no array in it."""
        values = [self.__dict__[self.symbols[symbol]] for symbol in program.rule.symbols]
        if self._carried is None:
            self._carried = program.carried(self.t, values)
        self.t += 1
        self._carried, numbers = program.numbers(self.t, self._carried, values)
        return numbers

    def _given(self, program: Program) -> list[Any]:
        """The hyperparameters in the order of the rule, as numbers of numpy: x/0 is infinite."""
        values = (self.__dict__[self.symbols[symbol]] for symbol in program.rule.symbols)
        return [np.asarray(value)[()] for value in values]

    def _buffers(self, program: Program, w: np.ndarray) -> list[np.ndarray]:
        """Arrays like w in which a step may leave what lies between its lines."""
        kind = w.shape, w.dtype, program.buffers
        if kind not in self._spare:
            self._spare[kind] = [np.empty_like(w) for _ in range(program.buffers)]
        return self._spare[kind]

    # --- the formula

    @OfRule
    def formula(self) -> list[str]:
        r"""The rule as LaTeX, one string a line; of a class or of an instance.

        >>> for line in Momentum.formula():
        ...     print(line)
        g = \nabla f(w)
        v \leftarrow \alpha\,v - \eta\,g
        w \leftarrow w + v
        """
        return latex.formula(self._read())

    def formula_with(
        self, params: Any, grads: Any, state_before: Mapping[str, Any] | None = None, t: int = 1,
        digits: int = 4,
    ) -> list[str]:  # fmt: skip
        r"""The lines of `formula` with the numbers of one update put in.

        `params`, `grads` and the values of `state_before` are numbers or arrays, or
        dicts with one entry.  A missing or empty state is zero; `t` counts from 1.

        >>> for line in Momentum(lr=0.1).formula_with(-7.0, -0.7, {"v": 0.2}):
        ...     print(line)
        g = \nabla f(-7) = -0.7
        v \leftarrow 0.9 \cdot 0.2 - 0.1 \cdot (-0.7) = 0.25
        w \leftarrow -7 + 0.25 = -6.75
        """
        with np.errstate(all="ignore"):
            values = self._values(params, grads, state_before, t)
            return latex.formula_with(self._read(), values, digits)

    def evaluate_rules(
        self, params: Any, grads: Any, state_before: Mapping[str, Any] | None = None, t: int = 1
    ) -> dict[str, Any]:
        """Work out the lines that are shown, literally: a dict of every symbol afterwards.

        >>> after = SGD(lr=0.1).evaluate_rules(-7.0, -0.7)
        >>> round(float(after["w"]), 2)
        -6.93
        """
        with np.errstate(all="ignore"):
            return work_out(self._read(), self._values(params, grads, state_before, t))

    def _values(self, w: Any, g: Any, state: Mapping[str, Any] | None, t: int) -> dict[str, Any]:
        """Every symbol before an update."""
        rule, state = self._read(), state or {}
        values = self._amounts() | {"w": _only_value(w), "g": _only_value(g)}
        zero = np.zeros_like(values["w"])
        values |= {slot: _only_value(state.get(slot, zero)) for slot in rule.slots}
        if rule.running:
            *_, before = before_steps(rule, values, t)
            values |= before
        return values | {"t": t}

    @OfRule
    def rate_rule(self) -> str:
        """What the gradient, or its running mean, is multiplied by in a step: see `rules.rate`.

        >>> AdaGrad.rate_rule()
        'eta / (sqrt(h) + delta)'
        """
        return " * ".join(map(ast.unparse, rate(self._read(), next(iter(self.symbols))).values()))

    def effective_rates(
        self, points: np.ndarray, gradients: np.ndarray, before: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """The learning rate of each parameter at each step of a recorded path: `rate_rule`.

        The arguments hold all steps, (steps, ...): where each started, its gradient, and slot ->
        what was remembered before.

        >>> h = {"h": np.array([16.0])}
        >>> AdaGrad(lr=1.5, eps=0).effective_rates(np.array([1.0]), np.array([3.0]), h)
        array([0.3])
        """
        with np.errstate(all="ignore"):
            values = self._amounts() | {"w": points, "g": gradients, **before}
            return rates(self._read(), next(iter(self.symbols)), values)


def _only_value(thing: Any) -> np.ndarray:
    """`thing` itself, or the single value of a dict such as {"w": array}."""
    if isinstance(thing, dict):
        if len(thing) != 1:
            raise ValueError(f"one parameter at a time, not {len(thing)}: {sorted(thing)}")
        (thing,) = thing.values()
    return np.asarray(thing, dtype=float)


def _like(old: Any, new: np.ndarray) -> Any:
    """The 0-d array `new` as the kind of number that `old` is; whole numbers become floats."""
    if isinstance(old, np.floating):
        return old.dtype.type(new)
    return float(new)


# --- the rules -------------------------------------------------------------------------------


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
    momentum: Amount = 0.9


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


class AdaGrad(Optimizer):
    r"""A rate for each parameter: h ← h + g⊙g, then w ← w - η g / (√h + δ).

    h only grows, so the effective rate η / (√h + δ) only falls.

    Arguments: η = `lr`, δ = `eps`.  State: h, the sum of squared gradients.

    Source: Duchi, Hazan & Singer 2011.
    Differs elsewhere: the sum is called r in the Deep Learning book and in some Korean
    texts.  PyTorch has eps 1e-10 in the same place and can let the rate decay on top;
    Keras starts h at 0.1 instead of 0 and puts its epsilon inside the root.
    δ guards against division by an h of zero, whatever made it zero: g was 0 (the step would be
    0/0), or too small to be squared (it would be infinite).  It does not guard against a g too
    large to be squared: then h is infinite, and the effective rate 0 from there on.  While the
    gradients are far above δ, a factor on f divides out.

    >>> params = {"x": 4.0}
    >>> AdaGrad(lr=0.5).update(params, {"x": 123.0})
    >>> round(params["x"], 6)
    3.5
    """

    rules = ("h = h + g*g", "w = w - eta*g/(sqrt(h) + delta)")
    eps: Amount = 1e-7


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
    rho: Amount = 0.9
    eps: Amount = 1e-8


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
    lr: Amount = 1.0
    rho: Amount = 0.95
    eps: Amount = 1e-6


class Adam(Optimizer):
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

    rules: tuple[str, ...] = (
        "m = beta1*m + (1 - beta1)*g",
        "v = beta2*v + (1 - beta2)*g*g",
        "m_hat = m/(1 - beta1**t)",
        "v_hat = v/(1 - beta2**t)",
        "w = w - eta*m_hat/(sqrt(v_hat) + delta)",
    )
    lr: Amount = 0.001
    beta1: Amount = 0.9
    beta2: Amount = 0.999
    eps: Amount = 1e-8
    switches = {"bias_correction": True}

    @property
    def bias_correction(self) -> bool:
        """Whether m and v are divided by 1-β₁ᵗ and 1-β₂ᵗ."""
        return self._bias_correction

    @bias_correction.setter
    def bias_correction(self, value: bool) -> None:
        self._bias_correction = checks.flag("bias_correction", value)
        lines = type(self).rules
        if not value:
            plain = (line for line in lines if "**t" not in line)
            lines = tuple(line.replace("_hat", "") for line in plain)
        self.rules, self._carried = lines, None


class NAdam(Optimizer):
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
        *Adam.rules[:2],
        "mu = beta1*(1 - 0.96**(t*psi)/2)",
        "mu_next = beta1*(1 - 0.96**((t + 1)*psi)/2)",
        "pi = pi*mu",
        "m_hat = (1 - mu)*g/(1 - pi) + mu_next*m/(1 - pi*mu_next)",
        *Adam.rules[-2:],
    )
    lr: Amount = 0.001
    beta1: Amount = 0.9
    beta2: Amount = 0.999
    eps: Amount = 1e-8
    momentum_decay: Amount = hyperparameter(0.004, kw_only=True)


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
    weight_decay: Amount = hyperparameter(0.01, kw_only=True)
