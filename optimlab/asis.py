"""Somebody's text as it was written, wherever it is shown: nothing of it becomes markup.

One function for each place. Signs that nobody sees, or that turn the text around them, are shown
as �, and so is half of a surrogate pair, which no page can be sent.
"""

from __future__ import annotations

import html
import re
from typing import Any

_HIDDEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: what Markdown takes for a mark, an address or the beginning of a list
_MARKS = re.compile(
    r"[\\`*_\[\]<>|&~#$@]|:(?=/)|(?<=www)\.|^\s*[-+=]|^\s*\d+[.)](?=\s|$)", re.IGNORECASE
)
#: what is looked for in the page made of it: by MathJax, or for mail addresses
_SOUGHT = "$\\@"


def legible(text: Any) -> str:
    r"""For a place that shows text alone.

    >>> legible("a\0b \u202ec")
    'a�b �c'
    """
    return _HIDDEN.sub("�", str(text))


def in_html(text: Any) -> str:
    """For HTML, and for an attribute in it."""
    return html.escape(legible(text))


def in_markdown(text: Any) -> str:
    """For Markdown, on one line; also for a cell of a table.

    >>> in_markdown("a|b <c> at $5")
    'a&#124;b &#60;c&#62; at <span>&#36;</span>5'
    """

    def entity(sign: re.Match[str]) -> str:
        before, last = sign[0][:-1], sign[0][-1]
        code = f"{before}&#{ord(last)};"
        return f"<span>{code}</span>" if last in _SOUGHT else code

    return _MARKS.sub(entity, re.sub(r"\s+", " ", legible(text)))


def in_figure(text: Any) -> str:
    """For a text of matplotlib, which takes what stands between two $ for a formula."""
    return legible(text).replace("$", r"\$")
