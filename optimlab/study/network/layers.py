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

import numpy as np

from optimlab.study.network.losses import sigmoid, softmax

__all__ = ["ACTIVATIONS", "Linear", "Network", "cross_entropy", "mean_squared_error"]

#: activation and its derivative, the latter written with the output a instead of the input
ACTIVATIONS = {
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

    def __init__(self, hidden=(16,), activation="tanh"):
        self.hidden = _checked_sizes(hidden)
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            names = ", ".join(map(repr, ACTIVATIONS))
            raise ValueError(f"activation={activation!r}: activation must be one of {names}")
        self.activation = activation
        #: names of weights and biases, layer by layer
        self.names = [(f"W{k}", f"b{k}") for k in range(1, len(self.hidden) + 2)]

    def __repr__(self):
        return f"Network(hidden={self.hidden}, activation={self.activation!r})"

    def first(self, inputs, outputs, rng):
        """First weights of one run, from the generator `rng`: random and scaled; zero biases.

        Scaled by the root of 1/inputs of each layer (2/inputs for "relu"), which keeps the
        numbers that travel through the layers from growing or fading.
        """
        sizes = [inputs, *self.hidden, outputs]
        gain = 2.0 if self.activation == "relu" else 1.0
        params = {}
        for (W, b), rows, columns in zip(self.names, sizes[:-1], sizes[1:], strict=True):
            params[W] = rng.normal(size=(rows, columns)) * np.sqrt(gain / rows)
            params[b] = np.zeros((1, columns))
        return params

    def forward(self, params, x):
        """What every layer gives, from the examples themselves to the scores."""
        activation, _ = ACTIVATIONS[self.activation]
        layers = [x]
        for W, b in self.names:
            z = layers[-1] @ params[W] + params[b]
            layers.append(z if b == self.names[-1][1] else activation(z))
        return layers

    def backward(self, params, layers, slope):
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

    def loss_and_gradients(self, params, x, y):
        """The mean loss over the examples, and its gradient by each parameter.

        Parameters
        ----------
        params : dict of arrays (*runs, rows, columns), as `start` makes them
        x : (batch, inputs), the same for all runs, or (*runs, batch, inputs)
        y : (batch,) or (*runs, batch): whole numbers are labels, other numbers are targets

        Returns the loss (*runs), and a dict like `params`.  Where it overflows it is NaN or
        infinite, without a warning.
        """
        x, y = self._checked(params, x, y)
        with np.errstate(all="ignore"):
            layers = self.forward(params, x)
            measure = mean_squared_error if y.dtype.kind == "f" else cross_entropy
            loss, slope = measure(layers[-1], y)
            return loss, self.backward(params, layers, slope)

    # -- what the rest of the package asks for

    def start(self, data, seeds=0):
        """First parameters for `data`: arrays (*runs, rows, columns), one run for each seed.

        `seeds` is a whole number, or an array of them; equal seeds start equally, however many
        others there are.
        """
        seeds = checked_seeds(seeds)
        inputs, outputs = data.x.shape[-1], data.outputs
        first = {seed: self.first(inputs, outputs, streams(seed)[0]) for seed in set(seeds.flat)}
        runs = [first[seed] for seed in seeds.flat]
        return {
            key: np.stack([run[key] for run in runs]).reshape(*seeds.shape, *runs[0][key].shape)
            for key in runs[0]
        }

    def scores(self, params, x):
        """The last layer's numbers, (*runs, examples, outputs)."""
        x, _ = self._checked(params, x, None)
        with np.errstate(all="ignore"):
            return self.forward(params, x)[-1]

    def predict(self, params, x):
        """Probabilities of the classes (*runs, examples, classes), or numbers (*runs, examples)."""
        scores = self.scores(params, x)
        with np.errstate(all="ignore"):
            return scores[..., 0] if scores.shape[-1] == 1 else softmax(scores)

    def loss(self, params, x, y):
        """The mean loss over the examples, (*runs)."""
        x, y = self._checked(params, x, y)
        with np.errstate(all="ignore"):
            scores = self.forward(params, x)[-1]
            return (mean_squared_error if y.dtype.kind == "f" else cross_entropy)(scores, y)[0]

    def accuracy(self, params, x, y):
        """Share of examples whose label gets the highest score, (*runs); NaN after divergence."""
        x, y = self._checked(params, x, y)
        if y.dtype.kind == "f":
            raise ValueError("y holds numbers, not labels: only labels have an accuracy")
        scores = self.scores(params, x)
        right = (scores.argmax(axis=-1) == y).mean(axis=-1)
        return np.where(np.isfinite(scores).all(axis=(-2, -1)), right, np.nan)[()]

    def _checked(self, params, x, y):
        """x and y as arrays that fit the parameters and each other."""
        try:
            first, last = params[self.names[0][0]], params[self.names[-1][0]]
        except (KeyError, TypeError, IndexError):
            wanted = ", ".join(name for pair in self.names for name in pair)
            raise ValueError(f"params must be a dict with {wanted}") from None
        x = np.asarray(x)
        if x.ndim < 2 or x.shape[-1] != first.shape[-2] or not x.shape[-2]:
            raise ValueError(
                f"x has shape {x.shape}: x must have a row for each example and "
                f"{first.shape[-2]} columns"
            )
        if y is None:
            return x, None
        y = np.asarray(y)
        if y.dtype.kind not in "fiu":
            raise TypeError(f"y has dtype {y.dtype}: y must hold labels 0, 1, … or numbers")
        if not y.ndim or y.shape[-1] != x.shape[-2]:
            raise ValueError(
                f"y has shape {y.shape}, x {x.shape}: y must have one entry for each row of x"
            )
        classes = last.shape[-1]
        if (y.dtype.kind == "f") != (classes == 1):
            what = "numbers" if classes == 1 else f"whole-number labels for {classes} classes"
            raise ValueError(f"y has dtype {y.dtype}: this network learns {what}")
        if classes > 1 and (y.min() < 0 or y.max() >= classes):
            raise ValueError(f"y: labels must lie between 0 and {classes - 1}")
        return x, y


class Linear(Network):
    """No hidden layer: scores x W + b, from zeros.  A line for numbers, softmax for labels."""

    def __init__(self):
        super().__init__(hidden=())
        self.names = [("W", "b")]

    def __repr__(self):
        return "Linear()"

    def first(self, inputs, outputs, rng):
        """Zeros: with one layer there is no symmetry to break."""
        return {"W": np.zeros((inputs, outputs)), "b": np.zeros((1, outputs))}


def mean_squared_error(scores, y):
    """The mean of (score - y)² over the examples, and its slope by the scores.

    >>> loss, slope = mean_squared_error(np.array([[3.0], [5.0]]), np.array([1.0, 5.0]))
    >>> loss, slope.tolist()
    (np.float64(2.0), [[2.0], [0.0]])
    """
    off = scores - y[..., None]
    return (off * off).mean(axis=(-2, -1)), off * (2 / y.shape[-1])


def cross_entropy(scores, y):
    """The mean of -log p of the true class, p = softmax(scores), and its slope by the scores.

    >>> loss, slope = cross_entropy(np.array([[2.0, 1.0, 0.0]]), np.array([1]))
    >>> loss.round(3), slope.round(3).tolist()
    (np.float64(1.408), [[0.665, -0.755, 0.09]])
    """
    scores = scores - scores.max(axis=-1, keepdims=True)  # so that no power overflows
    powers = np.exp(scores)
    total = powers.sum(axis=-1, keepdims=True)
    true = y[..., None] == np.arange(scores.shape[-1])
    own = np.where(true, scores, 0).sum(axis=-1)
    loss = (np.log(total[..., 0]) - own).mean(axis=-1)
    return loss, (powers / total - true) / y.shape[-1]


def streams(seed):
    """Two generators of one seed: for the first weights, and for the batches."""
    return np.random.default_rng(seed).spawn(2)


def checked_seeds(seeds):
    """`seeds` as an array of whole numbers >= 0, or an error that says what is wanted."""
    try:
        array = np.asarray(seeds)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "iu":
        raise TypeError(f"seeds={seeds!r}: seeds must be a whole number or a list of them")
    if not array.size or array.min() < 0:
        raise ValueError(f"seeds={seeds!r}: seeds must be whole numbers >= 0, at least one")
    return array


def _turned(a):
    """The transpose of each matrix."""
    return a.swapaxes(-1, -2)


def _checked_sizes(hidden):
    sizes = (hidden,) if isinstance(hidden, int) else hidden
    good = isinstance(sizes, (tuple, list)) and all(
        isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in sizes
    )
    if not good:
        raise ValueError(
            f"hidden={hidden!r}: hidden must list the neurons of each hidden layer, such as (16,)"
        )
    return tuple(map(int, sizes))
