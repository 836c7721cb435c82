"""Surfaces and plots come up whole on a busy machine, where their modules load late."""


import pytest

CELLS = [
    "from optimlab import SGD, explore\nfrom optimlab.explorers import SurfaceExplorer\n"
    "shown = SurfaceExplorer('bowl', SGD, lr=0.1, start=(0, 4.5), steps=15)\nshown",
    "asked = SurfaceExplorer('bumpy', SGD, lr=0.05, start=(1.5, 3.5), steps=15)\n"
    "asked.veil('Not yet.')\nasked",
    "flat = explore('ravine', SGD, lr=0.1, start=(-7, 2), steps=30)\nflat",
]
#: what two surfaces hold: their canvas, and the number of points of each trace
HOLDS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot => ({
  canvas: plot.querySelector('.gl-container canvas') !== null,
  flat: Boolean(plot._fullLayout?.xaxis),
  traces: Object.fromEntries((plot._fullData ?? []).map(trace =>
    [trace.name ?? trace.type, (trace.visible && trace.x?.length) || 0])),
}))"""
WHOLE = f"""([shown, asked]) => {{ const held = ({HOLDS})();
  return held.length === 2 && held.every(({{ canvas, flat, traces }}, i) => canvas && !flat
    && traces.surface === 61 && (traces['steps SGD'] ?? 0) === [shown, asked][i]); }}"""

#: the surface and its slider are seen whole, and not below the bar of the plot
FITS = """() => {
  const box = q => document.querySelector(`.ol-beside ${q}`).getBoundingClientRect();
  const [surface, turn, bar] = ['.svg-container', '.ol-turn', '.ol-bar'].map(box);
  const wide = document.querySelector('.ol-beside').getBoundingClientRect().right;
  return [surface, turn].every(one => one.width > 100 && one.right <= wide + 1)
    && surface.bottom <= Math.max(bar.top, turn.bottom) && surface.top < bar.top; }"""


def follows(lab):
    """The traces follow the reveal and a slider, the plot its own slider."""
    lab.until(WHOLE, [16, 0])
    lab.python("asked.unveil()")
    lab.until(WHOLE, [16, 16])
    lab.python("shown.controls['steps'].value = 7")
    lab.until(WHOLE, [8, 16])
    flat = lab.page.locator(".jp-Notebook-cell").nth(2)
    before = flat.locator('[data-mark="path SGD"]').get_attribute("d")
    flat.locator(".ol-lr .noUi-handle").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.until(
        "d => { const all = document.querySelectorAll('[data-mark=\"path SGD\"]');"
        " return all[all.length - 1].getAttribute('d') !== d; }",
        before,
    )
    assert before and lab.errors() == []


def test_surfaces_come_up_on_a_slow_machine(lab):
    lab.show(*CELLS, name="surfaces", run=False)
    session = lab.page.context.new_cdp_session(lab.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    assert lab.run_all() == []
    follows(lab)
    session.detach()  # with it goes what it has slowed down


@pytest.fixture
def impatient(lab):
    """A page in which anywidget waits for a millisecond; it serves for no other test."""
    lab.page.add_init_script(
        "const patient = AbortSignal.timeout.bind(AbortSignal);"
        "AbortSignal.timeout = ms => patient(ms === 2000 ? 1 : ms);"
    )
    yield lab
    lab.page.close()


def test_a_module_that_comes_later_than_anywidget_waits_is_no_loss(impatient):
    impatient.show(*CELLS, name="surfaces", page=True)
    follows(impatient)
    impatient.page.evaluate("window.jupyterapp.shell.collapseLeft()")
    for width in (1400, 900, 400):
        impatient.page.set_viewport_size({"width": width, "height": 900})
        impatient.until(FITS)
