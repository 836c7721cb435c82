"""The sentences of a run: one text, filled by Python and by the page, to the same letters."""

import json
import re
from string import Formatter

import numpy as np
import pytest
from node import LIVE

from optimlab import descend, functions, optimizers
from optimlab.draw.live import export
from optimlab.explorers.frames import lost
from optimlab.explorers.targets import run_goal
from optimlab.words import MESSAGES, said, short

RULES = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW", "AdaDelta", "NAdam")


def test_every_message_is_used_and_known():
    """A message that is asked for by its own name stands in the file, and none is left over."""
    package = LIVE.parents[1]
    code = "".join(p.read_text("utf-8") for kind in ("*.py", "*.js") for p in package.rglob(kind))
    for asked in re.findall(r'\bsaid\("([^"{]+)"[,)]', code):
        assert asked in MESSAGES
    for name, text in MESSAGES.items():
        words = re.split("[, ]+", name)
        assert all(re.search(rf'["`}} ,]{re.escape(word)}\b', code) for word in words), name
        assert text == text.strip() and "!" not in text


def test_a_message_is_filled_and_a_missing_part_is_no_silent_gap():
    assert said("moved, who", who="Adam", start="4") == (
        "Adam is not there yet: it counts from 4 alone."
    )
    with pytest.raises(KeyError):
        said("moved, who", who="Adam")
    for text in MESSAGES.values():
        places = [place for _, place, *_ in Formatter().parse(text) if place is not None]
        assert all(place.isidentifier() for place in places)


def test_the_page_writes_a_hundred_thousand_numbers_as_python_does(run):
    rng = np.random.default_rng(1)
    values = rng.normal(size=60_000) * 10.0 ** rng.integers(-320, 308, 60_000)
    halves = rng.integers(-99_999, 99_999, 20_000) / 2.0 ** rng.integers(0, 9, 20_000)
    ties = (rng.integers(0, 10_000, 20_000) * 10 + 5.0) * 10.0 ** rng.integers(0, 4, 20_000)
    edges = [0, -0.0, 999.5, 99995, 99999.6, 9.9995e-5, 1e-4, 1e5, 5e-324, 1.7976931348623157e308]
    values = [float(v) for v in (*values, *halves, *ties, *edges)]
    found = run(
        'import { short } from "./geometry.js"; console.log(JSON.stringify('
        "data.map((v) => [short(v), short(v, 3), short(v, 6, 6)])));", values,
    )  # fmt: skip
    for value, (four, three, six) in zip(values, found, strict=True):
        assert (three, six) == (short(value), short(value, 6)), value
        assert four == export._told(value, 0, None), value


def runs():
    """Many runs: that arrive, leave, come back, overflow, are undefined."""
    rng = np.random.default_rng(2)
    log = functions.parse("log(x) + 1/y + y")
    for function in ("parabola", "wave", "ravine", "rosenbrock", "beale", log):
        for rule in RULES:
            for rate in (0, 1e-3, 0.1, 0.7, 2, 1e3, 1e200):
                kind = getattr(optimizers, rule)
                optimizer = kind(lr=float(rate * rng.uniform(0.9, 1.1)))
                steps = int(rng.choice([1, 2, 30, 1500] if rule == "SGD" else [1, 7, 40]))
                domain = functions.get(function).domain if isinstance(function, str) else log.domain
                box = np.reshape(domain, (-1, 2))
                start = rng.uniform(box[:, 0] - 0.5, box[:, 1] + 0.5).round(rng.integers(0, 17))
                start = start[0] if len(box) == 1 else start
                yield descend(function, optimizer, start, steps), box


def test_the_page_says_of_a_run_what_python_says(run):
    rng = np.random.default_rng(3)
    data, wanted = [], []
    for path, box in runs():
        own = {"rule": type(path.optimizer).__name__, "lr": short(path.optimizer.lr)}
        own |= {"momentum": short(m)} if (m := getattr(path.optimizer, "momentum", None)) else {}
        target = float(path.losses[-1]) * rng.choice([1, 1.0001]), int(rng.integers(1, 2000))
        target = target if np.isfinite(target[0]) else (1.0, target[1])
        who = str(rng.choice(["", "Adam"]))
        first = [None, path.start]
        moved = first[1] + 1 if rng.random() < 0.3 else None
        goal = run_goal(path.losses, target, who=who, moved_from=moved,
                        lost=lost(path) and lost(path)[1])  # fmt: skip
        wanted.append([path.summary(), goal["goal"]])
        start = first[int(rng.integers(2))] if moved is None else moved
        data.append({
            "d": len(box), "steps": path.steps, "points": path.points.ravel().tolist(),
            "losses": path.losses.tolist(), "diverged": path.diverged,
            "overflowed": bool(path.overflowed), "box": box.tolist(), "own": own, "who": who,
            "from": np.ravel(path.start).tolist(),
            "target": {"loss": target[0], "within": target[1],
                       "start": None if start is None else np.ravel(start).tolist()},
        })  # fmt: skip
    code = """
      import { sentence, standing, wanted } from "./words.js";
      const floats = (values) => Float64Array.from(values, (v) => v ?? NaN);
      const { say, paths } = data;
      console.log(JSON.stringify(paths.map(({ box, from, own, who, target, ...path }) => {
        for (const name of ["points", "losses"]) path[name] = floats(path[name]);
        const goal = `${wanted(target, say)} ${standing(path, from, target, who, say)}`;
        return [sentence(path, from, box, own, say), goal];
      })));
    """
    found = run(code, {"say": MESSAGES, "paths": data})
    assert found == wanted and len(found) > 350
    told = " ".join(text for pair in wanted for text in pair)
    every = ("fell", "rose", "stayed", "came back", "started outside", "too large to store",
             "undefined value", "then reached", "alone", "Reached", "Not yet", "is there at",
             "1,500 steps", "1 step;")  # fmt: skip
    assert [words for words in every if words not in told] == [], json.dumps(wanted[:5])
