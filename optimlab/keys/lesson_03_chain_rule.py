"""Lesson 03: what its questions know, and the numbers it states."""

from fractions import Fraction

import numpy as np

from optimlab import check_gradient, functions, numerical_gradient
from optimlab.lessons import Choice, Exercise, Number
from optimlab.study import network

cubic, parabola = functions.cubic, functions.parabola
graph, net = network.cube, network.two_layers
start = net.forward()
slopes = net.backward(start)
weights = ["w1", "b1", "w2", "b2"]
p = np.array([0.5, -0.5, 1.5, -0.2])
#: where the explorer measures how far a numerical slope is off
places = np.linspace(0.5, 1.5, 201)


def typical(h, function=cubic, method="central"):
    """The error (root mean square) of the numerical slope, for each h."""
    slope = numerical_gradient(function, places, np.asarray(h)[..., None], method)
    return np.sqrt(np.mean((slope - function.gradient(places)) ** 2, axis=-1))


tried = {"10⁻²": 1e-2, "10⁻⁵": 1e-5, "10⁻¹²": 1e-12}

PREDICTIONS = {
    "how far y moves": Number(
        "y grows by about",
        right=lambda e: e.graph.forward(x=1.01)["y"] - e.graph.forward(x=1.0)["y"],
        within=0.002,
        replies=[
            (0.01, "That is how far x moves. Neither stage passes it on unchanged."),
            (0.02, "That is how far t moves. y moves faster than t."),
            (0.03, "That is the outer stage alone. t moves faster than x."),
            (0.05, "That adds the two speeds. The second acts on what the first has made."),
            (1.06, "That is the new y. By how much did it grow?"),
            (6, "That is the speed. Times 0.01 it is the change."),
        ],
        fact=lambda e: (
            "Near x = 1, t moves {0:g} times as far as x, and y {1:g} times as far as t: "
            "{0:g} · {1:g} · 0.01 = {2:g}.".format(
                *(s := [a.local for a in e.graph.edges(e.graph.forward())]), s[0] * s[1] / 100
            )
        ),
        why="Why is it a product of the two speeds and not their sum?",
        tells=["0.06", "0.0612", "6.12", "six times", "6 times", "6 · 0.01", "0.061"],
    ),
    "which weight moves the loss most": Choice(
        {
            "w₁": "On its way to y a push on w₁ is multiplied by x = 2, at tanh by 0.786, and by "
            "w₂ = 1.5: together 2.36. For b₂ that is 1, for w₂ it is a, 0.462.",
            "w₂": "On its way to y a push on w₂ is multiplied by a, and a is 0.462. That w₂ itself "
            "is the largest weight does not count.",
            "b₂": "It is nearest to the loss, and so nothing multiplies its push before y. That is "
            "a gain where the factors are small together; here the two farther weights have 2.36 "
            "and 0.462.",
        },
        right="w₁",
        fact=lambda e: (
            "The derivatives of L: "
            + ", ".join(
                f"{pretty} {e.graph.backward(e.graph.forward())[name]:.2f}"
                for name, pretty in zip(weights, ["w₁", "b₁", "w₂", "b₂"], strict=True)
            )
            + "."
        ),
        why="Which factors stand on the way from each weight to the loss?",
        tells=[
            "-2.39",
            "-2.39154",
            "-3.04095",
            "-1.01",
            "-1.0136",
            "2.36",
            "0.46",
            "0.462",
            "w₁ moves the loss most",
        ],
    ),
    "the best h for the central difference": Choice(
        {
            "10⁻²": "There the straight line through two points still misses the curve by a lot.",
            "10⁻⁵": "Down to about this size a smaller h brings the line closer to the curve. "
            "Below, rounding costs more than that gains.",
            "10⁻¹²": "With exact numbers a smaller h would be better on this curve. The computer "
            "keeps 16 digits, and of two nearly equal numbers about the first 12 cancel.",
        },
        right="10⁻⁵",
        at={name: (h, typical(h)) for name, h in tried.items()},
        fact=lambda e: "Typical errors at 10⁻², 10⁻⁵, 10⁻¹²: {:.0e}, {:.0e}, {:.0e}.".format(
            *typical(list(tried.values()))
        ),
        why="What becomes worse when h is too small?",
        tells=[
            "10⁻⁵",
            "10^{-5}",
            r"6\cdot 10^{-6}",
            "6e-06",
            "1e-5",
            "1e-05",
            "too small an h",
            "below it rounding",
        ],
    ),
    "the error on a parabola": Choice(
        {
            "it stays at 0": "With exact numbers it would. The computer rounds f, and dividing by "
            "a small h enlarges that.",
            "it only rises": "There is no truncation error, so a smaller h gains nothing. "
            "Rounding, divided by a smaller h, grows.",
            "it falls, then it rises": "It would fall if there were truncation to lose. That error "
            "is about h²/6 times the third derivative, and a parabola has none.",
        },
        right="it only rises",
        why="Which of the two errors is missing here, and why?",
        tells=[
            "only rises",
            "no truncation",
            "is 0 for a parabola",
            "exact on a parabola",
            "exact on $x^2",
            "in fractions 6",
            "rounding alone",
        ],
    ),
}


def slope(x):
    t = 3 * x**2 + 1
    outer = 2 * t
    inner = 6 * x
    return outer * inner


def change():
    return 0.02 * net.backward(net.forward())["w2"]


def backward(p):
    w1, b1, w2, b2 = p
    a = np.tanh(w1 * 2 + b1)
    y = np.tanh(w2 * a + b2)
    ds = 2 * (y - 1) * (1 - y**2)
    dz = ds * w2 * (1 - a**2)
    return np.array([dz * 2, dz, ds * a, ds])


def _usual(
    new=lambda y, a, s: 1 - y**2,
    inside=lambda a, y: 1 - a**2,
    out=lambda w2, a: w2,
    sign=1,
    target=1,
    late=None,
    end=lambda dz, ds, a, w2: [dz * 2, dz, ds * a, ds],
):
    """The right `backward` of exercise 3, or with a factor left out or put wrongly."""

    def derivatives(p):
        a = np.tanh(p[0] * 2 + p[1])
        s = p[2] * a + p[3]
        y = np.tanh(s)
        dy = sign * 2 * (y - target)
        ds = dy * new(y, a, s)
        dz = (dy if late == "a" else ds) * out(p[2], a) * inside(a, y)
        return np.array(end(dz, dy if late == "w2" else ds, a, p[2]))

    return derivatives


def one_tanh(p):
    """What the lesson's own `backward` computes."""
    derivatives = net.backward(net.forward(**dict(zip(weights, p, strict=True))))
    return np.array([derivatives[name] for name in weights])


def loss(p):
    w1, b1, w2, b2 = p
    return (w2 * np.tanh(w1 * 2 + b1) + b2 - 1) ** 2


def new_loss(p):
    return (np.tanh(p[2] * np.tanh(p[0] * 2 + p[1]) + p[3]) - 1) ** 2


def _differences(function, sentence):
    """Numerical derivatives, forward and central, each with what to say to it."""
    for h in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        for method in ("forward", "central"):
            yield (
                lambda at, h=h, method=method: numerical_gradient(function, at, h, method),
                sentence,
            )


EXERCISES = {
    "slope of a square": Exercise(
        slope,
        wrong=[
            (lambda x: 2 * (3 * x**2 + 1), "The inner derivative is missing."),
            (lambda x: 6 * x, "The outer derivative is missing."),
            (
                lambda x: (3 * x**2 + 1) * 6 * x,
                "Half of it: in t² or in 3x² the power 2 has not come down as a factor.",
            ),
            (lambda x: 2 * (3 * x**2 + 1) * 2 * x, "The inner stage is 3x² + 1: its 3 is lost."),
            (lambda x: 2 * 6 * x, "The outer derivative is not the number 2: it depends on t."),
            (
                lambda x: (3 * x**2 + 1) ** 2 * 6 * x,
                "The outer stage t² is not differentiated yet.",
            ),
            (lambda x: 2 * x * 6 * x, "The outer derivative belongs at t = 3x² + 1, not at x."),
            (
                lambda x: (6 * x) ** 2,
                "That squares the inner derivative. The outer one is that of t².",
            ),
            (lambda x: 2 * (3 * x**2 + 1) + 6 * x, "That adds the two. The speeds multiply."),
            (lambda x: 2 * (3 * x**2 + 1) * 6, "The inner derivative depends on x."),
            (
                lambda x: 2 * (3 * x**2 + 1) * (6 * x + 1),
                "The derivative of the 1 in 3x² + 1 is 0.",
            ),
            *(
                (wrong, "That is right at x = 1 only: use x.")
                for wrong in (lambda x: 48 + 0 * x, lambda x: 8 * (6 * x))
            ),
            *_differences(
                lambda x: (3 * x**2 + 1) ** 2,
                "That is a difference, a good approximation for a suitable h. The formula is asked "
                "for: outer times inner derivative.",
            ),
        ],
        cases=[1.0, 2.0, -0.5, 3.0],
        rtol=1e-12,
        atol=0,
        hints=["Inside is t = 3x² + 1, outside t².", "The outer derivative is 2t, with t put in."],
    ),
    "push w2": Exercise(
        change,
        wrong=[
            (slopes["w2"], "That is the derivative. How far does a push of 0.02 move L?"),
            (-0.02 * slopes["w2"], "Look at the sign: y is below 1, and a larger w₂ lifts it."),
            (0.02 * slopes["y"], "That is a push on y. From w₂ to y there is one more factor."),
            (0.02 * slopes["w1"], "That is a push on w₁."),
            (start["L"] + 0.02 * slopes["w2"], "That is the new L. By how much did it change?"),
            (0.02 * slopes["y"] * start["w2"], "From w₂ to y the factor is a, not w₂."),
            (0.02 * start["a"], "That is how far y moves. From y to L there is one more factor."),
            (
                -0.02 * start["a"],
                "The derivative of L with respect to y is near -1, and not -1: use it.",
            ),
            (0.02, "That is the push on w₂. How many times as far does L move?"),
            (slopes["w2"] / 0.02, "That divides by the push. A small push makes a small change."),
            (-0.009, "About right, but give four decimals."),
            (-0.01, "About right, but give four decimals."),
        ],
        otherwise="Not right yet. If it is near, give four decimals.",
        hints=["The lower number under w₂ is its derivative.", "Derivative times push."],
    ),
    "backward with a second tanh": Exercise(
        backward,
        wrong=[
            (
                _usual(new=lambda y, a, s: 1),
                "The new tanh has a local derivative too, at its own input.",
            ),
            (_usual(late="w2"), "The new tanh stands between L and w₂, b₂ too."),
            (_usual(late="a"), "The new tanh stands between L and a too: start from ds, not dy."),
            (
                _usual(new=lambda y, a, s: (1 - y) ** 2),
                "In the new tanh: (1 - y)² is not 1 - y². Only y is squared.",
            ),
            (
                _usual(new=lambda y, a, s: 1 - a**2),
                "1 - a² belongs to the inner tanh. The new one gives y, not a.",
            ),
            (
                _usual(new=lambda y, a, s: 1 - s**2),
                "In the new tanh: square what comes out of it, not what goes in.",
            ),
            (
                _usual(new=lambda y, a, s: 1 - np.tanh(y) ** 2),
                "That takes tanh twice: y has been through it already.",
            ),
            (one_tanh, "That is still the network with one tanh."),
            (
                _usual(inside=lambda a, y: 1),
                "The inner tanh has lost its local derivative, 1 - a².",
            ),
            (
                _usual(inside=lambda a, y: 1 - y**2),
                "1 - y² belongs to the new tanh. The inner one gives a, not y.",
            ),
            (
                _usual(inside=lambda a, y: (1 - a) ** 2),
                "In the inner tanh: (1 - a)² is not 1 - a². Only a is squared.",
            ),
            (
                _usual(out=lambda w2, a: 1),
                "On the way from y back to a there is the factor w₂.",
            ),
            (
                _usual(out=lambda w2, a: a),
                "Back to a the factor is what multiplies a in w₂a + b₂. You used a itself.",
            ),
            (
                _usual(end=lambda dz, ds, a, w2: [dz * 2, dz, ds * w2, ds]),
                "Third component: what multiplies w₂ in w₂a + b₂? Not w₂ itself.",
            ),
            (
                _usual(end=lambda dz, ds, a, w2: [dz, dz, ds * a, ds]),
                "First component: w₁ is multiplied by x = 2.",
            ),
            (
                _usual(end=lambda dz, ds, a, w2: [dz * 2, dz, ds, ds]),
                "Third component: w₂ is multiplied by a before it reaches s.",
            ),
            (
                _usual(end=lambda dz, ds, a, w2: [dz, dz * 2, ds, ds * a]),
                "Two pairs are swapped: the order is w₁, b₁, w₂, b₂.",
            ),
            (
                _usual(end=lambda dz, ds, a, w2: [ds, ds * a, dz, dz * 2]),
                "The order is turned round: it is w₁, b₁, w₂, b₂.",
            ),
            (_usual(target=0), "The loss is (y - 1)². The 1 is missing."),
            (_usual(sign=-1), "The sign is turned round: L falls where y rises towards 1."),
            (_usual(sign=0.5), "A factor 2 is missing in all four: L is a square."),
            *_differences(
                new_loss,
                "These are differences, good approximations for a suitable h. The formulas are "
                "asked for.",
            ),
        ],
        cases=[p, np.array([0.3, -0.2, -1.2, 0.4]), np.array([-0.7, 0.4, 0.9, -1.1])],
        rtol=1e-12,
        atol=0,
        otherwise="Not right yet. check_gradient(new_loss, my_backward, p) names the worst "
        "component.",
        hints=[
            "Call s = w₂a + b₂ what goes into the new tanh. The derivative of L with respect to s "
            "comes first.",
            "ds = 2(y - 1) · (1 - y²). From there on it is as before.",
        ],
    ),
}

QUIZ = [
    (
        "A network has 1,000 weights. How many runs does a forward-difference gradient take?",
        {
            "1,001": "Right: one run as it is, and one more for each weight.",
            "1,000": "That forgets the run that all the others are compared with.",
            "1": "One pass is enough for back-propagation. A difference needs a run for each push.",
        },
    ),
    (
        "Suppose a gradient check with h = 10⁻¹⁵ finds your gradient off by 1. Is it wrong?",
        {
            "You cannot tell": "Right: on this lesson's cubic rounding alone is that large at this "
            "h. Check again at 10⁻⁵.",
            "Yes, it must be wrong": "A right gradient may fail this check, too: look at the far "
            "left of the curves.",
            "No, it must be right": "It may be wrong all the same: this h would hide it.",
        },
    ),
    (
        "y = w₂a + b₂, and a is 0. Which derivative is 0, that of w₂ or that of b₂?",
        {
            "that of w₂": "Right: its local derivative is a.",
            "that of b₂": "Its local derivative is 1, whatever a is.",
            "both": "b₂ is added: pushed a little, it moves y by just as much.",
        },
    ),
]


def runs(weights):
    """How many points a forward-difference gradient looks at: where it is, and each push."""
    here = np.zeros(weights)
    return len(np.vstack([here, here + 1e-8 * np.eye(weights)]))


def off_by(method, h=1e-3):
    return abs(numerical_gradient(cubic, 1.0, h, method) - cubic.gradient(1.0))


EPSILON = np.finfo(float).eps
along = [2 * (start["y"] - 1), start["w2"], 1 - start["a"] ** 2, start["x"]]

NUMBERS = [
    ("24", lambda: graph.backward(graph.forward(x=1.5))["x"]),
    ("54", lambda: graph.backward(graph.forward(x=2.0))["x"]),
    ("27", lambda: graph.backward(graph.forward(x=2.0))["t"]),
    ("0.786", lambda: along[2]),
    ("0.462", lambda: start["a"]),
    ("2.36", lambda: np.prod(along[1:])),
    ("9", lambda: off_by("forward") / 1e-3),
    ("3", lambda: off_by("central") / 1e-3**2),
    ("6", lambda: 18 * 1e-3**2 / off_by("central")),
    ("12", lambda: -np.log10(tried["10⁻¹²"])),
    ("16", lambda: -np.log10(EPSILON)),
    (r"2.2\cdot 10^{-16}", lambda: EPSILON),
    ("10^{-8}", lambda: np.sqrt(EPSILON)),
    (r"6\cdot 10^{-6}", lambda: np.cbrt(EPSILON)),
    ("10⁻⁵", lambda: min(tried.values(), key=typical)),
    ("1,001", lambda: runs(1000)),
]

GIVEN = ["0.01", "0.02", "1.5", "-1", "0.5", "-0.5", "-0.2", "0.001", "-2", "4"]
GIVEN += ["10⁻²", "10⁻¹²", "10⁻¹⁵", "1,000"]


def moves_most(push=1e-4):
    """Which of w₁, w₂ and b₂ moves the loss as far as the one that moves it most."""
    moved = np.array([abs(loss(p + push * one) - loss(p)) for one in np.eye(4)])
    return moved[[0, 2, 3]] == moved.max()


def most_exact():
    errors = typical(list(tried.values()))
    return errors == errors.min()


def how_the_error_goes(function):
    """As h shrinks, a hundred times at each step: 0 all along, rising, or falling and rising."""
    errors = typical(100.0 ** -np.arange(7), function)
    falls_and_rises = errors[0] > errors.min() < errors[-1]
    return np.allclose(errors, 0), (np.diff(errors) > 0).all(), falls_and_rises


#: for each choice, which of its options are true, in their order
HOLDS = {
    "which weight moves the loss most": moves_most,
    "the best h for the central difference": most_exact,
    "the error on a parabola": lambda: how_the_error_goes(parabola),
}


def claim_on_a_parabola_rounding_alone_is_left():
    first, *_, last = typical([1.0, 1e-4, 1e-8, 1e-12], parabola)
    assert first < 1e-14 and last > 1e-5


def claim_two_positions_have_the_slope_24():
    for x in (1.5, -0.5):
        assert graph.backward(graph.forward(x=x))["x"] == 24


def claim_t_and_y_are_1_at_1():
    values = graph.forward(x=1.0)
    assert values["t"] == values["y"] == 1


def claim_the_product_along_the_arrows_is_the_derivative():
    assert np.isclose(np.prod(along), slopes["w1"])


def claim_tanh_is_flat_where_w1_is_low():
    far = net.forward(w1=-2.0)
    assert far["L"] > 7 and abs(net.backward(far)["w1"]) < 0.01


def claim_one_pass_gives_the_four_derivatives():
    assert check_gradient(loss, one_tanh, p)
    assert np.isclose(loss(p), start["L"])


def claim_the_check_names_the_component_that_lacks_its_factor():
    right = check_gradient(loss, one_tanh, p)
    wrong = check_gradient(loss, lambda p: one_tanh(p) / [1 - start["a"] ** 2, 1, 1, 1], p)
    assert right and not wrong and wrong.worst == (0,)


def claim_the_best_h_is_near_the_balance_of_the_two_errors():
    sizes = np.logspace(-12, -1, 221)
    best = {
        method: sizes[np.argmin(typical(sizes, method=method))] for method in ("forward", "central")
    }
    assert 3e-9 < best["forward"] < 5e-8 and 2e-6 < best["central"] < 2e-5


def claim_in_fractions_the_central_difference_is_exact_on_a_parabola():
    for h in (Fraction(1), Fraction(1, 10**4), Fraction(1, 10**12)):
        assert ((3 + h) ** 2 - (3 - h) ** 2) / (2 * h) == 6


def claim_rounding_alone_is_off_by_1_on_the_cubic():
    assert np.abs(numerical_gradient(cubic, places, 1e-15) - cubic.gradient(places)).max() > 1


def claim_the_slope_of_the_square():
    assert slope(1.0) == 48 and slope(2.0) == 312
    assert check_gradient(lambda x: (3 * x**2 + 1) ** 2, slope, 0.7)


def claim_the_push_on_w2_moves_the_loss_by_about_that():
    assert np.isclose(change(), loss(p + [0, 0, 0.02, 0]) - loss(p), rtol=0.02)


def claim_the_new_backward_passes_the_check():
    assert check_gradient(new_loss, backward, p)
