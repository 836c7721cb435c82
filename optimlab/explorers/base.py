"""What every explorer has: a plot, its controls, one sentence and one line of status."""

import asyncio
from functools import wraps

import ipywidgets as widgets
import traitlets

from optimlab import checks
from optimlab.asis import in_html
from optimlab.draw.live import export
from optimlab.draw.live.late import Late, cells, parts_of, unopened
from optimlab.explorers import saving
from optimlab.explorers.controls import set_to, show_or_hide, value_of

#: seconds without a change after which the frames of the slider in hand are computed anew
PAUSE = 0.15


def guarded(method):
    """A callback whose exception appears in the explorer's status line, never nowhere.

    Only the outermost one catches; and while the explorer is being built there is a caller to
    tell, so nothing is caught.
    """

    @wraps(method)
    def run(self, *args, **kwargs):
        if getattr(self, "_told_above", False):
            return method(self, *args, **kwargs)
        self._told_above = True
        try:
            result = method(self, *args, **kwargs)
        except Exception as error:
            self.status = f"{type(error).__name__}: {error}"
            return None
        except KeyboardInterrupt:
            self.status = "Python was interrupted. Move a control, and it goes on."
            return None
        finally:
            self._told_above = False
        self.status = ""
        return result

    return run


class _Whole(type(widgets.VBox)):
    """Of explorers: all that one makes is opened when it is shown, not before."""

    def __call__(cls, *args, **given):
        with unopened():
            made = super().__call__(*args, **given)
            parts_of(made)  # which makes their layouts
        cells.make()
        return made


class Explorer(Late, widgets.VBox, metaclass=_Whole):
    """A live plot with controls. Subclasses draw the scene once and compute frames.

    A subclass builds its LivePlot and controls in `__init__`, hands them to `assemble`, and says
    in `frames(values)` what the plot shows for each value of the first control, the slider in hand.
    Everything else follows from that one method: what is shown now, the frames in the browser, the
    sentence, the still.

    `veil` hides the run and the controls until `unveil`: what stays are the drawn scene, its
    handles, and the marks that the class names in SCENE.

    Traits
    ------
    summary : one sentence that says what is shown
    status : empty, or what went wrong in a callback
    veiled : whether the run is hidden
    reached : whether the run that is shown has reached the explorer's target
    """

    _waiting = None  # the call that will compute the frames of the slider in hand
    _behind = False  # whether the page shows what Python has yet to work out
    _refused = False  # whether the page may not run what it is sent
    #: what becomes of the run at each position of the slider in hand, as band.js draws it, where
    #: the page does not find it by itself
    band = None
    #: names of the marks that belong to the scene, and are shown without the run
    SCENE = ()
    #: what a saved page has not, as a sentence
    LEFT_OUT = ""

    summary = traitlets.Unicode("")
    status = traitlets.Unicode("")
    veiled = traitlets.Bool(False)
    reached = traitlets.Bool(False)

    def __new__(cls, *args, **given):
        explorer = super().__new__(cls, *args, **given)
        explorer._given = args, given  # for `code`
        return explorer

    def assemble(self, plot, controls, *below):
        """Put plot, controls and status line together and show the first frame.

        Parameters
        ----------
        plot : LivePlot with its marks declared
        controls : dict, name -> widget; the first is the slider in hand. A SelectionSlider's
            options are its values, so that every one of them can be computed ahead.
        below : further widgets, under the plot
        """
        self.plot, self.controls = plot, dict(controls)
        self.add_class("ol-explorer")
        for name, widget in self.controls.items():
            widget.add_class(f"ol-{name.replace(' ', '-')}")
        plot.controls = [[widget, _attribute(widget)] for widget in self.controls.values()]
        self._line = widgets.HTML().add_class("ol-status")
        show_or_hide(self._line, False)
        above = []
        if self.controls:
            row = widgets.HBox(list(self.controls.values()), layout={"flex_flow": "row wrap"})
            above = [row.add_class("ol-controls")]
        self.children = [*above, plot, *below, self._line]
        self._only_with_run = [*above, *below]
        self._told_above = True  # an error now is the caller's to see
        try:
            self._update()
            self._hand_over()
        finally:
            self._told_above = False
        for number, (widget, name) in enumerate(plot.controls):
            widget.observe(self._on_slider if number == 0 else self._on_other, name)
        plot.observe(self._on_handles, "handles")
        plot.observe(self._on_step, "step")
        self._first, self._at_first = self.settings(), self._places()
        plot.menu = saving.MENU
        plot.on_msg(self._on_menu)
        self._refresh_later(0)  # of positions not shown yet: an error there is for the status line

    def frames(self, values):
        """A frame for each of `values` of the slider in hand (one None if there is no slider)."""
        raise NotImplementedError

    # -- before the run is shown ---------------------------------------------------------------

    def page_program(self):
        """From what the page makes every frame by itself, or None: then Python sends them."""

    def asked(self):
        """It is a question of a lesson, answered before or not."""

    def veil(self, sentence):
        """Show the scene without the run, and `sentence` in place of the summary, until `unveil`.

        Nothing of the run is left in the plot, its notes included; `frames` and what an explorer
        keeps of its run in Python still answer.
        """
        checks.text("sentence", sentence, "a sentence that says that the run is hidden")
        self._veil_words, self.veiled = sentence, True
        self.asked()
        with self.plot.hold_sync():
            for name in list(self.plot._notes):
                self.plot.note(name, None)
            self.plot.veiled, self.plot.playing, self.plot.step = True, False, -1
            self.plot.show({"summary": sentence})  # even if the run cannot be computed
            self._update()
            self.plot.frames = self.plot.program = {}
        self._stop_waiting()
        for widget in self._only_with_run:
            show_or_hide(widget, False)

    def unveil(self):
        """Show the run, the controls and everything else that `veil` has hidden."""
        if not self.veiled:
            return
        self.veiled = False
        for widget in self._only_with_run:
            show_or_hide(widget, True)
        with self.plot.hold_sync():
            self.plot.veiled = False
            self._hand_over()
            self._update()
        if not self.status:
            self._send_frames()

    def _scene_of(self, frame):
        """What a veiled plot shows of a frame."""
        shown = {name: frame[name] for name in self.SCENE if name in frame}
        return shown | {"summary": self._veil_words}

    # -- values --------------------------------------------------------------------------------

    def __getitem__(self, name):
        """The value of the control called `name`: `explorer["lr"]`."""
        return self.controls[name].value

    def _values(self):
        """All values of the slider in hand, or None where it cannot be computed ahead."""
        first = next(iter(self.controls.values()), None)
        if isinstance(first, widgets.SelectionSlider | widgets.Dropdown | widgets.ToggleButtons):
            return [v for _, v in first._options_full]
        return None

    def _value(self):
        first = next(iter(self.controls.values()), None)
        return None if first is None else first.value

    def settings(self):
        """Where all controls and handles stand, guesses of the learner apart."""
        handles = self.plot.settings()[-1]
        return [*(getattr(widget, name) for widget, name in self.plot.controls), dict(handles)]

    def restore(self, settings):
        """Put controls and handles back to where they stood; `settings` as it gave them."""
        *values, handles = settings
        for (widget, name), value in zip(self.plot.controls, values, strict=True):
            setattr(widget, name, value)
        self.plot.handles = self.plot.handles | handles

    def _places(self):
        """Where controls and handles stand, by names that can be written as arguments."""
        found = {name: value_of(widget) for name, widget in self.controls.items()}
        for name, at in self.settings()[-1].items():
            found.setdefault(name, at[0] if len(at) == 1 else tuple(at))
        found |= {"step": self.plot.step} if self.plot.step >= 0 else {}
        return {name.replace(" ", "_"): place for name, place in found.items()}

    def put(self, **places):
        """Put controls and handles, and the marked `step`, to values; returns the explorer.

        >>> from optimlab import explore
        >>> explore("ravine", "Momentum").put(lr=0.2, momentum=0.5, start=(3, 1)).summary[:56]
        'Momentum with learning rate 0.2 and momentum 0.5 went fr'
        """
        controls = {name.replace(" ", "_"): widget for name, widget in self.controls.items()}
        handles = {name.replace(" ", "_"): name for name in self.settings()[-1]}
        known, moved = dict.fromkeys([*controls, *handles, "step"]), {}
        for name, place in places.items():
            if name not in known:
                raise TypeError(f"{name}: put takes {', '.join(known)}")
            if name in controls:
                set_to(name, controls[name], place)
            elif name in handles:
                on_track = len(self.plot.handles[handles[name]]) == 1
                at = [checks.number(name, place)] if on_track else [*checks.pair(name, place)]
                moved[handles[name]] = at
        self.plot.handles = self.plot.handles | moved
        if "step" in places and "step" not in controls | handles:
            self.plot.step = checks.whole("step", places["step"], 0, self.plot.last())
        return self

    def close(self):
        """Let it go for good with all that it made: plot, controls, figures, and what it awaits."""
        if hasattr(self, "plot"):
            self.rest()
        for widget in parts_of(self):
            widget.unobserve_all()
            if widget is not self:
                widget.close()
        super().close()

    def rest(self):
        self._stop_waiting()

    # -- callbacks -----------------------------------------------------------------------------

    def _on_slider(self, change):
        if not self._follows_later(change):
            self._update()

    def _on_other(self, change):
        if not self._follows_later(change):
            self._update()
            self._refresh_later()

    def _follows_later(self, change):
        """Whether the page has answered a hand that is still moving: Python does when it rests."""
        if not self.plot.program or not change.owner._property_lock:
            return False
        self._behind = True
        self._refresh_later()
        return True

    def _on_handles(self, change):
        moved = [name for name, at in change.new.items() if at != change.old.get(name)]
        if not all(map(self.plot.is_guess, moved)):
            self._on_other(change)

    def _on_step(self, _change):
        """The step marked in the picture has changed."""

    @guarded
    def _update(self):
        (frame,) = self.frames([self._value()])
        if self.veiled:
            frame = self._scene_of(frame)
        self.plot.show(frame, self.plot.settings())
        self.summary = frame.get("summary", "")
        self.reached = bool(frame.get("reached", False))

    @guarded
    def _send_frames(self):
        self._waiting = None
        if self._behind:
            self._behind = False
            self._update()
        values = self._values()
        if values is None or self.veiled:
            return
        self._hand_over()
        if not self.plot.program:
            frames = self.frames(values)
            self.plot.show_frames(frames, self.plot.settings(), self.band)

    def _hand_over(self):
        self.plot.program = {} if self._refused else self.page_program() or {}

    def _stop_waiting(self):
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _refresh_later(self, pause=PAUSE):
        """Compute the frames once the learner pauses; at once where no event loop runs.

        With no pause they are computed when what runs now has ended: an explorer is shown first.
        """
        if self._values() is None or (self.plot.program and self.status):
            return  # nothing to send, and no error of _update to forget
        self._stop_waiting()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._send_frames()
        else:
            self._waiting = loop.call_later(pause, self._send_frames)

    @traitlets.observe("status")
    def _show_status(self, change):
        if hasattr(self, "_line"):
            self._line.value = "" if not change.new else f"<b>Not shown.</b> {in_html(change.new)}"
            show_or_hide(self._line, bool(change.new))

    def bundle(self, **_):
        return self.plot.mimebundle(self.model_id, self.summary, self.still())

    def still(self):
        """What it shows now as PNG bytes, for readers without a kernel."""
        return self.plot.still()

    # -- taking it along -----------------------------------------------------------------------

    def picture(self):
        """The PNG bytes that `save` writes."""
        return export.picture(self.plot)

    def save(self, path, moves=None):
        """Write what the live plot shows to a file; of one that is veiled the scene alone.

        Its ending says what is written: "run.png", the picture at two pixels a CSS pixel; "run.svg"
        to be enlarged; "run.gif", its steps; "run.html", a page that needs neither network nor
        Python, in which the first control is live, and of `explore` all of them and the start. A
        file that is there is replaced.

        `moves` makes another GIF: a list of what `put` takes, one for each picture, such as
        ``[{"start": (-7, 2)}, {"start": (-6.9, 2)}]`` for a start that is dragged. The explorer
        stands afterwards where it stood.
        """
        saving.save(self, path, moves)

    def code(self):
        """One line of Python that makes this explorer anew, with its controls and handles as now.

        It is made as it was made, and then `put`: so its axes and its target are the same. What is
        yours is named, and what has no name, such as a lambda, is told in a comment. What a network
        has learnt is not in the line.

        >>> from optimlab import explore
        >>> explore("ravine", "Momentum").put(lr=0.2).code()
        'from optimlab import explore; explore("ravine", "Momentum").put(lr=0.2)'
        """
        return saving.code(self)

    def _on_menu(self, _plot, content, _buffers):
        if content.get("kind") == "refused":
            self._refused, self.plot.frames = True, {}
            self._update()
            self._send_frames()
        else:
            saving.answer(self, content.get("kind"))


def _attribute(widget):
    """The synced trait that says where a control stands."""
    return "index" if isinstance(widget, widgets.widget_selection._Selection) else "value"
