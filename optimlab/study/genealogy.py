"""Where the update rules come from: one table of methods.

`METHODS` holds what lesson 14 says of each method: year, source, parents, what it changed. From it
come the two tables of the course, corrected, and the drawn family tree. How texts write the rules
stands in `conventions`.

>>> method("NAdam").parents
('Adam', 'Nesterov')
>>> sorted(ancestors("AdaDelta"))
['AdaGrad', 'Gradient descent', 'SGD']
"""

from __future__ import annotations

from typing import NamedTuple

from optimlab import checks
from optimlab.study.conventions import CONVENTIONS, Convention, conventions_table, pretty
from optimlab.study.tables import Folder, Table

__all__ = [
    "CONVENTIONS", "METHODS", "Convention", "Folder", "Method", "Table", "ancestors",
    "comparison_table", "conventions_table", "course_table", "method", "pretty", "source_table",
]  # fmt: skip


class Method(NamedTuple):
    """One method of the family. Texts are plain, formulas are in the classes' own `formula`."""

    name: str
    year: int  #: under which it is usually cited
    authors: str  #: as they are cited in the classes' docstrings
    published: int  #: year of the source, later than `year` where that is a preprint's
    source: str  #: title and venue
    rule: str  #: class in optimlab.optimizers, or "" where there is none
    parents: tuple[str, ...]  #: names of the methods whose formula it changes
    branch: str  #: what it works on: "direction", "rate" or "both"
    rate: str  #: learning rate, a column of the course's first table
    direction: str  #: search direction, another one
    changed: str  #: one sentence
    fixed: str  #: one sentence
    left: str  #: what it left unsolved, one sentence
    trait: str  #: a column of the course's second table
    pros: str
    cons: str


METHODS = (
    Method(
        name="Gradient descent", year=1847, authors="Cauchy", published=1847,
        source="Méthode générale pour la résolution des systèmes d'équations simultanées, "
        "Comptes rendus 25",
        rule="SGD", parents=(), branch="direction",
        rate="constant, or found anew at each step", direction="gradient",
        changed="Each step goes against the gradient.",
        fixed="It needs neither a formula for the minimum nor a search over every point.",
        left="Each step needs the gradient over all data; in a ravine one rate is too large for "
        "one direction and too small for another.",
        trait="steps against the gradient of the whole loss",
        pros="simple; on a smooth loss, at a small enough rate, the loss falls at every step",
        cons="each step reads all data; slow where curvatures differ",
    ),
    Method(
        name="SGD", year=1951, authors="Robbins & Monro", published=1951,
        source="A Stochastic Approximation Method, Annals of Mathematical Statistics 22(3)",
        rule="SGD", parents=("Gradient descent",), branch="direction",
        rate="falls with the step in the paper, often constant in practice",
        direction="noisy gradient",
        changed="The gradient is a noisy estimate, today that of a mini-batch.",
        fixed="A step costs one part of the data instead of all.",
        left="A constant rate ends in a cloud around the minimum; the ravine is as slow as before.",
        trait="the most basic rule, with the gradient of a part of the data",
        pros="cheap steps; one hyperparameter",
        cons="can be slow; noise does not vanish at a constant rate",
    ),
    Method(
        name="Momentum", year=1964, authors="Polyak", published=1964,
        source="Some methods of speeding up the convergence of iteration methods, USSR "
        "Computational Mathematics and Mathematical Physics 4(5)",
        rule="Momentum", parents=("Gradient descent",), branch="direction",
        rate="constant", direction="decaying sum of past gradients",
        changed="A velocity carries part of each step into the next.",
        fixed="Steps across a ravine cancel, steps along it add up.",
        left="It overshoots; α is one more number to tune; one rate serves all parameters.",
        trait="keeps moving: a velocity sums past gradients",
        pros="fewer steps in a ravine, once tuned",
        cons="overshoots; the momentum coefficient needs tuning",
    ),
    Method(
        name="Nesterov", year=1983, authors="Nesterov", published=1983,
        source="A method of solving a convex programming problem with convergence rate O(1/k²), "
        "Soviet Mathematics Doklady 27(2); in the form used here Sutskever, Martens, Dahl & Hinton "
        "2013, On the importance of initialization and momentum in deep learning, ICML",
        rule="Nesterov", parents=("Momentum",), branch="direction",
        rate="constant", direction="decaying sum of gradients measured ahead",
        changed="The gradient is measured where the velocity is about to lead.",
        fixed="It brakes earlier; for smooth convex functions its error is of order 1/k².",
        left="One rate serves all parameters; at its own best rate it may lose to momentum's.",
        trait="momentum that looks ahead",
        pros="usually overshoots less at the same rate and momentum",
        cons="not faster everywhere; unstable at lower rates than momentum",
    ),
    Method(
        name="AdaGrad", year=2011, authors="Duchi, Hazan & Singer", published=2011,
        source="Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, "
        "Journal of Machine Learning Research 12",
        rule="AdaGrad", parents=("SGD",), branch="rate",
        rate="inverse to the root of the sum of all squared gradients", direction="gradient",
        changed="Each parameter has a rate of its own: η over the root of its summed squares.",
        fixed="Steep and flat directions, frequent and rare features move alike.",
        left="The sum only grows, so the rate only falls, and may stall the run.",
        trait="lowers the rate of each parameter by itself",
        pros="evens out steep and flat directions; good with rare features",
        cons="the rate can become too small",
    ),
    Method(
        name="RMSProp", year=2012, authors="Tieleman & Hinton", published=2012,
        source="Lecture 6.5, rmsprop: Divide the gradient by a running average of its recent "
        "magnitude, COURSERA: Neural Networks for Machine Learning",
        rule="RMSProp", parents=("AdaGrad",), branch="rate",
        rate="inverse to the root of the mean of recent squared gradients", direction="gradient",
        changed="AdaGrad's sum becomes a running mean; the lecture comes to it from Rprop (1993).",
        fixed="Old gradients are forgotten, so the rate can rise again.",
        left="Near a minimum the steps need not shrink; the first ones are longer than the rate.",
        trait="AdaGrad that forgets",
        pros="does not stall; follows a changing slope",
        cons="need not settle at a constant rate; no correction for the start at zero",
    ),
    Method(
        name="AdaDelta", year=2012, authors="Zeiler", published=2012,
        source="ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701",
        rule="AdaDelta", parents=("AdaGrad",), branch="rate",
        rate="mean size of its own recent steps over that of recent gradients",
        direction="gradient",
        changed="The rate is the size of its own recent steps; old gradients are forgotten.",
        fixed="The formula has no learning rate, and steps have the unit of the parameters.",
        left="Its pace still has to come from somewhere: libraries put a rate in front again.",
        trait="sets its rate from its own steps",
        pros="no learning rate in the paper's form",
        cons="libraries put a rate back, with different defaults",
    ),
    Method(
        name="Adam", year=2014, authors="Kingma & Ba", published=2015,
        source="Adam: A Method for Stochastic Optimization, ICLR 2015, arXiv:1412.6980",
        rule="Adam", parents=("Momentum", "RMSProp"), branch="both",
        rate="inverse to the root of the mean of recent squared gradients",
        direction="mean of recent gradients",
        changed="A running mean of gradients is stepped along at RMSProp's rate, both corrected.",
        fixed="Direction and rate adapt together, and the first steps have the right length.",
        left="It can settle at a wrong point; decay added to the gradient goes through m and v.",
        trait="momentum's direction at RMSProp's rate, with bias correction",
        pros="usable at its default rate on many problems; widely used",
        cons="two more means to store; not best everywhere",
    ),
    Method(
        name="NAdam", year=2016, authors="Dozat", published=2016,
        source="Incorporating Nesterov Momentum into Adam, ICLR 2016 workshop",
        rule="NAdam", parents=("Adam", "Nesterov"), branch="both",
        rate="inverse to the root of the mean of recent squared gradients",
        direction="mean of recent gradients, one step ahead",
        changed="m̂ already holds the next step's share, and momentum grows from β₁/2.",
        fixed="Adam's direction looks ahead, as Nesterov's velocity does.",
        left="It inherits Adam's wrong points and its decay; its schedule is one more choice.",
        trait="Adam that looks ahead",
        pros="looks ahead without a second gradient",
        cons="a schedule besides, which libraries set differently",
    ),
    Method(
        name="AdamW", year=2017, authors="Loshchilov & Hutter", published=2019,
        source="Decoupled Weight Decay Regularization, ICLR 2019, arXiv:1711.05101",
        rule="AdamW", parents=("Adam",), branch="both",
        rate="inverse to the root of the mean of recent squared gradients",
        direction="mean of recent gradients, and towards zero",
        changed="Weight decay is taken out of the gradient: w ← w - ηλ w.",
        fixed="Decay no longer goes through m and v.",
        left="λ must be tuned; in libraries it is multiplied by the rate, so the two depend on "
        "each other.",
        trait="Adam with decay kept apart",
        pros="did better on new data than Adam with an L2 penalty, in its paper",
        cons="one more hyperparameter",
    ),
    Method(
        name="AMSGrad", year=2018, authors="Reddi, Kale & Kumar", published=2018,
        source="On the Convergence of Adam and Beyond, ICLR 2018",
        rule="", parents=("Adam",), branch="both",
        rate="inverse to the root of the largest such mean so far",
        direction="mean of recent gradients",
        changed="In place of v stands its largest value so far: as in AdaGrad, it never falls.",
        fixed="The counter-example of lesson 13, where Adam goes to the worst point.",
        left="A rate that only falls can become too small again.",
        trait="Adam with a rate that never rises",
        pros="a proof of convergence for convex losses, with a falling rate",
        cons="one large gradient lowers the rate for good",
    ),
)  # fmt: skip


def method(name: str) -> Method:
    """The Method called `name`; ValueError with the known names if there is none."""
    known = {row.name: row for row in METHODS}
    return known[checks.one_of("name", name, known)]


def ancestors(name: str) -> set[str]:
    """The names of all methods that `name` descends from, itself apart, as a set."""
    found = set(method(name).parents)
    return found.union(*(ancestors(parent) for parent in found))


# --- tables -----------------------------------------------------------------------------------


def course_table() -> Table:
    """The course's first table, corrected: year, learning rate, direction, basis."""
    columns = ["method", "year", "learning rate", "search direction", "works on"]
    return Table(columns, [[m.name, m.year, m.rate, m.direction, _basis(m)] for m in METHODS])


def _basis(row: Method) -> str:
    return "direction and rate" if row.branch == "both" else row.branch


def comparison_table() -> Table:
    """The course's second table, corrected: trait, pros, cons."""
    columns = ["method", "trait", "for it", "against it"]
    return Table(columns, [[m.name, m.trait, m.pros, m.cons] for m in METHODS])


def source_table() -> Table:
    """Year, authors, source and parents of each method."""
    rows = []
    for m in METHODS:
        authors = m.authors if m.published == m.year else f"{m.authors} {m.published}"
        rows.append([m.year, m.name, " and ".join(m.parents) or "-", f"{authors}, {m.source}"])
    return Table(["year", "method", "changes the formula of", "source"], rows)
