"""What a page without Python says of answers: what Python would say. And what its source shows."""

import json
import subprocess

import numpy as np
import pytest
from node import LIVE, NODE

from optimlab import SGD, explore
from optimlab.draw.live.live import PARTS
from optimlab.draw.live.modules import front_end
from optimlab.lessons import Choice, Number, Point, Sketch
from optimlab.lessons.kinds.base import around
from optimlab.tools import alive, pages

JUDGED = front_end(pages.LESSONS / "judged.js")


def in_node(code, data):
    """What a page makes of `data`, a name in `code`."""
    text = f"{JUDGED}\nconst data = {json.dumps(data)}; console.log(JSON.stringify({code}));"
    command = [NODE, "--input-type=module", "--eval", text]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


SAY = """data.map(({ judge, gaps, answers }) => answers.map((answer) => {
    const [at, said] = judged(judge, answer);
    return filled(gaps[at], said);
}))"""
RANDOM = np.random.default_rng(0)
REPLIES = [(6, "That is at the start."), (6.15, "Nearly."), (0.1, "With {off} braces.")]
KINDS = [
    (Choice({"4.8": "Uphill.", "3.2": "Rate times slope.", "{x}": "A place."}, right="3.2"), None),
    (Number("The loss", right=2.5, within=0.1, replies=REPLIES), None),
    (Number("Steps", right=41234, within=0), None),
    (Point(3, lambda _: 0.3, 0.1), None),
    (Point((1, 1), lambda _: (0.3, -2.0), 0.5), explore("bowl", SGD, steps=2)),
    (Sketch([0, 1, 2], lambda _: [5, 0.123456, 0], 0.25), None),
]


def some_answers(question, truth, judge):
    """Answers of every case, those on the borders among them, and others."""
    if isinstance(question, Choice):
        return list(question.options)
    spread = np.concatenate([RANDOM.normal(0, 10.0**k, 60) for k in (-1, 0, 1, 4)])
    if isinstance(question, Number):
        numbers = [*around(judge["borders"]), *(truth + spread), *(6 + spread[:60])]
        return [float(number) for number in numbers]
    near = [np.asarray(truth) + v for v in [0, *spread]]
    if isinstance(question, Point):
        return [np.ravel(one).tolist() for one in [*near, *[[b] for b in judge["borders"]]]
                if np.size(one) == question.size]  # fmt: skip
    made = [one.tolist() for one in near]
    drawn = [[None if RANDOM.random() < 0.4 else v for v in one] for one in made]
    return [one for one in [*made, *drawn] if any(v is not None for v in one)]


def test_a_page_says_of_every_answer_what_python_says():
    data, wanted = [], []
    for question, explorer in KINDS:
        truth = question.truth(explorer)
        judge = question.on_page(truth)
        answers = some_answers(question, truth, judge)
        gaps = [gap for _, gap in judge["cases"]]
        data.append({"judge": alive._plain(judge), "gaps": gaps, "answers": answers})
        wanted.append([question.gap(one, truth) for one in answers])
    said = in_node(SAY, data)
    assert min(len(one) for one in said[1:]) > 200
    assert said == wanted


def test_a_typed_number_is_read_as_python_reads_it():
    typed = ["3.2", " 4000 ", "0,5", "−7", "–7", "1e-3", "４", "1.000", ".5", "-.5e2", "+3"]
    wrong = ["1,000", "", "x", "1,2,3", "nan", "inf", "0x10", "1,234,567", "--1", "1 2"]
    number = Number("n", right=0, within=0)

    def read(text):
        try:
            return number.read(text)
        except ValueError:
            return None

    wanted = [read(text) for text in [*typed, *wrong]]
    assert wanted[len(typed) :] == [None] * len(wrong) and None not in wanted[: len(typed)]
    assert in_node("data.map(numberIn)", [*typed, *wrong]) == wanted


def test_formulas_become_mathml_and_links_lead_to_pages():
    pytest.importorskip("latex2mathml")
    html = pages._html("At $f'(x) = x \\sin x$:\n\n$$\\frac{a}{b}$$\n\n[on](06_x.ipynb#a) `$x$`")
    assert html.count("<math") == 2 and html.count('display="block"') == 1 and "$x$" in html
    assert "<mo>&#x02032;</mo>" in html and "$$" not in html and "frac" in html
    assert 'href="06_x.html#a"' in pages.LINK.sub(r"\1.html", html)


def test_the_shared_script_names_nothing_twice(tmp_path):
    file = tmp_path / "all.mjs"  # a module may not name anything twice
    parts = [LIVE / f"{part}.js" for part in PARTS]
    for more, fails in (("", False), ("function make() {}", True)):
        file.write_text(front_end(pages.LESSONS / "asked.js", *parts) + more, encoding="utf-8")
        done = subprocess.run([NODE, "--check", file], capture_output=True, text=True)
        assert bool(done.returncode) is fails, done.stderr
