"""What an explorer asks for, and how a frame says whether that is reached."""

import numpy as np

from optimlab.words import counted, said, short, so_many_steps


def goal(wanted, reached, found="", missed="", *, title="Target", who="", not_yet="Not yet"):
    """The part of a frame that tells of a target; `found` and `missed` say more of its state.

    >>> goal("a loss of at most 2", True, " at step 3", ": it is 2.5")
    {'goal': 'Target: a loss of at most 2. Reached at step 3.', 'reached': True}
    >>> goal("a loss of at most 2", False, " at step 3", ": it is 2.5")["goal"]
    'Target: a loss of at most 2. Not yet: it is 2.5.'
    >>> goal("a loss of at most 2", False, missed=": it is 2.5", who="Adam")["goal"]
    'Target: a loss of at most 2. Adam is not there yet: it is 2.5.'
    """
    if who:
        state = f"{who} is there{found}" if reached else f"{who} is not there yet{missed}"
    else:
        state = f"Reached{found}" if reached else f"{not_yet}{missed}"
    return {"goal": f"{title}: {wanted}. {state}.", "reached": bool(reached)}


def beside_goal(value, wanted):
    """A number that is compared with a target: with more digits only where it misses narrowly.

    >>> beside_goal(2.34567, 2.0001), beside_goal(2.00013, 2.0001), beside_goal(1.99, 2)
    ('2.35', '2.00013', '1.99')
    """
    narrowly = value > wanted and short(value) == short(wanted)
    return short(value, 6 if narrowly else 3)


def loss_goal(losses, target, missed, *, also="", moved_from=None, **words):
    """`goal` for a run that should come down to a loss within some steps, `target` being both.

    A run whose start was `moved_from` where it has to begin does not count.

    >>> loss_goal(np.array([4.0, 2.0, 1.0]), (2.5, 10), ": 1")["goal"]
    'Target: loss 2.5 within 10 steps. Reached at step 1.'
    >>> loss_goal(np.array([2.0, 1.0]), (2.5, 10), ": 1", moved_from=4)["goal"]
    'Target: loss 2.5 within 10 steps. Not yet: it counts from 4 alone.'
    """
    if moved_from is not None:
        losses, missed = losses[:0], f": it counts from {short(moved_from)} alone"
    loss, within = target
    with np.errstate(invalid="ignore"):
        hits = np.flatnonzero(losses[: within + 1] <= loss)
    found = f" at step {hits[0]}" if hits.size else ""
    wanted = f"{also}loss {short(loss, 6)} within {counted(within, 'step')}"
    return goal(wanted, hits.size, found, missed, **words)


def run_goal(losses, target, *, lost=None, who="", moved_from=None):
    """The part of a frame that tells of a run of `explore`, as `wanted` and `standing` in words.js.

    `lost` is the word for a loss that is not finite.

    >>> run_goal(np.array([4.0, 2.0, 1.0]), (2.5, 10))["goal"]
    'Target: loss 2.5 within 10 steps. Reached at step 1.'
    >>> run_goal(np.array([4.0, 2.6]), (2.5, 1), who="Adam")["goal"]
    'Target: loss 2.5 within 1 step. Adam is not there yet: 2.6 after 1 step.'
    """
    loss, within = target
    at = min(within, len(losses) - 1)
    with np.errstate(invalid="ignore"):
        hits = np.flatnonzero(losses[: within + 1] <= loss)
    state = "moved" if moved_from is not None else "reached" if hits.size else "missed"
    given = {
        "who": who, "start": "" if moved_from is None else short(moved_from),
        "step": hits[0] if hits.size else "", "steps": so_many_steps(at),
        "now": beside_goal(losses[at], loss) if np.isfinite(losses[at]) else lost,
    }  # fmt: skip
    told = said(f"{state}, who" if who else state, **given)
    wanted = said("goal", loss=short(loss, 6), steps=so_many_steps(within))
    return {"goal": f"{wanted} {told}", "reached": state == "reached"}


def together(goals):
    """The goals of several runs as one, which is reached when all of them are; none of none.

    >>> together([goal("loss 2", True, " at step 3", who="A"), goal("loss 2", False, who="B")])
    {'goal': 'Target: loss 2. A is there at step 3. B is not there yet.', 'reached': False}
    """
    if not goals:
        return {}
    wanted = goals[0]["goal"].partition(". ")[0]  # what all have in common is said once
    states = [one["goal"].removeprefix(f"{wanted}. ") for one in goals]
    return {
        "goal": " ".join([f"{wanted}.", *states]), "reached": all(one["reached"] for one in goals),
    }  # fmt: skip
