"""What the page is told for the band under a learning-rate slider: see draw/live/band.js."""

import numpy as np

from optimlab.draw import style
from optimlab.formulas import program_text, tree_of
from optimlab.study.analysis import WIDENING, base_of, stability_limit
from optimlab.study.outcomes import VERDICTS, best_run, measures, outcomes, rate_limit
from optimlab.words import MESSAGES

#: more pieces than this are counted and not listed
LISTED = 6
#: the messages that it fills, but for those that a run has, too
SAID = list(MESSAGES)[list(MESSAGES).index("band") :]


def letter(minimum):
    """What the n-th minimum is called.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'A2')
    """
    turn, place = divmod(minimum, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")


def facts(explorer):
    """What does not change: rules, minima and what they are called, verdicts and sentences."""
    minima = explorer.function.minima
    looks = style.rule_styles([rule.__name__ for rule in explorer.rules])
    return {
        "minima": [np.ravel(m).tolist() for m in minima],
        "called": [letter(m) for m in range(len(minima)) if len(minima) > 1],
        "rules": [[name, look["color"]] for name, look in looks.items()],
        "verdicts": VERDICTS, "listed": LISTED, "say": {name: MESSAGES[name] for name in SAID},
    }  # fmt: skip


def judging(explorer):
    """The same, and by what a page judges its own runs: see draw/live/outcomes.js."""
    function = explorer.function
    limits = np.full(len(function.minima), np.inf)
    if (known := _bends(function)).any():
        limits[known] = stability_limit(function, function.minima[known])
    limits = [limit if np.isfinite(limit) else None for limit in limits.tolist()]
    texts = [WIDENING.get(base_of(rule)) for rule in explorer.rules]
    widening = [t and program_text([tree_of(t)], ("a",), alone=True, js=True) for t in texts]
    more = {"limits": limits, "widening": widening} | measures(explorer.domain)
    return facts(explorer) | more


def sent(explorer, runs):
    """The same, and what Python has found of recorded batches, at the positions of the slider."""
    found = facts(explorer) | {"rates": explorer._values(), "rows": judged(runs, explorer.domain)}
    found["say"] |= {name: MESSAGES[name] for name in ("step", "steps")}
    return found | {"steps": explorer["steps"]}


def judged(runs, domain):
    """What became of each rule's runs, a recorded batch, as a page finds it by itself."""
    rows, known = [], _bends(next(iter(runs.values())).function)
    for run in runs.values():
        verdict, minimum = outcomes(run, domain)
        stay = np.flatnonzero(verdict != VERDICTS[0])  # some leave falling without end
        best = int(stay[best_run(run[stay])]) if stay.size else None
        function, rule = run.function, run[0].optimizer
        limits = [rate_limit(function, rule, minimum) if there else None
                  for minimum, there in zip(function.minima, known, strict=True)]  # fmt: skip
        numbers = map(VERDICTS.index, verdict)
        found = [list(one) for one in zip(numbers, minimum.tolist(), strict=True)]
        end = None if best is None else np.ravel(run.end[best]).tolist()
        rows.append({"found": found, "best": best, "end": end, "limits": limits})
    return rows


def _bends(function):
    """At which minima it has second derivatives."""
    minima = function.minima
    if not len(minima):
        return np.zeros(0, dtype=bool)
    with np.errstate(all="ignore"):
        return np.isfinite(np.reshape(function.hessian(minima), (len(minima), -1))).all(axis=1)
