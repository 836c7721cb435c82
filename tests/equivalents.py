"""Mutants that compute the same as the code does, so that no test can kill them.

Each is (file, function, line as it is, line as it becomes, why nobody can tell the two apart).
"""

EQUIVALENT = []
