"""A right answer is right in every form, and a wrong one gets the nearest reply."""

import collections
import fractions
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimlab.lessons.exercises import Exercise
from optimlab.lessons.judging import values
from optimlab.lessons.judging.verdict import RIGHT, Verdict
from optimlab.lessons.judging.wording import POWER
from optimlab.lessons.keyring import load_key

quick = settings(max_examples=60)
right = Verdict(True, RIGHT)

# Values --------------------------------------------------------------------------------------

numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
FORMS = [
    list,
    tuple,
    np.array,
    collections.deque,
    lambda row: np.array([row]),
    lambda row: np.array(row)[:, None],
    lambda row: np.array(row, dtype=object),
    lambda row: np.array(row, dtype=complex),
    lambda row: [np.array(x) for x in row],
    lambda row: [fractions.Fraction(x) for x in row],
    lambda row: tuple(np.float64(x) for x in row),
    lambda row: dict(enumerate(row)).values(),
]


@quick
@given(st.lists(numbers, min_size=1, max_size=6), st.sampled_from(FORMS), st.randoms())
def test_a_list_of_numbers_is_right_in_every_form(row, form, random):
    assert Exercise(row).judge(form(row)) == right
    mixed = random.sample(row, len(row))
    assert Exercise(row, any_order=True).judge(form(mixed)) == right
    off = [*row[:-1], row[-1] + 1 + max(map(abs, row))]
    assert Exercise(row).judge(form(off)).passed is False


@quick
@given(numbers, st.sampled_from(FORMS))
def test_a_number_is_right_in_every_form(number, form):
    exercise = Exercise(number)
    for one in (form([number]), np.float64(number), np.array(number), complex(number, 0)):
        assert exercise.judge(one) == right
    assert exercise.judge(complex(number, 1)).sentence == "That is a complex number, not a number."


letters = st.lists(st.sampled_from("ABCDEF"), min_size=2, max_size=4, unique=True)
SEPARATORS = [", ", ",", "; ", ";", " ", "  ", "/", " / ", " and ", " & ", "+", "\n", "、", ""]
AROUND = ["{}", " {} ", "[{}]", "({})", "{{{}}}", "{}.", "“{}”", "'{}'"]


@quick
@given(letters, st.sampled_from(SEPARATORS), st.sampled_from(AROUND), st.randoms())
def test_letters_are_right_however_they_are_typed(chosen, separator, around, random):
    text = around.format(separator.join(random.sample(chosen, len(chosen))))
    text = random.choice([text, text.lower()])
    exercise = Exercise(chosen, any_order=True)
    mixed = [one.lower() if one == min(chosen) else one for one in chosen]
    for typed in (text, [text], np.array(text), tuple(chosen), set(chosen), mixed):
        assert exercise.judge(typed) == right, typed
    assert Exercise(chosen).judge(separator.join(chosen)) == right
    assert Exercise(chosen).judge(separator.join(chosen[::-1])).passed is False
    for wrong in (chosen[:-1], [*chosen, "X"], [*chosen[:-1], "X"]):
        assert exercise.judge(separator.join(wrong)).passed is False, wrong


def test_texts_of_several_words_are_parted_at_commas_alone():
    places = Exercise(["a saddle", "a wide valley"], [(["a hill", "a saddle"], "no hill")])
    for typed in ("a saddle, a wide valley", "A saddle and a  wide VALLEY", ("a saddle.",
                  "a wide valley")):  # fmt: skip
        assert places.judge(typed) == right, typed
    assert places.judge("a hill; a saddle").sentence == "no hill"
    assert places.judge("a saddle").sentence == "It holds one part, and 2 are asked for."
    assert places.judge("saddle valley").passed is False


def test_one_text_is_right_in_a_list_and_in_any_case():
    side = Exercise("left", [("right", "the other side")])
    for typed in (["left"], ("Left",), np.array(["LEFT"]), "left.", " 'left' ", np.str_("left")):
        assert side.judge(typed) == right, typed
    assert side.judge(["Right"]).sentence == "the other side"
    assert side.judge("leftright").passed is side.judge(["left", "right"]).passed is False
    kind = Exercise(lambda x: "minimum" if x > 0 else "saddle", cases=[1.0, -1.0])
    assert kind.judge(lambda x: "Minimum" if x > 0 else "SADDLE ") == right
    assert kind.judge(lambda x: "maximum" if x > 0 else "saddle").passed is False


def test_where_accept_decides_texts_and_shapes_come_as_the_solution_has_them():
    seen = []
    two = Exercise(["B", "F"], accept=lambda given: seen.append(given) or set(given) == {"B", "F"})
    for typed in ("B, F", "BF", "F and B", ["B F"], np.array(["F", "B"]), ("B", "F")):
        assert two.judge(typed) == right, typed
    assert all(isinstance(given, list) and len(given) == 2 for given in seen)
    word = Exercise("left", accept=lambda given: given == "left")
    assert word.judge(["left"]) == right and word.judge("right").passed is False
    pair = Exercise((1, 2), accept=lambda given: given[0] < given[1], form="two numbers")
    for typed in ([1, 3], (1, 3), np.array([[1, 3]]), np.array([[1], [3]])):
        assert pair.judge(typed) == right, typed
    number = Exercise(0.5, accept=lambda x: {2: "too large"}.get(x, abs(x) < 1))
    assert number.judge([0.25]) == number.judge(np.array([[0.25]])) == right
    assert number.judge([2.0]).sentence == "too large"


def test_the_letters_of_lesson_15a():
    exercise = load_key("15a").exercises["which comparisons are fair"]
    for typed in ("B, F", "f,b", "BF", "B and F", ["B", "F"], {"F", "B"}, ("b ", "f"), "[B; F]"):
        assert exercise.judge(typed) == right, typed
    for typed in ("A, B", "B", "B, C, F", "BA", [], ["B", "B"]):
        assert exercise.judge(typed).passed is False, typed


# The nearest reply ---------------------------------------------------------------------------

spots = st.lists(st.integers(2, 60), min_size=2, max_size=6, unique=True)


@quick
@given(spots, st.floats(0.95, 7))
def test_the_nearest_reply_is_given_of_those_in_reach(spots, answer):
    """Wrong answers at 1.2, 1.3, …, each with a reach of 0.2, overlap."""
    wrong = [(spot / 10 + 1, f"it is {spot}") for spot in spots]
    if any(abs(abs(answer - spot) - 0.2) < 1e-9 for spot, _ in wrong):
        return  # at the edge of one's reach, where rounding decides
    in_reach = {say: abs(answer - spot) for spot, say in wrong if abs(answer - spot) <= 0.2}
    said = min(in_reach, key=in_reach.get) if in_reach else "none of them"
    order = sorted(in_reach.values())
    if len(order) > 1 and order[1] - order[0] < 1e-9:
        return  # as near to two of them
    value = Exercise(-1.0, wrong, rtol=0, atol=0.2, otherwise="none of them")
    assert value.judge(answer).sentence == said
    functions = [(lambda x, spot=spot: x + spot, say) for spot, say in wrong]
    function = Exercise(
        lambda x: x - 1, functions, cases=[0.0, 3.0], rtol=0, atol=0.2, otherwise="none of them"
    )
    assert function.judge(lambda x: x + answer).sentence == said


# Functions -----------------------------------------------------------------------------------


def walk(w, gradient, lr, steps):
    for _ in range(steps):
        w = w - lr * gradient(w)
    return w


def walk_in_place(w, gradient, lr, steps):
    for _ in range(steps):
        w -= lr * gradient(w)
    return w


def up_in_place(w, gradient, lr, steps):
    for _ in range(steps):
        w += lr * gradient(w)
    return w


walking = Exercise(
    walk,
    [(lambda w, gradient, lr, steps: walk(w, gradient, -lr, steps), "uphill")],
    cases=[
        (np.array([3.0, -1.0]), lambda w: 2 * w - 1, 0.1, 5),
        (np.array([0.5, 2.0, -7.0]), lambda w: w**2, 0.03, 3),
    ],
)


def test_a_function_may_change_its_arguments_where_nothing_forbids_it():
    for _ in range(2):  # the cases stay as they were
        assert walking.judge(walk_in_place) == right
        assert walking.judge(up_in_place).sentence == "uphill"
    strict = Exercise(walk, cases=walking.cases, unchanged=True)
    said = strict.judge(walk_in_place)
    assert said == Verdict(False, "It changes its argument `w` itself: make a new array.")
    assert strict.judge(walk) == right


def test_a_changed_argument_is_told_beside_what_is_wrong():
    def sorts(path):
        path.sort()
        return path[0] + 1

    said = Exercise(lambda path: path[0], cases=[np.array([3.0, 1.0])]).judge(sorts).sentence
    assert said == (
        "For path = [3, 1] it gives 2, which is not right. "
        "It also changes its argument `path` itself."
    )


def test_accept_hands_out_copies_of_data_and_random_generators_themselves():
    def honest(f):
        row, rng = np.array([3.0, 1.0, 2.0]), np.random.default_rng(1)
        one, two = f(row, rng), f(row, rng)
        assert row.tolist() == [3.0, 1.0, 2.0]
        return one == two and "it does not draw from rng" or bool(one)

    def in_place(row, rng):
        row.sort()
        return row[0] + rng.random()

    assert Exercise(accept=honest).judge(in_place) == right
    assert Exercise(accept=honest).judge(lambda row, rng: 1).sentence == "it does not draw from rng"
    said = Exercise(accept=honest, unchanged=True).judge(in_place).sentence
    assert said == "It changes its argument `row` itself: make a new array."


def test_a_function_that_changes_its_arguments_may_return_them_too():
    def update(params, grads):
        params["W"] -= 0.1 * grads["W"]

    cases = [({"W": np.ones(2)}, {"W": np.array([1.0, -2.0])})]
    exercise = Exercise(
        update, [(lambda params, grads: params.update(W=-params["W"]), "no")], cases=cases,
        in_place=True,
    )  # fmt: skip
    assert exercise.judge(lambda params, grads: update(params, grads) or params) == right
    assert exercise.judge(lambda params, grads: params).passed is False


@quick
@given(
    st.lists(st.floats(0.1, 9), min_size=2, max_size=5), st.sampled_from([list, tuple, np.array])
)
def test_a_list_of_numbers_comes_as_an_array(row, form):
    mean = Exercise(
        lambda row: sum(row) / len(row), [(lambda row: sum(row), "the sum")], cases=[(form(row),)]
    )
    assert mean.judge(lambda row: row.mean()) == right
    assert mean.judge(lambda row: (row * (1 / len(row))).sum()) == right
    assert mean.judge(lambda row: (row + 0).sum()).sentence == "the sum"
    said = mean.judge(lambda row: row.median()).sentence
    assert said.startswith("Your function raises AttributeError: ")


def appends(path, x):
    path.append(x)
    return path


def test_a_list_may_be_used_as_a_list_and_as_an_array():
    more = Exercise(lambda path, x: [*path, x], cases=[([1.0, 4.0], 2), ([3.0], 3)])
    for one in (
        lambda path, x: path + [x],
        lambda path, x: np.append(path, x),
        lambda path, x: np.concatenate([path, [x]]),
        lambda path, x: [*path, x],
        appends,
    ):
        assert more.judge(one) == right
    assert more.judge(lambda path, x: path + [x, x]).sentence == (
        "For path = [1, 4], x = 2 it gives 2 numbers, and 3 are asked for."
    )
    table = Exercise(lambda m: m[1][0], cases=[[[1, 2], [3, 4]]])
    assert table.judge(lambda m: m[1, 0]) == right
    ragged = Exercise(lambda m: len(m[0]), cases=[[[1, 2], [3]]])
    assert ragged.judge(lambda m: len(m[0])) == right


def test_dividing_by_zero_is_no_error_where_a_reply_or_a_right_answer_comes_of_it():
    scaled = Exercise(
        lambda g, r: g / (r + 1e-7) ** 0.5,
        [(lambda g, r: g / np.sqrt(r), "delta is missing")],
        cases=[(1.0, 9.0), (2.0, 0.0)],
    )
    for root in (lambda r: r**0.5, np.sqrt, lambda r: math.sqrt(r)):
        assert scaled.judge(lambda g, r, root=root: g / root(r)).sentence == "delta is missing"
    power = Exercise(
        lambda g, r: g / (r + 1e-7) ** 0.5,
        [(lambda g, r: g / r**0.5, "delta is missing")], cases=scaled.cases,
    )  # fmt: skip
    assert power.judge(lambda g, r: g / np.sqrt(r)).sentence == "delta is missing"
    assert scaled.judge(lambda g, r: 2 * g / r).sentence.startswith(
        "For g = 2, r = 0 your function raises ZeroDivisionError"
    )
    far = Exercise(lambda x: x * x * 1e300 * 1e10 > 1, cases=[1e3, -2e3])
    assert far.judge(lambda x: (x * 1e100) ** 4 > 1) == right, "an OverflowError of Python's floats"


def test_the_old_r_of_lesson_12_is_named_in_every_spelling():
    exercise = load_key("12").exercises["RMSProp's step"]

    def with_root(root):
        return lambda w, g, r, lr, rho: (w - lr * g / root(r), rho * r + (1 - rho) * g * g)

    for root in (np.sqrt, math.sqrt, lambda r: r**0.5):
        assert exercise.judge(with_root(root)).sentence == "The step uses the old r."


# Slips of writing ----------------------------------------------------------------------------


def test_a_caret_gets_a_sentence():
    height = Exercise(lambda x, y: x**2 / 20 + y**2, cases=[(-7.0, 2.0), (3.0, -1.5)])
    said = height.judge(lambda x, y: x^2 / 20 + y^2).sentence  # fmt: skip
    assert said.startswith(f"Your function raises TypeError: {POWER}, in line ")
    arrays = Exercise(lambda p: p**2, cases=[np.array([1.0, 2.0])])
    assert POWER in arrays.judge(lambda p: p^2).sentence  # fmt: skip
    whole = Exercise(lambda n: n**2, cases=[3, 5])
    said = whole.judge(lambda n: n^2).sentence  # fmt: skip
    assert said == f"For n = 3 it gives 1, which is not right. {POWER}."
    assert POWER not in whole.judge(lambda n: n + 2).sentence
    assert whole.judge(lambda n: (n ^ 0) ** 2) == right
    loaded = Exercise(lambda n: n**2, [(lambda n: n ^ 2, "listed")], cases=[3, 5])
    assert loaded.judge(lambda n: n ^ 2).sentence == "listed"


@pytest.mark.parametrize(
    ("text", "wanted", "parts"),
    [
        ("B, F", ("A", "C"), ("B", "F")),
        ("b f", ("A", "C"), ("b", "f")),
        ("bf", ("A", "C"), ("b", "f")),
        ("bf", ("AB", "CD"), ("bf",)),
        ("Adam and SGD", ("SGD", "Adam"), ("Adam", "SGD")),
        ("sand, land", ("sand", "land"), ("sand", "land")),
        ("", ("A",), ()),
    ],
)
def test_a_text_is_parted_into_texts(text, wanted, parts):
    assert values.texts_in(text, wanted) == parts
