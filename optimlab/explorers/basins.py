"""Which minimum the run from every start reaches: a map over the picture, refined when idle."""

import asyncio
import time

import ipywidgets as widgets
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from optimlab import checks
from optimlab.draw import style
from optimlab.explorers.band import letter
from optimlab.explorers.base import PAUSE, guarded
from optimlab.explorers.controls import decades, nearest
from optimlab.explorers.paths import SLIDERS, PathExplorer
from optimlab.explorers.scenes import coarser, to_draw
from optimlab.explorers.valleys import NOWHERE as GREY
from optimlab.explorers.valleys import VALLEYS
from optimlab.optimizers import SGD
from optimlab.study.analysis import stability_limit
from optimlab.study.outcomes import GONE, NOWHERE, basin_map, outcomes
from optimlab.words import percent, short

#: so many cells, each way, are one at first
COARSE = 5
#: seconds for which a portion may keep the kernel from answering, and until the map is shown again
BUSY, SHOWN = 0.03, 0.3
#: the two shades of what does not arrive, dots, and of what diverges, stripes
DOTS, STRIPES = (GREY, "#eceef1"), ("#8f2d0e", "#f6d3c4")
#: how much of the contour lines the map covers, and how many minima the legend names one by one
OPACITY, NAMED = 0.75, 4


class BasinExplorer(PathExplorer):
    """A run, over a map of all starts: a cell has the colour of the minimum that its run reaches.

    The map follows the learning rate, the number of steps and the rule's other hyperparameters; a
    cell's run is the one that is drawn when the start stands there. Click a cell, drag the ring, or
    use the sliders. A coarse map comes at once; it becomes fine while the learner looks at it.

    Parameters
    ----------
    function : Function of two variables, with a minimum
    rule : optimizer class
    lr : float; by default that of a rule that is an object, else a quarter of the smallest
        stability limit 2/λ of plain descent
    start, steps : the run that is drawn, and so many steps has every run of the map
    cells : int, how many cells the map has along each axis; a fifth of them where code that takes
        one run at a time is slow
    options : as `explore` has them, a first value for a hyperparameter among them

    Attributes
    ----------
    labels : (cells, cells) ints, by y and x, as `study.outcomes.basin_map` has them
    starts : (xs, ys), where the runs of the cells begin
    """

    _known_for = None  # the settings of the map
    _idle = None  # the call that will go on with it
    _portion = 1000  # cells

    def __init__(
        self, function, rule=SGD, *, lr=None, start=None, steps=100, cells=200, domain=None,
        **options,
    ):  # fmt: skip
        function, box = to_draw(function, domain, dim=2)
        if not len(function.minima):
            raise ValueError(f"function={function.name}: it must have a minimum in its domain")
        cells = checks.whole("cells", cells, 1, 500)
        rule = checks.rule(rule)
        cells = -(-cells // coarser(function, rule))
        if lr is None and getattr(rule, "set_rate", None) is None:
            limits = stability_limit(function, function.minima)
            lr = nearest(decades(0.001, 2.0), min(0.1, float(np.min(limits)) / 4))
        # the start snaps to multiples of a cell's size, so the middles of the cells are such
        self.grain = [float(np.ptp(ends)) / cells for ends in box]
        self.starts = [g * (np.ceil(low / g - 1e-9) + np.arange(cells))
                       for g, (low, _) in zip(self.grain, box, strict=True)]  # fmt: skip
        domain = [(at[0] - g / 2, at[-1] + g / 2)
                  for g, at in zip(self.grain, self.starts, strict=True)]  # fmt: skip
        self._called = [f"{letter(m)}, the minimum at {short(at)}"
                        for m, at in enumerate(function.minima)]  # fmt: skip
        self._share = widgets.HTML()
        super().__init__(
            function, rule, lr=lr, start=start, steps=steps, domain=domain, **options
        )
        self.children = [*self.children[:-1], self._share, self.children[-1]]
        self._only_with_run.append(self._share)

    # -- the scene -----------------------------------------------------------------------------

    def _draw_more(self, figure):
        shades = [VALLEYS[m % len(VALLEYS)] for m in range(len(self._called))]
        self._shades = np.array([to_rgba(c) for c in shades]) * 255
        at = self.function.minima
        patches = [Patch(color=shade, alpha=OPACITY, label=f"{letter(m)} {short(at[m])}")
                   for m, shade in enumerate(shades) if len(shades) <= NAMED]  # fmt: skip
        for (dark, light), hatch, label in (
            (STRIPES, "////", "diverges"), (DOTS, "..", "does not arrive"),
        ):  # fmt: skip
            look = {"facecolor": light, "edgecolor": dark, "hatch": hatch, "linewidth": 0}
            patches.append(Patch(label=label, alpha=OPACITY, **look))
        figure.legend(handles=patches, loc="outside lower center", ncols=3, handlelength=1.2)

    def _scene(self, *given):
        plot = super()._scene(*given)
        ax = plot._figures[0].axes[0]
        plot.add("image", "basins", ax, opacity=OPACITY, zorder=1)
        plot.add("points", "stars", ax, marker="*", size=15, color="#f2c230")
        plot.add("label", "letters", ax, color=style.INK, offset=(9, -4), size=14)
        return plot

    def image(self):
        """The map as RGBA (cells, cells, 4), its first row at the bottom; borders are dark."""
        found = self.labels
        pixels = self._shades[np.maximum(found, 0)]
        y, x = np.indices(found.shape)
        dots, stripes = (x % 4 == 0) & (y % 4 == 0), (x + y) % 6 < 2
        for label, dark, shades in ((NOWHERE, dots, DOTS), (GONE, stripes, STRIPES)):
            shade = np.where(dark[..., None], *(np.array(to_rgba(c)) * 255 for c in shades))
            pixels = np.where((found == label)[..., None], shade, pixels)
        edge = np.zeros(found.shape, dtype=bool)
        edge[1:] |= found[1:] != found[:-1]
        edge[:, 1:] |= found[:, 1:] != found[:, :-1]
        pixels[edge] *= [0.55, 0.55, 0.55, 1]
        return pixels.round().astype(np.uint8)

    # -- the map -------------------------------------------------------------------------------

    def _labels_of(self, cells):
        """Labels of cells, given as their numbers."""
        rows, columns = np.divmod(cells, len(self.starts[0]))
        at = np.stack([self.starts[0][columns], self.starts[1][rows]], axis=-1)
        own = {name: self[name] for name in SLIDERS if name in self.controls}
        rule = self.rules[0](lr=self["lr"], **own)
        return basin_map(self.function, rule, at, self["steps"], self.domain)

    def _first_look(self):
        """A map in which one cell stands for its neighbours, if it is not that map already."""
        wanted = [widget.value for widget in self.controls.values()]
        if wanted == self._known_for:
            return
        count = len(self.starts[0])
        middle = np.minimum(np.arange(count) // COARSE * COARSE + COARSE // 2, count - 1)
        chosen, place = np.unique(middle, return_inverse=True)
        first = self._labels_of((chosen[:, None] * count + chosen).ravel())
        self.labels = first.reshape(len(chosen), -1)[np.ix_(place, place)]
        border = np.zeros(self.labels.shape, dtype=bool)  # what lies there is refined first
        for axis in (0, 1):
            other = self.labels != np.roll(self.labels, COARSE, axis)
            border |= other | np.roll(other, -COARSE, axis)
        known = np.isin(np.arange(count), chosen)
        left = np.flatnonzero(~np.outer(known, known))
        self._left = left[np.argsort(~border.ravel()[left], kind="stable")]
        self._known_for = wanted
        names = [*(f"arrive at {name}" for name in self._called), "diverge", "have not arrived"]
        order = [*range(len(self._called)), GONE, NOWHERE]
        shares = [(np.mean(first == k), name) for k, name in zip(order, names, strict=True)]
        most = sorted((one for one in shares if one[0]), reverse=True)[: NAMED + 2]
        said = "; ".join(f"{percent(share)} {name}" for share, name in most)
        text = f"Of {len(first):,} runs from all over the picture {said}."
        self._share.value = f'<div class="ol-words" role="status">{text}</div>'

    def refine(self, count=None):
        """Find the labels of so many further cells, of all that are left by default."""
        now, self._left = np.split(self._left, [len(self._left) if count is None else count])
        self.labels.flat[now] = self._labels_of(now)

    def _show_map(self):
        self._shown = time.perf_counter()
        self.plot._frame["basins"] = image = self.image()
        self.plot.images = {"basins": self.plot._picture("basins", image)}

    @guarded
    def _go_on(self):
        """A portion of the map that is not too long for a message to wait."""
        self._idle = None
        if self.veiled:
            return
        begun = time.perf_counter()
        self.refine(self._portion)
        grown = min(BUSY / (time.perf_counter() - begun), 2)
        self._portion = int(np.clip(self._portion * grown, 50, 10_000))
        if not len(self._left) or begun - self._shown > SHOWN:
            self._show_map()
        if len(self._left):
            self._idle = asyncio.get_running_loop().call_later(0, self._go_on)

    @guarded
    def _update(self):
        super()._update()
        if self.veiled or not len(self._left):
            return
        self._shown = time.perf_counter()
        self._stop_going_on()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.refine()
            self._show_map()
        else:
            self._idle = loop.call_later(2 * PAUSE, self._go_on)

    def _stop_going_on(self):
        if self._idle is not None:
            self._idle.cancel()

    def rest(self):
        self._stop_going_on()
        super().rest()

    # -- the run -------------------------------------------------------------------------------

    def _runs(self, *given):
        runs = super()._runs(*given)
        self._arrived = outcomes(runs[self.rules[0].__name__], self.domain)[1]
        return runs

    def frames(self, rates):
        frames = super().frames(rates)
        minima = self.function.minima
        for frame, minimum in zip(frames, self._arrived, strict=True):
            frame |= {"stars": minima, "letters": (minima, [*map(letter, range(len(minima)))])}
            if minimum >= 0:
                frame["summary"] += f" It arrives at {self._called[minimum]}."
        if len(frames) == 1:
            self._first_look()
            frames[0]["basins"] = self.image()
        return frames
