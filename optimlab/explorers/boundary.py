"""A small network that trains while you watch: its decision regions, its loss, its accuracy."""

import asyncio
import threading
import weakref
from functools import wraps

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.colors import to_rgb

from optimlab import checks
from optimlab.asis import in_figure
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer, guarded
from optimlab.explorers.controls import button, decades, number, slider
from optimlab.explorers.frames import NO_NUMBER, TOO_LARGE
from optimlab.explorers.scenes import name_looks, the_data
from optimlab.explorers.targets import goal
from optimlab.study import training
from optimlab.words import counted, percent, short

#: seconds of training between two looks at what the learner has done meanwhile
SLICE = 0.01
#: seconds between two pictures while it trains, and between two sentences
PICTURE, SENTENCE = 0.08, 1.0
#: how many calls, one with each sentence, go unanswered before training pauses: no view is open
UNSEEN = 4
#: a loss that stays above so many times that of blind guessing, for so many epochs, has diverged
LOST, PATIENCE = 5.0, 3
#: how many squares across the picture of the regions has
GRID = 64
#: of a panel, in pixels: two of them stand side by side in a window 900 pixels wide
SIZE = 350, 340
#: colour and marker of each class; the rules are lines in another panel
CLASSES = [("#33475b", "o"), ("#c9820a", "s"), ("#2d6a3a", "^"), ("#9b6fd0", "D")]
RULES = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam")
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def alone(method):
    """A guarded callback that runs while nothing else trains or draws.

    JupyterLab hands over what the learner does in a thread of its own, a subshell, beside the one
    in which cells run and networks train.
    """
    method = guarded(method)

    @wraps(method)
    def run(self, *args, **kwargs):
        with self._lock:
            return method(self, *args, **kwargs)

    return run


class BoundaryExplorer(Explorer):
    """The decision regions of a small network on data of two features, live while it trains.

    Nothing trains until Play or Step is pressed, or `train` is called. Then the network learns in
    slices of about 10 ms, so that the notebook stays responsive. The learning rate applies at once
    and the rule keeps what it remembers. Another rule, batch size or seed begins anew, and so does
    Restart, always from the seed's first weights; what was trained before stays as a faint curve
    of its rule. One network trains at a time: making or playing another explorer pauses this one,
    and so does closing its view.

    A run whose loss stays far above that of blind guessing for some epochs, or is no number any
    more, has diverged. It ends, and the sentence says at which step that began.

    Parameters
    ----------
    train : Data with two features and a label for each row, what the network learns from
    test : Data of the same kind, held out; by default the accuracy is that on `train`
    model : Network; by default one of two hidden layers with 16 units each
    rules : names of the rules to choose from
    rule, lr, batch_size, seed : what the controls show at first
    epochs : int, how many epochs there are to train
    target : float, optional: the share of the held-out points to get right, in (0, 1]
    rates : (low, high), the range of the learning-rate slider
    pace : float, epochs in a second at most; None for as many as the computer can
    title : str, optional, above the regions

    Attributes
    ----------
    training : Training, with the network's parameters
    playing : bool
    """

    LEFT_OUT = "The network trains in the notebook alone."
    playing = traitlets.Bool(False)
    _last_played = None  # a weak reference to the one explorer that may train

    def __init__(
        self, train, test=None, *, model=None, rules=RULES, rule="SGD", lr=0.1, batch_size=16,
        seed=0, epochs=200, target=None, rates=(0.001, 10.0), pace=30.0, title=None,
    ):  # fmt: skip
        super().__init__()
        self._lock = threading.RLock()
        self._loop, self._run, self._task = _running_loop(), None, None
        self.data = the_data("train", train, 2, classes=True)
        self.held_out = None if test is None else the_data("test", test, 2, classes=True)
        if target is not None:
            target = checks.number("target", target, above=0, high=1)
        self.target = target
        self.model = training.Network(hidden=(16, 16)) if model is None else model
        self.epochs, seed = checks.whole("epochs", epochs, 1), checks.whole("seed", seed)
        self.pace = None if pace is None else checks.positive("pace", pace)
        rule = checks.rule(rule)
        self.rules = {one.__name__: one for one in [*checks.rules(rules), rule]}
        lr, (low, high) = checks.number("lr", lr, low=0), checks.rates(rates)
        n = len(self.data.x)  # to Training no batch size means all data; here it stands on a slider
        batch_size = n if batch_size is None else checks.whole("batch_size", batch_size, 1, n)
        training.Training(  # names what is wrong with the rest
            self.model, train, rule(lr=lr), batch_size=batch_size, seeds=seed, test=test
        )
        self.classes = list(self.data.classes)
        self._features = [str(name).replace("_", " ") for name in self.data.features]
        self._judged = "training" if test is None else "held-out"  # the points of the accuracy
        self._tints = _tints(self.classes)
        self._curve = []
        self._pause_others()
        sizes = sorted({size for size in BATCHES if size <= n} | {batch_size})
        self.controls = {
            "lr": slider("learning rate", decades(low, high, lr), lr),
            "rule": widgets.Dropdown(
                options=list(self.rules), value=rule.__name__, description="rule",
                style={"description_width": "initial"}, layout={"width": "170px"},
            ),
            "batch size": slider("batch size", sizes, batch_size, width="290px"),
            "seed": number("seed", seed, 0, max(19, seed), 1, width="240px"),
        }  # fmt: skip
        self._begin()
        self.buttons = {
            "play": button("Play", self._on_play, icon="play", width="110px"),
            "step": button("One step", self._on_step_button, icon="step-forward", width="110px"),
            "restart": button("Restart", self._on_restart, icon="refresh", width="110px"),
        }
        for name, one in self.buttons.items():
            one.add_class(f"ol-{name}")
        bar = widgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        title = "" if title is None else checks.text("title", title)
        self.assemble(self._scene(title), self.controls, bar)
        rows, plot, bar, line = self.children
        self.children = [bar, rows, plot, line]

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self, title):
        regions, ax = figures.panel(*SIZE)
        shown = [self.data] if self.held_out is None else [self.data, self.held_out]
        points = np.concatenate([one.x for one in shown])
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.08 * (high - low)
        self._box = np.stack([low - margin, high + margin], axis=-1)
        ax.set(xlim=self._box[0], ylim=self._box[1], title=in_figure(title))
        across, up = map(in_figure, self._features)
        ax.set(xlabel=across, ylabel=up)
        ax.grid(False)
        curves, (loss, right) = figures.panel(*SIZE, rows=2, sharex=True)
        self._guess = float(np.log(len(self.classes)))
        loss.set(ylabel="training loss", yscale="log", ylim=(1e-4, 60 * self._guess))
        loss.set(yticks=[1e-4, 1e-2, 1])
        loss.minorticks_off()
        loss.axhline(self._guess, color=style.MUTED, linewidth=1, linestyle=(0, (2, 3)))
        loss.annotate(
            "blind guess", (self.epochs, self._guess), (0, 3), textcoords="offset points",
            ha="right", color=style.MUTED, fontsize=8.5,
        )  # fmt: skip
        figures.step_axis(
            right, self.epochs, xlabel="epoch", ylabel=f"{self._judged} accuracy", limits=(0, 1.04)
        )
        if self.target:
            right.axhline(self.target, color=style.HIGHLIGHT, linewidth=1.4)
        looks = style.rule_styles(list(self.rules))
        name_looks(right, looks, markers=False)
        curves.legend(
            *right.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8,
            handlelength=3.0, columnspacing=1.0, frameon=False,
        )  # fmt: skip
        plot = LivePlot([regions, curves], alt=self._alt())
        plot.add("image", "regions", ax, smooth=True)
        for k, (color, shape) in enumerate(_looks(self.classes)):
            plot.add("points", f"class {k}", ax, color=color, marker=shape, size=7)
            if self.held_out is not None:
                look = {"color": color, "marker": shape, "size": 8, "fill": False}
                plot.add("points", f"held out {k}", ax, **look)
        for name, look in looks.items():
            line = {"color": look["color"], "dash": look["dash"]}
            for part, on in (("loss", loss), ("accuracy", right)):
                plot.add("line", f"earlier {part} {name}", on, width=1.6, opacity=0.4, **line)
                plot.add("line", f"{part} {name}", on, width=2.4, **line)
        plot.add("label", "now", loss, color=style.INK, offset=[0, 0], anchor="end")
        plot.add("points", "lost", loss, color=style.HIGHLIGHT, marker="P", size=13)
        plot.add("label", "lost at", loss, color=style.HIGHLIGHT, offset=[10, -4])
        return plot

    def _alt(self):
        kinds = ", ".join(self.classes)
        first, second = self._features
        return (
            f"Points of {len(self.classes)} classes ({kinds}) by {first} and {second} on the "
            f"regions in which a network expects each class, beside its loss and its accuracy "
            f"against the epoch."
        )

    # -- training --------------------------------------------------------------------------------

    def _begin(self):
        """The network of the seed as it is before its first step, and a rule without memory."""
        rule = self.rules[self["rule"]](lr=self["lr"])
        self.training = training.Training(
            self.model, self.data, rule, batch_size=self["batch size"], seeds=self["seed"]
        )
        self._lost = self._above = None
        self._curve = [(0.0, *self._measure())]

    @property
    def rule(self):
        """The name of the rule that trains the network which is shown."""
        return type(self.training.optimizer).__name__

    @property
    def steps_per_epoch(self):
        """How many mini-batches make an epoch of the network which is shown."""
        return -(-len(self.data.x) // self.training.batch_size)

    @property
    def over(self):
        """Whether nothing is left to train: the epochs are used up, or the run diverged."""
        return self._lost is not None or self.training.epoch >= self.epochs

    def _measure(self):
        """Training loss and accuracy of the network as it is now."""
        run = self.training
        return float(run.loss()), float(np.nan_to_num(run.accuracy(self.held_out or self.data)))

    def _one_step(self):
        """One mini-batch, unless nothing is left to train."""
        if self.over:
            return
        run = self.training
        run.step()
        loss = run.loss()
        if not loss > LOST * self._guess:
            self._above = None
        elif self._above is None:
            self._above = run.steps
        elif run.steps - self._above >= PATIENCE * self.steps_per_epoch:
            self._lost = self._above
        if not np.isfinite(loss):
            self._lost = run.steps
        if self._lost is not None or run.steps % self.steps_per_epoch == 0:
            self._curve.append((self._epochs_done(), *self._measure()))

    def _epochs_done(self):
        """Epochs so far, with the part of the one that has begun."""
        return self.training.steps / self.steps_per_epoch

    def train(self, *, epochs=None, steps=None):
        """Train at once, without pictures in between: for code and tests.

        Parameters
        ----------
        epochs, steps : int, one of them: how much further
        """
        if (epochs is None) == (steps is None):
            raise TypeError("train: give epochs or steps, one of them")
        if steps is None:
            steps = checks.whole("epochs", epochs) * self.steps_per_epoch
        with self._lock:
            self.pause()
            for _ in range(checks.steps(steps)):
                self._one_step()
            self._update()

    def play(self):
        """Train in small slices until `pause`, or until the epochs are used up."""
        self._pause_others()
        self._play()

    @alone
    def _play(self):
        if self.playing or self.veiled:
            return
        loop = self._loop if self._loop and self._loop.is_running() else _running_loop()
        if loop is None:
            raise RuntimeError(
                "Play needs the event loop of a notebook. Without one, call train(epochs=…)."
            )
        BoundaryExplorer._last_played = weakref.ref(self)
        if self.over:
            self._restart()
        self.plot.unanswered = 0
        self._run = run = object()
        self._set_playing(True)
        self._update()
        loop.call_soon_threadsafe(self._start, loop, run)

    def _start(self, loop, run):
        with self._lock:
            if self._run is run:
                self._task = loop, loop.create_task(self._train(run))

    @alone
    def pause(self):
        """Stop training; Play goes on from here."""
        if self._run is not None:
            self._stop()
            self._update()

    def _stop(self):
        """From now on no step is taken, whatever the task does that took them."""
        task, self._task, self._run = self._task, None, None
        if task is not None and task[0].is_running():
            task[0].call_soon_threadsafe(task[1].cancel)
        self._set_playing(False)

    def rest(self):
        self.pause()
        super().rest()

    def veil(self, sentence):
        """Stop training and hide the run, as every explorer does."""
        self.pause()
        super().veil(sentence)

    def _pause_others(self):
        other = BoundaryExplorer._last_played and BoundaryExplorer._last_played()
        if other is not None and other is not self:
            other.pause()

    async def _train(self, run):
        """What Play starts. It ends when nothing is left to train, or `pause` ends it."""
        clock = self._task[0].time
        last = shown = said = clock()
        due = 1.0  # steps that may be taken now
        while True:
            with self._lock:
                if self._run is not run:
                    return
                try:
                    now = clock()
                    if self.pace is not None:
                        rate = self.pace * self.steps_per_epoch
                        due = min(due + (now - last) * rate, 0.1 * rate + 1)
                    last = now
                    while due >= 1 and not self.over and clock() - now < SLICE:
                        self._one_step()
                        due -= self.pace is not None
                    if clock() - shown >= PICTURE:
                        shown = clock()
                        if speaks := shown - said >= SENTENCE:
                            said = shown
                            self.plot.call()
                        self._picture(speaks)
                    if self.over or self.plot.unanswered > UNSEEN:
                        self.pause()
                        return
                except Exception as error:
                    self._stop()
                    self.status = f"{type(error).__name__}: {error}"
                    return
            try:
                await asyncio.sleep(0.001 if due >= 1 else 0.005)
            except asyncio.CancelledError:  # the loop comes to its end
                with self._lock:
                    if self._run is run:
                        self._stop()
                raise

    def _set_playing(self, playing):
        self.playing = self.plot.working = playing
        button = self.buttons["play"]
        button.description, button.icon = ("Pause", "pause") if playing else ("Play", "play")

    # -- buttons and controls --------------------------------------------------------------------

    def _on_play(self, _button):
        (self.pause if self.playing else self.play)()

    @alone
    def _on_step_button(self, _button):
        self.train(steps=1)

    @alone
    def _on_restart(self, _button):
        self._restart()

    def _restart(self):
        """Begin anew from the seed's first weights; what was trained stays as a faint curve."""
        if len(self._curve) > 1:
            curve = _thin(np.array(self._curve))
            self.plot.note(f"earlier loss {self.rule}", curve[:, :2])
            self.plot.note(f"earlier accuracy {self.rule}", curve[:, ::2])
        self._begin()
        self._update()

    def _values(self):
        return None  # what a rate does is trained, and cannot be computed ahead

    @alone
    def _on_slider(self, _change):
        self.training.optimizer.lr = self["lr"]
        self._update()

    @alone
    def _on_other(self, _change):
        self._restart()

    @alone
    def restore(self, settings):
        """Put the controls back to where they stood, and begin anew without earlier curves."""
        self.pause()
        super().restore(settings)
        for name in list(self.plot._notes):
            self.plot.note(name, None)
        self._curve = []
        self._restart()

    # -- what moves ------------------------------------------------------------------------------

    def _picture(self, speaks):
        """Show how far the training is; the words change with `speaks` alone, for who hears them.

        An error is the caller's to see.
        """
        (frame,) = self.frames([None])
        if not speaks and frame["reached"] == self.reached:
            frame |= {name: self._words[name] for name in self._words}
        self._put(frame)

    @alone
    def _update(self):
        (frame,) = self.frames([None])
        self._put(self._scene_of(frame) if self.veiled else frame)

    def _put(self, frame):
        with self.plot.hold_sync():
            self.plot.show(frame, self.plot.settings())
        self._words = {name: frame[name] for name in ("summary", "goal") if name in frame}
        self.summary = frame.get("summary", "")
        self.reached = bool(frame.get("reached", False))

    def frames(self, _values):
        loss, right = self._measure()
        done = self._epochs_done()
        curve = _thin(np.array([*self._curve, (done, loss, right)]))
        frame = {
            "regions": self._regions(),
            f"loss {self.rule}": curve[:, :2],
            f"accuracy {self.rule}": curve[:, ::2],
            "summary": self._summary(done, loss, right),
            "reached": False,
            **self._points(),
        }
        top = 20 * self._guess
        words = f"epoch {done:.0f} · loss {_loss_words(loss)} · {percent(right)} right"
        if self._lost is None:
            frame["now"] = ([(self.epochs, top)], [words])
        else:  # the sentence says the rest: words beside these would stand on them
            at = [(self._lost / self.steps_per_epoch, top)]
            frame |= {"lost": at, "lost at": (at, [f"diverged at step {self._lost}"])}
        if self.target is not None:
            frame |= self._goal(done, right)
        return [frame]

    def _points(self):
        """The data, each class a mark of its own."""
        marks = {}
        for part, data in (("class", self.data), ("held out", self.held_out)):
            for k in range(len(self.classes)) if data is not None else ():
                marks[f"{part} {k}"] = data.x[data.y == k]
        return marks

    def _regions(self):
        """The colours of the classes, mixed as the network divides its trust at each place."""
        (left, right), (low, high) = self._box
        across = left + (np.arange(GRID) + 0.5) / GRID * (right - left)
        up = low + (np.arange(GRID) + 0.5) / GRID * (high - low)
        places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        shares = self.model.predict(self.training.params, places)
        mixed = np.nan_to_num(shares, nan=0.0) @ self._tints
        mixed[~np.isfinite(shares).all(axis=1)] = 255.0
        picture = np.full((GRID, GRID, 4), 255, np.uint8)
        picture[..., :3] = mixed.round().reshape(GRID, GRID, 3)
        return picture

    def _summary(self, done, loss, right):
        who = f"{self.rule} at learning rate {short(self['lr'])}"
        if self._lost is not None:
            return (
                f"{who} diverged at step {self._lost}: since then the training loss has stayed far "
                f"above that of blind guessing, {short(self._guess)}, and is {_loss_words(loss)}. "
                f"Lower the rate and press Restart."
            )
        steps = self.training.steps
        if not steps:
            when = f"{who}, not trained yet"
        elif steps % self.steps_per_epoch:
            when = f"{who}, after {steps} step{'s' * (steps > 1)}"
        else:
            when = f"{who}, epoch {done:.0f} of {self.epochs}"
        share = f"{percent(right)} of the {self._judged} points right"
        return f"{when}: training loss {_loss_words(loss)}, {share}."

    def _goal(self, done, right):
        wanted = f"{percent(self.target)} of the {self._judged} points right "
        wanted += f"within {counted(self.epochs, 'epoch')}"
        hits = [epoch for epoch, _, share in self._curve[1:] if share >= self.target]
        reached = hits and self._lost is None
        found = f" at epoch {hits[0]:.0f}" if reached else ""
        return goal(wanted, reached, found, f": {percent(right)} at epoch {int(done)}")


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _thin(curve, most=120):
    """A curve of at most about `most` points, its last one among them."""
    every = -(-len(curve) // most)
    return np.concatenate([curve[:-1][::every], curve[-1:]])


def _loss_words(loss):
    if np.isnan(loss):
        return NO_NUMBER
    return short(loss) if np.isfinite(loss) else f"{TOO_LARGE} to store"


def _looks(classes):
    return [CLASSES[k % len(CLASSES)] for k in range(len(classes))]


def _tints(classes):
    """A light colour for each class, as (k, 3) of 0 to 255."""
    return np.array([255 - 0.5 * (255 - 255 * np.array(to_rgb(c))) for c, _ in _looks(classes)])
