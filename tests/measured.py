"""The table of docs/trust.md: what each command that is no part of the suite found last.

A command calls `write` with the rows of its part, when it is asked to (`--write`); the rows of
other parts stay as they are. Nothing else writes that table.
"""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "trust.md"
HEAD = ("part", "what", "measured", "at most", "")


def held(process: Path) -> dict[str, int]:
    """Bytes that a process of Linux holds, by its folder in /proc.

    They are "Rss", and "Pss", in which what it shares with others counts in part.
    """
    text = (process / "smaps_rollup").read_text()
    found = re.findall(r"^(Rss|Pss): +(\d+) kB", text, re.M)
    return {name: int(kilobytes) * 1024 for name, kilobytes in found}


def line(cells) -> str:
    texts = (str(cell).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(texts)} |"


def write(part: str, rows: list[tuple[str, str, str, bool | None]], page: Path = PAGE) -> None:
    """Put the rows of a part in the place of its old ones, or after the last row.

    Parameters
    ----------
    part : str
        Name of the part, the same at each call.
    rows : list of (what, measured, limit, met)
        Texts, and whether the limit was met; None where there is none.
    page : Path
        The Markdown file, which holds one table that begins with `HEAD`.
    """
    text = page.read_text("utf-8").split("\n")
    begin = text.index(line(HEAD)) + 2
    end = next((k for k in range(begin, len(text)) if not text[k].startswith("|")), len(text))
    old = text[begin:end]
    mine = [k for k, row in enumerate(old) if row.startswith(f"| {part} |")]
    at = mine[0] if mine else len(old)
    kept = [row for row in old if not row.startswith(f"| {part} |")]
    met = {True: "met", False: "**missed**", None: ""}
    new = [line((part, what, found, limit, met[ok])) for what, found, limit, ok in rows]
    text[begin:end] = kept[:at] + new + kept[at:]
    page.write_text("\n".join(text), "utf-8")
