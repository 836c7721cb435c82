"""Gradients of mini-batches: how far they scatter, and where descent on them leads."""

import numpy as np

from optimlab import checks
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import Handle, add_start, checkbox, choice, decades, number, slider
from optimlab.explorers.frames import run_marks
from optimlab.explorers.scenes import the_data
from optimlab.explorers.targets import goal
from optimlab.optimizers import SGD
from optimlab.study import network
from optimlab.study.training import Linear, Training
from optimlab.words import counted, short

#: the numbers of one decade of learning rates, and what one batch or the whole data look like
DECADE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
BATCH, WHOLE = style.RULES["SGD"]["color"], style.PALETTE[1]
#: how many batches are drawn of each size, at least, and how many of them are shown
DRAWS, SHOWN = 1500, 300
#: the lowest loss above the minimum that is drawn
FLOOR = 1e-4
#: a run is carried off if it ends further away than twice this, and than twice its start
CARRIED = 1.5


class NoiseExplorer(Explorer):
    """Gradients of random batches about the gradient of all data, and how far they lie from it.

    The batch size is the slider in hand. `noise` is a dict from each size to the root mean square
    distance, as measured over 1,500 batches or more.

    Parameters
    ----------
    data : Data with one feature and numbers to guess
    at : (w, b), where the gradients are measured
    batch_size : int, the size at first
    copies : int, how many copies of the data are drawn from; more than one adds a button for it
    known : int, optional: the size whose noise is drawn into the scene
    """

    def __init__(self, data, *, at=(0.0, 0.0), batch_size=4, copies=1, known=None):
        super().__init__()
        the_data("data", data, 1, classes=False)
        self.n = n = len(data)
        at, copies = checks.pair("at", at, "(w, b)"), checks.whole("copies", copies, 1)
        batch_size = checks.whole("batch_size", batch_size, 1, n)
        if known is not None:
            known = checks.whole("known", known, 1, n - 1)
        x = data.x[:, 0]
        error = at[0] * x + at[1] - data.y
        #: the gradient of each example, and their mean
        self.rows = np.stack([2 * error * x, 2 * error], axis=1)
        self.full = self.rows.mean(axis=0)
        self.sizes = sorted({*(2**k for k in range(12) if 2**k < n), n, batch_size})
        self._drawn = {}
        #: root mean square distance of one example's gradient
        self.spread = float(np.sqrt(((self.rows - self.full) ** 2).sum(axis=1).mean()))
        controls = {"batch size": slider("batch size", self.sizes, batch_size)}
        if copies > 1:
            controls["data"] = choice(
                [(f"{n:,}", 1), (f"{copies * n:,}", copies)], copies, each="80px",
                description="examples",
            )  # fmt: skip
        self.assemble(self._scene(known), controls)

    def _scene(self, known):
        scatter, ax = figures.panel(460, 370)
        (gw, gb), reach = self.full, 2.2 * self.spread
        ax.set(
            xlabel="slope by w", ylabel="slope by b", xlim=(gw - reach, gw + reach),
            ylim=(gb - 0.8 * reach, gb + 0.8 * reach),
        )  # fmt: skip
        ax.plot([], [], "o", color=BATCH, alpha=0.6, label="a batch")
        ax.plot([], [], "D", color=WHOLE, markersize=8, label="all data")
        ax.legend(loc="upper left", title="gradient of")
        curve, noise = figures.panel(460, 370)
        noise.set(
            xlabel="batch size", ylabel="typical distance from the diamond",
            xscale="log", xlim=(0.8, 1.3 * self.n),
            yscale="log", ylim=(self.spread / 60, 2 * self.spread),
        )  # fmt: skip
        if known is not None:
            at = known, self.measure(known, 1)[1]
            noise.plot(*at, marker="o", color=style.INK, markersize=7, zorder=4)
            noise.annotate(
                f"batches of {known}", at, (9, 5), textcoords="offset points", fontsize=9.5,
            )  # fmt: skip
        plot = LivePlot([scatter, curve], alt=self._alt())
        plot.add("points", "batches", ax, color=BATCH, size=5, opacity=0.5)
        plot.add("points", "full", ax, color=WHOLE, size=13, marker="D")
        plot.add("line", "law", noise, color=style.MUTED, dash=[6, 4], width=1.5)
        beside = {"anchor": "middle", "offset": [0, 0]}
        plot.add("label", "law name", noise, color=style.MUTED, size=13, **beside)
        plot.add("points", "noise", noise, color=BATCH, size=8)
        plot.add("points", "now", noise, color=BATCH, size=15, fill=False)
        return plot

    def _alt(self):
        return (
            "Gradients of random batches as points about the gradient of all data, beside their "
            "typical distance from it against the batch size, on log axes."
        )

    @property
    def copies(self):
        """How many copies of the data are drawn from."""
        return self["data"] if "data" in self.controls else 1

    @property
    def noise(self):
        """Batch size -> typical distance of its gradient from that of all data."""
        return {size: self.measure(size, self.copies)[1] for size in self.sizes}

    def measure(self, size, copies):
        """Gradients of at least 1,500 batches, from whole epochs, and their typical distance."""
        key = size, copies
        if key not in self._drawn:
            total = self.n * copies
            full = total // size  # batches of an epoch, a smaller last one apart
            epochs = -(-DRAWS // full)
            orders = np.broadcast_to(np.arange(total), (epochs, total))
            orders = np.random.default_rng([size, copies]).permuted(orders, axis=1)
            batches = orders[:, : full * size].reshape(-1, size) % self.n
            found = self.rows[batches].mean(axis=1)
            far = float(np.sqrt(((found - self.full) ** 2).sum(axis=1).mean()))
            self._drawn[key] = found, far
        return self._drawn[key]

    def frames(self, sizes):
        noise = self.noise
        known = [(size, far) for size, far in noise.items() if far > 1e-9]
        ends = np.array([self.sizes[0], self.sizes[-1]])
        law = np.stack([ends, self.spread / np.sqrt(ends)], axis=-1)
        shared = {
            "full": [self.full],
            "law": law,
            "law name": ([(70, 3.3 * self.spread / np.sqrt(70))], ["in proportion to 1/√batch"]),
            "noise": known,
        }
        total = self.n * self.copies
        frames = []
        for size in sizes:
            found, far = self.measure(size, self.copies)
            if far < 1e-9:
                words = f"A batch of all {total:,} examples has the gradient of all data, always."
                now = []
            else:
                words = (
                    f"The gradients of batches of {size} from {total:,} examples typically lie "
                    f"{short(far)} from that of all data, which is {short(self.full)}."
                )
                now = [(size, far)]
            frames.append(shared | {"batches": found[:SHOWN], "now": now, "summary": words})
        return frames


class BatchExplorer(Explorer):
    """Mini-batch descent on the map of L(w, b), and its loss against what the gradients cost.

    The learning rate is the slider in hand; all its positions are one batched `Training`. Beside
    the batches the loss panel shows descent on all data at once, at the same rate and price, where
    it is to be compared.

    Parameters
    ----------
    data : Data with one feature, standardised, and numbers to guess
    lr, batch_size, seed, falling : what the controls show at first; with `falling` the rate of
        epoch e = 0, 1, 2, … is lr/(1 + e)
    epochs : int, how long every run is
    start : (w, b), where it starts: a handle
    rates : (low, high), the range of the learning rate
    sizes : the batch sizes to choose from
    target : float, optional: how near the minimum the last epoch should stay
    compare : bool, whether the loss panel shows descent on all data, too
    """

    start = Handle("The start point (w, b).")

    def __init__(
        self, data, *, lr=0.1, batch_size=16, seed=0, falling=False, epochs=6, start=(0.0, 1.8),
        rates=(0.02, 1.0), sizes=(4, 16, 61, 244), target=None, compare=True,
    ):  # fmt: skip
        super().__init__()
        self.data = the_data("data", data, 1, classes=False)
        self.loss = network.squared_loss(data.x[:, 0], data.y)
        self.epochs = checks.whole("epochs", epochs, 1)
        self.target = None if target is None else checks.positive("target", target)
        self.compare = checks.flag("compare", compare)
        self.minimum = self.loss.minima[0]
        self.least = self.loss(self.minimum)
        batch_size = checks.whole("batch_size", batch_size, 1, len(data))
        checks.row("sizes", sizes)
        sizes = sorted({*checks.wholes("sizes", sizes, 1, high=len(data)).tolist(), batch_size})
        lr, seed = checks.positive("lr", lr), checks.whole("seed", seed, 0, 9)
        rates = decades(*checks.rates(rates), lr, decade=DECADE)
        controls = {
            "lr": slider("learning rate", rates, lr),
            "batch size": slider("batch size", sizes, batch_size, width="280px"),
            "seed": number("seed", seed, 0, 9, 1, width="240px"),
            "falling": checkbox("falling rate", checks.flag("falling", falling), width="130px"),
        }
        self.assemble(self._scene(checks.pair("start", start, "(w, b)")), controls)

    def _scene(self, start):
        surface, ax = figures.panel(460, 370)
        w, b = self.minimum
        # as far up and down as to both sides, in the picture's proportions
        self.domain = (w - 1.75, w + 1.75), (b - 1.35, b + 1.35)
        figures.draw_contours(ax, self.loss, self.domain)
        ax.set(xlabel="w", ylabel="b", title="loss L(w, b) on all data")
        curve, losses = figures.panel(460, 370)
        n = len(self.data)
        most = n * self.epochs
        losses.set(
            xlabel="gradients of single examples", ylabel="loss above its minimum", yscale="log",
            xlim=(-0.02 * most, 1.02 * most), ylim=(FLOOR, 30),
            xticks=n * np.arange(self.epochs + 1),
        )  # fmt: skip
        if self.compare:
            losses.plot([], [], color=BATCH, label="batches")
            losses.plot([], [], color=WHOLE, linestyle=(0, (5, 3)), label="all data in each step")
            losses.legend(loc="upper right")
        plot = LivePlot([surface, curve], alt=self._alt(), playback=True)
        look = {"color": BATCH, "dash": (), "marker": "o"}
        plot.add_run("path", ax, look, dots=4, width=1.4)
        plot.add("line", "cloud", ax, color=WHOLE, width=2.5, dash=[3, 3])
        plot.add("line", "all", losses, color=WHOLE, width=2, dash=[7, 4])
        plot.add("points", "all steps", losses, color=WHOLE, size=6, marker="s")
        plot.add_run("loss", losses, look, dots=4, width=1.4)
        add_start(plot, ax, start)
        return plot

    def _alt(self):
        return (
            f"Path of mini-batch descent on a map of the loss over w and b, beside its loss above "
            f"the minimum against the number of gradients, {counted(self.epochs, 'epoch')}"
            f"{', with descent on all data in each step' if self.compare else ''}."
        )

    def run(self, rates, size):
        """All `rates` at once in batches of `size`: (evaluations (steps+1,), points (…, rates, 2)).

        After divergence points are NaN.
        """
        rates = np.reshape(np.asarray(rates, dtype=float), (-1, 1, 1))
        run = Training(
            Linear(), self.data, SGD(rates), batch_size=size, seeds=[self["seed"]] * len(rates)
        )
        run.params["W"][:], run.params["b"][:] = self.start
        steps = self.epochs * -(-len(self.data) // size)
        points, spent = np.empty((steps + 1, len(rates), 2)), np.zeros(steps + 1)
        for k in range(steps + 1):
            if k:
                if self["falling"]:
                    run.optimizer.lr = rates / (1 + run.epoch)
                run.step()
            points[k] = np.concatenate([run.params["W"][:, 0], run.params["b"][:, 0]], axis=-1)
            spent[k] = run.evaluations
        return spent, points

    def cloud(self, spent, points):
        """Root mean square distance from the minimum in the last epoch, of each run."""
        last = spent > (self.epochs - 1) * len(self.data)
        with np.errstate(all="ignore"):
            return np.sqrt(((points[last] - self.minimum) ** 2).sum(axis=-1).mean(axis=0))

    def above(self, points):
        """The loss on all data above its minimum; no lower than is worth drawing."""
        with np.errstate(all="ignore"):
            return np.maximum(self.loss(points) - self.least, 1e-12)

    def frames(self, rates):
        size, n = self["batch size"], len(self.data)
        spent, points = self.run(rates, size)
        compare = self.compare and size != n
        if compare:
            whole_spent, whole = self.run(rates, n)
        wide = self.cloud(spent, points)
        turn = np.linspace(0, 2 * np.pi, 61)
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        frames = []
        for i, rate in enumerate(rates):
            loss = self.above(points[:, i])
            curve = np.stack([spent, loss], axis=-1)
            frame = {
                **run_marks("path", points[:, i]),
                **run_marks("loss", curve),
                "cloud": self.minimum + wide[i] * ring,
                "readout": (["gradients", "loss above minimum"], curve),
                "summary": self._sentence(float(rate), size, points[:, i], wide[i]),
            }
            if compare:
                each = np.stack([whole_spent, self.above(whole[:, i])], axis=-1)
                frame |= run_marks("all", each)
            if self.target is not None:
                wanted = f"at most {short(self.target, 6)} from the minimum in the last epoch"
                now = f": {short(wide[i]) if np.isfinite(wide[i]) else 'too large'}"
                frame |= goal(wanted, wide[i] <= self.target, now, now)
            frames.append(frame)
        return frames

    def _sentence(self, rate, size, points, wide):
        steps = len(points) - 1
        rates = f"rates {short(rate)}, {short(rate / 2)}, {short(rate / 3)}, …"
        who = (
            f"{counted(self.epochs, 'epoch')} in batches of {size} "
            f"{'is' if self.epochs == 1 else 'are'} {counted(steps, 'step')}. With "
            f"{rates if self['falling'] else f'rate {short(rate)}'} "
        )
        if not np.isfinite(wide):
            return f"{who}it diverges: this rate is too large."
        far = float(np.sqrt(((points[0] - self.minimum) ** 2).sum()))
        if wide > 2 * max(far, CARRIED):  # a cloud is wider than the way of a start on the star
            return f"{who}it is carried off: in the last epoch {short(wide)} from the minimum."
        return f"{who}it is {short(wide)} from the minimum in the last epoch, from {short(far)}."
