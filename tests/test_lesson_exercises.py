"""The rules for exercises themselves: a lesson that keeps them all, and one breach at a time."""

import json

import pytest
from exercise_rules import (
    RULES,
    rule_every_exercise_has_its_cells,
    rule_every_wrong_answer_gets_its_own_sentence,
    rule_no_mutant_of_a_solution_passes,
    rule_no_other_value_passes,
    rule_the_solution_passes,
    rule_the_stub_is_not_answered_yet,
    rule_the_stub_is_the_solution_with_parts_left_out,
)
from worked import Worked, has_exercises

DECLARED = '''
from optimlab.lessons import Exercise, Lesson, Progress

%matplotlib inline
lesson = Lesson("42", Progress(""))


def step(x, slope, lr):
    return x - lr * slope(x)


def point():
    return 1, 4


def inside():
    return 0.5


lesson.exercise("step", Exercise(
    step,
    [
        (lambda x, slope, lr: x + lr * slope(x), "uphill"),
        (lambda x, slope, lr: x - lr, "the slope is missing"),
        (lambda x, slope, lr: x - slope(x), "the rate is missing"),
    ],
    cases=[(4.0, lambda x: 2 * x - 4, 0.2), (1.0, lambda x: 3.0, 0.1)],
))
lesson.exercise("point", Exercise(
    point, [((4, 1), "turned"), ((1, -4), "the sign"), ((0, 0), "the start")]
))
lesson.exercise("inside", Exercise(
    inside, wrong=[(2, "too large"), (-2, "too small"), (0, "not the start")],
    accept=lambda x: {2: "too large", -2: "too small", 0: "not the start"}.get(x, abs(x) < 1),
))
'''
GOOD = [
    DECLARED,
    'def my_step(x, slope, lr):\n    return x - ...\n\n\nlesson.check("step", my_step)',
    'my_x = ...\nmy_y = ...\nlesson.check("point", [my_x, my_y])',
    'my_inside = ...\nlesson.check("inside", my_inside)',
]


def book(folder, changes=()):
    """A notebook of the good cells, with some texts in them replaced."""
    cells = []
    for source in GOOD:
        for old, new in changes:
            source = source.replace(old, new)
        cells.append({"cell_type": "code", "source": source, "metadata": {}})
    path = folder / "42_made_up.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    return path


def broken(lesson, **more):
    """The names of the rules that a lesson breaks, and what they say."""
    said = {}
    for rule in RULES:
        given = more if rule is rule_no_mutant_of_a_solution_passes else {}
        if found := list(rule(lesson, **given)):
            said[rule.__name__] = found
    return said


def test_a_good_lesson_breaks_no_rule(tmp_path):
    path = book(tmp_path)
    assert has_exercises(path)
    lesson = Worked(path)
    assert [asked.name for asked in lesson.asked] == ["step", "point", "inside"]
    assert lesson.number == "42"
    assert broken(lesson) == {}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("return x - ...\n", "return x - lr * slope(x)\n", rule_the_stub_is_not_answered_yet),
        ("return x - ...\n", "return ... - x\n", rule_the_stub_is_the_solution_with_parts_left_out),
        ("my_x = ...", "my_x = [...]", rule_the_stub_is_the_solution_with_parts_left_out),
        ("my_x = ...", "my_x = 1", rule_the_stub_is_the_solution_with_parts_left_out),
        ("return 0.5", "return 1.5", rule_the_solution_passes),
        ("    inside, wrong", "    wrong", rule_the_solution_passes),
        ("Exercise(\n    step,", "Exercise(\n    lambda x, slope, lr: x - lr * slope(x),",
         rule_no_mutant_of_a_solution_passes),
        ("-2: \"too small\", 0", "0", rule_every_wrong_answer_gets_its_own_sentence),
        ('((1, -4), "the sign"), ', "", rule_every_wrong_answer_gets_its_own_sentence),
        ('"the sign"', '"turned"', rule_every_wrong_answer_gets_its_own_sentence),
        ("abs(x) < 1)", "True)", rule_no_other_value_passes),
        (", (1.0, lambda x: 3.0, 0.1)", "", rule_no_mutant_of_a_solution_passes),
        ("cases=[(4.0, ", "cases=[(0.0, lambda x: 2.0, 0.5)] or [(4.0, ",
         rule_no_mutant_of_a_solution_passes),
        ('"point", [my_x', '"points", [my_x', None),
        ("return x - lr * slope(x)", "return x - lr * slope(x) * GAIN", None),
        ("my_step", "my_stride", rule_the_stub_is_the_solution_with_parts_left_out),
        ("my_inside", "answer", rule_every_exercise_has_its_cells),
        ('lesson.check("inside", my_inside)', "", rule_every_exercise_has_its_cells),
    ],
)  # fmt: skip
def test_a_lesson_that_breaks_a_rule_is_caught(tmp_path, old, new, rule):
    path = book(tmp_path, [(old, new)])
    assert path.read_text() != book(tmp_path).read_text()
    path = book(tmp_path, [(old, new)])
    if rule is None:
        with pytest.raises(ValueError):
            Worked(path)
    else:
        assert list(rule(Worked(path)))


def test_equivalent_mutants_are_listed_and_the_list_is_looked_after(tmp_path):
    longer = ("return x - lr * slope(x)", "return x - 1 * lr * slope(x)")
    path = book(tmp_path, [longer, ("return x - ...", "return x - ... * ...")])
    rule = rule_no_mutant_of_a_solution_passes
    lesson = Worked(path)
    listed = {what.partition("passes: ")[2]: "same" for what in rule(lesson)}
    assert "line 2: return x - 1 ** lr * slope(x)" not in listed
    assert listed == dict.fromkeys(listed, "same")
    assert broken(lesson, equivalent={("42", "step"): listed}) == {}
    stale = {**listed, "line 9: return 3": "was once"}
    (said,) = rule(lesson, {("42", "step"): stale})
    assert "line 9" in said


def test_a_notebook_without_exercises_is_passed_over(tmp_path):
    path = tmp_path / "00_plain.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]}))
    assert not has_exercises(path)
