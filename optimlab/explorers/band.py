"""What becomes of the run at each position of a learning-rate slider, for the band under it."""

import numpy as np

from optimlab.draw import style
from optimlab.explorers.frames import short
from optimlab.study.outcomes import NOWHERE, VERDICTS, best_run, outcomes, rate_limit

#: more pieces than this are counted and not listed
LISTED = 6


def letter(minimum):
    """What the n-th minimum is called.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'A2')
    """
    turn, place = divmod(minimum, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")


def band(runs, rates, domain):
    """The band as the front end takes it: a row for each rule, a legend, and all of it in words.

    Parameters
    ----------
    runs : dict, name of a rule -> the recorded batch of its runs, one for each of `rates`
    rates : the positions of the slider, rising
    domain : the picture
    """
    found = {name: outcomes(run, domain) for name, run in runs.items()}
    minima = next(iter(found.values())).minima
    arrived = sorted({int(m) for one in found.values() for m in one.minimum if m != NOWHERE})
    letters = {m: letter(m) if len(minima) > 1 else "" for m in arrived}
    steps = next(iter(runs.values())).steps
    after = "after 1 step" if steps == 1 else f"after {steps} steps"
    rows, words = [], []
    for name, run in runs.items():
        pieces = _pieces(found[name], letters)
        stay = np.flatnonzero(found[name].verdict != VERDICTS[0])  # some leave falling without end
        best = int(stay[best_run(run[stay])]) if stay.size else None
        limits = _limits(run, found[name], rates, best)
        rows.append({
            "rule": name if len(runs) > 1 else "",
            "color": style.rule_style(name)["color"],
            "pieces": [
                {"from": first, "to": last, "verdict": verdict, "arrived": there, "letter": called,
                 "title": f"{_span(rates, first, last)}: {_state(verdict, there, called)}"}
                for first, last, verdict, there, called in pieces
            ],
            "best": best,
            "limits": [[float(np.interp(at, rates, range(len(rates)))), f"limit {short(at)}"]
                       for at, _ in limits],
        })  # fmt: skip
        words += _words(name, pieces, rates, best, limits, after)
    legend = [[verdict.split()[0], verdict] for verdict in VERDICTS]
    legend.append(["arrived", "full height: arrives at a minimum"])
    legend.append(["best", f"lowest loss {after}"])
    if any(row["limits"] for row in rows):
        legend.append(["limit", "stability limit, from the curvature at the minimum"])
    named = [f"{called} is the minimum at {short(minima[m])}." for m, called in letters.items()
             if called]  # fmt: skip
    return {"rows": rows, "count": len(rates), "legend": legend, "words": " ".join(words + named)}


def _pieces(found, letters):
    """Neighbours of which the same becomes: (first, last, verdict, arrived, letter)."""
    states = [(str(verdict), bool(minimum != NOWHERE), letters.get(int(minimum), ""))
              for verdict, minimum in zip(*found[:2], strict=True)]  # fmt: skip
    firsts = [i for i, state in enumerate(states) if not i or state != states[i - 1]]
    return [(i, j - 1, *states[i]) for i, j in zip(firsts, [*firsts[1:], len(states)], strict=True)]


def _limits(run, found, rates, best):
    """(rate, minimum) of each stability limit on the slider, at the minima that runs arrive at.

    Where none has arrived yet it is the one that is nearest to the best run.
    """
    at = sorted({int(m) for m in found.minimum if m != NOWHERE})
    if not at and best is not None and len(found.minima):
        away = np.reshape(found.minima - run.end[best], (len(found.minima), -1))
        at = [int(np.linalg.norm(away, axis=1).argmin())]
    limits = [(rate_limit(run.function, run[0].optimizer, found.minima[m]), m) for m in at]
    return [(limit, found.minima[m]) for limit, m in limits
            if limit is not None and rates[0] <= limit <= rates[-1]]  # fmt: skip


def _span(rates, first, last):
    return f"{rates[first]:g}" if first == last else f"{rates[first]:g} to {rates[last]:g}"


def _state(verdict, there, called):
    where = called or "a minimum"
    if verdict == "converges":
        return f"converges to {where}"
    if verdict == "zigzags":
        return f"zigzags and arrives at {where}" if there else "zigzags and does not arrive"
    return verdict


def _words(name, pieces, rates, best, limits, after):
    """What the row of a rule shows, in whole sentences."""
    if len(pieces) <= LISTED:
        listed = [
            f"{_state(*state)} ({_span(rates, first, last)})" for first, last, *state in pieces
        ]
    else:
        counts = {}
        for first, last, *state in pieces:
            said = _state(*state)
            counts[said] = counts.get(said, 0) + last - first + 1
        listed = [f"{said} ({count} of {len(rates)})" for said, count in counts.items()]
    words = [f"{name} from this start {after}, by learning rate: {'; '.join(listed)}."]
    if best is not None:
        words.append(f"The lowest loss comes at rate {short(rates[best])}.")
    words += [
        f"The curvature at {short(at)} sets the stability limit {short(limit)}."
        for limit, at in limits
    ]
    return words
