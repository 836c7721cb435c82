"""What holds for the exercises of every lesson: each rule yields what breaks it."""

import itertools

import numpy as np
from garbage import garbage
from mutants import left_open, left_out, one_token_mutants

#: mutants of a solution that compute the same: {(lesson, exercise): {description: reason}}
EQUIVALENT = {}


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
