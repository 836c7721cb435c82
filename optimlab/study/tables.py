"""Tables of texts that Jupyter shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optimlab import checks

__all__ = ["Folder", "Table"]


class Table:
    """A table that Jupyter shows: `columns`, and `rows` of as many texts.

    >>> print(Table(["rule", "year"], [["Adam", 2014]]).markdown)
    | rule | year |
    | :--- | :--- |
    | Adam | 2014 |
    """

    columns: list[str]
    rows: list[list[str]]

    def __init__(self, columns: Iterable[Any], rows: Iterable[Iterable[Any]]) -> None:
        self.columns = [str(column) for column in columns]
        self.rows = [[str(value) for value in row] for row in rows]
        for row in self.rows:
            if len(row) != len(self.columns):
                checks.wrong_value("rows", row, f"rows of {len(self.columns)} texts, as columns")

    @property
    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [self.columns, [":---"] * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(v.replace('|', '¦') for v in line)} |" for line in lines)

    def __repr__(self) -> str:
        return f"Table of {len(self.rows)} rows: {', '.join(self.columns)}"

    def _repr_markdown_(self) -> str:
        return self.markdown


class Folder:
    """Several tables, title -> Table, which Jupyter shows folded."""

    tables: dict[str, Table]

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = dict(tables)

    @property
    def markdown(self) -> str:
        """The tables as Markdown, each behind its title."""
        return "\n\n".join(
            f"<details><summary>{title}</summary>\n\n{table.markdown}\n\n</details>"
            for title, table in self.tables.items()
        )

    def __repr__(self) -> str:
        return f"{len(self.tables)} tables: {', '.join(self.tables)}"

    def _repr_markdown_(self) -> str:
        return self.markdown
