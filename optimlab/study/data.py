"""Data to train on: examples as rows, from installed packages or made on the spot.

>>> data = iris(["petal_length", "petal_width"])
>>> data.x.shape, data.y.shape, data.classes
((150, 2), (150,), ('setosa', 'versicolor', 'virginica'))
>>> train, test = data.split(held_out=0.3, rng=np.random.default_rng(0))
>>> len(train), len(test)
(105, 45)

Nothing is downloaded: `tips` and `iris` come with plotly.
"""

import numpy as np

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

    >>> Data([[1.0], [2.0]], [0, 1], classes=("no", "yes"))
    <Data: 2 examples, 1 feature, 2 classes>
    """

    def __init__(self, x, y, classes=None, *, features=None, target="y"):
        self.x = _numbers("x", x, 2, "a row for each example and a column for each feature")
        if not self.x.size:
            raise ValueError(f"x has shape {self.x.shape}: x needs at least one example")
        self.classes = None if classes is None else _checked_names("classes", classes)
        y = _labels(y, self.classes) if self.classes else _numbers("y", y, 1, "a list of numbers")
        if len(y) != len(self.x):
            raise ValueError(
                f"y has {len(y)} entries and x {len(self.x)} rows: y must have one for each row"
            )
        self.y = y
        if features is None:
            features = tuple(f"x{i}" for i in range(1, self.x.shape[1] + 1))
        self.features = _checked_names("features", features)
        if len(self.features) != self.x.shape[1]:
            raise ValueError(
                f"features={features!r}: features must name the {self.x.shape[1]} columns of x"
            )
        self.target = target
        #: mean and standard deviation of each feature, as `standardised` uses them
        self.mean, self.sd = _mean_and_deviation(self.x)
        self.x.flags.writeable = self.y.flags.writeable = False

    def __len__(self):
        return len(self.x)

    def __repr__(self):
        d = self.x.shape[1]
        kind = f"{len(self.classes)} classes" if self.classes else "numbers"
        return f"<Data: {len(self)} examples, {d} feature{'s' if d > 1 else ''}, {kind}>"

    @property
    def outputs(self):
        """How many numbers a model gives for each example: one for each class, or one."""
        return len(self.classes) if self.classes else 1

    def standardised(self):
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

    def split(self, held_out=0.3, rng=None):
        """Two parts, drawn at random: (to train on, held out).

        Parameters
        ----------
        held_out : share of the examples in the second part, between 0 and 1
        rng : numpy Generator that draws them, such as np.random.default_rng(0)
        """
        rng = checked_rng(rng)
        if isinstance(held_out, bool) or not isinstance(held_out, (int, float, np.number)):
            raise TypeError(f"held_out={held_out!r}: held_out must be a number between 0 and 1")
        count = round(held_out * len(self)) if 0 < held_out < 1 else 0
        if not 0 < count < len(self):
            raise ValueError(
                f"held_out={held_out!r}: held_out must lie between 0 and 1 and leave an example "
                f"of {len(self)} in each part"
            )
        order = rng.permutation(len(self))
        train, test = (self._like(self.x[rows], self.y[rows]) for rows in np.split(order, [-count]))
        test.mean, test.sd = train.mean, train.sd
        return train, test

    def _like(self, x, y):
        return Data(x, y, self.classes, features=self.features, target=self.target)


def tips():
    """244 restaurant bills: the tip (y) against the total bill (x), both in dollars.

    As shipped with plotly; from Bryant & Smith, Practical Data Analysis, 1995.

    >>> tips()
    <Data: 244 examples, 1 feature, numbers>
    """
    table = _table("tips")
    bills = table["total_bill"].to_numpy(float)[:, None]
    return Data(bills, table["tip"].to_numpy(float), features=("total_bill",), target="tip")


def iris(features=None):
    """150 flowers of three species, with four lengths in centimetres, or those in `features`.

    As shipped with plotly; from Fisher, 1936.

    Parameters
    ----------
    features : names, of sepal_length, sepal_width, petal_length, petal_width; None for all
    """
    known = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    chosen = known if features is None else features
    if not isinstance(chosen, str) and hasattr(chosen, "__iter__"):
        chosen = list(chosen)
    good = isinstance(chosen, (list, tuple)) and len(chosen) > 0
    good = good and all(isinstance(name, str) for name in chosen)
    if not good or any(name not in known or chosen.count(name) > 1 for name in chosen):
        raise ValueError(
            f"features={features!r}: features must be a list of {', '.join(known)}, each once"
        )
    table = _table("iris")
    classes, y = np.unique(table["species"].to_numpy(str), return_inverse=True)
    x = np.stack([table[name].to_numpy(float) for name in chosen], axis=1)
    return Data(x, y, tuple(classes.tolist()), features=tuple(chosen), target="species")


def spirals(points=200, noise=0.1, turns=1.25, rng=None):
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
    rng = checked_rng(rng)
    if isinstance(points, bool) or not isinstance(points, (int, np.integer)) or points < 2:
        raise ValueError(f"points={points!r}: points must be a whole number >= 2")
    for name, value in (("noise", noise), ("turns", turns)):
        number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        if not number or not 0 <= value < np.inf:
            raise ValueError(f"{name}={value!r}: {name} must be a number >= 0")
    y = np.arange(points) % 2
    along = np.linspace(0.1, 1, (points + 1) // 2)[np.arange(points) // 2]
    angle = 2 * np.pi * turns * along + np.pi * y
    x = 2 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Data(x + noise * rng.normal(size=x.shape), y, ("first arm", "second arm"))


def checked_rng(rng):
    """`rng`, or an error that says what is wanted: nothing is drawn from a global state."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng={rng!r}: rng must be a numpy Generator, such as np.random.default_rng(0)"
        )
    return rng


def _table(name):
    import plotly.data  # not before it is needed: it takes half a second

    return getattr(plotly.data, name)()


def _mean_and_deviation(x):
    """Of each column, whatever its size; the deviation of one that never changes is exactly 0."""
    power = np.frexp(np.abs(x).max(axis=0))[1]  # so that no square overflows or vanishes
    scaled = np.ldexp(x, -power)
    constant = (x == x[0]).all(axis=0)
    mean = np.where(constant, x[0], np.ldexp(scaled.mean(axis=0), power))
    return mean, np.where(constant, 0.0, np.ldexp(scaled.std(axis=0), power))


def _numbers(name, values, ndim, wanted):
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold numbers: {wanted}")
    if array.ndim != ndim:
        hint = "; x[:, None] makes a column" if ndim == 2 and array.ndim == 1 else ""
        raise ValueError(f"{name} has shape {array.shape}: {name} must be {wanted}{hint}")
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise ValueError(
            f"{name} holds {bad} value{'s' if bad > 1 else ''} that {'are' if bad > 1 else 'is'} "
            f"NaN or infinite: {name} must be finite"
        )
    return np.array(array, dtype=float, order="C")


def _labels(y, classes):
    wanted = f"y must hold whole numbers from 0 to {len(classes) - 1}, one for each row of x"
    try:
        array = np.asarray(y)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "iu":
        raise TypeError(f"y is {array.dtype}: {wanted}")
    if array.ndim != 1:
        raise ValueError(f"y has shape {array.shape}: {wanted}")
    if array.size and (array.min() < 0 or array.max() >= len(classes)):
        raise ValueError(f"y holds labels from {array.min()} to {array.max()}: {wanted}")
    return np.array(array, dtype=np.intp)


def _checked_names(name, names):
    least = 2 if name == "classes" else 1
    good = not isinstance(names, str) and hasattr(names, "__iter__")
    names = tuple(names) if good else names
    if not good or len(names) < least or not all(isinstance(n, str) for n in names):
        raise ValueError(f"{name}={names!r}: {name} must be a list of at least {least} names")
    return names
