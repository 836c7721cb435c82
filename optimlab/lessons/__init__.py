"""What the lessons need besides pictures: the map of the series, questions, checks, progress."""

from optimlab.lessons.contents import (
    INSTALL,
    NEEDED,
    Listing,
    check_environment,
    missing,
    reply,
    series,
)

__all__ = ["INSTALL", "NEEDED", "Listing", "check_environment", "missing", "reply", "series"]
