"""Widgets that reach the page whole, and leave it when no cell shows them any more."""

import asyncio
import gc
import threading
from contextlib import contextmanager, suppress
from functools import cache
from weakref import WeakSet

from IPython import get_ipython
from ipywidgets import Widget

#: what is shown of a widget that is closed for good
CLOSED = "This was closed. Run the cell that makes it, and it is there again."
#: of a cell that has no name of its own, so many runs of the same text count as shown
UNNAMED = 3
#: seconds after which the memory of what has left the page is given back
REST = 0.5


class Late:
    """A widget that is opened when its address is first asked for: to show it, or what holds it.

    ipywidgets opens a widget when it is made, and sends what it is given afterwards in messages of
    their own. The page drops these where a widget's module takes longer than two seconds to load,
    as plotly's does on a busy machine; so what is sent at first should be all there is. It is also
    less.

    >>> import ipywidgets
    >>> class Words(Late, ipywidgets.Label):
    ...     pass
    >>> words = Words()
    >>> words.value = "sent with the first message"
    >>> words.comm is None, len(words.model_id) > 0, words.comm is None
    (True, True, False)
    """

    _waits = True

    def open(self):
        """Open it, unless nobody has asked for it yet."""
        if not self._waits:
            super().open()

    @property
    def model_id(self):
        """The address of its model in the page."""
        if self.comm is None and self._waits:
            for widget in parts_of(self):
                if isinstance(widget, Late):
                    widget._waits = False
                widget.open()
        return super().model_id

    @property
    def closed(self):
        """Whether it was let go for good."""
        return self.comm is None and not self._waits

    def close(self):
        """Let it go for good; it is not opened any more."""
        self._waits = False
        super().close()
        vars(self).pop("_repr_mimebundle_", None)  # ipywidgets makes None of it

    def rest(self):
        """What runs for it ends: no cell shows it any more."""

    def _repr_mimebundle_(self, **given):
        if self.closed:
            return {"text/plain": CLOSED}
        cells.show(self)
        return self.bundle(**given)

    def bundle(self, **given):
        """What stands in the output of a cell that shows it."""
        return super()._repr_mimebundle_(**given)


@contextmanager
def unopened():
    """Widgets that are made meanwhile are Late: opened when their address is asked for."""
    opens, here, made = Widget.open, threading.get_ident(), []
    Widget.open = lambda one: made.append(one) if threading.get_ident() == here else opens(one)
    try:
        yield
    finally:
        Widget.open = opens
        for widget in made:
            widget.__class__ = _late(type(widget))


@cache
def _late(kind):
    """A kind of widget, such as a slider, that is Late."""
    return type(kind.__name__, (Late, kind), {"__module__": kind.__module__})


def parts_of(whole, found=None, seen=None):
    """A widget and the widgets that it holds at any depth, each once, and after what it holds."""
    found, seen = ([], set()) if found is None else (found, seen)
    if isinstance(whole, list | tuple):
        for part in whole:
            parts_of(part, found, seen)
    elif isinstance(whole, Widget) and id(whole) not in seen:
        seen.add(id(whole))
        parts_of([getattr(whole, name) for name in whole.keys], found, seen)
        found.append(whole)
    return found


# --- which cell shows what -------------------------------------------------------------------


class Cells:
    """What each cell of the notebook shows.

    A cell is known by the name that the notebook gives it, as JupyterLab, Notebook 7 and VS Code
    do; else by its text, of which the last runs count. When it has run again, what no cell shows
    any more is closed in the page. What the learner has kept in a variable is opened anew when it
    is shown again; the rest is forgotten. What a callback has shown stays, for nothing says when
    it is gone. Of a box of the learner's own goes what is Late in it; the box stays.
    """

    def __init__(self):
        # cell -> (number, what it shows) of each of its runs that count
        self._runs = {}
        self._others = WeakSet()  # what a callback has shown
        self._now = None  # what the cell that runs has shown so far
        self._makes, self._makers = False, set()  # whether it has made any, and cells that do
        self._shell = self._waiting = None
        self.name = None  # of the cell that runs, or None

    def show(self, thing):
        """The cell that runs shows a thing: a widget that is Late, or what stands for some."""
        self.listen()
        (self._others if self._now is None else self._now).add(thing)

    def make(self):
        """The cell that runs makes something; what it made before may be garbage now."""
        self.listen()
        self._makes = True

    def listen(self):
        """Hear from now on when a cell runs, and when it has run."""
        shell = get_ipython()
        if shell is self._shell or shell is None:
            return
        self.__init__()
        self._shell, self._now = shell, WeakSet()  # the cell that imports this runs already
        shell.display_formatter.mimebundle_formatter.for_type(Widget, self._shown)
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)

    def _shown(self, whole):
        """What stands in the output of a cell that shows any widget, as ipywidgets has it."""
        if not isinstance(whole, Late):
            late = [part for part in parts_of(whole) if isinstance(part, Late)]
            for part in late:
                self.show(part)
            if any(part.comm is None and not part.closed for part in late):  # was let go
                for part in parts_of(whole):
                    if not isinstance(part, Late):
                        part.send_state()
        show = whole._repr_mimebundle_
        return show and show()

    def _before(self, info):
        self._now, self.name = WeakSet(), getattr(info, "cell_id", None)
        self._makes = False

    def _after(self, result):
        shown, self._now, self.name = self._now, None, None
        name = getattr(result.info, "cell_id", None)
        cell = name or result.info.raw_cell
        if self._makes and cell in self._makers:
            self._collect()
        self._makers |= {cell} if self._makes else set()
        if not name and not result.info.store_history:
            self._others |= shown or set()
        elif shown or cell in self._runs:
            runs = [*self._runs.pop(cell, []), (result.execution_count, shown or WeakSet())]
            count = 1 if name else UNNAMED
            former, runs = runs[:-count], runs[-count:]
            if any(shown for _, shown in runs):
                self._runs[cell] = runs
            self._let_go(former)

    def _let_go(self, former):
        """Close what was shown by these runs, and is shown by no other."""
        shown = {thing for runs in self._runs.values() for _, run in runs for thing in run}
        shown.update(self._others)
        gone = {thing for _, run in former for thing in run} - shown
        if not gone:
            return
        held = {id(part) for thing in shown for part in parts_of(thing)}
        for thing in gone:
            thing.rest()
            for widget in parts_of(thing):
                if id(widget) not in held and widget.comm is not None:
                    Widget.close(widget)
                    vars(widget).pop("_repr_mimebundle_")
                    # opened again it has another address
                    widget._waits, widget._model_id = True, None
        for number, _ in former:
            self._forget(number, gone)
        self._collect()

    def _forget(self, number, gone):
        """IPython keeps the result of a cell as Out[5] and _5, and what it looked like."""
        results = self._shell.user_ns.get("_oh", {})
        if any(results.get(number) is thing for thing in gone):
            del results[number]
            for names in (self._shell.user_ns, self._shell.user_ns_hidden):
                names.pop(f"_{number}", None)
        getattr(self._shell.history_manager, "outputs", {}).pop(number, None)

    def _collect(self):
        """Give memory back soon: an explorer is a web of references, and 10 MB."""
        with suppress(RuntimeError):  # where no event loop runs Python does it when it likes
            loop = asyncio.get_running_loop()
            self._waiting = self._waiting or loop.call_later(REST, self._give_back)

    def _give_back(self):
        self._waiting = None
        gc.collect()


cells = Cells()
cells.listen()
