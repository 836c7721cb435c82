"""The words of the series: what each means, how it is written, and which lesson introduces it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from optimlab.lessons.contents import Listing, lesson_number, lesson_paths


@dataclass(frozen=True)
class Term:
    """One word of the series.

    Attributes
    ----------
    term : as a sentence has it, in the singular
    symbol : as the lessons write it, in LaTeX without its dollars; may be empty
    korean : as the course texts write it; empty where they have no word for it
    lesson : the number of the lesson that introduces it
    meaning : one sentence
    others : other words for it, and plurals that are not made by "s"
    """

    term: str
    symbol: str
    korean: str
    lesson: str
    meaning: str
    others: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the word in a text, its plural too.

        >>> bool(Term("velocity", "v", "", "09", "How it moves.").pattern.search("two Velocities"))
        True
        """
        forms = [form for word in (self.term, *self.others) for form in (word, plural(word))]
        words = "|".join(re.escape(form).replace(r"\ ", r"[\s-]+") for form in forms)
        return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


def plural(word: str) -> str:
    """The plural of a word that has a regular one.

    >>> plural("velocity"), plural("loss"), plural("saddle")
    ('velocities', 'losses', 'saddles')
    """
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|sh)$", word) else "s")


_ROWS = (
    ("optimizer", "", "옵티마이저", "00", "A rule that makes a loss small, step by step."),
    ("loss", "L", "손실", "00", "The number that is to become small, here the height of the "
     "curve or surface; the course texts call what gives it the loss function (손실 함수)."),
    ("learning rate", r"\eta", "학습률", "00", "The factor that says how long a step is for a "
     "given slope; in code `lr`."),
    ("slope", "", "기울기", "01", "How much a curve rises for one unit to the right."),
    ("derivative", "f'", "도함수", "01", "The slope of a function at each point."),
    ("secant", "", "", "01", "The line through two points of a curve."),
    ("tangent", "", "", "01", "The line that touches a curve at one point with the same slope."),
    ("forward difference", "", "", "01", "The slope from x to x + h, near the derivative for "
     "small h."),
    ("central difference", "", "", "01", "The slope from x - h to x + h, nearer to the "
     "derivative for small h."),
    ("partial derivative", r"\partial f/\partial x", "편미분", "02", "The derivative with "
     "respect to one input while the others stay."),
    ("gradient", r"\nabla f", "그래디언트", "02", "All partial derivatives together, an arrow "
     "that points the steepest way up."),
    ("contour line", "", "", "02", "A line along which a surface has one height.", "contour"),
    ("gradient descent", "", "", "02", "Stepping against the gradient, again and again."),
    ("chain rule", "", "연쇄법칙", "03", "The derivative of a function of a function is the "
     "product of both derivatives."),
    ("neuron", "", "", "03", "A number times a weight, plus a bias, through a bent function."),
    ("network", "", "신경망", "03", "Neurons one after another, each layer fed by the last."),
    ("weight", "w", "가중치", "03", "A number by which a network or a model multiplies, and "
     "that training chooses."),
    ("bias", "b", "편향 (바이어스)", "03", "A number that a network or a model adds, and that "
     "training chooses."),
    ("back-propagation", "", "", "03", "The chain rule walked from the loss back to each weight.",
     "backpropagation"),
    ("mean squared error", "", "", "04", "The mean of the squared gaps between guesses and "
     "data."),
    ("cross-entropy", "", "", "04", "A loss for classes: the mean of minus the logarithm of "
     "the probability given to what happened."),
    ("ravine", "", "", "04", "A long valley with steep walls, much flatter along than across."),
    ("converge", "", "수렴", "05", "To come as near to a point as you like and stay there.",
     "converged", "converging"),
    ("diverge", "", "발산", "05", "To grow without end.", "diverged", "diverging"),
    ("local minimum", "", "국소 최솟값", "06", "The lowest point of its neighbourhood.",
     "local minima"),
    ("convex", "", "", "07a", "Of a function: each chord lies on or above its curve.",
     "convexity"),
    ("global minimum", "", "전역 최솟값", "07a", "The lowest point of all.", "global minima",
     "global one"),
    ("saddle", "", "", "07a", "A flat point with ways up and ways down from it."),
    ("plateau", "", "", "07a", "A nearly flat stretch where steps get tiny.", "plateaus"),
    ("curvature", r"\lambda", "", "07a", "How fast a slope changes: the second derivative, one "
     "for each main direction."),
    ("eigenvalue", r"\lambda", "", "07a", "A number by which a matrix stretches one of its own "
     "directions; for the Hessian, a curvature."),
    ("Hessian", "H", "", "07a", "The matrix of the second derivatives.", "Hessian matrix"),
    ("condition number", r"\kappa", "", "07b", "The largest curvature divided by the smallest."),
    ("mini-batch", "", "mini batch", "08", "A small random part of the data, whose gradient "
     "stands for that of all.", "mini-batches", "minibatch"),
    ("epoch", "", "epoch", "08", "One pass through all data."),
    ("stochastic gradient descent", "", "확률적 경사 하강법", "08", "Gradient descent with the "
     "gradients of random parts of the data; SGD for short."),
    ("momentum", r"\alpha", "모멘텀", "09", "A share of the last step that is added to the new "
     "one, as a rolling ball keeps its way."),
    ("velocity", "v", "속도", "09", "The step itself, which Momentum carries on."),
    ("Nesterov", "", "Nesterov", "10", "Momentum whose gradient is measured ahead, at "
     "w + αv."),
    ("AdaGrad", "h", "AdaGrad", "11", "A rule that divides each gradient by the root of the sum "
     "of its squares so far."),
    ("effective rate", "", "", "11", "The learning rate after that division, one for each "
     "parameter."),
    ("RMSProp", "r", "RMSProp", "12", "AdaGrad with a fading mean of squares in place of the "
     "sum."),
    ("Adam", "m, v", "Adam", "13", "A fading mean of gradients for the direction, one of their "
     "squares for the rate."),
    ("bias correction", "", "편향 보정", "13", "Dividing a fading mean that began at 0 by what "
     "it lacks at first."),
    ("weight decay", "", "", "14", "Pulling every weight towards zero at each step."),
    ("AdaDelta", "u", "", "14", "RMSProp whose rate is made from the steps so far."),
    ("NAdam", "", "", "14", "Adam that looks ahead as Nesterov does."),
    ("AdamW", "", "", "14", "Adam with weight decay kept out of the gradient."),
)  # fmt: skip
#: the words of the series, in the order of the lessons that introduce them
TERMS = tuple(Term(*row[:5], tuple(row[5:])) for row in _ROWS)


def glossary(folder: str = ".") -> Listing:
    """The words of the series as a table; the numbers are links where `folder` has the lessons."""
    files = {lesson_number(path): path.name for path in lesson_paths(folder)}
    lines = ["| term | symbol | Korean | lesson | meaning |", "|---|---|---|---|---|"]
    for term in TERMS:
        symbol = f"${term.symbol}$" if term.symbol else ""
        file = files.get(term.lesson)
        lesson = f"[{term.lesson}]({quote(file)})" if file else term.lesson
        lines.append(f"| {term.term} | {symbol} | {term.korean} | {lesson} | {term.meaning} |")
    text = "\n".join(f"{term.term} ({term.lesson}): {term.meaning}" for term in TERMS)
    return Listing("\n".join(lines), text)
