"""Batches: the noise of their gradients, and descent on them beside descent on all data."""

import numpy as np
import pytest
import wire

from optimlab import SGD, data, descend, network, training
from optimlab.explorers import BatchExplorer, NoiseExplorer
from optimlab.study.data import Data

pytestmark = pytest.mark.filterwarnings("error")


def even():
    return data.tips().standardised()


MAKERS = {
    "noise": lambda: NoiseExplorer(even(), copies=100, known=16),
    "batches": lambda: BatchExplorer(even(), target=0.06),
}
made = {}


def again(name):
    """An explorer as it was when it was built; each is built once, which is what takes time."""
    if name not in made:
        explorer = MAKERS[name]()
        made[name] = explorer, explorer.settings()
    explorer, settings = made[name]
    explorer.restore(settings)
    return explorer


every_explorer = pytest.mark.parametrize("name", MAKERS)


@pytest.fixture
def noise():
    return again("noise")


@pytest.fixture
def batches():
    return again("batches")


@every_explorer
def test_it_shows_itself(name):
    explorer = again(name)
    assert explorer.status == "" and explorer.summary.endswith(".")
    described, metadata = explorer._repr_mimebundle_()
    assert described["text/plain"] == explorer.summary
    assert explorer.plot.alt in metadata["image/png"]["alt"]
    assert len(explorer.plot.still()) < 120_000
    assert len(explorer.plot.frames["buffer"]) < 250_000


@every_explorer
def test_texts_are_large_enough(name):
    """12 px at least, at 100 dots per inch, ticks and legends included."""
    for figure in again(name).plot._figures:
        for text in figure.findobj(lambda a: hasattr(a, "get_fontsize")):
            if text.get_visible() and text.get_text():
                assert text.get_fontsize() / 0.72 > 11.5, text


@every_explorer
def test_the_veil_hides_the_run(name):
    explorer = again(name)
    shown = set(explorer.plot.data["list"][0]["marks"])
    explorer.veil("Wait.")
    assert not explorer.plot.data["list"][0]["marks"] and not explorer.plot.frames
    assert explorer.summary == "Wait." and not explorer.reached
    explorer.unveil()
    assert set(explorer.plot.data["list"][0]["marks"]) == shown and explorer.plot.frames


@every_explorer
def test_an_error_in_a_callback_is_told(name, monkeypatch):
    explorer = again(name)
    monkeypatch.setattr(type(explorer), "frames", lambda self, values: 1 / 0)
    first = next(iter(explorer.controls.values()))
    first.index = (first.index + 1) % len(first.options)
    assert "division by zero" in explorer.status
    monkeypatch.undo()
    assert again(name).status == ""


@pytest.mark.parametrize("kind", [NoiseExplorer, BatchExplorer])
@pytest.mark.parametrize(
    "wrong",
    [np.ones((3, 1)), Data([[1.0, 2.0]], [1.0]), Data([[1.0], [2.0]], [0, 1], ("a", "b")), None],
    ids=["array", "two features", "labels", "nothing"],
)
def test_other_data_are_refused(kind, wrong):
    two = isinstance(wrong, Data) and wrong.x.shape[1] == 2
    said = "data=.*: data must be Data with 1 feature and numbers"
    with pytest.raises(ValueError if two else TypeError, match=said):
        kind(wrong)


@pytest.mark.parametrize("sizes", [(0,), (245,), (-1, 4), ()])
def test_impossible_batch_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="sizes=.*: sizes must be a"):
        BatchExplorer(even(), sizes=sizes)


@pytest.mark.parametrize("sizes", [(4.0,), 5, (True,), ("a", 4)])
def test_what_is_no_list_of_batch_sizes_is_refused(sizes):
    with pytest.raises(TypeError, match="sizes=.*: sizes must be a"):
        BatchExplorer(even(), sizes=sizes)


BAD = [
    (BatchExplorer, {"start": 5}, TypeError, r"start=5: start must be \(w, b\)"),
    (BatchExplorer, {"start": (0, np.inf)}, ValueError, "start="),
    (BatchExplorer, {"target": "x"}, TypeError, "target='x': target must be a finite number > 0"),
    (BatchExplorer, {"rates": (0, 1)}, ValueError, r"rates=\(0, 1\): rates must be"),
    (BatchExplorer, {"lr": np.nan}, ValueError, "lr=nan: lr must be a finite number > 0"),
    (BatchExplorer, {"lr": "fast"}, TypeError, "lr='fast'"),
    (BatchExplorer, {"epochs": 0}, ValueError, "epochs=0: epochs must be a whole number >= 1"),
    (BatchExplorer, {"epochs": 2.5}, TypeError, "epochs=2.5"),
    (BatchExplorer, {"seed": 99}, ValueError, "seed=99: seed must be a whole number from 0 to 9"),
    (BatchExplorer, {"batch_size": 300}, ValueError, "batch_size must be .* from 1 to 244"),
    (NoiseExplorer, {"at": (1,)}, ValueError, r"at=\(1,\): at must be \(w, b\)"),
    (NoiseExplorer, {"known": 300}, ValueError, "known must be a whole number from 1 to 243"),
    (NoiseExplorer, {"copies": 0}, ValueError, "copies=0: copies must be a whole number >= 1"),
    (NoiseExplorer, {"batch_size": True}, TypeError, "batch_size=True"),
]


@pytest.mark.parametrize("kind, given, error, words", BAD, ids=[str(given) for _, given, *_ in BAD])
def test_a_bad_setting_is_named(kind, given, error, words):
    with pytest.raises(error, match=words):
        kind(even(), **given)


# -- noise ----------------------------------------------------------------------------------------


def test_a_row_is_the_gradient_of_one_example(noise):
    d = even()
    loss = network.squared_loss(d.x[:, 0], d.y)
    np.testing.assert_allclose(noise.full, loss.gradient(np.zeros(2)), rtol=1e-12)
    h = 1e-6
    one = [((h * d.x[7, 0] - d.y[7]) ** 2 - d.y[7] ** 2) / h, ((h - d.y[7]) ** 2 - d.y[7] ** 2) / h]
    np.testing.assert_allclose(noise.rows[7], one, rtol=1e-4)
    elsewhere = NoiseExplorer(d, at=loss.minima[0])
    np.testing.assert_allclose(elsewhere.full, 0, atol=1e-12)
    assert elsewhere.spread > 3


@pytest.mark.parametrize("copies", [1, 100])
def test_the_noise_is_that_of_a_mean_drawn_without_repetition(noise, copies):
    noise.controls["data"].value = copies
    total = 244 * copies
    for size, found in noise.noise.items():
        expected = noise.spread / np.sqrt(size) * np.sqrt((total - size) / (total - 1))
        assert found == pytest.approx(expected, rel=0.08, abs=1e-9), size
    assert list(noise.noise) == [1, 2, 4, 8, 16, 32, 64, 128, 244]
    ratio = noise.noise[16] / noise.noise[4]
    assert 0.45 < ratio < 0.55  # four times the batch, half as far


def test_the_noise_hardly_asks_how_many_data_there_are(noise):
    many, few = (noise.measure(16, copies)[1] for copies in (100, 1))
    assert many == pytest.approx(few, rel=0.1)
    assert noise.measure(244, 1)[1] < 1e-12 < 0.5 < noise.measure(244, 100)[1]


def test_the_slider_shows_the_batches_of_its_size(noise):
    noise.controls["data"].value = 1
    for frame, size in enumerate(noise.sizes):
        noise.controls["batch size"].value = size
        points = wire.shown(noise, "batches")
        assert points.shape == (min(300, len(noise.measure(size, 1)[0])), 2)
        ahead = wire.shown(noise, "batches", noise.plot.frames, frame)
        np.testing.assert_allclose(points, ahead, rtol=1e-5, atol=1e-5)
        if size < 244:
            now = wire.shown(noise, "now")[0]
            np.testing.assert_allclose(now, [size, noise.noise[size]], rtol=1e-4)
            assert f"batches of {size} from 244 examples" in noise.summary
    assert "has the gradient of all data, always" in noise.summary and noise.status == ""
    np.testing.assert_allclose(points, np.tile(noise.full, (len(points), 1)), rtol=1e-4)
    noise.controls["data"].value = 100
    assert "from 24,400 examples" in noise.summary


def test_without_copies_there_is_no_button_for_them():
    assert list(NoiseExplorer(even()).controls) == ["batch size"]


# -- descent on batches ----------------------------------------------------------------------------


def test_a_run_is_the_training_of_its_rate_size_and_seed(batches):
    batches.start = (0.0, 0.0)
    batches.controls["seed"].value = 3
    for size in (4, 61):
        spent, points = batches.run([0.05, 0.2], size)
        for i, rate in enumerate([0.05, 0.2]):
            alone = training.Training(
                training.Linear(), even(), SGD(rate), batch_size=size, seeds=3
            ).run(epochs=6)
            end = [alone.params["W"].item(), alone.params["b"].item()]
            np.testing.assert_allclose(points[-1, i], end, rtol=1e-9)
        assert spent[0] == 0 and spent[1] == size and spent[-1] == alone.evaluations == 6 * 244
        assert len(spent) == alone.steps + 1


def test_all_data_at_once_is_descent(batches):
    spent, points = batches.run([0.1], 244)
    path = descend(batches.loss, SGD(0.1), start=(0.0, 1.8), steps=6)
    np.testing.assert_allclose(points[:, 0], path.points, rtol=1e-9)
    assert spent.tolist() == [244 * k for k in range(7)]
    wide = wire.shown(batches, "all")
    np.testing.assert_allclose(wide[:, 0], spent, rtol=1e-4, atol=0.1)
    np.testing.assert_allclose(wide[:, 1], path.losses - batches.least, rtol=1e-3)


def test_a_falling_rate_is_divided_by_one_more_each_epoch(batches):
    batches.controls["batch size"].value = 244
    batches.controls["falling"].value = True
    _, points = batches.run([0.2], 244)
    w = np.array([0.0, 1.8])
    for epoch in range(6):
        w = w - 0.2 / (1 + epoch) * batches.loss.gradient(w)
    np.testing.assert_allclose(points[-1, 0], w, rtol=1e-9)
    assert "rates 0.1, 0.05, 0.0333, …" in batches.summary


def test_picture_and_sentence_agree_with_the_run(batches):
    spent, points = batches.run([0.1], 16)
    np.testing.assert_allclose(wire.shown(batches, "path"), points[:, 0], atol=1e-4)
    curve = wire.shown(batches, "loss")
    np.testing.assert_allclose(curve[:, 0], spent, atol=0.1)
    excess = batches.loss(points[:, 0]) - batches.loss(batches.loss.minima[0])
    np.testing.assert_allclose(curve[:, 1], excess, rtol=1e-3)
    far = points[-16:, 0] - batches.loss.minima[0]  # an epoch is 16 steps
    wide = np.sqrt((far**2).sum(axis=1).mean())
    ring = wire.shown(batches, "cloud") - batches.loss.minima[0]
    np.testing.assert_allclose(np.hypot(*ring.T), wide, rtol=1e-3)
    assert batches.summary == (
        f"6 epochs in batches of 16 are 96 steps. With rate 0.1 it is {wide:.3g} from the minimum "
        f"in the last epoch, from {np.hypot(0.933, 1.198):.3g}."
    )


def test_every_position_of_the_slider_is_sent_ahead(batches):
    rates = batches._values()
    assert rates[0] == 0.02 and rates[-1] == 1.0 and 0.1 in rates
    for frame in (0, 7, len(rates) - 1):
        batches.controls["lr"].value = rates[frame]
        ahead = wire.sent(batches.plot, "path", batches.plot.frames, frame)
        np.testing.assert_allclose(wire.sent(batches.plot, "path"), ahead, rtol=1e-4, atol=1e-4)


def test_each_control_and_the_handle_change_the_run(batches):
    seen = [wire.sent(batches.plot, "path")]
    for name, value in [("seed", 4), ("falling", True), ("batch size", 61), ("lr", 0.4)]:
        batches.controls[name].value = value
        seen.append(wire.sent(batches.plot, "path"))
    batches.plot.handles = {**batches.plot.handles, "start": [2.0, 3.5]}
    seen.append(wire.sent(batches.plot, "path"))
    np.testing.assert_allclose(wire.shown(batches, "path")[0], [2.0, 3.5], atol=1e-5)
    for one, other in zip(seen, seen[1:], strict=False):
        assert one.shape != other.shape or np.abs(one - other).max() > 1e-3
    assert batches.status == "" and batches.start == (2.0, 3.5)


def test_the_cloud_grows_with_the_rate_and_shrinks_with_a_falling_one(batches):
    explorer = batches
    rates = [0.05, 0.1, 0.2, 0.4]
    wide = {}
    for falling in (False, True):
        explorer.controls["falling"].value = falling
        found = []
        for seed in range(4):
            explorer.controls["seed"].value = seed
            found.append(explorer.cloud(*explorer.run(rates, 16)))
        wide[falling] = np.sqrt(np.mean(np.square(found), axis=0))
    assert (np.diff(wide[False]) > 0).all() and (wide[True] < 0.6 * wide[False]).all()


def test_the_target_is_reached_by_a_falling_rate_and_not_by_a_constant_one(batches):
    explorer = batches
    explorer.controls["batch size"].value = 4
    explorer.controls["lr"].value = 0.08
    assert not explorer.reached and "Not yet: 0.319." in explorer.plot.data["list"][0]["goal"]
    constant = explorer.frames(explorer._values())
    assert not any(frame["reached"] for frame in constant)
    explorer.controls["falling"].value = True
    explorer.controls["lr"].value = 0.04
    assert explorer.reached and "Reached: 0.04" in explorer.plot.data["list"][0]["goal"]
    explorer.controls["falling"].value = False
    explorer.controls["batch size"].value = 61
    explorer.controls["lr"].value = 0.1
    assert explorer.reached


def test_a_run_that_is_carried_off_says_so_and_keeps_the_settings():
    explorer = again("batches")
    explorer.controls["batch size"].value = 4
    explorer.controls["lr"].value = 1.0
    assert "it is carried off: in the last epoch" in explorer.summary
    explorer = BatchExplorer(even(), lr=60.0, rates=(0.1, 60.0), batch_size=4)
    assert explorer.summary.endswith("it diverges: this rate is too large.")
    assert explorer["lr"] == 60.0 and explorer["batch size"] == 4 and explorer.status == ""
    assert len(explorer.plot.still()) < 120_000


def test_a_start_near_the_star_is_not_called_carried_off(batches):
    star = batches.minimum
    for rate, carried in [(0.1, False), (0.5, False), (1.0, True)]:
        batches.controls["lr"].value = rate
        batches.start = star
        assert ("carried off" in batches.summary) == carried, batches.summary
        assert carried or batches.summary.endswith("from 0.")


def test_a_lesson_may_leave_descent_on_all_data_out():
    explorer = BatchExplorer(even(), epochs=1, rates=(0.1, 0.2), compare=False)
    assert not {"all", "all steps"} & set(explorer.plot.data["list"][0]["marks"])
    assert "all data" not in explorer.plot.alt and explorer.plot._figures[1].axes[0].legend_ is None
    assert explorer.summary.startswith("1 epoch in batches of 16 is 16 steps. With rate 0.1")


def test_with_all_data_in_the_batch_there_is_one_curve(batches):
    batches.controls["batch size"].value = 244
    assert "all" not in batches.plot.data["list"][0]["marks"]
    assert "6 epochs in batches of 244 are 6 steps" in batches.summary
