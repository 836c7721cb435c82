"""Widgets reach the page whole: opened when they are shown, with all that they hold."""

import pytest

from optimlab import SGD, explore, figures
from optimlab.draw.live import LivePlot
from optimlab.explorers import SurfaceExplorer


def test_an_explorer_is_opened_when_it_is_shown_and_its_plot_with_it():
    explorer = explore("ravine", SGD, steps=5)
    assert explorer.comm is None and explorer.plot.comm is None
    explorer.veil("Not yet.")
    assert explorer.comm is None and explorer.plot.comm is None
    explorer._repr_mimebundle_()
    assert explorer.comm is not None and explorer.plot.comm is not None
    assert explorer.plot.get_state("marks")["marks"] == explorer.plot.marks


def test_a_plot_by_itself_is_opened_when_it_is_shown():
    figure, ax = figures.panel(300, 240)
    plot = LivePlot(figure)
    plot.add("line", "path", ax)
    assert plot.comm is None
    data, _ = plot._repr_mimebundle_()
    assert plot.comm is not None and plot.model_id in str(data)


def test_what_is_closed_before_it_was_shown_is_not_opened_again():
    explorer = explore("ravine", SGD, steps=5)
    explorer.close()
    assert explorer.comm is None and explorer.plot.comm is None
    with pytest.raises(AttributeError):
        _ = explorer.plot.model_id


def lengths(explorer):
    """How many points each trace has that a view would begin with."""
    return {t["name"]: len(t["x"]) for t in explorer.figure._widget_data}


def test_a_surface_is_opened_with_its_traces_and_a_veiled_one_without_the_path():
    explorer = SurfaceExplorer("bowl", SGD, start=(0, 4.5), steps=15)
    assert explorer.figure.comm is None, "5 MB of JavaScript are not sent yet"
    explorer.veil("Not yet.")
    sent = []
    opening = explorer.figure.open
    explorer.figure.open = lambda: [sent.append(lengths(explorer)), opening()]
    explorer._repr_mimebundle_()
    assert sent and sent[0]["surface"] == 61 and sent[0]["path SGD"] == 0
    assert explorer.figure._widget_layout["scene"]["xaxis"]["title"]["text"] == "x"


@pytest.mark.parametrize(("steps", "moved"), [([7], True), ([7, 15], True), ([15], False)])
def test_a_surface_that_answers_is_sent_only_what_has_moved_since_it_was_opened(
    steps, moved, monkeypatch
):
    explorer = SurfaceExplorer("bowl", "Momentum", start=(0, 4.5), steps=15)
    explorer._repr_mimebundle_()
    explorer.controls["momentum"].value = 0.9000000000000001  # so the page answers to 0.9
    for so_many in steps:
        explorer.controls["steps"].value = so_many
        explorer._update()  # as of a control that only looks otherwise
    sent = {}  # by number of a trace: how many points it was sent last

    def send(restyle_data, relayout_data, trace_indexes):
        assert relayout_data == {}
        sent.update(zip(trace_indexes, map(len, restyle_data["x"]), strict=True))

    monkeypatch.setattr(explorer.figure, "_send_update_msg", send)
    marks = [trace.name for trace in explorer.figure.data].index("steps Momentum")
    explorer.figure.set_state({"_js2py_traceDeltas": {"trace_deltas": [], "trace_edit_id": 0}})
    assert len(sent) == 4 * moved, "all or nothing"
    assert sent.get(marks) == (steps[-1] + 1 if moved else None)
    sent.clear()
    explorer.figure.set_state({"_js2py_traceDeltas": {"trace_deltas": [], "trace_edit_id": 1}})
    assert sent == {}
    explorer.controls["steps"].value = 9
    assert sent[marks] == 10


def test_until_the_surface_has_answered_every_change_sends_it_whole():
    explorer = SurfaceExplorer("bowl", SGD, start=(0, 4.5), steps=15)
    explorer._repr_mimebundle_()
    assert lengths(explorer)["steps SGD"] == 16
    explorer.controls["steps"].value = 7
    assert lengths(explorer)["steps SGD"] == 8
    answer = {"trace_deltas": [], "trace_edit_id": 0}
    explorer.figure.set_state({"_js2py_traceDeltas": answer})
    explorer.controls["steps"].value = 9
    assert lengths(explorer)["steps SGD"] == 8, "the page is told of the change alone"
    steps = next(t for t in explorer.figure.data if t.name == "steps SGD")
    assert len(steps.x) == 10 and explorer.status == ""
    explorer.rest()  # the view is gone, and one that is opened anew has not answered yet
    explorer._repr_mimebundle_()
    explorer.controls["steps"].value = 5
    assert lengths(explorer)["steps SGD"] == 6
