"""Lesson 15a: what its questions know, and the numbers it states."""

import functools

import numpy as np

from optimlab import descend, functions, tuning
from optimlab.lessons import Choice, Exercise, Number
from optimlab.optimizers import SGD, AdaDelta, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp

ravine, four = functions.ravine, [SGD, Momentum, AdaGrad, Adam]
turned = tuning.rotated(ravine, 45)

PREDICTIONS = {
    "how many end lower than SGD": Choice(
        {
            "none": "SGD does better than it looks, but AdaGrad is ahead of it.",
            "one": "A zigzag looks wasteful. But 0.95 is within 0.3 % of the constant rate that is "
            "best for SGD in the long run, and nobody has tuned Momentum or Adam here.",
            "two": "Momentum and Adam look smoother, and both end higher than SGD.",
            "all three": "That is what the picture suggests. It shows who zigzags, not who is low.",
        },
        right="one",
        fact=lambda e: (
            "From the lowest: " + ", ".join(f"{n} {loss:.2g}" for n, loss in e.ranking()) + "."
        ),
        why="Is a straight path a better path?",
        tells=[
            *("AdaGrad is ahead", "one ends lower", "both end higher than SGD", "7.5e-03"),
            *("0.0133", "0.013", "0.0479", "0.048", "0.102", "0.1022", "0.000722", "7.2e-04"),
        ],
    ),
    "what 5 % cost": Choice(
        {
            "thousands of times as much": "With another rate the run passes the minimum a step "
            "sooner or later. Such a best value says little about the rule: compare curves, not "
            "points.",
            "about ten times as much": "That would be a narrow minimum already. This one is a "
            "spike.",
            "about the same": "So it would be at a broad minimum of the curve. This one is a "
            "spike.",
        },
        right="thousands of times as much",
        fact="At 0.304 it ends at 2e-07, at 5 % less or more at about 0.001.",
        tells=[
            *("spike", "spikes", "4,000 times", "thousands of times", "0.00102", "0.001 or more"),
            *("6,500 times", "200 times", "1.0e-03", "9.3e-04"),
        ],
    ),
    "who notices the turn": Choice(
        {
            "nobody's, it is the same hill": "So a walker would say. But some rules walk by the "
            "axes of the map.",
            "those of AdaGrad and Adam": "SGD and Momentum use the gradient as an arrow, which "
            "turns with the hill. A rate for each coordinate helps when the walls stand along the "
            "axes; at 45° both coordinates see much the same slopes.",
            "everybody's": "The arrow of the gradient turns with the hill, and with it all that "
            "SGD and Momentum do.",
        },
        right="those of AdaGrad and Adam",
        fact=lambda e: (
            "AdaGrad's worst loss over the five starts: {:.1g} before, {:.1g} turned by 45°."
        ).format(*(tuning.tune(f, AdaGrad, steps=30).loss for f in (ravine, turned))),
        tells=[
            *("rules with a rate per coordinate notice", "SGD's path turns along", "5.6e-02"),
            *("AdaGrad 5.6e-02", "Adam 9.2e-02", "0.06 turned", "mixes coordinates"),
        ],
    ),
    "whose path stays at 100 f": Choice(
        {
            "everybody's, the minimum is where it was": "The minimum stays, the slopes do not: "
            "they are 100 times as steep.",
            "those of SGD and Momentum": "Their steps are rate times gradient, and so 100 times as "
            "long. SGD's limit 2/λ is now 0.01, Momentum's 0.019.",
            "those of AdaGrad and Adam": "They divide the gradient by its own size, and the 100 "
            "cancels (all but δ). SGD and Momentum diverge.",
        },
        right="those of AdaGrad and Adam",
        tells=[
            *("a hundredth of the rate", "the 100 cancels", "SGD and Momentum diverge"),
            *("two curves slide", "grows as", "the same one", "0.019"),
        ],
    ),
    "how often Adam ends lowest": Number(
        "Surfaces out of 4",
        right=0,
        within=0.4,
        replies=[
            (4, "It is popular for another reason: see the third criterion."),
            (3, "It is popular for another reason: see the third criterion."),
            (2, "Too much honour, by this criterion. See the third one."),
            (1, "Nearly. See the third criterion, where it shares first place once."),
        ],
        fact="Among the nine it takes the places 8, 7, 4, 6.",
        why="Then why is it the first choice of so many?",
        tells=[
            *("AdaGrad wins the ravine", "Momentum wins", "SGD and Nesterov tie", "AdaGrad 1e-20"),
            *("SGD 2.6e-07", "Momentum 0.16", "8.8e-05", "AdamW leads Adam", "8, 7, 4, 6"),
            *("Adam is best", "1.93"),
        ],
    ),
}


def three(loss_at, lr):
    return [loss_at(0.9 * lr), loss_at(lr), loss_at(1.1 * lr)]


def worst(loss_at, lr):
    return max(loss_at(0.9 * lr), loss_at(lr), loss_at(1.1 * lr))


def evaluations(losses, goal):
    there = losses <= goal  # True or False for each loss
    if not there.any():
        return np.inf
    return int(np.argmax(there))


def if_there(count, never=np.inf):
    """An answer that counts like this in a run that reaches the goal."""
    return lambda losses, goal: count(losses, goal) if (losses <= goal).any() else never


def fair():
    return ["B", "F"]


UNFAIR = {
    "A": "A: who chose the rates, and how long for each?",
    "C": "C: one rule had 60 tries, the others one.",
    "D": "D: count the gradients, not the steps.",
    "E": "E: from one start alone, the best of 60 rates may be a spike.",
}


def are_fair(answer):
    """Whether a learner chose the two fair comparisons, or what is to be said."""
    chosen = {str(letter).strip().upper() for letter in answer}
    for letter in UNFAIR:
        if letter in chosen:
            return UNFAIR[letter]
    if chosen in ({"B"}, {"F"}):
        return f"{min(chosen)} is fair. There is one more."
    return chosen == {"B", "F"}


EXERCISES = {
    "worst of three": Exercise(
        worst,
        wrong=[
            (lambda loss_at, lr: min(three(loss_at, lr)), "That is the luckiest of the three."),
            (
                lambda loss_at, lr: sum(three(loss_at, lr)) / 3,
                "That is the mean: two lucky ones can hide a bad one.",
            ),
            (
                lambda loss_at, lr: max(loss_at(lr - 0.1), loss_at(lr), loss_at(lr + 0.1)),
                "10 % of the rate, not 0.1: at rate 0.001 that would be negative.",
            ),
            (lambda loss_at, lr: loss_at(lr), "That is the rate alone: a spike would pass."),
            (
                lambda loss_at, lr: max(loss_at(0.9 * lr), loss_at(1.1 * lr)),
                "The rate itself belongs to the three as well.",
            ),
            (
                lambda loss_at, lr: loss_at(max(0.9 * lr, lr, 1.1 * lr)),
                "That is the loss at the largest rate. The largest loss may be at another.",
            ),
            (lambda loss_at, lr: sorted(three(loss_at, lr))[1], "That is the middle one of three."),
            (
                lambda loss_at, lr: max([0.9 * lr, lr, 1.1 * lr], key=loss_at),
                "That is the worst rate. Asked is its loss.",
            ),
            (
                lambda loss_at, lr: max(0.9 * loss_at(lr), loss_at(lr), 1.1 * loss_at(lr)),
                "That makes the loss 10 % more. Change the rate, and measure the loss there.",
            ),
            (
                lambda loss_at, lr: max(0.9 * lr, lr, 1.1 * lr),
                "That is the largest rate. Losses are asked for.",
            ),
        ],
        cases=[
            (lambda lr: 2.0 * lr, 2.0),
            (lambda lr: 10 / lr, 3.0),
            (lambda lr: 5 - (lr - 4) * (lr - 4), 4.0),
            (lambda lr: (lr - 0.0011) * (lr - 0.0011) - 3, 0.001),
            (lambda lr: -1 - abs(lr - 0.2), 0.2),
        ],
        hints=["`loss_at(0.9 * lr)` is the loss at 10 % less.", "Take `max` of three losses."],
    ),
    "evaluations to a goal": Exercise(
        evaluations,
        wrong=[
            (
                lambda losses, goal: int(np.argmax(losses <= goal)),
                "A run that never gets there gets the best mark, 0: argmax of all False is 0.",
            ),
            (
                lambda losses, goal: (
                    int(np.argmax(losses < goal)) if (losses < goal).any() else np.inf
                ),
                "Exactly at the goal counts as well.",
            ),
            (
                if_there(lambda losses, goal: int(np.argmax(losses <= goal)) + 1),
                "One too many: the start, losses[0], has cost no gradient.",
            ),
            (
                if_there(lambda losses, goal: int((losses > goal).sum())),
                "That also counts steps above the goal after the first arrival.",
            ),
            (
                lambda losses, goal: (
                    int(np.argmax(losses <= goal)) if (losses <= goal).any() else len(losses)
                ),
                "A run that never gets there looks as if it had, a step later.",
            ),
            (
                if_there(lambda losses, goal: int(np.argmin(losses))),
                "That is where it is lowest. Asked is when it first reaches the goal.",
            ),
            (
                lambda losses, goal: (
                    int(np.argmax(losses <= goal)) if (losses <= goal).all() else np.inf
                ),
                "One loss at the goal is enough: not all of them have to be.",
            ),
            (
                lambda losses, goal: (
                    np.inf if (losses <= goal).any() else int(np.argmax(losses <= goal))
                ),
                "The two returns are the wrong way round.",
            ),
            (
                if_there(lambda losses, goal: int(np.argmax(losses <= goal)), never=-1),
                "-1 for a run that never gets there would rank it before all others.",
            ),
            (
                if_there(lambda losses, goal: int(np.flatnonzero(losses <= goal)[-1])),
                "That is the last time, not the first.",
            ),
            (
                if_there(lambda losses, goal: int((losses <= goal).sum())),
                "That counts the losses at the goal. Asked is how many gradients came before.",
            ),
        ],
        cases=[
            (np.array([8.0, 4.0, 2.0, 3.0, 1.0]), 2.0),
            (np.array([5.0, 4.0]), 1.0),
            (np.array([5.0, 3.0, 3.0, 1.0]), 3.0),
            (np.array([1.0, 2.0]), 3.0),
            (np.array([9.0, 7.0, 3.0, 0.5]), 3.5),
            (np.array([8.0, 1.0, 5.0, 6.0, 4.0, 0.5, 0.2]), 2.0),
            (np.array([-1.0, -2.0, -3.0]), -2.5),
            (np.array([5.0, 1.0, 3.0, 4.0]), 2.0),
        ],
        hints=[
            "`losses <= goal` is an array of True and False.",
            "`np.argmax` finds the first True.",
        ],
    ),
    "which comparisons are fair": Exercise(
        fair,
        wrong=[(["B"], "B is fair. There is one more."), (["F"], "F is fair. There is one more.")]
        + [(["B", letter], why) for letter, why in UNFAIR.items()],
        accept=are_fair,
        otherwise="Choose two of the letters A to F.",
        form='a list of two letters, such as ["A", "C"]',
        hints=[
            "Equal gradients, equal care, no reward for luck.",
            "Of those that are left, which show nothing that luck has chosen?",
        ],
    ),
}

QUIZ = [
    (
        "A rule is ahead at one learning rate for all. What do you ask for?",
        {
            "Every rule at every rate": "Right: a shared rate chooses the winner. On the ravine "
            "each of four rules wins at some rate.",
            "More steps at the shared rate": "That would not help: the same rate still means "
            "something else in each rule.",
            "The default rates": "A default is one rate for each rule, chosen for other problems.",
        },
    ),
    (
        "On a turned hill a rule's path is not its old path turned. Why?",
        {
            "Its rates belong to the axes": "Right: it has a rate for each coordinate, and turned "
            "coordinates mix steep and flat.",
            "The turned hill is steeper": "It is the same hill: SGD's loss does not change.",
            "Its velocity does not turn": "A velocity is a sum of gradients, and turns with them: "
            "the rule Momentum does not notice.",
        },
    ),
    (
        "What does no free lunch say about your problem?",
        {
            "Nothing by itself": "Right: it is about the average over all functions, most of them "
            "noise.",
            "That all rules do equally well on it": "On one problem they differ, as every table "
            "here shows.",
            "That tuning is useless": "It does not speak of tuning on a given problem, and there "
            "tuning changes much.",
        },
    ),
]


def spike(rule, rate):
    """Final losses of a rule at 5 % less than a rate, at it, and at 5 % more."""
    rates = rate * np.array([0.95, 1, 1.05])
    return tuning.sweep(ravine, rule, rates, steps=30).losses[rule.__name__]


def cost(rule, rate):
    """How many times the loss is as high 5 % below and above a rate."""
    below, at, above = spike(rule, rate)
    return below / at, above / at


@functools.cache
def surfaces():
    """The four surfaces of the comparison, by their names."""
    found = [ravine, turned, functions.rosenbrock, functions.plateau]
    return {f.name: f for f in found}


@functools.cache
def tuned():
    """Name of a surface -> name of a rule -> how it was tuned for 100 gradients."""
    return {
        name: {rule.__name__: tuning.tune(f, rule, steps=100) for rule in tuning.RULES}
        for name, f in surfaces().items()
    }


def goal(name):
    return 0.01 * surfaces()[name](surfaces()[name].start)


def podium(name, criterion, places=3):
    """The best rules on a surface, by name."""
    found = tuning.podium(tuned()[name], criterion, goal(name), places)
    return [rule for rule, _ in found]


def width(name, rule):
    """Decades of rates at which a rule reaches the goal of a surface in all runs."""
    return tuned()[name][rule].width(goal=goal(name))


def common(rule, names):
    """How many rates of the grid, 15 in a decade, reach the goal of all these surfaces."""
    good = []
    for name in names:
        one = tuned()[name][rule]
        good.append(set(np.round(15 * np.log10(one.rates[one.worst <= goal(name)])).astype(int)))
    return len(set.intersection(*good))


def place(name):
    """Adam's place among the nine by loss."""
    return 1 + podium(name, "loss", places=9).index("Adam")


def count(name, place):
    """How many gradients the rule needs that is at this place by evaluations."""
    return sorted(one.evaluations(goal(name)) for one in tuned()[name].values())[place - 1]


@functools.cache
def retuned():
    """Name of a change -> name of a rule -> worst tuned loss, in units of the old function."""
    changed = {
        "as it is": ravine,
        "turned": turned,
        "f × 100": tuning.rescaled(ravine, c=100),
        "x × 0.25": tuning.rescaled(ravine, (0.25, 1)),
    }
    return {
        name: {
            rule.__name__: tuning.tune(f, rule, steps=30).loss * 6.45 / f(f.start) for rule in four
        }
        for name, f in changed.items()
    }


PLAIN, TURNED, BANANA, FLAT = "ravine", "ravine turned by 45°", "rosenbrock", "plateau"
STEEP = tuning.rescaled(ravine, c=100)
NUMBERS = [
    ("0.0000002", lambda: spike(Nesterov, 0.304)[1]),
    ("2e-07", lambda: spike(Nesterov, 0.304)[1]),
    ("0.001", lambda: spike(Nesterov, 0.304)[0]),
    ("200", lambda: round(np.mean(cost(Adam, 0.733)), -2)),
    ("6,500", lambda: 500 * np.floor(min(cost(Momentum, 0.686)) / 500)),
    ("1.73", lambda: width(PLAIN, "Momentum")),
    ("1.73", lambda: width(TURNED, "Momentum")),
    ("1.6", lambda: width(PLAIN, "Adam")),
    ("1.2", lambda: width(TURNED, "Adam")),
    ("1.93", lambda: width(FLAT, "Adam")),
    ("4,000", lambda: round(np.mean(cost(Nesterov, 0.304)), -3)),
    ("251", lambda: tuning.tune(ravine, AdaDelta, steps=30).rate),
    ("0.01", lambda: 2 / np.linalg.eigvalsh(STEEP.hessian((0, 0))).max()),
    ("0.019", lambda: (1 + 0.9) * 2 / np.linalg.eigvalsh(STEEP.hessian((0, 0))).max()),
    ("8", lambda: place(PLAIN)),
    ("7", lambda: place(TURNED)),
    ("4", lambda: place(BANANA)),
    ("6", lambda: place(FLAT)),
    ("8", lambda: count(TURNED, 1)),
    ("13", lambda: count(TURNED, 2)),
    ("4", lambda: count(PLAIN, 1)),
]
GIVEN = [
    *("30", "60", "0.95", "0.1", "1.5", "0.3", "5", "10", "45", "90", "100", "0.25", "1e-30"),
    *("0.24", "0.56", "1.8", "0.686", "0.733", "0.304", "1e-20", "3", "-1"),
]


@functools.cache
def usual():
    """The runs of the usual picture, by their rules."""
    picked = {SGD: 0.95, Momentum: 0.1, AdaGrad: 1.5, Adam: 0.3}
    return {rule: descend(ravine, rule(lr=lr), steps=30) for rule, lr in picked.items()}


def what_5_percent_cost():
    times = np.array(cost(Nesterov, 0.304))
    thousands = (times > 3000).all() and (times < 10_000).all()
    return thousands, np.isclose(times, 10, rtol=0.5).any(), (times < 1.5).any()


def who_notices_the_turn():
    plain, tilted = ([*retuned()[name].values()] for name in ("as it is", "turned"))
    same, other = np.isclose(tilted, plain), ~np.isclose(tilted, plain, rtol=0.05, atol=0)
    return same.all(), same[:2].all() and other[2:].all(), other.all()


def who_stays_at_100_f():
    plain, steep = ([descend(f, r(0.3), steps=30).points for r in four] for f in (ravine, STEEP))
    off = abs(np.subtract(plain, steep)).max(axis=(1, 2))
    stays, leaves = off < 1e-5, off > 1e50
    return stays.all(), stays[:2].all(), leaves[:2].all() and stays[2:].all()


#: for each choice, which of its options are true, in their order
HOLDS = {
    "how many end lower than SGD": lambda: np.isclose(
        sum(run.losses[-1] < usual()[SGD].losses[-1] for run in usual().values()), [0, 1, 2, 3]
    ),
    "what 5 % cost": what_5_percent_cost,
    "who notices the turn": who_notices_the_turn,
    "whose path stays at 100 f": who_stays_at_100_f,
}


def claim_sgd_zigzags_most_and_by_distance_the_order_is_another_than_by_loss():
    assert abs(0.95 / (2 / 2.1) - 1) < 0.003  # the best constant rate: lesson 07b
    crossings = [np.sum(np.diff(np.sign(run.points[:, 1])) != 0) for run in usual().values()]
    assert crossings[0] == 30 and max(crossings[1:]) < 5
    by_loss = sorted(four, key=lambda rule: usual()[rule].losses[-1])
    by_distance = sorted(four, key=lambda rule: np.linalg.norm(usual()[rule].end))
    assert by_loss == [AdaGrad, SGD, Momentum, Adam]
    assert by_distance == [AdaGrad, Adam, SGD, Momentum]


def claim_four_rates_have_four_winners_and_those_of_adams_lawyer_three():
    winners = {0.01: Momentum, 0.056: Momentum, 0.1: Momentum, 0.24: Adam, 0.56: SGD, 1.8: AdaGrad}
    for lr, winner in winners.items():
        ends = {rule: descend(ravine, rule(lr=lr), steps=30).losses[-1] for rule in four}
        assert min(ends, key=ends.get) is winner


def claim_a_spike_falls_between_two_rates_of_the_figure_and_its_run_just_passes_the_minimum():
    for rule, rate in ((Nesterov, 0.304), (Momentum, 0.686), (Adam, 0.733)):
        beside = np.abs(np.log(tuning.RATES / rate)).argsort()[:2]
        shown = tuning.sweep(ravine, rule, steps=30).losses[rule.__name__][beside]
        assert shown.min() > 2 * spike(rule, rate)[1]
        passing = descend(ravine, rule(lr=rate), steps=31).points[[29, 31], 0]
        assert passing.prod() < 0 and (rule is Adam or all(3e3 < t < 1e4 for t in cost(rule, rate)))


def claim_nesterov_measures_30_gradients_too():
    calls, count = [], lambda w, k: calls.append(k) or ravine.gradient(w)
    descend(ravine, Nesterov(), steps=30, gradient=count)
    assert len(calls) == 30


def claim_5_percent_either_way_cost_more():
    most = {SGD: 7.6e-3, Adam: 6e-5, Momentum: 1e-4, Nesterov: 1e-6}
    for rule, lr in ((SGD, 0.928), (Adam, 0.733), (Momentum, 0.686), (Nesterov, 0.304)):
        below, at, above = spike(rule, lr)
        assert at < most[rule] < min(below, above)
    assert cost(SGD, 0.928)[0] < 1.5


def claim_the_protocol_by_hand_finds_what_tune_finds():
    starts = tuning.starts(ravine)
    worst = []
    for lr in tuning.RATES:
        runs = tuning.sweep(ravine, SGD, lr * np.array([0.9, 1, 1.1]), starts, steps=30)
        worst.append(runs.losses["SGD"].max() if runs.stayed["SGD"].all() else np.inf)
    tuned_sgd = tuning.tune(ravine, SGD, steps=30)
    assert tuned_sgd.rate == tuning.RATES[np.argmin(worst)] and tuned_sgd.loss == min(worst)


def claim_adadelta_is_hopeless_in_the_figure_and_not_beyond_it():
    shown = tuning.sweep(ravine, AdaDelta, steps=30).losses["AdaDelta"]
    far = tuning.tune(ravine, AdaDelta, steps=30)
    assert round(far.rate) == 251 and far.loss < 1e-5 < 1 < shown.min()


def claim_after_tuning_a_factor_changes_nothing_and_a_turn_and_a_stretch_the_winner():
    before, _, hundred, quarter = retuned().values()
    for rule, near in (("SGD", 1e-5), ("Momentum", 1e-5), ("AdaGrad", 1e-3), ("Adam", 1e-3)):
        assert np.isclose(hundred[rule], before[rule], rtol=near, atol=0)
    assert not any(np.isclose(quarter[r], before[r], rtol=0.05, atol=0) for r in before)
    first = [min(row, key=row.get) for row in retuned().values()]
    assert first == ["AdaGrad", "SGD", "AdaGrad", "SGD"] and ravine(ravine.start) == 6.45


def claim_sgd_and_momentum_need_a_hundredth_of_the_rate_at_100_f():
    for rule, times in ((SGD, 100), (Momentum, 100), (AdaGrad, 1), (Adam, 1)):
        rates = [tuning.tune(f, rule, steps=30).rate for f in (ravine, STEEP)]
        assert np.isclose(rates[0], times * rates[1])


def claim_who_turns_with_the_hill_and_who_ignores_100_f():
    for rule in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam):
        by_size = {"eps": 0.0} if rule in (AdaGrad, RMSProp, Adam) else {}
        old, new, large = (descend(f, rule(lr=0.1, **by_size)) for f in (ravine, turned, STEEP))
        commutes = np.allclose(turned.forth(old.points), new.points, atol=1e-9)
        ignores = np.allclose(old.points, large.points, atol=1e-9)
        assert commutes == (not by_size) and ignores == bool(by_size)


def claim_who_wins_by_loss_and_that_adam_does_nowhere():
    assert podium(PLAIN, "loss")[0] == "AdaGrad"
    assert set(podium(FLAT, "loss")[:2]) == {"AdaGrad", "AdaDelta"}
    assert all(tuned()[FLAT][rule].loss < 1e-20 for rule in ("AdaGrad", "AdaDelta"))
    assert set(podium(TURNED, "loss")[:2]) == {"SGD", "Nesterov"}
    assert podium(BANANA, "loss")[0] == "Momentum"
    assert podium(BANANA, "evaluations") == ["Momentum"]


def claim_another_grid_of_rates_swaps_sgd_and_nesterov():
    hill, other = surfaces()[TURNED], np.geomspace(1e-3, 10, 60)
    sgd, nesterov = (tuning.tune(hill, r, steps=100, rates=other).loss for r in (SGD, Nesterov))
    assert nesterov < sgd
    assert tuned()[TURNED]["SGD"].loss < tuned()[TURNED]["Nesterov"].loss


def claim_who_wins_by_evaluations():
    assert podium(TURNED, "evaluations")[0] == "Nesterov"
    fastest = {r for r, one in tuned()[PLAIN].items() if one.evaluations(goal(PLAIN)) == 4}
    assert fastest == set(podium(PLAIN, "evaluations")) == {"AdaGrad", "RMSProp", "NAdam"}


def claim_who_wins_by_width():
    for name in (PLAIN, TURNED, BANANA):
        assert podium(name, "width")[0] == "Momentum"
    assert round(15 * width(BANANA, "Momentum")) == 1 and width(BANANA, "Adam") == 0
    assert set(podium(FLAT, "width")[:2]) == {"Adam", "AdamW"}
    assert width(FLAT, "Momentum") == 0


def claim_how_many_rates_do_on_both_ravines_and_the_plateau():
    counts = {rule.__name__: common(rule.__name__, (PLAIN, TURNED, FLAT)) for rule in tuning.RULES}
    assert min(counts["Adam"], counts["AdamW"]) > 15 and counts["AdaGrad"] in (7, 8, 9)
    assert not any(counts[rule] for rule in ("SGD", "Momentum", "Nesterov", "AdaDelta"))
    assert counts["RMSProp"] < 8 and counts["NAdam"] < 8
    assert podium(BANANA, "width") == ["Momentum"]


def claim_no_width_is_cut_off():
    for name, found in tuned().items():
        for one in found.values():
            assert not one.at_edge and min(one.worst[[0, -1]]) > goal(name)


def claim_less_memory_brings_momentum_and_adam_below_1e_20():
    assert tuning.tune(ravine, Momentum(momentum=0.5)).loss < 1e-20
    assert tuning.tune(ravine, Adam(beta1=0.5)).loss < 1e-20


def claim_adamw_leads_adam_by_its_decay():
    without = tuning.tune(ravine, AdamW(weight_decay=0.0)).loss
    assert np.isclose(without, tuning.tune(ravine, Adam).loss)
    assert sum(not f.minima[0].any() for f in surfaces().values()) == 3 and len(surfaces()) == 4


def claim_the_solutions_do_what_the_exercises_say():
    assert worst(lambda lr: 10 / lr, 3.0) == 10 / 2.7
    losses = descend(ravine, SGD(lr=0.95), steps=60).losses
    assert evaluations(losses, 0.0645) == tuning.evaluations_to(losses, 0.0645)
    assert evaluations(losses, 0.0) == np.inf
    assert are_fair(fair()) is True
