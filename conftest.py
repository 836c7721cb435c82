"""For every test, notebooks among them: a learner's stored answers must not change results."""

import os

os.environ["OPTIMLAB_PROGRESS"] = ""
