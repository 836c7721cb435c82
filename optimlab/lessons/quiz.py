"""Three questions at the end of a lesson, each answer with its own reply."""

import hashlib

from optimlab import checks
from optimlab.lessons.card import Card, text, trouble
from optimlab.lessons.prediction import changed

#: a question of a quiz with its answers, the right one first, and the reply to each
Quizzed = tuple[str, dict[str, str]]


def _mixed(options):
    """The options in an order that stays: the right one comes first in a lesson's source."""
    return sorted(options, key=lambda option: hashlib.sha256(option.encode()).hexdigest())


class Quiz(Card):
    """See `Lesson.quiz`. `questions` are pairs of a question and its options."""

    def __init__(self, lesson, quizzed):
        self.lesson = lesson
        self.questions = questions(quizzed)
        if not self.questions:
            raise ValueError("quiz: at least one question is needed")
        super().__init__(self._choose, self._questions_alone, label="Quiz")
        self._paint()
        lesson.store.subscribe(self._paint)

    def _entry(self, number):
        return self.lesson.store.get(self.lesson.number, "quiz", str(number))

    def former(self, number):
        """What was answered before a question was changed, or None."""
        kept = self._entry(number).get("answer")
        known = _known(kept, self.questions[number - 1][1])
        return str(kept) if kept is not None and known is None else None

    def _choose(self, name, value):
        number = int(name)
        _, options = self.questions[number - 1]
        answer = _mixed(options)[int(value)]
        entry, right = self._entry(number), answer == next(iter(options))
        fields = {"answer": answer}
        if right or self.former(number) is not None:
            fields["found"] = right or None
        if _known(entry.get("first"), options) is None:  # the first one counts
            fields |= {"first": answer, "right": right}
        self.lesson.update("quiz", str(number), **fields)
        self._paint()  # also where that changed nothing

    def _paint(self):
        parts = []
        for number, (_, options) in enumerate(self.questions, start=1):
            answer = _known(self._entry(number).get("answer"), options)
            parts += self.parts_of(number, answer)
            if answer is None and (former := self.former(number)) is not None:
                parts.append(text(changed(former), "open", f"changed {number}", marks=""))
        if self.lesson.store.trouble:
            parts.append(trouble(self.lesson.store))
        self.parts = parts

    def parts_of(self, number, answer):
        """A question of the card with the reply to an answer, or None."""
        question, options = self.questions[number - 1]
        order = _mixed(options)
        part = {
            "kind": "choices", "name": str(number), "label": f"{number}. {question}",
            "options": order, "value": -1 if answer is None else order.index(answer),
            "locked": False,
        }  # fmt: skip
        if answer is None:
            return [part]
        tone = "good" if answer == next(iter(options)) else "bad"
        part["tones"] = [tone if option == answer else "plain" for option in order]
        return [part, text(options[answer], tone, f"reply {number}")]

    def _questions_alone(self):
        lines = []
        for number, (question, options) in enumerate(self.questions, start=1):
            lines.append(f"**{number}.** {question}\n")
            lines += [f"- {option}" for option in _mixed(options)]
            lines.append("")
        return "\n".join(lines).rstrip()


def _known(answer, options):
    """A stored answer, or None where it is none of the options."""
    return answer if isinstance(answer, str) and answer in options else None


def questions(quizzed):
    """The questions of a quiz as (question, options), with their form checked."""
    found = []
    for number, question in enumerate(quizzed, start=1):
        try:
            asked, options = question
            texts = [asked, *options, *options.values()]
        except (TypeError, ValueError, AttributeError):
            texts = []
        if len(texts) < 5 or not all(isinstance(t, str) and t.strip() for t in texts):
            raise TypeError(
                f"quiz: {checks.shown(question)}, number {number}, is no question; give "
                "(question, {right answer: reply, wrong answer: reply, …})"
            )
        found.append((asked, dict(options)))
    return found
