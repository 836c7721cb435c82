"""Data to train on: examples as rows, from installed packages or made on the spot.

>>> data = iris(["petal_length", "petal_width"])
>>> data.x.shape, data.y.shape, data.classes
((150, 2), (150,), ('setosa', 'versicolor', 'virginica'))
>>> train, test = data.split(held_out=0.3, rng=np.random.default_rng(0))
>>> len(train), len(test)
(105, 45)

Nothing is downloaded: `tips` and `iris` come with plotly.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks

__all__ = ["Data", "iris", "spirals", "tips"]


class Data:
    """Examples x with what they should give, y; both are kept and may not be changed.

    Parameters
    ----------
    x : (n, d), a row for each example and a column for each feature
    y : (n,), numbers; with `classes`, the label of each example: 0 for the first class
    classes : names of the classes, two at least; None where y holds numbers
    features : names of the columns
    target : name of what y holds

    Attributes
    ----------
    mean, sd : (d,), of each feature, as `standardised` uses them

    Raises
    ------
    TypeError, ValueError : if an argument is none of this; it is named

    >>> Data([[1.0], [2.0]], [0, 1], classes=("no", "yes"))
    <Data: 2 examples, 1 feature, 2 classes>
    """

    x: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...] | None
    features: tuple[str, ...]
    target: str
    mean: np.ndarray
    sd: np.ndarray

    def __init__(
        self, x: ArrayLike, y: ArrayLike, classes: Iterable[str] | None = None, *,
        features: Iterable[str] | None = None, target: str = "y",
    ) -> None:  # fmt: skip
        self.x = checks.table("x", x)
        n, d = self.x.shape
        if classes is None:
            self.classes, self.y = None, checks.row("y", y)
        else:
            self.classes = checks.names("classes", classes, 2)
            self.y = checks.wholes("y", y, high=len(self.classes) - 1)
        if self.y.shape != (n,):
            checks.wrong_value("y", y, f"a list of {n}, one for each row of x")
        columns = [f"x{i}" for i in range(1, d + 1)]
        self.features = checks.names("features", columns if features is None else features)
        if len(self.features) != d:
            checks.wrong_value("features", features, f"a list of {d}, one for each column of x")
        self.target = checks.text("target", target)
        self.mean, self.sd = _mean_and_deviation(self.x)
        self.x.flags.writeable = self.y.flags.writeable = False

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        d = self.x.shape[1]
        kind = f"{len(self.classes)} classes" if self.classes else "numbers"
        return f"<Data: {len(self)} examples, {d} feature{'s' if d > 1 else ''}, {kind}>"

    @property
    def outputs(self) -> int:
        """How many numbers a model gives for each example: one for each class, or one."""
        return len(self.classes) if self.classes else 1

    def standardised(self) -> Data:
        """The same data with each feature less its mean, divided by its standard deviation.

        The two parts of a `split` both use the mean and deviation of the first, so that what is
        held out stays unseen.  A feature that never changes becomes 0.  What is standardised is
        not changed by doing it again.

        >>> Data([[1.0], [3.0]], [0.0, 1.0]).standardised().x.tolist()
        [[-1.0], [1.0]]
        """
        even = self._like((self.x - self.mean) / np.where(self.sd > 0, self.sd, 1), self.y)
        even.mean, even.sd = np.zeros_like(self.mean), np.ones_like(self.sd)
        return even

    def split(
        self, held_out: float = 0.3, rng: np.random.Generator | None = None
    ) -> tuple[Data, Data]:
        """Two parts, drawn at random: (to train on, held out).

        Parameters
        ----------
        held_out : share of the examples in the second part, between 0 and 1, which leaves at
            least one in each
        rng : numpy Generator that draws them, such as np.random.default_rng(0)
        """
        share, draw = checks.number("held_out", held_out, above=0, below=1), checks.rng(rng)
        count = round(share * len(self))
        if not 0 < count < len(self):
            accepted = f"a share that leaves an example of {len(self)} in each part"
            checks.wrong_value("held_out", held_out, accepted)
        order = draw.permutation(len(self))
        train, test = (self._like(self.x[rows], self.y[rows]) for rows in np.split(order, [-count]))
        test.mean, test.sd = train.mean, train.sd
        return train, test

    def _like(self, x: np.ndarray, y: np.ndarray) -> Data:
        return Data(x, y, self.classes, features=self.features, target=self.target)


def tips() -> Data:
    """244 restaurant bills: the tip (y) against the total bill (x), both in dollars.

    As shipped with plotly; from Bryant & Smith, Practical Data Analysis, 1995.

    >>> tips()
    <Data: 244 examples, 1 feature, numbers>
    """
    table = _table("tips")
    bills = table["total_bill"].to_numpy(float)[:, None]
    return Data(bills, table["tip"].to_numpy(float), features=("total_bill",), target="tip")


def iris(features: Iterable[str] | None = None) -> Data:
    """150 flowers of three species, with four lengths in centimetres, or those in `features`.

    As shipped with plotly; from Fisher, 1936.

    Parameters
    ----------
    features : names, of sepal_length, sepal_width, petal_length, petal_width; None for all
    """
    known = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    chosen = known if features is None else checks.some_of("features", features, known)
    table = _table("iris")
    classes, y = np.unique(table["species"].to_numpy(str), return_inverse=True)
    x = np.stack([table[name].to_numpy(float) for name in chosen], axis=1)
    return Data(x, y, tuple(classes.tolist()), features=chosen, target="species")


def spirals(
    points: int = 200, noise: float = 0.1, turns: float = 1.25,
    rng: np.random.Generator | None = None,
) -> Data:  # fmt: skip
    """Two arms of a spiral, one for each class, about as wide as standardised data.

    Parameters
    ----------
    points : whole number, how many examples both arms have together, two at least
    noise : standard deviation of the random shift of each point
    turns : how often an arm turns round; between neighbouring arms lies about 1/turns
    rng : numpy Generator that draws the shifts, such as np.random.default_rng(0)

    >>> spirals(points=100, rng=np.random.default_rng(0))
    <Data: 100 examples, 2 features, 2 classes>
    """
    points, draw = checks.whole("points", points, 2), checks.rng(rng)
    noise, turns = checks.number("noise", noise, low=0), checks.number("turns", turns, low=0)
    y = np.arange(points) % 2
    along = np.linspace(0.1, 1, (points + 1) // 2)[np.arange(points) // 2]
    angle = 2 * np.pi * turns * along + np.pi * y
    x = 2 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Data(x + noise * draw.normal(size=x.shape), y, ("first arm", "second arm"))


def _table(name: str) -> Any:
    """One of plotly's tables; loaded when it is needed, as that takes half a second."""
    checks.extra("pandas", f"data.{name}")  # of which plotly makes its tables
    return getattr(checks.extra("plotly.data", f"data.{name}"), name)()


def _mean_and_deviation(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each column, whatever its size; the deviation of one that never changes is exactly 0."""
    power = np.frexp(np.abs(x).max(axis=0))[1]  # so that no square overflows or vanishes
    scaled = np.ldexp(x, -power)
    constant = (x == x[0]).all(axis=0)
    mean = np.where(constant, x[0], np.ldexp(scaled.mean(axis=0), power))
    return mean, np.where(constant, 0.0, np.ldexp(scaled.std(axis=0), power))
