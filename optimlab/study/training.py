"""Training with mini-batches: start, shuffle, split, gradient of the batch, step, epochs.

>>> from optimlab import SGD, data
>>> tips = data.tips().standardised()
>>> run = Training(Linear(), tips, SGD(lr=0.02), batch_size=16, seeds=[0, 1])
>>> run.run(epochs=5).losses.shape  # before the first epoch, and after each; of both runs
(6, 2)
>>> run.epoch, run.steps, run.evaluations
(5, 80, 1220)
"""

from operator import index

import numpy as np

from optimlab import checks
from optimlab.descent import fresh_copy
from optimlab.study.data import Data, checked_rng
from optimlab.study.network.layers import Linear, Network, checked_seeds, streams

__all__ = ["Linear", "Network", "Training", "minibatches", "streams"]


def minibatches(n, batch_size, rng):
    """The row numbers 0 to n-1 in random order, `batch_size` at a time; the last may be smaller.

    Parameters
    ----------
    n : whole number, how many examples there are
    batch_size : whole number, 1 to n
    rng : numpy Generator, such as np.random.default_rng(0)

    >>> [len(rows) for rows in minibatches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    size, rng, n = _checked_batch_size(batch_size, n), checked_rng(rng), index(n)
    order = rng.permutation(n)
    return (order[k : k + size] for k in range(0, n, size))


class Training:
    """One training loop for many runs at once, stepped by hand or run on.

    Each run has a seed of its own, from which its first weights and its batches are drawn.  They
    depend neither on the rule nor on the other runs, so rules can be compared on equal terms.

    Parameters
    ----------
    model : Linear() or Network(…)
    data : Data to train on
    optimizer : a rule such as SGD(lr=0.1); a copy of it runs.  For one learning rate per run
        give lr the shape (*runs, 1, 1).
    batch_size : whole number from 1 to len(data); None for all data, without shuffling
    seeds : whole number for a single run, or an array of them; repeated seeds are welcome
    test : Data held out; its loss is recorded beside that of `data`

    Attributes
    ----------
    params      dict of arrays (*runs, rows, columns): the parameters as they are now
    optimizer   the rule; its `lr` may be assigned at any time
    steps, epoch, evaluations
                updates, whole passes through the data, and examples whose gradient was
                measured, of each run
    losses      (epoch+1, *runs): mean loss over all data, before the first epoch and after each
    test_losses the same of `test`, or None
    diverged    step at which the loss of a run was no longer finite, -1 for none; for a single
                run None.  From then on the run's parameters and losses are NaN; others go on.
    """

    def __init__(self, model, data, optimizer, *, batch_size=16, seeds=0, test=None):
        if isinstance(model, type) or not callable(getattr(model, "loss_and_gradients", None)):
            raise TypeError(f"model={model!r}: model must be Linear() or Network(…)")
        for name, given in (("data", data), ("test", data if test is None else test)):
            if not isinstance(given, Data):
                raise TypeError(
                    f"{name} is a {type(given).__name__}: {name} must be Data, such as data.iris()"
                )
        if test is not None and (test.x.shape[1], test.outputs) != (data.x.shape[1], data.outputs):
            raise ValueError("test must have the features and the classes of data")
        self.model, self.data, self.test = model, data, test
        self.optimizer = fresh_copy(checks.optimizer(optimizer))
        size = len(data) if batch_size is None else batch_size
        self.batch_size = _checked_batch_size(size, len(data))
        self.seeds = checked_seeds(seeds)
        self.params = model.start(data, self.seeds)
        self._check_rates()

        different, which = np.unique(self.seeds, return_inverse=True)
        self._which = which.reshape(self.seeds.shape)
        self._rngs = None if batch_size is None else [streams(seed)[1] for seed in different]
        self._order, self._at = None, 0  # of this epoch, and how much of it is used up
        self.steps = self.epoch = self.evaluations = 0
        self._lost = np.full(self.runs, -1)
        self._losses, self._test_losses = [], []
        self._record()

    @property
    def runs(self):
        """The shape of the runs: () for a single one."""
        return self.seeds.shape

    # -- the loop

    def step(self):
        """One update of every run, from its next mini-batch; returns the losses measured on it."""
        if self._at == 0:
            self._order = self._shuffled()
        rows = self._order[..., self._at : self._at + self.batch_size]
        with np.errstate(all="ignore"):
            probe = getattr(self.optimizer, "probe", None)
            at = probe(self.params) if probe else self.params
            loss, grads = self.model.loss_and_gradients(at, self.data.x[rows], self.data.y[rows])
            self._note_divergence(loss)
            self.optimizer.update(self.params, grads)
        self.steps += 1
        self.evaluations += rows.shape[-1]
        self._at += rows.shape[-1]
        if self._at >= len(self.data):
            self._at = 0
            self.epoch += 1
            self._record()
        return loss

    def run(self, *, epochs=None, steps=None):
        """Go on for so many epochs, or so many steps; returns the run itself.

        In the middle of an epoch its rest counts as the first one.
        """
        if (epochs is None) == (steps is None):
            raise ValueError("give either epochs= or steps=")
        if steps is not None:
            for _ in range(_whole("steps", steps)):
                self.step()
        else:
            until = self.epoch + _whole("epochs", epochs)
            while self.epoch < until:
                self.step()
        return self

    def _shuffled(self):
        n = len(self.data)
        if self._rngs is None:
            return np.broadcast_to(np.arange(n), (*self.runs, n))
        return np.stack([rng.permutation(n) for rng in self._rngs])[self._which]

    # -- what is known about it

    @property
    def losses(self):
        return np.stack(self._losses)

    @property
    def test_losses(self):
        return None if self.test is None else np.stack(self._test_losses)

    @property
    def diverged(self):
        if self.runs:
            return self._lost.copy()
        return int(self._lost) if self._lost >= 0 else None

    def loss(self, data=None):
        """The mean loss over `data`, by default what is trained on, (*runs)."""
        data = self.data if data is None else data
        return self.model.loss(self.params, data.x, data.y)

    def accuracy(self, data=None):
        """The share of `data` whose class is guessed, (*runs); NaN for runs that diverged."""
        data = self.data if data is None else data
        return self.model.accuracy(self.params, data.x, data.y)

    def summary(self):
        """How it went, in one plain sentence."""
        name = type(self.optimizer).__name__
        spent = f"After {counted(self.epoch, 'epoch')} ({counted(self.steps, 'step')}) with {name} "
        lost, total = np.count_nonzero(self._lost >= 0), self._lost.size
        if lost == total:
            what = f"all {total} runs have" if self.runs else "the run has"
            return f"{spent}{what} diverged: this learning rate is too large."
        on = np.reshape(self._lost, -1) < 0
        left, first = (np.reshape(loss, -1)[on] for loss in (self.loss(), self._losses[0]))
        above = np.count_nonzero(left > first)
        if total == 1:
            more = " It is above the start." if above else ""
            return f"{spent}the loss is {left[0]:.3g}, from {first[0]:.3g}.{more}"
        which = f"{total - lost} of {total} runs; the others have diverged" if lost else "all runs"
        where = "is above its" if above == 1 else "are above their"
        more = f" {above} of the {left.size} {where} start." if above else ""
        lies = f"the loss lies between {left.min():.3g} and {left.max():.3g} for {which}"
        return f"{spent}{lies}.{more}"

    def __repr__(self):
        runs = f" of {self._lost.size} runs" if self.runs else ""
        return (
            f"<Training{runs}: {self.model!r} by {type(self.optimizer).__name__}, "
            f"epoch {self.epoch}, step {self.steps}>"
        )

    # -- behind the scenes

    def _record(self):
        loss = self.loss()
        self._note_divergence(loss)
        self._losses.append(np.where(self._lost < 0, loss, np.nan))
        if self.test is not None:
            self._test_losses.append(np.where(self._lost < 0, self.loss(self.test), np.nan))

    def _note_divergence(self, loss):
        finite = np.isfinite(loss)
        if not finite.all():
            self._lost = np.where((self._lost < 0) & ~finite, self.steps, self._lost)
            for values in self.params.values():
                values[self._lost >= 0] = np.nan

    def _check_rates(self):
        """Say at the start what `update` would say at the first step, with a hint."""
        for name in getattr(self.optimizer, "hyperparameters", tuple)():
            shape, wanted = np.shape(getattr(self.optimizer, name)), (*self.runs, 1, 1)
            if shape and checks.broadcast(shape, wanted) != wanted:
                raise ValueError(
                    f"{name} has shape {shape}: one value for each run has the shape "
                    f"{wanted}, runs first and then 1 for rows and columns"
                )


def counted(number, word):
    """A number with its noun.

    >>> counted(1, "epoch"), counted(1464, "step")
    ('1 epoch', '1,464 steps')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _whole(name, value):
    wanted = f"{name}={value!r}: {name} must be a whole number >= 0"
    try:
        number = index(value)
    except TypeError:
        raise TypeError(wanted) from None
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(wanted)
    if number < 0:
        raise ValueError(wanted)
    return number


def _checked_batch_size(batch_size, n):
    wanted = f"batch_size={batch_size!r}: batch_size must be a whole number from 1 to {n}"
    n = _whole("n", n)
    if n < 1:
        raise ValueError(f"n={n}: there must be at least one example")
    try:
        size = index(batch_size)
    except TypeError:
        raise TypeError(wanted) from None
    if isinstance(batch_size, (bool, np.bool_)):
        raise TypeError(wanted)
    if not 1 <= size <= n:
        raise ValueError(f"{wanted}, the number of examples")
    return size
