"""The family tree: what is chosen by button, click and key, what runs, what the card says."""

import io

import numpy as np
import pytest
import wire
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from optimlab import AdamW, descend, functions, genealogy
from optimlab.explorers import FamilyExplorer
from optimlab.explorers.family import PLACES, RULES, nearest
from optimlab.optimizers import SGD

pytestmark = pytest.mark.filterwarnings("error")

NAMES = [row.name for row in genealogy.METHODS]


@pytest.fixture(scope="module")
def family():
    return FamilyExplorer("Adam", target=True)


@pytest.fixture
def tree(family):
    """An explorer in its first state."""
    family.start = (-7, 2)
    family.method = "Adam"
    yield family
    assert family.status == ""


def marks(explorer, packed=None, frame=0):
    """The names of the marks that have data."""
    places = (packed or explorer.plot.data)["list"][frame]["marks"]
    return {name for name, (_, rows, _) in places.items() if rows}


def move(explorer, name, at):
    explorer.plot.handles = {**explorer.plot.handles, name: list(at)}


def test_every_method_has_a_place_of_its_own_and_a_rule():
    assert list(PLACES) == NAMES and len(set(PLACES.values())) == len(NAMES)
    columns = [PLACES[name][0] for name in NAMES]
    assert columns == sorted(columns)
    for row in genealogy.METHODS:
        assert (type(RULES[row.name]).__name__ if row.name in RULES else "") == row.rule


def test_the_years_stand_under_their_methods(family):
    ax = family.plot._figures[0].axes[0]
    texts = [int(text.get_text()) for text in ax.get_xticklabels()]
    years = dict(zip(ax.get_xticks(), texts, strict=True))
    for row in genealogy.METHODS:
        assert years[PLACES[row.name][0]] == row.year
    dots = {tuple(np.ravel(line.get_xydata())) for line in ax.lines}
    assert dots == {tuple(map(float, place)) for place in PLACES.values()}
    said = {text.get_text().replace("\n", " ") for text in ax.texts}
    assert set(NAMES) <= said


@pytest.mark.parametrize("name", NAMES)
def test_a_method_runs_beside_its_parents(tree, name):
    tree.method = name
    row = genealogy.method(name)
    shown = [n for n in (name, *row.parents) if n in RULES]
    assert list(tree.paths) == shown
    assert {m for m in marks(tree) if m.startswith("path ")} == {
        f"path {n}{part}" for n in shown for part in ("", " steps")
    }
    for n in shown:
        if n != "SGD":
            own = descend(functions.ravine, RULES[n], (-7, 2), 60)
            assert_allclose(wire.shown(tree, f"path {n}"), own.points, atol=1e-5)
            losses = np.clip(own.losses, 1e-20, None)
            assert_allclose(wire.shown(tree, f"loss {n}")[:, 1], losses, rtol=1e-4)
    assert tree.plot.handles["method"] == list(PLACES[name])
    assert tree.summary.startswith(f"{name}, {row.year}, ") and tree.summary.endswith(".")
    for text in (row.changed, row.fixed, row.left, row.authors, row.source):
        assert text in tree.card.value
    lines = RULES[name].formula()[1:] if name in RULES else (r"\max(\bar v, v)",)
    assert all(line in tree.card.value for line in lines)


def test_numbers_of_the_lesson(tree):
    ends = {name: float(tree._run(name).losses[-1]) for name in RULES}
    worse = {
        row.name
        for row in genealogy.METHODS[2:-1]  # SGD does not count: it is its noise that ends higher
        if ends[row.name] > max(ends[parent] for parent in row.parents)
    }
    assert worse == {"RMSProp", "AdaDelta"}
    for name in NAMES:
        tree.method = name
        assert tree.reached == (name in worse), name
        state = "Reached: " if name in worse else "Not counted: " if name == "SGD" else "Not yet: "
        assert state in tree.plot.data["list"][0]["goal"]


def test_a_tie_does_not_reach_the_target(tree):
    tree.start = (0, 0)  # no loss at all, but for SGD's noise
    for name in NAMES:
        tree.method = name
        assert not tree.reached, name
    tree.method = "Momentum"
    assert "Not yet: Momentum is not above every parent." in tree.plot.data["list"][0]["goal"]


def test_the_names_of_the_losses_stand_above_them(tree):
    ax = tree.plot._figures[1].axes[1]
    for start in [(-8, 3), (8, -3), (3, -2), (0, 0)]:
        tree.start = start
        highest = max(tree._run(name).losses.max() for name in RULES)
        for name in ("Adam", "AdaGrad", "SGD"):
            tree.method = name
            for n in tree.paths:
                x, y = wire.shown(tree, f"key {n}")[0]
                assert highest < y / 2 < 2 * y < ax.get_ylim()[1]


def test_the_ring_says_its_method(tree):
    (ring,) = [mark for mark in tree.plot.marks if mark["name"] == "method"]
    assert [name for *_, name in ring["places"]] == NAMES, "in the order of years"
    for x, y, name in ring["places"]:
        tree.method = name
        assert tree.plot.handles["method"] == [x, y]


def test_edges_lead_from_parents_to_children(tree):
    edges = wire.shown(tree, "edges")
    pieces = np.split(edges, np.flatnonzero(np.isnan(edges[:, 0])))
    ends = [p[np.isfinite(p[:, 0])][[0, -1]] for p in pieces if np.isfinite(p).any()]
    at = {place: name for name, place in PLACES.items()}
    drawn = [tuple(at[tuple(np.round(end).astype(int))] for end in pair) for pair in ends]
    wanted = [(parent, row.name) for row in genealogy.METHODS for parent in row.parents]
    assert sorted(drawn) == sorted(wanted) and len(wanted) == 12


def test_descent_is_what_leads_to_the_chosen_one(tree):
    def edges_of(name):
        tree.method = name
        if "descent" not in marks(tree):
            return 0
        return int(np.isnan(wire.shown(tree, "descent")[:, 0]).sum())

    assert [edges_of(n) for n in ("Gradient descent", "Momentum", "AdaDelta", "Adam", "NAdam")] == [
        0, 1, 3, 6, 9,
    ]  # fmt: skip


def test_the_noise_of_sgd_is_always_the_same_and_its_own(tree):
    tree.method = "SGD"
    noisy = tree.paths["SGD"].points
    assert_array_equal(FamilyExplorer("SGD").paths["SGD"].points, noisy)
    plain = descend(functions.ravine, SGD(lr=0.3), (-7, 2), 60)
    assert np.abs(noisy - plain.points).max() > 0.1
    assert "noise of standard deviation 0.5" in tree.card.value


def test_a_click_chooses_the_nearest(tree):
    move(tree, "method", (8, 2))  # between AdamW and AMSGrad: the former comes first
    assert tree.method == "AdamW" and tree.plot.handles["method"] == [8, 3]
    move(tree, "method", (1, 5))
    assert tree.method == "Momentum" and tree.plot.handles["method"] == [2, 5]
    assert list(tree.paths) == ["Momentum", "Gradient descent"]
    assert nearest((1.2, 3.1)) == "SGD"


def test_the_start_is_a_handle(tree):
    move(tree, "start", (5, -2.5))
    assert tree.start == (5, -2.5)
    for path in tree.paths.values():
        assert_array_equal(path.start, (5, -2.5))
    own = descend(functions.ravine, RULES["Adam"], (5, -2.5), 60)
    assert_allclose(wire.shown(tree, "path Adam"), own.points, atol=1e-5)


def test_the_frames_are_all_methods_for_the_settings_as_they_are(tree):
    tree.method = "NAdam"
    frames = tree.plot.frames
    assert frames["settings"] == [{"method": [7, 4], "start": [-7.0, 2.0]}]
    assert len(frames["list"]) == len(NAMES)
    for i, name in enumerate(NAMES):
        assert frames["list"][i]["summary"].startswith(f"{name}, ")
    assert len(frames["buffer"]) < 250_000
    assert wire.shown(tree, "path Nesterov", frames, NAMES.index("NAdam")).shape == (61, 2)


def test_frames_of_other_methods_do_not_change_what_is_shown(tree):
    before = list(tree.paths)
    tree.frames(["SGD", "AdamW"])
    assert list(tree.paths) == before == ["Adam", "Momentum", "RMSProp"]


def test_amsgrad_shows_its_parent_alone(tree):
    tree.method = "AMSGrad"
    assert list(tree.paths) == ["Adam"]
    assert "AMSGrad has no run here" in tree.summary and r"\max" in tree.card.value
    assert not tree.reached


def test_the_card_says_how_it_ran(tree):
    tree.method = "AdamW"
    assert "<code>AdamW(lr=0.3, weight_decay=0.1)</code>" in tree.card.value
    assert "2017 (published 2019)" in tree.card.value
    for line in AdamW.formula()[1:]:
        assert line in tree.card.value


def picture(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.plot.still())).convert("RGB"))


def test_before_the_answer_there_are_no_edges_no_runs_and_no_card():
    explorer = FamilyExplorer("NAdam", target=True)
    shown = picture(explorer)
    explorer.veil("Hidden until you have answered.")
    assert marks(explorer) == set() and not explorer.plot.frames
    assert explorer.card.value == "" and explorer.card.layout.display == "none"
    assert explorer.summary == "Hidden until you have answered." and not explorer.reached
    hidden = picture(explorer)
    assert (hidden != shown).any()
    explorer.unveil()
    assert_array_equal(picture(explorer), shown)
    assert "path NAdam" in marks(explorer) and "Dozat" in explorer.card.value


@pytest.mark.parametrize(
    "arguments, says",
    [
        ({"method": "Adagrad"}, "method='Adagrad': method must be one of 'Gradient descent'"),
        ({"steps": 0}, "steps=0: steps must be a whole number from 1 to 500"),
        ({"start": (1, 2, 3)}, r"start=\(1, 2, 3\)"),
    ],
)
def test_what_it_refuses(arguments, says):
    with pytest.raises(ValueError, match=says):
        FamilyExplorer(**arguments)
