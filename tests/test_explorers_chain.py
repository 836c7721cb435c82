"""The graph with live numbers, and the error of a numerical slope against its step."""

import json

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch
from wire import shown

from optimlab import check_gradient, functions, network, numerical_gradient
from optimlab.explorers import ErrorExplorer, GraphExplorer
from optimlab.explorers.chain import HIGH, ROWS, WIDE
from optimlab.study.network import Graph, Node

WEIGHTS = {"w1": (-2, 2, 0.05), "b1": (-3, 3, 0.1), "w2": (-3, 3, 0.1), "b2": (-2, 2, 0.1)}


@pytest.fixture
def cube():
    return GraphExplorer(network.cube, {"x": (-1, 2, 0.05)}, target=("slope", 24))


@pytest.fixture
def net():
    return GraphExplorer(network.two_layers, WEIGHTS, target=("output", 0.001))


def steps_of(frame, mark):
    """{step: text} of a label that goes by step."""
    points, texts = frame[mark]
    seen = np.isfinite(points).all(axis=1)
    assert [bool(text) for text in texts] == seen.tolist()
    return {k: texts[k] for k in np.flatnonzero(seen).tolist()}


# -- the graph ------------------------------------------------------------------------------------


def test_the_cube_by_hand():
    values = network.cube.forward(x=1.5)
    assert values == {"x": 1.5, "t": 2.0, "y": 8.0}
    assert network.cube.backward(values) == {"x": 24.0, "t": 12.0, "y": 1.0}
    assert network.cube.edges(values) == [("x", "t", 2.0), ("t", "y", 12.0)]


def test_many_positions_at_once_are_the_same_numbers():
    x = np.linspace(-1, 2, 13)
    together = network.cube.backward(network.cube.forward(x=x))["x"]
    np.testing.assert_array_equal(
        together, [network.cube.backward(network.cube.forward(x=v))["x"] for v in x]
    )


@pytest.mark.parametrize("seed", range(3))
def test_back_propagation_agrees_with_differences(seed):
    names = list(WEIGHTS)
    point = np.random.default_rng(seed).normal(size=4)

    def loss(p):
        return network.two_layers.forward(**dict(zip(names, p, strict=True)))["L"]

    def gradient(p):
        values = network.two_layers.forward(**dict(zip(names, p, strict=True)))
        return np.array([network.two_layers.backward(values)[name] for name in names])

    assert check_gradient(loss, gradient, point)


def test_a_number_used_twice_gets_the_sum_of_both_ways():
    graph = Graph(
        {"x": 3.0},
        [
            Node("a", ("x",), lambda x: 2 * x, lambda x: (2.0,)),
            Node("y", ("x", "a"), lambda x, a: x * a, lambda x, a: (a, x)),
        ],
    )
    values = graph.forward()
    assert values["y"] == 18.0 and graph.backward(values)["x"] == 12.0  # of 2x²: 4x


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (lambda: Graph({"x": 1}, [Node("y", ("z",), abs, abs)]), "node 'y' needs 'z'"),
        (lambda: Graph({"x": 1}, [Node("x", ("x",), abs, abs)]), "a number of that name already"),
        (lambda: Graph({"x": 1}, []), "a list of Nodes, at least one"),
        (lambda: network.cube.forward(t=1), "t: the inputs are x"),
        (lambda: GraphExplorer(network.cube, {"q": (0, 1, 1)}), "sliders must be .*: x$"),
    ],
)
def test_wrong_graphs_are_named(build, complaint):
    with pytest.raises(ValueError, match=complaint):
        build()


# -- its explorer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target, error", [(5, TypeError), ("slope", TypeError), (("slope",), ValueError),
                      (("slope", 1, 2), ValueError)],
)  # fmt: skip
def test_a_target_of_another_form_is_told_the_two_that_there_are(target, error):
    with pytest.raises(error, match=r'target must be \("slope", number\) or \("output", number\)'):
        GraphExplorer(network.cube, {"x": (-1, 2, 0.5)}, target=target)


def test_each_step_shows_one_number_more(cube):
    (frame,) = cube.frames([1.5])
    assert frame["inputs"][1] == ["1.5"]
    assert steps_of(frame, "values") == {1: "2", 2: "8"}
    assert steps_of(frame, "slopes") == {3: "1", 4: "12", 5: "24"}
    assert steps_of(frame, "locals") == {4: "× 12", 5: "× 2"}
    moving = {
        name: np.flatnonzero(np.isfinite(frame[name]).all(axis=1)).tolist()
        for name in ("forward arrows 0", "backward arrows")
    }
    assert moving == {"forward arrows 0": [1, 2], "backward arrows": [4, 5]}


def test_a_number_beside_an_arrow_is_short():
    explorer = GraphExplorer(network.two_layers, {"w1": (-2, 2, 0.05)})
    (frame,) = explorer.frames([-2.0])  # where the derivative of tanh is 0.000494
    said = steps_of(frame, "locals").values()
    assert "× 5e-4" in said and max(map(len, said)) <= 9


def test_arrows_run_between_the_boxes_in_their_direction(net):
    (frame,) = net.frames([0.5])
    for name, way in (("forward arrows 0", 1), ("backward arrows", -1)):
        rows = frame[name][np.isfinite(frame[name]).all(axis=1)]
        assert len(rows) and (np.sign(rows[:, 2] - rows[:, 0]) == way).all()
    edges = network.two_layers.edges(network.two_layers.forward())
    back = frame["backward arrows"][6:]
    for row, edge in zip(back, reversed(edges), strict=True):
        (sx, sy), (tx, ty) = net.places[edge.source], net.places[edge.target]
        assert row[0] == pytest.approx(tx - WIDE) and row[2] == pytest.approx(sx + WIDE)
        assert abs(row[1] - ty) < HIGH and abs(row[3] - sy) < HIGH


def test_the_numbers_in_the_network_are_its_derivatives(net):
    net.controls["b1"].value, net.controls["w2"].value = 0.3, -1.2
    (frame,) = net.frames([0.7])
    given = {"w1": 0.7, "b1": 0.3, "w2": -1.2, "b2": -0.2}
    slopes = steps_of(frame, "slopes")
    edges = [e.source for e in network.two_layers.edges(network.two_layers.forward())]
    shown = dict(zip(["L", *reversed(edges)], slopes.values(), strict=True))
    for name in WEIGHTS:

        def output(v, name=name):
            return network.two_layers.forward(**given | {name: v})["L"]

        assert float(shown[name]) == pytest.approx(
            numerical_gradient(output, given[name]), rel=5e-3
        )
    assert net.status == ""


def test_a_number_used_twice_is_complete_before_it_is_shown():
    graph = Graph(
        {"x": 3.0},
        [
            Node("a", ("x",), lambda x: 2 * x, lambda x: (2.0,), "2x"),
            Node("y", ("a", "x"), lambda a, x: a * x, lambda a, x: (x, a), "a x"),
        ],
    )
    (frame,) = GraphExplorer(graph, {"x": (0, 4, 0.5)}).frames([3.0])
    assert steps_of(frame, "slopes") == {3: "1", 5: "3", 6: "12"}


def test_boxes_have_room_and_captions(net):
    graph, curve = net.plot._figures[0].axes
    (left, right), (low, high) = graph.get_xlim(), graph.get_ylim()
    places = list(net.places.values())
    assert len(set(places)) == len(places) == 9
    for i, (x, y) in enumerate(places):
        assert left < x - WIDE < x + WIDE < right and low < y - HIGH < y + HIGH < high
        for u, v in places[:i]:
            assert abs(x - u) > 2 * WIDE or abs(y - v) > 2 * HIGH
    frames = [patch for patch in graph.patches if isinstance(patch, FancyBboxPatch)]
    assert len(frames) == 9 and all(0 < frame.get_linewidth() < 3 for frame in frames)
    captions = {text.get_text() for text in graph.texts}
    assert {"w₁", "z = w₁x + b₁", "a = tanh z", "L = (y − 1)²"} <= captions
    assert curve.get_xlabel() == "w₁" and curve.get_ylabel() == "L"


def test_numbers_stand_in_their_boxes(net):
    (frame,) = net.frames([0.5])
    for mark, above in (("values", True), ("slopes", False)):
        points = frame[mark][0][np.isfinite(frame[mark][0]).all(axis=1)]
        for x, y in points:
            inside = [
                (u, v) for u, v in net.places.values() if abs(x - u) < WIDE and abs(y - v) < HIGH
            ]
            assert len(inside) == 1 and (y > inside[0][1]) == above


def test_the_tangent_has_the_slope_that_came_back(cube):
    for x in (-0.9, 0.5, 1.5):
        (frame,) = cube.frames([x])
        (x0, y0), (x1, y1) = frame["tangent"]
        assert (y1 - y0) / (x1 - x0) == pytest.approx(6 * (2 * x - 1) ** 2)
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((x, (2 * x - 1) ** 3))
        assert frame["here"] == [(x, pytest.approx((2 * x - 1) ** 3))]


def test_every_position_of_the_slider_has_its_frame(cube):
    values = [value for _, value in cube.controls["x"].options]
    assert values[0] == -1 and values[-1] == 2 and len(values) == 61
    frames = cube.plot.frames["list"]
    for i in (0, 17, 60):
        (alone,) = cube.frames([values[i]])
        assert frames[i]["summary"] == alone["summary"]
        assert frames[i]["texts"]["slopes"] == alone["slopes"][1]
    reached = [v for v, f in zip(values, frames, strict=True) if "Reached" in f["goal"]]
    assert reached == [-0.5, 1.5]


def test_moving_the_slider_changes_the_sentence(cube):
    assert cube.summary == (
        "At x = 1, y is 1 and the derivative of y with respect to x is 6: x changed by 0.01 "
        "changes y by about 0.06."
    )
    cube.controls["x"].value = 1.5
    assert "y is 8 and the derivative of y with respect to x is 24" in cube.summary
    assert cube.plot.data["list"][0]["goal"].endswith("Reached: it is 24.")
    assert cube.status == ""


def test_another_weight_bends_the_curve_and_renews_the_frames(net):
    before = net.plot.frames["settings"]
    (frame,) = net.frames([0.5])
    net.controls["w2"].value = -1.0
    assert net.plot.frames["settings"] != before
    (after,) = net.frames([0.5])
    np.testing.assert_array_equal(frame["curve"][:, 0], after["curve"][:, 0])
    want = network.two_layers.forward(w1=after["curve"][:, 0], w2=-1.0)["L"]
    np.testing.assert_allclose(after["curve"][:, 1], want)
    assert not np.allclose(after["curve"][:, 1], frame["curve"][:, 1])


def test_the_lessons_target_is_met_at_one_position_only(net):
    values = [value for _, value in net.controls["w1"].options]
    frames = net.plot.frames["list"]
    assert [v for v, f in zip(values, frames, strict=True) if "Reached" in f["goal"]] == [0.8]
    assert all("derivative of L with respect to w₁" in f["summary"] for f in frames)


def test_a_graph_is_small_enough_to_send(net):
    assert len(net.plot.frames["buffer"]) + len(json.dumps(net.plot.frames["list"])) < 400_000
    assert net.plot.playback and net.plot.step == -1
    assert len(net.plot.still()) < 120_000


# -- the error against h --------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "x"), [("cubic", 1.0), ("parabola", 1.0), ("wave", 3.0)])
def test_the_drawn_errors_are_those_of_numerical_gradient(name, x):
    explorer = ErrorExplorer(name, x)
    function = functions.get(name)
    points = x + np.linspace(-0.5, 0.5, 201)
    for method in ("forward", "central"):
        h, error = shown(explorer, f"errors {method}").T
        for k in (0, 20, -1):
            size = explorer.sizes[k]
            assert h[k] == pytest.approx(size, rel=1e-5)
            off = numerical_gradient(function, points, size, method) - function.gradient(points)
            wanted = np.sqrt(np.mean(off**2))
            if wanted > 3e-17:  # below that it lies under the picture
                assert error[k] == pytest.approx(wanted, rel=1e-4)


def test_two_regimes_on_the_cubic():
    explorer = ErrorExplorer("cubic")
    h, errors = explorer.sizes, explorer.errors
    assert 3e-9 < h[np.argmin(errors["forward"])] < 5e-8
    assert 2e-6 < h[np.argmin(errors["central"])] < 2e-5

    def power(method, low, high):
        some = (h >= low) & (h <= high)
        return np.polyfit(np.log(h[some]), np.log(errors[method][some]), 1)[0]

    assert power("forward", 1e-6, 1e-2) == pytest.approx(1, abs=0.02)
    assert power("central", 1e-4, 1e-1) == pytest.approx(2, abs=0.02)
    for method in errors:
        assert power(method, 1e-15, 1e-10) == pytest.approx(-1, abs=0.1)


def test_a_parabola_has_no_truncation_error():
    explorer = ErrorExplorer("parabola")
    central = explorer.errors["central"]
    assert np.argmin(central) == len(central) - 1 and central[-1] < 1e-15
    assert central[0] > 1e-3
    rounding = 2e-16 * 3 / explorer.sizes
    assert (central < 2 * rounding).all()


def test_the_marks_follow_h():
    explorer = ErrorExplorer("cubic", h=1e-2)
    (frame,) = explorer.frames([1e-3])
    assert frame["forward"][0] == (1e-3, pytest.approx(9.4e-3, rel=0.02))
    assert frame["central"][0] == (1e-3, pytest.approx(3e-6, rel=0.02))
    points, texts = frame["digits"]
    assert len(points) == len(texts) == 2 * len(ROWS)
    columns = np.reshape(texts, (2, -1))
    assert columns[0].tolist()[3:] == ["h = 0.001", "7.009003", "7", "0.009"]
    assert columns[1].tolist()[3:] == ["2h = 0.002", "7.000003", "7", "3e-6"]
    assert columns[0][1] == "2.0000000000000000"
    explorer.controls["h"].value = 1e-5
    assert explorer.summary == (
        "With h = 1e-5 the forward difference is typically off by 9.4e-5 and the central one by "
        "3.4e-10."
    )
    assert explorer.status == "" and len(explorer.plot.frames["list"]) == 46


def test_everything_drawn_lies_in_the_picture():
    for name in ("cubic", "parabola"):
        explorer = ErrorExplorer(name)
        ax = explorer.plot._figures[0].axes[0]
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        for method in ("forward", "central"):
            h, error = shown(explorer, f"errors {method}").T
            assert left < h.min() and h.max() < right and low < error.min() and error.max() < high
        assert "typical" in ax.get_ylabel() and ax.get_xscale() == ax.get_yscale() == "log"
