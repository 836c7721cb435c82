"""Predictions: asked before the picture shows the run, kept, and compared with the run afterwards.

A Prediction is a card over an explorer. What is asked is one of four kinds, each a small class that
knows how to ask, to read an answer, to say and to draw the gap.
"""

import datetime
import re
import unicodedata

import ipywidgets as widgets
import numpy as np

from optimlab.draw import style
from optimlab.lessons.card import VIEW, Card, buttons, text

VEIL = "The rest appears when you have answered or skipped the question."
YOU = {"color": style.HIGHLIGHT}
#: the marks of the way from the prediction to what happened
GAP = ("your gap", "your gap's end")


def number_words(value):
    """A number in at most four digits, a point as a pair."""
    if np.ndim(value):
        return "(" + ", ".join(number_words(v) for v in value) + ")"
    return f"{float(value) + 0.0:.4g}"


def _finite(value, size):
    """The numbers of a stored or given answer as floats, or None where they are not `size` many."""
    try:
        numbers = np.asarray(value, dtype=float).ravel()
    except (TypeError, ValueError):
        return None
    return numbers if numbers.size == size and np.isfinite(numbers).all() else None


def _truth(value, size):
    """The right answer as floats; a slip of the teacher's is named."""
    numbers = _finite(value, size)
    if numbers is None:
        raise ValueError(f"right: it gives {value!r}, and must give {size} finite numbers")
    return numbers


class Choice:
    """One of several answers, each with its reply."""

    def __init__(self, options, right, at=None):
        if not isinstance(options, dict) or len(options) < 2:
            raise TypeError("options: a dict of at least two answers, each with its reply")
        if right not in options:
            raise ValueError(f"right={right!r}: right must be one of the options {list(options)}")
        for option in at or {}:
            if option not in options:
                raise ValueError(f"at: {option!r} is none of the options {list(options)}")
        self.options, self.right, self.at = options, right, at or {}

    def truth(self, explorer):
        return self.right

    def lettered(self):
        """The options as they are shown: '(a) …', '(b) …'."""
        return [f"({chr(97 + i)}) {option}" for i, option in enumerate(self.options)]

    def ask(self, answer, locked, truth):
        names = list(self.options)
        part = {
            "kind": "choices", "name": "answer", "label": "Your prediction",
            "options": self.lettered(), "locked": locked,
            "value": names.index(answer) if answer in names else -1,
        }  # fmt: skip
        if locked:
            looks = {truth: "good"} | ({answer: "bad"} if answer not in (None, truth) else {})
            part["tones"] = [looks.get(name, "plain") for name in names]
        return [part]

    def read(self, value):
        return list(self.options)[int(value)]

    def valid(self, stored):
        return stored if isinstance(stored, str) and stored in self.options else None

    def words(self, answer):
        return str(answer)

    def is_right(self, answer, truth):
        return answer == truth

    def gap(self, answer, truth):
        was = f"It was “{truth}”. {self.options[truth]}"
        if answer is None:
            return f"You skipped this one. {was}"
        if answer == truth:
            return f"You said “{answer}”. So it was. {self.options[truth]}"
        return f"You said “{answer}”. {self.options[answer]}\n{was}"

    def draw(self, explorer, ax, answer, truth):
        if answer in self.at:
            run = self.at.get(truth) if answer != truth else None
            run = None if run is None else _place(explorer, run)
            _mark_point(explorer.plot, ax, _place(explorer, self.at[answer]), run)


class Number:
    """A number, typed; where it belongs to an axis it is drawn there as a line."""

    def __init__(self, label, right, within, replies=(), along=None):
        self.label, self.right, self.within = label, right, within
        self.replies, self.along = list(replies), along
        for pair in self.replies:
            if not (isinstance(pair, tuple | list) and len(pair) == 2 and isinstance(pair[1], str)):
                raise TypeError(f"replies: {pair!r} is no pair (number, sentence)")
        if not isinstance(label, str):
            raise TypeError(f"number={label!r}: number must be the label of the field, a string")
        if along not in (None, "x", "y"):
            raise ValueError(f"along={along!r}: along must be 'x' or 'y', the axis it is read on")

    def truth(self, explorer):
        return float(_truth(self.right(explorer) if callable(self.right) else self.right, 1)[0])

    def ask(self, answer, locked, truth):
        value = "" if answer is None else number_words(answer)
        field = {"kind": "number", "name": "answer", "label": self.label}
        return [field | {"value": value, "locked": locked}]

    def read(self, value):
        plain = unicodedata.normalize("NFKC", str(value)).replace("−", "-").replace("–", "-")
        thousands = re.fullmatch(r"\s*-?[1-9]\d{0,2}(,\d{3})+\s*", plain)  # 1.000 or 1000?
        numbers = None if thousands else _finite(plain.replace(",", "."), 1)
        if numbers is None:
            raise ValueError(f"“{value}” is not a number here. Give one such as 3.2 or 4000.")
        return float(numbers[0])

    def valid(self, stored):
        numbers = None if isinstance(stored, str | bool) else _finite(stored, 1)
        return None if numbers is None else float(numbers[0])

    def words(self, answer):
        return number_words(answer)

    def is_right(self, answer, truth):
        return abs(answer - truth) <= self.within

    def gap(self, answer, truth):
        was = number_words(truth)
        if answer is None:
            return f"You skipped this one. It is {was}."
        if self.is_right(answer, truth):
            exact = answer == truth
            return f"You said {number_words(answer)}. " + (
                "It is." if exact else f"It is {was}: as near as can be asked."
            )
        off = f"{number_words(abs(answer - truth))} too {'much' if answer > truth else 'little'}"
        hints = [said for value, said in self.replies if abs(answer - value) <= self.within]
        return " ".join([f"You said {number_words(answer)}. It is {was}: {off}.", *hints[:1]])

    def draw(self, explorer, ax, answer, truth):
        if self.along is None or answer is None:
            return
        plot, across = explorer.plot, self.along == "y"
        low, high = sorted(ax.get_ylim() if across else ax.get_xlim())
        ends = ax.get_xlim() if across else ax.get_ylim()
        at, words = min(max(answer, low), high), "you said"
        if at != answer:  # outside the picture: its number stands at the edge
            arrow = ("↑" if answer > high else "↓") if across else ("→" if answer > high else "←")
            words = f"you said {number_words(answer)} {arrow}"
        else:
            line = [[end, at] if across else [at, end] for end in ends]
            _note(plot, "line", "your answer", ax, line, width=2, dash=[2, 3])
        spot = np.array([ends[0], at] if across else [at, ends[0]])
        _note(plot, "label", "your words", ax, ([spot], [words]), **_beside(ax, spot))


class Point:
    """A place in the picture: a diamond that is clicked, dragged or moved with the arrow keys."""

    def __init__(self, start, right, within=None):
        if not callable(right):
            raise TypeError(f"right={right!r}: right must be a function of the explorer")
        self.start, self.right, self.within = start, right, within
        self.size = np.size(start)

    def truth(self, explorer):
        return _truth(self.right(explorer), self.size)

    def attach(self, explorer, ax, answer, changed):
        """Add the diamond; `changed(answer)` hears where it is put."""
        at = np.ravel(self.start if answer is None else answer).astype(float)
        look = {"at": at, "label": "your prediction", "guess": True, **YOU}
        if self.size == 1:
            x = np.linspace(*ax.get_xlim(), 400)
            look["track"] = np.stack([x, explorer.function(x)], axis=-1)
        explorer.plot.add("handle", "guess", ax, **look)

        def moved(change):
            if change.old.get("guess") != change.new.get("guess"):
                changed(change.new["guess"])

        explorer.plot.observe(moved, "handles")

    def ask(self, answer, locked, truth):
        if locked:
            return []
        where = "not placed yet" if answer is None else f"at {self.words(answer)}"
        how = "Click in the picture where you expect it, or focus the diamond with Tab and use the "
        return [text(how + f"arrow keys. Your diamond: {where}.")]

    def read(self, value):
        numbers = _finite(value, self.size)
        if numbers is None:
            raise ValueError(f"{value!r} is no point of this picture.")
        return numbers.tolist()

    def valid(self, stored):
        numbers = _finite(stored, self.size)
        return None if numbers is None else numbers.tolist()

    def words(self, answer):
        return number_words(answer[0] if self.size == 1 else answer)

    def is_right(self, answer, truth):
        return bool(np.linalg.norm(np.subtract(answer, truth)) <= self.within)

    def gap(self, answer, truth):
        was = f"It is {self.words(truth)}"
        if answer is None:
            return f"You skipped this one. {was}."
        off = np.subtract(truth, answer)
        said = f"You said {self.words(answer)}."
        if self.is_right(answer, truth):
            return f"{said} {was}: well seen."
        if self.size == 1:
            side = "right" if off[0] > 0 else "left"
            return f"{said} {was}, {number_words(abs(off[0]))} further {side}."
        return f"{said} {was}, {number_words(np.linalg.norm(off))} away."

    def draw(self, explorer, ax, answer, truth):
        plot = explorer.plot
        if answer is None:
            plot.handles = plot.handles | {"guess": []}  # skipped: no diamond
        else:
            you, run = _place(explorer, answer), _place(explorer, truth)
            _mark_point(plot, ax, you, run, dot=False)

    def put(self, explorer, answer):
        """Stand the diamond where an answer is, or at its first place."""
        at = np.ravel(self.start if answer is None else answer).astype(float).tolist()
        explorer.plot.handles = explorer.plot.handles | {"guess": at}


class Sketch:
    """A curve drawn over an axes, one value a column, beside the curve of the run."""

    def __init__(self, columns, right, within, quantity="value"):
        if not callable(right):
            raise TypeError(f"right={right!r}: right must be a function of the explorer")
        self.columns = np.asarray(columns, dtype=float)
        self.right, self.within, self.quantity = right, within, quantity

    def truth(self, explorer):
        return _truth(self.right(explorer), len(self.columns))

    def attach(self, explorer, ax, answer, changed):
        plot = explorer.plot
        plot.add_sketch(ax, self.columns, label=f"your sketch of the {self.quantity}", **YOU)
        if answer is not None:
            plot.drawn = answer
        plot.observe(lambda change: changed(change.new), "drawn")

    def ask(self, answer, locked, truth):
        if locked:
            return []
        drawn = 0 if answer is None else sum(v is not None for v in answer)
        how = "Draw across the picture with the mouse, or focus the sketch with Tab and use the "
        return [text(how + f"arrow keys. Drawn: {drawn} of {len(self.columns)} points.")]

    def read(self, value):
        known = [v for v in value if v is not None]
        if len(value) != len(self.columns) or _finite(known, len(known)) is None:
            raise ValueError(f"A sketch has {len(self.columns)} numbers.")
        return [None if v is None else float(v) for v in value]

    def valid(self, stored):
        try:
            answer = self.read(stored)
        except (TypeError, ValueError):
            return None
        return answer if any(v is not None for v in answer) else None

    def words(self, answer):
        return ", ".join("-" if v is None else number_words(v) for v in answer)

    def _off(self, answer, truth):
        drawn = np.array([np.nan if v is None else v for v in answer], dtype=float)
        return np.abs(drawn - truth)

    def is_right(self, answer, truth):
        off = self._off(answer, truth)
        return bool(np.isfinite(off).all() and off.max() <= self.within)

    def gap(self, answer, truth):
        if answer is None:
            return "You skipped this one."
        off = self._off(answer, truth)
        worst = int(np.nanargmax(off))
        x, you = number_words(self.columns[worst]), number_words(answer[worst])
        if self.is_right(answer, truth):
            return f"Your sketch is never more than {number_words(off.max())} off: well seen."
        if off[worst] <= self.within:
            drawn = int(np.isfinite(off).sum())
            return f"What you drew fits, but it is only {drawn} of {len(off)} points."
        return (
            f"Your sketch is furthest off at step {x}: you drew {you}, the run had "
            f"{number_words(truth[worst])}."
        )

    def draw(self, explorer, ax, answer, truth):
        pass  # the sketch itself stays

    def put(self, explorer, answer):
        explorer.plot.drawn = answer or []


def _place(explorer, at):
    """A place in data coordinates: a pair, or on the explorer's curve over one number."""
    at = np.ravel(at).astype(float)
    return at if at.size == 2 else np.array([at[0], float(explorer.function(at[0]))])


def _mark_point(plot, ax, you, run, dot=True):
    """Draw what was predicted, with a line to what happened."""
    if dot:
        _note(plot, "points", "your answer", ax, [you], size=12, marker="D")
    if run is not None:
        _note(plot, "line", "your gap", ax, [you, run], width=2, dash=[2, 3])
        _note(plot, "points", "your gap's end", ax, [run], size=16, fill=False)
    _note(plot, "label", "your words", ax, ([you], ["you said"]), **_beside(ax, you))


def _beside(ax, point):
    """Where words stand that belong to a point: on its side that has more room."""
    x, y = ax.transAxes.inverted().transform(ax.transData.transform(point))
    down = -20 if y > 0.9 else 12
    return {"anchor": "end", "offset": [-10, down]} if x > 0.7 else {"offset": [10, down]}


def _note(plot, kind, name, ax, data, **look):
    """Lay a mark over every frame of a plot; it is declared when it is first needed."""
    if all(mark["name"] != name for mark in plot.marks):
        plot.add(kind, name, ax, **look, **YOU)
    plot.note(name, data)


def _wipe(plot):
    for mark in plot.marks:
        if mark["name"] in ("your answer", "your words", *GAP):
            plot.note(mark["name"], None)


def _is_blank(value):
    return isinstance(value, str) and not value.strip()


class Prediction(widgets.VBox):
    """A question, and under it the explorer that answers it once it may. See `Lesson.predict`.

    Attributes
    ----------
    name : str
    explorer : the Explorer below the card, or None
    answer : what was predicted so far, or None
    revealed, skipped, right : bool
    card : Card
    """

    def __init__(self, lesson, name, explorer, kind, *, fact=None, why=None, panel=0):
        super().__init__()
        self.lesson, self.name, self.explorer, self.kind = lesson, name, explorer, kind
        self.why, self._panel = why, panel
        self._truth = kind.truth(explorer)
        self._fact = (fact(explorer) if callable(fact) else fact) or ""
        self._complaint, self._busy = "", False
        self.card = Card(self._react, self._plain, label=f"Prediction: {name}")
        self._read_store()
        if explorer is not None:
            self._ax = explorer.plot._axes[panel][1]
            self._first = explorer.settings()
            self._prepare()
        self.children = [self.card] if explorer is None else [self.card, explorer]
        self._paint()
        lesson.store.subscribe(self._follow)

    # -- state ---------------------------------------------------------------------------------

    def _stored(self):
        """Answer, whether it was revealed, and own words, as they are kept.

        An answer that does not fit is none: the question has changed, and is asked anew.
        """
        entry = self.lesson.store.get(self.lesson.number, "predictions", self.name)
        answer = self.kind.valid(entry.get("answer"))
        revealed = bool(entry.get("revealed") and (answer is not None or entry.get("skipped")))
        words = entry.get("why")
        return answer, revealed, words if isinstance(words, str) else ""

    def _read_store(self):
        self.answer, self.revealed, self.words = self._stored()

    @property
    def skipped(self):
        return self.revealed and self.answer is None

    @property
    def right(self):
        return self.answer is not None and self.kind.is_right(self.answer, self._truth)

    def _prepare(self):
        """Hide the run, or show it with the prediction if that was answered before."""
        if hasattr(self.kind, "attach"):
            self.kind.attach(self.explorer, self._ax, self.answer, self._placed)
        if self.revealed:
            self.kind.draw(self.explorer, self._ax, self.answer, self._truth)
        else:
            self.explorer.veil(VEIL)
        self.explorer.observe(self._moved, "summary")

    def _follow(self):
        """Take over what became of the question elsewhere: another card of it, or a reset."""
        before = self.answer, self.revealed, self.words
        if self._busy or self._stored() == before:
            return
        self._busy = True  # moves of the diamond below are no answers
        try:
            self._read_store()
            if self.explorer is not None:
                anew = before[1] and not self.revealed
                if anew:
                    _wipe(self.explorer.plot)
                    self.explorer.restore(self._first)
                    self.explorer.veil(VEIL)
                if (anew or self.answer != before[0]) and hasattr(self.kind, "put"):
                    self.kind.put(self.explorer, self.answer)
                if self.revealed and not before[1]:
                    self.explorer.unveil()
                    self.kind.draw(self.explorer, self._ax, self.answer, self._truth)
        finally:
            self._busy = False
        self._paint()

    def _moved(self, _change):
        """The gap is that of the run in question: it goes when another run is shown."""
        if not self.revealed or self._busy:
            return
        if self.explorer.settings() == self._first:
            self.kind.draw(self.explorer, self._ax, self.answer, self._truth)
        else:
            for name in set(GAP) & set(self.explorer.plot._notes):
                self.explorer.plot.note(name, None)

    def _store(self, **fields):
        """Keep fields of the answer, and with them all that the card knows of it."""
        if self.revealed:
            fields = self._outcome() | fields
        self._busy = True
        try:
            self.lesson.update("predictions", self.name, **fields)
        finally:
            self._busy = False

    def _outcome(self):
        return {
            "answer": self.answer, "revealed": True, "skipped": self.skipped,
            "said": None if self.skipped else self.kind.words(self.answer),
            "right": self.right,
            "truth": self.kind.words(self._truth), "why": self.words or None,
        }  # fmt: skip

    # -- what the learner does --------------------------------------------------------------------

    def _placed(self, value):
        if not self.revealed and not self._busy:
            self.card.act("answer", value)

    def _react(self, name, value):
        self._complaint = ""
        if name != "why":
            self._follow()  # what another kernel has kept meanwhile
        if name == "answer" and not self.revealed:
            self._give(value)
        elif name == "show" and not self.revealed and self.answer is not None:
            self.reveal()
        elif name == "skip" and not self.revealed:
            self.answer = None
            self.reveal()
        elif name == "why":
            self.words = str(value)
            self._store(why=self.words)
        self._paint()

    def _give(self, value):
        try:
            self.answer = None if _is_blank(value) else self.kind.read(value)
        except ValueError as error:
            self.answer, self._complaint = None, str(error)
        said = None if self.answer is None else self.kind.words(self.answer)
        self._store(answer=self.answer, said=said, skipped=None)

    def reveal(self):
        """Show the run, and the prediction beside it; from now on the answer stays."""
        self.revealed = True
        self._store(when=datetime.datetime.now().isoformat(timespec="minutes"))
        if self.explorer is not None:
            self.explorer.unveil()
            self.kind.draw(self.explorer, self._ax, self.answer, self._truth)

    # -- what it shows --------------------------------------------------------------------------

    def _paint(self):
        parts = self.kind.ask(self.answer, self.revealed, self._truth)
        if self.revealed:
            tone = "open" if self.skipped else "good" if self.right else "bad"
            gap = self.kind.gap(self.answer, self._truth)
            parts.append(text(f"{gap} {self._fact}".strip(), tone, "gap"))
            other = "Why is it so?" if self.right else "Where does the difference come from?"
            label = f"{self.why or other} In your own words:"
            parts.append({"kind": "words", "name": "why", "label": label, "value": self.words})
        else:
            look = "primary" if self.answer is not None else "off"
            parts.append(buttons(("show", "Show me", look), ("skip", "Skip")))
        if self._complaint:
            parts.append(text(self._complaint, "bad", "complaint"))
        if self.lesson.store.trouble:
            parts.append(text(self.lesson.store.trouble, "bad", "trouble"))
        self.card.parts = parts

    def _plain(self):
        return self.card.said() if self.revealed else f"Not answered yet: {self.name}."

    def _repr_mimebundle_(self, **_):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        if self.explorer is None:
            words = self._plain()
            return {"text/plain": words, "text/markdown": words, VIEW: view}
        data, metadata = self.explorer._repr_mimebundle_()
        return data | {VIEW: view}, metadata
