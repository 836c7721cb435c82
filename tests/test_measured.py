import measured
import pytest


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "trust.md"
    path.write_text(f"# Title\n\n{measured.line(measured.HEAD)}\n|---|---|---|---|---|\n\nEnd.\n")
    return path


def test_a_part_is_replaced_where_it_stands_and_others_stay(page):
    measured.write("drags", [("path | late", "1 ms", "2 ms", True)], page)
    measured.write("memory", [("lesson 04", "258 MB", "250 MB", False)], page)
    measured.write("drags", [("path", "3 ms", "", None), ("handle", "1", "", None)], page)
    assert page.read_text("utf-8").split("\n")[2:] == [
        "| part | what | measured | at most |  |",
        "|---|---|---|---|---|",
        "| drags | path | 3 ms |  |  |",
        "| drags | handle | 1 |  |  |",
        "| memory | lesson 04 | 258 MB | 250 MB | **missed** |",
        "",
        "End.",
        "",
    ]


def test_a_bar_in_a_text_does_not_end_its_cell(page):
    measured.write("drags", [("a | b", "1", "2", True)], page)
    assert r"| drags | a \| b | 1 | 2 | met |" in page.read_text("utf-8")


def test_the_page_of_the_tree_has_the_table():
    assert measured.line(measured.HEAD) in measured.PAGE.read_text("utf-8").split("\n")


def test_what_a_process_holds_is_read_in_bytes(tmp_path):
    told = "0-f ---p 0 [rollup]\nRss:     2048 kB\nPss:        3 kB\nPss_Dirty:   1 kB\n"
    (tmp_path / "smaps_rollup").write_text(told)
    assert measured.held(tmp_path) == {"Rss": 2_097_152, "Pss": 3072}
