"""The data sets, how they are split and standardised, and what bad data is told."""

import subprocess
import sys

import numpy as np
import pytest

from optimlab import analysis, data, network
from optimlab.study.data import Data


@pytest.fixture(scope="module")
def iris():
    return data.iris()


def test_tips_are_the_bills_of_the_course_data():
    tips = data.tips()
    assert tips.x.shape == (244, 1) and tips.y.shape == (244,) and tips.classes is None
    assert tips.features == ("total_bill",) and tips.target == "tip" and tips.outputs == 1
    assert tips.x[0, 0] == 16.99 and tips.y[0] == 1.01
    assert round(tips.x.mean(), 2) == 19.79
    assert repr(tips) == "<Data: 244 examples, 1 feature, numbers>"


def test_raw_tips_are_a_ravine_and_standardised_ones_are_round():
    tips = data.tips()
    raw, even = (network.squared_loss(d.x[:, 0], d.y) for d in (tips, tips.standardised()))
    assert round(analysis.condition_number(raw)) == 2814
    assert round(analysis.stability_limit(raw), 5) == 0.00212
    assert analysis.condition_number(even) == pytest.approx(1)
    assert analysis.stability_limit(even) == pytest.approx(1)


def test_iris_has_three_species_of_fifty(iris):
    assert iris.x.shape == (150, 4) and iris.outputs == 3
    assert iris.classes == ("setosa", "versicolor", "virginica")
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    assert iris.x[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    two = data.iris(["petal_width", "sepal_length"])
    np.testing.assert_array_equal(two.x, iris.x[:, [3, 0]])
    assert two.features == ("petal_width", "sepal_length")


BAD_FEATURES = [
    ([], ValueError), (["petal_colour"], ValueError), (5, TypeError),
    (["petal_width"] * 2, ValueError), ([5], TypeError), ({}, ValueError),
]  # fmt: skip


@pytest.mark.parametrize(("features", "error"), BAD_FEATURES, ids=repr)
def test_iris_names_the_features_it_has(features, error):
    with pytest.raises(error, match="features=.*sepal_length.*petal_width"):
        data.iris(features)


def test_iris_takes_its_features_from_a_generator():
    assert data.iris(name for name in ["petal_width"]).features == ("petal_width",)


def test_spirals_are_two_turned_arms():
    clean = data.spirals(points=101, noise=0, turns=1, rng=np.random.default_rng(0))
    assert np.bincount(clean.y).tolist() == [51, 50]
    one, other = clean.x[clean.y == 0], clean.x[clean.y == 1]
    np.testing.assert_allclose(one[:50], -other, atol=1e-12)  # half a turn apart
    radius = np.hypot(*one.T)
    assert radius[0] == pytest.approx(0.2) and radius[-1] == pytest.approx(2)
    assert (np.diff(radius) > 0).all()
    turned = np.ptp(np.unwrap(np.arctan2(one[:, 1], one[:, 0])))
    assert turned == pytest.approx(2 * np.pi * 0.9)


def test_spirals_come_from_the_generator_alone():
    before = np.random.get_state()[1].copy()
    first, again = (data.spirals(rng=np.random.default_rng(3)) for _ in range(2))
    other = data.spirals(rng=np.random.default_rng(4))
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.x != other.x).all() and len(first) == 200
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    clean = data.spirals(noise=0, rng=np.random.default_rng(3))
    assert (first.x - clean.x).std() == pytest.approx(0.1, rel=0.15)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"points": 1}, ValueError, "points=1: points must be a whole number >= 2"),
        ({"points": 20.0}, TypeError, "points=20.0"),
        ({"points": True}, TypeError, "points=True"),
        ({"noise": -0.1}, ValueError, "noise=-0.1: noise must be a finite number >= 0"),
        ({"noise": np.nan}, ValueError, "noise=nan"),
        ({"turns": "two"}, TypeError, "turns='two'"),
        ({"rng": 0}, TypeError, r"rng=0: rng must be a numpy Generator, .*default_rng\(0\)"),
        ({"rng": None}, TypeError, "rng=None"),
    ],
)
def test_spirals_name_what_is_wrong(given, error, words):
    with pytest.raises(error, match=words):
        data.spirals(**{"rng": np.random.default_rng(0)} | given)


# -- standardise and split --------------------------------------------------------------------


def test_standardised_features_have_mean_0_and_deviation_1(iris):
    even = iris.standardised()
    np.testing.assert_allclose(even.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(even.x.std(axis=0), 1)
    np.testing.assert_array_equal(even.y, iris.y)
    assert even.classes == iris.classes and even.features == iris.features
    constant = Data([[2.0, 1.0], [2.0, 3.0]], [0.0, 1.0]).standardised()
    assert constant.x.tolist() == [[0, -1], [0, 1]]


def test_a_split_uses_each_example_once(iris):
    train, test = iris.split(held_out=0.3, rng=np.random.default_rng(0))
    assert (len(train), len(test)) == (105, 45)
    both = np.concatenate([np.c_[part.x, part.y] for part in (train, test)])
    whole = np.c_[iris.x, iris.y]
    np.testing.assert_array_equal(both[np.lexsort(both.T)], whole[np.lexsort(whole.T)])
    assert len(np.unique(train.y[:40])) == 3  # drawn at random, not cut off


def test_a_split_comes_from_its_generator(iris):
    one, again, other = (
        iris.split(held_out=0.2, rng=np.random.default_rng(s))[1].x for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_held_out_data_are_standardised_by_what_is_trained_on(iris):
    train, test = iris.split(rng=np.random.default_rng(1))
    mean, sd = train.x.mean(axis=0), train.x.std(axis=0)
    np.testing.assert_allclose(test.standardised().x, (test.x - mean) / sd)
    np.testing.assert_allclose(train.standardised().x, (train.x - mean) / sd)
    assert np.abs(test.standardised().x.mean(axis=0)).max() > 1e-3


def test_standardising_twice_changes_nothing(iris):
    for part in (iris, *iris.split(rng=np.random.default_rng(1))):
        even = part.standardised()
        np.testing.assert_array_equal(even.standardised().x, even.x)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e200, 1e-200, 1.7e308, 5e-324])
def test_features_of_any_size_are_standardised(size):
    assert Data([[size], [0.0]], [0, 1]).x[0, 0] == size
    if size > 1e-300:
        even = Data([[size], [0.0]], [0, 1]).standardised()
        np.testing.assert_allclose(even.x, [[1], [-1]])
    constant = Data(np.full((10, 1), size), np.zeros(10)).standardised()
    assert not constant.x.any()


def test_a_feature_that_never_changes_is_exactly_0():
    tenths = Data(np.full((3, 1), 0.1), np.zeros(3))  # whose mean is not 0.1 as it is summed
    assert tenths.x.mean() != 0.1 and tenths.sd == 0 and not tenths.standardised().x.any()


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, np.nan, 0.001, 0.999])
def test_held_out_leaves_something_in_both_parts(iris, share):
    with pytest.raises(ValueError, match=f"held_out={share}: held_out must be a "):
        iris.split(held_out=share, rng=np.random.default_rng(0))


def test_a_split_names_what_is_wrong(iris):
    with pytest.raises(TypeError, match="held_out='half': held_out must be a finite number"):
        iris.split(held_out="half", rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match="rng=7: rng must be a numpy Generator"):
        iris.split(rng=7)


# -- bad data ---------------------------------------------------------------------------------

X, Y, NAMES = [[1.0], [2.0], [3.0]], [0, 1, 0], ("no", "yes")


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"x": [[1.0], [np.nan], [3.0]]}, ValueError, "x must be fin.* 1 of them are NaN or inf"),
        ({"x": [[np.inf], [np.nan], [3.0]]}, ValueError, "x must be fin.* and 2 of them are NaN"),
        ({"x": [1.0, 2.0, 3.0]}, ValueError, r"its shape is \(3,\).*x\[:, None\] makes a column"),
        ({"x": np.ones((3, 1, 1))}, ValueError, r"x must be .* and its shape is \(3, 1, 1\)"),
        ({"x": [[1.0], [2.0, 3.0]]}, TypeError, "x must be finite numbers"),
        ({"x": [["a"], ["b"], ["c"]]}, TypeError, "x must be finite numbers"),
        ({"x": np.empty((0, 1)), "y": []}, ValueError, "x must be finite numbers.*not empty"),
        ({"x": np.empty((3, 0))}, ValueError, "x must be finite numbers.*not empty"),
        ({"y": [0, 1]}, ValueError, r"y=\[0, 1\]: y must be a list of 3, one for each row of x"),
        ({"y": [0, 1, 2]}, ValueError, r"y=\[0, 1, 2\]: y must be a whole number from 0 to 1"),
        ({"y": [0, 1, -1]}, ValueError, "y must be a whole number from 0 to 1"),
        ({"y": [0.0, 1.0, 0.0]}, TypeError, "y must be a whole number from 0 to 1"),
        ({"y": [True, False, True]}, TypeError, "y must be a whole number"),
        ({"y": [[0], [1], [0]]}, ValueError, r"y=\[\[0\], \[1\], \[0\]\]: y must be a list of 3"),
        ({"y": [0.0, np.nan, 1.0], "classes": None}, ValueError, "y must be a list of finite"),
        ({"y": ["a", "b", "a"], "classes": None}, TypeError, "y must be a list of finite"),
        ({"classes": ("only",)}, ValueError, "classes=.*a list of at least 2 names"),
        ({"classes": "ab"}, TypeError, "classes='ab'"),
        ({"classes": 2}, TypeError, "classes=2"),
        ({"features": ("a", "b")}, ValueError, "features=.*a list of 1, one for each column of x"),
        ({"target": 3}, TypeError, "target=3: target must be a text"),
    ],
)
def test_bad_data_are_told_what_is_wrong(given, error, words):
    with pytest.raises(error, match=words):
        Data(**{"x": X, "y": Y, "classes": NAMES} | given)


def test_data_are_copies_that_stay_as_they_are():
    x = np.array(X)
    kept = Data(x, Y, NAMES)
    x[0] = 99
    assert kept.x[0, 0] == 1 and kept.y.dtype.kind == "i" and len(kept) == 3
    with pytest.raises(ValueError, match="read-only"):
        kept.x[0] = 5
    assert Data(X, Y).y.dtype == float  # without classes whole numbers are numbers


def test_nothing_heavy_is_loaded_before_it_is_used():
    code = (
        "import sys, optimlab; from optimlab import data, network, training; "
        "heavy = {'plotly', 'pandas', 'matplotlib', 'ipywidgets'} & set(sys.modules); "
        "assert not heavy, heavy; data.spirals; assert 'plotly' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
