"""Losses of a model's weights, the fit beside its point on the loss, and the cost of a grid."""

import io

import numpy as np
import plotly
import pytest
from PIL import Image

from optimlab import SGD, analysis, check_gradient, descend, functions, network
from optimlab.explorers import FitExplorer, GridExplorer

HOURS, PASSED = np.arange(1, 7), np.array([0, 0, 1, 0, 1, 1])
WINDOW = ((-4, 4), (-8, 8))


@pytest.fixture(scope="module")
def tips():
    table = plotly.data.tips()
    return table["total_bill"].to_numpy(), table["tip"].to_numpy()


@pytest.fixture
def fit(tips):
    return FitExplorer(*tips, start=(0.02, 2.5), names=("bill", "tip"))


@pytest.fixture
def logistic():
    return FitExplorer(HOURS, PASSED, model="logistic", start=(1, -2), target=0.45)


def drag(explorer, **handles):
    """Put handles somewhere at once, as a message of the browser does."""
    moved = {name: list(map(float, at)) for name, at in handles.items()}
    explorer.plot.handles = {**explorer.plot.handles, **moved}


# -- losses ---------------------------------------------------------------------------------------


def test_the_squared_loss_is_the_mean_of_the_squares(tips):
    bill, tip = tips
    loss = network.squared_loss(bill, tip)
    for w, b in [(0.1, 1.0), (0.0, 0.0), (-1.0, 7.0)]:
        assert loss((w, b)) == pytest.approx(np.mean((w * bill + b - tip) ** 2), rel=1e-12)
    np.testing.assert_allclose(loss.minima[0], np.polyfit(bill, tip, 1), rtol=1e-9)
    (wlow, whigh), (blow, bhigh) = loss.domain
    assert wlow < loss.minima[0, 0] < whigh and blow < loss.minima[0, 1] < bhigh


def test_raw_tips_are_a_ravine_and_standardised_ones_are_not(tips):
    bill, tip = tips
    raw, centred = (network.squared_loss(x, tip) for x in (bill, bill - bill.mean()))
    scaled = network.squared_loss((bill - bill.mean()) / bill.std(), tip)
    assert round(analysis.condition_number(raw)) == 2814
    assert round(analysis.stability_limit(raw), 5) == 0.00212
    assert round(analysis.condition_number(centred)) == 79
    assert analysis.condition_number(scaled) == pytest.approx(1)
    end = descend(scaled, SGD(lr=0.5), start=(0, 0), steps=1).end  # condition 1: one step
    np.testing.assert_allclose(end, scaled.minima[0], atol=1e-12)


@pytest.mark.parametrize(
    "loss",
    [
        network.squared_loss([1, 2, 4], [1, 0, 3]),
        network.logistic_loss(HOURS, PASSED, WINDOW),
    ],
    ids=["squared", "logistic"],
)
def test_gradient_and_hessian_agree_with_differences(loss):
    points = np.array([[0.3, -0.2], [1.0, -2.0], [-0.5, 1.5]])
    assert check_gradient(loss, point=points)
    h = 1e-5
    for i, e in enumerate(np.eye(2) * h):
        column = (loss.gradient(points + e) - loss.gradient(points - e)) / (2 * h)
        np.testing.assert_allclose(loss.hessian(points)[..., i], column, atol=1e-8)
    np.testing.assert_allclose(loss.gradient(loss.minima[0]), 0, atol=1e-9)


def test_cross_entropy_by_hand():
    loss = network.logistic_loss(HOURS, PASSED, WINDOW)
    p = 1 / (1 + np.exp(-(1.0 * HOURS - 2)))
    parts = np.where(PASSED == 1, -np.log(p), -np.log(1 - p))
    assert loss((1, -2)) == pytest.approx(parts.mean(), rel=1e-12)
    assert loss((0, 0)) == pytest.approx(np.log(2))
    assert np.isfinite(loss((1000, -1e6))) and loss((1000, -1e6)) > 1e5


def test_separable_data_have_no_minimum():
    assert not len(network.logistic_loss([1, 2, 3], [0, 0, 1], WINDOW).minima)
    assert not len(network.logistic_loss([1, 2, 3], [1, 1, 1], WINDOW).minima)
    wide = ((-1e4, 1e4), (-1e4, 1e4))
    assert not len(network.logistic_loss([1, 2, 3], [0, 0, 1], wide).minima)


def test_a_minimum_outside_the_window_is_not_listed():
    assert not len(network.logistic_loss(HOURS, PASSED, ((-1, 1), (-1, 1))).minima)


def test_the_minimum_is_found_where_a_bare_newton_step_overshoots():
    x, y = [-5, -10, -5, 2, 21, 26, 1, 2, 5], [1, 0, 0, 1, 1, 1, 1, 1, 1]
    loss = network.logistic_loss(x, y, ((-50, 50), (-50, 50)))
    assert len(loss.minima) == 1
    np.testing.assert_allclose(loss.gradient(loss.minima[0]), 0, atol=1e-9)


def test_sigmoid_and_softmax():
    np.testing.assert_allclose(network.sigmoid([-1e4, 0.0, 1e4]), [0, 0.5, 1])
    z = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(network.sigmoid(z) + network.sigmoid(-z), 1, rtol=1e-15)
    scores = np.array([[2.0, 1.0, 0.0], [1000.0, 999.0, 998.0]])
    rows = network.softmax(scores)
    np.testing.assert_allclose(rows[0], np.exp(scores[0]) / np.exp(scores[0]).sum())
    np.testing.assert_allclose(rows[0], rows[1])
    np.testing.assert_allclose(network.softmax([0.0, 1.3])[1], network.sigmoid(1.3))


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (lambda: network.squared_loss([1, 2], [1, 2, 3]), "one for each x"),
        (lambda: network.squared_loss([2, 2], [1, 2]), "two different x"),
        (lambda: network.squared_loss([1, np.nan], [1, 2]), "a list of finite numbers"),
        (lambda: network.logistic_loss([1, 2], [0, 2], WINDOW), "labels, each 0 or 1"),
        (lambda: FitExplorer([1, 2], [0, 1], model="tree"), "model='tree'"),
    ],
)
def test_wrong_data_are_named(build, complaint):
    with pytest.raises(ValueError, match=complaint):
        build()


# -- the fit --------------------------------------------------------------------------------------


def test_the_line_and_its_errors_are_those_of_the_point(fit, tips):
    bill, tip = tips
    fit.weights = (0.1, 1.0)
    (frame,) = fit.frames([None])
    np.testing.assert_allclose(frame["model"][:, 1], 0.1 * frame["model"][:, 0] + 1)
    off = frame["off"].reshape(-1, 3, 2)
    np.testing.assert_allclose(off[:, 0], np.stack([bill, tip], axis=-1))
    np.testing.assert_allclose(off[:, 1], np.stack([bill, 0.1 * bill + 1], axis=-1))
    assert np.isnan(off[:, 2, 1]).all()
    loss = np.mean((0.1 * bill + 1 - tip) ** 2)
    assert frame["L"][1] == [f"w = 0.1, b = 1: L = {loss:.3g}"]
    assert fit.summary == f"With w = 0.1 and b = 1 the mean squared error is {loss:.3g}."
    assert fit.status == ""


def test_the_rings_lie_on_the_line(fit):
    for weights in [(0.02, 2.5), (0.2, -1.0)]:
        fit.weights = weights
        for name in ("left", "right"):
            x, y = fit.plot.handles[name]
            assert y == pytest.approx(weights[0] * x + weights[1])


def test_dragging_the_line_moves_the_point(fit):
    drag(fit, left=(10, 2))
    left, right = fit.plot.handles["left"], fit.plot.handles["right"]
    w, b = fit.weights
    assert left == [10, 2] and w == pytest.approx((right[1] - 2) / (right[0] - 10))
    assert w * 10 + b == pytest.approx(2) and w * right[0] + b == pytest.approx(right[1])
    drag(fit, right=(40, 5))
    np.testing.assert_allclose(fit.weights, (0.1, 1.0))
    assert "w = 0.1 and b = 1 " in fit.summary and fit.status == ""


def test_dragging_the_point_moves_the_line(fit):
    drag(fit, point=(0.1, 1.0))
    assert fit.weights == (0.1, 1.0)
    x, y = fit.plot.handles["right"]
    assert y == pytest.approx(0.1 * x + 1)
    drag(fit, point=(0.05, 2.0))
    assert fit.weights == (0.05, 2.0) and fit.plot.handles["right"][1] == pytest.approx(
        0.05 * x + 2
    )


def test_an_old_answer_in_the_message_is_not_a_drag(fit):
    """While a ring is dragged, the browser sends the point where it was some moves ago."""
    drag(fit, left=(10, 2.0))
    stale = fit.plot.handles["point"]
    drag(fit, left=(10, 2.1))
    drag(fit, left=(10, 2.2), point=stale)
    assert fit.plot.handles["left"] == [10, 2.2]
    w, b = fit.weights
    assert w * 10 + b == pytest.approx(2.2)
    drag(fit, point=(0.1, 1.0))
    old = fit.plot.handles["left"]
    drag(fit, point=(0.1, 0.9))
    drag(fit, point=(0.1, 0.8), left=old)
    assert fit.weights == (0.1, 0.8)
    assert fit.plot.handles["left"][1] == pytest.approx(0.1 * old[0] + 0.8)


def test_the_rings_cannot_pass_one_another(fit):
    right = fit.plot.handles["right"][0]
    drag(fit, left=(50, 3))
    assert fit.plot.handles["left"][0] == pytest.approx(right - fit.gap)
    drag(fit, right=(0, 3))
    assert fit.plot.handles["right"][0] == pytest.approx(fit.plot.handles["left"][0] + fit.gap)
    assert np.isfinite(fit.weights).all() and fit.status == ""


def test_a_point_off_the_map_is_said(fit):
    fit.weights = (0.9, 0.0)
    assert fit.summary.endswith("The point is off the map.")
    fit.weights = (0.1, 1.0)
    assert "map" not in fit.summary


def test_the_target_hides_the_minimum_and_is_reached_there(tips):
    def at_the_minimum(explorer):
        """The colour of the map there."""
        picture = Image.open(io.BytesIO(explorer.plot.images["map"])).convert("RGB")
        (wlow, whigh), (blow, bhigh) = explorer.loss.domain
        w, b = np.polyfit(*tips, 1)
        across, down = (w - wlow) / (whigh - wlow), (bhigh - b) / (bhigh - blow)
        return picture.getpixel((round(across * picture.width), round(down * picture.height)))

    np.testing.assert_allclose(at_the_minimum(FitExplorer(*tips)), (255, 0xD5, 0x4A), atol=6)
    fit = FitExplorer(*tips, start=(0.02, 2.5), target=1.05)
    assert min(at_the_minimum(fit)) > 240, "no star, only the lightest part of the map"
    assert fit.plot.data["list"][0]["goal"] == (
        "Target: a loss of at most 1.05. Not yet: it is 1.62."
    )
    fit.weights = (0.105, 0.92)
    assert fit.plot.data["list"][0]["goal"].endswith("Reached: it is 1.04.")
    fit.weights = (0.1108, 0.92)
    assert 1.05 < fit.loss(fit.weights) < 1.055, "as short as the others it would read 1.05"
    goal = fit.plot.data["list"][0]["goal"]
    assert goal.endswith(f"Not yet: it is {fit.loss(fit.weights):.6g}.")


def test_centring_turns_the_valley_along_the_axes(tips):
    bill, tip = tips
    fit = FitExplorer(bill - bill.mean(), tip)
    hessian = fit.loss.hessian(fit.loss.minima[0])
    assert abs(hessian[0, 1]) < 1e-12
    assert fit.loss.minima[0, 1] == pytest.approx(tip.mean())


def test_the_map_is_drawn_with_its_minimum_lowest(fit):
    w, b = np.meshgrid(*(np.linspace(*side, 181) for side in fit.loss.domain))
    z = fit.loss(np.stack([w, b], axis=-1))
    k = np.unravel_index(np.argmin(z), z.shape)
    grain = np.ptp(fit.loss.domain, axis=1) / 180
    assert (np.abs([w[k], b[k]] - fit.loss.minima[0]) <= grain).all()
    ax = fit.plot._figures[1].axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w", "b")
    assert ax.get_xlim() == pytest.approx(fit.loss.domain[0])
    assert ax.get_ylim() == pytest.approx(fit.loss.domain[1])


def test_all_data_are_in_the_picture(fit, logistic):
    for explorer in (fit, logistic):
        ax = explorer.plot._figures[0].axes[0]
        low, high = ax.get_xlim()
        assert low < min(0, explorer.x.min()) and explorer.x.max() < high
        low, high = ax.get_ylim()
        assert low < explorer.y.min() and explorer.y.max() < explorer._top < high
        (dots,) = [line for line in ax.lines if len(line.get_xdata()) == len(explorer.x)]
        np.testing.assert_array_equal(dots.get_ydata(), explorer.y)


def test_the_parts_beside_the_students_add_up(logistic):
    (frame,) = logistic.frames([None])
    points, texts = frame["losses"]
    assert texts == ["0.313", "0.693", "0.313", "2.13", "0.0486", "0.0181"]
    assert logistic.point_losses().mean() == pytest.approx(logistic.loss((1, -2)))
    np.testing.assert_array_equal(points[:, 0], HOURS)
    np.testing.assert_allclose(
        frame["model"][:, 1], 1 / (1 + np.exp(-(frame["model"][:, 0] - 2))), rtol=1e-12
    )
    assert logistic.summary == "With w = 1 and b = -2 the mean cross-entropy is 0.586."
    assert set(logistic.plot.handles) == {"point"}


def test_the_student_target_can_be_met(logistic):
    assert "Not yet" in logistic.plot.data["list"][0]["goal"]
    logistic.weights = logistic.loss.minima[0]
    assert "Reached" in logistic.plot.data["list"][0]["goal"]
    assert logistic.status == ""


def test_few_points_of_a_line_show_their_squares():
    fit = FitExplorer([0.0, 1, 2], [1.0, 3, 2], start=(0, 2))
    (frame,) = fit.frames([None])
    assert frame["losses"][1] == ["1", "1", "0"]
    np.testing.assert_allclose(frame["losses"][0], [[0, 1.5], [1, 2.5], [2, 2]])
    for count in (12, 13):
        (frame,) = FitExplorer(range(count), range(count)).frames([None])
        assert ("losses" in frame) == (count == 12)


def test_a_drag_sends_little_and_the_still_is_small(fit):
    assert len(fit.plot.data["buffer"]) < 8_000
    assert len(fit.plot.still()) < 120_000


# -- the grid -------------------------------------------------------------------------------------


def test_the_best_of_the_grid_is_within_half_a_spacing():
    explorer = GridExplorer("parabola", domain=(0, 5))
    counts = [value for _, value in explorer.controls["points"].options]
    assert counts[0] == 2 and counts[-1] == 101
    for n, frame in zip(counts, explorer.frames(counts), strict=True):
        grid = frame["grid"]
        assert len(grid) == n and grid[0, 0] == 0 and grid[-1, 0] == 5
        ((best, value),) = frame["best"]
        assert value == functions.parabola(best) == grid[:, 1].min()
        assert abs(best - 2) <= 5 / (n - 1) / 2 + 1e-12


def test_the_cost_multiplies_with_every_weight():
    explorer = GridExplorer("parabola", points=5)
    (frame,) = explorer.frames([101])
    d, cost = frame["cost"].T
    assert d.tolist() == list(range(1, 11))
    assert cost.tolist() == [float(101**k) for k in range(1, 11)]
    for k in (1, 2, 3):
        axes = [np.linspace(0, 5, 11)] * k
        (small,) = explorer.frames([11])
        assert np.stack(np.meshgrid(*axes)).reshape(k, -1).shape[1] == small["cost"][k - 1, 1]
    low, high = explorer.plot._figures[1].axes[0].get_ylim()
    assert low <= 2 and cost.max() < high
    assert explorer.summary == (
        "With 5 points per axis the best x tried is 2.5, which is 0.5 from the minimum; 10 weights "
        "would take 9.77e+6 evaluations."
    )
    explorer.controls["points"].value = 101
    assert "best x tried is 2, which is 0 from the minimum" in explorer.summary
    assert explorer.status == ""


def test_the_minimum_is_drawn_where_it_is():
    explorer = GridExplorer("parabola")
    (stars,) = [
        line for line in explorer.plot._figures[0].axes[0].lines if line.get_marker() == "*"
    ]
    assert np.ravel(stars.get_data()).tolist() == [2, 2]
