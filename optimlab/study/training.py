"""Training with mini-batches: start, shuffle, split, gradient of the batch, step, epochs.

>>> from optimlab import SGD, data
>>> tips = data.tips().standardised()
>>> run = Training(Linear(), tips, SGD(lr=0.02), batch_size=16, seeds=[0, 1])
>>> run.run(epochs=5).losses.shape  # before the first epoch, and after each; of both runs
(6, 2)
>>> run.epoch, run.steps, run.evaluations
(5, 80, 1220)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optimlab import checks
from optimlab.descent import fresh_copy
from optimlab.optimizers import SGD
from optimlab.study.data import Data
from optimlab.study.network.layers import Linear, Network, Params, streams
from optimlab.study.network.losses import squared_loss
from optimlab.words import counted, short

__all__ = ["Linear", "Network", "Training", "cloud", "minibatches", "streams"]


def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The row numbers 0 to n-1 in random order, `batch_size` at a time; the last may be smaller.

    Parameters
    ----------
    n : whole number, how many examples there are
    batch_size : whole number, 1 to n
    rng : numpy Generator, such as np.random.default_rng(0)

    >>> [len(rows) for rows in minibatches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    n = checks.whole("n", n, 1)
    size = checks.whole("batch_size", batch_size, 1, n)
    order = checks.rng(rng).permutation(n)
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
    runs        the shape of the runs: () for a single one
    losses      (epoch+1, *runs): mean loss over all data, before the first epoch and after each
    test_losses the same of `test`, or None
    diverged    step at which the loss of a run was no longer finite, -1 for none; for a single
                run None.  From then on the run's parameters and losses are NaN; others go on.
    """

    model: Network
    data: Data
    test: Data | None
    optimizer: Any
    batch_size: int
    seeds: np.ndarray
    params: Params
    steps: int
    epoch: int
    evaluations: int

    def __init__(
        self, model: Network, data: Data, optimizer: Any, *, batch_size: int | None = 16,
        seeds: ArrayLike = 0, test: Data | None = None,
    ) -> None:  # fmt: skip
        if isinstance(model, type) or not callable(getattr(model, "loss_and_gradients", None)):
            checks.wrong_kind("model", model, "Linear() or Network(…)")
        checks.instance("data", data, Data, "Data, such as data.iris()")
        if test is not None:
            checks.instance("test", test, Data, "Data, such as data.iris(), or None")
            if (test.x.shape[1], test.outputs) != (data.x.shape[1], data.outputs):
                checks.wrong_value("test", test, "Data with the features and the classes of data")
        self.model, self.data, self.test = model, data, test
        self.optimizer = fresh_copy(checks.optimizer(optimizer))
        size = len(data) if batch_size is None else batch_size
        self.batch_size = checks.whole("batch_size", size, 1, len(data))
        self.seeds = checks.seeds(seeds)
        self.params = model.start(data, self.seeds)
        self._check_rates()

        different, which = np.unique(self.seeds, return_inverse=True)
        self._which = which.reshape(self.seeds.shape)
        self._rngs = None if batch_size is None else [streams(seed)[1] for seed in different]
        self._order, self._at = np.empty(0, int), 0  # of this epoch, and how much is used up
        self.steps = self.epoch = self.evaluations = 0
        self._lost = np.full(self.runs, -1)
        self._losses: list[np.ndarray] = []
        self._test_losses: list[np.ndarray] = []
        self._record()

    @property
    def runs(self) -> tuple[int, ...]:
        return self.seeds.shape

    # -- the loop

    def step(self) -> np.ndarray:
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

    def run(self, *, epochs: int | None = None, steps: int | None = None) -> Training:
        """Go on for so many epochs, or so many steps; returns the run itself.

        In the middle of an epoch its rest counts as the first one.
        """
        if (epochs is None) == (steps is None):
            raise ValueError("give either epochs= or steps=")
        if steps is not None:
            for _ in range(checks.steps(steps)):
                self.step()
        else:
            until = self.epoch + checks.whole("epochs", epochs)
            while self.epoch < until:
                self.step()
        return self

    def _shuffled(self) -> np.ndarray:
        n = len(self.data)
        if self._rngs is None:
            return np.broadcast_to(np.arange(n), (*self.runs, n))
        return np.stack([rng.permutation(n) for rng in self._rngs])[self._which]

    # -- what is known about it

    @property
    def losses(self) -> np.ndarray:
        return np.stack(self._losses)

    @property
    def test_losses(self) -> np.ndarray | None:
        return None if self.test is None else np.stack(self._test_losses)

    @property
    def diverged(self) -> int | np.ndarray | None:
        if self.runs:
            return self._lost.copy()
        return int(self._lost) if self._lost >= 0 else None

    def loss(self, data: Data | None = None) -> np.ndarray:
        """The mean loss over `data`, by default what is trained on, (*runs)."""
        data = self._which_data(data)
        return self.model.loss(self.params, data.x, data.y)

    def accuracy(self, data: Data | None = None) -> np.ndarray:
        """The share of `data` whose class is guessed, (*runs); NaN for runs that diverged."""
        data = self._which_data(data)
        return self.model.accuracy(self.params, data.x, data.y)

    def _which_data(self, data: Data | None) -> Data:
        given = self.data if data is None else data
        return checks.instance("data", given, Data, "Data, such as data.iris()")

    def summary(self) -> str:
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
            return f"{spent}the loss is {short(left[0])}, from {short(first[0])}.{more}"
        which = f"{total - lost} of {total} runs; the others have diverged" if lost else "all runs"
        where = "is above its" if above == 1 else "are above their"
        more = f" {above} of the {left.size} {where} start." if above else ""
        lies = f"the loss lies between {short(left.min())} and {short(left.max())} for {which}"
        return f"{spent}{lies}.{more}"

    def __repr__(self) -> str:
        runs = f" of {self._lost.size} runs" if self.runs else ""
        return (
            f"<Training{runs}: {self.model!r} by {type(self.optimizer).__name__}, "
            f"epoch {self.epoch}, step {self.steps}>"
        )

    # -- behind the scenes

    def _record(self) -> None:
        loss = self.loss()
        self._note_divergence(loss)
        self._losses.append(np.where(self._lost < 0, loss, np.nan))
        if self.test is not None:
            self._test_losses.append(np.where(self._lost < 0, self.loss(self.test), np.nan))

    def _note_divergence(self, loss: np.ndarray) -> None:
        finite = np.isfinite(loss)
        if not finite.all():
            self._lost = np.where((self._lost < 0) & ~finite, self.steps, self._lost)
            for values in self.params.values():
                values[self._lost >= 0] = np.nan

    def _check_rates(self) -> None:
        """Say at the start what `update` would say at the first step, with a hint."""
        wanted = (*self.runs, 1, 1)
        for name in getattr(self.optimizer, "hyperparameters", tuple)():
            value = getattr(self.optimizer, name)
            if np.ndim(value) and checks.broadcast(np.shape(value), wanted) != wanted:
                accepted = f"of shape {wanted}, runs first and then 1 for rows and columns"
                checks.wrong_value(name, value, f"one number, or one for each run {accepted}")


def cloud(
    data: Data, rates: ArrayLike, *, falling: bool = False, batch_size: int = 16, seeds: int = 10,
    epochs: int = 20,
) -> np.ndarray:  # fmt: skip
    """How far from the minimum plain descent on a line wanders in its last epoch.

    Parameters
    ----------
    data : Data with one feature and numbers
    rates : list of learning rates
    falling : bool, whether the rate is divided by 1 + epoch
    batch_size, epochs : int
    seeds : int, how many runs are made for each rate

    Returns
    -------
    array, one number for each rate: the root of the mean squared distance, over all seeds and steps
    """
    falling = checks.flag("falling", falling)
    batch_size = checks.whole("batch_size", batch_size, 1)
    epochs, seeds = checks.whole("epochs", epochs, 1), checks.whole("seeds", seeds, 1)
    each = checks.row("rates", rates, above=0)[:, None, None, None]  # a row of runs for each rate
    each_seed = np.tile(np.arange(seeds), (len(each), 1))
    run = Training(Linear(), data, SGD(), batch_size=batch_size, seeds=each_seed)
    w, b = squared_loss(data.x[:, 0], data.y).minima[0]
    away = []
    while run.epoch < epochs:
        run.optimizer.lr = each / (1 + run.epoch) if falling else each
        run.step()
        away.append((run.params["W"] - w) ** 2 + (run.params["b"] - b) ** 2)
    last = len(away) // epochs
    return np.sqrt(np.mean(away[-last:], axis=(0, 2, 3, 4)))
