"""The harness itself: a slider can be moved, errors are seen, a saved copy comes back."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

SLIDER = "import ipywidgets\nslider = ipywidgets.IntSlider(value=5, max=10)\nslider"


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of these code cells; return its path."""

    def write(*sources, name="harness.ipynb"):
        cells = [new_markdown_cell("# Harness"), *map(new_code_cell, sources)]
        nbformat.write(new_notebook(cells=cells), tmp_path / name)
        return tmp_path / name

    return write


def test_a_key_moves_a_slider_and_the_kernel_hears_it(lab, notebook):
    page = lab.open(notebook(SLIDER, "print('ready')"), run=True)
    assert lab.errors() == [] and lab.console == [] and lab.counts() == [1, 2]

    lab.cell(1).locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    lab.cell(1).locator(".widget-readout", has_text="6").wait_for()
    assert page.evaluate("document.activeElement.className").startswith("noUi-handle")

    lab.until_python("print('slider at', slider.value)", "slider at 6")


def test_opened_without_running_nothing_has_run(lab, notebook):
    lab.open(notebook("1 / 0"))
    assert lab.counts() == [None] and lab.errors() == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 / 0", "cell 1: ZeroDivisionError: division by zero"),
        ("import sys\n_ = sys.stderr.write('a warning')", "cell 1: stderr: a warning"),
    ],
)
def test_errors_are_found(lab, notebook, source, expected):
    lab.open(notebook(source, "2"))
    assert lab.run_all() == [expected]


def test_an_error_stops_the_run_as_for_a_learner(lab, notebook):
    lab.open(notebook("1 / 0", "2"), run=True)
    assert lab.counts() == [1, None]


def test_a_widget_without_its_model_is_an_error(lab, notebook):
    page = lab.open(notebook(SLIDER), run=True)
    lab.save()
    lab.shutdown_kernel()
    lab.reopen()
    page.get_by_text("Error displaying widget").wait_for()
    assert lab.errors() == ["cell 1: Error displaying widget: model not found"]


def test_a_saved_notebook_comes_back_with_its_output(lab, notebook):
    path = notebook("print('kept')")
    before = path.read_bytes()
    lab.open(path, run=True)
    lab.save()
    assert "kept" in lab.saved().read_text()
    lab.shutdown_kernel()
    lab.reopen()
    assert lab.counts() == [1]
    assert lab.cell(1).locator(".jp-OutputArea-output").inner_text().strip() == "kept"
    assert path.read_bytes() == before, "the original was changed"


def test_each_opening_is_a_fresh_copy_with_a_fresh_kernel(lab, notebook):
    path = notebook("try:\n    seen += 1\nexcept NameError:\n    seen = 1\nprint('run', seen)")
    for _ in range(2):
        lab.open(path)
        assert lab.counts() == [None]
        lab.run_all()
        assert lab.cell(1).locator(".jp-OutputArea-output").inner_text().strip() == "run 1"


def test_the_network_is_off_and_attempts_are_recorded(lab, notebook):
    page = lab.open(notebook("1"))
    assert lab.outside == []
    page.evaluate("fetch('https://example.org/plot.js').catch(() => {})")
    page.evaluate("fetch('http://127.0.0.1.example.org/plot.js').catch(() => {})")
    assert lab.outside == [
        "https://example.org/plot.js",
        "http://127.0.0.1.example.org/plot.js",
    ]


def test_all_cells_are_in_the_page(lab, notebook):
    lab.open(notebook(*[f"print('{i}')\n" + "\n" * 20 for i in range(30)]), run=True)
    expect(lab.cells()).to_have_count(31)
    texts = lab.page.locator(".jp-OutputArea-output").all_inner_texts()
    assert [text.strip() for text in texts] == [str(i) for i in range(30)]


def test_screenshot(lab, notebook):
    lab.open(notebook("1"))
    assert lab.screenshot("here").read_bytes().startswith(b"\x89PNG")
