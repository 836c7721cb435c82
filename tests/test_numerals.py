"""Numbers in prose: how they are read, which of them a lesson has to answer for."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimlab.tools.numerals import find, read
from optimlab.tools.stated import stated

FLOATS = st.floats(-1e7, 1e7)
DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3.772", 3.772, 1e-3),
        ("-0.4", -0.4, 0.1),
        ("−0.4", -0.4, 0.1),
        ("+10", 10, 1),
        ("2,814", 2814, 1),
        ("1,234,567.8", 1234567.8, 0.1),
        ("2{,}814", 2814, 1),
        (r"2\,814", 2814, 1),
        ("1e-13", 1e-13, 1e-13),
        ("1.7e+29", 1.7e29, 1e28),
        ("1.5 · 10⁻³", 1.5e-3, 1e-4),
        ("1.5×10^{-3}", 1.5e-3, 1e-4),
        (r"-6\cdot 10^{−6}", -6e-6, 1e-6),
        ("10²⁰", 1e20, 1e20),
        ("10^{-7}", 1e-7, 1e-7),
        ("10^3", 1e3, 1e3),
    ],
)
def test_a_number_is_read(text, value, unit):
    number = read(text)
    assert math.isclose(number.value, value) and math.isclose(number.unit, unit)
    assert [n.text for n in find(f"It is {text}, there.")] == [text]


@pytest.mark.parametrize("text", ["", "x", "3.", ".5", "1.2.3", "3 4", "3x", "10^x", "1e", "--3"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number as prose writes it"):
        read(text)


@given(FLOATS, st.integers(0, 8))
def test_a_value_may_be_written_at_any_precision(value, decimals):
    for text in (f"{value:.{decimals}f}", f"{value:,.{decimals}f}", f"{value:.{decimals}e}"):
        assert read(text).agrees(value), text
        raised = f"{text.partition('e')[0]} · 10{text.partition('e')[2].translate(DIGITS)}"
        if "e" in text:
            assert read(raised.replace("+", "⁺")) == read(text)


@given(st.integers(-(10**9), 10**9), st.integers(0, 8), st.integers(1, 9))
def test_another_last_digit_is_another_number(digits, decimals, by):
    value = digits / 10**decimals
    text = f"{value:,.{decimals}f}"
    changed = text[:-1] + str((int(text[-1]) + by) % 10)
    assert read(text).agrees(value) and not read(changed).agrees(value)
    assert read(changed) != read(text)


@given(st.integers(1, 10**9))
def test_about_lets_the_zeros_at_the_end_be_rounded_ones(value):
    digits = len(str(value))
    for kept in range(1, digits + 1):
        rounded = round(value, kept - digits)
        assert read(f"~{rounded:,}").agrees(value)
        assert read(f"about {rounded}") == read(str(rounded))
    assert not read(f"~{value}").agrees(value * 1.6)


def test_a_precision_is_part_of_a_number():
    assert read("2.0") != read("2") and read("2.0").value == read("2").value
    assert {read("1.5e-3"), read("1.5 · 10⁻³")} == {read("0.0015")}


def test_what_is_no_number_never_agrees():
    assert read("3").agrees(np.int64(3)) and read("0.3").agrees(Fraction(1, 3))
    assert not read("3").agrees(math.nan) and not read("3").agrees(math.inf)
    assert read("3").agrees(np.array([3.0]))
    for value in (True, "3", None, np.array([3, 4])):
        with pytest.raises(TypeError, match="3: the expression must give a number"):
            read("3").agrees(value)


@pytest.mark.parametrize("text", ["x1", "float64", "β₂", "x²", "3.11.7", "my_2", "L2", "A-Copy1"])
def test_a_name_holds_no_number(text):
    assert list(find(text)) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("15-25 and 15–25", ["15", "25", "15", "25"]),
        ("from 6 - 10 to $-4$", ["6", "10", "-4"]),
        ("(0, 100), [1,2]", ["0", "100", "1", "2"]),
        ("12,000-fold, 45°, ±10, 2x, 47 %", ["12,000", "45", "10", "2", "47"]),
        ("4.7 : 1, and 1/9. It is 3.", ["4.7", "1", "1", "9", "3"]),
    ],
)
def test_numbers_are_found_in_their_order(text, wanted):
    found = list(find(text))
    assert [n.text for n in found] == wanted
    assert [text[n.start : n.end] for n in found] == wanted


# Which of them have to be in a table ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("After 13 steps the loss is 0.05.", ["13", "0.05"]),
        ("0, 1 and 2, -1 and 2.0", ["-1", "2.0"]),
        # a formula: all but indices and exponents
        ("$3x^2 - 4x + 6$, $101^{10}$, $x_{12}$, $y^{-3}$", ["3", "4", "6", "101"]),
        (r"$0.25\,h + 4.5\,h^2$, $0.96^{t}$, $e^{-0.3}$", ["0.25", "4.5", "0.96", "-0.3"]),
        (r"$f_x = 12 = -4$, $\eta\to 3$, $x\le7$", ["12", "-4", "3", "7"]),
        (r"$(x, y) = (-7, 5)$, $n\approx1{,}200$", ["-7", "5", "1{,}200"]),
        (r"$\frac12 x$, $\tfrac34 = 0.75$, $\frac{10}{7}$", ["0.75", "10", "7"]),
        (r"$$\frac{dy}{dx} = \frac{3}{4} = 0.75.$$", ["3", "4", "0.75"]),
        (r"$\delta = 10^{-7}$, $3 \cdot 10^{-15}$", ["10^{-7}", r"3 \cdot 10^{-15}"]),
        (r"$\sum_{i=3}^{n} x_i$, $w_{t=4}$, $2^{10}$, $3\cdot2^5$", ["3"]),
        # what is exempt, and what looks like it
        ("`x = 13`, ```\n14\n```", []),
        ('<img width="400">, [so](a_13.ipynb), <!-- 12 --> x < 12', ["12"]),
        ("**Time** 25 minutes. **Before** [01](01_a.ipynb). It takes 25 minutes.", ["25"]),
        ("# 13 · Adam\n\n[← 12 RMSProp](12.ipynb) · 16 Playground →", []),
        ("05, 07a, 15b, lesson 12, Lessons 11 to 13, [09](a) to [13 Adam](b)", []),
        ("1.05, 0.05, 3,014, 12 runs, [12, 13]", ["1.05", "0.05", "3,014", "12", "12", "13"]),
        ("8e+08, 8e-05, -05, in 3-D", ["8e+08", "8e-05", "-05"]),
        ("section 2.1, sections 5.1.4 and 8.1, exercise 3, stage 4", []),
        ("step 15, steps 25 and 100", ["15", "25", "100"]),
        ("Choi et al. (2019), of 1951, (1019)", ["1951", "1019"]),
        ("**3.** Write it.\n4. So.\n 3 of 4.", ["3", "4"]),
        ("## Sources\n\nPress, 2016, 8.3. PyTorch 2.13.\n\n## Quiz\n\n13", ["13"]),
    ],
)
def test_the_numbers_that_a_lesson_answers_for(text, wanted):
    found = list(stated(text))
    assert [n.text for n in found] == wanted
    assert [text[n.start : n.end] for n in found] == wanted
