"""Choice: one of several answers, each with its reply."""

from optimlab import checks
from optimlab.lessons.kinds.base import Question
from optimlab.lessons.kinds.marks import mark_point, place


class Choice(Question):
    """One of several answers.

    Parameters
    ----------
    options : dict, answer -> reply
        What a learner may choose, in the order in which it is shown, and what each is told.
    right : str
        The option that is right.
    at : dict, option -> place, optional
        Where to draw an answer in the picture: (x, y), or x on the explorer's curve.
    fact, why, panel, tells
        See `Question`.

    >>> step = Choice({"4.8": "That is uphill.", "3.2": "Rate times slope."}, right="3.2")
    >>> step.gap("4.8", step.truth(None))
    'You said “4.8”. That is uphill.\\nIt was “3.2”. Rate times slope.'
    """

    def __init__(self, options, right, *, at=None, **more):
        super().__init__(**more)
        accepted = "a dict of at least two answers, each with its reply"
        if len(checks.instance("options", options, dict, accepted)) < 2:
            checks.wrong_value("options", options, accepted)
        for option, reply in options.items():
            checks.text("options", option, "texts, each with its reply")
            checks.text(f"options[{option!r}]", reply, "a sentence, the reply to this answer")
        self.options, self.right = dict(options), checks.one_of("right", right, options)
        self.at = dict(at or {})
        for option in self.at:
            checks.one_of("at", option, options)

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

    def asked(self):
        return "\n".join(f"- {option}" for option in self.lettered())

    def read(self, value):
        return list(self.options)[int(value)]

    def valid(self, stored):
        return stored if isinstance(stored, str) and stored in self.options else None

    def words(self, answer):
        return str(answer)

    def is_right(self, answer, truth):
        return answer == truth

    def gap(self, answer, truth):
        reply = self.options[truth]
        if answer is None:
            return f"You skipped this one. It was “{truth}”. {reply}"
        if answer == truth:
            return f"You said “{answer}”. So it was. {reply}"
        return f"You said “{answer}”. {self.options[answer]}\nIt was “{truth}”. {reply}"

    def on_page(self, truth):
        cases = [(option, self.gap(option, truth)) for option in self.options]
        drawn = [option for option in self.options if option in self.at]
        return {"by": "options", "options": list(self.options), "cases": cases, "drawn": drawn}

    def draw(self, explorer, ax, answer, truth):
        if answer in self.at:
            run = self.at.get(truth) if answer != truth else None
            run = None if run is None else place(explorer, run)
            mark_point(explorer.plot, ax, place(explorer, self.at[answer]), run)
