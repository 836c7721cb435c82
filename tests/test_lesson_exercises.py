"""Every exercise of every lesson: solutions, usual wrong answers, other values, mutants, stubs."""

import itertools
import json

import numpy as np
import pytest
from garbage import garbage
from mutants import left_open, left_out, one_token_mutants
from worked import LESSONS, Worked, has_exercises, worked

#: mutants of a solution that compute the same: {(lesson, exercise): {description: reason}}
EQUIVALENT = {}

# The rules. Each takes a worked lesson and yields what breaks it.


def rule_every_exercise_has_its_cells(lesson):
    yield from lesson.problems
    if not lesson.asked:
        yield "no exercise is asked"


def rule_the_stub_is_not_answered_yet(lesson):
    for asked in lesson.asked:
        verdict = asked.exercise.judge(lesson.given(asked))
        if verdict.passed is not None:
            yield f"{asked.name}: {verdict}"


def rule_the_solution_passes(lesson):
    for asked in lesson.asked:
        if asked.exercise.solution is None:
            yield f"{asked.name}: it has no solution"
            continue
        verdict = asked.exercise.judge(lesson.solved(asked))
        if verdict.passed is not True:
            yield f"{asked.name}: {verdict}"


def rule_every_wrong_answer_gets_its_own_sentence(lesson):
    for name, exercise in lesson.exercises.items():
        sentences = {sentence for _, sentence in exercise.wrong}
        if len(sentences) < 3:
            yield f"{name}: {len(sentences)} sentences to usual wrong answers, not three"
        for value, sentence in exercise.wrong:
            verdict = exercise.judge(value)
            if verdict.passed is not False or verdict.sentence != sentence:
                yield f"{name}: not {sentence!r} but {verdict}"


def rule_the_stub_is_the_solution_with_parts_left_out(lesson):
    for asked in lesson.asked:
        if asked.returns or not callable(asked.exercise.solution):
            said = left_open(asked.stub, asked.mine, np.size(asked.exercise.answer))
        else:
            names = {mine: mine.removeprefix("my_") for mine in asked.mine}
            said = left_out(asked.stub, asked.solution, names)
        if said:
            yield f"{asked.name}: {said}"


def rule_no_other_value_passes(lesson):
    for name, exercise in lesson.exercises.items():
        if exercise.kind == "value":
            for given in itertools.islice(others(exercise), 200):
                if exercise.judge(given).passed is not False:
                    yield f"{name}: {given!r} gets {exercise.judge(given)}"
        for given in garbage():
            if exercise.kind == "value":
                may_pass = not beyond(exercise, given)
            else:  # which numbers `accept` takes is its own affair
                may_pass = type(given) in (bool, int, float, np.ndarray)
            if exercise.judge(given, seconds=0.3).passed and not may_pass:
                yield f"{name}: a thing of type {type(given).__name__} passes"


def others(exercise):
    """Endless random answers beyond what is allowed."""
    random = np.random.default_rng(20)
    answer = exercise.answer
    answer = sorted(answer) if isinstance(answer, set | frozenset) else answer
    flat = np.ravel(np.asarray(answer))
    while True:
        if flat.dtype == bool:
            given = random.random(flat.size) < 0.5
        elif flat.dtype.kind == "U":
            given = np.array(["".join(random.choice([*"aeglmrsit"], 4)) for _ in flat])
            given[random.random(flat.size) < 0.3] = random.choice(flat)
        else:
            scale = 10 ** random.uniform(-3, 1) * (np.abs(flat) + np.abs(flat).max() * 0.1 + 1e-3)
            change = random.normal(size=flat.size) * scale
            if flat.size > 1 and random.random() < 0.5:  # all but one are right
                change[np.arange(flat.size) != random.integers(flat.size)] = 0
            given = flat + change
        if np.ndim(answer) == 0:
            given = given[0].item()
        else:
            given = given.reshape(np.shape(answer))
        if beyond(exercise, given):
            yield given
        elif flat.dtype == bool and flat.size < 8:
            yield np.logical_not(answer) if np.ndim(answer) else not answer


def beyond(exercise, given):
    """Whether a value is out of tolerance, worked out apart from `judge`."""
    answer = exercise.answer
    answer = np.array(sorted(answer) if isinstance(answer, set | frozenset) else answer)
    try:
        given = np.array(sorted(given) if isinstance(given, set) else given)
    except BaseException:
        return True
    if given.dtype.kind not in "biufU" or given.size != answer.size:
        return True
    if "U" in (given.dtype.kind, answer.dtype.kind):
        same_kind = given.dtype.kind == answer.dtype.kind
        return not same_kind or np.char.lower(np.char.strip(given)).tolist() != answer.tolist()
    if (given.dtype == bool) != (answer.dtype == bool):
        return True
    given = given.reshape(answer.shape)
    if answer.dtype == bool:
        return not np.array_equal(given, answer)
    if exercise.any_order and answer.ndim == 1:
        given, answer = np.sort(given), np.sort(answer)
    atol = exercise.atol
    if atol is None:
        atol = (1e-3 * exercise.rtol + 1e-12) * (np.abs(answer).max() or 1)
    orders = [given]
    if exercise.any_order and answer.ndim == 2:
        orders = [given[list(rows)] for rows in itertools.permutations(range(len(given)))]
    return not any(np.allclose(one, answer, rtol=exercise.rtol, atol=atol) for one in orders)


def rule_no_mutant_of_a_solution_passes(lesson, equivalent=None):
    equivalent = EQUIVALENT if equivalent is None else equivalent
    for asked in lesson.asked:
        listed = equivalent.get((lesson.number, asked.name), {})
        passing = set()
        if asked.exercise.kind == "function" and asked.solution.startswith("lambda"):
            yield f"{asked.name}: the solution must be defined by def, for its mutants"
        elif not asked.returns and asked.solution.startswith("def "):
            for what, mutant in one_token_mutants(asked.solution):
                verdict = asked.exercise.judge(lesson.solved(asked, mutant), seconds=0.25)
                if verdict.passed is not False:
                    passing.add(what)
        for what in sorted(passing - set(listed)):
            yield f"{asked.name}: this mutant passes: {what}"
        for what in sorted(set(listed) - passing):
            yield f"{asked.name}: listed as equivalent, but no mutant of that kind passes: {what}"


RULES = [rule for name, rule in list(globals().items()) if name.startswith("rule_")]


ASKING = [path for path in LESSONS if has_exercises(path)]
EVERY = [
    pytest.param(path, rule, id=f"{path.stem}-{rule.__name__[5:]}")
    for path in ASKING
    for rule in RULES
]


@pytest.mark.parametrize(("path", "rule"), EVERY)
def test_the_exercises_of_the_lesson_keep_the_rules(path, rule):
    assert list(rule(worked(path))) == []


def test_every_list_of_equivalent_mutants_belongs_to_an_exercise():
    asked = {(worked(path).number, one.name) for path in ASKING for one in worked(path).asked}
    assert set(EQUIVALENT) <= asked
    for listed in EQUIVALENT.values():
        assert all(isinstance(reason, str) and reason for reason in listed.values())


# The rules themselves: a lesson that keeps them all, and one breach at a time -----------------

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
        assert rule.__name__ in broken(Worked(path))


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
