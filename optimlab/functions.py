r"""Test functions with their gradients, Hessians, minima and other stationary points.

A function of one variable takes numbers or arrays of any shape.  A function of d
variables takes points, arrays of shape (..., d), and works over the leading axes.

>>> from optimlab import functions
>>> functions.ravine((-7, 2)), functions.ravine.gradient((-7, 2))
(6.45, array([-0.7,  4. ]))
>>> functions.get("wave").minima
array([4.91318044, 0.        ])

Your own takes a few lines:

>>> import numpy as np
>>> mine = Function(
...     "mine", r"x^2 + x y + 2 y^2",
...     lambda p: p[..., 0] ** 2 + p[..., 0] * p[..., 1] + 2 * p[..., 1] ** 2,
...     domain=((-2, 2), (-2, 2)), minima=[(0, 0)],
... )
>>> mine.gradient((1.0, 1.0)).round(6)
array([3., 5.])
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from optimlab import checks, door, formulas
from optimlab.differences import (
    EPS,
    GradientCheck,
    check_gradient,
    difference,
    numerical_gradient,
    offsets,
    plain,
    step_for,
)

__all__ = [
    "Function", "GradientCheck", "check_gradient", "get", "names", "numerical_gradient", "parse",
    "parabola", "cubic", "wave",
    "bowl", "polynomial", "ravine", "bumpy", "saddle", "plateau",
    "rosenbrock", "himmelblau", "beale", "rastrigin",
]  # fmt: skip


class Function:
    """A function to descend on, with what is known about it.

    Parameters
    ----------
    name, latex : str
        What it is called, and its right-hand side.
    value : callable
        One number per point: (..., d) -> (...), or elementwise if there is one variable.
    gradient, hessian : callable, optional
        (..., d) -> (..., d) and (..., d, d), elementwise for one variable.  If missing,
        they are found numerically, by central differences.
    domain : (lo, hi) or ((lo, hi), ...)
        The part that is shown; it also says how many variables there are.
    minima : sequence of points
        All local minima inside the domain; kept sorted, the deepest first.
    stationary : sequence of points
        Points in the domain with a zero gradient that are no minima.
    start : point, optional
        Where a descent starts unless told otherwise; the middle of the domain if missing.
    finite_within : float
        The value is known to be finite while no coordinate is larger than this.
    """

    #: for descend: the gradient of one point as plain numbers, (x, y) -> (df/dx, df/dy)
    partials: Callable[..., tuple] | None = None
    #: whether its minima and other stationary points were found numerically, and may not be all
    found: bool = False
    #: the relative precision of its values; whether it takes many points at once
    eps: float = EPS
    quick: bool = True
    #: whether its own gradient is known to agree with its values
    compared: bool = False
    #: what its variables are called
    variables: tuple[str, ...] = ("x", "y")
    #: the formula that it was made of
    formula: Any = None

    _plain = staticmethod(plain)

    def __init__(
        self, name: str, latex: str, value: Callable, gradient: Callable | None = None,
        hessian: Callable | None = None, *, domain: Any, minima: Any = (), stationary: Any = (),
        start: Any = None, finite_within: float = 0.0,
    ):  # fmt: skip
        self.name: str = checks.text("name", name)
        self.latex: str = checks.instance("latex", latex, str, "a text")
        for what, given in (("value", value), ("gradient", gradient), ("hessian", hessian)):
            if given is not None or what == "value":
                checks.callback(what, given, "a function of the point")
        self.domain: tuple = checks.domain(domain, finite=False)
        self.dim: int = np.size(self.domain) // 2
        #: of one point: () for one variable, (d,) for d
        self._shape: tuple[int, ...] = () if np.ndim(self.domain) == 1 else (self.dim,)
        self.finite_within = checks.number("finite_within", finite_within, low=0)
        if start is None and not np.all(np.isfinite(self.domain)):
            raise ValueError(f"start=None: {name} needs a start, as its domain has no middle")
        given = np.mean(self.domain, axis=-1) if start is None else start
        self.start: np.ndarray = checks.point("start", given, self._shape, whose=name)
        if self.start.shape != self._shape:
            checks.wrong_value("start", start, f"one point, {self._wanted()}")
        self._take(value, gradient, hessian)
        self.minima = self._listed("minima", minima)
        if len(self.minima) > 1:
            self.minima = self.minima[np.argsort(self.value(self.minima), kind="stable")]
        self.stationary = self._listed("stationary", stationary)

    def _take(
        self, value: Callable, gradient: Callable | None, hessian: Callable | None
    ) -> None:
        """Ask what is given once, at the door."""
        shape, points = self._shape, door.around(self.start, self.domain)
        asked: list[Any] = [
            f if f is None or isinstance(f, door.Many) else door.Many(name, f, shape, points, tail)
            for name, f, tail in (
                ("value", value, ()), ("gradient", gradient, shape), ("hessian", hessian, 2 * shape)
            )
        ]  # fmt: skip
        self._value, self._gradient, self._hessian = asked
        self.eps, self.quick = asked[0].eps, asked[0].together

    def __repr__(self) -> str:
        if not self.found:
            return f"<Function {self.name}: {self.latex}>"
        others = f" and {self.count(False)}" if len(self.stationary) else ""
        return f"<Function {self.name}: {self.count()}{others} found numerically>"

    def _repr_markdown_(self) -> str:
        return formulas.told(self)

    def count(self, minima: bool = True) -> str:
        """How many minima are known, or how many other stationary points, in words."""
        n, m = len(self.minima), len(self.stationary)
        if minima:
            return f"{n} minim{'um' if n == 1 else 'a'}"
        return f"{m} other stationary point{'s' * (m != 1)}"

    def __call__(self, point: Any) -> Any:
        return self.value(point)

    def value(self, point: Any) -> Any:
        """f at one point or at many."""
        return plain(self._value(self._points(point)))

    def gradient(self, point: Any) -> Any:
        """The gradient at one point or at many, in the shape of `point`."""
        point = self._points(point)
        if self._gradient is None:
            line = not self._shape
            return plain(difference(self._value, point, None, "central", line, self.eps))
        return plain(self._gradient(point))

    def hessian(self, point: Any) -> Any:
        """Second derivatives: (..., d, d), or the shape of `point` if there is one variable."""
        point = self._points(point)
        if self._hessian is not None:
            return plain(self._hessian(point))
        if not self._shape:
            return plain(difference(self.gradient, point, None, "central", True, self.eps))
        h = step_for(point, "central", self.eps)
        columns = [
            (self.gradient(point + d) - self.gradient(point - d)) / (2 * h[..., i, None])
            for i, d in enumerate(offsets(h))
        ]
        rough = np.stack(columns, axis=-1)
        return (rough + np.swapaxes(rough, -1, -2)) / 2

    def _wanted(self) -> str:
        return f"points of shape (..., {self.dim})" if self._shape else "numbers"

    def _points(self, point: Any) -> np.ndarray:
        if isinstance(point, float | np.ndarray):  # as every step of a run has it
            found = np.asarray(point)
            if found.dtype == float and found.shape[found.ndim - len(self._shape) :] == self._shape:
                return found
        return checks.point("point", point, self._shape, whose=self.name, finite=False)

    def _listed(self, name: str, points: Any) -> np.ndarray:
        """Points as an array (n, ...); a single one is no list."""
        accepted = f"a list of finite {self._wanted()}"
        found = checks.array(name, points, accepted, empty=True)
        if found.size == 0:
            return found.reshape(0, *self._shape)
        if found.ndim == 0 or found.shape[1:] != self._shape or not np.all(np.isfinite(found)):
            checks.wrong_value(name, points, accepted)
        return found


# --- the catalogue ---------------------------------------------------------------------------

_CATALOGUE: dict[str, Function] = {}
_HUGE = 1e30  # all of these are finite for coordinates up to here


def names() -> tuple[str, ...]:
    """Names of all functions in the catalogue."""
    return tuple(_CATALOGUE)


def parse(text: str) -> Function:
    """The function that a text says, with exact derivatives.

    A text holds numbers, one or two variables (x, y, or other single letters, with a number after
    them or not), ``+ - * / ^ **``, brackets, pi, e, and sqrt, exp, log, sin, cos, tan, asin, acos,
    atan, sinh, cosh, tanh, abs, sign.  It is never run as Python.  Gradient and Hessian are exact
    (by sympy); minima and other stationary points in the domain are found numerically, so they
    need not be all; a domain and a start are proposed.  A text that says no function is a
    ValueError with the position and a suggestion.

    >>> f = parse("(x - 1)^2 + 3*y^2")
    >>> f.latex, f.minima.tolist(), f.gradient((2, 1))
    ('(x - 1)^{2} + 3\\\\,y^{2}', [[1.0, 0.0]], array([2., 6.]))
    >>> f.domain, f.start.tolist()
    (((-3.0, 5.0), (-4.0, 4.0)), [-2.0, 2.8])
    """
    return formulas.function(text)


def get(name: str) -> Function:
    """The function of this name."""
    return _CATALOGUE[checks.one_of("name", name, _CATALOGUE)]


class Written(Function):
    """A function of x, or of x and y, that is written as the package itself writes them.

    `value` takes the coordinates, as does `partials`, which gives the derivative by each, and
    `second`, which gives f_xx, or f_xx, f_xy and f_yy.
    """

    compared = True
    partials: Callable[..., tuple]

    def _take(self, value: Callable, gradient: Any, hessian: Any) -> None:
        self._second: Callable = hessian
        self.partials = gradient
        self._value = (lambda p: value(p[..., 0], p[..., 1])) if self._shape else value
        self._gradient, self._hessian = self._slopes, self._bends

    def _slopes(self, p: np.ndarray) -> np.ndarray:
        if not self._shape:
            slope = self.partials(p)[0]  # it may be a number, or p itself
            own = slope is not p and np.shape(slope) == p.shape
            return slope if own else np.array(np.broadcast_to(slope, p.shape))
        parts = self.partials(p[..., 0], p[..., 1])
        out = np.empty_like(p)  # in the memory order of p; made last, the heap is trimmed less
        out[..., 0], out[..., 1] = parts
        return out

    def _bends(self, p: np.ndarray) -> np.ndarray:
        if not self._shape:
            return self._second(p)[0] + 0.0 * p
        out = np.empty((*p.shape, 2))
        out[..., 0, 0], out[..., 0, 1], out[..., 1, 1] = self._second(p[..., 0], p[..., 1])
        out[..., 1, 0] = out[..., 0, 1]
        return out


class Stated(Written):
    """One that is texts: its value, and its derivatives in tuples; read when it is first asked.

    numpy and JavaScript (see `javascript`) are both made of their `trees`.
    """

    def __init__(
        self, name: str, latex: str, value: Any, slopes: Sequence, bends: Sequence, **facts: Any
    ):  # fmt: skip
        self._texts = (value,), slopes, bends
        super().__init__(name, latex, self.value, self._slopes, self._bends, **facts)

    def _take(self, value: Callable, gradient: Any, hessian: Any) -> None:
        self._gradient, self._hessian = gradient, hessian

    @cached_property
    def trees(self) -> list[list[ast.expr]]:
        """[[value], its derivatives, their derivatives]."""
        return [[formulas.tree_of(text) for text in texts] for texts in self._texts]

    def _made(self, order: int) -> Callable:
        variables = self.variables[: self.dim]
        return formulas.program(self.trees[order], variables, alone=order == 0)

    @cached_property
    def _value(self) -> Callable:
        value = self._made(0)
        return (lambda p: value(p[..., 0], p[..., 1])) if self._shape else value

    @cached_property
    def partials(self) -> Callable:  # type: ignore[override]
        return self._made(1)

    @cached_property
    def _second(self) -> Callable:  # type: ignore[override]
        return self._made(2)


def _entered(
    name: str, latex: str, value: str, slopes: tuple[str, ...], bends: tuple[str, ...],
    **facts: Any,
) -> Function:  # fmt: skip
    """Enter a function of x, or of x and y: `bends` are f_xx, or f_xx, f_xy and f_yy."""
    _CATALOGUE[name] = Stated(name, latex, value, slopes, bends, finite_within=_HUGE, **facts)
    return _CATALOGUE[name]


parabola = _entered(
    "parabola", "x^2 - 4x + 6",
    "x^2 - 4*x + 6", ("2*x - 4",), ("2",),
    domain=(-1, 5), minima=[2], start=4,
)  # fmt: skip

cubic = _entered(
    "cubic", "3x^3 - 2x + 1",
    "3*x*x*x - 2*x + 1", ("9*x*x - 2",), ("18*x",),
    domain=(-1.5, 1.5), minima=[2**0.5 / 3], stationary=[-(2**0.5) / 3], start=1.2,
)  # fmt: skip

wave = _entered(
    "wave", r"x \sin x",
    "x*sin(x)", ("sin(x) + x*cos(x)",), ("2*cos(x) - x*sin(x)",),
    domain=(-1, 7), minima=[4.913180439434884, 0], stationary=[2.028757838110434], start=2.5,
)  # fmt: skip

bowl = _entered(
    "bowl", "3(x - 2)^2 + (y - 2)^2",
    "3*(x - 2)*(x - 2) + (y - 2)^2", ("6*(x - 2)", "2*(y - 2)"), ("6", "0", "2"),
    domain=((-1, 5), (-1, 5)), minima=[(2, 2)], start=(0, 4.5),
)  # fmt: skip

polynomial = _entered(
    "polynomial", "3xy^2 + 4x^3 - 5y^2 + 1",
    "3*x*y*y + 4*x*x*x - 5*y*y + 1",
    ("3*y*y + 12*x*x", "6*x*y - 10*y"),
    ("24*x", "6*y", "6*x - 10"),
    domain=((-3, 3), (-3, 3)), stationary=[(0, 0)], start=(1.5, 1),
)  # fmt: skip

ravine = _entered(
    "ravine", r"\frac{x^2}{20} + y^2",
    "x^2/20 + y^2", ("x/10", "2*y"), ("0.1", "0", "2"),
    domain=((-8, 8), (-3, 3)), minima=[(0, 0)], start=(-7, 2),
)  # fmt: skip

bumpy = _entered(
    "bumpy", r"5x \cos x + (2y - 1)^2",
    "5*x*cos(x) + (2*y - 1)^2",
    ("5*cos(x) - 5*x*sin(x)", "4*(2*y - 1)"),
    ("-10*sin(x) - 5*x*cos(x)", "0", "8"),
    domain=((-4, 5), (-4, 5)),
    minima=[(3.4256184594817283, 0.5), (-0.8603335890193797, 0.5)],
    stationary=[(0.8603335890193797, 0.5), (-3.4256184594817283, 0.5)],
    start=(1.5, 3.5),
)  # fmt: skip

saddle = _entered(
    "saddle", "x^2 - y^2",
    "x^2 - y^2", ("2*x", "-2*y"), ("2", "0", "-2"),
    domain=((-2, 2), (-2, 2)), stationary=[(0, 0)], start=(-1.8, 0.01),
)  # fmt: skip

_DIP = "exp(-(x^2 + y^2)/2)"
plateau = _entered(
    "plateau", r"1 - e^{-(x^2 + y^2)/2}",
    f"1 - {_DIP}",
    (f"x*{_DIP}", f"y*{_DIP}"),
    (f"(1 - x^2)*{_DIP}", f"-x*y*{_DIP}", f"(1 - y^2)*{_DIP}"),
    domain=((-5, 5), (-5, 5)), minima=[(0, 0)], start=(-3, 2),
)  # fmt: skip

rosenbrock = _entered(
    "rosenbrock", "(1 - x)^2 + 100(y - x^2)^2",
    "(1 - x)^2 + 100*(y - x^2)*(y - x^2)",
    ("-2*(1 - x) - 400*x*(y - x^2)", "200*(y - x^2)"),
    ("2 - 400*(y - 3*x*x)", "-400*x", "200"),
    domain=((-2, 2), (-1, 3)), minima=[(1, 1)], start=(-1.2, 1),
)  # fmt: skip

_A, _B = "(x^2 + y - 11)", "(x + y^2 - 7)"
himmelblau = _entered(
    "himmelblau", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    f"{_A}^2 + {_B}^2",
    (f"4*x*{_A} + 2*{_B}", f"2*{_A} + 4*y*{_B}"),
    ("12*x*x + 4*y - 42", "4*(x + y)", "12*y*y + 4*x - 26"),
    domain=((-5, 5), (-5, 5)),
    minima=[
        (3, 2),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    ],
    stationary=[
        (-0.2708445906673476, -0.9230385564799815),
        (3.385154183607021, 0.07385187983774928),
        (0.08667750455539636, 2.884254701174776),
        (-3.0730257507643897, -0.08135304428796751),
        (-0.12796134673068008, -1.9537149802445763),
    ],
    start=(0, 0),
)  # fmt: skip

_A, _B, _C = "(1.5 - x + x*y)", "(2.25 - x + x*y^2)", "(2.625 - x + x*y^2*y)"
_ALONG_Y = f"{_A} + 2*y*{_B} + 3*y^2*{_C}"
beale = _entered(
    "beale", "(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
    f"{_A}^2 + {_B}^2 + {_C}^2",
    (f"2*({_A}*(y - 1) + {_B}*(y^2 - 1) + {_C}*(y^3 - 1))", f"2*x*({_ALONG_Y})"),
    (
        "2*((y - 1)^2 + (y^2 - 1)^2 + (y^3 - 1)^2)",
        f"2*({_ALONG_Y} + x*(y - 1 + 2*y*(y^2 - 1) + 3*y^2*(y^3 - 1)))",
        f"2*x*(x*(1 + 4*y^2 + 9*y^2*y^2) + 2*{_B} + 6*y*{_C})",
    ),
    domain=((-4.5, 4.5), (-4.5, 4.5)),
    minima=[(3, 0.5)],
    stationary=[(0, 1), (0.10053793732415836, -2.644513585023125)],
    start=(1, 1),
)  # fmt: skip


_VALLEYS = (0.0, 0.9949586376523348, 1.9899122337085495)  # where x² - 10 cos(2πx) is least
_RIDGES = (0.5025460365546747, 1.5076407318703584)


def _grid(*sides):
    return [(x, y) for x in sides[0] for y in sides[1]]


def _both_signs(values):
    return sorted({s * v for v in values for s in (-1.0, 1.0)})


_LOW, _HIGH = _both_signs(_VALLEYS), _both_signs(_RIDGES)

_BEND = "2 + 10*(2*pi)*(2*pi)*cos(2*pi*{})"
rastrigin = _entered(
    "rastrigin", r"20 + x^2 - 10\cos 2\pi x + y^2 - 10\cos 2\pi y",
    "20 + (x^2 - 10*cos(2*pi*x)) + (y^2 - 10*cos(2*pi*y))",
    ("2*x + 20*pi*sin(2*pi*x)", "2*y + 20*pi*sin(2*pi*y)"),
    (_BEND.format("x"), "0", _BEND.format("y")),
    domain=((-2.5, 2.5), (-2.5, 2.5)),
    minima=_grid(_LOW, _LOW),
    stationary=_grid(_HIGH, _LOW) + _grid(_LOW, _HIGH) + _grid(_HIGH, _HIGH),
    start=(1.7, -1.2),
)  # fmt: skip
