"""What a lesson states of networks, with the first weights off by a rounding error: is it true?

    python tests/shaken.py [--times 20] [--seed 1] [15b ...]

Matrix products, exponentials and logarithms end in other digits on other processors, and a run
beside a cliff makes much of it. Here the first weights are off in their last digits instead, by
less than one part in 10**14 and each time otherwise, which stands for more processors than one
has. Numbers, choices and claims of the keys are worked out anew each time; by default those of
the lessons that train networks. Says what did not hold, and how often; exits with 1 if anything
did not.
"""

import argparse
import collections
import sys

import numpy as np
from test_keys import KEYED, compare, untrue

from optimlab.lessons.contents import lesson_number
from optimlab.lessons.keyring import key_path, load_key
from optimlab.study.network.layers import Network

BY = 1e-14
FIRST_WEIGHTS = Network.start


def shake(rng):
    """From now on the first weights are off a little."""

    def weights(model, *given):
        exact = FIRST_WEIGHTS(model, *given)
        return {k: w * (1 + BY * rng.uniform(-1, 1, w.shape)) for k, w in exact.items()}

    Network.start = weights


def found_untrue(number):
    """What does not hold of a lesson, whose key is read anew."""
    sys.modules.pop(f"optimlab.keys.{key_path(number).stem}", None)  # and with it what it cached
    load_key.cache_clear()
    key = load_key(number)
    yield from untrue(key)
    try:
        compare(key.predictions, getattr(key.module, "HOLDS", {}))
    except AssertionError as error:
        yield str(error).split("\n")[0]


def main():
    numbers = [lesson_number(path) for path in KEYED]
    training = [n for n in numbers if "Training" in key_path(n).read_text("utf-8")]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=training, help=f"by default {training}")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = collections.Counter()
    for k in range(given.times):
        shake(np.random.default_rng([given.seed, k]))
        for number in given.lessons:
            for what in found_untrue(number):
                found[f"{number}: {what}"] += 1
                print(f"time {k}, {number}: {what}", flush=True)
    for what, times in found.most_common():
        print(f"{times} of {given.times} times: {what}")
    print(f"{given.times} times, {' '.join(given.lessons)}: {len(found)} things did not hold")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
