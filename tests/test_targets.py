"""Every target of every lesson: dragging sliders to their ends does not reach it."""

import itertools

import ipywidgets as widgets
import pytest
from worked import LESSONS, Worked

from optimlab.lessons.contents import items

SLIDERS = (widgets.SelectionSlider, widgets.IntSlider, widgets.FloatSlider)


def ends(slider):
    """The first and the last value of a slider."""
    if isinstance(slider, widgets.SelectionSlider):
        return slider._options_full[0][1], slider._options_full[-1][1]
    return slider.min, slider.max


@pytest.mark.parametrize(
    "path", [path for path in LESSONS if items(path)["targets"]], ids=lambda path: path.stem
)
def test_no_target_is_reached_by_dragging_sliders_to_their_ends(path):
    lesson = Worked(path).space["lesson"]
    reached = []
    for name, explorer in lesson._targets.items():
        explorer.unveil()
        free = {
            control: slider
            for control, slider in explorer.controls.items()
            if isinstance(slider, SLIDERS) and not slider.disabled
        }
        before = {control: slider.value for control, slider in free.items()}
        choices = [(before[control], *ends(slider)) for control, slider in free.items()]
        for values in itertools.product(*choices):
            for slider, value in zip(free.values(), values, strict=True):
                slider.value = value
            if explorer.reached:
                reached.append((name, dict(zip(free, values, strict=True))))
        for control, value in before.items():
            free[control].value = value
    assert reached == []
