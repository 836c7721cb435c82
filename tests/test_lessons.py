"""The map of the series and the look at the installation."""

import json

import pytest

from optimlab import lessons
from optimlab.lessons import contents


def book(path, head):
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": head}]}))


def test_the_map_is_made_from_the_files(tmp_path):
    book(tmp_path / "01_b.ipynb", "# 01 · B\n\n*Why b?*\n\n**Time** 20 minutes. **Before** 00.")
    book(tmp_path / "00_a.ipynb", "# 00 · A\n\n- **not** *this*\n\n*Why a?*\n\n**Time** 10 minutes")
    (tmp_path / "notes.ipynb").write_text("not a lesson")
    table = lessons.series(tmp_path)
    assert repr(table) == "00 · A\n01 · B"
    rows = table._repr_markdown_().splitlines()
    assert rows[2:] == [
        "| [00 · A](00_a.ipynb) | Why a? | 10 minutes |",
        "| [01 · B](01_b.ipynb) | Why b? | 20 minutes |",
    ]


def test_a_folder_without_lessons_is_named(tmp_path):
    with pytest.raises(ValueError, match="folder=.*00_name.ipynb"):
        lessons.series(tmp_path)


def test_what_is_missing_is_named(capsys, monkeypatch):
    assert lessons.missing() == []
    assert lessons.missing(["numpy", "no-such-package"]) == ["no-such-package is not installed"]
    assert "must be 99.0" in lessons.missing([], least=(99, 0))[0]
    monkeypatch.setattr(contents, "missing", lambda: ["plotly is not installed"])
    lessons.check_environment()
    said = capsys.readouterr().out
    assert "plotly is not installed" in said and lessons.INSTALL in said
