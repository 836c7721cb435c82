"""The small network, its losses and gradients, and the one loop with mini-batches."""

import warnings
from functools import partial

import numpy as np
import pytest

from optimlab import (
    SGD,
    AdaGrad,
    Adam,
    Momentum,
    Nesterov,
    RMSProp,
    data,
    descend,
    network,
    numerical_gradient,
)
from optimlab.study.data import Data
from optimlab.study.training import Linear, Network, Training, minibatches

RULES = [SGD(0.3), Momentum(0.1), Nesterov(0.1), AdaGrad(0.1), RMSProp(0.02), Adam(0.05)]


@pytest.fixture(scope="module")
def tips():
    return data.tips().standardised()


@pytest.fixture(scope="module")
def iris():
    return data.iris().standardised()


@pytest.fixture(scope="module")
def spirals():
    return data.spirals(points=75, rng=np.random.default_rng(0))


@pytest.fixture(autouse=True)
def nothing_global():
    """No test may draw from numpy's global generator, or warn."""
    before = np.random.get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    after = np.random.get_state()
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2] == after[2]


def close(one, other, rtol=1e-12):
    assert one.keys() == other.keys()
    for key in one:
        np.testing.assert_allclose(one[key], other[key], rtol=rtol, atol=1e-14, err_msg=key)


# -- mini-batches ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "size", "lengths"),
    [(10, 4, [4, 4, 2]), (10, 5, [5, 5]), (10, 10, [10]), (3, 1, [1, 1, 1]), (1, 1, [1])],
)
def test_every_example_is_in_one_batch_and_the_last_may_be_smaller(n, size, lengths):
    batches = list(minibatches(n, size, np.random.default_rng(0)))
    assert [len(rows) for rows in batches] == lengths
    assert sorted(np.concatenate(batches)) == list(range(n))


def test_batches_are_in_random_order_and_anew_each_epoch():
    rng = np.random.default_rng(0)
    epochs = [np.concatenate(list(minibatches(50, 8, rng))) for _ in range(2)]
    assert not np.array_equal(*epochs) and not np.array_equal(epochs[0], np.arange(50))
    again = np.concatenate(list(minibatches(50, 8, np.random.default_rng(0))))
    np.testing.assert_array_equal(epochs[0], again)


BAD_SIZES = [
    (0, ValueError), (-3, ValueError), (11, ValueError), (2.5, TypeError), (4.0, TypeError),
    ("4", TypeError), (True, TypeError), (None, TypeError), ([4], TypeError), (np.nan, ValueError),
]  # fmt: skip


@pytest.mark.parametrize(("size", "error"), BAD_SIZES)
def test_a_bad_batch_size_is_told_at_once(size, error):
    words = "batch_size=.*: batch_size must be a whole number from 1 to 10"
    with pytest.raises(error, match=words):  # at once, not when the first batch is asked for
        minibatches(10, size, np.random.default_rng(0))
    if size is not None:
        ten = Data(np.ones((10, 1)), np.zeros(10))
        with pytest.raises(error, match=words):
            Training(Linear(), ten, SGD(), batch_size=size)


def test_minibatches_name_a_bad_generator_or_count():
    with pytest.raises(TypeError, match="rng=0: rng must be a numpy Generator"):
        minibatches(10, 2, 0)
    with pytest.raises(ValueError, match="n=0: n must be a whole number >= 1"):
        minibatches(0, 1, np.random.default_rng(0))
    with pytest.raises(TypeError, match="n=2.0"):
        minibatches(2.0, 1, np.random.default_rng(0))
    counted = minibatches(np.array(10), 4, np.random.default_rng(0))
    assert [len(rows) for rows in counted] == [4, 4, 2]


# -- losses and back-propagation ---------------------------------------------------------------


def test_mean_squared_error_by_hand():
    loss, slope = network.mean_squared_error(np.array([[1.0], [4.0]]), np.array([3.0, 1.0]))
    assert loss == (4 + 9) / 2 and slope.tolist() == [[-2.0], [3.0]]


def test_cross_entropy_by_hand():
    scores = np.log([[1.0, 2.0, 5.0], [1.0, 1.0, 2.0]])
    loss, slope = network.cross_entropy(scores, np.array([2, 0]))
    assert loss == pytest.approx((-np.log(5 / 8) - np.log(1 / 4)) / 2)
    wanted = (np.array([[1, 2, 5], [2, 2, 4]]) / 8 - [[0, 0, 1], [1, 0, 0]]) / 2
    np.testing.assert_allclose(slope, wanted)


def test_cross_entropy_does_not_overflow():
    for scale in (1e3, 1e300):
        loss, slope = network.cross_entropy(np.array([[scale, 0.0]]), np.array([1]))
        assert loss == scale and slope.tolist() == [[1.0, -1.0]]


def models():
    for activation in network.ACTIVATIONS:
        yield Network((5,), activation)
        yield Network((4, 3), activation)
    yield Network(())
    yield Linear()


@pytest.mark.parametrize("labels", [True, False], ids=["cross-entropy", "squares"])
@pytest.mark.parametrize("model", list(models()), ids=repr)
def test_back_propagation_agrees_with_central_differences(model, labels):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(7, 3))
    y = rng.integers(3, size=7) if labels else rng.normal(size=7)
    some = Data(x, y, ("a", "b", "c") if labels else None)
    params = model.start(some, seeds=1)
    for values in params.values():  # no zeros: relu has no derivative there
        values += 0.3 * rng.normal(size=values.shape)
    loss, grads = model.loss_and_gradients(params, some.x, some.y)
    assert loss == pytest.approx(model.loss(params, some.x, some.y), rel=1e-14)

    for key, values in params.items():

        def along(flat, key=key, values=values):
            return float(model.loss(params | {key: flat.reshape(values.shape)}, some.x, some.y))

        found = numerical_gradient(along, values.ravel()).reshape(values.shape)
        np.testing.assert_allclose(grads[key], found, rtol=1e-6, atol=1e-9, err_msg=key)
        assert grads[key].shape == values.shape and np.abs(grads[key]).max() > 1e-6


def test_a_wrong_derivative_would_be_seen(monkeypatch):
    monkeypatch.setitem(network.ACTIVATIONS, "tanh", (np.tanh, lambda a: 1 - a))
    with pytest.raises(AssertionError, match="W1"):
        test_back_propagation_agrees_with_central_differences(Network((5,), "tanh"), True)


def test_linear_on_numbers_has_the_gradient_of_the_squared_loss(tips):
    surface = network.squared_loss(tips.x[:, 0], tips.y)
    params = {"W": np.array([[0.7]]), "b": np.array([[-1.2]])}
    loss, grads = Linear().loss_and_gradients(params, tips.x, tips.y)
    at = np.array([0.7, -1.2])
    assert loss == pytest.approx(surface(at), rel=1e-12)
    found = np.ravel([grads["W"], grads["b"]])
    np.testing.assert_allclose(found, surface.gradient(at), rtol=1e-12)


def test_linear_on_two_labels_is_logistic_regression():
    hours, passed = np.arange(1.0, 7), np.array([0, 0, 1, 0, 1, 1])
    logistic = network.logistic_loss(hours, passed, ((-4, 4), (-8, 8)))
    params = {"W": np.array([[0.0, 1.0]]), "b": np.array([[0.0, -2.0]])}  # scores 0 and wx + b
    loss, grads = Linear().loss_and_gradients(params, hours[:, None], passed)
    assert loss == pytest.approx(logistic((1.0, -2.0)))
    slope = [grads["W"][0, 1], grads["b"][0, 1]]
    np.testing.assert_allclose(slope, logistic.gradient(np.array([1.0, -2.0])))
    p = Linear().predict(params, hours[:, None])
    np.testing.assert_allclose(p[:, 1], network.sigmoid(hours - 2))


@pytest.mark.parametrize("model", [Linear(), Network((4,))], ids=repr)
def test_the_mean_over_equal_batches_is_the_full_gradient(model, iris):
    params = model.start(iris, seeds=2)
    _, full = model.loss_and_gradients(params, iris.x, iris.y)
    batches = list(minibatches(len(iris), 25, np.random.default_rng(1)))
    parts = [model.loss_and_gradients(params, iris.x[b], iris.y[b])[1] for b in batches]
    close({key: np.mean([part[key] for part in parts], axis=0) for key in full}, full, rtol=1e-9)


def test_the_noise_of_a_batch_falls_with_the_root_of_its_size(tips):
    model, rng = Linear(), np.random.default_rng(0)
    params = model.start(tips)
    spread = {}
    for size in (4, 61, 122):  # which divide 244: no batch is smaller
        found = [
            model.loss_and_gradients(params, tips.x[b], tips.y[b])[1]["b"].item()
            for _ in range(300)
            for b in minibatches(len(tips), size, rng)
        ]
        spread[size] = np.std(found)
    one = np.std(2 * tips.y)  # of a single example
    for size, measured in spread.items():  # drawn without repetition: a little less than 1/√size
        expected = one / np.sqrt(size) * np.sqrt((244 - size) / 243)
        assert measured == pytest.approx(expected, rel=0.04)


# -- first weights ------------------------------------------------------------------------------


def test_first_weights_are_scaled_and_biases_zero(iris):
    wide = Network((400, 300), "tanh").start(iris, seeds=0)
    assert [wide[key].shape for key in ("W1", "b1", "W2", "b2", "W3", "b3")] == [
        (4, 400), (1, 400), (400, 300), (1, 300), (300, 3), (1, 3),
    ]  # fmt: skip
    assert wide["W2"].std() == pytest.approx(np.sqrt(1 / 400), rel=0.02)
    he = Network((400, 300), "relu").start(iris, seeds=0)
    assert he["W2"].std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert not any(wide[key].any() for key in ("b1", "b2", "b3"))
    assert not any(values.any() for values in Linear().start(iris).values())


def test_a_seed_starts_equally_whoever_else_runs(iris):
    model = Network((5,))
    alone, among = model.start(iris, seeds=7), model.start(iris, seeds=[3, 7, 7])
    close({key: values[1] for key, values in among.items()}, alone, rtol=0)
    np.testing.assert_array_equal(among["W1"][1], among["W1"][2])
    assert (among["W1"][0] != among["W1"][1]).all()
    assert model.start(iris, seeds=[[1, 2, 3], [4, 5, 6]])["b2"].shape == (2, 3, 1, 3)


# -- the loop -----------------------------------------------------------------------------------


def test_counts_of_steps_epochs_and_evaluations(tips):
    run = Training(Linear(), tips, SGD(0.1), batch_size=100)
    assert (run.steps, run.epoch, run.evaluations) == (0, 0, 0) and run.losses.shape == (1,)
    run.step()
    run.run(steps=1)
    assert (run.steps, run.epoch, run.evaluations) == (2, 0, 200)
    run.step()  # the last batch has 44
    assert (run.steps, run.epoch, run.evaluations) == (3, 1, 244)
    run.run(steps=1).run(epochs=2)  # the rest of the second epoch counts as one
    assert (run.steps, run.epoch, run.evaluations) == (9, 3, 3 * 244)
    assert run.losses.shape == (4,) and run.losses[-1] == run.loss()
    assert run.run(epochs=0) is run and run.steps == 9


def test_an_epoch_of_the_loop_is_an_epoch_of_minibatches(tips):
    """Written out: shuffle, split, gradient of the batch, step."""
    run = Training(Linear(), tips, Momentum(0.05), batch_size=50, seeds=4).run(epochs=2)
    model, rule = Linear(), Momentum(0.05)
    params, rng = model.start(tips, seeds=4), np.random.default_rng(4).spawn(2)[1]
    for _ in range(2):
        for rows in minibatches(len(tips), 50, rng):
            _, grads = model.loss_and_gradients(params, tips.x[rows], tips.y[rows])
            rule.update(params, grads)
    close(run.params, params, rtol=0)


@pytest.mark.parametrize("size", [None, 244], ids=["all", "n"])
def test_all_data_at_once_is_plain_descent(tips, size):
    surface = network.squared_loss(tips.x[:, 0], tips.y)
    for rule in (SGD(0.1), Nesterov(0.05)):
        run = Training(Linear(), tips, rule, batch_size=size)
        path = descend(surface, rule, start=(0, 0), steps=30)
        run.run(steps=30)
        np.testing.assert_allclose(run.losses, path.losses, rtol=1e-10)
        end = np.ravel([run.params["W"], run.params["b"]])
        np.testing.assert_allclose(end, path.end, rtol=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
def test_many_runs_at_once_are_the_single_runs(rule, spirals):
    kind = partial(Training, Network((6,)), spirals, rule, batch_size=16)
    together = kind(seeds=[3, 0, 8]).run(epochs=3)
    assert together.losses.shape == (4, 3) and together.evaluations == 225
    for i, seed in enumerate([3, 0, 8]):
        alone = kind(seeds=seed).run(epochs=3)
        close({key: v[i] for key, v in together.params.items()}, alone.params, rtol=1e-10)
        np.testing.assert_allclose(together.losses[:, i], alone.losses, rtol=1e-10)
        assert together.accuracy()[i] == alone.accuracy()


def test_one_rate_for_each_run_is_separate_runs(spirals):
    rates = np.array([0.02, 0.3, 0.3, 0.02])
    kind = partial(Training, Network((6,)), spirals, batch_size=16)
    together = kind(Adam(lr=rates.reshape(-1, 1, 1)), seeds=[1, 1, 2, 2]).run(epochs=3)
    for i, (rate, seed) in enumerate(zip(rates, [1, 1, 2, 2], strict=True)):
        alone = kind(Adam(lr=rate), seeds=seed).run(epochs=3)
        np.testing.assert_allclose(together.losses[:, i], alone.losses, rtol=1e-10)


def test_runs_on_two_axes(spirals):
    rates = np.array([0.1, 0.5])[:, None, None, None] * np.ones((1, 3, 1, 1))
    seeds = np.array([[0, 1, 2], [0, 1, 2]])
    run = Training(Network((3,)), spirals, SGD(rates), seeds=seeds).run(epochs=1)
    assert run.losses.shape == (2, 2, 3) and run.diverged.shape == (2, 3)
    np.testing.assert_array_equal(run.losses[0, 0], run.losses[0, 1])  # the same first weights


def test_batches_depend_on_the_seed_and_on_nothing_else(spirals, monkeypatch):
    seen = []
    measure = Network.loss_and_gradients

    def watched(self, params, x, y):
        seen[-1].append(x.copy())
        return measure(self, params, x, y)

    monkeypatch.setattr(Network, "loss_and_gradients", watched)
    for model, rule, seeds in [
        (Network((6,)), SGD(0.1), [2, 5]),
        (Network((6,)), Adam(0.5), [5, 2, 9]),
        (Network((2,), "relu"), SGD(9.0), [5, 5, 2]),
    ]:
        seen.append([])
        Training(model, spirals, rule, batch_size=25, seeds=seeds).run(epochs=2)
    one, other, third = map(np.array, seen)  # (steps, runs, batch, 2)
    np.testing.assert_array_equal(one[:, 0], other[:, 1])  # seed 2
    np.testing.assert_array_equal(one[:, 1], other[:, 0])  # seed 5
    np.testing.assert_array_equal(one[:, 1], third[:, 0])
    np.testing.assert_array_equal(third[:, 0], third[:, 1])
    np.testing.assert_array_equal(one[:, 0], third[:, 2])
    assert not np.array_equal(one[:, 0], one[:, 1])


def test_first_batches_and_weights_differ_between_seeds_and_streams(tips):
    run = Training(Linear(), tips, SGD(0.1), batch_size=100, seeds=range(20)).run(steps=1)
    assert len(np.unique(run.params["W"])) == 20


def test_the_rule_is_copied_and_its_rate_may_be_changed(spirals):
    rule = Momentum(lr=0.1)
    run = Training(Network((4,)), spirals, rule).run(epochs=1)
    assert not rule.state and run.optimizer.state and run.optimizer is not rule
    before = {key: values.copy() for key, values in run.params.items()}
    run.optimizer.lr, run.optimizer.momentum = 0.0, 0.0
    run.step()
    close(run.params, before, rtol=0)
    run.optimizer.lr = 0.5
    run.step()
    assert (run.params["W1"] != before["W1"]).all()


def test_the_gradient_is_measured_where_the_rule_asks_for_it(spirals):
    """Nesterov without its probe would be Momentum."""
    ends = [
        Training(Network((4,)), spirals, rule, seeds=1).run(epochs=2).params["W1"]
        for rule in (Nesterov(0.1), Momentum(0.1))
    ]
    assert np.abs(ends[0] - ends[1]).max() > 1e-3


def test_a_rule_of_the_learner_trains_too(tips):
    class Mine:
        def update(self, params, grads):
            for key in params:
                params[key] -= 0.1 * grads[key]

    mine = Training(Linear(), tips, Mine(), seeds=3).run(epochs=2)
    ours = Training(Linear(), tips, SGD(0.1), seeds=3).run(epochs=2)
    np.testing.assert_allclose(mine.losses, ours.losses, rtol=1e-12)


# -- what it learns -----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [SGD(0.5), Momentum(0.1), Nesterov(0.1), Adam(0.03)], ids=repr)
def test_the_network_learns_the_spirals(rule):
    arms = data.spirals(rng=np.random.default_rng(0))
    run = Training(Network(), arms, rule, seeds=[0, 1]).run(epochs=150)
    assert (run.accuracy() > 0.97).all() and (run.losses[0] > 0.6).all()


def test_what_is_held_out_is_recorded_beside_it(iris):
    train, test = data.iris().split(rng=np.random.default_rng(0))
    train, test = train.standardised(), test.standardised()
    run = Training(Network((8,)), train, Adam(0.05), seeds=[0, 1], test=test).run(epochs=15)
    assert run.test_losses.shape == run.losses.shape == (16, 2)
    np.testing.assert_array_equal(run.test_losses[-1], run.loss(test))
    assert (run.accuracy(test) > 0.9).all() and (run.test_losses[-1] < run.test_losses[0]).all()
    assert Training(Linear(), iris, SGD()).test_losses is None


def test_accuracy_is_the_share_of_right_guesses():
    four = Data([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 0], ("low", "high"))
    params = {"W": np.array([[[-1.0, 1.0]], [[1.0, -1.0]]]), "b": np.zeros((2, 1, 2))}
    assert Linear().accuracy(params, four.x, four.y).tolist() == [0.75, 0.25]
    with pytest.raises(ValueError, match="only labels have an accuracy"):
        Training(Linear(), Data(four.x, four.x[:, 0]), SGD(), batch_size=2).accuracy()


# -- divergence ---------------------------------------------------------------------------------


def test_a_diverged_run_is_named_and_disturbs_no_other(tips):
    kind = partial(Training, Linear(), tips, batch_size=50)
    rates = np.array([0.1, 1e3, 0.2, 30.0])
    run = kind(Momentum(rates.reshape(-1, 1, 1)), seeds=[0, 0, 0, 0]).run(epochs=60)
    assert (run.diverged[[0, 2]] == -1).all()
    assert 0 < run.diverged[1] < run.diverged[3] < 300
    epoch = -(-run.diverged[1] // 5)  # five steps an epoch
    assert np.isfinite(run.losses[: epoch - 1, 1]).all() and np.isnan(run.losses[epoch:, 1]).all()
    for values in run.params.values():
        assert np.isnan(values[[1, 3]]).all() and np.isfinite(values[[0, 2]]).all()
    alone = kind(Momentum(0.1)).run(epochs=60)
    np.testing.assert_allclose(run.losses[:, 0], alone.losses, rtol=1e-10)
    assert alone.diverged is None
    lost = kind(Momentum(1e3)).run(epochs=60)
    assert lost.diverged == run.diverged[1] and np.isnan(lost.losses[-1])
    assert lost.summary().endswith("the run has diverged: this learning rate is too large.")
    assert "for 2 of 4 runs; the others have diverged" in run.summary()


def test_the_step_of_divergence_is_the_first_loss_that_is_not_finite(tips):
    lost = Training(Linear(), tips, SGD(1e3), batch_size=244, seeds=0).run(steps=200)
    path = descend(network.squared_loss(tips.x[:, 0], tips.y), SGD(1e3), start=(0, 0), steps=200)
    assert abs(lost.diverged - path.diverged) <= 1


def test_a_run_whose_loss_overflowed_stays_lost_though_its_weights_are_finite(tips):
    run = Training(Linear(), tips, Adam(1e200)).run(steps=1)
    assert run.diverged is None and np.isfinite(run.params["W"]).all()
    run.step()  # (1e200)² is infinite, its root is not
    assert run.diverged == 1 and np.isnan(run.params["W"]).all() and np.isnan(run.loss())


@pytest.mark.parametrize("rule", [*RULES, Network], ids=lambda r: type(r).__name__)
def test_no_rule_and_no_loss_warns_when_it_overflows(rule, spirals):
    if rule is Network:
        rule = SGD(1.0)
    rule = rule.fresh()
    rule.lr = 1e200
    for activation in network.ACTIVATIONS:
        run = Training(Network((4, 4), activation), spirals, rule, seeds=[0, 1]).run(epochs=3)
        assert run.losses.shape == (4, 2) and isinstance(run.summary(), str)
        lost = run.diverged >= 0
        assert lost.all() or activation != "relu"  # the others have a bound
        assert np.isnan(run.losses[-1][lost]).all() and np.isnan(run.accuracy()[lost]).all()


# -- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"seeds": 0.5}, TypeError, "seeds=0.5: seeds must be a whole number >= 0 or a list of"),
        ({"seeds": [0, 1.0]}, TypeError, "seeds="),
        ({"seeds": [True]}, TypeError, "seeds="),
        ({"seeds": None}, TypeError, "seeds=None"),
        ({"seeds": []}, ValueError, "seeds="),
        ({"seeds": [0, -1]}, ValueError, "seeds=.*: seeds must be a whole number >= 0"),
        ({"seeds": [[0], [1, 2]]}, TypeError, "seeds="),
        ({"optimizer": SGD}, TypeError, "optimizer=.*a rule such as SGD"),
        ({"optimizer": 0.1}, TypeError, "optimizer=0.1"),
        ({"model": Network}, TypeError, r"model=.*must be Linear\(\) or Network"),
        ({"model": "linear"}, TypeError, "model='linear'"),
        ({"data": np.ones((4, 2))}, TypeError, "data=array.*: data must be Data, such as"),
        ({"test": (1, 2)}, TypeError, r"test=\(1, 2\): test must be Data"),
        (
            {"test": Data([[1.0]], [1.0])},
            ValueError,
            "test=<Data: 1 .*: test must be Data with the features and the classes",
        ),
        (
            {"optimizer": SGD(np.array([0.1, 0.2])), "seeds": [0, 1]},
            ValueError,
            r"lr=.*: lr must be .* one for each run of shape \(2, 1, 1\)",
        ),
        (
            {"optimizer": SGD(np.full((3, 1, 1), 0.1)), "seeds": [0, 1]},
            ValueError,
            r"lr=array.*: lr must be .*\(2, 1, 1\)",
        ),
    ],
)
def test_bad_settings_are_named(given, error, words, iris):
    settings = {"model": Linear(), "data": iris, "optimizer": SGD()} | given
    with pytest.raises(error, match=words):
        Training(**settings)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({}, ValueError, "give either epochs= or steps="),
        ({"epochs": 1, "steps": 1}, ValueError, "give either"),
        ({"epochs": 1.5}, TypeError, "epochs=1.5: epochs must be a whole number >= 0"),
        ({"steps": -1}, ValueError, "steps=-1: steps must be a whole number >= 0"),
        ({"steps": True}, TypeError, "steps=True"),
    ],
)
def test_run_names_what_is_wrong(given, error, words, iris):
    with pytest.raises(error, match=words):
        Training(Linear(), iris, SGD()).run(**given)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"hidden": (0,)}, ValueError, r"hidden=\(0,\): hidden must be a whole number >= 1"),
        ({"hidden": (2.5,)}, TypeError, "hidden"),
        ({"hidden": "16"}, TypeError, "hidden"),
        ({"hidden": (True,)}, TypeError, "hidden"),
        ({"hidden": [[4]]}, ValueError, "hidden"),
        ({"activation": "swish"}, ValueError, "activation='swish': .*'tanh', 'relu', 'sigmoid'"),
        ({"activation": ["tanh"]}, TypeError, "activation"),
    ],
)
def test_a_network_names_what_is_wrong(given, error, words):
    with pytest.raises(error, match=words):
        Network(**given)
    assert Network(4).hidden == (4,)


@pytest.mark.parametrize(
    ("params", "x", "y", "error", "words"),
    [
        ({}, None, None, ValueError, "params must be a dict with W1, b1, W2, b2"),
        (7, None, None, TypeError, "params=7: params must be a dict with W1, b1, W2, b2"),
        (None, [1.0, 2.0], None, ValueError, r"x must be numbers, 2 in a row .* shape is \(2,\)"),
        (None, np.ones((4, 3)), None, ValueError, r"x must be numbers, 2 in .* shape is \(4, 3\)"),
        (None, np.ones((0, 2)), [], ValueError, "x must be numbers, 2 in a row.*not empty"),
        (None, None, [0, 1], ValueError, r"y=\[0, 1\]: y must be labels .* each of 4 rows of x"),
        (None, None, [0, 1, 2, 0], ValueError, "y must be labels from 0 to 1"),
        (None, None, [0, -1, 1, 0], ValueError, "y must be labels from 0 to 1"),
        (None, None, [0.0, 1.0, 1.0, 0.0], TypeError, "labels from 0 to 1, which this network le"),
        (None, None, list("abab"), TypeError, "y must be labels"),
    ],
)
def test_what_does_not_fit_the_network_is_named(params, x, y, error, words, spirals):
    model = Network((3,))
    params = model.start(spirals) if params is None else params
    x = np.ones((4, 2)) if x is None else x
    y = [0, 1, 0, 1] if y is None else y
    with pytest.raises(error, match=words):
        model.loss_and_gradients(params, x, y)


def test_whole_numbers_are_no_targets_of_a_line(tips):
    with pytest.raises(TypeError, match="y must be floats, which this network learns"):
        Linear().loss_and_gradients(Linear().start(tips), np.ones((2, 1)), [1, 2])


def test_it_tells_what_it_is(spirals):
    run = Training(Network((4,)), spirals, Adam(0.02), seeds=[0, 1]).run(epochs=2)
    assert repr(run) == (
        "<Training of 2 runs: Network(hidden=(4,), activation='tanh') by Adam, epoch 2, step 10>"
    )
    assert run.summary().startswith("After 2 epochs (10 steps) with Adam the loss lies between 0.")
    alone = Training(Linear(), spirals, SGD(0.1)).run(epochs=1)
    assert f"the loss is {alone.loss():.3g}, from 0.693." in alone.summary()
    assert alone.summary().startswith("After 1 epoch (5 steps) with SGD ")


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ([0.1, 0.1], "for all runs."),
        ([0.1, 100.0], "for all runs. 1 of the 2 is above its start."),
        ([100.0, 200.0, 0.1], "for all runs. 2 of the 3 are above their start."),
    ],
)
def test_runs_that_end_above_their_start_are_counted(rates, words, spirals):
    lr = np.reshape(rates, (-1, 1, 1))
    run = Training(Network((4,)), spirals, SGD(lr), seeds=[0] * len(rates)).run(epochs=3)
    assert (run.diverged == -1).all() and run.summary().endswith(words)
    assert ((run.losses[-1] > run.losses[0]) == (lr.ravel() > 1)).all()
