"""The door: a learner's own code is asked once, and is then like the package's own.

A function is called at a few points, one by one and together.  From that its form is known: f(x),
f(x, y) or f(point); for many points at once, or for one at a time.  It is then called in that form
alone, so numbers never stand in the wrong place, however many points there are:

>>> f = Many("f", lambda p: p[0] ** 2 + 10 * p[1] ** 2, (2,))
>>> f(np.array([[1.0, 2.0], [3.0, 4.0]]))  # p[0] is x at each point, not the first point
array([ 41., 169.])

Whole numbers, bools, float32 and anything with ``__float__`` or ``__array__`` count as numbers.
What cannot be taken is told in words.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from optimlab import checks

if TYPE_CHECKING:
    from optimlab.functions import Function

#: where a domain is asked, in shares of its width: no two alike in any coordinate
_SHARES = (0.5, 0.137, 0.811, 0.302, 0.934, 0.459, 0.068, 0.723, 0.241, 0.618, 0.877)
#: how the two arguments of a gradient are called that takes the coordinates and not the step
_COORDINATES = re.compile(r"x,y|u,v|a,b|w,b|p,q|([a-z])_?(\d),\1_?(\d)")
#: and the argument that is the step
_STEP = re.compile(r"k|n|t|i|j|_+|(_?(step|steps|time|count|counter|iteration|epoch|number))_?")


def arguments(f: Callable) -> tuple[list[str], int]:
    """The names of the arguments that can be given by place, and how many of them must be."""
    try:
        given = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        return ["x"], 1
    found = [one for one in given if one.kind <= one.POSITIONAL_OR_KEYWORD]
    rest = any(one.kind is one.VAR_POSITIONAL for one in given)
    must = sum(one.default is one.empty for one in found)
    return [one.name for one in found] + ["*"] * rest, must


class Refused(Exception):
    """What is wrong with what a learner's function gave: in words, and a type of error."""

    def __init__(self, why: str, kind: type[Exception] = ValueError):
        super().__init__(why)
        self.kind = kind


def numbers(found: Any) -> np.ndarray:
    """What a learner's function gave as an array of floats, or float32."""
    if found is None:
        raise Refused("gave None: is its return missing?", TypeError)
    try:
        array = np.asarray(found)
    except ValueError:
        raise Refused(f"gave {checks.shown(found)}, whose rows differ in length") from None
    if array.dtype.kind == "O" and all(hasattr(one, "__float__") for one in array.flat):
        array = np.array([float(one) for one in array.flat]).reshape(array.shape)
    if array.dtype.kind == "c":
        raise Refused(f"gave {checks.shown(found)}, which is no real number", TypeError)
    if array.dtype.kind not in "fiub":
        raise Refused(f"gave {checks.shown(found)}, which is no number", TypeError)
    return array if array.dtype.kind == "f" else array.astype(float)


class Many:
    """A learner's function of the point as one of many points: (..., *shape) -> (..., *tail).

    Parameters
    ----------
    name : what an error calls it
    f : the function of one point, (*shape), of its coordinates, or of many points
    shape : of a point: () for one variable, (d,) for d
    points : (n, *shape), where it is asked; n > d, so that no axis is as long as another
    tail : of what it gives for one point: () for a value, (d,) for a gradient

    Attributes
    ----------
    apart : whether it takes the coordinates one by one
    together : whether it takes many points at once
    eps : the precision of what it gives
    """

    def __init__(
        self, name: str, f: Callable, shape: tuple[int, ...], points: Any = None,
        tail: tuple[int, ...] = (),
    ):  # fmt: skip
        self.name, self.f, self.shape, self.tail = name, f, shape, tail
        self.eps = float(np.finfo(float).eps)
        self.apart = self.together = self.parts = self.rows = False
        points = around(np.zeros(shape)) if points is None else points
        names, must = arguments(f)
        several = len(names) if "*" not in names else np.inf
        d = shape[0] if shape else 1
        if must > 1 and not must <= d <= several or not names:
            takes = f"{must} arguments, {', '.join(names[:must])}" if must else "no argument"
            self.refuse(f"takes {takes}, and a point has {d} coordinate{'s' * (d > 1)}")
        forms = [False] * (must <= 1) + [True] * (d > 1 and must <= d <= several)
        refused = None
        for apart in forms[::-1] if "*" in names else forms:
            error = self._ask(apart, points)
            if error is None:
                return
            refused = refused or error
        assert refused is not None
        self.refuse(str(refused), refused.kind, refused.__cause__)

    def refuse(
        self, why: str, kind: type[Exception] = ValueError, cause: BaseException | None = None
    ) -> NoReturn:
        """Raise the error of a function that cannot be taken."""
        thing = {0: "a number", 1: "one number for each coordinate"}.get(
            len(self.tail), "a table of numbers"
        )
        point = "a point, f(x, y) or f(p)" if self.shape else "a number, f(x)"
        text = f"{self.name}={checks.shown(self.f)}: {self.name} must be a function of {point}, "
        raise kind(f"{text}that gives {thing}; it {why}") from cause

    def _ask(self, apart: bool, points: np.ndarray) -> Refused | None:
        """Take the function in one form; what is wrong if that cannot be."""
        self.apart, found, wrong = apart, [], None
        with np.errstate(all="ignore"):
            for point in points:
                try:
                    found.append(self._number(self._call(point)))
                except Refused as error:
                    return error
                except Exception as error:
                    wrong = wrong or _raised(error, point)
                    if not isinstance(error, ArithmeticError | ValueError):
                        break
                    found.append(np.full(self.tail, np.nan))
            known = np.array(found) if wrong is None else None
            if wrong is not None and len(found) == len(points) and np.isfinite(found).any():
                known, wrong = np.array(found), None  # undefined at some of them
            for parts in (False, True) if len(self.tail) == 1 else (False,):
                self.parts = parts
                try:
                    many = self._all(points)
                except Exception:
                    continue
                if known is None:  # as p[:, 0] asks for rows
                    self.together = self.rows = True
                    return None
                near = 1e4 * self.eps
                size = near * np.max(np.abs(known), initial=0, where=np.isfinite(known))
                if np.allclose(many, known, rtol=near, atol=size, equal_nan=True):
                    self.together = True
                    return None
        self.parts = False
        return wrong

    def _call(self, point: np.ndarray) -> Any:
        return self.f(*point) if self.apart else self.f(np.array(point)[()])

    def _number(self, given: Any) -> np.ndarray:
        found = numbers(given)
        self.eps = max(self.eps, float(np.finfo(found.dtype).eps))
        if found.shape != self.tail and np.squeeze(found).shape != self.tail:
            many = f"shape {found.shape}" if self.tail else f"{found.size} numbers"
            raise Refused(f"gave {many} for one point")
        return found.reshape(self.tail).astype(float)

    def _all(self, points: np.ndarray) -> np.ndarray:
        given = self.f(*points.T.copy()) if self.apart else self.f(points.copy())
        if self.parts:  # a component after the other, as [2*x, 20*y]
            given = np.stack(np.broadcast_arrays(*map(numbers, given)), axis=-1)
        found = numbers(given)
        if found.shape != (len(points), *self.tail):
            where = f"for points of shape {points.shape}"
            raise Refused(f"gave shape {found.shape} {where}: it must give one for each point")
        return found.astype(float)

    def __call__(self, points: np.ndarray) -> Any:
        batch = points.shape[: points.ndim - len(self.shape)]
        try:
            if not batch and not self.rows:
                return self._one(points)
            rows = points.reshape(-1, *self.shape)
            if not len(rows):
                return np.empty((*batch, *self.tail))
            found = self._all(rows) if self.together else np.array([*map(self._one, rows)])
            return found.reshape((*batch, *self.tail))
        except Refused as error:
            self.refuse(str(error), error.kind)

    def _one(self, point: np.ndarray) -> np.ndarray:
        try:
            return self._number(self._call(point))
        except FloatingPointError:  # only where numpy was told to raise it
            raise
        except (ArithmeticError, ValueError):  # 1/0, math.log(-1): it is not defined there
            return np.full(self.tail, np.nan)


def _raised(error: Exception, point: Any) -> Refused:
    at = f"({', '.join(f'{x:.3g}' for x in point)})" if np.ndim(point) else f"{point:.3g}"
    refused = Refused(f"raised {type(error).__name__} at {at}: {error}")
    refused.__cause__ = error
    return refused


def around(start: Any, domain: Any = None) -> np.ndarray:
    """Where a function is asked: its start, and d more over its domain; of many variables, a few.

    They are never as many as the coordinates.
    """
    start = np.asarray(start, dtype=float)
    d = start.size
    box = np.asarray(domain if domain is not None else [(-np.inf, np.inf)] * d).reshape(d, 2)
    near = np.stack([start.ravel() - 1 - abs(start.ravel()), start.ravel() + 2], axis=-1)
    low, high = np.where(np.isfinite(box), box, near).T
    k, i = np.ogrid[: d + (d < 3) if d < 8 else 4, :d]  # with the start: d + 1, or d + 2
    shares = np.array(_SHARES)[(k + 3 * i) % len(_SHARES)]
    return np.concatenate([start.reshape(1, d), low + shares * (high - low)]).reshape(
        -1, *start.shape
    )


# --- functions -------------------------------------------------------------------------------


def first(points: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The first of many points, with 0 for what is not finite."""
    one = np.reshape(np.asarray(points, float), (-1, *shape))[0]
    return np.where(np.isfinite(one), one, 0.0)


def form(name: str, f: Callable, at: np.ndarray | None, box: Any = None) -> Many:
    """Any function of the point as one of many: its variables are told by `at`, or by a box.

    An array (..., n) is points of n coordinates, or numbers where f takes one number.
    """
    if hasattr(f, "_value") and hasattr(f, "_shape"):  # a Function, which has been asked
        return _Known(f)  # type: ignore[arg-type]
    must = arguments(f)[1]
    if box is not None:
        shapes = [() if np.ndim(box) == 1 else (len(box),)]
    elif at is None:
        shapes = [(must,)] if must > 1 else [(), (2,)]
    else:
        shapes = [at.shape[-1:]] + [()] * (at.ndim > 0 and must < 2)
    refused: Exception | None = None
    for shape in shapes:
        middle = np.zeros(shape) if box is None else np.mean(box, axis=-1)
        try:
            return Many(name, f, shape, around(middle if at is None else first(at, shape), box))
        except Exception as error:
            refused = refused or error
    assert refused is not None
    raise refused


class _Known(Many):
    """A `Function` in the same clothes."""

    def __init__(self, function: Function):
        self.f, self.shape, self.eps = function.value, function._shape, function.eps

    def __call__(self, points: np.ndarray) -> Any:
        return self.f(points)


def function(
    name: str, f: Callable, start: Any = None, domain: Any = None, *, drawn: bool = True
) -> Function:
    """A `Function` of any function of the point.

    What is not given is proposed; unless it is to be `drawn`, the domain is all numbers where a
    start is given.
    """
    from optimlab import landmarks
    from optimlab.functions import Function

    box = None if domain is None else checks.domain(domain)
    at = None if start is None else checks.array("start", start)
    many = form(name, f, at, box)
    shape, title = many.shape, getattr(f, "__name__", type(f).__name__)
    title = "f" if title == "<lambda>" else title
    sign = title if len(title) == 1 else rf"\mathrm{{{title}}}".replace("_", r"\_")
    letters = "x, y, z"[: 3 * max(1, *shape, 1) - 2] if sum(shape) <= 3 else "p"
    wide = (-np.inf, np.inf) if start is not None and not drawn else (-5.0, 5.0)
    own = box or ((wide,) * shape[0] if shape else wide)
    begin = None if at is None else first(at, shape)
    made = Function(title, f"{sign}({letters})", many, domain=own, start=begin)
    return landmarks.described(made, box, begin) if np.isfinite(made.domain).all() else made


def compare(name: str, function: Function) -> None:
    """Let a `Function` in whose own gradient agrees with central differences, where f is smooth.

    It is asked where a function is taken, once for each `Function`.
    """
    from optimlab.differences import difference, step_for  # which uses this itself

    if function._gradient is None or function.compared:
        return
    points, f = around(function.start, function.domain), function.value
    eps, line = function.eps, not function._shape
    h = step_for(points, "central", eps)
    with np.errstate(all="ignore"):
        own = np.asarray(function.gradient(points))
        ahead, behind = (
            np.asarray(difference(f, points, side * h, "forward", line)) for side in (1, -1)
        )
        height = np.abs(np.asarray(f(points)))
        height = height if line else height[..., None]
        numerical, rounding = (ahead + behind) / 2, 16 * eps * height / h
        size = np.maximum(np.abs(own), np.abs(numerical))
        size = size if line else size.max(axis=-1, keepdims=True)
        close = max(1e-3, 20 * eps ** (1 / 3) if eps > 1e-10 else 0)
        kink = np.abs(ahead - behind) > 0.05 * size + rounding
        wrong = (np.abs(own - numerical) > close * size + rounding) & ~kink
    if wrong.any():
        k = int(np.argwhere(wrong)[0][0])
        place, says, found = (
            ", ".join(f"{x:.4g}" for x in np.atleast_1d(a[k])) for a in (points, own, numerical)
        )
        raise ValueError(
            f"{name}={function.name}: its gradient disagrees with its values; at ({place}) it is "
            f"({says}), and central differences give ({found})"
        )
    function.compared = True


def measured(gradient: Callable, shape: tuple[int, ...]) -> Callable[[Any, int], Any]:
    """``gradient(point, step)`` of a learner's gradient, which may take less or the coordinates.

    It is told by the names of its arguments alone: it is not called for it.
    """
    names, must = arguments(gradient)
    d = shape[0] if shape else 1
    most = must if must else min(len(names), 2)
    if must == 1 and len(names) > 1 and _STEP.fullmatch(names[1].lower()):
        most = 2
    apart = d > 1 and (
        most == d + 1 or most == d > 2
        or most == d and _COORDINATES.fullmatch(",".join(names[:2]).lower()) is not None
    )  # fmt: skip
    if most > (d + 1 if apart else 2):
        accepted = "a function (point, step), of the point alone, or of its coordinates"
        checks.wrong_value("gradient", gradient, accepted)
    step = most == (d + 1 if apart else 2)

    def once(point: Any, at: int) -> Any:
        more = (at,) if step else ()
        if apart:
            found = gradient(*np.moveaxis(point, -1, 0), *more)
            return None if found is None else np.stack(np.broadcast_arrays(*found), axis=-1)
        # with as many points as coordinates, axes of one keep the two from being mixed up
        batch = np.shape(point)[:-1]
        if d > 1 and d in (batch[:1] + batch[-1:]):
            found = gradient(point[None, ..., None, :], *more)
            same = np.shape(found) == (1, *batch, 1, d)
            return np.reshape(found, np.shape(point)) if same else found
        return gradient(point, *more)

    one_by_one = False

    def call(point: Any, at: int) -> Any:
        nonlocal one_by_one
        if np.ndim(point) == len(shape):
            return once(point, at)
        try:
            found = None if one_by_one else once(point, at)
        except (TypeError, ValueError, IndexError):
            found = None
        if found is not None and np.shape(found) == np.shape(point):
            return found
        one_by_one = True  # it was not written for many points at once
        rows = np.asarray([once(p, at) for p in point.reshape(-1, *shape)])
        batch = np.shape(point)[: np.ndim(point) - len(shape)]
        return rows.reshape(*batch, *rows.shape[1:])

    return call
