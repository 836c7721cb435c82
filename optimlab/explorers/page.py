"""What the page is sent to make the frames of `explore` by itself: see draw/live/paths.js."""

import numpy as np

from optimlab.descent import said_of
from optimlab.draw import figures, naming
from optimlab.draw.live import marks
from optimlab.explorers.band import judging
from optimlab.javascript import function_program, rate_source, rule_program
from optimlab.words import MESSAGES

#: the messages that it fills, in the order of their file: of a run, and of one with a target
RUN, GOAL = (list(MESSAGES)[: list(MESSAGES).index(name)] for name in ("goal", "band"))


def program_of(explorer):
    """The program of a PathExplorer, or None: what is only Python, Python has to run."""
    function = function_program(explorer.function)
    rules = [_runner(explorer, rule) for rule in explorer.rules]
    if function is None or None in rules:
        return None
    box = [explorer.domain] if explorer.line else explorer.domain
    target = explorer.target and {
        "loss": explorer.target[0], "within": explorer.target[1],
        "start": None if explorer._any_start else _row(explorer._first_start),
    }  # fmt: skip
    *values, handles = explorer.settings()
    return {
        "rules": rules, "function": function, "controls": list(explorer.controls),
        "rates": explorer._values(), "picture": [[float(v) for v in side] for side in box],
        "loss": "loss" in explorer.curves, "target": target,
        "curves": [{"name": c.name, "rules": c.rules, "log": c.log} for c in explorer._more],
        "naming": _naming(explorer) if explorer.names else None,
        "band": judging(explorer) if explorer._has_band else None,
        "first": [values, handles],
        "say": {message: MESSAGES[message] for message in (GOAL if target else RUN)},
    }  # fmt: skip


def _row(point):
    return np.ravel(point).astype(float).tolist()


def _runner(explorer, rule):
    """A rule as the page runs it, or None."""
    made = rule()
    switch = next((name for name in explorer.controls if name in made.switches), None)
    made = [rule(**{switch: on}) for on in (False, True)] if switch else [made]
    programs = [rule_program(one, explorer.function.dim) for one in made]
    if None in programs:
        return None
    program, rule = programs[-1], made[-1]
    fixed = {n: float(getattr(rule, n)) for n in program["hyper"] if n not in explorer.controls}
    rates = [rate_source(one) for one in made] if "rate" in explorer.curves else []
    said = said_of(rule)
    if None in rates or not {*said} <= {*explorer.controls, *fixed}:
        return None
    return {
        "name": type(rule).__name__, "sources": [one["source"] for one in programs],
        "switch": switch, "hyper": program["hyper"], "state": program["state"],
        "fixed": fixed, "said": said, "rates": rates,
    }  # fmt: skip


def _naming(explorer):
    """How names find their places beside the points: see draw/naming.py."""
    names, ax = figures.step_names(explorer.names), explorer.plot._axes[0][1]
    scale, font = 1 / marks.PIXEL, marks.KINDS["label"].size * marks.PIXEL
    corner = ax.get_window_extent().p0
    scene, track = [], 0
    for line in ax.lines:
        xy, dots, width = naming.outline(line, scale)
        if explorer.line and line is explorer._curve:
            track = width
        else:
            at = [[round(float(v), 2) for v in row] for row in xy - corner]
            scene.append({"dots": dots, "line": width, "xy": at})
    ways = {"scale": scale, "reaches": naming.REACHES, "turns": naming.TURNS,
            "room": naming.ROOM, "stride": naming.STRIDE}  # fmt: skip
    halves = [(naming.half_of_text(name, font) * scale).round(2).tolist() for name in names]
    return {"names": names, "halves": halves, "scene": scene, "track": track,
            "now": marks.NOW, "ways": ways}  # fmt: skip
