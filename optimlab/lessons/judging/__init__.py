"""Judging a learner's value or function: run it, compare it, and say what is wrong."""
