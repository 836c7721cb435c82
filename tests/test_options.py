"""Where the right answers stand: over the whole series neither their place nor their length tells.

Predictions show their options in the order of the key, the quiz in one of its own.
"""

import collections
import math

import pytest
from worked import LESSONS

from optimlab.lessons.contents import lesson_number
from optimlab.lessons.keyring import load_key
from optimlab.lessons.kinds import Choice
from optimlab.lessons.quiz import _mixed


def predictions():
    """(options as they are shown, the right one) for each choice that the series predicts."""
    for path in LESSONS:
        for question in load_key(lesson_number(path)).predictions.values():
            if isinstance(question, Choice):
                yield list(question.options), question.right


def quizzes():
    for path in LESSONS:
        for _, options in load_key(lesson_number(path)).quiz:
            yield _mixed(options), next(iter(options))


def uneven(asked):
    """For each number of options: how often each place is right, where that is not about even.

    A twelfth of the questions may be too many or too few at a place, and two of a few.
    """
    places = collections.defaultdict(collections.Counter)
    for options, right in asked:
        places[len(options)][options.index(right)] += 1
    found = {}
    for count, counted in places.items():
        total = counted.total()
        if total < count:  # too few to be even
            continue
        off = max(abs(counted[place] - total / count) for place in range(count))
        if off > max(2, total / 12):
            found[count] = [counted[place] for place in range(count)]
    return found


def told_by_length(asked):
    """How often the right one alone is longest, or shortest, where that is above chance.

    By chance it is one of three; half a standard deviation more is allowed.
    """
    hits, mean, spread = collections.Counter(), 0.0, 0.0
    for options, right in asked:
        others = [len(option) for option in options if option != right]
        hits["longest"] += len(right) > max(others)
        hits["shortest"] += len(right) < min(others)
        mean += 1 / len(options)
        spread += (1 - 1 / len(options)) / len(options)
    most = mean + math.sqrt(spread) / 2
    return {name: (count, round(most, 1)) for name, count in hits.items() if count > most}


KINDS = pytest.mark.parametrize("asked", [predictions, quizzes])


@KINDS
def test_each_place_is_right_about_equally_often(asked):
    assert uneven(asked()) == {}


@KINDS
def test_the_right_one_is_not_known_by_its_length(asked):
    assert len(list(asked())) > 40
    assert told_by_length(asked()) == {}


def test_what_is_uneven_is_found():
    options = ["aaa", "bb", "c"]
    assert uneven([(options, "bb")] * 20 + [(options, "c")] * 20) == {3: [0, 20, 20]}
    even = [(options, right) for right in options] * 15
    assert uneven(even) == {} == uneven(even + [(options, "aaa")] * 3)
    assert uneven(even + [(options, "aaa")] * 9) == {3: [24, 15, 15]}
    assert told_by_length(even) == {}
    assert told_by_length(even + [(options, "aaa")] * 12) == {"longest": (27, 20.8)}
    assert told_by_length([(options, "c")] * 10) == {"shortest": (10, 4.1)}
    same = [(["xx", "yy", "zz"], "xx")] * 30
    assert told_by_length(same) == {}, "as long as the others tells nothing"
