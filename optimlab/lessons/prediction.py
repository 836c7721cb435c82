"""Predictions: asked before the picture shows the run, kept, and compared with the run afterwards.

A Prediction is a card and the explorer that answers it. What is asked is a `Question` of one of the
kinds in `optimlab.lessons.kinds`.
"""

import datetime

from optimlab import asis, checks
from optimlab.draw.live.late import cells
from optimlab.lessons.card import Card, buttons, text, trouble
from optimlab.lessons.kinds.marks import GAP, wipe

VEIL = "The rest appears when you have answered or skipped the question."


class Prediction:
    """A question, and under it what answers it once it may. See `Lesson.predict`.

    In a notebook it shows itself as two outputs, the card and what answers it, so that both are
    read where neither is alive: the card as its text, an explorer as its picture.

    Attributes
    ----------
    name : str
    explorer : the Explorer below the card, or None
    afterwards : list of Afterwards, what plain code shows once it is revealed
    question : Question
    answer : what was predicted so far, or None
    former : what was answered before the question was changed, in words, or None
    revealed, skipped, right : bool
    card : Card
    """

    def __init__(self, lesson, name, explorer, question):
        self.lesson, self.name, self.explorer, self.question = lesson, name, explorer, question
        self._truth = question.truth(explorer)
        self._fact = (question.fact(explorer) if callable(question.fact) else question.fact) or ""
        self._complaint, self._busy = "", False
        self.afterwards, self._below = [], explorer
        self.card = Card(self._react, self._plain, label=f"Prediction: {name}")
        self._read_store()
        if explorer is not None:
            axes = explorer.plot._axes
            self._ax = axes[checks.whole("panel", question.panel, 0, len(axes) - 1)][1]
            self._first = explorer.settings()
            self._prepare()
        self._paint()
        lesson.store.subscribe(self._follow)

    def __repr__(self):
        return self._plain()

    def _ipython_display_(self):
        from IPython.display import display

        cells.show(self)
        display(self.card)
        if self._below is not None:
            display(self._below)

    def rest(self):
        """No cell shows it any more: what it shows is let go by itself."""

    def follow_with(self, afterwards, *, below=False):
        """Show an Afterwards when this is revealed; `below`: right under the card.

        One that the same cell has made before, when it was run last, goes.
        """
        own = [one for one in self.afterwards if one.cell and one.cell == afterwards.cell]
        for former in own:
            self.afterwards.remove(former)
            former.close()
        self.afterwards.append(afterwards)
        if below:
            self._below = afterwards
        afterwards.show(self.revealed)

    # -- state ---------------------------------------------------------------------------------

    def _stored(self):
        """Answer, whether it was revealed, own words, and a former answer, as they are kept.

        An answer that does not fit is none: the question has changed, and is asked anew.
        """
        entry = self.lesson.store.get(self.lesson.number, "predictions", self.name)
        answer = self.question.valid(entry.get("answer"))
        words, former = entry.get("why"), None
        if answer is None and entry.get("answer") is not None:
            former = str(entry.get("said") or entry["answer"])
        skipped = entry.get("skipped") and former is None
        revealed = bool(entry.get("revealed") and (answer is not None or skipped))
        return answer, revealed, words if isinstance(words, str) else "", former

    def _read_store(self):
        self.answer, self.revealed, self.words, self.former = self._stored()

    @property
    def skipped(self):
        return self.revealed and self.answer is None

    @property
    def right(self):
        return self.answer is not None and self.question.is_right(self.answer, self._truth)

    def _prepare(self):
        """Hide the run, or show it with the prediction if that was answered before."""
        self.question.attach(self.explorer, self._ax, self.answer, self._placed)
        if self.revealed:
            self.explorer.asked()
            self.question.draw(self.explorer, self._ax, self.answer, self._truth)
        else:
            self.explorer.veil(VEIL)
        self.explorer.observe(self._moved, "summary")

    def _follow(self):
        """Take over what became of the question elsewhere: another card of it, or a reset."""
        before = self.answer, self.revealed, self.words, self.former
        if self._busy or self._stored() == before:
            return
        self._busy = True  # moves of the diamond below are no answers
        try:
            self._read_store()
            if self.explorer is not None:
                anew = before[1] and not self.revealed
                if anew:
                    wipe(self.explorer.plot)
                    self.explorer.restore(self._first)
                    self.explorer.veil(VEIL)
                if anew or self.answer != before[0]:
                    self.question.put(self.explorer, self.answer)
                if self.revealed and not before[1]:
                    self.explorer.unveil()
                    self.question.draw(self.explorer, self._ax, self.answer, self._truth)
        finally:
            self._busy = False
        self._paint()

    def _moved(self, _change):
        """The gap is that of the run in question: it goes when another run is shown."""
        if not self.revealed or self._busy:
            return
        if self.explorer.settings() == self._first:
            self.question.draw(self.explorer, self._ax, self.answer, self._truth)
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
            "said": None if self.skipped else self.question.words(self.answer),
            "right": self.right,
            "truth": self.question.words(self._truth), "why": self.words or None,
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
            self.answer = None if _is_blank(value) else self.question.read(value)
        except ValueError as error:
            self.answer, self._complaint = None, str(error)
        self.former = None
        said = None if self.answer is None else self.question.words(self.answer)
        # what is kept of an answer to the question as it was before goes as well
        gone = dict.fromkeys(("skipped", "revealed", "right", "truth"))
        self._store(answer=self.answer, said=said, **gone)

    def reveal(self):
        """Show the run, and the prediction beside it; from now on the answer stays."""
        self.revealed, self.former = True, None
        self._store(when=datetime.datetime.now().isoformat(timespec="minutes"))
        if self.explorer is not None:
            self.explorer.unveil()
            self.question.draw(self.explorer, self._ax, self.answer, self._truth)

    # -- what it shows --------------------------------------------------------------------------

    def _paint(self):
        for shown in self.afterwards:
            shown.show(self.revealed)
        parts = self.parts(self.answer, self.revealed, words=self.words)
        if self.former is not None and not self.revealed:
            parts.insert(-1, text(changed(self.former), "open", "changed", marks=""))
        if self._complaint:
            parts.append(text(self._complaint, "bad", "complaint", marks=""))
        if self.lesson.store.trouble:
            parts.append(trouble(self.lesson.store))
        self.card.parts = parts

    def parts(self, answer, revealed, gap=None, words=""):
        """What the card holds for an answer; `gap`: what is said of it, where that is known."""
        parts = self.question.ask(answer, revealed, self._truth)
        if not revealed:
            look = "primary" if answer is not None else "off"
            return [*parts, buttons(("show", "Show me", look), ("skip", "Skip"))]
        right = answer is not None and self.question.is_right(answer, self._truth)
        tone = "open" if answer is None else "good" if right else "bad"
        gap = self.question.gap(answer, self._truth) if gap is None else gap
        parts.append(text(f"{gap} {self._fact}".strip(), tone, "gap"))
        label = "Where does the difference come from? In your own words:"
        if self.question.why:
            label = f"{self.question.why} In your own words:"
        elif right:
            label = "Why is it so? In your own words:"
        return [*parts, {"kind": "words", "name": "why", "label": label, "value": words}]

    def _plain(self):
        if self.revealed:
            return "\n\n".join(map(asis.in_markdown, self.card.said().splitlines()))
        return f"Prediction “{self.name}”. Not answered yet.\n\n{self.question.asked()}"


def changed(former):
    """What a card says of an answer to the question as it was before."""
    return f"This question has changed since you answered it: you said “{former}” then."


def _is_blank(value):
    return isinstance(value, str) and not value.strip()
