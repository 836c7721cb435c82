"""Lesson 04: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import SGD, data, descend, functions
from optimlab.lessons import Choice, Exercise, Number
from optimlab.study import network
from optimlab.study.analysis import condition_number

parabola = functions.parabola
tips = data.tips()
bill, tip = tips.x[:, 0], tips.y
hours, passed = np.arange(1, 7), np.array([0, 0, 1, 0, 1, 1])
surface = network.squared_loss(bill, tip)
students = network.logistic_loss(hours, passed, ((-4, 4), (-8, 8)))
best = surface.minima[0]
changes = [(0, 1), (0.05, 0), (-0.05, 1)]
YEAR = 365.25 * 24 * 3600 * 1e9  # evaluations in a year, at 10⁹ a second


def loss(w, b):
    return np.mean((w * bill + b - tip) ** 2)


def of_the_six(w=1, b=-2):
    """The probabilities of the six students, and what each adds to the loss."""
    p = 1 / (1 + np.exp(-(w * hours + b)))
    return p, -np.where(passed == 1, np.log(p), np.log(1 - p))


PREDICTIONS = {
    "which change costs least": Choice(
        {
            "w grows by 0.05, b stays": "0.05 looks small, but it is multiplied by the bill: by 20 "
            "dollars for some, by 50 for others.",
            "b grows by 1, w shrinks by 0.05": "At the mean bill, 19.79 dollars, the smaller w "
            "takes 0.99 off the guess, and b adds 1. The two nearly cancel: the line only turns "
            "about its middle.",
            "b grows by 1, w stays": "b + 1 alone lifts every guess by 1 dollar, and nothing makes "
            "up for it.",
        },
        right="b grows by 1, w shrinks by 0.05",
        at={
            "w grows by 0.05, b stays": best + changes[1],
            "b grows by 1, w shrinks by 0.05": best + changes[2],
            "b grows by 1, w stays": best + changes[0],
        },
        fact=lambda e: (
            "The loss grows by {:.2f} with b alone, by {:.2f} with w alone and by {:.2f} "
            "with both.".format(*(e.loss(best + change) - e.loss(best) for change in changes))
        ),
        panel=1,
        tells=["0.20", "1.18", "diagonally", "paid for", "cancel", "about its middle"],
    ),
    "the best b of the moved data": Number(
        "The best b",
        right=lambda e: e.loss.minima[0][1],
        within=0.1,
        along="y",
        panel=1,
        replies=[
            (0.92, "That was the best b before, at a bill of 0 dollars."),
            (0, "Then the guess for an average bill would be no tip at all."),
            (1, "That was about the best b before, at a bill of 0 dollars."),
            (2.5, "2.5 is where the ring lies at first."),
            (19.79, "That is the mean bill. b is a tip."),
        ],
        fact=lambda e: (
            "b is the guess at 0 on the axis. An average bill stands there now, and for it "
            f"the best line guesses the mean tip. The best w stays {e.loss.minima[0][0]:.3f}, "
            "because the line has moved and not turned."
        ),
        why="Why does b change, and w not?",
        tells=["2.998", "3.0", "3.00", "mean tip", "average tip", "[0.105 2.998]"],
    ),
    "what a confident mistake adds": Choice(
        {
            "0.13": "0.13 is -log 0.88, the part of a student who passed.",
            "0.88": "0.88 is the probability to pass. This student failed, so 1 - p counts, and of "
            "that minus the logarithm.",
            "2.13": "The model left 0.119 for what happened, and -log 0.119 is 2.13. Being sure "
            "and wrong is what costs.",
        },
        right="2.13",
        fact=lambda e: f"All six parts add up to {e.point_losses().sum():.2f}.",
        why="What would p = 0.99 have added?",
        tells=["2.13", "0.119", "parts [0.31", "3.51"],
    ),
    "weights for a year": Number(
        "The number of weights",
        right=lambda e: next(d for d in range(1, 99) if 101**d > YEAR),
        within=0.4,
        along="x",
        panel=1,
        replies=[
            (8, "Eight take 1.1 · 10¹⁶ evaluations, a third of a year."),
            (10, "Ten take more than 3,000 years. How long do nine take?"),
            (2, "Two take 10,201 evaluations, far less than a second."),
            (16, "A year has 3 · 10¹⁶ evaluations. Each weight multiplies by 101, and not by 10."),
            (17, "A year has 3 · 10¹⁶ evaluations. Each weight multiplies by 101, and not by 10."),
        ],
        fact="Nine weights take 1.1 · 10¹⁸ evaluations, about 35 years. Every further weight takes "
        "101 times as long.",
        why="Why do the numbers multiply, and not add?",
        tells=["nine", "9 weights", "101^9", "101^{10}", "10¹⁸", "10²⁰", "35 years", "third of"],
    ),
}


def best_b():
    return tip.mean()


def entropy(p, passed):
    given = np.where(passed, p, 1 - p)  # the probability of what happened
    return -np.mean(np.log(given))


def gradient(w, b, x, y):
    error = w * x + b - y
    by_w = np.mean(2 * error * x)
    by_b = np.mean(2 * error)
    return by_w, by_b


some = np.array([0.9, 0.2, 0.6]), np.array([1, 0, 0])
more = np.array([0.3, 0.8, 0.5, 0.99]), np.array([1, 1, 0, 1])


def _parts(w, b, x, y):
    """One number per party: the derivatives of its squared error with respect to w and b."""
    error = w * x + b - y
    return 2 * error * x, 2 * error


def _gradient(w, b, x, y):
    return np.mean(_parts(w, b, x, y), axis=1)


def _of_square(w, b, x, y):
    squared = (w * x + b - y) ** 2
    return np.array([np.mean(2 * squared * x), np.mean(2 * squared)])


EACH = "one number for each party. Take the mean over the parties."

EXERCISES = {
    "best constant guess": Exercise(
        best_b,
        wrong=[
            (
                np.median(tip),
                "That is the median: best for the mean absolute error, not its square.",
            ),
            (best[1], "That is the best b beside w = 0.105. Here w is 0."),
            (0, "Then every guess is 0. A guess of 1 is already better."),
            (bill.mean(), "That is the mean bill. With w = 0 the bill plays no part."),
            (tip.sum(), "That is the sum over all parties."),
        ],
        rtol=2e-3,
        hints=[
            "With w = 0 the guess is b for everybody.",
            "Set the derivative with respect to b to zero: the errors b - tip must cancel.",
        ],
    ),
    "cross-entropy": Exercise(
        entropy,
        wrong=[
            *(
                (
                    lambda p, passed, whole=whole: whole(np.log(np.where(passed, p, 1 - p))),
                    "It is negative: the logarithm of a probability is below 0. A loss is not.",
                )
                for whole in (np.mean, np.sum, np.array)
            ),
            (
                lambda p, passed: -np.sum(np.log(np.where(passed, p, 1 - p))),
                "That is the sum over the students. The loss is their mean.",
            ),
            (
                lambda p, passed: -np.log(np.mean(np.where(passed, p, 1 - p))),
                "That is the logarithm of a mean. Take the logarithm of each first.",
            ),
            (
                lambda p, passed: np.mean(np.where(passed, p, 1 - p)),
                "That is the mean of `given` itself. Where is the logarithm?",
            ),
            (
                lambda p, passed: 1 - np.mean(np.where(passed, p, 1 - p)),
                "That is the mean of what is missing to 1. Where is the logarithm?",
            ),
            (
                lambda p, passed: -np.log(np.where(passed, p, 1 - p)),
                "That is one number for each student. The loss is one number for all.",
            ),
            (
                lambda p, passed: -np.mean(np.log10(np.where(passed, p, 1 - p))),
                "That is the logarithm to base 10. The natural one is `np.log`.",
            ),
            (
                lambda p, passed: -np.mean(np.log2(np.where(passed, p, 1 - p))),
                "That is the logarithm to base 2. The natural one is `np.log`.",
            ),
            *(
                (
                    wrong,
                    f"Those who {they} add nothing here: their part is missing. "
                    "`given` holds both.",
                )
                for they, wrong in (
                    ("failed", lambda p, passed: -np.mean(passed * np.log(p))),
                    ("failed", lambda p, passed: -np.mean(np.log(p[passed == 1]))),
                    ("passed", lambda p, passed: -np.mean((1 - passed) * np.log(1 - p))),
                    ("passed", lambda p, passed: -np.mean(np.log(1 - p[passed == 0]))),
                )
            ),
            (
                lambda p, passed: -np.mean(np.log(1 - np.where(passed, p, 1 - p))),
                "`given` is what happened already. 1 - given is what did not happen.",
            ),
            (
                lambda p, passed: -np.mean(np.log(1 - p)),
                "It takes 1 - p for everybody, also for those who passed. Use `given`.",
            ),
            (
                lambda p, passed: np.mean((p - passed) ** 2),
                "That is the mean squared error. The cross-entropy takes a logarithm.",
            ),
            (
                lambda p, passed: -np.mean((q := np.where(passed, p, 1 - p)) * np.log(q)),
                "There is no factor `given`: each student counts once.",
            ),
            (
                lambda p, passed: -np.sum(np.log(np.where(passed, p, 1 - p))) / np.sum(passed),
                "It divides by the number of those who passed. The mean is over all.",
            ),
            (
                lambda p, passed: -np.sum(np.log(np.where(passed, p, 1 - p))) / np.sum(passed == 0),
                "It divides by the number of those who failed. The mean is over all.",
            ),
            (
                lambda p, passed: -np.sum(np.log(np.where(passed, p, 1 - p))) / (len(p) - 1),
                "It divides by one less than the number of students.",
            ),
            (
                lambda p, passed: -np.sum(np.log(np.where(passed, p, 1 - p))) / len(hours),
                "It always divides by 6. Divide by the number of students it is given.",
            ),
            (
                lambda p, passed: -np.mean(np.log(p)),
                "It takes p for everybody, also for those who failed. Use `given`.",
            ),
        ],
        cases=[some, more],
        hints=["Each student adds minus the logarithm of `given`.", "`np.log` and `np.mean`."],
    ),
    "gradient of the loss": Exercise(
        gradient,
        wrong=[
            (
                lambda *given: _gradient(*given) / 2,
                "It is half of it: the derivative of a square has a 2.",
            ),
            (
                lambda w, b, x, y: len(x) * _gradient(w, b, x, y),
                "It is too large by the number of data: sum or mean?",
            ),
            (
                lambda *given: _gradient(*given)[[1, 1]],
                "Both are alike: the inner derivative with respect to w is missing. What "
                "multiplies w in the guess?",
            ),
            (
                lambda *given: -_gradient(*given),
                "The sign is turned round: is the error guess minus tip?",
            ),
            (
                lambda *given: _gradient(*given)[::-1],
                "The two are swapped: the derivative with respect to w comes first.",
            ),
            (
                lambda w, b, x, y: _gradient(w, b, x, y)[1] * np.array([w, 1]),
                "The inner derivative with respect to w is not w: what multiplies w in the guess?",
            ),
            (
                lambda w, b, x, y: _gradient(w, b, x, y) * np.array([1, b]),
                "The inner derivative with respect to b is not b: how does the guess move when b "
                "grows?",
            ),
            (
                lambda w, b, x, y: _gradient(w, b, x, y)[1] * np.array([w, b]),
                "The inner derivatives are not w and b: what multiplies w in the guess, and what "
                "b?",
            ),
            (_parts, "Both are " + EACH),
            (lambda *given: np.divide(_parts(*given), 2), "Both are " + EACH),
            (lambda w, b, x, y: _parts(w, b, x, 0 * y), "Both are " + EACH),
            (lambda w, b, x, y: _parts(w, b, x, y) * np.array([[1], [b]]), "Both are " + EACH),
            (
                lambda w, b, x, y: 2 * (w * x + b - y) ** 2 * np.array([x, np.ones(len(x))]),
                "Both are " + EACH,
            ),
            (
                lambda w, b, x, y: (2 * (m := np.mean((w * x + b - y) ** 2)) * x, 2 * m),
                "The error is squared and its mean taken already. Differentiate each square first.",
            ),
            (
                lambda *given: (_parts(*given)[0], _gradient(*given)[1]),
                "The first, with respect to w, is still " + EACH,
            ),
            (
                lambda *given: (_gradient(*given)[0], _parts(*given)[1]),
                "The second, with respect to b, is still " + EACH,
            ),
            (
                lambda w, b, x, y: (_gradient(w, b, x, y)[1] * x, _gradient(w, b, x, y)[1]),
                "In the first the mean comes too early: each error times its x, and then the mean.",
            ),
            (
                lambda w, b, x, y: _gradient(w, b, x, 0 * y),
                "The tip is missing: the error is guess minus tip.",
            ),
            (_of_square, "The error is squared already: its square is what you differentiate."),
            *(
                (
                    lambda w, b, x, y, times=times: np.mean((w * x + b - y) ** 2) * times,
                    "That is the loss itself. Its derivatives are asked for.",
                )
                for times in (1, np.ones(2))
            ),
            (
                lambda w, b, x, y: _gradient(w, b, bill, tip),
                "It takes `bill` and `tip` from outside: use `x` and `y`, which it is given.",
            ),
            (
                lambda w, b, x, y: _gradient(w, b, x, y)[1] * np.array([x.mean(), 1]),
                "It takes the mean too early: first each error times its x, then the mean.",
            ),
        ],
        cases=[
            (0.5, 1.3, np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.2, 1.5])),
            (-1.5, 0.7, np.array([0.5, 3.0]), np.array([2.0, -1.0])),
            (0.8, -0.4, np.array([-2.0, 0.0, 1.0, 2.5]), np.array([1.0, 0.3, -2.0, 2.1])),
        ],
        otherwise="Not right yet. Each party has one error, guess minus tip. Differentiate error², "
        "then take the mean over the parties.",
        hints=[
            "The outer derivative of error² is 2 · error.",
            "Inner derivatives: the error w · x + b - y grows by x with w, and by 1 with b.",
        ],
    ),
}

QUIZ = [
    (
        "With twice the data, how many dimensions does the loss surface get?",
        {
            "As many as before": "Right: one for each weight. The data change its shape.",
            "Twice as many": "That mixes up data and weights: L is a function of w and b.",
            "One more for each new point": "Each point adds a part to the mean, and no weight.",
        },
    ),
    (
        "A classifier always says p = 0.5. What is its cross-entropy?",
        {
            "0.69, whatever the labels": "Right: every student adds -log 0.5.",
            "0.5": "That is the probability. The loss takes its logarithm.",
            "It depends on who passed": "Those who passed add -log 0.5, and the others "
            "-log(1 - 0.5): the same.",
        },
    ),
    (
        "You halve the spacing of a grid over 10 weights. What does it cost?",
        {
            "About 1,000 times as much": "Right: about 2 for each weight, and 2 to the power of 10 "
            "is 1,024.",
            "About 2 times as much": "That is so for one weight.",
            "About 20 times as much": "That adds the weights. They multiply.",
        },
    ),
]


def years(weights):
    """What a grid over so many weights takes, at 10⁹ evaluations a second."""
    return 101.0**weights / YEAR


def missed(points):
    """How far a grid on [0, 5] stays from the minimum."""
    return abs(np.linspace(0, 5, points) - 2).min()


NUMBERS = [
    ("244", lambda: len(bill)),
    ("19.79", lambda: bill.mean()),
    ("0.105", lambda: best[0]),
    ("0.92", lambda: best[1]),
    ("0.99", lambda: 0.05 * bill.mean()),
    ("2,814", lambda: condition_number(surface)),
    ("53", lambda: condition_number(surface) ** 0.5),
    ("79", lambda: condition_number(network.squared_loss(bill - bill.mean(), tip))),
    ("8.9", lambda: bill.std()),
    ("0.88", lambda: of_the_six()[0][3]),
    ("0.119", lambda: 1 - of_the_six()[0][3]),
    ("2.13", lambda: of_the_six()[1][3]),
    ("0.13", lambda: -np.log(of_the_six()[0][3])),
    ("0.69", lambda: students((0, 0))),
    ("10,201", lambda: 101**2),
    ("1.1 · 10¹⁶", lambda: 101**8),
    ("1.1 · 10¹⁸", lambda: 101**9),
    ("3 · 10¹⁶", lambda: YEAR),
    ("35", lambda: years(9)),
    ("3,000", lambda: years(10) // 1000 * 1000),
    ("0.5", lambda: missed(5)),
    ("0.1", lambda: missed(20)),
    ("1,024", lambda: 2**10),
    ("about 1,000", lambda: 2**10),
]

GIVEN = ["4", "6", "10", "-2", "1.05", "2.5", "0.45", "101", "5", "20", "50", "0.3", "0.001"]
GIVEN += ["0.05", "10⁹", "3"]


def costs_least():
    costs = surface(np.add(best, [(0.05, 0), (-0.05, 1), (0, 1)])) - surface(best)
    assert costs[0] > 1.1 and costs[1] < 0.25 and costs[2] > 0.95
    return costs == costs.min()


def added_by(student, w=1, b=-2):
    """What one student adds to the loss: the loss of a class that has no other."""
    alone = slice(student, student + 1)
    return network.logistic_loss(hours[alone], passed[alone], students.domain)((w, b))


#: for each choice, which of its options are true, in their order
HOLDS = {
    "which change costs least": costs_least,
    "what a confident mistake adds": lambda: np.isclose(
        added_by(3), [0.13, 0.88, 2.13], atol=0.005, rtol=0
    ),
}


def claim_bills_of_about_20_dollars_and_of_50():
    assert ((bill > 15) & (bill < 25)).sum() > 50 and bill.max() > 50


def claim_a_guess_of_1_is_better_than_0():
    assert loss(0, 1) < loss(0, 0)
    assert best.round(3).tolist() == [0.105, 0.92]


def claim_the_loss_by_hand_is_that_of_the_network_module():
    assert np.isclose(loss(0.1, 1.0), surface((0.1, 1.0)))


def claim_the_best_b_of_the_moved_data_is_the_mean_tip():
    moved = network.squared_loss(bill - bill.mean(), tip).minima[0]
    assert np.allclose(moved, (best[0], tip.mean()))


def claim_no_bill_is_as_low_as_0():
    assert bill.min() > 0


def claim_the_loss_curves_along_w_as_the_variance_of_the_moved_bills():
    hessian = network.squared_loss(bill - bill.mean(), tip).hessian((0, 0))
    assert np.allclose(hessian, [[2 * bill.std() ** 2, 0], [0, 2]])
    assert round(8.9**2) == 79


def claim_moved_and_scaled_the_loss_is_round():
    centred = bill - bill.mean()
    moved, scaled = (network.squared_loss(x, tip) for x in (centred, centred / bill.std()))
    assert round(condition_number(moved)) == 79 and np.isclose(condition_number(scaled), 1)


def claim_the_parts_of_the_six_students():
    assert np.isclose(of_the_six()[1].mean(), students((1, -2)))
    assert students(students.minima[0]) < 0.44
    assert round(-np.log(0.119), 2) == 2.13


def claim_softmax_by_hand():
    scores = np.array([2.0, 1.0, 0.0])
    assert np.allclose(np.exp(scores) / np.exp(scores).sum(), network.softmax(scores))


def claim_whether_a_grid_hits_2_is_luck():
    assert [missed(points).round(1) for points in (5, 6, 20)] == [0.5, 0, 0.1]


def claim_a_grid_over_nine_weights_takes_more_than_a_year():
    assert 0.3 < years(8) < 0.36 and years(9) > 1 and years(10) > 3000
    assert 101**2 / 1e9 < 0.001


def claim_half_the_spacing_over_ten_weights_costs_about_1000_times_as_much():
    assert 900 < (201 / 101) ** 10 < 1024


def claim_the_square_is_complete_and_the_slope_is_0_at_2():
    x = np.linspace(-1, 5, 50)
    assert np.allclose(parabola(x), (x - 2) ** 2 + 2) and parabola.gradient(2.0) == 0


def claim_ten_slopes_lead_to_within_0_001_also_for_ten_weights():
    path = descend(parabola, SGD(lr=0.3), start=0, steps=10)
    ten = descend(lambda p: parabola(p).sum(axis=-1), SGD(lr=0.3), start=[0.0] * 10, steps=10)
    assert abs(path.end - 2) < 0.001 and np.allclose(ten.end, path.end, atol=1e-6)


def claim_the_best_constant_guess_is_the_mean_and_not_the_median():
    tried = np.linspace(0, 6, 601)
    assert np.isclose(tried[np.argmin([loss(0, b) for b in tried])], best_b(), atol=0.01)
    assert round(best_b(), 2) == 3.0 and np.median(tip) == 2.9


def claim_the_cross_entropy_of_the_six_students():
    assert np.isclose(entropy(of_the_six()[0], passed), students((1, -2)))


def claim_the_gradient_by_the_chain_rule():
    right = surface.gradient((0.1, 1.0))
    np.testing.assert_allclose(gradient(0.1, 1.0, bill, tip), right, rtol=1e-9)
