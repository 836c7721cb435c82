"""What the page says of the runs of a band is what Python says of the same runs."""

import random

import numpy as np
import pytest
from test_engine import RULES, calls, stated

from optimlab import SGD, Momentum, Nesterov, descend, functions
from optimlab.descent import Path
from optimlab.explorers.band import judged, judging
from optimlab.explorers.page import _runner
from optimlab.functions import Stated
from optimlab.javascript import function_program

#: rows for each case, and the points and losses of all its runs in a file
JUDGE = """
  import { outcomes } from "./outcomes.js";
  import { Runs } from "./paths.js";
  import { writeFileSync } from "node:fs";
  const numbers = [];
  const rows = data.map(({ program, values, start }) => {
    const runs = new Runs(program, [], []);
    const run = runs.run.bind(runs);
    runs.run = (...given) => {
      const made = run(...given);
      numbers.push(made.run.points, made.run.losses);
      return made;
    };
    const work = outcomes(runs, values, start, program.band);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  });
  writeFileSync("numbers", Buffer.concat(numbers.map((a) => Buffer.from(a.buffer))));
  console.log(JSON.stringify(rows));
"""
#: 0 and rates with which nothing moves, good ones, and some that throw a run far away
RATES = [0.0, 5e-324, 1e-310, *np.geomspace(1e-4, 3, 27).tolist(), 40.0, 1e4, 1e200]


def own(text, box, minima):
    f = stated(text)
    f = Stated(text, text, *(trees[0] if k == 0 else trees for k, trees in enumerate(f.trees)),
               domain=box, minima=minima)  # fmt: skip
    f.variables = ("x", "y")
    return f


TYPED = [
    own("(x + y)^2 + (x - y)^2", ((-2, 2), (-2, 2)), [(0, 0)]),  # all directions are principal
    own("(x^2 - 1)^2 + (x + 2*y)^2", ((-3, 3), (-3, 3)), [(1, -0.5), (-1, 0.5)]),
    own("abs(x) + y^2", ((-2, 2), (-2, 2)), [(0, 0)]),
    own("sqrt(abs(x))", (-2, 2), [0]),  # no curvature is finite there
    own("x + 1/x", (0.1, 5), [1]),
    own("x^2", (-1e-170, 1e-170), [0]),  # moves whose products are 0
]


class Case:
    """Some rules on a function, with controls somewhere."""

    def __init__(self, function, rules, draw, rates=RATES):
        self.function, self.domain, self.rates = function, function.domain, rates
        self.rules, self.curves, self._any_start = rules, ("loss",), True
        names = {n for rule in rules for n in rule.hyperparameters() if n != "lr"}
        self.given = {n: draw.choice([0.0, 0.5, draw.random() * 0.999]) for n in sorted(names)}
        self.given |= {n: draw.random() < 0.5 for rule in rules for n in rule.switches}
        self.controls = ["lr", "steps", *self.given]
        self.steps = draw.choice([1, 2, 3, 25, draw.randrange(1, 120)])
        box = np.reshape(function.domain, (-1, 2))
        beyond = draw.choice([0, 0, 0.3]) * np.ptp(box, axis=1)
        start = [draw.uniform(*ends) for ends in zip(*(box.T + [-beyond, beyond]), strict=True)]
        self.start = np.reshape(start, function.start.shape)

    def _values(self):
        return self.rates

    def sent(self):
        """The program, the values of the controls and the start."""
        program = {
            "rules": [_runner(self, rule) for rule in self.rules], "rates": self.rates,
            "function": function_program(self.function), "controls": self.controls,
            "picture": np.reshape(self.domain, (-1, 2)).tolist(), "band": judging(self),
        }  # fmt: skip
        values = [0, self.steps, *self.given.values()]
        return {"program": program, "values": values, "start": np.ravel(self.start).tolist()}

    def optimizer(self, rule):
        rates = np.reshape(self.rates, (-1, *[1] * self.start.ndim))
        own = {n: v for n, v in self.given.items() if hasattr(rule(), n)}
        return rule(lr=rates, **own)

    def walked(self, numbers):
        """The page's own runs as recorded paths; `numbers(count)` gives the next of its numbers."""
        runs, (d, n, count) = {}, (self.function.dim, len(self.rates), self.steps + 1)
        for rule in self.rules:
            table = numbers(n * count * (d + 1)).reshape(n, -1)
            points = table[:, : count * d].reshape(n, count, *self.start.shape).swapaxes(0, 1)
            start = np.broadcast_to(self.start, points.shape[1:])
            run = Path(self.function, self.optimizer(rule), self.steps, start)
            run.points, run.losses, run.end = points, table[:, count * d :].T, points[-1]
            run.diverged = np.full(n, -1)
            runs[rule.__name__] = run
        return runs

    def recorded(self):
        """Python's runs."""
        return {r.__name__: descend(self.function, self.optimizer(r), self.start, self.steps)
                for r in self.rules}  # fmt: skip


@pytest.fixture(scope="module")
def told(run):
    """(case, what the page finds, the page's runs) for each case."""
    draw, cases = random.Random(7), []
    for function in [*map(functions.get, functions.names()), *TYPED]:
        cases += [Case(function, RULES, draw) for _ in range(2)]
        near = np.linspace(0.9, 1.1, 41) * draw.uniform(0.1, 0.5)
        cases.append(Case(function, [SGD, Momentum, Nesterov], draw, near.tolist()))
    found = run(JUDGE, [case.sent() for case in cases])
    with (run.folder / "numbers").open("rb") as file:
        runs = [case.walked(lambda count: np.fromfile(file, count=count)) for case in cases]
        assert file.read() == b""
    return list(zip(cases, found, runs, strict=True))


def assert_alike(found, wanted, what):
    for mine, row in zip(found, wanted, strict=True):
        assert mine["found"] == row["found"], what
        assert (mine["best"], mine["end"]) == (row["best"], row["end"]), what
        given = [[-1.0 if limit is None else limit for limit in one["limits"]]
                 for one in (mine, row)]  # fmt: skip
        np.testing.assert_allclose(*given, rtol=1e-14, err_msg=what)


def test_of_its_own_runs_the_page_says_what_python_says_of_them(told):
    for case, found, runs in told:
        what = f"{case.function.name}, {case.given}, {case.steps} steps from {case.start}"
        assert_alike(found, judged(runs, case.domain), what)
    kinds = {tuple(one) for _, found, _ in told for row in found for one in row["found"]}
    assert {(0, -1), (1, -1), (3, -1), (1, 0), (2, 0), (1, 1), (2, 1), (1, 20)} <= kinds
    assert any(row["best"] is None for _, found, _ in told for row in found)
    limits = [limit for _, found, _ in told for row in found for limit in row["limits"]]
    assert None in limits and len({limit for limit in limits if limit}) > 50


def test_where_a_path_is_pythons_to_the_last_bit_so_is_the_band(told):
    alike = 0
    for case, found, _ in told:
        runs = case.recorded()
        exact = [i for i, run in enumerate(runs.values()) if not calls(run[0])]
        some = {rule: run for i, (rule, run) in enumerate(runs.items()) if i in exact}
        if some:
            assert_alike([found[i] for i in exact], judged(some, case.domain), case.function.name)
            alike += 1
    assert alike > 40
