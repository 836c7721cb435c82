"""Lesson 00: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import SGD, descend, functions
from optimlab.lessons import Choice, Exercise, Point

PREDICTIONS = {
    "what rate 1.1 does": Choice(
        {
            "it gets closer, in a smooth curve": "A larger rate takes larger steps. Up to a point "
            "that helps: move the slider to 0.3.",
            "it gets closer, in a zigzag": "So it does at 0.9. Move the slider there.",
            "it leaves the picture": "Each step goes beyond the floor of the valley, by more than "
            "the step before.",
        },
        right="it leaves the picture",
        fact=lambda e: f"It left at step {e.paths['SGD'].left(e.domain)}.",
        why="What does a larger learning rate do to each step?",
        tells=[
            "it leaves",
            "leaves the picture",
            "it left",
            "flies off",
            "ruins everything",
            "too large a rate",
        ],
    ),
    "where after 20 steps": Point(
        (0, 2),
        right=lambda e: e.paths["SGD"].end,
        within=0.8,
        fact=lambda e: (
            "After 5 steps it had come {:.2f} nearer along x, and {:.2f} along y.".format(
                *abs(e.paths["SGD"].points[5] - (6, -2))
            )
        ),
        why="Why does the ball not head for the star?",
        tells=["4.91", "4.9", "4.907", "-0.02", "-0.023", "nearly on the floor"],
    ),
}


def rate():
    return 0.9 / 2


def height(x, y):
    return x**2 / 20 + y**2


EXERCISES = {
    "half": Exercise(
        rate,
        wrong=[
            (1.8, "That is twice 0.9."),
            (0.4, "That is 0.9 less 0.5. Half of it is 0.9 divided by 2."),
            (0.9, "That is 0.9 itself."),
            (0.81, "That is 0.9 times 0.9."),
        ],
        rtol=1e-6,
        hints=["Halves are found by dividing by 2.", "Python divides for you: 0.9 / 2."],
    ),
    "height": Exercise(
        height,
        wrong=[
            (
                lambda x, y: (x**2 + y**2) / 20,
                "Here y² is divided by 20, too: look at the brackets.",
            ),
            (lambda x, y: x**2 + y**2 / 20, "Here y² is divided by 20, not x²."),
            (lambda x, y: x / 20 + y, "The squares are missing: x² is `x**2`."),
            (lambda x, y: x * 2 / 20 + y * 2, "That is twice x, not x²: a power has two stars."),
            (lambda x, y: x**2 / 20 - y**2, "That falls along y: look at the sign."),
            (lambda x, y: (x / 20) ** 2 + y**2, "Here x is divided first, and squared afterwards."),
        ],
        cases=[(-7.0, 2.0), (3.0, -1.5), (1.0, 0.5), (0.0, -3.0)],
        hints=["In Python x² is `x**2`.", "At (-7, 2) the height is 49 / 20 + 4."],
    ),
}

QUIZ = [
    (
        "The path in the picture looks faint after step 12. Why?",
        {
            "That part is still to come": "Right: the step marker stands at 12. Press play, or "
            "move the step slider to its end.",
            "The run failed at step 12": "A run that leaves the picture says so in the sentence "
            "under the plot. Faint is what has not been walked yet.",
            "The steps are too small there": "Small steps lie close together. Faint is what has "
            "not been walked yet.",
        },
    ),
    (
        "You drag the ring. What stays as it was?",
        {
            "The lines of the map": "Right: they belong to the function, and that is the same.",
            "The loss beside the picture": "It is the height along the path, and the path is "
            "another one now.",
            "The sentence under the plot": "It tells of the run that is shown, and changes with "
            "it.",
        },
    ),
    (
        "You reopen a lesson tomorrow and the sliders are gone. What now?",
        {
            "I run its cells again": "Right: sliders need Python running behind them. Your "
            "answers come back with them.",
            "I predict everything anew": "No need: your answers are in the file, and come back "
            "when you run the cells.",
            "I install it anew": "Nothing is broken. The stored pictures are there, and the "
            "sliders need Python running behind them: run the cells.",
        },
    ),
]


def run(lr, start=(-7, 2), steps=30):
    """Gradient descent as the lesson has it everywhere: on the ravine."""
    return descend(functions.ravine, SGD(lr=lr), start=start, steps=steps)


NUMBERS = [
    ("0.9", lambda: 2 * rate()),
    ("1.8", lambda: 2 * 2 * rate()),
    ("49", lambda: 20 * functions.ravine((-7, 0))),
    ("4", lambda: functions.ravine((0, 2))),
]

GIVEN = ["-7", "0.1", "1.1", "30", "0.3", "6", "-2", "20", "0.01", "0.5", "5", "12", "3"]


def where_it_leads(lr):
    """Whether it ends closer and kept its side of the floor; closer, in a zigzag; outside."""
    path = run(lr)
    far = np.linalg.norm(path.points, axis=-1)
    changes = path.points[:-1, 1] * path.points[1:, 1] < 0
    closer = far[-1] < far[0]
    return closer and not changes.any(), closer and changes.all(), path.left() is not None


#: for each choice, which of its options are true, in their order
HOLDS = {"what rate 1.1 does": lambda: where_it_leads(1.1)}


def claim_of_three_rates_only_one_reaches_the_target():
    assert [lr for lr in [0.1, 0.3, 0.9, 1.1] if run(lr).losses[-1] <= 0.01] == [0.9]


def claim_a_larger_rate_helps_up_to_a_point():
    assert run(0.3).losses[-1] < run(0.1).losses[-1] / 2
    assert where_it_leads(0.3) == (True, False, False)
    assert run(1.1).losses[-1] > run(1.1).losses[0]


def claim_at_0_9_it_zigzags_and_comes_nearer():
    zigzag = run(0.9)
    assert (zigzag.points[:-1, 1] * zigzag.points[1:, 1] < 0).all()
    assert (np.diff(np.linalg.norm(zigzag.points, axis=-1)) < 0).all()


def claim_half_of_0_9_is_0_45():
    assert rate() == 0.45


def claim_the_height_is_that_of_the_ravine():
    assert height(-7, 2) == functions.ravine((-7, 2)) == 49 / 20 + 4
