"""The decision regions of a network, trained by hand and by an event loop as in a notebook."""

import asyncio
import gc
import io
import re
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from PIL import Image
from wire import shown

from optimlab import SGD, Adam, Momentum, data
from optimlab.explorers import BoundaryExplorer
from optimlab.explorers import boundary as module
from optimlab.study.training import Network, Training

SMALL = Network(hidden=(6,))
THREE = data.Data(np.eye(3)[:, :2], np.arange(3), ("a", "b", "c"))


@pytest.fixture(scope="module")
def spirals():
    rng = np.random.default_rng
    return data.spirals(points=100, rng=rng(0)).split(0.3, rng=rng(1))


@pytest.fixture(scope="module")
def made(spirals):
    return BoundaryExplorer(*spirals, model=SMALL, epochs=20, target=0.95)


@pytest.fixture
def explorer(made):
    """The same one for all tests, as it was when it was made."""
    settings = made.settings()
    yield made
    made.unveil()
    made.epochs, made.pace = 20, 30.0
    made.restore(settings)
    assert made.status == "" and not made.playing


def text(explorer, key="summary"):
    return explorer.plot.data["list"][0][key]


async def until(condition, seconds=10):
    """Let the loop run until something holds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        assert loop.time() < end, "it never happened"
        await asyncio.sleep(0.005)


# -- what is shown ----------------------------------------------------------------------


def test_building_it_trains_nothing(explorer, spirals):
    train, test = spirals
    assert explorer.training.steps == 0 and not explorer.playing
    first = Training(SMALL, train, SGD(lr=0.1), batch_size=16, seeds=0)
    for name, values in first.params.items():
        np.testing.assert_array_equal(explorer.training.params[name], values)
    assert (
        explorer.summary
        == text(explorer)
        == (
            f"SGD at learning rate 0.1, not trained yet: training loss {float(first.loss()):.3g}, "
            f"{round(100 * float(first.accuracy(test)))} % of the held-out points right."
        )
    )
    assert explorer.status == "" and not explorer.reached
    assert "Not yet" in text(explorer, "goal") and "within 20 epochs" in text(explorer, "goal")


def test_the_regions_are_those_of_the_network(explorer):
    explorer.controls["rule"].value = "Adam"
    explorer.controls["lr"].value = 0.1
    explorer.epochs = 100
    explorer.train(epochs=100)
    picture = Image.open(io.BytesIO(explorer.plot.images["regions"])).convert("RGB")
    colours = np.asarray(picture).astype(float)[::-1]  # first row at the bottom
    (left, right), (low, high) = explorer._box
    side = np.arange(module.GRID)
    for row, column in np.random.default_rng(0).integers(0, module.GRID, (40, 2)):
        x = left + (column + 0.5) / len(side) * (right - left)
        y = low + (row + 0.5) / len(side) * (high - low)
        shares = SMALL.predict(explorer.training.params, np.array([[x, y]]))[0]
        wanted = shares @ explorer._tints
        assert np.abs(colours[row, column] - wanted).max() < 12, (row, column)
    assert np.ptp(colours.reshape(-1, 3), axis=0).max() > 50, "both classes have their region"


def test_every_point_is_drawn_once_with_its_class(explorer, spirals):
    for part, points in zip(("class", "held out"), spirals, strict=True):
        for k in range(2):
            drawn = shown(explorer, f"{part} {k}")
            np.testing.assert_allclose(drawn, points.x[points.y == k], atol=1e-5)
    looks = [m for m in explorer.plot.marks if m["name"] in ("class 0", "class 1")]
    assert looks[0]["marker"] != looks[1]["marker"] and looks[0]["color"] != looks[1]["color"]


def test_the_curves_are_those_of_the_training(explorer, spirals):
    train, test = spirals
    explorer.train(epochs=7)
    same = Training(SMALL, train, SGD(lr=0.1), batch_size=16, seeds=0)
    right = [float(same.accuracy(test))]
    for _ in range(7):
        right.append(float(same.run(epochs=1).accuracy(test)))
    curve = shown(explorer, "loss SGD")
    np.testing.assert_allclose(np.unique(curve[:, 0].round(4)), range(8), atol=1e-3)
    np.testing.assert_allclose(curve[:8, 1], same.losses, rtol=1e-4)
    np.testing.assert_allclose(shown(explorer, "accuracy SGD")[:8, 1], right, atol=1e-4)
    assert "epoch 7 of 20" in explorer.summary


def test_three_classes_and_no_held_out_part():
    flowers = data.iris(["petal_length", "petal_width"]).standardised()
    explorer = BoundaryExplorer(flowers, model=SMALL, rule="Adam", lr=0.05)
    explorer.train(epochs=20)
    assert "of the training points right" in explorer.summary
    assert explorer.training.accuracy() > 0.9
    assert "setosa" in explorer.plot.alt and "petal length" in explorer.plot.alt
    assert explorer.plot._figures[0].axes[0].get_xlabel() == "petal length"


def test_the_still_and_the_wire_are_small(explorer):
    explorer.train(epochs=20)
    assert len(explorer.plot.still()) < 120_000
    sent = len(explorer.plot.data["buffer"]) + len(explorer.plot.images["regions"])
    assert sent < 20_000, "twelve of them a second"
    many = np.arange(9000.0).reshape(-1, 3)
    thin = module._thin(many)
    assert len(thin) <= 121 and (thin[-1] == many[-1]).all() and (thin[0] == many[0]).all()


# -- by hand ----------------------------------------------------------------------


def test_step_takes_one_mini_batch(explorer, spirals):
    explorer.buttons["step"].click()
    same = Training(SMALL, spirals[0], SGD(lr=0.1), batch_size=16, seeds=0).run(steps=1)
    for name, values in same.params.items():
        np.testing.assert_array_equal(explorer.training.params[name], values)
    assert "after 1 step:" in explorer.summary
    explorer.buttons["step"].click()
    assert "after 2 steps:" in explorer.summary and explorer.training.steps == 2


def test_the_rate_applies_at_once_and_the_velocity_stays(spirals):
    explorer = BoundaryExplorer(*spirals, model=SMALL, rule="Momentum", lr=0.05, epochs=20)
    explorer.train(steps=8)
    velocity = {k: v.copy() for k, v in explorer.training.optimizer.v.items()}
    run = explorer.training
    explorer.controls["lr"].value = 0.5
    assert explorer.training is run and run.optimizer.lr == 0.5 and run.steps == 8
    assert "Momentum at learning rate 0.5, after 8 steps" in explorer.summary
    for name, values in velocity.items():
        np.testing.assert_array_equal(run.optimizer.v[name], values)
    same = Training(SMALL, spirals[0], run.optimizer.fresh(), batch_size=16, seeds=0)
    same.optimizer.lr = 0.05
    same.run(steps=8)
    same.optimizer.lr = 0.5
    same.run(steps=3)
    explorer.train(steps=3)
    for name, values in same.params.items():
        np.testing.assert_array_equal(run.params[name], values)


@pytest.mark.parametrize(("name", "value"), [("rule", "Adam"), ("batch size", 4), ("seed", 3)])
def test_another_setting_begins_anew_and_the_old_curve_stays(explorer, spirals, name, value):
    explorer.train(epochs=3)
    old = shown(explorer, "loss SGD")
    explorer.controls[name].value = value
    assert explorer.training.steps == 0 and "not trained yet" in explorer.summary
    rule = {"rule": Adam}.get(name, SGD)(lr=0.1)
    batch, seed = explorer["batch size"], explorer["seed"]
    same = Training(SMALL, spirals[0], rule, batch_size=batch, seeds=seed).run(epochs=2)
    explorer.train(epochs=2)
    for key, values in same.params.items():
        np.testing.assert_array_equal(explorer.training.params[key], values)
    kept = shown(explorer, "earlier loss SGD", explorer.plot.notes)
    np.testing.assert_allclose(kept[-1], old[-1], rtol=1e-4)
    explorer.restore(explorer.settings())
    assert explorer.plot.notes["list"] == [{"marks": {}, "texts": {}}]


def test_restart_goes_back_to_the_first_weights(explorer):
    first = {k: v.copy() for k, v in explorer.training.params.items()}
    explorer.controls["lr"].value = 0.3
    explorer.train(epochs=4)
    explorer.buttons["restart"].click()
    assert explorer["lr"] == explorer.training.optimizer.lr == 0.3
    assert explorer.training.steps == 0 and "not trained yet" in explorer.summary
    for name, values in first.items():
        np.testing.assert_array_equal(explorer.training.params[name], values)


def test_the_epochs_come_to_an_end(explorer):
    explorer.train(epochs=50)
    assert explorer.training.epoch == 20 and explorer.over
    assert "epoch 20 of 20" in explorer.summary


def test_a_target_is_reached_by_training_alone(spirals):
    explorer = BoundaryExplorer(*spirals, rule="Adam", lr=0.03, epochs=60, target=0.95)
    for value in (0.001, 10.0, 0.03):
        explorer.controls["lr"].value = value
    assert not explorer.reached
    explorer.train(epochs=60)
    hits = [epoch for epoch, _, share in explorer._curve if share >= 0.95]
    assert explorer.reached and hits[0] > 1
    assert text(explorer, "goal").endswith(f"Reached at epoch {hits[0]:.0f}.")
    explorer.buttons["restart"].click()
    assert not explorer.reached


def test_divergence_is_told_drawn_and_left_by_restart(explorer, spirals):
    same = Training(SMALL, spirals[0], Momentum(lr=10.0), batch_size=16, seeds=0)
    losses = [float(same.loss())]
    while same.epoch < 4:
        same.step()
        losses.append(float(same.loss()))
    high = np.array(losses) > module.LOST * np.log(2)
    step = int(np.argmax(high))
    assert high[step:].all() and 0 < step < 5, "it rises at once and stays"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer.controls["lr"].value = 10.0
        explorer.controls["rule"].value = "Momentum"
        explorer.train(epochs=20)
        patience = module.PATIENCE * explorer.steps_per_epoch
        assert explorer.over and explorer.training.steps == step + patience
        assert f"Momentum at learning rate 10 diverged at step {step}:" in explorer.summary
        assert text(explorer, "texts")["lost at"] == [f"diverged at step {step}"]
        before = shown(explorer, "loss Momentum")[-1]
        explorer.train(epochs=1)
        np.testing.assert_array_equal(shown(explorer, "loss Momentum")[-1], before)
        assert len(explorer.plot.still()) > 1000 and not explorer.reached
    explorer.buttons["restart"].click()
    assert (explorer["lr"], explorer["rule"]) == (10.0, "Momentum") and not explorer.over
    explorer.controls["lr"].value = 0.05
    explorer.train(epochs=2)
    assert "epoch 2 of 20" in explorer.summary and explorer.status == ""


def test_a_loss_that_comes_down_again_has_not_diverged(explorer):
    explorer.controls["rule"].value = "AdaGrad"
    explorer.controls["lr"].value = 5.0
    explorer.train(epochs=20)
    highest = max(loss for _, loss, _ in explorer._curve)
    assert explorer.training.epoch == 20 and "diverged" not in explorer.summary
    explorer.buttons["restart"].click()
    for _ in range(5):
        explorer.train(steps=1)
        highest = max(highest, float(explorer.training.loss()))
    assert highest > module.LOST * np.log(2)


def test_numbers_beyond_all_bounds_are_said_to_be_so(spirals):
    network = Network(hidden=(6, 6), activation="relu")
    explorer = BoundaryExplorer(*spirals, model=network, lr=1e200, rates=(0.1, 1e200), epochs=5)
    explorer.train(epochs=5)
    assert "diverged at step" in explorer.summary and explorer.status == ""
    assert "nan" not in explorer.summary.lower() and "inf" not in explorer.summary.lower()
    assert len(explorer.plot.still()) > 1000


def test_veiled_it_shows_the_scene_alone(explorer):
    explorer.train(epochs=2)
    explorer.veil("Answer first.")
    assert text(explorer) == "Answer first." and explorer.plot.images == {}
    assert explorer.plot.data["list"][0]["marks"].keys() == set(explorer.SCENE)

    async def main():
        explorer.play()
        assert not explorer.playing

    asyncio.run(main())
    assert all(row.layout.display == "none" for row in explorer.children[:2])
    explorer.unveil()
    assert "epoch 2 of 20" in explorer.summary and explorer.plot.images


# -- the event loop ----------------------------------------------------------------------


def test_play_trains_in_slices_until_pause(explorer):
    explorer.pace = None
    explorer.epochs = 10**6
    longest = 0.0

    async def main():
        nonlocal longest
        explorer.play()
        assert explorer.playing and explorer.buttons["play"].description == "Pause"
        loop = asyncio.get_running_loop()
        await until(lambda: explorer.training.steps > 50)
        for _ in range(20):
            before = loop.time()
            await asyncio.sleep(0)
            longest = max(longest, loop.time() - before)
        explorer.controls["lr"].value = 0.2
        assert "learning rate 0.2" in text(explorer), "at once, and not with the next picture"
        said = text(explorer)
        await until(lambda: text(explorer) != said)
        explorer.buttons["play"].click()
        assert not explorer.playing and explorer.buttons["play"].description == "Play"
        steps = explorer.training.steps
        await asyncio.sleep(0.05)
        assert explorer.training.steps == steps
        explorer.buttons["play"].click()
        await until(lambda: explorer.training.steps > steps)
        explorer.pause()
        await asyncio.sleep(0)
        await until(lambda: len(asyncio.all_tasks()) == 1)

    asyncio.run(main())
    assert longest < 0.5 and explorer.status == ""  # ten milliseconds, and a busy machine


def test_it_ends_by_itself_and_play_begins_anew(explorer):
    explorer.pace = None

    async def main():
        explorer.play()
        await until(lambda: not explorer.playing)
        assert "epoch 20 of 20" in explorer.summary and len(asyncio.all_tasks()) == 1
        explorer.play()
        assert explorer.training.epoch < 20 and explorer.playing
        explorer.pause()

    asyncio.run(main())
    assert explorer.status == ""


def test_the_pace_is_kept(explorer):
    explorer.pace = 20

    async def main():
        explorer.play()
        await asyncio.sleep(0.3)
        explorer.pause()

    asyncio.run(main())
    assert 1 <= explorer.training.steps <= 1 + 0.5 * 20 * explorer.steps_per_epoch


def test_words_change_seldom_and_numbers_often(explorer, monkeypatch):
    explorer.pace, explorer.epochs = None, 10**6
    seen = []

    async def main():
        explorer.play()
        explorer.plot.observe(lambda c: seen.append(c["new"]["list"][0]), "data")
        await until(lambda: len(seen) > 5)
        explorer.pause()

    monkeypatch.setattr(module, "PICTURE", 0.01)
    asyncio.run(main())
    assert len({frame["texts"]["now"][0] for frame in seen[:5]}) > 1
    assert len({frame["summary"] for frame in seen[:5]}) == 1


def test_an_exception_ends_training_and_is_told(explorer):
    async def main():
        explorer.play()
        await until(lambda: explorer.training.steps > 1)

        def fails():
            raise ZeroDivisionError("the batch is empty")

        explorer.training.step = fails
        await until(lambda: explorer.status)
        assert not explorer.playing and explorer.buttons["play"].description == "Play"
        assert explorer.status == "ZeroDivisionError: the batch is empty"
        assert "the batch is empty" in explorer._line.value

    asyncio.run(main())
    explorer.buttons["restart"].click()
    assert explorer.status == "" and "not trained yet" in explorer.summary


def test_making_or_playing_another_stops_the_first(explorer, spirals):
    async def main():
        explorer.play()
        await until(lambda: explorer.training.steps > 1)
        again = BoundaryExplorer(*spirals, model=SMALL)  # what running its cell again does
        assert not explorer.playing
        explorer.play()
        again.play()
        assert again.playing and not explorer.playing
        again.close()
        assert not again.playing
        await until(lambda: len(asyncio.all_tasks()) == 1)

    asyncio.run(main())


def test_it_stops_when_no_view_answers(explorer, monkeypatch):
    monkeypatch.setattr(module, "PICTURE", 0.01)
    monkeypatch.setattr(module, "SENTENCE", 0.01)
    explorer.epochs = 10**6

    async def main():
        calls = []
        monkeypatch.setattr(explorer.plot, "send", lambda content: calls.append(content))
        explorer.play()
        for k in range(2 * module.UNSEEN):
            await until(lambda k=k: len(calls) > k)
            explorer.plot._handle_custom_msg({"kind": "here"}, [])  # a view answers
        assert explorer.playing and calls[0] == {"kind": "call"}
        await until(lambda: not explorer.playing)

    asyncio.run(main())
    assert explorer.status == "" and explorer.plot.unanswered > module.UNSEEN


def test_a_learner_in_another_thread_never_meets_a_half_done_step(explorer, monkeypatch):
    """JupyterLab hands over what a learner does in a thread beside the one that trains."""
    monkeypatch.setattr(module, "PICTURE", 0.0)
    interval = sys.getswitchinterval()
    monkeypatch.setattr(module, "SLICE", 0.001)
    explorer.pace, explorer.epochs = None, 10**6
    told = []

    def learner():
        for k in range(150):
            rate = 0.1 if k % 2 else 0.2
            explorer.controls["lr"].value = rate
            time.sleep(0.002)  # some pictures later
            if f"learning rate {rate:g}," not in text(explorer):
                told.append(text(explorer))
        explorer.buttons["play"].click()

    async def main():
        explorer.play()
        await until(lambda: explorer.training.steps > 1)
        hand = threading.Thread(target=learner)
        hand.start()
        await until(lambda: not hand.is_alive(), 30)
        hand.join()

    sys.setswitchinterval(1e-5)  # the threads take turns often
    try:
        asyncio.run(main())
    finally:
        sys.setswitchinterval(interval)
    assert told == [] and not explorer.playing and explorer.status == ""


def test_without_an_event_loop_play_says_what_to_do(explorer):
    explorer.buttons["play"].click()
    assert not explorer.playing and "train(epochs=" in explorer.status
    explorer.train(epochs=1)
    assert explorer.status == "" and "epoch 1 of 20" in explorer.summary


def test_a_loop_that_ends_takes_the_training_with_it(explorer, recwarn):
    async def main():
        explorer.play()
        await until(lambda: explorer.training.steps > 1)

    asyncio.run(main())
    gc.collect()
    assert not explorer.playing and explorer.status == "" and not list(recwarn)
    steps = explorer.training.steps

    async def again():
        explorer.play()
        await until(lambda: explorer.training.steps > steps)

    asyncio.run(again())


# -- bad input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "error", "complaint"),
    [
        ({"train": data.iris()}, ValueError, "train must be Data with 2 features"),
        ({"train": data.tips()}, TypeError, "train must be Data with 2 features and classes"),
        ({"train": np.zeros((3, 2))}, TypeError, "train must be Data with 2 features and classes"),
        ({"test": data.iris()}, ValueError, "test must be Data with 2 features"),
        ({"rule": "Adams"}, ValueError, "rule='Adams': rule must be an optimizer class"),
        ({"test": THREE}, ValueError, "test must be Data with the features and the classes"),
        ({"rules": 3}, TypeError, "rules=3: rules must be"),
        ({"rules": ["SGD", "x"]}, ValueError, "rules='x': rules must be"),
        ({"target": 95}, ValueError, "target must be a finite number in (0, 1]"),
        ({"target": True, "epochs": 0}, TypeError, "target=True: target must be a finite number"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number"),
        ({"epochs": np.nan}, ValueError, "epochs=nan: epochs must be a whole number"),
        ({"epochs": None}, TypeError, "epochs=None: epochs must be a whole number"),
        ({"target": [0.5]}, TypeError, "target=[0.5]: target must be a finite number"),
        ({"pace": 0}, ValueError, "pace must be a finite number > 0"),
        ({"pace": "fast"}, TypeError, "pace must be a finite number > 0"),
        ({"batch_size": 0}, ValueError, "batch_size must be a whole number from 1 to 70"),
        ({"batch_size": 71}, ValueError, "batch_size must be a whole number from 1 to 70"),
        ({"batch_size": 2.5}, TypeError, "batch_size must be a whole number from 1 to 70"),
        ({"lr": -1}, ValueError, "lr"),
        ({"lr": "fast"}, TypeError, "lr"),
        ({"lr": np.nan}, ValueError, "lr=nan: lr must be a finite number >= 0"),
        ({"seed": -1}, ValueError, "seed=-1: seed must be a whole number"),
        ({"seed": 0.5}, TypeError, "seed=0.5: seed must be a whole number"),
        ({"seed": [1, 2]}, TypeError, "seed=[1, 2]: seed must be a whole number"),
        ({"rates": (1, 0.1)}, ValueError, "rates"),
        ({"model": 3}, TypeError, "model"),
    ],
)
def test_bad_input_is_named(spirals, given, error, complaint):
    with pytest.raises(error, match=re.escape(complaint)):
        BoundaryExplorer(**({"train": spirals[0], "test": spirals[1], "model": SMALL} | given))


def test_a_rule_named_twice_is_shown_once_and_no_batch_size_means_all_data(spirals):
    explorer = BoundaryExplorer(spirals[0], model=SMALL, rules=["Adam", "Adam"], batch_size=None)
    assert list(explorer.rules) == ["Adam", "SGD"] and explorer["batch size"] == 70
    explorer.train(epochs=2)
    assert explorer.training.steps == 2


def test_train_wants_one_of_its_arguments(explorer):
    for given in ({}, {"epochs": 1, "steps": 1}):
        with pytest.raises(TypeError, match="give epochs or steps"):
            explorer.train(**given)
