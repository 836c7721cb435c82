r"""A small network: a dict of parameters, forward, and backward by the chain rule.

Layer k computes a ← activation(a W + b), the last one its scores without an activation.  Rows
are examples.  All parameters may have further axes in front, one entry for each run: then many
networks are computed at once.

>>> network = Network(hidden=(3,), activation="tanh")
>>> params = {"W1": np.ones((2, 3)), "b1": np.zeros((1, 3)),
...           "W2": np.ones((3, 1)), "b2": np.zeros((1, 1))}
>>> network.scores(params, np.array([[0.5, 0.0]])).round(3)  # 3 tanh 0.5
array([[1.386]])
>>> loss, grads = network.loss_and_gradients(params, np.array([[0.5, 0.0]]), np.array([1.0]))
>>> grads["b2"].round(3)  # 2 (1.386 - 1)
array([[0.773]])
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks
from optimlab.study.data import Data
from optimlab.study.network.losses import sigmoid, softmax

__all__ = ["ACTIVATIONS", "Linear", "Network", "cross_entropy", "mean_squared_error"]

#: the parameters of a network by name, arrays (*runs, rows, columns); gradients likewise
Params = dict[str, np.ndarray]

#: activation and its derivative, the latter written with the output a instead of the input
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
}


class Network:
    """Layers of neurons; softmax cross-entropy for labels, mean squared error for numbers.

    Parameters
    ----------
    hidden : whole numbers, how many neurons each hidden layer has; () for none
    activation : "tanh", "relu" or "sigmoid", what the hidden layers apply
    """

    hidden: tuple[int, ...]
    activation: str
    names: list[tuple[str, str]]  #: of weights and biases, layer by layer

    def __init__(self, hidden: ArrayLike = (16,), activation: str = "tanh") -> None:
        sizes = checks.wholes("hidden", hidden, 1, least=0)
        if sizes.ndim > 1:
            checks.wrong_value("hidden", hidden, "a list: the neurons of each hidden layer")
        self.hidden = tuple(sizes.ravel().tolist())
        self.activation = checks.one_of("activation", activation, ACTIVATIONS)
        self.names = [(f"W{k}", f"b{k}") for k in range(1, len(self.hidden) + 2)]

    def __repr__(self) -> str:
        return f"Network(hidden={self.hidden}, activation={self.activation!r})"

    def first(self, inputs: int, outputs: int, rng: np.random.Generator) -> Params:
        """First weights of one run, from the generator `rng`: random and scaled; zero biases.

        Scaled by the root of 1/inputs of each layer (2/inputs for "relu"), which keeps the
        numbers that travel through the layers from growing or fading.
        """
        inputs, outputs = checks.whole("inputs", inputs, 1), checks.whole("outputs", outputs, 1)
        sizes, rng = [inputs, *self.hidden, outputs], checks.rng(rng)
        gain = 2.0 if self.activation == "relu" else 1.0
        params = {}
        for (W, b), rows, columns in zip(self.names, sizes[:-1], sizes[1:], strict=True):
            params[W] = rng.normal(size=(rows, columns)) * np.sqrt(gain / rows)
            params[b] = np.zeros((1, columns))
        return params

    def forward(self, params: Params, x: np.ndarray) -> list[np.ndarray]:
        """What every layer gives, from the examples themselves to the scores.

        Arrays of `loss_and_gradients`, taken as they are, as by `backward`.
        """
        activation, _ = ACTIVATIONS[self.activation]
        layers = [x]
        for W, b in self.names:
            z = layers[-1] @ params[W] + params[b]
            layers.append(z if b == self.names[-1][1] else activation(z))
        return layers

    def backward(self, params: Params, layers: list[np.ndarray], slope: np.ndarray) -> Params:
        """The gradient of each parameter, from `slope`, that of the loss by the scores.

        The chain rule, from the last layer to the first: a weight's slope is what came in
        times the slope of what went out, summed over the examples.
        """
        _, derivative = ACTIVATIONS[self.activation]
        grads = {}
        for (W, b), a in zip(reversed(self.names), reversed(layers[:-1]), strict=True):
            grads[W] = _turned(a) @ slope
            grads[b] = slope.sum(axis=-2, keepdims=True)
            if a is not layers[0]:
                slope = (slope @ _turned(params[W])) * derivative(a)
        return grads

    def loss_and_gradients(
        self, params: Params, x: ArrayLike, y: ArrayLike
    ) -> tuple[np.ndarray, Params]:
        """The mean loss over the examples, and its gradient by each parameter.

        Parameters
        ----------
        params : dict of arrays (*runs, rows, columns), as `start` makes them
        x : (batch, inputs), the same for all runs, or (*runs, batch, inputs)
        y : (batch,) or (*runs, batch): whole numbers are labels, other numbers are targets

        Returns the loss (*runs), and a dict like `params`.  Where it overflows it is NaN or
        infinite, without a warning.

        Raises
        ------
        TypeError, ValueError : if an argument is none of this, here and below; it is named
        """
        rows, wanted = self._rows(params, x), self._wanted(params, x, y)
        with np.errstate(all="ignore"):
            layers = self.forward(params, rows)
            loss, slope = _measured(layers[-1], wanted)
            return loss, self.backward(params, layers, slope)

    # -- what the rest of the package asks for

    def start(self, data: Data, seeds: ArrayLike = 0) -> Params:
        """First parameters for `data`: arrays (*runs, rows, columns), one run for each seed.

        `seeds` is a whole number, or an array of them; equal seeds start equally, however many
        others there are.
        """
        checks.instance("data", data, Data, "Data, such as data.iris()")
        each, inputs = checks.seeds(seeds), data.x.shape[-1]
        first = {s: self.first(inputs, data.outputs, streams(s)[0]) for s in set(each.flat)}
        runs = [first[seed] for seed in each.flat]
        return {
            key: np.stack([run[key] for run in runs]).reshape(*each.shape, *runs[0][key].shape)
            for key in runs[0]
        }

    def scores(self, params: Params, x: ArrayLike) -> np.ndarray:
        """The last layer's numbers, (*runs, examples, outputs)."""
        rows = self._rows(params, x)
        with np.errstate(all="ignore"):
            return self.forward(params, rows)[-1]

    def predict(self, params: Params, x: ArrayLike) -> np.ndarray:
        """Probabilities of the classes (*runs, examples, classes), or numbers (*runs, examples)."""
        scores = self.scores(params, x)
        with np.errstate(all="ignore"):
            return scores[..., 0] if scores.shape[-1] == 1 else softmax(scores)

    def loss(self, params: Params, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """The mean loss over the examples, (*runs)."""
        scores, wanted = self.scores(params, x), self._wanted(params, x, y)
        with np.errstate(all="ignore"):
            return _measured(scores, wanted)[0]

    def accuracy(self, params: Params, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Share of examples whose label gets the highest score, (*runs); NaN after divergence."""
        scores, wanted = self.scores(params, x), self._wanted(params, x, y)
        if wanted.dtype.kind == "f":
            checks.wrong_value("y", y, "labels: only labels have an accuracy")
        right = (scores.argmax(axis=-1) == wanted).mean(axis=-1)
        return np.where(np.isfinite(scores).all(axis=(-2, -1)), right, np.nan)[()]

    def _rows(self, params: Params, x: ArrayLike) -> np.ndarray:
        """x as an array that fits the parameters."""
        columns, _ = self._sizes(params)
        accepted = f"numbers, {columns} in a row for each example"
        rows = checks.array("x", x, accepted)
        if rows.ndim < 2 or rows.shape[-1] != columns:
            checks.wrong_value("x", x, f"{accepted}, and its shape is {rows.shape}")
        return rows

    def _wanted(self, params: Params, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """y as an array of floats, or of labels, that fits the parameters and the rows of x."""
        _, classes = self._sizes(params)
        accepted = f"labels from 0 to {classes - 1}" if classes > 1 else "floats"
        checks.array("y", y, accepted)
        wanted, examples = np.asarray(y), np.shape(x)[-2]
        if wanted.shape[-1:] != (examples,):
            checks.wrong_value("y", y, f"{accepted}, one for each of {examples} rows of x")
        if (wanted.dtype.kind == "f") != (classes == 1):
            checks.wrong_kind("y", y, f"{accepted}, which this network learns")
        if classes > 1 and (wanted.min() < 0 or wanted.max() >= classes):
            checks.wrong_value("y", y, accepted)
        return wanted

    def _sizes(self, params: Params) -> tuple[int, int]:
        """How many numbers go in, and how many come out."""
        try:
            return params[self.names[0][0]].shape[-2], params[self.names[-1][0]].shape[-1]
        except (KeyError, TypeError, IndexError, AttributeError):
            accepted = f"a dict with {', '.join(name for pair in self.names for name in pair)}"
            wrong = checks.wrong_value if isinstance(params, dict) else checks.wrong_kind
            wrong("params", params, accepted)


class Linear(Network):
    """No hidden layer: scores x W + b, from zeros.  A line for numbers, softmax for labels."""

    def __init__(self) -> None:
        super().__init__(hidden=())
        self.names = [("W", "b")]

    def __repr__(self) -> str:
        return "Linear()"

    def first(self, inputs: int, outputs: int, rng: np.random.Generator) -> Params:
        """Zeros: with one layer there is no symmetry to break."""
        return {k: np.zeros_like(v) for k, v in super().first(inputs, outputs, rng).items()}


def mean_squared_error(scores: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The mean of (score - y)² over the examples, and its slope by the scores.

    `scores` are (..., examples, 1), `y` (..., examples); so the loss is (...).

    >>> loss, slope = mean_squared_error(np.array([[3.0], [5.0]]), np.array([1.0, 5.0]))
    >>> loss, slope.tolist()
    (np.float64(2.0), [[2.0], [0.0]])
    """
    return _squared_error(*_scores_and_wanted(scores, y))


def cross_entropy(scores: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The mean of -log p of the true class, p = softmax(scores), and its slope by the scores.

    `scores` are (..., examples, classes), `y` the labels (..., examples); so the loss is (...).

    >>> loss, slope = cross_entropy(np.array([[2.0, 1.0, 0.0]]), np.array([1]))
    >>> loss.round(3), slope.round(3).tolist()
    (np.float64(1.408), [[0.665, -0.755, 0.09]])
    """
    return _entropy(*_scores_and_wanted(scores, y))


def _scores_and_wanted(scores: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    of_each, wanted = checks.array("scores", scores), checks.array("y", y)
    if of_each.ndim < 2:
        checks.wrong_value("scores", scores, "a row of numbers for each example")
    if wanted.shape[-1:] != of_each.shape[-2:-1]:
        checks.wrong_value("y", y, f"{of_each.shape[-2]} numbers, one for each row of scores")
    return of_each, wanted


def _measured(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (_squared_error if y.dtype.kind == "f" else _entropy)(scores, y)


def _squared_error(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    off = scores - y[..., None]
    return (off * off).mean(axis=(-2, -1)), off * (2 / y.shape[-1])


def _entropy(scores: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scores = scores - scores.max(axis=-1, keepdims=True)  # so that no power overflows
    powers = np.exp(scores)
    total = powers.sum(axis=-1, keepdims=True)
    true = y[..., None] == np.arange(scores.shape[-1])
    own = np.where(true, scores, 0).sum(axis=-1)
    loss = (np.log(total[..., 0]) - own).mean(axis=-1)
    return loss, (powers / total - true) / y.shape[-1]


def streams(seed: int) -> list[np.random.Generator]:
    """Two generators of one seed: for the first weights, and for the batches."""
    return np.random.default_rng(checks.whole("seed", seed)).spawn(2)


def _turned(a: np.ndarray) -> np.ndarray:
    """The transpose of each matrix."""
    return a.swapaxes(-1, -2)
