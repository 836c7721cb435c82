"""What becomes of the run at each position of a learning-rate slider, for the band under it."""

import numpy as np

from optimlab.draw import style
from optimlab.study.outcomes import NOWHERE, VERDICTS, best_run, outcomes, rate_limit
from optimlab.words import said, short, so_many_steps

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
    """The band as band.js takes it: a row for each rule, a legend, and all of it in words.

    `runs` is a dict from names of rules to recorded batches, a run for each of `rates`, which are
    the positions of the slider; `domain` is the picture.
    """
    first = next(iter(runs.values()))
    minima, steps = first.function.minima, so_many_steps(first.steps)
    rows, words, arrived = [], [], set()
    looks = style.rule_styles(list(runs))
    for name, run in runs.items():
        verdict, minimum = outcomes(run, domain)
        at = sorted({int(m) for m in minimum if m != NOWHERE})
        called = {m: letter(m) if len(minima) > 1 else "" for m in at} | {NOWHERE: ""}
        pieces = _pieces([(str(v), m != NOWHERE, called[m])
                          for v, m in zip(verdict, minimum.tolist(), strict=True)])  # fmt: skip
        stay = np.flatnonzero(verdict != VERDICTS[0])  # some leave falling without end
        best = int(stay[best_run(run[stay])]) if stay.size else None
        if not at and best is not None and len(minima):  # then the one that the best run is near
            away = np.reshape(minima - run.end[best], (len(minima), -1))
            at = [int(np.linalg.norm(away, axis=1).argmin())]
        limits = [(rate_limit(run.function, run[0].optimizer, minima[m]), m) for m in at
                  if np.isfinite(run.function.hessian(minima[m])).all()]  # fmt: skip
        limits = [(r, m) for r, m in limits if r is not None and rates[0] <= r <= rates[-1]]
        places = np.interp([r for r, _ in limits], rates, range(len(rates)))
        rows.append({
            "rule": name if len(runs) > 1 else "", "color": looks[name]["color"],
            "pieces": pieces, "best": best,
            "limits": [[at, said("limit", rate=short(r))]
                       for at, (r, _) in zip(places.tolist(), limits, strict=True)],
        })  # fmt: skip
        found = "; ".join(_told(pieces, rates))
        words.append(said("band", rule=name, steps=steps, found=found))
        if best is not None:
            words.append(said("band, best", rate=short(rates[best])))
        words += [said("band, limit", point=short(minima[m]), rate=short(r)) for r, m in limits]
        arrived |= {(name, m) for m, name in called.items() if name}
    words += [said("band, minimum", name=n, point=short(minima[m])) for n, m in sorted(arrived)]
    legend = [[verdict.split()[0], verdict] for verdict in VERDICTS]
    legend += [["arrived", said("legend, arrived")], ["best", said("legend, best", steps=steps)],
               ["limit", said("legend, limit")]]  # fmt: skip
    return {"rows": rows, "count": len(rates), "legend": legend, "words": " ".join(words)}


def _pieces(states):
    """Neighbours of which the same becomes, as one piece each."""
    firsts = [i for i, state in enumerate(states) if not i or state != states[i - 1]]
    names = "verdict", "arrived", "letter"
    return [{"from": i, "to": j - 1, **dict(zip(names, states[i], strict=True))}
            for i, j in zip(firsts, [*firsts[1:], len(states)], strict=True)]  # fmt: skip


def _told(pieces, rates):
    """What becomes of the run, and at which rates, or at how many where they change often."""
    found = {}
    for piece in pieces:
        verdict, name = piece["verdict"], piece["letter"]
        how = " to" if name else ", arrives" if verdict == "zigzags" and piece["arrived"] else ""
        verdict = said(f"{verdict}{how}", name=name)
        found.setdefault(verdict, []).append((piece["from"], piece["to"]))
    if len(pieces) > LISTED:
        counts = {verdict: sum(b - a + 1 for a, b in spans) for verdict, spans in found.items()}
        return [said("verdict, count", verdict=verdict, count=count, all=len(rates))
                for verdict, count in counts.items()]  # fmt: skip
    return [said("verdict, rates", verdict=v, rates=", ".join(_span(rates, *s) for s in spans))
            for v, spans in found.items()]  # fmt: skip


def _span(rates, first, last):
    first, last = short(rates[first], 6), short(rates[last], 6)
    return first if first == last else said("span", first=first, last=last)
