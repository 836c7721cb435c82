"""The beginning of a lesson, as `python -m optimlab.tools.lint new 16 "Second order"` writes it.

It holds one of everything that a lesson has, on `ravine`, and keeps the rules once its notebook was
refreshed. What stands in it is to be replaced.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
from pathlib import Path

from optimlab import checks
from optimlab.lessons import contents
from optimlab.lessons.keyring import KEYS
from optimlab.tools.refresh import normalise

CELLS = [
    """# {number} · {title}

{links}

*The question of this lesson, in one sentence?*

After this lesson you can

- say what …,
- compute …,
- tell when ….

**Time** 20 minutes. **Before** [05](05_gradient_descent.ipynb).""",
    """from optimlab import SGD, descend, explore, functions, lessons, style

style.use()
lesson = lessons.Lesson("{number}")""",
    """## First, a guess

What happens, and nothing of why.

**Predict.** The run starts at (-7, 2) with rate 0.95. How does it go?""",
    """lesson.predict(
    "how it goes", explore(functions.ravine, SGD, lr=0.95, start=(-7, 2), steps=20)
)""",
    """<details><summary>After your answer</summary>

**See.** What to look at, and which slider to move.

</details>

**Target.** Loss 0.1 within 20 steps.""",
    """lesson.target(
    "loss 0.1",
    explore(functions.ravine, SGD, lr=0.1, start=(-7, 2), steps=20, target=(0.1, 20)),
)""",
    """## Understand

The formula, then the same with this run's numbers: along the floor each step leaves the share
$1 - 0.1\\,\\eta = 0.905$ of the distance.""",
    """## Build

The rule by hand, in a few lines.""",
    """x, y = -7.0, 2.0
for _ in range(20):
    x, y = x - 0.95 * x / 10, y - 0.95 * 2 * y
path = descend(functions.ravine, SGD(lr=0.95), start=(-7, 2), steps=20)
assert abs(path.end - (x, y)).max() < 1e-12""",
    """## Exercises

Put your answer in place of the `...` and run the cell.

**1.** One step of gradient descent.""",
    """def my_step(w, gradient, rate):
    return ...


lesson.check("one step", my_step)""",
    """**2.** How many steps at rate 0.95 until the distance along the floor is below 1?""",
    """my_count = ...

lesson.check("how many steps", my_count)""",
    """## Summary

- What holds.
- When it holds.
- What is left open.

## Quiz""",
    "lesson.quiz()",
    "## What you predicted",
    "lesson.progress()",
    """## Sources

Author, *Title*, year, section.""",
]

KEY = '''"""Lesson {number}: what its questions know, and the numbers it states."""

import numpy as np

from optimlab import SGD, descend, functions
from optimlab.lessons import Choice, Exercise

PREDICTIONS = {{
    "how it goes": Choice(
        {{
            "straight to the star": "Against the gradient is not towards the star.",
            "to and fro across the floor": "Across the floor each step changes the side.",
        }},
        right="to and fro across the floor",
        why="Why across the floor, and not along it?",
        tells=["to and fro", "across the floor"],
    ),
}}


def step(w, gradient, rate):
    return w - rate * gradient(w)


def count():
    run = descend(functions.ravine, SGD(lr=0.95), start=(-7, 2), steps=100)
    return int(np.argmax(abs(run.points[:, 0]) < 1))


EXERCISES = {{
    "one step": Exercise(
        step,
        [(lambda w, gradient, rate: w + rate * gradient(w), "That is uphill: look at the sign.")],
        cases=[(4.0, lambda w: 2 * w - 4, 0.2), (-1.0, lambda w: 3 * w, 0.1)],
        hints=["`gradient(w)` is a number.", "Old point minus rate times gradient."],
    ),
    "how many steps": Exercise(
        count,
        [(19, "One short: after 19 steps it is still 1.05 away.")],
        hints=["Each step leaves the same share of the distance."],
        rtol=0,
    ),
}}

QUIZ = [
    ("A first question?", {{"the right answer": "Why.", "a wrong one": "Why not."}}),
    ("A second one?", {{"the right answer": "Why.", "a wrong one": "Why not."}}),
    ("A third one?", {{"the right answer": "Why.", "a wrong one": "Why not."}}),
]

#: each number that the lesson states as a result, and how it is worked out
NUMBERS = [
    ("0.905", lambda: 1 - 0.1 * 0.95),
    ("1.05", lambda: 7 * 0.905**19),
]

#: the numbers that were chosen
GIVEN = ["-7", "0.95", "0.1", "20", "19"]


def how_it_goes():
    x, y = descend(functions.ravine, SGD(lr=0.95), start=(-7, 2), steps=20).points.T
    return np.allclose(y / x, y[0] / x[0]), (y[1:] * y[:-1] < 0).all()


#: for each choice, which of its options are true, in their order
HOLDS = {{"how it goes": how_it_goes}}
'''


def neighbours(path) -> dict[str, Path]:
    """The lessons before and after one in its folder: "back" and "on", where there are any."""
    path = Path(path)
    series = sorted({*contents.lesson_paths(path.parent), path}, key=lambda p: p.name)
    here = series.index(path)
    beside = {"back": series[here - 1 : here], "on": series[here + 1 : here + 2]}
    return {way: others[0] for way, others in beside.items() if others}


def link(way: str, path: Path) -> str:
    """A lesson as its neighbour links to it: [← 05 Gradient descent](05_gradient_descent.ipynb)."""
    title = contents.heading(path)[0].partition(":")[0].replace(" · ", " ")
    text = {"back": f"← {title}", "on": f"{title} →"}[way]
    return f"[{text}]({path.name})"


def new(number: str, title: str, folder="notebooks", keys=None) -> tuple[Path, Path]:
    """Write the notebook and the key of a new lesson, and link its neighbours to it.

    Returns the paths of both. Nothing is written where a file or the number is there already.
    """
    nbformat = checks.extra("nbformat", "optimlab.tools")
    if not re.fullmatch(r"\d\d[a-z]?", number):
        raise ValueError(f"number={number!r}: number must be two digits, such as 16 or 16a")
    stem = "_".join([number, *re.findall(r"[a-z0-9]+", title.lower())])
    if stem == number:
        raise ValueError(f"title={title!r}: title must hold a word that a file can be named by")
    path = Path(folder) / f"{stem}.ipynb"
    package = importlib.util.find_spec(KEYS)
    key = Path(keys or package.submodule_search_locations[0]) / f"lesson_{stem}.py"
    taken = [*path.parent.glob(f"{number}_*.ipynb"), *key.parent.glob(f"lesson_{number}_*.py")]
    if taken:
        raise ValueError(f"number={number!r}: there is {taken[0].name} already")
    beside = neighbours(path)
    links = " · ".join(link(way, other) for way, other in beside.items())
    made = nbformat.v4.new_notebook()
    for text in CELLS:
        source = text.format(number=number, title=title, links=links)
        prose = source.startswith(("#", "*", "<"))
        cell = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
        made.cells.append(cell(source))
    for cell in made.cells:
        cell["id"] = None  # normalise makes one from the text
    nbformat.write(normalise(made), path)
    key.write_text(KEY.format(number=number), encoding="utf-8")
    for way, other in beside.items():
        _relink(other, {"back": "on", "on": "back"}[way], path)
    return path, key


def _relink(neighbour: Path, way: str, path: Path) -> None:
    """Let a lesson's second line lead `way` to another one; its other link stays."""
    notebook = json.loads(neighbour.read_text(encoding="utf-8"))
    source = notebook["cells"][0]["source"]
    lines = "".join(source).splitlines(keepends=True)
    for i, line in enumerate(lines):
        parts = line.rstrip("\n").split(" · ")
        if line.startswith(("[←", "[")) and ("←" in line or "→" in line):
            arrow = {"back": "←", "on": "→"}[way]
            parts = [part for part in parts if arrow not in part]
            parts.insert(0 if way == "back" else len(parts), link(way, path))
            lines[i] = " · ".join(parts) + "\n" * line.endswith("\n")
            break
    else:
        raise ValueError(f"{neighbour.name} has no line of links: add {link(way, path)}")
    notebook["cells"][0]["source"] = lines
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    neighbour.write_text(text + "\n", encoding="utf-8")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m optimlab.tools.lint new", description="Begin a lesson."
    )
    parser.add_argument("number", help="two digits, and a letter where a lesson is split: 16, 16a")
    parser.add_argument("title", help='such as "Second order"')
    given = parser.parse_args(arguments)
    if not Path(*KEYS.split(".")).is_dir():
        parser.error("a lesson is begun in the repository, where notebooks/ and optimlab/ are")
    try:
        path, key = new(given.number, given.title)
    except ValueError as error:
        parser.error(str(error))
    print(f"{path.name} and {key.name} are written, and its neighbours lead to it.")
    print(f"Now run it: python -m optimlab.tools.refresh notebooks/{path.name}")
    print("And list it in README.md:")
    print(f"| [{given.number} {given.title}](notebooks/{path.name}) | its question |")
    return 0
