"""Sixty texts of learners, honest and hostile: none may become a link, a formula or a style."""

TEXTS = [
    # what an honest learner writes
    "costs $5 and $6", "between $5 and $10, not $7.50", "x*y*z", "2 * x * y", "a_b_c", "x**2",
    "~5 or ~6", "x < 1 and y > 2", "f(x) & g(x)", "#1", "1. first", "- minus", "+ plus",
    "= equal", "C:\\new\\table", "50 % | 50 %", "he said `x`", "왼쪽으로 *두* 걸음", "[x, y](z)",
    "a~~b~~c", "3.2", "because: it falls", "…", "x^2_1", "100% of {1, 2}",
    # addresses
    "http://example.org", "https://example.org/a_b?c=d&e#f", "HTTPS://EXAMPLE.ORG",
    "ftp://example.org/x", "www.example.org", "WWW.Example.Org/a", "see www.example.org.",
    "<https://example.org>", "[click](https://example.org)", "[click](javascript:alert(1))",
    "![x](https://example.org/x.png)", "[a]: https://example.org", "me@example.org",
    "mailto:me@example.org", "<me@example.org>", "//example.org/a",
    # formulas
    "$x^2$", "$$x^2$$", "\\(x^2\\)", "\\[x^2\\]", "\\$5\\$", "&#92;(x&#92;)", "&#36;x&#36;",
    "\\begin{equation}x\\end{equation}", "$\\rule{9em}{9em}$", "$\\color{white}{x}$", "@@0@@",
    # markup
    "<b>bold</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>", "</td></tr></table><h1>x", "<!-- gone", "**bold** __too__",
    "```\ncode\n```",
]  # fmt: skip
#: signs that nobody sees, or that turn what stands around them, and half of a pair
TURNED = ["\u202etxt.exe", "\u2067abc", "a\0b", "\x1b[31mred", "\ud800", "\u200fعدد"]
#: names of files that a learner may have chosen; each ends in .json
NAMES = [
    "[a](www.b.c)", "<b>x<", "$x$ and $y$", "- dash", "1. one", "_a_", "*b*", "`c`", "me@b.org",
    "www.example.org", "a|b", "&#36;x&#36;",
]  # fmt: skip
