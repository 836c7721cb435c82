"""The inspector: its digits are the recorded path's, for every rule, function, rate and step."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import FancyArrowPatch
from numpy.testing import assert_allclose
from wire import four_digits, inspected, shown

from optimlab import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, descend, explore, optimizers
from optimlab.draw import figures
from optimlab.draw.live import LivePlot
from optimlab.explorers.inspector import PARTS, Inspector, _Update
from optimlab.optimizers import Optimizer

pytestmark = pytest.mark.filterwarnings("error")


class Leaky(Optimizer):
    """A learner's rule of two lines."""

    rules = ("v = (1 - leak)*v + leak*g", "w = w - eta*v")
    leak = 0.1


class Jolted(Optimizer):
    """A number that runs along, a gradient that is set anew, a sum in brackets."""

    rules = ("c = c*0.9", "g = g + c*w", "q_x = q_x/2 + g", "w = w - eta*(g + q_x)")


RULES = [getattr(optimizers, name) for name in optimizers.RULES] + [Leaky, Jolted]
START = {"parabola": st.floats(-5, 5), "wave": st.floats(0, 7), "cubic": st.floats(0, 1)}
START |= dict.fromkeys(("ravine", "rosenbrock", "saddle"), st.tuples(*[st.floats(-2, 2)] * 2))


FIGURE, AX = figures.panel()
PLOT = LivePlot(FIGURE)
INSPECTOR = Inspector(PLOT, AX)


class Seen:
    """What an inspector adds for runs that descend has made, sent as an explorer sends it."""

    def __init__(self, function, optimizer, start, steps):
        self.batch, self.plot = descend(function, optimizer, start, steps), PLOT
        self.frames = [{} for _ in self.batch.start]
        INSPECTOR.add_to(self.frames, self.batch)
        PLOT.data = PLOT._pack(self.frames, ())


def numbers(value):
    texts = [four_digits(v) for v in np.ravel(value)]
    return f"({', '.join(texts)})" if len(texts) > 1 else texts[0]


@settings(max_examples=60)
@given(data=st.data(), rule=st.sampled_from(RULES), name=st.sampled_from(sorted(START)))
def test_the_digits_are_those_of_the_recorded_path(data, rule, name):
    rates = np.array(data.draw(st.lists(st.floats(1e-6, 3), min_size=1, max_size=3)))
    steps = data.draw(st.integers(1, 40))
    start = data.draw(START[name])
    seen = Seen(name, rule(lr=rates[:, None] if np.ndim(start) else rates), start, steps)
    i, k = data.draw(st.integers(0, len(rates) - 1)), data.draw(st.integers(1, steps))
    path = descend(name, rule(lr=rates[i]), start, steps)
    recorded = seen.batch[i]
    lines = inspected(seen, k, frame=i)
    if recorded.diverged is not None and k >= recorded.diverged:
        assert len(lines) == 1 and lines[0].startswith(f"At step {recorded.diverged} ")
        return
    assert_allclose(recorded.points, path.points, rtol=1e-9, atol=1e-9)  # a run of its own
    assert lines[0].startswith(f"{rule.__name__} from step {k - 1} to step {k}: ")
    assert lines[1].split("=")[-1] == numbers(recorded.gradients[k - 1])
    state = {slot: values[k - 1] for slot, values in recorded.states.items()}
    after = recorded.optimizer.evaluate_rules(
        recorded.points[k - 1], recorded.gradients[k - 1], state, t=k
    )
    after |= {slot: values[k] for slot, values in recorded.states.items()}
    after |= {"w": recorded.points[k]}
    targets = [line.target for line in rule()._read().lines]
    for j, target in enumerate(targets):
        if target not in targets[j + 1 :]:
            assert lines[2 + j].split("=")[-1] == numbers(after[target]), lines[2 + j]
    if "effective rate" in lines[-1]:
        assert lines[-1].split("=")[-1] == numbers(recorded.rates[k - 1])
    tips = [seen.frames[i][f"step {part}"] for part in PARTS]
    laid = sum((rows[k, 2:] - rows[k, :2] for rows in tips if len(rows)), np.zeros(2))
    walked = np.ravel(recorded.points[k] - recorded.points[k - 1])
    largest = np.abs(recorded.points[k - 1 : k + 1]).max()
    assert_allclose(np.ravel(laid)[: len(walked)], walked, rtol=1e-9, atol=1e-9 * (1 + largest))
    parts = sum(_Update(seen.batch).parts.values(), np.zeros(seen.batch.gradients.shape))
    assert_allclose(np.ravel(parts[k - 1, i]), walked, rtol=1e-9, atol=1e-9 * (1 + largest))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_written_in_numbers(rule):
    """Each line in symbols and in numbers, with no place left empty."""
    lines = inspected(Seen("ravine", rule(lr=np.array([[0.1]])), (-7, 2), 5), 2)
    known = [line.target for line in rule()._read().lines]
    assert len(lines) - len(known) in (2, 3) and "not a number" not in "".join(lines)
    for line in lines[1:]:
        left, put_in, result = line.split("=") if "←" in line else line.split("=")[-3:]
        assert re.search(r"\d", put_in) and re.search(r"\d", result), line


def test_known_numbers():
    seen = Seen("parabola", Momentum(lr=np.array([0.1]), momentum=0.5), 4.0, 3)
    assert inspected(seen, 1) == inspected(seen, 0) == [
        "Momentum from step 0 to step 1: the thick arrow is what the rule remembers, "
        "the thin red one is what this gradient adds.",
        "g=∇f(w)=∇f(4)=4",
        "v←α·v−η·g=0.5·0−0.1·4=−0.4",
        "w←w+v=4+(−0.4)=3.6",
    ]  # fmt: skip
    assert inspected(seen, 2)[3] == "w←w+v=3.6+(−0.52)=3.08"
    assert_allclose(seen.frames[0]["step kept"][2], [3.6, 4.56, 3.4, 4.56])
    assert_allclose(seen.frames[0]["step g"][2], [3.4, 4.56, 3.08, 4.56])
    seen = Seen("ravine", AdaGrad(lr=np.array([[1.5]]), eps=0.0), (-7, 2), 2)
    assert inspected(seen, 1)[1:] == [
        "g=∇f(w)=∇f(−7, 2)=(−0.7, 4)",
        "h←h+g⊙g=(0, 0)+(−0.7, 4)⊙(−0.7, 4)=(0.49, 16)",
        "w←w−η·gh+δ=(−7, 2)−1.5·(−0.7, 4)(0.49, 16)+0=(−5.5, 0.5)",
        "effective rate =\xa0ηh+δ=1.5(0.49, 16)+0=(2.143, 0.375)",
    ]


def test_the_arrow_of_what_is_remembered_leads_nesterov_to_where_it_measures():
    seen = Seen("ravine", Nesterov(lr=np.array([[0.1]])), (-7, 2), 9)
    assert_allclose(seen.frames[0]["step kept"][1:, 2:], seen.batch.probes[:, 0])


def test_the_parts_of_adams_step():
    seen = Seen("ravine", AdamW(lr=np.array([[0.3]]), weight_decay=0.5), (-7, 2), 9)
    run, frame = seen.batch[0], seen.frames[0]
    assert_allclose(frame["step kept"][1, :2], frame["step kept"][1, 2:])  # nothing is remembered
    decay = frame["step w"][1:, 2:] - frame["step w"][1:, :2]
    assert_allclose(decay, -0.3 * 0.5 * run.points[:-1])
    rate = 0.3 / (1 - 0.9 ** np.arange(1, 10)[:, None]) / (
        np.sqrt(run.states["v"][1:] / (1 - 0.999 ** np.arange(1, 10)[:, None])) + 1e-8
    )
    assert_allclose(frame["step g"][1:, 2:] - frame["step g"][1:, :2], -rate * 0.1 * run.gradients)


def test_undefined_too_large_and_not_a_number_are_told_apart():
    from optimlab import Function

    log = Function("log", r"\ln x", np.log, lambda x: 1 / x, domain=(0.1, 5), start=3.0)
    seen = Seen(log, SGD(lr=np.array([50.0])), 3.0, 3)
    assert inspected(seen, 2) == [
        "At step 1 a value is undefined: the function or its slope has none there."
    ]
    seen = Seen("parabola", SGD(lr=np.array([2.0])), 4.0, 400)
    assert inspected(seen) == ["At step 323 the numbers are too large to show."]
    assert inspected(seen, 322)[2].endswith("×10¹⁵³") and "10¹⁵³" in inspected(seen, 322)[1]


def test_a_run_that_is_too_long_is_not_inspected():
    assert inspected(Seen("parabola", SGD(lr=np.array([0.1])), 4.0, 1001)) == [
        "The update is shown in runs of at most 1000 steps."
    ]


def test_in_step_with_play_and_rate_without_the_kernel():
    """All positions of the slider have their numbers and arrows, at each step."""
    explorer = explore("ravine", [SGD, Momentum], lr=0.1, steps=20, inspect=True)
    explorer.controls["inspect"].value = "Momentum"
    rates = explorer._values()
    packed = explorer.plot.frames
    for i in (0, len(rates) // 2, len(rates) - 1):
        path = descend("ravine", Momentum(lr=rates[i]), steps=20)
        assert inspected(explorer, 7, packed, i)[-1].endswith(f"={numbers(path.points[7])}")
        near = np.abs(path.points).max(axis=1) < 20
        tips = shown(explorer, "step g", packed, i)[:, 2:]
        assert_allclose(tips[near][1:], path.points[near][1:], atol=1e-4)
    assert explorer.status == "" and inspected(explorer)[0].startswith("Momentum from step 19 to")
    explorer.controls["inspect"].value = "SGD"
    assert len(inspected(explorer)) == 3 and len(shown(explorer, "step kept")) == 0
    explorer.controls["lr"].value = 0.2
    assert "−0.2·" in inspected(explorer, 3)[2]


def test_the_lines_follow_a_switch():
    explorer = explore("ravine", Adam, lr=0.1, steps=5, inspect=True)
    assert any("β1t" in line for line in inspected(explorer))
    explorer.controls["bias_correction"].value = False
    assert not any("β1t" in line for line in inspected(explorer))
    assert inspected(explorer, 2, explorer.plot.frames)[0].startswith("Adam from step 1 to step 2")


def test_the_still_shows_the_arrows_of_the_marked_step_alone():
    explorer = explore("ravine", Momentum, lr=0.1, steps=9, inspect=True)
    for explorer.plot.step, row in ((-1, 9), (4, 4)):
        with explorer.plot.artists() as drawn:
            tip = [mark for mark in drawn if isinstance(mark, FancyArrowPatch)][-1]._posA_posB[1]
        low, high = np.transpose([explorer.plot.axes[0]["xlim"], explorer.plot.axes[0]["ylim"]])
        assert_allclose(low + tip * (high - low), explorer.paths["Momentum"].points[row], atol=1e-6)


def test_a_rule_that_is_code_has_its_step_and_what_it_remembers():
    class Coded(Optimizer):
        """A learner's update, without lines."""

        def update(self, params, grads):
            for key in params:
                kept = self.state.setdefault("v", {})
                kept[key] = 0.5 * kept.get(key, 0) - self.lr * grads[key]
                params[key] += kept[key]

    seen = Seen("ravine", Coded(lr=np.array([[0.1]])), (-7, 2), 3)
    assert inspected(seen, 2) == [
        "Coded from step 1 to step 2: the arrow is its step.",
        "g=∇f(w)=∇f(−6.93, 1.6)=(−0.693, 3.2)",
        "v←(0.1043, −0.52)",
        "w←(−6.826, 1.08)",
    ]
    assert_allclose(seen.frames[0]["step g"][2], [-6.93, 1.6, -6.8257, 1.08])


def test_names_of_points_stand_beside_the_arrows_of_a_step():
    for rules in (SGD, Momentum):
        pair = [explore("parabola", rules, steps=10, inspect=on) for on in (False, True)]
        assert pair[1].status == "" and len(shown(pair[1], "names")) > 1
        np.testing.assert_array_equal(*(shown(explorer, "names") for explorer in pair))
